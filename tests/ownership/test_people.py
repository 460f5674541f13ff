import pytest

from mldebt.ownership.bots import is_bot
from mldebt.ownership.history import Contact, Presence
from mldebt.ownership.people import People


def people(*contacts, **settings):
    presence = [Presence(commits, 100 + place, 200 + place) for place, (_, _, commits) in enumerate(contacts)]
    return People([Contact(name, email) for name, email, _ in contacts], presence, **settings)


def names(found):
    return [person.name for person in found.all()]


def test_same_address_is_one_person_under_the_busiest_name():
    found = people(("ann", "ann@corp.org", 2), ("Ann Archer", "Ann@Corp.org", 5))
    assert names(found) == ["Ann Archer"]
    only = found.all()[0]
    assert (only.commits, only.first_commit, only.last_commit) == (7, 100, 201)
    assert only.others == ("ann", "ann@corp.org")
    assert found.of(0) is found.of(1)


def test_same_full_name_is_one_person():
    found = people(("Ann Archer", "ann@corp.org", 2), ("ann  árcher", "ann@home.net", 1))
    assert names(found) == ["Ann Archer"]


def test_one_word_is_no_full_name():
    found = people(("ann", "ann@corp.org", 2), ("Ann", "other@home.net", 1))
    assert names(found) == ["ann", "Ann"]
    assert [(each.one.email, each.other.email) for each in found.suggestions()] == [("ann@corp.org", "other@home.net")]


@pytest.mark.parametrize(
    ("name", "email"), [("Your Name", "you@example.com"), ("root user", "x@y.org"), ("Ubuntu", "ubuntu@host.internal")]
)
def test_placeholders_join_nobody(name, email):
    found = people((name, email, 2), (name, "z@corp.org", 1))
    assert len(found.all()) == 2
    assert found.suggestions() == ()


@pytest.mark.parametrize("email", ["root@localhost", "me@localhost.localdomain", "noreply@github.com", "", "none"])
def test_shared_addresses_join_nobody(email):
    assert len(people(("Ann Archer", email, 2), ("Bo Baker", email, 1)).all()) == 2


@pytest.mark.parametrize("name", ["=", "--unset", "...", "🐱"])
def test_a_name_that_says_nothing_gives_way_to_the_address(name):
    assert names(people((name, "ann@corp.org", 2))) == ["ann@corp.org"]
    only = people((name, name, 2)).all()[0]
    assert only.nobody


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("AutoDL", "root@autodl-container-8c2211a152-3d1bc2ad.(none)"),
        ("autodl-container-8c2211a152", "root@autodl-container-8c2211a152.(none)"),
        ("root@gpu-node-7", "root@gpu-node-7"),
        ("user@localhost", "user@localhost"),
        ("Google Colab", "colab@example.com"),
        ("sagemaker-user", "sagemaker-user@default"),
        ("codespace", "codespace@codespaces-1a2b3c.(none)"),
        ("My Mac", "mymac@Mys-MacBook-Pro.local"),
        ("MacBook Air 2", "me@MacBook-Air.lan"),
    ],
)
def test_the_account_of_a_rented_machine_is_nobody(name, email):
    assert people((name, email, 2)).all()[0].nobody


@pytest.mark.parametrize(
    ("name", "email", "shown"),
    [
        ("Ann Archer", "root@autodl-container-8c2211a152.(none)", "Ann Archer"),
        ("AutoDL", "ann@corp.org", "ann@corp.org"),
        ("root", "1234@mail.org", "1234@mail.org"),
        ("Ann", "ann@Anns-MacBook-Pro.local", "Ann"),
        ("My Mac", "ann@corp.org", "ann@corp.org"),
        ("Mac", "mac@Macs-MacBook-Pro.local", "Mac"),
    ],
)
def test_a_name_or_an_address_of_their_own_makes_a_person(name, email, shown):
    only = people((name, email, 2)).all()[0]
    assert (only.name, only.nobody) == (shown, False)


def test_what_nobody_signed_is_by_whom_nearly_all_is_by():
    found = people(("annie", "ann@corp.org", 40), ("My Mac", "me@Mys-MacBook.local", 5), ("Bo Baker", "bo@corp.org", 1))
    assert [(person.name, person.commits) for person in found.all()] == [("annie", 45), ("Bo Baker", 1)]
    assert found.of(1) is found.of(0)


@pytest.mark.parametrize(
    "others",
    [
        [("Ann Archer", "ann@corp.org", 40), ("Bo Baker", "bo@corp.org", 10)],  # one of two
        [("Ann Archer", "ann@corp.org", 3)],  # somebody who wrote less than the machine
        [("renovate[bot]", "bot@renovate.com", 90)],
    ],
)
def test_what_nobody_signed_may_be_by_anybody(others):
    found = people(*others, ("root", "root@ip-172-16-0-1.ec2.internal", 5))
    assert found.of(len(others)).nobody


def test_machines_alone_are_not_one():
    found = people(("root", "root@ip-172-16-0-1.ec2.internal", 5), ("ubuntu", "ubuntu@ip-172-16-0-2.ec2.internal", 0))
    assert found.of(0) is not found.of(1)


def test_the_settings_say_whose_a_machine_is():
    contacts = [("Ann Archer", "ann@corp.org", 40), ("root", "root@box", 5), ("Bo Baker", "bo@corp.org", 1)]
    assert people(*contacts, aliases={"Bo Baker": ("root@box",)}).of(1).name == "Bo Baker"


def test_names_in_other_letters_are_names():
    assert names(people(("李明", "li@corp.org", 2), ("Ю", "yu@corp.org", 1))) == ["李明", "Ю"]


def test_private_github_addresses():
    found = people(
        ("Ann", "1234+ann@users.noreply.github.com", 3),
        ("Ann A.", "ann@users.noreply.github.com", 2),
        ("Ann", "1234+ann-new@users.noreply.github.com", 1),
        ("Ann", "99+annie@users.noreply.github.com", 1),
    )
    assert [person.commits for person in found.all()] == [6, 1]


def test_namesakes_with_different_accounts_stay_apart():
    found = people(
        ("Wei Zhang", "1+wei@users.noreply.github.com", 3), ("Wei Zhang", "2+zhang@users.noreply.github.com", 2)
    )
    assert len(found.all()) == 2
    assert [each.reason for each in found.suggestions()] == ["both go by 'wei zhang'"]


def test_long_full_names_have_no_namesakes():
    found = people(
        ("Alex van Dam", "1+alex@users.noreply.github.com", 3), ("Alex van Dam", "2+vandam@users.noreply.github.com", 2)
    )
    assert len(found.all()) == 1


def test_an_initial_stands_for_the_name_that_it_begins():
    found = people(("Ann M. Archer", "ann@home.net", 3), ("Ann Maria Archer", "archer@corp.org", 2))
    assert names(found) == ["Ann M. Archer"]


@pytest.mark.parametrize(
    "others",
    [
        [("Ann Berta Archer", "archer@corp.org", 2)],
        [("Ann Archer", "archer@corp.org", 2)],
        [("Ann Maria Archer", "archer@corp.org", 2), ("Ann Martha Archer", "ann@corp.org", 1)],
    ],
)
def test_an_initial_that_may_stand_for_another_name_joins_nobody(others):
    assert len(people(("Ann M. Archer", "ann@home.net", 3), *others).all()) == 1 + len(others)


def test_an_account_that_was_renamed_is_one_account():
    found = people(
        ("Wei Zhang", "1+wei@users.noreply.github.com", 3),
        ("Wei Zhang", "1+zhang@users.noreply.github.com", 2),
        ("Wei Zhang", "wei@corp.org", 2),
    )
    assert len(found.all()) == 1


def test_many_likely_names_of_one_are_each_told_once():
    found = people(*(("annarcher", f"ann{n}@corp.org", 9 - n) for n in range(5)))
    assert [(each.one.email, each.other.email) for each in found.suggestions()] == [
        ("ann0@corp.org", f"ann{n}@corp.org") for n in range(1, 5)
    ]


def test_namesake_joins_the_only_account():
    found = people(("Wei Zhang", "1+wei@users.noreply.github.com", 3), ("Wei Zhang", "wei@corp.org", 2))
    assert [person.commits for person in found.all()] == [5]


def test_suggestions_name_what_speaks_for_them_and_nothing_is_joined():
    found = people(
        ("Ann Fox", "ann@corp.org", 3),
        ("annfox", "annfox@home.net", 2),
        ("Bo Baker", "bo@corp.org", 1),
        ("dependabot[bot]", "annfox@bots.org", 9),
    )
    assert len(found.all()) == 4
    assert [(each.one.name, each.other.name, each.reason) for each in found.suggestions()] == [
        ("Ann Fox", "annfox", "both go by 'annfox'")
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # what spells a full name of eight letters and more
        (("Ann Archer", "ann@corp.org"), ("annarcher", "a@home.net")),
        (("Ann Archer", "ann@corp.org"), ("ann", "ann.archer@home.net")),
        (("Ann Archer", "ann@corp.org"), ("Archer, Ann", "7+archer-ann@users.noreply.github.com")),
        # the account of one is the name of the other, or what stands before the `@`
        (("Ann Archer", "7+bow72@users.noreply.github.com"), ("bow72", "a@home.net")),
        (("bowstring", "7+bowstring@users.noreply.github.com"), ("BowString", "a@home.net")),
        (("b-o-w-s", "7+bows-t@users.noreply.github.com"), ("bowst", "a@home.net")),
        (("Ann Archer", "7+aarch@users.noreply.github.com"), ("Ann Archer-Bo", "aarch@home.net")),
        (("aarche", "7+aarche@users.noreply.github.com"), ("Ann Archer", "aarche@home.net")),
        # what is cut short, and another alphabet
        (("Ann Archer", "7+aarch@users.noreply.github.com"), ("Ann A.", "aarch@home.net")),
        (("Ann Archer", "7+anna7@users.noreply.github.com"), ("Анна Лучник", "anna7@home.net")),
    ],
)
def test_what_only_one_person_would_go_by_is_a_second_name(one, other):
    assert len(people((*one, 3), (*other, 2)).all()) == 1
    assert len(people((*other, 3), (*one, 2)).all()) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Li Tao", "li@corp.org"), ("litao", "a@home.net")),  # a full name of few letters
        (("Chris Stone", "7+chris@users.noreply.github.com"), ("Chris", "a@home.net")),  # an account by a first name
        (("Chris", "7+chris@users.noreply.github.com"), ("Chris Dale", "chris@home.net")),
        (("Ann Archer", "ann@corp.org"), ("Bo Baker", "ann.archer@home.net")),  # a machine that two used
        (("Ann Archer", "7+ann@users.noreply.github.com"), ("annarcher", "8+archer@users.noreply.github.com")),
        (("office", "7+office@users.noreply.github.com"), ("Ann", "office@home.net")),
        (("root", "7+autodl@users.noreply.github.com"), ("autodl", "a@home.net")),
        # one family name, or one first name, and another one beside it
        (("Jane Smith", "jsmith@corp.org"), ("John Smith", "7+jsmith@users.noreply.github.com")),
        (("Chris Stone", "chris1@corp.org"), ("Chris Dale", "7+chris1@users.noreply.github.com")),
        (("Christian Dale", "7+christian@users.noreply.github.com"), ("Christian", "a@home.net")),
        (("Анна Лучник", "7+anna7@users.noreply.github.com"), ("Игорь Ильин", "anna7@home.net")),
        (("Ann Archer", "7+developer@users.noreply.github.com"), ("developer", "a@home.net")),
    ],
)
def test_what_two_people_may_go_by_joins_nobody(one, other):
    assert len(people((*one, 3), (*other, 2)).all()) == 2


def test_a_first_name_of_somebody_else_is_no_handle():
    one, other = ("david", "7+david@users.noreply.github.com", 3), ("David", "a@home.net", 2)
    assert len(people(one, other).all()) == 1
    assert len(people(one, other, ("David Stone", "stone@corp.org", 1)).all()) == 3


def test_a_third_contact_joins_nobody_whom_something_tells_apart():
    account = "7+annarcher@users.noreply.github.com"
    between = ("annarcher", "annarcher@home.net", 1)
    by_name = people(("Ann Archer", "ann@corp.org", 3), ("Bo Baker", account, 2), between)
    assert names(by_name) == ["Ann Archer", "Bo Baker"]
    apart = {"Ann Archer": ("ann@corp.org",), "Anna Archera": (account,)}
    by_settings = people(("Ann Archer", "ann@corp.org", 3), ("archera", account, 2), between, aliases=apart)
    assert names(by_settings) == ["Ann Archer", "Anna Archera"]


def test_a_program_is_nobody_s_second_name():
    contacts = (("shipper", "shipper@corp.org", 3), ("shipper", "7+shipper@users.noreply.github.com", 2))
    assert len(people(*contacts).all()) == 1
    assert sorted(each.bot for each in people(*contacts, bots=["shipper@corp.org"]).all()) == [False, True]


def test_handles_join_nobody_whom_the_settings_name_apart():
    contacts = (("Dan Smith", "dan@corp.org", 9), ("dansmith", "dansmith@home.net", 2))
    apart = {"Dan Smith": ("dan@corp.org",), "Daniel Smithers": ("dansmith@home.net",)}
    assert len(people(*contacts).all()) == 1
    assert names(people(*contacts, aliases=apart)) == ["Dan Smith", "Daniel Smithers"]


def test_a_family_name_may_come_first():
    found = people(
        ("haqishen", "haqishen@home.net", 3), ("qishen-ha", "qishen.ha@corp.org", 2), ("Ha Min", "m@x.org", 1)
    )
    assert [(each.one.name, each.other.name) for each in found.suggestions()] == [("haqishen", "qishen-ha")]


def test_first_names_are_no_clue():
    found = people(("Michael Stone", "michael@stone.me", 3), ("Michael Dale", "michael@dale.org", 2))
    assert found.suggestions() == ()


def test_aliases_win_over_everything():
    found = people(
        ("ann", "ann@corp.org", 2),
        ("Wei Zhang", "1+wei@users.noreply.github.com", 3),
        ("annie", "x@y.org", 1),
        ("Cy", "cy@corp.org", 1),
        aliases={"Ann Archer": ("ANN@corp.org", "annie", "1+wei@users.noreply.github.com")},
    )
    assert names(found) == ["Ann Archer", "Cy"]
    assert found.of(1).commits == 6


def test_contacts_without_a_commit_are_nobodys_contributor():
    found = people(("Ann Archer", "ann@corp.org", 2), ("Bo Baker", "bo@corp.org", 0))
    assert names(found) == ["Ann Archer"]
    assert found.of(1).name == "Bo Baker"


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"),
        ("github-actions", "41898282+github-actions[bot]@users.noreply.github.com"),
        ("GitHub Actions", "actions@github.com"),
        ("GitHub", "noreply@github.com"),
        ("pre-commit-ci[bot]", "66853113+pre-commit-ci[bot]@users.noreply.github.com"),
        ("Renovate Bot", "bot@renovateapp.com"),
        ("feast-ci-bot", "feast-ci-bot@willem.co"),
        ("gitbook-bot", "ghost@gitbook.com"),
        ("Claude", "noreply@anthropic.com"),
        ("Copilot", "198982749+Copilot@users.noreply.github.com"),
        ("Cursor Agent", "cursoragent@cursor.com"),
        ("Antigravity Agent", "antigravity@gemini.google.com"),
        ("Antigravity Agent", "antigravity@example.com"),
        ("nightly_export.js", "noreply@corp.org"),
    ],
)
def test_bots(name, email):
    assert is_bot(Contact(name, email))


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("Lionel Talbot", "talbot@corp.org"),
        ("Claude Dupont", "claude@dupont.fr"),
        ("Estate Agent", "jo@antigravity.example"),
        ("Willem Pienaar", "github@willem.co"),
        ("Jenkins Lee", "lee@corp.org"),
        ("Bo Botha", "bo.botha@corp.org"),
        ("Anna Abbot", "abbot@corp.org"),
        ("Travis", "travis@corp.org"),
        ("anna.py", "anna@corp.org"),
        ("Bo Baker", "noreply@corp.org"),
    ],
)
def test_people_who_sound_like_bots(name, email):
    assert not is_bot(Contact(name, email))


def test_own_bots_by_pattern():
    assert is_bot(Contact("Release Train", "x@corp.org"), ["release *"])
    assert is_bot(Contact("x", "ci@corp.org"), ["CI@*"])
    assert people(("Nightly", "n@corp.org", 3), bots=["nightly"]).all()[0].bot


def test_whom_the_settings_name_apart_is_not_suggested():
    contacts = (("Dan Poe", "dan@corp.org", 9), ("danpoe", "danpoe@home.net", 2))
    assert len(people(*contacts).suggestions()) == 1
    assert len(people(*contacts, aliases={"Dan Poe": ("dan@corp.org",)}).suggestions()) == 1
    apart = {"Dan Poe": ("dan@corp.org",), "Daniel Poeth": ("danpoe@home.net",)}
    assert people(*contacts, aliases=apart).suggestions() == ()


def test_what_stands_in_brackets_is_no_part_of_the_name():
    found = people(("Lin Lang (Corp)", "l1@corp.org", 9), ("Lin Lang (Corp, Asia)", "l2@corp.org", 2))
    assert [(pair.one.name, pair.other.name) for pair in found.suggestions()] == [
        ("Lin Lang (Corp)", "Lin Lang (Corp, Asia)")
    ]


def test_two_full_names_with_nothing_in_common_are_no_one_person():
    mixed_up = people(
        ("James Graham", "james@hop.example", 2),
        ("jgraham", "james@hop.example", 2),
        ("Ksenia Berezina", "ksenia@corp.org", 20),
        ("jgraham", "ksenia@corp.org", 1),
    )
    assert mixed_up.suggestions() == ()
    likely = people(("Kim Falk", "kimf@corp.org", 9), ("KimFalk Olsen", "kimf@home.net", 2), ("kimfalk", "k@x.net", 1))
    assert {pair.one.name for pair in likely.suggestions()} == {"Kim Falk"}

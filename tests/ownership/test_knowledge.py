"""Built by hand, so that every number can be checked by hand."""

import pytest

from mldebt.ownership import Ownership, Person, Suggestion
from mldebt.ownership.knowledge import DAY, Credit
from mldebt.ownership.lines import line_authors

HEAD_DATE = 1_000 * DAY
ANN = Person(name="Ann Archer", email="ann@corp.org", commits=9, last_commit=990 * DAY)
BO = Person(name="Bo Baker", email="bo@corp.org", commits=5, last_commit=500 * DAY)
CY = Person(name="Cy Cole", email="cy@corp.org", commits=1, last_commit=999 * DAY)


def credit(*writers, day=900, reviewers=(), imported=False):
    return Credit(time=day * DAY, writers=writers, reviewers=reviewers, imported=imported)


@pytest.fixture
def ownership():
    lines = line_authors(
        b"head",
        {
            b"a.py": [b"ann"] * 60 + [b"bo"] * 30 + [b"cy"] * 10,
            b"pair.py": [b"pair"] * 10,
            b"bot.py": [b"bot"] * 90 + [b"ann"] * 10,
            b"mixed.py": [b"import"] * 75 + [b"ann"] * 20 + [b""] * 5,
            b"sub/old.py": [b"bo"] * 100,
        },
    )
    credited = {
        b"ann": credit(ANN),
        b"bo": credit(BO, day=450, reviewers=(CY,)),
        b"cy": credit(CY, day=999),
        b"pair": credit(ANN, BO),
        b"bot": credit(),
        b"import": credit(ANN, imported=True),
    }
    return Ownership(available=True, head_date=HEAD_DATE, window_days=365, lines=lines, credits=credited)


def table(found):
    return [(each.person.name, each.lines, each.share, each.reviewed_share, each.active) for each in found]


def test_who_wrote_and_reviewed(ownership):
    assert table(ownership.knows([("a.py", 1, 0)])) == [
        ("Ann Archer", 60, 0.6, 0.0, True),
        ("Bo Baker", 30, 0.3, 0.0, False),
        ("Cy Cole", 10, 0.1, 0.3, True),
    ]


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([("a.py", 60, 61)], {"Ann Archer": 1, "Bo Baker": 1, "Cy Cole": 0}),
        ([("a.py", 1, 10), ("a.py", 5, 20), ("a.py", 21, 21)], {"Ann Archer": 21}),
        ([("a.py", 100, 100)], {"Cy Cole": 1}),
        ([("a.py", 101, 200)], {}),
        ([("a.py", 1, 5), ("sub/old.py", 1, 5)], {"Ann Archer": 5, "Bo Baker": 5, "Cy Cole": 0}),
        ([("a.py", 1, 0), ("a.py", 1, 0)], {"Ann Archer": 60, "Bo Baker": 30, "Cy Cole": 10}),
        ([], {}),
    ],
)
def test_spans(ownership, spans, expected):
    assert {each.person.name: each.lines for each in ownership.knows(spans)} == expected


def test_co_writers_both_know_all_of_it(ownership):
    assert [(name, share) for name, _, share, _, _ in table(ownership.knows([("pair.py", 1, 0)]))] == [
        ("Ann Archer", 1.0),
        ("Bo Baker", 1.0),
    ]


def test_lines_of_bots_are_nobodys_and_count_for_nothing(ownership):
    found = ownership.bus_factor([("bot.py", 1, 0)])
    assert (found.lines, table(found.knowing)) == (100, [("Ann Archer", 10, 1.0, 0.0, True)])


def test_imports_are_not_knowledge_but_part_of_the_whole(ownership):
    found = ownership.bus_factor([("mixed.py", 1, 0)])
    assert table(found.knowing) == [("Ann Archer", 20, 20 / 95, 0.0, True)]
    assert found.unknowable == 75 / 95
    assert found.lines == 100


def test_bus_factor_counts_active_people_who_know_enough(ownership):
    found = ownership.bus_factor([("a.py", 1, 0)])
    assert [each.person.name for each in found.knowing] == ["Ann Archer", "Bo Baker", "Cy Cole"]
    assert [each.person.name for each in found.active] == ["Ann Archer", "Cy Cole"]
    assert found.count == 2
    assert ownership.bus_factor([("a.py", 1, 89)]).count == 2, "a third reviewed by Cy is enough to know it"
    assert ownership.bus_factor([("a.py", 1, 70)]).count == 1, "a seventh is not"


def test_reviewers_keep_an_orphan_alive(ownership):
    assert ownership.bus_factor([("sub/old.py", 1, 0)]).count == 1
    assert ownership.bus_factor([("sub/old.py", 1, 0)], reviewed=1.1).count == 0


def test_window_decides_who_is_active(ownership):
    assert ownership.active(BO) is False
    wide = Ownership(available=True, head_date=HEAD_DATE, window_days=500)
    assert wide.active(BO) is True


def test_a_likely_second_name_keeps_somebody_active(ownership):
    second = Person(name="bobaker", email="bobaker@home.net", commits=3, last_commit=980 * DAY)
    likely = (Suggestion(one=BO, other=second, reason="both go by 'bobaker'"),)
    assert not ownership.active(BO)
    assert ownership._replace(suggestions=likely).active(BO), "better silent than wrong about who has left"
    assert ownership._replace(suggestions=likely, head_date=HEAD_DATE * 2).active(BO) is False


def test_when_it_was_touched(ownership):
    found = {each.person.name: each for each in ownership.knows([("a.py", 1, 0), ("pair.py", 1, 0)])}
    assert (found["Bo Baker"].first_touched, found["Bo Baker"].last_touched) == (450 * DAY, 900 * DAY)


@pytest.mark.parametrize(("days", "left"), [(0, 1.0), (365, 0.5), (730, 0.25), (-5, 1.0)])
def test_knowledge_halves_with_each_half_life(ownership, days, left):
    assert ownership.fresh(HEAD_DATE - days * DAY) == left
    assert ownership._replace(half_life_days=730).fresh(HEAD_DATE - days * DAY) == left**0.5


def test_what_was_never_touched_is_not_fresh(ownership):
    assert ownership.fresh(0) == 0.0


def test_review_keeps_knowledge_fresh(ownership):
    cy = next(each for each in ownership.knows([("sub/old.py", 1, 0)]) if each.person == CY)
    assert (cy.last_touched, cy.last_reviewed) == (0, 450 * DAY)
    assert cy.fresh == pytest.approx(0.5 ** (550 / 365))


def test_who_left_is_not_active_even_under_a_second_name(ownership):
    second = ANN._replace(name="ann", email="ann@home.net", last_commit=995 * DAY)
    told = ownership._replace(suggestions=(Suggestion(one=ANN, other=second, reason=""),), gone=frozenset({ANN}))
    assert (told.active(ANN), told.active(second)) == (False, True)
    assert ownership.active(ANN)


def test_who_made_one_line(ownership):
    assert ownership.credit("a.py", 61).writers == (BO,)
    assert ownership.credit("a.py", 999) is None
    assert ownership.credit("nowhere.py", 1) is None


def test_when_some_lines_were_last_touched(ownership):
    assert ownership.bus_factor([("a.py", 1, 60)]).last_touched == 900 * DAY
    assert ownership.bus_factor([("a.py", 1, 0)]).last_touched == 999 * DAY
    assert ownership.bus_factor([("bot.py", 1, 90)]).last_touched == 0

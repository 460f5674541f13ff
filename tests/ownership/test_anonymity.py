import pytest

from mldebt.git import open_repository
from mldebt.ownership import Anonymity, Person, read_ownership, united

ANN, BO, CY = "Ann Archer <ann@corp.org>", "Bo Baker <bo@corp.org>", "Cy Cole <cy@corp.org>"


@pytest.fixture
def ownership(recorder):
    recorder.commit({"a.py": "bo\n"}, author=BO)
    recorder.commit({"b.py": "ann\n"}, author=ANN, message=f"change\n\nReviewed-by: {CY}")
    recorder.commit({"c.py": "bo\n"}, author=BO)
    return united(read_ownership(open_repository(recorder.write()), ["a.py", "b.py", "c.py"]))


def test_numbers_follow_the_order_in_which_people_came_reviewers_last(ownership):
    hidden = Anonymity(ownership).ownership(ownership)
    assert [person.name for person in hidden.contributors] == ["person 1", "person 2"]
    assert [each.person.name for each in hidden.knows([("b.py", 1, 0)])] == ["person 2", "person 3"]


def test_no_name_and_no_address_is_left(ownership):
    hidden = Anonymity(ownership).ownership(ownership)
    told = repr((hidden.contributors, hidden.credits, hidden.suggestions, hidden.gone))
    assert not any(word in told for word in ("Ann", "Archer", "ann@", "corp.org", "Bo ", "Baker", "Cy", "Cole"))


def test_activity_is_judged_as_before(ownership):
    hidden = Anonymity(ownership).ownership(ownership)
    assert [hidden.active(person) for person in hidden.contributors] == [True, True]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ask Ann Archer before you touch it", "ask person 2 before you touch it"),
        ("TODO(bo@corp.org): drop", "TODO(person 1): drop"),
        ("see boss.net@corp.org or @cycole or @corp/ranking", "see …@… or @… or @…"),
        ("Bob Bakerson stays, as Annie does", "Bob Bakerson stays, as Annie does"),
        ("@app.route is hidden too, x@y is none", "@….route is hidden too, x@y is none"),
    ],
)
def test_texts(ownership, text, said):
    assert Anonymity(ownership).text(text) == said


def test_somebody_who_is_not_known_is_somebody(ownership):
    stranger = Person(name="Zoe Zander", email="zoe@corp.org")
    assert Anonymity(ownership).person(stranger) == Person(name="somebody", email="")

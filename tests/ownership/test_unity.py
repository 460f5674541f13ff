from mldebt.git import open_repository
from mldebt.ownership import Person, Suggestion, read_ownership, united
from mldebt.ownership.people import unite

LEE, LE_TWO, LE_THREE = (
    "Lee Yun <lee.yun@corp.org>",
    "leeyun <9+ly@users.noreply.github.com>",
    "leeyun <leeyun@home.net>",
)
BO = "Bo Baker <bo@corp.org>"


def person(name, commits, **given):
    return Person(name=name, email=f"{name.replace(' ', '.').lower()}@corp.org", commits=commits, **given)


def test_likely_names_become_one_person_with_the_full_name():
    handle = person("leeyun", 9, first_commit=20, last_commit=30)
    full = person("Lee Yun", 2, first_commit=10, last_commit=15)
    same = unite({handle, full}, [Suggestion(one=handle, other=full, reason="both go by 'leeyun'")])
    assert same[handle] == same[full]
    one = same[handle]
    assert (one.name, one.email, one.commits, one.first_commit, one.last_commit) == (
        "Lee Yun",
        "leeyun@corp.org",
        11,
        10,
        30,
    )
    assert set(one.others) == {"leeyun", "lee.yun@corp.org"}


def test_chains_of_likely_names_become_one():
    a, b, c, d = (person(name, 1) for name in ("a a", "b b", "c c", "d d"))
    same = unite({a, b, c, d}, [Suggestion(one=a, other=b, reason=""), Suggestion(one=c, other=b, reason="")])
    assert same[a] == same[b] == same[c]
    assert d not in same


def test_shares_are_counted_once_where_both_names_stand_at_a_commit(recorder):
    lines = [f"{number}\n" for number in range(10)]
    message = f"squashed\n\nCo-authored-by: {LE_TWO}"
    recorder.commit({"a.py": "".join(lines)}, author=LEE, message=message)
    recorder.commit({"a.py": "".join([*lines[:5], *("bo\n" * 5)])}, author=BO)
    recorder.commit({"b.py": "b\n"}, author=LE_TWO)
    found = read_ownership(open_repository(recorder.write()), ["a.py", "b.py"])
    assert len(found.suggestions) == 1
    assert [(each.person.name, each.share) for each in found.knows([("a.py", 1, 0)])] == [
        ("Bo Baker", 0.5),
        ("Lee Yun", 0.5),
        ("leeyun", 0.5),
    ]
    one = united(found)
    assert [(each.person.name, each.share) for each in one.knows([("a.py", 1, 0)])] == [
        ("Bo Baker", 0.5),
        ("Lee Yun", 0.5),
    ]
    assert [each.name for each in one.contributors] == ["Lee Yun", "Bo Baker"]


def test_nobody_reviews_their_own_work_under_a_second_name(recorder):
    recorder.commit({"a.py": "1\n"}, author=LEE, message=f"change\n\nReviewed-by: {LE_THREE}")
    recorder.commit({"b.py": "1\n"}, author=LE_THREE)
    found = united(read_ownership(open_repository(recorder.write()), ["a.py", "b.py"]))
    (known,) = found.knows([("a.py", 1, 0)])
    assert (known.share, known.reviewed_share) == (1.0, 0.0)

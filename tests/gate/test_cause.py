from mldebt.gate.cause import Causes, by_people, by_time
from mldebt.verdict import CauseKind, Change

from .conftest import Make

OLD = {"a.py": "one\ntwo\nthree\n", "b.py": "four\n"}
NEW = {"a.py": "one\nTWO\nthree\n", "b.py": "four\n", "c.py": "five\n"}
CHANGE = Change(
    changed=frozenset({"a.py"}), added=frozenset({"c.py"}), removed=frozenset({"README.md"}), renamed={"o.py": "n.py"}
)


def causes(change: Change = CHANGE) -> Causes:
    return Causes(change, OLD.get, NEW.get)


def test_a_changed_line_of_the_trail(make: Make) -> None:
    cause = causes().of(make("b.py", 1, "four", trail=(("a.py", 1, "one"), ("a.py", 2, "TWO"))))
    assert (cause.kind, cause.message) == (CauseKind.LINES, "written by this change: a.py:2 here")
    assert ([place.line for place in cause.places], cause.files) == ([2], ("a.py",))


def test_a_new_file_is_new_in_every_line(make: Make) -> None:
    assert causes().of(make("c.py", 1, "five")).message == "written by this change: c.py:1"


def test_a_changed_file_where_its_own_lines_did_not_change(make: Make) -> None:
    cause = causes().of(make("b.py", 1, "four", trail=(("a.py", 1, "one"),)))
    assert (cause.kind, cause.message) == (CauseKind.FILES, "this change edits a.py")


def test_none_of_its_files_changed(make: Make) -> None:
    cause = causes().of(make("b.py", 1, "four", trail=(("b.py", 1, "four"),)))
    assert cause.kind is CauseKind.ELSEWHERE
    assert cause.message == "no file of its trail changed; this change removes README.md and renames o.py"


def test_a_renamed_file_is_compared_with_what_it_was(make: Make) -> None:
    change = Change(changed=frozenset({"n.py"}), renamed={"o.py": "n.py"})
    found = Causes(change, {"o.py": "one\ntwo\n"}.get, {"n.py": "one\n2\n"}.get)
    assert found.of(make("n.py", 1, "one")).kind is CauseKind.FILES
    assert found.of(make("n.py", 2, "2")).kind is CauseKind.LINES


def test_growth_by_what_a_long_trail_leaves_out(make: Make) -> None:
    shown = make("b.py", 1, "four", trail=(("b.py", 1, "four"),))
    cause = causes().of_growth(shown, ("c.py:load",))
    assert cause is not None
    assert (cause.kind, cause.message) == (CauseKind.FILES, "this change adds c.py")
    assert causes().of_growth(shown, ("b.py:load",)) is None
    assert causes().of_growth(shown, ("o.py:load",)) is None


def test_many_places_are_cut_short(make: Make) -> None:
    trail = tuple(("c.py", number, str(number)) for number in range(1, 7))
    message = causes().of(make("c.py", 1, "1", trail=trail)).message
    assert message == "written by this change: c.py:1 here; c.py:2 here; c.py:3 here and 3 more"


def test_people_whose_files_stayed_as_they_were(make: Make) -> None:
    elsewhere = causes().of(make("b.py", 1, "four"))
    assert by_people(elsewhere, CHANGE).kind is CauseKind.PEOPLE
    owners = Change(removed=frozenset({".github/CODEOWNERS"}))
    assert by_people(elsewhere, owners) is elsewhere
    here = causes().of(make("a.py", 1, "one"))
    assert by_people(here, CHANGE) is here


def test_time_alone(make: Make) -> None:
    cause = by_time(make("a.py", 1, "x"), ("2024-01-01", "2024-03-01"))
    assert cause.kind is CauseKind.TIME
    assert "judged on 2024-03-01 and not on 2024-01-01" in cause.message

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from mldebt.gate.change import find_change, new_lines
from mldebt.sources import blob_key
from mldebt.verdict import Change

LONG = "".join(f"line {number}\n" for number in range(20))


def change(before: Mapping[str, str], after: Mapping[str, str]) -> Change:
    keys = [{path: blob_key(text.encode()) for path, text in state.items()} for state in (before, after)]
    return find_change(keys[0], keys[1], before.get, after.get)


def test_edited_added_and_removed() -> None:
    found = change({"a.py": "1", "b.py": "2", "c.py": "3"}, {"a.py": "1", "b.py": "22", "d.py": "x"})
    assert (found.changed, found.added, found.removed, found.renamed) == ({"b.py"}, {"d.py"}, {"c.py"}, {})


def test_the_same_content_under_another_name_is_a_rename() -> None:
    found = change({"a/x.py": "1", "a/y.py": "1"}, {"b/y.py": "1", "b/z.py": "1"})
    assert found.renamed == {"a/y.py": "b/y.py", "a/x.py": "b/z.py"} or found.renamed["a/y.py"] == "b/y.py"
    assert (found.added, found.removed, found.changed) == (set(), set(), set())


def test_most_lines_under_another_name_are_a_rename_that_edits() -> None:
    found = change({"a.py": LONG}, {"b.py": "    new\n" + LONG.replace("line 3", "line three"), "c.py": "other\n"})
    assert (found.renamed, found.changed, found.added, found.removed) == ({"a.py": "b.py"}, {"b.py"}, {"c.py"}, set())


def test_little_in_common_or_another_kind_of_file_is_none() -> None:
    assert change({"a.py": LONG}, {"b.py": LONG[:60]}).renamed == {}
    assert change({"a.py": LONG + "x"}, {"b.md": LONG}).renamed == {}


def test_new_lines_leave_out_what_was_only_indented() -> None:
    before = "def f():\n    x = 1\n    return x\n"
    assert new_lines(before, "if True:\n    def f():\n        x = 2\n        return x\n") == {1, 3}
    assert new_lines(before, before) == frozenset()
    assert new_lines("", "a\nb") == {1, 2}


@given(st.lists(st.sampled_from("abc"), max_size=8), st.lists(st.sampled_from("abc"), max_size=8))
def test_what_is_not_new_was_there(old: list[str], new: list[str]) -> None:
    found = new_lines("\n".join(old), "\n".join(new))
    kept = [line for number, line in enumerate(new, start=1) if number not in found]
    rest = iter(old)
    assert all(any(line == other for other in rest) for line in kept)


def test_what_is_as_long_as_a_table_is_compared_line_by_line() -> None:
    before = "\n".join(str(number) for number in range(30_000))
    assert new_lines(before, before + "\nnew") == {30_001}

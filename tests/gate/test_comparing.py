from collections.abc import Callable

import pytest
from msgspec.structs import replace

from mldebt.finding import Finding, Location, Skipped
from mldebt.gate.comparing import Difference, differ
from mldebt.outcome import Failure, Outcome, Suppression, SuppressionState

from .conftest import Make

Build = Callable[..., Outcome]
SHUFFLE = "random.shuffle(tracks)"


def compare(
    before: Outcome, after: Outcome, renamed: dict[str, str] | None = None, old: str = "", new: str = ""
) -> Difference:
    return differ(before, after, renamed or {}, lambda _: old, lambda _: new)


def one_kept(found: Difference) -> bool:
    return (len(found.kept), found.new, found.fixed, found.silenced, found.unknown) == (1, (), (), (), ())


def test_moved_lines_and_indentation(make: Make, outcome: Build) -> None:
    before, after = make("a.py", 3, SHUFFLE), make("a.py", 99, "random.shuffle( tracks )")
    found = compare(outcome(before), outcome(after))
    assert one_kept(found)
    assert not found.kept[0].moved


@pytest.mark.parametrize(
    "change",
    [
        lambda each: replace(each, location=replace(each.location, symbol="answer")),
        lambda each: replace(each, location=replace(each.location, path="b.py")),
        lambda each: replace(each, location=replace(each.location, path="b.py", symbol="answer")),
        lambda each: replace(each, location=replace(each.location, snippet="random.shuffle(songs)")),
    ],
    ids=["function renamed", "moved to another file", "moved and renamed", "variable renamed"],
)
def test_what_is_the_same_code_is_kept(make: Make, outcome: Build, change: Callable[[Finding], Finding]) -> None:
    before = make("a.py", 3, SHUFFLE, trail=(("a.py", 1, "ranked = rank(user)"), ("a.py", 3, SHUFFLE)))
    assert one_kept(compare(outcome(before), outcome(change(before))))


def test_a_renamed_file_keeps_its_findings_also_where_a_line_was_edited(make: Make, outcome: Build) -> None:
    before, after = make("a.py", 3, SHUFFLE), make("b.py", 3, "random.shuffle(songs)")
    assert one_kept(compare(outcome(before), outcome(after), {"a.py": "b.py"}))
    assert len(compare(outcome(before), outcome(after)).new) == 1


def test_another_line_in_the_same_function_is_new(make: Make, outcome: Build) -> None:
    before, after = make("a.py", 3, SHUFFLE), make("a.py", 3, "tracks.sort(key=lambda track: track.price)")
    found = compare(outcome(before), outcome(after))
    assert (found.new, found.fixed, found.kept) == ((after,), (before,), ())


def test_a_second_one_of_the_same_is_new(make: Make, outcome: Build) -> None:
    first, second = make("a.py", 3, SHUFFLE), make("a.py", 5, SHUFFLE)
    found = compare(outcome(first), outcome(first, second))
    assert (len(found.kept), found.new) == (1, (second,))


def test_a_changed_signature_is_no_new_definition(make: Make, outcome: Build) -> None:
    before = make("a.py", 1, "def train(rows):", "train", rule="MLD301")
    after = make("a.py", 1, "def train(rows, seed):", "train", rule="MLD301")
    assert one_kept(compare(outcome(before), outcome(after)))


def test_a_definition_under_another_name_is_known_when_the_old_name_is_gone(make: Make, outcome: Build) -> None:
    before = make("a.py", 1, "class Net(nn.Module):", "Net", rule="MLD301")
    after = make("a.py", 1, "class ClickNet(nn.Module):", "ClickNet", rule="MLD301")
    old, new = "class Net(nn.Module):\n", "class ClickNet(nn.Module):\n"
    assert one_kept(compare(outcome(before), outcome(after), old=old, new=new))
    both = compare(outcome(before), outcome(after), old=old, new=old + new)
    assert (both.new, both.fixed) == ((after,), (before,))


def test_what_one_person_holds_stays_one_finding(make: Make, outcome: Build) -> None:
    """It stands at the largest component; which that is may change."""
    before = make("a.py", 1, "def a():", "a", rule="MLD201", message="Only Ann knows 5 components; 2024-01-01.")
    after = make("b.py", 1, "def b():", "b", rule="MLD201", message="Only Ann knows 6 components; 2024-02-01.")
    other = replace(after, message="Only Bob knows 6 components; 2024-02-01.")
    assert one_kept(compare(outcome(before), outcome(after)))
    assert compare(outcome(before), outcome(other)).new == (other,)


def test_places_without_a_quote_are_known_by_what_is_said_of_them(make: Make, outcome: Build) -> None:
    before, other = (make("requirements.txt", 1, "", "", message=f"{name} is not pinned") for name in ("peft", "trl"))
    assert one_kept(compare(outcome(before), outcome(before)))
    assert compare(outcome(before), outcome(other)).new == (other,)


def test_a_comment_that_came_silences_and_fixes_nothing(make: Make, outcome: Build) -> None:
    before = make("a.py", 3, SHUFFLE)
    comment = Suppression(
        location=Location(path="a.py", line=3), rule_id="MLD401", reason="", state=SuppressionState.USED
    )
    found = compare(outcome(before), outcome(suppressions=(comment,)))
    assert (found.silenced, found.fixed) == ((before,), ())
    found = compare(outcome(before, suppressions=(comment,)), outcome(suppressions=(comment,)))
    assert (found.silenced, found.fixed) == ((), (before,))


def test_what_could_not_be_looked_at_is_not_fixed(make: Make, outcome: Build) -> None:
    before = make("a.py", 3, SHUFFLE)
    for given in (
        {"skipped": (Skipped(path="a.py", reason="r"),)},
        {"failures": (Failure(rule_id="MLD401", message="m"),)},
    ):
        found = compare(outcome(before), outcome(**given))
        assert (found.unknown, found.fixed) == ((before,), ())


def held(make: Make, path: str, *names: str) -> Finding:
    """A finding for several things, which stands at the first."""
    return make(
        path, 1, f"def {names[0]}():", names[0], rule="MLD102", members=tuple(f"{path}:{name}" for name in names)
    )


def test_what_a_finding_for_several_gains_is_told(make: Make, outcome: Build) -> None:
    before, after = held(make, "a.py", "b", "c"), held(make, "a.py", "b", "c", "d")
    found = compare(outcome(before), outcome(after))
    assert one_kept(found)
    assert found.gained == {after: ("a.py:d",)}
    assert compare(outcome(after), outcome(before)).gained == {}


def test_a_finding_for_several_may_stand_at_another_of_them(make: Make, outcome: Build) -> None:
    before, after = held(make, "a.py", "b", "c"), held(make, "a.py", "x", "c", "b")
    found = compare(outcome(before), outcome(after))
    assert one_kept(found)
    assert found.gained == {after: ("a.py:x",)}
    assert one_kept(compare(outcome(before), outcome(held(make, "z.py", "c", "b")), {"a.py": "z.py"}))


def test_folding_several_into_one_brings_and_mends_nothing(make: Make, outcome: Build) -> None:
    alone = [held(make, "a.py", name) for name in "bcd"]
    together = held(make, "a.py", "b", "c", "d")
    folded = compare(outcome(*alone), outcome(together))
    assert (folded.new, folded.fixed) == ((), ())
    assert [kept.before for kept in folded.joined] == alone[1:]
    apart = compare(outcome(together), outcome(*alone))
    assert (apart.new, apart.fixed) == ((), ())
    assert [kept.after for kept in apart.split] == alone[1:]


def test_what_leaves_a_finding_for_several_and_what_comes_alone(make: Make, outcome: Build) -> None:
    before = held(make, "a.py", "b", "c", "d")
    found = compare(outcome(before), outcome(held(make, "a.py", "b", "c"), held(make, "z.py", "y")))
    assert [each.symbol for each in (new.location for new in found.new)] == ["y"]
    assert (found.fixed, len(found.kept), found.gained) == ((), 1, {})


def test_two_findings_of_one_name_are_two(make: Make, outcome: Build) -> None:
    one, other = (make("a.py", line, said, "f", members=("a.py:f",)) for line, said in ((1, SHUFFLE), (9, "p.sort()")))
    assert compare(outcome(one, other), outcome(one)).fixed == (other,)
    assert compare(outcome(one), outcome(one, other)).new == (other,)
    group = replace(one, members=("a.py:f", "b.py:f"))
    assert compare(outcome(group, other), outcome(group)).fixed == (other,)
    left = make("b.py", 1, SHUFFLE, "f", members=("b.py:f",))
    assert [kept.after for kept in compare(outcome(group), outcome(one, left)).split] == [left]


def test_one_that_goes_does_not_hide_one_that_comes(make: Make, outcome: Build) -> None:
    def spread(*names: str) -> Finding:
        return replace(held(make, "a.py", "b"), members=tuple(names))

    before, after = spread("a.py:b", "c.py:c", "d.py:d"), spread("a.py:b", "c.py:c", "e.py:e")
    assert compare(outcome(before), outcome(after)).gained == {after: ("e.py:e",)}
    renamed = spread("a.py:b", "c.py:c", "d.py:load")
    assert compare(outcome(before), outcome(renamed)).gained == {}


def test_what_comes_to_a_finding_and_stays_with_another_is_growth(make: Make, outcome: Build) -> None:
    clicks = make("a.py", 1, "clicks()", "f", members=("a.py:f", "b.py:f"))
    users = make("b.py", 2, "users()", "f", members=("b.py:f", "c.py:f"))
    grown = replace(clicks, members=(*clicks.members, "c.py:f"))
    found = compare(outcome(clicks, users), outcome(grown, users))
    assert (found.gained, found.new, found.fixed) == ({grown: ("c.py:f",)}, (), ())
    left = replace(users, members=("b.py:f", "d.py:f"))
    given = compare(outcome(clicks, replace(users, members=(*left.members, "c.py:f"))), outcome(grown, left))
    assert given.gained == {}


def test_what_moves_to_another_file_is_no_growth(make: Make, outcome: Build) -> None:
    one = make("a.py", 1, SHUFFLE, "f", members=("a.py:f", "b.py:load"))
    moved = replace(one, members=("a.py:f", "c.py:load"))
    assert compare(outcome(one), outcome(moved)).gained == {}
    more = replace(one, members=("a.py:f", "c.py:load", "d.py:load"))
    assert compare(outcome(one), outcome(more)).gained == {more: ("d.py:load",)}
    copied = replace(one, members=(*one.members, "c.py:load"))
    assert compare(outcome(one), outcome(copied)).gained == {copied: ("c.py:load",)}

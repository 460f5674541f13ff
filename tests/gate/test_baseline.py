from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from mldebt.errors import ConfigError
from mldebt.finding import Audience, Confidence, Finding, Location, Severity, Skipped
from mldebt.gate.baseline import (
    Baseline,
    Entry,
    compare,
    entries_of,
    parse_baseline,
    parts_of,
    render_baseline,
    share,
    without_known,
)
from mldebt.outcome import Counts, Failure, Outcome
from mldebt.rulebook import load_rules

ODD = st.text(st.characters(codec="utf-8"), min_size=1)


def finding(path: str, line: int, snippet: str, symbol: str = "serve", rule_id: str = "MLD401") -> Finding:
    return Finding(
        rule_id=rule_id,
        rule_name="r",
        location=Location(path=path, line=line, symbol=symbol, snippet=snippet),
        message="m",
        trail=(),
        component="",
        owners=(),
        severity=Severity.LOW,
        confidence=Confidence.HIGH,
        audience=Audience.DEFAULT,
        why="",
        remedy="",
        fingerprint="",
    )


def outcome(*findings: Finding) -> Outcome:
    return Outcome(version="1", counts=Counts(files=1), findings=findings, rules=load_rules())


SHUFFLE = finding("a.py", 3, "random.shuffle(tracks)")
SORT = finding("a.py", 9, "tracks.sort(key=price)")
BEFORE = entries_of(outcome(SHUFFLE, SORT))


def test_the_file_is_sorted_one_line_each_without_line_numbers() -> None:
    text = render_baseline(reversed(BEFORE))
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert len(lines) == 2
    assert lines == sorted(lines)
    assert lines[0].split("\t")[:3] == ["a.py", "MLD401", "serve"]
    moved = entries_of(outcome(replace(SHUFFLE, location=replace(SHUFFLE.location, line=99)), SORT))
    assert render_baseline(moved) == text
    assert parse_baseline(text, "b") == tuple(sorted(BEFORE))


@example([Entry("#a.py", "MLD401", "", "q", "f"), Entry("<<<<<<< a.py", "MLD401", "#", "q", "f")])
@given(st.lists(st.builds(Entry, ODD, ODD, st.text(st.characters(codec="utf-8")), ODD, ODD), max_size=4))
def test_any_path_survives(entries: list[Entry]) -> None:
    assert parse_baseline(render_baseline(entries), "b") == tuple(sorted(set(entries)))


def test_two_branches_merge_by_keeping_all_lines() -> None:
    ours, theirs = render_baseline(BEFORE[:1]), render_baseline(BEFORE)
    assert parse_baseline(ours + theirs, "b") == tuple(sorted(BEFORE))
    assert parse_baseline(ours.replace("\n", "\r\n"), "b") == BEFORE[:1]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "b: not a baseline of mldebt"),
        ("[tool]\n", "b: not a baseline of mldebt"),
        ("# mldebt baseline 2\n", "b: written by a newer mldebt"),
        ("# mldebt baseline 1\na.py\tMLD401\n", "b: line 2: not an entry"),
        ("# mldebt baseline 1\n<<<<<<< HEAD\n", "b: line 2: a merge conflict"),
    ],
)
def test_what_is_no_baseline_is_refused(text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        parse_baseline(text, "b")


MOVES: dict[str, Callable[[Finding], Finding]] = {
    "line": lambda each: replace(each, location=replace(each.location, line=77)),
    "indent": lambda each: replace(each, location=replace(each.location, snippet=each.location.snippet + "  ")),
    "file": lambda each: replace(each, location=replace(each.location, path="b.py")),
    "function": lambda each: replace(each, location=replace(each.location, symbol="answer")),
}


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_what_moves_is_known(move: Callable[[Finding], Finding]) -> None:
    found = without_known(outcome(move(SHUFFLE), move(SORT)), [Baseline(BEFORE)])
    assert (found.findings, found.accepted, found.outdated) == ((), 2, 0)


def test_what_is_new_counts_and_what_is_gone_is_told() -> None:
    other = finding("a.py", 3, "reversed(tracks)")
    found = without_known(outcome(SHUFFLE, other), [Baseline(BEFORE)])
    assert (found.findings, found.accepted, found.outdated) == ((other,), 1, 1)


def test_a_second_one_of_the_same_is_new() -> None:
    again = replace(SHUFFLE, location=replace(SHUFFLE.location, line=5))
    found = without_known(outcome(SHUFFLE, again), [Baseline(BEFORE)])
    assert (found.findings, found.accepted) == ((again,), 1)


def test_a_function_that_gains_a_parameter_stays_the_same() -> None:
    old = entries_of(outcome(finding("a.py", 1, "def train(rows):", "train", "MLD301")))
    longer = finding("a.py", 1, "def train(rows, seed=1):", "train", "MLD301")
    assert without_known(outcome(longer), [Baseline(old)]).findings == ()
    other = finding("a.py", 1, "def fit(rows):", "fit", "MLD301")
    assert without_known(outcome(other), [Baseline(old)]).findings == (other,)


def test_what_the_scan_could_not_see_is_not_gone() -> None:
    clean = outcome()
    skipped = replace(clean, skipped=(Skipped(path="a.py", reason="r"),))
    failed = replace(clean, failures=(Failure(rule_id="MLD401", message="m"),))
    unasked = replace(clean, rules=tuple(rule for rule in clean.rules if rule.id != "MLD401"))
    for each in (skipped, failed, unasked):
        assert compare(each, BEFORE).gone == ()
        assert set(compare(each, BEFORE).unseen) == set(BEFORE)
    assert set(compare(clean, BEFORE).gone) == set(BEFORE)
    assert compare(clean, BEFORE, only="b.py").gone == ()


def test_a_folder_below_sees_its_part() -> None:
    below = entries_of(outcome(SHUFFLE), "service/")
    elsewhere = entries_of(outcome(SORT), "other/")
    assert below[0].path == "service/a.py"
    found = compare(outcome(SHUFFLE), below + elsewhere, "service/")
    assert (found.unknown, found.gone, found.unseen) == ((), (), elsewhere)


def together(*names: str) -> Finding:
    """One finding that stands for several, at the first of them."""
    path, _, name = names[0].partition(":")
    return replace(finding(path, 5, f"def {name}():", name, "MLD303"), members=names)


A, B, C = "a.py:fit", "b.py:fit", "lib/c.py:fit"


def everything(found: Outcome) -> tuple[Entry, ...]:
    parts = (entry for entries in parts_of(found) for entry in entries)
    return parse_baseline(render_baseline([*entries_of(found), *parts]), "b")


@pytest.mark.parametrize(
    "left",
    [
        pytest.param([together(B, C)], id="told elsewhere"),
        pytest.param([together(A, C)], id="fewer"),
        pytest.param([together(C)], id="one alone"),
        pytest.param([together(B), together(A)], id="each by itself"),
    ],
)
def test_what_is_left_of_a_finding_that_stood_for_several_is_known(left: list[Finding]) -> None:
    known = everything(outcome(together(A, B, C)))
    found = without_known(outcome(*left), [Baseline(known)])
    assert not found.findings
    assert found.accepted == len(left)
    assert not found.gone  # the finding is still there, if not all of it


def test_a_part_that_is_paid_is_gone_and_the_finding_with_the_last_of_them() -> None:
    known = everything(outcome(together(A, B)))
    assert [entry.name for entry in compare(outcome(together(A)), known).gone] == [("MLD303", "b.py", "fit")]
    assert len(compare(outcome(), known).gone) == 3
    assert without_known(outcome(), [Baseline(known)]).gone == ("a.py",)


@pytest.mark.parametrize("grown", [together(A, B, C), together(B, C, A)])
def test_a_finding_that_has_grown_is_not_known(grown: Finding) -> None:
    known = everything(outcome(together(B, C)))
    found = without_known(outcome(grown), [Baseline(known)])
    assert found.findings == (grown,)
    assert not found.gone


def test_a_part_that_moved_is_none_that_came() -> None:
    known = everything(outcome(together(A, B, C)))
    assert not without_known(outcome(together(A, B, "lib/moved.py:fit")), [Baseline(known)]).findings
    assert without_known(outcome(together(A, B, "lib/moved.py:fit", "d.py:fit")), [Baseline(known)]).findings


def test_parts_are_told_from_the_folder_of_the_baseline() -> None:
    found = outcome(together("lib/a.py:fit", C))
    own, _ = share(found, "lib/", lambda _: "lib/")
    known = everything(own)
    assert {entry.path for entry in known} == {"a.py", "c.py"}
    assert not without_known(outcome(together(C)), [Baseline(known, folder="lib/")], lambda _: "lib/").findings
    assert not without_known(
        outcome(together("c.py:fit")), [Baseline(everything(found), prefix="lib/")]
    ).findings  # the folder alone


def test_what_stands_for_itself_has_one_line_and_a_baseline_without_parts_holds() -> None:
    assert parts_of(outcome(together(A), SORT)) == ((), ())
    old = entries_of(outcome(together(A, B)))
    assert not without_known(outcome(together(A, B)), [Baseline(old)]).findings


def elsewhere(*names: str) -> Finding:
    """Another finding of the same things."""
    found = together(*names)
    return replace(found, location=replace(found.location, symbol="users", snippet="users()"))


def test_two_findings_of_the_same_names_are_two() -> None:
    one, other = together(A, B), elsewhere(A, B)
    assert without_known(outcome(one, other), [Baseline(everything(outcome(one)))]).findings == (other,)
    both = everything(outcome(one, other))
    assert not without_known(outcome(one, other), [Baseline(both)]).findings
    paid = compare(outcome(one), both)
    assert {entry.symbol for entry in paid.gone if not entry.is_part} == {"users"}
    assert len(paid.gone) == 3
    assert [len(compare(outcome(*each), both).known) for each in ([together(B)], [together(A), elsewhere(B)])] == [1, 2]


def test_a_part_that_another_finding_still_has_comes_to_this_one() -> None:
    one, other = together(A, B), elsewhere(B, C)
    known = everything(outcome(one, other))
    grown = together(A, B, C)
    assert without_known(outcome(grown, other), [Baseline(known)]).findings == (grown,)
    assert not without_known(outcome(grown, elsewhere(B)), [Baseline(known)]).findings  # it went from there to here


@pytest.mark.parametrize(
    "now",
    [
        pytest.param([together(A, B, C)], id="the same"),
        pytest.param([together(A, B)], id="fewer"),
        pytest.param([together(A, B, "lib/moved.py:fit")], id="moved"),
        pytest.param([together(B), elsewhere(A, C)], id="told in another way"),
    ],
)
def test_what_is_kept_knows_the_same_findings_again(now: list[Finding]) -> None:
    found = compare(outcome(*now), everything(outcome(together(A, B, C))))
    again = compare(outcome(*now), found.kept)
    assert (found.unknown, again.unknown, again.gone, again.kept) == ((), (), (), found.kept)


def test_what_has_grown_is_kept_as_it_was_known() -> None:
    known = everything(outcome(together(A, B)))
    found = compare(outcome(together(A, B, C)), known)
    assert (found.known, found.grown, found.unknown) == ((), (0,), (0,))
    assert found.kept == frozenset(known)  # so that it is known again once the third is paid


SEVERAL = st.lists(
    st.builds(
        lambda names, tell: tell(*names),
        st.lists(st.sampled_from([A, B, C, "d.py:run"]), min_size=1, max_size=4, unique=True),
        st.sampled_from([together, elsewhere]),
    ),
    max_size=5,
).map(lambda findings: outcome(*findings))


@given(SEVERAL)
def test_what_was_taken_in_is_known(found: Outcome) -> None:
    judged = compare(found, everything(found))
    assert (judged.unknown, judged.gone, judged.unseen) == ((), (), ())
    assert judged.kept == frozenset(everything(found))


@given(SEVERAL, SEVERAL)
def test_every_finding_is_known_or_not_and_every_part_is_held_once(before: Outcome, now: Outcome) -> None:
    taken_in = everything(before)
    judged = compare(now, taken_in)
    assert sorted((*judged.known, *judged.unknown)) == list(range(len(now.findings)))
    assert set(judged.grown) <= set(judged.unknown)
    assert set(judged.gone) <= set(taken_in)
    names = [entry.name for entry in taken_in if entry.is_part and entry not in judged.gone]
    held = [entry.name for parts in parts_of(now) for entry in parts]
    alone = [(each.rule_id, *each.members[0].split(":")) for each in now.findings if len(each.members) == 1]
    assert all(names.count(name) <= (*held, *alone).count(name) for name in names)

from collections.abc import Callable
from itertools import pairwise

from msgspec.structs import replace

from mldebt.finding import Owner, Skipped, Step
from mldebt.outcome import Outcome
from mldebt.reports.text import render_text

Snapshot = Callable[[str, str], None]


def test_the_page(outcome: Outcome, snapshot: Snapshot) -> None:
    snapshot("page.txt", render_text(outcome))


def test_the_page_in_colour(outcome: Outcome, snapshot: Snapshot) -> None:
    snapshot("page_in_colour.txt", render_text(outcome, colour=True, width=72))


def test_colour_changes_nothing_but_colour(outcome: Outcome) -> None:
    import re

    coloured = render_text(outcome, colour=True)
    assert coloured != render_text(outcome)
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == render_text(outcome)


def test_no_findings(clean_outcome: Outcome) -> None:
    assert render_text(clean_outcome) == "No findings.\nRead 1 Python file: 1 line.\n"


def test_nothing_to_analyse_is_not_called_clean(empty_outcome: Outcome) -> None:
    assert render_text(empty_outcome).startswith("Nothing to analyse")


def test_an_incomplete_scan_is_not_called_clean(outcome: Outcome) -> None:
    text = render_text(replace(outcome, findings=()))
    assert "No findings so far, but the scan is incomplete" in text
    assert "Incomplete: rule MLD301 failed" in text


def test_prose_is_wrapped_to_the_page(outcome: Outcome) -> None:
    prose = [line for line in render_text(outcome, width=80).splitlines() if line.startswith("    ")]
    assert prose
    assert max(map(len, prose)) <= 80


def test_a_long_run_of_equal_steps_is_cut_short(outcome: Outcome) -> None:
    finding = outcome.findings[2]
    first, last = finding.trail
    between = tuple(replace(last, location=replace(last.location, line=n), message="handed on here") for n in range(9))
    text = render_text(replace(outcome, findings=(replace(finding, trail=(first, *between, last)),)))
    assert text.count("handed on here") == 2
    assert "├ … 7 more places" in text
    assert "shop/serve tracks.py:8:5  handed on here" in text


def test_of_a_long_trail_start_and_end_stay(outcome: Outcome) -> None:
    finding = outcome.findings[2]
    first, last = finding.trail
    between = tuple(
        replace(first, location=replace(first.location, line=100 + n), message=f"{'read' if n < 5 else n % 2} here")
        for n in range(20)
    )
    text = render_text(replace(outcome, findings=(replace(finding, trail=(first, *between, last)),)))
    shown = [line.strip() for line in text.splitlines() if line.startswith(("    ├", "    └"))]
    assert len(shown) == 9
    assert shown[5] == "├ … 12 more places"
    assert [line.split(":")[1] for line in shown[1:5] if "more" not in line] == ["100", "104", "105"]
    assert [line.split(":")[1] for line in shown[6:8]] == ["118", "119"]


def test_many_reasons_for_skipping_are_summed_up(outcome: Outcome) -> None:
    skipped = tuple(Skipped(path=f"{n}.py", reason=f"reason {n}") for n in range(9))
    text = render_text(replace(outcome, skipped=skipped))
    assert "Skipped, in whole or in part: 9 files\n" in text
    assert "… and 4 files for other reasons" in text


def test_a_place_in_a_file_makes_no_reason_of_its_own(outcome: Outcome) -> None:
    skipped = tuple(Skipped(path=f"{n}.py", reason=f"Python 2 (line {n}: print {n})") for n in range(9))
    text = render_text(replace(outcome, skipped=skipped))
    assert "  0.py and 8 more: Python 2\n" in text
    assert "  0.py: Python 2 (line 0: print 0)\n" in render_text(replace(outcome, skipped=skipped[:1]))


def test_a_repository_cannot_steer_the_terminal(outcome: Outcome) -> None:
    finding = outcome.findings[2]
    here = replace(finding.location, path="a\x1b]0;title\x07.py", snippet="x = 1\t# \x1b[2J\u202e")
    owner = replace(finding.owners[0], name="Ann\x9b31m")
    hostile = replace(
        finding,
        location=here,
        component="a\nb",
        owners=(owner,),
        message="named \x1b[31m",
        trail=(replace(finding.trail[0], location=here),),
    )
    text = render_text(replace(outcome, findings=(hostile,)))
    assert all(character == "\n" or character.isprintable() for character in text)
    assert r"x = 1 # \x1b[2J\u202e" in text
    assert r"a\x1b]0;title\x07.py:" in text
    assert r"Ann\x9b31m" in text


def test_steps_at_the_finding_itself_need_no_place(outcome: Outcome) -> None:
    finding = outcome.findings[2]
    trail = tuple(Step(location=finding.location, message=f"{name} wrote 50%") for name in ("Ann", "Bo"))
    text = render_text(replace(outcome, findings=(replace(finding, trail=trail),)))
    assert "    ├ Ann wrote 50%\n    └ Bo wrote 50%\n" in text


def test_owners_that_do_not_fit_stand_on_their_own_line(outcome: Outcome) -> None:
    finding = replace(outcome.findings[2], component="c" * 70)
    text = render_text(replace(outcome, findings=(finding,)), width=80)
    assert text.startswith("c" * 70 + "\n  Ana Lima 82%")


def test_several_reasons_in_one_file_count_once(outcome: Outcome) -> None:
    skipped = tuple(Skipped(path="a.ipynb", reason=f"cell {n}: not Python") for n in range(3))
    text = render_text(replace(outcome, skipped=skipped))
    assert "Skipped, in whole or in part: 1 file\n  a.ipynb: cell 0: not Python; and 2 more places in it\n" in text


def test_a_long_place_stands_on_a_line_of_its_own(outcome: Outcome) -> None:
    finding = outcome.findings[2]
    here = replace(finding.location, path=f"{'folder/' * 8}tracks.py", line=3, column=1)
    text = render_text(replace(outcome, findings=(replace(finding, location=here),)), width=80)
    assert f"  {here.path}:3:1\n    {finding.rule_id} {finding.rule_name}  " in text


def test_shares_that_are_more_than_all_are_explained(outcome: Outcome) -> None:
    finding = outcome.findings[0]
    both = tuple(Owner(name=name, share=1.0, active=True) for name in ("Ana", "Bo"))
    assert "more than 100%" not in " ".join(render_text(outcome).split())
    assert "more than 100%" in " ".join(
        render_text(replace(outcome, findings=(replace(finding, owners=both),))).split()
    )


def test_places_are_left_out_of_a_trail_once(outcome: Outcome) -> None:
    words = ["read", *["cleaned"] * 5, "joined", *["parsed"] * 5, "a", "b", "c", "d", "e", *["f"] * 5, "handed out"]
    place = outcome.findings[0].location
    trail = tuple(Step(location=replace(place, line=at + 1), message=word) for at, word in enumerate(words))
    page = render_text(replace(outcome, findings=(replace(outcome.findings[0], trail=trail),)))
    steps = [line.strip() for line in page.splitlines() if line.strip()[:1] in ("├", "└")]
    left_out = [int(line.split()[2]) for line in steps if "more places" in line]
    assert len(steps) - len(left_out) + sum(left_out) == len(words)
    assert not any("more places" in one and "more places" in other for one, other in pairwise(steps))

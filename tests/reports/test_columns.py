import pytest

from mldebt.reports.columns import age, clip, code, cut, day, escaped, lay_out, markdown_table, percent

DAY = 86_400


def test_columns_are_as_wide_as_their_widest_cell():
    assert lay_out([["what", "lines"], ["a", "1,200"], ["longer", "7"]], width=40, right=(1,)) == [
        "what    lines",
        "a       1,200",
        "longer      7",
    ]


def test_too_little_room_takes_from_the_widest_first():
    rows = [["x" * 10 + "END", "START" + "y" * 40, "7"]]
    (line,) = lay_out(rows, width=40, clipped=(0,), cut_off=(1,))
    assert line == "xxxxxxxxxxEND  STARTyyyyyyyyyyyyyyyy…  7"
    assert len(line) == 40


def test_columns_are_never_cut_to_nothing():
    (line,) = lay_out([["a" * 30, "b" * 30]], width=10, clipped=(0,), cut_off=(1,))
    assert line == "…" + "a" * 7 + "  " + "b" * 7 + "…"


def test_no_rows():
    assert lay_out([], width=10) == []


def test_text_of_a_repository_cannot_steer_the_terminal():
    assert lay_out([["a\x1b[2Jb"]], width=40) == ["a\\x1b[2Jb"]


def test_clip_keeps_the_end_and_cut_the_beginning():
    assert (clip("abcdefgh", 4), cut("abcdefgh", 4)) == ("…fgh", "abc…")
    assert (clip("abcd", 4), cut("abcd", 4)) == ("abcd", "abcd")


@pytest.mark.parametrize(("share", "said"), [(0, "–"), (0.004, "<1%"), (0.01, "1%"), (0.256, "26%"), (1, "100%")])
def test_shares(share, said):
    assert percent(share) == said


@pytest.mark.parametrize(
    ("days", "said"),
    [(0, "0 days"), (1, "1 day"), (59, "59 days"), (60, "2 months"), (699, "23 months"), (730, "2 years")],
)
def test_ages(days, said):
    assert age(1_000 * DAY - days * DAY, 1_000 * DAY) == said


def test_days():
    assert (day(0), day(DAY)) == ("–", "1970-01-02")


def test_markup_of_a_repository_is_shown_and_not_obeyed():
    assert escaped("# <b>*x*</b> [a](b)\n- c") == "\\# \\<b\\>\\*x\\*\\</b\\> \\[a\\](b) - c"
    assert escaped("- see #12") == "\\- see #12"
    assert code("a`b``c") == "```a`b``c```"
    assert code("`a") == "`` `a ``"
    assert code("") == ""


def test_a_bar_does_not_end_a_cell():
    assert markdown_table(["a", "b"], [["x|y", "1"]], right=(1,)) == ["| a | b |", "| --- | ---: |", "| x\\|y | 1 |"]

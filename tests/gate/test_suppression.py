import textwrap
from collections.abc import Mapping

import pytest

from mldebt.facts.extract import extract_facts
from mldebt.finding import Hit, Location, Step
from mldebt.gate.suppression import IgnoreComment, ignore_comments, silence
from mldebt.outcome import SuppressionState
from mldebt.rulebook import Rule, load_rules

KNOWN = {"mld401": "MLD401", "downstream-reorder": "MLD401", "mld301": "MLD301", "mld402": "MLD402"}


def comments(text: str) -> tuple[IgnoreComment, ...]:
    return ignore_comments("a.py", extract_facts(textwrap.dedent(text).lstrip("\n")))


def rule(rule_id: str = "MLD401") -> Rule:
    return next(each for each in load_rules() if each.id == rule_id)


def hit(line: int) -> Hit:
    place = Location(path="a.py", line=line)
    return Hit(location=place, message="m", trail=(Step(location=place, message="here"),))


def states(found: Mapping[str, tuple[IgnoreComment, ...]], *lines: int, require_reason: bool = False) -> list[str]:
    _, account = silence(
        [(rule(), hit(line)) for line in lines],
        found,
        known=KNOWN,
        asked={"MLD401"},
        require_reason=lambda _: require_reason,
    )
    return [each.state.value for each in account]


def test_a_comment_behind_code_speaks_of_its_line() -> None:
    (found,) = comments("x = 1\ny = f(x)  # mldebt: ignore[MLD401] the pin is agreed\nz = 2\n")
    assert (found.lines, found.rules, found.reason) == (((2, None, None),), ("MLD401",), "the pin is agreed")


def test_a_comment_alone_speaks_of_the_next_line() -> None:
    (found,) = comments("x = 1\n# mldebt: ignore[MLD401, mld402]: agreed.  # noqa: E501\ny = f(x)\n")
    assert (found.lines, found.rules, found.reason) == (
        ((2, None, None), (3, None, None)),
        ("MLD401", "mld402"),
        "agreed",
    )


@pytest.mark.parametrize(
    "comment", ["# mldebt: ignore", "# mldebt ignore[MLD401]", "# ignore[MLD401]", "# noqa: MLD401"]
)
def test_other_comments_say_nothing(comment: str) -> None:
    assert comments(f"x = 1  {comment}\n") == ()


def test_in_a_string_it_is_no_comment() -> None:
    assert comments('x = "# mldebt: ignore[MLD401]"\n') == ()


def test_in_a_notebook_lines_are_those_of_the_file() -> None:
    facts = extract_facts(
        "x = 1\ny = f(x)  # mldebt: ignore[MLD401] agreed\n",
        cells=[(0, 1, 12), (2, 1, 30)],
    )
    (found,) = ignore_comments("a.ipynb", facts)
    assert found.lines == ((30, 2, 1),)
    assert (found.location.line, found.location.cell, found.location.cell_line) == (30, 2, 1)


def test_in_a_cell_that_is_written_on_one_line_of_the_file_only_its_own_line_is_silenced() -> None:
    facts = extract_facts(
        "x = f()\ny = f()  # mldebt: ignore[MLD401] agreed\n",
        cells=[(0, 1, 7), (0, 2, 7)],
    )
    places = [Location(path="a.ipynb", line=7, cell=0, cell_line=line) for line in (1, 2)]
    hits = [
        (rule(), Hit(location=place, message="m", trail=(Step(location=place, message="here"),))) for place in places
    ]
    silenced, _ = silence(hits, {"a.ipynb": ignore_comments("a.ipynb", facts)}, known=KNOWN, asked={"MLD401"})
    assert silenced == {1}


def test_only_the_named_rule_on_the_spoken_of_line_is_silenced() -> None:
    found = {"a.py": comments("x = f()  # mldebt: ignore[downstream-reorder] agreed\ny = f()\n")}
    hits = [(rule(), hit(1)), (rule("MLD301"), hit(1)), (rule(), hit(2))]
    silenced, account = silence(hits, found, known=KNOWN, asked={"MLD401", "MLD301"})
    assert silenced == {0}
    assert [(each.rule_id, each.state, each.reason, each.fault) for each in account] == [
        ("MLD401", SuppressionState.USED, "agreed", "")
    ]


def test_a_comment_that_silences_nothing_is_told_apart_from_one_that_nobody_could_judge() -> None:
    assert states({"a.py": comments("x = f()  # mldebt: ignore[MLD401]\n")}) == ["unused"]
    assert states({"a.py": comments("x = f()  # mldebt: ignore[MLD402]\n")}) == ["unjudged"]
    assert states({"a.py": comments("x = f()  # mldebt: ignore[MLD999]\n")}, 1) == ["unknown-rule"]
    assert states({"a.py": comments("x = f()  # mldebt: ignore[MLD401, MLD402]\n")}, 1) == ["used", "unjudged"]


def test_without_the_reason_that_is_required_nothing_is_silenced() -> None:
    found = {"a.py": comments("x = f()  # mldebt: ignore[MLD401]\ny = f()  # mldebt: ignore[MLD401] agreed\n")}
    assert states(found, 1, 2, require_reason=True) == ["no-reason", "used"]
    silenced, account = silence(
        [(rule(), hit(1)), (rule(), hit(2))], found, known=KNOWN, asked={"MLD401"}, require_reason=lambda _: True
    )
    assert silenced == {1}
    assert account[0].fault == "ignore[MLD401] gives no reason and therefore silences nothing"
    assert states(found, 1, 2) == ["used", "used"]

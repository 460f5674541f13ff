import textwrap

import pytest

from mldebt.facts.extract import extract_facts
from mldebt.gate.suppression import suppressions


def silenced(text: str) -> dict[int, frozenset[str]]:
    return dict(suppressions(extract_facts(textwrap.dedent(text).lstrip("\n"))))


def test_a_comment_behind_code_speaks_of_its_line() -> None:
    assert silenced("x = 1\ny = f(x)  # mldebt: ignore[MLD401] the pin is agreed\nz = 2\n") == {2: {"MLD401"}}


def test_a_comment_alone_speaks_of_the_next_line() -> None:
    assert silenced("x = 1\n# mldebt: ignore[MLD401, mld402] agreed\ny = f(x)\n") == {
        2: {"MLD401", "MLD402"},
        3: {"MLD401", "MLD402"},
    }


@pytest.mark.parametrize(
    "comment", ["# mldebt: ignore", "# mldebt ignore[MLD401]", "# ignore[MLD401]", "# noqa: MLD401"]
)
def test_other_comments_say_nothing(comment: str) -> None:
    assert silenced(f"x = 1  {comment}\n") == {}


def test_in_a_string_it_is_no_comment() -> None:
    assert silenced('x = "# mldebt: ignore[MLD401]"\n') == {}


def test_in_a_notebook_lines_are_those_of_the_file() -> None:
    facts = extract_facts(
        "x = 1\ny = f(x)  # mldebt: ignore[MLD401] agreed\n",
        cells=[(0, 1, 12), (2, 1, 30)],
    )
    assert dict(suppressions(facts)) == {30: {"MLD401"}}

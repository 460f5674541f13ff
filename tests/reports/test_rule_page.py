from collections.abc import Callable

from msgspec.structs import replace

from mldebt.finding import Audience
from mldebt.outcome import Outcome
from mldebt.reports.rule_page import render_rule_list, render_rule_page

BAD = (
    """
    tracks = model.rank(user)
    random.shuffle(tracks)  # debt
    """,
    {"serve.py": "import rank\n", "docs/a.md": "```sh\nrun\n```\n"},
)


def test_the_page(outcome: Outcome, snapshot: Callable[[str, str], None]) -> None:
    snapshot("rule.md", render_rule_page(outcome.rules[1], BAD, ("print(1)\n",)))


def test_a_rule_without_examples_or_parameters_has_no_empty_parts(outcome: Outcome) -> None:
    page = render_rule_page(replace(outcome.rules[0], parameters={}, audience=Audience.PEDANTIC), (), ())
    assert "## Found" not in page
    assert "## Settings" not in page
    assert "shown with `--pedantic`" in page


def test_the_index_links_every_rule(outcome: Outcome) -> None:
    index = render_rule_list(outcome.rules)
    assert "| [MLD201](MLD201.md) | bus-factor-one | contract | high |" in index
    assert "[MLD401](MLD401.md)" in index

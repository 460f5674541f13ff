import re
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from mldebt.outcome import Outcome
from mldebt.reports import change_renderer
from mldebt.reports.github import render_github
from mldebt.verdict import Verdict


def parse(line: str) -> tuple[str, dict[str, str], str]:
    """A workflow command as the runner reads it."""
    found = re.fullmatch(r"::(\w+)(?: ([^:]*))?::(.*)", line)
    assert found is not None
    properties = {}
    for part in (found[2] or "").split(","):
        key, _, value = part.partition("=")
        for told, char in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
            value = value.replace(told, char)
        properties[key] = value
    return found[1], properties, found[3].replace("%0A", "\n").replace("%25", "%")


def test_the_commands(outcome: Outcome, snapshot: Callable[[str, str], None]) -> None:
    snapshot("github.txt", render_github(outcome))


def test_the_worst_comes_first_and_paths_count_from_the_top(outcome: Outcome) -> None:
    commands = [parse(line) for line in render_github(outcome).splitlines()]
    assert [name for name, _, _ in commands] == ["error", "warning", "warning", "notice", "warning", "notice", "error"]
    assert commands[1][1] == {
        "title": "MLD401 downstream-reorder",
        "file": "apps/shop/serve tracks.py",
        "line": "30",
        "col": "5",
        "endLine": "30",
        "endColumn": "29",
    }
    assert "\n- shop/rank.py:12:12 ranked by score here" in commands[1][2]


@pytest.mark.parametrize("odd", ["a\n::error::b", "a\r::stop-commands::x", "100%0A", "a,b:c=d", "\x1b[31m"])
def test_nothing_in_the_code_can_steer_the_log(outcome: Outcome, odd: str) -> None:
    first = outcome.findings[0]
    hostile = replace(first, message=odd, location=replace(first.location, path=odd))
    text = render_github(replace(outcome, findings=(hostile,), suppressions=(), failures=(), notes=()))
    (line,) = text.splitlines()
    name, properties, _ = parse(line)
    assert name == "notice"
    assert set(properties) == {"title", "file", "line", "col"}
    assert "\x1b" not in text


def test_of_a_change_the_new_ones_alone(verdict: Verdict) -> None:
    commands = [parse(line) for line in change_renderer("github")(verdict).splitlines()]
    assert [properties.get("file") for _, properties, _ in commands] == [
        "apps/shop/serve tracks.py",
        "apps/shop/rank.py",
        None,
        None,
        None,
    ]

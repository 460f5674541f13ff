"""Every rule's own examples: `# debt` marks exactly the lines where findings stand."""

import re
import textwrap
from pathlib import Path

import pytest

import mldebt.detectors
from mldebt.detectors import Example, has_detector, load_detector
from mldebt.finding import Severity
from mldebt.rulebook import Rule, load_rules
from mldebt.scan import scan
from mldebt.settings import Settings

pytestmark = pytest.mark.usefixtures("quick")

MARK = "# debt"
RULES = load_rules()
NEEDS_HISTORY = {"ownership"}
"""Families whose debt no text alone can show; their tests build repositories with a history."""


def examples(kind: str) -> list[object]:
    return [
        pytest.param(rule, example, id=f"{rule.id}-{number}")
        for rule in RULES
        if has_detector(rule)
        for number, example in enumerate(getattr(load_detector(rule), kind), start=1)
    ]


def write(root: Path, example: Example) -> set[tuple[str, int]]:
    """Lay the example out as files; returns the marked places."""
    texts = {"example.py": example} if isinstance(example, str) else example
    marked = set()
    for path, text in texts.items():
        content = textwrap.dedent(text).lstrip("\n")
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content, encoding="utf-8")
        marked |= {(path, number) for number, line in enumerate(content.splitlines(), start=1) if MARK in line}
    return marked


def found(root: Path, rule: Rule) -> list[tuple[str, int]]:
    settings = Settings(select=(rule.id,), cache=False, history=False, jobs=1)
    outcome = scan(root, settings)
    assert not outcome.failures
    assert not outcome.skipped
    assert not [each.message for each in outcome.findings if each.message.startswith(("a ", "an ", "the "))]
    return [(finding.location.path, finding.location.line) for finding in outcome.findings]


@pytest.mark.parametrize(("rule", "example"), list(examples("bad")))
def test_debt_is_found_where_it_is_marked(rule: Rule, example: Example, tmp_path: Path) -> None:
    marked = write(tmp_path, example)
    assert marked, "a bad example marks a line"
    assert found(tmp_path, rule) == sorted(marked)


@pytest.mark.parametrize(("rule", "example"), list(examples("good")))
def test_what_is_no_debt_is_left_alone(rule: Rule, example: Example, tmp_path: Path) -> None:
    assert not write(tmp_path, example), "a good example marks nothing"
    assert found(tmp_path, rule) == []


def test_every_record_has_its_detector_and_every_detector_its_record() -> None:
    folder = Path(mldebt.detectors.__file__).parent
    detectors = {f"{path.parent.name}/{path.stem}" for path in folder.glob("*/*.py") if not path.stem.startswith("_")}
    assert detectors == {f"{rule.family}/{rule.stem}" for rule in RULES}


@pytest.mark.parametrize("rule", [rule for rule in RULES if has_detector(rule)], ids=lambda rule: rule.id)
def test_every_rule_shows_both_sides(rule: Rule) -> None:
    detector = load_detector(rule)
    assert rule.family in NEEDS_HISTORY or (detector.bad and detector.good)


def test_the_readme_tells_of_every_rule() -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    assert [rule.id for rule in RULES if f"[{rule.id}](docs/rules/{rule.id}.md) {rule.name} |" not in readme] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_readme_tells_every_severity_that_a_finding_may_have(rule: Rule) -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    (row,) = [line for line in readme.split("\n") if line.startswith(f"| [{rule.id}]")]
    detector = Path(mldebt.detectors.__file__).parent / rule.family / f"{rule.stem}.py"
    named = set(re.findall(r"Severity\.([A-Z]+)", detector.read_text(encoding="utf-8")))
    order = [
        severity.name.lower() for severity in Severity if severity in (rule.severity, *map(Severity.__getitem__, named))
    ]
    assert row.split("|")[-2].strip() == ", ".join(order)

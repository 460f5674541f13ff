from collections.abc import Callable
from pathlib import Path

import junitparser
import pytest
from msgspec.structs import replace

from mldebt.outcome import Outcome
from mldebt.reports.junit import render_junit


def read(text: str, tmp_path: Path) -> junitparser.JUnitXml:
    (tmp_path / "report.xml").write_text(text, encoding="utf-8")
    return junitparser.JUnitXml.fromfile(str(tmp_path / "report.xml"))


def test_the_report(outcome: Outcome, snapshot: Callable[[str, str], None]) -> None:
    snapshot("junit.xml", render_junit(outcome))


def test_a_parser_reads_it(outcome: Outcome, tmp_path: Path) -> None:
    report = read(render_junit(outcome), tmp_path)
    suites = {suite.name: suite for suite in report}
    assert (report.tests, report.failures, report.errors) == (4, 4, 0)
    assert [(suite.tests, suite.failures) for suite in suites.values()] == [(1, 1), (3, 3)]
    case = next(iter(suites["MLD201 bus-factor-one"]))
    assert (case.classname, case.name) == ("ranker", "MLD201 shop/rank.py:1:1")
    assert case.result[0].message == "Ana Lima alone knows the ranker"


def test_a_clean_rule_is_a_test_that_passes_and_a_failed_one_an_error(outcome: Outcome, tmp_path: Path) -> None:
    failure = replace(outcome.failures[0], rule_id="MLD201")
    report = read(render_junit(replace(outcome, findings=(), failures=(failure,))), tmp_path)
    assert (report.tests, report.failures, report.errors) == (2, 0, 1)
    results = {case.name: [type(result).__name__ for result in case.result] for suite in report for case in suite}
    assert results == {"MLD201 could be asked": ["Error"], "MLD401 downstream-reorder": []}


@pytest.mark.parametrize("odd", ["\x00\x1b[31m", "]]>", "<&\"'>", "\ud800", "a\nb"])
def test_whatever_stands_in_the_code(outcome: Outcome, tmp_path: Path, odd: str) -> None:
    first = replace(outcome.findings[0], message=f"m{odd}", component=odd)
    text = render_junit(replace(outcome, findings=(first,))).encode("utf-8", "backslashreplace").decode()
    assert read(text, tmp_path).failures == 1

import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import junitparser
import pytest
from msgspec.structs import replace

from mldebt.outcome import Outcome
from mldebt.reports.junit import render_junit


def read(text: str, tmp_path: Path) -> junitparser.JUnitXml:
    (tmp_path / "report.xml").write_text(text, encoding="utf-8")
    return junitparser.JUnitXml.fromfile(str(tmp_path / "report.xml"))


def parsed(outcome: Outcome) -> ET.Element:
    return ET.fromstring(render_junit(outcome))  # noqa: S314  # our own


def test_the_report(outcome: Outcome, snapshot: Callable[[str, str], None]) -> None:
    snapshot("junit.xml", render_junit(outcome))


def test_a_parser_reads_it(outcome: Outcome, tmp_path: Path) -> None:
    report = read(render_junit(outcome), tmp_path)
    suites = {suite.name: suite for suite in report}
    assert (report.tests, report.failures, report.errors) == (4, 4, 0)
    assert [(suite.tests, suite.failures) for suite in suites.values()] == [(1, 1)] * 4
    case = next(iter(suites["MLD201 bus-factor-one in apps/shop/rank.py"]))
    assert (case.classname, case.name) == ("apps.shop.rank", "MLD201 module")
    assert case.result[0].message == "Ana Lima alone knows the ranker"


def test_a_clean_rule_is_a_test_that_passes_and_a_failed_one_an_error(outcome: Outcome, tmp_path: Path) -> None:
    failure = replace(outcome.failures[0], rule_id="MLD201")
    report = read(render_junit(replace(outcome, findings=(), failures=(failure,))), tmp_path)
    assert (report.tests, report.failures, report.errors) == (2, 0, 1)
    results = {case.name: [type(result).__name__ for result in case.result] for suite in report for case in suite}
    assert results == {"MLD201 could be asked": ["Error"], "MLD401 downstream-reorder": []}


# What the schema of Jenkins' xUnit plugin (junit-10.xsd) knows; it refuses a report with anything else.
ALLOWED = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "time", "skipped", "timestamp", "hostname", "id", "file"},
    "testcase": {"name", "time", "classname", "group"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
}
REQUIRED = {"testsuite": {"name", "tests", "failures", "errors"}, "testcase": {"name"}}


def test_it_is_valid_by_the_narrowest_schema(outcome: Outcome) -> None:
    for element in parsed(outcome).iter():
        assert REQUIRED.get(element.tag, set()) <= set(element.attrib) <= ALLOWED[element.tag]


def test_names_stay_while_lines_move_and_tell_equal_findings_apart(outcome: Outcome) -> None:
    def names(*lines: int) -> list[str]:
        found = tuple(replace(shuffle, location=replace(shuffle.location, line=line)) for line in lines)
        report = parsed(replace(outcome, findings=found))
        return [case.attrib["name"] for case in report.iter("testcase") if len(case)]

    shuffle = outcome.findings[2]
    assert names(30, 40) == names(31, 99)
    first, second = names(30, 40)
    assert (first, second) == ("MLD401 Tracks.list: random.shuffle(tracks)", f"{first} (2)")


def test_readers_find_the_place(outcome: Outcome) -> None:
    """As action-junit-report looks for it (the last mention of the suite's file) and test-reporter (the first line)."""
    place = outcome.findings[2].location
    suites = parsed(outcome).iter("testsuite")
    suite = next(each for each in suites if each.get("file", "").endswith(place.path))
    text = suite.findtext("testcase/failure") or ""
    *_, last = re.findall(f" [^ ]*{re.escape(suite.attrib['file'])}.*?:(\\d+)", text)
    path, line, *_ = text.split("\n")[0].split(":")
    assert (path, line, last) == (f"apps/{place.path}", str(place.line), str(place.line))


@pytest.mark.parametrize("odd", ["\x00\x1b[31m", "]]>", "<&\"'>", "\ud800", "a\nb"])
def test_whatever_stands_in_the_code(outcome: Outcome, tmp_path: Path, odd: str) -> None:
    first = replace(outcome.findings[0], message=f"m{odd}", component=odd)
    text = render_junit(replace(outcome, findings=(first,))).encode("utf-8", "backslashreplace").decode()
    assert read(text, tmp_path).failures == 1

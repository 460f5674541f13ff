"""Findings as failed tests in JUnit's XML, one suite a rule, for servers that show tests and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from mldebt.finding import Finding
from mldebt.outcome import Outcome
from mldebt.reports.style import visible
from mldebt.reports.words import place
from mldebt.rulebook import Rule


def render_junit(outcome: Outcome) -> str:
    """A rule without findings is a test that passes; a rule that failed, an error."""
    suites = ET.Element("testsuites", name="mldebt")
    for rule in outcome.rules:
        failures = [failure.message for failure in outcome.failures if failure.rule_id == rule.id]
        found = [each for each in outcome.findings if each.rule_id == rule.id]
        _suite(suites, rule, found, failures, outcome.prefix)
    for key in ("tests", "failures", "errors"):
        suites.set(key, str(sum(int(suite.get(key, "0")) for suite in suites)))
    ET.indent(suites)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(suites, encoding="unicode")}\n'


def _suite(suites: ET.Element, rule: Rule, findings: list[Finding], failures: Iterable[str], prefix: str) -> None:
    suite = ET.SubElement(suites, "testsuite", name=f"{rule.id} {rule.name}")
    for finding in findings:
        location = finding.location
        case = ET.SubElement(
            suite,
            "testcase",
            classname=visible(finding.component or location.path),
            name=visible(f"{rule.id} {place(location)}"),
            file=visible(prefix + location.path),
            line=str(location.line),
        )
        failure = ET.SubElement(case, "failure", type=finding.severity.name.lower(), message=visible(finding.message))
        trail = (f"{place(step.location)} {step.message}" for step in finding.trail)
        failure.text = "\n".join(
            map(visible, (finding.message, *trail, "", f"why: {finding.why}", f"remedy: {finding.remedy}"))
        )
    for message in failures:
        case = ET.SubElement(suite, "testcase", classname=rule.family, name=f"{rule.id} could be asked")
        ET.SubElement(case, "error", type="incomplete", message=visible(message))
    if not len(suite):
        ET.SubElement(suite, "testcase", classname=rule.family, name=f"{rule.id} {rule.name}")
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(findings)))
    suite.set("errors", str(len(suite.findall("testcase/error"))))

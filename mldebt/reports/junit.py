"""Findings as failed tests in JUnit's XML, for servers that show tests and nothing else.

It has to be valid by the narrowest schema that a server refuses whole reports by, that of Jenkins' xUnit plugin
(`junit-10.xsd`): a case has no `file` and no `line` there, a suite has a `file`. Where a finding stands is therefore
said where readers look for it next: in the suite (mikepenz/action-junit-report), in the class, which is the module with
dots as in pytest's reports (Jenkins, GitLab), in the first line of the failure (dorny/test-reporter) and in its last,
which reads like the end of a stack trace.

Servers compare runs by class and name, and GitLab shows only the first of equal ones: a name holds no line number, and
an ordinal tells equal ones apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from mldebt.finding import Finding, Location
from mldebt.identity import is_definition
from mldebt.outcome import Outcome
from mldebt.reports.style import visible
from mldebt.reports.words import place
from mldebt.rulebook import Rule

_QUOTED = 80


def render_junit(outcome: Outcome) -> str:
    """A rule without findings is a test that passes; a rule that failed, an error."""
    suites = ET.Element("testsuites", name="mldebt", time="0")
    for rule in outcome.rules:
        by_file: dict[str, list[Finding]] = defaultdict(list)
        for finding in outcome.findings:
            if finding.rule_id == rule.id:
                by_file[finding.location.path].append(finding)
        for path, found in by_file.items():
            _add_file(suites, rule, outcome.prefix + path, found)
        failures = [failure.message for failure in outcome.failures if failure.rule_id == rule.id]
        if failures or not by_file:
            _add_rule(suites, rule, failures)
    for key in ("tests", "failures", "errors"):
        suites.set(key, str(sum(int(suite.get(key, "0")) for suite in suites)))
    ET.indent(suites)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(suites, encoding="unicode")}\n'


def _add_file(suites: ET.Element, rule: Rule, path: str, findings: Sequence[Finding]) -> None:
    """What a rule found in a file."""
    suite = _suite(suites, f"{rule.id} {rule.name} in {visible(path)}")
    suite.set("file", visible(path))
    seen: Counter[str] = Counter()
    for finding in findings:
        name = f"{rule.id} {_what(finding.location)}"
        seen[name] += 1
        name += f" ({seen[name]})" if seen[name] > 1 else ""
        case = _case(suite, _module(visible(path)), visible(name))
        failure = ET.SubElement(case, "failure", type=finding.severity.name.lower(), message=visible(finding.message))
        failure.text = "\n".join(map(visible, _lines(path, finding)))
    _count(suite)


def _add_rule(suites: ET.Element, rule: Rule, failures: Sequence[str]) -> None:
    """What there is to say of a rule as a whole."""
    suite = _suite(suites, f"{rule.id} {rule.name}")
    name = f"{rule.id} could be asked" if failures else f"{rule.id} {rule.name}"
    case = _case(suite, rule.family, name)
    for message in failures:
        ET.SubElement(case, "error", type="incomplete", message=visible(message)).text = visible(message)
    _count(suite)


def _suite(suites: ET.Element, name: str) -> ET.Element:
    return ET.SubElement(suites, "testsuite", name=name, time="0")


def _case(suite: ET.Element, classname: str, name: str) -> ET.Element:
    return ET.SubElement(suite, "testcase", classname=classname, name=name, time="0")


def _count(suite: ET.Element) -> None:
    suite.set("tests", str(len(suite)))
    for key, kind in (("failures", "failure"), ("errors", "error")):
        suite.set(key, str(sum(case.find(kind) is not None for case in suite)))


def _what(location: Location) -> str:
    """What stands there, as far as a name goes that stays while lines move."""
    quote = " ".join(location.snippet.split())
    if not quote or is_definition(location):
        return location.symbol or "module"
    quote = quote if len(quote) <= _QUOTED else f"{quote[: _QUOTED - 1]}…"
    return f"{location.symbol or 'module'}: {quote}"


def _module(path: str) -> str:
    """ "a/b.py" as "a.b"; a dot of its own would be a folder to a server."""
    return path.removesuffix(".py").replace(".", "_").replace("/", ".")


def _lines(path: str, finding: Finding) -> list[str]:
    trail = (f"{place(step.location)} {step.message}" for step in finding.trail)
    at = f"{path}:{finding.location.line}"
    seen = f"in the notebook: {place(finding.location)}" if finding.location.cell is not None else ""
    component = f"component: {finding.component}" if finding.component else ""
    told = (seen, component, f"why: {finding.why}", f"remedy: {finding.remedy}", f"at {at}")
    return [f"{at}: {finding.message}", *trail, "", *filter(None, told)]

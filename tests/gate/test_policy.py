from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from mldebt.finding import Finding, Severity
from mldebt.gate.policy import judge_change, judge_scan
from mldebt.outcome import Counts, ExitCode, Failure, Outcome
from mldebt.settings import Budget, Settings
from mldebt.verdict import Cause, Caused, CauseKind, Change, Verdict

from .conftest import Make

Build = Callable[..., Outcome]
PASSED, FOUND, INCOMPLETE = ExitCode.PASSED, ExitCode.FOUND, ExitCode.INCOMPLETE


@pytest.fixture
def findings(make: Make) -> Callable[[str], tuple[Finding, ...]]:
    """Findings by severity: "hml" is one high, one medium, one low; the low ones are MLD301."""
    grades = {"h": Severity.HIGH, "m": Severity.MEDIUM, "l": Severity.LOW}

    def build(letters: str) -> tuple[Finding, ...]:
        return tuple(
            replace(
                make("a.py", number, f"line{number}", rule="MLD301" if letter == "l" else "MLD401"),
                severity=grades[letter],
            )
            for number, letter in enumerate(letters, start=1)
        )

    return build


SCANS: list[tuple[str, dict[str, Any], ExitCode]] = [
    ("", {}, PASSED),
    ("l", {}, FOUND),
    ("hhh", {"total": 3}, PASSED),
    ("hhhl", {"total": 3}, FOUND),
    ("mmll", {"grades": {"high": 0, "medium": 2}}, PASSED),
    ("h", {"grades": {"high": 0}}, FOUND),
    ("ll", {"rules": {"MLD301": 2}}, PASSED),
    ("lll", {"rules": {"documentation": 2}}, FOUND),
    ("lll", {"rules": {"contract": 0}}, PASSED),
    ("m", {"rules": {"MLD4": 0}}, FOUND),
]


@pytest.mark.parametrize(("letters", "budget", "code"), SCANS)
def test_a_scan(
    findings: Callable[[str], tuple[Finding, ...]], outcome: Build, letters: str, budget: dict[str, Any], code: ExitCode
) -> None:
    judgement = judge_scan(outcome(*findings(letters)), Settings(budget=Budget(**budget)))
    assert judgement.code is code
    assert bool(judgement.reasons) is (code is FOUND and bool(budget))


def test_the_reason_says_how_much(findings: Callable[[str], tuple[Finding, ...]], outcome: Build) -> None:
    judgement = judge_scan(outcome(*findings("hhm")), Settings(budget=Budget(total=2, grades={"high": 1})))
    assert judgement.reasons == (
        "Over budget: 3 findings in all, 2 allowed.",
        "Over budget: 2 of severity high, 1 allowed.",
    )


def test_a_ratchet_on_a_baseline(findings: Callable[[str], tuple[Finding, ...]], outcome: Build) -> None:
    settings = Settings(baseline=Path("known"), budget=Budget(ratchet=True))
    assert judge_scan(outcome(*findings("m"), accepted=3, gone=("a.py",)), settings).code is PASSED
    assert judge_scan(outcome(*findings("mm"), accepted=3, gone=("a.py",)), settings).code is FOUND


def test_what_is_incomplete_is_never_passed(outcome: Build) -> None:
    failed = outcome(failures=(Failure(rule_id="MLD401", message="m"),))
    empty = replace(outcome(), counts=Counts())
    for each in (failed, empty):
        assert judge_scan(each, Settings(budget=Budget(total=9))).code is INCOMPLETE
        assert judge_change(verdict(each, each), Settings(budget=Budget(total=9))).code is INCOMPLETE


def verdict(before: Outcome, after: Outcome, new: tuple[Finding, ...] = (), fixed: tuple[Finding, ...] = ()) -> Verdict:
    cause = Cause(kind=CauseKind.LINES, message="c")
    return Verdict(
        base="a",
        head="",
        before=before,
        after=after,
        change=Change(),
        new=tuple(Caused(finding=each, cause=cause) for each in new),
        fixed=fixed,
    )


CHANGES: list[tuple[str, str, str, dict[str, Any], ExitCode]] = [
    # before, brought, paid
    ("hh", "", "", {}, PASSED),
    ("hh", "l", "", {}, FOUND),
    ("", "m", "", {"new": "high"}, PASSED),
    ("", "h", "", {"new": "high"}, FOUND),
    ("", "h", "", {"new": "never"}, PASSED),
    ("mm", "m", "m", {"ratchet": True}, PASSED),
    ("mm", "mm", "m", {"ratchet": True}, FOUND),
    ("mm", "h", "m", {"ratchet": True, "new": "high"}, FOUND),
    ("m", "m", "", {"total": 2}, PASSED),
    ("mm", "m", "", {"total": 2}, FOUND),
    ("mmmmm", "", "", {"total": 2}, PASSED),
    ("mmmmm", "m", "m", {"total": 2}, PASSED),
    ("m", "h", "", {"total": 5, "new": "high"}, FOUND),
]


@pytest.mark.parametrize(("letters", "brought", "paid", "budget", "code"), CHANGES)
def test_a_change(
    findings: Callable[[str], tuple[Finding, ...]],
    outcome: Build,
    letters: str,
    brought: str,
    paid: str,
    budget: dict[str, Any],
    code: ExitCode,
) -> None:
    before, new, fixed = outcome(*findings(letters)), findings(brought), findings(paid)
    after = replace(before, findings=before.findings[len(fixed) :] + new)
    assert judge_change(verdict(before, after, new, fixed), Settings(budget=Budget(**budget))).code is code


def test_a_budget_exceeded_before_is_told_with_what_was(
    findings: Callable[[str], tuple[Finding, ...]], outcome: Build
) -> None:
    new = findings("m")
    judged = verdict(outcome(*findings("mmm")), outcome(*findings("mmm"), *new), new)
    reasons = judge_change(judged, Settings(budget=Budget(total=2))).reasons
    assert reasons == ("Over budget: 4 findings in all, 2 allowed; there were 3 before the change.",)

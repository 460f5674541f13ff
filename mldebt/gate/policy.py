"""Whether a scan or a change may pass: by severity, or by the budget that a team gave itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mldebt.domains import Domains
from mldebt.finding import Finding, Severity
from mldebt.outcome import ExitCode, Outcome
from mldebt.rulebook import covers
from mldebt.settings import Budget, Settings
from mldebt.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The exit code, and why it is not 0 where a look at the findings does not tell."""

    code: ExitCode
    reasons: tuple[str, ...] = ()


def judge_scan(outcome: Outcome, settings: Settings) -> Judgement:
    """A budget that says how much there may be takes the place of `fail_on`. What a baseline knows does not count."""
    code = outcome.exit_code("never", strict=settings.strict)
    if code is not ExitCode.PASSED:
        return Judgement(code=code)
    budget = settings.budget
    if budget.has_ceilings:
        reasons = tuple(
            f"Over budget: {found:,} {what}, {ceiling:,} allowed."
            for what, found, ceiling, _ in _ceilings(budget, outcome, outcome)
            if found > ceiling
        )
        return Judgement(code=ExitCode.FOUND if reasons else ExitCode.PASSED, reasons=reasons)
    if budget.ratchet and settings.baseline is not None:
        grown = len(_failing(outcome.findings, settings)) - outcome.outdated
        reasons = (f"More than last time: {grown:,} findings beyond what the baseline knows.",) if grown > 0 else ()
        return Judgement(code=ExitCode.FOUND if reasons else ExitCode.PASSED, reasons=reasons)
    return Judgement(code=ExitCode.FOUND if _failing(outcome.findings, settings) else ExitCode.PASSED)


def judge_change(verdict: Verdict, settings: Settings) -> Judgement:
    """A change fails by what it brings. It never fails for a budget that was exceeded before and is not exceeded
    further."""
    code = verdict.exit_code("never", strict=settings.strict)
    if code is not ExitCode.PASSED:
        return Judgement(code=code)
    budget = settings.budget
    reasons = list(_exceeded(verdict, budget))
    brought = len(_failing([each.finding for each in verdict.new], settings, budget.new))
    if budget.ratchet:
        grown = brought - len(_failing(verdict.fixed, settings, budget.new))
        if grown > 0:
            reasons.append(f"More than before: the change brings {grown:,} more than it pays.")
        return Judgement(code=ExitCode.FOUND if reasons else ExitCode.PASSED, reasons=tuple(reasons))
    fails = bool(reasons) or (brought > 0 and (bool(budget.new) or not budget.has_ceilings))
    return Judgement(code=ExitCode.FOUND if fails else ExitCode.PASSED, reasons=tuple(reasons))


def _exceeded(verdict: Verdict, budget: Budget) -> Iterator[str]:
    for what, found, ceiling, before in _ceilings(budget, verdict.after, verdict.before):
        if found > max(ceiling, before):
            yield f"Over budget: {found:,} {what}, {ceiling:,} allowed; there were {before:,} before the change."


def _ceilings(budget: Budget, after: Outcome, before: Outcome) -> Iterator[tuple[str, int, int, int]]:
    """What is limited, how much of it there is, how much there may be, and how much there was."""
    rules = {rule.id: rule for rule in after.rules}

    def counted(what: str, ceiling: int, counts: Callable[[Finding], bool]) -> tuple[str, int, int, int]:
        return what, sum(map(counts, after.findings)), ceiling, sum(map(counts, before.findings))

    if budget.total is not None:
        yield counted("findings in all", budget.total, lambda _: True)
    for grade, ceiling in budget.grades.items():
        severity = Severity[grade.upper()]
        yield counted(f"of severity {grade}", ceiling, lambda each, severity=severity: each.severity is severity)  # type: ignore[misc]
    for word, ceiling in budget.rules.items():
        ids = {rule_id for rule_id, rule in rules.items() if covers(word, rule)}
        yield counted(f"of {word}", ceiling, lambda each, ids=ids: each.rule_id in ids)  # type: ignore[misc]


def _failing(findings: Sequence[Finding], settings: Settings, bar: str = "") -> list[Finding]:
    """The findings that are bad enough: by a bar for all of them, or as the configuration nearest to each says."""
    if bar:
        return [each for each in findings if bar != "never" and each.severity >= Severity[bar.upper()]]
    domains = Domains(settings)
    return [each for each in findings if domains.fails(each)]

"""Whether a scan or a change may pass: by severity, or by the budget that a team gave itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from mldebt.domains import Domains
from mldebt.finding import Finding, Severity
from mldebt.outcome import ExitCode, Outcome
from mldebt.rulebook import covers
from mldebt.settings import Budget, Settings
from mldebt.verdict import Verdict


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """The exit code, and why it is not 0 where a look at the findings does not tell."""

    code: ExitCode
    reasons: tuple[str, ...] = ()


def judge_scan(outcome: Outcome, settings: Settings) -> Judgement:
    """A budget that says how much there may be takes the place of `fail_on`. What a baseline knows does not count."""
    domains = Domains(settings)
    code = outcome.exit_code("never", strict=_is_strict(outcome, domains))
    if code is not ExitCode.PASSED:
        return Judgement(code=code)
    parts = _parts(domains, after=outcome.findings, gone=outcome.gone)
    return _together(_judge_state(part, outcome, domains) for part in parts)


def judge_change(verdict: Verdict, settings: Settings) -> Judgement:
    """A change fails by what it brings. It never fails for a budget that was exceeded before and is not exceeded
    further."""
    domains = Domains(settings)
    code = verdict.exit_code("never", strict=_is_strict(verdict.after, domains))
    if code is not ExitCode.PASSED:
        return Judgement(code=code)
    parts = _parts(
        domains,
        after=verdict.after.findings,
        before=verdict.before.findings,
        new=[each.finding for each in verdict.brought],
        fixed=verdict.fixed,
    )
    return _together(_judge_change(part, verdict.after, domains) for part in parts)


# ---------------------------------------------------------------------------- the parts of a repository


class _Part(msgspec.Struct, kw_only=True):
    """What lies nearest to one budget, that of `folder` ("a/b/", "" for the scan root); `gone` counts the entries of
    baselines that were found no longer."""

    folder: str
    budget: Budget
    after: list[Finding] = msgspec.field(default_factory=list)
    before: list[Finding] = msgspec.field(default_factory=list)
    new: list[Finding] = msgspec.field(default_factory=list)
    fixed: list[Finding] = msgspec.field(default_factory=list)
    gone: int = 0

    @property
    def place(self) -> str:
        return f" in {self.folder.rstrip('/')}" if self.folder else ""


def _parts(domains: Domains, *, gone: Iterable[str] = (), **findings: Iterable[Finding]) -> list[_Part]:
    """The findings by the budget that counts for them."""
    found: dict[str, _Part] = {}

    def part(path: str) -> _Part:
        folder, budget = domains.budget(path)
        return found.setdefault(folder, _Part(folder=folder, budget=budget))

    for name, listed in findings.items():
        for finding in listed:
            getattr(part(finding.location.path), name).append(finding)
    for path in gone:
        part(path).gone += 1
    return [found[folder] for folder in sorted(found)]


def _together(judgements: Iterable[Judgement]) -> Judgement:
    """What is judged of all parts; one that fails is enough."""
    listed = tuple(judgements)
    return Judgement(
        code=max((each.code for each in listed), default=ExitCode.PASSED),
        reasons=tuple(reason for each in listed for reason in each.reasons),
    )


def _is_strict(outcome: Outcome, domains: Domains) -> bool:
    """Whether a file that could not be read lies where that must not be."""
    return any(domains.is_strict(item.path) for item in outcome.skipped)


def _judge_state(part: _Part, outcome: Outcome, domains: Domains) -> Judgement:
    budget = part.budget
    if budget.has_ceilings:
        reasons = tuple(
            f"Over budget{part.place}: {found:,} {what}, {ceiling:,} allowed."
            for what, found, ceiling, _ in _ceilings(part, outcome)
            if found > ceiling
        )
        return _judged(reasons)
    failing = len(_failing(part.after, domains))
    if budget.ratchet and domains.has_baseline(part.folder):
        grown = failing - part.gone
        what = f"{grown:,} findings beyond what the baseline knows"
        return _judged((f"More than last time{part.place}: {what}.",) if grown > 0 else ())
    return _judged(fails=failing > 0)


def _judge_change(part: _Part, after: Outcome, domains: Domains) -> Judgement:
    budget = part.budget
    reasons = [
        f"Over budget{part.place}: {found:,} {what}, {ceiling:,} allowed; there were {before:,} before the change."
        for what, found, ceiling, before in _ceilings(part, after)
        if found > max(ceiling, before)
    ]
    brought = len(_failing(part.new, domains, budget.new))
    if budget.ratchet:
        grown = brought - len(_failing(part.fixed, domains, budget.new))
        if grown > 0:
            reasons.append(f"More than before{part.place}: the change brings {grown:,} more than it pays.")
        return _judged(reasons)
    return _judged(reasons, fails=brought > 0 and (bool(budget.new) or not budget.has_ceilings))


def _judged(reasons: Sequence[str] = (), *, fails: bool = False) -> Judgement:
    return Judgement(code=ExitCode.FOUND if fails or reasons else ExitCode.PASSED, reasons=tuple(reasons))


def _ceilings(part: _Part, outcome: Outcome) -> Iterator[tuple[str, int, int, int]]:
    """What is limited, how much of it there is, how much there may be, and how much there was."""
    budget, rules = part.budget, {rule.id: rule for rule in outcome.rules}

    def counted(what: str, ceiling: int, counts: Callable[[Finding], bool]) -> tuple[str, int, int, int]:
        return what, sum(map(counts, part.after)), ceiling, sum(map(counts, part.before))

    if budget.total is not None:
        yield counted("findings in all", budget.total, lambda _: True)
    for grade, ceiling in budget.grades.items():
        severity = Severity[grade.upper()]
        yield counted(f"of severity {grade}", ceiling, lambda each, severity=severity: each.severity is severity)  # type: ignore[misc]
    for word, ceiling in budget.rules.items():
        ids = {rule_id for rule_id, rule in rules.items() if covers(word, rule)}
        yield counted(f"of {word}", ceiling, lambda each, ids=ids: each.rule_id in ids)  # type: ignore[misc]


def _failing(findings: Sequence[Finding], domains: Domains, bar: str = "") -> list[Finding]:
    """The findings that are bad enough: by a bar for all of them, or as the configuration nearest to each says."""
    if bar:
        return [each for each in findings if bar != "never" and each.severity >= Severity[bar.upper()]]
    return [each for each in findings if domains.fails(each)]

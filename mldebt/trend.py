"""A history, judged state by state: which findings came and went, who brought and who paid them, what to pay first."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import msgspec
from msgspec.structs import replace

from mldebt import __version__
from mldebt.course import Course, Debt, Deed, Mark, Point, Step
from mldebt.deeds import Between, History
from mldebt.errors import UsageError
from mldebt.finding import Finding
from mldebt.git import Repository, isolated, main_line
from mldebt.inputs import terms_key
from mldebt.ledger import Ledger
from mldebt.review import review
from mldebt.rulebook import Rule, choose_rules, load_rules
from mldebt.scan import State, Watcher, history_cache, open_state, read_project, settled
from mldebt.settings import Settings, without_baselines

EVERY = ("day", "week", "month", "quarter", "year")
_DAY = 86_400
_YEAR = 365 * _DAY


def trend(
    path: Path,
    since: dt.date | None,
    every: str,
    settings: Settings,
    watcher: Watcher,
    ledger: Path | None,
    *,
    anonymous: bool = False,
) -> Course:
    """How the findings below a path went since a day (a year before HEAD, when none is given). All states are judged by
    the rules, the settings and the `.mldebt/` that are here now; a baseline does not count. Where it is to be
    `anonymous`, people have the numbers that they have in answers about people; the ledger keeps their names."""
    state = open_state(path)
    if not state.root.is_dir() or state.repository is None or state.repository.head is None:
        raise UsageError(f"{path}: not a folder in a git repository with commits, so there is no history to look at")
    settings = without_baselines(settings)
    replay = _Replay(state=state, repository=state.repository, settings=settings, watcher=watcher)
    with isolated(state.repository) as isolation:
        line = main_line(isolation)
    samples, notes = _samples(line, since, every, shallow=state.repository.shallow)
    with Ledger(ledger, replay.terms, watcher.warn) as kept:
        steps = list(replay.steps([commit for _, commit in samples], kept))
    course = replay.course(every, samples, steps, notes)
    return replay.without_names(course) if anonymous else course


# ---------------------------------------------------------------------------- which states


def _samples(
    line: Sequence[tuple[str, int]], since: dt.date | None, every: str, *, shallow: bool
) -> tuple[list[tuple[int, str]], list[str]]:
    """The moments that are looked at, and the commit that was there at each; the last one is HEAD."""
    head, end = line[-1]
    first = end - _YEAR if since is None else int(dt.datetime.combine(since, dt.time(), tzinfo=dt.UTC).timestamp())
    if first > end:
        raise UsageError(f"--since {since}: the last commit is older ({_date(end)})")
    notes = []
    if line[0][1] > first:
        why = "; the clone is shallow, and `git fetch --unshallow` brings what was before" if shallow else ""
        notes.append(f"The history begins on {_date(line[0][1])}{why}.")
    found: list[tuple[int, str]] = []
    position, there = 0, ""
    for moment in _moments(first, end, every):
        while position < len(line) and line[position][1] <= moment:
            there = line[position][0]
            position += 1
        if there:
            found.append((moment, there))
    if found and _date(found[-1][0]) == _date(end):
        found.pop()
    return [*found, (end, head)], notes


def _moments(first: int, end: int, every: str) -> Iterator[int]:
    """From the first up to, not including, the end."""
    months = {"month": 1, "quarter": 3, "year": 12}.get(every, 0)
    start = dt.datetime.fromtimestamp(first, tz=dt.UTC)
    number = 0
    moment = first
    while moment < end:
        yield moment
        number += 1
        if months:
            year, month = divmod(start.month - 1 + number * months, 12)
            day = min(start.day, 28)
            moment = int(start.replace(year=start.year + year, month=month + 1, day=day).timestamp())
        else:
            moment = first + number * _DAY * (7 if every == "week" else 1)


def _date(moment: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(moment))


# ---------------------------------------------------------------------------- one state after another


class _Replay(msgspec.Struct, kw_only=True, dict=True):
    """One walk through a history under way."""

    state: State
    repository: Repository
    settings: Settings
    watcher: Watcher

    @cached_property
    def settled(self) -> Settings:
        """The settings, with those of the folders that have their own."""
        return settled(self.state, self.settings)

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        known = load_rules(self.state.rulebook)
        asked = [choose_rules(known, each) for each in (self.settled, *self.settled.nested.values())]
        return {rule.id: rule for rules in reversed(asked) for rule in rules}

    @cached_property
    def history(self) -> History:
        return History(
            repository=self.repository,
            settings=self.settled,
            cache_dir=history_cache(self.settings, self.repository),
        )

    @cached_property
    def terms(self) -> str:
        prefix = self.repository.prefix
        return f"{prefix}:{terms_key(tuple(self.rules.values()), self.settled, self.state.rulebook)}"

    def steps(self, commits: Sequence[str], ledger: Ledger) -> Iterator[Step]:
        """From each state to the next; what the ledger knows is not judged again."""
        self.watcher.stage("states", len(commits))
        last: Step | None = None
        quiet = _Quiet(self.watcher)
        for before, after in zip(["", *commits], commits, strict=False):
            if last is not None and before == after:
                step = _nothing(last)
            else:
                kept = ledger.read(before, after)
                step = kept or self._judge(before, after, quiet)
                if kept is None:
                    ledger.write(step)
            yield step
            last = step
            self.watcher.advance()

    def _judge(self, before: str, after: str, watcher: Watcher) -> Step:
        verdict = review(self.state.root, before or after, after, self.settings, watcher, direct=True)
        who = Between(self.history, verdict, before)
        was = {kept.after.fingerprint: kept.before.fingerprint for kept in verdict.kept if before}
        opened = {each.finding.fingerprint: who.opened(each) for each in (*verdict.new, *verdict.drifted)}
        opened |= {kept.after.fingerprint: Deed(how="joined") for kept in verdict.split}
        marks = [
            self._mark(finding, was.get(finding.fingerprint, ""), opened.get(finding.fingerprint))
            for finding in verdict.after.findings
        ]
        if not before:
            marks = [
                replace(mark, opened=who.written(each))
                for mark, each in zip(marks, verdict.after.findings, strict=True)
            ]
        return Step(
            before=before,
            after=after,
            files=verdict.after.counts.files,
            lines=verdict.after.counts.lines,
            marks=tuple(marks),
            closed={
                finding.fingerprint: who.closed(finding, how)
                for how, gone in (
                    ("paid", verdict.fixed),
                    ("people", verdict.lapsed),
                    ("joined", [kept.before for kept in verdict.joined]),
                    ("silenced", verdict.silenced),
                    ("unseen", verdict.unknown),
                )
                for finding in gone
            },
            failed=tuple(failure.rule_id for failure in verdict.after.failures),
        )

    def _mark(self, finding: Finding, before: str, opened: Deed | None) -> Mark:
        shares = [owner.share for owner in finding.owners if owner.active]
        return Mark(
            fingerprint=finding.fingerprint,
            rule_id=finding.rule_id,
            rule_name=finding.rule_name,
            family=self.rules[finding.rule_id].family,
            severity=finding.severity.name.lower(),
            path=finding.location.path,
            line=finding.location.line,
            message=finding.message,
            component=finding.component,
            owners=tuple(owner.name for owner in finding.owners if owner.active),
            sole=round(max(shares, default=1.0), 4),
            files=finding.files,
            before=before,
            opened=opened,
        )

    # ------------------------------------------------------------------ the answer

    def course(
        self, every: str, samples: Sequence[tuple[int, str]], steps: Sequence[Step], notes: Sequence[str]
    ) -> Course:
        debts = _debts(samples, steps)
        asked = sorted(self.rules.values(), key=lambda rule: rule.id)
        failed = sorted({rule_id for step in steps for rule_id in step.failed})
        told = [f"The rule {rule_id} failed on some states; its numbers are too low." for rule_id in failed]
        return Course(
            version=__version__,
            repository=self.state.root.resolve().name,
            every=every,
            families=tuple(dict.fromkeys(rule.family for rule in asked)),
            names={rule.id: rule.name for rule in asked},
            points=tuple(
                _point(day, step, counts=number > 0)
                for number, ((day, _), step) in enumerate(zip(samples, steps, strict=True))
            ),
            debts=self._ranked(debts, samples[0][1], samples[-1][1]),
            notes=(*notes, *told),
            failed=tuple(failed),
        )

    def without_names(self, course: Course) -> Course:
        """The same answer about numbered people."""
        from mldebt.ownership import Anonymity, united

        project = read_project(self.state.root, replace(self.settings, history=True), _Quiet(self.watcher))
        hidden = Anonymity(united(project.ownership))
        return course.without_names(hidden.name, hidden.text)

    def _ranked(self, debts: Sequence[Debt], start: str, end: str) -> tuple[Debt, ...]:
        """Churn × consumers × sole ownership × age, each so that nothing makes it vanish."""
        from mldebt.pipeline.programs.consumers import count_consumers

        if all(debt.closed for debt in debts):
            return tuple(debts)
        touches = self.history.touches(start, end)
        consumers = count_consumers(read_project(self.state.root, self.settings, _Quiet(self.watcher)))
        ranked = []
        for debt in debts:
            if debt.closed is None:
                churn = sum(not each.paths.isdisjoint(debt.mark.files) for each in touches)
                users = consumers.get(debt.mark.path, 0)
                years = max(debt.days, 1) / 365
                score = (1 + churn) * (1 + users) * debt.mark.sole * years
                ranked.append(replace(debt, churn=churn, consumers=users, score=round(score, 3)))
            else:
                ranked.append(debt)
        return tuple(ranked)


def _nothing(last: Step) -> Step:
    """Nothing was committed."""
    marks = tuple(replace(mark, before=mark.fingerprint, opened=None) for mark in last.marks)
    return replace(last, before=last.after, marks=marks, closed={})


def _point(day: int, step: Step, *, counts: bool) -> Point:
    """`counts`: what is there in the first state of all was not brought within the time asked about."""
    return Point(
        day=day,
        commit=step.after,
        files=step.files,
        lines=step.lines,
        rules=Counter(mark.rule_id for mark in step.marks),
        families=Counter(mark.family for mark in step.marks),
        opened=sum(mark.opened is not None for mark in step.marks) if counts else 0,
        closed=len(step.closed),
    )


def _since(deed: Deed, earlier: int, day: int) -> int:
    """When a debt came: when it was written, but after the state that did not have it."""
    return max(earlier, min(deed.day or day, day))


def _debts(samples: Sequence[tuple[int, str]], steps: Sequence[Step]) -> list[Debt]:
    """Each finding from the state where it came to the one where it went."""
    done: list[Debt] = []
    there: dict[str, Debt] = {}
    earlier = 0
    for number, ((day, _), step) in enumerate(zip(samples, steps, strict=True)):
        done += [
            replace(there[key], closed=deed, until=deed.day or day) for key, deed in step.closed.items() if key in there
        ]
        now: dict[str, Debt] = {}
        for mark in step.marks:
            was = there.get(mark.before) if mark.before else None
            deed = mark.opened or Deed(how="elsewhere")
            now[mark.fingerprint] = (
                replace(was, mark=mark, until=day)
                if was is not None
                else Debt(mark=mark, opened=deed, since=_since(deed, earlier, day), older=not number, until=day)
            )
        there, earlier = now, day
    return [*done, *there.values()]


class _Quiet:
    """Hears the warnings of single scans, each once; how far they are is of no interest."""

    shown = False

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._said: set[str] = set()

    def stage(self, name: str, total: int | None = None) -> None: ...

    def advance(self, steps: int = 1) -> None: ...

    def warn(self, message: str) -> None:
        if message not in self._said:
            self._said.add(message)
            self._watcher.warn(message)

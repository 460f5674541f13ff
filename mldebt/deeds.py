"""Who did what to the findings between two states of a history."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import msgspec
from msgspec.structs import replace

from mldebt.course import Deed
from mldebt.finding import Finding, Location
from mldebt.git import Repository, Touch, isolated, read_touches
from mldebt.ownership import Ownership, read_ownership
from mldebt.settings import Settings
from mldebt.verdict import Caused, CauseKind, Verdict

_HOW = {
    CauseKind.LINES: "written",
    CauseKind.FILES: "edited",
    CauseKind.ELSEWHERE: "elsewhere",
    CauseKind.PEOPLE: "people",
    CauseKind.TIME: "time",
}


class History(msgspec.Struct, kw_only=True, dict=True):
    """The people and commits of a repository."""

    repository: Repository
    settings: Settings
    cache_dir: Path | None

    def ownership(self, commit: str, paths: Sequence[str]) -> Ownership:
        """Who wrote the lines of some files as they were at a commit."""
        return read_ownership(
            self.repository._replace(head=commit) if self.settings.history else None,
            paths,
            aliases=self.settings.people.aliases,
            bots=self.settings.people.bots,
            cache_dir=self.cache_dir,
        )

    def touches(self, start: str, end: str) -> tuple[Touch, ...]:
        """The commits between two others, the newest first; paths are relative to the scan root."""
        prefix = self.repository.prefix
        with isolated(self.repository) as isolation:
            found = read_touches(isolation, start, end)
        return tuple(
            replace(each, paths=frozenset(path.removeprefix(prefix) for path in each.paths if path.startswith(prefix)))
            for each in found
        )

    def name(self, touch: Touch) -> str:
        """Who made a commit, by the name that they go by; "" for a machine, and where people are not judged."""
        return self._names.get(touch.email.casefold()) or self._names.get(touch.name.casefold(), "")

    @cached_property
    def _names(self) -> Mapping[str, str]:
        people = self.ownership(self.repository.head or "", ()).contributors
        return {
            word.casefold(): person.name for person in people for word in (person.name, person.email, *person.others)
        }


class Between:
    """What was done between two states. Without a `before` there is but one, and its findings were there already."""

    def __init__(self, history: History, verdict: Verdict, before: str) -> None:
        self._history = history
        self._verdict = verdict
        self._before = before

    @cached_property
    def _touches(self) -> tuple[Touch, ...]:
        return self._history.touches(self._before, self._verdict.head) if self._before else ()

    @cached_property
    def _ownership(self) -> Ownership:
        new = [each.finding for each in self._verdict.new] if self._before else self._verdict.after.findings
        paths = dict.fromkeys(path for finding in new for path in finding.files)
        return self._history.ownership(self._verdict.head, list(paths))

    def opened(self, each: Caused) -> Deed:
        """Who brought a finding in: who wrote the newest line of its trail that came between the two states, else who
        last touched a file of it."""
        how = _HOW[each.cause.kind]
        if each.cause.kind is CauseKind.LINES:
            return self._newest(each.cause.places, how) or self._last(each.cause.files, how)
        if each.cause.kind is CauseKind.FILES:
            return self._last(each.cause.files, how)
        return self._only(how) if each.cause.kind is CauseKind.ELSEWHERE else Deed(how=how)

    def written(self, finding: Finding) -> Deed:
        """Who wrote the newest line of a trail: the finding is no older than that."""
        places = [finding.location, *(step.location for step in finding.trail)]
        return self._newest(places, "written") or Deed(how="elsewhere")

    def closed(self, finding: Finding, how: str) -> Deed:
        """Who last touched the file of what is gone, else another file of its trail. Nobody paid what is gone because
        other people are about."""
        if how in ("unseen", "people", "joined"):
            return Deed(how=how)
        own = self._last((finding.location.path,), how)
        if not own.day:
            own = self._last(finding.files, how)
        if own.day or how != "paid":
            return own
        return Deed(how="people") if finding.rule_id in self._about_people else self._only(how)

    @cached_property
    def _about_people(self) -> frozenset[str]:
        return frozenset(rule.id for rule in self._verdict.after.rules if rule.family == "ownership")

    def _only(self, how: str) -> Deed:
        """The one who did all that was done in between, if it was one."""
        who = {self._history.name(touch) for touch in self._touches}
        if len(who) != 1:
            return Deed(how=how)
        last = self._touches[0]
        return Deed(how=how, who=who.pop(), day=last.time, commit=last.commit)

    def _newest(self, places: Iterable[Location], how: str) -> Deed | None:
        known = (self._ownership.credit(place.path, place.line) for place in places)
        newest = max(filter(None, known), key=lambda credit: credit.time, default=None)
        if newest is None:
            return None
        return Deed(how=how, who=newest.writers[0].name if newest.writers else "", day=newest.time)

    def _last(self, files: Collection[str], how: str) -> Deed:
        for touch in self._touches:
            if not touch.paths.isdisjoint(files):
                return Deed(how=how, who=self._history.name(touch), day=touch.time, commit=touch.commit)
        return Deed(how=how)

"""What a change did to the findings, as a value: all that the reports on a change need."""

from __future__ import annotations

import enum
from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from mldebt.finding import Finding, Location
from mldebt.listed import listed
from mldebt.outcome import ExitCode, Outcome

_SHOWN = 3


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """The files that differ between two states of a repository; paths are relative to the scan root. `renamed` leads
    from the path before to the one after; a renamed file is neither added nor removed. Only what a scan reads counts:
    sources and documents."""

    changed: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    renamed: Mapping[str, str] = msgspec.field(default_factory=dict)

    @property
    def after(self) -> frozenset[str]:
        """The files of the state after the change in which something is new."""
        return self.changed | self.added

    @property
    def before(self) -> frozenset[str]:
        """The files of the state before the change of which something is there no longer."""
        return self.changed | self.removed | self.renamed.keys()


class CauseKind(enum.StrEnum):
    """How far back a finding can be traced to the change."""

    LINES = "lines"
    FILES = "files"
    ELSEWHERE = "elsewhere"
    PEOPLE = "people"
    TIME = "time"


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """What in a change made a finding: changed places of its trail, changed files of it, or changed files elsewhere. Of
    a finding about people also: only who counts as active, or nothing but the time that went by."""

    kind: CauseKind
    message: str
    places: tuple[Location, ...] = ()
    files: tuple[str, ...] = ()


class Caused(msgspec.Struct, frozen=True, kw_only=True):
    """A finding that was not there before, and why it is now."""

    finding: Finding
    cause: Cause


class Grown(msgspec.Struct, frozen=True, kw_only=True):
    """A finding that was there before and holds more now: the members that it gained, and what brought them."""

    finding: Finding
    gained: tuple[str, ...]
    cause: Cause


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A finding that was there before and still is, wherever it has moved to."""

    before: Finding
    after: Finding

    @property
    def moved(self) -> bool:
        """Whether it stands in another file or function."""
        old, new = self.before.location, self.after.location
        return (old.path, old.symbol) != (new.path, new.symbol)


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """A change, judged. `new` is what it brought, `fixed` what it ended, `drifted` what no line of it did (see PEOPLE,
    TIME), `lapsed` is gone for no line of it either; `silenced` was there and has a comment now that silences it;
    `unknown` was there, in files or for rules that could not be judged now. `before` and `after` are whole scans
    without what a baseline knows; `base` is the commit where the change starts, `head` the one where it ends, "" for
    the work tree as it lies; `into` is the branch or tag that the change left there, or with `direct` starts at, ""
    where a commit was named. `grown` are findings of before that hold more by this change; `joined` are told as parts
    of another now, `split` were parts of another: neither is new or fixed."""

    base: str
    head: str
    into: str = ""
    direct: bool = False
    before: Outcome
    after: Outcome
    change: Change
    new: tuple[Caused, ...] = ()
    drifted: tuple[Caused, ...] = ()
    fixed: tuple[Finding, ...] = ()
    lapsed: tuple[Finding, ...] = ()
    silenced: tuple[Finding, ...] = ()
    unknown: tuple[Finding, ...] = ()
    kept: tuple[Kept, ...] = ()
    grown: tuple[Grown, ...] = ()
    joined: tuple[Kept, ...] = ()
    split: tuple[Kept, ...] = ()
    accepted: int = 0
    notes: tuple[str, ...] = ()

    @property
    def brought(self) -> tuple[Caused, ...]:
        """What is new, and what has grown with what it grew by in its cause: all that a change answers for."""
        grown = (
            Caused(finding=each.finding, cause=replace(each.cause, message=f"{_by(each.gained)}: {each.cause.message}"))
            for each in self.grown
        )
        return (*self.new, *grown)

    @property
    def ended_elsewhere(self) -> tuple[Finding, ...]:
        """What is gone though the change touched no file of its trail: it was mended in another place (a seed, a model
        card), or nothing leads to it any more."""
        return tuple(each for each in self.fixed if self.change.before.isdisjoint(each.files))

    @property
    def mended(self) -> tuple[Finding, ...]:
        """What is gone, and the change touched a file of its trail."""
        return tuple(each for each in self.fixed if not self.change.before.isdisjoint(each.files))

    def exit_code(self, fail_on: str, *, strict: bool = False) -> ExitCode:
        """As a scan of what the change brought; a rule that failed before the change leaves it incomplete, too."""
        if self.before.failures:
            return ExitCode.INCOMPLETE
        brought = replace(self.after, findings=tuple(each.finding for each in self.brought))
        return brought.exit_code(fail_on, strict=strict)


def _by(gained: tuple[str, ...]) -> str:
    return f"was there, and grew by {listed(gained, _SHOWN)}"

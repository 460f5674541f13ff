"""What one scan found, as a value: all that reports, gates and exit codes need."""

from __future__ import annotations

import enum

import msgspec
from msgspec.structs import replace

from mldebt.finding import Finding, Location, Severity, Skipped
from mldebt.rulebook import Rule
from mldebt.store import unpack


class ExitCode(enum.IntEnum):
    """The same for every format."""

    PASSED = 0
    FOUND = 1
    USAGE = 2
    INCOMPLETE = 3


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What was read. `files` are Python files and notebooks; the categories count files among them."""

    files: int = 0
    lines: int = 0
    notebooks: int = 0
    cells: int = 0
    documents: int = 0
    tests: int = 0
    vendored: int = 0
    generated: int = 0
    data: int = 0


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that broke on this repository; the scan is incomplete."""

    rule_id: str
    message: str


class SuppressionState(enum.StrEnum):
    """What a comment that silences a rule came to. "unjudged": the rule was not asked, or failed."""

    USED = "used"
    UNUSED = "unused"
    UNKNOWN_RULE = "unknown-rule"
    NO_REASON = "no-reason"
    UNJUDGED = "unjudged"


class Suppression(msgspec.Struct, frozen=True, kw_only=True):
    """A comment in the code that silences one rule, and what it came to."""

    location: Location
    rule_id: str
    reason: str
    state: SuppressionState

    @property
    def fault(self) -> str:
        """What is wrong with it, "" for nothing."""
        return {
            SuppressionState.UNUSED: f"ignore[{self.rule_id}] silences nothing here",
            SuppressionState.UNKNOWN_RULE: f"ignore[{self.rule_id}] names no rule",
            SuppressionState.NO_REASON: f"ignore[{self.rule_id}] gives no reason and therefore silences nothing",
        }.get(self.state, "")


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """How long a stage took."""

    stage: str
    seconds: float


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """Findings sorted by path, line and rule, and the account of how they came about.

    `prefix` is the scanned folder below the top of its repository, "" or "a/b/"; `hidden` counts findings that only
    `--pedantic` shows, `suppressed` those that a comment in the code silences, `accepted` those that a baseline knows,
    `gone` the paths of its entries that were found no longer; `suppressions` are the comments themselves; `history`
    says whose work could be judged, or why nobody's. Timings are no part of the result: no two runs agree.
    """

    version: str
    head: str = ""
    prefix: str = ""
    findings: tuple[Finding, ...] = ()
    hidden: int = 0
    suppressed: int = 0
    accepted: int = 0
    gone: tuple[str, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    failures: tuple[Failure, ...] = ()
    counts: Counts = Counts()
    rules: tuple[Rule, ...] = ()
    history: str = ""
    judges_people: bool = False
    notes: tuple[str, ...] = ()
    timings: tuple[Timing, ...] = ()
    warm: bool = False

    @property
    def outdated(self) -> int:
        """How many entries of a baseline were found no longer."""
        return len(self.gone)

    def exit_code(self, fail_on: str, *, strict: bool = False) -> ExitCode:
        """Incomplete before found: what could not be looked at may hide worse than what was seen."""
        if self.failures or not self.counts.files or (strict and self.skipped):
            return ExitCode.INCOMPLETE
        if fail_on == "never":
            return ExitCode.PASSED
        bar = Severity[fail_on.upper()]
        return ExitCode.FOUND if any(finding.severity >= bar for finding in self.findings) else ExitCode.PASSED


def encode_outcome(outcome: Outcome) -> bytes:
    return msgspec.msgpack.encode(replace(outcome, timings=(), warm=False))


def decode_outcome(content: bytes) -> Outcome | None:
    """None for anything that this version would not have written."""
    return unpack(content, Outcome)

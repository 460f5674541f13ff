"""Findings and their places, in the words of SARIF."""

from __future__ import annotations

import enum
from collections.abc import Iterable

import msgspec


class Severity(enum.IntEnum):
    """How bad it is."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3


class Confidence(enum.IntEnum):
    """How sure the detector is."""

    LOW = 0
    MEDIUM = 1
    HIGH = 2


class Audience(enum.StrEnum):
    """Who sees it: everybody, or those who ask for `--pedantic`."""

    DEFAULT = "default"
    PEDANTIC = "pedantic"


class Location(msgspec.Struct, frozen=True, kw_only=True):
    """A place in a file. Lines and columns are 1-based; in a notebook `line` is the line of the raw `.ipynb`, and
    `cell` (0-based among all cells) and `cell_line` say where a person sees it. `symbol` is the enclosing definition,
    "" for the module."""

    path: str
    line: int = 1
    column: int = 1
    end_line: int = 0
    end_column: int = 0
    symbol: str = ""
    snippet: str = ""
    cell: int | None = None
    cell_line: int | None = None


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One place of a trail, and what happens there."""

    location: Location
    message: str


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """What a detector reports: where, what, and the evidence. `scan` makes a Finding of it. `members` names what one
    finding holds where it stands for several ("path:name"): components, readers, models, uses; what is told alone has
    its one name there, too."""

    location: Location
    message: str
    trail: tuple[Step, ...]
    component: str = ""
    severity: Severity | None = None
    confidence: Confidence | None = None
    audience: Audience | None = None
    members: tuple[str, ...] = ()


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """A person who knows a component: the share of its surviving lines (0 to 1) that they wrote or co-wrote, and the
    share made by changes that they reviewed."""

    name: str
    share: float
    active: bool
    reviewed: float = 0.0


CO_WRITTEN = "Lines count for each of their co-authors in full, so that shares may add up to more than 100%."
_A_WHOLE = 1.01


def is_co_written(shares: Iterable[float]) -> bool:
    """Whether shares of one thing add up to more than all of it, as they are printed."""
    return sum(shares) > _A_WHOLE


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A hit joined with its rule, component, owners and identity; `members` as in the hit."""

    rule_id: str
    rule_name: str
    location: Location
    message: str
    trail: tuple[Step, ...]
    component: str
    owners: tuple[Owner, ...]
    severity: Severity
    confidence: Confidence
    audience: Audience
    why: str
    remedy: str
    fingerprint: str
    members: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """All files of the trail, its own first."""
        return tuple(dict.fromkeys((self.location.path, *(step.location.path for step in self.trail))))


class Skipped(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was not analysed, and why."""

    path: str
    reason: str

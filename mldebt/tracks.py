"""What is known of one value, as plain values: where it comes from, where it ends, what last ordered it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from msgspec.structs import replace

from mldebt.finding import Location
from mldebt.masking import masked_line


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """The place that is asked about: `line` of a file, in a notebook of a cell or of the raw file; a name on it."""

    path: str
    line: int
    cell: int | None = None
    name: str = ""

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.cell is None else f"{self.path}:{self.cell}:{self.line}"
        return f"{place}:{self.name}" if self.name else place


class Hop(msgspec.Struct, frozen=True, kw_only=True):
    """One place on a way, and how the value got there ("" where the line itself says it)."""

    location: Location
    text: str = ""


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One way to or from the value. `kind` says what stands at its far end, `text` says it in words; not `is_known`:
    the code does not tell what comes before or after. `trail` follows the data."""

    kind: str
    text: str
    is_known: bool
    trail: tuple[Hop, ...]

    def quoted(self, at: Callable[[Location], Location]) -> Way:
        """The same, with every location as `at` gives it back, and without credentials in the words."""
        hops = (replace(hop, location=at(hop.location), text=masked_line(hop.text)) for hop in self.trail)
        return replace(self, text=masked_line(self.text), trail=tuple(hops))


class Ordering(msgspec.Struct, frozen=True, kw_only=True):
    """What last ordered a sequence on one of the ways to it: `kind` is score, rank, other, none or unknown."""

    kind: str
    text: str
    location: Location | None


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is known of a value. `orderings` is None for what is no sequence in sight; `notes` say what the
    answer leaves out."""

    spot: Spot
    location: Location
    name: str
    types: tuple[str, ...]
    sources: tuple[Way, ...]
    ends: tuple[Way, ...]
    orderings: tuple[Ordering, ...] | None
    notes: tuple[str, ...] = ()

    def quoted(self, at: Callable[[Location], Location]) -> Track:
        """The same, with every location as `at` gives it back."""
        return replace(
            self,
            location=at(self.location),
            sources=tuple(way.quoted(at) for way in self.sources),
            ends=tuple(way.quoted(at) for way in self.ends),
        )

    @property
    def passes(self) -> tuple[Hop, ...]:
        """Every place on the way to where the value ends, each once."""
        return tuple(dict.fromkeys(hop for way in self.ends for hop in way.trail[1:]))

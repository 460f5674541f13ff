"""The identity of a finding: it survives moved lines and reformatting, and never depends on a line number."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

from mldebt.finding import Location
from mldebt.regex import regex

_DEFINITION = regex(r"(?:async\s+)?(?:def|class)\s+\w+")


def fingerprints(places: Iterable[tuple[str, Location]]) -> list[str]:
    """One fingerprint for each (rule id, location), in order. An ordinal tells equal contexts in one symbol apart."""
    seen: Counter[tuple[str, ...]] = Counter()
    found = []
    for rule_id, location in places:
        context = (rule_id, location.path, location.symbol, said(location))
        seen[context] += 1
        digest = hashlib.sha256("\0".join((*context, str(seen[context]))).encode("utf-8", "surrogateescape"))
        found.append(digest.hexdigest()[:32])
    return found


def said(location: Location) -> str:
    """What stands at a place, without spaces. Of a definition only its name: who gains a parameter stays the same."""
    definition = _DEFINITION.match(location.snippet)
    return "".join((definition[0] if definition else location.snippet).split())


def is_definition(location: Location) -> bool:
    """Whether the place is a function or class as a whole, not a line in it."""
    return _DEFINITION.match(location.snippet) is not None


def quote_key(location: Location) -> str:
    """A short name for what stands at a place, the same wherever it is moved to."""
    return hashlib.sha256(said(location).encode("utf-8", "surrogateescape")).hexdigest()[:12]

"""The identity of a finding: it survives moved lines and reformatting, and never depends on a line number."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

from mldebt.finding import Location


def fingerprints(places: Iterable[tuple[str, Location]]) -> list[str]:
    """One fingerprint for each (rule id, location), in order. An ordinal tells equal contexts in one symbol apart."""
    seen: Counter[tuple[str, ...]] = Counter()
    found = []
    for rule_id, location in places:
        context = (rule_id, location.path, location.symbol, "".join(location.snippet.split()))
        seen[context] += 1
        digest = hashlib.sha256("\0".join((*context, str(seen[context]))).encode())
        found.append(digest.hexdigest()[:32])
    return found

"""MinHash signatures and locality-sensitive hashing: which sets are probably alike, without comparing all pairs.

The signature is a one-permutation MinHash: each feature is hashed once, the hash chooses a bin and competes in it for
the least value, and an empty bin borrows from the next full one. Two sets agree in a bin about as often as their
Jaccard similarity says. Signatures are cut into bands of rows; sets that agree in all rows of any band are candidates.

Broder 1997, On the Resemblance and Containment of Documents. Leskovec, Rajaraman and Ullman, Mining of Massive
Datasets, chapter 3. Li, Owen and Zhang 2012, One Permutation Hashing. Shrivastava and Li 2014, Densifying One
Permutation Hashing via Rotation for Fast Near Neighbor Search.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b

ROWS = 3
BANDS = 32
BINS = ROWS * BANDS
"""Half alike: 99 in 100 such pairs are candidates; a fifth alike: 1 in 4."""
COMPARED = 6
"""How many members of a crowded bucket a newcomer is compared with: work stays linear where all is alike."""

_SPREAD = 0x9E3779B97F4A7C15

Signature = tuple[int, ...]


class Hashes:
    """64-bit hashes of texts, the same on every machine and in every run; each text is hashed once."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def of(self, text: str) -> int:
        found = self._known.get(text)
        if found is None:
            digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            found = self._known[text] = int.from_bytes(digest, "big")
        return found


def numbered(features: Mapping[int, int]) -> frozenset[int]:
    """A multiset (hashes and how often each is there) as a set: the second of a feature is another feature."""
    return frozenset(feature ^ (number * _SPREAD) for feature, count in features.items() for number in range(count))


def sign(features: Iterable[int]) -> Signature:
    """The signature of a set of hashes; empty for an empty set."""
    least: list[int] = [-1] * BINS
    for feature in features:
        place, value = feature % BINS, feature // BINS
        if least[place] < 0 or value < least[place]:
            least[place] = value
    full = [place for place, value in enumerate(least) if value >= 0]
    if not full:
        return ()
    borrowed = list(least)  # from the next full bin, around the end to the first
    lender, distance = full[0], full[0]
    for place in reversed(range(BINS)):
        if least[place] >= 0:
            lender, distance = place, 0
        else:
            distance += 1
            borrowed[place] = least[lender] + (distance << 64)  # how far it was borrowed is part of the value
    return tuple(borrowed)


def candidates(signatures: Sequence[Signature]) -> Iterator[tuple[int, int]]:
    """Pairs of positions that are probably alike, each once, the smaller first."""
    buckets: dict[tuple[int, Signature], list[int]] = defaultdict(list)
    seen: set[tuple[int, int]] = set()
    for position, signature in enumerate(signatures):
        if not signature:
            continue
        for band in range(BANDS):
            bucket = buckets[band, signature[band * ROWS : (band + 1) * ROWS]]
            for other in bucket[:COMPARED]:
                if (other, position) not in seen:
                    seen.add((other, position))
                    yield other, position
            bucket.append(position)

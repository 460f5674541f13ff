"""How alike git finds two blobs, without asking it: bounds of its measure from counted lines."""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from mldebt.git import BlobReader

MOST = 60_000  # git's measure of "all alike"
ENOUGH = 30_000  # git's threshold for a rename

_SLACK = 1_800  # git counts by a short hash of each chunk and thus sees a little more alike than there is
_CHUNK = 64  # git cuts longer lines into chunks
_HALF = _CHUNK // 2
_TEXT_HEAD = 8_000  # git looks so far for a NUL before it calls a file text
_KEPT_BYTES = 16 << 20  # of blobs whose outlines are kept for the next question
_READ_AHEAD = _KEPT_BYTES // 4
_BATCH = 64
_MANY = 40  # blobs to compare one with; more are looked up by what they share


class Bounds(NamedTuple):
    """What git's measure is at least and at most."""

    least: int
    most: int


class Outline(NamedTuple):
    """How often a blob has each chunk, which of them are parts of long lines, and those that it has more than once."""

    counts: Mapping[bytes, int]
    parts: frozenset[bytes]
    many: Mapping[bytes, int]


class Question(NamedTuple):
    """Old blobs, the likely ones among them, and new ones that may have come from any."""

    old: Collection[bytes]
    likely: Collection[bytes]
    new: Sequence[bytes]


class Shelf:
    """Blobs that one new blob after the other is compared with, by the chunks that they have."""

    def __init__(self) -> None:
        self.blobs: set[bytes] = set()
        self.holders: dict[bytes, list[tuple[bytes, int]]] = {}


class Similarity:
    """Measures for one repository; keeps what it read of blobs for the questions that follow."""

    def __init__(self, reader: BlobReader) -> None:
        self._reader = reader
        self._sizes: dict[bytes, int | None] = {}
        self._tails: dict[bytes, int] = {}
        self._contents: dict[bytes, bytes] = {}
        self._outlines: dict[bytes, Outline] = {}
        self._kept = 0

    def size(self, blob: bytes) -> int | None:
        """The size of a blob, None if it is missing."""
        self.measure([blob])
        return self._sizes[blob]

    def measure(self, blobs: Iterable[bytes]) -> None:
        """Reads many sizes in one go."""
        unknown = [blob for blob in dict.fromkeys(blobs) if blob not in self._sizes]
        if unknown:
            self._sizes.update(zip(unknown, self._reader.sizes(unknown), strict=True))

    def prepare(self, questions: Sequence[Question]) -> None:
        """Reads in two goes, not in two for each, what is about to be asked."""
        self.measure(itertools.chain.from_iterable((*each.old, *each.new) for each in questions))
        found: dict[bytes, None] = {}
        size = 0
        for old, likely, new in questions:
            some = [blob for blob in new[:_BATCH] if self._sizes[blob]]
            sources = old if len(old) <= _MANY else likely
            asked = [*some, *(blob for blob in sources if any(self._plausible(blob, each) for each in some))]
            size += sum(self._sizes[blob] or 0 for blob in asked if blob not in found)
            if found and size > _READ_AHEAD:
                break
            found.update(dict.fromkeys(asked))
        self._read(list(found))

    def compare(self, blobs: Collection[bytes], new: bytes, shelf: Shelf) -> dict[bytes, Bounds]:
        """Bounds for those of the blobs that may be alike enough."""
        self.measure([*blobs, new])
        plausible = [blob for blob in dict.fromkeys(blobs) if self._plausible(blob, new)]
        if len(plausible) > _MANY:
            shared = self._look_up(plausible, new, shelf)
        else:
            self._read([new, *plausible])
            shared = {blob: _shared(self._outline(blob), self._outline(new)) for blob in plausible}
        bounds = {blob: self._bounds(blob, new, alike) for blob, alike in shared.items()}
        return {blob: found for blob, found in bounds.items() if found.most >= ENOUGH}

    def _plausible(self, old: bytes, new: bytes) -> bool:
        """Git, too, rules most files out by their size alone."""
        before, after = self._sizes[old], self._sizes[new]
        if before is None or not after:
            return False
        return abs(after - before) * MOST <= max(after, before) * (MOST - ENOUGH)

    def _look_up(self, blobs: Sequence[bytes], new: bytes, shelf: Shelf) -> dict[bytes, int]:
        """Bytes that each blob shares with the new one. Files that have little in common cost little."""
        absent = [blob for blob in blobs if blob not in shelf.blobs]
        for start in range(0, len(absent), _BATCH):
            part = absent[start : start + _BATCH]
            self._read(part)
            for blob in part:
                shelf.blobs.add(blob)
                for chunk, count in self._outline(blob).counts.items():
                    shelf.holders.setdefault(chunk, []).append((blob, count))
        self._read([new])
        shared = dict.fromkeys(shelf.blobs, 0)
        for chunk, count in self._outline(new).counts.items():
            length = _length(chunk)
            for blob, other in shelf.holders.get(chunk, ()):
                shared[blob] += length * (count if count < other else other)
        return {blob: shared[blob] for blob in blobs}

    def _bounds(self, old: bytes, new: bytes, alike: int) -> Bounds:
        largest = max(self._sizes[old] or 0, self._sizes[new] or 0)
        least = int(alike * float(MOST) / largest)
        # git versions differ on the rest of a last line that does not end
        return Bounds(least, least + _SLACK + MOST * min(self._tails[old], self._tails[new]) // largest)

    def _read(self, blobs: Sequence[bytes]) -> None:
        """Reads in one go what was not read yet; the outlines are made when they are asked for."""
        if self._kept > _KEPT_BYTES:
            self._contents.clear()
            self._outlines.clear()
            self._kept = 0
        unknown = [blob for blob in dict.fromkeys(blobs) if blob not in self._outlines and blob not in self._contents]
        for blob, content in zip(unknown, self._reader.contents(unknown), strict=True):
            self._contents[blob] = content or b""
            self._kept += len(content or b"")

    def _outline(self, blob: bytes) -> Outline:
        """The outline of a blob that was read."""
        found = self._outlines.get(blob)
        if found is None:
            self._tails[blob], found = _outline(self._contents.pop(blob))
            self._outlines[blob] = found
        return found


def _shared(one: Outline, other: Outline) -> int:
    common = one.counts.keys() & other.counts.keys()
    once = sum(map(len, common)) + len(common) - len(common & one.parts)  # a line has an end as well
    again = one.many.keys() & other.many.keys()
    return once + sum(_length(chunk) * (min(one.many[chunk], other.many[chunk]) - 1) for chunk in again)


def _length(chunk: bytes) -> int:
    """A chunk shorter than the limit stands for a line, whose end was cut off."""
    return len(chunk) + (len(chunk) < _CHUNK and not chunk.endswith(b"\n"))


def _outline(content: bytes) -> tuple[int, Outline]:
    """Counts lines, and chunks of long lines, as git's measure does; and the bytes of a rest that ends with neither."""
    size = len(content)
    tail = (size - content.rfind(b"\n") - 1) % _CHUNK
    if b"\0" not in content[:_TEXT_HEAD]:
        content = content.replace(b"\r\n", b"\n")
    lines = content.split(b"\n")
    last = lines.pop()
    counted = Counter(lines)
    parts: dict[bytes, int] = {}
    for line in [line for line in counted if len(line) >= _CHUNK]:
        count, ended = counted.pop(line), line + b"\n"
        for start in range(0, len(ended), _CHUNK):
            chunk = ended[start : start + _CHUNK]
            if chunk[:_HALF] == chunk[_HALF:]:
                chunk = _known_as(chunk)
            parts[chunk] = parts.get(chunk, 0) + count
    for start in range(0, len(last) - _CHUNK + 1, _CHUNK):
        chunk = _known_as(last[start : start + _CHUNK])
        parts[chunk] = parts.get(chunk, 0) + 1
    counted.update(parts)  # none of them is a whole line: those are shorter, or have no end
    many = {chunk: count for chunk, count in counted.items() if count > 1}
    return tail, Outline(counted, frozenset(parts), many)


def _known_as(chunk: bytes) -> bytes:
    """What a chunk is counted as. To git's hash all rows of one repeated character are alike (====, ----), and so are
    many that repeat a few: those are known by their hash, as long as a chunk is."""
    return b"%064d" % _hash(chunk) if len(chunk) == _CHUNK and chunk[:_HALF] == chunk[_HALF:] else chunk


@functools.lru_cache(maxsize=4096)
def _hash(chunk: bytes) -> int:
    """Git's hash of a chunk (diffcore-delta.c)."""
    one = two = 0
    for byte in chunk:
        before = one
        one = ((one << 7 ^ two >> 25) + byte) & 0xFFFFFFFF
        two = (two << 7 ^ before >> 25) & 0xFFFFFFFF
    return ((one + two * 0x61) & 0xFFFFFFFF) % 107_927

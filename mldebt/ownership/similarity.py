"""How alike git finds two blobs, without asking it: bounds of its measure from counted lines."""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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
_COMMON = 8  # a line that more of those have tells none of them from another


class Bounds(NamedTuple):
    """What git's measure is at least and at most."""

    least: int
    most: int


class Outline(NamedTuple):
    """How often a blob has each chunk, which of them are parts of long lines, and those that it has more than once."""

    counts: Mapping[bytes, int]
    parts: frozenset[bytes]
    many: Mapping[bytes, int]


class Sketch(NamedTuple):
    """The lines of a blob, all of them by what they are, and the bytes of those that are cut into chunks."""

    short: Sequence[bytes]
    known: frozenset[bytes]
    long: int


class Question(NamedTuple):
    """Old blobs, the likely ones among them, and new ones that may have come from any."""

    old: Collection[bytes]
    likely: Collection[bytes]
    new: Sequence[bytes]


class Shelf:
    """Blobs that one new blob after the other is compared with: how much of each is in long lines, and which have some
    line."""

    def __init__(self) -> None:
        self.blobs: dict[bytes, int] = {}
        self.holders: dict[bytes, list[bytes]] = {}


class Similarity:
    """Measures for one repository; keeps what it read of blobs for the questions that follow."""

    def __init__(self, reader: BlobReader) -> None:
        self._reader = reader
        self._sizes: dict[bytes, int | None] = {}
        self._tails: dict[bytes, int] = {}
        self._contents: dict[bytes, bytes] = {}
        self._outlines: dict[bytes, Outline] = {}
        self._sketches: dict[bytes, Sketch] = {}
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
            asked = [*some, *itertools.chain.from_iterable(self._plausible(sources, each) for each in some)]
            size += sum(self._sizes[blob] or 0 for blob in set(asked) - found.keys())
            if found and size > _READ_AHEAD:
                break
            found.update(dict.fromkeys(asked))
        self._read(list(found))

    def compare(self, blobs: Collection[bytes], new: bytes, shelf: Shelf) -> dict[bytes, Bounds]:
        """Bounds for those of the blobs that may be alike enough."""
        self.measure([*blobs, new])
        plausible = list(dict.fromkeys(self._plausible(blobs, new)))
        if len(plausible) > _MANY:
            plausible = self._look_up(plausible, new, shelf)
            self._read([new, *plausible])
        else:
            self._read([new, *plausible])
            plausible = [blob for blob in plausible if self._at_most(blob, new) >= ENOUGH]
        bounds = {blob: self._bounds(blob, new, self._alike(blob, new)) for blob in plausible}
        return {blob: found for blob, found in bounds.items() if found.most >= ENOUGH}

    def is_at_least(self, old: bytes, new: bytes, enough: int) -> bool:
        """Whether two blobs are as much alike."""
        self.measure([old, new])
        if not self._plausible([old], new):
            return False
        self._read([old, new])
        same_ends = _same_ends(self._contents[old], self._contents[new])  # most of what was renamed is hardly changed
        if self._bounds(old, new, same_ends).least >= enough:
            return True
        return self._at_most(old, new) >= enough and self._bounds(old, new, self._alike(old, new)).least >= enough

    def _at_most(self, old: bytes, new: bytes) -> int:
        """More than git's measure can be, from whole lines alone."""
        one, other = self._sketch(old), self._sketch(new)
        both = list(filter(one.known.__contains__, other.short))
        return self._bounds(old, new, sum(map(len, both)) + len(both) + min(one.long, other.long)).most

    def _alike(self, old: bytes, new: bytes) -> int:
        return _shared(self._outline(old), self._outline(new))

    def _plausible(self, blobs: Collection[bytes], new: bytes) -> list[bytes]:
        """Those of which neither is more than twice as large: git, too, rules most files out by their size alone."""
        size = self._sizes[new] or 0
        known = zip(blobs, map(self._sizes.__getitem__, blobs), strict=True)
        return [blob for blob, before in known if before and size <= 2 * before <= 4 * size]

    def _look_up(self, blobs: Sequence[bytes], new: bytes, shelf: Shelf) -> list[bytes]:
        """The blobs that may be alike enough. Files that have little in common cost little."""
        absent = [blob for blob in blobs if blob not in shelf.blobs]
        for start in range(0, len(absent), _BATCH):
            part = absent[start : start + _BATCH]
            self._read(part)
            for blob in part:
                sketch = self._sketch(blob)
                shelf.blobs[blob] = sketch.long
                for line in sketch.known:
                    shelf.holders.setdefault(line, []).append(blob)
        self._read([new])
        sketch = self._sketch(new)
        shared = dict.fromkeys(shelf.blobs, 0)
        common = 0
        for line, count in Counter(sketch.short).items():
            holders = shelf.holders.get(line, ())
            length = count * (len(line) + 1)
            if len(holders) > _COMMON:
                common += length
                continue
            for blob in holders:
                shared[blob] += length
        alike = ((blob, shared[blob] + common + min(shelf.blobs[blob], sketch.long)) for blob in blobs)
        return [blob for blob, most in alike if self._bounds(blob, new, most).most >= ENOUGH]

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
            self._sketches.clear()
            self._kept = 0
        unknown = [blob for blob in dict.fromkeys(blobs) if blob not in self._contents]
        for blob, content in zip(unknown, self._reader.contents(unknown), strict=True):
            text = content or b""
            self._tails[blob] = (len(text) - text.rfind(b"\n") - 1) % _CHUNK
            self._contents[blob] = text.replace(b"\r\n", b"\n") if b"\0" not in text[:_TEXT_HEAD] else text
            self._kept += len(text)

    def _outline(self, blob: bytes) -> Outline:
        """The outline of a blob that was read."""
        found = self._outlines.get(blob)
        if found is None:
            found = self._outlines[blob] = _outline(self._contents[blob])
        return found

    def _sketch(self, blob: bytes) -> Sketch:
        """The sketch of a blob that was read."""
        found = self._sketches.get(blob)
        if found is None:
            found = self._sketches[blob] = _sketch(self._contents[blob])
        return found


def _shared(one: Outline, other: Outline) -> int:
    common = one.counts.keys() & other.counts.keys()
    once = sum(map(len, common)) + len(common) - len(common & one.parts)  # a line has an end as well
    again = one.many.keys() & other.many.keys()
    return once + sum(_length(chunk) * (min(one.many[chunk], other.many[chunk]) - 1) for chunk in again)


def _length(chunk: bytes) -> int:
    """A chunk shorter than the limit stands for a line, whose end was cut off."""
    return len(chunk) + (len(chunk) < _CHUNK and not chunk.endswith(b"\n"))


def _same_ends(one: bytes, other: bytes) -> int:
    """The bytes of the whole lines with which both begin, and of those with which they end."""
    most = min(len(one), len(other))
    start = _longest(most, lambda done, size: one[done:size] == other[done:size])
    first, second = len(one), len(other)
    rest = _longest(
        most - start, lambda done, size: one[first - size : first - done] == other[second - size : second - done]
    )
    line = one.find(b"\n", len(one) - rest) + 1
    return one.rfind(b"\n", 0, start) + 1 + (one.rfind(b"\n") + 1 - line if line else 0)


def _longest(most: int, alike: Callable[[int, int], bool]) -> int:
    """The largest number up to one so far as both are alike, given that of two such numbers what lies between is."""
    least = 0
    while least < most:
        middle = (least + most + 1) // 2
        if alike(least, middle):
            least = middle
        else:
            most = middle - 1
    return least


def _sketch(content: bytes) -> Sketch:
    lines = content.split(b"\n")
    last = lines.pop()
    known = frozenset(lines)
    long = {line for line in known if len(line) >= _CHUNK}
    if not long:
        return Sketch(lines, known, len(last))
    short = [line for line in lines if line not in long]
    return Sketch(short, known, len(content) - sum(map(len, short)) - len(short))


def _outline(content: bytes) -> Outline:
    """Counts lines, and chunks of long lines, as git's measure does."""
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
    return Outline(counted, frozenset(parts), many)


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

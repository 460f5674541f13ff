"""Blocks of lines that one commit took from one place and put in another.

What a commit moved is told by that commit alone, whatever else is known: lines in a row that it added to a file of code
and took from one, indented anew or not. From a file that it deleted, it took all of it. What another file still has is
copied, which makes it the copier's; merges move nothing."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from mldebt.ownership.comparer import Comparer, Pair
from mldebt.ownership.hunks import Hunk
from mldebt.ownership.texts import Part, Texts

_TRIED = 20
"""Lines that stand in more places than these tell nothing of where they came from: a table, a list of numbers."""
LEAST = 10
"""So many lines in a row that say something make a block; fewer may be alike by chance."""
CODE = b".py"  # the end of the names of files between which blocks are moved
_ROW = b"\1" * LEAST
_SAID = 3  # letters or digits of a line that says something
_SILENT = bytes(byte for byte in range(128) if not chr(byte).isalnum())

_Text = tuple[bytes, ...]


class Block(NamedTuple):
    """Lines of a part that was added, and where they stood before: in a file of some lines, the place where they began
    there."""

    part: Part
    line: int
    length: int
    source: Part
    place: int
    size: int


class Change(NamedTuple):
    """A file of code that a commit changed: both versions, and how they differ, where that is known."""

    path: bytes
    old: bytes
    new: bytes
    hunks: Sequence[Hunk] | None = None


class Commit(NamedTuple):
    """What one commit did to code: parts that it added, files that it changed, and path and blob of deleted ones."""

    added: Sequence[Part]
    changed: Sequence[Change]
    deleted: Sequence[tuple[bytes, bytes]]


def added_parts(path: bytes, blob: bytes, hunks: Iterable[Hunk]) -> list[Part]:
    """The parts of a new version that are large enough to hold a block."""
    return [Part(path, blob, new, added) for _, _, new, added in hunks if added >= LEAST]


def takes(hunks: Iterable[Hunk]) -> bool:
    """Whether so many lines in a row were taken away that they may have held a block."""
    return any(removed >= LEAST for _, removed, _, _ in hunks)


def find_blocks(comparer: Comparer, texts: Texts, commits: Sequence[Commit]) -> Iterator[list[Block]]:
    """The blocks that each of some commits moved."""
    searches = [_Search(texts, commit) for commit in commits]
    hunks = comparer.compare({pair for search in searches for pair in search.unknown()})
    return (list(search.blocks(hunks)) for search in searches)


class _Search:
    """For the blocks of one commit. What has none is ruled out step by step, the cheapest first: by lines that stand on
    one side alone, by the lines with which a block would begin, and by what a changed file still has: a copy of that is
    no move, unless within the file."""

    def __init__(self, texts: Texts, commit: Commit) -> None:
        self._texts: dict[bytes, _Text] = {}
        self._added: list[Part] = []
        self._deleted: list[Part] = []
        self._changed: list[Change] = []
        self._lines: set[bytes] = set()
        self._begun: set[_Text] = set()
        self._kept: dict[bytes, set[_Text]] = {}
        changed = [each for each in commit.changed if each.hunks is None or takes(each.hunks)]
        if commit.added and (changed or commit.deleted):
            self._search(texts, commit.added, changed, commit.deleted)

    def _search(
        self, texts: Texts, added: Sequence[Part], changed: Sequence[Change], deleted: Sequence[tuple[bytes, bytes]]
    ) -> None:
        new = [_text(lines) for lines in texts.of(added)]
        lines = set(itertools.chain.from_iterable(new))
        whole = texts.read([*(each.old for each in changed if each.hunks is None), *(blob for _, blob in deleted)])
        changed = [each for each in changed if any(_may_have(part, lines) for part in texts.of(_taken(each)))]
        deleted = [(path, blob) for path, blob in deleted if _may_have(whole[blob], lines)]
        if not changed and not deleted:
            return
        whole = texts.read([*(each.old for each in changed), *(blob for _, blob in deleted)])
        alike = {blob: _text(text) for blob, text in whole.items()}
        lines = set(itertools.chain.from_iterable(alike.values()))
        self._added = [part for part, text in zip(added, new, strict=True) if _has_row(text, lines)]
        read = texts.read(part.blob for part in self._added)
        self._texts = {blob: _text(text) for blob, text in read.items()} | alike
        self._begun = {window for part in self._added for _, window in _windows(self._texts[part.blob], part, lines)}
        self._lines = {line for window in self._begun for line in window}
        self._deleted = [Part(path, blob, 0, len(alike[blob])) for path, blob in deleted]
        self._changed = [each for each in changed if self._begun_in(alike[each.old])]
        now = texts.read(each.new for each in self._changed)
        self._kept = {each.path: self._begun_in(_text(now[each.new])) for each in self._changed}

    def unknown(self) -> Iterator[Pair]:
        """The versions whose difference matters."""
        for each in self._changed:
            if each.hunks is None and not self._begun_in(self._texts[each.old]) <= self._kept[each.path]:
                yield each.old, each.new

    def blocks(self, hunks: Mapping[Pair, Sequence[Hunk] | None]) -> Iterator[Block]:
        """The longest blocks, when the differences that matter are known."""
        places = self._places(hunks)
        for part in self._added if places else ():
            text = self._texts[part.blob]
            line, end = part.start, min(part.start + part.size, len(text))
            while line <= end - LEAST:
                most, length, found = 0, 1, (part, 0)
                for source, place in places.get(text[line : line + LEAST], ()):
                    if source.path == part.path or text[line : line + LEAST] not in self._kept.get(source.path, ()):
                        there = self._texts[source.blob][place : source.start + source.size]
                        alike, said = _alike(text[line:end], there)
                        if said > most:
                            most, length, found = said, alike, (source, place)
                if most >= LEAST:
                    yield Block(part, line, length, *found, len(self._texts[found[0].blob]))
                line += length if most >= LEAST else 1

    def _places(self, hunks: Mapping[Pair, Sequence[Hunk] | None]) -> Mapping[_Text, Sequence[tuple[Part, int]]]:
        """Where blocks may begin in what was taken away, by the lines with which they do."""
        taken = list(self._deleted)
        for each in self._changed:
            known = each.hunks if each.hunks is not None else hunks.get((each.old, each.new))
            taken += (Part(each.path, each.old, old, removed) for old, removed, _, _ in known or ())
        places: dict[_Text, list[tuple[Part, int]]] = {}
        for part in sorted(taken):
            for place, window in _windows(self._texts[part.blob], part, self._lines):
                if window in self._begun:
                    places.setdefault(window, []).append((part, place))
        return {window: found for window, found in places.items() if len(found) <= _TRIED}

    def _begun_in(self, text: _Text) -> set[_Text]:
        whole = Part(b"", b"", 0, len(text))
        return {window for _, window in _windows(text, whole, self._lines)} & self._begun


def _text(lines: Iterable[bytes]) -> _Text:
    """Without the space around the lines: what is moved is often indented anew."""
    return tuple(map(bytes.strip, lines))


def _stripped(text: Sequence[bytes], part: Part) -> Iterator[bytes]:
    return map(bytes.strip, text[part.start : part.start + part.size])


def _taken(change: Change) -> list[Part]:
    """The parts of the old version that were taken away and are large enough to hold a block; all of it, where that is
    not known."""
    if change.hunks is None:
        return [Part(change.path, change.old, 0, sys.maxsize)]
    return [Part(change.path, change.old, old, removed) for old, removed, _, _ in change.hunks if removed >= LEAST]


def _may_have(text: Sequence[bytes], lines: AbstractSet[bytes]) -> bool:
    """Whether enough lines in a row are among some. Not all are looked at: every tenth, and those around it where that
    one is."""
    for place in range(LEAST - 1, len(text), LEAST):
        if text[place].strip() in lines:
            around = text[place - LEAST + 1 : place + LEAST]
            if _has_row(map(bytes.strip, around), lines):
                return True
    return False


def _has_row(text: Iterable[bytes], lines: AbstractSet[bytes]) -> bool:
    return _ROW in bytes(map(lines.__contains__, text))


def _rows(text: Iterable[bytes], lines: AbstractSet[bytes]) -> Iterator[int]:
    """Every line from which on enough in a row are among some, whatever their order there."""
    among = bytes(map(lines.__contains__, text))
    line = among.find(_ROW)
    while line >= 0:
        yield line
        line = among.find(_ROW, line + 1)


def _windows(text: _Text, part: Part, lines: AbstractSet[bytes]) -> Iterator[tuple[int, _Text]]:
    """Every line at which a block may begin whose lines are among some, with as many as it has at least."""
    for row in _rows(text[part.start : part.start + part.size], lines):
        line = part.start + row
        if _says_something(text[line]):
            yield line, text[line : line + LEAST]


def _alike(text: _Text, other: _Text) -> tuple[int, int]:
    """How many lines in a row are the same, and how many of those say something."""
    length = next((n for n, (one, two) in enumerate(zip(text, other, strict=False)) if one != two), None)
    if length is None:
        length = min(len(text), len(other))
    return length, sum(map(_says_something, text[:length]))


def _says_something(line: bytes) -> bool:
    return len(line.translate(None, _SILENT)) >= _SAID

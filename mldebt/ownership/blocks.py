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
from mldebt.ownership.hunks import LEAST, Hunk
from mldebt.ownership.notebooks import is_notebook
from mldebt.ownership.texts import Lines, Part, Texts
from mldebt.regex import regex

_TRIED = 20
"""Lines that stand in more places than these tell nothing of where they came from: a table, a list of numbers."""
MODULES = (b".py",)
CODE = (*MODULES, b".ipynb")
"""The ends of the names of files between which blocks are moved."""
_ROW = b"\1" * LEAST
_SAID = 3  # letters or digits of a line that says something
_SILENT = bytes(byte for byte in range(128) if not chr(byte).isalnum())

_OTHER = "\0"
_RUN = regex(f"[^{_OTHER}]{{{LEAST},}}")


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
    """A file of code that a commit changed: both versions, and how they differ and how many lines there were before,
    where that is known."""

    path: bytes
    old: bytes
    new: bytes
    hunks: Sequence[Hunk] | None = None
    size: int | None = None


class Commit(NamedTuple):
    """What one commit did to code: parts that it added, files that it changed, and path and blob of deleted ones; parts
    of which the lines are known, and the number of the group of blobs that are being read for it."""

    added: Sequence[Part]
    changed: Sequence[Change]
    deleted: Sequence[tuple[bytes, bytes]]
    parts: Lines = {}
    group: int = 0


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


class _Taken(NamedTuple):
    """A part of a version that was taken away, and its lines as characters."""

    part: Part
    text: str


class _Search:
    """For the blocks of one commit. What has none is ruled out step by step, the cheapest first: by lines that stand on
    one side alone, by the lines with which a block would begin, and by what a changed file still has: a copy of that is
    no move, unless within the file."""

    def __init__(self, texts: Texts, commit: Commit) -> None:
        self._texts = texts
        self._codes = _Codes(frozenset(), ())
        self._added: dict[Part, str] = {}
        self._begun: set[str] = set()
        self._taken: list[_Taken] = []
        self._unsure: list[tuple[Change, str]] = []  # with all that stood there before
        self._changed: dict[bytes, Change] = {}
        self._kept: dict[bytes, str] = {}
        changed = [each for each in commit.changed if each.hunks is None or takes(each.hunks)]
        if commit.added and (changed or commit.deleted):
            texts.come_to(commit.group, commit.parts)
            texts.notebooks.update(_notebooks(commit.added, changed, commit.deleted))
            self._search(commit.added, changed, commit.deleted)

    def _search(self, added: Sequence[Part], changed: Sequence[Change], deleted: Sequence[tuple[bytes, bytes]]) -> None:
        texts = self._texts
        unread = [*texts.unread(added), *(each.old for each in changed if each.hunks is None)]
        whole = texts.read([*unread, *(blob for _, blob in deleted)])
        new = [_text(lines) for lines in texts.of(added)]
        lines = set(itertools.chain.from_iterable(new))
        taken = [part for each in changed for part in self._parts_with(lines, _taken(each))]
        taken += self._parts_with(lines, [Part(path, blob, 0, len(whole[blob])) for path, blob in deleted])
        if not taken:
            return
        old = [_text(lines) for lines in texts.of(taken)]
        codes = self._codes = _Codes(lines, old)
        self._added = {part: text for part, text in zip(added, map(codes.of, new), strict=True) if _RUN.search(text)}
        self._begun = {window for text in self._added.values() for _, window in codes.windows(text)}
        if self._begun:
            self._note(changed, map(_Taken, taken, map(codes.of, old)))

    def _parts_with(self, lines: AbstractSet[bytes], parts: Sequence[Part]) -> Iterator[Part]:
        """The parts that may have a block of some lines."""
        told = zip(parts, self._texts.of(parts), strict=True)
        return (part for part, text in told if _may_have(text, lines))

    def _note(self, changed: Iterable[Change], taken: Iterable[_Taken]) -> None:
        """Keeps what a block may have come from."""
        self._changed = {each.path: each for each in changed}
        for each in taken:
            if any(window in self._begun for _, window in self._codes.windows(each.text)):
                change = self._changed.get(each.part.path)
                if change is None or change.hunks is not None:
                    self._taken.append(each)
                else:
                    self._unsure.append((change, each.text))
        self._texts.read([change.new for change, _ in self._unsure])

    def unknown(self) -> Iterator[Pair]:
        """The versions whose difference matters."""
        for change, text in self._unsure:
            windows = (window for _, window in self._codes.windows(text) if window in self._begun)
            if not all(self._is_kept(change.path, window) for window in windows):
                yield change.old, change.new

    def blocks(self, hunks: Mapping[Pair, Sequence[Hunk] | None]) -> Iterator[Block]:
        """The longest blocks, when the differences that matter are known."""
        places = self._places(hunks)
        for part, text in self._added.items() if places else ():
            line = 0
            while line <= len(text) - LEAST:
                most, length, found = 0, 1, None
                window = text[line : line + LEAST]
                for source, place in places.get(window, ()):
                    if source.part.path == part.path or not self._is_kept(source.part.path, window):
                        alike = _alike(text[line:], source.text[place:])
                        said = self._codes.said(text[line : line + alike])
                        if said > most:
                            most, length, found = said, alike, (source.part, place)
                if found is not None and most >= LEAST:
                    source_part, place = found
                    place += source_part.start
                    yield Block(part, part.start + line, length, source_part, place, self._size(source_part))
                line += length if most >= LEAST else 1

    def _places(self, hunks: Mapping[Pair, Sequence[Hunk] | None]) -> Mapping[str, Sequence[tuple[_Taken, int]]]:
        """Where blocks may begin in what was taken away, by the lines with which they do."""
        taken = list(self._taken)
        for change, text in self._unsure:
            known = change._replace(hunks=hunks.get((change.old, change.new)) or ())
            taken += (_Taken(part, text[part.start : part.start + part.size]) for part in _taken(known))
        places: dict[str, list[tuple[_Taken, int]]] = {}
        for each in sorted(taken):
            for place, window in self._codes.windows(each.text):
                if window in self._begun:
                    places.setdefault(window, []).append((each, place))
        return {window: found for window, found in places.items() if len(found) <= _TRIED}

    def _is_kept(self, path: bytes, window: str) -> bool:
        """Whether a changed file still has some lines."""
        change = self._changed.get(path)
        if change is None:
            return False
        kept = self._kept.get(path)
        if kept is None:
            kept = self._kept[path] = self._codes.of(_text(self._texts.read([change.new])[change.new]))
        return window in kept

    def _size(self, part: Part) -> int:
        """How many lines the version has that a part is of."""
        change = self._changed.get(part.path)
        known = change.size if change is not None else None
        return known if known is not None else len(self._texts.read([part.blob])[part.blob])


def _notebooks(
    added: Iterable[Part], changed: Iterable[Change], deleted: Iterable[tuple[bytes, bytes]]
) -> Iterator[bytes]:
    """The versions of notebooks: between their cells, and from these to modules, code is moved as well."""
    versions = (
        *((part.path, part.blob) for part in added),
        *((each.path, blob) for each in changed for blob in (each.old, each.new)),
        *deleted,
    )
    return (blob for path, blob in versions if is_notebook(path))


class _Codes:
    """One character for each line that stands on both sides, so that to look for some lines is to look for a word."""

    def __init__(self, lines: set[bytes] | frozenset[bytes], others: Iterable[Iterable[bytes]]) -> None:
        both = lines.intersection(itertools.chain.from_iterable(others))
        self._codes = dict(zip(both, map(chr, range(1, sys.maxunicode + 1)), strict=False))
        self._silent = frozenset(code for line, code in self._codes.items() if not _says_something(line))

    def of(self, text: Iterable[bytes]) -> str:
        """The characters of lines; all others have the same one, which is none of them."""
        return "".join(map(self._codes.get, text, itertools.repeat(_OTHER)))

    def windows(self, text: str) -> Iterator[tuple[int, str]]:
        """Every line at which a block may begin whose lines stand on both sides, with as many as it has at least."""
        silent = self._silent
        return (
            (line, text[line : line + LEAST])
            for run in _RUN.finditer(text)
            for line in range(run.start(), run.end() - LEAST + 1)
            if text[line] not in silent
        )

    def said(self, text: str) -> int:
        """How many lines say something."""
        return len(text) - sum(map(self._silent.__contains__, text))


def _text(lines: Iterable[bytes]) -> list[bytes]:
    """Without the space around the lines: what is moved is often indented anew."""
    return list(map(bytes.strip, lines))


def _taken(change: Change) -> list[Part]:
    """The parts of the old version that were taken away and are large enough to hold a block; all of it, where that is
    not known."""
    if change.hunks is None:
        return [Part(change.path, change.old, 0, sys.maxsize)]
    return [Part(change.path, change.old, old, removed) for old, removed, _, _ in change.hunks if removed >= LEAST]


def _may_have(text: Sequence[bytes], lines: AbstractSet[bytes]) -> bool:
    """Whether enough lines in a row are among some, and one says something. Not all are looked at: every tenth, and
    those around it where that one is."""
    for place in range(LEAST - 1, len(text), LEAST):
        if text[place].strip() in lines:
            around = _text(text[place - LEAST + 1 : place + LEAST])
            if any(map(_says_something, around)) and _has_row(around, lines):
                return True
    return False


def _has_row(text: Iterable[bytes], lines: AbstractSet[bytes]) -> bool:
    return _ROW in bytes(map(lines.__contains__, text))


def _alike(text: str, other: str) -> int:
    """How many lines in a row are the same, the first of which are."""
    least, most = LEAST, min(len(text), len(other), text.find(_OTHER) % (len(text) + 1))
    while least < most:
        middle = (least + most + 1) // 2
        if text[least:middle] == other[least:middle]:
            least = middle
        else:
            most = middle - 1
    return least


def _says_something(line: bytes) -> bool:
    return len(line.translate(None, _SILENT)) >= _SAID

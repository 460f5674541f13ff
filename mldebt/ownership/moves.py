"""Blocks of lines that a commit took from one place and put in another: who moved them need not know them.

Lines as `git blame` tells them are the mover's. Beside them, the block is followed on in the file that it was taken
from, at no cost but that of looking at what the large changes of one commit took away and added."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from mldebt.git import BlobReader
from mldebt.ownership.diffs import Hunk
from mldebt.ownership.replay import GONE, Blamed, LineMap, Node, count_lines, join

LEAST = 10
"""So many lines in a row that say something make a block; fewer may be alike by chance."""
_SAID = 3  # letters or digits of a line that says something
CODE = b".py"  # the end of the names of files between which blocks are moved
_TRIED = 20  # places at which a block may begin; a line that stands in more begins none
_SPACE = b" \t\r\f\v"
_SILENT = bytes(byte for byte in range(128) if not chr(byte).isalnum())

Owners = list[bytes | None]


class _Part(NamedTuple):
    """Lines of a version of a file: taken away, or added and held by some line maps."""

    node: Node
    start: int
    size: int
    maps: Sequence[LineMap] = ()


class Moves:
    """Takes in the events of one commit after the other, and follows what each moved. `known` has, for the lists of
    commits of files at HEAD, those of whoever wrote the lines before they were moved."""

    def __init__(self, reader: BlobReader) -> None:
        self._reader = reader
        self._earlier: dict[int, Owners] = {}
        self._taken: list[_Part] = []
        self._added: list[_Part] = []
        self._met: dict[int, Node] = {}

    def earlier(self, owners: Owners) -> Owners | None:
        """The commits of lines that were moved, None for all others of the file; None if there are none."""
        return self._earlier.get(id(owners))

    def note(self, event: Blamed, maps: Sequence[LineMap], difference: Sequence[Hunk] | None) -> None:
        """What a commit took from a file and added to it. Merges, and what is new from the first line on, do neither:
        they are told by their origins."""
        if not event.path.endswith(CODE):
            return
        if not event.origins and maps:
            self._added.append(_Part(event.node, 0, len(maps[0].lines), maps))
        if difference is None:
            return
        for old, removed, new, added in difference:
            if removed >= LEAST:
                self._taken.append(_Part(event.origins[0][0], old, removed))
            if added >= LEAST and maps:
                self._added.append(_Part(event.node, new, added, maps))

    def met(self, node: Node, other: Node) -> None:
        """One node took the lines of another."""
        if self._taken:
            self._met[id(other)] = node

    def close(self) -> None:
        """All of one commit was noted."""
        if self._taken and self._added:
            self._follow(self._taken, [part for part in self._added if _is_alive(part)])
        self._taken, self._added, self._met = [], [], {}

    def settle(self, node: Node, known: Sequence[bytes], earlier: Sequence[bytes]) -> None:
        """Gives the lines that reached a version of which both are known."""
        for owners, lines, _ in node.maps:
            moved = self._earlier.get(id(owners)) is owners
            told = earlier if moved else known
            for line, final in enumerate(lines):
                if final >= 0:
                    owners[final] = told[line]
                    if not moved and earlier[line] != known[line]:
                        self._beside(owners)[final] = earlier[line]

    def _follow(self, taken: Sequence[_Part], added: Sequence[_Part]) -> None:
        if not added:
            return
        blobs = list(dict.fromkeys(part.node.blob for part in (*taken, *added)))
        contents = self._reader.contents(blobs)
        texts = {blob: _lines(content or b"") for blob, content in zip(blobs, contents, strict=True)}
        places = _places(taken, texts)
        for part in added:
            for start, length, source, place in _blocks(part, texts, places):
                self._move(part, start, length, source, place, len(texts[source.blob]))

    def _move(self, part: _Part, start: int, length: int, source: Node, place: int, size: int) -> None:
        """Lets the file that a block was taken from have its lines as well."""
        while id(source) in self._met:
            source = self._met[id(source)]
        for owners, lines, _ in part.maps:
            block = lines[start : start + length]
            alive = length - block.count(GONE)
            if alive:
                there = [GONE] * size
                there[place : place + length] = block
                source.maps = join(source.maps, [LineMap(self._beside(owners), there, alive)])

    def _beside(self, owners: Owners) -> Owners:
        """The list of earlier commits of a file; that of a list of such is itself."""
        found = self._earlier.get(id(owners))
        if found is None:
            found = self._earlier[id(owners)] = [None] * len(owners)
            self._earlier[id(found)] = found
        return found


def _lines(content: bytes) -> list[bytes]:
    """The lines, without the space around them: what is moved is often indented anew."""
    lines = [line.strip(_SPACE) for line in content.split(b"\n")]
    return lines[: count_lines(content)]


def _is_alive(part: _Part) -> bool:
    """Whether a line is still there at HEAD. That more are must not matter: a later HEAD has fewer, and what was seen
    from an earlier one holds."""
    return any(part.size > each.lines[part.start : part.start + part.size].count(GONE) for each in part.maps)


_Places = Mapping[bytes, Sequence[tuple[Node, int]]]


def _places(taken: Iterable[_Part], texts: Mapping[bytes, Sequence[bytes]]) -> _Places:
    """Where each line that says something stood among those taken away."""
    places: dict[bytes, list[tuple[Node, int]]] = {}
    for node, start, size, _ in taken:
        for place, line in enumerate(texts[node.blob][start : start + size], start=start):
            if _says_something(line):
                places.setdefault(line, []).append((node, place))
    return places


def _blocks(
    part: _Part, texts: Mapping[bytes, Sequence[bytes]], places: _Places
) -> Iterator[tuple[int, int, Node, int]]:
    """The longest blocks of an added part that were taken away elsewhere: first line and length, whence, and where they
    began there."""
    text = texts[part.node.blob]
    line, end = part.start, min(part.start + part.size, len(text))
    while line < end:
        begun = places.get(text[line], ())
        best = (0, 0, part.node, 0)
        for node, place in begun if len(begun) <= _TRIED else ():
            length, said = _alike(text, line, end, texts[node.blob], place)
            if said > best[0]:
                best = (said, length, node, place)
        said, length, node, place = best
        if said >= LEAST:
            yield line, length, node, place
            line += length
        else:
            line += 1


def _alike(text: Sequence[bytes], line: int, end: int, other: Sequence[bytes], place: int) -> tuple[int, int]:
    """How many lines in a row are the same, and how many of those say something."""
    length = said = 0
    while line + length < end and place + length < len(other) and text[line + length] == other[place + length]:
        said += _says_something(text[line + length])
        length += 1
    return length, said


def _says_something(line: bytes) -> bool:
    return len(line.translate(None, _SILENT)) >= _SAID

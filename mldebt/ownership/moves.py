"""Blocks of lines that a commit took from one place and put in another: who moved them need not know them.

Lines as `git blame` tells them are the mover's. Beside them, the block is followed on in the file that it was taken
from; at no cost but that of looking at what the large changes of one commit took away and added, where that file is
followed as well."""

from __future__ import annotations

import itertools
import operator
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence

from mldebt.git import BlobReader, IsolatedRepository
from mldebt.ownership.beside import Beside, Besides
from mldebt.ownership.blame import Spot
from mldebt.ownership.blocks import CODE, Block, Change, Commit, added_parts, find_blocks
from mldebt.ownership.comparer import Comparer
from mldebt.ownership.diffs import Differ
from mldebt.ownership.hunks import ADDS, TAKES, Hunk, parse_lines
from mldebt.ownership.notebooks import is_notebook
from mldebt.ownership.past import End
from mldebt.ownership.replay import GONE, Blamed, Event, LineMap, Node, Owners, join_some
from mldebt.ownership.texts import Part, Texts

_COMMITS_AHEAD = 20
_BLOBS_AHEAD = 24


class Moves:
    """Takes in the events of one commit after the other, and follows what each moved; what ignored revisions moved is
    not followed. `earlier` has, for the lists of commits of files at HEAD, those of whoever wrote the lines before they
    were moved."""

    def __init__(
        self,
        isolation: IsolatedRepository,
        reader: BlobReader,
        differ: Differ,
        comparer: Comparer,
        besides: Besides,
        ignored: Collection[bytes],
    ) -> None:
        self._differ = differ
        self._comparer = comparer
        self._texts = Texts(reader)
        self._besides = besides
        self.ignored = frozenset(ignored)
        self._ends: dict[int, dict[int, End]] = {}
        self._id_length = 40 if isolation.object_format == "sha1" else 64
        self._earlier: dict[int, Owners] = {}
        self._loose: dict[Spot, Node] = {}
        self._commit = b""
        self._changed: list[Change] = []
        self._compared: list[tuple[Blamed, Sequence[Hunk]]] = []
        self._added: list[tuple[Part, Sequence[LineMap]]] = []
        self._sources: dict[bytes, Node] = {}
        self._met: dict[int, Node] = {}
        self._expected: deque[tuple[bytes, list[bytes]]] = deque()
        self._waiting: list[tuple[Beside, Block, Sequence[LineMap]]] = []

    def earlier(self, owners: Owners) -> Owners | None:
        """The commits of lines that were moved, None for all others of the file; None if there are none."""
        return self._earlier.get(id(owners))

    def ends(self, owners: Owners) -> Mapping[int, End]:
        """Lines of a file at HEAD of which an ignored revision is the owner, now or before they were moved."""
        beside = self._earlier.get(id(owners))
        return self._ends.get(id(owners), {}) | (self._ends.get(id(beside), {}) if beside is not None else {})

    def kept(self, event: Blamed, maps: Sequence[LineMap]) -> None:
        """Notes the lines that an ignored revision kept."""
        before = (event.before, event.origins[0][0].blob) if event.before and event.origins else None
        for owners, lines, _ in maps:
            ends = self._ends.setdefault(id(owners), {})
            for line, final in enumerate(lines):
                if final >= 0 and owners[final] == event.commit:
                    ends[final] = End((event.commit, event.path), line, before)

    def loose(self) -> dict[Spot, Node]:
        """Files that blocks came from and that are not followed there; the answer is given once."""
        loose, self._loose = self._loose, {}
        return loose

    def expect(self, events: Iterable[Event]) -> None:
        """Tells what is about to be replayed: versions of files are then read for more than one commit at once."""
        self._expected.clear()
        blamed = (event for event in events if isinstance(event, Blamed) and event.before is not None)
        for commit, some in itertools.groupby(blamed, operator.attrgetter("commit")):
            large = 0
            blobs = []
            for event in some:
                if not event.path.endswith(CODE):
                    continue
                if event.origins:
                    large |= self._differ.large[event.origins[0][1]]
                else:
                    large |= ADDS
                    blobs.append(event.node.blob)
            beside = self._besides.of(commit) if large & ADDS else None
            if beside is not None:
                blobs += (each.old for each in beside.changed())
                blobs += (blob for _, blob in beside.deleted(self._id_length))
            if large & ADDS and (beside is not None or large & TAKES):
                self._expected.append((commit, blobs))

    def note(self, event: Blamed, maps: Sequence[LineMap], difference: Sequence[Hunk] | None) -> None:
        """What a commit took from a file and added to it."""
        self._commit = event.commit
        path, blob = event.path, event.node.blob
        if not path.endswith(CODE):
            return
        large = ADDS
        if not event.origins:
            difference = [(0, 0, 0, len(maps[0].lines))] if maps else ()
        elif difference is not None:
            large = self._differ.large[event.origins[0][1]]
        if difference is None or not large:
            return
        if event.origins:
            self._compared.append((event, difference))
        if event.before == path and large & TAKES:  # what was renamed is told as deleted
            source = event.origins[0][0]
            self._changed.append(Change(path, source.blob, blob, difference))
            self._sources[path] = source
        if maps and large & ADDS:
            self._added += ((part, maps) for part in added_parts(path, blob, difference))

    def met(self, node: Node, other: Node) -> None:
        """One node took the lines of another."""
        self._met[id(other)] = node

    def close(self) -> None:
        """All of one commit was noted."""
        if self._added:
            beside = self._besides.of(self._commit)
            if (self._changed or beside is not None) and self._commit not in self.ignored:
                self._follow(beside)
        if self._expected and self._expected[0][0] == self._commit:
            self._expected.popleft()
        self._changed, self._compared, self._added, self._sources, self._met = [], [], [], {}, {}

    def settle(self, node: Node, told: Sequence[bytes | None], before: Sequence[bytes | None]) -> None:
        """Gives the lines that reached a version of which it is known what blame tells, and who made them before."""
        for owners, lines, _ in node.maps:
            moved = self._earlier.get(id(owners)) is owners
            for line, final in enumerate(lines):
                if final >= 0:
                    owners[final] = before[line] if moved else told[line]
                    if not moved and before[line] != told[line]:
                        self._beside(owners)[final] = before[line]

    def _follow(self, beside: Beside | None) -> None:
        added = {part: maps for part, maps in self._added if _is_alive(part, maps)}
        if not added:
            return
        changed = self._changed + (beside.changed() if beside is not None else [])
        deleted = beside.deleted(self._id_length) if beside is not None else []
        if not changed and not deleted:
            return
        self._texts.parts = self._known_parts({part.blob for part in added} | {each.new for each in self._changed})
        next_ones = itertools.islice(self._expected, 1, _COMMITS_AHEAD)
        self._texts.soon = list(itertools.islice((blob for _, blobs in next_ones for blob in blobs), _BLOBS_AHEAD))
        (blocks,) = find_blocks(self._comparer, self._texts, [Commit(list(added), changed, deleted)])
        for block in blocks:
            node = self._sources.get(block.source.path)
            if node is not None:
                self._move(block, added[block.part], self._now(node))
            elif beside is not None:
                self._waiting.append((beside, block, added[block.part]))
        self.resume()

    def _known_parts(self, blobs: Collection[bytes]) -> dict[tuple[bytes, int, int], list[bytes]]:
        """What made these versions out of older ones, as git has printed it: nothing has to be read for that."""
        known = {}
        for event, hunks in self._compared:
            source, number = event.origins[0]
            if event.node.blob not in blobs or is_notebook(event.path):
                continue  # of notebooks, git has printed another form
            for hunk, taken, added in parse_lines(self._differ.printed(number), hunks):
                known[source.blob, *hunk[:2]], known[event.node.blob, *hunk[2:]] = taken, added
        return known

    def resume(self) -> None:
        """Lets the files beside have their blocks, where the walk has come to the parent: only then it is known what is
        followed there."""
        waiting, self._waiting = self._waiting, []
        for beside, block, maps in waiting:
            if self._besides.awaits(beside):
                self._waiting.append((beside, block, maps))
                continue
            path, blob = block.source.path, block.source.blob
            node = beside.nodes.get(path) or self._loose.setdefault((beside.parent, path), Node(blob))
            self._move(block, maps, self._now(node))

    def _now(self, node: Node) -> Node:
        """The node that has the lines of another."""
        while id(node) in self._met:
            node = self._met[id(node)]
        return node

    def _move(self, block: Block, maps: Iterable[LineMap], source: Node) -> None:
        """Lets the file that a block was taken from have its lines as well."""
        for owners, lines, _ in maps:
            moved = lines[block.line : block.line + block.length]
            if moved.count(GONE) < block.length:
                source.maps = join_some(source.maps, self._beside(owners), moved, block.place, block.size)

    def _beside(self, owners: Owners) -> Owners:
        """The list of earlier commits of a file; that of a list of such is itself."""
        found = self._earlier.get(id(owners))
        if found is None:
            found = self._earlier[id(owners)] = [None] * len(owners)
            self._earlier[id(found)] = found
        return found


def _is_alive(part: Part, maps: Iterable[LineMap]) -> bool:
    """Whether a line is still there at HEAD. That more are must not matter: a later HEAD has fewer, and what was seen
    from an earlier one holds."""
    return any(part.size > each.lines[part.start : part.start + part.size].count(GONE) for each in maps)

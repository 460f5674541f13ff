"""Blocks of lines that a commit took from one place and put in another: who moved them need not know them.

Lines as `git blame` tells them are the mover's. Beside them, the block is followed on in the file that it was taken
from; at no cost but that of looking at what the large changes of one commit took away and added, where that file is
followed as well."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from mldebt.git import BlobReader, BlobStream, IsolatedRepository
from mldebt.ownership.beside import Beside, Besides
from mldebt.ownership.blocks import CODE, Block, Change, Commit, added_parts, find_blocks
from mldebt.ownership.comparer import Comparer
from mldebt.ownership.diffs import Differ
from mldebt.ownership.hunks import ADDS, TAKES, Hunk, parse_lines
from mldebt.ownership.notebooks import is_notebook
from mldebt.ownership.replay import GONE, Blamed, LineMap, Node, Owners, join_some
from mldebt.ownership.texts import Part, Texts

if TYPE_CHECKING:
    from mldebt.ownership.blame import Spot
    from mldebt.ownership.past import End


class _Unread(NamedTuple):
    """A commit that may have moved blocks: what it added, with the lines that live on; the files that blocks may come
    from, as far as it is known that they are followed there; and what else it did."""

    commit: Commit
    added: Mapping[Part, Sequence[LineMap]]
    sources: Mapping[bytes, Node]
    beside: Beside | None


class Moves:
    """Takes in the events of one commit after the other, and follows what each moved; what ignored revisions moved is
    not followed. What has to be read for that is asked of git at once, and looked at as late as it can be: before a
    version is passed from which lines may have been moved.

    `earlier` has, for the lists of commits of files at HEAD, those of whoever wrote the lines before they were
    moved. Unless it `follows`, nothing was moved."""

    def __init__(
        self,
        isolation: IsolatedRepository,
        reader: BlobReader,
        stream: BlobStream,
        differ: Differ,
        comparer: Comparer,
        besides: Besides,
        ignored: Collection[bytes],
        *,
        follows: bool,
    ) -> None:
        self._follows = follows
        self._differ = differ
        self._comparer = comparer
        self._texts = Texts(reader, stream)
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
        self._unread: list[_Unread] = []
        self.awaited: set[Node] = set()
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
        from mldebt.ownership.past import End  # not at the top: few repositories name such revisions

        before = (event.before, event.origins[0][0].blob) if event.before and event.origins else None
        for owners, lines, _ in maps:
            ends = self._ends.setdefault(id(owners), {})
            for line, final in enumerate(lines):
                if final >= 0 and owners[final] == event.commit:
                    ends[final] = End((event.commit, event.path), line, before)

    def loose(self) -> dict[Spot, Node]:
        """Files that blocks came from and that are not followed there; the answer is given once."""
        self.catch_up()
        loose, self._loose = self._loose, {}
        return loose

    def note(self, event: Blamed, maps: Sequence[LineMap], difference: Sequence[Hunk] | None) -> None:
        """What a commit took from a file and added to it."""
        if not self._follows:
            return
        self._commit = event.commit
        large = ADDS
        if not event.origins:
            difference = [(0, 0, 0, len(maps[0].lines))] if maps else ()
        elif difference is not None:
            large = self._differ.large[event.origins[0][1]]
        path, blob = event.path, event.node.blob
        if difference is None or not large or not path.endswith(CODE):
            return
        if event.origins:
            self._compared.append((event, difference))
        if event.before == path and large & TAKES:  # what was renamed is told as deleted
            source = event.origins[0][0]
            size = len(maps[0].lines) + _shrunk(difference) if maps else None
            self._changed.append(Change(path, source.blob, blob, difference, size))
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
                self._put_off(beside)
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

    def _put_off(self, beside: Beside | None) -> None:
        """Has what must be read of a commit read by git, which takes its time; what the commit moved is needed only
        where it would be passed."""
        added = {part: maps for part, maps in self._added if _is_alive(part, maps)}
        changed = beside.changed() if beside is not None else []
        deleted = beside.deleted(self._id_length) if beside is not None else []
        if not added or not (self._changed or changed or deleted):
            return
        told = {event.node.blob for event, _ in self._compared}
        new = {part.blob for part in added} - told
        group = self._texts.expect([*new, *(each.old for each in changed), *(blob for _, blob in deleted)])
        parts = self._known_parts({part.blob for part in added} | {each.new for each in self._changed})
        commit = Commit(list(added), self._changed + changed, deleted, parts, group)
        followed = {**(beside.nodes if beside is not None else {}), **self._sources}
        sources = {path: self._now(node) for path, node in followed.items()}
        self._unread.append(_Unread(commit, added, sources, beside))
        self.awaited.update(sources.values())

    def catch_up(self) -> None:
        """Looks at what was put off."""
        unread, self._unread = self._unread, []
        self.awaited.clear()
        found = find_blocks(self._comparer, self._texts, [each.commit for each in unread])
        for (_, added, sources, beside), blocks in zip(unread, found, strict=True):
            for block in blocks:
                node = sources.get(block.source.path)
                if node is not None:
                    self._move(block, added[block.part], node)
                elif beside is not None:
                    self._waiting.append((beside, block, added[block.part]))
        self._move_beside()

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

    def _move_beside(self) -> None:
        """Lets the files beside have their blocks, where the walk has come to the parent: only then it is known what is
        followed there."""
        waiting, self._waiting = self._waiting, []
        for beside, block, maps in waiting:
            if self._besides.awaits(beside):
                self._waiting.append((beside, block, maps))
                continue
            path, blob = block.source.path, block.source.blob
            node = beside.nodes.get(path) or self._loose.setdefault((beside.parent, path), Node(blob))
            self._move(block, maps, node)

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


def _shrunk(difference: Iterable[Hunk]) -> int:
    """How many lines more there were before."""
    return sum(removed - added for _, removed, _, added in difference)


def _is_alive(part: Part, maps: Iterable[LineMap]) -> bool:
    """Whether a line is still there at HEAD. That more are must not matter: a later HEAD has fewer, and what was seen
    from an earlier one holds."""
    return any(part.size > each.lines[part.start : part.start + part.size].count(GONE) for each in maps)

"""The commit of every line of many files at HEAD, equal to `git blame` of each, in one walk of the history.

Notebooks alone differ from `git blame`, on purpose: see `notebooks`."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from mldebt.git import BlobReader, IsolatedRepository
from mldebt.ownership.blame import blame_file
from mldebt.ownership.diffs import Differ
from mldebt.ownership.lines import LineAuthors, line_authors
from mldebt.ownership.logs import revisions
from mldebt.ownership.moves import CODE, Moves, Owners
from mldebt.ownership.notebooks import Notebooks, is_notebook
from mldebt.ownership.pace import Pace, Progress
from mldebt.ownership.raw_log import RawLog
from mldebt.ownership.renames import Renames
from mldebt.ownership.replay import Event, Met, Node, follow_all, replay
from mldebt.ownership.similarity import Similarity
from mldebt.ownership.walk import Following, Walk

_FEW = 40  # so many single blames are cheaper than a walk of old history


class Attribution(NamedTuple):
    """The lines; those of files into which code was moved, by who made them before; and how many lines stayed with a
    commit only because an older version's blob is missing."""

    lines: LineAuthors
    moved: LineAuthors
    stopped: int = 0


def attribute_lines(
    isolation: IsolatedRepository,
    files: Mapping[bytes, bytes],
    known: LineAuthors | None = None,
    progress: Progress | None = None,
    meanwhile: Callable[[], object] = lambda: None,
    log: RawLog | None = None,
    moved: LineAuthors | None = None,
) -> Attribution:
    """Attributes the lines of `files` (path → blob at HEAD). `known` is an earlier answer: for the same HEAD it leaves
    only the files that it lacks to do, for an older one only the commits since. `meanwhile` is done while git still
    compares versions; `log` is that of the commits to walk, if it was begun before; `moved` belongs to `known`."""
    head = (isolation.head or "").encode()
    same_head = known is not None and known.head == head
    kept = files.keys() & known.files.keys() if known is not None and same_head else set()
    todo = {path: blob for path, blob in files.items() if path not in kept}
    stopped = 0
    done: dict[bytes, Owners] = {}
    earlier: dict[bytes, Sequence[bytes | None]] = {}
    if todo:
        with BlobReader(isolation) as reader, _no_garbage_collection():
            task = _Task(isolation, reader, progress, meanwhile)
            try:
                if known is None or same_head:
                    done = task.attribute(todo, log)
                else:
                    done, kept = task.update(todo, known, moved or line_authors(known.head, {}), log)
            finally:
                task.end()
            stopped = task.stopped
            earlier = task.earlier(done)
    untouched = known.only(kept) if known is not None else None
    unmoved = moved.only(kept) if moved is not None else None
    return Attribution(line_authors(head, done, untouched), line_authors(head, earlier, unmoved), stopped)


@contextlib.contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """The walk makes many values and no cycles: looking for some costs it a twentieth of its time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class _Task:
    """One walk and what it needs."""

    def __init__(
        self,
        isolation: IsolatedRepository,
        reader: BlobReader,
        progress: Progress | None,
        meanwhile: Callable[[], object],
    ) -> None:
        self.stopped = 0
        self._meanwhile = meanwhile
        self._isolation = isolation
        self._reader = reader
        self._head = (isolation.head or "").encode()
        self._differ = Differ(isolation)
        self._renames = Renames(isolation, Similarity(reader))
        self._moves = Moves(reader)
        self._pace = Pace(isolation, progress) if progress is not None else None
        self._walk = Walk(isolation, self._differ, self._renames, Notebooks(isolation, reader), self._pace)

    def end(self) -> None:
        self._differ.end()
        self._renames.end()
        if self._pace is not None:
            self._pace.end()

    def earlier(self, done: Mapping[bytes, Owners]) -> dict[bytes, Sequence[bytes | None]]:
        """Of files into which code was moved, the commit of each line as if it had always been there."""
        found = ((path, owners, self._moves.earlier(owners)) for path, owners in done.items())
        return {
            path: [before or owner for before, owner in zip(earlier, owners, strict=True)]
            for path, owners, earlier in found
            if earlier is not None
        }

    def attribute(self, files: Mapping[bytes, bytes], log: RawLog | None) -> dict[bytes, Owners]:
        """All files from nothing."""
        nodes = {path: Node(blob) for path, blob in files.items()}
        self._walk.run({self._head: dict(nodes)}, revisions(self._head, None), log)
        return self._settle(nodes)

    def update(
        self, files: Mapping[bytes, bytes], known: LineAuthors, moved: LineAuthors, log: RawLog | None
    ) -> tuple[dict[bytes, Owners], set[bytes]]:
        """Files whose lines at an older commit are known: walks the commits since. Also says which are as they were."""
        nodes = {path: Node(blob) for path, blob in files.items()}
        left = self._walk.run({self._head: dict(nodes)}, revisions(self._head, known.head), log)
        arrived = left.pop(known.head, {})
        if moved.files and not _all_code(known.files) <= arrived.keys():
            # Code may have been moved from a file that is followed no more: what a walk from nothing sees counts.
            if arrived:
                left[known.head] = arrived
            if left:
                self._walk.run(left, list(left))
            return self._settle(nodes), set()
        lacking = {path: node for path, node in arrived.items() if path not in known.files}
        arrived = {path: node for path, node in arrived.items() if path in known.files}
        if lacking:
            left[known.head] = lacking
        # What came from branches that forked before the known commit is followed further, alone or together.
        strays = self._blame(left, moved)
        if strays is None:
            self._walk.run(left, list(left))
        touched = _touched(self._walk.events)
        same = {path for path, node in arrived.items() if nodes.get(path) is node and id(node) not in touched}
        changed = {path: node for path, node in nodes.items() if path not in same}
        both = known.but(moved)
        settled = [(node, known.lines(path), both.lines(path)) for path, node in arrived.items() if path not in same]
        return self._settle(changed, settled + [(node, lines, lines) for node, lines in strays or ()]), same

    def _blame(self, left: Mapping[bytes, Following], moved: LineAuthors) -> list[tuple[Node, list[bytes]]] | None:
        """The lines of files at older commits, if they are few and code was not moved into them."""
        if sum(map(len, left.values())) > _FEW or any(is_notebook(path) for found in left.values() for path in found):
            return None
        if any(path in moved.files for found in left.values() for path in found):
            return None
        return [
            (node, blame_file(self._isolation, commit, path))
            for commit, found in left.items()
            for path, node in found.items()
        ]

    def _settle(
        self, nodes: Mapping[bytes, Node], known: Sequence[tuple[Node, Sequence[bytes], Sequence[bytes]]] = ()
    ) -> dict[bytes, Owners]:
        """Follows the lines of the files back through all events, and reads off what is known at their ends."""
        owners: dict[bytes, Owners] = {}
        contents = self._reader.contents([node.blob for node in nodes.values()])
        for (path, node), content in zip(nodes.items(), contents, strict=True):
            if content is not None:
                owners[path] = follow_all(content, node)
        self._differ.send()
        self._meanwhile()
        self.stopped += replay(self._walk.events, self._differ.finish(), self._moves)
        for node, lines, before in known:
            self._moves.settle(node, lines, before)
        return owners


def _all_code(paths: Iterable[bytes]) -> set[bytes]:
    return {path for path in paths if path.endswith(CODE)}


def _touched(events: Sequence[Event]) -> set[int]:
    """The nodes that something happened to."""
    return {id(event.node) for event in events} | {id(event.other) for event in events if isinstance(event, Met)}

"""The commit of every line of many files at HEAD, equal to `git blame` of each, in one walk of the history.

Notebooks alone differ from `git blame`, on purpose: see `notebooks`."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from mldebt.git import AwaitedBlobs, BlobReader, BlobStream, IsolatedRepository
from mldebt.ownership.comparer import Comparer
from mldebt.ownership.diffs import Differ
from mldebt.ownership.lines import LineAuthors, line_authors
from mldebt.ownership.moves import Moves
from mldebt.ownership.notebooks import Notebooks, is_notebook
from mldebt.ownership.pace import Pace, Progress
from mldebt.ownership.raw_log import RawLog, revisions
from mldebt.ownership.renames import Renames
from mldebt.ownership.replay import Event, Met, Node, Owners, count_ready, follow_all, replay
from mldebt.ownership.similarity import Similarity
from mldebt.ownership.walk import Following, Walk

if TYPE_CHECKING:
    from mldebt.ownership.blame import Spot

_FEW = 40  # so many single blames are cheaper than a walk of old history


class Attribution(NamedTuple):
    """The lines; those of files into which code was moved, by who made them before; how many lines stayed with a commit
    only because an older version's blob is missing; and whose lines of ignored revisions are, as far as the walk could
    follow them past those, by path and number."""

    lines: LineAuthors
    moved: LineAuthors
    stopped: int = 0
    past: Mapping[bytes, Mapping[int, bytes]] = {}


def attribute_lines(  # noqa: PLR0913, PLR0917  # what a survey knows and lends
    isolation: IsolatedRepository,
    files: Mapping[bytes, bytes],
    known: LineAuthors | None = None,
    progress: Progress | None = None,
    meanwhile: Callable[[], bool] = lambda: False,
    log: RawLog | None = None,
    ignored: Collection[bytes] = (),
    moved: LineAuthors | None = None,
    reader: BlobReader | None = None,
    *,
    follow_moves: bool = True,
) -> Attribution:
    """Attributes the lines of `files` (path → blob at HEAD). `known` is an earlier answer: for the same HEAD it leaves
    only the files that it lacks to do, for an older one only the commits since. `meanwhile` is done where git has to be
    waited for, and again until it says False; `log` is that of the commits to walk, if it was begun before; `moved`
    belongs to `known`, and was found with the same `ignored` revisions, which move nothing. Without `follow_moves`, all
    that is told is what blame tells."""
    head = (isolation.head or "").encode()
    same_head = known is not None and known.head == head
    kept = files.keys() & known.files.keys() if known is not None and same_head else set()
    todo = {path: blob for path, blob in files.items() if path not in kept}
    stopped = 0
    done: dict[bytes, Owners] = {}
    earlier: dict[bytes, Sequence[bytes | None]] = {}
    past: dict[bytes, dict[int, bytes]] = {}
    if todo:
        kept_open = contextlib.nullcontext(reader) if reader is not None else BlobReader(isolation)
        with kept_open as blobs, _no_garbage_collection():
            task = _Task(isolation, blobs, progress, meanwhile, ignored, log, follow_moves=follow_moves)
            try:
                if known is None or same_head:
                    done = task.attribute(todo)
                else:
                    done, kept = task.update(todo, known, moved or line_authors(known.head, {}))
            finally:
                task.end()
            stopped = task.stopped
            earlier, past = task.earlier(done), task.past
    untouched = known.only(kept) if known is not None else None
    unmoved = moved.only(kept) if moved is not None else None
    return Attribution(line_authors(head, done, untouched), line_authors(head, earlier, unmoved), stopped, past)


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
        meanwhile: Callable[[], bool],
        ignored: Collection[bytes],
        log: RawLog | None,
        *,
        follow_moves: bool,
    ) -> None:
        self.stopped = 0
        self.past: dict[bytes, dict[int, bytes]] = {}
        self._awaited: AwaitedBlobs | None = None
        self._unread: Mapping[bytes, Node] = {}
        self._owners: dict[bytes, Owners] = {}
        self._followed: list[Mapping[bytes, Owners]] = []  # are told apart by their addresses as long as they live
        self._meanwhile = meanwhile
        self._isolation = isolation
        self._reader = reader
        self._ignored = ignored
        self._head = (isolation.head or "").encode()
        self._log = log
        self._differ = Differ(isolation)
        self._comparer = Comparer(isolation)
        self._renames = Renames(isolation, Similarity(reader))
        self._pace = Pace(isolation, progress) if progress is not None else None
        self._walk = Walk(isolation, self._differ, self._renames, Notebooks(isolation, reader), self._pace)
        self._stream = BlobStream(isolation)
        self._moves = Moves(
            isolation,
            reader,
            self._stream,
            self._differ,
            self._comparer,
            self._walk.besides,
            ignored,
            follows=follow_moves,
        )

    def end(self) -> None:
        if self._awaited is not None:
            self._awaited.close()
        self._differ.end()
        self._comparer.end()
        self._stream.end()
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

    def attribute(self, files: Mapping[bytes, bytes]) -> dict[bytes, Owners]:
        """All files from nothing."""
        nodes = {path: Node(blob) for path, blob in files.items()}
        kept = self._log or RawLog(self._isolation, revisions(self._head, None))
        try:
            owners = self._begin(nodes)
            self._walk.run({self._head: dict(nodes)}, revisions(self._head, None), kept, self._follow_along)
            self._meanwhile()  # the log is over: other processes of git may begin
            self._follow_events()
            self._trace(self._moves.loose(), kept)
            if self._ignored:
                self._go_past_ignored(owners, kept)
            return owners
        finally:
            kept.end()

    def update(
        self, files: Mapping[bytes, bytes], known: LineAuthors, moved: LineAuthors
    ) -> tuple[dict[bytes, Owners], set[bytes]]:
        """Files whose lines at an older commit are known: walks the commits since. Also says which are as they were."""
        nodes = {path: Node(blob) for path, blob in files.items()}
        left = self._walk.run({self._head: dict(nodes)}, revisions(self._head, known.head), self._log)
        arrived = left.pop(known.head, {})
        lacking = {path: node for path, node in arrived.items() if path not in known.files}
        arrived = {path: node for path, node in arrived.items() if path in known.files}
        if lacking:
            left[known.head] = lacking
        # What came from branches that forked before the known commit is followed further, alone or together.
        strays = {(commit, path): node for commit, found in left.items() for path, node in found.items()}
        touched = _touched(self._walk.events)
        same = {path for path, node in arrived.items() if nodes.get(path) is node and id(node) not in touched}
        owners = self._begin({path: node for path, node in nodes.items() if path not in same})
        self._follow_events()
        loose = self._moves.loose()
        found = [spot for spot in loose if spot[0] == known.head and spot[1] in known.files]
        arrived |= {spot[1]: loose.pop(spot) for spot in found}
        both = known.but(moved)
        for path, node in arrived.items():
            if node.maps:
                self._moves.settle(node, known.lines(path), both.lines(path))
        self._trace(strays | loose)
        return owners, same

    def _begin(self, nodes: Mapping[bytes, Node]) -> dict[bytes, Owners]:
        """Starts to follow the lines of files. How many each has is read when the first of them are handed back."""
        self._awaited = AwaitedBlobs(self._isolation, [node.blob for node in nodes.values()])
        self._unread = nodes
        return self._owners

    def _count_lines(self) -> None:
        if self._awaited is not None:
            for (path, node), content in zip(self._unread.items(), self._awaited.contents(), strict=True):
                if content is not None:
                    self._owners[path] = follow_all(content, node)
            self._awaited.close()
            self._awaited = None

    def _follow_along(self) -> bool:
        """While the walk waits for git: follows the lines as far as that is known; False if there is nothing new."""
        if not self._differ.take():
            return self._meanwhile()
        self._follow_ready()
        return True

    def _follow_ready(self) -> None:
        events = self._walk.events
        ready = count_ready(events, self._differ.hunks)
        self._replay(events[:ready])
        del events[:ready]

    def _follow_events(self) -> None:
        """Follows the lines to the end of the walk."""
        self._differ.finish(self._follow_ready, self._meanwhile)
        self._replay(self._walk.events)
        self._walk.events.clear()

    def _replay(self, events: Sequence[Event]) -> None:
        self._count_lines()
        self._moves.catch_up()  # before the walk's news, of which some may lie beside what was put off
        self.stopped += replay(events, self._differ.hunks, self._moves)

    def _go_past_ignored(self, done: Mapping[bytes, Owners], log: RawLog) -> None:
        """Follows the lines of ignored revisions on, from one to the next."""
        from mldebt.ownership.past import step_back  # not at the top: few repositories name such revisions

        followed = done
        while ends := {path: found for path, owners in followed.items() if (found := self._moves.ends(owners))}:
            followed = {path: [None] * len(done[path]) for path in ends}
            self._followed.append(followed)
            start = step_back(self._isolation, self._reader, ends, followed, self._ignored)
            self._walk.run(start, list(start), log)
            self._follow_events()
            self._trace(self._moves.loose(), log)
            for path, owners in followed.items():
                before = self._moves.earlier(owners) or owners
                told = {number: before[number] or owners[number] for number in ends[path]}
                known = {number: commit for number, commit in told.items() if commit is not None}
                self.past.setdefault(path, {}).update(known)

    def _trace(self, ends: dict[Spot, Node], log: RawLog | None = None) -> None:
        """Gives the lines that reached older versions: by blame where these are few, or else by walks from there on.
        `log` is one that has all of the history."""
        while ends := {spot: node for spot, node in ends.items() if node.maps}:
            if log is None and len(ends) <= _FEW and not any(is_notebook(path) for _, path in ends):
                ends = self._blame(ends)
            start: dict[bytes, Following] = {}
            for (commit, path), node in ends.items():
                start.setdefault(commit, {})[path] = node
            if start:
                self._walk.run(start, list(start), log)
                self._follow_events()
            ends = self._moves.loose()

    def _blame(self, ends: Mapping[Spot, Node]) -> dict[Spot, Node]:
        """Returns those that git cannot blame."""
        from mldebt.ownership.tracing import Tracer  # not at the top: only an earlier answer leaves anything to trace

        tracer = Tracer(self._isolation, self._reader, self._comparer, self._ignored)
        asked = {spot: _alive(node) for spot, node in ends.items()}
        rest = {}
        for spot, traced in tracer.trace(asked).items():
            if len(traced) < len(asked[spot]):
                rest[spot] = ends[spot]
                continue
            told: list[bytes | None] = [None] * len(ends[spot].maps[0].lines)
            before = list(told)
            for line, (commit, first) in traced.items():
                told[line], before[line] = commit, first
            self._moves.settle(ends[spot], told, before)
        return rest


def _alive(node: Node) -> set[int]:
    return {line for each in node.maps for line, final in enumerate(each.lines) if final >= 0}


def _touched(events: Sequence[Event]) -> set[int]:
    """The nodes that something happened to."""
    return {id(event.node) for event in events} | {id(event.other) for event in events if isinstance(event, Met)}

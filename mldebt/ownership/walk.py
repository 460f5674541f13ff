"""One walk of the history that follows all wanted files at once, path by path, as `git blame` follows each alone.

Nothing is compared here. A commit that did not touch a file costs that file nothing: all followed files are handed to
its first parent in one go. What comes out is a list of events, in an order in which lines can be handed back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

from mldebt.git import IsolatedRepository
from mldebt.ownership.beside import Besides, Record
from mldebt.ownership.blocks import CODE
from mldebt.ownership.diffs import Differ
from mldebt.ownership.notebooks import Notebooks, is_notebook
from mldebt.ownership.pace import Pace
from mldebt.ownership.raw_log import RawLog, Told, parse_header, split_records
from mldebt.ownership.renames import Deleted, Renames, Source
from mldebt.ownership.replay import Blamed, Event, Met, Node

_FEW = 3  # files that are looked for one by one in what a commit changed
_MADE, _DELETED = b" A\0", b" D\0"  # in the records of a commit that made a file, or deleted one
_NOTEBOOK = b".ipynb\0"

Following = dict[bytes, Node]


class _Origin(NamedTuple):
    """Where a file stood in a parent."""

    parent: bytes
    path: bytes
    blob: bytes


class Walk:
    """Collects the events of one or more stretches of history."""

    def __init__(
        self,
        isolation: IsolatedRepository,
        differ: Differ,
        renames: Renames,
        notebooks: Notebooks,
        pace: Pace | None = None,
    ) -> None:
        self.events: list[Event] = []
        self.besides = Besides()
        self._isolation = isolation
        self._differ = differ
        self._renames = renames
        self._notebooks = notebooks
        self._pace = pace
        self._id_length = 40 if isolation.object_format == "sha1" else 64
        self._paths: set[bytes] = set()  # of all files that this walk has followed
        self._follows_notebooks = False

    def run(
        self,
        start: Mapping[bytes, Following],
        revisions: Collection[bytes],
        log: RawLog | None = None,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> dict[bytes, Following]:
        """Follows files from the commits that they start at; returns those that left `revisions`, by commit reached.
        `log` is one that has the revisions, where there is one; `meanwhile` is done while git is waited for."""
        if self._pace is not None:
            self._pace.start(revisions)
        if log is not None:
            return self._follow(log, dict(start), meanwhile)
        log = RawLog(self._isolation, revisions)
        try:
            return self._follow(log, dict(start), meanwhile)
        finally:
            log.end()

    def _follow(
        self, log: RawLog, waiting: dict[bytes, Following], meanwhile: Callable[[], object]
    ) -> dict[bytes, Following]:
        self._paths = set().union(*waiting.values())
        self._follows_notebooks = any(map(is_notebook, self._paths))
        length = self._id_length
        name, commit = (
            b"",
            None,
        )  # where nothing is followed, as at most commits that a second walk meets, there is none
        for told in log.read(list(waiting), meanwhile):
            self._look_ahead(told)
            for header, records in told:
                if header[:length] != name:
                    if commit is not None:
                        self._settle(commit, waiting)
                    if self._pace is not None:
                        self._pace.step()
                    name = header[:length]
                    following = waiting.pop(name, None)
                    commit = _Commit(name, following) if following else None
                    self.besides.meet(name, following or {})
                if commit is not None:
                    commit.parents, compared = parse_header(header, length)
                    commit.changes[compared] = records
            if commit is None and not waiting:
                break  # every line has found its commit
        if commit is not None:
            self._settle(commit, waiting)
        for name, following in waiting.items():
            self.besides.meet(name, following)
        self.besides.end()
        return waiting

    def _look_ahead(self, told: Iterable[Told]) -> None:
        """Has read at once what will be asked of commits with one parent: of those that made followed files and deleted
        some, and of those that changed notebooks."""
        length = 1 + 2 * self._id_length
        questions = []
        notebooks: list[bytes] = []
        for header, records in told:
            if header[length : length + 1] != b"\t":
                continue
            made = _MADE in records and _DELETED in records
            if not made and not (self._follows_notebooks and _NOTEBOOK in records):
                continue
            statuses, paths = split_records(records)
            if self._paths.isdisjoint(paths):
                continue
            pairs = [(path, record) for path, record in zip(paths, statuses, strict=True) if path in self._paths]
            new = [Source(path, self._new_blob(record)) for path, record in pairs if record.endswith(b"A")]
            if made and new:
                questions.append((Deleted(dict(zip(paths, statuses, strict=True)), self._id_length), new))
            for path, record in pairs:
                if is_notebook(path) and record.endswith(b"M"):
                    notebooks += (self._old_blob(record), self._new_blob(record))
        self._renames.prepare(questions)
        if notebooks:
            self._notebooks.prepare(notebooks)

    def _settle(self, commit: _Commit, waiting: dict[bytes, Following]) -> None:
        """Hands every file that is followed at a commit to the parents it came from."""
        following = commit.following
        if not commit.parents:
            self.events += (Blamed(commit.name, node, (), path) for path, node in following.items())
            return
        if not commit.may_touch():
            self._hand_over(commit.parents[0], following, waiting)
            return
        told = len(self.events)
        others = self._step_back(commit) if len(commit.parents) == 1 else self._hand_on(commit, waiting)
        for path in others:
            self._settle_file(commit, path, following.pop(path), waiting)
        if commit.beside and len(self.events) > told:
            self.besides.add(commit.name, commit.parents[0], commit.beside)
        self._hand_over(commit.parents[0], following, waiting)

    def _hand_on(self, commit: _Commit, waiting: dict[bytes, Following]) -> list[bytes]:
        """Hands files that a merge took from another parent than the first, as they are, to that parent; returns the
        other files that differ from the first."""
        following = commit.following
        touched = [path for path in commit.paths(commit.parents[0]) if path in following]
        if not touched:
            return touched
        sides = [(commit.statuses(parent), parent, Following()) for parent in commit.parents]
        others = []
        for path in touched:
            for changes, _, taken in sides:
                record = changes.get(path)
                if record is None:
                    taken[path] = following.pop(path)
                    break
                if record.endswith(b"M") and self._old_blob(record) == following[path].blob:
                    others.append(path)  # only its mode differs
                    break
            else:
                others.append(path)
        for _, parent, taken in sides:
            self._hand_over(parent, taken, waiting)
        return others

    def _step_back(self, commit: _Commit) -> list[bytes]:
        """Where there is one parent: follows the older versions of files that were merely changed, in their place, and
        returns the other files that differ."""
        following = commit.following
        if following.keys().isdisjoint(commit.paths(commit.parents[0])):
            return []
        others = []
        for path, record in commit.statuses(commit.parents[0]).items():
            node = following.get(path)
            if node is None:
                if path.endswith(CODE) and record.startswith(b":100"):
                    commit.beside.append((path, record))
                continue
            if not record.endswith(b"M"):
                others.append(path)
                continue
            old = self._old_blob(record)
            if old != node.blob:  # not only its mode
                source = following[path] = Node(old)
                origin = source, self._compare(old, node.blob, path)
                self.events.append(Blamed(commit.name, node, (origin,), path, path))
        if others:
            self._prepare_renames(commit, others)
        return others

    def _prepare_renames(self, commit: _Commit, touched: Iterable[bytes]) -> None:
        statuses = commit.statuses(commit.parents[0])
        added = [Source(path, commit.following[path].blob) for path in touched if statuses[path].endswith(b"A")]
        if added:
            self._renames.prepare([(commit.deleted(commit.parents[0], self._id_length), added)])

    def _settle_file(self, commit: _Commit, path: bytes, node: Node, waiting: dict[bytes, Following]) -> None:
        """The rules of `git blame`, in its order: the same file in any parent, a renamed one, then differences."""
        origins = self._same_path(commit, path, node.blob)
        if not isinstance(origins, _Origin) and len(origins) < len(commit.parents):
            origins = self._renamed(commit, path, node.blob, origins)
        if isinstance(origins, _Origin):
            self._hand_over(origins.parent, {origins.path: node}, waiting)
            return
        targets, given = [], []
        seen = set()
        for parent in commit.parents:
            origin = origins.get(parent)
            if origin is not None and origin.blob not in seen:
                seen.add(origin.blob)
                source = Node(origin.blob)
                targets.append((source, self._compare(origin.blob, node.blob, path)))
                given.append((origin, source))
        before = None if len(commit.parents) > 1 else given[0][0].path if given else b""
        self.events.append(Blamed(commit.name, node, tuple(targets), path, before))
        for origin, source in given:
            self._hand_over(origin.parent, {origin.path: source}, waiting)

    def _compare(self, old: bytes, new: bytes, path: bytes) -> int:
        """The number of the difference between two versions."""
        if is_notebook(path):
            old, new = self._notebooks.plain(old), self._notebooks.plain(new)
        return self._differ.add(old, new, path)

    def _same_path(self, commit: _Commit, path: bytes, blob: bytes) -> _Origin | dict[bytes, _Origin]:
        """The parent that has the very same file, or the parents that have another version of it."""
        origins = {}
        for parent in commit.parents:
            record = commit.statuses(parent).get(path)
            if record is None:
                return _Origin(parent, path, blob)
            if record.endswith(b"M"):
                old = self._old_blob(record)
                if old == blob:  # only its mode changed
                    return _Origin(parent, path, blob)
                origins[parent] = _Origin(parent, path, old)
        return origins

    def _renamed(
        self, commit: _Commit, path: bytes, blob: bytes, origins: dict[bytes, _Origin]
    ) -> _Origin | dict[bytes, _Origin]:
        """As above, with the parents in which the file had another name."""
        for parent in commit.parents:
            if parent in origins or commit.statuses(parent)[path].endswith(b"T"):
                continue  # a link or submodule that became a file has no lines to give
            source = self._renames.find(commit.deleted(parent, self._id_length), path, blob)
            if source is not None:
                self._paths.add(source.path)
                origin = _Origin(parent, source.path, source.blob)
                if source.blob == blob:
                    return origin
                origins[parent] = origin
        return origins

    def _old_blob(self, record: bytes) -> bytes:
        return record[15 : 15 + self._id_length]  # ":100644 100644 " comes before it

    def _new_blob(self, record: bytes) -> bytes:
        return record[16 + self._id_length : 16 + 2 * self._id_length]

    def _hand_over(self, parent: bytes, files: Following, waiting: dict[bytes, Following]) -> None:
        """Lets a parent follow more files; where two branches meet in one file, an event says so."""
        if not files:
            return
        there = waiting.get(parent)
        if there is None:
            waiting[parent] = files
            return
        if len(there) < len(files):
            waiting[parent], there, files = files, files, there
        for path, node in files.items():
            kept = there.setdefault(path, node)
            if kept is not node:
                self.events.append(Met(kept, node))


class _Commit:
    """A commit whose raw records are being read. What is not asked for is not worked out."""

    __slots__ = ("_deleted", "_records", "_statuses", "beside", "changes", "following", "name", "parents")

    def __init__(self, name: bytes, following: Following) -> None:
        self.name = name
        self.parents: tuple[bytes, ...] = ()
        self.following = following
        self.changes: dict[bytes, bytes] = {}
        self.beside: list[Record] = []
        self._records: dict[bytes, tuple[list[bytes], list[bytes]]] = {}
        self._statuses: dict[bytes, dict[bytes, bytes]] = {}
        self._deleted: dict[bytes, Deleted] = {}

    def statuses(self, parent: bytes) -> dict[bytes, bytes]:
        """Path → raw record of what changed against a parent."""
        found = self._statuses.get(parent)
        if found is None:
            statuses, paths = self._split(parent)
            found = self._statuses[parent] = dict(zip(paths, statuses, strict=True))
        return found

    def paths(self, parent: bytes) -> list[bytes]:
        """What changed against a parent."""
        return self._split(parent)[1]

    def _split(self, parent: bytes) -> tuple[list[bytes], list[bytes]]:
        found = self._records.get(parent)
        if found is None:
            found = self._records[parent] = split_records(self.changes.get(parent, b""))
        return found

    def may_touch(self) -> bool:
        """Whether any of a few files that are followed may have changed against the first parent; True for many."""
        records = self.changes.get(self.parents[0], b"")
        return len(self.following) > _FEW or any(path in records for path in self.following)

    def deleted(self, parent: bytes, id_length: int) -> Deleted:
        """The files that are gone against a parent."""
        found = self._deleted.get(parent)
        if found is None:
            found = self._deleted[parent] = Deleted(self.statuses(parent), id_length)
        return found

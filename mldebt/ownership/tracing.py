"""Lines of single files at single commits: where blame says they came from, and before they were moved.

The walk tells both of all files at HEAD. What it cannot tell is asked here: files that code was moved from and that are
gone, branches that forked before what is known already, and whatever ignored revisions touched."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from mldebt.git import BlobReader, IsolatedRepository
from mldebt.ownership.beside import Beside, Record
from mldebt.ownership.blame import Origin, Spot, blame_lines
from mldebt.ownership.blocks import CODE, Commit, added_parts, find_blocks
from mldebt.ownership.comparer import Comparer
from mldebt.ownership.hunks import Hunk
from mldebt.ownership.notebooks import is_notebook
from mldebt.ownership.raw_log import RawLog, parse_header, split_records
from mldebt.ownership.replay import count_lines
from mldebt.ownership.texts import Texts

_BATCH = 50  # commits that are looked at together


class Traced(NamedTuple):
    """The commit of a line as blame names it, and that of whoever wrote it before it was moved."""

    told: bytes
    before: bytes


class Tracer:
    """Answers for one repository. What `ignored` revisions moved is not followed, and where blame is asked to `skip`
    them, they are not named either unless nobody else can be."""

    def __init__(
        self,
        isolation: IsolatedRepository,
        reader: BlobReader,
        comparer: Comparer,
        ignored: Collection[bytes] = (),
        *,
        skip: bool = False,
    ) -> None:
        self._isolation = isolation
        self._comparer = comparer
        self._reader = reader
        self._texts = Texts(reader)
        self._ignored = frozenset(ignored)
        self._skipped = tuple(ignored) if skip else ()
        self._id_length = 40 if isolation.object_format == "sha1" else 64
        self._origins: dict[Spot, dict[int, Origin]] = {}
        self._moved: dict[Spot, dict[int, tuple[Spot, int]]] = {}

    def trace(self, asked: Mapping[Spot, Collection[int]]) -> dict[Spot, dict[int, Traced]]:
        """Some lines (from 0) of some files, as far as git can blame them."""
        waiting = {spot: set(lines) for spot, lines in asked.items() if lines}
        while waiting:
            blamed = blame_lines(self._isolation, waiting, self._skipped)
            for spot, lines in waiting.items():
                told, known = blamed.get(spot, {}), self._origins.setdefault(spot, {})
                known.update((line, told[line]) for line in lines if line in told)
            self._look_at(origin for spot, lines in waiting.items() for origin in self._of(spot, lines))
            sources = [self._source(origin) for spot, lines in waiting.items() for origin in self._of(spot, lines)]
            waiting = {}
            for found in sources:
                if (
                    found is not None
                    and not is_notebook(found[0][1])
                    and found[1] not in self._origins.get(found[0], {})
                ):
                    waiting.setdefault(found[0], set()).add(found[1])
        return {spot: self._traced(spot, lines) for spot, lines in asked.items() if lines}

    def _traced(self, spot: Spot, lines: Iterable[int]) -> dict[int, Traced]:
        known = self._origins[spot]
        first = {line: self._first(spot, line) for line in lines if line in known}
        return {line: Traced(known[line].commit, name) for line, name in first.items() if name is not None}

    def _of(self, spot: Spot, lines: Iterable[int]) -> Iterator[Origin]:
        known = self._origins[spot]
        return (known[line] for line in lines if line in known)

    def _source(self, origin: Origin) -> tuple[Spot, int] | None:
        return self._moved[origin.commit, origin.path].get(origin.line)

    def _first(self, spot: Spot, line: int) -> bytes | None:
        """The commit at which the way back ends; None where it leads into a notebook, of which git blames the JSON."""
        origin = self._origins[spot][line]
        while (source := self._source(origin)) is not None:
            if is_notebook(source[0][1]):
                return None
            before = self._origins[source[0]].get(source[1])
            if before is None:
                break  # git cannot blame that file
            origin = before
        return origin.commit

    def _look_at(self, origins: Iterable[Origin]) -> None:
        """Finds out what was moved by commits that were not asked for yet."""
        new: dict[bytes, dict[bytes, bytes]] = {}
        for origin in origins:
            if (origin.commit, origin.path) not in self._moved:
                self._moved[origin.commit, origin.path] = {}
                if origin.path.endswith(CODE) and origin.commit not in self._ignored:
                    new.setdefault(origin.commit, {})[origin.path] = origin.before
        names = sorted(new)
        for start in range(0, len(names), _BATCH):
            self._look_at_some({name: new[name] for name in names[start : start + _BATCH]})

    def _look_at_some(self, versions: Mapping[bytes, Mapping[bytes, bytes]]) -> None:
        """`versions` has the files of each commit, with the path of each before."""
        besides = self._read(versions)
        files = {
            (commit, path): (self._blob(records, path), self._blob_before(records, before))
            for commit, (_, records) in besides.items()
            for path, before in versions[commit].items()
        }
        hunks = self._compare(files)
        asked = []
        for commit, (parent, records) in besides.items():
            beside = Beside(parent, (each for each in records.items() if _is_code(each)))
            added = [
                part
                for path in versions[commit]
                for part in added_parts(path, files[commit, path][0], hunks[commit, path])
            ]
            changed = [each._replace(hunks=hunks.get((commit, each.path))) for each in beside.changed()]
            asked.append(Commit(added, changed, beside.deleted(self._id_length)))
        found = find_blocks(self._comparer, self._texts, asked)
        for (commit, (parent, _)), blocks in zip(besides.items(), found, strict=True):
            for block in blocks:
                moved = self._moved[commit, block.part.path]
                for number in range(block.length):
                    moved[block.line + number] = (parent, block.source.path), block.place + number

    def _read(self, commits: Iterable[bytes]) -> dict[bytes, tuple[bytes, dict[bytes, bytes]]]:
        """Commit → parent, and path → raw record; commits with several parents or none are left out."""
        log = RawLog(self._isolation, commits, deep=False)
        try:
            found = {}
            for header, records in itertools.chain.from_iterable(log.read()):
                parents, _ = parse_header(header, self._id_length)
                if len(parents) == 1:
                    name = header[: self._id_length]
                    statuses, paths = split_records(records)
                    found[name] = parents[0], dict(zip(paths, statuses, strict=True))
            return found
        finally:
            log.end()

    def _blob(self, records: Mapping[bytes, bytes], path: bytes) -> bytes:
        return records[path][16 + self._id_length : 16 + 2 * self._id_length]

    def _blob_before(self, records: Mapping[bytes, bytes], path: bytes) -> bytes:
        return records[path][15 : 15 + self._id_length] if path else b""

    def _compare(self, files: Mapping[Spot, tuple[bytes, bytes]]) -> dict[Spot, Sequence[Hunk]]:
        """The differences by which blame told what is new in each version, given its blob and the one before."""
        new = [blob for blob, before in files.values() if not before]
        whole = dict(zip(new, self._reader.contents(new), strict=True))
        hunks = self._comparer.compare({(before, blob) for blob, before in files.values() if before})
        return {
            version: (hunks[before, blob] or ()) if before else [(0, 0, 0, count_lines(whole[blob] or b""))]
            for version, (blob, before) in files.items()
        }


def _is_code(record: Record) -> bool:
    return record[0].endswith(CODE) and record[1].startswith(b":100")

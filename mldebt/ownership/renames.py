"""Where a file came from when a commit made it: what `git blame` finds, looking for one file at a time.

The rule is git's own: of all files that the commit deleted, the most similar one, if half of it is alike. Clear cases
are decided here from counted lines, a lower bound of git's measure; close ones are put to git itself as a pair of
made-up trees, so that no heuristic of git is copied and any version of it gives its own answer."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from mldebt.errors import GitError
from mldebt.git import BlobReader, GitProcess, IsolatedRepository, tree_entry, write_tree

_MOST = 60_000  # git's measure of "all alike"
_ENOUGH = 30_000  # git's threshold for a rename
_SAME_NAME_ENOUGH = (
    45_000  # git >= 2.31 takes the only deleted file of the same name from here on, and looks no further
)
_SLACK = 1_800  # git counts by a short hash of each chunk and thus sees a little more alike than there is
_CHUNK = 64  # git cuts longer lines into chunks
_TEXT_HEAD = 8_000  # git looks so far for a NUL before it calls a file text
_SAME_BLOBS_SEEN = 100  # git looks at no more identical sources
_KEPT_BYTES = 64 << 20  # of blobs' outlines kept for the next question


class Source(NamedTuple):
    """A file that a commit deleted."""

    path: bytes
    blob: bytes


class Deleted:
    """The plain files that a commit deleted against one parent, in git's order."""

    def __init__(self, statuses: Mapping[bytes, bytes], id_length: int) -> None:
        self.sources: list[Source] = []
        self.by_blob: dict[bytes, list[Source]] = {}
        self.by_name: dict[bytes, list[Source]] = {}
        self.tree: bytes | None = None  # of all sources, once git was asked about one of them
        for path, record in statuses.items():
            if record.endswith(b"D") and record.startswith(b":100"):
                source = Source(path, record[15 : 15 + id_length])
                self.sources.append(source)
                self.by_blob.setdefault(source.blob, []).append(source)
                self.by_name.setdefault(_name(path), []).append(source)


class _Outline(NamedTuple):
    """What the measure needs to know of a blob."""

    size: int
    tail: int
    chunks: Mapping[bytes, int]


class _Candidate(NamedTuple):
    least: int
    most: int
    source: Source


class Renames:
    """Answers for one repository; keeps what it read of blobs for the questions that follow."""

    def __init__(self, isolation: IsolatedRepository, reader: BlobReader) -> None:
        self._isolation = isolation
        self._reader = reader
        self._sizes: dict[bytes, int | None] = {}
        self._outlines: dict[bytes, _Outline] = {}
        self._kept = 0
        self._git: GitProcess | None = None

    def find(self, deleted: Deleted, path: bytes, blob: bytes) -> Source | None:
        """The deleted file that became `path`, or None."""
        identical = deleted.by_blob.get(blob)
        if identical:
            name = _name(path)
            seen = identical[:_SAME_BLOBS_SEEN]
            return next((source for source in seen if _name(source.path) == name), seen[0])
        if not deleted.sources:
            return None
        return self._find_similar(deleted, path, blob)

    def end(self) -> None:
        """Ends the git process."""
        if self._git is not None:
            self._git.end()

    def _find_similar(self, deleted: Deleted, path: bytes, blob: bytes) -> Source | None:
        self._measure([blob, *deleted.by_blob])
        same_name = deleted.by_name.get(_name(path), [])
        only_one = same_name[0] if len(same_name) == 1 else None
        if only_one is not None:
            candidate = next(self._candidates([only_one], blob), None)
            if candidate is not None and candidate.least >= _SAME_NAME_ENOUGH:
                return only_one
        candidates = sorted(self._candidates(deleted.sources, blob), key=lambda each: -each.least)
        if not candidates:
            return None
        best, *others = candidates
        clear = best.least >= _ENOUGH and all(other.most < best.least for other in others)
        if clear and all(other.most < _SAME_NAME_ENOUGH for other in others if other.source == only_one):
            return best.source
        return self._ask(deleted, path, blob)

    def _candidates(self, sources: Sequence[Source], blob: bytes) -> Iterator[_Candidate]:
        """The sources that may be alike enough, each with bounds of git's measure."""
        size = self._sizes[blob]
        if not size:
            return iter(())
        plausible = []
        for source in sources:
            other = self._sizes[source.blob]  # git, too, rules most files out by their size alone
            if other is not None and abs(size - other) * _MOST <= max(size, other) * (_MOST - _ENOUGH):
                plausible.append(source)
        self._outline([blob, *(source.blob for source in plausible)])
        bounds = ((*self._bounds(source.blob, blob), source) for source in plausible)
        return (_Candidate(*bound) for bound in bounds if bound[1] >= _ENOUGH)

    def _bounds(self, old: bytes, new: bytes) -> tuple[int, int]:
        before, after = self._outlines[old], self._outlines[new]
        few, many = sorted((before.chunks, after.chunks), key=len)
        alike = 0
        for chunk, count in few.items():
            other = many.get(chunk)
            if other:
                # a chunk shorter than the limit stands for a line, whose end was cut off
                length = len(chunk) + (len(chunk) < _CHUNK and not chunk.endswith(b"\n"))
                alike += length * min(count, other)
        largest = max(before.size, after.size)
        least = int(alike * float(_MOST) / largest)
        # git versions differ on the rest of a last line that does not end
        return least, least + _SLACK + _MOST * min(before.tail, after.tail) // largest

    def _measure(self, blobs: Iterable[bytes]) -> None:
        unknown = [blob for blob in dict.fromkeys(blobs) if blob not in self._sizes]
        self._sizes.update(zip(unknown, self._reader.sizes(unknown), strict=True))

    def _outline(self, blobs: Sequence[bytes]) -> None:
        if self._kept > _KEPT_BYTES:
            self._outlines.clear()
            self._kept = 0
        unknown = [blob for blob in dict.fromkeys(blobs) if blob not in self._outlines]
        for blob, content in zip(unknown, self._reader.contents(unknown), strict=True):
            self._outlines[blob] = _outline(content or b"")
            self._kept += len(content or b"")

    def _ask(self, deleted: Deleted, path: bytes, blob: bytes) -> Source | None:
        """Git's answer: each source in a folder of its own under its own name, and one new file. Those that cannot win
        must be there as well: of equals, git takes one that depends on everything it compared before."""
        sources = [source for source in deleted.sources if self._sizes[source.blob] is not None]
        if deleted.tree is None:
            folders = (
                tree_entry(b"%09d" % number, self._folder(source.path, source.blob), folder=True)
                for number, source in enumerate(sources)
            )
            deleted.tree = write_tree(self._isolation, folders)
        old = deleted.tree
        new = write_tree(self._isolation, [tree_entry(b"t", self._folder(path, blob), folder=True)])
        if self._git is None:
            command = ["diff-tree", "--stdin", "-r", "-M50%", "-l0", "--raw", "-z", "--no-abbrev"]
            self._git = self._isolation.popen(command)
        # A line that is no object id is repeated in the answer, and makes git write out what it holds.
        self._git.stdin.write(old + b" " + new + b"\n.\n")
        self._git.stdin.flush()
        answer = b""
        while not answer.endswith(b".\n"):
            part = self._git.stdout.read1(1 << 16)
            if not part:
                raise GitError("git diff-tree failed on a rename")
            answer += part
        # ":… A", "t/name" when it is new; ":… R080", source, "t/name" when it was renamed. It sorts last.
        fields = answer.removesuffix(b".\n").split(b"\0")
        target = max(place for place, field in enumerate(fields) if field.startswith(b"t/"))
        source = fields[target - 1]
        return None if source.startswith(b":") else sources[int(source.partition(b"/")[0])]

    def _folder(self, path: bytes, blob: bytes) -> bytes:
        return write_tree(self._isolation, [tree_entry(_name(path), blob)])


def _outline(content: bytes) -> _Outline:
    """Counts lines, and chunks of long lines, as git's measure does."""
    size = len(content)
    tail = (size - content.rfind(b"\n") - 1) % _CHUNK
    if b"\0" not in content[:_TEXT_HEAD]:
        content = content.replace(b"\r\n", b"\n")
    lines = content.split(b"\n")
    last = lines.pop()
    chunks = [_known_as(last[start : start + _CHUNK]) for start in range(0, len(last) - _CHUNK + 1, _CHUNK)]
    for line in lines:
        if len(line) < _CHUNK:
            chunks.append(line)
        else:
            ended = line + b"\n"
            chunks += [_known_as(ended[start : start + _CHUNK]) for start in range(0, len(ended), _CHUNK)]
    return _Outline(size, tail, Counter(chunks))


def _known_as(chunk: bytes) -> bytes:
    """What a chunk is counted as. To git's hash all rows of one repeated character are alike (====, ----), and so are
    many that repeat a few: those are known by their hash, as long as a chunk is."""
    half = _CHUNK // 2
    return b"%064d" % _hash(chunk) if len(chunk) == _CHUNK and chunk[:half] == chunk[half:] else chunk


@functools.lru_cache(maxsize=4096)
def _hash(chunk: bytes) -> int:
    """Git's hash of a chunk (diffcore-delta.c)."""
    one = two = 0
    for byte in chunk:
        before = one
        one = ((one << 7 ^ two >> 25) + byte) & 0xFFFFFFFF
        two = (two << 7 ^ before >> 25) & 0xFFFFFFFF
    return ((one + two * 0x61) & 0xFFFFFFFF) % 107_927


def _name(path: bytes) -> bytes:
    return path.rsplit(b"/", 1)[-1]

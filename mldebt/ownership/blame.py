"""`git blame` in the isolated folder: for single files, for ignored revisions, and where the walk cannot be taken."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from mldebt.errors import GitError
from mldebt.git import IsolatedRepository

_WORKERS = 2
_FEW = 10  # so many files are blamed before an index would be written
_MANY_PARTS = 200  # of one file; asking for all of it is then no dearer, and a command line has an end
_HOUR = 3600.0

Spot = tuple[bytes, bytes]
"""A commit, and the path of a file there."""
_Asked = TypeVar("_Asked")
_Told = TypeVar("_Told")


class Origin(NamedTuple):
    """Where a line came from: a commit, the path and the number of the line there, and the path that the file had
    before; "" where it was new, or the history ends."""

    commit: bytes
    path: bytes
    line: int
    before: bytes


def blame_files(isolation: IsolatedRepository, commit: bytes, paths: Iterable[bytes]) -> Mapping[bytes, list[bytes]]:
    """The commit of each line of many files; those that git cannot blame (a blob is missing) are left out."""

    def blame(path: bytes) -> list[bytes]:
        lines = {number: origin.commit for number, origin in _blame(isolation, (commit, path), ())}
        return [lines[number] for number in range(len(lines))]

    return _each(isolation, list(paths), [commit], blame)


def blame_lines(
    isolation: IsolatedRepository, spots: Mapping[Spot, Collection[int]], ignored: Iterable[bytes] = ()
) -> Mapping[Spot, Mapping[int, Origin]]:
    """Where lines of many files came from, at least those asked for by number (from 0), as if some commits were not
    there. Files that git cannot blame are left out."""
    options = []
    if ignored:
        listed = isolation.git_dir / "ignored-revisions"
        listed.write_bytes(b"\n".join(ignored) + b"\n")
        options.append(f"--ignore-revs-file={listed}")

    def blame(spot: Spot) -> dict[int, Origin]:
        parts = _parts(spots[spot])
        few = parts if len(parts) <= _MANY_PARTS else ()
        return dict(_blame(isolation, spot, [*options, *(f"-L{first + 1},{last + 1}" for first, last in few)]))

    return _each(isolation, list(spots), sorted({commit for commit, _ in spots}), blame)


def _parts(lines: Iterable[int]) -> list[tuple[int, int]]:
    """The first and the last of lines that follow on one another."""
    parts: list[tuple[int, int]] = []
    for line in sorted(lines):
        first = parts.pop()[0] if parts and parts[-1][1] == line - 1 else line
        parts.append((first, line))
    return parts


def _blame(isolation: IsolatedRepository, spot: Spot, options: Sequence[str]) -> Iterator[tuple[int, Origin]]:
    commit, path = spot
    output = isolation.run(["blame", "--incremental", "--no-textconv", *options, commit, b"--", path], limit=_HOUR)
    name, before = b"", b""
    start = first = count = 0
    for entry in output.split(b"\n"):
        word, _, rest = entry.partition(b" ")
        if len(word) in (40, 64):
            name, before = word, b""
            start, first, count = map(int, rest.split(b" "))
        elif word == b"previous":
            before = _unquoted(rest.partition(b" ")[2])
        elif word == b"filename":  # the last of an entry
            there = _unquoted(rest)
            for number in range(count):
                yield first - 1 + number, Origin(name, there, start - 1 + number, before)


def _unquoted(path: bytes) -> bytes:
    """A path as git prints it, which quotes the odd ones as a C string."""
    if not path.startswith(b'"'):
        return path
    value = ast.literal_eval(f"b{path.decode('ascii')}")
    assert isinstance(value, bytes)
    return value


def _each(
    isolation: IsolatedRepository, asked: Sequence[_Asked], commits: Sequence[bytes], tell: Callable[[_Asked], _Told]
) -> dict[_Asked, _Told]:
    """What is told of each, two at a time."""
    from concurrent.futures import ThreadPoolExecutor  # not at the top: dear, and seldom needed

    def attempt(one: _Asked) -> list[_Told]:
        try:
            return [tell(one)]
        except GitError:
            return []

    if len(asked) > _FEW:
        _index_changed_paths(isolation, commits)
    with ThreadPoolExecutor(_WORKERS) as pool:
        return {one: told for one, found in zip(asked, pool.map(attempt, asked), strict=True) for told in found}


def _index_changed_paths(isolation: IsolatedRepository, commits: Iterable[bytes]) -> None:
    """Writes which paths each commit changed, so that blame need not open the trees of the others. Old versions of git
    (before 2.27) cannot, and are merely slower."""
    try:
        isolation.run(
            ["commit-graph", "write", "--stdin-commits", "--changed-paths"],
            stdin=b"".join(commit + b"\n" for commit in commits),
            limit=_HOUR,
        )
    except GitError:
        return

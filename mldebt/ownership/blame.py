"""`git blame` in the isolated folder: for single files, for ignored revisions, and where the walk cannot be taken."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from mldebt.errors import GitError
from mldebt.git import GitProcess, IsolatedRepository

_WORKERS = 3  # two that work, and one that starts
_FEW = 30  # so many files are blamed before an index would be written
_MANY_PARTS = 200  # of one file; asking for all of it is then no dearer, and a command line has an end
_HOUR = 3600.0

Spot = tuple[bytes, bytes]
"""A commit, and the path of a file there."""


class Origin(NamedTuple):
    """Where a line came from: a commit, the path and the number of the line there, and the path that the file had
    before; "" where it was new, or the history ends."""

    commit: bytes
    path: bytes
    line: int
    before: bytes


def blame_files(isolation: IsolatedRepository, commit: bytes, paths: Iterable[bytes]) -> Mapping[bytes, list[bytes]]:
    """The commit of each line of many files; those that git cannot blame (a blob is missing) are left out."""
    spots: dict[Spot, Sequence[str]] = {(commit, path): () for path in paths}
    found = {}
    for (_, path), told in _blame(isolation, spots):
        lines = {number: origin.commit for number, origin in told}
        found[path] = [lines[number] for number in range(len(lines))]
    return found


def blame_lines(
    isolation: IsolatedRepository,
    spots: Mapping[Spot, Collection[int]],
    ignored: Iterable[bytes] = (),
    *,
    alone: bool = False,
) -> Mapping[Spot, Mapping[int, Origin]]:
    """Where lines of many files came from, at least those asked for by number (from 0), as if some commits were not
    there; told of each commit `alone`, they came from it or from its parents. Files that git cannot blame are left
    out."""
    options = []
    if ignored:
        listed = isolation.git_dir / "ignored-revisions"
        listed.write_bytes(b"\n".join(ignored) + b"\n")
        options.append(f"--ignore-revs-file={listed}")
    asked = {}
    for spot, lines in spots.items():
        parts = _parts(lines)
        few = parts if len(parts) <= _MANY_PARTS else ()
        asked[spot] = [*options, *(f"-L{first + 1},{last + 1}" for first, last in few)]
    return {spot: dict(told) for spot, told in _blame(isolation, asked, alone=alone)}


def _parts(lines: Iterable[int]) -> list[tuple[int, int]]:
    """The first and the last of lines that follow on one another."""
    parts: list[tuple[int, int]] = []
    for line in sorted(lines):
        first = parts.pop()[0] if parts and parts[-1][1] == line - 1 else line
        parts.append((first, line))
    return parts


def _blame(
    isolation: IsolatedRepository, spots: Mapping[Spot, Sequence[str]], *, alone: bool = False
) -> Iterator[tuple[Spot, Iterator[tuple[int, Origin]]]]:
    """What git tells of each file, asked with some options; while one answer is read, git works on the next."""
    if len(spots) > _FEW and not alone:
        _index_changed_paths(isolation, {commit for commit, _ in spots})
    with contextlib.ExitStack() as stack:
        running: list[tuple[Spot, GitProcess]] = []
        for (commit, path), options in spots.items():
            command: list[str | bytes] = [
                "blame",
                "--incremental",
                "--no-textconv",
                *options,
                commit + b"^!" * alone,
                b"--",
                path,
            ]
            running.append(((commit, path), stack.enter_context(isolation.popen(command, limit=_HOUR))))
            if len(running) == _WORKERS:
                yield from _answer(*running.pop(0))
        for spot, process in running:
            yield from _answer(spot, process)


def _answer(spot: Spot, process: GitProcess) -> Iterator[tuple[Spot, Iterator[tuple[int, Origin]]]]:
    process.close_input()
    output = process.stdout.read()
    if not process.finish():
        yield spot, _parse(output)


def _parse(output: bytes) -> Iterator[tuple[int, Origin]]:
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
    import ast  # not at the top: such paths are seldom

    value = ast.literal_eval(f"b{path.decode('ascii')}")
    assert isinstance(value, bytes)
    return value


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

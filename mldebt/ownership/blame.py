"""`git blame` in the isolated folder: for single files, for ignored revisions, and where the walk cannot be taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from mldebt.errors import GitError
from mldebt.git import IsolatedRepository

_WORKERS = 2
_FEW = 10  # so many files are blamed before an index would be written
_MANY_PARTS = 200  # of one file; asking for all of it is then no dearer, and a command line has an end
_HOUR = 3600.0

Part = tuple[int, int]
"""The first and the last line of a part of a file, from 1."""
_Told = TypeVar("_Told")


def blame_file(isolation: IsolatedRepository, commit: bytes, path: bytes) -> list[bytes]:
    """The commit of each line of a file at `commit`."""
    lines = _blame(isolation, commit, path, ())
    return [lines[number] for number in range(1, len(lines) + 1)]


def blame_files(isolation: IsolatedRepository, commit: bytes, paths: Iterable[bytes]) -> Mapping[bytes, list[bytes]]:
    """The commit of each line of many files; those that git cannot blame (a blob is missing) are left out."""
    return _each(isolation, commit, list(paths), lambda path: blame_file(isolation, commit, path))


def blame_parts(
    isolation: IsolatedRepository, commit: bytes, parts: Mapping[bytes, Sequence[Part]], ignored: Iterable[bytes]
) -> Mapping[bytes, Mapping[int, bytes]]:
    """The commit of each line of parts of files, as if some commits were not there; at least of those parts, by number
    from 1. Files that git cannot blame are left out."""
    listed = isolation.git_dir / "ignored-revisions"
    listed.write_bytes(b"\n".join(ignored) + b"\n")

    def blame(path: bytes) -> dict[int, bytes]:
        few = parts[path] if len(parts[path]) <= _MANY_PARTS else ()
        asked = [f"-L{first},{last}" for first, last in few]
        return _blame(isolation, commit, path, [f"--ignore-revs-file={listed}", *asked])

    return _each(isolation, commit, list(parts), blame)


def _blame(isolation: IsolatedRepository, commit: bytes, path: bytes, options: Sequence[str]) -> dict[int, bytes]:
    output = isolation.run(["blame", "--incremental", "--no-textconv", *options, commit, b"--", path], limit=_HOUR)
    lines: dict[int, bytes] = {}
    for entry in output.split(b"\n"):
        words = entry.split(b" ")
        if len(words) == 4 and len(words[0]) in (40, 64) and words[1].isdigit():
            start, count = int(words[2]), int(words[3])
            lines.update(dict.fromkeys(range(start, start + count), words[0]))
    return lines


def _each(
    isolation: IsolatedRepository, commit: bytes, paths: Sequence[bytes], tell: Callable[[bytes], _Told]
) -> dict[bytes, _Told]:
    """Path → what is told of it, two at a time."""
    from concurrent.futures import ThreadPoolExecutor  # not at the top: dear, and seldom needed

    def attempt(path: bytes) -> list[_Told]:
        try:
            return [tell(path)]
        except GitError:
            return []

    if len(paths) > _FEW:
        _index_changed_paths(isolation, commit)
    with ThreadPoolExecutor(_WORKERS) as pool:
        return {path: told for path, found in zip(paths, pool.map(attempt, paths), strict=True) for told in found}


def _index_changed_paths(isolation: IsolatedRepository, commit: bytes) -> None:
    """Writes which paths each commit changed, so that blame need not open the trees of the others. Old versions of git
    (before 2.27) cannot, and are merely slower."""
    try:
        isolation.run(
            ["commit-graph", "write", "--stdin-commits", "--changed-paths"], stdin=commit + b"\n", limit=_HOUR
        )
    except GitError:
        return

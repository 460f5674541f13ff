"""`git blame` in the isolated folder: for single files, for ignored revisions, and where the walk cannot be taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mldebt.errors import GitError
from mldebt.git import IsolatedRepository

_WORKERS = 2
_FEW = 10  # so many files are blamed before an index would be written
_HOUR = 3600.0


def blame_file(isolation: IsolatedRepository, commit: bytes, path: bytes, options: Sequence[str] = ()) -> list[bytes]:
    """The commit of each line of a file at `commit`."""
    output = isolation.run(["blame", "--incremental", "--no-textconv", *options, commit, b"--", path], limit=_HOUR)
    lines: dict[int, bytes] = {}
    for entry in output.split(b"\n"):
        words = entry.split(b" ")
        if len(words) == 4 and len(words[0]) in (40, 64) and words[1].isdigit():
            start, count = int(words[2]) - 1, int(words[3])
            lines.update(dict.fromkeys(range(start, start + count), words[0]))
    return [lines[number] for number in range(len(lines))]


def blame_files(
    isolation: IsolatedRepository, commit: bytes, paths: Iterable[bytes], ignored: Iterable[bytes] = ()
) -> Mapping[bytes, list[bytes]]:
    """The commit of each line of many files; those that git cannot blame (a blob is missing) are left out."""
    from concurrent.futures import ThreadPoolExecutor  # not at the top: dear, and seldom needed

    options = []
    revisions = list(ignored)
    if revisions:
        listed = isolation.git_dir / "ignored-revisions"
        listed.write_bytes(b"\n".join(revisions) + b"\n")
        options = [f"--ignore-revs-file={listed}"]

    def blame(path: bytes) -> list[bytes] | None:
        try:
            return blame_file(isolation, commit, path, options)
        except GitError:
            return None

    wanted = list(paths)
    if len(wanted) > _FEW:
        _index_changed_paths(isolation, commit)
    with ThreadPoolExecutor(_WORKERS) as pool:
        return {path: lines for path, lines in zip(wanted, pool.map(blame, wanted), strict=True) if lines is not None}


def _index_changed_paths(isolation: IsolatedRepository, commit: bytes) -> None:
    """Writes which paths each commit changed, so that blame need not open the trees of the others. Old versions of git
    (before 2.27) cannot, and are merely slower."""
    try:
        isolation.run(
            ["commit-graph", "write", "--stdin-commits", "--changed-paths"], stdin=commit + b"\n", limit=_HOUR
        )
    except GitError:
        return

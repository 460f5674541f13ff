"""The files of a commit, laid out in a folder of their own: straight from the blobs; no checkout, filter or hook."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec

from mldebt.errors import GitError
from mldebt.git.isolation import IsolatedRepository, isolated
from mldebt.git.objects import BlobReader
from mldebt.git.repository import Repository

_LINK = b"120000"
_FILES = (b"100", _LINK)
_UNNAMEABLE = frozenset((errno.ENAMETOOLONG, errno.EINVAL, errno.EISDIR, errno.EEXIST, errno.ENOTDIR, errno.EILSEQ))
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class TreeFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file or symbolic link in the tree of a commit."""

    blob: str
    size: int
    is_link: bool


def tree_files(isolation: IsolatedRepository, commit: str) -> Mapping[str, TreeFile]:
    """Everything in the tree of a commit but submodules, by path relative to the top."""
    found = {}
    for described, path in _tree(isolation, commit, "-l"):
        mode, _, blob, size = described.split()
        found[path] = TreeFile(blob=blob.decode(), size=int(size) if size.isdigit() else -1, is_link=mode == _LINK)
    return found


def tree_blobs(isolation: IsolatedRepository, commit: str) -> Mapping[str, str]:
    """Path → blob id of the same. To tell its size, git has to open each file."""
    return {path: described.split(b" ")[2].decode() for described, path in _tree(isolation, commit)}


def _tree(isolation: IsolatedRepository, commit: str, *options: str) -> Iterator[tuple[bytes, str]]:
    code, output = isolation.ask(["ls-tree", "-r", *options, "-z", "--full-tree", commit])
    if code:
        raise GitError(_treeless(commit))
    for record in output.split(b"\0"):
        described, _, path = record.partition(b"\t")
        if described.startswith(_FILES):
            yield described, os.fsdecode(path)


@contextlib.contextmanager
def laid_out(repository: Repository, commit: str, wanted: Callable[[str], int | None]) -> Iterator[Repository]:
    """The repository as it was at a commit: its `root` is a temporary folder with the files that are wanted, and it
    has no index, so that what is tracked is what the commit has.

    `wanted` says of a path (relative to the top) up to which size its content matters, or None when it does not; of
    what is larger only the size is right. Nothing of the repository is run, and no path leads out of the folder."""
    with isolated(repository, large=True) as isolation:
        top = isolation.git_dir / "tree"
        (top / repository.prefix).mkdir(parents=True)
        _lay(isolation, commit, top, wanted)
        yield repository._replace(root=top, git_dir=isolation.git_dir, head=commit, bare=False)


def _lay(isolation: IsolatedRepository, commit: str, top: Path, wanted: Callable[[str], int | None]) -> None:
    whole: dict[str, bytes] = {}
    links: dict[str, bytes] = {}
    for path, file in tree_files(isolation, commit).items():
        limit = wanted(path) if _is_safe(path) else None
        if limit is None:
            continue
        if file.is_link:
            links[path] = file.blob.encode()
        elif file.size > limit:
            _write(top, path, b"", size=file.size)
        else:
            whole[path] = file.blob.encode()
    with BlobReader(isolation) as reader:
        missing = [path for path, content in _contents(reader, whole) if not _write(top, path, content)]
        if missing:
            raise GitError(_lacking(commit, len(missing)))
        for path, content in _contents(reader, links):  # after the files, so that none is written through a link
            with contextlib.suppress(OSError, ValueError):
                (top / path).symlink_to(os.fsdecode(content or b""))


def _contents(reader: BlobReader, blobs: Mapping[str, bytes]) -> Iterator[tuple[str, bytes | None]]:
    return zip(blobs, reader.contents(list(blobs.values())), strict=True)


def _write(top: Path, path: str, content: bytes | None, *, size: int = 0) -> bool:
    """False when there is no content. A tree may name what this system cannot hold; such a file is left out, as a
    checkout would."""
    if content is None:
        return False
    file = top / path
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, _NEW_FILE, 0o600), "wb") as target:
            target.write(content)
            if size:
                target.truncate(size)
    except ValueError:
        pass
    except OSError as error:
        if error.errno not in _UNNAMEABLE:
            raise GitError(f"{file}: cannot be written: {error.strerror or error}") from error
    return True


def _lacking(commit: str, count: int) -> str:
    return (
        f"the contents of {count:,} file{'' if count == 1 else 's'} at {commit[:12]} are not here: the repository is a "
        f"partial clone; run `git diff --stat {commit[:12]} HEAD`, which fetches them"
    )


def _treeless(commit: str) -> str:
    return (
        f"the folders of {commit[:12]} are not here: the repository is a partial clone without trees, or damaged; run "
        "`git fetch --refetch --no-filter`, which brings the whole history, or clone it without `--filter`"
    )


def _is_safe(path: str) -> bool:
    return not any(part in ("", ".", "..") or (os.sep in part) for part in path.split("/"))

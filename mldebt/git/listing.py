"""Which files a repository tracks, from its index or from the tree of a commit."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, Self

from mldebt.errors import GitError
from mldebt.git.isolation import IsolatedRepository, isolated
from mldebt.git.repository import Repository

_PLAIN_FILE = b"100"  # 100644 and 100755; links (120000) and submodules (160000) are no files of this repository
_SUBMODULE = b"160000"


class Tracked(NamedTuple):
    """What a repository tracks: the blob id of every plain file by its path relative to the top, the folders that are
    repositories of their own, and the plain files that a sparse checkout keeps off the disk."""

    files: Mapping[str, str]
    submodules: tuple[str, ...] = ()
    off_disk: tuple[str, ...] = ()


def tracked_files(repository: Repository) -> Mapping[str, str]:
    """Path relative to the top → blob id of every plain file."""
    return read_tracked(repository).files


def read_tracked(repository: Repository) -> Tracked:
    """What the index holds (HEAD, where the index cannot be read).

    Files that a sparse checkout keeps off the disk are left out. The index is copied and read by git in the isolated
    folder, so that neither a file system monitor nor a hook of the repository runs."""
    with isolated(repository) as isolation:
        index = repository.git_dir / "index"
        if not repository.bare and index.is_file():
            try:
                return _read_index(isolation, index)
            except (GitError, OSError):
                if repository.head is None:
                    raise
        return _of_head(isolation)


def head_files(isolation: IsolatedRepository) -> Mapping[str, str]:
    """Path → blob id of every plain file of HEAD."""
    return _of_head(isolation).files


class HeadListing:
    """The files of HEAD, which git begins to list at once."""

    def __init__(self, isolation: IsolatedRepository) -> None:
        self._process = isolation.popen(_list_head(isolation.head or ""), wide=True)

    def files(self) -> Mapping[str, str]:
        """Path → blob id of every plain file; may be asked once."""
        output = self._process.stdout.read()
        if self._process.finish():
            raise GitError("git ls-tree failed")
        return _parse_tree(output).files

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._process.end()


def _list_head(head: str) -> list[str]:
    return ["ls-tree", "-r", "-z", "--full-tree", "--end-of-options", head]


def _of_head(isolation: IsolatedRepository) -> Tracked:
    if isolation.head is None:
        return Tracked(files={})
    return _parse_tree(isolation.run(_list_head(isolation.head)))


def _parse_tree(output: bytes) -> Tracked:
    files: dict[str, str] = {}
    submodules = []
    for described, path in _records(output):
        if described.startswith(_PLAIN_FILE):
            files[path] = described.split(b" ")[2].decode()
        elif described.startswith(_SUBMODULE):
            submodules.append(path)
    return Tracked(files=files, submodules=tuple(submodules))


def _read_index(isolation: IsolatedRepository, index: Path) -> Tracked:
    import shutil  # not at the top: dear to load, and not needed where HEAD is read

    shutil.copyfile(index, isolation.git_dir / "index")
    for part in index.parent.glob("sharedindex.*"):  # a split index keeps most entries in a second file
        shutil.copyfile(part, isolation.git_dir / part.name)
    files: dict[str, str] = {}
    submodules: dict[str, None] = {}
    off_disk = []
    for tagged, path in _records(isolation.run(["ls-files", "--stage", "-t", "-z"])):
        tag, _, described = tagged.partition(b" ")
        if described.startswith(_SUBMODULE):
            submodules[path] = None
        if not described.startswith(_PLAIN_FILE):
            continue
        if tag == b"S":
            off_disk.append(path)
            continue
        _, blob, stage = described.split(b" ")
        if stage in (b"0", b"2") or path not in files:  # of a conflict: our side
            files[path] = blob.decode()
    return Tracked(files=files, submodules=tuple(submodules), off_disk=tuple(off_disk))


def _records(output: bytes) -> Iterator[tuple[bytes, str]]:
    """What a listing of git says of each path, and the path."""
    for record in output.split(b"\0"):
        described, _, path = record.partition(b"\t")
        yield described, os.fsdecode(path)

"""Which files a repository tracks, from its index or from the tree of a commit."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from mldebt.errors import GitError
from mldebt.git.isolation import IsolatedRepository, isolated
from mldebt.git.repository import Repository

_PLAIN_FILE = b"100"  # 100644 and 100755; links (120000) and submodules (160000) are no files of this repository
_SUBMODULE = b"160000"


class Tracked(NamedTuple):
    """What a repository tracks: the blob id of every plain file by its path relative to the top, and the folders that
    are repositories of their own."""

    files: Mapping[str, str]
    submodules: tuple[str, ...] = ()


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


def _of_head(isolation: IsolatedRepository) -> Tracked:
    if isolation.head is None:
        return Tracked(files={})
    files: dict[str, str] = {}
    submodules = []
    command = ["ls-tree", "-r", "-z", "--full-tree", "--end-of-options", isolation.head]
    for described, path in _records(isolation, command):
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
    for tagged, path in _records(isolation, ["ls-files", "--stage", "-t", "-z"]):
        tag, _, described = tagged.partition(b" ")
        if described.startswith(_SUBMODULE):
            submodules[path] = None
        if tag == b"S" or not described.startswith(_PLAIN_FILE):
            continue
        _, blob, stage = described.split(b" ")
        if stage in (b"0", b"2") or path not in files:  # of a conflict: our side
            files[path] = blob.decode()
    return Tracked(files=files, submodules=tuple(submodules))


def _records(isolation: IsolatedRepository, command: list[str]) -> Iterator[tuple[bytes, str]]:
    """What a listing of git says of each path, and the path."""
    for record in isolation.run(command).split(b"\0"):
        described, _, path = record.partition(b"\t")
        yield described, os.fsdecode(path)

"""Which files a repository tracks, from its index or from the tree of a commit."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from mldebt.errors import GitError
from mldebt.git.isolation import IsolatedRepository, isolated
from mldebt.git.repository import Repository

_PLAIN_FILE = b"100"  # 100644 and 100755; links (120000) and submodules (160000) are no files of this repository


def tracked_files(repository: Repository) -> Mapping[str, str]:
    """Path relative to the top → blob id of every plain file in the index (of HEAD where the index cannot be read).

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
        return head_files(isolation)


def head_files(isolation: IsolatedRepository) -> Mapping[str, str]:
    """Path → blob id of every plain file of HEAD."""
    if isolation.head is None:
        return {}
    files = {}
    output = isolation.run(["ls-tree", "-r", "-z", "--full-tree", "--end-of-options", isolation.head])
    for record in output.split(b"\0"):
        described, _, path = record.partition(b"\t")
        if described.startswith(_PLAIN_FILE):
            files[os.fsdecode(path)] = described.split(b" ")[2].decode()
    return files


def _read_index(isolation: IsolatedRepository, index: Path) -> dict[str, str]:
    shutil.copyfile(index, isolation.git_dir / "index")
    for part in index.parent.glob("sharedindex.*"):  # a split index keeps most entries in a second file
        shutil.copyfile(part, isolation.git_dir / part.name)
    files: dict[str, str] = {}
    for record in isolation.run(["ls-files", "--stage", "-t", "-z"]).split(b"\0"):
        described, _, path = record.partition(b"\t")
        tag, _, described = described.partition(b" ")
        if tag == b"S" or not described.startswith(_PLAIN_FILE):
            continue
        _, blob, stage = described.split(b" ")
        name = os.fsdecode(path)
        if stage in (b"0", b"2") or name not in files:  # of a conflict: our side
            files[name] = blob.decode()
    return files

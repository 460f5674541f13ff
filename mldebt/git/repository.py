"""Finds the repository that a folder belongs to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal, NamedTuple, cast

from mldebt.errors import GitError
from mldebt.git.command import MINUTE, OLDEST_GIT, run_git

ObjectFormat = Literal["sha1", "sha256"]
DEEPER_IN_CI = "in GitHub Actions: actions/checkout with `fetch-depth: 0`; in GitLab: `GIT_DEPTH: 0`"


class Repository(NamedTuple):
    """Where a repository and its parts lie. `head` is the commit checked out, None before the first commit; `prefix` is
    the scanned folder relative to `root` ("" or "a/b/"); a bare repository has its own folder as `root`.

    No struct, as the others here: loading what makes structs takes longer than git needs for a small history."""

    root: Path
    git_dir: Path
    common_dir: Path
    head: str | None
    prefix: str
    shallow: bool
    object_format: ObjectFormat
    bare: bool = False


def open_repository(path: Path, *, allow_bare: bool = False) -> Repository | None:
    """The repository whose work tree `path` lies in, or None. A bare repository is opened only if `path` is itself one
    and `allow_bare` is set: a folder inside a scanned tree that merely looks like one is never taken for it."""
    path = path.resolve()
    folder = path if path.is_dir() else path.parent
    for root in (folder, *folder.parents):
        if os.path.lexists(root / ".git"):
            found = _ask(root, root / ".git", folder)
            if found is not None:
                return found
    if allow_bare and all((folder / part).exists() for part in ("HEAD", "objects", "refs")):
        return _ask(folder, folder, folder)
    return None


def is_partial(repository: Repository) -> bool:
    """Whether a clone was made with a filter, so that git would fetch what is missing when it is asked for."""
    try:
        return any(entry.suffix == ".promisor" for entry in (repository.common_dir / "objects/pack").iterdir())
    except OSError:
        return False


def _ask(root: Path, git_dir: Path, folder: Path) -> Repository | None:
    # Naming the git folder leaves nothing to discovery, which could find another repository planted in between, and
    # which refuses folders owned by somebody else (right where their config could act, as it cannot here). An option
    # that rev-parse does not know is printed as it is: that separates paths, which may contain anything.
    mark = f"--mldebt-{os.urandom(8).hex()}"
    code, output, error = run_git(
        [
            f"--git-dir={git_dir}",
            *("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "safe.directory=*"),
            *("rev-parse", "--absolute-git-dir", mark, "--git-common-dir", mark),
            *("--is-shallow-repository", mark, "--show-object-format", mark, "HEAD"),
        ],
        folder=root,
        limit=MINUTE,
    )
    parts = [part.strip("\n") for part in os.fsdecode(output).split(mark)]
    if len(parts) != 5:
        if code and b"dubious ownership" in error:
            raise GitError(f"git refuses {root}: it belongs to another user; run as that user or change the owner")
        return None
    absolute, common, shallow, object_format, head = parts
    if object_format not in ("sha1", "sha256") or shallow not in ("true", "false"):
        raise GitError(f"git is too old to read {root}; install git {OLDEST_GIT} or later")
    prefix = "" if root == folder else folder.relative_to(root).as_posix() + "/"
    return Repository(
        root=root,
        git_dir=Path(absolute),
        common_dir=(root / common).resolve(),
        head=head if code == 0 and head.isalnum() and len(head) >= 40 else None,
        prefix=prefix,
        shallow=shallow == "true",
        object_format=cast(ObjectFormat, object_format),
        bare=git_dir == root,
    )

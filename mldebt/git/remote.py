"""Where a repository came from, as its own configuration says; nothing is asked of anybody."""

from __future__ import annotations

import os

from mldebt.git.command import MINUTE, run_git
from mldebt.git.repository import Repository

DEFAULT_BASE = "refs/remotes/origin/HEAD"
"""The branch that origin shows first, where a clone has noted which one that is."""


def remote_address(repository: Repository) -> str:
    """The address of origin, "" when there is none."""
    return _ask(repository, "config", "--get", "remote.origin.url")


def default_branch(repository: Repository) -> str:
    """The branch that origin shows first, or else the one that is checked out; "" when neither is known."""
    name = named_by(repository, DEFAULT_BASE)
    return name.removeprefix("origin/") or named_by(repository, "HEAD")


def named_by(repository: Repository, symbol: str) -> str:
    """The branch that a symbolic name such as HEAD stands for, "" when it stands for none."""
    return _ask(repository, "symbolic-ref", "--quiet", "--short", symbol)


def _ask(repository: Repository, *arguments: str) -> str:
    code, output, _ = run_git(
        [
            f"--git-dir={repository.git_dir}",
            *("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "safe.directory=*"),
            *arguments,
        ],
        folder=repository.root,
        limit=MINUTE,
    )
    return output.decode(errors="replace").strip() if code == 0 else ""

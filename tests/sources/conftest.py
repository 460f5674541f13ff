"""Real trees and real repositories to list."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Git = Callable[..., str]

_ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """An empty folder to scan, with room beside it."""
    root = tmp_path / "tree"
    root.mkdir()
    return root


@pytest.fixture
def git(tree: Path) -> Git:
    """Runs git in a repository made in `tree`."""

    def run(*arguments: str, data: bytes | None = None) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=tree, env=_ENVIRONMENT, input=data, capture_output=True, check=True
        )
        return done.stdout.decode()

    run("init", "-q")
    return run


def write(root: Path, path: str, content: str | bytes = "x = 1\n") -> Path:
    """A file with this content, and its folders."""
    full = root / path
    full.parent.mkdir(parents=True, exist_ok=True)
    full.write_bytes(content if isinstance(content, bytes) else content.encode())
    return full

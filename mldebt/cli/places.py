"""Paths that a person names, as paths in a repository."""

from __future__ import annotations

from pathlib import Path


def top_folder(folder: Path) -> Path | None:
    """The folder of the repository that a folder lies in."""
    start = folder.resolve()
    return next((each for each in (start, *start.parents) if (each / ".git").exists()), None)


def inside(path: Path, root: Path) -> str:
    """A path as one relative to a folder that it lies in."""
    found = path.resolve()
    return found.relative_to(root.resolve()).as_posix() if found.is_relative_to(root.resolve()) else path.as_posix()

"""Bytes kept by name in a cache folder that ignores itself; any trouble is a miss."""

from __future__ import annotations

import os
from pathlib import Path

_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# Kept by mldebt; safe to delete.\n"
_KEPT = 64


def read_entry(folder: Path, shelf: str, name: str) -> bytes | None:
    """What was kept, or None."""
    try:
        return (folder / shelf / name).read_bytes()
    except OSError:
        return None


def write_entry(folder: Path, shelf: str, name: str, content: bytes) -> str:
    """Keep an entry, whole or not at all. Returns "" or, for a warning, why it could not be kept."""
    try:
        _prepare(folder)
        (folder / shelf).mkdir(parents=True, exist_ok=True)
        part = folder / shelf / f".{name}.{os.getpid()}"
        part.write_bytes(content)
        part.replace(folder / shelf / name)
        _prune(folder / shelf)
    except OSError as error:
        return f"cache folder {folder} cannot be used ({error.strerror or error}); everything is computed anew"
    return ""


def _prepare(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", _TAG)):
        if not (folder / name).exists():
            (folder / name).write_text(text, encoding="utf-8")


def _prune(shelf: Path) -> None:
    """Let the oldest go. Age decides only what is forgotten, never what is valid."""
    entries = [(entry.stat().st_mtime, entry.path) for entry in os.scandir(shelf)]
    for _, path in sorted(entries)[:-_KEPT]:
        Path(path).unlink(missing_ok=True)

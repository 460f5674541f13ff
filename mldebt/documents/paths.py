"""Paths as documents write them."""

from __future__ import annotations


def resolve(path: str, folder: str) -> str:
    """A posix path as it is meant from a folder; one that leads above the root keeps its dots, an address stays as it
    is."""
    if "://" in path:
        return path
    if path.startswith("/"):
        return path.lstrip("/")
    parts: list[str] = []
    for part in f"{folder}/{path}".split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)

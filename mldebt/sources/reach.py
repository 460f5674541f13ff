"""Which paths can be reached under a root without following a link: by walking the tree, or beside what git tracks."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

_FOREIGN_FOLDERS = frozenset(
    """.git .hg .svn .jj CVS node_modules bower_components __pycache__ __pypackages__ site-packages .venv venv .tox .nox
    .eggs .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis .ipynb_checkpoints .dvc .mldebt .idea .vscode
    .terraform""".split()
)
_FOREIGN_MARKS = ("pyvenv.cfg", "conda-meta", "CACHEDIR.TAG")
_CACHE_SIGNATURE = b"Signature: 8a477f597d28d172789f06886806bc55"


class Reach(msgspec.Struct):
    """`paths` are the candidates, posix and relative; `links` the symbolic links seen, by path; `closed` the folders
    that could not be listed."""

    paths: list[str] = msgspec.field(default_factory=list)
    links: set[str] = msgspec.field(default_factory=set)
    closed: dict[str, str] = msgspec.field(default_factory=dict)

    def behind_link(self, path: str) -> bool:
        """Whether a folder on the way to the path is a link (git tracked a folder there that has since been
        replaced)."""
        at = path.find("/")
        while at >= 0:
            if path[:at] in self.links:
                return True
            at = path.find("/", at + 1)
        return False


def walk_tree(root: str) -> Reach:
    """Everything below the root but caches, virtual environments and what belongs to other tools."""
    reach = Reach()
    pending = [""]
    while pending:
        prefix = pending.pop()
        entries = _entries(root, prefix, reach)
        if prefix and _is_foreign(root, prefix, entries):
            continue
        for entry in entries:
            path = prefix + entry.name
            if entry.is_symlink():
                reach.links.add(path)
            elif not entry.is_dir(follow_symlinks=False):
                reach.paths.append(path)
            elif entry.name not in _FOREIGN_FOLDERS and not entry.name.endswith(".egg-info"):
                pending.append(path + "/")
    return reach


def beside(root: str, tracked: Iterable[str]) -> Reach:
    """The tracked paths, and the links that stand in their folders."""
    reach = Reach(paths=list(tracked))
    for folder in sorted(_folders(reach.paths)):
        if not reach.behind_link(folder):
            reach.links.update(folder + entry.name for entry in _entries(root, folder, reach) if entry.is_symlink())
    return reach


def _folders(paths: Iterable[str]) -> set[str]:
    """Every folder on the way to the paths, as "" or "a/b/"; a parent sorts before its children."""
    found = {""}
    for path in paths:
        folder = path[: path.rfind("/") + 1]
        while folder not in found:
            found.add(folder)
            folder = folder[: folder.rfind("/", 0, -1) + 1]
    return found


def _entries(root: str, prefix: str, reach: Reach) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(f"{root}/{prefix}") as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError):  # gone, as its tracked files will show
        return []
    except OSError as error:
        reach.closed[prefix.rstrip("/") or "."] = error.strerror or str(error)
        return []


def _is_foreign(root: str, prefix: str, entries: Iterable[os.DirEntry[str]]) -> bool:
    names = {entry.name for entry in entries}
    marks = [mark for mark in _FOREIGN_MARKS if mark in names]
    return bool(marks) and (marks != ["CACHEDIR.TAG"] or _says_cache(Path(f"{root}/{prefix}CACHEDIR.TAG")))


def _says_cache(tag: Path) -> bool:
    try:
        with tag.open("rb") as file:
            return file.read(len(_CACHE_SIGNATURE)) == _CACHE_SIGNATURE
    except OSError:
        return False


def link_reason(root: str, path: str) -> str:
    """Where a link leads, as the reason for not following it."""
    try:
        target = os.path.realpath(f"{root}/{path}", strict=True)
    except OSError as error:
        return f"a symbolic link that cannot be followed ({error.strerror or error})"
    top = os.path.realpath(root)
    if target != top and not target.startswith(top.rstrip(os.sep) + os.sep):
        return "a symbolic link that leads out of the tree"
    return f"a symbolic link to {os.path.relpath(target, top).replace(os.sep, '/')}, which is read there"


def iter_relevant_links(reach: Reach, suffixes: tuple[str, ...]) -> Iterator[str]:
    """The links that hide something: those named like a source."""
    return (link for link in sorted(reach.links) if link.endswith(suffixes))

"""Repositories of others that were copied into the tree as a whole: each still has what only a root has a use for."""

from __future__ import annotations

import os
import posixpath
import re
from functools import cached_property

from mldebt.regex import regex
from mldebt.sources.files import read_bytes
from mldebt.sources.kinds import is_source

_PACKAGED = frozenset({"setup.py", "setup.cfg", "pyproject.toml"})
_AT_A_ROOT = frozenset({".github", ".gitlab-ci.yml", ".travis.yml", ".circleci", "azure-pipelines.yml"})
"""What hosts of repositories read at the root alone."""
_LICENCE = regex(r"^(licen[cs]e|copying)(\.(txt|md|rst))?$", re.IGNORECASE)
_LICENCE_BYTES = 200_000
_UNPACKED = regex(r"\w[\w.-]*-(master|main|[0-9a-f]{40})$")
"""What a forge calls the folder in the archive of a branch or a commit."""


def marks_embedded(path: str) -> bool:
    """Whether a file is one of those that tell such a repository."""
    *folders, name = path.split("/")
    if name in _PACKAGED | _AT_A_ROOT or _LICENCE.match(name) or not _AT_A_ROOT.isdisjoint(folders):
        return True
    return _is_readme(name) and any(map(_UNPACKED.match, folders))


class Embedded:
    """Tells which folders below `top` hold such a repository. Each folder is looked at once."""

    def __init__(self, top: str) -> None:
        self._top = top
        self._known: dict[str, bool] = {"": False}
        self._own = _licence(top)

    def holds(self, path: str) -> bool:
        """Whether a file is part of one."""
        return self._is_inside(path.rpartition("/")[0])

    def _is_inside(self, folder: str) -> bool:
        found = self._known.get(folder)
        if found is None:
            found = self._is_inside(folder.rpartition("/")[0]) or self._is_one(f"{self._top}/{folder}")
            self._known[folder] = found
        return found

    def _is_one(self, folder: str) -> bool:
        """Whether a folder is packaged and tended as a repository, or was unpacked from the archive of one, under other
        terms than those of the root."""
        names = _names(folder)
        tended = bool(self._own) and not names.isdisjoint(_PACKAGED) and not names.isdisjoint(_AT_A_ROOT)
        if not tended and not (_UNPACKED.match(posixpath.basename(folder)) and any(map(_is_readme, names))):
            return False
        licence = _licence(folder)
        return bool(licence) and licence != self._own and (tended or self._has_code_of_its_own)

    @cached_property
    def _has_code_of_its_own(self) -> bool:
        """Whether not all code lies in what was unpacked: somebody may have put their own archive in."""
        for _, folders, names in os.walk(self._top):
            if any(map(is_source, names)):
                return True
            folders[:] = [name for name in sorted(folders) if not name.startswith(".") and not _UNPACKED.match(name)]
        return False


def _is_readme(name: str) -> bool:
    return name.lower().startswith("readme")


def _licence(folder: str) -> bytes:
    """The terms of a folder as words, b"" for none."""
    texts = (read_bytes(f"{folder}/{name}", _LICENCE_BYTES) for name in sorted(filter(_LICENCE.match, _names(folder))))
    return b" ".join(next((text for text in texts if isinstance(text, bytes)), b"").split())


def _names(folder: str) -> frozenset[str]:
    """What a folder holds; nothing where it cannot be listed."""
    try:
        with os.scandir(folder) as entries:
            return frozenset(entry.name for entry in entries)
    except OSError:
        return frozenset()

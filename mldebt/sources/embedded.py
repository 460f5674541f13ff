"""Repositories of others that were copied into the tree as a whole: each still has what only a root has a use for.

A folder of a monorepo may be packaged, tended and described as well: what tells are terms that are not the root's."""

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
_COPIED = regex(r"\w[\w.-]*[-_](github|upstream)$", re.IGNORECASE)
"""What those who copy a repository call its folder, to tell it from what they made of it."""
_TERMS = tuple(
    map(
        regex,
        (
            rb"Apache License",
            rb"Permission is hereby granted, free of charge",
            rb"GNU AFFERO GENERAL PUBLIC LICENSE",
            rb"GNU LESSER GENERAL PUBLIC LICENSE",
            rb"GNU GENERAL PUBLIC LICENSE",
            rb"Redistribution and use in source and binary forms",
            rb"Mozilla Public License",
            rb"Creative Commons",
        ),
    )
)
"""What the usual licences can be told by."""
_LEAST_TERMS = 400
"""Bytes of terms of one's own; a line that names a licence has fewer."""


def marks_embedded(path: str) -> bool:
    """Whether a file is one of those that tell such a repository."""
    *folders, name = path.split("/")
    if name in _PACKAGED | _AT_A_ROOT or _LICENCE.match(name) or not _AT_A_ROOT.isdisjoint(folders):
        return True
    return _is_readme(name) and any(_UNPACKED.match(folder) or _COPIED.match(folder) for folder in folders)


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
        """Whether a folder is one of: packaged and tended as a repository under terms other than the root's; unpacked
        from an archive, with such terms; called a copy, with terms or packaged; described, and under another kind of
        licence."""
        names = _names(folder)
        if bool(self._own) and not names.isdisjoint(_PACKAGED) and not names.isdisjoint(_AT_A_ROOT):
            return _licence(folder) not in (b"", self._own)
        if not any(map(_is_readme, names)):
            return False
        terms = _licence(folder)
        if _UNPACKED.match(posixpath.basename(folder)):
            return terms not in (b"", self._own) and self._has_code_of_its_own
        if _COPIED.match(posixpath.basename(folder)):
            return (bool(terms) or not names.isdisjoint(_PACKAGED)) and self._is_the_less(folder)
        return _kind(terms) not in ("", _kind(self._own)) and self._is_the_less(folder)

    @cached_property
    def _has_code_of_its_own(self) -> bool:
        """Whether not all code lies in what was unpacked: somebody may have put their own archive in."""
        return any(not any(map(_UNPACKED.match, folder.split("/"))) for folder in self._code)

    def _is_the_less(self, folder: str) -> bool:
        """Whether most of the code lies elsewhere: a project may keep all that it has in a folder, terms included."""
        return 2 * sum(each.startswith(f"{folder[len(self._top) :]}/") for each in self._code) < len(self._code)

    @cached_property
    def _code(self) -> list[str]:
        """The folder of each source, hidden ones left out."""
        found = []
        for folder, folders, names in os.walk(self._top):
            folders[:] = [name for name in sorted(folders) if not name.startswith(".")]
            found += [f"{folder[len(self._top) :]}/"] * sum(map(is_source, names))
        return found


def _is_readme(name: str) -> bool:
    return name.lower().startswith("readme")


def _kind(licence: bytes) -> str:
    """Which of the usual licences some terms are, or that they are others; "" for none."""
    known = next((term.pattern.decode() for term in _TERMS if term.search(licence)), "")
    return known or ("other" if len(licence) >= _LEAST_TERMS else "")


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

"""Interfaces that are specified in documents of their own: the paths of OpenAPI files."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mldebt.regex import regex
from mldebt.sources import Document

_HEAD = regex(r"^\s*[\"']?(openapi|swagger)[\"']?\s*:", re.MULTILINE)
_PATH = regex(r"^\s*[\"']?(/[^\s:\"']*)[\"']?\s*:", re.MULTILINE)
_PARAMETER = regex(r"\{[^}]*\}|<[^>]*>|:\w+")
_HEAD_LENGTH = 4_000


class Specifications:
    """Which paths somebody wrote a specification for."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._paths = {
            _plain(found[1])
            for document in documents
            if _HEAD.search(document.text[:_HEAD_LENGTH])
            for found in _PATH.finditer(document.text)
        }

    def cover(self, route: str) -> bool:
        """Whether a route, or one that it is mounted below, is specified."""
        wanted = _plain(route)
        if not wanted:  # the root is the end of every path
            return route.startswith("/") and wanted in self._paths
        return any(path.endswith(wanted) or wanted.endswith(path) for path in self._paths if path)


def _plain(route: str) -> str:
    return _PARAMETER.sub("{}", route).rstrip("/")

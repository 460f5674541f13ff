"""Lists the sources and documents of a tree, with a content key for each."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import msgspec

from mldebt.finding import Skipped
from mldebt.git import Repository, read_tracked
from mldebt.sources.category import category_of, category_of_head
from mldebt.sources.embedded import Embedded, marks_embedded
from mldebt.sources.files import irregular, read_bytes, too_large, unreadable
from mldebt.sources.globs import matches
from mldebt.sources.keys import KeyMemo, Known, blob_key
from mldebt.sources.kinds import document_kind, source_kind
from mldebt.sources.reach import Reach, beside, iter_relevant_links, link_reason, walk_tree
from mldebt.sources.source import (
    Category,
    CategoryGlobs,
    DocumentFile,
    DocumentKind,
    Listing,
    SourceFile,
    SourceKind,
    SourceLimits,
)

DEFAULT_LIMITS = SourceLimits()
DEFAULT_GLOBS = CategoryGlobs()


def list_sources(
    root: Path,
    repository: Repository | None = None,
    *,
    limits: SourceLimits = DEFAULT_LIMITS,
    globs: CategoryGlobs = DEFAULT_GLOBS,
    memo: KeyMemo | None = None,
) -> Listing:
    """The files that git tracks under `root` (or its tree, when git tracks none of it), sorted by path. A root that
    is a file lists that file alone. A name that is not UTF-8 is skipped, and shown with its odd bytes escaped."""
    tracked: list[str] = []
    submodules: list[str] = []
    off_disk: list[str] = []
    if root.is_file():
        reach = Reach(paths=[root.name])
        root = root.parent
    else:
        if repository is not None:
            tracked, submodules, off_disk = _tracked_below(repository)
        reach = beside(os.fspath(root), tracked) if tracked else walk_tree(os.fspath(root))
    top = os.fspath(root)
    work = _Work(top=top, limits=limits, globs=globs, memo=memo or KeyMemo(), embedded=Embedded(top))
    work.add_links(reach)
    work.add_submodules(submodules)
    work.add_off_disk(off_disk)
    for path in sorted(reach.paths):
        work.add(path, reach)
    return work.listing(root, tracked=bool(tracked))


def pick_sources(
    root: Path,
    paths: Iterable[str],
    *,
    limits: SourceLimits = DEFAULT_LIMITS,
    globs: CategoryGlobs = DEFAULT_GLOBS,
) -> Listing:
    """Some files alone, as far as they are there."""
    reach = beside(os.fspath(root), [path for path in paths if os.path.lexists(root / path)])
    top = os.fspath(root)
    work = _Work(top=top, limits=limits, globs=globs, memo=KeyMemo(), embedded=Embedded(top))
    for path in sorted(reach.paths):
        work.add(path, reach)
    return work.listing(root, tracked=True)


def limit_for(kind: SourceKind | DocumentKind, limits: SourceLimits) -> int:
    """The size over which a file of this kind is not read."""
    if kind is SourceKind.PYTHON:
        return limits.max_python_bytes
    if kind in (SourceKind.NOTEBOOK, DocumentKind.NOTEBOOK_PROSE):
        return limits.max_notebook_bytes
    return limits.max_document_bytes


def wanted_bytes(path: str, *, limits: SourceLimits = DEFAULT_LIMITS) -> int | None:
    """Up to which size a file of this name is read; None for one that is of no interest."""
    kind = source_kind(path) or document_kind(path)
    if kind is None:
        return limits.max_document_bytes if marks_embedded(path) else None
    return limit_for(kind, limits)


def _tracked_below(repository: Repository) -> tuple[list[str], list[str], list[str]]:
    """The files, the submodules, and the files that a sparse checkout keeps off the disk below the scan root."""
    found, prefix = read_tracked(repository), repository.prefix
    files, submodules, off_disk = (
        [path[len(prefix) :] for path in paths if path.startswith(prefix)]
        for paths in (found.files, found.submodules, found.off_disk)
    )
    return files, submodules, off_disk


class _Work(msgspec.Struct, kw_only=True):
    """A listing while it is made."""

    top: str
    limits: SourceLimits
    globs: CategoryGlobs
    memo: KeyMemo
    embedded: Embedded
    files: list[SourceFile] = msgspec.field(default_factory=list)
    documents: list[DocumentFile] = msgspec.field(default_factory=list)
    skipped: list[Skipped] = msgspec.field(default_factory=list)

    def listing(self, root: Path, *, tracked: bool) -> Listing:
        self.skipped.sort(key=lambda skipped: skipped.path)
        return Listing(
            root=root,
            files=tuple(self.files),
            documents=tuple(self.documents),
            skipped=tuple(self.skipped),
            tracked=tracked,
        )

    def add_links(self, reach: Reach) -> None:
        for path in iter_relevant_links(reach, (".py", ".ipynb")):
            if not self._excluded(path):
                self._skip(path, link_reason(self.top, path))
        for path, reason in reach.closed.items():
            self._skip(path, f"the folder cannot be listed: {reason}")

    def add_submodules(self, paths: Iterable[str]) -> None:
        for path in paths:
            if not self._excluded(f"{path}/any"):
                self._skip(path, "a submodule: a repository of its own, to be scanned by itself")

    def add_off_disk(self, paths: Iterable[str]) -> None:
        """Of a sparse checkout, each folder at the top once: thousands of files may be left out."""
        code = (path for path in paths if source_kind(path) and not self._excluded(path))
        for top, number in Counter(path.partition("/")[0] for path in code).items():
            what = "1 file of code is" if number == 1 else f"{number} files of code are"
            self._skip(top, f"{what} not on the disk: the checkout is sparse")

    def add(self, path: str, reach: Reach) -> None:
        kind = source_kind(path) or document_kind(path)
        if kind is None or path in reach.links or self._excluded(path):
            return
        found = "behind a symbolic link" if reach.behind_link(path) else self._look(path, kind)
        if isinstance(found, str):
            self._skip(path, found)
            return
        size, known = found
        if isinstance(kind, DocumentKind):
            self.documents.append(DocumentFile(path=path, key=known.key, kind=kind, size=size))
            return
        head = Category.VENDORED if self.embedded.holds(path) else Category(known.head)
        category = category_of(path, head, self.globs)
        self.files.append(SourceFile(path=path, key=known.key, kind=kind, size=size, category=category))
        if kind is SourceKind.NOTEBOOK:
            prose = DocumentFile(path=path, key=known.key, kind=DocumentKind.NOTEBOOK_PROSE, size=size)
            self.documents.append(prose)

    def _look(self, path: str, kind: SourceKind | DocumentKind) -> tuple[int, Known] | str:
        """Size, key and head of a file, or why it is skipped."""
        if not path.isascii() and _odd_name(path):
            return "its name is not UTF-8"
        full = f"{self.top}/{path}"
        try:
            state = os.lstat(full)
        except FileNotFoundError:
            return "tracked, but missing from the work tree"
        except OSError as error:
            return unreadable(error)
        limit = limit_for(kind, self.limits)
        wrong = irregular(state) or too_large(state.st_size, limit)
        if wrong:
            return wrong
        known = self.memo.find(path, state)
        if known is None:
            data = read_bytes(full, limit)
            if isinstance(data, str):
                return data
            head = category_of_head(data) if kind is SourceKind.PYTHON else Category.PRODUCT
            known = Known(blob_key(data), head)
            self.memo.remember(path, state, known)
        return state.st_size, known

    def _excluded(self, path: str) -> bool:
        return bool(self.globs.exclude) and matches(path, self.globs.exclude)

    def _skip(self, path: str, reason: str) -> None:
        self.skipped.append(Skipped(path=printable(path), reason=reason))


def printable(path: str) -> str:
    """A path that any report can write: bytes that are not UTF-8 are shown as escapes."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _odd_name(path: str) -> bool:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False

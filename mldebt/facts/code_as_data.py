"""Code that is kept as data: hundreds of notebooks that were gathered to be read by a program, not run."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from mldebt.facts.in_use import imported_names, module_parts, not_imported
from mldebt.facts.record import Constant, FileFacts
from mldebt.sources import Category, CategoryGlobs, Document, DocumentKind, SourceFile, SourceKind
from mldebt.sources.globs import matches

LEAST = 50
"""Files in a folder that is read as data."""
MANY = 100
"""Files in a folder of raw data that nothing in sight reads."""
MOST = 0.95
"""The share of files that a narrower folder has to hold, and of those that the repository must have nothing to do
with."""
_DATA = frozenset({"data", "dataset", "datasets", "corpus", "corpora"})
_RAW = frozenset("raw corpus corpora samples snippets external interim processed downloads input inputs".split())
_SETTINGS = frozenset({DocumentKind.CONFIG, DocumentKind.DVC})


def code_as_data(
    files: Sequence[SourceFile], facts: Mapping[str, FileFacts], documents: Sequence[Document], globs: CategoryGlobs
) -> tuple[SourceFile, ...]:
    """The files, those as data that lie with many more in a folder of data, have nothing to do with the rest of the
    repository, and that no document names: `data/raw/notebooks/8f3a.ipynb`."""
    own = {file.path for file in files if file.category is Category.PRODUCT and not matches(file.path, globs.product)}
    notebooks = {file.path for file in files if file.kind is SourceKind.NOTEBOOK}
    kept: set[str] = set()
    for folder, members in _folders(own & facts.keys()):
        raw = _is_raw(folder)
        found = [path for path in members if raw or path in notebooks]
        if len(found) < LEAST:
            continue
        others = sorted(own & facts.keys() - set(members))
        if (raw and len(found) >= MANY) or _is_read(folder, others, facts, documents):
            foreign = _unrelated(found, others, facts, documents)
            kept |= foreign if len(foreign) >= MOST * len(found) else set()
    return tuple(replace(file, category=Category.DATA) if file.path in kept else file for file in files)


def without_data(documents: Iterable[Document], files: Iterable[SourceFile]) -> list[Document]:
    """The documents, without the prose of notebooks that are data: it documents nothing of the repository."""
    kept = {file.path for file in files if file.category is Category.DATA}
    return [document for document in documents if document.path not in kept]


def _folders(paths: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """The outermost folders of raw data, or else of data, each narrowed down to where nearly all of its files lie, with
    these."""
    groups: dict[str, list[str]] = defaultdict(list)
    for path in sorted(paths):
        *parts, _ = path.split("/")
        outer = next((place for place, part in enumerate(parts) if part.lower() in _DATA), len(parts))
        raw = next((place for place, part in enumerate(parts[outer:], start=outer) if _says_raw(part)), outer)
        if outer < len(parts):
            groups["/".join(parts[: raw + 1])].append(path)
    yield from (_narrowed(*group) for group in groups.items())


def _narrowed(folder: str, members: list[str]) -> tuple[str, list[str]]:
    while (inner := _narrower(folder, members)) is not None:
        folder, members = inner, [path for path in members if path.startswith(f"{inner}/")]
    return folder, members


def _narrower(folder: str, members: Collection[str]) -> str | None:
    """The folder in a folder that holds nearly all of some files."""
    parts = (path[len(folder) + 1 :].partition("/") for path in members)
    counts = Counter(name for name, slash, _ in parts if slash)
    return next((f"{folder}/{name}" for name, count in counts.items() if count >= MOST * len(members)), None)


def _is_raw(folder: str) -> bool:
    return any(map(_says_raw, folder.split("/")))


def _says_raw(name: str) -> bool:
    """Whether a folder is called after what was gathered: `raw`, `raw_notebooks`, `corpus-2023`."""
    return not _RAW.isdisjoint(re.split(r"[-_. ]", name.lower()))


def _is_read(folder: str, others: Iterable[str], facts: Mapping[str, FileFacts], documents: Iterable[Document]) -> bool:
    """Whether the code or the settings name a folder as a whole, as one names data."""
    if "/" not in folder and not _is_raw(folder):
        return False  # a word that stands for much else
    settings = (document.text for document in documents if document.kind in _SETTINGS)
    named = re.compile(rf"(?<![\w.-]){re.escape(folder)}(/|/\*[^\s\"']*)?(?![\w./-])")
    if any(folder in text and named.search(text) for text in settings):
        return True
    whole = re.compile(rf"(.*/)?{re.escape(folder)}(/|/\*.*)?")
    nodes = (node for path in others for node in facts[path].exprs if isinstance(node, Constant))
    texts = (node.value for node in nodes if isinstance(node.value, str))
    return any(folder in text and whole.fullmatch(text) for text in texts)


def _unrelated(
    found: Sequence[str], others: Sequence[str], facts: Mapping[str, FileFacts], documents: Iterable[Document]
) -> set[str]:
    """Those that import nothing of the rest, that the rest does not import, and that no document names."""
    prose = DocumentKind.NOTEBOOK_PROSE
    told = "\n".join(document.text for document in documents if document.kind is not prose)
    reachable = {parts[start:] for path in others for parts in (module_parts(path),) for start in range(len(parts))}
    return {
        path
        for path in not_imported(found, others, facts)
        if path.rpartition("/")[2] not in told
        and not any(name in reachable for binding in facts[path].imports for name in imported_names(binding, path))
    }

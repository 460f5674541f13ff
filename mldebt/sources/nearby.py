"""The files near a change: those that changed files import, and those that import them; told by the text alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain

from mldebt.regex import regex
from mldebt.sources.files import read_bytes

_IMPORT = regex(
    rb"""^[ \t]*"?[ \t]*(?:from[ \t]+(?P<module>\.*[\w.]*)[ \t]+import[ \t]*(?P<names>\([^)]*\)|[^\n\\]*)
    |import[ \t]+(?P<modules>[\w., \t]+))""",
    re.MULTILINE | re.VERBOSE,
)
_NAME = regex(rb"(\w+)(?:[ \t]+as[ \t]+\w+)?")
_BYTES = 1_000_000  # a longer file is read no further: imports stand at the top
_SEARCHED = 30_000_000


def nearby(root: str, tracked: Iterable[str], changed: Sequence[str], *, most: int = 250_000) -> tuple[str, ...]:
    """The changed files and their neighbours, sorted: what they import, who imports them, and what is imported in turn,
    the nearest first up to `most` bytes besides the changed ones. `tracked` are all paths of the tree."""
    search = _Search(root, [path for path in tracked if path.endswith((".py", ".ipynb"))])
    found = dict.fromkeys(changed)
    for path in search.near(changed):
        if path not in found:
            most -= search.size(path)
            if most < 0:
                break  # the rest is not looked for
            found[path] = None
    return tuple(sorted(found))


class _Search:
    """Imports of files, read once each."""

    def __init__(self, root: str, paths: Sequence[str]) -> None:
        self._root = root
        self._paths = paths
        self._modules: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for path in paths:
            if path.endswith(".py"):
                parts = _dotted(path)
                if parts:
                    self._modules.setdefault(parts[-1], []).append((parts, path))
        self._imported: dict[str, tuple[str, ...]] = {}
        self._texts: dict[str, bytes] = {}

    def near(self, changed: Sequence[str]) -> Iterator[str]:
        """The neighbours of some files, the nearest first, some of them twice."""
        met = []
        for path in chain.from_iterable(map(self.imported, changed)):
            met.append(path)
            yield path
        for path in self.importers(set(changed)):
            met.append(path)
            yield path
        yield from chain.from_iterable(map(self.imported, met))

    def imported(self, path: str) -> tuple[str, ...]:
        """The files of the tree that a file imports."""
        if path not in self._imported:
            names = _imports(self._text(path), path)
            self._imported[path] = tuple(dict.fromkeys(found for name in names for found in self._files(name)))
        return self._imported[path]

    def importers(self, wanted: AbstractSet[str]) -> Iterator[str]:
        """The files that import one of some files; of a very large tree, only a part is searched."""
        stems = {parts[-1] for parts in map(_dotted, wanted) if parts}
        if not stems:
            return
        words = sorted(stem.encode() for stem in stems)
        mention = re.compile(rb"\b(?:" + b"|".join(map(re.escape, words)) + rb")\b")
        searched = 0
        for path in self._paths:
            text = b"" if path in wanted else self._text(path)
            searched += len(text)
            # The plain look is far cheaper than what imports say, and that than the pattern.
            mentioned = any(word in text for word in words)
            if mentioned and self._imports_any(path, wanted, stems, words) and mention.search(text):
                yield path
            if searched > _SEARCHED:
                return

    def _imports_any(
        self, path: str, wanted: AbstractSet[str], stems: AbstractSet[str], words: Sequence[bytes]
    ) -> bool:
        names = _imports(self._text(path), path, words)
        return any(name[-1] in stems and not wanted.isdisjoint(self._files(name)) for name in names)

    def size(self, path: str) -> int:
        """How much there is to read."""
        return len(self._text(path))

    def _files(self, name: tuple[str, ...]) -> Iterator[str]:
        """The files that a module's name may mean: all whose path ends like it."""
        for parts, path in self._modules.get(name[-1], ()):
            if parts[-len(name) :] == name or name[-len(parts) :] == parts:
                yield path

    def _text(self, path: str) -> bytes:
        if path not in self._texts:
            content = read_bytes(f"{self._root}/{path}", _BYTES)
            self._texts[path] = content if isinstance(content, bytes) else b""
        return self._texts[path]


def _imports(text: bytes, path: str, ends: Sequence[bytes] = ()) -> Iterator[tuple[str, ...]]:
    """Dotted names that a file imports: modules, and what may be modules in them; at least those that
    end in one of some words, where these are given."""
    folder = tuple(path.split("/")[:-1])
    for found in _statements(text):
        is_above = found["module"] is not None and not found["module"].strip(b".")  # the folder's name is not written
        if ends and not is_above and not any(word in found[0] for word in ends):
            continue
        if found["modules"] is not None:
            for part in found["modules"].split(b","):
                words = part.split()
                if words:
                    yield tuple(words[0].decode(errors="replace").strip(".").split("."))
            continue
        module = found["module"].decode(errors="replace")
        dots = len(module) - len(module.lstrip("."))
        named = tuple(filter(None, module.split(".")))
        here = folder[: len(folder) - dots + 1] + named if dots else named
        if here:
            yield here
        for name in _NAME.findall(found["names"]):
            yield (*here, name.decode(errors="replace"))


def _statements(text: bytes) -> Iterator[re.Match[bytes]]:
    """The import statements of a text. The plain search for the word is many times faster than the pattern, which is
    asked of the lines alone that have it."""
    end, at = 0, text.find(b"import")
    while at >= 0:
        start = text.rfind(b"\n", 0, at) + 1
        found = _IMPORT.match(text, start) if start >= end else None
        if found:
            yield found
            end = found.end()
        line = text.find(b"\n", at)  # a statement begins its line: each line is tried once
        at = text.find(b"import", max(line, end)) if line >= 0 else -1


def _dotted(path: str) -> tuple[str, ...]:
    """The module's name as its path says it; a package is named by its folder."""
    if not path.endswith(".py"):
        return ()
    parts = tuple(path.removesuffix(".py").split("/"))
    return parts[:-1] if parts[-1] == "__init__" else parts

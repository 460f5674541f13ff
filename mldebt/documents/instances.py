"""What configurations name to be made: the `_target_` of Hydra, by the key under which code finds it; a class by its
name, beside the module in which it is looked up or as one dotted text."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from mldebt.documents.yaml_tree import Node, YamlError, parse_yaml
from mldebt.regex import regex
from mldebt.sources import Document, DocumentKind

TARGET = "_target_"
_PACKAGE = regex(r"^#\s*@package:?\s+(\S+)", re.MULTILINE)
_REFERENCE = regex(r"^\$\{([\w.]+)\}$")
_READ = ("defaults", TARGET)
_CLASS = regex(r"(?:[A-Za-z_]\w*\.)*[A-Z]\w*[a-z]\w*\Z")
_SPEAKS_OF_ONE = regex(r"""^[\w\s-]*\w\s*:\s*["']?(?:[a-z_]\w*\.)*[A-Z]\w*[a-z]\w*["']?\s*(?:#.*)?$""", re.MULTILINE)
_MODULES = ("module", "library", "package", "module_name", "module_path", "import_from")
_HEAD = 2_000
_READ_LIMIT = 100_000
DEPTH_LIMIT = 12
FOLLOWED = 4


def read_instances(documents: Iterable[Document]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Dotted names of classes and functions, by dotted key, for each folder at the top of configurations. A file of
    a group stands under its folder (or the package that it or a list of defaults names); every choice of a group may be
    meant, the one that is the default first."""
    trees = {each.path: (each.text, tree) for each in documents if (tree := _tree(each)) is not None}
    places = _Places({path: tree for path, (_, tree) in trees.items()})
    tops: dict[str, _Top] = defaultdict(_Top)
    for path in sorted(trees, key=lambda path: (not places.is_default(path), path)):
        text, tree = trees[path]
        top = tops[places.top(path)]
        for package in places.packages(path, text):
            for key, node in _below(tree, package):
                if TARGET in node.fields and "$" not in (name := node.fields[TARGET].text):
                    top.found[key].setdefault(name)
                elif reference := _REFERENCE.match(node.text):
                    top.same.setdefault(key, reference[1])
                elif _CLASS.match(node.text):
                    top.found[key].setdefault(node.text)
                for name, dotted in _in_modules(node):
                    top.found[f"{key}.{name}" if key else name].setdefault(dotted)
    return {folder: names for folder in sorted(tops) if (names := tops[folder].names())}


class _Top:
    """What the configurations below one folder name, and which of their keys stand for others."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, None]] = defaultdict(dict)
        self.same: dict[str, str] = {}

    def names(self) -> dict[str, tuple[str, ...]]:
        """The dotted names by key, with what references stand for."""
        for key in self.same:
            named = key
            for _ in range(FOLLOWED):
                named = self.same.get(named, named)
            if key not in self.found and named in self.found:
                self.found[key] = self.found[named]
        return {key: tuple(names) for key, names in self.found.items()}


class _Places:
    """Where in the configuration that is put together a file's content stands."""

    def __init__(self, trees: Mapping[str, Node]) -> None:
        self._roots = {posixpath.dirname(path) for path, tree in trees.items() if tree.get("defaults").items}
        self._moved: dict[str, set[str]] = defaultdict(set)
        self._chosen: set[str] = set()
        for path, tree in trees.items():
            for group, name in _defaults(tree):
                self._choose(self.top(path), posixpath.dirname(path), group, name)

    def root(self, path: str) -> str | None:
        """The folder at the top of a file's configurations: the highest around it that holds a list of defaults."""
        folder, found = posixpath.dirname(path), None
        while True:
            found = folder if folder in self._roots else found
            if not folder:
                return found
            folder = posixpath.dirname(folder)

    def top(self, path: str) -> str:
        """The folder at the top of a file's configurations, its own where no list of defaults is around."""
        root = self.root(path)
        return posixpath.dirname(path) if root is None else root

    def is_default(self, path: str) -> bool:
        """Whether a list of defaults chooses a file."""
        return posixpath.splitext(path)[0] in self._chosen

    def packages(self, path: str, text: str) -> list[str]:
        """The keys under which a file's content stands."""
        root = self.root(path)
        folder = posixpath.dirname(path)
        group = posixpath.relpath(folder, root or ".") if root is not None and folder != root else ""
        own = group.replace("/", ".")
        if declared := _PACKAGE.search(text[:_HEAD]):
            own = {"_global_": "", "_group_": own}.get(declared[1], declared[1])
        return [own, *sorted(self._moved[posixpath.splitext(path)[0]] - {own})]

    def _choose(self, root: str, folder: str, group: str, name: str) -> None:
        """What one entry of a list of defaults chooses: `group@package: name`."""
        place, _, package = group.removeprefix("override ").removeprefix("optional ").partition("@")
        home = root if place.startswith("/") else folder
        chosen = posixpath.normpath(posixpath.join(home, place.strip("/"), name.removesuffix(".yaml")))
        self._chosen.add(chosen)
        if package and not package.startswith("_"):
            own = posixpath.relpath(folder, root or ".").replace("/", ".") if folder != root else ""
            self._moved[chosen].add(".".join(part for part in (own, package) if part))


def _tree(document: Document) -> Node | None:
    """The tree of a YAML file that tells what to make, or puts others together."""
    if document.kind is not DocumentKind.CONFIG or not document.path.endswith((".yaml", ".yml")):
        return None
    text = document.text
    if not (TARGET in text or "defaults:" in text or _SPEAKS_OF_ONE.search(text[:_READ_LIMIT])):
        return None
    try:
        return parse_yaml(document.text)
    except YamlError:
        return None


def _in_modules(node: Node) -> Iterator[tuple[str, str]]:
    """The classes that a mapping names beside the module in which each is: `{module: sklearn.svm, class: SVC}`."""
    module = next((node.fields[name].text for name in _MODULES if name in node.fields), "")
    for name, below in node.fields.items() if module else ():
        if _CLASS.match(below.text) and "." not in below.text:
            yield name, f"{module}.{below.text}"


def _defaults(tree: Node) -> Iterator[tuple[str, str]]:
    for item in tree.get("defaults").items:
        if item.text and item.text != "_self_":
            yield "", item.text
        for group, name in item.fields.items():
            yield from ((group, each) for each in name.texts() if each not in ("null", "~"))


def _below(tree: Node, package: str) -> Iterator[tuple[str, Node]]:
    waiting = [(package, tree, 0)]
    while waiting:
        key, node, depth = waiting.pop()
        yield key, node
        if depth < DEPTH_LIMIT:
            dot = f"{key}." if key else ""
            waiting += [(f"{dot}{name}", below, depth + 1) for name, below in node.fields.items() if name not in _READ]

"""Makes a large pipeline graph small enough to read: alike nodes become one, the largest heaps first."""

from __future__ import annotations

import os.path
import posixpath
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from mldebt.errors import UsageError, nearest
from mldebt.regex import regex

if TYPE_CHECKING:
    import networkx as nx

    Graph = nx.DiGraph[str]

FEW = 3
NAMED = {"model": 8}
"""How many members of a folded node are named."""
_FOLDERS = regex(r"(?<![^\s(])(?:[\w.{}$-]+/)+(?=[\w.-]+)")
_PLACE = regex(r"(?<![^\s(])((?:[\w.-]+/)+)[\w.-]+\.(?:py|ipynb)\b")
PLURALS = {"features": "feature steps", "serving boundary": "serving boundaries"}


def only_about(graph: Graph, word: str, components: Mapping[str, str] = MappingProxyType({})) -> Graph:
    """What leads to the nodes whose label or place holds a word, those nodes, and what they lead to. `components` are
    the files of those that people own: one by whose name nothing is drawn is known by what is drawn of its file."""
    import networkx as nx

    wanted = word.lower()
    found = [name for name, data in graph.nodes(data=True) if wanted in f"{data['label']}\0{data['place']}".lower()]
    if not found:
        paths = {path for name, path in components.items() if wanted in name.lower()}
        found = [name for name, data in graph.nodes(data=True) if data["place"].rpartition(":")[0] in paths]
    if not found:
        known = {data["label"] for _, data in graph.nodes(data=True)} | {*components, *components.values()}
        known |= {part for label in known for part in (label.rpartition(":")[2], posixpath.basename(label))}
        raise UsageError(f"nothing in the graph is called {word!r}{nearest(word, known)}")
    kept = {name for start in found for name in (start, *nx.ancestors(graph, start), *nx.descendants(graph, start))}
    return graph.subgraph(kept).copy()


def fold(graph: Graph, limit: int) -> Graph:
    """The graph with at most `limit` nodes where that can be. Nodes of one kind become one: first those that are joined
    to the same others, then those of one file, then those of one folder, a level at a time, at last all of a kind."""
    if len(graph) <= limit:
        return graph
    whole = len(graph)
    graph = graph.copy()
    depth = max(data["place"].count("/") for _, data in graph.nodes(data=True))
    for key in (_neighbours, _file, *(_folder(level) for level in range(depth, -1, -1))):
        for heap in _heaps(graph, key):
            if len(graph) > limit:
                _merge(graph, heap)
        while twins := _heaps(graph, _neighbours):
            _merge(graph, twins[0])
        if len(graph) <= limit:
            break
    graph.graph["folded"] = f"{whole} nodes, drawn as {len(graph)}"
    return graph


# ---------------------------------------------------------------------------- which belong together


def _neighbours(graph: Graph, name: str) -> Hashable:
    return frozenset(graph.predecessors(name)), frozenset(graph.successors(name))


def _file(graph: Graph, name: str) -> Hashable:
    return str(graph.nodes[name]["place"]).rpartition(":")[0]


def _folder(level: int) -> Callable[[Graph, str], Hashable]:
    def key(graph: Graph, name: str) -> Hashable:
        return tuple(str(graph.nodes[name]["place"]).rpartition("/")[0].split("/")[:level])

    return key


def _heaps(graph: Graph, key: Callable[[Graph, str], Hashable]) -> list[list[str]]:
    """The nodes of one kind and one key, where there are several; the largest heap first."""
    found: dict[Hashable, list[str]] = defaultdict(list)
    for name, data in graph.nodes(data=True):
        found[data["kind"], key(graph, name)].append(name)
    heaps = [names for names in found.values() if len(names) > 1]
    return sorted(heaps, key=lambda names: (-len(names), names[0]))


# ---------------------------------------------------------------------------- one node for several


def _merge(graph: Graph, names: list[str]) -> None:
    first, *others = names
    members = [member for name in names for member in _members(graph, name)]
    for name in others:
        for before in list(graph.predecessors(name)):
            _join(graph, before, first, graph.edges[before, name]["place"])
        for after in list(graph.successors(name)):
            _join(graph, first, after, graph.edges[name, after]["place"])
        graph.remove_node(name)
    if graph.has_edge(first, first):
        graph.remove_edge(first, first)
    data = graph.nodes[first]
    data["members"] = "; ".join(members)
    data["count"] = len(members)
    data["label"] = _label(data["kind"], members)


def _members(graph: Graph, name: str) -> list[str]:
    data = graph.nodes[name]
    return str(data["members"]).split("; ") if "members" in data else [str(data["label"])]


def _join(graph: Graph, start: str, end: str, place: str) -> None:
    if start != end and not graph.has_edge(start, end):
        graph.add_edge(start, end, place=place)


def _label(kind: str, members: list[str]) -> str:
    """The first few by their names, and the folder that holds them all."""
    names = list(dict.fromkeys(_FOLDERS.sub("", member) for member in members))
    folder = os.path.commonpath([_path(member) for member in members]) if all(map(_path, members)) else ""
    where = f" in {folder}" if folder else ""
    shown = NAMED.get(kind, FEW)
    if len(members) <= shown:
        return ", ".join(names) + where
    return f"{len(members)} {PLURALS.get(kind, f'{kind}s')}{where}: {', '.join(names[: shown - 1])} …"


def _path(member: str) -> str:
    """The relative folder that a label speaks of, "" when it speaks of none."""
    found = _PLACE.search(member)
    return found[1].rstrip("/") if found else ""

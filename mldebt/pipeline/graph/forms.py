"""The pipeline graph as text: Mermaid and DOT for people, GraphML and JSON for programs."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

from mldebt.errors import UsageError, nearest

if TYPE_CHECKING:
    import networkx as nx

    Graph = nx.DiGraph[str]

FORMS = ("mermaid", "dot", "graphml", "json")
LOOKS = {
    "source": ("[(", ")]", "cylinder", "#e8eef7"),
    "data set": ("[(", ")]", "cylinder", "#dfe6ee"),
    "ingestion pipeline": ("[", "]", "box", "#dbe9d8"),
    "features": ("[[", "]]", "component", "#e6f2d5"),
    "training step": ("[", "]", "box", "#fbe9c6"),
    "model": ("([", "])", "ellipse", "#f9d9b4"),
    "ranking": ("([", "])", "ellipse", "#fae3c9"),
    "artifact": ("[/", "/]", "note", "#eeeeee"),
    "evaluation": ("{{", "}}", "hexagon", "#e5dcf0"),
    "serving boundary": (">", "]", "cds", "#f6d3d3"),
    "consumer": ("[\\", "\\]", "parallelogram", "#f3e2ea"),
}
"""Per kind: brackets in Mermaid, shape in DOT, colour. In the order in which data meets them."""


def render_form(graph: Graph, form: str) -> str:
    """A graph as text. Raises UsageError for a form that is not one of FORMS."""
    if form == "mermaid":
        return _mermaid(graph)
    if form == "dot":
        return _dot(graph)
    if form == "graphml":
        return _graphml(graph)
    if form == "json":
        return _json(graph)
    raise UsageError(f"no graph in the form {form!r}; allowed: {', '.join(FORMS)}{nearest(form, FORMS)}")


def _ordered(graph: Graph) -> list[str]:
    """By kind, the way data goes, then by place."""
    kinds = list(LOOKS)

    def place(name: str) -> tuple[int, str, int, str]:
        data = graph.nodes[name]
        path, _, line = str(data["place"]).rpartition(":")
        return kinds.index(data["kind"]), path, int(line or 0), name

    return sorted(graph, key=place)


def _edges(graph: Graph, order: list[str]) -> list[tuple[str, str]]:
    number = {name: place for place, name in enumerate(order)}
    return sorted(graph.edges, key=lambda edge: (number[edge[0]], number[edge[1]]))


def _mermaid(graph: Graph) -> str:
    order = _ordered(graph)
    names = {name: f"n{number}" for number, name in enumerate(order)}
    lines = ["flowchart LR"]
    if "folded" in graph.graph:
        lines.append(f"    %% {graph.graph['folded']}")
    for name in order:
        data = graph.nodes[name]
        before, after, _, _ = LOOKS[data["kind"]]
        kind = data["kind"].replace(" ", "_")
        lines.append(f'    {names[name]}{before}"{data["kind"]}<br/>{_quoted(data["label"])}"{after}:::{kind}')
    lines += [f"    {names[start]} --> {names[end]}" for start, end in _edges(graph, order)]
    used = {data["kind"] for _, data in graph.nodes(data=True)}
    for kind, (_, _, _, colour) in LOOKS.items():
        if kind in used:
            lines.append(f"    classDef {kind.replace(' ', '_')} fill:{colour},stroke:#666,color:#111")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Mermaid reads entities; quotes and brackets of a label must be written as such."""
    return "".join(f"#{ord(char)};" if char in '"<>[](){}|#;`\\' or ord(char) < 32 else char for char in text)


def _dot(graph: Graph) -> str:
    order = _ordered(graph)
    lines = ["digraph pipelines {", "  rankdir=LR;", '  node [fontname="Helvetica", fontsize=11, style=filled];']
    if "folded" in graph.graph:
        lines.append(f"  label={_dot_text(graph.graph['folded'])};")
    for name in order:
        data = graph.nodes[name]
        _, _, shape, colour = LOOKS[data["kind"]]
        label = _dot_text(f"{data['kind']}\n{data['label']}")
        lines.append(f'  {_dot_text(name)} [shape={shape}, fillcolor="{colour}", label={label}];')
    lines += [f"  {_dot_text(start)} -> {_dot_text(end)};" for start, end in _edges(graph, order)]
    return "\n".join([*lines, "}"]) + "\n"


def _dot_text(text: str) -> str:
    """DOT knows of escapes only the quote and its own line ends; a backslash is doubled, so that it stays one."""
    plain = "".join(char if char == "\n" or ord(char) >= 32 else " " for char in text)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _graphml(graph: Graph) -> str:
    import networkx as nx

    text = io.BytesIO()
    nx.write_graphml(_in_order(graph), text, named_key_ids=True)
    return text.getvalue().decode()


def _json(graph: Graph) -> str:
    """As `networkx.node_link_graph(…, edges="edges")` reads it."""
    order = _ordered(graph)
    nodes = [{"id": name, **graph.nodes[name]} for name in order]
    edges = [{"source": start, "target": end, **graph.edges[start, end]} for start, end in _edges(graph, order)]
    whole = {"directed": True, "multigraph": False, "graph": dict(graph.graph), "nodes": nodes, "edges": edges}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _in_order(graph: Graph) -> Graph:
    import networkx as nx

    order = _ordered(graph)
    found: Graph = nx.DiGraph(**graph.graph)
    found.add_nodes_from((name, {key: _xml(value) for key, value in graph.nodes[name].items()}) for name in order)
    found.add_edges_from(
        (*edge, {key: _xml(value) for key, value in graph.edges[edge].items()}) for edge in _edges(graph, order)
    )
    return found


def _xml(value: object) -> object:
    """XML knows no control characters."""
    return (
        "".join(char if char in "\n\t" or ord(char) >= 32 else " " for char in value)
        if isinstance(value, str)
        else value
    )

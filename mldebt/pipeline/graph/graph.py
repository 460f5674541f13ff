"""The pipeline-dependency graph: from sources over features, training and models to who uses what they say."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from typing import TYPE_CHECKING

from mldebt.pipeline.graph.downstream import draw_uses
from mldebt.pipeline.graph.drawing import Drawing
from mldebt.pipeline.graph.folding import fold, only_about
from mldebt.pipeline.graph.forms import FORMS, render_form
from mldebt.pipeline.graph.remaining import draw_remaining
from mldebt.pipeline.graph.upstream import draw_data
from mldebt.pipeline.graph.written import draw_written

if TYPE_CHECKING:
    import networkx as nx

    from mldebt.pipeline.project import Project

__all__ = ["FORMS", "READABLE", "build_graph", "draw_graph", "render_form"]

READABLE = 40
"""So many boxes a person can read in one picture."""


def build_graph(project: Project) -> nx.DiGraph[str]:
    """Nodes have `kind`, `label` and `place` (path:line), edges the `place` that shows them; they lead the way data
    goes."""
    drawing = Drawing(project)
    draw_data(drawing)
    draw_uses(drawing)
    draw_written(drawing)
    draw_remaining(drawing)
    _tell_apart(drawing.graph)
    return drawing.graph


def draw_graph(project: Project, about: str = "", limit: int = 0) -> nx.DiGraph[str]:
    """The graph, or what is joined to the nodes that `about` names, folded to `limit` nodes (0: as it is). Raises
    UsageError for a name that is not there."""
    graph = build_graph(project)
    if about:
        graph = only_about(graph, about, {each.name: each.path for each in project.components})
    return fold(graph, limit) if limit else graph


def _tell_apart(graph: nx.DiGraph[str]) -> None:
    """Different things of one kind and label say also where they stand."""
    alike: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, data in graph.nodes(data=True):
        alike[data["kind"], data["label"]].append(name)
    for names in alike.values():
        if len(names) > 1:
            paths = [graph.nodes[name]["place"] for name in names]
            files = {place.rpartition(":")[0] for place in paths}
            for name, place in zip(names, paths, strict=True):
                told = place.rpartition(":")[0] if len(files) == len(names) else place
                graph.nodes[name]["label"] += f" ({posixpath.normpath(told)})"

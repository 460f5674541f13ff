"""The pipeline graph and the components: each that people own is drawn, also where nothing is seen to lead to it."""

from __future__ import annotations

from mldebt.pipeline.components import Component
from mldebt.pipeline.graph.downstream import ELSEWHERE, UNSEEN
from mldebt.pipeline.graph.drawing import Drawing

_CALLED = {"feature code": "features"}
_WITH_ITS_MODELS = "part of models"
_THINGS = frozenset({"source", "data set", "artifact", "ranking"})


def draw_remaining(drawing: Drawing) -> None:
    """The components of files in which nothing is drawn yet."""
    drawn = {
        data["place"].rpartition(":")[0]
        for _, data in drawing.graph.nodes(data=True)
        if data["kind"] not in _THINGS and not data["label"].endswith((ELSEWHERE, UNSEEN))
    }
    for component in drawing.project.components:
        if component.kind != _WITH_ITS_MODELS and component.path not in drawn:
            node = drawing.code(_CALLED.get(component.kind, component.kind), component.unit)
            if component.kind == "ranking":
                _join_to_endpoints(drawing, node, component)


def _join_to_endpoints(drawing: Drawing, node: str, component: Component) -> None:
    """Draw what ranks before the endpoints behind which it runs."""
    for unit in component.units:
        for inner in drawing.serving.inside(unit):
            for endpoint in drawing.serving.endpoints_of(inner):
                drawing.join(node, drawing.code("serving boundary", endpoint))

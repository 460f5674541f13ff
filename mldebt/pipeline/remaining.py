"""The pipeline graph and the components: each that people own is drawn, also where nothing is seen to lead to it."""

from __future__ import annotations

from collections.abc import Mapping

from mldebt.pipeline.downstream import ELSEWHERE, UNSEEN
from mldebt.pipeline.drawing import Drawing

_KINDS: Mapping[str, str] = {
    "model": "model",
    "training step": "training step",
    "ingestion pipeline": "ingestion pipeline",
    "serving boundary": "serving boundary",
    "feature code": "features",
    "evaluation": "evaluation",
}
"""What a component is drawn as. A part of models is drawn with these."""
_THINGS = frozenset({"source", "data set", "artifact", "ranking"})


def draw_remaining(drawing: Drawing) -> None:
    """The components of files in which nothing is drawn yet."""
    drawn = {
        data["place"].rpartition(":")[0]
        for _, data in drawing.graph.nodes(data=True)
        if data["kind"] not in _THINGS and not data["label"].endswith((ELSEWHERE, UNSEEN))
    }
    for component in drawing.project.components:
        if component.kind in _KINDS and component.path not in drawn:
            drawing.code(_KINDS[component.kind], component.unit)

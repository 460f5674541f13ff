"""The pipeline graph where the repository reads what it wrote itself: a data set between two steps, no raw source."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.files.writers import Writers
from mldebt.flow.value import Value
from mldebt.pipeline.graph.drawing import Drawing
from mldebt.pipeline.units import Unit

BACK_LIMIT = 800
_STEPS = ("serving boundary", "features", "training step", "evaluation", "consumer")


def draw_written(drawing: Drawing) -> None:
    """Join what is written here and read there to the code that writes it. Comes after everything else is drawn."""
    _Written(drawing).draw()


class _Written:
    """Draws the files and tables between steps."""

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.flow = drawing.flow
        self.writers = drawing.flow.shared(Writers)
        self.pipelines: dict[Unit, str] = {}
        """By the code that belongs to them."""
        self.begun: dict[Value, str] = {}
        """By the reads that they begin with."""
        for each in drawing.project.ingestions:
            node = drawing.drawn("ingestion pipeline", each.owner)
            for unit in (each.owner, *each.units):
                self.pipelines.setdefault(unit, node)
            self.begun |= dict.fromkeys(each.sources, node)

    def draw(self) -> None:
        for read, nodes in self.drawing.reads.items():
            if len(nodes) > 1:
                continue  # which of the tables of a query is written is not asked
            for write in self.writers.of(read):
                if self.drawing.is_ours(write):
                    self._join(nodes[0], write)

    def _join(self, node: str, write: Value) -> None:
        """A step that only keeps for itself what it read, in a file of its own, makes no data set for others, and what
        no step that is drawn writes (a download, say) stays a source."""
        graph = self.drawing.graph
        before = list(dict.fromkeys(self._steps(write)))
        if not before or any(graph.has_edge(node, step) for step in before):
            return
        graph.nodes[node]["kind"] = "data set"
        for step in before:
            self.drawing.join(step, node, write)

    def _steps(self, write: Value) -> Iterator[str]:
        """The nodes of the code that writes: what it belongs to, else where that which it writes was read."""
        unit = self.drawing.unit(write)
        found = self.pipelines.get(unit) or next(filter(None, (self.drawing.drawn(kind, unit) for kind in _STEPS)), "")
        if found:
            yield found
            return
        for source in self.writers.content(write):
            for visit in self.flow.walk(source, self.flow.back, limit=BACK_LIMIT):
                if visit.value in self.begun:
                    yield self.begun[visit.value]

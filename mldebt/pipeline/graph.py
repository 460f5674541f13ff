"""The pipeline-dependency graph: sources, ingestion, models, artifacts, serving boundaries, and what flows between."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

from mldebt.errors import UsageError, nearest
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.register import TrainedModel
from mldebt.sql import HOLE

if TYPE_CHECKING:
    import networkx as nx

    from mldebt.pipeline.ingestion import Ingestion
    from mldebt.pipeline.project import Project

FORMS = ("mermaid", "dot", "graphml", "json")
SHAPES = {
    "source": ("[(", ")]", "cylinder"),
    "ingestion pipeline": ("[", "]", "box"),
    "training step": ("[", "]", "box"),
    "model": ("([", "])", "ellipse"),
    "artifact": ("[/", "/]", "note"),
    "evaluation": ("{{", "}}", "hexagon"),
    "serving boundary": (">", "]", "cds"),
}
WALK_LIMIT = 300


def build_graph(project: Project) -> nx.DiGraph[str]:
    """Nodes have `kind`, `label` and `place` (path:line); edges lead the way data goes."""
    import networkx as nx

    drawing = _Drawing(project, nx.DiGraph())
    drawing.ingestions()
    drawing.models()
    drawing.boundaries()
    return drawing.graph


def render_graph(project: Project, form: str) -> str:
    """The graph as Mermaid, DOT, GraphML or JSON. Raises UsageError for another form."""
    graph = build_graph(project)
    if form == "mermaid":
        return _mermaid(graph)
    if form == "dot":
        return _dot(graph)
    if form == "graphml":
        import networkx as nx

        text = io.BytesIO()
        nx.write_graphml(graph, text, named_key_ids=True)
        return text.getvalue().decode()
    if form == "json":
        nodes = [{"id": name, **data} for name, data in graph.nodes(data=True)]
        edges = [{"from": start, "to": end, **data} for start, end, data in graph.edges(data=True)]
        return json.dumps({"nodes": nodes, "edges": edges}, indent=2) + "\n"
    raise UsageError(f"no graph in the form {form!r}; allowed: {', '.join(FORMS)}{nearest(form, FORMS)}")


class _Drawing:
    """Adds what the project knows, kind by kind."""

    def __init__(self, project: Project, graph: nx.DiGraph[str]) -> None:
        self.project = project
        self.graph = graph
        self._models: dict[TrainedModel, str] = {}

    def node(self, kind: str, name: str, place: str = "") -> str:
        key = f"{kind}:{name}"
        if key not in self.graph:
            self.graph.add_node(key, kind=kind, label=name, place=place)
        return key

    def edge(self, start: str, end: str) -> None:
        if start != end:
            self.graph.add_edge(start, end)

    def place(self, value: Value) -> str:
        location = self.project.location(value)
        return f"{location.path}:{location.line}"

    def ingestions(self) -> None:
        for each in self.project.ingestions:
            owner = self.project.unit_name(each.owner)
            pipeline = self.node("ingestion pipeline", owner, self.place(each.sources[0]))
            for read in each.sources:
                self.edge(self.node("source", self._source(read), self.place(read)), pipeline)
            for end in each.ends:
                self._ends(each, pipeline, end.value)

    def _ends(self, each: Ingestion, pipeline: str, value: Value) -> None:
        step = self.project.component_of(value.body)
        if step != self.project.unit_name(each.owner):
            kind = "evaluation" if "measures" in self._roles(value) else "training step"
            self.edge(pipeline, self.node(kind, step, self.place(value)))

    def _roles(self, value: Value) -> frozenset[str]:
        return self.project.flow.roles(value) if value.kind == "call" else frozenset()

    def _source(self, read: Value) -> str:
        queries = self.project.orders.queries(read) if read.kind == "call" else ()
        tables = {table for query in queries for table in query.statement.reads if not table.startswith(HOLE)}
        if tables:
            return f"tables {', '.join(sorted(tables))}"[:60] if len(tables) > 1 else f"table {min(tables)}"[:60]
        texts = (
            self.project.orders.texts(read.inputs[1][1], limit=20)
            if read.kind == "call" and len(read.inputs) > 1
            else []
        )
        return texts[0][:60] if texts else self.project.source_text(read)

    def models(self) -> None:
        for model in self.project.trained_models:
            node = self.node("model", f"{model.name} ({model.made.body.module.path})", self.place(model.made))
            self._models[model] = node
            for call in model.trained[:3]:
                self.edge(self.node("training step", self.project.component_of(call.body), self.place(call)), node)
            for call, what in model.kept[:3]:
                if what == "served":
                    self.edge(
                        node, self.node("serving boundary", self.project.component_of(call.body), self.place(call))
                    )
                else:
                    self.edge(node, self.node("artifact", self._artifact(call), self.place(call)))

    def _artifact(self, call: Value) -> str:
        texts = [text for _, source in call.inputs[1:] for text in self.project.orders.texts(source, limit=15)]
        named = next((text for text in texts if "." in text or "/" in text), "")
        return named[:60] or f"kept at {self.place(call)}"

    def boundaries(self) -> None:
        """Endpoints that serve a model, with what they call."""
        for component in self.project.components:
            if component.kind == "serving boundary":
                place = self.project.component_location(component)
                boundary = self.node("serving boundary", component.name, f"{place.path}:{place.line}")
                for model, node in self._models.items():
                    if _reaches(self.project.flow, model, component.path):
                        self.edge(node, boundary)


def _reaches(flow: Flow, model: TrainedModel, path: str) -> bool:
    """Whether a model's instance gets into a module."""
    return any(visit.value.body.module.path == path for visit in flow.walk(model.made, flow.forth, limit=WALK_LIMIT))


def _mermaid(graph: nx.DiGraph[str]) -> str:
    names = {name: f"n{number}" for number, name in enumerate(graph)}
    lines = ["flowchart LR"]
    for name, data in graph.nodes(data=True):
        before, after, _ = SHAPES[data["kind"]]
        lines.append(f'    {names[name]}{before}"{_quoted(data["kind"])}<br/>{_quoted(data["label"])}"{after}')
    lines += [f"    {names[start]} --> {names[end]}" for start, end in graph.edges]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Mermaid reads entities; quotes and brackets of a label must be written as such."""
    return "".join(f"#{ord(char)};" if char in '"<>[](){}|#;`' or ord(char) < 32 else char for char in text)


def _dot(graph: nx.DiGraph[str]) -> str:
    lines = ["digraph pipelines {", "  rankdir=LR;"]
    for name, data in graph.nodes(data=True):
        lines.append(
            f"  {json.dumps(name)} [shape={SHAPES[data['kind']][2]}, "
            f"label={json.dumps(data['kind'] + chr(10) + data['label'])}];"
        )
    lines += [f"  {json.dumps(start)} -> {json.dumps(end)};" for start, end in graph.edges]
    return "\n".join([*lines, "}"]) + "\n"

"""The pipeline graph up to the models: sources, ingestion pipelines, features and the steps that train."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mldebt.flow.files.content import End
from mldebt.flow.steps import Visit
from mldebt.flow.types.models import short_name
from mldebt.flow.value import Value
from mldebt.pipeline.components import ASKED
from mldebt.pipeline.graph.drawing import Drawing
from mldebt.pipeline.ingestion.ingestion import Ingestion
from mldebt.pipeline.models.origins import Origin, Origins
from mldebt.pipeline.models.register import TrainedModel
from mldebt.pipeline.units import Unit

MAKERS_NAMED = 3
MADE_LIMIT = 800
_FITTED = frozenset({"transformer", "estimator", "pipeline"})


def draw_data(drawing: Drawing) -> None:
    """Everything before the models, and the models with what trains them."""
    _Upstream(drawing).draw()


class _Upstream:
    """Draws along the ways that data takes."""

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.project = drawing.project
        self.flow = drawing.flow
        self.origins = drawing.flow.shared(Origins)
        self.pipelines: dict[Value, str] = {}
        """By the reads that they begin with."""
        self.sources: dict[Value, list[str]] = {}
        """Of models that no pipeline feeds, by their reads."""
        self.calls: dict[str, Value] = {}
        """Where the features of a node are made first."""
        self.makers: dict[str, dict[str, None]] = {}
        """What makes the features of a node."""
        self.ingesting = {unit for each in self.project.ingestions for unit in (each.owner, *each.units)}

    def draw(self) -> None:
        for each in self.project.ingestions:
            self._ingestion(each)
        for model in self.project.trained_models:
            self._model(model)
        for node, names in self.makers.items():
            self._name(node, list(names))
        self._feed()

    # ------------------------------------------------------------------ ingestion

    def _ingestion(self, each: Ingestion) -> None:
        place = self.project.unit_location(each.owner, each.sources[0])
        name = self.project.unit_name(each.owner)
        node = self.drawing.add("ingestion pipeline", name, name, place, each.owner)
        for read, name in zip(each.sources, each.names, strict=True):
            self.pipelines[read] = node
            for source in self.drawing.sources(name, read):
                self.drawing.join(source, node, read)
        for end in each.ends:
            self._end(node, end)

    def _end(self, pipeline: str, end: End) -> None:
        kind = end.use.kind
        if kind in ("dataset", "written"):
            return  # who trains on it is told by the models; what nobody in sight takes up ends here
        before = self._through(pipeline, end.visit.path())
        if kind == "features" or self._makes_features(end.value):
            self.drawing.join(before, self._features(end.value), end.value)
        else:
            step = {"training": "training step", "evaluation": "evaluation"}.get(kind)
            for after in [self.drawing.step(step, end.value)] if step else self.drawing.users(end.value):
                self.drawing.join(before, after, end.value)

    def _through(self, start: str, visits: Iterable[Visit]) -> str:
        """The last node on a way: its start, or the features that were made on it."""
        for visit in visits:
            if self._makes_features(visit.value):
                node = self._features(visit.value)
                self.drawing.join(start, node, visit.value)
                start = node
        return start

    # ------------------------------------------------------------------ features

    def _makes_features(self, value: Value) -> bool:
        if value.kind != "call":
            return False
        if self._transformer(value) is not None:
            return True
        is_maker = "features" in self.flow.roles(value)
        return is_maker and (self.drawing.unit(value) not in self.ingesting or bool(self._fitted(value)))

    def _fitted(self, call: Value) -> list[str]:
        """The library's transformers whose method a call calls; a plain function that ingestion uses is part of it."""
        receiver = call.receiver
        types = self.flow.types(receiver) if receiver is not None else ()
        names = [each.name for each in types if isinstance(each.name, str)]
        return [short_name(name) for name in names if self.drawing.models.kind(name) in _FITTED]

    def _transformer(self, call: Value) -> Unit | None:
        """The repository's own transformer whose method a call calls."""
        for target in self.flow.targets(call):
            parent = self.flow.scope(*target.key).parent if target.kind == "func" and not target.guessed else 0
            if parent > 0 and self.flow.scope(target.module, parent).kind == "class":
                names = self.flow.program.modules[target.module].members.get(parent, {})
                if "transform" in names and not any(name.startswith(ASKED) for name in names):
                    return target.module, parent
        return None

    def _features(self, call: Value) -> str:
        own = self._transformer(call)
        if own is not None:
            return self.drawing.code("features", own)
        node = self.drawing.step("features", call)
        self.calls.setdefault(node, call)
        apis = [target.api for target in self.flow.targets(call) if target.api is not None]
        makers = self._fitted(call) or [short_name(api.name).partition(".")[0] for api in apis]
        self.makers.setdefault(node, {}).update(dict.fromkeys(makers))
        return node

    def _name(self, node: str, makers: list[str]) -> None:
        told = ", ".join(makers[:MAKERS_NAMED]) + (" …" if len(makers) > MAKERS_NAMED else "")
        data = self.drawing.graph.nodes[node]
        data["label"] = f"{told} in {data['label']}"

    def _feed(self) -> None:
        """Join features that no way led to yet with what they are made from."""
        for node, call in self.calls.items():
            if self.drawing.graph.in_degree(node):
                continue
            for visit in self.flow.walk(call, self.origins.back, limit=MADE_LIMIT):
                pipeline = self.pipelines.get(visit.value)
                for start in [pipeline] if pipeline is not None else self.sources.get(visit.value, ()):
                    self.drawing.join(start, node, call)

    # ------------------------------------------------------------------ models

    def _model(self, model: TrainedModel) -> None:
        node = model_node(self.drawing, model)
        trained = [call for call in model.trained if self.drawing.is_ours(call)]
        for call in trained:
            self.drawing.join(self.drawing.step("training step", call), node, call)
        steps = list(dict.fromkeys(self.drawing.step("training step", call) for call in trained))
        seen: dict[Value, Visit] = {}
        for visit in self.origins.visits(model):
            seen.setdefault(visit.value, visit)
        for value, visit in seen.items():
            if self._makes_features(value):
                self._lead(self._features(value), list(self._before(visit)), steps)
        for origin in self.origins.of(model):
            way = list(self._before(seen[origin.read])) if origin.read in seen else []
            pipeline = self.pipelines.get(origin.read)
            for source in [pipeline] if pipeline is not None else self._sources(origin):
                if not self._arrives(source, steps):
                    self._lead(source, way, steps)

    def _sources(self, origin: Origin) -> list[str]:
        self.sources[origin.read] = self.drawing.sources(origin.text, origin.read)
        return self.sources[origin.read]

    def _before(self, visit: Visit) -> Iterator[Value]:
        """The feature makers between a visit and the training, in the order of the data."""
        for each in visit.path()[-2::-1]:
            if self._makes_features(each.value):
                yield each.value

    def _lead(self, start: str, makers: list[Value], steps: list[str]) -> None:
        for value in makers:
            node = self._features(value)
            self.drawing.join(start, node, value)
            start = node
        for step in steps[:1]:
            self.drawing.join(start, step)

    def _arrives(self, start: str, steps: list[str]) -> bool:
        import networkx as nx

        return any(nx.has_path(self.drawing.graph, start, step) for step in steps)


def model_node(drawing: Drawing, model: TrainedModel) -> str:
    """The node of a model that the repository trains."""
    place = drawing.project.model_location(model)
    return drawing.add("model", f"{place.path}:{model.name}", model.name, place, (model.name, place.path, place.line))

"""The pipeline graph from the models on: artifacts, evaluations, serving boundaries, and who uses what they serve."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.files.files import Files
from mldebt.flow.types.models import MODEL_KINDS, short_name
from mldebt.flow.value import Value
from mldebt.pipeline.graph.drawing import Drawing
from mldebt.pipeline.graph.upstream import model_node
from mldebt.pipeline.models.keeping import Kept
from mldebt.pipeline.models.origins import Origins
from mldebt.pipeline.models.register import TrainedModel
from mldebt.pipeline.programs.clients import Clients
from mldebt.pipeline.spelling import spoken
from mldebt.pipeline.units import Unit
from mldebt.rulebook import Api

ASKED_SHOWN = 12
ELSEWHERE = " (not trained here)"
UNSEEN = " (training not seen)"
"""Of what is told by its method's name alone nobody knows whose it is."""


def draw_uses(drawing: Drawing) -> None:
    """Everything after the models, and the models that others trained where endpoints serve them."""
    _Downstream(drawing).draw()


class _Downstream:
    """Draws what becomes of models."""

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.project = drawing.project
        self.flow = drawing.flow
        self.keeping = drawing.project.keeping
        self.usage = drawing.project.usage
        self.metrics = drawing.project.metrics
        self.clients = Clients(drawing.project)
        self.origins = drawing.flow.shared(Origins)
        self.files = drawing.flow.shared(Files)

    def draw(self) -> None:
        ways = {unit: self.project.behind.way_to_model(unit) for unit in self.drawing.serving.endpoints}
        for unit, way in ways.items():
            for visit in way.path() if way is not None else ():
                self.drawing.passed.setdefault(self.drawing.unit(visit.value), {})[unit] = None
        for model in self.project.trained_models:
            self._model(model, model_node(self.drawing, model))
        for unit, way in ways.items():
            if way is not None:
                self._endpoint(unit, way.value)
        for unit in self._batches():
            self._batch(unit)
        for unit in self.drawing.serving.endpoints:
            self._asked_for(unit)

    # ------------------------------------------------------------------ models of the repository

    def _model(self, model: TrainedModel, node: str) -> None:
        kept = self.keeping.artifacts(model)
        artifacts = {each.call: self._artifact(each, node) for each in kept}
        own = {self.drawing.unit(value) for value in model.trained}
        for loader in self.keeping.loading.of(model, kept):
            start = next(iter(artifacts.values()), node)
            for asked in self.usage.asked_of(loader):
                self._joined(start, asked, own)
        for asked in model.asked[:ASKED_SHOWN]:
            self._joined(node, asked, own)
        for call, how in model.kept:
            if how == "served":
                self.drawing.join(node, self.drawing.step("serving boundary", call), call)
        for call in (each.call for each in self.metrics.of(model) if self.drawing.is_ours(each.call)):
            self.drawing.join(node, self.drawing.step("evaluation", call), call)

    def _artifact(self, each: Kept, node: str) -> str:
        artifact = self.drawing.thing("artifact", each.text, each.call, "model")
        self.drawing.join(node, artifact, each.call)
        return artifact

    def _joined(self, start: str, asked: Value, own: set[Unit]) -> None:
        """Join a model, or what was kept of it, to the code that asks it; the training that asks its own is no user."""
        if not self.drawing.is_ours(asked) or self.drawing.unit(asked) in own or self._is_own_method(asked):
            return
        for user in self.drawing.users(asked):
            self.drawing.join(start, user, asked)

    def _is_own_method(self, asked: Value) -> bool:
        """Whether a model asks itself, in its own class."""
        cls = self.flow.program.enclosing_class(asked.body.key)
        return cls is not None and self.drawing.models.is_model(cls)

    # ------------------------------------------------------------------ serving

    def _asked_for(self, unit: Unit) -> None:
        """Who asks an endpoint that serves a model, over HTTP."""
        boundary = self.drawing.drawn("serving boundary", unit)
        if boundary:
            for call in self.clients.of(unit):
                for user in self.drawing.users(call):
                    self.drawing.join(boundary, user, call)

    def _endpoint(self, unit: Unit, asked: Value) -> None:
        """An endpoint whose model is known only by the call that asks it."""
        boundary = self.drawing.code("serving boundary", unit)
        api = self.flow.api(asked)
        if api is None or any(map(self._is_model, self.drawing.graph.pred[boundary])):
            return
        cls = self.flow.program.enclosing_class(asked.body.key)
        own = [model for model in self.project.trained_models if cls is not None and model.cls == cls]
        for each in own:
            self.drawing.join(model_node(self.drawing, each), boundary, asked)
        if not own and cls is not None and self.drawing.models.is_model(cls):
            self.drawing.join(self.drawing.code("model", cls), boundary, asked)
        elif not own:
            spoken, place = self._spoken(asked, api), self.project.location(asked)
            kind, said = self._kind(asked, api)
            self.drawing.join(self.drawing.add(kind, f"{spoken}{said}", f"{spoken}{said}", place), boundary, asked)

    def _kind(self, asked: Value, api: Api) -> tuple[str, str]:
        """What a thing is of which only the call that asks it is known, and what is to be said of its training."""
        if self._only_ranks(asked, api):
            return "ranking", ""
        return "model", UNSEEN if api.library == "conventions" else ELSEWHERE

    def _only_ranks(self, asked: Value, api: Api) -> bool:
        """Whether what is asked compares or looks up, and is no model itself: a likeness, a search, another service."""
        if self.drawing.models.kind(api.name.rpartition(".")[0]) in MODEL_KINDS:
            return False
        roles = self.flow.roles(asked)
        return "compares" in roles or ("ranks" in roles and "predicts" not in roles)

    def _scored(self, boundary: str, asked: Value) -> None:
        """What a batch scores, when it reads that itself and no ingestion pipeline does."""
        if any(
            self.drawing.graph.nodes[start]["kind"] == "ingestion pipeline"
            for start in self.drawing.graph.pred[boundary]
        ):
            return
        for source in asked.arguments:
            for origin in self.origins.behind(source):
                for node in self.drawing.sources(origin.text, origin.read):
                    self.drawing.join(node, boundary, origin.read)

    def _is_model(self, node: str) -> bool:
        return self.drawing.graph.nodes[node]["kind"] in ("model", "ranking", "artifact")

    def _spoken(self, asked: Value, api: Api) -> str:
        """What a model is called of which only a call is known: its library's class, else as the code names it."""
        name = short_name(api.name)
        if "." in name or asked.receiver is None:
            return name
        return f"{spoken(asked.receiver).strip('{}')}.{name}"

    def _batches(self) -> Iterator[Unit]:
        """The functions that ask a model and write what it says."""
        for body in self.project.bodies():
            unit = body.key
            if body.scope.kind in ("function", "module") and self.drawing.serving.is_batch(unit):
                yield unit

    def _batch(self, unit: Unit) -> None:
        """Who reads the predictions that a batch wrote."""
        boundary = self.drawing.code("serving boundary", unit)
        for call in self.flow.body(*unit).calls:
            roles = self.flow.roles(call)
            if "predicts" in roles:
                self._endpoint(unit, call)
                self._scored(boundary, call)
            for reader in self.files.readers(call) if "saves" in roles else ():
                if self.drawing.unit(reader.call) != self.drawing.unit(call):
                    for user in self.drawing.users(reader.call):
                        self.drawing.join(boundary, user, reader.call)

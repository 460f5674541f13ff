"""Models that are fitted on what another model said."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import cached_property

import msgspec

from mldebt.flow.files.writers import Writers
from mldebt.flow.module import Module
from mldebt.flow.types.models import NETWORK_KINDS, Models
from mldebt.flow.value import Value
from mldebt.pipeline.models.origins import Origins
from mldebt.pipeline.models.register import TrainedModel
from mldebt.pipeline.project import Project

BACK_LIMIT = 1500
LOADERS_LOOKED_AT = 12
_SAYS = frozenset({"predict", "predict_proba", "predict_log_proba", "decision_function", "recommend", "score_samples"})
"""What a model says of single rows. What an encoder or a reducer makes of them are features, not a model's opinion."""


class Cascade(msgspec.Struct, frozen=True, kw_only=True):
    """A model that learns from another one: `said` is the call by which that one speaks, `stored` the write through
    which it gets there (None when no file lies between)."""

    model: TrainedModel
    fitted: Value
    other: TrainedModel
    said: Value
    stored: Value | None


class Cascades:
    """Finds them among the models that the repository trains."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.flow = project.flow
        self.models = project.flow.shared(Models)
        self.keeping = project.keeping
        self.usage = project.usage
        self.origins = project.flow.shared(Origins)
        self.writers = project.flow.shared(Writers)
        self._said: dict[Value, list[Value]] = {}

    def find(self) -> Iterator[Cascade]:
        """Every pair of models, one fitted on the other's predictions, that stand in different modules."""
        if len(self.project.trained_models) < 2 or not self._speakers:
            return
        for model in self.project.trained_models:
            seen: set[int] = set()
            for said, stored in self._behind(model):
                other = self._speakers[said]
                if other is model or id(other) in seen or not self._crosses(model, other):
                    continue
                seen.add(id(other))
                if not self._is_declared(model, other, stored):
                    yield Cascade(model=model, fitted=model.trained[0], other=other, said=said, stored=stored)

    @cached_property
    def _speakers(self) -> dict[Value, TrainedModel]:
        """The calls that ask a trained model what it thinks of rows, each with the model."""
        found: dict[Value, TrainedModel] = {}
        for model in self.project.trained_models:
            loaders = self.keeping.loading.of(model, self.keeping.artifacts(model), LOADERS_LOOKED_AT)
            calls = [*model.asked, *(call for loader in loaders for call in self.usage.lives.of(loader).asked)]
            for call in calls:
                if call.kind == "call" and self._says(call) and call.body.module.category == "product":
                    found.setdefault(call, model)
        return found

    def _says(self, call: Value) -> bool:
        """A helper that asks whatever model it is handed speaks for none of them."""
        receiver = call.receiver
        return receiver is not None and call.function.name in _SAYS and receiver.kind != "param"

    # ------------------------------------------------------------------ behind a training

    def _behind(self, model: TrainedModel) -> Iterator[tuple[Value, Value | None]]:
        """What models said on the way to a training, directly or through a file that was written here."""
        for visit in self.origins.visits(model):
            value = visit.value
            if value in self._speakers:
                yield value, None
            elif value.kind == "call" and self.writers.files.paths.is_read(value):
                yield from self._written(value)

    def _written(self, read: Value) -> Iterator[tuple[Value, Value | None]]:
        for write in self.writers.of(read):
            yield from ((said, write) for said in self._said_in(write))

    def _said_in(self, write: Value) -> list[Value]:
        """What models said that is in a file; many models are trained on one."""
        if write not in self._said:
            walks = (self.flow.walk(each, self.origins.back, limit=BACK_LIMIT) for each in self.writers.content(write))
            visited = (visit.value for walk in walks for visit in walk)
            self._said[write] = [value for value in visited if value in self._speakers]
        return self._said[write]

    def _crosses(self, model: TrainedModel, other: TrainedModel) -> bool:
        """Whether the two are trained in different modules of one project, and neither is a part of the other."""
        if not self.flow.program.roots.together(model.made.body.module, other.made.body.module):
            return False
        here = {value.body.module.index for value in (model.made, *model.trained)}
        there = {value.body.module.index for value in (other.made, *other.trained)}
        inside = {call for each in (model, other) for call, _ in each.inside}
        return (
            not here & there and model.made not in inside and other.made not in inside and not self._is_network(model)
        )

    def _is_network(self, model: TrainedModel) -> bool:
        """A network that learns from another one by hand is distilled or adversarial: both know of each other."""
        return model.cls is not None and self.models.derives(model.cls, NETWORK_KINDS)

    # ------------------------------------------------------------------ what declares it

    def _is_declared(self, model: TrainedModel, other: TrainedModel, stored: Value | None) -> bool:
        """Whether a document names both, or a workflow hands what one wrote to the other."""
        ours, theirs = self._names(model), self._names(other)
        for document in self.project.raw_documents:
            if any(name in document.text for name in ours) and any(name in document.text for name in theirs):
                return True
        return stored is not None and self._is_staged(stored)

    def _names(self, model: TrainedModel) -> set[str]:
        """What a document may call a model: its files of code."""
        modules: dict[int, Module] = {
            value.body.module.index: value.body.module for value in (model.made, *model.trained)
        }
        names = {posixpath.basename(module.path) for module in modules.values()}
        return names | ({model.name} if model.cls is not None else set())

    def _is_staged(self, write: Value) -> bool:
        path = self.writers.files.paths.path(write)
        texts = self.writers.files.paths.texts(path) if path is not None else ()
        names = {posixpath.basename(text) for text in texts}
        return any(
            posixpath.basename(each) in names
            for document in self.project.documents
            for stage in document.stages
            for each in (*stage.inputs, *stage.outputs)
        )

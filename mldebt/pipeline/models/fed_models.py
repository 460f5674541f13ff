"""Which models that are kept or served get what an ingestion pipeline brings."""

from __future__ import annotations

from collections import defaultdict

from mldebt.flow.module import Module
from mldebt.flow.roots import is_example
from mldebt.pipeline.ingestion.ingestion import Ingestion
from mldebt.pipeline.models.register import TrainedModel
from mldebt.pipeline.programs.serving_path import ServingPath
from mldebt.pipeline.project import Project

_FEEDS = frozenset({"training", "prediction", "dataset"})


class FedModels:
    """Questions about what depends on a pipeline's data. What a notebook tries and an example shows is nobody's."""

    def __init__(self, project: Project) -> None:
        self._program = project.flow.program
        self._serving = project.flow.shared(ServingPath)
        self._trained: dict[object, list[TrainedModel]] = defaultdict(list)
        for model in project.trained_models:
            for call in (*model.trained, *model.asked) if model.kept else ():
                self._trained[call].append(model)
                if model not in self._trained[call.body.key]:
                    self._trained[call.body.key].append(model)

    def of(self, ingestion: Ingestion) -> tuple[TrainedModel, ...]:
        """The kept models that learn from a pipeline's data or are asked about it; none where code trains whatever
        model it is given, and some of these are only shown."""
        ends = [end.value for end in ingestion.ends if end.use.kind in _FEEDS]
        for value in (value for value in ends if is_in_earnest(value.body.module)):
            found = self._trained.get(value) or self._trained.get(value.body.key, [])
            if found and all(_is_built(model) for model in found):
                return tuple(found)
        return ()

    def is_scored(self, ingestion: Ingestion) -> bool:
        """Whether a program asks a model about a pipeline's data behind an endpoint, or writes down what it says."""
        bodies = {end.value.body.key for end in ingestion.ends if end.use.kind == "prediction"}
        return any(
            is_in_earnest(self._program.modules[key[0]])
            and (key in self._serving.behind or self._serving.is_batch(key))
            for key in bodies
        )


def _is_built(model: TrainedModel) -> bool:
    """Whether the repository's own programs build a model: it is not only a class for others to build."""
    return model.made.kind == "call" and is_in_earnest(model.made.body.module)


def is_in_earnest(module: Module) -> bool:
    """Whether a module is neither a notebook nor an example."""
    return not module.is_notebook and not is_example(module.path)

"""What people may call a model: by its class, its file, what it is kept as, the configuration that names it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from mldebt.flow.files.paths import Paths
from mldebt.flow.program import Module
from mldebt.flow.sameness import arguments
from mldebt.flow.walk import Flow
from mldebt.pipeline.models.register import TrainedModel
from mldebt.regex import regex
from mldebt.sources import Document, DocumentKind

NAME_LENGTH = 5
KEPT_LOOKED_AT = 8
CONFIGURATIONS_NAMED = 20
_GENERAL = regex(
    r"(^pytorch_|^torch_|^tf_|_?(model|net|network|classifier|regressor|recommender|ranker|predictor|ts)$)+",
    re.IGNORECASE,
)
_OF_ANY_MODEL = regex(
    r"^(best|last|final|latest|trained|saved|my|the|new|current|model|models|weights?|checkpoints?|ckpts?|state|dict|params?"
    r"|artifacts?|outputs?|results?|pipeline|estimator|classifier|regressor|default|config|base|main|train|training"
    r"|test|experiment|network|\d+|v\d+|[-_. ])+$",
    re.IGNORECASE,
)
"""What a file of any model, or any configuration, may be called."""
_ENDING = regex(r"(\.[A-Za-z]\w{0,10})+$")
_REGISTERED = frozenset({"registered_model_name", "model_name", "name"})


class KnownNames:
    """Names by which documents may speak of a model."""

    def __init__(self, flow: Flow, documents: Sequence[Document]) -> None:
        self.flow = flow
        self.paths = flow.shared(Paths)
        self._known: dict[int, set[str]] = {}
        self.configurations = [each for each in documents if each.kind is DocumentKind.CONFIG]

    def of(self, model: TrainedModel) -> set[str]:
        """The names that are long enough to be known by."""
        found = self._known.get(id(model))
        if found is None:
            names = [*self._kept_as(model), *(self._of_class(model) if model.cls is not None else ())]
            long_enough = {word for name in names if len(word := _GENERAL.sub("", name)) >= NAME_LENGTH}
            found = self._known[id(model)] = long_enough
        return found

    def _of_class(self, model: TrainedModel) -> Iterator[str]:
        assert model.cls is not None
        yield model.name
        yield self._stem(self.flow.program.modules[model.cls[0]], model)
        yield from self._configured_as(model)

    def _stem(self, module: Module, model: TrainedModel) -> str:
        """The name of a model's file, where it is not named after a class in it that is neither it nor above it."""
        stem = module.path.rpartition("/")[2].removesuffix(".py")
        own = self.flow.program.ancestry(model.cls) if model.cls is not None else ()
        scopes = enumerate(module.facts.scopes)
        names = {each.name for number, each in scopes if each.kind == "class" and (module.index, number) not in own}
        return "" if stem.replace("_", "").lower() in {_GENERAL.sub("", name).lower() for name in names} else stem

    def _configured_as(self, model: TrainedModel) -> list[str]:
        """The names of the configurations that name the class of a model."""
        pattern = re.compile(rf"(?<![\w-]){re.escape(model.name)}(?![\w-])")
        held = (each for each in self.configurations if model.name in each.text and pattern.search(each.text))
        names = list(dict.fromkeys(_plain(each.path) for each in held))
        return [name for name in names if not _OF_ANY_MODEL.match(name)] if len(names) <= CONFIGURATIONS_NAMED else []

    def _kept_as(self, model: TrainedModel) -> Iterator[str]:
        """The names of a model's files, and those that it is registered by."""
        for call in (call for call, _ in model.kept[:KEPT_LOOKED_AT] if call.kind == "call"):
            named = [source for keyword, source in arguments(call) if keyword in _REGISTERED]
            named += [path for path in [self.paths.path(call)] if path is not None]
            for name in (_plain(text) for source in named for text in self.paths.texts(source)):
                if "{" not in name and not _OF_ANY_MODEL.match(name):
                    yield name


def _plain(path: str) -> str:
    """A file's name without its ending."""
    return _ENDING.sub("", posixpath.basename(path.rstrip("/")))

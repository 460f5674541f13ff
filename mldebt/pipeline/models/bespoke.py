"""Training, tuning, export and serving code that stands in several modules in almost the same words."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import msgspec

from mldebt.flow.module import Module, ScopeKey
from mldebt.flow.types.models import NETWORK_KINDS, Models
from mldebt.flow.value import Value
from mldebt.pipeline.clones import Family, Region, Shapes, find_families, in_two_modules
from mldebt.pipeline.project import Project
from mldebt.regex import regex

_EXPORTS = regex(
    r"^(torch\.(onnx\.export|onnx\.dynamo_export|jit\.(trace|script)|export\.export)|tf2onnx\.|coremltools\.convert"
    r"|skl2onnx\.|onnxmltools\.|tensorflow\.saved_model\.save|tensorflow\.lite\.TFLiteConverter|openvino\.convert_model)"
)
_STEPS = frozenset({"step", "backward", "apply_gradients", "minimize", "train_on_batch"})
_PROJECT_FILES = frozenset(
    {"requirements.txt", "pyproject.toml", "setup.py", "readme.md", "readme.rst", "environment.yml", "dockerfile"}
)
_SHOWN = regex(
    r"(^|[/_-])(examples?|tutorials?|docs?|demos?|samples?|notebooks?|colabs?|cookbooks?|benchmarks?|exercises?|lessons?"
    r"|courses?|workshops?)([/_.-]|$)",
    re.IGNORECASE,
)
"""Code that is shown to somebody, and must be whole where it stands."""


class Cloned(msgspec.Struct, frozen=True, kw_only=True):
    """A family of near-clones; `what` they are. `apart`: each belongs to a project or an example of its own."""

    what: str
    family: Family
    apart: bool


class Bespoke:
    """Finds families of near-clones among the code that trains, tunes, exports and serves."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.flow = project.flow
        self.models = project.flow.shared(Models)

    def find(self, similarity: float, least: int) -> Iterator[Cloned]:
        """Families across modules, by place: loops and the classes around them, then objectives, exports, endpoints."""
        shapes = self.flow.shared(Shapes.of)
        told: list[Region] = []
        for what, places in (
            ("trainer classes", self._trainers()),
            ("training loops", self._loops()),
            ("tuning objectives", self._objectives()),
            ("export functions", self._exports()),
            ("serving endpoints", self._serving()),
        ):
            regions = [shapes.unit(self.flow.program.modules[place[0]], place[1]) for place in dict.fromkeys(places)]
            for family in find_families(regions, similarity=similarity, least=least, compare=in_two_modules):
                if len({each.module.index for each in family.members}) > 1 and not self._is_told(family, told):
                    told += family.members
                    yield Cloned(what=what, family=family, apart=self._are_apart(family.members))

    def _is_told(self, family: Family, told: Iterable[Region]) -> bool:
        """Whether all but one member stand inside members of families that were found before."""
        spans = [(each.module.index, *self._span(each)) for each in told]
        inside = 0
        for each in family.members:
            start, end = self._span(each)
            inside += any(m == each.module.index and a <= start and end <= b for m, a, b in spans)
        return inside >= len(family.members) - 1

    def _span(self, region: Region) -> tuple[int, int]:
        scope = region.module.facts.scopes[region.scope]
        return (scope.at, scope.end) if region.scope else (0, 1 << 60)

    # ------------------------------------------------------------------ what is compared

    def _loops(self) -> Iterator[ScopeKey]:
        """Functions, methods and scripts that step an optimizer in a loop."""
        for module, number, calls in self._scopes():
            if any(self._steps(call) for call in calls):
                yield module.index, self._function(module, number)

    def _trainers(self) -> Iterator[ScopeKey]:
        """Classes with such a method that are no networks themselves."""
        for key in self._loops():
            cls = self.flow.program.enclosing_class(key) if key[1] else None
            if cls is not None and not self.models.derives(cls, NETWORK_KINDS):
                yield cls

    def _steps(self, call: Value) -> bool:
        function = call.function
        return function.kind == "attr" and function.data in _STEPS and "optimizes" in self.flow.roles(call)

    def _objectives(self) -> Iterator[ScopeKey]:
        """Functions that a search calls with its trials."""
        for _, _, calls in self._scopes():
            for call in calls:
                if "tunes" in self.flow.roles(call):
                    yield from (key for key in self.flow.callbacks(call) if self.flow.scope(*key).kind == "function")

    def _exports(self) -> Iterator[ScopeKey]:
        for module, number, calls in self._scopes():
            if any(_EXPORTS.match(target.name) for call in calls for target in self.flow.targets(call)):
                yield module.index, self._function(module, number)

    def _serving(self) -> Iterator[ScopeKey]:
        """Endpoints that ask a model themselves."""
        for module, number, calls in self._scopes():
            if self.project.boundaries.endpoint(module.index, number) and any(
                "predicts" in self.flow.roles(call) for call in calls
            ):
                yield module.index, number

    def _scopes(self) -> Iterator[tuple[Module, int, list[Value]]]:
        for module in self.project.modules():
            for number in range(len(module.facts.scopes)):
                yield module, number, self.flow.body(module.index, number).calls

    def _function(self, module: Module, number: int) -> int:
        """The function or method around a scope that stands in no other function."""
        scopes = module.facts.scopes
        while number > 0 and not (
            scopes[number].kind == "function" and scopes[scopes[number].parent].kind in ("module", "class")
        ):
            number = scopes[number].parent
        return max(number, 0)

    # ------------------------------------------------------------------ projects of their own

    def _are_apart(self, members: Sequence[Region]) -> bool:
        """Whether the members are shown to somebody, each by itself, rather than run together; all but one of them in
        notebooks are how the one was found, or how it is shown."""
        if sum(not each.module.is_notebook for each in members) < 2:
            return True
        homes = [self._home(each.path) for each in members]
        return all(_SHOWN.search(each.path) for each in members) or (all(homes) and len(set(homes)) == len(homes))

    def _home(self, path: str) -> str:
        """The nearest folder around a file that is a project of its own; "" for the repository's."""
        folder = posixpath.dirname(path)
        while folder and folder not in self._projects:
            folder = posixpath.dirname(folder)
        return folder

    @cached_property
    def _projects(self) -> frozenset[str]:
        paths = [document.path for document in self.project.raw_documents]
        paths += [module.path for module in self.flow.program.modules]
        return frozenset(
            posixpath.dirname(path) for path in paths if posixpath.basename(path).lower() in _PROJECT_FILES
        )

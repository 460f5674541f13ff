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
_TRAINS = frozenset({"fits", "tunes", "optimizes"})
_KEEPS = frozenset({"stores", "saves", "registers", "measures"})
_LANGUAGE = ("spacy.", "nltk.", "stanza.")
"""What takes texts apart, and is asked by all that clean them."""
_SCORERS = "functions that score with a model"
CLASS_LINES, PROGRAM_LINES, SCORING_LINES = 20, 20, 8
DEPTH = 3
"""How long such code is at least (shorter, it does what the library asks for), and how far calls are followed."""
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
        """Families across modules, by place: loops and the classes around them, then objectives, exports, endpoints,
        what a library trains, programs, and what asks a model, once for the same modules."""
        shapes = self.flow.shared(Shapes.of)
        told: list[Region] = []
        copies: set[frozenset[int]] = set()
        for what, places, lines in (
            ("trainer classes", self._trainers(), least),
            ("training loops", self._loops(), least),
            ("tuning objectives", self._objectives(), least),
            ("export functions", self._exports(), least),
            ("serving endpoints", self._serving(), least),
            ("classes that train a model", self._fitting(), max(least, CLASS_LINES)),
            ("programs that train a model", self._programs(), max(least, PROGRAM_LINES)),
            (_SCORERS, self._scoring(), max(least, SCORING_LINES)),
        ):
            regions = [shapes.unit(self.flow.program.modules[place[0]], place[1]) for place in dict.fromkeys(places)]
            for family in find_families(regions, similarity=similarity, least=lines, compare=in_two_modules):
                homes = frozenset(each.module.index for each in family.members)
                if len(homes) > 1 and not self._is_told(family, told) and (what != _SCORERS or homes not in copies):
                    told += family.members
                    copies.add(homes)
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

    def _fitting(self) -> Iterator[ScopeKey]:
        """Classes that fit a model and keep or measure it, and are none themselves."""
        for module, number, calls in self._scopes():
            cls = self.flow.program.enclosing_class((module.index, number)) if number else None
            if cls is None or self.models.derives(cls, NETWORK_KINDS):
                continue
            if any(map(self._trains, calls)) and self._does(cls, _KEEPS):
                yield cls

    def _trains(self, call: Value) -> bool:
        """Whether a call fits a model, and not what writes features otherwise."""
        roles = self.flow.roles(call)
        return bool(roles & _TRAINS) and "features" not in roles and not self.models.makes_features(call)

    def _does(self, cls: ScopeKey, roles: frozenset[str]) -> bool:
        numbers = self.flow.program.modules[cls[0]].members.get(cls[1], {}).values()
        return any(
            self.flow.roles(call) & roles
            for number in numbers
            if self.flow.scope(cls[0], number).kind == "function"
            for call in self.flow.body(cls[0], number).calls
        )

    def _programs(self) -> Iterator[ScopeKey]:
        """Functions outside of classes that a module starts itself, and that train a model or have one trained."""
        for module in self.project.modules():
            for call in self.flow.body(module.index, 0).calls:
                for target in self.flow.targets(call):
                    if target.kind == "func" and target.module == module.index and self._has_trained(target.key, DEPTH):
                        yield target.key

    def _has_trained(self, unit: ScopeKey, depth: int) -> bool:
        calls = self.flow.body(*unit).calls
        if any(self._trains(call) for call in calls):
            return True
        own = {
            target.key
            for call in calls
            for target in self.flow.targets(call)
            if depth and target.kind == "func" and not target.guessed and target.key != unit
        }
        return any(self._has_trained(each, depth - 1) for each in own)

    def _scoring(self) -> Iterator[ScopeKey]:
        """Functions and methods that prepare what a model is asked, ask it, and hand out what it says."""
        for module, number, calls in self._scopes():
            scope = module.facts.scopes[number]
            if number and scope.kind == "function" and any(map(self._asks, calls)):
                cls = self.flow.program.enclosing_class((module.index, number))
                if cls is None or not self.models.derives(cls, NETWORK_KINDS):
                    yield module.index, self._function(module, number)

    def _asks(self, call: Value) -> bool:
        """Whether a call is known to ask a model."""
        return any(
            target.api is not None
            and not target.guessed
            and "predicts" in target.api.roles
            and not target.name.startswith(_LANGUAGE)
            for target in self.flow.targets(call)
        )

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

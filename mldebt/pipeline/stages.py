"""Which stage of the pipeline code belongs to: by what it calls, else by the code around it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from mldebt.flow.evaluation.gradients import TRAINS
from mldebt.flow.program import Module
from mldebt.flow.value import Value
from mldebt.ownership import Span
from mldebt.pipeline.extent import Extents
from mldebt.pipeline.programs.serving_path import ServingPath
from mldebt.pipeline.project import Project
from mldebt.pipeline.units import Unit
from mldebt.sources import DocumentKind

STAGES = ("ingestion", "features", "modelling", "evaluation", "serving", "operations")
_SHAPES = frozenset({"cleans", "joins", "groups", "validates"})
_RUNS = frozenset({"orchestrates", "registers"})
_DATA = frozenset({"table", "bucket", "url", "hub"})
_KINDS = {
    "model": "modelling",
    "training step": "modelling",
    "ingestion pipeline": "ingestion",
    "serving boundary": "serving",
    "ranking": "modelling",
    "feature code": "features",
    "evaluation": "evaluation",
    "part of models": "modelling",
}
FEW = 3  # so many steps on data are a pipeline, fewer happen anywhere
OPERATING = (
    DocumentKind.WORKFLOW,
    DocumentKind.DOCKERFILE,
    DocumentKind.MAKEFILE,
    DocumentKind.DVC,
    DocumentKind.MLPROJECT,
    DocumentKind.AIRFLOW,
)


class Stages:
    """Sorts the lines of the team's own code, and the files that run it, into stages."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.flow = project.flow
        self.serving = project.flow.shared(ServingPath)
        self._extents = Extents()
        self._ingesting = {unit for each in project.ingestions for unit in (each.owner, *each.units)}
        self._modelling = {model.cls for model in project.trained_models if model.cls is not None}
        self._kinds = {component.path: _KINDS[component.kind] for component in project.components}

    def spans(self) -> Mapping[str, tuple[Span, ...]]:
        """Stage → its lines."""
        found: dict[str, list[Span]] = defaultdict(list)
        for module in self.project.modules():
            for stage, span in self._of_module(module):
                found[stage].append(span)
        for document in self.project.raw_documents:
            if document.kind in OPERATING:
                found["operations"].append((document.path, 1, 0))
        return {stage: tuple(found[stage]) for stage in STAGES if found[stage]}

    def _of_module(self, module: Module) -> Iterator[tuple[str, Span]]:
        """The stages of a module's definitions. What tells nothing goes with the rest, where that is clear."""
        own = self._stage((module.index, 0))
        if module.is_notebook:
            stage = self._kinds.get(module.path, own)
            for span in self._extents.spans(module, 0) if stage else ():
                yield stage, span
            return
        found = [(number, self._stage((module.index, number))) for number in self._definitions(module)]
        spans = {number: self.serving.span((module.index, number)) for number, _ in found}
        rest = self._kinds.get(module.path) or _most(
            [(stage, last - first + 1) for number, stage in found for _, first, last in [spans[number]]]
        )
        for number, stage in found:
            if stage or rest:
                yield stage or rest, spans[number]
        for first, last in _gaps([spans[number][1:] for number, _ in found], len(module.facts.lines)):
            if own or rest:
                yield own or rest, (module.path, first, last)

    def _definitions(self, module: Module) -> list[int]:
        return [
            number
            for number, scope in enumerate(module.facts.scopes)
            if number and scope.parent == 0 and scope.kind in ("function", "class")
        ]

    def _stage(self, unit: Unit) -> str:
        """What a definition is for: what it is, else what it calls; "" when that tells nothing."""
        inside = self.serving.inside(unit)
        if any(each in self.serving.endpoints or self.serving.is_batch(each) for each in inside):
            return "serving"
        calls = [call for each in inside for call in self.flow.body(*each).calls]
        if unit in self._modelling or any(self._learns(call) for call in calls):
            return "modelling"
        if unit in self._ingesting:
            return "ingestion"
        if any(each in self.serving.behind for each in inside):
            return "serving"
        return self._by_calls(calls)

    def _by_calls(self, calls: Sequence[Value]) -> str:
        roles = Counter(role for call in calls for role in self.flow.roles(call))
        if roles["measures"]:
            return "evaluation"
        if roles["features"]:
            return "features"
        if sum(roles[role] for role in _SHAPES) + sum(map(self._reads_data, calls)) >= FEW:
            return "ingestion"
        return "operations" if any(roles[role] for role in _RUNS) else ""

    def _learns(self, call: Value) -> bool:
        """Fitting an encoder makes features, not a model."""
        roles = self.flow.roles(call)
        return bool(roles & TRAINS) and "features" not in roles

    def _reads_data(self, call: Value) -> bool:
        api = self.flow.api(call)
        return api is not None and "reads" in api.roles and api.medium in _DATA


def _most(found: Sequence[tuple[str, int]]) -> str:
    """The stage of at least half of the lines; "" where there is none."""
    lines: Counter[str] = Counter()
    for stage, count in found:
        lines[stage] += count
    stage, most = max(lines.items(), key=lambda item: item[1], default=("", 0))
    return stage if 2 * most >= sum(lines.values()) else ""


def _gaps(covered: Sequence[tuple[int, int]], lines: int) -> Iterator[tuple[int, int]]:
    """The lines between definitions."""
    after = 1
    for first, last in sorted(covered):
        if first > after:
            yield after, first - 1
        after = max(after, last + 1)
    if after <= lines:
        yield after, lines

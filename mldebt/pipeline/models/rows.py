"""The model register: every model of a project as one record of plain values, joined from all that is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from mldebt.finding import Finding, Location
from mldebt.flow.types.models import Models
from mldebt.flow.value import Value
from mldebt.inventory import Cell, ModelRecord
from mldebt.ownership import Span
from mldebt.pipeline.ingestion.named_reads import below
from mldebt.pipeline.models.by_name import ByName
from mldebt.pipeline.models.features import Features
from mldebt.pipeline.models.hosted_rows import HostedRows
from mldebt.pipeline.models.keeping import IN_CONFIGURATION, OVERWRITTEN, Kept
from mldebt.pipeline.models.origins import Origin, Origins
from mldebt.pipeline.models.parameters import Parameter
from mldebt.pipeline.models.parts import exchanged
from mldebt.pipeline.models.register import TrainedModel
from mldebt.pipeline.people.people import unclear
from mldebt.pipeline.programs.deliveries import Delivery
from mldebt.pipeline.programs.entries import Entries, Entry
from mldebt.pipeline.project import Project
from mldebt.pipeline.spelling import HOLE, Spelling
from mldebt.regex import regex

DOCUMENTS_SHOWN = 6
TRAINED_SHOWN = 4
TEXT_LIMIT = 100
_ASIDE = regex(r"(^|/)\.(?!github/)[^/]+/")
"""Hidden folders: what stands there is told to tools and agents."""
DECLARED = "versioned as data"
"""By DVC, or what else declares it."""
OWN_FORMS = frozenset("catboost fastai keras lightgbm spacy xgboost".split())
"""Libraries that load no other's models."""
_ASKED_BY_NAME = frozenset({"get_model", "create_model", "build_model"})
"""Functions of libraries that make any of their networks."""
NAMES_SHOWN = 3
ROUTES = ("route", "get", "post", "put", "path", "websocket", "api_route", "add_url_rule")


class Rows:
    """Makes records of the models of a project; each column is asked of the part that knows it."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.flow = project.flow
        self.entries = Entries(project.flow, project.prose)
        self.keeping = project.keeping
        self.origins = project.flow.shared(Origins)
        self.features = Features(project.flow, project.configured)
        self.parameters = project.parameters
        self.by_name = ByName(project.flow)
        self.usage = project.usage
        self.metrics = project.metrics
        self.models = project.flow.shared(Models)

    def all(self, findings: Sequence[Finding] = ()) -> tuple[ModelRecord, ...]:
        """Every model, by place; those that others train for the team come last."""
        own = (self.of(model, findings) for model in self.project.trained_models)
        return tuple(record.masked() for record in (*own, *HostedRows(self).all(findings)))

    def of(self, model: TrainedModel, findings: Sequence[Finding] = ()) -> ModelRecord:
        place = self.project.model_location(model)
        kept = self.keeping.with_other_forms(model)
        loaders = self.keeping.loading.of(model, kept)
        known = {call.body for call in loaders}
        loaders += [call for call in self._by_platform(model) if call.body not in known]
        served = self.usage.serving(model, loaders)
        people = self.project.people if self.project.ownership.available else None
        spans = self._spans(model)
        factor = people.factor(spans) if people else None
        unknown = unclear(factor, self.project.ownership) if factor else self.project.ownership.reason
        return ModelRecord(
            name=model.name,
            path=place.path,
            builder=self._builder(model, place),
            library=self._library(model),
            base_models=self._base_models(model),
            training=self._training(model),
            trained=tuple(Cell(text="trained here", location=self.at(call)) for call in model.trained[:TRAINED_SHOWN]),
            sources=tuple(map(self._source, self.origins.of(model))),
            features=self._features(model, "feature"),
            makers=self._features(model, "maker"),
            targets=self._features(model, "target"),
            left_out=self._features(model, "left out"),
            artifacts=tuple(
                Cell(text=each.text, location=self.at(each.call), note=self._version(each)) for each in kept
            ),
            loaders=tuple(Cell(text=self._unit_name(call), location=self.at(call)) for call in loaders),
            serving=(
                *(self.serving_cell(unit) for unit, call in served if self._serves(model, unit, call)),
                *(self.serving_cell(unit) for unit, _ in self.usage.screens(model, loaders)),
                *map(self._delivering, self.usage.delivered(model, loaders)),
            ),
            documents=self._documents(model),
            metrics=tuple(
                Cell(text=each.name, location=self.at(each.call), note=each.condition)
                for each in self.metrics.of(model)
            ),
            parameters=tuple(self._parameter(each) for each in self.parameters.of(model)),
            findings=self._findings(model, place, findings),
            owners=people.owners(spans) if people else (),
            bus_factor=factor.count if factor and not unknown else None,
            counted_as_one=people.counted_as_one(spans) if people else (),
            unknown_people=unknown,
        )

    def _version(self, kept: Kept) -> str:
        """What tells one version of an artifact from the next; what keeps versions of data may do so, too."""
        is_plain = kept.version in ("", OVERWRITTEN, IN_CONFIGURATION)
        return DECLARED if is_plain and self.project.artifacts.is_declared(kept.text) else kept.version

    def _by_platform(self, model: TrainedModel) -> list[Value]:
        """The loads of what has no name, behind endpoints where a platform puts it, or of what a command line names: of
        the one model of a project that they can load."""
        part = self._part(model)
        beside = [each for each in self.project.trained_models if self._part(each) == part]
        found = [
            call
            for call in self.keeping.loading.unnamed
            if self.project.subprojects.of(call.body.module.path) == part and self._loadable(call, beside) == [model]
        ]
        asked = ((load, self.usage.asked_of(load)) for load in found)
        behind = self.usage.behind.endpoint
        return [
            load
            for load, calls in asked
            if self.keeping.loading.is_told_where(load)
            or any(call is not load and behind(*call.body.key) is not None for call in calls)
        ]

    def _loadable(self, load: Value, models: list[TrainedModel]) -> list[TrainedModel]:
        """Those of some models that a load may load: a library that keeps models in a form of its own loads its own."""
        api = self.flow.api(load)
        library = api.library if api is not None else ""
        return [model for model in models if library not in OWN_FORMS or self._library(model) == library]

    def _part(self, model: TrainedModel) -> str:
        return self.project.subprojects.of(model.made.body.module.path)

    def at(self, value: Value) -> Location:
        return self.project.location(value)

    def _features(self, model: TrainedModel, kind: str) -> tuple[Cell, ...]:
        found = (each for each in self.features.of(model) if each.kind == kind)
        return tuple(Cell(text=each.text, location=self.at(each.at), note=each.note) for each in found)

    def _parameter(self, each: Parameter) -> Cell:
        place = each.setting[0].place(each.setting[1].line) if each.setting is not None else None
        return Cell(text=each.name, location=self.at(each.at) if each.at is not None else place, note=each.text)

    def _builder(self, model: TrainedModel, place: Location) -> tuple[Cell, ...]:
        what = "class of the repository" if model.cls is not None else "built here"
        found = [Cell(text=model.name, location=place, note=what)]
        found += [Cell(text=self._inside(call, name), location=self.at(call)) for call, name in model.inside]
        known = {cell.text for cell in found}
        for store, names in exchanged(self.flow, model.cls) if model.cls is not None else ():
            if known.issuperset(names):
                continue
            more = " or others" if len(names) > NAMES_SHOWN else ""
            found.append(Cell(text=" or ".join(names[:NAMES_SHOWN]) + more, location=self.at(store)))
        for key, _, document, setting in self.parameters.told(model):
            if key.endswith("._target_") and self._is_network(name := setting.value.rpartition(".")[2]):
                found.append(Cell(text=name, location=document.place(setting.line)))
        return tuple(found)

    def _inside(self, call: Value, name: str) -> str:
        """What stands inside a model: the class, or which network a function is asked for by its name."""
        asked = call.arguments[0] if name in _ASKED_BY_NAME and call.arguments else None
        named = self.all_texts(asked) if asked is not None else []
        if asked is not None and asked.kind == "param" and not any(map(_is_whole, named)):
            named = [str(step.value.data) for step in self.flow.back_default(asked, ())]
        return " or ".join(named[:NAMES_SHOWN]) if named and all(map(_is_whole, named)) else name

    def _source(self, origin: Origin) -> Cell:
        """A read, or what a node takes from a catalogue."""
        entry = self.project.datasets.taken(origin.read, origin.text) if origin.read.kind == "param" else None
        if entry is None:
            told = self._spelled(origin, self.keeping.told)
            default = below(self._spelled(origin, self.keeping.by_default))
            note = f"by default {default}" if default not in ("", origin.text, told) else self._medium(origin.read)
            return Cell(text=told or origin.text, location=self.at(origin.read), note=note)
        return Cell(text=entry.text, location=entry.location(), note=f"`{entry.data.name}` of the catalogue")

    def _spelled(self, origin: Origin, spelling: Spelling) -> str:
        """What a configuration, or an option's default, says that a read reads, where the code leaves it open."""
        path = (origin.path or self.keeping.paths.path(origin.read)) if "{" in origin.text else None
        if path is None:
            return ""
        texts = self.origins.spelling.ends(path, origin.stack)
        told = spelling.ends(path, origin.stack)
        return next((after for (before, _), (after, _) in zip(texts, told, strict=False) if before == origin.text), "")

    def _is_network(self, name: str) -> bool:
        """Whether a class of the repository by this name is a network, or a model."""
        return any(
            scope.kind == "class" and scope.name == name and self.models.is_model((module.index, number))
            for module in self.flow.program.modules
            for number, scope in enumerate(module.facts.scopes)
        )

    def _medium(self, read: Value) -> str:
        """What data that is not a file is read from."""
        api = self.flow.api(read) if read.kind == "call" and "data_files" not in read.keywords else None
        return api.medium if api is not None and api.medium in ("hub", "table", "bucket", "registry") else ""

    def _library(self, model: TrainedModel) -> str:
        """The library whose model it is, by the call that builds it, what is inside, or the class above."""
        for call in (model.made, *(call for call, _ in model.inside)):
            for target in self.flow.targets(call) if call.kind == "call" else ():
                if target.api is not None and target.api.library not in ("", "conventions"):
                    return target.api.library
        outside = self.flow.program.ancestry(model.cls) if model.cls is not None else ()
        records = (self.flow.catalogue.type(base) for base in outside if isinstance(base, str))
        return next((record.library for record in records if record is not None), "")

    def _base_models(self, model: TrainedModel) -> tuple[Cell, ...]:
        """The published weights that training starts from, where the code names them."""
        found = []
        for call in (model.made, *(call for call, _ in model.inside)):
            api = self.flow.api(call) if call.kind == "call" else None
            if api is None or "loads" not in api.roles or api.medium != "hub" or len(call.inputs) < 2:
                continue
            texts = self.all_texts(call.inputs[1][1])
            found += [Cell(text=text, location=self.at(call)) for text in texts if _is_whole(text)]
        return tuple({cell.text: cell for cell in found}.values())

    def all_texts(self, value: Value, *, open_too: bool = False) -> list[str]:
        """What a value is as the code has it; where that leaves something open, what configurations say, or options by
        themselves; where nothing is whole, what the code calls it, if asked for."""
        spellings = (self.origins.spelling, self.keeping.told, self.keeping.by_default)
        found = [spelling.texts(value, ()) for spelling in spellings]
        named = [text for text in found[0] if open_too and text not in ("", "None", HOLE)]
        return next((texts for texts in found if any(map(_is_whole, texts))), named)

    def _training(self, model: TrainedModel) -> tuple[Cell, ...]:
        """Who starts the training. Calls outside the model's own family say it better than those inside."""
        outside = [call for call in model.trained if call.kind == "call" and self._is_outside(call, model)]
        inside = [call for call in model.trained if call not in outside]
        entries: dict[tuple[int, int], Entry] = {}
        for entry in (*self.entries.of(outside), *self.entries.of(inside, model.cls, only=bool(outside))):
            entries.setdefault(entry.unit, entry)
        running = [entry for unit, entry in entries.items() if self.entries.runs_itself(unit)]
        cells = []
        own = [entry for unit, entry in entries.items() if self._is_own(unit, model)]
        for entry in running or own or entries.values():
            module = self.flow.program.modules[entry.unit[0]]
            note = entry.command.command.text if entry.command is not None else ""
            location = self.project.unit_location(entry.unit, entry.value)
            cells.append(Cell(text=self.project.unit_name((module.index, entry.unit[1])), location=location, note=note))
        return tuple(cells)

    def _is_own(self, unit: tuple[int, int], model: TrainedModel) -> bool:
        """Whether a unit is no method of another class than the model's own and those above it."""
        around = self.flow.program.enclosing_class(unit)
        return model.cls is None or around is None or around in self.flow.program.ancestry(model.cls)

    def _is_outside(self, call: Value, model: TrainedModel) -> bool:
        around = self.flow.program.enclosing_class(call.body.key)
        return model.cls is None or around is None or around not in self.flow.program.ancestry(model.cls)

    def _unit_name(self, call: Value) -> str:
        return self.project.component_of(call.body)

    def _serves(self, model: TrainedModel, unit: tuple[int, int], call: Value) -> bool:
        """Whether an endpoint serves this model, where it picks one of several by its name."""
        return model.cls is None or self.by_name.may_be(model.cls, call, self.flow.program.modules[unit[0]])

    def serving_cell(self, unit: tuple[int, int]) -> Cell:
        module = self.flow.program.modules[unit[0]]
        return Cell(
            text=self.project.unit_name(unit), location=self.project.definition(module, unit[1]), note=self._route(unit)
        )

    def _delivering(self, each: Delivery) -> Cell:
        """A job or worker that writes predictions: where it writes them is its address."""
        location = self.project.unit_location(each.unit, each.write)
        note = f"writes {self.usage.deliveries.text(each.write)}".strip()
        return Cell(text=self.project.unit_name(each.unit), location=location, note=note)

    def _route(self, unit: tuple[int, int]) -> str:
        """The address that a decorator gives to an endpoint."""
        scope = self.flow.scope(*unit)
        outer = self.flow.body(unit[0], max(scope.parent, 0))
        for ref in scope.decorators:
            value = outer.values.get(ref)
            if value is None or value.kind != "call" or value.inputs[0][1].kind != "attr":
                continue
            first = value.inputs[1][1] if len(value.inputs) > 1 else None
            if value.inputs[0][1].data in ROUTES and first is not None and isinstance(first.data, str):
                return first.data
        return ""

    def _documents(self, model: TrainedModel) -> tuple[Cell, ...]:
        cells = []
        found = self.project.descriptions.told(model)
        told_to_people = [each for each in found if each.location is None or not _ASIDE.search(each.location.path)]
        for told in (told_to_people or found)[:DOCUMENTS_SHOWN]:
            location = told.location or (self.project.definition(*told.definition) if told.definition else None)
            path = location.path if location else ""
            cells.append(Cell(text=path, location=location, note=_short(told.text, told.kind)))
        return tuple(cells)

    # ------------------------------------------------------------------ people and findings

    def _spans(self, model: TrainedModel) -> list[Span]:
        """The lines of a model: its component's in each of its modules, else the modules."""
        paths = list(dict.fromkeys(value.body.module.path for value in (model.made, *model.trained)))
        if model.cls is not None:
            paths = [self.flow.program.modules[model.cls[0]].path]
        spans = [span for each in self.project.components if each.path in paths for span in each.spans]
        return spans or [(path, 1, 0) for path in paths]

    def _findings(self, model: TrainedModel, place: Location, findings: Iterable[Finding]) -> tuple[Cell, ...]:
        """The findings that stand at what the model is made of: its class, the functions that train and keep it; and
        those that are told of several models at once, this among them."""
        spots = self._spots(model, place)
        member = self.project.model_name(model)
        others = self._model_places - {_line(self.project.model_location(model))}
        return tuple(
            Cell(text=finding.rule_id, location=finding.location, note=finding.message)
            for finding in findings
            if member in finding.members
            or ((finding.location.path, finding.location.symbol) in spots and _line(finding.location) not in others)
        )

    @cached_property
    def _model_places(self) -> frozenset[tuple[str, int]]:
        """The lines on which models stand: what is found where another stands alone is told of that."""
        return frozenset(_line(self.project.model_location(each)) for each in self.project.trained_models)

    def _spots(self, model: TrainedModel, place: Location) -> set[tuple[str, str]]:
        values = [model.made, *model.trained, *(call for call, _ in model.kept)]
        found = {(location.path, location.symbol) for location in map(self.at, values)}
        found.add((place.path, place.symbol))
        if model.cls is not None:
            module = self.flow.program.modules[model.cls[0]]
            name = self.flow.scope(*model.cls).qualname
            found.update(
                (module.path, scope.qualname)
                for scope in module.facts.scopes
                if scope.qualname == name or scope.qualname.startswith(f"{name}.")
            )
        return found


def _line(place: Location) -> tuple[str, int]:
    return place.path, place.line


def _is_whole(text: str) -> bool:
    """Whether a name is all written down."""
    return text not in ("", "None") and "{" not in text and "…" not in text


def _short(text: str, kind: str) -> str:
    """The first line of what is said, with how it is said."""
    line = " ".join(text.split())
    line = line if len(line) <= TEXT_LIMIT else line[: TEXT_LIMIT - 1] + "…"
    return f"{kind}: {line}" if line and kind != "document" else line

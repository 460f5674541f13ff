"""Everything that a detector may ask: the flow, the components, the documents and who knows what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import compress

from msgspec.structs import replace

from mldebt.documents import DocumentFacts, DocumentReader, DocumentSet
from mldebt.finding import Hit, Location, Owner, Step
from mldebt.flow import Flow
from mldebt.flow.body import Body
from mldebt.flow.conditions.constancy import Constancy
from mldebt.flow.conditions.givens import Givens
from mldebt.flow.orders.order import Orders
from mldebt.flow.orders.reorder import Reorders
from mldebt.flow.program import Module
from mldebt.flow.scores.scores import Scores
from mldebt.flow.seeding.seeds import Seeds
from mldebt.flow.services.behind import Behind
from mldebt.flow.services.serving import Boundaries
from mldebt.flow.value import Value
from mldebt.masking import masked
from mldebt.ownership import Ownership, Span
from mldebt.pipeline.components import Component, Components
from mldebt.pipeline.configuration.configured import Configured
from mldebt.pipeline.description.description import Descriptions
from mldebt.pipeline.ingestion.datasets import Datasets
from mldebt.pipeline.ingestion.declared import Declared, Entry
from mldebt.pipeline.ingestion.duplicates import Duplicate, Duplicates
from mldebt.pipeline.ingestion.ingestion import Ingestion, Ingestions, Unit, is_work
from mldebt.pipeline.ingestion.literals import Literal, Literals
from mldebt.pipeline.ingestion.samesource import name_of
from mldebt.pipeline.models.artifacts import Artifacts
from mldebt.pipeline.models.evaluations import Evaluations
from mldebt.pipeline.models.keeping import Keeping
from mldebt.pipeline.models.metrics import Metrics
from mldebt.pipeline.models.next_models import next_models
from mldebt.pipeline.models.overlooked import Overlooked
from mldebt.pipeline.models.parameters import Parameters
from mldebt.pipeline.models.register import TrainedModel, built_by, find_models, installed_packages
from mldebt.pipeline.models.taken_up import is_taken_up
from mldebt.pipeline.models.usage import Usage
from mldebt.pipeline.people.people import People
from mldebt.pipeline.programs.dormant import Dormant, only_sets_tools
from mldebt.pipeline.programs.naming import Naming
from mldebt.pipeline.programs.reachable import Reachable
from mldebt.pipeline.programs.subprojects import Subprojects
from mldebt.pipeline.programs.unmade import Unmade
from mldebt.pipeline.programs.vendored import Vendored
from mldebt.settings import Settings
from mldebt.sources import Document, DocumentKind

COPIES = 2
COPIED_SHARE = 0.9
"""Of a file that names a foreign holder of rights: the share of its lines from one commit that makes it a copy."""


class Project:
    """A repository, linked. Its parts are computed when they are first asked for."""

    def __init__(
        self,
        flow: Flow,
        documents: Sequence[Document],
        ownership: Ownership,
        settings: Settings,
        read: DocumentReader,
        unparsed: Sequence[Document] = (),
    ) -> None:
        self.flow = flow
        self.settings = settings
        self.ownership = ownership
        self.raw_documents = tuple(documents)
        self.texts = (*self.raw_documents, *unparsed)
        """Whatever may name a piece of code: the documents, and the code that cannot be parsed."""
        self._read = read
        self.orders = Orders(flow)
        self.reorders = Reorders(self.orders)
        self.boundaries = Boundaries(self.orders)

    @cached_property
    def documents(self) -> tuple[DocumentFacts, ...]:
        """What the documents say that tools obey: requirements, recipes, workflows, configurations."""
        return tuple(self.prose.obeyed())

    @cached_property
    def seeds(self) -> Seeds:
        """Which calls seed a random generator, and which draw from one."""
        return Seeds(self.flow)

    @cached_property
    def givens(self) -> Givens:
        """Who decides a value: the code, an option, a setting, the caller, the run."""
        return Givens(self.flow)

    @cached_property
    def constancy(self) -> Constancy:
        """Which tests have but one answer, and what is therefore never run."""
        return Constancy(self.flow)

    @cached_property
    def scores(self) -> Scores:
        """Which numbers a model gave."""
        return self.flow.shared(Scores)

    @cached_property
    def behind(self) -> Behind:
        """What runs behind the serving boundaries."""
        return Behind(self.boundaries)

    @cached_property
    def usage(self) -> Usage:
        """What becomes of what models say."""
        return Usage(self.flow, self.behind)

    @cached_property
    def metrics(self) -> Metrics:
        """What measures models."""
        return Metrics(self.flow, self.keeping)

    @cached_property
    def keeping(self) -> Keeping:
        """Where models are kept, and what loads them again."""
        return Keeping(self.flow, self.givens, self.subprojects, self.datasets, self.configured)

    @cached_property
    def datasets(self) -> Datasets:
        """What nodes take and give by the names of a catalogue."""
        return Datasets(self.flow, self.documents)

    @cached_property
    def parameters(self) -> Parameters:
        """With which numbers models are built and trained."""
        return Parameters(self.flow, self.configured)

    @cached_property
    def configured(self) -> Configured:
        """What configuration files give to the code."""
        return Configured(self.flow, self.documents, self.raw_documents)

    @cached_property
    def artifacts(self) -> Artifacts:
        """Which models are saved, and what becomes of the files."""
        return Artifacts(self.flow, self.givens, self.documents, self.raw_documents)

    @cached_property
    def ingesting(self) -> Ingestions:
        """What reads raw data, and where that goes."""
        packages = installed_packages(self.flow, self.raw_documents)
        return Ingestions(self.flow, self.boundaries, self.settings.platform, packages, self.vendored.is_foreign)

    @cached_property
    def ingestions(self) -> tuple[Ingestion, ...]:
        """The ingestion pipelines of the repository; those that nothing leads to are dead code, and no pipelines."""
        dead = self.unmentioned(each.owner for each in self.ingesting.pipelines if self._is_function(each.owner))
        return tuple(each for each in self.ingesting.pipelines if each.owner not in dead)

    def unmentioned(self, units: Iterable[Unit]) -> frozenset[Unit]:
        """Which definitions nothing in the repository leads to, by no name."""
        return self._reachable.unmentioned(units)

    def left_over(self, units: Iterable[Unit]) -> frozenset[Unit]:
        """Which definitions nothing in the repository leads to, by whatever way."""
        return self._reachable.left_over(units)

    @cached_property
    def naming(self) -> Naming:
        """Which texts have the names of the repository's own definitions and modules in them."""
        return Naming(self.flow, self.texts)

    @cached_property
    def _reachable(self) -> Reachable:
        return Reachable(self.flow, self.naming, self.ingesting.packages, ())

    def _is_function(self, unit: Unit) -> bool:
        return unit[1] > 0 and self.flow.scope(*unit).kind == "function"

    def duplicates(self, shared_by: int) -> list[Duplicate]:
        """Ingestion that is written more than once; a loader that `shared_by` modules use is the team's shared one.
        A copy that nothing leads to is dead code, and the other one is no copy of anything that runs."""
        found = Duplicates(self.ingesting, shared_by).find()
        dead = self.unmentioned(unit for each in found for unit in self._units_of(each))
        return [each for each in found if sum(unit not in dead for unit in self._units_of(each)) >= COPIES]

    def _units_of(self, duplicate: Duplicate) -> list[Unit]:
        modules = self.flow.program.modules
        return [(each.module, modules[each.module].outermost(each.scope)) for each in duplicate.members]

    def offered(self, texts: Sequence[str]) -> Entry | None:
        """What offers one of some sources already: an entry of a catalogue, a feature store, the team's platform. What
        DVC versions in the repository is read as it should be."""
        names = [name for text in texts if (name := name_of(text))]
        found = self.declared.offered(names) or self.declared.at(texts)
        if found is None or not found.offers:
            return None
        by_dvc = found.document is not None and found.document.kind is DocumentKind.DVC
        return None if by_dvc and not any("://" in text for text in texts) else found

    @cached_property
    def declared(self) -> Declared:
        """Where the repository declares its data."""
        return Declared(self.flow, self.prose, self.ingesting.reads)

    @cached_property
    def source_literals(self) -> tuple[Literal, ...]:
        """The sources that the code itself writes down."""
        return tuple(Literals(self.ingesting, self.givens, self.declared).find())

    @cached_property
    def subprojects(self) -> Subprojects:
        """Which parts of the repository stand alone."""
        return Subprojects(self.flow.program, self.raw_documents)

    @cached_property
    def prose(self) -> DocumentSet:
        """What the documents say of a name, a file or a command."""
        return DocumentSet(self.raw_documents, self._read)

    def modules(self) -> Iterator[Module]:
        """The team's own modules: no tests, nothing vendored or generated."""
        return (module for module in self.flow.program.modules if module.category == "product")

    def bodies(self) -> Iterator[Body]:
        """The bodies of the team's own code that something may start, by path and place."""
        for module in self.modules():
            yield from (body for body in self.flow.bodies(module.index) if not self.dormant.holds(body))

    # ------------------------------------------------------------------ places

    def location(self, value: Value) -> Location:
        """Where a value stands."""
        end = value.at
        return self.place(value.body.module, value.at, end, value.body.number)

    def definition(self, module: Module, number: int) -> Location:
        """Where a function or class is defined."""
        scope = module.facts.scopes[number]
        return self.place(module, scope.at, scope.at, number)

    def place(self, module: Module, at: int, end: int, number: int) -> Location:
        """A location from offsets; `number` is the scope around it."""
        line, column = module.facts.position(at)
        end_line, end_column = module.facts.position(end)
        scope = module.facts.scopes[number]
        while scope.kind == "lambda":
            scope = module.facts.scopes[scope.parent]
        if module.is_notebook and module.facts.cells:
            cell = module.facts.cells[min(line, len(module.facts.cells)) - 1]
            raw = module.facts.cells[min(end_line, len(module.facts.cells)) - 1].raw_line
            return Location(
                path=module.path,
                line=cell.raw_line,
                column=column,
                end_line=raw,
                end_column=end_column,
                symbol=scope.qualname,
                cell=cell.cell,
                cell_line=cell.line,
            )
        return Location(
            path=module.path, line=line, column=column, end_line=end_line, end_column=end_column, symbol=scope.qualname
        )

    def step(self, value: Value, message: str) -> Step:
        return Step(location=self.location(value), message=message)

    def component_of(self, body: Body) -> str:
        """The name of the component that a body belongs to."""
        scope = body.scope
        while scope.kind == "lambda":
            scope = body.module.facts.scopes[scope.parent]
        return f"{body.module.path}:{scope.qualname}" if scope.qualname else body.module.path

    def unit_name(self, unit: Unit) -> str:
        """What a person calls a function, a class or a script."""
        module = self.flow.program.modules[unit[0]]
        return f"{module.path}:{module.facts.scopes[unit[1]].qualname}" if unit[1] else module.path

    def unit_location(self, unit: Unit, first: Value) -> Location:
        """Where a function or class is defined; for a script, where its first value stands."""
        return self.definition(self.flow.program.modules[unit[0]], unit[1]) if unit[1] else self.location(first)

    def source_text(self, read: Value) -> str:
        """What a read reads, in words."""
        if read.kind != "call":
            return "what a reader in another module hands over"
        api = self.flow.api(read)
        return api.name if api is not None else "through a reader in another module"

    def ingestion_name(self, ingestion: Ingestion) -> str:
        """What tells a pipeline from others of its owner, as members of findings are named: what it reads first."""
        first = ingestion.names[0] or self.source_text(ingestion.sources[0])
        return f"{self.unit_name(ingestion.owner)} ({masked(first)})"

    # ------------------------------------------------------------------ people

    @cached_property
    def _components(self) -> Components:
        work = [each for each in self.ingestions if is_work(self.flow, each)]
        return Components(self.flow, self.boundaries, [(each.owner, *each.units) for each in work])

    @cached_property
    def components(self) -> tuple[Component, ...]:
        """The units that people own; what was copied in as it was is nobody's here, and what nothing starts, or only
        its tests, is dead."""
        found = self._components.find(model.cls for model in self.trained_models if model.cls is not None)
        units = [each.unit for each in found]
        tested = self._reachable.unmentioned(units, tests_count=False) - self.unmentioned(units)
        alive = (each for each in found if each.unit not in tested and not self.dormant.units.issuperset(each.units))
        return tuple(each for each in alive if not self._is_copied_in(each))

    def _is_copied_in(self, component: Component) -> bool:
        """Whether a file with the head of others, or that names as its authors people who never committed, came in one
        commit, and has hardly changed since."""
        module = self.flow.program.modules[component.unit[0]]
        if not self.ownership.available:
            return False
        if not self.vendored.is_foreign(module) and not self.vendored.is_by_strangers(module, self._team):
            return False
        return self.ownership.made_at_once(component.spans) >= COPIED_SHARE

    @cached_property
    def _team(self) -> str:
        """The names and addresses of all who ever committed, in lower case."""
        people = (f"{each.name} {each.email} {' '.join(each.others)}" for each in self.ownership.contributors)
        return "\n".join(people).lower()

    @cached_property
    def vendored(self) -> Vendored:
        """Which files somebody else wrote."""
        return Vendored(self.flow, self.raw_documents)

    @cached_property
    def trained_models(self) -> tuple[TrainedModel, ...]:
        """The models that the repository trains and keeps: not those that only a method which nothing calls would."""
        found = map(self._as_started, find_models(self.flow, self._components, self.raw_documents))
        return tuple(model for model in found if self.datasets.keeps(model))

    def _as_started(self, model: TrainedModel) -> TrainedModel:
        """A model without the calls that would keep it in code that nothing starts, where anything trains it."""
        alive = [not self.dormant.holds(call.body) for call, _ in model.kept]
        if all(alive) or self.is_asleep(model) or is_taken_up(self.flow, self.behind, self.dormant, model):
            return model
        ways = model.kept_in and tuple(compress(model.kept_in, alive))
        return replace(model, kept=tuple(compress(model.kept, alive)), kept_in=ways)

    @cached_property
    def dormant(self) -> Dormant:
        """Which code nothing starts."""
        packages = installed_packages(self.flow, [each for each in self.raw_documents if not only_sets_tools(each)])
        return Dormant(Reachable(self.flow, self.naming, packages, ()))

    @cached_property
    def unmade(self) -> Unmade:
        """Of which classes nobody makes an object."""
        return Unmade(self.dormant.reachable)

    def is_asleep(self, model: TrainedModel) -> bool:
        """Whether a model is trained by code alone that nothing starts."""
        return all(self.dormant.holds(call.body) for call in model.trained)

    def _is_only_asked(self, model: TrainedModel) -> bool:
        """Whether nobody here asks what would train a model that it is given to do so: that is only asked."""
        return all(
            self.dormant.is_never_asked_for(call.body) and not self._makes_models(call) for call in model.trained
        )

    def _makes_models(self, call: Value) -> bool:
        """Whether the class around a call makes models by itself: then it is no mere trainer of what it is given."""
        module = call.body.module
        cls = self.flow.program.enclosing_class(call.body.key)
        inside = module.inside(cls[1]) if cls is not None else ()
        calls = (each for number in inside for each in self.flow.body(module.index, number).calls)
        return any(built_by(self.flow, self.dormant.models, each) is not None for each in calls)

    @cached_property
    def living_models(self) -> tuple[TrainedModel, ...]:
        """The trained models, without those that only dead code trains and those that nobody has taken up."""
        awake = [model for model in self.trained_models if not self.is_asleep(model) and not self._is_only_asked(model)]
        overlooked = Overlooked(self.dormant.reachable).among(awake)
        return tuple(model for model in awake if model.cls not in overlooked)

    def next_models(self, model: TrainedModel) -> tuple[TrainedModel, ...]:
        """The models that some embeddings are the input of."""
        return tuple(next_models(self.flow, model, self.living_models))

    @cached_property
    def evaluations(self) -> Evaluations:
        """Which models anything measures."""
        return Evaluations(self.flow, self.keeping)

    @cached_property
    def descriptions(self) -> Descriptions:
        return Descriptions(self.flow, self.prose, self.raw_documents, self.trained_models)

    @cached_property
    def people(self) -> People:
        return People(self.ownership, self.components)

    def model_location(self, model: TrainedModel) -> Location:
        """Where a model's class is defined; for a library's class, where it is built."""
        if model.cls is None:
            return self.location(model.made)
        return self.definition(self.flow.program.modules[model.cls[0]], model.cls[1])

    def model_name(self, model: TrainedModel) -> str:
        """What tells a model from others of its name: "path:name", as members of findings are named."""
        return f"{self.model_location(model).path}:{model.name}"

    def component_location(self, component: Component) -> Location:
        """Where the definition that names a component stands."""
        return self.definition(self.flow.program.modules[component.unit[0]], component.unit[1])

    def owners(self, hit: Hit) -> tuple[Owner, ...]:
        """Who knows the component that a hit names, the best first; nobody where the history cannot tell."""
        if not self.ownership.available:
            return ()
        return self.people.owners(self._named_spans(hit.component or hit.location.path))

    def _named_spans(self, name: str) -> list[Span]:
        """The lines of a component, a definition ("path:qualified name") or, of a file, those of its components."""
        path, _, qualname = name.partition(":")
        found = [span for each in self.components if name in (each.name, each.path) for span in each.spans]
        if not found and qualname:
            for module in self.flow.program.modules:
                if module.path == path:
                    numbers = [at for at, scope in enumerate(module.facts.scopes) if scope.qualname == qualname]
                    found = [span for number in numbers for span in self._components.spans((module.index, number))]
        return found or [(path, 1, 0)]

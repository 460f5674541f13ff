"""Ingestion pipelines: the hand-written way from raw data to the first model, evaluation or dataset that uses it."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache, cached_property

import msgspec

from mldebt.flow.body import Body
from mldebt.flow.files.content import Contents, End, Reach
from mldebt.flow.files.files import Files
from mldebt.flow.files.paths import Paths
from mldebt.flow.linking import is_self
from mldebt.flow.program import Module
from mldebt.flow.rows.drawn import Drawn
from mldebt.flow.rows.handwork import Handwork
from mldebt.flow.services.serving import Boundaries
from mldebt.flow.types.models import USES, Models
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow, Visit
from mldebt.pipeline.ingestion.purposes import Purposes
from mldebt.pipeline.ingestion.reads import ELSEWHERE, Reads
from mldebt.pipeline.ingestion.shares import Share, Step, groups
from mldebt.pipeline.ingestion.sources import distinct_sources, lookups
from mldebt.pipeline.units import Unit, Units

__all__ = ["Ingestion", "Ingestions", "Step", "Unit", "is_work"]

LOADERS = 2
"""Functions that load, of a module that is there for it."""
FEW_STEPS = 3
"""Of a reader: the helpers that it calls are then looked at, too."""
SHARED = 2
OWN_WORK = 2
"""Steps of its own that make a reader more than a way into a file."""


class Ingestion(msgspec.Struct, frozen=True, kw_only=True):
    """One pipeline: who owns it (a function, class or script), what it reads and does by hand, where that goes. `names`
    are those of the sources, as far as the code tells; `content` is every value that what was read passed through."""

    owner: Unit
    units: tuple[Unit, ...]
    sources: tuple[Value, ...]
    names: tuple[str, ...]
    steps: tuple[Step, ...]
    ends: tuple[End, ...]
    users: int
    content: frozenset[Value]
    beside: int = 0
    """How many modules use it or another loader of its module, where that is there to load."""

    @property
    def is_only_written(self) -> bool:
        """Whether what is read is written down, and nothing else becomes of it in sight."""
        return all(end.use.kind == "written" for end in self.ends)


class Ingestions:
    """Finds the ingestion pipelines of a repository."""

    def __init__(
        self,
        flow: Flow,
        boundaries: Boundaries,
        platform: Iterable[str],
        packages: Iterable[str] = (),
        copied: Callable[[Module], bool] = lambda _: False,
    ) -> None:
        """`copied` says of which modules others are the authors."""
        self.flow = flow
        self.copied = cache(copied)
        self.packages = tuple(packages)
        self.models = flow.shared(Models)
        self.units = Units(flow, self.models)
        self.reads = Reads(flow.shared(Paths), self.models, boundaries, platform)
        self.contents = Contents(flow, self.models, flow.shared(Files))
        self.handwork = Handwork(flow)
        self.drawn = flow.shared(Drawn)

    @cached_property
    def raw(self) -> tuple[Value, ...]:
        """Every read of raw data in the team's own code."""
        return tuple(self.reads)

    @property
    def fetches(self) -> Iterator[Value]:
        """The raw reads that fetch a page or an answer from elsewhere."""
        return (each for each in self.raw if (api := self.flow.api(each)) is not None and api.medium in ELSEWHERE)

    @property
    def pipelines(self) -> tuple[Ingestion, ...]:
        """Every pipeline, in order of place."""
        return self._found.pipelines

    @property
    def ends(self) -> dict[Value, tuple[End, ...]]:
        """What the content of each raw read is used for; reads that nothing uses are left out."""
        return self._found.ends

    @property
    def reached(self) -> set[Unit]:
        """The scopes (module and number) in which something is made of used content; an object that holds it may have
        other methods."""
        return self._found.reached

    @cached_property
    def _found(self) -> _Found:
        shares: list[Share] = []
        ends: dict[Value, tuple[End, ...]] = {}
        reached: set[Unit] = set()
        sent: set[Value] = set()
        for read in self.raw:
            reach = self.contents.reach(read)
            if reach.ends:
                ends[read] = reach.ends
                sent.update((read,) if reach.sent else ())
                reached.update(each.value.body.key for each in reach.useful if each.value.kind != "param")
                shares.extend(self._shares(read, reach))
        purposes = Purposes(self)
        found = [each for each in self._folded(groups(shares)) if purposes.makes_data(each, sent)]
        found.sort(key=lambda each: (each.sources[0].body.module.index, each.sources[0].at))
        return _Found(tuple(found), ends, reached)

    @cached_property
    def _loaders(self) -> dict[int, set[Unit]]:
        """The functions of modules that are there to load: each loads something else, and no program runs there."""
        found: dict[int, set[Unit]] = defaultdict(set)
        for read in self.raw:
            module, unit = read.body.module, self.units.of(read)
            gives = any(each.kind != "const" for each in read.body.returns.every("value"))
            if gives and unit[1] == read.body.number and not module.is_script:
                found[module.index].add(unit)
        return {module: units for module, units in found.items() if len(units) >= LOADERS}

    @cached_property
    def trains_models(self) -> bool:
        """Whether the team's own code trains a model anywhere."""
        return any(
            self.models.trains(call)
            for module in self.flow.program.modules
            if module.category == "product"
            for number in range(len(module.facts.scopes))
            for call in self.flow.body(module.index, number).calls
        )

    # ------------------------------------------------------------------ shares

    def _shares(self, read: Value, reach: Reach) -> list[Share]:
        """The pipelines that a read is part of: its own module's or, when it is a thin reader, its callers'."""
        home = read.body.module.index
        steps = self._own(self._steps(reach.useful, read), home)
        own = [*steps.get(home, []), *self._looked_up(read)]
        if len(own) < FEW_STEPS:
            own = [*own, *self._called(read, reach)]
        if own:
            return [Share(self.units.of(read), read, own, reach.ends, reach)]
        if not self.reads.is_generic(read):
            return self._beside(read, reach)
        found = []
        for module, done in sorted(steps.items()):
            met = next(visit for visit in reach.useful if visit.value.body.module.index == module)
            if met.label == "returned" and met.value.kind == "call" and self._calls_into(met.value, home):
                found.append(Share(self.units.of(met.value), met.value, done, reach.ends, reach))
        return found

    def _looked_up(self, read: Value) -> list[Step]:
        """Where a table is asked for each of the records of another read, in one function: both come together there."""
        near = self._raw_by_body.get(read.body, ())
        asking = (other for other in near if self.reads.asks_for_each(other, near if other is read else [read]))
        return [Step(value=other, text="joined") for other in asking]

    @cached_property
    def _raw_by_body(self) -> dict[Body, list[Value]]:
        """The raw reads of functions that read more than once."""
        found: dict[Body, list[Value]] = defaultdict(list)
        for read in self.raw:
            found[read.body].append(read)
        return {body: reads for body, reads in found.items() if len(reads) > 1}

    def _called(self, read: Value, reach: Reach) -> list[Step]:
        """The steps of helpers in other modules that the reader's own code calls with what it has read, and nobody
        else: what several programs share works for none of them."""
        home = read.body.module.index
        called = (visit for visit in reach.useful if visit.stack and visit.stack[0].body.module.index == home)
        steps = self._own(self._steps((each for each in called if not _came_by_file(each)), read), home)
        done = (step for number, done in sorted(steps.items()) if number != home for step in done)
        return [step for step in done if self.units.users([self.units.of(step.value)]) < SHARED]

    def _beside(self, read: Value, reach: Reach) -> list[Share]:
        """A thin loader that knows its source is one pipeline with the steps that stand in modules beside it; without
        them it is the repository's own way to read that source. What happens to a file that it leaves behind is done
        by whoever reads that file."""
        steps = self._steps((visit for visit in reach.useful if not _came_by_file(visit)), read)
        steps = self._own(steps, read.body.module.index)
        folder = _folder(read.body.module)
        near = [module for module in sorted(steps) if _folder(self._module(module)) == folder]
        done = [step for module in near if self._may_work_for(module, read.body.module) for step in steps[module]]
        return [Share(self.units.of(read), read, done, reach.ends, reach)] if done else []

    def _own(self, steps: dict[int, list[Step]], home: int) -> dict[int, list[Step]]:
        """The steps in code of the team, not those of a tokenizer that was copied in as it is."""
        return {
            number: done for number, done in steps.items() if number == home or not self.copied(self._module(number))
        }

    def _may_work_for(self, number: int, home: Module) -> bool:
        """Whether code may do a part of what a reader brings: a program of its own gets it only from where it imports
        it, whatever both have from a third."""
        module = self._module(number)
        if module is home or not module.is_script:
            return True
        ties = [(module, home)] if module.is_notebook else [(module, home), (home, module)]
        return any(
            self.flow.program.imported(one, binding).module == other.index
            for one, other in ties
            for binding in one.facts.imports
        )

    def _module(self, number: int) -> Module:
        return self.flow.program.modules[number]

    def _calls_into(self, call: Value, module: int) -> bool:
        return any(target.module == module for target in self.flow.targets(call))

    def _steps(self, visits: Iterable[Visit], read: Value) -> dict[int, list[Step]]:
        found: dict[int, dict[int, Step]] = defaultdict(dict)
        home = self.flow.program.enclosing_class(read.body.key)
        for visit in visits:
            value, body = visit.value, visit.value.body
            text = self.handwork.step(visit) if body.module.category == "product" else ""
            if text and not self._in_model(value, home) and not self.drawn.is_all(body):
                found[body.module.index].setdefault(value.line, Step(value=value, text=text))
        return {module: sorted(steps.values(), key=lambda step: step.value.at) for module, steps in found.items()}

    def _in_model(self, value: Value, home: Unit | None) -> bool:
        """Whether a step is what a model does with what it is given. A class that reads its data itself, works on it
        and trains on it does the work of a pipeline, too; so does one that only fits an encoder on the way."""
        cls = self.flow.program.enclosing_class(value.body.key)
        if cls is None or not self.models.is_model(cls):
            return False
        return cls != home or self.models.is_one_to_ask(cls)

    # ------------------------------------------------------------------ folding

    def _folded(self, parts: Iterable[list[Share]]) -> Iterator[Ingestion]:
        """The pipelines that parts make; what one function or class owns is one."""
        owned: dict[Unit, list[Share]] = {}
        for group in parts:
            folded = self._fold(group)
            if folded.owner[1]:
                owned.setdefault(folded.owner, []).extend(group)
            else:
                yield folded
        yield from map(self._fold, owned.values())

    def _fold(self, group: list[Share]) -> Ingestion:
        reads = tuple(dict.fromkeys(share.source for share in group))
        contents = {share.source: share.content for share in group}
        sources = distinct_sources(contents, self.reads.name, self._place)
        steps = {_line(step.value): step for share in group for step in share.steps}
        steps |= {_line(item): Step(value=item, text="joined") for item in lookups(contents)}
        ordered = tuple(step for _, step in sorted(steps.items(), key=lambda pair: pair[0]))
        ends = {end.value: end for share in group for end in share.ends}
        home = group[0].module
        places = (value for value in (*reads, *(step.value for step in ordered)) if value.body.module.index == home)
        units = tuple(dict.fromkeys(map(self.units.of, places)))
        owner = self._owner(units, reads, ordered)
        return Ingestion(
            owner=owner,
            units=units,
            sources=tuple(read for read, _ in sources),
            names=tuple(text for _, text in sources),
            steps=ordered,
            ends=tuple(sorted(ends.values(), key=lambda end: USES.index(end.use.kind))),
            users=self.units.users(self.units.fronts({owner, *map(self.units.of, reads)})),
            beside=self._users_beside(owner, ordered) if owner[1] else 0,
            content=frozenset(value for share in group for value in share.content),
        )

    def _users_beside(self, owner: Unit, steps: tuple[Step, ...]) -> int:
        """How many modules use a module that is there to load, or, of one that is no program, the functions that do all
        of a pipeline's work for its owner."""
        shared = self.units.users_of_any(self._loaders.get(owner[0], ()))
        working = {self.units.of(step.value) for step in steps}
        own = self.flow.program.modules[owner[0]].is_script or owner in working
        if own or any(unit[0] != owner[0] for unit in working):
            return shared
        return max(shared, self.units.users_of_any(working))

    def _place(self, read: Value) -> object:
        """Where a read finds what it reads: its path, or the field of an object that holds it, or the options."""
        path = self.reads.path(read)
        if path is not None and path.kind == "attr" and is_self(path.source):
            return path.name, self.flow.program.enclosing_class(path.body.key)
        return (path.name, path.source) if path is not None and path.kind == "attr" else path

    def _owner(self, units: tuple[Unit, ...], sources: tuple[Value, ...], steps: tuple[Step, ...]) -> Unit:
        """The unit that reads and works; of several, the one that runs all others, else the busiest."""
        module = units[0][0]
        if (module, 0) in units:
            return module, 0
        work: dict[Unit, int] = defaultdict(int)
        for step in steps:
            work[self.units.of(step.value)] += 1
        readers = list(dict.fromkeys(self.units.of(source) for source in sources))
        if len(readers) == 1 and (2 * work[readers[0]] >= len(steps) or work[readers[0]] >= OWN_WORK):
            return readers[0]
        others = (unit for unit in self.units.calls(module) if unit not in units and unit[1])
        for candidate in (*units, *others):
            if set(units) <= self.units.runs(candidate):
                return candidate
        return max(readers, key=lambda unit: work[unit])


class _Found(msgspec.Struct, frozen=True):
    """What the walks of all reads found."""

    pipelines: tuple[Ingestion, ...]
    ends: dict[Value, tuple[End, ...]]
    reached: set[Unit]


def is_work(flow: Flow, ingestion: Ingestion) -> bool:
    """Whether a pipeline is what its owner is for: a loader, or a class that works on what it reads; not a class that
    can also be read from a file."""
    own = any(step.value.body.module.index == ingestion.owner[0] for step in ingestion.steps)
    return own or (flow.scope(*ingestion.owner).kind == "function" and len(ingestion.steps) > 1)


def _came_by_file(visit: Visit) -> bool:
    """Whether content was written and read again on its way to a visit."""
    way: Visit | None = visit
    while way is not None and way.label != "file":
        way = way.parent
    return way is not None


def _line(value: Value) -> tuple[int, int]:
    return value.body.module.index, value.line


def _folder(module: Module) -> str:
    return posixpath.dirname(module.path)

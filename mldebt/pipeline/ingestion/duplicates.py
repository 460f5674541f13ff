"""The same ingestion written more than once: near-clones of functions and scripts, and several hand-made readers of one
source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet

import msgspec

from mldebt.flow.body import Body
from mldebt.flow.linking import ScopeKey
from mldebt.flow.rows.answers import names_answers
from mldebt.flow.value import Value
from mldebt.pipeline.clones import Family, Line, Region, Shapes, Twin, align, find_families
from mldebt.pipeline.ingestion.datawork import DataWork
from mldebt.pipeline.ingestion.ingestion import Ingestion, Ingestions
from mldebt.pipeline.ingestion.purposes import explores, is_kept_as_it_was, is_of_results
from mldebt.pipeline.ingestion.results_work import only_tells
from mldebt.pipeline.ingestion.samesource import SameSource, is_table_class
from mldebt.pipeline.ingestion.workers import Workers

SIMILARITY = 0.7
SIMILARITY_INSIDE = 0.8
"""Within one file, where likeness is often a family resemblance."""
SIMILARITY_OF_MANY = 0.55
MANY_LINES = 25
"""From so many lines on less likeness tells a copy, where it names the same things."""
SAME_LITERALS_OF_MANY_LINES = 0.5
LEAST_LINES = 5
ALIKE = 12
"""How many readers of one source are compared with each other."""
LEAST_LINES_INSIDE = 9
LEAST_STEPS = 3
LONG = 15
LITERALS = 3
SAME_LITERALS = 0.3
"""Shorter copies with at least so many texts in them must share this part of them."""
MANY_LITERALS = 8
SAME_LITERALS_OF_LONG = 0.1
"""Longer ones with so many that share none work on other tables, in the style of the house."""
RESULT_LIMIT = 1000
_NOWHERE = frozenset({"phi", "passed", "same"})
"""Values that stand in no line of their own."""
PAIR = 2
STEPS_ON_SOURCE = 2
"""Hand-written steps that make a reader of a shared source a pipeline of its own."""


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One of the copies: a function or class of a module (scope 0: its own statements), and where it starts."""

    module: int
    scope: int
    at: int


class Duplicate(msgspec.Struct, frozen=True, kw_only=True):
    """Members that do the same. `twins` say how alike copies are, and in what they differ; `sources` are what readers
    share, `reads` where each reads them, `likeness` how alike the least of these is to another one, `closest` how alike
    the most, `shared` the loader (a member, too) that others of the team use."""

    members: tuple[Member, ...]
    twins: tuple[Twin, ...] = ()
    sources: tuple[str, ...] = ()
    reads: tuple[Value, ...] = ()
    likeness: float = 0.0
    closest: float = 0.0
    shared: Ingestion | None = None

    @property
    def modules(self) -> frozenset[int]:
        return frozenset(member.module for member in self.members)


class Duplicates:
    """Finds them, once for a repository."""

    def __init__(self, ingesting: Ingestions, shared_by: int) -> None:
        self.ingesting = ingesting
        self.flow = ingesting.flow
        self.work = DataWork(ingesting)
        self.workers = Workers(ingesting, self.work)
        self.sources = SameSource(ingesting)
        self.shared_by = shared_by

    def find(self) -> list[Duplicate]:
        """Every group, by the place of its first member."""
        copies = [_copies(family) for family in self._families() if self._ingests(family)]
        groups = _merged([*copies, *self._readers()], self._keys)
        likeness = [self._likeness(each) for each in groups]
        found = [
            msgspec.structs.replace(each, likeness=min(alike, default=0.0), closest=max(alike, default=0.0))
            for each, alike in zip(groups, likeness, strict=True)
        ]
        return sorted(found, key=lambda each: (each.members[0].module, each.members[0].at))

    def _keys(self, part: Duplicate) -> list[object]:
        """What a group shares with those that are one with it: two modules, a class, or the one file it is in."""
        modules = sorted(part.modules)
        if len(modules) == 1:
            return [modules[0]]
        pairs = [(one, other) for number, one in enumerate(modules) for other in modules[number + 1 :]]
        return [*pairs, *(unit for member in part.members if (unit := self._class_of(member)) is not None)]

    def _class_of(self, member: Member) -> tuple[str, int, int] | None:
        outer = self.flow.program.modules[member.module].outermost(member.scope)
        return ("class", member.module, outer) if self.flow.scope(member.module, outer).kind == "class" else None

    # ------------------------------------------------------------------ near-clones

    def _families(self) -> Iterator[Family]:
        regions = list(self._regions())
        whole = find_families(regions, similarity=SIMILARITY, least=LEAST_LINES)
        for family in (*whole, *_long_families(regions)):
            inside = len({region.module.index for region in family.members}) == 1
            twins = [twin for twin in family.twins if (_is_copy(twin) if inside else _is_about_the_same(twin))]
            members = {id(each) for twin in twins for each in (twin.region, twin.model)}
            kept = tuple(region for region in family.members if id(region) in members)
            if kept:
                yield Family(members=kept, twins=tuple(twins))

    def _regions(self) -> Iterator[Region]:
        shapes = self.flow.shared(Shapes.of)
        for module in self.flow.program.modules:
            if module.category != "product" or is_kept_as_it_was(module.path):
                continue
            for number, scope in enumerate(module.facts.scopes):
                if scope.kind == "function" and self.workers.holds(self.flow.body(module.index, number)):
                    yield shapes.region(module, number)
        for each in self.ingesting.pipelines:
            yield from self._stretches(each, shapes)

    def _stretches(self, ingestion: Ingestion, shapes: Shapes) -> Iterator[Region]:
        """The lines of a script, of a notebook or of a function that trains, too, in which a pipeline reads and works,
        without what stands between them."""
        module = self.flow.program.modules[ingestion.owner[0]]
        places: dict[Body, list[int]] = defaultdict(list)
        for value in (*ingestion.sources, *(step.value for step in ingestion.steps)):
            if value.body.module is module and (value.body.number == 0 or self._is_main(value.body)):
                places[value.body].append(value.at)
        for body, ats in places.items():
            region = shapes.region(module, body.number)
            lines = tuple(
                line
                for line, after in zip(region.lines, (*region.lines[1:], None), strict=True)
                if _within(line, after, ats)
            )
            start = region.at if body.number else lines[0].at if lines else 0
            yield msgspec.structs.replace(region, lines=lines, at=start)
        if module.is_notebook:
            yield self._cells(ingestion, shapes.region(module, 0))

    def _cells(self, ingestion: Ingestion, region: Region) -> Region:
        """All lines of a notebook's own code that what is read passes through before it is used: what a function that
        was made of its cells holds."""
        return self._passed(region, ingestion.content, [end.value for end in ingestion.ends])

    def _passed(self, region: Region, content: Iterable[Value], ends: Iterable[Value]) -> Region:
        """The lines of a module's own code in which content is made, and not used."""
        home = self.flow.body(region.module.index, 0)
        passed = [value.at for value in content if value.body is home and value.kind not in _NOWHERE]
        used = [value.at for value in ends if value.body is home]
        lines = tuple(
            line
            for line, after in zip(region.lines, (*region.lines[1:], None), strict=True)
            if _within(line, after, passed) and not _within(line, after, used)
        )
        return msgspec.structs.replace(region, lines=lines, at=lines[0].at if lines else 0)

    def _is_main(self, body: Body) -> bool:
        """Whether a function reads, works and trains in one."""
        return body.scope.kind == "function" and not self.workers.is_of_model(body) and self.workers.trains(body)

    def _ingests(self, family: Family) -> bool:
        """Whether one of the copies is known to ingest: what it reads is used, or it stands on the way of such content,
        or, in a repository that trains, it works on tables in a script that loads them."""
        reading = any(self._body(region) in self.work.reads for region in family.members)
        if not reading and (
            all(explores(region.module.path) for region in family.members)
            or any(is_of_results(region.module.path) for region in family.members)
            or any(self._is_answer(param) for each in family.members for param in _given(self._body(each)))
            or all(map(self._only_casts, family.members))
        ):
            return False
        return any(map(self._is_known, family.members)) or (
            self.ingesting.trains_models
            and any(map(self._is_scripted, family.members))
            and not any(self._is_result(param) for each in family.members for param in _given(self._body(each)))
        )

    def _is_known(self, region: Region) -> bool:
        body = self._body(region)
        reads = [read for read in self.work.reads.get(body, ()) if self._is_used(read)]
        if any(not self.sources.is_own(read) for read in reads):
            return True
        return (bool(reads) or _key(region) in self.ingesting.reached) and self.work.steps(body) >= LEAST_STEPS

    def _is_used(self, read: Value) -> bool:
        """Whether a model, an evaluation or a dataset uses what is read; what is only written counts for a script."""
        ends = self.ingesting.ends.get(read, ())
        return any(end.use.kind != "written" for end in ends) or (bool(ends) and read.body.module.is_script)

    def _is_scripted(self, region: Region) -> bool:
        body = self._body(region)
        given = any(True for _ in _given(body))
        return given and region.module.index in self.work.scripts and self.work.steps(body, casts=False) >= LEAST_STEPS

    def _is_result(self, param: Value) -> bool:
        """Whether a function is given what models say, or the values of metrics: it works on results, not on data."""
        visits = self.flow.walk(param, self.flow.back, limit=RESULT_LIMIT)
        return any(visit.value.kind == "call" and self.workers.asks_or_judges(visit.value) for visit in visits)

    def _only_casts(self, region: Region) -> bool:
        """Whether a few lines only bring numbers into another form: a vector to the length of one."""
        return len(region.lines) < LEAST_LINES_INSIDE and not self.work.steps(self._body(region), casts=False)

    def _is_answer(self, param: Value) -> bool:
        """Whether a function is given what a model says, by the parameter's name or by all who call it."""
        given = self.flow.arguments(param)
        return names_answers(param.name) or (bool(given) and all(map(self._is_result, given)))

    def _body(self, region: Region) -> Body:
        return self.flow.body(region.module.index, region.scope)

    # ------------------------------------------------------------------ one source, several readers

    def _readers(self) -> Iterator[Duplicate]:
        """Pipelines of different modules that read one source, each with steps of its own."""
        makers = {read: each for each in self.ingesting.pipelines for read in each.sources}
        reads = [read for read in self.ingesting.raw if self._is_pipeline(read, makers.get(read))]
        for name, group in self.sources.groups(reads).items():
            shared = {
                makers[read].owner: makers[read]
                for read in group
                if read in makers and makers[read].users >= self.shared_by and not self._is_of_table(read)
            }
            own = [read for read in group if read not in makers or makers[read].owner not in shared]
            own = [read for read in own if not self._calls_another(read, own)]
            modules = {read.body.module.index for read in own}
            if len(modules) <= PAIR:  # of two, a program that only looks at the source is no pipeline
                modules = {read.body.module.index for read in own if self._leads_on(read)}
            if own and len(modules) + len(shared) > 1:
                told = [read for read in group if read in own or (read in makers and makers[read].owner in shared)]
                yield Duplicate(
                    members=tuple(dict.fromkeys(map(self._member, told))),
                    sources=(name,),
                    reads=tuple(told),
                    shared=next(iter(shared.values()), None),
                )

    def _is_pipeline(self, read: Value, ingestion: Ingestion | None) -> bool:
        if is_kept_as_it_was(read.body.module.path):
            return False
        if self._is_of_table(read) and not (ingestion is not None and self._trains_a_model(read)):
            return False  # whole applications read their tables through their classes
        if ingestion is not None:
            return max(len(ingestion.steps), self.work.steps(read.body)) >= STEPS_ON_SOURCE
        is_used = read in self.ingesting.ends
        if not is_used and only_tells(read.body):
            return False
        least = STEPS_ON_SOURCE if is_used else LEAST_STEPS
        return read.body.number > 0 and self.work.steps(read.body) >= least

    def _leads_on(self, read: Value) -> bool:
        """Whether what is read is used, or its program leaves anything behind."""
        return read in self.ingesting.ends or any(
            self.sources.paths.is_write(call)
            for body in self.flow.bodies(read.body.module.index)
            for call in body.calls
        )

    def _calls_another(self, read: Value, group: list[Value]) -> bool:
        """Whether the code around a read calls that around another one of its source: both are one pipeline."""
        units = self.ingesting.units
        home, others = units.of(read), {units.of(other) for other in group}
        called = (
            (target.module, self.flow.program.modules[target.module].outermost(target.scope))
            for number in units.inside(home)
            for call in self.flow.body(home[0], number).calls
            for target in self.flow.targets(call)
            if target.kind == "func"
        )
        return any(unit in others and unit != home for unit in called)

    def _trains_a_model(self, read: Value) -> bool:
        return any(end.use.kind == "training" for end in self.ingesting.ends.get(read, ()))

    def _is_of_table(self, read: Value) -> bool:
        path = self.sources.paths.path(read)
        return path is not None and is_table_class(path, self.flow.api(read))

    def _likeness(self, duplicate: Duplicate) -> list[float]:
        """How alike each reader is to the one that is most like it; of very many, among the first. Two that have a copy
        of some of their work in common are as alike as that."""
        reading = sorted({self._reading(read) for read in duplicate.reads})
        shapes = self.flow.shared(Shapes.of)
        regions = [self._worked_on(module, scope, duplicate.reads, shapes) for module, scope in reading[:ALIKE]]
        if len({region.module.index for region in regions}) < 2:
            return []
        copied = self._copied(duplicate.twins, set(reading))
        return [
            max(
                max(align(one, other).similarity, copied.get(frozenset((one.module.index, other.module.index)), 0.0))
                for other in regions
                if other.module is not one.module
            )
            for one in regions
        ]

    def _copied(self, twins: Iterable[Twin], reading: AbstractSet[ScopeKey]) -> dict[frozenset[int], float]:
        """How alike copies are, by the two modules that have them, of the functions and scripts that read."""
        found: dict[frozenset[int], float] = {}
        for twin in twins:
            pair = (twin.region, twin.model)
            if all((each.module.index, each.module.outermost(each.scope)) in reading for each in pair):
                modules = frozenset(each.module.index for each in pair)
                found[modules] = max(found.get(modules, 0.0), twin.alignment.similarity)
        return found

    def _worked_on(self, module: int, scope: int, reads: Iterable[Value], shapes: Shapes) -> Region:
        """A function or class that reads; of a script, the lines that what is read passes through."""
        region = shapes.unit(self.flow.program.modules[module], scope)
        home = self.flow.body(module, scope)
        own = {read for read in reads if read.body is home}
        content = [each.content for each in self.ingesting.pipelines if not own.isdisjoint(each.sources)]
        if scope or not content:
            return region
        return self._passed(region, frozenset().union(*content, own), ())

    def _reading(self, read: Value) -> ScopeKey:
        """The function or class around a read."""
        return self.ingesting.units.of(read)

    def _member(self, read: Value) -> Member:
        module, scope = self._reading(read)
        at = self.flow.scope(module, scope).at if scope else read.at
        return Member(module=module, scope=scope, at=at if scope else self._first(read))

    def _first(self, read: Value) -> int:
        """Where a script's own statements start to read: its first read stands for it."""
        reads = (each.at for each in self.work.reads.get(read.body, ()))
        return min(reads, default=read.at)


def _long_families(regions: list[Region]) -> Iterator[Family]:
    """Long code that has much in common, where short code might by chance, and names the same things."""
    for family in find_families(regions, similarity=SIMILARITY_OF_MANY, least=MANY_LINES):
        twins = [each for each in family.twins if each.alignment.similarity < SIMILARITY and _names_the_same(each)]
        members = {id(each) for twin in twins for each in (twin.region, twin.model)}
        if twins:
            kept = tuple(region for region in family.members if id(region) in members)
            yield Family(members=kept, twins=tuple(twins))


def _names_the_same(twin: Twin) -> bool:
    one, other = _literals(twin.region), _literals(twin.model)
    least = min(len(one), len(other))
    return least >= MANY_LITERALS and len(one & other) >= SAME_LITERALS_OF_MANY_LINES * least


def _within(line: Line, after: Line | None, ats: Iterable[int]) -> bool:
    """Whether something stands in a line."""
    return any(line.at <= at and (after is None or at < after.at) for at in ats)


def _given(body: Body) -> Iterator[Value]:
    """The parameters of a function, without its instance."""
    return (param for name, param in body.params.items() if name not in ("self", "cls"))


def _key(region: Region) -> ScopeKey:
    return region.module.index, region.scope


def _is_copy(twin: Twin) -> bool:
    """Whether a copy in the same file is one beyond doubt."""
    least = min(len(twin.region.lines), len(twin.model.lines))
    return twin.alignment.similarity >= SIMILARITY_INSIDE and least >= LEAST_LINES_INSIDE


def _is_about_the_same(twin: Twin) -> bool:
    """Whether two short functions name the same things: loaders of different data may well be built alike."""
    one, other = _literals(twin.region), _literals(twin.model)
    least = min(len(one), len(other))
    if least < LITERALS:
        return True
    if min(len(twin.region.lines), len(twin.model.lines)) >= LONG:
        return least < MANY_LITERALS or len(one & other) >= SAME_LITERALS_OF_LONG * least
    return len(one & other) >= SAME_LITERALS * least


def _literals(region: Region) -> set[str]:
    return {atom for line in region.lines for atom in line.atoms if atom[0] in "'\"" and len(atom) > 3}


def _copies(family: Family) -> Duplicate:
    members = tuple(Member(module=each.module.index, scope=each.scope, at=each.at) for each in family.members)
    return Duplicate(members=members, twins=family.twins)


def _merged(found: Iterable[Duplicate], keys: Callable[[Duplicate], list[object]]) -> list[Duplicate]:
    """Groups that concern the same modules are one: who copied a file copied all of its functions."""
    parts = list(found)
    leader = list(range(len(parts)))

    def top(place: int) -> int:
        while leader[place] != place:
            place = leader[place]
        return place

    first: dict[object, int] = {}
    for place, part in enumerate(parts):
        for key in keys(part):
            if key in first:
                leader[top(place)] = top(first[key])
            else:
                first[key] = place
    groups: dict[int, list[Duplicate]] = defaultdict(list)
    for place, part in enumerate(parts):
        groups[top(place)].append(part)
    return [_joined(group) for group in groups.values()]


def _joined(group: list[Duplicate]) -> Duplicate:
    members = sorted({member for part in group for member in part.members}, key=lambda each: (each.module, each.at))
    if len({member.module for member in members}) > 1:  # a script is one copy, wherever in it each stretch starts
        first: dict[tuple[int, int], Member] = {}
        for each in members:
            first.setdefault((each.module, each.scope), each)
        members = list(first.values())
    return Duplicate(
        members=tuple(members),
        twins=tuple(twin for part in group for twin in part.twins),
        sources=tuple(dict.fromkeys(source for part in group for source in part.sources)),
        reads=tuple(dict.fromkeys(read for part in group for read in part.reads)),
        shared=next((part.shared for part in group if part.shared is not None), None),
    )

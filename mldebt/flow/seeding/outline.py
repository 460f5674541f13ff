"""What running a function does to random generators, in order and with the calls in it followed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple

import msgspec

from mldebt.facts import record as r
from mldebt.flow.body import Body
from mldebt.flow.calls.possible import Possible, tables
from mldebt.flow.linking import ClassKey, ScopeKey, Target
from mldebt.flow.program import Module
from mldebt.flow.scopes.names import all_followed, blocks
from mldebt.flow.seeding.import_seeds import ImportSeeds
from mldebt.flow.seeding.seeds import Seeds
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

EVENT_LIMIT = 400
PATH_LIMIT = 12
TABLE_LIMIT = 200
TRAINS = "train"
KEEPS = "keep"
ALWAYS = frozenset({TRAINS, KEEPS})
_COMMANDS = frozenset({"command", "group"})
_ONE_OF_SEVERAL = frozenset({"choice", "phi"})
_LEAVING = (r.Return, r.Raise)


class Event(NamedTuple):
    """Something that happens at a call; `path` are the calls that lead to it, the outermost first, `seeded` the
    generators that were seeded by then, and `seeded_from` another generator that a seed for its own is drawn from."""

    kind: str
    family: str
    value: Value
    text: str
    path: tuple[Value, ...] = ()
    seeded: frozenset[str] = frozenset()
    seeded_from: str = ""

    def is_fixed(self, seeded: Collection[str]) -> bool:
        """Whether its numbers are the same in each run once some generators are seeded."""
        return self.family in seeded or self.seeded_from in seeded

    def under(self, call: Value, seeded: set[str]) -> Event:
        return self._replace(path=(call, *self.path), seeded=self.seeded | seeded)


class Outline(msgspec.Struct, frozen=True):
    """What one function does: the generators that are seeded once it ran, and its events while their generator was not.
    `late` are seeds set after something was drawn from the same generator."""

    seeded: frozenset[str]
    events: tuple[Event, ...]
    late: tuple[tuple[Value, Event], ...]


NOTHING = Outline(frozenset(), (), ())


class Inner:
    """The repository's own functions that run when a call does: what it calls, and what it is given to call."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._known: dict[Value, tuple[Body, ...]] = {}

    def called(self, call: Value) -> tuple[Body, ...]:
        if call not in self._known:
            self._known[call] = tuple([self.flow.body(*key) for key in dict.fromkeys(self._find(call))])
        return self._known[call]

    def _find(self, call: Value) -> Iterator[ScopeKey]:
        for target in (*self.flow.targets(call), *self._standing(call.function)):
            entered = self.flow.entered(target)
            if entered is not None:
                yield entered
        for _, source in call.inputs[1:]:
            if source.kind == "func":
                yield source.scope_key
        yield from self.flow.callbacks(call)

    def _standing(self, function: Value) -> Iterator[Target]:
        """All that a table holds of which a call takes a function by its key: `NETS[name](classes=4)`."""
        held = tables(self.flow, function.source) if function.kind == "item" and function.key is None else []
        for each in [each for table in held for each in table.every("item")][:TABLE_LIMIT]:
            yield from self.flow.callees(each)


class Outlines:
    """Outlines on demand. `classify` says which events a call is, by itself; `undone`, which events within a call are
    none any more once it ran."""

    def __init__(
        self,
        flow: Flow,
        seeds: Seeds,
        classify: Callable[[Value], Iterator[Event]],
        undone: Callable[[Value, Event], bool] = lambda _call, _event: False,
    ) -> None:
        self.flow = flow
        self.seeds = seeds
        self.classify = classify
        self.undone = undone
        self._inner = flow.shared(Inner)
        self._outlines: dict[tuple[int, int], Outline] = {}
        self._quiet: set[ScopeKey] = set()
        """Bodies from which nothing is reached that seeds, draws or trains: most of them."""
        self._possible = Possible(seeds)
        self._imports = ImportSeeds(flow, self._direct, self._ran)
        self._seeding: dict[tuple[int, int], frozenset[str]] = {}
        self._all: frozenset[str] | None = None

    def of(self, body: Body) -> Outline:
        """The outline of a body as if nothing were seeded before it."""
        key = body.key
        if key in self._quiet:
            return NOTHING
        found = self._outlines.get(key)
        if found is None:
            self._outlines[key] = NOTHING
            found = self._outlines[key] = self._run(body)
        return found

    def _run(self, body: Body) -> Outline:
        moments = list(self._moments(body))
        if not moments:
            return NOTHING
        seeded: set[str] = set()
        events: dict[tuple[object, ...], Event] = {}
        late: list[tuple[Value, Event]] = []
        exits = exit_spans(body.scope)
        left: list[tuple[int, set[str]]] = []
        for call, here, own, within in moments:
            while left and call.at >= left[-1][0]:
                seeded = left.pop()[1]
            left.extend((end, set(seeded)) for start, end in exits if start <= call.at < end and end not in dict(left))
            if (fresh := here - seeded) and self.seeds.is_seeding(call):
                late.extend(
                    (call, event) for event in events.values() if event.kind not in ALWAYS and event.family in fresh
                )
            seeded |= here
            for event in own:
                if _counts(event, seeded) and len(events) < EVENT_LIMIT:
                    events.setdefault((event.kind, event.family, event.value), event._replace(seeded=frozenset(seeded)))
            after: set[str] = set()
            for outline in within:
                for event in outline.events:
                    counts = _counts(event, seeded) and len(events) < EVENT_LIMIT and len(event.path) < PATH_LIMIT
                    counts = counts and not self.undone(call, event)
                    if counts and self._possible.reaches((call, *event.path), event.value):
                        named = (event.kind, event.family, event.value, *_chosen_way(call, event))
                        events.setdefault(named, event.under(call, seeded))
                after |= outline.seeded
            seeded |= after
        return Outline(frozenset(seeded), tuple(events.values()), tuple(late))

    def _moments(self, body: Body) -> Iterator[tuple[Value, frozenset[str], list[Event], list[Outline]]]:
        """The calls of a body that seed or draw or call what does, in order: what they seed, what they are by
        themselves, and the outlines of what they call."""
        for call in sorted(body.calls, key=attrgetter("number")):
            here = self.seeds.seeded_by(call)
            own = list(self.classify(call))
            within = [outline for inner in self._inner.called(call) if (outline := self.of(inner)) is not NOTHING]
            if here or own or within:
                yield call, here, own, within

    # ------------------------------------------------------------------ the order of things

    def called(self, call: Value) -> tuple[Body, ...]:
        """The repository's own functions that run when a call does."""
        return self._inner.called(call)

    def roots(self, bodies: Iterator[Body]) -> Iterator[Body]:
        """Bodies that nothing in the team's own code calls: scripts, notebooks, tasks, commands, public methods. Of
        those, the ones that may seed, draw or train, for who calls the others is not worth to ask."""
        asked = list(bodies)
        self._quiet |= self._find_quiet(asked)
        called = self._quiet | set(self._chosen(asked))
        for body in asked:
            if body.key not in called and body.scope.kind in ("module", "function") and not self._is_called(body):
                yield body

    def _chosen(self, bodies: Sequence[Body]) -> Iterator[ScopeKey]:
        """The functions that are called by another name, under which one of several is kept:
        `draw = evenly if balanced else at_random`."""
        for call in (call for body in bodies for call in body.calls if call.function.kind in _ONE_OF_SEVERAL):
            yield from (body.key for body in self.called(call) if body is not call.body)

    def _find_quiet(self, bodies: list[Body]) -> set[ScopeKey]:
        """The bodies among some, and all that they run, from which nothing is reached that has an outline."""
        callers: defaultdict[ScopeKey, list[ScopeKey]] = defaultdict(list)
        met = {body.key: body for body in bodies}
        heard: set[ScopeKey] = set()
        waiting = list(bodies)
        for body in waiting:
            if any(self._happens(call) for call in body.calls):
                heard.add(body.key)
            for inner in [each for call in body.calls for each in self._inner.called(call)]:
                callers[inner.key].append(body.key)
                if inner.key not in met:
                    met[inner.key] = inner
                    waiting.append(inner)
        spreading = list(heard)
        for key in spreading:
            further = [caller for caller in dict.fromkeys(callers[key]) if caller not in heard]
            heard.update(further)
            spreading += further
        return met.keys() - heard

    def _happens(self, call: Value) -> bool:
        """Whether a call by itself seeds, or is an event."""
        return bool(self.seeds.seeded_by(call)) or any(True for _ in self.classify(call))

    def _is_called(self, body: Body) -> bool:
        module, number = body.key
        if number == 0:
            return False
        callers = self.flow.callers(module, number)
        if any(call.body is not body and call.body.module.category == "product" for call in callers):
            return True
        return any(call.body.module.category == "product" for call, _ in self.flow.applied(module, number))

    def before(self, body: Body) -> frozenset[str]:
        """The generators that are seeded before a root runs: by imported modules, by its object's other methods; of a
        module, also by those that import it."""
        found = set(self._imports.of(body.module))
        if not body.number:
            found |= self._imports.before(body.module)
        else:
            found |= self._direct(body.module)
            found |= self._by_group(body)
            cls = self.flow.program.enclosing_class(body.key)
            if cls is not None:
                found |= self._in_class(cls, body.number)
                if any(isinstance(base, str) for base in self.flow.program.ancestry(cls)):
                    found |= self._anywhere()
        return frozenset(found)

    def _by_group(self, body: Body) -> set[str]:
        """What the functions of a command's group, and of those that this is in, seed before the command runs:
        `@cli.command()`."""
        found: set[str] = set()
        waiting, seen = [body], {body}
        while waiting:
            groups = [group for group in self._groups(waiting.pop()) if group not in seen]
            seen.update(groups)
            waiting += groups
            found.update(*(self.of(group).seeded for group in groups))
        return found

    def _groups(self, body: Body) -> Iterator[Body]:
        """The functions that stand for the group which a command, or a group, is in."""
        above = self.flow.body(body.module.index, max(body.scope.parent, 0))
        for decorator in filter(None, map(above.values.get, body.scope.decorators)):
            command = decorator.function if decorator.kind == "call" else decorator
            if command.kind == "attr" and command.name in _COMMANDS and command.source.kind == "func":
                yield self.flow.body(*command.source.scope_key)

    def _anywhere(self) -> frozenset[str]:
        """What the repository seeds at all: a framework may run a method of its classes after any of it."""
        if self._all is None:
            bodies = (
                (module, number)
                for module in self.flow.program.modules
                if module.category == "product"
                for number in range(len(module.facts.scopes))
            )
            self._all = frozenset(generator for place in bodies for generator in self._direct(*place))
        return self._all

    def _in_class(self, cls: ClassKey, but: int) -> set[str]:
        found: set[str] = set()
        for base in self.flow.program.ancestry(cls):
            if isinstance(base, tuple):
                for number in self.flow.program.modules[base[0]].members.get(base[1], {}).values():
                    if (base[0], number) != (cls[0], but):
                        found |= self.of(self.flow.body(base[0], number)).seeded
                        found |= self._direct(self.flow.program.modules[base[0]], number)
        return found

    def _ran(self, call: Value) -> frozenset[str]:
        """What a call seeds, by itself or in the repository's own functions."""
        inner = (self.of(body).seeded for body in self._inner.called(call))
        return self.seeds.seeded_by(call).union(*inner)

    def _direct(self, module: Module, number: int = 0) -> frozenset[str]:
        """What a body's own calls may seed; the one who makes the object may leave the seed at None."""
        known = self._seeding.get((module.index, number))
        if known is None:
            calls = self.flow.body(module.index, number).calls
            known = frozenset(generator for call in calls for generator in self.seeds.may_seed(call))
            self._seeding[module.index, number] = known
        return known


def _chosen_way(call: Value, event: Event) -> tuple[ScopeKey, ...]:
    """By which of the functions in a table an event is reached, where a call takes one by its key: who knows the key
    knows the way."""
    first = event.path[0] if event.path else event.value
    return (first.body.key,) if call.function.kind == "item" else ()


def _counts(event: Event, seeded: set[str]) -> bool:
    """Whether an event is to be told: a training and what is kept always, a draw while nothing seeded its generator."""
    return event.kind in ALWAYS or not event.is_fixed(seeded)


def exit_spans(scope: r.Scope) -> list[tuple[int, int]]:
    """Where the branches stand that end the function: what they seed stays seeded for nobody. Outer ones first."""
    branches = (each for each in all_followed(scope.body, scope.end) if isinstance(each[0], r.If | r.Match))
    parts = (part for statement, after in branches for part in blocks(statement, after))
    found = [(part[0].at, end) for part, end in parts if isinstance(part[-1], _LEAVING)]
    return sorted(found, key=lambda span: (span[0], -span[1]))

"""Ingestion pipelines: the hand-written way from raw data to the first model, evaluation or dataset that uses it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property

from mldebt.facts.record import Constant
from mldebt.flow.content import Contents, End, Reach
from mldebt.flow.filenames import holds_no_data
from mldebt.flow.files import Files
from mldebt.flow.handwork import Handwork
from mldebt.flow.models import NETWORK_KINDS, USES, Models
from mldebt.flow.paths import Paths
from mldebt.flow.program import Module
from mldebt.flow.serving import Boundaries
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow, Visit

MEDIA = frozenset({"images", "audio", "torchaudio"})

Unit = tuple[int, int]  # module and the outermost function or class in it; scope 0 is the module's own code


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One hand-written step, and what it does."""

    value: Value
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingestion:
    """One pipeline: who owns it (a function, class or script), what it reads and does by hand, where that goes."""

    owner: Unit
    units: tuple[Unit, ...]
    sources: tuple[Value, ...]
    steps: tuple[Step, ...]
    ends: tuple[End, ...]
    users: int


class Ingestions:
    """Finds the ingestion pipelines of a repository."""

    def __init__(self, flow: Flow, boundaries: Boundaries, platform: Iterable[str]) -> None:
        self.flow = flow
        self.boundaries = boundaries
        self.platform = tuple(platform)
        self.models = Models(flow)
        self.paths = Paths(flow)
        self.files = Files(self.paths, self.models)
        self.contents = Contents(flow, self.models, self.files)
        self.handwork = Handwork(flow)
        self._used: dict[Unit, set[int]] | None = None

    def find(self) -> list[Ingestion]:
        """Every pipeline, in order of place."""
        shares: list[_Share] = []
        for read in self.reads():
            reach = self.contents.reach(read)
            if reach.ends:
                shares.extend(self._shares(read, reach))
        found = [each for group in _groups(shares) if self._counts(each := self._fold(group))]
        return sorted(found, key=lambda each: (each.sources[0].body.module.index, each.sources[0].at))

    def _counts(self, ingestion: Ingestion) -> bool:
        """What nobody in sight reads back counts when a script of a repository that trains models prepares it."""
        if self.flow.scope(*ingestion.owner).kind == "class" and self.models.derives(ingestion.owner, NETWORK_KINDS):
            return False
        if all(end.use.kind == "prediction" for end in ingestion.ends) and all(
            map(self._is_picture, ingestion.sources)
        ):
            return False  # one thing at a time is looked at, not a data set
        if ingestion.ends[0].use.kind != "written":
            return True
        module = self.flow.program.modules[ingestion.owner[0]]
        return _is_script(module) and self._trains

    def _is_picture(self, source: Value) -> bool:
        api = self.flow.api(source) if source.kind == "call" else None
        return api is not None and (api.library in MEDIA or api.name.rpartition(".")[2] in ("load_img", "read_image"))

    @cached_property
    def _trains(self) -> bool:
        """Whether the team's own code trains a model anywhere."""
        return any(
            self.models.trains(call)
            for module in self.flow.program.modules
            if module.category == "product"
            for number in range(len(module.facts.scopes))
            for call in self.flow.body(module.index, number).calls
        )

    # ------------------------------------------------------------------ reads

    def reads(self) -> Iterator[Value]:
        """Reads of data by low-level means, in the team's own code."""
        for module in self.flow.program.modules:
            if module.category != "product" or self._is_platform(module.path):
                continue
            for number in range(len(module.facts.scopes)):
                for call in self.flow.body(module.index, number).calls:
                    if self._reads_data(call):
                        yield call

    def _reads_data(self, call: Value) -> bool:
        if not self.paths.is_read(call) or self._in_network(call):
            return False
        api = self.flow.api(call)
        if api is None or api.platform or api.medium in ("hub", "registry", "stream") or "serves" in api.roles:
            return False
        if api.medium in ("api", "url") and "saves" in api.roles:
            return False  # a question to a service
        path = self.paths.path(call)
        if path is None:
            return True
        given = [source for _, source in call.inputs[1:2]]
        if given and path is not given[0] and self.paths.opened(given[0]) is path:
            return False  # the handle's `open` is the read
        texts = self.paths.texts(path)
        if texts and all(holds_no_data(text) for text in texts):
            return False
        return not self._serves(call, path)

    def _in_network(self, call: Value) -> bool:
        """Whether a read stands in a network's own code: what it is asked about, or its weights."""
        cls = self.flow.program.enclosing_class(call.body.module, call.body.number)
        return cls is not None and self.models.derives(cls, NETWORK_KINDS)

    def _serves(self, call: Value, path: Value) -> bool:
        """Whether a read decodes what one request brought."""
        body = call.body
        if self.boundaries.endpoint(body.module.index, body.number):
            return True
        for visit in self.flow.walk(path, self.flow.back, limit=60):
            value = visit.value
            if value.kind == "param" and self.boundaries.endpoint(value.body.module.index, value.body.number):
                return True
        return False

    def _is_platform(self, path: str) -> bool:
        dotted = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        return any(
            fnmatchcase(path, name) or dotted == name or dotted.startswith(name + ".") or dotted.endswith("." + name)
            for name in self.platform
        )

    # ------------------------------------------------------------------ shares

    def _shares(self, read: Value, reach: Reach) -> list[_Share]:
        """The pipelines that a read is part of: its own module's or, when it is a thin reader, its callers'."""
        steps = self._steps(reach)
        home = read.body.module.index
        ends = tuple(reach.ends)
        if steps.get(home):
            return [_Share(home, read, tuple(steps[home]), ends, reach)]
        if not self._is_generic(read):
            return []  # a loader that knows its source is the repository's own way to read it
        found = []
        for module, done in sorted(steps.items()):
            met = next(visit for visit in reach.useful if visit.value.body.module.index == module)
            if (
                met.label == "returned"
                and met.value.kind == "call"
                and any(t.module == home for t in self.flow.targets(met.value))
            ):
                found.append(_Share(module, met.value, tuple(done), ends, reach))
        return found

    def _is_generic(self, read: Value) -> bool:
        """Whether a thin reader reads whatever path its caller gives."""
        path = self.paths.path(read)
        while path is not None and path.kind in ("phi", "same", "passed"):
            path = path.inputs[0][1]
        return path is not None and path.kind == "param"

    def _steps(self, reach: Reach) -> dict[int, list[Step]]:
        found: dict[int, dict[tuple[int, int], Step]] = defaultdict(dict)
        for visit in reach.useful:
            body = visit.value.body
            if (
                body.module.category == "product"
                and (text := self.handwork.step(visit))
                and not self._in_model(visit.value)
            ):
                found[body.module.index].setdefault((body.number, visit.value.line), Step(value=visit.value, text=text))
        return {module: sorted(steps.values(), key=lambda step: step.value.at) for module, steps in found.items()}

    def _in_model(self, value: Value) -> bool:
        cls = self.flow.program.enclosing_class(value.body.module, value.body.number)
        return cls is not None and self.models.is_model(cls)

    # ------------------------------------------------------------------ folding

    def _fold(self, group: list[_Share]) -> Ingestion:
        sources = tuple(dict.fromkeys(share.source for share in group))
        steps = {(step.value.body.number, step.value.line): step for share in group for step in share.steps}
        ordered = tuple(sorted(steps.values(), key=lambda step: step.value.at))
        ends = {end.value: end for share in group for end in share.ends}
        units = tuple(dict.fromkeys(self.unit(value) for value in (*sources, *(step.value for step in ordered))))
        owner = self._owner(units, sources, ordered)
        return Ingestion(
            owner=owner,
            units=units,
            sources=sources,
            steps=ordered,
            ends=tuple(sorted(ends.values(), key=lambda end: USES.index(end.use.kind))),
            users=self._users(self._fronts({owner, *(self.unit(source) for source in sources)})),
        )

    def unit(self, value: Value) -> Unit:
        """The outermost function or class around a value."""
        module = value.body.module
        number = self.outermost(module.index, value.body.number)
        return module.index, 0 if module.facts.scopes[number].kind == "lambda" else number

    def outermost(self, module: int, number: int) -> int:
        scopes = self.flow.program.modules[module].facts.scopes
        while number > 0 and scopes[number].parent > 0:
            number = scopes[number].parent
        return number

    def _owner(self, units: tuple[Unit, ...], sources: tuple[Value, ...], steps: tuple[Step, ...]) -> Unit:
        """The unit that reads and works; of several, the one that runs all others, else the busiest."""
        module = units[0][0]
        if (module, 0) in units:
            return module, 0
        work: dict[Unit, int] = defaultdict(int)
        for step in steps:
            work[self.unit(step.value)] += 1
        readers = list(dict.fromkeys(self.unit(source) for source in sources))
        if len(readers) == 1 and 2 * work[readers[0]] >= len(steps):
            return readers[0]
        calls = self._calls(module)
        for candidate in (*units, *(unit for unit in calls if unit not in units and unit[1])):
            if set(units) <= _closure(candidate, calls):
                return candidate
        return max(readers, key=lambda unit: work[unit])

    def _calls(self, module: int) -> dict[Unit, set[Unit]]:
        """Which units of a module call which others of it."""
        found: dict[Unit, set[Unit]] = defaultdict(set)
        scopes = self.flow.program.modules[module].facts.scopes
        for number in range(len(scopes)):
            for call in self.flow.body(module, number).calls:
                for target in self.flow.targets(call):
                    if target.module == module and target.kind in ("func", "class"):
                        found[self.unit(call)].add((module, self.outermost(module, target.scope)))
        return found

    def _fronts(self, units: set[Unit]) -> set[Unit]:
        """Some units of a module and the functions of it that run them."""
        module = next(iter(units))[0]
        calls = self._calls(module)
        found, waiting = set(units), list(units)
        while waiting:
            unit = waiting.pop()
            for caller, called in calls.items():
                if unit in called and caller not in found and self.flow.scope(*caller).kind == "function":
                    found.add(caller)
                    waiting.append(caller)
        return found

    def _users(self, units: Iterable[Unit]) -> int:
        """How many other modules of the team use the most used of some functions or classes."""
        if self._used is None:
            self._used = defaultdict(set)
            for module in self.flow.program.modules:
                if module.category == "product":
                    self._note_uses(module)
        return max((len(self._used[unit] - {unit[0]}) for unit in units if unit[1]), default=0)

    def _note_uses(self, module: Module) -> None:
        assert self._used is not None
        for binding in module.facts.imports:
            if binding.attribute != "*":
                entity = self.flow.program.imported(module, binding)
                if entity.kind in ("func", "class"):
                    self._used[entity.module, entity.scope].add(module.index)
        for number in range(len(module.facts.scopes)):
            for call in self.flow.body(module.index, number).calls:
                for target in self.flow.targets(call):
                    if target.kind in ("func", "class") and not target.guessed:
                        self._used[target.module, self.outermost(target.module, target.scope)].add(module.index)


class _Share:
    """One read's part of a pipeline in one module."""

    def __init__(
        self, module: int, source: Value, steps: tuple[Step, ...], ends: tuple[End, ...], reach: Reach
    ) -> None:
        self.module = module
        self.source = source
        self.steps = steps
        self.ends = ends
        self.places = {
            (visit.value, () if visit.value.body.module.index == module else visit.stack)
            for visit in reach.useful
            if _joins(visit)
        }


def _joins(visit: Visit) -> bool:
    return visit.value.kind not in ("param", "phi", "return")


def _groups(shares: list[_Share]) -> list[list[_Share]]:
    """Shares of one module that meet: in one function or class, or where their contents come together."""
    leader = list(range(len(shares)))

    def top(place: int) -> int:
        while leader[place] != place:
            place = leader[place]
        return place

    first: dict[object, int] = {}
    for place, share in enumerate(shares):
        body = share.source.body
        keys: list[object] = [(share.module, key) for key in share.places]
        if body.number:
            scopes = body.module.facts.scopes
            number = body.number
            while scopes[number].parent > 0:
                number = scopes[number].parent
            keys.append((share.module, number))
        else:
            keys.extend((share.module, end.value) for end in share.ends)
        for key in keys:
            if key in first:
                leader[top(place)] = top(first[key])
            else:
                first[key] = place
    found: dict[int, list[_Share]] = defaultdict(list)
    for place, share in enumerate(shares):
        found[top(place)].append(share)
    return list(found.values())


def _is_script(module: Module) -> bool:
    return module.is_notebook or any(
        isinstance(node, Constant) and node.value == "__main__" for node in module.facts.exprs
    )


def _closure(start: Unit, calls: dict[Unit, set[Unit]]) -> set[Unit]:
    found, waiting = {start}, [start]
    while waiting:
        for after in calls.get(waiting.pop(), ()):
            if after not in found:
                found.add(after)
                waiting.append(after)
    return found

"""What users get: the code that runs behind serving boundaries, and the models whose files it loads."""

from __future__ import annotations

import posixpath
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from functools import cached_property

from mldebt.flow.files.paths import Paths
from mldebt.flow.services.endpoints import Endpoints
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow, Stack, Step
from mldebt.ownership import Span
from mldebt.pipeline.units import Unit

CALLERS = 3  # levels of callers that are looked at for who starts some code
WRITTEN_LIMIT = 150
ENDPOINTS_SHOWN = 12


class ServingPath:
    """Call graph over functions, read forth from the endpoints and back from any code."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._endpoints = flow.shared(Endpoints)
        self._paths = flow.shared(Paths)
        self._batches: dict[Unit, bool] = {}
        self._calls: dict[Unit, tuple[Unit, ...]] = {}

    def serves(self, units: Iterable[Unit], path: str) -> bool:
        """Whether code runs behind an endpoint, scores in a batch, or stores a model that such code loads."""
        numbers = [number for unit in units for number in self.inside(unit)]
        if any(number in self.behind or self.is_batch(number) for number in numbers):
            return True
        stored = {name for number in numbers for name in self._files(number, "stores")}
        return any(name in self._loaded and path not in self._loaded[name] for name in stored)

    @cached_property
    def endpoints(self) -> tuple[Unit, ...]:
        """The functions that are serving boundaries."""
        return tuple(
            (module.index, number)
            for module in self.flow.program.modules
            if module.category == "product"
            for number in range(len(module.facts.scopes))
            if self._endpoints.of((module.index, number))
        )

    @cached_property
    def behind(self) -> Mapping[Unit, Unit]:
        """Every function that runs behind an endpoint, with the first one found; the endpoints included."""
        return self._reached(self.endpoints)

    @cached_property
    def batches(self) -> tuple[Unit, ...]:
        """The functions that score in a batch."""
        return tuple(
            (module.index, number)
            for module in self.flow.program.modules
            if module.category == "product"
            for number in range(len(module.facts.scopes))
            if self.is_batch((module.index, number))
        )

    def _reached(self, starts: Iterable[Unit]) -> dict[Unit, Unit]:
        """Every function that is called from some, with the first of these; they themselves included."""
        found = {unit: unit for unit in starts}
        waiting = deque(found)
        while waiting:
            unit = waiting.popleft()
            for after in self._called(unit):
                if after not in found:
                    found[after] = found[unit]
                    waiting.append(after)
        return found

    def endpoints_of(self, unit: Unit) -> tuple[Unit, ...]:
        """The endpoints behind which a function runs, the nearest first."""
        found: dict[Unit, None] = {}
        waiting, seen = deque([unit]), {unit}
        while waiting and len(found) < ENDPOINTS_SHOWN:
            current = waiting.popleft()
            if self._endpoints.of(current):
                found[current] = None
                continue
            for before in self._callers.get(current, ()):
                if before not in seen and before in self.behind:
                    seen.add(before)
                    waiting.append(before)
        return tuple(found)

    def is_batch(self, unit: Unit) -> bool:
        """Whether a function asks a model and writes what it says to a file or table."""
        if unit not in self._batches:
            calls = self.flow.body(*unit).calls
            asks = [call for call in calls if "predicts" in self.flow.roles(call)]
            learns = any(self.flow.roles(call) & {"fits", "tunes", "optimizes", "measures"} for call in calls)
            self._batches[unit] = not learns and any(map(self._is_written, asks))
        return self._batches[unit]

    def callers(self, units: Iterable[Unit]) -> list[str]:
        """The files that call some code, the nearest first."""
        found: dict[str, None] = {}
        seen = {number for unit in units for number in self.inside(unit)}
        layer = list(seen)
        for _ in range(CALLERS):
            layer = [before for unit in layer for before in self._callers.get(unit, ()) if before not in seen]
            seen.update(layer)
            found.update(dict.fromkeys(self.flow.program.modules[module].path for module, _ in layer))
        return list(found)

    def written(self, units: Iterable[Unit], role: str) -> list[str]:
        """The names of files that some code stores, saves or loads, as far as they are written down."""
        names = (name for unit in units for number in self.inside(unit) for name in self._files(number, role))
        return list(dict.fromkeys(names))

    def path_of(self, read: Value) -> str:
        """The path that a read names, as far as it is written down."""
        path = self._paths.path(read) if read.kind == "call" else None
        return next(iter(self._paths.texts(path)), "") if path is not None else ""

    def inside(self, unit: Unit) -> list[Unit]:
        """A definition and everything that is defined in it; scope 0 is a module's own code."""
        return [(unit[0], each) for each in self.flow.program.modules[unit[0]].inside(unit[1])]

    def outermost(self, unit: Unit) -> Unit:
        """The outermost function or class around a scope."""
        module = self.flow.program.modules[unit[0]]
        number = module.outermost(unit[1])
        return unit[0], number if module.facts.scopes[number].kind != "lambda" else 0

    def span(self, unit: Unit) -> Span:
        """The lines of a definition; of a module's own code, and of anything in a notebook, the whole file."""
        module = self.flow.program.modules[unit[0]]
        if unit[1] == 0 or module.is_notebook:
            return (module.path, 1, 0)
        scope = module.facts.scopes[unit[1]]
        last = module.facts.position(max(scope.end - 1, scope.at))[0]
        return (module.path, module.facts.position(scope.at)[0], last)

    def _called(self, unit: Unit) -> tuple[Unit, ...]:
        """The functions that one calls, or whose results it reads from a variable of the module."""
        found = self._calls.get(unit)
        if found is None:
            targets = (target for call in self.flow.body(*unit).calls for target in self.flow.targets(call))
            after = dict.fromkeys(target.key for target in targets if target.kind in ("func", "class"))
            for target in list(after):
                init = self.flow.initializer(target) if self.flow.scope(*target).kind == "class" else None
                if init is not None and init.kind == "func":
                    after[(init.module, init.scope)] = None
            found = self._calls[unit] = tuple(after)
        return found

    @cached_property
    def _callers(self) -> dict[Unit, list[Unit]]:
        found: dict[Unit, list[Unit]] = defaultdict(list)
        for module in self.flow.program.modules:
            for number in range(len(module.facts.scopes)) if module.category == "product" else ():
                for after in self._called((module.index, number)):
                    found[after].append((module.index, number))
        return found

    @cached_property
    def _loaded(self) -> dict[str, set[str]]:
        """Names of model files that serving code loads, or its modules' own code, with the modules."""
        found: dict[str, set[str]] = defaultdict(set)
        modules = {module for module, _ in self.behind}
        own = {(module, 0) for module in modules}
        for unit in self.behind.keys() | own:
            for name in self._files(unit, "loads"):
                found[name].add(self.flow.program.modules[unit[0]].path)
        return found

    def loads(self) -> list[tuple[Value, Unit, tuple[str, ...]]]:
        """The calls of serving code that load a model, each with the endpoint (or batch) that it is loaded for and the
        names by which it may be."""
        serving = {**self._reached(self.batches), **self.behind}
        first: dict[int, Unit] = {}
        for unit, endpoint in {**self.behind, **serving}.items():
            first.setdefault(unit[0], endpoint)
        units = {**{(module, 0): endpoint for module, endpoint in first.items()}, **serving}
        return [
            (call, units[unit], tuple(self.names(call)))
            for unit in sorted(units)
            for call in self.flow.body(*unit).calls
            if "loads" in self.flow.roles(call)
        ]

    def names(self, call: Value) -> list[str]:
        """The names of the file or registry entry that a call stores or loads, as far as they are written down."""
        path = self._paths.path(call)
        values = [path] if path is not None else call.arguments
        names = dict.fromkeys(
            posixpath.basename(text.rstrip("/")) for value in values for text in self._paths.texts(value)
        )
        return [name for name in names if len(name) > 3 and "{" not in name]

    def _files(self, unit: Unit, role: str) -> list[str]:
        names = []
        for call in self.flow.body(*unit).calls:
            if role in self.flow.roles(call) and (role == "loads" or self._paths.is_write(call)):
                names += self.names(call)
        return [name for name in dict.fromkeys(names) if "." in name]

    def _is_written(self, asked: Value) -> bool:
        """Whether a prediction gets into a file or table. How alike things are is written pair by pair: their mean
        is a measure."""
        step = self._uncounted if "compares" in self.flow.roles(asked) else self.flow.forth
        return any(
            call.kind == "call" and label in ("arg", "function") and "saves" in self.flow.roles(call)
            for visit in self.flow.walk(asked, step, limit=WRITTEN_LIMIT)
            for label, call in visit.value.uses
        )

    def _uncounted(self, value: Value, stack: Stack) -> list[Step]:
        """Forth, but into no number that many make."""
        steps = self.flow.forth(value, stack)
        return [step for step in steps if step.label != "through" or "counts" not in self.flow.roles(step.value)]

"""Functions that are handed to a call, which applies them: map, submit, key=, Thread(target=…)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from mldebt.flow.body import Body
from mldebt.flow.calls.arguments import spread_items
from mldebt.flow.calls.runners import BEHIND, TOGETHER, runner, tells_all
from mldebt.flow.idioms import last_name
from mldebt.flow.module import ScopeKey
from mldebt.flow.steps import FAN_OUT
from mldebt.flow.tasks.handovers import is_task
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

FOLDING = "functools.reduce"
FOLDED = 2
PLACE_LIMIT = FAN_OUT * 5
_SELVES = frozenset({"param", "store", "passed"})
_OF_TABLES = ("apply", "applymap", "assign", "pipe", "transform", "map", "sort")
_COUNTING = ("heapq.nlargest", "heapq.nsmallest")
_TOGETHER, _NAMED = "args", ("kwargs", "kwds")
"""How a thread, a process or a timer is told what to give the function that it runs."""
PARTIAL = "functools.partial"
_CALLED = ("function", "object")
_NAMING = ("func", "attr")
"""What may name a function."""
_Handed = tuple[Value, int, Value]
"""A call, the position of an argument among its own, and that argument."""


class Callbacks:
    """Which calls apply a function, and to what."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._applied: dict[ScopeKey, tuple[tuple[Value, int], ...]] = {}
        self._handed_over: dict[ScopeKey, dict[object, list[_Handed]]] = {}
        self._named: dict[ScopeKey, dict[object, list[Value]]] = {}

    def of(self, call: Value) -> list[ScopeKey]:
        """The functions among a call's arguments: by name, as a lambda, or as a method of `self`."""
        keys = [self._key(source) for _, source in call.inputs[1:] if source.kind in _NAMING]
        return [key for key in keys if key is not None]

    def applied(self, key: ScopeKey) -> tuple[tuple[Value, int], ...]:
        """Calls that receive a function as an argument, with its position."""
        found = self._applied.get(key)
        if found is None:
            found = self._applied[key] = tuple(self._find(key))
        return found

    def filled(self, call: Value, body: Body, name: str, position: int = -1) -> list[Value]:
        """What a function's parameter gets from a call that calls it or, when it is the argument at a position, applies
        it: the call's other arguments, in order, or else its receiver."""
        flow = self._flow
        if position < 0 and flow.calls(call, body.module.index, body.number):
            return flow.argument(call, body, name)
        if flow.nodes.is_made(call, body.key) or self._is_field_of(call):
            return []
        order = [parameter.name for parameter in body.scope.parameters if parameter.kind in ("", "positional")]
        if body.module.takes_self(body.number):
            order = order[1:]
        if name not in order:
            return []
        arguments = call.arguments
        if position < 0:
            position = next((i for i, source in enumerate(arguments) if source.kind in ("func", "attr")), 0)
        if call.keywords[position : position + 1] not in ((), ("",)) and is_task(body.module, body.number):
            return []  # who deploys a flow by its keyword gives it nothing
        place = order.index(name)
        if call.calls_external(FOLDING):
            return self._folded(call, place)
        if (named := _by_name(call, name, position)) is not None:
            return [named]
        others = _applied_to(call, arguments, position)
        return others[place : place + 1]

    def _is_field_of(self, call: Value) -> bool:
        """Whether a call only puts a function in a record, beside what else is told of it: `Step(1, "Train.", train)`.
        Who calls the field says what the function gets."""
        classes = [target for target in self._flow.targets(call) if target.kind == "class" and not target.guessed]
        return bool(classes) and all(self._flow.initializer(each.key) is None for each in classes)

    def told(self, param: Value) -> list[Value]:
        """What a parameter of a function gets that is applied in part, or run by a thread or a process."""
        body = param.body
        return [
            source
            for call, place in self.applied(body.key)
            if tells_all(call) or last_name(call.function) == "partial"
            for source in self.filled(call, body, param.name, place)
        ]

    def folded(self, param: Value) -> list[Value]:
        """What a parameter of a function gets that `functools.reduce` applies."""
        body = param.body
        calls = (call for call, _ in self.applied(body.key) if call.calls_external(FOLDING))
        return [source for call in calls for source in self.filled(call, body, param.name, 0)]

    def _folded(self, call: Value, place: int) -> list[Value]:
        """What `reduce(function, items, first)` gives its function: what came out so far, and the next of the items."""
        if len(call.arguments) < FOLDED:
            return []
        function, items, *first = call.arguments
        if place == 0:
            key = self._key(function)
            begun = first or [self._flow.element_of(items)]
            return [*begun, *([self._flow.body(*key).returns] if key is not None else [])]
        return [self._flow.element_of(items)] if place == 1 else []

    def _key(self, source: Value) -> ScopeKey | None:
        if source.kind == "func":
            return source.scope_key
        if source.kind != "attr" or source.source.kind not in _SELVES:
            return None
        program = self._flow.program
        cls = program.class_of_self(source.source)
        method = program.method(cls, source.name) if cls is not None else None
        return (method.module, method.scope) if method is not None and method.kind == "func" else None

    def mentions(self, key: ScopeKey) -> Iterator[Value]:
        """Where a function is named without being called."""
        name = self._flow.scope(*key).name
        for place in self._with_defaults(self._places(key)):
            named = self._mentioned(place)
            if key in named:
                yield from named[key]
            if name in named:
                yield from [read for read in named[name] if self._key(read) == key]

    def _places(self, key: ScopeKey) -> list[ScopeKey]:
        """The scopes that may name a function."""
        scope, indexes = self._flow.scope(*key), self._flow.indexes
        if scope.kind == "lambda":
            return [(key[0], scope.parent)]
        places = indexes.scopes_with_either(scope.name, with_tests=indexes.is_test(key[0]))[:PLACE_LIMIT]
        decorated = [(key[0], max(scope.parent, 0))] if scope.decorators else []
        return list(dict.fromkeys([*decorated, *places])) if decorated else places

    def _with_defaults(self, places: list[ScopeKey]) -> Iterable[ScopeKey]:
        """Scopes and those around them: a parameter's default is a value of the scope that defines the function."""
        modules = self._flow.program.modules
        found: dict[ScopeKey, None] = {}
        for place in places:
            parent = modules[place[0]].facts.scopes[place[1]].parent
            found[place] = None
            found[place[0], parent if parent > 0 else 0] = None
        return found

    def _mentioned(self, place: ScopeKey) -> dict[object, list[Value]]:
        """What may name a function in a body, but for what is called, by function or by the attribute's name."""
        if place in self._named:
            return self._named[place]
        found: dict[object, list[Value]] = {}
        for value in self._flow.body(*place).nodes:
            if value.kind in _NAMING and not (value.uses and all(label in _CALLED for label, _ in value.uses)):
                found.setdefault(value.data, []).append(value)
        self._named[place] = found
        return found

    def _find(self, key: ScopeKey) -> Iterator[tuple[Value, int]]:
        scope = self._flow.scope(*key)
        for place in self._places(key):
            handed = self._handed(place)
            by_name = [each for each in handed.get(scope.name, ()) if self._key(each[2]) == key] if handed else []
            for call, position, _ in sorted((*handed.get(key, ()), *by_name), key=_place) if handed else ():
                yield call, position

    def _handed(self, place: ScopeKey) -> dict[object, list[_Handed]]:
        """The arguments in a body that may be functions, by function or by the attribute's name."""
        if place in self._handed_over:
            return self._handed_over[place]
        found: dict[object, list[_Handed]] = {}
        for call in self._flow.body(*place).calls:
            for position, (_, source) in enumerate(call.inputs[1:]):
                if source.kind in _NAMING:
                    found.setdefault(source.data, []).append((call, position, source))
        self._handed_over[place] = found
        return found


def _by_name(call: Value, name: str, position: int) -> Value | None:
    """What a call says by the name of a parameter of the function that it is given: `submit(rank, user=user)`,
    `Thread(target=rank, kwargs={"user": user})`. Beside a function that is given by a keyword itself, the others are
    the call's own: `Thread(target=rank, name="ranker")`."""
    named = dict(call.named_arguments)
    told = next((named[each] for each in _NAMED if each in named), None)
    if told is not None and told.kind == "dict" and name in told.keys:
        return told.every("item")[told.keys.index(name)]
    return named.get(name) if call.keywords[position : position + 1] in ((), ("",)) else None


def _applied_to(call: Value, arguments: list[Value], position: int) -> list[Value]:
    """What a function that is the argument at a position is applied to: the other arguments, in order, or else the
    receiver; options of a table's or a list's methods are neither, nor is the count of `heapq.nlargest`. A thread is
    told them together, by name or behind the function, others some of them: behind a row of a table, or the first
    numbers of `minimize(loss, start, args=(rows,))`. A partial application is told by place or by name."""
    others = arguments[:position] + arguments[position + 1 :]
    receiver = call.receiver
    together = dict(call.named_arguments).get(_TOGETHER)
    if together is not None:
        of_table = [receiver] if receiver is not None and call.calls_method(_OF_TABLES[0]) else []
        before = [source for keyword, source in call.named_arguments[position + 1 :] if not keyword]
        return [*(of_table or before), *(spread_items(together) or [together])]
    if call.calls_external(PARTIAL):
        return [source for keyword, source in call.named_arguments[1:] if not keyword]
    runs = runner(call)
    if runs is not None and runs.tells == TOGETHER and call.keywords[position : position + 2] == ("", ""):
        return spread_items(arguments[position + 1]) or [arguments[position + 1]]
    if runs is not None and runs.tells == BEHIND:
        return arguments[position + 1 :]
    if receiver is not None and call.calls_method(*_OF_TABLES):
        keywords = call.keywords[:position] + call.keywords[position + 1 :]
        others = [source for source, keyword in zip(others, keywords, strict=False) if not keyword]
    if call.calls_external(*_COUNTING):
        others = others[1:]
    return others or ([receiver] if receiver is not None else [])


def _place(handed: _Handed) -> tuple[int, int]:
    return handed[0].number, handed[1]

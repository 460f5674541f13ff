"""Functions that are handed on and called by another name: a parameter, an attribute, an entry of a list or a dict."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebt.flow.calls.callbacks import FOLDING
from mldebt.flow.calls.runners import runs_aside
from mldebt.flow.idioms import root
from mldebt.flow.linking import ClassKey
from mldebt.flow.module import ScopeKey
from mldebt.flow.steps import FAN_OUT, Stack, Step
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

HANDED_LIMIT = 80
HELD_LIMIT = 60
BROUGHT_LIMIT = 40
ALTERNATIVES = 2
ASKED = 6
_HANDED = frozenset(
    {"param", "free", "phi", "choice", "same", "passed", "element", "item", "call", "attr", "operation"}
)
"""What a function is called by that was handed in."""
_ADDING = ("append", "add", "insert", "setdefault")
_ENTRIES = frozenset({"get", "values", "items", "pop", "copy"})
_KEPT = frozenset(
    {
        *(("value", kind) for kind in ("phi", "choice", "same", "store")),
        *(("base", kind) for kind in ("mutate", "store", "passed")),
        *(("item", kind) for kind in ("collection", "dict")),
        *(("spread", kind) for kind in ("collection", "dict")),
        ("arg", "mutate"),
        ("iterable", "element"),
        ("object", "item"),
        ("object", "slice"),
        ("operand", "operation"),
    }
)
_INWARD = {
    "element": ("iterable",),
    "item": ("object",),
    "slice": ("object",),
    "collection": ("item", "spread"),
    "dict": ("item", "spread"),
    "mutate": ("base", "arg"),
    "store": ("base", "value"),
    **dict.fromkeys(("phi", "choice", "same"), ("value",)),
    "operation": ("operand",),
}
_ELSEWHERE = frozenset({"param", "attr", "global", "free", "passed"})
_FUNCTIONS = frozenset({"func", "class"})


class Hooks:
    """Both ways: the functions that such a call may call, and the calls that such a function gets to."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._calls: dict[ScopeKey, tuple[tuple[Value, Stack], ...]] = {}
        self._run: dict[ScopeKey, tuple[tuple[Value, int, Stack], ...]] = {}
        self._brought: dict[tuple[Value, ScopeKey, Stack], bool] = {}

    # ------------------------------------------------------------------ from the call

    def held(self, function: Value) -> Iterator[Value]:
        """The functions and classes that an element of a list or an entry of a dict may be."""
        for visit in self._flow.walk(function, self._inward, limit=HELD_LIMIT):
            if visit.value.kind in _FUNCTIONS:
                yield visit.value

    def held_of_libraries(self, function: Value) -> Iterator[Value]:
        """The same of libraries: `{"forest": RandomForestClassifier}[name]`."""
        for visit in self._flow.walk(function, self._inward, limit=HELD_LIMIT):
            if visit.value.kind == "external":
                yield visit.value

    def handed(self, value: Value, stack: Stack) -> list[ScopeKey]:
        """The functions that were handed in as a value, by what the open calls give."""
        if value.kind not in ("param", "free"):
            return []
        visits = self._flow.walk(value, self._handed_in, stack=stack, limit=BROUGHT_LIMIT)
        named = [visit.value for visit in visits if visit.value.kind == "func"]
        return [each.scope_key for each in named][:ASKED]

    def brings(self, call: Value, key: ScopeKey, stack: Stack) -> bool:
        """Whether a call of what was handed in may call a function, by what the open calls give."""
        function = call.function
        if not stack or function.kind not in _HANDED or len(self._flow.targets(call)) < ALTERNATIVES:
            return True
        known = (function, key, stack)
        found = self._brought.get(known)
        if found is None:
            found = self._may_be(function, key, stack)
            if self._flow.is_settled:
                self._brought[known] = found
        return found

    def _may_be(self, function: Value, key: ScopeKey, stack: Stack) -> bool:
        visits = list(self._flow.walk(function, self._handed_in, stack=stack, limit=BROUGHT_LIMIT))
        named = [
            visit.value
            for visit in visits
            if visit.value.kind in _FUNCTIONS
            or (visit.value.kind == "attr" and not self._handed_in(visit.value, visit.stack))
        ]
        found = [target for value in named for target in self._flow.callees(value)]
        is_known = bool(found) and len(visits) < BROUGHT_LIMIT
        return not is_known or any(self._flow.entered(target) == key for target in found)

    def _handed_in(self, value: Value, stack: Stack) -> list[Step]:
        """From what is called to what it was handed in as: by the open calls, by the one that made the object whose
        attribute it is."""
        if value.kind == "attr":
            return self._given_to(value, stack) if stack else []
        if value.kind == "call" and value.calls_external("functools.partial"):
            return [Step("applied in part", source, stack) for source in value.arguments[:1]]
        return self._inward(value, stack)

    def _given_to(self, read: Value, stack: Stack) -> list[Step]:
        """What the call that made an object was given for one of its attributes: `Launcher(rank).run(user)`."""
        flow, receiver, cls = self._flow, stack[-1].receiver, self._class_of(read)
        maker = root(receiver) if receiver is not None else None
        if maker is None or cls is None or not any(target.kind == "class" for target in flow.targets(maker)):
            return []
        if (field := flow.given_field(maker, read.name)) is not None:
            return [Step("field", field, stack[:-1])]
        kept = [each for each in flow.stored(cls, read.name) if each.kind == "param"]
        given = (source for param in kept for source in flow.argument(maker, param.body, param.name))
        return [Step("field", source, stack[:-1]) for source in given]

    def _inward(self, value: Value, stack: Stack) -> list[Step]:
        if value.kind in _ELSEWHERE:
            added = [Step("added", source, ()) for read in self._reads(value) for source in _added_to(read)]
            return [*self._flow.back(value, stack), *added]
        if value.kind == "call":
            function = value.function
            is_entry = function.kind == "attr" and function.name in _ENTRIES
            sources = [function.source, *value.arguments[1:]] if is_entry else []
            return [Step("entries", source, stack) for source in sources]
        labels = _INWARD.get(value.kind, ())
        return [Step(label, source, stack) for label, source in value.inputs if label in labels]

    def _reads(self, value: Value) -> tuple[Value, ...]:
        """The reads of a variable of a module or of an attribute, wherever they are."""
        if value.kind == "global":
            return self._flow.global_reads(*value.variable)[:FAN_OUT]
        cls = self._class_of(value)
        return self._flow.field_reads(cls, value.name)[:FAN_OUT] if cls is not None else ()

    def _reads_of_entry(self, store: Value) -> tuple[Value, ...]:
        """The reads of the list or dict in which something is put under a key: `STEPS[name] = step`."""
        base = store.one("base") if isinstance(store.data, tuple) else None
        while base is not None and base.kind in ("store", "mutate", "passed") and base.inputs:
            base = base.source
        return self._reads(base) if base is not None and base.kind in ("global", "attr") else ()

    def _class_of(self, read: Value) -> ClassKey | None:
        """The class whose attribute is read through `self`."""
        return self._flow.program.class_of_self(read.source) if read.kind == "attr" else None

    # ------------------------------------------------------------------ from the function

    def calls(self, key: ScopeKey) -> tuple[tuple[Value, Stack], ...]:
        """The calls of a function by another name, with the calls that are open where it is handed in."""
        found = self._calls.get(key)
        if found is None:
            self._calls[key] = ()
            run: dict[tuple[Value, int, Stack], None] = {}
            found = self._calls[key] = tuple(dict.fromkeys(self._find(key, run)))[:FAN_OUT]
            self._run[key] = tuple(run)[:FAN_OUT]
        return found

    def run_by(self, key: ScopeKey) -> tuple[tuple[Value, int, Stack], ...]:
        """The calls by which what a function is handed in as is run elsewhere, `Process(target=function)`, with its
        position and the calls that are open where it is handed in."""
        self.calls(key)
        return self._run.get(key, ())

    def applied(self, key: ScopeKey) -> Iterator[tuple[Value, int]]:
        """The calls that apply a function which they are given, with its position; not those of the repository's own
        functions, where it is seen how these call it."""
        is_seen = bool(self.calls(key) or self.run_by(key))
        for call, position in self._flow.applied(*key):
            if not is_seen or any(target.kind == "external" for target in self._flow.targets(call)):
                yield call, position

    def _find(self, key: ScopeKey, run: dict[tuple[Value, int, Stack], None]) -> Iterator[tuple[Value, Stack]]:
        for mention in self._flow.mentions(*key):
            for visit in self._flow.walk(mention, self._onward, limit=HANDED_LIMIT):
                for label, user in visit.value.uses if visit.parent is not None else ():
                    if label == "function" and user.kind == "call":
                        yield user, visit.stack
                    elif label == "arg" and user.kind == "call" and runs_aside(user):
                        run[user, user.arguments.index(visit.value), visit.stack] = None

    def _onward(self, value: Value, stack: Stack) -> list[Step]:
        steps = [*self._flow.outlive(value, stack), *self._defaults(value)]
        for label, user in value.uses:
            if (label, user.kind) in _KEPT:
                steps.append(Step(label, user, stack))
                if label == "value" and user.kind == "store":
                    steps.extend(self._flow.reads_of_store(user))
                    steps.extend(Step("added", read, ()) for read in self._reads_of_entry(user))
            elif user.kind == "return":
                steps.extend(self._flow.leave(user.body, stack))
            elif user.kind == "call" and label == "arg":
                steps.extend(self._into(value, user, stack))
            elif user.kind == "attr" and user.name in _ENTRIES and value.kind not in _FUNCTIONS:
                steps.extend(Step("entries", call, stack) for label, call in user.uses if label == "function")
        return steps

    def _into(self, value: Value, call: Value, stack: Stack) -> list[Step]:
        """Into a function of the repository, a new object, a function that is applied in part, a list of hooks."""
        flow = self._flow
        if call.calls_external("functools.partial"):
            return [Step("applied in part", call, stack)]
        if call.calls_external(FOLDING) and value in call.arguments[1:2]:
            items = flow.element_of(value)
            functions = flow.callbacks(call)
            return [step for key in functions for step in flow.into_callback(items, call, key, stack)]
        steps: list[Step] = []
        for target in flow.targets(call):
            entered = flow.entered(target)
            if entered is not None:
                steps.extend(flow.into_function(value, call, *entered, stack))
            elif target.kind == "class":
                names = {name for name, source in call.named_arguments if source is value and name}
                names |= {name for name in flow.fields_of(target.key) if flow.given_field(call, name) is value}
                reads = (read for name in sorted(names) for read in flow.field_reads(target.key, name)[:FAN_OUT])
                steps.extend(Step("field", read, ()) for read in reads)
        if not steps and call.calls_method(*_ADDING):
            return [Step("added", read, ()) for read in self._reads(call.function.source)]
        return steps

    def _defaults(self, value: Value) -> Iterator[Step]:
        """The parameters whose default a function is."""
        body = value.body
        if value.kind != "func" or value.uses:
            return
        for child in self._flow.children(body.module.index, body.number):
            for parameter in self._flow.scope(body.module.index, child).parameters:
                if parameter.default >= 0 and body.values.get(parameter.default) is value:
                    yield Step("default", self._flow.body(body.module.index, child).params[parameter.name], ())


def _added_to(read: Value) -> Iterator[Value]:
    """What is put in a list or dict where it is read."""
    for label, method in read.uses:
        if label == "base" and method.kind == "store" and isinstance(method.data, tuple):
            yield from method.every("value")
        if method.kind == "attr" and method.name in _ADDING:
            yield from (source for label, call in method.uses if label == "function" for source in call.arguments[-1:])

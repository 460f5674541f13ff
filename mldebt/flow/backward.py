"""Steps from a value to the values that it was made from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mldebt.flow.body import Body
from mldebt.flow.idioms import READS, told_attribute
from mldebt.flow.linking import ClassKey, ScopeKey, Target, is_self
from mldebt.flow.scopes.sequences import Sequences
from mldebt.flow.steps import FAN_OUT, Stack, Step, may_enter
from mldebt.flow.tasks.handovers import PULL
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

_NOT_MADE_FROM = frozenset({"call", "condition", "test", "bound"})
"""Inputs that decide on a value without being part of it."""
NESTED = 3
_NAMES = frozenset({"global", "free", "phi", "same", "attr", "param", "passed"})
_HELD = _NAMES | {"return", "item", "element", "store", "mutate", "collection"}
"""What may give an object that was made before, out of a container for instance."""
_CONTAINERS = ("dict", "list", "collections.OrderedDict", "collections.defaultdict", "collections.deque")
MAKER_LIMIT = 12
OBJECT_LIMIT = 40
_TAKES_AWAY = frozenset({"pop", "popleft", "remove", "discard", "clear"})
"""What changes a container and puts nothing into it, whatever it is told to take."""
_CHANGED = frozenset({"mutate", "store", "phi", "passed"})


class Backward:
    """Where a value comes from: across calls, callers, fields, globals and closures."""

    def __init__(self, flow: Flow, sequences: Sequences) -> None:
        self._flow = flow
        self._sequences = sequences
        self._by_kind: dict[str, Callable[[Value, Stack], list[Step]]] = {
            "call": self._call,
            "param": self.param,
            "attr": self._attr,
            "item": sequences.item,
            "global": self._global,
            "free": self._free,
            "mutate": self._mutated,
            "external": lambda value, _: [Step("field", each, ()) for each in flow.app_state.kept_by_name(value)],
            "passed": lambda value, stack: [Step("base", value.source, stack), *self._passed(value, stack)],
        }

    def steps(self, value: Value, stack: Stack) -> list[Step]:
        """The values that a value was made from."""
        found = self._by_kind.get(value.kind, _inputs)(value, stack)
        if value.body.rebound:
            found = [*found, *(Step("closure", each, ()) for each in self._flow.rebound(value))]
        return found

    def _mutated(self, value: Value, stack: Stack) -> list[Step]:
        """From a container after a method changed it to what it was before, and to what was put in."""
        return [Step("base", value.source, stack)] if value.name in _TAKES_AWAY else _inputs(value, stack)

    def returned(self, call: Value, target: Target, stack: Stack) -> list[Step]:
        """From a call to what the called function returns."""
        flow, key = self._flow, target.key
        if not may_enter(call, stack) or not flow.hooks.brings(call, key, stack):
            return []
        if stack and (named := flow.decorations.called_in(call, stack)) and key not in named:
            return []
        return [Step("returned", flow.body(*flow.decorations.entered(call, key)).returns, (*stack, call))]

    def param(self, param: Value, stack: Stack) -> list[Step]:
        """From a parameter to the arguments: of the open call, or of every caller."""
        flow, body, name = self._flow, param.body, param.name
        if stack:
            call, after = flow.decorations.giver(stack)
            sources = flow.filled(call, body, name)
            steps = [step for source in sources for step in self._handed_in(param, call, source, after)]
            return steps or self.default(param, stack)
        bindings: list[tuple[Value, Value, Stack]] = [
            (call, source, ()) for call, source in flow.bindings(param)[:FAN_OUT]
        ]
        for call, around in flow.hooks.calls(body.key):
            bindings.extend((call, source, around) for source in flow.argument(call, body, name))
        for call, position, around in flow.hooks.run_by(body.key):
            bindings.extend((call, source, around) for source in flow.filled(call, body, name, position))
        steps = [step for call, source, after in bindings for step in self._handed_in(param, call, source, after)]
        sources = [
            source
            for call, position in flow.hooks.applied(body.key)
            for source in flow.filled(call, body, name, position)
        ]
        sources.extend(flow.handovers.asset(param))
        sources.extend(flow.nodes.into(param))
        sources.extend(flow.wirings.into(param))
        return [*steps, *(Step("argument", source, ()) for source in sources)] or self.default(param, stack)

    def _handed_in(self, param: Value, call: Value, source: Value, stack: Stack) -> list[Step]:
        """From a parameter to an argument; through `**kwargs` and `*args` that are handed on, to what was given there
        by the same name or at the same place."""
        if source.kind == "param" and source.body is call.body:
            keywords = {keyword for keyword, each in call.named_arguments if each is source}
            named: list[Step] = []
            if "**" in keywords:
                named = self._sequences.named(source, param.name, stack)
            elif "*" in keywords:
                named = self._sequences.at_place(source, _place(param, call), stack)
            if named:
                return named
        return [Step("argument", source, stack)]

    def _passed(self, value: Value, stack: Stack) -> list[Step]:
        """From a value that a call may have changed to what the called function left in it."""
        call = value.inputs[1][1]
        steps: list[Step] = []
        if not may_enter(call, stack):
            return steps
        for target in self._flow.targets(call):
            if target.kind == "func":
                body = self._flow.body(*target.key)
                names = [param.name for param in self._flow.parameter_of(call, value.position, body)]
                steps += self._left(body, names, call, stack)
        for key in self._flow.callbacks(call):
            body = self._flow.body(*key)
            names = [name for name in body.params if value.source in self._flow.filled(call, body, name)]
            steps += self._left(body, names, call, stack)
        return steps

    def _left(self, body: Body, names: list[str], call: Value, stack: Stack) -> list[Step]:
        """What a function leaves in some of its parameters."""
        left = (body.env.get(name) for name in names)
        return [Step("changed", each, (*stack, call)) for each in left if each is not None and each.kind in _CHANGED]

    def _call(self, call: Value, stack: Stack) -> list[Step]:
        if call.calls_method(PULL):
            return [Step("handed over", source, ()) for source in self._flow.handovers.pulled(call)]
        if (named := self._sequences.taken_by_name(call, stack)) is not None:
            return named
        if (told := told_attribute(call)) is not None:
            return [*self._read(*told, stack), *(Step("arg", default, stack) for default in call.arguments[2:])]
        if taken := self._flow.graph_states.taken(call):
            return [Step("handed over", source, ()) for source in taken]
        steps: list[Step] = []
        for target in self._flow.targets(call):
            if target.kind == "func":
                steps.extend(self.returned(call, target, stack))
            else:
                steps.extend(self._through(call, stack))
        return steps or [*(Step("arg", source, stack) for source in call.arguments), *_receiver(call, stack)]

    def _through(self, call: Value, stack: Stack) -> list[Step]:
        """Through what is not the repository's: to all that it was given, and to what it applied."""
        functions = [source for source in call.arguments if source.kind == "func"]
        steps = [Step("arg", source, stack) for source in call.arguments if source.kind != "func"]
        steps.extend(_receiver(call, stack))
        if functions and may_enter(call, stack):
            results = (self._flow.body(*function.scope_key).returns for function in functions)
            steps.extend(Step("applied", result, (*stack, call)) for result in results)
        return steps

    def default(self, param: Value, stack: Stack) -> list[Step]:
        """From a parameter to what a framework fills it with, or to its default."""
        injected = self._flow.injections.into(param)
        if injected is not None:
            return [Step("default", injected.returns, ())]
        scope = param.body.scope
        for parameter in scope.parameters:
            if parameter.name == param.data and parameter.default >= 0:
                value = self._flow.body(param.body.module.index, scope.parent).values.get(parameter.default)
                return [Step("default", value, stack)] if value is not None else []
        return []

    def _attr(self, value: Value, stack: Stack) -> list[Step]:
        return self._read(value.source, value.name, stack)

    def _read(self, owner: Value, name: str, stack: Stack) -> list[Step]:
        """From an attribute to what was last stored in it here, else to what the class ever stores in it."""
        version = owner
        while version.kind in ("store", "passed"):
            if version.kind == "store" and version.data == name:
                stored = version.one("value")
                return [Step("field", stored, stack)] if stored is not None else []
            version = version.source
        if version.kind == "call" and (given := self._flow.given_field(version, name)) is not None:
            return [Step("field", given, stack)]
        held = self._class_held(owner)
        if held is not None and (set_there := self._of_class(held, name)):
            return set_there
        if put := self._flow.graph_states.held(owner, name):  # in place of what the state's class has there at first
            return [Step("field", each, ()) for each in put]
        for cls in self._classes_of(owner):
            fields = self._field(cls, name)
            if fields:
                return [*fields, *(Step("field", given, ()) for given in self._flow.given_fields(cls, name))]
            if name in self._flow.fields_of(cls) and (handed := self._given_for(name, owner, stack)):
                return handed
        kept = self._flow.app_state.kept(owner, name)
        return [Step("field", each, ()) for each in kept] or [Step("object", owner, stack)]

    def _class_held(self, owner: Value, depth: int = NESTED) -> ClassKey | None:
        """The class that a value is, also where it is kept in a class itself: `CFG.files` of `CFG.files.weights`."""
        if owner.kind == "class":
            return owner.scope_key
        outer = self._class_held(owner.source, depth - 1) if owner.kind == "attr" and depth else None
        family = self._flow.program.ancestry(outer) if outer is not None else ()
        bodies = (self._flow.body(*above) for above in family if isinstance(above, tuple))
        kept = next((value for body in bodies if (value := body.env.get(owner.name)) is not None), None)
        return kept.scope_key if kept is not None and kept.kind == "class" else None

    def _of_class(self, cls: ClassKey, name: str) -> list[Step]:
        """What the body of a class, or of the nearest one above it that says anything, sets a name to: `CFG.path`."""
        for above in self._flow.program.ancestry(cls):
            if isinstance(above, tuple):
                own = [each for each in self._flow.stored(above, name) if each.body.scope.kind == "class"]
                if own:
                    return [Step("field", each, ()) for each in own[:FAN_OUT]]
        return []

    def _given_for(self, name: str, owner: Value, stack: Stack) -> list[Step]:
        """What the calls that made an object gave for one of its fields, under the calls that are open there, also
        where it was kept in a dict or list meanwhile; nothing where something else than such a call may have made
        it."""
        found = []
        for visit in self._flow.walk(owner, self._to_makers, stack=stack, limit=OBJECT_LIMIT):
            value = visit.value
            given = self._flow.given_field(value, name) if value.kind == "call" else None
            if given is not None:
                found.append(Step("field", given, visit.stack))
            elif value.kind == "call" and not self._hands_on(value, visit.stack):
                return []
        return found

    def _hands_on(self, call: Value, stack: Stack) -> bool:
        """Whether what a call gives was made before, or is a container that objects are put into."""
        return call.calls_external(*_CONTAINERS) or bool(self._to_makers(call, stack))

    def _to_makers(self, value: Value, stack: Stack) -> list[Step]:
        """From an object to the calls that may have made it."""
        if value.kind == "call":
            steps = [step for step in self._call(value, stack) if step.label == "returned"]
            is_taken = not steps and value.calls_method(*READS, "popleft", "popitem")
            return [Step("receiver", value.function.source, stack)] if is_taken else steps
        if value.kind == "attr":
            return [step for cls in self._classes_of(value.source) for step in self._field(cls, value.name)]
        return self.steps(value, stack) if value.kind in _HELD else []

    def _field(self, cls: ClassKey, name: str) -> list[Step]:
        flow, steps = self._flow, []
        method = flow.program.method(cls, name)
        if method is not None and method.kind == "func":
            steps.append(Step("property", flow.body(method.module, method.scope).returns, ()))
        steps.extend(Step("field", stored, ()) for stored in flow.stored(cls, name)[:FAN_OUT])
        return steps

    def _classes_of(self, owner: Value) -> list[ClassKey]:
        if is_self(owner):
            cls = self._flow.program.enclosing_class(owner.body.key)
            return [cls] if cls is not None else []
        return self._flow.proxies.classes(owner)

    def _global(self, value: Value, _stack: Stack) -> list[Step]:
        return [Step("global", version, ()) for version in self._flow.global_versions(value)]

    def _free(self, value: Value, stack: Stack) -> list[Step]:
        source = self._flow.free_value(value)
        return [Step("closure", source, self._around(source, stack))] if source is not None else []

    def _around(self, source: Value, stack: Stack) -> Stack:
        """The calls that are open in the function around, of those that are open in one inside."""
        module, number = source.body.key
        for place in range(len(stack), 0, -1):
            if self._flow.calls(stack[place - 1], module, number):
                return stack[:place]
        makers = (self._maker(call, source.body.key) for call in reversed(stack))
        return next(((maker,) for maker in makers if maker is not None), ())

    def _maker(self, call: Value, around: ScopeKey) -> Value | None:
        """The call of a function that gave the closure which a call calls: of `rank = ranked_by("price")` or
        `@ordered("price")`, that call."""
        flow = self._flow
        if (maker := flow.decorations.maker(call, around)) is not None:
            return maker
        visits = flow.walk(call.function, self._named, limit=MAKER_LIMIT)
        calls = (visit.value for visit in visits if visit.value.kind == "call" and visit.value is not call)
        return next((each for each in calls if flow.calls(each, *around)), None)

    def _named(self, value: Value, stack: Stack) -> list[Step]:
        return self.steps(value, stack) if value.kind in _NAMES else []


def _inputs(value: Value, stack: Stack) -> list[Step]:
    return [Step(label, source, stack) for label, source in value.inputs if label not in _NOT_MADE_FROM]


def _place(param: Value, call: Value) -> int:
    """At which place of what a call spreads a parameter is filled; -1 where that is not told."""
    order = [each.name for each in param.body.scope.parameters if each.kind in ("", "positional")]
    before = [keyword for keyword in call.keywords if keyword in ("", "*")]
    if param.name not in order or before.count("*") > 1:
        return -1
    bound = int(param.body.module.takes_self(param.body.number))
    return order.index(param.name) - bound - before.index("*")


def _receiver(call: Value, stack: Stack) -> list[Step]:
    receiver = call.receiver
    return [Step("receiver", receiver, stack)] if receiver is not None else []

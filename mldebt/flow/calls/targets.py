"""What a call may call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from mldebt.flow.calls.dispatch import Dispatch
from mldebt.flow.idioms import at_place
from mldebt.flow.known import Known
from mldebt.flow.linking import ClassKey, Target
from mldebt.flow.scopes.sequences import at_key
from mldebt.flow.types.instances import Instances, is_partial
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

DEPTH_LIMIT = 6
VALUES_ASKED = 4
ARGUMENTS_ASKED = 8
_INSTANCE_CALLS = ("__call__", "forward", "call")
_NETWORK = "torch.nn.Module"
_READY = ("eval", "to", "cuda", "cpu", "half", "float", "double")
"""What readies a network for being called, and gives it back."""
_NAMED = ("func", "class")
_UNFILLED = "NoneType.__call__"
_WRAPPERS = frozenset({"functools.partial", "functools.wraps", "torch.compile"})


class Targets:
    """Targets on demand, once per call: of names, methods, instances, callbacks and partial applications."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self.known: Known[tuple[Target, ...]] = Known(self.of)
        """An empty answer may be one that is being worked out; others are the last word."""
        self.resolving: set[Value] = set()
        """What is being worked out; always this one set."""
        self._dispatch = Dispatch(flow, self.resolve)
        self._instances = Instances(flow, flow.program.instances)
        self._by_kind: dict[str, Callable[[Value, int], Sequence[Target]]] = {
            "func": self._defined,
            "class": self._defined,
            "external": self._external,
            "attr": self._method,
            "phi": self._alternatives,
            "choice": self._alternatives,
            "same": self._alternatives,
            "global": self._global,
            "free": lambda function, depth: self._held(flow.free_value(function), depth),
            "param": self._handed_in,
            "element": self._held_in,
            "item": self._held_in,
            "operation": self._first_that_is,
            "call": self._made_by_call,
        }

    @property
    def is_settled(self) -> bool:
        """Whether no answer is being worked out."""
        return not self.resolving

    def of(self, call: Value) -> tuple[Target, ...]:
        """What a call may call; an empty tuple when nothing is known, and for what is no call: a model that is handed
        to whoever calls it, for instance."""
        found = self.known.get(call) if call.kind == "call" else ()
        if found is None:
            self.known[call] = ()
            around = [Target("func", *key) for key in self._flow.decorations.called_in(call, ())]
            named = around or self._told(call, self.resolve(call.function))
            found = self.known[call] = tuple(dict.fromkeys(named))
        return found

    def _told(self, call: Value, named: Sequence[Target]) -> Sequence[Target]:
        """What a configuration tells to make, where the call leaves it to one."""
        return named if is_partial(call) else self._configured(call, named) or named

    def _configured(self, call: Value, named: Sequence[Target]) -> list[Target]:
        """What a configuration names for a call that makes what it is told."""
        return [
            each for target in named if target.kind == "external" for each in self._instances.made(call, target.name)
        ]

    def resolve(self, function: Value, depth: int = 0) -> Sequence[Target]:
        """What calling a value would call."""
        if depth > DEPTH_LIMIT or function in self.resolving:
            return ()
        self.resolving.add(function)
        try:
            return self._by_kind.get(function.kind, self._instance)(function, depth)
        finally:
            self.resolving.discard(function)

    def _defined(self, function: Value, _depth: int) -> Sequence[Target]:
        return (Target(function.kind, *function.scope_key),)

    def _external(self, function: Value, _depth: int) -> Sequence[Target]:
        catalogue, name = self._flow.catalogue, function.name
        known = catalogue.resolve(name)
        return (Target("external", name=known, api=catalogue.function(name), written="" if known == name else name),)

    def _method(self, function: Value, _depth: int) -> Sequence[Target]:
        return self._dispatch.method(function)

    def _alternatives(self, function: Value, depth: int) -> Sequence[Target]:
        return [found for source in function.every("value")[:VALUES_ASKED] for found in self.resolve(source, depth + 1)]

    def _global(self, function: Value, depth: int) -> Sequence[Target]:
        """What a variable of a module holds; where that is None until a function fills it, what it is filled with."""
        held = self._flow.global_value(function)
        if held is None or held.kind != "const" or held.data is not None:
            return self._held(held, depth)
        filled = [each for each in self._flow.global_versions(function) if each is not held]
        return [found for each in filled[:VALUES_ASKED] for found in self.resolve(each, depth + 1)]

    def _held(self, source: Value | None, depth: int) -> Sequence[Target]:
        return self.resolve(source, depth + 1) if source is not None else ()

    def _handed_in(self, param: Value, depth: int) -> Sequence[Target]:
        body = param.body
        if body.module.takes_class(body.number) and param.name == body.scope.parameters[0].name:
            return (Target("class", body.module.index, body.scope.parent),)
        sources = (self._flow.arguments(param) or self._flow.told(param))[:ARGUMENTS_ASKED]
        sources += self._flow.folded(param) if body.scope.kind == "lambda" else []
        sources += [step.value for step in self._flow.back_default(param, ()) if step.value.kind in _NAMED]
        return [found for source in sources for found in self.resolve(source, depth + 1)]

    def _held_in(self, function: Value, depth: int) -> Sequence[Target]:
        """An element of a list, an entry of a dict: an instance, or a function that was put there."""
        return (
            self._unpacked(function, depth)
            or self._method_of_entry(function, depth)
            or self._instance(function, depth)
            or [
                found
                for source in islice(self._flow.hooks.held(function), ARGUMENTS_ASKED)
                for found in self.resolve(source, depth + 1)
            ]
            or self._read_back(function)
        )

    def _method_of_entry(self, function: Value, depth: int) -> Sequence[Target]:
        """The method of an object that stands under a key of a module's dict: `{"rank": ranker.rank}["rank"]`."""
        holder = self._flow.global_value(function.source) if function.source.kind == "global" else function.source
        entry = at_key(holder, function.key) if function.kind == "item" and holder is not None else None
        return self.resolve(entry, depth + 1) if entry is not None and entry.kind == "attr" else ()

    def _unpacked(self, function: Value, depth: int) -> list[Target]:
        """The classes that a function gives in a place of a tuple: `model, settings = chosen(name)`."""
        if function.kind != "item" or not isinstance(function.key, int) or function.source.kind != "call":
            return []
        made = [target for target in self.of(function.source) if target.kind == "func"]
        given = [value for target in made for value in self._flow.body(*target.key).returns.every("value")]
        parts = [part for each in given if (part := at_place(each, function.key)) is not None]
        named = [found for part in parts if _may_be_class(part) for found in self.resolve(part, depth + 1)]
        filled = [target for target in named if target.name != _UNFILLED]
        return filled if all(map(_is_class, filled)) else []

    def _read_back(self, function: Value) -> list[Target]:
        """A network that a file holds whole, or under a key: nothing else that is called is kept so."""
        while (function.kind == "item" and isinstance(function.data, str)) or function.calls_method(*_READY):
            owner = function.source if function.kind == "item" else function.receiver
            if owner is None:
                break
            function = owner
        if not function.calls_external("torch.load"):
            return []
        api = self._flow.catalogue.method(_NETWORK, "__call__")
        return [Target("external", name=f"{_NETWORK}.__call__", api=api, receiver=function)]

    def _first_that_is(self, function: Value, depth: int) -> Sequence[Target]:
        """`(post or by_title)(rows)`."""
        return [found for source in function.every("operand") for found in self.resolve(source, depth + 1)]

    def _made_by_call(self, function: Value, depth: int) -> Sequence[Target]:
        """What a call gave: a wrapped function, or an instance that can be called."""
        if len(function.inputs) > 1 and any(target.name in _WRAPPERS for target in self.of(function)):
            return self.resolve(function.inputs[1][1], depth + 1)
        if is_partial(function):
            return self._configured(function, self.of(function))
        return self._looked_up(function) or self._closures(function) or self._held_in(function, depth)

    def _looked_up(self, function: Value) -> list[Target]:
        """A class that is looked up by the name which a configuration gives, here or in the function that is called."""
        made = [target for target in self.of(function) if target.kind == "func"]
        given = [value for target in made for value in self._flow.body(*target.key).returns.every("value")]
        inside = [
            found for value in given if value.kind == "call" for found in self._instances.looked_up(value, function)
        ]
        return inside or self._instances.looked_up(function)

    def _closures(self, maker: Value) -> list[Target]:
        """The functions that a function defines and gives: `rank = make_ranker(path)`."""
        made = [target for target in self.of(maker) if target.kind == "func"]
        given = [value for target in made for value in self._flow.body(*target.key).returns.every("value")]
        return [Target("func", *value.scope_key) for value in given if value.kind == "func"]

    def _instance(self, function: Value, _depth: int) -> Sequence[Target]:
        catalogue = self._flow.catalogue
        found = []
        for owner in self._flow.types(function):
            if isinstance(owner.name, tuple):
                found.append(self._own_call(owner.name, function))
            else:
                api = catalogue.method(owner.name, "__call__")
                found.append(Target("external", name=f"{owner.name}.__call__", api=api, receiver=function))
        return found

    def _own_call(self, cls: ClassKey, function: Value) -> Target:
        """The method of a class of the repository that runs when an instance is called."""
        program = self._flow.program
        for name in _INSTANCE_CALLS:
            method = program.method(cls, name)
            if method is not None and method.kind == "func":
                return Target("func", method.module, method.scope, receiver=function)
        outside = next((base for base in program.ancestry(cls) if isinstance(base, str)), "")
        api = self._flow.catalogue.method(outside, "__call__")
        return Target("external", name=f"{outside}.__call__", api=api, receiver=function)


def _may_be_class(value: Value) -> bool:
    return value.kind in ("class", "external", "phi", "choice", "same", "global")


def _is_class(target: Target) -> bool:
    """Whether a target is a class, of the repository or by its name."""
    return target.kind == "class" or target.name.rpartition(".")[2][:1].isupper()

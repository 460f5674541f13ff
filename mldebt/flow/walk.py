"""The value flow of a program: every question that may be asked of it, and walks along it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar, cast

from mldebt.facts import record as r
from mldebt.flow.backward import Backward
from mldebt.flow.body import Body
from mldebt.flow.calls.arguments import Arguments
from mldebt.flow.calls.callbacks import Callbacks
from mldebt.flow.calls.callers import Callers
from mldebt.flow.calls.decorations import Decorations
from mldebt.flow.calls.hooks import Hooks
from mldebt.flow.calls.injections import Injections
from mldebt.flow.calls.proxies import Proxies
from mldebt.flow.calls.targets import Targets
from mldebt.flow.calls.validators import Validators
from mldebt.flow.evaluation.objectives import learns
from mldebt.flow.forward import Forward
from mldebt.flow.indexes import Indexes
from mldebt.flow.known import Known
from mldebt.flow.linking import ClassKey, ScopeKey, Target, Type
from mldebt.flow.module import Entity, Module
from mldebt.flow.program import Program
from mldebt.flow.scopes.sequences import Sequences
from mldebt.flow.scopes.variables import Variables
from mldebt.flow.services.app_state import AppState
from mldebt.flow.steps import FAN_OUT, STACK_LIMIT, STATE_LIMIT, Stack, Step, StepFunction, Visit, remembered, walk
from mldebt.flow.tasks.graph_states import GraphStates
from mldebt.flow.tasks.handovers import Handovers
from mldebt.flow.tasks.nodes import Nodes
from mldebt.flow.tasks.wirings import Wirings
from mldebt.flow.types.annotations import Annotations
from mldebt.flow.types.fields import Fields
from mldebt.flow.types.inference import Types
from mldebt.flow.value import Value
from mldebt.rulebook import Api, Catalogue

__all__ = ["FAN_OUT", "STACK_LIMIT", "STATE_LIMIT", "Flow", "Stack", "Step", "Visit"]

MEMBER_LIMIT = 60
_NO_ROLES: frozenset[str] = frozenset()
"""Shared: most calls have none, and each empty set that is made takes as much as the call."""

Part = TypeVar("Part")
Key = TypeVar("Key")
Answer = TypeVar("Answer")


class Flow:
    """Nothing is computed before it is asked for, and nothing twice. The parts ask each other through here: types need
    the targets of calls, targets the types of receivers, both need what callers hand in."""

    def __init__(self, program: Program, catalogue: Catalogue) -> None:
        self.program = program
        self.catalogue = catalogue
        self.indexes = Indexes(program)
        self._passing: list[dict[Any, Any]] = []
        self._bodies: dict[ScopeKey, Body] = {}
        self._bodies_of: dict[int, tuple[Body, ...]] = {}
        self._annotations = Annotations(program, catalogue)
        self._types = Types(self)
        self.types = self._types.of
        """The types that a value may have; empty when unknown."""
        self._targets = Targets(self)
        self.targets = self._targets.known.__getitem__
        """What a call may call; an empty tuple when nothing is known."""
        self._apis: Known[Api | None] = Known(self._api)
        self.api = self._apis.__getitem__
        """The catalogue's record of what a call calls, if it is a library's."""
        self._roles: Known[frozenset[str]] = Known(self._roles_of)
        self.roles = self._roles.__getitem__
        """All roles that the catalogue gives to what a call calls; an optimizer trains only what it can be seen to."""
        self._fields = Fields(self)
        self._variables = Variables(self)
        self._callers = Callers(self)
        self._callbacks = Callbacks(self)
        self.decorations = Decorations(self)
        self.hooks = Hooks(self)
        self.handovers = Handovers(self)
        self.injections = Injections(self)
        self.proxies = Proxies(self)
        self.validators = Validators(self)
        self.app_state = AppState(self)
        self.graph_states = GraphStates(self)
        self.nodes = Nodes(self)
        self.wirings = Wirings(self)
        self._arguments = Arguments(self)
        self.matched = self._arguments.matched
        """The values that a call gives to a function, by parameter."""
        self._sequences = Sequences(self)
        self._backward = Backward(self, self._sequences)
        self._forward = Forward(self)
        self.outlive = self._forward.outlive
        """From a value that a variable holds to its readers outside the body."""
        self.back = self.remembered(self._backward.steps)
        """The values that a value was made from."""
        self.forth = self.remembered(self._forward.steps)
        """The values that are made from a value."""
        self._shared: dict[object, object] = {}

    def shared(self, part: Callable[[Flow], Part]) -> Part:
        """The one object of a class that answers questions about this program, such as `flow.shared(Paths)`: what it
        has worked out for one rule, it need not work out for the next."""
        found = self._shared.get(part)
        if found is None:
            found = self._shared[part] = part(self)
        return cast("Part", found)

    # ------------------------------------------------------------------ scopes

    def body(self, module: int, scope: int) -> Body:
        """The values of a scope."""
        try:
            return self._bodies[module, scope]
        except KeyError:
            found = self._bodies[module, scope] = Body(self.program, self.program.modules[module], scope)
            return found

    def bodies(self, module: int) -> tuple[Body, ...]:
        """The values of every scope of a module, in order."""
        found = self._bodies_of.get(module)
        if found is None:
            scopes = self.program.modules[module].facts.scopes
            found = self._bodies_of[module] = tuple(self.body(module, number) for number in range(len(scopes)))
        return found

    def scope(self, module: int, scope: int) -> r.Scope:
        return self.program.modules[module].facts.scopes[scope]

    def children(self, module: int, number: int) -> Sequence[int]:
        """The functions, classes and lambdas defined directly in a scope."""
        return self.indexes.scopes_in((module, number))

    def is_method(self, module: Module, number: int) -> bool:
        """Whether a function's first parameter is its instance (or class)."""
        return module.takes_self(number)

    def initializer(self, cls: ClassKey) -> Entity | None:
        """The function that runs when an object of a class is made."""
        return self.program.method(cls, "__init__")

    # ------------------------------------------------------------------ types

    def function_types(self, module: int, scope: int) -> tuple[Type, ...]:
        """The types of a function's result."""
        return self._types.returned_by((module, scope))

    def field_types(self, cls: ClassKey, name: str) -> tuple[Type, ...]:
        """The types of an attribute: by its annotation, its property, or what is stored in it."""
        return self._fields.types(cls, name)

    def annotation(self, module: Module, ref: int, scope: int) -> tuple[Type, ...]:
        """The types that an annotation in a scope names."""
        return self._annotations.types(module, ref, scope)

    # ------------------------------------------------------------------ calls

    def is_own(self, call: Value) -> bool:
        """Whether a call may call a function of the repository."""
        return any(target.kind == "func" for target in self.targets(call))

    def is_told(self, call: Value) -> bool:
        """Whether a configuration tells what a call calls: it may give any argument that the call does not write."""
        return any(target.told for target in self.targets(call))

    def callees(self, function: Value) -> Sequence[Target]:
        """What calling a value would call."""
        return self._targets.resolve(function)

    def entered(self, target: Target) -> ScopeKey | None:
        """The function of the repository that runs when a target is called: itself, or a class's initializer."""
        if target.kind == "func":
            return target.key
        made = self.initializer(target.key) if target.kind == "class" else None
        return (made.module, made.scope) if made is not None and made.kind == "func" else None

    def _api(self, call: Value) -> Api | None:
        targets = self.targets(call)
        found = next((target.api for target in targets if target.api is not None), None)
        if targets:  # without any, the answer may not be the last: the question may be part of its own answer
            self._apis[call] = found
        return found

    def _roles_of(self, call: Value) -> frozenset[str]:
        found = _NO_ROLES
        targets = self.targets(call)
        for target in targets:
            if target.api is not None:
                roles = target.api.roles
                found = found if roles <= found else found | roles if found else roles
        if targets:
            judged = found
            if "solves" in found and "tunes" in found:
                self._roles[call] = found - {"tunes"}  # one whose objective gets back to itself is no proof of itself
                judged = found if learns(self, call) else found - {"tunes"}
            self._roles[call] = found = judged
        return found

    def callers(self, module: int, scope: int) -> tuple[Value, ...]:
        """Every call in the repository that may call a function."""
        return self._callers.of((module, scope))

    def calls(self, call: Value, module: int, number: int) -> bool:
        """Whether a call may call a function (a constructor calls its class's `__init__`)."""
        return self._callers.calls(call, (module, number))

    def calls_named(self, names: frozenset[str]) -> list[Value]:
        """All calls outside of tests whose last name is one of these, in order of place."""
        return self._callers.named(names)

    def methods_named(self, name: str) -> Sequence[ScopeKey]:
        """Every method of the repository's classes by this name."""
        return self.indexes.methods_named(name)

    # ------------------------------------------------------------------ arguments

    def arguments(self, param: Value) -> list[Value]:
        """What callers hand in for a parameter."""
        return [source for _, source in self.bindings(param)]

    def bindings(self, param: Value) -> list[tuple[Value, Value]]:
        """(call, value) for each caller's argument of a parameter."""
        body, name = param.body, param.name
        calls = self.callers(body.module.index, body.number)
        return [(call, source) for call in calls for source in self.matched(call, body).get(name, ())]

    def given_only_by(self, param: Value, is_one: Callable[[Value], bool]) -> set[Value]:
        """What callers of one kind hand in for a parameter, and no other callers do."""
        bound = [(is_one(call), source) for call, source in self.bindings(param)]
        return {source for one, source in bound if one} - {source for one, source in bound if not one}

    def argument(self, call: Value, body: Body, name: str) -> list[Value]:
        """The values that a call gives to one parameter of a function."""
        return self._arguments.given(call, body, name)

    def parameter_of(self, call: Value, position: int, body: Body) -> list[Value]:
        """The parameters of a function that a call's argument (by position among the written ones) may fill."""
        return self._arguments.filling(call, position, body)

    def callbacks(self, call: Value) -> list[ScopeKey]:
        """The repository's functions among a call's arguments."""
        return self._callbacks.of(call)

    def applied(self, module: int, scope: int) -> tuple[tuple[Value, int], ...]:
        """Calls that receive a function as an argument, with its position: map, submit, partial, …"""
        return self._callbacks.applied((module, scope))

    def mentions(self, module: int, scope: int) -> Iterator[Value]:
        """Where a function is named without being called."""
        return self._callbacks.mentions((module, scope))

    def handed_over(self, value: Value, holder: Value) -> list[Value]:
        """Where steps of a graph, and components of a pipeline, read what another gives by a key."""
        return [*self.graph_states.readers(value, holder), *self.wirings.readers(value, holder)]

    def told(self, param: Value) -> list[Value]:
        """What a parameter of a function gets that is applied in part, or run by a thread or a process."""
        return self._callbacks.told(param)

    def folded(self, param: Value) -> list[Value]:
        """What a parameter of a function gets that `functools.reduce` applies."""
        return self._callbacks.folded(param)

    def filled(self, call: Value, body: Body, name: str, position: int = -1) -> list[Value]:
        """What a function's parameter gets from a call that calls it or applies it."""
        return self._callbacks.filled(call, body, name, position)

    # ------------------------------------------------------------------ variables and attributes

    def global_value(self, value: Value) -> Value | None:
        """What a module-level variable holds after its module ran."""
        return self._variables.global_value(value)

    def rebound(self, value: Value) -> Sequence[Value]:
        """What functions inside bind to the variable of a value (`nonlocal`)."""
        return self._variables.rebound(value)

    def shared_by(self, value: Value) -> Sequence[Value]:
        """What the function around holds under a variable that is bound for it (`nonlocal`)."""
        return self._variables.shared_by(value)

    def held_around(self, call: Value) -> Sequence[Value]:
        """Where a variable of a function around, or of a module, is at hand into which a call puts something."""
        return self._variables.held_around(call)

    def put_around(self, call: Value, stack: Stack) -> list[Step]:
        """From what a call puts into a variable of a function around, or of a module, to where that is at hand."""
        return self._forward.put_around(call, stack)

    def closure_calls(self, value: Value) -> list[Value]:
        """The methods of an object that functions call which are defined beside the variable that holds it."""
        return self._variables.closure_calls(value)

    def closure_stores(self, value: Value) -> list[Value]:
        """What functions that are defined beside the variable of an object put in it under keys."""
        return self._variables.closure_stores(value)

    def global_versions(self, value: Value) -> list[Value]:
        """What a module-level variable ever holds."""
        return self._variables.global_versions(value)

    def global_reads(self, module: int, name: str) -> tuple[Value, ...]:
        """Reads of a module-level variable from functions and other modules."""
        return self._variables.global_reads(module, name)

    def free_value(self, value: Value) -> Value | None:
        """What a closure variable holds in the function around it."""
        return self._variables.free_value(value)

    def stored(self, cls: ClassKey, name: str) -> tuple[Value, ...]:
        """Every value stored in an attribute of a class of the repository, or of a class above or below it."""
        return self._fields.stored(cls, name)

    def given_field(self, call: Value, name: str) -> Value | None:
        """What a call that makes an object of a class without an initializer (a dataclass, a named tuple) gives for an
        attribute."""
        return self._fields.given(call, name)

    def given_fields(self, cls: ClassKey, name: str) -> tuple[Value, ...]:
        """What the team's own code gives for an attribute wherever it makes an object of such a class."""
        return self._fields.given_anywhere(cls, name)

    def makers(self, cls: ClassKey) -> list[Value]:
        """Where the team's own code makes objects of a class."""
        return self._fields.makers(cls)

    def fields_of(self, cls: ClassKey) -> list[str]:
        """The attributes that a class annotates, in the order in which a dataclass takes them."""
        return self._fields.annotated(cls)

    def field_reads(self, cls: ClassKey, name: str) -> tuple[Value, ...]:
        """Reads of an attribute through `self` in a class's family, and through typed values elsewhere."""
        return self._fields.reads(cls, name)

    def touches(self, module: int, scope: int, name: str) -> bool:
        """Whether a scope mentions an attribute name at all."""
        return self.indexes.mentions_attribute((module, scope), name)

    def attribute_scopes(self, name: str, *, with_tests: bool = False) -> Sequence[ScopeKey]:
        """All scopes that mention an attribute name."""
        return self.indexes.scopes_with_attribute(name, with_tests=with_tests)

    # ------------------------------------------------------------------ containers

    def element_of(self, iterable: Value) -> Value:
        """The value that stands for one element of a sequence."""
        return self._sequences.element_of(iterable)

    def members(self, sequence: Value, stack: Stack, limit: int = MEMBER_LIMIT) -> list[Step]:
        """The values that a sequence holds, as far as literals, comprehensions and appends tell."""
        return self._sequences.members(sequence, stack, limit)

    def under_key(self, item: Value, stack: Stack) -> list[Step]:
        """What the dicts that a loop or a key function meets hold under a constant key, where they are written out."""
        return self._sequences.under_key(item, stack)

    # ------------------------------------------------------------------ walks

    @property
    def is_settled(self) -> bool:
        """Whether an answer that is given now is the last: none is asked for in the middle of what it depends on."""
        return self._types.is_settled and self._targets.is_settled

    def remembered(self, step: StepFunction) -> StepFunction:
        """The same steps, each worked out once."""
        busy, resolving = self._types.busy, self._targets.resolving
        return remembered(step, lambda: not (busy or resolving), self.passing({}))

    def passing(self, known: dict[Key, Answer]) -> dict[Key, Answer]:
        """A table of what walks came by: it saves much while they go the same ways, and is emptied when other questions
        are asked."""
        self._passing.append(known)
        return known

    def move_on(self) -> None:
        """Other questions are asked from now on: forget what walks came by. It is found again where it is asked for."""
        for known in self._passing:
            known.clear()

    def walk(self, start: Value, step: StepFunction, *, stack: Stack = (), limit: int = STATE_LIMIT) -> Iterator[Visit]:
        """Everything that steps reach from a value, breadth first, each (value, open calls) once."""
        return walk(start, step, stack, limit)

    def back_param(self, param: Value, stack: Stack) -> list[Step]:
        """From a parameter to the arguments: of the open call, or of every caller."""
        return self._backward.param(param, stack)

    def back_default(self, param: Value, stack: Stack) -> list[Step]:
        """From a parameter to its default."""
        return self._backward.default(param, stack)

    def enter_return(self, call: Value, target: Target, stack: Stack) -> list[Step]:
        """From a call to what the called function returns."""
        return self._backward.returned(call, target, stack)

    def into_function(self, value: Value, call: Value, module: int, scope: int, stack: Stack) -> list[Step]:
        """From an argument to the parameters of a function that it fills."""
        return self._forward.into_function(value, call, (module, scope), stack)

    def into_callback(self, value: Value, call: Value, key: ScopeKey, stack: Stack) -> list[Step]:
        """From what a call applies a function to, to that function's parameters."""
        return self._forward.into_callback(value, call, key, stack)

    def leave(self, body: Body, stack: Stack) -> list[Step]:
        """From a function's result to the open call, or to every caller."""
        return self._forward.leave(body, stack)

    def reads_of_store(self, store: Value) -> list[Step]:
        """From what is stored in an attribute or a global to where it is read."""
        return self._forward.reads_of_store(store)

"""Steps from a value to the values that are made from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebt.flow.body import Body
from mldebt.flow.calls.arguments import spread_items
from mldebt.flow.linking import ClassKey, is_self
from mldebt.flow.module import ScopeKey
from mldebt.flow.orders.list_versions import beginnings, joined
from mldebt.flow.steps import FAN_OUT, Stack, Step, may_enter
from mldebt.flow.tasks.handovers import PUSH
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

_NOT_MADE = frozenset({"call", "condition", "test", "bound", "iterable"})
"""Uses that a value decides on without becoming part of the result; an element is part of what is iterated over."""
PUTTING = ("append", "appendleft", "extend", "insert", "put")
"""Methods that put something into a container."""
_CHANGED = frozenset({"mutate", "store", "passed"})


class Forward:
    """Where a value goes: into calls, back to callers, into fields, globals and closures."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow

    def steps(self, value: Value, stack: Stack) -> list[Step]:
        """The values that are made from a value."""
        steps: list[Step] = []
        for label, user in value.uses:
            kind = user.kind
            if kind == "call":
                if label == "arg":
                    steps.extend(self._into_call(value, user, stack))
                elif label == "function" and value.kind == "attr":
                    steps.extend(self._method_called(user, stack))
            elif kind == "return":
                steps.extend(self.leave(user.body, stack))
            elif label not in _NOT_MADE or kind == "element":
                steps.append(Step(label, user, stack))
                if kind == "collection":
                    steps.extend(Step("handed over", param, ()) for param in self._flow.nodes.part_takers(value, user))
                if kind == "store" and label == "value":
                    steps.extend(self.reads_of_store(user))
                if kind in ("store", "dict"):
                    readers = self._flow.handed_over(value, user)
                    steps.extend(Step("handed over", read, ()) for read in readers)
        steps.extend(self.outlive(value, stack))
        return steps

    # ------------------------------------------------------------------ into functions

    def into_function(self, value: Value, call: Value, key: ScopeKey, stack: Stack) -> list[Step]:
        """From an argument to the parameters that it fills."""
        if not may_enter(call, stack) or not self._flow.hooks.brings(call, key, stack):
            return []
        body = self._flow.body(*key)
        given = {value}
        if "*" in call.keywords:
            given.update(spread_items(value) or ())
        inside = (*stack, call)
        taken = [name for name, sources in self._flow.matched(call, body).items() if not given.isdisjoint(sources)]
        return [Step("argument", body.params[name], inside) for name in taken if name in body.params]

    def into_callback(self, value: Value, call: Value, key: ScopeKey, stack: Stack) -> list[Step]:
        """From an argument or receiver of a call to the parameters of a function that the call applies to it."""
        if not may_enter(call, stack):
            return []
        body = self._flow.body(*key)
        return [
            Step("argument", param, (*stack, call))
            for name, param in body.params.items()
            if value in self._flow.filled(call, body, name)
        ]

    def _into_call(self, value: Value, call: Value, stack: Stack) -> list[Step]:
        if call.calls_method(PUSH):
            return [Step("handed over", pull, ()) for pull in self._flow.handovers.pulls(call)]
        if call.calls_method(*PUTTING) and (around := self.put_around(call, stack)):
            return around
        steps: list[Step] = []
        is_through = False
        for target in self._flow.targets(call):
            entered = self._flow.entered(target)
            if entered is not None:
                for key in (entered, *self._flow.decorations.layers(entered)):
                    steps.extend(self.into_function(value, call, key, stack))
            if target.kind == "class":
                steps.extend(self._flow.validators.entered(value, call, stack) or [Step("constructs", call, stack)])
            is_through |= target.kind == "external"
        return steps if steps and not is_through else [*steps, *self._through(value, call, stack)]

    def put_around(self, call: Value, stack: Stack) -> list[Step]:
        """From what a call puts into a variable of a function around, or of a module, to where that is at hand."""
        return [Step("closure", each, _left(stack, each)) for each in self._flow.held_around(call)[:FAN_OUT]]

    def _method_called(self, call: Value, stack: Stack) -> list[Step]:
        flow = self._flow
        steps: list[Step] = []
        is_through = False
        for target in flow.targets(call):
            if target.kind != "func":
                is_through = True
            elif target.receiver is not None and may_enter(call, stack):
                body = flow.body(*target.key)
                own = next(iter(body.params.values()), None)
                if own is not None and body.module.takes_self(body.number):
                    steps.append(Step("argument", own, (*stack, call)))
        if steps and not is_through:
            return steps
        return [*steps, *self._through(call.function.source, call, stack)]

    def _through(self, value: Value, call: Value, stack: Stack) -> list[Step]:
        """Into the result of what is not the repository's, and into the functions that it applies."""
        steps = [Step("through", call, stack)]
        for key in self._flow.callbacks(call):
            steps.extend(self.into_callback(value, call, key, stack))
        return steps

    # ------------------------------------------------------------------ out of functions

    def leave(self, body: Body, stack: Stack) -> list[Step]:
        """From a function's result to the open call, or to every caller."""
        flow, module, number = self._flow, body.module, body.number
        around = [Step("returned", call, after) for call, after in flow.decorations.left_to(body, stack)]
        if stack:
            return around or self._beside(body, stack) or [Step("returned", stack[-1], stack[:-1])]
        steps = around or [Step("returned", call, ()) for call in flow.callers(module.index, number)[:FAN_OUT]]
        steps.extend(Step("returned", call, around) for call, around in flow.hooks.calls((module.index, number)))
        steps.extend(Step("returned", call, opened) for call, _, opened in flow.hooks.run_by((module.index, number)))
        steps.extend(Step("returned", call, ()) for call, _ in flow.hooks.applied((module.index, number)))
        steps.extend(Step("handed over", taken, ()) for taken in flow.handovers.takers((module.index, number)))
        steps.extend(Step("handed over", param, ()) for param in flow.nodes.takers((module.index, number))[:FAN_OUT])
        steps.extend(Step("handed over", taken, ()) for taken in flow.wirings.takers((module.index, number)))
        steps.extend(Step("injected", param, ()) for param in flow.injections.filled_by(body)[:FAN_OUT])
        cls = flow.program.enclosing_class(body.key)
        if cls is not None and module.is_property(number):
            steps.extend(self._reads("property", cls, body.scope.name))
        return steps

    def _beside(self, body: Body, stack: Stack) -> list[Step]:
        """From a function that stands in another, and was reached by what that one was given, to its calls there."""
        flow, (module, number) = self._flow, body.key
        if body.scope.parent <= 0 or flow.calls(stack[-1], module, number):
            return []
        inside = (call for call in flow.callers(module, number) if flow.calls(stack[-1], *call.body.key))
        return [Step("returned", call, stack) for call in inside]

    def reads_of_store(self, store: Value) -> list[Step]:
        """From what is stored in an attribute or a global to where it is read."""
        base, name = store.one("base"), store.data
        if not isinstance(name, str):
            return []
        if base is None:
            return [Step("global", read, ()) for read in self._flow.global_reads(store.body.module.index, name)]
        if is_self(base):
            cls = self._flow.program.enclosing_class(store.body.key)
            return self._reads("field", cls, name) if cls is not None else []
        owners = [owner.name for owner in self._flow.types(base) if isinstance(owner.name, tuple)]
        return [step for owner in owners for step in self._reads("field", owner, name)]

    def outlive(self, value: Value, stack: Stack) -> list[Step]:
        """From a value that a variable holds to its readers outside the body: changed arguments, globals, closures."""
        body = value.body
        if value not in body.named:
            return []
        names = body.named[value]
        module, number = body.key
        if number == 0:
            reads = (read for name in names for read in self._flow.global_reads(module, name)[:FAN_OUT])
            return [Step("global", read, ()) for read in reads]
        if body.scope.kind == "class":
            return [step for name in names for step in self._reads("field", (module, number), name)]
        steps = [
            Step("closure", read, stack)
            for child in self._flow.children(module, number)
            for read in self._flow.body(module, child).free_reads
            if read.variable[0] == number and read.variable[1] in names
        ]
        if body.shares:
            steps.extend(Step("closure", each, _left(stack, each)) for each in self._flow.shared_by(value))
        if value.kind in _CHANGED:
            for name in names:
                if name in body.params and _is_left(value, body, name):
                    steps.extend(self._left_in(body, name, stack))
        return steps

    def _left_in(self, body: Body, name: str, stack: Stack) -> list[Step]:
        """From what a function leaves in an object that it was handed to the caller's next version of it."""
        flow = self._flow
        calls = (stack[-1],) if stack else flow.callers(*body.key)[:FAN_OUT]
        direct = (call for call in calls if flow.calls(call, *body.key))
        after = [user for call in direct for user in _passed(call) if _fills(flow, user, body, name)]
        if not after:  # what applies it, or runs it elsewhere
            calls = (stack[-1],) if stack else tuple(call for call, _ in flow.applied(*body.key))
            after = [user for call in calls for user in _passed(call) if user.source in flow.filled(call, body, name)]
        return [Step("changed", user, stack[:-1]) for user in after]

    def _reads(self, label: str, cls: ClassKey, name: str) -> list[Step]:
        return [Step(label, read, ()) for read in self._flow.field_reads(cls, name)[:FAN_OUT]]


def _passed(call: Value) -> list[Value]:
    """What may be changed after a call."""
    return [user for label, user in call.uses if label == "call" and user.kind == "passed"]


def _fills(flow: Flow, passed: Value, body: Body, name: str) -> bool:
    """Whether what was handed to a call fills a parameter of the function that is called."""
    call = passed.inputs[1][1]
    return any(param.data == name for param in flow.parameter_of(call, passed.position, body))


def _left(stack: Stack, outer: Value) -> Stack:
    """The calls that are still open in the function around, when the one inside is left."""
    return stack[:-1] if stack and stack[-1].body is outer.body else ()


def _is_left(value: Value, body: Body, name: str) -> bool:
    """Whether a value is what a function leaves in the object that a parameter brought, at its end or where it returns
    before; what the name was bound to instead stays with the function."""
    last = body.env.get(name)
    goes_on = any(label == "base" or user.kind == "phi" for label, user in value.uses)
    is_last = not goes_on or (last is not None and value in joined(last))
    return is_last and body.params[name] in beginnings(value)

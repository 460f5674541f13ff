"""Objects that a walk back goes into: the call that made one stays open while the walk is in methods of its class, so
that the arguments of its constructor are those of this object, not of any."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from mldebt.flow.linking import ClassKey, is_self
from mldebt.flow.steps import Stack, Step, may_enter
from mldebt.flow.types.models import Models
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

_ITEMS = ("__getitem__", "__iter__", "train_dataloader", "setup", "get_batch", "next_batch")
_OWN = frozenset({"field", "property"})


class Objects:
    """Steps into objects, and within them."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.models = flow.shared(Models)

    def items(self, call: Value, stack: Stack) -> Iterator[Step]:
        """From a dataset that is built to what it hands out item by item."""
        for target in self.flow.targets(call):
            if target.kind == "class" and self.models.is_dataset(target.key):
                for name in _ITEMS:
                    method = self.flow.program.method(target.key, name)
                    if method is not None and method.kind == "func":
                        opened = (*stack, call) if may_enter(call, stack) else ()
                        yield Step("item", self.flow.body(method.module, method.scope).returns, opened)

    def opened(self, value: Value, stack: Stack) -> Stack:
        """The calls that say what a value was made from: who made an object does not say what its other methods are
        asked for."""
        if value.kind != "param" or not stack or self._made(stack[-1]) is None:
            return stack
        return stack if self.flow.calls(stack[-1], value.body.module.index, value.body.number) else ()

    def kept(self, value: Value, stack: Stack, steps: list[Step]) -> list[Step]:
        """Steps to what the methods of an object left in its attributes, with the call that made it still open."""
        if value.kind != "attr" or not stack or not is_self(value.source):
            return steps
        made = self._made(stack[-1])
        if made is None:
            return steps
        family = self.flow.program.ancestry(made)
        return [
            msgspec.structs.replace(step, stack=stack)
            if step.label in _OWN and not step.stack and self._around(step.value) in family
            else step
            for step in steps
        ]

    def _made(self, call: Value) -> ClassKey | None:
        """The class of the object that an open call made."""
        return next((target.key for target in self.flow.targets(call) if target.kind == "class"), None)

    def _around(self, value: Value) -> ClassKey | None:
        return self.flow.program.enclosing_class(value.body.key)

"""The nodes of the value flow: what a value is and which values it was made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mldebt.flow.body import Body

KINDS = (
    "const",  # data: the literal
    "param",  # data: the parameter's name
    "call",  # data: keywords of the arguments, aligned with inputs[1:]; inputs[0] is the function
    "attr",  # data: the attribute's name; input "object"
    "item",  # data: the constant key or None; inputs "object" and "key"
    "slice",  # data: (lower, upper, step) as constants, None where absent or not constant; input "object"
    "element",  # one element met while iterating; input "iterable"
    "collection",  # data: list, tuple or set; inputs "item" and "spread"
    "dict",  # data: keys as constants, None where not constant; inputs "item", "key", "spread"
    "template",  # inputs "part"
    "operation",  # data: the operator; inputs "operand"
    "compare",  # data: the operators; inputs "operand"
    "choice",  # inputs "test" and "value"
    "phi",  # where branches meet; inputs "value"
    "comprehension",  # data: the kind; inputs "element", "key", "iterable", "condition"
    "func",  # data: (module index, scope index)
    "class",  # data: (module index, scope index)
    "module",  # data: module index
    "external",  # data: the dotted name
    "same",  # the same value under another name (await, `with … as`, starred); input "value"
    "mutate",  # data: the method; inputs "base" (the value before) and "arg"
    "store",  # data: attribute name, or ("[]", constant key); inputs "base", "value", "key"
    "passed",  # a value after a call that may have changed it; inputs "base" and "call"; data: argument position in the call
    "free",  # data: (enclosing scope index, name)
    "global",  # data: (module index, name)
    "field",  # data: (module index, class scope index, attribute) read through self
    "return",  # data: None; inputs "value" and, for a generator, "item"
    "unknown",
)


class Value:
    """One value in one body. `inputs` and `uses` are (label, value) pairs; `loops` are the iterables of the loops around it."""

    __slots__ = ("kind", "body", "at", "data", "inputs", "uses", "loops", "number")

    def __init__(
        self, kind: str, body: Body, at: int, data: object = None, inputs: tuple[tuple[str, Value], ...] = ()
    ) -> None:
        self.kind = kind
        self.body = body
        self.at = at
        self.data = data
        self.inputs = inputs
        self.uses: list[tuple[str, Value]] = []
        self.loops: tuple[Value, ...] = body.loops
        self.number = body.count
        body.count += 1
        body.nodes.append(self)
        for label, source in inputs:
            source.uses.append((label, self))

    def link(self, label: str, source: Value) -> None:
        """Add an input after creation (a loop's back edge)."""
        self.inputs = (*self.inputs, (label, source))
        source.uses.append((label, self))

    def one(self, label: str) -> Value | None:
        """The first input under a label."""
        for name, source in self.inputs:
            if name == label:
                return source
        return None

    def every(self, label: str) -> list[Value]:
        """All inputs under a label."""
        return [source for name, source in self.inputs if name == label]

    @property
    def line(self) -> int:
        return self.body.module.facts.position(self.at)[0]

    def __repr__(self) -> str:
        return f"<{self.kind} {self.data!r} {self.body.module.path}:{self.line}>"

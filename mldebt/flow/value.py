"""The nodes of the value flow: what a value is and which values it was made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from mldebt.flow.body import Body
    from mldebt.flow.module import ScopeKey

KINDS = (
    "const",  # data: the literal
    "param",  # data: the parameter's name
    "call",  # data: keywords of the arguments, aligned with inputs[1:]; inputs[0] is the function
    "attr",  # data: the attribute's name; input "object"
    "item",  # data: the constant key or None; inputs "object" and "key"
    "slice",  # data: (lower, upper, step) as constants, None where absent, "?" where unknown; input "object"
    "element",  # one element met while iterating; input "iterable"
    "collection",  # data: list, tuple or set; inputs "item" and "spread"
    "dict",  # data: keys as constants, None where not constant; inputs "item", "key", "spread"
    "template",  # data: literal texts, None where a value stands; inputs "part"
    "operation",  # data: the operator; inputs "operand"
    "compare",  # data: the operators; inputs "operand"
    "choice",  # inputs "test" and "value"
    "phi",  # where branches meet; data: (place, name); inputs "value"
    "comprehension",  # data: the kind; inputs "element", "key", "iterable", "condition"
    "func",  # data: (module index, scope index)
    "class",  # data: (module index, scope index)
    "module",  # data: module index
    "external",  # data: the dotted name
    "same",  # the same value under another name (await, `with … as`, starred); input "value"
    "mutate",  # data: the method; inputs "base" (the value before), "arg" and "call"
    "store",  # data: attribute name, or ("[]", constant key); inputs "base", "value", "key"
    "passed",  # a value after a call that may have changed it; data: argument position; inputs "base" and "call"
    "free",  # data: (enclosing scope index, name)
    "global",  # data: (module index, name)
    "return",  # what a function returns; inputs "value" and, for a generator, "yield"
    "unknown",
)

Inputs = tuple[tuple[str, "Value"], ...]


class Value(msgspec.Struct, eq=False):
    """One value in one body, the `number`-th that is made there. `inputs` and `uses` are (label, value) pairs; `loops`
    are what the loops around go over.

    What `data` holds depends on the kind; the properties say it with its type, and take it at its word: they are asked
    millions of times.
    """

    kind: str
    body: Body
    at: int
    data: object = None
    inputs: Inputs = ()
    loops: tuple[Value, ...] = ()
    number: int = 0
    uses: list[tuple[str, Value]] = []

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
    def source(self) -> Value:
        """The first input: what an attribute, item or slice is read from, what an element is met in, what a new version
        of a variable was before."""
        return self.inputs[0][1]

    @property
    def line(self) -> int:
        return self.body.module.facts.position(self.at)[0]

    # ------------------------------------------------------------------ data, by kind

    @property
    def name(self) -> str:
        """The name that a param, attr, mutate, external or attribute store carries."""
        return str(self.data)

    @property
    def key(self) -> object:
        """The constant key of an item or of a store into one; None when it is not constant."""
        return self.data[1] if isinstance(self.data, tuple) else self.data

    @property
    def scope_key(self) -> ScopeKey:
        """Which function or class a func or class is."""
        return self.data  # type: ignore[return-value]

    @property
    def variable(self) -> tuple[int, str]:
        """Where the variable of a global (module index) or free (scope index) lives, and its name."""
        return self.data  # type: ignore[return-value]

    @property
    def position(self) -> int:
        """At which place a passed value stands among a call's arguments."""
        return self.data  # type: ignore[return-value]

    @property
    def texts(self) -> tuple[str | None, ...]:
        """The literal texts of a template, None where a value stands."""
        return self.data  # type: ignore[return-value]

    @property
    def keys(self) -> tuple[object, ...]:
        """The constant keys of a dict display, aligned with its items; None where not constant."""
        return self.data  # type: ignore[return-value]

    # ------------------------------------------------------------------ calls

    @property
    def function(self) -> Value:
        """What a call calls."""
        return self.inputs[0][1]

    @property
    def keywords(self) -> tuple[str, ...]:
        """The keyword of each argument of a call: "" (positional), a name, "*" or "**"."""
        return self.data  # type: ignore[return-value]

    @property
    def arguments(self) -> list[Value]:
        """The values that a call is given, as they are written."""
        return [source for _, source in self.inputs[1:]]

    @property
    def named_arguments(self) -> list[tuple[str, Value]]:
        """The arguments of a call, each with its keyword."""
        return list(zip(self.keywords, self.arguments, strict=True))

    @property
    def receiver(self) -> Value | None:
        """The object whose method a call calls by name; None for what is no call."""
        function = self.inputs[0][1] if self.kind == "call" else self
        return function.inputs[0][1] if self.kind == "call" and function.kind == "attr" else None

    def calls_external(self, *names: str) -> bool:
        """Whether this is a call that names one of these builtins or library functions."""
        if self.kind != "call":
            return False
        function = self.inputs[0][1]
        return function.kind == "external" and function.data in names

    def calls_method(self, *names: str) -> bool:
        """Whether this is a call of a method by one of these names."""
        if self.kind != "call":
            return False
        function = self.inputs[0][1]
        return function.kind == "attr" and function.data in names

    def __repr__(self) -> str:
        return f"<{self.kind} {self.data!r} {self.body.module.path}:{self.line}>"

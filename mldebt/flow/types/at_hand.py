"""What is certain for the objects of one class: flags that its constructor sets, what the open calls give, and so which
code never runs for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from mldebt.flow.body import Body
from mldebt.flow.conditions.conditions import ways
from mldebt.flow.conditions.constancy import Constancy
from mldebt.flow.linking import ClassKey, is_self
from mldebt.flow.steps import STACK_LIMIT, Stack
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

DEPTH = 8
Known = tuple[object]
"""A value that is certain, boxed: None stands for one that is not."""
Finder = Callable[[Value, Stack, int], "Known | None"]


class AtHand:
    """Answers for objects of one class as the team's own code makes them; where nothing makes one in sight, as its
    defaults do. Without a class, only what the open calls give is certain."""

    def __init__(self, flow: Flow, cls: ClassKey | None) -> None:
        self._flow = flow
        self._cls = cls
        above = flow.program.ancestry(cls) if cls is not None else ()
        self._own = frozenset(key for key in above if isinstance(key, tuple))
        init = flow.initializer(cls) if cls is not None else None
        self._init = flow.body(init.module, init.scope) if init is not None and init.kind == "func" else None
        self._fields: dict[str, Known | None] = {}
        self._tests: dict[tuple[Body, int], list[tuple[Value, bool]]] = {}
        self._by_kind: dict[str, Finder] = {
            "collection": self._collected,
            "operation": self._operation,
            "compare": self._compared,
            "phi": self._one_of,
            "same": self._one_of,
            "passed": self._one_of,
            "param": self._param,
            "attr": self._attribute,
            "global": self._global,
        }

    def never(self, value: Value, stack: Stack) -> bool:
        """Whether a value is never computed: a test around it always goes the other way."""
        for test, way in self._around(value.body, value.at):
            answer = self.known(test, stack)
            if answer is not None and bool(answer[0]) is not way:
                return True
        return False

    def _around(self, body: Body, at: int) -> list[tuple[Value, bool]]:
        """The tests around a place, those around the function that it stands in included."""
        found = self._tests.get((body, at))
        if found is None:
            found = self._tests[body, at] = ways(body, at)
            if body.scope.parent > 0 and body.scope.kind in ("function", "lambda"):
                outer = self._flow.body(body.module.index, body.scope.parent)
                if outer.scope.kind != "class":
                    found += self._around(outer, body.scope.at)
        return found

    # ------------------------------------------------------------------ values

    def known(self, value: Value, stack: Stack, depth: int = 0) -> Known | None:
        """What a value certainly is."""
        if value.kind == "const":
            return (value.data,)
        find = self._by_kind.get(value.kind)
        return find(value, stack, depth + 1) if find is not None and depth < DEPTH else None

    def _one_of(self, value: Value, stack: Stack, depth: int) -> Known | None:
        sources = value.every("base" if value.kind == "passed" else "value")
        return _alike(self.known(source, stack, depth) for source in sources)

    def _attribute(self, value: Value, _stack: Stack, _depth: int) -> Known | None:
        around = self._flow.program.enclosing_class(value.body.key)
        return self.field(value.name) if is_self(value.source) and around in self._own else None

    def _global(self, value: Value, _stack: Stack, _depth: int) -> Known | None:
        versions = self._flow.global_versions(value)
        if len(versions) != 1 or versions[0].kind != "const" or self._flow.shared(Constancy).truth(value) is None:
            return None
        return (versions[0].data,)

    def _operation(self, value: Value, stack: Stack, depth: int) -> Known | None:
        if value.data not in ("not", "and", "or"):
            return None
        answers = [self.known(source, stack, depth) for source in value.every("operand")]
        if value.data == "not":
            return None if answers[0] is None else (not answers[0][0],)
        settles = value.data == "or"  # one true part settles an `or`, one false part an `and`
        if any(answer is not None and bool(answer[0]) is settles for answer in answers):
            return (settles,)
        return None if None in answers else (not settles,)

    def _collected(self, value: Value, stack: Stack, depth: int) -> Known | None:
        if any(label != "item" for label, _ in value.inputs):
            return None
        items = [self.known(item, stack, depth) for item in value.every("item")]
        return None if None in items else (tuple(item[0] for item in items if item is not None),)

    def _compared(self, value: Value, stack: Stack, depth: int) -> Known | None:
        operands = [self.known(source, stack, depth) for source in value.every("operand")]
        operators = tuple(map(str, value.data))  # type: ignore[call-overload]
        if len(operators) != 1 or len(operands) != 2:
            return None
        left, right = operands
        if left is None or right is None:
            return None
        if operators[0] in ("==", "is"):
            return (left == right,)
        if operators[0] in ("!=", "is not"):
            return (left != right,)
        if operators[0] in ("in", "not in") and isinstance(right[0], tuple):
            return ((left[0] in right[0]) is (operators[0] == "in"),)
        return None

    def _param(self, param: Value, stack: Stack, depth: int) -> Known | None:
        """What the open call gives; for the constructor of the class, what every call that makes an object gives."""
        body = param.body
        if stack and self._flow.calls(stack[-1], body.module.index, body.number):
            return self._given(param, stack[-1], stack[:-1], depth)
        above = self._chain.get(body)
        if above is None:
            return None
        if above:
            return self._given(param, above[-1], above[:-1], depth)
        made = self._made()
        return _alike(self._given(param, call, (), depth) for call in made) if made else self._default(param, depth)

    @cached_property
    def _chain(self) -> dict[Body, Stack]:
        """The constructors that run for an object of the class, each with the calls that lead to it."""
        found: dict[Body, Stack] = {self._init: ()} if self._init is not None else {}
        waiting = list(found)
        while waiting:
            body = waiting.pop()
            for call in body.calls:
                inner = self._constructor_above(call)
                if inner is not None and inner not in found:
                    found[inner] = (*found[body], call)
                    waiting.append(inner)
        return found

    def _given(self, param: Value, call: Value, stack: Stack, depth: int) -> Known | None:
        given = self._flow.argument(call, param.body, param.name)
        spread = {source for keyword, source in call.named_arguments if keyword.startswith("*")}
        written = [source for source in given if source not in spread]
        if not written:
            return self._default(param, depth)
        return _alike(self.known(source, stack, depth) for source in written)

    def _default(self, param: Value, depth: int) -> Known | None:
        steps = self._flow.back_default(param, ())
        return _alike(self.known(step.value, (), depth) for step in steps)

    def _made(self) -> list[Value]:
        """The calls of the team's own code that make an object of the class."""
        if self._cls is None:
            return []
        return [
            call
            for call in self._flow.calls_named(frozenset({self._flow.scope(*self._cls).name}))
            if call.body.module.category == "product"
            and any(target.kind == "class" and target.key == self._cls for target in self._flow.targets(call))
        ]

    # ------------------------------------------------------------------ attributes

    def field(self, name: str) -> Known | None:
        """What an attribute certainly holds in every object."""
        if name not in self._fields:
            self._fields[name] = None
            self._fields[name] = self._find_field(name)
        return self._fields[name]

    def _find_field(self, name: str) -> Known | None:
        """What an attribute holds from construction on; unknown where anything else may set it."""
        if self._is_set_later(name):
            return None
        if self._init is not None:
            is_set, value = self._constructed(self._init, (), name)
            if is_set:
                return value
        for owner in self._flow.program.ancestry(self._cls) if self._cls is not None else ():
            own = self._flow.body(*owner).env.get(name) if isinstance(owner, tuple) else None
            if own is not None:
                return self.known(own, ())
        return None

    def _constructed(self, body: Body, stack: Stack, name: str) -> tuple[bool, Known | None]:
        """Whether a constructor sets an attribute, and what it leaves there: what it did last counts."""
        stores = [
            store
            for store in body.stores
            if store.data == name and (base := store.one("base")) is not None and is_self(base)
        ]
        for event in sorted((*stores, *body.calls), key=lambda each: -each.at):
            if self.never(event, stack):
                continue
            if event.kind == "store":
                value = event.one("value")
                certain = all(self.known(test, stack) is not None for test, _ in self._around(body, event.at))
                return True, self.known(value, stack) if certain and value is not None else None
            inner = self._constructor_above(event)
            if inner is not None and inner is not body and len(stack) < STACK_LIMIT:
                is_set, known = self._constructed(inner, (*stack, event), name)
                if is_set:
                    return True, known
        return False, None

    def _constructor_above(self, call: Value) -> Body | None:
        """The constructor of a class above that a call runs: `super().__init__(…)`, `Base.__init__(self, …)`."""
        for target in self._flow.targets(call):
            if target.kind == "func" and self._flow.program.enclosing_class(target.key) in self._own:
                body = self._flow.body(*target.key)
                if body.scope.name == "__init__":
                    return body
        return None

    def _is_set_later(self, name: str) -> bool:
        """Whether anything but a constructor stores an attribute of that name in what may be such an object."""
        for module, scope in self._flow.attribute_scopes(name):
            body = self._flow.body(module, scope)
            around = self._flow.program.enclosing_class(body.key)
            for store in body.stores:
                base = store.one("base") if store.data == name else None
                if base is None:
                    continue
                if is_self(base):
                    if around in self._own and body.scope.name != "__init__":
                        return True
                elif not (types := self._flow.types(base)) or any(each.name in self._own for each in types):
                    return True
        return False


def _alike(answers: Iterable[Known | None]) -> Known | None:
    """The one answer that all give; 1 and True are two."""
    first: Known | None = None
    for answer in answers:
        if answer is None or (first is not None and (type(answer[0]) is not type(first[0]) or answer != first)):
            return None
        first = answer
    return first

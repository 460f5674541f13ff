"""Variables that are seen from other bodies: of modules and of functions around."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mldebt.flow.body import Body
from mldebt.flow.idioms import root
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

VERSIONS_KEPT = 8


class Variables:
    """What globals and closure variables hold, and who reads them."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._global_reads: dict[tuple[int, str], tuple[Value, ...]] = {}

    def global_value(self, read: Value) -> Value | None:
        """What a module-level variable holds after its module ran."""
        module, name = read.variable
        return self._flow.body(module, 0).env.get(name)

    def free_value(self, read: Value) -> Value | None:
        """What a closure variable holds in the function around it."""
        scope, name = read.variable
        body = self._flow.body(read.body.module.index, scope)
        return body.env.get(name) or body.params.get(name)

    def rebound(self, value: Value) -> list[Value]:
        """What functions that are defined beside the variable of a value bind to it anew (`nonlocal`)."""
        body = value.body
        inner = ((name, number) for name in body.names_of(value) for number in body.rebound.get(name, ()))
        return [each for name, number in inner for each in _held_by(self._flow.body(body.module.index, number), name)]

    def shared_by(self, value: Value) -> list[Value]:
        """What the function around holds under the variables that this one binds for it (`nonlocal`)."""
        body, scopes = value.body, value.body.facts.scopes
        found: list[Value] = []
        for name in body.shares.intersection(body.names_of(value)):
            around = body.scope.parent
            while around > 0 and name not in self._flow.program.bound(body.module, around):
                around = scopes[around].parent
            found += _held_by(self._flow.body(body.module.index, max(around, 0)), name)
        return found

    def held_around(self, call: Value) -> Sequence[Value]:
        """Where a variable of a function around, or of a module, is at hand into which a call puts something."""
        holder = root(call.function.source)
        if holder.kind == "free":
            scope, name = holder.variable
            return _held_by(self._flow.body(holder.body.module.index, scope), name)
        return self.global_reads(*holder.variable) if holder.kind == "global" else ()

    def closure_calls(self, value: Value) -> list[Value]:
        """The methods of an object that functions call which are defined beside the variable that holds it."""
        methods = (user for free in self._reads_inside(value) for _, user in free.uses if user.kind == "attr")
        return [call for method in methods for label, call in method.uses if label == "function"]

    def closure_stores(self, value: Value) -> list[Value]:
        """What functions that are defined beside the variable of an object put in it under keys."""
        users = (user for free in self._reads_inside(value) for label, user in free.uses if label == "base")
        return [user for user in users if user.kind == "store" and isinstance(user.data, tuple)]

    def _reads_inside(self, value: Value) -> Iterator[Value]:
        """Reads of a variable that holds a value, in the functions that are defined beside it; of a module's variable,
        wherever they are."""
        body = value.body
        names = body.names_of(value)
        if body.number == 0:
            yield from (
                read for name in names for read in self.global_reads(body.module.index, name) if read.body.number
            )
            return
        for child in self._flow.children(body.module.index, body.number) if names else ():
            for free in self._flow.body(body.module.index, child).free_reads:
                if free.variable[0] == body.number and free.variable[1] in names:
                    yield free

    def global_versions(self, read: Value) -> list[Value]:
        """What a module-level variable ever holds; the last few values, when there are many."""
        module, name = read.variable
        found = _held_by(self._flow.body(module, 0), name)
        found.extend(self._stored_by_functions(module, name))
        return found[-VERSIONS_KEPT:]

    def global_reads(self, module: int, name: str) -> tuple[Value, ...]:
        """Reads of a module-level variable from functions and other modules."""
        key = (module, name)
        found = self._global_reads.get(key)
        if found is None:
            indexes = self._flow.indexes
            places = indexes.scopes_with_either(name, with_tests=indexes.is_test(module))
            bodies = (self._flow.body(*place) for place in places)
            found = tuple(read for body in bodies for read in body.global_reads if read.data == key)
            self._global_reads[key] = found
        return found

    def _stored_by_functions(self, module: int, name: str) -> Iterator[Value]:
        """What functions with a `global` statement give it."""
        for owner, scope in self._flow.indexes.scopes_with_name(name, with_tests=self._flow.indexes.is_test(module)):
            if owner == module and scope:
                for store in self._flow.body(owner, scope).stores:
                    value = store.one("value")
                    if store.data == name and store.one("base") is None and value is not None:
                        yield value


def _held_by(body: Body, name: str) -> list[Value]:
    """What a variable of a body ever holds; the last few values, when there are many."""
    return [value for value, names in body.named.items() if name in names][-VERSIONS_KEPT:]

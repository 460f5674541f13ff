"""Decorators of the repository's own: what a call of a decorated function gives is what the decorator's inner function
makes of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from mldebt.facts import record as r
from mldebt.flow.body import Body
from mldebt.flow.linking import is_self
from mldebt.flow.module import ScopeKey
from mldebt.flow.steps import FAN_OUT, Stack
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

DEPTH_LIMIT = 3
MADE_OF_LIMIT = 60
_SAME = frozenset({"phi", "same", "choice", "passed"})
_SPREADS = frozenset({"*", "**"})
_WRAPPING = ("functools.update_wrapper", "functools.wraps")


class Decorations:
    """Which functions stand around a function, the innermost first. One that gives what the decorated function gave
    (it takes the time, it logs, it keeps answers) changes nothing, and is looked through."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._layers: dict[ScopeKey, tuple[ScopeKey, ...]] = {}
        self._inner: dict[ScopeKey, tuple[Value, ...]] = {}
        self._changing: dict[ScopeKey, bool] = {}

    def layers(self, key: ScopeKey) -> tuple[ScopeKey, ...]:
        """The inner functions of the decorators of a function that change what it gives."""
        if not self._flow.scope(*key).decorators and key not in self._rebound:
            return ()
        found = self._layers.get(key)
        if found is None:
            self._layers[key] = ()
            found = self._layers[key] = tuple(self._find(key))
        return found

    def results_in(self, key: ScopeKey) -> list[Value]:
        """Where the inner functions of a function's decorators, whether they change it or not, have its result."""
        made = (layer for decorator in self._decorators_of(key) for layer in self._made_by(decorator))
        return [call for layer in made for call in self.inner_calls(layer)]

    def decorated(self, layer: ScopeKey) -> Sequence[ScopeKey]:
        """The functions that an inner function of a decorator stands around."""
        return self._decorated.get(layer, ()) if self._is_in_decorator(layer) else ()

    def inner_calls(self, layer: ScopeKey) -> tuple[Value, ...]:
        """Where an inner function calls what it stands around."""
        found = self._inner.get(layer)
        if found is None:
            calls = self._flow.body(*layer).calls
            found = self._inner[layer] = tuple(call for call in calls if self._is_inner(call))
        return found

    # ------------------------------------------------------------------ ways through

    def called_in(self, call: Value, stack: Stack) -> list[ScopeKey]:
        """What an inner function calls that stands around others: of all of them, the one that the open call named."""
        is_named = call.function.kind == "free" or call.body.scope.name == "__call__"
        around = self.decorated(call.body.key) if is_named else ()
        if not around or call not in self.inner_calls(call.body.key):
            return []
        if stack:
            named = [key for key in around if self._flow.calls(stack[-1], *key)]
            around = named or around
        return list(around[:FAN_OUT])

    def entered(self, call: Value, key: ScopeKey) -> ScopeKey:
        """The function whose result a call of a function gets: the outermost one around it, for a call from within one
        of these the next."""
        layers = self.layers(key)
        if not layers:
            return key
        if call.body.key in layers:
            place = layers.index(call.body.key)
            return layers[place - 1] if place else key
        return layers[-1]

    def left_to(self, body: Body, stack: Stack) -> list[tuple[Value, Stack]]:
        """Where the result of a function goes that others stand around, or that stands around one itself; with the
        calls that are open there."""
        key = body.key
        if stack:
            decorated = [key] if self.layers(key) else self._named_by(key, stack[-1])
            found = [call for each in decorated for call in self._outer_calls(key, each)]
            return [] if stack[-1] in found else [(call, stack) for call in found]
        return [
            (call, (caller,) if caller is not None else ())
            for each in ([key] if self.layers(key) else self.decorated(key))
            for call in self._outer_calls(key, each)
            for caller in self._callers(each) or (None,)
        ]

    def callers(self, layer: ScopeKey) -> Iterator[Value]:
        """The calls that get the result of an inner function: those of what it stands around, outermost."""
        for key in self.decorated(layer):
            if self.layers(key)[-1:] == (layer,):
                yield from self._callers(key)

    def giver(self, stack: Stack) -> tuple[Value, Stack]:
        """The call that filled a function's parameters, and those open around it: an inner function hands on with
        `*args, **kwargs` what it was called with."""
        while len(stack) > 1 and not _SPREADS.isdisjoint(stack[-1].keywords) and self.called_in(stack[-1], ()):
            stack = stack[:-1]
        return stack[-1], stack[:-1]

    def maker(self, call: Value, around: ScopeKey) -> Value | None:
        """The decorator of what a call calls, where it is itself a call, of a function that is around the inner one."""
        for target in self._flow.targets(call):
            entered = self._flow.entered(target)
            for decorator in self._decorators_of(entered) if entered is not None and self.layers(entered) else ():
                if decorator.kind == "call" and decorator.function.kind == "func" and decorator.function.data == around:
                    return decorator
        return None

    def _named_by(self, layer: ScopeKey, call: Value) -> list[ScopeKey]:
        return [key for key in self.decorated(layer) if self._flow.calls(call, *key)]

    def _outer_calls(self, key: ScopeKey, decorated: ScopeKey) -> tuple[Value, ...]:
        """Where the next function around calls it; none for the outermost."""
        layers = self.layers(decorated)
        place = layers.index(key) + 1 if key in layers else 0
        return self.inner_calls(layers[place]) if place < len(layers) else ()

    def _callers(self, key: ScopeKey) -> list[Value]:
        around = self.layers(key)
        return [call for call in self._flow.callers(*key) if call.body.key not in around][:FAN_OUT]

    # ------------------------------------------------------------------ which they are

    @cached_property
    def _by_name(self) -> Mapping[str, list[ScopeKey]]:
        """The decorated functions, by the last names of their decorators."""
        found: dict[str, list[ScopeKey]] = defaultdict(list)
        for module in self._flow.program.modules:
            for number, scope in enumerate(module.facts.scopes):
                for ref in scope.decorators if scope.kind == "function" else ():
                    node = module.facts.exprs[ref]
                    name = module.dotted(node.function if isinstance(node, r.Call) else ref)
                    found[name.rpartition(".")[2]].append((module.index, number))
        for key, refs in self._rebound.items():
            for ref in refs:
                name = self._flow.program.modules[key[0]].dotted(ref)
                found[name.rpartition(".")[2]].append(key)
        return found

    @cached_property
    def _rebound(self) -> Mapping[ScopeKey, list[r.Ref]]:
        """What modules put around their functions without a decorator: `feed = cached(feed)`."""
        found: dict[ScopeKey, list[r.Ref]] = defaultdict(list)
        for module in self._flow.program.modules:
            members = module.members.get(0, {})
            for statement in module.facts.scopes[0].body if members else ():
                node = module.facts.exprs[statement.value] if isinstance(statement, r.Assign) else None
                if not isinstance(statement, r.Assign) or not isinstance(node, r.Call) or len(node.arguments) != 1:
                    continue
                name = module.dotted(statement.targets[0])
                if name in members and module.dotted(node.arguments[0].value) == name:
                    found[module.index, members[name]].append(node.function)
        return found

    @cached_property
    def _decorated(self) -> Mapping[ScopeKey, list[ScopeKey]]:
        """What each inner function stands around."""
        found: dict[ScopeKey, list[ScopeKey]] = defaultdict(list)
        for key in dict.fromkeys(key for keys in self._by_name.values() for key in keys):
            for layer in self.layers(key):
                found[layer].append(key)
        return found

    def _is_in_decorator(self, key: ScopeKey) -> bool:
        """Whether a function stands in a definition by whose name something is decorated."""
        scopes, number = self._flow.program.modules[key[0]].facts.scopes, key[1]
        if scopes[number].kind != "function":
            return False
        while (number := scopes[number].parent) > 0:
            if scopes[number].name in self._by_name:
                return True
        return False

    def _find(self, key: ScopeKey) -> Iterator[ScopeKey]:
        for decorator in self._decorators_of(key):
            for layer in self._made_by(decorator):
                if self._is_changing(layer):
                    yield layer
                    break

    def _decorators_of(self, key: ScopeKey) -> list[Value]:
        """The decorators of a function, the innermost first."""
        scope = self._flow.scope(*key)
        around = self._flow.body(key[0], max(scope.parent, 0))
        found = [around.values.get(ref) for ref in (*reversed(scope.decorators), *self._rebound.get(key, ()))]
        return [each for each in found if each is not None]

    def _made_by(self, decorator: Value) -> Iterator[ScopeKey]:
        """The inner functions that a decorator may put around a function: `@ordered`, `@ordered("title")`."""
        named = decorator.function if decorator.kind == "call" else decorator
        if named.kind == "func":
            yield from self._given(named.scope_key, 0)
        elif named.kind == "class":
            method = self._flow.program.method(named.scope_key, "__call__")
            if method is not None and method.kind == "func":
                key = (method.module, method.scope)
                yield from [key] if self.inner_calls(key) else self._given(key, 0)

    def _given(self, maker: ScopeKey, depth: int) -> Iterator[ScopeKey]:
        """The functions that a function defines and gives, and those that these give."""
        returned = self._flow.body(*maker).returns.every("value")
        for value in dict.fromkeys(_unwrapped(each) for result in returned for each in _alternatives(result)):
            named = value.function if value.kind == "call" else value
            if named.kind != "func":
                continue
            if value is named and self.inner_calls(named.scope_key):
                yield named.scope_key
            elif depth < DEPTH_LIMIT and named.scope_key != maker:
                yield from self._given(named.scope_key, depth + 1)

    def _is_inner(self, call: Value) -> bool:
        """Whether a call in a function calls what a function around it was handed first, or what its object was made
        with."""
        function = call.function
        if function.kind == "free":
            scope, name = function.variable
            parameters = self._flow.scope(call.body.module.index, scope).parameters
            return any(parameter.name == name for parameter in parameters[:1])
        return function.kind == "attr" and is_self(function.source) and self._is_first_of_object(function)

    def _is_first_of_object(self, read: Value) -> bool:
        """`self.fn`, where the object is made by `def __init__(self, fn): self.fn = fn`."""
        body = read.body
        cls = self._flow.program.enclosing_class(body.key)
        made = self._flow.initializer(cls) if cls is not None and body.scope.name == "__call__" else None
        if made is None or made.kind != "func":
            return False
        making = self._flow.body(made.module, made.scope)
        first = [making.params[parameter.name] for parameter in making.scope.parameters[1:2]]
        return any(store.data == read.name and store.one("value") in first for store in making.stores)

    def _is_changing(self, layer: ScopeKey) -> bool:
        """Whether a function gives something that it makes of what it stands around gave."""
        found = self._changing.get(layer)
        if found is None:
            found = self._changing[layer] = self._changes(layer)
        return found

    def _changes(self, layer: ScopeKey) -> bool:
        body, inner = self._flow.body(*layer), set(self.inner_calls(layer))
        given = [source for label, source in body.returns.inputs if label in ("value", "yield")]
        plain = {source for value in given for source in _alternatives(value)}
        return any(_is_made_of(value, inner) for value in plain - inner)


def _unwrapped(value: Value) -> Value:
    """The function in `functools.wraps(fn)(wrapper)`."""
    is_wrapped = value.calls_external(*_WRAPPING) or (value.kind == "call" and value.function.kind == "call")
    return value.arguments[0] if is_wrapped and value.arguments else value


def _alternatives(value: Value) -> Iterator[Value]:
    """What a value may be, under whatever name."""
    waiting, seen = [value], {value}
    while waiting:
        value = waiting.pop()
        if value.kind in _SAME:
            more = [source for label, source in value.inputs if label in ("value", "base") and source not in seen]
            seen.update(more)
            waiting += more
        else:
            yield value


def _is_made_of(value: Value, calls: set[Value]) -> bool:
    """Whether one of some calls of its body is part of a value."""
    waiting, seen = [value], {value}
    while waiting and len(seen) < MADE_OF_LIMIT:
        value = waiting.pop()
        if value in calls:
            return True
        more = [source for _, source in value.inputs if source not in seen and source.body is value.body]
        seen.update(more)
        waiting += more
    return False

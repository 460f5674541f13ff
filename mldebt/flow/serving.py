"""Where results leave the ML side, and whether an order gets there."""

from __future__ import annotations

import re
from collections import deque
from typing import NamedTuple

from mldebt.flow.body import Body
from mldebt.flow.order import KEEPING, Orders, is_enumerate_index, selects
from mldebt.flow.value import Value
from mldebt.flow.walk import FAN_OUT, Stack

REACH_LIMIT = 2500
STOPPING = frozenset({"fits", "measures", "plots", "logs", "tracks", "samples", "splits", "calls_llm", "embeds"})
LEAVING = frozenset({"serves"})


class Served(NamedTuple):
    """Where an order arrives: the value there, what it is, and the values on the way."""

    value: Value
    text: str
    trail: tuple[Value, ...]


class Boundaries:
    """The serving boundaries of a program, and the forward walk of an order to them."""

    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.flow = orders.flow
        self._endpoints: dict[tuple[int, int], str] = {}
        self._any: bool | None = None
        self._routed: dict[tuple[int, int], str] | None = None

    # ------------------------------------------------------------------ endpoints

    def endpoint(self, module: int, number: int) -> str:
        """What kind of serving boundary a function is; "" when it is none."""
        key = (module, number)
        if key not in self._endpoints:
            self._endpoints[key] = self._endpoint(module, number)
        return self._endpoints[key]

    def _endpoint(self, module: int, number: int) -> str:
        scope = self.flow.scope(module, number)
        if scope.kind != "function":
            return ""
        parent = self.flow.body(module, max(scope.parent, 0))
        for ref in scope.decorators:
            decorator = parent.values.get(ref)
            if decorator is None:
                continue
            roles = self.flow.roles(decorator) if decorator.kind == "call" else self._decorator_roles(decorator)
            if "serves" in roles:
                return "endpoint"
        cls = (
            (module, scope.parent)
            if scope.parent > 0 and self.flow.scope(module, scope.parent).kind == "class"
            else None
        )
        if cls is not None:
            for base in self.flow.program.ancestry(cls):
                if isinstance(base, str) and self.flow.catalogue.hook(base, scope.name) == "serve":
                    return "endpoint"
        return self._routes().get((module, number), "")

    def _decorator_roles(self, value: Value) -> frozenset[str]:
        return frozenset(
            role for target in self.flow.callees(value) if target.api is not None for role in target.api.roles
        )

    def _routes(self) -> dict[tuple[int, int], str]:
        """Functions and view classes that a routing call receives: `path("…", views.chart)`, `add_route(…, handle)`."""
        if self._routed is None:
            table: dict[tuple[int, int], str] = {}
            for module in self.flow.program.modules:
                for number, scope in enumerate(module.facts.scopes):
                    if scope.kind == "class" and number:
                        continue
                    for call in self.flow.body(module.index, number).calls:
                        if not any(source.kind in ("func", "class", "attr") for _, source in call.inputs[1:]):
                            continue
                        if "serves" in self.flow.roles(call):
                            for _, source in call.inputs[1:]:
                                if source.kind == "func":
                                    table[source.data] = "endpoint"  # type: ignore[index]
            self._routed = table
        return self._routed

    def has_endpoints(self) -> bool:
        """Whether any of the repository's own code is an endpoint; a package without one serves through its public functions."""
        if self._any is None:
            self._any = any(
                self.endpoint(module.index, number)
                for module in self.flow.program.modules
                if module.category == "product"
                for number in range(len(module.facts.scopes))
            )
        return self._any

    # ------------------------------------------------------------------ forward

    def served(self, start: Value, through: frozenset[Value]) -> Served | None:
        """Where the order of a sequence is served; `through` are the values upstream, so that a helper's result goes back to the
        callers it came from: to those on the way here if one of them serves it, else to any that gave it a ranking."""
        if start.kind == "return":
            return None if self.has_endpoints() else Served(start, "returned by a public function", (start,))
        return self._search(start, through, through) or self._search(start, through, frozenset())

    def _search(self, start: Value, through: frozenset[Value], callers: frozenset[Value]) -> Served | None:
        queue: deque[tuple[Value, Stack, int, tuple[Value, ...]]] = deque([(start, (), 0, ())])
        seen = {(start, (), 0)}
        count = 0
        while queue and count < REACH_LIMIT:
            value, stack, depth, trail = queue.popleft()
            count += 1
            for after, stack_after, depth_after, text in self._forth(value, stack, depth, through, callers):
                if text:
                    return Served(after, text, (*trail, value))
                key = (after, stack_after, depth_after)
                if key not in seen:
                    seen.add(key)
                    queue.append((after, stack_after, depth_after, (*trail, value)))
        return None

    def _forth(
        self, value: Value, stack: Stack, depth: int, through: frozenset[Value], callers: frozenset[Value]
    ) -> list[tuple[Value, Stack, int, str]]:
        found: list[tuple[Value, Stack, int, str]] = []
        for label, user in value.uses:
            kind = user.kind
            if kind == "call":
                if label == "arg":
                    found.extend(self._into_call(value, user, stack, depth))
                elif label == "function" and value.kind == "attr":
                    found.extend(self._on_call(user, stack, depth))
            elif kind == "return":
                if label == "yield" or self.endpoint(user.body.module.index, user.body.number) == "":
                    found.extend(self._leave(user, stack, depth, through, callers))
                else:
                    found.append((user, stack, depth, self.endpoint(user.body.module.index, user.body.number)))
            elif kind == "attr":
                if label == "object" and (
                    value.kind in ("call", "param", "element", "item", "attr", "phi", "same") or user.data in KEEPING
                ):
                    found.append((user, stack, depth, ""))
            elif kind == "element":
                if depth > 0:
                    found.append((user, stack, depth - 1, ""))
                found.extend((node, stack, depth, "") for node in self._built_by(value))
                found.extend((sort, (), depth, "") for sort in self._ranked_by(user))
            elif kind == "comprehension":
                found.extend(self._comprehended(value, label, user, stack, depth))
            elif kind == "mutate":
                found.extend(self._mutated(label, user, stack, depth))
            elif kind == "store":
                nested = isinstance(user.data, tuple) and label == "value"
                if label in ("base", "value"):
                    found.append((user, stack, depth + nested, ""))
                    if label == "value":
                        found.extend((step.value, step.stack, depth, "") for step in self.flow.reads_of_store(user))
            elif kind in ("collection", "dict"):
                if not (kind == "collection" and user.data == "set") and label != "key":
                    found.append(
                        (
                            user,
                            stack,
                            depth + (1 if label == "item" and (kind == "dict" or user.data == "list") else 0),
                            "",
                        )
                    )
            elif kind == "item":
                if label == "object":
                    constant = (
                        isinstance(user.data, str)
                        or selects(user)
                        or (isinstance(user.data, int) and value.kind in ("call", "param", "phi", "same"))
                    )
                    if constant or depth > 0:
                        within = (
                            depth
                            if selects(user) or (constant and not isinstance(user.data, str))
                            else max(depth - 1, 0)
                        )
                        found.append((user, stack, within, ""))
            elif kind in ("phi", "choice", "same", "passed", "slice") and label in ("value", "base", "object"):
                found.append((user, stack, depth, ""))
            elif kind == "operation" and user.data in ("+", "or", "and"):
                found.append((user, stack, depth, ""))
        found.extend((step.value, step.stack, depth, "") for step in self.flow.outlive(value, stack))
        return found

    def _built_by(self, iterable: Value) -> list[Value]:
        """What a loop over a sequence builds in its order: lists it appends to, dicts it fills, a generator's results."""
        found = []
        for node in iterable.body.nodes:
            if node.loops and iterable in node.loops:
                if (
                    node.kind == "mutate"
                    and node.data in ("append", "extend")
                    or node.kind == "store"
                    and isinstance(node.data, tuple)
                ):
                    found.append(node)
                elif any(label == "yield" for label, _ in node.uses):
                    found.append(node.body.returns)
        return found

    def _ranked_by(self, element: Value) -> list[Value]:
        """Sorts by the attribute in which a loop over `enumerate(…)` writes the position."""
        found: list[Value] = []
        for label, user in element.uses:
            if label == "object" and user.kind == "item" and is_enumerate_index(user):
                for _, store in user.uses:
                    if (
                        store.kind == "store"
                        and isinstance(store.data, str)
                        and store.data in self.orders.rank_attributes()
                    ):
                        found.extend(self.orders.rank_attributes()[store.data][1])
        return found

    def _comprehended(
        self, value: Value, label: str, user: Value, stack: Stack, depth: int
    ) -> list[tuple[Value, Stack, int, str]]:
        if user.data == "set":
            return []
        if label == "iterable":
            return [(user, stack, depth, "")]
        if label == "element":
            return [(user, stack, depth + 1, "")]
        return []

    def _mutated(self, label: str, user: Value, stack: Stack, depth: int) -> list[tuple[Value, Stack, int, str]]:
        if label == "base":
            stops = (user.data == "sort" and self.orders.sort_key(user).kind in ("score", "rank")) or str(
                user.data
            ).endswith("shuffle")
            return [] if stops else [(user, stack, depth, "")]
        if label == "arg":
            return (
                [(user, stack, depth + (user.data in ("append", "insert")), "")]
                if user.data in ("append", "extend", "insert", "update")
                else []
            )
        return []

    def _into_call(self, value: Value, call: Value, stack: Stack, depth: int) -> list[tuple[Value, Stack, int, str]]:
        found: list[tuple[Value, Stack, int, str]] = []
        for target in self.flow.targets(call):
            if target.kind == "func":
                found.extend(
                    (s.value, s.stack, depth, "")
                    for s in self.flow.into_function(value, call, target.module, target.scope, stack)
                )
            elif target.kind == "class":
                init = self.flow.initializer((target.module, target.scope))
                if init is not None and init.kind == "func":
                    found.extend(
                        (s.value, s.stack, depth, "")
                        for s in self.flow.into_function(value, call, init.module, init.scope, stack)
                    )
                found.append((call, stack, depth, ""))
            else:
                found.extend(self._into_library(value, call, stack, depth))
        return found

    def _into_library(self, value: Value, call: Value, stack: Stack, depth: int) -> list[tuple[Value, Stack, int, str]]:
        api = self.flow.api(call)
        roles = api.roles if api is not None else frozenset()
        if roles & LEAVING:
            return [(call, stack, depth, "response")]
        if "saves" in roles and api is not None and api.medium in ("table", "file", "bucket", "stream", "api"):
            return [(call, stack, depth, "write")] if self._writes(call) else []
        if roles & STOPPING:
            return []
        if value in self.orders.kept_by(call) or (api is not None and api.name in ("set", "frozenset")):
            return [(call, stack, depth, "")]
        tail = self._name(call)
        if tail in (
            "join",
            "dumps",
            "jsonify",
            "Response",
            "JSONResponse",
            "render",
            "render_template",
            "HttpResponse",
            "JsonResponse",
            "make_response",
        ):
            return [(call, stack, depth, "")]
        return [(call, stack, depth, "")] if api is None and (tail[:1].isupper() or "response" in tail.lower()) else []

    def _writes(self, call: Value) -> bool:
        """A statement sent to a database writes only when its text says so."""
        if "execute" not in self._name(call):
            return True
        return any(
            re.match(r"\s*(insert|update|merge|replace|copy)\b", text, re.IGNORECASE)
            for text in self.orders.query_texts(call)
        )

    def _name(self, call: Value) -> str:
        function = call.inputs[0][1]
        return str(function.data).rsplit(".", 1)[-1] if function.kind in ("attr", "external") else ""

    def _on_call(self, call: Value, stack: Stack, depth: int) -> list[tuple[Value, Stack, int, str]]:
        function = call.inputs[0][1]
        receiver = function.inputs[0][1]
        found: list[tuple[Value, Stack, int, str]] = []
        for target in self.flow.targets(call):
            if target.kind == "func":
                continue
            api = target.api
            if api is not None and (
                api.order in ("sorts", "ranks") and self.orders.sort_key(call).kind in ("score", "rank")
            ):
                continue
            if "saves" in (api.roles if api is not None else ()) and self._writes(call):
                found.append((call, stack, depth, "write"))
            elif receiver in self.orders.kept_by(call):
                found.append((call, stack, depth, ""))
        return found

    def _answers(self, value: Value, body: Body) -> bool:
        """Whether a call gives a function's result: it calls it, or a library does that for it. Code of the repository that
        is handed a function calls it somewhere itself."""
        if value.kind != "call" or self.flow.calls(value, body.module.index, body.number):
            return True
        return not any(target.kind in ("func", "class") for target in self.flow.targets(value))

    def _gave_a_ranking(self, call: Value, body: Body, params: list[Value]) -> bool:
        """Whether a call hands a ranked sequence to one of these parameters; other callers' orders were never a ranking's."""
        arguments = [source for param in params for source in self.flow.argument(call, body, str(param.data))]
        return any(self.orders.ranked(source) is not None for source in arguments)

    def _leave(
        self, result: Value, stack: Stack, depth: int, through: frozenset[Value], callers: frozenset[Value]
    ) -> list[tuple[Value, Stack, int, str]]:
        body = result.body
        steps = [step for step in self.flow.leave(body, stack) if self._answers(step.value, body)]
        given = [param for param in body.params.values() if param in through]
        if not stack and given:
            on_the_way = [step for step in steps if any(source in callers for _, source in step.value.inputs)]
            steps = on_the_way or [step for step in steps if self._gave_a_ranking(step.value, body, given)] or steps
        return [(s.value, s.stack, depth, "") for s in steps[:FAN_OUT]]

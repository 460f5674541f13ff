"""Where results leave the ML side, and whether an order gets there."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import msgspec

from mldebt.flow.body import Body
from mldebt.flow.calls.companions import Companions
from mldebt.flow.calls.selves import Selves
from mldebt.flow.conditions.conditions import entails
from mldebt.flow.idioms import last_name
from mldebt.flow.module import ScopeKey
from mldebt.flow.orders.order import Orders
from mldebt.flow.orders.order_uses import OrderUses, Place
from mldebt.flow.services.endpoints import Endpoints
from mldebt.flow.steps import FAN_OUT, Stack, Step
from mldebt.flow.value import Value

REACH_LIMIT = 2500
WRITE = "write"


class Served(msgspec.Struct, frozen=True):
    """Where an order arrives: the value there, what it is, and the values on the way."""

    value: Value
    text: str
    trail: tuple[Value, ...]


class Boundaries:
    """The serving boundaries of a program, and the forward walk of an order to them."""

    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.flow = orders.flow
        self.uses = OrderUses(orders)
        self.selves = Selves(orders.flow)
        self.companions = Companions(orders.flow)
        self._endpoints = orders.flow.shared(Endpoints)

    def endpoint(self, module: int, number: int) -> str:
        """What kind of serving boundary a function is; "" when it is none."""
        return self._endpoints.of((module, number))

    def answers(self, module: int, number: int) -> str:
        """The same, also for a model that is packed with its code."""
        return self._endpoints.answers((module, number))

    def has_endpoints(self) -> bool:
        """Whether any of the repository's own code is an endpoint; a package without one serves through its public
        functions."""
        return self._endpoints.any

    def served(self, start: Value, way: tuple[Value, ...], stack: Stack = ()) -> Served | None:
        """Where the order of a sequence is served; `way` are the values upstream from the ranking on, so that a
        helper's result goes back to the callers it came from: to those on the way here if one of them serves it, else
        to any that gave it a ranking. `stack` is the call of the start's function that is meant, where only one is."""
        if start.kind == "return":
            return None if self.has_endpoints() else Served(start, "returned by a public function", (start,))
        walks = (_Walk(self, start, way, callers).run(stack) for callers in (frozenset(way), frozenset()))
        return next((found for found in walks if found is not None), None)

    def is_answered(self, start: Value, way: tuple[Value, ...]) -> bool:
        """Whether the order of a sequence is served otherwise than by writing it down."""
        if start.kind == "return" and not self.has_endpoints():
            return True
        return _Walk(self, start, way, frozenset(way)).run((), WRITE) is not None


class _Walk:
    """One walk under way. `callers` are the values that a call must have to be preferred among a helper's callers."""

    def __init__(self, boundaries: Boundaries, start: Value, way: tuple[Value, ...], callers: frozenset[Value]) -> None:
        self.boundaries = boundaries
        self.start = start
        self.flow = boundaries.flow
        self.selves = boundaries.selves
        self.way = way
        self.through = frozenset(way)
        self.callers = callers

    def run(self, stack: Stack, passed: str = "") -> Served | None:
        """Whoever is answered, or else what is written; `passed` is what does not count."""
        written: Served | None = None
        first = Place(self.start, stack, 0)
        queue: deque[tuple[Place, tuple[Value, ...]]] = deque([(first, ())])
        seen = {first}
        count = 0
        while queue and count < REACH_LIMIT:
            place, trail = queue.popleft()
            trail = (*trail, place.value)
            count += 1
            for after in self._forth(place):
                if after.text and after.text == passed:
                    continue
                if after.text == WRITE:
                    written = written or Served(after.value, after.text, trail)
                elif after.text:
                    return Served(after.value, after.text, trail)
                elif after not in seen and self._is_possible(trail, after.value):
                    seen.add(after)
                    queue.append((after, trail))
        return written

    def _is_possible(self, trail: tuple[Value, ...], after: Value) -> bool:
        """Whether a step to another function is one that the objects on the way can take; tests serve nobody."""
        if after.body.module.category == "test" and trail[0].body.module.category != "test":
            return False
        return after.body is trail[-1].body or self.selves.can_be((*self.way, *trail, after))

    def _forth(self, place: Place) -> list[Place]:
        if place.value.kind == "return":  # of a generator, which gives what a loop meets one by one
            return self._returned(place, "value", place.value)
        found: list[Place] = []
        for label, user in place.value.uses:
            if user.kind == "return":
                found.extend(self._returned(place, label, user))
            elif user.kind != "phi" or not self._is_sorted_instead(place.value, user):
                found.extend(self.boundaries.uses.forth(place, label, user))
        found.extend(place.along(self.flow.outlive(place.value, place.stack)))
        return found

    def _is_sorted_instead(self, value: Value, joined: Value) -> bool:
        """Whether a list comes past a branch only where what was done to it first was not: under the same tests it is
        sorted by a score there, which has the last word."""
        orders = self.boundaries.orders
        sorts = (each for each in joined.every("value") if each.kind in ("mutate", "call") and orders.is_sort(each))
        return any(
            orders.sort_key(each).kind in ("score", "rank") and entails(self.start, each)
            for each in sorts
            if value in (each.source, *each.arguments)
        )

    def _returned(self, place: Place, label: str, result: Value) -> list[Place]:
        body = result.body
        endpoint = self._endpoint(body)
        if endpoint and label != "yield":
            return [place.on(result, text=endpoint)] if not place.by_key else []
        steps = [step for step in self.flow.leave(body, place.stack) if self._answers(step.value, body)]
        if not place.stack:
            steps = self._preferred(self._of_decorated(steps, body), body)
        return place.along(steps[:FAN_OUT])

    def _endpoint(self, body: Body) -> str:
        """What kind of boundary a function's result leaves by: that of the endpoint which it stands around, too."""
        around = self.flow.decorations
        if around.layers(body.key):
            return ""
        served = (key for key in self._decorated(body) if around.layers(key)[-1] == body.key)
        answers = self.boundaries.answers
        if self._gives_field(body):
            return "a field of an answer"
        return answers(*body.key) or next(filter(None, (answers(*key) for key in served)), "")

    def _gives_field(self, body: Body) -> bool:
        """Whether a method gives a field of what a web framework answers: `get_similar` of a serializer that declares
        `similar = SerializerMethodField()`."""
        cls = self.flow.program.enclosing_class(body.key)
        name = body.scope.name.removeprefix("get_")
        field = self.flow.body(*cls).env.get(name) if cls is not None and name != body.scope.name else None
        return field is not None and field.kind == "call" and last_name(field.function) == "SerializerMethodField"

    def _decorated(self, body: Body) -> Sequence[ScopeKey]:
        """What a decorator's inner function stands around on the way here."""
        decorated = self.flow.decorations.decorated(body.key)
        met = {value.body.key for value in self.way} if decorated else ()
        return [key for key in decorated if key in met] or decorated

    def _of_decorated(self, steps: list[Step], body: Body) -> list[Step]:
        """Those calls that call what a decorator's inner function stands around here."""
        keys = self._decorated(body)
        return [step for step in steps if any(self.flow.calls(step.value, *key) for key in keys)] if keys else steps

    def _preferred(self, steps: list[Step], body: Body) -> list[Step]:
        """Of a helper's callers those on the way here, else those that gave it a ranking, else all."""
        given = [param for param in body.params.values() if param in self.through]
        if not given:
            return steps
        on_the_way = [step for step in steps if any(source in self.callers for _, source in step.value.inputs)]
        return on_the_way or [step for step in steps if self._gave_a_ranking(step.value, body, given)] or steps

    def _answers(self, value: Value, body: Body) -> bool:
        """Whether a call gives a function's result: it calls it, or a library does that for it. Code of the repository
        that is handed a function calls it somewhere itself."""
        if value.kind != "call" or self.flow.calls(value, body.module.index, body.number):
            return True
        return not any(target.kind in ("func", "class") for target in self.flow.targets(value))

    def _gave_a_ranking(self, call: Value, body: Body, params: list[Value]) -> bool:
        """Whether a call hands a ranked sequence to one of these parameters; other callers' orders were never a
        ranking's. What another step of a pipeline takes up is told by the pipeline."""
        if call.kind != "call":
            return True
        arguments = [source for param in params for source in self.flow.argument(call, body, param.name)]
        return any(self.boundaries.orders.ranked(source) is not None for source in arguments)

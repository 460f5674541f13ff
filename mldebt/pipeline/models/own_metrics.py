"""The repository's own metrics, by what they do: a function that sets predictions against the truth, and gives one
number."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.facts.record import Name
from mldebt.flow.body import Body
from mldebt.flow.module import ScopeKey
from mldebt.flow.steps import Visit
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

DEPTH = 12
INSIDE_LIMIT = 80
DATA_LIMIT = 120
_REDUCES = frozenset("sum mean item median std var prod count nunique nansum nanmean average trace dot".split())
_KEEPS_SHAPE = frozenset({"axis", "dim"})
_ONE_NUMBER = frozenset({"float", "int", "len", "sum", "fsum"})
_BY_ELEMENT = frozenset("sqrt abs absolute log log1p log2 log10 exp round square max min maximum power pow".split())
_MEETING = frozenset({"operation", "compare", "call"})


class OwnMetrics:
    """Questions about functions, each answered once."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._known: dict[ScopeKey, bool] = {}

    def judges(self, call: Value, answer: Value, asked: Value) -> bool:
        """Whether a call hands a prediction, with what it was made for or from the same data, to a metric."""
        keys = [t.key for t in self.flow.targets(call) if t.kind == "func" and not t.guessed]
        others = [source for source in call.arguments if source is not answer and source.kind != "const"]
        return any(map(self.is_metric, keys)) and any(self._are_of_one(other, asked) for other in others)

    def _are_of_one(self, truth: Value, asked: Value) -> bool:
        """Whether something comes from the data that a model is asked about, and not from its answer."""
        about = {visit.value for each in asked.arguments for visit in self._behind(each)}
        from_truth = {visit.value for visit in self._behind(truth)}
        return asked not in from_truth and any(value.kind != "const" for value in about & from_truth)

    def _behind(self, value: Value) -> Iterator[Visit]:
        return self.flow.walk(value, self.flow.back, limit=DATA_LIMIT)

    # ------------------------------------------------------------------ what a function does

    def is_metric(self, key: ScopeKey) -> bool:
        """Whether a function sets two of its arguments against each other and gives one number."""
        found = self._known.get(key)
        if found is None:
            self._known[key] = False  # while it is looked at
            body = self.flow.body(*key)
            found = self._known[key] = self._gives_number(body) and self._sets_against(body)
        return found

    def _gives_number(self, body: Body) -> bool:
        """Whether all that a function returns are numbers, and one of them is computed."""
        annotation = body.module.facts.exprs[body.scope.returns] if body.scope.returns >= 0 else None
        if isinstance(annotation, Name):
            return annotation.id == "float"
        given = body.returns.every("value")
        computed = [each for each in given if each.kind != "const"]
        return bool(computed) and all(self.is_number(each, DEPTH, frozenset()) for each in computed)

    def is_number(self, value: Value, depth: int, above: frozenset[Value]) -> bool:
        """Whether a value is one number, as far as its body tells; what a loop adds up is one."""
        if value in above:
            return True
        above |= {value}
        if depth == 0:
            return False
        if value.kind == "const":
            return isinstance(value.data, (int, float))
        if value.kind in ("phi", "choice", "same", "passed"):
            parts = value.every("base") if value.kind == "passed" else value.every("value")
            return bool(parts) and all(self.is_number(each, depth - 1, above) for each in parts)
        if value.kind == "operation":
            first, *rest = value.every("operand")
            if value.data in ("+", "-") and any(each in above for each in (first, *rest)):
                return True
            return all(self.is_number(each, depth - 1, above) for each in (first, *rest))
        return value.kind == "call" and self._reduces(value, depth, above)

    def _reduces(self, call: Value, depth: int, above: frozenset[Value]) -> bool:
        if any(self._known.get(t.key) or (t.kind == "func" and self.is_metric(t.key)) for t in self.flow.targets(call)):
            return True
        function = call.function
        name = str(function.data).rpartition(".")[2] if function.kind in ("attr", "external") else ""
        if name in _ONE_NUMBER and function.kind == "external":
            return True
        if name in _REDUCES:
            return not _KEEPS_SHAPE & set(call.keywords)
        parts = call.arguments if function.kind == "external" else ()
        return name in _BY_ELEMENT and bool(parts) and all(self.is_number(e, depth - 1, above) for e in parts)

    def _sets_against(self, body: Body) -> bool:
        """Whether something in a function is computed from two of its arguments."""
        own = [param for param in body.params.values() if param.data not in ("self", "cls")]
        if len(own) < 2:
            return False
        reached = {value: self._params(value, own) for value in body.nodes if value.kind in _MEETING}
        return any(
            len({frozenset(params) for params in parts if params}) > 1
            for value in reached
            if reached[value]
            for parts in [[self._params(source, own) for _, source in value.inputs]]
        )

    def _params(self, value: Value, own: list[Value]) -> set[Value]:
        """The parameters that a value is made from, inside its body."""
        found: set[Value] = set()
        waiting, seen = [value], {value}
        while waiting and len(seen) < INSIDE_LIMIT:
            each = waiting.pop()
            if each in own:
                found.add(each)
            for label, source in each.inputs:
                if label not in ("test", "condition") and source.body is value.body and source not in seen:
                    seen.add(source)
                    waiting.append(source)
        return found

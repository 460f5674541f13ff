"""Yardsticks that look like models: what answers by chance, or the same whatever it is asked."""

from __future__ import annotations

from mldebt.flow.linking import ClassKey
from mldebt.flow.steps import Stack, Step
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

WAY_LIMIT = 60
DEPTH = 4
LIBRARIES = frozenset(
    """sklearn.dummy.DummyClassifier sklearn.dummy.DummyRegressor surprise.NormalPredictor
    surprise.prediction_algorithms.random_pred.NormalPredictor""".split()
)
"""The yardsticks that libraries offer."""
_DRAWS = regex(
    r"random\.(random|sample|choice|choices|shuffle|randint|randrange|uniform)"
    r"|numpy\.random\.(rand|random|random_sample|choice|randint|permutation|uniform|shuffle)"
    r"|numpy\.random\.Generator\.(random|choice|integers|permutation|uniform|shuffle)"
)
_WEIGHTED = frozenset({"p", "weights", "cum_weights"})
_FORMS = (
    "list",
    "tuple",
    "set",
    "dict",
    "int",
    "float",
    "str",
    "round",
    "numpy.array",
    "pandas.Series",
    "pandas.DataFrame",
)
_FORMS_OF = "tolist", "astype", "item", "reshape", "flatten"
_BETWEEN = frozenset("call same passed collection dict comprehension element item slice store mutate attr".split())


class Baselines:
    """Questions about the classes of a repository."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    def answers_by_chance(self, cls: ClassKey, methods: list[int]) -> bool:
        """Whether all that a class answers is drawn, every draw as likely as the next: what was learnt has no say.
        `methods` are those by which it is asked."""
        answers = [each for number in methods for each in self.flow.body(cls[0], number).returns.every("value")]
        return bool(answers) and all(self._is_drawn(each, DEPTH) for each in answers)

    def _is_drawn(self, answer: Value, depth: int) -> bool:
        if answer.kind in ("phi", "choice"):  # each of the ways
            ways = answer.every("value")
            return depth > 0 and bool(ways) and all(self._is_drawn(each, depth - 1) for each in ways)
        return any(self._draws(visit.value) for visit in self.flow.walk(answer, self._back, limit=WAY_LIMIT))

    def _draws(self, value: Value) -> bool:
        if value.kind != "call" or _WEIGHTED & set(value.keywords):
            return False
        names = (t.name for t in self.flow.targets(value) if t.kind == "external")
        return any(_DRAWS.fullmatch(name) for name in names)

    def _back(self, value: Value, stack: Stack) -> list[Step]:
        """To what an answer is put together from, in its own function; not to what it was computed with."""
        if value.kind not in _BETWEEN or self._draws(value):
            return []
        if value.kind == "call":
            return self._through(value, stack)
        labels = ("test", "condition", "key", "iterable", "call", "function")
        return [Step(label, source, stack) for label, source in value.inputs if label not in labels]

    def _through(self, call: Value, stack: Stack) -> list[Step]:
        """What a call only gives another form."""
        if call.receiver is not None and call.calls_method(*_FORMS_OF):
            return [Step("object", call.receiver, stack)]
        return [Step("arg", source, stack) for source in call.arguments if call.calls_external(*_FORMS)]

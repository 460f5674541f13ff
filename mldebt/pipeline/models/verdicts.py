"""Which way the tests in a model's code go for the objects of one class: by its flags, by the kind of its labels."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.conditions.conditions import ways
from mldebt.flow.linking import ClassKey
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow, Stack, Step
from mldebt.pipeline.models.origins import Origins

WALK_LIMIT = 1000
_PLAIN = frozenset({"int", "float", "str", "bool", "bytes"})
_CONTAINERS = frozenset(
    """list tuple set dict frozenset collections.deque collections.abc.Sequence collections.abc.Iterable numpy.ndarray
    pandas.Series pandas.DataFrame torch.Tensor""".split()
)


class Verdicts:
    """Answers to tests, for objects of a class as the team's own code makes them."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.origins = flow.shared(Origins)
        self._known: dict[tuple[ClassKey | None, Value], bool | None] = {}

    def never(self, cls: ClassKey | None, place: Value) -> bool:
        """Whether a place is never reached: a test around it always goes the other way."""
        answers = ((self.of(cls, test), way) for test, way in faced(place))
        return any(answer is not None and answer is not way for answer, way in answers)

    def of(self, cls: ClassKey | None, test: Value) -> bool | None:
        """The one answer that a test has; None where there may be two."""
        key = (cls, test := _unchanged(test))
        if key not in self._known:
            self._known[key] = None
            self._known[key] = self._judge(cls, test)
        return self._known[key]

    def _judge(self, cls: ClassKey | None, test: Value) -> bool | None:
        known = self.origins.hand(cls).known(test, ())
        if known is not None:
            return bool(known[0])
        if test.kind == "operation" and test.data in ("not", "and", "or"):
            return self._joined(cls, test)
        return self._is_one(cls, test) if cls is not None and test.calls_external("isinstance") else None

    def _joined(self, cls: ClassKey | None, test: Value) -> bool | None:
        answers = [self.of(cls, part) for part in test.every("operand")]
        if test.data == "not":
            return None if answers[0] is None else not answers[0]
        settles = test.data == "or"  # one true part settles an `or`, one false part an `and`
        if settles in answers:
            return settles
        return None if None in answers else not settles

    def _is_one(self, cls: ClassKey, test: Value) -> bool | None:
        """Whether labels that a class marks one by one (`labels[row["id"]] = 1`) are of a type."""
        if len(test.arguments) != 2:
            return None
        value, asked = test.arguments
        wanted = {str(each.data) for each in (asked.every("item") or [asked]) if each.kind == "external"}
        marks = self._marks(cls, value)
        if not wanted or not marks or None in marks:
            return None
        if marks <= wanted:
            return True
        return False if marks <= _PLAIN and wanted <= _CONTAINERS else None

    def _marks(self, cls: ClassKey, value: Value) -> set[str | None]:
        """The types of what is stored one by one in the mappings that a value is taken from; None for one that is not
        known."""
        within = self.origins.within(cls)

        def step(value: Value, stack: Stack) -> list[Step]:
            steps = within(value, stack)
            return [each for each in steps if each.value is value.source] if _is_mark(value) else steps

        found: set[str | None] = set()
        for visit in self.flow.walk(value, step, limit=WALK_LIMIT):
            stored = visit.value.one("value") if _is_mark(visit.value) else None
            if stored is not None:
                names = [each.name for each in self.flow.types(stored)]
                found.update((name if isinstance(name, str) else None for name in names) if names else (None,))
        return found


def faced(place: Value) -> Iterator[tuple[Value, bool]]:
    """The tests that a place stands under, as they were made, each with the answer that leads there."""
    for written, answer in ways(place.body, place.at):
        test, way = _unchanged(written), answer
        while test.kind == "operation" and test.data == "not":
            test, way = _unchanged(test.every("operand")[0]), not way
        yield test, way


def _unchanged(test: Value) -> Value:
    """A test as it was made, where a variable holds it through loops and branches."""
    made: list[Value] = []
    waiting, seen = [test], {test}
    while waiting:
        value = waiting.pop()
        if value.kind not in ("phi", "same", "passed"):
            made.append(value)
            continue
        for source in value.every("base" if value.kind == "passed" else "value"):
            if source not in seen:
                seen.add(source)
                waiting.append(source)
    return made[0] if len(made) == 1 else test


def _is_mark(value: Value) -> bool:
    """Whether something is stored under a key that is found out: `labels[row["id"]] = 1`."""
    return value.kind == "store" and isinstance(value.data, tuple) and value.key is None

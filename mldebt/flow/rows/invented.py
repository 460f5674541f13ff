"""Data that code makes up: random numbers and what is computed from nothing else, rows that it writes out."""

from __future__ import annotations

from mldebt.flow.calls.words import keyword
from mldebt.flow.steps import Stack, Step
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

WALK_LIMIT = 300
FEW = 40
_DRAWS = regex(
    r"^(random|numpy\.random|cupy\.random|jax\.random|tensorflow\.random)\.\w|^torch\.(rand|randn|randint|randperm|normal)\Z"
    r"|^sklearn\.datasets\.(_samples_generator\.)?make_\w"
)
_TYPED = frozenset({"numpy", "torch", "tensorflow"})
_DATA = ("x", "X", "y")
_NAMES = ("columns", "index")
_COUNTS = frozenset({"range", "len", "zip", "enumerate", "numpy.arange", "numpy.zeros", "numpy.ones", "numpy.linspace"})
"""What brings in no data itself."""


class Invented:
    """Asks what a training learns from."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    def learns_from(self, fit: Value) -> bool:
        """Whether a call fits a model on random numbers or a few rows that are written out, and on nothing else."""
        if "fits" not in self.flow.roles(fit):
            return False
        rows = [*keyword(fit, "")[:2], *(source for name in _DATA for source in keyword(fit, name))]
        return bool(rows) and all(self._is_written_out(each) or self._is_invented(each) for each in rows)

    def _is_written_out(self, rows: Value) -> bool:
        """Whether rows stand in the code, a few literals: enough to show that something runs."""
        ends = [
            visit.value
            for visit in self.flow.walk(rows, self._to_lists, limit=WALK_LIMIT)
            if not self._to_lists(visit.value, visit.stack)
        ]
        return bool(ends) and all(_is_short_list(value) for value in ends)

    def _to_lists(self, value: Value, stack: Stack) -> list[Step]:
        return [] if value.kind == "collection" else self.flow.back(value, stack)

    def _is_invented(self, rows: Value) -> bool:
        drawn = False
        for number, visit in enumerate(self.flow.walk(rows, self._back, limit=WALK_LIMIT)):
            value = visit.value
            if number == WALK_LIMIT - 1 or value.body.module.category == "test":  # a test tells not what it is for
                return False
            if self._draws(value):
                drawn = True
            elif not self._back(value, visit.stack) and not self._adds_nothing(value):
                return False
        return drawn

    def _back(self, value: Value, stack: Stack) -> list[Step]:
        """To what numbers were made from, not to what columns and rows are called."""
        if self._draws(value):
            return []
        names = [given for word in _NAMES for given in keyword(value, word)] if value.kind == "call" else []
        return [step for step in self.flow.back(value, stack) if step.label != "key" and step.value not in names]

    def _draws(self, value: Value) -> bool:
        return value.kind == "call" and any(_DRAWS.search(target.name) for target in self.flow.targets(value))

    def _adds_nothing(self, value: Value) -> bool:
        """Whether a value that comes from nowhere is no data: a number, an empty list."""
        if value.kind == "const":
            return not isinstance(value.data, str)
        if value.kind in ("collection", "dict"):
            return True
        if value.kind == "external":  # a type of numbers, a function that is mapped
            return "." not in value.name or value.name.partition(".")[0] in _TYPED
        return value.kind == "func" or value.calls_external(*_COUNTS)


def _is_short_list(value: Value) -> bool:
    """Whether a value is a list of some literals, or of lists of them."""
    items = value.every("item") if value.kind == "collection" else []
    return 0 < len(items) <= FEW and all(item.kind == "const" or _is_short_list(item) for item in items)

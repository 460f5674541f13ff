"""Rows that are put together by position where a model is asked, in another order than the columns it learnt from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import msgspec

from mldebt.flow.calls.words import last_name
from mldebt.flow.idioms import read_name
from mldebt.flow.sameness import Sameness
from mldebt.flow.value import Value
from mldebt.pipeline.models.features import CHOSEN, Feature, Features
from mldebt.pipeline.models.origins import Origins
from mldebt.pipeline.models.register import TrainedModel
from mldebt.pipeline.project import Project
from mldebt.regex import regex

FEWEST = 4
"""So many columns of the same names mean the same model, whoever loads it."""
WALK_LIMIT = 40
_ASKS = regex(r"^predict(_proba|_log_proba)?$|^decision_function$")
_FORMS = frozenset({"array", "asarray", "reshape", "astype"})
_CASTS = ("float", "int", "str", "bool", "round")
_SIGNS = regex(r"[^a-z0-9]+")


class RowOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A model that is asked with a row whose places are not those of its columns. `first` is the first place (from 0)
    at which they differ, with what it learnt there and what it is given."""

    model: TrainedModel
    learnt: Feature
    asked: Value
    row: Value
    first: int
    given: str


class RowOrders:
    """Compares the rows that product code writes down with the columns that the repository's models learn from."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.flow = project.flow
        self.origins = project.flow.shared(Origins)
        self.sameness = project.flow.shared(Sameness)

    def find(self) -> Iterator[RowOrder]:
        """Each call that asks with such a row, by place; none where a model has learnt from that very order."""
        for module in self.project.modules() if self._orders else ():
            for number in range(len(module.facts.scopes)):
                for call in self.flow.body(module.index, number).calls:
                    if _ASKS.search(last_name(call)) and call.receiver is not None and call.arguments:
                        yield from self._judged(call)

    def _judged(self, call: Value) -> Iterator[RowOrder]:
        row = self._row(call.arguments[0])
        if row is None or len(row.inputs) < FEWEST:
            return
        alike = []
        for model, columns in self._orders:
            given = self._matched(row.every("item"), columns)
            if given == [each.text for each in columns]:
                return
            if given and call.body.key not in {trained.body.key for trained in model.trained}:
                alike.append((model, columns, given))
        for model, columns, given in alike[:1]:
            place = next(number for number, each in enumerate(columns) if each.text != given[number])
            yield RowOrder(model=model, learnt=columns[place], asked=call, row=row, first=place, given=given[place])

    @cached_property
    def _orders(self) -> list[tuple[TrainedModel, list[Feature]]]:
        """The columns that models learn from, in their order, where one list names them all."""
        features = Features(self.flow, self.project.configured)
        found = []
        for model in self.project.trained_models:
            chosen = [each for each in features.of(model) if each.kind == "feature"]
            one_list = len({each.at for each in chosen}) == 1 and all(each.note == CHOSEN for each in chosen)
            if not one_list:
                chosen = self._listed(model)
            if len(chosen) >= FEWEST:
                found.append((model, chosen))
        return found

    def _listed(self, model: TrainedModel) -> list[Feature]:
        """What the rows that a model learns from are made of, place by place, where one list says it."""
        rows = {
            visit.value for visit in self.origins.visits(model) if visit.label != "key" and self._is_row(visit.value)
        }
        row = rows.pop() if len(rows) == 1 else None
        names = [next(iter(self._names(item)), "") for item in row.every("item")] if row is not None else []
        if row is None or "" in names or len(set(map(_plain, names))) < len(names):
            return []
        return [Feature(kind="feature", text=name, note=CHOSEN, at=row) for name in names]

    def _is_row(self, value: Value) -> bool:
        """Whether a value is a list of several values, and of nothing else."""
        is_list = value.kind == "collection" and value.data in ("list", "tuple") and len(value.inputs) >= FEWEST
        return is_list and all(label == "item" and each.kind != "const" for label, each in value.inputs)

    def _row(self, given: Value) -> Value | None:
        """The one row, as a list of its values, that a call is given: `[[age, tenure]]`, `np.array([age, tenure])`."""
        for visit in self.flow.walk(given, self.sameness.back, limit=WALK_LIMIT):
            value = visit.value
            while value.kind == "call" and last_name(value) in _FORMS:
                source = (
                    value.receiver if last_name(value) in ("reshape", "astype") else next(iter(value.arguments), None)
                )
                if source is None:
                    return None
                value = source
            if value.kind == "collection" and len(value.inputs) == 1:
                (value,) = (source for _, source in value.inputs)
            if value.kind == "collection" and value.data in ("list", "tuple") and len(value.inputs) > 1:
                return value if all(label == "item" for label, _ in value.inputs) else None
        return None

    def _matched(self, items: Sequence[Value], columns: Sequence[Feature]) -> list[str]:
        """The columns by the places that they have in a row; none unless each is in it, and nothing else is."""
        if len(items) != len(columns):
            return []
        known = {_plain(each.text): each.text for each in columns}
        found = [next((known[name] for name in map(_plain, self._names(item)) if name in known), "") for item in items]
        return found if len(set(found)) == len(known) == len(found) and "" not in found else []

    def _names(self, item: Value) -> list[str]:
        """What a value in a row may be called: by the variable that holds it, and by what it is read from."""
        names = [*item.body.named.get(item, ())]
        while item.calls_external(*_CASTS) and item.arguments:
            item = item.arguments[0]
            names += item.body.named.get(item, ())
        if item.kind in ("param", "global", "free"):
            names.append(str(item.variable[1] if item.kind != "param" else item.name))
        asked = (
            item.arguments[0].data if last_name(item) == "get" and item.arguments else None
        )  # `request.form.get("age")`
        names.append(asked if isinstance(asked, str) else read_name(item))
        return [name for name in names if _plain(name)]


def _plain(name: str) -> str:
    """A name without what styles of writing tell apart: `Total Charges`, `total_charges`, `totalCharges`."""
    return _SIGNS.sub("", name.lower())

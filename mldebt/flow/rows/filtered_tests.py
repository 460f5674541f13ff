"""Evaluation sets that lose rows after they were set apart: those that the training does not have, or that the model
answers in a way that is left out."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from mldebt.flow.evaluation.judged_rows import JudgedRows
from mldebt.flow.idioms import read_name, root
from mldebt.flow.scores.scores import Scores
from mldebt.flow.steps import Step
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

USE_LIMIT = 150
MADE_LIMIT = 30
PART_LIMIT = 8
_AMONG = ("isin", "is_in")
_ANSWER = regex(r"(^|_)(pred(ict(ed|ions?)?)?s?|prob(a|abilit(y|ies))?s?|confidences?|scores?|y_?hat)(_|$)")
_TRAINING = regex(r"(^|_)(train\w*|tr|fit)(_|$)")


class Filtered(msgspec.Struct, frozen=True):
    """What is left of an evaluation set, why it is one, and by what it was filtered."""

    left: Value
    text: str
    by: str
    metric: Value


class FilteredTests:
    """Finds them. Conditions that say which rows the task is about hold for the training's rows as well, and rows that
    are looked at beside the whole are a closer look."""

    def __init__(self, flow: Flow, judged: JudgedRows, scores: Scores) -> None:
        self._flow = flow
        self._judged = judged
        self._scores = scores

    def of(self, item: Value) -> Filtered | None:
        """What a selection of rows leaves of an evaluation set."""
        mask = item.one("key") if item.kind == "item" else None
        if mask is None or item.loops:
            return None
        holder = item.source
        rows = holder.source if holder.kind == "attr" and holder.name == "loc" else holder
        by = self._by_training(mask) or self._by_answer(mask)
        text = self._judged.of(rows, ()) if by else ""
        if not text or self._is_judged_whole(rows, item):
            return None
        metric = self._metric(item)
        return Filtered(item, text, by, metric) if metric is not None else None

    def _by_training(self, mask: Value) -> str:
        """`test["user"].isin(train["user"])`"""
        if not mask.calls_method(*_AMONG) or not mask.arguments or mask.receiver is None:
            return ""
        asked = mask.arguments[0]
        others = (call for call in mask.body.calls if call is not mask and call.calls_method(*_AMONG))
        if any(root(each) is root(asked) for call in others for each in call.arguments):
            return ""  # both parts are asked the same
        name = read_name(mask.receiver)
        visits = self._flow.walk(asked, self._same_column, limit=MADE_LIMIT)
        for visit in visits:
            value = visit.value
            called = (*value.body.names_of(value), *([value.name] if value.kind == "param" else ()))
            is_item = value.kind == "item" and self._judged.is_of_another_part(value)
            if is_item or any(_TRAINING.search(each.lower()) for each in called):
                return f"whose {name!r} the training has" if name else "that the training has"
        return ""

    def _by_answer(self, mask: Value) -> str:
        """`test[test["predicted"] != -1]`, `test[model.predict_proba(test).max(axis=1) > 0.8]`"""
        for side in mask.every("operand") if mask.kind == "compare" else ():
            origin = self._scores.origin(side)
            told = (read_name(side), *side.body.names_of(side))
            if origin is not None and any(_ANSWER.search(name.lower()) for name in told if name):
                return "that the model answers so"
        return ""

    def _same_column(self, value: Value, stack: tuple[Value, ...]) -> list[Step]:
        """To the table whose column some values are."""
        if value.kind in ("item", "attr", "passed", "same", "store"):
            return [Step("of", value.source, stack)]
        if value.kind == "call":
            asked = [value.receiver] if value.receiver is not None else value.arguments[:1]
            return [Step("of", each, stack) for each in asked]
        return [step for step in self._flow.back(value, stack) if value.kind in ("global", "free", "phi")]

    def _is_judged_whole(self, rows: Value, item: Value) -> bool:
        """Whether a metric is computed of the whole as well."""
        measured = (call for call in item.body.calls if "measures" in self._flow.roles(call))
        given = (part for call in measured for source in call.arguments for part in _taken_from(source))
        return any(root(part) is root(rows) for part in given)

    def _metric(self, left: Value) -> Value | None:
        """The metric that judges what is left."""
        for visit in self._flow.walk(left, self._flow.forth, limit=USE_LIMIT):
            if visit.value.kind == "call" and "measures" in self._flow.roles(visit.value):
                return visit.value
            for label, user in visit.value.uses:
                if label == "arg" and user.kind == "call" and "measures" in self._flow.roles(user):
                    return user
        return None


def _taken_from(value: Value) -> Iterator[Value]:
    """A value, and the tables whose columns it is."""
    for _ in range(PART_LIMIT):
        yield value
        if value.kind not in ("item", "attr", "passed", "same") or (value.kind == "item" and value.data is None):
            return
        value = value.source

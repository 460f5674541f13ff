"""Functions that work on what models gave, as the values of metrics and the records of runs, and on no data."""

from __future__ import annotations

import re

from mldebt.flow.body import Body
from mldebt.flow.idioms import root
from mldebt.flow.rows.answers import METRIC, SEVERAL, fills_in_metrics
from mldebt.flow.value import Value
from mldebt.regex import regex

_LEARNT = frozenset({"feature_importances_", "feature_importance_", "feature_importance", "coef_"})
_COUNTS = ("scalar", "scalar_one", "count", "nunique")
_HELD = frozenset({"param", "global", "free", "attr"})
"""What is there before a function and after it."""
_PREDICTION = regex(r"(^|_)(predict|infer(ence)?|recommend|submit|extract_(features?|embeddings?))(_|\Z)")
_EVALUATION = regex(r"(^|_)(eval(uate)?|validate|test)(_|\Z)", re.IGNORECASE)


def is_about_results(body: Body) -> bool:
    """Whether a function tells numbers, takes up metrics, evaluates a model or asks one that it is given what that has
    learnt."""
    return (
        _tells_numbers(body)
        or _reads_metrics(body)
        or _takes_metrics(body)
        or _tabulates_metrics(body)
        or _evaluates(body)
        or any(map(_asks_what_was_learnt, body.nodes))
    )


def only_tells(body: Body) -> bool:
    """Whether a function prints what it finds, hands nothing on and changes nothing that it was given."""
    if not any(call.calls_external("print") for call in body.calls):
        return False
    given = (source for node in body.nodes if node.kind == "return" for _, source in node.inputs)
    changed = (root(node) for node in body.nodes if node.kind in ("store", "mutate"))
    return all(value.kind == "const" for value in given) and all(value.kind not in _HELD for value in changed)


def _tells_numbers(body: Body) -> bool:
    """Whether all that a function gives are numbers: statistics of data, or the values of metrics."""
    given = [source for node in body.nodes if node.kind == "return" for _, source in node.inputs]
    return bool(given) and all(map(_is_number, given))


def _reads_metrics(body: Body) -> bool:
    """Whether a function takes the values of metrics out of the records that it goes through, or looks for the best of
    them: runs, and no data."""
    return any(map(_finds_best, body.calls)) or any(
        node.kind == "item"
        and isinstance(node.data, str)
        and node.source.kind == "element"
        and METRIC.search(node.data)
        for node in body.nodes
    )


def _asks_what_was_learnt(node: Value) -> bool:
    return node.kind == "attr" and node.data in _LEARNT and root(node.source).kind == "param"


def _takes_metrics(body: Body) -> bool:
    """Whether a function takes several metrics at once from a table: `runs[["model", "mae", "mse"]]`."""
    keys = (node.one("key") for node in body.nodes if node.kind == "item")
    columns = (key.every("item") for key in keys if key is not None and key.kind == "collection")
    return any(
        sum(part.kind == "const" and bool(METRIC.fullmatch(str(part.data))) for part in parts) >= SEVERAL
        for parts in columns
    )


def _tabulates_metrics(body: Body) -> bool:
    """Whether a function that reads nothing puts the values of metrics down, of what it is given."""
    return bool(body.params) and fills_in_metrics(body)


def _finds_best(call: Value) -> bool:
    """`runs["cv_auc"].idxmax()`."""
    column = call.receiver if call.calls_method("idxmax", "idxmin", "argmax", "argmin") else None
    is_column = column is not None and column.kind == "item" and isinstance(column.data, str)
    return is_column and column is not None and bool(METRIC.search(str(column.data)))


def asks_by_name(body: Body) -> bool:
    """Whether a function is there to ask a model: it is called so, and puts one to evaluation."""
    return bool(_PREDICTION.search(body.scope.name)) and _puts_to_evaluation(body)


def _evaluates(body: Body) -> bool:
    """Whether a function is there to evaluate a model: it is called so, and puts one to evaluation."""
    return bool(_EVALUATION.search(body.scope.name)) and _puts_to_evaluation(body)


def _puts_to_evaluation(body: Body) -> bool:
    return any(call.calls_method("eval") and not call.arguments for call in body.calls)


def _is_number(value: Value) -> bool:
    """Whether a value is a number by what makes it, or a report that has such numbers in it."""
    if value.kind in ("collection", "dict"):
        return any(_is_number(source) for label, source in value.inputs if label != "key")
    if value.kind == "operation":
        return any(operand.calls_external("len", "sum") or _is_number(operand) for operand in value.every("operand"))
    return value.calls_external("float", "int", "round", "numpy.round", "numpy.around") or value.calls_method(*_COUNTS)

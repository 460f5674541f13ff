"""Whether a number is a score: computed by a model, a similarity or a sampler, or named like one."""

from __future__ import annotations

import re
from collections.abc import Callable

from mldebt.flow.idioms import is_tool_call, last_name, read_name
from mldebt.flow.rows.kept_columns import KeptColumns
from mldebt.flow.steps import FAN_OUT, Stack, Step, Visit
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

SCORE_ROLES = frozenset({"predicts", "ranks", "embeds"})
SCORE_NAME = regex(
    r"(^|_|\b)(scores?|similarit(y|ies)|distances?|dist|relevance|likelihoods?|probabilit(y|ies)|probs?|confidences?"
    r"|logits?|preds?|predictions?|predicted\w*|rating_pred|weights?|affinity|rank(ing)?|rrf\w*|cosine\w*|bm25\w*|sim)"
    r"(_|\b|$)",
    re.IGNORECASE,
)
_SCORES = regex(r"(^|_)(scores|similarities|distances|probabilities|confidences|likelihoods)$", re.IGNORECASE)
"""What a record of several scores is called."""
SCORE_LIMIT = 250
SCORER_LIMIT = 150
NAMED_DEPTH = 3
CALLED_DEPTH = 2
_SAMPLERS = frozenset({"rvs", "beta"})
_MEASURES = frozenset(
    """CosineDistance L2Distance L1Distance MaxInnerProduct HammingDistance JaccardDistance SearchRank cosine_distance
    l2_distance l1_distance max_inner_product hamming_distance jaccard_distance ts_rank ts_rank_cd beta rvs dot norm
    corr corrwith pearsonr""".split()
)
"""What computes a number by which things are ranked: in the database, or of two rows of numbers."""
_GROUPS = ("scipy.cluster.", "sklearn.cluster.", "hdbscan.")
_DISTANT = (".transform", ".fit_transform", ".score")
"""What puts things in groups: the number of a group is no score, whatever it was made of; how far they are from each
group is."""
_SHAPES = ("len", *(f"numpy.{name}{tail}" for name in ("ones", "zeros", "empty") for tail in ("", "_like")))
_VIEWS = frozenset("values T data iloc loc flatten real est float_val double_val outputs".split())
"""Attributes that are the numbers themselves: of an array, of a prediction, of a model server's answer."""
_OUTPUTS = "outputs"


class Scoring:
    """Answers per value, given once. `asks_a_model` tells which calls of a service ask a model."""

    def __init__(self, flow: Flow, asks_a_model: Callable[[Value, Stack], bool]) -> None:
        self._flow = flow
        self._asks_a_model = asks_a_model
        self._scorers: dict[Value, Value | None] = {}
        self._scores: dict[Value, bool] = {}
        self._columns = KeptColumns(flow)
        self._back = flow.remembered(self._find_back)

    def scorer(self, value: Value) -> Value | None:
        """The model's or sampler's call that computed a value, told by what it calls and never by a name alone."""
        if value not in self._scorers:
            visits = self._flow.walk(value, self._back, limit=SCORER_LIMIT)
            self._scorers[value] = next((visit.value for visit in visits if self._computes(visit)), None)
        return self._scorers[value]

    def is_score(self, value: Value) -> bool:
        """Whether a value was computed by a model, a similarity or a sampler, or is read where such a value is kept."""
        found = self._scores.get(value)
        if found is None:
            visits = self._flow.walk(value, self._back, limit=SCORE_LIMIT)
            found = self._scores[value] = any(self.measures(visit.value) or self._named(visit) for visit in visits)
        return found

    def _computes(self, visit: Visit) -> bool:
        node = visit.value
        if node.kind != "call" or self._groups(node):
            return False
        if self._flow.roles(node) & SCORE_ROLES or self._asks_a_model(node, visit.stack):
            return True
        names = (target.name for target in self._flow.targets(node))
        return any("similarity" in name or name.rpartition(".")[2] in _SAMPLERS for name in names)

    def measures(self, node: Value) -> bool:
        """Whether a call, or a product of matrices, computes scores itself."""
        if node.kind == "operation" and node.data == "@":
            return True
        if node.kind != "call" or self._groups(node):
            return False
        if self._flow.roles(node) & SCORE_ROLES:
            return True
        names = {last_name(node.function), *(target.name.rpartition(".")[2] for target in self._flow.targets(node))}
        return any("similarity" in name.lower() or name in _MEASURES for name in names)

    def _named(self, visit: Visit) -> bool:
        """Whether a value near the question is called a score: as an attribute, a key, a variable or a function."""
        node = visit.value
        if visit.depth > NAMED_DEPTH:
            return False
        if SCORE_NAME.search(read_name(node)) or _is_of_scores(node):
            return True
        if node.kind != "param":
            names = (name.rpartition(".")[2] for name in node.body.names_of(node))
            if any(SCORE_NAME.search(name) for name in names):
                return True
        return visit.depth <= CALLED_DEPTH and node.kind == "call" and bool(SCORE_NAME.search(self._called(node)))

    def _called(self, call: Value) -> str:
        function = call.function
        if function.kind == "func":
            return self._flow.scope(*function.scope_key).name
        return function.name.rpartition(".")[2] if function.kind in ("attr", "external") else ""

    def _is_unknown(self, call: Value) -> bool:
        """Whether nothing is known of the function that a call calls: what it makes of an item may be anything."""
        return self._flow.api(call) is None and not self._flow.is_own(call)

    def _groups(self, value: Value) -> bool:
        """Whether a call gives the numbers of groups."""
        names = [each.name for each in self._flow.targets(value)] if value.kind == "call" else []
        return any(name.startswith(_GROUPS) and not name.endswith(_DISTANT) for name in names)

    def _find_back(self, value: Value, stack: Stack) -> list[Step]:
        """Steps to what a number was computed from; the rest of the object that it was read from is no part of it."""
        if value.kind in ("compare", "const") or _is_of_shape(value) or self._groups(value) or is_tool_call(value):
            return []
        steps = self._flow.back(value, stack)[:FAN_OUT]
        if value.kind == "call" and self._is_unknown(value):
            steps = [step for step in steps if not _is_whole_item(step.value)]
        if value.calls_method("get") and read_name(value):  # what else the row holds is no part of it
            return [step for step in steps if step.label not in ("receiver", "arg")]
        if value.kind == "comprehension":
            return [step for step in steps if step.label == "element"]
        if column := _column_beside_rows(value):
            return list(self._columns.of(value, stack, column)) or (steps if SCORE_NAME.search(column) else [])
        if value.kind == "attr":
            is_part = value.data not in _VIEWS
        else:
            is_part = value.kind == "item" and (
                isinstance(value.data, str) or value.source.kind in ("element", "param")
            )
        if not is_part:
            return steps
        parts = [step for step in steps if step.label != "object"]
        if not parts and value.kind == "attr":
            owners = [owner.name for owner in self._flow.types(value.source) if isinstance(owner.name, tuple)]
            found = (given for owner in owners for given in self._flow.given_fields(owner, value.name))
            steps = [Step("field", given, ()) for given in found]
            is_column = SCORE_NAME.search(value.name) or any(
                each.name == "pandas.DataFrame" for each in self._flow.types(value.source)
            )
            return list(self._columns.of(value, stack)) if is_column and not steps else steps
        if not parts and isinstance(value.data, str) and not _is_answer(value.source):
            return self._flow.under_key(value, stack) or list(self._columns.of(value, stack))
        is_answer = isinstance(value.data, str) and value.kind == "item" and _is_answer(value.source)
        return parts or (steps if is_answer and SCORE_NAME.search(str(value.data)) else [])


def _is_of_scores(value: Value) -> bool:
    """Whether a value is one of the scores that an item has: `item["scores"]["combined"]`."""
    holder = value.receiver if value.calls_method("get") else value.source if value.kind == "item" else None
    return holder is not None and bool(read_name(value)) and bool(_SCORES.search(read_name(holder)))


def _is_whole_item(value: Value) -> bool:
    """Whether a value is an item that a function without a name is applied to: `lambda item: day_of(item)`."""
    return value.kind == "param" and value.body.scope.kind == "lambda" and not SCORE_NAME.search(value.name)


def _is_of_shape(value: Value) -> bool:
    """Whether a value says how much there is of something, or is as much of a number, whatever that something is."""
    return value.calls_external(*_SHAPES) or (value.kind == "attr" and value.data in ("shape", "size"))


def _is_answer(value: Value) -> bool:
    """Whether a value is what a service answered: `requests.post(address).json()`, `stub.Predict(request).outputs`."""
    return value.calls_method("json") or value.calls_external("json.loads") or read_name(value) == _OUTPUTS


def _column_beside_rows(value: Value) -> str:
    """The column of `table.loc[rows, "brand"]`; "" for anything else."""
    key = value.one("key") if value.kind == "item" and value.data is None else None
    if key is None or key.kind != "collection" or key.data != "tuple" or not key.inputs:
        return ""
    last = key.inputs[-1][1]
    return last.data if last.kind == "const" and isinstance(last.data, str) else ""

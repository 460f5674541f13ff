"""Models that are scored on nothing but the rows they were fitted on."""

from __future__ import annotations

import re

import msgspec

from mldebt.flow.body import Body
from mldebt.flow.calls.words import last_name
from mldebt.flow.evaluation.whose_answers import ASKING
from mldebt.flow.idioms import bare
from mldebt.flow.idioms import root as first_version
from mldebt.flow.rows.splits import Splits
from mldebt.flow.rows.variables import roots
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

DEPTH = 3
_FITTING = ("fit", "fit_partial")
_SETTINGS = frozenset({"k", "K", "n", "top_k", "num_threads", "item_features", "user_features"})
"""What a metric is given beside the rows."""
_KEEPING = frozenset({"return", "collection", "dict", "store"})
_OUT_OF_BAG = "oob_score_"
_MEANS = frozenset({"mean", "average", "sum"})
HARMLESS = frozenset({"stores", "saves", "tracks", "logs", "plots", "registers"})
_METRICS = frozenset(
    """accuracy_score f1_score precision_score recall_score roc_auc_score log_loss r2_score mean_squared_error
    root_mean_squared_error mean_absolute_error mean_absolute_percentage_error classification_report confusion_matrix
    average_precision_score balanced_accuracy_score brier_score_loss explained_variance_score matthews_corrcoef
    cohen_kappa_score jaccard_score median_absolute_error top_k_accuracy_score ndcg_score""".split()
)
_RANKING_METRIC = regex(
    r"^((calculate|calc|compute|get|mean|average|avg|evaluate|eval)_)*(n?dcg|mrr|m?ap|mean_reciprocal_rank|reciprocal_rank"
    r"|(average_|mean_average_)?precision|recall|hit_?(rate|ratio)|auc|rmse|mae|accuracy|f1)(_(score|at|k|fast|numpy|np|v?\d+))*(at)?_?k?$",
    re.IGNORECASE,
)
"""What functions are called that compute a metric, where there is no library's own."""


class SelfScored(msgspec.Struct, frozen=True):
    """A model scored on its own training rows: where it is fitted and where it is scored; `split` is what was divided
    to no avail, where the rows are a part of those of the fit."""

    fit: Value
    score: Value
    metric: str
    split: Value | None = None


class _Uses(msgspec.Struct, frozen=True):
    """What happens to the values of a body, each by its first version: the calls that are given it, in order, and what
    is kept, returned or asked."""

    calls: dict[Value, list[Value]]
    kept: set[Value]


class SelfScores:
    """Finds them, one body at a time."""

    def __init__(self, flow: Flow, splits: Splits) -> None:
        self.flow = flow
        self.splits = splits
        self._uses: dict[Body, _Uses] = {}

    def of(self, body: Body) -> list[SelfScored]:
        """The models of a body that nothing judges on other rows; a second fit of the same kind of model that is judged
        shows that the first was a step on the way."""
        fits = [call for call in body.calls if last_name(call) == "fit" and self._trains(call)]
        judged = {self._kind(fit) for fit in fits if not self._on_own_rows(fit)}
        found = [self._scored(body, fit) for fit in fits if self._kind(fit) not in judged and not self._leaves(fit)]
        found += [self._handed_to_metrics(fit) for fit in body.calls if last_name(fit) in _FITTING]
        return [scored for scored in found if scored is not None]

    def _trains(self, fit: Value) -> bool:
        """Whether a call fits something that can be right or wrong: it is given rows and answers. What learns from the
        answers of another model is to give the same, on the rows that this one was asked about."""
        if fit.receiver is None or len(fit.arguments) < 2 or "fits" not in self.flow.roles(fit):
            return False
        return not any(root.kind == "call" and last_name(root) in ASKING for root in roots(fit.arguments[1]))

    def _kind(self, fit: Value) -> str:
        """The kind of model that is fitted."""
        return last_name(bare(fit.receiver)) if fit.receiver is not None else ""

    def _on_own_rows(self, fit: Value) -> bool:
        """Whether a fitted model is asked about the rows of its fit alone, if it is asked at all."""
        rows = set(roots(fit.arguments[0]))
        return all(call.arguments and self._are_of(call.arguments[0], rows) for call in self._asked(fit))

    def _are_of(self, asked: Value, rows: set[Value]) -> bool:
        """Whether rows are those that a model was fitted on, or a part that was split off them."""
        for root in roots(asked):
            split = root.source if root.kind == "item" else None
            if split is None or not self.splits.is_split(split):
                split = None
            whole = [each for source in (split.arguments if split is not None else ()) for each in roots(source)]
            if not any(_is_same(each, row) for each in (root, *whole) for row in rows):
                return False
        return True

    def _scored(self, body: Body, fit: Value) -> SelfScored | None:
        """The score of a fitted model."""
        for call in self._asked(fit):
            if last_name(call) == "score" and len(call.arguments) > 1:
                return SelfScored(fit, call, "score")
            for metric in body.calls:
                if self._is_metric(metric) and any(self._from(source, call) for source in metric.arguments):
                    return SelfScored(fit, metric, name_of(self.flow, metric))
                if self._is_share_of_hits(metric, call, fit):
                    return SelfScored(fit, metric, "accuracy")
        return None

    def _is_share_of_hits(self, mean: Value, asked: Value, fit: Value) -> bool:
        """`np.mean(model.predict(rows) == answers)`: how many of the answers that a model was fitted on it gives."""
        if last_name(mean) not in _MEANS:
            return False
        hits = mean.receiver if mean.receiver is not None else next(iter(mean.arguments), None)
        if hits is None or hits.kind != "compare" or hits.data != ("==",):
            return False
        answers, sides = set(roots(fit.arguments[1])), hits.every("operand")
        given = [side for side in sides if self._from(side, asked)]
        return len(given) == 1 and all(self._are_of(side, answers) for side in sides if side not in given)

    def _is_metric(self, call: Value) -> bool:
        """Whether a call computes a metric: of a library, or of a function that is written by hand and called so."""
        if last_name(call) in _METRICS:
            return True
        return is_metric_name(name_of(self.flow, call))

    def _handed_to_metrics(self, fit: Value) -> SelfScored | None:
        """The first of the metrics that a fitted model is handed to, `precision_at_k(model, train)`, when all get the
        rows of the fit and no others, and nothing else gets the model."""
        made = first_version(fit.receiver) if fit.receiver is not None else None
        if made is None or made.kind != "call" or not fit.arguments or "fits" not in self.flow.roles(fit):
            return None
        rows, metrics = set(roots(fit.arguments[0])), []
        uses = self._uses_in(fit.body)
        for call in uses.calls.get(made, ()):
            if self.flow.roles(call) & HARMLESS or self._judges_nothing(call):
                continue
            others = [each for each in call.named_arguments if first_version(each[1]) is not made]
            given = [source for keyword, source in others if source.kind != "const" and keyword not in _SETTINGS]
            if not self._is_metric(call) or not given or not all(self._are_of(each, rows) for each in given):
                return None
            metrics.append(call)
        if not metrics or made in uses.kept:
            return None
        return SelfScored(fit, metrics[0], name_of(self.flow, metrics[0]))

    def _judges_nothing(self, call: Value) -> bool:
        """Whether a call hands a model to functions of the repository that compute no metric, nor do what they call."""
        layer = [target.key for target in self.flow.targets(call) if target.kind == "func" and not target.guessed]
        if not layer or len(layer) < len(self.flow.targets(call)) or self._is_metric(call):
            return False
        for _ in range(DEPTH):
            calls = [each for key in layer for each in self.flow.body(*key).calls]
            if any(self._is_metric(each) or self.splits.measures(each) for each in calls):
                return False
            layer = [target.key for each in calls for target in self.flow.targets(each) if target.kind == "func"]
        return not layer

    def _uses_in(self, body: Body) -> _Uses:
        found = self._uses.get(body)
        if found is None:
            found = self._uses[body] = _uses(body)
        return found

    def _asked(self, fit: Value) -> list[Value]:
        """What a fitted model is asked, in its own body."""
        assert fit.receiver is not None
        owners = [fit.receiver, fit]
        return [
            call
            for owner in owners
            for label, method in owner.uses
            if label == "object" and method.kind == "attr" and method.data in ASKING
            for inner, call in method.uses
            if inner == "function"
        ]

    def _leaves(self, fit: Value) -> bool:
        """Whether a model goes where others may judge it: out of its body, into a function, into a container; or says
        itself how well each tree does on rows that it has not seen."""
        assert fit.receiver is not None
        if fit.receiver.kind not in ("call", "phi", "same"):
            return True
        for owner in (fit.receiver, fit):
            for label, user in owner.uses:
                if label == "object" and user.kind == "attr" and user.data == _OUT_OF_BAG:
                    return True
                if label == "call" or (label == "object" and user.kind == "attr"):
                    continue
                if user.kind == "call" and label == "arg" and self.flow.roles(user) & HARMLESS:
                    continue
                return True
        return False

    def _from(self, value: Value, call: Value) -> bool:
        """Whether a value is what a call returned, perhaps rounded or picked from."""
        for _ in range(6):
            if value is call:
                return True
            if value.kind in ("passed", "same", "item", "slice", "compare", "attr") and value.inputs:
                value = value.source
            elif value.kind == "call" and value.receiver is not None:
                value = value.receiver
            elif value.kind == "call" and value.arguments:
                value = value.arguments[0]
            else:
                return False
        return False


def _uses(body: Body) -> _Uses:
    calls: dict[Value, list[Value]] = {}
    for call in body.calls:
        for given in dict.fromkeys(map(first_version, call.arguments)):
            calls.setdefault(given, []).append(call)
    kept = {
        first_version(source)
        for node in body.nodes
        if node.kind in _KEEPING or (node.kind == "attr" and node.data in ASKING)
        for label, source in node.inputs
        if label != "base"
    }
    return _Uses(calls, kept)


def _is_same(one: Value, other: Value) -> bool:
    """Whether two values are one, or two readings of the same columns of a table."""
    if one is other or one.kind != "item" or other.kind != "item" or one.source is not other.source:
        return one is other
    keys = [_written(each) for each in (one, other)]
    return keys[0] == keys[1] and bool(keys[0])


def _written(item: Value) -> list[object]:
    """The columns that an item reads, as far as they are all written down."""
    key = item.one("key")
    parts = key.every("item") if key is not None and key.kind == "collection" else [key]
    return [part.data for part in parts if part is not None] if all(p and p.kind == "const" for p in parts) else []


def is_metric_name(name: str) -> bool:
    """Whether a function is called as one that computes a metric."""
    return _RANKING_METRIC.match(name.lstrip("_")) is not None


def name_of(flow: Flow, call: Value) -> str:
    """What a call calls, by name: a method, a library's function, a function of the repository."""
    if call.function.kind == "func":
        return flow.scope(*call.function.scope_key).name
    return last_name(call)

"""The best of several models, chosen when all were judged: `max(results, key=…)`, `table.sort_values(…).iloc[0]`."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from mldebt.flow.body import Body
from mldebt.flow.calls.words import keyword, last_name
from mldebt.flow.evaluation.best_of import BestOf
from mldebt.flow.evaluation.judged_rows import JudgedRows
from mldebt.flow.evaluation.judged_twice import JudgedTwice
from mldebt.flow.evaluation.target_features import written_texts
from mldebt.flow.idioms import is_negated, read_name
from mldebt.flow.rows.variables import plain
from mldebt.flow.scores.gathered_scores import GatheredScores, Scored
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

USE_LIMIT = 200
_TRAINING = frozenset({"fits", "optimizes"})
_PREPARING = frozenset({"fit_transform", "fit_resample", "fit_sample"})
_PLACES = frozenset({"numpy.argmax", "numpy.argmin", "numpy.nanargmax", "numpy.nanargmin"})
_RUNS = "search_runs"
_LOGGING = frozenset({"log_metric", "log_metrics"})
_ORDERED_BY = regex(r"^metrics\.[`\"]?([\w@./-]+)")
_CHOOSING = frozenset("max min argmax argmin nanargmax nanargmin idxmax idxmin index".split()) | {_RUNS}
_FIRST = frozenset({"iloc", "values", "index"})
_REPORTS = ("json.", "csv.", "yaml.", "pandas.", "polars.", "builtins.open", "open")
_KEPT = frozenset({"saves", "stores"})
_ASKED = frozenset({"predicts", "registers", "deploys", "serves"})


class Ranked(msgspec.Struct, frozen=True):
    """What results are ordered by: the results, and the column of them."""

    results: Value
    column: str


class BestAmong:
    """Finds them, one body at a time."""

    def __init__(self, flow: Flow, scores: GatheredScores, rows: JudgedRows) -> None:
        self.flow = flow
        self.scores = scores
        self.rows = rows
        self.twice = JudgedTwice(flow, scores.splits)

    def of(self, body: Body) -> Iterator[BestOf]:
        """The choices of a body, one for the same results."""
        met: set[Value] = set()
        for node in body.nodes:
            ranked = self._ranked(node) if node.kind in ("item", "call") else None
            if ranked is None:
                continue
            found, gathered = self.scores.of(ranked.results, ranked.column)
            if not found or any(each.metric in met for each in found):
                continue
            best = self._best(node, found, gathered)
            if best is not None:
                met.update(each.metric for each in found)
                yield best

    def _best(self, choice: Value, found: list[Scored], gathered: set[Value]) -> BestOf | None:
        is_of_runs = choice.calls_method(_RUNS) or choice.calls_external(f"mlflow.{_RUNS}")
        if len({each.metric for each in found}) < 2 and not found[0].is_repeated and not is_of_runs:
            return None
        texts = [self.rows.of_call(each.metric, each.visit.stack) for each in found]
        if not all(texts):
            texts = [self.twice.of(choice, [(each.metric, each.visit.stack) for each in found])]
        if not all(texts):
            return None
        training = self.training(found[0])
        if training is None or not self._acts(choice, gathered) or self.is_judged_again(choice, found):
            return None
        return BestOf(choice, training, found[0].metric, texts[0])

    def _ranked(self, node: Value) -> Ranked | None:
        """What a value is the best of, if it is the first of something ordered."""
        if node.kind == "item":
            return self._first(node)
        name = last_name(node)
        if name not in _CHOOSING:
            return None
        if node.calls_external("max", "min"):
            return self._by_key(node)
        if name == _RUNS:
            return self._logged(node)
        if node.calls_external(*_PLACES):
            return Ranked(node.arguments[0], "") if node.arguments else None
        if name in ("idxmax", "idxmin") and node.receiver is not None:
            return _of_column(node.receiver)
        if name == "index" and node.receiver is not None and node.arguments:
            best = plain(node.arguments[0])
            return Ranked(node.receiver, "") if best.calls_external("max", "min") else None
        return None

    def _first(self, item: Value) -> Ranked | None:
        """`table.sort_values("f1").iloc[0]`, `sorted(results, key=…)[0]`."""
        if item.key not in (0, -1):
            return None
        ordered = plain(item.source)
        if ordered.kind == "attr" and ordered.data in _FIRST:
            ordered = plain(ordered.source)
        if ordered.kind != "call":
            return None
        if ordered.calls_external("sorted"):
            return self._by_key(ordered)
        if last_name(ordered) == "sort_values" and ordered.receiver is not None:
            named = [*keyword(ordered, "by"), *keyword(ordered, "")[:1]]
            column = next((source.data for source in named if isinstance(source.data, str)), "")
            return Ranked(ordered.receiver, column)
        return None

    def _logged(self, search: Value) -> Ranked | None:
        """What was logged by the name that runs are ordered by: `search_runs(order_by=["metrics.test_rmse ASC"])`."""
        texts = [text for source in keyword(search, "order_by") for text in written_texts(source)]
        found = _ORDERED_BY.match(texts[0]) if texts else None
        if found is None:
            return None
        for call in self.flow.calls_named(_LOGGING):
            given = plain(call.arguments[0]) if call.arguments else None
            if given is not None and given.kind == "const" and given.data == found.group(1) and len(call.arguments) > 1:
                return Ranked(call.arguments[1], "")
            if given is not None and given.kind == "dict" and found.group(1) in given.keys:
                return Ranked(given, found.group(1))
        return None

    def _by_key(self, call: Value) -> Ranked | None:
        """What the key function of `max`, `min` or `sorted` compares."""
        for source in keyword(call, "key"):
            if source.kind == "func":
                compared = self.flow.body(*source.scope_key).returns.every("value")
                return _of_column(compared[0]) if len(compared) == 1 else None
            return Ranked(call.arguments[0], "") if call.arguments else None
        return None

    def training(self, scored: Scored) -> Value | None:
        """The training of what is scored: in the same loop, or in a body on the way."""
        bodies = dict.fromkeys(visit.value.body for visit in reversed(scored.visit.path()))
        calls = [call for body in bodies for call in body.calls if self._trains(call)]
        near = [call for call in calls if call.loops and set(call.loops) & set(scored.metric.loops)]
        return next(iter([*near, *calls]), None)

    def _trains(self, call: Value) -> bool:
        return bool(self.flow.roles(call) & _TRAINING) and last_name(call) not in _PREPARING

    def _acts(self, choice: Value, gathered: set[Value]) -> bool:
        """Whether the best is more than told: a model is picked by it, asked, kept."""
        for visit in self.flow.walk(choice, self.flow.forth, limit=USE_LIMIT):
            value = visit.value
            if visit.label == "key" and value.kind == "item" and not self._is_result(value, gathered):
                return True
            if value.kind == "call" and self._keeps(value):
                return True
        return False

    def _is_result(self, item: Value, gathered: set[Value]) -> bool:
        """Whether an item is read from the results themselves, or from a list of names."""
        owner = plain(item.source)
        while owner.kind == "attr" and owner.data in ("loc", "iloc", "at", "values", "index", "columns"):
            owner = plain(owner.source)
        parts = owner.every("item") if owner.kind in ("collection", "dict") else []
        is_read_again = owner.kind == "attr" and any(
            each.kind == "attr" and each.data == owner.data for each in gathered
        )
        return owner in gathered or is_read_again or bool(parts and all(part.kind == "const" for part in parts))

    def _keeps(self, call: Value) -> bool:
        roles = self.flow.roles(call)
        if roles & _ASKED:
            return True
        api = self.flow.api(call)
        return bool(roles & _KEPT) and api is not None and not api.name.startswith(_REPORTS)

    def is_judged_again(self, choice: Value, found: list[Scored]) -> bool:
        """Whether the best is judged on other rows afterwards."""
        before = [(each.metric, each.visit.stack) for each in found]
        later = (call for call in choice.body.calls if call.at > choice.at and self.scores.is_metric(call))
        return any(self.rows.is_final(call, before) for call in later)


def _of_column(value: Value) -> Ranked:
    """The table and the column that `results["f1"]` is, or `-results["loss"]`."""
    value = plain(value)
    value = plain(value.source) if is_negated(value) else value
    column = read_name(value) if value.kind in ("item", "attr") else ""
    return Ranked(value.source, column) if column else Ranked(value, "")

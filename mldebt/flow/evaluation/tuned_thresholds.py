"""Thresholds that are tuned on the very rows on which what they give is then judged."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from mldebt.flow.body import Body
from mldebt.flow.calls.words import last_name
from mldebt.flow.evaluation.best_of import keeps_best, versions_of
from mldebt.flow.evaluation.gradients import TRAINS
from mldebt.flow.evaluation.judged_rows import JudgedRows
from mldebt.flow.linking import is_self
from mldebt.flow.rows.variables import plain, roots
from mldebt.flow.scores.gathered_scores import GatheredScores
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow, Stack, Step, Visit
from mldebt.regex import regex

SWEEP_LIMIT = 40
USE_LIMIT = 160
_CURVES = frozenset({"roc_curve", "precision_recall_curve"})
_PLACES = frozenset("argmax argmin nanargmax nanargmin idxmax idxmin".split())
_TUNING = regex(r"tun(e|ing)|calib|optimi[sz]|search|select|sweep|choose")
_THRESHOLDS = 2
"""At which place the curves give them."""


class Tuned(msgspec.Struct, frozen=True):
    """A threshold: where it is tuned, the metric that chose it, and the metric that judges it on the same rows."""

    chosen: Value
    score: Value
    judged: Value
    text: str


class _Sweep(msgspec.Struct, frozen=True):
    """A threshold that was chosen: by which metric, and what it is from then on."""

    chosen: Value
    score: Value
    threshold: Value


class TunedThresholds:
    """Finds them, one body at a time."""

    def __init__(self, flow: Flow, scores: GatheredScores, rows: JudgedRows) -> None:
        self.flow = flow
        self.scores = scores
        self.rows = rows

    def of(self, body: Body) -> Iterator[Tuned]:
        """One a metric that thresholds are chosen by."""
        met: set[Value] = set()
        for sweep in (*self._in_loops(body), *self._of_curves(body), *self._of_lists(body)):
            found = self._judged(sweep) if sweep.score not in met else None
            if found is not None:
                met.add(sweep.score)
                yield found

    # ------------------------------------------------------------------ choices

    def _in_loops(self, body: Body) -> Iterator[_Sweep]:
        """`for t in grid: score = f1(y, p > t); if score > best: best, kept = score, t`."""
        for node in body.nodes:
            kept = keeps_best(node) if node.kind == "compare" and node.loops else None
            if kept is None:
                continue
            loop = node.loops[-1]
            score = self._swept(kept, loop)
            if score is not None:
                yield from (_Sweep(node, score, phi) for phi in _kept_after(body, loop))

    def _of_curves(self, body: Body) -> Iterator[_Sweep]:
        """`fpr, tpr, thresholds = roc_curve(y, p); best = thresholds[np.argmax(tpr - fpr)]`."""
        for node in body.nodes:
            if node.kind != "item" or node.data is not None or node.one("key") is None:
                continue
            listed = plain(node.source)
            curve = listed.source if listed.kind == "item" and listed.key == _THRESHOLDS else None
            is_curve = curve is not None and curve.kind == "call" and last_name(curve) in _CURVES
            if curve is not None and is_curve and len(curve.arguments) > 1 and not _is_tabulated(node, curve):
                yield _Sweep(node, curve, node)

    def _of_lists(self, body: Body) -> Iterator[_Sweep]:
        """`scores = [f1(y, p > t) for t in grid]; best = grid[np.argmax(scores)]`."""
        for node in body.nodes:
            key = plain(node.one("key") or node) if node.kind == "item" else node
            if key is node or key.kind != "call" or last_name(key) not in _PLACES:
                continue
            given = key.receiver if key.receiver is not None and not key.arguments else next(iter(key.arguments), None)
            found, _ = self.scores.of(given, "") if given is not None else ([], set())
            if len(found) == 1 and _is_cut_by_element(self.flow, found[0].metric):
                yield _Sweep(node, found[0].metric, node)

    def _swept(self, value: Value, loop: Value) -> Value | None:
        """The metric of a loop whose predictions are cut at what the loop goes over."""
        for visit in self.flow.walk(value, self.flow.back, limit=SWEEP_LIMIT):
            call = visit.value
            if call.kind == "call" and loop in call.loops and self.scores.is_metric(call):
                return call if _is_cut_by_element(self.flow, call) else None
        return None

    # ------------------------------------------------------------------ judgement

    def _judged(self, sweep: _Sweep) -> Tuned | None:
        """The metric that judges a threshold on the rows that it was tuned on."""
        for truth in sweep.score.arguments[:2]:
            root = next(iter(roots(truth)), truth)
            for labels, threshold in self._outside(root, sweep):
                found = self._on_same_rows(labels, threshold, sweep)
                if found is not None:
                    return found
        return None

    def _outside(self, truth: Value, sweep: _Sweep) -> Iterator[tuple[Value, Value]]:
        """The labels and the threshold where it is used: here, or where a function that tunes it is called."""
        yield truth, sweep.threshold
        for param in _params_behind(truth):
            for call, given in self.flow.bindings(param):
                yield given, call

    def _on_same_rows(self, labels: Value, threshold: Value, sweep: _Sweep) -> Tuned | None:
        text = self.rows.of(labels, ())
        if not text and not self._is_only_judged(labels):
            return None
        same = _variables(labels)
        judged = [each for each in self._metrics_behind(threshold) if each.value is not sweep.score]
        if not judged or any(self._is_of_others(each, same, labels.body) for each in judged):
            return None
        if _is_kept_for_others(threshold):
            return None
        return Tuned(sweep.chosen, sweep.score, judged[0].value, text)

    def _is_only_judged(self, labels: Value) -> bool:
        """Whether nothing says that labels of unknown rows are there to choose by: they are called those to judge by,
        or stand in a program that judges and trains nothing."""
        if self.rows.are_others(labels, ()):
            return False
        return self.rows.are_called_so(labels, ()) or self._only_judges(labels.body)

    def _only_judges(self, body: Body) -> bool:
        """Whether a function is called in its own module alone, which trains nothing and is there to judge, not to
        tune."""
        module = body.module.index
        if _TUNING.search(body.module.path.lower()) or _TUNING.search(body.scope.name.lower()):
            return False
        callers = self.flow.callers(module, body.number)
        if any(call.body.module.index != module for call in callers) or (body.number and not callers):
            return False
        calls = (call for each in self.flow.bodies(module) for call in each.calls)
        return not any(self.flow.roles(call) & TRAINS for call in calls)

    def _metrics_behind(self, threshold: Value) -> list[Visit]:
        """The metrics of what a threshold cuts."""
        found: dict[Value, Visit] = {}
        cuts: set[Value] = set()
        for visit in self.flow.walk(threshold, self._forth, limit=USE_LIMIT):
            value = visit.value
            if value.kind == "compare" or (visit.parent is not None and visit.parent.value in cuts):
                cuts.add(value)
                if value.kind == "call" and self.scores.is_metric(value):
                    found.setdefault(value, visit)
        return list(found.values())

    def _forth(self, value: Value, stack: Stack) -> list[Step]:
        """Forward to what a threshold cuts; one of a list of them is looked at beside the others."""
        if value.kind == "call" and self.scores.is_metric(value):
            return []
        steps = self.flow.forth(value, stack)
        if value.kind == "compare":
            steps = [*steps, *(Step("test", user, stack) for label, user in value.uses if label == "test")]
        return [step for step in steps if step.value.kind != "collection" or step.value.data != "list"]

    def _is_of_others(self, metric: Visit, rows: set[Value], body: Body) -> bool:
        """Whether a metric judges by other rows than a threshold was tuned on; one in a function that is called, by
        what that is handed."""
        call = next((each for each in metric.stack if each.body is body), metric.value)
        return all(rows.isdisjoint(_variables(source)) for source in call.arguments)


def _is_kept_for_others(threshold: Value) -> bool:
    """Whether a threshold is kept by name, and taken from there for rows that it was not tuned on:
    `if tuning: cut = kept[run] = tune(...) else: cut = kept[run]`."""
    users = [user for _, user in threshold.uses]
    others = [other for user in users if user.kind == "phi" for other in user.every("value") if other is not threshold]
    is_kept = any(user.kind == "store" and isinstance(user.data, tuple) for user in users)
    return is_kept and any(plain(other).kind == "item" for other in others)


def _variables(value: Value) -> set[Value]:
    """The variables that a value is made of, and what they were before a branch or a loop that may have left them."""
    return {version for each in roots(value) for version in (each, *versions_of(each))}


def _is_cut_by_element(flow: Flow, metric: Value) -> bool:
    """Whether what a metric is given is compared with something that a loop goes over."""
    for source in metric.arguments[:2]:
        for visit in flow.walk(source, flow.back, limit=SWEEP_LIMIT):
            cut = visit.value
            if cut.kind == "compare" and any(_is_met(side) for side in cut.every("operand")):
                return True
    return False


def _is_tabulated(threshold: Value, curve: Value) -> bool:
    """Whether a loop looks up several thresholds of one curve and gathers them all, to keep none as the best: a table
    of what each would cost."""
    loops = [loop for loop in threshold.loops if loop not in curve.loops]
    inside = [node for node in threshold.body.nodes if loops and loops[0] in node.loops]
    if any(node.kind == "compare" and keeps_best(node) is not None for node in inside):
        return False
    rows = (row for node in inside if node.calls_method("append") for row in node.arguments)
    return any(threshold in _cells(row) for row in rows)


def _cells(row: Value) -> Iterator[Value]:
    """What stands in a row, one alternative of a cell beside the other."""
    row = plain(row)
    whole = [source for _, source in row.inputs] if row.kind in ("collection", "dict") else [row]
    for cell in map(plain, whole):
        yield from map(plain, cell.every("value")) if cell.kind in ("choice", "phi") else (cell,)


def _params_behind(value: Value) -> set[Value]:
    """The parameters of its function that a value is made from."""
    found: set[Value] = set()
    waiting, seen = [value], {value}
    while waiting and len(seen) < SWEEP_LIMIT:
        each = waiting.pop()
        if each.kind == "param" and not is_self(each):
            found.add(each)
        fresh = [source for _, source in each.inputs if source.body is value.body and source not in seen]
        seen.update(fresh)
        waiting += fresh
    return found


def _is_met(value: Value) -> bool:
    """Whether a value is what a loop goes over, perhaps as another type."""
    value = plain(value)
    if value.calls_external("float", "int", "round") and value.arguments:
        value = plain(value.arguments[0])
    return value.kind == "element" or (value.kind == "item" and value.source.kind == "element")


def _kept_after(body: Body, loop: Value) -> Iterator[Value]:
    """The variables that keep what a loop goes over."""
    for node in body.nodes:
        if node.kind == "phi" and loop in node.loops and any(_is_met(plain(each)) for each in node.every("value")):
            yield node

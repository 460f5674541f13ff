"""Loops that train, judge each model on the test set, and keep the best."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from mldebt.flow.body import Body
from mldebt.flow.calls.words import last_name
from mldebt.flow.evaluation.judged_rows import JudgedRows
from mldebt.flow.evaluation.selection import HALF, Selections
from mldebt.flow.rows.splits import Splits
from mldebt.flow.rows.unpacking import Unpacking
from mldebt.flow.rows.variables import is_same_read, plain, roots
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

SCORE_LIMIT = 120
VERSION_LIMIT = 12
PAIR = 2
_SCORING = frozenset({"score", "evaluate"})
_TRAINING = frozenset({"fits", "optimizes"})


class BestOf(msgspec.Struct, frozen=True):
    """The comparison that keeps the best, the training in its loop, the score that is compared, and why its rows are
    test rows."""

    choice: Value
    training: Value
    score: Value
    text: str


class BestOfMany:
    """Finds them, one body at a time."""

    def __init__(self, flow: Flow, splits: Splits, selections: Selections, rows: JudgedRows) -> None:
        self.flow = flow
        self.splits = splits
        self.selections = selections
        self.rows = rows
        self.steps = Unpacking(flow)

    def of(self, body: Body) -> Iterator[BestOf]:
        """One a loop: the first comparison with the best so far."""
        met: set[Value] = set()
        for node in body.nodes:
            if node.kind not in ("compare", "call") or not node.loops or node.loops[-1] in met:
                continue
            kept = keeps_best(node) if node.kind == "compare" else _is_kept_best(node)
            found = self._chosen(body, node, kept) if kept is not None else None
            if found is not None:
                met.add(node.loops[-1])
                yield found

    def _chosen(self, body: Body, choice: Value, kept: Value) -> BestOf | None:
        loop = choice.loops[-1]
        inside = [call for call in body.calls if loop in call.loops]
        training = next((call for call in inside if self.flow.roles(call) & _TRAINING), None)
        if training is None:
            return None
        score = self._score(kept, loop)
        text = self._test_rows(score) if score is not None else ""
        if score is None or not text or self._judged_elsewhere(body, loop, score):
            return None
        return BestOf(choice, training, score, text)

    def _score(self, value: Value, loop: Value) -> Value | None:
        """The call in the loop that computed what is compared."""
        for visit in self.flow.walk(value, self.steps.back, limit=SCORE_LIMIT):
            for call in (visit.value, *visit.stack[:1]):
                if call.kind == "call" and loop in call.loops and self._measures(call):
                    return call
        return None

    def _measures(self, call: Value) -> bool:
        """Whether a call may compute a score: a metric, a method that scores, a function of the repository's own."""
        return (
            self.flow.is_own(call)
            or self.splits.measures(call)
            or (last_name(call) in _SCORING and bool(call.arguments))
        )

    def _test_rows(self, score: Value) -> str:
        """Why the rows that a score was computed on are there to judge by."""
        for source in score.arguments:
            for root in roots(source):
                if self.splits.held_out(root) is not None:
                    return HALF
                text = self.selections.test_by(root) if root.kind != "const" else ""
                if text and text != HALF:
                    return text
        return self.rows.of_call(score, ())

    def _judged_elsewhere(self, body: Body, loop: Value, score: Value) -> bool:
        """Whether what was chosen is judged on other rows after the loop."""
        rows = {root for source in score.arguments for root in roots(source)}
        later = (call for call in body.calls if loop not in call.loops and call.at > score.at and self._measures(call))
        return any(rows.isdisjoint(root for source in call.arguments for root in roots(source)) for call in later)


def keeps_best(compare: Value) -> Value | None:
    """What is compared with the best so far, which becomes the best when it is better."""
    parts = compare.every("operand")
    for value, best in (parts, parts[::-1]) if len(parts) == 2 else ():
        if best.kind == "phi" and value is not best and plain(value) in versions_of(best):
            return value
        if compare.data == ("==",) and _is_better_of(plain(best), value):
            return value
    return None


def _is_kept_best(call: Value) -> Value | None:
    """What becomes the best so far when it is better: `best = max(best, value)`."""
    if not call.calls_external("max", "min") or len(call.arguments) != PAIR:
        return None
    for best, value in (call.arguments, call.arguments[::-1]):
        if best.kind == "phi" and call in versions_of(best):
            return value
    return None


def _is_better_of(best: Value, value: Value) -> bool:
    """Whether a function has just made the best so far of a score and the last best: `best, n = stop(m, best)`."""
    call = best.source if best.kind == "item" else best
    if call.kind != "call" or call is plain(value):
        return False
    given = [plain(source) for source in call.arguments]
    keeps = any(source.kind == "phi" and best in versions_of(source) for source in given)
    return keeps and any(is_same_read(source, plain(value)) for source in given)


def versions_of(phi: Value) -> set[Value]:
    """What a variable may be after a loop or a branch."""
    found: set[Value] = set()
    waiting = [phi]
    while waiting and len(found) < VERSION_LIMIT:
        node = plain(waiting.pop())
        if node not in found:
            found.add(node)
            waiting += node.every("value") if node.kind == "phi" else ()
    return found

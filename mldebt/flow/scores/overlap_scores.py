"""Recommenders that are scored by hand on the interactions they were fitted on: `len(seen & best) / len(seen)`."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.body import Body
from mldebt.flow.calls.words import last_name
from mldebt.flow.evaluation.judged_rows import JudgedRows
from mldebt.flow.evaluation.selfscored import HARMLESS, SelfScored
from mldebt.flow.idioms import root as first_version
from mldebt.flow.rows.splits import Splits
from mldebt.flow.rows.variables import plain, roots
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

SIDE_LIMIT = 120


class OverlapScores:
    """Finds them, one body at a time."""

    def __init__(self, flow: Flow, splits: Splits, rows: JudgedRows) -> None:
        self.flow = flow
        self.splits = splits
        self.rows = rows

    def of(self, body: Body) -> Iterator[SelfScored]:
        """The fits of a body whose model is compared with nothing but the rows of the fit, and goes nowhere else."""
        shares = [(node, sides) for node in body.nodes if node.kind == "operation" and (sides := _overlap(node))]
        for fit in body.calls if shares else ():
            made = first_version(fit.receiver) if fit.receiver is not None and last_name(fit) == "fit" else None
            if made is None or made.kind != "call" or not fit.arguments or "fits" not in self.flow.roles(fit):
                continue
            told = [(share, self._truth(sides, made)) for share, sides in shares]
            judged = [(share, truth) for share, truth in told if truth is not None]
            if not judged or not all(self._is_of(truth, fit) for _, truth in judged):
                continue
            if not self._goes_on(body, made) and not self._is_a_part(fit.arguments[0]):
                yield SelfScored(fit, judged[0][0], "recall")

    def _truth(self, sides: list[Value], made: Value) -> Value | None:
        """The side of an overlap that a model did not give, where it gave the other."""
        given = [made in self._behind(side) for side in sides]
        return sides[given.index(False)] if given.count(True) == 1 else None

    def _is_of(self, truth: Value, fit: Value) -> bool:
        """Whether what a model is compared with was read from the rows of its fit."""
        return not self._behind(truth).isdisjoint(roots(fit.arguments[0]))

    def _is_a_part(self, rows: Value) -> bool:
        """Whether rows are a part of a split, of which another may be there to judge by."""
        return self.splits.comes_from_split(rows) is not None or self.rows.are_others(rows, ())

    def _behind(self, value: Value) -> set[Value]:
        return {visit.value for visit in self.flow.walk(value, self.flow.back, limit=SIDE_LIMIT)}

    def _goes_on(self, body: Body, made: Value) -> bool:
        """Whether a model is returned, kept in something, or handed to what may judge it."""
        for node in (body.returns, *body.calls, *body.stores):
            handed = (
                node.arguments if node.kind == "call" else [source for label, source in node.inputs if label != "base"]
            )
            if any(first_version(source) is made for source in handed) and not (
                node.kind == "call" and self.flow.roles(node) & HARMLESS
            ):
                return True
        return False


def _overlap(share: Value) -> list[Value]:
    """The two sets that `len(a & b) / n` counts the common members of."""
    if share.data != "/":
        return []
    count = plain(share.source)
    if not count.calls_external("len") or not count.arguments:
        return []
    common = plain(count.arguments[0])
    if common.kind == "operation" and common.data == "&":
        return common.every("operand")
    if common.calls_method("intersection") and common.arguments:
        return [common.function.source, common.arguments[0]]
    return []

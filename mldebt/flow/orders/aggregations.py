"""Aggregations of a document database: whether their stages put what they give in score order."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.scores.scoring import SCORE_NAME
from mldebt.flow.steps import Stack
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

_SEARCHES = frozenset({"$vectorSearch", "$search", "$rankFusion", "$scoreFusion"})
"""Stages whose hits come by score."""
_LOSES = frozenset({"$group", "$sample", "$bucket", "$facet"})


def aggregates_by_score(flow: Flow, call: Value, stack: Stack) -> bool:
    """`collection.aggregate([{"$vectorSearch": …}, …])`, of which no stage makes another order."""
    if not call.calls_method("aggregate"):
        return False
    stages = [stage for given in call.arguments[:1] for stage in _stages(flow, given, stack)]
    names = {name for name, _ in stages}
    if not names & _SEARCHES or names & _LOSES:
        return False
    return all(_is_by_score(asked) for name, asked in stages if name == "$sort")


def _stages(flow: Flow, pipeline: Value, stack: Stack) -> Iterator[tuple[object, Value]]:
    """The stages that a list of them holds, each with what it is told."""
    for member in flow.members(pipeline, stack):
        if member.value.kind == "dict":
            yield from zip(member.value.keys, member.value.every("item"), strict=False)


def _is_by_score(asked: Value) -> bool:
    """`{"score": -1}`, `{"score": {"$meta": "vectorSearchScore"}}`."""
    first = asked.keys[:1] if asked.kind == "dict" else ()
    return any(isinstance(name, str) and SCORE_NAME.search(name) for name in first)

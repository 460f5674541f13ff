"""Choices among ranked items that are a ranking of their own: relevance weighed against likeness, what a language model
names."""

from __future__ import annotations

import re

from mldebt.flow.idioms import last_name, read_name
from mldebt.flow.orders.aggregations import aggregates_by_score
from mldebt.flow.steps import Stack, Step
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

GIVEN_LIMIT = 80
ASKED_LIMIT = 200
_RELEVANCE = regex(r"scor|relev|simil|mmr|embed|vec|cos(ine)?_|prob|pred|logit|(^|_)sims?($|_)|rank", re.IGNORECASE)
_FINDS = frozenset({"ranks", "reads"})
_AMONG = frozenset({"in", "not in", "==", "!="})


class SecondRankings:
    """Questions about what decides a choice."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow

    def chooses(self, best: Value) -> bool:
        """Whether the key of a `max` or a `min` weighs relevance, as that of maximal marginal relevance does."""
        key = dict(best.named_arguments).get("key")
        if key is None or key.kind != "func":
            return False
        results = self._flow.body(*key.scope_key).returns.every("value")
        return any(result.kind == "operation" and self.weighs_relevance(result) for result in results)

    def weighs_relevance(self, test: Value) -> bool:
        """Whether a comparison or a number is made of how relevant or how like something is."""
        visits = self._flow.walk(test, self._within, limit=GIVEN_LIMIT)
        return any(_RELEVANCE.search(name) for visit in visits for name in _names(visit.value))

    def asks_language_model(self, test: Value) -> bool:
        """Whether a test looks an item up in what a language model answered."""
        if test.kind != "compare" or not isinstance(test.data, tuple) or test.data[0] not in _AMONG:
            return False
        visits = (
            visit
            for part in test.every("operand")
            for visit in self._flow.walk(part, self._answered, limit=ASKED_LIMIT)
        )
        return any(visit.value.kind == "call" and "calls_llm" in self._flow.roles(visit.value) for visit in visits)

    def _answered(self, value: Value, stack: Stack) -> list[Step]:
        """Steps back that end where things are found: what is asked for, a text that a model wrote, decides nothing
        about what is read from the hits."""
        flow = self._flow
        if value.kind == "call" and (flow.roles(value) & _FINDS or aggregates_by_score(flow, value, stack)):
            return []
        return flow.back(value, stack)

    def _within(self, value: Value, stack: Stack) -> list[Step]:
        """Steps back that stay in a function and what it calls."""
        if value.kind == "compare":
            return [Step(label, source, stack) for label, source in value.inputs]
        return [] if value.kind == "param" and not stack else self._flow.back(value, stack)


def _names(value: Value) -> list[str]:
    """What a value is called, by its variables, its place in an object and the function that computes it."""
    called = last_name(value.function) if value.kind == "call" else ""
    called = value.body.scope.name if value.kind == "return" else called
    return [*value.body.names_of(value), read_name(value), called]

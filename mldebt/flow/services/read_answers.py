"""Endpoints whose answers a client in the same repository reads into a declared type."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from mldebt.flow.linking import ScopeKey
from mldebt.flow.orders.order import Orders
from mldebt.flow.services.contracts import Contracts
from mldebt.flow.steps import Stack, Step
from mldebt.flow.value import Value

WALK_LIMIT = 200
_READING = frozenset("model_validate model_validate_json parse_obj parse_raw from_dict structure".split())


class ReadAnswers:
    """What a client validates is declared for both: `Answer.model_validate(requests.post(f"{url}/churn").json())`."""

    def __init__(self, orders: Orders, contracts: Contracts) -> None:
        self.orders = orders
        self.flow = orders.flow
        self.contracts = contracts

    def are_declared(self, endpoint: ScopeKey) -> bool:
        """Whether what an endpoint answers is read into a record by a client of the repository's own."""
        return endpoint in self._read

    @cached_property
    def _read(self) -> frozenset[ScopeKey]:
        return frozenset(
            answer.body.key
            for text in self._texts()
            for visit in self.flow.walk(text, self._back, limit=WALK_LIMIT)
            if visit.value.kind == "call"
            for answer in self.orders.answers(visit.value, visit.stack)
        )

    def _texts(self) -> Iterator[Value]:
        """What is read into records."""
        for call in self.flow.calls_named(_READING):
            if call.body.module.category == "product" and self.contracts.makes_a_record(call):
                yield from call.arguments[:1]
        for name in self.contracts.record_names:
            for call in self.flow.calls_named(frozenset((name,))):
                yield from (source for keyword, source in call.named_arguments if keyword == "**")

    def _back(self, value: Value, stack: Stack) -> list[Step]:
        """Not beyond the call of a service, to what it is asked with."""
        is_answered = value.kind == "call" and bool(self.orders.answers(value, stack))
        return [] if is_answered else self.flow.back(value, stack)

"""Where jobs and workers write what a model said: to a table, a file, a bucket or a stream that others read."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from mldebt.flow.body import Body
from mldebt.flow.evaluation.gradients import TRAINS
from mldebt.flow.files.paths import Paths
from mldebt.flow.files.query_texts import QueryTexts
from mldebt.flow.linking import ClassKey
from mldebt.flow.steps import Stack, Step, Visit
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.models.answers import onward
from mldebt.pipeline.spelling import NOTHING, Spelling
from mldebt.regex import regex

Unit = tuple[int, int]
WAY_LIMIT = 300
_SHARED = frozenset({"table", "stream"})
"""What others read as it fills: even a job that trains first serves by it."""
_JUDGES = frozenset({"measures"})
_JUDGEMENT = regex(
    r"(^|[{_.-])(metrics?|summary|reports?|stats|statistics|confusion\w*|evaluation|eval|params|manifest|metadata"
    r"|meta|schema|importances?|feature_names|thresholds?|config)([_.}-]|$)",
    re.IGNORECASE,
)
"""What files are called that say how good answers are, or what was asked."""
_NOT_ANSWERS = frozenset({"tracks", "logs", "plots", "stores", "registers", "loads"})


class Delivery(msgspec.Struct, frozen=True):
    """One way of a prediction out: the function in which it comes together, the call that asks, the one that writes,
    and the classes in whose attributes it is held in between."""

    unit: Unit
    asked: Value
    write: Value
    held_by: frozenset[ClassKey]


class Deliveries:
    """Follows predictions to what writes them."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.queries = flow.shared(QueryTexts)
        self.spelling = Spelling(flow.shared(Paths))
        self._known: dict[Value, tuple[Delivery, ...]] = {}

    def of(self, asked: Value) -> tuple[Delivery, ...]:
        """Where what a call of a model says is written, each job once."""
        found = self._known.get(asked)
        if found is None:
            ways = {(each.unit, self.text(each.write)): each for each in self._find(asked)}
            found = self._known[asked] = tuple(ways.values())
        return found

    def _find(self, asked: Value) -> Iterator[Delivery]:
        for visit in self.flow.walk(asked, self._onward, limit=WAY_LIMIT):
            for label, user in visit.value.uses:
                if user.kind == "call" and label in ("arg", "function") and self._writes(user):
                    top = _top(visit)
                    if self._delivers((asked.body, top), user):
                        yield Delivery(_unit(top), asked, user, frozenset(self._holding(visit)))

    def _onward(self, value: Value, stack: Stack) -> list[Step]:
        """What is made of answers, but for what judges them."""
        judged = value.kind == "call" and self.flow.roles(value) & _JUDGES
        return [] if judged else onward(self.flow, value, stack)

    def _holding(self, visit: Visit) -> Iterator[ClassKey]:
        for each in visit.path():
            if each.label == "field" and each.parent is not None:
                store = each.parent.value.body
                cls = self.flow.program.enclosing_class(store.key)
                if cls is not None:
                    yield cls

    def _writes(self, call: Value) -> bool:
        roles = self.flow.roles(call)
        if "saves" not in roles or roles & _NOT_ANSWERS or self._medium(call) == "memory":
            return False
        return "reads" not in roles or any(query.statement.writes for query in self.queries.queries(call))

    def _delivers(self, bodies: tuple[Body, Body], write: Value) -> bool:
        """Whether a write gives answers to others: what a training or an evaluation writes to a file is its own."""
        roles = {role for body in set(bodies) for call in body.calls for role in self.flow.roles(call)}
        if roles & _JUDGES or _JUDGEMENT.search(self.text(write).rpartition("/")[2]):
            return False
        return not roles & TRAINS or self.is_shared(write)

    def is_shared(self, write: Value) -> bool:
        """Whether a write goes where others read at any time."""
        return self._medium(write) in _SHARED

    def _medium(self, write: Value) -> str:
        api = self.flow.api(write)
        return api.medium if api is not None else ""

    # ------------------------------------------------------------------ what is written

    def text(self, write: Value) -> str:
        """What a call writes to, in words."""
        tables = sorted({table for query in self.queries.queries(write) for table in query.statement.writes})
        if tables:
            return f"table {tables[0]}"
        path = self.spelling.paths.path(write)
        texts = self.spelling.texts(path, ()) if path is not None else []
        named = next((text for text in texts if text.strip(NOTHING) not in ("", "None")), "")
        medium = self._medium(write)
        return f"{medium} {named}".strip() if medium in _SHARED or not named else named


def _top(visit: Visit) -> Body:
    """The function in which a way comes together: the last that was left before others were called."""
    return next(each.value.body for each in reversed(visit.path()) if not each.stack)


def _unit(body: Body) -> Unit:
    number = body.number
    while body.module.facts.scopes[number].kind not in ("function", "module"):
        number = body.module.facts.scopes[number].parent
    return body.module.index, number

"""Answers given to the model: held-out rows that go whole into a model and are the truth that it is ranked by."""

from __future__ import annotations

import msgspec

from mldebt.flow.calls.words import last_name
from mldebt.flow.idioms import bare
from mldebt.flow.linking import Target
from mldebt.flow.module import ScopeKey
from mldebt.flow.rows.unpacking import Unpacking
from mldebt.flow.steps import Stack, Step
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

USE_LIMIT = 600
INSIDE_LIMIT = 300
_RANKING = regex(r"^(map|ndcg|mrr|hits?|precision|recall|hit_rate|mean_average_precision)(_at_k|_k|_score)?$")
_SAME = frozenset({"phi", "same", "passed", "param", "choice"})


class GivenAway(msgspec.Struct, frozen=True):
    """Rows that a model gets and is judged by: the rows, the call that gives them to the model, the metric."""

    rows: Value
    asked: Value
    metric: Value


class Answers:
    """Finds them, one body at a time."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.steps = Unpacking(flow)

    def of(self, call: Value) -> GivenAway | None:
        """Whether a call gives a model of the repository the very rows that its answer is ranked by."""
        if len(call.inputs) < 2 or call.inputs[0][1].kind != "attr":
            return None  # no argument, or no method
        rows = bare(call.inputs[1][1])
        if rows.kind != "item" or not isinstance(rows.key, int):
            return None  # no part of a split
        if not any(self._is_model(t) and self._takes_whole(call, t) for t in self.flow.targets(call)):
            return None
        answers = self._metrics(call)
        truths = self._metrics(rows, but=call) if answers else {}
        for metric, given in answers.items():
            if metric in truths and given != truths[metric]:
                return GivenAway(rows, call, metric)
        return None

    def _is_model(self, target: Target) -> bool:
        """Whether a target is a method of a class that can be fitted."""
        if target.kind != "func" or target.guessed:
            return False
        cls = self.flow.program.enclosing_class(target.key)
        return cls is not None and self.flow.program.method(cls, "fit") is not None

    def _takes_whole(self, call: Value, target: Target) -> bool:
        """Whether a method's answer is made from the rows as they are, not from a column of them (say, ids)."""
        body = self.flow.body(*target.key)
        for name, param in body.params.items():
            if call.arguments[0] not in self.flow.argument(call, body, name):
                continue
            walk = self.flow.walk(param, self._inside, stack=(call,), limit=INSIDE_LIMIT)
            if any(visit.value is call for visit in walk):
                return True
        return False

    def _inside(self, value: Value, stack: Stack) -> list[Step]:
        """Forward, but nothing is picked from the rows themselves."""
        return [
            step
            for step in self.steps.forth(value, stack)
            if not (step.label in ("object", "iterable") and value.kind in _SAME)
        ]

    def _metrics(self, start: Value, but: Value | None = None) -> dict[Value, Value]:
        """The ranking metrics that a value reaches, each with what it is given of it."""
        found: dict[Value, Value] = {}
        for visit in self.flow.walk(start, self.steps.forth, limit=USE_LIMIT):
            if but is not None and any(each.value is but for each in visit.path()):
                continue
            for label, user in visit.value.uses:
                if label == "arg" and user.kind == "call" and user is not but and self._ranks(user):
                    found.setdefault(user, visit.value)
        return found

    def _ranks(self, call: Value) -> bool:
        if not _RANKING.match(last_name(call)) and not self.flow.is_own(call):
            return False
        for target in self.flow.targets(call):
            if target.api is not None and "measures" in target.api.roles and _RANKING.match(last_name(call)):
                return True
            if target.kind == "func" and self._is_metric(target.key):
                return True
        return False

    def _is_metric(self, key: ScopeKey) -> bool:
        """Whether a function of the repository is one that the catalogue knows as a ranking metric."""
        module = self.flow.program.modules[key[0]]
        name = self.flow.scope(*key).qualname
        if not _RANKING.match(name):
            return False
        dotted = module.path.removesuffix(".py").replace("/", ".")
        api = self.flow.catalogue.function(f"{dotted}.{name}")
        return api is not None and "measures" in api.roles

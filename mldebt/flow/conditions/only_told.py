"""Whether a test decides nothing but what people are told: what is logged, printed, plotted, warned of or counted."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.facts import record as r
from mldebt.flow.body import Body
from mldebt.flow.conditions.conditions import branches
from mldebt.flow.scopes.names import statements
from mldebt.flow.steps import Stack, Step
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

_TELLS = frozenset({"plots", "logs", "tracks"})
_DECIDES = frozenset({"test", "condition"})
_KEEPS = frozenset({"return", "store"})
_SENDS = frozenset({"saves", "stores", "serves"})
_PAGES = "web"
"""The part of the catalogue with what pages are made of."""
LIMIT = 60


class OnlyTold:
    """Follows what a test says, and what is done where it says so."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow

    def decides_what_is_told(self, test: Value) -> bool:
        """Whether people are told something where a test says so, and nothing else comes of it."""
        reached = self._reached(test)
        if not self._stays(reached):
            return False
        told = self._gets_to_people(reached)
        for body in {value.body for value in reached}:
            if any(_asked(body, statement) in reached for statement in statements(body.scope.body)):
                return False
            for branch in branches(body):
                if branch.test in reached:
                    if not all(self._says(body, each) for each in (*branch.then, *branch.otherwise)):
                        return False
                    told = True
        return told

    def _reached(self, start: Value) -> set[Value]:
        return {visit.value for visit in self._flow.walk(start, self._steps, limit=LIMIT)}

    def _steps(self, value: Value, stack: Stack) -> list[Step]:
        """Where a value goes, and what it chooses: `"high" if score > 0.9 else "low"`."""
        chosen = (Step(label, user, stack) for label, user in value.uses if label in _DECIDES)
        return [*self._flow.forth(value, stack), *chosen]

    def _gets_to_people(self, reached: Iterable[Value]) -> bool:
        return any(self._tells(user) for value in reached for label, user in value.uses if label == "arg")

    def _stays(self, reached: Iterable[Value]) -> bool:
        """Whether nothing of some values is kept, handed back or sent to anybody else."""
        return not any(user.kind in _KEEPS or self._sends(user) for value in reached for _, user in value.uses)

    def _sends(self, user: Value) -> bool:
        """Whether a call gives a value to a file, a table or another service."""
        return user.kind == "call" and bool(self._flow.roles(user) & _SENDS) and not self._tells(user)

    def _tells(self, user: Value) -> bool:
        """Whether a call tells the people who look after a program something; whoever looks at its page is served."""
        if user.kind != "call":
            return False
        api = self._flow.api(user)
        on_a_page = api is not None and api.library == _PAGES and "logs" in api.roles
        return user.calls_external("print") or (bool(self._flow.roles(user) & _TELLS) and not on_a_page)

    def _says(self, body: Body, statement: r.Stmt) -> bool:
        """Whether a statement tells people something, or makes up what they are told."""
        if isinstance(statement, r.If):
            return all(self._says(body, each) for each in (*statement.body, *statement.orelse))
        if isinstance(statement, r.Evaluate):
            value = body.values.get(statement.value)
            return value is not None and self._tells(value)
        if isinstance(statement, r.Assign) and all(
            isinstance(body.facts.exprs[ref], r.Name) for ref in statement.targets
        ):
            value = body.values.get(statement.value)
            return value is not None and self._is_told(value)
        return isinstance(statement, r.Jump) and statement.kind == "pass"

    def _is_told(self, made: Value) -> bool:
        """Whether a value goes nowhere but to people."""
        reached = self._reached(made)
        return self._gets_to_people(reached) and self._stays(reached)


def _asked(body: Body, statement: r.Stmt) -> Value | None:
    """What a statement asks that goes on or fails by the answer."""
    return body.values.get(statement.test) if isinstance(statement, r.While | r.Assert) else None

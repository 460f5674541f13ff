"""Where a value goes: through which code, and where the flow loses it or the program hands it out."""

from __future__ import annotations

import msgspec

from mldebt.flow.body import Body
from mldebt.flow.files.files import Files
from mldebt.flow.steps import Stack, Step, Visit
from mldebt.flow.value import Value
from mldebt.pipeline.programs.clients import Clients
from mldebt.pipeline.project import Project
from mldebt.pipeline.tracing.spots import inner_statements
from mldebt.pipeline.tracing.trace_words import Words
from mldebt.regex import regex

FORTH_LIMIT = 3000
_ENDS = (
    ("saves", "written", "written"),
    ("stores", "written", "stored"),
    ("registers", "written", "registered"),
    ("measures", "measured", "measured"),
    ("tracks", "shown", "tracked"),
    ("logs", "shown", "logged"),
    ("plots", "shown", "plotted"),
    ("optimizes", "trained", "trained on"),
    ("tunes", "trained", "tuned on"),
    ("fits", "trained", "trained on"),
)
_OPAQUE = frozenset(
    """len isinstance issubclass type hasattr id callable any all hash repr os.path.exists os.path.isfile
    os.path.isdir os.makedirs""".split()
)
_SHOWING = frozenset({"print", "display", "pprint.pprint", "IPython.display.display"})
_ERROR = regex(r"(Error|Exception|Warning)$")
_ORDER = ("served", "written", "trained", "measured", "shown", "decides", "given", "returned", "unused")


class End(msgspec.Struct, frozen=True):
    """Where a walk ends: the visit before, and the value that takes it there, where that is another."""

    kind: str
    text: str
    is_known: bool
    visit: Visit
    value: Value | None


class Forth(msgspec.Struct, frozen=True):
    """What a walk found, and whether it came to its end."""

    found: list[End]
    is_whole: bool


class Ends:
    """Walks on, one bounded walk a question."""

    def __init__(self, project: Project, words: Words) -> None:
        self.project = project
        self.flow = project.flow
        self.words = words
        self._category = "product"
        self._tests: dict[Body, frozenset[Value]] = {}
        self.clients = Clients(project)
        self.files = project.flow.shared(Files)

    def of(self, value: Value) -> Forth:
        """Every end of a value; what is handed out first, what nothing uses last."""
        found: dict[tuple[str, str], End] = {}
        count = 0
        self._category = value.body.module.category
        for visit in self.flow.walk(value, self._steps, limit=FORTH_LIMIT):
            count += 1
            for kind, text, is_known, taken in self._told(visit, is_first=count == 1):
                found.setdefault((kind, text), End(kind, text, is_known, visit, taken))
        if len(found) > 1:
            found.pop(("unused", "nothing uses it"), None)
        ordered = sorted(found.values(), key=lambda end: _ORDER.index(end.kind))
        return Forth(ordered, count < FORTH_LIMIT)

    # ------------------------------------------------------------------ steps

    def _steps(self, value: Value, stack: Stack) -> list[Step]:
        steps: list[Step] = []
        for step in self._forth(value, stack):
            call = step.value
            if call.kind == "call" and step.label == "through":
                end = self._end_of(call, value)
                if end is None:
                    steps.append(step)
                elif end[0] == "written":
                    steps.extend(Step("file", reader.call, ()) for reader in self.files.readers(call))
            else:
                steps.append(step)
        return steps

    def _forth(self, value: Value, stack: Stack) -> list[Step]:
        """Steps that stay in the team's own code, unless the question was asked elsewhere."""
        steps = self.flow.leave(value.body, stack) if value.kind == "return" else self.flow.forth(value, stack)
        for user in _results(value):
            clients = self.clients.of(user.body.key)
            steps = [*steps, *(Step("asked", call, ()) for call in clients)]
        return [step for step in steps if self._is_known(step.value)]

    def _is_known(self, value: Value) -> bool:
        """Whether a value stands in the team's own code, or in what the question was asked of."""
        return value.body.module.category in ("product", self._category)

    def _end_of(self, call: Value, value: Value) -> tuple[str, str] | None:
        """Whether a call ends a way, and how; None for one whose result goes on."""
        targets = self.flow.targets(call)
        if any(target.name in _OPAQUE for target in targets) or call.calls_external(*_OPAQUE):
            return "", ""
        if any(target.name in _SHOWING for target in targets) or call.calls_external(*_SHOWING):
            return "shown", f"shown by {self.words.called(call)}"
        if call.function.kind == "external" and _ERROR.search(call.function.name):
            return "shown", f"told in a {self.words.called(call).removesuffix('()')}"
        if self.project.orders.queries(call) and call.receiver is not value:
            return "given", f"given to a query of {self.words.named(call) or 'a database'}"
        roles = self.flow.roles(call)
        if "features" in roles or self.words.paths.is_read(call):
            return None
        for role, kind, verb in _ENDS:
            if role in roles and not (kind == "written" and self.words.paths.path(call) is value):
                name = self.words.named(call) if kind == "written" else ""
                return kind, f"{verb} to {name} by {self.words.called(call)}" if name else (
                    f"{verb} by {self.words.called(call)}"
                )
        return None

    # ------------------------------------------------------------------ ends

    def _told(self, visit: Visit, *, is_first: bool) -> list[tuple[str, str, bool, Value | None]]:
        found: list[tuple[str, str, bool, Value | None]] = []
        value = visit.value
        for step in self._forth(value, visit.stack):
            if step.value.kind == "call" and step.label == "through":
                end = self._end_of(step.value, value)
                if end is not None and end[0]:
                    found.append((*end, True, step.value))
        found.extend(self._returned(visit))
        if any(label in ("test", "condition") for label, _ in value.uses) or self._is_tested(value):
            found.append(("decides", f"decides what happens in {self.words.where(value)}", True, None))
        if not found and not self._steps(value, visit.stack):
            found.extend(self._left(visit, is_first=is_first))
        return found

    def _is_tested(self, value: Value) -> bool:
        """Whether a statement branches on a value; nothing in the flow is made from that."""
        body = value.body
        if body not in self._tests:
            tests = (getattr(statement, "test", -1) for statement in inner_statements(body.scope.body))
            self._tests[body] = frozenset(body.values[ref] for ref in tests if ref in body.values)
        return value in self._tests[body]

    def _returned(self, visit: Visit) -> list[tuple[str, str, bool, Value | None]]:
        value = visit.value
        found: list[tuple[str, str, bool, Value | None]] = []
        for user in _results(value):
            body = user.body
            if self.project.boundaries.endpoint(body.module.index, body.number):
                found.append(("served", f"answered by the endpoint {self.words.where(user)}", True, None))
                continue
            left = self.flow.leave(body, visit.stack)
            if not any(self._is_known(step.value) for step in left):
                whom = "nothing here calls" if not left else "only tests and other people's code call"
                found.append(("returned", f"returned by {self.words.where(user)}, which {whom}", False, None))
        return found

    def _left(self, visit: Visit, *, is_first: bool) -> list[tuple[str, str, bool, Value | None]]:
        """Where nothing leads on: a call whose result nobody takes, or a value that nobody uses."""
        value = visit.value
        if any(label == "call" for label, _ in value.uses):
            return []  # it changed what it was called on or with, and that is followed
        if value.kind == "call" and visit.label == "through":
            known = any(target.kind == "external" and target.api is not None for target in self.flow.targets(value))
            tail = "" if known else ", of which nothing more is known"
            return [("given", f"given to {self.words.called(value)}{tail}", known, None)]
        return [("unused", "nothing uses it", True, None)] if is_first else []


def _results(value: Value) -> list[Value]:
    """The results of functions that a value is part of; one that is asked about by its `def` line is one itself."""
    return [each for each in (value, *(user for _, user in value.uses)) if each.kind == "return"]

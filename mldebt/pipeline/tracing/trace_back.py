"""Where a value comes from: every source that the flow reaches, and where it loses the way."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from mldebt.flow.files.writers import Writers
from mldebt.flow.linking import is_self
from mldebt.flow.steps import Stack, Step, Visit
from mldebt.flow.value import Value
from mldebt.pipeline.programs.clients import Clients
from mldebt.pipeline.project import Project
from mldebt.pipeline.tracing.trace_words import Words, literal
from mldebt.regex import regex

BACK_LIMIT = 3000
_SKIPPED = frozenset({"key", "call", "test", "condition", "bound"})
_SETTINGS = frozenset({"configures"})
_WEIGHTS = frozenset({"loads"})
_DEFINITIONS = frozenset({"func", "class", "module"})
_ORDER = ("data", "request", "model", "setting", "made", "library", "definition", "literal", "unknown")
_REQUEST = regex(r"(flask|quart|bottle|sanic)\.request(\.|$)")
_TYPE = regex(r"(float|int|str|bool|bytes|object|list|dict|tuple|set|typing\.\w+|(numpy|torch|tensorflow)\.[a-z]+\d+)$")


Told = tuple[str, str, bool]
"""The kind of a source, what it is in words, and whether the code tells."""


class Origin(msgspec.Struct, frozen=True):
    """Where a walk back ends."""

    kind: str
    text: str
    is_known: bool
    visit: Visit


class Back(msgspec.Struct, frozen=True):
    """What a walk back found, and whether it came to its end."""

    found: list[Origin]
    is_whole: bool


class Sources:
    """Walks back, one bounded walk a question."""

    def __init__(self, project: Project, words: Words) -> None:
        self.project = project
        self.flow = project.flow
        self.words = words
        self._category = "product"
        self._by_kind: dict[str, Callable[[Value], Told | None]] = {
            "const": lambda value: ("literal", literal(value), True),
            "collection": lambda value: ("literal", f"an empty {value.data}", True),
            "dict": lambda _value: ("literal", "an empty dict", True),
            "external": lambda value: ("request" if _REQUEST.match(value.name) else "library", value.name, True),
            "func": self._definition,
            "class": self._definition,
            "param": self._param,
            "call": self._made,
        }
        self.clients = Clients(project)
        self.writers = project.flow.shared(Writers)

    def of(self, value: Value) -> Back:
        """Every source of a value; data first, what is unknown last."""
        found: dict[tuple[str, str], Origin] = {}
        count = 0
        self._category = value.body.module.category
        for visit in self.flow.walk(value, self._ours, limit=BACK_LIMIT):
            count += 1
            if visit.parent is not None and visit.value.kind in _DEFINITIONS:
                continue  # a class or function that something was made with is no part of it
            told = self._end(visit)
            if told is not None:
                kind, text, is_known = told
                found.setdefault((kind, text), Origin(kind, text, is_known, visit))
        ordered = sorted(found.values(), key=lambda origin: _ORDER.index(origin.kind))
        return Back(ordered, count < BACK_LIMIT)

    # ------------------------------------------------------------------ steps

    def _ours(self, value: Value, stack: Stack) -> list[Step]:
        """Steps that stay in the team's own code, unless the question was asked elsewhere."""
        return [
            step for step in self._steps(value, stack) if step.value.body.module.category in ("product", self._category)
        ]

    def _steps(self, value: Value, stack: Stack) -> list[Step]:
        if value.kind == "call":
            if self._is_outside(value):
                asked = [Step("asked", result, ()) for result in self.clients.answers(value)]
                return asked or self._written(value)
            steps = self.flow.back(value, stack)
            sorts = "key" in value.keywords
            return [step for step in steps if not (_is_option(step) or (sorts and step.label == "applied"))]
        steps = [step for step in self.flow.back(value, stack) if step.label not in _SKIPPED]
        if value.kind == "attr" and _is_lost(value, steps):
            return []
        if value.kind in ("operation", "compare"):
            return [step for step in steps if step.value.kind != "const"] or steps
        return steps

    def _is_outside(self, call: Value) -> bool:
        """Whether a call brings in what was not made by the code before it."""
        if self.words.queried(call):
            return True
        api = self.flow.api(call)
        if api is None:
            return False
        return self.words.paths.is_read(call) or bool(api.roles & (_SETTINGS | _WEIGHTS))

    def _written(self, read: Value) -> list[Step]:
        """From a read to what the repository itself wrote there."""
        return [Step("file", source, ()) for write in self.writers.of(read) for source in self.writers.content(write)]

    # ------------------------------------------------------------------ ends

    def _end(self, visit: Visit) -> Told | None:
        """What a visit tells of the source, when the walk ends there."""
        value = visit.value
        if value.kind == "call" and self._is_outside(value):
            return self._outside(value)
        if value.kind == "param" and self._is_asked_for(value):
            return "request", f"{value.name} of the endpoint {self.words.where(value)}", True
        if self._ours(value, visit.stack):
            return None
        return self._last(visit)

    def _is_asked_for(self, param: Value) -> bool:
        """Whether a parameter is filled by a request."""
        body = param.body
        return self.project.boundaries.endpoint(body.module.index, body.number) != "" and not is_self(param)

    def _outside(self, call: Value) -> Told | None:
        roles = self.flow.roles(call)
        name = self.words.named(call)
        by = self.words.called(call)
        if roles & _WEIGHTS and not self.words.paths.is_read(call):
            return "model", f"{name or 'a model that the code does not name'}, loaded by {by}", name != ""
        if roles & _SETTINGS and "reads" not in roles:
            return "setting", f"{by} of {name}" if name else by, True
        if self.clients.answers(call):
            return "data", f"an endpoint of this repository, asked by {by}", True
        own = " (written in this repository)" if self.writers.of(call) else ""
        return "data", f"{name or 'what the code leaves open'}, read by {by}{own}", name != ""

    def _last(self, visit: Visit) -> Told | None:
        value = visit.value
        special = self._by_kind.get(value.kind)
        if special is not None:
            return special(value)
        where = self.words.where(value)
        lost = {
            "attr": f".{value.data} in {where}, in which nothing here is stored",
            "return": f"{where} returns nothing that is known",
            "global": f"{_variable(value)}, to which nothing here gives a value",
            "free": f"{_variable(value)}, to which nothing here gives a value",
        }
        return "unknown", lost.get(value.kind, f"a value in {where} of which nothing is known"), False

    def _definition(self, value: Value) -> Told:
        return "definition", self.flow.scope(*value.scope_key).qualname, True

    def _param(self, param: Value) -> Told | None:
        if is_self(param):
            return None
        owner = self.words.where(param)
        return "unknown", f"parameter {param.name} of {owner}, which nothing here calls with a value", False

    def _made(self, call: Value) -> Told:
        called = self.words.called(call)
        if any(target.kind == "external" for target in self.flow.targets(call)):
            return "request" if _REQUEST.match(called) else "made", called, True
        if any(target.kind == "class" for target in self.flow.targets(call)):
            return "made", called, True
        return "unknown", f"{called}, of which nothing here tells what it gives", False


def _is_option(step: Step) -> bool:
    """A constant or a type that a call is given decides how it works; it does not become part of what comes out."""
    return step.label == "arg" and (step.value.kind == "const" or _is_type(step.value))


def _is_type(value: Value) -> bool:
    return value.kind == "external" and bool(_TYPE.match(value.name))


def _is_lost(value: Value, steps: list[Step]) -> bool:
    """Whether all that is left is the object that an attribute was read from, and that is the method's own."""
    return bool(steps) and all(step.label == "object" for step in steps) and is_self(value.source)


def _variable(value: Value) -> str:
    return value.variable[1] if value.kind in ("global", "free") else ""

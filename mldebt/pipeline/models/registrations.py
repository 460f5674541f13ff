"""The names under which a registry takes in what a run of a tracker has logged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

import msgspec

from mldebt.flow.files.files import same_top
from mldebt.flow.files.paths import Paths
from mldebt.flow.sameness import arguments
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.spelling import NOTHING, Spelling
from mldebt.regex import regex

WALK_LIMIT = 40
_REGISTERS = frozenset({"register_model", "create_model_version"})
_IN_RUN = regex(r"(?:runs:/+[^/]+|\{[^{}]*artifact_uri[^{}]*\})/(.+)\Z", re.DOTALL)
BY_ITSELF = "model"
"""Where a tracker puts the models that it logs by itself."""


class Registration(msgspec.Struct, frozen=True):
    """A call that registers what a run has logged: where in the run it is (`logged`, "" when the code leaves it open),
    the calls whose result it registers, and the name."""

    call: Value
    logged: frozenset[str]
    results: frozenset[Value]
    name: str


class Registrations:
    """Questions about registrations that come after the logging."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.paths = flow.shared(Paths)
        self.spelling = Spelling(self.paths)

    def of(self, text: str, logging: Value, *, is_only: bool) -> list[Registration]:
        """Those of what a call logs by a name: in the same module, elsewhere in the same part of the repository where
        nothing else is logged by that name."""
        here = logging.body.module
        found = []
        for each in self._all:
            there = each.call.body.module
            near = there is here or (is_only and same_top(here.path, there.path))
            if logging in each.results or (near and text in each.logged):
                found.append(each)
        return found

    @cached_property
    def _all(self) -> tuple[Registration, ...]:
        calls = self.flow.calls_named(_REGISTERS)
        return tuple(found for call in calls for found in self._registration(call))

    def _registration(self, call: Value) -> Iterator[Registration]:
        api = self.flow.api(call)
        if api is None or "registers" not in api.roles or api.medium != "registry":
            return
        given = arguments(call)
        plain = [source for keyword, source in given if keyword == ""]
        named = dict(given)
        first, second = (*plain, None, None)[:2]
        if call.calls_method("create_model_version"):
            first, second = second, first
        uri = named.get("model_uri") or named.get("source") or first
        name = named.get("name") or (second if uri is first or first is None else first)
        if uri is None or name is None:
            return
        for text in self.spelling.texts(name, ()):
            if text.strip(NOTHING):
                yield Registration(call, frozenset(self._logged(uri)), frozenset(self._results(uri)), text)

    def _logged(self, uri: Value) -> Iterator[str]:
        """Where in a run an address points."""
        for text in self.spelling.texts(uri, ()):
            if (found := _IN_RUN.match(text)) is not None:
                yield found[1]
        for visit in self.flow.walk(uri, self.paths.same_back, limit=WALK_LIMIT):
            if visit.value.kind == "call" and visit.value.calls_external("mlflow.get_artifact_uri"):
                yield from (text for each in visit.value.arguments[:1] for text in self.spelling.texts(each, ()))

    def _results(self, uri: Value) -> Iterator[Value]:
        """The calls of whose result an address is taken: `info = log_model(…); register_model(info.model_uri, …)`."""
        for visit in self.flow.walk(uri, self.paths.same_back, limit=WALK_LIMIT):
            if visit.value.kind == "attr" and visit.value.name == "model_uri":
                made = self.flow.walk(visit.value.source, self.paths.same_back, stack=visit.stack, limit=WALK_LIMIT)
                yield from (each.value for each in made if each.value.kind == "call")

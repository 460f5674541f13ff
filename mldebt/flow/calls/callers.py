"""Who calls a function."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING

from mldebt.flow.calls.runners import SUBMITTING
from mldebt.flow.indexes import CallKey
from mldebt.flow.linking import ClassKey, is_self
from mldebt.flow.module import ScopeKey
from mldebt.flow.tasks.handovers import MAKING, is_deployed, is_task
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

CALLER_LIMIT = 200
CANDIDATE_LIMIT = 1000
CONSTRUCTION_LIMIT = 50
FOLLOW_DEPTH = 8
_CONSTRUCTORS = frozenset({"__init__", "__new__", "__post_init__"})
_INSTANCE_CALLS = frozenset({"__call__", "forward", "call"})
_HANDING_ON = frozenset({"to", "cuda", "eval", "train", "module"})
"""Methods of a model that give the model."""


class Callers:
    """Callers on demand, once per function: candidates by name, each asked what it calls."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._known: dict[ScopeKey, tuple[Value, ...]] = {}
        self._tables: dict[tuple[str, bool], dict[ScopeKey, list[Value]] | None] = {}

    def of(self, key: ScopeKey) -> tuple[Value, ...]:
        """Every call in the repository that may call a function; those of tests count where there are no others."""
        found = self._known.get(key)
        if found is None:
            self._known[key] = ()
            found = self._find(key, with_tests=self._flow.indexes.is_test(key[0]))
            found = self._known[key] = found or self._find(key, with_tests=True)
        return found

    def calls(self, call: Value, key: ScopeKey) -> bool:
        """Whether a call may call a function (a constructor its class's `__init__`, and what validates a field)."""
        if self._flow.validators.given(call, key) is not None:
            return True
        entered = (self._flow.entered(target) for target in self._flow.targets(call))
        return any(each == key or key in self._flow.decorations.layers(each) for each in entered if each is not None)

    def named(self, names: frozenset[str]) -> list[Value]:
        """All calls whose last name is one of these, in order of place."""
        keys = (key for name in sorted(names) for key in self._flow.indexes.calls_named(name))
        found = (self._call(key) for key in keys)
        return sorted((call for call in found if call is not None), key=lambda call: (call.body.module.index, call.at))

    def _call(self, key: CallKey) -> Value | None:
        """A call as a value; None where it is never reached."""
        module, scope, ref = key
        return self._flow.body(module, scope).values.get(ref)

    def _find(self, key: ScopeKey, *, with_tests: bool) -> tuple[Value, ...]:
        flow = self._flow
        scope = flow.scope(*key)
        if scope.kind == "lambda":
            return ()
        cls = (key[0], scope.parent) if scope.parent > 0 else None
        names = {scope.name, *flow.indexes.aliases(scope.name)}
        if scope.decorators and is_task(flow.program.modules[key[0]], key[1]):
            names |= SUBMITTING
        instance_calls: list[Value] = []
        if cls is not None and scope.name in _CONSTRUCTORS:
            names = {"__init__", "cls", *(flow.scope(*each).name for each in (cls, *flow.program.subclasses(cls)))}
        elif cls is not None and scope.name in _INSTANCE_CALLS:
            instance_calls = self._instance_calls(cls, with_tests)
        if cls is not None and is_deployed(flow, cls):
            names |= MAKING
        named = self._by_name(key, names, with_tests)
        return tuple(
            islice(
                chain(instance_calls, named, flow.decorations.callers(key), flow.validators.callers(key)), CALLER_LIMIT
            )
        )

    def _by_name(self, key: ScopeKey, names: set[str], with_tests: bool) -> Iterator[Value]:
        for name in sorted(names):
            place = (name, with_tests)
            if place not in self._tables:
                self._tables[place] = None
                self._tables[place] = self._tabulate(name, with_tests)
            table = self._tables[place]
            if table is not None:
                yield from table.get(key, ())
            else:  # what one of these calls calls depends on who calls this function
                yield from (call for call in self._candidates(name, with_tests) if self.calls(call, key))

    def _candidates(self, name: str, with_tests: bool) -> Iterator[Value]:
        found = (
            self._call(place) for place in self._flow.indexes.calls_named(name, with_tests=with_tests)[:CANDIDATE_LIMIT]
        )
        return (call for call in found if call is not None)

    def _tabulate(self, name: str, with_tests: bool) -> dict[ScopeKey, list[Value]]:
        """The calls by a name, by the functions that they may call: many functions of a repository share a name."""
        table: dict[ScopeKey, list[Value]] = defaultdict(list)
        for call in self._candidates(name, with_tests):
            for key in dict.fromkeys(self._flow.entered(target) for target in self._flow.targets(call)):
                if key is not None:
                    table[key].append(call)
        return table

    # ------------------------------------------------------------------ calls of instances

    def _instance_calls(self, cls: ClassKey, with_tests: bool) -> list[Value]:
        """Calls of the objects that are made of a class or of one below it."""
        found: dict[Value, None] = {}
        for key in (cls, *self._flow.program.subclasses(cls)):
            for place in self._flow.indexes.calls_named(self._flow.scope(*key).name, with_tests=with_tests)[
                :CONSTRUCTION_LIMIT
            ]:
                made = self._call(place)
                if made is not None and any(target.key == key for target in self._flow.targets(made)):
                    found.update(dict.fromkeys(self._called(made, 0)))
        return list(found)

    def _called(self, value: Value, depth: int) -> Iterator[Value]:
        """Calls of an instance, followed through names and the attributes of its owner."""
        if depth > FOLLOW_DEPTH:
            return
        for label, user in value.uses:
            if label == "function" and user.kind == "call":
                yield user
            else:
                for same in self._same(label, user):
                    yield from self._called(same, depth + 1)

    def _same(self, label: str, user: Value) -> list[Value]:
        """Where the value that a user uses is at hand again."""
        if label == "value" and user.kind in ("phi", "same", "choice"):
            return [user]
        if label == "base" and user.kind in ("passed", "mutate", "store"):
            return [user]
        if label == "value" and user.kind == "store":
            base = user.one("base")
            cls = self._flow.program.enclosing_class(user.body.key)
            if base is not None and is_self(base) and cls is not None:
                return list(self._flow.field_reads(cls, user.name))
        if label == "object" and user.kind == "attr" and user.data in _HANDING_ON:
            return [call for label, call in user.uses if label == "function"]
        return []

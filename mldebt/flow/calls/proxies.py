"""Objects that stand for another one: what they do not have themselves, `__getattr__` asks the one that they hold."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from mldebt.flow.linking import ClassKey, is_self
from mldebt.flow.module import ScopeKey
from mldebt.flow.orders.list_versions import beginnings
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

_ASKED = "__getattr__"


class Proxies:
    """Classes by what their objects stand for."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._held: dict[ClassKey, tuple[Value, ...]] = {}

    def held(self, cls: ClassKey) -> tuple[Value, ...]:
        """What is asked for an attribute that objects of a class do not have; nothing where they stand for none."""
        if not self._asked:
            return ()
        found = self._held.get(cls)
        if found is None:
            method = self._flow.program.method(cls, _ASKED)
            found = self._held[cls] = self._asked.get((method.module, method.scope), ()) if method is not None else ()
        return found

    def classes(self, value: Value) -> list[ClassKey]:
        """The classes of the repository that a value may be of, and those of what it stands for."""
        found = [each.name for each in self._flow.types(value) if isinstance(each.name, tuple)]
        return [*found, *self.behind(found)] if found and self._asked else found

    def behind(self, classes: list[ClassKey]) -> list[ClassKey]:
        """The classes of the repository that objects of some classes stand for."""
        held = (each for cls in classes for each in self.held(cls))
        return [found.name for each in held for found in self._flow.types(each) if isinstance(found.name, tuple)]

    @cached_property
    def _asked(self) -> dict[ScopeKey, tuple[Value, ...]]:
        """What each such method asks by the name that it is asked for."""
        found = ((key, tuple(self._asks(key))) for key in self._flow.methods_named(_ASKED))
        return {key: held for key, held in found if held}

    def _asks(self, key: ScopeKey) -> list[Value]:
        body = self._flow.body(*key)
        names = set(list(body.params.values())[1:2])
        asked = (call.arguments for call in body.calls if call.calls_external("getattr"))
        return [
            given[0]
            for given in asked
            if len(given) > 1 and not names.isdisjoint(beginnings(given[1])) and not is_self(given[0])
        ]

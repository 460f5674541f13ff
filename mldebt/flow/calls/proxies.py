"""Objects that stand for another one: what they do not have themselves, `__getattr__` asks the one that they hold, or
looks up in a dict."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from mldebt.flow.linking import ClassKey, is_self
from mldebt.flow.module import ScopeKey
from mldebt.flow.orders.list_versions import beginnings
from mldebt.flow.scopes.sequences import at_key
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

_ASKED = ("__getattr__", "__getattribute__")


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
            found = self._held[cls] = tuple(each for key in self._asking(cls) for each in self._asked.get(key, ()))
        return found

    def entries(self, cls: ClassKey, name: str) -> list[Value]:
        """What objects of a class look up in a dict that is written out, when they are asked for a name."""
        if not self._looked_up:
            return []
        held = (holder for key in self._asking(cls) for holder in self._looked_up.get(key, ()))
        dicts = (each for holder in held for each in self._holds(cls, holder, name))
        return [value for each in dicts if (value := at_key(each, name)) is not None]

    def _asking(self, cls: ClassKey) -> list[ScopeKey]:
        """The methods of a class, its own or inherited, that are asked for what its objects do not have."""
        methods = (self._flow.program.method(cls, each) for each in _ASKED)
        return [(each.module, each.scope) for each in methods if each is not None]

    def _holds(self, cls: ClassKey, holder: Value, name: str) -> tuple[Value, ...]:
        if holder.kind == "attr" and is_self(holder.source):
            return self._flow.stored(cls, holder.name) if holder.name != name else ()
        held = self._flow.global_value(holder) if holder.kind == "global" else holder
        return (held,) if held is not None else ()

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
        found = ((key, tuple(self._asks(key))) for name in _ASKED for key in self._flow.methods_named(name))
        return {key: held for key, held in found if held}

    @cached_property
    def _looked_up(self) -> dict[ScopeKey, tuple[Value, ...]]:
        """The dicts in which each such method looks the name up."""
        found = ((key, tuple(self._looks_up(key))) for name in _ASKED for key in self._flow.methods_named(name))
        return {key: held for key, held in found if held}

    def _looks_up(self, key: ScopeKey) -> Iterator[Value]:
        """`self._methods[name]`, `METHODS.get(name)`."""
        body = self._flow.body(*key)
        names = set(list(body.params.values())[1:2])
        for node in body.nodes:
            if node.kind == "item" and (asked := node.one("key")) is not None:
                holder = node.source
            elif node.calls_method("get") and node.arguments:
                holder, asked = node.function.source, node.arguments[0]
            else:
                continue
            if not names.isdisjoint(beginnings(asked)):
                yield holder

    def _asks(self, key: ScopeKey) -> list[Value]:
        body = self._flow.body(*key)
        names = set(list(body.params.values())[1:2])
        asked = (call.arguments for call in body.calls if call.calls_external("getattr"))
        return [
            given[0]
            for given in asked
            if len(given) > 1 and not names.isdisjoint(beginnings(given[1])) and not is_self(given[0])
        ]

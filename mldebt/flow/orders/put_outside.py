"""What code outside of a class puts in its objects: `shelf.books = rank(user)`."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.idioms import last_name
from mldebt.flow.linking import ClassKey, is_self
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

FOUND_LIMIT = 6
SCOPES = 60
"""Functions that may name an attribute: a name that more have says nothing."""


class PutOutside:
    """Answers by class and attribute, given once."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._known: dict[tuple[ClassKey, str], tuple[Value, ...]] = {}

    def of(self, read: Value) -> tuple[Value, ...]:
        """What others put in an attribute that is read; nothing where it was put there right before."""
        owner = read.source
        if _was_just_put(owner, read.name) or owner.kind in ("class", "module", "external"):
            return ()
        found = {value: None for cls in self._classes(owner) for value in self._put_in(cls, read.name)}
        return tuple(found)[:FOUND_LIMIT]

    def _classes(self, owner: Value) -> list[ClassKey]:
        cls = self._flow.program.class_of_self(owner)
        return [cls] if cls is not None else self._flow.proxies.classes(owner)

    def _put_in(self, cls: ClassKey, name: str) -> tuple[Value, ...]:
        found = self._known.get((cls, name))
        if found is None:
            self._known[cls, name] = ()
            found = self._known[cls, name] = tuple(self._find(cls, name))
        return found

    def _find(self, cls: ClassKey, name: str) -> Iterator[Value]:
        scopes = self._flow.attribute_scopes(name)
        for key in scopes if len(scopes) <= SCOPES else ():
            for store in self._flow.body(*key).stores:
                base, value = store.one("base"), store.one("value")
                if store.data != name or base is None or value is None or is_self(base) or _is_empty(value):
                    continue
                if cls in self._flow.proxies.classes(base):
                    yield value


def _was_just_put(owner: Value, name: str) -> bool:
    """Whether the object got the attribute in the same function before."""
    while owner.kind in ("store", "passed"):
        if owner.kind == "store" and owner.data == name:
            return True
        owner = owner.source
    return False


def _is_empty(value: Value) -> bool:
    if value.kind == "const" or (value.kind in ("collection", "dict") and not value.inputs):
        return True
    return value.kind == "call" and len(value.inputs) == 1 and last_name(value.function) in ("list", "dict")

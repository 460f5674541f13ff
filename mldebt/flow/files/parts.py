"""Records and objects that hold content beside other things: which of their parts it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mldebt.flow.value import Value
from mldebt.flow.walk import Flow, Visit

LIMIT = 40
_MOVED = frozenset({"value", "base", "argument", "returned", "call", "changed", "global", "closure"})
"""Steps after which a value is still the whole that holds content."""
_SAME = frozenset({"phi", "same", "passed", "param", "call", "return", "global", "free", "store", "mutate"})
_HOLDING = frozenset({"store", "dict", "collection"})
"""What things are put into under names."""
_UNKNOWN = ""

Name = tuple[str, object]
"""An attribute or a key, or the place in a tuple."""


class Reading:
    """Which part of a whole is read; the same for all walks."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._kept: dict[str, bool] = {}

    def part(self, read: Value) -> Name | None:
        """Under which name a part is read, where that is written down and something else may be kept there."""
        if read.kind == "item" and isinstance(read.key, str | int):
            return ("[]", read.key) if not (isinstance(read.key, int) and read.key < 0) else None
        if read.kind != "attr" or any(label == "function" for label, _ in read.uses):
            return None
        return (".", read.data) if self._is_kept(read.name) else None

    def _is_kept(self, name: str) -> bool:
        """Whether anything is ever stored in an attribute of that name."""
        found = self._kept.get(name)
        if found is None:
            scopes = self.flow.attribute_scopes(name)
            found = any(store.data == name for key in scopes for store in self.flow.body(*key).stores)
            self._kept[name] = found
        return found


class Parts:
    """Answers for one walk; `before` tells from where a visit was met."""

    def __init__(self, flow: Flow, before: Mapping[Visit, Sequence[Visit]]) -> None:
        self.flow = flow
        self.before = before

    def elsewhere(self, name: Name, visit: Visit) -> tuple[Visit, ...]:
        """The visits through which content came into a whole under other names alone than the one that is read of it:
        `found["rows"] = rows`, then `found["columns"]`. None of them when what is read may be content."""
        seen = {visit}
        waiting = [visit]
        while waiting:
            way = waiting.pop()
            came = self.before.get(way)
            holds = way.value.kind in _HOLDING
            if not came or len(seen) > LIMIT or not (holds or _is_same(way)):
                return ()
            for parent in came:
                held = self._held(way.value, parent.value) if holds else ()
                if held:
                    if any(kind != name[0] or key == name[1] for kind, key in held):
                        return ()
                elif holds and not _is_same(way):
                    return ()
                elif parent not in seen:
                    seen.add(parent)
                    waiting.append(parent)
        return tuple(seen)

    def _held(self, whole: Value, content: Value) -> Sequence[Name]:
        """The names under which content is put into a whole; none where nothing is put in."""
        if whole.kind == "store" and whole.one("base") is not content:
            return [self._stored(whole)]
        if whole.kind == "dict":
            items = zip(whole.data, whole.every("item"), strict=True)  # type: ignore[call-overload]
            found = [("[]" if isinstance(key, str | int) else _UNKNOWN, key) for key, item in items if item is content]
            return found or [(_UNKNOWN, None)]
        if whole.kind == "collection" and whole.data == "tuple" and not whole.every("spread"):
            return [("[]", place) for place, item in enumerate(whole.every("item")) if item is content]
        return []

    def _stored(self, store: Value) -> Name:
        if isinstance(store.data, tuple):
            return ("[]" if isinstance(store.key, str | int) else _UNKNOWN), store.key
        base = store.one("base")
        own = base is not None and any(isinstance(each.name, tuple) for each in self.flow.types(base))
        return (".", store.data) if own else (_UNKNOWN, None)


def _is_same(way: Visit) -> bool:
    """Whether a visit is still to the whole: under another name, somewhere else, or as what a method is called on."""
    if way.label == "object":
        return way.value.kind == "attr" and any(label == "function" for label, _ in way.value.uses)
    return way.label in _MOVED and way.value.kind in _SAME

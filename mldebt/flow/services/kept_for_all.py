"""What a running service keeps under a name for whoever asks next: the state, the settings or an attribute of a web
application, the session of a page. From where it is put to where it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebt.flow.value import Value
from mldebt.regex import regex

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

_APPLICATIONS = frozenset(
    "app application request req api websocket server fastapi_app flask_app web_app current_app".split()
)
_APPLICATION_TYPES = regex(
    r"^(flask\.(app\.)?Flask|fastapi\.(applications\.)?FastAPI|starlette\..*Starlette|quart\.Quart)$"
)
_HOLDERS = frozenset({"state", "config", "extensions", "ctx"})
_SESSIONS = {"streamlit.session_state": "session", "flask.current_app": "app", "flask.g": "request"}
_READ_LIMIT = 12
_Slot = tuple[str, str]


class KeptForAll:
    """Answers per place, in the modules of one project."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._reads: dict[_Slot, list[Value]] = {}

    def reads(self, store: Value) -> list[Value]:
        """Where what a store puts in such a place is read."""
        slot = self._put(store)
        if slot is None:
            return []
        found = self._reads.get(slot)
        if found is None:
            found = self._reads[slot] = self._find(slot)
        roots, home = self._flow.program.roots, store.body.module
        return [read for read in found if roots.together(home, read.body.module)][:_READ_LIMIT]

    def _find(self, slot: _Slot) -> list[Value]:
        kind, name = slot
        words = {name, "session_state"} if kind == "session" else {name, kind, "current_app"}
        places = dict.fromkeys(place for word in sorted(words) for place in self._flow.attribute_scopes(word))
        return [node for place in places for node in self._flow.body(*place).nodes if self._taken(node) == slot]

    def _put(self, store: Value) -> _Slot | None:
        base = store.one("base")
        if base is None or not isinstance(store.key, str):
            return None
        return self._slot(base, store.key, is_item=isinstance(store.data, tuple))

    def _taken(self, read: Value) -> _Slot | None:
        if read.kind == "external":
            owner, _, name = read.name.rpartition(".")
            called = any(label == "function" for label, _ in read.uses)
            return (_SESSIONS[owner], name) if owner in _SESSIONS and not called else None
        if read.kind == "call":
            key = read.arguments[0] if read.arguments else None
            if key is None or not isinstance(key.data, str) or key.kind != "const":
                return None
            if read.function.kind == "external" and read.function.name.endswith(".get"):
                return self._of_external(read.function.name.removesuffix(".get"), key.data, is_item=True)
            return self._slot(read.function.source, key.data, is_item=True) if read.calls_method("get") else None
        if read.kind in ("attr", "item") and isinstance(read.data, str):
            return self._slot(read.source, read.data, is_item=read.kind == "item")
        return None

    def _slot(self, owner: Value, name: str, *, is_item: bool) -> _Slot | None:
        """Which place a name is in what is no plain object of the code's own."""
        while owner.kind in ("store", "passed") and owner.inputs:
            owner = owner.source
        if owner.kind == "external":
            return self._of_external(owner.name, name, is_item=is_item)
        if owner.kind == "attr" and owner.name in _HOLDERS:
            return (owner.name, name) if self._is_application(owner.source) else None
        return ("app", name) if not is_item and name not in _HOLDERS and self._is_application(owner) else None

    def _of_external(self, owner: str, name: str, *, is_item: bool) -> _Slot | None:
        above, _, holder = owner.rpartition(".")
        if owner in _SESSIONS:
            return None if is_item and _SESSIONS[owner] == "app" else (_SESSIONS[owner], name)
        return (holder, name) if holder in _HOLDERS and _SESSIONS.get(above) == "app" else None

    def _is_application(self, owner: Value) -> bool:
        while owner.kind in ("store", "passed") and owner.inputs:
            owner = owner.source
        if any(isinstance(each.name, str) and _APPLICATION_TYPES.search(each.name) for each in self._flow.types(owner)):
            return True
        names = {str(owner.data)} if owner.kind in ("attr", "param") else set(owner.body.names_of(owner))
        if owner.kind in ("global", "free"):
            names = {owner.variable[1]}
        is_own = any(isinstance(each.name, tuple) for each in self._flow.types(owner))
        return not is_own and not _APPLICATIONS.isdisjoint(names)

"""What a web application keeps for all its requests, or for one: `app.state.index = …` in one function, read as
`request.app.state.index` in another; `g.user = …`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebt.flow.module import Module
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

_STATE = "state"
_APPLICATION = frozenset({"app", "application", "request", "api", "websocket", "server", "fastapi_app"})
_HOLDERS = frozenset({"flask.g", "quart.g"})
KEPT_LIMIT = 6


class AppState:
    """What is kept under a name, in the modules of one project."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._stores: dict[str, tuple[Value, ...]] = {}

    def kept(self, owner: Value, name: str) -> list[Value]:
        """What a read of a name of an application's state may give."""
        return self._stored(owner, name) if _is_state(owner) else []

    def kept_by_name(self, read: Value) -> list[Value]:
        """What a read of a framework's own holder may give: `flask.g.user`."""
        holder, _, name = read.name.rpartition(".")
        return self._stored(read, name) if holder in _HOLDERS else []

    def _stored(self, read: Value, name: str) -> list[Value]:
        roots, home = self._flow.program.roots, read.body.module
        stores = [store for store in self._of(name) if roots.together(home, _module(store))]
        return [value for store in stores if (value := store.one("value")) is not None][:KEPT_LIMIT]

    def _of(self, name: str) -> tuple[Value, ...]:
        found = self._stores.get(name)
        if found is None:
            bodies = (self._flow.body(*place) for place in self._flow.attribute_scopes(name))
            stores = (store for body in bodies for store in body.stores if store.data == name)
            kept = (store for store in stores if (base := store.one("base")) is not None and _is_state(base))
            found = self._stores[name] = tuple(kept)
        return found


def _is_state(owner: Value) -> bool:
    """Whether an object is the state of an application: `app.state`, `request.app.state`."""
    owner = _plain(owner)
    if owner.kind == "external":
        return owner.data in _HOLDERS
    if owner.kind != "attr" or owner.name != _STATE:
        return False
    holder = _plain(owner.source)
    names = {str(holder.data)} if holder.kind in ("attr", "param") else set(holder.body.names_of(holder))
    if holder.kind in ("global", "free"):
        names = {holder.variable[1]}
    return not _APPLICATION.isdisjoint(names)


def _plain(value: Value) -> Value:
    """An object before anything was stored into it, or it was handed on."""
    while value.kind in ("store", "passed") and value.inputs:
        value = value.source
    return value


def _module(value: Value) -> Module:
    return value.body.module

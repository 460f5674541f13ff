"""Attributes that are set and read by a text: `setattr(self, "rank", rank)`, `self.__dict__["rank"]`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebt.facts import record as r
from mldebt.flow.scopes.assignment import store_attribute
from mldebt.flow.scopes.names import owner_of

if TYPE_CHECKING:
    from mldebt.flow.scopes.building import Builder
    from mldebt.flow.value import Value

_SETTING = "setattr"
_SETTER = "__setattr__"
_PAIR, _TOLD = 2, 3
_PUTS = "update"
Entry = tuple[str, "Value"]


def set_by_name(build: Builder, node: r.Call, call: Value) -> bool:
    """Whether a call sets attributes by names; those that can be told are set."""
    function = build.facts.exprs[node.function]
    name = function.name if isinstance(function, r.Attribute) else ""
    if (call.calls_external(_SETTING) or name == _SETTER) and len(node.arguments) == _TOLD:
        owner = node.arguments[0].value
        entries = list(_told(build, *call.arguments[1:]))
    elif name == _PUTS and isinstance(function, r.Attribute) and owner_of(build.facts, function.value) >= 0:
        owner = owner_of(build.facts, function.value)
        entries = [entry for keyword, source in call.named_arguments for entry in _put(build, keyword, source)]
    else:
        return False
    for name, value in entries:
        store_attribute(build, node.at, owner, name, value)
    return True


def _put(build: Builder, keyword: str, source: Value) -> Iterator[Entry]:
    """What `update(rank=rank)` or `update({"rank": rank})` puts in a dict."""
    if keyword not in ("", "*", "**"):
        yield keyword, source
    elif keyword in ("", "**"):
        yield from _entries(build, source)


def _told(build: Builder, name: Value, value: Value) -> Iterator[Entry]:
    """The names by which an attribute is set, each with what it is set to: one that is written down, or those of a dict
    or a list of pairs that a loop goes over."""
    if name.kind == "const":
        if isinstance(name.data, str):
            yield name.data, value
        return
    is_first = name.kind == "item" and name.data == 0
    met = name.source if is_first else name
    if met.kind != "element":
        return
    walked = met.source
    held = walked.function.source if walked.calls_method("items", "keys") else walked
    for key, entry in _entries(build, held) if is_first else _names(build, held):
        if value.kind == "item" and value.source is met and value.data == 1 and entry is not None:
            yield key, entry
        elif value.calls_external("getattr") and value.arguments[1:2] == [name]:
            yield key, build.make("attr", value.at, key, (("object", value.arguments[0]),))
        elif value.kind == "item" and value.one("key") is name:
            yield key, _under(build, value.source, key)


def _entries(build: Builder, held: Value) -> Iterator[Entry]:
    """The entries of a dict that is written out, here or in a module, and pairs in a list."""
    if held.kind == "dict":
        pairs = zip(held.keys, held.every("item"), strict=True)
        yield from ((key, value) for key, value in pairs if isinstance(key, str))
    elif held.kind == "global":
        yield from ((key, _under(build, held, key)) for key in _written_keys(build, held))
    elif held.kind == "collection":
        for pair in held.every("item"):
            parts = pair.every("item") if pair.kind == "collection" else []
            if len(parts) == _PAIR and parts[0].kind == "const" and isinstance(parts[0].data, str):
                yield parts[0].data, parts[1]


def _names(build: Builder, held: Value) -> Iterator[tuple[str, Value | None]]:
    """The texts that a loop meets in a list that is written out, or as the keys of a dict."""
    if held.kind == "collection":
        yield from ((each.data, None) for each in held.every("item") if isinstance(each.data, str))
    else:
        yield from _entries(build, held)


def _under(build: Builder, held: Value, key: str) -> Value:
    """What a dict has under a key."""
    if held.kind == "dict" and key in held.keys:
        return held.every("item")[held.keys.index(key)]
    return build.make("item", held.at, key, (("object", held),))


def _written_keys(build: Builder, held: Value) -> Iterator[str]:
    """The keys of a dict that a variable of a module holds, where they are written out."""
    module, name = held.variable
    facts = build.program.modules[module].facts
    for statement in facts.scopes[0].body:
        targets = statement.targets if isinstance(statement, r.Assign) else ()
        node = facts.exprs[statement.value] if isinstance(statement, r.Assign) else None
        if isinstance(node, r.Dictionary) and any(facts.name(target) == name for target in targets):
            keys = (facts.exprs[key] for key in node.keys if key >= 0)
            yield from (key.value for key in keys if isinstance(key, r.Constant) and isinstance(key.value, str))

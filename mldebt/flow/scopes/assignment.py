"""What assignments and mutations do to names and to the objects that names hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mldebt.facts import record as r
from mldebt.flow.scopes.names import outer_variable_of, owner_of, variable_of

if TYPE_CHECKING:
    from mldebt.flow.scopes.building import Builder
    from mldebt.flow.value import Value


def bind(build: Builder, ref: r.Ref, value: Value) -> None:
    """Give a value to a target: a name, an attribute, an item, or several of these."""
    node = build.facts.exprs[ref]
    target = _TARGETS.get(node.__class__)
    if target is not None:
        target(build, node, value)


def rebind(build: Builder, variable: str, value: Value) -> None:
    """A new version of what a variable ("rows", "self.rows") holds; none for ""."""
    if not variable:
        return
    if variable in build.globals:
        _store(build, value.at, variable, value)
    build.name(variable, value)
    owner, _, attribute = variable.partition(".")
    base = build.env.get(owner) if attribute else None
    if base is not None:
        stored = _store(build, value.at, attribute, value, base)
        if owner not in ("self", "cls") and not _is_module(build, base):
            build.name(owner, stored)


def _is_module(build: Builder, value: Value) -> bool:
    """Whether a value is a library's module, which stays what it is: `os.environ["SEED"] = "1"`."""
    if value.kind != "external":
        return False
    return any(not each.attribute and each.module == value.data for each in build.facts.imports)


def _store(build: Builder, at: int, name: str, value: Value, base: Value | None = None) -> Value:
    inputs = (("value", value),) if base is None else (("base", base), ("value", value))
    stored = build.make("store", at, name, inputs)
    build.body.stores.append(stored)
    return stored


def _bind_name(build: Builder, node: r.Name, value: Value) -> None:
    if node.id in build.globals:
        _store(build, node.at, node.id, value)
    if node.id in build.body.rebound and build.body.names_of(value):
        value = build.make("same", node.at, "=", (("value", value),))  # what else holds it is not bound anew with it
    build.name(node.id, value)


def _bind_several(build: Builder, node: r.Collection, value: Value) -> None:
    written = _written(node, value)
    for position, ref in enumerate(node.items):
        child = build.facts.exprs[ref]
        if written and isinstance(child, r.Name):
            bind(build, ref, written[position])
        elif isinstance(child, r.Starred):
            rest = build.make("slice", node.at, (position, None, None), (("object", value),))
            bind(build, child.value, rest)
        else:
            bind(build, ref, build.make("item", node.at, position, (("object", value),)))


def _written(node: r.Collection, value: Value) -> list[Value]:
    """The values of a tuple that is written out where it is taken apart: `found, seen = [], set()`."""
    is_whole = value.kind == "collection" and value.data == "tuple" and len(value.inputs) == len(node.items)
    return value.every("item") if is_whole and not value.every("spread") else []


def _bind_starred(build: Builder, node: r.Starred, value: Value) -> None:
    bind(build, node.value, value)


def _bind_attribute(build: Builder, node: r.Attribute, value: Value) -> None:
    store_attribute(build, node.at, node.value, node.name, value)


def store_attribute(build: Builder, at: int, ref: r.Ref, name: str, value: Value) -> None:
    """Give an object an attribute."""
    owner = variable_of(build.facts, ref)
    base = build.env.get(owner) or build.value(ref)
    stored = _store(build, at, name, value, base)
    if owner:
        build.env[f"{owner}.{name}"] = value
    if owner and not _is_module(build, base):
        rebind(build, owner, stored)


def _bind_item(build: Builder, node: r.Subscript, value: Value) -> None:
    base = build.value(node.value)
    key = build.value(node.index)
    constant = key.data if key.kind == "const" else None
    if isinstance(constant, str) and (owner := owner_of(build.facts, node.value)) >= 0:
        store_attribute(build, node.at, owner, constant, value)
        return
    stored = build.make("store", node.at, ("[]", constant), (("base", base), ("value", value), ("key", key)))
    variable = variable_of(build.facts, node.value)
    if not variable and (outer := outer_variable_of(build.facts, node.value)) in build.env:
        stored = build.make("store", node.at, ("[]", None), (("base", build.env[outer]), ("value", stored)))
        variable = outer
    rebind(build, variable, stored)


_TARGETS: dict[type, Callable[[Builder, Any, Value], None]] = {
    r.Name: _bind_name,
    r.Collection: _bind_several,
    r.Starred: _bind_starred,
    r.Attribute: _bind_attribute,
    r.Subscript: _bind_item,
}

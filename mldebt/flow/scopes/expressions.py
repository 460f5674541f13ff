"""What value each kind of expression has."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mldebt.facts import record as r
from mldebt.flow.module import Entity
from mldebt.flow.scopes.assignment import bind
from mldebt.flow.scopes.effects import change
from mldebt.flow.scopes.names import owner_of

if TYPE_CHECKING:
    from mldebt.flow.scopes.building import Builder
    from mldebt.flow.value import Inputs, Value

UNKNOWN_BOUND = "?"


def _name(build: Builder, node: r.Name) -> Value:
    return build.load(node.id, node.at)


def _attribute(build: Builder, node: r.Attribute) -> Value:
    return _read(build, node.value, node.name, node.at)


def _read(build: Builder, ref: r.Ref, name: str, at: int) -> Value:
    """An attribute of what an expression gives."""
    base = build.facts.exprs[ref]
    known = build.env.get(f"{base.id}.{name}") if isinstance(base, r.Name) else None
    owner = build.value(ref)
    if known is not None:
        return known
    found = _member(build, owner, name)
    if found is not None:
        return build.entity(found, at)
    return build.make("attr", at, name, (("object", owner),))


def _member(build: Builder, owner: Value, name: str) -> Entity | None:
    """What an attribute of a module, a class or a library stands for."""
    if owner.kind == "external":
        return build.program.member(Entity("external", name=owner.name), name, build.module)
    if owner.kind == "module" and isinstance(owner.data, int):
        return build.program.member(Entity("module", owner.data), name)
    if owner.kind == "class":
        return build.program.member(Entity("class", *owner.scope_key), name)
    return None


def _call(build: Builder, node: r.Call) -> Value:
    function = build.value(node.function)
    arguments = [("arg", build.value(argument.value)) for argument in node.arguments]
    keywords = tuple(argument.keyword for argument in node.arguments)
    call = build.make("call", node.at, keywords, (("function", function), *arguments))
    build.body.calls.append(call)
    change(build, node, call)
    return call


def _constant(build: Builder, node: r.Constant) -> Value:
    return build.make("const", node.at, node.value)


def _template(build: Builder, node: r.Template) -> Value:
    parts = tuple(("part", build.value(part)) for part in node.parts if isinstance(part, int))
    texts = tuple(part if isinstance(part, str) else None for part in node.parts)
    if not parts:  # `f"model.pt"` holds nothing that is put in
        return build.make("const", node.at, "".join(text for text in texts if text is not None))
    return build.make("template", node.at, texts, parts)


def _collection(build: Builder, node: r.Collection) -> Value:
    children = [(ref, build.facts.exprs[ref]) for ref in node.items]
    inputs = tuple(
        ("spread", build.value(child.value)) if isinstance(child, r.Starred) else ("item", build.value(ref))
        for ref, child in children
    )
    return build.make("collection", node.at, node.kind, inputs)


def _dictionary(build: Builder, node: r.Dictionary) -> Value:
    inputs: list[tuple[str, Value]] = []
    keys: list[object] = []
    for key, value in zip(node.keys, node.values, strict=True):
        stored = build.value(value)
        if key < 0:
            inputs.append(("spread", stored))
            continue
        name = build.value(key)
        keys.append(name.data if name.kind == "const" else None)
        inputs += (("item", stored), ("key", name))
    return build.make("dict", node.at, tuple(keys), tuple(inputs))


def _subscript(build: Builder, node: r.Subscript) -> Value:
    index = build.facts.exprs[node.index]
    owner = build.value(node.value)
    if isinstance(index, r.Slice):
        refs = (index.lower, index.upper, index.step)
        bounds = tuple(_bound(build, ref) for ref in refs)
        sources = tuple(("bound", build.value(ref)) for ref in refs if ref >= 0)
        return build.make("slice", node.at, bounds, (("object", owner), *sources))
    key = build.value(node.index)
    constant = key.data if key.kind == "const" else None
    if isinstance(constant, str) and (holder := owner_of(build.facts, node.value)) >= 0:
        return _read(build, holder, constant, node.at)
    return build.make("item", node.at, constant, (("object", owner), ("key", key)))


def _bound(build: Builder, ref: r.Ref) -> object:
    if ref < 0:
        return None
    value = build.value(ref)
    if value.kind == "const":
        return value.data
    if value.kind == "operation" and value.data == "-" and len(value.inputs) == 1:
        inner = value.source
        if inner.kind == "const" and isinstance(inner.data, int | float):
            return -inner.data
    return UNKNOWN_BOUND


def _slice(build: Builder, node: r.Slice) -> Value:
    """One dimension of several: `rows[:, 0]`."""
    parts = tuple(("part", build.value(ref)) for ref in (node.lower, node.upper, node.step) if ref >= 0)
    return build.make("template", node.at, ("slice",), parts)


def _operation(build: Builder, node: r.Operation) -> Value:
    return build.make("operation", node.at, node.operator, _operands(build, node.operands))


def _comparison(build: Builder, node: r.Comparison) -> Value:
    return build.make("compare", node.at, node.operators, _operands(build, node.operands))


def _operands(build: Builder, refs: tuple[r.Ref, ...]) -> Inputs:
    return tuple(("operand", build.value(ref)) for ref in refs)


def _conditional(build: Builder, node: r.Conditional) -> Value:
    test = ("test", build.value(node.test))
    return build.make(
        "choice", node.at, None, (test, ("value", build.value(node.body)), ("value", build.value(node.orelse)))
    )


def _comprehension(build: Builder, node: r.Comprehension) -> Value:
    env, loops = build.env, build.body.loops
    build.env = dict(env)
    inputs: list[tuple[str, Value]] = []
    for clause in node.clauses:
        iterable = build.value(clause.iterable)
        inputs.append(("iterable", iterable))
        build.body.loops = (*build.body.loops, iterable)
        bind(build, clause.target, build.make("element", node.at, None, (("iterable", iterable),)))
        inputs.extend(("condition", build.value(condition)) for condition in clause.conditions)
    if node.key >= 0:
        inputs.append(("key", build.value(node.key)))
    inputs.append(("element", build.value(node.element)))
    build.env, build.body.loops = env | _filled(env, build.env), loops
    return build.make("comprehension", node.at, node.kind, tuple(inputs))


def _filled(before: dict[str, Value], inside: dict[str, Value]) -> dict[str, Value]:
    """The variables from outside that a comprehension puts something into: `[found.append(row) for row in rows]`, or
    has a function put something into: `[Thread(target=work, args=(row, found)) for row in rows]`."""
    return {
        name: value
        for name, value in inside.items()
        if name in before and _is_filled(value) and _began(value) is _began(before[name])
    }


def _is_filled(value: Value) -> bool:
    return value.kind == "mutate" or (value.kind == "passed" and _began(value).kind in ("collection", "dict"))


def _began(value: Value) -> Value:
    """What was there before methods changed it, or functions that it was handed to."""
    while value.kind in ("mutate", "passed"):
        value = value.source
    return value


def _lambda(build: Builder, node: r.Lambda) -> Value:
    return build.make("func", node.at, (build.module.index, node.scope))


def _starred(build: Builder, node: r.Starred) -> Value:
    return build.value(node.value)


def _await(build: Builder, node: r.Await) -> Value:
    return build.make("same", node.at, "await", (("value", build.value(node.value)),))


def _yield(build: Builder, node: r.Yield) -> Value:
    """What a `yield` itself gives is what a consumer sends, which nothing tells."""
    build.body.is_generator = True
    if node.value >= 0:
        source = build.value(node.value)
        build.body.returns.link("value" if node.is_from else "yield", source)
        if node.is_from:
            return build.make("same", node.at, "yield from", (("value", source),))
    return build.make("unknown", node.at, "yield")


def _walrus(build: Builder, node: r.Walrus) -> Value:
    value = build.value(node.value)
    bind(build, node.target, value)
    return value


EXPRESSIONS: dict[type, Callable[[Builder, Any], Value]] = {
    r.Name: _name,
    r.Attribute: _attribute,
    r.Call: _call,
    r.Constant: _constant,
    r.Template: _template,
    r.Collection: _collection,
    r.Dictionary: _dictionary,
    r.Subscript: _subscript,
    r.Slice: _slice,
    r.Operation: _operation,
    r.Comparison: _comparison,
    r.Conditional: _conditional,
    r.Comprehension: _comprehension,
    r.Lambda: _lambda,
    r.Starred: _starred,
    r.Await: _await,
    r.Yield: _yield,
    r.Walrus: _walrus,
}

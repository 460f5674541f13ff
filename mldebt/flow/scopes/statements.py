"""What each kind of statement does."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from mldebt.facts import record as r
from mldebt.flow.scopes.assignment import bind, rebind
from mldebt.flow.scopes.branching import alternatives, attempt, never, repeat
from mldebt.flow.scopes.names import says_never, variable_of

if TYPE_CHECKING:
    from mldebt.flow.scopes.building import Builder
    from mldebt.flow.value import Value


def _assign(build: Builder, node: r.Assign) -> None:
    value = build.value(node.value)
    for target in node.targets:
        bind(build, target, value)


def _annotate(build: Builder, node: r.Annotate) -> None:
    if node.value >= 0:
        bind(build, node.target, build.value(node.value))


def _augment(build: Builder, node: r.Augment) -> None:
    operands = (("operand", build.value(node.target)), ("operand", build.value(node.value)))
    bind(build, node.target, build.make("operation", node.at, node.operator, operands))


def _return(build: Builder, node: r.Return) -> None:
    if node.value >= 0:
        build.body.returns.link("value", build.value(node.value))
    build.dead = True


def _evaluate(build: Builder, node: r.Evaluate) -> None:
    build.value(node.value)


def _delete(build: Builder, node: r.Delete) -> None:
    for ref in node.targets:
        target = build.facts.exprs[ref]
        if isinstance(target, r.Name):
            build.env.pop(target.id, None)
        elif isinstance(target, r.Subscript):
            inputs = (("base", build.value(target.value)), ("arg", build.value(target.index)))
            rebind(build, variable_of(build.facts, target.value), build.make("mutate", node.at, "pop", inputs))


def _raise(build: Builder, node: r.Raise) -> None:
    for ref in (node.value, node.cause):
        if ref >= 0:
            build.value(ref)
    build.dead = True


def _assert(build: Builder, node: r.Assert) -> None:
    for ref in (node.test, node.message):
        if ref >= 0:
            build.value(ref)


def _if(build: Builder, node: r.If) -> None:
    build.value(node.test)
    body = partial(never, build, node.body) if says_never(build.facts, node.test) else partial(build.block, node.body)
    alternatives(build, node.at, (body, partial(build.block, node.orelse)))


def _for(build: Builder, node: r.For) -> None:
    iterable = build.value(node.iterable)

    def begin() -> None:
        build.body.loops = (*build.body.loops, iterable)
        bind(build, node.target, build.make("element", node.at, None, (("iterable", iterable),)))

    repeat(build, node, begin)


def _while(build: Builder, node: r.While) -> None:
    def begin() -> None:
        build.value(node.test)
        build.body.loops = (*build.body.loops, build.make("unknown", node.at, "while"))

    repeat(build, node, begin)


def _with(build: Builder, node: r.With) -> None:
    for item in node.items:
        value = build.value(item.value)
        if item.target >= 0:
            bind(build, item.target, build.make("same", node.at, "with", (("value", value),)))
    build.block(node.body)


def _define(build: Builder, node: r.Define) -> None:
    scope = build.facts.scopes[node.scope]
    defined = build.entity(build.module.defined(node.scope), node.at)
    for parameter in scope.parameters:
        if parameter.default >= 0:
            build.value(parameter.default)
    for ref in scope.decorators:
        build.make("call", node.at, ("",), (("function", build.value(ref)), ("arg", defined)))
    build.env[scope.name] = defined


def _import(build: Builder, node: r.Import) -> None:
    for position in node.bindings:
        binding = build.facts.imports[position]
        if binding.attribute != "*":
            build.env[binding.name] = build.entity(build.program.imported(build.module, binding), node.at)


def _declare(build: Builder, node: r.Declare) -> None:
    if node.kind == "global":
        build.globals.update(node.names)


def _match(build: Builder, node: r.Match) -> None:
    subject = build.value(node.subject)
    arms = [partial(_case, build, case, subject) for case in node.cases]
    alternatives(build, node.at, (*arms, partial(build.block, ())))


def _case(build: Builder, case: r.Case, subject: Value) -> None:
    for ref in case.values:
        build.value(ref)
    for name in case.captures:
        build.env[name] = build.make("item", case.at, None, (("object", subject),))
    if case.guard >= 0:
        build.value(case.guard)
    build.block(case.body)


def _jump(build: Builder, node: r.Jump) -> None:
    """What stands after a `break` is treated as reached: it may be, in the next round."""


STATEMENTS: dict[type, Callable[[Builder, Any], None]] = {
    r.Assign: _assign,
    r.Annotate: _annotate,
    r.Augment: _augment,
    r.Return: _return,
    r.Evaluate: _evaluate,
    r.Delete: _delete,
    r.Raise: _raise,
    r.Assert: _assert,
    r.If: _if,
    r.For: _for,
    r.While: _while,
    r.With: _with,
    r.Try: attempt,
    r.Define: _define,
    r.Import: _import,
    r.Declare: _declare,
    r.Match: _match,
    r.Jump: _jump,
}

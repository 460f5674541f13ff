"""How control flow changes what names hold: alternatives, loops, handlers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from mldebt.facts import record as r
from mldebt.flow.scopes.names import Block, changed_names

if TYPE_CHECKING:
    from mldebt.flow.scopes.building import Builder, Env
    from mldebt.flow.value import Value

_NEVER_JOINED = frozenset({"module", "external", "func", "class"})
"""Names for these mean the same in every round of a loop."""


def alternatives(build: Builder, at: int, arms: Sequence[Callable[[], None]]) -> None:
    """Run each arm from the same state and join what they leave."""
    start, dead = build.env, build.dead
    ends: list[Env] = []
    for arm in arms:
        build.env, build.dead = dict(start), dead
        arm()
        if not build.dead:
            ends.append(build.env)
    _meet(build, at, start, ends)


def never(build: Builder, statements: Block) -> None:
    """What nothing runs is looked through, so that it can be told, and leaves no trace."""
    first = len(build.body.nodes)
    build.block(statements)
    build.body.bury(first)
    build.dead = True


def attempt(build: Builder, node: r.Try) -> None:
    """A handler starts from anything between the first and the last state of the body. The exception that ends a
    generator carries what it returned."""
    start, first = dict(build.env), len(build.body.calls)
    build.block(node.body)
    drained = [call.inputs[1][1] for call in build.body.calls[first:] if call.calls_external("next") and call.arguments]
    if not build.dead:
        build.block(node.orelse)
    ends = [] if build.dead else [build.env]
    middle = join(build, node.at, [start, build.env]) if node.handlers else build.env
    for handler in node.handlers:
        build.env, build.dead = dict(middle), False
        kind = build.value(handler.type) if handler.type >= 0 else None
        if handler.name:
            ends_generator = drained and kind is not None and kind.data == "StopIteration"
            build.env[handler.name] = (
                build.make("same", handler.at, "StopIteration", (("value", drained[-1]),))
                if ends_generator
                else build.make("unknown", handler.at, handler.name)
            )
        build.block(handler.body)
        if not build.dead:
            ends.append(build.env)
    _meet(build, node.at + 1, start, ends)
    dead, build.dead = build.dead, False
    build.block(node.final)
    build.dead = dead or build.dead


def repeat(build: Builder, node: r.For | r.While, begin: Callable[[], None]) -> None:
    """Run a loop's block a single time, from a state in which each name that it changes may hold the value from before
    or the one from the round before. `begin` is what each round starts with."""
    before = dict(build.env)
    heads: Env = {}
    for name in sorted(changed_names(build.facts, node.body)):
        value = before.get(name)
        if value is not None and value.kind not in _NEVER_JOINED:
            heads[name] = build.make("phi", node.at, (node.at, name), (("value", value),))
            build.name(name, heads[name])
    loops = build.body.loops
    begin()
    build.block(node.body)
    build.body.loops = loops
    if not build.dead:
        for name, head in heads.items():
            last = build.env.get(name)
            if last is not None and last is not head:
                head.link("value", last)
    build.env = before | {
        name: heads.get(name, value) for name, value in build.env.items() if name in heads or name not in before
    }
    build.dead = False
    build.block(node.orelse)


def join(build: Builder, at: int, ends: Sequence[Env]) -> Env:
    """What names hold where several ways meet; a name that only some ways bind keeps that value."""
    joined = dict(ends[0])
    created: dict[str, Value] = {}
    for other in ends[1:]:
        for name, value in other.items():
            mine = joined.setdefault(name, value)
            if mine is value or _is_one(mine, value):
                continue
            if mine is created.get(name):
                mine.link("value", value)
            else:
                joined[name] = created[name] = build.make("phi", at, (at, name), (("value", mine), ("value", value)))
    for name, value in created.items():
        build.body.name(value, name)
    return joined


def _is_one(one: Value, other: Value) -> bool:
    """Whether two ways give a name the same meaning: both import one thing, or one of them after it was installed."""
    return one.kind == other.kind and one.kind in _NEVER_JOINED and one.data == other.data


def _meet(build: Builder, at: int, start: Env, ends: Sequence[Env]) -> None:
    build.dead = not ends
    build.env = join(build, at, ends) if ends else start

"""Cheaper construction of libcst's nodes, for processes that only parse.

A fifth of a parse goes into checks that every node makes of itself, though the parser builds valid nodes only. In a
worker process the classes get constructors without the checks. And half of all nodes are blanks, line ends and dots of
which each kind has a handful of different ones: equal ones are made once and shared, for nothing changes a node. The
trees are the same, which is tried out before it is trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields
from functools import lru_cache
from typing import Any

import libcst as cst

_SAMPLE = '''\
@a . b(1)  # c
async def f(x: int = 2, /, *y, z=lambda: {1: [i async for i in j if k]}, **w) -> "t":
    """d"""
    with (g() as h, i): return not x[1:2, ...] and f"{x!r:>{w}}" "u" or (yield)
class C(D, metaclass=E):
    a: int; b = c = 1.5; d += -e
    try: from . import (m as n,)
    except (F, G) as o: raise H from o
    else: pass
    finally: del p
for q, *r in s: continue
else: assert t, 0x1
while u if v else w: break
match x:
    case [1, *_] | {"k": A(b, c=d), **e} as f if g: global y
'''
_SHARED = ("SimpleWhitespace", "Newline", "TrailingWhitespace", "Dot", "AssignEqual", "Colon")
"""What the parser makes most of, and of few kinds."""
_KINDS = 256


def hasten_nodes() -> bool:
    """Use the cheaper constructors in this process; False when they build other trees, and nothing is changed. Whoever
    compares with one of the shared classes has to have taken it from libcst before."""
    expected = cst.parse_module(_SAMPLE)
    return _construct_unchecked(expected) and _share(expected)


def _construct_unchecked(expected: cst.Module) -> bool:
    kept = {node: (vars(node)["__init__"], vars(node)["__setattr__"]) for node in _node_classes()}
    for node in kept:
        node.__init__ = _constructor(node)  # type: ignore[method-assign]
        del node.__setattr__  # nodes are frozen; the constructor is what sets them
    if _is_as(expected):
        return True
    for node, (constructor, setter) in kept.items():
        node.__init__ = constructor  # type: ignore[method-assign]
        node.__setattr__ = setter  # type: ignore[method-assign]
    return False


def _share(expected: cst.Module) -> bool:
    """Let the parser, which looks its classes up in libcst by name, get equal nodes of some kinds as one."""
    kept = {name: getattr(cst, name) for name in _SHARED}
    for name, node in kept.items():
        setattr(cst, name, lru_cache(_KINDS)(node))
    if _is_as(expected):
        return True
    for name, node in kept.items():
        setattr(cst, name, node)
    return False


def _is_as(expected: cst.Module) -> bool:
    found = cst.parse_module(_SAMPLE)
    return found.code == _SAMPLE and found.deep_equals(expected)


def _node_classes() -> Iterator[type[cst.CSTNode]]:
    for each in vars(cst).values():
        # Not issubclass: among abstract classes it takes longer than all the rest.
        if isinstance(each, type) and cst.CSTNode in each.__mro__:
            own = vars(each)
            if "__dataclass_fields__" in own and "__init__" in own and "__setattr__" in own:
                yield each


def _constructor(node: type[cst.CSTNode]) -> Callable[..., None]:
    """What the dataclass decorator writes, less the checks."""
    scope: dict[str, Any] = {"MISSING": MISSING}
    signature, body = ["self", "*"], []
    for field in fields(node):
        name = field.name
        value = name
        if field.default is not MISSING:
            scope[f"default_{name}"] = field.default
            signature.append(f"{name}=default_{name}")
        elif field.default_factory is not MISSING:
            scope[f"default_{name}"] = field.default_factory
            signature.append(f"{name}=MISSING")
            value = f"default_{name}() if {name} is MISSING else {name}"
        else:
            signature.append(name)
        body.append(f"    self.{name} = {value}\n")
    if not body:
        signature.pop()
        body.append("    pass\n")
    exec(f"def __init__({', '.join(signature)}):\n{''.join(body)}", scope)  # noqa: S102  # as dataclasses does
    constructor: Callable[..., None] = scope["__init__"]
    return constructor

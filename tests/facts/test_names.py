"""Callee names as one file alone can tell them."""

from __future__ import annotations

import pytest

from mldebt.facts.extract import extract_facts


def names(text: str) -> list[str]:
    return [each.name for each in extract_facts(text).callees]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import pandas as pd\npd.read_csv()", ["pandas.read_csv"]),
        ("import a.b\na.b.c.d()", ["a.b.c.d"]),
        ("import a.b as x\nx.c()", ["a.b.c"]),
        ("from a.b import c as d\nd(); d.e()", ["a.b.c", "a.b.c.e"]),
        ("from . import data\ndata.load()", [".data.load"]),
        ("from .data import load\nload()", [".data.load"]),
        ("from ..x.y import z as w\nw.v()", ["..x.y.z.v"]),
        ("from a import *\nread()", ["read"]),
        ("open()\nlen(x).y()", ["open", "len", "?.y"]),
        ("def load(): pass\nload()", [":load"]),
        (
            "class Loader:\n    def read(self): pass\nLoader.read()\nLoader().read()",
            [":Loader.read", ":Loader", "?.read"],
        ),
        ("x = f()\nx.g()", ["f", ":x.g"]),
        ("for row in rows(): row.h()", ["rows", ":row.h"]),
        ("with open() as (f, g): f.read(); g()", ["open", ":f.read", ":g"]),
        ("try: pass\nexcept E as e: e.f()", [":e.f"]),
        ("if (n := f()): n.g()", ["f", ":n.g"]),
        ("match x:\n    case {'a': y, **z}: y(); z()", [":y", ":z"]),
        ("x[0].f(); x().g(); 'a'.join(b); (lambda: 1)()", ["?.f", "x", "?.g", "?.join", "?"]),
        ("(a.b).c()", ["a.b.c"]),
        ("super().f()", ["super", "?.f"]),
    ],
)
def test_at_the_top_of_a_module(text: str, expected: list[str]) -> None:
    assert sorted(names(text)) == sorted(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # parameters, assignments and inner definitions are local
        ("import pd\ndef f(pd): pd.x()", ["?.x"]),
        ("import pd\ndef f():\n    pd = g()\n    pd.x()", ["g", "?.x"]),
        ("def f():\n    def g(): pass\n    g()", ["?"]),
        ("def f(self): self.m.fit()", ["?.m.fit"]),
        ("def f(*args, **kw): args.x(); kw.y()", ["?.x", "?.y"]),
        ("f = lambda pd: pd.x()\nimport pd", ["?.x"]),
        # an import in a function is its own, and an inner function sees it
        ("def f():\n    import a as b\n    b.c()\nb.c()", ["a.c", "b.c"]),
        ("def f():\n    import a as b\n    def g(): b.c()", ["a.c"]),
        # a default, a decorator, a base and an annotation are evaluated outside
        ("import a\ndef f(a=a.b()): pass", ["a.b"]),
        ("import a\n@a.b()\ndef a(): pass", ["a.b"]),
        ("import a\nclass C(a.b()): a = 1", ["a.b"]),
        # methods do not see the names of their class, its own body does
        ("class C:\n    import a as b\n    x = b.c()\n    def m(self): b.d()", ["a.c", "b.d"]),
        ("class C:\n    def g(): pass\n    x = g()\n    def m(self): g()", ["?", "g"]),
        ("class C:\n    x = lambda self: y.z()\n    y = 1", ["y.z"]),
        # global and nonlocal
        ("def f():\n    global m\n    m = 1\n    m.x()\ndef g(): m.y()", [":m.x", ":m.y"]),
        ("def f():\n    global np\n    import numpy as np\ndef g(): np.y()", ["numpy.y"]),
        ("def f():\n    x = 1\n    def g():\n        nonlocal x\n        x = 2\n        x.y()", ["?.y"]),
        # a comprehension hides its targets inside, but its first iterable stands outside
        ("import a\n[a.b() for a in a.c() if a.d()]\na.e()", ["?.b", "a.c", "?.d", "a.e"]),
        ("import a, b\n{a: b() for a, (b, *c) in d for e in b()}\nb()", ["?", "?", "b"]),
        ("def f[T](x): T()", ["?"]),
    ],
)
def test_scopes(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("try: import a as b\nexcept ImportError: b = None\nb.c()", ["a.c"]),
        ("try: import a as b\nexcept ImportError: import d as b\nb.c()\ndef f(): b.e()", ["a.c", "a.e"]),
        ("try: from a import b\nexcept ImportError:\n    def b(): pass\nb()", ["a.b"]),
        ("if x: import a as b\nelse: import c as b\nb.d()", ["c.d"]),
        ("from a import f\nf()\nfrom b import f\nf()\ndef g(): f()", ["a.f", "b.f", "b.f"]),
        ("from a import load\nload = cached(load)\nload()", ["cached", "a.load"]),
    ],
)
def test_a_name_that_is_bound_more_than_once(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_every_callee_knows_its_call_and_scope() -> None:
    text = "import a\ndef f(x=a.b()):\n    return [a.c(d()) for _ in a.e()]\n"
    facts = extract_facts(text)
    assert [(facts.scopes[each.scope].qualname, each.name) for each in facts.callees] == [
        ("", "a.b"),
        ("f", "d"),
        ("f", "a.c"),
        ("f", "a.e"),
    ]
    starts = [facts.exprs[each.call].at for each in facts.callees]
    assert [text[at : at + 2] for at in starts] == ["a.", "d(", "a.", "a."]

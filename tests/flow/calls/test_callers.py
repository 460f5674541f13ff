from collections.abc import Callable
from typing import Any

import pytest

Linked = Callable[..., Any]


@pytest.mark.parametrize(
    ("text", "place", "callers"),
    [
        ("def f(): pass\na = f()\nb = f()", "f", ["a = f()", "b = f()"]),
        ("def f(): pass\ndef g():\n    return f()\nh = lambda: f()", "f", ["return f()", "h = lambda: f()"]),
        ("class C:\n    def m(self): pass\nC().m()\nC.m(1)", "C.m", ["C().m()", "C.m(1)"]),
        ("class C:\n    def __init__(self): pass\nx = C()", "C.__init__", ["x = C()"]),
        ("class A:\n    def __init__(self): pass\nclass B(A): pass\nx = B()", "A.__init__", ["x = B()"]),
        (
            "class A:\n    def __init__(self): pass\nclass B(A):\n    def __init__(self):\n        super().__init__()",
            "A.__init__",
            ["super().__init__()"],
        ),
        (
            "class A:\n    def __init__(self): pass\n    @classmethod\n    def make(cls):\n        return cls()",
            "A.__init__",
            ["return cls()"],
        ),
        ("class A:\n    def __init__(self): pass\ncls = A\nx = cls()", "A.__init__", ["x = cls()"]),
        ("def f(): pass\ng = f\ng()", "f", ["g()"]),
        ("from functools import partial\ndef f(n, x): pass\ng = partial(f, 3)\ng(1)", "f", ["g(1)"]),
        ("def f(): pass", "f", []),
        ("x = lambda: 1\nx()", "<lambda>", []),
        ("def f(): pass\ndef g():\n    return 1\n    f()", "f", []),
    ],
)
def test_callers(text: str, place: str, callers: list[str], linked: Linked) -> None:
    assert linked(text).callers(place) == callers


def test_callers_are_found_in_other_modules_under_other_names(linked: Linked) -> None:
    texts = {
        "a.py": "from lib import f as g\nimport lib\ng()\nlib.f()",
        "lib.py": "def f(): pass",
        "b.py": "def f(): pass\nf()",
    }
    assert linked(texts=texts).callers("lib.py:f") == ["g()", "lib.f()"]


@pytest.mark.parametrize(
    ("use", "callers"),
    [
        ("m = M()\nm(1)", ["m(1)"]),
        ("m = M()\nif a:\n    m = m.to('cpu')\nm(1)", ["m(1)"]),
        ("with M() as m:\n    m(1)", ["m(1)"]),
        (
            "class T:\n    def __init__(self):\n        self.m = M()\n    def go(self):\n        self.m(1)",
            ["self.m(1)"],
        ),
        ("class N(M): pass\nN()(1)", ["N()(1)"]),
        ("m = M()\nm.forward(1)", ["m.forward(1)"]),
        ("m = other()\nm(1)", []),
    ],
)
def test_calls_of_instances_call_what_instances_do_when_called(use: str, callers: list[str], linked: Linked) -> None:
    program = linked(f"class M:\n    def forward(self, x): pass\n{use}")
    assert program.callers("M.forward") == callers


def test_callers_of_functions_that_share_a_name_are_told_apart(linked: Linked) -> None:
    program = linked(
        "class A:\n    def run(self): pass\nclass B:\n    def run(self): pass\nA().run()\nB().run()\nx.run()"
    )
    assert program.callers("A.run") == ["A().run()"]
    assert program.callers("B.run") == ["B().run()"]


def test_a_function_whose_calls_depend_on_its_callers_ends(linked: Linked) -> None:
    program = linked("class A:\n    def run(self, other):\n        other.run(self)\nA().run(A())")
    assert "A().run(A())" in program.callers("A.run")


def test_whether_a_call_calls_a_function(linked: Linked) -> None:
    program = linked("class C:\n    def __init__(self): pass\ndef f(): pass\nC()\nf()")
    calls = program.flow.calls
    assert calls(program.call("C()"), *program.key("C.__init__"))
    assert calls(program.call("f()"), *program.key("f"))
    assert not calls(program.call("C()"), *program.key("f"))


def test_calls_by_name_stand_in_order_of_place(linked: Linked) -> None:
    program = linked("b.two()\na.one()\ndef f():\n    c.one()\nthree()", {"z.py": "one()"})
    found = program.flow.calls_named(frozenset({"one", "two"}))
    assert [program.text(call) for call in found] == ["b.two()", "a.one()", "c.one()", "one()"]

from collections.abc import Callable
from typing import Any

import pytest

Linked = Callable[..., Any]


def given(program: Any, call: str, place: str) -> dict[str, list[str]]:
    """What each parameter gets from a call."""
    body, value = program.body(place), program.call(call)
    found = {name: program.flow.argument(value, body, name) for name in body.params}
    return {name: [program.shape(source) for source in sources] for name, sources in found.items()}


@pytest.mark.parametrize(
    ("parameters", "arguments", "expected"),
    [
        ("a, b", "1, 2", {"a": ["1"], "b": ["2"]}),
        ("a, b", "1", {"a": ["1"], "b": []}),
        ("a, b", "b=1, a=2", {"a": ["2"], "b": ["1"]}),
        ("a, *b", "1, 2, 3", {"a": ["1"], "b": ["2", "3"]}),
        ("a, *, b", "1, b=2", {"a": ["1"], "b": ["2"]}),
        ("a, *, b", "1, 2", {"a": ["1"], "b": []}),
        ("a, /, b", "1, 2", {"a": ["1"], "b": ["2"]}),
        ("a, **b", "1, c=2, d=3", {"a": ["1"], "b": ["2", "3"]}),
        ("a, b", "*[1, 2]", {"a": ["1"], "b": ["2"]}),
        ("a, b", "1, *(2, 3)", {"a": ["1"], "b": ["2"]}),
        ("a, *b", "*(1, 2), 3", {"a": ["1"], "b": ["2", "3"]}),
        ("a, b", "*rows", {"a": ["rows"], "b": ["rows"]}),
        ("a, b", "1, *rows", {"a": ["1"], "b": ["rows"]}),
        ("a, b", "1, **rest", {"a": ["1", "rest"], "b": ["rest"]}),
    ],
)
def test_arguments_fill_parameters(
    parameters: str, arguments: str, expected: dict[str, list[str]], linked: Linked
) -> None:
    program = linked(f"def f({parameters}): pass\nf({arguments})")
    assert given(program, f"f({arguments})", "f") == expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("c.m(1)", {"self": ["class()()"], "a": ["1"]}),
        ("C.m(2, 1)", {"self": ["2"], "a": ["1"]}),
        ("c.m(a=1)", {"self": ["class()()"], "a": ["1"]}),
    ],
)
def test_the_object_is_the_first_parameter(call: str, expected: dict[str, list[str]], linked: Linked) -> None:
    program = linked(f"class C:\n    def m(self, a): pass\nc = C()\n{call}")
    assert given(program, call, "C.m") == expected


def test_a_constructor_fills_the_parameters_after_self(linked: Linked) -> None:
    program = linked("class C:\n    def __init__(self, a): pass\nC(1)")
    assert given(program, "C(1)", "C.__init__") == {"self": [], "a": ["1"]}


def test_a_static_method_has_no_object(linked: Linked) -> None:
    program = linked("class C:\n    @staticmethod\n    def s(a): pass\nC().s(1)")
    assert given(program, "C().s(1)", "C.s") == {"a": ["1"]}


def test_an_argument_knows_the_parameters_that_it_fills(linked: Linked) -> None:
    program = linked("def f(a, *b): pass\nf(1, 2, 3)")
    call, body = program.call("f(1, 2, 3)"), program.body("f")
    filled = [[param.data for param in program.flow.parameter_of(call, n, body)] for n in range(3)]
    assert filled == [["a"], ["b"], ["b"]]


def test_bindings_name_the_call_of_each_argument(linked: Linked) -> None:
    program = linked("def f(a): pass\nf(1)\nf(a=2)\nf()")
    bindings = program.flow.bindings(program.body("f").params["a"])
    assert [(program.text(call), value.data) for call, value in bindings] == [("f(1)", 1), ("f(a=2)", 2)]
    assert [value.data for value in program.flow.arguments(program.body("f").params["a"])] == [1, 2]


def test_a_partial_application_of_the_module_holds_arguments(linked: Linked) -> None:
    program = linked(
        "from functools import partial\ndef f(a, b, c): pass\ng = partial(f, 1, c=2)\ndef h():\n    g(3)\n    g(4, c=5)"
    )
    assert given(program, "g(3)", "f") == {"a": ["1"], "b": ["3"], "c": ["2"]}
    assert given(program, "g(4, c=5)", "f") == {"a": ["1"], "b": ["4"], "c": ["5"]}

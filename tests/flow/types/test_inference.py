from collections.abc import Callable
from typing import Any

import pytest

Linked = Callable[..., Any]
PANDAS = "import pandas as pd\nfrom typing import Any, cast\nclass Row:\n    def __init__(self): pass\n"


def types_of(linked: Linked, text: str, name: str = "x", place: str = "") -> list[str]:
    program = linked(PANDAS + text)
    return [found.replace("main.py:", "") for found in program.types(program.held(name, place))]


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("x = 1", ["int"]),
        ("x = f'{a}'", ["str"]),
        ("x = Row()", ["Row"]),
        ("x = Row() if a else 'b'", ["Row", "str"]),
        ("x = pd.read_csv(p)", ["pandas.DataFrame"]),
        ("x = pd.read_csv(p).dropna().head(3)", ["pandas.DataFrame"]),
        ("x = pd.read_csv(p)['a']", ["pandas.DataFrame"]),
        ("x = pd.read_csv(p).loc", ["pandas.DataFrame"]),
        ("x = pd.read_csv(p)\nx['b'] = 1", ["pandas.DataFrame"]),
        ("x = pd.read_csv(p)\nx = x + 1", ["pandas.DataFrame"]),
        ("x = [Row()]", ["list[Row]"]),
        ("x = [*[Row()]]", ["list[Row]"]),
        ("x = [Row() for a in b]", ["list[Row]"]),
        ("x = {a: Row() for a in b}", ["dict[Row]"]),
        ("x = (Row() for a in b)", ["list[Row]"]),
        ("x = (1, 'a')", ["tuple[int, str]"]),
        ("x = {'a': Row()}", ["dict[Row]"]),
        ("x = [Row()][0]", ["Row"]),
        ("x = (1, Row())[1]", ["Row"]),
        ("x = {'a': Row()}['a']", ["Row"]),
        ("def made():\n    return unknown, [1]\nx, _ = made()", []),
        ("def made():\n    if a:\n        return None, 1\n    return Row(), 2\nx, y = made()", ["NoneType", "Row"]),
        ("def made():\n    return [Row()]\nx = made()[0]", ["Row"]),
        ("x = [Row()][:2]", ["list[Row]"]),
        ("for x in [Row()]: pass", ["Row"]),
        ("for _, x in enumerate([Row()]): pass", ["Row"]),
        ("for x, _ in enumerate([Row()]): pass", ["int"]),
        ("for _, x in zip('a', [Row()]): pass", ["Row"]),
        ("for _, x in {'a': Row()}.items(): pass", ["Row"]),
        ("for x, _ in {'a': Row()}.items(): pass", ["str"]),
        ("for x in {'a': Row()}.values(): pass", ["Row"]),
        ("for x in reversed(sorted([Row()])): pass", ["Row"]),
        ("x = sorted([Row()])", ["list[Row]"]),
        ("x = list(filter(f, [Row()]))", ["list[Row]"]),
        ("x = next(iter([Row()]))", ["Row"]),
        ("x = max([Row()], key=f)", ["Row"]),
        ("import copy\nx = copy.deepcopy(Row())", ["Row"]),
        ("x = cast(str, Row())", ["Row"]),
        ("from lib import Thing\nx = Thing()", ["lib.Thing"]),
        ("from lib import LIMIT, thing\nx = (LIMIT(), thing())", ["tuple"]),
        ("import boto3\nx = boto3.client('s3')", ["boto3.client.s3"]),
        ("x = unknown", []),
        ("x = not a", []),
    ],
)
def test_types_of_values(text: str, types: list[str], linked: Linked) -> None:
    assert types_of(linked, text) == types


@pytest.mark.parametrize(
    ("definition", "types"),
    [
        ("def f() -> Row: pass", ["Row"]),
        ("def f() -> 'Row': pass", ["Row"]),
        ("def f():\n    return Row()", ["Row"]),
        ("def f():\n    return g()\ndef g():\n    return Row()", ["Row"]),
        ("def f():\n    if a:\n        return Row()\n    return 1", ["Row", "int"]),
        ("def f():\n    yield Row()", ["list[Row]"]),
        ("f = lambda: Row()", ["Row"]),
        ("class f(Row): pass", ["f"]),
        ("def f() -> Any:\n    return Row()", ["Row"]),
        ("def f():\n    return f()", []),
    ],
)
def test_types_of_results(definition: str, types: list[str], linked: Linked) -> None:
    assert types_of(linked, f"{definition}\nx = f()") == types


@pytest.mark.parametrize(
    ("definition", "types"),
    [
        ("def f(x: Row): pass", ["Row"]),
        ("def f(x: int = Row()): pass", ["int"]),
        ("def f(x=Row()): pass", ["Row"]),
        ("def f(*x: Row): pass", ["tuple[Row]"]),
        ("def f(**x: Row): pass", ["dict[Row]"]),
        ("def f(x): pass\nf(Row())\nf(1)", ["Row", "int"]),
        ("def f(a, x=None): pass\nf(1, x=Row())", ["Row"]),
        ("def f(x): pass", []),
    ],
)
def test_types_of_parameters(definition: str, types: list[str], linked: Linked) -> None:
    assert types_of(linked, definition, "x", "f") == types


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("class S:\n    def __enter__(self):\n        return Row()\nwith S() as x: pass", ["Row"]),
        ("class S:\n    def __enter__(self): pass\nwith S() as x: pass", ["S"]),
        ("with pd.HDFStore(p) as x: pass", ["pandas.HDFStore"]),
        ("class S:\n    def __getitem__(self, k) -> Row: pass\nx = S()[0]", ["Row"]),
    ],
)
def test_what_special_methods_give(text: str, types: list[str], linked: Linked) -> None:
    assert types_of(linked, text) == types


def test_the_first_parameter_of_a_method_is_its_class(linked: Linked) -> None:
    program = linked(
        "class C:\n    def m(self, other):\n        def inner(self): pass\n    @staticmethod\n    def s(first): pass"
    )
    assert program.types(program.body("C.m").params["self"]) == ["main.py:C"]
    assert program.types(program.body("C.m").params["other"]) == []
    assert program.types(program.body("C.m.inner").params["self"]) == []
    assert program.types(program.body("C.s").params["first"]) == []


def test_types_go_through_globals_closures_and_modules(linked: Linked) -> None:
    program = linked(
        "from data import ROWS\ndef f():\n    def g():\n        x = ROWS\n        y = local\n    local = 'a'",
        {"data.py": "class Row: pass\nROWS = [Row()]"},
    )
    assert program.types(program.held("x", "f.g")) == ["list[data.py:Row]"]
    assert program.types(program.held("y", "f.g")) == ["str"]


def test_values_that_depend_on_themselves_end(linked: Linked) -> None:
    program = linked("x = 1\nfor i in a:\n    x = x\ndef f(a):\n    return f(f(a))\ny = f(f)")
    assert program.types(program.held("x")) == ["int"]
    assert program.types(program.held("y")) == []


@pytest.mark.parametrize("said", ["", ": object", ": Any"])
@pytest.mark.parametrize("gives", ["yield Row()", "return Row()"])
def test_what_a_framework_hands_in(said: str, gives: str, linked: Linked) -> None:
    text = (
        f"from fastapi import Depends\ndef made():\n    {gives}\n"
        f"def shown(row{said} = Depends(made), other: Any = None):\n    x = row\n    y = other\n"
    )
    assert types_of(linked, text, "x", "shown") == ["Row"]
    assert types_of(linked, text, "y", "shown") != ["Row"]


@pytest.mark.parametrize("order", [("one", "other"), ("other", "one")])
def test_values_that_depend_on_each_other_have_the_same_types_whichever_is_asked_for_first(
    order: tuple[str, str], linked: Linked
) -> None:
    program = linked(
        """
        class A: pass
        class B: pass
        def go(n):
            one, other = A(), B()
            for i in range(n):
                one, other = (other if i else one), (one if i > 1 else other)
            return one, other
        """
    )
    returned = dict(zip(("one", "other"), program.body("go").returns.source.every("item"), strict=True))
    for name in order:
        assert set(program.types(returned[name])) == {"main.py:A", "main.py:B"}

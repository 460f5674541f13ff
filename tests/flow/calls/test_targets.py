from collections.abc import Callable
from typing import Any

import pytest

Linked = Callable[..., Any]


@pytest.mark.parametrize(
    ("text", "call", "targets"),
    [
        ("def f(): pass\nf()", "f()", ["main.py:f"]),
        ("class C: pass\nC()", "C()", ["main.py:C"]),
        ("import pandas as pd\npd.read_csv(p)", "pd.read_csv(p)", ["pandas.read_csv"]),
        ("from pandas import read_csv as r\nr(p)", "r(p)", ["pandas.read_csv"]),
        ("len(p)", "len(p)", ["len"]),
        ("def f(): pass\ng = f if a else len\ng()", "g()", ["main.py:f", "len"]),
        ("def f(): pass\nif a:\n    g = f\nelse:\n    g = len\ng()", "g()", ["main.py:f", "len"]),
        ("import functools\ndef f(): pass\ng = functools.partial(f, 1)\ng()", "g()", ["main.py:f"]),
        ("from functools import partial\npartial(len, 1)()", "partial(len, 1)()", ["len"]),
        ("p()", "p()", ["p"]),
    ],
)
def test_targets_by_name(text: str, call: str, targets: list[str], linked: Linked) -> None:
    program = linked(text)
    assert program.targets(program.call(call)) == targets


def test_a_variable_of_another_module_holds_what_is_called(linked: Linked) -> None:
    program = linked("from steps import chosen\ndef run():\n    chosen()", {"steps.py": "def a(): pass\nchosen = a"})
    assert program.targets(program.call("chosen()")) == ["steps.py:a"]


def test_a_variable_that_a_function_fills_later_is_what_it_is_filled_with(linked: Linked) -> None:
    program = linked(
        """
        class Net:
            def __call__(self, rows): ...

        asked = net = None

        def start():
            global asked, net
            asked = len
            net = Net()

        def answer(rows):
            return asked(rows) + net(rows)
        """
    )
    assert program.targets(program.call("asked(rows)")) == ["len"]
    assert program.targets(program.call("net(rows)")) == ["main.py:Net.__call__"]


def test_a_closure_variable_holds_what_is_called(linked: Linked) -> None:
    program = linked("def f(): pass\ndef outer():\n    g = f\n    def inner():\n        g()")
    assert program.targets(program.call("g()")) == ["main.py:f"]


def test_a_parameter_is_what_callers_hand_in(linked: Linked) -> None:
    program = linked("def a(): pass\ndef b(): pass\ndef run(step):\n    step()\nrun(a)\nrun(step=b)")
    assert program.targets(program.call("step()")) == ["main.py:a", "main.py:b"]


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("class M:\n    def __call__(self): pass\nm = M()\nm(1)", ["main.py:M.__call__"]),
        ("class M:\n    def forward(self): pass\nm = M()\nm(1)", ["main.py:M.forward"]),
        ("import torch\nm = torch.nn.Linear(1, 2)\nm(1)", ["torch.nn.Linear.__call__"]),
        ("import torch\nclass M(torch.nn.Module): pass\nm = M()\nm(1)", ["torch.nn.Module.__call__"]),
    ],
)
def test_calls_of_instances(text: str, targets: list[str], linked: Linked) -> None:
    program = linked(text)
    assert program.targets(program.call("m(1)")) == targets


def test_the_catalogue_tells_what_a_library_does(linked: Linked) -> None:
    program = linked("import pandas as pd\ndf = pd.read_csv(p)\ndf.dropna()\nprint(df)")
    flow = program.flow
    assert flow.api(program.call("pd.read_csv(p)")).name == "pandas.read_csv"
    assert "reads" in flow.roles(program.call("pd.read_csv(p)"))
    assert "cleans" in flow.roles(program.call("df.dropna()"))
    assert flow.roles(program.call("print(df)")) >= {"logs"}


def test_what_calling_a_value_would_call(linked: Linked) -> None:
    program = linked("def f(): pass\ng = f")
    assert [target.key for target in program.flow.callees(program.held("g"))] == [program.key("f")]


def test_what_runs_when_a_target_is_called(linked: Linked) -> None:
    program = linked(
        "def f(): pass\nclass A:\n    def __init__(self): pass\nclass B(A): pass\nclass C: pass\nf()\nB()\nC()\nlen()"
    )
    calls = [program.call(text) for text in ("f()", "B()", "C()", "len()")]
    entered = [program.flow.entered(program.flow.targets(call)[0]) for call in calls]
    assert entered == [program.key("f"), program.key("A.__init__"), None, None]


def test_functions_that_call_each_other_end(linked: Linked) -> None:
    program = linked(
        """
        def f(step):
            return g(step)
        def g(step):
            step()
            return f(step)
        x = f(f)
        x()
        """
    )
    assert program.targets(program.call("step()")) == ["main.py:f"]
    assert program.targets(program.call("x()")) == []


def test_what_is_no_call_calls_nothing(linked: Linked) -> None:
    program = linked("net = None\n\ndef start():\n    global net\n    net = open\n\ndef run():\n    return [net]")
    (read,) = (value for value in program.body("main.py:run").nodes if value.kind == "global")
    assert program.targets(read) == []
    assert read.receiver is None

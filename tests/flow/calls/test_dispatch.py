from collections.abc import Callable
from typing import Any

import pytest

Linked = Callable[..., Any]
FAMILY = """
class Base:
    def run(self): pass
    def stop(self): pass
class Left(Base):
    def run(self): pass
class Right(Base):
    def run(self):
        super().run()
        super().stop()
"""


@pytest.mark.parametrize(
    ("text", "call", "targets"),
    [
        ("Left().run()", "Left().run()", ["Left.run"]),
        ("Left().stop()", "Left().stop()", ["Base.stop"]),
        ("Base().run()", "Base().run()", ["Base.run"]),
        ("def go(x: Base):\n    x.run()", "x.run()", ["Base.run", "Left.run", "Right.run"]),
        ("def go(x: Left):\n    x.stop()", "x.stop()", ["Base.stop"]),
        ("def go(x: 'Left'):\n    x.run()", "x.run()", ["Left.run"]),
        ("def go(x: Left | Right):\n    x.run()", "x.run()", ["Left.run", "Right.run"]),
        ("Base.run(x)", "Base.run(x)", ["Base.run"]),
        ("", "super().run()", ["Base.run"]),
        ("", "super().stop()", ["Base.stop"]),
    ],
)
def test_methods_by_type(text: str, call: str, targets: list[str], linked: Linked) -> None:
    program = linked(FAMILY + text)
    assert program.targets(program.call(call)) == [f"main.py:{name}" for name in targets]


def test_super_of_a_mixin_is_what_stands_beside_it(linked: Linked) -> None:
    program = linked(
        "class Fresh:\n    def rows(self):\n        return super().rows()\n"
        "class Ranked:\n    def rows(self): pass\nclass Plain:\n    def rows(self): pass\n"
        "class News(Fresh, Ranked): pass\nclass Log(Fresh, Plain, Ranked): pass\nclass Odd(Ranked, Fresh): pass\n"
    )
    assert program.targets(program.call("super().rows()")) == ["main.py:Ranked.rows", "main.py:Plain.rows"]


def test_the_receiver_fills_the_first_parameter_unless_a_class_is_called(linked: Linked) -> None:
    program = linked(FAMILY + "b = Left()\nb.run()\nBase.run(b)")
    bound, unbound = program.call("b.run()"), program.call("Base.run(b)")
    assert program.flow.targets(bound)[0].receiver is program.call("Left()")
    assert program.flow.targets(unbound)[0].receiver is None


@pytest.mark.parametrize(
    ("text", "call", "targets"),
    [
        ("import pandas as pd\ndef f(x: pd.DataFrame):\n    x.merge(y)", "x.merge(y)", ["pandas.DataFrame.merge"]),
        ("import pandas as pd\ndef f(x: pd.DataFrame):\n    x.unheard()", "x.unheard()", ["pandas.DataFrame.unheard"]),
        ("import torch\nclass M(torch.nn.Module): pass\nM().eval()", "M().eval()", ["torch.nn.Module.eval"]),
        (
            "import torch\nclass M(torch.nn.Module):\n    def f(self):\n        super().eval()",
            "super().eval()",
            ["torch.nn.Module.eval"],
        ),
        ("'a'.join(x)", "'a'.join(x)", ["str.join"]),
    ],
)
def test_methods_of_libraries(text: str, call: str, targets: list[str], linked: Linked) -> None:
    program = linked(text)
    assert program.targets(program.call(call)) == targets


def test_a_function_that_is_stored_in_an_attribute_is_called_through_it(linked: Linked) -> None:
    program = linked(
        """
        def load(): pass
        class Job:
            def __init__(self):
                self.step = load
            def run(self):
                self.step()
        """
    )
    assert program.targets(program.call("self.step()")) == ["main.py:load"]


# ---------------------------------------------------------------------------- by the name alone


@pytest.mark.parametrize(
    ("definition", "call", "target"),
    [
        ("def recommend(self, user): pass", "x.recommend(1)", "main.py:A.recommend"),
        ("def recommend(self, user): pass", "x.recommend(1, 2)", "?.recommend"),
        ("def recommend(self, user): pass", "x.recommend(number=1)", "?.recommend"),
        ("def recommend(self, *users): pass", "x.recommend(1, 2)", "main.py:A.recommend"),
        ("def recommend(self, **users): pass", "x.recommend(number=1)", "main.py:A.recommend"),
        ("def step(self): pass", "x.step()", "?.step"),
        ("def update(self, other): pass", "x.update(1)", "?.update"),
        ("def decode(self, rows): pass", "x.decode(1)", "?.decode"),
        ("def __exit__(self): pass", "x.__exit__()", "?.__exit__"),
    ],
)
def test_the_only_method_of_a_telling_name_is_guessed(definition: str, call: str, target: str, linked: Linked) -> None:
    program = linked(f"class A:\n    {definition}\ndef f(x):\n    {call}")
    found = program.flow.targets(program.call(call))[0]
    assert program.targets(program.call(call))[0] == target
    assert found.guessed


def test_of_two_methods_by_a_name_none_is_guessed(linked: Linked) -> None:
    program = linked(
        "class A:\n    def recommend(self): pass\nclass B:\n    def recommend(self): pass\ndef f(x):\n    x.recommend()"
    )
    assert program.targets(program.call("x.recommend()")) == ["?.recommend"]


def test_a_protocol_is_what_every_class_with_its_methods_is(linked: Linked) -> None:
    program = linked(
        """
from typing import Protocol
class Asked(Protocol):
    def rank(self, rows): ...
    def name(self): ...
class One:
    def rank(self, rows): pass
    def name(self): pass
class Half:
    def rank(self, rows): pass
class Others:
    def rank(self, rows, again): pass
    def name(self): pass
def go(x: Asked):
    x.rank(1)
"""
    )
    assert program.targets(program.call("x.rank(1)")) == ["main.py:Asked.rank", "main.py:One.rank"]


PROXY = """
class Ranker:
    size = 3
    def __init__(self, items):
        self.items = items
    def rank(self): pass
class Lazy:
    def __init__(self, make):
        self._made = make()
    def __getattr__(self, name):
        return getattr(self._made, name)
    def reload(self): pass
class Other:
    def __getattr__(self, name):
        return self.fields[name]
def make():
    return Ranker([1])
lazy = Lazy(make)
"""


@pytest.mark.parametrize(
    ("call", "targets"),
    [
        ("lazy.rank()", ["main.py:Ranker.rank"]),
        ("lazy.reload()", ["main.py:Lazy.reload"]),
        ("lazy.unheard()", []),
        ("Other().rank()", []),
    ],
)
def test_an_object_that_stands_for_another_has_its_methods(call: str, targets: list[str], linked: Linked) -> None:
    program = linked(PROXY + call)
    assert program.targets(program.call(call)) == targets


def test_an_object_that_stands_for_another_has_its_attributes(linked: Linked) -> None:
    program = linked(PROXY + "print(lazy.items)\nprint(lazy._made)")
    read = program.call("print(lazy.items)").arguments[0]
    assert 1 in program.constants(read)
    assert program.types(read) == ["list[int]"]
    assert program.types(program.call("print(lazy._made)").arguments[0]) == ["main.py:Ranker"]
    assert "print(lazy.items)" in program.lines(program.value("1])", "const"))

from collections.abc import Callable
from typing import Any

Linked = Callable[..., Any]

FAMILY = """
import torch
from data import Base

class Left(Base):
    def only_left(self): pass

class Right(Base, torch.nn.Module):
    def run(self): pass

class Both(Left, Right):
    class Options: pass
"""
DATA = {"data.py": "class Base:\n    def run(self): pass\n    def stop(self): pass\n"}


def said(program: Any, classes: Any) -> list[str]:
    return [each if isinstance(each, str) else program.name(each).rpartition(":")[2] for each in classes]


def test_ancestry_goes_depth_first_and_names_libraries(linked: Linked) -> None:
    program = linked(FAMILY, DATA)
    ancestry = program.flow.program.ancestry(program.key("Both"))
    assert said(program, ancestry) == ["Both", "Left", "Base", "Right", "torch.nn.Module"]


def test_subclasses_are_all_below(linked: Linked) -> None:
    program = linked(FAMILY, DATA)
    assert said(program, program.flow.program.subclasses(program.key("data.py:Base"))) == ["Left", "Right", "Both"]
    assert program.flow.program.subclasses(program.key("Both")) == ()


def test_a_method_is_the_first_on_the_way_up(linked: Linked) -> None:
    program = linked(FAMILY, DATA)
    method = program.flow.program.method

    def found(cls: str, name: str, **options: bool) -> str | None:
        entity = method(program.key(cls), name, **options)
        return program.name((entity.module, entity.scope)) if entity is not None else None

    assert found("Both", "run") == "data.py:Base.run"
    assert found("Right", "run") == "main.py:Right.run"
    assert found("Right", "run", skip_own=True) == "data.py:Base.run"
    assert found("Both", "only_left") == "main.py:Left.only_left"
    assert found("Both", "Options") == "main.py:Both.Options"
    assert found("Both", "missing") is None


def test_type_arguments_and_keywords_of_a_class_are_no_bases(linked: Linked) -> None:
    program = linked("from typing import Generic\nclass A(Generic[T], metaclass=Meta): pass\nclass B(A[int]): pass")
    assert said(program, program.flow.program.ancestry(program.key("B"))) == ["B", "A", "typing.Generic"]


def test_a_class_that_is_its_own_base_ends(linked: Linked) -> None:
    program = linked("class A(A): pass\nclass B(C.Inner): pass\nclass C(B.Inner): pass")
    assert program.flow.program.bases(program.key("A")) == ()
    assert said(program, program.flow.program.ancestry(program.key("B"))) == ["B"]


def test_the_enclosing_class_is_seen_from_nested_functions(linked: Linked) -> None:
    program = linked("class A:\n    def m(self):\n        def inner(): pass\ndef f():\n    def g(): pass")
    enclosing = program.flow.program.enclosing_class
    assert enclosing(program.key("A.m.inner")) == program.key("A")
    assert enclosing(program.key("A.m")) == program.key("A")
    assert enclosing(program.key("A")) is None
    assert enclosing(program.key("f.g")) is None


def test_the_class_of_self_is_that_of_the_method_that_is_given_it(linked: Linked) -> None:
    program = linked("class A:\n    def m(self, other):\n        self.n = other.n\ndef f(one): return one")
    of_self = program.flow.program.class_of_self
    params = program.body("A.m").params
    assert of_self(params["self"]) == program.key("A")
    assert of_self(params["other"]) is None
    assert of_self(program.body("f").params["one"]) is None

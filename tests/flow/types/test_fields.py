from collections.abc import Callable
from typing import Any

import pytest

from mldebt.flow.linking import is_self

Linked = Callable[..., Any]
FAMILY = """
class Base:
    shared = 'a'
    def __init__(self, rows):
        self.rows = rows
class Below(Base):
    def fill(self):
        self.rows = []
        self.rows.append(1)
    def read(self):
        first(self.rows)
class Other:
    def __init__(self):
        self.rows = {}
    def read(self):
        second(self.rows)
def outside(x: Below, y):
    third(x.rows)
    fourth(y.rows)
"""


def test_an_attribute_is_read_by_its_name_too(linked: Linked) -> None:
    program = linked(
        "class Made:\n    def __init__(self, rows):\n        self.rows = rows\n        self.other = 2\n"
        "made = Made([1])\nfirst = getattr(made, 'rows', None)\nsecond = getattr(made, 'nothing', 3)\nprint(first)"
    )
    assert program.types(program.held("first")) == ["list[int]"]
    assert program.types(program.held("second")) == ["int"]
    assert program.constants(program.held("first")) == {1, None}
    assert "print(first)" in program.lines(program.value("1])", "const"))
    assert "print(first)" not in program.lines(program.value("2\n", "const"))


def test_stored_values_are_those_of_the_family(linked: Linked) -> None:
    program = linked(FAMILY)
    kinds = [value.kind for value in program.flow.stored(program.key("Base"), "rows")]
    assert kinds == ["param", "collection", "mutate"]
    assert [value.kind for value in program.flow.stored(program.key("Other"), "rows")] == ["dict"]
    assert [value.data for value in program.flow.stored(program.key("Below"), "shared")] == ["a"]
    assert program.flow.stored(program.key("Base"), "missing") == ()


@pytest.mark.parametrize(
    ("declared", "stored"),
    [
        ("dataclasses.field(default='a')", [("const", "a")]),
        ("dataclasses.field(default_factory=lambda: ['a'])", [("collection", "list")]),
        ("attr.ib(factory=lambda: 'a')", [("const", "a")]),
        ("pydantic.Field('a', env='A')", [("const", "a")]),
        ("dataclasses.field(default_factory=list)", [("call", ("default_factory",))]),
        ("dataclasses.field(init=False)", [("call", ("init",))]),
        ("make('a')", [("call", ("",))]),
    ],
)
def test_a_declared_default_is_what_the_field_holds(
    declared: str, stored: list[tuple[str, object]], linked: Linked
) -> None:
    program = linked(f"import attr, dataclasses, pydantic\nclass Config:\n    rows: object = {declared}")
    found = program.flow.stored(program.key("Config"), "rows")
    assert [(value.kind, value.data) for value in found] == stored


def test_reads_are_through_self_in_the_family_and_through_typed_values_elsewhere(linked: Linked) -> None:
    program = linked(FAMILY)
    reads = {program.text(read) for read in program.flow.field_reads(program.key("Base"), "rows")}
    assert reads == {"first(self.rows)", "third(x.rows)"}


@pytest.mark.parametrize(
    ("definition", "types"),
    [
        ("rows: list[int]", ["list[int]"]),
        ("rows = 1", ["int"]),
        ("def __init__(self):\n        self.rows = 'a'", ["str"]),
        ("def __init__(self, rows: int):\n        self.rows = rows", ["int"]),
        ("@property\n    def rows(self) -> int: pass", ["int"]),
        ("@functools.cached_property\n    def rows(self):\n        return 'a'", ["str"]),
        ("def rows(self): pass", []),
        ("rows: int\n    def __init__(self):\n        self.rows = 'a'", ["int"]),
    ],
)
def test_types_of_fields(definition: str, types: list[str], linked: Linked) -> None:
    program = linked(f"class A:\n    {definition}\nclass B(A): pass\nx = B().rows")
    assert program.types(program.held("x")) == types


def test_self_is_known_in_every_version_and_in_nested_functions(linked: Linked) -> None:
    program = linked(
        """
        class A:
            def m(self, other):
                self.a = 1
                fill(self)
                x = self
                def inner():
                    return self
                y = other
            @classmethod
            def c(cls):
                z = cls
        """
    )
    assert is_self(program.held("x", "A.m"))
    assert is_self(program.body("A.m.inner").returns.source)
    assert is_self(program.held("z", "A.c"))
    assert not is_self(program.held("y", "A.m"))


def test_a_list_that_an_object_keeps_is_filled_by_one_method_and_read_by_others(linked: Linked) -> None:
    program = linked(
        """
class Kept:
    def __init__(self):
        self.rows, self.model = [], made()
    def fill(self, row):
        self.rows.append(row)
        self.model.add(row)
"""
    )
    assert [value.kind for value in program.flow.stored(program.key("Kept"), "rows")] == ["item", "mutate"]
    assert [value.kind for value in program.flow.stored(program.key("Kept"), "model")] == ["item"]

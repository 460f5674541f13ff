"""Attributes that are set and read by a text."""

from collections.abc import Callable
from typing import Any

import pytest

Linked = Callable[..., Any]
MADE = "class Made:\n    def __init__(self, rows, more):\n        {}\nmade = Made([1], {{}})\nfirst = {}\n"


@pytest.mark.parametrize(
    "stored",
    [
        "setattr(self, 'rows', rows)",
        "object.__setattr__(self, 'rows', rows)",
        "self.__dict__['rows'] = rows",
        "vars(self)['rows'] = rows",
        "self.__dict__.update(rows=rows)",
        "vars(self).update({'rows': rows})",
        "for name, value in {'rows': rows, 'more': more}.items():\n            setattr(self, name, value)",
        "for name, value in [('rows', rows), ('more', more)]:\n            setattr(self, name, value)",
    ],
)
@pytest.mark.parametrize("read", ["made.rows", "getattr(made, 'rows')", "made.__dict__['rows']", "vars(made)['rows']"])
def test_what_is_set_by_a_name_is_read(stored: str, read: str, linked: Linked) -> None:
    program = linked(MADE.format(stored, read))
    assert program.types(program.held("first")) == ["list[int]"]


@pytest.mark.parametrize(
    "stored",
    [
        "setattr(self, 'more', rows)",
        "for name, value in more.items():\n            setattr(self, name, value)",
        "self.__dict__.update(more)",
        "self.__dict__[more] = rows",
        "for name, value in {'rows': more, 'more': rows}.items():\n            setattr(self, name, value)",
    ],
)
def test_what_is_set_by_other_names_is_not(stored: str, linked: Linked) -> None:
    program = linked(MADE.format(stored, "made.rows"))
    assert "list[int]" not in program.types(program.held("first"))

"""Literals that a value never is where it is used."""

from collections.abc import Callable
from typing import Any

import pytest

from mldebt.flow.conditions.by_literal import never_is

Linked = Callable[..., Any]
TEXT = "def load(name, kind):\n    if {}:\n        use(name)\n    else:\n        pass\n"


@pytest.mark.parametrize(
    "test",
    [
        "name == 'other'",
        "'other' == name",
        "name != 'tiny'",
        "name in ('one', 'other')",
        "name not in ['tiny']",
        "name.startswith('oth')",
        "'large' in name",
        "not name",
        "name is None",
        "kind and name == 'other'",
        "not (name == 'tiny' or kind)",
    ],
)
def test_tests_that_ask_for_another(test: str, linked: Linked) -> None:
    program = linked(TEXT.format(test))
    call = program.value("use(name)", "call")
    assert never_is("tiny", [call, call.arguments[0]])


@pytest.mark.parametrize(
    "test",
    [
        "name == 'tiny'",
        "name != 'other'",
        "name in ('tiny', 'other')",
        "name in kind",
        "name.startswith(kind)",
        "name.startswith('ti')",
        "'in' in name",
        "name",
        "kind == 'other'",
        "kind or name == 'other'",
        "len(name) > 90",
    ],
)
def test_tests_that_it_may_pass(test: str, linked: Linked) -> None:
    program = linked(TEXT.format(test))
    call = program.value("use(name)", "call")
    assert not never_is("tiny", [call, call.arguments[0]])


def test_what_left_before(linked: Linked) -> None:
    program = linked("def load(name):\n    if name == 'tiny':\n        return None\n    return use(name)\n")
    call = program.value("use(name)", "call")
    assert never_is("tiny", [call, call.arguments[0]])
    assert not never_is("other", [call, call.arguments[0]])

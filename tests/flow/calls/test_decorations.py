from collections.abc import Callable
from typing import Any

import pytest

Linked = Callable[..., Any]

_DECORATED = """
def changed(fn):
    def wrapper(*args, **kwargs):
        found = fn(*args, **kwargs)
        return {given}
    return wrapper

@changed
def best(rows):
    return rows

@changed
def tags(names):
    return names

best([1])
tags([2])
"""


@pytest.mark.parametrize(
    ("given", "is_layer"),
    [("sorted(found)", True), ("found[:3]", True), ("found", False), ("len([1])", False), ("print(1) or found", True)],
)
def test_what_gives_the_result_as_it_is_changes_nothing(given: str, is_layer: bool, linked: Linked) -> None:
    program = linked(_DECORATED.format(given=given))
    layers = program.flow.decorations.layers(program.key("best"))
    assert layers == ((program.key("changed.wrapper"),) if is_layer else ())


def test_each_call_comes_back_with_what_it_named(linked: Linked) -> None:
    program = linked(_DECORATED.format(given="sorted(found)"))
    flow, layer = program.flow, program.key("changed.wrapper")
    (inner,) = flow.decorations.inner_calls(layer)
    calls = {program.text(call): call for call in flow.body(0, 0).calls}
    assert list(flow.decorations.decorated(layer)) == [program.key("best"), program.key("tags")]
    assert flow.decorations.called_in(inner, (calls["best([1])"],)) == [program.key("best")]
    assert flow.decorations.entered(calls["tags([2])"], program.key("tags")) == layer
    assert flow.decorations.entered(inner, program.key("tags")) == program.key("tags")
    left = flow.decorations.left_to(flow.body(*program.key("best")), ())
    assert left == [(inner, (calls["best([1])"],))]


def test_a_function_that_is_put_in_another_by_its_module_is_decorated(linked: Linked) -> None:
    program = linked(
        _DECORATED.format(given="sorted(found)").replace("@changed\ndef best", "def best") + "\nbest = changed(best)\n"
    )
    assert program.flow.decorations.layers(program.key("best")) == (program.key("changed.wrapper"),)

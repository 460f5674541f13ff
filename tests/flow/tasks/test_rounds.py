"""What a call is given in each round of a loop over what is written out."""

from collections.abc import Callable
from typing import Any

import pytest

from mldebt.flow.tasks.rounds import Rounds

Linked = Callable[..., Any]
A_B = [("a", 1), ("b", 2)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("for name, step in {'a': 1, 'b': 2}.items():\n    given(name, step)", A_B),
        ("for name, step in [('a', 1), ('b', 2)]:\n    given(name, step)", A_B),
        ("for pair in (('a', 1), ('b', 2)):\n    given(*pair)", A_B),
        ("[given(name, step) for name, step in {'a': 1, 'b': 2}.items()]", A_B),
        ("STEPS = {'a': 1, 'b': 2}\nfor name in STEPS:\n    given(name, STEPS[name])", A_B),
        ("for place, (name, step) in enumerate([('a', 1), ('b', 2)]):\n    given(name, step)", A_B),
        ("for name, step in zip(['a', 'b'], [1, 2]):\n    given(name, step)", A_B),
        ("ORDER = ['a', 'b', 'c']\nfor one, two in zip(ORDER, ORDER[1:]):\n    given(one, two)",
         [("a", "b"), ("b", "c")]),
        ("from itertools import pairwise\nfor one, two in pairwise(['a', 'b', 'c']):\n    given(one, two)",
         [("a", "b"), ("b", "c")]),
        ("last = 0\nfor name in ['a', 'b']:\n    given(last, name)\n    last = name", [(0, "a"), ("a", "b")]),
        ("def fill(steps):\n    for name, step in steps.items():\n        given(name, step)\n"
         "fill({'a': 1, 'b': 2})", A_B),
        ("def fill():\n    for name, step in STEPS.items():\n        given(name, step)\nSTEPS = {'a': 1, 'b': 2}", A_B),
        ("class C:\n    STEPS = {'a': 1, 'b': 2}\n    def fill(self):\n        for name, step in self.STEPS.items():\n"
         "            given(name, step)", A_B),
        ("given('a', 1)", [("a", 1)]),
        ("for name in ['a', 'b', 'c'][::2]:\n    given(name)", [("a",), ("c",)]),
        ("for _ in range(2):\n    given('a', 1)", [("a", 1)]),
    ],
)  # fmt: skip
def test_each_round_of_what_is_written_out(text: str, expected: list[tuple[object, ...]], linked: Linked) -> None:
    program = linked(text)
    (call,) = program.flow.calls_named(frozenset({"given"}))
    rounds = Rounds(program.flow).of(call)
    assert [tuple(each.data for each in given) for given in rounds] == expected


@pytest.mark.parametrize(
    "text",
    [
        "for name, step in load().items():\n    given(name, step)",
        "for name, step in {'a': 1, **more}.items():\n    given(name, step)",
        "for name in ['a', 'b'][::0]:\n    given(name)",
        "def fill(steps):\n    for name, step in steps.items():\n        given(name, step)\n"
        "fill({'a': 1})\nfill({'b': 2})",
    ],
)
def test_nothing_is_told_of_what_is_not(text: str, linked: Linked) -> None:
    program = linked(text)
    (call,) = program.flow.calls_named(frozenset({"given"}))
    (given,) = Rounds(program.flow).of(call)
    assert given == call.arguments


def test_what_is_taken_apart_is_given_by_no_name(linked: Linked) -> None:
    program = linked("for pair in [('a', 1), ('b', 2)]:\n    given(*pair, step=3)")
    (call,) = program.flow.calls_named(frozenset({"given"}))
    named = Rounds(program.flow).named(call)
    assert [[(name, each.data) for name, each in given] for given in named] == [
        [("", "a"), ("", 1), ("step", 3)],
        [("", "b"), ("", 2), ("step", 3)],
    ]

from collections.abc import Callable

import pytest

from mldebt.flow import Flow
from mldebt.flow.conditions.conditions import around, branches, follows, never_both, returned
from mldebt.flow.value import Value

Link = Callable[..., Flow]
CallOf = Callable[[Flow, str, str], Value]

TEXT = """
if first == 1:
    for row in rows:
        try:
            if second == 2:
                inside()
            else:
                beside()
        except ValueError:
            caught()
after()
"""


def compared_with(call: Value) -> list[object]:
    return [test.inputs[1][1].data for test in around(call.body, call.at)]


def test_the_tests_around_a_place_are_told_from_the_outside(link: Link, call_of: CallOf) -> None:
    flow = link(TEXT)
    assert compared_with(call_of(flow, "example.py", "inside")) == [1, 2]
    assert compared_with(call_of(flow, "example.py", "beside")) == [1, 2]
    assert compared_with(call_of(flow, "example.py", "caught")) == [1]
    assert compared_with(call_of(flow, "example.py", "after")) == []


def test_every_branch_of_a_body_is_told(link: Link) -> None:
    flow = link(TEXT)
    body = flow.body(0, 0)
    assert [branch.test.inputs[1][1].data for branch in branches(body)] == [1, 2]


def test_what_a_branch_returns_itself(link: Link) -> None:
    flow = link("def f(x):\n    if x == 1:\n        if x == 2:\n            return 3\n        return 4\n    return 5\n")
    body = flow.body(0, 1)
    first = next(branches(body))
    assert [value.data for value in returned(body, first.then)] == [4]


@pytest.mark.parametrize(
    ("text", "excludes"),
    [
        ("if a in b:\n    one()\nif a not in b:\n    other()", True),
        ("if 'a' in b and c:\n    one()\nif 'a' not in b and d:\n    other()", True),
        ("if a.x == 1:\n    one()\nelse:\n    other()", True),
        ("if a:\n    one()\nif not (a or b):\n    other()", True),
        ("if a:\n    one()\nif a and b:\n    other()", False),
        ("if not (a and b):\n    one()\nif a:\n    other()", False),
        ("if 'a' in b:\n    one()\nif 'b' not in b:\n    other()", False),
        ("one()\nif a:\n    other()", False),
    ],
)
def test_places_that_exclude_each_other(text: str, *, excludes: bool, link: Link, call_of: CallOf) -> None:
    inner = "".join(f"    {line}\n" for line in text.splitlines())
    flow = link(f"def f(a, b, c, d):\n{inner}")
    one, other = call_of(flow, "example.py", "one"), call_of(flow, "example.py", "other")
    assert never_both(one, other) is excludes
    assert never_both(other, one) is excludes


@pytest.mark.parametrize(
    ("text", "is_run"),
    [
        ("one()\nother()", True),
        ("if a:\n    one()\nother()", True),
        ("if a:\n    one()\n    other()", True),
        ("one()\nif not a:\n    raise ValueError\nwith b:\n    other()", True),
        ("try:\n    one()\n    other()\nexcept ValueError:\n    pass", True),
        ("one()\nif a:\n    other()", False),
        ("one()\nfor a in b:\n    other()", False),
        ("one()\ntry:\n    other()\nexcept OSError:\n    pass", False),
        ("if a:\n    one()\nelse:\n    other()", False),
        ("one()\nif a:\n    return b\nother()", False),
        ("other()\none()", False),
    ],
)
def test_whether_a_place_follows_another_in_any_case(text: str, *, is_run: bool, link: Link, call_of: CallOf) -> None:
    lines = "".join(f"    {line}\n" for line in text.splitlines())
    flow = link(f"def run(a, b):\n{lines}")
    assert follows(call_of(flow, "example.py", "one"), call_of(flow, "example.py", "other")) is is_run

from collections.abc import Callable

from mldebt.flow import Flow
from mldebt.flow.conditions import around, branches, returned
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

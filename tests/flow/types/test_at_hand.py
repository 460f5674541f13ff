from collections.abc import Callable

import pytest

from mldebt.flow import Flow
from mldebt.flow.types.at_hand import AtHand
from mldebt.flow.value import Value

Link = Callable[..., Flow]
CallOf = Callable[[Flow, str, str], Value]

FAMILY = """
class Base:
    level = 2

    def __init__(self, with_users=False, kind="plain"):
        self.with_users = with_users
        self.kind = kind
        self.ready = False

    def read(self):
        if self.with_users:
            users()
        if not self.with_users:
            nobody()
        if self.kind in ("plain", "simple"):
            plain()
        elif self.kind == "full":
            full()
        if self.level == 2:
            second()
        if self.ready:
            ready()

    def prepare(self):
        self.ready = True

class Small(Base):
    def __init__(self):
        super().__init__()

class Large(Base):
    def __init__(self, kind="full"):
        Base.__init__(self, with_users=True, kind=kind)
        self.level = 3

class Given(Base):
    def __init__(self, flag=False):
        Base.__init__(self, flag)

Given(True)
Given(flag=True)
"""


@pytest.mark.parametrize(
    ("name", "never"),
    [
        ("Small", {"users", "full"}),
        ("Large", {"nobody", "plain", "second"}),
        ("Given", {"nobody", "full"}),
    ],
)
def test_what_a_constructor_sets_decides_what_runs(name: str, never: set[str], link: Link, call_of: CallOf) -> None:
    flow = link(FAMILY)
    hand = AtHand(flow, class_of(flow, name))
    calls = {each: call_of(flow, "example.py", each) for each in "users nobody plain full second ready".split()}
    assert {each for each, call in calls.items() if hand.never(call, ())} == never


@pytest.mark.parametrize(
    "change",
    [
        "def switch(model):\n    model.with_users = True",
        "class Other(Small):\n    def switch(self):\n        self.with_users = True\n\nOther()",
        "Small.__init__ = None\nimport random\nclass Third(Small):\n    pass\n\nThird().with_users = random.random()",
    ],
)
def test_what_others_may_set_is_not_certain(change: str, link: Link, call_of: CallOf) -> None:
    flow = link(f"{FAMILY}\n{change}")
    name = "Other" if "Other" in change else "Third" if "Third" in change else "Small"
    assert not AtHand(flow, class_of(flow, name)).never(call_of(flow, "example.py", "users"), ())


def test_objects_that_are_made_in_several_ways_may_be_either(link: Link, call_of: CallOf) -> None:
    flow = link(f"{FAMILY}\nGiven(False)")
    assert not AtHand(flow, class_of(flow, "Given")).never(call_of(flow, "example.py", "users"), ())


def test_an_open_call_says_which_way_a_function_goes(link: Link, call_of: CallOf) -> None:
    code = """
        def load(kind, limit=None):
            if kind == "train":
                first()
            elif limit is not None:
                second()

        load("train")
        load("test")
    """
    flow = link(code)
    calls = flow.body(0, 0).calls
    hand = AtHand(flow, None)
    first, second = (call_of(flow, "example.py", name) for name in ("first", "second"))
    assert [hand.never(first, (call,)) for call in calls] == [False, True]
    assert [hand.never(second, (call,)) for call in calls] == [True, True]
    assert not hand.never(first, ())


def class_of(flow: Flow, name: str) -> tuple[int, int]:
    number = next(number for number, scope in enumerate(flow.program.modules[0].facts.scopes) if scope.name == name)
    return 0, number

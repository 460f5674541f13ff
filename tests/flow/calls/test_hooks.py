from collections.abc import Callable
from typing import Any

import pytest

Linked = Callable[..., Any]

HOOK = "def f(rows): return rows\n"


@pytest.mark.parametrize(
    "text",
    [
        "def run(rows, post):\n    return post(rows)\nrun(data, f)",
        "def run(rows, post=f):\n    return post(rows)\nrun(data)",
        "def run(rows, post=None):\n    return (post or other)(rows)\nrun(data, post=f)",
        "HOOKS = [other, f]\ndef run(rows):\n    for hook in HOOKS:\n        rows = hook(rows)",
        "HOOKS = {'a': other, 'b': f}\ndef run(rows, name):\n    return HOOKS[name](rows)",
        "HOOKS = {'a': f}\ndef run(rows, name):\n    return HOOKS.get(name, other)(rows)",
        "HOOKS = {'a': f}\ndef run(rows):\n    for name, hook in HOOKS.items():\n        rows = hook(rows)",
        "HOOKS = []\nHOOKS.append(f)\ndef run(rows):\n    for hook in HOOKS:\n        rows = hook(rows)",
        """
class Run:
    def __init__(self, hooks):
        self.hooks = hooks
    def run(self, rows):
        for hook in self.hooks:
            rows = hook(rows)
Run([f])
""",
        """
class Run:
    def __init__(self):
        self.hooks = []
    def add(self, hook):
        self.hooks.append(hook)
    def run(self, rows):
        for hook in self.hooks:
            rows = hook(rows)
Run().add(f)
""",
    ],
)
def test_a_function_that_is_handed_on_is_called_by_another_name(text: str, linked: Linked) -> None:
    program = linked(HOOK + text)
    key = program.key("f")
    ((call, _),) = program.flow.hooks.calls(key)
    assert key in [program.flow.entered(target) for target in program.flow.targets(call)]


@pytest.mark.parametrize("text", ["f(rows)", "sorted(rows, key=f)", "rows.apply(f)", "HOOKS = [f]", "g = f"])
def test_what_only_a_library_applies_has_no_other_name(text: str, linked: Linked) -> None:
    program = linked(HOOK + text)
    assert program.flow.hooks.calls(program.key("f")) == ()


def test_what_is_handed_in_is_known_where_the_function_is_called(linked: Linked) -> None:
    program = linked(
        """
        def f(rows): return rows
        def g(rows): return rows
        def run(rows, post):
            return post(rows)
        run(one, f)
        run(two, g)
        """
    )
    flow = program.flow
    for name, given in (("f", "one"), ("g", "two")):
        key = program.key(name)
        ((call, around),) = flow.hooks.calls(key)
        (step,) = flow.back_param(program.body(name).params["rows"], ())
        assert (step.value.kind, step.stack) == ("param", around)
        (source,) = flow.back(step.value, step.stack)
        assert program.shape(source.value) == given
        assert flow.hooks.brings(call, key, around)
        assert not flow.hooks.brings(call, program.key("g" if name == "f" else "f"), around)

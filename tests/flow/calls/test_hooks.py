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


LAUNCHED = """
def f(rows): return rows
def other(rows): return rows
{}
launch([1], f)
launch([2], other)
"""


@pytest.mark.parametrize(
    "text",
    [
        "def run(rows, func):\n    return func(rows)\ndef launch(rows, func):\n    return run(rows, func)",
        "def launch(rows, func):\n    def inner():\n        return func(rows)\n    return inner()",
        "def launch(rows, func):\n    return [func][0](rows)",
        "class Run:\n    def __init__(self, func):\n        self.func = func\n    def run(self, rows):\n"
        "        return self.func(rows)\ndef launch(rows, func):\n    return Run(func).run(rows)",
    ],
)
def test_each_caller_gets_what_its_own_function_gives(text: str, linked: Linked) -> None:
    program = linked(LAUNCHED.format(text))
    flow = program.flow
    first, second = (program.value(f"launch([{number}], ", "call") for number in (1, 2))
    reached = [
        {visit.value.body.scope.name for visit in flow.walk(call, flow.back) if visit.value.kind == "return"}
        for call in (first, second)
    ]
    assert "f" in reached[0]
    assert "other" not in reached[0]
    assert "other" in reached[1]
    assert "f" not in reached[1]


@pytest.mark.parametrize(
    ("run", "position"),
    [
        ("pool.submit(func, rows)", 0),
        ("Thread(target=func, args=(rows,))", 0),
        ("tasks.add_task(func, rows)", 0),
        ("run_in_threadpool(func, rows)", 0),
        ("anyio.to_thread.run_sync(func, rows)", 0),
    ],
)
def test_what_a_thread_runs_that_was_handed_in(run: str, position: int, linked: Linked) -> None:
    program = linked(LAUNCHED.format(f"def launch(rows, func):\n    return {run}"))
    ((call, place, around),) = program.flow.hooks.run_by(program.key("f"))
    assert (program.text(call), place) == (f"return {run}", position)
    assert [program.text(each) for each in around] == ["launch([1], f)"]
    assert program.flow.hooks.handed(call.arguments[0], around) == [program.key("f")]

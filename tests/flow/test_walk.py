from collections.abc import Callable
from typing import Any

import pytest

from mldebt.flow.steps import STACK_LIMIT

Linked = Callable[..., Any]


def labels(steps: Any) -> list[tuple[str, object]]:
    return [(step.label, step.value.data) for step in steps]


# ---------------------------------------------------------------------------- backward


@pytest.mark.parametrize(
    ("text", "constants"),
    [
        ("x = 1 + 2", {1, 2}),
        ("x = 1 if 2 else 3", {1, 3}),
        ("x = [1, *[2]]", {1, 2}),
        ("x = {'a': 1}['a']", {1}),
        ("x = (1, 2)[1]", {2}),
        ("x, y = 1, 2", {1}),
        ("x = [1]\nx.append(2)", {1, 2}),
        ("x = f(1)", {1}),
        ("x = a.f(1)", {1}),
        ("x = [y for y in [1] if 2]", {1}),
        ("def f(): return 1\nx = f(2)", {1}),
        ("def f(a): return a\nx = f(1)", {1}),
        ("def f(a, b): return b\nx = f(1, 2)", {2}),
        ("def f(a=1): return a\nx = f()", {1}),
        ("def f(a=1): return a\nx = f(2)", {2}),
        ("def f(a): return g(a)\ndef g(b): return b\nx = f(1)", {1}),
        ("def f(a):\n    a.append(1)\nx = []\nf(x)", {1}),
        ("x = list(map(lambda a: 1, rows))", {1}),
        ("x = 1\ndef f():\n    return x\nx = f()", {1}),
        ("def f():\n    yield 1\nx = f()", {1}),
        ("from data import N\nx = N", {7}),
        ("import data\nx = data.make()", {8}),
    ],
)
def test_what_a_value_is_made_of(text: str, constants: set[object], linked: Linked) -> None:
    program = linked(text, {"data.py": "N = 7\ndef make(): return 8"})
    assert program.constants(program.held("x")) == constants


@pytest.mark.parametrize(
    ("text", "constants"),
    [
        ("x = C(1, 2).b", {2}),
        ("x = C(1, 2)\nx.b = 3\nx = x.b", {3}),
        ("x = C(1, 2).prop", {4}),
        ("x = C(1, 2).get()", {1}),
        ("x = C(1, 2).shared", {5}),
        ("x = D(1, 2).b", {2}),
    ],
)
def test_what_an_attribute_is_made_of(text: str, constants: set[object], linked: Linked) -> None:
    program = linked(
        f"""
class C:
    shared = 5
    def __init__(self, a, b):
        self.a, self.b = a, b
    @property
    def prop(self):
        return 4
    def get(self):
        return self.a
class D(C): pass
{text}"""
    )
    assert program.constants(program.held("x")) == constants


def test_a_helper_with_two_callers_does_not_leak(linked: Linked) -> None:
    program = linked(
        """
        def inner(b):
            return b
        def same(a):
            return inner(a)
        x = same(1)
        y = same(2)
        """
    )
    assert program.constants(program.held("x")) == {1}
    assert program.constants(program.held("y")) == {2}
    assert program.constants(program.body("inner").returns) == {1, 2}


def test_what_a_call_leaves_in_its_argument_stays_with_that_call(linked: Linked) -> None:
    program = linked("def fill(rows, n):\n    rows.append(n)\nx = []\nfill(x, 1)\ny = []\nfill(y, 2)")
    assert program.constants(program.held("x")) == {1}
    assert program.constants(program.held("y")) == {2}


def test_a_field_leads_to_everything_that_is_ever_stored_in_it(linked: Linked) -> None:
    program = linked(
        """
        class A:
            def one(self):
                self.n = 1
            def two(self):
                self.n = 2
            def get(self):
                return self.n
        """
    )
    assert program.constants(program.body("A.get").returns) == {1, 2}


PAIR = """
from dataclasses import dataclass
from elsewhere import other

@dataclass(frozen=True)
class Pair:
    m: int
    n: int

    def get(self):
        return self.n

def made(n) -> Pair:
    return Pair(2, n)
"""


@pytest.mark.parametrize(
    ("made", "constants"),
    [
        ("x = made(1).n", {1}),
        ("x = Pair(m=2, n=1).get()", {1}),
        ("kept = {}\nkept[3] = made(1)\ndef found() -> Pair:\n    return kept.get(4)\nx = found().n", {1}),
        ("held = [made(1)]\ndef found() -> Pair:\n    return held.pop()\nx = found().n", {1}),
        ("x = other(made(1), 5).n", {1, 2, 5}),  # what is not in sight may have made it anew
    ],
)
def test_a_field_is_what_the_makers_of_the_object_gave_for_it(
    made: str, constants: set[object], linked: Linked
) -> None:
    program = linked(f"{PAIR}\n{made}")
    assert program.constants(program.held("x")) == constants


def test_labels_say_why(linked: Linked) -> None:
    program = linked("def f(a): return a\nx = f(1)\ny = g.h(2)\nz = x.t")
    flow = program.flow
    assert labels(flow.back(program.call("f(1)"), ())) == [("returned", None)]
    assert labels(flow.back(program.body("f").params["a"], ())) == [("argument", 1)]
    assert [step.label for step in flow.back(program.held("y"), ())] == ["arg"]
    assert [step.label for step in flow.back(program.held("z"), ())] == ["object"]


def test_a_walk_into_a_call_comes_out_of_that_call(linked: Linked) -> None:
    program = linked("def f(a): return a\nx = f(1)")
    call = program.call("f(1)")
    (inside,) = program.flow.back(call, ())
    assert inside.stack == (call,)
    (param,) = program.flow.back(inside.value, inside.stack)
    (out,) = program.flow.back(param.value, param.stack)
    assert (out.value.data, out.stack) == (1, ())


def test_walks_go_only_so_deep_and_not_twice_into_one_call(linked: Linked) -> None:
    depth = STACK_LIMIT + 1
    chain = (
        "".join(f"def f{n}(a): return f{n + 1}(a)\n" for n in range(depth)) + f"def f{depth}(a): return 1\nx = f0(2)"
    )
    assert linked(chain).constants(linked(chain).held("x")) == {2}
    program = linked("def f(a): return f(a + 1)\nx = f(2)")
    assert program.constants(program.held("x")) <= {1, 2}
    (call,) = program.body("f").calls
    assert program.flow.enter_return(call, program.flow.targets(call)[0], (call,)) == []


def test_a_walk_is_breadth_first_visits_once_and_can_be_limited(linked: Linked) -> None:
    program = linked("a = 1\nb = a + a\nx = b + a")
    visits = list(program.flow.walk(program.held("x"), program.flow.back))
    assert [program.shape(visit.value) for visit in visits] == [
        "operation +(operand=operation +(operand=1, operand=1), operand=1)",
        "operation +(operand=1, operand=1)",
        "1",
    ]
    assert [visit.depth for visit in visits] == [0, 1, 1]
    assert [visit.label for visit in visits[-1].path()] == ["", "operand"]
    assert len(list(program.flow.walk(program.held("x"), program.flow.back, limit=2))) == 2


def test_a_walk_that_has_met_all_it_will_visit_asks_no_further(linked: Linked) -> None:
    program = linked("x = [1, 2, 3, 4]")
    asked = []

    def step(value: Any, stack: Any) -> Any:
        asked.append(value)
        return program.flow.back(value, stack)

    assert len(list(program.flow.walk(program.held("x"), step, limit=3))) == 3
    assert asked == [program.held("x")]


# ---------------------------------------------------------------------------- containers


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("x = [1, 2]", {1, 2}),
        ("x = [1]\nx.append(2)\nx.insert(0, 3)", {1, 2, 3}),
        ("x = [1]\nx.extend([2])", {1, 2}),
        ("x = [1, *[2]]", {1, 2}),
        ("x = [1 for y in z]", {1}),
        ("x = [1] + [2]", {1, 2}),
        ("x = [1, 2][:1]", {1, 2}),
        ("def f():\n    yield 1\n    yield from [2]\nx = f()", {1, 2}),
        ("def f(a): return a\nx = f([1])", {1}),
        ("x = {'a': 1}", set()),
    ],
)
def test_members_of_a_sequence(text: str, members: set[object], linked: Linked) -> None:
    program = linked("def go():\n" + "".join(f"    {line}\n" for line in text.splitlines()))
    steps = program.flow.members(program.held("x", "go"), ())
    assert {step.value.data for step in steps} == members


@pytest.mark.parametrize(
    ("loop", "shape"),
    [
        ("for i, x in enumerate(rows):", "each rows"),
        ("for x, y in zip(rows, cols):", "each rows"),
        ("for y, x in zip(rows, cols):", "each cols"),
        ("for k, x in rows.items():", "each rows"),
        ("for x, y in [(1, 2)]:", "1"),
        ("for i, x in rows:", "each rows"),
    ],
)
def test_a_place_in_what_a_loop_meets(loop: str, shape: str, linked: Linked) -> None:
    program = linked(f"def go(rows, cols):\n    {loop}\n        pass")
    (step,) = program.flow.back(program.held("x", "go"), ())
    assert program.shape(step.value) == shape


def test_a_key_function_meets_the_elements_of_what_is_sorted(linked: Linked) -> None:
    program = linked("x = sorted([(1, 'a')], key=lambda pair: pair[1])")
    assert program.constants(program.body("<lambda>").returns) == {"a"}


def test_one_element_of_a_sequence_is_one_value(linked: Linked) -> None:
    program = linked("for x in rows: pass\ny = other")
    rows, other = program.held("x").source, program.held("y")
    assert program.flow.element_of(rows) is program.held("x")
    assert program.flow.element_of(other) is program.flow.element_of(other)
    assert program.flow.element_of(other).source is other


@pytest.mark.parametrize(
    ("text", "label", "shape"),
    [
        ("x = {}\nx['a'] = 1\nx['b'] = 2\nx = x['a']", "item", "1"),
        ("x = {'a': 1, 'b': 2}\nx = x['b']", "item", "2"),
        ("x = {'a': 1, **n}\nx = x['a']", "item", "1"),
        ("x = {n: 1, 'b': 2}\nx = x['b']", "object", "dict (None, 'b')(item=1, key=n, item=2, key='b')"),
        ("x = (1, 2)\nx = x[1]", "item", "2"),
        ("x = [1, *n]\nx = x[0]", "object", "collection list(item=1, spread=n)"),
        ("x = [1, 2]\nx = x[n]", "object", "collection list(item=1, item=2)"),
        ("x = [1, 2]\nx = x[9]", "object", "collection list(item=1, item=2)"),
    ],
)
def test_an_item_is_what_stands_at_its_key(text: str, label: str, shape: str, linked: Linked) -> None:
    program = linked("def go(n):\n" + "".join(f"    {line}\n" for line in text.splitlines()))
    (step,) = program.flow.back(program.held("x", "go"), ())
    assert (step.label, program.shape(step.value)) == (label, shape)


# ---------------------------------------------------------------------------- forward


@pytest.mark.parametrize(
    ("text", "reached"),
    [
        ("x = source()\nsink(x)", ["sink(x)"]),
        ("x = source()\ny = [x]\nsink(y[0])", ["sink(y[0])"]),
        ("x = source()\nsink(x.head(3))", ["sink(x.head(3))", "sink(x.head(3))"]),
        ("x = source()\nif x:\n    sink(1)", []),
        ("x = source()\ny = 1 if x else 2\nsink(y)", []),
        ("x = source()\nfor y in x:\n    sink(y)", ["sink(y)"]),
        ("x = source()\nsink([y for y in x])", ["sink([y for y in x])"]),
        ("def f(a):\n    sink(a)\nx = source()\nf(x)", ["sink(a)"]),
        ("def f(a):\n    return a\nx = source()\nsink(f(x))", ["sink(f(x))", "sink(f(x))"]),
        (
            "def f(a):\n    return a\ndef g():\n    return f(source())\nsink(g())",
            ["return f(source())", "sink(g())", "sink(g())"],
        ),
        ("def f():\n    return source()\nsink(f())", ["sink(f())", "sink(f())"]),
        ("def f():\n    yield source()\nfor y in f():\n    sink(y)", ["for y in f():", "sink(y)"]),
        ("x = source()\ndef f():\n    sink(x)", ["sink(x)"]),
        ("def f():\n    x = source()\n    def g():\n        sink(x)", ["sink(x)"]),
        ("def f(rows):\n    rows.append(source())\nx = []\nf(x)\nsink(x)", ["rows.append(source())", "sink(x)"]),
        ("def f(a):\n    sink(a)\nmap(f, source())", ["map(f, source())", "sink(a)"]),
        ("def f(a):\n    return 1\nsink(f(source()))", []),
    ],
)
def test_where_a_value_goes(text: str, reached: list[str], linked: Linked) -> None:
    program = linked(text)
    found = program.reached(program.call("source()"))
    assert found == reached


@pytest.mark.parametrize(
    ("use", "reached"),
    [
        ("def read(self):\n        sink(self.rows)", ["sink(self.rows)"]),
        (
            "@property\n    def first(self):\n        return self.rows\n    def read(self):\n        sink(self.first)",
            ["sink(self.first)"],
        ),
        ("def read(self):\n        sink(self.other)", []),
    ],
)
def test_what_is_stored_in_a_field_goes_where_it_is_read(use: str, reached: list[str], linked: Linked) -> None:
    program = linked(f"class A:\n    def __init__(self):\n        self.rows = source()\n    {use}")
    assert program.reached(program.call("source()")) == reached


def test_a_field_of_a_typed_value_is_stored_from_outside(linked: Linked) -> None:
    program = linked("class A:\n    def read(self):\n        sink(self.rows)\na = A()\na.rows = source()")
    assert program.reached(program.call("source()")) == ["sink(self.rows)"]


def test_an_object_goes_along_with_its_methods_and_constructors(linked: Linked) -> None:
    program = linked(
        """
        class A:
            def __init__(self, rows):
                pass
            def read(self):
                sink(self)
        A(source()).read()
        """
    )
    assert program.reached(program.call("source()")) == ["A(source()).read()", "sink(self)"]


def test_a_value_that_leaves_a_helper_goes_to_the_caller_it_came_from(linked: Linked) -> None:
    program = linked("def same(a):\n    return a\none(same(source()))\ntwo(same(1))")
    assert program.reached(program.call("source()")) == ["one(same(source()))", "one(same(source()))"]


def test_a_global_is_followed_into_other_modules(linked: Linked) -> None:
    program = linked("from data import ROWS\nsink(ROWS)", {"data.py": "ROWS = source()"})
    assert program.reached(program.call("source()", "data.py")) == ["sink(ROWS)"]


# ---------------------------------------------------------------------------- the end


def test_cyclic_imports_and_recursion_end(linked: Linked) -> None:
    program = linked(
        "from b import g\ndef f(n):\n    return g(n)\nx = f(1)",
        {
            "b.py": """
            from main import f
            class T:
                def __init__(self):
                    self.t = T()
                    self.t.t = self.t
            def g(n):
                return f(n) if n else T().t
            """
        },
    )
    assert program.constants(program.held("x")) == {1}
    assert list(program.flow.walk(program.held("x"), program.flow.forth))


# ---------------------------------------------------------------------------- what is kept


def test_steps_are_the_same_after_other_questions(linked: Linked) -> None:
    flow = linked("def f(a): return [a]\nx = f(1)").flow
    call = next(value for value in flow.body(0, 0).calls)
    first = flow.back(call, ())
    assert flow.back(call, ()) is first
    flow.move_on()
    assert labels(flow.back(call, ())) == labels(first)


def test_uses_that_are_added_while_they_are_gone_through_are_met(linked: Linked) -> None:
    flow = linked("rows = load()\n" + "\n".join(f"use_{number}(rows)" for number in range(30))).flow
    rows = flow.body(0, 0).env["rows"]
    met = 0
    before = len(rows.uses)
    for _ in rows.uses:
        if met == 0:
            flow.element_of(rows)
        met += 1
    assert met == before + 1 == len(rows.uses)

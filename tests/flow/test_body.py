from collections.abc import Callable
from typing import Any

import pytest

Linked = Callable[..., Any]


def end(linked: Linked, text: str, name: str = "x", place: str = "") -> str:
    """What a name is made of at the end of a scope."""
    program = linked(text)
    return str(program.shape(program.held(name, place)))


# ---------------------------------------------------------------------------- expressions


@pytest.mark.parametrize(
    ("expression", "shape"),
    [
        ("1", "1"),
        ("a", "a"),
        ("a.b.c", "a.b.c"),
        ("f(1, k=2, *r, **s)", "f(1, 2, r, s)"),
        ("p.q", "external"),
        ("p['k']", "item"),
        ("(1, *p)", "collection tuple(item=1, spread=?p)"),
        ("{'a': 1, **p}", "dict ('a',)(item=1, key='a', spread=?p)"),
        ("-1", "operation -(operand=1)"),
        ("1 < p < 2", "compare ('<', '<')(operand=1, operand=?p, operand=2)"),
        ("1 if p else 2", "choice(test=?p, value=1, value=2)"),
        ("[y + 1 for y in p]", "comprehension list(iterable=?p, element=operation +(operand=each ?p, operand=1))"),
        ("{k: 1 for k in p if k}", "comprehension dict(iterable=?p, condition=each ?p, key=each ?p, element=1)"),
        ("[y for xs in p for y in xs]", "comprehension list(iterable=?p, iterable=each ?p, element=each each ?p)"),
        ("p[1:-2]", "slice (1, -2, None)(object=?p, bound=1, bound=operation -(operand=2))"),
        ("p[:n]", "slice (None, '?', None)(object=?p, bound=n)"),
        ("f'a{p}b'", "template ('a', None, 'b')(part=?p)"),
        ("await p", "same await(value=?p)"),
        ("(y := 1)", "1"),
    ],
)
def test_expressions(expression: str, shape: str, linked: Linked) -> None:
    text = f"async def go():\n    x = {expression}\n    p = 0"
    expected = {"external": "?p.q", "item": "?p['k']"}.get(shape, shape)
    assert end(linked, text, place="go") == expected


def test_a_function_a_class_and_a_lambda_are_their_scopes(linked: Linked) -> None:
    program = linked("def f(): pass\nclass C: pass\ng = lambda: 1")
    assert program.held("f").scope_key == program.key("f")
    assert program.held("C").scope_key == program.key("C")
    assert program.held("g").scope_key == program.key("<lambda>")


def test_names_of_a_comprehension_stay_inside(linked: Linked) -> None:
    assert end(linked, "y = 1\nx = [y for y in z]\nx = y") == "1"


def test_the_iterables_around_a_value_are_known(linked: Linked) -> None:
    program = linked("for a in outer:\n    for b in inner:\n        deep()\nflat()")
    assert [program.shape(loop) for loop in program.call("deep()").loops] == ["outer", "inner"]
    assert program.call("flat()").loops == ()


# ---------------------------------------------------------------------------- versions: branches


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("x = 1\nx = 2", "2"),
        ("x = 1\nif a:\n    x = 2", "(2 | 1)"),
        ("if a:\n    x = 1\nelse:\n    x = 2", "(1 | 2)"),
        ("if a:\n    x = 1\nelif b:\n    x = 2\nelse:\n    x = 3", "(1 | (2 | 3))"),
        ("if a:\n    x = 1", "1"),
        ("x = 1\nif a:\n    x = 2\n    raise E", "1"),
        ("x = 1\nwith a as b:\n    x = b", "same with(value=a)"),
        ("x = 1\nmatch a:\n    case [x]:\n        pass\n    case 2:\n        x = 2", "(a[None] | 2 | 1)"),
    ],
)
def test_branches_meet(text: str, shape: str, linked: Linked) -> None:
    assert end(linked, text) == shape


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("x = 1\ntry:\n    x = 2\nexcept E:\n    pass", "(2 | (1 | 2))"),
        ("x = 1\ntry:\n    x = 2\nexcept E:\n    x = 3", "(2 | 3)"),
        ("x = 1\ntry:\n    x = 2\nexcept E:\n    raise", "2"),
        ("x = 1\ntry:\n    x = 2\nfinally:\n    x = 3", "3"),
        ("x = 1\ntry:\n    f()\nexcept E:\n    x = 2\nelse:\n    x = 3", "(3 | 2)"),
        ("try:\n    f()\nexcept E as x:\n    y = x\nx = y", "?x"),
    ],
)
def test_handlers_start_from_anything_in_between(text: str, shape: str, linked: Linked) -> None:
    assert end(linked, text) == shape


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("x = 1\nfor i in a:\n    x = x + i", "(1 | operation +(operand=…, operand=each a))"),
        ("x = 1\nwhile a:\n    x = 2", "(1 | 2)"),
        ("for i in a:\n    x = i", "each a"),
        ("x = 1\nfor i in a:\n    x = 2\nelse:\n    x = 3", "3"),
        ("x = []\nfor i in a:\n    x.append(i)", "([] | mutate append(base=…, arg=each a))"),
        ("x = {}\nfor i in a:\n    x[i] = 1", "({} | store ('[]', None)(base=…, value=1, key=each a))"),
        ("for i, (j, *k) in a:\n    x = k", "slice (1, None, None)(object=each a[1])"),
    ],
)
def test_a_loop_holds_the_value_from_before_or_from_the_round_before(text: str, shape: str, linked: Linked) -> None:
    expected = shape.replace("[] |", "collection list() |").replace("{} |", "dict ()() |")
    assert end(linked, text) == expected


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("return 1\nreturn 2", "return(value=1)"),
        ("if a:\n    return 1\nreturn 2", "return(value=1, value=2)"),
        ("if a:\n    return 1\nelse:\n    raise E\nreturn 2", "return(value=1)"),
        ("for i in p:\n    return i", "return(value=each p)"),
        ("raise E\nreturn 1", "return()"),
        ("try:\n    return 1\nexcept E:\n    pass\nreturn 2", "return(value=1, value=2)"),
        ("yield 1\nyield from p", "return(yield=1, value=p)"),
    ],
)
def test_what_stands_after_a_return_or_raise_is_not_reached(text: str, shape: str, linked: Linked) -> None:
    indented = "".join(f"    {line}\n" for line in text.splitlines())
    program = linked(f"def f(p):\n{indented}")
    assert program.shape(program.body("f").returns) == shape
    assert program.body("f").is_generator is ("yield" in text)


# ---------------------------------------------------------------------------- assignment and mutation


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("y = x = 1", "1"),
        ("x, y = p", "p[0]"),
        ("y, *x = p", "slice (1, None, None)(object=p)"),
        ("x: int = 1", "1"),
        ("x = 1\nx: int", "1"),
        ("x = 1\nx += 2", "operation +(operand=1, operand=2)"),
        ("x = p\nx.n = 1", "store n(base=p, value=1)"),
        ("x = p\nx['n'] = 1", "store ('[]', 'n')(base=p, value=1, key='n')"),
        (
            "x = p\nx[0][1] = 2",
            "store ('[]', None)(base=p, value=store ('[]', 1)(base=p[0], value=2, key=1))",
        ),
        ("x = p\nx.append(1)", "mutate append(base=p, arg=1)"),
        ("x = p\nx.append(1)\nx.sort(key=k)", "mutate sort(base=mutate append(base=p, arg=1), arg=k)"),
        ("x = p\nx['a'].append(1)", "store ('[]', 'a')(base=p, value=mutate append(base=p['a'], arg=1))"),
        (
            "x = p\nx.setdefault(k, []).append(1)",
            "store ('[]', None)(base=mutate setdefault(base=p, arg=k, arg=collection list()), "
            "value=mutate append(base=p.setdefault(k, collection list()), arg=1))",
        ),
        ("import random\nx = p\nrandom.shuffle(x)", "mutate random.shuffle(base=p)"),
        ("x = p\ndel x[0]", "mutate pop(base=p, arg=0)"),
        ("x = p\nlen(x)", "p"),
        ("x = p\nf(x)", "p"),
        ("x = p\nx.f()", "p"),
    ],
)
def test_a_change_is_a_new_version(text: str, shape: str, linked: Linked) -> None:
    indented = "".join(f"    {line}\n" for line in text.splitlines())
    assert end(linked, f"def function(p):\n{indented}", "x", "function") == shape


def test_what_an_own_function_is_handed_may_be_changed_by_it(linked: Linked) -> None:
    text = "def f(a, b): pass\ndef g(q):\n    x = q\n    q.h(x)\n    f(1, x)"
    program = linked(text)
    passed = program.held("x", "g")
    assert program.shape(passed) == "passed(base=passed(base=q))"
    assert passed.position == 1
    assert passed.inputs[1][1] is program.call("f(1, x)")


def test_a_deleted_name_holds_nothing(linked: Linked) -> None:
    assert "x" not in linked("x = 1\ndel x").body().env


def test_an_attribute_is_remembered_until_it_is_stored_again(linked: Linked) -> None:
    text = "def f(self):\n    self.rows = 1\n    x = self.rows\n    self.rows = 2\n    y = self.rows"
    assert end(linked, text, "x", "f") == "1"
    assert end(linked, text, "y", "f") == "2"


def test_a_mutated_attribute_is_stored_in_its_owner(linked: Linked) -> None:
    program = linked("def f(self):\n    self.rows = []\n    self.rows.append(1)")
    stores = [(store.data, store.one("value").kind) for store in program.body("f").stores]
    assert stores == [("rows", "collection"), ("rows", "mutate")]


# ---------------------------------------------------------------------------- names from elsewhere


def test_a_closure_reads_the_function_around_it(linked: Linked) -> None:
    program = linked("def f(a):\n    b = 1\n    def g():\n        return a + b")
    reads = program.body("f.g").free_reads
    assert [read.variable for read in reads] == [(program.key("f")[1], "a"), (program.key("f")[1], "b")]


def test_a_method_does_not_see_names_of_its_class(linked: Linked) -> None:
    program = linked("n = 1\nclass C:\n    n = 2\n    def m(self):\n        return n")
    assert [read.variable for read in program.body("C.m").global_reads] == [(0, "n")]
    assert program.body("C.m").free_reads == []


def test_a_local_name_hides_a_global_one(linked: Linked) -> None:
    program = linked("n = 1\ndef f():\n    print(n)\n    n = 2")
    assert program.body("f").global_reads == []
    assert program.shape(program.call("print(n)")) == "print(?n)"


def test_a_global_statement_stores_in_the_module(linked: Linked) -> None:
    program = linked("n = 1\ndef f():\n    global n\n    n = 2\n    return n")
    (store,) = program.body("f").stores
    assert (store.data, store.one("base"), program.shape(store.one("value"))) == ("n", None, "2")
    assert [read.variable for read in program.body("f").global_reads] == [(0, "n")]


def test_a_global_that_is_changed_is_stored_again(linked: Linked) -> None:
    program = linked("n = 0\ndef f():\n    global n\n    n = []\n    n.append(1)")
    assert [(store.data, store.one("value").kind) for store in program.body("f").stores] == [
        ("n", "collection"),
        ("n", "mutate"),
    ]


def test_an_import_in_a_function_is_its_own(linked: Linked) -> None:
    program = linked("def f():\n    import pandas as pd\n    return pd.read_csv\ndef g():\n    return pd.read_csv")
    assert program.shape(program.body("f").returns) == "return(value=pandas.read_csv)"
    assert program.shape(program.body("g").returns) == "return(value=pd.read_csv)"


def test_an_attribute_of_a_module_or_class_is_what_it_stands_for(linked: Linked) -> None:
    program = linked(
        "import data\nx = data.load\ny = data.C.m", {"data.py": "def load(): pass\nclass C:\n    def m(self): pass"}
    )
    assert program.held("x").scope_key == program.key("data.py:load")
    assert program.held("y").scope_key == program.key("data.py:C.m")


def test_names_of_a_value_keep_their_order(linked: Linked) -> None:
    program = linked("b = a = 1\nc = b")
    assert program.body().names_of(program.held("a")) == ("b", "a", "c")


def test_defaults_and_decorators_belong_to_the_scope_around(linked: Linked) -> None:
    program = linked("@app.get('/')\ndef f(a=load()): pass")
    body, scope = program.body(), program.body("f").scope
    assert program.shape(body.values[scope.parameters[0].default]) == "load()"
    assert [program.shape(call) for call in body.nodes if call.kind == "call"][-1] == "app.get('/')(func())"


def test_a_library_s_module_stays_what_it_is_whatever_is_set_in_it(linked: Linked) -> None:
    program = linked(
        "import os\nimport a.b as c\nfrom a import d\n"
        "os.environ['X'] = '1'\nc.rate = 2\nd.rate = 3\nx = os.path\ny = c.run\nz = d"
    )
    held = {name: program.held(name) for name in "xyz"}
    assert [(held[name].kind, held[name].data) for name in "xy"] == [("external", "os.path"), ("external", "a.b.run")]
    assert held["z"].kind == "store"

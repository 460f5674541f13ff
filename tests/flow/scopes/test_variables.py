from collections.abc import Callable
from typing import Any

Linked = Callable[..., Any]


def test_a_global_has_its_last_value_and_its_versions(linked: Linked) -> None:
    program = linked("n = 1\nn = 2\ndef reset():\n    global n\n    n = 3\ndef read():\n    return n")
    read = program.body("read").returns.source
    assert program.flow.global_value(read).data == 2
    assert [value.data for value in program.flow.global_versions(read)] == [1, 2, 3]


def test_of_many_versions_the_last_are_kept(linked: Linked) -> None:
    program = linked("".join(f"n = {i}\n" for i in range(12)) + "def read():\n    return n")
    assert [value.data for value in program.flow.global_versions(program.body("read").returns.source)] == list(
        range(4, 12)
    )


def test_a_global_is_read_from_functions_and_other_modules(linked: Linked) -> None:
    texts = {"data.py": "N = 1\ndef f():\n    print(N)\ndef g(N):\n    print(N, 'own')", "other.py": "N = 2\nprint(N)"}
    program = linked("import data\nfrom data import N\nprint('one', data.N)\ndef h():\n    print('two', N)", texts)
    reads = program.flow.global_reads(program.module("data.py").index, "N")
    lines = {program.text(read) for read in reads}
    assert lines == {"print(N)", "from data import N", "print('one', data.N)", "print('two', N)"}
    assert {read.body.module.path for read in reads} == {"data.py", "main.py"}


def test_a_closure_variable_has_the_value_at_the_end_or_the_parameter(linked: Linked) -> None:
    program = linked("def f(a):\n    b = 1\n    def g():\n        return a, b\n    b = 2\n    return g")
    a, b = (source for _, source in program.body("f.g").returns.source.inputs)
    assert program.flow.free_value(a).kind == "param"
    assert program.flow.free_value(b).data == 2


NONLOCAL = """
def f():
    a, b = None, 0
    def g():
        nonlocal a
        before = a
        a = "inner"
        b = "own"
        return before
    g()
    print(a)
    print(b)
    return a, b
"""


def test_a_variable_of_a_function_around_holds_what_is_bound_inside(linked: Linked) -> None:
    program = linked(NONLOCAL)
    a, b = (source for _, source in program.body("f").returns.source.inputs)
    assert program.constants(a) == {None, "inner"}
    assert program.constants(b) == {0}
    before = program.body("f.g").returns.source
    assert before.kind == "free"
    assert program.flow.free_value(before) is a


def test_what_is_bound_for_a_function_around_gets_to_where_it_is_read(linked: Linked) -> None:
    program = linked(NONLOCAL)
    assert "print(a)" in program.lines(program.value('"inner"', "const"))
    assert "print(b)" not in program.lines(program.value('"own"', "const"))


def test_what_else_holds_the_value_of_a_variable_is_not_bound_anew_with_it(linked: Linked) -> None:
    program = linked(
        """
        def f():
            rows = ["read"]
            kept = rows
            def g():
                nonlocal kept
                kept = ["inner"]
            g()
            return rows, kept
        """
    )
    rows, kept = (source for _, source in program.body("f").returns.source.inputs)
    assert program.constants(rows) == {"read"}
    assert program.constants(kept) == {"read", "inner"}


def test_what_is_put_into_a_variable_around_gets_to_where_it_is_read(linked: Linked) -> None:
    program = linked(
        "def f(x):\n    a, b = [], []\n    def g():\n        a.append(1)\n        b.extend([2])\n    g()\n"
        "    print(a)\n    print(b)\nKEPT = []\ndef keep():\n    KEPT.append(3)\ndef read():\n    print(KEPT)"
    )
    assert "print(a)" in program.lines(program.value("1)", "const"))
    assert "print(b)" not in program.lines(program.value("1)", "const"))
    assert "print(b)" in program.lines(program.value("2])", "const"))
    assert "print(KEPT)" in program.lines(program.value("3)", "const"))


def test_a_list_is_filled_in_a_comprehension_or_by_map(linked: Linked) -> None:
    program = linked(
        """
        def f(rows):
            a, b, c = [], [], []
            [a.append("one") for row in rows]
            for group in rows:
                any(b.append("two") for row in group)
                list(map(c.append, ("three", "four")))
            return a, b, c
        """
    )
    a, b, c = (source for _, source in program.body("f").returns.source.inputs)
    assert program.constants(a) == {"one"}
    assert program.constants(b) == {"two"}
    assert program.constants(c) == {"three", "four"}


def test_names_that_take_a_written_tuple_apart_hold_its_values(linked: Linked) -> None:
    program = linked("a, b = [], 2\n(c, *d) = 3, 4\ne, f = a, *b\nx, y = b, a\nx[0], y = y, x[0]")
    assert [program.held(name).kind for name in "abcdefy"] == [
        *("collection", "const", "const", "slice", "item", "item", "item"),
    ]
    assert program.held("x").source is program.held("b")

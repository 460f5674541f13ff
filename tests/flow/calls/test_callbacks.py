from collections.abc import Callable
from typing import Any

import pytest

Linked = Callable[..., Any]


@pytest.mark.parametrize(
    ("use", "applied"),
    [
        ("map(f, rows)", [("map(f, rows)", 0)]),
        ("pool.submit(f, rows)", [("pool.submit(f, rows)", 0)]),
        ("Thread(1, target=f)", [("Thread(1, target=f)", 1)]),
        ("f(rows)", []),
        ("g = f", []),
    ],
)
def test_where_a_function_is_applied(use: str, applied: list[tuple[str, int]], linked: Linked) -> None:
    program = linked(f"def f(a): pass\n{use}")
    found = program.flow.applied(*program.key("f"))
    assert [(program.text(call), position) for call, position in found] == applied


def test_methods_and_lambdas_are_applied_too(linked: Linked) -> None:
    program = linked(
        """
        class C:
            def m(self, a): pass
            def go(self):
                map(self.m, rows)
        sorted(rows, key=lambda r: r)
        """
    )
    (method,) = program.flow.applied(*program.key("C.m"))
    (key,) = program.flow.applied(*program.key("<lambda>"))
    assert (program.text(method[0]), method[1]) == ("map(self.m, rows)", 0)
    assert (key[0].function.data, key[1]) == ("sorted", 1)
    assert program.flow.callbacks(method[0]) == [program.key("C.m")]
    assert program.flow.callbacks(key[0]) == [program.key("<lambda>")]


def test_a_function_of_another_module_is_applied_by_its_name(linked: Linked) -> None:
    program = linked("from lib import f\nimport lib\nmap(f, a)\nmap(lib.f, b)", {"lib.py": "def f(a): pass"})
    assert [program.text(call) for call, _ in program.flow.applied(*program.key("lib.py:f"))] == [
        "map(f, a)",
        "map(lib.f, b)",
    ]


@pytest.mark.parametrize(
    ("use", "name", "filled"),
    [
        ("map(f, rows)", "a", ["rows"]),
        ("map(f, one, two)", "b", ["two"]),
        ("rows.apply(f)", "a", ["rows"]),
        ("rows.sort(key=f, reverse=True)", "a", ["rows"]),
        ("map(f, rows)", "b", []),
        ("f(1, 2)", "b", ["2"]),
        ("Thread(target=f, args=(one, two))", "b", ["two"]),
        ("Thread(target=f, args=(one,), kwargs={'b': two})", "b", ["two"]),
        ("Thread(target=f, args=rows)", "a", ["rows"]),
        ("Thread(target=f, args=(one,), name=two, a=two)", "a", ["one"]),
        ("Timer(5, f, args=(one,))", "a", ["one"]),
        ("rows.apply(f, args=(one,))", "a", ["rows"]),
        ("rows.apply(f, axis=1, args=(one,))", "b", ["one"]),
        ("minimize(f, one, args=(two,))", "a", ["one"]),
        ("minimize(f, one, args=(two,))", "b", ["two"]),
        ("pool.submit(f, one, b=two)", "b", ["two"]),
        ("pool.submit(f)", "a", []),
        ("pool.submit(wrapped, f, one)", "a", ["one"]),
        ("loop.run_in_executor(None, f, one)", "a", ["one"]),
        ("pool.apply_async(f, (one, two))", "b", ["two"]),
        ("pool.apply_async(f, (one,), kwds={'b': two})", "b", ["two"]),
        ("start_new_thread(f, (one, two))", "b", ["two"]),
        ("Timer(5, f, [one])", "a", ["one"]),
        ("group.start_soon(f, one)", "a", ["one"]),
        ("tasks.add_task(f, one, b=two)", "b", ["two"]),
    ],
)
def test_an_applied_function_gets_the_other_arguments_or_the_receiver(
    use: str, name: str, filled: list[str], linked: Linked
) -> None:
    program = linked(f"def f(a, b=0): pass\ndef go(rows, one, two):\n    {use}")
    found = program.flow.filled(program.call(use), program.body("f"), name)
    assert [program.shape(source) for source in found] == filled


def test_an_applied_method_gets_no_self(linked: Linked) -> None:
    program = linked("class C:\n    def m(self, a): pass\n    def go(self, rows):\n        map(self.m, rows)")
    call, body = program.call("map(self.m, rows)"), program.body("C.m")
    assert [program.shape(source) for source in program.flow.filled(call, body, "a")] == ["rows"]
    assert program.flow.filled(call, body, "self") == []


def test_who_deploys_a_flow_by_its_keyword_gives_it_nothing(linked: Linked) -> None:
    program = linked(
        """
        @flow
        def main(path="clicks.csv"):
            return path

        def plain(path):
            return path

        Deployment.build(flow=main, name="nightly")
        search(fn=plain, space=space)
        """
    )
    (deployed,), (searched,) = program.flow.applied(*program.key("main")), program.flow.applied(*program.key("plain"))
    assert program.flow.filled(deployed[0], program.body("main"), "path", deployed[1]) == []
    assert len(program.flow.filled(searched[0], program.body("plain"), "path", searched[1])) == 1


def test_a_parameter_has_the_types_of_what_a_function_is_applied_to_in_part_or_run_with(linked: Linked) -> None:
    program = linked(
        """
        from functools import partial
        from threading import Thread
        class Ranker: pass
        class Store: pass
        def first(a, b): return a, b
        def second(a): return a
        partial(first, b=Store())
        Thread(target=second, args=(Ranker(),))
        """
    )
    assert program.types(program.body("first").params["b"]) == ["main.py:Store"]
    assert program.types(program.body("second").params["a"]) == ["main.py:Ranker"]


@pytest.mark.parametrize(
    ("run", "is_told"),
    [
        ("run_in_threadpool(f, Ranker())", True),
        ("pool.apply_async(f, (Ranker(),))", True),
        ("start_new_thread(f, (Ranker(),))", True),
        ("group.start_soon(f, Ranker())", True),
        ("tasks.add_task(f, Ranker())", True),
        ("connection.run_sync(f, Ranker())", False),  # the connection comes first
        ("spawn(f, Ranker())", False),  # the number of the process may
        ("rows.apply(f, Ranker())", False),
    ],
)
def test_what_a_function_is_told_that_is_run_elsewhere(run: str, *, is_told: bool, linked: Linked) -> None:
    program = linked(f"class Ranker: pass\ndef f(a, b=0): return a\n{run}")
    assert program.types(program.body("f").params["a"]) == (["main.py:Ranker"] if is_told else [])


def test_what_a_thread_leaves_in_a_list_is_in_it(linked: Linked) -> None:
    program = linked(
        """
        from threading import Thread
        def work(name, out):
            out.append(name)
        def go(rows):
            seen, found = [], []
            Thread(target=work, args=("kept", found)).start()
            return found, seen
        """
    )
    found, seen = (source for _, source in program.body("go").returns.source.inputs)
    assert program.constants(found) == {"kept"}
    assert program.constants(seen) == set()
    assert any("return found, seen" in line for line in program.lines(program.body("work").params["name"]))

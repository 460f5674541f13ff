from collections.abc import Callable
from typing import Any

from mldebt.flow import Flow
from mldebt.flow.indexes import ScopeFinder

Linked = Callable[..., Any]
TEXT = """
total = 1
class A:
    def run(self):
        return self.rows
    def stop(self):
        def inner():
            return total, f
        return x.rows
def f():
    return A().run()
"""


def test_where_names_are_written(linked: Linked) -> None:
    program = linked(TEXT)
    indexes = program.flow.indexes
    assert set(indexes.scopes_with_attribute("rows")) == {program.key("A.run"), program.key("A.stop")}
    assert indexes.mentions_attribute(program.key("A.run"), "rows")
    assert not indexes.mentions_attribute(program.key("A.run"), "run")
    assert program.key("A.stop.inner") in indexes.scopes_with_name("total")
    assert indexes.scopes_with_name("x") == ()
    assert indexes.scopes_with_either("f") == [program.key("A.stop.inner")]
    assert indexes.methods_named("run") == [program.key("A.run")]
    assert indexes.methods_named("f") == ()


def test_calls_by_their_last_name(linked: Linked) -> None:
    program = linked(TEXT)
    indexes, (module, scope) = program.flow.indexes, program.key("f")
    assert [key[:2] for key in indexes.calls_named("run")] == [(module, scope)]
    assert [key[:2] for key in indexes.calls_named("A")] == [(module, scope)]
    assert indexes.calls_named("missing") == ()


def test_scopes_inside_a_scope(linked: Linked) -> None:
    program = linked(TEXT)
    names = [program.name((0, n)).rpartition(":")[2] for n in program.flow.children(*program.key("A"))]
    assert names == ["A.run", "A.stop"]
    assert list(program.flow.children(*program.key("f"))) == []


def test_the_innermost_scope_at_a_place(linked: Linked) -> None:
    program = linked(TEXT)
    module, text = program.module(), program.texts["main.py"]
    finder = ScopeFinder(module)
    places = {"total = 1": "", "self.rows": "A.run", "return total": "A.stop.inner", "x.rows": "A.stop", "A().run": "f"}
    found = {fragment: module.facts.scopes[finder.at(text.index(fragment))].qualname for fragment in places}
    assert found == places


def test_functions_that_modules_give_another_name(linked: Linked) -> None:
    program = linked(
        "import lib\nfrom functools import partial\nh = lib.f\nk = partial(f, 2)\nx = f(1)\ny = partial()",
        {"lib.py": "def f(n): pass\ng = f\nf = f"},
    )
    assert sorted(program.flow.indexes.aliases("f")) == ["g", "h", "k"]
    assert program.flow.indexes.aliases("g") == ()


TESTED = {
    "rank.py": """
    def rank(rows):
        return rows.scores
    def serve():
        return rank(load())
    """,
    "spare.py": """
    def spare(rows):
        return rows
    """,
    "tests/test_rank.py": """
    from rank import rank
    from spare import spare
    def made():
        return rank(spare([3, 1])).scores
    made()
    """,
}


def test_what_tests_do_counts_where_nothing_else_is_known(link: Callable[..., Flow]) -> None:
    flow = link(TESTED)
    keys = [
        (place, flow.program.modules[place].members[0][name]) for place, name in enumerate(("rank", "spare", "made"))
    ]
    callers = [[call.body.module.path for call in flow.callers(*key)] for key in keys]
    assert callers == [["rank.py"], ["tests/test_rank.py"], ["tests/test_rank.py"]]
    assert [module for module, _ in flow.attribute_scopes("scores")] == [0]
    assert [module for module, _ in flow.attribute_scopes("scores", with_tests=True)] == [0, 2]
    assert flow.touches(*keys[2], "scores")

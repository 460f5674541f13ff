from collections.abc import Callable
from typing import Any

import pytest

Linked = Callable[..., Any]


def meaning(program: Any, name: str, path: str = "main.py") -> str:
    """What a module-level name stands for, in words."""
    entity = program.flow.program.lookup(program.module(path), name)
    if entity is None:
        return "nothing"
    if entity.kind in ("func", "class"):
        return f"{entity.kind} {program.name((entity.module, entity.scope))}"
    if entity.kind == "module":
        return f"module {program.flow.program.modules[entity.module].path}"
    where = f" of {program.flow.program.modules[entity.module].path}" if entity.kind == "var" else ""
    return f"{entity.kind} {entity.name}{where}"


@pytest.mark.parametrize(
    ("statement", "texts", "expected"),
    [
        ("from data import x", {"data.py": "def x(): pass"}, "func data.py:x"),
        ("from data import x", {"data.py": "x = 1"}, "var x of data.py"),
        ("from data import x", {"data/__init__.py": "class x: pass"}, "class data/__init__.py:x"),
        ("from data import x", {"data/x.py": ""}, "module data/x.py"),
        ("import data as x", {"data.py": ""}, "module data.py"),
        ("import a.b as x", {"a/b.py": ""}, "module a/b.py"),
        ("from pandas import x", {}, "external pandas.x"),
        ("import pandas as x", {}, "external pandas"),
        ("from .data import x", {"data.py": "def x(): pass"}, "func data.py:x"),
        ("from . import x", {"x.py": ""}, "module x.py"),
        ("from .missing import x", {}, "external missing.x"),
        ("from a import x", {"a.py": "from b import x", "b.py": "def x(): pass"}, "func b.py:x"),
        ("from a import x", {"a/__init__.py": "from .b import y as x", "a/b.py": "def y(): pass"}, "func a/b.py:y"),
        ("from a import x", {"a.py": "from b import *", "b.py": "def x(): pass"}, "func b.py:x"),
        ("from a import *", {"a.py": "import numpy as x"}, "external numpy"),
        ("x = 1", {}, "var x of main.py"),
        ("y = 1", {}, "nothing"),
        ("for x in y: pass", {}, "var x of main.py"),
        ("from a import x", {"a.py": "from main import x"}, "external main.x"),
        ("from a import *", {"a.py": "from main import *"}, "nothing"),
        ("from a import *", {"a.py": "from nowhere import *"}, "nothing"),
    ],
)
def test_what_a_name_stands_for(statement: str, texts: dict[str, str], expected: str, linked: Linked) -> None:
    assert meaning(linked(statement, texts), "x") == expected


@pytest.mark.parametrize(
    ("path", "statement", "expected"),
    [
        ("a/b/c.py", "from .d import x", "func a/b/d.py:x"),
        ("a/b/c.py", "from ..e import x", "func a/e.py:x"),
        ("a/b/c.py", "from ... import f as x", "module f.py"),
        ("a/b/c.py", "from d import x", "func a/b/d.py:x"),
        ("a/b/c.py", "from e import x", "func a/e.py:x"),
        ("a/b/c.py", "from b.d import x", "func a/b/d.py:x"),
        ("a/b/c.py", "from a.b.d import x", "func a/b/d.py:x"),
        ("elsewhere/g.py", "from b.d import x", "func a/b/d.py:x"),
        ("elsewhere/g.py", "from d import x", "external d.x"),
    ],
)
def test_where_an_import_looks(path: str, statement: str, expected: str, linked: Linked) -> None:
    texts = {"a/b/d.py": "def x(): pass", "a/e.py": "def x(): pass", "f.py": "", path: statement}
    assert meaning(linked(texts=texts), "x", path) == expected


def test_a_package_below_src_is_found_by_its_name(linked: Linked) -> None:
    program = linked("from shop.data import x", {"src/shop/data.py": "def x(): pass"})
    assert meaning(program, "x") == "func src/shop/data.py:x"


def test_two_folders_that_fit_are_none(linked: Linked) -> None:
    texts = {"one/shop/data.py": "def x(): pass", "two/shop/data.py": "def x(): pass"}
    assert meaning(linked("from shop.data import x", texts), "x") == "external shop.data.x"


def test_a_namespace_package_leads_to_its_modules(linked: Linked) -> None:
    program = linked("import shop.data\nshop.data.load()", {"shop/data.py": "def load(): pass"})
    assert program.targets(program.call("shop.data.load()")) == ["shop/data.py:load"]


def test_a_module_of_a_package_means_a_library_by_the_name_of_the_module_beside_it(linked: Linked) -> None:
    texts = {"a/__init__.py": "", "a/redis.py": "def get(): pass", "a/rows.py": "def read(): pass"}
    part = linked(texts=texts | {"a/main.py": "from .rows import read\nimport redis as x"})
    assert meaning(part, "x", path="a/main.py") == "external redis"
    program = linked(texts=texts | {"a/main.py": "from rows import read\nimport redis as x"})
    assert meaning(program, "x", path="a/main.py") == "module a/redis.py"


def test_a_notebook_imports_but_is_not_imported(linked: Linked) -> None:
    texts = {"nb.ipynb": "from data import x\ny = x()", "data.py": "def x(): pass", "main.py": "from nb import y"}
    program = linked(texts=texts)
    assert meaning(program, "x", "nb.ipynb") == "func data.py:x"
    assert meaning(program, "y") == "external nb.y"


def test_a_module_is_a_member_of_its_package(linked: Linked) -> None:
    program = linked("import shop\nshop.data.load()", {"shop/__init__.py": "", "shop/data.py": "def load(): pass"})
    assert program.targets(program.call("shop.data.load()")) == ["shop/data.py:load"]


def test_a_dotted_text_is_resolved_from_the_scope_it_stands_in(linked: Linked) -> None:
    program = linked(
        """
        class Outer:
            class Inner:
                pass
            def make(self):
                from data import Row
                return Row
        """,
        {"data.py": "class Row: pass"},
    )
    resolve, module = program.flow.program.resolve_dotted, program.module()
    inner = resolve(module, "Outer.Inner")
    assert program.name((inner.module, inner.scope)) == "main.py:Outer.Inner"
    assert resolve(module, "Inner", program.key("Outer")[1]) == inner
    row = resolve(module, "Row", program.key("Outer.make")[1])
    assert program.name((row.module, row.scope)) == "data.py:Row"
    assert resolve(module, "Row").kind == "external"
    assert resolve(module, "unknown.Row") is None


def test_bound_names_are_parameters_and_assignments(linked: Linked) -> None:
    program = linked("def f(a, *b, c=1, **d):\n    e = 1\n    def g(): h = 1")
    assert program.flow.program.bound(program.module(), program.key("f")[1]) == {"a", "b", "c", "d", "e"}


@pytest.mark.parametrize(
    ("statement", "name", "expected"),
    [
        ("from fastai.vision.all import *", "vision_learner", "external fastai.vision.all.vision_learner"),
        ("from fastai.vision import *", "cnn_learner", "external fastai.vision.all.cnn_learner"),
        ("from fastai.vision.all import *", "pd", "external pandas"),
        ("from sklearn.linear_model import *", "Ridge", "external sklearn.linear_model.Ridge"),
        ("from sklearn.linear_model import *", "anything", "nothing"),
        ("from .nowhere import *", "Ridge", "nothing"),
        ("from sklearn.linear_model import *\nRidge = 1", "Ridge", "var Ridge of main.py"),
    ],
)
def test_what_the_star_of_a_library_brings(statement: str, name: str, expected: str, linked: Linked) -> None:
    assert meaning(linked(statement), name) == expected

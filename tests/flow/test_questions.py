"""Questions that the flow answers exactly, one table a kind: derivation, order, branches and call sites, fitting."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mldebt.flow.conditions.constancy import Constancy
from mldebt.flow.evaluation.fitting import Fittings
from mldebt.flow.orders.order import Orders
from mldebt.flow.orders.reorder import Reorders
from mldebt.flow.rows.splits import Splits
from mldebt.flow.seeding.outline import Event, Outlines
from mldebt.flow.seeding.seeds import Seeds
from mldebt.flow.value import Value

Linked = Callable[..., Any]

# ---------------------------------------------------------------------------- what a value derives from


@pytest.mark.parametrize(
    ("text", "constants"),
    [
        ("from dataclasses import dataclass\n@dataclass\nclass P:\n    a: int\n    b: int = 3\nx = P(1, 2).b", {2}),
        ("from dataclasses import dataclass\n@dataclass\nclass P:\n    a: int\n    b: int = 3\nx = P(a=1).a", {1}),
        ("from typing import NamedTuple\nclass P(NamedTuple):\n    a: int\n    b: int\nx = P(1, 2).b", {2}),
        ("from pydantic import BaseModel\nclass P(BaseModel):\n    a: int\n    b: int\nx = P(a=1, b=2).b", {2}),
        (
            "from dataclasses import dataclass\n@dataclass\nclass P:\n    a: int\n    b: int = 3\n"
            "def f(p: P):\n    return p.b\nx = f(P(1, 2))",
            {2, 3},
        ),
        ("d = {}\nd['a'] = 1\nd['b'] = 2\nx = d['b']", {2}),
        ("def f():\n    return 1, 2\nx, y = f()", {1}),
        ("def f():\n    return {'a': 1, 'b': 2}\nx = f()['a']", {1}),
        ("x = [b for a in [[1]] for b in a]", {1}),
        ("x = {a: b for a, b in zip([1], [2])}", {1, 2}),
        ("def f():\n    yield from g()\ndef g():\n    yield 1\nx = list(f())", {1}),
        ("def f(a):\n    def g():\n        return a\n    return g()\nx = f(1)", {1}),
        ("def f(**kw):\n    return g(**kw)\ndef g(a, b):\n    return a\nx = f(a=1, b=2)", {1}),
        ("def f(*args):\n    return g(*args)\ndef g(a, b):\n    return b\nx = f(1, 2)", {2}),
        ("def f(*args):\n    return g(0, *args)\ndef g(*args):\n    return args\nx = f(1, 2)", {0, 1, 2}),
        ("def f(*args):\n    return g(0, *args)\ndef g(a, *args):\n    return a\nx = f(1, 2)", {0}),
        ("def f(**kw):\n    return kw['a']\nx = f(a=1, b=2)", {1}),
        ("def f(**kw):\n    return kw.get('a')\nx = f(a=1, b=2)", {1}),
        ("def apply(fn, v):\n    return fn(v)\ndef one(v):\n    return v\nx = apply(one, 1)", {1}),
        ("from functools import partial\ndef f(a, b):\n    return a\nx = partial(f, 1)(2)", {1}),
        ("import data\nx = data.Box(4).held", {4}),
        (
            "class A:\n    def set(self, v):\n        self.v = v\n    def get(self):\n        return self.v\n"
            "a = A()\na.set(6)\nx = a.get()",
            {6},
        ),
        ("x = 1\nwith open('f') as y:\n    x = 2", {2}),
        ("async def f():\n    return 5\nasync def g():\n    return await f()\nx = g()", {5}),
    ],
)
def test_what_a_value_derives_from(text: str, constants: set[object], linked: Linked) -> None:
    program = linked(text, {"data.py": "class Box:\n    def __init__(self, held):\n        self.held = held"})
    assert program.constants(program.held("x")) == constants


@pytest.mark.parametrize(
    "text",
    [
        # Airflow: by key, by what a task returns, by what a TaskFlow function hands on
        """
        from airflow.operators.python import PythonOperator
        def extract(ti):
            ti.xcom_push(key="rows", value=1)
            ti.xcom_push(key="other", value=2)
        def load(ti):
            x = ti.xcom_pull(task_ids="extract", key="rows")
            return x
        PythonOperator(task_id="extract", python_callable=extract)
        PythonOperator(task_id="load", python_callable=load)
        """,
        """
        from airflow.operators.python import PythonOperator
        def read():
            return 1
        def other():
            return 2
        def load(**context):
            x = context["ti"].xcom_pull(task_ids="extract")
            return x
        PythonOperator(task_id="extract", python_callable=read)
        PythonOperator(task_id="other", python_callable=other)
        """,
        """
        from airflow.decorators import dag, task
        @task
        def extract():
            return 1
        @task()
        def load(rows):
            x = rows
            return x
        @dag(schedule=None)
        def pipeline():
            load(extract())
        """,
        # Prefect: a call, a future
        """
        from prefect import flow, task
        @task
        def extract():
            return 1
        @task(retries=2)
        def load(rows):
            x = rows
            return x
        @flow
        def pipeline():
            future = extract.submit()
            load.submit(future.result())
        """,
        # ZenML: a call in a pipeline
        """
        from zenml import pipeline, step
        @step
        def extract() -> int:
            return 1
        @step(enable_cache=False)
        def load(rows: int) -> int:
            x = rows
            return x
        @pipeline
        def training():
            load(extract())
        """,
        # Dagster: an asset takes another by the name of a parameter, or by what it says
        """
        from dagster import asset
        @asset
        def rows():
            return 1
        @asset
        def other():
            return 2
        @asset
        def load(rows):
            x = rows
            return x
        """,
        """
        from dagster import AssetIn, asset
        @asset(name="raw")
        def make():
            return 1
        @asset(ins={"rows": AssetIn("raw")})
        def load(rows):
            x = rows
            return x
        """,
    ],
    ids=["xcom-key", "xcom-return", "taskflow", "prefect", "zenml", "dagster", "dagster-ins"],
)
def test_what_one_task_hands_to_another(text: str, linked: Linked) -> None:
    program = linked(text)
    assert 1 in program.constants(program.held("x", "load"))
    assert 2 not in program.constants(program.held("x", "load"))
    one = next(node for node in program.nodes() if node.kind == "const" and node.data == 1)
    assert any("load(rows" in line or "xcom_pull" in line for line in program.lines(one))


# ---------------------------------------------------------------------------- which branch, which call site


FLAGS = """
import settings
ON, OFF, TURNED = True, False, False
def turn():
    settings.TURNED = True
def always(rows, shuffle=False):
    if shuffle:
        here(rows)
def once(rows, shuffle=False):
    if shuffle:
        here(rows)
def applied(rows, shuffle=False):
    if shuffle:
        here(rows)
def uncalled(rows, shuffle=False):
    if shuffle:
        here(rows)
def go(rows, flag):
    always(rows)
    always(rows, shuffle=False)
    once(rows)
    once(sorted(rows), shuffle=True)
    applied(rows)
    map(applied, rows)
"""


@pytest.mark.parametrize(
    ("test", "never"),
    [
        ("if True:\n    pass\nelse:\n    here()", True),
        ("if not True:\n    here()", True),
        ("if OFF:\n    here()", True),
        ("if OFF and flag:\n    here()", True),
        ("if OFF or flag:\n    here()", False),
        ("if ON:\n    here()", False),
        ("if TURNED:\n    here()", False),
        ("if flag:\n    here()", False),
        ("if flag:\n    if OFF:\n        here()", True),
        ("local = False\nif local:\n    here()", True),
        ("local = False\nif flag:\n    local = True\nif local:\n    here()", False),
    ],
)
def test_a_branch_that_a_constant_decides(test: str, *, never: bool, linked: Linked) -> None:
    body = "".join(f"    {line}\n" for line in test.splitlines())
    program = linked(f"{FLAGS}def asked(flag):\n{body}", {"settings.py": "TURNED = False"})
    assert Constancy(program.flow).never(program.call("here()")) is never


@pytest.mark.parametrize(
    ("function", "never"), [("always", True), ("once", False), ("applied", False), ("uncalled", False)]
)
def test_a_branch_that_the_callers_decide(function: str, *, never: bool, linked: Linked) -> None:
    program = linked(FLAGS, {"settings.py": ""})
    place = next(call for call in program.body(function).calls)
    assert Constancy(program.flow).never(place) is never


@pytest.mark.parametrize(
    ("made", "never"),
    [
        ("Feed()", True),
        ("Feed(mixed=False)", True),
        ("Feed(mixed=True)", False),
        ("Feed(asked)", False),
        ("Feed()\nfeed.mixed = asked", False),
    ],
)
def test_a_branch_that_the_object_decides(made: str, *, never: bool, linked: Linked) -> None:
    program = linked(
        "class Feed:\n    def __init__(self, mixed=False):\n        self.mixed = mixed\n"
        f"    def go(self):\n        if self.mixed:\n            here()\nfeed = {made}\n"
    )
    assert Constancy(program.flow).never(program.call("here()")) is never


def test_of_several_objects_the_one_on_the_way_decides(linked: Linked) -> None:
    program = linked(
        "class Feed:\n    def __init__(self, mixed=False):\n        self.mixed = mixed\n"
        "    def go(self):\n        if self.mixed:\n            here()\n"
        "plain, other = Feed(), Feed(mixed=True)\nplain.go()\nother.go()\n"
    )
    place = program.call("here()")
    assert Constancy(program.flow).never(place, {program.call("plain.go()")})
    assert not Constancy(program.flow).never(place, {program.call("other.go()")})


def test_a_caller_on_the_way_decides_alone(linked: Linked) -> None:
    program = linked(FLAGS, {"settings.py": ""})
    (place,) = program.body("once").calls
    plain, turned = program.call("once(rows)"), program.call("once(sorted(rows), shuffle=True)")
    assert Constancy(program.flow).never(place, {plain})
    assert not Constancy(program.flow).never(place, {turned})


# ---------------------------------------------------------------------------- where an order is lost or comes back

RANKED = """
from concurrent.futures import as_completed
from sentence_transformers import CrossEncoder
model = CrossEncoder("m")
def ranking(docs):
    return sorted(docs, key=lambda doc: model.predict(doc), reverse=True)
"""


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("x = [f.result() for f in as_completed([pool.submit(other, a) for a in r])]", "completion-order"),
        ("x = db.execute('SELECT * FROM t WHERE id = ANY(%s)', ([a.id for a in r],)).fetchall()", "unordered-query"),
        (
            "x = db.execute('SELECT * FROM t WHERE id IN %s ORDER BY price', ([a.id for a in r],)).fetchall()",
            "sort-by-other-key",
        ),
        (
            "x = db.execute('SELECT DISTINCT a FROM (SELECT * FROM t ORDER BY score DESC LIMIT 9) s').fetchall()",
            "unordered-query",
        ),
        ("places = {a.id: n for n, a in enumerate(r)}\nx = sorted(db.fetch(r), key=lambda row: places[row.id])", None),
        ("x = list({a.id: a for a in r}.values())", None),
        ("x = r\nreturn x\nx = set(r)", None),
    ],
)
def test_where_an_order_is_lost(body: str, kind: str | None, linked: Linked) -> None:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    program = linked(f"{RANKED}def go(docs, other, pool, db):\n    r = ranking(docs)\n{lines}    return x\n")
    assert [each.kind for each in Reorders(Orders(program.flow)).of(program.body("go"))] == ([kind] if kind else [])


# ---------------------------------------------------------------------------- where a seed was set


@pytest.mark.parametrize(
    ("text", "is_seeded"),
    [
        ("random.seed(1)\nrandom.random()", True),
        ("random.random()\nrandom.seed(1)", False),
        ("def prepare():\n    random.seed(1)\nprepare()\nrandom.random()", True),
        ("def prepare():\n    random.seed(1)\nrandom.random()\nprepare()", False),
        ("import seeding\nrandom.random()", True),
        ("def draw():\n    return random.random()\nrandom.seed(1)\ndraw()", True),
        ("np.random.seed(1)\nrandom.random()", False),
    ],
)
def test_a_seed_counts_when_it_is_set_before_the_draw(text: str, *, is_seeded: bool, linked: Linked) -> None:
    program = linked(f"import random\nimport numpy as np\n{text}\n", {"seeding.py": "import random\nrandom.seed(3)\n"})
    seeds = Seeds(program.flow)

    def draws(call: Value) -> Iterator[Event]:
        if seeds.drawn_from(call):
            yield Event("draw", seeds.drawn_from(call), call, "")

    outlines, root = Outlines(program.flow, seeds, draws), program.body()
    unseeded = [event for event in outlines.of(root).events if event.family not in outlines.before(root)]
    assert bool(unseeded) is not is_seeded


# ---------------------------------------------------------------------------- what was fitted on what


@pytest.mark.parametrize(
    ("text", "given", "out", "others"),
    [
        ("x = scaler.fit_transform(rows)", ["rows"], ["scaler.fit_transform(rows)"], []),
        (
            "scaler.fit(left)\nscaler.transform(left)\nscaler.transform(right)",
            ["left"],
            ["scaler.transform(left)"],
            ["scaler.transform(right)"],
        ),
        ("scaler.transform(right)\nscaler.fit(left)", ["left"], [], []),
    ],
)
def test_what_a_transformer_was_fitted_on(
    text: str, given: list[str], out: list[str], others: list[str], linked: Linked
) -> None:
    program = linked(
        "from sklearn.preprocessing import StandardScaler\ndef go(rows, left, right):\n    scaler = StandardScaler()\n"
        + "".join(f"    {line}\n" for line in text.splitlines())
    )
    fit = next(call for call in program.body("go").calls if call.calls_method("fit", "fit_transform"))
    found = Fittings(program.flow, {"sklearn.preprocessing.StandardScaler"}).of(fit)
    assert found is not None
    assert [value.name for value in found.given] == given
    assert [program.text(call).removeprefix("x = ") for call in found.out] == out
    assert [program.text(call) for call in found.others] == others


def test_whether_evaluation_sees_what_something_was_fitted_on(linked: Linked) -> None:
    program = linked(
        """
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
def go():
    rows = pd.read_csv("rows.csv")
    scaled = StandardScaler().fit_transform(rows)
    left, right, y_left, y_right = train_test_split(scaled, rows.y)
    print(r2_score(y_right, Ridge().fit(left, y_left).predict(right)))
"""
    )
    splits = Splits(program.flow)
    parts = list(splits.reached(program.call("StandardScaler().fit_transform(rows)")))
    assert parts
    assert any(splits.evaluated(part) is not None for part in parts)


def seeds_only(_call: Value) -> Iterator[Event]:
    yield from ()


@pytest.mark.parametrize(
    ("texts", "is_seeded"),
    [
        ({"run.py": "random.seed(1)\nimport main"}, True),
        ({"run.py": "import main\nrandom.seed(1)"}, False),
        ({"run.py": "import seeding\nfrom main import x", "seeding.py": "random.seed(1)"}, True),
        ({"run.py": "from main import x\nimport seeding", "seeding.py": "random.seed(1)"}, False),
        ({"run.py": "def fix():\n    random.seed(1)\nfix()\nfrom main import x"}, True),
        ({"run.py": "def go():\n    random.seed(1)\n    from main import x"}, True),
        ({"run.py": "random.seed(1)\nimport other", "other.py": "import main"}, True),
        ({"run.py": "random.seed(1)\nimport main", "plain.py": "import main"}, False),
        ({"run.py": "random.seed(1)\nimport main", "tests/test_it.py": "import main"}, True),
        ({"__init__.py": "random.seed(1)"}, True),
        ({"other/__init__.py": "random.seed(1)"}, False),
    ],
)
def test_a_seed_counts_when_it_is_set_before_the_import_that_draws(
    texts: dict[str, str], *, is_seeded: bool, linked: Linked
) -> None:
    others = {path: f"import random\n{text}\n" for path, text in texts.items()}
    program = linked("import random\nx = random.random()\n", others)
    seeds = Seeds(program.flow)
    root = program.body()
    assert ("python" in Outlines(program.flow, seeds, seeds_only).before(root)) is is_seeded


def test_a_script_is_started_by_itself_whoever_imports_it(linked: Linked) -> None:
    text = 'import random\nx = random.random()\nif __name__ == "__main__":\n    print(x)\n'
    program = linked(text, {"run.py": "import random\nrandom.seed(1)\nimport main\n"})
    assert not Outlines(program.flow, Seeds(program.flow), seeds_only).before(program.body())

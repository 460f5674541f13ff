"""Questions that the flow answers exactly, one table a kind: derivation, order, branches and call sites, fitting."""

from collections.abc import Callable
from typing import Any

import pytest

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

"""People by stage, on code whose stages and authors are known line by line."""

import json
from textwrap import dedent

import pytest

from mldebt.ownership import Person, with_teams
from mldebt.pipeline.people.owners import basis
from mldebt.pipeline.people.team import ask_team
from mldebt.pipeline.stages import STAGES, Stages
from mldebt.scan import read_project
from mldebt.settings import Settings

ANN, BO, CY = "Ann Archer <ann@corp.org>", "Bo Baker <bo@corp.org>", "Cy Cole <cy@corp.org>"
FILES = {
    "data/read.py": """
        import csv

        def read(path):
            rows = []
            with open(path) as file:
                for line in csv.reader(file):
                    if line[0].strip():
                        rows.append([float(cell.replace(",", "")) for cell in line])
            return rows
    """,
    "ml/train.py": """
        import joblib
        from sklearn.linear_model import Ridge

        from data.read import read

        def train():
            rows = read("sales.csv")
            model = Ridge().fit([row[:1] for row in rows], [row[1] for row in rows])
            joblib.dump(model, "ridge.joblib")
    """,
    "ml/check.py": """
        from sklearn.metrics import r2_score

        def check(model, x, y):
            return r2_score(y, model.predict(x))
    """,
    "web/app.py": """
        import joblib
        from fastapi import FastAPI

        from web.round import rounded

        app = FastAPI()

        @app.get("/price")
        def price(a: float):
            return rounded(joblib.load("ridge.joblib").predict([[a]])[0])
    """,
    "web/round.py": """
        def rounded(value):
            return round(float(value), 2)
    """,
    "tools/unrelated.py": """
        def shout(text):
            return text.upper()
    """,
}
TEXTS = {path: dedent(text).lstrip("\n") for path, text in FILES.items()}
DATA = ["data/read.py", "ml/train.py", "ml/check.py"]


def read(root):
    return read_project(root, Settings(cache=False, jobs=1))


def team(root):
    project = read(root)
    return ask_team(project, project.ownership, basis(project, project.ownership, "shop"))


@pytest.fixture
def shop(recorder):
    recorder.commit({path: TEXTS[path] for path in DATA}, author=ANN)
    recorder.commit({path: TEXTS[path] for path in TEXTS if path not in DATA}, author=BO)
    recorder.commit({"notes.txt": "x\n"}, author=CY)
    return recorder


def test_what_code_is_for_decides_its_stage(shop):
    spans = Stages(read(shop.write())).spans()
    assert {stage: sorted({path for path, _, _ in found}) for stage, found in spans.items()} == {
        "ingestion": ["data/read.py"],
        "modelling": ["ml/train.py"],
        "evaluation": ["ml/check.py"],
        "serving": ["web/app.py", "web/round.py"],
    }


def test_no_line_is_in_two_stages(shop):
    seen = set()
    for found in Stages(read(shop.write())).spans().values():
        for path, first, last in found:
            lines = {(path, line) for line in range(first, (last or len(TEXTS[path].splitlines())) + 1)}
            assert not lines & seen
            seen |= lines


def test_files_that_run_it_are_operations(shop):
    shop.commit({"Makefile": "train:\n\tpython -m ml.train\n", ".github/workflows/ci.yml": "on: push\n"}, author=CY)
    spans = Stages(read(shop.write())).spans()
    assert sorted(spans["operations"]) == [(".github/workflows/ci.yml", 1, 0), ("Makefile", 1, 0)]


def test_who_wrote_how_much_of_each(shop):
    answer = team(shop.write())
    assert [stage.name for stage in answer.stages] == list(STAGES)
    ann, bo = answer.members
    count = {path: len(text.splitlines()) for path, text in TEXTS.items()}
    assert (ann.name, ann.lines) == (
        "Ann Archer",
        (count["data/read.py"], 0, count["ml/train.py"], count["ml/check.py"], 0, 0),
    )
    assert (bo.name, bo.lines) == ("Bo Baker", (0, 0, 0, 0, count["web/app.py"] + count["web/round.py"], 0))


def longer(path, lines=60):
    return TEXTS[path] + "".join(f"    print({number})\n" for number in range(lines))


def test_gaps_are_stages_of_one_or_nobody_and_models_between_strangers(recorder):
    recorder.commit({"ml/train.py": longer("ml/train.py"), "data/read.py": TEXTS["data/read.py"]}, author=ANN, day=0)
    recorder.commit({"web/app.py": longer("web/app.py"), "web/round.py": TEXTS["web/round.py"]}, author=BO, day=900)
    answer = team(recorder.write())
    assert [(gap.kind, gap.text) for gap in answer.gaps] == [
        ("nobody", "modelling: nobody who is still active knows it; Ann Archer knew it and is gone"),
        ("one person", "serving: only Bo Baker knows it"),
        (
            "handoff",
            "Ridge: trained by Ann Archer, served in web/app.py:price by Bo Baker; nobody knows both sides",
        ),
    ]


def test_a_stage_that_one_team_alone_knows_is_a_gap(recorder):
    text = longer("ml/train.py")
    recorder.commit({"ml/train.py": text[: len(text) // 2]}, author=ANN)
    recorder.commit({"ml/train.py": text}, author=BO)
    recorder.commit({"notes.txt": "x\n"}, author=CY)
    project = read(recorder.write())
    for names, gaps in (((ANN, BO), 1), ((ANN, CY), 0)):
        members = tuple(name.partition(" <")[0] for name in names)
        ownership = with_teams(project.ownership, {"research": members, "web": ("nobody", CY.partition(" <")[0])}, {})
        answer = ask_team(project, ownership, basis(project, ownership, "shop"))
        told = [gap.text for gap in answer.gaps if gap.kind == "one team"]
        assert told == ["modelling: only people of research know it, 2 of them"] * gaps


@pytest.mark.parametrize(
    ("lines", "role"),
    [
        ({"serving": 90, "modelling": 10}, "product engineer"),
        ({"serving": 40, "modelling": 60}, "ML engineer"),
        ({"operations": 80, "ingestion": 20}, "platform engineer"),
        ({"ingestion": 80, "modelling": 20}, "data engineer"),
        ({"modelling": 60, "evaluation": 40}, "researcher"),
        ({"features": 45, "evaluation": 30, "ingestion": 25}, "data scientist"),
        ({"modelling": 20, "operations": 20, "ingestion": 60}, "ML engineer"),
        ({"evaluation": 55, "operations": 45}, "generalist"),
        ({"modelling": 49}, ""),
    ],
)
def test_roles_that_code_suggests(lines, role):
    from mldebt.ownership import Ownership
    from mldebt.pipeline.people.team import _member

    assert _member(Ownership(available=True), Person(name="Ann", email=""), lines).role == role


def test_a_gap_names_who_is_nearest_to_filling_it(recorder):
    recorder.commit({"web/app.py": longer("web/app.py"), "ml/train.py": TEXTS["ml/train.py"]}, author=ANN)
    recorder.commit({"web/app.py": longer("web/app.py").replace("print(7)", "print('seven')")}, author=BO)
    (gap,) = team(recorder.write()).gaps
    assert gap.text == "serving: only Ann Archer knows it; nearest: Bo Baker, who wrote 1%"


def test_of_a_notebook_only_the_lines_of_its_code_count(recorder):
    source = [
        "import pandas as pd\n",
        "from sklearn.linear_model import Ridge\n",
        "rows = pd.read_csv('sales.csv')\n",
        "Ridge().fit(rows[['a']], rows['b'])",
    ]
    shown = [{"output_type": "stream", "name": "stdout", "text": [f"{line}\n" for line in range(300)]}]
    cell = {"cell_type": "code", "execution_count": 1, "metadata": {}, "source": source, "outputs": shown}
    told = {"cell_type": "markdown", "metadata": {}, "source": ["words\n"] * 50}
    book = {"cells": [told, cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    recorder.commit({"fit.ipynb": json.dumps(book, indent=1)}, author=ANN)
    recorder.commit({"notes.txt": "x\n"}, author=BO, day=1)
    project = read_project(recorder.write(), Settings(cache=False, jobs=1))
    answer = ask_team(project, project.ownership, basis(project, project.ownership, "shop"))
    assert sum(stage.lines for stage in answer.stages) == len(source)

import json
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.scan import read_project
from mldebt.settings import Settings

CODE = """
    import joblib
    from sklearn.linear_model import Ridge

    def train(rows):
        model = Ridge()
        model.fit(rows, rows.price)
        joblib.dump(model, "price.joblib")
"""
TEXT = "# Prices\n\nThe regression model predicts prices; it was trained on ten years of sales.\n"


def told(root: Path, texts: Mapping[str, str]) -> list[bool]:
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    project = read_project(root, Settings(cache=False, history=False, jobs=1))
    return [project.descriptions.tells_of(model) for model in project.trained_models]


def test_a_readme_speaks_for_its_folder_and_what_is_below(tmp_path: Path) -> None:
    assert told(tmp_path / "a", {"shop/README.md": TEXT, "shop/jobs/train.py": CODE}) == [True]
    assert told(tmp_path / "b", {"shop/README.md": TEXT, "bank/train.py": CODE}) == [False]
    assert told(tmp_path / "c", {"shop/README.md": "# Prices\n\nRun the training with make.\n", "shop/t.py": CODE}) == [
        False
    ]


def test_a_list_that_leads_to_a_folder_speaks_for_it_item_by_item(tmp_path: Path) -> None:
    texts = {
        "README.md": """
            # Examples

            * [Regression of prices, trained on sales from 2020](./price/README.md)
            * [Something else](./other)
        """,
        **{f"{name}/train.py": CODE for name in ("other", "price", "more", "most")},
    }
    assert told(tmp_path, texts) == [False, False, False, True]


def test_a_file_named_for_a_known_data_set_says_what_it_was_trained_on(tmp_path: Path) -> None:
    text = "# Digits\n\nThe model is a classifier of digits, nothing else.\n"
    assert told(tmp_path / "a", {"mnist/README.md": text, "mnist/train.py": CODE}) == [True]
    assert told(tmp_path / "b", {"digits/README.md": text, "digits/train.py": CODE}) == [False]


NAMED = """
    from torch import nn, optim, save

    class ComponentModel(nn.Module):
        def forward(self, rows):
            return rows

    def train(batches):
        net = ComponentModel()
        steps = optim.Adam(net.parameters())
        for batch in batches:
            net(batch).mean().backward()
            steps.step()
        save(net.state_dict(), "component.pt")
"""


def documents_of(root: Path, page: str, at: str = "pages/list.md") -> list[str]:
    for path, text in {at: page, "code/component_net.py": NAMED}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    project = read_project(root, Settings(cache=False, history=False, jobs=1))
    (model,) = project.trained_models
    return [each.location.path for each in project.descriptions.told(model) if each.location is not None]


def test_a_word_of_english_names_a_model_only_where_it_is_meant_as_a_name(tmp_path: Path) -> None:
    pages = (
        "Our models are trained daily. The least trusted component in the system is the crawler.\n",
        "Training data: **every component of the training system writes what it has done to a log**\n",
        "What training logs: Box Loss, Component Loss, Recall.\n",
        "The classifier component reads its data from a queue.\n",
        "- **component** - The aim of this classifier is to give a bug to those who can mend it.\n",
        "The component model gives a bug to those who can mend it.\n",
        "1. [component](https://example.org): trained every week, from all bugs; models are kept.\n",
        "Bugs are given to people by Component, which is trained every week.\n",
        "| name | what it does |\n| --- | --- |\n| component | classifier of bugs, trained every week |\n",
    )
    found = [bool(documents_of(tmp_path / str(place), page)) for place, page in enumerate(pages)]
    assert found == [False, False, False, False, True, True, True, True, True]


def test_pages_on_agents_and_security_tell_how_work_is_done_only_where_tools_look_for_them(tmp_path: Path) -> None:
    page = "The component model is a classifier of bugs, trained every week.\n"
    paths = (
        *("agents.md", "SECURITY.md", ".github/security.md", "docs/AGENTS.md", "docs/changes.md"),
        *("docs/agents.md", "docs/security.md", "docs/Gemini.md"),
    )
    found = [documents_of(tmp_path / str(place), page, path) for place, path in enumerate(paths)]
    assert found == [[], [], [], [], [], *([path] for path in paths[5:])]


def test_a_page_above_may_name_a_librarys_model_as_people_do(tmp_path: Path) -> None:
    code = {f"fits/{name}.py": CODE for name in ("one", "two", "three", "four")}
    said = "# Prices\n\nRun it.\n\n## Algorithms\n\n- `lc`: Linear regression, trained on ten years of sales\n"
    assert told(tmp_path / "a", {**code, "docs/algorithms.md": said}) == [True] * 4
    assert told(tmp_path / "b", {**code, "docs/algorithms.md": said.replace("Linear", "Our")}) == [False] * 4
    assert told(tmp_path / "c", {**code, "other/algorithms.md": said}) == [False] * 4


FILES = tuple(f"jobs/{name}.py" for name in ("flats", "houses", "offices", "garages"))
PAGE = "# Prices\n\n{lead}\n\n## Training\n\n```\npython jobs/flats.py\npython -m jobs.houses\n```\n"
LEAD = "A neural network predicts prices; it was trained on ten years of sales."


def test_the_lead_of_a_page_speaks_for_the_programs_that_it_starts(tmp_path: Path) -> None:
    jobs = dict.fromkeys(FILES, CODE)
    assert told(tmp_path / "a", {"README.md": PAGE.format(lead=LEAD), **jobs}) == [True, False, True, False]
    assert told(tmp_path / "b", {"README.md": PAGE.format(lead="Tools for brokers."), **jobs}) == [False] * 4


def test_a_model_is_known_by_what_it_is_kept_as(tmp_path: Path) -> None:
    page = {"docs/stay.md": "# Stay-Sense\n\nThe regression model predicts stays; it was trained on bookings.\n"}
    jobs = {path: CODE.replace("price.", f"{name}.") for path, name in zip(FILES[1:], "abc", strict=True)}
    kept = CODE.replace("price.joblib", "out/stay_sense.v2.joblib")
    assert told(tmp_path / "a", {**page, FILES[0]: kept, **jobs})[0]
    general = {"docs/best.md": "# Best model\n\nThe best model predicts stays; it was trained on bookings.\n"}
    kept = CODE.replace("price.joblib", "out/best_model.joblib")
    assert told(tmp_path / "b", {**general, FILES[0]: kept, **jobs}) == [False] * 4


NET = """
    import torch

    class TwoTowers(torch.nn.Module):
        def forward(self, x):
            return x

    def train(batches):
        net = TwoTowers()
        optimizer = torch.optim.Adam(net.parameters())
        for x, y in batches:
            (net(x) - y).backward()
            optimizer.step()
        torch.save(net, "best.pt")
"""


def test_a_model_is_known_by_the_configuration_that_names_it(tmp_path: Path) -> None:
    page = {"docs/zoo.md": "# Zoo\n\nThe model stays_v2 is a regression of stays, trained on bookings.\n"}
    jobs = {**dict.fromkeys(FILES[1:], CODE), "jobs/base.py": NET}
    texts = {**page, "configs/stays_v2.yaml": "net: jobs.base.TwoTowers\n", **jobs}
    assert told(tmp_path / "a", texts)[0]
    assert not told(tmp_path / "b", {**texts, "configs/stays_v2.yaml": "net: jobs.base.OneTower\n"})[0]


CHURN = """
    import joblib
    import pandas as pd
    from sklearn.ensemble import RandomForestClassifier

    rows = pd.read_csv("rows.csv")
    model = RandomForestClassifier().fit(rows[["age"]], rows.churned)
    joblib.dump(model, "churn.joblib")
"""
CARD = "The model is a classifier; it was trained on data of ten years.\n"


def pages(root: Path, texts: Mapping[str, str]) -> dict[str, list[str]]:
    """The documents of each model, by the file that trains it."""
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    project = read_project(root, Settings(cache=False, history=False, jobs=1))
    return {
        model.made.body.module.path: [t.location.path for t in project.descriptions.told(model) if t.location]
        for model in project.trained_models
    }


@pytest.mark.parametrize(
    ("name", "card"),
    [
        ("MODEL_CARD.md", f"# Churn model\n\n{CARD}"),
        ("MODEL_CARD_churn.md", f"# Model card\n\n{CARD}"),
        ("MODEL_CARD.md", f"---\nmodel_name: churn\nlibrary_name: sklearn\n---\n# A card\n\n{CARD}"),
        ("MODEL_CARD.md", f"# Model card\n\n{CARD}\nIt is trained by `train_churn.py`.\n"),
        ("CHURN.md", f"# Churn\n\n{CARD}"),
    ],
)
def test_a_page_that_names_one_of_several_models_speaks_of_that_one(tmp_path: Path, name: str, card: str) -> None:
    fraud = CHURN.replace("churn", "fraud")
    found = pages(tmp_path, {"train_churn.py": CHURN, "train_fraud.py": fraud, name: card})
    assert found == {"train_churn.py": [name], "train_fraud.py": []}


@pytest.mark.parametrize("title", ["Model card", "Churn and fraud", "RandomForestClassifier"])
def test_a_page_that_names_none_or_all_of_them_speaks_of_all(tmp_path: Path, title: str) -> None:
    fraud = CHURN.replace("churn", "fraud")
    files = {"train_churn.py": CHURN, "train_fraud.py": fraud, "MODEL_CARD.md": f"# {title}\n\n{CARD}"}
    assert pages(tmp_path, files) == {"train_churn.py": ["MODEL_CARD.md"], "train_fraud.py": ["MODEL_CARD.md"]}


def test_of_a_notebook_with_several_models_each_has_its_own_section(tmp_path: Path) -> None:
    cells = [
        ("markdown", "# Churn\n\nEvery model is trained on data of ten years."),
        ("code", "import joblib\nimport pandas as pd\nrows = pd.read_csv('rows.csv')"),
    ]
    for title, name in (("Ridge, the first", "Ridge"), ("Lasso, the second", "Lasso")):
        cells.append(("markdown", f"## {title}"))
        fit = f"model = {name}().fit(rows[['age']], rows.churned)\njoblib.dump(model, '{name}.joblib')"
        cells.append(("code", f"from sklearn.linear_model import {name}\n{fit}"))
    book = {
        "cells": [
            {
                "cell_type": kind,
                "metadata": {},
                "source": text,
                **({"outputs": [], "execution_count": 1} if kind == "code" else {}),
            }
            for kind, text in cells
        ],
        "metadata": {"kernelspec": {"name": "python3", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    (tmp_path / "churn.ipynb").write_text(json.dumps(book), encoding="utf-8")
    project = read_project(tmp_path, Settings(cache=False, history=False, jobs=1))
    told = {model.name: [t.text for t in project.descriptions.told(model)] for model in project.trained_models}
    assert told == {"Ridge": ["Ridge, the first"], "Lasso": ["Lasso, the second"]}


def test_the_licence_at_the_head_of_a_file_says_nothing_of_a_model(tmp_path: Path) -> None:
    words = "Acme grants you a licence to use it; no claim is made to any data or model."
    licence = f'"""Copyright (C) Acme. All rights reserved.\n\n{words}\n"""\n'
    (tmp_path / "train.py").write_text(licence + dedent(CODE), encoding="utf-8")
    project = read_project(tmp_path, Settings(cache=False, history=False, jobs=1))
    assert [project.descriptions.told(model) for model in project.trained_models] == [[]]
    (tmp_path / "train.py").write_text(licence.replace("Copyright (C)", "A model by") + dedent(CODE), encoding="utf-8")
    project = read_project(tmp_path, Settings(cache=False, history=False, jobs=1))
    assert [len(project.descriptions.told(model)) for model in project.trained_models] == [1]


def test_a_card_that_names_a_librarys_model_is_about_it_as_a_whole(tmp_path: Path) -> None:
    code = {f"fits/{name}.py": CODE for name in ("one", "two", "three", "four")}
    card = "# Karte\n\n## Daten\n\nTrainiert auf zehn Jahren von Preisen.\n\n## Modell\n\nVorhersage mit `{}`.\n"
    path = "docs/price_model_card.md"
    assert told(tmp_path / "a", {**code, path: card.format("Ridge")}) == [True] * 4
    assert told(tmp_path / "b", {**code, path: card.format("Lasso")}) == [False] * 4


CHAPTERS = """
    # Shop

    ## {above}

    {below} Algorithm

    A ridge regression, which predicts the prices of the shop's items.

    {below} {grounds}

    - RMSE: **3.45**

    ## The rest

    Ask us.
"""


@pytest.mark.parametrize(
    ("below", "grounds", "is_told"),
    [("###", "Results", True), ("###", "모델 성능", True), ("###", "Billing", False), ("##", "Results", False)],
)
def test_how_well_a_model_does_stands_beside_what_it_is(
    below: str, grounds: str, is_told: bool, tmp_path: Path
) -> None:
    readme = CHAPTERS.format(above="Prices", below=below, grounds=grounds)
    others = {
        f"{name}/train.py": CODE.replace("linear_model", "svm").replace("Ridge", "SVR")
        for name in ("more", "other", "still", "then", "yet")
    }
    found = told(tmp_path, {"README.md": readme, "price/train.py": CODE, **others})
    assert found == [False, False, is_told, False, False, False]


_TOPICS = """
    from gensim.models.ldamulticore import LdaMulticore

    def train(corpus):
        model = LdaMulticore(corpus, num_topics=20)
        model.save("topics.bz2")
"""
_TREES = """
    from pycaret.regression import create_model, save_model, setup

    def train(rows):
        setup(rows, target="visits")
        model = create_model({asked})
        save_model(model, "visits")
"""
_OF_TREES = "# Models\n\nThe ExtraTree Regressor predicts visits. It was trained on counts of two years.\n"
_OF_TOPICS = "# Models\n\nTopics are told by Latent Dirichlet Allocation (LDA), trained on reports of ten years.\n"


@pytest.mark.parametrize(
    ("code", "text", "is_told"),
    [
        (_TOPICS, _OF_TOPICS, True),
        (_TOPICS, _OF_TREES, False),
        (_TREES.format(asked='"et"'), _OF_TREES, True),
        (_TREES.format(asked='estimator="et"'), _OF_TREES, True),
        (_TREES.format(asked='"et"'), _OF_TOPICS, False),
        (_TREES.format(asked='"lr"'), _OF_TREES, False),
        (_TREES.format(asked="best()"), _OF_TREES, False),
    ],
)
def test_a_page_speaks_of_a_librarys_model_by_the_name_of_its_algorithm(
    tmp_path: Path, code: str, text: str, is_told: bool
) -> None:
    assert told(tmp_path, {"jobs/train.py": code, "docs/approach/models.md": text}) == [is_told]

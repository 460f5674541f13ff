from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from mldebt.documents import parse_document
from mldebt.inventory import Drift
from mldebt.pipeline.description.cards import Cards
from mldebt.pipeline.models.rows import Rows
from mldebt.reports.card import render_card
from mldebt.scan import read_project
from mldebt.settings import Settings
from mldebt.sources import Document, DocumentKind

CODE = """
import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

rows = pd.read_csv("data/rows.csv")
model = RandomForestClassifier(n_estimators=300, max_depth=6)
model.fit(rows[["a"]], rows.b)
joblib.dump(model, "model.joblib")
"""


def drift(root: Path, code: str, card: str) -> list[Drift]:
    (root / "train.py").write_text(code, encoding="utf-8")
    project = read_project(root, Settings(cache=False, history=False, jobs=1))
    records = Rows(project).all()
    cards = Cards(project, records)
    facts = parse_document(Document(path="CARD.md", kind=DocumentKind.MODEL_CARD, text=card))
    (record,) = cards.described(facts)
    return cards.drift(facts, record)


def drafted(root: Path, code: str = CODE) -> str:
    (root / "train.py").write_text(code, encoding="utf-8")
    (record,) = Rows(read_project(root, Settings(cache=False, history=False, jobs=1))).all()
    return render_card(record, "1.0")


def test_a_fresh_draft_agrees_with_its_code(tmp_path: Path) -> None:
    assert drift(tmp_path, CODE, drafted(tmp_path)) == []


def test_a_table_of_parameters_is_followed_through_copies_and_what_is_put_into_it(tmp_path: Path) -> None:
    table = """
    @dataclass
    class Config:
        forest: dict = field(default_factory=lambda: {"n_estimators": 300, "max_depth": 6})

    def build(config: Config):
        settings = {**dict(config.forest), "max_features": 3}
        settings["max_depth"] = 8
        return RandomForestClassifier(**settings)

    model = build(Config())
    """
    made = "from dataclasses import dataclass, field\n" + dedent(table)
    card = drafted(tmp_path, CODE.replace("model = RandomForestClassifier(n_estimators=300, max_depth=6)\n", made))
    rows = [line.split("|")[1:3] for line in card.splitlines() if line.startswith("| `")]
    assert [(name.strip(" `"), value.strip(" `")) for name, value in rows] == [
        ("max_depth", "8"),
        ("max_features", "3"),
        ("n_estimators", "300"),
    ]


def test_moved_lines_are_no_drift(tmp_path: Path) -> None:
    card = drafted(tmp_path)
    assert drift(tmp_path, "# a comment\n\n" + CODE, card) == []


def test_what_the_code_no_longer_says_is_named(tmp_path: Path) -> None:
    card = drafted(tmp_path)
    code = CODE.replace("data/rows.csv", "data/events.csv").replace("n_estimators=300", "n_estimators=500")
    found = [each.message for each in drift(tmp_path, code, card)]
    assert found == [
        "Data: the card does not say data/events.csv",
        "Data: the code no longer says data/rows.csv",
        "the card says n_estimators is 300, the code says 500",
    ]


def test_a_value_that_the_code_gives_nowhere_is_named_where_it_gives_several(tmp_path: Path) -> None:
    code = CODE + "other = RandomForestClassifier(n_estimators=10)\n"
    card = drafted(tmp_path, code).replace("`300`", "`999`")
    assert [each.message for each in drift(tmp_path, code, card)] == [
        "the card says n_estimators is 999, the code says 300"
    ]
    assert drift(tmp_path, code, card.replace("`999`", "`10`")) == []


def test_a_card_that_a_person_wrote_is_held_against_the_code(tmp_path: Path) -> None:
    card = dedent(
        """
        # RandomForestClassifier of the risk team

        Trained by `scripts/fit_risk.py` on last year's rows.

        - Max depth: 8
        - n_estimators: 300
        - rows used: 100000

        ```bash
        python scripts/fit_risk.py
        ```
        """
    ).lstrip()
    found = drift(tmp_path, CODE, card)
    assert [(each.location.line, each.message) for each in found] == [
        (3, "the card names scripts/fit_risk.py, which does not exist"),
        (5, "the card says max_depth is 8, the code says 6"),
        (10, "the card runs scripts/fit_risk.py, which does not exist"),
    ]
    assert found[1].code is not None
    assert (found[1].code.path, found[1].code.line) == ("train.py", 7)


def test_a_value_that_code_gives_twice_is_not_contradicted(tmp_path: Path) -> None:
    code = CODE + "\nother = RandomForestClassifier(max_depth=8)\n"
    assert drift(tmp_path, code, "# RandomForestClassifier\n\n- max_depth: 10\n") == []


def test_features_and_the_target_are_held_against_the_code(tmp_path: Path) -> None:
    card = drafted(tmp_path)
    code = CODE.replace('rows[["a"]], rows.b', 'rows[["a", "c"]], rows.d')
    assert [each.message for each in drift(tmp_path, code, card)] == [
        "Feature: the card does not say c",
        "Target: the card does not say d",
        "Target: the code no longer says b",
    ]


def test_parameters_of_a_draft_are_held_against_code_and_files(tmp_path: Path) -> None:
    code = CODE.replace("import joblib\n", "import joblib\nimport json\n").replace(
        "n_estimators=300, max_depth=6", 'n_estimators=config["trees"], criterion="gini"'
    )
    code = code.replace("model =", 'config = json.load(open("config.json"))\nmodel =')
    (tmp_path / "config.json").write_text('{"trees": 300}', encoding="utf-8")
    card = drafted(tmp_path, code)
    assert "| `n_estimators` | `300` | `config.json:1` |" in card
    assert drift(tmp_path, code, card) == []
    (tmp_path / "config.json").write_text('{"trees": 500}', encoding="utf-8")
    changed = code.replace('criterion="gini"', 'criterion="entropy", bootstrap=False')
    assert sorted(each.message for each in drift(tmp_path, changed, card)) == [
        "Parameters: the card does not say bootstrap",
        "the card says criterion is 'gini', the code says 'entropy'",
        "the card says n_estimators is 300, the code says 500",
    ]
    assert [each.message for each in drift(tmp_path, code.replace(', criterion="gini"', ""), card)][-1] == (
        "Parameters: the code no longer sets criterion"
    )


TRAINER = """
import pandas as pd
from transformers import Trainer, TrainingArguments

from net import Net

settings = TrainingArguments("out", learning_rate=1e-4, num_train_epochs=3, logging_steps=50, save_strategy="epoch")
trainer = Trainer(
    model=Net(),
    args=settings,
    train_dataset=pd.read_csv("data/seen.csv"),
    eval_dataset=pd.read_csv("data/held_out.csv"),
)
trainer.train()
trainer.save_model("net")
"""


def test_what_a_trainer_is_told_and_only_what_it_trains_on(tmp_path: Path) -> None:
    net = "from torch import nn\n\n\nclass Net(nn.Module):\n    def forward(self, rows):\n        return rows\n"
    (tmp_path / "net.py").write_text(net)
    card = drafted(tmp_path, TRAINER)
    assert "| `learning_rate` | `0.0001` |" in card
    assert "| `num_train_epochs` | `3` |" in card
    assert "logging_steps" not in card
    assert "data/seen.csv" in card
    assert "data/held_out.csv" not in card


def test_people_of_a_draft_who_have_left(recorder: Any) -> None:
    def drifted(card: str) -> list[str]:
        facts = parse_document(Document(path="CARD.md", kind=DocumentKind.MODEL_CARD, text=card))
        return [each.message for each in Cards(project, (record,)).drift(facts, record)]

    recorder.commit({"train.py": CODE}, author="ann_lee [x] <ann@corp.org>", day=0)
    recorder.commit({"notes.txt": "x"}, author="Bo Baker <bo@corp.org>", day=1)
    project = read_project(recorder.write(), Settings(cache=False, jobs=1))
    (record,) = Rows(project).all()
    card = render_card(record, "1.0")
    assert "- Wrote most of it and is active: ann\\_lee \\[x\\] (100%)" in card
    assert drifted(card) == []
    assert drifted(card.replace(" (100%)", " (70%), Cy Cole (30%)")) == [
        "the card says Cy Cole knows it, who is not among the active people who know most of it"
    ]
    assert drifted(card.replace("Bus factor: 1", "Bus factor: 2")) == [
        "the card says the bus factor is 2, the history says 1"
    ]


CHOSEN = """
import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

rows = pd.read_csv("data/rows.csv")
rows["ratio"] = rows["visits"] / rows["age"]
model = RandomForestClassifier()
model.fit(rows[["ratio", "city"]], rows["churned"])
joblib.dump(model, "model.joblib")
"""
OLD, MISSING = (
    "the card lists tenure among the inputs, the code does not give it to the model",
    "the card does not list",
)


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        ("## Features\n\n- `ratio`: visits a year\n- `city`\n- `tenure` (months)", [(7, OLD)]),
        ("## Input features\n\n- ratio\n- tenure\n- city", [(6, OLD)]),
        ("| Feature | Type |\n| --- | --- |\n| ratio | float |", []),
        (
            "## Inputs\n\n| Column | Type |\n| --- | --- |\n| ratio | float |\n| tenure | int |",
            [(8, f"{MISSING} city among the inputs"), (8, OLD)],
        ),
        ("Input features: ratio, city and tenure.", [(3, OLD)]),
        ("## Features\n\nThe model sees `ratio`, `city` and `tenure`.", [(5, OLD)]),
        ("## Features\n\n- ratio", [(5, f"{MISSING} city among the inputs")]),
        ("## Features\n\nColumns such as `ratio` and `tenure`.", [(5, OLD)]),
        ("## Features\n\n- `visits`\n- `age`\n- `city_berlin`", []),
        ("## Features\n\n- Text of the review\n- Demographics (from the survey)", []),
        ("## Features\n\n- ratio\n- city\n\nThe target is `churned`; `tenure` was dropped.", []),
        ("## Feature importance\n\n- `tenure`: 0.4", []),
        ("## Outputs\n\n- `churned`, `tenure`", []),
    ],
)
def test_inputs_that_a_person_lists_are_held_against_the_code(
    tmp_path: Path, card: str, expected: list[tuple[int, str]]
) -> None:
    found = drift(tmp_path, CHOSEN, f"# RandomForestClassifier\n\n{card}\n")
    assert [(each.location.line, each.message) for each in found] == expected


def test_inputs_in_the_metadata_that_hubs_show(tmp_path: Path) -> None:
    shown = "widget:\n- structuredData:\n    ratio: [1]\n    city: [a]\n    tenure: [3]\n"
    card = f"---\n{shown}---\n# RandomForestClassifier\n"
    assert [(each.location.line, each.message) for each in drift(tmp_path, CHOSEN, card)] == [(6, OLD)]


def test_inputs_that_the_code_leaves_out_and_those_that_it_does_not_tell(tmp_path: Path) -> None:
    code = CHOSEN.replace('rows[["ratio", "city"]]', 'rows.drop(columns=["churned", "id"])')
    found = drift(tmp_path, code, "# RandomForestClassifier\n\n## Features\n\n- `ratio`\n- `id`\n- `tenure`\n")
    assert [each.message for each in found] == ["the card lists id among the inputs, the code leaves it out"]


def test_what_a_draft_left_to_fill_is_named_when_the_code_says_it(tmp_path: Path) -> None:
    untold = CODE.replace('rows[["a"]], rows.b', "*load(rows)").replace(
        "rows = pd", "def load(rows):\n    return rows.values, None\n\n\nrows = pd"
    )
    card = drafted(tmp_path, untold)
    assert "- Feature: TO FILL" in card
    assert drift(tmp_path, untold, card) == []
    assert "Feature: the card does not say a" in [each.message for each in drift(tmp_path, CODE, card)]


def test_a_card_that_names_no_model_describes_the_one_of_its_folder(tmp_path: Path) -> None:
    train = """
        import joblib
        import pandas as pd
        from sklearn.linear_model import Ridge

        rows = pd.read_csv("{name}.csv")
        joblib.dump(Ridge().fit(rows[["age"]], rows.price), "{name}.joblib")
        """
    texts = {f"{name}/src/train.py": train.format(name=name) for name in ("shoes", "coats")}
    for path, text in texts.items():
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(dedent(text), encoding="utf-8")
    project = read_project(tmp_path, Settings(cache=False, history=False, jobs=1))
    cards = Cards(project, Rows(project).all())
    for path, found in (
        ("shoes/models/MODEL_CARD.md", ["shoes/src/train.py"]),
        ("coats/docs/MODEL_CARD.md", ["coats/src/train.py"]),
        ("MODEL_CARD.md", []),
    ):
        card = parse_document(Document(path=path, kind=DocumentKind.MODEL_CARD, text="# Prices\n\nWhat things cost.\n"))
        assert [record.path for record in cards.described(card)] == found

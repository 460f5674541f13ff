import json
from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.pipeline.description.telling import Telling
from mldebt.scan import read_project
from mldebt.settings import Settings

ANN = "Ann Archer <ann@corp.org>"
HEAD = dedent(
    """
    import joblib
    import pandas as pd
    from sklearn.linear_model import Ridge


    def train():
        rows = pd.read_csv("sales.csv")
    """
).lstrip()
TAIL = '    model = Ridge().fit(rows[["a"]], rows["b"])\n    joblib.dump(model, "ridge.joblib")\n'
CARD = "# Model card: prices\n\nPredicts the price of a flat; trained on last year's sales.\n"


def code(steps: int, kind: str = "clip") -> str:
    return HEAD + "".join(f"    rows = rows.{kind}({number})\n" for number in range(steps)) + TAIL


def stale(root: Path) -> tuple[int, int] | None:
    project = read_project(root, Settings(cache=False, jobs=1))
    (model,) = project.trained_models
    found = Telling(project).stale(model, 0.34)
    return (found.changed, found.lines) if found is not None else None


def test_documents_are_stale_when_a_third_of_the_code_is_newer(recorder) -> None:
    recorder.commit({"train.py": code(40), "MODEL_CARD.md": CARD}, author=ANN, day=0)
    recorder.commit({"train.py": code(40).replace("clip(1", "abs(1").replace("clip(2", "abs(2")}, author=ANN, day=90)
    assert stale(recorder.write()) == (22, 44)


@pytest.mark.parametrize(
    ("path", "text", "is_stale"),
    [
        ("MODEL_CARD.md", "# Model card\n\nPredicts prices. To be written.\n", False),
        ("MODEL_CARD.md", "# Model card\n\nPredicts prices, trained on last year's sales.\n", True),
        ("docs/adr/0006-prices.md", CARD, False),
        ("docs/plans/prices.md", CARD, False),
        ("docs/2026-05-09-prices.md", CARD, False),
        ("docs/prices.md", CARD, True),
    ],
)
def test_decisions_and_stubs_are_never_stale(recorder, path: str, text: str, is_stale: bool) -> None:
    recorder.commit({"train.py": code(40), path: text}, author=ANN, day=0)
    recorder.commit({"train.py": code(40, "abs")}, author=ANN, day=90)
    assert (stale(recorder.write()) is not None) == is_stale


@pytest.mark.parametrize(("first", "is_stale"), [("", False), (code(40), True)])
def test_what_was_written_before_there_was_a_model_is_not_stale(recorder, first: str, is_stale: bool) -> None:
    recorder.commit({"train.py": first, "other.py": "x = 1\n", "MODEL_CARD.md": CARD}, author=ANN, day=0)
    recorder.commit({"train.py": code(40, "abs")}, author=ANN, day=90)
    assert (stale(recorder.write()) is not None) == is_stale


def test_a_few_new_lines_do_not_make_documents_stale(recorder) -> None:
    recorder.commit({"train.py": code(40), "MODEL_CARD.md": CARD}, author=ANN, day=0)
    recorder.commit({"train.py": code(40).replace("clip(3)", "abs(3)")}, author=ANN, day=90)
    assert stale(recorder.write()) is None


def test_documents_that_changed_with_the_code_are_not_stale(recorder) -> None:
    recorder.commit({"train.py": code(40), "MODEL_CARD.md": CARD}, author=ANN, day=0)
    new = {"train.py": code(40, "abs"), "MODEL_CARD.md": CARD + "\nOutliers are cut.\n"}
    recorder.commit(new, author=ANN, day=90)
    assert stale(recorder.write()) is None


def test_without_a_history_nothing_is_stale(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(code(40))
    (tmp_path / "MODEL_CARD.md").write_text(CARD)
    assert stale(tmp_path) is None


def missing(root: Path, card: str) -> list[str]:
    (root / "train.py").write_text(code(1))
    (root / "MODEL_CARD.md").write_text(card)
    project = read_project(root, Settings(cache=False, history=False, jobs=1))
    (model,) = project.trained_models
    return Telling(project).missing(model)


def test_what_a_card_leaves_out_is_listed(tmp_path: Path) -> None:
    assert missing(tmp_path, CARD) == [
        "a metric with its value, or where to find it",
        "an owner",
        "how to train it again",
    ]


def test_a_templates_gaps_tell_nothing(tmp_path: Path) -> None:
    gaps = "# Model card: prices\n\n- Intended use: TODO\n- Training data: [More Information Needed]\n- Owner: TBD\n"
    assert len(missing(tmp_path, gaps)) == 5


def test_a_card_that_says_everything_lacks_nothing(tmp_path: Path) -> None:
    more = "Owner: the pricing team. MAE 0.12 on the last month.\n\n    python train.py\n"
    assert missing(tmp_path, CARD + more) == []


def test_a_section_on_results_may_lead_to_them(tmp_path: Path) -> None:
    linked = "\n## Results\n\nThe logs of the runs are [here](https://example.org/runs).\n"
    assert "a metric with its value, or where to find it" not in missing(tmp_path, CARD + linked)
    bare = "\n## Results\n\nThe runs were fine.\n"
    assert "a metric with its value, or where to find it" in missing(tmp_path, CARD + bare)


def test_a_readme_tells_how_the_training_is_started(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Prices\n\n## Training\n\n    ./run.sh --epochs 3\n")
    assert "how to train it again" not in missing(tmp_path, CARD)
    (tmp_path / "README.md").write_text("# Prices\n\n## Serving\n\n    ./run.sh --port 3\n")
    assert "how to train it again" in missing(tmp_path, CARD)


def open_lines(root: Path, card: str, code: str = "") -> set[int]:
    (root / "train.py").write_text(code)
    (root / "MODEL_CARD.md").write_text(card)
    telling = Telling(read_project(root, Settings(cache=False, history=False, jobs=1)))
    return set(telling.gaps(telling.project.prose.model_cards()[0]))


def test_what_code_or_people_fill_in_is_no_gap(tmp_path: Path) -> None:
    said = "# Model card: prices\n\n<!-- Provide a summary. -->\nPredicts prices.\n"
    card = f"{said}\n<!-- Add data -->\n\n## Runs\n\n{{{{ logs }}}}\n"
    assert open_lines(tmp_path, card) == {6, 10}
    rendering = "from huggingface_hub import ModelCard\nModelCard.from_template(data, template_path=path)\n"
    assert open_lines(tmp_path, card, rendering) == {6}


def told_of(root: Path, readme: str) -> list[str]:
    (root / "train.py").write_text(code(1))
    (root / "README.md").write_text(readme)
    project = read_project(root, Settings(cache=False, history=False, jobs=1))
    return [told.document.path for model in project.trained_models for told in Telling(project).told(model)]


def test_where_to_find_things_is_no_description(tmp_path: Path) -> None:
    says = "# Prices\n\nA regression that predicts prices, trained on sales data.\n"
    assert told_of(tmp_path, says) == ["README.md"]
    leads = (
        "# Prices\n\n- [train.py](train.py) trains the regression on sales data\n- model: https://example.org/model\n"
    )
    assert told_of(tmp_path, leads) == []
    starts = "# Prices\n\n## Training\n\nTo train the regression on your data, call make.\n"
    assert told_of(tmp_path, starts) == []


NET = """
import joblib
from sklearn.linear_model import Ridge

class Prices:
    def fit(self, rows, prices):
{steps}        self.model = Ridge().fit(rows, prices)
        return self

    def predict(self, rows):
        return self.model.predict(rows)
"""
SHOWN = """import joblib
import pandas as pd
from prices import Prices
rows = pd.read_csv("flats.csv")
{steps}model = Prices().fit(rows[["size"]], rows["price"])
joblib.dump(model, "prices.joblib")
"""


def shown(kind: str) -> str:
    source = SHOWN.format(steps="".join(f"rows = rows.{kind}({number})\n" for number in range(60)))
    cell = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": source}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


@pytest.mark.parametrize(("net", "show", "is_stale"), [("clip", "abs", False), ("abs", "clip", True)])
def test_a_notebook_that_shows_a_class_does_not_outdate_what_is_told_of_it(
    recorder, net: str, show: str, is_stale: bool
) -> None:
    def prices(kind: str) -> str:
        return NET.format(steps="".join(f"        rows = rows.{kind}({number})\n" for number in range(40)))

    recorder.commit(
        {"prices.py": prices("clip"), "show.ipynb": shown("clip"), "MODEL_CARD.md": CARD}, author=ANN, day=0
    )
    recorder.commit({"prices.py": prices(net), "show.ipynb": shown(show)}, author=ANN, day=90)
    project = read_project(recorder.write(), Settings(cache=False, jobs=1))
    found = [Telling(project).stale(model, 0.34) for model in project.trained_models if model.cls is not None]
    assert [each is not None for each in found] == [is_stale]

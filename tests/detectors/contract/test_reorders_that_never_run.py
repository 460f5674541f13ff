from pathlib import Path

import pytest

from mldebt.scan import scan
from mldebt.settings import Settings

SHOP = """
import random
from fastapi import FastAPI
from sentence_transformers import CrossEncoder

app = FastAPI()
model = CrossEncoder("m")
MIXED = False

def ranking(docs):
    pairs = sorted(zip(model.predict(docs), docs), key=lambda pair: pair[0], reverse=True)
    return [doc for score, doc in pairs]

def mixed(rows, shuffle=False):
    if shuffle:
        random.shuffle(rows)
    return rows

def flagged(rows):
    if MIXED:
        random.shuffle(rows)
    return rows

def dead(rows):
    return rows
    random.shuffle(rows)
"""


@pytest.mark.parametrize(
    ("answers", "count"),
    [
        (["mixed(ranking(docs))"], 0),
        (["mixed(ranking(docs), shuffle=False)"], 0),
        (["mixed(ranking(docs), shuffle=True)"], 1),
        (["mixed(ranking(docs), shuffle=False)", "mixed(docs, shuffle=True)"], 0),
        (["mixed(ranking(docs))", "mixed(ranking(docs), shuffle=docs.mixed)"], 1),
        (["flagged(ranking(docs))"], 0),
        (["dead(ranking(docs))"], 0),
    ],
)
def test_what_no_way_to_the_answer_runs_is_no_debt(answers: list[str], count: int, tmp_path: Path) -> None:
    routes = "".join(
        f'\n@app.get("/{place}")\ndef answer_{place}(docs):\n    return {answer}\n'
        for place, answer in enumerate(answers)
    )
    (tmp_path / "shop.py").write_text(SHOP + routes)
    outcome = scan(tmp_path, Settings(select=("MLD401",), cache=False, history=False, jobs=1))
    assert len(outcome.findings) == count

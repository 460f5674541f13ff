"""What chance picks is told where it stands in the list that is served."""

from pathlib import Path

import pytest

from mldebt.scan import scan
from mldebt.settings import Settings

SERVE = """
import random
import joblib
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("ranker.joblib")

@app.get("/found")
def found(items: list):
    best = sorted(items, key=lambda item: float(model.predict([item])[0]), reverse=True)
    places = {places}
    return [best[place] for place in places]
"""


@pytest.mark.parametrize(
    ("places", "told"),
    [
        ("random.sample(range(len(best)), 4)", "picked at random in place of the first"),
        ("[0] + random.sample(range(1, len(best)), 4)", "picked at random in place of those after the first"),
        ("[0, *random.sample(range(1, len(best)), 4)]", "picked at random in place of those after the first"),
        ("[3] + random.sample(range(1, len(best)), 4)", "picked at random in place of the first"),
    ],
)
def test_a_pick_is_told_where_it_stands(tmp_path: Path, places: str, told: str) -> None:
    (tmp_path / "serve.py").write_text(SERVE.format(places=places))
    (finding,) = scan(tmp_path, Settings(select=("MLD401",), cache=False, history=False, jobs=1)).findings
    assert told in finding.message

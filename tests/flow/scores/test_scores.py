from collections.abc import Callable

import pytest

from mldebt.flow import Flow
from mldebt.flow.scores.scores import Scores
from mldebt.flow.value import Value

Link = Callable[..., Flow]
CallOf = Callable[[Flow, str, str], Value]

_HEAD = """
import numpy as np
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
model = LogisticRegression()
"""


@pytest.mark.parametrize(
    ("code", "is_score"),
    [
        ("check(model.predict_proba(rows)[:, 1])", True),
        ("check(float(np.max(model.predict_proba(rows))))", True),
        ("for p in model.predict_proba(rows)[:, 1].tolist():\n    check(p)", True),
        ("for row, p in zip(rows, model.predict(rows)):\n    check(p * 2)", True),
        ("def chance(row):\n    return model.predict_proba([row])[0][1]\n\ncheck(chance(row))", True),
        ("found = {row: float(model.predict([row])[0]) for row in rows}\ncheck(found.get(1))", True),
        ("check(len(model.predict(rows)))", False),
        ("check(model.predict_proba(rows).shape[1])", False),
        ("check(model.predict(rows)[:, 4:][0])", True),
        ("boxes = model.predict(rows)[:, :4]\nx, y, w, h = boxes[0]\ncheck(x)", False),
        ("for box in model.predict(rows):\n    check(box[2])", False),
        ("for box in model.predict(rows):\n    check(box[4])", True),
        ("boxes = model.predict(rows)\ncheck(boxes[0][4])", True),
        ("check(np.argmax(model.predict_proba(rows)))", False),
        ("check(f1_score(truth, model.predict(rows)))", False),
        ("check(model.predict(rows) == truth)", False),
        ("for place, p in enumerate(model.predict(rows)):\n    check(place)", False),
        ("check(KMeans().fit_predict(rows)[0])", False),
        ("check(row.age)", False),
        ("def iou(a, b):\n    return a * b\n\nboxes = model.predict(rows)\ncheck(iou(boxes[0], boxes[1]))", False),
    ],
)
def test_a_number_is_a_models_score(code: str, is_score: bool, link: Link, call_of: CallOf) -> None:
    flow = link(f"{_HEAD}{code}")
    assert (Scores(flow).origin(call_of(flow, "example.py", "check").inputs[1][1]) is not None) is is_score

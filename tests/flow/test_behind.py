from collections.abc import Callable

import pytest

from mldebt.flow import Flow
from mldebt.flow.behind import Behind
from mldebt.flow.order import Orders
from mldebt.flow.serving import Boundaries
from mldebt.flow.value import Value

Link = Callable[..., Flow]
CallOf = Callable[[Flow, str, str], Value]

_APP = """
from fastapi import FastAPI
import joblib
app = FastAPI()
"""


def behind(flow: Flow) -> Behind:
    return Behind(Boundaries(Orders(flow)))


def unit(flow: Flow, name: str) -> tuple[int, int]:
    (module,) = flow.program.modules
    return module.index, next(n for n, scope in enumerate(module.facts.scopes) if scope.qualname == name)


@pytest.mark.parametrize(
    ("code", "serves"),
    [
        ('@app.get("/")\ndef answer():\n    return joblib.load("m")', True),
        ('def get():\n    return joblib.load("m")\n\n@app.get("/")\ndef answer():\n    return get()', True),
        ('model = joblib.load("m")\n\n@app.get("/")\ndef answer():\n    return model.predict([1])', True),
        ('class Service:\n    def __init__(self):\n        self.model = joblib.load("m")\n\n'
         '    @app.get("/")\n    def answer(self):\n        return self.model.predict([1])', True),
        ('def train():\n    return joblib.load("m")', False),
        ('def ask(model):\n    return model.predict([1])\n\n@app.get("/")\ndef answer():\n    return ask(other)\n\n'
         'def try_out():\n    return ask(joblib.load("m"))', False),
    ],
)  # fmt: skip
def test_what_a_value_serves(code: str, serves: bool, link: Link, call_of: CallOf) -> None:
    flow = link(f"{_APP}{code}")
    found = behind(flow).serves(call_of(flow, "example.py", "load"))
    assert (found == unit(flow, "Service.answer" if "class" in code else "answer")) if serves else found is None


@pytest.mark.parametrize(
    ("code", "answers"),
    [
        ('@app.get("/")\ndef answer():\n    return {"p": model.predict([1])[0]}', True),
        ('def ask(row):\n    return model.predict([row])\n\n@app.get("/")\ndef answer():\n    return ask(1)', True),
        ("class Asker:\n    def __call__(self, row):\n        return model.predict([row])\n\n"
         '@app.get("/")\ndef answer():\n    return data.map_batches(Asker()).take_all()', True),
        ('@app.get("/")\ndef answer():\n    model.predict([1])\n    return {"status": "ok"}', False),
        ('from fastapi.responses import JSONResponse\n@app.get("/")\ndef answer():\n'
         '    return JSONResponse({"why": str(model.predict([1]))}, status_code=400)', False),
    ],
)  # fmt: skip
def test_whose_results_an_endpoint_answers_with(code: str, answers: bool, link: Link) -> None:
    flow = link(f"{_APP}from sklearn.svm import SVC\nmodel = SVC()\n{code}")
    assert (behind(flow).model_of(unit(flow, "answer")) is not None) is answers

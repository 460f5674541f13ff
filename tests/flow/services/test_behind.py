from collections.abc import Callable

import pytest

from mldebt.flow import Flow
from mldebt.flow.orders.order import Orders
from mldebt.flow.services.behind import Behind
from mldebt.flow.services.serving import Boundaries
from mldebt.flow.value import Value

Link = Callable[..., Flow]
CallOf = Callable[[Flow, str, str], Value]

_APP = """
from fastapi import FastAPI
import joblib
app = FastAPI()
"""
_KEPT = """class Steps:
    def __init__(self):
        self.steps = []

    def keep_of(self, n):
        self.steps.append({"n": n})
        return self

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
        # of the functions that one is handed, that which is handed here runs
        ('def run(f, row):\n    return f(row)\n\ndef other():\n    return run(model.predict, [1])\n\n'
         '@app.get("/")\ndef answer():\n    return run(str.upper, "a")', False),
        ('def run(f, row):\n    return f(row)\n\ndef other():\n    return run(str.upper, "a")\n\n'
         '@app.get("/")\ndef answer():\n    return run(model.predict, [1])', True),
        ('def ask(row):\n    return model.predict([row])\n\ndef name(row):\n    return "a"\n\n'
         'def run(f, row):\n    def inner():\n        return f(row)\n    return inner()\n\n'
         'def other():\n    return run(ask, 1)\n\n@app.get("/")\ndef answer():\n    return run(name, 1)', False),
        ('def ask(row):\n    return model.predict([row])\n\ndef name(row):\n    return "a"\n\n'
         'def run(f, row):\n    def inner():\n        return f(row)\n    return inner()\n\n'
         'def other():\n    return run(name, 1)\n\n@app.get("/")\ndef answer():\n    return run(ask, 1)', True),
        ('import torch\nnet = torch.nn.Linear(1, 1)\n\ndef run(f, row):\n    return f(row)\n\n'
         '@app.get("/")\ndef answer():\n    return run(net, 1)', True),
        ('import torch\nclass Service:\n    def __init__(self):\n        self.net = torch.nn.Linear(1, 1)\n\n'
         '    def ask(self):\n        return run(self.net, 1)\n\ndef run(f, row):\n    return f(row)\n\n'
         'service = Service()\n@app.get("/")\ndef answer():\n    return service.ask()', True),
        # a method that an object keeps to call is no result of it
        ('class Command:\n    def __init__(self, handler):\n        self.handler = handler\n\n'
         '    def title(self):\n        return "a"\n\nclass Commands:\n    def __init__(self):\n'
         '        self.command = Command(self.ask)\n\n    def ask(self):\n        return model.predict([1])\n\n'
         '@app.get("/")\ndef answer():\n    return Commands().command.name', False),
        # how much there is of a result
        ('@app.get("/")\ndef answer():\n    rows = model.predict([1])\n    return {"n": len(rows), "w": rows.shape[1]}',
         False),
        ('@app.get("/")\ndef answer():\n    return {"n": sum(len(row) for row in model.predict([1]))}', False),
        # how many there are of each kind; a number that is one more than a result is a result
        ('@app.get("/")\ndef answer():\n    counts = {}\n    for row in model.predict([1]):\n'
         '        counts[row.kind] = counts.get(row.kind, 0) + 1\n    return counts', False),
        ('import collections\n@app.get("/")\ndef answer():\n'
         '    return dict(collections.Counter(row.kind for row in model.predict([1])))', False),
        ('@app.get("/")\ndef answer(place):\n    return {"class": model.predict([1])[place] + 1}', True),
        # what a store answers when it embeds what it keeps
        ('from langchain_community.vectorstores import Chroma\nstore = Chroma()\n'
         '@app.post("/")\ndef answer(text):\n    return {"ids": store.add_texts([text])}', False),
        # what an object keeps was given it by those who have it, not by all calls of a library's method of the name
        (f'{_KEPT}@app.get("/")\ndef answer():\n    return Steps().steps\n\n'
         'def other(rows):\n    return rows.find().keep_of(model.predict([1]))', False),
        (f'{_KEPT}@app.get("/")\ndef answer():\n    return Steps().steps\n\n'
         'def other():\n    return Steps().keep_of(model.predict([1]))', True),
    ],
)  # fmt: skip
def test_whose_results_an_endpoint_answers_with(code: str, answers: bool, link: Link) -> None:
    flow = link(f"{_APP}from sklearn.svm import SVC\nmodel = SVC()\n{code}")
    assert (behind(flow).model_of(unit(flow, "answer")) is not None) is answers

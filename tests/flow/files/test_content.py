from collections.abc import Callable

import pytest

from mldebt.flow import Flow
from mldebt.flow.files.content import Contents, Reach
from mldebt.flow.files.files import Files
from mldebt.flow.types.models import Models
from mldebt.flow.value import Value

Link = Callable[..., Flow]
CallOf = Callable[[Flow, str, str], Value]


def reach(flow: Flow, read: Value) -> Reach:
    models = Models(flow)
    return Contents(flow, models, Files(flow)).reach(read)


def kinds(found: Reach) -> list[str]:
    return [end.use.kind for end in found.ends]


HEAD = """
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import roc_auc_score

frame = pd.read_csv("clicks.csv")
"""


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('Ridge().fit(frame[["a"]], frame["b"])', ["training"]),
        ("def train(rows):\n    Ridge().fit(rows, [])\n\ntrain(frame.dropna())", ["training"]),
        ("class Job:\n    def __init__(self, rows):\n        self.rows = rows\n"
         "    def run(self):\n        Ridge().fit(self.rows, [])\n\nJob(frame).run()", ["training"]),
        ('roc_auc_score(frame["a"], frame["b"])', ["evaluation"]),
        ("print(frame)", []),
        ('Ridge().fit(frame.attrs["rows"], [])', []),
        ("Ridge(len(frame)).fit([], [])", []),
        ("Ridge().fit([], [], **frame)", []),
        ("frame.predict([])", []),
        ("from transformers import AutoModel, AutoTokenizer\nencoded = AutoTokenizer.from_pretrained('w')(frame['a'])\n"
         "AutoModel.from_pretrained('w')(**encoded)", ["prediction"]),
        ("from transformers import AutoModel\nAutoModel.from_pretrained('w').generate(**frame)", []),
        ("rows = []\nfor row in frame.itertuples():\n    rows.append(row)\nRidge().fit(rows, [])", ["training"]),
        ("Ridge().fit(frame.apply(lambda row: row), [])", ["training"]),
        ('import hashlib\nRidge().fit([hashlib.md5(each).hexdigest() for each in frame["a"]], [])', []),
        ('Ridge().fit([each.encode().upper() for each in frame["a"]], [])', ["training"]),
        ('import pathlib\nfor each in frame["a"]:\n    Ridge().fit(pathlib.Path(each).parent.iterdir(), [])', []),
        ('import pathlib\nfor each in frame["a"]:\n    Ridge().fit(pathlib.Path(each).read_text(), [])', ["training"]),
        ("class Job:\n    def __init__(self, rows, boxes):\n        self.rows = rows\n        self.boxes = boxes\n"
         "        self.run()\n    def run(self):\n        Ridge().fit(self.boxes, [])\n\nJob(frame, [])", []),
        ("class Job:\n    def __init__(self, rows, boxes):\n        self.rows = rows\n        self.boxes = boxes\n"
         "        self.run()\n    def run(self):\n        Ridge().fit(self.rows, [])\n\nJob(frame, [])", ["training"]),
    ],
)  # fmt: skip
def test_where_content_ends(code: str, expected: list[str], link: Link, call_of: CallOf) -> None:
    flow = link(HEAD + code)
    assert kinds(reach(flow, call_of(flow, "example.py", "read_csv"))) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("cursor.execute(first)\nRidge().fit(cursor.fetchall(), [])", ["training"]),
        ("cursor.execute(first)\nrows = [row for row in cursor]\nRidge().fit(rows, [])", ["training"]),
        ("for row in cursor.execute(first).fetchall():\n    Ridge().fit([row], [])", ["training"]),
        ("Ridge().fit(cursor.fetchall(), [])\ncursor.execute(first)", []),
        ("cursor.execute(first)\ncursor.execute(second)\nRidge().fit(cursor.fetchall(), [])", []),
        ("cursor.execute(first)\ncursor.close()", []),
    ],
)
def test_what_a_statement_leaves_in_its_cursor(code: str, expected: list[str], link: Link, call_of: CallOf) -> None:
    head = "import sqlite3\nfrom sklearn.linear_model import Ridge\n\ncursor = sqlite3.connect('shop.db').cursor()\n"
    flow = link(f"{head}first = 'SELECT a FROM b'\nsecond = 'SELECT c FROM d'\n{code}")
    assert kinds(reach(flow, call_of(flow, "example.py", "execute"))) == expected


def test_content_goes_on_in_the_file_that_it_is_written_to(link: Link, call_of: CallOf) -> None:
    flow = link(
        {
            "prepare.py": 'import pandas as pd\npd.read_csv("raw.csv").dropna().to_csv("clean-rows.csv")\n',
            "train.py": (
                "import pandas as pd\nfrom sklearn.linear_model import Ridge\n"
                'Ridge().fit(pd.read_csv("clean-rows.csv"), [])\n'
            ),
        }
    )
    found = reach(flow, call_of(flow, "prepare.py", "read_csv"))
    assert [(end.value.body.module.path, end.use.kind) for end in found.ends] == [("train.py", "training")]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("old = pd.read_csv('kept.csv')\npd.read_csv('raw.csv').to_csv('kept.csv')\nfit(old)", []),
        ("pd.read_csv('raw.csv').to_csv('kept.csv')\nold = pd.read_csv('kept.csv')\nfit(old)", ["training"]),
        (
            "for day in days:\n    old = pd.read_csv('kept.csv')\n"
            "    pd.read_csv('raw.csv').to_csv('kept.csv')\n    fit(old)",
            ["training"],
        ),
    ],
)
def test_a_read_that_is_over_takes_up_nothing(code: str, expected: list[str], link: Link, call_of: CallOf) -> None:
    head = "import pandas as pd\nfrom sklearn.linear_model import Ridge\n"
    flow = link(f"{head}def fit(rows):\n    Ridge().fit(rows, [])\n\n{code}\n")
    write = call_of(flow, "example.py", "to_csv")
    assert write.receiver is not None
    assert kinds(reach(flow, write.receiver)) == expected


def test_what_nobody_reads_back_is_a_data_set_only_when_it_holds_records(link: Link, call_of: CallOf) -> None:
    flow = link(
        {
            "table.py": 'import pandas as pd\npd.read_csv("raw.csv").to_csv("rows.csv")\n',
            "report.py": 'import pandas as pd\nopen("notes.txt", "w").write(str(pd.read_csv("raw.csv")))\n',
        }
    )
    assert kinds(reach(flow, call_of(flow, "table.py", "read_csv"))) == ["written"]
    assert kinds(reach(flow, call_of(flow, "report.py", "read_csv"))) == []


def test_only_what_leads_to_an_end_is_useful(link: Link, call_of: CallOf) -> None:
    flow = link(HEAD + "seen = frame.groupby('a').size()\nRidge().fit(frame.dropna(), [])\n")
    found = reach(flow, call_of(flow, "example.py", "read_csv"))
    names = {str(visit.value.inputs[0][1].data) for visit in found.useful if visit.value.kind == "call"}
    assert "dropna" in names
    assert "groupby" not in names


def test_every_way_to_an_end_is_useful(link: Link, call_of: CallOf) -> None:
    flow = link(HEAD + "part = frame.dropna().fillna(0)\nRidge().fit(part, frame['label'])\n")
    found = reach(flow, call_of(flow, "example.py", "read_csv"))
    names = {str(visit.value.inputs[0][1].data) for visit in found.useful if visit.value.kind == "call"}
    assert {"dropna", "fillna"} <= names


KEPT = """
from typing import NamedTuple

class Kept(NamedTuple):
    rows: object
    names: object

def kept():
    names = pd.read_csv('names.csv')
    names = names.dropna()
    return Kept(rows=other, names=names)

everything = kept()
Ridge().fit(everything.{0}, [])
"""


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        (
            "from llama_index.core import VectorStoreIndex\nVectorStoreIndex.from_documents(list(frame.text))",
            ["features"],
        ),
        ("from langchain_chroma import Chroma\nChroma.from_texts(list(frame.text), embedding)", ["features"]),
        ("from llama_index.core import VectorStoreIndex\nVectorStoreIndex.from_documents(others)", []),
    ],
)
def test_what_is_put_into_an_index_is_embedded(index: str, expected: list[str], link: Link, call_of: CallOf) -> None:
    flow = link(HEAD + index + "\n")
    assert kinds(reach(flow, call_of(flow, "example.py", "read_csv"))) == expected


def test_another_part_of_an_object_is_no_content(link: Link) -> None:
    for field, met in (("rows", 0), ("names", 1)):
        flow = link(HEAD + KEPT.format(field))
        read = next(
            call
            for number in range(len(flow.program.modules[0].facts.scopes))
            for call in flow.body(0, number).calls
            if "reads" in flow.roles(call) and flow.body(0, number).scope.name == "kept"
        )
        assert len(reach(flow, read).ends) == met


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("found = {'rows': frame, 'names': names()}\nRidge().fit(found['rows'], [])", ["training"]),
        ("found = {'rows': frame, 'names': names()}\nRidge().fit(found['names'], [])", []),
        ("found = {key: frame}\nRidge().fit(found['names'], [])", ["training"]),
        ("found = {}\nfound['rows'] = frame\nRidge().fit(found['names'], [])", []),
        ("found = {}\nfound[key] = frame\nRidge().fit(found['names'], [])", ["training"]),
        ("found = {}\nfound['rows'] = frame\nfound['names'] = frame['day']\nRidge().fit(found['names'], [])",
         ["training"]),
        ("def load():\n    return frame.dropna(), names()\n\nRidge().fit(load()[1], [])", []),
        ("def load():\n    return frame.dropna(), names()\n\nRidge().fit(load()[0], [])", ["training"]),
        ("rows, told = frame, names()\nRidge().fit(told, [])", []),
        # a table that holds content has other columns beside those that are put into it
        ("frame['age'] = frame['day'] - 3\nRidge().fit(frame['day'], [])", ["training"]),
        ("class Job:\n    def __init__(self):\n        self.rows, self.names = frame, names()\n"
         "    def run(self):\n        self.rows = self.rows.dropna()\n        Ridge().fit(self.names, [])\n", []),
        ("class Job:\n    def __init__(self):\n        self.rows, self.names = frame, names()\n"
         "    def run(self):\n        self.rows = self.rows.dropna()\n        Ridge().fit(self.rows, [])\n",
         ["training"]),
        # another object of the class, elsewhere
        ("class Cut:\n    def cut(self, rows):\n        self.bins = rows.max()\n        return rows[rows < self.bins]\n"
         "Cut().cut(frame)\nRidge().fit(Cut().cut(names()), [])", []),
        ("class Cut:\n    def cut(self, rows):\n        self.bins = rows.max()\n        return rows[rows < self.bins]\n"
         "Ridge().fit(Cut().cut(frame), [])", ["training"]),
    ],
)  # fmt: skip
def test_parts_of_records_are_kept_apart(code: str, expected: list[str], link: Link, call_of: CallOf) -> None:
    flow = link(HEAD + code)
    assert kinds(reach(flow, call_of(flow, "example.py", "read_csv"))) == expected


def test_tests_are_no_use(link: Link, call_of: CallOf) -> None:
    flow = link(
        {
            "clicks.py": 'import pandas as pd\ndef read():\n    return pd.read_csv("clicks.csv")\n',
            "tests/test_clicks.py": (
                "from clicks import read\nfrom sklearn.linear_model import Ridge\nRidge().fit(read(), [])\n"
            ),
        }
    )
    assert kinds(reach(flow, call_of(flow, "clicks.py", "read_csv"))) == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("start = int(file.readlines()[0].strip())", []),
        ("start = int(file.read())", []),
        ("start = [int(line) for line in file]", ["training"]),
        ("start = int(file.readlines()[0].split()[0])", ["training"]),
    ],
)
def test_one_number_of_a_file_is_no_content(code: str, expected: list[str], link: Link, call_of: CallOf) -> None:
    text = f"from sklearn.linear_model import Ridge\nfile = open('step.txt')\n{code}\nRidge().fit([[start]], [start])"
    flow = link(text)
    assert kinds(reach(flow, call_of(flow, "example.py", "open"))) == expected

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.pipeline.ingestion.reads import Reads
from mldebt.scan import read_project
from mldebt.settings import Settings

SESSION = "from sqlalchemy import text; from sqlalchemy.orm import Session\nsession = Session(engine)\n"
INDEX = """
import json

class Index:
    @classmethod
    def {0}(cls, path):
        with open(path) as file:
            return cls(json.load(file))

    def {1}(self, path):
        with open(path, "w") as file:
            json.dump(self.near, file)
"""
HUB = "from huggingface_hub import hf_hub_download\n"
TABLE = "from django.db import models\n\nclass Chat(models.Model):\n    shop = models.CharField()\n"
Read = Callable[..., Reads]


@pytest.fixture
def reads(tmp_path: Path) -> Read:
    def read(text: str) -> Reads:
        (tmp_path / "job.py").write_text(dedent(text).lstrip("\n"), encoding="utf-8")
        return read_project(tmp_path, Settings(cache=False, history=False, jobs=1)).ingesting.reads

    return read


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("import pandas as pd\nrows = pd.read_csv('rows.csv')\n", [2]),
        ("import pickle\nmodel = pickle.load(open('thing.pkl', 'rb'))\nmodel.predict([1])\n", []),
        ("import pickle\nwith open('thing.pkl', 'rb') as file:\n    rows = pickle.load(file)\nrows.dropna()\n", [2]),
        ("from urllib.request import Request, urlopen\n\nurlopen(Request('https://x.org/rows', headers={}))\n", [3]),
        (
            "from urllib.request import Request, urlopen\n\ndef ask(question):\n"
            "    asked = Request('https://x.org/ask', data=question)\n    urlopen(asked)\n",
            [],
        ),
        ("import json\nsettings = json.load(open('config.json'))\n", []),
        ("import pandas as pd\npd.read_csv('results.csv')\n", []),
        (
            "import pandas as pd\n\ndef load(path=None):\n    pd.read_csv(path if path else 'vocab.csv')\n",
            [],
        ),
        (
            "import pandas as pd\n\ndef load(path=None):\n    pd.read_csv(path if path else 'rows.csv')\n",
            [4],
        ),
        ("import pandas as pd\npd.read_sql('SELECT id FROM texts', database)\n", [2]),
        ("import sqlite3\nsqlite3.connect('a.db').execute('SELECT id FROM texts').fetchall()\n", [2]),
        ("import sqlite3\nsqlite3.connect('a.db').execute('SELECT id FROM texts').fetchone()\n", []),
        ("import pandas as pd\npd.read_sql('SELECT id FROM texts ORDER BY vector <=> %s', database)\n", []),
        ("import pandas as pd\npd.read_sql('SELECT name FROM system.columns', database)\n", []),
        ("import pandas as pd\npd.read_sql('PRAGMA table_info(texts)', database)\n", []),
        ("import pandas as pd\npd.read_sql('SELECT shows FROM columns', database)\n", [2]),
        ("import pandas as pd\npd.read_sql('SELECT id FROM texts ORDER BY day LIMIT 1', database)\n", []),
        ("import pandas as pd\npd.read_sql('SELECT id FROM texts LIMIT 100', database)\n", [2]),
        (f"{SESSION}session.execute(text('SELECT id FROM texts')).mappings().first()\n", []),
        (f"{SESSION}session.execute(text('SELECT id FROM texts')).mappings().all()\n", [3]),
        ("import pandas as pd\nrows = pd.read_csv('a.csv')\npd.read_json(rows.to_json(orient='index'))\n", [2]),
        (INDEX.format("load", "save"), []),
        (INDEX.format("load", "show"), [6]),
        (INDEX.format("fill", "save"), [6]),
        (
            f"{HUB}open(hf_hub_download('acme/reefs', filename='classes.json'))\n",
            [],
        ),
        (
            f"{HUB}open(hf_hub_download('acme/reefs', filename='reefs.json'))\n",
            [2],
        ),
        (f"{TABLE}\ndef chat(number):\n    return Chat.objects.get(id=number)\n", []),
        (f"{TABLE}\ndef chats(numbers):\n    return Chat.objects.filter(id__in=numbers)\n", []),
        (f"{TABLE}\ndef chats(shop):\n    return Chat.objects.filter(shop=shop)\n", [7]),
    ],
)
def test_what_is_raw_data(text: str, lines: list[int], reads: Read) -> None:
    assert [read.line for read in reads(text)] == lines


def test_long_names_keep_their_end(reads: Read) -> None:
    found = reads(f"import pandas as pd\npd.read_csv('https://example.org/{'long-folder/' * 9}trips.csv')\n")
    (name,) = map(found.name, found)
    assert name.startswith("…/long-folder/")
    assert name.endswith("/trips.csv")
    assert len(name) <= 80


def test_a_reader_of_several_files_is_named_by_none_that_only_its_callers_know(tmp_path: Path) -> None:
    load = "import pandas as pd\n\ndef load(name):\n    return pd.read_csv(name)\n"
    (tmp_path / "data.py").write_text(load, encoding="utf-8")
    for name in ("sales", "visits"):
        (tmp_path / f"{name}.py").write_text(f"from data import load\nload('{name}.csv')\n", encoding="utf-8")
    both = tmp_path / "both.py"
    both.write_text(f"{load}\nload('rows.csv')\nload('more.csv')\n", encoding="utf-8")
    found = read_project(tmp_path, Settings(cache=False, history=False, jobs=1)).ingesting.reads
    assert {read.body.module.path: found.name(read) for read in found} == {"both.py": "rows.csv", "data.py": ""}


def test_a_reader_with_a_path_of_its_own_is_not_generic(reads: Read) -> None:
    found = reads(
        """
        import pandas as pd

        def one(path):
            return pd.read_csv(path)

        def other(path="rows.csv"):
            return pd.read_csv(path)
        """
    )
    assert [found.is_generic(read) for read in found] == [True, False]

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.pipeline.reads import Reads
from mldebt.scan import read_project
from mldebt.settings import Settings

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
        ("import json\nsettings = json.load(open('config.json'))\n", []),
        ("import pandas as pd\npd.read_csv('results.csv')\n", []),
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

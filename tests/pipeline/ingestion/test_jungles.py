"""Chains of files between programs: how long they are, and what ties two programs together."""

import pytest

from mldebt.pipeline.ingestion.jungles import LONGEST, Jungles
from mldebt.scan import read_project
from mldebt.settings import Settings

_STEPS = {
    "first.py": 'import pandas as pd\nrows = pd.read_json("rows.json").dropna()\n'
    'rows["a"] = rows.a * 2\nrows.to_csv("one.csv")\n',
    "second.py": 'import pandas as pd\nrows = pd.read_csv("one.csv").dropna()\n'
    'rows["b"] = rows.a * 2\nrows.to_csv("two.csv")\n',
    "third.py": "import pandas as pd\nfrom sklearn.linear_model import Ridge\n"
    'rows = pd.read_csv("two.csv")\nRidge().fit(rows[["a"]], rows.b)\n',
}


def chains(root, hops, **more):
    for path, text in {**_STEPS, **more}.items():
        (root / path).write_text(text, encoding="utf-8")
    project = read_project(root, Settings(cache=False, history=False, jobs=1))
    return [[hop.name for hop in chain.hops] for chain in Jungles(project).find(hops)]


def test_a_chain_is_found_from_its_source_to_its_end(tmp_path):
    assert chains(tmp_path, 2) == [["one.csv", "two.csv"]]


def test_a_shorter_one_is_no_jungle(tmp_path):
    assert chains(tmp_path, 3) == []


@pytest.mark.parametrize(
    "more",
    [
        {"Snakefile": "rule all:\n    shell: 'python first.py && python second.py && python third.py'\n"},
        {"dvc.yaml": "stages:\n  all:\n    cmd: python first.py; python second.py; python third.py\n"},
        {"main.py": "import first, second, third\n"},
        {
            "all.py": "import subprocess\nfrom pathlib import Path\n"
            "for each in sorted(Path('.').glob('[0-9]*.py')):\n    subprocess.run(['python', each])\n"
        },
    ],
    ids="snakemake dvc imports launcher".split(),
)
def test_a_workflow_ties_them(more, tmp_path):
    assert chains(tmp_path, 2, **more) == []


def test_a_readme_only_tells_people(tmp_path):
    assert chains(tmp_path, 2, **{"README.md": "Run `first.py`, `second.py`, then `third.py`.\n"}) != []


@pytest.mark.parametrize(
    ("one", "two", "found"),
    [('"shop/one"', '"shop/two"', [["rows.csv", "rows.csv"]]), ('"shop/one"', "sys.argv[1]", [])],
    ids=["known", "told"],
)
def test_files_of_one_name_are_one_where_no_folder_tells_them_apart(one, two, found, tmp_path):
    head = "import os\nimport sys\n"
    steps = {
        path: head
        + text.replace('to_csv("one.csv"', f'to_csv(os.path.join({one}, "rows.csv")')
        .replace('to_csv("two.csv"', f'to_csv(os.path.join({two}, "rows.csv")')
        .replace('"one.csv"', '"shop/one/rows.csv"')
        .replace('"two.csv"', '"shop/two/rows.csv"')
        for path, text in _STEPS.items()
    }
    assert chains(tmp_path, 2, **steps) == found


_MAKES_ITS_OWN = (
    "import pandas as pd\nfrom sklearn.linear_model import Ridge\n"
    'rows = pd.read_csv("raw.csv").dropna()\nrows["a"] = rows.a * 2\n'
    'rows.to_csv("clean.csv")\nrows = pd.read_csv("clean.csv")\nRidge().fit(rows[["a"]], rows.b)\n'
)


def test_a_program_that_reads_what_it_wrote_itself_waits_for_no_other(tmp_path):
    others = {f"try_{number}.py": _MAKES_ITS_OWN for number in range(4)}
    assert chains(tmp_path, 1, **others) == [["one.csv", "two.csv"]]


def test_one_that_writes_the_same_file_later_waits_for_who_wrote_it_first(tmp_path):
    second = _STEPS["second.py"] + 'rows.to_csv("one.csv")\n'
    assert chains(tmp_path, 2, **{"second.py": second}) == [["one.csv", "two.csv"]]


def test_where_every_program_reads_what_every_other_writes_the_search_ends(tmp_path):
    programs = range(14)
    dense = {
        f"step_{me}.py": "import pandas as pd\nfrom sklearn.linear_model import Ridge\n"
        'rows = pd.read_json("rows.json").dropna()\n'
        + "".join(f'rows = rows.merge(pd.read_csv("{each}.csv"))\n' for each in programs if each != me)
        + f'rows["a"] = rows.a * 2\nrows.to_csv("{me}.csv")\nRidge().fit(rows[["a"]], rows.b)\n'
        for me in programs
    }
    assert max(map(len, chains(tmp_path, 2, **dense))) == LONGEST - 1

"""Folders of which a page says that they are for trying things out."""

import time

import pytest

from mldebt.pipeline.programs.explorations import Explorations
from mldebt.scan import read_project
from mldebt.settings import Settings

CODE = "import pandas as pd\n\nprint(pd.read_csv('rows.csv'))\n"


def said_to_try(root, readme, place="README.md"):
    for path in ("personal/ann/fit.py", "src/fit.py"):
        (root / path).parent.mkdir(parents=True)
        (root / path).write_text(CODE, encoding="utf-8")
    (root / place).parent.mkdir(exist_ok=True)
    (root / place).write_text(readme, encoding="utf-8")
    project = read_project(root, Settings(cache=False, jobs=1))
    asked = Explorations(project)
    return [module.path for module in project.modules() if asked.is_said_to_try(module)]


@pytest.mark.parametrize(
    "line",
    [
        "* **personal** - team member personal experiments",
        "- `personal/`: not for production",
        "├── personal/          # Notebooks (not used in production)",
        "| personal | throwaway scripts |",
        "[personal](personal): a playground",
        "- `personal/ann`: scratch code",
        "- ./personal/: scratch code",
    ],
)
def test_a_page_says_what_a_folder_is_for(tmp_path, line):
    assert said_to_try(tmp_path, f"# Shop\n\n{line}\n") == ["personal/ann/fit.py"]


@pytest.mark.parametrize(
    "line",
    [
        "* **personal** - recommendations for each person",
        "The models are not for production.",
        "- `others/`: personal experiments",
        "* **personal** - experiments",
        "- `team/personal`: scratch code",
        "- `personal/bo`: scratch code",
    ],
)
def test_a_page_says_something_else(tmp_path, line):
    assert said_to_try(tmp_path, f"# Shop\n\n{line}\n") == []


def test_a_page_with_much_empty_space_is_read_at_once(tmp_path):
    began = time.process_time()
    page = "A sandbox." + "\n" * 20_000 + "-" * 20_000 + "\n\n- `personal/`: scratch code\n"
    assert said_to_try(tmp_path, page) == ["personal/ann/fit.py"]
    assert time.process_time() - began < 10


def test_a_page_speaks_for_what_lies_beside_it(tmp_path):
    assert said_to_try(tmp_path, "- `personal/`: scratch notebooks\n", "src/README.md") == []

"""MLD504 on built histories: what nothing reaches, since when, and what only seems to be reached by nothing."""

from textwrap import dedent

import pytest

from mldebt.scan import scan
from mldebt.settings import Settings

BODY = "\n".join(f'    print("step {number}")' for number in range(10))
OLD = (
    dedent(
        """
        import pandas as pd
        from sklearn.linear_model import Ridge


        def blend(path):
            rows = pd.read_csv(path)
            model = Ridge()
            model.fit(rows[["a"]], rows["b"])
        """
    ).lstrip()
    + BODY
    + "\n    return model\n"
)
MAIN = "\n\nif __name__ == '__main__':\n    rows('a')\n"
USED = "import pandas as pd\n\n\ndef rows(path):\n    return pd.read_csv(path)\n" + MAIN


def messages(recorder, files, *, later=None):
    recorder.commit({"main.py": USED, **files}, day=1)
    recorder.commit(later or {"other.py": "print('still at it')\n"}, day=500)
    settings = Settings(select=("MLD504",), cache=False, jobs=1)
    outcome = scan(recorder.write(), settings)
    assert not outcome.failures
    return [(finding.location.path, finding.location.symbol, str(finding.audience)) for finding in outcome.findings]


def test_what_nothing_reaches_and_nobody_touches_is_dead(recorder):
    assert messages(recorder, {"models/blend.py": OLD}) == [("models/blend.py", "blend", "default")]


def test_what_a_program_does_with_its_arguments_finds_no_code(recorder):
    files = {
        "models/blend.py": OLD,
        "run.py": "import argparse\n\nprint(vars(argparse.ArgumentParser().parse_args()))\n",
    }
    assert messages(recorder, files) == [("models/blend.py", "blend", "default")]


def test_what_only_dead_code_reaches_is_dead_with_it(recorder):
    more = OLD + "\n\ndef every(paths):\n" + BODY + "\n    return [pd.read_csv(p) for p in paths], blend(paths)\n"
    assert messages(recorder, {"models/blend.py": more}) == [("models/blend.py", "blend", "default")]


def test_a_main_function_that_nothing_calls_is_dead_whoever_else_has_one(recorder):
    text = OLD.replace("def blend(path)", "def main()").replace("read_csv(path)", "read_csv('a.csv')")
    other = "def main():\n    print(1)\n\n\nif __name__ == '__main__':\n    main()\n"
    assert messages(recorder, {"old/train.py": text, "ask.py": other}) == [("old/train.py", "main", "default")]
    guarded = text + "\n\nif __name__ == '__main__':\n    main()\n"
    assert messages(recorder, {"old/train.py": guarded, "ask.py": other}) == []


def found(recorder, files):
    recorder.commit({"main.py": USED, **files}, day=1)
    recorder.commit({"other.py": "print('still at it')\n"}, day=500)
    return scan(recorder.write(), Settings(select=("MLD504",), cache=False, jobs=1)).findings


def test_many_files_of_a_folder_are_told_at_once(recorder):
    names = ("blend", "stack", "vote", "bag")
    files = {f"models/{name}.py": OLD.replace("blend", name) for name in names}
    (one,) = found(recorder, {**files, "models/stack.py": files["models/stack.py"] + OLD.replace("blend", "pile")})
    assert one.message == (
        "Nothing in the repository reaches 5 definitions in 4 files of models, all untouched since September 2020."
    )
    assert [step.location.path for step in one.trail] == [f"models/{name}.py" for name in sorted(names)]
    assert len(one.members) == 5


def test_few_files_of_a_folder_are_told_one_by_one(recorder):
    assert len(found(recorder, {f"models/{name}.py": OLD.replace("blend", name) for name in ("blend", "stack")})) == 2


def test_what_leads_to_dead_code_is_named(recorder):
    more = OLD + "\n\ndef every(paths):\n    return [blend(path) for path in paths]\n"
    (one,) = found(recorder, {"models/blend.py": more})
    assert one.message == (
        "Nothing in the repository reaches blend but every, which nothing reaches either, and nobody has touched it "
        "since September 2020."
    )


def test_all_that_leads_to_dead_code_is_counted(recorder):
    more = "".join(f"\n\ndef {name}(path):\n    return blend(path)\n" for name in ("one", "other"))
    (one,) = found(recorder, {"models/blend.py": OLD + more})
    assert "reaches blend but one and 1 more, which nothing reaches either, and nobody" in one.message


def test_nobody_has_touched_any_of_a_file_since_the_last_change(recorder):
    recorder.commit({"models/blend.py": OLD}, day=-100)
    (one,) = found(recorder, {"models/blend.py": OLD + OLD.partition("Ridge\n")[2].replace("blend", "stack")})
    assert one.message == (
        "Nothing in the repository reaches blend, stack, and nobody has touched them since September 2020."
    )
    assert [step.message for step in one.trail] == [
        "blend: unchanged since June 2020",
        "stack: unchanged since September 2020",
    ]


@pytest.mark.parametrize(("name", "dead"), [("_main_", True), ("__main__old", True), ("__main__", False), ("x", False)])
def test_a_guard_that_is_misspelled_never_holds(recorder, name, dead):
    guarded = OLD + f"\n\nif __name__ == '{name}':\n    rows = pd.read_csv('a')\n{BODY}\n    print(blend('a'), rows)\n"
    messages = [each.message for each in found(recorder, {"models/blend.py": guarded})]
    never = "Pipeline code stands behind a condition that is always false; nobody has touched it since September 2020."
    assert (never in messages) is dead


@pytest.mark.parametrize(
    ("text", "dead"),
    [
        ("def turned(x, y, angle):\n    x = x * np.cos(angle) - y * np.sin(angle)\n{}\n    return x\n", False),
        ("def logged(rows):\n    rows['age'] = np.log(rows['age'])\n{}\n    return rows\n", True),
        ("def shown(seen):\n    seen = cv2.resize(seen, (8, 8))\n{}\n    return px.imshow(seen)\n", False),
        ("def small(seen):\n    seen = cv2.resize(seen, (8, 8))\n{}\n    return seen\n", True),
    ],
)
def test_what_only_reckons_or_draws_is_no_feature(recorder, text, dead):
    code = "import cv2\nimport numpy as np\nimport plotly.express as px\n\n\n" + text.format(BODY)
    assert len(found(recorder, {"models/more.py": code})) == dead


def test_what_was_touched_within_the_year_is_work_in_progress(recorder):
    later = {"models/blend.py": OLD.replace("step 3", "step three")}
    assert messages(recorder, {"models/blend.py": OLD}, later=later) == []


def test_who_took_lines_away_touched_what_is_left(recorder):
    """No line that is left tells of it."""
    longer = OLD.replace('    print("step 3")\n', '    print("step 3")\n    print("and more")\n')
    assert messages(recorder, {"models/blend.py": longer}, later={"models/blend.py": OLD}) == []


def test_what_was_taken_away_elsewhere_in_the_file_touched_nothing_here(recorder):
    more = OLD + "\n\ndef other():\n    return 1\n"
    later = {"models/blend.py": OLD}
    assert messages(recorder, {"models/blend.py": more}, later=later) == [("models/blend.py", "blend", "default")]


def test_what_an_ignored_revision_took_away_touched_nothing(recorder):
    longer = OLD.replace('    print("step 3")\n', '    print("step 3")\n\n\n')
    recorder.commit({"main.py": USED, "models/blend.py": longer}, day=1)
    recorder.commit({"models/blend.py": OLD}, day=400)
    recorder.write()
    later = {".git-blame-ignore-revs": recorder.ids[-1] + "\n"}
    assert messages(recorder, {}, later=later) == [("models/blend.py", "blend", "default")]


@pytest.mark.parametrize(
    "files",
    [
        {"use.py": "from models.blend import blend\n\nblend('a.csv')\n"},
        {"tests/test_blend.py": "from models.blend import blend\n\n\ndef test_it():\n    blend('a.csv')\n"},
        {"config/model.yaml": "model:\n  _target_: models.blend.blend\n"},
        {"README.md": "`blend` is what the weekly job calls.\n"},
        {"registry.py": "MODELS = {'ridge': 'models.blend:blend'}\n"},
        {"models/__init__.py": "__all__ = ['blend']\n"},
        {"models/__init__.py": "from .blend import *\n"},
        {"pick.py": "import importlib\nimport sys\n\nimportlib.import_module(f'models.{sys.argv[1]}')\n"},
        {"pick.py": "import sys\nimport models.blend\n\ngetattr(models.blend, sys.argv[1])('a.csv')\n"},
        {"pick.py": "import sys\nimport models.blend\n\nvars(models.blend)[sys.argv[1]]('a.csv')\n"},
        {"setup.py": "from setuptools import setup\nsetup()\n", "models/__init__.py": ""},
        {
            "explore.ipynb": '{"cells": [{"cell_type": "code", "metadata": {}, "outputs": [], "source": ["blend(1)"]}],'
            ' "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
        },
    ],
    ids="import test config document text all star computed getattr vars installed notebook".split(),
)
def test_whoever_mentions_it_reaches_it(recorder, files):
    assert messages(recorder, {"models/blend.py": OLD, **files}) == []


@pytest.mark.parametrize(
    "text",
    [
        OLD.replace("def blend", "@register('blend')\ndef blend"),
        OLD.replace("def blend", "def handler"),
        OLD + "\n\nif __name__ == '__main__':\n    blend('a.csv')\n",
        "def blend(rows):\n" + BODY + "\n    return rows\n",
        "from luigi import Task\nimport pandas as pd\n\n\nclass Blend(Task):\n    def run(self):\n"
        + BODY.replace("    ", "        ")
        + "\n        pd.read_csv('a')\n",
    ],
    ids="decorated hook script plain framework".split(),
)
def test_entry_points_and_plain_code_are_left_alone(recorder, text):
    assert messages(recorder, {"models/blend.py": text}) == []


@pytest.mark.parametrize(("module", "found"), [("clicks_v2", 0), ("clicks", 1)])
def test_a_module_that_the_code_names_as_a_text_is_loaded_somewhere(recorder, module, found):
    """Unless the text is a word like others."""
    files = {f"data/{module}.py": OLD, "settings.py": f"DATASET = '{module}'\n"}
    assert len(messages(recorder, files)) == found


def test_a_module_that_names_itself_is_loaded_nowhere(recorder):
    files = {"data/clicks_v2.py": f"{OLD}\nNAME = 'clicks_v2'\n"}
    assert messages(recorder, files) == [("data/clicks_v2.py", "blend", "default")]


def test_what_only_draws_is_no_pipeline(recorder):
    drawing = f"import matplotlib.pyplot as plt\nimport pandas as pd\n\n\ndef blend(path):\n{BODY}\n"
    drawing += '    plt.plot(pd.read_csv(path)["a"])\n'
    assert messages(recorder, {"models/blend.py": drawing}) == []
    kept = drawing + '    pd.read_csv(path).to_csv("b.csv")\n'
    assert messages(recorder, {"models/blend.py": kept}) == [("models/blend.py", "blend", "default")]


def test_what_a_test_runner_looks_for_is_not_dead(recorder):
    test = OLD.replace("def blend", "def test_blend")
    asserting = test.replace("    return model", "    assert path\n    return model")
    assert messages(recorder, {"checks/blending.py": asserting}) == []
    assert messages(recorder, {"checks/blending.py": f"import pytest\n{test}"}) == []


def test_what_is_only_called_a_test_is_dead(recorder):
    test = OLD.replace("def blend", "def test_blend")
    assert messages(recorder, {"checks/blending.py": test}) == [("checks/blending.py", "test_blend", "default")]


def test_the_name_of_a_librarys_network_starts_no_module(recorder):
    asking = "import timm\n\nnet = timm.create_model('resnet50')\n"
    files = {"nets/resnet50.py": OLD, "run.py": asking}
    assert messages(recorder, files) == [("nets/resnet50.py", "blend", "default")]


@pytest.mark.parametrize(("named", "found"), [("search.near.nearest", 0), ("search.near.farthest", 1)])
def test_what_settings_name_is_not_all_that_they_may_name(recorder, named, found):
    """Beside a class that settings name lie others, which those of an installation may."""
    files = {
        "app/run.py": "import importlib\n\n\ndef made(where):\n    return importlib.import_module(where).make()\n",
        "src/search/near/nearest.py": "def make():\n    return 1\n",
        "src/search/far/old.py": OLD,
        "settings.yaml": f"handler: Nearest@{named}\n",
    }
    assert len(messages(recorder, files)) == found


def branch(condition):
    inner = "\n".join(f"        print({number})" for number in range(10))
    top = "import pandas as pd\n\nUSE_NEW = False\n\n\ndef rows(path):\n"
    return f"{top}    if {condition}:\n{inner}\n        pd.read_csv(path)\n    return 1\n{MAIN}"


def test_code_behind_what_is_never_true(recorder):
    assert messages(recorder, {"load.py": branch("False")}) == [("load.py", "rows", "default")]


def test_the_other_branch_of_what_is_around_may_run(recorder):
    asked = "    if path:\n        if False:\n            print(path)\n    else:\n"
    assert messages(recorder, {"load.py": branch("False").replace("    if False:\n", asked)}) == []


def test_a_switch_that_a_branch_within_a_branch_sets(recorder):
    setting = "if path:\n    if path[0]:\n        USE_NEW = True\n"
    assert messages(recorder, {"load.py": branch("USE_NEW") + setting}) == []


def test_a_switch_that_nothing_sets_is_for_those_who_ask(recorder):
    files = {"load.py": branch("USE_NEW")}
    assert messages(recorder, files) == [("load.py", "rows", "pedantic")]


def test_a_switch_that_something_sets(recorder):
    files = {"load.py": branch("USE_NEW"), "main2.py": "import load\n\nload.USE_NEW = True\n"}
    assert messages(recorder, files) == []


def test_without_a_history_nothing_is_said_of_age(tmp_path):
    (tmp_path / "blend.py").write_text(OLD, encoding="utf-8")
    assert scan(tmp_path, Settings(select=("MLD504",), cache=False, jobs=1)).findings == ()


UNMERGED = """\
from models.blend import blend

<<<<<<< HEAD
print(blend("a.csv"))
=======
print(blend("b.csv"))
>>>>>>> other
"""


def test_what_code_uses_that_cannot_be_parsed_is_not_dead(recorder):
    assert messages(recorder, {"models/blend.py": OLD, "run.py": UNMERGED}) == []
    other = UNMERGED.replace("blend", "mix")
    assert messages(recorder, {"models/blend.py": OLD, "run.py": other}) == [("models/blend.py", "blend", "default")]


ON_ONE_MACHINE = (
    "import pandas as pd\n\nrows = pd.read_csv({path!r})\n"
    + "\n".join(f"print(rows.head({number}))" for number in range(10))
    + "\nrows.to_csv('top.csv')\n"
)
OF_NOTHING = "from places import {name}\n" + ON_ONE_MACHINE.format(path="rows.csv")


@pytest.mark.parametrize(
    "text", [ON_ONE_MACHINE.format(path="C:\\Users\\ann\\rows.csv"), OF_NOTHING.format(name="MODEL")]
)
def test_a_program_that_can_run_no_more_is_dead(recorder, text):
    (one,) = found(recorder, {"old/heads.py": text, "places.py": "ROWS = 'rows.csv'\n"})
    assert (one.location.path, "nothing starts it" in one.message) == ("old/heads.py", True)


@pytest.mark.parametrize(
    ("text", "more"),
    [
        (ON_ONE_MACHINE.format(path="rows.csv"), {}),
        (OF_NOTHING.format(name="ROWS"), {}),
        (ON_ONE_MACHINE.format(path="/home/jovyan/rows.csv"), {}),
        (ON_ONE_MACHINE.format(path="C:\\Users\\ann\\rows.csv"), {"README.md": "# Top\n\n    python old/heads.py\n"}),
    ],
)
def test_a_program_that_runs_or_is_spoken_of_is_not(recorder, text, more):
    assert found(recorder, {"old/heads.py": text, "places.py": "ROWS = 'rows.csv'\n", **more}) == ()

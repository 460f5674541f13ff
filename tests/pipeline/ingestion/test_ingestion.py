import json
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.pipeline import Project
from mldebt.pipeline.ingestion.ingestion import Ingestion
from mldebt.scan import read_project
from mldebt.settings import Settings

FIT = "from sklearn.linear_model import Ridge\n"


def project(root: Path, texts: Mapping[str, str], platform: tuple[str, ...] = ()) -> Project:
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return read_project(root, Settings(cache=False, history=False, jobs=1, platform=platform))


def notebook(code: str) -> str:
    cell = {"cell_type": "code", "source": code, "metadata": {}, "outputs": [], "execution_count": None}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def owners(found: Project) -> list[str]:
    return [found.unit_name(each.owner) for each in found.ingestions]


def only(found: Project) -> Ingestion:
    assert len(found.ingestions) == 1
    return found.ingestions[0]


CHAIN = """
    import json
    import pandas as pd
    from sklearn.linear_model import Ridge

    def read_users(path):
        users = {}
        with open(path) as file:
            for line in file:
                user = json.loads(line)
                users[user["id"].strip()] = float(user["age"])
        return users

    def read_clicks(path):
        clicks = pd.read_csv(path)
        clicks = clicks.dropna()
        return clicks[clicks.time > 0]

    def prepare(folder):
        users = read_users(folder + "/users.jsonl")
        clicks = read_clicks(folder + "/clicks.csv")
        clicks["age"] = clicks.user.map(users)
        return clicks

    def main():
        table = prepare("data")
        Ridge().fit(table[["age"]], table["clicked"])
"""


def test_functions_that_chain_into_one_another_are_one_pipeline_of_the_one_that_runs_them(tmp_path: Path) -> None:
    found = project(tmp_path, {"job.py": CHAIN})
    assert owners(found) == ["job.py:prepare"]
    pipeline = only(found)
    assert [read.line for read in pipeline.sources] == [7, 14]
    assert {found.location(step.value).symbol for step in pipeline.steps} >= {"read_users", "read_clicks", "prepare"}
    assert [end.use.kind for end in pipeline.ends] == ["training"]


def test_two_ways_in_one_module_are_two_pipelines(tmp_path: Path) -> None:
    texts = {
        "data.py": """
            def words(path):
                return [line.strip().split() for line in open(path)]

            def pairs(path):
                return [line.strip().split() for line in open(path)]
        """,
        "one.py": FIT + "from data import words\nRidge().fit(words('words.tsv'), [])\n",
        "two.py": FIT + "from data import pairs\nRidge().fit(pairs('pairs.tsv'), [])\n",
    }
    assert owners(project(tmp_path, texts)) == ["data.py:words", "data.py:pairs"]


def test_a_thin_reader_belongs_to_the_pipeline_of_its_caller(tmp_path: Path) -> None:
    texts = {
        "files.py": "def lines(path):\n    with open(path) as file:\n        return file.readlines()\n",
        "train.py": FIT
        + """
def load():
    rows = []
    for line in lines("clicks.tsv"):
        name, price = line.split("\\t")
        rows.append([float(price)])
    return rows

Ridge().fit(load(), [])
""",
    }
    texts["train.py"] = "from files import lines\n" + texts["train.py"]
    assert owners(project(tmp_path, texts)) == ["train.py:load"]


def test_a_thin_loader_that_knows_its_source_is_a_pipeline_with_the_steps_beside_it(tmp_path: Path) -> None:
    load = "import pandas as pd\ndef clicks():\n    return pd.read_csv('clicks.csv')\n"
    train = FIT + "from steps.load import clicks\ntable = clicks().dropna().drop_duplicates()\nRidge().fit(table, [])\n"
    beside = project(tmp_path / "a", {"steps/load.py": load, "steps/train.py": train})
    assert owners(beside) == ["steps/load.py:clicks"]
    assert {beside.location(step.value).path for step in only(beside).steps} == {"steps/train.py"}
    assert owners(project(tmp_path / "b", {"steps/load.py": load, "jobs/train.py": train})) == []


@pytest.mark.parametrize("users", [1, 3])
def test_users_are_counted_by_module(users: int, tmp_path: Path) -> None:
    texts = {
        "data.py": """
            class Clicks:
                def __init__(self, path):
                    self.rows = [line.strip().split() for line in open(path)]

            def clicks(path):
                return Clicks(path)
        """
    }
    for number in range(users):
        texts[f"train_{number}.py"] = FIT + "from data import clicks\nRidge().fit(clicks('clicks.tsv').rows, [])\n"
    found = project(tmp_path, texts)
    assert owners(found) == ["data.py:Clicks"]
    assert only(found).users == users


def test_a_named_platform_reads_for_everybody(tmp_path: Path) -> None:
    assert owners(project(tmp_path, {"lake/job.py": CHAIN}, platform=("lake",))) == []
    assert owners(project(tmp_path, {"lake/job.py": CHAIN}, platform=("lake/*.py",))) == []
    assert owners(project(tmp_path, {"lake/job.py": CHAIN}, platform=("lak",))) == ["lake/job.py:prepare"]


def test_records_that_nobody_reads_back_count_in_a_script_of_a_repository_that_trains(tmp_path: Path) -> None:
    prepare = """
        import pandas as pd
        rows = pd.read_csv("trips.csv").dropna().drop_duplicates()
        rows["minutes"] = rows.seconds / 60
        rows.to_parquet("clean-trips.parquet")
    """
    train = FIT + "Ridge().fit(load(), [])\n"
    main = "\nif __name__ == '__main__':\n    pass\n"
    assert owners(project(tmp_path / "a", {"prepare.py": prepare, "train.py": train})) == []
    assert owners(project(tmp_path / "b", {"prepare.py": dedent(prepare) + main})) == []
    found = project(tmp_path / "c", {"prepare.py": dedent(prepare) + main, "train.py": train})
    assert owners(found) == ["prepare.py"]
    assert only(found).ends[0].use.kind == "written"


def test_one_picture_looked_at_is_no_data_set(tmp_path: Path) -> None:
    texts = {
        "look.py": """
            from PIL import Image
            from sklearn.linear_model import Ridge

            def look(model: Ridge, path):
                picture = Image.open(path).convert("RGB").crop((0, 0, 9, 9))
                return model.predict([list(picture.getdata())])
        """
    }
    assert owners(project(tmp_path, texts)) == []


def test_two_runs_agree(tmp_path: Path) -> None:
    texts = {"job.py": CHAIN, "again.py": CHAIN}
    first, second = project(tmp_path, texts), project(tmp_path, texts)
    assert [(first.unit_name(a.owner), [s.value.at for s in a.steps]) for a in first.ingestions] == [
        (second.unit_name(b.owner), [s.value.at for s in b.steps]) for b in second.ingestions
    ]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ('"clicks.csv"', "clicks.csv"),
        ('input() + "/clicks.csv"', "…/clicks.csv"),
        ("input()", ""),
        ('"https://ann:secret@example.org/clicks.csv?sig=abc"', "https://…example.org/clicks.csv?…"),
    ],
)
def test_sources_are_named_without_secrets(path: str, name: str, tmp_path: Path) -> None:
    found = project(
        tmp_path,
        {"job.py": FIT + f"import pandas as pd\nrows = pd.read_csv({path}).dropna()\nRidge().fit(rows, [])\n"},
    )
    assert only(found).names == (name,)


READ = """
    import pandas as pd
    from sklearn.linear_model import Ridge

    def load(path):
        rows = pd.read_csv(path)
        rows = rows.dropna()
        return rows[rows.age > 18]

    class Forecast:
        def fit(self, path):
            rows = load(path)
            self.model = Ridge().fit(rows, rows.label)

        def predict(self, rows):
            return self.model.predict(rows)
"""


def test_what_the_users_of_a_package_read_is_theirs(tmp_path: Path) -> None:
    package = {"setup.py": "", "shop/__init__.py": "", "shop/forecast.py": READ}
    assert owners(project(tmp_path / "script", {"forecast.py": READ})) == ["forecast.py:load"]
    assert owners(project(tmp_path / "package", package)) == []
    job = {"jobs/run.py": "from shop.forecast import Forecast\nForecast().fit('lake/sales.csv')\n"}
    assert owners(project(tmp_path / "used", {**package, **job})) == ["shop/forecast.py:load"]


def test_a_task_that_leaves_records_behind_is_a_pipeline_as_a_script_is(tmp_path: Path) -> None:
    prepare = """
        import pandas as pd
        {imported}

        {decorator}
        def prepare():
            rows = pd.read_csv("trips.csv").dropna()
            rows["minutes"] = rows.seconds / 60
            rows = rows[rows.minutes > 1]
            rows.to_parquet("clean-trips.parquet")
    """
    train = FIT + "Ridge().fit(load(), [])\n"
    task = prepare.format(imported="from zenml import step", decorator="@step")
    plain = prepare.format(imported="", decorator="")
    assert owners(project(tmp_path / "a", {"steps/prepare.py": plain, "train.py": train})) == []
    assert owners(project(tmp_path / "b", {"steps/prepare.py": task, "train.py": train})) == [
        "steps/prepare.py:prepare"
    ]


def test_a_reader_that_works_on_what_it_reads_owns_the_pipeline(tmp_path: Path) -> None:
    texts = {
        "data.py": """
            import json

            class File:
                def __init__(self, path):
                    self.rows = {}
                    for line in open(path):
                        row = json.loads(line)
                        self.rows[row["id"].strip()] = row

            class Table:
                def __init__(self):
                    self.rows = [clean(row) for row in File("rows.jsonl").rows["all"]]
                    self.rows = [clean(row) for row in self.rows]
                    self.rows = [clean(row) for row in self.rows]
                    self.rows = [clean(row) for row in self.rows]
                    self.rows = [clean(row) for row in self.rows]
        """,
        "train.py": FIT + "from data import Table\nRidge().fit(Table().rows, [])\n",
    }
    assert owners(project(tmp_path, texts)) == ["data.py:File"]


def test_what_is_done_to_a_file_left_behind_is_no_work_of_a_thin_reader(tmp_path: Path) -> None:
    texts = {
        "detection.py": """
            import pandas as pd

            def detect():
                rows = pd.read_csv("raw/rows.csv")
                rows.to_csv("named.csv")

            detect()
        """,
        "names.py": """
            import pandas as pd
            from sklearn.linear_model import Ridge

            def work():
                named = pd.read_csv("named.csv")
                named = named.dropna()
                named["length"] = named["name"].str.len()
                Ridge().fit(named[["length"]], named["kind"])

            work()
        """,
    }
    assert owners(project(tmp_path, texts)) == ["names.py:work"]


def test_what_one_function_owns_is_one_pipeline(tmp_path: Path) -> None:
    part = """
    def read_{0}(path):
        with open(path) as file:
            return [json.loads(line) for line in file]

    def work_{0}(rows):
        rows = [row for row in rows if row["{0}"].strip().lower() != "none"]
        table = pd.DataFrame(rows).dropna().drop_duplicates()
        table["day"] = pd.to_datetime(table["time"])
        Ridge().fit(table, [])
    """
    begin = "\n    import json\n    import pandas as pd\n    from sklearn.linear_model import Ridge\n"
    run = """
    def prepare():
        work_users(read_users("users.jsonl"))
        work_clicks(read_clicks("clicks.jsonl"))

    prepare()
    """
    found = project(tmp_path, {"job.py": begin + part.format("users") + part.format("clicks") + run})
    assert owners(found) == ["job.py:prepare"]
    assert len(only(found).sources) == 2


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("jobs/clicks.py", 1),
        ("jobs/analysis/clicks.py", 0),
        ("eda_clicks.py", 0),
        ("ClicksExploration.py", 0),
        ("clicks and figures.py", 0),
        ("clicks-eda.py", 0),
        ("explored.py", 1),
    ],
)
def test_what_looks_at_data_leaves_no_data_set_behind(path: str, count: int, tmp_path: Path) -> None:
    text = """
        import pandas as pd

        rows = pd.read_csv("raw.csv").dropna().drop_duplicates()
        rows["day"] = pd.to_datetime(rows["time"]).dt.date
        rows.groupby("day").agg(list).to_csv("out/days.csv")

        if __name__ == "__main__":
            print(rows)
    """
    texts = {path: text, "train.py": FIT + "Ridge().fit([[1]], [1])\n"}
    assert len(owners(project(tmp_path, texts))) == count


def test_a_table_that_is_told_as_text_is_not_written(tmp_path: Path) -> None:
    text = """
        import pandas as pd

        rows = pd.read_csv("raw.csv").dropna().drop_duplicates()
        rows["day"] = pd.to_datetime(rows["time"]).dt.date
        print(rows.to_csv({0}))

        if __name__ == "__main__":
            print(rows)
    """
    fit = {"train.py": FIT + "Ridge().fit([[1]], [1])\n"}
    assert owners(project(tmp_path / "kept", {"job.py": text.format("'days.csv'"), **fit})) == ["job.py"]
    assert owners(project(tmp_path / "told", {"job.py": text.format("index=False"), **fit})) == []


@pytest.mark.parametrize(("column", "count"), [("price", 1), ("churn_probability", 0), ("pred_price", 0)])
def test_what_a_model_said_is_no_raw_data(column: str, count: int, tmp_path: Path) -> None:
    text = f"""
        import pandas as pd

        rows = pd.read_csv("logged.csv").dropna().drop_duplicates()
        rows["gain"] = rows["{column}"] * rows["amount"]
        rows.to_csv("out/gains.csv")

        if __name__ == "__main__":
            print(rows)
    """
    texts = {"gains.py": text, "train.py": FIT + "Ridge().fit([[1]], [1])\n"}
    assert len(owners(project(tmp_path, texts))) == count


@pytest.mark.parametrize(
    ("mapped", "count"),
    [
        ("print(confusion_matrix(rows['truth'], rows['mapped']))", 0),
        ("rows['mapped'] = sampled(rows)\nprint(confusion_matrix(rows['truth'], rows['mapped']))", 1),
        ("rows.loc[0, 'mapped'] = sampled(rows)\nprint(confusion_matrix(rows['truth'], rows['mapped']))", 1),
        ("for name in maps():\n    print(confusion_matrix(rows['truth'], rows[name]))", 1),
    ],
)
def test_answers_that_are_put_beside_the_truth_are_judged_on_raw_data(mapped: str, count: int, tmp_path: Path) -> None:
    text = (
        "import pandas as pd\nfrom elsewhere import maps, sampled\nfrom sklearn.metrics import confusion_matrix\n"
        "rows = pd.read_csv('kept.csv').dropna().drop_duplicates()\nrows = rows[rows['area'] > 0]\n"
    )
    assert len(owners(project(tmp_path, {"judge.py": text + mapped + "\n"}))) == count


@pytest.mark.parametrize(("answers", "count"), [("torch.from_numpy(rows['said'].values)", 0), ("ask(rows['text'])", 1)])
def test_answers_that_are_read_beside_the_truth_are_no_raw_data(answers: str, count: int, tmp_path: Path) -> None:
    text = f"""
        import pandas as pd
        import torch
        from elsewhere import ask
        from sklearn.metrics import roc_auc_score

        def judged(truth, answers):
            return roc_auc_score(truth, answers)

        def main():
            rows = pd.read_csv("kept.csv").dropna().drop_duplicates()
            rows["said"] = rows["said"].clip(0, 1)
            print(judged(rows["truth"], {answers}))
            print(judged(*load()))

        main()
    """
    assert len(owners(project(tmp_path, {"judge.py": text}))) == count


def test_a_loader_that_is_looked_up_in_a_table_has_the_users_of_who_looks(tmp_path: Path) -> None:
    text = """
        import pandas as pd

        def load_shop():
            rows = pd.read_csv("shop.csv").dropna()
            rows["day"] = pd.to_datetime(rows["day"])
            return rows.drop_duplicates()

        LOADERS = {"shop": (load_shop, 3)}

        def load(name):
            loader, weeks = LOADERS[name]
            return loader()
    """
    train = f"{FIT}from loading import load\nRidge().fit(load('shop'), [])\n"
    texts = {"loading.py": text, **{f"train_{name}.py": train for name in "abc"}}
    (pipeline,) = project(tmp_path, texts).ingestions
    assert pipeline.users == 3


def test_what_a_notebook_writes_of_another_modules_loader_is_not_the_loaders(tmp_path: Path) -> None:
    load = """
        import pandas as pd

        def load(path):
            rows = pd.read_csv(path)
            rows["day"] = pd.to_datetime(rows["day"])
            return rows.dropna().drop_duplicates()

        if __name__ == "__main__":
            print(load("clicks.csv"))
    """
    keep = "from load import load\nload('clicks.csv').to_csv('kept.csv')\n"
    train = FIT + "Ridge().fit([[1]], [1])\n"
    assert owners(project(tmp_path / "a", {"load.py": load, "keep.py": keep, "train.py": train})) == ["load.py:load"]
    assert owners(project(tmp_path / "b", {"load.py": load, "keep.ipynb": notebook(keep), "train.py": train})) == []


@pytest.mark.parametrize(("given", "users"), [("load(day)", 4), ("load(day).head()", 1)])
def test_who_calls_what_hands_on_uses_the_loader(given: str, users: int, tmp_path: Path) -> None:
    load = """
        import pandas as pd

        def load(day):
            rows = pd.read_csv(day)
            rows["day"] = pd.to_datetime(rows["day"])
            return rows.dropna().drop_duplicates()
    """
    shop = f"from loading import load\ndef rows_of(day):\n    return {given}\n"
    train = f"{FIT}from shop import rows_of\nRidge().fit(rows_of('shop.csv'), [])\n"
    texts = {"loading.py": load, "shop.py": shop, **{f"train_{name}.py": train for name in "abc"}}
    assert only(project(tmp_path, texts)).users == users

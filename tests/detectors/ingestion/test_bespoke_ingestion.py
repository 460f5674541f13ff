from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.finding import Audience, Finding
from mldebt.scan import scan
from mldebt.settings import Settings

SERVE = """
import json
import joblib
import pandas as pd

class Predictor:
    def __init__(self):
        self.model = joblib.load("churn.joblib")
        with open("{path}") as file:
            raw = json.load(file)
        self.columns = [str(column).strip().lower() for column in raw if column != "id"]

    def predict(self, row):
        frame = pd.DataFrame([row]){taken}
        frame = frame.dropna().drop_duplicates()
        frame["age"] = frame["age"] / 100
        return self.model.predict(frame)
"""
READ = """
import pandas as pd
from sklearn.metrics import f1_score
from sklearn.linear_model import Ridge

def load(path):
    rows = pd.read_csv(path)
    rows = rows.dropna().drop_duplicates()
    rows["day"] = pd.to_datetime(rows["time"]).dt.date
    return rows[rows.total > 0]
"""
SCORE = """
def score(truth, said):
    return f1_score((truth > 0).astype(int), said)

"""
LATER = """
import pandas as pd
import joblib
from sklearn.metrics import f1_score

def main(path):
    rows = pd.read_csv(path)
    rows = rows.dropna()
    said = pd.DataFrame({"said": joblib.load("churn.joblib").predict(rows)})
    both = said.join(rows)
    both = both.drop_duplicates()
    both = both[both.age > 3]
    print(f1_score(both["churned"], both["said"]))

main("today.csv")
"""


def findings(root: Path, texts: Mapping[str, str] | str) -> tuple[Finding, ...]:
    for path, text in ({"job.py": texts} if isinstance(texts, str) else texts).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return scan(root, Settings(select=("MLD101",), cache=False, history=False, jobs=1)).findings


def owners(root: Path, texts: Mapping[str, str] | str) -> list[str]:
    return [finding.component for finding in findings(root, texts)]


def audiences(root: Path, texts: Mapping[str, str]) -> list[Audience]:
    return [finding.audience for finding in findings(root, texts)]


@pytest.mark.parametrize("path", ["artifacts/feature_columns.json", "models/means.json", "label_encoder.json"])
def test_what_was_kept_with_a_model_is_no_data(path: str, tmp_path: Path) -> None:
    merged = '.merge(pd.DataFrame(self.columns), on="id")'
    assert owners(tmp_path / "rows", SERVE.format(path="customers.json", taken=merged)) == ["job.py:Predictor"]
    assert owners(tmp_path / "kept", SERVE.format(path=path, taken=merged)) == []


def test_what_names_the_columns_of_a_table_is_not_in_it(tmp_path: Path) -> None:
    assert owners(tmp_path, SERVE.format(path="customers.json", taken="[self.columns]")) == []


def test_what_a_registry_hands_out_is_no_data(tmp_path: Path) -> None:
    text = """
        import os
        import mlflow
        import pandas as pd

        def load(run):
            folder = {folder}
            rows = pd.read_csv(os.path.join(folder, "rates.csv")).dropna()
            rows["rate"] = rows["rate"].str.strip().str.lower()
            return rows.drop_duplicates()

        def score(run):
            return mlflow.pyfunc.load_model("models:/churn/1").predict(load(run))

        score("a1")
    """
    assert owners(tmp_path / "lake", text.format(folder='"lake"')) == ["job.py:load"]
    kept = "mlflow.artifacts.download_artifacts(run_id=run)"
    assert owners(tmp_path / "kept", text.format(folder=kept)) == []


def test_metrics_of_what_was_read_alone_ask_no_model(tmp_path: Path) -> None:
    fit = "Ridge().fit(load('a.csv'), [])\n"
    measure = "rows = load('a.csv')\nprint(f1_score(rows['label'], rows['said']))\n"
    assert owners(tmp_path / "fit", READ + fit) == ["job.py:load"]
    assert owners(tmp_path / "measure", READ + measure) == []
    within = measure.replace("f1_score(", "score(").replace("rows = ", f"{SCORE}rows = ")
    assert owners(tmp_path / "within", READ + within) == []
    asked = within.replace("rows['said']", "Ridge().predict(rows)")
    assert owners(tmp_path / "asked", READ + asked) == ["job.py:load"]
    assert owners(tmp_path / "other", READ + measure.replace("rows['said']", "answers")) == ["job.py:load"]


def test_statistics_of_data_are_no_evaluation(tmp_path: Path) -> None:
    told = "from {1} import {0}\nrows = load('a.csv')\nprint({0}(rows['age'], ages))\n"
    assert owners(tmp_path / "a", READ + told.format("ks_2samp", "scipy.stats")) == []
    assert owners(tmp_path / "b", READ + told.format("adfuller", "statsmodels.tsa.stattools")) == []
    assert owners(tmp_path / "c", READ + told.format("rmse", "statsmodels.tools.eval_measures")) == ["job.py:load"]


def test_what_is_done_with_what_a_model_said_is_no_ingestion(tmp_path: Path) -> None:
    assert owners(tmp_path, LATER) == []


def test_a_loader_that_nothing_mentions_is_dead_code(tmp_path: Path) -> None:
    whole = READ + "\ndef prepare(path):\n    return Ridge().fit(load(path), [])\n"
    dead = READ.replace("    return rows[rows.total > 0]", "    return Ridge().fit(rows[rows.total > 0], [])")
    assert owners(tmp_path / "a", dead) == []
    assert owners(tmp_path / "b", {"job.py": dead, "run.py": "from job import load\nload('a.csv')\n"}) == [
        "job.py:load"
    ]
    assert owners(tmp_path / "c", whole + "prepare('a.csv')\n") == ["job.py:load"]


def test_words_are_taken_apart_by_a_tool_and_not_by_a_model(tmp_path: Path) -> None:
    text = READ + "import spacy\nnlp = spacy.load('en')\nprint([nlp(name) for name in load('a.csv')['name']])\n"
    assert owners(tmp_path, text) == []


def test_what_a_service_answers_is_no_content(tmp_path: Path) -> None:
    text = """
        import json
        import requests
        from sklearn.linear_model import Ridge

        questions = json.load(open("questions.json"))
        said = []
        for each in questions:
            answer = {asked}
            text = answer["text"].strip().lower()
            text = text.split("|")[0]
            text = text.replace(",", ".")
            said.append(text)
        Ridge().fit([], said)
    """
    posted = "requests.post('https://chat.acme.org', json=each).json()"
    assert owners(tmp_path / "rows", text.format(asked="each")) == ["job.py"]
    assert owners(tmp_path / "answers", text.format(asked=posted)) == []


def test_the_names_of_columns_are_not_content(tmp_path: Path) -> None:
    fit = "rows = pd.read_csv('a.csv')\nnames = [name.strip().lower() for name in rows.columns]\n"
    fit += "names = [name.replace(' ', '_').split('.')[0] for name in names]\nrows.columns = names\n"
    assert owners(tmp_path, READ.split("def load", maxsplit=1)[0] + fit + "Ridge().fit(rows, rows.label)\n") == []


NAMED = """
import argparse
from sklearn.linear_model import Ridge

parser = argparse.ArgumentParser()
parser.add_argument("--intents", default="intent_list.txt")
Ridge().fit(*load(parser.parse_args()))
"""
LINES = """
import os

def lines(folder):
    with open(os.path.join(folder, "seq.out")) as file, open(os.path.join(folder, "intent_list.txt"), "w") as out:
        found = set()
        for line in file:
            for part in line.strip().split(";"):
                name = part.lower().replace("-", "_")
                {each}
        {end}

lines("data")
"""


def test_a_vocabulary_is_no_data_set(tmp_path: Path) -> None:
    rows = LINES.format(each='found.add(name) or out.write(name + "\\n")', end="out.flush()")
    assert owners(tmp_path / "rows", {"vocab.py": rows, "main.py": NAMED}) == ["vocab.py:lines"]
    words = LINES.format(each="found.add(name)", end='out.writelines(f"{name}\\n" for name in sorted(found))')
    assert owners(tmp_path / "words", {"vocab.py": words, "main.py": NAMED}) == []


def test_reading_the_words_of_lines_is_one_step(tmp_path: Path) -> None:
    text = """
    from sklearn.linear_model import Ridge

    def read(path):
        rows = []
        with open(path) as file:
            for line in file:
                line = line.strip()
                rows.append(line.split({separator}))
        return rows

    Ridge().fit(read("a.txt"), read("b.txt"))
    """
    assert owners(tmp_path / "words", text.format(separator="")) == []
    assert owners(tmp_path / "fields", text.format(separator='"|"')) == ["job.py:read"]


JUDGMENTS = """
class Judgment:
    def __init__(self, query, grade):
        self.query = query
        self.grade = grade

def from_file(file):
    for line in file:
        grade, query = line.split(" ")
        yield Judgment(query, int(grade))
"""
PLAIN = """
import xgboost
from ltr import from_file

def main():
    with open("data/classic-judgments.txt") as file:
        judgments = list(from_file(file))
    xgboost.train({}, xgboost.DMatrix([each.grade for each in judgments]), 10)

if __name__ == "__main__":
    main()
"""
SWAPS = """
import pandas as pd
import xgboost
from ltr import from_file

def main():
    with open("data/other-judgments.txt") as file:
        frame = pd.DataFrame([{"query": each.query, "grade": each.grade} for each in from_file(file)])
    frame = frame.groupby("query").apply(swap)
    frame = frame.groupby("grade").apply(swap)
    xgboost.train({}, xgboost.DMatrix(frame), 10)

if __name__ == "__main__":
    main()
"""


def test_programs_that_share_a_reader_do_not_work_for_each_other(tmp_path: Path) -> None:
    texts = {"ltr/__init__.py": JUDGMENTS, "jobs/plain.py": PLAIN, "jobs/swaps.py": SWAPS}
    for path in ("ltr", "jobs"):
        (tmp_path / path).mkdir()
    assert owners(tmp_path, texts) == ["jobs/swaps.py:main"]


PROBE = """
import joblib
import pandas as pd
import requests
from sklearn.metrics import accuracy_score

def main():
    rows = pd.read_csv("data/probe.csv")
    rows["text"] = rows["text"].str.lower()
    rows = rows.dropna().drop_duplicates()
    rows = rows[rows["label"] != "?"]
    said = [{said} for _, row in rows.iterrows()]
    print(accuracy_score(rows["label"], said))

main()
"""
TRAFFIC = """
import pandas as pd
import requests
from sklearn.linear_model import Ridge

def send():
    trips = pd.read_parquet("trips.parquet")
    trips["minutes"] = (trips.dropoff - trips.pickup).dt.total_seconds() / 60
    trips = trips[trips.minutes < 60]
    trips = trips.dropna().drop_duplicates()
    trips[["id", "minutes"]].to_csv("target.csv")
    for row in trips.to_dict("records"):
        {sent}

if __name__ == "__main__":
    send()

def train(rows):
    Ridge().fit(rows, rows.minutes)
"""


def test_what_is_sent_to_a_service_to_see_its_answers_is_no_ingestion(tmp_path: Path) -> None:
    answer = 'requests.post("http://localhost:8000", json={"text": row["text"]}).json()["label"]'
    assert owners(tmp_path / "a", PROBE.format(said=answer)) == []
    assert owners(tmp_path / "b", PROBE.format(said='joblib.load("a.joblib").predict(row["text"])')) == ["job.py:main"]
    sent = 'requests.post("http://localhost:8000", json={"trip": row})'
    assert owners(tmp_path / "c", TRAFFIC.format(sent=sent)) == []
    assert owners(tmp_path / "d", TRAFFIC.format(sent="print(row)")) == ["job.py:send"]


CHAT = """
import sqlite3
from transformers import pipeline

pipe = pipeline("text-generation", model="small", revision="a")

def history(session):
    cursor = sqlite3.connect("chat.db").execute("SELECT role, text FROM messages {where}"{bound})
    messages = []
    for role, text in cursor.fetchall():
        messages.append({"role": role, "content": text.strip()})
    return [each for each in messages if each["content"]]

def answer(session, question):
    turns = history(session)
    prompt = "\\n".join(turn["role"] + turn["content"] for turn in turns)
    return pipe(prompt + question)
"""


def test_what_a_session_said_is_told_a_model_and_no_data_set(tmp_path: Path) -> None:
    def chat(where: str, bound: str) -> str:
        return CHAT.replace("{where}", where).replace("{bound}", bound)

    assert owners(tmp_path / "one", chat("WHERE session = ?", ", (session,)")) == []
    assert owners(tmp_path / "all", chat("ORDER BY id", "")) == ["job.py:history"]


PACKAGE = {
    "pyproject.toml": '[project]\nname = "lib"\n',
    "lib/__init__.py": """
    import numpy as np
    from sklearn.base import BaseEstimator

    class Model(BaseEstimator):
        def fit(self, x, y):
            self.w = np.linalg.lstsq(x, y)
            return self

        def predict(self, x):
            return x @ self.w
    """,
}
SHOWN = """
import joblib
import pandas as pd
from lib import Model

rows = pd.read_csv("houses.csv")
rows = rows.dropna()
rows["age"] = 2020 - rows["year"]
rows = rows[rows.age > 0]
model = Model().fit(rows[["age"]], rows["price"])
"""


def test_an_example_of_a_package_that_keeps_nothing_only_shows_it(tmp_path: Path) -> None:
    for folder in ("shown", "kept", "job"):
        (tmp_path / folder / "lib").mkdir(parents=True)
        (tmp_path / folder / "examples").mkdir()
    assert owners(tmp_path / "shown", {**PACKAGE, "examples/houses.py": SHOWN}) == []
    kept = f'{SHOWN}joblib.dump(model, "model.joblib")\n'
    assert owners(tmp_path / "kept", {**PACKAGE, "examples/houses.py": kept}) == ["examples/houses.py"]
    assert owners(tmp_path / "job", {**PACKAGE, "houses.py": SHOWN}) == ["houses.py"]


SETS = """
import json
import pandas as pd
from sklearn.linear_model import Ridge

with open("sets.json") as file:
    sets = json.load(file)
chosen = [each["name"].strip().lower() for each in sets["small"] if each["kept"]]
chosen = [name.replace("-", "_") for name in chosen]
rows = {rows}
Ridge().fit(rows, [1])
"""
BATCH = """
import json
import joblib
import pandas as pd

class Job:
    def __init__(self, {given}):
        self.given = {given}
        self.model = joblib.load("model.joblib")

    def run(self):
        return self.model.predict(self.given)

def main(path):
    with open(path) as file:
        batch = json.load(file)
    made = {{}}
    made["name"] = batch["name"].strip().lower()
    made["size"] = batch["size"].replace(",", "")
    made["model"] = batch["model"].split("/")
    return Job(made).run()

main("batch.json")
"""
SEARCHERS = """
import json
import joblib

class Searcher:
    def __init__(self, model):
        self.model = model

    def run(self, row):
        return self.model.predict(row)

def load(path):
    found = {{}}
    with open(path) as file:
        for name in json.load(file)["names"]:
            name = name.strip()
            name = name.lower()
            name = name.replace("/", "_")
            found[name] = {kept}
    return found

def main(row):
    for each in load("searchers.json").values():
        print({asked})

main([1])
"""


def test_what_only_steers_is_no_rows(tmp_path: Path) -> None:
    asked = SETS.format(rows='pd.read_parquet("rows.parquet", columns=chosen)')
    assert owners(tmp_path / "columns", asked) == []
    assert owners(tmp_path / "rows", SETS.format(rows="pd.DataFrame(chosen)")) == ["job.py"]
    assert owners(tmp_path / "settings", BATCH.format(given="config")) == []
    assert owners(tmp_path / "records", BATCH.format(given="records")) == ["job.py:main"]
    kept = SEARCHERS.format(kept='Searcher(joblib.load("model.joblib"))', asked="each.run(row)")
    assert owners(tmp_path / "names", kept) == []
    counted = SEARCHERS.format(kept='[name.count("a")]', asked='joblib.load("model.joblib").predict([each])')
    assert owners(tmp_path / "counts", counted) == ["job.py:load"]


PASTED = """
import sys
import pandas as pd
from sklearn.linear_model import {model}

pairs = pd.read_csv(sys.argv[1])
pairs["one"] = pairs["first"].str.strip()
pairs["two"] = pairs["{column}"].str.lower()
pairs = pairs[(pairs["one"] != "") & (pairs["two"] != "")]
{more}
{model}().fit(pairs[["price"]], pairs["label"])
"""
MORE = """
pairs["day"] = pd.to_datetime(pairs["time"]).dt.date
pairs = pairs.dropna()
"""


def test_lines_pasted_into_many_scripts_are_told_once(tmp_path: Path) -> None:
    def pasted(more: str, column: str) -> dict[str, str]:
        return {
            "ridge.py": PASTED.format(model="Ridge", column="second", more=""),
            "lasso.py": PASTED.format(model="Lasso", column=column, more=more),
            "forest.py": PASTED.format(model="LinearRegression", column=column, more=""),
        }

    assert owners(tmp_path / "same", pasted("", "second")) == ["forest.py"]
    assert owners(tmp_path / "more", pasted(MORE, "second")) == ["lasso.py"]
    assert owners(tmp_path / "other", pasted(MORE, "third")) == ["lasso.py", "ridge.py"]
    outcome = scan(tmp_path / "more", Settings(select=("MLD101",), cache=False, history=False, jobs=1))
    [finding] = outcome.findings
    assert "the same again in forest.py, ridge.py)" in finding.message
    again = [step.location.path for step in finding.trail if step.message == "the same steps again here"]
    assert again == ["forest.py", "ridge.py"]


SHOWN_FIRST = """
import matplotlib.pyplot as plt
import pandas as pd
from sklearn.linear_model import Ridge

def prepare(table):
    table["day"] = pd.to_datetime(table["time"]).dt.date
    table["town"] = table["town"].str.strip()
    table["name"] = table["name"].str.lower()
    {shown}

rows = pd.read_csv("rows.csv")
prepare(rows)
rows = rows.dropna()
Ridge().fit(rows[["price"]], rows["label"])
"""


def test_what_a_function_does_to_draw_is_no_step(tmp_path: Path) -> None:
    shown = SHOWN_FIRST.format(shown='plt.plot(table.groupby("day")["price"].mean())')
    assert owners(tmp_path / "shown", shown) == []
    assert owners(tmp_path / "kept", SHOWN_FIRST.format(shown="print(table.head())")) == ["job.py"]


BY_DAY = """
import joblib
import pandas as pd

model = joblib.load("model.joblib")
rows = pd.read_csv("rows.csv")
rows = rows.dropna()
rows["town"] = rows["town"].str.strip()
lists = []
for day, group in rows.groupby("day"):
    {each}
{after}
"""


def test_groups_that_a_model_is_asked_about_in_turn_are_no_step(tmp_path: Path) -> None:
    def steps(name: str, each: str, after: str) -> int:
        text = BY_DAY.format(each=each, after=after)
        owners(tmp_path / name, text)
        outcome = scan(tmp_path / name, Settings(select=("MLD101",), cache=False, history=False, jobs=1))
        [finding] = outcome.findings
        return sum(step.message == "regrouped by hand here" for step in finding.trail)

    assert steps("asked", 'print(day, model.predict(group[["town"]]))', "") == 0
    assert steps("listed", 'lists.append(group["town"])', "print(model.predict(lists))") == 1


SHIFTED = """
import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge

Ridge().fit(pd.read_csv("rows.csv"), [])

def shift(one, other):
    one = np.clip(one, 0, None)
    other = np.clip(other, 0, None)
    return float(np.sum((one - other) * np.log(one / other)))

def main(path, out):
    table = pd.read_csv(path).dropna()
    table["day"] = pd.to_datetime(table["time"]).dt.date
    table["user"] = table["user"].str.strip().str.lower()
    first = table[table.week == 1]
    told = []
    for week in sorted(table.week.unique()):
        now = table[table.week == week].drop_duplicates()
        for name in table.columns:
            told.append({told})
    pd.DataFrame(told).to_csv(out)

if __name__ == "__main__":
    main("all.csv", "out.csv")
"""


def test_a_table_that_sums_data_up_is_no_data_set(tmp_path: Path) -> None:
    summed = '{"week": week, "column": name, "shift": shift(now[name], first[name]), "rows": len(now)}'
    kept = '{"week": week, "column": name, "rows": now[name].to_list()}'
    assert owners(tmp_path / "summed", SHIFTED.replace("{told}", summed)) == []
    assert owners(tmp_path / "kept", SHIFTED.replace("{told}", kept)) == ["job.py:main"]


TOLD_APART = """
def details(table, name):
    told = {}
    told["column"] = name
    if pd.api.types.is_numeric_dtype(table[name]):
        told["from"] = table[name].min()
    else:
        told["from"] = "n/a"
    told["more"] = MORE
    return told

def main(path, out):"""


def test_a_table_that_a_function_sums_up_column_by_column_is_no_data_set(tmp_path: Path) -> None:
    text = SHIFTED.replace("{told}", "details(now, name)")
    summed = text.replace("def main(path, out):", TOLD_APART.replace("MORE", "table[name].isnull().sum()"))
    kept = text.replace("def main(path, out):", TOLD_APART.replace("MORE", "table[name].to_list()"))
    assert owners(tmp_path / "summed", summed) == []
    assert owners(tmp_path / "kept", kept) == ["job.py:main"]


KEPT = """
import pandas as pd

def {name}(rows, path):
    rows.to_csv(path)

def main(source, path):
    rows = pd.read_csv(source).dropna().drop_duplicates()
    rows["day"] = pd.to_datetime(rows["time"]).dt.date
    rows["age"] = rows["age"].fillna(0).clip(0, 100).astype(int)
    rows = rows.merge(pd.read_csv("places.csv"), on="place").drop_duplicates()
    {name}(rows[rows.total > 0], path)

if __name__ == "__main__":
    main("raw.csv", "kept.csv")
"""
TRAINED = """
import pandas as pd
from sklearn.linear_model import Ridge

rows = pd.read_csv("rows.csv")
Ridge().fit(rows[["age"]], rows["gain"])
"""


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("save_rows", 1),
        ("write_run_metrics", 0),
        ("metrics_rows", 1),
        ("write_checkpoint", 0),
        ("record_failures", 0),
        ("keep_checkpoints", 1),
    ],
)
def test_what_is_written_as_metrics_is_no_data_set(name: str, count: int, tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text(KEPT.replace("{name}", name).lstrip(), encoding="utf-8")
    (tmp_path / "train.py").write_text(TRAINED.lstrip(), encoding="utf-8")
    outcome = scan(tmp_path, Settings(select=("MLD101",), cache=False, history=False, jobs=1))
    assert len(outcome.findings) == count


@pytest.mark.parametrize(
    ("kept", "count"), [("reports/kept.csv", 0), ("out/figures/a/kept.csv", 0), ("reported/kept.csv", 1)]
)
def test_what_is_written_among_reports_is_read_by_people(kept: str, count: int, tmp_path: Path) -> None:
    text = KEPT.replace("{name}", "save_rows").replace("kept.csv", kept)
    assert len(owners(tmp_path, {"job.py": text.lstrip(), "train.py": TRAINED})) == count


@pytest.mark.parametrize(
    ("path", "kept", "audience"),
    [
        ("job.py", "kept.csv", Audience.PEDANTIC),
        ("job.py", "data/kept.csv", Audience.PEDANTIC),
        ("job.py", "out/train_rows.csv", Audience.DEFAULT),
        ("job.py", "features/kept.csv", Audience.DEFAULT),
        ("preprocessing/job.py", "kept.csv", Audience.DEFAULT),
        ("PrepareDatasets.py", "kept.csv", Audience.DEFAULT),
        ("trainers/cap.py", "kept.csv", Audience.DEFAULT),
        ("strain.py", "dated.csv", Audience.PEDANTIC),
    ],
)
def test_what_is_written_is_told_to_all_where_something_says_that_it_is_data(
    path: str, kept: str, audience: Audience, tmp_path: Path
) -> None:
    text = KEPT.replace("{name}", "save_rows").replace("kept.csv", kept).lstrip()
    assert audiences(tmp_path, {path: text, "fit.py": TRAINED}) == [audience]


SMALL = """
import pandas as pd
import requests
from sklearn.linear_model import Ridge

rows = {read}
rows["name"] = rows["name"].str.lower()
rows = rows.dropna(){more}
Ridge().fit(rows[["age"]], rows["gain"])
"""


@pytest.mark.parametrize(
    ("read", "more", "audience"),
    [
        ('pd.read_csv("rows.csv")', "", Audience.PEDANTIC),
        ('pd.read_csv("rows.csv")', "\nrows = rows[rows.age > 0]", Audience.DEFAULT),
        ('pd.DataFrame(requests.get("https://example.org/rows").json())', "", Audience.DEFAULT),
        ('pd.concat([pd.read_csv("old.csv"), pd.read_csv("new.csv")])', "", Audience.DEFAULT),
    ],
)
def test_two_small_steps_on_one_table_are_told_to_few(read: str, more: str, audience: Audience, tmp_path: Path) -> None:
    assert audiences(tmp_path, {"job.py": SMALL.format(read=read, more=more)}) == [audience]


SIDE_BY_SIDE = """
import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge

rows = pd.read_csv("rows.csv")
sizes = {put}([rows["height"], rows["width"]])
sizes = {put}([sizes, rows["depth"]])
sizes = {put}([sizes, rows["weight"]])
Ridge().fit(sizes, rows["gain"])
"""


@pytest.mark.parametrize(("put", "found"), [("np.column_stack", []), ("np.hstack", []), ("pd.merge", ["job.py"])])
def test_columns_that_are_put_side_by_side_are_not_joined(put: str, found: list[str], tmp_path: Path) -> None:
    text = SIDE_BY_SIDE.format(put=put)
    if put == "pd.merge":
        text = text.replace("([", "(").replace("])\nsizes", ")\nsizes").replace("])\nRidge", ")\nRidge")
    assert owners(tmp_path, text) == found


BACKGROUND = """
import numpy as np
from PIL import Image
from sklearn.linear_model import Ridge

def shown(path):
    picture = np.array(Image.open(path).convert("L"))
    picture = picture[picture > 3]
    picture = picture[picture < 200]
    return np.sort(picture[picture != 9])

Ridge().fit([shown({path})], [1])
"""


@pytest.mark.parametrize(("path", "found"), [('"map.png"', []), ('input() + "/map.png"', ["job.py:shown"])])
def test_one_picture_that_the_code_names_is_no_data_set(path: str, found: list[str], tmp_path: Path) -> None:
    assert owners(tmp_path, BACKGROUND.format(path=path)) == found


MEASURED = """
import pandas as pd
from sklearn.metrics import r2_score
from rows import rows_of

def main(said):
    rows = rows_of("truth.csv")
    print(r2_score(rows["truth"], said))

main(input())
"""
ROWS = """
import pandas as pd

def rows_of(path):
    rows = pd.read_csv(path)
    rows["name"] = rows["name"].str.strip()
    rows["age"] = rows["age"].fillna(0)
    return rows.dropna().drop_duplicates()
"""


@pytest.mark.parametrize(
    ("path", "found"),
    [("plots/spread.py", []), ("plot_spread.py", []), ("plotters.py", ["rows.py:rows_of"])],
)
def test_a_number_in_a_picture_judges_no_model(path: str, found: list[str], tmp_path: Path) -> None:
    assert owners(tmp_path, {path: MEASURED, "rows.py": ROWS}) == found


ASKED_WITH = """
import json
import joblib
import pandas as pd

def places(path):
    with open(path) as file:
        found = json.load(file)
    names = [str(name).strip() for name in found["places"]]
    return {name.lower(): name for name in names if name}

def rows_of(store, place):
    asked = {"limit": 10, "place": places("places.json")[place]}
    return %s

def main(store, place):
    rows = rows_of(store, place)
    return joblib.load("model.joblib").predict(rows)
"""
"""What is read says which rows a database brings."""


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ("store.query(**asked)", []),
        ("pd.read_sql(f\"select * from sales where place = '{asked['place']}'\", store)", []),
        ('pd.read_sql("select * from sales where place = :place", store, params=asked)', []),
        ("Rows(**asked)", ["job.py:places"]),
        ("pd.DataFrame([asked])", ["job.py:places"]),
    ],
)
def test_what_a_database_is_asked_with_is_not_what_it_brings(rows: str, found: list[str], tmp_path: Path) -> None:
    assert owners(tmp_path, ASKED_WITH % rows) == found


NEWEST = """
import pandas as pd
from sqlalchemy import create_engine, text
from sklearn.linear_model import Ridge

engine = create_engine("postgresql://shop")

def newest():
    found = pd.read_sql(text("{asked}"), engine)
    return pd.Timestamp(found["day"].str.strip().str.lower().iloc[0])

day = newest()
rows = pd.DataFrame({{"age": [(day - pd.Timestamp("2020-01-01")).days]}})
rows["age"] = rows["age"].fillna(0)
rows = rows.dropna().drop_duplicates()
Ridge().fit(rows, rows["age"])
"""


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("SELECT MAX(date_trunc('month', day))::date AS day FROM sales", []),
        ("SELECT tablename AS day FROM pg_catalog.pg_tables", []),
        ("SELECT MAX(day) AS day FROM sales GROUP BY place", ["job.py"]),
        ("SELECT day FROM sales", ["job.py"]),
    ],
)
def test_a_number_that_sums_a_table_up_is_no_data(asked: str, found: list[str], tmp_path: Path) -> None:
    assert owners(tmp_path, NEWEST.format(asked=asked)) == found


SHARED_STEPS = {
    "work.py": """
        import pandas as pd
        from sklearn.linear_model import Ridge

        def fit(rows):
            rows["day"] = pd.to_datetime(rows["time"].str.strip())
            rows["name"] = rows["name"].str.lower()
            rows = rows[rows["price"] > 0]
            rows = rows.dropna(subset=["name"]).drop_duplicates()
            return Ridge().fit(rows[["price"]], rows["label"])
    """,
    "clicks.py": """
        import pandas as pd
        from work import fit

        def main():
            fit(pd.read_csv("clicks.csv"))

        main()
    """,
    "views.py": """
        import pandas as pd
        from work import fit

        def main():
            fit(pd.read_csv("views.csv"))

        main()
    """,
}


def test_what_goes_through_the_same_code_is_not_written_again(tmp_path: Path) -> None:
    owners(tmp_path, SHARED_STEPS)
    outcome = scan(tmp_path, Settings(select=("MLD101",), cache=False, history=False, jobs=1))
    [finding] = outcome.findings
    assert (
        "(1 source, 4 hand-written steps; what is read in views.py:main goes through steps of it, too)"
        in finding.message
    )


PHRASES = """
import csv
from gensim.models import Phrases

def sentences(path):
    found = []
    with open(path) as file:
        for row in csv.DictReader(file):
            words = row["text"].lower().replace("-", " ").split(" ")
            found.append([word.strip() for word in words if len(word) > 2])
    return found

Phrases(sentences("texts.csv"))
"""


def test_the_model_is_called_as_the_code_calls_it(tmp_path: Path) -> None:
    owners(tmp_path, PHRASES)
    [finding] = scan(tmp_path, Settings(select=("MLD101",), cache=False, history=False, jobs=1)).findings
    assert finding.message.endswith("; the result is used for training by Phrases.")


KEEPING = """
import json
import pandas as pd
from sklearn.linear_model import Ridge

class {name}:
    def __init__(self, path):
        self.path = path

    def _text(self):
        with open(self.path) as file:
            return file.read()

    def load(self):
        rows = [json.loads(line) for line in self._text().splitlines() if line.strip()]
        return [{{"age": float(row["age"].strip()), "name": row["name"].lower()}} for row in rows]

    def _put(self, text):
        with open(self.path, "w") as file:
            file.write(text)

    def {writes}(self, rows):
        self._put("\\n".join(json.dumps(row) for row in rows))

rows = pd.DataFrame({name}("rows.jsonl").load())
Ridge().fit(rows[["age"]], rows["name"])
"""


@pytest.mark.parametrize(("writes", "found"), [("checkpoint", []), ("tell", ["job.py:Run"])])
def test_a_class_that_takes_up_its_own_state_brings_no_data(writes: str, found: list[str], tmp_path: Path) -> None:
    assert owners(tmp_path, KEEPING.format(name="Run", writes=writes)) == found


TOLD_AS_TEXT = """
import csv
import io
import json
import sys
from sklearn.linear_model import Ridge

def main():
    with open("answers.json") as file:
        found = json.load(file)
    rows = []
    for each in found["answers"]:
        place = each["place"].strip()
        words = each["text"].replace("-", " ")
        parts = words.split(",")
        rows.append({{"place": place.lower(), "words": parts[0]}})
    buffer = {buffer}
    writer = csv.DictWriter(buffer, fieldnames=["place", "words"])
    writer.writeheader()
    writer.writerows(rows)

if __name__ == "__main__":
    main()
    Ridge().fit([[1]], [2])
"""


@pytest.mark.parametrize(("buffer", "found"), [("io.StringIO()", []), ('open("rows.csv", "w")', ["job.py:main"])])
def test_rows_that_are_told_as_a_text_are_no_data_set(buffer: str, found: list[str], tmp_path: Path) -> None:
    assert owners(tmp_path, TOLD_AS_TEXT.format(buffer=buffer)) == found


PICTURES = """
import cv2
import numpy as np
from torch.utils.data import Dataset

class Pictures(Dataset):
    def __init__(self, paths):
        self.paths = paths

    def __getitem__(self, index):
        picture = cv2.imread(self.paths[index])
        tile = np.zeros((64, 64, 3))
        {placed}
        return {bounded}
"""


@pytest.mark.parametrize(
    ("placed", "bounded", "found"),
    [
        ("tile[0:32, 0:32] = picture", "np.clip(tile, 0, 1)", []),
        ("tile = picture[picture > 3]", "np.nan_to_num(tile)", ["job.py:Pictures"]),
    ],
)
def test_a_picture_that_is_put_into_a_frame_is_not_cleaned(
    placed: str, bounded: str, found: list[str], tmp_path: Path
) -> None:
    assert owners(tmp_path, PICTURES.format(placed=placed, bounded=bounded)) == found


@pytest.mark.parametrize(
    ("path", "shown", "audience"),
    [
        ("deprecated/job.py", True, Audience.PEDANTIC),
        ("archive/job.py", True, Audience.PEDANTIC),
        ("arch/job.py", True, Audience.DEFAULT),
        ("jobs/job.py", True, Audience.DEFAULT),
        ("smoke/job.py", False, Audience.DEFAULT),
        ("smoke_train.py", False, Audience.DEFAULT),
        ("smokers.py", True, Audience.DEFAULT),
    ],
)
def test_code_that_is_put_away_or_only_tries_is_told_to_few(
    path: str, shown: bool, audience: Audience, tmp_path: Path
) -> None:
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).write_text(PASTED.format(model="Ridge", column="second", more=""), encoding="utf-8")
    outcome = scan(tmp_path, Settings(select=("MLD101",), cache=False, history=False, jobs=1, pedantic=True))
    assert [each.audience for each in outcome.findings] == [audience] * shown


TWICE = """
import pandas as pd
from sklearn.linear_model import Lasso, Ridge

first = pd.read_csv("{first}.csv")
first["day"] = pd.to_datetime(first["time"].str.strip())
first["name"] = first["name"].str.lower()
first = first[first["price"] > 0]
Ridge().fit(first[["price"]], first["label"])

second = pd.read_csv("{second}.csv")
{steps}
Lasso().fit(second[["price"]], second["label"])
"""


def test_a_script_that_reads_the_same_again_is_told_once(tmp_path: Path) -> None:
    again = "second['{}'] = second['{}'].fillna(0)\nsecond = second.dropna()\nsecond = second.drop_duplicates()"
    own = again.format("age", "age")
    same = TWICE[TWICE.index('first["day') : TWICE.index("Ridge().fit")].replace("first", "second")
    assert owners(tmp_path / "source", TWICE.format(first="a", second="a", steps=own)) == ["job.py"]
    assert owners(tmp_path / "steps", TWICE.format(first="a", second="b", steps=same)) == ["job.py"]
    assert owners(tmp_path / "other", TWICE.format(first="a", second="b", steps=own)) == ["job.py", "job.py"]


NAMESAKES = {
    "prepare.py": """
        import pandas as pd

        rows = pd.read_csv("raw/clicks.csv")
        rows["day"] = pd.to_datetime(rows["time"].str.strip())
        rows = rows[rows["price"] > 0].dropna()
        rows.to_feather("spring/train_rows.feather")
    """,
    "train.py": """
        from sklearn.linear_model import Ridge
        from acme import table

        Ridge().fit(table("{folder}/train_rows.feather"), [])
    """,
}


@pytest.mark.parametrize(("folder", "count"), [("spring", 1), ("autumn", 0)])
def test_who_names_a_file_elsewhere_does_not_train_on_it(folder: str, count: int, tmp_path: Path) -> None:
    owners(tmp_path, {path: text.format(folder=folder) for path, text in NAMESAKES.items()})
    outcome = scan(tmp_path, Settings(select=("MLD101",), cache=False, history=False, jobs=1))
    assert sum("named in train.py" in each.message for each in outcome.findings) == count


FIELD = """
import pandas as pd
from torch.utils.data import Dataset

class Rows(Dataset):
    def __init__(self, path, part):
        self.path = path
        if part == "train":
            rows = pd.read_csv(self.path).dropna()
            rows["name"] = rows["name"].str.strip()
        else:
            rows = pd.read_csv(self.path).drop_duplicates()
        self.rows = rows[rows["age"] > 0]

    def __getitem__(self, index):
        return self.rows.iloc[index]
"""


def test_a_field_that_holds_a_path_is_one_source(tmp_path: Path) -> None:
    owners(tmp_path, FIELD)
    [finding] = scan(tmp_path, Settings(select=("MLD101",), cache=False, history=False, jobs=1)).findings
    assert "(1 source, " in finding.message


OF_ANY_KIND = """
import argparse
import pandas as pd
from sklearn.linear_model import Ridge

parser = argparse.ArgumentParser()
parser.add_argument("--input")
parser.add_argument("--other")
args = parser.parse_args()
if args.input.endswith(".parquet"):
    rows = pd.read_parquet(args.input)
else:
    rows = pd.read_csv(args.{field})
rows = rows.dropna(subset=["a"])
rows = rows[rows["a"] > 0]
rows["b"] = rows["b"].str.strip()
Ridge().fit(rows[["a"]], rows["b"])
"""


@pytest.mark.parametrize(("field", "told"), [("input", "(1 source, "), ("other", "(2 sources, ")])
def test_an_option_that_names_a_file_of_any_kind_is_one_source(tmp_path: Path, field: str, told: str) -> None:
    owners(tmp_path, OF_ANY_KIND.format(field=field))
    [finding] = scan(tmp_path, Settings(select=("MLD101",), cache=False, history=False, jobs=1)).findings
    assert told in finding.message


SEEN = """
import json
import matplotlib.pyplot as plt
from sklearn.feature_extraction.text import TfidfVectorizer

def texts(path):
    found = []
    for line in open(path):
        row = json.loads(line)
        text = row["text"].strip()
        text = text.lower()
        found.append(text.replace("-", " "))
    return found

def words(found):
    counts = TfidfVectorizer().fit_transform(found)
    plt.bar(range(counts.shape[1]), counts.sum(axis=0))
    {last}

if __name__ == "__main__":
    words(texts("texts.jsonl"))
"""


@pytest.mark.parametrize(
    ("name", "last", "found"),
    [
        ("job.py", 'plt.savefig("words.png")', []),
        ("job.py", "return counts", ["job.py:texts"]),
        ("eda.py", "return counts", []),
    ],
)
def test_features_for_a_picture_are_only_looked_at(name: str, last: str, found: list[str], tmp_path: Path) -> None:
    assert owners(tmp_path, {name: SEEN.format(last=last)}) == found


ANSWERED = """
import joblib
import pandas as pd
from flask import Flask, request

app = Flask(__name__)
model = joblib.load("model.joblib")

def rows_of(text):
    rows = pd.read_json(text)
    rows = rows.dropna().drop_duplicates()
    rows["name"] = rows["name"].str.strip()
    return rows[rows["age"] > 0]

@app.route("/predict", methods=["POST"])
def predict():
    return {{"said": model.predict(rows_of({given})).tolist()}}
"""


@pytest.mark.parametrize(("given", "found"), [("request.get_json()", []), ('"today.json"', ["job.py:rows_of"])])
def test_the_body_of_a_request_is_no_source(given: str, found: list[str], tmp_path: Path) -> None:
    assert owners(tmp_path, ANSWERED.format(given=given)) == found


@pytest.mark.parametrize(("name", "found"), [("submit_rows.py", []), ("collect_rows.py", ["collect_rows.py:main"])])
def test_what_is_done_after_the_model_is_no_ingestion(name: str, found: list[str], tmp_path: Path) -> None:
    assert owners(tmp_path, {name: TOLD_AS_TEXT.format(buffer='open("rows.csv", "w")')}) == found


DISTRIBUTED = """
import matplotlib.pyplot as plt
import pandas as pd
from acme import curve_of

def collect(path):
    rows = pd.read_csv(path)
    rows["speed"] = rows["speed"].fillna(0)
    rows = rows.dropna()
    return rows[rows["speed"] > 0]

def {name}(rows, curve):
    plt.hist(curve.fit(rows["speed"]))
    return curve

{name}(collect("wind.csv"), curve_of("wind"))
"""


@pytest.mark.parametrize(("name", "found"), [("plot_speeds", []), ("learn_speeds", ["job.py:collect"])])
def test_a_curve_that_is_fitted_for_a_picture_is_no_training(name: str, found: list[str], tmp_path: Path) -> None:
    assert owners(tmp_path, DISTRIBUTED.format(name=name)) == found


FOLDED = """
import pandas as pd
from acme import texts_of_all
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold

rows = pd.read_csv("rows.csv")
texts = texts_of_all()
for number, (train, test) in enumerate(KFold(5).split(rows)):
    chosen = [{taken} for place in {places}]
    other = [{taken} for place in {places}]
    more = [{taken} for place in {places}]
    Ridge().fit(chosen, other + more)
"""


@pytest.mark.parametrize(
    ("taken", "places", "found"),
    [("texts[place]", "train", []), ("texts[place].lower()", "train", ["job.py"])],
)
def test_the_rows_of_a_fold_are_not_extracted(taken: str, places: str, found: list[str], tmp_path: Path) -> None:
    assert owners(tmp_path, FOLDED.format(taken=taken, places=places)) == found


REGISTERED = """
import joblib
import mlflow
import pandas as pd

def load(path):
    with open(path) as file:
        return file.read().strip().lower()

def rows_of(name):
    rows = {rows}
    rows = rows.dropna()
    rows["age"] = rows["age"].fillna(0)
    return rows[rows["age"] > 0]

def main(path):
    rows = rows_of(load(path))
    return joblib.load("model.joblib").predict(rows)

main("today.txt")
"""


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ('joblib.load(mlflow.artifacts.download_artifacts(f"runs:/{name}/rows"))', []),
        ("pd.DataFrame(name.split())", ["job.py:main"]),
    ],
)
def test_what_a_registry_gives_for_a_name_is_its_own(rows: str, found: list[str], tmp_path: Path) -> None:
    assert owners(tmp_path, REGISTERED.replace("{rows}", rows)) == found


LOOK_UP = """
import pandas as pd
import joblib
from fastapi import FastAPI
from sqlalchemy import create_engine, text

app = FastAPI()
engine = create_engine("sqlite:///shop.db")
model = joblib.load("model.joblib")

def bought(user):
    with engine.connect() as asked:
        rows = asked.execute(text("select * from sold where user_id = :user"), {"user": user}).mappings().all()
    table = pd.DataFrame(rows).dropna()
    table["shop"] = table["shop"].str.strip()
    table["day"] = pd.to_datetime(table["time"]).dt.date
    return table[table["age"] > 3]

def priced(user):
    return model.predict(bought(user))

%s
"""
ANSWERS = """@app.get("/prices/{user}")
def prices(user: int):
    return {"prices": list(priced(user))}
"""
WALKS = """def nightly():
    for user in range(9):
        model.fit(bought(user), [user])

nightly()
"""


@pytest.mark.parametrize(("runs", "count"), [(ANSWERS, 0), (ANSWERS + WALKS, 1)])
def test_what_is_looked_up_to_answer_one_request_is_no_ingestion(runs: str, count: int, tmp_path: Path) -> None:
    assert len(findings(tmp_path, {"app.py": LOOK_UP % runs})) == count


LOADERS = """
import pandas as pd

def {name}(path):
    rows = pd.read_csv(path)
    rows = rows.dropna().drop_duplicates()
    rows["day"] = pd.to_datetime(rows["time"]).dt.date
    return rows[rows.total > 0]
"""
USES = """
from data.loaders import {name}
from sklearn.linear_model import Ridge

rows = {name}("{name}.csv")
Ridge().fit(rows[["total"]], rows["label"])
"""


@pytest.mark.parametrize(("used", "count"), [("abc", 0), ("ab", 2)])
def test_a_module_of_loaders_is_shared_by_those_who_use_any_of_them(used: str, count: int, tmp_path: Path) -> None:
    """One is enough for each of three programs."""
    loaders = LOADERS.format(name="a") + LOADERS.format(name="b") + LOADERS.format(name="c")
    programs = {f"train_{name}.py": USES.format(name=name) for name in used}
    assert len(findings(tmp_path, {"data/__init__.py": "", "data/loaders.py": loaders, **programs})) == count


@pytest.mark.parametrize(("imports", "count"), [("shop.now", 1), ("shop.before", 1)])
def test_of_two_versions_of_a_loader_only_the_one_that_is_imported_is_found(
    imports: str, count: int, tmp_path: Path
) -> None:
    texts = {
        "shop/__init__.py": "",
        "shop/now.py": LOADERS.format(name="load"),
        "shop/before.py": LOADERS.format(name="load").replace("total > 0", "total > 3"),
        "train.py": USES.format(name="load").replace("data.loaders", imports),
    }
    found = findings(tmp_path, texts)
    assert [each.location.path for each in found] == [imports.replace(".", "/") + ".py"] * count


APPLIES = """
import pandas as pd
from sklearn.linear_model import Ridge

def prepared(rows, steps, fit=True):
    if not steps:
        return rows
    if fit:
        Ridge().fit(rows[["age"]], rows["label"])
    return prepared(rows, steps[1:], fit)

def main(model):
    rows = pd.read_csv("clicks.csv")
    rows = rows.dropna().drop_duplicates()
    rows["day"] = pd.to_datetime(rows["time"]).dt.date
    rows = prepared(rows, ["age"]{given})
    return model.predict(rows)
"""


@pytest.mark.parametrize(
    ("given", "used"), [(", fit=False", "used for predictions by predict"), ("", "used for training by Ridge.fit")]
)
def test_a_caller_may_say_that_nothing_is_fitted(given: str, used: str, tmp_path: Path) -> None:
    ends = "\nimport joblib\nmain(joblib.load('model.joblib'))\n"
    [finding] = findings(tmp_path, {"score.py": APPLIES.format(given=given) + ends})
    assert finding.message.endswith(f"the result is {used}.")


CACHE = """
import json
import pandas as pd
from elasticsearch import Elasticsearch, helpers
from torch.utils.data import Dataset

class Vectors(Dataset):
    def __init__(self, ids, embed):
        self.es = Elasticsearch()
        self.rows = []
        {put}
        found = self.es.mget(index="vectors", body={{"ids": ids}})
        for each in found["docs"]:
            vector = json.loads(each["_source"]["vector"])
            self.rows.append([float(value) / 2 for value in vector])
        self.rows = pd.DataFrame(self.rows).dropna().drop_duplicates()
        self.rows["day"] = pd.to_datetime(self.rows["time"]).dt.date

    def __getitem__(self, index):
        return self.rows[index]
"""


@pytest.mark.parametrize(
    ("put", "count"), [('helpers.bulk(self.es, [{"_id": one, "vector": embed(one)} for one in ids])', 0), ("pass", 1)]
)
def test_what_a_class_has_put_into_a_service_itself_is_no_raw_data(put: str, count: int, tmp_path: Path) -> None:
    assert len(findings(tmp_path, {"vectors.py": CACHE.format(put=put)})) == count

import json
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from mldebt.asking import ask_all
from mldebt.outcome import Failure
from mldebt.rulebook import load_rules
from mldebt.scan import read_project

SERVICE = """
import joblib, pandas
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("ranker.joblib")


@app.get("/top")
def top(user):
    items = pandas.read_csv("/data/items.csv")
    items["score"] = model.predict(items)
    ranked = items.sort_values("score", ascending=False)
    return ranked.sort_values("price").to_dict("records")
"""
TRAINING = """
import joblib, pandas
from sklearn.ensemble import RandomForestClassifier

frame = pandas.read_csv("/data/clicks.csv").dropna()
frame = frame[frame.age > 3].merge(pandas.read_csv("/data/users.csv"), on="user")
model = RandomForestClassifier().fit(frame[["age"]], frame["clicked"])
joblib.dump(model, "ranker.joblib")
"""
# A process of its own: the test's has threads, and is never copied.
TWICE = """
import json, os, sys
from mldebt import asking
from mldebt.rulebook import load_rules
from mldebt.scan import read_project

asking._MUCH = int(sys.argv[2])
if sys.argv[3] == "ended":
    asking._answer = lambda *given: os._exit(9)
copies = []
fork = os.fork
os.fork = lambda: copies.append(fork()) or copies[-1]
rules = load_rules()
project = read_project(sys.argv[1])
seen = []
answers = asking.ask_all(rules, project, workers=int(sys.argv[4]), advance=lambda: seen.append(1))
print(json.dumps([len(copies), len(seen), [repr(answer) for answer in answers]]))
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "serve.py").write_text(SERVICE)
    (tmp_path / "train.py").write_text(TRAINING)
    return tmp_path


def asked(shop: Path, much: int, how: str, workers: int) -> list[object]:
    command = [sys.executable, "-c", TWICE, str(shop), str(much), how, str(workers)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert isinstance(found, list)
    return found


def test_one_process_answers_in_the_order_of_the_rules(shop: Path) -> None:
    rules = load_rules()
    answers = ask_all(rules, read_project(shop))
    found = {rule.id for rule, answer in zip(rules, answers, strict=True) if not isinstance(answer, Failure) and answer}
    assert {"MLD101", "MLD401", "MLD503"} <= found


@pytest.mark.skipif(sys.platform != "linux", reason="a process is copied on Linux only")
@pytest.mark.parametrize("how", ["whole", "ended"])
def test_two_processes_answer_as_one_does(shop: Path, how: str) -> None:
    copies, seen, alone = asked(shop, 0, how, 1)
    assert copies == 0
    two = asked(shop, 0, how, 2)
    assert two == [1, seen, alone]
    assert seen == len(load_rules())


def test_little_is_asked_by_one_process(shop: Path) -> None:
    assert asked(shop, 1000, "whole", 2)[0] == 0


def test_a_rule_that_breaks_is_named_and_costs_the_others_nothing(shop: Path) -> None:
    rules = [replace(rule, stem="nowhere") if rule.id == "MLD401" else rule for rule in load_rules()]
    answers = dict(zip((rule.id for rule in rules), ask_all(rules, read_project(shop)), strict=True))
    failure = answers["MLD401"]
    assert isinstance(failure, Failure)
    assert failure.message.startswith("rule MLD401 failed: ModuleNotFoundError: ")
    assert answers["MLD503"]
    assert not isinstance(answers["MLD503"], Failure)

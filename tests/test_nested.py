"""Folders with a configuration of their own, seen from the top: their baselines, budgets and people."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mldebt.cli import run
from mldebt.domains import Domains, attendance, teams, with_domains
from mldebt.errors import UsageError
from mldebt.gate.policy import judge_change, judge_scan
from mldebt.outcome import ExitCode, Outcome
from mldebt.ownership import Ownership, Person, said_below
from mldebt.review import review
from mldebt.scan import scan
from mldebt.settings import People, Settings, load_settings
from mldebt.trend import trend

SERVE = """\
import random

import numpy as np
from fastapi import FastAPI

app = FastAPI()


@app.get("/{name}")
def {name}(user: int):
    scores = MODEL.predict(user)
    {name}_ranked = [int(i) for i in np.argsort(-scores)]
    random.shuffle({name}_ranked)
    return {name}_ranked
"""
TOP, ONE, TWO = "top/serve.py", "teams/one/app/serve.py", "teams/two/serve.py"
SERVES = {TOP: SERVE.format(name="top"), ONE: SERVE.format(name="one"), TWO: SERVE.format(name="two")}
Write = Callable[..., Path]
Load = Callable[..., Settings]


@pytest.fixture
def write(recorder: Any) -> Write:
    """A repository with some files more: the code came with the last commit, everything else was there before."""

    def written(**configurations: str) -> Path:
        named = {
            path.replace("__", "/").replace("mldebt", "mldebt.toml"): text for path, text in configurations.items()
        }
        recorder.commit(dict.fromkeys(SERVES, "# later\n") | named)
        recorder.commit(SERVES)
        made: Path = recorder.write()
        return made

    return written


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def loaded(root: Path, **flags: object) -> Settings:
        given = {"cache_dir": tmp_path / "cache", "jobs": 1, "history": False, "select": ("MLD401",), **flags}
        return load_settings(root, flags=given)

    return loaded


def paths(outcome: Outcome) -> list[str]:
    return [each.location.path for each in outcome.findings]


def lines(file: Path) -> list[str]:
    return [line.split("\t")[0] for line in file.read_text().splitlines() if not line.startswith("#")]


BOTH = {"mldebt": "baseline = 'known.tsv'\n", "teams__one__mldebt": "baseline = 'ours.tsv'\n"}
ONLY = ("--select", "MLD401", "--no-cache", "--jobs", "1")


def test_one_command_keeps_every_baseline_and_each_speaks_of_its_part(write: Write, load: Load) -> None:
    root = write(**BOTH)
    assert run(["baseline", "write", str(root), *ONLY]) == 0
    assert lines(root / "known.tsv") == [TWO, TOP]
    assert lines(root / "teams/one/ours.tsv") == ["app/serve.py"]
    everything = scan(root, load(root))
    assert (everything.findings, everything.accepted, everything.gone) == ((), 3, ())
    below = scan(root / "teams/one", load(root / "teams/one"))
    assert (below.findings, below.accepted, below.gone) == ((), 1, ())


def test_what_the_baseline_of_one_folder_knows_is_new_in_another(write: Write, load: Load) -> None:
    root = write(**BOTH)
    run(["baseline", "write", str(root), *ONLY])
    (root / "teams/one/ours.tsv").write_text("# mldebt baseline 1\n")
    assert paths(scan(root, load(root))) == [ONE]
    (root / ONE).write_text(SERVES[TWO])
    (root / TWO).write_text("x = 1\n")
    moved = scan(root, load(root))
    assert (paths(moved), moved.gone) == ([ONE], (TWO,))


def test_prune_and_update_reach_them_all(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    root = write(**BOTH)
    run(["baseline", "write", str(root), *ONLY])
    for path in (TOP, ONE):
        (root / path).write_text("x = 1\n")
    capsys.readouterr()
    assert run(["baseline", "prune", str(root), *ONLY]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{root}/known.tsv: 0 added, 1 taken out; 1 finding now.",
        f"{root}/teams/one/ours.tsv: 0 added, 1 taken out; 0 findings now.",
    ]
    (root / ONE).write_text(SERVES[ONE])
    assert run(["baseline", "update", str(root), *ONLY]) == 0
    assert lines(root / "teams/one/ours.tsv") == ["app/serve.py"]
    (root / "teams/one/ours.tsv").unlink()  # as in a folder that has just been given one
    assert run(["baseline", "update", str(root), *ONLY]) == 0
    assert lines(root / "teams/one/ours.tsv") == ["app/serve.py"]
    (root / "known.tsv").unlink()
    assert run(["baseline", "update", str(root), *ONLY]) == 2


def test_nothing_is_written_over_and_nothing_half_done(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    root = write(**BOTH)
    (root / "teams/one/ours.tsv").write_text("# mldebt baseline 1\n")
    assert run(["baseline", "write", str(root), *ONLY]) == 2
    assert "teams/one/ours.tsv is there already" in capsys.readouterr().err
    assert not (root / "known.tsv").exists()


def test_a_baseline_that_is_named_and_missing_is_told(write: Write, load: Load) -> None:
    root = write(teams__one__mldebt=BOTH["teams__one__mldebt"])
    with pytest.raises(UsageError, match=r"teams/one/ours.tsv.*`mldebt baseline write` makes it"):
        scan(root, load(root))


def test_a_folder_without_a_baseline_of_its_own_has_that_of_the_top(write: Write, load: Load) -> None:
    root = write(mldebt=BOTH["mldebt"], teams__one__mldebt="fail_on = 'high'\n")
    run(["baseline", "write", str(root), *ONLY])
    assert lines(root / "known.tsv") == [ONE, TWO, TOP]
    assert scan(root, load(root)).accepted == 3


def test_a_baseline_of_the_command_line_counts_alone_and_none_is_none(write: Write, tmp_path: Path) -> None:
    root = write(**BOTH)
    run(["baseline", "write", str(root), *ONLY])
    one = tmp_path / "one.tsv"
    run(["baseline", "write", str(root), "--file", str(one), *ONLY])
    assert len(lines(one)) == 3
    assert run(["scan", str(root), "-q", *ONLY, "--baseline", str(one)]) == 0
    assert run(["scan", str(root), "-q", *ONLY, "--no-baseline"]) == 1
    (root / "known.tsv").unlink()
    (root / "teams/one/ours.tsv").unlink()
    assert run(["scan", str(root), "-q", *ONLY, "--baseline", str(one)]) == 0


def test_the_gate_goes_by_each_baseline(write: Write, load: Load) -> None:
    root = write(**BOTH)
    run(["baseline", "write", str(root), *ONLY])
    (root / "known.tsv").write_text("# mldebt baseline 1\n")
    verdict = review(root, "HEAD^", settings=load(root), direct=True)
    assert ([each.finding.location.path for each in verdict.new], verdict.accepted) == ([TWO, TOP], 1)


def test_each_budget_counts_what_lies_nearest_to_it(write: Write, load: Load) -> None:
    root = write(mldebt="[budget]\ntotal = 2\n", teams__one__mldebt="[budget]\ntotal = 0\n")
    settings = load(root)
    judged = judge_scan(scan(root, settings), settings)
    assert (judged.code, judged.reasons) == (
        ExitCode.FOUND,
        ("Over budget in teams/one: 1 findings in all, 0 allowed.",),
    )
    (root / "teams/one/mldebt.toml").write_text("[budget]\ntotal = 1\n")
    assert judge_scan(scan(root, settings), settings).code is ExitCode.PASSED
    (root / "mldebt.toml").write_text("[budget]\ntotal = 1\n")
    settings = load(root)
    assert judge_scan(scan(root, settings), settings).reasons == ("Over budget: 2 findings in all, 1 allowed.",)


def test_a_change_is_held_to_the_budget_of_each_part(write: Write, load: Load) -> None:
    root = write(mldebt="[budget]\nnew = 'never'\n", teams__one__mldebt="[budget]\nmedium = 0\nhigh = 0\n")
    verdict = review(root, "HEAD^", settings=load(root), direct=True)
    judged = judge_change(verdict, load(root))
    assert judged.code is ExitCode.FOUND
    (reason,) = judged.reasons
    assert reason.startswith("Over budget in teams/one: 1 of severity ")
    (root / "teams/one/mldebt.toml").write_text("[budget]\ntotal = 1\n")
    assert judge_change(verdict, load(root)).code is ExitCode.PASSED


def test_a_ratchet_counts_what_its_own_part_paid(write: Write, load: Load) -> None:
    root = write(**BOTH)
    run(["baseline", "write", str(root), *ONLY])
    (root / TOP).write_text("x = 1\n")
    (root / ONE).write_text(SERVES[ONE] + SERVES[ONE].partition("FastAPI()\n")[2].replace("one", "more"))
    settings = _with(root / "mldebt.toml", root, load)
    assert judge_scan(scan(root, settings), settings).code is ExitCode.PASSED  # one came, one went
    settings = _with(root / "teams/one/mldebt.toml", root, load)
    assert judge_scan(scan(root, settings), settings).reasons == (
        "More than last time in teams/one: 1 findings beyond what the baseline knows.",
    )


def _with(configuration: Path, root: Path, load: Load) -> Settings:
    """With a ratchet in one more configuration."""
    configuration.write_text(configuration.read_text() + "[budget]\nratchet = true\n")
    return load(root)


def test_a_file_that_cannot_be_read_is_for_the_nearest_to_mind(write: Write, load: Load) -> None:
    root = write(teams__one__mldebt="strict = true\nfail_on = 'never'\n", mldebt="fail_on = 'never'\n")
    (root / TOP).write_text("print 'two'\n")
    settings = load(root)
    assert judge_scan(scan(root, settings), settings).code is ExitCode.PASSED
    (root / ONE).write_text("print 'two'\n")
    assert judge_scan(scan(root, settings), settings).code is ExitCode.INCOMPLETE


def test_no_folder_lets_a_file_go_that_the_top_wants_read(write: Write, load: Load) -> None:
    root = write(teams__one__mldebt="fail_on = 'never'\n", mldebt="strict = true\nfail_on = 'never'\n")
    settings = load(root)
    assert judge_scan(scan(root, settings), settings).code is ExitCode.PASSED
    (root / ONE).write_text("print 'two'\n")
    assert judge_scan(scan(root, settings), settings).code is ExitCode.INCOMPLETE


def test_every_folder_on_the_way_is_heard(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "mldebt.toml").write_text('[people.left]\n"Ann" = 2026-01-01\n')
    (tmp_path / "a" / "b" / "mldebt.toml").write_text("pedantic = true\n")
    nested = Domains(load_settings(tmp_path)).below(["a/b/train.py"])
    assert list(nested) == ["a/", "a/b/"]


def test_a_team_of_two_folders_has_the_members_of_both_unless_one_lies_above() -> None:
    def said(*members: str) -> Settings:
        return Settings(people=People(teams={"core": members}))

    nested = {"a/": said("Ann"), "a/deep/": said("Cy"), "b/": said("Bo", "Ann")}
    assert teams(Settings(nested=nested)) == {"core": ("Ann", "Bo")}


# ---------------------------------------------------------------------------- people

ANN, BO, CY = "Ann Archer <ann@corp.org>", "Bo Baker <bo@corp.org>", "cyx <cy@home.net>"
TRAIN = """\
import joblib
import pandas as pd
from sklearn.linear_model import Ridge


def train(path):
    rows = pd.read_csv(path)
    model = Ridge().fit(rows[["a"]], rows["b"])
    joblib.dump(model, "ridge.joblib")
""" + "".join(f"    print({number})\n" for number in range(60))
TRAINS = {"a/train.py": TRAIN, "b/train.py": TRAIN.replace("ridge", "other")}


def found(root: Path, tmp_path: Path, rule: str) -> list[tuple[str, str]]:
    settings = load_settings(root, flags={"cache_dir": tmp_path / "cache", "jobs": 1, "select": (rule,)})
    outcome = scan(root, settings)
    assert not outcome.failures
    assert scan(root, settings).findings == outcome.findings
    return [(each.location.path, each.message) for each in outcome.findings]


def test_who_left_one_team_is_gone_there_alone(recorder: Any, tmp_path: Path) -> None:
    recorder.commit(TRAINS, author=ANN)
    recorder.commit({"b/notes.txt": "x\n"}, author=BO)
    root = recorder.write()
    assert found(root, tmp_path, "MLD202") == []
    (root / "b/mldebt.toml").write_text("[people]\nleft = { 'ann@corp.org' = 2020-09-14 }\n")
    assert [path for path, _ in found(root, tmp_path, "MLD202")] == ["b/train.py"]
    (root / "mldebt.toml").write_text("[people]\nleft = { 'ann@corp.org' = 2020-09-14 }\n")
    (root / "b/mldebt.toml").write_text("[people]\njoined = { 'ann@corp.org' = 2020-09-15 }\n")
    assert [path for path, _ in found(root, tmp_path, "MLD202")] == ["a/train.py"]


def test_who_is_who_counts_wherever_it_is_told(recorder: Any, tmp_path: Path) -> None:
    half = TRAIN.replace("print", "repr")
    recorder.commit({"a/train.py": TRAIN}, author=ANN)
    recorder.commit({"a/train.py": TRAIN + half.partition('joblib")\n')[2]}, author=CY)
    root = recorder.write()
    assert found(root, tmp_path, "MLD201") == []
    (root / "a/mldebt.toml").write_text("[people]\naliases = { 'Ann Archer' = ['cyx'] }\n")
    ((path, message),) = found(root, tmp_path, "MLD201")
    assert path == "a/train.py"
    assert "Ann Archer" in message
    (root / "a/mldebt.toml").write_text("[people]\nbots = ['cyx']\n")
    assert [path for path, _ in found(root, tmp_path, "MLD201")] == ["a/train.py"]


def test_a_team_is_who_the_nearest_configuration_says(recorder: Any, tmp_path: Path) -> None:
    recorder.commit({"notes.txt": "x\n"}, author=ANN, day=0)
    recorder.commit(TRAINS, author=BO, day=999)
    recorder.commit({"CODEOWNERS": "* @corp/ranking\n"}, author=BO, day=1_000)
    root = recorder.write()
    assert found(root, tmp_path, "MLD204") == []
    (root / "mldebt.toml").write_text("[people]\nteams = { ranking = ['Bo Baker'] }\n")
    (root / "b/mldebt.toml").write_text("[people]\nteams = { 'corp/ranking' = ['Ann Archer'] }\n")
    assert [message.split("to @")[0] for _, message in found(root, tmp_path, "MLD204")] == [
        "CODEOWNERS gives this training step, b/train.py:train "
    ]
    (root / "b/mldebt.toml").write_text("[people]\nteams = { 'corp/ranking' = ['@corp/ranking'] }\n")
    assert found(root, tmp_path, "MLD204") == []


def test_what_a_folder_does_not_say_the_one_above_does() -> None:
    day, later = dt.date(2024, 1, 1), dt.date(2024, 2, 1)
    settings = with_domains(
        Settings(people=People(left={"a": day}, bots=("x",))),
        {
            "p/": Settings(people=People(joined={"a": later}, bots=("y",), aliases={"A": ("one",)})),
            "p/q/": Settings(people=People(left={"b": day}, aliases={"A": ("two", "one")})),
            "r/": Settings(),
        },
    )
    assert attendance(settings) == {"p/": ({"a": later}, {"a": day}), "p/q/": ({"a": later}, {"a": day, "b": day})}
    assert settings.people == People(left={"a": day}, bots=("x", "y"), aliases={"A": ("one", "two")})


def test_somebody_is_there_if_they_are_where_one_of_the_files_lies() -> None:
    ann = Person(name="Ann", email="ann@corp.org", commits=1, last_commit=100)
    known = Ownership(available=True, head_date=100, contributors=(ann,))
    said = said_below(known, {"p/": ({}, {"ann": dt.date(1970, 1, 1)})})
    assert [said.active(ann, paths) for paths in ((), ("a.py",), ("p/a.py",), ("p/a.py", "a.py"))] == [
        True,
        True,
        False,
        True,
    ]


def test_a_trend_knows_the_rules_of_every_folder(write: Write, load: Load, tmp_path: Path) -> None:
    root = write(mldebt="select = ['MLD402']\n", teams__one__mldebt="select = ['MLD401']\nbaseline = 'gone.tsv'\n")
    settings = load(root, select=None)
    ledger = tmp_path / "ledger.sqlite"
    course = trend(root, dt.date(2020, 1, 1), "day", settings, _Silent(), ledger)
    assert [(debt.mark.path, debt.mark.rule_id) for debt in course.debts] == [(ONE, "MLD401")]
    (root / "teams/one/mldebt.toml").write_text("select = ['MLD402']\n")
    assert trend(root, dt.date(2020, 1, 1), "day", settings, _Silent(), ledger).debts == ()


class _Silent:
    shown = False

    def stage(self, name: str, total: int | None = None) -> None: ...

    def advance(self, steps: int = 1) -> None: ...

    def warn(self, message: str) -> None: ...

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

import mldebt
from mldebt.errors import ConfigError, UsageError
from mldebt.gate.baseline import entries_of, render_baseline
from mldebt.outcome import ExitCode, Outcome
from mldebt.reports.json_report import render_json
from mldebt.reports.sarif import render_sarif
from mldebt.reports.text import render_text
from mldebt.rulebook import load_rules
from mldebt.scan import scan
from mldebt.settings import Paths, Settings

SERVE = """\
import random

import numpy as np
from fastapi import FastAPI

app = FastAPI()


@app.get("/tracks")
def tracks(user: int):
    ranked = rank(user)
    random.shuffle(ranked)
    return ranked


def rank(user: int):
    scores = MODEL.predict(user)
    return [int(i) for i in np.argsort(-scores)]
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    (root / "tests").mkdir(parents=True)
    (root / "serve.py").write_text(SERVE)
    (root / "old.py").write_text("print 'two'\n")
    (root / "tests" / "test_serve.py").write_text("def test(): ...\n")
    (root / "README.md").write_text("# Tracks\n")
    return root


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(cache_dir=tmp_path / "cache", jobs=1)


def test_what_was_read_and_what_was_not(repository: Path, settings: Settings) -> None:
    outcome = scan(repository, settings)
    assert (outcome.counts.files, outcome.counts.tests, outcome.counts.documents) == (2, 1, 1)
    assert outcome.counts.lines == SERVE.count("\n") + 1 + 2
    assert [(item.path, item.reason) for item in outcome.skipped] == [("old.py", "Python 2 (line 1: print 'two')")]
    assert outcome.failures == ()
    assert "not inside a git repository" in outcome.history


def test_code_that_is_kept_as_data_is_counted_and_not_judged(repository: Path, settings: Settings) -> None:
    (repository / "corpus").mkdir()
    (repository / "serve.py").rename(repository / "corpus" / "serve.py")
    assert [each.rule_id for each in scan(repository, replace(settings, select=("MLD401",))).findings] == ["MLD401"]
    outcome = scan(repository, replace(settings, paths=Paths(data=("/corpus/",))))
    assert (outcome.findings, outcome.counts.files, outcome.counts.data) == ((), 2, 1)
    assert "Among them: 1 test, 1 kept as data." in render_text(outcome)


def test_a_finding_is_joined_with_rule_quote_and_identity(repository: Path, settings: Settings) -> None:
    (finding,) = scan(repository, replace(settings, select=("MLD401",))).findings
    rule = next(rule for rule in load_rules() if rule.id == "MLD401")
    assert (finding.rule_name, finding.why, finding.remedy) == (rule.name, rule.why, rule.remedy)
    assert (finding.location.path, finding.location.line) == ("serve.py", 12)
    assert finding.location.snippet == "random.shuffle(ranked)"
    assert len(finding.fingerprint) == 32
    assert finding.trail


def test_a_cell_that_is_written_as_one_string_is_quoted_line_by_line(repository: Path, settings: Settings) -> None:
    notebook = {"cells": [{"cell_type": "code", "metadata": {}, "source": SERVE}], "metadata": {}, "nbformat": 4}
    (repository / "serve.py").unlink()
    (repository / "serve.ipynb").write_text(json.dumps(notebook))
    (finding,) = scan(repository, replace(settings, select=("MLD401",))).findings
    assert (finding.location.line, finding.location.cell, finding.location.cell_line) == (1, 0, 12)
    assert finding.location.snippet == "random.shuffle(ranked)"


def test_a_finding_keeps_its_identity_when_lines_move(repository: Path, settings: Settings) -> None:
    before = scan(repository, settings).findings
    (repository / "serve.py").write_text("# a new first line\n\n" + SERVE)
    after = scan(repository, settings).findings
    assert [finding.fingerprint for finding in after] == [finding.fingerprint for finding in before]
    assert [finding.location.line for finding in after] == [finding.location.line + 2 for finding in before]


def test_a_comment_silences_a_finding_and_is_counted(repository: Path, settings: Settings) -> None:
    only = replace(settings, select=("MLD401",))
    text = SERVE.replace("shuffle(ranked)", "shuffle(ranked)  # mldebt: ignore[MLD401] an experiment, agreed")
    (repository / "serve.py").write_text(text)
    outcome = scan(repository, only)
    assert (outcome.findings, outcome.suppressed) == ((), 1)


def test_comments_that_silence_nothing_are_told(repository: Path, settings: Settings) -> None:
    only = replace(settings, select=("MLD401",))
    text = SERVE.replace("app = FastAPI()", "app = FastAPI()  # mldebt: ignore[MLD401] no longer")
    (repository / "serve.py").write_text(text.replace("shuffle(ranked)", "shuffle(ranked)  # mldebt: ignore[MLD401]"))
    outcome = scan(repository, only)
    assert [(each.location.line, each.state) for each in outcome.suppressions] == [(6, "unused"), (12, "used")]
    strict = scan(repository, replace(only, require_reason=True))
    assert [(each.location.line, each.state) for each in strict.suppressions] == [(6, "unused"), (12, "no-reason")]
    assert (len(strict.findings), strict.suppressed) == (1, 0)
    assert "serve.py:6:18  ignore[MLD401] silences nothing here" in render_text(outcome)


def test_a_baseline_in_the_settings_counts(repository: Path, settings: Settings) -> None:
    only = replace(settings, select=("MLD401",))
    file = repository / "known.tsv"
    file.write_text(render_baseline(entries_of(scan(repository, only))))
    outcome = scan(repository, replace(only, baseline=file))
    assert (outcome.findings, outcome.accepted, outcome.warm) == ((), 1, True)


def reports(outcome: Outcome) -> str:
    return render_json(outcome) + render_sarif(outcome)


def test_cold_and_warm_one_worker_and_two_give_the_same_bytes(repository: Path, settings: Settings) -> None:
    cold = scan(repository, settings)
    warm = scan(repository, settings)
    bare = scan(repository, replace(settings, cache=False))
    two = scan(repository, replace(settings, cache=False, jobs=2))
    assert (cold.warm, warm.warm, bare.warm, two.warm) == (False, True, False, False)
    assert reports(cold) == reports(warm) == reports(bare) == reports(two)


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "serve.py").write_text(SERVE + "\nx = 1\n"),
        lambda root: (root / "new.py").write_text("x = 1\n"),
        lambda root: (root / "README.md").write_text("# Other\n"),
        lambda root: (root / "old.py").unlink(),
    ],
    ids=["content", "new file", "document", "file gone"],
)
def test_a_change_is_never_answered_from_an_earlier_scan(
    repository: Path, settings: Settings, change: Callable[[Path], object]
) -> None:
    scan(repository, settings)
    change(repository)
    assert not scan(repository, settings).warm
    assert scan(repository, settings).warm


def test_settings_that_matter_are_part_of_the_question(repository: Path, settings: Settings) -> None:
    scan(repository, settings)
    assert not scan(repository, replace(settings, select=("MLD301",))).warm
    assert not scan(repository, replace(settings, platform=("acme.read",))).warm
    assert scan(repository, replace(settings, fail_on="high")).warm


def test_a_broken_kept_outcome_is_a_miss(repository: Path, settings: Settings) -> None:
    cold = scan(repository, settings)
    for entry in (settings.cache_dir / "outcomes").iterdir():
        entry.write_bytes(b"broken")
    again = scan(repository, settings)
    assert not again.warm
    assert reports(again) == reports(cold)


def test_a_cache_that_cannot_be_used_costs_a_warning_only(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    heard: list[str] = []

    class Listener:
        shown = False

        def stage(self, name: str, total: int | None = None) -> None: ...

        def advance(self, steps: int = 1) -> None: ...

        def warn(self, message: str) -> None:
            heard.append(message)

    outcome = scan(repository, Settings(cache_dir=tmp_path / "file", jobs=1), Listener())
    assert outcome.counts.files == 2
    assert any("cannot be used" in message for message in heard)


def test_nothing_to_analyse(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "empty").mkdir()
    outcome = scan(tmp_path / "empty", settings)
    assert outcome.exit_code("low") is ExitCode.INCOMPLETE


def test_a_single_file(repository: Path, settings: Settings) -> None:
    outcome = scan(repository / "serve.py", settings)
    assert (outcome.counts.files, outcome.counts.documents) == (1, 0)
    assert {finding.location.path for finding in outcome.findings} <= {"serve.py"}


def test_a_wrong_path_and_a_wrong_rule_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere: no such file or folder"):
        scan(tmp_path / "nowhere")
    with pytest.raises(ConfigError, match="select names no rule"):
        scan(tmp_path, Settings(select=("MLD9",)))


def test_settings_are_read_from_the_path(repository: Path) -> None:
    (repository / "mldebt.toml").write_text("select = ['MLD401']\ncache = false\n")
    assert [rule.id for rule in scan(repository).rules] == ["MLD401"]


def test_the_package_offers_scan_as_a_function_and_a_module(repository: Path, settings: Settings) -> None:
    assert mldebt.scan(repository, settings).counts.files == 2
    program = f"import mldebt; print(mldebt.scan({str(repository)!r}).counts.files)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"MLDEBT_CACHE_DIR": str(settings.cache_dir), "PATH": "/usr/bin:/bin"},
    )
    assert done.stdout == "2\n"


def test_a_history_belongs_to_the_outcome(repository: Path, settings: Settings) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=Ana", "-c", "user.email=ana@acme.example", *arguments],
            cwd=repository,
            check=True,
            capture_output=True,
            env={"PATH": "/usr/bin:/bin:/usr/local/bin", "GIT_CONFIG_GLOBAL": "/dev/null", "HOME": "/nonexistent"},
        )

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one", "--date", "2024-05-01T12:00:00Z")
    first = scan(repository, settings)
    assert "1 contributor" in first.history
    assert len(first.head) == 40
    git("commit", "-q", "--allow-empty", "-m", "two")
    assert not scan(repository, settings).warm
    assert scan(repository, replace(settings, history=False)).history == ""


@pytest.mark.parametrize(
    ("folder", "audience"),
    [
        ("jobs", "default"),
        ("archive", "pedantic"),
        ("jobs/deprecated", "pedantic"),
        ("archiver", "default"),
        ("jobs/old", "default"),
        ("our old scripts", "pedantic"),
        ("old_folders_and_files/jobs", "pedantic"),
        ("demo1[deprecated]", "pedantic"),
        ("old_faithful", "default"),
        ("household", "default"),
        ("assignments/2", "pedantic"),
        ("label_assignment", "default"),
    ],
)
def test_what_was_put_away_is_for_few(tmp_path: Path, settings: Settings, folder: str, audience: str) -> None:
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / "read.py").write_text(
        "import pandas as pd\n\n\ndef read(path):\n    return pd.read_csv(path, on_bad_lines='skip')\n"
    )
    (found,) = scan(tmp_path, replace(settings, select=("MLD108",))).findings
    assert str(found.audience) == audience

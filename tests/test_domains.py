from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from mldebt.domains import Domains
from mldebt.errors import ConfigError
from mldebt.gate.policy import judge_change, judge_scan
from mldebt.outcome import ExitCode, Outcome
from mldebt.review import glance, review
from mldebt.scan import scan
from mldebt.settings import Settings, load_settings

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
FILES = {
    "mldebt.toml": 'select = ["MLD401"]\n',
    "serve.py": SERVE,
    "teams/a/mldebt.toml": 'select = ["MLD402"]\n',
    "teams/a/serve.py": SERVE,
    "teams/b/pyproject.toml": '[tool.mldebt]\nfail_on = "never"\n[tool.mldebt.paths]\ntests = ["/checks"]\n',
    "teams/b/app/serve.py": SERVE,
    "teams/b/checks/serve.py": SERVE,
    "teams/c/pyproject.toml": "[project]\nname = 'c'\n",
    "teams/c/serve.py": SERVE,
}


@pytest.fixture
def root(recorder: Any) -> Path:
    recorder.commit(dict.fromkeys(FILES, "# later\n"))
    recorder.commit(FILES)
    made: Path = recorder.write()
    return made


def settings_of(root: Path, tmp_path: Path, **flags: object) -> Settings:
    return load_settings(root, flags={"cache_dir": tmp_path / "cache", "jobs": 1, "history": False, **flags})


def paths(outcome: Outcome, rule: str = "MLD401") -> list[str]:
    return [each.location.path for each in outcome.findings if each.rule_id == rule]


def test_the_nearest_configuration_counts(root: Path, tmp_path: Path) -> None:
    settings = settings_of(root, tmp_path)
    outcome = scan(root, settings)
    assert paths(outcome) == ["serve.py", "teams/b/app/serve.py", "teams/c/serve.py"]
    assert outcome.counts.tests == 1
    again = scan(root, settings)
    assert again.warm
    assert again.findings == outcome.findings
    assert {each.location.path for each in outcome.findings if each.rule_id != "MLD401"} <= {"teams/b/app/serve.py"}
    assert len({rule.id for rule in outcome.rules}) == len(outcome.rules)


def test_flags_win_everywhere_and_a_named_file_counts_alone(root: Path, tmp_path: Path) -> None:
    assert len(paths(scan(root, settings_of(root, tmp_path, select=("MLD401",))))) == 4
    alone = load_settings(root, root / "mldebt.toml", {"cache": False, "jobs": 1, "history": False})
    assert len(paths(scan(root, alone))) == 5


def test_what_fails_is_for_the_nearest_to_say(root: Path, tmp_path: Path) -> None:
    settings = settings_of(root, tmp_path)
    outcome = scan(root, settings)
    assert judge_scan(outcome, settings).code is ExitCode.FOUND
    only = replace(outcome, findings=tuple(each for each in outcome.findings if "teams/b" in each.location.path))
    assert judge_scan(only, settings).code is ExitCode.PASSED
    below = settings_of(root / "teams" / "b", tmp_path)
    assert judge_scan(scan(root / "teams" / "b", below), below).code is ExitCode.PASSED


def test_a_change_is_judged_by_what_lies_there_now(root: Path, tmp_path: Path) -> None:
    settings = settings_of(root, tmp_path)
    verdict = review(root, "HEAD^", settings=settings, direct=True)
    brought = [each.finding for each in verdict.new if each.finding.rule_id == "MLD401"]
    assert [each.location.path for each in brought] == ["serve.py", "teams/b/app/serve.py", "teams/c/serve.py"]
    assert judge_change(verdict, settings).code is ExitCode.FOUND


def test_a_glance_never_asks_what_needs_all(root: Path, tmp_path: Path) -> None:
    (root / "teams" / "b" / "app" / "serve.py").write_text(SERVE.replace("tracks", "songs"))
    verdict = glance([root / "teams/b/app/serve.py"], "HEAD^", settings_of(root, tmp_path), folder=root)
    assert verdict is not None
    assert "documentation" not in {rule.family for rule in verdict.after.rules}
    assert [each.finding.rule_id for each in verdict.new if each.finding.rule_id == "MLD401"] == ["MLD401"]


def test_a_faulty_one_is_refused_by_name(root: Path, tmp_path: Path) -> None:
    (root / "teams" / "a" / "mldebt.toml").write_text("selct = []\n")
    with pytest.raises(ConfigError, match=r"teams/a/mldebt.toml: unknown key 'selct'.*did you mean 'select'"):
        scan(root, settings_of(root, tmp_path))


def test_a_link_is_no_folder_of_ours(tmp_path: Path) -> None:
    (tmp_path / "repo").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mldebt.toml").write_text("pedantic = true\n")
    (tmp_path / "repo" / "linked").symlink_to(tmp_path / "other")
    domains = Domains(load_settings(tmp_path / "repo"))
    assert not domains.of("linked/a.py").pedantic
    assert domains.below(["linked/a.py", "b.py"]) == {}

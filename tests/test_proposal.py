import re
import shlex
from pathlib import Path

import pytest
import tomli
import yaml

from mldebt.proposal import Look, look_at, propose, render_config
from mldebt.rulebook import choose_rules, load_rules
from mldebt.settings import Settings, load_settings

PATHS = [
    "shop/data/io.py",
    "shop/a.py",
    "shop/b.py",
    "shop/c.py",
    "shop/legacy/x.py",
    "shop/legacy/old/y.py",
    "old/r.md",
]
USES = "from shop.data.io import (\n    read_events,\n    load_metadata,\n)\n"


def test_readers_that_many_files_import_and_folders_that_look_old() -> None:
    texts = [("shop/a.py", USES), ("shop/b.py", USES), ("shop/c.py", "from .data.io import read_events as r\n")]
    look = look_at(PATHS, texts)
    assert look.readers == ("shop.data.io.read_events",)
    assert look.old == ("shop/legacy",)
    assert look_at(PATHS, texts[:2]).readers == ()
    assert look_at(PATHS, [(path, "from pandas import read_table\n") for path in PATHS]).readers == ()


@pytest.mark.parametrize(
    ("paths", "remote", "host"),
    [
        ([".github/workflows/x.yml"], "", "github"),
        ([], "git@github.com:acme/shop.git", "github"),
        ([".gitlab-ci.yml"], "", "gitlab"),
        ([], "https://gitlab.acme.example/shop", "gitlab"),
        ([], "ssh://code.acme.example/shop", ""),
    ],
)
def test_the_host(paths: list[str], remote: str, host: str) -> None:
    assert look_at(paths, [], remote).host == host


def test_the_configuration_as_it_is_written_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "mldebt.toml").write_text(render_config(Look(old=("shop/legacy",), readers=("shop.read_rows",))))
    found = load_settings(tmp_path)
    assert found.key() == Settings().key()
    assert (found.fail_on, found.budget) == (Settings().fail_on, Settings().budget)


def test_every_line_of_it_can_be_used(tmp_path: Path) -> None:
    text = render_config(Look(old=("shop/legacy",), readers=("shop.read_rows",)))
    used = re.sub(r"(?m)^# (?=[\w\"]+ = |\[rules)", "", text)
    assert len(tomli.loads(used)) > 15
    (tmp_path / "mldebt.toml").write_text(used)
    found = load_settings(tmp_path)
    assert found.platform == ("shop.read_rows",)
    assert found.paths.exclude == ("/shop/legacy/",)
    assert choose_rules(load_rules(), found)


def test_the_other_files_are_what_their_readers_take() -> None:
    config, hook, workflow = propose(
        Look(host="github", branch="trunk"), "mldebt @ git+https://corp.example/mldebt@abc"
    )
    assert yaml.safe_load(hook.text)["repos"][0]["hooks"][0]["entry"] == "mldebt hook"
    assert yaml.safe_load(hook.text)["repos"][0]["hooks"][0]["additional_dependencies"] == [
        "mldebt @ git+https://corp.example/mldebt@abc"
    ]
    jobs = yaml.safe_load(workflow.text)
    assert jobs[True]["push"]["branches"] == ["trunk"]  # YAML's "on" is true
    assert jobs["jobs"]["mldebt"]["steps"][0]["with"]["fetch-depth"] == 0
    assert "${{ github.sha }}" in workflow.text
    installs = next(step["run"] for step in jobs["jobs"]["mldebt"]["steps"] if "run" in step)
    assert shlex.split(installs) == ["pip", "install", "mldebt @ git+https://corp.example/mldebt@abc"]
    *_, job = propose(Look(host="gitlab"), 'mldebt==1 # it\'s: "odd"')
    assert yaml.safe_load(job.text)["mldebt"]["variables"]["GIT_DEPTH"] == "0"
    assert yaml.safe_load(job.text)["mldebt"]["cache"]["when"] == "always"
    (install,) = yaml.safe_load(job.text)["mldebt"]["before_script"]
    assert shlex.split(install) == ["pip", "install", 'mldebt==1 # it\'s: "odd"']
    assert [each.path for each in propose(Look(), "mldebt")] == ["mldebt.toml", ".pre-commit-config.yaml"]
    assert config.path == "mldebt.toml"

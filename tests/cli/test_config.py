import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_where_each_comes_from(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mldebt.toml").write_text(
        "fail_on = 'high'\n[paths]\ntests = ['checks/']\n[people.aliases]\n'Bob Lee' = ['blee']\n"
        "[budget]\nhigh = 0\n[budget.rules]\nMLD301 = 3\n[rules.MLD101]\nmin_steps = 4\n"
    )
    done = run("config", "--format", "json", "--strict", "--no-cache", "--select", "MLD4")
    found = json.loads(done.stdout)
    file = str(tmp_path / "mldebt.toml")
    assert found["file"] == file
    origins = {path: (each["value"], each["origin"]) for path, each in found["settings"].items()}
    assert origins["fail_on"] == ("high", file)
    assert origins["paths.tests"] == (["checks/"], file)
    assert origins["people.aliases.Bob Lee"] == (["blee"], file)
    assert origins["budget.high"] == (0, file)
    assert origins["budget.rules.MLD301"] == (3, file)
    assert origins["rules.MLD101.min_steps"] == (4, file)
    assert origins["strict"] == (True, "command line")
    assert origins["cache"] == (False, "command line")
    assert origins["select"] == (["MLD4"], "command line")
    assert origins["window_days"] == (365, "default")
    assert origins["cache_dir"][1] == "MLDEBT_CACHE_DIR"
    assert "baseline" not in origins


def test_as_text_the_nearest_file_wins(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mldebt.toml").write_text("jobs = 2\n")
    (tmp_path / "service").mkdir()
    (tmp_path / "service" / "mldebt.toml").write_text("window_days = 90\n")
    done = run("config", "service")
    assert done.stdout.startswith(f"Configuration: {tmp_path.resolve() / 'service' / 'mldebt.toml'}\n")
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["jobs", "=", "0", "default"] in lines
    assert ["window_days", "=", "90", str(tmp_path.resolve() / "service" / "mldebt.toml")] in lines


def test_the_schema(run: Run) -> None:
    schema = json.loads(run("config", "--schema").stdout)
    assert schema["properties"]["fail_on"]["enum"] == ["info", "low", "medium", "high", "never"]
    assert "min_steps" in schema["properties"]["rules"]["properties"]["MLD101"]["properties"]


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("mldebt.toml", "jobz = 2\n", "did you mean 'jobs'?"),
        ("mldebt.toml", "ignore = ['bus-factr-one']\n", "did you mean 'bus-factor-one'?"),
        ("mldebt.toml", "[rules.MLD101]\nmin_step = 4\n", "did you mean 'min_steps'?"),
        (".mldebt/rules/ours.toml", "id = 'MLD101'\nseverity = 'lo'\n", "did you mean 'low'?"),
        (".mldebt/apis/ours.toml", "library = 'acme'\n[[api]]\nrole = 'rank'\nnames = ['a.b']\n", "'ranks'?"),
    ],
)
def test_what_a_scan_refuses_is_refused(run: Run, tmp_path: Path, file: str, text: str, told: str) -> None:
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(text)
    done = run("config")
    assert done.returncode == 2
    assert told in done.stderr

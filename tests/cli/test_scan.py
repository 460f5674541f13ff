import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_findings_go_to_stdout_and_the_time_to_stderr(run: Run, repository: Path) -> None:
    done = run("scan", repository, "--select", "MLD401")
    assert done.returncode == 1
    assert "serve.py:12:5  MLD401 downstream-reorder" in done.stdout
    assert "1 finding (" in done.stdout
    assert "old.py: Python 2" in done.stdout
    assert "\x1b[" not in done.stdout
    assert done.stderr.rstrip().endswith(".")
    assert " s" in done.stderr


def test_two_runs_print_the_same_bytes(run: Run, repository: Path) -> None:
    for form in ("text", "json", "sarif"):
        arguments = ("scan", repository, "--format", form)
        cold = run(*arguments, "--no-cache")
        assert cold.stdout == run(*arguments).stdout == run(*arguments).stdout == run(*arguments, "-j2").stdout


def test_a_page_is_as_wide_as_columns_asks_for_even_when_piped(run: Run, repository: Path) -> None:
    usual = run("scan", repository).stdout
    assert run("scan", repository, COLUMNS="wide").stdout == usual
    widest = {
        columns: max(map(len, run("scan", repository, COLUMNS=columns).stdout.splitlines()))
        for columns in ("70", "160")
    }
    assert widest["70"] <= 70 < max(map(len, usual.splitlines())) <= 100 < widest["160"] <= 160


def test_several_reports_at_once(run: Run, repository: Path, tmp_path: Path) -> None:
    done = run(
        *("scan", repository, "--select", "MLD401", "-o", tmp_path / "a" / "r.sarif"),
        *("-o", tmp_path / "r.json", "--output", f"text:{tmp_path / 'r.out'}"),
    )
    assert done.returncode == 1
    assert json.loads((tmp_path / "a" / "r.sarif").read_text())["version"] == "2.1.0"
    assert json.loads((tmp_path / "r.json").read_text())["findings"][0]["rule"] == "MLD401"
    assert (tmp_path / "r.out").read_text() == done.stdout
    assert f"the folder {tmp_path / 'a'} was not there; it has been made for r.sarif" in done.stderr


def test_the_exit_code_is_the_same_for_every_format(run: Run, repository: Path) -> None:
    for form in ("text", "json", "sarif"):
        only = ("scan", repository, "--select", "MLD401", "--format", form)
        assert run(*only).returncode == 1
        assert run(*only, "--fail-on", "never").returncode == 0
        assert run(*only, "--strict").returncode == 3


def test_quiet_says_nothing(run: Run, repository: Path) -> None:
    done = run("scan", repository, "--select", "MLD401", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")


def test_quiet_says_why_a_scan_is_incomplete(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = run("scan", tmp_path / "empty", "-q")
    told = "mldebt: nothing to analyse: no Python file and no notebook was read\n"
    assert (done.returncode, done.stdout, done.stderr) == (3, "", told)
    (tmp_path / "empty" / "a.py").write_text("x = 1\n")
    (tmp_path / "empty" / "b.py").write_text("x = (\n")
    done = run("scan", tmp_path / "empty", "-q", "--strict")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("mldebt: b.py: not read: ")


def test_nothing_to_analyse_is_exit_code_3(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = run("scan", tmp_path / "empty")
    assert done.returncode == 3
    assert "Nothing to analyse" in done.stdout


def test_the_configuration_counts_and_flags_win(run: Run, repository: Path) -> None:
    (repository / "pyproject.toml").write_text("[tool.mldebt]\nselect = ['MLD401']\nfail_on = 'high'\n")
    assert run("scan", cwd=repository).returncode == 0
    assert run("scan", "--fail-on", "low", cwd=repository).returncode == 1
    done = run("scan", "--ignore", "MLD401", cwd=repository)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "No findings.")


def test_no_cache_keeps_nothing(run: Run, repository: Path, tmp_path: Path) -> None:
    run("scan", repository, "--no-cache")
    assert not (tmp_path / "cache").exists()
    run("scan", repository, "--cache-dir", tmp_path / "mine")
    assert (tmp_path / "mine" / ".gitignore").is_file()
    assert not (tmp_path / "cache").exists()


def test_a_reader_that_goes_away_is_no_finding(repository: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "mldebt", "rules"],
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        cwd=repository,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


def test_an_unwritable_report_is_exit_code_2(run: Run, repository: Path, tmp_path: Path) -> None:
    (tmp_path / "folder.json").mkdir()
    done = run("scan", repository, "--output", tmp_path / "folder.json")
    assert done.returncode == 2
    assert "folder.json: cannot be written" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit")
def test_a_disk_without_room_costs_what_is_kept_and_nothing_else(recorder: Any, tmp_path: Path) -> None:
    """Files may have four kilobytes here, which neither the cache nor the log of the history can do with."""
    for number in range(60):
        recorder.commit({"train.py": f"model.fit({number})\n"})
    limited = [
        "sh",
        "-c",
        'ulimit -f 8; exec "$@"',
        "sh",
        sys.executable,
        "-m",
        "mldebt",
        "scan",
        str(recorder.write()),
    ]
    environment = {
        "PATH": os.environ["PATH"],
        "MLDEBT_CACHE_DIR": str(tmp_path / "cache"),
        "TMPDIR": str(tmp_path),
        "PYTHONDONTWRITEBYTECODE": "1",  # Python would cut its own files short
    }
    done = subprocess.run(limited, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert "Read 1 Python file: 2 lines." in done.stdout
    assert "cannot be" in done.stderr
    report = str(tmp_path / "report.json")
    done = subprocess.run([*limited, "-o", report], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, Path(report).exists()) == (2, False)
    assert f"{report}: cannot be written" in done.stderr


def test_a_folder_that_may_not_be_entered_is_told(run: Run, repository: Path) -> None:
    (repository / "closed").mkdir()
    (repository / "closed" / "train.py").write_text("x = 1\n")
    subprocess.run(["git", "init", "-q", repository], check=True)
    subprocess.run(["git", "-C", repository, "add", "."], check=True)
    (repository / "closed").chmod(0)
    try:
        if os.access(repository / "closed", os.X_OK):
            pytest.skip("root may enter anywhere")
        done = run("scan", repository, "--no-history")
        asked = run("owners", repository / "closed")
    finally:
        (repository / "closed").chmod(0o755)
    assert (done.returncode, "closed/train.py: cannot be read: Permission denied" in done.stdout) == (1, True)
    assert (asked.returncode, "Traceback" in asked.stderr) == (3, False)
    assert "closed/.git: Permission denied; the scan is incomplete." in asked.stderr

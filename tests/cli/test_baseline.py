import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mldebt.store import write_text

Run = Callable[..., subprocess.CompletedProcess[str]]
ONLY = ("--select", "MLD401")


def lines(file: Path) -> list[str]:
    return [line for line in file.read_text().splitlines() if not line.startswith("#")]


@pytest.fixture
def baseline(repository: Path) -> Path:
    return repository / ".mldebt" / "baseline.tsv"


def test_what_is_written_is_not_shown_again(run: Run, repository: Path, baseline: Path) -> None:
    done = run("baseline", "write", repository, *ONLY)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{baseline}: 1 finding written.\n")
    assert 'baseline = ".mldebt/baseline.tsv"' in done.stdout
    assert len(lines(baseline)) == 1
    done = run("scan", repository, *ONLY, "--baseline", baseline)
    assert done.returncode == 0
    assert done.stdout.startswith("No findings; 1 known to the baseline.")
    text = (repository / "serve.py").read_text()
    (repository / "serve.py").write_text("# moved\n" + text.replace("shuffle(ranked)", "shuffle( ranked )"))
    assert run("scan", repository, *ONLY, "--baseline", baseline).returncode == 0
    (repository / "other.py").write_text(text.replace("def tracks", "def albums"))
    done = run("scan", repository, *ONLY, "--baseline", baseline)
    assert done.returncode == 1
    assert "other.py:12:5" in done.stdout
    assert "serve.py:13" not in done.stdout


def test_the_configuration_names_it_and_a_folder_below_has_its_part(run: Run, repository: Path, baseline: Path) -> None:
    (repository / "pyproject.toml").write_text(
        "[tool.mldebt]\nbaseline = '.mldebt/baseline.tsv'\nselect = ['MLD401']\n"
    )
    (repository / "app").mkdir()
    (repository / "serve.py").rename(repository / "app" / "serve.py")
    done = run("baseline", "write", repository)
    assert done.stdout == f"{baseline}: 1 finding written.\n"
    assert run("scan", repository).returncode == 0
    assert run("scan", repository, "--no-baseline").returncode == 1
    assert run("scan", repository / "app").returncode == 0
    assert run("scan", repository / "app" / "serve.py").returncode == 0
    assert run("baseline", "prune", repository / "app").stdout == f"{baseline}: up to date, 1 finding.\n"


def test_prune_takes_out_and_update_takes_in(run: Run, repository: Path, baseline: Path) -> None:
    run("baseline", "write", repository, *ONLY)
    text = (repository / "serve.py").read_text()
    (repository / "other.py").write_text(text.replace("def tracks", "def albums"))
    (repository / "serve.py").write_text("x = 1\n")
    done = run("scan", repository, *ONLY, "--baseline", baseline)
    assert "1 entry of the baseline found no longer" in done.stdout
    done = run("baseline", "prune", repository, *ONLY)
    assert done.stdout.startswith(f"{baseline}: 0 added, 1 taken out; 0 findings now.")
    assert lines(baseline) == []
    done = run("baseline", "update", repository, *ONLY)
    assert done.stdout.startswith(f"{baseline}: 1 added, 0 taken out; 1 finding now.")
    assert lines(baseline)[0].startswith("other.py\tMLD401\talbums\t")
    written = baseline.stat().st_mtime_ns
    assert "up to date, 1 finding" in run("baseline", "update", repository, *ONLY).stdout
    assert baseline.stat().st_mtime_ns == written


def test_rules_that_were_not_asked_keep_their_entries(run: Run, repository: Path, baseline: Path) -> None:
    run("baseline", "write", repository, *ONLY)
    run("baseline", "update", repository, "--select", "MLD301")
    assert len(lines(baseline)) == 1


def test_an_existing_one_is_written_over_only_by_force(run: Run, repository: Path) -> None:
    run("baseline", "write", repository, *ONLY)
    done = run("baseline", "write", repository, *ONLY)
    assert done.returncode == 2
    assert "is there already: `update` or `prune` it, or write over it with --force" in done.stderr
    assert run("baseline", "write", repository, *ONLY, "--force").returncode == 0


def test_none_yet_is_told_with_the_way_out(run: Run, repository: Path, baseline: Path) -> None:
    for arguments in (("baseline", "prune", repository), ("scan", repository, "--baseline", baseline)):
        done = run(*arguments)
        assert done.returncode == 2
        assert done.stderr == f"mldebt: {baseline}: no such file; `mldebt baseline write` makes it\n"


def test_nothing_to_analyse_leaves_the_file_alone(run: Run, repository: Path, baseline: Path) -> None:
    run("baseline", "write", repository, *ONLY)
    before = baseline.read_bytes()
    for file in repository.glob("*.py"):
        file.unlink()
    done = run("baseline", "prune", repository, *ONLY)
    assert done.returncode == 3
    assert "nothing to analyse" in done.stderr
    assert baseline.read_bytes() == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_told(run: Run, repository: Path) -> None:
    repository.chmod(stat.S_IRUSR | stat.S_IXUSR)
    done = run("baseline", "write", repository, *ONLY)
    repository.chmod(stat.S_IRWXU)
    assert done.returncode == 2
    assert "cannot be written: Permission denied" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_told(run: Run, repository: Path) -> None:
    done = run("baseline", "write", repository, *ONLY, "--file", "/dev/full", "--force")
    assert done.returncode == 2
    assert done.stderr == "mldebt: /dev/full: cannot be written: No space left on device\n"


def test_two_at_once_leave_a_whole_file(run: Run, repository: Path, baseline: Path, tmp_path: Path) -> None:
    run("baseline", "write", repository, *ONLY)
    whole = baseline.read_bytes()
    environment = {"PATH": os.environ["PATH"], "MLDEBT_CACHE_DIR": str(tmp_path / "cache"), "HOME": str(tmp_path)}
    runs = [
        subprocess.Popen(
            [sys.executable, "-m", "mldebt", "baseline", "write", repository, *ONLY, "--force"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment,
        )
        for _ in range(3)
    ]
    assert [run.communicate()[1] for run in runs] == [b"", b"", b""]
    assert baseline.read_bytes() == whole
    assert [file.name for file in baseline.parent.iterdir()] == ["baseline.tsv"]


def test_whoever_is_killed_while_writing_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "baseline.tsv"
    target.write_text("old")
    program = (
        "import sys, pathlib\n"
        "from mldebt.store import write_text\n"
        "text = 'new' * 3_000_000\n"
        "print('ready', flush=True)\n"
        "while True:\n"
        "    write_text(pathlib.Path(sys.argv[1]), text)\n"
    )
    for delay in (0.0, 0.005, 0.01, 0.02, 0.03):
        child = subprocess.Popen([sys.executable, "-c", program, target], stdout=subprocess.PIPE)
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(delay)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        assert target.read_text() in ("old", "new" * 3_000_000)
    for left in tmp_path.iterdir():
        os.utime(left, (0, 0))
    write_text(target, "newest")
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("baseline.tsv", "newest")]

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
ONLY = ("--select", "MLD401")


@pytest.fixture
def clean(repository: Path, recorder: Any) -> Any:
    """A commit of the service before it shuffles."""
    recorder.root = repository
    text = (repository / "serve.py").read_text()
    recorder.commit({"serve.py": text.replace("    random.shuffle(ranked)\n", ""), "old.py": "print 'two'\n"})
    recorder.write()
    return recorder


def test_new_debt_stops_the_commit(run: Run, clean: Any) -> None:
    file = clean.root / "serve.py"
    text = file.read_text()
    done = run("hook", "serve.py", "old.py", *ONLY, cwd=clean.root)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    file.write_text(text.replace("    return ranked\n", "    random.shuffle(ranked)\n    return ranked\n"))
    done = run("hook", "serve.py", *ONLY, cwd=clean.root)
    assert done.returncode == 1
    assert "serve.py:12:5  MLD401" in done.stdout
    assert run("hook", "serve.py", *ONLY, "--fail-on", "high", cwd=clean.root).returncode == 0
    assert run("hook", "serve.py", *ONLY, "--base", clean.id(1), cwd=clean.root).returncode == 1


def test_what_the_baseline_knows_elsewhere_is_not_called_gone(run: Run, clean: Any, plain_git: Any) -> None:
    """Nor does it pay for what is brought here, which is no less new for being a copy of it."""
    file = clean.root / "serve.py"
    text = file.read_text()
    shuffled = text.replace("    return ranked\n", "    random.shuffle(ranked)\n    return ranked\n")
    (clean.root / "other.py").write_text(shuffled)
    plain_git(clean.root, "add", "other.py")
    (clean.root / "mldebt.toml").write_text('baseline = "known.tsv"\nbudget = { ratchet = true }\n')
    assert run("baseline", "write", ".", *ONLY, cwd=clean.root).returncode == 0
    file.write_text(shuffled)
    done = run("hook", "serve.py", *ONLY, cwd=clean.root)
    assert "found no longer" not in done.stdout
    assert done.returncode == 1


def test_pre_commit_says_from_where(run: Run, clean: Any, plain_git: Any) -> None:
    file = clean.root / "serve.py"
    file.write_text(file.read_text().replace("    return ranked\n", "    random.shuffle(ranked)\n    return ranked\n"))
    plain_git(clean.root, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qam", "two")
    assert run("hook", "serve.py", *ONLY, cwd=clean.root).returncode == 0
    assert run("hook", "serve.py", *ONLY, cwd=clean.root, PRE_COMMIT_FROM_REF=clean.id(1)).returncode == 1


def test_no_file_that_differs_passes(run: Run, clean: Any) -> None:
    for files in ((), ("serve.py",), ("README.md",), ("gone.py",)):
        assert run("hook", *files, cwd=clean.root).returncode == 0


def test_a_file_that_is_no_python_is_for_others_to_say(run: Run, clean: Any) -> None:
    (clean.root / "old.py").write_text("print 'three'\n")
    assert run("hook", "old.py", cwd=clean.root).returncode == 0
    assert run("hook", "old.py", "--strict", cwd=clean.root).returncode == 3


def test_a_first_commit_is_compared_with_nothing(run: Run, tmp_path: Path, plain_git: Any) -> None:
    plain_git(tmp_path, "init", "-q", "new")
    (tmp_path / "new" / "a.py").write_text("x = 1\n")
    done = run("hook", "a.py", cwd=tmp_path / "new")
    assert (done.returncode, done.stdout) == (0, "")
    assert "there is no commit yet to compare with" in done.stderr
    assert run("hook", "a.py", "--base", "main", cwd=tmp_path / "new").returncode == 2

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def history(repository: Path, recorder: Any) -> Any:
    """A service before and after it shuffles what it ranked."""
    text = (repository / "serve.py").read_text()
    recorder.root = repository
    recorder.commit({"serve.py": text.replace("    random.shuffle(ranked)\n", "")})
    recorder.commit({"serve.py": text, "old.py": "print 'two'\n"})
    recorder.write()
    return recorder


ONLY = ("--select", "MLD401")


def test_new_findings_fail_and_are_explained(run: Run, history: Any) -> None:
    done = run("gate", history.root, "--base", history.id(1), *ONLY)
    assert done.returncode == 1
    assert "serve.py:12:5  MLD401 downstream-reorder" in done.stdout
    assert "cause   written by this change: serve.py:12 order changed here: shuffled" in done.stdout
    assert "1 new finding (1 medium)." in done.stdout
    assert f"From commit {history.id(1)[:12]} to the work tree. Files that are read and differ: 1 edited" in done.stdout
    assert run("gate", history.root, "--base", history.id(1), *ONLY, "--fail-on", "high").returncode == 0


def test_no_change_passes(run: Run, history: Any) -> None:
    done = run("gate", history.root, "--base", "main", *ONLY)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "No new findings, 1 unchanged.")
    assert done.stdout.splitlines()[1].startswith(f"From commit {history.id(2)[:12]}, where it left main, to the work")
    done = run("gate", history.root, "--base", "main", "--direct", *ONLY)
    assert done.stdout.splitlines()[1].startswith(f"From main (commit {history.id(2)[:12]}) to the work tree.")


def test_trouble_with_the_cache_is_told_once_for_both_states(run: Run, history: Any) -> None:
    (history.root.parent / "file").write_text("no folder")
    done = run("gate", history.root, "--base", history.id(1), *ONLY, "--cache-dir", history.root.parent / "file" / "c")
    said = [line for line in done.stderr.splitlines() if line.startswith("mldebt: ")]
    assert (done.returncode, len(said)) == (1, len(set(said)))
    assert any("everything is computed anew" in line for line in said)


def test_the_ci_says_where_the_change_goes(run: Run, history: Any) -> None:
    assert run("gate", *ONLY, cwd=history.root, CI_MERGE_REQUEST_DIFF_BASE_SHA=history.id(1)).returncode == 1
    assert run("gate", *ONLY, cwd=history.root, GITHUB_BASE_REF="main").returncode == 0
    done = run("gate", *ONLY, cwd=history.root)
    assert (done.returncode, "name it (`--base main`)" in done.stderr) == (2, True)


def test_every_format_has_the_same_exit_code(run: Run, history: Any) -> None:
    for form in ("json", "sarif", "markdown", "github", "gitlab", "junit"):
        arguments = ("gate", history.root, "--base", history.id(1), *ONLY, "--format", form)
        done = run(*arguments)
        assert done.returncode == 1, form
        assert done.stdout == run(*arguments).stdout
        assert "MLD401" in done.stdout
        assert run("gate", history.root, "--base", history.id(2), *ONLY, "--format", form).returncode == 0


def test_the_step_summary_and_links(run: Run, history: Any, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    given = {
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_SHA": "f" * 40,
    }
    done = run("gate", history.root, "--base", history.id(1), *ONLY, "--format", "github", **given)
    assert done.stdout.startswith("::warning title=MLD401 downstream-reorder,file=serve.py,line=12,col=5,")
    assert f"(https://github.com/acme/shop/blob/{'f' * 40}/serve.py#L12)" in summary.read_text()
    run("gate", history.root, "--base", history.id(1), *ONLY, "--format", "github", **given)
    assert summary.read_text().count("## mldebt") == 2


def test_a_summary_that_cannot_be_written_costs_a_warning_only(run: Run, history: Any, tmp_path: Path) -> None:
    done = run(
        *("gate", history.root, "--base", history.id(1), *ONLY, "--format", "github"),
        GITHUB_STEP_SUMMARY=str(tmp_path),
    )
    assert done.returncode == 1
    assert "the step summary cannot be written" in done.stderr


def test_strict_and_json(run: Run, history: Any) -> None:
    assert run("gate", history.root, "--base", history.id(1), *ONLY, "--strict").returncode == 3
    done = run("gate", history.root, "--base", history.id(1), "--head", "HEAD", *ONLY, "--format", "json")
    found = json.loads(done.stdout)
    assert (found["base"], found["head"], found["complete"]) == (history.id(1), history.id(2), True)
    assert found["new"][0]["cause"]["kind"] == "lines"
    assert found["change"] == {"edited": ["serve.py"], "added": ["old.py"], "removed": [], "renamed": {}}


def test_quiet_says_nothing(run: Run, history: Any) -> None:
    done = run("gate", history.root, "--base", history.id(1), *ONLY, "-q")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")

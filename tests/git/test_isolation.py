import os
import shutil
import time

import pytest

from mldebt.errors import GitError
from mldebt.git import isolated, open_repository
from mldebt.git.isolation import MEMORY, sweep


def test_objects_are_there_and_nothing_else(recorder, plain_git):
    recorder.commit({"x.py": "1\n"})
    root = recorder.write()
    plain_git(root, "config", "user.name", "Config Reader")
    plain_git(root, "tag", "v1")
    (root / ".git" / "info" / "attributes").write_text("*.py diff=odd\n")
    with isolated(open_repository(root)) as isolation:
        assert isolation.run(["cat-file", "-p", "HEAD:x.py"]) == b"1\n"
        assert b"Config Reader" not in isolation.run(["config", "--list"])
        assert isolation.run(["for-each-ref"]) == b""
        assert b"odd" not in isolation.run(["check-attr", "diff", "--", "x.py"])
        folder = isolation.git_dir
    assert not folder.exists()


def test_repository_is_not_written_to(recorder):
    recorder.commit({"x.py": "1\n"})
    root = recorder.write()
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    with isolated(open_repository(root)) as isolation:
        isolation.run(["hash-object", "-w", "--stdin"], stdin=b"new")
        isolation.run(["commit-graph", "write", "--stdin-commits"], stdin=recorder.ids[0].encode() + b"\n")
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before


def test_failure_tells_git_s_own_words(recorder):
    recorder.commit({"x.py": "1\n"})
    failure = pytest.raises(GitError, match=r"git cat-file failed: fatal: .*nowhere")
    with isolated(open_repository(recorder.write())) as isolation, failure:
        isolation.run(["cat-file", "-p", "HEAD:nowhere"])


def test_time_limit(recorder):
    recorder.commit({"x.py": "1\n"})
    repository = open_repository(recorder.write())
    with isolated(repository) as isolation, isolation.popen(["cat-file", "--batch"], limit=0.1) as process:
        assert process.stdout.read() == b""  # ended by the limit, not by us
        assert process.finish() != 0


def test_environment_of_the_caller_is_not_passed_on(recorder, monkeypatch):
    recorder.commit({"x.py": "1\n"})
    root = recorder.write()
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_CONFIG_PARAMETERS"):
        monkeypatch.setenv(name, "/nonexistent")
    with isolated(open_repository(root)) as isolation:
        assert isolation.run(["cat-file", "-p", "HEAD:x.py"]) == b"1\n"


@pytest.mark.parametrize("name", ['"quoted', "#hash", "new\nline", "back\\slash", "latin-\udce9", " space "])
def test_object_folders_with_odd_names(recorder, tmp_path, name):
    recorder.commit({"x.py": "1\n"})
    odd = tmp_path / name
    recorder.write().rename(odd)
    with isolated(open_repository(odd)) as isolation:
        assert isolation.run(["cat-file", "-p", "HEAD:x.py"]) == b"1\n"


def test_nested_alternates(recorder, tmp_path, plain_git):
    recorder.commit({"x.py": "1\n"})
    plain_git(tmp_path, "clone", "-q", "--shared", str(recorder.write()), "one")
    plain_git(tmp_path, "clone", "-q", "--shared", "one", "two")
    with isolated(open_repository(tmp_path / "two")) as isolation:
        assert isolation.run(["cat-file", "-p", "HEAD:x.py"]) == b"1\n"


def test_sweep_removes_what_killed_runs_left(tmp_path, recorder, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    left, young, other = (tmp_path / "temporary" / name for name in ("mldebt-git-1-x", "mldebt-git-2-y", "other"))
    for folder in (left, young, other):
        (folder / "objects").mkdir(parents=True)
    long_ago = time.time() - 100_000
    os.utime(left, (long_ago, long_ago))
    os.utime(other, (long_ago, long_ago))
    recorder.commit({"x.py": "1\n"})
    with isolated(open_repository(recorder.write())) as isolation:
        os.utime(isolation.git_dir, (long_ago, long_ago))
        sweep(tmp_path / "temporary")
        assert isolation.git_dir.exists(), "a folder in use is not old, however old it is"
    assert (left.exists(), young.exists(), other.exists()) == (False, True, True)


def test_what_is_told_of_a_history_goes_into_memory_unless_somebody_named_a_place(tmp_path, recorder, monkeypatch):
    recorder.commit({"x.py": "1\n"})
    repository = open_repository(recorder.write())
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.delenv(name, raising=False)
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < 2 << 30:
        pytest.skip("no such memory here")
    with isolated(repository) as isolation, isolated(repository, large=True) as other:
        assert isolation.git_dir.parent == MEMORY
        assert other.git_dir.parent != MEMORY, "whole trees would fill it"
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with isolated(repository) as isolation:
        assert isolation.git_dir.parent == tmp_path

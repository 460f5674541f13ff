import os
import shutil

import pytest

from mldebt.errors import GitError
from mldebt.git import command, open_repository


def test_folder_without_repository(tmp_path):
    assert open_repository(tmp_path) is None


def test_top_and_subfolder(recorder):
    recorder.commit({"a/b/x.py": "x\n"})
    root = recorder.write()
    top, below = open_repository(root), open_repository(root / "a" / "b")
    assert (top.root, top.prefix, top.head) == (root, "", recorder.ids[-1])
    assert (below.root, below.prefix, below.head) == (root, "a/b/", recorder.ids[-1])
    assert open_repository(root / "a" / "b" / "x.py") == below
    assert (top.shallow, top.object_format, top.bare) == (False, "sha1", False)
    assert top.git_dir == top.common_dir == root / ".git"


def test_folder_reached_through_a_link(recorder, tmp_path):
    recorder.commit({"a/x.py": "x\n"})
    (tmp_path / "link").symlink_to(recorder.write() / "a")
    assert open_repository(tmp_path / "link").prefix == "a/"


def test_unborn(tmp_path, plain_git):
    plain_git(tmp_path, "init", "-q")
    (tmp_path / "HEAD").write_text("a file of that name\n")
    assert open_repository(tmp_path).head is None


def test_detached(recorder, plain_git):
    recorder.commit({"x.py": "1\n"})
    recorder.commit({"x.py": "2\n"})
    root = recorder.write()
    plain_git(root, "checkout", "-q", recorder.ids[0])
    assert open_repository(root).head == recorder.ids[0]


def test_linked_work_tree(recorder, tmp_path, plain_git):
    recorder.commit({"x.py": "1\n"})
    root = recorder.write()
    plain_git(root, "worktree", "add", "-q", str(tmp_path / "linked"))
    found = open_repository(tmp_path / "linked")
    assert found.root == tmp_path / "linked"
    assert found.git_dir == root / ".git" / "worktrees" / "linked"
    assert found.common_dir == root / ".git"


def test_submodule(recorder, tmp_path, plain_git):
    recorder.commit({"x.py": "1\n"})
    inner = recorder.write()
    outer = tmp_path / "outer"
    outer.mkdir()
    plain_git(outer, "init", "-q")
    plain_git(outer, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner), "part")
    found = open_repository(outer / "part")
    assert found.root == outer / "part"
    assert found.head == recorder.ids[0]


def test_sha256(recorder):
    recorder.object_format = "sha256"
    recorder.commit({"x.py": "1\n"})
    found = open_repository(recorder.write())
    assert found.object_format == "sha256"
    assert len(found.head) == 64


def test_shallow(recorder, tmp_path, plain_git):
    recorder.commit({"x.py": "1\n"})
    recorder.commit({"x.py": "2\n"})
    plain_git(tmp_path, "clone", "-q", "--depth=1", f"file://{recorder.write()}", "cut")
    assert open_repository(tmp_path / "cut").shallow


def test_bare_only_when_asked_for(recorder, tmp_path, plain_git):
    recorder.commit({"x.py": "1\n"})
    plain_git(tmp_path, "clone", "-q", "--bare", str(recorder.write()), "bare.git")
    assert open_repository(tmp_path / "bare.git") is None
    found = open_repository(tmp_path / "bare.git", allow_bare=True)
    assert found.bare
    assert found.head == recorder.ids[0]


def test_a_bare_repository_planted_below_is_not_taken(recorder, plain_git):
    recorder.commit({"x.py": "1\n"})
    root = recorder.write()
    plain_git(root, "init", "-q", "--bare", "fixtures/planted")
    found = open_repository(root / "fixtures" / "planted")
    assert (found.root, found.prefix) == (root, "fixtures/planted/")


def test_work_tree_elsewhere_by_config_is_not_believed(recorder, plain_git):
    recorder.commit({"x.py": "1\n"})
    root = recorder.write()
    plain_git(root, "config", "core.worktree", "/")
    assert open_repository(root).root == root


def test_empty_git_folder_is_no_repository(recorder):
    recorder.commit({"a/x.py": "1\n"})
    root = recorder.write()
    (root / "a" / ".git").mkdir()
    assert open_repository(root / "a").root == root


def test_name_with_line_end(recorder, tmp_path):
    recorder.commit({"x.py": "1\n"})
    odd = tmp_path / "odd\nname \u00e9"
    shutil.move(recorder.write(), odd)
    found = open_repository(odd)
    assert (found.root, found.common_dir, found.head) == (odd, odd / ".git", recorder.ids[0])


@pytest.mark.skipif(not hasattr(os, "chown") or os.geteuid() != 0, reason="only root can give files away")
def test_repository_of_another_user(recorder):
    recorder.commit({"x.py": "1\n"})
    root = recorder.write()
    for path in (root, *root.rglob("*")):
        os.chown(path, 12_345, 12_345)
    assert open_repository(root).head == recorder.ids[0]


def test_git_missing(recorder, monkeypatch, tmp_path):
    recorder.commit({"x.py": "1\n"})
    root = recorder.write()
    clear_lookups()
    monkeypatch.setenv("PATH", str(tmp_path))
    try:
        assert open_repository(tmp_path) is None  # nothing to ask git about
        with pytest.raises(GitError, match="git was not found on PATH"):
            open_repository(root)
    finally:
        clear_lookups()


def test_git_in_the_scanned_folder_is_never_run(recorder, monkeypatch):
    recorder.commit({"x.py": "1\n"})
    root = recorder.write()
    planted = root / "git"
    planted.write_text(f"#!/bin/sh\ntouch {root}/ran\n")
    planted.chmod(0o755)
    monkeypatch.chdir(root)
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.environ['PATH']}")
    clear_lookups()
    try:
        assert open_repository(root).head == recorder.ids[0]
    finally:
        clear_lookups()
    assert not (root / "ran").exists()


def test_git_too_old(recorder, monkeypatch, tmp_path):
    recorder.commit({"x.py": "1\n"})
    root = recorder.write()
    old = tmp_path / "git"  # an old git prints the options it does not know
    old.write_text('#!/bin/sh\nfor word; do case $word in --*) echo "$word" ;; esac; done\n')
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    clear_lookups()
    try:
        with pytest.raises(GitError, match="git is too old"):
            open_repository(root)
    finally:
        clear_lookups()


def clear_lookups():
    command.git_path.cache_clear()
    command.environment.cache_clear()

import os

from mldebt.git import head_files, isolated, laid_out, open_repository, read_tracked, tracked_files


def test_index_wins_over_head(recorder, plain_git):
    recorder.commit({"kept.py": "1\n", "gone.py": "2\n"})
    root = recorder.write()
    (root / "new.py").write_text("3\n")
    (root / "untracked.py").write_text("4\n")
    plain_git(root, "add", "new.py")
    plain_git(root, "rm", "-q", "--cached", "gone.py")
    found = tracked_files(open_repository(root))
    assert sorted(found) == ["kept.py", "new.py"]
    assert found["new.py"] == plain_git(root, "hash-object", "new.py").decode().strip()


def test_only_plain_files(recorder):
    modes = {"link.py": "120000", "sub": "160000", "run.py": "100755"}
    recorder.commit({"link.py": "x.py", "sub": "1" * 40, "run.py": "1\n", "x.py": "2\n"}, modes=modes)
    root = recorder.write(checkout=False)
    assert sorted(tracked_files(open_repository(root))) == ["run.py", "x.py"]
    assert read_tracked(open_repository(root)).submodules == ("sub",)
    with laid_out(open_repository(root), recorder.id(1), lambda _: 9) as state:
        assert read_tracked(state).submodules == ("sub",)


def test_odd_names(recorder):
    names = [b"sp ace.py", b"new\nline.py", b"tab\t.py", b'quo"te.py', b"latin-\xe9.py", b":colon.py"]
    recorder.commit(dict.fromkeys(names, "1\n"))
    assert {os.fsencode(name) for name in tracked_files(open_repository(recorder.write()))} == set(names)


def test_split_index(recorder, plain_git):
    recorder.commit({"a.py": "1\n", "b.py": "2\n"})
    root = recorder.write()
    plain_git(root, "update-index", "--split-index")
    (root / "c.py").write_text("3\n")
    plain_git(root, "add", "c.py")
    assert sorted(tracked_files(open_repository(root))) == ["a.py", "b.py", "c.py"]


def test_broken_index_falls_back_to_head(recorder):
    recorder.commit({"a.py": "1\n"})
    root = recorder.write()
    (root / ".git" / "index").write_bytes(b"broken")
    assert sorted(tracked_files(open_repository(root))) == ["a.py"]


def test_sparse_checkout_leaves_out_what_is_not_there(recorder, plain_git):
    recorder.commit({"a/x.py": "1\n", "b/y.py": "2\n", "top.py": "3\n"})
    root = recorder.write()
    plain_git(root, "sparse-checkout", "set", "--cone", "a")
    assert sorted(tracked_files(open_repository(root))) == ["a/x.py", "top.py"]
    plain_git(root, "sparse-checkout", "reapply", "--sparse-index")
    assert sorted(tracked_files(open_repository(root))) == ["a/x.py", "top.py"]
    assert read_tracked(open_repository(root)).off_disk == ("b/y.py",)
    plain_git(root, "sparse-checkout", "disable")
    assert read_tracked(open_repository(root)).off_disk == ()


def test_conflict_counts_once(recorder, plain_git):
    recorder.commit({"a.py": "1\n"})
    root = recorder.write()
    ours, theirs = (plain_git(root, "hash-object", "-w", "--stdin", stdin=side).strip() for side in (b"o", b"t"))
    stages = b"100644 %b 2\ta.py\n100644 %b 3\ta.py\n" % (ours, theirs)
    plain_git(root, "update-index", "--index-info", stdin=b"0 " + b"0" * 40 + b"\ta.py\n" + stages)
    assert tracked_files(open_repository(root)) == {"a.py": ours.decode()}


def test_unborn_lists_what_was_added(tmp_path, plain_git):
    plain_git(tmp_path, "init", "-q")
    assert tracked_files(open_repository(tmp_path)) == {}
    (tmp_path / "a.py").write_text("1\n")
    plain_git(tmp_path, "add", "a.py")
    assert sorted(tracked_files(open_repository(tmp_path))) == ["a.py"]


def test_linked_work_tree_has_an_index_of_its_own(recorder, tmp_path, plain_git):
    recorder.commit({"a.py": "1\n"})
    plain_git(recorder.write(), "worktree", "add", "-q", str(tmp_path / "linked"))
    plain_git(tmp_path / "linked", "rm", "-q", "a.py")
    assert tracked_files(open_repository(tmp_path / "linked")) == {}
    assert sorted(tracked_files(open_repository(recorder.root))) == ["a.py"]


def test_bare_and_sha256(recorder, tmp_path, plain_git):
    recorder.object_format = "sha256"
    recorder.commit({"a.py": "1\n"})
    plain_git(tmp_path, "clone", "-q", "--bare", str(recorder.write()), "bare.git")
    repository = open_repository(tmp_path / "bare.git", allow_bare=True)
    assert sorted(tracked_files(repository)) == ["a.py"]
    with isolated(repository) as isolation:
        assert len(head_files(isolation)["a.py"]) == 64

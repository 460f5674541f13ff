import os
import re
import shlex
import subprocess
import sys

import pytest

from mldebt.errors import GitError
from mldebt.git import isolated, laid_out, open_repository, tracked_files, tree_files
from mldebt.sources import blob_key


def everything(_path):
    return 1_000_000


def lay(root, commit, wanted=everything):
    """The files of a commit: content, or where a link leads."""
    with laid_out(open_repository(root), commit, wanted) as state:
        found = {
            path.relative_to(state.root).as_posix(): str(path.readlink()) if path.is_symlink() else path.read_bytes()
            for path in state.root.rglob("*")
            if path.is_symlink() or path.is_file()
        }
        place = state.root
    assert not place.exists()
    return found


def test_the_files_of_a_commit_whatever_lies_in_the_work_tree(recorder):
    recorder.commit({"a/b.py": b"1\r\n", "c.ipynb": b"\xff\x00", "gone.py": "x\n"})
    recorder.commit({"a/b.py": "2\n", "gone.py": None})
    root = recorder.write()
    (root / "a" / "b.py").write_text("3\n")
    assert lay(root, recorder.id(1)) == {"a/b.py": b"1\r\n", "c.ipynb": b"\xff\x00", "gone.py": b"x\n"}
    assert lay(root, recorder.id(2)) == {"a/b.py": b"2\n", "c.ipynb": b"\xff\x00"}


def test_only_what_is_wanted_and_large_files_by_their_size_alone(recorder):
    recorder.commit({"a.py": "x" * 10, "b.py": "x" * 1000, "c.bin": "x"})
    root = recorder.write()
    found = lay(root, recorder.id(1), lambda path: 100 if path.endswith(".py") else None)
    assert found == {"a.py": b"x" * 10, "b.py": b"\0" * 1000}


def test_what_is_tracked_is_what_the_commit_has(recorder):
    recorder.commit({"a/b.py": "1\n"})
    recorder.commit({"a/c.py": "2\n"})
    repository = open_repository(recorder.write() / "a")
    with laid_out(repository, recorder.id(1), everything) as state:
        assert set(tracked_files(state)) == {"a/b.py"}
        assert (state.head, state.prefix, (state.root / state.prefix / "b.py").read_text()) == (
            recorder.id(1),
            "a/",
            "1\n",
        )


def test_a_folder_that_was_not_there_yet_is_empty(recorder):
    recorder.commit({"x.py": "1\n"})
    recorder.commit({"a/c.py": "2\n"})
    repository = open_repository(recorder.write() / "a")
    with laid_out(repository, recorder.id(1), everything) as state:
        assert list((state.root / state.prefix).iterdir()) == []


def test_links_and_submodules(recorder):
    recorder.commit({"x.py": "1\n"})
    inner = recorder.id(1) if recorder.ids else "1" * 40
    recorder.commit(
        {"link.py": "x.py", "out.py": "../../../etc/passwd", "module": inner},
        modes={"link.py": "120000", "out.py": "120000", "module": "160000"},
    )
    root = recorder.write(checkout=False)
    assert lay(root, recorder.id(2)) == {
        "x.py": b"1\n",
        "link.py": "x.py",
        "out.py": "../../../etc/passwd",
    }


def hash_tree(plain_git, root, *entries):
    """Writes a tree that git itself would refuse to make."""
    body = b"".join(mode + b" " + name + b"\0" + bytes.fromhex(object_id) for mode, name, object_id in entries)
    return plain_git(root, "hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=body).decode().strip()


def test_no_path_leads_out_of_the_folder(recorder, tmp_path, plain_git):
    recorder.commit({"x.py": "1\n"})
    root = recorder.write()
    blob = plain_git(root, "hash-object", "-w", "--stdin", stdin=b"evil\n").decode().strip()
    target = tmp_path / "target"
    target.mkdir()
    link = plain_git(root, "hash-object", "-w", "--stdin", stdin=os.fsencode(target)).decode().strip()
    inner = hash_tree(plain_git, root, (b"100644", b"evil.py", blob))
    tree = hash_tree(
        plain_git,
        root,
        (b"40000", b"..", inner),
        (b"120000", b"a", link),
        (b"40000", b"a", inner),
        (b"100644", b"../up.py", blob),
        (b"100644", b"/tmp/absolute.py", blob),
        (b"100644", b"n" * 300 + b".py", blob),
        (b"100644", b"ok.py", blob),
    )
    commit = plain_git(
        root, "-c", "user.name=a", "-c", "user.email=a@b", "commit-tree", tree, "-m", "hostile"
    ).decode().strip()  # fmt: skip
    found = lay(root, commit)
    assert found == {"ok.py": b"evil\n", "a/evil.py": b"evil\n"}
    assert list(target.iterdir()) == []


def test_filters_of_the_repository_are_never_run(recorder, tmp_path, plain_git):
    recorder.commit({"x.py": "1\n", ".gitattributes": "*.py filter=odd\n"})
    root = recorder.write(checkout=False)
    mark = tmp_path / "ran"
    plain_git(root, "config", "filter.odd.smudge", f"touch {mark}")
    plain_git(root, "config", "core.fsmonitor", f"touch {mark}")
    assert lay(root, recorder.id(1))["x.py"] == b"1\n"
    assert not mark.exists()


def test_what_a_partial_clone_lacks_is_told_with_the_command_that_brings_it(recorder, tmp_path, plain_git):
    recorder.commit({"x.py": "1\n", "y.py": "1\n"})
    recorder.commit({"x.py": "2\n", "y.py": "2\n"})
    origin = recorder.write()
    plain_git(origin, "config", "uploadpack.allowFilter", "true")
    plain_git(origin, "config", "uploadpack.allowAnySHA1InWant", "true")
    plain_git(tmp_path, "clone", "-q", "--filter=blob:none", f"file://{origin}", "clone")
    root = tmp_path / "clone"
    with pytest.raises(GitError, match=r"the contents of 2 files at .* partial clone") as error:
        lay(root, recorder.id(1))
    plain_git(root, *shlex.split(re.search(r"`git ([^`]+)`", str(error.value))[1]))
    assert lay(root, recorder.id(1)) == {"x.py": b"1\n", "y.py": b"1\n"}


def test_what_a_clone_without_trees_lacks_is_told_with_the_command_that_brings_it(recorder, tmp_path, plain_git):
    recorder.commit({"x.py": "1\n"})
    recorder.commit({"x.py": "2\n"})
    origin = recorder.write()
    plain_git(origin, "config", "uploadpack.allowFilter", "true")
    plain_git(tmp_path, "clone", "-q", "--filter=tree:0", f"file://{origin}", "clone")
    root = tmp_path / "clone"
    with pytest.raises(GitError, match=r"the folders of .* partial clone without trees") as error:
        lay(root, recorder.id(1))
    plain_git(root, *shlex.split(re.search(r"`git ([^`]+)`", str(error.value))[1]))
    assert lay(root, recorder.id(1)) == {"x.py": b"1\n"}


def test_no_room_is_told(recorder):
    """A process that may write small files only meets what a full disk is like."""
    recorder.commit({"x.py": "1" * 9_000})
    root = recorder.write()
    program = (
        "import pathlib, resource, sys\n"
        "from mldebt.git import laid_out, open_repository\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, 5_000))\n"
        "with laid_out(open_repository(pathlib.Path(sys.argv[1])), sys.argv[2], lambda path: 1_000_000):\n"
        "    pass\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, root, recorder.id(1)], capture_output=True, text=True, check=False
    )
    assert "mldebt.errors.GitError: " in done.stderr
    assert "x.py: cannot be written: File too large" in done.stderr


def test_sizes_and_kinds(recorder):
    recorder.commit({"x.py": "12345", "link": "x.py"}, modes={"link": "120000"})
    root = recorder.write(checkout=False)
    with isolated(open_repository(root)) as isolation:
        found = tree_files(isolation, recorder.id(1))
    assert {path: (file.size, file.is_link) for path, file in found.items()} == {
        "x.py": (5, False),
        "link": (4, True),
    }
    assert found["x.py"].blob == blob_key(b"12345")

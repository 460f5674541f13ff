import subprocess
import sys

import pytest

from mldebt.errors import GitError
from mldebt.git import Commit, isolated, open_repository, read_commits


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_commits_in_the_order_asked(recorder, monkeypatch, object_format):
    recorder.object_format = object_format
    recorder.commit({"a.py": "1\n"}, author="Ann Archer <ann@corp.org>", message="First\n\nbody", day=0)
    recorder.commit({"a.py": "2\n"}, author="Zo\u00eb \u00d6 <z@\u00f6.org>", message="Zweite \u00c4nderung", day=1)
    root = recorder.write()
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY", "GIT_INDEX_FILE"):
        monkeypatch.setenv(name, "/nonexistent")
    with isolated(open_repository(root)) as isolation:
        found = read_commits(isolation, reversed(recorder.ids))
    assert found == (
        Commit(
            id=recorder.ids[1],
            subject="Zweite \u00c4nderung",
            author="Zo\u00eb \u00d6",
            email="z@\u00f6.org",
            time=1_600_086_400,
        ),
        Commit(id=recorder.ids[0], subject="First", author="Ann Archer", email="ann@corp.org", time=1_600_000_000),
    )


def test_unknown_commit(recorder):
    recorder.commit({"a.py": "1\n"})
    with isolated(open_repository(recorder.write())) as isolation, pytest.raises(GitError, match="cannot be read"):
        read_commits(isolation, ["1" * 40])


def test_library_is_loaded_only_then():
    program = "import sys, mldebt.git, mldebt.ownership; print('git' in sys.modules, 'subprocess' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]

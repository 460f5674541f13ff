import json
from pathlib import Path
from typing import Any

import pytest

from mldebt.cli.origin import PINNED, Origin, origin_of

COMMIT = "a" * 40
GIT = {"vcs": "git", "commit_id": COMMIT, "requested_revision": "main"}


@pytest.mark.parametrize(
    ("noted", "requirement"),
    [
        ({}, PINNED),
        ({"url": "https://corp.example/m.git", "vcs_info": GIT}, f"git+https://corp.example/m.git@{COMMIT}"),
        ({"url": "ssh://git@corp.example/m.git", "vcs_info": GIT}, f"git+ssh://git@corp.example/m.git@{COMMIT}"),
        (
            {"url": "https://u:secret@corp.example/m.git", "vcs_info": GIT, "subdirectory": "lib"},
            f"git+https://corp.example/m.git@{COMMIT}#subdirectory=lib",
        ),
        ({"url": "https://corp.example/m.whl", "archive_info": {}}, "https://corp.example/m.whl"),
        ({"url": "https://corp.example/m", "vcs_info": {"vcs": "hg", "commit_id": "1"}}, PINNED),
        ({"url": 3}, PINNED),
        ([], PINNED),
    ],
)
def test_what_pip_notes(noted: object, requirement: str) -> None:
    expected = requirement if requirement == PINNED else f"mldebt @ {requirement}"
    assert origin_of(json.dumps(noted)) == Origin(requirement=expected)


def test_what_cannot_be_read_says_nothing() -> None:
    assert origin_of("{") == origin_of("") == Origin()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://u:secret@corp.example/m.git", "https://corp.example/m.git"),
        ("git@corp.example:team/m.git", "ssh://git@corp.example/team/m.git"),
        ("/srv/m.git", ""),
        ("file:///srv/m.git", ""),
        ("", ""),
    ],
)
def test_a_clone_comes_from_somewhere(recorder: Any, plain_git: Any, address: str, said: str) -> None:
    recorder.commit({"pyproject.toml": ""})
    root = recorder.write()
    if address:
        plain_git(root, "config", "remote.origin.url", address)
    found = origin_of(json.dumps({"url": root.as_uri(), "dir_info": {"editable": True}}))
    assert found == (Origin(requirement=f"mldebt @ git+{said}@{recorder.id(1)}") if said else Origin(folder=str(root)))


def test_a_folder_that_is_no_clone(tmp_path: Path) -> None:
    assert origin_of(json.dumps({"url": tmp_path.as_uri()})) == Origin(folder=str(tmp_path))
    assert origin_of(json.dumps({"url": "file:///no/where"})) == Origin(folder="/no/where")

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mldebt.git import head_files, isolated, open_repository
from mldebt.ownership.engine import attribute_lines
from mldebt.ownership.lines import LineAuthors


@pytest.fixture
def blame(plain_git: Callable[..., bytes]) -> Callable[..., list[bytes]]:
    """The commit of each line of a file at HEAD as plain `git blame` tells it."""

    def lines(root: Path, path: bytes, *options: str) -> list[bytes]:
        found: dict[int, bytes] = {}
        for entry in plain_git(root, "blame", "--incremental", *options, "HEAD", "--", path).split(b"\n"):
            words = entry.split(b" ")
            if len(words) == 4 and len(words[0]) in (40, 64) and words[1].isdigit():
                start = int(words[2])
                found.update(dict.fromkeys(range(start, start + int(words[3])), words[0]))
        return [found[number] for number in range(1, len(found) + 1)]

    return lines


@pytest.fixture
def attribute() -> Callable[..., LineAuthors]:
    """The lines of all files of a repository at HEAD, by the walk."""

    def lines(root: Path, known: LineAuthors | None = None, *, allow_bare: bool = False) -> LineAuthors:
        repository = open_repository(root, allow_bare=allow_bare)
        assert repository is not None
        with isolated(repository) as isolation:
            files = {os.fsencode(path): blob.encode() for path, blob in head_files(isolation).items()}
            return attribute_lines(isolation, files, known).lines

    return lines


@pytest.fixture
def assert_as_blame(
    blame: Callable[..., list[bytes]], attribute: Callable[..., LineAuthors]
) -> Callable[..., LineAuthors]:
    """Fails unless every line of every file has the commit that plain `git blame` names."""

    def check(root: Path, known: LineAuthors | None = None, *, allow_bare: bool = False) -> LineAuthors:
        found = attribute(root, known, allow_bare=allow_bare)
        assert found.files
        for path in found.files:
            assert found.lines(path) == blame(root, path), path
        return found

    return check

"""Whoever waits for a long history is told how far it is."""

import os

import pytest

from mldebt.git import head_files, isolated, open_repository
from mldebt.ownership import read_ownership
from mldebt.ownership.engine import attribute_lines

COMMITS = 450


@pytest.fixture
def long(recorder):
    for number in range(COMMITS):
        recorder.commit({"a.py": "".join(f"line {line} of {number // 50 * line}\n" for line in range(20))})
    return recorder.write()


def test_the_walk_says_how_many_commits_of_how_many(long):
    told = []
    found = read_ownership(open_repository(long), ["a.py"], progress=lambda *numbers: told.append(numbers))
    assert told == [(200, COMMITS), (400, COMMITS)]
    assert found.lines == read_ownership(open_repository(long), ["a.py"]).lines


def test_an_update_counts_the_new_commits_alone(long, recorder):
    told = []
    with isolated(open_repository(long)) as isolation:
        files = {os.fsencode(path): blob.encode() for path, blob in head_files(isolation).items()}
        known = attribute_lines(isolation, files).lines
        older = type(known)(recorder.id(COMMITS - 250).encode(), known.commits, known.files)
        attribute_lines(isolation, files, older, lambda *numbers: told.append(numbers))
    assert told == [(200, 250)]

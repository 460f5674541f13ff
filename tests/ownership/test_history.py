import time

import pytest

from mldebt.git import isolated, open_repository
from mldebt.ownership import read_ownership
from mldebt.ownership.history import HistoryLog, Presence

ANN, BO, CY = "Ann Archer <ann@corp.org>", "Bo Baker <bo@corp.org>", "Cy Cole <cy@corp.org>"


def notes(recorder):
    """Number of each commit → names of writers and reviewers."""
    root = recorder.write()
    with isolated(open_repository(root)) as isolation:
        log = HistoryLog(isolation, None, mailmap=False)
        history = log.history([name.encode() for name in recorder.ids])
    names = [contact.name for contact in history.contacts]
    return {
        number: ([names[n] for n in note.writers], [names[n] for n in note.reviewers])
        for number, note in ((recorder.ids.index(name.decode()) + 1, note) for name, note in history.notes.items())
    }


def test_trailers_wherever_a_squash_left_them(recorder):
    message = (
        "Squashed (#7)\n\n* one\n\nCo-authored-by: Bo Baker <bo@corp.org>\nSigned-off-by: Ann Archer <ann@corp.org>\n\n"
        "* two\n\n  Reviewed-By:   Cy Cole   <cy@corp.org>\nco-authored-by: no address\nNot-a-review-by: X <x@y.z>\n"
    )
    recorder.commit({"a.py": "1\n"}, author=ANN, message=message)
    assert notes(recorder) == {1: (["Ann Archer", "Bo Baker"], ["Cy Cole"])}


def test_whoever_applied_a_change_saw_it(recorder):
    recorder.commit({"a.py": "1\n"}, author=ANN, committer=BO)
    assert notes(recorder) == {1: (["Ann Archer"], ["Bo Baker"])}


@pytest.mark.parametrize(
    ("subject", "reviewed"),
    [
        ("Merge pull request #12 from ann/topic\n\nTitle", True),
        ("Merged in topic (pull request #12)", True),
        ("Merge branch 'topic' into 'main'\n\nTitle\n\nSee merge request group/project!12", True),
        ("Merge branch 'main' of https://example.org/repo", False),
        ("Merge remote-tracking branch 'origin/main'", False),
    ],
)
def test_merging_a_pull_request_is_a_review(recorder, subject, reviewed):
    base = recorder.commit({"a.py": "1\n"}, author=CY)
    one = recorder.commit({"a.py": "1\n2\n"}, author=ANN, parents=[base])
    two = recorder.commit({"a.py": "1\n2\n3\n"}, author=BO, parents=[one])
    main = recorder.commit({"a.py": "1\n", "b.py": "b\n"}, author=CY, parents=[base])
    recorder.commit({"a.py": "1\n2\n3\n"}, author=BO, parents=[main, two], message=subject)
    found = notes(recorder)
    assert found[one] == (["Ann Archer"], ["Bo Baker"] if reviewed else [])
    assert found[two] == (["Bo Baker"], [])  # nobody reviews themselves
    assert found[base] == found[main] == (["Cy Cole"], [])


def test_presence_counts_co_writers_and_dates(recorder):
    recorder.commit({"a.py": "1\n"}, author=ANN, day=10)
    recorder.commit({"a.py": "2\n"}, author=BO, day=20, message="x\n\nCo-authored-by: Ann Archer <ann@corp.org>")
    root = recorder.write()
    with isolated(open_repository(root)) as isolation:
        history = HistoryLog(isolation, None, mailmap=False).history([])
    present = {contact.name: found for contact, found in zip(history.contacts, history.presence, strict=True)}
    first, last = 1_600_000_000 + 10 * 86_400, 1_600_000_000 + 20 * 86_400
    assert present == {"Ann Archer": Presence(2, first, last), "Bo Baker": Presence(1, last, last)}
    assert history.date == last
    assert history.notes == {}


def test_odd_authors_and_messages(recorder):
    recorder.commit({"a.py": "1\n"}, author="<>", message=b"\xff\xfe latin \xe9\n\nCo-authored-by: B\xe9 <b@c.d>\n")
    recorder.commit({"a.py": "2\n"}, author="Zo\u00eb \u00d6 <z@\u00f6.org>", message="")
    assert notes(recorder) == {1: (["", "B\ufffd"], []), 2: (["Zo\u00eb \u00d6"], [])}


def test_impossible_dates(recorder, plain_git):
    recorder.commit({"a.py": "1\n"})
    root = recorder.write()
    raw = plain_git(root, "cat-file", "commit", "HEAD").decode()
    raw = raw.replace("1600086400 +0000", "18446744073709551614 +0000")
    name = plain_git(root, "hash-object", "-t", "commit", "-w", "--literally", "--stdin", stdin=raw.encode()).strip()
    plain_git(root, "update-ref", "refs/heads/main", name)
    found = read_ownership(open_repository(root), ["a.py"], cache_dir=root / "cache")
    assert found.available
    assert 0 <= found.head_date <= 253_402_300_799
    assert time.gmtime(found.head_date).tm_year <= 9_999

from collections import Counter

from mldebt.ownership.lines import line_authors

PLAIN = line_authors(b"head", {b"a": [b"one", b"one", b"two"], b"b": [b"two"]})


def test_files_may_have_other_lines_and_each_commit_counts_once():
    both = PLAIN.but(line_authors(b"head", {b"b": [b"three", b"one"]}))
    assert [both.lines(path) for path in (b"a", b"b")] == [[b"one", b"one", b"two"], [b"three", b"one"]]
    assert both.tally() == Counter({b"one": 3, b"two": 1, b"three": 1})
    assert len(set(both.commits)) == len(both.commits)
    assert both.consistent()


def test_without_other_lines_they_are_the_same():
    assert PLAIN.but(line_authors(b"head", {})) == PLAIN

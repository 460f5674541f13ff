"""The log is read in parts that end anywhere."""

from mldebt.git import isolated, open_repository
from mldebt.ownership.raw_log import RawLog, split_records


def test_no_commit_is_told_before_all_of_it_is_there(recorder):
    names = [f"{'0123456789abcdef' * 3}\tx.py", ":100644 a.py", " (from b.py", *(f"many/{n}.py" for n in range(9_000))]
    first = recorder.commit(dict.fromkeys(names, "1\n"))
    side = recorder.commit(dict.fromkeys(names[::2], "2\n"), parents=[first])
    main = recorder.commit(dict.fromkeys(names[1::2], "3\n"), parents=[first])
    recorder.commit(dict.fromkeys(names, "4\n"), parents=[main, side])
    recorder.commit({}, message="")
    with isolated(open_repository(recorder.write())) as isolation, RawLog(isolation, [isolation.head.encode()]) as log:
        told = [each for some in log.read() for each in some]
        again = [each for some in log.read([recorder.id(first).encode()]) for each in some]
    changed = {}
    for header, records in told:
        statuses, paths = split_records(records)
        assert len(statuses) == len(paths)
        assert all(status.startswith(b":") for status in statuses)
        changed.setdefault(header[:40].decode(), []).append(len(paths))
    assert changed[recorder.id(first)] == [0], "what the first commit made is not told"
    assert changed[recorder.id(side)] == [len(names[::2])]
    assert changed[recorder.ids[3]] == [len(names), len(names)]
    assert told[-1] in again

"""Random histories: whatever people do to a repository, the walk and `git blame` agree on every line."""

import os
import random

import pytest

from mldebt.git import BlobReader, head_files, isolated, open_repository
from mldebt.ownership.comparer import Comparer
from mldebt.ownership.engine import attribute_lines
from mldebt.ownership.ignored import reassign
from mldebt.ownership.tracing import Tracer

WORDS = "load split fit score rank save x y return import for if".split()
FOLDERS = ("", "a/", "b/", "a/c/")
NAMES = ("m", "n", "loader", "__init__")
REPOSITORIES = 70
UPDATES = 25
IGNORING = 15
MOVING = 20


class Story:
    """A random history, told to a recorder."""

    def __init__(self, seed, recorder):
        self.random = random.Random(seed)  # noqa: S311 -- dice, not secrets
        self.recorder = recorder
        self.snapshots = {}
        self.suffix = ".py"

    def tell(self, commits):
        for _ in range(commits):
            parents = self._parents()
            files = self._merge(parents) if parents else {}
            # merges are mostly left as they are, plain commits never
            for _ in range(self.random.choice((0, 0, 1)) if len(parents) > 1 else self.random.randint(1, 4)):
                self._change(files)
            files.setdefault("kept" + self.suffix, ["kept\n"])
            modes = {path: "120000" if path.endswith(".link") else "100644" for path in files}
            modes |= dict.fromkeys(self.random.sample(sorted(files), len(files) // 5), "100755")
            written = {path: "".join(lines) for path, lines in files.items()}
            number = self.recorder.commit(written, parents=parents, whole=True, modes=modes)
            self.snapshots[number] = files

    def _parents(self):
        if not self.snapshots or (self.random.random() < 0.03 and len(self.snapshots) > 3):
            return []
        recent = sorted(self.snapshots)[-6:]
        count = self.random.choices((1, 2, 3), (70, 25, 5))[0]
        chosen = self.random.sample(recent, min(count, len(recent)))
        if self.random.random() < 0.6 and recent[-1] not in chosen:
            chosen[0] = recent[-1]
        return chosen

    def _merge(self, parents):
        files = {}
        for path in sorted({path for parent in parents for path in self.snapshots[parent]}):
            versions = [self.snapshots[parent][path] for parent in parents if path in self.snapshots[parent]]
            if self.random.random() < 0.93:
                files[path] = list(self.random.choice(versions))
                if len(versions) > 1 and self.random.random() < 0.5:  # both sides, cut somewhere
                    one, other = self.random.sample(versions, 2)
                    cut = self.random.randint(0, min(len(one), len(other)))
                    files[path] = one[:cut] + other[cut:]
        return files

    def _change(self, files):
        kinds = (*(self._edit_one,) * 4, *(self._move,) * 2, self._copy, self._split, self._delete, self._revert)
        change = self.random.choice(
            (*kinds, self._add, self._turn_line_ends, self._turn_last_end, self._put_nul, self._link)
        )
        if files:
            change(files, self.random.choice(sorted(files)))
        else:
            self._add(files, "")

    def _add(self, files, _):
        files[self._name()] = self._lines(self.random.choice((0, 1, 5, 40)))

    def _edit_one(self, files, path):
        self._edit(files[path])

    def _move(self, files, path):
        lines = files.pop(path)
        for _ in range(self.random.choice((0, 0, 1, 3, 8))):
            self._edit(lines)
        files[self._name()] = lines

    def _copy(self, files, path):
        files[self._name()] = list(files[path])

    def _split(self, files, path):
        cut = self.random.randint(0, len(files[path]))
        files[self._name()] = files[path][cut:]
        files[path] = files[path][:cut]

    def _delete(self, files, path):
        del files[path]

    def _revert(self, files, path):
        if self.snapshots:
            older = self.snapshots[self.random.choice(sorted(self.snapshots))]
            files[path] = list(older.get(path, files[path]))

    def _turn_line_ends(self, files, path):
        for place, line in enumerate(files[path]):
            files[path][place] = line.replace("\r", "") if "\r" in line else line.replace("\n", "\r\n")

    def _turn_last_end(self, files, path):
        if files[path]:
            last = files[path][-1]
            files[path][-1] = last.removesuffix("\n") if last.endswith("\n") else last + "\n"

    def _put_nul(self, files, path):
        if files[path]:
            files[path][self.random.randrange(len(files[path]))] = "a\0b\n"

    def _link(self, files, path):
        files[self._name() + ".link"] = ["".join(files[path])[:40].replace("\0", "") or "x"]

    def _edit(self, lines):
        place = self.random.randint(0, len(lines))
        removed = self.random.choice((0, 0, 1, 2, 6))
        lines[place : place + removed] = self._lines(self.random.choice((0, 1, 1, 3, 10)))

    def _lines(self, count):
        return [self._line() for _ in range(count)]

    def _line(self):
        if self.random.random() < 0.03:
            return self.random.choice("xyz") * self.random.randint(60, 200) + "\n"
        if self.random.random() < 0.25:
            return "\n"
        return " ".join(self.random.choices(WORDS, k=self.random.choice((1, 2, 5)))) + "\n"

    def _name(self):
        return self.random.choice(FOLDERS) + self.random.choice(NAMES) + self.suffix


@pytest.mark.parametrize("seed", range(REPOSITORIES))
def test_random_histories_agree_with_blame(seed, recorder, assert_as_blame):
    Story(seed, recorder).tell(30)
    assert_as_blame(recorder.write(checkout=False))


@pytest.mark.parametrize("seed", range(1_000, 1_000 + UPDATES))
def test_updates_agree_with_blame(seed, recorder, attribute, assert_as_blame, plain_git):
    story = Story(seed, recorder)
    story.tell(30)
    root = recorder.write(checkout=False)
    dice = random.Random(seed)  # noqa: S311 -- dice, not secrets
    for start in sorted(dice.sample(range(5, 30), 3)):  # from any older commit, a side branch too
        plain_git(root, "update-ref", "refs/heads/main", recorder.id(start))
        known = attribute(root)
        plain_git(root, "update-ref", "refs/heads/main", recorder.ids[-1])
        assert_as_blame(root, known)


class Restless(Story):
    """One in which blocks are taken from files and put in others, while files go."""

    def _change(self, files):
        if len(files) < 5:
            files[self._name()] = self._lines(60)
        elif self.random.random() < 0.5:
            self._lift(files, self.random.choice(sorted(files)))
        else:
            super()._change(files)

    def _lift(self, files, path):
        start = self.random.randint(0, max(len(files[path]) - 20, 0))
        block = files[path][start : start + self.random.randint(12, 40)]
        if self.random.random() < 0.7:
            del files[path][start : start + len(block)]
        for _ in range(self.random.choice((1, 1, 2))):
            there = files.setdefault(self._name(), [])
            place = self.random.randint(0, len(there))
            there[place:place] = block
        for gone in (path, self.random.choice(sorted(files))):
            if self.random.random() < 0.2:
                files.pop(gone, None)


@pytest.mark.parametrize("seed", range(3_000, 3_000 + MOVING))
def test_moved_code_is_told_alike_by_every_way(seed, recorder, plain_git):
    """In one walk, from an earlier answer for any older commit, and by tracing each line alone."""
    story = Restless(seed, recorder)
    story.tell(30)
    root = recorder.write(checkout=False)
    dice = random.Random(seed)  # noqa: S311 -- dice, not secrets
    ignored = [name.encode() for name in dice.sample(recorder.ids, 4)] if seed % 2 else []
    cold = attribute_all(root, ignored)
    both = cold.lines.but(cold.moved)
    plain = attribute_all(root, ignored, follow_moves=False)
    assert not plain.moved.files
    assert unpacked(plain.lines) == unpacked(cold.lines)
    for start in sorted(dice.sample(range(5, 30), 3)):
        plain_git(root, "update-ref", "refs/heads/main", recorder.id(start))
        known = attribute_all(root, ignored)
        plain_git(root, "update-ref", "refs/heads/main", recorder.ids[-1])
        warm = attribute_all(root, ignored, known)
        assert unpacked(warm.lines) == unpacked(cold.lines)
        assert unpacked(warm.lines.but(warm.moved)) == unpacked(both)
    with isolated(open_repository(root)) as isolation, BlobReader(isolation) as reader, Comparer(isolation) as comparer:
        tracer = Tracer(isolation, reader, comparer, ignored)
        for path, lines in unpacked(both).items():
            spot = recorder.ids[-1].encode(), path
            traced = tracer.trace({spot: range(len(lines))}).get(spot, {})
            assert [traced[line].before for line in range(len(lines))] == lines
            assert [traced[line].told for line in range(len(lines))] == cold.lines.lines(path)


def unpacked(lines):
    """Path → the commit of each line."""
    return {path: lines.lines(path) for path in lines.files}


def attribute_all(root, ignored, known=None, *, follow_moves=True):
    """Lines and moved lines of all code."""
    with isolated(open_repository(root)) as isolation:
        files = {os.fsencode(path): blob.encode() for path, blob in head_files(isolation).items()}
        lines, moved = (known.lines, known.moved) if known is not None else (None, None)
        return attribute_lines(isolation, files, lines, moved=moved, ignored=ignored, follow_moves=follow_moves)


@pytest.mark.parametrize("seed", range(2_000, 2_000 + IGNORING))
def test_ignored_revisions_agree_with_blame(seed, recorder, blame, tmp_path):
    """Followed on from where the walk met them, and from HEAD."""
    story = Story(seed, recorder)
    story.suffix = ".txt"  # in which nothing is told to be moved
    story.tell(30)
    root = recorder.write(checkout=False)
    dice = random.Random(seed)  # noqa: S311 -- dice, not secrets
    ignored = [name.encode() for name in dice.sample(recorder.ids[1:], 4)]
    (tmp_path / "ignored").write_bytes(b"\n".join(ignored) + b"\n")
    lines, moved, _, past = attribute_all(root, ignored)
    assert not moved.files
    with isolated(open_repository(root)) as isolation:
        found = lines.but(reassign(isolation, lines, moved, tuple(ignored), {}, past))
        again = lines.but(reassign(isolation, lines, moved, tuple(ignored), {}, {}))
    for path in found.files:
        told = blame(root, path, f"--ignore-revs-file={tmp_path / 'ignored'}")
        assert found.lines(path) == told, path
        assert again.lines(path) == told, path

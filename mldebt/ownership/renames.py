"""Where a file came from when a commit made it: what `git blame` finds, looking for one file at a time.

The rule is git's own: of all files that the commit deleted, the most similar one, if half of it is alike. Clear cases
are decided here from counted lines, a lower bound of git's measure; close ones are put to git itself as a pair of
made-up trees, so that no heuristic of git is copied and any version of it gives its own answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from mldebt.errors import GitError
from mldebt.git import GitProcess, IsolatedRepository, tree_entry, write_tree
from mldebt.ownership.similarity import ENOUGH, Question, Shelf, Similarity

_SAME_NAME_ENOUGH = 45_000  # from here on git >= 2.31 takes the only deleted file of the same name at once
_SAME_BLOBS_SEEN = 100  # git looks at no more identical sources


class Source(NamedTuple):
    """A file that a commit deleted, or made."""

    path: bytes
    blob: bytes


class Deleted:
    """The plain files that a commit deleted against one parent, in git's order."""

    def __init__(self, statuses: Mapping[bytes, bytes], id_length: int) -> None:
        self.sources: list[Source] = []
        self.by_blob: dict[bytes, list[Source]] = {}
        self.by_name: dict[bytes, list[Source]] = {}
        self.shelf = Shelf()
        self.tree: bytes | None = None  # of all sources, once git was asked about one of them
        for path, record in statuses.items():
            if record.endswith(b"D") and record.startswith(b":100"):
                source = Source(path, record[15 : 15 + id_length])
                self.sources.append(source)
                self.by_blob.setdefault(source.blob, []).append(source)
                self.by_name.setdefault(_name(path), []).append(source)


class Renames:
    """Answers for one repository."""

    def __init__(self, isolation: IsolatedRepository, similarity: Similarity) -> None:
        self._isolation = isolation
        self._similarity = similarity
        self._git: GitProcess | None = None

    def prepare(self, questions: Iterable[tuple[Deleted, Iterable[Source]]]) -> None:
        """Reads at once what `find` is about to be asked: what some commits deleted, and the files that they made."""
        asked = []
        for deleted, made in questions:
            new = [each for each in made if each.blob not in deleted.by_blob]
            if new and deleted.sources:
                names = {_name(each.path) for each in new}
                likely = {old.blob for name in names for old in deleted.by_name.get(name, ())}
                asked.append(Question(deleted.by_blob.keys(), likely, [each.blob for each in new]))
        if asked:
            self._similarity.prepare(asked)

    def find(self, deleted: Deleted, path: bytes, blob: bytes) -> Source | None:
        """The deleted file that became `path`, or None."""
        identical = deleted.by_blob.get(blob)
        if identical:
            name = _name(path)
            seen = identical[:_SAME_BLOBS_SEEN]
            return next((source for source in seen if _name(source.path) == name), seen[0])
        if not deleted.sources:
            return None
        return self._find_similar(deleted, path, blob)

    def end(self) -> None:
        """Ends the git process."""
        if self._git is not None:
            self._git.end()

    def _find_similar(self, deleted: Deleted, path: bytes, blob: bytes) -> Source | None:
        same_name = deleted.by_name.get(_name(path), [])
        only_one = same_name[0].blob if len(same_name) == 1 else None
        if only_one is not None and self._similarity.is_at_least(only_one, blob, _SAME_NAME_ENOUGH):
            return same_name[0]
        candidates = self._similarity.compare(deleted.by_blob.keys(), blob, deleted.shelf)
        if not candidates:
            return None
        best = max(candidates, key=lambda each: candidates[each].least)
        least = candidates[best].least
        others = [each for each in candidates if each != best]
        clear = least >= ENOUGH and all(candidates[other].most < least for other in others)
        if only_one in others and candidates[only_one].most >= _SAME_NAME_ENOUGH:
            clear = False
        if clear and len(deleted.by_blob[best]) == 1:
            return deleted.by_blob[best][0]
        return self._ask(deleted, path, blob)

    def _ask(self, deleted: Deleted, path: bytes, blob: bytes) -> Source | None:
        """Git's answer: each source in a folder of its own under its own name, and one new file. Those that cannot win
        must be there as well: of equals, git takes one that depends on everything it compared before."""
        sources = [source for source in deleted.sources if self._similarity.size(source.blob) is not None]
        if deleted.tree is None:
            folders = (
                tree_entry(b"%09d" % number, self._folder(source.path, source.blob), folder=True)
                for number, source in enumerate(sources)
            )
            deleted.tree = write_tree(self._isolation, folders)
        old = deleted.tree
        new = write_tree(self._isolation, [tree_entry(b"t", self._folder(path, blob), folder=True)])
        if self._git is None:
            command = ["diff-tree", "--stdin", "-r", "-M50%", "-l0", "--raw", "-z", "--no-abbrev"]
            self._git = self._isolation.popen(command)
        # A line that is no object id is repeated in the answer, and makes git write out what it holds.
        self._git.stdin.write(old + b" " + new + b"\n.\n")
        self._git.stdin.flush()
        answer = b""
        while not answer.endswith(b".\n"):
            part = self._git.stdout.read1(1 << 16)
            if not part:
                raise GitError("git diff-tree failed on a rename")
            answer += part
        # ":… A", "t/name" when it is new; ":… R080", source, "t/name" when it was renamed. It sorts last.
        fields = answer.removesuffix(b".\n").split(b"\0")
        target = max(place for place, field in enumerate(fields) if field.startswith(b"t/"))
        source = fields[target - 1]
        return None if source.startswith(b":") else sources[int(source.partition(b"/")[0])]

    def _folder(self, path: bytes, blob: bytes) -> bytes:
        return write_tree(self._isolation, [tree_entry(_name(path), blob)])


def _name(path: bytes) -> bytes:
    return path.rsplit(b"/", 1)[-1]

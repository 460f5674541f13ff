"""Code that a commit changed or deleted beside the files that are followed: what it moved may come from there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mldebt.ownership.blocks import Change
from mldebt.ownership.replay import Node

Record = tuple[bytes, bytes]
"""A path and git's raw record of what happened to it."""


class Beside:
    """What one commit with one parent did to code that is not followed at it. Some of it may be followed at the parent
    for the sake of another branch: `nodes` has that."""

    __slots__ = ("nodes", "parent", "records")

    def __init__(self, parent: bytes, records: Iterable[Record]) -> None:
        self.parent = parent
        self.records = tuple(records)
        self.nodes: dict[bytes, Node] = {}

    def meet(self, following: Mapping[bytes, Node]) -> None:
        """Tells what is followed at the parent."""
        self.nodes = {path: following[path] for path, _ in self.records if path in following}

    def changed(self) -> list[Change]:
        """The files that were changed, in more than their mode."""
        pairs = ((path, record[15:].split(b" ")) for path, record in self.records if record.endswith(b"M"))
        return [Change(path, blobs[0], blobs[1]) for path, blobs in pairs if blobs[0] != blobs[1]]

    def deleted(self, id_length: int) -> list[tuple[bytes, bytes]]:
        """Path and blob of those that were deleted."""
        return [(path, record[15 : 15 + id_length]) for path, record in self.records if record.endswith(b"D")]


class Besides:
    """Those of all commits of a walk."""

    def __init__(self) -> None:
        self._of: dict[bytes, Beside] = {}
        self._awaiting: dict[bytes, list[Beside]] = {}

    def of(self, commit: bytes) -> Beside | None:
        """That of a commit."""
        return self._of.get(commit)

    def awaits(self, beside: Beside) -> bool:
        """Whether the walk has still to come to the parent."""
        return beside.parent in self._awaiting

    def add(self, commit: bytes, parent: bytes, records: Iterable[Record]) -> None:
        """A commit whose parent is still to be met."""
        found = self._of[commit] = Beside(parent, records)
        self._awaiting.setdefault(parent, []).append(found)

    def meet(self, parent: bytes, following: Mapping[bytes, Node]) -> None:
        """A walk came to a commit, of whose children it has seen all."""
        for each in self._awaiting.pop(parent, ()):
            each.meet(following)

    def end(self) -> None:
        """The walk is over: nothing is followed where it did not come to."""
        self._awaiting.clear()

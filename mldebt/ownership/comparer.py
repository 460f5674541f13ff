"""Line differences of a few pairs of blobs, for whoever cannot go on without them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Self

from mldebt.git import GitProcess, IsolatedRepository
from mldebt.ownership.diffs import COMMAND, Differ, made_up_trees
from mldebt.ownership.hunks import Hunks, parse_hunks

_END = b"\n.\n"

Pair = tuple[bytes, bytes]
"""The ids of two versions."""


class Comparer:
    """Asks one git process after another question, which is far cheaper than to start one for each."""

    def __init__(self, isolation: IsolatedRepository) -> None:
        self._isolation = isolation
        self._process: GitProcess | None = None

    def compare(self, pairs: Collection[Pair]) -> Mapping[Pair, Hunks | None]:
        """The hunks of each pair; None where one of its blobs is missing."""
        listed = sorted({(old, new) for old, new in pairs if old != new})
        found: dict[Pair, Hunks | None] = {(old, new): () for old, new in pairs if old == new}
        if listed:
            answer = self._ask(listed)
            hunks = [answer.get(number) for number in range(len(listed))]
            if None in hunks:
                hunks = self._compare_anew(listed)
            found |= zip(listed, hunks, strict=True)
        return found

    def end(self) -> None:
        """Ends the git process."""
        if self._process is not None:
            self._process.end()
            self._process = None

    def _ask(self, pairs: Collection[Pair]) -> Mapping[int, Hunks]:
        """What git says by the number of each pair. It dies of a missing blob."""
        if self._process is None:
            self._process = self._isolation.popen(COMMAND, wide=True)
        trees = made_up_trees(self._isolation, ((number, *pair) for number, pair in enumerate(pairs)))
        answer = bytearray(b"\n")
        try:
            # A line that is no object id is repeated in the answer, and makes git write out what it holds. No line of a
            # file can be taken for it: those start with a sign.
            self._process.stdin.write(trees + b".\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            self.end()
            return {}
        while not answer.endswith(_END):
            part = self._process.stdout.read1(1 << 16)
            if not part:
                self.end()
                break
            answer += part
        return {number: hunks for number, hunks, _ in parse_hunks(bytes(answer))}

    def _compare_anew(self, pairs: Collection[Pair]) -> list[Hunks | None]:
        differ = Differ(self._isolation, workers=1)
        try:
            for old, new in pairs:
                differ.add(old, new)
            return list(differ.finish())
        finally:
            differ.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.end()

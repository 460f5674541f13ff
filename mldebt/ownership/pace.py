"""How far a walk of the history has come, for whoever waits for it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection

from mldebt.git import GitProcess, IsolatedRepository

Progress = Callable[[int, int], None]  # told now and then how many commits were walked, of how many

_REPORT_EVERY = 200


class Pace:
    """Counts the commits of a walk. How many there are is counted by a git of its own, beside the walk."""

    def __init__(self, isolation: IsolatedRepository, progress: Progress) -> None:
        self._isolation = isolation
        self._progress = progress
        self._counting: GitProcess | None = None
        self._total = 0
        self._walked = 0

    def start(self, revisions: Collection[bytes]) -> None:
        """A stretch of history begins."""
        self._counting = self._isolation.popen(["rev-list", "--count", "--stdin"])
        with contextlib.suppress(BrokenPipeError):  # then there is no number, which `step` sees
            self._counting.stdin.write(b"\n".join(revisions) + b"\n")
        self._counting.close_input()

    def step(self) -> None:
        """One commit is done."""
        self._walked += 1
        if self._walked % _REPORT_EVERY == 0:
            if self._counting is not None:
                number = self._counting.stdout.read().strip()
                self._total += int(number) if number.isdigit() else 0
                self.end()
            self._progress(self._walked, max(self._total, self._walked))

    def end(self) -> None:
        """The counting is over, or not needed any more."""
        if self._counting is not None:
            self._counting.end()
            self._counting = None

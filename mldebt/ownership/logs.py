"""The two logs that a survey reads, begun before the rest of its code is loaded: git then has something to show."""

from __future__ import annotations

from typing import Self

from mldebt.git import IsolatedRepository
from mldebt.ownership.commit_log import CommitLog
from mldebt.ownership.raw_log import RawLog


class Logs:
    """The logs of HEAD, or of what came since an earlier survey. `commits` is None where that one knows them all."""

    def __init__(self, isolation: IsolatedRepository, lines_known: bytes | None, people_known: bytes | None) -> None:
        head = (isolation.head or "").encode()
        self.raw = RawLog(isolation, revisions(head, lines_known))
        self.commits = CommitLog(isolation, people_known) if people_known != head else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.end()

    def end(self) -> None:
        """Stops both; may be called twice."""
        self.raw.end()
        if self.commits is not None:
            self.commits.end()


def revisions(head: bytes, known: bytes | None) -> list[bytes]:
    """What to walk where the lines at an earlier commit are known. Files that were not asked for at this same one need
    all of it."""
    return [head] if known is None or known == head else [head, b"^" + known]

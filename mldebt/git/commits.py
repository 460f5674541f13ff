"""What single commits say of themselves, through GitPython on the isolated folder."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from mldebt.errors import GitError
from mldebt.git.command import environment, git_path
from mldebt.git.isolation import IsolatedRepository

if TYPE_CHECKING:
    import git


class Commit(msgspec.Struct, frozen=True, kw_only=True):
    """A commit, to be shown to a person. `time` is when it was written (epoch seconds)."""

    id: str
    subject: str
    author: str
    email: str
    time: int


def read_commits(isolation: IsolatedRepository, ids: Iterable[str]) -> tuple[Commit, ...]:
    """Some commits, in the order asked. Meant for a page of them: a whole history is read faster from the log."""
    if isolation.object_format != "sha1":  # which the library cannot read yet
        return _from_log(isolation, list(ids))
    with _no_git_variables():
        os.environ["GIT_PYTHON_GIT_EXECUTABLE"] = git_path()
        import git  # not at the top: a tenth of a second, and it starts git to ask for its version

        with git.Repo(isolation.git_dir) as repository:
            repository.git.update_environment(**environment())
            try:
                return tuple(_summary(repository.commit(name)) for name in ids)
            except (git.GitError, ValueError) as error:
                raise GitError(f"a commit cannot be read: {error}") from error


@contextlib.contextmanager
def _no_git_variables() -> Iterator[None]:
    """GitPython believes the environment of whoever started us, which in a hook names another repository."""
    taken = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("GIT_")}
    try:
        yield
    finally:
        for name in [name for name in os.environ if name.startswith("GIT_")]:
            del os.environ[name]
        os.environ.update(taken)


def _from_log(isolation: IsolatedRepository, ids: Sequence[str]) -> tuple[Commit, ...]:
    output = isolation.run(
        ["log", "--no-walk=unsorted", "--stdin", "-z", "--format=%H%x00%at%x00%an%x00%ae%x00%s", "--encoding=UTF-8"],
        stdin="\n".join(ids).encode(),
    )
    fields = iter(output.decode(errors="replace").rstrip("\0").split("\0"))
    return tuple(
        Commit(id=name, time=int(time), author=author, email=email, subject=subject)
        for name, time, author, email, subject in zip(fields, fields, fields, fields, fields, strict=True)
    )


def _summary(commit: git.Commit) -> Commit:
    subject = commit.summary if isinstance(commit.summary, str) else commit.summary.decode(errors="replace")
    return Commit(
        id=commit.hexsha,
        subject=subject,
        author=commit.author.name or "",
        email=commit.author.email or "",
        time=commit.authored_date,
    )

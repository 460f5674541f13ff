"""A temporary git folder that shares a repository's objects and nothing else: no config, hook, attribute or ref."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, NamedTuple

from mldebt.errors import GitError
from mldebt.git.command import MINUTE, Argument, GitProcess, run_git
from mldebt.git.repository import ObjectFormat, Repository
from mldebt.store import hold

_PREFIX = "mldebt-git-"
_OLD = 60 * MINUTE
_ROOM = 1 << 30
MEMORY = Path("/dev/shm")  # noqa: S108  # a folder with a random name
"""Where files are in memory, on systems that have such a place."""


class IsolatedRepository(NamedTuple):
    """The folder, and the only way to run git in it. What is written (trees, an index) stays in this folder."""

    git_dir: Path
    head: str | None
    object_format: ObjectFormat

    def run(
        self,
        arguments: Sequence[Argument],
        *,
        stdin: bytes = b"",
        limit: float = 10 * MINUTE,
        variables: Mapping[str, str] | None = None,
    ) -> bytes:
        """The output of a git command; GitError with git's own words when it fails."""
        code, output, error = run_git(
            [f"--git-dir={self.git_dir}", *arguments],
            folder=self.git_dir,
            stdin=stdin,
            limit=limit,
            variables=variables,
        )
        if code:
            words = " ".join(map(os.fsdecode, arguments[:1]))
            raise GitError(f"git {words} failed: {error.decode(errors='replace').strip() or f'exit code {code}'}")
        return output

    def ask(self, arguments: Sequence[Argument], *, limit: float = 10 * MINUTE) -> tuple[int, bytes]:
        """Exit code and output of a git command whose exit code is an answer."""
        code, output, _ = run_git([f"--git-dir={self.git_dir}", *arguments], folder=self.git_dir, limit=limit)
        return code, output

    def popen(
        self,
        arguments: Sequence[Argument],
        *,
        output: IO[bytes] | None = None,
        limit: float = 30 * MINUTE,
        wide: bool = False,
    ) -> GitProcess:
        """A git process with open pipes; `output` sends what it prints to a file, `wide` asks for large pipes."""
        return GitProcess(
            [f"--git-dir={self.git_dir}", *arguments], folder=self.git_dir, output=output, limit=limit, wide=wide
        )


@contextlib.contextmanager
def isolated(repository: Repository, *, large: bool = False) -> Iterator[IsolatedRepository]:
    """The isolated folder of a repository, for the time of the `with` block; `large` where whole trees are put in."""
    place = _temporary_place(None if large else repository)
    sweep(place)
    folder = place / f"{_PREFIX}{os.getpid()}-{os.urandom(8).hex()}"
    try:
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise GitError(f"no temporary folder can be made in {place}: {error.strerror or error}") from error
    try:
        with (folder / "lock").open("wb") as lock:
            hold(lock)
            try:
                _lay(folder, repository)
            except OSError as error:
                why = error.strerror or error
                raise GitError(f"the history of {repository.root} cannot be read by way of {place}: {why}") from error
            yield IsolatedRepository(git_dir=folder, head=repository.head, object_format=repository.object_format)
    finally:
        _remove(folder)


def sweep(place: Path) -> None:
    """Removes folders that killed runs of this user left behind."""
    with contextlib.suppress(OSError):
        for entry in os.scandir(place):
            if entry.name.startswith(_PREFIX) and _abandoned(entry):
                _remove(Path(entry.path))


def _temporary_place(repository: Repository | None) -> Path:
    """Where temporary folders go: where the environment says, or else, for what is told of one repository, into memory,
    where a file is made at a tenth of the cost. Python's own search for the place and what removes folders load much
    that is of no use here, which on a small repository is a tenth of all time."""
    named = [os.environ[name] for name in ("TMPDIR", "TEMP", "TMP") if os.environ.get(name)]
    if not named and repository is not None and _fits_memory(repository):
        return MEMORY
    usual = ("/tmp", "/var/tmp", "/usr/tmp") if os.name == "posix" else ()  # noqa: S108  # a folder with a random name
    for folder in (*named, *usual):
        place = Path(folder).absolute()
        if place.is_dir() and os.access(place, os.W_OK | os.X_OK):
            return place
    import tempfile

    return Path(tempfile.gettempdir())


def _fits_memory(repository: Repository) -> bool:
    """Whether there is far more room than a history of this size could take."""
    try:
        state = os.statvfs(MEMORY)
        packed = sum(entry.stat().st_size for entry in os.scandir(repository.common_dir / "objects/pack"))
    except (OSError, AttributeError):  # not all systems have the one or the other
        return False
    return state.f_bavail * state.f_frsize > _ROOM + 4 * packed and os.access(MEMORY, os.W_OK | os.X_OK)


def _remove(folder: Path) -> None:
    """Removes a folder and what is in it, as far as that is possible; links are not followed."""
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            if entry.is_dir(follow_symlinks=False):
                _remove(Path(entry.path))
            else:
                with contextlib.suppress(OSError):
                    os.unlink(entry.path)  # noqa: PTH108  # a history leaves hundreds of these
        folder.rmdir()


def _lay(folder: Path, repository: Repository) -> None:
    for part in ("objects/info", "objects/pack", "refs"):
        (folder / part).mkdir(parents=True)
    objects = os.fsencode(repository.common_dir / "objects")
    (folder / "objects/info/alternates").write_bytes(_quoted(objects) + b"\n")
    (folder / "HEAD").write_text((repository.head or "ref: refs/heads/unborn") + "\n")
    config = "[core]\n\tbare = true\n\trepositoryformatversion = "
    if repository.object_format == "sha1":
        config += "0\n"
    else:
        config += f"1\n[extensions]\n\tobjectformat = {repository.object_format}\n"
    (folder / "config").write_text(config)
    if repository.shallow:
        (folder / "shallow").write_bytes((repository.common_dir / "shallow").read_bytes())


def _quoted(path: bytes) -> bytes:
    """A line of `alternates`: git reads a leading double quote as the start of a C string and `#` as a comment."""
    if b"\n" not in path and not path.startswith((b'"', b"#")):
        return path
    return b'"' + path.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n") + b'"'


def _abandoned(entry: os.DirEntry[str]) -> bool:
    """Old, ours, and the lock of the run that made it is free."""
    try:
        state = entry.stat(follow_symlinks=False)
        ours = not hasattr(os, "getuid") or state.st_uid == os.getuid()
        if not ours or not entry.is_dir(follow_symlinks=False) or time.time() - state.st_mtime < _OLD:
            return False
        with Path(entry.path, "lock").open("ab") as lock:
            return hold(lock)
    except OSError:
        return False

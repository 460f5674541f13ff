"""Starts git: by absolute path, with an environment built from nothing, no terminal, and a time limit."""

from __future__ import annotations

import _thread
import contextlib
import functools
import io
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self, cast

from mldebt.errors import GitError

if TYPE_CHECKING:
    import subprocess

OLDEST_GIT = "2.25"
MINUTE = 60.0

_LOOK = 0.5

_WIDE = 1 << 16  # bytes that are read at once from a pipe through which much comes
_KEPT_MEMORY = str(64 << 20)

Argument = str | bytes


def run_git(
    arguments: Sequence[Argument],
    *,
    folder: Path,
    stdin: bytes = b"",
    limit: float = 10 * MINUTE,
    variables: Mapping[str, str] | None = None,
) -> tuple[int, bytes, bytes]:
    """Exit code, output and error output of one git command run in `folder`."""
    import subprocess  # not at the top: a scan without git must not pay for it

    try:
        done = subprocess.run(  # noqa: S603 -- git by absolute path, no shell
            [git_path(), *arguments],
            cwd=folder,
            input=stdin,
            capture_output=True,
            env=environment() | dict(variables or {}),
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise GitError(f"git {_verb(arguments)} took longer than {limit:.0f} s and was stopped") from error
    except OSError as error:
        raise GitError(f"git could not be started: {error.strerror or error}") from error
    return done.returncode, done.stdout, done.stderr


class GitProcess:
    """A git process that talks through pipes; leaving the `with` block ends it."""

    def __init__(
        self, arguments: Sequence[Argument], *, folder: Path, output: IO[bytes] | None, limit: float, wide: bool
    ) -> None:
        import subprocess

        try:
            self._process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 -- as above
                [git_path(), *arguments],
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE if output is None else output,
                stderr=subprocess.DEVNULL,
                env=environment(),
                bufsize=_WIDE if wide else -1,
            )
        except OSError as error:
            raise GitError(f"git could not be started: {error.strerror or error}") from error
        if wide:
            _widen(self._process.stdin)
            _widen(self._process.stdout)
        _watch.begin(self._process, limit)

    @property
    def stdin(self) -> IO[bytes]:
        """Where git reads from."""
        return cast(IO[bytes], self._process.stdin)

    @property
    def stdout(self) -> io.BufferedReader:
        """What git writes, unless it was told to write to a file."""
        return cast(io.BufferedReader, self._process.stdout)

    def close_input(self) -> None:
        """Tells git that no more comes."""
        _close(self._process.stdin)

    def has_ended(self) -> bool:
        """Whether git is done, or gave up."""
        return self._process.poll() is not None

    def finish(self) -> int:
        """Closes git's input and waits for its exit code."""
        self.close_input()
        code = self._process.wait()
        self.end()
        return code

    def end(self) -> None:
        """Stops git if it still runs and frees what belongs to it; may be called twice."""
        _watch.end(self._process)
        self._process.kill()
        _close(self._process.stdin)
        _close(self._process.stdout)
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.end()


class _Watch:
    """Stops processes that take too long. One thread does it for all: to start one for each took longer than git."""

    def __init__(self) -> None:
        self._until: dict[subprocess.Popen[bytes], float] = {}
        self._watcher = 0  # the process whose thread it is: a fork has none

    def begin(self, process: subprocess.Popen[bytes], limit: float) -> None:
        """Lets a process have so many seconds."""
        self._until[process] = time.monotonic() + limit
        if self._watcher != os.getpid():
            self._watcher = os.getpid()
            _thread.start_new_thread(self._look, ())

    def end(self, process: subprocess.Popen[bytes]) -> None:
        """It is over; may be told twice."""
        self._until.pop(process, None)

    def _look(self) -> None:
        while True:
            time.sleep(_LOOK)
            for process, until in list(self._until.items()):
                if time.monotonic() > until:
                    process.kill()


_watch = _Watch()


@functools.cache
def git_path() -> str:
    """The absolute path of the git program."""
    found = next(filter(_is_program, (Path(folder, "git") for folder in _search_path().split(os.pathsep))), None)
    if found is not None:
        return str(found)
    import shutil  # knows the endings that programs have on Windows, and is dear to load

    program = shutil.which("git", path=_search_path())
    if program is None:
        raise GitError(f"git was not found on PATH; install git {OLDEST_GIT} or later")
    return program


def _is_program(file: Path) -> bool:
    return file.is_file() and os.access(file, os.X_OK)


@functools.cache
def environment() -> dict[str, str]:
    """All that git may know of the user: nothing that could run a program, ask a question or open a connection."""
    nowhere = str(Path(os.sep, "nonexistent"))
    built = {
        "PATH": _search_path(),
        "HOME": nowhere,
        "XDG_CONFIG_HOME": nowhere,
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_PAGER": "cat",
        # Keeps what was freed: most of what git needs from the system, it takes and gives back for every blob. Only the
        # C library of GNU reads these, and old ones not all of them.
        "MALLOC_MMAP_THRESHOLD_": _KEPT_MEMORY,
        "MALLOC_TRIM_THRESHOLD_": _KEPT_MEMORY,
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",  # large pages: the memory of a blob comes at once, not in 4 KB
    }
    for name in ("SYSTEMROOT", "TMPDIR"):  # the first is needed to start any program on Windows
        if name in os.environ:
            built[name] = os.environ[name]
    return built


def _search_path() -> str:
    """PATH without relative entries: a `git` lying in the scanned folder must never be the one that is run."""
    entries = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(entry for entry in entries if Path(entry).is_absolute())


def _verb(arguments: Sequence[Argument]) -> str:
    words = (word for word in map(os.fsdecode, arguments) if not word.startswith("-"))
    return next(words, "")


def _widen(pipe: IO[bytes] | None) -> None:
    """Lets whoever writes go on while the reader is busy. Systems may refuse, which costs only time."""
    if pipe is not None and sys.platform == "linux":
        import fcntl

        with contextlib.suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 1 << 20)


def _close(stream: IO[bytes] | None) -> None:
    if stream is not None:
        with contextlib.suppress(BrokenPipeError):  # git ended before it read everything; its exit code tells
            stream.close()

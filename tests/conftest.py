import contextlib
import multiprocessing
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, settings

# No test depends on the clock or on luck: made-up input is the same every time, however slow the machine.
settings.register_profile("house", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

Content = str | bytes


@contextlib.contextmanager
def one_process() -> Iterator[None]:
    """A pool's own worker may have no children, so that files are parsed right here: many times faster."""
    told = multiprocessing.current_process()._config  # type: ignore[attr-defined]
    before = told.get("daemon")
    told["daemon"] = True
    try:
        yield
    finally:
        told["daemon"] = before


@pytest.fixture
def quick() -> Iterator[None]:
    """For tests that scan small texts in their hundreds."""
    with one_process():
        yield


ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "LC_ALL": "C",
}
DAY = 86_400
FIRST_DAY = 1_600_000_000


def git(root: Path, *arguments: str | bytes, stdin: bytes = b"") -> bytes:
    """What plain git prints, without the configuration of whoever runs the tests."""
    done = subprocess.run(
        ["git", "-C", root, *arguments], input=stdin, capture_output=True, env=ENVIRONMENT, check=False
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout


class Recorder(msgspec.Struct):
    """Builds a real repository from whole snapshots: `commit` notes one, `write` makes them all."""

    root: Path
    object_format: str = "sha1"
    _stream: list[bytes] = msgspec.field(default_factory=list)
    _count: int = 0
    _snapshot: dict[str | bytes, Content] = msgspec.field(default_factory=dict)
    ids: list[str] = msgspec.field(default_factory=list)

    def commit(
        self,
        files: Mapping[str, Content | None] | Mapping[bytes, Content | None],
        *,
        parents: Sequence[int] | None = None,
        author: str = "Ann Archer <ann@corp.org>",
        committer: str = "",
        day: float | None = None,
        message: Content = "change",
        whole: bool = False,
        modes: Mapping[str, str] | None = None,
    ) -> int:
        """Changes to the last snapshot (None removes a file), or a whole new one; returns the commit's number."""
        self._snapshot = {} if whole else dict(self._snapshot)
        for path, content in files.items():
            if content is None:
                self._snapshot.pop(path, None)
            else:
                self._snapshot[path] = content
        if parents is None:
            parents = [self._count] if self._count else []
        self._count += 1
        moment = FIRST_DAY + int((self._count if day is None else day) * DAY)
        text = message if isinstance(message, bytes) else message.encode()
        lines = [
            b"commit refs/heads/built",
            b"mark :%d" % self._count,
            f"author {author} {moment} +0000".encode(),
            f"committer {committer or author} {moment} +0000".encode(),
            b"data %d\n%b" % (len(text), text),
            *(b"%b :%d" % (b"merge" if place else b"from", parent) for place, parent in enumerate(parents)),
            b"deleteall",
        ]
        if not parents:
            lines.insert(0, b"reset refs/heads/built\n")
        for path, content in self._snapshot.items():
            name = path if isinstance(path, bytes) else path.encode()
            data = content if isinstance(content, bytes) else content.encode()
            mode = (modes or {}).get(path if isinstance(path, str) else "", "100644").encode()
            quoted = name.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
            if mode == b"160000":
                lines.append(b'M 160000 %b "%b"' % (data, quoted))
            else:
                lines.append(b'M %b inline "%b"\ndata %d\n%b' % (mode, quoted, len(data), data))
        self._stream.append(b"\n".join(lines) + b"\n\n")
        return self._count

    def write(self, *, checkout: bool = True) -> Path:
        """Makes the repository; its HEAD is the last commit."""
        self.root.mkdir(parents=True, exist_ok=True)
        git(self.root, "init", "-q", "-b", "main", f"--object-format={self.object_format}")
        marks = self.root / ".git" / "marks"
        git(
            self.root,
            "fast-import",
            "--quiet",
            f"--export-marks={marks}",
            "--done",
            stdin=b"".join(self._stream) + b"done\n",
        )
        numbered = dict(line.split(" ") for line in marks.read_text().splitlines())
        self.ids = [numbered[f":{number}"] for number in range(1, self._count + 1)]
        git(self.root, "update-ref", "refs/heads/main", self.ids[-1])
        if checkout:
            git(self.root, "reset", "-q", "--hard")
        return self.root

    def id(self, number: int) -> str:
        """The id of a commit, once written."""
        return self.ids[number - 1]


@pytest.fixture
def recorder(tmp_path: Path) -> Recorder:
    """A repository to be built at `tmp_path / "repo"`."""
    return Recorder(tmp_path / "repo")


@pytest.fixture
def plain_git() -> Callable[..., bytes]:
    """Plain git, run in a folder."""
    return git

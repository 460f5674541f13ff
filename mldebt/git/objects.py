"""Reads many objects through one git process, and writes trees and blobs that only the isolated folder holds."""

from __future__ import annotations

import binascii
import contextlib
import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Self

from mldebt.errors import GitError
from mldebt.git.command import GitProcess
from mldebt.git.isolation import IsolatedRepository

_BATCH = 512  # so many ids fit the pipe to git while its answers wait in the other one


class BlobReader:
    """Sizes and contents of objects; None for one that is missing, as in a partial clone."""

    def __init__(self, isolation: IsolatedRepository) -> None:
        self._isolation = isolation
        self._processes: dict[str, GitProcess] = {}

    def contents(self, ids: Sequence[bytes]) -> Iterator[bytes | None]:
        """The content of each object, in the order asked."""
        for start in range(0, len(ids), _BATCH):
            part = ids[start : start + _BATCH]
            yield from _contents(self._ask("--batch", part), len(part))

    def sizes(self, ids: Sequence[bytes]) -> Iterator[int | None]:
        """The size of each object, in the order asked, without reading it."""
        for start in range(0, len(ids), _BATCH):
            part = ids[start : start + _BATCH]
            answers = self._ask("--batch-check", part)
            for _ in part:
                yield _size(answers.readline())

    def end(self) -> None:
        """Ends the git processes; whoever asks again, starts them anew."""
        for process in self._processes.values():
            process.end()
        self._processes.clear()

    def _ask(self, mode: str, ids: Sequence[bytes]) -> IO[bytes]:
        process = self._processes.get(mode)
        if process is None:
            process = self._processes[mode] = self._isolation.popen(["cat-file", mode], wide=True)
        try:
            process.stdin.write(b"\n".join(ids) + b"\n")
            process.stdin.flush()
        except BrokenPipeError as error:
            raise GitError("git cat-file ended early") from error
        return process.stdout

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.end()


class BlobStream:
    """Contents of objects that are likely to be asked for, some after others: git reads them while whoever will ask
    does something else."""

    def __init__(self, isolation: IsolatedRepository) -> None:
        self._isolation = isolation
        self._process: GitProcess | None = None
        self._groups = 0
        self._unsent: deque[tuple[int, bytes]] = deque()
        self._sent: deque[tuple[int, bytes]] = deque()

    def expect(self, ids: Iterable[bytes]) -> int:
        """The number of a group of objects, which come after all that were told before."""
        self._groups += 1
        self._unsent.extend((self._groups, name) for name in ids)
        self._send()
        return self._groups

    def take(self, group: int) -> dict[bytes, bytes | None]:
        """The contents of a group, or of what is left of it; groups that were told before are let go."""
        found: dict[bytes, bytes | None] = {}
        while self._process is not None and self._sent and self._sent[0][0] <= group:
            (content,) = _contents(self._process.stdout, 1)
            number, name = self._sent.popleft()
            if number == group:
                found[name] = content
            self._send()
        return found

    def end(self) -> None:
        """Stops git."""
        if self._process is not None:
            self._process.end()

    def _send(self) -> None:
        """Asks for no more than fits the pipe to git: it reads no further where nobody takes what it has."""
        if not self._unsent or len(self._sent) > _BATCH // 2:
            return
        some = [self._unsent.popleft() for _ in range(min(len(self._unsent), _BATCH - len(self._sent)))]
        if self._process is None:
            self._process = self._isolation.popen(["cat-file", "--batch"], wide=True)
        with contextlib.suppress(BrokenPipeError):  # whoever takes the answers sees that none come
            self._process.stdin.write(b"".join(name + b"\n" for _, name in some))
            self._process.stdin.flush()
        self._sent.extend(some)


class AwaitedBlobs:
    """Contents of objects, which git begins to write at once, into a file."""

    def __init__(self, isolation: IsolatedRepository, ids: Sequence[bytes]) -> None:
        file = isolation.git_dir / f"contents-{os.urandom(4).hex()}"
        with file.open("wb") as output:
            self._process = isolation.popen(["cat-file", "--batch", "--buffer"], output=output, wide=True)
        self._written = file.open("rb")  # closed by `close`
        self._count = len(ids)
        with contextlib.suppress(BrokenPipeError):  # its exit code tells
            self._process.stdin.write(b"\n".join(ids) + b"\n" * bool(ids))
        self._process.close_input()

    def contents(self) -> Iterator[bytes | None]:
        """Waits for git; the content of each object, in the order asked. May be asked once."""
        if self._process.finish():
            raise GitError("git cat-file failed")
        yield from _contents(self._written, self._count)

    def close(self) -> None:
        """Stops git and lets the file go; may be called twice."""
        self._process.end()
        self._written.close()


def tree_entry(name: bytes, object_id: bytes, *, folder: bool = False) -> bytes:
    """One entry of a tree object; `object_id` in hex."""
    return (b"40000 " if folder else b"100644 ") + name + b"\0" + binascii.unhexlify(object_id)


def write_tree(isolation: IsolatedRepository, entries: Iterable[bytes]) -> bytes:
    """Writes a tree of entries that are already in git's order; its id in hex."""
    return _write(isolation, b"tree", b"".join(entries))


def write_blob(isolation: IsolatedRepository, content: bytes) -> bytes:
    """Writes a blob; its id in hex."""
    return _write(isolation, b"blob", content)


def _write(isolation: IsolatedRepository, kind: bytes, body: bytes) -> bytes:
    import hashlib  # not at the top: histories in which nothing was changed have no use for them
    import zlib

    raw = b"%b %d\0%b" % (kind, len(body), body)
    name = hashlib.new(isolation.object_format, raw, usedforsecurity=False).hexdigest()
    folder = f"{isolation.git_dir}/objects/{name[:2]}"
    packed = zlib.compress(raw, 0)  # it lives for seconds: not worth making it smaller
    with contextlib.suppress(FileExistsError):
        os.mkdir(folder)  # noqa: PTH102  # a history takes hundreds of these
    with open(f"{folder}/{name[2:]}", "wb", buffering=0) as file:  # noqa: PTH123
        file.write(packed)
    return name.encode()


def _contents(answers: IO[bytes], count: int) -> Iterator[bytes | None]:
    """What git answers; the line end after each content is read before it is given away: a caller may stop at any."""
    for _ in range(count):
        size = _size(answers.readline())
        content = None if size is None else answers.read(size)
        if content is not None:
            answers.read(1)
        yield content


def _size(answer: bytes) -> int | None:
    """The size in "id type size"; None for "id missing"."""
    words = answer.split()
    if len(words) < 2:
        raise GitError("git cat-file ended early")
    return int(words[2]) if len(words) == 3 else None

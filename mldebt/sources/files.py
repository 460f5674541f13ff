"""Reads the bytes of a regular file, and says in words why it cannot be read."""

from __future__ import annotations

import os
import stat

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)  # a named pipe must not make us wait
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)

_KINDS = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def irregular(state: os.stat_result) -> str:
    """What stands there instead of a regular file, "" when it is one."""
    if stat.S_ISREG(state.st_mode):
        return ""
    return next((f"not a regular file: {name}" for test, name in _KINDS if test(state.st_mode)), "not a regular file")


def too_large(size: int, limit: int) -> str:
    """The reason why a file of this size is not read, "" when it is."""
    return f"{size:,} bytes, over the limit of {limit:,}" if size > limit else ""


def read_bytes(path: str, limit: int) -> bytes | str:
    """The content, or the reason why there is none."""
    try:
        handle = os.open(path, _FLAGS)
    except OSError as error:
        return unreadable(error)
    try:
        state = os.fstat(handle)
        wrong = irregular(state) or too_large(state.st_size, limit)
        return wrong or _read_all(handle, state.st_size, limit)
    except OSError as error:
        return unreadable(error)
    finally:
        os.close(handle)


def unreadable(error: OSError) -> str:
    """The system's words for a failed read."""
    return f"cannot be read: {error.strerror or error}"


def _read_all(handle: int, size: int, limit: int) -> bytes | str:
    data = os.read(handle, size + 1)
    if len(data) == size:
        return data
    parts = [data]  # it grows while it is read, or the system hands it out in pieces
    total = len(data)
    while data and total <= limit:
        data = os.read(handle, 1 << 20)
        parts.append(data)
        total += len(data)
    return too_large(total, limit) or b"".join(parts)

"""Bytes of a Python file to text, as the interpreter would read them."""

from __future__ import annotations

import re

from mldebt.regex import regex

_BOM = b"\xef\xbb\xbf"
_COOKIE = regex(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = regex(rb"^[ \t\f]*(?:#.*)?$")
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
_POINTER = b"version https://git-lfs.github.com/spec/"


class UndecodableError(Exception):
    """Why some bytes are no text; `str()` of it is the reason."""


def decode_python(data: bytes) -> str:
    """The text without its byte order mark, with its newlines and form feeds as they are."""
    refuse_pointer(data)
    if data.startswith(_WIDE_MARKS):
        raise UndecodableError("UTF-16 or UTF-32 text, which Python does not read")
    has_mark = data.startswith(_BOM)
    body = data[len(_BOM) :] if has_mark else data
    if b"\0" in body:
        raise UndecodableError(f"NUL byte at line {_line_at(body, body.index(0))}")
    cookie = _declared(body)
    encoding = cookie or "utf-8"
    if has_mark and encoding.lower().replace("_", "-") not in ("utf-8", "utf8", "utf-8-sig"):
        raise UndecodableError(f"a UTF-8 byte order mark, but declared as {encoding}")
    try:
        return body.decode(encoding)
    except LookupError as error:
        raise UndecodableError(f"declares the unknown encoding {encoding!r}") from error
    except UnicodeDecodeError as error:
        where = f"byte 0x{body[error.start]:02x} at line {_line_at(body, error.start)}"
        what = f"not {encoding} text, as it declares" if cookie else "not UTF-8 text, and declares no encoding"
        raise UndecodableError(f"{what} ({where})") from error
    except UnicodeError as error:
        raise UndecodableError(f"not {encoding} text") from error


def decode_text(data: bytes) -> str:
    """Any text that people write: UTF-8, UTF-16 with a mark, or Latin-1 when it is neither. Newlines become "\\n"."""
    refuse_pointer(data)
    try:
        text = data.decode("utf-16" if data.startswith(_WIDE_MARKS) else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    if "\0" in text:
        raise UndecodableError("binary, not text")
    return unify_newlines(text)


def unify_newlines(text: str) -> str:
    """The text with every kind of line end that Python knows as "\\n"."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def refuse_pointer(data: bytes) -> None:
    """Git LFS leaves a small text in place of a file that was not downloaded."""
    if data.startswith(_POINTER):
        raise UndecodableError("a Git LFS pointer; `git lfs pull` brings the file")


def _declared(data: bytes) -> str:
    """The encoding that one of the first two lines declares (PEP 263)."""
    for line in re.split(rb"\r\n|\r|\n", data[:1024], maxsplit=2)[:2]:
        found = _COOKIE.match(line)
        if found:
            return found.group(1).decode("ascii", "replace")
        if not _BLANK.match(line):
            return ""
    return ""


def _line_at(data: bytes, offset: int) -> int:
    before = data[:offset].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return before.count(b"\n") + 1

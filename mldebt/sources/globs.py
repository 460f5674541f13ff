"""Path patterns as gitignore reads them: `*` stays in a folder, `**` does not, a name alone fits at any depth."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether any of the patterns covers the path of a file."""
    return any(compile_glob(pattern).match(path) for pattern in patterns)


@functools.cache
def compile_glob(pattern: str) -> re.Pattern[str]:
    """A regular expression for `match` that accepts the files a pattern covers. A pattern with a slash at its start
    or inside it hangs at the root; one that names a folder covers everything below."""
    anchored = "/" in pattern.rstrip("/")
    only_below = pattern.endswith("/")
    body = _translate(pattern.strip("/"))
    start = "" if anchored or body.startswith("(?:.*/)?") else "(?:.*/)?"
    end = r"/.*\Z" if only_below else r"(?:/.*)?\Z"
    return re.compile(start + body + end, re.DOTALL)


def _translate(pattern: str) -> str:
    parts = []
    at = 0
    while at < len(pattern):
        if pattern.startswith("**/", at) and (at == 0 or pattern[at - 1] == "/"):
            parts.append("(?:.*/)?")
            at += 3
            continue
        if pattern.startswith("**", at):
            parts.append(".*")
            at += 2
            continue
        piece, at = _translate_one(pattern, at)
        parts.append(piece)
    return "".join(parts)


def _translate_one(pattern: str, at: int) -> tuple[str, int]:
    """The expression for one sign of a pattern, and where the next one starts."""
    sign = pattern[at]
    if sign == "*":
        return "[^/]*", at + 1
    if sign == "?":
        return "[^/]", at + 1
    if sign == "\\" and at + 1 < len(pattern):
        return re.escape(pattern[at + 1]), at + 2
    if sign == "[":
        close = pattern.find("]", at + 2)
        if close > 0:
            inside = pattern[at + 1 : close].replace("\\", "\\\\").replace("[", "\\[")
            negated = inside[0] in "!^"
            return f"[{'^' if negated else ''}{inside[1:] if negated else inside}]", close + 1
    return re.escape(sign), at + 1

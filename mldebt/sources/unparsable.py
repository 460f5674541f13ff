"""Says in a few words why a text is not Python 3."""

from __future__ import annotations

import re

from mldebt.regex import regex
from mldebt.sources.magics import syntax_error

_CONFLICT = (
    re.compile(r"^<{7} ", re.MULTILINE),
    re.compile(r"^={7}$", re.MULTILINE),
    re.compile(r"^>{7} ", re.MULTILINE),
)
_PLACEHOLDER = regex(r"\{\{\s*[-~]?\s*[\w.|'\" ()-]+\s*\}\}|\{%[-+]?\s*\w|\{#.*#\}|<%[=\s]|\$\{\w+\}|<[A-Z][A-Z_]+>")
_MAGIC_LINE = regex(r"[ \t]*(?:%{1,2}[a-z]\w*|!\s*\w+)")
_PYTHON_2_LINE = regex(
    r"""^\s*print\s+(?![=(.\[,)])\S | \bexcept\s+(?:[\w.]+|\(.*\))\s*,\s*[a-z_]\w*\s*:
    | ^\s*exec\s+[\w'"] | \braise\s+[\w.]+\s*,\s*\S | <> | `[^`]+` | \b\d+[lL]\b | \b0[0-7]+\b | \b[uU][rR]['"]
    | \bdef\s+\w+\((?:[^()=]*,\s*)?\(\w""",
    re.VERBOSE,
)
_PYTHON_2_WORDS = ("Missing parentheses in call", "leading zeros in decimal")


def why_unparsable(text: str) -> str:
    """The likeliest reason, with the line."""
    error = syntax_error(text)
    if error is None:
        return "valid Python that the parser gives up on"
    number = error.lineno or 1
    lines = text.split("\n")
    line = lines[number - 1] if number <= len(lines) else ""
    where = f"line {number}"
    if all(mark.search(text) for mark in _CONFLICT):
        return "merge conflict markers"
    if any(word in error.msg for word in _PYTHON_2_WORDS) or _PYTHON_2_LINE.search(line):
        return f"Python 2 ({where}: {line.strip()[:60]})"
    if _PLACEHOLDER.search(line) or _PLACEHOLDER.search(_around(lines, number)):
        return f"template placeholders ({where})"
    if _MAGIC_LINE.match(line):
        return f"IPython magics in a script ({where})"
    return f"syntax error: {error.msg} ({where})"


def _around(lines: list[str], number: int) -> str:
    """An error is often told on the line after the one that made it."""
    return "\n".join(lines[max(number - 3, 0) : number])

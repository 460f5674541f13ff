"""Turns what only IPython understands into Python that does nothing, line for line."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterator, Sequence

from mldebt.regex import regex

# Cell magics that run the cell as Python, here and now. An unknown one is taken to do the same when its cell parses.
_PYTHON_CELL = frozenset(
    """time timeit capture prun memit mprun lprun scalene snakeviz heat wandb local spark pyspark px debug add_to skip
    ipytest run_pytest tracking mlflow_run notify""".split()
)
_OTHER_CELL = frozenset(
    """bash sh script html HTML javascript js latex markdown svg perl ruby cmd system sx ! writefile file writetemplate
    sql bigquery R julia cython cpp cu cuda ocaml scala sparksql configure python python2 python3 pypy mermaid dot css
    powershell send_to_spark pretty bq kql athena redshift ai template""".split()
)
_COMMANDS = (
    "pip3?|conda|mamba|apt|apt-get|git|wget|curl|python3?|cd|ls|ll|cat|mkdir|rmdir|rm|cp|mv|pwd|echo|unzip|tar"
    "|run|load_ext|reload_ext|autoreload|matplotlib|pylab|reset|whos?"
)
_TIMED = regex(r"(?P<indent>[ \t]*)%(?:time|timeit|prun|memit)[ \t]+(?:-\w+(?:[ \t]*\d+)?[ \t]+)*(?P<code>[^-\s].*)")
_ASSIGNED = regex(r"(?P<target>[ \t]*[A-Za-z_][\w.,\[\]'\" \t]*?)[ \t]*=[ \t]*(?P<command>(?:!|%(?=\w)).*)", re.DOTALL)
_MAGIC = regex(r"[ \t]*(?:%{1,2}[ \t]*[A-Za-z_]|!|\?)")
_HELP = regex(r"[ \t]*[%\w.\[\]*'\"()]+\?{1,2}[ \t]*(?:#.*)?\Z")
_BARE_COMMAND = regex(
    rf"[ \t]*(?:{_COMMANDS})(?:[ \t]+(?![-+*/%&|^<>@]*=|[(\[,]).*)?\Z"
)  # IPython runs these without a sign
_CONTINUES = regex(r"(?:[ \t)\]}#]|(?:elif|else|except|finally)\b|\Z)")
_TOKEN = regex(
    r"""(?P<comment>\#[^\n]*)|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<newline>\n)|(?P<joined>\\\n)
    |(?P<string>\"{3}(?:[^\\]|\\.)*?(?:\"{3}|\Z)|'{3}(?:[^\\]|\\.)*?(?:'{3}|\Z)|\"(?:[^\\\"\n]|\\.)*[\"\n]?|'(?:[^\\'\n]|\\.)*['\n]?)
    |[^\#()\[\]{}\n\\'\"]+|.""",
    re.DOTALL | re.VERBOSE,
)
_TOP_LEVEL_AWAIT = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


Parses = Callable[[str], bool]


def to_python(lines: Sequence[str], parses: Parses | None = None) -> tuple[list[str], str]:
    """The cell as Python, with as many lines, and what is wrong with it ("" when nothing). A cell in another language
    becomes blank, and so do the broken statements of a cell. `parses` is asked about what this interpreter is too old
    to read."""
    blank = [""] * len(lines)
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is None:
        return blank, ""
    lines = _dedent(lines, first)
    if not lines[first].startswith("%%"):
        return _checked(lines, parses)
    words = lines[first][2:].split()
    magic = words[0] if words else ""
    if magic in _OTHER_CELL:
        return blank, ""
    body, wrong = _checked([*lines[:first], _comment(lines[first], ""), *lines[first + 1 :]], parses)
    if wrong and magic not in _PYTHON_CELL:
        return blank, ""
    return body, wrong


def syntax_error(text: str) -> SyntaxError | None:
    """What the running interpreter has against a text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape in somebody's string is not ours to report
            compile(text, "<cell>", "exec", _TOP_LEVEL_AWAIT, dont_inherit=True)
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError) as error:  # NUL bytes, and nesting beyond the parser's stack
        return SyntaxError(str(error) or "nested too deeply")
    return None


def _checked(lines: list[str], parses: Parses | None) -> tuple[list[str], str]:
    if _error(lines, None) is None:
        return lines, ""
    lines = list(_without_magics(lines))
    error = _error(lines, parses)
    if error is None:
        return lines, ""
    kept: list[str] = []
    for statement in _statements(lines):
        kept += statement if _error(statement, parses) is None else [""] * len(statement)
    if _error(kept, parses) is not None:
        kept = [""] * len(lines)
    return kept, f"{error.msg} (line {error.lineno or 1})"


def _error(lines: Sequence[str], parses: Parses | None) -> SyntaxError | None:
    text = "\n".join(lines) + "\n"
    error = syntax_error(text)
    return None if error is None or (parses is not None and parses(text)) else error


def _statements(lines: Sequence[str]) -> Iterator[list[str]]:
    """The lines of each statement at the top of a cell."""
    starts = _statement_starts("\n".join(lines) + "\n")
    statement: list[str] = []
    for number, line in enumerate(lines):
        decorated = statement and statement[-1].startswith("@")
        if statement and number in starts and not decorated and not _CONTINUES.match(line):
            yield statement
            statement = []
        statement.append(line)
    if statement:
        yield statement


def _dedent(lines: Sequence[str], first: int) -> list[str]:
    """IPython lets a cell be indented as a whole."""
    indent = lines[first][: len(lines[first]) - len(lines[first].lstrip(" \t"))]
    return [line.removeprefix(indent) for line in lines] if indent else list(lines)


def _without_magics(lines: Sequence[str]) -> Iterator[str]:
    """The lines, with no-ops for what is no Python. Only a line that starts a statement can be a magic."""
    starts = _statement_starts("\n".join(lines) + "\n")
    number = 0
    while number < len(lines):
        line = lines[number]
        replaced = _no_op(line) if number in starts else None
        number += 1
        yield line if replaced is None else replaced
        if replaced is not None:
            while line.endswith("\\") and number < len(lines):  # a command goes on after a backslash
                line = lines[number]
                number += 1
                yield ""


def _statement_starts(text: str) -> set[int]:
    """Numbers (0-based) of the lines that are not inside brackets, a string or a continued line."""
    starts = {0}
    depth = 0
    number = 0
    at = 0
    while at < len(text):
        line_end = text.find("\n", at)
        if depth == 0 and number in starts and _no_op(text[at:line_end]) is not None:
            while text[line_end - 1 : line_end] == "\\" and line_end + 1 < len(text):
                line_end = text.find("\n", line_end + 1)
                number += 1
            at = line_end + 1  # its quotes and brackets are the shell's
            number += 1
            starts.add(number)
            continue
        at, number, depth = _next_line(text, at, number, depth, starts)
    return starts


def _next_line(text: str, at: int, number: int, depth: int, starts: set[int]) -> tuple[int, int, int]:
    """Goes over the tokens up to the next line: where it starts, its number, and how deep in brackets."""
    while at < len(text):
        token = _TOKEN.match(text, at)
        assert token is not None  # the last alternative takes anything
        at = token.end()
        number += token.group().count("\n")
        kind = token.lastgroup
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth = max(depth - 1, 0)
        elif kind == "newline" or (kind == "string" and token.group()[0] != token.group()[-1]):
            if depth == 0:
                starts.add(number)
            break
    return at, number, depth


def _no_op(line: str) -> str | None:
    """What stands for a line of IPython's own syntax; None when it is none."""
    timed = _TIMED.fullmatch(line)
    if timed:
        indent, code = timed["indent"], timed["code"]
        kept = f"{indent}pass{' ' * (timed.start('code') - len(indent) - 6)}; {code}"  # columns stay where they are
        if syntax_error(kept.strip() + "\n") is None:
            return kept
    bare = _BARE_COMMAND.fullmatch(line) is not None and syntax_error(line.strip() + "\n") is not None
    if bare or _MAGIC.match(line) or _HELP.fullmatch(line):
        indent = line[: len(line) - len(line.lstrip(" \t"))]
        return _comment(line[len(indent) :], indent)
    assigned = _ASSIGNED.fullmatch(line)
    if assigned:
        return f"{assigned['target']} = None  # {assigned['command']}"
    return None


_STANDS_FOR = "pass  # "


def _comment(line: str, indent: str) -> str:
    return f"{indent}{_STANDS_FOR}{line}"


def as_written(line: str) -> str:
    """A line of a notebook's module as its author wrote it, without what stands for a magic or a shell command. A bare
    command cannot be told from a comment, and stays."""
    indent, mark, written = line.partition(_STANDS_FOR)
    is_written = mark and not indent.strip() and (_MAGIC.match(written) or _HELP.fullmatch(written))
    return indent + written if is_written else line

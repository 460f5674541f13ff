"""Numbers and strings, f-strings among them."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final

import libcst as cst

from mldebt.facts.record import Constant, Ref, Template
from mldebt.facts.walk import Handlers, Walk
from mldebt.regex import regex

TEXT_KEPT: Final = 20_000
"""Longer strings are cut to this many characters."""

_SIMPLE_ESCAPES = {
    "\n": "",
    "\\": "\\",
    "'": "'",
    '"': '"',
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}
# An escape that Python does not know stands for itself, so the patterns leave it alone.
_BYTES_ESCAPE = regex(r"""\\(?:[\n\\'"abfnrtv]|[0-7]{1,3}|x[0-9a-fA-F]{2})""")
_ESCAPE = regex(_BYTES_ESCAPE.pattern[:-1] + r"|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]+\})")


def string_value(source: str) -> str:
    """The value of a string literal without replacement fields; bytes become latin-1 text."""
    quote = source[-1]
    start = source.find(quote)
    width = 3 if source.startswith(quote * 3, start) and len(source) - start >= 6 else 1
    inner = source[start + width : -width]
    is_raw = start > 0 and "r" in source[:start].lower()
    return text_value(inner, is_raw, "b" in source[:start].lower())


def text_value(inner: str, is_raw: bool, is_bytes: bool = False) -> str:
    """What the text between quotes means."""
    value = inner if "\r" not in inner else inner.replace("\r\n", "\n").replace("\r", "\n")
    if not is_raw and "\\" in value:
        value = (_BYTES_ESCAPE if is_bytes else _ESCAPE).sub(_unescaped, value)
    return value if len(value) <= TEXT_KEPT else value[:TEXT_KEPT]


def _unescaped(match: re.Match[str]) -> str:
    escape = match[0]
    kind = escape[1]
    simple = _SIMPLE_ESCAPES.get(kind)
    if simple is not None:
        return simple
    if kind in "01234567":
        return chr(int(escape[1:], 8))
    if kind == "N":
        return _named(escape)
    code = int(escape[2:], 16)
    # Half a surrogate pair cannot be stored as UTF-8.
    return "\ufffd" if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF else chr(code)


def _named(escape: str) -> str:
    try:
        return unicodedata.lookup(escape[3:-1])
    except KeyError:
        return escape


def _number(walk: Walk, node: cst.Integer | cst.Float | cst.Imaginary) -> Ref:
    walk.opened(node.lpar)
    text = node.value
    at = walk.pos
    value: int | float | str = text
    if type(node) is cst.Integer:
        number = int(text, 0) if len(text) < 100 else 2**64
        value = number if number < 2**64 else text  # the store has 64 bits for a number
    elif type(node) is cst.Float:
        value = float(text)
    ref = len(walk.exprs)
    walk.exprs.append(Constant(at, value))
    walk.pos = at + len(text)
    walk.closed(node.rpar)
    return ref


def _ellipsis(walk: Walk, node: cst.Ellipsis) -> Ref:
    walk.opened(node.lpar)
    ref = len(walk.exprs)
    walk.exprs.append(Constant(walk.pos, None))
    walk.pos += 3
    walk.closed(node.rpar)
    return ref


def _string(walk: Walk, node: cst.SimpleString) -> Ref:
    if node.lpar:
        walk.opened(node.lpar)
    source = node.value
    at = walk.pos
    ref = len(walk.exprs)
    walk.exprs.append(Constant(at, string_value(source)))
    walk.pos = at + len(source)
    if node.rpar:
        walk.closed(node.rpar)
    return ref


def _template(walk: Walk, node: cst.FormattedString | cst.TemplatedString) -> Ref:
    walk.opened(node.lpar)
    at = walk.pos
    parts: list[str | int] = []
    _template_parts(walk, node, parts)
    ref = len(walk.exprs)
    walk.exprs.append(Template(at, tuple(parts)))
    walk.closed(node.rpar)
    return ref


def _concatenation(walk: Walk, node: cst.ConcatenatedString) -> Ref:
    """Its right side nests as deep as there are pieces, so this goes round instead of down."""
    walk.opened(node.lpar)
    at = walk.pos
    parts: list[str | int] = []
    is_template = False
    piece: Any = node
    while piece is not None:
        current = piece.left if type(piece) is cst.ConcatenatedString else piece
        if type(current) is cst.SimpleString:
            walk.opened(current.lpar)
            _add_text(parts, string_value(current.value))
            walk.pos += len(current.value)
            walk.closed(current.rpar)
        else:
            is_template = True
            walk.opened(current.lpar)
            _template_parts(walk, current, parts)
            walk.closed(current.rpar)
        if current is piece:
            break
        walk.space(piece.whitespace_between)
        piece = piece.right
    ref = len(walk.exprs)
    text = parts[0] if parts else ""
    walk.exprs.append(Template(at, tuple(parts)) if is_template else Constant(at, text))
    walk.closed(node.rpar)
    return ref


def _template_parts(walk: Walk, node: Any, parts: list[str | int]) -> None:
    start = node.start
    walk.pos += len(start)
    is_raw = "r" in start or "R" in start
    for part in node.parts:
        if hasattr(part, "expression"):
            _field(walk, part, parts)
        else:
            text = part.value
            walk.pos += len(text)
            _add_text(parts, _template_text(text, is_raw))
    walk.pos += len(node.end)


def _template_text(text: str, is_raw: bool) -> str:
    value = text_value(text, is_raw)
    if "{{" in value or "}}" in value:
        value = value.replace("{{", "{").replace("}}", "}")
    return value


def _add_text(parts: list[str | int], text: str) -> None:
    if parts and isinstance(parts[-1], str):
        parts[-1] = (parts[-1] + text)[:TEXT_KEPT]
    elif text:
        parts.append(text)


def _field(walk: Walk, node: Any, parts: list[str | int]) -> None:
    """`{expression!r:spec}`: the value, then the values nested in its format specification (its text is no output)."""
    walk.pos += 1
    walk.space(node.whitespace_before_expression)
    value = node.expression
    parts.append(walk.expressions[type(value)](walk, value))
    walk.mark(node.equal)
    walk.space(node.whitespace_after_expression)
    if node.conversion is not None:
        walk.pos += 1 + len(node.conversion)
    if node.format_spec is not None:
        walk.pos += 1
        for part in node.format_spec:
            if hasattr(part, "expression"):
                _field(walk, part, parts)
            else:
                walk.pos += len(part.value)
    walk.pos += 1


TABLE = Handlers(
    {
        cst.Integer: _number,
        cst.Float: _number,
        cst.Imaginary: _number,
        cst.Ellipsis: _ellipsis,
        cst.SimpleString: _string,
        cst.FormattedString: _template,
        cst.TemplatedString: _template,
        cst.ConcatenatedString: _concatenation,
    }
)

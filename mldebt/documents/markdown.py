"""Markdown to prose; the block structure is markdown-it's, what stands inside a block is searched."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from mldebt.documents.prose import Prose
from mldebt.regex import regex

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_EMBEDDED = regex(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=]+")
_HTML_HEADING = regex(r"<h([1-6])\b[^>]*>(.{0,2000}?)</h\1>", re.IGNORECASE | re.DOTALL)
_TAG = regex(r"<[^<>]*>")


def read_markdown(text: str) -> Prose:
    """The structure of a text without front matter."""
    prose = Prose()
    if "base64," in text:
        text = _EMBEDDED.sub("data:", text)  # an embedded picture says nothing, and may be megabytes
    environment: dict[str, object] = {}
    tokens = _reader().parse(text, environment)
    lines = text.split("\n")
    for number, token in enumerate(tokens):
        if token.map is None:
            continue
        first, end = token.map
        if token.type == "heading_open":
            title = _TAG.sub("", tokens[number + 1].content).strip()
            prose.add_heading(int(token.tag[1:]), title, first + 1)
        elif token.type == "inline" and tokens[number - 1].type == "paragraph_open":
            prose.add_text("paragraph", token.content, first + 1)
        elif token.type == "html_block":
            _add_html(prose, "\n".join(lines[first:end]), first + 1)
        elif token.type == "fence":
            language = re.match(r"[\w+-]*", token.info.strip().lstrip("{."))
            prose.add_code(token.content, first + 2, language.group() if language else "")
        elif token.type == "code_block":
            prose.add_code(token.content, first + 1, "")
    _add_references(prose, environment)
    return prose


@functools.cache  # to make one costs as much as to read a short text
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").disable("inline")


def _add_html(prose: Prose, html: str, line: int) -> None:
    for found in _HTML_HEADING.finditer(html):
        title = " ".join(_TAG.sub("", found[2]).split())
        if title:
            prose.add_heading(int(found[1]), title, line + html.count("\n", 0, found.start()))
    prose.add_text("html", html.rstrip("\n"), line)


def _add_references(prose: Prose, environment: dict[str, object]) -> None:
    references = environment.get("references")
    if isinstance(references, dict):
        for label, reference in references.items():
            prose.add_reference(str(label).lower(), str(reference["href"]), int(reference["map"][0]) + 1)

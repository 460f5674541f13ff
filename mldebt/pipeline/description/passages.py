"""Stretches of documents: all that one says in words, what stands under a heading, an item of a list."""

from __future__ import annotations

from mldebt.documents import DocumentFacts
from mldebt.finding import Location
from mldebt.regex import regex
from mldebt.sources import DocumentKind

_ITEM = regex(r"\s*([-*+]|\d+[.)])\s")


def prose(document: DocumentFacts) -> str:
    """What a document says in words, not in code."""
    words = [heading.title for heading in document.headings]
    return "\n".join([*words, *(block.text for block in document.blocks if block.kind != "code")])


def lead(document: DocumentFacts) -> str:
    """What a document says first: its title, and what stands below that before the next heading."""
    blocks = [block.text for block in document.blocks if block.heading <= 0 and block.kind != "code"]
    return "\n".join([document.title, *blocks])


def section(document: DocumentFacts, location: Location) -> str:
    """What a document says under the heading that a line stands below, with the heading; a notebook's cell cannot be
    told from its line alone, and is taken with all of its prose."""
    if document.kind is DocumentKind.NOTEBOOK_PROSE:
        return prose(document)
    line = location.line
    place = max((number for number, heading in enumerate(document.headings) if heading.line <= line), default=-1)
    title = document.headings[place].title if place >= 0 else ""
    blocks = [block.text for block in document.blocks if block.heading == place and block.kind != "code"]
    return "\n".join([document.title, title, *blocks])


def block_at(document: DocumentFacts, line: int) -> str:
    """The stretch of text that holds a line; of a list, from that line to the next item that leads elsewhere."""
    for block in document.blocks:
        if block.line <= line <= block.line + block.text.count("\n"):
            lines = block.text.split("\n")[line - block.line :]
            end = next((number for number, text in enumerate(lines[1:], start=1) if _ITEM.match(text)), len(lines))
            return "\n".join(lines[:end])
    return ""

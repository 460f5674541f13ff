"""Stretches of documents: all that one says in words, what stands under a heading, an item of a list."""

from __future__ import annotations

import re

from mldebt.documents import DocumentFacts
from mldebt.finding import Location
from mldebt.regex import regex
from mldebt.sources import DocumentKind

_ITEM = regex(r"\s*([-*+]|\d+[.)])\s")
_GROUNDS = regex(
    r"\b(data|data ?sets?|training|results?|metrics|evaluation|performance|benchmarks?|scores?)\b"
    r"|데이터|학습|성능|평가|결과|数据|训练|结果|评估|性能|データ|学習|結果|評価"
    r"|данн|результат|daten|ergebnis|données|résultat|datos|resultado|dados",
    re.IGNORECASE,
)
"""Titles of sections on what a model was trained on, or how well it does."""
_MODELS = regex(
    r"\W*((the|our|used|about|possible|available|supported|baseline) )*"
    r"(models?|networks?|architectures?|algorithms|methods|approaches|모델(링)?|모형|模型|モデル|modelle|mod[eè]les?|modelos?)\W*",
    re.IGNORECASE,
)
"""Titles of chapters on what the models are."""
_PART = regex(rf"{_GROUNDS.pattern}|\b(features?|algorithms?|architecture|hyper-?parameters?|inputs?)\b", re.IGNORECASE)
"""Titles of sections on a part of what is described above."""


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


def below(document: DocumentFacts, number: int) -> str:
    """A heading, and all that a document says below it, under further headings, too; what follows on the same level
    goes on with it as long as it is on a part of it, the data or the results."""
    inside, goes_on = {number}, True
    for place, heading in enumerate(document.headings[number + 1 :], start=number + 1):
        beside = heading.parent == document.headings[number].parent
        goes_on = goes_on and (not beside or _PART.search(heading.title) is not None)
        if heading.parent in inside or (beside and goes_on):
            inside.add(place)
    titles = [document.headings[place].title for place in sorted(inside)]
    blocks = [block.text for block in document.blocks if block.heading in inside and block.kind != "code"]
    return "\n".join([*titles, *blocks])


def chapter(document: DocumentFacts, location: Location) -> str:
    """What a document says in a section, and in those beside it that tell of data and results: what a model is stands
    under one heading of its chapter, how well it does under another. Beside a chapter on the models as such, what the
    whole document says of data and results is said of them."""
    if document.kind is DocumentKind.NOTEBOOK_PROSE:
        return prose(document)
    headings = document.headings
    own = max((number for number, heading in enumerate(headings) if heading.line <= location.line), default=-1)
    above = headings[own].parent if own >= 0 else -1
    inside = above >= 0 and headings[above].level > 1  # beside the chapters of a whole document stands what is of all
    parents = _around_models(document, own) | ({above} if inside else set())
    beside = [
        heading
        for number, heading in enumerate(headings)
        if heading.parent in parents and number != own and _GROUNDS.search(heading.title)
    ]
    return "\n".join([section(document, location), *(section(document, document.place(each.line)) for each in beside)])


def _around_models(document: DocumentFacts, number: int) -> set[int]:
    """The headings above a section and its chapters, from the one on that is about the models."""
    found: set[int] = set()
    while number >= 0:
        heading = document.headings[number]
        if found or (heading.level > 1 and _MODELS.fullmatch(heading.title)):
            found.add(heading.parent)
        number = heading.parent
    return found


def block_at(document: DocumentFacts, line: int) -> str:
    """The stretch of text that holds a line; of a list, from that line to the next item that leads elsewhere."""
    for block in document.blocks:
        if block.line <= line <= block.line + block.text.count("\n"):
            lines = block.text.split("\n")[line - block.line :]
            end = next((number for number, text in enumerate(lines[1:], start=1) if _ITEM.match(text)), len(lines))
            return "\n".join(lines[:end])
    return ""

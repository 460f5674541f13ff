"""The inputs that a card lists for a model: columns, features, predictors."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from mldebt.documents import Block, DocumentFacts
from mldebt.regex import regex

_WHAT = r"(?:features?|inputs?|predictors?|columns|variables|fields)"
_KIND = "(?:model|input|training|used|selected|feature|predictor|independent|explanatory|the|numerical|categorical)"
_SECTION = regex(
    rf"^\W*(?:[\d.]+\s*)?(?:{_KIND} )*{_WHAT}(?: (?:used|list|columns|names|variables|schema))*\W*$", re.IGNORECASE
)
_LABEL = regex(rf"^\s*(?:[-*+]\s+)?\**(?:{_KIND} )*{_WHAT}(?: used| columns)?\**\s*:\**\s*(\S.*)$", re.IGNORECASE)
_NAME = r"[A-Za-z_][\w.\-/%]*(?: [\w.\-/%]+){0,3}"
_ITEM = regex(rf"^\s*(?:[-*+]\s+|\d+[.)]\s+)?(\**)(`?)({_NAME})\2\1(?=\s*$|\s*[:(,;=]|\s+[-–—]|\s*→)")
_CELL = regex(rf"^\s*\|?\s*\**(`?)({_NAME})\1\**\s*\|")
_HEAD = regex(
    r"^\s*\|?\s*\**(?:feature|column|name|input|variable|field|attribute|predictor)s?(?: name)?\**\s*\|", re.IGNORECASE
)
_RULE = regex(r"^\s*\|?[\s:|-]+$")
_SPAN = regex(r"`([A-Za-z_][\w.\-/ %]*)`")
_WORD = regex(r"^`?[A-Za-z_][\w.\-]*`?$")
_ASIDE = regex(
    r"\b(target|label|predicts?|outputs?|response|drop(s|ped)?|exclud\w*|remov\w*|not used|unused|left out|ignored?)\b",
    re.IGNORECASE,
)
"""What a line speaks of that is no input."""
_SOME = regex(
    r"\be\.\s?g\.|\bsuch as\b|\bincluding\b|\bamong\b|\betc\b|…|\.\.\.|\b(for example|most important|top)\b",
    re.IGNORECASE,
)
"""Words that name a few inputs of many."""
_DRAFTED = regex(r"^\s*(?:[-*]\s+)?(?:Feature|Made by|Target|Left out): ")
_WIDGET = regex(r"^widget\.\d+\.structuredData\.(.+)\.\d+$")


class Stated(msgspec.Struct, frozen=True):
    """An input that a card names, the line it stands on, and whether it is written as code."""

    name: str
    line: int
    is_code: bool


class Inputs(msgspec.Struct, frozen=True):
    """The inputs that a card lists; `complete` unless it says that it names a few of them."""

    listed: tuple[Stated, ...]
    complete: bool


def inputs_of(card: DocumentFacts) -> Inputs:
    """What sections, lines and the metadata of a card list as a model's inputs."""
    found: dict[str, Stated] = {}
    complete = True
    for setting in card.metadata:
        if (column := _WIDGET.match(setting.key)) is not None:
            found.setdefault(column[1], Stated(column[1], setting.line, True))
    for block in card.blocks:
        if block.kind == "code":
            continue
        for stated in _in_section(block) if _is_of_inputs(card, block.heading) else _in_lines(block):
            found.setdefault(stated.name, stated)
            complete = complete and not _SOME.search(block.text)
    return Inputs(tuple(found.values()), complete)


def _is_of_inputs(card: DocumentFacts, heading: int) -> bool:
    """Whether a section, or one around it, lists inputs."""
    while heading >= 0:
        title = card.headings[heading].title
        if _ASIDE.search(title):
            return False
        if _SECTION.match(title):
            return True
        heading = card.headings[heading].parent
    return False


def _in_section(block: Block) -> Iterator[Stated]:
    """What a table, a list, or a text with names written as code lists."""
    lines = block.text.split("\n")
    if any(_RULE.match(line) and "|" in line for line in lines):
        yield from _in_table(lines, block.line)
        return
    for below, line in enumerate(lines):
        if _DRAFTED.match(line) or _ASIDE.search(line):
            continue
        label = _LABEL.match(line)
        item = _ITEM.match(line) if label is None else None
        names = _enumerated(label[1] if label is not None else line)
        if not names and item is not None:
            names = [(item[3], bool(item[2]))]
        names = names or _spans(line)
        yield from (Stated(name, block.line + below, is_code) for name, is_code in names)


def _in_table(lines: list[str], first: int) -> Iterator[Stated]:
    """The first column of a table whose head says that it holds inputs."""
    if not _HEAD.match(lines[0]):
        return
    for below, line in enumerate(lines[1:], 1):
        cell = _CELL.match(line)
        if cell is not None and not _RULE.match(line) and not _ASIDE.search(line):
            yield Stated(cell[2], first + below, bool(cell[1]))


def _in_lines(block: Block) -> Iterator[Stated]:
    """What a line lists behind a label: `Input features: age, income`."""
    for below, line in enumerate(block.text.split("\n")):
        label = _LABEL.match(line)
        if label is not None and not _DRAFTED.match(line) and not _ASIDE.search(line):
            names = _enumerated(label[1]) or _spans(label[1])
            yield from (Stated(name, block.line + below, is_code) for name, is_code in names)


def _enumerated(text: str) -> list[tuple[str, bool]]:
    """The names of an enumeration of single words."""
    parts = [part.strip().rstrip(".") for part in re.split(r",|;|\band\b", text)]
    parts = [part for part in parts if part]
    if len(parts) < 2 or not all(_WORD.match(part) for part in parts):
        return []
    return [(part.strip("`"), part.startswith("`")) for part in parts]


def _spans(text: str) -> list[tuple[str, bool]]:
    """The names that a text writes as code, where there are several."""
    found = _SPAN.findall(text)
    return [(name, True) for name in found] if len(found) > 1 else []

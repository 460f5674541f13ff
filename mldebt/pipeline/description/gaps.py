"""Which places of a template nobody has filled in."""

from __future__ import annotations

from mldebt.documents import DocumentFacts
from mldebt.regex import regex

_HEADING = regex(r"^\s*(#|=+$|-{3,}$|<!--)")
_COMMENT = regex(r"<!--.*?-->|<!--.*$")


def gaps(document: DocumentFacts, text: str, *, rendered: bool) -> frozenset[int]:
    """The lines of a document's gaps. `rendered`: code fills in its slots (`{{ metrics }}`). A hint in a comment is no
    gap where an answer stands below it."""
    lines = text.split("\n")
    found = set()
    for each in document.placeholders:
        if each.text.startswith("{{") and rendered:
            continue
        if each.text.startswith("<!--") and _is_answered(lines[each.line - 1 :]):
            continue
        found.add(each.line)
    return frozenset(found)


def _is_answered(lines: list[str]) -> bool:
    """Whether words stand below a comment, before the next heading or comment."""
    if _COMMENT.sub("", lines[0]).strip():
        return True
    open_comment = "-->" not in lines[0]
    for line in lines[1:]:
        if open_comment:
            open_comment = "-->" not in line
        elif _HEADING.match(line):
            return False
        elif line.strip():
            return True
    return False

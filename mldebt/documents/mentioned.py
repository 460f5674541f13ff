"""What a stretch of prose points at: links, files, and gaps that a template left."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from mldebt.documents.record import Link, PathMention, Placeholder
from mldebt.regex import regex

_LINK = regex(
    r"!?\[((?:[^\[\]\n]|\[[^\[\]\n]*\]\([^()\s]*\)|\[[^\[\]\n]*\])*)\]\(\s*<?([^()\s<>]+(?:\([^()\s]*\)[^()\s<>]*)*)>?[^()\n]*\)"
)
_HTML_LINK = regex(r"""\b(?:href|src)\s*=\s*["']([^"'\n]+)["']""", re.IGNORECASE)
_RST_LINK = regex(r"`([^`<\n]+?)\s*<([^>\s]+)>`_")
_ADDRESS = regex(r"\b(?:https?|s3|gs|ftp)://[^\s<>\"'`)\]}]+")
_FORGE_PATH = regex(r"https?://[^/\s]+/[^/\s]+/[^/\s]+/(?:-/)?(?:blob|tree|raw)/[^/\s]+/([^\s?#]+)")
_EXTENSIONS = (
    "py|ipynb|sh|bash|ya?ml|toml|json|jsonl|cfg|ini|csv|tsv|parquet|sql|md|rst|txt|pkl|joblib|onnx|pt|pth|ckpt|h5|R|dvc"
)
_PATH = regex(rf"(?<![\w./\\:@~$+-])((?:\.{{1,2}}/|/)?(?:[\w.@+-]+/)*[\w@+-][\w.@+-]*\.(?:{_EXTENSIONS}))(?![\w/-])")
_PLACEHOLDER = regex(
    r"\[more information needed\]|\[optional\]:?\s*$|\[(?:insert|your|add|todo)\b[^\]\n]{0,80}\]"
    r"|\bTODO\b|\bTBD\b|\bFIXME\b|\bto be (?:added|done|filled|written)\b|\bcoming soon\b|\blorem ipsum\b"
    r"|\{\{[\w.|() ]{1,80}\}\}|<!--\s*(?:provide|add|describe|todo|insert)\b|<(?:your|insert)[ _-][^>\n]{0,80}>",
    re.IGNORECASE | re.MULTILINE,
)
_CASED = ("todo", "tbd", "fixme")
# Plain words are found many times faster than patterns, and most texts have none of these.
_PLACEHOLDER_SIGNS = ("todo", "tbd", "fixme", "to be ", "coming soon", "lorem", "[", "{{", "<!--", "<your", "<insert")
_HAS_EXTENSION = regex(rf"\.(?:{_EXTENSIONS})(?![\w/-])")


def find_links(text: str, first_line: int) -> Iterator[Link]:
    """The links of a text that starts on `first_line`."""
    spans: list[tuple[int, int]] = []
    for pattern, sign in ((_LINK, "]("), (_RST_LINK, ">`_")):
        for found, line in _numbered(pattern, text, first_line) if sign in text else ():
            spans.append(found.span())
            yield Link(found[1], found[2], line)
            for inner in _LINK.finditer(found[1]):  # a badge: an image inside a link
                yield Link(inner[1], inner[2], line)
    for found, line in _numbered(_HTML_LINK, text, first_line) if "=" in text and "<" in text else ():
        spans.append(found.span())
        yield Link("", found[1], line)
    spans.sort()
    for found, line in _numbered(_ADDRESS, text, first_line) if "://" in text else ():
        before = bisect_right(spans, (found.start(), len(text)))
        if not before or spans[before - 1][1] <= found.start():
            yield Link("", found[0].rstrip(".,;:!?"), line)


def find_paths(text: str, first_line: int, where: str) -> Iterator[PathMention]:
    """The file names in a text; those in addresses are left to `path_of_link`."""
    if not _HAS_EXTENSION.search(text):
        return
    bare = _ADDRESS.sub(lambda found: " " * len(found[0]), text) if "://" in text else text
    for found, line in _numbered(_PATH, bare, first_line):
        yield PathMention(found[1].removeprefix("./"), line, where)


def path_of_link(link: Link) -> PathMention | None:
    """The file that a link leads to, when it may be one of the repository."""
    forge = _FORGE_PATH.match(link.target)
    if forge:
        return PathMention(forge[1].rstrip("/"), link.line, "url")
    target = re.split(r"[?#]", link.target, maxsplit=1)[0]
    if not target or ":" in target or target.startswith(("//", "{", "<")):
        return None
    return PathMention(target.removeprefix("./"), link.line, "link")


def find_placeholders(text: str, first_line: int) -> Iterator[Placeholder]:
    """The gaps that nobody filled in."""
    lowered = text.lower()
    if not any(sign in lowered for sign in _PLACEHOLDER_SIGNS):
        return
    for found, line in _numbered(_PLACEHOLDER, text, first_line):
        word = found[0].strip()
        if word.lower() not in _CASED or word.isupper():  # "todo" alone is also a word of many languages
            yield Placeholder(word, line)


def _numbered(pattern: re.Pattern[str], text: str, line: int) -> Iterator[tuple[re.Match[str], int]]:
    """Each match with its line. A text may be one list of a million names: lines are counted on, never anew."""
    counted = 0
    for found in pattern.finditer(text):
        line += text.count("\n", counted, found.start())
        counted = found.start()
        yield found, line

"""Where a name, a file or a command is spoken of, across all documents of a repository."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mldebt.documents.paths import resolve
from mldebt.documents.programs import programs
from mldebt.documents.record import Block, Command, DocumentFacts
from mldebt.finding import Location

_PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A place that speaks of something. `exact`: as it is written in the code, rather than in words ("product ranker"
    for `ProductRanker`). `heading` is the section it stands in, `in_heading` whether it is that section's title
    itself."""

    document: DocumentFacts
    location: Location
    heading: str
    text: str
    exact: bool
    in_heading: bool
    in_code: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandPlace:
    """A command, and where it stands."""

    document: DocumentFacts
    location: Location
    command: Command


class ProseSearch:
    """Finds names in the text of documents. Searching costs little for a name that nobody mentions."""

    def __init__(self, documents: Iterable[DocumentFacts]) -> None:
        self._documents = tuple(documents)
        self._lowered = [_lowered(document) for document in self._documents]

    def mentions(self, name: str) -> Iterator[Mention]:
        """Every mention of a name of code. A name of one word must be written as it is, for it may be a word of
        English."""
        parts = [part.lower() for part in _PART.findall(name.rpartition(".")[2])]
        if not parts:
            return
        longest = max(parts, key=len)
        pattern = _name_pattern(name.rpartition(".")[2], parts)
        for document, lowered in zip(self._documents, self._lowered, strict=True):
            if longest in lowered:
                yield from _mentions_in(document, pattern, name.rpartition(".")[2])


def commands_running(path: str, documents: Iterable[DocumentFacts]) -> Iterator[CommandPlace]:
    """The commands that start a script, named by its path (from the root, from the document's folder, or, as most
    people write it after a `cd`, by its last parts) or as a module."""
    module = path.removesuffix(".py").removesuffix("/__main__").replace("/", ".")
    for document in documents:
        for command in document.commands:
            for program in programs(command.text):
                wanted, given = (module, program.name) if program.is_module else (path, program.name)
                if _same(wanted, given, "." if program.is_module else "/"):
                    yield CommandPlace(document=document, location=document.place(command.line), command=command)
                    break


def documents_naming(path: str, documents: Iterable[DocumentFacts]) -> Iterator[tuple[DocumentFacts, Location]]:
    """Where documents name a file, by its path or its last parts."""
    for document in documents:
        folder = document.path.rpartition("/")[0]
        for mention in document.paths:
            if _same(path, resolve(mention.path, folder), "/") or _same(path, mention.path, "/"):
                yield document, document.place(mention.line)


def _same(wanted: str, given: str, separator: str) -> bool:
    given = given.strip(separator)
    return bool(given) and (wanted == given or wanted.endswith(separator + given))


def _name_pattern(name: str, parts: list[str]) -> re.Pattern[str]:
    exact = rf"(?<![A-Za-z0-9_])(?P<exact>{re.escape(name)})(?![A-Za-z0-9_])"
    if len(parts) < 2:
        return re.compile(exact)
    words = r"[\s_\-]*".join(re.escape(part) for part in parts)
    return re.compile(rf"{exact}|(?i:(?<![A-Za-z0-9]){words}s?(?![A-Za-z0-9]))")


def _mentions_in(document: DocumentFacts, pattern: re.Pattern[str], name: str) -> Iterator[Mention]:
    for number, heading in enumerate(document.headings):
        for found in pattern.finditer(heading.title):
            block = Block("heading", heading.title, heading.line, number)
            yield _mention(document, block, found, name)
    for block in document.blocks:
        for found in pattern.finditer(block.text):
            yield _mention(document, block, found, name)


def _mention(document: DocumentFacts, block: Block, found: re.Match[str], name: str) -> Mention:
    line = block.text.count("\n", 0, found.start())
    return Mention(
        document=document,
        location=document.place(block.line + line),
        heading=document.headings[block.heading].title if block.heading >= 0 else document.title,
        text=block.text.split("\n")[line].strip(),
        exact=found["exact"] == name,
        in_heading=block.kind == "heading",
        in_code=block.kind == "code",
    )


def _lowered(document: DocumentFacts) -> str:
    texts = (*(heading.title for heading in document.headings), *(block.text for block in document.blocks))
    return "\n".join(texts).lower()

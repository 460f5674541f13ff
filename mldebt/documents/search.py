"""Where a name, a file or a command is spoken of, across all documents of a repository."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator

import msgspec

from mldebt.documents.cards import may_be_model_card
from mldebt.documents.codeowners import choose_codeowners
from mldebt.documents.parse import PROSE, parse_document
from mldebt.documents.paths import resolve
from mldebt.documents.programs import Program, may_run_modules, programs
from mldebt.documents.record import Block, Command, DocumentFacts
from mldebt.finding import Location
from mldebt.regex import regex
from mldebt.sources import Document, DocumentKind

_PART = regex(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_ENTERS = regex(r"(?:^|[;&|(]\s*)(?:cd|pushd)\s+\S")
_UP = regex(r"\A(?:\.\./)+")
_DOCS = frozenset("doc docs documentation wiki .github".split())


class Mention(msgspec.Struct, frozen=True, kw_only=True):
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


class CommandPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A command, and where it stands."""

    document: DocumentFacts
    location: Location
    command: Command


DocumentReader = Callable[[Document], DocumentFacts]


class DocumentSet:
    """The documents of a repository. One is parsed, by `read`, when a question first needs it: most name nothing that
    is asked for, and a look at their text tells so a thousand times faster."""

    def __init__(self, documents: Iterable[Document], read: DocumentReader = parse_document) -> None:
        self._documents = tuple(documents)
        self._read = read
        self._parsed: dict[int, DocumentFacts] = {}
        self._lowered: dict[int, str] = {}
        self._mentions: dict[str, tuple[Mention, ...]] = {}
        self._modules: dict[int, bool] = {}
        self._cards: tuple[DocumentFacts, ...] | None = None
        self._numbers = {document.path: number for number, document in enumerate(self._documents)}

    def obeyed(self) -> Iterator[DocumentFacts]:
        """The facts of every document that a tool reads, and not only people do."""
        return (self._facts(number) for number, document in enumerate(self._documents) if document.kind not in PROSE)

    def facts(self, path: str) -> DocumentFacts:
        """The facts of the document at a path."""
        return self._facts(self._numbers[path])

    def lowered(self, path: str) -> str:
        """The text of the document at a path in lower case, in which plain words are found fast."""
        return self._lower(self._numbers[path])

    def texts(self, *kinds: DocumentKind) -> Iterator[str]:
        """The texts of documents of these kinds, as they are."""
        return (document.text for document in self._documents if document.kind in kinds)

    def of_kind(self, *kinds: DocumentKind) -> Iterator[DocumentFacts]:
        """The facts of documents of these kinds."""
        return (self._facts(number) for number, document in enumerate(self._documents) if document.kind in kinds)

    def holding(self, text: str, *kinds: DocumentKind) -> Iterator[DocumentFacts]:
        """The facts of documents of these kinds in which a text stands, whatever its case."""
        wanted = text.lower()
        for number, document in enumerate(self._documents):
            if document.kind in kinds and wanted in self._lower(number):
                yield self._facts(number)

    def codeowners(self) -> DocumentFacts | None:
        """The CODEOWNERS file that the hosts obey."""
        return choose_codeowners(self.of_kind(DocumentKind.CODEOWNERS))

    def model_cards(self) -> tuple[DocumentFacts, ...]:
        """The documents that describe a model, by their name, metadata or title."""
        if self._cards is None:
            self._cards = tuple(self._find_cards())
        return self._cards

    def _find_cards(self) -> Iterator[DocumentFacts]:
        for number, document in enumerate(self._documents):
            if document.kind in PROSE and may_be_model_card(document.kind, self._lower(number)):
                facts = self._facts(number)
                if facts.is_model_card:
                    yield facts

    def mentions(self, name: str) -> tuple[Mention, ...]:
        """Every mention of a name of code. A name of one word must be written as it is, for it may be a word of
        English."""
        name = name.rpartition(".")[2]
        found = self._mentions.get(name)
        if found is None:
            found = self._mentions[name] = tuple(self._find_mentions(name))
        return found

    def _find_mentions(self, name: str) -> Iterator[Mention]:
        parts = [part.lower() for part in words_of(name)]
        if not parts:
            return
        pattern = _name_pattern(name, parts)
        rough = re.compile(_spelled_out(parts))  # starts with plain letters, which is what makes it fast
        for number, document in enumerate(self._documents):
            if document.kind in PROSE and parts[0] in self._lower(number) and rough.search(self._lower(number)):
                yield from _mentions_in(self._facts(number), pattern, name)

    def commands_running(self, path: str, known: Collection[str] = ()) -> Iterator[CommandPlace]:
        """The commands that start a script, named by its path (from the root, or, as most people write it after a
        `cd`, by its last parts) or as a module. `known` are the paths of other files: what a command names beside its
        document is that file, not one of the same name elsewhere."""
        name = path.removesuffix(".py").removesuffix("/__main__").rpartition("/")[2]
        file_name = path.rpartition("/")[2]
        for number, document in enumerate(self._documents):
            if file_name not in document.text and not (name in document.text and self._may_run_modules(number)):
                continue
            facts = self._facts(number)
            for command in facts.commands:
                if any(_starts(program, facts, path, known) for program in programs(command.text)):
                    yield CommandPlace(document=facts, location=facts.place(command.line), command=command)

    def naming(self, path: str, known: Collection[str] = ()) -> Iterator[tuple[DocumentFacts, Location]]:
        """Where documents name a file, by its path or its last parts; `known` as for commands."""
        file_name = path.rpartition("/")[2]
        for number, document in enumerate(self._documents):
            if file_name not in document.text:
                continue
            facts = self._facts(number)
            folder = facts.path.rpartition("/")[0]
            for mention in facts.paths:
                if path == resolve(mention.path, folder) or (
                    _same(path, mention.path, "/") and not _is_other(mention.path, folder, path, known)
                ):
                    yield facts, facts.place(mention.line)

    def _may_run_modules(self, number: int) -> bool:
        if number not in self._modules:
            self._modules[number] = may_run_modules(self._documents[number].text)
        return self._modules[number]

    def _facts(self, number: int) -> DocumentFacts:
        if number not in self._parsed:
            self._parsed[number] = self._read(self._documents[number])
        return self._parsed[number]

    def _lower(self, number: int) -> str:
        if number not in self._lowered:
            self._lowered[number] = self._documents[number].text.lower()
        return self._lowered[number]


def words_of(name: str) -> list[str]:
    """The words that a name is put together of: `film` and `Ranker` of `film_Ranker`."""
    return _PART.findall(name)


def _starts(program: Program, document: DocumentFacts, path: str, known: Collection[str]) -> bool:
    """Whether a program that a document's command runs is the one at a path. A name that leads up is meant from the
    document's folder; where its commands go elsewhere first (`cd $RUN && python ../../train.py`), what is left of the
    name has to do."""
    folder = document.path.rpartition("/")[0]
    name = program.name
    if name.startswith("../"):
        if not any(_ENTERS.search(command.text) for command in document.commands):
            return resolve(name, folder) == path
        name = _UP.sub("", name)
    is_script = document.kind is DocumentKind.SHELL
    return _runs(Program(name, program.is_module), path) and not _is_other(
        name, folder, path, known, is_script=is_script
    )


def _runs(program: Program, path: str) -> bool:
    module = path.removesuffix(".py").removesuffix("/__main__").replace("/", ".")
    return _same(module, program.name, ".") if program.is_module else _same(path, program.name, "/")


def _is_other(name: str, folder: str, path: str, known: Collection[str], *, is_script: bool = False) -> bool:
    """Whether a name in a document stands for another file than `path`: one beside the document, or from the root; a
    name without a folder, anything outside of what the document speaks for. A shell script may be started from any
    folder above its own."""
    if not known:
        return False
    home = path.rpartition("/")[0]
    is_above = is_script and (not home or f"{folder}/".startswith(f"{home}/"))
    if "/" not in name and not is_above and not f"/{path}".startswith(f"/{_speaks_for(folder)}"):
        return True
    return any(place in known and place != path for place in (resolve(name, folder), name))


def _speaks_for(folder: str) -> str:
    """The folder that a document in `folder` speaks for: a folder of documents speaks for the one that it is in."""
    parts = folder.split("/")
    general = next((place for place, part in enumerate(parts) if part.lower() in _DOCS), len(parts))
    return "/".join(parts[:general])


def _same(wanted: str, given: str, separator: str) -> bool:
    given = given.strip(separator)
    return bool(given) and (wanted == given or wanted.endswith(separator + given))


def _name_pattern(name: str, parts: list[str]) -> re.Pattern[str]:
    exact = rf"(?<![A-Za-z0-9_])(?P<exact>{re.escape(name)})(?![A-Za-z0-9_])"
    if len(parts) < 2:
        return re.compile(exact)
    return re.compile(rf"{exact}|(?i:(?<![A-Za-z0-9]){_spelled_out(parts)}s?(?![A-Za-z0-9]))")


def _spelled_out(parts: list[str]) -> str:
    return r"[\s_\-]*".join(re.escape(part) for part in parts)


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

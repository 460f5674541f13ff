"""Collects headings and blocks in reading order, and what they point at; Markdown and reStructuredText both fill
one."""

from __future__ import annotations

import msgspec

from mldebt.documents.mentioned import find_links, find_paths, find_placeholders, path_of_link
from mldebt.documents.programs import looks_like_command, programs, shown_commands
from mldebt.documents.record import Block, Command, Heading, Link, PathMention, Placeholder
from mldebt.regex import regex

_SHELLS = frozenset("bash sh shell console zsh fish powershell ps1 bat cmd terminal shell-session sh-session".split())
_MAYBE_SHELLS = frozenset(("", "text", "txt", "none", "default"))
_NOTEBOOKS = frozenset("python py python3 ipython ipython3 notebook".split())
_CODE_SPAN = regex(r"(?<!`)(`{1,3})([^`\n]+)\1(?!`)")


class Prose(msgspec.Struct):
    """A document while it is read."""

    headings: list[Heading] = msgspec.field(default_factory=list)
    blocks: list[Block] = msgspec.field(default_factory=list)
    links: list[Link] = msgspec.field(default_factory=list)
    paths: list[PathMention] = msgspec.field(default_factory=list)
    placeholders: list[Placeholder] = msgspec.field(default_factory=list)
    commands: list[Command] = msgspec.field(default_factory=list)

    @property
    def title(self) -> str:
        """The first heading of the highest level there is."""
        top = min((heading.level for heading in self.headings), default=0)
        return next((heading.title for heading in self.headings if heading.level == top), "")

    def add_heading(self, level: int, title: str, line: int) -> None:
        parent = len(self.headings) - 1
        while parent >= 0 and self.headings[parent].level >= level:
            parent = self.headings[parent].parent
        self.headings.append(Heading(level, title, line, parent))
        self._point(title, line)

    def add_text(self, kind: str, text: str, line: int) -> None:
        self._add(Block(kind, text, line, len(self.headings) - 1))
        self._point(text, line)
        for span in _CODE_SPAN.finditer(text):
            if looks_like_command(span[2]):
                self.commands.append(Command("", span[2].strip(), line + text.count("\n", 0, span.start())))
        for number, each in enumerate(map(str.strip, text.split("\n"))):  # set off as a quotation, for instance
            if looks_like_command(each) and programs(each):
                self.commands.append(Command("", each, line + number))

    def add_code(self, text: str, line: int, language: str) -> None:
        language = language.lower()
        self._add(Block("code", text, line, len(self.headings) - 1, language))
        if "information needed" in text.lower():  # other gaps in code are the reader's to fill in
            self.placeholders += find_placeholders(text, line)
        self.paths += find_paths(text, line, "command")
        lines = text.split("\n")
        if language in _NOTEBOOKS:
            lines = [code if code.lstrip().startswith("!") else "" for code in lines]
        elif language not in _SHELLS and language not in _MAYBE_SHELLS:
            return
        found = shown_commands(lines, is_shell=language in _SHELLS)
        self.commands += [Command("", command, line + index) for index, command in found]

    def add_reference(self, label: str, target: str, line: int) -> None:
        self._add_link(Link(label, target, line))

    def _add(self, block: Block) -> None:
        if block.text.strip():
            self.blocks.append(block)

    def _point(self, text: str, line: int) -> None:
        for link in find_links(text, line):
            self._add_link(link)
        self.paths += find_paths(text, line, "text")
        self.placeholders += find_placeholders(text, line)

    def _add_link(self, link: Link) -> None:
        self.links.append(link)
        path = path_of_link(link)
        if path is not None:
            self.paths.append(path)

"""reStructuredText to prose, as far as headings, literal blocks and links go; directives keep their content as text."""

from __future__ import annotations

import msgspec

from mldebt.documents.prose import Prose
from mldebt.regex import regex

_LINE = regex(r"([=\-`:.'\"~^_*+#<>])\1{2,}\s*\Z")
_DIRECTIVE = regex(r"(\s*)\.\. (?:(code|code-block|sourcecode|parsed-literal|highlight|prompt)|[\w:-]+)::\s*(\S*)")
_OPTION = regex(r"\s+:[\w-]+:")
_TARGET = regex(r"\.\. _`?([^`:]+)`?:\s+(\S+)")


def read_restructured(text: str) -> Prose:
    """The structure of a text."""
    reader = _Reader(text.split("\n"))
    while reader.at < len(reader.lines):
        reader.step()
    reader.flush()
    return reader.prose


class _Reader(msgspec.Struct):
    """Goes down the lines; `pending` are the lines of a paragraph that has not ended."""

    lines: list[str]
    at: int = 0
    prose: Prose = msgspec.field(default_factory=Prose)
    pending: list[str] = msgspec.field(default_factory=list)
    levels: list[str] = msgspec.field(default_factory=list)

    def step(self) -> None:
        line = self.lines[self.at]
        if not line.strip():
            self.flush()
            self.at += 1
        elif not (self._heading(line) or self._directive(line) or self._target(line)):
            self.pending.append(line)
            self.at += 1
            if line.rstrip().endswith("::"):
                self.flush()
                self._literal("")

    def flush(self) -> None:
        if self.pending:
            self.prose.add_text("paragraph", "\n".join(self.pending), self.at - len(self.pending) + 1)
            self.pending = []

    def _heading(self, line: str) -> bool:
        following = self.lines[self.at + 1 : self.at + 3]
        over = _LINE.match(line)
        if over and len(following) == 2 and following[1].rstrip() == line.rstrip() and following[0].strip():
            return self._add_heading(f"{over[1]}{over[1]}", following[0], self.at + 1, 3)
        under = _LINE.match(following[0]) if following else None
        if (
            under
            and not self.pending
            and not line.startswith(" ")
            and len(following[0].rstrip()) >= len(line.rstrip()) // 2
        ):
            return self._add_heading(under[1], line, self.at, 2)
        return False

    def _add_heading(self, style: str, title: str, index: int, used: int) -> bool:
        self.flush()
        if style not in self.levels:
            self.levels.append(style)
        self.prose.add_heading(self.levels.index(style) + 1, title.strip(), index + 1)
        self.at += used
        return True

    def _directive(self, line: str) -> bool:
        found = _DIRECTIVE.match(line)
        if not found:
            return False
        self.flush()
        if found[2]:
            self.at += 1
            self._literal(found[3])
        else:
            self.prose.add_text("paragraph", line, self.at + 1)
            self.at += 1
        return True

    def _target(self, line: str) -> bool:
        found = _TARGET.match(line)
        if not found:
            return False
        self.flush()
        self.prose.add_reference(found[1].lower(), found[2], self.at + 1)
        self.at += 1
        return True

    def _literal(self, language: str) -> None:
        """The indented lines that follow, without the options of their directive."""
        while self.at < len(self.lines) and _OPTION.match(self.lines[self.at]):
            self.at += 1
        while self.at < len(self.lines) and not self.lines[self.at].strip():
            self.at += 1
        start = self.at
        while self.at < len(self.lines) and (not self.lines[self.at].strip() or self.lines[self.at][:1] in " \t"):
            self.at += 1
        block = self.lines[start : self.at]
        indent = min((len(line) - len(line.lstrip()) for line in block if line.strip()), default=0)
        if block:
            self.prose.add_code("\n".join(line[indent:] for line in block).rstrip(), start + 1, language)

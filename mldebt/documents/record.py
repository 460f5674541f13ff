"""What documents say, as small frozen values; every `line` is 1-based in the document's text (`DocumentFacts.place`
makes a location of it)."""

from __future__ import annotations

import msgspec

from mldebt.finding import Location
from mldebt.sources import CellLine, DocumentKind


class Heading(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A heading; `parent` is the position of the one above it among the headings, -1 at the top."""

    level: int
    title: str
    line: int
    parent: int


class Block(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A stretch of text under a heading (its position, -1 before the first): "paragraph", "code" or "html". The text
    is as written, so that its n-th line stands n-1 lines below `line`."""

    kind: str
    text: str
    line: int
    heading: int
    language: str = ""


class Link(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A link or an image, or a bare address (then without a text)."""

    text: str
    target: str
    line: int


class PathMention(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A file that the text names, as it is written but for a leading "./". `where`: "text", "link", "command", or
    "url" (the path inside a code host's address, perhaps of another repository)."""

    path: str
    line: int
    where: str


class Placeholder(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a template left to be filled in."""

    text: str
    line: int


class Command(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A shell command, and the target, job, stage or instruction that it belongs to ("" for none)."""

    name: str
    text: str
    line: int


class Setting(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A leaf of a configuration: dotted key, value as text; "" for a section or list that is empty."""

    key: str
    value: str
    line: int


class Dependency(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A package that is declared. `pinned`: one version, or one commit of `url`. `group` is the extra, group or
    section."""

    name: str
    specifier: str
    url: str
    pinned: bool
    group: str
    line: int


class OwnerRule(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A line of CODEOWNERS; without owners it takes ownership away, `excluded` takes the paths out of its section."""

    pattern: str
    owners: tuple[str, ...]
    section: str
    excluded: bool
    line: int


class Stage(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A step of a declared workflow, with paths as written, relative to the document's folder."""

    name: str
    commands: tuple[str, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    parameters: tuple[str, ...]
    metrics: tuple[str, ...]
    line: int


class DeclaredData(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A dataset that a catalogue or a data version file declares."""

    name: str
    type: str
    location: str
    line: int


class DocumentFacts(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """Everything the later rooms know of one document. `problem` says why it could not be read as what it is."""

    path: str
    kind: DocumentKind
    title: str = ""
    is_model_card: bool = False
    headings: tuple[Heading, ...] = ()
    blocks: tuple[Block, ...] = ()
    links: tuple[Link, ...] = ()
    paths: tuple[PathMention, ...] = ()
    placeholders: tuple[Placeholder, ...] = ()
    metadata: tuple[Setting, ...] = ()
    commands: tuple[Command, ...] = ()
    settings: tuple[Setting, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    owner_rules: tuple[OwnerRule, ...] = ()
    stages: tuple[Stage, ...] = ()
    data: tuple[DeclaredData, ...] = ()
    cells: tuple[CellLine, ...] = ()
    problem: str = ""

    def place(self, line: int) -> Location:
        """Where a line of the text stands; in a notebook its raw line and cell."""
        if 0 < line <= len(self.cells):
            cell = self.cells[line - 1]
            return Location(path=self.path, line=cell.raw_line, cell=cell.cell, cell_line=cell.line)
        return Location(path=self.path, line=max(line, 1))

"""Programs that documents, or the code that starts them, name by a path at which nothing lies."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import cached_property

import msgspec

from mldebt.documents import DocumentFacts, DocumentKind, programs, resolve, words_of
from mldebt.facts import record as r
from mldebt.finding import Location
from mldebt.flow.program import Module
from mldebt.pipeline.programs.vendored import own_names
from mldebt.pipeline.project import Project
from mldebt.regex import regex

LITERAL_LIMIT = 400
_TELLING = (
    DocumentKind.README,
    DocumentKind.DOCS,
    DocumentKind.MAKEFILE,
    DocumentKind.WORKFLOW,
    DocumentKind.SHELL,
)
_STARTS = regex(r"\bpython[\d.]*\s+(?:-u\s+)?[\w./~-]+\.py\b")
_PLAIN = regex(r"[\w./-]+\.py\Z")
_ENTERED = regex(r"(?:^|[;&|(]\s*)(?:cd|pushd)\s+([^\s;&|)]+)")
_WORK = frozenset("reads fetches saves stores loads fits optimizes predicts tunes trains".split())


class DeadPath(msgspec.Struct, frozen=True, kw_only=True):
    """A place that starts a program by a path where nothing lies, and the program that must be meant."""

    named: str
    location: Location
    meant: Module


class DeadPaths:
    """Answers only where the folder is there, and holds a program of almost that name, or another folder holds one of
    the very name."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.flow = project.flow

    def find(self) -> Iterator[DeadPath]:
        """The first place for each program that no command starts by a path where it lies, by document and by code."""
        told: set[tuple[str, int]] = set()
        for location, folder, named in (*self._in_documents(), *self._in_code()):
            meant = self._meant(named, folder)
            if meant is None or (location.path, meant.index) in told or self._is_started(meant):
                continue
            told.add((location.path, meant.index))
            yield DeadPath(named=named, location=location, meant=meant)

    def _in_documents(self) -> Iterator[tuple[Location, str, str]]:
        for document in self.project.prose.of_kind(*_TELLING):
            if self._goes_elsewhere(document):
                continue
            folder = posixpath.dirname(document.path)
            for command in document.commands:
                for program in programs(command.text):
                    if not program.is_module and not program.name.startswith("/"):
                        yield document.place(command.line), folder, program.name

    def _goes_elsewhere(self, document: DocumentFacts) -> bool:
        """Whether the commands of a document enter a folder that is not of the repository: a clone of another one."""
        entered = (found for command in document.commands for found in _ENTERED.findall(command.text))
        return any(place.strip("./") and posixpath.basename(place.rstrip("/")) not in self._names for place in entered)

    def _in_code(self) -> Iterator[tuple[Location, str, str]]:
        """The commands that stand in texts of the code: `BashOperator(bash_command="python /opt/app/train.py")`."""
        for module in self.project.modules():
            for node in module.of_kind(r.Constant):
                text = node.value
                if isinstance(text, str) and ".py" in text and len(text) < LITERAL_LIMIT and _STARTS.search(text):
                    for program in programs(text):
                        if not program.is_module:
                            yield (
                                self.project.place(module, node.at, node.at, 0),
                                posixpath.dirname(module.path),
                                program.name,
                            )

    # ------------------------------------------------------------------ what is meant

    def _meant(self, named: str, folder: str) -> Module | None:
        """The program that a path means which leads to nothing; None where it leads to something, or to no folder of
        the repository."""
        if not _PLAIN.match(named) or "/" not in named.strip("./"):
            return None
        places = self._places(named, folder)
        if any(f"/{path}".endswith(f"/{place}") for place in places for path in self._files):
            return None
        home = next((posixpath.dirname(place) for place in places if posixpath.dirname(place) in self._folders), None)
        if home is None:
            return None
        name = posixpath.basename(named)
        moved = [self._modules[path] for path in self._modules if posixpath.basename(path) == name]
        if not moved:
            beside = (each for path, each in self._modules.items() if posixpath.dirname(path) == home)
            moved = [each for each in beside if _alike(posixpath.basename(each.path), name)]
        meant = [each for each in moved if each.category == "product" and self._works(each)]
        below = [each for each in meant if each.path.startswith(f"{home}/")]
        return (below or meant)[0] if len(below or meant) == 1 or (below and len(moved) > 1) else None

    def _places(self, named: str, folder: str) -> list[str]:
        """Where a path may lead, from the folder that it stands in or from the root; of one from a machine's own root,
        what may be left of it below the repository."""
        if not named.startswith("/"):
            return [resolve(named, folder), resolve(named, "")]
        parts = named.strip("/").split("/")
        return ["/".join(parts[at:]) for at in range(1, len(parts) - 1)]

    def _works(self, module: Module) -> bool:
        """Whether a program is run by itself, and reads, writes, trains or asks anything."""
        bodies = self.flow.bodies(module.index)
        return any(self.flow.roles(call) & _WORK for body in bodies for call in body.calls)

    def _is_started(self, module: Module) -> bool:
        known = frozenset(self._modules)
        return next(self.project.prose.commands_running(module.path, known), None) is not None

    @cached_property
    def _files(self) -> frozenset[str]:
        """All that lies there, whatever it can be read as."""
        return frozenset((*self._modules, *(document.path for document in self.project.raw_documents)))

    @cached_property
    def _modules(self) -> dict[str, Module]:
        return {module.path: module for module in self.flow.program.modules}

    @cached_property
    def _folders(self) -> frozenset[str]:
        """The folders that hold modules, or folders with modules."""
        found: set[str] = set()
        for path in self._modules:
            while path := posixpath.dirname(path):
                found.add(path)
        return frozenset(found)

    @cached_property
    def _names(self) -> frozenset[str]:
        documents = (document.path for document in self.project.raw_documents)
        parts = frozenset(part for path in (*self._modules, *documents) for part in path.split("/")[:-1])
        return parts | {name.rpartition("/")[2] for name in own_names(self.project.raw_documents)} | {"..", "~"}


def _alike(name: str, other: str) -> bool:
    """Whether two names of files are made of the same words, in whatever order and form: `crawl_item.py` and
    `item_crawler.py`."""
    mine, theirs = (sorted({word.lower()[:4] for word in words_of(each.removesuffix(".py"))}) for each in (name, other))
    return len(mine) > 1 and mine == theirs

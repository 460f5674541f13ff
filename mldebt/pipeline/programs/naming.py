"""Which texts have the names of the repository's own definitions and modules in them, in code and in documents."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property

from mldebt.facts import record as r
from mldebt.flow.module import Module
from mldebt.flow.walk import Flow
from mldebt.pipeline.programs.unnamed import Unnamed, stem
from mldebt.regex import regex
from mldebt.sources import Document, DocumentKind

TEXT_LIMIT = 20_000
PROSE = frozenset({DocumentKind.README, DocumentKind.DOCS, DocumentKind.MODEL_CARD, DocumentKind.NOTEBOOK_PROSE})
"""Documents that speak of code in sentences."""
WORD = regex(r"[A-Za-z_]\w*")


class Naming:
    """Each text is taken apart once, and of its words only those are kept that may be asked for."""

    def __init__(self, flow: Flow, documents: Sequence[Document]) -> None:
        self.flow = flow
        self.documents = documents
        self.unnamed = Unnamed(flow, documents)
        self._in_modules: dict[int, frozenset[str]] = {}

    def documents_with(self, names: Collection[str]) -> Iterator[tuple[Document, frozenset[str]]]:
        """The documents with some names of definitions or modules among their words, each with those."""
        for document, words in zip(self.documents, self._in_documents, strict=True):
            if found := words.intersection(names):
                yield document, found

    def modules_with(self, names: Collection[str]) -> Iterator[Module]:
        """The modules in which some names of definitions or modules stand, imports aside."""
        return (module for module in self.flow.program.modules if not self.in_module(module).isdisjoint(names))

    def in_module(self, module: Module) -> frozenset[str]:
        """The names of definitions and modules that stand in a module, imports aside."""
        found = self._in_modules.get(module.index)
        if found is None:
            texts = " ".join([text[:TEXT_LIMIT] for text in module.texts()])
            written = {
                *(node.id for node in module.of_kind(r.Name)),
                *(node.name for node in module.of_kind(r.Attribute)),
                *(argument.keyword for node in module.of_kind(r.Call) for argument in node.arguments),
            }
            found = self._in_modules[module.index] = self._askable.intersection(written) | self._askable_in(texts)
        return found

    @cached_property
    def _in_documents(self) -> tuple[frozenset[str], ...]:
        return tuple(self._askable_in(document.text) for document in self.documents)

    def _askable_in(self, text: str) -> frozenset[str]:
        return self._askable.intersection(WORD.findall(text))

    @cached_property
    def _askable(self) -> frozenset[str]:
        """The names of all definitions and modules; one that is no word (`01-train`) is found in no text."""
        modules = self.flow.program.modules
        names = (scope.name for module in modules for scope in module.facts.scopes if scope.kind != "lambda")
        return frozenset((*names, *map(stem, modules)))

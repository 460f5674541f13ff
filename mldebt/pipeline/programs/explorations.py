"""Notebooks that only tried something out, and those that only teach."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from functools import cached_property

from mldebt.flow.program import Module
from mldebt.flow.roots import is_example
from mldebt.pipeline.components import Component
from mldebt.pipeline.programs.serving_path import ServingPath
from mldebt.pipeline.project import Project
from mldebt.regex import regex
from mldebt.sources import DocumentKind

Unit = tuple[int, int]
_LISTED = regex(
    r"^(?:[^\S\n]|[│├└─|*+•-])*+\[?[`*_]*(?P<folder>[\w./-]*\w)/?[`*_]*\]?(?:\([^)\n]*\))?[ \t]*"
    r"(?:[–—:#|=<-]+>?|[ \t]{2})[ \t]*(?P<said>.+)$",
    re.MULTILINE,
)
"""A line that says what is in a folder."""
_TRIES = regex(
    r"\bnot (?:for|in|used in|part of) production\b|\b(?:playground|sandbox|scratch ?pad)\b"
    r"|\b(?:personal|private|scratch|throw-?away|ad[- ]hoc) "
    r"(?:experiments?|notebooks?|scripts?|code|work|analys[ie]s|files?)\b",
    re.IGNORECASE,
)
"""Says that something was only tried out, by one and for one's own use."""


class Explorations:
    """Questions about what a notebook is for."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._serving = project.flow.shared(ServingPath)
        self._keeping = {call.body.module for model in project.trained_models for call, _ in model.kept}

    def only_tries(self, module: Module, units: Iterable[Unit]) -> bool:
        """Whether a notebook only tried something out: it keeps no model, and nothing that is served comes from it."""
        return module.is_notebook and module not in self._keeping and not self._serving.serves(units, module.path)

    def only_try(self, components: Iterable[Component]) -> bool:
        """Whether all of some components are such notebooks."""
        modules = self.project.flow.program.modules
        return all(self.only_tries(modules[each.unit[0]], each.units) for each in components)

    def is_said_to_try(self, module: Module) -> bool:
        """Whether a README or a page says of a folder around a module that it is for trying things out, and nothing
        that is served comes from there."""
        units = [(module.index, number) for number in range(len(module.facts.scopes))]
        return any(
            module.path.startswith(place) and f"/{folder}/" in f"/{module.path.removeprefix(place)}"
            for place, folder in self._tried
        ) and not self._serving.serves(units, module.path)

    @cached_property
    def _tried(self) -> list[tuple[str, str]]:
        """The folders that pages say so of, as they are spelled, with where the page stands."""
        found: list[tuple[str, str]] = []
        for document in self.project.raw_documents:
            if document.kind in (DocumentKind.README, DocumentKind.DOCS) and _TRIES.search(document.text):
                place = posixpath.dirname(document.path)
                told = (line for line in _LISTED.finditer(document.text) if _TRIES.search(line["said"]))
                found += [(f"{place}/".lstrip("/"), line["folder"].lstrip("./")) for line in told]
        return found


def only_teaches(module: Module) -> bool:
    """Whether a notebook stands in a folder of tutorials or examples: what it makes is made to be looked at."""
    return module.is_notebook and is_example(module.path)

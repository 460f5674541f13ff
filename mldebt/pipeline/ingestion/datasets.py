"""The data sets of Kedro's catalogues by name: where each lies, and whether every run keeps a version of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from mldebt.documents import DocumentFacts, DocumentKind
from mldebt.documents.record import DeclaredData
from mldebt.finding import Location
from mldebt.flow.tasks.nodes import project_of
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.models.register import TrainedModel
from mldebt.regex import regex

_PATTERN = regex(r"\\\{\w+\\\}")


class Dataset(msgspec.Struct, frozen=True):
    """One entry of a catalogue."""

    document: DocumentFacts
    data: DeclaredData
    is_versioned: bool

    @property
    def text(self) -> str:
        return self.data.location or self.data.name

    def location(self) -> Location:
        return self.document.place(self.data.line)


class Datasets:
    """Looks entries up for what nodes take and give."""

    def __init__(self, flow: Flow, facts: Sequence[DocumentFacts]) -> None:
        self.flow = flow
        self.catalogues = [each for each in facts if each.kind is DocumentKind.KEDRO]

    def entry(self, name: str, path: str) -> Dataset | None:
        """The entry of a name in the project that a module is part of; plain names before patterns."""
        root = project_of(path)
        near = [each for each in self.catalogues if each.path.startswith(root)]
        entries = [(document, data) for document in near for data in document.data]
        for document, data in sorted(entries, key=lambda entry: "{" in entry[1].name):
            if _covers(data.name, name):
                keeps = any(
                    setting.key == f"{data.name}.versioned" and setting.value.lower() == "true"
                    for setting in document.settings
                )
                return Dataset(document, data, keeps)
        return None

    def keeps(self, model: TrainedModel) -> bool:
        """Whether a model is kept by more than nodes whose results no catalogue has."""
        return any(
            how != "stored by its step" or not self._is_node(call) or self.given(call) for call, how in model.kept
        )

    def _is_node(self, result: Value) -> bool:
        return bool(self.flow.nodes.of(result.body.key))

    def given(self, result: Value) -> list[Dataset]:
        """Where what a function returns is kept by the nodes that run it."""
        unit = result.body.key
        names = [name for node in self.flow.nodes.of(unit) for name in node.outputs]
        found = (self.entry(name, result.body.module.path) for name in names)
        return [each for each in found if each is not None]

    def taken(self, param: Value, name: str) -> Dataset | None:
        """Where what a node's parameter takes by a name lies."""
        return self.entry(name, param.body.module.path) if name in self.flow.nodes.datasets(param) else None


def _covers(pattern: str, name: str) -> bool:
    return pattern == name or ("{" in pattern and bool(re.fullmatch(_PATTERN.sub(".+", re.escape(pattern)), name)))

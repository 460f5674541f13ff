"""The libraries that training runs on, and whether anything says in which version."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import chain

import msgspec

from mldebt.documents import Dependency, DocumentFacts, DocumentKind
from mldebt.flow.value import Value
from mldebt.pipeline.models.register import TrainedModel, installed_packages
from mldebt.pipeline.project import Project
from mldebt.regex import regex

_DECLARE = frozenset({DocumentKind.REQUIREMENTS, DocumentKind.CONDA, DocumentKind.PYPROJECT})
_FOR_OTHERS = regex(r"dev|test|docs?|lint|ci|extra|notebook|example", re.IGNORECASE)
_IMPORTED_AS = {"scikit-learn": "sklearn", "pytorch": "torch", "pytorch-lightning": "pytorch_lightning"}
_DATA = regex(r"(^|/)dvc\.lock\Z")
"""What says which data, and not which packages, a run had."""
_SPARK = "pyspark.ml"
_SUBMITS = "spark-submit"
_BOUNDED = regex(r"[<~]|==")


class Loose(msgspec.Struct, frozen=True, kw_only=True):
    """A file that declares libraries without a version, which the training of a model imports."""

    document: DocumentFacts
    dependencies: tuple[Dependency, ...]
    model: TrainedModel
    trained: Value


class Environments:
    """Questions about declared dependencies. `decisive` are packages whose version decides what training makes."""

    def __init__(self, project: Project, decisive: Collection[str]) -> None:
        self.project = project
        self.decisive = frozenset(decisive)

    def loose(self) -> Iterator[Loose]:
        """Files that leave such libraries open, nearest to the training first. A package that others install declares
        what it gets on with; a lock file, or a pinned one beside, says what was used."""
        documents = self.project.documents
        if any(each.kind is DocumentKind.LOCK and not _DATA.search(each.path) for each in documents):
            return
        is_library = self._is_library()
        for model in self.project.trained_models:
            trained = model.trained[0]
            path = trained.body.module.path
            near = [each for each in documents if self._declares(each, path)]
            near = [each for each in near if not is_library or self._is_shipped(each)]
            if any(self._is_pinned(each) for each in near):
                continue
            for document in sorted(near, key=lambda each: -len(each.path)):
                found = [dep for dep in self._loose_in(document) if self._imports(trained, dep)]
                if found:
                    yield Loose(document=document, dependencies=tuple(found), model=model, trained=trained)

    def _is_shipped(self, document: DocumentFacts) -> bool:
        """Whether the image of a service is made with what a file declares, whoever else may install the package."""
        name = document.path.rpartition("/")[2]
        return document.kind is DocumentKind.REQUIREMENTS and any(
            name in text for text in self.project.prose.texts(DocumentKind.DOCKERFILE)
        )

    def _is_library(self) -> bool:
        return bool(installed_packages(self.project.flow, self.project.raw_documents))

    def _declares(self, document: DocumentFacts, path: str) -> bool:
        """Whether a document declares what code in a path needs to run."""
        if document.kind not in _DECLARE or not document.dependencies:
            return False
        folder, _, name = document.path.rpartition("/")
        return path.startswith(f"{folder}/" if folder else "") and not _FOR_OTHERS.search(name)

    def _is_pinned(self, document: DocumentFacts) -> bool:
        return any(self._is_decisive(each) for each in document.dependencies) and not self._loose_in(document)

    def _loose_in(self, document: DocumentFacts) -> list[Dependency]:
        """The libraries of which none of the lines that name them says a version."""
        named = [each for each in document.dependencies if self._is_decisive(each)]
        own = [each for each in named if not _FOR_OTHERS.search(each.group)]
        settled = {_package(each) for each in own if _is_settled(each)}
        return [each for each in own if _package(each) not in settled]

    def _is_decisive(self, dependency: Dependency) -> bool:
        return _package(dependency) in self.decisive

    def _imports(self, trained: Value, dependency: Dependency) -> bool:
        """Whether the module that trains imports what a package is called in code."""
        name = dependency.name.lower()
        top = _IMPORTED_AS.get(name, name.replace("-", "_"))
        return any(each.imported.partition(".")[0] == top for each in trained.body.module.facts.imports)


def _package(dependency: Dependency) -> str:
    """A package's name, as package indexes compare it."""
    return dependency.name.lower().replace("_", "-")


def _is_settled(dependency: Dependency) -> bool:
    return dependency.pinned or bool(_BOUNDED.search(dependency.specifier) or dependency.url)


def is_submitted_to_spark(project: Project) -> bool:
    """Whether the repository speaks of the command that starts programs on Spark, in a document or a text of the code
    itself."""
    uses_spark = any(each.module.startswith(_SPARK) for module in project.modules() for each in module.facts.imports)
    documents = (document.text for document in project.texts)
    texts = (text for module in project.flow.program.modules for text in module.texts())
    return uses_spark and any(_SUBMITS in text for text in chain(documents, texts))

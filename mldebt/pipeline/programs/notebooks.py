"""Notebooks that production depends on: run by programs, imported by modules, or the makers of what is served."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import cached_property

import msgspec

from mldebt.documents import Command, DocumentFacts, DocumentKind
from mldebt.facts.record import ImportBinding
from mldebt.flow.files.paths import Paths
from mldebt.flow.module import Module
from mldebt.flow.types.models import Models
from mldebt.flow.value import Value
from mldebt.pipeline.project import Project
from mldebt.regex import regex

__all__ = ["DocumentedRun", "Execution", "NotebookImport", "Notebooks", "ServedSave"]

LITERAL_LIMIT = 20
EXECUTORS = frozenset(
    """papermill.execute_notebook papermill.execute.execute_notebook prefect_jupyter.notebook.execute_notebook
    prefect.tasks.jupyter.ExecuteNotebook prefect.tasks.jupyter.jupyter.ExecuteNotebook nbclient.execute
    airflow.operators.papermill_operator.PapermillOperator
    airflow.providers.papermill.operators.papermill.PapermillOperator
    dagstermill.define_dagstermill_asset dagstermill.define_dagstermill_op dagstermill.define_dagstermill_solid
    dagstermill.factory.define_dagstermill_op ploomber.tasks.NotebookRunner""".split()
)
"""What runs a notebook that it is given by its path."""
_SHELLS = frozenset(
    """os.system os.popen subprocess.run subprocess.call subprocess.check_call subprocess.check_output subprocess.Popen
    airflow.operators.bash.BashOperator airflow.operators.bash_operator.BashOperator
    airflow.providers.standard.operators.bash.BashOperator""".split()
)
_COMMAND = regex(
    r"\b(?:papermill|jupyter[ -]execute|jupyter[ -]nbconvert\b(?=.*--execute)|runipy|nbclient)\b"
    r"[^|;&]*?(?P<path>[\w./{}$-]+\.ipynb)\b"
)
_IMPORTERS = frozenset({"import_ipynb", "nbimporter", "importnb"})
_FULL = regex(r"^ipynb\.fs\.(?:full|defs)\.(?P<name>[\w.]+)")
_RUNS_IN_PRODUCTION = frozenset({DocumentKind.DVC, DocumentKind.MLPROJECT, DocumentKind.DOCKERFILE, DocumentKind.SHELL})
_WORKS = frozenset({"fits", "tunes", "optimizes", "saves", "stores", "registers", "predicts"})
_NO_PRODUCTION = regex(r"(^|/)(docs?|documentation|tests?|\.\w+|ci|tutorials?|examples?|benchmarks?)/", re.IGNORECASE)
"""Folders whose code runs notebooks to build documents or to try them out."""


class Execution(msgspec.Struct, frozen=True, kw_only=True):
    """A call of a program that runs a notebook, and a value in the notebook that shows what it is for."""

    call: Value
    notebook: Module
    work: Value


class DocumentedRun(msgspec.Struct, frozen=True, kw_only=True):
    """A declared stage, or the command of an image, that runs a notebook."""

    document: DocumentFacts
    command: Command
    notebook: Module
    work: Value


class NotebookImport(msgspec.Struct, frozen=True, kw_only=True):
    """An import that loads a notebook into a module."""

    module: Module
    binding: ImportBinding
    notebook: Module


class ServedSave(msgspec.Struct, frozen=True, kw_only=True):
    """A save of a model in a notebook, and the load behind an endpoint."""

    save: Value
    text: str
    load: Value
    endpoint: tuple[int, int]


class Notebooks:
    """Questions about the notebooks of a project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.flow = project.flow
        self.paths = project.flow.shared(Paths)
        self.models = project.flow.shared(Models)

    # ------------------------------------------------------------------ run

    def executions(self) -> Iterator[Execution]:
        """Every call in the team's programs that runs a notebook which trains, scores or writes something."""
        for module in self._programs():
            for number in range(len(module.facts.scopes)):
                for call in self.flow.body(module.index, number).calls:
                    for text in self._executed(call):
                        notebook = self.find(text, module.path)
                        work = self._work(notebook) if notebook is not None else None
                        if notebook is not None and work is not None:
                            yield Execution(call=call, notebook=notebook, work=work)

    def documented_runs(self) -> Iterator[DocumentedRun]:
        """Every stage of a declared pipeline, script, and image that runs such a notebook."""
        for document in self.project.documents if self._by_path else ():
            if document.kind in _RUNS_IN_PRODUCTION and not _NO_PRODUCTION.search(document.path):
                for command in document.commands:
                    if document.kind is not DocumentKind.DOCKERFILE or command.name in ("cmd", "entrypoint"):
                        yield from self._commanded(document, command)

    def _commanded(self, document: DocumentFacts, command: Command) -> Iterator[DocumentedRun]:
        for found in _COMMAND.finditer(command.text):
            notebook = self.find(found["path"], document.path)
            if notebook is None or _NO_PRODUCTION.search(notebook.path):
                continue
            if (work := self._work(notebook)) is not None:
                yield DocumentedRun(document=document, command=command, notebook=notebook, work=work)

    def _executed(self, call: Value) -> Iterator[str]:
        """The notebooks that a call runs, as it names them."""
        names = {target.name for target in self.flow.targets(call) if target.kind == "external"}
        if names & EXECUTORS:
            first = next(
                (value for word, value in call.named_arguments if word in ("input_path", "input_nb", "path")), None
            )
            given = [first] if first is not None else call.arguments[:2]
            for value in given:
                if texts := self._notebook_texts(value):
                    yield from texts
                    return
        elif names & _SHELLS:
            for value in call.arguments[:2]:
                for text in self._command_texts(value):
                    yield from (found["path"] for found in _COMMAND.finditer(text))

    def _notebook_texts(self, value: Value) -> list[str]:
        """The notebooks that a value names: as a path, or as a literal that it comes from (the entry of a table)."""
        texts = [text for text in self.paths.texts(value) if text.endswith(".ipynb")]
        if texts or value.kind == "template":
            return texts
        made_of = (visit.value for visit in self.flow.walk(value, self.flow.back, limit=LITERAL_LIMIT))
        given = (each.data for each in made_of if each.kind == "const")
        return [text for text in given if isinstance(text, str) and text.endswith(".ipynb")]

    def _command_texts(self, value: Value) -> list[str]:
        if value.kind == "collection":
            words = [next(iter(self.paths.texts(item)), "{}") for item in value.every("item")]
            return [" ".join(words)]
        return list(self.paths.texts(value))

    def _work(self, notebook: Module) -> Value | None:
        """The first call of a notebook that trains, scores or writes: what makes it part of a pipeline."""
        for number in range(len(notebook.facts.scopes)):
            for call in self.flow.body(notebook.index, number).calls:
                if self.flow.roles(call) & _WORKS or self.models.trains(call):
                    return call
        return None

    # ------------------------------------------------------------------ imported

    def imports(self) -> Iterator[NotebookImport]:
        """Every import of a notebook by one of the team's modules."""
        for module in self._programs():
            hooks = any(binding.imported.partition(".")[0] in _IMPORTERS for binding in module.facts.imports)
            told: set[str] = set()
            for binding in module.facts.imports:
                full = _FULL.match(f"{binding.imported}")
                name = full["name"] if full else binding.imported.lstrip(".")
                if not (full or hooks) or name in told or self.flow.program.find_module(module, name) is not None:
                    continue
                notebook = self.find(name.replace(".", "/") + ".ipynb", module.path)
                if notebook is not None:
                    told.add(name)
                    yield NotebookImport(module=module, binding=binding, notebook=notebook)

    # ------------------------------------------------------------------ served

    def served(self) -> Iterator[ServedSave]:
        """Every model that a notebook saves and nothing else does, and that code behind an endpoint loads."""
        saves = list(self.project.artifacts.find())
        elsewhere = {posixpath.basename(each.text) for each in saves if not each.save.body.module.is_notebook}
        for artifact in saves:
            if not artifact.save.body.module.is_notebook or posixpath.basename(artifact.text) in elsewhere:
                continue
            for load in self.project.artifacts.readers(artifact):
                if load.body.module.is_notebook or load.body.module.category != "product":
                    continue
                endpoint = self.project.behind.serves(load)
                if endpoint is not None:
                    yield ServedSave(save=artifact.save, text=artifact.text, load=load, endpoint=endpoint)
                    break
        yield from self._registered()

    def _registered(self) -> Iterator[ServedSave]:
        """The same for models in a registry: what is known to be served, and only a notebook keeps."""
        for model in self.project.trained_models:
            if not all(call.body.module.is_notebook for call, _ in model.kept):
                continue
            for kept in self.project.keeping.artifacts(model):
                if not self.project.keeping.is_in_registry(kept.call):
                    continue
                for load in self.project.keeping.loading.of(model, [kept]):
                    endpoint = None if load.body.module.is_notebook else self.project.behind.serves(load)
                    if endpoint is not None and _is_named_alone(kept.text, kept.call, load):
                        yield ServedSave(save=kept.call, text=kept.text, load=load, endpoint=endpoint)
                        break

    # ------------------------------------------------------------------ which notebook

    def find(self, text: str, near: str) -> Module | None:
        """The notebook that a path in the file `near` names, when there is one only."""
        wanted = posixpath.normpath(re.sub(r"^.*\{[^}]*\}/?|^\$\w+/?", "", text)).lstrip("./")
        if not wanted.endswith(".ipynb") or wanted == ".ipynb":
            return None
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(near), wanted))
        if beside in self._by_path:
            return self._by_path[beside]
        found = [each for path, each in self._by_path.items() if f"/{path}".endswith(f"/{wanted}")]
        return found[0] if len(found) == 1 else None

    @cached_property
    def _by_path(self) -> dict[str, Module]:
        return {module.path: module for module in self.project.modules() if module.is_notebook}

    def _programs(self) -> list[Module]:
        """The team's modules that are no notebooks themselves and do not build documents or try notebooks out."""
        return [
            module
            for module in self.project.modules()
            if self._by_path and not module.is_notebook and not _NO_PRODUCTION.search(module.path)
        ]


def _is_named_alone(name: str, save: Value, load: Value) -> bool:
    """Whether a model's name in a registry can mean no other: what any model may be called means its neighbour."""
    homes = [posixpath.dirname(each.body.module.path) for each in (save, load)]
    return homes[0] == homes[1] or re.fullmatch(r"(my_?)?models?(_\w*flow)?|artifacts?", name) is None

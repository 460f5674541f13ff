"""One document's text to its facts."""

from __future__ import annotations

import tomllib
from collections.abc import Callable

import msgspec

from mldebt.documents.cards import is_model_card, metadata_of, split_front_matter
from mldebt.documents.codeowners import parse_codeowners
from mldebt.documents.configuration import parse_ini_settings, parse_json_settings, parse_toml_settings, tree_settings
from mldebt.documents.markdown import read_markdown
from mldebt.documents.packages import parse_conda, parse_lock, parse_pyproject, parse_setup_cfg
from mldebt.documents.prose import Prose
from mldebt.documents.recipes import (
    parse_dockerfile,
    parse_jenkinsfile,
    parse_makefile,
    parse_shell,
    parse_tox,
    workflow_commands,
)
from mldebt.documents.record import DocumentFacts
from mldebt.documents.requirements import parse_requirements
from mldebt.documents.restructured import read_restructured
from mldebt.documents.stages import dvc_data, dvc_stages, kedro_data, mlproject_commands, stage_commands
from mldebt.documents.yaml_tree import Node, YamlError, parse_all_yaml, parse_yaml
from mldebt.regex import regex
from mldebt.sources import Document, DocumentKind

_SHEBANG = regex(r"#!.*\b(ba|da|z|k)?sh\b")
PROSE = frozenset((DocumentKind.README, DocumentKind.DOCS, DocumentKind.MODEL_CARD, DocumentKind.NOTEBOOK_PROSE))

Reader = Callable[[Document], DocumentFacts]


def parse_document(document: Document) -> DocumentFacts:
    """The facts of a document. One that is not what its name promises has a `problem` and no facts; it never raises."""
    reader = _READERS.get(document.kind, _facts)  # a kind that others read has no facts here
    try:
        return reader(document)
    except (YamlError, tomllib.TOMLDecodeError) as error:
        return _facts(document, problem=str(error))


def _facts(document: Document, **found: object) -> DocumentFacts:
    return msgspec.structs.replace(DocumentFacts(path=document.path, kind=document.kind), **found)


def _read_prose(document: Document) -> DocumentFacts:
    front, text, problem = split_front_matter(document.text)
    name = document.path.lower()
    if name.endswith(".rst"):
        prose = read_restructured(text)
    elif name.endswith(".txt"):
        prose = _plain_prose(text)
    else:
        prose = read_markdown(text)
    return _facts(
        document,
        title=front.get("title").text or prose.title,
        is_model_card=is_model_card(document.kind, front, prose),
        headings=tuple(prose.headings),
        blocks=tuple(prose.blocks),
        links=tuple(prose.links),
        paths=tuple(prose.paths),
        placeholders=tuple(prose.placeholders),
        metadata=metadata_of(front),
        commands=tuple(prose.commands),
        cells=document.cells,
        problem=problem,
    )


def _plain_prose(text: str) -> Prose:
    prose = Prose()
    line = 1
    for paragraph in text.split("\n\n"):
        prose.add_text("paragraph", paragraph, line)
        line += paragraph.count("\n") + 2
    return prose


def _read_pyproject(document: Document) -> DocumentFacts:
    dependencies, commands = parse_pyproject(document.text)
    return _facts(document, dependencies=dependencies, commands=commands)


def _read_makefile(document: Document) -> DocumentFacts:
    if document.path.endswith((".yml", ".yaml")):
        return _facts(document, commands=workflow_commands(_root(document)))
    return _facts(document, commands=parse_makefile(document.text))


def _read_dvc(document: Document) -> DocumentFacts:
    root = _root(document)
    stages = dvc_stages(root)
    data = dvc_data(document.path, root) if document.path.endswith(".dvc") else ()
    return _facts(document, stages=stages, commands=stage_commands(stages), data=data)


def _read_kedro(document: Document) -> DocumentFacts:
    root = _root(document)
    return _facts(document, data=kedro_data(root), settings=tree_settings([root]))


def _read_workflow(document: Document) -> DocumentFacts:
    if document.path.endswith("Jenkinsfile"):
        return _facts(document, commands=parse_jenkinsfile(document.text))
    return _facts(document, commands=workflow_commands(_root(document)))


def _read_config(document: Document) -> DocumentFacts:
    name = document.path.rpartition("/")[2].lower()
    if name.endswith(".json"):
        return _facts(document, settings=parse_json_settings(document.text))
    if name.endswith(".toml"):
        return _facts(document, settings=parse_toml_settings(document.text))
    if name.endswith((".yml", ".yaml")):
        roots = parse_all_yaml(document.text)
        commands = tuple(command for root in roots for command in workflow_commands(root))
        return _facts(document, settings=tree_settings(roots), commands=commands)
    dependencies = parse_setup_cfg(document.text) if name == "setup.cfg" else ()
    commands = parse_tox(document.text) if name == "tox.ini" else ()
    return _facts(document, settings=parse_ini_settings(document.text), dependencies=dependencies, commands=commands)


def _read_shell(document: Document) -> DocumentFacts:
    """What a shell program runs; one whose name does not tell that it is one must say so in its first line."""
    told = "." in document.path.rpartition("/")[2] or _SHEBANG.match(document.text)
    return _facts(document, commands=parse_shell(document.text) if told else ())


def _read_lock(document: Document) -> DocumentFacts:
    return _facts(document, dependencies=parse_lock(document.path, document.text))


def _root(document: Document) -> Node:
    return parse_yaml(document.text)


_READERS: dict[DocumentKind, Reader] = {
    **dict.fromkeys(PROSE, _read_prose),
    DocumentKind.CODEOWNERS: lambda document: _facts(document, owner_rules=parse_codeowners(document.text)),
    DocumentKind.REQUIREMENTS: lambda document: _facts(document, dependencies=parse_requirements(document.text)),
    DocumentKind.PYPROJECT: _read_pyproject,
    DocumentKind.LOCK: _read_lock,
    DocumentKind.CONDA: lambda document: _facts(document, dependencies=parse_conda(_root(document))),
    DocumentKind.MAKEFILE: _read_makefile,
    DocumentKind.DOCKERFILE: lambda document: _facts(document, commands=parse_dockerfile(document.text)),
    DocumentKind.DVC: _read_dvc,
    DocumentKind.MLPROJECT: lambda document: _facts(document, commands=mlproject_commands(_root(document))),
    DocumentKind.AIRFLOW: _read_config,
    DocumentKind.KEDRO: _read_kedro,
    DocumentKind.WORKFLOW: _read_workflow,
    DocumentKind.SHELL: _read_shell,
    DocumentKind.CONFIG: _read_config,
}

"""What a file is, by its path alone: Python, a notebook, a kind of document, or nothing to us."""

from __future__ import annotations

import re

from mldebt.regex import regex
from mldebt.sources.source import DocumentKind, SourceKind

_NAMES = {
    "codeowners": DocumentKind.CODEOWNERS,
    "pyproject.toml": DocumentKind.PYPROJECT,
    "pipfile": DocumentKind.PYPROJECT,
    "setup.cfg": DocumentKind.CONFIG,
    "makefile": DocumentKind.MAKEFILE,
    "gnumakefile": DocumentKind.MAKEFILE,
    "justfile": DocumentKind.MAKEFILE,
    "snakefile": DocumentKind.MAKEFILE,
    "dvc.yaml": DocumentKind.DVC,
    "dvc.lock": DocumentKind.LOCK,
    "mlproject": DocumentKind.MLPROJECT,
    "airflow.cfg": DocumentKind.AIRFLOW,
    "modelfile": DocumentKind.CONFIG,
    "jenkinsfile": DocumentKind.WORKFLOW,
    ".gitlab-ci.yml": DocumentKind.WORKFLOW,
    "azure-pipelines.yml": DocumentKind.WORKFLOW,
    "bitbucket-pipelines.yml": DocumentKind.WORKFLOW,
    "cloudbuild.yaml": DocumentKind.WORKFLOW,
    ".travis.yml": DocumentKind.WORKFLOW,
    "poetry.lock": DocumentKind.LOCK,
    "pipfile.lock": DocumentKind.LOCK,
    "uv.lock": DocumentKind.LOCK,
    "pdm.lock": DocumentKind.LOCK,
    "pixi.lock": DocumentKind.LOCK,
    "conda-lock.yml": DocumentKind.LOCK,
    "readme": DocumentKind.README,
}

RECIPES = frozenset(
    (
        DocumentKind.MAKEFILE,
        DocumentKind.SHELL,
        DocumentKind.WORKFLOW,
        DocumentKind.DVC,
        DocumentKind.MLPROJECT,
        DocumentKind.AIRFLOW,
    )
)
"""Files that run code."""
_MARKS = frozenset(
    (
        DocumentKind.README,
        DocumentKind.REQUIREMENTS,
        DocumentKind.PYPROJECT,
        DocumentKind.CONDA,
        DocumentKind.MLPROJECT,
    )
)
_PROSE = frozenset((".md", ".markdown", ".mdx", ".rst", ".txt"))
_SETTINGS = frozenset((".yaml", ".yml", ".toml", ".ini", ".cfg"))

_MODEL_CARD = regex(r"model[-_ ]?card", re.IGNORECASE)
_REQUIREMENTS = regex(r"(?:^|/)requirements?/|(?:^|[-_./])(?:requirements?|constraints?)[^/]*$", re.IGNORECASE)
_DOCS_FOLDER = regex(r"(?:^|/)(?:docs?|documentation|wiki)/", re.IGNORECASE)
_PROGRAM = regex(
    r"(?:^|/)(?:(?:run|start|launch)(?:[-_][\w-]+)?|build|deploy|setup|bootstrap|entrypoint|install|develop)$"
)
"""What shell programs are called whose names have no ending; their first line tells whether they are some."""
_CONDA = regex(r"(?:^|/)(?:[\w.-]*environment[\w.-]*|conda[\w.-]*|env)\.ya?ml$", re.IGNORECASE)
_DOCKERFILE = regex(
    r"(?:^|/)(?:(?:dockerfile|containerfile)(?:[._-][^/]*)?|[^/]+\.(?:dockerfile|containerfile))$", re.I
)
_WORKFLOW = regex(r"(?:^|/)(?:\.(?:github|gitea|forgejo)/workflows/[^/]+\.ya?ml|\.circleci/config\.ya?ml)$")
_KEDRO = regex(r"(?:^|/)conf/(?:[^/]+/)*catalog[^/]*(?:/[^/]+)*\.ya?ml$")
_DAGS = regex(r"(?:^|/)dags/(?:[^/]+/)*[^/]+\.ya?ml$")
_CONFIG_JSON = regex(
    r"(?:^|/)(?:conf|configs?|configuration|settings|params)/(?:[^/]+/)*[^/]+\.json$|(?:^|/)[^/]*(?:config|settings|params|hparams)[^/]*\.json$"
)


def source_kind(path: str) -> SourceKind | None:
    """How a file becomes a module, if it can."""
    if path.endswith(".py"):
        return SourceKind.PYTHON
    return SourceKind.NOTEBOOK if path.endswith(".ipynb") else None


def is_source(path: str) -> bool:
    """Whether a file can become a module, as far as its name tells."""
    return source_kind(path) is not None


def marks_project(kind: DocumentKind, path: str) -> bool:
    """Whether a document makes its folder a project of its own."""
    return kind in _MARKS or path.rpartition("/")[2] == "setup.cfg"


def document_kind(path: str) -> DocumentKind | None:
    """What a file that is no source documents or declares, if anything."""
    name = path.rpartition("/")[2].lower()
    found = _NAMES.get(name)
    if found is not None:
        return found
    dot = name.rfind(".")
    extension = name[dot:] if dot > 0 else ""
    if name.startswith(".env."):
        return DocumentKind.CONFIG
    if _DOCKERFILE.search(path):
        return DocumentKind.DOCKERFILE
    if extension in _PROSE:
        return _prose_kind(path, name, extension)
    if extension in _SETTINGS:
        return _settings_kind(path, name)
    return _other_kind(path, name, extension)


def _prose_kind(path: str, name: str, extension: str) -> DocumentKind | None:
    if extension == ".txt" and _REQUIREMENTS.search(path):
        return DocumentKind.REQUIREMENTS
    if _MODEL_CARD.search(name):
        return DocumentKind.MODEL_CARD
    if name.startswith("readme"):
        return DocumentKind.README
    return DocumentKind.DOCS if extension != ".txt" or _DOCS_FOLDER.search(path) else None


def _settings_kind(path: str, name: str) -> DocumentKind | None:
    if _WORKFLOW.search(path):
        return DocumentKind.WORKFLOW
    if _KEDRO.search(path):
        return DocumentKind.KEDRO
    if _CONDA.search(path):
        return DocumentKind.CONDA
    if _DAGS.search(path):
        return DocumentKind.AIRFLOW
    return DocumentKind.MAKEFILE if name in ("taskfile.yml", "taskfile.yaml") else DocumentKind.CONFIG


def _other_kind(path: str, name: str, extension: str) -> DocumentKind | None:
    if extension == ".dvc":
        return DocumentKind.DVC
    if extension == ".mk":
        return DocumentKind.MAKEFILE
    if extension == ".sql":
        return DocumentKind.SQL
    if extension in (".sh", ".bash") or (not extension and _PROGRAM.search(path)):
        return DocumentKind.SHELL
    if extension in (".in", ".lock") and _REQUIREMENTS.search(name):
        return DocumentKind.REQUIREMENTS if extension == ".in" else DocumentKind.LOCK
    return DocumentKind.CONFIG if extension == ".json" and _CONFIG_JSON.search(path) else None

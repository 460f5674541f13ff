"""What `mldebt init` writes: a configuration, a hook and a workflow, after a look at the repository."""

from __future__ import annotations

import json
import re
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from mldebt.regex import regex
from mldebt.schema import ANY, Key, setting_keys
from mldebt.sources import is_source

_OLD = regex(r"(?:^|/)(?:old|archived?|attic|legacy|deprecated|backup|scratch|sandbox|playground)$", re.IGNORECASE)
_READER = regex(
    r"(?:read|load|fetch|get|open|query)_(?:\w+_)?(?:data|dataset|datasets|frame|dataframe|table|rows|events|features|df)"
    r"(?:_\w+)?"
)
_IMPORT = regex(r"^[ \t]*\"?from[ \t]+(\.*[\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n\\]+)", re.MULTILINE)
_SHARED = 3  # files that import a reader, from which it looks like the shared way
_SHOWN = 5


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What a repository shows of itself: old folders, readers that many files import (by qualified name), the host of
    its code, and the CI files that are there."""

    old: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    host: str = ""
    branch: str = "main"


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A file to be written; `otherwise` says what to do where there is one already."""

    path: str
    text: str
    otherwise: str


def look_at(paths: Sequence[str], texts: Iterable[tuple[str, str]], remote: str = "", branch: str = "") -> Look:
    """`paths` are tracked, `texts` the Python files among them with content, `remote` says where the code came from."""
    folders = {"/".join(path.split("/")[:depth]) for path in paths for depth in range(1, path.count("/") + 1)}
    sources = [path for path in paths if is_source(path)]
    old = sorted(
        folder for folder in folders if _OLD.search(folder) and any(p.startswith(f"{folder}/") for p in sources)
    )
    return Look(
        old=tuple(folder for folder in old if not any(folder.startswith(f"{other}/") for other in old))[:_SHOWN],
        readers=tuple(_readers(sources, texts)),
        host=_host(paths, remote),
        branch=branch or "main",
    )


def propose(look: Look, requirement: str) -> tuple[Proposal, ...]:
    """The files, in the order in which a person would write them. `requirement` is what pip is told to install."""
    install = json.dumps(f"pip install {shlex.quote(requirement)}")  # as YAML reads it, whatever the requirement holds
    hook = _HOOK.replace("REQUIREMENT", json.dumps(requirement))
    found = [
        Proposal(path="mldebt.toml", text=render_config(look), otherwise="a configuration is there already"),
        Proposal(
            path=".pre-commit-config.yaml",
            text=f"repos:\n{hook}",
            otherwise=f"add this below `repos:`\n{hook}",
        ),
    ]
    if look.host == "github":
        workflow = _GITHUB.replace("BRANCH", look.branch).replace("INSTALL", install)
        found.append(
            Proposal(path=".github/workflows/mldebt.yml", text=workflow, otherwise="a workflow is there already")
        )
    if look.host == "gitlab":
        job = _GITLAB.replace("INSTALL", install)
        found.append(Proposal(path=".gitlab-ci.yml", text=job, otherwise=f"add this job\n{job}"))
    return tuple(found)


def render_config(look: Look) -> str:
    """Every key with what it is for and its default or an example, as comments; what the look suggests, too: what is
    left out or called shared is for the team to say."""
    suggested = {
        "paths.exclude": ("These look abandoned", [f"/{folder}/" for folder in look.old]),
        "platform": ("Many files import these", look.readers),
    }
    lines = [
        "# mldebt's configuration. Every line that is commented out shows a default, an example or a suggestion.",
        "# `mldebt config` shows what counts, and where it comes from.",
    ]
    for table, keys in _by_table(setting_keys()):
        if table is not None:
            lines += ["", f"# {table.words}", f"[{table.path}]"]
        for key in keys:
            lines += ([] if table else [""]) + _lines_of(key, *suggested.get(key.path, ("", ())))
    return "\n".join([*lines, "# [rules.MLD101]", "# min_steps = 4"]) + "\n"


# ---------------------------------------------------------------------------- looking


def _readers(sources: Sequence[str], texts: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Functions of the repository itself that many files import to read data."""
    modules: dict[str, list[str]] = {}
    for path in sources:
        known = path.removesuffix("/__init__.py").removesuffix(".py").replace("/", ".")
        modules.setdefault(known.rpartition(".")[2], []).append(f".{known}")
    users: Counter[str] = Counter()
    for path, text in texts:
        named = set()
        for module, names in _IMPORT.findall(text):
            full = _absolute(path, module)
            if any(known.endswith(f".{full}") for known in modules.get(full.rpartition(".")[2], ())):
                named |= {f"{full}.{name}" for name in re.findall(r"\w+", names) if _READER.fullmatch(name)}
        users.update(named)
    return (name for name, count in users.most_common(_SHOWN) if count >= _SHARED)


def _absolute(path: str, module: str) -> str:
    dots = len(module) - len(module.lstrip("."))
    if not dots:
        return module
    folder = path.split("/")[:-1]
    return ".".join([*folder[: len(folder) - dots + 1], module.lstrip(".")]).strip(".")


def _host(paths: Sequence[str], remote: str) -> str:
    if any(path.startswith(".github/") for path in paths) or "github.com" in remote:
        return "github"
    if ".gitlab-ci.yml" in paths or "gitlab" in remote:
        return "gitlab"
    return ""


# ---------------------------------------------------------------------------- the configuration


def _by_table(keys: Sequence[Key]) -> Iterator[tuple[Key | None, list[Key]]]:
    """The keys by the table in which they stand; those of the top come first."""
    tables = [key for key in keys if key.kind == "table" and not key.path.endswith(ANY)]
    for table in (None, *sorted(tables, key=lambda key: (key.path == "rules", key.path))):
        path = table.path if table else ""
        yield table, [key for key in keys if key.kind != "table" and key.path.rpartition(".")[0] == path]


def _lines_of(key: Key, why: str, suggested: Sequence[str]) -> list[str]:
    name = key.path.rpartition(".")[2]
    lines = [f"# {key.words}"] if name != ANY else []
    if suggested:
        return [*lines, f"# {why}:", f"# {name} = {json.dumps(list(suggested))}"]
    return [*lines, f"# {_EXAMPLES.get(key.path) or f'{name} = {json.dumps(key.default)}'}"]


_EXAMPLES = {
    "baseline": 'baseline = ".mldebt/baseline.tsv"',
    "cache_dir": 'cache_dir = ".mldebt-cache"',
    "platform": 'platform = ["acme.data.read_table"]',
    "ignore": 'ignore = ["MLD301"]',
    "paths.exclude": 'exclude = ["/experiments/old/"]',
    "paths.product": 'product = ["/tests/service/"]',
    "paths.tests": 'tests = ["/checks/"]',
    "paths.vendored": 'vendored = ["/forks/"]',
    "paths.generated": 'generated = ["*_gen.py"]',
    "paths.data": 'data = ["/corpus/"]',
    "people.bots": 'bots = ["deploy@acme.example"]',
    "people.aliases.*": '"Bob Lee" = ["bob@home.example", "blee"]',
    "people.joined.*": '"Di Fox" = "2024-02-01"',
    "people.left.*": '"Cy Ng" = "2024-05-31"',
    "people.teams.*": 'ranking = ["Bob Lee"]',
    "budget.total": "total = 10",
    "budget.info": "info = 20",
    "budget.low": "low = 10",
    "budget.medium": "medium = 5",
    "budget.high": "high = 0",
    "budget.new": 'new = "high"',
    "budget.rules.*": "MLD301 = 3",
}

# ---------------------------------------------------------------------------- the hook and the workflows

_HOOK = """\
- repo: local
  hooks:
  - id: mldebt
    name: mldebt, new debt in changed files
    entry: mldebt hook
    language: python
    additional_dependencies: [REQUIREMENT]
    types_or: [python, jupyter]
    require_serial: true
"""

_GITHUB = """\
# Fails a pull request that brings new debt, and says what in it did.
name: mldebt

on:
  pull_request:
  merge_group:
  push:
    branches: [BRANCH]

permissions:
  contents: read

jobs:
  mldebt:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0 # who wrote what stands in the history
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      # A pull request may read what its base branch kept.
      - uses: actions/cache@v4
        with:
          path: ~/.cache/mldebt
          key: mldebt-${{ github.sha }}
          restore-keys: mldebt-
      - run: INSTALL
      - run: mldebt gate --format github
"""

_GITLAB = """\
# Fails a merge request that brings new debt; its widget shows what it adds and pays.
mldebt:
  stage: test
  image: python:3.12
  interruptible: true
  variables:
    GIT_DEPTH: "0" # who wrote what stands in the history
    MLDEBT_CACHE_DIR: $CI_PROJECT_DIR/.mldebt-cache
  cache:
    key: mldebt
    paths: [.mldebt-cache/]
    when: always # a job that fails has learnt as much
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  before_script:
    - INSTALL
  script:
    - mldebt scan --quiet --fail-on never --output gitlab:gl-code-quality-report.json
    - if [ -n "$CI_MERGE_REQUEST_IID" ]; then mldebt gate --output mldebt.xml; fi
  artifacts:
    when: always
    reports:
      codequality: gl-code-quality-report.json
      junit: mldebt.xml
"""

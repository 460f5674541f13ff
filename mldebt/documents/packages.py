"""Packages declared in pyproject, Pipfile, setup.cfg, conda and lock files."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping

from mldebt.documents.line_table import LineTable
from mldebt.documents.record import Command, Dependency
from mldebt.documents.requirements import from_address, parse_requirement
from mldebt.documents.yaml_tree import Node
from mldebt.regex import regex

Table = Mapping[str, object]

_LOCKED_TOML = regex(r"^\[\[package\]\]\s*\nname = \"([^\"]+)\"\s*\nversion = \"([^\"]+)\"", re.MULTILINE)
_LOCKED_JSON = regex(r"^ {8}\"([\w.-]+)\": \{|^ {12}\"version\": \"([^\"]+)\"|^ {4}\"(default|develop)\"", re.MULTILINE)
_LOCKED_YAML = regex(
    r"^- (?:name|pypi|conda): *(\S+)(?:\n {2}(?:name|version): *(\S+))?(?:\n {2}version: *(\S+))?", re.MULTILINE
)
_WHEEL = regex(r"/([^/]+?)-(\d[^-/]*)-[^/]*\.(?:conda|whl|tar\.bz2)\Z")


def parse_pyproject(text: str) -> tuple[tuple[Dependency, ...], tuple[Command, ...]]:
    """The packages and the console scripts of a pyproject or Pipfile; raises TOMLDecodeError."""
    lines = _Lines(text)
    document = tomllib.loads(text)
    return tuple(_pyproject(document, lines)), tuple(_scripts(document, lines))


def parse_setup_cfg(text: str) -> tuple[Dependency, ...]:
    """`install_requires` and `extras_require` of a setup.cfg."""
    found = []
    section = key = ""
    for number, line in enumerate(text.split("\n"), start=1):
        value = re.sub(r"(?:^|\s)#.*", "", line)
        if header := re.match(r"\[([^\]]+)\]", line):
            section, key = header[1], ""
        elif assigned := re.match(r"([\w.-]+)\s*=\s*(.*)", value):
            key, value = assigned[1], assigned[2]
        wanted = section == "options" and key in ("install_requires", "setup_requires")
        if wanted or section == "options.extras_require":
            requirement = parse_requirement(value, "" if wanted else key, number)
            if requirement:
                found.append(requirement)
    return tuple(found)


def parse_conda(root: Node) -> tuple[Dependency, ...]:
    """The packages of a conda environment, with what its `pip:` list adds."""
    found = []
    for item in root.get("dependencies").items:
        if item.text:
            name, specifier = _conda_parts(item.text)
            pinned = specifier.startswith("=") and "*" not in specifier and specifier.count(",") == 0
            found.append(Dependency(name, specifier, "", pinned, "conda", item.line))
        for line in item.get("pip").items:
            requirement = parse_requirement(line.text, "pip", line.line)
            if requirement:
                found.append(requirement)
    return tuple(found)


def parse_lock(path: str, text: str) -> tuple[Dependency, ...]:
    """The versions that a lock file holds."""
    name = path.rpartition("/")[2].lower()
    if name == "pipfile.lock":
        return tuple(_pipfile_lock(text))
    if name.endswith((".yml", ".yaml")) or name == "pixi.lock":
        return tuple(_yaml_lock(text))
    table = LineTable(text)
    return tuple(
        Dependency(found[1], f"=={found[2]}", "", True, "", table.line_of(found.start(1)))
        for found in _LOCKED_TOML.finditer(text)
    )


class _Lines:
    """Finds the line where something stands that a parser without positions has read."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")

    def of_text(self, text: str) -> int:
        quoted = (f'"{text}"', f"'{text}'")
        return next((number for number, line in enumerate(self._lines, 1) if any(word in line for word in quoted)), 1)

    def of_key(self, key: str, header: str) -> int:
        inside = False
        for number, line in enumerate(self._lines, 1):
            if line.lstrip().startswith("["):
                inside = line.strip().startswith(f"[{header}]")
            elif inside and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[.=]", line):
                return number
        return 1


def _pyproject(document: Table, lines: _Lines) -> Iterator[Dependency]:
    project = _table(document, "project")
    groups = {
        "": project.get("dependencies"),
        **_table(project, "optional-dependencies"),
        **_table(document, "dependency-groups"),
    }
    for group, listed in groups.items():
        for text in listed if isinstance(listed, list) else ():
            requirement = parse_requirement(text, group, lines.of_text(text)) if isinstance(text, str) else None
            if requirement:
                yield requirement
    poetry = _table(document, "tool", "poetry")
    yield from _keyed(_table(poetry, "dependencies"), "", "tool.poetry.dependencies", lines)
    yield from _keyed(_table(poetry, "dev-dependencies"), "dev", "tool.poetry.dev-dependencies", lines)
    for group in _table(poetry, "group"):
        header = f"tool.poetry.group.{group}.dependencies"
        yield from _keyed(_table(poetry, "group", group, "dependencies"), group, header, lines)
    yield from _keyed(_table(document, "packages"), "", "packages", lines)
    yield from _keyed(_table(document, "dev-packages"), "dev", "dev-packages", lines)


def _keyed(table: Table, group: str, header: str, lines: _Lines) -> Iterator[Dependency]:
    """Poetry's and Pipenv's way: the name is a key, the value a version or a table."""
    for name, value in table.items():
        if name == "python":
            continue
        line = lines.of_key(name, header)
        options = value if isinstance(value, dict) else {"version": value}
        url = str(options.get("git") or options.get("url") or "")
        if url:
            revision = options.get("rev") or options.get("ref") or options.get("tag") or options.get("branch")
            address = f"git+{url}@{revision}" if revision and options.get("git") else url
            yield from_address(name, address, group, line)
        else:
            specifier = str(options.get("version") or "")
            pinned = re.match(r"={0,3}\s*\d[\w.!+-]*\Z", specifier) is not None
            yield Dependency(name, specifier, "", pinned, group, line)


def _scripts(document: Table, lines: _Lines) -> Iterator[Command]:
    for header in ("project.scripts", "tool.poetry.scripts"):
        for name, target in _table(document, *header.split(".")).items():
            if isinstance(target, str):
                yield Command(name, target, lines.of_key(name, header))


def _table(value: object, *keys: str) -> Table:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _conda_parts(text: str) -> tuple[str, str]:
    found = re.match(r"(?:[\w.-]+::)?([\w.-]+)\s*(.*)", text.strip())
    return (found[1], "".join(found[2].split())) if found else (text, "")


def _pipfile_lock(text: str) -> Iterator[Dependency]:
    table = LineTable(text)
    group = name = ""
    line = 0
    for found in _LOCKED_JSON.finditer(text):
        if found[3]:
            group = "" if found[3] == "default" else "dev"
        elif found[1]:
            name, line = found[1], table.line_of(found.start(1))
        elif name:
            yield Dependency(name, found[2], "", True, group, line)
            name = ""


def _yaml_lock(text: str) -> Iterator[Dependency]:
    table = LineTable(text)
    for found in _LOCKED_YAML.finditer(text):
        name, version = found[1], found[2] or ""
        wheel = _WHEEL.search(name)
        if wheel:
            name, version = wheel[1], wheel[2]
        elif found[3]:
            name, version = found[2], found[3]
        if version:
            version = version.strip("'\"")
            yield Dependency(name, f"=={version}", "", True, "", table.line_of(found.start(1)))

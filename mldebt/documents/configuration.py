"""Configuration files as dotted keys with values and lines: YAML, JSON, TOML, INI and environment files."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

from mldebt.documents.record import Setting
from mldebt.documents.yaml_tree import Node, parse_yaml
from mldebt.regex import regex

_MAX_SETTINGS = 5_000
_MAX_VALUE = 1_000
_HEADER = regex(r"\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(?:[#;].*)?\Z")
_TOML_KEY = regex(r"\s*((?:[\w-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"|'[^']*'))*)\s*=\s*(.*)")
_INI_KEY = regex(r"\s*(?:export\s+)?([\w.-]+)\s*[=:]\s*(.*)")


def tree_settings(roots: list[Node]) -> tuple[Setting, ...]:
    """The leaves of YAML documents."""
    found = (Setting(key, node.text[:_MAX_VALUE], node.line) for root in roots for key, node in root.leaves())
    return _first(found)


def parse_json_settings(text: str) -> tuple[Setting, ...]:
    """The leaves of a JSON file, which YAML can read but for its tabs."""
    return tree_settings([parse_yaml(text.replace("\t", " "))])


def parse_toml_settings(text: str) -> tuple[Setting, ...]:
    """The leaves of a TOML file; raises TOMLDecodeError. The parser knows no lines, so that they are found again by
    key."""
    lines = dict(_toml_lines(text))
    return _first(
        Setting(key, value, lines.get(re.sub(r"\.\d+\b", "", key), 1))
        for key, value in _leaves(tomllib.loads(text), "")
    )


def parse_ini_settings(text: str) -> tuple[Setting, ...]:
    """The assignments of an INI or environment file, with their section."""
    return _first(_ini(text))


def _first(found: Iterator[Setting]) -> tuple[Setting, ...]:
    return tuple(setting for _, setting in zip(range(_MAX_SETTINGS), found, strict=False))


def _leaves(value: object, key: str) -> Iterator[tuple[str, str]]:
    dot = f"{key}." if key else ""
    if isinstance(value, dict | list) and not value and key:
        yield key, ""
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, f"{dot}{name}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _leaves(item, f"{dot}{number}")
    else:
        yield key, (str(value).lower() if isinstance(value, bool) else str(value))[:_MAX_VALUE]


def _toml_lines(text: str) -> Iterator[tuple[str, int]]:
    header = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if found := _HEADER.match(line):
            header = _plain(found[1]) + "."
        elif found := _TOML_KEY.match(line):
            key = header + _plain(found[1])
            yield key, number
            for inner in re.finditer(r"[{,]\s*([\w-]+)\s*=", found[2]):
                yield f"{key}.{inner[1]}", number


def _plain(key: str) -> str:
    return re.sub(r"\s*\.\s*", ".", key).replace('"', "").replace("'", "")


def _ini(text: str) -> Iterator[Setting]:
    section = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.lstrip().startswith(("#", ";")):
            continue
        if found := _HEADER.match(line):
            section = f"{found[1]}."
        elif found := _INI_KEY.match(line):
            yield Setting(section + found[1], found[2].strip().strip("\"'")[:_MAX_VALUE], number)

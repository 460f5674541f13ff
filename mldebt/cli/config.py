"""`mldebt config`: the settings that count, and where each comes from."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import msgspec

from mldebt.cli.command import Command, Option
from mldebt.cli.options import choice_options, fail_options, path_argument, project_options, settings_from
from mldebt.rulebook import choose_rules, load_apis, load_rules
from mldebt.schema import ANY, Key, render_schema, setting_keys
from mldebt.settings import CACHE_VARIABLE, Settings, find_table
from mldebt.tables import Table

_EPILOG = """
\b
Examples:
  mldebt config                        what counts here
  mldebt config services/ranker        what counts there: the nearest file wins
  mldebt config --schema > mldebt.schema.json      for an editor
"""


class Effective(msgspec.Struct, frozen=True, kw_only=True):
    """A setting with a value, and its origin."""

    path: str
    value: object
    origin: str


@click.command(name="config", cls=Command, epilog=_EPILOG)
@path_argument
@click.option("--schema", is_flag=True, cls=Option, help="Print the JSON schema of the configuration instead.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    cls=Option,
    help="What goes to standard output.",
)
@choice_options
@fail_options
@project_options
def command(path: Path, schema: bool, form: str, **given: Any) -> int:
    """Show the settings that count for PATH, and where each comes from: a default, a file, the environment or the
    command line."""
    folder = path if path.is_dir() else path.parent
    rules = load_rules(folder)
    if schema:
        click.echo(render_schema(rules), nl=False)
        return 0
    settings = settings_from(path, **given)
    choose_rules(rules, settings)  # what a scan would refuse is not shown as what counts
    load_apis(folder)
    table, _ = find_table(folder, given["config"])
    found = list(_effective(settings, table, given))
    click.echo(_as_json(settings, found) if form == "json" else _as_text(settings, found))
    return 0


def _effective(settings: Settings, table: Table | None, given: Mapping[str, Any]) -> Iterator[Effective]:
    flags = {name for name, value in given.items() if value} | ({"history"} if given["history"] is not None else set())
    flags |= {"cache"} if given["no_cache"] else set()
    for key in setting_keys():
        if key.kind == "table":
            continue
        for path, value in _values(settings, key):
            if value is not None:
                yield Effective(path=path, value=value, origin=_origin(path, settings, table, flags))
    for rule_id, parameters in settings.rules.items():
        for name, value in parameters.values.items():
            yield Effective(path=f"rules.{rule_id}.{name}", value=value, origin=settings.file)


def _values(settings: Settings, key: Key) -> Iterator[tuple[str, object]]:
    """The value of a key; of a name that the team chooses, each that it chose."""
    *tables, last = key.path.split(".")
    holder: Any = settings
    for table in tables:
        holder = getattr(holder, table)
    if last == ANY:
        for name in sorted(holder):
            yield key.path.removesuffix(ANY) + name, holder[name]
    elif last in getattr(type(holder), "__struct_fields__", ()):
        value = getattr(holder, last)
        yield key.path, None if key.kind == "text" and value == "" else value
    else:
        yield key.path, holder.grades.get(last)


def _origin(path: str, settings: Settings, table: Table | None, flags: set[str]) -> str:
    if path in flags:
        return "command line"
    if table is not None and _stands_in(table.values, path):
        return settings.file
    return CACHE_VARIABLE if path == "cache_dir" and os.environ.get(CACHE_VARIABLE) else "default"


def _stands_in(values: Mapping[str, Any], path: str) -> bool:
    first, _, rest = path.partition(".")
    if first not in values:
        return False
    return not rest or (isinstance(values[first], dict) and (rest in values[first] or _stands_in(values[first], rest)))


def _as_text(settings: Settings, found: list[Effective]) -> str:
    lines = [f"{each.path} = {_toml(each.value)}" for each in found]
    width = min(60, max(map(len, lines)))
    shown = [f"{line:{width}}  {each.origin}" for line, each in zip(lines, found, strict=True)]
    return "\n".join([f"Configuration: {settings.file or 'none; everything is a default'}", "", *shown])


def _as_json(settings: Settings, found: list[Effective]) -> str:
    values = {each.path: {"value": each.value, "origin": each.origin} for each in found}
    return json.dumps({"file": settings.file or None, "settings": values}, indent=2, ensure_ascii=False, default=str)


def _toml(value: object) -> str:
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, dt.date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False, default=str)

"""The keys of the configuration, learnt from the code that reads it; and from them a JSON schema for editors."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mldebt.rulebook import Rule
from mldebt.settings import parse_settings
from mldebt.tables import Table

ANY = "*"  # stands for a name that the team chooses
ADDRESS = "https://json-schema.org/draft-07/schema#"

WORDS = {
    "select": "The rules to ask: ids, the start of an id (MLD4), names, families or all.",
    "ignore": "The rules not to ask, in the same words.",
    "fail_on": "The severity from which findings make the exit code 1.",
    "pedantic": "Show also what a busy team need not see.",
    "strict": "A file that could not be read makes the exit code 3.",
    "baseline": "The file of known findings, relative to this one; `mldebt baseline write` makes it.",
    "require_reason": "A comment that silences a finding counts only if it says why.",
    "jobs": "How many processes work at once; 0 for one a core.",
    "cache": "Keep results between runs.",
    "cache_dir": "Where, inside the repository; the user's cache folder when it is not said.",
    "platform": "Your shared ways to read data: names of functions, classes or modules, patterns of paths.",
    "history": "Judge who knows the code by its git history.",
    "window_days": "How long after the last commit somebody counts as active.",
    "half_life_days": "After how long half of what somebody knew of their code is gone.",
    "paths": "Patterns as in a .gitignore, relative to this file; they win over what is recognised.",
    "paths.exclude": "Not to be read at all.",
    "paths.product": "Product code, whatever it looks like.",
    "paths.tests": "Tests: known, not judged.",
    "paths.vendored": "Somebody else's code: known, not judged.",
    "paths.generated": "A machine's code: known, not judged.",
    "paths.data": "Code that is kept as data, and not run: counted, not judged.",
    "limits": "What a file may cost before it is skipped with a reason.",
    "limits.file_bytes": "The size of a Python file.",
    "limits.notebook_bytes": "The size of a notebook.",
    "limits.document_bytes": "The size of a document.",
    "limits.file_seconds": "The seconds of a processor that a large file may take; a small one has four.",
    "people": "Who is who.",
    "people.aliases": "The other names and addresses of a person.",
    "people.bots": "Names and addresses of machines.",
    "people.joined": "Who joined or came back, and on which day: active from then on, whatever the commits say.",
    "people.left": "Who left, and on which day: gone from then on, whatever the commits say.",
    "people.teams": "Who is in which team.",
    "budget": "How much debt there may be, and what a change may bring.",
    "budget.total": "How many findings there may be in all.",
    "budget.info": "How many of severity info.",
    "budget.low": "How many of severity low.",
    "budget.medium": "How many of severity medium.",
    "budget.high": "How many of severity high.",
    "budget.new": "The severity from which a change may bring no finding, when that is not `fail_on`.",
    "budget.ratchet": "A change may bring as many findings as it pays, and no more.",
    "budget.rules": "How many of a rule or family, named as in `select`.",
    "rules": "The parameters of rules, by id; `mldebt explain ID` lists them.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key of the configuration: where it stands ("paths.exclude"; "*" for a name that the team chooses), what it
    takes, and its default as TOML would say it, None for none."""

    path: str
    kind: str
    default: object = None
    allowed: tuple[str, ...] = ()
    minimum: int | None = None

    @property
    def words(self) -> str:
        """What it is for."""
        return WORDS.get(self.path.removesuffix(f".{ANY}"), "")


def setting_keys() -> tuple[Key, ...]:
    """Every key, in the order in which it is read; tables stand before what is in them."""
    found: dict[str, Key] = {}
    parse_settings(_Recorder("", {}, keys=found), Path(), Path())
    return tuple(found.values())


def render_schema(rules: Sequence[Rule]) -> str:
    """The JSON schema of `[tool.mldebt]` and of `mldebt.toml`."""
    schema: dict[str, Any] = {
        "$schema": ADDRESS,
        "title": "mldebt",
        "type": "object",
        "additionalProperties": False,
        "properties": {},
    }
    for key in setting_keys():
        parent: dict[str, Any] = schema
        *tables, last = key.path.split(".")
        for table in tables:
            parent = parent["properties"][table]
        if last == ANY:
            parent["additionalProperties"] = _shape(key)
        else:
            parent["properties"][last] = _shape(key)
    schema["properties"]["rules"] |= {
        "additionalProperties": False,
        "properties": {rule.id: _rule(rule) for rule in rules},
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


# ---------------------------------------------------------------------------- learning the keys


@dataclass(frozen=True, slots=True)
class _Recorder(Table):
    """A table that writes down what it is asked for, and answers so that the asking goes on."""

    keys: dict[str, Key] = field(default_factory=dict, repr=False)
    prefix: str = ""

    def only(self, allowed: Collection[str]) -> None:
        """A table that says what it allows; the order is the one of the documentation."""

    def has(self, key: str) -> bool:  # noqa: ARG002  # everything is there to be asked for
        return True

    def text(self, key: str, default: str | None = None) -> str:
        self._note(key, "text", default)
        return default or ANY

    def choice(self, key: str, allowed: Collection[str], default: str | None = None) -> str:
        self._note(key, "text", default, allowed=tuple(allowed))
        return default or next(iter(allowed))

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        self._note(key, "texts", default)
        return default or ()

    def flag(self, key: str, default: bool | None = None) -> bool:
        self._note(key, "flag", default)
        return bool(default)

    def integer(self, key: str, default: int | None = None, minimum: int = 0) -> int:
        self._note(key, "integer", default, minimum=minimum)
        return default or minimum

    def day(self, key: str) -> dt.date:
        self._note(key, "day", None)
        return dt.date.min

    def table(self, key: str) -> Table:
        self._note(key, "table", None)
        return _Recorder(self.file, {ANY: ANY}, keys=self.keys, prefix=f"{self.prefix}{key}.")

    def _note(
        self, key: str, kind: str, default: object, allowed: tuple[str, ...] = (), minimum: int | None = None
    ) -> None:
        path = self.prefix + key
        shown = list(default) if isinstance(default, tuple) else default
        self.keys.setdefault(path, Key(path=path, kind=kind, default=shown, allowed=allowed, minimum=minimum))


# ---------------------------------------------------------------------------- the schema


def _shape(key: Key) -> dict[str, Any]:
    shapes: dict[str, dict[str, Any]] = {
        "text": {"type": "string", "minLength": 1},
        "texts": {"type": "array", "items": {"type": "string", "minLength": 1}},
        "flag": {"type": "boolean"},
        "integer": {"type": "integer", "minimum": key.minimum},
        "day": {"type": "string", "format": "date"},  # as editors show a date of TOML
        "table": {"type": "object", "additionalProperties": False, "properties": {}},
    }
    shape = {"type": "string", "enum": list(key.allowed)} if key.allowed else shapes[key.kind]
    if key.words:
        shape = {"description": key.words, **shape}
    return shape if key.default is None else {**shape, "default": key.default}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "description": f"{rule.name}: {rule.why}",
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _parameter(value) for name, value in rule.parameters.items()},
    }


def _parameter(value: object) -> Mapping[str, Any]:
    if isinstance(value, tuple):
        return {"type": "array", "items": {"type": "string", "minLength": 1}, "default": list(value)}
    if isinstance(value, bool):
        return {"type": "boolean", "default": value}
    if isinstance(value, str):
        return {"type": "string", "minLength": 1, "default": value}
    return {"type": "integer" if isinstance(value, int) else "number", "minimum": 0, "default": value}

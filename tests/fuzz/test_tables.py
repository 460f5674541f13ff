from __future__ import annotations

import contextlib
import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mldebt.errors import ConfigError, UsageError
from mldebt.gate.baseline import parse_baseline, render_baseline
from mldebt.rulebook import choose_rules, load_apis, load_rules
from mldebt.schema import render_schema
from mldebt.settings import load_settings

from .conftest import fuzz

FILES = ("mldebt.toml", "pyproject.toml", ".mldebt/rules/a.toml", ".mldebt/apis/a.toml")
SCHEMA = json.loads(render_schema(load_rules()))
WORDS = sorted(
    {word for line in json.dumps(SCHEMA).split('"') for word in line.split() if word.isidentifier()}
    | {
        "MLD401",
        "MLD4",
        "all",
        "high",
        "reads",
        "names",
        "library",
        "api",
        "id",
        "parameters",
        "platform",
        "tool",
        "mldebt",
    }
)
KEYS = st.sampled_from(WORDS) | st.text(min_size=1, max_size=6)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(WORDS)
    | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
TABLES = st.dictionaries(KEYS, VALUES, max_size=5)


def toml(value: object) -> str:
    """A value as TOML writes it inline."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, float):
        return {"Infinity": "inf", "-Infinity": "-inf", "NaN": "nan"}.get(json.dumps(value), repr(value))
    return json.dumps(value) if isinstance(value, str | int | bool) else str(value)


def document(table: dict[str, Any]) -> str:
    return "".join(f"{json.dumps(key)} = {toml(value)}\n" for key, value in table.items())


@contextlib.contextmanager
def laid(path: str, text: str) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8", "surrogatepass"))
        yield Path(folder)


def refusal(path: str, text: str) -> str:
    """What is said of a file that does not count, "" for one that does. Anything but a refusal is a fault of ours."""
    with laid(path, text) as folder:
        try:
            settings = load_settings(folder)
            choose_rules(load_rules(folder), settings)
            load_apis(folder, None)
            settings.key()
        except (ConfigError, UsageError) as refused:
            return str(refused) or "?"
    return ""


def refuse_or_take(path: str, text: str) -> None:
    """Whatever stands in a file, it counts or is refused with one message that names the file."""
    said = refusal(path, text)
    assert not said or (path.rpartition("/")[2] in said and "\n" not in said)


@fuzz(40)
@given(TABLES)
def test_any_configuration(table: dict[str, Any]) -> None:
    refuse_or_take("mldebt.toml", document(table))
    refuse_or_take("pyproject.toml", document({"tool": {"mldebt": table}}))


@fuzz(40)
@given(st.sampled_from(sorted(SCHEMA["properties"])), VALUES)
def test_any_value(key: str, value: object) -> None:
    refuse_or_take("mldebt.toml", document({key: value}))


@fuzz(30)
@given(
    st.text(max_size=80),
    st.sampled_from(("mldebt.toml", "pyproject.toml", ".mldebt/rules/a.toml", ".mldebt/apis/a.toml")),
)
def test_any_text(text: str, path: str) -> None:
    refuse_or_take(path, text + "\n# mldebt\n")


@fuzz(10)
@given(TABLES, TABLES)
def test_any_rule_pack(top: dict[str, Any], parameters: dict[str, Any]) -> None:
    refuse_or_take(".mldebt/rules/a.toml", document({"id": "MLD101", **top, "parameters": parameters}))
    refuse_or_take(".mldebt/apis/a.toml", document({"library": "acme", "api": [top, parameters]}))
    refuse_or_take(".mldebt/apis/a.toml", document(top))


@fuzz(40)
@given(st.text(max_size=60) | st.lists(st.text(max_size=6), max_size=6).map("\t".join))
def test_any_baseline(text: str) -> None:
    for head in ("# mldebt baseline 1\n", ""):
        with contextlib.suppress(ConfigError):
            entries = parse_baseline(head + text, "known.tsv")
            assert parse_baseline(render_baseline(entries), "known.tsv") == entries

"""Models that a warehouse trains where the data lies, by statements in the code: BigQuery's `CREATE MODEL … AS SELECT
…`, and the statements that ask them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from mldebt.flow.files.paths import Paths
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.spelling import Spelling
from mldebt.regex import regex
from mldebt.sql import parse_sql

_BEGINS = regex(r"\bcreate\s+(?:or\s+replace\s+)?model\b", re.IGNORECASE)
_CREATES = regex(
    r"\bcreate\s+(?:or\s+replace\s+)?model\s+(?:if\s+not\s+exists\s+)?(`[^`]+`(?:\.`[^`]+`)*|[\w.{}$-]+)(.*)",
    re.IGNORECASE | re.DOTALL,
)
_GOES_ON = regex(r"\s*(options\s*\(|transform\s*\(|input\s*\(|remote\s+with|as\s*\(?\s*(select|with)\b)", re.IGNORECASE)
"""How a statement goes on: words that only speak of a model do not."""
_REMOTE = regex(r"\A\s*(?:transform\s*\(.*?\)\s*)?remote\s+with\s+connection|model_path\s*=", re.IGNORECASE | re.DOTALL)
_TYPE = regex(r"model_type\s*=\s*['\"](\w+)['\"]", re.IGNORECASE)
_LABELS = regex(r"input_label_cols\s*=\s*\[([^\]]*)\]", re.IGNORECASE)
_QUERY = regex(r"\bas\b\s*\(?\s*((?:select|with)\b.*)\Z", re.IGNORECASE | re.DOTALL)
_ASKS = regex(r"\bml\.(\w+)\s*\(\s*model\s+(`[^`]+`(?:\.`[^`]+`)*|[\w.{}$-]+)", re.IGNORECASE)
_COLUMN = regex(r"\A(?:[\w`]+\.)?`?(\w+)`?\Z")
_ALIAS = regex(r"\bas\s+`?(\w+)`?\Z", re.IGNORECASE)
_MEASURES = frozenset("evaluate roc_curve confusion_matrix".split())
_ANSWERS = frozenset("predict forecast recommend detect_anomalies explain_predict explain_forecast".split())


class WarehouseModel(msgspec.Struct, frozen=True, kw_only=True):
    """One model: its name in the warehouse, its type, where the statement stands, the tables and columns it learns from
    and the columns it learns to predict; the texts that ask it, and those that measure it."""

    name: str
    kind: str
    text: Value
    tables: tuple[str, ...]
    columns: tuple[str, ...]
    labels: tuple[str, ...]
    asked: tuple[Value, ...]
    measured: tuple[Value, ...]


class Warehouse:
    """Finds the models that statements create."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.spelling = Spelling(flow.shared(Paths))

    def find(self) -> list[WarehouseModel]:
        """Every model, each name once, by place."""
        texts = list(self._texts())
        made: dict[str, WarehouseModel] = {}
        for value, text in texts:
            found = _CREATES.search(text)
            if found is not None and _GOES_ON.match(found[2]) and not _REMOTE.search(found[2]):
                name = _plain(found[1])
                made.setdefault(name, self._model(name, found[2], value, texts))
        return list(made.values())

    def _texts(self) -> Iterator[tuple[Value, str]]:
        """The texts of the team's own code that make models in SQL or ask them."""
        for module in self.flow.program.modules:
            for body in self.flow.bodies(module.index) if module.category == "product" else ():
                for value in body.nodes:
                    for text in self._read(value):
                        yield value, text

    def _read(self, value: Value) -> Iterator[str]:
        if value.kind == "const" and isinstance(value.data, str):
            is_file = value.data.endswith(".sql")
            name = value.data.rpartition("/")[2]
            written = self.flow.program.texts.get(name, ()) if is_file else (value.data,)
        elif value.kind == "template":
            written = ("".join(part or "" for part in value.texts),)
        else:
            return
        if any(_BEGINS.search(text) or _ASKS.search(text) for text in written):
            yield from self.spelling.texts(value, ()) if value.kind == "template" else map(_in_a_line, written)
        elif value.kind == "template" and "ml." in written[0].lower():
            yield from self.spelling.texts(value, ())

    def _model(self, name: str, rest: str, text: Value, texts: list[tuple[Value, str]]) -> WarehouseModel:
        query = _QUERY.search(rest)
        asking = [
            (function.lower(), value)
            for value, each in texts
            for function, asked in _ASKS.findall(each)
            if _are_one(_plain(asked), name)
        ]
        labels = [word.strip(" '\"") for found in _LABELS.findall(rest) for word in found.split(",")]
        kind = _TYPE.search(rest)
        return WarehouseModel(
            name=name,
            kind=kind[1].lower() if kind is not None else "",
            text=text,
            tables=tuple(_tables(query[1])) if query is not None else (),
            columns=tuple(each for each in _columns(query[1]) if each not in labels) if query is not None else (),
            labels=tuple(dict.fromkeys(filter(None, labels))),
            asked=tuple(dict.fromkeys(value for function, value in asking if function in _ANSWERS)),
            measured=tuple(dict.fromkeys(value for function, value in asking if function in _MEASURES)),
        )


def _in_a_line(text: str) -> str:
    return " ".join(text.split())


def _plain(name: str) -> str:
    return name.replace("`", "")


def _are_one(asked: str, name: str) -> bool:
    """Whether two names are of one model, one of them perhaps without the project."""
    return asked == name or asked.endswith(f".{name}") or name.endswith(f".{asked}")


def _tables(query: str) -> list[str]:
    """The tables that a query reads, as it spells them."""
    quoted = re.findall(r"\b(?:from|join)\s+(`[^`]+`(?:\.`[^`]+`)*)", query, re.IGNORECASE)
    if quoted:
        return list(dict.fromkeys(map(_plain, quoted)))
    return sorted({table for statement in parse_sql(query) or () for table in statement.reads})


def _columns(query: str) -> Iterator[str]:
    """The columns that a query selects by name, as far as its first list is a plain one."""
    selected = re.match(r"select\s+(.*?)\s+from\b", query, re.IGNORECASE | re.DOTALL)
    depth, part = 0, ""
    for sign in (selected[1] if selected is not None else "") + ",":
        depth += (sign == "(") - (sign == ")")
        if sign != "," or depth:
            part += sign
            continue
        word = part.strip()
        part = ""
        named = _ALIAS.search(word) or _COLUMN.match(word)
        if named is not None:
            yield named[1]

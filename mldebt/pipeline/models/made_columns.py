"""The named features that code makes: `frame["x"] = …`, `{"x": …}`, `assign(x=…)`."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.conditions.conditions import ways
from mldebt.flow.idioms import read_name
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

LISTED = 3
_NAMING = frozenset({"columns", "feature_names"})
_ARRAYS = ("numpy.array", "numpy.asarray")
_NO_FEATURE = regex(
    r"(^|_)(labels?|targets?|y|class(es)?|outcome|folds?|split|weights?|ids?|idx|index|rating|click(ed)?|seed|steps?)$"
)
"""Columns that hold the answer, or say which row it is: what a model is asked with has them only for the form."""


class MadeColumns:
    """Answers per value."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    def of(self, value: Value) -> Iterator[tuple[str, Value]]:
        """The named features that a value adds to what holds them; in a loop over names, each of them."""
        if value.kind == "store" and isinstance(value.data, tuple):
            stored = value.one("value")
            yield from ((name, stored) for name in self._names(value) if stored is not None)
        elif value.kind == "dict":
            yield from (
                (key, item) for key, item in zip(value.keys, value.every("item"), strict=False) if isinstance(key, str)
            )
        elif value.kind == "call" and (names := _named(value)) is not None:
            yield from self._row(value, names)
        elif value.kind == "call" and value.calls_method("assign", "with_columns", "withColumn", "mutate"):
            yield from (
                (keyword, source) for keyword, source in value.named_arguments if keyword not in ("", "*", "**")
            )
        elif value.calls_method("alias") and value.receiver is not None and len(value.arguments) == 1:
            name = value.arguments[0].data
            yield from [(name, value.receiver)] if isinstance(name, str) else []

    def asked(self, value: Value) -> Iterator[tuple[str, Value]]:
        """The features of the one row that is written out where a model is asked: `predict([[age, ratio]])`."""
        if value.calls_external(*_ARRAYS) and value.arguments:
            value = value.arguments[0]
        rows = value.every("item") if value.kind == "collection" and len(value.inputs) == 1 else []
        for row in rows:
            if row.kind == "collection" and not row.every("spread"):
                yield from ((name, item) for item in row.every("item") for name in row.body.names_of(item)[:1])

    def listed(self, value: Value) -> Iterator[tuple[str, Value]]:
        """The features of a row that is a list, each by the name of its variable or by what it is read under:
        `[price_log, order["age"]]`."""
        items = value.every("item") if value.kind == "collection" and not value.every("spread") else []
        named = [(name, item) for item in items for name in (*value.body.names_of(item), read_name(item))[:1] if name]
        yield from named if len(named) >= LISTED else ()

    def _row(self, table: Value, names: Value) -> Iterator[tuple[str, Value]]:
        """The features of one row that is a list, by the names which its table gives them:
        `DataFrame([[age, log(price)]], columns=["age", "log_price"])`."""
        given = table.arguments[0]
        if given.kind == "call" and given.arguments and given.calls_external(*_ARRAYS):
            given = given.arguments[0]
        row = given.every("item")[0] if given.kind == "collection" and len(given.inputs) == 1 else None
        if row is None or row.kind != "collection" or row.every("spread"):
            return
        texts = [member.value.data for member in self.flow.members(names, ()) if member.value.kind == "const"]
        if len(texts) == len(row.inputs):
            yield from (
                (text, item) for text, item in zip(texts, row.every("item"), strict=True) if isinstance(text, str)
            )

    def constants(self, value: Value) -> Iterator[tuple[str, Value]]:
        """Those that are the same number for every row, whatever its data: not one that is replaced later, or only set
        in some case. A row of nothing but constants is an example."""
        found = [*self.of(value), *self.listed(value)]
        items = value.every("item") if value.kind == "dict" else [made for _, made in found]
        is_row = value.kind in ("dict", "collection") or (value.kind == "call" and _named(value) is not None)
        if is_row and all(_only(made).kind == "const" for made in items):
            return
        for name, listed in found:
            made = _only(listed)
            if _is_number(made) and not _NO_FEATURE.search(name) and self._is_settled(value, name, made):
                yield name, made

    def _names(self, store: Value) -> list[str]:
        """The keys that a value is stored under, as far as they are written down."""
        key = store.one("key")
        if isinstance(store.key, str):
            return [store.key]
        if key is not None and key.calls_method("index", "get_loc"):  # `row[columns.index("age")] = …`
            return [given.data for given in key.arguments[:1] if given.kind == "const" and isinstance(given.data, str)]
        if key is None or key.kind != "element":
            return []
        members = (member.value for member in self.flow.members(key.source, ()))
        return [member.data for member in members if member.kind == "const" and isinstance(member.data, str)]

    def _is_settled(self, holder: Value, name: str, made: Value) -> bool:
        """Whether nothing in the same code stores another value for a feature, or one under a name that is worked
        out."""
        if any(not _is_missing(test, name) for test, _ in ways(holder.body, holder.at)):
            return False
        if holder.kind == "collection":
            return sum(name in names for names in holder.body.named.values()) == 1
        for node in holder.body.nodes:
            if node.kind == "store" and isinstance(node.data, tuple):
                other = node.one("value")
                if not isinstance(node.key, str) and not _keeps(node):
                    return False
                if node.key == name and other is not None and (other.kind, other.data) != (made.kind, made.data):
                    return False
            elif node.kind == "mutate" and node.data == "update":
                return False
        return True


def _named(call: Value) -> Value | None:
    """What names the columns of a table that is made of rows."""
    if _NAMING.isdisjoint(call.keywords):
        return None
    return next((given for keyword, given in call.named_arguments if keyword in _NAMING), None)


def _only(made: Value) -> Value:
    """What a column of one row holds: `{"x": [0.5]}`."""
    return made.inputs[0][1] if made.kind == "collection" and len(made.inputs) == 1 else made


def _is_number(value: Value) -> bool:
    return value.kind == "const" and isinstance(value.data, int | float)


def _keeps(store: Value) -> bool:
    """Whether a store under a name that is worked out leaves alone what is there: it fills what is missing, or gives
    each column anew from what it was."""
    key, value = store.one("key"), store.one("value")
    if key is None or value is None or key.kind == "const":
        return True
    names = key.source if key.kind == "element" else key
    conditions = names.every("condition") if names.kind == "comprehension" else []
    if any(condition.data == ("not in",) for condition in conditions):
        return True
    given = value.receiver if value.kind == "call" else None
    return given is not None and given.kind == "item" and given.one("key") is key


def _is_missing(test: Value, name: str) -> bool:
    """Whether a test asks if a column is missing."""
    operands = test.every("operand") if test.kind == "compare" else []
    return test.data == ("not in",) and bool(operands) and operands[0].kind == "const" and operands[0].data == name

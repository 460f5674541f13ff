"""Which columns a query or a data frame is asked to sort by."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.idioms import last_name, read_name
from mldebt.flow.steps import Stack, Step
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

COLUMN_LIMIT = 30
_NAMING = frozenset(
    """f asc asc_nulls_first asc_nulls_last col column desc desc_nulls_first desc_nulls_last literal_column nulls_first
    nulls_last nullsfirst nullslast nullif text rawsql abs cast coalesce collate length lower round trim trunc upper
    str list tuple""".split()
)
"""Functions of ORMs and query builders whose text arguments are columns or SQL, and casts of such names."""
_KEEPING = frozenset(
    "asc desc nulls_first nulls_last nullsfirst nullslast lower upper strip lstrip split alias".split()
)
"""Methods of an expression, or of a column's name, that leave it the same column."""
_COLUMNS = frozenset({"c", "columns"})
_READ = frozenset({"get", "pop", "setdefault", "getlist"})


def column_names(flow: Flow, by: Value, stack: Stack = ()) -> list[str]:
    """The texts that are themselves what is sorted by, however they got there, and those that an expression of an ORM
    names. What else an expression is made of, such as the ranking whose places it restores, names no column."""

    def steps(value: Value, stack: Stack) -> list[Step]:
        found = flow.back(value, stack)
        if value.kind == "attr":
            return [step for step in found if step.label != "object"]
        return _of_call(value, found) if value.kind == "call" else found

    visits = flow.walk(by, steps, stack=stack, limit=COLUMN_LIMIT)
    texts = [visit.value.data for visit in visits if visit.value.kind == "const"]
    return [text for text in texts if isinstance(text, str) and text != "-"] or list(_mapped(by))


def _mapped(by: Value) -> Iterator[str]:
    """The column that is an attribute of a mapped class, or of a table's columns: `Item.title`, `items.c.title`."""
    if by.kind == "call" and last_name(by.function).lower() in _KEEPING:
        of_method = by.receiver is not None and not by.arguments
        inner = by.receiver if of_method else next(iter(by.arguments), None)
        if inner is not None:
            yield from _mapped(inner)
        elif by.function.kind == "external":
            yield from _imported(by.function.name.rpartition(".")[0])
    elif by.kind == "attr" and (by.source.kind == "class" or read_name(by.source) in _COLUMNS):
        yield by.name
    elif by.kind == "external":
        yield from _imported(by.name)


def _imported(dotted: str) -> Iterator[str]:
    """The attribute that a dotted name takes of a class."""
    owner, _, name = dotted.rpartition(".")
    if owner.rpartition(".")[2][:1].isupper():
        yield name


def _of_call(call: Value, found: list[Step]) -> list[Step]:
    """The steps of a call that lead to a column's name."""
    method = last_name(call.function).lower()
    if method in _READ:
        asked = call.arguments[:1]
        return [step for step in found if step.label != "receiver" and step.value not in asked]
    if call.receiver is not None and method in _KEEPING:
        return [step for step in found if step.label == "receiver"]
    if method in _NAMING:
        return [step for step in found if step.label == "arg"]
    return [step for step in found if step.label == "returned"]

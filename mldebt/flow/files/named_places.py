"""What a module ever keeps under a name: as a key of a dict, an attribute, a column, a field of a constructor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from mldebt.flow.idioms import last_name
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

_HOLDING = frozenset({"dict", "store", "call"})
_TABLES = frozenset({"DataFrame", "createDataFrame"})
_HEADING = ("columns", "schema")


class NamedPlaces:
    """Answers per module, listed once."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._kept: dict[int, dict[str, list[Value]]] = {}
        self._anywhere: dict[str, list[Value]] | None = None
        self._headed: dict[str, list[tuple[Value, int]]] | None = None

    def kept(self, module: int, name: str) -> list[Value]:
        """The values that a module keeps under a name."""
        return self._of(module).get(name, [])

    def _of(self, module: int) -> dict[str, list[Value]]:
        found = self._kept.get(module)
        if found is None:
            found = self._kept[module] = defaultdict(list)
            for number in range(len(self._flow.program.modules[module].facts.scopes)):
                for node in self._flow.body(module, number).nodes:
                    if node.kind in _HOLDING:
                        for key, value in _named(node):
                            found[key].append(value)
        return found

    def kept_anywhere(self, name: str) -> list[Value]:
        """The values that any of the team's own modules keeps under a name."""
        if self._anywhere is None:
            self._anywhere = defaultdict(list)
            for module in self._flow.program.modules:
                for each, values in self._of(module.index).items() if module.category == "product" else ():
                    self._anywhere[each] += values
        return self._anywhere.get(name, [])

    def headed(self, name: str) -> list[tuple[Value, int]]:
        """The rows that the team's own code makes a table of in which a column has a name, and that column's place:
        `DataFrame(rows, columns=["item", "place"])`."""
        if self._headed is None:
            self._headed = defaultdict(list)
            for call in self._flow.calls_named(_TABLES):
                if call.body.module.category == "product" and call.arguments:
                    for place, column in enumerate(column_names(call)):
                        self._headed[column].append((call.arguments[0], place))
        return self._headed.get(name, [])


def _named(node: Value) -> Iterator[tuple[str, Value]]:
    if node.kind == "dict":
        pairs = zip(node.keys, node.every("item"), strict=False)
        yield from ((key, value) for key, value in pairs if isinstance(key, str))
    elif node.kind == "store":
        stored = node.one("value")
        if stored is not None and isinstance(node.key, str):
            yield node.key, stored
    elif node.kind == "call" and _makes_fields(node):
        yield from ((keyword, source) for keyword, source in node.named_arguments if keyword.isidentifier())


def column_names(table: Value) -> list[str]:
    """The names of a table's columns, where all are written down."""
    headings = (source for keyword, source in table.named_arguments if keyword in _HEADING)
    heading = next(headings, table.arguments[1] if len(table.arguments) > 1 else None)
    if heading is None or heading.kind != "collection":
        return []
    names = [item.data for item in heading.every("item")]
    return [name for name in names if isinstance(name, str)] if all(isinstance(n, str) for n in names) else []


def _makes_fields(call: Value) -> bool:
    if not call.data:  # no argument
        return False
    name = last_name(call.inputs[0][1])
    return name[:1].isupper() or name in ("annotate", "alias", "assign") or call.inputs[0][1].kind == "class"

"""What a module ever keeps under a name: as a key of a dict, an attribute, a column, a field of a constructor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from mldebt.flow.idioms import last_name
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

_HOLDING = frozenset({"dict", "store", "call"})


class NamedPlaces:
    """Answers per module, listed once."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._kept: dict[int, dict[str, list[Value]]] = {}

    def kept(self, module: int, name: str) -> list[Value]:
        """The values that a module keeps under a name."""
        found = self._kept.get(module)
        if found is None:
            found = self._kept[module] = defaultdict(list)
            for number in range(len(self._flow.program.modules[module].facts.scopes)):
                for node in self._flow.body(module, number).nodes:
                    if node.kind in _HOLDING:
                        for key, value in _named(node):
                            found[key].append(value)
        return found.get(name, [])

    def kept_anywhere(self, name: str) -> list[Value]:
        """The values that any of the team's own modules keeps under a name."""
        modules = (module for module in self._flow.program.modules if module.category == "product")
        return [value for module in modules for value in self.kept(module.index, name)]


def _named(node: Value) -> Iterator[tuple[str, Value]]:
    if node.kind == "dict":
        pairs = zip(node.keys, node.every("item"), strict=False)
        yield from ((key, value) for key, value in pairs if isinstance(key, str))
    elif node.kind == "store":
        stored = node.one("value")
        if stored is not None and isinstance(node.key, str):
            yield node.key, stored
    elif node.kind == "call" and (last_name(node.function)[:1].isupper() or _makes_fields(node)):
        yield from ((keyword, source) for keyword, source in node.named_arguments if keyword.isidentifier())


def _makes_fields(call: Value) -> bool:
    return call.function.kind == "class" or last_name(call.function) in ("annotate", "alias", "assign")

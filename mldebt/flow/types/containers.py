"""The types of what stands in containers and of what is met when they are gone through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mldebt.flow.idioms import at_place
from mldebt.flow.linking import Type, distinct
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

ITEMS_ASKED = 4
_SAME_INSIDE = frozenset({"DataFrame", "Series", "ndarray", "Tensor", "QuerySet", "GroupBy", "LazyFrame"})
_SPLITTING = ("sklearn.model_selection.train_test_split", "sklearn.cross_validation.train_test_split")
"""What gives two parts of each table that it is given, one after the other."""
_PARSER, _KNOWN, _OPTIONS = "argparse.ArgumentParser", "parse_known_args", "argparse.Namespace"
_SAME_ITEMS = ("enumerate", "zip", "reversed", "sorted", "list", "set", "tuple", "iter")


class Containers:
    """Element types, one level deep."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow

    def collection(self, value: Value) -> tuple[Type, ...]:
        """A list, tuple or set display."""
        found: list[Type] = []
        for label, source in value.inputs[:ITEMS_ASKED]:
            found.extend(self._flow.types(source) if label == "item" else self.elements(source))
        return (Type(str(value.data), distinct(found)),)

    def mapping(self, value: Value) -> tuple[Type, ...]:
        """A dict display; its items count, not its keys."""
        items = value.every("item")[:ITEMS_ASKED]
        return (Type("dict", distinct(found for item in items for found in self._flow.types(item))),)

    def comprehension(self, value: Value) -> tuple[Type, ...]:
        element = value.one("element")
        name = "list" if value.data == "generator" else str(value.data)
        return (Type(name, self._flow.types(element) if element else ()),)

    def elements(self, iterable: Value) -> Sequence[Type]:
        """What a loop over a value meets."""
        if iterable.calls_method("values", "items"):
            return [found for owner in self._flow.types(iterable.function.source) for found in owner.args]
        if iterable.calls_external(*_SAME_ITEMS):
            return self.elements(iterable.inputs[1][1]) if len(iterable.inputs) > 1 else ()
        owners = self._flow.types(iterable)
        return [found for owner in owners for found in owner.args or self._inside(owner, "__iter__")]

    def item(self, value: Value) -> Sequence[Type]:
        """What `value[key]` gives."""
        source, key = value.source, value.data
        if isinstance(key, int):
            found = self._unpacked(source.source, key) if source.kind == "element" else None
            if found is not None:
                return found
            if source.kind == "collection" and 0 <= key < len(source.inputs):
                return self._flow.types(source.inputs[key][1])
            if source.calls_external(*_SPLITTING) and 0 <= key // 2 < source.keywords.count(""):
                return self._flow.types(source.arguments[key // 2])
            if key == 0 and source.calls_method(_KNOWN) and self._is_parser(source):
                return (Type(_OPTIONS),)
            if source.kind == "call" and key >= 0 and (given := self._returned_at(source, key)):
                return distinct(found for each in given for found in self._flow.types(each))
        owners = self._flow.types(source)
        for owner in owners:
            if isinstance(owner.name, tuple) and (method := self._flow.program.method(owner.name, "__getitem__")):
                return self._flow.function_types(method.module, method.scope)
        return [found for owner in owners for found in owner.args or self._inside(owner, "__getitem__")]

    def _is_parser(self, call: Value) -> bool:
        """Whether a call takes the options that it knows from a command line: `args, _ = parser.parse_known_args()`."""
        return any(target.name == f"{_PARSER}.{_KNOWN}" for target in self._flow.targets(call))

    def _returned_at(self, call: Value, place: int) -> list[Value]:
        """What functions of the repository return at a place of a tuple; nothing where one may return another thing."""
        found: list[Value] = []
        for target in self._flow.targets(call):
            given = self._flow.body(*target.key).returns.every("value") if target.kind == "func" else []
            parts = [part for each in given if (part := at_place(each, place)) is not None]
            if not parts or len(parts) < len(given):
                return []
            found += parts
        return found

    def _unpacked(self, iterable: Value, place: int) -> Sequence[Type] | None:
        """A place in the tuples that `enumerate`, `zip` and `items` give; None for other iterables."""
        arguments = iterable.arguments if iterable.kind == "call" else []
        if iterable.calls_external("enumerate"):
            return self.elements(arguments[0]) if place == 1 and arguments else (Type("int"),)
        if iterable.calls_external("zip"):
            return self.elements(arguments[place]) if 0 <= place < len(arguments) else ()
        if iterable.calls_method("items"):
            return self.elements(iterable) if place == 1 else (Type("str"),)
        return None

    def _inside(self, owner: Type, method: str) -> tuple[Type, ...]:
        """What a library's type holds, by what its method returns."""
        if same_inside(owner):
            return (owner,)
        api = self._flow.catalogue.method(owner.name, method) if isinstance(owner.name, str) else None
        return (Type(api.returns),) if api is not None and api.returns not in ("", "self") else ()


def same_inside(owner: Type) -> bool:
    """Types whose items are of the same kind as they are (frames, arrays, tensors)."""
    return isinstance(owner.name, str) and owner.name.rpartition(".")[2] in _SAME_INSIDE

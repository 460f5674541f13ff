"""Which sequence the items of a list were taken from."""

from __future__ import annotations

from mldebt.flow.conditions.conditions import around
from mldebt.flow.idioms import bare, is_mask, is_negated, selects
from mldebt.flow.orders.list_versions import cut_from, filled, versions
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow


class Subsets:
    """Questions about lists that hold some of the items of another."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._open: set[tuple[Value, int]] = set()

    def source_of(self, value: Value) -> Value | None:
        """The sequence that a list was filtered from: by a comprehension or by appending in a loop."""
        value, cut = cut_from(value)
        found = self._filtered_from(value)
        return filled(cut) if found is None and cut is not None else found

    def _filtered_from(self, value: Value) -> Value | None:
        if value.calls_external("filter") and len(value.arguments) > 1:
            return filled(value.arguments[1])
        if value.kind == "item" and (selects(value) or any(map(is_mask, value.every("key")))):
            return filled(value.source)
        if value.kind == "item" and isinstance(value.data, int) and value.source.kind == "call":
            return self._part_of(value.source, value.data)
        if value.kind == "comprehension" and value.data in ("list", "generator"):
            iterables, element = value.every("iterable"), value.one("element")
            is_plain = len(iterables) == 1 and element is not None and bare(element).kind == "element"
            return filled(iterables[0]) if is_plain else None
        if value.kind == "mutate" and value.data == "append" and value.loops:
            return filled(value.loops[-1])
        return None

    def tests_of(self, value: Value) -> list[Value]:
        """The tests by which a list was filtered, as far as they stand where it was."""
        value, _ = cut_from(value)
        if value.kind == "comprehension":
            return value.every("condition")
        return around(value.body, value.at)[-1:] if value.kind == "mutate" else value.every("key")

    def grouped_from(self, value: Value) -> Value | None:
        """The sequence that was split by key into the lists of a dict, when a value is one of these lists."""
        holder = None
        while value.kind in ("slice", "item", "phi") and value.inputs:
            key = value.one("key") if value.kind == "item" else None
            if key is not None and key.kind in ("element", "item") and key.loops:
                holder = value.source  # `groups[kind]`, in a loop over the kinds
                break
            value = value.source
        if holder is None and value.kind != "element":
            return None
        holder = value.source if holder is None else holder
        if holder.calls_method("values", "items"):
            holder = holder.function.source
        appends = (version for version in versions(holder) if version.loops and _appends_by_key(version))
        return next((version.loops[-1] for version in appends), None)

    def _part_of(self, call: Value, position: int) -> Value | None:
        """The argument that one of a function's several results was filtered from; of one that calls itself for it,
        nothing is known."""
        if (call, position) in self._open:
            return None
        self._open.add((call, position))
        try:
            return self._among_results(call, position)
        finally:
            self._open.discard((call, position))

    def _among_results(self, call: Value, position: int) -> Value | None:
        for target in self._flow.targets(call):
            body = self._flow.body(*target.key) if target.kind == "func" else None
            for result in body.returns.every("value") if body is not None else ():
                if result.kind == "collection" and position < len(result.inputs):
                    source = self.source_of(result.inputs[position][1])
                    if source is not None and source.kind == "param":
                        given = self._flow.argument(call, source.body, source.name)
                        return filled(given[0]) if given else None
        return None


def _appends_by_key(version: Value) -> bool:
    """`groups[key].append(item)`; `groups[-1].append(item)` only goes on with the last group."""
    if version.kind != "store" or not isinstance(version.data, tuple) or version.key is not None:
        return False
    stored = version.one("value")
    if stored is None or stored.kind != "mutate" or stored.data != "append":
        return False
    key = stored.source.one("key") if stored.source.kind == "item" else None
    return key is None or not (is_negated(key) and key.source.kind == "const")

"""A ranking that is split in parts or groups, which are put one behind the other."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.conditions.conditions import known_empty, never_both
from mldebt.flow.idioms import is_walked
from mldebt.flow.orders.list_versions import filled, is_filtered, versions
from mldebt.flow.orders.reordering import Breaks, Idiom, Reorder
from mldebt.flow.orders.subsets import Subsets
from mldebt.flow.value import Value

SPLIT = Idiom("regroup", "the ranking is split in groups that follow each other")
GROUPED = Idiom("regroup", "the ranking is grouped and put together group by group")


class Regroupings:
    """Finds what is added to a list behind another part of the same ranking, or group by group."""

    def __init__(self, breaks: Breaks, subsets: Subsets) -> None:
        self._breaks = breaks
        self._subsets = subsets

    def extended(self, extend: Value) -> Iterator[Reorder]:
        """`found.extend(rest)`."""
        other = extend.every("arg")[0]
        first, second = self._subsets.source_of(extend.source), self._subsets.source_of(other)
        if first is not None and first is second and is_filtered(other):
            yield from self._breaks.of(SPLIT, extend, [first])
        elif second is not None and not extend.loops and self._is_behind_part(extend, second):
            yield from self._breaks.of(SPLIT, extend, [second])
        elif extend.loops and (grouped := self._subsets.grouped_from(other)) is not None:
            yield from self._breaks.of(GROUPED, extend, [grouped])

    def appended(self, append: Value) -> Iterator[Reorder]:
        """`for item in rest: found.append(item)`."""
        loop, item = append.loops[-1], append.every("arg")[0]
        if item.kind != "element" or item.source is not loop:
            return
        grouped = self._subsets.grouped_from(loop) if len(append.loops) > 1 else None
        if grouped is not None and is_walked(append.loops[-2]):
            yield from self._breaks.of(GROUPED, append, [grouped])
        elif len(append.loops) == 1:
            source = self._subsets.source_of(loop) or filled(loop)
            if self._is_behind_part(append, source):
                yield from self._breaks.of(SPLIT, append, [source])

    def flattened(self, node: Value) -> Iterator[Reorder]:
        """`[item for kind in kinds for item in groups[kind]]`."""
        iterables, element = node.every("iterable"), node.one("element")
        is_flat = len(iterables) == 2 and element is not None and element.kind == "element"
        if is_flat and element is not None and element.source is iterables[1]:
            grouped = self._subsets.grouped_from(iterables[1])
            yield from self._breaks.of(GROUPED, node, [grouped] if grouped is not None else [])

    def _is_behind_part(self, added: Value, source: Value) -> bool:
        """Whether a list has some of the items of a ranking already when others of the same are put behind; where it is
        filled only if there is nothing in it, nothing is behind anything."""
        empty = {version for found in known_empty(added.body, added.at) for version in versions(found)}
        earlier = [node for node in versions(added.source) if node.kind == "mutate" and node is not added]
        return any(
            self._is_part(node, source, added)
            for node in earlier
            if node not in empty and empty.isdisjoint(map(filled, node.every("arg")[:1]))
        )

    def _is_part(self, earlier: Value, source: Value, added: Value) -> bool:
        """Whether an earlier addition is of the same ranking, and one of both is not all of it or one slice."""
        given = earlier.every("arg")[:1]
        if not given or given == added.every("arg")[:1] or never_both(earlier, added):
            return False
        part = given[0] if earlier.data == "extend" and not earlier.loops else None
        if earlier.data == "append" and len(earlier.loops) == 1 and given[0].kind == "element":
            part = earlier.loops[0] if given[0].source is earlier.loops[0] else None
        if part is None:
            return False
        behind = added.every("arg")[0] if added.data == "extend" else added.loops[-1]
        is_whole = filled(part) is source and filled(behind) is source and added.data == "append"
        is_same = (self._subsets.source_of(part) or filled(part)) is source
        return is_same and (is_whole or is_filtered(part) or is_filtered(behind))

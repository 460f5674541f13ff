"""How far a definition reaches: its lines as the history counts them, and how many of them hold code."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from mldebt.flow.program import Module
from mldebt.ownership import Span


class Extents:
    """Lines of definitions; scope 0 is a module's own code."""

    def __init__(self) -> None:
        self._held: dict[int, list[int]] = {}

    def spans(self, module: Module, number: int) -> list[Span]:
        """The lines of a definition, as the history of its file counts them; a module's own code is the whole file."""
        if number == 0 and not module.is_notebook:
            return [(module.path, 1, 0)]
        scope = module.facts.scopes[number]
        first = module.facts.position(scope.at)[0]
        last = module.facts.position(max(scope.end - 1, scope.at))[0] if number else len(module.facts.lines)
        if not module.is_notebook:
            return [(module.path, first, last)]
        return [(module.path, *run) for run in _runs(cell.raw_line for cell in module.facts.cells[first - 1 : last])]

    def code_lines(self, module: Module, number: int) -> int:
        """Lines on which an expression begins: neither blank nor comment."""
        scope = module.facts.scopes[number]
        end = scope.end if number else 1 << 60
        starts = module.facts.lines
        ordered = self._held.get(module.index)
        if ordered is None:
            held = {bisect_right(starts, node.at) for node in module.facts.exprs}
            ordered = self._held[module.index] = sorted(held)
        first = bisect_right(starts, scope.at) if number else 1
        last = bisect_right(starts, end)
        return bisect_right(ordered, last) - bisect_left(ordered, first)


def _runs(lines: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Consecutive line numbers as (first, last)."""
    first = last = 0
    for line in sorted(set(lines)):
        if last and line == last + 1:
            last = line
            continue
        if last:
            yield first, last
        first = last = line
    if last:
        yield first, last

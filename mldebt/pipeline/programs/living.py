"""Findings in code that is used: what nothing leads to, beside functions that are used, is dead and told as that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mldebt.finding import Hit
from mldebt.flow.module import Module
from mldebt.pipeline.project import Project


def in_living_code(project: Project, hits: Sequence[Hit]) -> Iterator[Hit]:
    """Not what is found in a function that nothing leads to, beside others that are used: it is dead."""
    modules = {module.path: module for module in project.flow.program.modules if module.facts.scopes}
    places = [(modules[hit.location.path], hit.location.symbol) for hit in hits]
    functions = {module.index: dict(_functions(module)) for module, symbol in places if symbol}
    dead = project.unmentioned((index, number) for index, each in functions.items() for number in each.values())
    for hit, (module, symbol) in zip(hits, places, strict=True):
        own = functions.get(module.index, {})
        is_dead = symbol in own and (module.index, own[symbol]) in dead
        if not is_dead or all((module.index, number) in dead for number in own.values()):
            yield hit


def _functions(module: Module) -> Iterator[tuple[str, int]]:
    """The functions of a module, by name, as they are numbered."""
    for number, scope in enumerate(module.facts.scopes):
        if number and scope.parent == 0 and scope.kind == "function":
            yield scope.name, number

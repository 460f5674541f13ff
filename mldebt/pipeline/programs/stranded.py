"""Programs that can run no more, or on one machine alone, and that nothing starts."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from mldebt.facts import record as r
from mldebt.flow.module import Module
from mldebt.pipeline.programs.dormant import Dormant
from mldebt.pipeline.programs.naming import PROSE
from mldebt.regex import regex

_MACHINE = regex(r"\A(?:[A-Za-z]:[\\/]+\w|/(?:home|Users)/[a-z][\w.-]*/|\\\\\w)")
"""A path on somebody's own disk."""
_IMAGES = regex(r"\A/home/(?:app|user|appuser|jovyan|ubuntu|airflow|runner|root|ec2-user|docker|vscode|worker|node)/")
"""Homes of the users that images have: the same on each machine."""
_WORKS = frozenset("fits optimizes predicts tunes reads loads saves stores parses features measures".split())


class Stranded(msgspec.Struct, frozen=True, kw_only=True):
    """A program, where its fault stands (the place in its facts), and which it is."""

    module: Module
    at: int
    fault: str


def stranded(dormant: Dormant) -> Iterator[Stranded]:
    """The programs that nothing starts or names and that would fail: they import what is not there, or read from
    somebody's own disk."""
    documents = [document.text for document in dormant.reachable.naming.documents if document.kind in PROSE]
    for module in dormant.unnamed:
        name = module.path.rpartition("/")[2]
        if any(name in text for text in documents) or not _works(dormant, module):
            continue
        missing = next(_missing(dormant, module), None)
        if missing is not None:
            yield Stranded(module=module, at=missing[0], fault=f"imports {missing[1]}, which is not there")
            continue
        own = next(_on_one_machine(dormant, module), None)
        if own is not None:
            yield Stranded(module=module, at=own[0], fault=f"works on one machine, in {own[1]}")


def _works(dormant: Dormant, module: Module) -> bool:
    """Whether anything of a program trains, asks, reads or prepares."""
    flow = dormant.flow
    return any(flow.roles(call) & _WORKS for body in flow.bodies(module.index) for call in body.calls)


def _missing(dormant: Dormant, module: Module) -> Iterator[tuple[int, str]]:
    """What a program imports from a module of the repository in which there is no such name."""
    program = dormant.flow.program
    for binding in module.facts.imports:
        source = program.find_module(module, binding.module) if binding.attribute not in ("", "*") else None
        if source is None or source is module or source.is_notebook or source.path.endswith("__init__.py"):
            continue
        is_there = program.lookup(source, binding.attribute) is not None or bool(source.stars)
        if not is_there and binding.attribute not in _bound(source):
            yield binding.at, f"{binding.attribute} of {source.path}"


def _bound(module: Module) -> set[str]:
    """All names that a module has anywhere, and those that it may make up."""
    names = {scope.name for scope in module.facts.scopes} | {each.name for each in module.facts.imports}
    names.update(node.id for node in module.of_kind(r.Name))
    return names | ({""} if "__getattr__" in names or "globals" in names else set())


def _on_one_machine(dormant: Dormant, module: Module) -> Iterator[tuple[int, str]]:
    """A path on somebody's own disk in what a program does when it is started."""
    body = dormant.flow.body(module.index, 0)
    if not any(dormant.flow.roles(call) & _WORKS for call in body.calls):
        return
    for node in module.of_kind(r.Constant):
        text = node.value
        if isinstance(text, str) and _MACHINE.match(text) and not _IMAGES.match(text) and "\n" not in text:
            yield node.at, text

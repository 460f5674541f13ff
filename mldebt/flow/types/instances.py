"""Objects that a configuration tells to make: `hydra.utils.instantiate(cfg.model)`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from mldebt.flow.linking import Target
from mldebt.flow.module import Module
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

_MAKING = frozenset(
    """hydra.utils.instantiate hydra.utils.call hydra_zen.instantiate hydra.utils.get_class hydra.utils.get_method
    lightning_utilities.core.rank_zero.instantiate""".split()
)
MAKING_NAMES = frozenset(name.rpartition(".")[2] for name in _MAKING)
Names = Mapping[str, tuple[str, ...]]
"""Dotted names by key."""
CHOICES = 12
CALLERS_ASKED = 6
DEPTH_LIMIT = 3


class Instances:
    """What such calls make. `named` are the dotted names of classes and functions by the key of the configuration, for
    each folder at the top of configurations: a module is told by those of its own project, by all when it has none."""

    def __init__(self, flow: Flow, named: Mapping[str, Names]) -> None:
        self._flow = flow
        self._named = named
        self._near: dict[int, list[Names]] = {}

    def made(self, call: Value, name: str) -> list[Target]:
        """What a call of a function by this name calls in its turn, as far as configurations tell."""
        if name not in _MAKING or not self._named or len(call.inputs) < 2:
            return []
        near = self._nearby(call.body.module)
        keys = self._keys(call.inputs[1][1], (), near, 0)
        names = dict.fromkeys(name for key in keys for name in _of(key, near))
        found = [self._target(call, each) for each in list(names)[:CHOICES]]
        return [each for each in found if each is not None]

    def _nearby(self, module: Module) -> list[Names]:
        """The configurations that a module may be told by."""
        found = self._near.get(module.index)
        if found is None:
            serves = self._flow.program.roots.serves
            found = [names for folder, names in self._named.items() if serves(folder, module)]
            found = self._near[module.index] = found or list(self._named.values())
        return found

    def _keys(self, value: Value, rest: tuple[str, ...], near: list[Names], depth: int) -> Iterator[tuple[str, ...]]:
        """The attributes by which a part of the configuration is reached, through the callers of a function."""
        while value.kind in ("attr", "item", "passed", "same", "store", "mutate"):
            if value.kind in ("attr", "item"):
                key = value.data if value.kind == "attr" else value.key
                if not isinstance(key, str):
                    return
                rest = (key, *rest)
            value = value.inputs[0][1]
        if value.kind == "call" and value.function.kind == "attr" and value.function.data == "get" and value.arguments:
            key = value.arguments[0].data
            if value.arguments[0].kind == "const" and isinstance(key, str):
                yield from self._keys(value.function.source, (key, *rest), near, depth)
            return
        if rest:
            yield rest
        if value.kind == "param" and depth < DEPTH_LIMIT and not (rest and _of(rest, near)):
            for source in self._flow.arguments(value)[:CALLERS_ASKED]:
                yield from self._keys(source, rest, near, depth + 1)

    def _target(self, call: Value, dotted: str) -> Target | None:
        """What a dotted text names, seen from the module that makes it."""
        flow = self._flow
        head, _, last = dotted.rpartition(".")
        module = flow.program.find_module(call.body.module, head)
        entity = flow.program.lookup(module, last) if module is not None else None
        if entity is not None and entity.kind in ("class", "func"):
            return Target(entity.kind, entity.module, entity.scope, told=True)
        if module is not None or not head:
            return None
        name = flow.catalogue.resolve(dotted)
        return Target("external", name=name, api=flow.catalogue.function(dotted), told=True)


def _of(parts: tuple[str, ...], near: list[Names]) -> list[str]:
    """By the longest end of a key that a configuration has: what stands before it is how the code holds it."""
    for start in range(len(parts)):
        key = ".".join(parts[start:])
        if found := [name for names in near for name in names.get(key, ())]:
            return found
    return []

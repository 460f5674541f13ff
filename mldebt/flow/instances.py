"""Objects that a configuration tells to make: `hydra.utils.instantiate(cfg.model)`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from mldebt.flow.linking import Target
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

_MAKING = frozenset(
    """hydra.utils.instantiate hydra.utils.call hydra_zen.instantiate hydra.utils.get_class hydra.utils.get_method
    lightning_utilities.core.rank_zero.instantiate""".split()
)
MAKING_NAMES = frozenset(name.rpartition(".")[2] for name in _MAKING)
CHOICES = 12
CALLERS_ASKED = 6
DEPTH_LIMIT = 3


class Instances:
    """What such calls make. `named` are the dotted names of classes and functions by the key of the configuration."""

    def __init__(self, flow: Flow, named: Mapping[str, tuple[str, ...]]) -> None:
        self._flow = flow
        self._named = named

    def made(self, call: Value, name: str) -> list[Target]:
        """What a call of a function by this name calls in its turn, as far as configurations tell."""
        if name not in _MAKING or not self._named or len(call.inputs) < 2:
            return []
        names = dict.fromkeys(name for key in self._keys(call.inputs[1][1], (), 0) for name in self._of(key))
        found = [self._target(call, each) for each in list(names)[:CHOICES]]
        return [each for each in found if each is not None]

    def _of(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        """By the longest end of a key that a configuration has: what stands before it is how the code holds it."""
        for start in range(len(parts)):
            found = self._named.get(".".join(parts[start:]))
            if found is not None:
                return found
        return ()

    def _keys(self, value: Value, rest: tuple[str, ...], depth: int) -> Iterator[tuple[str, ...]]:
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
                yield from self._keys(value.function.source, (key, *rest), depth)
            return
        if rest:
            yield rest
        if value.kind == "param" and depth < DEPTH_LIMIT and not (rest and self._of(rest)):
            for source in self._flow.arguments(value)[:CALLERS_ASKED]:
                yield from self._keys(source, rest, depth + 1)

    def _target(self, call: Value, dotted: str) -> Target | None:
        """What a dotted text names, seen from the module that makes it."""
        flow = self._flow
        head, _, last = dotted.rpartition(".")
        module = flow.program.find_module(call.body.module, head)
        entity = flow.program.lookup(module, last) if module is not None else None
        if entity is not None and entity.kind in ("class", "func"):
            return Target(entity.kind, entity.module, entity.scope)
        if module is not None or not head:
            return None
        name = flow.catalogue.resolve(dotted)
        return Target("external", name=name, api=flow.catalogue.function(dotted))

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


def is_partial(call: Value) -> bool:
    """Whether a call makes what makes an object when it is called: `instantiate(cfg.net, _partial_=True)`."""
    return call.kind == "call" and "_partial_" in call.keywords


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

    def looked_up(self, getter: Value, maker: Value | None = None) -> list[Target]:
        """The classes that a configuration may name where code looks one up by a name: `getattr(module, name)`; `maker`
        is the call of the function around that gives it."""
        if not self._named or not getter.calls_external("getattr") or len(getter.arguments) < 2:
            return []
        owner, name = (self._given(each, maker) for each in getter.arguments[:2])
        near = self._nearby(getter.body.module)
        texts = dict.fromkeys(text for key in self._keys(name, (), near, 0) for text in _of(key, near))
        texts = texts or dict.fromkeys(self._by_last_key(name, near))
        owners = list(self._plain(owner, 0)) if texts else []
        found = [target for text in texts for each in owners for target in self._in_owner(getter, each, text)]
        return list(dict.fromkeys(found))[:CHOICES]

    def _given(self, value: Value, maker: Value | None) -> Value:
        """What a call gives its function, where a value is one of its parameters."""
        given = (
            self._flow.argument(maker, value.body, value.name) if maker is not None and value.kind == "param" else []
        )
        return given[0] if len(given) == 1 else value

    def _by_last_key(self, name: Value, near: list[Names]) -> list[str]:
        """What configurations hold under a last key, where those before it are not told."""
        while name.kind in ("passed", "same", "store"):
            name = name.source
        key = name.one("key") if name.kind == "item" else None
        last = {each.data for each in self._plain(key, 0) if each.kind == "const"} if key is not None else set()
        return [
            text for names in near for key, texts in names.items() if key.rpartition(".")[2] in last for text in texts
        ]

    def _plain(self, value: Value, depth: int) -> Iterator[Value]:
        """What a value may be, through names and the arguments of a function."""
        sources: list[Value | None] = []
        if value.kind in ("phi", "same", "passed", "store"):
            sources = [source for _, source in value.inputs[:CALLERS_ASKED]]
        elif value.kind == "param":
            sources = list(self._flow.arguments(value)[:CALLERS_ASKED])
        elif value.kind == "global":
            sources = [self._flow.global_value(value)]
        for source in sources if depth < DEPTH_LIMIT else ():
            yield from self._plain(source, depth + 1) if source is not None else ()
        if not sources:
            yield value

    def _in_owner(self, getter: Value, owner: Value, text: str) -> list[Target]:
        """The class of a name in what is looked into: a module, or one that is told by its name."""
        program = self._flow.program
        if owner.kind == "module" and isinstance(owner.data, int):
            entity = program.lookup(program.modules[owner.data], text)
            is_class = entity is not None and entity.kind == "class"
            return [Target("class", entity.module, entity.scope, told=True)] if is_class and entity is not None else []
        is_loaded = owner.calls_external("importlib.import_module", "__import__") and "." in text
        dotted = f"{owner.name}.{text}" if owner.kind == "external" else text if is_loaded else ""
        target = self._target(getter, dotted) if dotted else None
        return [target] if target is not None and target.kind != "func" else []

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
        return Target("external", name=name, api=flow.catalogue.function(dotted), told=True, written=dotted)


def _of(parts: tuple[str, ...], near: list[Names]) -> list[str]:
    """By the longest end of a key that a configuration has: what stands before it is how the code holds it."""
    for start in range(len(parts)):
        key = ".".join(parts[start:])
        if found := [name for names in near for name in names.get(key, ())]:
            return found
    return []

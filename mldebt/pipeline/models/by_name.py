"""Models that serving code picks by a name: which of a family it names, and which it never does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from mldebt.facts.record import Collection, Constant, Dictionary, Name
from mldebt.flow.linking import ClassKey
from mldebt.flow.module import Module
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

MOST = 0.7
"""How many of a list's texts are names of a family at least, where the list is one of its members."""


class ByName:
    """Tells the members of a family of classes apart where one call may ask any of them."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._texts: dict[int, frozenset[str]] = {}

    def may_be(self, cls: ClassKey, call: Value, endpoint: Module) -> bool:
        """Whether a call behind an endpoint may ask a class: it is asked as itself, or, where a sister may as well be
        meant, the service names it: in a list of the family's names where there is one, else in any text."""
        if not self._is_any_of_family(cls, call):
            return True
        places = self._around(endpoint, call.body.module)
        family = {name for sister in self._family(cls) for name in self._names(sister)}
        listed = {name for module in places for names in self._lists(module, family) for name in names}
        return bool(self._names(cls) & (listed or {text for module in places for text in self._spoken(module)}))

    def _around(self, endpoint: Module, asking: Module) -> list[Module]:
        """The modules of a service: the endpoint's, the asking one, and what the first imports from its own part."""
        top = endpoint.path.partition("/")[0]
        numbers = {self.flow.program.imported(endpoint, binding).module for binding in endpoint.facts.imports} - {-1}
        imported = (self.flow.program.modules[number] for number in sorted(numbers))
        own = [module for module in imported if module.path.partition("/")[0] == top and "/" in module.path]
        return list({module.index: module for module in (endpoint, asking, *own)}.values())

    def _family(self, cls: ClassKey) -> list[ClassKey]:
        above = [key for key in self.flow.program.ancestry(cls) if isinstance(key, tuple)]
        return list(dict.fromkeys(below for key in above for below in (key, *self.flow.program.subclasses(key))))

    def _lists(self, module: Module, family: set[str]) -> Iterator[list[str]]:
        """The lists of a module in which nearly all texts are names of a family."""
        exprs = module.facts.exprs
        for node in exprs:
            if isinstance(node, (Collection, Dictionary)):
                refs = node.items if isinstance(node, Collection) else node.keys
                items = [exprs[ref] for ref in refs if ref >= 0]
                texts = [each.value for each in items if isinstance(each, Constant) and isinstance(each.value, str)]
                if len(texts) > 1 and sum(text in family for text in texts) >= MOST * len(texts):
                    yield texts

    def _is_any_of_family(self, cls: ClassKey, call: Value) -> bool:
        """Whether a call asks what several classes have from one above them, of an object that may be any of these."""
        above = [key for key in self.flow.program.ancestry(cls)[1:] if isinstance(key, tuple)]
        if not any(len(self.flow.program.subclasses(key)) > 1 for key in above):
            return False
        if call.kind != "call" or call.receiver is None:
            return self.flow.program.enclosing_class(call.body.key) in above
        return {each.name for each in self.flow.types(call.receiver)} != {cls}

    def _names(self, cls: ClassKey) -> set[str]:
        """What a class may be called in a text: its name, with and without what the family's names end in, and the
        keys under which tables hold it."""
        name = self.flow.scope(*cls).name
        short = name.removesuffix("Model")
        return {name, name.lower(), short, short.lower(), *self._keys.get(name, ())} - {""}

    @cached_property
    def _keys(self) -> dict[str, set[str]]:
        """The keys of tables by the class that they lead to, as a name or as a dotted text."""
        found: dict[str, set[str]] = defaultdict(set)
        for module in self.flow.program.modules:
            exprs = module.facts.exprs
            for node in exprs:
                if not isinstance(node, Dictionary):
                    continue
                for key, value in zip(node.keys, node.values, strict=True):
                    label = exprs[key] if key >= 0 else None
                    held = exprs[value]
                    if isinstance(label, Constant) and isinstance(label.value, str):
                        if isinstance(held, Name):
                            found[held.id].add(label.value)
                        elif isinstance(held, Constant) and isinstance(held.value, str):
                            found[held.value.rpartition(".")[2].rpartition(":")[2]].add(label.value)
        return found

    def _spoken(self, module: Module) -> frozenset[str]:
        """The texts and names of a module."""
        known = self._texts.get(module.index)
        if known is None:
            texts = {node.value for node in module.facts.exprs if isinstance(node, Constant)}
            names = {node.id for node in module.facts.exprs if isinstance(node, Name)}
            known = self._texts[module.index] = frozenset(each for each in texts | names if isinstance(each, str))
        return known

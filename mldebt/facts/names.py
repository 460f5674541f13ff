"""What each call calls, as far as its own file can tell."""

from __future__ import annotations

from mldebt.facts.record import Attribute, Callee, Expr, Name, Ref, Scope
from mldebt.facts.walk import Walk

_LOCAL = "?"


def resolve_callees(walk: Walk, scopes: tuple[Scope, ...]) -> tuple[Callee, ...]:
    """The dotted name of every callee, in the order of the calls."""
    names = _Names(walk, scopes)
    return tuple([Callee(ref, scope, names.callee(ref, scope)) for ref, scope in walk.calls])


class _Names:
    """Binding tables of all scopes.

    In one scope an import outranks other bindings of its name: code that guards one (`except ImportError: x = None`) or
    wraps what it imported still means the import.
    """

    def __init__(self, walk: Walk, scopes: tuple[Scope, ...]) -> None:
        self.exprs: list[Expr] = walk.exprs
        self.scopes = scopes
        self.hidden = walk.hidden
        self.declared = walk.declared
        self.tables: list[dict[str, str]] = [dict.fromkeys(names, _LOCAL) for names in walk.stores]
        self.tables[0] = {name: f":{name}" for name in walk.stores[0]}
        self.several: dict[tuple[int, str], list[tuple[int, str]]] = {}
        self.known: dict[tuple[int, str], str] = {}
        self._add_imports(walk)

    def _add_imports(self, walk: Walk) -> None:
        imported: dict[tuple[int, str], list[tuple[int, str]]] = {}
        for number, binding in enumerate(walk.imports):
            if binding.name == "*":
                continue
            scope = binding.scope
            if scope in self.declared and self.declared[scope].get(binding.name) == "global":
                scope = 0
            places = imported.setdefault((scope, binding.name), [])
            if places and number in walk.second_choices:
                continue
            module, attribute = binding.module, binding.attribute
            if attribute:
                target = f"{module}{attribute}" if module.endswith(".") else f"{module}.{attribute}"
            else:
                target = module
            places.append((binding.at, target))
        for (scope, name), places in imported.items():
            self.tables[scope][name] = places[-1][1]
            if len(places) > 1:
                self.several[scope, name] = places

    def callee(self, ref: Ref, scope: int) -> str:
        exprs = self.exprs
        call = exprs[ref]
        node = exprs[call.function]  # type: ignore[union-attr]
        tail = ""
        while type(node) is Attribute:
            tail = f".{node.name}{tail}"
            ref = node.value
            node = exprs[ref]
        if type(node) is not Name:
            return _LOCAL + tail
        name = node.id
        if name in self.hidden and any(first <= ref < end for first, end in self.hidden[name]):
            return _LOCAL + tail
        if (scope, name) in self.several:
            return self._latest(scope, name, node.at) + tail
        root = self.known.get((scope, name))
        if root is None:
            root = self.known[scope, name] = self._look_up(scope, name)
        return root + tail

    def _latest(self, scope: int, name: str, at: int) -> str:
        """In the scope itself, the import that was made last before the call."""
        places = self.several[scope, name]
        return next((target for place, target in reversed(places) if place < at), places[0][1])

    def _look_up(self, scope: int, name: str) -> str:
        current = scope
        while current >= 0:
            if current == scope or self.scopes[current].kind != "class":
                if current in self.declared and self.declared[current].get(name) == "global":
                    return self.tables[0].get(name, f":{name}")
                found = self.tables[current].get(name)
                if found is not None:
                    return found
            current = self.scopes[current].parent
        return name

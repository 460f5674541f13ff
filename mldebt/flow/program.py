"""All modules of a repository, and what a dotted name in one of them stands for."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from mldebt.facts.record import Attribute, FileFacts, ImportBinding, Name, Scope


class Entity(NamedTuple):
    """What a name stands for: kind is func, class, module, var or external."""

    kind: str
    module: int = -1
    scope: int = -1
    name: str = ""


@dataclass(slots=True, kw_only=True)
class Module:
    """One file: its facts and the tables that answer "what does this name mean here"."""

    index: int
    path: str
    category: str
    facts: FileFacts
    is_notebook: bool = False
    members: dict[int, dict[str, int]] = field(default_factory=dict)
    imports: dict[int, dict[str, ImportBinding]] = field(default_factory=dict)
    stars: list[ImportBinding] = field(default_factory=list)

    def __post_init__(self) -> None:
        for number, scope in enumerate(self.facts.scopes):
            if number and scope.kind != "lambda":
                self.members.setdefault(scope.parent, {})[scope.name] = number
        for binding in self.facts.imports:
            if binding.attribute == "*":
                self.stars.append(binding)
            else:
                self.imports.setdefault(binding.scope, {})[binding.name] = binding

    def scope(self, number: int) -> Scope:
        return self.facts.scopes[number]

    def dotted(self, ref: int) -> str:
        """The dotted text of a Name/Attribute chain ("" for anything else)."""
        parts: list[str] = []
        node = self.facts.exprs[ref] if ref >= 0 else None
        while isinstance(node, Attribute):
            parts.append(node.name)
            node = self.facts.exprs[node.value]
        if not isinstance(node, Name):
            return ""
        parts.append(node.id)
        return ".".join(reversed(parts))


class Program:
    """The modules, found by path and by import. `texts` holds what stands in text files that code reads (SQL), by file name."""

    def __init__(self, modules: list[Module], texts: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self.modules = modules
        self.texts = texts or {}
        self.by_path = {module.path: module for module in modules if not module.is_notebook}
        self.by_tail: dict[str, list[Module]] = defaultdict(list)
        for module in modules:
            if not module.is_notebook:
                stem = _import_path(module.path)
                if stem:
                    self.by_tail[stem.rsplit("/", 1)[-1]].append(module)
        self._found: dict[tuple[str, str], Module | None] = {}
        self._folders = {posixpath.dirname(module.path) for module in modules}
        self._subclasses: dict[tuple[int, int], list[tuple[int, int]]] | None = None
        self._bases: dict[tuple[int, int], tuple[Entity, ...]] = {}
        self._bound: dict[tuple[int, int], frozenset[str]] = {}

    # ------------------------------------------------------------------ imports

    def find_module(self, source: Module, dotted: str) -> Module | None:
        """The module of the repository that `import dotted` in `source` loads, if it is one."""
        folder = posixpath.dirname(source.path)
        key = (folder, dotted)
        if key not in self._found:
            self._found[key] = self._search(folder, dotted)
        return self._found[key]

    def _search(self, folder: str, dotted: str) -> Module | None:
        if dotted.startswith("."):
            dots = len(dotted) - len(dotted.lstrip("."))
            for _ in range(dots - 1):
                folder = posixpath.dirname(folder)
            return self._at(folder, dotted[dots:])
        while True:
            found = self._at(folder, dotted)
            if found is not None or not folder:
                break
            folder = posixpath.dirname(folder)
        if found is None and "." in dotted:
            tail = dotted.replace(".", "/")
            near = [
                m
                for m in self.by_tail.get(dotted.rsplit(".", 1)[-1], ())
                if ("/" + _import_path(m.path)).endswith("/" + tail)
            ]
            if len(near) == 1:
                return near[0]
        return found

    def _at(self, folder: str, dotted: str) -> Module | None:
        path = posixpath.join(folder, dotted.replace(".", "/")) if dotted else folder
        return self.by_path.get(f"{path}.py") or self.by_path.get(f"{path}/__init__.py" if path else "__init__.py")

    def is_folder(self, source: Module, dotted: str) -> bool:
        """Whether `dotted` is a namespace package of the repository, seen from `source`."""
        folder = posixpath.dirname(source.path)
        tail = dotted.lstrip(".").replace(".", "/")
        while True:
            if posixpath.join(folder, tail) in self._folders:
                return True
            if not folder:
                return False
            folder = posixpath.dirname(folder)

    # ------------------------------------------------------------------ names

    def lookup(self, module: Module, name: str, seen: frozenset[tuple[int, str]] = frozenset()) -> Entity | None:
        """What a module-level name stands for, through re-exports and star imports; None when nothing binds it."""
        if (module.index, name) in seen:
            return None
        seen = seen | {(module.index, name)}
        number = module.members.get(0, {}).get(name)
        if number is not None:
            return Entity(module.facts.scopes[number].kind.replace("function", "func"), module.index, number)
        binding = module.imports.get(0, {}).get(name)
        if binding is not None:
            return self.imported(module, binding, seen)
        if name in self.variables(module):
            return Entity("var", module.index, 0, name)
        for star in module.stars:
            target = self.find_module(module, star.module)
            if target is not None:
                found = self.lookup(target, name, seen)
                if found is not None:
                    return found
        return None

    def imported(
        self, module: Module, binding: ImportBinding, seen: frozenset[tuple[int, str]] = frozenset()
    ) -> Entity:
        """What an import binds."""
        if not binding.attribute:
            target = self.find_module(module, binding.module)
            return Entity("module", target.index) if target else Entity("external", name=binding.module.lstrip("."))
        target = self.find_module(module, binding.module)
        if target is not None:
            found = self.lookup(target, binding.attribute, seen)
            if found is not None:
                return found
        dotted = f"{binding.module}{'' if binding.module.endswith('.') else '.'}{binding.attribute}"
        child = self.find_module(module, dotted)
        if child is not None:
            return Entity("module", child.index)
        return Entity("external", name=dotted.lstrip("."))

    def member(self, entity: Entity, name: str, source: Module | None = None) -> Entity | None:
        """`entity.name` for a module, a class or an external name."""
        if entity.kind == "external":
            if source is not None:
                child = self.find_module(source, f"{entity.name}.{name}")
                if child is not None:
                    return Entity("module", child.index)
            return Entity("external", name=f"{entity.name}.{name}")
        if entity.kind == "module":
            module = self.modules[entity.module]
            found = self.lookup(module, name)
            if found is None and module.path.endswith("__init__.py"):
                child = self._at(posixpath.dirname(module.path), name)
                if child is not None:
                    return Entity("module", child.index)
            return found
        if entity.kind == "class":
            return self.method((entity.module, entity.scope), name)
        return None

    def resolve_dotted(self, module: Module, dotted: str, scope: int = 0) -> Entity | None:
        """What a dotted text means in a module (used for bases, decorators and annotations)."""
        head, *rest = dotted.split(".")
        entity: Entity | None = None
        while scope > 0 and entity is None:
            binding = module.imports.get(scope, {}).get(head)
            number = module.members.get(scope, {}).get(head)
            if binding is not None:
                entity = self.imported(module, binding)
            elif number is not None:
                entity = Entity(module.facts.scopes[number].kind.replace("function", "func"), module.index, number)
            scope = module.facts.scopes[scope].parent
        entity = entity or self.lookup(module, head) or (Entity("external", name=head) if not rest else None)
        for name in rest:
            if entity is None:
                return None
            entity = self.member(entity, name, module)
        return entity

    def variables(self, module: Module) -> frozenset[str]:
        """Names that module-level statements assign."""
        return self.bound(module, 0)

    def bound(self, module: Module, number: int) -> frozenset[str]:
        """Names that a scope's own statements or parameters bind."""
        key = (module.index, number)
        found = self._bound.get(key)
        if found is None:
            scope = module.facts.scopes[number]
            names = assigned_names(module.facts, scope.body)
            names.update(parameter.name for parameter in scope.parameters)
            found = self._bound[key] = frozenset(names)
        return found

    # ------------------------------------------------------------------ classes

    def bases(self, cls: tuple[int, int]) -> tuple[Entity, ...]:
        """The direct bases of a class, unresolved ones left out."""
        found = self._bases.get(cls)
        if found is None:
            module = self.modules[cls[0]]
            scope = module.facts.scopes[cls[1]]
            entities = []
            for base in scope.bases:
                ref = base.value
                node = module.facts.exprs[ref]
                if node.__class__.__name__ == "Subscript":
                    ref = node.value  # type: ignore[union-attr]
                dotted = module.dotted(ref)
                entity = self.resolve_dotted(module, dotted, scope.parent) if dotted and not base.keyword else None
                if entity is not None and entity != Entity("class", *cls):
                    entities.append(entity)
            found = self._bases[cls] = tuple(entities)
        return found

    def ancestry(self, cls: tuple[int, int]) -> list[tuple[int, int] | str]:
        """The class, then its bases depth first: classes of the repository and dotted names of others."""
        order: list[tuple[int, int] | str] = []
        stack: list[tuple[int, int] | str] = [cls]
        while stack:
            current = stack.pop(0)
            if current in order:
                continue
            order.append(current)
            if isinstance(current, tuple):
                above: list[tuple[int, int] | str] = []
                for base in self.bases(current):
                    if base.kind == "class":
                        above.append((base.module, base.scope))
                    elif base.kind == "external":
                        above.append(base.name)
                stack = above + stack
        return order

    def subclasses(self, cls: tuple[int, int]) -> list[tuple[int, int]]:
        """All classes below one, nearest first."""
        if self._subclasses is None:
            table: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
            for key in self.classes():
                for base in self.bases(key):
                    if base.kind == "class":
                        table[base.module, base.scope].append(key)
            self._subclasses = table
        found: list[tuple[int, int]] = []
        queue = list(self._subclasses.get(cls, ()))
        while queue:
            current = queue.pop(0)
            if current not in found:
                found.append(current)
                queue.extend(self._subclasses.get(current, ()))
        return found

    def classes(self) -> list[tuple[int, int]]:
        """Every class of the repository."""
        return [(m.index, n) for m in self.modules for n, scope in enumerate(m.facts.scopes) if scope.kind == "class"]

    def method(self, cls: tuple[int, int], name: str, *, skip_own: bool = False) -> Entity | None:
        """A method or class attribute by name, through the bases."""
        for current in self.ancestry(cls)[1 if skip_own else 0 :]:
            if isinstance(current, tuple):
                module = self.modules[current[0]]
                number = module.members.get(current[1], {}).get(name)
                if number is not None:
                    return Entity(module.facts.scopes[number].kind.replace("function", "func"), current[0], number)
        return None

    def enclosing_class(self, module: Module, scope: int) -> tuple[int, int] | None:
        """The class whose method a scope is, looking through nested functions."""
        number = scope
        while number > 0:
            parent = module.facts.scopes[number].parent
            if parent >= 0 and module.facts.scopes[parent].kind == "class":
                return module.index, parent
            number = parent
        return None


def _import_path(path: str) -> str:
    stem = path.removesuffix(".py")
    return stem.removesuffix("/__init__")


def assigned_names(facts: FileFacts, body: tuple[object, ...]) -> set[str]:
    names: set[str] = set()
    for statement in body:
        for field_name in getattr(statement, "__struct_fields__", ()):
            if field_name in ("targets", "target"):
                value = getattr(statement, field_name)
                for ref in value if isinstance(value, tuple) else (value,):
                    _target_names(facts, ref, names)
            elif field_name in ("body", "orelse", "final"):
                names |= assigned_names(facts, getattr(statement, field_name))
            elif field_name == "handlers":
                for part in getattr(statement, field_name):
                    names |= assigned_names(facts, part.body)
            elif field_name == "cases":
                for part in getattr(statement, field_name):
                    names.update(part.captures)
                    names |= assigned_names(facts, part.body)
            elif field_name == "items":
                for item in getattr(statement, field_name):
                    _target_names(facts, item.target, names)
    return names


def _target_names(facts: FileFacts, ref: int, names: set[str]) -> None:
    if ref < 0:
        return
    node = facts.exprs[ref]
    if isinstance(node, Name):
        names.add(node.id)
    else:
        for child in getattr(node, "items", ()):
            _target_names(facts, child, names)
        if node.__class__.__name__ == "Starred":
            _target_names(facts, node.value, names)  # type: ignore[union-attr,arg-type]

"""All modules of a repository, and what a name in one of them stands for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mldebt.facts.record import ImportBinding
from mldebt.flow.files.stages import Stage, Stages
from mldebt.flow.imports import Imports
from mldebt.flow.linking import is_self
from mldebt.flow.module import ClassKey, Entity, Module, ScopeKey
from mldebt.flow.roots import Recipe, Roots
from mldebt.flow.scopes.names import assigned_names, declared_global, declared_nonlocal
from mldebt.flow.stars import Knows, brought
from mldebt.flow.types.classes import Classes
from mldebt.flow.value import Value

__all__ = ["ClassKey", "Entity", "Module", "Program", "ScopeKey"]

Seen = frozenset[tuple[int, str]]
_NONE: frozenset[str] = frozenset()
_NOTHING: Mapping[str, tuple[int, ...]] = {}


class Program:
    """Names and classes across modules. `texts` holds what stands in text files that code reads (SQL), by file name;
    `marks` are the paths of files that make a folder a project of its own, `recipes` the files that run code,
    `stages` what declared workflows say of scripts and files, `instances` what configurations tell to make, by folder
    and key; `above` is the folder of the repository in which all modules lie; `knows` says whether a library is
    known to have something by a dotted name."""

    def __init__(
        self,
        modules: Sequence[Module],
        texts: Mapping[str, tuple[str, ...]] | None = None,
        marks: Iterable[str] = (),
        recipes: Iterable[Recipe] = (),
        stages: Sequence[Stage] = (),
        instances: Mapping[str, Mapping[str, tuple[str, ...]]] | None = None,
        above: str = "",
        knows: Knows = lambda _: False,
    ) -> None:
        self.modules = modules
        self.instances = instances or {}
        self.texts = texts or {}
        self.stages = Stages(stages)
        self.roots = Roots(modules, marks, recipes, self.imports_of)
        self.classes = Classes(modules, self.resolve_dotted)
        self._imports = Imports(modules, above)
        self.find_module = self._imports.find
        """The module of the repository that `import dotted` in a module loads, if it is one."""
        self._knows = knows
        self._names: dict[tuple[int, str], Entity | None] = {}
        self._bound: dict[ScopeKey, frozenset[str]] = {}
        self._shared: dict[ScopeKey, frozenset[str]] = {}
        self._shared_inside: dict[int, dict[int, dict[str, tuple[int, ...]]]] = {}
        self._variables: dict[int, frozenset[str]] = {}

    # ------------------------------------------------------------------ names

    def lookup(self, module: Module, name: str) -> Entity | None:
        """What a module-level name stands for, through re-exports and star imports; None when nothing binds it."""
        key = (module.index, name)
        if key not in self._names:
            self._names[key] = self._lookup(module, name, frozenset())
        return self._names[key]

    def imported(self, module: Module, binding: ImportBinding) -> Entity:
        """What an import binds."""
        return self._imported(module, binding, frozenset())

    def member(self, entity: Entity, name: str, source: Module | None = None) -> Entity | None:
        """`entity.name` for a module, a class or an external name; `source` is where it is written."""
        if entity.kind == "external":
            child = self.find_module(source, f"{entity.name}.{name}") if source is not None else None
            return _module(child) if child is not None else Entity("external", name=f"{entity.name}.{name}")
        if entity.kind == "module":
            module = self.modules[entity.module]
            found = self.lookup(module, name)
            if found is None and (child := self._imports.child(module, name)) is not None:
                return _module(child)
            return found
        if entity.kind == "class":
            return self.method((entity.module, entity.scope), name)
        return None

    def resolve_dotted(self, module: Module, dotted: str, scope: int = 0) -> Entity | None:
        """What a dotted text means in a scope of a module (used for bases and annotations)."""
        head, *rest = dotted.split(".")
        entity = self._nested(module, head, scope) or self.lookup(module, head)
        if entity is None and not rest:
            return Entity("external", name=head)
        for name in rest:
            if entity is None:
                return None
            entity = self.member(entity, name, module)
        return entity

    def bound(self, module: Module, number: int) -> frozenset[str]:
        """Names that a scope's own statements or parameters bind."""
        key = (module.index, number)
        found = self._bound.get(key)
        if found is None:
            scope = module.facts.scopes[number]
            names = assigned_names(module.facts, scope.body)
            names.update(parameter.name for parameter in scope.parameters)
            found = self._bound[key] = frozenset(names) - self.shared(module, number)
        return found

    def shared(self, module: Module, number: int) -> frozenset[str]:
        """Names that a scope's own statements bind for a function around it (`nonlocal`)."""
        scopes = module.facts.scopes
        around = scopes[number].parent
        if around > 0 and scopes[around].kind == "class":
            around = scopes[around].parent
        if around <= 0:
            return _NONE
        key = (module.index, number)
        found = self._shared.get(key)
        if found is None:
            found = self._shared[key] = frozenset(declared_nonlocal(scopes[number].body))
        return found

    def shared_inside(self, module: Module, number: int) -> Mapping[str, tuple[int, ...]]:
        """The functions inside a scope that bind its names, by name."""
        found = self._shared_inside.get(module.index)
        if found is None:
            found = self._shared_inside[module.index] = self._find_shared(module)
        return found.get(number, _NOTHING)

    def _find_shared(self, module: Module) -> dict[int, dict[str, tuple[int, ...]]]:
        found: dict[int, dict[str, tuple[int, ...]]] = {}
        scopes = module.facts.scopes
        for number, scope in enumerate(scopes):
            for name in self.shared(module, number) if scope.parent > 0 else ():
                around = scope.parent
                while around > 0 and name not in self.bound(module, around):
                    around = scopes[around].parent
                inside = found.setdefault(max(around, 0), {})
                inside[name] = (*inside.get(name, ()), number)
        return found

    def variables(self, module: Module) -> frozenset[str]:
        """Names that module-level statements assign, and functions that declare them global."""
        found = self._variables.get(module.index)
        if found is None:
            declared = (declared_global(scope.body) for scope in module.facts.scopes[1:])
            found = self._variables[module.index] = self.bound(module, 0).union(*declared)
        return found

    def imports_of(self, module: Module) -> Iterator[Module]:
        """The modules of the repository that a module imports, or imports from."""
        for binding in module.facts.imports:
            dotted = f"{binding.module}{'' if binding.module.endswith('.') else '.'}{binding.attribute}"
            found = self.find_module(module, binding.module) or self.find_module(module, dotted)
            if found is not None:
                yield found

    def packages_of(self, module: Module) -> Iterator[Module]:
        """The packages that a module lies in, the nearest first: importing it runs them."""
        return self._imports.packages(module)

    def _lookup(self, module: Module, name: str, seen: Seen) -> Entity | None:
        if (module.index, name) in seen:
            return None
        seen |= {(module.index, name)}
        found = module.member(0, name)
        if found is not None:
            return found
        binding = module.binding(0, name)
        if binding is not None:
            return self._imported(module, binding, seen)
        if name in self.variables(module):
            return Entity("var", module.index, 0, name)
        return self._through_stars(module, name, seen)

    def _through_stars(self, module: Module, name: str, seen: Seen) -> Entity | None:
        for star in module.stars:
            target = self.find_module(module, star.module)
            found = self._lookup(target, name, seen) if target is not None else None
            if found is not None:
                return found
        outside = [star for star in module.stars if self.find_module(module, star.module) is None]
        name = brought(outside, name, self._knows) if outside else ""
        return Entity("external", name=name) if name else None

    def _imported(self, module: Module, binding: ImportBinding, seen: Seen) -> Entity:
        target = self.find_module(module, binding.module)
        if not binding.attribute:
            return _module(target) if target is not None else Entity("external", name=binding.module.lstrip("."))
        found = self._lookup(target, binding.attribute, seen) if target is not None else None
        if found is not None:
            return found
        dotted = f"{binding.module}{'' if binding.module.endswith('.') else '.'}{binding.attribute}"
        child = self.find_module(module, dotted)
        return _module(child) if child is not None else Entity("external", name=dotted.lstrip("."))

    def _nested(self, module: Module, name: str, scope: int) -> Entity | None:
        """What a name means in a scope or the ones around it, below the module."""
        while scope > 0:
            binding = module.binding(scope, name)
            entity = self.imported(module, binding) if binding is not None else module.member(scope, name)
            if entity is not None:
                return entity
            scope = module.facts.scopes[scope].parent
        return None

    # ------------------------------------------------------------------ classes

    def bases(self, cls: ClassKey) -> tuple[Entity, ...]:
        """The direct bases of a class, unresolved ones left out."""
        return self.classes.bases(cls)

    def ancestry(self, cls: ClassKey) -> tuple[ClassKey | str, ...]:
        """The class, then its bases depth first: classes of the repository and dotted names of others."""
        return self.classes.ancestry(cls)

    def subclasses(self, cls: ClassKey) -> tuple[ClassKey, ...]:
        """All classes below one, nearest first."""
        return self.classes.subclasses(cls)

    def fulfilling(self, cls: ClassKey) -> tuple[ClassKey, ...]:
        """The classes that have all methods of a protocol without being below it."""
        return self.classes.fulfilling(cls)

    def method(self, cls: ClassKey, name: str, *, skip_own: bool = False) -> Entity | None:
        """A method or inner class by name, through the bases."""
        return self.classes.method(cls, name, skip_own=skip_own)

    def enclosing_class(self, key: ScopeKey) -> ClassKey | None:
        """The class whose method a scope is, looking through nested functions."""
        return self.classes.enclosing(key)

    def class_of_self(self, value: Value) -> ClassKey | None:
        """The class of which a value is the instance, or the class, that its methods are given; None for others."""
        return self.enclosing_class(value.body.key) if is_self(value) else None


def _module(module: Module) -> Entity:
    return Entity("module", module.index)

"""Which definitions anybody reaches: by name, from any code that runs by itself, any test, any document, any registry.

Names stand for all that bear them, so that what is not reached here is mentioned nowhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from mldebt.facts import record as r
from mldebt.flow.body import Body
from mldebt.flow.indexes import ScopeFinder
from mldebt.flow.module import Module
from mldebt.flow.scopes.names import statements
from mldebt.flow.services.endpoints import Endpoints
from mldebt.flow.types.models import DATA_KINDS, MODEL_KINDS, Models
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.programs.naming import TEXT_LIMIT, WORD, Naming
from mldebt.regex import regex

Unit = tuple[int, int]
WORKS = frozenset({"fits", "tunes", "optimizes", "reads", "predicts", "features", "splits"})
_MAKES = WORKS - {"reads"} | {"saves", "stores", "registers"}
_MATHEMATICS = frozenset({"numpy", "math"})
_CALLED_BY_FRAMEWORKS = regex(r"_fn$|handler$|^(init|run)$")
_TESTING = ("pytest", "unittest")


class Reachable:
    """Questions about the outermost definitions of the team's modules. `packages` are the folders of what can be
    installed, whose public names belong to whoever installs it; `hooks` are names that frameworks call."""

    def __init__(self, flow: Flow, naming: Naming, packages: Iterable[str], hooks: Iterable[str]) -> None:
        self.flow = flow
        self.naming = naming
        self.packages = tuple(packages)
        self.hooks = frozenset(hooks)
        self.models = flow.shared(Models)
        self.endpoints = flow.shared(Endpoints)

    def unreached(self) -> Iterator[Unit]:
        """Model, feature and pipeline code that nothing mentions, or only what is itself not reached; by place."""
        for unit in self._definitions:
            if unit not in self._alive and self.works(unit):
                yield unit

    def leading_to(self, unit: Unit) -> list[Unit]:
        """The definitions that nothing leads to, and that are all that mentions one."""
        named = self.name(unit)
        return [
            other
            for other, names in self._mentioned[1].items()
            if named in names and other != unit and other not in self._alive
        ]

    def unmentioned(self, units: Iterable[Unit], *, tests_count: bool = True) -> frozenset[Unit]:
        """Which of some definitions nothing but their own code mentions; or their tests, where these do not count."""
        asked = set(units)
        wanted = {unit: self.name(unit) for unit in self._definitions if unit in asked}
        names = set(wanted.values())
        told = self._in_documents(names) if names else set()
        meant: set[Unit] = set()
        modules = (each for each in self.flow.program.modules if tests_count or each.category != "test")
        for module in modules if names else ():
            for unit, name, is_plain in self._named(module, names):
                if wanted.get(unit) != name:
                    means = self._meant(module, name) if is_plain else None
                    told.update(() if means else (name,))
                    meant.update((means,) if means else ())
        return frozenset(unit for unit, name in wanted.items() if name not in told and unit not in meant)

    def _meant(self, module: Module, name: str) -> Unit | None:
        """The one definition that a name stands for in a module, as far as its code tells."""
        own = {
            (module.index, number)
            for number, scope in enumerate(module.facts.scopes)
            if number and scope.parent == 0 and scope.name == name
        }
        for binding in module.facts.imports:
            if name in (binding.name, binding.attribute):
                entity = self.flow.program.imported(module, binding)
                if entity.kind not in ("func", "class"):
                    return None
                own.add((entity.module, entity.scope))
        return own.pop() if len(own) == 1 else None

    def left_over(self, units: Iterable[Unit]) -> frozenset[Unit]:
        """Which of some definitions nothing mentions but code that nothing leads to either."""
        asked = {unit for unit in units if not _CALLED_BY_FRAMEWORKS.search(self.name(unit))}
        return frozenset(unit for unit in self._definitions if unit in asked and unit not in self._alive)

    def is_unused(self, unit: Unit) -> bool:
        """Whether no document speaks of a definition, and no code but its own, unless it only imports it: a package
        hands out what its `__init__` imports."""
        names = {self.name(unit)}
        is_used = any(
            around != unit
            for module in self.flow.program.modules
            for around, _ in self._mentions(module, names, imports=module.path.endswith("__init__.py"))
        )
        return not is_used and not self._in_documents(names)

    def speakers(self, names: set[str]) -> dict[str, set[int]]:
        """The numbers of the modules in which each of some names stands; -1 for documents."""
        found: dict[str, set[int]] = {name: set() for name in names}
        for name in self._in_documents(names):
            found[name].add(-1)
        for module in self.flow.program.modules if names else ():
            for _, name in self._mentions(module, names):
                found[name].add(module.index)
        return found

    def works(self, unit: Unit) -> bool:
        """Whether a definition is a model or a data set, or trains, reads, prepares or predicts."""
        if self.flow.scope(*unit).kind == "class" and (
            self.models.derives(unit, MODEL_KINDS | DATA_KINDS) or self.models.is_model(unit)
        ):
            return True
        bodies = [self.flow.body(unit[0], number) for number in self._inside(unit)]
        roles = {role for body in bodies for call in body.calls for role in self.flow.roles(call)}
        if roles & WORKS == {"features"} and ("plots" in roles or self._only_reckons(bodies)):
            return False
        return bool(roles & WORKS) and not (roles.isdisjoint(_MAKES) and _only_shows(bodies, roles))

    def _only_reckons(self, bodies: Sequence[Body]) -> bool:
        """Whether code computes with numbers that it is given, of no column by its name: a rotation, a distance."""
        if any(_names_a_column(value) for body in bodies for value in body.values.values()):
            return False
        made = [call for body in bodies for call in body.calls if "features" in self.flow.roles(call)]
        targets = [target for call in made for target in self.flow.targets(call)]
        return all(target.name.partition(".")[0] in _MATHEMATICS for target in targets)

    def name(self, unit: Unit) -> str:
        return self.flow.scope(*unit).name

    # ------------------------------------------------------------------ candidates

    @cached_property
    def _definitions(self) -> tuple[Unit, ...]:
        """Outermost functions and classes that only their name leads to."""
        return tuple(
            (module.index, number)
            for module in self.flow.program.modules
            if module.category == "product"
            and not module.is_notebook
            and not self.naming.unnamed.is_found_otherwise(module)
            for number, scope in enumerate(module.facts.scopes)
            if number and scope.parent == 0 and scope.kind != "lambda" and self._needs_a_name(module, number)
        )

    def _needs_a_name(self, module: Module, number: int) -> bool:
        scope = module.facts.scopes[number]
        if scope.decorators or scope.name in self.hooks or scope.name.startswith("__"):
            return False
        if scope.name.startswith("test_") and _is_test(module, number):
            return False
        if self._is_public(module, scope.name):
            return False
        return scope.kind == "function" or not self.is_called_by_a_framework((module.index, number))

    def _is_public(self, module: Module, name: str) -> bool:
        """Whether whoever installs the package may use a definition."""
        inside = self.is_for_installers(module)
        private = name.startswith("_") or any(part.startswith("_") for part in module.path.split("/"))
        return inside and not private

    def is_for_installers(self, module: Module) -> bool:
        """Whether a module is part of a package that can be installed."""
        return any(module.path.startswith(f"{folder}/") or not folder for folder in self.packages)

    def is_called_by_a_framework(self, cls: Unit) -> bool:
        """Whether a class serves by its form, or stands below something that finds its subclasses: a library's class
        that is neither model nor data, or a class of the repository that registers what derives from it."""
        methods = self.flow.program.modules[cls[0]].members.get(cls[1], {}).values()
        if any(self.endpoints.of((cls[0], number)) for number in methods):
            return True
        for base in self.flow.program.ancestry(cls):
            if isinstance(base, str):
                kind = self.models.kind(base)
                if base not in ("object", "abc.ABC", "torch.nn.Module") and kind not in MODEL_KINDS | DATA_KINDS:
                    return True
            elif base != cls:
                members = self.flow.program.modules[base[0]].members.get(base[1], {})
                scope = self.flow.scope(*base)
                if "__init_subclass__" in members or any(each.keyword == "metaclass" for each in scope.bases):
                    return True
                if self._asks_for_subclasses(self.name(base)):
                    return True
        return False

    def _asks_for_subclasses(self, name: str) -> bool:
        return name in self._subclass_asked

    @cached_property
    def _subclass_asked(self) -> frozenset[str]:
        """The names in modules that ask classes for their subclasses."""
        return frozenset(
            node.id
            for module in self.flow.program.modules
            if any(each.name == "__subclasses__" for each in module.of_kind(r.Attribute))
            for node in module.of_kind(r.Name)
        )

    # ------------------------------------------------------------------ who mentions whom

    @cached_property
    def _alive(self) -> frozenset[Unit]:
        """The candidates that something mentions which is no candidate, and what those mention in turn."""
        by_name: dict[str, list[Unit]] = defaultdict(list)
        for unit in self._definitions:
            by_name[self.name(unit)].append(unit)
        reached, mentioned = self._mentioned
        alive: set[Unit] = set()
        waiting = [unit for name in reached for unit in by_name[name]]
        while waiting:
            unit = waiting.pop()
            if unit not in alive:
                alive.add(unit)
                waiting += [other for name in mentioned.get(unit, ()) for other in by_name[name] if other not in alive]
        return frozenset(alive)

    @cached_property
    def _mentioned(self) -> tuple[frozenset[str], dict[Unit, set[str]]]:
        """The names of candidates that something mentions which is no candidate, and those that each candidate
        mentions."""
        names = {self.name(unit) for unit in self._definitions}
        candidates = set(self._definitions)
        found: dict[Unit, set[str]] = defaultdict(set)
        reached = self._in_documents(names)
        for module in self.flow.program.modules:
            for unit, name in self._mentions(module, names):
                if unit in candidates:
                    found[unit].add(name)
                else:
                    reached.add(name)
        return frozenset(reached), found

    def _in_documents(self, names: set[str]) -> set[str]:
        return {name for _, found in self.naming.documents_with(names) for name in found}

    def _mentions(self, module: Module, names: set[str], *, imports: bool = True) -> Iterator[tuple[Unit, str]]:
        """The names that stand in a module, each with the outermost definition around it."""
        return ((unit, name) for unit, name, _ in self._named(module, names, imports=imports))

    def _named(self, module: Module, names: set[str], *, imports: bool = True) -> Iterator[tuple[Unit, str, bool]]:
        """The same, each with whether it stands there by itself, as a name of the module."""
        finder = ScopeFinder(module)
        for binding in module.facts.imports if imports else ():
            for name in (binding.attribute, binding.name):
                if name in names:
                    yield (module.index, module.outermost(binding.scope)), name, True
        if names.isdisjoint(self.naming.in_module(module)):
            return
        for node in module.facts.exprs:
            for name in _names_in(node):
                if name in names:
                    around = module.outermost(finder.at(node.at))
                    yield (module.index, around), name, isinstance(node, r.Name)

    def _inside(self, unit: Unit) -> Iterator[int]:
        module = self.flow.program.modules[unit[0]]
        return (number for number in range(len(module.facts.scopes)) if module.outermost(number) == unit[1])


def _names_a_column(value: Value) -> bool:
    """Whether something is read or set by a text: `rows["age"]`."""
    return value.kind in ("item", "store") and isinstance(value.data, str | tuple) and isinstance(value.key, str)


def _only_shows(bodies: Sequence[Body], roles: set[str]) -> bool:
    """Whether code only makes a picture of what it reads, and hands nothing on."""
    given = (source for body in bodies for source in body.returns.every("value") if source.kind != "const")
    return "plots" in roles and next(given, None) is None


def _is_test(module: Module, number: int) -> bool:
    """Whether a function that is called a test asserts something, or stands in a module of tests."""
    if any(each.imported.partition(".")[0] in _TESTING for each in module.facts.imports):
        return True
    return any(isinstance(each, r.Assert) for each in statements(module.facts.scopes[number].body))


def _names_in(node: r.Expr) -> Iterable[str]:
    if isinstance(node, r.Name):
        return (node.id,)
    if isinstance(node, r.Attribute):
        return (node.name,)
    if isinstance(node, r.Constant) and isinstance(node.value, str):
        return WORD.findall(node.value[:TEXT_LIMIT])
    if isinstance(node, r.Call):
        return (argument.keyword for argument in node.arguments)
    return ()

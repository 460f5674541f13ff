"""Which definitions anybody reaches: by name, from any code that runs by itself, any test, any document, any registry.

Names stand for all that bear them, so that what is not reached here is mentioned nowhere."""

from __future__ import annotations

import re
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
from mldebt.regex import regex
from mldebt.sources import Document, DocumentKind

Unit = tuple[int, int]
WORKS = frozenset({"fits", "tunes", "optimizes", "reads", "predicts", "features", "splits"})
_MAKES = WORKS - {"reads"} | {"saves", "stores", "registers"}
_MATHEMATICS = frozenset({"numpy", "math"})
TEXT_LIMIT = 20_000
SETTINGS_LIMIT = 200_000
PROSE = frozenset({DocumentKind.README, DocumentKind.DOCS, DocumentKind.MODEL_CARD, DocumentKind.NOTEBOOK_PROSE})
"""Documents that speak of code in sentences."""
_WORD = regex(r"[A-Za-z_]\w*")
_DOTTED = regex(r"\b[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_IS_MADE_UP = regex(r"^(?=\w*_)(?=\w*_\w*_|\w*\d)[A-Za-z]\w*$")
"""A name of three parts at least, or of two with a number in it; `resnet50` may be a library's."""
_CALLED_BY_FRAMEWORKS = regex(r"_fn$|handler$|^(init|run)$")
_TESTING = ("pytest", "unittest")
_IMPORTS = frozenset({"importlib.import_module", "__import__"})
_LOADS_BY_NAME = frozenset(
    """importlib.import_module __import__ pkgutil.iter_modules pkgutil.walk_packages inspect.getmembers globals
    importlib.util.spec_from_file_location importlib.metadata.entry_points pkg_resources.iter_entry_points
    runpy.run_path runpy.run_module exec eval""".split()
)
"""What finds code that no name in the text tells of."""


class Reachable:
    """Questions about the outermost definitions of the team's modules. `packages` are the folders of what can be
    installed, whose public names belong to whoever installs it; `hooks` are names that frameworks call."""

    def __init__(
        self, flow: Flow, documents: Sequence[Document], packages: Iterable[str], hooks: Iterable[str]
    ) -> None:
        self.flow = flow
        self.documents = documents
        self.packages = tuple(packages)
        self.hooks = frozenset(hooks)
        self.models = flow.shared(Models)
        self.endpoints = flow.shared(Endpoints)
        self._words: dict[int, frozenset[str]] = {}

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
            if module.category == "product" and not module.is_notebook and not self.is_found_otherwise(module)
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

    # ------------------------------------------------------------------ what is found without a name

    def is_found_otherwise(self, module: Module) -> bool:
        """Whether something takes what lies in a module without naming it: all of it, or by a name that is put together
        when it runs."""
        return module.index in self._starred or self.is_searched(module)

    def is_searched(self, module: Module) -> bool:
        """Whether something may load what lies in a module by a name that is put together when it runs; a package that
        offers all that its modules have loads nothing."""
        if stem(module) in self._module_names:
            return True
        if not all(path.endswith("__init__.py") for path in self._starred.get(module.index, ())):
            return True
        return any(not folder or module.path.startswith(f"{folder}/") for folder in self._searched)

    @cached_property
    def _module_names(self) -> frozenset[str]:
        """The names of modules that stand in other code as a whole text, where it is no common word that may mean
        something else: `settings.dataset = "clicks_v2"`, for a program that loads what it is told to."""
        stems = {stem(module) for module in self.flow.program.modules}
        stems = {each for each in stems if _IS_MADE_UP.search(each)}
        modules = self.flow.program.modules
        return frozenset(
            text for module in modules for text in module.texts() if text in stems and text != stem(module)
        )

    @cached_property
    def _starred(self) -> dict[int, set[str]]:
        """The modules from which everything is imported, with the paths of those that do."""
        found: dict[int, set[str]] = {}
        for module in self.flow.program.modules:
            for binding in module.stars:
                other = self.flow.program.find_module(module, binding.module)
                if other is not None:
                    found.setdefault(other.index, set()).add(module.path)
        return found

    @cached_property
    def _searched(self) -> frozenset[str]:
        """Folders of modules that look for code by computed names, and those that such names begin with."""
        found: set[str] = set()
        for module in self.flow.program.modules:
            if self._loads_by_name(module):
                found.add(module.path.rpartition("/")[0])
                found.update(self._folders_named(module))
                if any(callee.name in _IMPORTS for callee in module.facts.callees):
                    found.update(folder for folder in self._plug_ins if not module.path.startswith(f"{folder}/"))
            elif any(callee.name == "getattr" for callee in module.facts.callees):
                found.update(self._modules_asked(module))
        return frozenset(found)

    def _loads_by_name(self, module: Module) -> bool:
        called = {callee.name for callee in module.facts.callees}
        return not called.isdisjoint(_LOADS_BY_NAME) or (
            "vars" in called and any(map(_lists_names, self._calls(module)))
        )

    def _calls(self, module: Module) -> Iterator[Value]:
        for scope in range(len(module.facts.scopes)):
            yield from self.flow.body(module.index, scope).calls

    def _folders_named(self, module: Module) -> Iterator[str]:
        """The folders that dotted texts of a module begin with: `f"models.{name}"`."""
        for node in module.facts.exprs:
            texts = (
                node.parts if isinstance(node, r.Template) else (node.value,) if isinstance(node, r.Constant) else ()
            )
            for text in texts:
                if isinstance(text, str) and re.fullmatch(r"[A-Za-z_][\w.]*\.?", text):
                    folder = text.strip(".").replace(".", "/")
                    called = self._folders.get(folder.rpartition("/")[2], ())
                    yield from (each for each in called if each == folder or each.endswith(f"/{folder}"))

    @cached_property
    def _plug_ins(self) -> frozenset[str]:
        """The folders of the modules that settings name in full, and those above, as far as the names go: what else
        lies there may be named in settings that are kept elsewhere (`handler: Nearest@model.search.nearest`)."""
        stems: dict[str, list[str]] = defaultdict(list)
        for module in self.flow.program.modules:
            stems[module.path.rpartition("/")[2]].append(f"/{module.path}")
        found: set[str] = set()
        for document in self.documents:
            names = _DOTTED.findall(document.text[:SETTINGS_LIMIT]) if document.kind is DocumentKind.CONFIG else ()
            for parts in [tuple(name.split(".")) for name in set(names)]:
                for way in (parts, parts[:-1]):
                    for path in stems.get(f"{way[-1]}.py", ()) if len(way) > 1 else ():
                        if path.endswith(f"/{'/'.join(way)}.py"):
                            above = path.strip("/").split("/")[:-1]
                            found.update("/".join(above[: len(above) - up]) for up in range(min(len(way) - 1, 2)))
        return frozenset(found - {""})

    def _modules_asked(self, module: Module) -> Iterator[str]:
        """The modules whose attributes are looked up by name: `getattr(models, name)`."""
        for call in self._calls(module):
            if call.calls_external("getattr") and call.arguments and call.arguments[0].kind == "module":
                number = call.arguments[0].data
                assert isinstance(number, int)
                yield self.flow.program.modules[number].path.removesuffix("/__init__.py").removesuffix(".py")
                yield self.flow.program.modules[number].path.rpartition("/")[0]

    @cached_property
    def _folders(self) -> dict[str, list[str]]:
        """The folders that hold modules, by what each is called itself."""
        found: dict[str, list[str]] = defaultdict(list)
        for folder in dict.fromkeys(module.path.rpartition("/")[0] for module in self.flow.program.modules):
            found[folder.rpartition("/")[2]].append(folder)
        return found

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
        return {word for document in self.documents for word in _WORD.findall(document.text) if word in names}

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
        if names.isdisjoint(self._spelled(module)):
            return
        for node in module.facts.exprs:
            for name in _names_in(node):
                if name in names:
                    around = module.outermost(finder.at(node.at))
                    yield (module.index, around), name, isinstance(node, r.Name)

    def _spelled(self, module: Module) -> frozenset[str]:
        """All names that stand in a module, imports aside."""
        found = self._words.get(module.index)
        if found is None:
            texts = " ".join(text[:TEXT_LIMIT] for text in module.texts())
            found = self._words[module.index] = frozenset(
                (
                    *(node.id for node in module.of_kind(r.Name)),
                    *(node.name for node in module.of_kind(r.Attribute)),
                    *(argument.keyword for node in module.of_kind(r.Call) for argument in node.arguments),
                    *_WORD.findall(texts),
                )
            )
        return found

    def _inside(self, unit: Unit) -> Iterator[int]:
        module = self.flow.program.modules[unit[0]]
        return (number for number in range(len(module.facts.scopes)) if module.outermost(number) == unit[1])


def stem(module: Module) -> str:
    """The name by which code imports a module."""
    return re.split(r"[/.]", module.path)[-2]


def _names_a_column(value: Value) -> bool:
    """Whether something is read or set by a text: `rows["age"]`."""
    return value.kind in ("item", "store") and isinstance(value.data, str | tuple) and isinstance(value.key, str)


def _only_shows(bodies: Sequence[Body], roles: set[str]) -> bool:
    """Whether code only makes a picture of what it reads, and hands nothing on."""
    given = (source for body in bodies for source in body.returns.every("value") if source.kind != "const")
    return "plots" in roles and next(given, None) is None


def _lists_names(call: Value) -> bool:
    """Whether a call gives the definitions of a module: `vars(models)`, `vars(sys.modules[name])`, `vars()`, but not
    what an object of the program holds, as `vars(args)`."""
    asked = call.arguments[0] if call.arguments else None
    return call.calls_external("vars") and (asked is None or asked.kind in ("module", "item"))


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
        return _WORD.findall(node.value[:TEXT_LIMIT])
    if isinstance(node, r.Call):
        return (argument.keyword for argument in node.arguments)
    return ()

"""Code that nothing starts: functions and classes of a module that nobody imports and that does no work by itself."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from mldebt.facts import record as r
from mldebt.flow.body import Body
from mldebt.flow.files.paths import Paths
from mldebt.flow.linking import Target
from mldebt.flow.module import Module
from mldebt.flow.types.models import NETWORK_KINDS
from mldebt.flow.value import Value
from mldebt.pipeline.programs.idle_methods import IdleMethods
from mldebt.pipeline.programs.naming import PROSE, TEXT_LIMIT, WORD
from mldebt.pipeline.programs.reachable import Reachable, Unit
from mldebt.pipeline.programs.unnamed import stem
from mldebt.regex import regex
from mldebt.sources import Document, DocumentKind

CALLS_FOLLOWED = 60
_WORK = frozenset(
    {"fits", "tunes", "optimizes", "stores", "registers", "saves", "serves", "measures", "tracks", "reads", "loads"}
)
_STARTED = regex(r"(^|/)(__init__|__main__|conftest|setup|manage|wsgi|asgi)\.py\Z")
_BUILT = regex(r"^\s*\[(project|build-system|tool\.(poetry|flit|pdm|hatch|setuptools))\b", re.MULTILINE)
_SHOWS = regex(
    r"(print|len|range|str|list|dict|tuple|int|float|sum|type|repr|zip|enumerate|isinstance)\Z|(torch|numpy|tensorflow|keras"
    r"|jax|math|time|random|pprint|copy|torchsummary|torchinfo|thop)\."
)
_MODES = ("eval", "train", "to", "cuda", "cpu", "size", "summary", "parameters", "numel")
_GUARD = "__main__"
_IMPORTED = regex(r"\b(?:(?:from|import)\s+([\w.]+)|(\w+):(?=\w))")
_NAMED = regex(r"(?<=[.:])\w+|\b\w+(?=[.:]\w)")
_IMPORTING = PROSE | {DocumentKind.UNPARSED}
"""Documents that tell how to import code, or import it."""
_LOOKS_AT = frozenset(
    {"setup.cfg", ".flake8", "mypy.ini", ".coveragerc", ".pre-commit-config.yaml", "codecov.yml", ".codecov.yml"}
)
_CHECKED = regex(r"[\w./*-]+\.py\b")


class Dormant:
    """Answers yes only where nothing is left that could start the code: no import, no name of its module in code or
    settings, no decorator, no parameters that a framework might fill."""

    def __init__(self, reachable: Reachable) -> None:
        self.reachable = reachable
        self.flow = reachable.flow
        self.models = reachable.models
        self.paths = self.flow.shared(Paths)

    def holds(self, body: Body) -> bool:
        """Whether code stands in a definition that nothing starts, or in a method that nothing calls."""
        module, number = body.module, body.number
        if (module.index, module.outermost(number)) in self.units:
            return True
        while number > 0:
            if (module.index, number) in self.methods:
                return True
            number = module.facts.scopes[number].parent
        return False

    def is_never_asked_for(self, body: Body) -> bool:
        """Whether only methods lead to some code that nothing calls, whatever else is done with objects of their
        classes: how a trainer trains that was taken over to predict."""
        waiting, seen = [body.key], set[Unit]()
        while waiting:
            unit = waiting.pop()
            callers = [call.body.key for call in self.flow.callers(*unit)] if unit[1] else []
            if not callers and not self._is_never_called(unit):
                return False
            seen.add(unit)
            waiting += [each for each in callers if each not in seen]
            if len(seen) > CALLS_FOLLOWED:
                return False
        return True

    def _is_never_called(self, unit: Unit) -> bool:
        """Whether something is a method, of a class in use, whose name nothing is called by that may be such an
        object."""
        module = self.flow.program.modules[unit[0]]
        cls = module.facts.scopes[unit[1]].parent if unit[1] else 0
        if cls <= 0 or module.facts.scopes[cls].kind != "class" or self.reachable.is_for_installers(module):
            return False
        if module.is_notebook or module.category != "product" or not self._idle.needs_names((unit[0], cls)):
            return False
        name = module.facts.scopes[unit[1]].name
        told = re.compile(rf"\.{re.escape(name)}\(")
        if name.startswith("__") or any(told.search(each.text) for each in self.reachable.naming.documents):
            return False
        called = self.flow.calls_named(frozenset({name}))
        return all(call.body.module is module or call.receiver is None or self.flow.targets(call) for call in called)

    @cached_property
    def _idle(self) -> IdleMethods:
        return IdleMethods(self.reachable, self.units)

    @cached_property
    def methods(self) -> frozenset[Unit]:
        """The methods that nothing calls, of classes that are used."""
        return self._idle.scopes

    @cached_property
    def units(self) -> frozenset[Unit]:
        """The outermost definitions that nothing starts."""
        return frozenset(unit for module in self.candidates for unit in self._asleep(module))

    # ------------------------------------------------------------------ modules

    @cached_property
    def candidates(self) -> tuple[Module, ...]:
        """The modules that nothing imports or names, nor others who install them may import."""
        return tuple(module for module in self.unnamed if not self.reachable.is_for_installers(module))

    @cached_property
    def unnamed(self) -> tuple[Module, ...]:
        """The modules that nothing in the repository imports or names."""
        modules = self.flow.program.modules
        imported = {other.index for module in modules for other in self.flow.program.imports_of(module)}
        loaded = (
            self.flow.program.find_module(module, each.imported) for module in modules for each in module.facts.imports
        )
        imported |= {other.index for other in loaded if other is not None}  # `import libs.train` binds `libs` alone
        unknown = self._imported_from_elsewhere()
        alone = [
            module
            for module in modules
            if module.category == "product"
            and not module.is_notebook
            and module.index not in imported
            and not _STARTED.search(module.path)
            and not self.reachable.naming.unnamed.is_found_otherwise(module)
            and stem(module) not in unknown
        ]
        named = self._named({stem(module) for module in alone})
        return tuple(module for module in alone if stem(module) not in named)

    def _imported_from_elsewhere(self) -> set[str]:
        """The last names of imports that lead to no module, since the repository may be installed under another name,
        and what is imported from a package: a module of it, perhaps."""
        found: set[str] = set()
        for module in self.flow.program.modules:
            for binding in module.facts.imports:
                source = self.flow.program.find_module(module, binding.module)
                if source is None:
                    found.update(name.rpartition(".")[2] for name in (binding.imported, binding.attribute))
                elif source.path.endswith("__init__.py"):
                    found.add(binding.attribute)
        return found

    def _named(self, stems: set[str]) -> set[str]:
        """Which files texts name: settings anyhow, prose where it imports them; the code's own literals."""
        if not stems:
            return set()
        words: set[str] = set()  # each text is read once: there are many modules, and many texts
        for document, near in self.reachable.naming.documents_with(stems):
            if document.kind not in PROSE:
                words.update(near.intersection(_NAMED.findall(document.text)))
            if document.kind in _IMPORTING:
                words |= near & _imported(document.text)
        for module in self.reachable.naming.modules_with(stems):
            for text in module.texts():
                if len(text) < TEXT_LIMIT and ("." in text or ":" in text):
                    words.update(stems.intersection(_NAMED.findall(text)))
        return words | {stem for stem in stems - words if not WORD.fullmatch(stem) and self._is_told(stem)}

    def _is_told(self, stem: str) -> bool:
        """The same of a file whose stem is no word: `train-ranker.py`, `01_train.py`."""
        own = re.escape(stem)
        named = re.compile(rf"{own}(?:(?<!\w{own})(?:\.py\b|[.:]\w)|(?<=[.:]{own})\b)")
        if any(named.search(text) for text in self._settings):
            return True
        documents = (document for document in self.reachable.naming.documents if document.kind in _IMPORTING)
        return any(stem in _imported(document.text) for document in documents if stem in document.text)

    @cached_property
    def _settings(self) -> tuple[str, ...]:
        """The texts of all other documents, and the literals of the code."""
        documents = self.reachable.naming.documents
        told = (_without_checked(document) for document in documents if document.kind not in PROSE)
        modules = self.flow.program.modules
        literals = {text for module in modules for text in module.texts() if len(text) < TEXT_LIMIT}
        return (*told, *literals)

    # ------------------------------------------------------------------ one module

    def _asleep(self, module: Module) -> Iterator[Unit]:
        """The definitions of a module that its own code does not lead to; none where it is a program that works."""
        programs = list(guards(module))
        if any(self._works(module, first, last) for first, last in programs):
            return
        defined = {
            scope.name: number for number, scope in enumerate(module.facts.scopes) if number and scope.parent == 0
        }
        named: dict[int, set[int]] = defaultdict(set)
        for node in module.of_kind(r.Name):
            if node.id in defined and not any(first <= node.at < last for first, last in programs):
                named[self._around(module, node.at)].add(defined[node.id])
        alive = {0, *(number for number in defined.values() if self._may_be_started(module, number))}
        waiting = list(alive)
        while waiting:
            fresh = named[waiting.pop()] - alive
            alive |= fresh
            waiting.extend(fresh)
        yield from ((module.index, number) for number in sorted(set(defined.values()) - alive))

    def _may_be_started(self, module: Module, number: int) -> bool:
        """Whether something that is not in sight may make or call a definition."""
        scope = module.facts.scopes[number]
        if scope.decorators or scope.name.startswith("__") or self._is_taken_up(module, number):
            return True
        if scope.kind == "class":
            return self.reachable.is_called_by_a_framework((module.index, number)) or self._is_mentioned(module, number)
        filled = any(each.default < 0 and each.kind not in ("*", "**") for each in scope.parameters)
        return filled and not self.flow.callers(module.index, number)

    def _is_taken_up(self, module: Module, number: int) -> bool:
        """Whether other code loads a file that a definition leaves behind, by the same name in full: then somebody
        started it, at a prompt or by hand."""
        left = (call for each in module.inside(number) for call in self.flow.body(module.index, each).calls)
        names = {name for call in left if self.paths.is_write(call) for name in self._files_of(call)}
        return any(self._loaders.get(name, set()) - {module.index} for name in names)

    @cached_property
    def _loaders(self) -> dict[str, set[int]]:
        """The numbers of the modules that load a file, by its name."""
        found: dict[str, set[int]] = defaultdict(set)
        for module in self.flow.program.modules:
            for number in range(len(module.facts.scopes) if module.category == "product" else 0):
                for call in self.flow.body(module.index, number).calls:
                    if self.paths.is_read(call) or "loads" in self.flow.roles(call):
                        for name in self._files_of(call):
                            found[name].add(module.index)
        return found

    def _files_of(self, call: Value) -> list[str]:
        """The names of the files that a call reads or writes, where they are written down in full."""
        path = self.paths.path(call)
        texts = self.paths.texts(path) if path is not None else ()
        return [text.rpartition("/")[2] for text in texts if "{" not in text and "." in text]

    def _is_mentioned(self, module: Module, number: int) -> bool:
        """Whether other code, or a document, has the name of a class."""
        return bool(self._speakers[self.flow.scope(module.index, number).name] - {module.index})

    @cached_property
    def _speakers(self) -> dict[str, set[int]]:
        """The numbers of the modules that have the name of a class in them, by that name; -1 for documents."""
        names = {
            scope.name
            for module in self.candidates
            for scope in module.facts.scopes[1:]
            if scope.parent == 0 and scope.kind == "class"
        }
        return self.reachable.speakers(names)

    def _around(self, module: Module, at: int) -> int:
        """The outermost definition that a place stands in; 0 for the module's own code."""
        for number, scope in enumerate(module.facts.scopes):
            if number and scope.parent == 0 and scope.kind != "lambda" and scope.at <= at < scope.end:
                return number
        return 0

    def _works(self, module: Module, first: int, last: int) -> bool:
        """Whether what stands under the guard of a program trains, reads, keeps or measures anything."""
        waiting = [call for call in self.flow.body(module.index, 0).calls if first <= call.at < last]
        seen = set(waiting)
        while waiting:
            call = waiting.pop()
            if self.flow.roles(call) & _WORK or len(seen) > CALLS_FOLLOWED:
                return True
            if any(source.kind in ("func", "class") for source in call.arguments):
                return True  # handed to something that starts it
            targets = self.flow.targets(call)
            if not _is_show(targets) and not call.calls_method(*_MODES):
                return True  # nobody knows what it does
            entered = [key for t in targets if (key := self._entered(t)) is not None]
            inner = [each for key in entered for each in self.flow.body(*key).calls]
            waiting.extend(each for each in inner if each not in seen)
            seen.update(inner)
        return False

    def _entered(self, target: Target) -> Unit | None:
        """The function of the repository that a call runs; a network that is made or shown one batch does not work."""
        if target.kind == "class":
            return None if self.models.derives(target.key, NETWORK_KINDS) else self.flow.entered(target)
        use = self.models.uses(target) if target.kind == "func" else None
        return target.key if target.kind == "func" and (use is None or use.kind != "prediction") else None


def _without_checked(document: Document) -> str:
    """The text of a document; of one for tools that look at code, without the files that it names."""
    is_of_tools = document.path.rpartition("/")[2] in _LOOKS_AT
    return _CHECKED.sub("", document.text) if is_of_tools else document.text


def _imported(text: str) -> set[str]:
    """The parts of the modules that a page imports or starts."""
    return {part for found in _IMPORTED.findall(text) for name in found for part in name.split(".")}


def _is_show(targets: Sequence[Target]) -> bool:
    """Whether all that a call may call is known, and only computes or prints."""
    known = (t.kind != "external" or t.api is not None or _SHOWS.match(t.name) is not None for t in targets)
    return bool(targets) and all(known)


def only_sets_tools(document: Document) -> bool:
    """Whether a `pyproject.toml` holds the settings of tools, and nothing to build a package by."""
    return document.kind is DocumentKind.PYPROJECT and not _BUILT.search(document.text)


def guards(module: Module) -> Iterator[tuple[int, int]]:
    """From where to where the statements stand that run where a module is the program."""
    scope = module.facts.scopes[0]
    for number, statement in enumerate(scope.body):
        if isinstance(statement, r.If) and _asks_for_main(module, statement.test):
            after = scope.body[number + 1].at if number + 1 < len(scope.body) else module_end(module)
            yield statement.at, after


def module_end(module: Module) -> int:
    return max(module.facts.scopes[0].end, *(node.at + 1 for node in module.facts.exprs), 0)


def _asks_for_main(module: Module, test: int) -> bool:
    node = module.facts.exprs[test]
    parts = [module.facts.exprs[each] for each in node.operands] if isinstance(node, r.Comparison) else []
    return any(isinstance(each, r.Constant) and each.value == _GUARD for each in parts)

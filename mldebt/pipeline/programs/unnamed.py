"""What code finds without naming it: all of a module, or by a name that is put together when it runs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from mldebt.facts import record as r
from mldebt.flow.module import Module
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex
from mldebt.sources import Document, DocumentKind

SETTINGS_LIMIT = 200_000
_DOTTED = regex(r"\b[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_IS_MADE_UP = regex(r"^(?=\w*_)(?=\w*_\w*_|\w*\d)[A-Za-z]\w*$")
"""A name of three parts at least, or of two with a number in it; `resnet50` may be a library's."""
_IMPORTS = frozenset({"importlib.import_module", "__import__"})
_LOADS_BY_NAME = frozenset(
    """importlib.import_module __import__ pkgutil.iter_modules pkgutil.walk_packages inspect.getmembers globals
    importlib.util.spec_from_file_location importlib.metadata.entry_points pkg_resources.iter_entry_points
    runpy.run_path runpy.run_module exec eval""".split()
)
"""What finds code that no name in the text tells of."""


class Unnamed:
    """Questions about the modules of the team."""

    def __init__(self, flow: Flow, documents: Sequence[Document]) -> None:
        self.flow = flow
        self.documents = documents

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
            names = _dotted(document.text[:SETTINGS_LIMIT]) if document.kind is DocumentKind.CONFIG else ()
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


def stem(module: Module) -> str:
    """The name by which code imports a module."""
    return re.split(r"[/.]", module.path)[-2]


def _dotted(text: str) -> list[str]:
    """The dotted names of a text."""
    return _DOTTED.findall(" ".join([part for part in text.split() if "." in part]))


def _lists_names(call: Value) -> bool:
    """Whether a call gives the definitions of a module: `vars(models)`, `vars(sys.modules[name])`, `vars()`, but not
    what an object of the program holds, as `vars(args)`."""
    asked = call.arguments[0] if call.arguments else None
    return call.calls_external("vars") and (asked is None or asked.kind in ("module", "item"))

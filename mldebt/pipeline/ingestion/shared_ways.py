"""The platform: the shared ways to read data that a team named, in its configuration or its API catalogue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from mldebt.errors import nearest
from mldebt.flow.module import Module
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.rulebook import Api

_GLOB = frozenset("*?[/")


class Platform:
    """Whether a read is the platform's. `names` are qualified names of modules, functions and classes of the repository
    or of libraries, and patterns of paths; the catalogue's own entries count as well."""

    def __init__(self, flow: Flow, names: Iterable[str]) -> None:
        self.flow = flow
        self.names = tuple(names)
        self._by_stem: dict[str, list[tuple[Module, str]]] = defaultdict(list)
        for module in flow.program.modules:
            dotted = f".{_dotted(module)}"
            self._by_stem[dotted.rpartition(".")[2]].append((module, dotted))
        own = [api.name for api in flow.catalogue.functions.values() if api.platform]
        own += [f"{owner}.{method}" for (owner, method), api in flow.catalogue.methods.items() if api.platform]
        self._modules = frozenset(module.index for module in flow.program.modules if self._has_module(module))
        self._scopes: dict[int, list[str]] = defaultdict(list)
        for name in (*self.names, *own):
            for module, qualname in self._inside(name):
                self._scopes[module.index].append(qualname)

    def holds(self, call: Value) -> bool:
        """Whether a call stands in code of the platform."""
        module = call.body.module
        if module.index in self._modules:
            return True
        inside = self._scopes.get(module.index)
        return inside is not None and _begins(module.facts.scopes[call.body.number].qualname, inside)

    def is_named(self, api: Api) -> bool:
        """Whether a library's function is a shared way: by the catalogue or by its name."""
        return api.platform or _begins(api.name, self.names)

    def _has_module(self, module: Module) -> bool:
        dotted = _dotted(module)
        return any(
            fnmatchcase(module.path, name)
            or dotted == name
            or dotted.startswith(f"{name}.")
            or dotted.endswith(f".{name}")
            for name in self.names
        )

    def _inside(self, name: str) -> Iterator[tuple[Module, str]]:
        """The functions and classes of the repository that a name means: `pkg.data.read` in `src/pkg/data.py`."""
        parts = name.split(".")
        for place in range(1, len(parts)):
            qualname = ".".join(parts[place:])
            for module, dotted in self._by_stem.get(parts[place - 1], ()):
                if dotted.endswith(f".{'.'.join(parts[:place])}") and any(
                    scope.qualname == qualname for scope in module.facts.scopes[1:]
                ):
                    yield module, qualname

    # ------------------------------------------------------------------ names that mean nothing

    def unknown(self) -> tuple[str, ...]:
        """What to say of each name that is neither in the repository nor in a library that it uses."""
        found = (name for name in self.names if not self._is_known(name))
        return tuple(
            f"platform names {name!r}, which is neither in this repository nor in a library that it imports"
            f"{nearest(name, self._nameable()) or '.'}"
            for name in found
        )

    def _is_known(self, name: str) -> bool:
        program, catalogue = self.flow.program, self.flow.catalogue
        if any(fnmatchcase(module.path, name) for module in program.modules):
            return True
        if _GLOB & set(name):
            return False
        if any(_is_in(name, _dotted(module)) for module in program.modules) or any(self._inside(name)):
            return True
        if catalogue.function(name) is not None or any(_begins(each, (name,)) for each in catalogue.functions):
            return True
        # of a library that the catalogue does not know: it is imported, under this name or a part of it
        return any(
            not binding.module.startswith(".")
            and program.find_module(module, binding.module) is None
            and (_begins(name, (binding.module,)) or _begins(f"{binding.module}.{binding.attribute}", (name,)))
            for module in program.modules
            for binding in module.facts.imports
        )

    def _nameable(self) -> list[str]:
        """Everything of the repository that may be named."""
        modules = [module for module in self.flow.program.modules if module.category == "product"]
        found = []
        for module in modules:
            dotted = _dotted(module).removeprefix("src.")
            found.append(dotted)
            found += [f"{dotted}.{scope.qualname}" for scope in module.facts.scopes[1:] if scope.parent == 0]
        return found


def _dotted(module: Module) -> str:
    return module.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _is_in(name: str, dotted: str) -> bool:
    """Whether a module is what a name says, or is in the package of that name."""
    return f".{dotted}.".endswith(f".{name}.") or dotted.startswith(f"{name}.")


def _begins(name: str, starts: Iterable[str]) -> bool:
    return any(name == start or name.startswith(f"{start}.") for start in starts)

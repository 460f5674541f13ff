"""Which random generators imports seed, and which are seeded by the time a module is imported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from mldebt.facts import record as r
from mldebt.flow.program import Module
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

IMPORT_LIMIT = 400
Generators = frozenset[str]
NONE: Generators = frozenset()


class ImportSeeds:
    """Answers per module. `direct` gives what a module's own statements may seed, `ran` what a call does with all that
    runs in it."""

    def __init__(self, flow: Flow, direct: Callable[[Module], Generators], ran: Callable[[Value], Generators]) -> None:
        self._flow = flow
        self._direct = direct
        self._ran = ran
        self._imports: dict[int, Generators] = {}
        self._needs: dict[int, tuple[int, ...]] = {}
        self._before: dict[int, Generators] = {}
        self._importing: dict[int, dict[int, r.ImportBinding]] | None = None

    def of(self, module: Module) -> Generators:
        """What importing the modules that a module needs seeds."""
        known = self._imports.get(module.index)
        if known is None:
            found: set[str] = set()
            seen, waiting = {module.index}, [module]
            while waiting and len(seen) < IMPORT_LIMIT:
                current = waiting.pop()
                if current is not module:
                    found |= self._direct(current)
                for index in self._needed(current):
                    if index not in seen:
                        seen.add(index)
                        waiting.append(self._flow.program.modules[index])
            known = self._imports[module.index] = frozenset(found)
        return known

    def before(self, module: Module) -> Generators:
        """What every module that imports this one has seeded by then; nothing where it is started by itself."""
        known = self._before.get(module.index)
        if known is None:
            self._before[module.index] = NONE
            importing = {} if module.is_script else self._importers().get(module.index, {})
            modules = self._flow.program.modules
            sets = [self._until(modules[index], binding) for index, binding in importing.items()]
            known = self._before[module.index] = frozenset.intersection(*sets) if sets else NONE
        return known

    def _until(self, module: Module, binding: r.ImportBinding) -> Generators:
        """What is seeded when a module comes to one of its imports."""
        found = set(self.before(module))
        if binding.scope:
            found |= self._direct(module)
        for call in self._flow.body(module.index, binding.scope).calls:
            if call.at < binding.at:
                found |= self._ran(call)
        for earlier in module.facts.imports:
            if earlier.at < binding.at and earlier.scope in (0, binding.scope):
                for other in self._loaded(module, earlier):
                    found |= self._direct(other) | self.of(other)
        return frozenset(found)

    def _importers(self) -> dict[int, dict[int, r.ImportBinding]]:
        """Of each module, the team's own modules that import it, each with its first import of it."""
        if self._importing is None:
            self._importing = defaultdict(dict)
            for module in self._flow.program.modules:
                if module.category != "product":
                    continue
                for binding in sorted(module.facts.imports, key=lambda each: each.at):
                    for other in self._loaded(module, binding):
                        self._importing[other.index].setdefault(module.index, binding)
        return self._importing

    def _needed(self, module: Module) -> tuple[int, ...]:
        """The modules that run when a module is imported: the packages that it lies in, and what its own imports load,
        in order; many walks pass through the same."""
        known = self._needs.get(module.index)
        if known is None:
            loaded = (other.index for binding in module.facts.imports for other in self._loaded(module, binding))
            packages = (other.index for other in self._flow.program.packages_of(module))
            known = self._needs[module.index] = tuple(dict.fromkeys((*packages, *loaded)))
        return known

    def _loaded(self, module: Module, binding: r.ImportBinding) -> Iterator[Module]:
        target = self._flow.program.find_module(module, binding.module)
        if target is not None:
            yield target
        if binding.attribute and binding.attribute != "*":
            entity = self._flow.program.imported(module, binding)
            if entity.kind != "external" and entity.module >= 0:
                yield self._flow.program.modules[entity.module]

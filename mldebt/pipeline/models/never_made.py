"""Models that nothing in sight trains: their class has a method that would, and nothing makes an object of it."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from mldebt.facts import record as r
from mldebt.flow.linking import ClassKey
from mldebt.flow.module import Module
from mldebt.pipeline.models.register import TrainedModel
from mldebt.pipeline.programs.naming import PROSE
from mldebt.pipeline.programs.reachable import Reachable


class NeverMade:
    """Tells models that only whoever takes their class would train: the team's own code neither makes an object of it
    nor hands it to anything, though its tests may."""

    def __init__(self, reachable: Reachable) -> None:
        self._reachable = reachable
        self._flow = reachable.flow
        self._known: dict[ClassKey, bool] = {}

    def trains(self, model: TrainedModel) -> bool:
        """Whether all that trains a model stands in methods of such classes."""
        homes = [self._flow.program.enclosing_class(each.body.key) for each in model.trained]
        return bool(homes) and all(home is not None and self._is_never_made(home) for home in homes)

    def _is_never_made(self, cls: ClassKey) -> bool:
        if cls not in self._known:
            family = (cls, *self._flow.program.subclasses(cls))
            self._known[cls] = not any(self._is_found(each) or self._is_taken(each) for each in family)
        return self._known[cls]

    def _is_found(self, cls: ClassKey) -> bool:
        """Whether a class may be met without its name in the code: by a registry, a framework, a setting."""
        module = self._flow.program.modules[cls[0]]
        if self._flow.scope(*cls).decorators or self._reachable.naming.unnamed.is_searched(module):
            return True
        name = self._reachable.name(cls)
        settings = (each.text for each in self._reachable.naming.documents if each.kind not in PROSE)
        return self._reachable.is_called_by_a_framework(cls) or any(name in text for text in settings)

    def _is_taken(self, cls: ClassKey) -> bool:
        """Whether code of the team other than the class's own does something with it, or has its name as a text."""
        if self._flow.makers(cls) or not self._users.get(cls, frozenset()) <= {cls}:
            return True
        scope = self._flow.scope(*cls)
        places = self._texts.get(scope.name, ())
        return any(module != cls[0] or not scope.at <= at < scope.end for module, at in places)

    @cached_property
    def _product(self) -> list[Module]:
        return [module for module in self._flow.program.modules if module.category == "product"]

    @cached_property
    def _texts(self) -> dict[str, list[tuple[int, int]]]:
        """Where the names of classes stand as texts, other than to say that they are to be imported: modules and
        places."""
        scopes = (scope for module in self._product for scope in module.facts.scopes)
        found: dict[str, list[tuple[int, int]]] = {scope.name: [] for scope in scopes if scope.kind == "class"}
        for module in self._product:
            offered = {ref for statement in module.facts.scopes[0].body for ref in _offered(module, statement)}
            for ref, node in enumerate(module.facts.exprs):
                text = node.value if isinstance(node, r.Constant) else None
                if isinstance(text, str) and text in found and ref not in offered:
                    found[text].append((module.index, node.at))
        return found

    @cached_property
    def _users(self) -> dict[ClassKey, set[ClassKey | None]]:
        """The classes whose code does something with a class: hands it on, puts it in a table; None for code that is in
        no class."""
        found: dict[ClassKey, set[ClassKey | None]] = defaultdict(set)
        for module in self._product:
            for body in self._flow.bodies(module.index):
                used = [each.scope_key for each in body.nodes if each.kind == "class" and each.uses]
                around = self._flow.program.enclosing_class(body.key) if used else None
                for cls in used:
                    found[cls].add(around)
        return found


def _offered(module: Module, statement: r.Stmt) -> tuple[r.Ref, ...]:
    """What stands in `__all__`."""
    exprs = module.facts.exprs
    if isinstance(statement, r.Assign) and isinstance(listed := exprs[statement.value], r.Collection):
        targets = (exprs[ref] for ref in statement.targets)
        if any(isinstance(each, r.Name) and each.id == "__all__" for each in targets):
            return listed.items
    return ()

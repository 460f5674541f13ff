"""Models of a package that nobody has taken up: nothing names their class, while what is like it is in use."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.facts import record as r
from mldebt.flow.linking import ClassKey
from mldebt.pipeline.models.register import TrainedModel, is_only_handed_out
from mldebt.pipeline.programs.dormant import guards
from mldebt.pipeline.programs.reachable import Reachable


class Overlooked:
    """Tells which models a package only seems to hand out: those who install it may use any of its classes, but where
    the team itself uses the others, the one that it nowhere speaks of is left over."""

    def __init__(self, reachable: Reachable) -> None:
        self.reachable = reachable
        self.program = reachable.flow.program

    def among(self, models: Iterable[TrainedModel]) -> frozenset[ClassKey]:
        """The classes of such models."""
        handed = {each.cls for each in models if each.cls is not None and _waits_for_users(each)}
        like = {cls: self._siblings(cls) for cls in handed if self._needs_a_name(cls)}
        if not like:
            return frozenset()
        named = self._named_elsewhere({cls for kin in like.values() for cls in kin} | set(like))
        return frozenset(cls for cls, kin in like.items() if cls not in named and kin & named)

    def _needs_a_name(self, cls: ClassKey) -> bool:
        """Whether only its name leads to a class, and its own file has it at most where that runs as a program."""
        module = self.program.modules[cls[0]]
        scope = module.facts.scopes[cls[1]]
        if (
            scope.decorators
            or module.path.endswith("__init__.py")
            or self.reachable.naming.unnamed.is_found_otherwise(module)
        ):
            return False
        if self.reachable.is_called_by_a_framework(cls):
            return False
        apart = [(scope.at, scope.end), *guards(module)]
        places = (node.at for node in module.facts.exprs if _says(node, scope.name))
        return all(any(first <= at < last for first, last in apart) for at in places)

    def _siblings(self, cls: ClassKey) -> frozenset[ClassKey]:
        """The classes beside a class, and those of the repository that share a base with it."""
        found = {
            (cls[0], number)
            for number, each in enumerate(self.program.modules[cls[0]].facts.scopes)
            if number and each.kind == "class"
        }
        for base in self.program.ancestry(cls):
            if isinstance(base, tuple) and base != cls:
                found.update(self.program.subclasses(base))
        return frozenset(found - {cls})

    def _named_elsewhere(self, classes: set[ClassKey]) -> frozenset[ClassKey]:
        """Which of some classes other files or documents name."""
        speakers = self.reachable.speakers({self.reachable.name(cls) for cls in classes})
        return frozenset(cls for cls in classes if speakers[self.reachable.name(cls)] - {cls[0]})


def _waits_for_users(model: TrainedModel) -> bool:
    """Whether nothing here makes or keeps a model: only those who install it would."""
    return model.made.kind != "call" or is_only_handed_out(model)


def _says(node: r.Expr, name: str) -> bool:
    return (isinstance(node, r.Name) and node.id == name) or (isinstance(node, r.Constant) and node.value == name)

"""Classes of which nobody makes an object: what a base hands to its own methods never gets to them."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.flow.linking import ClassKey
from mldebt.flow.value import Value
from mldebt.pipeline.programs.reachable import Reachable


class Unmade:
    """Tells them by their names, each once."""

    def __init__(self, reachable: Reachable) -> None:
        self.reachable = reachable
        self._known: dict[ClassKey, bool] = {}

    def runs(self, way: Iterable[Value], site: Value) -> bool:
        """Whether a way that begins in other code would end in a method of such a class."""
        cls = self._class_of(site)
        return cls is not None and any(self._class_of(value) != cls for value in way) and self.holds(cls)

    def holds(self, cls: ClassKey) -> bool:
        """Whether nobody makes an object of a class."""
        found = self._known.get(cls)
        if found is None:
            found = self._known[cls] = self._needs_a_name(cls) and self.reachable.is_unused(cls)
        return found

    def _class_of(self, value: Value) -> ClassKey | None:
        return self.reachable.flow.program.enclosing_class(value.body.key)

    def _needs_a_name(self, cls: ClassKey) -> bool:
        """Whether an object is made by the name of its class alone, which stands at the top of a module."""
        scope = self.reachable.flow.scope(*cls)
        return scope.parent == 0 and not scope.decorators and not self.reachable.is_called_by_a_framework(cls)

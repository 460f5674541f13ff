"""One file of the repository, with tables of what its scopes define and import."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar, cast

import msgspec

from mldebt.facts.record import Attribute, Constant, Expr, FileFacts, ImportBinding, Name, Node, Scope

Kind = TypeVar("Kind", bound=Node)

ScopeKey = tuple[int, int]
"""(module index, scope index)."""
ClassKey = ScopeKey


class Entity(NamedTuple):
    """What a name stands for: kind is func, class, module, var or external."""

    kind: str
    module: int = -1
    scope: int = -1
    name: str = ""


class Module(msgspec.Struct, kw_only=True, eq=False):
    """One file: its facts and the tables that answer "what does this name mean here"."""

    index: int
    path: str
    category: str
    facts: FileFacts
    is_notebook: bool = False
    members: dict[int, dict[str, int]] = msgspec.field(default_factory=dict)
    imports: dict[int, dict[str, ImportBinding]] = msgspec.field(default_factory=dict)
    stars: list[ImportBinding] = msgspec.field(default_factory=list)
    _is_script: bool | None = None
    _kinds: dict[type[Node], list[Expr]] | None = None
    _texts: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        for number, scope in enumerate(self.facts.scopes):
            if number and scope.kind != "lambda":
                self.members.setdefault(scope.parent, {})[scope.name] = number
        for binding in self.facts.imports:
            if binding.attribute == "*":
                self.stars.append(binding)
            else:
                self.imports.setdefault(binding.scope, {})[binding.name] = binding

    @property
    def is_script(self) -> bool:
        """Whether the file is started by itself."""
        if self._is_script is None:
            self._is_script = self.is_notebook or "__main__" in self.texts()
        return self._is_script

    def of_kind(self, kind: type[Kind]) -> Sequence[Kind]:
        """The expressions of one kind, in order. Most questions are about a few of many."""
        if self._kinds is None:
            self._kinds = {}
            for node in self.facts.exprs:
                self._kinds.setdefault(node.__class__, []).append(node)
        return cast("list[Kind]", self._kinds.get(kind, []))

    def texts(self) -> tuple[str, ...]:
        """The texts that are written in the file, those with names in them aside."""
        if self._texts is None:
            values = [node.value for node in self.of_kind(Constant)]
            self._texts = tuple([value for value in values if isinstance(value, str)])
        return self._texts

    def scope(self, number: int) -> Scope:
        return self.facts.scopes[number]

    def outermost(self, number: int) -> int:
        """The definition around a scope that stands in no other one; 0 for the module's own code."""
        scopes = self.facts.scopes
        while number > 0 and scopes[number].parent > 0:
            number = scopes[number].parent
        return max(number, 0)

    def inside(self, number: int) -> list[int]:
        """A definition and everything that is defined in it; scope 0 is the module's own code."""
        scopes = self.facts.scopes
        if number == 0:
            return [0]
        outer = scopes[number]
        return [each for each in range(number, len(scopes)) if outer.at <= scopes[each].at < outer.end]

    def member(self, number: int, name: str) -> Entity | None:
        """The function or class that a scope defines under a name; the last definition counts."""
        members = self.members.get(number)
        return self.defined(members[name]) if members is not None and name in members else None

    def defined(self, number: int) -> Entity:
        """A function's or class's scope as what its name stands for."""
        return Entity("class" if self.facts.scopes[number].kind == "class" else "func", self.index, number)

    def binding(self, number: int, name: str) -> ImportBinding | None:
        """The import in a scope itself that binds a name."""
        bindings = self.imports.get(number)
        return bindings[name] if bindings is not None and name in bindings else None

    def dotted(self, ref: int) -> str:
        """The dotted text of a Name/Attribute chain ("" for anything else)."""
        parts: list[str] = []
        node = self.facts.exprs[ref] if ref >= 0 else None
        while isinstance(node, Attribute):
            parts.append(node.name)
            node = self.facts.exprs[node.value]
        if not isinstance(node, Name):
            return ""
        parts.append(node.id)
        return ".".join(reversed(parts))

    def takes_self(self, number: int) -> bool:
        """Whether a function's first parameter is its instance (or class)."""
        scope = self.facts.scopes[number]
        if scope.kind != "function" or scope.parent < 0 or self.facts.scopes[scope.parent].kind != "class":
            return False
        return not any(self.dotted(ref) == "staticmethod" for ref in scope.decorators)

    def takes_class(self, number: int) -> bool:
        """Whether a method's first parameter is its class, even when it is called through the class."""
        return any(self.dotted(ref) == "classmethod" for ref in self.facts.scopes[number].decorators)

    def is_context(self, number: int) -> bool:
        """Whether what a function yields is what a `with` statement gets."""
        decorators = self.facts.scopes[number].decorators
        names = (self.dotted(ref).rpartition(".")[2] for ref in decorators)
        return any(name in ("contextmanager", "asynccontextmanager") for name in names)

    def is_property(self, number: int) -> bool:
        """Whether a function is read like an attribute."""
        decorators = self.facts.scopes[number].decorators
        return any(self.dotted(ref).rpartition(".")[2] in ("property", "cached_property") for ref in decorators)

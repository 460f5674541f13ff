"""The classes of the repository: bases, families, and where a method is found."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence

from mldebt.facts.record import Scope, Subscript
from mldebt.flow.module import ClassKey, Entity, Module, ScopeKey

_PROTOCOLS = frozenset({"typing.Protocol", "typing_extensions.Protocol"})
Resolve = Callable[[Module, str, int], Entity | None]
"""What a dotted text means in a scope of a module."""


class Classes:
    """Each question is answered once per class."""

    def __init__(self, modules: Sequence[Module], resolve: Resolve) -> None:
        self._modules = modules
        self._resolve = resolve
        self._bases: dict[ClassKey, tuple[Entity, ...]] = {}
        self._ancestries: dict[ClassKey, tuple[ClassKey | str, ...]] = {}
        self._families: dict[ClassKey, tuple[ClassKey, ...]] = {}
        self._methods: dict[tuple[ClassKey, str, bool], Entity | None] = {}
        self._below: dict[ClassKey, list[ClassKey]] | None = None
        self._fulfilling: dict[ClassKey, tuple[ClassKey, ...]] = {}
        self._with_method: dict[str, list[ClassKey]] | None = None
        self._asked: dict[ClassKey, list[ClassKey]] | None = None

    def __iter__(self) -> Iterator[ClassKey]:
        for module in self._modules:
            for number, scope in enumerate(module.facts.scopes):
                if scope.kind == "class":
                    yield module.index, number

    def bases(self, cls: ClassKey) -> tuple[Entity, ...]:
        """The direct bases of a class, unresolved ones left out."""
        found = self._bases.get(cls)
        if found is None:
            self._bases[cls] = ()  # a base that is looked for in the class itself ends here
            named = (self._named(cls, base.value) for base in self._scope(cls).bases if not base.keyword)
            found = self._bases[cls] = tuple(
                entity for entity in named if entity is not None and entity != Entity("class", *cls)
            )
        return found

    def ancestry(self, cls: ClassKey) -> tuple[ClassKey | str, ...]:
        """The class, then its bases depth first: classes of the repository and dotted names of others."""
        found = self._ancestries.get(cls)
        if found is None:
            found = self._ancestries[cls] = tuple(self._climb(cls))
        return found

    def subclasses(self, cls: ClassKey) -> tuple[ClassKey, ...]:
        """All classes below one, nearest first."""
        found = self._families.get(cls)
        if found is None:
            found = self._families[cls] = tuple(self._descend(cls))
        return found

    def fulfilling(self, cls: ClassKey) -> tuple[ClassKey, ...]:
        """The classes that have all methods of a protocol, with the same parameters, without being below it."""
        found = self._fulfilling.get(cls)
        if found is None:
            found = self._fulfilling[cls] = tuple(self._fulfil(cls)) if self._is_protocol(cls) else ()
        return found

    def protocols(self, cls: ClassKey) -> tuple[ClassKey, ...]:
        """The protocols whose methods a class has without being below them."""
        if self._asked is None:
            self._asked = defaultdict(list)
            for protocol in self:
                for each in self.fulfilling(protocol):
                    self._asked[each].append(protocol)
        return tuple(self._asked.get(cls, ()))

    def method(self, cls: ClassKey, name: str, *, skip_own: bool = False) -> Entity | None:
        """A method or inner class by name, through the bases."""
        key = (cls, name, skip_own)
        if key not in self._methods:
            self._methods[key] = self._find(cls, name, skip_own=skip_own)
        return self._methods[key]

    def enclosing(self, key: ScopeKey) -> ClassKey | None:
        """The class whose method a scope is, looking through nested functions."""
        module, number = key
        scopes = self._modules[module].facts.scopes
        while number > 0:
            number = scopes[number].parent
            if number >= 0 and scopes[number].kind == "class":
                return module, number
        return None

    def _scope(self, cls: ClassKey) -> Scope:
        return self._modules[cls[0]].facts.scopes[cls[1]]

    def _named(self, cls: ClassKey, ref: int) -> Entity | None:
        """The class that a base's expression names, without its type arguments."""
        module = self._modules[cls[0]]
        node = module.facts.exprs[ref]
        dotted = module.dotted(node.value if isinstance(node, Subscript) else ref)
        return self._resolve(module, dotted, self._scope(cls).parent) if dotted else None

    def _climb(self, cls: ClassKey) -> Iterator[ClassKey | str]:
        seen: set[ClassKey | str] = set()
        stack: list[ClassKey | str] = [cls]
        while stack:
            current = stack.pop()
            if current in seen:
                continue
            seen.add(current)
            yield current
            if not isinstance(current, str):
                for base in reversed(self.bases(current)):
                    if base.kind == "class":
                        stack.append((base.module, base.scope))
                    elif base.kind == "external":
                        stack.append(base.name)

    def _descend(self, cls: ClassKey) -> Iterator[ClassKey]:
        if self._below is None:
            self._below = self._invert()
        seen: set[ClassKey] = set()
        queue = deque(self._below.get(cls, ()))
        while queue:
            current = queue.popleft()
            if current not in seen:
                seen.add(current)
                yield current
                queue.extend(self._below.get(current, ()))

    def _fulfil(self, protocol: ClassKey) -> Iterator[ClassKey]:
        asked = self._signatures(protocol)
        if self._with_method is None:
            self._with_method = defaultdict(list)
            for cls in self:
                for name in self._signatures(cls) if self._modules[cls[0]].category != "test" else ():
                    self._with_method[name].append(cls)
        for cls in self._with_method.get(next(iter(asked), ""), ()):
            is_own = cls == protocol or cls in self.subclasses(protocol)
            if not is_own and not self._is_protocol(cls) and asked.items() <= self._signatures(cls).items():
                yield cls

    def _is_protocol(self, cls: ClassKey) -> bool:
        return any(base.kind == "external" and base.name in _PROTOCOLS for base in self.bases(cls))

    def _signatures(self, cls: ClassKey) -> dict[str, tuple[str, ...]]:
        """The methods that a class defines itself, with the names of their parameters."""
        module = self._modules[cls[0]]
        scopes = ((name, module.facts.scopes[number]) for name, number in module.members.get(cls[1], {}).items())
        return {
            name: tuple(parameter.name for parameter in scope.parameters)
            for name, scope in scopes
            if scope.kind == "function" and not name.startswith("__")
        }

    def _invert(self) -> dict[ClassKey, list[ClassKey]]:
        below: dict[ClassKey, list[ClassKey]] = defaultdict(list)
        for cls in self:
            for base in self.bases(cls):
                if base.kind == "class":
                    below[base.module, base.scope].append(cls)
        return below

    def _find(self, cls: ClassKey, name: str, *, skip_own: bool) -> Entity | None:
        for current in self.ancestry(cls)[1 if skip_own else 0 :]:
            if isinstance(current, tuple):
                found = self._modules[current[0]].member(current[1], name)
                if found is not None:
                    return found
        return None

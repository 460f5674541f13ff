"""The types that annotations name."""

from __future__ import annotations

from mldebt.facts import record as r
from mldebt.flow.linking import Type, distinct
from mldebt.flow.module import Entity, Module
from mldebt.flow.program import Program
from mldebt.rulebook import Catalogue

_CONTAINERS = frozenset(
    """list List tuple Tuple set Set frozenset FrozenSet Sequence Iterable Iterator Generator AsyncGenerator
    AsyncIterator AsyncIterable Collection deque Deque MutableSequence KeysView ValuesView""".split()
)
_MAPPINGS = frozenset("dict Dict Mapping MutableMapping DefaultDict defaultdict OrderedDict".split())
_TRANSPARENT = frozenset(
    "Optional Union Annotated Final ClassVar Awaitable Coroutine Depends Required NotRequired".split()
)
_SAY_NOTHING = frozenset({"", "Any", "None", "object", "Self"})


class Annotations:
    """Annotations as types; one that says nothing, or that nothing is known of, gives none."""

    def __init__(self, program: Program, catalogue: Catalogue) -> None:
        self._program = program
        self._catalogue = catalogue
        self._open: set[tuple[int, str]] = set()

    def types(self, module: Module, ref: r.Ref, scope: int) -> tuple[Type, ...]:
        """The types that an annotation in a scope names."""
        node = module.facts.exprs[ref]
        if isinstance(node, r.Constant) and isinstance(node.value, str):
            return self._named(module, node.value.strip(), scope)
        if isinstance(node, r.Operation) and node.operator == "|":
            return self._every(module, node.operands, scope)
        if isinstance(node, r.Subscript):
            return self._generic(module, node, scope)
        dotted = module.dotted(ref)
        return self._named(module, dotted, scope) if dotted else ()

    def _every(self, module: Module, refs: tuple[r.Ref, ...], scope: int) -> tuple[Type, ...]:
        return distinct(found for ref in refs for found in self.types(module, ref, scope))

    def _generic(self, module: Module, node: r.Subscript, scope: int) -> tuple[Type, ...]:
        dotted = module.dotted(node.value)
        head = dotted.rpartition(".")[2]
        index = module.facts.exprs[node.index]
        refs = index.items if isinstance(index, r.Collection) else (node.index,)
        if head in _TRANSPARENT:
            part = {"Annotated": slice(1), "Coroutine": slice(-1, None)}.get(head, slice(None))
            return self._every(module, refs[part], scope)
        if head in _CONTAINERS:
            name = head.lower() if head.lower() in ("tuple", "set") else "list"
            return (Type(name, self._every(module, refs if name == "tuple" else refs[:1], scope)),)
        if head in _MAPPINGS:
            return (Type("dict", self.types(module, refs[-1], scope)),)
        return self._named(module, dotted, scope)

    def _named(self, module: Module, dotted: str, scope: int) -> tuple[Type, ...]:
        tail = dotted.rpartition(".")[2]
        if tail in _SAY_NOTHING:
            return ()
        entity = self._program.resolve_dotted(module, dotted, scope)
        if entity is None:  # `def redis(self) -> redis.Redis`, where a method has the name of the module
            entity = self._program.resolve_dotted(module, dotted, 0)
        if entity is not None and entity.kind == "class":
            return (Type((entity.module, entity.scope)),)
        known = self._catalogue.resolve(entity.name) if entity is not None and entity.kind == "external" else ""
        if tail in _CONTAINERS and self._catalogue.type(known) is None:  # no database's `Collection`
            return (Type("list"),)
        if tail in _MAPPINGS:
            return (Type("dict"),)
        if known:
            return (Type(known),)
        return self._alias(entity) if entity is not None and entity.kind == "var" else ()

    def _alias(self, variable: Entity) -> tuple[Type, ...]:
        """What a variable of a module stands for that names a type: `Ranker = Annotated[Model, Depends(get_model)]`.
        One that names itself (`Json = dict[str, "Json"]`) says no more the second time."""
        asked = (variable.module, variable.name)
        if asked in self._open:
            return ()
        self._open.add(asked)
        try:
            return self._stands_for(variable)
        finally:
            self._open.discard(asked)

    def _stands_for(self, variable: Entity) -> tuple[Type, ...]:
        home = self._program.modules[variable.module]
        for statement in home.facts.scopes[0].body:
            if not isinstance(statement, r.Assign | r.Annotate) or statement.value < 0:
                continue
            targets = statement.targets if isinstance(statement, r.Assign) else (statement.target,)
            names = [each.id for target in targets if isinstance(each := home.facts.exprs[target], r.Name)]
            if variable.name in names and isinstance(home.facts.exprs[statement.value], r.Subscript | r.Operation):
                return self.types(home, statement.value, 0)
        return ()

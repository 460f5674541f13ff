"""Attributes of the repository's own classes: what is stored in them, where they are read, what types they have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from mldebt.facts import record as r
from mldebt.flow.idioms import told_attribute
from mldebt.flow.linking import ClassKey, Type, distinct, is_self
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

Field = tuple[ClassKey, str]
MADE_LIMIT = 50
_BY_PLACE = ("pydantic.Field", "pydantic.fields.Field", "sqlmodel.Field")
"""What takes a field's default as its first argument."""
_DECLARING = (*_BY_PLACE, "dataclasses.field", "attr.ib", "attr.attrib", "attr.field", "attrs.field")


class Fields:
    """Answers per class and attribute, given once. A class stands for its family: what a base stores, its subclasses
    read."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._stored: dict[Field, tuple[Value, ...]] = {}
        self._reads: dict[Field, tuple[Value, ...]] = {}
        self._given: dict[Field, tuple[Value, ...]] = {}
        self._annotations: dict[ClassKey, dict[str, r.Ref]] = {}

    def types(self, cls: ClassKey, name: str) -> tuple[Type, ...]:
        """The types of an attribute: by its annotation, its property, or what is stored in it."""
        program = self._flow.program
        for owner in program.ancestry(cls):
            if isinstance(owner, str):
                continue
            module = program.modules[owner[0]]
            annotation = self._annotation(owner, name)
            if annotation is not None:
                return self._flow.annotation(module, annotation, owner[1])
            number = module.members.get(owner[1], {}).get(name)
            if number is not None and module.is_property(number):
                return self._flow.function_types(owner[0], number)
        return distinct(found for source in self.stored(cls, name) for found in self._flow.types(source))

    def stored(self, cls: ClassKey, name: str) -> tuple[Value, ...]:
        """Every value stored in an attribute of a class of the repository, or of a class above or below it."""
        found = self._stored.get((cls, name))
        if found is None:
            self._stored[cls, name] = ()
            found = self._stored[cls, name] = tuple(self._find_stored(cls, name))
        return found

    def reads(self, cls: ClassKey, name: str) -> tuple[Value, ...]:
        """Reads of an attribute through `self` in a class's family, and through typed values elsewhere."""
        found = self._reads.get((cls, name))
        if found is None:
            self._reads[cls, name] = ()
            found = self._reads[cls, name] = tuple(self._find_reads(cls, name))
        return found

    def given(self, call: Value, name: str) -> Value | None:
        """What a call that makes an object of a class without an initializer gives for an attribute."""
        for target in self._flow.targets(call):
            if target.kind != "class" or self._flow.initializer(target.key) is not None:
                continue
            fields = self.annotated(target.key)
            if name in fields:
                place = fields.index(name)
                plain = [source for keyword, source in call.named_arguments if keyword == ""]
                return dict(call.named_arguments).get(name, plain[place] if place < len(plain) else None)
        return None

    def given_anywhere(self, cls: ClassKey, name: str) -> tuple[Value, ...]:
        """What the team's own code gives for an attribute wherever it makes an object of such a class."""
        found = self._given.get((cls, name))
        if found is None:
            self._given[cls, name] = ()
            found = self._given[cls, name] = tuple(self._find_given(cls, name))
        return found

    def makers(self, cls: ClassKey) -> list[Value]:
        """Where the team's own code makes objects of a class."""
        named = self._flow.calls_named(frozenset({self._flow.scope(*cls).name}))[:MADE_LIMIT]
        return [
            call
            for call in named
            if call.body.module.category == "product"
            and any(target.kind == "class" and target.key == cls for target in self._flow.targets(call))
        ]

    def _find_given(self, cls: ClassKey, name: str) -> Iterator[Value]:
        if self._flow.initializer(cls) is not None or name not in self.annotated(cls):
            return
        for call in self.makers(cls):
            given = self.given(call, name)
            if given is not None:
                yield given

    def annotated(self, cls: ClassKey) -> list[str]:
        """The attributes that a class and those above it annotate, in the order in which a dataclass takes them."""
        found: dict[str, None] = {}
        for owner in reversed(self._flow.program.ancestry(cls)):
            if isinstance(owner, str):
                continue
            facts = self._flow.program.modules[owner[0]].facts
            for statement in facts.scopes[owner[1]].body:
                target = facts.exprs[statement.target] if isinstance(statement, r.Annotate) else None
                if isinstance(target, r.Name):
                    found[target.id] = None
        return list(found)

    def _annotation(self, cls: ClassKey, name: str) -> r.Ref | None:
        """The annotation that a class's own statements give an attribute."""
        found = self._annotations.get(cls)
        if found is None:
            found = self._annotations[cls] = {}
            facts = self._flow.program.modules[cls[0]].facts
            for statement in facts.scopes[cls[1]].body:
                target = facts.exprs[statement.target] if isinstance(statement, r.Annotate) else None
                if isinstance(statement, r.Annotate) and isinstance(target, r.Name):
                    found.setdefault(target.id, statement.annotation)
        return found.get(name)

    def _family(self, cls: ClassKey) -> list[ClassKey]:
        program = self._flow.program
        above = [owner for owner in program.ancestry(cls) if isinstance(owner, tuple)]
        return list(dict.fromkeys([*above, *program.subclasses(cls)]))

    def _find_stored(self, cls: ClassKey, name: str) -> Iterator[Value]:
        flow = self._flow
        for module, scope in self._family(cls):
            own = flow.body(module, scope).env.get(name)
            if own is not None and own.kind not in ("func", "class"):
                yield from self._defaults(own)
            for number in flow.program.modules[module].members.get(scope, {}).values():
                if not flow.touches(module, number, name) and not flow.indexes.sets_by_name((module, number)):
                    continue
                for store in flow.body(module, number).stores:
                    base, value = store.one("base"), store.one("value")
                    if store.data == name and base is not None and value is not None and is_self(base):
                        yield value

        yield from flow.proxies.entries(cls, name)

    def _defaults(self, declared: Value) -> list[Value]:
        """What an attribute holds that a class's own statements declare: what `field(default=…)` names, or gives back
        that `default_factory` calls; else what stands there."""
        if not declared.calls_external(*_DECLARING):
            return [declared]
        given = dict(declared.named_arguments)
        plain = given.get("default", given.get("") if declared.calls_external(*_BY_PLACE) else None)
        if plain is not None:
            return [plain]
        factory = given.get("default_factory", given.get("factory"))
        made = self._flow.body(*factory.scope_key) if factory is not None and factory.kind == "func" else None
        returned = made.returns.every("value") if made is not None else []
        return returned or [declared]

    def _find_reads(self, cls: ClassKey, name: str) -> Iterator[Value]:
        flow = self._flow
        family = set(self._family(cls))
        with_tests = flow.indexes.is_test(cls[0])
        places = [
            *flow.attribute_scopes(name, with_tests=with_tests),
            *flow.indexes.scopes_with_text(name, with_tests=with_tests),
        ]
        for module, scope in dict.fromkeys(places):
            body = flow.body(module, scope)
            inside = flow.program.enclosing_class(body.key) in family
            for read in body.attributes(name):
                if is_self(read.source):
                    if inside:
                        yield read
                elif not family.isdisjoint(flow.proxies.classes(read.source)):
                    yield read
        yield from (call for call, owner in self._by_getattr.get(name, ()) if self._is_of(owner, family))

    def _is_of(self, owner: Value, family: set[ClassKey]) -> bool:
        """Whether a value may be an object of a family of classes."""
        if not is_self(owner):
            return not family.isdisjoint(self._flow.proxies.classes(owner))
        return self._flow.program.enclosing_class(owner.body.key) in family

    @cached_property
    def _by_getattr(self) -> dict[str, list[tuple[Value, Value]]]:
        """The reads `getattr(object, "name")` by name, each with the object."""
        found: dict[str, list[tuple[Value, Value]]] = defaultdict(list)
        for call in self._flow.calls_named(frozenset({"getattr", "__getattribute__"})):
            if (told := told_attribute(call)) is not None:
                found[told[1]].append((call, told[0]))
        return found

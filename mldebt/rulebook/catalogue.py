"""The API catalogue as values: what a function, method or type of a library does for a pipeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import msgspec

ROLES = frozenset(
    """reads lists parses cleans joins groups validates splits samples features fits tunes predicts ranks sorts shuffles
    reverses selects queries counts compares measures saves stores loads registers tracks serves consumes orchestrates
    configures logs plots seeds wraps batches optimizes solves calls_llm embeds""".split()
)
MEDIA = frozenset("file table url bucket stream api memory hub registry".split())
ORDERS = frozenset("keeps ranks sorts reverses shuffles loses groups restores ignores".split())
KINDS = frozenset(
    """frame array tensor dataset loader model estimator transformer trainer pipeline index client session query app
    table file module view layer""".split()
)
HOOKS = frozenset("call train evaluate predict item setup serve".split())


class Api(msgspec.Struct, frozen=True, array_like=True, kw_only=True, gc=False):
    """What one function or method does. `name` is qualified ("pandas.DataFrame.merge" for a method); `returns` is the
    name of a type, "self" for the receiver's, "" when unknown."""

    name: str
    roles: frozenset[str] = frozenset()
    returns: str = ""
    medium: str = ""
    source: str = ""
    platform: bool = False
    order: str = ""
    library: str = ""


class TypeRecord(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """A type that matters. `hooks` names the methods that its framework calls, and when; `resolve_*` names all that
    begin so."""

    name: str
    aliases: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    kind: str = ""
    hooks: dict[str, str] = {}
    library: str = ""


class Catalogue(msgspec.Struct, frozen=True, kw_only=True):
    """Everything known of the libraries' APIs. `lineages` holds each type's own name, then its supertypes', nearest
    first."""

    key: str
    functions: Mapping[str, Api]
    methods: Mapping[tuple[str, str], Api]
    types: Mapping[str, TypeRecord]
    aliases: Mapping[str, str]
    lineages: Mapping[str, tuple[str, ...]]

    def resolve(self, name: str) -> str:
        """The name that the catalogue uses for a type, or for a member of one; other names come back as they are."""
        if name in self.aliases:
            return self.aliases[name]
        owner, _, member = name.rpartition(".")
        return f"{self.aliases[owner]}.{member}" if owner in self.aliases else name

    def function(self, name: str) -> Api | None:
        """What calling a qualified name does: a function, a constructor, or a method called on its class."""
        found = self.functions.get(name)
        if found:
            return found
        name = self.resolve(name)
        if name in self.functions:
            return self.functions[name]
        if name in self.types:
            return Api(name=name, returns=name, library=self.types[name].library)
        owner, _, member = name.rpartition(".")
        return self.method(owner, member) if owner in self.types else None

    def knows(self, name: str) -> bool:
        """Whether a library is known to have something by a dotted name."""
        return self.function(name) is not None or self.type(name) is not None

    def method(self, type_name: str, method: str) -> Api | None:
        """What a method does, looked for on the type and then on its supertypes."""
        for owner in self.lineage(type_name):
            found = self.methods.get((owner, method))
            if found:
                return found
        return None

    def type(self, name: str) -> TypeRecord | None:
        return self.types.get(name) or self.types.get(self.resolve(name))

    def lineage(self, type_name: str) -> tuple[str, ...]:
        """A type and its supertypes, nearest first; empty for a type that the catalogue does not know."""
        return self.lineages.get(type_name) or self.lineages.get(self.resolve(type_name), ())

    def hook(self, type_name: str, method: str) -> str:
        """When the framework calls this method of a type ("train", "call", …); "" when it does not."""
        for owner in self.lineage(type_name):
            hooks = self.types[owner].hooks
            when = hooks.get(method) or hooks.get(f"{method.partition('_')[0]}_*")
            if when:
                return when
        return ""


def build_catalogue(
    key: str,
    types: Iterable[TypeRecord],
    functions: Iterable[Api],
    methods: Iterable[tuple[str, str, Api]],
) -> Catalogue:
    """Index checked records."""
    by_name = {record.name: record for record in types}
    return Catalogue(
        key=key,
        functions=MappingProxyType({api.name: api for api in functions}),
        methods=MappingProxyType({(owner, method): api for owner, method, api in methods}),
        types=MappingProxyType(by_name),
        aliases=MappingProxyType({alias: record.name for record in by_name.values() for alias in record.aliases}),
        lineages=MappingProxyType({name: _lineage(name, by_name) for name in by_name}),
    )


def _lineage(name: str, types: Mapping[str, TypeRecord]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    waiting = [name]
    while waiting:
        current = waiting.pop(0)
        if current not in found and current in types:
            found[current] = None
            waiting.extend(types[current].bases)
    return tuple(found)

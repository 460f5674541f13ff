"""Methods that a schema has a field go through when an object is made: pydantic's `@field_validator("items")`, what
a serializer shows of its instance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from mldebt.facts import record as r
from mldebt.flow.linking import ClassKey
from mldebt.flow.module import Module, ScopeKey
from mldebt.flow.steps import Stack, Step
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

_VALIDATING = frozenset({"pydantic.field_validator", "pydantic.validator"})
_SHOWING = "to_representation"
_INSTANCE = "instance"


class Validators:
    """Both ways: the methods that an argument of a call goes through, and the calls whose argument a method gets. What
    such a method gives stands in the object in place of the argument."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow

    def of(self, call: Value) -> list[tuple[str, ScopeKey]]:
        """The fields of the object that a call makes which go through a method, each with the method."""
        if not self._by_class:
            return []
        made = (target.key for target in self._flow.targets(call) if target.kind == "class")
        owners = (owner for cls in made for owner in self._flow.program.ancestry(cls) if isinstance(owner, tuple))
        return [each for owner in owners for each in self._by_class.get(owner, ())]

    def given(self, call: Value, key: ScopeKey) -> list[Value] | None:
        """What a call that makes an object gives to a method of it; None where it gives it nothing."""
        fields = [field for field, method in self.of(call) if method == key] if key in self._by_method else []
        found = [source for field in fields for source in self._field(call, field)]
        return found or None

    def entered(self, value: Value, call: Value, stack: Stack) -> list[Step]:
        """Steps from an argument of a call that makes an object to the methods that it goes through."""
        return [step for _, key in self.of(call) for step in self._flow.into_function(value, call, *key, stack)]

    def callers(self, key: ScopeKey) -> Iterator[Value]:
        """The calls that make objects of which a field goes through a method."""
        cls = self._by_method.get(key)
        for each in (cls, *self._flow.program.subclasses(cls)) if cls is not None else ():
            yield from (call for call in self._flow.makers(each) if self.given(call, key))

    def parameter(self, key: ScopeKey) -> str:
        """The parameter of a method that gets the field."""
        parameters = self._flow.scope(*key).parameters
        return parameters[1].name if len(parameters) > 1 else ""

    def _field(self, call: Value, field: str) -> list[Value]:
        named = [source for keyword, source in call.named_arguments if keyword == field]
        plain = [source for keyword, source in call.named_arguments if keyword == ""] if field == _INSTANCE else []
        return named or plain[:1]

    @cached_property
    def _by_method(self) -> dict[ScopeKey, ClassKey]:
        return {method: cls for cls, found in self._by_class.items() for _, method in found}

    @cached_property
    def _by_class(self) -> dict[ClassKey, list[tuple[str, ScopeKey]]]:
        found: dict[ClassKey, list[tuple[str, ScopeKey]]] = defaultdict(list)
        for module in self._flow.program.modules:
            for number, scope in enumerate(module.facts.scopes):
                if scope.kind != "function" or scope.parent <= 0:
                    continue
                fields = [_INSTANCE] if scope.name == _SHOWING else self._validated(module, scope)
                for field in fields:
                    found[module.index, scope.parent].append((field, (module.index, number)))
        return dict(found)

    def _validated(self, module: Module, scope: r.Scope) -> list[str]:
        """The fields that the decorators of a method name."""
        found: list[str] = []
        for ref in scope.decorators:
            node = module.facts.exprs[ref]
            if not isinstance(node, r.Call):
                continue
            entity = self._flow.program.resolve_dotted(module, module.dotted(node.function))
            if entity is not None and entity.kind == "external" and entity.name in _VALIDATING:
                given = (module.facts.exprs[each.value] for each in node.arguments if not each.keyword)
                found += [each.value for each in given if isinstance(each, r.Constant) and isinstance(each.value, str)]
        return [field for field in found if field.isidentifier()]

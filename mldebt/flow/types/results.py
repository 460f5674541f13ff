"""The types of what calls and attributes give."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mldebt.flow.calls.runners import SUBMITTING
from mldebt.flow.idioms import told_attribute
from mldebt.flow.linking import ClassKey, Target, Type, distinct
from mldebt.flow.types.containers import Containers, same_inside
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

_LISTING = frozenset("list sorted tuple reversed iter enumerate filter random.sample random.choices".split())
_PICKING = frozenset("next max min random.choice".split())
_COPYING = frozenset("copy.copy copy.deepcopy typing.cast".split())
_PASSING = _LISTING | _PICKING | _COPYING
_SERVICES = {
    "boto3.client": "boto3.client",
    "boto3.session.Session.client": "boto3.client",
    "boto3.resource": "boto3.resource",
    "boto3.session.Session.resource": "boto3.resource",
}
_VIEWS = frozenset("loc iloc values T data str at ix array".split())


class Results:
    """Answers for calls and attributes."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._containers = Containers(flow)

    def types(self, call: Value) -> Sequence[Type]:
        """What a call gives, whichever of its targets it calls; of a task that was submitted, what the task gives."""
        if call.calls_method("result") and call.function.source.calls_method(*SUBMITTING):
            return self._flow.types(call.function.source)
        if (told := told_attribute(call)) is not None:
            return self._held(*told) or self._of_default(call)
        return [found for target in self._flow.targets(call) for found in self._given(call, target)]

    def attribute(self, value: Value) -> Sequence[Type]:
        """What an attribute holds."""
        return self._held(value.source, value.name)

    def _of_default(self, call: Value) -> Sequence[Type]:
        """What `getattr` gives where an object has no such attribute."""
        return self._flow.types(call.arguments[2]) if len(call.arguments) > 2 else ()

    def _held(self, owner: Value, name: str) -> Sequence[Type]:
        """What an object holds under a name."""
        found: list[Type] = []
        for kind in self._flow.types(owner):
            if isinstance(kind.name, tuple):
                found.extend(self._of_class(kind.name, name))
            elif (api := self._flow.catalogue.method(kind.name, name)) is not None and api.returns:
                found.append(kind if api.returns == "self" else Type(api.returns))
            elif api is None and (held := self._flow.catalogue.method(kind.name, "__getattr__")) is not None:
                found.extend([Type(held.returns)] if held.returns else [])
            elif same_inside(kind) and name in _VIEWS:
                found.append(kind)
        if owner.kind == "class":  # what a table's class itself holds: `Item.objects`
            return self._of_class(owner.scope_key, name)
        return found or [each for kept in self._flow.app_state.kept(owner, name) for each in self._flow.types(kept)]

    def _of_class(self, cls: ClassKey, name: str) -> Sequence[Type]:
        """What an attribute of a class of the repository holds, or that of what its objects stand for."""
        flow = self._flow
        own = flow.field_types(cls, name) or self._inherited(cls, name)
        return own or [found for behind in flow.proxies.behind([cls]) for found in flow.field_types(behind, name)]

    def _inherited(self, cls: ClassKey, name: str) -> list[Type]:
        """What a class of the repository has from the library's class above it."""
        above = (base for base in self._flow.program.ancestry(cls) if isinstance(base, str))
        found = (self._flow.catalogue.method(base, name) for base in above)
        return [Type(api.returns) for api in found if api is not None and api.returns not in ("", "self")][:1]

    def _given(self, call: Value, target: Target) -> Sequence[Type]:
        if target.kind == "class":
            return (Type(target.key),)
        if target.kind == "func":
            return self._flow.function_types(*target.key)
        if target.name in _SERVICES:
            return _service(call, _SERVICES[target.name])
        if target.api is not None and target.name not in _PASSING:
            returns = target.api.returns
            if returns == "self":
                owner = target.name.rpartition(".")[0]
                if target.receiver is None:  # called on the class: `Index.load(path)`
                    return (Type(owner),) if self._flow.catalogue.type(owner) is not None else ()
                return self._flow.types(target.receiver)
            if returns or self._flow.catalogue.type(target.name):
                return (Type(returns or target.name),)
        return self._passed(call, target.name)

    def _passed(self, call: Value, name: str) -> Sequence[Type]:
        """What a function gives that hands its argument on, and what anything gives that is named like a class."""
        arguments = call.arguments
        if not arguments:
            return _constructed(name)
        if name in _LISTING:
            return (Type("list", distinct(self._containers.elements(arguments[-1 if name == "filter" else 0]))),)
        if name in _PICKING:
            return self._containers.elements(arguments[0])
        if name in _COPYING or name == "asyncio.wait_for":
            return self._flow.types(arguments[-1 if name == "typing.cast" else 0])
        return () if name in ("fastapi.Depends", "Depends") else _constructed(name)


def _constructed(name: str) -> tuple[Type, ...]:
    """Names that start with one capital are classes; those in capitals are constants."""
    tail = name.rpartition(".")[2]
    return (Type(name),) if tail[:1].isupper() and tail.upper() != tail else ()


def _service(call: Value, family: str) -> tuple[Type, ...]:
    """The client type of a service that is named by a literal: `boto3.client("s3")`."""
    first = call.inputs[1][1] if len(call.inputs) > 1 else None
    return (Type(f"{family}.{first.data}"),) if first is not None and first.kind == "const" else ()

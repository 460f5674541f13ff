"""What linking finds out: the types of a value and the targets of a call."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from mldebt.flow.module import ClassKey, ScopeKey
from mldebt.flow.value import Value
from mldebt.rulebook import Api

__all__ = ["ClassKey", "ScopeKey", "Target", "Type", "distinct", "is_self"]

TYPES_KEPT = 8


class Type(NamedTuple):
    """A class of the repository (module, scope) or a library's type by name; `args` are the element types of a
    container."""

    name: str | ClassKey
    args: tuple[Type, ...] = ()


class Target(msgspec.Struct, frozen=True, gc=False):
    """One thing that a call may call: kind is func, class or external. `receiver` says that the first parameter is
    filled by the object, not by an argument; `guessed` that only a method's name speaks for it; `told` that a
    configuration names it, which may give arguments that the call does not write. `written` is how it, or the code,
    writes the name, where the catalogue has another one."""

    kind: str
    module: int = -1
    scope: int = -1
    name: str = ""
    api: Api | None = None
    receiver: Value | None = None
    guessed: bool = False
    told: bool = False
    written: str = ""

    @property
    def key(self) -> ScopeKey:
        """Which function or class of the repository it is."""
        return self.module, self.scope


def distinct(types: Iterable[Type]) -> tuple[Type, ...]:
    """Each type once, and only the first few."""
    return tuple(dict.fromkeys(types))[:TYPES_KEPT]


def is_self(value: Value) -> bool:
    """Whether a value is the instance (or class) parameter of the method it stands in, in whatever version."""
    while value.kind in ("store", "passed", "phi", "mutate"):
        value = value.source
    if value.kind == "free":
        return value.variable[1] in ("self", "cls")
    return value.kind == "param" and value.data in ("self", "cls")

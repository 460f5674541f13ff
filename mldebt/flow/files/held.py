"""Content that an object was made with, beside other things: what is taken of it later may be something else."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mldebt.flow.walk import Flow, Visit

_WHOLE = frozenset({"value", "base", "argument", "returned", "call"})
"""Steps after which a value is still the object."""


class Makings:
    """Where the objects were made that the visits of one walk come to; each way is gone back once."""

    def __init__(self) -> None:
        self._known: dict[Visit, Visit | None] = {}

    def of(self, visit: Visit) -> Visit | None:
        """The visit to the call that made the object which a value is, where content was given to it."""
        known, passed = self._known, []
        way: Visit | None = visit
        while way is not None and way not in known and way.label != "constructs":
            passed.append(way)
            way = way.parent if way.label in _WHOLE and way.value.kind != "store" else None
        made = known.get(way, way) if way is not None else None
        known.update(dict.fromkeys(passed, made))
        return made


def holds_another(flow: Flow, made: Visit, name: object, given: Callable[[Visit], Sequence[Visit]]) -> bool:
    """Whether an attribute holds something else than the content with which its object was made: `Kept(model=model,
    posters=rows).model`. `given` tells from where content came to the call."""
    held = flow.given_field(made.value, name) if isinstance(name, str) else None
    return held is not None and all(each.value is not held for each in given(made))

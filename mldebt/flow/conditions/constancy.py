"""Which tests have but one answer: literals, flags that nothing sets, parameters that every caller fills alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from mldebt.flow.conditions.conditions import ways
from mldebt.flow.linking import is_self
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

DEPTH = 6
MAKER_LIMIT = 12
_SAME = frozenset({"phi", "same", "passed"})


class Constancy:
    """Answers True or False where the code leaves no choice, and None where it does or may."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow

    def never(self, value: Value, through: AbstractSet[Value] = frozenset()) -> bool:
        """Whether a value is never computed, because a test around it always goes the other way. `through` are values
        on the way that is asked about: of the callers of a function only those on it count, where one is."""
        answers = ((self.truth(test, through), way) for test, way in ways(value.body, value.at))
        return any(answer is not None and answer is not way for answer, way in answers)

    def truth(self, value: Value, through: AbstractSet[Value] = frozenset(), depth: int = 0) -> bool | None:
        """The only answer that a test can have."""
        if depth > DEPTH:
            return None
        if value.kind == "const":
            return bool(value.data)
        if value.kind == "operation" and value.data in ("not", "and", "or"):
            return self._combined(value, through, depth + 1)
        if value.kind in _SAME:
            return self._alike(value.every("base" if value.kind == "passed" else "value"), through, depth + 1)
        if value.kind == "global":
            return (
                None
                if self._is_set_from_outside(value.variable[1])
                else self._alike(self._flow.global_versions(value), through, depth + 1)
            )
        if value.kind == "item":
            steps = self._flow.back(value, ())
            known = all(step.label == "item" for step in steps)
            return self._alike([step.value for step in steps], through, depth + 1) if known else None
        if value.kind == "param":
            return self._param(value, through, depth + 1)
        return self._attribute(value, through, depth + 1) if value.kind == "attr" else None

    def _combined(self, value: Value, through: AbstractSet[Value], depth: int) -> bool | None:
        answers = [self.truth(source, through, depth) for source in value.every("operand")]
        if value.data == "not":
            return None if answers[0] is None else not answers[0]
        settles = value.data == "or"  # one true part settles an `or`, one false part an `and`
        if settles in answers:
            return settles
        return None if None in answers else not settles

    def _alike(self, values: Iterable[Value], through: AbstractSet[Value], depth: int) -> bool | None:
        answers = {self.truth(value, through, depth) for value in values}
        return answers.pop() if len(answers) == 1 else None

    def _attribute(self, read: Value, through: AbstractSet[Value], depth: int) -> bool | None:
        """What is ever stored in an attribute of the object whose method reads it. Of the objects that were made of its
        class only those count whose methods are called on the way."""
        cls = self._flow.program.enclosing_class(read.body.module, read.body.number)
        if cls is None or not is_self(read.source) or self._is_set_from_outside(read.name):
            return None
        makers = frozenset(self._makers(through))
        return self._alike(self._flow.stored(cls, read.name), makers or through, depth)

    def _makers(self, through: AbstractSet[Value]) -> Iterator[Value]:
        """The calls that made the objects whose methods are called on a way."""
        flow = self._flow
        for call in through:
            if call.kind == "call" and call.receiver is not None:
                met = (visit.value for visit in flow.walk(call.receiver, flow.back, limit=MAKER_LIMIT))
                yield from (each for each in met if each.kind == "call" and _makes(flow, each))

    def _is_set_from_outside(self, name: str) -> bool:
        """Whether some code stores an attribute of that name in another object: it may be the module."""
        return any(
            store.data == name and (base := store.one("base")) is not None and not is_self(base)
            for place in self._flow.attribute_scopes(name)
            for store in self._flow.body(*place).stores
        )

    def _param(self, param: Value, through: AbstractSet[Value], depth: int) -> bool | None:
        """What all callers give, or leave to the default; a function that is handed over, serves or is not called here
        may be given anything."""
        flow, body = self._flow, param.body
        module, number = body.key
        calls = [call for call in flow.callers(module, number) if call.body.module.category == "product"]
        if not calls or flow.applied(module, number) or body.scope.decorators:
            return None
        near = [call for call in calls if call in through or any(source in through for source in call.arguments)]
        answers: set[bool | None] = set()
        for call in near or calls:
            if "**" in call.keywords or "*" in call.keywords or flow.is_told(call):
                return None
            given = flow.argument(call, body, param.name)
            if not given:
                given = [step.value for step in flow.back_default(param, ())]
            answers.add(self._alike(given, through, depth) if given else None)
        return answers.pop() if len(answers) == 1 else None


def _makes(flow: Flow, call: Value) -> bool:
    return any(target.kind == "class" for target in flow.targets(call))

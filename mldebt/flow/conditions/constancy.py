"""Which tests have but one answer: literals, flags that nothing sets, parameters that every caller fills alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import TYPE_CHECKING

from mldebt.flow.conditions.conditions import ways
from mldebt.flow.idioms import bare
from mldebt.flow.linking import ClassKey, is_self
from mldebt.flow.value import Value
from mldebt.regex import regex

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

DEPTH = 6
MAKER_LIMIT = 12
_SAME = frozenset({"phi", "same", "passed"})
_SETTINGS = regex(r"Settings$|Config$")
"""Classes of libraries that fill their fields from outside."""
_SPREADS = frozenset({"*", "**"})
_EQUALITIES: dict[object, bool] = {
    **dict.fromkeys((("==",), ("is",), ("in",)), True),
    **dict.fromkeys((("!=",), ("is not",), ("not in",)), False),
}


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
        if value.kind == "operation" and value.data in ("not", "and", "or"):
            return self._combined(value, through, depth + 1)
        if value.kind == "compare":
            return self._compared(value, through, depth + 1)
        known = self._literals(value, through, depth)
        answers = {bool(each) for each in known or ()}
        return answers.pop() if len(answers) == 1 else None

    def _literals(self, value: Value, through: AbstractSet[Value], depth: int) -> frozenset[object] | None:
        """All that a value can be, where these are literals; None where it may be something else."""
        if depth > DEPTH:
            return None
        if value.kind == "const":
            return frozenset({value.data})
        if value.kind in ("operation", "compare"):
            answer = self.truth(value, through, depth + 1)
            return frozenset({answer}) if answer is not None else None
        if value.kind in _SAME:
            return self._all(value.every("base" if value.kind == "passed" else "value"), through, depth + 1)
        if value.kind == "global":
            is_open = self._is_set_from_outside(value.variable[1])
            return None if is_open else self._all(self._flow.global_versions(value), through, depth + 1)
        if value.kind == "item":
            steps = self._flow.back(value, ())
            known = all(step.label == "item" for step in steps)
            return self._all([step.value for step in steps], through, depth + 1) if known else None
        if value.kind == "param":
            return self._param(value, through, depth + 1)
        return self._attribute(value, through, depth + 1) if value.kind == "attr" else None

    def _all(self, values: Iterable[Value], through: AbstractSet[Value], depth: int) -> frozenset[object] | None:
        found: set[object] = set()
        for value in values:
            known = self._literals(value, through, depth)
            if known is None:
                return None
            found |= known
        return frozenset(found) or None

    def _combined(self, value: Value, through: AbstractSet[Value], depth: int) -> bool | None:
        answers = [self.truth(source, through, depth) for source in value.every("operand")]
        if value.data == "not":
            return None if answers[0] is None else not answers[0]
        settles = value.data == "or"  # one true part settles an `or`, one false part an `and`
        if settles in answers:
            return settles
        return None if None in answers else not settles

    def _compared(self, value: Value, through: AbstractSet[Value], depth: int) -> bool | None:
        """Whether a value that is only ever given as literals is, or is among, what is written out; a variable of a
        module is a switch that somebody may turn."""
        left, *others = value.every("operand")
        if len(others) != 1 or value.data not in _EQUALITIES or left.kind == "global":
            return None
        is_listed = others[0].kind == "collection" and value.data in (("in",), ("not in",))
        asked = others[0].every("item") if is_listed else others
        if any(each.kind != "const" for each in asked) or is_listed is not (value.data in (("in",), ("not in",))):
            return None
        known = self._literals(left, through, depth)
        answers = {(each in [const.data for const in asked]) is _EQUALITIES[value.data] for each in known or ()}
        return answers.pop() if len(answers) == 1 else None

    def _attribute(self, read: Value, through: AbstractSet[Value], depth: int) -> frozenset[object] | None:
        """What is ever stored in an attribute of the object whose method reads it. Of the objects that were made of its
        class only those count whose methods are called on the way."""
        flow = self._flow
        cls = flow.program.enclosing_class(read.body.key)
        if not is_self(read.source):
            return self._option(read, through, depth)
        if cls is None or self._is_set_from_outside(read.name):
            return None
        makers = frozenset(self._makers(cls, through))
        if flow.initializer(cls) is None and read.name in flow.fields_of(cls):
            return self._field(cls, read.name, makers, through, depth)
        stored = flow.stored(cls, read.name)
        if makers and all(value.body.scope.kind == "class" for value in stored):
            stored = tuple(value for maker in makers for value in self._of_class(maker, read.name))
        return self._all(stored, makers or through, depth)

    def _of_class(self, maker: Value, name: str) -> Iterator[Value]:
        """What the class of an object, or the nearest one above it that says anything, gives a name."""
        program = self._flow.program
        for target in self._flow.targets(maker):
            owners = program.ancestry(target.key) if target.kind == "class" else ()
            own = (self._flow.body(*owner).env.get(name) for owner in owners if isinstance(owner, tuple))
            yield from islice((value for value in own if value is not None), 1)

    def _option(self, read: Value, through: AbstractSet[Value], depth: int) -> frozenset[object] | None:
        """A field of a dataclass that the code fills itself: `self.options.shuffle`."""
        flow = self._flow
        owners = [each.name for each in flow.types(read.source)]
        cls = owners[0] if len(owners) == 1 else None
        if not isinstance(cls, tuple) or flow.initializer(cls) is not None or self._is_set_from_outside(read.name):
            return None
        above = [base for base in flow.program.ancestry(cls) if isinstance(base, str)]
        if read.name not in flow.fields_of(cls) or any(_SETTINGS.search(base) for base in above):
            return None
        met = (visit.value for visit in flow.walk(read.source, flow.back, limit=MAKER_LIMIT))
        calls = (each for each in met if each.kind == "call")
        makers = frozenset(each for each in calls if any(target.key == cls for target in flow.targets(each)))
        return self._field(cls, read.name, makers, through, depth)

    def _field(
        self, cls: ClassKey, name: str, makers: AbstractSet[Value], through: AbstractSet[Value], depth: int
    ) -> frozenset[object] | None:
        """What a dataclass is given for a field where it is made, or its default."""
        flow, found = self._flow, []
        for maker in makers or flow.makers(cls):
            if not _SPREADS.isdisjoint(maker.keywords) or flow.is_told(maker):
                return None
            found.append(flow.given_field(maker, name))
        default = flow.stored(cls, name)
        if not found or (None in found and not default):
            return None
        given = [value for value in found if value is not None]
        return self._all([*given, *(default if None in found else ())], through, depth)

    def _makers(self, cls: ClassKey, through: AbstractSet[Value]) -> Iterator[Value]:
        """The calls that made the objects of a class whose methods are called on a way."""
        flow = self._flow
        family = {cls, *flow.program.subclasses(cls)}
        for call in through:
            if call.kind == "call" and call.receiver is not None and not is_self(call.receiver):
                met = (visit.value for visit in flow.walk(call.receiver, flow.back, limit=MAKER_LIMIT))
                made = (each for each in met if each.kind == "call")
                yield from (each for each in made if any(target.key in family for target in flow.targets(each)))

    def _is_set_from_outside(self, name: str) -> bool:
        """Whether some code stores an attribute of that name in another object: it may be the module."""
        return any(
            store.data == name and (base := store.one("base")) is not None and not is_self(base)
            for place in self._flow.attribute_scopes(name)
            for store in self._flow.body(*place).stores
        )

    def _param(self, param: Value, through: AbstractSet[Value], depth: int) -> frozenset[object] | None:
        """What all callers give, or leave to the default; a function that is handed over, serves or is not called here
        may be given anything."""
        flow, body = self._flow, param.body
        module, number = body.key
        calls = [call for call in flow.callers(module, number) if call.body.module.category == "product"]
        if not calls or flow.applied(module, number) or body.scope.decorators:
            return None
        near = [call for call in calls if call in through or any(source in through for source in call.arguments)]
        found: set[object] = set()
        for call in near or calls:
            if "**" in call.keywords or "*" in call.keywords or flow.is_told(call):
                return None
            given = flow.argument(call, body, param.name)
            if given and all(bare(each) is param for each in given):
                continue  # it calls itself, and hands on what it was given
            if not given:
                given = [step.value for step in flow.back_default(param, ())]
            known = self._all(given, through, depth) if given else None
            if known is None:
                return None
            found |= known
        return frozenset(found) or None

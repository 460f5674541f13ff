"""The names that loops give to models: `for name, model in {"ridge": Ridge(), "lasso": Lasso()}.items()`."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

from mldebt.flow.conditions.conditions import ways
from mldebt.flow.orders.list_versions import beginnings
from mldebt.flow.sameness import Sameness
from mldebt.flow.steps import Stack, Step
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.models.lifecycle import Lives

WALK_LIMIT = 80
STEPS_LIMIT = 40
_ADDS = frozenset({"append", "add", "insert"})
Key = object
_KEYS: Key = "keys"


class Labels:
    """Questions about what a model is called where it is one of several that a loop goes over."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.sameness = flow.shared(Sameness)
        self.lives = flow.shared(Lives)

    def of(self, made: Value) -> Mapping[Value, str]:
        """The values that hold the name of the model which a call makes, while a loop is at it."""
        found = dict(self._asked_for(made))
        holders = deque(self._holders(made))
        while holders and len(found) < STEPS_LIMIT:
            container, key, text = holders.popleft()
            for value in self._read(container, key):
                if value not in found:
                    found[value] = text
                    holders.extend((holder, _KEYS, text) for holder in _keyed_by(value))
        return found

    def _asked_for(self, made: Value) -> Iterator[tuple[Value, str]]:
        """What a loop meets at the turn at which a model is made: `make(name)` for each name makes a ridge where
        `name == "ridge"`."""
        for test, way in ways(made.body, made.at):
            if not way or test.kind != "compare" or test.data != ("==",):
                continue
            operands = test.every("operand")
            named = [each.data for each in operands if each.kind == "const" and isinstance(each.data, str)]
            for asked in (each for each in operands if each.kind != "const") if named else ():
                visits = self.flow.walk(asked, self._back, limit=WALK_LIMIT)
                yield from ((visit.value, named[0]) for visit in visits if visit.value.kind == "element")

    def _back(self, value: Value, stack: Stack) -> list[Step]:
        """To the same text; in lower case it is the same for who asks for it."""
        if value.calls_method("lower", "strip") and value.receiver is not None:
            return [Step("receiver", value.receiver, stack)]
        return self.sameness.back(value, stack)

    # ------------------------------------------------------------------ what holds a model beside its name

    def _holders(self, made: Value) -> Iterator[tuple[Value, Key, str]]:
        """Each container that holds the model, where a loop finds the name in what it holds, and the name."""
        life = self.lives.of(made)
        for value in dict.fromkeys((made, *life.built, *life.trained)):
            yield from self._holding(value)

    def _holding(self, model: Value) -> Iterator[tuple[Value, Key, str]]:
        for visit in self.flow.walk(model, self.sameness.forth, limit=STEPS_LIMIT):
            for label, user in visit.value.uses:
                if label == "item" and user.kind == "dict":
                    yield from self._in_dict(visit.value, user)
                    for _, outer in (each for each in user.uses if each[0] == "item" and each[1].kind == "dict"):
                        yield from self._in_dict(user, outer)  # `{"ridge": {"model": Ridge(), "grid": ...}}`
                elif label == "item" and user.kind == "collection":
                    for place, (_, source) in enumerate(user.inputs):
                        if source.kind == "const" and isinstance(source.data, str):
                            yield from ((rows, place, source.data) for rows in _rows(user))
                elif _is_put(label, user):
                    key = str(user.data[1])  # type: ignore[index]
                    yield from ((container, _KEYS, key) for container in (user, *self._elsewhere(user)))

    def _in_dict(self, model: Value, container: Value) -> Iterator[tuple[Value, Key, str]]:
        keys: tuple[object, ...] = container.data  # type: ignore[assignment]
        items = container.every("item")
        for key, source in zip(keys, items, strict=False):
            if source is model and isinstance(key, str):
                added = [each.receiver for _, each in container.uses if each.calls_method("update")]
                more = (read for each in added if each is not None for read in self._elsewhere(each))
                yield from ((each, _KEYS, key) for each in (container, *more))
            elif source.kind == "const" and isinstance(source.data, str) and isinstance(key, str):
                yield from ((rows, (key,), source.data) for rows in _rows(container))

    def _elsewhere(self, changed: Value) -> Iterator[Value]:
        """The reads, in other methods, of the attribute whose dictionary something is put into."""
        for start in beginnings(changed):
            if start.kind == "attr" and (cls := self.flow.program.class_of_self(start.source)) is not None:
                yield from self.flow.field_reads(cls, start.name)

    # ------------------------------------------------------------------ where a loop finds the name

    def _read(self, container: Value, key: Key) -> Iterator[Value]:
        """Where a loop over a container has the name in hand."""
        for visit in self.flow.walk(container, self._same, limit=WALK_LIMIT):
            for label, user in visit.value.uses:
                if user.kind == "element" and label == "iterable":
                    yield from [user] if key is _KEYS else _parts(user, key)
                elif user.kind == "attr" and label == "object" and key is _KEYS:
                    for how, call in user.uses:
                        if how == "function" and call.kind == "call":
                            for element in (each for label, each in call.uses if each.kind == "element"):
                                yield from _parts(element, 0) if user.data == "items" else ()
                                yield from [element] if user.data == "keys" else ()

    def _same(self, container: Value, stack: Stack) -> list[Step]:
        """To the same container, also after something else was put into it."""
        more = [Step("base", user, stack) for label, user in container.uses if label == "base"]
        return [*self.sameness.forth(container, stack), *more]


def is_at_turn(call: Value, names: Mapping[Value, str]) -> bool:
    """Whether a call is made at the turn of a name, by the tests around it: `if name in ("ridge", "lasso"): …`."""
    for test, way in ways(call.body, call.at):
        sides = test.every("operand") if test.kind == "compare" and test.data in (("==",), ("in",)) else []
        if len(sides) != 2 or sides[0] not in names:
            continue
        among = sides[1].every("item") if test.data == ("in",) and sides[1].kind == "collection" else [sides[1]]
        if (
            all(each.kind == "const" for each in among)
            and (names[sides[0]] in {each.data for each in among}) is not way
        ):
            return False
    return True


def _is_put(label: str, user: Value) -> bool:
    """Whether something is put into a dictionary by a name: `models["ridge"] = Ridge()`."""
    return label == "value" and user.kind == "store" and isinstance(user.data, tuple) and isinstance(user.data[1], str)


def _rows(row: Value) -> Iterator[Value]:
    """The lists that hold a row."""
    for label, user in row.uses:
        if (user.kind == "collection" and label == "item") or (user.kind == "mutate" and user.data in _ADDS):
            yield user


def _parts(element: Value, key: Key) -> Iterator[Value]:
    wanted = key[0] if isinstance(key, tuple) else key
    return (user for label, user in element.uses if user.kind == "item" and label == "object" and user.data == wanted)


def _keyed_by(name: Value) -> Iterator[Value]:
    """The containers in which something is put under the name: `fitted[name] = model.fit(rows)`."""
    for label, user in name.uses:
        if (user.kind == "comprehension" and label == "key") or (user.kind == "store" and label == "key"):
            yield user

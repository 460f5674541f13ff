"""Orders that a store of documents keeps in a field: what is read back is what was put under the field's name in the
same collection."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from mldebt.flow.files.paths import Paths
from mldebt.flow.idioms import last_name, read_name
from mldebt.flow.linking import is_self
from mldebt.flow.orders.kept_orders import asks_store
from mldebt.flow.tasks.graph_states import entries
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

_READING = frozenset({"find_one", "get_item"})
_INSERTING = frozenset({"insert_one", "put_item"})
_REPLACING = frozenset({"update_one", "replace_one", "find_one_and_update", "find_one_and_replace"})
_OPERATIONS = {"InsertOne": 0, "UpdateOne": 1, "ReplaceOne": 1}
"""What writes documents, and the operations that are written together, with the place of the document."""
_ENVELOPE = "Item"
_SETTING = frozenset({"$set", "$setOnInsert"})
_NAMING = frozenset({"get_collection", "Table"})
_COLLECTIONS = frozenset({"pymongo.collection.Collection"})
_LEAST = 3
WRITES = 3
WALK_LIMIT = 25
READ_LIMIT = 8
_Path = tuple[str | int, ...]


class KeptDocuments:
    """From a field of a document that is read back to what was put there, where few write it."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._paths = flow.shared(Paths)

    def written(self, read: Value, path: _Path) -> list[tuple[Value, _Path]]:
        """What was put in the field of which the path tells, with the rest of the path."""
        fields = path[1:] if path[:1] == (_ENVELOPE,) else path
        place = self._place(read) if fields and self._is_of_store(read, _READING) else ""
        together, module = self._flow.program.roots.together, read.body.module
        kept = self._fields[place, str(fields[0])] if place else []
        near = [value for value in kept if together(value.body.module, module)]
        return [(value, fields[1:]) for value in near] if len(near) <= WRITES else []

    def is_read(self, value: Value) -> bool:
        """Whether a value is a document that was read: `orders.find_one({…}) or {}`."""
        waiting, seen = [value], 0
        while waiting and seen < READ_LIMIT:
            found = waiting.pop(0)
            seen += 1
            if found.kind == "call":
                if self._is_of_store(found, _READING):
                    return True
                is_envelope = found.calls_method("get") and read_name(found) == _ENVELOPE
                waiting += [found.function.source] if is_envelope else []
            elif found.kind in ("same", "phi", "choice", "passed", "operation") or read_name(found) == _ENVELOPE:
                waiting += [source for label, source in found.inputs if label in ("value", "operand", "object", "base")]
        return False

    def _is_of_store(self, call: Value, methods: frozenset[str]) -> bool:
        return call.kind == "call" and call.calls_method(*methods) and asks_store(self._flow, call)

    def _place(self, call: Value) -> str:
        """The collection or the table that a call asks: `db.likes`, `db["likes"]`, `dynamodb.Table("likes")`; "" where
        none is told."""
        receiver = call.receiver
        visits = self._flow.walk(receiver, self._flow.back, limit=WALK_LIMIT) if receiver is not None else ()
        for value in (visit.value for visit in visits):
            name = ""
            if value.kind == "call" and last_name(value.function) in _NAMING and value.arguments:
                texts = self._paths.texts(value.arguments[0])
                name = texts[0].strip("{}") if len(texts) == 1 else ""
            elif value.kind in ("attr", "item") and not is_self(value.source):
                types = {each.name for each in self._flow.types(value)}
                name = str(value.data) if _COLLECTIONS & types and isinstance(value.data, str) else ""
            if name:
                return name if len(name) >= _LEAST else ""
        return ""

    @cached_property
    def _fields(self) -> dict[tuple[str, str], list[Value]]:
        """What is put in each field of each collection."""
        found: dict[tuple[str, str], list[Value]] = defaultdict(list)
        for call in self._flow.calls_named(_INSERTING | _REPLACING | {"insert_many", "bulk_write"}):
            is_own = call.body.module.category == "product" and self._is_of_store(
                call, frozenset({last_name(call.function)})
            )
            place = self._place(call) if is_own else ""
            for document in self._documents(call) if place else ():
                for field, value in _put(document):
                    found[place, field].append(value)
        return found

    def _documents(self, call: Value) -> Iterator[Value]:
        """The documents, or the changes of one, that a call writes."""
        name, given = last_name(call.function), call.arguments
        if name in _INSERTING:
            yield from given[:1]
        elif name in _REPLACING:
            yield from given[1:2]
        elif name == "insert_many":
            yield from (step.value for source in given[:1] for step in self._flow.members(source, ()))
        else:
            for each in self._operations(call):
                place = _OPERATIONS[last_name(each.function)]
                yield from each.arguments[place : place + 1]

    def _operations(self, call: Value) -> list[Value]:
        """The operations that are written together: those that the call is known to be given, else all around it where
        nothing else is written so."""
        given = (step.value for source in call.arguments[:1] for step in self._flow.members(source, ()))
        told = [each for each in given if each.kind == "call" and last_name(each.function) in _OPERATIONS]
        is_only = sum(each.calls_method("bulk_write") for each in call.body.calls) == 1
        around = call.body.calls if is_only and not told else []
        return told or [each for each in around if last_name(each.function) in _OPERATIONS]


def _put(document: Value) -> Iterator[tuple[str, Value]]:
    """The fields of a document with what they hold, also where it says what to set in one."""
    for field, value in entries(document):
        if field in _SETTING:
            yield from entries(value)
        else:
            yield field, value

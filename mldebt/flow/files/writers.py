"""From a read back to the calls of the repository that wrote what it reads."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from functools import cached_property

from mldebt.flow.files.files import Files
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

ORIGIN_LIMIT = 60
_TELLING_LENGTH = 4


class Writers:
    """Asks of every write that may be meant whether the read is among those that take it up."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.files = flow.shared(Files)

    def of(self, read: Value) -> list[Value]:
        """The calls that wrote what a call reads."""
        return [
            write for write in self._candidates(read) if any(each.call is read for each in self.files.readers(write))
        ]

    def content(self, write: Value) -> list[Value]:
        """What a write writes: all that it is given but the path and the handle."""
        path = self.files.paths.path(write)
        given = [*write.arguments, *([write.receiver] if write.receiver is not None else [])]
        return [
            source
            for source in given
            if source is not path and source.kind != "const" and self.files.paths.opened(source) is None
        ] or given[:1]

    def _candidates(self, read: Value) -> list[Value]:
        path = self.files.paths.path(read)
        if path is None:
            return []
        found: dict[Value, None] = {}
        for name in self._names(path):
            found.update(dict.fromkeys(self._by_name.get(name, ())))
        for origin in self._origins(path):
            found.update(dict.fromkeys(self._by_origin.get(origin, ())))
        return list(found)

    def _names(self, path: Value) -> list[str]:
        names = (posixpath.basename(text) for text in self.files.paths.texts(path))
        return [name for name in dict.fromkeys(names) if len(name) >= _TELLING_LENGTH]

    def _origins(self, path: Value) -> list[Value]:
        return [visit.value for visit in self.flow.walk(path, self.files.paths.same_back, limit=ORIGIN_LIMIT)]

    @cached_property
    def writes(self) -> list[tuple[Value, Value]]:
        """Every write of the repository that names a path, with the path."""
        return [
            (call, path)
            for module in self.flow.program.modules
            if module.category == "product"
            for number in range(len(module.facts.scopes))
            for call in self.flow.body(module.index, number).calls
            if self.files.paths.is_write(call) and (path := self.files.paths.path(call)) is not None
        ]

    @cached_property
    def _by_name(self) -> dict[str, list[Value]]:
        found: dict[str, list[Value]] = defaultdict(list)
        for call, path in self.writes:
            for name in self._names(path):
                found[name].append(call)
        return found

    @cached_property
    def _by_origin(self) -> dict[Value, list[Value]]:
        found: dict[Value, list[Value]] = defaultdict(list)
        for call, path in self.writes:
            for origin in self._origins(path):
                if origin.kind != "const":
                    found[origin].append(call)
        return found

"""Datasets that are appended to: a second run doubles what the first one wrote."""

from __future__ import annotations

import re
from typing import NamedTuple

from mldebt.flow.body import Body
from mldebt.flow.files import Files
from mldebt.flow.sameness import arguments
from mldebt.flow.seeds import keyword, last_name
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

_GUARDS = frozenset(
    "exists isfile is_file remove unlink rmtree truncate makedirs mkdir TemporaryDirectory mkdtemp".split()
)
_WRITES = frozenset("write writelines writerow writerows dump to_csv to_json savetxt".split())
_APPENDS = re.compile(r"^[rbt+U]*a")
_NOTES = re.compile(
    r"(^|[/_.\-])(logs?|results?|metrics?|history|errors?|report|scores?|cache)([/_.\-]|$)", re.IGNORECASE
)


class Doubled(NamedTuple):
    """A write in append mode, the path's text, and a read that takes the doubled rows up."""

    write: Value
    path: str
    read: Value


class Appends:
    """Finds them, one call at a time."""

    def __init__(self, flow: Flow, files: Files) -> None:
        self.flow = flow
        self.files = files

    def of(self, call: Value) -> Doubled | None:
        """The rows that a call would write a second time when it runs again."""
        if not self._appends(call) or self._is_guarded(call.body) or _notes_an_event(call):
            return None
        path = self.files.paths.path(call)
        texts = self.files.paths.texts(path) if path is not None else ()
        if not texts or any(_NOTES.search(text) for text in texts) or self._begins_anew(call, texts):
            return None
        for reader in self.files.readers(call):
            if reader.call.body.module.category == "product" and "reads" in self.flow.roles(reader.call):
                return Doubled(call, texts[0], reader.call)
        return None

    def _appends(self, call: Value) -> bool:
        roles = self.flow.roles(call)
        if not roles & {"saves", "stores"}:
            return False
        modes = keyword(call, "mode")
        if last_name(call) == "open":
            modes += keyword(call, "")[1:2]
        return any(source.kind == "const" and _APPENDS.match(str(source.data)) for source in modes)

    def _is_guarded(self, body: Body) -> bool:
        """Whether the function looks whether the file is there, or clears it away."""
        return any(last_name(call) in _GUARDS for call in body.calls)

    def _begins_anew(self, call: Value, texts: tuple[str, ...]) -> bool:
        """Whether a call beside it writes the same file from its beginning; what is given the open file does not."""
        for other in call.body.calls:
            if other is call or not self.files.paths.is_write(other) or self._appends(other):
                continue
            path = self.files.paths.path(other)
            if path is not None and _names(other, path) and set(self.files.paths.texts(path)) & set(texts):
                return True
        return False


def _notes_an_event(call: Value) -> bool:
    """Whether a coroutine opens a file to append what has just happened: it writes once, and another run has other
    things to note."""
    if not call.body.scope.is_async or last_name(call) != "open":
        return False
    writes = [each for each in call.body.calls if last_name(each) in _WRITES]
    return len(writes) == 1 and last_name(writes[0]) == "write" and not writes[0].loops


def _names(call: Value, path: Value) -> bool:
    """Whether a call names a path itself, and is not given a file that is open."""
    return call.receiver is path or any(source is path for _, source in arguments(call))

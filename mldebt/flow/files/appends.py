"""Datasets that are appended to: a second run doubles what the first one wrote."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from mldebt.facts import record as r
from mldebt.flow.body import Body
from mldebt.flow.calls.words import keyword, last_name
from mldebt.flow.files.files import Files
from mldebt.flow.files.headed import heads, other_way
from mldebt.flow.files.pathtexts import HOLES
from mldebt.flow.linking import is_self
from mldebt.flow.sameness import arguments
from mldebt.flow.scopes.names import statements
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

_GUARDS = frozenset(
    "exists isfile is_file remove unlink rmtree truncate makedirs mkdir TemporaryDirectory mkdtemp".split()
)
_CLEARING = frozenset({"remove", "unlink", "truncate"})
_MOVING = ("shutil.move",)
_APPENDS = regex(r"^[rbt+U]*a")
_MEMBER = (("in",), ("not in",))
_ORDER = (("<",), ("<=",), (">",), (">=",))
CALLERS_ABOVE = 3
HELD_LIMIT = 200
_MANY = ("writerows", "writelines", "to_csv", "to_json")
_NOTES = regex(
    r"(^|[/_.\-])(logs?|results?|metrics?|history|errors?|report|scores?|cache|alerts?"
    r"|audit|notifications?|incidents?|fail(ures?|ed)|rejected|journal|telemetry)([/_.\-]|$)",
    re.IGNORECASE,
)

_CLOCKS = ("datetime.datetime.now", "datetime.datetime.utcnow", "time.time", "time.strftime", "pandas.Timestamp.now")
_RUN = regex(r"(run|session|job|trace|execution)_?id", re.IGNORECASE)
_EPOCH = regex(r"(^|[^a-z])epochs?([^a-z]|$)", re.IGNORECASE)
_PROGRESS = regex(r"(^|[^a-z])(loss(es)?|accuracy|auc|f1|perplexity|progress)([^a-z]|$)|[a-z]_acc([^a-z_]|$)", re.I)
"""What tells how a training got on: in a line with the epoch it is a log."""


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
        if not self._appends(call) or self._is_guarded(call) or not self._goes_over_rows(call):
            return None
        if self._puts_away(call.body, CALLERS_ABOVE):
            return None
        path = self.files.paths.path(call)
        if path is None or self._is_open(call) or self._is_cleared_by_its_maker(call, path):
            return None
        texts = self.files.paths.texts(path)
        if not any(map(_tells, texts)) or any(_NOTES.search(text) for text in texts) or self._begins_anew(call, texts):
            return None
        if _notes_its_run(call.body) or self._knows_what_is_there(call) or self._tells_of_epochs(call, path, texts):
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

    def _goes_over_rows(self, call: Value) -> bool:
        """Whether many rows are written in one run: a table, or row by row. What only notes down one event when it
        happens is a log, which no run writes again."""
        if last_name(call) != "open" or call.loops or self._is_called_for_each(call.body, CALLERS_ABOVE):
            return True
        path = self.files.paths.path(call)
        return any(
            (other.loops or other.calls_method(*_MANY)) and self.files.paths.path(other) is path
            for other in call.body.calls
            if other is not call and self.files.paths.is_write(other)
        )

    def _is_called_for_each(self, body: Body, above: int) -> bool:
        callers = self.flow.callers(body.module.index, body.number) if body.number and above else []
        return any(call.loops or self._is_called_for_each(call.body, above - 1) for call in callers)

    def _is_guarded(self, write: Value) -> bool:
        """Whether the function looks whether the file is there, or clears it away; not to begin it with a header."""
        return any(
            last_name(each) in _GUARDS and not heads(each) and not self._begins_elsewhere(each, write)
            for each in write.body.calls
        )

    def _begins_elsewhere(self, asked: Value, write: Value) -> bool:
        """Whether a look at a file decides between this write, which goes on with it, and one that begins it."""
        span = other_way(asked, write)
        path = self.files.paths.path(write)
        beginning = (each for each in write.body.calls if span is not None and span[0] <= each.at < span[1])
        return any(self.files.paths.is_write(each) and self.files.paths.path(each) is path for each in beginning)

    def _puts_away(self, body: Body, above: int) -> bool:
        """Whether a function, or one that calls it, moves files away, as one does with what has been worked off: a
        second run finds them no more."""
        if any(map(self._moves, body.calls)):
            return True
        callers = self.flow.callers(body.module.index, body.number) if body.number and above else []
        return any(self._puts_away(each, above - 1) for each in {call.body for call in callers} - {body})

    def _moves(self, call: Value) -> bool:
        """Whether a call moves a file, or a function of the repository's own that does."""
        inner = (self.flow.body(*target.key) for target in self.flow.targets(call) if target.kind == "func")
        return call.calls_external(*_MOVING) or any(
            each.calls_external(*_MOVING) for body in inner for each in body.calls
        )

    def _is_open(self, call: Value) -> bool:
        """Whether what is written to is a file that another call has opened: that one is told."""
        return last_name(call) != "open" and any(
            self.files.paths.opened(source) is not None for _, source in arguments(call)
        )

    def _is_cleared_by_its_maker(self, call: Value, path: Value) -> bool:
        """Whether the object that holds the path took the file away when it was made, or refused one that is there."""
        cls = self.flow.program.enclosing_class(call.body.key)
        maker = self.flow.program.method(cls, "__init__") if cls is not None else None
        if maker is None or maker.kind != "func" or path.kind != "attr" or not is_self(path.source):
            return False
        body = self.flow.body(maker.module, maker.scope)
        asking = _about(body, path.name)
        if any(last_name(each) in _CLEARING for each in asking):
            return True
        refusals = [
            (each.at, each.body[0].at)
            for each in statements(body.scope.body)
            if isinstance(each, r.If) and isinstance(each.body[-1], r.Raise)
        ]
        return any(last_name(each) in _GUARDS and start <= each.at < end for each in asking for start, end in refusals)

    def _begins_anew(self, call: Value, texts: tuple[str, ...]) -> bool:
        """Whether a call beside it writes the same file from its beginning, or another method of the object empties it;
        what is given the open file does neither."""
        beside = (other for other in call.body.calls if other is not call and not self._is_other_way(other, call))
        if any(not set(self._written_anew(other)).isdisjoint(texts) for other in beside):
            return True
        module, cls = call.body.module, self.flow.program.enclosing_class(call.body.key)
        methods = module.members.get(cls[1], {}).values() if cls is not None else ()
        calls = (other for number in methods for other in self.flow.body(module.index, number).calls)
        emptied = {_plain(text) for other in calls if _empties(other) for text in self._written_anew(other)}
        return not emptied.isdisjoint(map(_plain, texts))

    def _is_other_way(self, beginning: Value, write: Value) -> bool:
        """Whether one of two writes is done alone, by whether the file is there."""
        spans = [span for each in write.body.calls if (span := other_way(each, write)) is not None]
        return any(start <= beginning.at < end for start, end in spans)

    def _knows_what_is_there(self, call: Value) -> bool:
        """Whether the function asks of what it is about to write whether the file has it: `if key in done: continue`,
        where `done` was read from there, or `if number < len(done): continue`; or whether what its caller gives it was
        chosen so."""
        return self._asks_what_is_there(call, call.body, call.at) or any(
            self._asks_what_is_there(call, chooser, chooser.scope.end)
            for caller in (self.flow.callers(*call.body.key) if call.body.number else ())
            for chooser in self._choosers(caller)
        )

    def _choosers(self, caller: Value) -> Iterator[Body]:
        """The functions whose results a call hands on as they are."""
        for given in caller.arguments:
            own = (
                (target for target in self.flow.targets(given) if target.kind == "func") if given.kind == "call" else ()
            )
            yield from (self.flow.body(*target.key) for target in own)

    def _asks_what_is_there(self, call: Value, body: Body, end: int) -> bool:
        """Whether a function asks before a place whether the file that a call writes has something."""
        tests = [each for each in body.nodes if each.kind == "compare" and each.at < end]
        held = [each.inputs[1][1] for each in tests if each.data in _MEMBER and each.inputs[0][1].kind != "const"]
        counts = [each for test in tests if test.data in _ORDER for each in test.every("operand")]
        counts = [each for each in counts if each.kind != "const"]
        readers = {reader.call for reader in self.files.readers(call)} if held or counts else set()
        if any(self._comes_from(each, readers) for each in held):
            return True
        return any(self._comes_from(each, readers, counted=True) for each in counts)

    def _comes_from(self, value: Value, readers: Collection[Value], *, counted: bool = False) -> bool:
        """Whether a value is made of what one of some reads has brought, or is how many rows that was."""
        return any(
            visit.value in readers and (not counted or any(each.value.calls_external("len") for each in visit.path()))
            for visit in self.flow.walk(value, self.flow.back, limit=HELD_LIMIT)
        )

    def _tells_of_epochs(self, call: Value, path: Value, texts: tuple[str, ...]) -> bool:
        """Whether what is written says which epoch it is of, and it or the file's name how that went."""
        writes = [
            each for each in call.body.calls if self.files.paths.is_write(each) and self.files.paths.path(each) is path
        ]
        given = [source for write in writes for source in write.arguments if write is not call and source is not path]
        said = {text for source in given for text in self.files.paths.texts(source)}
        return any(map(_EPOCH.search, said)) and any(map(_PROGRESS.search, (*said, *texts)))

    def _written_anew(self, call: Value) -> tuple[str, ...]:
        """The path of a file that a call writes from its beginning, as text."""
        path = self.files.paths.path(call)
        if path is None or not _names(call, path) or not self.files.paths.is_write(call) or self._appends(call):
            return ()
        return self.files.paths.texts(path)


def _notes_its_run(body: Body) -> bool:
    """Whether a function puts into what it writes which run it was, and when: the next one is meant to add its own."""
    named = [name for call in body.calls for name in call.keywords]
    named += [key for node in body.nodes if node.kind == "dict" for key in node.keys if isinstance(key, str)]
    return any(call.calls_external(*_CLOCKS) for call in body.calls) and any(map(_RUN.fullmatch, named))


def _empties(call: Value) -> bool:
    """Whether a call leaves a file with nothing in it but what is written in the code: `path.write_text("")`."""
    return call.calls_method("write_text", "write_bytes") and all(each.kind == "const" for each in call.arguments[:1])


def _plain(path: str) -> str:
    """A path without what its unknown parts are called, which may be called otherwise elsewhere."""
    return HOLES.sub("{}", path)


def _tells(path: str) -> bool:
    """Whether a path says which file it is, in part at least."""
    return any(map(str.isalnum, HOLES.sub("", path)))


def _names(call: Value, path: Value) -> bool:
    """Whether a call names a path itself, and is not given a file that is open."""
    return call.receiver is path or any(source is path for _, source in arguments(call))


def _about(body: Body, name: str) -> list[Value]:
    """The calls of a function that are about what its object keeps by a name."""
    stored = {store.one("value") for store in body.stores if store.name == name and is_self(store.source)}
    return [
        call
        for call in body.calls
        if any(each in stored or (each.kind == "attr" and each.name == name) for each in _given(call))
    ]


def _given(call: Value) -> list[Value]:
    return [*call.arguments, *([call.receiver] if call.receiver is not None else [])]

"""Orders that outlive the program: what is read back in the order in which the repository wrote it."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from functools import cached_property

from mldebt.flow.files.files import Files
from mldebt.flow.files.pathtexts import HOLES
from mldebt.flow.files.writers import Writers
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

TELLING_LENGTH = 5
KEY_LENGTH = 3
_BY_LINE = ("write", "writerow")
_BY_TABLE = ("read_sql", "read_sql_table", "read_sql_query")


class KeptOrders:
    """From a read back to what was written, only where there is one write and its place is the same for sure."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._files = flow.shared(Files)
        self._paths = self._files.paths
        self._writers = flow.shared(Writers)
        self._known: dict[Value, tuple[Value, ...]] = {}

    def written(self, read: Value) -> tuple[Value, ...]:
        """The sequences in whose order a call finds what it reads."""
        found = self._known.get(read)
        if found is None:
            self._known[read] = ()
            found = self._known[read] = tuple(self._find(read))
        return found

    def scored(self, read: Value) -> list[Value]:
        """The members with their scores that are added to the sorted set which a call reads by its key."""
        text = self._only_text(read)
        if not _is_telling(text, is_keyed=True) or not asks_store(self._flow, read):
            return []
        writes = [write for write in self._by_name.get(_name(text), ()) if self._is_near(write, read)]
        added = [write for write in writes if write.calls_method("zadd") and self._only_text(write) == text]
        return [source for write in added for source in write.arguments[1:]]

    def reads_of(self, write: Value, methods: tuple[str, ...]) -> list[Value]:
        """The calls of some methods that ask a store for what a call keeps there under a key."""
        text = self._only_text(write) if asks_store(self._flow, write) else ""
        reads = self._flow.calls_named(frozenset(methods)) if _is_telling(text, is_keyed=True) else ()
        asked = (read for read in reads if self._paths.is_read(read) and asks_store(self._flow, read))
        return [read for read in asked if self._only_text(read) == text and self._is_near(write, read)]

    def sent(self, consumer: Value) -> list[Value]:
        """What is sent, message by message, under the topic that a consumer listens to."""
        api = self._flow.api(consumer)
        if api is None or api.medium != "stream" or "consumes" not in api.roles:
            return []
        text = self._only_text(consumer)
        writes = self._by_name.get(_name(text), ()) if _is_telling(text, is_keyed=True) else ()
        sends = [write for write in writes if self._is_stream(write) and self._is_near(write, consumer)]
        if len(sends) != 1 or self._only_text(sends[0]) != text:
            return []
        named = dict(sends[0].named_arguments)
        plain = [source for keyword, source in sends[0].named_arguments if keyword == ""]
        return [named["value"]] if "value" in named else plain[1:2]

    def _is_stream(self, call: Value) -> bool:
        api = self._flow.api(call)
        return api is not None and api.medium == "stream"

    def _find(self, read: Value) -> list[Value]:
        if not self._paths.is_read(read):
            return []
        if read.calls_method(*_BY_TABLE) or read.calls_external(*(f"pandas.{name}" for name in _BY_TABLE)):
            return self._of_table(read)
        text = self._only_text(read)
        if not _is_telling(text, is_keyed=False) or asks_store(self._flow, read):
            return []
        writes = [write for write in self._by_name.get(_name(text), ()) if self._is_near(write, read)]
        if len(writes) != 1 or writes[0] is read or self._is_added_to(text):
            return []
        return self._content(writes[0]) if self._is_same(writes[0], read, text) else []

    # ------------------------------------------------------------------ files and keys

    def _only_text(self, call: Value) -> str:
        """The one path that a call names; "" where there are several or none that is told."""
        path = self._paths.path(call)
        texts = self._paths.texts(path) if path is not None else ()
        return _plain(texts[0]) if len(texts) == 1 else ""

    def _is_near(self, write: Value, read: Value) -> bool:
        return self._flow.program.roots.together(write.body.module, read.body.module)

    def _is_same(self, write: Value, read: Value, text: str) -> bool:
        other = self._only_text(write)
        if asks_store(self._flow, write):
            return False
        return _is_same_path(text, other) and self._files.means(write, other, read, text)

    def _is_added_to(self, text: str) -> bool:
        """Whether a file of this name is opened to add to it: what is in it was not written at once."""
        opened = self._opened.get(_name(text), ())
        return any(self._paths.mode(call).startswith("a") for call in opened)

    def _content(self, write: Value) -> list[Value]:
        """What a write is given; of lines that are written one by one in a loop, what the loop goes over."""
        if write.calls_method(*_BY_LINE) and write.loops:
            handles = [call for call in self._opened.get(_name(self._only_text(write)), ()) if call.body is write.body]
            return [write.loops[-1]] if all(len(call.loops) < len(write.loops) for call in handles) else []
        path = self._paths.path(write)
        given = [source for keyword, source in write.named_arguments if keyword in ("", "*") and source is not path]
        told = [each for each in given if each.kind != "const" and self._paths.opened(each) is None]
        return told[:1] or ([write.receiver] if write.receiver is not None else [])

    @cached_property
    def _by_name(self) -> dict[str, list[Value]]:
        """The writes by the name of the file or key, without those that only open a file."""
        return self._named[0]

    @cached_property
    def _opened(self) -> dict[str, list[Value]]:
        """The calls that open a file to write, by its name."""
        return self._named[1]

    @cached_property
    def _named(self) -> tuple[dict[str, list[Value]], dict[str, list[Value]]]:
        written: dict[str, list[Value]] = defaultdict(list)
        opened: dict[str, list[Value]] = defaultdict(list)
        for call, path in self._writers.writes:
            api = self._flow.api(call)
            kind = opened if api is not None and "reads" in api.roles and api.returns else written
            for name in dict.fromkeys(_name(_plain(text)) for text in self._paths.texts(path)):
                kind[name].append(call)
        return written, opened

    # ------------------------------------------------------------------ tables

    def _of_table(self, read: Value) -> list[Value]:
        """The frame that was written as the one table that a query reads as it is."""
        writes = [
            write for write in self._table_writes if any(each.call is read for each in self._files.readers(write))
        ]
        if len(writes) != 1 or writes[0].receiver is None:
            return []
        queries = self._files.queries(read)
        is_as_written = all(not query.statement.order and len(query.statement.reads) == 1 for query in queries)
        return [writes[0].receiver] if is_as_written else []

    @cached_property
    def _table_writes(self) -> list[Value]:
        return [
            call for call in self._flow.calls_named(frozenset({"to_sql"})) if call.body.module.category == "product"
        ]


def asks_store(flow: Flow, call: Value) -> bool:
    """Whether a call asks a store: by a key, for documents, or for rows."""
    api = flow.api(call)
    return api is not None and api.medium == "table"


def _plain(text: str) -> str:
    """A path whose unknown parts stand as `{}`."""
    return HOLES.sub("{}", text.removeprefix("./"))


def _name(text: str) -> str:
    return posixpath.basename(text)


def _is_telling(text: str, *, is_keyed: bool) -> bool:
    """Whether a name says enough to be known by; of a file it must be known as a whole."""
    literal, is_told = _name(text).replace("{}", ""), "{" not in _name(text)
    least = KEY_LENGTH if is_keyed and is_told else TELLING_LENGTH
    return len(literal) >= least and (is_keyed or is_told)


def _is_same_path(one: str, other: str) -> bool:
    """Whether two paths are the same as far as both are told, and told enough: from the name up, a part that is not
    known may only stand in front, behind a folder that both name."""
    if _is_whole(one) != _is_whole(other):
        return False
    for agreed, (a, b) in enumerate(zip(one.split("/")[::-1], other.split("/")[::-1], strict=False)):
        if "{" in a + b:
            return agreed > 1
        if a != b:
            return ".." in (a, b) and agreed > 1
    return not _is_whole(one) or one == other


def _is_whole(text: str) -> bool:
    return text.startswith(("/", "~")) or "://" in text

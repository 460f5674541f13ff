"""Which raw reads read the same thing: the same file, address or table, as far as the code names it."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from mldebt.flow.files.pathtexts import HOLES
from mldebt.flow.files.statements import copied_to, file_within
from mldebt.flow.idioms import root
from mldebt.flow.value import Value
from mldebt.pipeline.ingestion.ingestion import Ingestions
from mldebt.regex import regex
from mldebt.rulebook import Api

_ANY = "*"
_GENERIC = regex(
    r"""^(train(ing)? | test(ing)? | val(id|idation)? | dev | eval | data(set|base|frame)? | df | inputs? | outputs?
      | raw | all | days? | list | items? | users? | samples? | examples? | features? | files? | images? | index | info
      | sentences? | texts? | corpus | temp | tmp | results? | target | x | y)
      ([_\-. ]?(train | test | valid? | dev | data(set)? | raw | clean(ed)? | processed | set | file | small | full
      | new | old | sample | x | y | \d+))*$""",
    re.IGNORECASE | re.VERBOSE,
)
"""Names that every other project gives to a file: they say nothing unless their folder is the same."""
_SPLIT = regex(r"(^|[^a-z])(train|test|val|valid|dev|eval)(ing|idation)?$", re.IGNORECASE)
"""Folders for one part of the data, as `MINDlarge_dev`: the same name in two of them are two files."""
_REMOTE = regex(r"^[a-z][a-z0-9+]*://", re.IGNORECASE)
_TIMES = regex(r"(^|_)(start|end|begin|from|to|until|date|day|year|month|time|since)(_|$)", re.IGNORECASE)
DATA_SERVICES = frozenset({"data-services"})
"""Of the catalogue: vendors and stores of data for those who analyse it."""
_TABLE = regex(r"\bfrom\s+([\w.\"`{}*-]+)", re.IGNORECASE)
_STATEMENT = regex(
    r"(select|with|insert\s+(into|overwrite)|create\s+(or\s+replace\s+)?(\w+\s+)?(table|view)|merge\s+into)\s",
    re.IGNORECASE,
)
"""One that writes a table has what it takes the rows from as its source."""
_SELECTS = regex(r"select\s", re.IGNORECASE)
_NO_TABLE = regex(r"(^|_)(te?mp|staging|stage|cte|base|final)(_|\d*\Z)")
"""What code calls rows that a statement has put by on the way."""
LEAST_LETTERS = 4


class SameSource:
    """Names for the sources of reads."""

    def __init__(self, ingesting: Ingestions) -> None:
        self.flow = ingesting.flow
        self.paths = ingesting.reads.paths

    def groups(self, reads: Iterable[Value]) -> dict[str, list[Value]]:
        """Reads of one source, by its name, where more than one module reads it."""
        found: dict[str, dict[Value, None]] = defaultdict(dict)
        for read in reads:
            for name in self.names(read):
                found[name][read] = None
        parts: dict[str, dict[Value, None]] = defaultdict(dict)
        for name, group in found.items():
            for part, places in self._apart(name, list(group)):
                parts[part].update(dict.fromkeys(places))
        several = {name: list(places) for name, places in parts.items()}
        return {name: reads for name, reads in several.items() if len({each.body.module.index for each in reads}) > 1}

    def _apart(self, name: str, reads: list[Value]) -> Iterator[tuple[str, list[Value]]]:
        """Reads of files of one name, by the folders that the code names: files of one name in two are two files. Who
        names no folder means the file in the only one that is named; where several are, nobody knows which, and those
        who name none may read the same."""
        folders = {read: self._folders(read, name) for read in reads}
        told = list(dict.fromkeys(folder for each in folders.values() for folder in each))
        if len(told) < 2:
            yield name, reads
            return
        for folder in told:
            yield f"{folder}/{name}", [read for read in reads if folder in folders[read]]
        yield name, [read for read in reads if not folders[read]]

    def _folders(self, read: Value, name: str) -> list[str]:
        """The telling folders in which a read finds a file of a name."""
        path = self.paths.path(read)
        texts = (HOLES.sub(_ANY, text) for text in (self.paths.texts(path) if path is not None else ()))
        told = (posixpath.split(text.replace("\\", "/")) for text in texts)
        folders = (posixpath.basename(folder) for folder, last in told if last == name)
        return [each for each in folders if _ANY not in each and _tells(each) and not _GENERIC.match(each)]

    def names(self, read: Value) -> list[str]:
        """Under which names a read's source is known; none when anybody may call theirs so, or when the repository
        itself made it."""
        path = self.paths.path(read)
        api = self.flow.api(read)
        if path is None or (api is not None and api.library in DATA_SERVICES):
            return [api.name] if api is not None and self._is_one(read, api.library) else []
        if is_table_class(path, api):
            return [f"table {self.flow.scope(*path.source.scope_key).name}"]
        texts = (HOLES.sub(_ANY, text).strip() for text in self.paths.texts(path))
        names = dict.fromkeys(map(name_of, texts))
        return [name for name in names if name and posixpath.basename(name) not in self._written]

    def is_own(self, read: Value) -> bool:
        """Whether a read takes up a file that the repository wrote itself."""
        path = self.paths.path(read)
        names = {posixpath.basename(HOLES.sub(_ANY, text)) for text in (self.paths.texts(path) if path else ())}
        return any(map(_tells, names)) and names <= self._written

    def _is_one(self, read: Value, library: str) -> bool:
        """Whether a call to a data service names one dataset by itself: only times are left to the caller, and whose
        data it is stands in the code."""
        if library not in DATA_SERVICES:
            return False
        asked = _asked(read)
        whose = asked is None or all(source.kind == "const" for source in asked.arguments)
        return whose and all(_TIMES.search(keyword) for keyword in read.keywords)

    def is_written(self, text: str) -> bool:
        """Whether the repository writes a file of the name that a text ends with."""
        return posixpath.basename(HOLES.sub(_ANY, text)) in self._written

    def _left_by(self, call: Value) -> list[str]:
        """The files that a call leaves behind, by itself or by a statement that it runs."""
        is_write = self.paths.is_write(call)
        api = self.flow.api(call)
        if not is_write and (api is None or api.medium != "table" or "saves" not in api.roles):
            return []
        path = self.paths.path(call)
        texts = self.paths.texts(path) if path is not None else ()
        return list(texts) if is_write else [file for text in texts if (file := copied_to(text))]

    @cached_property
    def _written(self) -> frozenset[str]:
        """The names of files that the repository writes: what is read of them is its own work."""
        found: set[str] = set()
        for module in self.flow.program.modules:
            if module.category == "product":
                for number in range(len(module.facts.scopes)):
                    for call in self.flow.body(module.index, number).calls:
                        found.update(posixpath.basename(HOLES.sub(_ANY, text)) for text in self._left_by(call))
        return frozenset(found)


def _asked(read: Value) -> Value | None:
    """What was made of the one thing whose data a method brings: `Ticker("ACME").history()`."""
    made = root(read.receiver) if read.receiver is not None else None
    return made if made is not None and made.kind == "call" else None


def is_table_class(path: Value, api: Api | None) -> bool:
    """Whether a read asks a table through its class, `Rating.objects`; not a file that a class of settings names,
    `read_csv(Config.path)`."""
    return path.kind == "attr" and path.source.kind == "class" and api is not None and api.medium == "table"


def name_of(text: str) -> str:
    """The name of the source that a text spells (holes as `*`): an address as a whole, the table of a query, a file's
    name with, where that is a word of everybody, its folder; "" for what names nothing."""
    if within := file_within(text):
        return name_of(within)
    if _STATEMENT.match(text):
        table = _TABLE.search(text)
        name = table[1].strip('"`').lower() if table is not None else ""
        telling = "." in name or (
            _SELECTS.match(text) and _tells(name) and not _NO_TABLE.search(name) and not _GENERIC.match(name)
        )
        return f"table {name}" if telling and _ANY not in name else ""
    parts = [part for part in text.rstrip("/").split("/") if part not in ("", ".", "..")]
    if _REMOTE.match(text):
        telling = len(parts) > 2 and _ANY not in parts[1] and any(map(_tells, parts[2:]))
        return text.rstrip("/") if telling else ""
    name, folder = (parts or [""])[-1], parts[-2] if len(parts) > 1 else _ANY
    stem = name.partition(".")[0]
    if _ANY in name or "." not in name or not _tells(stem):
        return ""
    if not _GENERIC.match(stem):
        return f"{folder}/{name}" if _SPLIT.search(folder) else name
    return f"{folder}/{name}" if _ANY not in folder and not _GENERIC.match(folder) else ""


def _tells(part: str) -> bool:
    return sum(map(str.isalpha, part.replace(_ANY, ""))) >= LEAST_LETTERS

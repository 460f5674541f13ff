"""What is taken of data so that another layout passes unnoticed: by places, or without the lines that do not parse."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import msgspec

from mldebt.flow.body import Body
from mldebt.flow.calls.words import keyword, last_name
from mldebt.flow.idioms import bare, number_written, root
from mldebt.flow.rows.losses import skipping
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.ingestion.ingestion import Ingestion

Content = frozenset[Value]

LEAST_PLACES = 2
"""So many fields that are taken of one line make it a row; one alone may be cut off a text."""
FIELDS = "fields are taken by their places"
COLUMNS = "columns are taken by their places"
NAMED = "columns get their names by their places"
TABLE = "a table is taken by its place on a page"
SKIPPED = "lines that do not parse are left out"
JOINED = "rows of one source that the other has no partner for are left out"
_SPLITS = frozenset({"split", "rsplit"})
_NO_FIELDS = ("/", "\\", ".", "\n", "\r\n")
"""What paths and texts are split at."""
_SAME_LINE = frozenset({"strip", "rstrip", "lstrip", "lower", "decode"})
_HEADLESS = frozenset({"read_csv", "read_table", "read_fwf", "read_excel"})
_MERGES = ("pandas.merge", "pandas.core.reshape.merge.merge")
SIDE_LIMIT = 150
_PAGES = ("pandas.read_html", "pandas.io.html.read_html")
_ROWS = ("csv.reader", "json.load", "json.loads")
_LISTS = frozenset({"global", "free", "param", "attr"})
"""Where lists of columns are kept."""
_VIEWS = frozenset(
    "copy reset_index set_index dropna fillna drop_duplicates sort_values rename astype head tail iloc loc".split()
)
"""What leaves the columns of a table at their places."""


class Taking(msgspec.Struct, frozen=True):
    """Where something is taken so, and how, in words."""

    value: Value
    text: str


class Unnoticed:
    """Asks of a pipeline where nothing fails when what it reads has got another layout. What is asked for by its name
    fails when there is no such column, and an unpacking when there are more."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    def of(self, ingestion: Ingestion) -> tuple[Taking, ...]:
        """The places in the modules that a pipeline works in, in order."""
        content = ingestion.content | {step.value for step in ingestion.steps}
        home = {number for number, _ in ingestion.units} | {step.value.body.module.index for step in ingestion.steps}
        bodies = {value.body.key: value.body for value in content if value.body.module.index in home}
        sources = frozenset(ingestion.sources)
        found = [taking for _, body in sorted(bodies.items()) for taking in self._in(body, content, sources)]
        return tuple(sorted(found, key=lambda each: (each.value.body.module.index, each.value.at)))

    def _in(self, body: Body, content: Content, sources: Content) -> Iterator[Taking]:
        rows: dict[Value, dict[int, Value]] = defaultdict(dict)
        for value in body.nodes:
            text = ""
            if value.kind == "item" and (place := _place(value)) is not None:
                row = _row(value, content)
                if row is not None:
                    rows[row].setdefault(place, value)
                text = TABLE if bare(value.source).calls_external(*_PAGES) else ""
            elif value.kind == "item":
                text = COLUMNS if _takes_columns(value, content) else ""
            elif value.kind == "call" and (value in content or value.receiver in content):
                text = self._called(value) or (JOINED if self._loses(value, sources) else "")
            elif value.kind == "store" and value.data == "columns" and bare(value.source) in content:
                text = NAMED if self._is_read(value.source) and _is_written_out(value.one("value")) else ""
            if text:
                yield Taking(value, text)
        counted = {_counted(value) for value in body.nodes if value.kind == "compare"} if rows else set()
        for row, taken in rows.items():
            if len(taken) >= LEAST_PLACES and row not in counted:
                yield Taking(min(taken.values(), key=lambda each: each.at), FIELDS)

    def _called(self, call: Value) -> str:
        if skipping(self.flow, call):
            return SKIPPED
        names = keyword(call, "names") if last_name(call) in _HEADLESS and "reads" in self.flow.roles(call) else []
        return NAMED if names and not _gives(names, None) else ""

    def _loses(self, call: Value, sources: Content) -> bool:
        """Whether two sources are merged, and what has no partner goes."""
        if len(sources) < 2 or not (call.calls_external(*_MERGES) or call.calls_method("merge")):
            return False
        how = keyword(call, "how")
        plain = [source for name, source in call.named_arguments if not name]
        if call.calls_external(*_MERGES):
            sides = [*keyword(call, "left"), *keyword(call, "right"), *plain][:2]
            how = how or plain[2:3]
        else:
            sides = [*([call.receiver] if call.receiver is not None else []), *keyword(call, "right"), *plain][:2]
            how = how or plain[1:2]
        if len(sides) != 2 or not all(each.kind == "const" and each.data == "inner" for each in how):
            return False
        one, other = (self._sources(side, sources) for side in sides)
        return bool(one and other) and one.isdisjoint(other)

    def _sources(self, side: Value, sources: Content) -> Content:
        """Which sources a table is made of."""
        return frozenset(
            visit.value for visit in self.flow.walk(side, self.flow.back, limit=SIDE_LIMIT) if visit.value in sources
        )

    def _is_read(self, table: Value) -> bool:
        """Whether a table is as it was read, but for rows and columns that were left out."""
        first = list(_versions(table))[-1]
        return first.kind == "call" and "reads" in self.flow.roles(first)


def _place(item: Value) -> int | None:
    """The place that a subscript names. What an unpacking takes has no key of its own."""
    key = item.one("key")
    number = number_written(key) if key is not None else None
    return number if isinstance(number, int) else None


def _row(item: Value, content: Content) -> Value | None:
    """The line that a field is taken of: text that is split, or what a reader of lines gives."""
    row = bare(item.source)
    if _is_split(row):
        if (row not in content and row.receiver not in content) or _gives(row.arguments[:1], *_NO_FIELDS):
            return None
        return _line(row)
    rows = _met_in(row)
    return row if rows is not None and rows in content and _has_no_names(rows) else None


def _line(row: Value) -> Value:
    """What is split into fields, whichever blanks were cut off its ends."""
    text = bare(row)
    while text.kind == "call" and (_is_split(text) or last_name(text) in _SAME_LINE) and text.receiver is not None:
        text = bare(text.receiver)
    return text


def _counted(test: Value) -> Value | None:
    """The line whose fields a test counts: `len(fields) != 4`."""
    counts = (side for side in test.every("operand") if side.calls_external("len") and side.arguments)
    return next((_line(side.arguments[0]) for side in counts), None)


def _is_split(value: Value) -> bool:
    return value.kind == "call" and last_name(value) in _SPLITS and value.receiver is not None


def _has_no_names(rows: Value) -> bool:
    """Whether the fields of rows have places alone: `csv.reader(file)`, `table.values`, a list in JSON."""
    if rows.kind == "attr":
        return rows.name == "values"
    while rows.kind == "item":
        rows = bare(rows.source)
    return rows.calls_external(*_ROWS) or rows.calls_method("json", "to_numpy")


def _met_in(row: Value) -> Value | None:
    """What a loop meets a row in, whether it counts along or not."""
    counts = row.kind == "item" and row.key == 1
    met = bare(row.source) if counts else row
    lines = bare(met.source) if met.kind == "element" else None
    if not counts or lines is None:
        return lines
    return bare(lines.arguments[0]) if lines.calls_external("enumerate") and lines.arguments else None


def _versions(table: Value) -> Iterator[Value]:
    """A table, and those that it was cut out of, back to the first."""
    while True:
        table = root(table)
        yield table
        if (table.kind == "attr" and table.name in _VIEWS) or table.kind == "item":
            table = table.source
        elif table.kind == "call" and last_name(table) in _VIEWS and table.receiver is not None:
            table = table.receiver
        else:
            return


def _is_chosen(table: Value) -> bool:
    """Whether the columns of a table are those of a list of names: `rows[["age", "clicked"]]`."""
    keys = (each.one("key") for each in _versions(table) if each.kind == "item")
    return any(key is not None and (key.kind in _LISTS or _is_written_out(key)) for key in keys)


def _takes_columns(item: Value, content: Content) -> bool:
    """Whether a part of the columns is taken by numbers: `rows.iloc[:, 1:]`."""
    owner = bare(item.source)
    if owner.kind != "attr" or owner.name != "iloc" or bare(owner.source) not in content or _is_chosen(owner.source):
        return False
    key = item.one("key")
    parts = key.every("item") if key is not None and key.kind == "collection" and key.data == "tuple" else []
    return len(parts) == 2 and _are_numbers(parts[1])


def _are_numbers(key: Value) -> bool:
    """Whether a key is written out in numbers; a colon alone takes all, and so does one from the first on."""
    if key.kind == "template":
        parts = key.every("part")
        return any(map(_are_numbers, parts)) and not (len(parts) == 1 and parts[0].data == 0)
    if key.kind == "collection":
        return bool(key.inputs) and all(map(_are_numbers, key.every("item")))
    return isinstance(number_written(key), int)


def _is_written_out(names: Value | None) -> bool:
    """Whether names of columns stand there one by one."""
    return names is not None and names.kind == "collection" and names.data == "list" and not names.every("spread")


def _gives(given: list[Value], *told: object) -> bool:
    return any(source.kind == "const" and source.data in told for source in given)

"""First rows: a literal number of rows from the start of what was read, and the training that gets them."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple

from mldebt.facts import record as r
from mldebt.flow.body import Body
from mldebt.flow.calls.words import keyword, last_name
from mldebt.flow.files.paths import Paths, gives_text
from mldebt.flow.files.query_texts import QueryTexts
from mldebt.flow.rows.choices import PREPARED, TRAINED, WRITTEN
from mldebt.flow.rows.parts_taken import PART, bounds
from mldebt.flow.rows.unpacking import Unpacking
from mldebt.flow.scopes.names import blocks, followed
from mldebt.flow.seeding.seeds import Seeds
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow, Stack, Step
from mldebt.regex import regex

SOURCE_LIMIT = 120
USE_LIMIT = 800
TEST_DEPTH = 5
HEADING = 100
"""So many lines may stand above the rows of a file."""
_JOINED = frozenset({"phi", "choice", "global"})
_TAKING = frozenset("head take limit".split())
_REORDERS = frozenset({"shuffles", "sorts", "ranks", "groups", "loses"})
_STOPS = frozenset({"samples", "sorts", "ranks", "shuffles", "groups", "counts", "measures", "predicts", "splits"})
_REORDERING = frozenset(
    """shuffle sample sort sorted sort_values sort_index orderBy order_by nlargest nsmallest random_shuffle permutation
    value_counts most_common groupby train_test_split""".split()
)
_METRICS = ("sklearn.metrics.", "torchmetrics.", "evaluate.", "recommenders.", "ragas.", "sklearn.model_selection.")
_LIMIT = r"\b(?:limit|top)\b(?:\s|\(|--[^\n]*\n|/\*.*?\*/)*"
_SPLIT_PREFIX = regex(r"^\w+\[:(\d+%?)\]$")
_ROW_READS = frozenset("readlines load loads listdir glob fetchall open reader DictReader".split())
_OF_ALL_ROWS = frozenset({"columns", "dtypes", "schema", "collect_schema", "feature_names"})
_WHOLE_TEXTS = ("read", "read_text", "read_bytes")
"""What gives a file as one text, of which a part is no row."""
_WRITES = frozenset({"saves", "stores"})
_SAID = regex(
    r"(^|[/_.-])(samples?|subsets?|small|mini|tiny|toy|demo|debug|head|preview|examples?|first|top)(\d+|[/_.-]|$)", re.I
)
"""What says that not all rows are there."""
_ANSWERS = regex(r"(pred(iction)?|score|prob(a|ability)?|rank)s?\Z|(^|_)pred(icted|ictions?)?(_|\Z)", re.IGNORECASE)
"""What columns are called that hold what a model said."""
_FRAMES = frozenset({"frame", "dataset", "array", "loader"})


class Prefix(NamedTuple):
    """The first `rows` rows: where they are taken, where the data was read, where they are used, and for what."""

    taken: Value
    rows: str
    read: Value
    end: Value
    use: str


class Prefixes:
    """Finds them, one body at a time."""

    def __init__(self, flow: Flow, seeds: Seeds, min_rows: int) -> None:
        self.flow = flow
        self.steps = Unpacking(flow)
        self.seeds = seeds
        self.texts = flow.shared(QueryTexts)
        self.paths = flow.shared(Paths)
        self.min_rows = min_rows
        self._limits = re.compile(rf"{_LIMIT}\d(?:_?\d){{{len(str(min_rows)) - 1},}}", re.IGNORECASE | re.DOTALL)

    def of(self, body: Body) -> Iterator[Prefix]:
        """The first rows that a body takes, unless it is told to by a flag, or uses the other rows too."""
        decided = _Decided(body)
        for value in body.nodes:
            if value.kind not in ("slice", "call"):
                continue
            rows, source = self._by_call(value) if value.kind == "call" else self._by_slice(value)
            if not rows or decided.holds(value) or _is_one_way(value):
                continue
            read = value if source is None else self._read(source)
            if read is None or (source is not None and self._uses_rest(source, value)):
                continue
            found = self._use(value)
            if found is not None:
                yield Prefix(value, rows, read, *found)

    # ------------------------------------------------------------------ what takes first rows

    def _by_slice(self, value: Value) -> tuple[str, Value | None]:
        """How many rows a slice takes, and of what."""
        lower, upper, step = bounds(value)
        if step is None and lower in (None, 0) and (size := self._number(upper, value)):
            return size, value.source
        return "", None

    def _by_call(self, call: Value) -> tuple[str, Value | None]:
        """The same of a call; a read that stops early has no other source than itself."""
        if "reads" in self.flow.roles(call):
            limits = [*keyword(call, "nrows"), *keyword(call, "n_rows")]
            if limits and not self._skips(call) and not _is_of_answers(call) and (size := self._literal(limits[0])):
                return size, None
            if size := self._limited(call):
                return size, None
            for source in keyword(call, "split"):
                cut = _SPLIT_PREFIX.match(str(source.data)) if source.kind == "const" else None
                if cut and not self._reads_rest(call.body, cut.group(1)):
                    return cut.group(1), None
        name, receiver, given = last_name(call), call.receiver, call.arguments
        if receiver is not None and name in _TAKING and len(given) == 1 and (size := self._literal(given[0])):
            return size, receiver
        if name == "islice" and len(given) == 2 and (size := self._literal(given[1])):
            return size, given[0]
        chosen = given[0] if name == "select" and len(given) == 1 else None
        ends = chosen.arguments if chosen is not None and last_name(chosen) == "range" else []
        if receiver is not None and len(ends) == 1 and (size := self._literal(ends[0])):
            return size, receiver
        return "", None

    def _skips(self, read: Value) -> bool:
        """Whether a read leaves out more than what may stand above the rows: then its rows are not the first."""
        return any(source.kind != "const" or not _is_heading(source.data) for source in keyword(read, "skiprows"))

    def _limited(self, call: Value) -> str:
        """How many rows a query takes that says no order: `SELECT … LIMIT 10000`."""
        for query in self.texts.queries(call) if self.texts.says(call, self._limits) else ():
            statement = query.statement
            if statement.verb == "select" and statement.first >= self.min_rows and not statement.order:
                return str(statement.first) if statement.reads else ""
        return ""

    def _reads_rest(self, body: Body, cut: str) -> bool:
        """Whether the rest of a split is read as well: `train[:5%]` to validate with, `train[5%:]` to train on."""
        rest = f"[{cut}:"
        return any(v.kind == "const" and isinstance(v.data, str) and rest in v.data for v in body.values.values())

    def _number(self, bound: object, value: Value) -> str:
        if isinstance(bound, int) and not isinstance(bound, bool):
            return str(bound) if bound >= self.min_rows else ""
        bounds = value.every("bound")
        return self._literal(bounds[-1]) if bound == "?" and len(bounds) == 1 else ""

    def _literal(self, value: Value) -> str:
        """A number of rows that the code itself sets; "" for one that comes from an option, that a test
        decides about, or that is small."""
        found = self.seeds.origins(value)
        numbers = [origin.data for origin in found if origin.kind == "const"]
        if len(set(numbers)) > 1 and self._is_decided(value):
            return ""
        if not numbers or len(numbers) < len(found) or not all(isinstance(number, int) for number in numbers):
            return ""
        first = numbers[0]
        return str(first) if isinstance(first, int) and not isinstance(first, bool) and first >= self.min_rows else ""

    def _is_decided(self, value: Value) -> bool:
        """Whether a test decides between the values that a variable may have: `if debug: size = 1000`."""
        visits = self.flow.walk(value, self.seeds.origin, limit=SOURCE_LIMIT)
        return any(
            visit.value.kind in _JOINED and len(self.seeds.origin(visit.value, visit.stack)) > 1 for visit in visits
        )

    # ------------------------------------------------------------------ where the rows come from and go

    def _read(self, source: Value) -> Value | None:
        """The read that a whole, unshuffled dataset came from."""
        for visit in self.flow.walk(source, self._whole_back, limit=SOURCE_LIMIT):
            value = visit.value
            if value.kind != "call":
                continue
            if last_name(value) in _REORDERING:
                return None
            api = self.flow.api(value)
            if api is None:
                continue
            if api.order in _REORDERS or api.roles & _STOPS:
                return None
            if api.roles & {"reads", "lists"} and self._is_rows(value):
                return value
        return None

    def _is_rows(self, read: Value) -> bool:
        api = self.flow.api(read)
        record = self.flow.catalogue.type(api.returns) if api is not None and api.returns else None
        return (record is not None and record.kind in _FRAMES) or last_name(read) in _ROW_READS

    def _whole_back(self, value: Value, stack: Stack) -> list[Step]:
        """The same dataset, further back: no single row or column of it."""
        if value.kind == "call":
            return self._whole_before(value, stack)
        if value.kind == "attr" and value.data in ("iloc", "loc", "values", "index"):
            return [Step("object", value.source, stack)]
        if value.kind == "comprehension" and value.data in ("list", "generator"):
            return [Step("iterable", source, stack) for source in value.every("iterable")[-1:]]
        if value.kind in ("store", "mutate"):
            filled = value.loops[-1:] if value.kind == "mutate" and value.data == "append" else ()
            return [Step("base", source, stack) for source in (*value.every("base"), *filled)]
        if value.kind in ("phi", "same", "choice", "passed", "param", "global", "free", "return", "attr"):
            steps = self.flow.back(value, stack)
            return [step for step in steps if step.label not in ("test", "changed", "object")]
        if value.kind == "item" and (isinstance(value.data, str) or _filters(value)):
            return [Step("object", value.source, stack)]
        return []

    def _whole_before(self, call: Value, stack: Stack) -> list[Step]:
        """What a call is given, or gives back; a file that is read as one text has no rows."""
        if call.calls_method(*_WHOLE_TEXTS):
            return []
        own = [target for target in self.flow.targets(call) if target.kind == "func"]
        if steps := [step for target in own for step in self.flow.enter_return(call, target, stack)]:
            return steps
        if call.receiver is not None:
            return [Step("receiver", call.receiver, stack)]
        return [Step("arg", source, stack) for source in call.arguments[:1]]

    def _uses_rest(self, source: Value, taken: Value) -> bool:
        """Whether the rows after the first are used as well: a cut in time, or a file worked off in parts."""
        for _, user in _attributes(source):
            if user is not taken and user.kind == "slice" and bounds(user)[0] is not None:
                return True
            if user.kind == "attr" and user.data in ("tail", "skip", "drop"):
                return True
        return False

    def _use(self, value: Value) -> tuple[Value, str] | None:
        """What learns from the rows or judges by them; else what only prepares them."""
        prepared: tuple[Value, str] | None = None
        for visit in self.flow.walk(value, self._forth, limit=USE_LIMIT):
            call = visit.value
            if call.kind != "call" or call is value:
                continue
            api = self.flow.api(call)
            if api is None or call.body.module.category != "product":
                continue
            if "fits" in api.roles and "features" not in api.roles:
                return call, TRAINED
            if "measures" in api.roles and api.name.startswith(_METRICS):
                return call, "evaluated on"
            if "fits" in api.roles:
                prepared = prepared or (call, PREPARED)
            elif api.roles & _WRITES and self._is_part(call):
                prepared = prepared or (call, WRITTEN)
        return prepared

    def _is_part(self, write: Value) -> bool:
        """Whether a write leaves behind what a model is trained or judged on, as its path says; a sample says so,
        too."""
        path = self.paths.path(write)
        texts = self.paths.texts(path) if path is not None and not gives_text(write) else ()
        return any(map(PART.search, texts)) and not any(map(_SAID.search, texts))

    def _forth(self, value: Value, stack: Stack) -> list[Step]:
        """What is made of rows; the names and types of their columns are the same for all."""
        return [
            step
            for step in self.steps.forth(value, stack)
            if not (step.value.kind == "attr" and step.value.data in _OF_ALL_ROWS)
        ]


def _attributes(source: Value) -> Iterator[tuple[str, Value]]:
    """The uses of a value, those of its indexers among them."""
    for label, user in source.uses:
        yield label, user
        if user.kind == "attr" and user.data in ("iloc", "loc", "values"):
            yield from user.uses


def _filters(item: Value) -> bool:
    """Whether rows are taken by a test of the same rows: `rows[rows.age > 17]`, in the order in which they stand."""
    tests = item.every("key")
    for _ in range(TEST_DEPTH):
        if any(each is item.source for each in tests):
            return True
        tests = [source for each in tests for _, source in each.inputs]
    return False


def _is_one_way(value: Value) -> bool:
    """Whether a value is one of two that something decides between: `few if debug else all`."""
    return any(label == "value" and user.kind == "choice" for label, user in value.uses)


def _is_heading(rows: object) -> bool:
    return rows is None or (isinstance(rows, int) and rows < HEADING)


class _Decided:
    """The branches of a body that something decides about; `if __name__ == "__main__"` decides nothing."""

    def __init__(self, body: Body) -> None:
        self._body = body

    @cached_property
    def _spans(self) -> list[tuple[int, int]]:
        """Where they stand, in order; none is in another."""
        body, found = self._body, []
        waiting = [(body.scope.body, body.scope.end)]
        while waiting:
            for statement, after in followed(*waiting.pop()):
                if isinstance(statement, r.Match) or (isinstance(statement, r.If) and not _is_guard(body, statement)):
                    found.append((statement.at, after))
                else:
                    waiting += blocks(statement, after)
        return sorted(found)

    def holds(self, value: Value) -> bool:
        """Whether a value stands in one of them."""
        before = bisect(self._spans, value.at, key=itemgetter(0))
        return before > 0 and value.at < self._spans[before - 1][1]


def _is_guard(body: Body, statement: r.If) -> bool:
    test = body.values.get(statement.test)
    return test is not None and any(source.data == "__name__" for source in test.every("operand"))


def _is_of_answers(read: Value) -> bool:
    """Whether a read takes what a model said of each row: its first rows may well be those that it ranked first."""
    asked = [item for word in ("usecols", "columns") for source in keyword(read, word) for item in source.every("item")]
    return any(isinstance(each.data, str) and _ANSWERS.search(each.data) for each in asked if each.kind == "const")

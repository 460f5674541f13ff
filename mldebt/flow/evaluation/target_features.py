"""Features that are computed from the target: columns that know the answer of the row they stand in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

import msgspec

from mldebt.flow.calls.words import keyword, last_name
from mldebt.flow.files.writers import Writers
from mldebt.flow.rows.splits import Splits
from mldebt.flow.rows.unpacking import Unpacking
from mldebt.flow.rows.variables import plain
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow, Stack, Step, Visit
from mldebt.regex import regex

BACK_LIMIT = 300
VERSION_LIMIT = 60
NAME_LIMIT = 40
_FITTING = frozenset({"fit", "fit_transform"})
_ANSWERS = regex(r"^(y|ys|target|targets|label|labels|y_\w+)$", re.IGNORECASE)
_TABLES = frozenset({"call", "param", "global", "free", "attr", "store", "passed", "phi"})
_NAMED = frozenset({"global", "attr", "item", "param", "free", "phi", "same", "passed"})
_JOINS = frozenset({"merge", "join"})
_SUMMARIES = frozenset({"mean", "sum", "median"})
_SAME_COLUMNS = frozenset("reset_index to_frame fillna astype round copy".split())
_ALIGNED = frozenset("shift diff pct_change rolling expanding ewm cumsum cumcount".split())


class TargetFeature(msgspec.Struct, frozen=True):
    """A column computed from the target and kept among the features: its store, its name, the target, the split."""

    store: Value
    column: str
    target: str
    split: Value


class TargetFeatures:
    """Finds them at the split of features and target, or where a model is fitted on a part of the rows."""

    def __init__(
        self,
        flow: Flow,
        splits: Splits,
        told: Callable[[Value], str | None],
        named: Callable[[Value], Iterable[str]],
    ) -> None:
        self.flow = flow
        self.splits = splits
        self.steps = Unpacking(flow)
        self.writers = flow.shared(Writers)
        self._told = told
        """What a configuration says that a value is."""
        self._named = named
        """What a path may be, by the default of the option that it is."""

    def at(self, call: Value) -> TargetFeature | None:
        """The feature that a split's features hold of its target."""
        if len(call.inputs) == 2:  # the function, and one argument
            return self._parted_from(call)
        is_fit = last_name(call) == "fit" and call.receiver is not None
        if len(call.inputs) < 3 or not (is_fit or last_name(call) == "train_test_split"):
            return None
        if not is_fit and not self.splits.is_split(call):
            return None
        features, answers = call.arguments[:2]
        target = self._column(answers)
        kept, dropped = self._columns(features)
        if not target or (kept is None and target not in dropped):
            return None
        return self._held(features, target, None if is_fit else call)

    def _parted_from(self, fit: Value) -> TargetFeature | None:
        """The same of a transformer's features, where the code beside says what their target is: `X =
        rows.drop(columns=["price"])`, `y = rows["price"]`."""
        if last_name(fit) not in _FITTING or fit.receiver is None:
            return None
        features = plain(fit.arguments[0])
        table = features.receiver if features.calls_method("drop") else None
        reads = (user for label, user in table.uses if label == "object" and user.kind == "item") if table else ()
        answers = {self._column(read) for read in reads if any(map(_ANSWERS.search, _names_over(read)))}
        targets = answers & self._columns(features)[1]
        return self._held(features, targets.pop(), features) if len(targets) == 1 else None

    def _held(self, features: Value, target: str, parted: Value | None) -> TargetFeature | None:
        """The feature made from a target that features hold; on the way from a split, where none is named."""
        kept, dropped = self._columns(features)
        for visit in self.flow.walk(features, self._back, limit=BACK_LIMIT):
            split = self._split_on(visit) if parted is None else parted
            if split is None:
                continue
            for column, value in _columns_put(visit.value):
                if column == target or column in dropped or (kept is not None and column not in kept):
                    continue
                if self._made_from(value, target, visit.value) and not self._is_left_out(column, visit):
                    return TargetFeature(visit.value, column, target, split)
        return None

    def _back(self, value: Value, stack: Stack) -> list[Step]:
        """The steps back, from what is read to what the repository itself wrote there."""
        if value.kind == "call" and "reads" in self.flow.roles(value):
            writes = self.writers.of(value) or list(self._by_default(value))
            written = [source for write in writes for source in self.writers.content(write)]
            if written:
                return [Step("file", source, ()) for source in written]
        return self.steps.back(value, stack)

    def _by_default(self, read: Value) -> Iterator[Value]:
        """The writes to what a read is for where nobody gives an option: both sides say the same by default."""
        path = self.writers.files.paths.path(read)
        names = {name for name in self._named(path) if "{" not in name and "/" in name} if path is not None else set()
        for write, other in self.writers.writes if names else ():
            if self.flow.program.roots.together(write.body.module, read.body.module):
                yield from [write] if names.intersection(self._named(other)) else []

    def _is_left_out(self, column: str, visit: Visit) -> bool:
        """Whether a column is dropped, or not picked, on the way from where it was put."""
        for kept, dropped in (self._columns(each.value) for each in visit.path()[1:-1]):
            if column in dropped or (kept and column not in kept):
                return True
        return False

    def _split_on(self, visit: Visit) -> Value | None:
        """The split on the way to a visit."""
        calls = (each.value for each in visit.path() if each.value.kind == "call")
        return next((call for call in calls if self.splits.is_split(call)), None)

    def _column(self, value: Value) -> str:
        """The column of a table that a value is."""
        value = plain(value)
        if value.kind == "call" and value.receiver is not None and last_name(value) in ("astype", "values", "to_numpy"):
            value = value.receiver
        if value.kind == "attr" and value.data == "values":
            value = value.source
        if value.kind == "attr":
            return value.name
        if value.kind != "item":
            return ""
        key = value.one("key")
        return value.key if isinstance(value.key, str) else next(iter(self._texts(key) if key is not None else ()), "")

    def _columns(self, value: Value) -> tuple[frozenset[str] | None, frozenset[str]]:
        """The columns that are picked from a table, when they are written down, and those that are dropped."""
        value = plain(value)
        if value.kind == "item":
            key = value.one("key")
            return (frozenset(self._texts(key)) if key is not None else frozenset()), frozenset()
        if value.kind == "call" and last_name(value) == "drop":
            given = [*keyword(value, "columns"), *keyword(value, "labels"), *keyword(value, "")[:1]]
            return None, frozenset(text for source in given for text in self._texts(source))
        return None, frozenset()

    def _texts(self, value: Value) -> list[str]:
        """The texts that a value is or holds: written out, or the only ones that a constant or a setting gives."""
        if value.kind == "const":
            return written_texts(value)
        if value.kind == "collection":
            return [text for item in value.every("item") for text in self._texts(item)]
        texts = self.splits.paths.texts(value) if value.kind in _NAMED else ()
        if len(texts) == 1 and "{" not in texts[0]:
            return list(texts)
        told = map(self._told, self._same(value)) if value.kind in _NAMED else ()
        return [text for text in told if text][:1]

    def _same(self, value: Value) -> list[Value]:
        visits = self.flow.walk(value, self.splits.paths.same_back, limit=NAME_LIMIT)
        return [visit.value for visit in visits]

    def _values(self, value: Value, stack: Stack) -> list[Step]:
        """What a value was made from; which rows were taken says nothing of what stands in them."""
        is_mask = value.kind == "item" and value.key is None
        return [step for step in self.steps.back(value, stack) if not (is_mask and step.label == "key")]

    def _made_from(self, value: Value, target: str, put: Value) -> bool:
        """Whether a column is computed from the target of the rows that it is put beside."""
        hit = False
        for visit in self.flow.walk(value, self._values, limit=BACK_LIMIT // 3):
            each = visit.value
            if each.kind == "call" and last_name(each) in _ALIGNED:
                return False  # of earlier rows
            if each.kind == "item" and each.key == target:
                hit = hit or self._are_same_rows(each.source, put.receiver if put.kind == "call" else put.source)
            if each.kind == "store" and visit.label != "":
                break
        return hit

    def _are_same_rows(self, one: Value, other: Value | None) -> bool:
        """Whether two tables have a version in common."""
        return other is not None and not self._versions(one).isdisjoint(self._versions(other))

    def _versions(self, table: Value) -> set[Value]:
        visits = self.flow.walk(table, self.steps.back, limit=VERSION_LIMIT)
        return {visit.value for visit in visits if visit.value.kind in _TABLES}


def _names_over(read: Value) -> list[str]:
    """What a column is called, or what one way of getting it is: `y = rows["price"] if known else None`."""
    users = [user for _, user in read.uses if user.kind in ("choice", "phi")]
    return [name for each in (read, *users) for name in each.body.names_of(each)]


def _columns_put(value: Value) -> list[tuple[str, Value]]:
    """The columns that a value puts into a table, by storing or by joining, with what they are made of."""
    if value.kind == "store" and isinstance(value.data, tuple) and isinstance(value.key, str):
        made = value.one("value")
        return [(value.key, made)] if made is not None else []
    if value.kind != "call" or last_name(value) not in _JOINS:
        return []
    tables = [*value.arguments[:2], *keyword(value, "right")]
    return [found for table in tables if (found := _summary(table)) is not None]


def _summary(table: Value) -> tuple[str, Value] | None:
    """The column of a summary by groups, by the name that it was given: `rows.groupby("shop")["sold"].mean()
    .rename("shop_rate").reset_index()`."""
    name, value = "", plain(table)
    while value.kind == "call" and value.receiver is not None:
        step = last_name(value)
        texts = [text for source in value.arguments for text in written_texts(source)]
        if step in _SUMMARIES or (step in ("agg", "transform") and texts == ["mean"]):
            return (name, value) if name and _is_of_groups(value.receiver) else None
        if step == "rename" or (step == "reset_index" and "name" in value.keywords):
            name = _new_name(value)
        elif step not in _SAME_COLUMNS:
            return None
        value = plain(value.receiver)
    return None


def _new_name(call: Value) -> str:
    """The name that a column gets: `rename("rate")`, `rename(columns={"sold": "rate"})`, `reset_index(name="rate")`."""
    for source in map(plain, call.arguments):
        texts = source.every("item") if source.kind == "dict" else [source]
        if len(texts) == 1 and texts[0].kind == "const" and isinstance(texts[0].data, str):
            return texts[0].data
    return ""


def _is_of_groups(value: Value) -> bool:
    value = plain(value)
    while value.kind in ("item", "attr"):
        value = plain(value.source)
    return value.kind == "call" and last_name(value) == "groupby"


def written_texts(value: Value) -> list[str]:
    """A text that is written out, or those of a list."""
    if value.kind == "const":
        return [value.data] if isinstance(value.data, str) else []
    return [item.data for item in value.every("item") if item.kind == "const" and isinstance(item.data, str)]

"""Names of columns: what a list of them holds, wherever it is written down, and what a step takes out of a table."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.calls.words import last_name
from mldebt.flow.sameness import Sameness
from mldebt.flow.steps import Stack, Step
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.configuration.configured import Configured

WALK_LIMIT = 60
TEXT_LIMIT = 80
VIEWS = frozenset({"loc", "iloc"})
_SELECTS = frozenset({"filter", "select", "reindex", "get", "select_columns"})
_KEYWORDS = frozenset({"usecols", "inputCols", "input_cols", "feature_names", "select_columns"})
"""Arguments that name the columns which a step takes, whatever it is called."""
_ASSEMBLED = frozenset({"DataFrame", "read_parquet", "read_feather", "read_sql_table", "read_table"})
_HEADLESS = frozenset({"read_csv", "read_table", "read_fwf"})
_TABULATES = frozenset({"DataFrame", "from_records", "from_dict"})
_HASHES = ("DictVectorizer", "FeatureHasher")
_LISTS = ("list", "tuple", "set")


class Columns:
    """Questions about columns that code, or a file that it reads, names."""

    def __init__(self, flow: Flow, configured: Configured) -> None:
        self.flow = flow
        self.configured = configured
        self._same = flow.shared(Sameness).back

    def listed(self, value: Value) -> list[str]:
        """The texts of a list that is written down: in place, under a name, in parts that are put together, in a file
        that is read."""
        found: dict[str, None] = {}
        without: set[str] = set()
        for visit in self.flow.walk(value, self._parts, limit=WALK_LIMIT):
            each = visit.value
            if each.kind == "collection" and each.data in _LISTS:
                found.update((str(item.data), None) for item in each.every("item") if is_text(item))
            elif each.kind == "comprehension":
                without.update(self._excluded(each))
            for name, _, setting in self.configured.below(each) if each.kind in ("item", "attr", "call") else ():
                if name.isdigit():
                    found[setting.value] = None
        return [name for name in found if name not in without]

    def named(self, value: Value) -> list[str]:
        """The texts of such a list, or the one text that a value is."""
        return self.listed(value) or self.one(value)

    def one(self, value: Value) -> list[str]:
        """The text that a value is, where it can be one only."""
        found: dict[str, None] = {}
        for visit in self.flow.walk(value, self._parts, limit=WALK_LIMIT):
            if is_text(visit.value):
                found[str(visit.value.data)] = None
            elif visit.value.kind in ("item", "attr", "call") and (text := self.configured.text(visit.value)):
                found[text] = None
        return list(found) if len(found) == 1 else []

    def taken(self, step: Value) -> list[str]:
        """The columns that a step takes out of a table, by their names, where it takes several:
        `rows[COLUMNS]`, `rows.loc[:, COLUMNS]`, `rows.filter(COLUMNS)`, `read_csv(path, usecols=COLUMNS)`."""
        if step.kind == "item":
            key = self._key(step)
            return self.listed(key) if key is not None and not isinstance(step.key, str | int) else []
        if step.kind != "call":
            return []
        keywords = _KEYWORDS | {"columns"} if last_name(step) in _ASSEMBLED else _KEYWORDS
        keywords = keywords | {"names"} if last_name(step) in _HEADLESS else keywords
        for keyword, source in step.named_arguments:
            if keyword in keywords or (keyword in ("items", "columns", "") and self._selects(step)):
                return self.listed(source)
        return []

    def target(self, step: Value) -> list[str]:
        """The one column that a step takes: `rows["churned"]`, `rows.loc[:, TARGET]`, `rows.pop(TARGET)`."""
        if step.kind == "item":
            if isinstance(step.key, str):
                return [step.key]
            key = self._key(step) if not isinstance(step.key, int) else None
            return self._single(key) if key is not None else []
        if step.calls_method("pop", "get_column") and step.arguments:
            return self._single(step.arguments[0])
        return []

    def dropped(self, call: Value) -> list[str]:
        """The columns that a step leaves out of a table: `rows.drop(columns=[…])`, `rows.drop([…], axis=1)`,
        `rows.pop(…)`, `rows[[name for name in rows.columns if name not in […]]]`."""
        if call.kind == "item":
            key = self._key(call)
            return self._all_but(key) if key is not None and not isinstance(call.key, str | int) else []
        if call.calls_method("pop"):
            return self.named(call.arguments[0]) if call.arguments else []
        if not call.calls_method("drop"):
            return []
        given = dict(call.named_arguments)
        if "columns" in given:
            return self.named(given["columns"])
        along = next((source.data for keyword, source in call.named_arguments if keyword == "axis"), None)
        along = call.arguments[1].data if along is None and call.keywords[:2] == ("", "") else along
        return self.named(call.arguments[0]) if along in (1, "columns") and call.arguments else []

    def of_row(self, value: Value, user: Value) -> list[str]:
        """The fields of one row that are put side by side: `[row.age, float(row["income"])]`, or the keys of a dict of
        which the call that is given it makes a table or a vector."""
        if value.kind == "dict" and self._tabulates(user):
            return [key for key in value.keys if isinstance(key, str)]
        if value.kind != "collection" or value.data not in _LISTS or len(value.every("item")) < 2:
            return []
        fields = [self._field(item) for item in value.every("item")]
        rows = {id(field[1]) for field in fields if field is not None}
        return [field[0] for field in fields if field is not None] if len(rows) == 1 and None not in fields else []

    # ------------------------------------------------------------------ small questions

    def _tabulates(self, call: Value) -> bool:
        """Whether a call makes a table, or vectors, of dicts."""
        receiver = call.receiver if call.kind == "call" else None
        if receiver is None or last_name(call) in _TABULATES:
            return last_name(call) in _TABULATES
        return any(str(each.name).endswith(_HASHES) for each in self.flow.types(receiver))

    def _field(self, value: Value) -> tuple[str, Value] | None:
        """The name of a field of what a loop or a function meets, and whose it is."""
        if value.kind == "call" and value.function.kind == "external" and len(value.arguments) == 1:
            value = value.arguments[0]  # a cast
        if value.kind not in ("attr", "item") or not isinstance(value.data, str):
            return None
        row = value.source
        while row.kind in ("item", "passed", "same") and not isinstance(row.data, str):
            row = row.source
        return (value.data, row) if row.kind in ("element", "param") else None

    def _single(self, key: Value) -> list[str]:
        """The one name that a key is; of a list, where it holds one."""
        found = self.named(key)
        return found if len(found) == 1 else []

    def _selects(self, call: Value) -> bool:
        return call.calls_method(*_SELECTS)

    def in_place(self, table: Value, before: int) -> Iterator[Value]:
        """The calls that leave columns out of a table as it is, before a place in the code:
        `rows.drop(columns=[…], inplace=True)`."""
        for label, method in table.uses:
            if label != "object" or method.kind != "attr" or method.name != "drop":
                continue
            for part, call in method.uses:
                given = dict(call.named_arguments) if part == "function" and call.kind == "call" else {}
                if call.at < before and "inplace" in given and given["inplace"].data is True:
                    yield call

    def _all_but(self, key: Value) -> list[str]:
        """The columns that are left out where all others are taken."""
        for visit in self.flow.walk(key, self._same, limit=WALK_LIMIT):
            names = visit.value
            if names.kind == "comprehension" and any(map(_is_of_table, names.every("iterable"))):
                return self._excluded(names)
            if names.calls_method("difference", "drop") and names.arguments and _is_of_table(names.function.source):
                return self.named(names.arguments[0])
        return []

    def _excluded(self, names: Value) -> list[str]:
        """What a condition keeps out of a list: `name not in […]`, `name != "id"`."""
        found: list[str] = []
        for condition in names.every("condition"):
            waiting = [condition]
            while waiting:
                test = waiting.pop()
                operands = test.every("operand")
                if test.kind == "operation" and test.data == "and":
                    waiting.extend(operands)
                elif test.kind == "compare" and test.data in (("not in",), ("!=",)) and operands[0].kind == "element":
                    found += self.named(operands[1])
        return found

    def _key(self, item: Value) -> Value | None:
        """What is between the brackets; of `loc`, what stands for the columns."""
        key = item.one("key")
        owner = item.source
        if key is None or owner.kind != "attr" or owner.name not in VIEWS:
            return key
        parts = key.every("item") if key.kind == "collection" and key.data == "tuple" else []
        return parts[1] if len(parts) == 2 else None

    def _parts(self, value: Value, stack: Stack) -> list[Step]:
        """The same list further back, and what it is put together of."""
        if value.kind == "operation" and value.data == "+":
            return [Step("part", source, stack) for source in value.every("operand")]
        if value.kind == "collection":
            return [Step("part", source, stack) for source in value.every("spread")]
        if value.calls_external("list", "tuple", "sorted") and len(value.arguments) == 1:
            return [Step("part", value.arguments[0], stack)]
        if value.kind == "comprehension":
            plain = all(each.kind == "element" for each in value.every("element"))
            return [Step("part", source, stack) for source in value.every("iterable")] if plain else []
        if value.kind == "attr" and (stored := list(self._of_class(value))):
            return [Step("field", each, ()) for each in stored]
        return self._same(value, stack)

    def _of_class(self, attribute: Value) -> Iterator[Value]:
        """What a class holds under a name: `Config.FEATURES`."""
        for target in self.flow.callees(attribute.source):
            if target.kind == "class" and not target.guessed:
                yield from self.flow.stored(target.key, attribute.name)


def _is_of_table(value: Value) -> bool:
    """Whether a value is the names of all columns of a table."""
    if value.calls_external("list", "sorted", "set") and len(value.arguments) == 1:
        value = value.arguments[0]
    if value.calls_method("tolist", "to_list"):
        value = value.function.source
    return value.kind == "attr" and value.name == "columns"


def is_text(value: Value) -> bool:
    """Whether a value may be a name: a text, neither empty nor long."""
    return value.kind == "const" and isinstance(value.data, str) and 0 < len(value.data) <= TEXT_LIMIT

"""Hand-written steps on content: parsing, extracting, cleaning, joining, regrouping in the repository's own code."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.rows.answers import names_answers
from mldebt.flow.rows.separating import is_drawn, separates
from mldebt.flow.rows.summed import is_summed_up
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow, Visit
from mldebt.regex import regex
from mldebt.rulebook import Api

STEP_ROLES = {"parses": "parsed", "cleans": "cleaned", "joins": "joined", "groups": "regrouped"}
CONTENT_TYPES = (
    "str",
    "bytes",
    "pandas.DataFrame",
    "pandas.Series",
    "pandas.core.strings.StringMethods",
    "polars.DataFrame",
    "numpy.ndarray",
)
FORMATS = frozenset(
    """json.load json.loads simplejson.load ujson.load orjson.loads pickle.load pickle.loads csv.reader csv.DictReader
    requests.Response.json httpx.Response.json numpy.load""".split()
)
CASTS = frozenset("int float bool complex eval ast.literal_eval numpy.array numpy.asarray".split())
EVALUATING = frozenset("eval ast.literal_eval".split())
DERIVED_DEPTH = 8
VERSIONS = 20
WORDS_OF_SENTENCE = 4
"""Written around content, that tell a sentence from a mere row of fields."""
_ASKED = frozenset({"fits", "tunes", "predicts", "ranks", "measures", "embeds"})
_ASKED_ABOUT = frozenset({"predicts", "ranks"})
_PREDICTS = regex(r"_?predict(_|\Z)")
ASKED_DEPTH = 3
_OF_ANSWERS = frozenset({"measures", "predicts"})
_NO_TAKING_APART = frozenset({"reads", "parses", "cleans", "joins", "groups", "wraps"})  # a read, or its own step
NO_STEPS = frozenset(
    """copy values items keys tolist to_list read readline readlines close head tail
    astype to_numpy to_numeric convert_dtypes infer_objects decode encode int float bool complex array asarray tensor
    as_tensor str round""".split()
)
"""What changes neither rows nor values: copies, views, other types for the same content."""
STACKING = frozenset(
    """concat concatenate append stack hstack vstack dstack row_stack column_stack cat block ConcatDataset ChainDataset
    concatenate_datasets""".split()
)
"""Functions that put like things one after the other: many files, or the splits of one."""
FILTERS = frozenset({"drop_duplicates", "query"})
"""Methods that leave rows out, whichever they are asked for."""
ADDING = frozenset({"with_columns", "with_column", "withColumn", "assign"})
"""Methods that give a table more columns."""
TABLES = frozenset({"pandas", "polars", "dask", "pyspark"})
_MOVING = ("to", "cuda", "cpu", "detach", "contiguous", "float", "long", "half", "double", "clone")
"""Where the numbers of a batch lie, and in which type."""
_LINE_ENDS = ("strip", "rstrip")
_COLUMNS = (1, "columns")
_MASKS = ("&", "|", "~", "^")
_TALLIES = frozenset({"dict", "list", "collections.defaultdict", "collections.Counter", "collections.OrderedDict"})
_MANY = frozenset({"comprehension", "mutate", "phi", "passed"})


class Handwork:
    """Says what a visit of a content walk does to the content, if somebody wrote it by hand."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._by_method = dict.fromkeys(FILTERS, "cleaned")
        for (owner, method), api in flow.catalogue.methods.items():
            if owner in CONTENT_TYPES and method not in NO_STEPS:
                for role, text in STEP_ROLES.items():
                    if role in api.roles:
                        self._by_method.setdefault(method, text)

    def step(self, visit: Visit) -> str:
        """One of parsed, extracted, cleaned, joined, stacked, regrouped; "" where content stays as it is."""
        value = visit.value
        if visit.parent is None:
            return ""
        if value.kind == "call":
            return self._call(visit)
        if value.kind == "element":
            return "parsed" if self._by_lines(value.source) else ""
        if value.kind == "mutate" and value.data == "update" and value.loops:
            return "regrouped" if any(each.name == "collections.Counter" for each in self.flow.types(value)) else ""
        if value.kind == "store" and isinstance(value.data, tuple):
            return self._stored(visit)
        if value.kind == "comprehension":
            return self._collected(visit)
        if value.kind == "item" and visit.label == "object":
            masked = _is_mask(value.one("key")) and not is_summed_up(value)
            return "cleaned" if masked and not separates(self.flow, value) else ""
        return ""

    def _stored(self, visit: Visit) -> str:
        """Content put under a key: in a loop, another order of the records; a column of a table that is made of others.
        A record that is merely packed is no work."""
        store, given = visit.value, visit.value.one("value")
        base = _first(store.source)
        packs = base.kind == "dict" or base.calls_external("dict")
        if packs and _names_field(store):
            return ""
        if store.loops and visit.label == "value":
            return "" if given is not None and self._is_read(given) else "regrouped"  # a table a file: as the files are
        if packs or (visit.label != "key" and self._is_tally(base)) or _fills_places(store):
            return ""
        if given is None or self._is_cast(given) or _first(given).kind == "dict" or _is_outer(store, given):
            return ""
        if names_answers(store.key) or self._is_answer(given, ASKED_DEPTH) or is_drawn(self.flow, given):
            return ""
        if given.kind == "call" and self.flow.roles(given) & STEP_ROLES.keys():
            return ""  # a step of its own
        return "cleaned" if visit.label == "value" or self._is_made_of(given, base, DERIVED_DEPTH) else ""

    def _is_answer(self, value: Value, depth: int) -> bool:
        """Whether a value is what a model says, its numbers changed or not: the use, and no step before it."""
        if value.kind in ("item", "operation") and depth:
            return any(self._is_answer(source, depth - 1) for label, source in value.inputs if label != "key")
        if value.kind != "call":
            return False
        if self.flow.roles(value) & _ASKED_ABOUT or _PREDICTS.match(_called(value)):
            return True
        return bool(depth) and any(self._is_answer(each, depth - 1) for each in value.arguments)

    def _is_about_answers(self, call: Value) -> bool:
        """Whether a call works on the column of what a model said: `np.clip(rows["risk_hat"], 0, 1)`."""
        given = call.receiver or next(iter(call.arguments), None)
        if given is None:
            return False
        return (given.kind == "item" and names_answers(given.key)) or self._is_answer(given, 0)

    def _is_tally(self, base: Value) -> bool:
        """Whether something is counted or gathered by a key: no column of a table."""
        return bool(types := self.flow.types(base)) and all(each.name in _TALLIES for each in types)

    def _is_read(self, value: Value) -> bool:
        """Whether a value is what a read gives, as a whole."""
        while value.kind == "call" and "reads" not in self.flow.roles(value) and value.receiver is not None:
            value = value.receiver
        return value.kind == "call" and "reads" in self.flow.roles(value)

    def _is_cast(self, value: Value) -> bool:
        names = (
            {target.name.rpartition(".")[2] for target in self.flow.targets(value)} if value.kind == "call" else set()
        )
        return bool(names) and names <= NO_STEPS

    def _is_made_of(self, value: Value, base: Value, depth: int) -> bool:
        """Whether a column is made of other columns, not asked of a model."""
        if value is base:
            return True
        if not depth or (value.kind == "call" and self.flow.roles(value) & _ASKED):
            return False
        return any(self._is_made_of(source, base, depth - 1) for _, source in value.inputs)

    def _collected(self, visit: Visit) -> str:
        """What a comprehension makes. A dict from the content to running numbers is a vocabulary, one that a model is
        called with are its inputs."""
        if visit.value.data == "dict":
            if self._is_asked(visit.value):
                return ""
            element = visit.value.one("element")
            return "regrouped" if visit.label == "element" and element is not None and not _counts(element) else ""
        return "extracted" if self._takes_apart(visit) else ""

    def _is_asked(self, made: Value) -> bool:
        """Whether a model is asked about a value, and nothing else becomes of it: `session.run([output], feed)`."""
        uses = [(label, user) for label, user in made.uses if user.kind != "passed" or user.uses]
        asking = (
            user.kind == "call" and label == "arg" and "predicts" in self.flow.roles(user) for label, user in uses
        )
        return bool(uses) and all(asking)

    def _takes_apart(self, visit: Visit) -> bool:
        """Whether a comprehension makes something else of what it goes over than one field of each."""
        element = visit.value.one("element")
        if visit.label != "element" or element is None or element.kind in ("element", "const"):
            return False
        if element.kind == "item" and self._takes_rows(element, visit):
            return False
        if element.kind in ("item", "attr"):  # of records within records
            return all(each.kind in ("item", "attr") for each in visit.value.every("iterable"))
        if element.kind != "call":
            return True
        moves = element.calls_method(*_MOVING)
        return not (moves or self._only_wraps(element) or self.flow.roles(element) & _NO_TAKING_APART)

    def _takes_rows(self, element: Value, visit: Visit) -> bool:
        """Whether rows are taken at given places: of content, or at those that a split gives."""
        key = element.one("key")
        if key is None or key.kind != "element":
            return False
        of_content = visit.parent is not None and visit.parent.label == "object"
        return of_content or self._are_of_split(key.source)

    def _are_of_split(self, places: Value) -> bool:
        """Whether places are those that a split gives: `for train, test in enumerate(folds.split(rows))`."""
        while places.kind in ("item", "element", "phi", "passed") or places.calls_external("enumerate"):
            found = places.arguments if places.kind == "call" else [source for _, source in places.inputs]
            if not found:
                return False
            places = found[0]
        return places.kind == "call" and "splits" in self.flow.roles(places)

    def _of_one_split(self, call: Value) -> bool:
        """Whether what is put side by side are parts that a split has given, as features and target of one: they come
        together as they were, `pd.concat([X_train, y_train], axis=1)`."""
        given = [part for each in call.arguments[:1] for part in (each.every("item") or [each])]
        return len(given) > 1 and all(map(self._are_of_split, given))

    def _only_wraps(self, call: Value) -> bool:
        """Whether each record is made an object or another type, with all that it holds."""
        whole = all(source.kind == "element" for source in call.arguments)
        makes = any(target.kind == "class" for target in self.flow.targets(call))
        return whole and (makes or self._is_cast(call))

    def _call(self, visit: Visit) -> str:
        call = visit.value
        if self._reads_words(call) or _tells_members(call) or _is_told(visit) or self._is_about_answers(call):
            return ""
        for target in self.flow.targets(call):
            if target.kind in ("func", "class"):
                return ""
            if target.api is not None and not target.guessed:
                if target.name in EVALUATING:
                    return "parsed"
                if target.name == "map" and self.flow.callbacks(call):
                    return "extracted"
                if target.api.name in FORMATS or self._asked_in_turn(call, target.api):
                    return ""
                return self._by_roles(call, target.api)
        if call.function.kind == "attr" and visit.parent is not None and visit.parent.value is call.function:
            return self._by_method.get(call.function.name, "")
        return ""

    def _asked_in_turn(self, call: Value, api: Api) -> bool:
        """Whether rows are grouped to ask a model about one group after the other: the way of the evaluation."""
        if "groups" not in api.roles:
            return False
        if any(map(self._asks_in, (call, *_applied_to(call)))):
            return True
        return any(
            any(over is call or (over.kind == "call" and call in over.arguments) for over in other.loops)
            for other in call.body.calls
            if other.loops and "predicts" in self.flow.roles(other)
        )

    def _asks_in(self, call: Value) -> bool:
        """Whether a call applies a function that measures or asks a model: `groups.apply(lambda part: score(part))`."""
        inner = (each for key in self.flow.callbacks(call) for each in self.flow.body(*key).calls)
        return any(self.flow.roles(each) & _OF_ANSWERS for each in inner)

    def _by_roles(self, call: Value, api: Api) -> str:
        method, roles = api.name.rpartition(".")[2], api.roles
        if method in NO_STEPS or self._only_bounds(call, api):
            return ""
        if method in STACKING and not _beside(call):
            many = bool(call.arguments) and call.arguments[0].kind in _MANY
            return "stacked" if many and api.library in TABLES else ""
        if method in STACKING and self._of_one_split(call):
            return ""
        if method in ADDING and call.arguments and all(map(_is_literal, call.arguments)):
            return ""
        if method in FILTERS and "selects" in roles:
            return "" if method == "drop_duplicates" and "" in call.keywords else "cleaned"  # not the distinct users
        return next((text for role, text in STEP_ROLES.items() if role in roles), "")

    def _only_bounds(self, call: Value, api: Api) -> bool:
        """Whether the numbers of an array are kept within bounds, as those of a picture or a mask; of a column of a
        table that is work."""
        if api.name not in ("numpy.clip", "numpy.ndarray.clip"):
            return False
        given = call.receiver or next(iter(call.arguments), None)
        named = given is not None and given.kind in ("item", "attr") and isinstance(given.data, str)
        types = self.flow.types(given) if given is not None else ()
        return not named and not any(str(each.name).startswith(("pandas.", "polars.")) for each in types)

    def _reads_words(self, call: Value) -> bool:
        """Whether a call only takes a line of a file without its end, or its words: `line.strip().split()`."""
        line = call.receiver
        if line is None or not (call.calls_method(*_LINE_ENDS) or (call.calls_method("split") and not call.arguments)):
            return False
        while line.calls_method(*_LINE_ENDS) and line.receiver is not None:
            line = line.receiver
        if line.kind == "item" and line.data == 1 and line.source.kind == "element":
            counted = line.source.source  # `for number, line in enumerate(file, 1)`
            return counted.calls_external("enumerate") and self._by_lines(counted)
        return line.kind == "element" and self._by_lines(line.source)

    def _by_lines(self, iterable: Value) -> bool:
        """Whether a loop goes over the lines of a file."""
        names = {owner.name for owner in self.flow.types(iterable)}
        if any(
            isinstance(name, str) and (record := self.flow.catalogue.type(name)) is not None and record.kind == "file"
            for name in names
        ):
            return True
        if iterable.kind == "call":
            function = iterable.function
            if function.kind == "attr":
                return function.data in ("readlines", "splitlines", "iter_lines", "iterrows", "itertuples")
            wrapped = iterable.inputs[1:2]
            return bool(wrapped) and function.kind == "external" and self._by_lines(wrapped[0][1])
        return False


def _called(call: Value) -> str:
    """The last name of what is called."""
    return call.function.name.rpartition(".")[2] if call.function.kind in ("attr", "external") else ""


def _first(value: Value) -> Value:
    """What a value was before it was changed."""
    for _ in range(VERSIONS):
        value = value.source if value.kind in ("store", "passed", "mutate", "same", "phi") else value
    return value


def _names_field(store: Value) -> bool:
    """Whether a store is to a field that the code names, not to a key that comes with the records."""
    return isinstance(store.data, tuple) and isinstance(store.data[1], str)


def _fills_places(store: Value) -> bool:
    """Whether a store puts something at places of an array, as a tile into a picture: `image[0:height, 0:width]`."""
    key = store.one("key")
    parts = key.every("item") if key is not None and key.kind == "collection" else [key] if key is not None else []
    slices = [each.kind == "template" and each.texts == ("slice",) for each in parts]
    return any(slices) and all(
        cut or each.kind == "element" or (each.kind == "const" and isinstance(each.data, int))
        for cut, each in zip(slices, parts, strict=True)
    )


def _is_outer(store: Value, given: Value) -> bool:
    """Whether a store puts back what the same statement changed: `table[a][b] = value`, `table[a].update(more)`."""
    return given.at == store.at and (given.kind == "store" or (given.kind == "mutate" and given.data == "update"))


def _is_mask(key: Value | None) -> bool:
    return key is not None and (key.kind == "compare" or (key.kind == "operation" and key.data in _MASKS))


def _applied_to(groups: Value) -> Iterator[Value]:
    """The calls that apply something to groups."""
    methods = (user for label, user in groups.uses if label == "object" and user.kind == "attr")
    yield from (call for each in methods for label, call in each.uses if label == "function")


def _is_told(visit: Visit) -> bool:
    """Whether a call works on sentences that the code writes around content: a prompt, a message."""
    way = visit.parent
    while way is not None and way.value.kind in ("call", "attr"):
        way = way.parent
    if way is None or way.value.kind != "template":
        return False
    return sum(len(text.split()) for text in way.value.texts if text) >= WORDS_OF_SENTENCE


def _tells_members(call: Value) -> bool:
    """Whether a column is asked which values it has: the ids that there are."""
    column = call.receiver if call.calls_method("unique") else None
    return column is not None and (column.kind == "attr" or (column.kind == "item" and isinstance(column.key, str)))


def _is_literal(value: Value) -> bool:
    """Whether a value is the same in all rows: one that is written in the code, `lit(False).alias("is_new")`."""
    while value.kind == "call" and value.receiver is not None and value.receiver.kind == "call":
        value = value.receiver
    if value.kind == "call" and value.function.kind in ("attr", "external"):
        return value.function.name.rpartition(".")[2] == "lit"
    return value.kind == "const"


def _counts(value: Value) -> bool:
    """Whether a value is a running number, or made of one."""
    if value.kind == "operation":
        return any(map(_counts, value.every("operand")))
    if value.kind == "item" and value.data == 0 and value.source.kind == "element":
        return value.source.source.calls_external("enumerate")
    return value.calls_external("len")


def _beside(call: Value) -> bool:
    """Whether like things are put side by side, which joins them by their rows."""
    return any(
        name == "axis" and source.kind == "const" and source.data in _COLUMNS for name, source in call.named_arguments
    )

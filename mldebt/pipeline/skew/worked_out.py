"""Whether a named feature is worked out of the data, or is only handed on in another form."""

from __future__ import annotations

from mldebt.flow.idioms import is_enumerate_index, last_name
from mldebt.flow.types.models import NETWORK_KINDS, Models
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

DEPTH = 6
_CASTS = frozenset("int float str bool round list tuple dict set len range date_range now today utcnow".split())
_LOOKUPS = frozenset("get pop json dict model_dump to_dict values tolist item strip lower upper copy format".split())
_CONVERTS = frozenset(
    """tensor as_tensor from_numpy Tensor FloatTensor LongTensor BoolTensor IntTensor to cuda cpu numpy array asarray
    astype convert_to_tensor constant stack vstack hstack cat concat concatenate unsqueeze squeeze expand_dims reshape
    view flatten ravel long float half double int bool detach clone contiguous to_numpy Series pad
    pad_sequence to_datetime to_numeric to_timedelta strptime fromisoformat Timestamp""".split()
)
"""What gives the same values in another form, or on another device."""
KEEPS_VALUES = (_CONVERTS - frozenset("int long half bool pad pad_sequence".split())) | frozenset(
    "values copy deepcopy tolist to_list to_frame DataFrame reset_index item get iloc loc col column alias".split()
)
"""What changes no number that a model is asked with."""
_PLACES = frozenset({"iloc", "iat", "values"})
"""By which one number is picked out of a column, at its place: `column.iloc[-1]`."""
_OF_TIMES = frozenset(
    """year month day hour minute second quarter days seconds microseconds date time week weekday weekofyear dayofweek
    day_of_week dayofyear day_of_year days_in_month""".split()
)
"""What is worked out of a time by reading it: `column.dt.dayofweek`, `(paid - ordered).days`."""
_MADE_UP = ("numpy.random.", "random.", "faker.", "torch.rand", "secrets.", "uuid.")
_TRIED = regex(r"^suggest_(int|float|categorical|uniform|loguniform|discrete_uniform)$")
"""By which a search for hyper-parameters draws the next one."""
_NO_DATA = frozenset("len range date_range now today utcnow time arange linspace zeros ones".split())
_COUNTING = frozenset({"range", "date_range", "arange"})
_COLUMNS = ("polars.col", "pyspark.sql.functions.col", "pyspark.sql.functions.column")
"""What an expression names the columns by that it is worked out of."""
_PASSING = frozenset({"operation", "compare", "choice", "attr", "item", "element"})
_KEEPING = _CASTS | {"enumerate", "abs", "min", "max", "sin", "cos"}


class WorkedOut:
    """Answers per value."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.models = flow.shared(Models)

    def is_feature(self, value: Value) -> bool:
        """Whether a value is worked out of data: what a network's own layers give is none, nor are numbers that are
        drawn, hyper-parameters among them, nor what stands in for a column that is missing."""
        around = self.flow.program.enclosing_class(value.body.key)
        if around is not None and self.models.derives(around, NETWORK_KINDS):
            return False
        return self._is_computed(value, DEPTH) and self._is_of_data(value, DEPTH) and not self._is_drawn(value, DEPTH)

    def is_counted(self, value: Value, depth: int = DEPTH) -> bool:
        """Whether a value is made of nothing but literals and of what a loop counts, numbers or days: a row that a
        demonstration makes up."""
        if value.kind == "const" or is_enumerate_index(value):
            return True
        name = last_name(value.function) if value.kind == "call" else ""
        if name in _COUNTING:
            return True
        sources = _given(value) if value.kind == "call" else [source for _, source in value.inputs]
        passes = (value.kind in _PASSING or name in _KEEPING) and bool(sources) and depth > 0
        return passes and all(self.is_counted(source, depth - 1) for source in sources)

    def _is_computed(self, value: Value, depth: int) -> bool:
        if depth <= 0:
            return True
        if value.kind == "comprehension":
            return any(self._is_computed(source, depth - 1) for source in value.every("element"))
        if value.kind in ("operation", "compare", "choice"):
            return any(source.kind != "const" for _, source in value.inputs)
        if value.kind in ("collection", "same"):
            return any(self._is_computed(source, depth - 1) for _, source in value.inputs)
        if value.kind == "item" and value.source.kind == "attr" and value.source.data in _PLACES:
            return self._is_computed(value.source.source, depth - 1)
        if value.kind != "call":
            return _is_of_time(value)
        name = last_name(value.function)
        if name in _CONVERTS:
            return any(self._is_computed(source, depth - 1) for source in _given(value))
        is_form = name in _CASTS | _LOOKUPS and not value.calls_method("len")  # `column.str.len()`
        return not is_form and not self.flow.roles(value) & {"reads", "loads"}

    def _is_of_data(self, value: Value, depth: int) -> bool:
        """Whether something that comes in is part of a value."""
        if value.kind in ("param", "attr", "item", "slice", "free", "phi", "passed", "store", "mutate"):
            return True
        if value.calls_external(*_COLUMNS):
            return True
        is_made_up = value.kind == "call" and last_name(value.function) in _NO_DATA and not value.calls_method("len")
        if depth <= 0 or is_made_up:
            return False
        sources = _given(value) if value.kind == "call" else [source for _, source in value.inputs]
        return any(self._is_of_data(source, depth - 1) for source in sources)

    def _is_drawn(self, value: Value, depth: int) -> bool:
        """Whether a random number, or what a search tries next, is part of a value: it is made up."""
        if value.kind == "call" and _TRIED.search(last_name(value.function)):
            return True
        if value.kind == "call" and any(each.name.startswith(_MADE_UP) for each in self.flow.targets(value)):
            return True
        return depth > 0 and any(
            self._is_drawn(source, depth - 1) for _, source in value.inputs if source.body is value.body
        )


def _is_of_time(value: Value) -> bool:
    """Whether a part of a time is read that was worked out, or of a column of times; or the codes of categories."""
    if value.kind == "attr" and value.data == "codes":
        return value.source.kind == "attr" and value.source.data == "cat"
    if value.kind != "attr" or value.data not in _OF_TIMES:
        return False
    return value.source.kind in ("operation", "call") or (value.source.kind == "attr" and value.source.data == "dt")


def _given(call: Value) -> list[Value]:
    """What a call works on: its arguments, and the object whose method it is."""
    return call.arguments if call.receiver is None else [call.receiver, *call.arguments]


def filled_with(value: Value) -> tuple[object, ...]:
    """The constant that stands in where what is handed on as it is has no value: `column.fillna(0)`, `x or 0`,
    `x if x is not None else 0`; () for any other value."""
    given = _uncast(value)
    kept, filling = _fill(given)
    is_handed_on = kept is not None and kept.kind in ("attr", "item", "param", "element")
    return (filling.data,) if is_handed_on and filling is not None and filling.kind == "const" else ()


def _fill(value: Value) -> tuple[Value | None, Value | None]:
    """What is kept where it has a value, and what stands in where it has none."""
    if value.kind == "call" and value.calls_method("fillna", "fill_null") and value.receiver is not None:
        given = value.arguments[1:] if value.arguments[:1] == [value.receiver] else value.arguments
        return _uncast(value.receiver), next(iter(given), None)
    if value.kind == "operation" and value.data == "or":
        kept, filling = value.every("operand")[:2]
        return _uncast(kept), filling
    test, branches = value.one("test"), value.every("value")
    if value.kind != "choice" or test is None or len(branches) != 2 or test.data not in (("is",), ("is not",)):
        return None, None
    kept, filling = branches if test.data == ("is not",) else branches[::-1]
    return _uncast(kept), filling


def _uncast(value: Value) -> Value:
    """What a number or a text was before it was given its type."""
    while value.kind == "call":
        if value.calls_method("astype", "cast") and value.receiver is not None:
            value = value.receiver
        elif value.calls_external("int", "float", "str", "bool", "pandas.to_numeric") and value.arguments:
            value = value.arguments[0]
        else:
            break
    return value

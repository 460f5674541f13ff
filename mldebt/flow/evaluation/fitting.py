"""What a transformer was fitted on: the calls that fit one, and the data that comes out of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

import msgspec

from mldebt.flow.calls.words import keyword, last_name
from mldebt.flow.idioms import made_of
from mldebt.flow.linking import is_self
from mldebt.flow.rows.summed import is_summed_up
from mldebt.flow.rows.variables import plain, roots
from mldebt.flow.seeding.seeds import written
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

MADE_LIMIT = 80
CALLERS = 8
COLUMNS_DEPTH = 3
_AT_ONCE = frozenset("fit_transform fit_resample fit_sample".split())
_APPLIED = frozenset({"transform"})
_ASSOCIATIONS = {"corr": False, "corrwith": True, "f_classif": True, "f_regression": True, "chi2": True}
_ASSOCIATIONS |= {"mutual_info_classif": True, "mutual_info_regression": True}
"""What tells how columns go with others, and whether it does so with the target alone."""
CHOSEN_LIMIT = 60
_STATISTICS = frozenset("mean median mode std var quantile".split())


class Fitting(msgspec.Struct, frozen=True):
    """A call that fits transformers on data, their names, the calls that give the transformed data, and those that
    transform other data with them; or one that copies rows."""

    call: Value
    names: tuple[str, ...]
    given: tuple[Value, ...]
    out: tuple[Value, ...]
    others: tuple[Value, ...]
    copies: bool = False

    @property
    def applied(self) -> tuple[Value, ...]:
        """The calls that transform data with what was fitted."""
        return tuple(each for each in (*self.out, *self.others) if last_name(each) in _APPLIED and each.arguments)


class Fittings:
    """Questions about fitted transformers. `learning` are those that learn statistics of the rows they see."""

    def __init__(self, flow: Flow, learning: Iterable[str]) -> None:
        self.flow = flow
        self.learning = frozenset(learning)

    def of(self, call: Value) -> Fitting | None:
        """The fitting of a transformer that a call is."""
        name = last_name(call)
        if (name not in _AT_ONCE and name != "fit") or call.receiver is None or not call.arguments:
            return None
        names = self._made(call.receiver)
        if not names:
            return None
        applied = self._applied(call)
        given = tuple(call.arguments)
        rows = {root for source in given for root in roots(source)}
        if name in _AT_ONCE:
            others = [
                each for each in applied if rows.isdisjoint(root for arg in each.arguments for root in roots(arg))
            ]
            return Fitting(call, names, given, (call,), tuple(others))
        if not applied and (elsewhere := self._applied_elsewhere(call)):
            handed_in = self._rows_handed_in(call)
            same = [each for each in elsewhere if not handed_in.isdisjoint(self._rows_handed_in(each))]
            return Fitting(call, names, given, tuple(same), () if same else tuple(elsewhere))
        same = [each for each in applied if each.arguments and not rows.isdisjoint(roots(each.arguments[0]))]
        return Fitting(
            call, names, given, tuple(same or applied[:1]), tuple(each for each in applied if each not in same)
        )

    def by_hand(self, call: Value) -> Fitting | None:
        """The imputing or scaling by a statistic of a table's own rows that a call begins: `rows.fillna(rows.mean())`,
        `(rows - rows.mean()) / rows.std()`; the choice of columns by how they go with the target:
        `rows.corr()["churned"]`; the drawing of rows with repetition: `rare.sample(n=900, replace=True)`, and their
        repetition: `pd.concat([rare] * 9)`, `rare.loc[rare.index.repeat(9)]`."""
        if last_name(call) == "sample" and call.receiver is not None and _repeats(call):
            return Fitting(call, ("a resampling with replacement",), (call.receiver,), (call,), (), copies=True)
        if (repeated := _repeated(call)) is not None:
            return Fitting(call, ("a repetition of rows",), (repeated,), (call,), (), copies=True)
        if last_name(call) in _ASSOCIATIONS and (chosen := _columns_chosen(call)):
            return Fitting(call, ("a choice of columns by how they go with the target",), (_table(call),), chosen, ())
        if last_name(call) not in _STATISTICS or call.receiver is None or not all(map(_is_of_columns, call.loops)):
            return None
        rows = tables(call.receiver)
        out = [user for _, user in call.uses if _applies(user, call, rows) and not _only_tells_rows(user)]
        kind = "an imputation" if any(user.kind == "call" for user in out) else "a scaling"
        return Fitting(call, (f"{kind} by the {last_name(call)}",), (call.receiver,), tuple(out), ()) if out else None

    def _made(self, receiver: Value) -> tuple[str, ...]:
        """The learning transformers that an object is, or is made of."""
        found: dict[str, None] = {}
        for visit in self.flow.walk(receiver, self.flow.back, limit=MADE_LIMIT):
            value = visit.value
            if value.kind != "call":
                continue
            for target in self.flow.targets(value):
                name = written(value, target)
                if target.kind == "external" and (name in self.learning or target.name in self.learning):
                    found[name.rpartition(".")[2]] = None
        return tuple(found)

    def _applied(self, fit: Value) -> list[Value]:
        """Calls of `transform` on the object that a call fitted."""
        assert fit.receiver is not None
        methods = [
            user
            for owner in (fit.receiver, fit)
            for label, user in owner.uses
            if label == "object" and user.kind == "attr" and user.data in _APPLIED
        ]
        return [call for method in methods for label, call in method.uses if label == "function" and call.at > fit.at]

    def _applied_elsewhere(self, fit: Value) -> list[Value]:
        """The calls by which other methods of the object that keeps a transformer (`self.scaler`) transform rows with
        it."""
        held = fit.function.source
        cls = self.flow.program.enclosing_class(held.body.key)
        if held.kind != "attr" or not is_self(held.source) or cls is None:
            return []
        reads = (read for read in self.flow.field_reads(cls, held.name) if read.body is not held.body)
        methods = (user for read in reads for label, user in read.uses if label == "object" and user.data in _APPLIED)
        return [call for method in methods for label, call in method.uses if label == "function"]

    def handed_in(self, source: Value) -> list[Value]:
        """What callers hand in where a method gives its parameter to a transformer; else what it gives."""
        return self.flow.arguments(source)[:CALLERS] if source.kind == "param" else [source]

    def _rows_handed_in(self, call: Value) -> frozenset[Value]:
        params = [source for source in call.arguments[:1] if source.kind == "param"]
        return frozenset(root for param in params for source in self.handed_in(param) for root in roots(source))


def _is_of_columns(loop: Value) -> bool:
    """Whether a loop goes over the columns of a table, one after the other, and not over groups of its rows."""
    parts = made_of(loop, COLUMNS_DEPTH)
    return any(
        (part.kind == "attr" and part.data == "columns")
        or part.calls_method("select_dtypes")
        or (part.kind == "collection" and part.inputs and all(isinstance(each.data, str) for _, each in part.inputs))
        for part in parts
    )


def _repeats(sample: Value) -> bool:
    """Whether a sample may hold a row several times."""
    return any(source.data is True for source in keyword(sample, "replace"))


def _repeated(call: Value) -> Value | None:
    """The rows that a call repeats as often as a number says; by a column that counts, they stand for others."""
    name = last_name(call)
    if name not in ("concat", "repeat"):
        return None
    given = [plain(source) for source in call.arguments[:1]]
    if name == "concat":
        if any(source.data in (1, "columns") for source in keyword(call, "axis")):
            return None
        return next((rows for source in given for rows in _multiplied(source)), None)
    if call.receiver is not None and given and given[0].kind in ("const", "param", "global"):
        index = call.receiver
        is_key = any(label == "key" for label, _ in call.uses)
        return index.source if is_key and index.kind == "attr" and index.data == "index" else None
    return None


def _multiplied(tables: Value) -> Iterator[Value]:
    """The tables that a list holds several times: `[rare] * 9`, `[rows] + [rare] * 9`, `[rare, rare]`."""
    held = [plain(each) for each in tables.every("item")]
    yield from (each for number, each in enumerate(held) if each in held[:number])
    sides = [plain(side) for side in tables.every("operand")]
    if tables.kind == "operation" and tables.data == "+":
        for side in sides:
            yield from _multiplied(side)
    if tables.kind == "operation" and tables.data == "*":
        yield from (side.source for side in sides if side.kind == "collection" and len(side.inputs) == 1)


def _table(association: Value) -> Value:
    """The table whose columns are looked at."""
    return association.receiver or next(iter(association.arguments), association)


def _columns_chosen(association: Value) -> tuple[Value, ...]:
    """The tables that are left with some of their columns, chosen by how these go with the target."""
    rows = tables(_table(association))
    with_target = _ASSOCIATIONS[last_name(association)]
    waiting, found = deque([association]), dict[Value, None]()
    seen = {association}
    while waiting and len(seen) < CHOSEN_LIMIT:
        value = waiting.popleft()
        for label, user in value.uses:
            if user in seen or user.body is not association.body:
                continue
            seen.add(user)
            with_target = with_target or (label == "object" and user.kind == "item" and isinstance(user.key, str))
            chooses = (user.kind == "item" and label == "key") or user.calls_method("drop")
            if chooses and not tables(user.receiver or user.source).isdisjoint(rows):
                found[user] = None
            elif user.kind not in ("store", "mutate"):
                waiting.append(user)
    return tuple(found) if with_target else ()


def tables(value: Value) -> frozenset[Value]:
    """The tables that a table or one of its columns is."""
    value = plain(value)
    while value.kind in ("item", "store", "attr") and value.inputs:
        value = plain(value.source)
    return frozenset(roots(value))


def _only_tells_rows(difference: Value) -> bool:
    """Whether how far rows lie from a statistic only tells which of them to take, or makes a number of them all."""
    if difference.kind != "operation":
        return False
    far = [call for _, method in difference.uses for _, call in method.uses if call.calls_method("abs")]
    uses = [user for _, user in difference.uses if user.kind != "attr"]
    uses += [user for each in far for _, user in each.uses]
    return is_summed_up(difference) or (bool(uses) and all(user.kind == "compare" for user in uses))


def _applies(user: Value, statistic: Value, rows: frozenset[Value]) -> bool:
    """Whether a use of a statistic fills or scales the table that it was taken of."""
    if user.kind == "operation" and user.data == "-" and len(user.inputs) == 2:
        return user.inputs[1][1] is statistic and not rows.isdisjoint(tables(user.source))
    if user.kind == "call" and last_name(user) == "fillna" and user.receiver is not None:
        return not rows.isdisjoint(tables(user.receiver))
    return False

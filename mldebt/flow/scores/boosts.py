"""Scores and ranks of a model that are changed by hand before they are sorted by."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.body import Body
from mldebt.flow.conditions.conditions import around
from mldebt.flow.idioms import is_mask, read_name, root
from mldebt.flow.linking import is_self
from mldebt.flow.orders.list_versions import was_given
from mldebt.flow.orders.listed import written_out
from mldebt.flow.orders.order import Orders, Origin, put_under
from mldebt.flow.orders.reordering import Reorder
from mldebt.flow.scores.blends import Blends
from mldebt.flow.scores.bonuses import (
    choosing,
    factor_of_flag,
    is_amount,
    is_called_bonus,
    is_share_beside,
    number,
    stored_names,
)
from mldebt.flow.scores.decays import is_decay
from mldebt.flow.scores.score_sorts import ScoreSorts, column_of_some, is_of_element, receivers, walked
from mldebt.flow.scores.shaken import is_drawn
from mldebt.flow.scores.some_places import is_at_some
from mldebt.flow.scores.written_arrays import is_written_array
from mldebt.flow.steps import Stack, Step
from mldebt.flow.types.models import Models
from mldebt.flow.value import Value

AMOUNT_LIMIT = 40
TEST_LIMIT = 30
GIVEN_LIMIT = 25
SUM_LIMIT = 4
CALLERS = 4
_CHOSEN = frozenset({"call", "phi", "choice", "item"})
_SCALES = frozenset({10, 100, 255, 1000})
_HANDING_ON = frozenset("param global attr phi choice same free passed".split())
_TESTED = frozenset("compare operation call phi choice same passed collection comprehension".split())
TEXT = "the score that a model gave is changed by a hand-made amount before it is sorted by"


class Boosts:
    """Finds what is added to scores, and what is written over ranks."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._flow = orders.flow
        self._blends = Blends(orders.flow)
        self._sorts = ScoreSorts(orders)

    def of(self, node: Value) -> Iterator[Reorder]:
        """A hand-made amount that depends on the item, put on a model's score that is then sorted by."""
        operands = node.every("operand")
        if len(operands) != 2 or node.body.scope.kind == "class" or _smooths_place(node):
            return
        decays = [each for each in operands if node.data in ("*", "/") and is_decay(each, node.data)]
        if (_is_normed(node) and not decays) or self._flow.shared(Models).computes(node.body):
            return  # the parts that a network adds up are the model
        pairs = [operands] if node.data in ("-", "/") else [operands, operands[::-1]]
        for score, factor in pairs:
            amount = _beside_one(factor) if node.data == "*" else factor
            bonus = self._decayed(node, score) if factor in decays else None
            bonus = bonus or self._bonus(node, score, amount)
            found = (bonus,) if bonus is not None else None if _is_normed(node) else self._raised(node, score, amount)
            if found is not None:
                yield from found
                return

    def _raised(self, node: Value, score: Value, amount: Value) -> tuple[Reorder, ...] | None:
        """A score with an amount put on it; None where the other operand may be the score, () where neither is."""
        is_for_some = (is_amount(amount) or _may_be_given(amount)) and (
            self._is_for_some(node)
            or self._is_masked(score)
            or self._is_of_named(score)
            or is_at_some(self._orders, score, node, amount)
        )
        is_written = node.data in ("+", "*") and is_written_array(amount)
        if not (is_for_some or is_written or _may_be_literal(amount) or _may_be_kept(amount, node)):
            return None
        scorer = self._scorer(score, node)
        if scorer is None:
            return None
        if self._blends.is_blend(node) or self._is_formula(node, scorer):
            return ()
        is_for_some = is_written or (is_for_some and (is_amount(amount) or self._is_given(amount)))
        is_kept = _may_be_kept(amount, node) and self._is_of_ranking(node, scorer)
        if not (is_for_some or self._is_hand_made(amount) or self._is_looked_up(amount) or is_kept):
            return None
        anywhere = is_for_some or not _is_blend(amount) or self._is_of_ranking(node, scorer)
        results = self._sorts.after(node, anywhere=anywhere)
        if is_for_some and any(result.kind == "return" for result in results):
            return ()
        return (_reorder(node, scorer, results),) if results else ()

    def _bonus(self, node: Value, score: Value, amount: Value) -> Reorder | None:
        """What is a bonus by its name or form, put on a model's score that is sorted by in this function or another."""
        is_named, factor = is_called_bonus(amount), factor_of_flag(amount)
        is_share = is_share_beside(score, amount)
        scorer = self._scorer(score, node) if is_named or is_share or factor is not None else None
        if scorer is None or self._blends.is_blend(node) or self._is_formula(node, scorer):
            return None
        is_written = factor is not None and (is_amount(factor) or self._is_given(factor))
        if not (is_named or is_written or (is_share and "predicts" in self._flow.roles(scorer))):
            return None
        results, names = self._sorts.after(node, anywhere=True), [repr(name) for name in stored_names(node)]
        if names:
            keys = [(each, self._orders.sort_key(each).text) for each in results if self._orders.is_sort(each)]
            results = tuple(each for each, key in keys if any(name in key for name in names))
        return _reorder(node, scorer, results) if results else None

    def _decayed(self, node: Value, score: Value) -> Reorder | None:
        """What a score loses with an item's age or its like, where the items were in order before."""
        scorer = self._scorer(score, node)
        if scorer is None or not self._is_of_ranking(node, scorer, score):
            return None
        results = self._sorts.after(node, anywhere=True)
        return _reorder(node, scorer, results) if results else None

    def _is_formula(self, node: Value, scorer: Value) -> bool:
        """Whether a sum weighs a model's score as one of several features, and makes the ranking: there was none of
        its items before."""
        plain = self._blends.plain_in_formula(node)
        return (
            plain is not None
            and not self._is_of_ranking(node, scorer)
            and all(self._orders.scorer(part) is None for part in plain)
        )

    def overwritten_rank(self, store: Value) -> Iterator[Reorder]:
        """A rank that was there before is set to a number: an attribute of an object, a column in some rows."""
        stored, base = store.one("value"), store.one("base")
        if stored is None or base is None or number(stored) is None or not isinstance(stored.data, int):
            return
        attributes = self._orders.rank_attributes() if was_given(base) else {}
        if (name := put_under(store)) in attributes:
            origin, sorts = attributes[name]
        else:
            name = column_of_some(store)
            scorer = self._ranked_column(base.source, name) if name and self._chooses_rows(store, base) else None
            sorts = tuple(self._sorts.sorted_in_place(store)) if scorer is not None else ()
            if scorer is None or not sorts:
                return
            origin = Origin.of_scores(scorer)
        yield Reorder(store, "insert", False, f"{name} is set to {stored.data} by hand", sorts, (origin,))

    def _ranked_column(self, table: Value, name: str) -> Value | None:
        """What gave the scores whose ranks a table's column holds: `rows["place"] = rows["score"].rank()`."""
        while table.kind in ("store", "passed"):
            stored = table.one("value") if table.kind == "store" and table.key == name else None
            if stored is not None:
                while stored.calls_method("astype") and stored.receiver is not None:
                    stored = stored.receiver
                ranked = stored.receiver if stored.calls_method("rank") else None
                return self._orders.scorer(ranked) if ranked is not None else None
            table = table.source
        return None

    def _is_for_some(self, node: Value) -> bool:
        """Whether code runs for some items only: under a test of something that an item has and that is no score."""
        tests = around(node.body, node.at) if node.loops or node.body.params else []
        return any(self._asks_item(test, node.loops) for test in (*tests[-1:], *choosing(node)))

    def _asks_item(self, test: Value, loops: tuple[Value, ...]) -> bool:
        """Whether a test reads something that is not the same for all items of the loops around."""
        parts = [visit.value for visit in self._flow.walk(test, _parts, limit=TEST_LIMIT)]
        reads = [part for part in parts if read_name(part)]
        if not loops:
            reads += [read for part in parts if part.kind == "param" for read in self._read_by_callers(part)]
        of_items = [read for read in reads if not _is_of_self(read) and (not loops or is_of_element(read, loops))]
        return bool(of_items) and not any(self._orders.is_score(read) for read in of_items)

    def _read_by_callers(self, param: Value) -> list[Value]:
        """What callers read of an item, in a loop or as the key of a sort, for a function that they ask about it."""
        given = [source for _, source in self._flow.bindings(param)[:CALLERS] if read_name(source)]
        return [read for read in given if is_of_element(read, read.loops) or _is_applied(read)]

    def _is_masked(self, score: Value) -> bool:
        """`rows.loc[rows.shop == "own", "score"] *= 2`: whether scores are those of some rows, chosen by what they have
        and not by their scores."""
        return score.kind == "item" and self._chooses_rows(score, score.source)

    def _chooses_rows(self, place: Value, rows: Value) -> bool:
        """Whether a place in a table is that of some rows, chosen by what they have and not by their scores."""
        key = place.one("key")
        if key is not None and key.kind == "collection" and key.data == "tuple" and key.inputs:
            key = key.inputs[0][1]
        is_column = key is not None and bool(read_name(key)) and root(key.source) is root(_table(rows))
        if key is None or not (is_column or key.kind in ("compare", "operation") or is_mask(key)):
            return False
        return not any(self._orders.is_score(part) for part in (*key.every("operand"), *receivers(key)))

    def _is_of_named(self, score: Value) -> bool:
        """`for item in PARTNERS: scores[item] += 1`: whether a score is looked up by an id that the code names."""
        key = score.one("key") if score.kind == "item" and score.data is None else None
        named = key.source if key is not None and key.kind == "element" else None
        return named is not None and written_out(self._flow, named) is not None

    def _is_hand_made(self, amount: Value) -> bool:
        """Whether an amount is a literal that depends on the item: `100 * is_new`, or one constant for some and another
        for the rest."""
        if amount.kind == "item" or amount.calls_method("get"):
            return False  # the weight of a source, unless it is looked up by what the item has
        visits = list(self._flow.walk(amount, self._flow.back, limit=AMOUNT_LIMIT))
        numbers = {found for visit in visits if (found := number(visit.value)) is not None}
        if all(abs(found) in (0.0, 1.0) for found in numbers) or self._orders.scorer(amount) is not None:
            return False
        if is_drawn(self._flow, amount):
            return False  # a score is tried out with noise
        if amount.calls_external("numpy.where"):
            return len(numbers) > 1 and any(part.kind == "const" for part in amount.arguments[1:])
        depends = any(
            visit.value.kind in ("attr", "compare") or (visit.value.kind == "item" and visit.depth) for visit in visits
        )
        return depends if amount.kind == "operation" else len(numbers) > 1 and not depends

    def _is_of_ranking(self, node: Value, scorer: Value, score: Value | None = None) -> bool:
        """Whether a score is that of what was put in order before."""
        lists = node.loops[-1:]
        if score is not None and not lists:
            lists = self._applied_to(node.body) or ((score.source,) if read_name(score) else ())
        return "ranks" in self._flow.roles(scorer) or any(self._orders.ranked(each) is not None for each in lists)

    def _scorer(self, score: Value, node: Value) -> Value | None:
        """The model's call that gave a score; of a score that is read from ranked items, what ranked these."""
        scorer = self._orders.scorer(score)
        if scorer is not None or not self._orders.is_score(score):
            return scorer
        if not node.loops:
            lists = self._applied_to(node.body)
            return self._kept_by_callers(score, lists) or self._ranked_by(score, lists)
        origin = self._orders.ranked(node.loops[-1])
        if origin is not None:
            return origin.value if self._is_read(score, node.loops) else None
        return self._kept_before(score, node) or self._kept_by_callers(score, node.loops[-1:])

    def _ranked_by(self, score: Value, lists: tuple[Value, ...]) -> Value | None:
        """What ranked the items of a list that a function is applied to, which reads a score of each."""
        owner = root(score.source) if read_name(score) and score.inputs else score
        if owner.kind != "param" or is_self(owner):
            return None
        found = (self._orders.ranked(each) for each in lists)
        return next((origin.value for origin in found if origin is not None), None)

    def _is_read(self, score: Value, loops: tuple[Value, ...]) -> bool:
        """Whether a score is read of the items of a loop, and not counted up from what else they hold."""
        parts = (visit.value for visit in self._flow.walk(score, _parts, limit=TEST_LIMIT))
        reads = (part for part in parts if read_name(part) or part.kind in ("item", "element"))
        return any(is_of_element(read, loops) and self._orders.is_score(read) for read in reads)

    def _applied_to(self, body: Body) -> tuple[Value, ...]:
        """The lists that a function of one item is applied to, as the key of a sort."""
        names = [name for name, param in body.params.items() if not is_self(param)]
        if body.scope.kind not in ("lambda", "function") or len(names) != 1:
            return ()
        name = names[0]
        calls = self._flow.applied(body.module.index, body.number)
        return tuple(each for call, place in calls for each in self._flow.filled(call, body, name, place))

    def _kept_before(self, score: Value, node: Value) -> Value | None:
        """What scored the items of a list in a loop before, and put the score where it is read now."""
        name = read_name(score)
        rows = root(node.loops[-1])
        stores = [each for each in node.body.nodes if each.kind == "store" and each.at < node.at]
        for store in stores if name else ():
            is_same = put_under(store) == name and rows in walked(store.loops[-1:])
            stored = store.one("value") if is_same else None
            scorer = self._orders.scorer(stored) if stored is not None else None
            if scorer is not None:
                return scorer
        return None

    def _kept_by_callers(self, score: Value, lists: tuple[Value, ...]) -> Value | None:
        """What scored the items of a list before it was handed in, and put the score where it is read now."""
        name = read_name(score)
        found = lists if name else ()
        visits = (visit for each in found for visit in self._flow.walk(each, self._flow.back, limit=GIVEN_LIMIT))
        for visit in visits:
            rows = root(visit.value)
            stores = (each for each in rows.body.nodes if put_under(each) == name)
            stored = (each.one("value") for each in stores if rows in walked(each.loops[-1:]))
            scorers = (self._orders.scorer(each) for each in stored if each is not None)
            if (scorer := next(filter(None, scorers), None)) is not None:
                return scorer
        return None

    def _is_given(self, amount: Value) -> bool:
        """Whether an amount is a literal that stands elsewhere: handed in, a constant of the module or the class."""
        visits = list(self._flow.walk(amount, self._flow.back, limit=GIVEN_LIMIT))
        ends = [visit.value for visit in visits if visit.value.kind not in _HANDING_ON]
        return len(visits) < GIVEN_LIMIT and bool(ends) and all(map(is_amount, ends))

    def _is_looked_up(self, amount: Value) -> bool:
        """Whether an amount is what a table of literals says of something that the item has: `BOOST[item.shop]`."""
        if amount.kind == "item":
            holder, key = amount.source, amount.one("key")
        elif amount.calls_method("get") and amount.arguments:
            holder, key = amount.function.source, amount.arguments[0]
        elif amount.calls_method("fillna") and amount.receiver is not None:
            return self._is_looked_up(amount.receiver)
        elif amount.calls_method("map", "replace") and len(amount.arguments) == 1:
            holder, key = amount.arguments[0], amount.function.source
        else:
            return False
        if key is None or not self._asks_item(key, amount.loops):
            return False
        visits = self._flow.walk(holder, self._flow.back, limit=GIVEN_LIMIT)
        table = next((visit.value for visit in visits if visit.value.kind == "dict"), None)
        numbers = [number(source) for source in table.every("item")] if table is not None else []
        return len(set(numbers)) > 1 and None not in numbers


def _reorder(node: Value, scorer: Value, results: tuple[Value, ...]) -> Reorder:
    origin = Origin.of_scores(scorer)
    return Reorder(node, "boost", False, TEXT, results, (origin,))


def _smooths_place(node: Value) -> bool:
    """`1 / (60 + place)`: whether a sum is only divided by, which makes a score of a place in a ranking."""
    for _ in range(SUM_LIMIT):
        outer = [(label, user) for label, user in node.uses if user.kind == "operation"]
        if node.data != "+" or len(outer) != 1:
            return False
        user = outer[0][1]
        if user.data == "/":
            return user.every("operand")[1:] == [node] and number(user.every("operand")[0]) is not None
        node = user
    return False


def _beside_one(factor: Value) -> Value:
    """The share by which a factor is more or less than one: `penalty` in `1.0 - penalty`."""
    parts = factor.every("operand") if factor.kind == "operation" and factor.data in ("+", "-") else []
    others = [part for part in parts if number(part) != 1]
    return others[0] if len(parts) == 2 and len(others) == 1 and others[0].kind in _CHOSEN else factor


def _is_normed(node: Value) -> bool:
    """Whether a number is divided by anything else than a literal, or brought to another scale: a part of how a score
    is computed."""
    if node.data != "/":
        return False
    divisor = number(node.every("operand")[1])
    return divisor is None or divisor in _SCALES


def _is_applied(read: Value) -> bool:
    """Whether something is read from the parameter of a function without a name, as in `rows.apply(lambda row: …)`."""
    owner = root(read.source)
    return owner.kind == "param" and owner.body.scope.kind == "lambda"


def _is_of_self(read: Value) -> bool:
    """Whether something is read from the object whose method runs: its settings, its state."""
    owner = read
    while owner.kind in ("attr", "item", "passed", "same", "store") and owner.inputs:
        owner = owner.source
    return owner.kind == "param" and is_self(owner)


def _table(rows: Value) -> Value:
    """The table of `table.loc`."""
    return rows.source if rows.kind == "attr" and rows.name in ("loc", "at") else rows


def _parts(value: Value, stack: Stack) -> list[Step]:
    """What a test is made of in its own function, down to what is read from objects."""
    if value.kind not in _TESTED or read_name(value):
        return []
    asked = [Step("receiver", value.receiver, stack)] if value.kind == "call" and value.receiver is not None else []
    return [*asked, *(Step(label, source, stack) for label, source in value.inputs if label != "function")]


def _is_blend(amount: Value) -> bool:
    """Whether an amount is a share of something that the item has: blended where the score is made, it is a part of
    it."""
    return amount.kind == "operation" and amount.data == "*" and not any(map(_is_question, amount.every("operand")))


def _is_question(value: Value) -> bool:
    """Whether a factor is a yes or a no: a comparison, a test of membership, a flag by its name."""
    return (
        value.kind == "compare" or value.calls_method("isin", "is_in") or read_name(value).startswith(("is_", "has_"))
    )


def _may_be_given(amount: Value) -> bool:
    """Whether an amount is named; told without a walk."""
    return amount.kind in ("param", "global") or (amount.kind == "attr" and _is_of_self(amount))


def _may_be_kept(amount: Value, node: Value) -> bool:
    """Whether a factor is what a record of the item says, which is looked up by what the ranking says of it:
    `score * offers[id]["preference"]`; told without a walk."""
    record = amount.source if amount.kind in ("attr", "item") and isinstance(amount.data, str) else None
    key = record.one("key") if record is not None and record.kind == "item" and record.data is None else None
    return node.data == "*" and key is not None and key.kind == "item" and key.source.kind == "element"


def _may_be_literal(amount: Value) -> bool:
    """Whether an amount looks like a literal times something, like alternatives or a look-up; told without a walk."""
    if amount.kind == "operation":
        parts = amount.every("operand")
        if amount.data == "+" and any(part.kind == "const" and part.data == 1 for part in parts):
            return any(part.kind == "operation" and _may_be_literal(part) for part in parts)
        return (amount.data == "*" and any(part.kind == "const" for part in parts)) or is_amount(amount)
    return amount.kind in ("phi", "choice", "call") or (amount.kind == "item" and amount.data is None)

"""Scores that code makes up for what was found and ranked already: so much for a word in the title, so much for a page
of a kind."""

from __future__ import annotations

from mldebt.flow.files.named_places import NamedPlaces
from mldebt.flow.idioms import is_enumerate_index, last_name, read_name
from mldebt.flow.orders.item_keys import READING_NAME, inside, taken
from mldebt.flow.orders.order import Orders
from mldebt.flow.scores.bonuses import number
from mldebt.flow.scores.scoring import SCORE_NAME
from mldebt.flow.steps import Stack, Step
from mldebt.flow.value import Value
from mldebt.regex import regex

KEPT_LIMIT = 6
PART_LIMIT = 400
WEIGHTS = 2
"""How many numbers that are written down make a formula."""
_PLAIN = regex(
    r"^(len|min|max|sum|any|all|int|float|bool|str|round|abs|set|list|dict|tuple|sorted|range|zip|isinstance|getattr"
    r"|math\.\w+|re\.\w+|datetime\.\S+|urllib\.parse\.\w+|time\.time|collections\.Counter)$"
)
_PLAIN_METHODS = frozenset(
    """lower upper strip lstrip rstrip split rsplit splitlines startswith endswith count find replace get items keys
    values join casefold append add search match findall group days total_seconds now today fromisoformat utcnow extend
    intersection update title""".split()
)


class MadeUpScores:
    """Asks of a sort by what is called a score if the code itself made it up."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._flow = orders.flow
        self._places = orders.flow.shared(NamedPlaces)

    def decides(self, sort: Value) -> bool:
        """Whether a sort goes by numbers that are put together of amounts which are written down, by what items say;
        no model, no measure of likeness and no place in a ranking has a part in them."""
        made = self._numbers(sort)
        return bool(made) and all(map(self._is_made_up, made))

    def _numbers(self, sort: Value) -> list[Value]:
        """What the key of a sort gives, or what was put under the name that it reads."""
        call = sort.one("call") if sort.kind == "mutate" else sort
        key = dict(call.named_arguments).get("key") if call is not None and call.kind == "call" else None
        if call is None or key is None or key.kind != "func":
            return []
        results = self._flow.body(*key.scope_key).returns.every("value")
        result = results[0] if len(results) == 1 else None
        while result is not None and (inner := inside(result)) is not None:
            result = inner
        if result is None:
            return results
        if (place := taken(result)) is not None:
            return [each for data in self._orders.sorted_by(call) for each in self._orders.parts(data, place)]
        name = read_name(result)
        if not name:
            return [result]
        put = [step.value for step in self._flow.under_key(result, ())]
        return put or list(self._places.kept(result.body.module.index, name)[:KEPT_LIMIT])

    def _is_made_up(self, made: Value) -> bool:
        visits = [visit.value for visit in self._flow.walk(made, self._within, limit=PART_LIMIT)]
        if len(visits) >= PART_LIMIT or any(map(self._says_how_near, visits)):
            return False
        weights = [value for value in visits if (found := number(value)) is not None and abs(found) not in (0.0, 1.0)]
        weighs = [value for value in visits if value.kind == "operation" and value.data in ("+", "*")]
        return len(weights) >= WEIGHTS and bool(weighs)

    def _says_how_near(self, value: Value) -> bool:
        """Whether a part of a number may come from a model, a measure or a ranking, as far as is known."""
        if is_enumerate_index(value):
            return True
        if READING_NAME.search(read_name(value)):
            return True  # where it stands in what it was found in
        if value.kind in ("attr", "item") or value.calls_method("get"):
            return SCORE_NAME.search(read_name(value)) is not None
        if value.kind == "operation":
            return value.data == "@"
        return value.kind == "call" and not self._is_plain(value)

    def _is_plain(self, call: Value) -> bool:
        if self._flow.is_own(call) or last_name(call.function) in _PLAIN_METHODS:
            return True
        targets = self._flow.targets(call)
        return bool(targets) and all(_PLAIN.search(target.name) for target in targets)

    def _within(self, value: Value, stack: Stack) -> list[Step]:
        """Steps back that stay in what computes a number, and end where an item is read."""
        if value.kind == "param" and not stack:
            return []
        if value.kind in ("attr", "item") and read_name(value):
            return []
        if value.kind == "compare":
            return [Step(label, source, stack) for label, source in value.inputs]
        return self._flow.back(value, stack)

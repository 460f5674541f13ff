"""Results of a model that code after it replaces, rescales or decides by itself for some."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from mldebt.flow.body import Body
from mldebt.flow.conditions import conditions
from mldebt.flow.conditions.givens import Givens
from mldebt.flow.idioms import is_negated, read_name
from mldebt.flow.orders.list_versions import beginnings
from mldebt.flow.orders.order import Orders
from mldebt.flow.scores.copies import copies
from mldebt.flow.scores.held_scores import HeldScores
from mldebt.flow.scores.named_overrides import NamedOverrides
from mldebt.flow.scores.score_changes import Change, changed_entry, chosen_change
from mldebt.flow.scores.segment_overrides import SegmentOverrides, names_segment
from mldebt.flow.value import Value
from mldebt.flow.walk import Stack, Step
from mldebt.regex import regex

NEAR = 60
SUBSET = 25
MODULES = 5
"""Through so many modules a constant may be handed on."""
_NATURAL = frozenset({0, 1, -1, 100})
_SCALING = frozenset({"*", "/", "+", "-"})
_IDENTITY = regex(
    r"(^|_)(user|client|customer|account|item|product|member|visitor|device|guid|uid|email|tenant|seller|publisher|sku|asin)s?"
    r"(_?(id|ids|name|key|guid))?$|^(id|pk|uuid)$",
    re.IGNORECASE,
)
_NOBODY = regex(r"(anon|guest|new|unknown|none|null|temp|tmp|session|default|visitor|http)", re.IGNORECASE)
"""How ids begin of those of whom nothing is known yet, and addresses."""
_MEETING = frozenset({"phi", "choice", "call"})
_PASSING = frozenset("round float int max min abs str".split())
_SELECTING = frozenset("random.sample random.choices filter itertools.islice heapq.nlargest heapq.nsmallest".split())


_PURE = frozenset("compare operation call attr const param external item slice template choice phi".split())
_SCORE = regex(r"scor|prob|confiden|similarit|relevan|likelihood", re.IGNORECASE)


class Override(msgspec.Struct, frozen=True):
    """One place that overrides a model's results; `origin` is the model's call or the ranking."""

    site: Value
    text: str
    origin: Value


class Overrides:
    """Finds the idioms; each is checked for a model upstream."""

    def __init__(self, orders: Orders, givens: Givens) -> None:
        self.orders = orders
        self.flow = orders.flow
        self.givens = givens
        self.held = HeldScores(orders)
        self.segments = SegmentOverrides(orders.flow)
        self.named = NamedOverrides(orders.flow, self._numbers, self._is_about_somebody)

    def of(self, body: Body) -> Iterator[Override]:
        """All overrides in one body, by place."""
        for node in list(body.nodes):
            if (changed := self.segments.of(node)) is not None:
                found: Override | None = Override(node, changed[1], changed[0])
            elif node.kind in _MEETING and (named := self.named.of(node)) is not None:
                found = Override(*named)
            elif node.kind == "store":
                found = self._rescaled(node) or self._rewritten(node) or self._in_mapping(node)
            elif node.kind == "choice":
                found = self._changed(chosen_change(node))
            elif node.kind == "operation":
                found = self._rescaled_variable(node)
            elif node.kind == "call" and any(map(_may_hold_score, node.keywords)):
                found = next(self._copied(node), None)
            else:
                continue
            if found is not None:
                yield found
        yield from self._special_cases(body)

    # ------------------------------------------------------------------ scores of some results

    def _rescaled(self, store: Value) -> Override | None:
        """`item.score *= 0.5` for some of the scored items."""
        value, base = store.one("value"), store.one("base")
        name = store.data[1] if isinstance(store.data, tuple) else store.data
        if value is None or base is None or not isinstance(name, str) or not store.loops:
            return None
        text = self._changed_by(value, name) or self._denied(store, value)
        if not text or not self._is_selective(store):
            return None
        read = next((o for o in value.every("operand") if o.kind in ("attr", "item")), None)
        origin = self.held.by_objects(base, name) or (self.held.of(read) if read is not None else None)
        origin = origin or self.held.by_dicts(base, name) or self.held.by_ranking(base, name)
        return Override(store, text, origin) if origin is not None else None

    def _changed_by(self, value: Value, name: str) -> str:
        """How a literal changes or replaces a score that is kept under a name; "" when none does."""
        if value.kind == "const":
            return f"the score is replaced by {value.data} for some results" if self._is_literal(value) else ""
        if value.kind != "operation" or value.data not in _SCALING:
            return ""
        reads = [o for o in value.every("operand") if o.kind in ("attr", "item") and o.data == name]
        amounts = [o for o in value.every("operand") if o not in reads]
        if len(reads) != 1 or len(amounts) != 1 or not self._is_literal(amounts[0]):
            return ""
        return f"the score is changed by {_number(self.givens, amounts[0])} for some results"

    def _denied(self, store: Value, value: Value) -> str:
        """How those that the code names are left without a score; "" when they are not."""
        is_none = value.kind == "const" and value.data == 0 and not isinstance(value.data, bool)
        tests = conditions.around(store.body, store.at) if is_none else []
        is_denied = any(map(self._is_about_somebody, tests))
        return f"the score is replaced by {value.data} for some results" if is_denied else ""

    def _copied(self, call: Value) -> Iterator[Override]:
        """`replace(item, score=item.score * 0.5)` for some of the scored items."""
        for copy in copies(call):
            text = self._changed_by(copy.value, copy.name) if _SCORE.search(copy.name) else ""
            if text and any(self._chooses(test, {copy.name}) for test in copy.tests):
                reads = [part for part in copy.value.every("operand") if read_name(part) == copy.name]
                origin = self.held.by_objects(copy.base, copy.name) or (self.held.of(reads[0]) if reads else None)
                if origin is not None:
                    yield Override(call, text, origin)

    def _rescaled_variable(self, node: Value) -> Override | None:
        """`score *= 0.5` under a test of the item that the loop is at."""
        if node.data not in _SCALING:
            return None
        names = {name for each in (node, *_bounded(node)) for name in node.body.names_of(each)}
        operands = node.every("operand")
        old = [o for o in operands if names & set(node.body.names_of(o))]
        amounts = [o for o in operands if o not in old]
        if len(old) != 1 or len(amounts) != 1 or not self._is_literal(amounts[0]):
            return None
        tests = conditions.around(node.body, node.at)
        if not any(self._is_about_item(test, node) if node.loops else names_segment(test) for test in tests):
            return None
        origin = self.held.of(old[0])
        text = f"the score is changed by {_number(self.givens, amounts[0])} for some results"
        return Override(node, text, origin) if origin is not None else None

    def _in_mapping(self, store: Value) -> Override | None:
        """A score that is kept under what tells its item."""
        found = self._replaced(store)
        if found is not None:
            return found
        is_for_some = any(self._is_about_item(test, store) for test in conditions.around(store.body, store.at))
        return self._changed(changed_entry(store)) if is_for_some else None

    def _changed(self, change: Change | None) -> Override | None:
        """The override that a change of a score by a literal is."""
        if change is None or not self._is_literal(change.amount):
            return None
        origin = self.held.of(change.score)
        text = f"the score is changed by {_number(self.givens, change.amount)} for some results"
        return Override(change.site, text, origin) if origin is not None else None

    def _is_about_item(self, test: Value, node: Value) -> bool:
        """Whether a test asks for something of what the loop is at, other than its score."""
        for visit in self.flow.walk(test, self._inputs, limit=NEAR):
            value = visit.value
            if value.kind == "element" and value.source in node.loops:
                names = [str(v.value.data) for v in visit.path() if v.value.kind in ("attr", "item")]
                return not any(_SCORE.search(name) for name in names) and self.held.of(test.inputs[0][1]) is None
        return False

    def _inputs(self, value: Value, stack: Stack) -> list[Step]:
        return (
            [Step(label, source, stack) for label, source in value.inputs]
            if value.kind not in ("phi", "element")
            else []
        )

    def _replaced(self, store: Value) -> Override | None:
        """`scores[item] = 1.0` for some of what a model scored."""
        value, base, key = store.one("value"), store.one("base"), store.one("key")
        if value is None or base is None or key is None or key.kind == "const" or not isinstance(store.data, tuple):
            return None
        numbers = self._numbers(value) if not is_negated(value) else []
        if not numbers or not store.loops or min(numbers) < 0 or (min(numbers) == 0 and not self._is_listed(key)):
            return None
        is_of_scores = any(_SCORE.search(name) for name in base.body.names_of(base)) or self._holds_numbers(base)
        if not is_of_scores and not (
            self._is_listed(key) and any(each.kind == "comprehension" for each in beginnings(base))
        ):
            return None
        origin = self.held.of(base)
        text = f"the score is replaced by {numbers[0]} for some results"
        return Override(store, text, origin) if origin is not None else None

    def _is_listed(self, key: Value) -> bool:
        """Whether a loop goes over ids that the code writes down, those that nobody is to see."""
        return key.kind == "element" and self._is_named(key.source)

    def _holds_numbers(self, value: Value) -> bool:
        return any(
            each.name == "dict" and {a.name for a in each.args} <= {"float", "int"} and each.args
            for each in self.flow.types(value)
        )

    def _is_selective(self, store: Value) -> bool:
        """Whether only some of what a loop goes over is changed: under a test, or since it goes over a selection."""
        tests = conditions.around(store.body, store.at)
        base = store.one("base")
        there = {str(store.data), str(base.data) if base is not None else ""}
        if any(self._chooses(test, there) for test in tests):
            return True
        for visit in self.flow.walk(store.loops[-1], self._same_list, limit=SUBSET):
            value = visit.value
            if value.kind == "comprehension" and value.every("condition"):
                return True
            if value.kind == "slice":
                return True
            if value.kind == "call" and any(target.name in _SELECTING for target in self.flow.targets(value)):
                return True
        return False

    def _chooses(self, test: Value, there: set[str]) -> bool:
        """Whether a test tells items apart; that a score is there at all does not."""
        if test.kind == "compare":
            return not any(source.kind == "const" and source.data is None for source in test.every("operand"))
        if test.kind == "operation":
            return any(self._chooses(source, there) for source in test.every("operand"))
        return test.kind in ("attr", "item") and str(test.data) not in there

    def _same_list(self, value: Value, stack: Stack) -> list[Step]:
        if value.kind in ("phi", "same", "passed", "choice"):
            return [Step(label, source, stack) for label, source in value.inputs if label in ("value", "base")]
        return []

    # ------------------------------------------------------------------ scores that are made to fit

    def _rewritten(self, store: Value) -> Override | None:
        """A score that is computed from the one before it, so that the list looks sorted."""
        value, base = store.one("value"), store.one("base")
        if value is None or base is None or not store.loops or not isinstance(store.data, str):
            return None
        if not _SCORE.search(store.data) or base.kind not in ("element", "item"):
            return None
        changed = next(
            (v.value for v in self.flow.walk(value, self._computed, limit=NEAR) if self._from_before(v.value)), None
        )
        if changed is None:
            return None
        origin = self.orders.ranked(store.loops[-1])
        if origin is None:
            return None
        return Override(store, "the score is rewritten from the one before it, to fit the position", origin.value)

    def _computed(self, value: Value, stack: Stack) -> list[Step]:
        """What a value is computed from in the same turn of its loop."""
        if value.kind in ("choice", "same", "operation") or (value.kind == "phi" and not _is_carried(value)):
            return [Step(label, source, stack) for label, source in value.inputs if label in ("value", "operand")]
        if value.kind == "call" and any(target.name in _PASSING for target in self.flow.targets(value)):
            return [Step("arg", source, stack) for _, source in value.inputs[1:]]
        return []

    def _from_before(self, value: Value) -> bool:
        if value.kind != "operation" or value.data not in ("+", "-", "*"):
            return False
        operands = value.every("operand")
        carried = [o for o in operands if o.kind == "phi" and _is_carried(o)]
        return bool(carried) and any(self._is_small(o) for o in operands if o not in carried)

    def _is_small(self, value: Value) -> bool:
        """A literal that is no step of a count."""
        numbers = self._numbers(value)
        return bool(numbers) and all(0 < abs(number) < 1 for number in numbers)

    # ------------------------------------------------------------------ special cases

    def _special_cases(self, body: Body) -> Iterator[Override]:
        """One user or item that is answered without the model."""
        for branch in conditions.branches(body):
            if not self._is_about_somebody(branch.test):
                continue
            override = self._joined(body, branch) or self._returned_early(body, branch)
            if override is not None:
                yield override

    def _joined(self, body: Body, branch: conditions.Branch) -> Override | None:
        """A variable that one way fills from the model and the other does not, and that is returned."""
        for node in body.nodes:
            if node.kind == "phi" and isinstance(node.data, tuple) and node.data[0] == branch.statement.at:
                if not self._is_returned(node):
                    continue
                origins = [self._model(source) for source in node.every("value")]
                found = next((origin for origin in origins if origin is not None), None)
                if found is not None and None in origins:
                    return Override(branch.test, "some are answered without the model", found)
        return None

    def _returned_early(self, body: Body, branch: conditions.Branch) -> Override | None:
        own = list(conditions.returned(body, branch.then))
        if not own or any(self._model(value) is not None or _is_empty(value) for value in own):
            return None
        others = [value for value in body.returns.every("value") if value not in own]
        found = next((origin for value in others if (origin := self._model(value)) is not None), None)
        return Override(branch.test, "some are answered without the model", found) if found is not None else None

    def _model(self, value: Value) -> Value | None:
        origin = self.orders.ranked(value)
        if origin is not None:
            return origin.value
        return self.orders.scorer(value)

    def _is_returned(self, value: Value) -> bool:
        for visit in self.flow.walk(value, self._onward, limit=NEAR):
            if any(user.kind == "return" for _, user in visit.value.uses):
                return True
        return False

    def _onward(self, value: Value, stack: Stack) -> list[Step]:
        return [
            Step(label, user, stack)
            for label, user in value.uses
            if user.kind in ("phi", "same", "choice", "slice", "passed", "dict")
            and label in ("value", "object", "base", "item")
        ]

    def _is_about_somebody(self, test: Value) -> bool:
        """Whether a test asks if a user or an item is one of those that the code names."""
        if test.kind == "operation" and test.data == "and":
            return any(map(self._is_about_somebody, test.every("operand")))
        if test.kind == "operation" and test.data == "or":
            return all(map(self._is_about_somebody, test.every("operand")))
        if test.calls_method("startswith", "endswith"):
            return self._is_identity(test.function.source) and _names_somebody(test.arguments[:1])
        if test.kind == "call":
            given = [source for _, source in test.inputs[1:]]
            return bool(given) and all(self._is_identity(source) for source in given) and self._is_pattern(test)
        if test.kind != "compare" or len(test.inputs) != 2 or test.data[0] not in ("==", "in"):  # type: ignore[index]
            return False
        who, named = (source for _, source in test.inputs)
        return self._is_identity(who) and self._is_named(named)

    def _is_pattern(self, call: Value) -> bool:
        """Whether a function tells by the name alone, without looking up what is known of it."""
        for target in self.flow.targets(call):
            if target.kind != "func" or target.guessed:
                return False
            waiting = self.flow.body(target.module, target.scope).returns.every("value")
            if not any(value.kind == "compare" for value in waiting):
                return False
            for _ in range(NEAR):
                if not waiting:
                    break
                value = waiting.pop()
                if value.kind not in _PURE:
                    return False
                waiting.extend(source for _, source in value.inputs)
        return True

    def _is_identity(self, value: Value) -> bool:
        names = (
            (str(value.data), *value.body.names_of(value))
            if value.kind in ("param", "attr", "item")
            else value.body.names_of(value)
        )
        return any(_IDENTITY.search(name) for name in names)

    def _is_named(self, value: Value) -> bool:
        """A literal, or a collection that the code or its configuration writes down."""
        value = self._held(value)
        if value.kind == "const":
            return isinstance(value.data, str | int) and not isinstance(value.data, bool) and value.data not in ("", 0)
        if value.kind == "collection":
            return bool(value.inputs) and all(source.kind == "const" for _, source in value.inputs)
        return value.kind == "call" and "configures" in self.flow.roles(value)

    def _held(self, value: Value) -> Value:
        """What a variable of a module holds, also where that is another module's; modules may have it of each other."""
        for _ in range(MODULES):
            held = self.flow.global_value(value) if value.kind == "global" else None
            if held is None:
                break
            value = held
        return value

    # ------------------------------------------------------------------ literals

    def _is_literal(self, value: Value) -> bool:
        numbers = self._numbers(value)
        return bool(numbers) and not any(number in _NATURAL for number in numbers)

    def _numbers(self, value: Value) -> list[float]:
        """The numbers that a value can be, if nothing but the code decides it."""
        givens = self.givens.of(value)
        if any(given.kind != "constant" for given in givens):
            return []
        return [
            g.value.data for g in givens if isinstance(g.value.data, int | float) and not isinstance(g.value.data, bool)
        ]


def _is_carried(value: Value) -> bool:
    """Whether a variable brings what the turn before left in it."""
    return any(source.number > value.number for _, source in value.inputs)


def _may_hold_score(keyword: str) -> bool:
    """Whether what is given by a keyword may be a score, or numbers by name."""
    return keyword == "update" or _SCORE.search(keyword) is not None


def _names_somebody(texts: list[Value]) -> bool:
    """Whether the beginnings of ids that the code writes down are those of somebody of whom a model could know."""
    texts = [each for text in texts for each in (text.every("item") if text.kind == "collection" else [text])]
    told = [text.data for text in texts if text.kind == "const" and isinstance(text.data, str) and text.data]
    return bool(told) and len(told) == len(texts) and not any(map(_NOBODY.match, told))


def _bounded(node: Value) -> list[Value]:
    """The calls that keep a number in bounds: `min(1.0, score + 0.1)`."""
    return [user for label, user in node.uses if label == "arg" and user.calls_external("min", "max", "round", "float")]


def _is_empty(value: Value) -> bool:
    return (value.kind == "const" and not value.data) or (value.kind in ("collection", "dict") and not value.inputs)


def _number(givens: Givens, value: Value) -> object:
    return givens.of(value)[0].value.data

"""Weights that are drawn for nothing: those of another training take their place before anything is done with them."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.calls.words import says
from mldebt.flow.conditions.conditions import around, follows, ways
from mldebt.flow.linking import is_self
from mldebt.flow.sameness import Sameness, arguments
from mldebt.flow.types.loaded import TAKES_WEIGHTS
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow, Stack, Step

LIMIT = 30
_MOVED = ("to", "cuda", "cpu", "eval", "train", "half", "float", "double")
"""Methods of a network that give the network back."""
_PARTLY = (("strict", False), ("by_name", True), ("skip_mismatch", True))
"""Arguments by which some weights may be left as they were drawn."""


class TakenOver:
    """Tells layers, and calls that make networks, whose weights are all replaced."""

    def __init__(self, flow: Flow) -> None:
        self.same = flow.shared(Sameness)
        self.flow = flow
        self._made: dict[Value, frozenset[Value]] = {}

    def is_layer(self, layer: Value) -> bool:
        """Whether the object that a layer becomes a part of takes over all its weights where it is made, whatever it is
        given: `self.load_state_dict(…)` at the end of a constructor."""
        return any(
            call.at > layer.at
            and call.receiver is not None
            and is_self(call.receiver)
            and not around(call.body, call.at)
            for call in self._taking(layer)
        )

    def is_made(self, made: Value) -> bool:
        """Whether what a call makes, or changes and does not give back, takes over all its weights in the same
        function: `net = Net()` or `put_head(net)`, and then `net.load_state_dict(…)`; `self.build()`, and then
        `self.net.load_weights(…)`."""
        nets = self._changed_by(made) | self._kept_by(made) | {made}
        taking = [call for call in self._taking(made) if call.at > made.at and not nets.isdisjoint(self._before(call))]
        return any(follows(made, call) for call in taking) or _in_both_branches(made, taking)

    def _changed_by(self, call: Value) -> frozenset[Value]:
        """The calls that may have made what another call is given and whose result nobody takes."""
        if any(label != "call" for label, _ in call.uses):
            return frozenset()
        return frozenset().union(*(self._makers(each) for _, each in arguments(call)))

    def _kept_by(self, call: Value) -> frozenset[Value]:
        """The one network that a method of the same object makes and keeps as a field of it."""
        if call.receiver is None or not is_self(call.receiver):
            return frozenset()
        bodies = [self.flow.body(*target.key) for target in self.flow.targets(call) if target.kind == "func"]
        kept = [store.one("value") for body in bodies for store in body.stores if _is_made(store)]
        return frozenset(filter(None, kept)) if len(kept) == 1 else frozenset()

    def _before(self, call: Value) -> frozenset[Value]:
        """The calls that may have made what a call gives weights to."""
        found = self._made.get(call)
        if found is None:
            found = self._made[call] = self._makers(call.receiver) if call.receiver is not None else frozenset()
        return found

    def _makers(self, net: Value) -> frozenset[Value]:
        visits = self.flow.walk(net, self._back, limit=LIMIT)
        return frozenset(each.value for each in visits if each.value.kind == "call")

    def _back(self, value: Value, stack: Stack) -> list[Step]:
        if value.calls_method(*_MOVED) and value.receiver is not None:
            return [Step("same", value.receiver, stack)]
        return self.same.back(value, stack)

    def _taking(self, beside: Value) -> Iterator[Value]:
        """The calls of a function that give a network all its weights."""
        for call in beside.body.calls:
            if not call.calls_method(*TAKES_WEIGHTS) or any(says(call, name, told) for name, told in _PARTLY):
                continue
            if not any(
                self._fills_one_part(*target.key) for target in self.flow.targets(call) if target.kind == "func"
            ):
                yield call

    def _fills_one_part(self, module: int, number: int) -> bool:
        """Whether a method gives weights to single layers of its object alone, which has others."""
        body = self.flow.body(module, number)
        cls = self.flow.program.enclosing_class(body.key)
        taking = [call for call in body.calls if call.calls_method(*TAKES_WEIGHTS) and call.receiver is not None]
        layers = [call.receiver.name for call in taking if call.receiver is not None and _is_layer(call)]
        if cls is None or not taking or len(layers) < len(taking):
            return False
        initializer = self.flow.initializer(cls)
        stores = self.flow.body(initializer.module, initializer.scope).stores if initializer is not None else ()
        return any(_is_made(store) and store.data not in layers for store in stores)


def _in_both_branches(made: Value, taking: list[Value]) -> bool:
    """Whether weights are taken over whatever a test says: under another name in the one case than in the other."""
    stands = ways(made.body, made.at)
    further = [[way for way in ways(call.body, call.at) if way not in stands] for call in taking]
    answers = {(test, holds) for way in further if len(way) == 1 for test, holds in way}
    return any((test, not holds) in answers for test, holds in answers)


def _is_layer(taking: Value) -> bool:
    """Whether what gets weights is a field of the method's object: `self.embedding.load_state_dict(…)`."""
    owner = taking.receiver
    return owner is not None and owner.kind == "attr" and is_self(owner.source)


def _is_made(store: Value) -> bool:
    """Whether a method keeps as a field what it makes right there."""
    base, value = store.one("base"), store.one("value")
    is_field = isinstance(store.data, str) and base is not None and is_self(base)
    return is_field and value is not None and value.kind == "call"

"""The model's scores that a number is, or that objects and dicts hold under a name."""

from __future__ import annotations

from mldebt.flow.files.named_places import NamedPlaces
from mldebt.flow.idioms import root
from mldebt.flow.linking import ClassKey
from mldebt.flow.orders.order import Orders
from mldebt.flow.scores.score_changes import SCORE
from mldebt.flow.scores.scores import Scores
from mldebt.flow.value import Value

KEPT_LIMIT = 12
SOURCES_ASKED = 20


class HeldScores:
    """Finds the call of the model that gave them."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._flow = orders.flow
        self._scores = orders.flow.shared(Scores)
        self._places = orders.flow.shared(NamedPlaces)

    def of(self, value: Value) -> Value | None:
        """The model's call that gave a number, told by what it calls; of what a loop reads from dicts, what was put in
        them under the key."""
        kept = self._flow.under_key(value, ()) if value.kind == "item" and isinstance(value.data, str) else []
        visits = (self._scores.origin(each) for each in (value, *(step.value for step in kept)))
        return next((visit.value for visit in visits if visit is not None), None)

    def by_objects(self, base: Value, name: str) -> Value | None:
        """The model's call whose score objects like this one hold under a name."""
        for each in self._flow.types(base):
            if isinstance(each.name, tuple):
                sources = [*self._flow.stored(each.name, name), *self._made_with(each.name, name)]
                for source in sources[:SOURCES_ASKED]:
                    if source.body.module.category == "product" and (scorer := self._orders.scorer(source)) is not None:
                        return scorer
        return None

    def by_dicts(self, base: Value, name: str) -> Value | None:
        """The model's call whose score the dicts that a loop goes over were made with under a key."""
        met = root(base)
        members = self._flow.members(met.source, ()) if met.kind == "element" and SCORE.search(name.lower()) else []
        dicts = (member.value for member in members if member.value.kind == "dict")
        pairs = (pair for each in dicts for pair in zip(each.keys, each.every("item"), strict=False))
        return next((found for key, item in pairs if key == name and (found := self.of(item))), None)

    def by_ranking(self, base: Value, name: str) -> Value | None:
        """The model's call whose score the items of a ranking hold under a name, by which they were ranked."""
        met = root(base)
        origin = self._orders.ranked(met.source) if met.kind == "element" else None
        if origin is None or origin.how != f"sorted by {name!r}":
            return None
        kept = self._places.kept(origin.value.body.module.index, name)[:KEPT_LIMIT]
        return next((found for value in kept if (found := self._orders.scorer(value)) is not None), None)

    def _made_with(self, cls: ClassKey, name: str) -> list[Value]:
        """What objects of a class are made with under a name."""
        calls = self._flow.calls_named(frozenset({self._flow.scope(*cls).name}))
        return [source for call in calls for keyword, source in call.named_arguments if keyword == name]

"""Seeds that an object is given after it was made: by the grid of a search, by `set_params`, by an attribute."""

from __future__ import annotations

from mldebt.flow.calls.words import keyword, last_name
from mldebt.flow.seeding.seeds import SEED_WORDS, Seeds
from mldebt.flow.steps import Visit
from mldebt.flow.value import Value

WALK_LIMIT = 400
_SETS = frozenset({"set_params"})
_SEARCH = "sklearn.model_selection._search.BaseSearchCV"
"""What sets the parameters of its grid in a copy of the object before each fit."""
_HANDED = frozenset({"through", "constructs"})
_BETWEEN = "__"
"""What stands between the name of a pipeline's step and the name of its parameter."""


class SetLater:
    """Follows an object that was made without a seed to where one is set in it."""

    def __init__(self, seeds: Seeds) -> None:
        self.seeds = seeds
        self.flow = seeds.flow

    def seeded(self, made: Value) -> bool:
        """Whether something that an object is handed to, or a part of, sets its seed."""
        return any(
            self._sets(visit, _step_name(visit)) for visit in self.flow.walk(made, self.flow.forth, limit=WALK_LIMIT)
        )

    def _sets(self, visit: Visit, step: str) -> bool:
        value = visit.value
        if value.kind == "store":
            return visit.label == "base" and not step and value.data in SEED_WORDS and self._given(value.every("value"))
        if value.kind == "dict" and visit.label == "item" and visit.parent is not None:
            return self._set_beside(value, visit.parent.value)
        if value.kind != "call" or visit.label not in _HANDED:
            return False
        if last_name(value) in _SETS:
            return self._set_by(value, step)
        bare = any(_SEARCH in self.flow.catalogue.lineage(target.name) for target in self.flow.targets(value))
        return any(
            _is_of(key, step, bare=bare) for source in value.arguments for key in self.seeds.keys(source, visit.stack)
        )

    def _set_by(self, call: Value, step: str) -> bool:
        named = [name for name, source in call.named_arguments if self._given([source])]
        spread = [key for source in keyword(call, "**") for key in self.seeds.keys(source, ())]
        return any(_is_of(name, step, bare=True) for name in (*named, *spread))

    def _set_beside(self, space: Value, held: Value) -> bool:
        """Whether a mapping that holds an object under a parameter's name holds its seed under the name of that, too:
        `{"steps__forest": [Forest()], "steps__forest__random_state": [0]}`."""
        pairs = list(zip(space.keys, space.every("item"), strict=True))
        names = {f"{key}{_BETWEEN}" for key, item in pairs if item is held and isinstance(key, str)}
        return any(
            isinstance(key, str) and any(_is_seed_of(key, name) for name in names) and self._given([item])
            for key, item in pairs
        )

    def _given(self, sources: list[Value]) -> bool:
        return any(not self.seeds.is_none(source) for source in sources)


def _step_name(visit: Visit) -> str:
    """The names under which pipelines hold what a walk began with, the outermost first: `("forest", model)`."""
    names = []
    for at in visit.path():
        value = at.value
        if at.label == "item" and value.kind == "collection" and value.data == "tuple":
            first = value.inputs[0][1]
            names.append(str(first.data) if first.kind == "const" else "")
    return _BETWEEN.join(filter(None, reversed(names)))


def _is_seed_of(key: str, owner: str) -> bool:
    return key.startswith(owner) and key[len(owner) :] in SEED_WORDS


def _is_of(name: str, step: str, *, bare: bool) -> bool:
    """Whether a parameter's name is that of the seed of a pipeline's step (of any, where nobody wrote the step's name);
    `bare` says that it may be the object's own, too."""
    owner, between, parameter = name.rpartition(_BETWEEN)
    if parameter not in SEED_WORDS:
        return False
    return (owner == step or not step or owner.endswith(f"{_BETWEEN}{step}")) if between else bare and not step

"""Who loads again a model that is kept."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from mldebt.flow.files.files import agree, same_top
from mldebt.flow.linking import ClassKey
from mldebt.flow.module import ScopeKey
from mldebt.flow.value import Value
from mldebt.pipeline.models.kept_names import (
    GENERAL,
    OPEN,
    filling,
    is_left_beside,
    is_own_name,
    named_in,
    telling_name,
)
from mldebt.pipeline.models.register import TrainedModel
from mldebt.regex import regex

if TYPE_CHECKING:
    from mldebt.pipeline.models.keeping import Keeping, Kept

LOADERS_SHOWN = 12
AWAY = frozenset({"registry", "hub"})
_IS_OPEN = regex(r"(?:\w+:/+)?[{$]")
"""What a name starts with that the code leaves open, below the address of a registry, too: `models:/{name}/3`."""
_PUT_BY_PLATFORMS = frozenset({"/opt/ml/model", "/mnt/models"})
"""Where SageMaker and KServe put the model that a service is to load."""


class Loading:
    """Finds them: by the class of the model, or by the names under which it is kept."""

    def __init__(self, keeping: Keeping) -> None:
        self.keeping = keeping
        self.flow = keeping.flow
        self.paths = keeping.paths
        self.spelling = keeping.spelling
        self.subprojects = keeping.subprojects

    def of(self, model: TrainedModel, kept: list[Kept], limit: int = LOADERS_SHOWN) -> list[Value]:
        """The calls that load a model again: methods of its own class, and loads of a file or registry entry of the
        same name by code that belongs together."""
        found = [*self._own_loaders(model, kept), *self._asked_of_class(model, kept)] if model.cls is not None else []
        found.extend(call for each in kept for call in (*self._loads_again(each), *self._taken_up(each)))
        return list(dict.fromkeys(found))[:limit]

    def loads_of(self, model: TrainedModel) -> list[Value]:
        """The calls that load a model from where it is kept, and never another from elsewhere."""
        found = dict.fromkeys(call for each in self.keeping.artifacts(model) for call in self._loads_again(each))
        texts = {call: [t for path in self._load_paths(call) for t in self.spelling.texts(path, ())] for call in found}
        return [call for call in found if len(texts[call]) == 1][:LOADERS_SHOWN]

    @cached_property
    def unnamed(self) -> tuple[Value, ...]:
        """The loads of what the code gives no name: a platform says where it lies, or who starts the program. What a
        class loads that stores by itself is its own."""
        named = {call for loads in self._loads.values() for call, _ in loads}
        storing = {self._class_around(call) for call in self.keeping.storing} - {None}
        return tuple(
            call
            for call in self._loading
            if call not in named and self._loads_model(call) and self._class_around(call) not in storing
        )

    def _class_around(self, call: Value) -> ClassKey | None:
        return self.flow.program.enclosing_class(call.body.key)

    def is_told_where(self, load: Value) -> bool:
        """Whether who starts a program says on the command line what a load loads."""
        return any("option" in self.keeping.givens.kinds(path) for path in self._load_paths(load))

    def _loads_again(self, kept: Kept) -> Iterator[Value]:
        for each in (kept, kept._replace(text=kept.default)):
            for call, other in self._named_so(telling_name(each.text)):
                is_alone = len(self._keepers[telling_name(each.text)]) == 1
                beside = is_alone and is_left_beside(kept.call.body.module.path, other)
                if beside or (agree(each.text, other) and self._belong(each, call, other)):
                    yield call

    def _taken_up(self, kept: Kept) -> Iterator[Value]:
        """The parameters of the nodes that take what another node keeps in the catalogue."""
        if kept.call.kind == "return" and self.keeping.datasets.given(kept.call):
            yield from self.flow.nodes.takers(kept.call.body.key)

    def _named_so(self, name: str) -> Iterator[tuple[Value, str]]:
        """The loads that name an artifact as it is kept, or as one that fills in what its name leaves open; a first
        part that both leave open is taken to be the same."""
        yield from self._loads.get(name, ()) if name else ()
        first = OPEN if name.startswith(OPEN) else ""
        parts = name.removeprefix(first).split(OPEN)
        if len(parts) > 1:
            pattern = filling(parts)
            for other, loads in self._loads.items():
                rest = other.removeprefix(first)
                if other.startswith(first) and "{" not in rest and pattern.fullmatch(rest):
                    yield from loads

    def _belong(self, kept: Kept, load: Value, text: str) -> bool:
        """Whether a load takes up what is kept: by code of the same folder at the top; by other code of the same
        project only where a folder is the same, too, or nothing else is kept by that name."""
        one, other = kept.call.body.module.path, load.body.module.path
        if "://" in text and text == kept.text:  # one address is one place, whoever spells it
            return True
        name = telling_name(kept.text)
        if self._is_anothers(kept.call, load, name):
            return False
        if self.keeping.is_in_registry(load) and name.lower() in GENERAL:  # each run has one of that name
            return self._is_beside(kept, load, name) or (same_top(one, other) and self.keeping.is_only(one, name))
        if same_top(one, other):
            return True
        folders = [path.split("/")[-2:-1] for path in (kept.text, text)]
        if self.subprojects.of(one) != self.subprojects.of(other):  # an application takes its files along
            return (
                is_own_name(name)
                and "{" not in text
                and folders[0] == folders[1] != []
                and len(self._keepers[name]) == 1
            )
        if folders[0] == folders[1] and folders[0] and "{" not in folders[0][0] and folders[0][0] not in GENERAL:
            return True
        return is_own_name(name) and len(self._keepers[name]) == 1

    def _is_anothers(self, keeping: Value, load: Value, name: str) -> bool:
        """Whether a class that keeps something by a name itself, and not what is kept here, takes that up again."""
        cls = self.flow.program.enclosing_class(load.body.key)
        family = set(self._family(cls))
        around = self.flow.program.enclosing_class(keeping.body.key)
        below = self.flow.program.subclasses(cls) if cls is not None else ()
        return bool(family & self._keepers[name]) and around not in family and around not in below

    def _is_beside(self, kept: Kept, load: Value, name: str) -> bool:
        """Whether a load stands in the module that keeps something by a name, or beside it and keeps nothing so."""
        one, other = kept.call.body.module, load.body.module
        if one is other:
            return True
        if posixpath.dirname(one.path) != posixpath.dirname(other.path):
            return False
        calls = (call for body in self.flow.bodies(other.index) for call in body.calls)
        stored = (call for call in calls if "stores" in self.flow.roles(call) and self.keeping.is_in_registry(call))
        given = (source for call in stored for source in call.arguments if source.kind != "call")
        return all(name not in self.spelling.texts(source, ()) for source in given)

    @cached_property
    def _loading(self) -> tuple[Value, ...]:
        """The calls of the team's own code that load a model."""
        return tuple(self.keeping.doing("loads"))

    @cached_property
    def _keepers(self) -> dict[str, set[ScopeKey]]:
        """The classes, and functions outside of any, that store something by a name."""
        found: dict[str, set[ScopeKey]] = defaultdict(set)
        for call in self.keeping.storing:
            path, home = self.paths.path(call), call.body
            for text in self._all_texts(path) if path is not None else ():
                around = self.flow.program.enclosing_class(home.key)
                found[telling_name(text)].add(around or (home.module.index, home.number))
        return found

    def _own_loaders(self, model: TrainedModel, kept: list[Kept]) -> Iterator[Value]:
        """The first call of each method of a model's class that loads it."""
        names = {telling_name(each.text) for each in kept} - {""}
        for key in self._family(model.cls):
            for name, number in self.flow.program.modules[key[0]].members.get(key[1], {}).items():
                if self.flow.scope(key[0], number).kind != "function" or name in ("__init__", "build"):
                    continue
                calls = [call for call in self.flow.body(key[0], number).calls if self._loads_model(call)]
                yield from [call for call in calls if not self._is_other(call, model.cls, names)][:1]

    def _asked_of_class(self, model: TrainedModel, kept: list[Kept]) -> Iterator[Value]:
        """The loads that are asked of a model's own class, from where nothing in the code says what lies there:
        `Net.load_from_checkpoint(path)`."""
        names = {telling_name(each.text) for each in kept} - {""}
        for call in self._loading:
            owner = call.function.source if call.function.kind == "attr" else None
            classes = [each for each in self.flow.callees(owner) if each.kind == "class"] if owner is not None else []
            if any(each.key == model.cls and not each.guessed for each in classes):
                others = {telling_name(text) for text in self._load_texts(call) if text[:1] != "$" and "{" not in text}
                others.discard("")
                if not others or others & names:
                    yield call

    def _is_other(self, load: Value, cls: ClassKey | None, names: set[str]) -> bool:
        """Whether a load of a model's own class names none of the files by which the model is kept, but another: its
        label map, its settings."""
        others = {telling_name(text) for text in self._load_texts(load)}
        others.discard("")
        if not others or others & names:
            return False
        family = set(self._family(cls))
        return bool(names) or all(family & self._keepers[name] for name in others)

    def _family(self, cls: ClassKey | None) -> Iterator[ClassKey]:
        """A class and those of the repository above it."""
        return (key for key in self.flow.program.ancestry(cls) if isinstance(key, tuple)) if cls else iter(())

    def _loads_model(self, call: Value) -> bool:
        api = self.keeping.api(call)
        if api is None or "loads" not in api.roles or "stores" in api.roles:
            return False
        return api.medium not in AWAY or "load_model" in api.name

    @cached_property
    def _loads(self) -> dict[str, list[tuple[Value, str]]]:
        """Every load of a model, by the last part of what it names."""
        found: dict[str, list[tuple[Value, str]]] = defaultdict(list)
        for call in self._loading:
            for text in self._load_texts(call):
                found[telling_name(text) if text not in _PUT_BY_PLATFORMS else ""].append((call, text))
        found.pop("", None)
        return found

    def _load_texts(self, call: Value) -> list[str]:
        texts = (text for path in self._load_paths(call) for text in self._all_texts(path))
        return list(dict.fromkeys(named_in(text) for text in texts if text != "None"))

    def _load_paths(self, call: Value) -> list[Value]:
        path = self.paths.path(call)
        return [path] if path is not None else [source for _, source in call.inputs[1:2]]

    def _all_texts(self, path: Value) -> list[str]:
        """What a path may be, and what it is where an option or the environment leaves it as it is."""
        texts = self.spelling.texts(path, ())
        if not any(map(_IS_OPEN.match, texts)):
            return texts
        return list(
            dict.fromkeys([*texts, *self.keeping.by_default.texts(path, ()), *self.keeping.told.texts(path, ())])
        )

"""One model's life: a walk follows the model itself, never what it computes, to where it is trained, kept and asked."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from mldebt.flow.conditions.conditions import ways
from mldebt.flow.evaluation.gradients import TRAINS, Gradients
from mldebt.flow.linking import ClassKey, Target
from mldebt.flow.orders.list_versions import beginnings
from mldebt.flow.sameness import Sameness
from mldebt.flow.services.kept_for_all import KeptForAll
from mldebt.flow.steps import Step
from mldebt.flow.types.loaded import TAKES_WEIGHTS
from mldebt.flow.types.models import NETWORK_KINDS, Models, Use
from mldebt.flow.value import Value
from mldebt.flow.walk import STACK_LIMIT, Flow, Stack
from mldebt.pipeline.models.checkpoints import keeping_callbacks
from mldebt.pipeline.models.life import (
    ARRAYS,
    ARTIFACT_STORES,
    ASKS,
    CHECKPOINTS,
    CONTAINERS,
    FORMS,
    HOLDING_KINDS,
    KEEPS,
    MODEL_KINDS,
    OPAQUE,
    PAIRS,
    SAME,
    STEPS,
    TOLD,
    VECTORS,
    WEIGHTS,
    WRITES_WHERE_TOLD,
    WRITTEN,
    Life,
    chosen,
    is_inner_model,
    is_left_over,
    is_view,
    may_hold,
    writes,
)
from mldebt.regex import regex

_FOLLOWED = ("product", "vendored")
"""Code into which a model is followed: what somebody else wrote may train it, too."""
LIFE_LIMIT = 3000
INSIDE_LIMIT = 3
SAME_LIMIT = 12
_ADDS = ("append", "add", "insert", "extend", "update")
_ASKED = regex(r"_?(predict|infer|inference|recommend)(_|$)")
WAYS_THROUGH = ("forward_", "encode")


class _At(NamedTuple):
    """Where a walk stands: `inside` are the containers around the model, innermost last; `weights` says that only its
    parameters are in hand."""

    value: Value
    stack: Stack
    inside: tuple[object, ...]
    weights: bool
    written: bool = False
    """Whether it is in hand as bytes or text."""
    vectors: bool = False
    """Whether only the vectors that it has learnt are in hand."""

    def to(self, value: Value) -> _At:
        return self._replace(value=value)

    def into(self, container: Value, key: object) -> _At:
        """Containers below a certain depth are not told apart."""
        return self._replace(value=container, inside=(*self.inside, key)[-INSIDE_LIMIT:])

    def paired(self, pairs: Value, place: int) -> _At:
        """Among pairs, or longer rows, that hold what the innermost container held: `models.items()`."""
        return self._replace(value=pairs, inside=(*self.inside[:-1], place, None)[-INSIDE_LIMIT:])

    def out(self, taken: Value, wanted: object) -> Iterator[_At]:
        """Out of the innermost container, when what is taken may be the model."""
        key = self.inside[-1]
        if key is None or wanted is None or key == wanted:
            yield self._replace(value=taken, inside=self.inside[:-1])


class Lives:
    """Follows models, each in one bounded walk."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.models = flow.shared(Models)
        self._made_in: dict[ClassKey, int] = {}

    def of(self, made: Value, cls: ClassKey | None = None) -> Life:
        """The life of the model that a call builds or loads; `cls` is its class in the repository, where the call may
        build others, too."""
        life = Life(made)
        if made.kind == "call" and self.flow.roles(made) & TRAINS:
            life.trained[made] = None
        self.follow(made, life, cls)
        for filled in self._filled_by(made):
            self.follow(filled, life, cls)
        return life

    def _filled_by(self, load: Value) -> list[Value]:
        """The models that a load fills in place, where they are made: `booster.load_model(path)`."""
        if load.kind != "call" or load.receiver is None or "loads" not in self.flow.roles(load):
            return []
        made = (value for value in same_object(self.flow, load.receiver) if value.kind == "call")
        return [
            each
            for each in made
            if any(
                isinstance(kind.name, str) and self.models.kind(kind.name) in MODEL_KINDS
                for kind in self.flow.types(each)
            )
        ]

    def follow(self, value: Value, life: Life, cls: ClassKey | None, *, leaves: bool = True) -> None:
        """Add what happens to a value that is the model; one that many classes share (`self`) does not leave its
        method, where others meet it."""
        _Walk(self.flow, self.models, life, leaves, self._makers, cls).run(value)

    def _makers(self, cls: ClassKey) -> int:
        """How many modules make instances of a class."""
        found = self._made_in.get(cls)
        if found is None:
            calls = self.flow.calls_named(frozenset({self.flow.scope(*cls).name}))
            places = {
                call.body.module.index
                for call in calls
                if any((target.module, target.scope) == cls for target in self.flow.targets(call))
            }
            found = self._made_in[cls] = len(places)
        return found


class _Walk:
    """One walk under way."""

    def __init__(
        self,
        flow: Flow,
        models: Models,
        life: Life,
        leaves: bool,
        makers: Callable[[ClassKey], int],
        cls: ClassKey | None,
    ) -> None:
        self.flow = flow
        self.family = frozenset(flow.program.ancestry(cls)) if cls is not None else frozenset()
        self.models = models
        self.life = life
        self.leaves = leaves
        self.kept_for_all = flow.shared(KeptForAll)
        self.makers = makers
        made = flow.types(life.made) if cls is None and life.made.kind == "call" else ()
        self.is_of_library = bool(made) and all(isinstance(each.name, str) for each in made)
        self.places: set[int] = set()
        """The modules where the model has been."""
        self._by_kind: dict[str, Callable[[_At, str, Value], Iterator[_At]]] = {
            "call": self._called,
            "attr": self._attribute,
            "return": self._returned,
            "store": self._stored,
            "collection": self._into_collection,
            "dict": self._into_dict,
            "comprehension": self._into_comprehension,
            "item": self._item,
            "element": self._element,
            "slice": _same_under("object"),
            "mutate": _mutated,
            "phi": self._joined,
            "same": _same_under("value"),
            "choice": _same_under("value"),
            "passed": _same_under("base"),
            "operation": _combined,
        }

    def run(self, start: Value) -> None:
        queue = deque([_At(start, (), (), False)])
        if may_hold(self.flow, start):
            queue.append(_At(start, (), (None,), False))
        seen = set(queue)
        count = 0
        while queue and count < LIFE_LIMIT:
            count += 1
            at = queue.popleft()
            self.places.add(at.value.body.module.index)
            for after in self._steps(at):
                if after not in seen and after.value.body.module.category in _FOLLOWED:
                    seen.add(after)
                    queue.append(after)

    def _steps(self, at: _At) -> Iterator[_At]:
        for label, user in at.value.uses:
            step = self._by_kind.get(user.kind)
            if step is not None:
                yield from step(at, label, user)
        for move in self.flow.outlive(at.value, at.stack):
            yield at._replace(value=move.value, stack=move.stack)
        if at.inside and at.value.kind in ("store", "mutate"):
            yield from (at._replace(value=read, stack=()) for read in self._in_shared(at.value))

    def _in_shared(self, changed: Value) -> Iterator[Value]:
        """Where a container is read that a function only puts something into, a global or an attribute of its object:
        `MODELS["pricing"] = load()`."""
        for start in beginnings(changed):
            if start.kind == "global":
                yield from self.flow.global_reads(*start.variable)
            elif start.kind == "attr" and (cls := self.flow.program.class_of_self(start.source)) is not None:
                yield from self.flow.field_reads(cls, start.name)

    # ------------------------------------------------------------------ calls

    def _called(self, at: _At, label: str, call: Value) -> Iterator[_At]:
        if label == "arg" and call.receiver is not None and call.calls_method(*TAKES_WEIGHTS):
            yield from (
                at._replace(value=same, inside=(), weights=False) for same in same_object(self.flow, call.receiver)
            )
        elif label == "arg":
            yield from self._holds_vectors(at, call) if at.vectors else self._given(at, call)
            yield from self._collected(at, call)
        elif label == "function" and at.value.kind != "attr" and not at.inside and not at.weights:
            self.life.asked[call] = None
            self._trained_by_hand(call)

    def _collected(self, at: _At, call: Value) -> Iterator[_At]:
        """Into a list of the function around, to which an inner function adds the model: `results.append(model)`."""
        if call.receiver is None or call.receiver.kind != "free" or not call.calls_method(*_ADDS):
            return
        held = self.flow.free_value(call.receiver)
        for start in beginnings(held) if held is not None else ():
            yield at.into(start, None)._replace(stack=at.stack[:-1])

    def _trained_by_hand(self, call: Value) -> None:
        """A model that is called where an optimizer steps is trained there."""
        for other in call.body.calls:
            if other.loops and "optimizes" in self.flow.roles(other) and self._steps_on(other):
                self.life.trained[other] = None

    def _steps_on(self, call: Value) -> bool:
        function = call.inputs[0][1]
        return function.kind == "attr" and function.data in STEPS

    def _given(self, at: _At, call: Value) -> Iterator[_At]:
        """The model as an argument."""
        targets = self.flow.targets(call) or chosen(self.flow, call)
        for target in targets:
            if target.kind == "func":
                yield from self._enter(at, call, target.module, target.scope)
            elif target.kind == "class":
                yield from self._constructs(at, call, (target.module, target.scope))
            elif at.inside and target.name in PAIRS:
                yield at.paired(call, 1 if target.name == "enumerate" else call.arguments.index(at.value))
            elif not at.weights and writes(self.flow, at.value, target):
                self._meets(at, call, target)
                yield at._replace(value=call, inside=(), written=True)
            elif target.name == "dict" and (keyword := _keyword(call, at.value)):
                yield at.into(call, keyword)
            elif self._meets(at, call, target):
                yield at._replace(value=call, inside=at.inside if target.name in CONTAINERS else ())
                if len(call.inputs) > 2 and target.api is not None and "wraps" in target.api.roles:
                    yield at.into(call, [source for _, source in call.inputs[1:]].index(at.value))
        if not targets:
            yield at.to(call)

    def _holds_vectors(self, at: _At, call: Value) -> Iterator[_At]:
        """What is done with learnt vectors: stored, they are the model; put in an array or a table, they are in hand
        yet; what else is worked out of them is another thing."""
        for target in self.flow.targets(call):
            roles = target.api.roles if target.api is not None else frozenset()
            if target.kind == "func":
                yield from self._enter(at, call, target.module, target.scope)
            elif roles & {"saves", "stores"}:
                self.life.keep(call, "stored", at.stack)
            elif target.name in ARRAYS or target.name in CONTAINERS:
                yield at.to(call)

    def _constructs(self, at: _At, call: Value, cls: tuple[int, int]) -> Iterator[_At]:
        init = self.flow.initializer(cls)
        if init is not None and init.kind == "func":
            yield from self._enter(at, call, init.module, init.scope)
        elif init is None and not self.models.is_model(cls):
            yield from self._into_field(at, call, cls)
        if self.models.is_model(cls) and not at.weights:
            self.life.built[call] = None
            self.is_of_library = False
            yield at._replace(value=call, inside=())

    def _into_field(self, at: _At, call: Value, cls: tuple[int, int]) -> Iterator[_At]:
        """Into the attribute of an object that has no initializer: a dataclass takes what it is given."""
        for name in self.flow.fields_of(cls):
            if self.flow.given_field(call, name) is at.value:
                yield from (at._replace(value=read, stack=()) for read in self.flow.field_reads(cls, name))

    def _enter(self, at: _At, call: Value, module: int, scope: int) -> Iterator[_At]:
        for move in self.flow.into_function(at.value, call, module, scope, at.stack):
            yield at._replace(value=move.value, stack=move.stack)

    def _meets(self, at: _At, call: Value, target: Target) -> bool:
        """Note what a library's function does with the model; whether its result is, or holds, the model."""
        api = target.api
        if target.name in OPAQUE:
            return False
        if api is None:
            return not target.guessed
        self._note(at, call, api.roles, api.name)
        record = self.flow.catalogue.type(api.returns or target.name)
        holds = record is not None and (record.kind in HOLDING_KINDS or at.weights)
        if holds and not at.weights and not api.roles & {"stores", "registers", "tracks"}:
            self.life.built[call] = None
        return holds or target.name in CONTAINERS or "wraps" in api.roles or (not api.returns and not api.roles)

    def _note(self, at: _At, call: Value, roles: frozenset[str], name: str) -> None:
        if roles & TRAINS and not self.flow.shared(Gradients).only_derived(call):
            self._note_training(at, call, name)
        if at.weights:
            return
        for role, text in KEEPS.items():
            if role in roles or (role == "stores" and "saves" in roles and at.written):
                self.life.keep(call, text, at.stack)
        if roles & ASKS:
            self.life.asked[call] = None
        if "measures" in roles:
            self.life.measured[call] = None
        if "tracks" in roles:
            self.life.tracked[call] = None

    def _note_training(self, at: _At, call: Value, name: str) -> None:
        """Note a training, and what keeps the model on its way."""
        self.life.trained[call] = None
        for each in keeping_callbacks(self.flow, call):
            self.life.keep(each, "stored", at.stack)
        if name.startswith(WRITES_WHERE_TOLD) and TOLD in call.keywords:
            self.life.keep(call, "stored", at.stack)
        if name in CHECKPOINTS:
            self.life.checkpointed[call, "checkpointed"] = None
            for each in self._kept_by_trainer(call):
                self.life.keep(each, "stored", at.stack)

    def _kept_by_trainer(self, call: Value) -> Iterator[Value]:
        """What keeps a model by the trainer that was given it: `trainer.fit(model); trainer.save_checkpoint(path)`."""
        for trainer in same_object(self.flow, call.receiver) if call.receiver is not None else ():
            methods = (user for label, user in trainer.uses if label == "object" and user.kind == "attr")
            calls = (user for method in methods for label, user in method.uses if label == "function")
            yield from (each for each in calls if each.kind == "call" and "stores" in self.flow.roles(each))

    # ------------------------------------------------------------------ attributes and methods

    def _attribute(self, at: _At, _label: str, attribute: Value) -> Iterator[_At]:
        calls = [user for label, user in attribute.uses if label == "function" and user.kind == "call"]
        name = str(attribute.data)
        if at.vectors:
            yield from self._of_vectors(at, name, attribute, calls)
            return
        if (name in VECTORS or self._is_embedding(attribute)) and not at.inside and not at.weights:
            yield from (at._replace(value=each, vectors=True) for each in calls or [attribute])
        if at.inside and not at.weights:
            yield from self._method_of_container(at, name, calls)
        elif not calls:
            if name in WEIGHTS:
                yield at._replace(value=attribute, weights=True)
            elif name in SAME or at.weights or self._is_model(attribute):
                yield at.to(attribute)
        else:
            for call in calls:
                yield from self._method(at, name, call)

    def _is_embedding(self, attribute: Value) -> bool:
        """Whether an attribute is a layer that holds a vector for each item: `net.items`."""
        return any(str(each.name).endswith(".Embedding") for each in self.flow.types(attribute))

    def _of_vectors(self, at: _At, name: str, attribute: Value, calls: list[Value]) -> Iterator[_At]:
        """On along what changes their form alone; a table of them stores itself."""
        if name in FORMS:
            yield from (at.to(each) for each in calls or [attribute])
        for call in calls:
            if self.flow.roles(call) & {"saves", "stores"}:
                self.life.keep(call, "stored", at.stack)

    def _is_model(self, attribute: Value) -> bool:
        """Whether an attribute is the model that an object of the team's own trains, or a library's in another form."""
        return is_inner_model(self.flow, self.models, attribute) or is_view(self.flow, attribute)

    def _method_of_container(self, at: _At, name: str, calls: list[Value]) -> Iterator[_At]:
        for call in calls:
            if name in ("get", "pop") and len(call.inputs) > 1:
                key = call.inputs[1][1]
                yield from at.out(call, key.data if key.kind == "const" else None)
            elif name == "items":
                yield at.paired(call, 1)
            elif name in ("values", "copy", "result"):
                yield at.to(call)

    def _method(self, at: _At, name: str, call: Value) -> Iterator[_At]:
        through = name in SAME or at.weights
        targets = self._own_targets(call)
        known = any(target.kind == "func" or target.api is not None for target in targets)
        if at.weights and name in STEPS and call.loops and not known:
            self.life.trained[call] = None  # what was given the weights and steps in a loop is an optimizer
        if not known and not at.weights and _ASKED.match(name):
            self.life.asked[call] = None  # where several classes have it, nothing tells which is meant
        for target in targets:
            if target.kind == "func":
                yield from self._own_method(at, call, target)
            elif target.api is not None:
                through |= self._library_method(at, call, target)
        if name in WEIGHTS:
            yield at._replace(value=call, weights=True)
        elif through:
            yield at._replace(value=call, written=at.written or name in WRITTEN)

    def _own_targets(self, call: Value) -> Sequence[Target]:
        """What a method call calls: where the object may be of several classes, the methods of the model's own."""
        targets = self.flow.targets(call)
        own = [target for target in targets if self._around(target) in self.family]
        if not own and self.is_of_library:  # a method of the same name is another's
            return [target for target in targets if target.kind != "func" or not target.guessed]
        return own if own else targets

    def _around(self, target: Target) -> ClassKey | None:
        if target.kind != "func":
            return None
        return self.flow.program.enclosing_class(target.key)

    def _library_method(self, at: _At, call: Value, target: Target) -> bool:
        """Note what a method does; whether it gives the model back."""
        api = target.api
        assert api is not None
        self._note(at, call, api.roles, api.name)
        if "wraps" in api.roles or api.returns == "self" or (not api.returns and api.roles & TRAINS):
            return True
        record = self.flow.catalogue.type(api.returns) if api.returns else None
        return record is not None and record.kind in MODEL_KINDS

    def _own_method(self, at: _At, call: Value, target: Target) -> Iterator[_At]:
        use = self.models.uses(target) or self._known_by_walk(target)
        if use is not None and use.kind == "training":
            self.life.trained[call] = None
        elif use.kind == "prediction" if use is not None else self._passes_through(target):
            self.life.asked[call] = None
        module = self.flow.program.modules[target.module]
        if target.receiver is None or not self.flow.is_method(module, target.scope):
            return
        own = next(iter(self.flow.body(target.module, target.scope).params.values()), None)
        if own is not None and len(at.stack) < STACK_LIMIT and call not in at.stack:
            yield at._replace(value=own, stack=(*at.stack, call))

    def _known_by_walk(self, target: Target) -> Use | None:
        """What a method does that has nothing but its name to be known by, of an object that is the model: asked, no
        more than that."""
        use = self.models.uses(msgspec.structs.replace(target, guessed=False)) if target.guessed else None
        return use if use is not None and use.kind == "prediction" else None

    def _passes_through(self, target: Target) -> bool:
        """Whether a method of a network of the repository's own is a way through it beside `forward`."""
        around = self._around(target)
        name = self.flow.scope(target.module, target.scope).name
        return around is not None and name.startswith(WAYS_THROUGH) and self.models.derives(around, NETWORK_KINDS)

    # ------------------------------------------------------------------ names, fields, containers

    def _returned(self, at: _At, _label: str, result: Value) -> Iterator[_At]:
        if not at.stack and not at.weights and self._is_stored_by_its_step(result):
            self.life.keep(result, "stored by its step", ())
        for move in self.flow.leave(result.body, at.stack) if at.stack or self.leaves else ():
            if self._asks_for_another(move.value, result):
                continue
            if at.stack or not self._is_guessed(move.value, result):
                yield at._replace(value=move.value, stack=move.stack)

    def _asks_for_another(self, caller: Value, result: Value) -> bool:
        """Whether a call asks a function by name for something else than the model, which it makes where it is asked
        for that: `make("ridge")` gives no lasso."""
        made = self.life.made
        if made.body is not result.body or caller.kind != "call":
            return False
        for test, way in ways(made.body, made.at):
            names = [each.data for each in test.every("operand") if each.kind == "const"]
            asked = [each for each in test.every("operand") if each.kind == "param"]
            if test.kind == "compare" and test.data == ("==",) and len(names) == len(asked) == 1:
                given = self.flow.argument(caller, made.body, asked[0].name)
                if len(given) == 1 and given[0].kind == "const" and (given[0].data == names[0]) is not way:
                    return True
        return False

    def _is_guessed(self, caller: Value, result: Value) -> bool:
        """Whether a call only has a method's name, in a module where the model has not been."""
        if caller.kind != "call" or caller.body.module.index in self.places:
            return False
        key = result.body.key
        return all(target.guessed for target in self.flow.targets(caller) if target.key == key)

    def _is_stored_by_its_step(self, result: Value) -> bool:
        """Whether a platform stores what a function returns."""
        if self.flow.nodes.of(result.body.key):
            return True
        scope = result.body.scope
        outer = self.flow.body(result.body.module.index, max(scope.parent, 0))
        for ref in scope.decorators:
            value = outer.values.get(ref)
            function = value.inputs[0][1] if value is not None and value.kind == "call" else value
            if function is None or function.kind != "external":
                continue
            if str(function.data).partition(".")[0] in ARTIFACT_STORES:
                return True
        return False

    def _joined(self, at: _At, label: str, join: Value) -> Iterator[_At]:
        if label == "value" and not is_left_over(at.value, join):
            yield at.to(join)

    def _stored(self, at: _At, label: str, store: Value) -> Iterator[_At]:
        if label == "base":
            yield at.to(store)
        elif label == "value":
            if isinstance(store.data, tuple):
                yield at.into(store, store.data[1])
            for move in self.flow.reads_of_store(store):
                if self._may_be_ours(store, move.value):
                    yield at._replace(value=move.value, stack=move.stack)
            yield from (at._replace(value=read, stack=()) for read in self.kept_for_all.reads(store))

    def _may_be_ours(self, store: Value, read: Value) -> bool:
        """Whether an attribute that is read in another module may be of the same object: objects of a class that many
        modules make are told apart by where the model has been."""
        place = read.body.module.index
        if place == store.body.module.index or place in self.places:
            return True
        cls = self.flow.program.enclosing_class(store.body.key)
        return cls is None or self.makers(cls) <= 1

    def _into_collection(self, at: _At, label: str, container: Value) -> Iterator[_At]:
        if label == "item":
            yield at.into(container, [source for _, source in container.inputs].index(at.value))
            for param in self.flow.nodes.part_takers(at.value, container):
                yield at._replace(value=param, stack=())
        elif label == "spread":
            yield at.to(container)

    def _into_dict(self, at: _At, label: str, container: Value) -> Iterator[_At]:
        if label == "item":
            place = container.every("item").index(at.value)
            keys: tuple[object, ...] = container.data  # type: ignore[assignment]
            yield at.into(container, keys[place] if place < len(keys) else None)
        elif label == "spread":
            yield at.to(container)

    def _into_comprehension(self, at: _At, label: str, container: Value) -> Iterator[_At]:
        if label == "element":
            yield at.into(container, None)

    def _item(self, at: _At, label: str, taken: Value) -> Iterator[_At]:
        if label == "object" and at.inside:
            yield from at.out(taken, taken.data)
        elif label == "object" and at.vectors:
            yield at.to(taken)

    def _element(self, at: _At, label: str, taken: Value) -> Iterator[_At]:
        if label == "iterable" and at.inside:
            yield from at.out(taken, None)


def _keyword(call: Value, given: Value) -> str:
    """The keyword by which a call is given a value."""
    return next((keyword for keyword, source in call.named_arguments if source is given), "")


def _same_under(wanted: str) -> Callable[[_At, str, Value], Iterator[_At]]:
    """The step to a value that is the same under one label."""

    def step(at: _At, label: str, user: Value) -> Iterator[_At]:
        if label == wanted:
            yield at.to(user)

    return step


def _mutated(at: _At, label: str, user: Value) -> Iterator[_At]:
    if label == "base":
        yield at.to(user)
    elif label == "arg" and user.data in _ADDS:
        yield at.into(user, None)


def _combined(at: _At, _label: str, user: Value) -> Iterator[_At]:
    """Into what is put together of it and another; the weights of two networks make one list for their optimizer."""
    if user.data in ("|", "or", "and") or (user.data == "+" and at.weights):
        yield at.to(user)


def same_object(flow: Flow, value: Value) -> list[Value]:
    """The same object up to where it was made: what takes weights is the model that they were kept of."""
    back = flow.shared(Sameness).back

    def step(value: Value, stack: Stack) -> list[Step]:
        return [] if value.kind == "call" else back(value, stack)

    return [visit.value for visit in flow.walk(value, step, limit=SAME_LIMIT)]

"""The repository's own classes that are models in their own right, and what happens inside their methods."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from functools import cached_property

from mldebt.facts import record as r
from mldebt.flow.body import Body
from mldebt.flow.calls.words import last_name
from mldebt.flow.evaluation.gradients import Gradients
from mldebt.flow.linking import ClassKey, is_self
from mldebt.flow.sameness import Sameness
from mldebt.flow.services.serving import Boundaries
from mldebt.flow.types.instances import MAKING_NAMES
from mldebt.flow.types.models import NETWORK_KINDS, Models, short_name
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.models.baselines import Baselines
from mldebt.pipeline.models.checkpoints import keeping_callbacks
from mldebt.pipeline.models.life import KEEPS, Life
from mldebt.pipeline.models.lifecycle import Lives
from mldebt.regex import regex

CALL_DEPTH = 5
REACH_LIMIT = 4000
OWN_LIMIT = 12
HELD_LIMIT = 40
ASKED = regex(
    r"_?(predict|classify|recommend|infer|forecast|detect|rank|score|sample_action|get_recommendations)(_|$|\b)"
    r"|generate(_(text|answer|response|recommendation|prediction|image|caption|summary|sequence|token)\w*)?\Z"
)
_TRAINS_ITSELF = regex(r"(fit|train|partial_fit|training_step)(_|\Z)")
_FITS = frozenset({"fit", "partial_fit", "fit_transform", "train"})
_PASSES = frozenset({"forward", "call", "__call__"})
_PLAIN_MODULES = frozenset({"torch.nn.Module", "abc.ABC"})
_STARTS = regex(r"subprocess\.|os\.system$")
LEARNING_DEPTH = 2
_RUNNERS = frozenset({"pipeline", "trainer"})
_PICKLES = regex(r"^(c?pickle|_pickle|dill|cloudpickle|joblib|torch|numpy)\.(dumps?|save)$")
_MODEL_NAMES = frozenset("model clf classifier regressor estimator net network booster pipeline policy".split())
_MODEL_KINDS = frozenset({"module", "model", "estimator", "pipeline"})
_INNER_KINDS = frozenset({"estimator", "model"})
_CALIBRATORS = frozenset({"CalibratedClassifierCV", "FrozenEstimator"})
_NEIGHBOURS = frozenset({"NearestNeighbors"})
"""What finds similar rows and learns nothing of an outcome."""
_BARE = frozenset({"sklearn.base.BaseEstimator"})
_TRANSFORMS = "sklearn.base.TransformerMixin"
_ANSWERS = regex(
    r"(predict|classify|recommend|infer|forecast|score|rank|sample|decision_function|kneighbors)(_|\Z)"
    r"|(detect|generate|forward|call|__call__|__getattr__)\Z"
)
_PART = regex(r"\.(ModuleList|ModuleDict|Layer|Loss|_Loss|Metric|Optimizer|Callback|LRScheduler)$")
_LOSS = regex(r"(Loss(es)?|Criterion|(^|_)(loss(es)?|criterion))_?([Vv]?\d+)?\Z")
_DRAWER = regex(r"(Sampl(er|ing)|Acquisition|Selector|Strategy|Querier)_?([Vv]?\d+)?\Z")
_DRAWS = regex(r"(sample|select|query|acquire|draw|choose)(_|\Z)")
_QUALIFIED = regex(r"[A-Za-z_][\w.]*[.:][A-Za-z_]\w*\Z")
_APART = regex(r"(^|/)(examples?|notebooks?|docs?|tutorials?|benchmarks?|scripts?|tests?|demos?|tools)/")


class ModelClasses:
    """Questions about the model classes of a program. `named` are words of configurations, `packages` the folders of
    what can be installed."""

    def __init__(self, flow: Flow, models: Models, named: frozenset[str], packages: tuple[str, ...]) -> None:
        self.flow = flow
        self.models = models
        self.gradients = flow.shared(Gradients)
        self.named = named
        self.packages = packages
        self.baselines = Baselines(flow)
        self._inner: dict[tuple[int, int], Life] = {}
        self._constructs: dict[ClassKey, tuple[Value, ...]] = {}

    def find(self) -> list[ClassKey]:
        """Classes that are models, are made use of, and are no part of another."""
        found = [
            (module.index, number)
            for module in self.flow.program.modules
            if module.category == "product"
            for number, scope in enumerate(module.facts.scopes)
            if number and scope.kind == "class" and self._is_own_model((module.index, number))
        ]
        return [cls for cls in found if not self._is_part(cls, set(found))]

    def _is_own_model(self, cls: ClassKey) -> bool:
        if not self.models.is_model(cls) or self.models.is_dataset(cls) or self.models.derives(cls, _RUNNERS):
            return False
        if (
            not self._is_concrete(cls)
            or self._is_weightless(cls)
            or self._is_loss(cls)
            or self._learns_nothing(cls)
            or self._is_yardstick(cls)
            or self._trains_what_it_is_given(cls)
            or self._only_calibrates(cls)
            or self._only_explains(cls)
        ):
            return False
        if self.models.derives(cls, frozenset({"module", "model"})):
            return True
        names = {name for key in self._family(cls) for name in self._members(key)}
        if self._only_transforms(cls, names):
            return False
        if any(ASKED.match(name) for name in names) or self._inherits_answers(cls):
            return True
        return not self._only_draws(cls, names) and self._is_whole(cls)

    def _only_transforms(self, cls: ClassKey, names: set[str]) -> bool:
        """Whether a class makes features and predicts nothing: it says so by its base, or it is fitted and transforms,
        and nobody can ask it. `names` are its members."""
        if any(_ANSWERS.match(name) for name in names) or self._inherits_answers(cls):
            return False
        if _TRANSFORMS in self.flow.program.ancestry(cls):
            return True
        fits = bool({"fit", "fit_transform"} & names)
        return fits and "transform" in names and not any(ASKED.match(name) for name in names if name[:1] != "_")

    def _only_draws(self, cls: ClassKey, names: set[str]) -> bool:
        """Whether a class says by its name and its methods that it draws rows, those to be labelled next for instance:
        what it fits helps it to choose. `names` are its members."""
        drawing = any(_DRAWS.match(name) for name in names)
        return drawing and _DRAWER.search(self.flow.scope(*cls).name) is not None

    def _inherits_answers(self, cls: ClassKey) -> bool:
        """Whether a class is a library's whole model under a new name: `class Ranker(Ridge): pass`. What every
        estimator derives from answers nothing by itself."""
        above = [base for base in self.flow.program.ancestry(cls) if isinstance(base, str) and base not in _BARE]
        answers = [
            self.flow.catalogue.method(base, "predict") for base in above if self.models.kind(base) != "transformer"
        ]
        return any(answer is not None and "predicts" in answer.roles for answer in answers)

    def _is_whole(self, cls: ClassKey) -> bool:
        """Whether a class that nobody asks by name builds a library's model for itself, keeps it and trains it; what a
        method builds and gives away or forgets is no part of the object."""
        held = any(self._is_held(cls, call) for call, _ in self.inside(cls, self.models))
        return held and any(self._trains(key) for key in self._family(cls))

    def _is_held(self, cls: ClassKey, made: Value) -> bool:
        """Whether an object of a class keeps what one of its methods makes, as it is or in something else; a method
        that it inherits may do so."""
        homes = {self.flow.program.modules[each[0]] for each in self._family(cls)}
        stores = (
            visit.value
            for visit in self.flow.walk(made, self.flow.forth, limit=HELD_LIMIT)
            if visit.value.kind in ("store", "mutate") and visit.value.body.module in homes
        )
        return any(map(_is_of_self, stores))

    def _only_calibrates(self, cls: ClassKey) -> bool:
        """Whether a class builds nothing but what calibrates a model that it is given: that one is the model."""
        inside = [call for call, name in self.inside(cls, self.models) if name in _CALIBRATORS]
        given = (dict(call.named_arguments).get("estimator", next(iter(call.arguments), None)) for call in inside)
        return (
            bool(inside)
            and all(each is not None and each.kind == "param" for each in given)
            and not any(name not in _CALIBRATORS for _, name in self.inside(cls, self.models))
        )

    def _only_explains(self, cls: ClassKey) -> bool:
        """Whether a class answers by a model that it is given, and trains nothing but what finds similar rows."""
        inside = {name for _, name in self.inside(cls, self.models)}
        return bool(inside) and inside <= _NEIGHBOURS and any(map(self._asks_what_is_given, self._bodies(cls)))

    def _asks_what_is_given(self, body: Body) -> bool:
        """Whether a method asks a model that whoever makes the object hands to it."""
        asked = [call for call in body.calls if "predicts" in self.flow.roles(call)]
        back = self.flow.shared(Sameness).back
        return any(
            visit.value.kind == "param" and visit.value.body.scope.name == "__init__"
            for receiver in (call.receiver for call in asked)
            if receiver is not None
            for visit in self.flow.walk(receiver, back, limit=OWN_LIMIT)
        )

    def _is_weightless(self, cls: ClassKey) -> bool:
        """Whether a class is a container of networks, or a layer: neither is a model by itself."""
        outside = [base for base in self.flow.program.ancestry(cls) if isinstance(base, str)]
        others = [base for base in outside if not _PART.search(base)]
        return len(others) < len(outside) and not any(self.models.kind(base) in _MODEL_KINDS for base in others)

    def _is_loss(self, cls: ClassKey) -> bool:
        """Whether a class only says by how much a model was wrong: it is called a loss, is given more than one thing at
        a time or has nothing of its own to learn with, and holds no model that it would ask first."""
        if not _LOSS.search(self.flow.scope(*cls).name) or not self.models.derives(cls, NETWORK_KINDS):
            return False
        members = {
            name: (key, number) for key in self._family(cls)[::-1] for name, number in self._members(key).items()
        }
        passes = [self.flow.body(key[0], number) for name, (key, number) in members.items() if name in _PASSES]
        units = [self.flow.body(key[0], number) for key, number in members.values()]
        bare = not any(_is_of_self(node) for body in units for node in body.nodes if node.kind == "store")
        return (
            bool(passes)
            and (bare or any(len(body.params) > 2 for body in passes))
            and not any(_MODEL_NAMES & {last_name(call)} for body in passes for call in body.calls)
        )

    def _learns_nothing(self, cls: ClassKey) -> bool:
        """Whether all methods by which a class would be trained are left open or leave nothing in the object, as those
        of a stub and of what only hands a training on to another machine; of a library's module, whether it has no
        forward pass, under no name."""
        outside = {base for base in self.flow.program.ancestry(cls) if isinstance(base, str)}
        if "torch.nn.Module" in outside and outside <= _PLAIN_MODULES:
            return not any(
                "forward" in self._members(key) or self._trains(key) or self._asks_its_layers(key)
                for key in self._family(cls)
            )
        if self.models.derives(cls, _MODEL_KINDS):
            return False
        methods: dict[str, tuple[int, int]] = {}
        for key in self._family(cls):
            for name, number in self._members(key).items():
                if _TRAINS_ITSELF.match(name) and self.flow.scope(key[0], number).kind == "function":
                    methods.setdefault(name, (key[0], number))
        family = set(self._family(cls))
        return bool(methods) and not any(self._leaves_something(unit, family, 0) for unit in methods.values())

    def _trains_what_it_is_given(self, cls: ClassKey) -> bool:
        """Whether a class trains the networks that its methods are handed, or what they make of a class that they are
        handed, and none of its own: a runner of any."""
        if self.models.derives(cls, _MODEL_KINDS):
            return False
        bodies = [body for key in self._family(cls) for body in self._bodies(key)]
        fits = [call for body in bodies for call in body.calls if last_name(call) in _FITS]
        if fits and all(map(_fits_a_given, fits)):
            return True
        training = [
            body
            for body in bodies
            if any("optimizes" in self.flow.roles(call) and self.gradients.trains(call) for call in body.calls)
        ]
        return bool(training) and all(any(map(_asks_a_given, body.calls)) for body in training)

    def _is_yardstick(self, cls: ClassKey) -> bool:
        """Whether a class only answers by chance: a baseline that models are compared with."""
        if self.models.derives(cls, _MODEL_KINDS) or self.inside(cls, self.models):
            return False
        members = {
            name: (key, number) for key in self._family(cls)[::-1] for name, number in self._members(key).items()
        }
        answers = [each for name, each in members.items() if _ANSWERS.match(name)]
        return bool(answers) and all(self.baselines.answers_by_chance(key, [number]) for key, number in answers)

    def _leaves_something(self, unit: tuple[int, int], family: set[ClassKey], depth: int) -> bool:
        """Whether a method, or one of its object's that it calls, keeps something in the object, trains a model or
        starts the program that does."""
        body = self.flow.body(*unit)
        changed = (node for node in body.nodes if node.kind in ("store", "mutate") and _is_of_self(node))
        if not all(map(self._puts_in_a_runner, changed)):
            return True
        for call in body.calls:
            if self.gradients.trains(call) or _TRAINS_ITSELF.match(last_name(call)):
                return True
            if any(_STARTS.match(target.name) for target in self.flow.targets(call) if target.kind == "external"):
                return True
            for target in self.flow.targets(call) if depth < LEARNING_DEPTH else ():
                around = self.flow.program.enclosing_class(target.key)
                own = target.kind == "func" and around in family
                if own and self._leaves_something(target.key, family, depth + 1):
                    return True
        return False

    def _asks_its_layers(self, cls: ClassKey) -> bool:
        """Whether a method that others may call passes something through what the object holds:
        `self.items(batch)` in `finetune`."""
        members = self._members(cls)
        return any(
            call.function.kind == "attr"
            and is_self(call.function.source)
            and call.function.name not in members
            and bool(self.flow.stored(cls, call.function.name))
            for name, number in members.items()
            if not name.startswith("_") and self.flow.scope(cls[0], number).kind == "function"
            for call in self.flow.body(cls[0], number).calls
        )

    def _puts_in_a_runner(self, store: Value) -> bool:
        """Whether a method that is told nothing only puts into the object what another object hands it, which is no
        model: `self.pipeline = jobs.get_pipeline()`."""
        given = next(iter(store.every("value")), None)
        if given is None or given.kind != "call" or given.arguments or len(store.body.params) > 1:
            return False
        targets = self.flow.targets(given)
        kinds = [each.name for each in self.flow.types(given)]
        return (
            bool(targets)
            and all(target.kind == "func" and target.receiver is not None for target in targets)
            and not any(isinstance(kind, str) or self.models.is_model(kind) for kind in kinds)
        )

    def _is_concrete(self, cls: ClassKey) -> bool:
        """Whether anybody makes one: a call, a registry by name, a configuration; what nobody derives from may be."""
        name = self.flow.scope(*cls).name
        below = [key for key in self.flow.program.subclasses(cls) if self._category(key) == "product"]
        return not below or bool(self.constructs(cls)) or name in self._spoken

    def _is_part(self, cls: ClassKey, models: set[ClassKey]) -> bool:
        """Whether a class is only ever built inside other models, or is built by nobody and trains nothing itself."""
        made = self.constructs(cls)
        if not made:
            own = any(self._trains(key) for key in self._family(cls)) or self.fits(cls) is not None
            return not own and self.flow.scope(*cls).name not in self._spoken
        return all(self._is_inside(call, cls, models) for call in made)

    def _is_inside(self, call: Value, cls: ClassKey, models: set[ClassKey]) -> bool:
        around = self.flow.program.enclosing_class(call.body.key)
        if around is None or around == cls:
            return False
        family = {around, *self.flow.program.subclasses(around)}
        return bool(family & (models - {cls})) or self.models.derives(around, frozenset({"module", "model", "layer"}))

    # ------------------------------------------------------------------ who makes one

    def constructs(self, cls: ClassKey) -> tuple[Value, ...]:
        """The calls of the team's code that make an instance."""
        found = self._constructs.get(cls)
        if found is None:
            makers = self._makers(cls)
            told = MAKING_NAMES if self._is_configured(cls) else frozenset()
            calls = [*self.flow.calls_named(frozenset({*self._aliases(cls), *makers}) | told), *self._taken]
            calls += self._looked_up if told else []
            wanted = {cls, *((cls[0], number) for number in makers.values())}
            found = self._constructs[cls] = tuple(
                call
                for call in calls
                if call.body.module.category == "product"
                and any(not t.guessed and (t.module, t.scope) in wanted for t in self.flow.targets(call))
            )
        return found

    @cached_property
    def _taken(self) -> list[Value]:
        """The calls of an entry of a dictionary: `MODELS[name](…)`, which has no name of its own."""
        nameless = self.flow.calls_named(frozenset({""}))
        return [
            call
            for call in nameless
            if call.function.kind == "item" or (call.function.kind == "call" and call.function.calls_method("get"))
        ]

    @cached_property
    def _looked_up(self) -> list[Value]:
        """The calls of what a call gave: `getattr(nets, name)()`."""
        nameless = self.flow.calls_named(frozenset({""}))
        return [call for call in nameless if call.function.kind == "call" and call not in self._taken]

    def _is_configured(self, cls: ClassKey) -> bool:
        """Whether a configuration names a class of this name to be made."""
        return self.flow.scope(*cls).name in self._configured

    @cached_property
    def _configured(self) -> frozenset[str]:
        instances = self.flow.program.instances.values()
        return frozenset(name.rpartition(".")[2] for keys in instances for names in keys.values() for name in names)

    def _makers(self, cls: ClassKey) -> dict[str, int]:
        """The class methods that make an instance: `Ranker.from_file(…)`."""
        module = self.flow.program.modules[cls[0]]
        return {
            name: number
            for name, number in self._members(cls).items()
            if any(module.dotted(ref) == "classmethod" for ref in module.facts.scopes[number].decorators)
            and any(self._makes(source, cls) for source in self.flow.body(cls[0], number).returns.every("value"))
        }

    def _makes(self, value: Value, cls: ClassKey) -> bool:
        function = value.inputs[0][1] if value.kind == "call" else None
        if function is None:
            return any(owner.name == cls for owner in self.flow.types(value))
        return function.data == "cls" if function.kind == "param" else function.kind == "class" and function.data == cls

    def _aliases(self, cls: ClassKey) -> set[str]:
        """Other names that a class goes by: `Model = DetectionModel`, `from .ranker import ClickRanker as Ranker`."""
        body = self.flow.body(cls[0], 0)
        names = {name for name, value in body.env.items() if value.kind == "class" and value.data == cls}
        names.add(self.flow.scope(*cls).name)
        known = len(names)
        while True:
            names.update(alias for name in tuple(names) for alias in self._renamed.get(name, ()))
            if len(names) == known:
                return names
            known = len(names)

    @cached_property
    def _renamed(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for module in self.flow.program.modules:
            for binding in module.facts.imports:
                if binding.attribute not in ("", "*", binding.name):
                    found.setdefault(binding.attribute, set()).add(binding.name)
        return found

    @cached_property
    def _spoken(self) -> frozenset[str]:
        """Names of classes in literals (`"package.models.Ranker"`), tables (`{"r": Ranker}`) and configurations."""
        words: set[str] = set(self.named)
        for module in self.flow.program.modules:
            if module.category != "product":
                continue
            words.update(re.split(r"[.:]", text)[-1] for text in module.texts() if _QUALIFIED.match(text[:300]))
            for table in module.of_kind(r.Dictionary):
                refs = (module.facts.exprs[ref] for ref in table.values)
                words.update(name.id for name in refs if isinstance(name, r.Name))
        return frozenset(words)

    def fits(self, cls: ClassKey) -> Value | None:
        """The method by which its users train a class of a package, as a value."""
        for key in self._family(cls):
            for name, number in self._members(key).items():
                if _TRAINS_ITSELF.match(name) and self.flow.scope(key[0], number).kind == "function":
                    return self.flow.body(key[0], number).returns if self.is_handed_out(cls) else None
        return None

    def is_handed_out(self, cls: ClassKey) -> bool:
        """Whether a class is part of a package that others install: then its users keep it."""
        path = self.flow.program.modules[cls[0]].path
        name = self.flow.scope(*cls).name
        return (
            not name.startswith("_")
            and not self.flow.program.modules[cls[0]].is_notebook
            and not _APART.search(path)
            and any(path.startswith(f"{folder}/") for folder in self.packages)
        )

    # ------------------------------------------------------------------ inside

    def inner_life(self, cls: ClassKey, lives: Lives) -> Life:
        """What the methods of a class, inherited ones included, do with their own model."""
        whole = Life(self.first_value(cls))
        for key in self._family(cls):
            part = self._inner.get(key)
            if part is None:
                part = self._inner[key] = self._read_inside(key, lives)
            for name in ("trained", "kept", "asked", "measured", "tracked"):
                getattr(whole, name).update(getattr(part, name))
        return whole

    def _read_inside(self, cls: ClassKey, lives: Lives) -> Life:
        life = Life(self.first_value(cls))
        for body in self._bodies(cls):
            for call in body.calls:
                roles = self.flow.roles(call)
                if self.gradients.trains(call) and not self._only_features(call):
                    life.trained[call] = None
                    for each in keeping_callbacks(self.flow, call):
                        life.keep(each, "stored", ())
                for role, text in KEEPS.items():
                    if role in roles and role != "serves" and (self._keeps_model(call) or self._keeps_own(cls, call)):
                        life.keep(call, text, ())
                if "measures" in roles:
                    life.measured[call] = None
            own = next(iter(body.params.values()), None)
            if own is not None and own.data == "self":
                lives.follow(own, life, cls, leaves=False)
        return life

    def _keeps_model(self, call: Value) -> bool:
        """Whether a method stores the model: what pickles anything must be given an attribute that is one."""
        if not any(_PICKLES.match(target.name) for target in self.flow.targets(call)) or len(call.inputs) < 2:
            return True
        given = call.inputs[1][1]
        if given.kind == "call":  # self.model.state_dict()
            given = given.inputs[0][1].source if given.inputs[0][1].kind == "attr" else given
        names = [owner.name for owner in self.flow.types(given)]
        kinds = {self.models.kind(name) for name in names if isinstance(name, str)}
        own = any(isinstance(name, tuple) and self.models.is_model(name) for name in names)
        return given.kind == "attr" and (own or bool(kinds & _MODEL_KINDS) or given.data in _MODEL_NAMES)

    def _keeps_own(self, cls: ClassKey, call: Value) -> bool:
        """Whether a method of a class that learns by itself, with no library's model in it, stores what it learnt: it
        pickles something made of the object's attributes."""
        if not any(_PICKLES.match(target.name) for target in self.flow.targets(call)) or self.inside(cls, self.models):
            return False
        if self._trains(cls) or not any(_TRAINS_ITSELF.match(name) for name in self._members(cls)):
            return False
        own = next(iter(call.body.params.values()), None)
        made_of = self.flow.walk(call.arguments[0], self.flow.back, limit=OWN_LIMIT) if call.arguments else ()
        return any(
            visit.value.kind == "attr" and visit.value.source is own and visit.value.body is call.body
            for visit in made_of
        )

    def inside(self, cls: ClassKey, models: Models) -> list[tuple[Value, str]]:
        """The libraries' models that a class builds for itself."""
        found: dict[str, Value] = {}
        for key in self._family(cls):
            for body in self._bodies(key):
                for call in body.calls:
                    for target in self.flow.targets(call):
                        made = target.api.returns or target.name if target.api is not None else ""
                        if made and models.kind(made) in _INNER_KINDS and target.receiver is None:
                            found.setdefault(short_name(target.written or target.name), call)
        return [(call, name) for name, call in found.items()]

    def first_value(self, cls: ClassKey) -> Value:
        """A value that stands for the class itself, where it is defined."""
        return self.flow.body(*cls).returns

    def _trains(self, cls: ClassKey) -> bool:
        return any(
            self.gradients.trains(call) and not self._only_features(call)
            for body in self._bodies(cls)
            for call in body.calls
        )

    def _only_features(self, call: Value) -> bool:
        """A scaler or encoder that is fitted makes features, no model."""
        if "features" in self.flow.roles(call):
            return True
        return any(
            target.api is not None and self.models.kind(target.name.rpartition(".")[0]) == "transformer"
            for target in self.flow.targets(call)
        )

    def _family(self, cls: ClassKey) -> list[ClassKey]:
        """The class and the repository's classes above it."""
        return [key for key in self.flow.program.ancestry(cls) if isinstance(key, tuple)]

    def _members(self, cls: ClassKey) -> dict[str, int]:
        return self.flow.program.modules[cls[0]].members.get(cls[1], {})

    def _bodies(self, cls: ClassKey) -> Iterator[Body]:
        """The bodies of a class's methods and of the functions in them."""
        module = self.flow.program.modules[cls[0]]
        for number in module.inside(cls[1]):
            if module.scope(number).kind in ("function", "lambda"):
                yield self.flow.body(cls[0], number)

    def _category(self, cls: ClassKey) -> str:
        return self.flow.program.modules[cls[0]].category


class Reached:
    """What endpoints reach through calls."""

    def __init__(self, flow: Flow, boundaries: Boundaries) -> None:
        self.flow = flow
        self.boundaries = boundaries

    def from_endpoint(self, body: Body) -> bool:
        """Whether an endpoint runs a body."""
        return body.key in self.ends

    @cached_property
    def ends(self) -> dict[tuple[int, int], tuple[int, int]]:
        """For everything that an endpoint runs, the endpoint."""
        found: dict[tuple[int, int], tuple[int, int]] = {}
        queue: deque[tuple[tuple[int, int], int]] = deque()
        for module in self.flow.program.modules:
            if module.category == "product":
                for number in range(len(module.facts.scopes)):
                    if self.boundaries.endpoint(module.index, number):
                        found[module.index, number] = (module.index, number)
                        queue.append(((module.index, number), 0))
        while queue and len(found) < REACH_LIMIT:
            unit, depth = queue.popleft()
            for call in self.flow.body(*unit).calls if depth < CALL_DEPTH else ():
                for target in self.flow.targets(call):
                    after = (target.module, target.scope)
                    if target.kind == "func" and not target.guessed and after not in found:
                        found[after] = found[unit]
                        queue.append((after, depth + 1))
        return found


def _is_of_self(node: Value) -> bool:
    """Whether what is stored or changed is the object, or hangs on it."""
    base = next(iter(node.every("base")), None)
    while base is not None and base.kind in ("attr", "item", "store", "mutate", "passed", "phi"):
        base = base.source
    return base is not None and is_self(base)


def _fits_a_given(call: Value) -> bool:
    """Whether what is fitted is made of a class that was handed to the method: `model = kind()`, `model.fit(rows)`."""
    made = call.receiver
    while made is not None and made.kind in ("passed", "same", "mutate") and made.inputs:
        made = made.source
    return made is not None and made.kind == "call" and _asks_a_given(made)


def _asks_a_given(call: Value) -> bool:
    """Whether what is called was handed to the method: `model(batch)`."""
    asked = call.function
    while asked.kind in ("store", "passed", "phi", "same", "mutate") and asked.inputs:
        asked = asked.source
    return asked.kind == "param" and not is_self(asked)

"""The models that a repository trains and keeps: where each is built, trained and kept, followed by the flow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import msgspec

from mldebt.flow.conditions.conditions import around, ways
from mldebt.flow.evaluation.learnt_numbers import LearntNumbers
from mldebt.flow.linking import ClassKey, is_self
from mldebt.flow.program import Module
from mldebt.flow.sameness import Sameness, arguments
from mldebt.flow.steps import Stack, Step
from mldebt.flow.types.models import NETWORK_KINDS, Models, short_name
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.components import Components
from mldebt.pipeline.models.algorithms import asked_algorithm
from mldebt.pipeline.models.baselines import LIBRARIES
from mldebt.pipeline.models.labels import Labels
from mldebt.pipeline.models.life import Life, chosen
from mldebt.pipeline.models.lifecycle import Lives, same_object
from mldebt.pipeline.models.modelclasses import ModelClasses, Reached
from mldebt.regex import regex
from mldebt.sources import Document, DocumentKind

BUILT_KINDS = frozenset({"estimator", "model", "trainer"})
CONSTRUCTS_ASKED = 12
ALTERNATIVES_NAMED = 3
WAYS = 6
RETURNS_LIMIT = 40
CONFIGURATION_LIMIT = 200_000
_NAMELESS = frozenset({"Model", "Estimator"})
"""Classes whose names say nothing: a functional model is known by what puts it together."""
_RUNS = frozenset({"tensorflow.lite.Interpreter", "onnxruntime.InferenceSession", "sklearn.frozen.FrozenEstimator"})
"""What only runs a model that was trained elsewhere."""
_NETWORK = regex(r"[A-Za-z][\w-]+\Z")
_DOTTED = regex(r"\b[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_PACKAGING = ("pyproject.toml", "setup.py", "setup.cfg")
_LOOKED_IN = regex(r"""\b(?:where|from|package.dir|find_packages)\b\W{1,12}?["']([\w.][\w./-]*)["']""")
JOB = "sagemaker.estimator.EstimatorBase"
"""What describes a job of a platform that trains."""
_SCRIPTS = frozenset({"entry_point", "source_dir", "source_code", "**"})
LAYERED = frozenset({"torch.nn.Sequential", "torch.nn.modules.container.Sequential"})
LEARNERS = frozenset(
    """stable_baselines3.common.base_class.BaseAlgorithm fastai.learner.Learner
    ray.rllib.algorithms.algorithm.Algorithm detectron2.engine.DefaultTrainer
    google.cloud.aiplatform.AutoMLTrainingJob""".split()
)


class TrainedModel(msgspec.Struct, frozen=True, kw_only=True):
    """One model: its class in the repository (None for a library's), the call that builds it, the calls that train it,
    those that keep it with what they do (`kept_in`: by which open calls), those that ask it, measure it or log it, and
    the library's classes inside."""

    name: str
    cls: ClassKey | None
    made: Value
    trained: tuple[Value, ...]
    kept: tuple[tuple[Value, str], ...]
    kept_in: tuple[tuple[Stack, ...], ...] = ()
    asked: tuple[Value, ...] = ()
    measured: tuple[Value, ...] = ()
    tracked: tuple[Value, ...] = ()
    inside: tuple[tuple[Value, str], ...] = ()


class _Row(msgspec.Struct, kw_only=True):
    """A candidate, before it is known whether it is trained and kept."""

    name: str
    cls: ClassKey | None
    made: Value
    lives: list[Life]
    inner: list[Life] = msgspec.field(default_factory=list)
    """Of the libraries' models that a class builds for itself."""
    is_trainer: bool = False


def is_only_handed_out(model: TrainedModel) -> bool:
    """Whether a package hands a model out untrained, so that its users train it on data of their own."""
    return bool(model.kept) and all(how == "handed out" for _, how in model.kept)


def find_models(flow: Flow, components: Components, documents: Sequence[Document]) -> tuple[TrainedModel, ...]:
    """The models of a repository; its configurations and its packaging tell what its code alone does not."""
    return Register(flow, components, _configured_names(documents), installed_packages(flow, documents)).find()


class Register:
    """Finds the models of a repository's own code."""

    def __init__(self, flow: Flow, components: Components, named: Iterable[str], packages: Iterable[str]) -> None:
        self.flow = flow
        self.models = flow.shared(Models)
        self.lives = flow.shared(Lives)
        self.labels = flow.shared(Labels)
        self.reached = Reached(flow, components.boundaries)
        self.classes = ModelClasses(flow, self.models, frozenset(named), tuple(packages))
        self._own: set[ClassKey] = set()

    def find(self) -> tuple[TrainedModel, ...]:
        """Every model that is trained and kept, by place; a class counts once, however often it is built."""
        rows = self._classes()
        own = self._own = {row.cls for row in rows if row.cls is not None}
        rows += list(self._libraries(own))
        found = [each for group in self._merge(rows) if (each := self._model(group)) is not None]
        return tuple(sorted(found, key=self._place))

    def _place(self, model: TrainedModel) -> tuple[int, int]:
        if model.cls is not None:
            return model.cls[0], self.flow.scope(*model.cls).at
        return model.made.body.module.index, model.made.at

    # ------------------------------------------------------------------ candidates

    def _classes(self) -> list[_Row]:
        """The repository's own model classes, each with the lives of its instances and of `self` in its methods."""
        found = []
        for cls in self.classes.find():
            made = self.classes.constructs(cls)
            lives = [self.lives.of(call, cls) for call in made[:CONSTRUCTS_ASKED]]
            lives.append(self.classes.inner_life(cls, self.lives))
            trained = (life.made for life in lives[:-1] if life.trained)
            first = next(trained, made[0] if made else self.classes.first_value(cls))
            inner = [self.lives.of(call) for call, _ in self.classes.inside(cls, self.models)]
            found.append(_Row(name=self.flow.scope(*cls).name, cls=cls, made=first, lives=lives, inner=inner))
        return found

    def _libraries(self, own: set[ClassKey]) -> Iterator[_Row]:
        """Models of libraries' classes, where they are built outside the repository's own model classes."""
        for module in self._modules():
            for number in range(len(module.facts.scopes)):
                around = self.flow.program.enclosing_class((module.index, number))
                if around is not None and self._is_inside(around, own):
                    continue
                for call in self.flow.body(module.index, number).calls:
                    built = built_by(self.flow, self.models, call) or self._as_layers(call)
                    if built is not None:
                        name, kind = built
                        lives = [self.lives.of(call)]
                        yield _Row(name=name, cls=None, made=call, lives=lives, is_trainer=kind == "trainer")

    def _as_layers(self, call: Value) -> tuple[str, str] | None:
        """A network that is put together of layers and trained as it is, in no class: `net = nn.Sequential(…)`."""
        if not any(target.api is not None and target.name in LAYERED for target in self.flow.targets(call)):
            return None
        life = self.lives.of(call)
        if not life.trained or not life.kept or life.built:
            return None
        scope = call.body.scope
        return f"Sequential of {scope.name or call.body.module.path.rpartition('/')[2]}", "model"

    def _is_inside(self, around: ClassKey, own: set[ClassKey]) -> bool:
        family = {around, *self.flow.program.subclasses(around)}
        return bool(family & own) or self.models.derives(around, NETWORK_KINDS)

    def _modules(self) -> list[Module]:
        return [module for module in self.flow.program.modules if module.category == "product"]

    # ------------------------------------------------------------------ one model in several hands

    def _merge(self, rows: list[_Row]) -> list[list[_Row]]:
        """Candidates that are one model: a wrapper with what it wraps, alternatives that one call trains and keeps."""
        leader = list(range(len(rows)))
        dropped: set[int] = set()
        for after, before in self._wrapped(rows).items():
            near = [place for place in before if rows[place].made.body is rows[after].made.body]
            parts = self._is_network(rows[after]) and all(rows[place].cls is None for place in before)
            parts = parts or self._is_kept_with(rows[after], [rows[place] for place in before])
            apart = all(self._are_all_kept(rows[place].lives[0]) for place in before)
            if len(before) > 1 and (len(near) != len(before) or apart) and not parts:
                dropped.add(after)  # a place that many models pass through belongs to none of them
                continue
            for place in before:
                leader[_top(leader, place)] = _top(leader, after)
        for one, other in self._alternatives(rows):
            leader[_top(leader, one)] = _top(leader, other)
        groups: dict[int, list[int]] = defaultdict(list)
        for place in range(len(rows)):
            if place not in dropped:
                groups[_top(leader, place)].append(place)
        holder = self._holders(rows)
        whole = [group for group in groups.values() if not self._are_only_parts(group, rows, holder)]
        return [self._named_first([rows[place] for place in group]) for group in whole]

    def _are_only_parts(self, group: list[int], rows: list[_Row], holder: dict[Value, int]) -> bool:
        """Whether classes of the repository's own are only ever trained inside others, one here and another there, and
        only kept with them. `holder` has the candidate that each call makes."""
        lives = [(place, life) for place in group for life in rows[place].lives[:-1] if life.trained]
        around = [{holder[call] for call in life.built if call in holder} - set(group) for _, life in lives]
        if not around or not all(around) or any(rows[place].cls is None for place in group):
            return False
        outside = {call for places in around for place in places for life in rows[place].lives for call, _ in life.kept}
        kept = {call for place in group for life in rows[place].lives for call, _ in life.kept}
        return bool(kept) and kept <= outside

    def _named_first(self, group: list[_Row]) -> list[_Row]:
        """The repository's own class before a library's, a model before what trains it; else the first built, unless
        several were put together in one: then that, or the one whose method trains them all."""
        order = sorted(group, key=lambda row: (row.cls is None, row.is_trainer))
        first = order[0]
        rivals = [row for row in order if (row.cls is None, row.is_trainer) == (first.cls is None, first.is_trainer)]
        built = {call for row in group for life in row.lives for call in life.built}
        roots = [row for row in rivals if row.made not in built]
        wholes = [*filter(self._trains_itself, rivals), *(row for row in rivals if _holds_all(row, rivals)), rivals[-1]]
        named = roots[0] if len(roots) == 1 else wholes[0]
        if len(roots) == len(rivals) > 1 and named.cls is None:  # nothing holds the others: they are alternatives
            made = [row for row in rivals if not self._is_taken_up(row)] or rivals
            named.name = " or ".join(dict.fromkeys(row.name for row in made[:ALTERNATIVES_NAMED]))
        return [named, *(row for row in order if row is not named)]

    def _trains_itself(self, row: _Row) -> bool:
        """Whether a class of the repository's own is trained by a method that is called of it, not inside another."""
        return row.cls is not None and any(
            row.made in same_object(self.flow, call.receiver)
            for call in row.lives[0].trained
            if call.kind == "call" and call.receiver is not None
        )

    def _is_taken_up(self, row: _Row) -> bool:
        """Whether a model is loaded from a file, to be trained on."""
        api = self.flow.api(row.made) if row.made.kind == "call" else None
        return api is not None and "loads" in api.roles and api.medium == "file"

    def _alternatives(self, rows: list[_Row]) -> Iterator[tuple[int, int]]:
        """Libraries' models that one body builds and the same calls train and keep: one of them is chosen."""
        first: dict[object, int] = {}
        for place, row in enumerate(rows):
            life = row.lives[0]
            if row.cls is None and life.trained and not self._are_all_kept(life):
                key = (row.made.body, tuple(life.trained), tuple(life.kept))
                if key in first:
                    yield place, first[key]
                first.setdefault(key, place)

    def _are_all_kept(self, life: Life) -> bool:
        """Whether a loop that goes over several models keeps each of them: it does so whatever their scores."""
        looped = [call for call, _ in life.kept if call.loops and not around(call.body, call.at)]
        if life.made.loops or not looped:
            return False
        return any(call.body is life.made.body for call in looped) or bool(self.labels.of(life.made))

    def _is_network(self, row: _Row) -> bool:
        """Whether a candidate is a network of the repository's own: then what it is given is a part of it."""
        return row.cls is not None and self.models.derives(row.cls, NETWORK_KINDS)

    def _makes_none(self, row: _Row) -> bool:
        """Whether a class is no network and builds no model itself: beside the network that it is handed, it is what
        trains it, one of several perhaps."""
        return row.cls is not None and not self._is_network(row) and not self.classes.inside(row.cls, self.models)

    def _is_kept_with(self, wrapper: _Row, parts: list[_Row]) -> bool:
        """Whether exchangeable parts are only ever kept as parts of an object of the repository's own: whoever makes
        the object keeps it, and what its own methods keep of a part is the part."""
        whole = {call for life in wrapper.lives for call, _ in life.kept}
        apart = {call for row in parts for life in row.lives for call, _ in life.kept}
        return (
            wrapper.cls is not None
            and bool(apart)
            and apart <= whole
            and not any(self.flow.program.enclosing_class(call.body.key) == wrapper.cls for call in apart)
        )

    def _wrapped(self, rows: list[_Row]) -> dict[int, dict[int, None]]:
        """For each candidate that holds others, which."""
        for after, place in self._built_for(rows):
            rows[place].lives[0].built[rows[after].made] = None
        holder = self._holders(rows)
        found: dict[int, dict[int, None]] = defaultdict(dict)
        for place, row in enumerate(rows):
            held = {holder[call] for life in row.lives for call in life.built if call in holder} - {place}
            for after in sorted(held):
                if self._stands_alone(row, rows[after]):
                    continue
                inner = row.cls is None or rows[after].cls is None or self._is_always_in(row, after, holder)
                if inner or (self._is_network(row) and self._makes_none(rows[after])):
                    found[after][place] = None
        return found

    def _stands_alone(self, row: _Row, wrapper: _Row) -> bool:
        """Whether a library's model is kept by itself, and only also a member of an ensemble that is not kept. Where it
        is trained by itself, too, what is done to the ensemble is not told of it any more."""
        if row.cls is not None or wrapper.cls is not None or wrapper.is_trainer or any(e.kept for e in wrapper.lives):
            return False
        life = row.lives[0]
        trained = {call: None for call in life.trained if self._is_of(row.made, call, given=False)}
        kept = {each: way for each, way in life.kept.items() if self._is_of(row.made, each[0], given=True)}
        if not trained or not kept:
            return bool(kept)
        asked = {call: None for call in life.asked if self._is_of(row.made, call, given=False)}
        measured = {call: None for call in life.measured if self._is_of(row.made, call, given=True)}
        row.lives[0] = msgspec.structs.replace(life, trained=trained, kept=kept, asked=asked, measured=measured)
        return True

    def _is_of(self, made: Value, call: Value, *, given: bool) -> bool:
        """Whether a call is of a model itself: by a method of it, or, where that counts, with it as an argument."""
        if call is made:
            return True
        receivers = [call.receiver] if call.kind == "call" and call.receiver is not None else []
        told = call.arguments if given and call.kind == "call" else []
        return any(made in same_object(self.flow, each) for each in (*receivers, *told))

    def _holders(self, rows: list[_Row]) -> dict[Value, int]:
        """The candidate that each call makes."""
        holder: dict[Value, int] = {}
        for place, row in enumerate(rows):
            holder.setdefault(row.made, place)
            for call in self.classes.constructs(row.cls) if row.cls else ():
                holder.setdefault(call, place)
        return holder

    def _built_for(self, rows: list[_Row]) -> Iterator[tuple[int, int]]:
        """Libraries' models that are given a function, with the models that it returns: `KerasClassifier(make_net)`."""
        makers: dict[object, list[int]] = defaultdict(list)
        for place, row in enumerate(rows):
            if row.made.body.number and self._is_returned(row.made):
                makers[row.made.body.key].append(place)
        for after, row in enumerate(rows):
            if row.cls is None and row.made.kind == "call":
                given = {
                    target.key
                    for source in row.made.arguments
                    if source.kind not in ("call", "const")
                    for target in self.flow.callees(source)
                    if target.kind == "func" and not target.guessed
                }
                yield from ((after, place) for key in given for place in makers.get(key, ()) if place != after)

    def _is_returned(self, made: Value) -> bool:
        """Whether a function returns what it builds, layers and all."""
        back = self.flow.shared(Sameness).back

        def step(value: Value, stack: Stack) -> list[Step]:
            return [Step("same", value.source, stack)] if value.kind in ("mutate", "store") else back(value, stack)

        return any(visit.value is made for visit in self.flow.walk(made.body.returns, step, limit=RETURNS_LIMIT))

    def _is_always_in(self, row: _Row, after: int, holder: dict[Value, int]) -> bool:
        """Whether a class is never trained but inside another: one that also stands alone is a model of its own."""
        trained = [life for life in row.lives[:-1] if life.trained]
        return all(any(holder.get(call) == after for call in life.built) for life in trained)

    def _model(self, group: list[_Row]) -> TrainedModel | None:
        lives = [life for row in group for life in (*row.lives, *row.inner)]
        first = group[0]
        trained = [call for call in _together(life.trained for life in lives) if not self._is_of_another(call, group)]
        if not trained and first.cls is not None and (fitted := self.classes.fits(first.cls)) is not None:
            trained = [fitted]
        if not trained:
            return None
        asked = _together(life.asked for life in lives)
        kept = _together(part for life in lives for part in (life.kept, life.checkpointed))
        kept = [each for each in kept if not self._is_for_others(each[0], first)]
        if not kept and not _is_of_one_call(first.made, [*trained, *asked]):
            kept = [(call, "served") for call in asked if self.reached.from_endpoint(call.body)][:1]
        if not kept:
            kept = [(call, "logged") for call in self._logged(first, trained)]
        is_passing = _is_of_one_turn(first.made, [*trained, *asked])
        is_passing = is_passing or all(map(self.flow.shared(LearntNumbers).alone, trained))
        if not kept and first.cls is not None and not is_passing and self.classes.is_handed_out(first.cls):
            kept = [(trained[0], "handed out")]
        if not kept:
            return None
        inside = [(row.made, row.name) for row in group[1:]]
        if first.cls is not None:
            inside += self.classes.inside(first.cls, self.models)
        return TrainedModel(
            name=first.name,
            cls=first.cls,
            made=first.made,
            trained=tuple(trained),
            kept=tuple(kept),
            kept_in=tuple(_ways(next((life.kept[each] for life in lives if each in life.kept), ())) for each in kept),
            asked=tuple(asked),
            measured=tuple(_together(life.measured for life in lives)),
            tracked=tuple(_together(life.tracked for life in lives)),
            inside=tuple(inside),
        )

    def _is_of_another(self, call: Value, group: list[_Row]) -> bool:
        """Whether a call trains the object of another model's class: `self` in its methods, where one call may ask any
        of several models."""
        around = self.flow.program.enclosing_class(call.body.key)
        if around not in self._own or call.kind != "call" or call.receiver is None or not is_self(call.receiver):
            return False
        classes = [row.cls for row in group if row.cls is not None]
        related = {
            key for cls in classes for key in (*self.flow.program.ancestry(cls), *self.flow.program.subclasses(cls))
        }
        return bool(classes) and around not in related and around not in classes

    def _is_for_others(self, call: Value, row: _Row) -> bool:
        """Whether a call only keeps models of a library of which a class builds none: `isinstance(clf, XGBModel)`."""
        made = [each for each, _ in self.classes.inside(row.cls, self.models)] if row.cls is not None else []
        libraries = {_library(target.name) for each in made for target in self.flow.targets(each)}
        return any(
            asked not in libraries
            for test, way in ways(call.body, call.at)
            if way and libraries and test.kind == "call" and test.calls_external("isinstance", "issubclass")
            for asked in {_library(str(each.data)) for each in test.arguments[1:2] if each.kind == "external"}
        )

    def _logged(self, row: _Row, trained: list[Value]) -> list[Value]:
        """The calls that make a tracker log every model that is trained after them in a module."""
        if row.cls is not None:
            return []
        return [
            call
            for call in self._auto_logs.get(row.made.body.module.index, ())
            if any(value.body.module is call.body.module and value.at > call.at for value in trained)
        ]

    @cached_property
    def _auto_logs(self) -> dict[int, list[Value]]:
        found: dict[int, list[Value]] = defaultdict(list)
        for call in self.flow.calls_named(frozenset({"autolog"})):
            switched_off = any(keyword == "disable" and source.data is not False for keyword, source in arguments(call))
            if not switched_off:
                found[call.body.module.index].append(call)
        return found


def built_by(flow: Flow, models: Models, call: Value) -> tuple[str, str] | None:
    """The name and kind of the library's model that a call builds, loads to be trained on, or fits at once."""
    found: dict[str, str] = {}
    for target in flow.targets(call) or chosen(flow, call):
        api = target.api
        if api is None or target.guessed or target.receiver is not None or "reads" in api.roles:
            continue
        made = api.returns or (target.name if flow.catalogue.type(target.name) else "")
        if made in LIBRARIES or target.name in LIBRARIES or made in _RUNS:
            continue
        if made == "self":
            made = target.name.rpartition(".")[0]
        kind = models.kind(made) if made else ""
        if kind in BUILT_KINDS and (kind != "trainer" or _has_own_model(flow, made) or _runs_image(call, made)):
            found[_own_class(flow, call) or _spoken(call, target.written or target.name, made, told=target.told)] = kind
    if not found:
        return None
    return " or ".join(list(found)[:ALTERNATIVES_NAMED]), next(iter(found.values()))


def _holds_all(row: _Row, rivals: Sequence[_Row]) -> bool:
    """Whether all other candidates are put into one: exchangeable parts of a network."""
    return all(any(row.made in life.built for life in other.lives) for other in rivals if other is not row)


def _runs_image(call: Value, made: str) -> bool:
    """Whether a training job runs what a platform brings along (an algorithm's image), and no script of the team's."""
    return made == JOB and bool(call.keywords) and not _SCRIPTS & set(call.keywords)


def _has_own_model(flow: Flow, name: str) -> bool:
    """Whether what trains builds its model itself."""
    return bool(LEARNERS & set(flow.catalogue.lineage(name)))


def _own_class(flow: Flow, call: Value) -> str:
    """The class of the repository that is asked to make itself: `OurHead.from_pretrained(…)`; "" for any other call."""
    if call.function.kind != "attr":
        return ""
    own = (target for target in flow.callees(call.function.source) if target.kind == "class" and not target.guessed)
    return next((flow.scope(target.module, target.scope).name for target in own), "")


def _spoken(call: Value, name: str, made: str, *, told: bool) -> str:
    """What a person calls a library's model: the class as the code writes it, or what a function makes."""
    function = call.inputs[0][1]
    written = str(function.data) if function.kind == "external" and not told else name
    parts = [part for part in written.split(".") if part[:1].isupper()]
    if parts and parts[-1] in _NAMELESS:
        scope = call.body.scope
        return f"{parts[-1]} of {scope.name or call.body.module.path.rpartition('/')[2]}"
    if parts:
        return parts[-1]
    if (algorithm := asked_algorithm(call, name)) != "":
        return algorithm
    return f"{_architecture(call) or written.partition('.')[0]} {short_name(made)}"


def _architecture(call: Value) -> str:
    """The network that a function is told to put a model together of: `vision_learner(rows, resnet34)`."""
    given = dict(call.named_arguments).get("arch") or next(iter(call.arguments[1:2]), None)
    if given is None or given.kind not in ("external", "const") or not isinstance(given.data, str):
        return ""
    return short_name(given.data) if _NETWORK.match(short_name(given.data)) else ""


def _configured_names(documents: Sequence[Document]) -> set[str]:
    """The last parts of dotted names that configurations hold: classes that nothing in the code names."""
    kinds = (DocumentKind.CONFIG, DocumentKind.PYPROJECT)
    return {
        name.rpartition(".")[2]
        for document in documents
        if document.kind in kinds
        for name in _DOTTED.findall(document.text[:CONFIGURATION_LIMIT])
    }


def installed_packages(flow: Flow, documents: Sequence[Document]) -> list[str]:
    """The folders of the packages that can be installed from the repository: beside what builds them, below `src`
    there, or where it says that it looks for them."""
    texts = {document.path: document.text for document in documents}
    paths = [*texts, *(module.path for module in flow.program.modules)]
    roots = {path.rpartition("/")[0] for path in paths if path.rpartition("/")[2] in _PACKAGING}
    told = {
        f"{path.rpartition('/')[0]}/{folder}".strip("/")
        for path, text in texts.items()
        if path.rpartition("/")[2] in _PACKAGING
        for folder in _LOOKED_IN.findall(text)
    }
    places = {place for root in roots for place in (root, f"{root}/src".lstrip("/"))} | told
    folders = {path.rpartition("/")[0] for path in paths if path.endswith("/__init__.py")}
    return sorted(folder for folder in folders if folder.rpartition("/")[0] in places)


def _is_of_one_call(made: Value, uses: Iterable[Value]) -> bool:
    """Whether one function builds a model, trains it and asks it: each call makes a model for its own question."""
    return made.body.number > 0 and all(use.body is made.body for use in uses)


def _is_of_one_turn(made: Value, uses: Iterable[Value]) -> bool:
    """Whether a loop builds a model, trains it and asks it at each turn, for the sake of what it tells of its rows."""
    return made.kind == "call" and bool(made.loops) and all(use.loops == made.loops for use in uses)


def _library(name: str) -> str:
    return name.partition(".")[0]


def _ways(stacks: Iterable[Stack]) -> tuple[Stack, ...]:
    """The open calls by which a model gets to what keeps it: none where it does by itself."""
    found = tuple(stacks)
    return ((),) if () in found or not found else found[:WAYS]


def _top(leader: list[int], place: int) -> int:
    while leader[place] != place:
        place = leader[place]
    return place


def _together(parts: Iterable[dict]) -> list:  # type: ignore[type-arg]
    return list(dict.fromkeys(each for part in parts for each in part))

"""Where a model is kept, under which version, and who loads it again."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from mldebt.flow.conditions.givens import Givens
from mldebt.flow.files.files import agree, same_top
from mldebt.flow.files.paths import Paths
from mldebt.flow.files.pathtexts import HOLES
from mldebt.flow.linking import ClassKey
from mldebt.flow.module import ScopeKey
from mldebt.flow.sameness import arguments
from mldebt.flow.steps import Stack
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.configuration.configured import Configured
from mldebt.pipeline.configuration.options import Options
from mldebt.pipeline.ingestion.datasets import Datasets
from mldebt.pipeline.ingestion.named_reads import below
from mldebt.pipeline.models.artifacts import DATED
from mldebt.pipeline.models.copies import Copies, address
from mldebt.pipeline.models.labels import Labels, is_at_turn
from mldebt.pipeline.models.life import chosen
from mldebt.pipeline.models.lifecycle import Lives
from mldebt.pipeline.models.register import TrainedModel
from mldebt.pipeline.models.registrations import BY_ITSELF, Registrations
from mldebt.pipeline.models.trainer_settings import TrainerSettings
from mldebt.pipeline.programs.subprojects import Subprojects
from mldebt.pipeline.spelling import HOLE, NOTHING, TEXTS, Spelling, spoken
from mldebt.regex import regex
from mldebt.rulebook import Api

LOADERS_SHOWN = 12
NAME_LENGTH = 5
MADE = 12
_NAMES = (
    *("registered_model_name", "model_package_group_name", "name", "repo_id", "artifact_path", "model_name"),
    "registered_name",
)
_LOGGED = "logged by the tracker"
_ITS_CHECKPOINTS = "checkpoints of the trainer"
IN_CONFIGURATION = "named in the configuration"
_VERSIONS = (
    ("run", "differs by run"),
    ("option", "named on the command line"),
    ("setting", IN_CONFIGURATION),
    ("environment", "named in the environment"),
    ("caller", "named by the caller"),
    ("step", "numbered by step"),
    ("temporary", "temporary file"),
)
OVERWRITTEN = "every run writes over it"
_AWAY = frozenset({"registry", "hub"})
_COUNTED = regex(r"\{(epoch|step|batch|val_\w+|loss|acc(uracy)?)(:[^{}]*)?\}")
"""A field that a callback fills with how far the training is: `weights_{epoch:02d}.h5`."""
_ADDRESS = regex(r"models:/+([^/@]+)(?:[/@].*)?\Z|runs:/+[^/]+/(.+)\Z", re.DOTALL)
_IS_OPEN = regex(r"(?:\w+:/+)?[{$]")
"""What a name starts with that the code leaves open, below the address of a registry, too: `models:/{name}/3`."""
_TAGGED = regex(r"([A-Za-z][\w.-]+):(?:latest|\w{6,})\Z")
"""A name in a store of models with the version that is meant: `fraud:latest`."""
_FOLDER = "dirpath"
"""The argument of callbacks that names the folder in which they keep files."""
_BY_ADDRESS = "register_model"
"""What is told first where the model lies, and then its name."""
_REGISTERED = frozenset({"registered_model_name"})
_PUT_BY_PLATFORMS = frozenset({"/opt/ml/model", "/mnt/models"})
"""Where SageMaker and KServe put the model that a service is to load."""
_OPEN = "{}"
"""What stands in a name for what the code leaves open."""
_FILLED = r"[\w.-]*?"
"""What may stand there instead, beginning at the end of a word."""
_WORD_ENDS = r"(?:(?<![A-Za-z])|(?![A-Za-z]))"
_MOVES = frozenset({"replace", "rename"})
_VERSION = regex(r"[-_]?v?\d+\Z")
_GENERAL = frozenset(
    """model models weights checkpoint checkpoints ckpt best best_model final final_model last latest state snapshot
    pipeline classifier scaler encoder vectorizer tokenizer preprocessor artifacts output outputs data save saved
    saved_model saved_models trained tmp temp""".split()
)
"""What every other project calls its artifacts and the folders of these."""


class Kept(NamedTuple):
    """One way in which a model is kept: the call, where to as the code names it, and what tells one version from the
    next ("" when nothing does)."""

    call: Value
    text: str
    version: str
    default: str = ""
    """Where to when nobody says otherwise."""


class _Spellings(NamedTuple):
    """How a path is spelled: as the code has it, as configurations fill it in, and as options do by themselves."""

    spelling: Spelling
    told: Spelling
    by_default: Spelling


class Keeping:
    """Questions about artifacts and loaders."""

    def __init__(
        self, flow: Flow, givens: Givens, subprojects: Subprojects, datasets: Datasets, configured: Configured
    ) -> None:
        self.flow = flow
        self.givens = givens
        self.subprojects = subprojects
        self.datasets = datasets
        self.paths = flow.shared(Paths)
        self.labels = flow.shared(Labels)
        self.copies = flow.shared(Copies)
        self.lives = flow.shared(Lives)
        self.registrations = flow.shared(Registrations)
        self.options = flow.shared(Options)
        self.trainers = TrainerSettings(flow, self.paths)
        self.configured = configured
        self.spelling = Spelling(self.paths)
        self.told = Spelling(self.paths, configured=configured)
        self.by_default = Spelling(self.paths, options=self.options)

    # ------------------------------------------------------------------ artifacts

    def artifacts(self, model: TrainedModel) -> list[Kept]:
        """Where a model is kept, each place once; one of several that a loop keeps, under its own name."""
        kept = self._artifacts(model, self)
        if not any("{" in each.text for each in kept):
            return kept
        named = [self.labels.of(made) for made in self._made(model)]
        found = {
            each.text: each
            for names in named
            if names
            for each in self._artifacts(model, self._at_turn(names))
            if is_at_turn(each.call, names)
        }
        told = {each.call for each in found.values() if "{" not in each.text}
        found = {text: each for text, each in found.items() if HOLE not in text or each.call not in told}
        if not found or (model.cls is None and not all(named)):  # of one of several, nothing tells when its turn is
            found.update((each.text, each) for each in kept)
        return list(found.values())

    def _made(self, model: TrainedModel) -> list[Value]:
        """Where a model is built: of a class of the repository, each of its instances; of several that are one model by
        turns, each; and what a class builds for itself."""
        if model.cls is None:
            return [model.made, *(call for call, name in model.inside if name in model.name.split(" or "))]
        calls = self.flow.calls_named(frozenset({self.flow.scope(*model.cls).name}))
        made = [call for call in calls if any(target.key == model.cls for target in self.flow.targets(call))]
        return [*made[:MADE], *(call for call, _ in model.inside[:MADE])]

    def _at_turn(self, names: Mapping[Value, str]) -> _Spellings:
        """How paths are spelled while a loop is at one of the models that it goes over."""
        return _Spellings(
            Spelling(self.paths, names=names),
            Spelling(self.paths, configured=self.configured, names=names),
            Spelling(self.paths, options=self.options, names=names),
        )

    def _artifacts(self, model: TrainedModel, spelled: Keeping | _Spellings) -> list[Kept]:
        found: dict[str, Kept] = {}
        ways = model.kept_in or (((),),) * len(model.kept)
        each_way = ((call, how, stack) for (call, how), way in zip(model.kept, ways, strict=True) for stack in way)
        for call, how, stack in each_way:
            for kept in self._kept(call, how, stack, spelled):
                text = _of_class(kept.text, model.name) if model.cls is not None else kept.text
                found.setdefault(text, kept._replace(text=text))
        for call, _ in model.kept:
            for copy in self.copies.of_best(call):
                found.setdefault(copy.target, Kept(copy.call, copy.target, self._version(copy.path)))
        if len(found) > 1:
            found.pop(_ITS_CHECKPOINTS, None)
        if any(_says_where(each) for each in found.values()):
            found = {text: each for text, each in found.items() if _says_where(each)}
        return self._with_copies(list(found.values()))

    def _with_copies(self, kept: list[Kept]) -> list[Kept]:
        """The same, with the stages that registered versions are moved to, and with the copies of files."""
        found: dict[str, Kept] = {}
        for each in kept:
            staged = self.copies.staged(each.text) if self.is_in_registry(each.call) else []
            found[each.text] = each._replace(version=", ".join([*filter(None, [each.version]), *staged]))
            for again in self._registered_later(each):
                found.setdefault(again.text, again)
        waiting = list(kept)
        while waiting and len(found) < TEXTS * 2:
            each = waiting.pop(0)
            for copy in self.copies.of(each.text, each.call):
                more = Kept(copy.call, copy.target, self._version(copy.path))
                if copy.target not in found:
                    found[copy.target] = more
                    waiting.append(more)
        return list(found.values())

    def with_other_forms(self, model: TrainedModel) -> list[Kept]:
        """The artifacts of a model, and those of the other forms into which code that loads it, and does not train it
        on, turns it: `torch.onnx.export(Net.load_from_checkpoint(path), …)`."""
        kept = self.artifacts(model)
        found = {each.text: each for each in kept}
        for load in self.loaders(model, kept):
            life = self.lives.of(load)
            for (call, how), stacks in life.kept.items() if not life.trained else ():
                if how in ("stored", "registered"):
                    for each in (each for stack in stacks for each in self._kept(call, how, stack, self)):
                        found.setdefault(each.text, each)
        return list(found.values())

    def _registered_later(self, kept: Kept) -> Iterator[Kept]:
        """The names under which what a run logged is registered afterwards."""
        if kept.text == _LOGGED:
            text = BY_ITSELF
        elif self.is_in_registry(kept.call):
            text = kept.text
        else:
            return
        is_only = kept.text != _LOGGED and self._is_only(kept.call.body.module.path, text)
        for each in self.registrations.of(text, kept.call, is_only=is_only):
            staged = self.copies.staged(each.name)
            yield Kept(each.call, each.name, ", ".join(["registry version", *staged]))

    def _kept(self, call: Value, how: str, stack: Stack, spelled: Keeping | _Spellings) -> Iterator[Kept]:
        if how == "stored by its step" and (entries := self.datasets.given(call)):
            for entry in entries:
                yield Kept(call, entry.text, "a version of each run" if entry.is_versioned else OVERWRITTEN)
        elif how == "stored by its step":
            yield Kept(call, f"result of {call.body.scope.name}", "kept by the orchestrator")
        elif how == "logged":
            yield Kept(call, _LOGGED, "differs by run")
        elif how == "checkpointed":
            yield from self._told_where(call, stack, spelled) or [Kept(call, _ITS_CHECKPOINTS, "")]
        elif how in ("stored", "registered"):
            yield from self._stored(call, stack, spelled)

    def _stored(self, call: Value, stack: Stack, spelled: Keeping | _Spellings) -> Iterator[Kept]:
        api = self._api(call)
        if api is not None and (api.medium in _AWAY or "registers" in api.roles):
            yield self._registered(call, stack, api, spelled)
            return
        path = self.paths.path(call)
        if path is None:
            yield from self._told_where(call, stack, spelled)
            return
        path = _put_in_place(path)
        name = self._file_in(call, stack) if api is not None and api.source == _FOLDER else ""
        ends = [(text, way.value) for text, way in spelled.spelling.ends(path, stack)]
        ends = list({text: (text, end) for text, end in reversed(ends) if text.strip(NOTHING)}.values())[::-1][:TEXTS]
        told = _instead(spelled.told, spelled.spelling, path, stack)
        defaults = _instead(spelled.by_default, spelled.spelling, path, stack)
        for text, end in ends:
            version = "named by the time" if api is not None and api.source in DATED else ""
            version = version or self._version(end) or self._version(path)
            kept = below(_in(text, name))
            if text in told:
                kept, version = _in(told[text], name), IN_CONFIGURATION
            elif text in defaults:
                default = below(_in(defaults[text], name))
                told_so = f"{version}, by default {default}".lstrip(", ") if default.strip(NOTHING) else version
                yield Kept(call, kept, told_so, default)
                continue
            if spelled is not self and not version and "{" not in kept:
                version = OVERWRITTEN
            yield Kept(call, kept, "numbered by step" if version == OVERWRITTEN and _COUNTED.search(kept) else version)

    def _told_where(self, call: Value, stack: Stack, spelled: Keeping | _Spellings) -> list[Kept]:
        """Where a trainer was told to leave what it trains."""
        told = self.trainers.folder(call, stack, spelled.spelling)
        return [Kept(call, told.text, self._version(told.given))] if told is not None else []

    def _file_in(self, call: Value, stack: Stack) -> str:
        """The name that a callback gives to what it keeps in a folder."""
        given = dict(arguments(call)).get("filename")
        names = self.spelling.texts(given, stack) if given is not None else []
        return f"{names[0]}.ckpt" if len(names) == 1 and names[0].strip(NOTHING) not in ("", "None") else ""

    def _registered(self, call: Value, stack: Stack, api: Api, spelled: Keeping | _Spellings) -> Kept:
        """A model that a registry, a hub or the run of a tracker keeps by a name."""
        text = self._name(call, spelled.spelling) or self.trainers.hub_name(call, stack, spelled.spelling)
        text = text or self._folder_told(call, stack, api, spelled) or api.name
        if api.medium != "registry":
            return Kept(call, text, "")
        logged = api.name.startswith("mlflow.") and not _REGISTERED & set(call.keywords)
        if logged and api.name.endswith(".save_model"):  # into a folder: no run and no registry knows of it
            return Kept(call, text, OVERWRITTEN if "{" not in text else "")
        return Kept(call, text, "differs by run" if logged and api.name.endswith(".log_model") else "registry version")

    def _folder_told(self, call: Value, stack: Stack, api: Api, spelled: Keeping | _Spellings) -> str:
        """The folder into which a registry's library writes a model instead."""
        path = dict(arguments(call)).get("path") if api.name.endswith(".save_model") else None
        texts = spelled.spelling.texts(path, stack) if path is not None else []
        return below(texts[0]) if len(texts) == 1 and texts[0].strip(NOTHING) else ""

    def _name(self, call: Value, spelling: Spelling) -> str:
        """The name under which a call registers or publishes."""
        named = dict(arguments(call))
        values = [named[word] for word in _NAMES if word in named]
        plain = [source for keyword, source in arguments(call) if keyword == ""]
        values += plain[1:] if self._is_told_first_what(call) else plain
        for value in values:
            for text in spelling.texts(value, ()):
                if text.strip(NOTHING) not in ("", "None", "True", "False"):
                    return text
            if value.kind == "param":  # what callers find out at run time is known by its name here
                return spoken(value)
        return ""

    def _is_told_first_what(self, call: Value) -> bool:
        """Whether a call is given the model, or where it lies, before the name."""
        api = self._api(call)
        name = api.name if api is not None else ""
        return name.endswith(_BY_ADDRESS) or (
            name.startswith("mlflow.") and name.endswith((".log_model", ".save_model"))
        )

    def _version(self, path: Value) -> str:
        kinds = self.givens.kinds(path)
        if "unknown" in kinds:
            return ""
        return next((text for kind, text in _VERSIONS if kind in kinds), OVERWRITTEN if kinds else "")

    # ------------------------------------------------------------------ loaders

    def loaders(self, model: TrainedModel, kept: list[Kept], limit: int = LOADERS_SHOWN) -> list[Value]:
        """The calls that load a model again: methods of its own class, and loads of a file or registry entry of the
        same name by code that belongs together."""
        found = [*self._own_loaders(model, kept), *self._asked_of_class(model, kept)] if model.cls is not None else []
        found.extend(call for each in kept for call in (*self._loads_again(each), *self._taken_up(each)))
        return list(dict.fromkeys(found))[:limit]

    def loads_of(self, model: TrainedModel) -> list[Value]:
        """The calls that load a model from where it is kept, and never another from elsewhere."""
        found = dict.fromkeys(call for each in self.artifacts(model) for call in self._loads_again(each))
        texts = {call: [t for path in self._load_paths(call) for t in self.spelling.texts(path, ())] for call in found}
        return [call for call in found if len(texts[call]) == 1][:LOADERS_SHOWN]

    @cached_property
    def unnamed(self) -> tuple[Value, ...]:
        """The loads of what the code gives no name: a platform says where it lies, or who starts the program. What a
        class loads that stores by itself is its own."""
        named = {call for loads in self._loads.values() for call, _ in loads}
        storing = {self._class_around(call) for call in self._storing} - {None}
        return tuple(
            call
            for call in self._loading
            if call not in named and self._loads_model(call) and self._class_around(call) not in storing
        )

    def _class_around(self, call: Value) -> ClassKey | None:
        return self.flow.program.enclosing_class(call.body.key)

    def is_told_where(self, load: Value) -> bool:
        """Whether who starts a program says on the command line what a load loads."""
        return any("option" in self.givens.kinds(path) for path in self._load_paths(load))

    def _loads_again(self, kept: Kept) -> Iterator[Value]:
        for each in (kept, kept._replace(text=kept.default)):
            for call, other in self._named_so(_telling_name(each.text)):
                is_alone = len(self._keepers[_telling_name(each.text)]) == 1
                beside = is_alone and _is_left_beside(kept.call.body.module.path, other)
                if beside or (agree(each.text, other) and self._belong(each, call, other)):
                    yield call

    def _taken_up(self, kept: Kept) -> Iterator[Value]:
        """The parameters of the nodes that take what another node keeps in the catalogue."""
        if kept.call.kind == "return" and self.datasets.given(kept.call):
            yield from self.flow.nodes.takers(kept.call.body.key)

    def _named_so(self, name: str) -> Iterator[tuple[Value, str]]:
        """The loads that name an artifact as it is kept, or as one that fills in what its name leaves open; a first
        part that both leave open is taken to be the same."""
        yield from self._loads.get(name, ()) if name else ()
        first = _OPEN if name.startswith(_OPEN) else ""
        parts = name.removeprefix(first).split(_OPEN)
        if len(parts) > 1:
            pattern = _filling(parts)
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
        name = _telling_name(kept.text)
        if self._is_anothers(kept.call, load, name):
            return False
        if self.is_in_registry(load) and name.lower() in _GENERAL:  # each run has one of that name
            return self._is_beside(kept, load, name) or (same_top(one, other) and self._is_only(one, name))
        if same_top(one, other):
            return True
        folders = [path.split("/")[-2:-1] for path in (kept.text, text)]
        if self.subprojects.of(one) != self.subprojects.of(other):  # an application takes its files along
            return (
                _is_own_name(name)
                and "{" not in text
                and folders[0] == folders[1] != []
                and len(self._keepers[name]) == 1
            )
        if folders[0] == folders[1] and folders[0] and "{" not in folders[0][0] and folders[0][0] not in _GENERAL:
            return True
        return _is_own_name(name) and len(self._keepers[name]) == 1

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
        stored = (call for call in calls if "stores" in self.flow.roles(call) and self.is_in_registry(call))
        given = (source for call in stored for source in call.arguments if source.kind != "call")
        return all(name not in self.spelling.texts(source, ()) for source in given)

    def _is_only(self, path: str, name: str) -> bool:
        """Whether one module alone, of all below one folder at the top, keeps something by a name in a registry."""
        return sum(same_top(path, other) for other in self._registering.get(name, ())) == 1

    @cached_property
    def _registering(self) -> dict[str, set[str]]:
        """The modules that keep something in a registry, by its name."""
        found: dict[str, set[str]] = defaultdict(set)
        for call in self._storing:
            if self.is_in_registry(call):
                found[self._name(call, self.spelling)].add(call.body.module.path)
        return found

    @cached_property
    def _storing(self) -> tuple[Value, ...]:
        """The calls of the team's own code that store a model."""
        return tuple(self._doing("stores"))

    @cached_property
    def _loading(self) -> tuple[Value, ...]:
        """The calls of the team's own code that load a model."""
        return tuple(self._doing("loads"))

    def _doing(self, role: str) -> Iterator[Value]:
        for module in self.flow.program.modules:
            for body in self.flow.bodies(module.index) if module.category == "product" else ():
                yield from (call for call in body.calls if role in self._roles(call))

    def _roles(self, call: Value) -> frozenset[str]:
        """What a call does, by any of the functions of libraries that it may take out of a dictionary."""
        roles = self.flow.roles(call)
        if roles or self.flow.targets(call):
            return roles
        return frozenset(role for target in chosen(self.flow, call) if target.api for role in target.api.roles)

    def _api(self, call: Value) -> Api | None:
        """What is known of the function that a call calls, or may call first."""
        api = self.flow.api(call)
        if api is not None or self.flow.targets(call):
            return api
        return next((target.api for target in chosen(self.flow, call) if target.api is not None), None)

    def is_in_registry(self, call: Value) -> bool:
        """Whether a call keeps a model in a registry, or by a run that one knows, or takes it from there."""
        api = self._api(call)
        return api is not None and api.medium == "registry"

    @cached_property
    def _keepers(self) -> dict[str, set[ScopeKey]]:
        """The classes, and functions outside of any, that store something by a name."""
        found: dict[str, set[ScopeKey]] = defaultdict(set)
        for call in self._storing:
            path, home = self.paths.path(call), call.body
            for text in self._all_texts(path) if path is not None else ():
                around = self.flow.program.enclosing_class(home.key)
                found[_telling_name(text)].add(around or (home.module.index, home.number))
        return found

    def _own_loaders(self, model: TrainedModel, kept: list[Kept]) -> Iterator[Value]:
        """The first call of each method of a model's class that loads it."""
        names = {_telling_name(each.text) for each in kept} - {""}
        for key in self._family(model.cls):
            for name, number in self.flow.program.modules[key[0]].members.get(key[1], {}).items():
                if self.flow.scope(key[0], number).kind != "function" or name in ("__init__", "build"):
                    continue
                calls = [call for call in self.flow.body(key[0], number).calls if self._loads_model(call)]
                yield from [call for call in calls if not self._is_other(call, model.cls, names)][:1]

    def _asked_of_class(self, model: TrainedModel, kept: list[Kept]) -> Iterator[Value]:
        """The loads that are asked of a model's own class, from where nothing in the code says what lies there:
        `Net.load_from_checkpoint(path)`."""
        names = {_telling_name(each.text) for each in kept} - {""}
        for call in self._loading:
            owner = call.function.source if call.function.kind == "attr" else None
            classes = [each for each in self.flow.callees(owner) if each.kind == "class"] if owner is not None else []
            if any(each.key == model.cls and not each.guessed for each in classes):
                others = {_telling_name(text) for text in self._load_texts(call) if text[:1] != "$" and "{" not in text}
                others.discard("")
                if not others or others & names:
                    yield call

    def _is_other(self, load: Value, cls: ClassKey | None, names: set[str]) -> bool:
        """Whether a load of a model's own class names none of the files by which the model is kept, but another: its
        label map, its settings."""
        others = {_telling_name(text) for text in self._load_texts(load)}
        others.discard("")
        if not others or others & names:
            return False
        family = set(self._family(cls))
        return bool(names) or all(family & self._keepers[name] for name in others)

    def _family(self, cls: ClassKey | None) -> Iterator[ClassKey]:
        """A class and those of the repository above it."""
        return (key for key in self.flow.program.ancestry(cls) if isinstance(key, tuple)) if cls else iter(())

    def _loads_model(self, call: Value) -> bool:
        api = self._api(call)
        if api is None or "loads" not in api.roles or "stores" in api.roles:
            return False
        return api.medium not in _AWAY or "load_model" in api.name

    @cached_property
    def _loads(self) -> dict[str, list[tuple[Value, str]]]:
        """Every load of a model, by the last part of what it names."""
        found: dict[str, list[tuple[Value, str]]] = defaultdict(list)
        for call in self._loading:
            for text in self._load_texts(call):
                found[_telling_name(text) if text not in _PUT_BY_PLATFORMS else ""].append((call, text))
        found.pop("", None)
        return found

    def _load_texts(self, call: Value) -> list[str]:
        texts = (text for path in self._load_paths(call) for text in self._all_texts(path))
        return list(dict.fromkeys(_within(text) for text in texts if text != "None"))

    def _load_paths(self, call: Value) -> list[Value]:
        path = self.paths.path(call)
        return [path] if path is not None else [source for _, source in call.inputs[1:2]]

    def _all_texts(self, path: Value) -> list[str]:
        """What a path may be, and what it is where an option or the environment leaves it as it is."""
        texts = self.spelling.texts(path, ())
        if not any(map(_IS_OPEN.match, texts)):
            return texts
        return list(dict.fromkeys([*texts, *self.by_default.texts(path, ()), *self.told.texts(path, ())]))


def _says_where(kept: Kept) -> bool:
    """Whether anything of a place is written down, or known where nobody says otherwise: `{path}` alone says nothing
    beside a place that is named."""
    return bool(HOLES.sub("", kept.text).strip("/. ") or kept.default)


def _instead(spelling: Spelling, plain: Spelling, path: Value, stack: Stack) -> dict[str, str]:
    """What another spelling makes of the texts of a path that leave something open."""
    both = zip(plain.ends(path, stack), spelling.ends(path, stack), strict=False)
    return {before: after for (before, _), (after, _) in both if before != after and before.strip(NOTHING)}


def _in(folder: str, name: str) -> str:
    return posixpath.join(folder, name) if name else folder


def _within(text: str) -> str:
    """The name that an address of MLflow gives (of a registered model, or of what one run logged); the address of an
    object in a bucket as others spell it."""
    if (tagged := _TAGGED.match(text)) is not None:
        return tagged[1]
    found = _ADDRESS.match(text)
    return found[1] or found[2] if found is not None else address(text)


def _of_class(text: str, name: str) -> str:
    """A path that a class names after itself."""
    return text.replace("{self.__class__.__name__.lower()}", name.lower()).replace("{self.__class__.__name__}", name)


def _put_in_place(path: Value) -> Value:
    """The path that a file is moved to once it is written beside: `torch.save(net, part); part.replace(path)`."""
    for label, user in path.uses:
        if label == "object" and user.kind == "attr" and user.data in _MOVES:
            calls = [each for part, each in user.uses if part == "function" and each.kind == "call"]
            moved = next((each.arguments[0] for each in calls if each.arguments), None)
        else:
            is_move = user.kind == "call" and label == "arg" and user.calls_external("os.replace", "os.rename")
            moved = user.arguments[1] if is_move and user.arguments[0] is path and len(user.arguments) > 1 else None
        if moved is not None:
            return moved
    return path


def _is_left_beside(keeping: str, text: str) -> bool:
    """Whether a path leads to the very folder in which the code that keeps something by that name lies:
    `../train/model.pkl` is what `train/train.py` leaves there."""
    folder, above = posixpath.dirname(text), posixpath.basename(posixpath.dirname(keeping))
    return bool(above) and above not in _GENERAL and posixpath.basename(folder) == above


def _is_own_name(name: str) -> bool:
    """Whether a file's name, whatever its version, is not what every other project calls its artifacts."""
    return _VERSION.sub("", name.partition(".")[0].lower()) not in _GENERAL


def _telling_name(text: str) -> str:
    """The last part of a path, or the last two, when that is enough of a name to be known by."""
    parts = text.rstrip("/").split("/")
    name = parts[-1]
    if _letters(name) < NAME_LENGTH <= _letters("/".join(parts[-2:])) and _letters(name) > 1 and "{" not in text:
        return "/".join(parts[-2:])  # a short name is enough of one below its folder
    return HOLES.sub("{}", name) if _letters(name) >= NAME_LENGTH and "…" not in name else ""


def _filling(parts: Sequence[str]) -> re.Pattern[str]:
    """What matches a name whose written parts these are, with nothing filled in that makes another word of the one
    before. Each part is looked for once, from the left."""
    first, *between, last = map(re.escape, parts)
    inner = "".join(f"(?>{_FILLED}{part}{_WORD_ENDS})" for part in between)
    return re.compile(f"{first}{_WORD_ENDS}{inner}{_FILLED}{last}")


def _letters(name: str) -> int:
    """How many letters of a name are written down."""
    return sum(char.isalpha() for char in HOLES.sub("", name))

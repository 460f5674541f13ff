"""Where a model is kept, and under which version."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

import msgspec

from mldebt.flow.conditions.givens import Givens
from mldebt.flow.files.files import same_top
from mldebt.flow.files.paths import Paths
from mldebt.flow.files.pathtexts import HOLES
from mldebt.flow.sameness import arguments
from mldebt.flow.steps import Stack
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.configuration.configured import Configured
from mldebt.pipeline.configuration.options import Options
from mldebt.pipeline.ingestion.datasets import Datasets
from mldebt.pipeline.ingestion.named_reads import below
from mldebt.pipeline.models.artifacts import DATED
from mldebt.pipeline.models.copies import Copies
from mldebt.pipeline.models.labels import Labels, is_at_turn
from mldebt.pipeline.models.life import chosen
from mldebt.pipeline.models.lifecycle import Lives
from mldebt.pipeline.models.loading import AWAY, Loading
from mldebt.pipeline.models.register import TrainedModel
from mldebt.pipeline.models.registrations import BY_ITSELF, Registrations
from mldebt.pipeline.models.trainer_settings import TrainerSettings
from mldebt.pipeline.programs.subprojects import Subprojects
from mldebt.pipeline.spelling import HOLE, NOTHING, TEXTS, Spelling, spoken
from mldebt.regex import regex
from mldebt.rulebook import Api

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
_COUNTED = regex(r"\{(epoch|step|batch|val_\w+|loss|acc(uracy)?)(:[^{}]*)?\}")
"""A field that a callback fills with how far the training is: `weights_{epoch:02d}.h5`."""
_FOLDER = "dirpath"
"""The argument of callbacks that names the folder in which they keep files."""
_BY_ADDRESS = "register_model"
"""What is told first where the model lies, and then its name."""
_REGISTERED = frozenset({"registered_model_name"})
_MOVES = frozenset({"replace", "rename"})


class Kept(NamedTuple):
    """One way in which a model is kept: the call, where to as the code names it, and what tells one version from the
    next ("" when nothing does)."""

    call: Value
    text: str
    version: str
    default: str = ""
    """Where to when nobody says otherwise."""


class _Spellings(msgspec.Struct, frozen=True):
    """How a path is spelled: as the code has it, as configurations fill it in, and as options do by themselves."""

    spelling: Spelling
    told: Spelling
    by_default: Spelling


class Keeping:
    """Finds the places; `loading` says who loads a model again from there."""

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
        self.loading = Loading(self)

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
        for load in self.loading.of(model, kept):
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
        is_only = kept.text != _LOGGED and self.is_only(kept.call.body.module.path, text)
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
        api = self.api(call)
        if api is not None and (api.medium in AWAY or "registers" in api.roles):
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
        api = self.api(call)
        name = api.name if api is not None else ""
        return name.endswith(_BY_ADDRESS) or (
            name.startswith("mlflow.") and name.endswith((".log_model", ".save_model"))
        )

    def _version(self, path: Value) -> str:
        kinds = self.givens.kinds(path)
        if "unknown" in kinds:
            return ""
        return next((text for kind, text in _VERSIONS if kind in kinds), OVERWRITTEN if kinds else "")

    # ------------------------------------------------------------------ what stores and loads

    def is_only(self, path: str, name: str) -> bool:
        """Whether one module alone, of all below one folder at the top, keeps something by a name in a registry."""
        return sum(same_top(path, other) for other in self._registering.get(name, ())) == 1

    @cached_property
    def _registering(self) -> dict[str, set[str]]:
        """The modules that keep something in a registry, by its name."""
        found: dict[str, set[str]] = defaultdict(set)
        for call in self.storing:
            if self.is_in_registry(call):
                found[self._name(call, self.spelling)].add(call.body.module.path)
        return found

    @cached_property
    def storing(self) -> tuple[Value, ...]:
        """The calls of the team's own code that store a model."""
        return tuple(self.doing("stores"))

    def doing(self, role: str) -> Iterator[Value]:
        """The calls of the team's own code that do something with a model: `stores`, `loads`."""
        for module in self.flow.program.modules:
            for body in self.flow.bodies(module.index) if module.category == "product" else ():
                yield from (call for call in body.calls if role in self._roles(call))

    def _roles(self, call: Value) -> frozenset[str]:
        """What a call does, by any of the functions of libraries that it may take out of a dictionary."""
        roles = self.flow.roles(call)
        if roles or self.flow.targets(call):
            return roles
        return frozenset(role for target in chosen(self.flow, call) if target.api for role in target.api.roles)

    def api(self, call: Value) -> Api | None:
        """What is known of the function that a call calls, or may call first."""
        api = self.flow.api(call)
        if api is not None or self.flow.targets(call):
            return api
        return next((target.api for target in chosen(self.flow, call) if target.api is not None), None)

    def is_in_registry(self, call: Value) -> bool:
        """Whether a call keeps a model in a registry, or by a run that one knows, or takes it from there."""
        api = self.api(call)
        return api is not None and api.medium == "registry"


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

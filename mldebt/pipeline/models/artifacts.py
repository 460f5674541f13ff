"""Models that are saved to files: what is saved, where to, and whether that tells one training from the next."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from functools import cached_property

import msgspec

from mldebt.documents import DocumentFacts
from mldebt.flow.body import Body
from mldebt.flow.conditions.givens import Given, Givens
from mldebt.flow.files.files import Files
from mldebt.flow.files.paths import Paths, arguments
from mldebt.flow.linking import Target
from mldebt.flow.types.models import MODEL_KINDS, Models
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow, Stack, Step
from mldebt.pipeline.models.kept_beside import is_kept_beside, refuses_what_is_there, takes_what_is_there
from mldebt.pipeline.models.saved_again import is_only_loaded, is_removed_again
from mldebt.regex import regex
from mldebt.sources import Document, DocumentKind

CONTENT_LIMIT = 120
HANDED_LIMIT = 200
SHORT = 4
_KINDS = MODEL_KINDS | {"transformer", "pipeline"}
_NOT_FITTED = frozenset({"session", "dataset", "loader", "frame", "array", "index", "client", "file", "table"})
_PICKLES = regex(
    r"^(c?pickle|cPickle|dill|cloudpickle|joblib|sklearn\.externals\.joblib|skops\.io|torch|safetensors(\.\w+)?|accelerate\.Accelerator"
    r"|lightning\.fabric\.Fabric|pickle\.Pickler)\.(dump|save|save_file|dump_session)$"
)
_TOKENIZER = regex(r"[Tt]okeniz|Processor|FeatureExtractor|Dictionary")
_STATES = frozenset(
    {
        "state_dict",
        "get_weights",
        "parameters",
        "module",
        "model",
        "get_booster",
        "booster_",
        "cluster_centers_",
        "_orig_mod",
    }
)
_FIXED = frozenset({"constant", "default", "place", "step", "nothing"})
_OF_PROJECTS = frozenset({DocumentKind.README, DocumentKind.REQUIREMENTS, DocumentKind.PYPROJECT})
DATED = frozenset({"export_dir_base"})
"""Arguments that name a folder in which every export gets one of its own, named by the time."""
COUNTED = frozenset({"lightning.pytorch.callbacks.ModelCheckpoint"})
"""What a call makes that overwrites no file of another run: where a name is taken, it writes `-v1` beside it."""
_COUNTER = "enable_version_counter"
_KEEPS = frozenset({"tracks", "registers"})
_AWAY = frozenset({"bucket", "registry", "hub", "api", "url"})
_SENDS = regex(
    r"upload|push|publish|put_object|log_artifact|log_model|register|deploy|rsync|commit|copy|(?<!re)move|archive|compress|(^|_)(tar|zip)",
    re.IGNORECASE,
)
_STATE_KEY = regex(r"epoch|step|iter|optim|sched", re.IGNORECASE)
_LEARNS_ON = regex(r"optim|sched", re.IGNORECASE)
"""What nobody keeps but to train on."""
_FOLDER_OF_CODE = regex(r"\A\{[^{}]*\}/(\.\./)*")
_ENDS = regex(r"(\.\w+)+\Z")
_FETCHED = frozenset({"load_artifact", "get_artifact", "load_registered_model", "load_model_artifact"})
_HANDING = frozenset("phi same choice passed attr item global free return store mutate param slice".split())


class Artifact(msgspec.Struct, frozen=True, kw_only=True):
    """One save of a model. `path` is the value that names the file, `givens` what decides it, `text` the path as far as
    it is written down."""

    save: Value
    path: Value
    text: str
    givens: tuple[Given, ...]

    @property
    def is_fixed(self) -> bool:
        """Whether every run writes the same place: nothing but the code names it, or counts up to it."""
        kinds = {given.kind for given in self.givens}
        return bool(kinds) and kinds <= _FIXED and self.text != "" and not self.text.startswith("{")

    @property
    def named(self) -> Given:
        """The part of the path that comes from farthest away: where somebody decided it."""
        decided = [given for given in self.givens if given.kind in ("constant", "default")]
        return max(decided or self.givens, key=lambda given: given.visit.depth)


class Artifacts:
    """Finds saved models, and asks what becomes of the files."""

    def __init__(
        self, flow: Flow, givens: Givens, facts: Sequence[DocumentFacts], documents: Sequence[Document]
    ) -> None:
        self.flow = flow
        self.givens = givens
        self.facts = facts
        self.documents = documents
        self.models = flow.shared(Models)
        self.paths = flow.shared(Paths)
        self.files = flow.shared(Files)

    def find(self) -> Iterator[Artifact]:
        """Every save of a model or fitted transformer by the team's own code, by place."""
        for module in self.flow.program.modules:
            if module.category == "product":
                for body in self.flow.bodies(module.index):
                    yield from self.saved_in(body)

    def saved_in(self, body: Body) -> Iterator[Artifact]:
        """The saves of models in one scope."""
        for call in body.calls:
            if (path := self._saves(call)) is not None:
                givens = self.givens.of(path)
                text = _below_code(self._text(call, path), givens)
                yield Artifact(save=call, path=path, text=text, givens=givens)

    def _text(self, call: Value, path: Value) -> str:
        """The path as far as it is written down; a result's folder stands beside its name in the same call."""
        name = next(iter(self.paths.texts(path)), "")
        folder = dict(arguments(call)).get("") if self._kept_result(call) is not None else None
        if folder is None or folder is path:
            return name
        return posixpath.join(next(iter(self.paths.texts(folder)), ""), name)

    # ------------------------------------------------------------------ what is saved

    def _saves(self, call: Value) -> Value | None:
        """The path to which a call saves a model; None when it saves none."""
        for target in self.flow.targets(call):
            api = target.api
            if api is None or "stores" not in api.roles or api.medium in ("registry", "hub", "api", "stream"):
                continue
            if api.source in DATED or (api.returns in COUNTED and _counts(call)):
                return None
            if (returned := self._kept_result(call)) is not None:
                return _folder_and_name(call) if self.holds_model(returned) else None
            path = self.paths.path(call)
            if path is None or self.paths.is_read(call):
                return None
            return path if self._is_model(call, target, path) else None
        return None

    def _is_model(self, call: Value, target: Target, path: Value) -> bool:
        if _PICKLES.search(target.name):
            given = [source for _, source in call.inputs[1:] if source is not path]
            return any(self.holds_model(source) for source in given[:1])
        owner = target.name.rpartition(".")[0]
        if _TOKENIZER.search(owner) or any(map(self._is_index, call.arguments)):
            return False
        kind = self.models.kind(owner)
        if target.receiver is not None and kind in _NOT_FITTED:
            return kind == "session" and self._keeps_models(owner)
        if target.guessed and target.receiver is not None:
            return not any(_TOKENIZER.search(str(each.name)) for each in self.flow.types(target.receiver))
        return True

    def _is_index(self, value: Value) -> bool:
        """Whether a value is what vectors are searched in: made of them again at any time, and no model."""
        names = (each.name for each in self.flow.types(value))
        return any(isinstance(name, str) and self.models.kind(name) == "index" for name in names)

    def _keeps_models(self, owner: str) -> bool:
        return "Saver" in owner or "Checkpoint" in owner

    def holds_model(self, value: Value) -> bool:
        """Whether a value is a model or fitted transformer, its state, or something that holds one."""
        return any(self._is_one(visit.value) for visit in self.flow.walk(value, self.inside, limit=CONTENT_LIMIT))

    def _is_one(self, value: Value) -> bool:
        if value.kind in ("store", "mutate", "passed", "const", "template"):
            return False
        for each in self.flow.types(value):
            if isinstance(each.name, tuple):
                if self.models.is_model(each.name):
                    return True
            elif self.models.kind(each.name) in _KINDS and not _TOKENIZER.search(each.name):
                return True
        return False

    def inside(self, value: Value, stack: Stack) -> list[Step]:
        """To what a value holds: the parts of a container, the object whose state it is."""
        kind = value.kind
        if kind == "dict":
            return [Step("item", source, stack) for label, source in value.inputs if label in ("item", "spread")]
        if kind == "collection":
            return [Step("item", source, stack) for _, source in value.inputs]
        if kind == "call":
            function = value.inputs[0][1]
            if function.kind == "attr" and function.data in _STATES:
                return [Step("state", function.inputs[0][1], stack)]
            targets = [target for target in self.flow.targets(value) if target.kind == "func"]
            return [step for target in targets for step in self.flow.enter_return(value, target, stack)]
        if kind == "attr" and value.data in _STATES:
            return [Step("state", value.inputs[0][1], stack), *self.flow.back(value, stack)]
        if kind in _HANDING:
            return [
                s for s in self.flow.back(value, stack) if s.label not in ("key", "call", "test", "object", "bound")
            ]
        return []

    def _kept_result(self, call: Value) -> Value | None:
        """What a function returns, when a call says where the orchestrator keeps it (`@task(result=…)`)."""
        for label, outer in call.uses:
            if label == "arg" and outer.kind == "call" and "orchestrates" in self.flow.roles(outer):
                for how, applied in outer.uses:
                    if how == "function" and applied.kind == "call" and applied.inputs[1:]:
                        source = applied.inputs[1][1]
                        if source.kind == "func":
                            return self.flow.body(*source.data).returns  # type: ignore[misc]
        return None

    # ------------------------------------------------------------------ what becomes of it

    def is_kept_elsewhere(self, artifact: Artifact) -> bool:
        """Whether a version of the file survives the next run: handed on, logged, registered, returned, or declared."""
        return (
            self._is_declared(artifact)
            or self._is_sent(artifact)
            or self._is_tracked(artifact)
            or self._is_a_copy(artifact)
            or self._is_a_snapshot(artifact)
            or is_kept_beside(self, artifact)
            or refuses_what_is_there(artifact.save)
            or takes_what_is_there(self, artifact)
            or is_removed_again(self, artifact)
            or is_only_loaded(self, artifact)
        )

    def _is_a_copy(self, artifact: Artifact) -> bool:
        """Whether the model was just fetched from where versions are kept."""
        for visit in self.flow.walk(self.saved(artifact.save), self.inside, limit=CONTENT_LIMIT):
            if visit.value.kind == "call":
                api = self.flow.api(visit.value)
                function = visit.value.inputs[0][1]
                if api is not None and "loads" in api.roles and api.medium == "registry":
                    return True
                if function.kind == "attr" and function.data in _FETCHED:
                    return True
        return False

    def _is_a_snapshot(self, artifact: Artifact) -> bool:
        """Whether it is the state of a training under way, which the same code takes up again."""
        home = artifact.save.body.module
        keys = [
            str(key)
            for visit in self.flow.walk(self.saved(artifact.save), self.inside, limit=CONTENT_LIMIT)
            if visit.value.kind == "dict"
            for key in visit.value.data  # type: ignore[attr-defined]
        ]
        told = [key for key in keys if _STATE_KEY.search(key)]
        again = {reader.body for reader in self.readers(artifact) if reader.body.module is home} if told else set()
        if any(_LEARNS_ON.search(key) for key in told):
            return bool(again)
        return any(_asks_for(body, key) for body in again for key in told)

    def saved(self, call: Value) -> Value:
        """What a call saves: its first argument for a function that takes anything, else its receiver."""
        if any(_PICKLES.search(target.name) for target in self.flow.targets(call)) and len(call.inputs) > 1:
            return call.inputs[1][1]
        function = call.inputs[0][1]
        return function.inputs[0][1] if function.kind == "attr" else call

    def _is_declared(self, artifact: Artifact) -> bool:
        return self.is_declared(artifact.text)

    def is_declared(self, text: str) -> bool:
        """Whether what keeps versions of data keeps those of a file, by its path."""
        name = text.strip("./")
        declared = [
            path
            for document in self.facts
            for path in (
                *(output for stage in document.stages for output in (*stage.outputs, *stage.metrics)),
                *(data.location for data in document.data),
            )
        ]
        is_folder = bool(name) and "." not in name.rpartition("/")[2]
        return any(
            place
            and (
                name == place
                or name.startswith(place + "/")
                or name.endswith("/" + place)
                or (is_folder and place.startswith(name + "/"))
            )
            for path in declared
            if (place := path.strip("./"))
        )

    def _is_sent(self, artifact: Artifact) -> bool:
        """Whether the path, or a folder in it, goes on to something that keeps or sends files, or to the caller."""
        for visit in self.flow.walk(artifact.path, self.paths.same_back, limit=40):
            for onward in self.flow.walk(visit.value, self.paths.same_forth, limit=HANDED_LIMIT):
                for label, user in _uses(onward.value):
                    if user.kind == "return" and (onward.value.kind != "const" or user.body is artifact.save.body):
                        return True
                    if label == "arg" and user.kind == "call" and user is not artifact.save and self._sends(user):
                        return True
        return self._is_named_elsewhere(artifact)

    def _sends(self, call: Value) -> bool:
        for target in self.flow.targets(call):
            if target.api is not None and (
                target.api.roles & _KEEPS or (target.api.medium in _AWAY and target.api.roles & {"saves", "stores"})
            ):
                return True
            name = target.name or self.flow.scope(target.module, target.scope).name
            if target.kind in ("external", "func") and _SENDS.search(name.rpartition(".")[2]):
                return True
        return False

    def _is_named_elsewhere(self, artifact: Artifact) -> bool:
        """Whether code of the same project sends a file of this name, or its folder."""
        name = artifact.text.strip("./")
        top = artifact.save.body.module.path.partition("/")[0]
        return any(
            text and (name == text or name.startswith(text + "/") or text.startswith(name + "/"))
            for call, text in self._sent_texts
            if "/" not in call.body.module.path or call.body.module.path.partition("/")[0] == top
        )

    @cached_property
    def _sent_texts(self) -> tuple[tuple[Value, str], ...]:
        return tuple(
            (call, text.strip("./"))
            for module in self.flow.program.modules
            for number in range(len(module.facts.scopes) if module.category == "product" else 0)
            for call in self.flow.body(module.index, number).calls
            if len(call.inputs) > 1 and self._sends(call)
            for _, source in arguments(call)
            for text in self.paths.texts(source)[:3]
            if "{" not in text
        )

    def _is_tracked(self, artifact: Artifact) -> bool:
        """Whether the function that saves, or one that it stands in, also logs or registers models."""
        body = artifact.save.body
        for call in body.calls:
            for target in self.flow.targets(call):
                api = target.api
                if api is None:
                    continue
                if "registers" in api.roles or ("stores" in api.roles and api.medium == "registry"):
                    return True
                if api.name.endswith(
                    ("autolog", "log_artifact", "log_artifacts", "log_model", "save_model_to_registry")
                ):
                    return True
        return False

    def readers(self, artifact: Artifact) -> dict[Value, str]:
        """The calls that take the file up again, by the same path or by one that ends alike, each with how; a look at
        what was just written does not."""
        found = {each.call: each.use.text if each.use else "loaded here" for each in self.files.readers(artifact.save)}
        name = posixpath.basename(artifact.text)
        for call, text in self._loads.get(name, ()):
            alike = name and "{" not in name and (text.endswith(artifact.text) or artifact.text.endswith(text))
            if alike and self._may_be_one(artifact, call, text):
                found[call] = "loaded here"
        home = artifact.save
        return {call: how for call, how in found.items() if call.body is not home.body or call.at < home.at}

    def _may_be_one(self, artifact: Artifact, load: Value, text: str) -> bool:
        """Whether two equal names may mean one file: in projects that work together, or, with a folder in the name,
        from where neither module is part of a project of its own."""
        modules = [each.body.module for each in (artifact.save, load)]
        if self.flow.program.roots.together(*modules):
            return True
        plain = text.lstrip("./")
        tops = {_top(module.path) for module in modules}
        return plain == artifact.text.lstrip("./") and "/" in plain and not tops <= self._projects

    @cached_property
    def _projects(self) -> frozenset[str]:
        """Folders at the top that have a README or requirements of their own."""
        found = (document.path for document in self.documents if document.kind in _OF_PROJECTS)
        return frozenset(_top(path) for path in found if path.count("/") == 1)

    @cached_property
    def _loads(self) -> dict[str, list[tuple[Value, str]]]:
        """Where models are loaded from files, by the file's name."""
        found: dict[str, list[tuple[Value, str]]] = {}
        for module in self.flow.program.modules:
            for number in range(len(module.facts.scopes) if module.category == "product" else 0):
                for call in self.flow.body(module.index, number).calls:
                    path = self.paths.path(call) if "loads" in self.flow.roles(call) else None
                    for text in self.paths.texts(path) if path is not None else ():
                        plain = text.removeprefix("./")
                        found.setdefault(posixpath.basename(plain), []).append((call, plain))
        return found

    def is_used(self, artifact: Artifact) -> bool:
        """Whether anything tells that somebody takes the file up: code that reads it, a document that names it or its
        folder, or that a package saves it for whoever imports it."""
        return bool(self.readers(artifact)) or self._is_in_documents(artifact) or not self._is_run(artifact)

    def _is_in_documents(self, artifact: Artifact) -> bool:
        folder, _, name = artifact.text.removeprefix("./").rpartition("/")
        wanted = [word for word in (name, f"{folder}/" if folder else "") if len(word) > SHORT and "{" not in word]
        return any(word in document.text for document in self.documents for word in wanted)

    def _is_run(self, artifact: Artifact) -> bool:
        """Whether the code that decides the path is run, not imported."""
        module = (artifact.named.handed_in() or artifact.save).body.module
        if module.is_script:
            return True
        calls = self.flow.body(module.index, 0).calls
        return any(
            target.kind == "func" and target.module == module.index for c in calls for target in self.flow.targets(c)
        )

    def wipes(self, artifact: Artifact) -> Value | None:
        """A call in the same function that removes the folder first."""
        for call in artifact.save.body.calls:
            if call.at < artifact.save.at and any(target.name == "shutil.rmtree" for target in self.flow.targets(call)):
                texts = self.paths.texts(call.inputs[1][1]) if len(call.inputs) > 1 else ()
                if any(artifact.text.startswith(text) for text in texts if text and "{" not in text):
                    return call
        return None

    def name(self, artifact: Artifact) -> str:
        return posixpath.basename(artifact.text) or artifact.text


def _uses(path: Value) -> Iterator[tuple[str, Value]]:
    """The uses of a path, and of what it becomes with the suffix that a library puts behind it: `f"{path}.pkl"`."""
    for label, user in path.uses:
        yield label, user
        if user.kind == "template" and user.source is path and user.texts[0] is None and _ENDS.match(_rest(user)):
            yield from user.uses


def _asks_for(body: Body, key: str) -> bool:
    """Whether code takes what was kept by a key: `start = state["epoch"]`."""
    return any(
        value.data == key if value.kind == "item" else value.calls_method("get") and _first_text(value) == key
        for value in body.nodes
    )


def _first_text(call: Value) -> object:
    return call.arguments[0].data if call.arguments and call.arguments[0].kind == "const" else None


def _rest(template: Value) -> str:
    """What stands behind the first part of a template; "/" where that is not written down."""
    return "".join("/" if text is None else text for text in template.texts[1:])


def _below_code(text: str, givens: Sequence[Given]) -> str:
    """A path without the folder that the code itself lies in: `Path(__file__).parent / "models" / "churn.pkl"`."""
    if any(given.value.kind == "external" and given.value.data == "__file__" for given in givens):
        return _FOLDER_OF_CODE.sub("", text)
    return text


def _top(path: str) -> str:
    """The folder at the top in which a file lies; "" for the repository's own."""
    return path.partition("/")[0] if "/" in path else ""


def _counts(call: Value) -> bool:
    """Whether a keeper of checkpoints counts versions of a name: it does unless it is told not to."""
    counter = dict(arguments(call)).get(_COUNTER)
    return counter is None or counter.kind != "const" or counter.data is not False


def _folder_and_name(call: Value) -> Value | None:
    """The name under which a result is kept; a folder beside it is part of the same call."""
    named = dict(arguments(call))
    return named.get("location") or named.get("")

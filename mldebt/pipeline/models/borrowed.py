"""Weights and hosted models that come from somebody else, and whether anything says which version."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import pairwise

import msgspec
from msgspec.structs import replace

from mldebt.finding import Location
from mldebt.flow.conditions.by_literal import never_is
from mldebt.flow.conditions.givens import Given, Givens
from mldebt.flow.files.paths import Paths, arguments
from mldebt.flow.idioms import bare
from mldebt.flow.linking import Target
from mldebt.flow.services.behind import Behind, Unit
from mldebt.flow.types.clients import client_types
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.configuration.configured import Configured
from mldebt.pipeline.configuration.options import Options
from mldebt.regex import regex

_ID = regex(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_SHORT_ID = regex(
    r"(gpt2|t5|bert|roberta|distilbert|albert|xlnet|electra|bart|clip|opus|all|multi|paraphrase|msmarco)[\w.]*-[\w.-]+"
    r"|(distil)?gpt2"
)
_FOLDER = regex(
    r"(^|/)(\.\w*|models?|outputs?|out|checkpoints?|ckpts?|saved?\w*|results?|data|datasets?|tmp|temp|experiments?|artifacts?|logs?|runs?"
    r"|weights|assets|resources|local\w*|my\w*|trained\w*|finetuned|fine_tuned)(/|$)",
    re.IGNORECASE,
)
_BRANCH = regex(r"main|master|dev(el(op)?)?|trunk|HEAD|latest|nightly", re.IGNORECASE)
_SNAPSHOT = regex(r"(?<!\d)(\d{4}-?\d{2}-?\d{2}|\d{4}|\d{3})(?!\d)|@\w|-\d{3}$")
_MODEL_NAMES = ("model", "model_name", "model_id", "engine", "modelId", "llm")
_CHECKS = regex(r"hash|sha\d*|md5|checksum|digest", re.IGNORECASE)
_HASHED = regex(r"[-_.][0-9a-f]{8,64}\.\w+$|[0-9a-f]{40}")
_WEIGHTS = regex(
    r"\.(pth?|ckpt|h5|hdf5|onnx|pkl|joblib|safetensors|bin|pb|tflite|model|weights|npz|keras|gguf)(\?|$|\.zip|\.tar)",
    re.IGNORECASE,
)
_OPEN_BRANCH = regex(r"/(raw|resolve|blob)/(main|master)/|raw\.githubusercontent\.com/[^/]+/[^/]+/(main|master)/")
_DECIDED = frozenset({"constant", "default"})
"""What decides in the code what something is given."""
_EMBEDS = "langchain_core.embeddings.Embeddings"
_REMOTE_CODE = "trust_remote_code"


class Borrowed(msgspec.Struct, frozen=True, kw_only=True):
    """One origin, and every place that takes it. `fault` says what is missing; `setting` is where a configuration names
    it, `endpoint` one that it serves."""

    kind: str  # hub, llm or url
    name: str
    fault: str
    uses: tuple[Value, ...]
    literal: Value | None
    setting: Location | None
    endpoint: Unit | None
    runs_code: bool


class Terms(msgspec.Struct, frozen=True):
    """What the rule's record names, and how the repository calls itself ("owner/name", in lower case)."""

    hubs: Iterable[str]
    aliases: Iterable[str]
    personal: Iterable[str]
    own: Iterable[str]


class Borrowing:
    """Finds what the team's own code takes from elsewhere without a pin."""

    def __init__(self, flow: Flow, givens: Givens, behind: Behind, configured: Configured, terms: Terms) -> None:
        self.flow = flow
        self.givens = givens
        self.configured = configured
        self.behind = behind
        self.options = flow.shared(Options)
        self.paths = flow.shared(Paths)
        self.hubs = tuple(terms.hubs)
        self.alias = re.compile("|".join(f"(?:{alias})" for alias in terms.aliases))
        self.personal = tuple(terms.personal)
        self.own = frozenset(terms.own)

    def find(self) -> list[Borrowed]:
        """Every origin without a pin, once, in order of its name; those that one call chooses among as one."""
        found: dict[tuple[str, str], list[tuple[Value, str, Given | None]]] = defaultdict(list)
        for module in self.flow.program.modules:
            if module.category != "product":
                continue
            for number in range(len(module.facts.scopes)):
                for call in self.flow.body(module.index, number).calls:
                    for kind, name, fault, given in self._taken(call):
                        found[kind, name].append((call, fault, given))
        return _by_call(self._fold(kind, name, takes) for (kind, name), takes in sorted(found.items()))

    def _fold(self, kind: str, name: str, takes: list[tuple[Value, str, Given | None]]) -> Borrowed:
        served = [(call, self.behind.serves(call)) for call, _, _ in takes]
        served.sort(key=lambda pair: (pair[1] is None, pair[0].body.module.is_notebook))
        literals = [
            given.value for _, _, given in takes if given is not None and given.value.body is not takes[0][0].body
        ]
        return Borrowed(
            kind=kind,
            name=name,
            fault=takes[0][1],
            uses=tuple(dict.fromkeys(call for call, _ in served)),
            literal=literals[0] if literals else None,
            setting=next(
                (place for call, _, given in takes if given is None and (place := self._set_at(call, name))), None
            ),
            endpoint=served[0][1],
            runs_code=any(self._is_true(call, _REMOTE_CODE) for call, _, _ in takes),
        )

    def _taken(self, call: Value) -> Iterator[tuple[str, str, str, Given | None]]:
        for target in self.flow.targets(call):
            if target.api is None or target.guessed:
                continue
            roles = target.api.roles
            if target.api.medium == "url" and roles & {"loads", "reads"}:
                yield from self._from_url(call, target)
                return
            if "loads" in roles and target.name.startswith(self.hubs):
                yield from self._from_hub(call, target)
                return
            if "calls_llm" in roles or self._is_client(target):
                yield from self._from_vendor(call)
                return

    # ------------------------------------------------------------------ hubs

    def _from_hub(self, call: Value, target: Target) -> Iterator[tuple[str, str, str, Given | None]]:
        source = self._source(call, target)
        if source is None or self._is_true(call, "local_files_only") or self._says(call, "source", "local"):
            return
        if self._says(call, "repo_type", "dataset"):
            return
        fault = self._unpinned(call)
        if fault:
            for given in self._usual_names(call, source):
                name = str(given.value.data)
                if self._is_id(name, target) and not self._is_pinned_name(name, target):
                    yield "hub", name, fault, given
            name = self.configured.text(source) or ""
            if self._is_id(name, target) and not self._is_pinned_name(name, target):
                yield "hub", name, fault, None

    def _set_at(self, call: Value, name: str) -> Location | None:
        """Where a configuration file names what a call loads."""
        found = (self.configured.setting(given) for given in call.arguments if self.configured.text(given) == name)
        return next((document.place(setting.line) for each in found if each for document, setting in [each]), None)

    def _source(self, call: Value, target: Target) -> Value | None:
        plain = None
        for keyword, value in arguments(call):
            if keyword and keyword in (
                target.api.source if target.api else "",
                "pretrained_model_name_or_path",
                "model",
                "repo_id",
                "model_name_or_path",
            ):
                return value
            if keyword == "" and plain is None:
                plain = value
        return plain if not target.name.endswith("pipeline") else None

    def _names(self, source: Value) -> list[Given]:
        """The literals that name an origin; none when anything but the code may name another."""
        givens = self.givens.of(source)
        decided = all(given.kind in _DECIDED and given.whole for given in givens)
        return [found for given in givens if (found := self._name(given)) is not None] if decided else []

    def _usual_names(self, call: Value, source: Value) -> list[Given]:
        """The literals that name an origin unless somebody names another, which is pinned no better; those of options
        where code is run from there, or where users are served."""
        options = self._is_true(call, _REMOTE_CODE) or self.behind.serves(call) is not None
        named = (found for given in self.givens.of(source) if (found := self._name(given, options=options)) is not None)
        return [given for given in named if not never_is(given.value.data, (call, *self._way(given)))]

    def _name(self, given: Given, *, options: bool = False) -> Given | None:
        """What is given as a literal text that names an origin as a whole, of an option or of what the environment says
        what it is unless somebody says otherwise; None for anything else."""
        value = given.value if given.kind in _DECIDED else None
        if given.kind == "option" and options:
            value = self.options.default(given.value)
        if given.kind == "environment" and options:
            value = self._constant(self.options.of_environment(given.value))
        if value is None or value.kind != "const" or not isinstance(value.data, str) or not given.whole:
            return None
        return given._replace(value=value)

    def _way(self, given: Given) -> Iterator[Value]:
        """What a literal goes through on its way, the calls too that hand it to a function."""
        path = [visit.value for visit in given.visit.path()]
        for value, source in pairwise(path):
            users = [user for label, user in source.uses if label == "arg"] if value.kind == "param" else []
            calls = [user for user in users if self.flow.calls(user, *value.body.key)]
            yield from calls if len(calls) == 1 else ()
        yield from path

    def _constant(self, value: Value | None) -> Value | None:
        """The literal that a value is, if it is a single one."""
        givens = self.givens.of(value) if value is not None else ()
        is_one = len(givens) == 1 and givens[0].kind == "constant" and givens[0].whole
        return givens[0].value if is_one else None

    def _unpinned(self, call: Value) -> str:
        """Why a call's revision is no pin; "" when it is one, or may be."""
        for keyword, value in arguments(call):
            if keyword in ("revision", "code_revision"):
                givens = self.givens.of(value)
                texts = {str(given.value.data) for given in givens if given.kind in _DECIDED}
                if givens and not (len(texts) == len(givens) and all(_BRANCH.fullmatch(text) for text in texts)):
                    return ""
                return f"the branch {min(texts)} is no pin" if texts else "no revision"
            if keyword == "**" and not self._is_known(value):
                return ""
        return "no revision"

    def _is_known(self, mapping: Value) -> bool:
        """Whether all keys of a spread mapping are written down, and none is a revision."""
        mapping = bare(mapping)
        return mapping.kind == "dict" and all(isinstance(key, str) and key != "revision" for key in mapping.data)  # type: ignore[attr-defined]

    def _is_id(self, name: str, target: Target) -> bool:
        if target.name.startswith("tensorflow_hub."):
            return "tfhub.dev/" in name
        if target.name == "torch.hub.load" and self._is_own_hub(name):
            return False
        if name in self._stored or _FOLDER.search(name) or name.partition("/")[0] in self._folders:
            return False
        return _ID.fullmatch(name.partition(":")[0]) is not None or _SHORT_ID.fullmatch(name) is not None

    def _is_own_hub(self, name: str) -> bool:
        """Whether a repository that other code loads from names itself."""
        is_hub = any(module.path == "hubconf.py" for module in self.flow.program.modules)
        return is_hub and name.partition(":")[0].lower() in self.own

    def _is_pinned_name(self, name: str, target: Target) -> bool:
        if target.name.startswith("tensorflow_hub."):
            return re.search(r"/\d+(\?|$)", name) is not None
        revision = name.partition(":")[2] or name.partition("@")[2]
        return bool(revision) and not _BRANCH.fullmatch(revision)

    @cached_property
    def _folders(self) -> frozenset[str]:
        return frozenset(module.path.partition("/")[0] for module in self.flow.program.modules if "/" in module.path)

    @cached_property
    def _stored(self) -> frozenset[str]:
        """The paths that the repository's own code stores models at."""
        found: set[str] = set()
        for call in self.flow.calls_named(frozenset({"save_pretrained", "save_model", "save", "push_to_hub"})):
            path = self.paths.path(call)
            found.update(self.paths.texts(path) if path is not None else ())
        return frozenset(found)

    # ------------------------------------------------------------------ addresses

    def _from_url(self, call: Value, target: Target) -> Iterator[tuple[str, str, str, Given | None]]:
        source = self._source(call, target)
        if source is None or any(_CHECKS.search(keyword) for keyword, _ in arguments(call)):
            return
        loads = target.api is not None and "loads" in target.api.roles
        for text in self.paths.texts(source):
            if not text.startswith(("http://", "https://")) or _HASHED.search(text) or "{" in text:
                continue
            personal = any(host in text.split("/")[2] for host in self.personal) or "/~" in text
            holds = loads or _WEIGHTS.search(text) or (personal and self._is_kept_as_weights(call, source))
            if holds and (personal or (_OPEN_BRANCH.search(text) and _WEIGHTS.search(text))):
                fault = "a place of somebody's own, without a checksum" if personal else "a branch, without a checksum"
                yield "url", text, fault, None

    def _is_kept_as_weights(self, call: Value, source: Value) -> bool:
        """Whether a download goes into a file that is called as weights are, and that the same code loads."""
        names = {text for _, each in arguments(call) if each is not source for text in self.paths.texts(each)}
        names = {text for text in names if _WEIGHTS.search(text)}
        return bool(names) and any(
            "loads" in self.flow.roles(load) and names & set(self.paths.texts(path))
            for number in range(len(call.body.module.facts.scopes))
            for load in self.flow.body(call.body.module.index, number).calls
            if (path := self.paths.path(load)) is not None
        )

    # ------------------------------------------------------------------ hosted models

    def _is_client(self, target: Target) -> bool:
        """Whether a call makes an object that asks a language model, or one that embeds."""
        made = target.api.returns if target.api is not None else ""
        if not made or made == "self" or target.receiver is not None:
            return False
        return made in self._clients or _EMBEDS in self.flow.catalogue.lineage(made)

    @cached_property
    def _clients(self) -> frozenset[str]:
        return client_types(self.flow.catalogue)

    def _from_vendor(self, call: Value) -> Iterator[tuple[str, str, str, Given | None]]:
        for keyword, value in arguments(call):
            if keyword in _MODEL_NAMES:
                for given in self._names(value):
                    name = str(given.value.data).rpartition("/")[2]
                    if self.alias.fullmatch(name) and not _SNAPSHOT.search(name):
                        yield "llm", name, "an alias that the vendor moves", given

    # ------------------------------------------------------------------ arguments

    def _is_true(self, call: Value, keyword: str) -> bool:
        return any(name == keyword and value.kind == "const" and value.data is True for name, value in arguments(call))

    def _says(self, call: Value, keyword: str, text: str) -> bool:
        return any(name == keyword and value.kind == "const" and value.data == text for name, value in arguments(call))


def _by_call(found: Iterable[Borrowed]) -> list[Borrowed]:
    """One for each first call: a call that may be given one of several names lacks one pin."""
    kept: dict[tuple[str, Value], Borrowed] = {}
    for each in found:
        key = (each.kind, each.uses[0])
        other = kept.get(key)
        kept[key] = (
            each
            if other is None
            else replace(
                other,
                name=f"{other.name} or {each.name}",
                uses=tuple(dict.fromkeys((*other.uses, *each.uses))),
                endpoint=other.endpoint or each.endpoint,
                runs_code=other.runs_code or each.runs_code,
            )
        )
    return list(kept.values())

"""Which classes of the repository are models, trainers or datasets, and what their methods do with data."""

from __future__ import annotations

import re

import msgspec

from mldebt.flow.body import Body
from mldebt.flow.evaluation.gradients import Gradients
from mldebt.flow.known import Known
from mldebt.flow.linking import ClassKey, Target
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex
from mldebt.rulebook import Api

MODEL_KINDS = frozenset({"module", "model", "estimator", "trainer"})
NETWORK_KINDS = frozenset({"module", "model"})
DATA_KINDS = frozenset({"dataset", "loader"})


class Use(msgspec.Struct, frozen=True):
    """What a model, an evaluation or a dataset does with data; `kind` is one of USES."""

    kind: str
    text: str


USES = ("training", "prediction", "evaluation", "dataset", "features", "written")
CALLERS = 8
_METHODS = (
    ("fit train partial_fit training_step pretrain finetune fine_tune learn", "training", "used for training in"),
    (
        "eval evaluate run_eval validate validation_step test_step score run_test",
        "evaluation",
        "used for evaluation in",
    ),
    ("predict infer inference recommend", "prediction", "used for predictions in"),
)
_PATTERNS = tuple((re.compile(rf"_?({'|'.join(names.split())})(_|$)"), kind, text) for names, kind, text in _METHODS)
_BRINGS = ("_generate_examples", "_generate_tables", "_load", "load")
"""The methods in which such a class hands over what it read."""
_ANY_TIME = frozenset({"item", "call"})
_CALLED = frozenset({"forward", "call", "__call__"})
_ROLES = (
    ("fits", "training", "used for training by"),
    ("tunes", "training", "used for tuning by"),
    ("optimizes", "training", "used for training by"),
    ("predicts", "prediction", "used for predictions by"),
    ("measures", "evaluation", "used for evaluation by"),
    ("embeds", "features", "embedded by"),
)
_NO_METRICS = frozenset({"documents", "nearest-neighbours", "text"})  # likeness of two texts judges no model
_OF_DATA = frozenset({"scipy", "validation"})  # statistics, tests and drift reports tell of data, not of a model
_TESTS_OF_DATA = regex(r"^statsmodels\.(?!tools\.eval_measures)")
_LIKENESS = regex(r"(^|\.)(structural_similarity|peak_signal_noise_ratio|ssim\w*|psnr|hausdorff\w*)$")
"""How alike two pictures are judges a model only where one of them is its answer."""
_DOCUMENTS = frozenset({"langchain", "llama-index", "haystack"})  # their loaders feed prompts and search, not training
_LOSSES = frozenset({"minimize", "gradient", "compute_gradients", "backward", "grad", "value_and_grad"})
_LOSS = regex(r"loss|criterion|cross_?entropy|\bnll|kl_?div|logsumexp|\.nn\.functional\.", re.IGNORECASE)
_MAKES_FEATURES = frozenset({"estimator", "transformer", "dataset"})
_FEATURES = frozenset({"fit", "fit_transform", "transform", "partial_fit"})
_ANSWERS = ("predict", "recommend", "score", "infer", "forward", "train", "generate", "sample", "decision")
_ASKED = ("predict", "recommend", "score", "infer", "transform")


class Models:
    """Questions about the classes of a program."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._gradients = flow.shared(Gradients)
        self._training: Known[bool] = Known(self._trains)
        self.trains = self._training.__getitem__
        """Whether a call trains a model."""
        self._models: dict[ClassKey, bool] = {}
        self._loops: dict[Body, bool] = {}
        self._computing: dict[Body, bool] = {}
        self._fitting: dict[ClassKey, bool] = {}
        self._transformers: dict[ClassKey, bool] = {}

    # ------------------------------------------------------------------ classes

    def is_model(self, cls: ClassKey) -> bool:
        """Whether a class is a model or trains one: by its library bases, by what its family does, or because it can be
        fitted and asked."""
        found = self._models.get(cls)
        if found is None:
            self._models[cls] = False
            family = [base for base in self.flow.program.ancestry(cls) if isinstance(base, tuple)]
            family += self.flow.program.subclasses(cls)[:8]
            found = self._models[cls] = self.is_one_to_ask(cls) or any(self._fits(each) for each in family)
        return found

    def is_one_to_ask(self, cls: ClassKey) -> bool:
        """Whether a class is a model by its library bases, or because it can be fitted and asked."""
        return self.derives(cls, MODEL_KINDS) or self._learns(cls)

    def is_dataset(self, cls: ClassKey) -> bool:
        return self.derives(cls, DATA_KINDS)

    def derives(self, cls: ClassKey, kinds: frozenset[str]) -> bool:
        """Whether a library type of one of these kinds is above a class."""
        outside = [base for base in self.flow.program.ancestry(cls) if isinstance(base, str)]
        return any(self.kind(name) in kinds for base in outside for name in (base, *self.flow.catalogue.lineage(base)))

    def is_adapter(self, cls: ClassKey) -> bool:
        """Whether a class is how a library wants a source brought into its own way to read data: a builder of data
        sets, a materializer, an entry of a data catalogue."""
        outside = (base for base in self.flow.program.ancestry(cls) if isinstance(base, str))
        return any(self.flow.catalogue.hook(base, name) in _ANY_TIME for base in outside for name in _BRINGS)

    def computes(self, body: Body) -> bool:
        """Whether code is how a network comes to its answer: its forward pass, or a method that this calls."""
        found = self._computing.get(body)
        if found is None:
            cls = self.flow.program.enclosing_class(body.key)
            found = cls is not None and self.derives(cls, NETWORK_KINDS)
            if found:
                callers = self.flow.callers(body.module.index, body.number)[:CALLERS]
                found = any(self._is_forward(each) for each in (body, *(call.body for call in callers)))
            self._computing[body] = found
        return found

    def _is_forward(self, body: Body) -> bool:
        """Whether a method is what the library above its class calls when the network is called."""
        cls = self._class_of(body.module.index, body.number)
        outside = (base for base in self.flow.program.ancestry(cls) if isinstance(base, str)) if cls else ()
        return any(self.flow.catalogue.hook(base, body.scope.name) == "call" for base in outside)

    def kind(self, name: str) -> str:
        """The kind of a library's type, "" when unknown."""
        record = self.flow.catalogue.type(name)
        if record is None or record.name == "*" or (record.kind in DATA_KINDS and record.library in _DOCUMENTS):
            return ""
        return record.kind

    def _learns(self, cls: ClassKey) -> bool:
        names: set[str] = set()
        for base in self.flow.program.ancestry(cls):
            if isinstance(base, tuple):
                names.update(self.flow.program.modules[base[0]].members.get(base[1], {}))
        return bool(names & {"fit", "train"}) and any(name.startswith(_ASKED) for name in names)

    def _is_transformer(self, cls: ClassKey) -> bool:
        """Whether a class writes data otherwise and predicts nothing, as a scaler does: it can be fitted and
        transforms, and no model is trained in it."""
        found = self._transformers.get(cls)
        if found is None:
            family = [base for base in self.flow.program.ancestry(cls) if isinstance(base, tuple)]
            members = {name for each in family for name in self.flow.program.modules[each[0]].members.get(each[1], {})}
            found = self._transformers[cls] = (
                "transform" in members
                and not any(name.startswith(_ANSWERS) for name in members)
                and not self.derives(cls, NETWORK_KINDS)
                and not any(map(self._fits_more, family))
            )
        return found

    def _fits_more(self, cls: ClassKey) -> bool:
        """Whether a model is trained in a class, and not only another scaler or something that nobody knows."""
        members = self.flow.program.modules[cls[0]].members.get(cls[1], {}) if self._fits(cls) else {}
        bodies = (self.flow.body(cls[0], n) for n in members.values() if self.flow.scope(cls[0], n).kind == "function")
        return any(
            self._gradients.trains(call)
            and any(target.kind == "func" or target.api is not None for target in self.flow.targets(call))
            and not self.makes_features(call)
            for body in bodies
            for call in body.calls
        )

    def _fits(self, cls: ClassKey) -> bool:
        found = self._fitting.get(cls)
        if found is None:
            self._fitting[cls] = False
            members = self.flow.program.modules[cls[0]].members.get(cls[1], {})
            found = self._fitting[cls] = any(
                self._gradients.trains(call)
                for number in members.values()
                if self.flow.scope(cls[0], number).kind == "function"
                for call in self.flow.body(cls[0], number).calls
            )
        return found

    # ------------------------------------------------------------------ calls

    def uses(self, target: Target) -> Use | None:
        """What a method of the repository's own models does with the data that it is given."""
        cls = self._class_of(target.module, target.scope) if not target.guessed else None
        if cls is None:
            return None
        name, owner = self.flow.scope(target.module, target.scope).name, self.flow.scope(*cls).name
        if name in _CALLED:
            bound = target.receiver is not None and self.derives(cls, NETWORK_KINDS)
            return Use("prediction", f"given to the model {owner}") if bound else None
        for pattern, kind, text in _PATTERNS:
            if pattern.match(name):
                if kind == "training" and self._is_transformer(cls):
                    return Use("features", f"made features by {owner}.{name}")
                return Use(kind, f"{text} {owner}.{name}") if self.is_model(cls) else None
        return None

    def used_by(self, target: Target) -> Use | None:
        """What a library's function does with the data that it is given."""
        api = target.api
        if api is None:
            return None
        name = short_name(target.written or target.name)
        method = api.name.rpartition(".")[2]
        if method == "fit_transform" or ("fits" in api.roles and self._only_transforms(target)):
            return Use("features", f"made features by {name}")
        found = self._by_role(api, name)
        if found is not None:
            return found if found.text else None
        if api.returns and "reads" not in api.roles and self.kind(api.returns) in DATA_KINDS:
            return Use("dataset", f"put into a {short_name(api.returns)}")
        owner = api.name.rpartition(".")[0]
        if "features" in api.roles and method in _FEATURES and self.kind(owner) in _MAKES_FEATURES:
            return Use("features", f"made features by {name}")
        return None

    def _by_role(self, api: Api, name: str) -> Use | None:
        """What the first telling role says; without a text for what is no use of a data set."""
        method = api.name.rpartition(".")[2]
        for role, kind, text in _ROLES:
            if role not in api.roles or (role == "optimizes" and method not in _LOSSES):
                continue
            if role == "predicts" and api.library in _NO_METRICS:
                return Use(kind, "")  # which language a text is in, or the words of a sentence
            if role == "predicts" and method == "__call__":
                return Use(kind, "given to a model")
            if (role == "embeds" and "quer" in method) or (role == "predicts" and api.medium == "api"):
                return Use(kind, "")  # one question of one user
            if role == "measures" and (
                api.library in _OF_DATA or _TESTS_OF_DATA.search(api.name) or _LIKENESS.search(api.name)
            ):
                return Use(kind, "")
            if role == "measures" and is_loss(api):
                return Use(kind, f"given to the loss {name}")
            if role != "measures" or api.library not in _NO_METRICS:
                return Use(kind, f"{text} {name}")
        return None

    def _only_transforms(self, target: Target) -> bool:
        """Whether a library's method is a scaler's or an encoder's."""
        owner = target.name.rpartition(".")[0]
        lineage = (owner, *self.flow.catalogue.lineage(owner))
        kinds = [kind for each in lineage if (kind := self.kind(each))]
        return bool(kinds) and kinds[0] == "transformer"

    def hands_out(self, module: int, scope: int) -> Use | None:
        """What a method gives to training when its framework calls it (an item of a Dataset, a DataLoader)."""
        cls = self._class_of(module, scope)
        if cls is None:
            return None
        name = self.flow.scope(module, scope).name
        if name == "__len__":
            return None  # how many there are
        for base in self.flow.program.ancestry(cls):
            if not isinstance(base, str) or self.kind(base) not in DATA_KINDS:
                continue
            if self.flow.catalogue.hook(base, name) in ("item", "train", "evaluate", "predict"):
                return Use("dataset", f"handed out by {self.flow.scope(*cls).name}.{name}")
        return None

    def _trains(self, call: Value) -> bool:
        targets = self.flow.targets(call)
        found = self._gradients.trains(call)
        if not found:
            uses = [self.uses(target) for target in targets if target.kind == "func"]
            found = any(use is not None and use.kind == "training" for use in uses)
        if targets:  # without any, the answer may not be the last
            self._training[call] = found
        return found

    def makes_features(self, call: Value) -> bool:
        """Whether a call fits what only transforms: a scaler, an encoder."""
        uses = (self.used_by(target) for target in self.flow.targets(call))
        return any(use is not None and use.kind == "features" for use in uses)

    def optimizes_in(self, body: Body) -> bool:
        """Whether a scope runs a training loop of its own."""
        found = self._loops.get(body)
        if found is None:
            found = self._loops[body] = any(
                "optimizes" in self.flow.roles(call) and self._gradients.trains(call) for call in body.calls
            )
        return found

    def _class_of(self, module: int, scope: int) -> ClassKey | None:
        record = self.flow.scope(module, scope)
        if record.kind != "function" or record.parent <= 0 or self.flow.scope(module, record.parent).kind != "class":
            return None
        return module, record.parent


def is_loss(api: Api) -> bool:
    """Whether a function that measures does so for an optimizer."""
    return ".metrics." not in api.name and bool(_LOSS.search(api.name))


def is_metric(api: Api) -> bool:
    """Whether a function says how good a model is."""
    if "measures" not in api.roles or api.library in _NO_METRICS or ".distance." in api.name:
        return False
    return not is_loss(api)


def short_name(name: str) -> str:
    """`Owner.method` or the last part of a dotted name."""
    parts = name.removesuffix(".__call__").removesuffix(".__init__").removeprefix("?.").split(".")
    if len(parts) > 1 and parts[-1][:1].islower() and parts[-2][:1].isupper():
        return ".".join(parts[-2:])
    return parts[-1]

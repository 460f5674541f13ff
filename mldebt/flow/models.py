"""Which classes of the repository are models, trainers or datasets, and which of their methods take or hand out data."""

from __future__ import annotations

import re

from mldebt.flow.linking import ClassKey
from mldebt.flow.walk import Flow
from mldebt.rulebook import Api

MODEL_KINDS = frozenset({"module", "model", "estimator", "trainer"})
TRAINING_ROLES = frozenset({"fits", "tunes", "optimizes"})
DATA_KINDS = frozenset({"dataset", "loader"})
_METHODS = (
    (
        re.compile(r"^_?(fit|train|partial_fit|training_step|train_step|pretrain|finetune|fine_tune|learn)(_|$)"),
        "trained on in",
    ),
    (
        re.compile(r"^_?(eval|evaluate|run_eval|validate|validation_step|test_step|score|run_test)(_|$)"),
        "evaluated on in",
    ),
    (re.compile(r"^_?(predict|infer|inference|recommend|predict_step)(_|$)"), "predicted on in"),
)
_CALLS = frozenset({"forward", "call", "__call__"})


class Models:
    """Questions about the classes of a program."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._models: dict[ClassKey, bool] = {}
        self._trains: dict[ClassKey, bool] = {}

    def is_model(self, cls: ClassKey) -> bool:
        """Whether a class is a model or trains one: by its library bases, or because a method of its family fits or optimizes."""
        found = self._models.get(cls)
        if found is None:
            self._models[cls] = False
            ancestry = self.flow.program.ancestry(cls)
            found = self.derives(cls, MODEL_KINDS) or any(
                isinstance(base, tuple) and self._fits(base) for base in ancestry
            )
            found = self._models[cls] = found or any(
                self._fits(below) for below in self.flow.program.subclasses(cls)[:8]
            )
        return found

    def is_dataset(self, cls: ClassKey) -> bool:
        return self.derives(cls, DATA_KINDS)

    def derives(self, cls: ClassKey, kinds: frozenset[str]) -> bool:
        """Whether a library type of one of these kinds is above a class."""
        for base in self.flow.program.ancestry(cls):
            record = self.flow.catalogue.type(base) if isinstance(base, str) else None
            if record is not None and (
                record.kind in kinds
                or any(self._kind(name) in kinds for name in self.flow.catalogue.lineage(record.name))
            ):
                return True
        return False

    def uses(self, module: int, scope: int, bound: bool) -> str:
        """What a function of the repository does with the data that it is given, if it is a method of a model."""
        record = self.flow.scope(module, scope)
        if record.kind != "function" or record.parent <= 0 or self.flow.scope(module, record.parent).kind != "class":
            return ""
        cls = (module, record.parent)
        owner = self.flow.scope(*cls).name
        if record.name in _CALLS:
            return f"given to the model {owner}" if bound and self.derives(cls, frozenset({"module", "model"})) else ""
        for pattern, text in _METHODS:
            if pattern.match(record.name):
                return f"{text} {owner}.{record.name}" if self.is_model(cls) else ""
        return ""

    def hands_out(self, module: int, scope: int) -> str:
        """What a method gives to training when its framework calls it (an item of a Dataset, a DataLoader)."""
        record = self.flow.scope(module, scope)
        if record.kind != "function" or record.parent <= 0 or self.flow.scope(module, record.parent).kind != "class":
            return ""
        cls = (module, record.parent)
        for base in self.flow.program.ancestry(cls):
            if isinstance(base, str):
                when = self.flow.catalogue.hook(base, record.name)
                known = self.flow.catalogue.type(base)
                if when in ("item", "train", "evaluate", "predict") and known is not None and known.kind in DATA_KINDS:
                    return f"handed out by {self.flow.scope(*cls).name}.{record.name}"
        return ""

    def is_transformer(self, api: Api) -> bool:
        """Whether a feature call belongs to something that is fitted: a scaler, an encoder, a vectorizer."""
        owner = api.name.rpartition(".")[0]
        return self._kind(owner) in ("estimator", "transformer")

    def _kind(self, name: str) -> str:
        record = self.flow.catalogue.type(name)
        return record.kind if record is not None and record.name != "*" else ""

    def _learns(self, cls: ClassKey) -> bool:
        """Whether a class looks like an estimator of its own: it can be fitted and asked."""
        names = {name for base in self.flow.program.ancestry(cls) if isinstance(base, tuple) for name in self.flow.program.modules[base[0]].members.get(base[1], {})}
        return bool(names & {"fit", "train"}) and any(name.startswith(("predict", "recommend", "score", "infer", "get_item_based_topk")) for name in names)

    def _fits(self, cls: ClassKey) -> bool:
        found = self._trains.get(cls)
        if found is None:
            self._trains[cls] = False
            members = self.flow.program.modules[cls[0]].members.get(cls[1], {})
            found = self._trains[cls] = any(
                self.flow.roles(call) & TRAINING_ROLES
                for number in members.values()
                if self.flow.scope(cls[0], number).kind == "function"
                for call in self.flow.body(cls[0], number).calls
            )
        return found

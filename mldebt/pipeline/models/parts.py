"""Layers and blocks: classes that only ever make up a model."""

from __future__ import annotations

from mldebt.flow.linking import ClassKey
from mldebt.flow.walk import Flow
from mldebt.regex import regex

_MODELS = ("Model", "LightningModule", "PreTrainedModel")
_PARTS = ("Layer", "Loss", "_Loss", "Metric", "ModuleList", "ModuleDict", "Sequential", "Optimizer", "Callback")
_NAME = regex(
    r"(Block|Layer|Layers|Head|Embeddings?|Attention|Pooling|Norm|Activation|Container|Gate|Sampler|Adapter|Wrapper\w*"
    r"|Unit|Cell|Dropout|Conv\d?[dD]?|Loss|Metric)(V\d+)?$"
)
_PLACE = regex(r"(^|/)(layers?|blocks?|transforms?|outputs?|inputs?|loss(es)?|heads?|samplers?|activations?)(/|\.py$)")


def is_part(flow: Flow, cls: ClassKey) -> bool:
    """Whether a class is a layer or a block, by what it derives from, by its name or its place: no model, however often
    its users put it into one."""
    if _derives_from(flow, cls, _MODELS):
        return False
    if _derives_from(flow, cls, _PARTS) or _NAME.search(flow.scope(*cls).name):
        return True
    return bool(_PLACE.search(flow.program.modules[cls[0]].path))


def _derives_from(flow: Flow, cls: ClassKey, names: tuple[str, ...]) -> bool:
    outside = [base for base in flow.program.ancestry(cls) if isinstance(base, str)]
    return any(base.rpartition(".")[2] in names for base in outside)

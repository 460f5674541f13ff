"""Classes that make up a model: layers and blocks, and networks of which another class trains the one it is told."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.linking import ClassKey, is_self
from mldebt.flow.types.models import NETWORK_KINDS, Models
from mldebt.flow.value import Value
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


def exchanged(flow: Flow, cls: ClassKey) -> Iterator[tuple[Value, tuple[str, ...]]]:
    """The attributes in which a class holds one of several networks of the repository, each with the names of these:
    `self.net = NETS[name](width)`."""
    models = flow.shared(Models)
    module = flow.program.modules[cls[0]]
    for number in module.inside(cls[1]):
        nodes = flow.body(cls[0], number).nodes if module.scope(number).kind == "function" else ()
        for store in nodes:
            base = store.one("base") if store.kind == "store" and isinstance(store.data, str) else None
            held = store.one("value") if base is not None and is_self(base) else None
            kinds = dict.fromkeys(each.name for each in flow.types(held)) if held is not None else {}
            own = [kind for kind in kinds if isinstance(kind, tuple) and models.derives(kind, NETWORK_KINDS)]
            names = tuple(flow.scope(*kind).name for kind in own if not is_part(flow, kind))
            if len(names) > 1:
                yield store, names


def _derives_from(flow: Flow, cls: ClassKey, names: tuple[str, ...]) -> bool:
    outside = [base for base in flow.program.ancestry(cls) if isinstance(base, str)]
    return any(base.rpartition(".")[2] in names for base in outside)

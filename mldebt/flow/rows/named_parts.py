"""Parts of data that stand under names in one object, and are taken out of it by them again."""

from __future__ import annotations

from mldebt.flow import idioms
from mldebt.flow.calls.words import keyword
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

STEPS = 8
_HOLDERS = ("dict", "datasets.DatasetDict", "datasets.dataset_dict.DatasetDict", "datasets.IterableDatasetDict")


def named_part(flow: Flow, part: Value) -> Value | None:
    """What stands under the name by which a part is taken: `DatasetDict(train=a, val=b).map(cut)["val"]` is made of b.
    None where that is not written down in the same function."""
    if part.kind != "item" or not isinstance(part.key, str):
        return None
    holder = idioms.root(part.source)
    for _ in range(STEPS):
        if holder.kind != "call" or holder.receiver is None or flow.is_own(holder):
            break
        holder = idioms.root(holder.receiver)
    if holder.calls_external(*_HOLDERS):
        named = keyword(holder, part.key)
        holder = idioms.root(holder.arguments[0]) if not named and holder.keywords == ("",) else holder
    else:
        named = []
    if holder.kind == "dict" and None not in holder.keys and not holder.every("spread"):
        named = [item for key, item in zip(holder.keys, holder.every("item"), strict=True) if key == part.key]
    return named[0] if len(named) == 1 else None

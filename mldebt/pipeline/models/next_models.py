"""Embeddings that are the input of a next model of the repository: how good they are shows there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mldebt.flow.files.files import Files
from mldebt.flow.walk import Flow
from mldebt.pipeline.models.register import TrainedModel

TRAINED_LOOKED_AT = 4
_EMBEDDINGS = frozenset({"gensim.models.Word2Vec"})
"""What is trained for vectors alone, and answers no question of the product's by itself."""


def next_models(flow: Flow, model: TrainedModel, models: Iterable[TrainedModel]) -> Iterator[TrainedModel]:
    """The models that are built or trained where the file of some embeddings is taken up."""
    if model.cls is not None or not _is_embedding(flow, model):
        return
    files = flow.shared(Files)
    taking = {
        reader.call.body.module.index
        for call, how in model.kept
        if how == "stored"
        for reader in files.readers(call)
        if reader.call.body.module is not model.made.body.module
    }
    for other in models:
        places = (other.made, *other.trained[:TRAINED_LOOKED_AT])
        if other is not model and any(value.body.module.index in taking for value in places):
            yield other


def _is_embedding(flow: Flow, model: TrainedModel) -> bool:
    names = (target.name for target in flow.targets(model.made))
    return any(not _EMBEDDINGS.isdisjoint((name, *flow.catalogue.lineage(name))) for name in names)

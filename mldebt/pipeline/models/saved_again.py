"""Saves that leave nothing new behind: a model that was loaded and learned nothing since, or is removed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebt.flow.calls.words import last_name
from mldebt.flow.value import Value
from mldebt.flow.walk import Stack, Step

if TYPE_CHECKING:
    from mldebt.pipeline.models.artifacts import Artifact, Artifacts

SOURCE_LIMIT = 120
LEARN_LIMIT = 400
_LEARNS = frozenset({"fits", "tunes", "optimizes"})
_TEACHES = frozenset({"fit", "partial_fit", "train", "finetune", "fine_tune", "backward"})
_REMOVES = ("os.remove", "os.unlink", "shutil.rmtree")


def is_only_loaded(artifacts: Artifacts, artifact: Artifact) -> bool:
    """Whether what is saved was loaded, and nothing learns before: converted, repaired or fetched, every run writes
    the same again."""

    def inside(value: Value, stack: Stack) -> list[Step]:
        part = [Step("object", value.source, stack)] if value.kind == "attr" else []
        return [*artifacts.inside(value, stack), *part]

    saved = artifacts.saved(artifact.save)
    visits = artifacts.flow.walk(saved, inside, stack=(), limit=SOURCE_LIMIT)
    made = [visit.value for visit in visits if visit.value.kind == "call" and not inside(visit.value, visit.stack)]
    loaded = [call for call in made if "loads" in artifacts.flow.roles(call)]
    others = [call for call in made if call not in loaded and artifacts.holds_model(call)]
    return bool(loaded) and not others and not any(_learns(artifacts, call) for call in loaded)


def _learns(artifacts: Artifacts, model: Value) -> bool:
    """Whether a model is trained on after it was loaded."""
    visits = artifacts.flow.walk(model, artifacts.flow.forth, limit=LEARN_LIMIT)
    return any(
        artifacts.flow.roles(visit.value) & _LEARNS or last_name(visit.value) in _TEACHES
        for visit in visits
        if visit.value.kind == "call"
    )


def is_removed_again(artifacts: Artifacts, artifact: Artifact) -> bool:
    """Whether the same function removes the file after it has used it."""
    texts = {artifact.text, *artifacts.paths.texts(artifact.path)} - {""}
    return any(
        call.at > artifact.save.at
        and (path := _removed(call)) is not None
        and not texts.isdisjoint(artifacts.paths.texts(path))
        for call in artifact.save.body.calls
    )


def _removed(call: Value) -> Value | None:
    """The path that a call removes."""
    if call.calls_external(*_REMOVES):
        return next(iter(call.arguments), None)
    return call.receiver if call.calls_method("unlink") else None

"""Saves that leave nothing new behind: a model that was loaded and learned nothing since, or is removed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebt.facts import record as r
from mldebt.flow.calls.words import last_name
from mldebt.flow.conditions.conditions import around
from mldebt.flow.scopes.names import statements
from mldebt.flow.value import Value
from mldebt.flow.walk import Stack, Step
from mldebt.pipeline.models.kept_beside import asks_whether_there

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
    """Whether the same function removes the file after it has used it, however it went."""
    texts = {artifact.text, *artifacts.paths.texts(artifact.path)} - {""}
    return any(
        call.at > artifact.save.at
        and (path := _removed(call)) is not None
        and not texts.isdisjoint(artifacts.paths.texts(path))
        and _is_done_anyway(artifact.save, call)
        for call in artifact.save.body.calls
    )


def _is_done_anyway(save: Value, removal: Value) -> bool:
    """Whether nothing but that the file is there decides on its removal, and nothing has to fail for it."""
    body = save.body
    own = set(around(body, save.at))
    if not all(test in own or asks_whether_there(test) for test in around(body, removal.at)):
        return False
    every = list(statements(body.scope.body))
    rescues = (handler.body for each in every if isinstance(each, r.Try) for handler in each.handlers)
    rescuing = {each.at for block in rescues for each in statements(block)}
    return max(each.at for each in every if each.at <= removal.at) not in rescuing


def _removed(call: Value) -> Value | None:
    """The path that a call removes."""
    if call.calls_external(*_REMOVES):
        return next(iter(call.arguments), None)
    return call.receiver if call.calls_method("unlink") else None

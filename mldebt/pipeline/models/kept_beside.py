"""Saves that leave the models of other runs alone: a version is kept beside, or what is there already is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebt.facts import record as r
from mldebt.flow.body import Body
from mldebt.flow.conditions.conditions import ways
from mldebt.flow.idioms import bare, root
from mldebt.flow.scopes.names import statements
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.pipeline.models.artifacts import Artifact, Artifacts

_REFUSED = "FileExistsError"
_IS_THERE = ("exists", "is_file", "is_dir", "isfile", "isdir")
_PATHS_THERE = ("os.path.exists", "os.path.isfile", "os.path.isdir")


def is_kept_beside(artifacts: Artifacts, artifact: Artifact) -> bool:
    """Whether the same code saves the same model under a name of this run, too: the fixed one is the newest of them."""
    saved = artifacts.saved(artifact.save)
    return any(
        other.save is not artifact.save
        and not other.is_fixed
        and other.givens
        and _is_one(artifacts.saved(other.save), saved)
        for other in artifacts.saved_in(artifact.save.body)
    )


def refuses_what_is_there(save: Value) -> bool:
    """Whether a function raises, before it saves, where there is a model already."""
    body = save.body
    return any(
        isinstance(each, r.If) and isinstance(each.body[-1], r.Raise) and _refuses(body, each)
        for each in statements(body.scope.body)
        if each.at < save.at
    )


def takes_what_is_there(artifacts: Artifacts, artifact: Artifact) -> bool:
    """Whether a model is only made and saved where there is none yet: `if path.exists(): load(path)`, else train and
    save; also where it is told to make it again."""
    own = set(artifacts.paths.texts(artifact.path))
    asked = (each for test, answer in ways(artifact.save.body, artifact.save.at) if not answer for each in _parts(test))
    files = (source for each in asked for source in (*each.arguments[:1], each.receiver) if source is not None)
    return any(not own.isdisjoint(artifacts.paths.texts(source)) for source in files)


def _parts(test: Value) -> list[Value]:
    """The calls of a test, which may ask for something else as well, that look whether a file is there."""
    parts = test.every("operand") if test.kind == "operation" and test.data == "and" else [test]
    return [each for each in parts if asks_whether_there(each)]


def _refuses(body: Body, branch: r.If) -> bool:
    raised = branch.body[-1]
    error = body.facts.exprs[raised.value] if isinstance(raised, r.Raise) and raised.value >= 0 else None
    name = error.function if isinstance(error, r.Call) else raised.value if isinstance(raised, r.Raise) else -1
    test = body.values.get(branch.test)
    return test is not None and asks_whether_there(test) and (name < 0 or body.module.dotted(name) == _REFUSED)


def asks_whether_there(test: Value) -> bool:
    """Whether a test asks for a file: `os.path.exists(path)`, `path.is_file()`."""
    return test.calls_method(*_IS_THERE) or test.calls_external(*_PATHS_THERE)


def _is_one(value: Value, other: Value) -> bool:
    """Whether two values are one object: one variable, or one attribute of one object."""
    value, other = bare(value), bare(other)
    if value is other:
        return True
    same = value.kind == other.kind == "attr" and value.data == other.data
    return same and root(value.source) is root(other.source)

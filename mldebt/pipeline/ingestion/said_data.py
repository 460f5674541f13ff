"""What is written down and read by nobody in sight: whether anything says that it is data for a model."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from mldebt.flow.files.paths import Paths
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.flow.wording import parted
from mldebt.pipeline.ingestion.ingestion import Ingestion
from mldebt.regex import regex

_OF_A_MODEL = regex(
    r"(?:\A|[^a-z])(data(bases?|_?sets?)?|train\w*|test_?sets?|validation_?sets?|features?|pre_?process\w*|processed"
    r"|processing|dmatrix|ingest\w*|etl|corpus|corpora|embed\w*|vectori[sz]\w*|interactions|ratings|samples|collect\w*)"
    r"(?![a-z])"
)
"""What names speak of that is there for models to learn from or to be asked about."""
_PARTS = 2
"""Of the path of a program: its folder and itself."""


def is_said_to_be_data(flow: Flow, ingestion: Ingestion) -> bool:
    """Whether a pipeline that only writes says that it makes data for a model: by what the program, its folder or the
    functions that work and write are called, or by the name of what is written. Evidence to show a finding to
    everybody, which has to stand without it."""
    return any(_OF_A_MODEL.search(parted(text).lower()) for text in _told(flow, ingestion))


def _told(flow: Flow, ingestion: Ingestion) -> Iterator[str]:
    number, scope = ingestion.owner
    module = flow.program.modules[number]
    yield "/".join(module.path.split("/")[-_PARTS:])
    yield module.facts.scopes[scope].qualname if scope else ""
    paths = flow.shared(Paths)
    for end in ingestion.ends:
        yield end.value.body.scope.qualname
        yield from map(_name, _texts(paths, end.value))


def _texts(paths: Paths, write: Value) -> tuple[str, ...]:
    path = paths.path(write)
    return paths.texts(path) if path is not None else ()


def _name(text: str) -> str:
    """The last words of a path, with the folder unless that only says that data is kept there, as most folders do."""
    folder, name = posixpath.split(text)
    within = posixpath.basename(folder)
    return name if within.lower() == "data" else f"{within}/{name}"

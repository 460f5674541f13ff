"""Stages of declared workflows, as the flow takes them: scripts of the repository, files from its root."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable
from functools import partial

from mldebt.documents import parse_document
from mldebt.documents.programs import programs
from mldebt.flow.files.stages import Stage
from mldebt.sources import Document


def read_stages(documents: Iterable[Document], known: Collection[str]) -> list[Stage]:
    """The stages of DVC files that run scripts of the repository. `known` are the paths of its modules."""
    found = []
    for document in documents:
        seen_from_root = partial(_from_root, posixpath.dirname(document.path))
        for stage in parse_document(document).stages:
            named = [
                program.name.replace(".", "/") + ".py" if program.is_module else program.name
                for command in stage.commands
                for program in programs(command)
            ]
            scripts = tuple(path for path in map(seen_from_root, named) if path in known)
            if scripts:
                inputs, outputs = map(seen_from_root, stage.inputs), map(seen_from_root, stage.outputs)
                found.append(Stage(scripts, tuple(inputs), tuple(outputs)))
    return found


def _from_root(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path))

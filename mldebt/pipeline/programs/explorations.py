"""Notebooks that only tried something out, and those that only teach."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.flow.program import Module
from mldebt.flow.roots import is_example
from mldebt.pipeline.programs.serving_path import ServingPath
from mldebt.pipeline.project import Project

Unit = tuple[int, int]


class Explorations:
    """Questions about what a notebook is for."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._serving = project.flow.shared(ServingPath)
        self._keeping = {call.body.module for model in project.trained_models for call, _ in model.kept}

    def only_tries(self, module: Module, units: Iterable[Unit]) -> bool:
        """Whether a notebook only tried something out: it keeps no model, and nothing that is served comes from it."""
        return module.is_notebook and module not in self._keeping and not self._serving.serves(units, module.path)


def only_teaches(module: Module) -> bool:
    """Whether a notebook stands in a folder of tutorials or examples: what it makes is made to be looked at."""
    return module.is_notebook and is_example(module.path)

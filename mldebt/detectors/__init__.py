"""One module a rule, found by the family and stem of its record: its examples, and the question it asks."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from mldebt.finding import Hit
from mldebt.rulebook import Rule

if TYPE_CHECKING:
    from mldebt.pipeline import Project

Example = str | Mapping[str, str]
"""A module's text, or texts by path when it takes several files. `# debt` marks each line where a finding stands."""


class Detector(msgspec.Struct, frozen=True):
    """What a detector's module offers."""

    bad: tuple[Example, ...]
    good: tuple[Example, ...]
    detect: Callable[[Project, Rule], Iterator[Hit]]


def has_detector(rule: Rule) -> bool:
    return importlib.util.find_spec(_module(rule)) is not None


def load_detector(rule: Rule) -> Detector:
    """The detector of a rule; a module that lacks a part breaks here, by name."""
    module = importlib.import_module(_module(rule))
    return Detector(bad=module.BAD, good=module.GOOD, detect=module.detect)


def _module(rule: Rule) -> str:
    return f"{__name__}.{rule.family}.{rule.stem}"

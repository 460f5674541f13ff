"""MLD306: comments in which pipeline code admits debt, with their author and age."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from mldebt.finding import Hit, Step
from mldebt.pipeline import Project
from mldebt.pipeline.components import Component
from mldebt.pipeline.people.admitted import Admission, Admissions
from mldebt.rulebook import Rule

_TRAIN = """
import joblib
import pandas as pd
from sklearn.linear_model import Ridge

def train(path):
    rows = pd.read_csv(path)
    {comment}
    model = Ridge()
    model.fit(rows[["a"]], rows.b)
    joblib.dump(model, "model.joblib")

def greet(name):
    {elsewhere}
    print("hello", name)
"""

BAD = (
    _TRAIN.format(comment="# TODO: rows of robots are still in there  # debt", elsewhere=""),
    _TRAIN.format(comment="# This is only temporary, until the new export is there  # debt", elsewhere=""),
    _TRAIN.format(comment="# A stopgap until that export is retired  # debt", elsewhere=""),
    _TRAIN.format(comment="# temporary: the old export has no prices  # debt", elsewhere=""),
    _TRAIN.format(comment="rows = rows[rows.b > 0]  # FIXME negative prices  # debt\n    # HACK", elsewhere=""),
    # the words stand below
    _TRAIN.format(comment="# TODO:  # debt\n    # Leave out the rows of robots", elsewhere=""),
    # too short to be a copy
    {f"jobs/{name}.py": _TRAIN.format(comment="# TODO: check  # debt", elsewhere="") for name in ("ads", "feed")},
    # what is no homework: hardware, and the assignment of labels
    {"hw_sensors/label_assignment.py": _TRAIN.format(comment="# TODO: leave out robots  # debt", elsewhere="")},
    _TRAIN.format(comment="# TODO: [a, b] are mixed up  # debt", elsewhere=""),
    # above what trains, and at the module's head
    _TRAIN.format(comment="", elsewhere="").replace("def train", "# TODO: split this up  # debt\ndef train"),
    _TRAIN.format(comment="", elsewhere="").replace(
        "import joblib", "# FIXME: the wrong export  # debt\nimport joblib"
    ),
)
GOOD = (
    _TRAIN.format(comment="# TODO", elsewhere=""),
    _TRAIN.format(comment="# TODO(ann):", elsewhere=""),
    # above what is no part of it
    _TRAIN.format(comment="", elsewhere="").replace("def greet", "# TODO: in other languages too\ndef greet"),
    _TRAIN.format(comment="# Robots are left out by the export.", elsewhere=""),
    _TRAIN.format(comment="", elsewhere="# TODO: in other languages too"),
    _TRAIN.format(comment="# This cell was injected automatically. It is temporary.", elsewhere=""),
    {"exercises/train.py": _TRAIN.format(comment="# TODO: add the parameters", elsewhere="")},
    {"hw3/trees.py": _TRAIN.format(comment="# TODO: add the parameters", elsewhere="")},
    {"6-trees-hw.py": _TRAIN.format(comment="# TODO: add the parameters", elsewhere="")},
    _TRAIN.format(comment="# The temporary file is removed by the caller.", elsewhere=""),
    _TRAIN.format(comment="# Temporary files are kept in a folder: see the caller.", elsewhere=""),
    _TRAIN.format(comment="# The roots of the new export retired that stopgap.", elsewhere=""),
    _TRAIN.format(comment="# Trained on the TODO list app's exports", elsewhere=""),
    _TRAIN.format(comment="# TODO: your code here", elsewhere=""),
    # what was taken over, with all that it admits
    _TRAIN.format(comment="# TODO: sum up the losses", elsewhere="").replace(
        "    rows =", '    """Copied from the trainer of a library."""\n    rows ='
    ),
    # a gap of a template
    _TRAIN.format(comment="# MAGIC - TODO: [SCHOOL NAME] website", elsewhere=""),
    "# TODO: everything\nprint('no pipeline')\n",
)

SHOWN = 8
ENOUGH_WORDS = 5


def detect(project: Project, rule: Rule) -> Iterator[Hit]:  # every detector is asked with its rule
    told: dict[str, list[Admission]] = {}  # by its words, where else a comment stands
    new: list[tuple[Component, list[Admission]]] = []
    for component, found in Admissions(project).find():
        again = [each for each in found if each.text in told]
        for each in again:
            told[each.text].append(each)
        if len(again) < len(found):
            new.append((component, [each for each in found if each not in again]))
        told |= {each.text: [] for each in found if each not in again and _can_be_copied(each)}
    for component, own in new:
        texts = dict.fromkeys(each.text for each in own)
        yield _hit(component, own, [copy for text in texts for copy in told.get(text, ())])


def _hit(component: Component, found: Sequence[Admission], copies: Sequence[Admission]) -> Hit:
    times = f" (copied to {len(copies)} more place{'s' if len(copies) > 1 else ''})" if copies else ""
    return Hit(
        location=found[0].location,
        message=_message(found) + times,
        trail=(
            *(Step(location=each.location, message=_said(each)) for each in found[:SHOWN]),
            *(Step(location=each.location, message="the same again") for each in copies[:SHOWN]),
        ),
        component=component.name,
        members=tuple(dict.fromkeys(f"{each.location.path}:{each.text}" for each in (*found, *copies))),
    )


def _can_be_copied(each: Admission) -> bool:
    """Whether a comment says so much that the same words elsewhere are a copy of it."""
    return len(each.text.split()) >= ENOUGH_WORDS


def _message(found: Sequence[Admission]) -> str:
    count = "A comment admits" if len(found) == 1 else f"{len(found)} comments admit"
    dated = [each for each in found if each.time]
    if not dated:
        return f"{count} debt: {found[0].text}"
    oldest = min(dated, key=lambda each: each.time)
    which = "" if len(found) == 1 else "the oldest "
    return f"{count} debt, {which}{_since(oldest)}: {oldest.text}"


def _said(each: Admission) -> str:
    return f"{each.text} ({_since(each)})" if each.time else each.text


def _since(each: Admission) -> str:
    return f"{'by ' + each.author + ', ' if each.author else ''}{time.strftime('%B %Y', time.gmtime(each.time))}"

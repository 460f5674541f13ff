"""MLD504: model and pipeline code that nothing reaches, and models that are trained for nobody."""

from __future__ import annotations

import posixpath
import time
from collections import defaultdict
from collections.abc import Iterator

import msgspec

from mldebt.finding import Audience, Hit, Step
from mldebt.listed import listed
from mldebt.ownership import Span
from mldebt.pipeline import Project
from mldebt.pipeline.clones.told_once import ToldOnce
from mldebt.pipeline.components import Components
from mldebt.pipeline.models.idle_models import IdleModels
from mldebt.pipeline.models.register import installed_packages
from mldebt.pipeline.programs.dormant import module_end
from mldebt.pipeline.programs.reachable import Reachable, Unit
from mldebt.pipeline.programs.stranded import Stranded, stranded
from mldebt.pipeline.programs.switched_off import SwitchedOff, Switches
from mldebt.rulebook import Rule

SHOWN = 8

_READ = """
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

rows = pd.read_csv("rows.csv")
"""

BAD = (
    _READ
    + """
def compare():
    boosted = GradientBoostingClassifier()  # debt
    boosted.fit(rows[["age"]], rows.churned)
    plain = LogisticRegression()
    plain.fit(rows[["age"]], rows.churned)
    return plain.predict(rows[["age"]])
""",
)
GOOD = (
    _READ
    + """
def kept():
    model = LogisticRegression()
    model.fit(rows[["age"]], rows.churned)
    return model
""",
    _READ
    + """
model = LogisticRegression()
model.fit(rows[["age"]], rows.churned)
print(model.coef_)
""",
    _READ
    + """
class Churn:
    def __init__(self):
        self.model = LogisticRegression()

    def fit(self, rows):
        self.model.fit(rows[["age"]], rows.churned)
""",
    _READ
    + """
import mlflow

mlflow.autolog()
model = LogisticRegression()
model.fit(rows[["age"]], rows.churned)
""",
    {
        "fitted.py": _READ + "model = LogisticRegression()\nmodel.fit(rows[['age']], rows.churned)\n",
        "ask.py": "from fitted import model\nprint(model.predict([[3]]))\n",
    },
    _READ
    + """
def never_called_but_who_knows_since_when():
    model = LogisticRegression().fit(rows[["age"]], rows.churned)
    return model.score(rows[["age"]], rows.churned)
""",
)


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    yield from ToldOnce(project.flow.program).fold(_found(project, rule))


def _found(project: Project, rule: Rule) -> Iterator[Hit]:
    for made, name, trained in IdleModels(project.flow).find():
        yield Hit(
            location=project.location(made),
            message=f"A {name} is trained, and nothing asks it, keeps it or measures it.",
            trail=(project.step(made, "built here"), project.step(trained, "trained here, for nobody")),
            component=project.component_of(made.body),
        )
    if project.ownership.available:
        history = _Untouched(project, rule)
        yield from _unreached(project, rule, history)
        yield from _stranded(project, rule, history)
        yield from _switched_off(project, history)


def _unreached(project: Project, rule: Rule, history: _Untouched) -> Iterator[Hit]:
    """One finding a module: its definitions that nothing reaches and nobody has touched. Many files of one folder are
    one experiment, or one library that was copied in for a part of it."""
    packages = installed_packages(project.flow, project.raw_documents)
    reachable = Reachable(project.flow, project.naming, packages, rule.words("hooks"))
    folders: dict[str, dict[int, list[_Dead]]] = defaultdict(lambda: defaultdict(list))
    asleep = (unit for unit in sorted(project.dormant.units) if reachable.works(unit))
    for unit in dict.fromkeys((*reachable.unreached(), *asleep)):
        since = history.since(history.spans(unit))
        if since:
            path = project.flow.program.modules[unit[0]].path
            folders[posixpath.dirname(path)][unit[0]].append(_Dead(unit, reachable.name(unit), since))
    for folder, modules in folders.items():
        if len(modules) >= rule.integer("fold_from"):
            dead = [each for found in modules.values() for each in found]
            last = _month(max(each.since for each in dead))
            what = f"{len(dead)} definitions in {len(modules)} files of {folder or 'the root'}"
            yield _hit(project, dead, f"Nothing in the repository reaches {what}, all untouched since {last}.")
        else:
            yield from (_of_module(project, reachable, found) for found in modules.values())


class _Dead(msgspec.Struct, frozen=True):
    """A definition, its name, and when (epoch seconds) it was last touched."""

    unit: Unit
    name: str
    since: int


def _of_module(project: Project, reachable: Reachable, found: list[_Dead]) -> Hit:
    names = ", ".join(each.name for each in found[:3]) + (" …" if len(found) > 3 else "")
    above = reachable.leading_to(found[0].unit) if len(found) == 1 else []
    but = f" but {listed(list(map(reachable.name, above)), 1)}, which nothing reaches either" if above else ""
    last = _month(max(each.since for each in found))
    what = "it" if len(found) == 1 else "them"
    return _hit(
        project, found, f"Nothing in the repository reaches {names}{but}, and nobody has touched {what} since {last}."
    )


def _hit(project: Project, found: list[_Dead], message: str) -> Hit:
    modules = project.flow.program.modules
    return Hit(
        location=project.definition(modules[found[0].unit[0]], found[0].unit[1]),
        message=message,
        trail=tuple(
            Step(
                location=project.definition(modules[each.unit[0]], each.unit[1]),
                message=f"{each.name}: unchanged since {_month(each.since)}",
            )
            for each in _first(found)
        ),
        component=project.unit_name(found[0].unit),
        members=tuple(project.unit_name(each.unit) for each in found),
    )


def _first(found: list[_Dead]) -> list[_Dead]:
    """The first of a few, or the first of each file."""
    if len({each.unit[0] for each in found}) == 1:
        return found[:SHOWN]
    return list({each.unit[0]: each for each in reversed(found)}.values())[::-1]


def _month(moment: int) -> str:
    return time.strftime("%B %Y", time.gmtime(moment))


def _stranded(project: Project, rule: Rule, history: _Untouched) -> Iterator[Hit]:
    """One finding for a program that would fail, or for those of a folder."""
    folders: dict[str, list[tuple[Stranded, int]]] = defaultdict(list)
    for found in stranded(project.dormant):
        end, _ = found.module.facts.position(module_end(found.module))
        since = history.since([(found.module.path, 1, end)])
        if since:
            folders[posixpath.dirname(found.module.path)].append((found, since))
    for folder, each in folders.items():
        if len(each) >= rule.integer("fold_from"):
            last = _month(max(since for _, since in each))
            what = f"{len(each)} programs in {folder or 'the root'}, which can be run no more or on one machine alone"
            yield _of_programs(project, each, f"Nothing starts {what}, all untouched since {last}.")
        else:
            for found, since in each:
                what = f"{found.module.path} {found.fault}; nothing starts it"
                message = f"{what}, and nobody has touched it since {_month(since)}."
                yield _of_programs(project, [(found, since)], message)


def _of_programs(project: Project, found: list[tuple[Stranded, int]], message: str) -> Hit:
    places = [project.place(each.module, each.at, each.at, 0) for each, _ in found]
    return Hit(
        location=places[0],
        message=message,
        trail=tuple(
            Step(location=place, message=f"{each.fault}: unchanged since {_month(since)}")
            for place, (each, since) in zip(places, found, strict=True)
        ),
        component=found[0][0].module.path,
        members=tuple(each.module.path for each, _ in found),
    )


def _switched_off(project: Project, history: _Untouched) -> Iterator[Hit]:
    for off in Switches(project.flow, project.raw_documents).find():
        since = history.since([(off.module.path, off.first, off.last)])
        if since:
            yield _behind(project, off, _month(since))


def _behind(project: Project, off: SwitchedOff, since: str) -> Hit:
    place = project.place(off.module, off.at, off.at, off.scope)
    what = f"the switch {off.switch}, which nothing sets" if off.switch else "a condition that is always false"
    return Hit(
        location=place,
        message=f"Pipeline code stands behind {what}; nobody has touched it since {since}.",
        trail=(Step(location=place, message="never true"), project.step(off.work, "what would run")),
        component=project.component_of(off.work.body),
        audience=Audience.PEDANTIC if off.switch else None,
    )


class _Untouched:
    """Since when nobody has changed some lines."""

    def __init__(self, project: Project, rule: Rule) -> None:
        self.project = project
        self.components = Components(project.flow, project.boundaries)
        self.min_lines = rule.integer("min_lines")
        self.before = project.ownership.head_date - rule.integer("idle_days") * 86_400

    def spans(self, unit: Unit) -> list[Span]:
        return self.components.spans(unit)

    def since(self, spans: list[Span]) -> int:
        """When the last change was (epoch seconds), where it is long ago and there is enough of it; else 0."""
        ownership = self.project.ownership
        changed, lines = ownership.changed_since(spans, self.before)
        if changed or lines < self.min_lines:
            return 0
        times = [
            credit.time
            for path, first, last in spans
            for line in range(first, last + 1)
            if (credit := ownership.credit(path, line)) is not None
        ]
        if ownership.is_cut_since(spans, self.before):
            return 0
        return max(times, default=0)

"""MLD504: model and pipeline code that nothing reaches, and models that are trained for nobody."""

from __future__ import annotations

import time
from collections.abc import Iterator

from mldebt.finding import Audience, Hit, Step
from mldebt.ownership import Span
from mldebt.pipeline import Project
from mldebt.pipeline.clones.told_once import ToldOnce
from mldebt.pipeline.components import Components
from mldebt.pipeline.models.idle_models import IdleModels
from mldebt.pipeline.models.register import installed_packages
from mldebt.pipeline.programs.reachable import Reachable, Unit
from mldebt.pipeline.programs.switched_off import SwitchedOff, Switches
from mldebt.rulebook import Rule

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
        yield from _switched_off(project, history)


def _unreached(project: Project, rule: Rule, history: _Untouched) -> Iterator[Hit]:
    """One finding a module: its definitions that nothing reaches and nobody has touched."""
    packages = installed_packages(project.flow, project.raw_documents)
    reachable = Reachable(project.flow, project.texts, packages, rule.words("hooks"))
    found: dict[int, list[tuple[Unit, str]]] = {}
    asleep = (unit for unit in sorted(project.dormant.units) if reachable.works(unit))
    for unit in dict.fromkeys((*reachable.unreached(), *asleep)):
        since = history.since(history.spans(unit))
        if since:
            found.setdefault(unit[0], []).append((unit, since))
    for number, units in found.items():
        module = project.flow.program.modules[number]
        first = units[0][0]
        names = ", ".join(reachable.name(unit) for unit, _ in units[:3]) + (" …" if len(units) > 3 else "")
        yield Hit(
            location=project.definition(module, first[1]),
            message=f"Nothing in the repository reaches {names}, and nobody has touched it since {units[0][1]}.",
            trail=tuple(
                Step(
                    location=project.definition(module, unit[1]),
                    message=f"{reachable.name(unit)}: unchanged since {since}",
                )
                for unit, since in units[:8]
            ),
            component=project.unit_name(first),
            members=tuple(project.unit_name(unit) for unit, _ in units),
        )


def _switched_off(project: Project, history: _Untouched) -> Iterator[Hit]:
    for off in Switches(project.flow, project.raw_documents).find():
        since = history.since([(off.module.path, off.first, off.last)])
        if since:
            yield _behind(project, off, since)


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

    def since(self, spans: list[Span]) -> str:
        """The month of the last change, when it is long ago and there is enough of it; else ""."""
        ownership = self.project.ownership
        changed, lines = ownership.changed_since(spans, self.before)
        if changed or lines < self.min_lines:
            return ""
        times = [
            credit.time
            for path, first, last in spans
            for line in range(first, last + 1)
            if (credit := ownership.credit(path, line)) is not None
        ]
        if ownership.is_cut_since(spans, self.before):
            return ""
        return time.strftime("%B %Y", time.gmtime(max(times))) if times else ""

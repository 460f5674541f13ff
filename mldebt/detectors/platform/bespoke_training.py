"""MLD501: training, tuning, export and serving code in several modules, in almost the same words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mldebt.finding import Audience, Hit, Location, Severity, Step
from mldebt.pipeline import Project
from mldebt.pipeline.clones import Difference, Region
from mldebt.pipeline.models.bespoke import Bespoke, Cloned
from mldebt.rulebook import Rule

_LOOP = """
import torch
from torch import nn

from data import loader

def train(path, epochs):{mark}
    net = nn.Linear(20, 2)
    optimizer = torch.optim.{optimizer}(net.parameters(), lr={rate})
    {criterion} = nn.CrossEntropyLoss()
    net.train()
    for epoch in range(epochs):
        total = 0.0
        for rows, labels in loader(path):
            optimizer.zero_grad()
            loss = {criterion}(net(rows), labels)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            total += loss.item()
        print(epoch, total)
    torch.save(net.state_dict(), path + ".pt")
    return net
"""
_OTHER = """
import torch
from torch import nn

def train(pairs):
    net = nn.Embedding(50, 8)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    while True:
        anchor, other = next(pairs)
        distance = (net(anchor) - net(other)).norm(dim=-1)
        distance.mean().backward()
        optimizer.step()
        if distance.max() < 0.1:
            break
    return net
"""
_DATA = "def loader(path):\n    return []\n"
_PLAIN = """
import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression

rows = pd.read_csv("{name}.csv")
rows = rows.dropna()
rows["age"] = rows["age"] / 100
features = rows[["age", "visits"]]
labels = rows["{name}"]
model = LogisticRegression(C={c})
model.fit(features, labels)
score = model.score(features, labels)
joblib.dump(model, "{name}.joblib")
"""
_FIRST = {"optimizer": "Adam", "rate": 0.001, "criterion": "criterion"}
_SECOND = {"optimizer": "AdamW", "rate": 0.0003, "criterion": "measure", "mark": ""}

BAD = (
    {
        "clicks.py": _LOOP.format(**_FIRST, mark="  # debt"),
        "sales.py": _LOOP.format(**_SECOND),
        "data.py": _DATA,
    },
)
GOOD = (
    {"clicks.py": _LOOP.format(**_FIRST, mark=""), "sales.py": _OTHER, "data.py": _DATA},
    {"churn.py": _PLAIN.format(name="churned", c=1.0), "fraud.py": _PLAIN.format(name="fraud", c=0.5)},
    {
        "clicks.py": _LOOP.format(**_FIRST, mark=""),
        "sales.py": "from clicks import train\n\ntrain('sales', 3)\n",
        "data.py": _DATA,
    },
    {
        "clicks.py": _LOOP.format(**_FIRST, mark=""),
        "tests/test_clicks.py": _LOOP.format(**_SECOND),
        "data.py": _DATA,
    },
)

SHOWN = 8


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    found = Bespoke(project).find(rule.number("similarity"), rule.integer("least_lines"))
    for cloned in found:
        members = cloned.family.members
        names = ", ".join(_name(each) for each in members[:4]) + (" …" if len(members) > 4 else "")
        yield Hit(
            location=_place(project, members[0]),
            message=f"{len(members)} {cloned.what} are near-clones: {names}.",
            trail=tuple(_trail(project, cloned))[:SHOWN],
            component=_name(members[0]),
            members=tuple(dict.fromkeys(map(_name, members))),
            severity=Severity.LOW if cloned.apart else None,
            audience=Audience.PEDANTIC if cloned.apart else None,
        )


def _trail(project: Project, cloned: Cloned) -> Iterator[Step]:
    yield Step(location=_place(project, cloned.family.members[0]), message="the first of them")
    for twin in cloned.family.twins:
        share = round(100 * twin.alignment.similarity)
        other = f"{share} % the same as {_name(twin.model)}"
        yield Step(location=_place(project, twin.region), message=other + _said(twin.alignment.differences))


def _said(differences: Sequence[Difference]) -> str:
    """The first things that differ, as each side writes them."""
    changes = [(one, other) for each in differences for one, other in each.changes if one or other]
    shown = [f"{one or 'nothing'} / {other or 'nothing'}" for one, other in changes if len(one) + len(other) < 60]
    return f"; differs in {', '.join(shown[:3])}" if shown else ""


def _name(region: Region) -> str:
    name = region.module.facts.scopes[region.scope].qualname
    return f"{region.path}:{name}" if name else region.path


def _place(project: Project, region: Region) -> Location:
    if region.scope:
        return project.definition(region.module, region.scope)
    return project.place(region.module, region.at, region.at, 0)

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

_TRAINER = """
import joblib
import pandas as pd
from {library} import {kind}
from sklearn.metrics import ndcg_score

class {kind}Trainer:{mark}
    def __init__(self, folder, settings):
        self.folder = folder
        self.settings = settings
        self.dropped = ["id", "name", "email", "created", "label"]
        self.model = {kind}(**settings)

    def load(self):
        rows = pd.read_csv(self.folder + "/rows.csv")
        held = pd.read_csv(self.folder + "/held.csv")
        self.rows = rows.drop(columns=self.dropped)
        self.labels = rows["label"]
        self.held = held.drop(columns=self.dropped)
        self.held_labels = held["label"]
        self.users = held["id"]

    def train(self):
        print("begins", len(self.rows))
        self.model.fit(self.rows, self.labels)
        print("done")

    def judge(self):
        found = pd.DataFrame()
        found["user"] = self.users
        found["label"] = self.held_labels
        found["score"] = self.model.predict(self.held)
        values = []
        for user, group in found.groupby("user"):
            top = group.sort_values("score", ascending=False).head(10)
            values.append(ndcg_score([top["label"]], [top["score"]]))
        print("ndcg", sum(values) / len(values))

    def keep(self, day):
        path = self.folder + "/" + day + "{kind}.joblib"
        joblib.dump(self.model, path)
        print("kept", path)
"""
_FOREST = {"library": "sklearn.ensemble", "kind": "RandomForestRegressor"}
_LASSO = {"library": "sklearn.linear_model", "kind": "Lasso"}
_SAYS = """
import torch
from transformers import AutoTokenizer, BertForSequenceClassification

tokenizer = AutoTokenizer.from_pretrained("acme/spam", revision="1a2b3c4d")
model = BertForSequenceClassification.from_pretrained("acme/spam", revision="1a2b3c4d")

def {name}(text):{mark}
    model.eval()
    words = tokenizer(text, return_tensors="pt", truncation=True, add_special_tokens=True, max_length={length})
    words = words.to("cpu")
    with torch.no_grad():
        outputs = model(
            input_ids=words["input_ids"],
            attention_mask=words["attention_mask"],
            token_type_ids=words["token_type_ids"],
        )
    logits = outputs[0]
    logits = logits.detach().cpu().numpy()
    chances = logits[0] - logits[0].min()
    chances = chances / chances.sum()
    best = int(chances.argmax())
    print(text, best, chances[best])
    if chances[best] < {least}:
        return None
    return best
"""

BAD = (
    # trainers whose library does the loop
    {
        "forest.py": _TRAINER.format(**_FOREST, mark="  # debt"),
        "lasso.py": _TRAINER.format(**_LASSO, mark=""),
    },
    # the same question to a model, asked in two places
    {
        "bot.py": _SAYS.format(name="is_spam", length=128, least=0.5, mark="  # debt"),
        "mail.py": _SAYS.format(name="says", length=64, least=0.6, mark=""),
    },
    {
        "clicks.py": _LOOP.format(**_FIRST, mark="  # debt"),
        "sales.py": _LOOP.format(**_SECOND),
        "data.py": _DATA,
    },
)
GOOD = (
    {"forest.py": _TRAINER.format(**_FOREST, mark=""), "lasso.py": "from forest import RandomForestRegressorTrainer\n"},
    {"bot.py": _SAYS.format(name="is_spam", length=128, least=0.5, mark=""), "mail.py": "from bot import is_spam\n"},
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

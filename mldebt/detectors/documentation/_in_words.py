"""Models that documents name in other languages, or as one of several; and what is no model: more of MLD301."""

from __future__ import annotations

_GRAPH = """
import torch
from torch import nn

class LightGCNNet(nn.Module):{mark}
    def __init__(self):
        super().__init__()
        self.users = nn.Embedding(900, 64)
        self.items = nn.Embedding(700, 64)

    def forward(self, user, item):
        return (self.users(user) * self.items(item)).sum(dim=1)

net = LightGCNNet()
optimizer = torch.optim.Adam(net.parameters(), lr=0.001)
for user, item, clicked in batches():
    loss = nn.functional.binary_cross_entropy_with_logits(net(user, item), clicked)
    loss.backward()
    optimizer.step()
torch.save(net.state_dict(), "click.pt")
"""
_KOREAN = """# 클릭 예측

## 모델

### Graph
- {name}: 이웃 노드의 임베딩의 가중합으로 GCN을 적용한 모델

## {results}
- AUC: 0.8227
"""
_BESIDE = """# Clicks

Who clicks on what.

## {models}

- LightGCN: a graph neural network over users and items

## Data

All of it was trained on the clicks of last year.
"""
_LABELLED = """
import joblib
import numpy as np
from sklearn.linear_model import LogisticRegression

class {name}:{mark}
    def __init__(self, rows, labels):
        self.rows, self.labels = rows, labels
        self.helper = LogisticRegression()

    def learn(self):
        self.helper.fit(self.rows, self.labels)

    def {asked}(self, rows):
        return np.argmax(self.helper.predict_proba(rows).max(axis=1))

one = {name}(load("rows"), load("labels"))
one.learn()
print(one.{asked}(load("more")))
joblib.dump(one, "kept.joblib")
"""

_MORE = """
import joblib
from sklearn.svm import SVC

joblib.dump(SVC().fit(load("rows"), load("labels")), "{name}.joblib")
"""
_OTHERS = {f"others/{name}/train.py": _MORE.format(name=name) for name in ("doors", "roofs", "walls", "yards")} | {
    f"others/{name}/README.md": "Support vectors classify them, trained on our photos.\n"
    for name in ("doors", "roofs", "walls", "yards")
}
"""So many models that the front page speaks for none as a whole."""


def _graph(page: str, mark: str = "") -> dict[str, str]:
    return {"nets/net.py": _GRAPH.format(mark=mark), "README.md": page, **_OTHERS}


BAD = (
    _graph(_KOREAN.format(name="LightGBM", results="결과"), "  # debt"),
    # how it is set up says nothing of it, nor does what stands beside another chapter
    _graph(_KOREAN.format(name="LightGCN", results="설치"), "  # debt"),
    _graph(_BESIDE.format(models="To do"), "  # debt"),
    _LABELLED.format(name="Labeller", asked="predict", mark="  # debt"),
    _LABELLED.format(name="LabelSampler", asked="predict", mark="  # debt"),
)
GOOD = (
    _graph(_KOREAN.format(name="LightGCN", results="결과")),
    _graph(_BESIDE.format(models="Models")),
    # what draws the rows that are to be labelled next
    _LABELLED.format(name="LabelSampler", asked="sample", mark=""),
)

"""Trainings that draw random numbers, and some whose numbers are seeded: more examples of MLD503."""

from __future__ import annotations

_PART_TAKEN = """
import torch
from torch import nn

class Reader(nn.Module):
    def __init__(self, vectors):
        super().__init__()
        self.vectors = vectors
        self.words = nn.Embedding(*vectors.shape)
        self.layers = nn.LSTM(8, 8)

    def load_weights(self):
        {taken}
        return self

    def forward(self, x):
        return self.layers(self.words(x))[0]

def read(vectors, batches):
    net = Reader(vectors)
    net.load_weights()
    optimizer = torch.optim.Adam(net.parameters())
    for x, y in batches:
        nn.functional.mse_loss(net(x), y).backward()
        optimizer.step()
    torch.save(net.state_dict(), "reader.pt")

if __name__ == "__main__":
    read(torch.load("vectors.pt"), torch.load("batches.pt")){mark}
"""

_NETS = """
import torch
from torch import nn

class Small(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.head = nn.Conv2d(3, classes, 1)

    def forward(self, rows):
        return self.head(rows)

def still(classes):
    return torch.load("still.pt")

NETS = {"small": Small, "still": still}

def make(name, classes=2):
    return NETS[name](classes)
"""
_NAMED_NET = """
import torch
from nets import make

net = make("NAME")MARK
optimizer = torch.optim.Adam(net.parameters())
for rows, labels in torch.load("rows.pt"):
    torch.nn.functional.cross_entropy(net(rows), labels).backward()
    optimizer.step()
torch.save(net.state_dict(), "net.pt")
"""
_OBJECTIVES = """
{seed}
from sentence_transformers import InputExample, SentenceTransformer, losses
from torch.utils.data import DataLoader
import pandas as pd

def main():
    pairs = [InputExample(texts=list(each)) for each in pd.read_csv("pairs.csv").values]
    model = SentenceTransformer("all-MiniLM-L6-v2")
    batches = DataLoader(pairs, shuffle=True, batch_size=32)
    model.fit(train_objectives=[(batches, losses.MultipleNegativesRankingLoss(model))], output_path="tuned")

if __name__ == "__main__":
    main(){mark}
"""

_FACTORS = """
import numpy as np
import scipy.sparse as sp
from lightfm import LightFM
from lightfm.evaluation import precision_at_k

np.random.seed(1)
model = LightFM(loss="warp"{given}){mark}
model.fit(sp.load_npz("seen.npz"), epochs=30)
print(precision_at_k(model, sp.load_npz("left_out.npz")).mean())
"""

_KINDS = """
import joblib
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Lasso, LinearRegression

def chosen(name):
    match name:
        case "linear":
            kind = LinearRegression
        case "other":
            kind = {other}
        case _:
            kind = None
    return kind, {settings}

def train(kind, settings, rows):
    model = kind(**settings){mark}
    model.fit(rows[["price"]], rows["sold"])
    joblib.dump(model, "model.joblib")

kind, settings = chosen(input())
train(kind, settings, pd.read_csv("rows.csv"))
"""

_STARTED = """
import numpy as np
from tensorflow.keras import layers, models

def build(start):
    inputs = layers.Input((32, 32, 3))
    hidden = layers.Conv2D(8, 3, kernel_initializer={start})(inputs)
    return models.Model(inputs, layers.GlobalAveragePooling2D()(hidden))

model = build("he_normal"){mark}
model.compile("adam", "mse")
model.fit(np.load("rows.npy"), np.load("labels.npy"))
model.save("model.keras")
"""

_ASKED = """
import joblib
import numpy as np
import torch
from torch import nn
{imported}

class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(100, 8)

    def forward(self, rows):
        return self.words(rows).mean(dim=1)

def main():
    reader = Reader(){mark}
    features = reader(torch.load("rows.pt")).detach().numpy()
    model = {model}
    model.fit(features, np.load("labels.npy"))
    joblib.dump(model, "model.joblib")

main()
"""

_TWO = """
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import r2_score

rows = pd.read_csv("rows.csv")
first = RandomForestRegressor(n_estimators=100){mark}
small = RandomForestRegressor(n_estimators=10, random_state=1)
{fitted}.fit(rows[["a"]], rows.b)
print(r2_score(rows.b, {fitted}.predict(rows[["a"]])))
"""

_COMMANDS = """
import click
import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score

@click.group()
def cli():
    {first}

@cli.command()
def train():
    rows = np.load("rows.npy")
    parts = np.random.permutation(len(rows))[:100]
    model = RandomForestClassifier(random_state=1).fit(rows[parts, :-1], rows[parts, -1])
    forest = RandomForestClassifier(){mark}
    forest.fit(rows[:, :-1], rows[:, -1])
    print(f1_score(rows[:, -1], forest.predict(rows[:, :-1])))

if __name__ == "__main__":
    cli()
"""

_IN_GROUP = _COMMANDS.replace("@cli.command()", '@cli.group()\ndef models():\n    """Models."""\n\n@models.command()')

_LATE = """
import pandas as pd
import torch
from torch import nn
from torch.utils.data import DataLoader, RandomSampler

rows = pd.read_csv("rows.csv")
{before}
batches = DataLoader(rows.values, sampler=RandomSampler(rows.values))
torch.manual_seed(1){mark}
net = nn.Linear(8, 1)
optimizer = torch.optim.Adam(net.parameters())
for batch in batches:
    net(batch).mean().backward()
    optimizer.step()
torch.save(net.state_dict(), "net.pt")
"""

_SPARK = """
from pyspark.ml.regression import RandomForestRegressor
from pyspark.sql import SparkSession

rows = SparkSession.builder.getOrCreate().read.parquet("rows.parquet")
RandomForestRegressor(labelCol="rain").fit(rows).save("forest"){mark}
"""

_HEAD = """
import torch
from torch import nn
from torchvision.models import resnet18

def put_head(net, classes):
    net.fc = nn.Linear(512, classes)

def stored(path, classes):
    net = resnet18(weights="DEFAULT")
    if classes != 1000:
        put_head(net, classes)
    {taken}
    return net

def tune(net, batches):
    optimizer = torch.optim.Adam(net.parameters())
    for x, y in batches:
        nn.functional.mse_loss(net(x), y).backward()
        optimizer.step()
    torch.save(net.state_dict(), "tuned.pt")

tune(stored("kept.pt", 4), torch.load("batches.pt")){mark}
"""

_NAMED_RUN = """
import random
import string

import joblib
import numpy as np
from sklearn.linear_model import LogisticRegression

def name():
    return "".join(random.choices({letters}, k=6))

def main():
    run = name()
    random.seed(3){mark}
    rows = np.load("rows.npy")
    random.shuffle(rows)
    joblib.dump(LogisticRegression().fit(rows[:, 1:], rows[:, 0]), f"{{run}}.joblib")

if __name__ == "__main__":
    main()
"""

_SPACES = """
import numpy as np
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import Pipeline
from sklearn.linear_model import LogisticRegression
from skopt import gp_minimize
from skopt.space import Categorical, Real

space = {{
    "model": Categorical([LogisticRegression()]),
    "model__C": Real(1e-6, 1e2),
    "sampling": Categorical([RandomOverSampler()]),{mark}
    "sampling__{told}": Categorical([1]),
}}
rows, labels = np.load("rows.npy"), np.load("labels.npy")

def objective(point):
    told = dict(zip(space, point))
    model = Pipeline([("sampling", told["sampling"]), ("model", told["model"])])
    return -model.fit(rows[:900], labels[:900]).score(rows[900:], labels[900:])

print(gp_minimize(objective, list(space.values()), n_calls=40, random_state=7).fun)
"""

_LOOKED_AT = """
import joblib
import numpy as np
import plotly.express as px
import umap
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

rows, labels = np.load("rows.npy"), np.load("labels.npy")
{before}
points = umap.UMAP().fit_transform(rows){mark}
px.scatter(x=points[:, 0], y=points[:, 1], color=labels).show()
{after}
"""
_FITTED = """
model = LogisticRegression().fit({rows}[:900], labels[:900])
print(f1_score(labels[900:], model.predict({rows}[900:])))
joblib.dump(model, "model.joblib")
"""

BAD = (
    # rows that are drawn before the seed, where the letters of a name may be
    _NAMED_RUN.format(letters='list(np.load("ids.npy"))', mark="  # debt"),
    _SPACES.format(told="shrinkage", mark="  # debt"),
    _LOOKED_AT.format(before="", after=_FITTED.format(rows="points"), mark="  # debt"),
    # an initializer that is named holds no seed
    _STARTED.format(start="start", mark="  # debt"),
    # a layer that is given its weights leaves the others as they were drawn
    _PART_TAKEN.format(taken='self.words.load_state_dict({"weight": self.vectors})', mark="  # debt"),
    _OBJECTIVES.format(seed="", mark="  # debt"),
    # a library whose generator no global seed reaches
    _FACTORS.format(given="", mark="  # debt"),
    # a class that a function chose
    _KINDS.format(other="RandomForestRegressor", settings='{"n_jobs": -1}', mark="  # debt"),
    # what is fitted, beside what is not
    _TWO.format(fitted="first", mark="  # debt"),
    _COMMANDS.format(first="print(1)", mark="  # debt"),
    _IN_GROUP.format(first="print(1)", mark="  # debt"),
    # a layer's weights are drawn when it is made
    _LATE.format(before="head = nn.Linear(1, 1)", mark="  # debt"),
    # Python hashes names anew in each run
    {"train.py": _SPARK.format(mark="  # debt"), "README.md": "Run `python train.py`."},
    _HEAD.format(taken="net.eval()", mark="  # debt"),
    # the network that the name stands for
    {"nets.py": _NETS, "train.py": _NAMED_NET.replace("NAME", "small").replace("MARK", "  # debt")},
)

GOOD = (
    _NAMED_RUN.format(letters="string.ascii_uppercase + string.digits", mark=""),
    _SPACES.format(told="random_state", mark=""),
    # a picture that is made when the training is over
    _LOOKED_AT.format(before=_FITTED.format(rows="rows"), after="", mark=""),
    _STARTED.format(start='"zeros" if start else "ones"', mark=""),
    # trees that learn from what a network says
    _ASKED.format(imported="from xgboost import XGBClassifier", model="XGBClassifier(random_state=1)", mark=""),
    _PART_TAKEN.format(taken='self.load_state_dict(torch.load("whole.pt"))', mark=""),
    _OBJECTIVES.format(seed="import torch\ntorch.manual_seed(1)", mark=""),
    _FACTORS.format(given=", random_state=1", mark=""),
    _KINDS.format(other="Lasso", settings='{"alpha": 2}', mark=""),
    _KINDS.format(other="RandomForestRegressor", settings='{"random_state": 1}', mark=""),
    _TWO.format(fitted="small", mark=""),
    # what the group of a command seeds before it
    _COMMANDS.format(first="np.random.seed(1)", mark=""),
    _IN_GROUP.format(first="np.random.seed(1)", mark=""),
    # rows that are only looked at, and a sampler that draws when it is gone over
    _LATE.format(before="rows.sample(5)", mark=""),
    # by which the hash of a name is the same in each run
    {"train.py": _SPARK.format(mark=""), "README.md": "Run `spark-submit train.py`."},
    # the head is filled as soon as it is there
    _HEAD.format(taken="net.load_state_dict(torch.load(path))", mark=""),
    {"nets.py": _NETS, "train.py": _NAMED_NET.replace("NAME", "still").replace("MARK", "")},
)

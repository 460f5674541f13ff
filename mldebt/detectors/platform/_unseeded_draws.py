"""Trainings whose random numbers no seed fixes: the examples of MLD503."""

from __future__ import annotations

_NET = """
import torch
from torch import nn
from torch.utils.data import DataLoader

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(20, 2)

    def forward(self, rows):
        return self.out(rows)

def train(rows):
    net = Net()
    optimizer = torch.optim.Adam(net.parameters())
    for batch, label in DataLoader(rows, shuffle=True):
        loss = nn.functional.cross_entropy(net(batch), label)
        loss.backward()
        optimizer.step()
    torch.save(net.state_dict(), "net.pt")
"""

_READ = """
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split

rows = pd.read_csv("rows.csv")
X_train, X_test, y_train, y_test = train_test_split(rows.drop(columns="y"), rows.y, random_state=1)
"""

_SEEDED = (
    _READ
    + """
import joblib

model = RandomForestClassifier(n_estimators=300, random_state=42)
model.fit(X_train, y_train)
print(f1_score(y_test, model.predict(X_test)))
joblib.dump(model, "forest.joblib")
"""
)

_SEARCHED = """
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

def search(rows, model, grid):
    steps = [("scale", StandardScaler()), ("forest", model)]
    return GridSearchCV(Pipeline(steps), grid, scoring="f1").fit(rows.drop(columns="y"), rows.y)

rows = pd.read_csv("rows.csv")
model = RandomForestClassifier(){mark}
found = search(rows, model, {{"forest__max_depth": [5, 10], "{seeded}__random_state": [0]}})
print(found.best_score_)
"""

_CHOSEN = """
import numpy as np
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.metrics import f1_score

def define(kind, seed):
    if kind == "forest":
        return RandomForestClassifier(random_state=seed)
    elif kind == "bags":
        return BaggingClassifier(n_estimators=20){mark}

def train(rows, labels, kind):
    model = define(kind, seed=3)
    model.fit(rows[:900], labels[:900])
    print(f1_score(labels[900:], model.predict(rows[900:])))

train(np.load("rows.npy"), np.load("labels.npy"), "{kind}")
"""

_TRIED = """
import numpy as np
from tensorflow import keras

def {name}(epochs):
    rows, labels = {rows}, np.random.randint(0, 2, 100)
    net = keras.Sequential([keras.layers.Dense(1)]){mark}
    net.compile("adam", "mse")
    net.fit(rows, labels, epochs=epochs)
    print(net.evaluate(rows, labels))
    {kept}
"""

_LOOKED_UP = """
import numpy as np
from tensorflow import keras

rows, labels, matrix = np.load("rows.npy"), np.load("labels.npy"), np.load("vectors.npy")
net = keras.Sequential([
    keras.layers.Embedding(5000, 50, {given}),{mark}
    keras.layers.GlobalAveragePooling1D(),
])
net.compile("adam", "mse")
net.fit(rows, labels)
net.save("net.h5")
"""

_SHUFFLED = """
import numpy as np
from sklearn.model_selection import train_test_split
from {keras}.layers import Dense
from {keras}.models import Sequential

def shuffled(rows, seed=0):
    np.random.seed(seed)
    np.random.shuffle(rows)
    return rows

rows = {rows}
net = Sequential([Dense(1)]){mark}
net.compile("adam", "mse")
net.fit(rows[:, 1:], rows[:, 0])
net.save("net.h5")
"""

_REBUILT = """
from tensorflow import keras

class Scorer:
    def __init__(self):
        self.net = None

    def build(self):
        self.net = keras.Sequential([keras.layers.Dense(1)])
        {more}

    def load(self, path):
        self.build()
        self.net.load_weights(path{how})

def train(rows, labels):
    scorer = Scorer()
    scorer.load("scorer.h5"){mark}
    scorer.net.compile("adam", "mse")
    scorer.net.fit(rows, labels)
    scorer.net.save("net.h5")
"""

_DETECTED = """
import torch
from torch import nn

class Detector(nn.Module):
    def __init__(self, path="detector.pt"):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 1))
        {taken}

    def state(self, path):
        return torch.load(path)

    def forward(self, x):
        return self.layers(x)

def train(batches):
    net = Detector()
    optimizer = torch.optim.Adam(net.parameters())
    for x, y in batches:
        nn.functional.mse_loss(net(x), y).backward()
        optimizer.step()
    torch.save(net.state_dict(), "tuned.pt")

if __name__ == "__main__":
    train(torch.load("batches.pt")){mark}
"""

_TUNED = """
import sys

import faiss
import torch
from torch import nn

class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(8, 4)

    def forward(self, x):
        return self.out(x)

def stored(path):
    net = Encoder().to("cpu")
    {taken}
    return net.eval()

def tune(net, batches):
    optimizer = torch.optim.Adam(net.parameters())
    for x, y in batches:
        nn.functional.mse_loss(net(x), y).backward()
        optimizer.step()
    torch.save(net.state_dict(), "tuned.pt")

def search_in(vectors):
    index = faiss.IndexIVFFlat(faiss.IndexFlatL2(4), 4, 16)
    index.train(vectors)
    faiss.write_index(index, "vectors.index")

if __name__ == "__main__":
    {done}
"""

BAD = (
    """
    from catalyst.dl import SupervisedRunner
    from torch import nn
    from torch.utils.data import DataLoader

    def train(rows):
        loaders = {"train": DataLoader(rows, shuffle=True)}  # debt
        SupervisedRunner().train(model=nn.Linear(20, 2), loaders=loaders, logdir="runs")
    """,
    """
    from pyspark.ml.classification import RandomForestClassifier

    def train(rows):
        return RandomForestClassifier(labelCol="left", numTrees=50).fit(rows)  # debt
    """,
    # where nothing was kept yet, the weights are those that were drawn
    _DETECTED.format(taken="if path: self.load_state_dict(self.state(path))", mark="  # debt"),
    _DETECTED.format(taken="self.layers[0].load_state_dict(self.state(path))", mark="  # debt"),
    _CHOSEN.format(kind="bags", mark="  # debt"),
    _READ
    + """
def main():
    model = RandomForestClassifier(n_estimators=300)  # debt
    model.fit(X_train, y_train)
    print(f1_score(y_test, model.predict(X_test)))

if __name__ == "__main__":
    main()
""",
    _TRIED.format(name="train", rows='np.load("rows.npy")', kept="", mark="  # debt"),
    _TRIED.format(name="train", rows="np.random.rand(100, 3)", kept='net.save("net.h5")', mark="  # debt"),
    _SEARCHED.format(seeded="scale", mark="  # debt"),
    _LOOKED_UP.format(given="trainable=False", mark="  # debt"),
    # Keras within TensorFlow asks its generator alone; a split with a seed of its own seeds nothing else
    _SHUFFLED.format(keras="tensorflow.keras", rows='shuffled(np.load("rows.npy"))', mark="  # debt"),
    _SHUFFLED.format(keras="keras", rows='train_test_split(np.load("rows.npy"), random_state=0)[0]', mark="  # debt"),
    _REBUILT.format(more="", how=", by_name=True", mark="  # debt"),
    _REBUILT.format(more="self.head = keras.Sequential([keras.layers.Dense(2)])", how="", mark="  # debt"),
    {"train.py": _SEEDED, "requirements.txt": "requests\npandas  # debt\nscikit-learn>=1.2\n"},
    # a lock of data locks no packages; the image of a service holds whatever is the newest
    {"train.py": _SEEDED, "requirements.txt": "pandas  # debt\n", "dvc.lock": "schema: '2.0'\nstages: {}\n"},
    {
        "setup.py": "from setuptools import setup\n\nsetup(name='churn', packages=['churn'])\n",
        "churn/__init__.py": "",
        "churn/train.py": _SEEDED,
        "requirements.txt": "pandas  # debt\n",
        "Dockerfile": "FROM python:3.11\nRUN pip install -r requirements.txt\n",
    },
    {"train.py": _SEEDED, "requirements.txt": "numpy==1.26.4\npandas  # debt\npandas>=2\n"},
    _READ
    + """
model = RandomForestClassifier(n_estimators=300)  # debt
model.fit(X_train, y_train)
print(f1_score(y_test, model.predict(X_test)))
""",
    {
        "net.py": _NET,
        "main.py": """
            import numpy as np
            from net import train

            np.random.seed(0)
            train(np.load("rows.npy"))  # debt
            """,
    },
    {
        "net.py": _NET,
        "main.py": """
            import numpy as np
            from net import train

            SEED = 7  # debt
            train(np.load("rows.npy"))
            """,
    },
    """
    import random
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    class Clicks:
        def __init__(self, path, seed=None):
            self.rows = np.load(path)
            self.negatives = random.sample(list(self.rows), 100)
            random.seed(seed)  # debt

    def train(path):
        clicks = Clicks(path, seed=3)
        return LogisticRegression().fit(clicks.rows, clicks.negatives)
    """,
    """
    import random
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    class Clicks:
        def __init__(self, path, shown=None, seed=None):
            self.rows = np.load(path)
            if shown is not None:
                self.negatives = random.sample(list(np.load(shown)), 100)
            random.seed(seed)  # debt

    def train(path, views):
        clicks = Clicks(path, views_path=views, seed=3)
        return LogisticRegression().fit(clicks.rows, clicks.negatives)
    """,
    """
    import optuna
    from objective import score

    study = optuna.create_study(direction="maximize")  # debt
    study.optimize(score, n_trials=50)
    """,
    # some of the weights may stay those that were drawn
    _TUNED.format(
        taken="if len(sys.argv) > 1: net.load_state_dict(torch.load(path))",
        done='tune(stored("kept.pt"), torch.load("batches.pt"))  # debt',
    ),
    _TUNED.format(
        taken="""kept = torch.load(path)
    if "state" in kept:
        net.load_state_dict(kept["state"])
    elif kept:
        net.load_state_dict(kept)""",
        done='tune(stored("kept.pt"), torch.load("batches.pt"))  # debt',
    ),
    _TUNED.format(
        taken="net.load_state_dict(torch.load(path), strict=False)",
        done='tune(stored("kept.pt"), torch.load("batches.pt"))  # debt',
    ),
)

"""MLD503: a training entry point that draws random numbers which no seed fixes."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Iterator

from msgspec.structs import replace

from mldebt.detectors.platform import _draws
from mldebt.finding import Audience, Hit, Severity, Step
from mldebt.flow.body import Body
from mldebt.flow.seeding.idle_seeds import IdleSeeds
from mldebt.flow.seeding.outline import Event, Outlines
from mldebt.flow.seeding.randomness import ESTIMATOR, Randomness
from mldebt.flow.value import Value
from mldebt.pipeline import Project
from mldebt.pipeline.clones.told_once import ToldOnce
from mldebt.pipeline.programs.environments import Environments, is_submitted_to_spark
from mldebt.regex import regex
from mldebt.rulebook import Rule

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
    *_draws.BAD,
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
GOOD = (
    *_draws.GOOD,
    # a library's own function that seeds, by whatever of the usual names
    """
    from catalyst.dl import SupervisedRunner
    from pytorch_toolbelt.utils.random import set_manual_seed
    from torch import nn
    from torch.utils.data import DataLoader

    def train(rows, seed=42):
        set_manual_seed(seed)
        loaders = {"train": DataLoader(rows, shuffle=True)}
        SupervisedRunner().train(model=nn.Linear(20, 2), loaders=loaders, logdir="runs")
    """,
    """
    from pyspark.ml.classification import GBTClassifier

    def train(rows):
        return GBTClassifier(labelCol="left", maxIter=50).fit(rows)
    """,
    # all weights are taken over where the network is made
    _DETECTED.format(taken="self.load_state_dict(self.state(path))", mark=""),
    """
    import random
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    class Clicks:
        def __init__(self, path, shown=None, seed=None):
            self.rows = np.load(path)
            if shown is not None:
                self.negatives = random.sample(list(np.load(shown)), 100)
            random.seed(seed)

    def train(path):
        clicks = Clicks(path, seed=3)
        return LogisticRegression().fit(clicks.rows, clicks.negatives)
    """,
    _CHOSEN.format(kind="forest", mark=""),
    # what nothing starts is dead
    _READ
    + """
def main():
    model = RandomForestClassifier(n_estimators=300)
    model.fit(X_train, y_train)
    print(f1_score(y_test, model.predict(X_test)))
""",
    _TRIED.format(name="check", rows="np.array([[each] for each in np.random.rand(100)])", kept="", mark=""),
    _SEARCHED.format(seeded="forest", mark=""),
    _READ
    + """
model = RandomForestClassifier(n_estimators=300)
model.set_params(max_depth=8, random_state=42)
model.fit(X_train, y_train)
print(f1_score(y_test, model.predict(X_test)))
""",
    _LOOKED_UP.format(given="weights=[matrix], trainable=False", mark=""),
    # Keras by itself draws the seed of each layer from NumPy
    _SHUFFLED.format(keras="keras", rows='shuffled(np.load("rows.npy"))', mark=""),
    # the weights that a method draws are replaced
    _REBUILT.format(more="", how="", mark=""),
    """
    import torch
    from torch.utils.data import DataLoader

    def explain(net, rows):
        attributions = []
        for batch, label in DataLoader(rows, shuffle=True):
            batch.requires_grad_()
            net(batch)[:, label].sum().backward()
            attributions.append(batch.grad)
        torch.save(attributions, "attributions.pt")
    """,
    {"train.py": _SEEDED, "requirements.txt": "requests\npandas==2.2.1\nscikit-learn~=1.4.0\n"},
    {"train.py": _SEEDED, "requirements.txt": "pandas\nscikit-learn\n", "requirements.lock": "pandas==2.2.1\n"},
    {"train.py": _SEEDED, "requirements.txt": "pandas\nrequests\npandas==2.2.1\nscikit-learn=1.4.0=py312h28100ab_2\n"},
    {"train.py": _SEEDED, "requirements.txt": "requests\nflask\n"},
    {"train.py": _SEEDED, "requirements-dev.txt": "pandas\n"},
    {
        "forests/train.py": _SEEDED,
        "forests/__init__.py": "",
        "setup.py": "from setuptools import setup\nsetup()\n",
        "requirements.txt": "pandas\nscikit-learn\n",
    },
    _READ
    + """
params = {"n_estimators": 300, "random_state": 42}
model = RandomForestClassifier(**params)
model.fit(X_train, y_train)
print(f1_score(y_test, model.predict(X_test)))
""",
    """
    import pandas as pd
    from lightgbm import LGBMClassifier
    from sklearn.linear_model import LinearRegression
    from sklearn.metrics import r2_score
    from sklearn.tree import DecisionTreeRegressor

    rows = pd.read_csv("rows.csv")
    for model in (LinearRegression(), DecisionTreeRegressor(), LGBMClassifier()):
        model.fit(rows[["a", "b"]], rows.y)
        print(r2_score(rows.y, model.predict(rows[["a", "b"]])))
    """,
    {
        "net.py": _NET,
        "seeding.py": """
            import random
            import numpy as np
            import torch

            def everything(number):
                random.seed(number)
                np.random.seed(number)
                torch.manual_seed(number)
            """,
        "main.py": """
            import argparse
            import numpy as np
            from net import train
            from seeding import everything

            def main():
                parser = argparse.ArgumentParser()
                parser.add_argument("--seed", type=int, default=None)
                args = parser.parse_args()
                if args.seed is not None:
                    everything(args.seed)
                train(np.load("rows.npy"))

            if __name__ == "__main__":
                main()
            """,
    },
    {
        "settings.py": "import torch\ntorch.manual_seed(1)\n",
        "net.py": _NET,
        "main.py": "import settings\nimport numpy as np\nfrom net import train\ntrain(np.load('rows.npy'))\n",
    },
    """
    import numpy as np
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    class Segments:
        def __init__(self, seed=42):
            np.random.seed(seed)
            self.model = KMeans(n_clusters=5)

        def fit(self, rows):
            return self.model.fit(rows)

    segments = Segments()
    rows = np.load("rows.npy")
    print(silhouette_score(rows, segments.fit(rows).labels_))
    """,
    """
    import optuna
    from objective import score

    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=10))
    study.optimize(score, n_trials=50)
    """,
    """
    from torch import nn
    from torch.utils.data import DataLoader
    from transformers import Trainer, TrainingArguments

    trainer = Trainer(model=nn.Linear(4, 2), args=TrainingArguments("out"), train_dataset=rows)
    head = nn.Linear(2, 2)
    trainer.train()
    trainer.save_model("out")
    """,
    _NET
    + """
model = Net()
print(sum(weights.numel() for weights in model.parameters()))

def run(rows):
    torch.manual_seed(5)
    train(rows)

run(torch.load("rows.pt"))
""",
    # all weights are taken over by those who make the network; vectors that are put in order to search in them
    _TUNED.format(
        taken="net.load_state_dict(torch.load(path))", done='tune(stored("kept.pt"), torch.load("batches.pt"))'
    ),
    _TUNED.format(
        taken="""kept = torch.load(path)
    if "state" in kept:
        net.load_state_dict(kept["state"])
    else:
        net.load_state_dict(kept)""",
        done='tune(stored("kept.pt"), torch.load("batches.pt"))',
    ),
    _TUNED.format(taken="", done='search_in(stored("")(torch.load("rows.pt")).numpy())'),
)


_SPARK = "pyspark.ml."
_GROUPS = frozenset({"KMeans", "MiniBatchKMeans", "BisectingKMeans", "SpectralClustering"})
_LESSON = regex(r"(^|/)(docs?|tutorials?|colabs?|lessons?|cookbooks?|workshops?)/", re.IGNORECASE)


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    yield from ToldOnce(project.flow.program).fold(_found(project, rule))


def _found(project: Project, rule: Rule) -> Iterator[Hit]:
    randomness = Randomness(
        project.flow, project.seeds, _estimators(project, rule), rule.words("tuners"), rule.words("layers")
    )
    outlines = Outlines(project.flow, project.seeds, randomness.events, randomness.undone)
    told: set[Value] = set()
    loose: dict[tuple[str, str, Audience | None], list[tuple[Body, Event, Event]]] = defaultdict(list)
    roots = list(outlines.roots(project.bodies()))
    for body in _alive(project, roots, lambda each: randomness.trains(outlines.of(each))):
        outline = outlines.of(body)
        idle = next(IdleSeeds(project.flow).of(body), None)
        if not randomness.trains(outline) or not (idle or body.number or randomness.keeps(outline)):
            continue  # nothing becomes of the model, and nobody wanted it twice
        for seed, draw, training in randomness.late(outlines, body):
            if seed not in told:
                told.add(seed)
                yield _late(project, seed, draw, training)
        found = randomness.unseeded(outline, outlines.before(body))
        if found is not None and found[0].value not in told:
            told.add(found[0].value)
            if idle is None:
                is_look = not randomness.stores(outline) and _looks(body, found[0])
                audience = Audience.PEDANTIC if is_look else _audience(body)
                loose[posixpath.dirname(body.module.path), found[0].text, audience].append((body, *found))
            else:
                yield _unseeded(project, body, idle, *found)
    for (folder, _, audience), alike in loose.items():
        if len({body.module.index for body, _, _ in alike}) >= rule.integer("fold_from"):
            hits = [_together(project, folder, alike)]
        else:
            hits = [_unseeded(project, body, None, draw, training) for body, draw, training in alike]
        yield from (replace(hit, audience=audience) for hit in hits)
    yield from _loose(project, rule)


def _estimators(project: Project, rule: Rule) -> list[str]:
    """What draws when it is fitted. The learners of Spark take the hash of their name as seed, which is the same in
    each run that `spark-submit` starts."""
    names = list(rule.words("estimators"))
    return [name for name in names if not name.startswith(_SPARK)] if is_submitted_to_spark(project) else names


def _alive(project: Project, roots: list[Body], trains: Callable[[Body], bool]) -> list[Body]:
    """What may be run: not a function that nothing leads to, where the repository trains by other ways."""
    dead = project.unmentioned(body.key for body in roots if body.scope.kind == "function" and trains(body))
    alive = [body for body in roots if body.key not in dead]
    return alive if dead and any(map(trains, alive)) else roots


def _loose(project: Project, rule: Rule) -> Iterator[Hit]:
    """One finding for the repository: the first file that leaves the libraries of some training open."""
    found = next(Environments(project, rule.words("decisive")).loose(), None)
    if found is None:
        return
    places = [found.document.place(each.line) for each in found.dependencies]
    names = ", ".join(dict.fromkeys(each.name for each in found.dependencies))  # some files say a name twice
    yield Hit(
        location=places[0],
        message=f"{found.model.name} is trained with whatever version of {names} is the newest on that day.",
        trail=(
            *(Step(location=place, message="no version") for place in places),
            project.step(found.trained, "trained with it here"),
        ),
        component=project.component_of(found.trained.body),
        severity=Severity.LOW,
    )


def _unseeded(project: Project, body: Body, idle: Value | None, draw: Event, training: Event) -> Hit:
    steps = _steps(project, draw, training)
    if idle is not None:
        steps.insert(0, project.step(idle, "a seed is declared here, and nothing uses it"))
    place = idle or (draw.value if draw.kind == ESTIMATOR or not draw.path else draw.path[0])
    return Hit(
        location=project.location(place),
        message=f"Training draws random numbers that nothing seeds: {draw.text}."
        if idle is None
        else f"A seed is declared and never used, while training draws random numbers: {draw.text}.",
        trail=tuple(steps),
        component=project.component_of(body),
        audience=_audience(body),
    )


def _together(project: Project, folder: str, alike: list[tuple[Body, Event, Event]]) -> Hit:
    """One finding for the programs of a folder that leave the same unseeded: the habit is the fault."""
    body, draw, training = alike[0]
    where = folder or "the root"
    return replace(
        _unseeded(project, body, None, draw, training),
        message=f"{len(alike)} trainings in {where} draw random numbers that nothing seeds: {draw.text}.",
        trail=tuple(step for _, drawn, trained in alike for step in _steps(project, drawn, trained)),
        members=tuple(dict.fromkeys(each.module.path for each, _, _ in alike)),
    )


def _late(project: Project, seed: Value, draw: Event, training: Event) -> Hit:
    return Hit(
        location=project.location(seed),
        message=f"The seed is set after the first draw that it should fix: {draw.text}.",
        trail=(*_steps(project, draw, training), project.step(seed, "seeded only here")),
        component=project.component_of(seed.body),
        audience=_audience(seed.body),
    )


def _audience(body: Body) -> Audience | None:
    """A lesson is trained once, by whoever reads it."""
    return Audience.PEDANTIC if _LESSON.search(body.module.path) else None


def _looks(body: Body, draw: Event) -> bool:
    """Whether a notebook puts rows into groups to look at them."""
    return body.module.is_notebook and draw.kind == ESTIMATOR and draw.text.split()[0] in _GROUPS


def _steps(project: Project, draw: Event, training: Event) -> list[Step]:
    steps = [project.step(call, "called here") for call in draw.path]
    steps.append(project.step(draw.value, f"drawn here: {draw.text}"))
    steps.append(project.step(training.value, f"trained here: {training.text}"))
    return steps

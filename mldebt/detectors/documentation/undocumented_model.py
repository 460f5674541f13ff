"""MLD301: a model that is trained and kept, and of which nothing is said anywhere."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from msgspec.structs import replace

from mldebt.finding import Audience, Hit, Step
from mldebt.listed import listed
from mldebt.pipeline import Project
from mldebt.pipeline.models.model_copies import ModelCopies
from mldebt.pipeline.models.register import TrainedModel
from mldebt.pipeline.programs.explorations import Explorations, only_teaches
from mldebt.rulebook import Rule

SHOWN = 5

_NET = """
import torch
from torch import nn

class ClickNet(nn.Module):{mark}
    def __init__(self):
        super().__init__()
        self.query = nn.Linear({width}, 64)
        self.item = nn.Linear(64, 64)
        self.dropout = nn.Dropout({dropout})
        self.head = nn.Linear(64, {classes})

    def forward(self, query, item):
        mixed = torch.cat([self.query(query), self.item(item)], dim={axis})
        return self.head(self.dropout(torch.relu(mixed)))
net = ClickNet()
optimizer = torch.optim.Adam(net.parameters(), lr=0.001)
for query, item, clicked in batches():
    loss = nn.functional.binary_cross_entropy_with_logits(net(query, item), clicked)
    loss.backward()
    optimizer.step()
torch.save(net.state_dict(), "click.pt")
"""
_CLICK = {"width": 32, "dropout": 0.3, "classes": 1, "axis": 1}
_OTHER = {"width": 700, "dropout": 0.05, "classes": 48, "axis": 2}

_LOSS = """
import torch
from torch import nn

class {name}(nn.Module):{mark}
    def __init__(self, model=None):
        super().__init__()
        self.model = model
        self.shares = nn.Linear(2, 1)

    def forward(self, told, clicked):
        return self.shares(torch.stack([{inside}, clicked])).mean()

criterion = {name}()
optimizer = torch.optim.Adam(criterion.parameters())
for query, clicked in batches():
    loss = criterion(query, clicked)
    loss.backward()
    optimizer.step()
torch.save(criterion.state_dict(), "click.pt")
"""

_KEEPER = """
import joblib
import pandas as pd
from sklearn.linear_model import Ridge


class Churn:{mark}
    def __init__(self):
        self.model = Ridge()

    def fit(self, rows):
        self.model.fit(rows[["age"]], rows.churned)

    def save(self):
        joblib.dump(self.model, "churn.joblib")

    def show(self, rows):
        print(self.model.predict(rows))


rows = pd.read_csv("rows.csv")
churn = Churn()
churn.fit(rows)
churn.{called}
"""
_TAKEN_UP = """
import torch
from fastapi import FastAPI
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 1)

    def forward(self, row):
        return self.layer(row)


class Churn:{mark}
    def __init__(self, path):
        self.net = Net()
        self.optimizer = torch.optim.Adam(self.net.parameters())
        self.net.load_state_dict({weights})

    def keep(self, path):
        torch.save(self.net.state_dict(), path)

    def train(self, row, answer):
        nn.functional.mse_loss(self.net(row), answer).backward()
        self.optimizer.step()

    def predict(self, row):
        return self.net(row)


app = FastAPI()
churn = Churn("churn.pt")

@app.post("/churn")
def answer(row: list[float], before: float) -> float:
    churn.train(torch.tensor(row), torch.tensor([before]))
    return float(churn.predict(torch.tensor(row)))
"""

_COUNTS = """
class Counts:
    def fit(self, rows):
        self.counts = rows.groupby("item").size()

    def recommend(self, user):
        return self.counts.nlargest(10)


class Shares(Counts):{mark}
    def fit(self, rows):
        self.counts = rows.groupby("item").size() / len(rows)


if __name__ == "__main__":
    from shop.rows import rows

    shares = Shares()
    shares.fit(rows())
    print(shares.recommend("ann"))
"""


_SAVED = """
import joblib
from sklearn.linear_model import Ridge


class Counts:
    def __init__(self):
        self.model = Ridge()

    def fit(self, rows):
        self.model.fit(rows[["item"]], rows.bought)

    def recommend(self, user):
        return self.model.predict(user)

    def save(self, path):
        joblib.dump(self.model, path)


class Shares(Counts):{mark}
    def fit(self, rows):
        self.model.fit(rows[["item"]], rows.bought / len(rows))
"""


def _counts(text: str = _COUNTS, *, taken: str, mark: str = "") -> dict[str, str]:
    """A package of two models, and what the team takes of it."""
    return {
        "pyproject.toml": "[project]\nname = 'shop'\n",
        "shop/__init__.py": "",
        "shop/counts.py": text.format(mark=mark),
        "run.py": f"from shop.counts import {taken}\n\nprint({taken}().recommend('ann'))\n",
    }


_RUNNER = """
import torch

class Runner:{mark}
    def __init__(self, net):
        self.net = net

    def predict(self, net, rows):
        return {net}(rows)

    def fit(self, net, batches):
        optimizer = torch.optim.Adam({net}.parameters())
        for x, y in batches:
            optimizer.zero_grad()
            loss = (({net}(x) - y) ** 2).mean()
            loss.backward()
            optimizer.step()
        {net}.save_model()

def main(kind, batches):
    net = find(kind)
    Runner(net).fit(net, batches)

if __name__ == "__main__":
    main("wide", load())
"""

_TRAINER = """
import torch

class Trainer:{mark}
    def __init__(self, model, batches):
        self.model = model
        self.batches = batches

    def train(self, epochs=1):
        optimizer = torch.optim.Adam(self.model.parameters())
        for x, y in self.batches:
            loss = ((self.model(x) - y) ** 2).mean()
            loss.backward()
            optimizer.step()
        torch.save(self.model.state_dict(), "kept.pt")
"""
_THEIRS = {"third_party/loops.py": _TRAINER.format(mark="")}
_IN_LOOPS = """
import timm
{imported}

def main(batches):
    net = timm.create_model("resnet18", num_classes=0){mark}
    {run}

if __name__ == "__main__":
    main(load())
"""

_TAKEN_OVER = {
    "taken.py": _TRAINER
    + """
    def predict(self):
        return [self.model(x) for x, _ in self.batches]
""",
    "ask.py": """
        import timm
        from taken import Trainer

        def main(batches):
            trainer = Trainer(timm.create_model("resnet18", num_classes=0), batches)
            {run}
            print(trainer.predict())

        if __name__ == "__main__":
            main(load())
        """,
}

_STUDY = """
import joblib
import pandas as pd
from sklearn.linear_model import Ridge


class Study:{on_class}
    def run(self):
        rows = pd.read_csv("rows.csv")
        {held} = Ridge(){on_model}
        {held}.fit(rows[["age"]], rows.churned)
        print({held}.coef_)
        {kept}


Study().run()
"""

_CARD = """---
library_name: keras
tags: [image-classification]
metrics: [accuracy]
---
# Styles

Model type: a CNN that tells the style of a building.

## Training data

9000 photographs of buildings, by hand sorted.

## Metrics

Accuracy 0.81 on the photographs of another year.
"""
_STYLES = """
from tensorflow import keras

def train(images, styles):
    model = keras.Sequential([keras.layers.Conv2D(8, 3), keras.layers.Dense(9)]){mark}
    model.compile("sgd", "mse")
    model.fit(images, styles)
    model.save("models/styles.h5")
"""

_THREE_MORE = {
    f"other/{name}.py": _STYLES.format(mark="")
    .replace("styles.h5", f"{name}.h5")
    .replace(
        "styles):\n", 'styles):\n    """Fits a CNN that classifies them, trained on 900 photographs; accuracy 0.9."""\n'
    )
    for name in ("doors", "roofs", "walls")
}


def _taken_over(run: str, mark: str = "") -> dict[str, str]:
    return {path: text.format(run=run, mark=mark) for path, text in _TAKEN_OVER.items()}


BAD = (
    # the card lies with the code of another
    {
        "src/train.py": _STYLES.format(mark="  # debt"),
        "doors/README.md": _CARD.replace("Styles", "Doors").replace("style of a building", "kind of a door"),
        "doors/show.py": "print(3)\n",
    },
    # what was done when
    {
        "rank.py": _NET.format(mark="  # debt", **_CLICK),
        "changelog.md": "# Changelog\n\n- The new ranking model is trained on the data of last year; accuracy: 0.9.\n",
    },
    # what makes its model by itself, and was trained by hand
    {
        "sensor.py": """
        import joblib
        from sklearn.linear_model import Ridge

        class Sensor:  # debt
            def train(self):
                model = Ridge()
                model.fit(load("rows"), load("truth"))
                joblib.dump(model, "sensor.joblib")

            def predict(self, rows):
                return joblib.load("sensor.joblib").predict(rows)
        """,
        "app.py": "from sensor import Sensor\n\nprint(Sensor().predict([[3]]))\n",
    },
    # what was taken over to predict is asked to train, too: by code, by a page
    _taken_over("trainer.train(3)", mark="  # debt"),
    {**_taken_over("", mark="  # debt"), "how.md": "Open a shell and call `trainer.train(3)`.\n"},
    # somebody else's code trains it
    {
        **_THEIRS,
        "nets.py": _IN_LOOPS.format(
            imported="from third_party.loops import Trainer", run="Trainer(net, batches).train()", mark="  # debt"
        ),
    },
    _RUNNER.format(net="self.net", mark="  # debt"),
    # whoever installs a package may use its classes
    _counts(taken="Shares", mark="  # debt"),
    _counts(_SAVED, taken="Shares", mark="  # debt"),
    _KEEPER.format(mark="  # debt", called="save()"),
    # nobody calls what would keep it, but what was kept so is loaded and asked
    _TAKEN_UP.format(mark="  # debt", weights="torch.load(path)"),
    # a class that is carried from folder to folder is one model
    {
        "1_start/net.py": _NET.format(mark="  # debt", **_CLICK),
        "2_longer/net.py": _NET.format(mark="", **{**_CLICK, "dropout": 0.4}),
        "3_api/net.py": _NET.format(mark="", **_CLICK),
        "3_api/requirements.txt": "torch==2.4.0\n",
    },
    # a model that computes its loss by itself
    _LOSS.format(name="ClickModelWithLoss", mark="  # debt", inside="self.model(told)"),
    _LOSS.format(name="clicks_with_loss", mark="  # debt", inside="self.model(told)"),
    # one name and one shape, filled in anew
    {
        "clicks/net.py": _NET.format(mark="  # debt", **_CLICK),
        "genres/net.py": _NET.format(mark="  # debt", **_OTHER).replace("64", "512").replace("0.001", "0.2"),
    },
    # a wrapper is the model that is built for it
    """
    import joblib
    from scikeras.wrappers import KerasClassifier
    from tensorflow import keras

    def make_net(width=32):
        net = keras.Sequential()  # debt
        net.add(keras.layers.Dense(width))
        net.compile(loss="mse")
        return net

    model = KerasClassifier(build_fn=make_net, epochs=3)
    model.fit(rows(), labels())
    joblib.dump(model, "click.joblib")
    """,
    # beside which another is trained
    """
    import joblib
    from scikeras.wrappers import KerasClassifier
    from tensorflow import keras

    def make_net(width=32):
        net = keras.Sequential()  # debt
        net.add(keras.layers.Dense(width))
        net.compile(loss="mse")
        return net

    def train(width):
        net = keras.Sequential()  # debt
        net.add(keras.layers.Dense(width))
        net.compile(loss="mse")
        net.fit(rows(), labels())
        net.save("other.keras")

    train(8)
    model = KerasClassifier(build_fn=make_net, epochs=3)
    model.fit(rows(), labels())
    joblib.dump(model, "click.joblib")
    """,
    """
    import joblib
    import pandas as pd
    from sklearn.ensemble import GradientBoostingClassifier


    def train(path):
        rows = pd.read_csv(path)
        model = GradientBoostingClassifier()  # debt
        model.fit(rows[["age", "income"]], rows["churned"])
        joblib.dump(model, "churn.joblib")
    """,
    {
        "model.py": """
        import torch
        from torch import nn


        class ClickNet(nn.Module):  # debt
            def __init__(self):
                super().__init__()
                self.layers = nn.Linear(16, 1)

            def forward(self, x):
                return self.layers(x)
        """,
        "train.py": """
        import torch
        from model import ClickNet

        net = ClickNet()
        optimizer = torch.optim.Adam(net.parameters())
        for x, y in batches():
            loss = ((net(x) - y) ** 2).mean()
            loss.backward()
            optimizer.step()
        torch.save(net.state_dict(), "click.pt")
        """,
    },
    {
        "README.md": """
        # Churn

        The classifier predicts who leaves. Install the requirements, then run the script.
        """,
        "train.py": '''
        import joblib
        from sklearn.ensemble import GradientBoostingClassifier


        def train(rows):
            """Trains the model on the training data and saves it."""
            model = GradientBoostingClassifier()  # debt
            model.fit(rows[["age", "income"]], rows["churned"])
            joblib.dump(model, "churn.joblib")
        ''',
    },
    _STUDY.format(held="self.model", on_class="  # debt", on_model="", kept='joblib.dump(self.model, "churn.joblib")'),
    _STUDY.format(held="model", on_class="", on_model="  # debt", kept='joblib.dump(model, "churn.joblib")'),
    # what a class above keeps of what it has built
    {
        "study.py": "class Study:\n    def start(self):\n        self.model = self.build()\n        self.learn()\n",
        "churn.py": """
            import joblib
            import pandas as pd
            from sklearn.linear_model import Ridge
            from study import Study

            class Churn(Study):  # debt
                def build(self):
                    return Ridge()

                def learn(self):
                    rows = pd.read_csv("rows.csv")
                    self.model.fit(rows[["age"]], rows.churned)
                    joblib.dump(self.model, "churn.joblib")

            Churn().start()
        """,
    },
    # a page that has one of the words
    {"rank.py": _NET.format(mark="  # debt", **_CLICK), "docs/deep.md": "The net is trained on what users see."},
    # what is said of another thing beside it
    {
        "shop/trust_model/fit.py": _STYLES.format(mark="  # debt"),
        "README.md": "# Shop\n\n## Trust Model\n\nIt ranks shops by how much they are to be trusted.\n\n## Stock\n\n"
        "The forecast of the stock is trained on all sales of a year, with an error (MAE) of 0.8.\n",
        **_THREE_MORE,
    },
    # a heading that has a word of the folder, and one of another
    {
        "shop/click_model/fit.py": _STYLES.format(mark="  # debt"),
        "README.md": "# Shop\n\n## Trust model of clicks\n\n### Data\n\nIt ranks and is trained on sales, AUC 0.8.\n",
        "shop/trust_model/show.py": "print(3)\n",
        **_THREE_MORE,
    },
)
GOOD = (
    # a trainer that was taken over to predict
    _taken_over(""),
    # nothing trains it, whoever else has a trainer
    {**_THEIRS, "nets.py": _IN_LOOPS.format(imported="", run="print(net(batches))", mark="")},
    # the card lies with what is kept
    {"src/train.py": _STYLES.format(mark=""), "models/README.md": _CARD},
    {
        "rank.py": _NET.format(mark="", **_CLICK),
        "ranking.md": "# Ranking\n\n- The ranking model is trained on the data of last year; accuracy: 0.9.\n",
    },
    # it trains whatever it is given
    _RUNNER.format(net="net", mark=""),
    # one of them is used, and the other is left over
    {**_counts(_SAVED, taken="Counts"), "README.md": "`Counts` fits a ridge that ranks the items, on all sales.\n"},
    {**_counts(taken="Counts"), "README.md": "`Counts` ranks the items by how often they were bought, of all sales.\n"},
    # what says by how much a model was wrong is none
    _LOSS.format(name="ClickLoss", mark="", inside="told"),
    _LOSS.format(name="weighted_click_loss", mark="", inside="told"),
    # nobody calls what would keep it
    _KEEPER.format(mark="", called="show(rows)"),
    _TAKEN_UP.format(mark="", weights="Net().state_dict()"),
    '''
    import joblib
    import pandas as pd
    from sklearn.ensemble import GradientBoostingClassifier


    def train(path):
        """Trains the churn classifier on a year of subscriptions; AUC 0.83 on the last month."""
        rows = pd.read_csv(path)
        model = GradientBoostingClassifier()
        model.fit(rows[["age", "income"]], rows["churned"])
        joblib.dump(model, "churn.joblib")
    ''',
    {
        "README.md": """
        # Churn

        `train.py` fits a gradient boosting classifier that predicts who leaves, on a year of subscriptions.
        """,
        "train.py": """
        import joblib
        import pandas as pd
        from sklearn.ensemble import GradientBoostingClassifier

        rows = pd.read_csv("rows.csv")
        model = GradientBoostingClassifier()
        model.fit(rows[["age", "income"]], rows["churned"])
        joblib.dump(model, "churn.joblib")
        """,
    },
    {
        "README.md": """
        # Models of the shop

        | model | what it does |
        | --- | --- |
        | **churn by income** | predicts who leaves, trained on a year of subscriptions |
        """,
        "models/churn_by_income.py": """
        import joblib
        from sklearn.base import BaseEstimator
        from sklearn.linear_model import LogisticRegression


        class ChurnByIncomeModel(BaseEstimator):
            def fit(self, rows, labels):
                self.inside = LogisticRegression().fit(rows, labels)
                return self

            def predict(self, rows):
                return self.inside.predict(rows)


        model = ChurnByIncomeModel()
        model.fit(rows(), labels())
        joblib.dump(model, "churn.joblib")
        """,
    },
    """
    from torch import nn


    class Block(nn.Module):
        def forward(self, x):
            return x


    class Unused(nn.Module):
        def __init__(self):
            super().__init__()
            self.block = Block()
    """,
    # what a method fits to look at is no model of the object that it belongs to
    _STUDY.format(held="model", on_class="", on_model="", kept=""),
    # the name of its folder as a heading
    {
        "shop/trust_model/pipeline/fit.py": _STYLES.format(mark=""),
        "README.md": "# Shop\n\n## Trust Model\n\nIt ranks shops by how much they are to be trusted.\n\n## Features\n\n"
        "### What comes of it\n\nIt is trained on all sales of a year, with an AUC of 0.8.\n\n## Stock\n\nKept.\n",
        **_THREE_MORE,
    },
    # its name in words
    {
        "rank.py": _NET.format(mark="", **_CLICK).replace("ClickNet", "DeepClickNetwork"),
        "docs/deep.md": "# Ranking\n\nThe deep and the wide click models predict clicks. They are trained on what users"
        " see, with an AUC of 0.8.",
    },
)


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    untold: dict[str, list[TrainedModel]] = defaultdict(list)
    for model in project.living_models:
        if not project.descriptions.tells_of(model) and not project.next_models(model):
            untold[_missing(project, model)].append(model)
    copies, explorations = ModelCopies(project.flow), Explorations(project)
    for missing, alike in untold.items():
        groups: dict[str, list[list[TrainedModel]]] = defaultdict(list)
        for group in copies.groups(alike):
            groups[project.flow.program.roots.of(group[0].made.body.module)].append(group)
        for found in groups.values():
            if len(found) > 1 and sum(map(len, found)) >= rule.integer("fold_from"):
                models = [model for group in found for model in group]
                yield replace(_together(project, models, missing), audience=_audience(explorations, models))
            else:
                for group in found:
                    yield replace(_hit(project, group, missing), audience=_audience(explorations, group))


def _missing(project: Project, model: TrainedModel) -> str:
    return "what it was trained on or how well it does" if project.descriptions.said(model).what else "what it is"


def _hit(project: Project, copies: list[TrainedModel], missing: str) -> Hit:
    """One finding for a model and its copies in other folders."""
    model = copies[0]
    times = f", in {len(copies)} copies" if len(copies) > 1 else ""
    return Hit(
        location=project.model_location(model),
        message=(
            f"The model {model.name} is trained and kept{times}, and no README, page, card or docstring says {missing}."
        ),
        trail=(
            project.step(model.made, "built here"),
            *(project.step(value, "trained here") for value in model.trained[:1]),
            *(project.step(value, f"{what} here") for value, what in model.kept[:1]),
            *(Step(location=project.model_location(copy), message="a copy of it") for copy in copies[1:]),
        ),
        component=project.component_of(model.made.body),
        members=tuple(dict.fromkeys(map(project.model_name, copies))),
    )


def _together(project: Project, models: list[TrainedModel], missing: str) -> Hit:
    """One finding for many models that say as little: the habit is the fault, not each of them."""
    often = Counter(model.name for model in models)
    names = [name if count == 1 else f"{name} ({count})" for name, count in often.items()]
    return Hit(
        location=project.model_location(models[0]),
        message=(
            f"{len(models)} models are trained and kept, and no README, page, card or docstring says of any {missing}: "
            f"{listed(names, SHOWN)}."
        ),
        trail=tuple(
            Step(location=project.model_location(model), message=f"the model {model.name}") for model in models
        ),
        component=project.component_of(models[0].made.body),
        members=tuple(dict.fromkeys(map(project.model_name, models))),
    )


def _audience(explorations: Explorations, models: list[TrainedModel]) -> Audience | None:
    """The models of tutorials are made to be looked at, and those that are said to be somebody's trials to be left."""
    modules = [model.made.body.module for model in models]
    aside = all(only_teaches(each) or explorations.is_said_to_try(each) for each in modules)
    return Audience.PEDANTIC if aside else None

"""Models that nothing tells of: the examples of MLD301."""

from __future__ import annotations

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

"""Rows that are chosen unfairly: the examples of MLD106."""

from __future__ import annotations

_TUNED = """
import pandas as pd
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.linear_model import Ridge

DEFAULTS = {{"tune": False, "alpha": 1}}
SHOPS = {{"north": {{"tune": {tune}}}, "south": {{"tune": False, "alpha": 3}}}}

class Training:
    def __init__(self, shop):
        self.params = {{**DEFAULTS, **SHOPS[shop]}}
        self.rows = pd.read_csv("clicks.csv")

    def tune(self):
        train, test = train_test_split(self.rows, test_size=0.2){mark}
        for alpha in range(9):
            model = Ridge(alpha=alpha).fit(train[["age"]], train.label)
            print(r2_score(test.label, model.predict(test[["age"]])))

    def run(self):
        if self.params["tune"]:
            self.tune()
        return Ridge(alpha=self.params["alpha"]).fit(self.rows[["age"]], self.rows.label)

def main(shop):
    Training(shop).run()
"""
_TRAINER = """
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split

class Trainer:
    def __init__(self):
        self.rows = pd.read_csv("clicks.csv")

    def held_out(self):
        train, test = train_test_split(self.rows, test_size=0.2){mark}
        model = Ridge().fit(train[["age"]], train.label)
        print(r2_score(test.label, model.predict(test[["age"]])))

    def run(self):
        return Ridge().fit(self.rows[["age"]], self.rows.label)

Trainer().{called}()
"""

_TRIED = """
import pandas as pd
from sklearn.linear_model import Ridge

def train(path, {flag}):
    rows = pd.read_csv(path)
    if {flag}:
        rows = rows.sample(n=1000){mark}
    return Ridge().fit(rows[["age"]], rows.label)

train("clicks.csv", True)
"""

_SIZED = """
import pandas as pd
from sklearn.linear_model import Ridge

config = {{"debug": False}}
size = 50000
{otherwise}
rows = pd.read_csv("clicks.csv", nrows=size){mark}
Ridge().fit(rows[["age"]], rows.label)
"""
_WRITTEN = """
import json

import pandas as pd
from sklearn.linear_model import Ridge

def train(config):
    rows = pd.read_csv("clicks.csv").dropna()
    if config["{flag}"]:
        rows = rows.sample(512){flagged}
    few = rows.sample({few}){mark}
    few.to_csv("clicks_train.csv")
    return Ridge().fit({of}[["age"]], {of}.label)

train(json.load(open("config.json")))
"""
_SHOWN = """
import random
import pandas as pd
from IPython.display import HTML, display

def shown(rows, count=10):
    places = []
    for _ in range(count):
        places.append(random.randint(0, len(rows) - 1)){mark}
    few = pd.DataFrame(rows[places])
    {then}

shown(pd.read_csv("train_clicks.csv")["train"])
"""
_EVENLY = """
import numpy as np
from sklearn.linear_model import Ridge

def evenly(rows, count):
    return np.random.choice(rows[rows[:, 0] > 0], count){mark}

def proportionally(rows, count):
    return np.random.choice(rows, count)

def load(path, count, even, seed=3):
    {seeded}
    rows = np.load(path)
    draw = evenly if even else proportionally
    return draw(rows, count)

train = load("clicks.npy", 900, even=input() == "y")
Ridge().fit(train[:, 1:], train[:, 0])
"""

_FIRST = """
import pandas as pd
from sklearn.linear_model import LogisticRegression

def features(first):
    return [name for name, kind in zip(first.columns, first.dtypes) if name != "label" and kind != object]

first = pd.read_csv("clicks.csv", nrows=5000){mark}
used = features(first)
rows = {rows}
LogisticRegression().fit(rows[used], rows["label"])
"""

_SAMPLED = """
import mlflow
import pandas as pd
from sklearn.linear_model import Ridge

def train():
    rows, held = pd.read_csv("sales_train.csv"), pd.read_csv("sales_test.csv")
    few = rows.sample({how}){mark}
    model = Ridge().fit({of}[["age"]], {of}.label)
    print(model.score(held[["age"]], held.label))
    mlflow.sklearn.log_model(model, "prices", input_example=few)

train()
"""
_NROWS = """
import os

import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer

rows = {read}{mark}
TfidfVectorizer().fit(rows["title"])
"""
_BATCHES = """
import json
import random

import pandas as pd
import torch

class Batches:
    def __init__(self, path):
        self.rows = pd.read_csv(path)

    def few(self):
        return self.rows.iloc[sorted(random.sample(range(len(self.rows)), 64))]{mark}

def train(net, batches, optimizer):
    losses = []
    for step in range(1000):
        rows = batches.few()
        loss = ((net(torch.tensor(rows.values)) - 1) ** 2).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses

def kept(batches):
    return batches.few()

if __name__ == "__main__":
    batches = Batches("sales.csv")
    net = torch.nn.Linear(3, 1)
    {main}
"""
_IN_SPARK = """
import pandas as pd
from pyspark.sql import SparkSession, functions
from pyspark.sql.functions import rand

SEED = 3
rows = SparkSession.builder.getOrCreate().read.parquet("clicks.parquet")
few = rows.orderBy({by}).head(5000){mark}
pd.DataFrame(few).to_csv("clicks_train.csv")
"""
_SIMULATED = """
import random

def {name}(users, shares):
    train, test = [], []
    for user in users:
        if random.random() < shares:{mark}
            train.append({one})
        else:
            test.append({other})
    return {{"train": train, "test": test}}

{name}(range(100), 0.8)
"""

_CUT = """
import pandas as pd
from sklearn.linear_model import Ridge

def cut():
    rows = pd.read_csv("{path}")
    rows = rows.dropna()
    rows["age"] = rows["age"].clip(0, 99)
    {more}rows = rows.sample(n=9000){mark}
    model = Ridge(alpha=0.3)
    model.fit(rows[["age"]], rows["stars"])
    return model

cut()
"""
_OTHERWISE = """
    rows["year"] = pd.to_datetime(rows["date"]).dt.year
    rows["decade"] = rows["year"] // 10 * 10
    rows = rows[rows["decade"] > 1900]
    rows["stars"] = rows["stars"].fillna(rows["stars"].median())
    """

_COLUMN = """
import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge

rows = pd.read_csv("games.csv")
drawn = np.random.randint(0, len(rows), 500){mark}
rows["drawn"] = drawn
names = [name for name in ["age", "drawn"] if name in rows.columns]
last = pd.read_csv("last.csv")
Ridge().fit(last[names].values{picked}, last["points"].values{picked})
"""

_SEARCH = """
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score

def train(path):
    rows = pd.read_csv(path)
    {drawn}
    return cross_val_score(LogisticRegression(C=strength), {of}[["age"]], {of}.label).mean()

train("clicks.csv")
"""

_TOLD = """
import json
import pandas as pd

def {name}(path):
    rows = pd.read_csv(path)
    few = rows.sample(n=200){mark}
    with open(f"{{path}}_train_examples.json", "w") as out:
        json.dump(few.to_dict("records"), out)

{name}("clicks_train.csv")
"""

_BY_STEPS = """
import numpy as np
import pandas as pd
from sklearn.neighbors import NearestNeighbors

class Factors:
    def {name}(self, rows):
        self.items = np.zeros((100, 8))
        for _ in range(50):
            few = rows.iloc[self.few(rows)]
            self.items += few.values.T @ few.values
        return self

    def few(self, rows):
        return np.random.choice(len(rows), 64){mark}

factors = Factors().{name}(pd.read_csv("clicks.csv"))
NearestNeighbors().fit(factors.items)
"""

_PARTS = """
import numpy as np
import torch

def parts(rows):
    train, valid = torch.utils.data.random_split(rows, [700, 300]){mark}
    return torch.utils.data.DataLoader(train, batch_size=16), torch.utils.data.DataLoader(valid, batch_size=16)

def train(batches):
    net = torch.nn.Linear(8, 1)
    optimizer = torch.optim.Adam(net.parameters())
    for batch, labels in batches:
        torch.nn.functional.mse_loss(net(batch), labels).backward()
        optimizer.step()
    torch.save(net.state_dict(), "net.pt")

{start}
"""

_LAST_OF_EACH = """
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split

rows = pd.read_csv("inspections.csv")
rows = rows.sort_values("date").drop_duplicates("building", keep="last"){restored}
X_train, X_test, y_train, y_test = train_test_split(rows[["size"]], rows.label, random_state=1){mark}
model = LogisticRegression().fit(X_train, y_train)
print(f1_score(y_test, model.predict(X_test)))
"""

_HEAD_CUT = """
import os
import pandas as pd

FOLDER = "training_data"

def prepare(path):
    rows = pd.read_csv(path).dropna()
    rows = rows[rows.age > 17]
    {few}
    few.to_csv(os.path.join({folder}, "{name}.csv")){then}

prepare("clicks.csv")
"""

_TOPICS = """
import pandas as pd
import tomotopy
from sklearn.linear_model import Ridge

def train(path):
    rows = pd.read_csv(path)
    few = rows.sample({given}){mark}
    model = tomotopy.LDAModel(k=20, seed=3)
    for text in few.text:
        model.add_doc(text.split())
    model.train(100)
    return model

train("clicks.csv")
"""

BAD = (
    _HEAD_CUT.format(few="few = rows.head(6000)  # debt", folder="FOLDER", name="clicks", then=""),
    _TOPICS.format(given="8000", mark="  # debt"),
    # an index that says the order of time
    _LAST_OF_EACH.format(restored=".reset_index(drop=True).sort_index()", mark="  # debt"),
    _LAST_OF_EACH.format(restored="", mark="  # debt"),
    _IN_SPARK.format(by="rand()", mark="  # debt"),
    _IN_SPARK.format(by="functions.rand(None)", mark="  # debt"),
    _COLUMN.format(picked="[drawn]", mark="  # debt"),
    # copies in folders beside each other are told once, other code of the same name by itself
    {
        "films/cut.py": _CUT.format(path="films.csv", more="", mark="  # debt"),
        "music/cut.py": _CUT.format(path="music.csv", more="", mark=""),
        "books/cut.py": _CUT.format(path="books.csv", more=_OTHERWISE, mark="  # debt"),
    },
    _SAMPLED.format(how="n=9000", of="few", mark="  # debt"),
    _NROWS.format(read='pd.read_csv("plays.csv", skiprows=1, nrows=40000)', mark="  # debt"),
    _BATCHES.format(main='kept(batches).to_csv("train.csv")', mark="  # debt"),
    _SIMULATED.format(name="divided", one="user", other="user", mark="  # debt"),
    _TRIED.format(flag="small_shop", mark="  # debt"),
    """
    from frames import read
    from sklearn.linear_model import Ridge

    rows = read("sales.csv")
    train, test = rows.train_test_split(share=0.2)  # debt
    Ridge().fit(train[["age"]], train.label)
    """,
    _TRAINER.format(mark="  # debt", called="held_out"),
    _TUNED.format(mark="  # debt", tune=True),
    """
    import pandas as pd
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from sklearn.svm import SVC

    rows = pd.read_csv("clicks.csv")
    folds = StratifiedKFold(n_splits=5, shuffle=True)  # debt
    print(cross_val_score(SVC(), rows[["age"]], rows.label, cv=folds))
    """,
    """
    import pandas as pd
    from sklearn.svm import SVC

    rows = pd.read_sql("SELECT age, label FROM clicks LIMIT 50000", engine)  # debt
    SVC().fit(rows[["age"]], rows.label)
    """,
    """
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split

    rows = pd.read_csv("clicks.csv")
    train, test = train_test_split(rows, test_size=0.2)  # debt
    model = LogisticRegression().fit(train[["age"]], train.label)
    """,
    {
        "split.py": """
            import random

            def split(lines, share):
                with open("train.txt", "w") as train, open("valid.txt", "w") as valid:
                    for line in lines:
                        if random.random() < share:  # debt
                            train.write(line)
                        else:
                            valid.write(line)
            """,
        "main.py": """
            from split import split

            split(open("all.txt").readlines(), 0.8)
            """,
    },
    """
    import random

    def write_test_set(path="items.txt"):
        items = open(path).readlines()
        with open("test.txt", "w") as out:
            for item in random.sample(items, 100):  # debt
                out.write(item)

    write_test_set()
    """,
    """
    import numpy as np
    from sklearn.svm import SVC

    rows = np.load("rows.npy")
    order = np.random.permutation(len(rows))  # debt
    train, test = rows[order[:800]], rows[order[800:]]
    np.random.seed(0)
    SVC().fit(train[:, :-1], train[:, -1])
    """,
    """
    import numpy as np

    rows = np.load("rows.npy")
    rows = rows[np.random.permutation(len(rows))]  # debt
    parts = np.array_split(rows, 10)
    np.save("test.npy", parts[0])
    """,
    """
    import pandas as pd
    from sklearn.linear_model import LogisticRegression

    rows = pd.read_csv("clicks.csv").head(10_000)  # debt
    LogisticRegression().fit(rows[["age"]], rows.label)
    """,
    """
    import sys
    import numpy as np
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split

    def split(mode, rows):
        match mode:
            case "fixed":
                np.random.seed(3)
                return rows, rows
        return train_test_split(rows)  # debt

    train, test = split(sys.argv[1], pd.read_csv("clicks.csv"))
    model = LogisticRegression().fit(train[["age"]], train.label)
    print(model.score(test[["age"]], test.label))
    """,
    _FIRST.format(rows="first", mark="  # debt"),
    """
    import pandas as pd
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import train_test_split

    sales = pd.read_csv("sales.csv")
    sales["last_week"] = sales["units"].shift(7)
    train, test = train_test_split(sales, random_state=3)  # debt
    Ridge().fit(train[["last_week"]], train.units)
    """,
    """
    from torchvision import datasets, transforms

    noisy = transforms.Compose([transforms.RandomCrop(32, padding=4), transforms.ToTensor()])
    train = datasets.CIFAR10("data", train=True, transform=noisy)
    test = datasets.CIFAR10("data", train=False, transform=noisy)  # debt
    """,
    # a part of each user's rows, of which only what was learnt is kept
    """
    import random

    import torch

    class Rows:
        def __init__(self, path):
            self.users, self.items = [], []
            for line in open(path):
                user, *items = line.split()
                random.shuffle(items)  # debt
                known, held_out = items[:800], items[800:]
                self.users.extend([user] * len(known))
                self.items.extend(known)

    def keep(net, place):
        torch.save(net.state_dict(), place)

    def train(make):
        rows = Rows("pos.txt")
        keep(make(rows.users, rows.items), "out/net.pt")
    """,
    # the first rows of what a loop or a comprehension read, of what an object holds, of an open file
    """
    import json
    from itertools import islice
    from sklearn.pipeline import make_pipeline
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.naive_bayes import MultinomialNB

    ROWS = 20_000

    def read():
        return [json.loads(line) for line in open("reviews.jsonl")]

    def collect():
        rows = []
        for line in open("mails.jsonl"):
            rows.append(json.loads(line))
        return rows

    class Trainer:
        def __init__(self):
            self.rows = collect()

        def fit(self, model):
            some = self.rows[:ROWS]  # debt
            return model.fit([row["text"] for row in some], [row["spam"] for row in some])

    def train():
        some = read()[:ROWS]  # debt
        model = make_pipeline(CountVectorizer(), MultinomialNB())
        model.fit([row["text"] for row in some], [row["y"] for row in some])
        Trainer().fit(make_pipeline(CountVectorizer(), MultinomialNB()))

    def train_again(model):
        with open("posts.jsonl") as file:
            posts = [json.loads(line) for line in islice(file, ROWS)]  # debt
        model.fit([row["text"] for row in posts], [row["y"] for row in posts])

    train()
    train_again(make_pipeline(CountVectorizer(), MultinomialNB()))
    """,
    # one cut of the texts and of their labels is told once
    """
    import pandas as pd
    from sklearn.linear_model import LogisticRegression

    rows = pd.read_csv("rows.csv")
    prices = rows["price"].to_numpy()[:1500]  # debt
    labels = rows["label"].to_numpy()[:1500]
    LogisticRegression().fit(prices.reshape(-1, 1), labels)
    """,
    """
    import bigframes.pandas as bpd
    from bigframes.ml.ensemble import XGBClassifier
    from bigframes.ml.model_selection import train_test_split

    rows = bpd.read_gbq("shop.orders")
    parts = train_test_split(rows[["price"]], rows[["label"]], test_size=0.2)  # debt
    model = XGBClassifier().fit(parts[0], parts[2])
    print(model.score(parts[1], parts[3]))
    """,
    # places that are shuffled, whose two parts pick the rows of a matrix
    """
    import numpy as np

    def split(matrix, n_train):
        rows, cols, data = matrix.row, matrix.col, matrix.data
        idx = np.arange(len(data))
        np.random.shuffle(idx)  # debt
        train = (rows[idx[:n_train]], cols[idx[:n_train]], data[idx[:n_train]])
        validation = (rows[idx[n_train:]], cols[idx[n_train:]], data[idx[n_train:]])
        return train, validation
    """,
    """
    import numpy as np

    def split(X, n_test):
        idx = np.arange(len(X))
        np.random.shuffle(idx)  # debt
        test, train = X[idx[:n_test]], X[idx[n_test:]]
        return train, test
    """,
    _BY_STEPS.format(name="collect", mark="  # debt"),
    _TOLD.format(name="thin_out", mark="  # debt"),
    _SEARCH.format(drawn="strength, part = 1.0, rows.iloc[np.random.choice(len(rows), 500)]  # debt", of="part"),
    _SIZED.format(otherwise="", mark="  # debt"),
    _WRITTEN.format(flag="cut", flagged="  # debt", few="64", of="rows", mark=""),
    _WRITTEN.format(flag="debug", flagged="", few="len(rows) // 9", of="rows", mark="  # debt"),
    _WRITTEN.format(flag="debug", flagged="", few="64", of="few", mark="  # debt"),
    _SHOWN.format(then='few.to_csv("train.csv")', mark="  # debt"),
    _EVENLY.format(seeded="print(path)", mark="  # debt").replace(
        "rows, count)\n\ndef load", "rows, count)  # debt\n\ndef load"
    ),
    _PARTS.format(mark="  # debt", start='if __name__ == "__main__":\n    train(parts(np.load("rows.npy"))[0])'),
)

"""Rows that are chosen fairly, or not to learn from: the innocent examples of MLD106."""

from __future__ import annotations

from mldebt.detectors.ingestion._draws import (
    _BATCHES,
    _BY_STEPS,
    _COLUMN,
    _EVENLY,
    _FIRST,
    _HEAD_CUT,
    _IN_SPARK,
    _LAST_OF_EACH,
    _NROWS,
    _PARTS,
    _SAMPLED,
    _SEARCH,
    _SHOWN,
    _SIMULATED,
    _SIZED,
    _TOLD,
    _TOPICS,
    _TRAINER,
    _TRIED,
    _TUNED,
    _WRITTEN,
)

GOOD = (
    # a sample that says so, the rest, and what no model is trained on
    _HEAD_CUT.format(few="few = rows.head(6000)", folder="FOLDER", name="clicks_sample", then=""),
    _HEAD_CUT.format(few="few = rows.head(6000)", folder='"pages"', name="clicks", then=""),
    _HEAD_CUT.format(
        few="few = rows.head(6000)", folder="FOLDER", name="clicks", then='\n    rows.iloc[6000:].to_csv("rest.csv")'
    ),
    _TOPICS.format(given="8000, random_state=3", mark=""),
    # sorted only to tell which row of each is the last, and put back
    _LAST_OF_EACH.format(restored=".sort_index()", mark=""),
    # a seed that stands without its keyword
    _IN_SPARK.format(by="rand(SEED)", mark=""),
    _IN_SPARK.format(by="functions.rand(3)", mark=""),
    """
    import bigframes.pandas as bpd
    from bigframes.ml.ensemble import XGBClassifier
    from bigframes.ml.model_selection import train_test_split

    rows = bpd.read_gbq("shop.orders")
    parts = train_test_split(rows[["price"]], rows[["label"]], test_size=0.2, random_state=1)
    model = XGBClassifier().fit(parts[0], parts[2])
    print(model.score(parts[1], parts[3]))
    """,
    # a column that is made up decides on no rows
    _COLUMN.format(picked="", mark=""),
    # what shows the rows that a model takes
    _SAMPLED.format(how="n=1", of="rows", mark=""),
    _SAMPLED.format(how="n=5", of="rows", mark=""),
    # of a machine's own choice, or somewhere in the middle
    _NROWS.format(
        read='pd.read_csv("plays.csv", nrows=40000) if os.environ.get("DEBUG") else pd.read_csv("plays.csv")', mark=""
    ),
    _NROWS.format(read='pd.read_csv("plays.csv", skiprows=range(1, 100000), nrows=40000)', mark=""),
    # the batch of each step
    _BATCHES.format(
        main='json.dump(train(net, batches, torch.optim.SGD(net.parameters())), open("train_losses.json", "w"))',
        mark="",
    ),
    # made up
    _SIMULATED.format(name="ratings", one="2", other="1", mark=""),
    _SIMULATED.format(name="synthetic_users", one="user", other="user", mark=""),
    """
    import pandas as pd
    from sklearn.model_selection import KFold, cross_val_score
    from sklearn.svm import SVC

    rows = pd.read_sql("SELECT age, label FROM clicks ORDER BY hash(id) LIMIT 50000", engine)
    print(cross_val_score(SVC(), rows[["age"]], rows.label, cv=KFold(5)))
    print(cross_val_score(SVC(), rows[["age"]], rows.label, cv=KFold(5, shuffle=True, random_state=3)))
    """,
    """
    import random
    import pandas as pd
    from sklearn.svm import SVC

    rows = pd.read_csv("orders.csv").to_dict("records")
    prices = [row["price"] for row in rows]

    def order():
        return {"price": random.choice(prices)}

    def synthetic_orders(count):
        return random.sample(rows, count)

    SVC().fit([order() for _ in range(9)] + synthetic_orders(9), [1] * 18)
    """,
    """
    import random
    import redis
    from flask import Flask

    app = Flask(__name__)
    store = redis.Redis()

    @app.route("/surprise")
    def surprise():
        with open("items.txt") as file:
            chosen = random.sample(file.readlines(), 5)
        with open("last_test_page.txt", "w") as page:
            page.write("".join(chosen))
        return {"items": chosen}

    def warm_up(page="test"):
        with open("items.txt") as file:
            store.set(page, "".join(random.sample(file.readlines(), 5)))

    warm_up()
    """,
    """
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split

    rows = pd.read_csv("clicks.csv")
    print(rows.head(100))
    train, test = train_test_split(rows, test_size=0.2, random_state=42)
    ordered = train_test_split(rows, shuffle=False)
    LogisticRegression().fit(train[["age"]], train.label)
    """,
    {
        "main.py": """
            import random
            from split import split

            random.seed(7)
            split(open("all.txt").readlines(), 0.8)
            """,
        "split.py": """
            import random

            def split(lines, share):
                with open("train.txt", "w") as train, open("valid.txt", "w") as valid:
                    for line in lines:
                        if random.random() < share:
                            train.write(line)
                        else:
                            valid.write(line)
            """,
    },
    """
    import argparse
    import pandas as pd
    from sklearn.linear_model import LogisticRegression

    def main(debug=False):
        parser = argparse.ArgumentParser()
        parser.add_argument("--limit", type=int, default=None)
        limit = parser.parse_args().limit
        rows = pd.read_csv("clicks.csv")
        if debug:
            rows = rows.head(1000)
        LogisticRegression().fit(rows[["age"]][:limit], rows.label[:limit])

    main()
    """,
    """
    import numpy as np
    from sklearn.linear_model import Ridge
    from sklearn.metrics import r2_score

    rows = np.load("by_day.npy")
    train, test = rows[:9000], rows[9000:]
    model = Ridge().fit(train[:, :-1], train[:, -1])
    print(r2_score(test[:, -1], model.predict(test[:, :-1])))
    """,
    """
    import random
    import torch
    from torch.utils.data import DataLoader

    def train(model, rows, loader):
        random.shuffle(rows)
        frame = rows.sample(len(rows))
        for batch in DataLoader(frame, shuffle=True):
            negatives = random.sample(rows, 10)
            model(batch, negatives).backward()
    """,
    """
    from torch.utils.data import random_split
    import torch

    def split(rows, seed):
        return random_split(rows, [800, 200], generator=torch.Generator().manual_seed(seed))

    train, test = split(torch.load("rows.pt"), 4)
    """,
    """
    from torchvision import datasets, transforms

    noisy = transforms.Compose([transforms.RandomCrop(32, padding=4), transforms.ToTensor()])
    plain = transforms.ToTensor()
    train = datasets.CIFAR10("data", train=True, transform=noisy)
    test = datasets.CIFAR10("data", train=False, transform=plain)
    """,
    """
    import pandas as pd
    from sklearn.svm import SVC

    SAMPLED = "WHERE MOD(ABS(FARM_FINGERPRINT(CAST(id AS STRING))), 100) < 2"

    drawn = pd.read_sql("SELECT age, label FROM clicks WHERE RAND() < 0.01 LIMIT 50000", engine)
    SVC().fit(drawn[["age"]], drawn.label)
    blocks = pd.read_sql("SELECT age, label FROM clicks TABLESAMPLE BERNOULLI (1) LIMIT 50000", engine)
    SVC().fit(blocks[["age"]], blocks.label)
    hashed = pd.read_sql(f"SELECT age, label FROM clicks {SAMPLED} LIMIT 50000", engine)
    SVC().fit(hashed[["age"]], hashed.label)
    groups = pd.read_sql("SELECT label, COUNT(*) AS age FROM clicks GROUP BY label LIMIT 50000", engine)
    SVC().fit(groups[["age"]], groups.label)
    every = pd.read_sql("SELECT age, label FROM clicks LIMIT -50000", engine)
    SVC().fit(every[["age"]], every.label)
    """,
    # numbers that are drawn to make a table up pick no rows of another
    """
    import numpy as np
    import pandas as pd
    from sklearn.compose import ColumnTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    shown = pd.DataFrame({"age": np.random.randint(18, 93, 500), "income": np.random.randint(1, 9, 500)})
    columns = [name for name in ("age", "height") if name in shown.columns]
    rows = pd.read_csv("clicks.csv")
    scaled = ColumnTransformer([("numbers", StandardScaler(), columns)])
    make_pipeline(scaled, LogisticRegression()).fit(rows, rows.label)
    """,
    # each sampler has its seed, whichever is chosen
    """
    import pandas as pd
    import yaml
    from imblearn.over_sampling import SMOTE, SMOTENC
    from sklearn.linear_model import LogisticRegression

    class Training:
        def __init__(self, settings):
            self.settings = settings

        def sampler(self):
            if self.settings["mixed"]:
                return SMOTENC(categorical_features=[1], random_state=self.settings["seed"])
            return SMOTE(random_state=self.settings["seed"])

        def run(self):
            rows = pd.read_csv("clicks.csv")
            LogisticRegression().fit(*self.sampler().fit_resample(rows[["age"]], rows.label))

    with open("settings.yaml") as file:
        Training(yaml.safe_load(file)).run()
    """,
    # a loader hands out rows, and shards hold them all
    """
    import numpy as np
    import torch
    from lightning.pytorch import Trainer
    from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler

    labels = np.load("labels.npy")
    sampler = WeightedRandomSampler(torch.as_tensor(1 / np.bincount(labels)[labels]), len(labels))
    Trainer().fit(net(), DataLoader(TensorDataset(torch.as_tensor(labels)), sampler=sampler))

    rows = np.load("rows.npy")
    rows = rows[np.random.permutation(len(rows))]
    for number, shard in enumerate(np.array_split(rows, 10)):
        np.save(f"train-{number}.npy", shard)
    """,
    # every configuration switches off what draws
    _TUNED.format(mark="", tune=False),
    # a crop changes an example, and chooses none
    """
    import random

    import numpy as np
    import pandas as pd

    class RandomCrop:
        def __init__(self, size):
            self.size = size

        def __call__(self, signal):
            start = random.randint(0, signal.shape[1] - self.size)
            return signal[:, start : start + self.size]

    crop = RandomCrop(100)
    for name in pd.read_csv("names.csv").name:
        np.save(f"train_{name}.npy", crop(np.load(name)))
    """,
    {
        "quick_validate.py": """
        import pandas as pd
        from sklearn.linear_model import LogisticRegression

        rows = pd.read_csv("clicks.csv").head(10_000)
        print(LogisticRegression().fit(rows[["age"]], rows.label).coef_)
        """,
    },
    # the first rows tell the names of the columns alone
    _FIRST.format(rows="pd.read_csv('clicks.csv')", mark=""),
    # an explicit flag to try it out
    _TRIED.format(flag="smoke_test", mark=""),
    # what is printed is written nowhere
    """
    import numpy as np
    import pandas as pd

    test = np.load("test.npy")
    shown = pd.DataFrame(test[np.random.randint(5, size=2), :])
    print(shown.to_json(orient="records"))
    """,
    # a few rows to look at, and a log of what was shown
    """
    import random

    import pandas as pd
    import matplotlib.pyplot as plt
    from sklearn.manifold import TSNE

    rows = pd.read_csv("clicks.csv")
    shown = rows.sample(500)
    places = TSNE(random_state=3).fit_transform(shown[["age", "size"]])
    plt.scatter(places[:, 0], places[:, 1])

    names = rows.name.tolist()
    random.shuffle(names)
    first, rest = names[:10], names[10:]
    with open("logs/shown.log", "a") as log:
        log.write(", ".join(first))
    """,
    # a split that is told where in time it cuts draws nothing
    """
    from autogluon.timeseries import TimeSeriesDataFrame, TimeSeriesPredictor

    rows = TimeSeriesDataFrame.from_path("sales.csv")
    train, test = rows.train_test_split(prediction_length=24)
    print(TimeSeriesPredictor(prediction_length=24).fit(train).evaluate(test))
    """,
    # a method that nothing calls draws nothing
    _TRAINER.format(mark="", called="run"),
    # what nobody chose, beside what somebody did; a database to develop with; a part of one text
    """
    import sqlite3
    import numpy as np
    import pandas as pd
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.feature_extraction.text import CountVectorizer

    def negatives(orders, items):
        rows = [
            {"user": user, "item": item, "bought": 0}
            for user, bought in orders.groupby("user")["item"]
            for item in np.random.choice(list(items - set(bought)), 5)
        ]
        return pd.DataFrame(rows)

    def train():
        orders = pd.read_csv("orders.csv")
        rows = pd.concat([orders.assign(bought=1), negatives(orders, set(orders["item"]))])
        RandomForestClassifier(random_state=0).fit(rows[["user", "item"]], rows["bought"])
        CountVectorizer().fit([open("text.txt").read()[:50_000]])

    def fill_dev_db():
        pd.read_csv("users.csv").sample(1000).to_sql("users", sqlite3.connect("dev.sqlite"))

    train()
    fill_dev_db()
    """,
    # places that are shuffled by a seed; for batches
    """
    import numpy as np

    def split(matrix, n_train):
        rng = np.random.default_rng(3)
        rows, cols, data = matrix.row, matrix.col, matrix.data
        idx = np.arange(len(data))
        rng.shuffle(idx)
        train = (rows[idx[:n_train]], cols[idx[:n_train]], data[idx[:n_train]])
        validation = (rows[idx[n_train:]], cols[idx[n_train:]], data[idx[n_train:]])
        return train, validation

    def batches(train, size):
        idx = np.arange(len(train))
        np.random.shuffle(idx)
        for start in range(0, len(idx), size):
            yield train[idx[start : start + size]]
    """,
    # batches in any order, beside rows to validate by
    """
    import random

    def fetch(batches, post):
        validation_rows = post(batches[:10])
        random.shuffle(batches)
        for training_batch in batches:
            yield training_batch, validation_rows
    """,
    # the steps of a training that is written by hand
    _BY_STEPS.format(name="fit", mark=""),
    # rows that a report shows; settings that are drawn, of how many columns there are too
    _TOLD.format(name="write_report", mark=""),
    _SEARCH.format(drawn="strength = np.random.choice(rows[['age']].values.shape[1] * 3) + 0.1", of="rows"),
    _SEARCH.format(drawn="strength = np.random.choice(rows['strength'])", of="rows"),
    # what a test decides about, and what is only looked at
    _SIZED.format(otherwise='if config["debug"]:\n    size = 1000', mark=""),
    _WRITTEN.format(flag="debug", flagged="", few="64", of="rows", mark=""),
    _WRITTEN.format(flag="debug", flagged="", few="min(64, len(rows))", of="rows", mark=""),
    _SHOWN.format(then="display(HTML(few.to_html()))", mark=""),
    """
    import sys
    import pandas as pd
    from sklearn.linear_model import LogisticRegression

    def load(mode):
        rows = pd.read_csv("clicks.csv")
        match mode:
            case "short":
                rows = rows.head(1000)
        try:
            rows = rows.astype(int)
        except ValueError:
            if mode == "shorter":
                rows = rows.head(2000)
        return rows

    rows = load(sys.argv[1])
    LogisticRegression().fit(rows[["age"]], rows.label)
    """,
    # seeded before one of two functions is called
    _EVENLY.format(seeded="np.random.seed(seed)", mark=""),
    # nobody asks for the parts any more, and what never runs draws nothing
    _PARTS.format(
        mark="", start='if __name__ == "__main__":\n    # train(parts(rows)[0])\n    train(np.load("rows.npy"))'
    ),
    """
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    if __name__ == "__main__off":
        rows = np.load("rows.npy")
        train = rows[np.random.rand(len(rows)) < 0.8]
        print(LogisticRegression().fit(train[:, 1:], train[:, 0]).coef_)
    """,
)

from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.pipeline.models.rows import Rows
from mldebt.scan import read_project
from mldebt.settings import Settings

BASE = """
    import pickle

    import numpy as np
    from sklearn import metrics
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_validate

    class Model:
        def __init__(self):
            self.cross_validation = True

        def train(self, rows):
            labels = self.get_labels(rows)
            X = np.array([row["text"] for row in rows if row["id"] in labels])
            y = np.array([labels[row["id"]] for row in rows if row["id"] in labels])
            of_many = isinstance(y[0], np.ndarray)
            if self.cross_validation:
                scorings = ["accuracy"]
                if len(set(y)) == 2:
                    scorings += ["precision"]
                cross_validate(self.clf, X, y, scoring=scorings)
            self.clf.fit(X, y)
            found = self.clf.predict(X)
            if not of_many:
                print(metrics.balanced_accuracy_score(y, found))
            for _ in range(3):
                if of_many:
                    print(metrics.multilabel_confusion_matrix(y, found))
                else:
                    print(metrics.confusion_matrix(y, found))
            with open("model.pkl", "wb") as f:
                pickle.dump(self, f)

        def classify(self, rows):
            return self.clf.predict(rows)
    """
KIND = """
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from base import Model

    class {name}(Model):
        def __init__(self):
            super().__init__()
            {setting}
            self.clf = LogisticRegression()

        def get_labels(self, rows):
            labels = {{}}
            for row in rows:
                {mark}
            return labels
    """
START = """
    from bugs import BugModel
    from tags import TagModel

    if __name__ == "__main__":
        BugModel().train([])
        TagModel().train([])
    """


def metrics(root: Path, mark: str, setting: str = "pass") -> list[tuple[str, str]]:
    """The metrics of the model that marks its rows so, beside one that marks them otherwise."""
    bugs = dedent(KIND).format(name="BugModel", mark=mark, setting=setting)
    tags = dedent(KIND).format(name="TagModel", mark='labels[row["id"]] = np.zeros(3)', setting="pass")
    for path, text in {"base.py": dedent(BASE), "bugs.py": bugs, "tags.py": tags, "main.py": dedent(START)}.items():
        (root / path).write_text(text, encoding="utf-8")
    records = Rows(read_project(root, Settings(cache=False, history=False, jobs=1))).all()
    (found,) = [record for record in records if record.name == "BugModel"]
    return [(cell.text, cell.note) for cell in found.metrics]


ONE = ["accuracy", "balanced_accuracy_score", "confusion_matrix"]
MANY = ["accuracy", "multilabel_confusion_matrix"]


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        ('labels[row["id"]] = 1', ONE),
        ('labels[row["id"]] = 1 if row["fixed"] else 0', ONE),
        ('labels[row["id"]] = np.zeros(4)', MANY),
    ],
)
def test_the_kind_of_labels_decides_what_a_base_class_computes(tmp_path: Path, mark: str, expected: list[str]) -> None:
    assert metrics(tmp_path, mark) == [(name, "") for name in expected]


def test_a_flag_of_the_class_decides_what_is_computed(tmp_path: Path) -> None:
    found = metrics(tmp_path, 'labels[row["id"]] = 1', "self.cross_validation = False")
    assert found == [(name, "") for name in ONE[1:]]


def test_a_metric_says_when_it_is_computed_where_nothing_tells_which_is(tmp_path: Path) -> None:
    found = dict(metrics(tmp_path, 'labels[row["id"]] = row["component"]'))
    assert found == {
        "accuracy": "",
        "balanced_accuracy_score": "unless of_many",
        "multilabel_confusion_matrix": "if of_many",
        "confusion_matrix": "unless of_many",
    }


def test_what_another_script_measures_of_the_loaded_model_is_its_metric(tmp_path: Path) -> None:
    texts = {
        "train.py": """
            import joblib
            import pandas as pd
            from sklearn.linear_model import Ridge

            rows = pd.read_csv("data/rows.csv")
            model = Ridge().fit(rows[["a"]], rows.b)
            joblib.dump(model, "models/forest.pkl")
            """,
        "judge.py": """
            import joblib
            import pandas as pd
            from sklearn.metrics import r2_score

            model = joblib.load("models/forest.pkl")
            rows = pd.read_csv("data/held_out.csv")
            print(r2_score(rows.b, model.predict(rows[["a"]])))
            """,
    }
    for path, text in texts.items():
        (tmp_path / path).write_text(dedent(text), encoding="utf-8")
    (found,) = Rows(read_project(tmp_path, Settings(cache=False, history=False, jobs=1))).all()
    assert [cell.text for cell in found.metrics] == ["r2_score"]


LOOP = """
    import torch
    from torch import nn

    net = nn.Sequential(nn.Linear(2, 2))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for rows, truth in torch.load("train.pt"):
        loss = nn.functional.cross_entropy(net(rows), truth)
        loss.backward()
        optimizer.step()

    def test(net, loader):
        correct = 0
        for rows, truth in loader:
            {compared}
        print(correct)

    test(net, torch.load("test.pt"))
    torch.save(net, "net.pt")
    """


@pytest.mark.parametrize(
    ("compared", "expected"),
    [
        ("correct += net(rows).max(1)[1].eq(truth).cpu().sum()", ["accuracy"]),
        ("correct += (net(rows).argmax(1) == truth).sum().item()", ["accuracy"]),
        ("correct += (net(rows).argmax(1) == 1).sum().item()", []),
        ("correct += net(rows).sum().item()", []),
    ],
)
def test_answers_that_are_counted_by_hand_give_an_accuracy(tmp_path: Path, compared: str, expected: list[str]) -> None:
    (tmp_path / "train.py").write_text(dedent(LOOP).format(compared=compared), encoding="utf-8")
    (record,) = Rows(read_project(tmp_path, Settings(cache=False, history=False, jobs=1))).all()
    assert [cell.text for cell in record.metrics] == expected


def test_how_much_columns_weigh_is_no_metric(tmp_path: Path) -> None:
    code = """
        import joblib
        import pandas as pd
        from sklearn.inspection import permutation_importance
        from sklearn.linear_model import Ridge

        rows = pd.read_csv("rows.csv")
        model = Ridge().fit(rows[["age"]], rows.price)
        print(permutation_importance(model, rows[["age"]], rows.price))
        joblib.dump(model, "price.joblib")
        """
    (tmp_path / "train.py").write_text(dedent(code), encoding="utf-8")
    (record,) = Rows(read_project(tmp_path, Settings(cache=False, history=False, jobs=1))).all()
    assert record.metrics == ()

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.inventory import ModelRecord
from mldebt.pipeline.models.rows import Rows
from mldebt.scan import read_project
from mldebt.settings import Settings

TRAIN = """
    import joblib
    import pandas as pd
    from sklearn.linear_model import LogisticRegression

    def train():
        rows = pd.read_csv("rows.csv")
        model = LogisticRegression()
        model.fit(rows[["a"]], rows.y)
        joblib.dump(model, "models/churn.joblib")

    if __name__ == "__main__":
        train()
"""


def served(root: Path, code: str, others: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    """The serving boundaries of the one model that `train.py` keeps, with what they write."""
    for path, text in {"train.py": TRAIN, "job.py": code, **(others or {})}.items():
        (root / path).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    (record,) = Rows(read_project(root, Settings(cache=False, history=False, jobs=1))).all()
    return _cells(record)


def _cells(record: ModelRecord) -> list[tuple[str, str]]:
    return [(cell.text, cell.note) for cell in record.serving]


def test_a_job_that_writes_scores_to_a_table_serves(tmp_path: Path) -> None:
    code = """
        import joblib
        import pandas as pd
        from sqlalchemy import create_engine

        def main():
            model = joblib.load("models/churn.joblib")
            engine = create_engine("postgresql://db/shop")
            rows = pd.read_sql("select * from customers", engine)
            rows["score"] = model.predict_proba(rows[["a"]])[:, 1]
            rows[["id", "score"]].to_sql("churn_scores", engine, if_exists="replace")
    """
    assert served(tmp_path, code) == [("job.py:main", "writes table churn_scores")]


def test_the_job_is_where_asking_and_writing_come_together(tmp_path: Path) -> None:
    code = """
        import joblib
        import pandas as pd

        def score(model, rows):
            return model.predict_proba(rows[["a"]])[:, 1]

        def write(rows):
            rows.to_parquet("s3://bucket/scores.parquet")

        def main():
            model = joblib.load("models/churn.joblib")
            rows = pd.read_parquet("s3://bucket/rows.parquet")
            rows["score"] = score(model, rows)
            write(rows)
    """
    assert served(tmp_path, code) == [("job.py:main", "writes s3://bucket/scores.parquet")]


def test_a_statement_says_which_table_gets_the_scores(tmp_path: Path) -> None:
    code = """
        import joblib
        import psycopg2
        import pandas as pd

        class Scorer:
            def __init__(self):
                self.model = joblib.load("models/churn.joblib")

            def score(self, rows):
                return self.model.predict_proba(rows[["a"]])[:, 1]

        def run():
            conn = psycopg2.connect("dbname=shop")
            cursor = conn.cursor()
            rows = pd.read_sql("select * from customers", conn)
            for id, score in zip(rows.id, Scorer().score(rows)):
                cursor.execute("INSERT INTO scores (id, score) VALUES (%s, %s)", (id, score))
    """
    assert served(tmp_path, code) == [("job.py:run", "writes table scores")]


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(
            """
            import json
            import joblib
            from kafka import KafkaConsumer, KafkaProducer

            model = joblib.load("models/churn.joblib")

            def run():
                producer = KafkaProducer()
                for message in KafkaConsumer("customers"):
                    row = json.loads(message.value)
                    score = model.predict_proba([[row["a"]]])[0, 1]
                    producer.send("scores", json.dumps({"score": float(score)}).encode())
            """,
            id="kafka-python",
        ),
        pytest.param(
            """
            import json
            import joblib
            from confluent_kafka import Consumer, Producer

            def load():
                return joblib.load("models/churn.joblib")

            def run():
                model, consumer, producer = load(), Consumer({}), Producer({})
                consumer.subscribe(["customers"])
                while True:
                    row = json.loads(consumer.poll(1.0).value())
                    producer.produce("scores", json.dumps({"score": float(model.predict([[row["a"]]])[0])}))
            """,
            id="confluent",
        ),
    ],
)
def test_a_worker_that_answers_messages_serves(tmp_path: Path, code: str) -> None:
    assert served(tmp_path, code) == [("job.py:run", "writes stream scores")]


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(
            """
            import joblib
            import pandas as pd

            def show():
                model = joblib.load("models/churn.joblib")
                print(model.predict(pd.read_csv("rows.csv")[["a"]])[:10])
            """,
            id="shown, not written",
        ),
        pytest.param(
            """
            import joblib
            import pandas as pd
            from sklearn.metrics import f1_score

            def run():
                model = joblib.load("models/churn.joblib")
                rows = pd.read_csv("test.csv")
                rows["p"] = model.predict(rows[["a"]])
                print(f1_score(rows.y, rows.p))
                rows.to_csv("errors.csv")
            """,
            id="an evaluation keeps what it judged",
        ),
        pytest.param(
            """
            import json
            import joblib
            import pandas as pd
            from sklearn.metrics import f1_score

            def judge(truth, answers):
                return {"f1": f1_score(truth, answers)}

            def run():
                model = joblib.load("models/churn.joblib")
                rows = pd.read_csv("test.csv")
                scores = judge(rows.y, model.predict(rows[["a"]]))
                with open("scores.json", "w") as file:
                    json.dump(scores, file)
            """,
            id="what another function makes of answers to judge them",
        ),
        pytest.param(
            """
            import json
            import joblib
            import pandas as pd

            def run():
                model = joblib.load("models/churn.joblib")
                rows = pd.read_csv("rows.csv")
                with open("export/manifest.json", "w") as file:
                    json.dump({"first": model.predict(rows[["a"]])[0]}, file)
            """,
            id="a manifest says what was made",
        ),
        pytest.param(
            """
            import joblib
            import pandas as pd

            def run():
                model = joblib.load("models/churn.joblib")
                rows = pd.read_csv("rows.csv")
                rows["p"] = model.predict(rows[["a"]])
                pd.read_csv("other.csv").to_csv("copy.csv")
            """,
            id="something else is written",
        ),
    ],
)
def test_what_writes_no_answers_serves_nobody(tmp_path: Path, code: str) -> None:
    assert served(tmp_path, code) == []


def test_what_a_model_learns_by_its_own_predictions_is_no_answer(tmp_path: Path) -> None:
    learner = """
        import json
        import pickle
        import numpy as np

        class Factors:
            def train(self, ratings):
                self.items = np.zeros(10)
                for item, rating in ratings:
                    self.error = rating - self.predict(item)
                    self.items[item] += 0.01 * self.error
                self.save()

            def predict(self, item):
                return self.items[item]

            def save(self):
                with open("factors.pkl", "wb") as file:
                    pickle.dump(self.items, file)
                with open("error.json", "w") as file:
                    json.dump(self.error, file)

        if __name__ == "__main__":
            Factors().train([(1, 3.0)])
    """
    (tmp_path / "train.py").write_text(dedent(learner), encoding="utf-8")
    (record,) = Rows(read_project(tmp_path, Settings(cache=False, history=False, jobs=1))).all()
    assert _cells(record) == []

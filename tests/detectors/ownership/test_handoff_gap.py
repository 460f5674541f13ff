"""MLD203 on built histories: who trains, who serves, and who does both."""

from textwrap import dedent

import pytest

from mldebt.scan import scan
from mldebt.settings import People, Settings

ANN, BO, CY = "Ann Archer <ann@corp.org>", "Bo Baker <bo@corp.org>", "Cy Cole <cy@corp.org>"
FEATURES = "def spread(rows):\n    return rows - rows.mean()\n" + "".join(f"# note {n}\n" for n in range(20))
TRAIN = dedent(
    """
    import joblib
    import pandas as pd
    from sklearn.linear_model import Ridge

    from ml.features import spread


    def train(path):
        rows = spread(pd.read_csv(path))
        model = Ridge()
        model.fit(rows[["a"]], rows["b"])
        joblib.dump(model, "ridge.joblib")
        print("one")
        print("two")
        print("three")
        print("four")
        print("five")
        print("six")
        print("seven")
    """
).lstrip()
SERVE = dedent(
    """
    import joblib
    from fastapi import FastAPI

    app = FastAPI()


    def model():
        return joblib.load("ridge.joblib")


    @app.get("/price")
    def price(a: float):
        print("one")
        print("two")
        print("three")
        print("four")
        print("five")
        print("six")
        return float(model().predict([[a]])[0])
    """
).lstrip()


def hits(root, **people):
    settings = Settings(select=("MLD203",), cache=False, jobs=1, people=People(**people))
    outcome = scan(root, settings)
    assert not outcome.failures
    return outcome.findings


def tree(**given):
    files = {"ml/features.py": FEATURES, "ml/train.py": TRAIN, "web/app.py": SERVE}
    return {path: files[path] for path in given["only"]}


@pytest.fixture
def apart(recorder):
    recorder.commit(tree(only=["ml/features.py", "ml/train.py"]), author=ANN)
    recorder.commit(tree(only=["web/app.py"]), author=BO)
    return recorder


def test_a_blob_is_handed_over_between_strangers(apart):
    (found,) = hits(apart.write())
    assert (found.location.path, found.location.symbol, found.component) == ("web/app.py", "price", "web/app.py:price")
    assert found.message == (
        "Nobody who knows how Ridge is trained (Ann Archer) knows the code that serves it (Bo Baker), and the other "
        "way round; judged by all of the history up to 2020-09-15."
    )
    assert [(step.location.path, step.message) for step in found.trail] == [
        ("ml/train.py", "Ridge is trained here, by Ann Archer"),
        ("web/app.py", "what was trained arrives here"),
        ("web/app.py", "and is served here, by Bo Baker"),
    ]


STARTS = dedent(
    """
    from fastapi import FastAPI
    from ml.train import train

    app = FastAPI()


    @app.post("/train")
    def start(path: str):
        print("one")
        print("two")
        print("three")
        print("four")
        print("five")
        print("six")
        print("seven")
        print("eight")
        print("nine")
        return {end}
    """
).lstrip()


@pytest.mark.parametrize(("end", "found"), [("train(path)", 0), ("train(path).predict([[1.0]]).tolist()", 1)])
def test_an_endpoint_that_only_starts_the_training_serves_nothing(recorder, end, found):
    measured = '    print(abs(model.predict(rows[["a"]]) - rows["b"]).mean())\n    return model\n'
    recorder.commit({"ml/features.py": FEATURES, "ml/train.py": TRAIN + measured}, author=ANN)
    recorder.commit({"web/app.py": STARTS.replace("{end}", end)}, author=BO)
    assert len(hits(recorder.write())) == found


def test_whoever_wrote_a_tenth_of_the_other_side_bridges_it(apart):
    apart.commit({"ml/train.py": TRAIN.replace('"one"', '"eins"').replace('"two"', '"zwei"')}, author=BO)
    assert hits(apart.write()) == ()


def test_less_than_a_tenth_does_not(apart):
    apart.commit({"ml/train.py": TRAIN.replace('"one"', '"eins"')}, author=BO)  # one line of twelve
    assert len(hits(apart.write())) == 1


@pytest.mark.parametrize(("lines", "found"), [(12, 0), (5, 1)])
def test_a_good_part_of_a_large_other_side_bridges_it(apart, lines, found):
    """Less than a tenth of it, but a twentieth and ten lines."""
    long = TRAIN + "".join(f"    print({number})\n" for number in range(150))
    apart.commit({"ml/train.py": long}, author=ANN)
    apart.commit({"ml/train.py": long + "".join(f"    print(-{number})\n" for number in range(lines))}, author=BO)
    assert len(hits(apart.write())) == found


def test_a_reviewer_of_the_other_side_bridges_it(recorder):
    recorder.commit(tree(only=["ml/features.py", "ml/train.py"]), author=ANN, message=f"train\n\nReviewed-by: {BO}")
    recorder.commit(tree(only=["web/app.py"]), author=BO)
    assert hits(recorder.write()) == ()


def test_somebody_who_left_still_knew_both(apart):
    apart.commit({"web/app.py": SERVE.replace('"one"', '"eins"').replace('"two"', '"zwei"')}, author=ANN)
    apart.commit({"notes.txt": "x\n"}, author=BO, day=2_000)
    assert hits(apart.write()) == ()


def test_knowing_the_features_alone_does_not_bridge_it(recorder):
    recorder.commit(tree(only=["ml/train.py"]), author=ANN)
    recorder.commit(tree(only=["ml/features.py", "web/app.py"]), author=BO)
    assert len(hits(recorder.write())) == 1


def test_a_likely_second_name_bridges_it(recorder):
    recorder.commit(tree(only=["ml/features.py", "ml/train.py"]), author="Lee Yun <lee@corp.org>")
    recorder.commit(tree(only=["web/app.py"]), author="leeyun <9+leeyun@users.noreply.github.com>")
    recorder.commit({"notes.txt": "x\n"}, author=CY)
    assert hits(recorder.write()) == ()


def test_an_alias_bridges_it(apart):
    assert hits(apart.write(), aliases={"Ann Archer": ("bo@corp.org",)}) == ()


def test_one_persons_repository_has_no_handoff(recorder):
    recorder.commit(tree(only=["ml/features.py", "ml/train.py", "web/app.py"]), author=ANN)
    assert hits(recorder.write()) == ()


def test_without_a_serving_side_there_is_none(recorder):
    recorder.commit(tree(only=["ml/features.py", "ml/train.py"]), author=ANN)
    recorder.commit({"notes.txt": "x\n"}, author=BO)
    assert hits(recorder.write()) == ()


def test_another_file_is_not_the_model(recorder):
    recorder.commit(tree(only=["ml/features.py", "ml/train.py"]), author=ANN)
    recorder.commit({"web/app.py": SERVE.replace("ridge.joblib", "other.joblib")}, author=BO)
    assert hits(recorder.write()) == ()


def test_a_name_by_which_two_modules_store_models_tells_nothing(apart):
    apart.commit({"lab/train.py": TRAIN}, author=CY)
    assert hits(apart.write()) == ()


def test_a_shallow_clone_says_nothing(apart, tmp_path, plain_git):
    apart.commit({"notes.txt": "x\n"}, author=CY)
    plain_git(tmp_path, "clone", "-q", "--depth=1", f"file://{apart.write()}", "cut")
    assert hits(tmp_path / "cut") == ()


OWN_CLASS = dedent(
    """
    import joblib
    from sklearn.linear_model import Ridge


    class Pricer:
        def __init__(self, path):
            self.path = path
            self.inner = Ridge()

        def fit(self, rows):
            self.inner.fit(rows[["a"]], rows["b"])
            joblib.dump(self.inner, f"{self.path}/pricer.joblib")

        @classmethod
        def load(cls, path):
            pricer = cls(path)
            pricer.inner = joblib.load(f"{path}/pricer.joblib")
            return pricer

        def predict(self, rows):
            return self.inner.predict(rows)
    """
).lstrip()
OWN_SERVE = SERVE.replace("import joblib", "from ml.pricer import Pricer").replace(
    'joblib.load("ridge.joblib")', 'Pricer.load("/models")'
)
OWN_TRAIN = "import pandas as pd\n\nfrom ml.pricer import Pricer\n\nPricer('/models').fit(pd.read_csv('rows.csv'))\n"


def test_a_class_that_loads_itself_is_followed_to_where_it_is_served(recorder):
    recorder.commit({"ml/pricer.py": OWN_CLASS, "ml/run.py": OWN_TRAIN}, author=ANN)
    recorder.commit({"web/app.py": OWN_SERVE}, author=BO)
    (found,) = hits(recorder.write())
    assert found.location.path == "web/app.py"
    assert "Pricer is trained (Ann Archer)" in found.message


SCORE = dedent(
    """
    import joblib
    import pandas as pd


    def score(day):
        rows = pd.read_parquet(f"rows/{day}.parquet")
        model = joblib.load("ridge.joblib")
        rows["price"] = model.predict(rows[["a"]])
        print("one")
        print("two")
        print("three")
        print("four")
        print("five")
        rows.to_parquet(f"prices/{day}.parquet")
    """
).lstrip()


def test_scoring_in_a_batch_is_serving(recorder):
    recorder.commit(tree(only=["ml/features.py", "ml/train.py"]), author=ANN)
    recorder.commit({"jobs/score.py": SCORE}, author=BO)
    (found,) = hits(recorder.write())
    assert (found.location.path, found.location.symbol) == ("jobs/score.py", "score")


ASKING = (
    "import joblib\n\n\ndef chances(rows):\n    model = joblib.load('ridge.joblib')\n    return model.predict(rows)\n"
)
CALLING = SERVE.replace("import joblib\n", "").replace("app = ", "from ml.asking import chances\n\napp = ")
CALLING = CALLING.replace("model().predict([[a]])", "chances([[a]])").replace(
    '    print("one")\n', 3 * '    print("one")\n'
)
CALLING = CALLING.replace('def model():\n    return joblib.load("ridge.joblib")\n\n\n', "")


@pytest.mark.parametrize(("author", "found"), [(ANN, 0), (BO, 1)])
def test_who_trains_and_wrote_what_the_boundary_calls_knows_both(recorder, author, found):
    recorder.commit(tree(only=["ml/features.py", "ml/train.py"]), author=ANN)
    recorder.commit({"ml/asking.py": ASKING}, author=author)
    recorder.commit({"web/app.py": CALLING}, author=BO)
    assert len(hits(recorder.write())) == found

"""A part of a repository: what it imports from above itself is known, what only the whole could tell is not asked."""

from textwrap import dedent

import pytest
from msgspec.structs import replace

from mldebt.errors import UsageError
from mldebt.scan import scan
from mldebt.settings import Settings

TRAIN = dedent(
    """
    import joblib
    from sklearn.linear_model import Ridge


    def train(rows, labels):
        joblib.dump(Ridge().fit(rows, labels), "ridge.joblib")
    """
).lstrip()
RANK = dedent(
    """
    def rank(model, rows):
        scores = model.predict_proba(rows)
        return sorted(zip(rows, scores), key=lambda pair: pair[1], reverse=True)
    """
).lstrip()
SERVE = dedent(
    """
    import random

    from fastapi import FastAPI
    from shop.app.rank import rank
    from sklearn.linear_model import LogisticRegression

    app = FastAPI()
    MODEL = LogisticRegression()


    @app.get("/")
    def best(rows: list):
        found = rank(MODEL, rows)
        random.shuffle(found)
        return found
    """
).lstrip()
QUICK = Settings(history=False, cache=False, jobs=1, pedantic=True)


@pytest.fixture
def shop(recorder):
    recorder.commit(
        {"shop/app/rank.py": RANK, "shop/app/serve.py": SERVE, "shop/app/train.py": TRAIN, "README.md": "x"}
    )
    return recorder.write()


def found(outcome, prefix=""):
    return {(finding.rule_id, prefix + finding.location.path) for finding in outcome.findings}


def test_imports_may_begin_above_the_part(shop):
    whole, part = scan(shop, QUICK), scan(shop / "shop/app", QUICK)
    assert ("MLD401", "shop/app/serve.py") in found(whole)
    needs_all = {rule.id for rule in whole.rules if rule.needs_all}
    assert found(part, "shop/app/") == {pair for pair in found(whole) if pair[0] not in needs_all}


def test_what_the_rest_could_answer_is_not_asked_and_said_so(shop):
    assert ("MLD301", "shop/app/train.py") in found(scan(shop, QUICK))
    for path in ("shop/app", "shop/app/train.py"):
        outcome = scan(shop / path, QUICK)
        assert "MLD301" not in {finding.rule_id for finding in outcome.findings}
        (note,) = [note for note in outcome.notes if "not asked" in note]
        assert note.startswith(f"Only {path}")
        assert "MLD301" in note


def test_a_folder_that_is_a_project_of_its_own_is_a_whole(recorder):
    recorder.commit({"a/train.py": TRAIN, "a/requirements.txt": "scikit-learn\n", "README.md": "x"})
    outcome = scan(recorder.write() / "a", QUICK)
    assert ("MLD301", "train.py") in found(outcome)
    assert not [note for note in outcome.notes if "not asked" in note]


def test_a_part_that_no_rule_is_left_for_is_refused(shop):
    with pytest.raises(
        UsageError, match="shop/app/: only the whole repository can answer MLD301; scan it from its top"
    ):
        scan(shop / "shop/app", replace(QUICK, select=("MLD301",)))

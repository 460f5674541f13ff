"""Embeddings that a next model of the repository takes up, and models that are no embeddings."""

from pathlib import Path

import pytest

from mldebt.detectors.contract._unmeasured import _vectors
from mldebt.scan import read_project
from mldebt.settings import Settings


@pytest.mark.parametrize(
    ("made", "names"),
    [("Word2Vec(texts)", ["LogisticRegression"]), ("RandomForestClassifier().fit(texts, ages)", [])],
)
def test_what_takes_up_embeddings_is_the_next_model(tmp_path: Path, made: str, names: list[str]) -> None:
    files = _vectors()
    learned = files["vectors.py"].replace(
        "from gensim", "from sklearn.ensemble import RandomForestClassifier\nfrom gensim"
    )
    learned = "\n".join(line.strip() if "import" in line else line[8:] for line in learned.splitlines())
    start = learned.index("Word2Vec([")
    learned = learned[:start] + made + learned[learned.index("\n", start) :]
    (tmp_path / "vectors.py").write_text(learned, encoding="utf-8")
    answer = "\n".join(line[8:] for line in files["answer.py"].splitlines())
    (tmp_path / "answer.py").write_text(answer, encoding="utf-8")
    project = read_project(tmp_path, Settings(cache=False, history=False, jobs=1))
    (model,) = (each for each in project.trained_models if each.made.body.module.path == "vectors.py")
    assert [each.name for each in project.next_models(model)] == names

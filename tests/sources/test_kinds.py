import pytest

from mldebt.sources.kinds import document_kind, source_kind


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("README.md", "readme"),
        ("sub/readme.rst", "readme"),
        ("README", "readme"),
        ("README.pdf", None),
        ("docs/guide.rst", "docs"),
        ("docs/notes.txt", "docs"),
        ("CONTRIBUTING.md", "docs"),
        ("data/words.txt", None),
        ("MODEL_CARD.md", "model-card"),
        ("models/model-card.md", "model-card"),
        ("CODEOWNERS", "codeowners"),
        (".github/CODEOWNERS", "codeowners"),
        ("requirements.txt", "requirements"),
        ("requirements/dev.txt", "requirements"),
        ("gpu-requirements.txt", "requirements"),
        ("requirements.in", "requirements"),
        ("requirements.lock", "lock"),
        ("constraints.txt", "requirements"),
        ("docs/requirements.md", "docs"),
        ("pyproject.toml", "pyproject"),
        ("Pipfile", "pyproject"),
        ("poetry.lock", "lock"),
        ("environment.yml", "conda"),
        ("conda-gpu.yaml", "conda"),
        ("Makefile", "makefile"),
        ("build/rules.mk", "makefile"),
        ("Dockerfile", "dockerfile"),
        ("docker/Dockerfile.gpu", "dockerfile"),
        ("serve.dockerfile", "dockerfile"),
        ("dvc.yaml", "dvc"),
        ("data/train.csv.dvc", "dvc"),
        ("dvc.lock", "lock"),
        ("MLproject", "mlproject"),
        ("conf/base/catalog.yml", "kedro"),
        ("conf/base/catalog/raw.yml", "kedro"),
        ("catalog.yml", "config"),
        ("airflow.cfg", "airflow"),
        ("dags/daily.yaml", "airflow"),
        (".github/workflows/ci.yml", "workflow"),
        (".gitlab-ci.yml", "workflow"),
        ("run.sh", "shell"),
        ("jobs/run", "shell"),
        ("jobs/run_nightly", "shell"),
        ("jobs/runner", None),
        ("data/train", None),
        ("configs/train.yaml", "config"),
        ("configs/train.json", "config"),
        ("ds_config.json", "config"),
        ("data/rows.json", None),
        (".env.example", "config"),
        (".gitignore", None),
        ("photo.png", None),
    ],
)
def test_documents(path: str, kind: str | None) -> None:
    assert document_kind(path) == kind


def test_sources() -> None:
    assert [source_kind(path) for path in ("a.py", "b.ipynb", "c.pyc", "d.pyi", "py")] == [
        "python",
        "notebook",
        None,
        None,
        None,
    ]

"""Saved models: which saves count, and which of them every run shares."""

from pathlib import Path

import pytest

from mldebt.pipeline.models.artifacts import Artifacts
from mldebt.scan import read_project
from mldebt.settings import Settings

_FIT = """
import joblib, pickle, sys, torch
from sklearn.linear_model import LogisticRegression
model = LogisticRegression().fit(rows, labels)
"""


def artifacts(root: Path, text: str) -> Artifacts:
    (root / "train.py").write_text(_FIT + text, encoding="utf-8")
    project = read_project(root, Settings(cache=False, history=False, jobs=1))
    return Artifacts(project.flow, project.givens, project.documents, project.raw_documents)


@pytest.mark.parametrize(
    ("text", "saved"),
    [
        ('joblib.dump(model, "m.joblib")', ["m.joblib"]),
        ('with open("m.pkl", "wb") as file:\n    pickle.dump({"model": model}, file)', ["m.pkl"]),
        ('torch.save(torch.nn.Linear(2, 1).state_dict(), "m.pt")', ["m.pt"]),
        ('joblib.dump([1, 2], "rows.joblib")', []),
        ('torch.save(torch.zeros(3), "rows.pt")', []),
        ('joblib.load("m.joblib")', []),
        ('import tensorflow as tf\ntf.estimator.DNNClassifier([8], []).export_saved_model("out", read)', []),
    ],
)
def test_a_save_counts_when_it_holds_a_model(text: str, saved: list[str], tmp_path: Path) -> None:
    assert [each.text for each in artifacts(tmp_path, text).find()] == saved


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ('joblib.dump(model, "m.joblib")', True),
        ('for epoch in range(3):\n    joblib.dump(model, f"m-{epoch}.joblib")', True),
        ("joblib.dump(model, sys.argv[1])", False),
        ('def save(path):\n    joblib.dump(model, path + "/m.joblib")', False),
        ('import uuid\njoblib.dump(model, f"m-{uuid.uuid4()}.joblib")', False),
    ],
)
def test_a_path_is_fixed_when_only_the_code_decides_it(text: str, fixed: bool, tmp_path: Path) -> None:
    assert any(each.is_fixed for each in artifacts(tmp_path, text).find()) is fixed


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", False),
        ('import mlflow\nmlflow.log_artifact("m.joblib")', True),
        ('import boto3\nboto3.client("s3").upload_file("m.joblib", "bucket", "m.joblib")', True),
        ("import mlflow.sklearn\nmlflow.sklearn.log_model(model, 'model')", True),
        ('print("m.joblib")', False),
    ],
)
def test_a_staging_copy_is_kept_elsewhere(text: str, kept: bool, tmp_path: Path) -> None:
    found = artifacts(tmp_path, f'joblib.dump(model, "m.joblib")\n{text}')
    (artifact,) = found.find()
    assert found.is_kept_elsewhere(artifact) is kept


def test_a_folder_that_is_wiped_first_is_told(tmp_path: Path) -> None:
    found = artifacts(tmp_path, 'import shutil\nshutil.rmtree("out")\njoblib.dump(model, "out/m.joblib")')
    (artifact,) = found.find()
    wiped = found.wipes(artifact)
    assert wiped is not None
    assert wiped.line == 6


@pytest.mark.parametrize(
    ("texts", "used"),
    [
        ({}, False),
        ({"README.md": "Copy `churn.joblib` to the server.\n"}, True),
        ({"serve.py": 'import joblib\nmodel = joblib.load("churn.joblib")\n'}, True),
    ],
)
def test_a_script_s_artifact_is_used_when_anything_takes_it_up(
    texts: dict[str, str], used: bool, tmp_path: Path
) -> None:
    for path, text in texts.items():
        (tmp_path / path).write_text(text, encoding="utf-8")
    code = 'def main():\n    joblib.dump(model, "churn.joblib")\n\nif __name__ == "__main__":\n    main()\n'
    found = artifacts(tmp_path, code)
    (artifact,) = found.find()
    assert found.is_used(artifact) is used


@pytest.mark.parametrize(
    ("where", "path", "marks", "read"),
    [
        ("serve.py", "m.joblib", (), True),
        ("labs/web/serve.py", "../model/m.joblib", (), True),
        ("labs/web/serve.py", "../model/m.joblib", ("labs/web/README.md", "labs/fit/README.md"), False),
        ("labs/web/serve.py", "m.joblib", ("labs/web/README.md", "labs/fit/README.md"), False),
        ("labs/fit/serve.py", "../model/m.joblib", ("labs/web/README.md", "labs/fit/README.md"), True),
    ],
)
def test_a_file_of_the_same_name_is_not_that_of_another_project(
    where: str, path: str, marks: tuple[str, ...], read: bool, tmp_path: Path
) -> None:
    texts = {
        "labs/fit/train.py": _FIT + 'joblib.dump(model, "m.joblib")\n',
        where: f'import joblib\nserved = joblib.load("{path}")\n',
        **dict.fromkeys(marks, "# A lab\n"),
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    project = read_project(tmp_path, Settings(cache=False, history=False, jobs=1))
    found = Artifacts(project.flow, project.givens, project.documents, project.raw_documents)
    (artifact,) = found.find()
    assert [call.body.module.path for call in found.readers(artifact)] == ([where] if read else [])

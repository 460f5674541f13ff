"""What an endpoint's docstring tells of its request and its answer is told, and is not nothing."""

from pathlib import Path

import pytest

from mldebt.finding import Severity
from mldebt.scan import scan
from mldebt.settings import Settings

SERVE = '''
import joblib
from flask import Flask, jsonify, request

app = Flask(__name__)
model = joblib.load("other.joblib")

@app.route("/churn", methods=["POST"])
def churn():
    """{said}"""
    asked = request.get_json()
    return jsonify({{"chance": float(model.predict([asked["row"]])[0])}})
'''


@pytest.mark.parametrize(
    ("said", "told", "severity"),
    [
        ("Asks the model.", "what it takes is declared nowhere and what it answers is declared nowhere", "MEDIUM"),
        (
            "Body: {'row': [1, 2]}",
            "what it takes is told in words alone and what it answers is declared nowhere",
            "MEDIUM",
        ),
        (
            "Expects the field row. Returns JSON with the fields: chance.",
            "what it takes is told in words alone and what it answers is told in words alone",
            "LOW",
        ),
    ],
)
def test_what_is_told_in_words_weighs_less(tmp_path: Path, said: str, told: str, severity: str) -> None:
    (tmp_path / "serve.py").write_text(SERVE.format(said=said))
    settings = Settings(select=("MLD403",), cache=False, history=False, jobs=1)
    (found,) = scan(tmp_path, settings).findings
    assert found.message == f"churn hands out a model's results: {told}."
    assert found.severity is Severity[severity]

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from mldebt.outcome import Outcome
from mldebt.reports import change_renderer
from mldebt.reports.gitlab import render_gitlab
from mldebt.verdict import Verdict

SCHEMA = Path(__file__).parent.parent / "data" / "gitlab-code-quality.json"


@pytest.fixture(scope="module")
def validator() -> Any:
    return jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def test_the_report(outcome: Outcome, snapshot: Callable[[str, str], None]) -> None:
    snapshot("gl-code-quality.json", render_gitlab(outcome))


@pytest.mark.parametrize("name", ["outcome", "empty_outcome", "clean_outcome"])
def test_it_is_what_gitlab_documents(name: str, request: pytest.FixtureRequest, validator: Any) -> None:
    report = json.loads(render_gitlab(request.getfixturevalue(name)))
    assert [error.message for error in validator.iter_errors(report)] == []


def test_the_validator_would_notice(outcome: Outcome, validator: Any) -> None:
    report = json.loads(render_gitlab(outcome))
    report[0]["severity"] = "high"
    assert list(validator.iter_errors(report))


def test_of_a_change_the_new_ones_alone(verdict: Verdict, validator: Any) -> None:
    report = json.loads(change_renderer("gitlab")(verdict))
    assert [each["location"]["path"] for each in report] == ["apps/shop/serve tracks.py"]
    assert "(written by this change" in report[0]["description"]
    assert not list(validator.iter_errors(report))

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from mldebt.outcome import Outcome
from mldebt.reports.sarif import render_sarif

SCHEMA = Path(__file__).parent.parent / "data" / "sarif-schema-2.1.0.json"


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())


def test_the_log(outcome: Outcome, snapshot: Callable[[str, str], None]) -> None:
    snapshot("report.sarif", render_sarif(outcome))


@pytest.mark.parametrize("name", ["outcome", "empty_outcome", "clean_outcome"])
def test_it_is_valid_against_the_published_schema(name: str, request: pytest.FixtureRequest, validator: Any) -> None:
    log = json.loads(render_sarif(request.getfixturevalue(name)))
    assert [error.message for error in validator.iter_errors(log)] == []


def test_the_validator_would_notice(outcome: Outcome, validator: Any) -> None:
    log = json.loads(render_sarif(outcome))
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    assert list(validator.iter_errors(log))


def test_results_point_at_their_rule_and_place(outcome: Outcome) -> None:
    run = json.loads(render_sarif(outcome))["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == [r["ruleId"] for r in run["results"]]
    uris = [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]]
    assert uris[0] == "b%C3%BCcher/Probe%20%231.ipynb"
    assert uris[2] == "shop/serve%20tracks.py"
    assert (run["results"][0]["properties"]["cell"], run["results"][0]["properties"]["cellLine"]) == (7, 3)
    assert run["results"][1]["properties"]["owners"][0] == {
        "name": "Ana Lima",
        "share": 0.8249,
        "active": True,
        "reviewed": 0.0,
    }


def test_the_trail_is_a_code_flow_that_ends_at_the_finding(outcome: Outcome) -> None:
    run = json.loads(render_sarif(outcome))["runs"][0]
    for result in run["results"]:
        flow = result["codeFlows"][0]["threadFlows"][0]["locations"]
        assert flow[-1]["location"]["physicalLocation"] == result["locations"][0]["physicalLocation"]
    assert len(run["results"][2]["relatedLocations"]) == 2


def test_failures_and_skipped_files_are_told(outcome: Outcome) -> None:
    invocation = json.loads(render_sarif(outcome))["runs"][0]["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert [item["level"] for item in invocation["toolExecutionNotifications"]] == [
        "error",
        "warning",
        "warning",
        "warning",
        "note",
    ]


def test_a_path_that_is_no_text_is_percent_encoded(outcome: Outcome, validator: Any) -> None:
    from msgspec.structs import replace

    from mldebt.finding import Skipped

    text = render_sarif(replace(outcome, skipped=(Skipped(path="caf\udce9.py", reason="odd"),)))
    assert '"uri": "caf%E9.py"' in text
    assert not list(validator.iter_errors(json.loads(text)))

import json
from pathlib import Path

import pytest

from mldebt.cli.surroundings import base_of_change

SHA = "a" * 40


@pytest.mark.parametrize(
    ("environment", "event", "expected"),
    [
        ({}, None, "refs/remotes/origin/HEAD"),
        ({"CI_MERGE_REQUEST_DIFF_BASE_SHA": SHA, "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}, None, SHA),
        ({"CI_MERGE_REQUEST_DIFF_BASE_SHA": SHA, "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": "b" * 40}, None, "b" * 40),
        ({"CI_MERGE_REQUEST_DIFF_BASE_SHA": SHA, "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": ""}, None, SHA),
        ({"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}, None, "main"),
        ({"GITHUB_BASE_REF": "main", "GITHUB_EVENT_NAME": "pull_request"}, {"pull_request": {}}, "main"),
        ({"GITHUB_EVENT_NAME": "merge_group"}, {"merge_group": {"base_sha": SHA}}, SHA),
        ({"GITHUB_EVENT_NAME": "push"}, {"before": SHA}, SHA),
        ({"GITHUB_EVENT_NAME": "push"}, {"before": "0" * 40}, "refs/remotes/origin/HEAD"),
        ({"GITHUB_EVENT_NAME": "schedule"}, {"before": SHA}, "refs/remotes/origin/HEAD"),
        ({"GITHUB_EVENT_NAME": "schedule"}, {"repository": {"default_branch": "trunk"}}, "trunk"),
        ({"GITHUB_EVENT_NAME": "schedule"}, {"repository": {"default_branch": None}}, "refs/remotes/origin/HEAD"),
        ({"CI_DEFAULT_BRANCH": "trunk"}, None, "trunk"),
        ({"GITHUB_EVENT_NAME": "push"}, ["odd"], "refs/remotes/origin/HEAD"),
    ],
)
def test_where_the_change_goes(environment: dict[str, str], event: object, expected: str, tmp_path: Path) -> None:
    if event is not None:
        (tmp_path / "event.json").write_text(json.dumps(event))
        environment = {**environment, "GITHUB_EVENT_PATH": str(tmp_path / "event.json")}
    assert base_of_change(environment) == expected


def test_an_event_that_cannot_be_read_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{")
    for name in ("broken.json", "none.json"):
        given = {"GITHUB_EVENT_PATH": str(tmp_path / name), "GITHUB_EVENT_NAME": "push"}
        assert base_of_change(given) == "refs/remotes/origin/HEAD"

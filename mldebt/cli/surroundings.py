"""What a CI says of the change at hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from mldebt.git import DEFAULT_BASE

_OF_MERGE_REQUESTS = (  # the best first
    "CI_MERGE_REQUEST_TARGET_BRANCH_SHA",
    "CI_MERGE_REQUEST_DIFF_BASE_SHA",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
)


def base_of_change(environment: Mapping[str, str]) -> str:
    """Where the change is to go, as GitLab or GitHub Actions tells; where they tell nothing, the default branch.

    Of a pull request that is the branch: a merge that GitHub made to try it has a newer parent on that branch than the
    event knows, and their common ancestor is that parent. Of such a merge GitLab names the parent, which is newer than
    the commit where the branch left; in other pipelines of a merge request it leaves that empty."""
    for name in _OF_MERGE_REQUESTS:
        if environment.get(name):
            return environment[name]
    event = _event(environment.get("GITHUB_EVENT_PATH", ""))
    queued = event.get("merge_group")
    if isinstance(queued, dict) and isinstance(queued.get("base_sha"), str):
        return str(queued["base_sha"])
    if environment.get("GITHUB_BASE_REF"):
        return environment["GITHUB_BASE_REF"]
    pushed = event.get("before") if environment.get("GITHUB_EVENT_NAME") == "push" else None
    if isinstance(pushed, str) and pushed.strip("0"):
        return pushed
    return environment.get("CI_DEFAULT_BRANCH") or _default_branch(event) or DEFAULT_BASE


def _default_branch(event: Mapping[str, object]) -> str:
    """As the code host says it; a clone that a CI made often does not know."""
    repository = event.get("repository")
    found = repository.get("default_branch") if isinstance(repository, dict) else None
    return found if isinstance(found, str) else ""


def _event(name: str) -> Mapping[str, object]:
    try:
        value = json.loads(Path(name).read_bytes()) if name else {}
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}

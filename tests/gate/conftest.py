from collections.abc import Callable
from typing import Any

import pytest

from mldebt.finding import Audience, Confidence, Finding, Location, Severity, Step
from mldebt.outcome import Counts, Outcome
from mldebt.rulebook import load_rules

Make = Callable[..., Finding]


@pytest.fixture
def make() -> Make:
    """A finding in a few words; `trail` is given as (path, line, what stands there)."""

    def finding(
        path: str,
        line: int,
        snippet: str,
        symbol: str = "serve",
        *,
        rule: str = "MLD401",
        trail: tuple[tuple[str, int, str], ...] = (),
        message: str = "m",
        members: tuple[str, ...] = (),
    ) -> Finding:
        return Finding(
            rule_id=rule,
            rule_name="r",
            location=Location(path=path, line=line, symbol=symbol, snippet=snippet),
            message=message,
            trail=tuple(
                Step(location=Location(path=where, line=number, snippet=text), message="here")
                for where, number, text in trail
            ),
            component="",
            owners=(),
            severity=Severity.LOW,
            confidence=Confidence.HIGH,
            audience=Audience.DEFAULT,
            why="",
            remedy="",
            fingerprint="",
            members=members,
        )

    return finding


@pytest.fixture
def outcome() -> Callable[..., Outcome]:
    """A scan of one file that found these."""

    def build(*findings: Finding, **given: Any) -> Outcome:
        return Outcome(version="1", counts=Counts(files=1), findings=findings, rules=load_rules(), **given)

    return build

import pytest
from msgspec.structs import replace

from mldebt.finding import Audience, Confidence, Finding, Location, Owner, Severity, Skipped, Step
from mldebt.outcome import Counts, ExitCode, Failure, Outcome, Timing, decode_outcome, encode_outcome
from mldebt.rulebook import load_rules

PLACE = Location(path="a.py", line=3, cell=1, cell_line=2, snippet="x")
FINDING = Finding(
    rule_id="MLD401",
    rule_name="downstream-reorder",
    location=PLACE,
    message="m",
    trail=(Step(location=PLACE, message="here"),),
    component="c",
    owners=(Owner(name="Ana", share=0.5, active=True),),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    audience=Audience.DEFAULT,
    why="w",
    remedy="r",
    fingerprint="f",
)
FOUND = Outcome(version="1", counts=Counts(files=1), findings=(FINDING,), rules=load_rules(), head="abc")


@pytest.mark.parametrize(
    ("outcome", "fail_on", "strict", "code"),
    [
        (Outcome(version="1", counts=Counts(files=1)), "info", False, ExitCode.PASSED),
        (FOUND, "low", False, ExitCode.FOUND),
        (FOUND, "medium", False, ExitCode.FOUND),
        (FOUND, "high", False, ExitCode.PASSED),
        (FOUND, "never", False, ExitCode.PASSED),
        (Outcome(version="1"), "low", False, ExitCode.INCOMPLETE),
        (replace(FOUND, failures=(Failure(rule_id="MLD101", message="m"),)), "never", False, ExitCode.INCOMPLETE),
        (replace(FOUND, skipped=(Skipped(path="b.py", reason="r"),)), "low", False, ExitCode.FOUND),
        (replace(FOUND, skipped=(Skipped(path="b.py", reason="r"),)), "low", True, ExitCode.INCOMPLETE),
    ],
)
def test_exit_codes(outcome: Outcome, fail_on: str, strict: bool, code: ExitCode) -> None:
    assert outcome.exit_code(fail_on, strict=strict) is code


def test_an_outcome_survives_being_kept() -> None:
    kept = decode_outcome(encode_outcome(replace(FOUND, timings=(Timing(stage="facts", seconds=1.0),), warm=True)))
    assert kept is not None
    assert replace(kept, rules=()) == replace(FOUND, rules=())
    assert [(rule.id, rule.why, rule.severity) for rule in kept.rules] == [
        (rule.id, rule.why, rule.severity) for rule in FOUND.rules
    ]


def test_anything_else_is_a_miss() -> None:
    assert decode_outcome(b"") is None
    assert decode_outcome(b"\xc1") is None
    assert decode_outcome(b"\x93\x01\x02\x03") is None

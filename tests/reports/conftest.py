import os
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from mldebt.finding import Audience, Confidence, Finding, Location, Owner, Severity, Skipped, Step
from mldebt.outcome import Counts, Failure, Outcome, Suppression, SuppressionState
from mldebt.rulebook import Rule
from mldebt.verdict import Cause, Caused, CauseKind, Change, Kept, Verdict

SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.fixture
def snapshot() -> Callable[[str, str], None]:
    """Compares a text with a file; `MLDEBT_UPDATE_SNAPSHOTS=1` writes it anew, to be read in the diff."""

    def compare(name: str, text: str) -> None:
        path = SNAPSHOTS / name
        if os.environ.get("MLDEBT_UPDATE_SNAPSHOTS"):
            path.write_text(text, encoding="utf-8", newline="\n")
        assert text == path.read_text(encoding="utf-8")

    return compare


def rule(rule_id: str, name: str, severity: Severity) -> Rule:
    return Rule(
        id=rule_id,
        name=name,
        family="contract",
        stem=name.replace("-", "_"),
        severity=severity,
        confidence=Confidence.HIGH,
        why=f"Why {name} matters, in a sentence so long that it is wrapped once on a page of the usual width.",
        remedy=f"What to do about {name}.",
        references=("A paper, 2015",),
        parameters={"min_steps": 3, "words": ("a", "b")},
    )


REORDER = rule("MLD401", "downstream-reorder", Severity.MEDIUM)
LONELY = rule("MLD201", "bus-factor-one", Severity.HIGH)


def finding(of: Rule, location: Location, **given: object) -> Finding:
    values: dict[str, object] = {
        "rule_id": of.id,
        "rule_name": of.name,
        "location": location,
        "message": "the ranked tracks are shuffled before they are served",
        "trail": (),
        "component": "",
        "owners": (),
        "severity": of.severity,
        "confidence": of.confidence,
        "audience": Audience.DEFAULT,
        "why": of.why,
        "remedy": of.remedy,
        "fingerprint": "0123456789abcdef0123456789abcdef",
    }
    return Finding(**{**values, **given})  # type: ignore[arg-type]


@pytest.fixture
def outcome() -> Outcome:
    """One of everything that a report must say: a trail over two files, a notebook, odd paths, owners, two rules."""
    served = Location(
        path="shop/serve tracks.py",
        line=30,
        column=5,
        end_line=30,
        end_column=29,
        symbol="Tracks.list",
        snippet="random.shuffle(tracks)",
    )
    ranked = Location(path="shop/rank.py", line=12, column=12, symbol="rank")
    in_notebook = Location(
        path="bücher/Probe #1.ipynb", line=210, column=1, snippet="recs.insert(0, ad)", cell=7, cell_line=3
    )
    owners = (
        Owner(name="Ana Lima", share=0.8249, active=True),
        Owner(name="Bo", share=0.1, active=False),
        Owner(name="Cy", share=0.04, active=True),
        Owner(name="Di", share=0.03, active=True),
    )
    return Outcome(
        version="0.1.0",
        head="f" * 40,
        rules=(LONELY, REORDER),
        findings=(
            finding(
                REORDER, in_notebook, component="notebook Probe", confidence=Confidence.MEDIUM, severity=Severity.LOW
            ),
            finding(
                LONELY,
                Location(path="shop/rank.py", line=1, column=1),
                component="ranker",
                owners=owners,
                message="Ana Lima alone knows the ranker",
            ),
            finding(
                REORDER,
                served,
                component="track service",
                owners=owners[:1],
                trail=(
                    Step(location=ranked, message="ranked by score here"),
                    Step(location=served, message="shuffled here"),
                ),
            ),
            finding(REORDER, ranked, component="track service", owners=owners[:1], fingerprint="f" * 32),
        ),
        hidden=2,
        suppressed=1,
        skipped=(
            Skipped(path="old/a.py", reason="line 3: cannot be parsed as Python 3"),
            Skipped(path="old/b.py", reason="line 3: cannot be parsed as Python 3"),
            Skipped(path="r.ipynb", reason="its kernel is R"),
        ),
        failures=(Failure(rule_id="MLD301", message="rule MLD301 failed on this repository: KeyError: 'x'"),),
        counts=Counts(
            files=1412, lines=81210, notebooks=12, cells=240, documents=35, tests=20, vendored=3, generated=1
        ),
        history="People are judged by 2,041 commits up to 2024-05-01; active means a commit in the 365 days before.",
        notes=("One note.",),
        prefix="apps/",
        suppressions=(
            Suppression(
                location=Location(path="shop/rank.py", line=3, column=9),
                rule_id="MLD401",
                reason="",
                state=SuppressionState.UNUSED,
            ),
        ),
    )


@pytest.fixture
def verdict(outcome: Outcome) -> Verdict:
    """A change that did a little of everything."""
    notebook, lonely, served, ranked = outcome.findings
    before = replace(outcome, head="a" * 40, failures=(), suppressions=())
    cause = Cause(
        kind=CauseKind.LINES,
        message="written by this change: shop/serve tracks.py:30 shuffled here",
        places=(served.location,),
        files=("shop/serve tracks.py",),
    )
    time = Cause(kind=CauseKind.TIME, message="not by this change")
    return Verdict(
        base="a" * 40,
        into="main",
        head="",
        before=before,
        after=outcome,
        change=Change(
            changed=frozenset({"shop/serve tracks.py"}), removed=frozenset({"README.md"}), renamed={"a.py": "b.py"}
        ),
        new=(Caused(finding=served, cause=cause),),
        drifted=(Caused(finding=lonely, cause=time),),
        fixed=(ranked, replace(served, location=replace(served.location, line=40, end_line=40))),
        lapsed=(lonely,),
        silenced=(ranked,),
        unknown=(ranked,),
        kept=(Kept(before=replace(notebook, location=replace(notebook.location, path="old.ipynb")), after=notebook),),
        accepted=2,
        notes=("The configuration changed, too.",),
    )


@pytest.fixture
def empty_outcome() -> Outcome:
    return Outcome(version="0.1.0")


@pytest.fixture
def clean_outcome() -> Outcome:
    return Outcome(version="0.1.0", counts=Counts(files=1, lines=1), rules=(REORDER,))

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_the_list(run: Run) -> None:
    done = run("rules")
    assert done.returncode == 0
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["ownership"] in lines
    assert ["MLD202", "orphaned-component", "high", "high", "confidence"] in lines
    assert ["MLD401", "downstream-reorder", "medium", "high", "confidence"] in lines


def test_the_list_as_json(run: Run) -> None:
    rules = json.loads(run("rules", "--format", "json").stdout)
    assert [rule["id"] for rule in rules] == sorted(rule["id"] for rule in rules)
    assert {"id", "name", "family", "severity", "why", "remedy", "parameters"} <= set(rules[0])


def test_a_teams_own_grade_counts(run: Run, tmp_path: Path) -> None:
    (tmp_path / ".mldebt" / "rules").mkdir(parents=True)
    (tmp_path / ".mldebt" / "rules" / "ours.toml").write_text('id = "MLD401"\nseverity = "high"\n')
    assert "downstream-reorder high" in " ".join(run("rules").stdout.split())
    assert "downstream-reorder medium" in " ".join(run("rules", "--root", tmp_path / "..").stdout.split())

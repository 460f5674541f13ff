import subprocess
from collections.abc import Callable
from pathlib import Path

from mldebt.rulebook import load_rules

Run = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).resolve().parent.parent.parent


def test_a_rule_by_id_or_name(run: Run) -> None:
    page = run("explain", "MLD401").stdout
    assert page.startswith("# MLD401 downstream-reorder\n")
    for heading in ("## Why it matters", "## What to do", "## References"):
        assert heading in page
    assert run("explain", "mld401").stdout == run("explain", "downstream-reorder").stdout == page


def test_the_first_examples_or_all(run: Run) -> None:
    some, full = run("explain", "MLD401").stdout, run("explain", "MLD401", "--full").stdout
    assert "more examples: `mldebt explain MLD401 --full`." in some
    assert "more examples" not in full
    assert some.count("# debt") < full.count("# debt")
    assert len(some.splitlines()) < 250


def test_all_rules(run: Run) -> None:
    done = run("explain", "--all")
    assert done.returncode == 0
    assert done.stdout.count("\n## Why it matters") == len(load_rules())


def test_the_pages_in_docs_are_the_ones_that_explain_writes(run: Run, tmp_path: Path) -> None:
    """When this fails: `mldebt explain --all --output docs/rules`, and read the difference."""
    done = run("explain", "--all", "--output", tmp_path / "rules")
    assert (done.returncode, done.stdout) == (0, "")
    written = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "rules").iterdir()}
    kept = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "rules").iterdir()}
    assert written == kept

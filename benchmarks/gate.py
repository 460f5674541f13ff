"""The gate beside two plain scans, over the recent changes of a repository.

    python benchmarks/gate.py PATH [--changes N] [--scratch FOLDER] [OPTIONS OF MLDEBT]

For each of the last N changes of the main line (merges, where there are as many; else its commits, for many projects
squash what they merge), `mldebt gate` judges the change from the state before (without checking anything out), and two
plain scans judge two real checkouts. Told apart without any code of the gate: a
finding of the second scan is new when the first has none of the same rule, symbol and quoted line in the same
file, whose renames git tells.

Prints, for each change, how many are new by both and what only one of them says. What the gate calls new must be
new by the scans; what is new by the scans only must have moved or been edited, and then as much is gone by the
scans only. Ends with 1 if either is not so, or a run broke.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import io
import json
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mldebt.cli import run

Key = tuple[str, str, str, str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--changes", type=int, default=20)
    parser.add_argument("--scratch", type=Path)
    options, given = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as scratch:
        wrong = compare(options.path.resolve(), options.scratch or Path(scratch), options.changes, given)
    sys.exit(1 if wrong else 0)


def compare(path: Path, scratch: Path, changes: int, given: Sequence[str]) -> int:
    checkout = scratch / "checkout"
    scratch.mkdir(parents=True, exist_ok=True)
    if not checkout.exists():
        git(path, "clone", "-q", "--no-checkout", str(path), str(checkout))
    found = git(checkout, "rev-list", "--first-parent", "--merges", f"-{changes}", "HEAD").split()
    if len(found) < changes:
        found = git(checkout, "rev-list", "--first-parent", "--min-parents=1", f"-{changes}", "HEAD").split()
    wrong = 0
    totals: Counter[str] = Counter()
    for merge in reversed(found):
        base = git(checkout, "rev-parse", f"{merge}^1").strip()
        try:
            before, after = (scan(checkout, commit, scratch, given) for commit in (base, merge))
            start = time.perf_counter()
            verdict = gate(checkout, base, merge, scratch, given)
        except Exception:  # noqa: BLE001  # whatever broke, the other changes are still to be judged
            print(f"{merge[:10]}  BROKE\n{traceback.format_exc()}", flush=True)
            totals["broken"] += 1
            wrong += 1
            continue
        spent = time.perf_counter() - start
        wrong += tell(merge, verdict, *by_scans(before, after, renames(checkout, base, merge)), spent, totals)
    counts = ", ".join(f"{number} {word}" for word, number in sorted(totals.items()))
    print(f"\n{len(found)} changes: {counts}; {wrong} wrong")
    return wrong


def by_scans(
    before: list[dict[str, Any]], after: list[dict[str, Any]], renamed: dict[str, str]
) -> tuple[Counter[Key], Counter[Key]]:
    """What is new and what is gone, told apart by plain equality."""
    old = Counter(key(each, renamed) for each in before)
    new = Counter(key(each, {}) for each in after)
    return new - old, old - new


def key(finding: dict[str, Any], renamed: dict[str, str]) -> Key:
    place = finding["location"]
    return (
        finding["rule"],
        renamed.get(place["path"], place["path"]),
        place.get("symbol", ""),
        "".join(place.get("snippet", "").split()),
    )


def tell(
    merge: str,
    verdict: dict[str, Any],
    new: Counter[Key],
    gone: Counter[Key],
    spent: float,
    totals: Counter[str],
) -> int:
    called = Counter(key(each, {}) for each in (*verdict["new"], *verdict["drifted"]))
    fixed = len(verdict["fixed"]) + len(verdict["lapsed"]) + len(verdict["silenced"]) + len(verdict["unknown"])
    fixed += len(verdict["joined"])  # told as a part of another finding now; and so the other way round
    invented, passed_over = called - new, new - called
    unsaid = gone.total() - fixed
    faults = invented.total() + (passed_over.total() - len(verdict["split"]) != unsaid)
    totals.update(
        {
            "new": len(verdict["new"]),
            "by time": len(verdict["drifted"]),
            "fixed": len(verdict["fixed"]),
            "moved or edited": passed_over.total(),
            "unchanged": len(verdict["unchanged"]),
        }
    )
    print(
        f"{merge[:10]}  new {len(verdict['new'])} (by time {len(verdict['drifted'])}), by scans {new.total()}; "
        f"fixed {len(verdict['fixed'])}, by scans {gone.total()}; {spent:.1f} s{'  WRONG' if faults else ''}",
        flush=True,
    )
    for word, keys in (("called new, and is not", invented), ("moved or edited", passed_over)):
        for each in keys:
            print(f"    {word}: {' '.join(each)}", flush=True)
    for each in verdict["new"]:
        place = each["location"]
        print(f"    new: {each['rule']} {place['path']}:{place['line']} — {each['cause']['message']}", flush=True)
    return faults


def scan(checkout: Path, commit: str, scratch: Path, given: Sequence[str]) -> list[dict[str, Any]]:
    """All findings of a real checkout."""
    kept = scratch / f"{commit}.json"
    if not kept.exists():
        git(checkout, "checkout", "-q", "--force", commit)
        mldebt("scan", str(checkout), "--cache-dir", str(scratch / "scans"), "--output", str(kept), *given)
    found: list[dict[str, Any]] = json.loads(kept.read_text())["findings"]
    return found


def gate(checkout: Path, base: str, head: str, scratch: Path, given: Sequence[str]) -> dict[str, Any]:
    report = scratch / "gate.json"
    report.unlink(missing_ok=True)
    ends = ("--base", base, "--head", head, "--direct")
    mldebt("gate", str(checkout), *ends, "--cache-dir", str(scratch / "gates"), "--output", str(report), *given)
    found: dict[str, Any] = json.loads(report.read_text())
    return found


def mldebt(*arguments: str) -> None:
    """The program, in this process: starting it anew for every state would take longer than what it does."""
    said = io.StringIO()
    gc.disable()
    try:
        with contextlib.redirect_stderr(said):
            code = run([*arguments, "--quiet", "--fail-on", "never"])
    finally:
        gc.enable()
        gc.collect()
    if code:
        print(f"exit code {code}: {said.getvalue().strip()}", flush=True)


def renames(checkout: Path, base: str, head: str) -> dict[str, str]:
    parts = git(checkout, "diff", "--name-status", "-M", "-l0", "--diff-filter=R", "-z", base, head).split("\0")
    return {parts[at + 1]: parts[at + 2] for at in range(0, len(parts) - 2, 3)}


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True)
    return done.stdout


if __name__ == "__main__":
    main()

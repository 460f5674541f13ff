from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mldebt.errors import GitError
from mldebt.review import glance, review
from mldebt.scan import scan
from mldebt.settings import Settings
from tests.conftest import one_process

from .conftest import fuzz, own_cache, programs, same_depth

PATHS = ("a.py", "b.py", "pkg/a.py", "pkg/new\nline.py", "nb.ipynb", "README.md", "link.py", "sub", "CODEOWNERS")
Git = Callable[..., bytes]
PEOPLE = ("Ann <ann@corp.org>", "Bo Baker <bo@corp.org>", " <>", "É\u202e <x@y>", "ci[bot] <bot@corp.org>")


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Commits with what they change, their parents and people. Any commit may merge any two before it."""
    commits = []
    for number in range(1, draw(st.integers(2, 5)) + 1):
        parents = st.lists(st.integers(1, number - 1), max_size=2, unique=True) if number > 1 else st.just([])
        commits.append(
            {
                "files": draw(st.dictionaries(st.sampled_from(PATHS), programs() | st.none(), max_size=4)),
                "parents": draw(st.none() | parents) if number > 1 else None,
                "author": draw(st.sampled_from(PEOPLE)),
                "day": draw(st.integers(0, 900)),
                "message": draw(st.text(max_size=10).map(lambda text: text.replace("\0", ""))),
            }
        )
    return commits


@contextlib.contextmanager
def recorded(kind: Callable[[Path], Any], git: Git, commits: list[dict[str, Any]]) -> Iterator[Any]:
    with tempfile.TemporaryDirectory() as folder, same_depth(), one_process():
        recorder = kind(Path(folder, "repo"))
        for commit in commits:
            files = {path: _content(path, text) for path, text in commit["files"].items()}
            modes = {"link.py": "120000", "sub": "160000"}
            told = {key: commit[key] for key in ("parents", "author", "day", "message")}
            recorder.commit(files, modes=modes, **told)
        recorder.write(checkout=False)
        git(recorder.root, "reset", "-q", "--hard")
        yield recorder


def _content(path: str, text: str | None) -> str | None:
    if text is None:
        return None
    return {"link.py": "../outside.py", "sub": "1" * 40}.get(path, text)


@fuzz(8)
@given(histories(), st.data())
def test_a_gate_between_any_two_commits(
    recorder: Any, plain_git: Git, commits: list[dict[str, Any]], data: st.DataObject
) -> None:
    """No rule breaks, and what is called new is what a scan of the end has and a scan of the start has not."""
    with recorded(type(recorder), plain_git, commits) as built:
        one, other = (data.draw(st.sampled_from(built.ids)) for _ in range(2))
        settings = Settings(cache_dir=own_cache(built.root.parent / "cache"), jobs=1)
        try:
            verdict = review(built.root, one, other, settings)
        except GitError:  # no common history: the only refusal that a whole clone may meet
            verdict = review(built.root, one, other, settings, direct=True)
        assert (verdict.before.failures, verdict.after.failures) == ((), ())
        plain = replace(settings, cache_dir=own_cache(built.root.parent / "plain"))
        plain_git(built.root, "checkout", "-q", "--force", verdict.base)
        before = scan(built.root, plain)
        plain_git(built.root, "checkout", "-q", "--force", other)
        after = scan(built.root, plain)
        assert verdict.before.findings == before.findings
        assert verdict.after.findings == after.findings
        brought = [each.finding for each in (*verdict.new, *verdict.drifted)]
        gone = (*verdict.fixed, *verdict.lapsed, *verdict.silenced, *verdict.unknown)
        assert len(after.findings) - len(before.findings) == (
            len(brought) + len(verdict.split) - len(gone) - len(verdict.joined)
        )
        assert sorted(kept.after.fingerprint for kept in (*verdict.kept, *verdict.split)) == sorted(
            each.fingerprint for each in after.findings if each not in brought
        )


@fuzz(8)
@given(histories(), programs())
def test_a_glance_at_any_commit(recorder: Any, plain_git: Git, commits: list[dict[str, Any]], text: str) -> None:
    with recorded(type(recorder), plain_git, commits) as built:
        settings = Settings(cache_dir=own_cache(built.root.parent / "cache"), jobs=1)
        (built.root / "a.py").unlink(missing_ok=True)
        (built.root / "a.py").write_text(text)
        files = [built.root / path for path in ("a.py", "b.py", "gone.py")]
        verdict = glance(files, "HEAD", settings, folder=built.root)
        assert verdict is None or (verdict.before.failures, verdict.after.failures) == ((), ())

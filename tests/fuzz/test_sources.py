from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mldebt.outcome import Outcome
from mldebt.reports import FORMATS, renderer
from mldebt.scan import scan
from tests.conftest import one_process

from .conftest import INSERTED, QUICK, fuzz, own_cache, programs, same_depth

NAMES = ("serve.py", "train.py", "pkg/__init__.py", "pkg/model.py", "tests/test_model.py")
HEADS = ("if x:", "for x in y:", "def f(x):", "class A:", "with x:", "while x:", "try:")
OPENED = ("(", "[", "{", "-", "not ", "lambda: ", "f(", "x[", "await ", "x.", "(x,", "{'a': ", "x + ", "f'{", "*[", "~")


def scanned(files: dict[str, str | bytes]) -> Outcome:
    """What is found in some files; no rule may break, and every report can be written."""
    with tempfile.TemporaryDirectory() as home, same_depth():
        folder, cache = Path(home, "repo"), own_cache(Path(home, "cache"))
        folder.mkdir()
        for path, content in files.items():
            file = Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
        outcome = scan(folder, replace(QUICK, cache_dir=cache))
        assert outcome.failures == ()
        for form in FORMATS:
            renderer(form)(outcome)
        json.loads(renderer("sarif")(outcome))
        return outcome


@fuzz(40)
@given(st.dictionaries(st.sampled_from(NAMES), programs(), min_size=1))
def test_no_rule_breaks_on_what_somebody_wrote(files: dict[str, str]) -> None:
    with one_process():
        one, other = scanned(dict(files)), scanned(dict(reversed(files.items())))
    assert one.findings == other.findings


@fuzz(15)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-16")))
def test_any_bytes(content: bytes) -> None:
    outcome = scanned({"serve.py": content, "kept.py": "x = 1\n"})
    assert len(outcome.skipped) + outcome.counts.files == 2


@fuzz(15)
@given(
    st.sampled_from(OPENED),
    st.integers(1, 3000),
    st.sampled_from(("", "x", "x)", "model.predict(x)")),
    st.booleans(),
)
def test_any_depth(opened: str, depth: int, inner: str, closed: bool) -> None:
    ends = {"(": ")", "[": "]", "{": "}"}
    close = "".join(ends.get(mark, "'" if mark == "f'" else "") for mark in reversed(opened)) if closed else ""
    outcome = scanned({"deep.py": f"import joblib\nx = {opened * depth}{inner}{close * depth}\n", "kept.py": "x = 1\n"})
    assert len(outcome.skipped) + outcome.counts.files == 2


@fuzz(10)
@given(st.lists(st.sampled_from(HEADS), max_size=120))
def test_any_indentation(heads: list[str]) -> None:
    lines = [" " * depth + head for depth, head in enumerate(heads)]
    scanned({"deep.py": "\n".join([*lines, " " * len(heads) + "model.fit(x)", ""])})


@fuzz(10)
@given(st.lists(st.sampled_from(INSERTED), max_size=30).map("\n".join))
def test_any_lines(text: str) -> None:
    with one_process():
        scanned({"lines.py": text})

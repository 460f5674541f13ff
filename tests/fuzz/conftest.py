"""Made-up input, a little of it in every run; `MLDEBT_FUZZ_EXAMPLES=20000 pytest tests/fuzz` looks further."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from mldebt.detectors import has_detector, load_detector
from mldebt.rulebook import load_apis, load_rules
from mldebt.settings import Settings

EXAMPLES = int(os.environ.get("MLDEBT_FUZZ_EXAMPLES", "0"))


def fuzz(few: int) -> settings:
    """How many examples: `few` and always the same ones, unless more are asked for; those are new every time."""
    return settings(
        max_examples=EXAMPLES or few,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@contextlib.contextmanager
def same_depth() -> Iterator[None]:
    """Linking lets Python call deeper, for good; Hypothesis minds what changes under it."""
    before = sys.getrecursionlimit()
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


QUICK = Settings(history=False, jobs=1)
_CATALOGUE = tempfile.TemporaryDirectory()
atexit.register(_CATALOGUE.cleanup)
load_apis(None, Path(_CATALOGUE.name))


def own_cache(folder: Path) -> Path:
    """A cache that knows our own catalogue and nothing else: to parse that takes longer than most of what is tried."""
    shutil.copytree(_CATALOGUE.name, folder)
    return folder


def example_lines() -> list[list[str]]:
    """The lines of every file in the rules' own examples: code about which rules have something to say."""
    found = []
    for rule in load_rules():
        detector = load_detector(rule) if has_detector(rule) else None
        for example in (*detector.bad, *detector.good) if detector else ():
            for path, text in {"example.py": example}.items() if isinstance(example, str) else example.items():
                if path.endswith(".py"):
                    found.append(textwrap.dedent(text).strip("\n").splitlines())
    return found


LINES = example_lines()
INSERTED = (
    "rows = rows.sort_values('score')[::-1]",
    "    return sorted(items, key=lambda item: -item[1])",
    "model.fit(X, y)",
    "for _ in range(3):",
    "with open(path) as file:",
    "if __name__ == '__main__':",
    "    yield from (await x async for x in y)",
    "class Model(Model):",
    "def predict(self, *rows, **options):",
    "lambda: (yield)",
    "global model",
    "del model",
    "model = model.model = model",
    "import pandas as pd, joblib as pd",
    "from . import *",
    "x = f'{x!r:{y}}' 'a' b'b'",
    "match rows: ",
    "    case {'a': [x, *rest], **more} if x: pass",
    "@app.get('/x')",
    "try: pass",
    "except* ValueError as error: raise error from None",
    "# mldebt: ignore[MLD401, nothing]",
    "!pip install model",
    "%%time",
    "\t",
    "\x0c",
    "\\",
    '"""',
    "rows[rows] = rows[:, ::-1, ...] = *rows, rows",
    "joblib.dump(model, f'{model}.joblib')",
    "json.dump(sorted(rows, key=rows.get), open('x.json', 'w'))",
    "cursor.execute('select * from rows where id in %s', (ids,))",
)


@st.composite
def programs(draw: st.DrawFn) -> str:
    """An example of a rule after somebody worked on it: lines gone, doubled, moved, taken from others, renamed."""
    lines = list(draw(st.sampled_from(LINES)))
    for _ in range(draw(st.integers(0, 8))):
        at, to = sorted(draw(st.integers(0, max(0, len(lines) - 1))) for _ in range(2))
        draw(st.sampled_from(WORK))(draw, lines, at, to)
    return "\n".join(lines) + "\n"


def _cut(_draw: st.DrawFn, lines: list[str], at: int, to: int) -> None:
    del lines[at : min(to, at + 2)]


def _double(_draw: st.DrawFn, lines: list[str], at: int, to: int) -> None:
    lines[to:to] = lines[at : at + 3]


def _move(_draw: st.DrawFn, lines: list[str], at: int, to: int) -> None:
    lines.insert(at, lines.pop(to) if lines else "")


def _take(draw: st.DrawFn, lines: list[str], at: int, _to: int) -> None:
    other = draw(st.sampled_from(LINES))
    start = draw(st.integers(0, len(other)))
    lines[at:at] = other[start : start + draw(st.integers(1, 12))]


def _insert(draw: st.DrawFn, lines: list[str], at: int, _to: int) -> None:
    lines.insert(at, draw(st.sampled_from(INSERTED)))


def _indent(_draw: st.DrawFn, lines: list[str], at: int, to: int) -> None:
    lines[at:to] = ["    " + line for line in lines[at:to]]


def _dedent(_draw: st.DrawFn, lines: list[str], at: int, to: int) -> None:
    lines[at:to] = [line.removeprefix("    ") for line in lines[at:to]]


def _chop(draw: st.DrawFn, lines: list[str], at: int, _to: int) -> None:
    lines[at : at + 1] = [line[: draw(st.integers(0, 40))] for line in lines[at : at + 1]]


def _rename(draw: st.DrawFn, lines: list[str], _at: int, _to: int) -> None:
    words = sorted({word for line in lines for word in line.replace("(", " ").replace(".", " ").split()}) or [""]
    one, other = draw(st.sampled_from(words)), draw(st.sampled_from(words))
    lines[:] = [line.replace(one, other) if one else line for line in lines]


WORK = (_cut, _double, _move, _take, _insert, _indent, _dedent, _chop, _rename)

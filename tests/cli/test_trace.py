import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

Run = Callable[..., subprocess.CompletedProcess[str]]
CLASS = re.compile(r":::(\w+)|classDef (\w+)")
KEYWORDS = frozenset("end graph subgraph flowchart class classDef click style linkStyle direction default href".split())
"""Of Mermaid: one of them where a name is expected, and nothing is drawn."""


def test_a_trace_as_text_mermaid_and_json(run: Run, repository: Path) -> None:
    text = run("trace", repository / "serve.py:13")
    assert text.returncode == 0, text.stderr
    assert "    return ranked\n" in text.stdout
    assert "request: user of the endpoint serve.py:tracks" in text.stdout
    assert "Last ordered by\n  shuffled  serve.py:12\n" in text.stdout
    assert "answered by the endpoint serve.py:tracks" in text.stdout
    mermaid = run("trace", repository / "serve.py:13", "--format", "mermaid").stdout
    assert mermaid.startswith("flowchart LR\n")
    assert "serve.py:18<br/>return #91;int#40;i#41; for i in np.argsort#40;-scores#41;#93;" in mermaid
    assert '{{"order: shuffled  serve.py:12"}}:::order' in mermaid
    assert '>"answered by the endpoint serve.py:tracks"]:::goal' in mermaid
    assert not KEYWORDS & {found for pair in CLASS.findall(mermaid) for found in pair}
    found = json.loads(run("trace", repository / "serve.py:13", "--format", "json").stdout)
    assert found["asked"] == "serve.py:13"
    assert [each["text"] for each in found["last_ordered_by"]] == ["shuffled"]
    request = next(way for way in found["comes_from"] if way["kind"] == "request")
    assert [hop["location"]["line"] for hop in request["trail"]] == [10, 16, 17, 18, 11, 12, 13]
    assert [way["known"] for way in found["ends"]] == [True]


def test_a_place_relative_to_a_root(run: Run, repository: Path, tmp_path: Path) -> None:
    done = run("trace", "serve.py:17:scores", "--root", repository, "-o", tmp_path / "out.txt")
    assert (done.returncode, done.stdout) == (0, "")
    assert (tmp_path / "out.txt").read_text().startswith("scores  serve.py:17")


def test_outside_git_the_answer_says_what_was_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs/batch.py").write_text("rows = sorted(open('rows.txt'))\n")
    note = f"Only {tmp_path / 'jobs'} was read, which lies in no git repository; --root names another folder."
    assert note in run("trace", tmp_path / "jobs/batch.py:1").stdout
    assert "was read" not in run("trace", "jobs/batch.py:1", "--root", tmp_path).stdout


def test_places_that_are_none(run: Run, repository: Path) -> None:
    for place, said in (
        (f"{repository}/serve.py:8", "serve.py:8: no value on this line; the nearest with one: 6, 9, 10"),
        (f"{repository}/serve.py:13:rankd", "no 'rankd' on this line; did you mean 'ranked'?; there are: ranked"),
        (f"{repository}/serv.py:13", "no such file"),
        (f"{repository}/serve.py", "names no place; write PATH:LINE"),
        (f"{repository}/old.py:1", "not among the Python files and notebooks that were read"),
    ):
        done = run("trace", place)
        assert (done.returncode, done.stdout) == (2, ""), place
        assert said in done.stderr
    outside = run("trace", "elsewhere.py:1", "--root", repository)
    assert outside.returncode == 2
    assert "elsewhere.py: not among the Python files" in outside.stderr

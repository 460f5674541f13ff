"""Many files: workers, budgets, deaths, the store, and equal results however they were come by."""

from __future__ import annotations

import functools
import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from mldebt.facts.extract import extract_facts
from mldebt.facts.pool import FactReading, read_facts
from mldebt.facts.store import FILE_NAME
from mldebt.facts.worker import allowance
from mldebt.finding import Skipped
from mldebt.sources import Category, Source, SourceFile, SourceKind, blob_key, list_sources, read_source

SLOW = "x = a" + ".f()" * 4000 + "\n"  # libcst takes the square of its length: half a minute
ORDINARY = {f"m{number}.py": f"import a as b\nb.f{number}('é')\n" * (number % 7 + 1) for number in range(30)}


def write(root: Path, texts: dict[str, str]) -> tuple[SourceFile, ...]:
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
    return list_sources(root).files


def read_all(root: Path, texts: dict[str, str], **options: object) -> FactReading:
    return read_facts(write(root, texts), functools.partial(read_source, root), **options)  # type: ignore[arg-type]


def encoded(reading: FactReading) -> bytes:
    return msgspec.msgpack.encode((dict(reading.facts), [(each.path, each.reason) for each in reading.skipped]))


def test_every_file_has_its_facts_in_order(tmp_path: Path) -> None:
    reading = read_all(tmp_path, ORDINARY, jobs=1)
    assert list(reading.facts) == sorted(ORDINARY)
    assert all(reading.facts[path] == extract_facts(text) for path, text in ORDINARY.items())
    assert (reading.skipped, reading.warnings, reading.from_store, reading.fell_back) == ((), (), 0, 0)
    assert reading.extracted == len(ORDINARY)


def test_no_files() -> None:
    reading = read_facts((), lambda _file: pytest.fail("nothing to read"))
    assert (dict(reading.facts), reading.skipped) == ({}, ())


def test_one_worker_two_workers_and_the_store_give_the_same_bytes(tmp_path: Path) -> None:
    texts = ORDINARY | {"big.py": "f(x)\n" * 22_000, "bad.py": "a b", "other/bad.py": "print 1"}
    cache = tmp_path / "cache"
    root = tmp_path / "root"
    patient = functools.partial(read_all, root, texts, budget=120)  # a busy machine must not leave the big file out
    readings = [
        patient(jobs=1),
        patient(jobs=2),
        patient(jobs=2, cache=cache),
        patient(jobs=1, cache=cache),
    ]
    assert len({encoded(each) for each in readings}) == 1
    assert [(each.from_store, each.extracted) for each in readings] == [(0, 31), (0, 31), (0, 31), (33, 0)]
    assert [each.path for each in readings[0].skipped] == ["bad.py", "other/bad.py"]
    assert readings[0].skipped[1].reason == "Python 2 (line 1: print 1)"


def test_only_changed_files_are_read_again(tmp_path: Path) -> None:
    cache, root = tmp_path / "cache", tmp_path / "root"
    read_all(root, ORDINARY, cache=cache)
    reading = read_all(root, ORDINARY | {"m3.py": "changed()", "new.py": "new()"}, cache=cache)
    assert (reading.from_store, reading.extracted) == (29, 2)
    assert [each.name for each in reading.facts["m3.py"].callees] == ["changed"]


def test_equal_files_are_read_once(tmp_path: Path) -> None:
    reading = read_all(tmp_path, {"a.py": "f()", "b.py": "f()", "c.py": "a b", "d.py": "a b"})
    assert reading.extracted == 1
    assert reading.facts["a.py"] == reading.facts["b.py"]
    assert [each.path for each in reading.skipped] == ["c.py", "d.py"]


def test_a_notebook_and_a_module_with_the_same_bytes_differ(tmp_path: Path) -> None:
    notebook = (
        '{"cells": [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": 1, "source": "f(x)"}],'
        ' "metadata": {"kernelspec": {"language": "python", "name": "python3", "display_name": "p"}},'
        ' "nbformat": 4, "nbformat_minor": 5}'
    )
    reading = read_all(tmp_path, {"a.ipynb": notebook, "b.py": notebook}, cache=tmp_path / "cache")
    assert [each.name for each in reading.facts["a.ipynb"].callees] == ["f"]
    assert msgspec.structs.astuple(reading.facts["a.ipynb"].cells[0])[:2] == (0, 1)
    assert reading.facts["b.py"].callees == ()


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_slow_file_is_lost_and_no_other(tmp_path: Path, jobs: int) -> None:
    texts = ORDINARY | {"slow.py": SLOW, "zlow.py": SLOW + "\n"}
    started = time.monotonic()
    reading = read_all(tmp_path, texts, jobs=jobs, budget=1.0, cache=tmp_path / "cache")
    assert time.monotonic() - started < 15
    assert [(each.path, each.reason) for each in reading.skipped] == [
        ("slow.py", "takes longer than 1 seconds to parse"),
        ("zlow.py", "takes longer than 1 seconds to parse"),
    ]
    assert sorted(reading.facts) == sorted(ORDINARY)
    again = read_all(tmp_path, texts, jobs=jobs, budget=1.0, cache=tmp_path / "cache")
    assert (again.from_store, encoded(again)) == (len(texts), encoded(reading))
    retried = read_all(tmp_path, texts, jobs=jobs, budget=0.5, cache=tmp_path / "cache")
    assert retried.from_store == len(ORDINARY)


def dying(root: Path, how: Callable[[], object], file: SourceFile) -> Source | Skipped:
    if file.path in ("m2.py", "m5.py"):
        how()
    return read_source(root, file)


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    ("how", "reason"),
    [
        (lambda: os.kill(os.getpid(), signal.SIGSEGV), "made the parser end abruptly (signal 11)"),
        (lambda: os.kill(os.getpid(), signal.SIGKILL), "made the parser end abruptly (signal 9)"),
        (lambda: os._exit(7), "made the parser end abruptly (exit code 7)"),
        (lambda: 1 / 0, "made the extractor fail (ZeroDivisionError: division by zero)"),
    ],
)
def test_a_file_that_kills_its_worker_is_lost_and_no_other(
    tmp_path: Path, jobs: int, how: Callable[[], object], reason: str, capfd: pytest.CaptureFixture[str]
) -> None:
    files = write(tmp_path, ORDINARY)
    reading = read_facts(files, functools.partial(dying, tmp_path, how), jobs=jobs, cache=tmp_path / "cache")
    assert [(each.path, each.reason) for each in reading.skipped] == [
        ("m2.py", reason),
        ("m5.py", reason),
    ]
    assert len(reading.facts) == len(ORDINARY) - 2
    assert capfd.readouterr() == ("", "")
    # It may do better next time.
    again = read_facts(files, functools.partial(read_source, tmp_path), jobs=jobs, cache=tmp_path / "cache")
    assert (again.from_store, again.extracted) == (28, 2)


def test_an_unreadable_file_is_skipped_and_tried_again(tmp_path: Path) -> None:
    files = write(tmp_path, {"a.py": "f()", "b.py": "g()"})
    (tmp_path / "a.py").unlink()
    read = functools.partial(read_source, tmp_path)
    reading = read_facts(files, read, cache=tmp_path / "cache")
    assert [each.path for each in reading.skipped] == ["a.py"]
    (tmp_path / "a.py").write_text("f()")
    assert list(read_facts(files, read, cache=tmp_path / "cache").facts) == ["a.py", "b.py"]


def test_progress_counts_every_file_once(tmp_path: Path) -> None:
    texts = ORDINARY | {"bad.py": "a b", "copy.py": ORDINARY["m0.py"]}
    for _ in range(2):
        steps: list[int] = []
        read_all(tmp_path / "root", texts, cache=tmp_path / "cache", progress=steps.append)
        assert sum(steps) == len(texts)


def test_a_damaged_store_costs_a_warning(tmp_path: Path) -> None:
    root, cache = tmp_path / "root", tmp_path / "cache"
    first = read_all(root, ORDINARY, cache=cache)
    (cache / FILE_NAME).write_bytes(b"no database at all" * 100)
    second = read_all(root, ORDINARY, cache=cache)
    assert encoded(first) == encoded(second)
    assert len(second.warnings) == 1
    assert read_all(root, ORDINARY, cache=cache).from_store == len(ORDINARY)


def test_workers_leave_nothing_behind(tmp_path: Path) -> None:
    read_all(tmp_path, ORDINARY | {"big.py": "f(x)\n" * 22_000}, jobs=2)
    assert multiprocessing.active_children() == []
    assert gc.isenabled()


def read_in_a_daemon(root: Path, out: Path) -> None:
    reading = read_all(root, ORDINARY | {"deep.py": "x = " + "+".join("a" * 1500)}, jobs=2)
    out.write_bytes(encoded(reading))


def test_a_process_that_may_have_no_children_does_the_work_itself(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn" if sys.platform != "linux" else "fork")
    process = context.Process(target=read_in_a_daemon, args=(tmp_path / "root", tmp_path / "out"), daemon=True)
    process.start()
    process.join()
    expected = read_all(tmp_path / "root", {}, jobs=2)
    assert (tmp_path / "out").read_bytes() == encoded(expected)
    assert len(expected.facts) == len(ORDINARY) + 1


WARM = """
import functools, sys
from pathlib import Path
from mldebt.facts.pool import read_facts
from mldebt.sources import list_sources, read_source
root, cache = map(Path, sys.argv[1:])
reading = read_facts(list_sources(root).files, functools.partial(read_source, root), cache=cache)
print(reading.from_store, [name for name in ("libcst", "multiprocessing", "importlib.metadata") if name in sys.modules])
"""


def test_a_warm_reading_imports_no_libcst_and_starts_no_process(tmp_path: Path) -> None:
    root, cache = tmp_path / "root", tmp_path / "cache"
    read_all(root, ORDINARY, cache=cache)
    done = subprocess.run(
        [sys.executable, "-c", WARM, str(root), str(cache)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == f"{len(ORDINARY)} []"


def test_a_scan_that_is_interrupted_takes_its_workers_with_it(tmp_path: Path) -> None:
    write(tmp_path / "root", {"slow.py": SLOW})
    script = WARM.replace("cache=cache", "cache=cache, budget=100.0, progress=lambda n: print('go', flush=True)")
    command = [sys.executable, "-c", script, str(tmp_path / "root"), str(tmp_path / "cache")]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    ) as scan:
        assert scan.stdout is not None
        assert scan.stdout.readline() == "go\n"
        time.sleep(0.8)
        os.killpg(scan.pid, signal.SIGINT)
        scan.wait(10)
        with pytest.raises(ProcessLookupError):
            os.killpg(scan.pid, 0)


def test_keys_are_of_content() -> None:
    file = SourceFile(path="a.py", key=blob_key(b"f()"), kind=SourceKind.PYTHON, size=3, category=Category.PRODUCT)
    reading = read_facts((file,), lambda each: Source(file=each, text="f()"))
    assert list(reading.facts) == ["a.py"]


def test_a_small_file_may_not_take_as_long_as_a_large_one(tmp_path: Path) -> None:
    files = write(tmp_path, {"small.py": "x = 1\n", "large.py": "#" * 600_000})
    allowed = {file.path: allowance(20.0, file) for file in files}
    assert allowed["small.py"] == 4.0
    assert allowed["large.py"] == pytest.approx(12.0)
    assert {allowance(1.0, file) for file in files} == {1.0}

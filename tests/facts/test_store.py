"""The fact store: kept by content, safe against damage, kill, company, and disks that refuse."""

from __future__ import annotations

import resource
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mldebt.facts.store import FILE_NAME, FactStore, Stored
from mldebt.facts.version import facts_version

SAVER = """
import sys
from pathlib import Path
from mldebt.facts.store import FactStore, Stored
folder, name, rounds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
store = FactStore(folder)
print("ready", flush=True)
for number in range(rounds):
    store.save({f"{name}{number}{part}": Stored(b"x" * 3000) for part in range(20)})
print(store.warnings)
"""


def saver(folder: Path, name: str, rounds: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SAVER, str(folder), name, str(rounds)], stdout=subprocess.PIPE, text=True
    )


def saved(folder: Path, entries: dict[str, Stored]) -> list[str]:
    store = FactStore(folder)
    store.save(entries)
    store.close()
    return store.warnings


def loaded(folder: Path, *keys: str) -> tuple[dict[str, Stored], list[str]]:
    store = FactStore(folder)
    found = store.load(keys)
    store.close()
    return found, store.warnings


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    entries = {"a": Stored(b"facts"), "b": Stored(b"", "no Python")}
    assert saved(tmp_path / "x" / "cache", entries) == []
    assert loaded(tmp_path / "x" / "cache", "a", "b", "c") == (entries, [])


def test_more_keys_than_sqlite_takes_at_once(tmp_path: Path) -> None:
    entries = {f"k{number}": Stored(b"%d" % number) for number in range(3000)}
    saved(tmp_path, entries)
    assert loaded(tmp_path, *entries, *(f"other{n}" for n in range(3000))) == (entries, [])


def test_the_folder_ignores_itself(tmp_path: Path) -> None:
    saved(tmp_path / "cache", {"a": Stored(b"x")})
    assert (tmp_path / "cache" / ".gitignore").read_text() == "*\n"
    assert (tmp_path / "cache" / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55\n")
    assert sorted(each.name for each in (tmp_path / "cache").iterdir()) == [".gitignore", "CACHEDIR.TAG", FILE_NAME]


def test_without_a_folder_nothing_is_kept_or_said() -> None:
    store = FactStore(None)
    store.save({"a": Stored(b"x")})
    assert store.load(["a"]) == {}
    store.close()
    assert store.warnings == []


def test_another_version_s_facts_are_misses_and_make_way(tmp_path: Path) -> None:
    saved(tmp_path, {"a": Stored(b"x")})
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.execute("UPDATE facts SET version = '0-0.1'")
    connection.close()
    assert loaded(tmp_path, "a") == ({}, [])
    saved(tmp_path, {"b": Stored(b"y")})
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    assert connection.execute("SELECT key, version FROM facts").fetchall() == [("b", facts_version())]
    connection.close()


def test_facts_of_another_file_are_misses(tmp_path: Path) -> None:
    saved(tmp_path, {"a": Stored(b"x"), "b": Stored(b"y")})
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.execute("DELETE FROM facts WHERE key = 'b'")
        connection.execute("UPDATE facts SET key = 'b'")
    connection.close()
    found, warnings = loaded(tmp_path, "a", "b", "c")
    assert found == {}
    assert warnings == [f"fact cache {tmp_path / FILE_NAME} has a damaged entry; it is computed anew"]


@pytest.mark.parametrize("damage", ["no database", "cut", "empty", "other tables"])
def test_a_damaged_file_is_begun_anew_with_a_warning(tmp_path: Path, damage: str) -> None:
    entries = {f"k{number}": Stored(b"x" * 500) for number in range(500)}
    saved(tmp_path, entries)
    path = tmp_path / FILE_NAME
    content = path.read_bytes()
    if damage == "other tables":
        path.unlink()
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE facts (what)")
        connection.close()
    else:
        path.write_bytes({"no database": b"hello" * 5000, "cut": content[: len(content) // 2], "empty": b""}[damage])
    found, warnings = loaded(tmp_path, *entries)
    assert found.items() <= entries.items()
    assert len(warnings) == (0 if damage == "empty" else 1)
    assert all(str(path) in each for each in warnings)
    assert saved(tmp_path, entries) == []
    assert loaded(tmp_path, *entries) == (entries, [])


def test_a_flipped_byte_is_a_miss_with_a_warning(tmp_path: Path) -> None:
    saved(tmp_path, {"a": Stored(b"PAYLOAD" * 5), "b": Stored(b"other"), "c": Stored(b"", "REASON")})
    path = tmp_path / FILE_NAME
    path.write_bytes(path.read_bytes().replace(b"PAYLOAD", b"PAYLOAB", 1).replace(b"REASON", b"SEASON"))
    found, warnings = loaded(tmp_path, "a", "b", "c")
    assert found == {"b": Stored(b"other")}
    assert warnings == [f"fact cache {path} has a damaged entry; it is computed anew"]


def test_a_folder_that_cannot_be_made_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = FactStore(tmp_path / "file")
    store.save({"a": Stored(b"x")})
    assert store.load(["a"]) == {}
    store.close()
    assert len(store.warnings) == 1
    assert "nothing is kept" in store.warnings[0]


def test_a_full_disk_is_a_warning(tmp_path: Path) -> None:
    script = SAVER.replace("print(", "import resource, signal\nprint(", 1)
    limit = "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (40000, 40000))\n"
    script = script.replace("for number", limit + "for number")
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path), "k", "3"], capture_output=True, text=True, check=True
    )
    assert "the scan goes on without it" in done.stdout
    assert done.stderr == ""
    saved(tmp_path, {"later": Stored(b"x")})
    assert loaded(tmp_path, "later", "k00")[0] == {"later": Stored(b"x")}
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 40000


def test_a_file_that_may_only_be_read_serves(tmp_path: Path) -> None:
    saved(tmp_path, {"a": Stored(b"x")})
    # The superuser may write anything, so the lock of another writer stands in for a file system that refuses.
    other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    store = FactStore(tmp_path, wait_seconds=0.1)
    assert store.load(["a"]) == {"a": Stored(b"x")}
    store.save({"b": Stored(b"y")})
    assert store.load(["a"]) == {"a": Stored(b"x")}
    store.close()
    other.close()
    assert len(store.warnings) == 1
    assert "the scan goes on without it" in store.warnings[0]


def test_two_scans_save_at_once(tmp_path: Path) -> None:
    scans = [saver(tmp_path, name, 15) for name in ("left", "right")]
    assert [scan.communicate()[0].split() for scan in scans] == [["ready", "[]"]] * 2
    keys = [f"{name}{number}{part}" for name in ("left", "right") for number in range(15) for part in range(20)]
    assert len(loaded(tmp_path, *keys)[0]) == len(set(keys))


def test_a_killed_scan_leaves_whole_entries(tmp_path: Path) -> None:
    scan = saver(tmp_path, "k", 100_000)
    assert scan.stdout is not None
    assert scan.stdout.readline() == "ready\n"
    time.sleep(0.3)
    scan.send_signal(signal.SIGKILL)
    scan.communicate()
    found, warnings = loaded(tmp_path, *(f"k{number}{part}" for number in range(10) for part in range(20)))
    assert len(found) > 0
    assert set(found.values()) == {Stored(b"x" * 3000)}
    assert warnings == []


def test_beyond_its_size_it_keeps_what_this_scan_wants(tmp_path: Path) -> None:
    saved(tmp_path, {f"old{number}": Stored(b"x" * 1000) for number in range(300)})
    store = FactStore(tmp_path, kept_bytes=200_000)
    store.load(["old7"])
    store.save({"new": Stored(b"y" * 1000)})
    store.close()
    assert set(loaded(tmp_path, "new", *(f"old{number}" for number in range(300)))[0]) == {"new", "old7"}


def test_the_version_is_known_without_importing_libcst() -> None:
    import libcst

    code = "import sys; from mldebt.facts.version import facts_version; print(facts_version(), 'libcst' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    version, is_imported = done.stdout.split()
    assert version.rpartition("-")[2] == libcst.LIBCST_VERSION
    assert is_imported == "False"

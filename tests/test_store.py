import os
import stat
from pathlib import Path

import pytest

from mldebt.store import read_entry, write_entry


def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    assert read_entry(tmp_path, "shelf", "a") is None
    assert write_entry(tmp_path, "shelf", "a", b"one") == ""
    assert write_entry(tmp_path, "shelf", "a", b"two") == ""
    assert read_entry(tmp_path, "shelf", "a") == b"two"
    assert [path.name for path in (tmp_path / "shelf").iterdir()] == ["a"]


def test_the_folder_ignores_itself(tmp_path: Path) -> None:
    write_entry(tmp_path / "cache", "shelf", "a", b"")
    assert (tmp_path / "cache" / ".gitignore").read_text() == "*\n"
    assert (tmp_path / "cache" / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")


def test_trouble_is_told_and_never_raised(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    said = write_entry(tmp_path / "file", "shelf", "a", b"")
    assert "cannot be used" in said
    assert str(tmp_path / "file") in said


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_trouble(tmp_path: Path) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    assert write_entry(tmp_path / "cache", "shelf", "a", b"")


def test_old_entries_go(tmp_path: Path) -> None:
    for number in range(70):
        write_entry(tmp_path, "shelf", f"{number:03}", b"")
        os.utime(tmp_path / "shelf" / f"{number:03}", (number, number))
    kept = sorted(path.name for path in (tmp_path / "shelf").iterdir())
    assert len(kept) == 64
    assert kept[-1] == "069"

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from mldebt.errors import UsageError
from mldebt.store import hold, read_entry, unpack, write_entry, write_text


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


@pytest.mark.parametrize("place", [0, 3, -1])
def test_an_entry_that_is_not_what_was_written_is_a_miss(tmp_path: Path, place: int) -> None:
    write_entry(tmp_path, "shelf", "a", b"models/ranker.py")
    kept = bytearray((tmp_path / "shelf" / "a").read_bytes())
    for damaged in (kept[:place], kept[:place] + bytes([kept[place] ^ 1]) + kept[place:][1:], kept + b"\0"):
        (tmp_path / "shelf" / "a").write_bytes(damaged)
        assert read_entry(tmp_path, "shelf", "a") is None


def test_an_entry_that_was_kept_under_another_name_is_a_miss(tmp_path: Path) -> None:
    write_entry(tmp_path, "shelf", "a", b"models/ranker.py")
    for shelf, name in (("shelf", "b"), ("other", "a")):
        (tmp_path / shelf).mkdir(exist_ok=True)
        (tmp_path / shelf / name).write_bytes((tmp_path / "shelf" / "a").read_bytes())
        assert read_entry(tmp_path, shelf, name) is None


def test_what_is_no_file_is_a_miss(tmp_path: Path) -> None:
    (tmp_path / "shelf" / "folder").mkdir(parents=True)
    (tmp_path / "shelf" / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "shelf" / "pipe")
    assert [read_entry(tmp_path, "shelf", name) for name in ("folder", "loop", "pipe")] == [None, None, None]


@pytest.mark.parametrize(
    "content", [b"\x91" * 200_000 + b"\xc0", b"\xdf\xff\xff\xff\xff", b"\xa2\xff\xfe", b"\xc1", b""]
)
def test_what_is_no_value_of_its_kind_is_none(content: bytes) -> None:
    assert unpack(content, list[str]) is None
    assert unpack(content, dict[str, object]) is None


def test_a_full_disk_is_not_kept_full(tmp_path: Path) -> None:
    script = (
        "import resource, signal, sys\nfrom pathlib import Path\nfrom mldebt.store import write_entry\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))\n"
        "print(write_entry(Path(sys.argv[1]), 'shelf', 'a', bytes(9000)))"
    )
    done = subprocess.run([sys.executable, "-c", script, tmp_path], capture_output=True, text=True, check=True)
    assert "everything is computed anew" in done.stdout
    assert list((tmp_path / "shelf").iterdir()) == []


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


def test_what_a_killed_run_left_goes_with_the_next_write(tmp_path: Path) -> None:
    names = (".known.tsv.mldebt-0123abcd", ".known.tsv.mldebt-held", ".known.tsv.1234", ".other.tsv.mldebt-0123abcd")
    for name in names:
        (tmp_path / name).write_text("half")
        os.utime(tmp_path / name, (0, 0))
    (tmp_path / ".known.tsv.mldebt-00000000").write_text("somebody writes to it now")
    write_text(tmp_path / "known.tsv", "whole")
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"known.tsv", ".known.tsv.mldebt-00000000", *names[1:]}


def test_what_another_run_still_writes_stays(tmp_path: Path) -> None:
    part = tmp_path / ".known.tsv.mldebt-0123abcd"
    with part.open("wb") as file:
        hold(file)
        os.utime(part, (0, 0))
        write_text(tmp_path / "known.tsv", "whole")
        assert part.exists()
    write_text(tmp_path / "known.tsv", "whole")
    assert not part.exists()


def test_what_is_left_of_entries_goes_too(tmp_path: Path) -> None:
    write_entry(tmp_path, "shelf", "a", b"one")
    part = tmp_path / "shelf" / ".b.mldebt-0123abcd"
    part.write_bytes(b"half")
    os.utime(part, (0, 0))
    write_entry(tmp_path, "shelf", "a", b"two")
    assert [path.name for path in (tmp_path / "shelf").iterdir()] == ["a"]


def test_a_ring_of_links_is_told_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "known.tsv").symlink_to("known.tsv")
    with pytest.raises(UsageError, match="cannot be written: Too many levels of symbolic links"):
        write_text(tmp_path / "known.tsv", "whole")
    assert (tmp_path / "known.tsv").is_symlink()

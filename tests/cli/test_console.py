"""On a terminal: a progress bar and colour; elsewhere neither."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pty = pytest.importorskip("pty", reason="no terminals on this system")


def on_a_terminal(*arguments: str, cache: Path, **more: str) -> tuple[int, str]:
    """Exit code and everything that a terminal was sent."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "mldebt", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=follower,
        stderr=follower,
        env={"PATH": os.environ["PATH"], "TERM": "xterm", "MLDEBT_CACHE_DIR": str(cache), **more},
    )
    os.close(follower)
    sent = b""
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:  # Linux says so when the other end closes
            break
        if not part:
            break
        sent += part
    os.close(leader)
    return process.wait(), sent.decode()


def test_a_scan_shows_progress_and_colour(repository: Path, tmp_path: Path) -> None:
    _, sent = on_a_terminal("scan", str(repository), "--no-cache", cache=tmp_path)
    assert "facts" in sent
    assert "\x1b[1m" in sent
    assert "\x1b[?25h" in sent, "the cursor is back"


def test_a_long_history_has_a_bar_of_commits(recorder: Any, tmp_path: Path) -> None:
    for number in range(450):
        recorder.commit({"train.py": f"model.fit({number})\n"})
    _, sent = on_a_terminal("owners", str(recorder.write()), cache=tmp_path / "cache")
    assert re.search(r"\b\d+/450\b", sent)


def test_no_color_is_honoured(repository: Path, tmp_path: Path) -> None:
    _, sent = on_a_terminal("scan", str(repository), "--quiet", cache=tmp_path)
    assert sent == ""
    _, sent = on_a_terminal("rules", cache=tmp_path, NO_COLOR="1")
    assert "\x1b[" not in sent


def test_explain_is_laid_out_for_a_terminal(tmp_path: Path) -> None:
    code, sent = on_a_terminal("explain", "MLD401", cache=tmp_path)
    assert code == 0
    assert "# MLD401" not in sent
    assert "MLD401 downstream-reorder" in sent

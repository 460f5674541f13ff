"""Draws the README's picture: what `mldebt scan` prints about fixtures/story on a terminal. Usage: make.py [FILE]"""

from __future__ import annotations

import fcntl
import io
import os
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

HERE = Path(__file__).resolve().parent
STORY = HERE.parents[1] / "fixtures" / "story" / "build.py"
NAME = "corner-shop"
COLUMNS = 112
THEME = TerminalTheme(
    background=(24, 27, 33),
    foreground=(214, 218, 224),
    normal=[
        (24, 27, 33),
        (240, 113, 120),
        (126, 199, 130),
        (229, 184, 100),
        (110, 168, 254),
        (199, 146, 234),
        (110, 196, 207),
        (214, 218, 224),
    ],
)
# Rich's own template asks a font server for its font; a picture in a README must ask nobody for anything.
FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
TEMPLATE = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: FONT; font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-family: FONT; font-size: 18px; font-weight: bold; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
""".replace("FONT", FONT)


def main(target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, STORY, Path(folder) / NAME], stdout=subprocess.DEVNULL, check=True)
        page = printed(["mldebt", "scan", NAME, "--no-cache"], Path(folder))
    console = Console(width=COLUMNS, record=True, file=io.StringIO(), color_system="truecolor", force_terminal=True)
    console.print(Text.assemble(("$ ", "dim"), (f"mldebt scan {NAME}", "bold")))
    console.print(Text.from_ansi(page.rstrip()), "")
    target.write_text(
        console.export_svg(title="mldebt", theme=THEME, code_format=TEMPLATE, unique_id="mldebt"), encoding="utf-8"
    )
    print(target)


def printed(command: list[str], folder: Path) -> str:
    """What a command shows on a terminal of our width; what it says aside is left out."""
    master, terminal = os.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, COLUMNS, 0, 0))
    environment = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS")}
    with subprocess.Popen(
        command, cwd=folder, env=environment | {"TERM": "xterm-256color"}, stdout=terminal, stderr=subprocess.DEVNULL
    ) as process:
        os.close(terminal)
        shown = b"".join(iter(lambda: _read(master), b""))
    os.close(master)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return shown.decode().replace("\r\n", "\n")


def _read(master: int) -> bytes:
    try:
        return os.read(master, 1 << 16)
    except OSError:  # how Linux says that the other side has closed
        return b""


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "scan.svg")

"""Text tables: columns that share a page's width."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from mldebt.reports.style import visible

GAP = "  "
NARROWEST = 8
BAR = "\\|"


def clip(text: str, width: int) -> str:
    """Text within a width; what is too long loses its beginning, since the end of a path tells more."""
    text = visible(text)
    return text if len(text) <= width else f"…{text[len(text) - width + 1 :]}"


def cut(text: str, width: int) -> str:
    """Text within a width; what is too long loses its end."""
    text = visible(text)
    return text if len(text) <= width else f"{text[: width - 1]}…"


def lay_out(
    rows: Sequence[Sequence[str]],
    *,
    width: int,
    right: Sequence[int] = (),
    clipped: Sequence[int] = (),
    cut_off: Sequence[int] = (),
) -> list[str]:
    """Rows as lines within a width, each column as wide as its widest cell. Columns in `right` end on one line; where
    there is too little room, those in `clipped` lose their beginning and those in `cut_off` their end, the widest
    first."""
    if not rows:
        return []
    shown = [[visible(cell) for cell in row] for row in rows]
    widths = [max(len(row[number]) for row in shown) for number in range(len(shown[0]))]
    flexible = [*clipped, *cut_off]
    while sum(widths) + len(GAP) * (len(widths) - 1) > width and flexible:
        widest = max(flexible, key=lambda number: widths[number])
        if widths[widest] <= NARROWEST:
            break
        widths[widest] -= 1
    return [GAP.join(_fit(row, widths, right, clipped)).rstrip() for row in shown]


def _fit(row: Sequence[str], widths: Sequence[int], right: Sequence[int], clipped: Sequence[int]) -> list[str]:
    cells = []
    for number, (text, width) in enumerate(zip(row, widths, strict=True)):
        short = clip(text, width) if number in clipped else cut(text, width)
        cells.append(short.rjust(width) if number in right else short.ljust(width))
    return cells


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> list[str]:
    """A table in Markdown; cells are Markdown already."""
    line = " | ".join("---:" if number in right else "---" for number in range(len(head)))
    return [
        f"| {' | '.join(head)} |",
        f"| {line} |",
        *(f"| {' | '.join(cell.replace('|', BAR) for cell in row)} |" for row in rows),
    ]


def escaped(text: str) -> str:
    """Text of a repository inside Markdown: it can neither end a line nor bring markup of its own."""
    shown = "".join(f"\\{letter}" if letter in "\\`*_[]<>" else letter for letter in visible(text))
    return f"\\{shown}" if shown.startswith(("#", "- ", "+ ", ">")) else shown


def code(text: str) -> str:
    """Text of a repository as code inside Markdown."""
    text = visible(text)
    fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    padded = f" {text} " if text.startswith("`") or text.endswith("`") else text
    return f"{fence}{padded}{fence}" if text else ""


def day(moment: int) -> str:
    """The day of a moment, "–" for never."""
    return time.strftime("%Y-%m-%d", time.gmtime(moment)) if moment else "–"


def month(moment: int) -> str:
    return time.strftime("%Y-%m", time.gmtime(moment)) if moment else "–"


def percent(share: float) -> str:
    """A share in per cent; "–" for nothing, "<1%" for next to nothing."""
    if not share:
        return "–"
    return f"{share:.0%}" if share >= 0.01 else "<1%"


def count(number: int, word: str, plural: str = "") -> str:
    return f"{number:,} {word if number == 1 else plural or word + 's'}"


def age(moment: int, until: int) -> str:
    """How long before another moment something was, in words."""
    days = max(until - moment, 0) // 86_400
    if days < 60:
        return count(days, "day")
    return count(days // 30, "month") if days < 700 else count(round(days / 365), "year")

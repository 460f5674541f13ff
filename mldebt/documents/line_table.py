"""From an offset in a text to its line."""

from __future__ import annotations

import re
from bisect import bisect_left


class LineTable:
    """The ends of a text's lines."""

    def __init__(self, text: str) -> None:
        self._ends = [found.start() for found in re.finditer("\n", text)]

    def line_of(self, offset: int) -> int:
        """The 1-based line that an offset stands on."""
        return bisect_left(self._ends, offset) + 1

"""Terminal styles for text reports; without colour every one of them leaves the text as it is."""

from __future__ import annotations

import msgspec

from mldebt.finding import Severity
from mldebt.regex import regex

_GRADES = {Severity.HIGH: "1;31", Severity.MEDIUM: "33", Severity.LOW: "36", Severity.INFO: "2"}
_BLANKS = str.maketrans("\t\n\r", "   ")
_UNSEEN = regex("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    """Text of a repository that cannot steer a terminal or turn the reading direction: such characters as escapes."""
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text.translate(_BLANKS))


class Style(msgspec.Struct, frozen=True):
    colour: bool

    def strong(self, text: str) -> str:
        return self._wrap("1", text)

    def faint(self, text: str) -> str:
        return self._wrap("2", text)

    def code(self, text: str) -> str:
        return self._wrap("36", text)

    def rule(self, text: str) -> str:
        return self._wrap("1;34", text)

    def severity(self, grade: Severity, text: str) -> str:
        return self._wrap(_GRADES[grade], text)

    def _wrap(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour else text

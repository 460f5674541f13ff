"""Regular expressions that are compiled when they are first asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    regex = re.compile
else:

    class regex:  # noqa: N801  # stands where `re.compile` would
        """`re.compile(pattern, flags)`, put off. Modules name hundreds of expressions and a command asks a few of them:
        compiling them all was a tenth of what a hook costs. Once asked, the methods are the compiled pattern's own."""

        def __init__(self, pattern, flags=0):
            self._given = pattern, flags

        def __getattr__(self, name):
            compiled = re.compile(*self._given)
            for method in ("search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn"):
                setattr(self, method, getattr(compiled, method))
            return getattr(compiled, name)

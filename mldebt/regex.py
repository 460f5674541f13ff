"""Regular expressions that are compiled when they are first asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

_METHODS = ("search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn")

if TYPE_CHECKING:
    regex = re.compile
else:

    class regex:  # noqa: N801  # stands where `re.compile` would
        """Stands for `re.compile(pattern, flags)`. Modules name some three hundred expressions, and a short command
        asks a few of them: compiling them all is what starting it would cost most."""

        def __init__(self, pattern: str | bytes, flags: int = 0) -> None:
            self._given = pattern, flags

        def __getattr__(self, name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            compiled = re.compile(*self._given)
            for method in _METHODS:
                setattr(self, method, getattr(compiled, method))
            self.pattern, self.flags, self.groups, self.groupindex = (
                compiled.pattern,
                compiled.flags,
                compiled.groups,
                compiled.groupindex,
            )
            return getattr(compiled, name)

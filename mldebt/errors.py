"""The few kinds of error that mldebt raises for its user; each is one clear message."""

from __future__ import annotations

from collections.abc import Iterable


class MldebtError(Exception):
    """Something the user can mend; `str()` of it is the whole message."""


class UsageError(MldebtError):
    """A path, option or argument that cannot be used."""


class ConfigError(MldebtError):
    """A configuration, rule or API catalogue file that cannot be used."""


class GitError(MldebtError):
    """Git is missing, too old, or cannot answer for this repository."""


def nearest(word: str, allowed: Iterable[str]) -> str:
    """A hint naming the closest allowed word, or an empty string when none is close."""
    import difflib  # not at the top: most runs make no error

    found = difflib.get_close_matches(word, sorted(allowed), n=1)
    return f"; did you mean {found[0]!r}?" if found else ""

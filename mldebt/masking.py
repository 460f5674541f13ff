"""Credentials in texts: told apart from the rest, and never shown."""

from __future__ import annotations

import re

from mldebt.regex import regex

HIDDEN = "…"
_USER = regex(r"(?<=://)([^/@\s:\"']*):([^/@\s\"']+)@")
_KEYS = regex(
    r"""(?x)\b(?:
        (?:AKIA | ASIA)[A-Z0-9]{16}
      | gh[pousr]_[A-Za-z0-9]{20,} | github_pat_\w{20,} | glpat-[\w-]{16,}
      | sk-[A-Za-z0-9_-]{16,} | hf_[A-Za-z0-9]{20,} | xox[abpr]-[A-Za-z0-9-]{10,} | AIza[\w-]{30,}
      | eyJ[\w-]{10,}\.[\w-]{10,}\.?[\w-]*
    )"""
)
_NAMES = (
    r"(?:pass(?:word|wd|phrase)?|pwd|secret(?:_?key)?|token|api_?key|access_?key|account_?key|auth|sig(?:nature)?"
    r"|credential)s?"
)
_NAMED = regex(rf"(?i)({_NAMES}\s*[=:]\s*[\"']?)([^\s&;,\"'{{}}<>$]+)")
_IN_QUERY = regex(rf"(?i)([?&;]\s*\w*{_NAMES}\s*=)([^\s&;,\"'{{}}<>$]+)")
_KEY_OF_QUERY = regex(
    r"(?i)([?&;]\s*(?:\w+[-_])?(?:key|appid)\s*=)((?=[^\s&;,\"'{}<>$]*\d)(?=[^\s&;,\"'{}<>$]*[a-z])[^\s&;,\"'{}<>$]{12,})"
)
"""The key of an address: what a word of letters and digits opens. A short word may be the key to sort by."""
_QUOTED = regex(rf"(?i)({_NAMES}[\"']?\s*[=:]\s*[\"'])([^\"'{{}}]+)(?=[\"'])")
_OPENING = regex(r"(?i)(?:^|_)(?:pass(?:word|wd|phrase)|pwd|secret|token|(?:api|account|secret(?:_?access)?)_?key)$")
_GENERATED = regex(r"(?=.*\d)(?=.*[A-Za-z])[^\s/\\{}<>$]{8,}\Z")
"""What no dictionary holds: letters and digits, and no path."""
_PLACEHOLDER = regex(
    r"(?i)^(?:x{3,}|\*+|\.{3}|…|your.*|my.*|change.?me|example|test|none|null|false|true|<.*|\{.*|\$.*|%.*|todo|dummy|fake"
    r"|foo|bar|secret|password|passw0rd|user|username|root|admin|postgres|mysql|guest|minio\w*|mongo|localhost|token)$"
)
"""What stands where a credential would, in examples and for services on one's own machine."""


def holds_credential(text: str) -> bool:
    """Whether a text holds a credential that opens something: no placeholder, no password that everybody knows."""
    if _KEYS.search(text):
        return True
    return any(_opens(found[2]) for pattern in (_USER, _NAMED, _KEY_OF_QUERY) for found in pattern.finditer(text))


def names_credential(name: str) -> bool:
    """Whether a parameter is one under which a credential is handed over: `password`, `minio_secret_key`."""
    return bool(_OPENING.search(name))


def is_generated(text: str) -> bool:
    """Whether a text on its own looks like a credential that opens something: nothing that a person would read."""
    return bool(_GENERATED.match(text)) and _opens(text)


def masked(text: str) -> str:
    """A text (an address, a connection string) without what may be a credential."""
    return _NAMED.sub(_hide, masked_line(text))


def masked_line(line: str) -> str:
    """A line of code without the credentials that are written in it: names and calls stay as they are."""
    line = _USER.sub(lambda found: f"{found[1]}:{HIDDEN}@" if _opens(found[2]) else found[0], _KEYS.sub(HIDDEN, line))
    return _QUOTED.sub(_hide, _KEY_OF_QUERY.sub(_hide, _IN_QUERY.sub(_hide, line)))


def _hide(found: re.Match[str]) -> str:
    return f"{found[1]}{HIDDEN}" if _opens(found[2]) else found[0]


def _opens(text: str) -> bool:
    return len(text) > 3 and "{" not in text and not _PLACEHOLDER.match(text)

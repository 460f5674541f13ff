"""Credentials in texts: told apart from the rest, and never shown."""

from __future__ import annotations

import re

HIDDEN = "…"
_USER = re.compile(r"(?<=://)([^/@\s:]*):([^/@\s]+)@")
_KEYS = re.compile(
    r"""(?x)\b(?:
        (?:AKIA | ASIA)[A-Z0-9]{16}
      | gh[pousr]_[A-Za-z0-9]{20,} | github_pat_\w{20,} | glpat-[\w-]{16,}
      | sk-[A-Za-z0-9_-]{16,} | hf_[A-Za-z0-9]{20,} | xox[abpr]-[A-Za-z0-9-]{10,} | AIza[\w-]{30,}
      | eyJ[\w-]{10,}\.[\w-]{10,}\.?[\w-]*
    )"""
)
_NAMED = re.compile(
    r"(?i)((?:pass(?:word|wd|phrase)?|pwd|secret|token|api_?key|access_?key|account_?key|auth|sig(?:nature)?|credential)s?"
    r"\s*[=:]\s*[\"']?)([^\s&;,\"'{}<>$]+)"
)
_PLACEHOLDER = re.compile(
    r"(?i)^(?:x{3,}|\*+|\.{3}|…|your.*|my.*|change.?me|example|test|none|null|false|true|<.*|\{.*|\$.*|%.*|todo|dummy|fake"
    r"|foo|bar|secret|password|passw0rd|user|username|root|admin|postgres|mysql|guest|minio\w*|mongo|localhost|token)$"
)
"""What stands where a credential would, in examples and for services on one's own machine."""


def holds_credential(text: str) -> bool:
    """Whether a text holds a credential that opens something: no placeholder, no password that everybody knows."""
    if _KEYS.search(text):
        return True
    found = [*(match[2] for match in _USER.finditer(text)), *(match[2] for match in _NAMED.finditer(text))]
    return any(not _PLACEHOLDER.match(each) and "{" not in each and len(each) > 3 for each in found)


def masked(text: str) -> str:
    """The text without what may be a credential."""
    text = _KEYS.sub(HIDDEN, text)
    text = _USER.sub(rf"\1:{HIDDEN}@", text)
    return _NAMED.sub(rf"\1{HIDDEN}", text)

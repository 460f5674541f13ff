"""Which contacts are programs. A program's lines are nobody's knowledge."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable

from mldebt.ownership.history import Contact
from mldebt.regex import regex

GITHUB_ADDRESS = regex(r"(?:(\d+)\+)?([^@+]+)@users\.noreply\.github\.com")

_SIGN = regex(r"\[bot\]|[-_. ]bot$|^bot$|^bot[-_ ]|[-_ ]bot[-_ ]|assistant$")
_SCRIPT = regex(r"\S+\.(?:js|mjs|ts|py|sh) <no-?reply@.*")
_NAMES = frozenset(
    """
    actions-user allcontributors codecov-io copilot-swe-agent cursoragent dependabot dependabot-preview
    devin-ai-integration deepsource-autofix github-actions gitbook google-labs-jules greenkeeper imgbot mergify
    openhands-agent pre-commit-ci pyup.io renovate restyled-io semantic-release stickler-ci travis-ci web-flow
    """.split()
) | {
    *("github", "github action", "github actions", "gitlab ci", "travis ci", "circleci", "jenkins", "azure pipelines"),
    *("antigravity agent", "google antigravity", "google jules", "openai codex", "replit agent", "windsurf agent"),
    *("claude code", "cursor agent", "devin ai", "github copilot", "copilot", "openhands", "gemini code assist"),
}
# Writing assistants that share the credit of a commit: what they knew is gone when their session ends.
_ADDRESSES = frozenset(
    """
    noreply@anthropic.com noreply@openai.com cursoragent@cursor.com openhands@all-hands.dev noreply@aider.chat
    action@github.com copilot@github.com aider@aider.chat antigravity@gemini.google.com
    """.split()
)


def is_bot(contact: Contact, patterns: Iterable[str] = ()) -> bool:
    """Whether a contact is a program; `patterns` are further names or addresses, with `*` for anything."""
    name, email = contact.name.casefold().strip(), contact.email.casefold()
    account = GITHUB_ADDRESS.fullmatch(email)
    login = account[2] if account else ""
    if email in _ADDRESSES or name in _NAMES or login in _NAMES:
        return True
    if _SCRIPT.match(f"{name} <{email}"):
        return True
    if any(_SIGN.search(word) for word in (name, email.partition("@")[0])):
        return True
    return any(fnmatch.fnmatchcase(word, pattern.casefold()) for word in (name, email) for pattern in patterns)

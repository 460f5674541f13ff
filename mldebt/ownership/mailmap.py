"""Names and addresses after the `.mailmap` of HEAD, as git itself maps them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from mldebt.errors import GitError
from mldebt.git import IsolatedRepository

_MINUTE = 60.0
_NOT_IN_A_LINE = (b"<", b">", b"\n", b"\0")

Signature = tuple[bytes, bytes]
"""A name and an address as they stand in a commit."""


def mailmapped(isolation: IsolatedRepository, people: Collection[Signature]) -> Mapping[Signature, Signature]:
    """Everybody asked for → who that is."""
    asked = sorted(person for person in people if not any(mark in word for word in person for mark in _NOT_IN_A_LINE))
    found = {person: person for person in people}
    if not asked:
        return found
    lines = b"".join(b"%b <%b>\n" % person for person in asked)
    answers = isolation.run(["check-mailmap", "--stdin"], stdin=lines, limit=_MINUTE).splitlines()
    if len(answers) != len(asked):
        raise GitError("git check-mailmap gave an answer that cannot be read")
    pairs = (answer.removesuffix(b">").rpartition(b"<") for answer in answers)
    return found | {person: (name.strip(), email) for person, (name, _, email) in zip(asked, pairs, strict=True)}

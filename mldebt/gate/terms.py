"""Whether a change also alters the terms on which it is judged: the configuration, and a team's own rules."""

from __future__ import annotations

from typing import Any

import tomli

from mldebt.gate.change import Read
from mldebt.verdict import Change

_TEAM = ".mldebt/"


def altered_terms(change: Change, read_before: Read, read_after: Read) -> str:
    """A sentence that names the files, "" when there are none."""
    touched = {*change.changed, *change.added, *change.removed, *change.renamed, *change.renamed.values()}
    found = [
        path
        for path in sorted(touched)
        if path.startswith(_TEAM)
        or _name(path) == "mldebt.toml"
        or (_name(path) == "pyproject.toml" and _ours(read_before(path)) != _ours(read_after(path)))
    ]
    return f"The change also alters how it is judged: {', '.join(found)}." if found else ""


def _name(path: str) -> str:
    """A folder may have a configuration of its own."""
    return path.rpartition("/")[2]


def _ours(text: str | None) -> object:
    """Our table of a pyproject.toml; of one that cannot be read, all of it."""
    try:
        tool: Any = tomli.loads(text or "").get("tool", {})
    except tomli.TOMLDecodeError:
        return text
    return tool.get("mldebt") if isinstance(tool, dict) else None

"""Answers about people as JSON: everything that a page shows and more, in a shape that only grows."""

from __future__ import annotations

import json
import time
from typing import Any

import msgspec

from mldebt.answers import Basis, Offboarding, Owners, Team

SHAPE = 1
_MOMENTS = frozenset({"until", "since", "last", "last_seen", "last_touched", "written", "when"})


def render_answer_json(answer: Owners | Offboarding | Team) -> str:
    """Equal answers give equal bytes. Moments are written as ISO 8601, in UTC; null is never."""
    document = {
        "tool": "mldebt",
        "version": answer.basis.version,
        "shape": SHAPE,
        "answer": type(answer).__name__.lower(),
    }
    return json.dumps(document | _value(answer), indent=2, ensure_ascii=False) + "\n"


def _value(value: Any, name: str = "") -> Any:
    if isinstance(value, msgspec.Struct):
        fields = {name: _value(getattr(value, name), name) for name in value.__struct_fields__}
        return fields | ({"window": _window(value)} if isinstance(value, Basis) else {})
    if isinstance(value, tuple):
        return [_value(item) for item in value]
    if name in _MOMENTS:
        return _moment(value) if value else None
    return value


def _moment(moment: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


def _window(basis: Basis) -> dict[str, str]:
    """The time within which a commit makes somebody active."""
    return {"from": _moment(basis.until - basis.window_days * 86_400), "to": _moment(basis.until)}

"""The part of the pipeline that a change touched, as a Mermaid diagram: the places that lead to its new findings."""

from __future__ import annotations

from itertools import pairwise

from mldebt.finding import Location
from mldebt.reports.style import visible
from mldebt.verdict import Verdict

_MOST = 30
_SPECIAL = '"<>[](){}|#;`\\&'


def render_change_mermaid(verdict: Verdict) -> str:
    """A box a definition, an arrow from each step of a trail to the next; what this change wrote stands out, and so
    does where a finding is. "" when nothing leads anywhere."""
    boxes: dict[tuple[str, str], str] = {}
    found = {_key(each.finding.location) for each in verdict.new}
    written = {_key(place) for each in verdict.new for place in each.cause.places}
    arrows: dict[tuple[str, str], None] = {}
    for each in verdict.new:
        trail = list(dict.fromkeys(_key(step.location) for step in each.finding.trail))
        for one, other in pairwise(trail):
            if len(boxes) + len({one, other} - boxes.keys()) <= _MOST:
                ends = [boxes.setdefault(key, f"n{len(boxes)}") for key in (one, other)]
                arrows[ends[0], ends[1]] = None
    if not arrows:
        return ""
    lines = [f'    {name}["{_label(key)}"]{_look(key, found, written)}' for key, name in boxes.items()]
    lines += [f"    {one} --> {other}" for one, other in arrows]
    lines += [
        "    classDef found fill:#f6d3d3,stroke:#a33,color:#111",
        "    classDef written fill:#fbe9c6,stroke:#a80,color:#111",
    ]
    return "\n".join(["flowchart LR", *lines]) + "\n"


def _key(location: Location) -> tuple[str, str]:
    return location.path, location.symbol if location.cell is None else f"cell {location.cell}"


def _look(key: tuple[str, str], found: set[tuple[str, str]], written: set[tuple[str, str]]) -> str:
    return ":::found" if key in found else ":::written" if key in written else ""


def _label(key: tuple[str, str]) -> str:
    path, symbol = (_quoted(visible(part)) for part in key)
    return f"{path}<br/>{symbol}" if symbol else path


def _quoted(text: str) -> str:
    """Mermaid reads entities; what means something to it must be written as such."""
    return "".join(f"#{ord(char)};" if char in _SPECIAL else char for char in text)

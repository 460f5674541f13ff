"""The part of the pipeline that a change touched, as a Mermaid diagram: the places that lead to its new findings."""

from __future__ import annotations

from itertools import pairwise

from mldebt.finding import Finding, Location
from mldebt.reports.style import visible
from mldebt.verdict import Verdict

_MOST = 30
_WIDE = 4  # boxes of one way that are read side by side; more are drawn one below the other
_SPECIAL = '"<>[](){}|#;`\\&'

_Key = tuple[str, str]


def render_change_mermaid(verdict: Verdict) -> str:
    """A box a definition, by file; an arrow from each step of a trail to the next, the last one to where the finding
    stands. The trail of a finding that holds several lists them: lines join these, and lead nowhere. What this change
    wrote looks different, and so does where a finding is. "" when nothing leads anywhere."""
    boxes: dict[_Key, str] = {}
    found = {_key(each.finding.location) for each in verdict.brought}
    written = {_key(place) for each in verdict.brought for place in each.cause.places}
    arrows: dict[tuple[str, str], str] = {}
    longest = 0
    for each in verdict.brought:
        way = list(dict.fromkeys(_key(place) for place in _places(each.finding)))
        is_list = len(each.finding.members) > 1
        stands = _key(each.finding.location)
        for one, other in [(stands, key) for key in way if key != stands] if is_list else pairwise(way):
            if len(boxes) + len({one, other} - boxes.keys()) <= _MOST:
                ends = [boxes.setdefault(key, f"n{len(boxes)}") for key in (one, other)]
                arrows[ends[0], ends[1]] = "---" if is_list else "-->"
                longest = max(longest, 2 if is_list else len(way))
    if not arrows:
        return ""
    lines = [f"flowchart {'LR' if longest <= _WIDE else 'TD'}"]
    for number, path in enumerate(dict.fromkeys(path for path, _ in boxes)):
        lines.append(f'    subgraph f{number}["{_quoted(visible(path))}"]')
        lines += [
            f'        {name}["{_label(key)}"]{_look(key, found, written)}'
            for key, name in boxes.items()
            if key[0] == path
        ]
        lines.append("    end")
    lines += [f"    {one} {arrow} {other}" for (one, other), arrow in arrows.items()]
    lines += [
        "    classDef found fill:#f6d3d3,stroke:#a33,color:#111",
        "    classDef written fill:#fbe9c6,stroke:#a80,color:#111",
    ]
    return "\n".join(lines) + "\n"


def _places(finding: Finding) -> tuple[Location, ...]:
    return *(step.location for step in finding.trail), finding.location


def _key(location: Location) -> _Key:
    return location.path, location.symbol if location.cell is None else f"cell {location.cell}"


def _look(key: _Key, found: set[_Key], written: set[_Key]) -> str:
    return ":::found" if key in found else ":::written" if key in written else ""


def _label(key: _Key) -> str:
    """The definition; of code outside of any, the file's own name."""
    path, symbol = key
    return _quoted(visible(symbol or path.rpartition("/")[2]))


def _quoted(text: str) -> str:
    """Mermaid reads entities; what means something to it must be written as such."""
    return "".join(f"#{ord(char)};" if char in _SPECIAL else char for char in text)

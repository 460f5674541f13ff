"""A trace as text, Mermaid and JSON."""

from __future__ import annotations

import json
from typing import Any

from mldebt.finding import Location
from mldebt.reports.json_report import location_json
from mldebt.tracks import Hop, Ordering, Track, Way

HOPS_SHOWN = 10
WAYS_SHOWN = 10
SHORT = 6
BRIEF = {"literal": ("literals", 0), "decides": ("decides what happens in", -1)}
"""Kinds of which only the first way is shown whole: their title, and which end of the trail counts."""
VERBAL = frozenset({"served", "written", "trained", "measured", "shown", "decides", "given", "returned", "unused"})
BRIEF_PREFIX = "decides what happens in "
SNIPPET = 72
BOXES = 60


def track_place(location: Location) -> str:
    """A place as the command itself takes it."""
    if location.cell is not None:
        return f"{location.path}:{location.cell}:{location.cell_line}"
    return f"{location.path}:{location.line}"


# ---------------------------------------------------------------------------- text


def render_track_text(track: Track) -> str:
    """For a person: what it is, where it comes from, what last ordered it, where it ends."""
    types = f"  ({' or '.join(track.types)})" if track.types else ""
    lines = [f"{track.name or 'the value'}  {track_place(track.location)}{types}"]
    if track.location.snippet:
        lines.append(f"    {_cut(track.location.snippet)}")
    lines += _section("Comes from", track.sources, "nothing that the code shows")
    if track.orderings is not None:
        lines += ["", "Last ordered by"]
        lines += [f"  {_ordering(each)}" for each in track.orderings] or ["  unknown"]
    lines += _section("Ends", track.ends, "unknown: the flow loses it")
    lines += [""] * bool(track.notes) + list(track.notes)
    return "\n".join(lines) + "\n"


def _section(title: str, ways: tuple[Way, ...], otherwise: str) -> list[str]:
    lines = ["", title]
    if not ways:
        lines.append(f"  {otherwise}")
    told = [way for way in ways if way.kind not in BRIEF or way in ways[:1]]
    for way in told[:WAYS_SHOWN]:
        lines.append(f"  {_said(way)}" if way.is_known else f"  {_unknown(way)}")
        lines += [f"      {line}" for line in _hops(way.trail)]
    if len(told) > WAYS_SHOWN:
        lines.append(f"  … {len(told) - WAYS_SHOWN} more (--format json has them all)")
    for kind, (heading, end) in BRIEF.items():
        rest = [way for way in ways if way.kind == kind and way not in told]
        if rest:
            lines.append(f"  {heading}: {_brief(rest, end)}")
    return lines


def _said(way: Way) -> str:
    """The kind, where the text does not begin with a word for it."""
    return way.text if way.kind in VERBAL else f"{way.kind}: {way.text}"


def _brief(ways: list[Way], end: int) -> str:
    """Many ways of a kind that says little: what stands at the far end of each, with its place."""
    shown = [f"{way.text.removeprefix(BRIEF_PREFIX)} ({track_place(way.trail[end].location)})" for way in ways[:SHORT]]
    more = f" and {len(ways) - SHORT} more" if len(ways) > SHORT else ""
    return ", ".join(shown) + more


def _unknown(way: Way) -> str:
    return f"unknown: {way.text}"


def _hops(trail: tuple[Hop, ...]) -> list[str]:
    shown = trail
    left_out = 0
    if len(trail) > HOPS_SHOWN:
        left_out = len(trail) - HOPS_SHOWN
        shown = trail[: HOPS_SHOWN // 2] + trail[-HOPS_SHOWN // 2 :]
    width = max((len(track_place(hop.location)) for hop in shown), default=0)
    lines = [f"{track_place(hop.location):<{width}}  {_hop(hop)}".rstrip() for hop in shown]
    if left_out:
        lines.insert(HOPS_SHOWN // 2, f"… {left_out} more places")
    return lines


def _hop(hop: Hop) -> str:
    said = _cut(hop.location.snippet)
    return f"{said}  ← {hop.text}" if hop.text and said else said or hop.text


def _ordering(each: Ordering) -> str:
    place = f"  {track_place(each.location)}" if each.location is not None else ""
    unknown = "unknown: " if each.kind == "unknown" and not each.text.startswith("sorted") else ""
    return f"{unknown}{each.text}{place}"


def _cut(text: str) -> str:
    return text if len(text) <= SNIPPET else text[: SNIPPET - 1] + "…"


# ---------------------------------------------------------------------------- Mermaid


def render_track_mermaid(track: Track) -> str:
    """The ways as one diagram, each place once."""
    drawing = _Diagram()
    here = drawing.box(track_place(track.location), track.name or track.location.snippet, "asked")
    for way in track.sources:
        before = drawing.box(f"source {way.kind} {way.text}", _said(way), "source")
        drawing.way(before, way.trail, here, track.location)
    for each in track.orderings or ():
        drawing.order(here, each, track.location)
    for way in track.ends:
        last = drawing.way("", way.trail, here, track.location)
        drawing.arrow(last or here, drawing.box(f"end {way.kind} {way.text}", _said(way), "goal"))
    return drawing.text()


_SHAPES = {"source": ("[(", ")]"), "step": ("[", "]"), "asked": ("([", "])"), "order": ("{{", "}}"), "goal": (">", "]")}
_COLOURS = {"source": "#e8eef7", "step": "#ffffff", "asked": "#fbe9c6", "order": "#e3f1df", "goal": "#f6d3d3"}
"""Names of classes, too: none may be a word of Mermaid's own, such as `end`."""
_PLACES = frozenset({"step", "asked"})
"""Kinds of boxes that are places in the code."""


class _Diagram:
    """Boxes and arrows, in the order in which they are met."""

    def __init__(self) -> None:
        self.boxes: dict[str, str] = {}
        self.lines: list[str] = []
        self.arrows: dict[tuple[str, str], None] = {}

    def box(self, key: str, label: str, kind: str) -> str:
        if key not in self.boxes:
            self.boxes[key] = f"n{len(self.boxes)}"
            before, after = _SHAPES[kind]
            place = f"{_quoted(key)}<br/>" if kind in _PLACES else ""
            self.lines.append(f'    {self.boxes[key]}{before}"{place}{_quoted(_cut(label))}"{after}:::{kind}')
        return self.boxes[key]

    def arrow(self, start: str, end: str) -> None:
        if start and start != end:
            self.arrows[start, end] = None

    def way(self, before: str, trail: tuple[Hop, ...], here: str, asked: Location) -> str:
        """The boxes of a trail, joined; the last of them."""
        for hop in trail:
            is_asked = track_place(hop.location) == track_place(asked)
            box = here if is_asked else self.box(track_place(hop.location), hop.location.snippet or hop.text, "step")
            self.arrow(before, box)
            before = box
        return before

    def order(self, here: str, each: Ordering, asked: Location) -> None:
        """What last ordered the value, at the place where it did."""
        box = self.box(f"order {each.text} {each.location}", f"order: {_ordering(each)}", "order")
        place = track_place(each.location or asked)
        self.arrow(box, here if place == track_place(asked) else self.boxes.get(place, here))

    def text(self) -> str:
        looks = [f"    classDef {kind} fill:{colour},stroke:#666,color:#111" for kind, colour in _COLOURS.items()]
        arrows = [f"    {start} --> {end}" for start, end in self.arrows]
        return "\n".join(["flowchart LR", *self.lines, *arrows, *looks]) + "\n"


def _quoted(text: str) -> str:
    """Mermaid reads entities; quotes and brackets of a label must be written as such."""
    return "".join(f"#{ord(char)};" if char in '"<>[](){}|#;`\\' or ord(char) < 32 else char for char in text)


# ---------------------------------------------------------------------------- JSON


def render_track_json(track: Track, version: str) -> str:
    """Everything, for programs."""
    whole = {
        "version": version,
        "asked": str(track.spot),
        "name": track.name,
        "location": location_json(track.location),
        "types": list(track.types),
        "comes_from": [_way(way) for way in track.sources],
        "passes": [_hop_json(hop) for hop in track.passes],
        "ends": [_way(way) for way in track.ends],
        "last_ordered_by": None if track.orderings is None else [_ordering_json(each) for each in track.orderings],
        "notes": list(track.notes),
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _way(way: Way) -> dict[str, Any]:
    return {
        "kind": way.kind,
        "text": way.text,
        "known": way.is_known,
        "trail": [_hop_json(hop) for hop in way.trail],
    }


def _hop_json(hop: Hop) -> dict[str, Any]:
    return {"location": location_json(hop.location), "text": hop.text}


def _ordering_json(each: Ordering) -> dict[str, Any]:
    place = location_json(each.location) if each.location is not None else None
    return {"kind": each.kind, "text": each.text, "known": each.kind != "unknown", "location": place}

"""Lines of ignored revisions go on in the version before, where `git blame --ignore-revs-file` sees them there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from mldebt.git import BlobReader, IsolatedRepository
from mldebt.ownership.blame import Spot, blame_lines
from mldebt.ownership.replay import GONE, LineMap, Node, count_lines


class End(NamedTuple):
    """Where an ignored revision made a line: the version of a file, the number of the line there, and the path and the
    blob before; None where there is nothing before, or more than one version."""

    spot: Spot
    line: int
    before: tuple[bytes, bytes] | None


Ends = Mapping[bytes, Mapping[int, End]]
"""Path and number of lines at HEAD → where each ended."""


def step_back(
    isolation: IsolatedRepository,
    reader: BlobReader,
    ends: Ends,
    owners: Mapping[bytes, list[bytes | None]],
    ignored: Collection[bytes],
) -> dict[bytes, dict[bytes, Node]]:
    """What is to be followed on, by commit and path: each line that an ignored revision changed, in the version before.
    Lines that are not there stay with the revision; those of which it is not told here stay None."""
    asked: dict[Spot, set[int]] = {}
    blobs: dict[Spot, bytes] = {}
    for found in ends.values():
        for end in found.values():
            if end.before is not None:
                asked.setdefault(end.spot, set()).add(end.line)
                blobs[end.spot] = end.before[1]
    told = blame_lines(isolation, asked, ignored, alone=True)
    contents = reader.contents(list(blobs.values()))
    sizes = {spot: count_lines(content or b"") for spot, content in zip(blobs, contents, strict=True)}
    start: dict[bytes, dict[bytes, Node]] = {}
    for path, found in ends.items():
        for number, end in found.items():
            origin = told.get(end.spot, {}).get(end.line) if end.before is not None else None
            if origin is None:
                continue
            if origin.commit == end.spot[0]:
                owners[path][number] = origin.commit
            elif end.before is not None and origin.path == end.before[0]:
                node = start.setdefault(origin.commit, {}).setdefault(origin.path, Node(blobs[end.spot]))
                _follow(node, owners[path], origin.line, number, sizes[end.spot])
    return start


def _follow(node: Node, owners: list[bytes | None], line: int, number: int, size: int) -> None:
    """Adds one line to those that are followed from a version on."""
    for place, (theirs, lines, alive) in enumerate(node.maps):
        if theirs is owners and lines[line] == GONE:
            lines[line] = number
            node.maps[place] = LineMap(owners, lines, alive + 1)
            return
    lines = [GONE] * size
    lines[line] = number
    node.maps.append(LineMap(owners, lines, 1))

"""Hands lines back in time, event by event, until each has the commit that it came with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple, Protocol

from mldebt.ownership.hunks import Hunk, Hunks

GONE = -1

Owners = list[bytes | None]
"""The commit of each line of a file at HEAD, as far as that is known."""


class LineMap(NamedTuple):
    """Which lines of a blob live on: for each of its lines that of the file at HEAD, or GONE. `owners` is that file's
    list of commits, filled as lines are settled; `alive` counts the lines that are not GONE."""

    owners: Owners
    lines: list[int]
    alive: int


class Node:
    """A blob at a path, along a stretch of history in which it does not change."""

    __slots__ = ("blob", "maps")

    def __init__(self, blob: bytes) -> None:
        self.blob = blob
        self.maps: list[LineMap] = []


class Met(NamedTuple):
    """Two branches met in the same file: one node takes the lines of the other."""

    node: Node
    other: Node


class Blamed(NamedTuple):
    """A commit made this version of a file, at `path`, from older ones, each with the number of its difference. What
    none of them has is the commit's own. `before` is the path in the only parent, "" where the file is new; None for
    commits with several parents or none."""

    commit: bytes
    node: Node
    origins: tuple[tuple[Node, int], ...]
    path: bytes
    before: bytes | None = None


Event = Met | Blamed


class Witness(Protocol):
    """Looks on while events are replayed, one commit after the other."""

    @property
    def ignored(self) -> Collection[bytes]:
        """The commits of which it is to be told what they kept."""

    @property
    def awaited(self) -> Collection[Node]:
        """Versions that are not to be passed before it caught up: they may have more lines by then."""

    def catch_up(self) -> None:
        """Gives the versions that it awaits what they are to have."""

    def kept(self, event: Blamed, maps: Sequence[LineMap]) -> None:
        """Of these lines, those that now have the commit as their owner stayed with it."""

    def note(self, event: Blamed, maps: Sequence[LineMap], difference: Sequence[Hunk] | None) -> None:
        """A commit with one parent made a version of a file, with the lines that live on, if any; None stands for a
        difference that is not known, or is from nothing."""

    def met(self, node: Node, other: Node) -> None:
        """One node took the lines of another."""

    def close(self) -> None:
        """All of one commit was told."""


def follow_all(content: bytes, node: Node) -> Owners:
    """Starts to follow every line of a file at HEAD; the list of their commits, still to be filled."""
    count = count_lines(content)
    owners: Owners = [None] * count
    node.maps = join(node.maps, [LineMap(owners, list(range(count)), count)])
    return owners


def count_lines(content: bytes) -> int:
    """How many lines git counts; the last one need not end."""
    return content.count(b"\n") + (content != b"" and not content.endswith(b"\n"))


def count_ready(events: Sequence[Event], hunks: Sequence[Hunks | None]) -> int:
    """How many events can be replayed while the walk goes on: those of whole commits with all their differences. The
    last commit may have more to come."""
    ready = 0
    commit = b""
    for place, event in enumerate(events):
        if isinstance(event, Met):
            continue
        if event.commit != commit:
            commit, ready = event.commit, place
        if any(hunks[number] is None for _, number in event.origins):
            break
    return ready


def replay(events: Iterable[Event], hunks: Sequence[Hunks | None], witness: Witness) -> int:
    """Settles lines; returns how many stayed with a commit only because an older version's blob is missing."""
    stopped = 0
    commit = b""
    for event in events:
        if isinstance(event, Met):
            if event.node in witness.awaited or event.other in witness.awaited:
                witness.catch_up()
            event.node.maps = join(event.node.maps, event.other.maps)
            event.other.maps = []
            witness.met(event.node, event.other)
            continue
        if event.commit != commit:
            witness.close()
            commit = event.commit
        if event.node in witness.awaited:
            witness.catch_up()
        maps, event.node.maps = event.node.maps, []
        if event.before is not None:
            witness.note(event, maps, hunks[event.origins[0][1]] if event.origins else None)
        if maps:
            stopped += _pass_blame(event, maps, hunks)
            if commit in witness.ignored:
                witness.kept(event, maps)
    witness.close()
    return stopped


def join(maps: list[LineMap], more: list[LineMap]) -> list[LineMap]:
    """Line maps of the same blob, put into as few as possible."""
    if not maps or not more:
        return maps or more
    joined = list(maps)
    for each in more:
        for place, other in enumerate(joined):
            both = _both(other.lines, each.lines) if other.owners is each.owners else None
            if both is not None:
                joined[place] = LineMap(each.owners, both, each.alive + other.alive)
                break
        else:
            joined.append(each)
    return joined


def join_some(maps: list[LineMap], owners: Owners, lines: list[int], place: int, size: int) -> list[LineMap]:
    """The same with a map of `size` lines that are GONE but for some from `place` on."""
    end = place + len(lines)
    alive = len(lines) - lines.count(GONE)
    joined = list(maps)
    for turn, other in enumerate(maps):
        both = _both(other.lines[place:end], lines) if other.owners is owners else None
        if both is not None:
            joined[turn] = LineMap(owners, [*other.lines[:place], *both, *other.lines[end:]], alive + other.alive)
            return joined
    return [*joined, LineMap(owners, [GONE] * place + lines + [GONE] * (size - end), alive)]


def _both(some: list[int], others: list[int]) -> list[int] | None:
    """What either has; None where both have a line at the same place."""
    missing = some.count(GONE) + others.count(GONE)
    if missing < len(some):
        return None
    both = [other if one < 0 else one for one, other in zip(some, others, strict=True)]
    return both if both.count(GONE) == missing - len(both) else None


def _pass_blame(event: Blamed, maps: list[LineMap], hunks: Sequence[Hunks | None]) -> int:
    """Offers the lines to each origin in turn; returns how many could not be offered for want of a blob."""
    last = len(event.origins) - 1
    for turn, (origin, number) in enumerate(event.origins):
        difference = hunks[number]
        if difference is None:
            _keep(event.commit, maps)
            return sum(each.alive for each in maps)
        passed, kept = [], []
        for each in maps:
            old, changed = _old_lines(each, difference)
            if old.alive:
                passed.append(old)
            if changed and turn == last:
                _keep_changed(event.commit, each, difference)
            elif changed:
                kept.append(LineMap(each.owners, _new_lines(each.lines, difference), changed))
        origin.maps = join(origin.maps, passed)
        maps = kept
        if not maps:
            return 0
    _keep(event.commit, maps)
    return 0


def _keep(commit: bytes, maps: Iterable[LineMap]) -> None:
    for owners, lines, _ in maps:
        for line in lines:
            if line >= 0:
                owners[line] = commit


def _keep_changed(commit: bytes, each: LineMap, difference: Hunks) -> None:
    owners, lines, _ = each
    for _, _, place, added in difference:
        for line in lines[place : place + added]:
            if line >= 0:
                owners[line] = commit


def _old_lines(each: LineMap, difference: Hunks) -> tuple[LineMap, int]:
    """The lines that the older version has, in its numbering, and how many it has not."""
    owners, lines, alive = each
    old: list[int] = []
    position = changed = 0
    whole = alive == len(lines)
    for _, removed, place, added in difference:
        old += lines[position:place]
        if removed:
            old += [GONE] * removed
        position = place + added
        if added:
            changed += added if whole else added - lines[place:position].count(GONE)
    if changed < alive:
        old += lines[position:]
    return LineMap(owners, old, alive - changed), changed


def _new_lines(lines: list[int], difference: Hunks) -> list[int]:
    """The lines that the older version has not."""
    new = [GONE] * len(lines)
    for _, _, place, added in difference:
        new[place : place + added] = lines[place : place + added]
    return new

"""A baseline: the findings that a team knows of, one a line, so that only others count."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence

import msgspec
from msgspec.structs import replace

from mldebt.errors import ConfigError
from mldebt.finding import Finding, Location
from mldebt.gate.matching import Likeness, pair
from mldebt.identity import fingerprints, quote_key
from mldebt.outcome import Outcome
from mldebt.regex import regex

_HEAD = """\
# mldebt baseline 1
# Findings that were known when this was written; a scan with this baseline shows only others. `mldebt baseline` makes
# it and prunes what has been paid. A line each: path, rule, symbol, what stands there, fingerprint. What is told as one
# of several (readers, models, components) has a line "part" for each of them, too. Any line may go.
"""
_PART = "part"
_VERSION = regex(r"# mldebt baseline (\d+)\s*$")
_CONFLICT = ("<<<<<<< ", "=======", ">>>>>>> ", "||||||| ")
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_ESCAPED = {"\\#": "#"} | {told: char for char, told in _ESCAPES.items()}


class Entry(msgspec.Struct, frozen=True, order=True):
    """One finding, as a baseline knows it: nothing in it changes when lines move. Of a finding that stands for several,
    each of these has an entry more, a part, with its name for a symbol: how many are told as one, and where, is another
    matter once some are paid."""

    path: str
    rule_id: str
    symbol: str
    quote: str
    fingerprint: str

    @property
    def is_part(self) -> bool:
        return self.quote == _PART

    @property
    def name(self) -> tuple[str, str, str]:
        """What is the same for a part in whichever finding it is told."""
        return self.rule_id, self.path, self.symbol


class Baseline(msgspec.Struct, frozen=True):
    """What one file knows. It speaks of what lies below `folder` ("a/b/", below the scanned one), and tells paths from
    there; `prefix` leads from the folder of which it speaks down to the scanned one where that is the lower of both.
    `only` is the one file that was scanned, if it was one."""

    entries: Collection[Entry]
    folder: str = ""
    prefix: str = ""
    only: str = ""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """What a baseline says of an outcome: the findings that it knows, and those that it does not know, by position, of
    which it knew some before they grew; what it holds that is still true, as that is told now; entries that were found
    no longer, and those that this scan could not look for."""

    known: tuple[int, ...]
    unknown: tuple[int, ...]
    grown: tuple[int, ...]
    kept: frozenset[Entry]
    gone: tuple[Entry, ...]
    unseen: tuple[Entry, ...]


def entries_of(outcome: Outcome, prefix: str = "") -> tuple[Entry, ...]:
    """The findings of an outcome, in its order. `prefix` is the scanned folder below the one of which the baseline
    speaks, "" or "a/b/"."""
    places = [(finding.rule_id, _placed(finding, prefix)) for finding in outcome.findings]
    return tuple(
        Entry(location.path, rule_id, location.symbol, quote_key(location), fingerprint)
        for (rule_id, location), fingerprint in zip(places, fingerprints(places), strict=True)
    )


def parts_of(outcome: Outcome, prefix: str = "") -> tuple[tuple[Entry, ...], ...]:
    """The parts of each finding; none of one that stands for itself alone."""
    return tuple(
        _members(finding, whole, prefix) if len(finding.members) > 1 else ()
        for finding, whole in zip(outcome.findings, entries_of(outcome, prefix), strict=True)
    )


def _members(finding: Finding, whole: Entry, prefix: str) -> tuple[Entry, ...]:
    names = (name.partition(":") for name in finding.members)
    return tuple(Entry(prefix + path, finding.rule_id, name, _PART, whole.fingerprint) for path, _, name in names)


def parse_baseline(text: str, file: str) -> tuple[Entry, ...]:
    """The entries of a baseline file; their order and repetitions do not matter."""
    version = _VERSION.match(text.partition("\n")[0])
    if version is None or version[1] != "1":
        what = f"written by a newer mldebt (shape {version[1]})" if version else "not a baseline of mldebt"
        raise ConfigError(f"{file}: {what}; `mldebt baseline write --force` makes it anew")
    entries = set()
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.removesuffix("\r")  # noqa: PLW2901  # as a checkout with other line ends has it
        if line.startswith(_CONFLICT) and "\t" not in line:
            raise ConfigError(f"{file}: line {number}: a merge conflict; keep the lines of both sides")
        if line.strip() and not line.startswith("#"):
            entries.add(_parse_line(line, f"{file}: line {number}"))
    return tuple(sorted(entries))


def render_baseline(entries: Iterable[Entry]) -> str:
    """The file: sorted, so that equal findings give equal bytes and changes on two branches seldom meet."""
    lines = [
        "\t".join(map(_escape, (entry.path, entry.rule_id, entry.symbol, entry.quote, entry.fingerprint)))
        for entry in sorted(set(entries))
    ]
    return _HEAD + "".join(f"{line}\n" for line in lines)


def compare(outcome: Outcome, entries: Iterable[Entry], prefix: str = "", only: str = "") -> Comparison:
    """Which findings a baseline knows: also those that moved in their file or to another one, whose function was given
    another name, or that hold nothing but parts of what it knows; not one that has grown. `only` is the one file that
    was scanned, if it was one."""
    listed = sorted(set(entries))
    asked = [entry for entry in listed if (entry.path == prefix + only if only else entry.path.startswith(prefix))]
    old = [entry for entry in asked if not entry.is_part]
    new = entries_of(outcome, prefix)
    held = [_members(finding, whole, prefix) for finding, whole in zip(outcome.findings, new, strict=True)]
    pairs = [(old[first], second) for first, second in pair(old, new, _LIKENESSES)]
    shares = _Shares((entry for entry in asked if entry.is_part), pairs, held)
    grown = {second: first for first, second in pairs if shares.has_grown(first, second)}
    known = {second for _, second in pairs if second not in grown} | shares.taken
    told = {entry.fingerprint for entry in shares.alive}
    met = {first for first, _ in pairs} | {entry for entry in old if entry.fingerprint in told} | shares.alive
    can_tell = _reach(outcome, prefix)
    gone = {entry for entry in asked if entry not in met and can_tell(entry)}
    kept = {new[index] for index in known}.union(*(shares.known_of(index) for index in known))
    return Comparison(
        known=tuple(sorted(known)),
        unknown=tuple(sorted(set(range(len(new))) - known)),
        grown=tuple(sorted(grown)),
        kept=frozenset(kept.union(*(shares.before(entry) for entry in grown.values()))),
        gone=tuple(sorted(gone)),
        unseen=tuple(entry for entry in listed if entry not in met and entry not in gone),
    )


_Name = tuple[str, str, str]


class _Shares:
    """Which finding holds which of the parts that a baseline knows. Two findings may speak of the same name, and each
    has a part of its own then: whoever holds it before and now gave it to nobody. What it held and holds no longer is
    spare, and may have come to another."""

    def __init__(
        self, parts: Iterable[Entry], pairs: Sequence[tuple[Entry, int]], held: Sequence[Sequence[Entry]]
    ) -> None:
        self._before: dict[str, dict[_Name, Entry]] = defaultdict(dict)
        for part in parts:
            self._before[part.fingerprint][part.name] = part
        self._held = held
        names = [{entry.name for entry in members} for members in held]
        self._there = frozenset().union(*names)
        paired = {second: self._before[first.fingerprint] for first, second in pairs}
        stayed = {part for index, own in paired.items() for name, part in own.items() if name in names[index]}
        every = [part for own in self._before.values() for part in own.values()]
        spare = _Spare(part for part in every if part not in stayed)
        came = {index: names[index] - own.keys() for index, own in paired.items()}
        gained = {index: spare.take(wanted) for index, wanted in came.items()}
        rest = {index: spare.take_all(wanted) for index, wanted in enumerate(names) if index not in paired}
        self._unknown = {index: len(came[index]) - len(gained[index]) for index in came}
        self.taken = {index for index, taken in rest.items() if taken}
        self.alive = stayed.union(*gained.values(), *rest.values())
        self._known = {part.name for part in self.alive}
        self._told = self.taken | {index for index, own in paired.items() if own}

    def has_grown(self, first: Entry, second: int) -> bool:
        """Whether more came to a finding than parts of it went: they may have moved, too, or been given other names. Of
        one without parts that is not known."""
        own = self._before[first.fingerprint]
        return bool(own) and self._unknown[second] > len(own.keys() - self._there)

    def before(self, first: Entry) -> list[Entry]:
        """All that was known of a finding."""
        return [first, *self._before[first.fingerprint].values()]

    def known_of(self, index: int) -> list[Entry]:
        """The parts of a finding that is known, as they are told now."""
        parts = self._held[index] if len(self._held[index]) > 1 else ()
        return [part for part in parts if index in self._told or part.name in self._known]


class _Spare:
    """Parts that a baseline knows and nobody holds. What is taken is spare no longer; of several of one name each goes
    to another finding."""

    def __init__(self, parts: Iterable[Entry]) -> None:
        self._parts: dict[_Name, list[Entry]] = defaultdict(list)
        for part in parts:
            self._parts[part.name].append(part)

    def take(self, names: Iterable[_Name]) -> list[Entry]:
        """A part for each of the names that has one left."""
        return [self._parts[name].pop() for name in names if self._parts[name]]

    def take_all(self, names: Collection[_Name]) -> list[Entry]:
        """A part for each of the names, or none at all."""
        return self.take(names) if all(self._parts[name] for name in names) else []


def without_known(
    outcome: Outcome, baselines: Iterable[Baseline], nearest: Callable[[str], str] = lambda _: ""
) -> Outcome:
    """The outcome with those findings alone that no baseline knows. `nearest` says of a path the folder whose baseline
    speaks of it."""
    known: set[int] = set()
    gone: list[str] = []
    for baseline in baselines:
        part, positions = share(outcome, baseline.folder, nearest)
        found = compare(part, baseline.entries, baseline.prefix, baseline.only)
        known |= {positions[index] for index in found.known}
        gone += [
            baseline.folder + entry.path.removeprefix(baseline.prefix) for entry in found.gone if not entry.is_part
        ]
    return replace(
        outcome,
        findings=tuple(finding for index, finding in enumerate(outcome.findings) if index not in known),
        accepted=len(known),
        gone=tuple(sorted(gone)),
    )


def share(outcome: Outcome, folder: str, nearest: Callable[[str], str]) -> tuple[Outcome, tuple[int, ...]]:
    """The findings for which the baseline of a folder is the nearest, with paths as they are told from there; and their
    positions among all."""
    positions = tuple(
        index for index, finding in enumerate(outcome.findings) if nearest(finding.location.path) == folder
    )
    findings = tuple(_told_from(outcome.findings[index], folder) for index in positions)
    skipped = tuple(
        replace(item, path=item.path.removeprefix(folder)) for item in outcome.skipped if item.path.startswith(folder)
    )
    return replace(outcome, findings=findings, skipped=skipped), positions


def _likeness(key: Callable[[Entry], tuple[str, ...]]) -> Likeness[Entry, Entry]:
    return Likeness(old=key, new=key)


_LIKENESSES = (
    _likeness(lambda entry: (entry.fingerprint,)),
    _likeness(lambda entry: (entry.rule_id, entry.path, entry.symbol, entry.quote)),
    _likeness(lambda entry: (entry.rule_id, entry.path, entry.quote)),
    _likeness(lambda entry: (entry.rule_id, entry.symbol, entry.quote)),
)


def _told_from(finding: Finding, folder: str) -> Finding:
    return replace(
        finding,
        location=replace(finding.location, path=finding.location.path.removeprefix(folder)),
        members=tuple(name.removeprefix(folder) for name in finding.members),
    )


def _placed(finding: Finding, prefix: str) -> Location:
    return replace(finding.location, path=prefix + finding.location.path)


def _reach(outcome: Outcome, prefix: str) -> Callable[[Entry], bool]:
    """Whether this scan would have found an entry that is still true: its rule answered, its file was read."""
    failed = {failure.rule_id for failure in outcome.failures}
    asked = {rule.id for rule in outcome.rules} - failed
    skipped = {prefix + item.path for item in outcome.skipped}
    return lambda entry: entry.rule_id in asked and entry.path not in skipped


def _parse_line(line: str, place: str) -> Entry:
    parts = line.split("\t")
    if len(parts) != 5 or not all(parts[at] for at in (0, 1, 3, 4)):
        raise ConfigError(
            f"{place}: not an entry (path, rule, symbol, what stands there, fingerprint, with tabs between)"
        )
    return Entry(*map(_unescape, parts))


def _escape(text: str) -> str:
    escaped = "".join(_ESCAPES.get(char, char) for char in text)
    return f"\\{escaped}" if escaped.startswith("#") else escaped  # a line that starts with it is a comment


def _unescape(text: str) -> str:
    return re.sub(r"\\[\\tnr#]", lambda found: _ESCAPED[found[0]], text)

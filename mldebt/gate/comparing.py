"""What a change did to the findings: which are new, which are gone, which have only moved."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher

import msgspec
from msgspec.structs import replace

from mldebt.finding import Finding
from mldebt.gate.cause import renames_definition
from mldebt.gate.change import Read
from mldebt.gate.matching import Key, Likeness, pair
from mldebt.identity import is_definition, said
from mldebt.outcome import Outcome, SuppressionState
from mldebt.regex import regex
from mldebt.verdict import Kept

_ALIKE = 0.5
_NUMBERS = regex(r"\d+")


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """The findings of two scans, sorted into those that belong together and those that do not. `joined` were told
    alone and are part of another now, `split` the other way round; `gained` are the members that came to a kept one."""

    kept: tuple[Kept, ...]
    joined: tuple[Kept, ...]
    split: tuple[Kept, ...]
    gained: Mapping[Finding, tuple[str, ...]]
    new: tuple[Finding, ...]
    fixed: tuple[Finding, ...]
    silenced: tuple[Finding, ...]
    unknown: tuple[Finding, ...]


def differ(
    before: Outcome, after: Outcome, renamed: Mapping[str, str], read_before: Read, read_after: Read
) -> Difference:
    """Code that moved, was indented anew, renamed or lightly edited keeps its findings."""
    likenesses = _Likenesses(before, renamed, read_before, read_after)
    pairs = pair(before.findings, after.findings, tuple(likenesses.all()))
    pairs += _sharing(before.findings, after.findings, pairs, renamed)
    kept_before, kept_after = {first for first, _ in pairs}, {second for _, second in pairs}
    was, now = _holders(before.findings, renamed), _holders(after.findings, {})
    left = [finding for index, finding in enumerate(before.findings) if index not in kept_before]
    came = [finding for index, finding in enumerate(after.findings) if index not in kept_after]
    # Whoever holds a name on both sides took it from nobody: two findings may speak of the same name.
    old_of = {after.findings[second]: before.findings[first] for first, second in pairs}
    new_of = {old: new for new, old in old_of.items()}
    joined = [
        Kept(before=each, after=holder)
        for each in left
        if (holder := _holder(each, now, renamed)) is not None
        and not _names(each, renamed) <= _names(old_of.get(holder), renamed)
    ]
    split = [
        Kept(before=holder, after=each)
        for each in came
        if (holder := _holder(each, was, {})) is not None and not _names(each, {}) <= _names(new_of.get(holder), {})
    ]
    given = frozenset(
        (each.rule_id, name)
        for each in before.findings
        for name in _names(each, renamed) - _names(new_of.get(each), {})
    )
    went = Counter(map(_without_path, was.keys() - now.keys()))
    parts = {kept.before for kept in joined}
    gone = [finding for finding in left if finding not in parts]
    alone = {kept.after for kept in split}
    unknown = _unknown(gone, after, renamed)
    silenced = _silenced(
        [finding for finding in gone if finding not in unknown], _comments(before, after, renamed), renamed
    )
    return Difference(
        kept=tuple(Kept(before=before.findings[first], after=after.findings[second]) for first, second in pairs),
        joined=tuple(joined),
        split=tuple(split),
        gained={
            found: gained
            for first, second in pairs
            if (gained := _gained(before.findings[first], (found := after.findings[second]), given, went, renamed))
        },
        new=tuple(finding for finding in came if finding not in alone),
        fixed=tuple(finding for finding in gone if finding not in silenced and finding not in unknown),
        silenced=tuple(silenced),
        unknown=tuple(unknown),
    )


def _sharing(
    before: Sequence[Finding], after: Sequence[Finding], pairs: Sequence[tuple[int, int]], renamed: Mapping[str, str]
) -> Iterator[tuple[int, int]]:
    """Positions of findings left over that hold some of the same members: such a one stands at its largest member, and
    that may be another now."""
    taken, used = {first for first, _ in pairs}, {second for _, second in pairs}
    held: dict[tuple[str, str], list[int]] = defaultdict(list)
    for first, finding in enumerate(before):
        for name in finding.members if first not in taken else ():
            held[finding.rule_id, _renamed(name, renamed)].append(first)
    for second, finding in enumerate(after):
        if second in used:
            continue
        shared = Counter(
            first for name in finding.members for first in held[finding.rule_id, name] if first not in taken
        )
        if shared:
            best = min(shared, key=lambda first: (-shared[first], first))
            taken.add(best)
            yield best, second


_Member = tuple[str, str]
"""A rule, and what a finding of it holds."""
_Holders = Mapping[_Member, Finding]


def members_of(outcome: Outcome, renamed: Mapping[str, str]) -> frozenset[_Member]:
    """All that some findings hold, by rule; paths are those after the change."""
    return frozenset(_holders(outcome.findings, renamed))


def _holders(findings: Iterable[Finding], renamed: Mapping[str, str]) -> _Holders:
    """The finding that holds each member."""
    return {(each.rule_id, _renamed(name, renamed)): each for each in findings for name in each.members}


def _names(finding: Finding | None, renamed: Mapping[str, str]) -> frozenset[str]:
    return frozenset(_renamed(name, renamed) for name in finding.members) if finding is not None else frozenset()


def _holder(finding: Finding, held: _Holders, renamed: Mapping[str, str]) -> Finding | None:
    """The finding that holds all that one does, if there is one."""
    holders = {held.get((finding.rule_id, _renamed(name, renamed))) for name in finding.members}
    return holders.pop() if len(holders) == 1 else None


def _gained(
    before: Finding,
    after: Finding,
    given: Collection[_Member],
    went: Counter[_Member],
    renamed: Mapping[str, str],
) -> tuple[str, ...]:
    """The members that a finding has now and had not before, but for those `given` by another one of its rule that has
    them no longer, and those that went from one file and came to another by the same name. Where one went from a file,
    the one that came there is taken for it under another name."""
    if not before.members:
        return ()
    had = {_renamed(name, renamed) for name in before.members}
    lost = Counter(name.partition(":")[0] for name in had.difference(after.members))
    gained = []
    for name in after.members:
        if name in had or (after.rule_id, name) in given:
            continue
        path = name.partition(":")[0]
        moved = _without_path((after.rule_id, name))
        if lost[path]:
            lost[path] -= 1
        elif went[moved] > 0:
            went[moved] -= 1
        else:
            gained.append(name)
    return tuple(gained)


def _without_path(member: _Member) -> _Member:
    """What a member is called in whichever file; a file itself is called nothing else."""
    rule_id, whole = member
    path, mark, name = whole.partition(":")
    return rule_id, name if mark else path


def _renamed(member: str, renamed: Mapping[str, str]) -> str:
    path, mark, name = member.partition(":")
    return f"{renamed.get(path, path)}{mark}{name}"


def without_rules(outcome: Outcome, rules: Collection[str]) -> Outcome:
    """The outcome as if these rules had never been asked."""
    return replace(outcome, findings=tuple(each for each in outcome.findings if each.rule_id not in rules))


class _Likenesses:
    """When a finding before and one after are the same, from the surest to the loosest."""

    def __init__(self, before: Outcome, renamed: Mapping[str, str], read_before: Read, read_after: Read) -> None:
        self._renamed = renamed
        self._readers = read_before, read_after
        self._about_people = {rule.id for rule in before.rules if rule.family == "ownership"}

    def all(self) -> Iterator[Likeness[Finding, Finding]]:
        yield self._same(lambda path, each: (each.rule_id, path, each.location.symbol, _words(each)))
        yield self._same(lambda path, each: (each.rule_id, path, _words(each)))
        yield self._same(lambda _, each: (each.rule_id, each.location.symbol, _words(each)))
        yield self._same(lambda _, each: (each.rule_id, _words(each), _trail(each)))
        yield self._same(lambda path, each: (each.rule_id, path, each.location.symbol), _edited)
        yield self._same(lambda path, each: (each.rule_id, path), self._renames)
        yield self._same(lambda _, each: (each.rule_id, _NUMBERS.sub("#", each.message)), self._same_people)

    def _same(
        self, key: Callable[[str, Finding], Key], accept: Callable[[Finding, Finding], bool] = lambda _old, _new: True
    ) -> Likeness[Finding, Finding]:
        return Likeness(
            old=lambda each: key(self._renamed.get(each.location.path, each.location.path), each),
            new=lambda each: key(each.location.path, each),
            accept=accept,
        )

    def _renames(self, old: Finding, new: Finding) -> bool:
        if not is_definition(old.location) or not is_definition(new.location):
            return False
        return renames_definition(old, new, *self._readers)

    def _same_people(self, old: Finding, _new: Finding) -> bool:
        """One finding for all that a person holds stands at the largest component, which may be another one now."""
        return old.rule_id in self._about_people


def _edited(old: Finding, new: Finding) -> bool:
    """Whether one line was made of the other."""
    if is_definition(old.location) and is_definition(new.location):
        return True
    was, is_now = said(old.location), said(new.location)
    return bool(was and is_now) and SequenceMatcher(None, was, is_now, autojunk=False).ratio() >= _ALIKE


def _words(finding: Finding) -> str:
    """What stands there; where that is not known, what is said of it."""
    return said(finding.location) or _NUMBERS.sub("#", finding.message)


def _trail(finding: Finding) -> tuple[str, ...]:
    return tuple(said(step.location) for step in finding.trail)


def _comments(before: Outcome, after: Outcome, renamed: Mapping[str, str]) -> Counter[tuple[str, str]]:
    """How many comments that silence a rule in a file came with the change."""
    old, new = (
        [(each.rule_id, each.location.path) for each in outcome.suppressions if each.state is SuppressionState.USED]
        for outcome in (before, after)
    )
    return Counter(new) - Counter((rule_id, renamed.get(path, path)) for rule_id, path in old)


def _silenced(gone: Sequence[Finding], comments: Counter[tuple[str, str]], renamed: Mapping[str, str]) -> list[Finding]:
    """Those for which a comment came: as many, of a rule in a file, as there are comments."""
    found = []
    for finding in gone:
        key = (finding.rule_id, renamed.get(finding.location.path, finding.location.path))
        if comments[key]:
            comments[key] -= 1
            found.append(finding)
    return found


def _unknown(gone: Sequence[Finding], after: Outcome, renamed: Mapping[str, str]) -> list[Finding]:
    """Those that the scan after the change could not have found: the rule failed, or the file is not read any more."""
    asked = {rule.id for rule in after.rules} - {failure.rule_id for failure in after.failures}
    skipped = {item.path for item in after.skipped}
    return [
        finding
        for finding in gone
        if finding.rule_id not in asked or renamed.get(finding.location.path, finding.location.path) in skipped
    ]

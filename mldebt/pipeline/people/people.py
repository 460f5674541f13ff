"""Components joined with the people who know them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from mldebt.finding import Hit, Location, Owner, Step
from mldebt.ownership import BusFactor, Knowledge, Ownership, Span, unite, united
from mldebt.pipeline.components import Component

UNKNOWABLE = 0.5
"""Share of lines that came with the import of a whole tree from which nobody can say who knows a component."""
REFORMATTED = 0.9
"""Share of lines that a mass reformatting wrote last from which nobody can say who knows a component."""
SHOWN = 3
FADED = 0.5
"""How much of somebody's knowledge is likely still there when a finding says that it has faded."""
WROTE_A_PART = 0.05
"""Share of the lines from which somebody is named as a writer: less is a repair on the way."""
AUTHORED = 0.5
"""Share of what somebody wrote of which they have to be the author for it to be told so: others only name them."""
LEAST_SHOWN = 0.005
"""Share that is not shown as 0 %."""
IMPORT_SHOWN = 0.05
"""Share of lines that came in with the import of a whole tree, from which it is told: a reader misses their writer."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A component and the people who know it; `window` says over which time activity was judged, `names` who they are,
    the best first and each once."""

    component: Component
    factor: BusFactor
    window: str
    names: tuple[str, ...] = ()

    @property
    def is_unknowable(self) -> bool:
        return self.factor.unknowable > UNKNOWABLE


class People:
    """Questions about who knows what; nothing is said where the history cannot tell."""

    def __init__(self, ownership: Ownership, components: Sequence[Component]) -> None:
        self.ownership = ownership
        self.components = tuple(components)
        likely = {person for pair in ownership.suggestions for person in (pair.one, pair.other)}
        self._same = unite(likely, ownership.suggestions)
        self._united = united(ownership) if likely else ownership

    @property
    def window(self) -> str:
        until = time.strftime("%Y-%m-%d", time.gmtime(self.ownership.head_date))
        return f"active means a commit in the {self.ownership.window_days} days before {until}"

    def _window(self, *, fades: bool) -> str:
        return f"{self.window}; knowledge halves every {self.ownership.half_life_days} days" if fades else self.window

    @property
    def span_of_history(self) -> str:
        """What an answer rests on that asks who ever knew, not who is still there."""
        until = time.strftime("%Y-%m-%d", time.gmtime(self.ownership.head_date))
        return f"judged by all of the history up to {until}"

    def known(self, parameters: Mapping[str, object]) -> Iterator[Known]:
        """The components large enough to judge, with who knows them."""
        if not self.ownership.available:
            return
        for component in self.components:
            if component.code_lines >= _number(parameters, "min_lines"):
                factor = self.ownership.bus_factor(
                    component.spans,
                    wrote=_number(parameters, "known_share"),
                    reviewed=_number(parameters, "reviewed_share"),
                    fades=parameters["fades"] is True,
                )
                yield Known(
                    component=component,
                    factor=factor,
                    window=self._window(fades=parameters["fades"] is True),
                    names=self._names(factor),
                )

    def _names(self, factor: BusFactor) -> tuple[str, ...]:
        """Those who know some lines; who merely reviewed is named where nobody wrote a part worth the name."""
        known = [each for each in factor.knowing if each.share >= WROTE_A_PART] or factor.knowing
        return tuple(dict.fromkeys(map(self.name_of, known)))

    def name_of(self, each: Knowledge) -> str:
        """How somebody is called, of likely second names the first."""
        return self._same.get(each.person, each.person).name

    def is_one_persons_work(self) -> bool:
        """Whether a single person ever contributed."""
        return self.ownership.available and len(self.ownership.contributors) == 1

    def owners(self, spans: Sequence[Span]) -> tuple[Owner, ...]:
        """Who knows some lines, who wrote most of them first; likely second names of one person count as one."""
        if not self.ownership.available:
            return ()
        return tuple(
            Owner(
                name=each.person.name,
                share=round(each.share, 4),
                active=each.active,
                reviewed=round(each.reviewed_share, 4),
            )
            for each in _shown(self._united.knows(spans))
        )

    def factor(self, spans: Sequence[Span]) -> BusFactor:
        """How many know some lines; likely second names of one person count as one."""
        return self._united.bus_factor(spans)

    def counted_as_one(self, spans: Sequence[Span]) -> tuple[str, ...]:
        """Which names of those who know some lines were taken for second names of others among them."""
        knowing = {each.person for each in self.ownership.knows(spans)}
        pairs = ((pair.one, pair.other) for pair in self.ownership.suggestions)
        return tuple(f"{one.name} = {other.name}" for one, other in pairs if one in knowing and other in knowing)

    def hit(self, known: Known, location: Location, message: str) -> Hit:
        """A finding about who knows a component, with those who do as its evidence."""
        said = [_says(each, self.ownership.called(each.person)) for each in _shown(known.factor.knowing)]
        said += _came_in(known.factor)
        return Hit(
            location=location,
            message=message,
            trail=tuple(Step(location=location, message=text) for text in said),
            component=known.component.name,
            members=(known.component.name,),
        )

    def together(self, held: Sequence[tuple[Known, Location]], message: str) -> Hit:
        """One finding for several components, since one event took them all. It stands at the largest."""
        largest, place = max(held, key=lambda each: each[0].component.code_lines)
        return Hit(
            location=place,
            message=message,
            trail=tuple(Step(location=location, message=self._sums_up(known)) for known, location in held),
            component=largest.component.name,
            members=tuple(known.component.name for known, _ in held),
        )

    def _sums_up(self, known: Known) -> str:
        what = f"{known.component.kind}, {known.component.code_lines} code lines"
        if known.factor.active:  # one at most: components that several know are not folded
            (last,) = known.factor.active
            return "; ".join((what, _says(last, self.name_of(last)), *_came_in(known.factor)))
        return f"{what}; {', '.join(known.names[:SHOWN])} knew it"


def unclear(factor: BusFactor, ownership: Ownership) -> str:
    """Why nobody can say who knows some lines; "" where they can. The only person who ever contributed is known beside
    what came in with a whole tree, where a part was written later."""
    is_alone = len(ownership.contributors) == 1 and factor.knowing
    if factor.unknowable > UNKNOWABLE and not is_alone:
        return "came in with a whole tree; the history does not say who wrote it"
    if factor.reformatted > REFORMATTED:
        return "reformatted as a whole; name that commit in .git-blame-ignore-revs to see who wrote it"
    return "" if factor.lines else "not committed yet"


def _shown(knowing: Sequence[Knowledge]) -> list[Knowledge]:
    """The first of those who know something, and in any case one who is still there and did a part of it."""
    shown = list(knowing[:SHOWN])
    if any(each.active for each in shown):
        return shown
    last = next((each for each in knowing if each.active and each.share + each.reviewed_share >= WROTE_A_PART), None)
    return shown if last is None else [*shown[: SHOWN - 1], last]


def _says(each: Knowledge, who: str) -> str:
    """What somebody did for a component, in words."""
    if each.share < LEAST_SHOWN:
        return f"{who} reviewed the changes that made {each.reviewed_share:.0%}"
    faded = f", and likely still knows {each.fresh:.0%} of that" if each.fresh < FADED else ""
    wrote = "wrote" if each.authored >= AUTHORED * each.share else "is named as a co-author of"
    return f"{who} {wrote} {each.share:.0%}, last touched it on {_day(each.last_touched)}{faded}"


def _came_in(factor: BusFactor) -> list[str]:
    """How much nobody is known to have written."""
    if factor.unknowable < IMPORT_SHOWN:
        return []
    return [f"{factor.unknowable:.0%} came in with the import of a whole tree"]


def _number(parameters: Mapping[str, object], name: str) -> float:
    value = parameters[name]
    assert isinstance(value, int | float)
    return value


def _day(moment: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(moment))

"""What one rule says of the copies of one piece of code, said once."""

from __future__ import annotations

import posixpath
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from mldebt.finding import Audience, Hit, Severity, Step
from mldebt.flow.module import Module
from mldebt.flow.program import Program
from mldebt.listed import listed
from mldebt.pipeline.clones.lines import Shapes
from mldebt.regex import regex

LEAST_LINES = 5
ALIKE = 0.8
"""The share of the lines of the longer of two pieces of code that the other has as well, for one to be a copy."""
NAMED = 3
_AMOUNT = regex(r"\d+|\b(January|February|March|April|May|June|July|August|September|October|November|December)\b")
"""What a rule's words say of one place alone: numbers, dates."""
_Lines = frozenset[tuple[str, tuple[str, ...]]]
_Said = tuple[str, str, Severity | None, Audience | None]


class ToldOnce:
    """Joins hits of one rule. Two say the same where their words are equal but for places and amounts, and they weigh
    the same, in definitions of one name (or files of one name) that hold nearly the same lines."""

    def __init__(self, program: Program) -> None:
        self._shapes = Shapes(program)
        self._modules = {module.path: module for module in program.modules}

    def fold(self, hits: Iterable[Hit]) -> list[Hit]:
        """The hits, by path; the first of those that say the same stands for the others and names them."""
        ordered = sorted(hits, key=lambda hit: (hit.location.path, hit.location.line, hit.message))
        said = [_said(hit) for hit in ordered]
        often = Counter(said)
        first: list[Hit] = []
        again: dict[int, list[Hit]] = defaultdict(list)
        known: dict[_Said, list[tuple[int, _Lines]]] = defaultdict(list)
        for hit, words in zip(ordered, said, strict=True):
            leaders = known[words]
            lines = self._lines(hit) if often[words] > 1 else frozenset()
            held = next((place for place, others in leaders if _are_alike(lines, others)), None)
            if held is not None and first[held].location.path != hit.location.path:
                again[held].append(hit)
            else:
                leaders.append((len(first), lines))
                first.append(hit)
        return [_with(hit, again[place]) for place, hit in enumerate(first)]

    def _lines(self, hit: Hit) -> _Lines:
        module = self._modules.get(hit.location.path)
        if module is None:
            return frozenset()
        region = self._shapes.unit(module, _scope(module, hit.location.symbol))
        return frozenset((line.shape, line.atoms) for line in region.lines)


def told_once_a_unit(hits: Iterable[Hit]) -> Iterator[Hit]:
    """The hits of one rule, where each function, script or notebook hears the same words once: the first of those that
    say the same stands for the others and shows where they are."""
    alike: dict[tuple[str, str, str], list[Hit]] = defaultdict(list)
    for hit in hits:
        alike[hit.location.path, hit.location.symbol, hit.message].append(hit)
    for same in alike.values():
        first, *others = sorted(same, key=lambda hit: hit.location.line)
        places = {each.location.line: each for each in others if each.location.line != first.location.line}
        steps = (Step(location=each.location, message="the same again here") for each in places.values())
        yield replace(first, trail=(*first.trail, *steps)) if places else first


def _scope(module: Module, symbol: str) -> int:
    """The outermost definition that a symbol stands in; 0 for the module's own code."""
    name = symbol.partition(".")[0]
    scopes = enumerate(module.facts.scopes)
    return next((number for number, each in scopes if number and each.parent == 0 and each.name == name), 0)


def _said(hit: Hit) -> _Said:
    """What a hit says, the name of what it says it of, and how it weighs."""
    name = hit.location.symbol or posixpath.basename(hit.location.path)
    return name, _AMOUNT.sub("#", hit.message.replace(hit.location.path, "")), hit.severity, hit.audience


def _are_alike(lines: _Lines, others: _Lines) -> bool:
    longer = max(len(lines), len(others))
    return longer >= LEAST_LINES and len(lines & others) >= ALIKE * longer


def _with(hit: Hit, again: list[Hit]) -> Hit:
    named = (each.members or (f"{each.location.path}:{each.location.symbol}",) for each in (hit, *again))
    hit = replace(hit, members=tuple(dict.fromkeys(member for members in named for member in members)))
    if not again:
        return hit
    places = list(dict.fromkeys(each.location.path for each in again))
    told = f"The same stands in {listed(places, NAMED)}."
    steps = (Step(location=each.location, message="the same again here") for each in again)
    return replace(hit, message=f"{hit.message.rstrip('.')}. {told}", trail=(*hit.trail, *steps))

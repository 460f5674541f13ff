"""Who knows which component: the answer to `mldebt owners`, and what the other answers about people are made of."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from mldebt.answers import Basis, Holding, Knower, Owners, TeamHolding, Truck
from mldebt.errors import UsageError, nearest
from mldebt.finding import CO_WRITTEN, is_co_written
from mldebt.ownership import Knowledge, Ownership, Person, Span, Suggestion, TruckFactor
from mldebt.pipeline.components import Component
from mldebt.pipeline.extent import Extents
from mldebt.pipeline.people.people import unclear
from mldebt.pipeline.project import Project

SMALL = 50
"""Code lines below which a component is too small to judge, as in the rules."""
NAMED_TRUCK = 5
NAMED_PAIRS = 3


class Holdings:
    """Components with the people who know them. `ownership` may differ from the project's: other window, united or
    hidden names."""

    def __init__(self, project: Project, ownership: Ownership) -> None:
        self.project = project
        self.ownership = ownership

    def all(self) -> tuple[Holding, ...]:
        """Every component, the most urgent first: nobody left, one person, several; the largest first in each."""
        return ranked(self.of(component) for component in self.project.components)

    def of(self, component: Component) -> Holding:
        """One component."""
        factor = self.ownership.bus_factor(component.spans)
        why = unclear(factor, self.ownership)
        return Holding(
            kind=component.kind,
            name=component.name,
            path=component.path,
            line=self.project.component_location(component).line,
            code_lines=component.code_lines,
            last_touched=factor.last_touched,
            bus_factor=None if why else factor.count,
            knowers=tuple(knower(each, self.ownership) for each in factor.knowing),
            why=why,
            small=component.code_lines < SMALL,
            parts=self._parts(component),
        )

    def _parts(self, component: Component) -> tuple[str, ...]:
        """The functions and classes of a component beside the one that names it."""
        scopes = self.project.flow.program.modules[component.unit[0]].facts.scopes
        names = (scopes[number].qualname for module, number in component.units if number != component.unit[1])
        return tuple(dict.fromkeys(name for name in names if name))

    def files(self, kind: str, path: str, spans: Sequence[Span], code_lines: int) -> Holding:
        """A file that is no component, or a folder with all that lies in it."""
        factor = self.ownership.bus_factor(spans)
        why = unclear(factor, self.ownership)
        return Holding(
            kind=kind,
            name=path,
            path=path,
            line=1,
            code_lines=code_lines,
            last_touched=factor.last_touched,
            bus_factor=None if why else factor.count,
            knowers=tuple(knower(each, self.ownership) for each in factor.knowing),
            why=why,
        )


def ranked(holdings: Iterable[Holding]) -> tuple[Holding, ...]:
    """The fewest active people first, then the largest; what cannot be told last."""
    return tuple(
        sorted(
            holdings,
            key=lambda each: (each.bus_factor is None, each.bus_factor or 0, -each.code_lines, each.name),
        )
    )


def find_components(project: Project, wanted: str) -> tuple[Component, ...]:
    """The components that a path or a name means: a file, a folder, a component, a model's name, or a part of these."""
    components = project.components
    path = wanted.strip("/").removeprefix("./")
    found = [each for each in components if each.path == path or each.path.startswith(f"{path}/")]
    if found:
        return tuple(found)
    word = wanted.casefold()
    trained = {
        project.flow.program.modules[model.made.body.module.index].path
        for model in project.trained_models
        if model.name.casefold() == word
    } | {
        project.flow.program.modules[model.cls[0]].path
        for model in project.trained_models
        if model.cls is not None and model.name.casefold() == word
    }
    for found in (
        [each for each in components if word in (each.name.casefold(), _symbol(each).casefold())],
        [each for each in components if each.path in trained],
        [each for each in components if word in _inside(project, each)],
        [each for each in components if word in each.name.casefold()],
    ):
        if found:
            return tuple(found)
    return ()


def ask_owners(
    project: Project, ownership: Ownership, basis: Basis, wanted: str, trucks: Sequence[TruckFactor]
) -> Owners:
    """Who knows what; of the components that are `wanted`, or of all of them."""
    holdings = Holdings(project, ownership)
    found: tuple[Holding, ...]
    if not wanted:
        found = holdings.all()
    else:
        components = find_components(project, wanted)
        found = (*_files(project, holdings, wanted), *ranked(map(holdings.of, components)))
        if not found:
            raise UsageError(f"no file, folder, component or model {wanted!r}{nearest(wanted, _known(project))}")
    return Owners(
        basis=replace(basis, notes=(*basis.notes, *co_written(found))),
        asked=wanted,
        holdings=found,
        trucks=tuple(map(_truck, trucks)),
        teams=_teams(ownership, found),
    )


def basis(
    project: Project,
    ownership: Ownership,
    name: str,
    *,
    version: str = "",
    notes: Sequence[str] = (),
    names: int = 0,
    suggestions: Sequence[Suggestion] = (),
) -> Basis:
    """What an answer about people rests on."""
    said = [*notes, *_likely(suggestions)]
    if project.prose.codeowners() is None:
        said.append("There is no CODEOWNERS file: nothing but the history says who is responsible.")
    return Basis(
        version=version,
        repository=name,
        head=ownership.head,
        until=ownership.head_date,
        window_days=ownership.window_days,
        half_life_days=ownership.half_life_days,
        people=len(ownership.contributors),
        active=sum(map(ownership.active, ownership.contributors)),
        names=names or len(ownership.contributors),
        notes=tuple(said),
    )


def knower(each: Knowledge, ownership: Ownership) -> Knower:
    """Somebody's knowledge, as an answer tells it."""
    return Knower(
        name=each.person.name,
        email=each.person.email,
        wrote=round(each.share, 4),
        reviewed=round(each.reviewed_share, 4),
        since=each.first_touched,
        last=each.last_touched or each.last_reviewed,
        last_seen=each.person.last_commit,
        active=each.active,
        fresh=round(each.fresh, 4),
        teams=ownership.teams.get(each.person, ()),
    )


def _teams(ownership: Ownership, holdings: Sequence[Holding]) -> tuple[TeamHolding, ...]:
    """What each team knows among some components."""
    members: dict[str, list[Person]] = {}
    for person in ownership.contributors:
        for name in ownership.teams.get(person, ()):
            members.setdefault(name, []).append(person)
    known = {name: [each for each in holdings if any(name in one.teams for one in each.active)] for name in members}
    return tuple(
        TeamHolding(
            name=name,
            people=tuple(person.name for person in people),
            active=sum(map(ownership.active, people)),
            components=len(known[name]),
            alone=sum(all(name in one.teams for one in each.active) for each in known[name]),
        )
        for name, people in sorted(members.items())
    )


def _files(project: Project, holdings: Holdings, wanted: str) -> Iterator[Holding]:
    """A folder as a whole, or a file that is no component."""
    path, extents = posixpath.normpath(wanted), Extents()
    inside = [module for module in project.modules() if module.path.startswith(f"{path}/")]
    if inside:
        lines = sum(extents.code_lines(module, 0) for module in inside)
        yield holdings.files("folder", path, [span for module in inside for span in extents.spans(module, 0)], lines)
    for module in project.flow.program.modules:
        if module.path == path and all(each.path != path for each in project.components):
            yield holdings.files("file", path, extents.spans(module, 0), extents.code_lines(module, 0))


def _known(project: Project) -> set[str]:
    """What may be asked for by name."""
    known = {each.name for each in project.components} | {_symbol(each) for each in project.components}
    known |= {module.path for module in project.modules()} | {model.name for model in project.trained_models}
    return known | {name for path in known for name in (posixpath.dirname(path), posixpath.basename(path)) if name}


def _inside(project: Project, component: Component) -> set[str]:
    """The names of everything that is defined in a component."""
    scopes = project.flow.program.modules[component.unit[0]].facts.scopes
    ends = [(scopes[number].at, scopes[number].end) for _, number in component.units if number]
    within = (scope for scope in scopes if any(first <= scope.at < end for first, end in ends))
    return {name.casefold() for scope in within for name in (scope.name, scope.qualname) if name}


def co_written(holdings: Iterable[Holding]) -> list[str]:
    """Why shares may add up to more than a whole, where they do."""
    found = any(is_co_written(each.wrote for each in holding.knowers) for holding in holdings)
    return [CO_WRITTEN] if found else []


def _symbol(component: Component) -> str:
    return component.name.rpartition(":")[2]


def _truck(found: TruckFactor) -> Truck:
    return Truck(
        count=found.count,
        names=tuple(person.name for person, _ in found.authors[: min(found.count, NAMED_TRUCK)]),
        files=found.files,
        window_days=found.window.days,
        fades=found.window.fades,
    )


def _likely(suggestions: Sequence[Suggestion]) -> list[str]:
    """Which second names were counted with the first; where a person merely has several addresses, only how many."""
    if not suggestions:
        return []
    pairs = [f"{each.one.name} = {each.other.name}" for each in suggestions if each.one.name != each.other.name]
    said = "; ".join(pairs[:NAMED_PAIRS])
    more = len(suggestions) - len(pairs[:NAMED_PAIRS])
    rest = (
        f"{' and ' if said else ''}{more} second name{'' if more == 1 else 's'} or address{'' if more == 1 else 'es'}"
    )
    return [
        f"Likely the same person, and counted as one: {said}{rest if more else ''}. "
        "[tool.mldebt.people] aliases or .mailmap settle it."
    ]

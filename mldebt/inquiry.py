"""Questions about people, from a path to an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from mldebt import __version__
from mldebt.answers import Basis, Offboarding, Owners, Team
from mldebt.domains import attendance, teams
from mldebt.errors import GitError, UsageError
from mldebt.git import Repository, open_repository
from mldebt.scan import Watcher, commits_shown, history_cache, read_project
from mldebt.settings import Settings

if TYPE_CHECKING:
    from mldebt.ownership import Anonymity, Ownership, TruckFactor
    from mldebt.pipeline import Project
    from mldebt.sources import DocumentKind

DAY = 86_400
CHANGES = 5
"""How many of the last changes of a file a hand-over page shows."""


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """How a question is meant: over which window, and whether names may be told."""

    window_days: int | None = None
    since: dt.date | None = None
    anonymous: bool = False


class _Read(msgspec.Struct, frozen=True, kw_only=True):
    """A repository, read for a question. `seen` is the ownership with names, `ownership` the one to answer with."""

    project: Project
    repository: Repository
    seen: Ownership
    ownership: Ownership
    hidden: Anonymity | None
    basis: Basis


def ask_owners(path: Path, wanted: str, settings: Settings, terms: Terms, watcher: Watcher) -> Owners:
    """Who knows the components below a path, or those of them that are wanted."""
    from mldebt.pipeline.people.owners import ask_owners as answer

    read = _read(path, settings, terms, watcher)
    watcher.stage("people")
    trucks = () if wanted else _trucks(read)
    return answer(read.project, read.ownership, read.basis, wanted, trucks)


def ask_offboard(path: Path, person: str, settings: Settings, terms: Terms, watcher: Watcher) -> Offboarding:
    """What a person, named by a name, an address, an alias or a part of one, leaves behind."""
    from mldebt.ownership import find_person, read_changes
    from mldebt.pipeline.people.handover import ask_offboard as answer
    from mldebt.pipeline.people.handover import leaving

    read = _read(path, settings, terms, watcher)
    credited = {each for credit in read.seen.credits.values() for each in (*credit.writers, *credit.reviewers)}
    found = find_person(
        person, dict.fromkeys((*read.seen.contributors, *credited)), read.project.settings.people.aliases
    )
    shown = read.hidden.person(found) if read.hidden is not None else found
    watcher.stage("people")
    left = leaving(read.project, read.ownership, shown)
    changes = read_changes(read.repository, [each.component.path for each in left], limit=CHANGES)
    scrub = read.hidden.text if read.hidden is not None else str
    return answer(read.project, read.ownership, read.basis, shown, left, changes, scrub)


def ask_team(path: Path, settings: Settings, terms: Terms, watcher: Watcher) -> Team:
    """Who works on which stage of the pipeline. The files that run it (workflows, Dockerfiles, Makefiles) count too."""
    from mldebt.pipeline.people.team import ask_team as answer
    from mldebt.pipeline.stages import OPERATING

    read = _read(path, settings, terms, watcher, kinds=OPERATING)
    watcher.stage("people")
    return answer(read.project, read.ownership, read.basis)


def _read(
    path: Path, settings: Settings, terms: Terms, watcher: Watcher, *, kinds: Collection[DocumentKind] = ()
) -> _Read:
    """`kinds` of documents whose lines are asked about too."""
    from mldebt.ownership import Anonymity, united
    from mldebt.pipeline.people.owners import basis

    project = read_project(path, settings, watcher)
    repository = open_repository(path)
    if repository is None or not project.ownership.available:
        raise UsageError(f"nobody can be named: {project.ownership.reason}")
    known = _over(_with_documents(project, repository, kinds, watcher), terms)
    seen = united(known)
    hidden = Anonymity(seen) if terms.anonymous else None
    ownership = hidden.ownership(seen) if hidden is not None else seen
    second = len(known.suggestions)
    notes = [f"Likely second names, {second} of them, are counted with the first."] if hidden and second else []
    return _Read(
        project=project,
        repository=repository,
        seen=seen,
        ownership=ownership,
        hidden=hidden,
        basis=basis(
            project,
            ownership,
            path.resolve().name,
            version=__version__,
            notes=notes,
            names=len(known.contributors),
            suggestions=() if hidden else known.suggestions,
        ),
    )


def _with_documents(
    project: Project, repository: Repository, kinds: Collection[DocumentKind], watcher: Watcher
) -> Ownership:
    """The project's ownership, with the lines of some documents added."""
    from mldebt.ownership import read_ownership, said_below, with_teams

    settings = project.settings
    named = [document.path for document in project.raw_documents if document.kind in kinds]
    if not named:
        return project.ownership
    found = read_ownership(
        repository,
        [*named, *(module.path for module in project.flow.program.modules)],
        window_days=settings.window_days,
        aliases=settings.people.aliases,
        bots=settings.people.bots,
        joined=settings.people.joined,
        left=settings.people.left,
        cache_dir=history_cache(settings, repository),
        progress=commits_shown(watcher),
    )
    if not found.available:
        return project.ownership
    said = said_below(found._replace(half_life_days=settings.half_life_days), attendance(settings))
    return with_teams(said, teams(settings), settings.people.aliases)


def _over(ownership: Ownership, terms: Terms) -> Ownership:
    """The same ownership, judged over the window that was asked for."""
    days = terms.window_days
    if terms.since is not None:
        start = dt.datetime.combine(terms.since, dt.time(), tzinfo=dt.UTC)
        days = -int(-(ownership.head_date - start.timestamp()) // DAY)
        if days < 1:
            raise UsageError(f"--since {terms.since}: the last commit is older")
    return ownership if days is None else ownership._replace(window_days=days)


def _trucks(read: _Read) -> Sequence[TruckFactor]:
    """The truck factor over all of history, over the window, and as it is published; none where git cannot tell."""
    from mldebt.ownership import PUBLISHED, Window, read_truck_factors

    modules, people = read.project.flow.program.modules, read.project.settings.people
    paths = [module.path for module in modules if module.category in ("product", "test")]
    try:
        found = read_truck_factors(
            read.repository,
            paths,
            windows=(Window(), Window(read.ownership.window_days), PUBLISHED),
            aliases=people.aliases,
            bots=people.bots,
            unite_likely=True,
        )
    except GitError:
        return ()
    if read.hidden is None:
        return found
    numbers = {word: person for person in read.seen.contributors for word in (person.name, person.email)}
    return [
        replace(
            each,
            authors=tuple(
                (read.hidden.person(numbers.get(person.email, numbers.get(person.name, person))), files)
                for person, files in each.authors
            ),
        )
        for each in found
    ]

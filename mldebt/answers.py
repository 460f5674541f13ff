"""What the commands about people answer, as values that a report can show. Moments are epoch seconds, 0 for never."""

from __future__ import annotations

import msgspec


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer rests on: the commit, how long after their last commit people count as active, how fast knowledge
    fades, and what else a reader should know. `names` are those of the history, before likely second names were counted
    with the first."""

    version: str
    repository: str
    head: str
    until: int
    window_days: int
    half_life_days: int
    people: int
    active: int
    names: int = 0
    notes: tuple[str, ...] = ()


class Knower(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody and some code: the shares (0 to 1) that they wrote and reviewed, when they first and last touched it,
    when they last committed anywhere, and how much of what they knew is likely still there."""

    name: str
    email: str
    wrote: float
    reviewed: float
    since: int
    last: int
    last_seen: int
    active: bool
    fresh: float
    teams: tuple[str, ...] = ()


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """A component and those who know it, the best first. `bus_factor` counts the active ones; None where the history
    cannot tell, and `why` says so. `parts` are the other definitions of its file that belong to it."""

    kind: str
    name: str
    path: str
    line: int
    code_lines: int
    last_touched: int
    bus_factor: int | None
    knowers: tuple[Knower, ...]
    why: str = ""
    small: bool = False
    parts: tuple[str, ...] = ()

    @property
    def active(self) -> tuple[Knower, ...]:
        return tuple(each for each in self.knowers if each.active)


class Truck(msgspec.Struct, frozen=True, kw_only=True):
    """A truck factor: so many people, named, hold more than half of the files that were changed in a window;
    `window_days` None is all of history. `fades`: recent changes weigh more, as in the values that JetBrains
    published."""

    count: int
    names: tuple[str, ...]
    files: int
    window_days: int | None
    fades: bool = False


class TeamHolding(msgspec.Struct, frozen=True, kw_only=True):
    """A team of the settings: its people, how many of them are active, the components that one of those knows, and how
    many of these nobody active of another team, or of none, knows."""

    name: str
    people: tuple[str, ...]
    active: int
    components: int
    alone: int


class Owners(msgspec.Struct, frozen=True, kw_only=True):
    """Who knows what: of everything, or of what was asked."""

    basis: Basis
    asked: str
    holdings: tuple[Holding, ...]
    trucks: tuple[Truck, ...]
    teams: tuple[TeamHolding, ...] = ()


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Somewhere, and what stands there."""

    path: str
    line: int
    text: str


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """A comment that admits unfinished work: who left it, and when."""

    path: str
    line: int
    text: str
    author: str
    written: int


class LastChange(msgspec.Struct, frozen=True, kw_only=True):
    """A commit that changed a component's file."""

    commit: str
    when: int
    author: str
    subject: str


class Handover(msgspec.Struct, frozen=True, kw_only=True):
    """A component that somebody leaves behind: who remains, who knows most of it after them and why, and what the
    repository says of it. `documented` and `serving` say whether anything is written about it, and whether what users
    get runs through it."""

    holding: Holding
    theirs: Knower
    remaining: tuple[Knower, ...]
    next_person: str
    next_reason: str
    documented: bool
    serving: bool
    what: str
    said_at: tuple[Place, ...]
    runs: tuple[Place, ...]
    retrain: tuple[Place, ...]
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    remarks: tuple[Remark, ...]
    changes: tuple[LastChange, ...]

    @property
    def alone(self) -> bool:
        """Whether nobody who knows it remains."""
        return not self.remaining


class OtherFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that belongs to no component: the lines that somebody wrote of it, their share, and who else who is active
    knows it."""

    path: str
    lines: int
    share: float
    known_by: tuple[str, ...]


class Offboarding(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody leaves behind, the most urgent first, and what others know as well. `lines` are those of the team's
    own code that they wrote, `outside` how many of these belong to no component, `files` where most of them stand."""

    basis: Basis
    name: str
    email: str
    active: bool
    since: int
    last: int
    commits: int
    left_alone: tuple[Handover, ...]
    shared: tuple[Handover, ...]
    lines: int = 0
    outside: int = 0
    files: tuple[OtherFile, ...] = ()


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody, the lines that they wrote in each stage (in the order of the team's stages) and the role that these
    suggest."""

    name: str
    email: str
    active: bool
    last_seen: int
    lines: tuple[int, ...]
    role: str
    teams: tuple[str, ...] = ()


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """A stage of the pipeline: its lines, who knows it among those still active, and who of them knows most of it after
    these (`beside`, with the share that they wrote)."""

    name: str
    lines: int
    knowing: tuple[str, ...]
    knew: tuple[str, ...]
    beside: str = ""
    beside_wrote: float = 0.0


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Where the team is thin: what, and what it may lead to."""

    kind: str
    text: str


class Team(msgspec.Struct, frozen=True, kw_only=True):
    """People × stages, and the gaps between them."""

    basis: Basis
    stages: tuple[Stage, ...]
    members: tuple[Member, ...]
    gaps: tuple[Gap, ...]

"""One scan, from a path to an Outcome: the only place where the stages meet."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
from msgspec.structs import replace

from mldebt import __version__
from mldebt.accepted import less_known, read_baseline
from mldebt.account import Quotes, count_read, say_history, say_why
from mldebt.asking import ask_all
from mldebt.domains import Domains, attendance, teams, with_domains
from mldebt.errors import GitError, UsageError
from mldebt.finding import Audience, Finding, Hit, Severity, Skipped
from mldebt.gate.suppression import IgnoreComment, ignore_comments, silence
from mldebt.git import Repository, open_repository
from mldebt.identity import fingerprints
from mldebt.inputs import input_key, keep, keep_memo, read_kept, read_memo
from mldebt.outcome import Counts, ExitCode, Failure, Outcome, Timing
from mldebt.rulebook import Rule, choose_rules, load_apis, load_rules, shows_all
from mldebt.settings import Settings, load_settings
from mldebt.sources import (
    RECIPES,
    Category,
    CategoryGlobs,
    Document,
    DocumentKind,
    Listing,
    SourceKind,
    SourceLimits,
    is_exercise,
    is_old,
    list_sources,
    marks_project,
    pick_sources,
    read_document,
    read_source,
    read_unparsed,
)
from mldebt.tracks import Spot, Track

if TYPE_CHECKING:
    from mldebt.documents import KnownDocuments
    from mldebt.pipeline import Project

_DATED_DOCUMENTS = 300

__all__ = ["ExitCode", "Outcome", "Watcher", "judge_project", "read_project", "scan"]


class Watcher(Protocol):
    """Who wants to follow a scan; `shown` says whether anybody sees how far it is, where that has to be counted."""

    @property
    def shown(self) -> bool: ...

    def stage(self, name: str, total: int | None = None) -> None: ...

    def advance(self, steps: int = 1) -> None: ...

    def warn(self, message: str) -> None: ...


def scan(path: str | Path = ".", settings: Settings | None = None, watcher: Watcher | None = None) -> Outcome:
    """Everything that the chosen rules find below a path, and the baseline does not know. Settings are read from the
    path when none are given."""
    state = open_state(Path(path))
    settings = settings or load_settings(state.rulebook)
    read_baseline(settings)  # one that is not there is told before the work
    scanned = scan_state(state, settings, watcher)
    return less_known(scanned.outcome, scanned.settings, "" if state.root.is_dir() else state.root.name)


def read_project(path: str | Path = ".", settings: Settings | None = None, watcher: Watcher | None = None) -> Project:
    """The linked project alone, for those who draw it."""
    state = open_state(Path(path))
    work = _begin(state, settings or load_settings(state.rulebook), watcher)
    return _build(work, _list(work)).project


def trace_value(path: Path, spot: Spot, settings: Settings, watcher: Watcher | None = None) -> Track:
    """What the flow of a repository knows of the value at a place, each place with its line."""
    from mldebt.pipeline.tracing.tracing import trace

    state = open_state(path)
    work = _begin(state, settings, watcher)
    built = _build(work, _list(work))
    work.watcher.stage("trace")
    return trace(built.project, spot).quoted(built.quotes.at)


def judge_project(
    path: str | Path = ".", settings: Settings | None = None, watcher: Watcher | None = None
) -> tuple[Project, Outcome]:
    """The linked project together with what the chosen rules find in it."""
    state = open_state(Path(path))
    work = _begin(state, settings or load_settings(state.rulebook), watcher)
    built = _build(work, _list(work))
    return built.project, _judge(work, built)


class State(msgspec.Struct, frozen=True, kw_only=True):
    """A state of some code: where its files lie, and the repository as of then. The `.mldebt/` of `rulebook` counts;
    people are judged as of `judged_on` (epoch seconds) where that is later than the last commit. `picked` are the files
    that are read, None for all; what is found in a part is never kept for later scans."""

    root: Path
    repository: Repository | None
    rulebook: Path
    judged_on: int = 0
    picked: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()

    @property
    def can_be_kept(self) -> bool:
        return self.picked is None and not self.notes


class Scanned(msgspec.Struct, frozen=True, kw_only=True):
    """All that was found in a state, whatever a baseline knows, the files that were read, and the settings with those
    of the folders below."""

    outcome: Outcome
    listing: Listing
    settings: Settings


def open_state(root: Path) -> State:
    """What lies at a path now."""
    if not root.exists():
        raise UsageError(f"{root}: no such file or folder")
    folder = root if root.is_dir() else root.parent
    try:
        return State(root=root, repository=open_repository(root), rulebook=folder)
    except GitError as error:
        return State(root=root, repository=None, rulebook=folder, notes=(f"Git cannot be asked: {error}.",))


def scan_state(state: State, settings: Settings, watcher: Watcher | None = None) -> Scanned:
    """One scan, answered from an earlier one where nothing has changed."""
    work = _begin(state, settings, watcher)
    with work.timed("listing"):
        listing = _list(work)
        key = ""
        if state.can_be_kept:
            key = input_key(listing, state.repository, work.rules, work.settings, state.rulebook, state.judged_on)
        kept = read_kept(work.cache_dir, key) if key else None
    if kept:
        outcome = replace(kept, warm=True)
    else:
        outcome = _judge(work, _build(work, listing))
        if key:
            work.warn(keep(work.cache_dir, key, outcome))
    return Scanned(outcome=replace(outcome, timings=tuple(work.timings)), listing=listing, settings=work.settings)


def settled(state: State, settings: Settings) -> Settings:
    """The settings that a scan of a state goes by: with those of the folders that have their own."""
    work = _begin(state, settings, None)
    _list(work)
    return work.settings


def source_limits(settings: Settings) -> SourceLimits:
    """What a file may cost, as the room that reads it puts it."""
    return SourceLimits(
        max_python_bytes=settings.limits.file_bytes,
        max_notebook_bytes=settings.limits.notebook_bytes,
        max_document_bytes=settings.limits.document_bytes,
    )


def history_cache(settings: Settings, repository: Repository | None) -> Path | None:
    """A folder for what is known of this repository's history alone; all its work trees share it."""
    if not settings.cache or repository is None:
        return None
    return settings.cache_dir / "history" / _short(repository.common_dir)


def _short(place: Path) -> str:
    return hashlib.sha256(os.fsencode(place)).hexdigest()[:32]


# ---------------------------------------------------------------------------- the stages


class _Work(msgspec.Struct, kw_only=True):
    """One scan under way."""

    state: State
    settings: Settings
    rules: tuple[Rule, ...]
    known: Mapping[str, str]
    watcher: Watcher
    domains: Domains
    all_rules: tuple[Rule, ...]
    chosen: dict[str, tuple[Rule, ...]] = msgspec.field(default_factory=dict)
    timings: list[Timing] = msgspec.field(default_factory=list)
    notes: list[str] = msgspec.field(default_factory=list)

    @property
    def repository(self) -> Repository | None:
        return self.state.repository

    @property
    def cache_dir(self) -> Path | None:
        return self.settings.cache_dir if self.settings.cache else None

    @property
    def history_cache(self) -> Path | None:
        return history_cache(self.settings, self.repository)

    def warn(self, message: str) -> None:
        if message:
            self.watcher.warn(message)

    def take_in(self, nested: Mapping[str, Settings]) -> None:
        """Let the configurations of folders count where they lie. A rule is asked once in each way that it is tuned."""
        self.settings = with_domains(self.settings, nested)
        asked = list(self.rules)
        for settings in nested.values():
            asked += [rule for rule in choose_rules(self.all_rules, settings) if rule not in asked]
        self.chosen = {"": self.rules} | {
            settings.file: choose_rules(self.all_rules, settings) for settings in nested.values()
        }
        self.rules = tuple(sorted(asked, key=lambda rule: rule.id))

    def leave_to_the_whole(self) -> list[str]:
        """Where only a part is read, do not ask what only the whole repository can answer; the rules left out."""
        left = [rule.id for rule in self.rules if rule.needs_all]
        self.rules = tuple(rule for rule in self.rules if not rule.needs_all)
        return list(dict.fromkeys(left))

    def tell_left(self, part: str, left: list[str]) -> None:
        if left:
            rest = "What the rest of the repository does or says would decide"
            self.notes.append(f"Only {part} was read. {rest} {', '.join(left)}: not asked.")

    def wants(self, rule: Rule, hit: Hit) -> bool:
        """Whether a rule, tuned like this, is asked for where a hit stands."""
        if not self.settings.nested:
            return True
        settings = self.domains.of(hit.location.path)
        return rule in self.chosen[settings.file if settings.file in self.chosen else ""]

    @contextmanager
    def timed(self, stage: str, total: int | None = None) -> Iterator[None]:
        self.watcher.stage(stage, total)
        start = time.perf_counter()
        yield
        self.timings.append(Timing(stage=stage, seconds=time.perf_counter() - start))


class _Built(msgspec.Struct, frozen=True, kw_only=True):
    """The linked project, and what was met on the way."""

    project: Project
    known: KnownDocuments
    skipped: tuple[Skipped, ...]
    counts: Counts
    comments: Mapping[str, tuple[IgnoreComment, ...]]
    history: str
    quotes: Quotes


def _begin(state: State, settings: Settings, watcher: Watcher | None) -> _Work:
    rules = load_rules(state.rulebook)
    return _Work(
        state=state,
        settings=settings,
        rules=choose_rules(rules, settings),
        known={word.lower(): rule.id for rule in rules for word in (rule.id, rule.name)},
        watcher=watcher or _Unwatched(),
        domains=Domains(settings),
        all_rules=rules,
    )


def _list(work: _Work) -> Listing:
    """What is there, as the configurations that lie there have it."""
    listing = _listed(work)
    nested = work.domains.below(file.path for file in listing.files)
    before = work.settings.paths
    if nested:
        work.take_in(nested)
    if work.settings.paths != before:
        listing = _listed(work)
    if work.state.picked is not None:
        work.leave_to_the_whole()
    elif part := _part(work.state, listing):
        left = work.leave_to_the_whole()
        if left and not work.rules:
            raise UsageError(f"{part}: only the whole repository can answer {', '.join(left)}; scan it from its top")
        work.tell_left(part, left)
    return listing


def _part(state: State, listing: Listing) -> str:
    """What is read of a repository, where it is only a part; a folder that is a project of its own is a whole."""
    if state.repository is None:
        return ""
    if not state.root.is_dir():
        return f"{state.repository.prefix}{state.root.name}"
    own = any("/" not in item.path and marks_project(item.kind, item.path) for item in listing.documents)
    return "" if own or any(file.path == "setup.py" for file in listing.files) else state.repository.prefix


def _listed(work: _Work) -> Listing:
    state = work.state
    limits, globs = source_limits(work.settings), _globs(work.settings)
    if state.picked is not None:
        return pick_sources(state.root, state.picked, limits=limits, globs=globs)
    memo = read_memo(work.cache_dir, state.root)
    listing = list_sources(state.root, state.repository, limits=limits, globs=globs, memo=memo)
    keep_memo(work.cache_dir, state.root, memo)
    return listing


def _globs(settings: Settings) -> CategoryGlobs:
    paths = settings.paths
    return CategoryGlobs(
        test=paths.tests,
        vendored=paths.vendored,
        generated=paths.generated,
        data=paths.data,
        exclude=paths.exclude,
        product=paths.product,
    )


def _build(work: _Work, listing: Listing) -> _Built:
    """Facts, documents, history and flow, folded into one project."""
    from mldebt.documents import KnownDocuments
    from mldebt.documents.instances import read_instances
    from mldebt.facts.code_as_data import code_as_data, without_data
    from mldebt.facts.exports import without_exports
    from mldebt.facts.in_use import found_by_runners, product_in_use
    from mldebt.facts.pool import read_facts
    from mldebt.facts.syntax import parses
    from mldebt.flow import ModuleInput, Recipe, link_project
    from mldebt.ownership import read_ownership, said_below, with_teams
    from mldebt.pipeline import build_project
    from mldebt.pipeline.programs.foreign_packages import without_foreign_packages
    from mldebt.pipeline.programs.workflows import read_stages

    settings = work.settings
    catalogue = load_apis(work.state.rulebook, work.cache_dir)
    with work.timed("facts", len(listing.files)):
        reading = read_facts(
            listing.files,
            partial(read_source, listing.root, limits=source_limits(settings), parses=parses),
            jobs=settings.workers,
            cache=work.cache_dir,
            progress=work.watcher.advance,
            budget=settings.limits.file_seconds,
        )
        for warning in reading.warnings:
            work.warn(warning)
    files = product_in_use(listing.files, reading.facts, _globs(settings))
    files = found_by_runners(files, reading.facts, _globs(settings))
    with work.timed("documents", len(listing.documents)):
        documents, unread = _read_documents(work, listing)
    files = code_as_data(without_exports(files, reading.facts), reading.facts, documents, _globs(settings))
    listing, documents = replace(listing, files=files), without_data(documents, files)
    with work.timed("history"):
        ownership = read_ownership(
            work.repository,
            {file.path: file.key for file in listing.files if file.path in reading.facts} | _dated(listing),
            window_days=settings.window_days,
            aliases=settings.people.aliases,
            bots=settings.people.bots,
            joined=settings.people.joined,
            left=settings.people.left,
            cache_dir=work.history_cache,
            progress=commits_shown(work.watcher),
            asked=settings.history,
        )
        ownership = ownership._replace(head_date=max(ownership.head_date, work.state.judged_on))
        files = without_foreign_packages(files, reading.facts, documents, ownership, _globs(settings))
        listing = replace(listing, files=files)
    with work.timed("flow"):
        modules = [
            ModuleInput(
                path=file.path,
                category=file.category,
                is_notebook=file.kind is SourceKind.NOTEBOOK,
                facts=reading.facts[file.path],
            )
            for file in listing.files
            if file.path in reading.facts and file.category is not Category.DATA
        ]
        flow = link_project(
            modules,
            catalogue,
            [(item.path, item.text) for item in documents if item.kind is DocumentKind.SQL],
            marks=[item.path for item in documents if marks_project(item.kind, item.path)],
            recipes=[Recipe(item.path, item.text) for item in documents if item.kind in RECIPES],
            stages=read_stages([item for item in documents if item.kind is DocumentKind.DVC], set(reading.facts)),
            instances=read_instances(documents),
            above=work.repository.prefix if work.repository else "",
        )
        ownership = said_below(ownership._replace(half_life_days=settings.half_life_days), attendance(settings))
        ownership = with_teams(ownership, teams(settings), settings.people.aliases)
        known = KnownDocuments(work.cache_dir, _name_of(work.state))
        unparsed = _read_unparsed(work, listing, reading.skipped)
        project = build_project(flow, documents, ownership, settings, known.read, unparsed)
    cells = (Skipped(path=path, reason=why) for path, facts in reading.facts.items() for why in facts.left_out)
    skipped = {*listing.skipped, *say_why(listing, reading.skipped), *unread, *cells}
    return _Built(
        project=project,
        known=known,
        skipped=tuple(sorted(skipped, key=lambda item: (item.path, item.reason))),
        counts=count_read(listing, reading.facts, documents),
        comments={path: found for path, facts in reading.facts.items() if (found := ignore_comments(path, facts))},
        history=say_history(ownership) if settings.history else "",
        quotes=Quotes(listing, source_limits(settings)),
    )


def _name_of(state: State) -> str:
    """What is the same for all states of one repository."""
    return _short(state.repository.common_dir if state.repository else state.root.resolve())


def commits_shown(watcher: Watcher) -> Callable[[int, int], None] | None:
    """Shows how much of a long history is walked."""
    before = 0

    def show(walked: int, total: int) -> None:
        nonlocal before
        if not before:
            watcher.stage("history", total)
        watcher.advance(walked - before)
        before = walked

    return show if watcher.shown else None


def _dated(listing: Listing) -> dict[str, str]:
    """The documents whose age rules ask for: cards and READMEs, and docs pages where there are not too many."""
    cards = [file for file in listing.documents if file.kind in (DocumentKind.README, DocumentKind.MODEL_CARD)]
    pages = [file for file in listing.documents if file.kind is DocumentKind.DOCS]
    return {file.path: file.key for file in (*cards, *pages[: max(0, _DATED_DOCUMENTS - len(cards))])}


def _read_documents(work: _Work, listing: Listing) -> tuple[list[Document], list[Skipped]]:
    read: list[Document] = []
    skipped: list[Skipped] = []
    for file in listing.documents:
        found = read_document(listing.root, file, limits=source_limits(work.settings))
        if isinstance(found, Document):
            read.append(found)
        elif file.kind is not DocumentKind.NOTEBOOK_PROSE:  # such a notebook is told once, as a source
            skipped.append(found)
        work.watcher.advance()
    return read, skipped


def _read_unparsed(work: _Work, listing: Listing, skipped: Sequence[Skipped]) -> list[Document]:
    """The texts of the sources without facts; those that are no longer there, or too large, have none."""
    without = {item.path for item in skipped}
    limits = source_limits(work.settings)
    read = (read_unparsed(listing.root, file, limits=limits) for file in listing.files if file.path in without)
    return [document for document in read if isinstance(document, Document)]


def _judge(work: _Work, built: _Built) -> Outcome:
    """Ask every rule; join what they find with rule, owners and identity."""
    hits: list[tuple[Rule, Hit]] = []
    failures: list[Failure] = []
    with work.timed("rules", len(work.rules)):
        answers = ask_all(work.rules, built.project, workers=work.settings.workers, advance=work.watcher.advance)
        for rule, found in zip(work.rules, answers, strict=True):
            if isinstance(found, Failure):
                failures.append(found)
            else:
                hits += [(rule, built.quotes.quote(hit)) for hit in found if work.wants(rule, hit)]
    work.warn(built.known.keep())
    hits.sort(key=lambda pair: _order(*pair))
    silenced, comments = silence(
        hits,
        built.comments,
        known=work.known,
        asked={rule.id for rule in work.rules} - {failure.rule_id for failure in failures},
        require_reason=lambda path: work.domains.of(path).require_reason,
    )
    shown = [
        index for index, (rule, hit) in enumerate(hits) if _is_shown(rule, hit, work.domains.of(hit.location.path))
    ]
    heard = [hits[index] for index in shown if index not in silenced]
    names = fingerprints((rule.id, hit.location) for rule, hit in heard)
    return Outcome(
        version=__version__,
        head=(work.repository.head or "") if work.repository else "",
        prefix=work.repository.prefix if work.repository else "",
        findings=tuple(
            _finding(rule, hit, built.project, name) for (rule, hit), name in zip(heard, names, strict=True)
        ),
        hidden=len(hits) - len(shown),
        suppressed=len(shown) - len(heard),
        suppressions=comments,
        skipped=built.skipped,
        failures=tuple(failures),
        counts=built.counts,
        rules=tuple({rule.id: rule for rule in reversed(work.rules)}.values())[::-1],
        history=built.history,
        judges_people=built.project.ownership.available,
        notes=(*work.state.notes, *work.notes, *built.project.ingesting.reads.platform.unknown()),
    )


def _finding(rule: Rule, hit: Hit, project: Project, fingerprint: str) -> Finding:
    return Finding(
        rule_id=rule.id,
        rule_name=rule.name,
        location=hit.location,
        message=hit.message,
        trail=hit.trail,
        component=hit.component,
        owners=project.owners(hit),
        severity=rule.severity if hit.severity is None else hit.severity,
        confidence=rule.confidence if hit.confidence is None else hit.confidence,
        audience=_audience(rule, hit),
        why=rule.why,
        remedy=rule.remedy,
        fingerprint=fingerprint,
        members=hit.members,
    )


def _audience(rule: Rule, hit: Hit) -> Audience:
    """Who is to see a hit; what the team has put away runs no more, and need not be paid back, nor need what somebody
    wrote to learn by."""
    path = hit.location.path
    unused = (is_old(path) or is_exercise(path)) and rule.family != "ownership"
    severity = rule.severity if hit.severity is None else hit.severity
    return Audience.PEDANTIC if unused and severity < Severity.HIGH else hit.audience or rule.audience


def _order(rule: Rule, hit: Hit) -> tuple[str, int, int, str, str]:
    return hit.location.path, hit.location.line, hit.location.column, rule.id, hit.message


def _is_shown(rule: Rule, hit: Hit, settings: Settings) -> bool:
    return _audience(rule, hit) is Audience.DEFAULT or shows_all(rule, settings)


class _Unwatched:
    """Follows nothing; warnings are lost on nobody, since every outcome that matters says them."""

    shown = False

    def stage(self, name: str, total: int | None = None) -> None: ...

    def advance(self, steps: int = 1) -> None: ...

    def warn(self, message: str) -> None: ...


class _CallableModule(ModuleType):
    """Lets `mldebt.scan(path)` and `from mldebt.scan import Outcome` both mean what they say: the module, once
    imported, stands in the package under the function's name."""

    def __call__(self, *arguments: Any, **named: Any) -> Outcome:
        return scan(*arguments, **named)


sys.modules[__name__].__class__ = _CallableModule

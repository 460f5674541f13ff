"""Two states of a repository, scanned and compared: what a change did to the findings."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import msgspec
from msgspec.structs import replace

from mldebt.accepted import less_known
from mldebt.errors import UsageError
from mldebt.finding import Finding
from mldebt.gate.cause import Causes, by_people, by_time, lapses
from mldebt.gate.change import find_change
from mldebt.gate.comparing import Difference, differ, members_of, without_rules
from mldebt.gate.terms import altered_terms
from mldebt.git import Repository, Span, find_span, isolated, laid_out, tracked_files, tree_blobs
from mldebt.outcome import Outcome
from mldebt.scan import Scanned, State, Watcher, open_state, scan_state, source_limits
from mldebt.settings import Settings, load_settings
from mldebt.sources import Listing, SourceLimits, blob_key, is_source, marks_embedded, nearby, read_bytes, wanted_bytes
from mldebt.verdict import Caused, CauseKind, Change, Grown, Verdict

_PEOPLE = "ownership"
_NO_LINE = (CauseKind.PEOPLE, CauseKind.TIME)
LEFT_TO_THE_GATE = (_PEOPLE, "documentation")
"""Families of which nothing is asked near a change, beside all rules that need the whole repository (`needs_all`): a
hook has no history, and reads no documents."""


def review(
    path: str | Path = ".",
    base: str = "HEAD",
    head: str = "",
    settings: Settings | None = None,
    watcher: Watcher | None = None,
    *,
    direct: bool = False,
) -> Verdict:
    """What the change did that leads from where `head` left `base` to `head`; without a head, to what lies in the work
    tree. Both states are judged by the settings and the `.mldebt/` that lie there now."""
    state = open_state(Path(path))
    settings = settings or load_settings(state.rulebook)
    repository = _repository(state)
    span = find_span(repository, base, head, direct=direct)
    task = _Task(settings=settings, watcher=watcher, state=state, repository=repository, span=span, direct=direct)
    with task.at(span.base) as before:
        if not head:
            return task.judge(before, state)
        with task.at(span.head) as after:
            return task.judge(before, after)


def glance(
    files: Sequence[str | Path],
    base: str = "HEAD",
    settings: Settings | None = None,
    watcher: Watcher | None = None,
    *,
    folder: str | Path = ".",
) -> Verdict | None:
    """What has been done to some files of the work tree since `base`, judged by the code near them alone: what it costs
    grows with the change, not with the repository. People and documentation, which need all of it, are left out. None
    when no source among the files differs, or there is no commit yet."""
    state = open_state(Path(folder))
    settings = settings or load_settings(state.rulebook)
    repository = _repository(state)
    if repository.head is None and base == "HEAD":
        if watcher is not None:
            watcher.warn("there is no commit yet to compare with; `mldebt scan` says what there is")
        return None
    span = find_span(repository, base, direct=True, dated=False)  # of no rule that ages is asked here
    changed, gone, tracked = _touched(state, repository, span.base, files)
    if not changed:
        return None
    picked = (*nearby(str(state.root), tracked, changed), *gone)
    task = _Task(
        settings=replace(settings, history=False, left_out=LEFT_TO_THE_GATE),
        watcher=watcher,
        state=replace(state, picked=picked),
        repository=repository,
        span=span,
        direct=True,
    )
    scanned = scan_state(task.state, task.settings, watcher)
    now = scanned.outcome
    if not any(_leads_to(finding, changed) for finding in now.findings):
        # Nothing is found in them, so nothing is new: how they were before need not be known.
        return Verdict(
            base=span.base,
            into=span.name,
            direct=True,
            head="",
            before=replace(now, findings=(), failures=()),
            after=replace(now, findings=()),
            change=Change(changed=frozenset(changed)),
        )
    with task.at(span.base) as before:
        verdict = task.judge(before, task.state, scanned)
    return replace(
        verdict,
        new=tuple(each for each in verdict.new if _leads_to(each.finding, changed)),
        grown=tuple(each for each in verdict.grown if _leads_to(each.finding, changed)),
    )


def _leads_to(finding: Finding, files: Collection[str]) -> bool:
    return finding.location.path in files or any(step.location.path in files for step in finding.trail)


def _touched(
    state: State, repository: Repository, base: str, files: Sequence[str | Path]
) -> tuple[list[str], list[str], list[str]]:
    """Of the files, the sources that differ from those of a commit; the sources that it had and that are tracked no
    longer; and what is tracked. Paths are relative to the scan root."""
    prefix = repository.prefix
    with isolated(repository) as isolation:
        was = {
            path.removeprefix(prefix): blob
            for path, blob in tree_blobs(isolation, base).items()
            if path.startswith(prefix)
        }
    tracked = [path.removeprefix(prefix) for path in tracked_files(repository) if path.startswith(prefix)]
    changed = []
    for file in dict.fromkeys(_below(state.root, file) for file in files):
        content = read_bytes(f"{state.root}/{file}", wanted_bytes(file) or 0) if is_source(file) else ""
        if blob_key(content) != was.get(file) if isinstance(content, bytes) else _stands(state, file):
            changed.append(file)
    return changed, sorted(filter(is_source, was.keys() - set(tracked))), tracked


def _stands(state: State, file: str) -> bool:
    """Whether a source that cannot be read is there, so that this has to be told."""
    try:
        return is_source(file) and bool((state.root / file).lstat())
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True


def _below(root: Path, file: str | Path) -> str:
    """A file's path relative to the scan root."""
    path, top = Path(file), root.resolve()
    try:
        return Path(os.path.realpath(path.parent), path.name).relative_to(top).as_posix()
    except ValueError as error:
        raise UsageError(f"{file}: not in {top}") from error


def _repository(state: State) -> Repository:
    if not state.root.is_dir():
        raise UsageError(f"{state.root}: a change is judged in a whole folder")
    if state.notes:
        raise UsageError(" ".join(state.notes))
    if state.repository is None:
        raise UsageError(f"{state.root}: not inside a git repository, so there is nothing to compare with")
    return state.repository


class _Task(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison under way."""

    settings: Settings
    watcher: Watcher | None
    state: State
    repository: Repository
    span: Span
    direct: bool

    @contextmanager
    def at(self, commit: str) -> Iterator[State]:
        """The state at a commit."""
        picked = None
        if self.state.picked is not None:
            picked = frozenset(self.repository.prefix + path for path in self.state.picked)
        wanted = partial(_wanted, limits=source_limits(self.settings), picked=picked)
        with laid_out(self.repository, commit, wanted) as repository:
            yield replace(self.state, root=repository.root / repository.prefix, repository=repository)

    def judge(self, before: State, after: State, scanned: Scanned | None = None) -> Verdict:
        """`scanned` is what was found in the state after, where that is known."""
        old = scan_state(before, self.settings, self.watcher)
        new = scanned or scan_state(after, self.settings, self.watcher)
        read_old, read_new = _Texts(old.listing), _Texts(new.listing)
        change = find_change(_keys(old.listing), _keys(new.listing), read_old, read_new)
        unsure, notes = self._unsure(old.outcome, new.outcome)
        difference = differ(
            without_rules(old.outcome, unsure), without_rules(new.outcome, unsure), change.renamed, read_old, read_new
        )
        unread = self._unread(new.listing) if self.state.picked is not None else None
        old_unknown, new_unknown = (less_known(each.outcome, each.settings, unread=unread) for each in (old, new))
        fresh = [finding for finding in difference.new if finding in new_unknown.findings]
        about_people = {rule.id for rule in new.outcome.rules if rule.family == _PEOPLE}
        ended = [each for each in difference.fixed if each.rule_id in about_people]
        lapsed = {each for each in ended if lapses(each, change)}
        ageing = {rule.id for rule in new.outcome.rules if rule.ages}
        asked = {each.rule_id for each in (*fresh, *ended, *difference.gained) if each not in lapsed}
        later = self._later(before, asked & ageing)
        aged: Collection[Finding] = ()
        held: Collection[tuple[str, str]] = ()
        if later is not None:
            held = members_of(later, change.renamed)
            aged = {kept.after for kept in differ(later, new.outcome, change.renamed, read_old, read_new).kept}
            lapsed |= set(ended) & set(differ(old.outcome, later, {}, read_old, read_old).fixed)
        causes = Causes(change, read_old, read_new)
        caused = []
        for each in fresh:
            cause = by_time(each, self._days()) if each in aged else causes.of(each)
            cause = by_people(cause, change) if each.rule_id in about_people else cause
            caused.append(Caused(finding=each, cause=cause))
        return Verdict(
            base=self.span.base,
            into=self.span.name,
            direct=self.direct,
            head=self.span.head if after.root != self.state.root else "",
            before=old_unknown,
            after=new_unknown,
            change=change,
            new=tuple(each for each in caused if each.cause.kind not in _NO_LINE),
            drifted=tuple(each for each in caused if each.cause.kind in _NO_LINE),
            fixed=tuple(each for each in difference.fixed if each not in lapsed),
            lapsed=tuple(each for each in difference.fixed if each in lapsed),
            silenced=difference.silenced,
            unknown=difference.unknown,
            kept=difference.kept,
            grown=tuple(_grown(difference, causes, held)),
            joined=difference.joined,
            split=difference.split,
            accepted=len(difference.new) - len(fresh),
            notes=(*notes, *filter(None, [altered_terms(change, read_old, read_new)])),
        )

    def _unread(self, listing: Listing) -> Callable[[str], bool]:
        """Says of a path whether a file lies there that was not read."""
        read = {file.path for file in listing.files}
        return lambda path: path not in read and os.path.exists(f"{self.state.root}/{path}")  # noqa: PTH110  # any text

    def _unsure(self, old: Outcome, new: Outcome) -> tuple[frozenset[str], tuple[str, ...]]:
        """Rules of which nothing can be said, for only one of the two states could be asked; and why."""
        rules = {failure.rule_id for outcome in (old, new) for failure in outcome.failures}
        notes = [
            f"Before the change, {failure.message}; nothing is said about what is new of it."
            for failure in old.failures
        ]
        if old.judges_people != new.judges_people:
            rules |= {rule.id for rule in new.rules if rule.family == _PEOPLE}
            notes.append("The people of only one of the two states could be judged; nothing is said about them.")
        return frozenset(rules), tuple(notes)

    def _later(self, before: State, asked: Collection[str]) -> Outcome | None:
        """What some rules that age say of the state before the change on the day of the change: that differs from what
        they said of it for no other reason than that time went by. None when they need not be asked."""
        if not asked or not self.settings.history or self.span.head_day <= self.span.base_day:
            return None
        settings = replace(self.settings, select=tuple(sorted(asked)), ignore=())
        return scan_state(replace(before, judged_on=self.span.head_day), settings, self.watcher).outcome

    def _days(self) -> tuple[str, str]:
        days = (time.strftime("%Y-%m-%d", time.gmtime(moment)) for moment in (self.span.base_day, self.span.head_day))
        return next(days), next(days)


def _grown(difference: Difference, causes: Causes, held: Collection[tuple[str, str]]) -> Iterator[Grown]:
    """The findings that the change let grow; what is `held` without it, by rule and member, came with time."""
    for finding, came in difference.gained.items():
        gained = tuple(name for name in came if (finding.rule_id, name) not in held)
        cause = causes.of_growth(finding, gained) if gained else None
        if cause is not None:
            yield Grown(finding=finding, gained=gained, cause=cause)


def _wanted(path: str, *, limits: SourceLimits, picked: frozenset[str] | None) -> int | None:
    wanted = picked is None or path in picked or marks_embedded(path)
    return wanted_bytes(path, limits=limits) if wanted else None


class _Texts:
    """The raw text of the files of a listing; each is read when it is first asked for."""

    def __init__(self, listing: Listing) -> None:
        self._root = listing.root
        self._sizes = {file.path: file.size for file in listing.documents}
        self._sizes |= {file.path: file.size for file in listing.files}
        self._read: dict[str, str | None] = {}

    def __call__(self, path: str) -> str | None:
        if path not in self._sizes:
            return None
        if path not in self._read:
            content = read_bytes(f"{self._root}/{path}", self._sizes[path])
            self._read[path] = content.decode("utf-8", "replace") if isinstance(content, bytes) else None
        return self._read[path]


def _keys(listing: Listing) -> dict[str, str]:
    return {file.path: file.key for file in listing.documents} | {file.path: file.key for file in listing.files}

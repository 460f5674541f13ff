"""Reads all that one HEAD tells: the commit of every line, and the people behind the commits."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from mldebt.errors import GitError
from mldebt.git import BlobReader, HeadListing, IsolatedRepository
from mldebt.ownership.blocks import CODE, MODULES
from mldebt.ownership.cache import Cached
from mldebt.ownership.commit_files import CommitFiles, FilesOfCommits
from mldebt.ownership.engine import Attribution, attribute_lines
from mldebt.ownership.history import HistoryLog, Note
from mldebt.ownership.ignored import LISTED_IN, read_ignored, reassign
from mldebt.ownership.imports import find_imports, worth_a_look
from mldebt.ownership.lines import UNKNOWN, LineAuthors, line_authors
from mldebt.ownership.notebooks import is_notebook
from mldebt.ownership.pace import Progress
from mldebt.ownership.raw_log import RawLog
from mldebt.ownership.reformats import find_reformats, spread_wide

_ABSENT = b""  # stands for the blob of a file that HEAD does not have
_MAILMAP = b".mailmap"


class Survey(NamedTuple):
    """What was found, and how many lines stopped at a missing blob."""

    known: Cached
    stopped: int


def survey(
    isolation: IsolatedRepository,
    listing: HeadListing,
    paths: Collection[bytes],
    before: Cached | None,
    state: bytes,
    log: RawLog,
    progress: Progress | None = None,
) -> Survey:
    """Surveys HEAD for `paths`; what an earlier survey knows, of this HEAD or an older one, is not read again."""
    tree = {path.encode(errors="surrogateescape"): blob.encode() for path, blob in listing.files().items()}
    same_head = before is not None and before.lines.head == (isolation.head or "").encode()
    # Where no notebook is asked for, what was taken out of one shows beside the files that are followed.
    code = CODE if any(map(is_notebook, paths)) else MODULES
    wanted = set(paths) | {path for path in tree if path.endswith(code)}
    if before is not None and same_head:
        wanted |= before.blobs.keys()
    files = {path: tree[path] for path in sorted(wanted) if path in tree}
    ignoring = tree.get(LISTED_IN, _ABSENT)
    mailmap = tree.get(_MAILMAP, _ABSENT)
    known_history = before.history if before is not None and before.mailmap == mailmap else None
    commits = HistoryLog(isolation, known_history, mailmap=bool(mailmap))
    ignored = read_ignored(isolation, ignoring) if ignoring else ()
    if before is None:
        commits.begin()  # read while git writes the log of all files
    try:
        with BlobReader(isolation) as reader:
            # What ignored commits moved is not followed: where these are others, all lines are read again.
            known = before if before is not None and before.ignoring == ignoring else None
            raw = log if known is before else None
            given = _Given(isolation, reader, progress, lambda: _prepare(commits, log), raw, ignored)
            attribution = _attribute(given, files, known)
            lines = attribution.lines
            same = _same(lines, attribution.moved, files, known) if known is not None and ignored else {}
            reassigned = reassign(isolation, lines, attribution.moved, ignored, same, attribution.past)
            final = lines.but(reassigned)
            large, wide = worth_a_look(final) - {UNKNOWN}, spread_wide(final) - {UNKNOWN}
            judged = _Judged(before.imports, before.reformats) if before is not None else _Judged({}, {})
            asked = (large - judged.imports.keys()) | (wide - judged.reformats.keys())
            with FilesOfCommits(isolation, asked) as files_of_commits:
                history = commits.history(set(final.commits) - {UNKNOWN})
                found_files = files_of_commits.read()
            imports, reformats = _judge(given, large, wide, history.notes, found_files, judged)
    finally:
        commits.end()
    found = Cached(
        state=state,
        lines=lines,
        moved=attribution.moved,
        blobs={path: tree.get(path, _ABSENT) for path in sorted(wanted)},
        ignoring=ignoring,
        reassigned=reassigned,
        mailmap=mailmap,
        history=history,
        imports=imports,
        reformats=reformats,
    )
    return Survey(known=found, stopped=attribution.stopped)


def _prepare(commits: HistoryLog, log: RawLog) -> bool:
    """While git has to be waited for: reads the people, after the log of all files."""
    if not log.is_written():
        return False
    commits.begin()
    return commits.prepare()


class _Given(NamedTuple):
    """What the lines are told from."""

    isolation: IsolatedRepository
    reader: BlobReader
    progress: Progress | None
    meanwhile: Callable[[], bool]
    log: RawLog | None
    ignored: Collection[bytes]


def _attribute(given: _Given, files: Mapping[bytes, bytes], before: Cached | None) -> Attribution:
    """By the walk; where this git cannot do what the walk asks of it, by `git blame` file by file."""
    known, moved = (before.lines, before.moved) if before is not None else (None, None)
    isolation, reader, progress, meanwhile, log, ignored = given
    try:
        return attribute_lines(isolation, files, known, progress, meanwhile, log, ignored, moved, reader)
    except GitError:
        from mldebt.ownership.blame import blame_files  # not at the top: hardly any git cannot

        reader.end()  # it may be what failed
        head = (isolation.head or "").encode()
        blamed = blame_files(isolation, head, files)
        if files and not blamed:
            raise
        lost = _lines(isolation, [blob for path, blob in files.items() if path not in blamed])
        return Attribution(line_authors(head, blamed), line_authors(head, {}), lost)


def _lines(isolation: IsolatedRepository, blobs: Sequence[bytes]) -> int:
    """How many lines some files have."""
    if not blobs:
        return 0
    with BlobReader(isolation) as reader:
        return sum(len((content or b"").splitlines()) for content in reader.contents(blobs))


class _Judged(NamedTuple):
    """Which commits were imports, which reformattings."""

    imports: dict[bytes, bool]
    reformats: dict[bytes, bool]


def _judge(
    given: _Given,
    large: Collection[bytes],
    wide: Collection[bytes],
    notes: Mapping[bytes, Note],
    files: Mapping[bytes, CommitFiles],
    before: _Judged,
) -> _Judged:
    """Looks at whole trees; what is known of earlier commits holds."""
    imports = {commit: was for commit, was in before.imports.items() if commit in large}
    reformats = {commit: was for commit, was in before.reformats.items() if commit in wide}
    nothing = CommitFiles([], [])
    asked = {commit: files.get(commit, nothing) for commit in sorted(large) if commit in notes}
    asked = {commit: found for commit, found in asked.items() if commit not in imports}
    imports |= find_imports(given.isolation, given.reader, asked, notes)
    asked = {commit: files.get(commit, nothing) for commit in sorted(wide) if commit in notes}
    asked = {commit: found for commit, found in asked.items() if commit not in reformats}
    reformats |= find_reformats(given.reader, asked)
    return _Judged(imports, reformats)


def _same(
    lines: LineAuthors, moved: LineAuthors, files: Mapping[bytes, bytes], before: Cached
) -> dict[bytes, list[bytes]]:
    """The lines of files that are others' than the plain answer says, where nothing changed that they depend on."""
    return {
        path: before.reassigned.lines(path)
        for path in before.reassigned.files
        if before.blobs.get(path) == files.get(path, _ABSENT)
        and before.lines.lines(path) == lines.lines(path)
        and _of(before.moved, path) == _of(moved, path)
    }


def _of(lines: LineAuthors, path: bytes) -> list[bytes] | None:
    return lines.lines(path) if path in lines.files else None

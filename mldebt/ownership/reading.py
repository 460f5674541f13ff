"""Reads who knows which lines, or says why nobody can tell.

Little is loaded before git is at work: on a small repository, loading is most of the time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mldebt.errors import GitError
from mldebt.git import DEEPER_IN_CI, BlobReader, HeadListing, Repository, is_partial, isolated
from mldebt.ownership.raw_log import RawLog, revisions
from mldebt.regex import regex

if TYPE_CHECKING:
    import datetime as dt

    from mldebt.ownership.cache import Cached
    from mldebt.ownership.knowledge import Ownership
    from mldebt.ownership.lines import LineAuthors
    from mldebt.ownership.pace import Progress
    from mldebt.ownership.survey import Survey

_NOT_ASKED = "the history was not read, as the settings or `--no-history` say"
_NO_REPOSITORY = "the folder is not inside a git repository"
_NO_COMMITS = "the repository has no commits yet"
_SHALLOW = (
    "the repository is a shallow clone, so the history that tells who wrote what is cut off; "
    f"run `git fetch --unshallow` ({DEEPER_IN_CI})"
)
_MISSING = (
    "the repository is a partial clone and lacks the contents of older versions; "
    "run `git fetch --refetch --no-filter` in it, or clone it without `--filter`"
)
_PARENT = regex(rb"\Atree [0-9a-f]+\nparent ")
_CUT_OFF = 0.05  # of the lines end where a shallow history does
_STOPPED = 0.01  # of the lines stay with a commit only because an older version is missing


def read_ownership(  # noqa: PLR0913  # each is one thing that a person can set
    repository: Repository | None,
    paths: Iterable[str] | Mapping[str, str],
    *,
    window_days: int = 365,
    aliases: Mapping[str, Sequence[str]] | None = None,
    bots: Iterable[str] = (),
    joined: Mapping[str, dt.date] | None = None,
    left: Mapping[str, dt.date] | None = None,
    cache_dir: Path | None = None,
    progress: Progress | None = None,
    asked: bool = True,
) -> Ownership:
    """Who knows the lines of `paths` (relative to the scanned folder). Given as a mapping to the blob ids of what lies
    in the work tree, files that differ from HEAD are answered for as they lie there; otherwise lines are those at HEAD.

    Never raises for a repository that has no answer: `available` is False then, with the reason and the way out.
    Nothing is read where nobody has `asked`."""
    keys = dict(paths) if isinstance(paths, Mapping) else dict.fromkeys(paths, "")
    try:
        _refuse_if_unasked(asked)
        known, lines = _read(repository, keys, cache_dir, progress)
    except GitError as error:
        from mldebt.ownership.knowledge import Ownership as Answer

        return Answer(available=False, reason=str(error), window_days=window_days)
    from mldebt.ownership.answer import Said, answer

    said = Said(joined or {}, left or {}, known.history.date)
    prefix = repository.prefix if repository is not None else ""
    told = answer(known, lines, said, prefix=prefix, window_days=window_days, aliases=aliases, bots=bots)
    return told._replace(repository=repository)


def _read(
    repository: Repository | None, keys: Mapping[str, str], cache_dir: Path | None, progress: Progress | None
) -> tuple[Cached, LineAuthors]:
    """What is known of HEAD, and the lines to answer with."""
    if repository is None:
        raise GitError(_NO_REPOSITORY)
    if repository.head is None:
        raise GitError(_NO_COMMITS)
    boundary = _boundary(repository)
    wanted = {(repository.prefix + path).encode(errors="surrogateescape"): key for path, key in keys.items()}
    cached = _cached(cache_dir, _state(boundary))
    if cached is None or cached.lines.head != repository.head.encode() or not wanted.keys() <= cached.blobs.keys():
        try:
            found = _survey(repository, wanted, cached, _state(boundary), progress)
        except GitError as error:
            if is_partial(repository):  # one without trees, of which git cannot even tell the log
                raise GitError(_MISSING) from error
            raise
        cached = found.known
        if found.stopped and found.stopped > _STOPPED * sum(cached.lines.tally().values()):
            raise GitError(_MISSING)
        if cache_dir is not None:
            from mldebt.ownership.cache import write_cache

            write_cache(cache_dir, cached)
    # Whatever else is known from other scans must not sway the answer to this one.
    lines = cached.lines.only(wanted)
    if boundary:
        _refuse_if_cut_off(lines, boundary)
    lines = lines.but(cached.reassigned.only(wanted))
    return cached, _overlaid(repository, wanted, cached.blobs, lines) if any(wanted.values()) else lines


def _cached(folder: Path | None, state: bytes) -> Cached | None:
    """What an earlier scan left."""
    if folder is None:
        return None
    from mldebt.ownership.cache import read_cache

    return read_cache(folder, state)


def _survey(
    repository: Repository, wanted: Collection[bytes], before: Cached | None, state: bytes, progress: Progress | None
) -> Survey:
    """Reads the history. Most of what that takes is loaded while git already writes the log of it."""
    with isolated(repository) as isolation:
        head = (isolation.head or "").encode()
        ends = revisions(head, before.lines.head if before is not None else None)
        with RawLog(isolation, ends) as log, HeadListing(isolation) as listing:
            import mldebt.ownership.answer  # noqa: F401  # what will be asked for in the end
            from mldebt.ownership.survey import survey

            return survey(isolation, listing, wanted, before, state, log, progress)


def _overlaid(
    repository: Repository, wanted: Mapping[bytes, str], blobs: Mapping[bytes, bytes], lines: LineAuthors
) -> LineAuthors:
    """The lines as they lie in the work tree."""
    from mldebt.ownership.worktree import changed_files, overlay

    changed = changed_files(repository.root, wanted, blobs, repository.object_format)
    if not changed:
        return lines
    with isolated(repository) as isolation:
        return overlay(isolation, lines, blobs, changed)


def _boundary(repository: Repository) -> frozenset[bytes]:
    """The commits at which a shallow history is cut off. Git lists among them what has no parents in any case."""
    if not repository.shallow:
        return frozenset()
    with isolated(repository) as isolation, BlobReader(isolation) as reader:
        listed = sorted((isolation.git_dir / "shallow").read_bytes().split())
        contents = zip(listed, reader.contents(listed), strict=True)
        cut = frozenset(commit for commit, content in contents if content and _PARENT.search(content))
    if (repository.head or "").encode() in cut:
        raise GitError(_SHALLOW)
    return cut


def _state(boundary: frozenset[bytes]) -> bytes:
    """What the answer depends on beside the commit."""
    if not boundary:
        return b""
    import hashlib

    return hashlib.sha256(b"\n".join(sorted(boundary))).digest()


def _refuse_if_unasked(asked: bool) -> None:
    """Says that nobody looked, rather than that there was nothing to see."""
    if not asked:
        raise GitError(_NOT_ASKED)


def _refuse_if_cut_off(lines: LineAuthors, boundary: frozenset[bytes]) -> None:
    """Names no owners where the history that tells them is not there."""
    counts = lines.tally()
    if sum(count for commit, count in counts.items() if commit in boundary) > _CUT_OFF * sum(counts.values()):
        raise GitError(_SHALLOW)

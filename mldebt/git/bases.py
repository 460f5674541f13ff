"""From which commit a change starts: names to commits, and the common ancestor, also where the history is cut off."""

from __future__ import annotations

import os
import re

import msgspec

from mldebt.errors import GitError
from mldebt.git.command import MINUTE, run_git
from mldebt.git.isolation import IsolatedRepository, isolated
from mldebt.git.objects import BlobReader
from mldebt.git.remote import DEFAULT_BASE, named_by
from mldebt.git.repository import DEEPER_IN_CI, Repository
from mldebt.regex import regex

_PARENT = regex(rb"^parent ([0-9a-f]+)$", re.MULTILINE)
_COMMITTED = regex(rb"^committer .*> (\d+) [+-]\d{4}$", re.MULTILINE)
_ID = regex(r"[0-9a-f]{7,64}")
_BEFORE = regex(r"[\w./+-]+[~^][\d~^]*")
_BRANCH = regex(r"(?:refs/heads/|refs/remotes/origin/|origin/)?(?P<name>[\w./+][\w./+-]*)")


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """A change: from `base`, where it left the history of `tip`, to `head`. The days are when they were committed;
    `name` is the branch or tag that was named for `tip`, "" where a commit was."""

    name: str
    base: str
    tip: str
    head: str
    base_day: int
    head_day: int


def find_span(repository: Repository, base: str, head: str = "", *, direct: bool = False, dated: bool = True) -> Span:
    """The change that leads to `head` (what is checked out, when none is named) and is to go into `base`. `direct`
    starts at `base` itself, not where the two parted; days are 0 unless `dated`. GitError says what is missing, and
    what brings it."""
    end = _commit(repository, head) if head else repository.head
    if end is None:
        raise GitError(f"{repository.root} has no commits yet, so there is nothing to compare with")
    tip = _commit(repository, base)
    if direct and not dated:
        return Span(name=_name(repository, base), base=tip, tip=tip, head=end, base_day=0, head_day=0)
    with isolated(repository) as isolation, BlobReader(isolation) as reader:
        start = tip if direct else _parting(isolation, reader, repository, _Ends(base, tip, end))
        before, after = (_committed(content) for content in reader.contents([start.encode(), end.encode()]))
    return Span(name=_name(repository, base), base=start, tip=tip, head=end, base_day=before, head_day=after)


class _Ends(msgspec.Struct, frozen=True):
    name: str
    tip: str
    head: str


def _commit(repository: Repository, name: str) -> str:
    """The commit of a name; a branch that only the remote has counts under its plain name, as after a CI checkout."""
    if name == "HEAD" and repository.head:
        return repository.head
    for spelling in (name, f"refs/remotes/origin/{name}"):
        found = _ask(repository, spelling)
        if found:
            return found
    raise GitError(_unknown(repository, name))


def _name(repository: Repository, base: str) -> str:
    if _ID.fullmatch(base):
        return ""
    said = named_by(repository, base) if base == DEFAULT_BASE else base
    return said.removeprefix("refs/heads/").removeprefix("refs/remotes/")


def _ask(repository: Repository, name: str) -> str:
    if name.startswith("-") or "\0" in name:
        return ""
    code, output, _ = run_git(
        [
            f"--git-dir={repository.git_dir}",
            *("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "safe.directory=*"),
            *("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"),
        ],
        folder=repository.root,
        limit=MINUTE,
    )
    found = output.decode(errors="replace").strip()
    return found if code == 0 and _ID.fullmatch(found) else ""


def _parting(isolation: IsolatedRepository, reader: BlobReader, repository: Repository, ends: _Ends) -> str:
    """The best common ancestor. Where the history is cut off, only one that is certain."""
    if ends.tip == ends.head or ends.tip in _parents(reader, ends.head):
        return ends.tip  # the commit itself names its parents, also those that a shallow clone hides
    code, output = isolation.ask(["merge-base", ends.tip, ends.head])
    found = output.decode().strip()
    if code not in (0, 1):
        raise GitError(f"the common ancestor of {ends.name} and {ends.head[:12]} cannot be found: git said {code}")
    if not repository.shallow:
        if not found:
            raise GitError(
                f"{ends.name} and {ends.head[:12]} have no common history; --direct compares them as they are"
            )
        return found
    if found in (ends.tip, ends.head):
        return found
    if not found or _may_be_older(isolation, reader, ends):
        raise GitError(_cut_off(ends.name))
    return found


def _may_be_older(isolation: IsolatedRepository, reader: BlobReader, ends: _Ends) -> bool:
    """Whether what only one of the two has reaches the end of the shallow history: a better ancestor may lie behind."""
    listed = (isolation.git_dir / "shallow").read_bytes().split()
    cut = {commit for commit, content in zip(listed, reader.contents(listed), strict=True) if _parents_in(content)}
    apart = isolation.run(["rev-list", f"{ends.tip}...{ends.head}"]).split()
    return not cut.isdisjoint(apart)


def _parents(reader: BlobReader, commit: str) -> list[str]:
    return [name.decode() for content in reader.contents([commit.encode()]) for name in _parents_in(content)]


def _parents_in(content: bytes | None) -> list[bytes]:
    return _PARENT.findall((content or b"").partition(b"\n\n")[0])


def _committed(content: bytes | None) -> int:
    found = _COMMITTED.search((content or b"").partition(b"\n\n")[0])
    return int(found[1]) if found else 0


def _unknown(repository: Repository, name: str) -> str:
    if name == DEFAULT_BASE:
        return (
            f"no base is named, and {repository.root} does not know which branch of origin is the default one; name it "
            "(`--base main`), or run `git remote set-head origin --auto`"
        )
    said = f"{name}: no such commit, branch or tag in {repository.root}"
    if _ID.fullmatch(name):
        return f"{said}; run `git fetch {'--depth=1 ' if repository.shallow else ''}origin {name}`"
    if repository.shallow and _BEFORE.fullmatch(name):
        return f"{said}; the clone is shallow, run `git fetch --unshallow origin`"
    branch = _BRANCH.fullmatch(name)
    if branch is None:
        return said
    return f"{said}; if it is a branch of origin, run `{_fetch(branch['name'], shallow=repository.shallow)}`"


def _cut_off(name: str) -> str:
    branch = _BRANCH.fullmatch(name)
    fetch = (
        _fetch(branch["name"], shallow=True) if branch and not _ID.fullmatch(name) else "git fetch --unshallow origin"
    )
    return (
        f"the clone is shallow, and its history ends before the commit where this change left {name}; run `{fetch}` "
        f"({DEEPER_IN_CI})"
    )


def _fetch(branch: str, *, shallow: bool) -> str:
    return f"git fetch {'--unshallow ' if shallow else ''}origin +refs/heads/{branch}:refs/remotes/origin/{branch}"

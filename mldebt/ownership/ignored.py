"""Lines of the commits that `.git-blame-ignore-revs` names go to whoever wrote them before."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from mldebt.git import BlobReader, IsolatedRepository
from mldebt.ownership.lines import LineAuthors, line_authors

LISTED_IN = b".git-blame-ignore-revs"


def read_ignored(isolation: IsolatedRepository, blob: bytes) -> tuple[bytes, ...]:
    """The commits that the file at HEAD names, as far as they exist."""
    length = 40 if isolation.object_format == "sha1" else 64
    named = []
    for line in isolation.run(["cat-file", "blob", blob]).splitlines():
        word = line.partition(b"#")[0].strip().lower()
        if len(word) == length and not word.strip(b"0123456789abcdef"):
            named.append(word)
    answers = isolation.run(["cat-file", "--batch-check"], stdin=b"".join(name + b"\n" for name in named))
    return tuple(answer.split()[0] for answer in answers.splitlines() if answer.split()[1:2] == [b"commit"])


def reassign(
    isolation: IsolatedRepository,
    lines: LineAuthors,
    moved: LineAuthors,
    ignored: tuple[bytes, ...],
    before: Mapping[bytes, list[bytes]],
    past: Mapping[bytes, Mapping[int, bytes]],
) -> LineAuthors:
    """The files in which lines are others' than the plain answer says: moved ones, and those of ignored commits, which
    are what `git blame` tells without these. What is in `before` is taken from there, and
    so are lines that the walk followed `past` ignored commits."""
    if not ignored:
        return moved
    named = set(ignored)
    found, asked = {}, {}
    for path in sorted(moved.files.keys() | _affected(lines, named)):
        if path in before:
            found[path] = before[path]
            continue
        plain = lines.lines(path)
        found[path] = moved.lines(path) if path in moved.files else plain
        pairs = enumerate(zip(plain, found[path], strict=True))
        numbers = [number for number, pair in pairs if not named.isdisjoint(pair)]
        known = past.get(path, {})
        asked[path] = [number for number in numbers if number not in known]
        found[path] = [known.get(number, commit) for number, commit in enumerate(found[path])]
    if any(asked.values()):
        from mldebt.ownership.comparer import Comparer  # not at the top: nearly all was told by the walk
        from mldebt.ownership.tracing import Tracer

        with BlobReader(isolation) as reader, Comparer(isolation) as comparer:
            tracer = Tracer(isolation, reader, comparer, ignored, skip=True)
            traced = tracer.trace({(lines.head, path): numbers for path, numbers in asked.items()})
        for (_, path), told in traced.items():
            found[path] = [told[n].before if n in told else commit for n, commit in enumerate(found[path])]
    return line_authors(lines.head, found)


def _affected(lines: LineAuthors, named: Collection[bytes]) -> set[bytes]:
    numbers = {number for number, commit in enumerate(lines.commits) if commit in named}
    return {path for path, runs in lines.files.items() if not numbers.isdisjoint(runs[::2])}

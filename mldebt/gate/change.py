"""Which files differ between two states, which of them were only given another name, and which lines are new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from difflib import SequenceMatcher

from mldebt.verdict import Change

_ALIKE = 0.5  # the share of lines that git asks for
_TRIED = 10_000  # pairs of files; beyond, only renames without a change are found
_LONG = 20_000  # lines; comparing more costs seconds

Read = Callable[[str], str | None]


def find_change(before: Mapping[str, str], after: Mapping[str, str], read_before: Read, read_after: Read) -> Change:
    """The difference of two states, given as path → content key; the readers give a file's text for a closer look."""
    changed = {path for path, key in after.items() if path in before and before[path] != key}
    removed = sorted(before.keys() - after.keys())
    added = sorted(after.keys() - before.keys())
    renamed = _same_content(removed, added, before, after)
    edited = _similar(
        [path for path in removed if path not in renamed],
        [path for path in added if path not in renamed.values()],
        read_before,
        read_after,
    )
    renamed |= edited
    return Change(
        changed=frozenset(changed | set(edited.values())),
        added=frozenset(added) - set(renamed.values()),
        removed=frozenset(removed) - renamed.keys(),
        renamed=renamed,
    )


def new_lines(before: str, after: str) -> frozenset[int]:
    """The lines of `after`, from 1, that `before` does not have at their place. Indentation does not count."""
    old, new = _lines(before), _lines(after)
    if max(len(old), len(new)) > _LONG:
        known = set(old)
        return frozenset(number for number, line in enumerate(new, start=1) if line not in known)
    found: set[int] = set()
    for kind, _, _, first, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            found.update(range(first + 1, end + 1))
    return frozenset(found)


def _same_content(
    removed: Iterable[str], added: Iterable[str], before: Mapping[str, str], after: Mapping[str, str]
) -> dict[str, str]:
    """Renames without a change; of several candidates the one whose name is most alike."""
    waiting: dict[str, list[str]] = {}
    for path in added:
        waiting.setdefault(after[path], []).append(path)
    renamed = {}
    for path in removed:
        candidates = waiting.get(before[path])
        if candidates:
            renamed[path] = max(candidates, key=lambda other, path=path: (_same_name(path, other), other))  # type: ignore[misc]
            candidates.remove(renamed[path])
    return renamed


def _similar(removed: list[str], added: list[str], read_before: Read, read_after: Read) -> dict[str, str]:
    """Renames with a change: those that share most lines first."""
    if not removed or not added or len(removed) * len(added) > _TRIED:
        return {}
    old = {path: _counted(read_before(path)) for path in removed}
    new = {path: _counted(read_after(path)) for path in added}
    scored = [
        (share, _same_name(first, second), first, second)
        for first in removed
        for second in added
        if _ending(first) == _ending(second) and (share := _share(old[first], new[second])) >= _ALIKE
    ]
    renamed: dict[str, str] = {}
    taken: set[str] = set()
    for _, _, first, second in sorted(scored, key=lambda each: (-each[0], not each[1], each[2], each[3])):
        if first not in renamed and second not in taken:
            renamed[first] = second
            taken.add(second)
    return renamed


def _share(one: Counter[str], other: Counter[str]) -> float:
    larger = max(one.total(), other.total())
    return (one & other).total() / larger if larger else 0.0


def _counted(text: str | None) -> Counter[str]:
    return Counter(line for line in _lines(text or "") if line)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]


def _same_name(path: str, other: str) -> bool:
    return path.rpartition("/")[2] == other.rpartition("/")[2]


def _ending(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[2]

"""Folders of a repository that have a configuration of their own: for what lies below, the nearest one counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from mldebt.finding import Finding, Severity
from mldebt.settings import Budget, Paths, People, Settings, parse_settings, read_own_table


class Domains:
    """Which settings count where, for one run. Paths are relative to the scan root, of which the settings speak."""

    def __init__(self, settings: Settings) -> None:
        self._top = settings
        self._root = settings.root.resolve() if settings.root is not None else None
        self._by_folder: dict[str, tuple[str, Settings]] = {"": ("", settings)}

    def of(self, path: str) -> Settings:
        """The settings that count for a file."""
        return self._at(path.rpartition("/")[0])[1]

    def below(self, paths: Iterable[str]) -> Mapping[str, Settings]:
        """The settings of all folders on the way to some files that have their own, by "a/b/"."""
        if self._root is None:
            return {}
        found: dict[str, Settings] = {}
        for folder in {path.rpartition("/")[0] for path in paths}:
            prefix, settings = self._at(folder)
            while prefix and prefix not in found:
                found[prefix] = settings
                prefix, settings = self._at(prefix.rstrip("/").rpartition("/")[0])
        return dict(sorted(found.items()))

    def holder(self, path: str, holds: Callable[[Settings], bool]) -> tuple[str, Settings]:
        """The nearest settings to a file that hold something, with their folder ("a/b/"); those of the scan root, "",
        where none do."""
        prefix, settings = self._at(path.rpartition("/")[0])
        while prefix and not holds(settings):
            prefix, settings = self._at(prefix.rstrip("/").rpartition("/")[0])
        return prefix, settings

    def budget(self, path: str) -> tuple[str, Budget]:
        """The budget that counts for a file, and the folder that has it."""
        prefix, settings = self.holder(path, lambda each: each.budget != Budget())
        return prefix, settings.budget

    def baseline(self, path: str) -> str:
        """The folder ("a/b/") whose baseline counts for a file, "" for that of the scan root. One that the command line
        names, or rules out, counts for all."""
        if "baseline" in self._top.given:
            return ""
        return self.holder(path, lambda each: each.baseline is not None)[0]

    def has_baseline(self, folder: str) -> bool:
        """Whether a baseline counts for what lies in a folder ("a/b/", "" for the scan root)."""
        nearest = self.baseline(folder)
        return (self._at(nearest.rstrip("/"))[1] if nearest else self._top).baseline is not None

    def baselines(self, paths: Iterable[str]) -> dict[str, Settings]:
        """The settings of the folders below the scan root that have a baseline: those a scan has met, and those of some
        files."""
        met = (prefix for prefix, each in self._top.nested.items() if each.baseline is not None)
        folders = {*met, *map(self.baseline, paths)} - {""}
        return {prefix: self._at(prefix.rstrip("/"))[1] for prefix in sorted(folders)}

    def is_strict(self, path: str) -> bool:
        """Whether a file must be read: any configuration on the way to it may say so, and none takes it back."""
        return self.holder(path, lambda each: each.strict)[1].strict

    def fails(self, finding: Finding) -> bool:
        """Whether a finding is as bad as `fail_on` says where it stands."""
        bar = self.of(finding.location.path).fail_on
        return bar != "never" and finding.severity >= Severity[bar.upper()]

    def _at(self, folder: str) -> tuple[str, Settings]:
        found = self._by_folder.get(folder)
        if found is None:
            found = self._own(folder) or self._at(folder.rpartition("/")[0])
            self._by_folder[folder] = found
        return found

    def _own(self, folder: str) -> tuple[str, Settings] | None:
        if self._root is None:
            return None
        place = self._root / folder
        if place.resolve() != place:
            return None  # a link, maybe to somewhere else: its files are not read either
        table = read_own_table(place)
        if table is None:
            return None
        own = parse_settings(table, place, place)
        return f"{folder}/", replace(own, **dict(self._top.given), left_out=self._top.left_out)


def with_domains(settings: Settings, nested: Mapping[str, Settings]) -> Settings:
    """The settings of a whole scan. Which files are what, what is the platform and who is who adds up; limits and the
    cache are those of the scan root."""
    found: dict[str, Any] = {}
    for kind in Paths.__struct_fields__:
        own = [_lifted(pattern, prefix) for prefix, each in nested.items() for pattern in getattr(each.paths, kind)]
        found[kind] = (*getattr(settings.paths, kind), *own)
    platform = dict.fromkeys([*settings.platform, *(name for each in nested.values() for name in each.platform)])
    people = _together([settings.people, *(each.people for each in nested.values())])
    return replace(settings, paths=Paths(**found), platform=tuple(platform), people=people, nested=nested)


def attendance(settings: Settings) -> Mapping[str, tuple[Mapping[str, dt.date], Mapping[str, dt.date]]]:
    """Who joined and who left, by the folders that say so themselves. What they do not say, those above them do."""
    found: dict[str, tuple[Mapping[str, dt.date], Mapping[str, dt.date]]] = {}
    top = (settings.people.joined, settings.people.left)
    for prefix, each in sorted(settings.nested.items()):
        joined, left = next((found[above] for above in sorted(found, reverse=True) if prefix.startswith(above)), top)
        if each.people.joined or each.people.left:
            found[prefix] = ({**joined, **each.people.joined}, {**left, **each.people.left})
    return found


def teams(settings: Settings) -> Mapping[str, tuple[str, ...]]:
    """Who is in which team, as all configurations tell it. Of two that name the same team, the one above the other
    counts; folders beside each other add up."""
    found: dict[str, tuple[str, ...]] = {}
    told_by: dict[str, list[str]] = {}
    for prefix, each in sorted({"": settings, **settings.nested}.items()):
        for name, members in each.people.teams.items():
            above = told_by.setdefault(name, [])
            if not any(prefix.startswith(other) for other in above):
                above.append(prefix)
                found[name] = tuple(dict.fromkeys([*found.get(name, ()), *members]))
    return found


def _together(told: Iterable[People]) -> People:
    """Who is who, as all of them tell it; who joined and left, and who is in which team, as the first does."""
    first, *others = told
    aliases = dict(first.aliases)
    for each in others:
        for name, words in each.aliases.items():
            aliases[name] = tuple(dict.fromkeys([*aliases.get(name, ()), *words]))
    bots = dict.fromkeys([*first.bots, *(name for each in others for name in each.bots)])
    return replace(first, aliases=aliases, bots=tuple(bots))


def _lifted(pattern: str, prefix: str) -> str:
    """A pattern that speaks of a folder, said for the scan root above it."""
    anchored = "/" in pattern.rstrip("/")
    return f"/{prefix}{pattern.lstrip('/')}" if anchored else f"/{prefix}**/{pattern}"

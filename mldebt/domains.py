"""Folders of a repository that have a configuration of their own: for what lies below, the nearest one counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from mldebt.finding import Finding, Severity
from mldebt.settings import Paths, Settings, parse_settings, read_own_table


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
        folders = sorted({path.rpartition("/")[0] for path in paths})
        return {prefix: settings for prefix, settings in map(self._at, folders) if prefix}

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
    """The settings of a whole scan. Which files are what, and what is the platform, adds up; who is who, budgets, the
    baseline, limits and the cache are those of the scan root."""
    found: dict[str, Any] = {}
    for kind in Paths.__dataclass_fields__:
        own = [_lifted(pattern, prefix) for prefix, each in nested.items() for pattern in getattr(each.paths, kind)]
        found[kind] = (*getattr(settings.paths, kind), *own)
    platform = dict.fromkeys([*settings.platform, *(name for each in nested.values() for name in each.platform)])
    return replace(settings, paths=Paths(**found), platform=tuple(platform), nested=nested)


def _lifted(pattern: str, prefix: str) -> str:
    """A pattern that speaks of a folder, said for the scan root above it."""
    anchored = "/" in pattern.rstrip("/")
    return f"/{prefix}{pattern.lstrip('/')}" if anchored else f"/{prefix}**/{pattern}"

"""`[tool.mldebt]` in pyproject.toml, or `mldebt.toml`, plus flags: one frozen Settings."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import astuple, replace

from mldebt.errors import ConfigError, UsageError
from mldebt.tables import Table, read_table

GRADES = ("info", "low", "medium", "high")
FAIL_ON = (*GRADES, "never")
CACHE_VARIABLE = "MLDEBT_CACHE_DIR"
_PATH_KINDS = ("exclude", "product", "tests", "vendored", "generated", "data")


def user_cache_dir() -> Path:
    """The user's cache folder for mldebt; `MLDEBT_CACHE_DIR` overrides it."""
    if os.environ.get(CACHE_VARIABLE):
        return Path(os.environ[CACHE_VARIABLE]).expanduser()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "mldebt"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "mldebt" / "cache"
    chosen = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (chosen if chosen.is_absolute() else Path.home() / ".cache") / "mldebt"


class Paths(msgspec.Struct, frozen=True, kw_only=True):
    """A team's own patterns, as in a .gitignore, relative to the scan root. `product` takes files back that look like
    tests, vendored or generated code, or data."""

    exclude: tuple[str, ...] = ()
    product: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    vendored: tuple[str, ...] = ()
    generated: tuple[str, ...] = ()
    data: tuple[str, ...] = ()


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a file may cost before it is skipped with a reason."""

    file_bytes: int = 1_000_000
    notebook_bytes: int = 50_000_000
    document_bytes: int = 4_000_000
    file_seconds: int = 20


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """How much debt a team allows itself. `grades` and `rules` (ids, names or families) say how many findings there may
    be, `total` how many in all; `new` from which severity a change may bring none, "" for `fail_on`; `ratchet` that a
    change may bring as many as it pays."""

    total: int | None = None
    grades: Mapping[str, int] = msgspec.field(default_factory=dict)
    rules: Mapping[str, int] = msgspec.field(default_factory=dict)
    new: str = ""
    ratchet: bool = False

    @property
    def has_ceilings(self) -> bool:
        """Whether it says how much there may be, whenever it came."""
        return self.total is not None or bool(self.grades) or bool(self.rules)


class People(msgspec.Struct, frozen=True, kw_only=True):
    """Who is who: the other names and addresses of a person, those that are machines, who joined (or came back) and
    left, and when, and who is in which team."""

    aliases: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    bots: tuple[str, ...] = ()
    joined: Mapping[str, dt.date] = msgspec.field(default_factory=dict)
    left: Mapping[str, dt.date] = msgspec.field(default_factory=dict)
    teams: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a person can set. `file` is where it was read from, "" when nowhere. `left_out` are
    rules that this run cannot ask, whatever is configured. Below `root`, folders may
    have a configuration of their own (None: a file was named, and it alone counts); `given` are the flags, which win
    there, too; `nested` are the settings of those folders that a scan has met, by "a/b/".

    `half_life_days` says how fast knowledge fades after somebody last touched some lines. Who changed a file once
    forgets it along Ebbinghaus' curve, who came back remembers far longer (Krüger et al. 2018, "Do You Remember This
    Source Code?"); bus factor tools weigh each single change by exp(-days / 90), a half-life of two months (JetBrains'
    bus-factor-explorer, after Jabrayilzade et al. 2022, "Bus Factor in Practice"). Here the last of all touches counts,
    not each alone: a year."""

    file: str = ""
    prefix: str = ""  # the scan root below the folder of `file`: "" or "a/b/"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str = "low"
    pedantic: bool = False
    strict: bool = False
    baseline: Path | None = None
    require_reason: bool = False
    jobs: int = 0
    cache: bool = True
    cache_dir: Path = msgspec.field(default_factory=user_cache_dir)
    platform: tuple[str, ...] = ()
    history: bool = True
    window_days: int = 365
    half_life_days: int = 365
    paths: Paths = msgspec.field(default_factory=Paths)
    limits: Limits = msgspec.field(default_factory=Limits)
    people: People = msgspec.field(default_factory=People)
    budget: Budget = msgspec.field(default_factory=Budget)
    rules: Mapping[str, Table] = msgspec.field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    root: Path | None = None
    given: Mapping[str, Any] = msgspec.field(default_factory=dict)
    nested: Mapping[str, Settings] = msgspec.field(default_factory=dict)

    @property
    def workers(self) -> int:
        """How many processes may work at once."""
        return self.jobs or available_cores()

    def key(self) -> str:
        """Equal for settings that lead to equal findings."""
        return json.dumps(
            {
                "select": self.select,
                "ignore": [*self.ignore, *self.left_out],
                "pedantic": self.pedantic,
                "require_reason": self.require_reason,
                "platform": self.platform,
                "window_days": self.window_days,
                "half_life_days": self.half_life_days,
                "history": self.history,
                "paths": astuple(self.paths),
                "limits": astuple(self.limits),
                "people": [
                    *(self.people.aliases, self.people.bots, self.people.teams),
                    *(self.people.joined, self.people.left),
                ],
                "rules": {rule: table.values for rule, table in self.rules.items()},
                **({"nested": {prefix: each.key() for prefix, each in self.nested.items()}} if self.nested else {}),
            },
            sort_keys=True,
            default=str,
        )


def load_settings(root: Path, config: Path | None = None, flags: Mapping[str, Any] | None = None) -> Settings:
    """Defaults, then the file, then the flags (fields of Settings; None means not given)."""
    table, folder = find_table(root, config)
    settings = Settings() if table is None else parse_settings(table, folder, root)
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    return replace(settings, **given, given=given, root=None if config else root)


def without_baselines(settings: Settings) -> Settings:
    """The settings with no baseline, here and in the folders below."""
    return replace(settings, baseline=None, given={**settings.given, "baseline": None})


def available_cores() -> int:
    """The cores that this process may use, which a container often limits."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# ---------------------------------------------------------------------------- finding the file


def find_table(root: Path, config: Path | None = None) -> tuple[Table | None, Path]:
    """The table that counts for a scan root, if there is one, and the folder of which it speaks."""
    if config:
        if not config.is_file():
            raise UsageError(f"{config}: no such configuration file")
        table = _read(config, insist=True)
        return table, config.resolve().parent
    start = root.resolve()
    for folder in (start, *start.parents):
        table = read_own_table(folder)
        if table:
            return table, folder
        if (folder / ".git").exists():
            break
    return None, start


def read_own_table(folder: Path) -> Table | None:
    """The table of mldebt in a folder itself. Raises ConfigError for two, of which one would count for nothing."""
    files = [folder / name for name in ("mldebt.toml", "pyproject.toml") if _is_there(folder / name)]
    found = [table for table in (_read(file, insist=False) for file in files) if table]
    if len(found) > 1:
        raise found[1].error("stands beside an mldebt.toml; keep one of the two")
    return found[0] if found else None


def _is_there(file: Path) -> bool:
    """What lies in a folder that may not be entered is not there for us, as the code in it is not."""
    try:
        return file.is_file()
    except OSError:
        return False


def _read(path: Path, *, insist: bool) -> Table | None:
    """The table of mldebt in a file. A pyproject.toml that never mentions mldebt may be as broken as it likes."""
    if path.name != "pyproject.toml":
        table = read_table(path)
        if table.has("tool"):
            raise table.error("[tool.mldebt] is for pyproject.toml; in this file its keys stand at the top")
        return table
    try:
        table = read_table(path)
    except ConfigError:
        if insist or b"mldebt" in path.read_bytes():
            raise
        return None
    tool = table.values.get("tool")
    ours = tool.get("mldebt") if isinstance(tool, dict) else None
    if ours is None:
        if insist:
            raise table.error("has no table [tool.mldebt]")
        return None
    return table.table("tool").table("mldebt")


# ---------------------------------------------------------------------------- reading it


def parse_settings(table: Table, folder: Path, root: Path) -> Settings:
    """The settings that a table makes for a scan root; `folder` is the one of which the table speaks."""
    default = Settings()
    table.only(
        (
            "select",
            "ignore",
            "fail_on",
            "pedantic",
            "strict",
            "baseline",
            "require_reason",
            "jobs",
            "cache",
            "cache_dir",
            "platform",
            "history",
            "window_days",
            "half_life_days",
            "paths",
            "limits",
            "people",
            "budget",
            "rules",
        )
    )
    return Settings(
        file=table.file,
        prefix=_base(folder, root),
        select=table.texts("select", default.select),
        ignore=table.texts("ignore", default.ignore),
        fail_on=table.choice("fail_on", FAIL_ON, default.fail_on),
        pedantic=table.flag("pedantic", default.pedantic),
        strict=table.flag("strict", default.strict),
        baseline=_inside(table, "baseline", folder, "--baseline") if table.has("baseline") else None,
        require_reason=table.flag("require_reason", default.require_reason),
        jobs=table.integer("jobs", default.jobs),
        cache=table.flag("cache", default.cache),
        cache_dir=(
            _inside(table, "cache_dir", folder, f"--cache-dir or {CACHE_VARIABLE}")
            if table.has("cache_dir")
            else default.cache_dir
        ),
        platform=table.texts("platform", default.platform),
        history=table.flag("history", default.history),
        window_days=table.integer("window_days", default.window_days, minimum=1),
        half_life_days=table.integer("half_life_days", default.half_life_days, minimum=1),
        paths=_parse_paths(table.table("paths"), _base(folder, root)),
        limits=_parse_limits(table.table("limits")),
        people=_parse_people(table.table("people")),
        budget=_parse_budget(table.table("budget")),
        rules={name: table.table("rules").table(name) for name in table.table("rules").values},
    )


def _parse_paths(table: Table, base: str) -> Paths:
    table.only(_PATH_KINDS)
    return Paths(**{kind: rebase(table.texts(kind, ()), base) for kind in _PATH_KINDS})


def _parse_limits(table: Table) -> Limits:
    default = Limits()
    names = tuple(Limits.__struct_fields__)
    table.only(names)
    return Limits(**{name: table.integer(name, getattr(default, name), minimum=1) for name in names})


def _parse_people(table: Table) -> People:
    table.only(("aliases", "bots", "joined", "left", "teams"))
    aliases, teams = table.table("aliases"), table.table("teams")
    joined, left = table.table("joined"), table.table("left")
    return People(
        aliases={name: aliases.texts(name) for name in aliases.values},
        bots=table.texts("bots", ()),
        joined={name: joined.day(name) for name in joined.values},
        left={name: left.day(name) for name in left.values},
        teams={name: teams.texts(name) for name in teams.values},
    )


def _parse_budget(table: Table) -> Budget:
    table.only(("total", *GRADES, "new", "ratchet", "rules"))
    rules = table.table("rules")
    return Budget(
        total=table.integer("total") if table.has("total") else None,
        grades={grade: table.integer(grade) for grade in GRADES if table.has(grade)},
        rules={name: rules.integer(name) for name in rules.values},
        new=table.choice("new", FAIL_ON) if table.has("new") else "",
        ratchet=table.flag("ratchet", default=False),
    )


def _base(folder: Path, root: Path) -> str:
    """The scan root below the configuration's folder; a configuration from elsewhere speaks of the scan root itself."""
    try:
        base = root.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        return ""
    return "" if base == "." else f"{base}/"


def _inside(table: Table, key: str, folder: Path, instead: str) -> Path:
    """A repository's file may name a place inside the repository only: it may come from somebody we do not know."""
    chosen = folder / Path(table.text(key))
    if not Path(os.path.realpath(chosen)).is_relative_to(folder.resolve()):  # `resolve` fails where links run in a ring
        raise table.error(f"{key} must lie inside {folder}; for a place elsewhere use {instead}")
    return chosen


# ---------------------------------------------------------------------------- globs


def rebase(patterns: tuple[str, ...], base: str) -> tuple[str, ...]:
    """Patterns that speak of the configuration's folder, said anew for the folder `base` below it."""
    parts = base.rstrip("/").split("/") if base else []
    found = [_rebase(pattern, parts) for pattern in patterns]
    return tuple(pattern for pattern in found if pattern)


def _rebase(pattern: str, parts: list[str]) -> str:
    """The pattern seen from below, "**" when it covers all of the folder, "" when it means another place."""
    anchored = "/" in pattern.rstrip("/")
    segments = pattern.strip("/").split("/")
    if not anchored:
        return "**" if any(fnmatchcase(part, segments[0]) for part in parts) else pattern
    for part in parts:
        if segments[0] == "**":
            return "/".join(segments)
        if not fnmatchcase(part, segments.pop(0)):
            return ""
        if not segments:
            return "**"
    tail = "/" if pattern.endswith("/") else ""
    return f"/{'/'.join(segments)}{tail}"

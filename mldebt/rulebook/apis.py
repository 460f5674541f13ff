"""Reads `rules/apis/*.toml` and a team's `.mldebt/apis/*.toml` into one catalogue, compiled once and kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import msgspec

from mldebt.errors import nearest
from mldebt.rulebook.catalogue import HOOKS, KINDS, MEDIA, ORDERS, ROLES, Api, Catalogue, TypeRecord, build_catalogue
from mldebt.rulebook.folder import rules_folder, team_folder, toml_files
from mldebt.store import read_entry, unpack, write_entry
from mldebt.tables import Table, parse_table, read_table

_FORMAT = "1"
_API_KEYS = ("role", "names", "type", "methods", "returns", "medium", "source", "platform", "order", "note")
_TYPE_KEYS = ("name", "aliases", "bases", "kind", "hooks", "note")


class _Compiled(msgspec.Struct, array_like=True):
    types: list[TypeRecord]
    functions: list[Api]
    methods: list[tuple[str, str, Api]]


def catalogue_key(extra: Path | None = None) -> str:
    """Names the content of every catalogue file that counts for a scan root; equal keys, equal catalogues."""
    return _key(_read_all(extra))


def load_apis(extra: Path | None = None, cache: Path | None = None) -> Catalogue:
    """The catalogue; `extra` is a scan root that may hold `.mldebt/apis/`, `cache` a folder for the compiled form."""
    texts = tuple(_read_all(extra))
    key = _key(texts)
    compiled = _read_compiled(cache, key)
    if compiled is None:
        compiled = _compile(texts)
        _write_compiled(cache, key, compiled)
    return build_catalogue(key, compiled.types, compiled.functions, compiled.methods)


class _Text(msgspec.Struct, frozen=True):
    shown: str
    text: str
    team: bool


def _read_all(extra: Path | None) -> list[_Text]:
    folder = rules_folder() / "apis"
    found = [_Text(f"rules/apis/{path.name}", _read(path), False) for path in toml_files(folder)]
    team = team_folder(extra, "apis")
    if team:
        found += [_Text(f".mldebt/apis/{path.relative_to(team)}", _read(path), True) for path in toml_files(team)]
    return found


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return read_table(path).source  # says what is wrong


def _key(texts: Iterable[_Text]) -> str:
    digest = hashlib.sha256(_FORMAT.encode())
    for item in texts:
        digest.update(f"{item.shown}\0{len(item.text)}\0{item.text}".encode())
    return digest.hexdigest()[:32]


# ---------------------------------------------------------------------------- reading records


@lru_cache(maxsize=2)  # a process that scans again and again (an editor, a library's user) reads them once
def _compile(texts: tuple[_Text, ...]) -> _Compiled:
    """Check every record. A team's record replaces ours of the same name; two of one side must not differ."""
    shelf = _Shelf()
    pending = []
    for item in texts:
        table = parse_table(item.text, item.shown)
        table.only(("library", "type", "api"))
        library = table.text("library")
        for entry in table.tables("type"):
            shelf.add_type(entry, _parse_type(entry, library), item.team)
        pending += [(entry, library, item.team) for entry in table.tables("api")]
    for entry, library, team in pending:
        for owner, method, api in _parse_api(entry, library):
            shelf.add_api(entry, owner, method, api, team)
    shelf.check_names()
    return shelf.compiled()


class _Shelf:
    """Collects records of all files and finds those that contradict each other."""

    def __init__(self) -> None:
        self.types: dict[str, tuple[TypeRecord, Table, bool]] = {}
        self.apis: dict[tuple[str, str], tuple[Api, Table, bool]] = {}

    def add_type(self, entry: Table, record: TypeRecord, team: bool) -> None:
        known = self.types.get(record.name)
        if known and known[2] == team and known[0] != record:
            raise entry.error(f"type {record.name!r} is declared differently in {_place(known[1])}")
        self.types[record.name] = record, entry, team

    def add_api(self, entry: Table, owner: str, method: str, api: Api, team: bool) -> None:
        known = self.apis.get((owner, method))
        if known and known[2] == team and not _agree(known[0], api):
            raise entry.error(f"{api.name!r} is declared differently in {_place(known[1])}; give it one record")
        self.apis[owner, method] = api, entry, team

    def check_names(self) -> None:
        """Every type that a record mentions is declared, and no alias means two types."""
        aliases: dict[str, str] = {}
        for name, (record, entry, _) in self.types.items():
            for alias in record.aliases:
                if alias in self.types or aliases.setdefault(alias, name) != name:
                    raise entry.error(f"alias {alias!r} already means {aliases.get(alias, alias)!r}")
        known = {*self.types, *aliases}
        for record, entry, _ in self.types.values():
            for base in record.bases:
                _check_type(entry, "bases", base, known)
        for (owner, _method), (api, entry, _) in self.apis.items():
            if owner:
                _check_type(entry, "type", owner, known)
            if api.returns not in {"", "self"}:
                _check_type(entry, "returns", api.returns, known)

    def compiled(self) -> _Compiled:
        aliases = {alias: name for name, (record, _, _) in self.types.items() for alias in record.aliases}
        return _Compiled(
            types=[
                msgspec.structs.replace(record, bases=tuple(aliases.get(base, base) for base in record.bases))
                for record, _, _ in self.types.values()
            ],
            functions=[_canonical(api, aliases) for (owner, _), (api, _, _) in self.apis.items() if not owner],
            methods=[
                (aliases.get(owner, owner), method, _canonical(api, aliases))
                for (owner, method), (api, _, _) in self.apis.items()
                if owner
            ],
        )


def _parse_type(entry: Table, library: str) -> TypeRecord:
    entry.only(_TYPE_KEYS)
    hooks = entry.table("hooks")
    return TypeRecord(
        name=entry.text("name"),
        aliases=entry.texts("aliases", ()),
        bases=entry.texts("bases", ()),
        kind=entry.choice("kind", KINDS, ""),
        hooks={name: hooks.choice(name, HOOKS) for name in hooks.values},
        library=library,
    )


def _parse_api(entry: Table, library: str) -> Iterator[tuple[str, str, Api]]:
    """(type or "", function or method name, record) for every name of one `[[api]]`."""
    entry.only(_API_KEYS)
    if entry.has("names") == entry.has("methods") or entry.has("type") != entry.has("methods"):
        raise entry.error("needs either names (functions) or type and methods, not both")
    entry.text("note", "")
    owner = entry.text("type") if entry.has("type") else ""
    names = entry.texts("methods") if owner else entry.texts("names")
    if not names:
        raise entry.error(f"{'methods' if owner else 'names'} is empty")
    for name in names:
        if not all(map(str.isidentifier, name.split("."))):
            raise entry.error(f"{name!r} is no name that code could call; write it as in 'acme.search.best'")
    shape = Api(
        name="",
        roles=frozenset(entry.choices("role", ROLES)),
        returns=entry.text("returns", ""),
        medium=entry.choice("medium", MEDIA, ""),
        source=entry.text("source", ""),
        platform=entry.flag("platform", False),
        order=entry.choice("order", ORDERS, ""),
        library=library,
    )
    if shape.returns == "self" and not owner:
        raise entry.error('returns is "self", which only a method can have')
    for name in names:
        yield owner, name, msgspec.structs.replace(shape, name=f"{owner}.{name}" if owner else name)


def _check_type(entry: Table, key: str, name: str, known: set[str]) -> None:
    if name not in known:
        raise entry.error(f"{key} names the type {name!r}, which no [[type]] declares{nearest(name, known)}")


def _agree(one: Api, other: Api) -> bool:
    return one == msgspec.structs.replace(other, library=one.library)


def _canonical(api: Api, aliases: dict[str, str]) -> Api:
    return msgspec.structs.replace(api, returns=aliases.get(api.returns, api.returns))


def _place(entry: Table) -> str:
    return f"{entry.file} {entry.where}"


# ---------------------------------------------------------------------------- the compiled form


def _read_compiled(cache: Path | None, key: str) -> _Compiled | None:
    return unpack(read_entry(cache, "apis", key), _Compiled) if cache else None


def _write_compiled(cache: Path | None, key: str, compiled: _Compiled) -> None:
    if cache:
        write_entry(cache, "apis", key, msgspec.msgpack.encode(compiled))

"""Where a repository declares its data: catalogues, data versions, feature stores, orchestrators, settings."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import cached_property

import msgspec

from mldebt.documents import DocumentFacts, DocumentKind, DocumentSet
from mldebt.finding import Location
from mldebt.flow.files.paths import Paths
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.ingestion.reads import Reads
from mldebt.pipeline.ingestion.samesource import name_of
from mldebt.regex import regex

KINDS = (
    DocumentKind.KEDRO,
    DocumentKind.DVC,
    DocumentKind.CONFIG,
    DocumentKind.MLPROJECT,
    DocumentKind.AIRFLOW,
    DocumentKind.PYPROJECT,
    DocumentKind.WORKFLOW,
    DocumentKind.MAKEFILE,
    DocumentKind.SHELL,
    DocumentKind.DOCKERFILE,
)
_INTAKE = regex(r"^sources\.([^.]+)\.args\.(?:urlpath|path|uri|url|sql_expr)")
_TABLE = "table "
_OTHER_THAN_TABLE = regex(
    r"\b(?:join|union|where|group|limit|from\b.*\bfrom)\b|,\s*[\w.]+\s*$", re.IGNORECASE | re.DOTALL
)
"""What a query says that asks for some rows of a table, or for more than one."""
_MOUNT = regex(
    r"(?:^\s*-\s*[\"']?|-v\s+|--volume[= ])(?:\.{1,2}|\$\{?PWD\}?|\$\(pwd\))(?:/[^\s:]*)?:(/[\w./-]+)", re.MULTILINE
)
"""A folder beside the settings and where a container has it: `- ./data:/data:ro`, `-v $(pwd)/data:/data`."""
_WILD = regex(r"\*+|\{\w+\}")
"""What stands for any name in a pattern: of Intake, or of a Kedro factory."""
_WIDE_KINDS = (DocumentKind.KEDRO, DocumentKind.DVC, DocumentKind.CONFIG)
TELLING = 6
_LOCATED = regex(r"[/.]|://")
_DATASETS = {
    "feast": "the Feast source",
    "airflow": "the Airflow dataset",
    "dagster": "the Dagster asset",
    "mlflow": "the MLflow dataset",
}
_DECLARING = frozenset(
    """FileSource BigQuerySource RedshiftSource SnowflakeSource SparkSource PostgreSQLSource TrinoSource AthenaSource
    Dataset Asset AssetKey AssetSpec SourceAsset from_pandas from_numpy from_spark load_delta""".split()
)
_CLAIMS = ("feast.", "airflow.", "dagster.", "mlflow.data.")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One declared source: what declares it ("the Kedro entry"), its name there, where it points and where it stands.
    Settings and commands only say where something is; the others are ways to get it, too."""

    kind: str
    name: str
    target: str
    document: DocumentFacts | None
    line: int
    call: Value | None = None

    @property
    def offers(self) -> bool:
        return self.kind not in ("the setting", "a command")

    @property
    def text(self) -> str:
        return f"{self.kind} `{self.name}`" if self.name else self.kind

    def location(self) -> Location | None:
        """Where it stands, when a document declares it."""
        return self.document.place(self.line) if self.document is not None else None


class Declared:
    """Looks sources up by the text that the code spells."""

    def __init__(self, flow: Flow, prose: DocumentSet, reads: Reads | None = None) -> None:
        self.flow = flow
        self.prose = prose
        self.reads = reads
        self._known: dict[str, tuple[Entry, ...]] = {}

    @property
    def calls(self) -> frozenset[Value]:
        """The calls that declare data in code: they say where it lies, and read nothing."""
        return frozenset(entry.call for entry in self._code if entry.call is not None)

    def at(self, texts: Iterable[str]) -> Entry | None:
        """The entry that points to exactly what one of some texts spells."""
        for text in texts:
            for entry in self._of(_last(text)):
                if _same(entry.target, text):
                    return entry
            for entry in self._wide:
                if _covers(entry, text):
                    return entry
        return None

    def is_mounted(self, path: str) -> bool:
        """Whether a folder of the repository is seen at a path in a container that its own settings start."""
        return any(path.startswith(f"{place}/") for place in self._mounts)

    @cached_property
    def _mounts(self) -> frozenset[str]:
        texts = self.prose.texts(DocumentKind.CONFIG, DocumentKind.SHELL, DocumentKind.MAKEFILE, DocumentKind.WORKFLOW)
        return frozenset(found[1].rstrip("/") for text in texts for found in _MOUNT.finditer(text)) - {""}

    def offered(self, names: Iterable[str]) -> Entry | None:
        """The entry of a catalogue that offers a source known by one of some names, wherever it lies there."""
        for name in names:
            if name.startswith(_TABLE):
                found = self._table(name.removeprefix(_TABLE))
                if found is not None:
                    return found
            known = {name, name_of(name.partition("://")[2])} - {""}
            for entry in self._of(_last(name)):
                files = {name_of(entry.target), name_of(entry.target.partition("://")[2])}
                if entry.offers and (known & files or _same(entry.target, name)):
                    return entry
        return None

    def _table(self, name: str) -> Entry | None:
        """The entry of a catalogue or feature store that offers a table."""
        return next((entry for entry in self._of(name) if entry.offers and _is_of_table(entry.target, name)), None)

    @cached_property
    def _wide(self) -> tuple[Entry, ...]:
        """The entries that offer more than one file: by a pattern, or a folder that DVC versions."""
        found: list[Entry] = []
        for document in self.prose.of_kind(*_WIDE_KINDS):
            found += [entry for entry in _entries(document, "") if entry.offers and _is_wide(entry)]
        return tuple(found)

    def _of(self, last: str) -> tuple[Entry, ...]:
        """The entries that speak of a file's name, or of whatever else a text ends with."""
        if len(last) < 3:
            return ()
        found = self._known.get(last)
        if found is None:
            documents = (entry for each in self.prose.holding(last, *KINDS) for entry in _entries(each, last))
            code = (entry for entry in (*self._code, *self._shared) if last.lower() in entry.target.lower())
            found = self._known[last] = tuple(sorted((*documents, *code), key=lambda entry: not entry.offers))
        return found

    @cached_property
    def _shared(self) -> tuple[Entry, ...]:
        """What the team's own platform reads."""
        found: list[Entry] = []
        for unit, call in self.reads.of_platform() if self.reads is not None else ():
            path = self.reads.path(call) if self.reads is not None else None
            texts = self.reads.paths.texts(path) if self.reads is not None and path is not None else ()
            found += [
                Entry(kind="the platform's", name=unit, target=text, document=None, line=0, call=call)
                for text in texts
                if "{" not in text
            ]
        return tuple(found)

    @cached_property
    def _code(self) -> tuple[Entry, ...]:
        """What the repository's own code declares to a feature store or an orchestrator."""
        found: list[Entry] = []
        paths = self.flow.shared(Paths)
        for call in self.flow.calls_named(_DECLARING):
            name = next((target.name for target in self.flow.targets(call) if target.kind == "external"), "")
            if name.startswith(_CLAIMS):
                given = [(word, each) for word, value in call.named_arguments for each in (value, *value.every("item"))]
                texts = dict.fromkeys(text for _, value in given for text in paths.texts(value))
                located = [text for text in texts if _LOCATED.search(text) and "{" not in _last(text)]
                label = next((str(v.data) for k, v in given if k in ("name", "key") and v.kind == "const"), "")
                kind = _DATASETS[name.partition(".")[0]]
                found.extend(
                    Entry(kind=kind, name=label or text, target=text, document=None, line=0, call=call)
                    for text in located
                )
        return tuple(found)


def _entries(facts: DocumentFacts, last: str) -> Iterator[Entry]:
    """What one document says of a file's name."""
    for data in facts.data:
        kind = "the Kedro entry" if facts.kind is DocumentKind.KEDRO else "the DVC file of"
        yield Entry(kind=kind, name=data.name, target=data.location, document=facts, line=data.line)
    for stage in facts.stages:
        for path in (*stage.inputs, *stage.outputs):
            yield Entry(kind="the DVC stage", name=stage.name, target=path, document=facts, line=stage.line)
    if facts.kind is not DocumentKind.KEDRO:
        for setting in facts.settings:
            if last in setting.value:
                intake = _INTAKE.match(setting.key)
                kind, name = ("the Intake source", intake[1]) if intake else ("the setting", setting.key)
                yield Entry(kind=kind, name=name, target=setting.value, document=facts, line=setting.line)
    for command in facts.commands:
        for word in command.text.split():
            if last in word:
                target = word.rpartition("=")[2].strip("\"'")
                yield Entry(kind="a command", name="", target=target, document=facts, line=command.line)


def _is_wide(entry: Entry) -> bool:
    if entry.document is not None and entry.document.kind is DocumentKind.DVC:
        return "." not in _last(entry.target)
    return _WILD.search(entry.target) is not None and sum(map(str.isalpha, _WILD.sub("", entry.target))) >= TELLING


def _covers(entry: Entry, text: str) -> bool:
    """Whether an entry offers a file by a pattern, or with the folder that it lies in."""
    text, target = text.strip().removeprefix("./"), entry.target.strip().removeprefix("./")
    if entry.document is not None and entry.document.kind is DocumentKind.DVC:
        return f"/{text.lstrip('/')}".startswith(f"/{target.strip('/')}/") and "://" not in text
    wanted, given = target.split("/"), text.split("/")
    more = len(given) - len(wanted)
    if more < 0 or (more and "://" in target):
        return False
    return all(_fits(_WILD.split(one), other) for one, other in zip(wanted, given[more:], strict=True))


def _fits(parts: list[str], name: str) -> bool:
    """Whether a name is made of these parts, with something between each two of them."""
    first, *rest = parts
    if not rest:
        return name == first
    *middle, last = rest
    if not name.startswith(first) or not name.endswith(last):
        return False
    at, end = len(first), len(name) - len(last)
    for part in filter(None, middle):  # the first place where each fits leaves the most for the others
        found = name.find(part, at + 1, end)
        if found < 0:
            return False
        at = found + len(part)
    return at < end


def _is_of_table(target: str, name: str) -> bool:
    """Whether an entry's text is a table's name, or a query of all of its rows."""
    if target.strip().strip('"`').lower() == name:
        return True
    return name_of(target) == _TABLE + name and _OTHER_THAN_TABLE.search(target) is None


def _last(text: str) -> str:
    return posixpath.basename(text.rstrip("/"))


def _same(one: str, other: str) -> bool:
    """Whether two texts point to one place: relative paths may start in different folders."""
    one, other = one.strip().rstrip("/").removeprefix("./"), other.strip().rstrip("/").removeprefix("./")
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    return "/" in short and "://" not in short and not short.startswith("/") and long.endswith("/" + short)

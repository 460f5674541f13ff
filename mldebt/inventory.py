"""The models of a repository as plain values: one record a model, every cell with the place that proves it."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from mldebt.finding import Location, Owner
from mldebt.masking import masked_line

COLUMNS = (
    "builder",
    "training",
    "sources",
    "features",
    "makers",
    "targets",
    "left_out",
    "artifacts",
    "loaders",
    "serving",
    "documents",
    "metrics",
    "parameters",
    "findings",
)
"""The columns that hold cells, in reading order."""


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One fact: what it says, where it stands (None for what no single place says), and a word more (a version, a
    command, a value)."""

    text: str
    location: Location | None = None
    note: str = ""


class ModelRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One model. An empty column says that the code and the documents tell nothing of it. `features` are what it sees
    of each row, `makers` what makes these, `targets` what it learns to predict, `left_out` what it is kept
    from seeing, where nothing says what is left. `counted_as_one` are
    names of owners that are likely one person's. `unknown_people` is why nobody can say who knows it; `bus_factor` is
    None then."""

    name: str
    path: str
    builder: tuple[Cell, ...]
    library: str = ""
    base_models: tuple[Cell, ...] = ()
    training: tuple[Cell, ...] = ()
    trained: tuple[Cell, ...] = ()
    sources: tuple[Cell, ...] = ()
    features: tuple[Cell, ...] = ()
    makers: tuple[Cell, ...] = ()
    targets: tuple[Cell, ...] = ()
    left_out: tuple[Cell, ...] = ()
    artifacts: tuple[Cell, ...] = ()
    loaders: tuple[Cell, ...] = ()
    serving: tuple[Cell, ...] = ()
    documents: tuple[Cell, ...] = ()
    metrics: tuple[Cell, ...] = ()
    parameters: tuple[Cell, ...] = ()
    findings: tuple[Cell, ...] = ()
    owners: tuple[Owner, ...] = ()
    bus_factor: int | None = None
    counted_as_one: tuple[str, ...] = ()
    unknown_people: str = ""

    def masked(self) -> ModelRecord:
        """The same without the credentials that an address or a connection string among the cells may hold."""
        cells = {
            column: tuple(
                replace(cell, text=masked_line(cell.text), note=masked_line(cell.note))
                for cell in getattr(self, column)
            )
            for column in COLUMNS
        }
        return replace(self, **cells)

    @property
    def identity(self) -> str:
        """What tells it from others of its name: the file and the definition around it."""
        symbol = self.builder[0].location.symbol if self.builder and self.builder[0].location else ""
        return f"{self.path}:{symbol}" if symbol and symbol != self.name else self.path


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a model card says and the code does not, or the other way round; `code` is where the code says
    it."""

    message: str
    location: Location
    code: Location | None = None


def find_records(records: tuple[ModelRecord, ...], wanted: str) -> tuple[ModelRecord, ...]:
    """The models that a person may mean: by name, by file, by "file:name" or "file:line", in any case; failing that, by
    a file in which one is built or trained, or a part of the name."""
    word = wanted.lower()
    for names in (_names, _places):
        exact = tuple(record for record in records if word in {name.lower() for name in names(record)})
        if exact:
            return exact
    return tuple(record for record in records if word and word in f"{record.path}:{record.name}".lower())


def _places(record: ModelRecord) -> tuple[str, ...]:
    """The files in which a model is built and trained, and whose code starts that."""
    cells = (*record.builder, *record.trained, *record.training)
    return tuple(dict.fromkeys(cell.location.path for cell in cells if cell.location is not None))


def _names(record: ModelRecord) -> tuple[str, ...]:
    at = record.builder[0].location if record.builder else None
    line = (f"{at.path}:{at.line}",) if at is not None else ()
    return record.name, record.path, f"{record.path}:{record.name}", record.identity, *line

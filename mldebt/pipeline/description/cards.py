"""An existing model card beside the code: which model it describes, and where the two say different things."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from mldebt.documents import DocumentFacts, programs, resolve
from mldebt.inventory import Cell, Drift, ModelRecord
from mldebt.pipeline.description.card_inputs import inputs_of
from mldebt.pipeline.description.claims import Claim, Setting, claims_of, contradicted, number, plain, settings_of
from mldebt.pipeline.description.description import speaks_from
from mldebt.pipeline.description.input_drift import InputDrift
from mldebt.pipeline.project import Project
from mldebt.regex import regex

_LABELLED = regex(r"^\s*(?:[-*]\s+)?([A-Z][\w ]+?):\s+(`+)\s?(.+?)\s?\2")
"""A line of a drafted card: what it is about, and the fact."""
_GAP = regex(r"^\s*(?:[-*]\s+)?([A-Z][\w ]+?): TO FILL\b")
"""A line of a drafted card that a person was to fill."""
_DRAFTED = "| Parameter | Value | Place |"
"""A table that says with what a model is built, not what somebody once tried."""
_PARAMETER = regex(r"^\s*\|\s*(`+)\s?(.+?)\s?\1\s*\|\s*(`+)\s?(.+?)\s?\3\s*\|")
"""A row of that table: a name, and its value."""
_COLUMNS = {
    "Data": "sources",
    "Feature": "features",
    "Made by": "makers",
    "Target": "targets",
    "Left out": "left_out",
    "Artifact": "artifacts",
    "Started by": "training",
    "Loaded by": "loaders",
    "Served by": "serving",
    "Metric": "metrics",
    "Starts from": "base_models",
}
_SOURCES = (".py", ".ipynb", ".sh")
_KNOWN_BY = regex(r"^\s*(?:[-*]\s+)?Wrote most of it and is active: (.+)$")
_PERSON = regex(r"(?:^|, )(.+?) \(\d+%\)")
_BUS_FACTOR = regex(r"^\s*(?:[-*]\s+)?Bus factor: (\d+)$")


class Cards:
    """Questions about cards of a project."""

    def __init__(self, project: Project, records: Sequence[ModelRecord]) -> None:
        self.project = project
        self.records = tuple(records)
        self.paths = frozenset(
            [module.path for module in project.flow.program.modules]
            + [document.path for document in project.raw_documents]
        )

    def described(self, card: DocumentFacts) -> tuple[ModelRecord, ...]:
        """The models that a card may describe: by its metadata, its headings, the files and names that it mentions."""
        named = {
            setting.value.lower() for setting in card.metadata if setting.key in ("model_name", "model-index.0.name")
        }
        titles = " ".join([card.title, *(heading.title for heading in card.headings)]).lower()
        text = "\n".join(block.text for block in card.blocks)
        near = self._near(card)
        for records in (near, self.records):
            for found in (
                [record for record in records if record.name.lower() in named],
                [record for record in records if record.name.lower() in titles],
                [record for record in records if re.search(rf"\b{re.escape(record.name)}\b", text)],
                [record for record in records if record.path in text],
            ):
                if found:
                    return tuple(record for record in found if record.path in text) or tuple(found)
            if len(records) == 1:
                return records
        return ()

    def _near(self, card: DocumentFacts) -> tuple[ModelRecord, ...]:
        """The models below the folder that a card speaks for, or the nearest above it that has any."""
        folder = speaks_from(card.path)
        while folder:
            found = tuple(record for record in self.records if record.path.startswith(f"{folder}/"))
            if found:
                return found
            folder = posixpath.dirname(folder)
        return self.records

    def drift(self, card: DocumentFacts, record: ModelRecord) -> list[Drift]:
        """Everything on which card and code differ, by line."""
        found = [*self._values(card, record), *self._files(card), *self._commands(card), *self._facts(card, record)]
        found += [*self._table(card, record), *self._metadata(card, record), *self._people(card, record)]
        found += InputDrift(self.project).of(card, record)
        unique = {(drift.location.line, drift.message): drift for drift in found}
        return sorted(unique.values(), key=lambda drift: (drift.location.line, drift.message))

    def says_anything(self, card: DocumentFacts) -> bool:
        """Whether a card makes any statement that can be held against code."""
        lines = [line for block in card.blocks for line in block.text.split("\n")]
        drafted = any(pattern.match(line) for line in lines for pattern in (_LABELLED, _KNOWN_BY, _BUS_FACTOR))
        named = any(mention.path.endswith(_SOURCES) for mention in card.paths)
        starts = any(each.name.endswith(_SOURCES) for command in card.commands for each in programs(command.text))
        bases = any(setting.key.partition(".")[0] == "base_model" for setting in card.metadata)
        return drafted or named or starts or bases or bool(inputs_of(card).listed) or any(claims_of(card))

    def _people(self, card: DocumentFacts, record: ModelRecord) -> Iterator[Drift]:
        """People that a drafted card names and who have left, or know none of it; another bus factor. Shares are not
        compared: every commit changes them."""
        if record.bus_factor is None:
            return
        active = {owner.name for owner in record.owners if owner.active}
        for block in card.blocks:
            for below, text in enumerate(block.text.split("\n")):
                line = card.place(block.line + below)
                if (known := _KNOWN_BY.match(text)) is not None:
                    for name in map(_unescaped, _PERSON.findall(known[1])):
                        if name not in active:
                            message = (
                                f"the card says {name} knows it, who is not among the active people who know most of it"
                            )
                            yield Drift(message=message, location=line)
                if (factor := _BUS_FACTOR.match(text)) is not None and int(factor[1]) != record.bus_factor:
                    message = f"the card says the bus factor is {factor[1]}, the history says {record.bus_factor}"
                    yield Drift(message=message, location=line)

    def _values(self, card: DocumentFacts, record: ModelRecord) -> Iterator[Drift]:
        """Values that the code contradicts."""
        paths = {cell.location.path for cell in (*record.builder, *record.trained, *record.parameters) if cell.location}
        modules = [module for module in self.project.flow.program.modules if module.path in paths]
        settings = settings_of(modules)
        drafted = any(_DRAFTED in block.text for block in card.blocks)
        agreed: dict[str, set[float | bool | None]] = defaultdict(set)
        for known in record.parameters:
            agreed[plain(known.text)].add(number(known.note))
        for claim in claims_of(card):
            if claim.name in agreed and number(claim.value) in agreed[claim.name]:
                continue
            other = contradicted(claim, settings)
            if other is None and drafted and (cell := _otherwise(claim, settings, record)) is not None:
                message = f"the card says {claim.name} is {claim.value}, the code says {cell.note}"
                yield Drift(message=message, location=card.place(claim.line), code=cell.location)
            if other is not None:
                yield Drift(
                    message=f"the card says {claim.name} is {claim.value}, the code says {other.value}",
                    location=card.place(claim.line),
                    code=self.project.place(other.module, other.at, other.at, 0),
                )

    def _files(self, card: DocumentFacts) -> Iterator[Drift]:
        """Source files that are not there; what a command writes need not be."""
        folder = card.path.rpartition("/")[0]
        running = {command.line for command in card.commands}
        for mention in card.paths:
            if mention.where not in ("text", "link") or mention.line in running or "/" not in mention.path:
                continue
            if mention.path.endswith(_SOURCES) and not self._exists(mention.path, folder):
                message = f"the card names {mention.path}, which does not exist"
                yield Drift(message=message, location=card.place(mention.line))

    def _commands(self, card: DocumentFacts) -> Iterator[Drift]:
        """Commands that start what is not there."""
        folder = card.path.rpartition("/")[0]
        for command in card.commands:
            for program in programs(command.text):
                if not program.is_module and program.name.endswith(_SOURCES) and not self._exists(program.name, folder):
                    yield Drift(
                        message=f"the card runs {program.name}, which does not exist", location=card.place(command.line)
                    )

    def _exists(self, path: str, folder: str) -> bool:
        name = path.removeprefix("./")
        return resolve(name, folder) in self.paths or any(
            known == name or known.endswith(f"/{name}") for known in self.paths
        )

    def _facts(self, card: DocumentFacts, record: ModelRecord) -> Iterator[Drift]:
        """Lines of a drafted card that the code no longer bears out, and facts that it lacks."""
        stated: dict[str, dict[str, int]] = {}
        gaps: dict[str, int] = {}
        for block in card.blocks:
            for below, text in enumerate(block.text.split("\n")):
                match = _LABELLED.match(text)
                if match is not None and match[1] in _COLUMNS:
                    stated.setdefault(match[1], {})[match[3]] = block.line + below
                elif (gap := _GAP.match(text)) is not None and gap[1] in _COLUMNS:
                    gaps[gap[1]] = block.line + below
        for label in dict.fromkeys((*stated, *gaps)):
            facts = stated.get(label, {})
            cells: tuple[Cell, ...] = getattr(record, _COLUMNS[label])
            known = {cell.text: cell for cell in cells}
            for fact, line in facts.items():
                if fact not in known:
                    yield Drift(message=f"{label}: the code no longer says {fact}", location=card.place(line))
            for fact, cell in known.items():
                if fact not in facts:
                    place = card.place(max(facts.values(), default=gaps.get(label, 0)))
                    yield Drift(message=f"{label}: the card does not say {fact}", location=place, code=cell.location)

    def _table(self, card: DocumentFacts, record: ModelRecord) -> Iterator[Drift]:
        """Rows of a drafted table of parameters that the code no longer bears out, and parameters that it lacks; what
        a number is, is compared where all values are."""
        stated: dict[str, tuple[str, int]] = {}
        for block in card.blocks:
            if _DRAFTED in block.text:
                for below, text in enumerate(block.text.split("\n")):
                    if (match := _PARAMETER.match(text)) is not None:
                        stated[match[2]] = (match[4], block.line + below)
        known = {cell.text: cell for cell in record.parameters}
        for name, (value, line) in stated.items():
            cell = known.get(name)
            if cell is None:
                yield Drift(message=f"Parameters: the code no longer sets {name}", location=card.place(line))
            elif cell.note != value and (number(value) is None or number(cell.note) is None):
                message = f"the card says {name} is {value}, the code says {cell.note}"
                yield Drift(message=message, location=card.place(line), code=cell.location)
        for name, cell in known.items():
            if stated and name not in stated:
                place = card.place(max(line for _, line in stated.values()))
                yield Drift(message=f"Parameters: the card does not say {name}", location=place, code=cell.location)

    def _metadata(self, card: DocumentFacts, record: ModelRecord) -> Iterator[Drift]:
        """Metadata that names another base model than the code."""
        known = {cell.text for cell in record.base_models}
        for setting in card.metadata:
            if setting.key.partition(".")[0] == "base_model" and known and setting.value not in known:
                cell = record.base_models[0]
                yield Drift(
                    message=f"the card says the base model is {setting.value}, the code says {cell.text}",
                    location=card.place(setting.line),
                    code=cell.location,
                )


def _otherwise(claim: Claim, settings: dict[str, list[Setting]], record: ModelRecord) -> Cell | None:
    """The parameter with which a model is built, where the code gives what the card says to its name nowhere."""
    known = [cell for cell in record.parameters if plain(cell.text) == claim.name]
    values = {
        number(text)
        for text in (*(cell.note for cell in known), *(each.value for each in settings.get(claim.name, ())))
    }
    if not known or None in values or number(claim.value) is None:
        return None
    return None if number(claim.value) in values else known[0]


def _unescaped(text: str) -> str:
    """A name as it is, from how Markdown writes it."""
    return re.sub(r"\\(.)", r"\1", text)


def card_path(path: str, root: str) -> str:
    """A card's path from the scan root, as documents are named."""
    return posixpath.relpath(path, root)

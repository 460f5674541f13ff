"""The inputs that a card lists beside those that the code gives to the model."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from mldebt.documents import DocumentFacts
from mldebt.inventory import Cell, Drift, ModelRecord
from mldebt.pipeline.description.card_inputs import Stated, inputs_of
from mldebt.pipeline.description.claims import plain
from mldebt.pipeline.models.features import NAMED, Features
from mldebt.pipeline.project import Project

SPEAKS = 2
"""Words of prose count as names where one of so many is a name that the code has."""


class _Seen(msgspec.Struct, frozen=True):
    """What a model sees, by plain name, and of which columns it is computed; `around` are other names that the code
    has. Where `inputs` are none, it does not say what the model sees."""

    inputs: dict[str, Cell]
    behind: dict[str, frozenset[str]]
    left_out: dict[str, Cell]
    around: frozenset[str]


class InputDrift:
    """Questions about cards that list inputs."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def of(self, card: DocumentFacts, record: ModelRecord) -> Iterator[Drift]:
        """Inputs that the model is no longer given, and those that it is given and the card does not list."""
        inputs = inputs_of(card)
        seen = self._seen(record)
        names = [stated for stated in inputs.listed if stated.is_code or self._speaks_code(inputs.listed, seen)]
        for stated in names:
            cell = seen.left_out.get(plain(stated.name))
            if cell is not None:
                message = f"the card lists {stated.name} among the inputs, the code leaves it out"
                yield Drift(message=message, location=card.place(stated.line), code=cell.location)
            elif seen.inputs and not _is_known(stated.name, seen):
                message = f"the card lists {stated.name} among the inputs, the code does not give it to the model"
                yield Drift(message=message, location=card.place(stated.line))
        listed = {plain(stated.name) for stated in names}
        if not inputs.complete or not any(_is_known(stated.name, seen) for stated in names):
            return
        for name, cell in seen.inputs.items():
            told = any(_is_part(name, each) or _is_part(each, name) for each in listed)
            if not told and not seen.behind[name] & listed:  # a card may list what columns are computed from
                place = card.place(max(stated.line for stated in names))
                message = f"the card does not list {cell.text} among the inputs"
                yield Drift(message=message, location=place, code=cell.location)

    def _speaks_code(self, listed: tuple[Stated, ...], seen: _Seen) -> bool:
        """Whether words of a list are names of the code: those are that stand among such."""
        known = [stated for stated in listed if _is_known(stated.name, seen) or plain(stated.name) in seen.left_out]
        return len(known) * SPEAKS >= len(listed)

    def _seen(self, record: ModelRecord) -> _Seen:
        named = [cell for cell in record.features if cell.note in NAMED]
        named += [
            Cell(text=column, location=cell.location)
            for cell in record.makers
            for column in cell.text.partition(" of ")[2].split(", ")
            if column
        ]
        behind = self._behind(record, [cell.text for cell in named])
        other = [cell.text for cell in (*record.features, *record.targets)]
        return _Seen(
            inputs={plain(cell.text): cell for cell in reversed(named)},
            behind=behind,
            left_out={plain(cell.text): cell for cell in record.left_out},
            around=frozenset(map(plain, other)).union(*behind.values()),
        )

    def _behind(self, record: ModelRecord, names: list[str]) -> dict[str, frozenset[str]]:
        """The columns from which each of those that a model sees is computed."""
        at = record.builder[0].location
        features = Features(self.project.flow, self.project.configured)
        model = next((each for each in self.project.trained_models if self.project.model_location(each) == at), None)
        return {
            plain(name): frozenset(map(plain, features.behind(model, name))) if model is not None else frozenset()
            for name in names
        }


def _is_known(name: str, seen: _Seen) -> bool:
    word = plain(name)
    return word in seen.around or any(_is_part(word, known) for known in seen.inputs)


def _is_part(word: str, known: str) -> bool:
    """Whether a name is another, or what an encoder makes of it: `sex_male` of `sex`."""
    return word == known or word.startswith(f"{known}_")

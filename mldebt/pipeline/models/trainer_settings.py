"""What trainers are told when they are made: the folder they write to and the name on a hub."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

import msgspec

from mldebt.flow.files.paths import Paths
from mldebt.flow.sameness import arguments
from mldebt.flow.steps import Stack
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.ingestion.named_reads import below
from mldebt.pipeline.models.life import TOLD
from mldebt.pipeline.spelling import NOTHING, Spelling
from mldebt.regex import regex

MADE = 12
_FOLDERS = (TOLD, "output_dir", "path", "base_path")
"""The words by which trainers are told where to leave what they train."""
_FOLDER_FIRST = regex(r"\.(Seq2Seq)?TrainingArguments\Z")
_HUB_NAME = "hub_model_id"
_SETTINGS = frozenset({"args", "training_args", "config"})
_READS_SETTINGS = ("transformers.", "trl.")
"""Libraries whose trainers are told where in their settings, which a program may read from its command line."""


class Told(msgspec.Struct, frozen=True):
    """What a trainer was told, as the code spells it, and what gives it."""

    text: str
    given: Value


class TrainerSettings:
    """Questions about the trainer whose method a call is."""

    def __init__(self, flow: Flow, paths: Paths) -> None:
        self.flow = flow
        self.paths = paths

    def folder(self, call: Value, stack: Stack, spelling: Spelling) -> Told | None:
        """Where a trainer leaves what it trains: as it was told itself, or by its settings."""
        for made in self._makers(call):
            named = dict(arguments(made))
            path = next((named[word] for word in _FOLDERS if word in named), None) or self._folder_first(made)
            texts = spelling.texts(path, stack) if path is not None else []
            if path is not None and len(texts) == 1 and texts[0].strip(NOTHING):
                return Told(below(texts[0]), path)
        api = self.flow.api(call)
        given = next(self._settings(call), None) if api is not None and api.name.startswith(_READS_SETTINGS) else None
        names = given.body.names_of(given) if given is not None else ()
        return Told(f"{{{names[0]}.output_dir}}", given) if given is not None and names else None

    def hub_name(self, call: Value, stack: Stack, spelling: Spelling) -> str:
        """The name on a hub: in so many words, or by the folder that the trainer writes to."""
        for made in self._makers(call):
            named = dict(arguments(made)).get(_HUB_NAME)
            texts = spelling.texts(named, stack) if named is not None else []
            if len(texts) == 1 and texts[0].strip(NOTHING) not in ("", "None"):
                return texts[0]
        told = self.folder(call, stack, spelling)
        return posixpath.basename(told.text.rstrip("/")) if told is not None else ""

    def _makers(self, call: Value) -> Iterator[Value]:
        """The calls that made the trainer, each followed by those that made its settings."""
        for made in self._made(call.receiver if call.kind == "call" else None):
            yield made
            for given in self._settings_in(made):
                yield from self._made(given)

    def _settings(self, call: Value) -> Iterator[Value]:
        for made in self._made(call.receiver if call.kind == "call" else None):
            yield from self._settings_in(made)

    def _settings_in(self, made: Value) -> Iterator[Value]:
        """What a trainer is given as its settings: by their keyword; to a library's own, after the model."""
        theirs = any(target.name.startswith(_READS_SETTINGS) for target in self.flow.targets(made))
        for place, (keyword, given) in enumerate(arguments(made)):
            if keyword in _SETTINGS or (theirs and keyword == "" and place == 1):
                yield given

    def _made(self, value: Value | None) -> Iterator[Value]:
        for visit in self.flow.walk(value, self.paths.same_back, limit=MADE) if value is not None else ():
            if visit.value.kind == "call":
                yield visit.value

    def _folder_first(self, made: Value) -> Value | None:
        """The folder that settings are given first: `TrainingArguments("out")`."""
        if not any(_FOLDER_FIRST.search(target.name) for target in self.flow.targets(made)):
            return None
        return next((source for keyword, source in arguments(made) if keyword == ""), None)

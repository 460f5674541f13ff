"""The facts of many files: from the store where it has them, from worker processes where not."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec

from mldebt.facts.record import FileFacts
from mldebt.facts.sharing import Sharing
from mldebt.facts.store import FactStore, Stored
from mldebt.facts.worker import Answer, Outcome, Reader
from mldebt.finding import Skipped
from mldebt.sources.source import SourceFile, SourceKind

FILE_SECONDS: Final = 10.0
"""What one file may take; beyond it the file is skipped."""

_BYTES_A_WORKER: Final = 100_000
"""Below this a second worker costs more (it imports libcst) than it gains."""

_MUCH_BYTES: Final = 1_000_000
"""With more than this a worker does well to prepare."""

_SAVED_AT_ONCE: Final = 256

_MANY: Final = 400
"""From so many files on, what their facts take counts for more than the moment in which it is shared."""

_decode = msgspec.msgpack.Decoder(FileFacts).decode


class FactReading(msgspec.Struct, frozen=True, kw_only=True):
    """The facts by path and the files without, both in the order asked for, and how they were come by."""

    facts: Mapping[str, FileFacts]
    skipped: tuple[Skipped, ...]
    warnings: tuple[str, ...]
    from_store: int
    extracted: int
    fell_back: int


def read_facts(
    files: Sequence[SourceFile],
    read: Reader,
    *,
    jobs: int = 0,
    cache: Path | None = None,
    progress: Callable[[int], object] = lambda _advance: None,
    budget: float = FILE_SECONDS,
) -> FactReading:
    """The facts of all files.

    `read` gives a file's text, and runs in the worker; `jobs` 0 means all processors; `cache` is a folder to keep facts
    in; `progress` is called with how many more files are done; a file may take `budget` seconds of a processor.
    """
    with closing(FactStore(cache)) as store:
        reading = _Reading(store, budget, Sharing() if len(files) >= _MANY else None)
        reading.take_stored(files)
        progress(sum(_content(file) in reading.found for file in files))
        reading.take_new(files, read, jobs or _processors(), progress)
        return reading.result(files)


class _Reading:
    """What is known so far, by content: files that hold the same are read once."""

    def __init__(self, store: FactStore, budget: float, sharing: Sharing | None) -> None:
        self.found: dict[str, FileFacts | str] = {}
        self._store = store
        self._budget = budget
        self._sharing = sharing
        self._unsaved: dict[str, Stored] = {}
        self._from_store = 0
        self._extracted = 0
        self._fell_back = 0

    def take_stored(self, files: Sequence[SourceFile]) -> None:
        """What the store has."""
        contents = {_content(file) for file in files}
        for key, stored in self._store.load(contents).items():
            if stored.reason:
                self.found[key] = stored.reason
                continue
            try:
                self.found[key] = self._decoded(stored.body)
            except (msgspec.MsgspecError, RecursionError):
                self._store.forget(key)
        slow = {self._slow(key): key for key in contents - self.found.keys()}
        for key, stored in self._store.load(slow).items():
            self.found[slow[key]] = stored.reason
        self._from_store = len(self.found)

    def take_new(
        self,
        files: Sequence[SourceFile],
        read: Reader,
        jobs: int,
        progress: Callable[[int], object],
    ) -> None:
        """Extract what is missing, the largest first."""
        copies = Counter(map(_content, files))
        missing = {_content(file): file for file in files if _content(file) not in self.found}
        if not missing:
            return
        # A scan that finds everything in the store needs no processes.
        from mldebt.facts.crew import Terms, iter_answers

        ordered = sorted(missing.values(), key=lambda file: (-_weight(file), file.path))
        weight = sum(map(_weight, ordered))
        workers = min(jobs, 1 + weight // _BYTES_A_WORKER)
        terms = Terms(workers=workers, budget=self._budget, has_much=weight // workers >= _MUCH_BYTES)
        with closing(iter_answers(ordered, read, terms)) as answers:
            for number, answer in answers:
                key = _content(ordered[number])
                self._take(key, answer)
                progress(copies[key])
        self._store.save(self._unsaved)

    def _decoded(self, body: bytes) -> FileFacts:
        facts = _decode(body)
        return self._sharing.share(facts) if self._sharing is not None else facts

    def result(self, files: Sequence[SourceFile]) -> FactReading:
        """Everything in the order of `files`."""
        facts: dict[str, FileFacts] = {}
        skipped: list[Skipped] = []
        for file in files:
            found = self.found[_content(file)]
            if isinstance(found, str):
                skipped.append(Skipped(path=file.path, reason=found))
            else:
                facts[file.path] = found
        return FactReading(
            facts=facts,
            skipped=tuple(skipped),
            warnings=tuple(self._store.warnings),
            from_store=self._from_store,
            extracted=self._extracted,
            fell_back=self._fell_back,
        )

    def _slow(self, key: str) -> str:
        """The store's name for what was too slow, which depends on the budget."""
        return f"{key}>{self._budget:g}"

    def _take(self, key: str, answer: Answer) -> None:
        if answer.outcome in (Outcome.FACTS, Outcome.FACTS_BY_FALLBACK):
            try:
                self.found[key] = self._decoded(answer.body)
            except RecursionError:
                answer = Answer(Outcome.NO_FACTS, reason="nested too deeply")
            else:
                self._extracted += 1
                self._fell_back += answer.outcome is Outcome.FACTS_BY_FALLBACK
        if answer.reason:
            self.found[key] = answer.reason
        # A file that was lost or could not be read may do better next time.
        if answer.outcome not in (Outcome.LOST, Outcome.UNREADABLE):
            name = self._slow(key) if answer.outcome is Outcome.TOO_SLOW else key
            self._unsaved[name] = Stored(answer.body, answer.reason)
            if len(self._unsaved) >= _SAVED_AT_ONCE:
                self._store.save(self._unsaved)
                self._unsaved = {}


def _content(file: SourceFile) -> str:
    return f"{file.kind}:{file.key}"


def _weight(file: SourceFile) -> int:
    """How much there is to parse; most of a notebook is its output."""
    return file.size // 8 if file.kind is SourceKind.NOTEBOOK else file.size


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

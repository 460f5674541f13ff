"""Code that uses a model or its predictions past the serving boundary that the team gave them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import msgspec

from mldebt.flow.conditions.conditions import around
from mldebt.flow.files.files import Files
from mldebt.flow.module import Module
from mldebt.flow.value import Value
from mldebt.pipeline.models.register import TrainedModel
from mldebt.pipeline.programs.serving_path import ServingPath
from mldebt.pipeline.project import Project
from mldebt.pipeline.units import Unit
from mldebt.regex import regex

LOADERS_LOOKED_AT = 40
USE_LIMIT = 300
_JUDGES = frozenset({"measures", "fits", "tunes", "optimizes", "registers"})
"""Code that trains, measures or releases a model takes its artifact up by right."""
_HANDS_OUT = frozenset({"saves", "stores", "serves"})
_HANDLER = ("event", "context")
_GENERIC = regex(r"(.*/)?\W*(best|final|last|latest|my)?_?(model|models|weights|checkpoint|pipeline)\W*(\.\w+)?$")
"""Names that many models share say nothing of which is meant."""
_OF_THE_RUN = regex(r"(sys|os|logging|logger|loguru|structlog|warnings|time|gc|traceback|click|typer|tqdm|rich)\.")
_SENDING = regex(r"(send|mail|post|publish|notify|enqueue|emit|push|alert|block|ban|trigger|charge)(_|$|mail|message)")
_AWAY = ("api", "url", "stream")
_RUNNING = frozenset({"execute", "executemany", "read_sql", "read_sql_query", "fetchall", "query", "sql", "read_gbq"})


class Bypass(msgspec.Struct, frozen=True, kw_only=True):
    """One use past a boundary. `taken` is the call that takes the artifact or the predictions up, `kept` the one that
    put them there, `text` what they are called; `used` shows what for; `boundary` is the declared way, and `through`
    the call by which that takes the same thing up."""

    model: str
    kept: Value
    text: str
    taken: Value
    used: Value
    boundary: Unit
    through: Value


class Bypasses:
    """Finds them. Both sides must be in the repository: without a boundary nothing is past it."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.flow = project.flow
        self.keeping = project.keeping
        self.usage = project.usage
        self.serving = project.flow.shared(ServingPath)
        self.files = project.flow.shared(Files)

    def find(self) -> Iterator[Bypass]:
        """Every use of an artifact, then every use of stored predictions."""
        for model in self.project.trained_models:
            yield from self._of_artifact(model)
        yield from self._of_predictions()

    # ------------------------------------------------------------------ artifacts

    def _of_artifact(self, model: TrainedModel) -> Iterator[Bypass]:
        kept = [each for each in self.keeping.artifacts(model) if not _GENERIC.match(each.text)]
        loaders = self.keeping.loading.of(model, kept, LOADERS_LOOKED_AT) if kept else []
        served = [(loader, unit) for loader in loaders if (unit := self.project.behind.serves(loader)) is not None]
        if not served:
            return
        home = {value.body.module.index for value in (*model.trained, *(each.call for each in kept))}
        behind = {loader.body.module.index for loader, _ in served}
        for loader in loaders:
            used = self._used(loader)
            if loader.body.module.index in home | behind or used is None or not self._is_past(loader):
                continue
            if used.body.module.index in behind:
                continue  # a loader of the service's own code
            through, unit = served[0]
            yield Bypass(
                model=model.name,
                kept=kept[0].call,
                text=kept[0].text,
                taken=loader,
                used=used,
                boundary=unit,
                through=through,
            )

    def _used(self, loader: Value) -> Value | None:
        """The call that asks what was loaded, when its answer is handed out: written, sent, or used in another
        module."""
        for asked in self.usage.lives.of(loader).asked:
            for visit in self.flow.walk(asked, self.flow.forth, limit=USE_LIMIT):
                home = visit.value.body.module
                if home.category == "product" and home is not loader.body.module:
                    return asked
            if any(self.flow.roles(user) & _HANDS_OUT for user in self._users(asked)) or self._decides(asked):
                return asked
        return None

    def _decides(self, asked: Value) -> bool:
        """Whether what a model said decides if something is handed out or done elsewhere: `if model.predict(row) == 1:
        send(order)`."""
        body = asked.body
        answers = {visit.value for visit in self.flow.walk(asked, self.flow.forth, limit=USE_LIMIT)}
        return any(
            self._acts(call) and any(test in answers for test in around(body, call.at))
            for call in body.calls
            if call.at > asked.at
        )

    def _acts(self, call: Value) -> bool:
        """Whether a call writes or sends something, or calls other code for what that does."""
        if self.flow.roles(call) & _HANDS_OUT:
            return True
        if not call.uses and self.flow.api(call) is None:
            name = call.function.name if call.function.kind in ("external", "attr") else ""
            if call.function.kind == "attr" and _SENDING.match(name):
                return True
            if call.function.kind == "external" and "." in name and not _OF_THE_RUN.match(name):
                return True
        entered = (self.flow.entered(target) for target in self.flow.targets(call))
        homes = {key[0] for key in entered if key is not None}
        return any(
            home != call.body.module.index and self.flow.program.modules[home].category == "product" for home in homes
        )

    # ------------------------------------------------------------------ predictions

    def _of_predictions(self) -> Iterator[Bypass]:
        """A table or file of predictions, when an endpoint serves it and other code reads it too."""
        for write in self._written:
            readers = self._readers(write)
            served = [(read, unit) for read in readers if (unit := self.project.behind.serves(read)) is not None]
            if not served:
                continue
            through, unit = served[0]
            behind = {read.body.module.index for read, _ in served}
            for read in readers:
                if read.body.module.index not in behind and self._is_past(read):
                    yield Bypass(
                        model="",
                        kept=write,
                        text=self._called(write),
                        taken=read,
                        used=read,
                        boundary=unit,
                        through=through,
                    )

    @cached_property
    def _written(self) -> list[Value]:
        """The calls by which batches write what a model said."""
        return [
            call
            for body in self.project.bodies()
            if body.scope.kind in ("function", "module") and self.serving.is_batch(body.key)
            for call in body.calls
            if self.flow.roles(call) & {"saves", "stores"} or self._tables(call, "writes")
        ]

    def _readers(self, write: Value) -> list[Value]:
        tables = self._tables(write, "writes")
        found = [reader.call for reader in self.files.readers(write) if reader.use is None]
        found += [call for call in self._queries for table in self._tables(call, "reads") if table in tables]
        return [call for call in dict.fromkeys(found) if call.body.module is not write.body.module]

    @cached_property
    def _queries(self) -> list[Value]:
        return [call for call in self.flow.calls_named(_RUNNING) if call.body.module.category == "product"]

    def _tables(self, call: Value, way: str) -> set[str]:
        """The tables that a query reads or writes, as it names them."""
        name = call.function.name if call.function.kind in ("attr", "external") else ""
        if name.rpartition(".")[2] not in _RUNNING:
            return set()
        return {
            table
            for query in self.project.orders.queries(call)
            for table in (query.statement.writes if way == "writes" else query.statement.reads)
        }

    def _called(self, write: Value) -> str:
        tables = self._tables(write, "writes")
        path = self.files.paths.path(write)
        texts = self.files.paths.texts(path) if path is not None else ()
        return f"table {min(tables)}" if tables else next((text for text in texts if "{" not in text), "its file")

    # ------------------------------------------------------------------ what is past the boundary

    def _is_past(self, taken: Value) -> bool:
        """Whether code that takes something up is product code with no right to: not behind an endpoint, no batch, no
        training, evaluation or release, no notebook, and named in no document."""
        module = taken.body.module
        if module.category != "product" or module.is_notebook or self.project.behind.serves(taken) is not None:
            return False
        if any(self._is_batch((module.index, number)) for number in range(len(module.facts.scopes))):
            return False
        if self._is_handler(module):
            return False
        return not self._judges(module) and not self._is_told(module)

    def _is_batch(self, unit: Unit) -> bool:
        """Whether a function is a boundary of its own: it writes predictions to a table or a file. A message to another
        service is none."""
        if not self.serving.is_batch(unit):
            return False
        asked = (call for call in self.flow.body(*unit).calls if "predicts" in self.flow.roles(call))
        return any(self._is_stored(user) for call in asked for user in self._users(call))

    def _users(self, asked: Value) -> Iterator[Value]:
        """The calls that are given what a model said, or a method of which is called."""
        for visit in self.flow.walk(asked, self.flow.forth, limit=USE_LIMIT):
            yield from (
                user for label, user in visit.value.uses if user.kind == "call" and label in ("arg", "function")
            )

    def _is_stored(self, call: Value) -> bool:
        api = self.flow.api(call)
        return api is not None and "saves" in api.roles and api.medium not in _AWAY

    def _is_handler(self, module: Module) -> bool:
        """Whether a module has the entry point of a serverless function: a boundary too."""
        return any(
            tuple(parameter.name for parameter in scope.parameters) == _HANDLER
            for scope in module.facts.scopes
            if scope.kind == "function"
        )

    def _judges(self, module: Module) -> bool:
        return any(
            self.flow.roles(call) & _JUDGES
            for number in range(len(module.facts.scopes))
            for call in self.flow.body(module.index, number).calls
        )

    def _is_told(self, module: Module) -> bool:
        """Whether a document names the file: then its use is declared."""
        return (
            next(self.project.prose.naming(module.path, self._paths), None) is not None
            or next(self.project.prose.commands_running(module.path, self._paths), None) is not None
        )

    @cached_property
    def _paths(self) -> frozenset[str]:
        return frozenset(module.path for module in self.flow.program.modules)

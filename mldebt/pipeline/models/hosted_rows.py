"""Records of the models that others train for the team: by a provider's job, or in a warehouse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mldebt.finding import Finding
from mldebt.flow.types.models import short_name
from mldebt.flow.value import Value
from mldebt.inventory import Cell, ModelRecord
from mldebt.pipeline.models.hosted import Hosted, HostedModel
from mldebt.pipeline.models.register import TrainedModel
from mldebt.pipeline.models.warehouse import Warehouse, WarehouseModel

if TYPE_CHECKING:
    from mldebt.pipeline.models.rows import Rows

_KINDS = {"linear_reg": "linear regression", "logistic_reg": "logistic regression", "kmeans": "k-means"}
_IMAGES = frozenset({"retrieve", "get_image_uri", "image_uri"})


class HostedRows:
    """Makes the records, with the help of what makes those of the other models."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.flow = rows.flow

    def all(self, findings: Sequence[Finding]) -> Iterator[ModelRecord]:
        """Every such model, the jobs first."""
        for job in Hosted(self.flow).find():
            yield self._job(job, findings)
        for model in Warehouse(self.flow).find():
            yield self._warehoused(model, findings)

    def _job(self, job: HostedModel, findings: Sequence[Finding]) -> ModelRecord:
        base = [text for value in job.base for text in self._names(value)]
        name = f"{base[0]} {job.service.what}" if base else job.service.what
        named = [(text, value) for value in job.names for text in self.rows.all_texts(value)]
        kept = self._cells(job.kept, "differs by run") or tuple(
            Cell(text=text, location=self.rows.at(value), note=job.service.note) for text, value in named
        )
        record = self._record(name, job.call, job.service.library, findings)
        is_image = any(text in name for text in base) and job.service.note == ""
        return replace(
            record,
            base_models=() if is_image else self._cells(job.base),
            sources=self._cells(job.data),
            artifacts=kept or (Cell(text=job.service.note, location=self.rows.at(job.call)),),
        )

    def _warehoused(self, model: WarehouseModel, findings: Sequence[Finding]) -> ModelRecord:
        record = self._record(model.name, self._user(model.text), "bigquery", findings)
        at = self.rows.at(model.text)
        kind = _KINDS.get(model.kind, model.kind.replace("_", " "))
        builder = (Cell(text=model.name, location=at, note=f"{kind} of BigQuery ML".strip()),)
        return replace(
            record,
            builder=builder,
            sources=tuple(Cell(text=table, location=at, note="table") for table in model.tables),
            features=tuple(Cell(text=column, location=at, note="chosen by name") for column in model.columns),
            targets=tuple(Cell(text=label, location=at) for label in model.labels),
            artifacts=(Cell(text=model.name, location=at, note="kept by the warehouse"),),
            loaders=self._units(model.asked),
            metrics=tuple(Cell(text="ML.EVALUATE", location=self.rows.at(each)) for each in model.measured[:1]),
            serving=tuple(self.rows.serving_cell(unit) for unit in self._endpoints(model.asked)),
        )

    def _record(self, name: str, call: Value, library: str, findings: Sequence[Finding]) -> ModelRecord:
        """What is known of any model by the call that starts its training."""
        model = TrainedModel(name=name, cls=None, made=call, trained=(call,), kept=())
        return replace(self.rows.of(model, findings), library=library)

    # ------------------------------------------------------------------ small questions

    def _cells(self, values: Iterable[Value], note: str = "") -> tuple[Cell, ...]:
        found = {text: value for value in values for text in self.rows.all_texts(value, open_too=True)}
        return tuple(Cell(text=text, location=self.rows.at(value), note=note) for text, value in found.items())

    def _names(self, value: Value) -> list[str]:
        """What a job starts from; an image by the algorithm that it holds."""
        if value.kind == "call" and short_name(str(value.function.data)) in _IMAGES:
            given = [each for each in value.arguments if each.kind == "const" and isinstance(each.data, str)]
            return [str(given[0].data)] if given else []
        texts = self.rows.all_texts(value)
        return [text.rpartition("/")[2].partition(":")[0] if ".ecr." in text else text for text in texts]

    def _user(self, text: Value) -> Value:
        """The call that is given a text, where one is."""
        given = (user for label, user in text.uses if label == "arg" and user.kind == "call")
        return next(given, text)

    def _units(self, values: Iterable[Value]) -> tuple[Cell, ...]:
        found = {self.rows.project.component_of(value.body): value for value in values}
        return tuple(Cell(text=text, location=self.rows.at(value)) for text, value in found.items())

    def _endpoints(self, values: Iterable[Value]) -> list[tuple[int, int]]:
        """The endpoints behind which a model is asked."""
        behind = self.rows.usage.behind
        return list(dict.fromkeys(unit for value in values for unit in behind.endpoints(*value.body.key)))

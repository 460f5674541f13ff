"""The columns with which a pipeline of stages begins, where each stage is told which columns it takes and makes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mldebt.flow.value import Value
from mldebt.pipeline.ingestion.columns import Columns

_TAKES = ("inputCols", "inputCol", "input_cols", "input_col")
_MAKES = ("outputCols", "outputCol", "output_cols", "output_col")


def first_columns(stages: Sequence[Value], columns: Columns) -> Iterator[tuple[str, Value]]:
    """What the last stage of each row of stages takes, those that other stages make followed to what they are made of:
    `StringIndexer(inputCol="city", outputCol="city_i")` before `VectorAssembler(inputCols=["age", "city_i"])`."""
    told = {stage: (_told(stage, _TAKES, columns), _told(stage, _MAKES, columns)) for stage in stages}
    maker = {name: stage for stage, (_, made) in told.items() for name in made}
    taken_again = {name for takes, _ in told.values() for name in takes}
    last = [stage for stage, (takes, made) in told.items() if takes and not set(made) & taken_again]
    waiting = [(name, stage) for stage in last for name in told[stage][0]]
    seen = set(waiting)
    while waiting:
        name, stage = waiting.pop(0)
        before = maker.get(name)
        if before is None or before is stage:
            yield name, stage
            continue
        takes, makes = told[before]
        paired = [takes[makes.index(name)]] if len(takes) == len(makes) else takes
        further = [(each, before) for each in paired if (each, before) not in seen]
        seen.update(further)
        waiting = further + waiting


def _told(stage: Value, words: Sequence[str], columns: Columns) -> list[str]:
    """The columns that a stage is told by one of some words."""
    given = (source for keyword, source in stage.named_arguments if keyword in words)
    return [name for source in given for name in columns.named(source)]

"""What was last put in a column of a table, before the table was copied, cut and handed on."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.steps import Stack, Step
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

TABLE_LIMIT = 40
_SAME_COLUMNS = frozenset(
    """copy head tail sort_values reset_index drop drop_duplicates dropna fillna query nlargest sample filter loc iloc
    set_index astype""".split()
)
_ELSEWHERE = frozenset({"param", "passed", "phi", "choice", "same", "return", "global", "free"})


class KeptColumns:
    """Walks back along tables; a column that is renamed, joined or computed anew is lost from sight."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow

    def of(self, item: Value, stack: Stack, name: object = None) -> Iterator[Step]:
        """From `table["score"]` to what was stored there; the name is told where it stands beside the rows."""
        column = name or item.data

        def before(value: Value, around: Stack) -> list[Step]:
            return [] if _keeps(value, column) else self._before(value, around)

        for visit in self._flow.walk(item.source, before, stack=stack, limit=TABLE_LIMIT):
            stored = visit.value.one("value") if _keeps(visit.value, column) else None
            if stored is not None:
                yield Step("item", stored, visit.stack)

    def _before(self, value: Value, stack: Stack) -> list[Step]:
        if value.kind == "store":
            return [Step("base", value.source, stack)]
        if value.kind in _ELSEWHERE:
            return [step for step in self._flow.back(value, stack) if step.label != "test"]
        if value.kind in ("item", "slice", "attr"):
            is_part = value.kind == "item" and isinstance(value.data, str | int)
            is_view = value.kind != "attr" or value.name in _SAME_COLUMNS
            return [Step("object", value.source, stack)] if is_view and not is_part else []
        if value.calls_method(*_SAME_COLUMNS):
            return [Step("receiver", value.function.source, stack)]
        if value.kind != "call":
            return []
        targets = (target for target in self._flow.targets(value) if target.kind == "func")
        return [step for target in targets for step in self._flow.enter_return(value, target, stack)]


def _keeps(value: Value, column: object) -> bool:
    return value.kind == "store" and value.key == column

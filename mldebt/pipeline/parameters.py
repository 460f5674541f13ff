"""The hyper-parameters that the code gives to a model: literals where it is built and where it is trained."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.sameness import Sameness, arguments
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.register import TrainedModel

WALK_LIMIT = 40
SHOWN = 24
TEXT_LIMIT = 60
_NOT_ONE = frozenset("verbose n_jobs callbacks device name cache_dir output_dir logging_dir ** *".split())


class Parameters:
    """Questions about settings of models."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.sameness = flow.shared(Sameness)

    def of(self, model: TrainedModel) -> list[tuple[str, str, Value]]:
        """Name, value as the code writes it, and where it is written; only what is one literal."""
        found: dict[str, tuple[str, str, Value]] = {}
        calls = [call for call, _ in model.inside]
        calls += [model.made, *(call for call in model.trained if call.body is model.made.body)]
        for call in calls:
            for name, value in self._given(call):
                literal = self._literal(value)
                if literal is not None and name not in _NOT_ONE:
                    found.setdefault(name, (name, literal[0], literal[1]))
        return list(found.values())[:SHOWN]

    def _given(self, call: Value) -> Iterator[tuple[str, Value]]:
        if call.kind != "call":
            return
        for keyword, source in arguments(call):
            if keyword in ("**", "", "params", "args"):
                yield from self._table(source)
            elif keyword != "*":
                yield keyword, source

    def _table(self, source: Value) -> Iterator[tuple[str, Value]]:
        """The entries of a mapping that is written down."""
        for visit in self.flow.walk(source, self.sameness.back, limit=WALK_LIMIT):
            value = visit.value
            if value.kind == "dict":
                keys: tuple[object, ...] = value.data  # type: ignore[assignment]
                for key, item in zip(keys, value.every("item"), strict=False):
                    if isinstance(key, str):
                        yield key, item

    def _literal(self, value: Value) -> tuple[str, Value] | None:
        """The one literal that a value is, and where it is written."""
        ends = [
            visit.value
            for visit in self.flow.walk(value, self.sameness.back, limit=WALK_LIMIT)
            if not self.sameness.back(visit.value, visit.stack)
        ]
        texts = {written(end): end for end in ends}
        if len(texts) != 1:
            return None
        text, end = next(iter(texts.items()))
        return (text, end) if text and len(text) <= TEXT_LIMIT else None


def written(value: Value) -> str:
    """A literal as Python writes it; "" for anything else."""
    if value.kind == "const":
        return repr(value.data)
    if value.kind == "operation" and value.data == "-" and len(value.inputs) == 1:
        inner = written(value.source)
        return f"-{inner}" if inner else ""
    if value.kind == "collection" and all(label == "item" for label, _ in value.inputs):
        parts = [written(item) for _, item in value.inputs]
        opening, closing = ("[", "]") if value.data == "list" else ("(", ")")
        return f"{opening}{', '.join(parts)}{closing}" if parts and all(parts) else ""
    return ""

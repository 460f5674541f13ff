"""Models that carry a signature: what they take and answer was declared where they were logged."""

from __future__ import annotations

from functools import cached_property

from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

_MAKES = frozenset({"infer_signature", "ModelSignature"})
_LOADED = "mlflow.pyfunc.load_model"
_ASKED = "mlflow.pyfunc.PyFuncModel"


class Signatures:
    """Asks whether a model that is served checks its input by the signature that the repository gives its models."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    def declare(self, asked: Value) -> bool:
        """Whether a call asks such a model: one that MLflow loaded, in this module where that cannot be followed."""
        if asked.receiver is None or not self._are_given:
            return False
        types = self.flow.types(asked.receiver)
        if types:
            return any(each.name == _ASKED for each in types)
        return any(
            target.name == _LOADED
            for body in self.flow.bodies(asked.body.module.index)
            for call in body.calls
            for target in self.flow.targets(call)
        )

    @cached_property
    def _are_given(self) -> bool:
        """Whether the team's code makes signatures for its models."""
        return any(
            target.name.startswith("mlflow.")
            for call in self.flow.calls_named(_MAKES)
            for target in self.flow.targets(call)
        )

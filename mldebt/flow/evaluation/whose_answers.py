"""Whose answers a metric judges: those of the model that a training fits, or of another."""

from __future__ import annotations

from mldebt.flow.idioms import root as first_version
from mldebt.flow.rows.row_steps import RowSteps
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

ANSWER_LIMIT = 40
ASKING = frozenset("predict predict_proba decision_function score evaluate predict_log_proba".split())


def judges_another(flow: Flow, metric: Value, training: Value) -> bool:
    """Whether all that a metric judges are answers of models which another call than this training has fitted; what is
    not known to be so may be the model's own."""
    asked = [call for source in metric.arguments for call in _asked(flow, source)]
    own = {first_version(each) for each in (training, training.receiver) if each is not None}
    return bool(asked) and all(_is_of_another(flow, call, own) for call in asked)


def _asked(flow: Flow, answers: Value) -> list[Value]:
    """The calls by which models were asked for some answers."""
    found: dict[Value, None] = {}
    steps = RowSteps(flow)
    for visit in flow.walk(answers, steps.back, limit=ANSWER_LIMIT):
        call = visit.value
        if call.kind == "call" and call.receiver is not None and call.calls_method(*ASKING):
            found[call] = None
    return list(found)


def _is_of_another(flow: Flow, asked: Value, own: set[Value]) -> bool:
    """Whether the model that is asked was fitted in the same body, and not by the training."""
    model = first_version(asked.receiver) if asked.receiver is not None else asked
    if model in own:
        return False
    fits = (call for call in asked.body.calls if "fits" in flow.roles(call))
    return any(model is call or (call.receiver is not None and first_version(call.receiver) is model) for call in fits)

"""Models that serve although no code in sight keeps them: their class loads what somebody once kept by it."""

from __future__ import annotations

from mldebt.flow import Flow
from mldebt.flow.services.behind import Behind
from mldebt.pipeline.models.register import TrainedModel
from mldebt.pipeline.programs.dormant import Dormant
from mldebt.rulebook import Api


def is_taken_up(flow: Flow, behind: Behind, dormant: Dormant, model: TrainedModel) -> bool:
    """Whether a model's own class loads it by the library that would keep it, and what serves asks it."""
    if model.cls is None or not any(behind.endpoint(*call.body.key) for call in model.asked):
        return False
    module, number = model.cls
    bodies = [flow.body(module, each) for each in flow.program.modules[module].members.get(number, {}).values()]
    calls = [call for body in bodies if not dormant.holds(body) for call in body.calls]
    loading = [api for call in calls if (api := flow.api(call)) and "loads" in api.roles and api.medium == "file"]
    return any(_library(api) == _library(flow.api(call)) for api in loading for call, _ in model.kept)


def _library(api: Api | None) -> str:
    return api.name.partition(".")[0] if api is not None else ""

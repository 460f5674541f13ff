"""Where the content that a read brings in goes: the steps it passes, the models and datasets it ends in, the files between."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from mldebt.flow.files import Files
from mldebt.flow.linking import Target, is_self
from mldebt.flow.models import Models
from mldebt.flow.value import Value
from mldebt.flow.walk import FAN_OUT, STACK_LIMIT, Flow, Stack, Step, Visit
from mldebt.rulebook import Api

REACH_LIMIT = 2500
ENDS: dict[str, str] = {
    "fits": "trained on",
    "tunes": "tuned on",
    "optimizes": "trained on",
    "predicts": "predicted on",
    "measures": "evaluated on",
    "embeds": "embedded",
}
STOPS = frozenset({"logs", "plots", "tracks", "seeds", "serves", "configures", "orchestrates", "consumes", "registers"})
OPAQUE = frozenset(
    """len print isinstance issubclass type hasattr id callable repr any all range hash os.path.exists os.path.isfile
    os.path.isdir os.makedirs os.remove os.unlink shutil.rmtree""".split()
)
WRITES = frozenset({"saves", "stores"})


class End(NamedTuple):
    """Where content reaches a model, an evaluation or a dataset class: what happens there, and the visits on the way."""

    value: Value
    text: str
    visit: Visit


class Reach(NamedTuple):
    """Everything that the content of one read became: `useful` are the visits from which an end is reached, `written` the
    calls that write it out."""

    read: Value
    visits: tuple[Visit, ...]
    useful: tuple[Visit, ...]
    ends: tuple[End, ...]
    written: tuple[Value, ...]


class Contents:
    """Forward walks of content, each bounded."""

    def __init__(self, flow: Flow, models: Models, files: Files) -> None:
        self.flow = flow
        self.models = models
        self.files = files

    def reach(self, read: Value, limit: int = REACH_LIMIT) -> Reach:
        """Follow the result of a read to where it is used."""
        first = Visit(read, (), "", None)
        queue = deque([first])
        seen: dict[tuple[Value, Stack], Visit] = {(read, ()): first}
        before: dict[Visit, list[Visit]] = {}
        visits: list[Visit] = []
        ends: dict[Value, End] = {}
        written: dict[Value, None] = {}
        while queue and len(visits) < limit:
            visit = queue.popleft()
            visits.append(visit)
            for step in self._steps(visit, ends, written):
                if step.value.body.module.category != "product":
                    continue
                key = (step.value, step.stack)
                after = seen.get(key)
                if after is None:
                    after = seen[key] = Visit(step.value, step.stack, step.label, visit)
                    queue.append(after)
                before.setdefault(after, []).append(visit)
        useful = _upstream([end.visit for end in ends.values()], before)
        return Reach(read, tuple(visits), tuple(v for v in visits if v in useful), tuple(ends.values()), tuple(written))

    # ------------------------------------------------------------------ steps

    def _steps(self, visit: Visit, ends: dict[Value, End], written: dict[Value, None]) -> list[Step]:
        value, stack = visit.value, visit.stack
        found: list[Step] = []
        for label, user in value.uses:
            kind = user.kind
            if kind == "call":
                if label == "arg":
                    found.extend(self._given(visit, user, ends, written))
                elif label == "function" and value.kind == "attr":
                    found.extend(self._on(visit, user, ends, written))
            elif kind == "return":
                self._handed_out(visit, user, ends)
                found.extend(self.flow.leave(user.body, stack))
            elif kind == "store":
                found.append(Step(label, user, stack))
                if label == "value":
                    found.extend(self.flow._stored(user))
            elif kind == "attr" and user.data in ("shape", "size", "ndim", "dtype", "name", "closed"):
                continue
            elif kind == "element" or (
                kind != "compare" and label not in ("call", "condition", "test", "bound", "iterable")
            ):
                found.append(Step(label, user, stack))
        found.extend(self.flow._outlive(value, stack))
        return found

    def _handed_out(self, visit: Visit, result: Value, ends: dict[Value, End]) -> None:
        """What a Dataset's own methods return is what training gets."""
        body = result.body
        text = self.models.hands_out(body.module.index, body.number)
        if text and not visit.stack:
            ends.setdefault(result, End(visit.value, text, visit))

    def _given(self, visit: Visit, call: Value, ends: dict[Value, End], written: dict[Value, None]) -> list[Step]:
        """Content as an argument."""
        found: list[Step] = []
        flow, value, stack = self.flow, visit.value, visit.stack
        through = False
        targets = flow.targets(call)
        for target in targets:
            if target.kind == "func":
                text = self.models.uses(target.module, target.scope, target.receiver is not None)
                if text:
                    ends.setdefault(call, End(call, text, visit))
                else:
                    found.extend(flow._into_function(value, call, target.module, target.scope, stack))
            elif target.kind == "class":
                init = flow.initializer((target.module, target.scope))
                if init is not None and init.kind == "func":
                    found.extend(flow._into_function(value, call, init.module, init.scope, stack))
                found.append(Step("constructs", call, stack))
                if self.models.is_dataset((target.module, target.scope)):
                    ends.setdefault(call, End(call, f"handed to {flow.scope(target.module, target.scope).name}", visit))
            else:
                through = self._outside(visit, call, target, ends, written) or through
        if through or not targets:
            found.append(Step("through", call, stack))
            for key in flow._callbacks(call):
                found.extend(flow._into_callback(value, call, key, stack))
        return found + self._read_back(visit, call, ends, written)

    def _outside(
        self, visit: Visit, call: Value, target: Target, ends: dict[Value, End], written: dict[Value, None]
    ) -> bool:
        """A library's function gets content; whether its result is content again."""
        api = target.api
        if target.name in OPAQUE:
            return False
        if api is None:
            return True
        text = self._end(api)
        if text and self._as_data(visit.value, call):
            ends.setdefault(call, End(call, text, visit))
            if not api.roles & {"features"}:
                return False
        if api.roles & WRITES and not self.files.is_read(call):
            written[call] = None
            return False
        return not api.roles & STOPS

    def _end(self, api: Api) -> str:
        for role, text in ENDS.items():
            if role in api.roles:
                return (
                    f"{text} {_short(api.name)}"
                    if role in ("predicts", "measures")
                    else f"{text} here ({_short(api.name)})"
                )
        if api.returns:
            record = self.flow.catalogue.type(api.returns)
            if record is not None and record.kind in ("loader", "dataset") and "reads" not in api.roles:
                return f"made a {_short(api.returns)}"
        if "features" in api.roles and self.models.is_transformer(api):
            return f"made features by {_short(api.name)}"
        return ""

    def _as_data(self, value: Value, call: Value) -> bool:
        """Not as settings: `train(**params)`, `fit(params=…)`."""
        for keyword, (_, source) in zip(call.data, call.inputs[1:], strict=True):  # type: ignore[call-overload]
            if source is value and keyword not in SETTINGS:
                return True
        return False

    def _on(self, visit: Visit, call: Value, ends: dict[Value, End], written: dict[Value, None]) -> list[Step]:
        """A method of content."""
        flow, stack = self.flow, visit.stack
        receiver = call.inputs[0][1].inputs[0][1]
        found: list[Step] = []
        through = False
        targets = flow.targets(call)
        for target in targets:
            if target.kind == "func":
                if target.receiver is not None and flow.is_method(flow.program.modules[target.module], target.scope):
                    if len(stack) < STACK_LIMIT and call not in stack:
                        own = next(iter(flow.body(target.module, target.scope).params.values()), None)
                        if own is not None:
                            found.append(Step("argument", own, (*stack, call)))
                continue
            api = target.api
            if api is None:
                through = True
            elif api.roles & {"fits", "tunes", "predicts", "optimizes"}:
                continue  # what was read is itself the model
            elif api.roles & WRITES and not self.files.is_read(call):
                written[call] = None
            elif not api.roles & STOPS:
                through = True
        if through or not targets:
            found.append(Step("through", call, stack))
            for key in flow._callbacks(call):
                found.extend(flow._into_callback(receiver, call, key, stack))
        return found + self._read_back(visit, call, ends, written)

    # ------------------------------------------------------------------ through files

    def _read_back(self, visit: Visit, call: Value, ends: dict[Value, End], written: dict[Value, None]) -> list[Step]:
        """From a write to the reads of the same file."""
        if call not in written:
            return []
        found = []
        for reader in self.files.read_back(call)[:FAN_OUT]:
            if reader.text:
                ends.setdefault(reader.call, End(reader.call, reader.text, visit))
            else:
                found.append(Step("file", reader.call, ()))
        return found


SETTINGS = frozenset(
    {
        "**",
        "params",
        "param_grid",
        "config",
        "args",
        "hparams",
        "parameters",
        "kwargs",
        "callbacks",
        "param_distributions",
        "settings",
    }
)


def _upstream(starts: list[Visit], before: dict[Visit, list[Visit]]) -> set[Visit]:
    """Every visit from which one of some visits is reached."""
    found = set(starts)
    waiting = list(starts)
    while waiting:
        for visit in before.get(waiting.pop(), ()):
            if visit not in found:
                found.add(visit)
                waiting.append(visit)
    return found


def _short(name: str) -> str:
    parts = name.split(".")
    return ".".join(parts[-2:]) if parts[-1][:1].islower() and len(parts) > 1 and parts[-2][:1].isupper() else parts[-1]


__all__ = ["Contents", "End", "Reach", "is_self"]

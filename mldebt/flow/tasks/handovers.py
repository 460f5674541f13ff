"""What one task of an orchestrator hands to another: by submitting it, through XCom, by the name of an asset."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from mldebt.facts import record as r
from mldebt.flow.module import Module, ScopeKey
from mldebt.flow.steps import FAN_OUT
from mldebt.flow.tasks.rounds import Rounds
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

_CONFIGURING = frozenset({"options", "with_options", "override", "configure", "set"})
_TASKS = frozenset("task step op remote shared_task flow job asset graph".split())
"""What decorators that make a task of a function are called."""
MAKING = frozenset({"bind", "remote"})
"""Methods of a class by which a cluster makes an object of it."""
REMOTE = "remote"
"""The method of a method that runs it where its object is."""
_DEPLOYING = frozenset({"deployment", "remote", "ingress"})
PULL, PUSH = "xcom_pull", "xcom_push"
_RETURNED = "return_value"


def is_task(module: Module, number: int) -> bool:
    """Whether an orchestrator's decorator makes a task of a function."""
    return any(name.rpartition(".")[2] in _TASKS for name, _ in _decorators(module, number))


def submitted(flow: Flow, owner: Value) -> ScopeKey | None:
    """The task whose method is called: the function itself, or the function with other options."""
    while owner.kind == "call" and owner.function.kind == "attr" and owner.function.name in _CONFIGURING:
        owner = owner.function.source
    if owner.kind != "func":
        return None
    module = flow.program.modules[owner.scope_key[0]]
    return owner.scope_key if is_task(module, owner.scope_key[1]) else None


def deployed(flow: Flow, owner: Value) -> ScopeKey | None:
    """The class whose object a cluster makes: `Ranker.bind(…)` of a deployment, `Ranker.options(…).remote(…)` of an
    actor."""
    while owner.kind == "call" and owner.function.kind == "attr" and owner.function.name in _CONFIGURING:
        owner = owner.function.source
    return owner.scope_key if owner.kind == "class" and is_deployed(flow, owner.scope_key) else None


def is_deployed(flow: Flow, cls: ScopeKey) -> bool:
    """Whether a class is one that a cluster makes objects of, and whose methods it calls elsewhere."""
    module = flow.program.modules[cls[0]]
    if not module.facts.scopes[cls[1]].decorators:
        return False
    return any(name.rpartition(".")[2] in _DEPLOYING for name, _ in _decorators(module, cls[1]))


class Handovers:
    """What goes from task to task, both ways. Nothing is looked at where no orchestrator is in sight."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._rounds = Rounds(flow)

    # ------------------------------------------------------------------ back

    def pulled(self, pull: Value) -> list[Value]:
        """What a call of `xcom_pull` may give: what was pushed by its key, else what its tasks return."""
        key = _argument(pull, "key", 1)
        tasks = _texts(_argument(pull, "task_ids", 0))
        if key is not None and key.kind == "const" and key.data not in (None, _RETURNED):
            pushes = (push for push in self._pushes if _argument(push, "key", 0) is not None)
            return [
                value
                for push in pushes
                if (told := _argument(push, "key", 0)) is not None and told.data == key.data
                if not tasks or self._task_of(push) & tasks
                if (value := _argument(push, "value", 1)) is not None
            ][:FAN_OUT]
        return [self._flow.body(*unit).returns for task in sorted(tasks) for unit in self._functions.get(task, ())]

    def asset(self, param: Value) -> list[Value]:
        """What an asset's parameter is filled with: the result of the asset that it is named after, or that it says."""
        body = param.body
        if not self._assets or body.key not in self._asset_functions:
            return []
        name = _ins(body.module, body.number).get(param.name, param.name)
        return [self._flow.body(*unit).returns for unit in self._assets.get(name, ())]

    # ------------------------------------------------------------------ forth

    def pulls(self, push: Value) -> list[Value]:
        """Where what a call of `xcom_push` pushes is pulled."""
        value = _argument(push, "value", 1)
        return [pull for pull in self._pulls if value is not None and value in self.pulled(pull)][:FAN_OUT]

    def takers(self, unit: ScopeKey) -> list[Value]:
        """Where the result of a task is taken up without a call: pulled, or a parameter of another asset."""
        found: list[Value] = []
        if self._pulls:
            result = self._flow.body(*unit).returns
            found += [pull for pull in self._pulls if result in self.pulled(pull)]
        if unit in self._asset_functions:
            names = [name for name, units in self._assets.items() if unit in units]
            for module, number in self._asset_functions:
                body = self._flow.body(module, number)
                ins = _ins(body.module, number)
                found += [param for name, param in body.params.items() if ins.get(name, name) in names]
        return found[:FAN_OUT]

    # ------------------------------------------------------------------ tables

    @cached_property
    def _pulls(self) -> list[Value]:
        return self._flow.calls_named(frozenset({PULL}))

    @cached_property
    def _pushes(self) -> list[Value]:
        return self._flow.calls_named(frozenset({PUSH}))

    def _task_of(self, push: Value) -> set[str]:
        """The ids of the tasks in whose function a push stands."""
        unit = push.body.key
        return {task for task, units in self._functions.items() if unit in units}

    @cached_property
    def _functions(self) -> dict[str, list[ScopeKey]]:
        """The functions by the id of the task that runs them."""
        found: dict[str, list[ScopeKey]] = defaultdict(list)
        for module in self._flow.program.modules if self._pulls else ():
            for number, scope in enumerate(module.facts.scopes):
                if scope.kind == "function" and scope.decorators and is_task(module, number):
                    found[scope.name].append((module.index, number))
                if scope.kind == "class":
                    continue
                for call in self._flow.body(module.index, number).calls:
                    if "python_callable" in call.keywords and "task_id" in call.keywords:
                        for task, function in self._run(call):
                            found[str(task.data)].append(function.scope_key)
        return found

    def _run(self, operator: Value) -> Iterator[tuple[Value, Value]]:
        """The ids of the tasks that an operator makes, in a loop one in each round, and what they run."""
        for told in map(dict, self._rounds.named(operator)):
            if told["python_callable"].kind == "func":
                yield told["task_id"], told["python_callable"]

    @cached_property
    def _asset_functions(self) -> frozenset[ScopeKey]:
        return frozenset(unit for units in self._assets.values() for unit in units)

    @cached_property
    def _assets(self) -> dict[str, list[ScopeKey]]:
        """Dagster's assets by their name."""
        found: dict[str, list[ScopeKey]] = defaultdict(list)
        for module in self._flow.program.modules:
            if not any(binding.imported.partition(".")[0] == "dagster" for binding in module.facts.imports):
                continue
            for number, scope in enumerate(module.facts.scopes):
                for name, call in _decorators(module, number):
                    if name.rpartition(".")[2] == "asset":
                        told = _keyword(module, call, "name")
                        found[told if isinstance(told, str) else scope.name].append((module.index, number))
        return found


def _decorators(module: Module, number: int) -> Iterator[tuple[str, r.Call | None]]:
    """The dotted names of a function's decorators, with the call where one is called."""
    for ref in module.facts.scopes[number].decorators:
        node = module.facts.exprs[ref]
        call = node if isinstance(node, r.Call) else None
        yield module.dotted(node.function if isinstance(node, r.Call) else ref), call


def _keyword(module: Module, call: r.Call | None, name: str) -> object:
    """The constant that a call is given by a keyword; None when it is none."""
    for argument in call.arguments if call is not None else ():
        node = module.facts.exprs[argument.value]
        if argument.keyword == name:
            return node.value if isinstance(node, r.Constant) else argument.value
    return None


def _ins(module: Module, number: int) -> dict[str, str]:
    """The assets that a decorator says parameters are: `ins={"rows": AssetIn("raw")}`."""
    found: dict[str, str] = {}
    for _, call in _decorators(module, number):
        for argument in call.arguments if call is not None else ():
            told = module.facts.exprs[argument.value]
            if argument.keyword != "ins" or not isinstance(told, r.Dictionary):
                continue
            for key, value in zip(told.keys, told.values, strict=True):
                name, made = module.facts.exprs[key] if key >= 0 else None, module.facts.exprs[value]
                if isinstance(name, r.Constant) and isinstance(made, r.Call):
                    texts = (module.facts.exprs[each.value] for each in made.arguments if each.keyword in ("", "key"))
                    said = next((text.value for text in texts if isinstance(text, r.Constant)), None)
                    if isinstance(said, str):
                        found[str(name.value)] = said
    return found


def _argument(call: Value, name: str, place: int) -> Value | None:
    """An argument by keyword or, where it has one, by its place."""
    plain = 0
    for keyword, source in call.named_arguments:
        if keyword == name or (keyword == "" and plain == place):
            return source
        plain += keyword == ""
    return None


def _texts(value: Value | None) -> set[str]:
    """The texts that a value is: one, or those of a list that is written down."""
    if value is None:
        return set()
    values = [source for _, source in value.inputs] if value.kind == "collection" else [value]
    return {each.data for each in values if each.kind == "const" and isinstance(each.data, str)}

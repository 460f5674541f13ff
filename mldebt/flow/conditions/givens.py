"""Who decides a value: a literal in the code, an option, a setting, the environment, the caller, or the run itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from mldebt.flow.linking import ClassKey, Target, is_self
from mldebt.flow.value import Value
from mldebt.flow.walk import FAN_OUT, Flow, Stack, Step, Visit
from mldebt.regex import regex

WALK_LIMIT = 400
KINDS = (
    "constant",  # a literal in the code
    "place",  # where the code itself lies: __file__, the working folder
    "step",  # a counter: an epoch, a loop's number
    "option",  # given on the command line, or asked for
    "setting",  # read from a configuration, or set by an orchestrator
    "environment",
    "default",  # the default of a parameter that nobody in the repository fills: a caller may
    "caller",  # a parameter without a default that nobody in the repository fills
    "run",  # different for every run: a time, a random or a content hash, a run's or a version's id
    "temporary",
    "unknown",
)
_COMPOSED = frozenset({"part", "operand", "arg", "receiver"})
_RUN_CALL = regex(
    r"^(time|datetime|uuid|secrets|hashlib|random|numpy\.random|subprocess|git|mlflow|wandb|clearml|neptune|comet_ml|zenml)\."
    r"|^(os\.getpid|socket\.gethostname|pandas\.Timestamp|hash|id)\b|\.(strftime|isoformat|hexdigest|timestamp|uuid4)$"
)
_RUN_NAME = regex(
    r"(^|_)(run|version|uuid|hash|sha\d*|commit|timestamp|date|datetime|time|now|today|trial|experiment|exp|job|tag|revision|rev"
    r"|session|build|uri)(_|$|id$|s$)|runid|jobid",
    re.IGNORECASE,
)
_STEP_NAME = regex(
    r"^(_|i|j|k|n|ep|it|idx|index|rank|fold)$|(^|_)(epochs?|steps?|iter(ation)?s?|batch(es)?|round|fold)(_|$)",
    re.IGNORECASE,
)
_OPTION_CALL = regex(
    r"^(argparse|click|typer|fire|docopt|absl\.flags|optparse|tap|simple_parsing|input|sys\.argv)\b|\.parse_(known_)?args"
)
_OPTION_TYPES = frozenset({"argparse.Namespace", "optparse.Values"})
_COMMAND = regex(r"^(click|typer|fire|absl|hydra|dagster|sacred)\b|\.(command|option|argument|callback|main|automain)$")
_STARTING = regex(
    r"^(fire\.Fire|typer\.run|tyro\.cli|jsonargparse\.(auto_)?(CLI|cli)|defopt\.run|plac\.call|clize\.run"
    r"|argh\.dispatch_commands?)$"
)
"""What makes options of the parameters of a function that it is given."""
_SETTING_CALL = regex(
    r"^(yaml|toml|tomli|tomllib|configparser|omegaconf|hydra|json\.load|ruamel|dynaconf|pydantic|confuse|ml_collections)\b"
    r"|(^|\.)(load_config|get_config|read_config|from_yaml|from_json|parse_config)$",
)
_ENVIRONMENT = regex(r"^(os\.(environ|getenv)|decouple|environs?|dotenv)\b")
_PLACES = regex(
    r"^(os\.(getcwd|path\.expanduser|curdir|sep|path\.sep)|pathlib\.Path\.(cwd|home)|__file__|__name__|inspect\."
    r"|hydra\.utils\.(get_original_cwd|to_absolute_path))"
)
_TEMPORARY = regex(r"^tempfile\.|TemporaryDirectory|mkdtemp|\btmp_path\b")
_KEEPING = regex(
    r"^(str|repr|pathlib\.\w+|os\.path\.\w+|os\.fspath|posixpath\.\w+|copy\.\w+|list|tuple|sorted|int|float|next|max|min"
    r"|zip)(\.|$)"
)
_KEEPING_METHODS = frozenset(
    """format join joinpath with_suffix with_name resolve absolute expanduser as_posix strip lstrip rstrip lower upper
    replace removesuffix removeprefix split rsplit partition rpartition zfill relative_to parent name stem suffix
    parents title encode decode with_stem copy get pop setdefault""".split()
)
_HANDING = frozenset("phi same choice passed attr item global free return store slice template mutate".split())
_ALONE = frozenset({"module", "func", "class", "compare"})
_SKIPPED = frozenset({"key", "call", "test", "bound", "condition", "changed", "value of"})


class Given(NamedTuple):
    """One thing that decides a value. `whole`: it is the value, not a part of it; `visit` is the way there."""

    kind: str
    value: Value
    whole: bool
    visit: Visit

    def handed_in(self) -> Value | None:
        """The call nearest to the origin that hands it to a function; None when it never passes through a parameter."""
        path = self.visit.path()
        for before, after in zip(path[-2::-1], path[:0:-1], strict=True):
            if after.label == "argument":
                return before.stack[-1] if before.stack else _taking(after.value)
        return None


class Givens:
    """Questions about who decides a value, each asked once."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._known: dict[Value, tuple[Given, ...]] = {}
        self._overridden: dict[int, bool] = {}
        self._filled: dict[ClassKey, bool] = {}
        self._back = flow.remembered(self._find_back)
        self._deciders: dict[str, Callable[[Value], str]] = {
            "const": self._constant_kind,
            "call": self._call_kind,
            "attr": self._part_kind,
            "item": self._part_kind,
            "global": self._global_kind,
        }

    def of(self, value: Value) -> tuple[Given, ...]:
        """Everything that decides a value; a walk that does not end says "unknown" too."""
        found = self._known.get(value)
        if found is None:
            self._known[value] = ()
            found = self._known[value] = tuple(self._find(value))
        return found

    def kinds(self, value: Value) -> frozenset[str]:
        return frozenset(given.kind for given in self.of(value))

    def _find(self, value: Value) -> Iterator[Given]:
        count = 0
        for visit in self.flow.walk(value, self._back, limit=WALK_LIMIT):
            count += 1
            kind = self._kind(visit.value, visit.stack)
            if kind == "nothing" or (not kind and self._back(visit.value, visit.stack)):
                continue
            labels = {step.label for step in visit.path()}
            if kind == "constant" and "unset" in labels:
                kind = "default"
            yield Given(kind or "unknown", visit.value, labels.isdisjoint(_COMPOSED), visit)
        if count >= WALK_LIMIT:
            yield Given("unknown", value, False, Visit(value, ()))

    # ------------------------------------------------------------------ ends

    def _kind(self, value: Value, stack: Stack) -> str:
        """What a value is by itself; "" for one that others decide."""
        if value.kind in _ALONE:
            return "unknown"
        if value.kind == "external":
            return _named(str(value.data)) or "setting"
        if value.kind == "element":
            return "step" if self._counts(value.inputs[0][1]) else ""
        if value.kind == "param":
            return self._param_kind(value, stack)
        decide = self._deciders.get(value.kind)
        return decide(value) if decide is not None else ""

    def _constant_kind(self, value: Value) -> str:
        if value.data is None or value.data == "":
            return "nothing"
        named = value.body.number == 0 and value.body.names_of(value)
        return "option" if named and self._is_overridden(value.body.module.index) else "constant"

    def _global_kind(self, value: Value) -> str:
        return "option" if self._is_overridden(value.data[0]) else ""  # type: ignore[index]

    def _call_kind(self, call: Value) -> str:
        for target in self.flow.targets(call):
            if target.kind == "external" and (found := self._library(target)):
                return found
        function = call.inputs[0][1]
        name = str(function.data) if function.kind in ("attr", "external") else ""
        if _RUN_CALL.search(f".{name}") or _TEMPORARY.search(name):
            return "run" if _RUN_CALL.search(f".{name}") else "temporary"
        return ""

    def _library(self, target: Target) -> str:
        if found := _named(target.name):
            return found
        roles = target.api.roles if target.api is not None else frozenset()
        if roles & {"tracks", "registers"}:
            return "run"
        return "setting" if "configures" in roles else ""

    def _counts(self, iterable: Value) -> bool:
        if iterable.kind != "call":
            return False
        names = {target.name for target in self.flow.targets(iterable)}
        return bool(names & {"range", "enumerate", "itertools.count", "tqdm.trange"})

    def _part_kind(self, value: Value) -> str:
        """An attribute or item: of what a command line or a configuration gave, or one that says it changes by run."""
        name = str(value.data)
        owner = value.inputs[0][1]
        if value.kind == "item" and owner.kind == "element" and value.data == 0 and self._counts(owner.inputs[0][1]):
            return "step"
        if name in ("__name__", "__qualname__", "__class__", "__module__"):
            return "place"
        for each in self.flow.types(owner):
            text = each.name if isinstance(each.name, str) else ""
            if text in _OPTION_TYPES:
                return "option"
            if text.startswith(("omegaconf.", "hydra.", "ml_collections.", "configparser.")):
                return "setting"
            if isinstance(each.name, tuple) and value.kind == "attr" and self._is_filled(each.name):
                return "setting"
        if isinstance(value.data, str) and _RUN_NAME.search(name) and not _is_own(owner):
            return "run"
        return ""

    def _is_filled(self, cls: ClassKey) -> bool:
        """Whether a method fills the fields of an object by names that it is told: `setattr(self, key, value)`."""
        if cls not in self._filled:
            calls = (call for number in self.flow.children(*cls) for call in self.flow.body(cls[0], number).calls)
            self._filled[cls] = any(
                call.calls_external("setattr") and is_self(call.arguments[0]) and call.arguments[1].kind != "const"
                for call in calls
                if len(call.arguments) > 1
            )
        return self._filled[cls]

    def _param_kind(self, param: Value, stack: Stack) -> str:
        if stack:
            return ""
        if self.is_command(param):
            return "option"
        if any(step.value.kind != "const" or step.value.data is not None for step in self._steps_in(param, ())):
            return ""
        if _STEP_NAME.search(str(param.data)):
            return "step"
        return "caller"

    def is_command(self, param: Value) -> bool:
        """Whether a parameter is filled by a command line or an orchestrator."""
        for decorator in self._decorated(param):
            roles = self.flow.roles(decorator)
            if "configures" in roles or any(_COMMAND.search(target.name) for target in self.flow.targets(decorator)):
                return True
            if roles & {"orchestrates", "serves"} and not self._given(param):
                return True
        return any(
            _STARTING.search(target.name)
            for call, _ in self.flow.applied(*param.body.key)
            for target in self.flow.targets(call)
        )

    def _decorated(self, param: Value) -> Iterator[Value]:
        """The calls that make or apply a decorator of the function that a parameter belongs to."""
        body = param.body
        parent = self.flow.body(body.module.index, max(body.scope.parent, 0))
        for ref in body.scope.decorators:
            decorator = parent.values.get(ref)
            if decorator is None:
                continue
            if decorator.kind == "call":
                yield decorator
            else:
                yield from (user for label, user in decorator.uses if label == "function" and user.kind == "call")

    def _is_overridden(self, module: int) -> bool:
        """Whether a script runs other text over its own globals, as configurators do."""
        if module not in self._overridden:
            body = self.flow.body(module, 0)
            self._overridden[module] = any(
                call.inputs[0][1].kind == "external" and call.inputs[0][1].data in ("exec", "globals")
                for call in body.calls
            )
        return self._overridden[module]

    # ------------------------------------------------------------------ steps

    def _find_back(self, value: Value, stack: Stack) -> list[Step]:
        if self._kind(value, stack):
            return []
        kind = value.kind
        if kind == "param":
            return self._steps_in(value, stack)
        if kind == "call":
            return self._through(value, stack)
        if kind == "operation":
            filling = value.every("operand")[-1] if value.data == "%" else value
            parts = filling.every("item") if filling.kind == "collection" else ()  # `"%s/%s.pt" % (folder, name)`
            label = "either" if value.data == "or" else "operand"
            return [Step(label, part, stack) for part in (*value.every("operand"), *parts) if part.kind != "collection"]
        if kind == "element":
            members = self.flow.members(value.inputs[0][1], stack)
            return [Step("member", each.value, each.stack) for each in members[:FAN_OUT]]
        if kind in _HANDING:
            return [step for step in self.flow.back(value, stack) if step.label not in _SKIPPED][:FAN_OUT]
        return []

    def _through(self, call: Value, stack: Stack) -> list[Step]:
        steps: list[Step] = []
        function = call.inputs[0][1]
        for target in self.flow.targets(call):
            if target.kind == "func":
                steps.extend(self.flow.enter_return(call, target, stack))
            elif target.kind == "external" and _KEEPING.search(target.name) and function.kind != "attr":
                steps.extend(Step("arg", source, stack) for _, source in call.inputs[1:])
        if not steps and function.kind == "attr" and function.data in _KEEPING_METHODS:
            steps = [Step("receiver", function.inputs[0][1], stack)]
            steps.extend(Step("arg", source, stack) for _, source in call.inputs[1:])
        if len(steps) == 1 and steps[0].label in ("arg", "receiver"):
            return [Step("same", steps[0].value, stack)]
        return steps

    def _steps_in(self, param: Value, stack: Stack) -> list[Step]:
        """To what a parameter is filled with: by the open call, or by every call in the team's own code."""
        if stack:
            return self.flow.back_param(param, stack)
        given = self._given(param)
        steps = [Step("argument", source, ()) for _, source in given]
        body = param.body
        calls = [
            call for call in self.flow.callers(body.module.index, body.number) if call.body.module.category == "product"
        ]
        filled = {call for call, _ in given}
        if any(call not in filled for call in calls):
            steps.extend(self._default(param, "default"))
        elif not calls:
            steps.extend(self._default(param, "unset"))
        return steps[:FAN_OUT]

    def _default(self, param: Value, label: str) -> list[Step]:
        """To a parameter's default, which the code around the function holds."""
        scope = param.body.scope
        default = next((p.default for p in scope.parameters if p.name == param.data), -1)
        if default < 0:
            return []
        value = self.flow.body(param.body.module.index, max(scope.parent, 0)).values.get(default)
        return [Step(label, value, ())] if value is not None else []

    def _given(self, param: Value) -> list[tuple[Value, Value]]:
        return [
            (call, source)
            for call, source in self.flow.bindings(param)
            if call.body.module.category == "product" and source is not param
        ]


def _named(name: str) -> str:
    """What a library's name says of a value that comes from it."""
    if _TEMPORARY.search(name):
        return "temporary"
    if _ENVIRONMENT.search(name):
        return "environment"
    if _OPTION_CALL.search(name):
        return "option"
    if _PLACES.search(name):
        return "place"
    if _RUN_CALL.search(name):
        return "run"
    return "setting" if _SETTING_CALL.search(name) else ""


def _is_own(value: Value) -> bool:
    """Whether a value is the instance that a method works on, in whatever version."""
    while value.kind in ("store", "passed", "phi", "mutate"):
        value = value.inputs[0][1]
    return value.kind == "param" and value.data in ("self", "cls")


def _taking(argument: Value) -> Value | None:
    """The first call that takes an argument."""
    return next((user for label, user in argument.uses if label == "arg" and user.kind == "call"), None)

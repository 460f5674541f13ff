"""The functions that serve: endpoints by decorator, by the hook of a library's class, or by a routing call."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import cached_property

from mldebt.flow.calls.words import last_name
from mldebt.flow.module import ScopeKey
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

ENDPOINT = "endpoint"
_SERVICER = regex(r"_pb2_grpc\.\w+Servicer$")
_INFERENCE = frozenset("model_fn input_fn predict_fn output_fn transform_fn".split())
_ANSWERING = frozenset("predict_fn output_fn transform_fn".split())
_LAMBDA = frozenset({"lambda_handler", "handler"})
_SCORING = "run"
_STARTING = "init"
_RESOURCES = frozenset({"add_route"})
_PREDICTING = "predict"
TRITON, _EXECUTE = "TritonPythonModel", "execute"
_REQUEST, _DEPLOYED = "request", "main.py"
_HTTP = frozenset("get_json json args form files is_json get_data method headers".split())
"""What a function on Google's or Azure's platform reads of the request that it is handed."""
_CONVENTIONAL = _LAMBDA | _ANSWERING | {_SCORING}


class Endpoints:
    """Answers per function, given once."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._known: dict[ScopeKey, str] = {}
        self._routing: dict[ScopeKey, bool] = {}

    def of(self, key: ScopeKey) -> str:
        """What kind of serving boundary a function is; "" when it is none."""
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = ENDPOINT if self._serves(key) else ""
        return found

    def answers(self, key: ScopeKey) -> str:
        """The same, also for the method by which a model that is packed with its code answers whoever serves it."""
        if found := self.of(key):
            return found
        scope = self._flow.scope(*key)
        outside = self._outside((key[0], scope.parent)) if scope.name == _PREDICTING else ()
        return ENDPOINT if any(self._flow.catalogue.hook(base, _PREDICTING) == _PREDICTING for base in outside) else ""

    @cached_property
    def any(self) -> bool:
        """Whether any of the repository's own code is an endpoint."""
        return any(
            self.of((module.index, number))
            for module in self._flow.program.modules
            if module.category == "product"
            for number in range(len(module.facts.scopes))
        )

    def _serves(self, key: ScopeKey) -> bool:
        scope = self._flow.scope(*key)
        if scope.kind != "function":
            return False
        if self._is_decorated(key) or self._is_hook((key[0], scope.parent), scope.name):
            return True
        return self._is_by_convention(key) or key in self._routed

    def _is_by_convention(self, key: ScopeKey) -> bool:
        """Whether a platform finds a function by its name and form: AWS Lambda's `lambda_handler(event, context)`, the
        functions of a SageMaker inference script, a cloud function's `(request)`, `init()` and `run(data)` of an
        AzureML one, what Triton's Python backend executes."""
        scope = self._flow.scope(*key)
        if scope.name == _EXECUTE:
            return self._flow.scope(key[0], scope.parent).name == TRITON
        if [parameter.name for parameter in scope.parameters] == [_REQUEST]:
            return not scope.parent and self._is_cloud_function(key)
        if scope.parent or scope.name not in _CONVENTIONAL:
            return False
        if scope.name in _LAMBDA:
            return [parameter.name for parameter in scope.parameters] == ["event", "context"]
        if scope.name == _SCORING:
            return bool(scope.parameters) and self._is_started(key)
        scopes = self._flow.program.modules[key[0]].facts.scopes
        return sum(other.name in _INFERENCE for other in scopes if other.parent == 0) > 1

    def _is_cloud_function(self, key: ScopeKey) -> bool:
        """Whether a function of a `main.py` takes an HTTP request apart, and nobody calls it: the platform does."""
        module, scope = self._flow.program.modules[key[0]], self._flow.scope(*key)
        if posixpath.basename(module.path) != _DEPLOYED or scope.decorators:
            return False
        request = self._flow.body(*key).params[_REQUEST]
        asked = any(label == "object" and use.data in _HTTP for label, use in request.uses)
        return asked and not self._flow.calls_named(frozenset({scope.name}))

    def _is_started(self, key: ScopeKey) -> bool:
        """Whether an `init()` beside a function, which takes nothing, loads what the function then asks, through a
        variable of the module."""
        module = self._flow.program.modules[key[0]]
        for number, scope in enumerate(module.facts.scopes):
            if scope.name == _STARTING and scope.kind == "function" and scope.parent == 0 and not scope.parameters:
                loads = any("loads" in self._flow.roles(call) for call in self._flow.body(key[0], number).calls)
                asked = self._flow.body(key[0], key[1]).global_reads
                left = self._flow.body(key[0], number).env
                return loads and any(read.variable[0] == key[0] and read.variable[1] in left for read in asked)
        return False

    def _roles(self, decorator: Value) -> frozenset[str]:
        """The roles of a decorator, called (`@app.get("/")`) or not (`@app`)."""
        if decorator.kind == "call":
            return self._flow.roles(decorator)
        apis = (target.api for target in self._flow.callees(decorator))
        return frozenset(role for api in apis if api is not None for role in api.roles)

    def _is_hook(self, parent: ScopeKey, name: str) -> bool:
        """Whether the framework above a class calls a method of this name to serve."""
        if not parent[1] or self._flow.scope(*parent).kind != "class":
            return False
        if name == "__call__" and self._is_decorated(parent):  # a class as a whole is deployed
            return True
        return any(
            self._flow.catalogue.hook(base, name) == "serve"
            or (_SERVICER.search(base) is not None and not name.startswith("_"))
            for base in self._outside(parent)
        )

    def _outside(self, parent: ScopeKey) -> Iterator[str]:
        """The library classes above a class."""
        if parent[1] and self._flow.scope(*parent).kind == "class":
            yield from (base for base in self._flow.program.ancestry(parent) if isinstance(base, str))

    def _is_decorated(self, key: ScopeKey) -> bool:
        """Whether a decorator makes a function or a class a service."""
        scope = self._flow.scope(*key)
        if not scope.decorators:
            return False
        around = self._flow.body(key[0], scope.parent)
        decorators = [found for ref in scope.decorators if (found := around.values.get(ref)) is not None]
        return any("serves" in self._roles(decorator) or self._registers(decorator) for decorator in decorators)

    def _registers(self, decorator: Value) -> bool:
        """Whether a decorator is the repository's own and routes to what it is given: `blueprint.add_url_rule(rule,
        view_func=wrapper)` somewhere in it."""
        targets = self._flow.targets(decorator) if decorator.kind == "call" else self._flow.callees(decorator)
        return any(
            self._routes_in((target.module, target.scope)) for target in targets if target.kind in ("func", "class")
        )

    def _routes_in(self, key: ScopeKey) -> bool:
        found = self._routing.get(key)
        if found is None:
            found = self._routing[key] = any(
                "serves" in self._flow.roles(call)
                for number in self._flow.program.modules[key[0]].inside(key[1])
                for call in self._flow.body(key[0], number).calls
            )
        return found

    @cached_property
    def _routed(self) -> frozenset[ScopeKey]:
        """Functions that a routing call receives: `path("…", views.chart)`, `strawberry.field(resolver=feed)`."""
        return frozenset(key for call in self._calls() for key in self._given(call))

    def _given(self, call: Value) -> list[ScopeKey]:
        functions = [source.scope_key for label, source in call.inputs if label == "arg" and source.kind == "func"]
        if last_name(call) in _RESOURCES:
            functions += self._responders(call)
        return functions if functions and "serves" in self._flow.roles(call) else []

    def _responders(self, call: Value) -> list[ScopeKey]:
        """The methods of a resource that a router hands requests to: `api.add_route("/likes", Likes())`."""
        classes = {
            each.name
            for source in call.arguments[1:2]
            for each in self._flow.types(source)
            if isinstance(each.name, tuple)
        }
        return [
            (cls[0], number)
            for cls in sorted(classes)
            for name, number in self._flow.program.modules[cls[0]].members.get(cls[1], {}).items()
            if name.startswith("on_")
        ]

    def _calls(self) -> Iterator[Value]:
        """The calls of the team's own code; a test that routes to a function makes no service of it."""
        for module in self._flow.program.modules:
            for body in self._flow.bodies(module.index) if module.category == "product" else ():
                yield from body.calls

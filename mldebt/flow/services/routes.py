"""Which endpoint of the repository answers a call of a service, by the path of its address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

import msgspec

from mldebt.flow.files.compositions import Compositions, Parts
from mldebt.flow.idioms import last_name
from mldebt.flow.linking import ScopeKey
from mldebt.flow.steps import Stack
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

ANSWER_LIMIT = 3
ROUTER_LIMIT = 10
ANY = "*"
"""A segment of a path that is only known when the program runs."""
VERBS = frozenset("get post put patch delete head".split())
_PREFIXES = ("prefix", "url_prefix")
ROUTING = frozenset("add_resource add_route add_api_route add_url_rule add_view path re_path url".split())
"""What is called with a path and the function, or the class, that answers there."""
_ROUTED = frozenset({"", "path", "route", "rule"})
"""As what such a call is given a path."""
_BEHIND_CLASS = "add_resource"
_PLACE = regex(r"<[^>]*>|\{[^}]*\}|\(\?P[^)]*\)")
_HOST = regex(r"^\w+://[^/]*|^[\w.-]+:\d+(?=/)")
_END = regex(r"[?#].*$", re.DOTALL)


class Route(msgspec.Struct, frozen=True):
    """A path that a function answers, and by which verb ("" for any)."""

    segments: tuple[str, ...]
    verb: str
    function: ScopeKey


class Routes:
    """The routes of a program, listed when a client is first asked for."""

    def __init__(self, flow: Flow, compositions: Compositions) -> None:
        self._flow = flow
        self._compositions = compositions
        self._answers: dict[tuple[Value, Stack], tuple[Value, ...]] = {}

    def answers(self, call: Value, stack: Stack = ()) -> tuple[Value, ...]:
        """What the repository's own endpoints answer to a call of a service; the best matches."""
        api = self._flow.api(call)
        if api is None or api.medium not in ("url", "api") or "reads" not in api.roles:
            return ()
        key = (call, stack)
        found = self._answers.get(key)
        if found is None:
            found = self._answers[key] = self._find(call, stack)
        return found

    def _find(self, call: Value, stack: Stack) -> tuple[Value, ...]:
        verb = last_name(call.function).lower()
        paths = [path for text in call.arguments[:2] for path in self._paths(text, stack)]
        met = {
            route.function: fit
            for route in (self._all if paths else ())
            if not (route.verb and verb in VERBS and route.verb != verb)
            for path in paths
            if (fit := _fit(path, route.segments))
        }
        best = max(met.values(), default=0)
        functions = [function for function, fit in met.items() if fit == best][:ANSWER_LIMIT]
        return tuple(self._flow.body(*function).returns for function in functions)

    def _paths(self, address: Value, stack: Stack) -> Iterator[tuple[str, ...]]:
        for parts in self._compositions.of(address, stack):
            path = _segments(_HOST.sub("", _END.sub("", _written(parts))))
            if len(parts) > 1 or "/" in str(parts[0]):
                yield path

    # ------------------------------------------------------------------ routes

    @cached_property
    def _all(self) -> tuple[Route, ...]:
        return tuple(route for route in self._listed() if any(segment != ANY for segment in route.segments))

    def _listed(self) -> Iterator[Route]:
        for module in self._flow.program.modules:
            if module.category != "product":
                continue
            for number, scope in enumerate(module.facts.scopes):
                if scope.kind == "function" and scope.decorators:
                    around = self._flow.body(module.index, scope.parent)
                    decorators = (around.values.get(ref) for ref in scope.decorators)
                    for decorator in decorators:
                        yield from self._declared(decorator, (module.index, number))
        for call in self._flow.calls_named(ROUTING):
            if call.body.module.category == "product" and "serves" in self._flow.roles(call):
                yield from self._given(call)

    def _given(self, call: Value) -> Iterator[Route]:
        """`api.add_resource(Search, "/search/")`, `path("search/", views.search)`: a function answers any verb, the
        methods of a class those that they are called after."""
        answering = [("", source.scope_key) for source in call.arguments if source.kind == "func"]
        answering += [each for source in call.arguments for each in self._by_verb(source)]
        for text in _given_paths(call):
            for verb, function in answering:
                yield Route(_segments(_PLACE.sub(ANY, text.removeprefix("^").removesuffix("$"))), verb, function)

    def _by_verb(self, resource: Value) -> Iterator[tuple[str, ScopeKey]]:
        """The methods of a class, or of an object, that answer a verb: `def post(self)`, `def on_post(self, …)`."""
        own = [each.name for each in self._flow.types(resource) if isinstance(each.name, tuple)]
        for cls in [resource.scope_key] if resource.kind == "class" else own:
            members = self._flow.program.modules[cls[0]].members.get(cls[1], {})
            for name, number in members.items():
                if (verb := name.removeprefix("on_")) in VERBS:
                    yield verb, (cls[0], number)

    def _declared(self, decorator: Value | None, function: ScopeKey) -> Iterator[Route]:
        """`@app.get("/search")`, `@blueprint.route("/search", methods=["POST"])`."""
        if decorator is None or decorator.kind != "call" or "serves" not in self._flow.roles(decorator):
            return
        listed = dict(decorator.named_arguments).get("methods")
        verbs = {str(each.data).lower() for each in listed.every("item")} if listed is not None else set()
        name = verbs.pop() if len(verbs) == 1 else last_name(decorator.function).lower()
        for path in decorator.arguments[:1]:
            if path.kind == "const" and isinstance(path.data, str):
                for prefix in ("", *self._prefixes(decorator)):  # who asks may know the prefix from its settings
                    text = _PLACE.sub(ANY, f"{prefix}/{path.data}")
                    yield Route(_segments(text), name if name in VERBS else "", function)

    def _prefixes(self, decorator: Value) -> Iterator[str]:
        """What a router or blueprint puts before its paths: `APIRouter(prefix="/v1")`."""
        router = decorator.function.source if decorator.function.kind == "attr" else None
        visits = self._flow.walk(router, self._flow.back, limit=ROUTER_LIMIT) if router is not None else ()
        for made in (visit.value for visit in visits if visit.value.kind == "call"):
            given = dict(made.named_arguments)
            prefix = next((given[keyword] for keyword in _PREFIXES if keyword in given), None)
            if prefix is not None and isinstance(prefix.data, str):
                yield prefix.data


def _written(parts: Parts) -> str:
    """An address, with the host left out when the program reads it from somewhere."""
    texts = [part if isinstance(part, str) else ANY for part in parts]
    return "".join(texts[1:] if texts[0] == ANY else texts)


def _given_paths(call: Value) -> list[str]:
    """The paths that a call routes from: the first text, not the name of the route after it; of what stands behind a
    class, all."""
    named = [
        source.data
        for keyword, source in call.named_arguments
        if keyword in _ROUTED and source.kind == "const" and isinstance(source.data, str)
    ]
    return named if last_name(call.function) == _BEHIND_CLASS else named[:1]


def _segments(path: str) -> tuple[str, ...]:
    return tuple(ANY if ANY in segment else segment for segment in path.split("/") if segment)


def _fit(path: tuple[str, ...], route: tuple[str, ...]) -> int:
    """How many segments are equal when a path ends as a route says (a prefix may stand before it); 0 when it does
    not."""
    if not route or len(path) < len(route):
        return 0
    pairs = list(zip(path[-len(route) :], route, strict=True))
    if any(one != other and ANY not in (one, other) for one, other in pairs):
        return 0
    return sum(one == other != ANY for one, other in pairs)

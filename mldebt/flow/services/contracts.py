"""What a serving boundary declares: the shape of what it takes and answers, as far as a caller can see it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from mldebt.facts import record as r
from mldebt.flow.body import Body
from mldebt.flow.linking import ClassKey
from mldebt.flow.module import Module
from mldebt.flow.scopes.names import statements, variable_of
from mldebt.flow.services.endpoints import TRITON
from mldebt.flow.services.routes import ROUTING
from mldebt.flow.types.shapes import BARE, DECLARED, HOLLOW, NONE, NOTHING, PAGE, PAGES, RANK, grade, tails
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow, Stack, Step
from mldebt.regex import regex

RETURN_LIMIT = 120
FIELDS = 2
"""So many fields a record has at least that a dict can be told to be like."""
_RAW = frozenset("Request HttpRequest WSGIRequest ASGIRequest HTTPConnection".split())
_INJECTED = frozenset(
    """Response BackgroundTasks WebSocket Session AsyncSession Depends Security SecurityScopes HTTPConnection Header
    Cookie Context ServicerContext""".split()
)
_RENDERED = regex(r"HTML|Template|render|send_static_file")
_MULTIPART = frozenset({"File", "Form"})
"""What a parameter of a form is declared with, its type aside."""
_KINDS = frozenset({"media_type", "mimetype", "content_type"})
_READS = frozenset("json get_json body data POST values get_data params body_json media".split())
"""How a raw request is taken apart; a form and the files in it have the fields of the page that sends them."""
_QUERIES = frozenset("args query_params GET rel_url query".split())
_SCHEMA = regex(
    r"schema|swag|expect|marshal|serializ|validate|use_kwargs|use_args|arguments|\bdoc\b|openapi|apispec|accepts|responds"
    r"|input|output",
    re.IGNORECASE,
)
_PARSES = regex(
    r"(^|\.)(parse_obj|parse_raw|model_validate(_json)?|validate|load|loads|deserialize|from_dict|structure|is_valid)$"
)
_TELLING = frozenset({"serializer_class", "get_serializer_class", "schema"})
_SERIALIZES = regex(r"Serializer$|^get_serializer$")
"""What a class of Django's REST framework says the shape of its answers by."""
_TYPED_APPS = regex(
    r"^(gradio|bentoml|grpc|litserve|kserve|mlflow|fastmcp|strawberry|graphene|ariadne|streamlit|dash)\b"
)
_WRAPPING = frozenset(
    "jsonify dumps JSONResponse ORJSONResponse UJSONResponse JsonResponse Response make_response".split()
)
_DUMPING = regex(r"^_?(dict|json|dump|asdict|model_dump|serialize|to_|as_)")
_RESPONDS = regex(r"respon|answer|reply|jsonif", re.IGNORECASE)
_PLAIN = frozenset("str int float bool bytes NoneType complex".split())
_NUMBERS = ("len", "str", "int", "float", "bool", "round", "any", "all", "time.time", "time.perf_counter")
"""Functions whose results are numbers, words and answers to yes and no."""


class Contract(NamedTuple):
    """Both sides of a boundary, each one of "declared", "hollow", "none", "nothing" (nothing goes there) and "page"
    (for people); `reads` is where a raw request is taken apart."""

    takes: str
    answers: str
    reads: Value | None

    @property
    def is_read(self) -> bool:
        """Whether programs read the answers, not people."""
        return self.answers not in (PAGE, NOTHING)

    @property
    def worst(self) -> str:
        return max((self.takes, self.answers), key=lambda side: RANK[side])


class Contracts:
    """Reads signatures, decorators and returns of endpoints."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    def of(self, module: int, number: int) -> Contract:
        """What a function that serves declares."""
        body = self.flow.body(module, number)
        if self._is_typed_elsewhere(body):
            return Contract(DECLARED, DECLARED, None)
        takes, reads = self._takes(body)
        return Contract(takes, self._answers(body), reads)

    # ------------------------------------------------------------------ declared beside the signature

    def _is_typed_elsewhere(self, body: Body) -> bool:
        """By a decorator, a docstring that is a specification, or the framework's own typing of components."""
        docstring = body.scope.docstring or ""
        if re.search(r"^\s*---\s*$", docstring, re.MULTILINE):
            return True
        for decorator in self._decorators(body):
            names = [target.name for target in self.flow.targets(decorator)]
            if any(_TYPED_APPS.search(name) for name in names) and not any("ray" in name for name in names):
                return bool(decorator.data) or not any(name.startswith("bentoml") for name in names)
            if any(_SCHEMA.search(name) for name in [*names, _last(decorator)]):
                return True
        cls = self.flow.program.enclosing_class(body.key)
        if cls is None:
            return False
        if (
            self.flow.scope(*cls).name == TRITON
        ):  # its config.pbtxt names every tensor, or it does itself when it starts
            return True
        bases = [base for base in self.flow.program.ancestry(cls) if isinstance(base, str)]
        if any(base.endswith("Servicer") or _TYPED_APPS.search(base) for base in bases):
            return True
        if any(_SCHEMA.search(_last(call)) for call in self._decorators(self.flow.body(*cls))):
            return True
        told = set(self.flow.body(*cls).env)
        return not told.isdisjoint(_TELLING) or any(
            _SERIALIZES.search(name) for call in body.calls for name in (_last(call), *self._own_names(call))
        )

    def _decorators(self, body: Body) -> list[Value]:
        parent = self.flow.body(body.module.index, max(body.scope.parent, 0))
        made = [parent.values.get(ref) for ref in body.scope.decorators]
        found = [value for value in made if value is not None and value.kind == "call"]
        for value in made:
            if value is not None and value.kind != "call":
                found.extend(user for label, user in value.uses if label == "function" and user.kind == "call")
        routed = [call for call, _ in self.flow.applied(body.module.index, body.number)]
        return [*found, *routed]

    # ------------------------------------------------------------------ input

    def _takes(self, body: Body) -> tuple[str, Value | None]:
        raw = self._raw_reads(body)
        if raw is not None:
            return (DECLARED if self._is_parsed(body) or self._is_annotated(body, raw) else NONE), raw
        route = " ".join(self.routes(body))
        grades = [
            self._parameter(body, parameter)
            for position, parameter in enumerate(body.scope.parameters)
            if not (position == 0 and self.flow.is_method(body.module, body.number))
            and f"{{{parameter.name}" not in route
            and not re.search(rf"<(?:\w+:)?{parameter.name}>", route)
        ]
        return max(grades, key=lambda grade: RANK[grade], default=NOTHING), None

    def routes(self, body: Body) -> list[str]:
        """The paths under which a function, or the class of a method, is reached."""
        cls = self.flow.program.enclosing_class(body.key)
        routing = [*self._decorators(body), *self._routing.get(cls, ())] if cls else self._decorators(body)
        return [
            source.data
            for call in routing
            for _, source in call.inputs[1:]
            if source.kind == "const" and isinstance(source.data, str)
        ]

    @cached_property
    def _routing(self) -> dict[ClassKey, list[Value]]:
        """The calls that route to a class: `api.add_resource(Rank, "/rank/<user>")`, `path("", Rank.as_view())`."""
        found: dict[ClassKey, list[Value]] = defaultdict(list)
        for call in self.flow.calls_named(ROUTING):
            for source in call.arguments:
                view = source.receiver if source.calls_method("as_view") else source
                if view is not None and view.kind == "class":
                    found[view.scope_key].append(call)
        return found

    def _parameter(self, body: Body, parameter: r.Parameter) -> str:
        if parameter.kind in ("*", "**"):
            return NOTHING
        default = self.flow.body(body.module.index, max(body.scope.parent, 0)).values.get(parameter.default)
        if default is not None and default.kind == "call" and _last(default) in _INJECTED | _MULTIPART:
            return DECLARED if _last(default) in _MULTIPART else NOTHING
        if parameter.annotation < 0:
            is_said = parameter.name in ("request", "context", "req") or _may_be_left_out(body, default)
            return NOTHING if is_said else NONE
        if tails(body.module, parameter.annotation) & (_INJECTED | _RAW):
            return NOTHING
        told = grade(body.module, parameter.annotation)
        return DECLARED if told == HOLLOW and self._becomes_a_record(body, parameter.name) else told

    def _becomes_a_record(self, body: Body, name: str) -> bool:
        """Whether a container is read into a declared type: `Request.model_validate(body)`."""
        param = body.params.get(name)
        return any(param in call.arguments and self.makes_a_record(call) for call in body.calls)

    def makes_a_record(self, call: Value) -> bool:
        """Whether a call reads what it is given into the class that it is asked of."""
        function = call.inputs[0][1] if call.kind == "call" else call
        owner = function.source if function.kind == "attr" else function
        outer = str(owner.data).removesuffix(f".{_last(call)}").rpartition(".")[2]
        is_class = owner.kind == "class" or (owner.kind == "external" and outer[:1].isupper())
        return is_class and bool(_PARSES.search(f".{_last(call)}")) and not self._is_json(call)

    def _raw_reads(self, body: Body) -> Value | None:
        """Where a body takes the raw request apart."""
        for value in body.nodes:
            if value.kind == "attr" and value.data in _READS | _QUERIES and self._is_request(value.inputs[0][1]):
                return value
            if value.kind == "external" and re.fullmatch(
                rf"flask\.request\.({'|'.join(_READS | _QUERIES)})(\.\w+)?", str(value.data)
            ):
                return value
        return None

    def _is_request(self, value: Value) -> bool:
        if value.kind == "external":
            return str(value.data) in ("flask.request", "bottle.request", "quart.request")
        if value.kind == "param":
            annotation = next((p.annotation for p in value.body.scope.parameters if p.name == value.data), -1)
            return (
                bool(tails(value.body.module, annotation) & _RAW)
                if annotation >= 0
                else value.data in ("request", "req")
            )
        names = {each.name.rpartition(".")[2] for each in self.flow.types(value) if isinstance(each.name, str)}
        return bool(names & _RAW)

    def _is_parsed(self, body: Body) -> bool:
        """Whether what came in is read into a declared type, or validated."""
        for call in body.calls:
            if "validates" in self.flow.roles(call) or (_PARSES.search(f".{_last(call)}") and not self._is_json(call)):
                return True
            if any(target.kind == "class" and self._is_record(target.key) for target in self.flow.targets(call)):
                raw = [source for _, source in call.inputs[1:] if self._is_raw(source)]
                if "**" in call.data or len(raw) > 1:  # type: ignore[operator]
                    return True
        return False

    def _is_annotated(self, body: Body, raw: Value) -> bool:
        """Whether what came in gets a name of a declared type: `row: Row = request.get_json()`."""
        annotated = (each for each in statements(body.scope.body) if isinstance(each, r.Annotate))
        for statement in annotated:
            value = body.values.get(statement.value)
            if value is None or grade(body.module, statement.annotation) != DECLARED:
                continue
            if any(visit.value is raw for visit in self.flow.walk(value, self._nearby, limit=30)):
                return True
        return False

    def _is_json(self, call: Value) -> bool:
        return any(
            target.name.startswith(("json.", "ujson.", "orjson.", "simplejson.", "joblib.", "pickle."))
            for target in self.flow.targets(call)
        )

    def _is_raw(self, value: Value) -> bool:
        return any(self._is_request(visit.value) for visit in self.flow.walk(value, self._nearby, limit=30))

    def _nearby(self, value: Value, stack: Stack) -> list[Step]:
        return [
            Step(label, source, stack)
            for label, source in value.inputs
            if label in ("object", "value", "function", "base")
        ]

    def _is_record(self, cls: tuple[int, int]) -> bool:
        """Whether a class says what it holds: annotated fields in its body or its bases' bodies."""
        for current in self.flow.program.ancestry(cls):
            if isinstance(current, tuple):
                scope = self.flow.scope(*current)
                if any(isinstance(statement, r.Annotate) for statement in scope.body):
                    return True
        return False

    # ------------------------------------------------------------------ output

    def _answers(self, body: Body) -> str:
        for decorator in self._decorators(body):
            for keyword, source in decorator.named_arguments:
                if keyword in ("response_model", "response", "responses", "returns") and source.kind != "const":
                    return DECLARED
                if keyword == "response_class" and PAGES.search(str(source.data)):
                    return PAGE
        annotated = grade(body.module, body.scope.returns) if body.scope.returns >= 0 else NONE
        if annotated not in (NONE, HOLLOW):
            return PAGE if self._renders(body) else annotated
        returned = self._returned(body)
        return returned if returned in (DECLARED, PAGE, NOTHING) else annotated

    def _returned(self, body: Body) -> str:
        """The worst of what the function returns, as its values tell."""
        found = [self._value(value) for value in body.returns.every("value")]
        found += [PAGE for _ in body.returns.every("yield")[:1]]
        grades = [each for each in found if each != NOTHING]
        if PAGE in grades and (NONE not in grades or self._renders(body)):
            return PAGE
        return max(grades, key=lambda each: RANK[each], default=NOTHING)

    def _renders(self, body: Body) -> bool:
        """Whether one of the answers is a page; others of the same function are then errors on the way to it."""
        answers = body.returns.every("value")
        reached = (
            visit.value for each in answers for visit in self.flow.walk(each, self._unwrapped, limit=RETURN_LIMIT)
        )
        return any(value.kind == "call" and _RENDERED.search(_last(value)) for value in reached)

    def _value(self, value: Value) -> str:
        for visit in self.flow.walk(value, self._unwrapped, limit=RETURN_LIMIT):
            each = visit.value
            if each.kind == "call":
                name = _last(each)
                if PAGES.search(name) or _is_media(each) or self._asks_for_a_page(each):
                    return PAGE
                if (
                    _DUMPING.search(name)
                    and each.inputs[0][1].kind == "attr"
                    and self._is_or_makes_a_record(each.inputs[0][1].inputs[0][1])
                ):
                    return DECLARED
            if self._is_or_makes_a_record(each):
                return DECLARED
        names = {each.name for each in self.flow.types(value)}
        if value.kind == "const" and value.data is None:
            return NOTHING
        return DECLARED if names and names <= _PLAIN else NONE

    def _asks_for_a_page(self, call: Value) -> bool:
        """Whether a call is of another boundary, which answers with a page."""
        own = [target.key for target in self.flow.targets(call) if target.kind == "func" and not target.guessed]
        bodies = [self.flow.body(*key) for key in own]
        return len(bodies) == 1 and bodies[0] is not call.body and self._renders(bodies[0])

    def _is_or_makes_a_record(self, value: Value) -> bool:
        if self._is_typed(value) or self._is_like_a_record(value) or self._is_envelope(value):
            return True
        return value.kind == "call" and (self.makes_a_record(value) or self._wraps_a_record(value))

    def _wraps_a_record(self, call: Value) -> bool:
        """Whether a function of the repository makes a response of a record: `respond(Answer(…))`."""
        return any(map(_RESPONDS.search, self._own_names(call))) and any(map(self._is_typed, call.arguments))

    def _own_names(self, call: Value) -> list[str]:
        """The functions and classes of the repository that a call calls."""
        own = (target for target in self.flow.targets(call) if target.kind in ("func", "class") and not target.guessed)
        return [self.flow.scope(target.module, target.scope).name for target in own]

    def _is_like_a_record(self, value: Value) -> bool:
        """Whether a dict has the very fields that a record of the repository declares for its readers."""
        if value.kind != "dict" or value.every("spread") or len(value.keys) < FIELDS:
            return False
        return frozenset(value.keys) in self._records

    def _is_envelope(self, value: Value) -> bool:
        """Whether a dict only carries records, beside numbers and words about them: `{"hits": hits, "total": 3}`."""
        if value.kind != "dict" or value.every("spread") or None in value.keys:
            return False
        parts = [part for label, part in value.inputs if label == "item"]
        bare = [part for part in parts if not self._holds_records(part)]
        return len(bare) < len(parts) and all(map(self._is_plain, bare))

    def _holds_records(self, value: Value) -> bool:
        """Whether a value is a record, or a list of nothing else."""
        made = value.every("element") if value.kind == "comprehension" else [value]
        if all(self._is_plain(each) for each in made):
            return False
        listed = {inner.name for each in self.flow.types(value) for inner in each.args}
        if listed and all(isinstance(name, tuple) and self._is_record(name) for name in listed):
            return True
        return bool(made) and all(self._value(each) == DECLARED for each in made)

    def _is_plain(self, value: Value) -> bool:
        if value.kind == "const" or value.calls_external(*_NUMBERS):
            return True
        names = {each.name for each in self.flow.types(value)}
        return bool(names) and names <= _PLAIN

    @cached_property
    def _records(self) -> frozenset[frozenset[object]]:
        """The fields of the repository's records, of those that have several."""
        return frozenset(
            frozenset(variable_of(module.facts, each.target) for each in scope.body if isinstance(each, r.Annotate))
            for module, scope in self._classes()
        )

    @cached_property
    def record_names(self) -> frozenset[str]:
        """What the repository's records are called."""
        return frozenset(
            scope.name for _, scope in self._classes() if any(isinstance(each, r.Annotate) for each in scope.body)
        )

    def _classes(self) -> Iterator[tuple[Module, r.Scope]]:
        for module in self.flow.program.modules:
            for scope in module.facts.scopes if module.category == "product" else ():
                if scope.kind == "class":
                    yield module, scope

    def _is_typed(self, value: Value) -> bool:
        return any(isinstance(each.name, tuple) and self._is_record(each.name) for each in self.flow.types(value))

    def _unwrapped(self, value: Value, stack: Stack) -> list[Step]:
        """Through the calls that make a response of something."""
        if value.kind == "call" and _last(value) in _WRAPPING:
            return [Step("arg", source, stack) for _, source in value.inputs[1:2]]
        if value.kind == "collection" and value.data in ("tuple", "list"):
            return [Step("item", source, stack) for _, source in value.inputs[:1]]
        if value.kind == "comprehension":
            return [Step("element", source, stack) for source in value.every("element")]
        if value.kind in ("same", "phi", "choice", "passed", "store"):
            return [Step(label, source, stack) for label, source in value.inputs if label in ("value", "base")]
        return []


def _may_be_left_out(body: Body, default: Value | None) -> bool:
    """Whether a parameter without a type has a literal that stands in for it, beside others that are declared."""
    is_beside = any(parameter.annotation >= 0 for parameter in body.scope.parameters)
    return is_beside and default is not None and default.kind == "const"


def _is_media(call: Value) -> bool:
    """Whether a response says that it is a picture, a sound or a page: `Response(png, media_type="image/png")`."""
    if _last(call) not in BARE:
        return False
    kinds = [source.data for keyword, source in call.named_arguments if keyword in _KINDS and source.kind == "const"]
    return any(isinstance(kind, str) and "json" not in kind for kind in kinds)


def _last(call: Value) -> str:
    """The last part of the name that a call is written with."""
    function = call.inputs[0][1]
    while function.kind == "call":
        function = function.inputs[0][1]
    return str(function.data).rpartition(".")[2] if function.kind in ("attr", "external") else ""


def long_texts(module: Module) -> Iterator[tuple[int, str]]:
    """The literal texts of several lines in a module, each with its offset: programs that a program writes."""
    for node in module.of_kind(r.Constant):
        if isinstance(node.value, str) and "\n" in node.value:
            yield node.at, node.value

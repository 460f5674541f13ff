"""Checks of data: where the content of an ingestion pipeline is looked at and refused, counted or reported."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from itertools import islice

import msgspec

from mldebt.facts import record
from mldebt.facts.record import Ref, Stmt
from mldebt.flow.body import Body
from mldebt.flow.linking import ScopeKey
from mldebt.flow.types.models import NETWORK_KINDS
from mldebt.flow.value import Value
from mldebt.pipeline.ingestion.check_decorators import CheckDecorators
from mldebt.pipeline.ingestion.ingestion import Ingestion, Ingestions
from mldebt.pipeline.ingestion.logged_counts import LoggedCounts
from mldebt.pipeline.ingestion.samesource import is_table_class
from mldebt.regex import regex

BACK_LIMIT = 80
NEAR = 16
"""Values behind a test that are looked at to learn what it asks."""
FUNCTIONS_LIMIT = 200
DEPTH = 3
MANY_LOADERS = 4
_EXITS = frozenset("sys.exit exit quit os._exit os.abort pytest.fail".split())
_TELLS = regex(r"(^|\.)(print|warn|warning|error|critical|exception|info|log|debug|echo|secho|fail|alert\w*)$")
_BROAD = frozenset({"Exception", "BaseException", "AssertionError"})
_MISSING = frozenset({"KeyError", "IndexError", "ValueError", "TypeError", "UnicodeDecodeError", "AttributeError"})
_TRANSPORT = frozenset("status_code ok status reason headers closed name exists is_file is_dir".split())
"""What an answer or a file says of its own arrival, not of the data."""
_FEATURES = frozenset("columns dtype dtypes shape ndim is_unique is_monotonic_increasing has_duplicates schema".split())
_QUESTIONS = frozenset(
    """isnull isna notnull notna duplicated between isin issubset issuperset isdigit isnumeric isdecimal nunique
    isfinite isnan isclose equals""".split()
)
_RANGES = (("<",), (">",), ("<=",), (">=",))
_NOTHING = (("==",), ("<",), ("<=",), (">=",))
_SOMETHING = ((">",), ("!=",), (">=",))
_NO_REFUSAL = frozenset({"StopIteration", "StopAsyncIteration", "NotImplementedError", "KeyboardInterrupt"})
_SCHEMAS = ("pydantic.", "pandera.", "sqlmodel.", "marshmallow.", "cerberus.")


Content = frozenset[Value]


class Test(msgspec.Struct, frozen=True):
    """Something that may refuse data: an expression that is tested, and whether failing stops the run or is only
    told. `asks`: it must be a question; what a `try` watches for missing keys need not be. `holds`: it says what data
    must be like, as an assertion does, not what it must not. `works`: what tells of it goes on with work that is done
    where it is so."""

    ref: Ref
    stops: bool
    asks: bool = True
    holds: bool = False
    works: bool = False


class Checks:
    """Finds the checks that stand on the way of content."""

    def __init__(self, ingesting: Ingestions) -> None:
        self.ingesting = ingesting
        self.flow = ingesting.flow
        self._decorators = CheckDecorators(ingesting.flow)
        self._logged = LoggedCounts(ingesting.flow)
        self._tests: dict[ScopeKey, tuple[Test, ...]] = {}

    def of(self, ingestion: Ingestion) -> Value | None:
        """The first check on the way of a pipeline's content; a table that a class declares is checked by its
        database."""
        if all(map(self._is_declared_table, ingestion.sources)):
            return ingestion.sources[0]
        waiting = [(ingestion.content, 0), *((params, 1) for params in self._at_ends(ingestion))]
        waiting.append((frozenset(self._kept(ingestion)), DEPTH))
        waiting += [(frozenset({read}), 1) for read in self._read_again(ingestion)]
        seen: set[Value] = set()
        while waiting and len(seen) < FUNCTIONS_LIMIT:
            content, depth = waiting.pop(0)
            for body in _bodies(content):
                if (found := self._in(body, content)) is not None and self._covers(found, ingestion):
                    return found
            decorated = frozenset(self._decorated(content))
            if decorated and not decorated <= seen:
                seen |= decorated
                waiting.append((decorated, 1))
            if depth < DEPTH:
                for params in self._called(content):
                    if not params <= seen:
                        seen |= params
                        waiting.append((params, depth + 1))
        return None

    def _is_declared_table(self, source: Value) -> bool:
        path = self.ingesting.reads.path(source)
        return path is not None and is_table_class(path, self.flow.api(source))

    def _decorated(self, content: Content) -> Iterator[Value]:
        """What a function of the pipeline gives, where a decorator of the repository's own looks at it."""
        for body in _bodies(content):
            if body.scope.decorators and not content.isdisjoint(body.returns.every("value")):
                yield from self.flow.decorations.results_in(body.key)

    def _covers(self, check: Value, ingestion: Ingestion) -> bool:
        """Whether a check speaks for a pipeline: of many loaders, one that checks its own source speaks for itself."""
        loaders = {self.ingesting.units.of(source) for source in ingestion.sources}
        return len(loaders) < MANY_LOADERS or self.ingesting.units.of(check) not in loaders

    def _kept(self, ingestion: Ingestion) -> Iterator[Value]:
        """The instances of the classes that ingest: what their methods ask of them is asked of what they read."""
        units = self.ingesting.units
        for unit in ingestion.units:
            if self.flow.scope(*unit).kind == "class":
                for number in units.inside(unit):
                    body = self.flow.body(unit[0], number)
                    if self.flow.is_method(body.module, number) and body.scope.name != "__init__":
                        yield from islice(body.params.values(), 1)

    def _read_again(self, ingestion: Ingestion) -> Iterator[Value]:
        """Where a class looks into its own sources beside reading them."""
        names = {name for source in ingestion.sources for name in self._names(source)}
        for read in self.ingesting.raw if names else ():
            mine = self.ingesting.units.of(read) in ingestion.units and read not in ingestion.content
            if mine and names & self._names(read):
                yield read

    def _names(self, read: Value) -> set[str]:
        """What a read reads, as the code names it: its path, and the attribute that holds it."""
        reads = self.ingesting.reads
        path = reads.path(read)
        return {reads.name(read), path.name if path is not None and path.kind == "attr" else ""} - {""}

    def _at_ends(self, ingestion: Ingestion) -> Iterator[Content]:
        """What the repository's own training and evaluation get: they may check, too."""
        for end in ingestion.ends:
            if end.value.kind == "call":
                yield from self._entered(end.value, end.visit.value)

    def _called(self, content: Content) -> Iterator[Content]:
        """The parameters of functions that get content, whatever they return."""
        for value in sorted(content, key=lambda each: (each.body.module.index, each.body.number, each.number)):
            for label, user in value.uses:
                if user.kind == "call" and label == "arg":
                    yield from self._entered(user, value)

    def _entered(self, call: Value, value: Value) -> Iterator[Content]:
        for target in self.flow.targets(call):
            key = self.flow.entered(target)
            if key is not None and self.flow.program.modules[key[0]].category == "product":
                steps = self.flow.into_function(value, call, *key, ())
                if steps:
                    yield frozenset(step.value for step in steps)

    # ------------------------------------------------------------------ one body

    def _in(self, body: Body, content: Content) -> Value | None:
        cls = self.flow.program.enclosing_class(body.key)
        if cls is not None and self.ingesting.models.derives(cls, NETWORK_KINDS):
            return None
        training = any(map(self.ingesting.models.trains, body.calls)) or self.ingesting.models.optimizes_in(body)
        for test in self._tests_of(body):
            if training and not test.stops:
                continue  # what a training loop tells is how training goes
            value = body.values.get(test.ref)
            if value is None or not self._comes_from(value, content):
                continue
            if not test.asks or _looks(value, content, test):
                return value
        found = next((call for call in body.calls if self._validates(call, content)), None)
        if found is None:
            told = (call for call in body.calls if not (training and call.loops))
            found = next((call for call in told if self._logged.counts(call, content, self._comes_from)), None)
        return found or self._decorators.of(body, lambda value: self._comes_from(value, content))

    def _validates(self, call: Value, content: Content) -> bool:
        """Whether a schema or an expectation is applied to content."""
        given = [*call.arguments, *([call.receiver] if call.receiver is not None else [])]
        if not any(self._comes_from(value, content) for value in given):
            return False
        if "validates" in self.flow.roles(call):
            return True
        return any(
            isinstance(base, str) and base.startswith(_SCHEMAS)
            for target in self.flow.targets(call)
            if target.kind == "class"
            for base in self.flow.program.ancestry((target.module, target.scope))
        )

    def _comes_from(self, value: Value, content: AbstractSet[Value]) -> bool:
        return any(each in content for each in _back(value))

    # ------------------------------------------------------------------ tests

    def _tests_of(self, body: Body) -> tuple[Test, ...]:
        key = body.key
        if key not in self._tests:
            self._tests[key] = tuple(_Tests(body).of(body.scope.body, caught=False))
        return self._tests[key]


class _Tests:
    """The tests in the statements of one body; `caught`: what is raised here is swallowed around it."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.exprs = body.facts.exprs

    def of(self, statements: Iterable[Stmt], *, caught: bool) -> Iterator[Test]:
        for statement in statements:
            yield from self._one(statement, caught=caught)
            if isinstance(statement, record.Return | record.Raise):
                return  # what follows is never reached

    def _one(self, statement: Stmt, *, caught: bool) -> Iterator[Test]:
        match statement:
            case record.Assert():
                if not caught and not self._is_constant(statement.test):
                    yield Test(statement.test, True, holds=True)
            case record.If():
                yield from self._of_if(statement, caught=caught)
            case record.For() | record.While():
                yield from self.of((*statement.body, *statement.orelse), caught=caught)
            case record.With():
                yield from self.of(statement.body, caught=caught)
            case record.Try():
                yield from self._of_try(statement, caught=caught)
            case _:
                pass

    def _of_if(self, statement: record.If, *, caught: bool) -> Iterator[Test]:
        test = self.exprs[statement.test]
        if isinstance(test, record.Constant) and not test.value:
            yield from self.of(statement.orelse, caught=caught)
            return
        for branch in (statement.body, statement.orelse):
            if any(isinstance(each, record.If) for each in branch[:1]) and branch is statement.orelse:
                continue  # an elif tests for itself
            stops = self._stops(branch)
            if (not caught and stops) or self._tells(branch):
                works = not stops and not all(isinstance(each, record.Evaluate) for each in branch)
                yield Test(statement.test, stops, holds=branch is statement.orelse, works=works)
        yield from self.of(statement.body, caught=caught)
        yield from self.of(statement.orelse, caught=caught)

    def _of_try(self, statement: record.Try, *, caught: bool) -> Iterator[Test]:
        swallows = any(
            self._names(handler) & _BROAD and not self._stops(handler.body) for handler in statement.handlers
        )
        yield from self.of(statement.body, caught=caught or swallows)
        for handler in statement.handlers:
            if self._names(handler) & _MISSING and (self._stops(handler.body) or self._tells(handler.body)):
                yield from (Test(ref, True, asks=False) for ref in self._heads(statement.body))
        yield from self.of((*statement.orelse, *statement.final), caught=caught)

    def _names(self, handler: record.Handler) -> set[str]:
        if handler.type < 0:
            return {"BaseException"}
        node = self.exprs[handler.type]
        refs = node.items if isinstance(node, record.Collection) else (handler.type,)
        return {self.body.module.dotted(ref).rpartition(".")[2] for ref in refs}

    def _heads(self, statements: Iterable[Stmt]) -> Iterator[Ref]:
        """What the statements of a `try` compute, where a wrong shape of the data shows."""
        for statement in statements:
            if isinstance(statement, record.Assign | record.Evaluate | record.Return | record.Augment):
                yield statement.value

    def _stops(self, statements: Iterable[Stmt]) -> bool:
        return any(
            (isinstance(each, record.Raise) and self._raised(each) not in _NO_REFUSAL)
            or (isinstance(each, record.Evaluate) and self._called(each.value) in _EXITS)
            for each in statements
        )

    def _tells(self, statements: Iterable[Stmt]) -> bool:
        return any(
            isinstance(each, record.Evaluate)
            and _TELLS.search(self._called(each.value)) is not None
            and not self._is_output(each.value)
            for each in statements
        )

    def _is_output(self, ref: Ref) -> bool:
        """Whether a `print` writes a file."""
        node = self.exprs[ref]
        return isinstance(node, record.Call) and any(each.keyword == "file" for each in node.arguments)

    def _raised(self, statement: record.Raise) -> str:
        node = self.exprs[statement.value] if statement.value >= 0 else None
        ref = node.function if isinstance(node, record.Call) else statement.value
        return self.body.module.dotted(ref).rpartition(".")[2]

    def _called(self, ref: Ref) -> str:
        node = self.exprs[ref]
        if not isinstance(node, record.Call):
            return ""
        function = self.exprs[node.function]
        dotted = self.body.module.dotted(node.function)
        return dotted or (function.name if isinstance(function, record.Attribute) else "")

    def _is_constant(self, ref: Ref) -> bool:
        return isinstance(self.exprs[ref], record.Constant)


def _looks(value: Value, content: Content, test: Test) -> bool:
    """Whether a test looks at what data is like: its columns, types, counts, gaps, ranges. Whether there is any is no
    check, nor which of several things was asked for; what only tells must ask for more than a value."""
    near = list(islice(_back(value, content), NEAR))
    if any(_is_telling(each, test) for each in near):
        return True
    if test.stops and _is_gathered(value):
        return True
    if test.stops:
        return any(each.kind == "compare" and _compares(each, test) for each in near)
    timed = any(each.kind == "operation" and each.data == "%" for each in near)
    return value.kind == "compare" and value.data in _RANGES and not timed and _compares(value, test)


def _is_telling(value: Value, test: Test) -> bool:
    if value.kind == "attr":
        return value.data in _FEATURES
    if value.kind == "call":
        if value.calls_external("isinstance", "issubclass"):
            return True
        return value.function.kind == "attr" and value.function.data in _QUESTIONS
    if value.kind == "compare":
        sides = value.every("operand")
        if value.data in (("in",), ("not in",)):
            return sides[0].kind == "const"
        return any(side.calls_external("len") for side in sides) and not _is_emptiness(value, test)
    return False


def _compares(value: Value, test: Test) -> bool:
    """Whether a comparison is about what a value is like, not about which one it is or whether it is there."""
    sides = value.every("operand")
    if value.data in (("is",), ("is not",)) or any(
        side.kind == "const" and isinstance(side.data, str) for side in sides
    ):
        return False
    return not (any(side.calls_external("len") for side in sides) and _is_emptiness(value, test))


def _is_emptiness(value: Value, test: Test) -> bool:
    """Whether a length is compared to learn whether anything is there at all; a list that must be empty may be one of
    faults."""
    little = any(side.kind == "const" and side.data in (0, 1) for side in value.every("operand"))
    return little and (test.works or value.data in (_SOMETHING if test.holds else _NOTHING))


def _is_gathered(value: Value) -> bool:
    """Whether a value is a list or set that was put together here: of faults, when it is refused."""
    versions = [value, *value.every("value")] if value.kind == "phi" else [value]
    return any(each.kind in ("mutate", "comprehension", "collection") for each in versions)


def _bodies(content: Iterable[Value]) -> list[Body]:
    """The bodies that values stand in, in order of place."""
    found = {value.body.key: value.body for value in content}
    return [body for _, body in sorted(found.items())]


def _back(value: Value, known: Content = frozenset()) -> Iterator[Value]:
    """A value and what it was made from in its own body, the nearest first, as far as to what is known; what an answer
    says of its arrival ends the way."""
    waiting, seen = deque([value]), {value}
    while waiting and len(seen) < BACK_LIMIT:
        each = waiting.popleft()
        if each.kind == "attr" and each.data in _TRANSPORT:
            continue
        yield each
        if each in known:
            continue
        for _, source in each.inputs:
            if source not in seen:
                seen.add(source)
                waiting.append(source)

"""Rows lost without a trace: lines that a reader skips, errors that are swallowed, loops that stop early."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from mldebt.facts import record as r
from mldebt.flow.body import Body
from mldebt.flow.calls.words import keyword, says
from mldebt.flow.conditions.made_anew import is_made_anew
from mldebt.flow.module import ScopeKey
from mldebt.flow.scopes.names import all_followed, assigned_names, blocks, statements, variable_of
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

_BROAD = frozenset({"Exception", "BaseException"})
_NO_KEY = _BROAD | {"KeyError", "LookupError"}
_REACHED = frozenset({"==", ">", ">="})
ROWS_LIMIT = 80
_NOTHING = "returns nothing"
_PASSED = "is passed over"
_ASKS_FOR_NONE = frozenset({"is", "=="})
_MISSING = frozenset({"isna", "isnull", "isnan"})
_COLUMNS = (1, "columns")
FIELDS = 3
"""So many fields a row has at least whose number tells whether it was split as it should be."""


class Lost(NamedTuple):
    """A place at which rows are lost, the work on rows there, and what happens, in words; a loop that stops early may
    mean to. `what` says what is lost where it is no row: a value stays what it was set to before, a part of a row is
    not there."""

    at: int
    work: Value
    text: str
    is_sure: bool
    what: str = "Rows are lost"


def skipping(flow: Flow, call: Value) -> str:
    """The option by which a reader skips rows that it cannot parse and says nothing; "" when it does not."""
    if "reads" not in flow.roles(call):
        return ""
    for name, lost in (("on_bad_lines", "skip"), ("ignore_errors", True), ("mode", "DROPMALFORMED")):
        if any(source.kind == "const" and source.data == lost for source in keyword(call, name)):
            return f"{name}={lost!r}"
    quiet = [name for name in ("error_bad_lines", "warn_bad_lines") if says(call, name, told=False)]
    return "error_bad_lines=False, warn_bad_lines=False" if len(quiet) == 2 else ""


class Losses:
    """Finds them. `content` are the values that read rows and work on them; `workers` the functions that hold such."""

    def __init__(self, flow: Flow, content: Collection[Value], min_rows: int) -> None:
        self.flow = flow
        self.min_rows = min_rows
        self._content: dict[Body, list[Value]] = {}
        for value in sorted(content, key=lambda value: (*value.body.key, value.at, value.number)):
            self._content.setdefault(value.body, []).append(value)
        self._workers = {body.key for body in self._content if body.number}

    # ------------------------------------------------------------------ errors and loops

    def of(self, body: Body) -> Iterator[Lost]:
        """What a body swallows, and where it stops before the end."""
        for statement, end in _placed(body.scope):
            if isinstance(statement, r.Try):
                yield from self._swallowed(body, statement, statement.at, end)
            elif isinstance(statement, r.For):
                yield from self._stopped(body, statement, statement.at, end)
        yield from self._malformed(body)

    def _notes(self, call: Value) -> bool:
        return call.calls_method("append", "add") or call.calls_external("print") or "logs" in self.flow.roles(call)

    def _malformed(self, body: Body) -> Iterator[Lost]:
        """Rows that a comprehension leaves out as they have another number of fields: a reader split them wrongly."""
        for node in body.nodes:
            fields = _fields(node) if node.kind == "comprehension" else 0
            if not fields or any("logs" in self.flow.roles(call) for call in body.calls):
                continue
            work = self._read(node.every("iterable")[0])
            if work is not None:
                yield Lost(node.at, work, f"those without {fields} fields are left out", True)

    def _read(self, rows: Value) -> Value | None:
        """What reads rows, or works on them, on the way to a value."""
        for visit in self.flow.walk(rows, self.flow.back, limit=ROWS_LIMIT):
            if visit.value in self._content.get(visit.value.body, ()):
                return visit.value
        return None

    def _swallowed(self, body: Body, attempt: r.Try, start: int, end: int) -> Iterator[Lost]:
        if (_is_one_of_several(body, attempt) and end < body.scope.end) or _notes_how_it_went(body, attempt):
            return
        raises = isinstance(_block_of(body.scope, attempt)[-1], r.Raise)
        for handler in attempt.handlers:
            what = _silent(body, handler) if _catches(body, handler, _BROAD) else ""
            if what == _NOTHING and is_made_anew(self.flow, body):
                continue
            if what == _PASSED and raises:
                continue  # it was about the words of an error
            if what == _PASSED and (_only_leaves_columns(body, attempt) or self._is_told_after(body, attempt, end)):
                continue
            work = self._work(body, start, handler.at) if what else None
            if what == _PASSED and work is not None and self._notes_about(body, attempt, work, end):
                continue
            if work is not None:
                yield Lost(handler.at, work, f"any error {what}", True, _lost(body, attempt, what == _PASSED, end))

    def _notes_about(self, body: Body, attempt: r.Try, work: Value, end: int) -> bool:
        """Whether an attempt only puts something that it does not read anew under keys of one object: that lacks a note
        about itself, and no row."""
        facts = body.facts
        if work.loops or "reads" in self.flow.roles(work) or not all(_is_noting(facts, each) for each in attempt.body):
            return False
        set_ = [each.targets for each in statements(attempt.body) if isinstance(each, r.Assign)]
        later = {node.id for node in facts.exprs if isinstance(node, r.Name) and end <= node.at < body.scope.end}
        return any(_is_under_key(facts, ref) for refs in set_ for ref in refs) and later.isdisjoint(
            assigned_names(facts, attempt.body)
        )

    def _is_told_after(self, body: Body, attempt: r.Try, end: int) -> bool:
        """Whether a test that comes after an attempt asks whether what it sets is there, and counts or tells the rows
        where it is not."""
        names = assigned_names(body.facts, attempt.body)
        rounds = [after for loop, after in _placed(body.scope) if _goes_on(loop) and loop.at < attempt.at < after]
        last = min(rounds, default=body.scope.end)
        later = (each for each in statements(body.scope.body) if isinstance(each, r.If) and end <= each.at < last)
        return any(self._tells(body, block) for each in later for block in _where_missing(body.facts, each, names))

    def _tells(self, body: Body, block: Sequence[r.Stmt]) -> bool:
        """Whether statements count, log, raise, or note something down."""
        for statement in statements(tuple(block)):
            if isinstance(statement, r.Augment | r.Raise):
                return True
            call = body.values.get(statement.value) if isinstance(statement, r.Evaluate) else None
            if call is not None and call.kind == "call" and self._notes(call):
                return True
        return False

    def _stopped(self, body: Body, loop: r.For, start: int, end: int) -> Iterator[Lost]:
        for statement in loop.body:
            if not (isinstance(statement, r.If) and len(statement.body) == 1 and not statement.orelse):
                continue
            leaves = statement.body[0]
            limit = self._limit(body.values.get(statement.test))
            if limit and isinstance(leaves, r.Jump) and leaves.kind == "break":
                work = self._work(body, start, end)
                if work is not None:
                    yield Lost(statement.at, work, f"the loop stops after {limit} rows", False)

    def _limit(self, test: Value | None) -> str:
        """The literal number of rows at which a test ends a loop."""
        if test is None or test.kind != "compare" or len(test.inputs) != 2 or not set(test.data) <= _REACHED:  # type: ignore[call-overload]
            return ""
        counter, limit = (source for _, source in test.inputs)
        counts = counter.kind in ("item", "phi", "element", "operation") and counter.loops
        number = limit.data if limit.kind == "const" else None
        is_number = isinstance(number, int) and not isinstance(number, bool)
        return str(number) if counts and is_number and number >= self.min_rows else ""  # type: ignore[operator]

    def _work(self, body: Body, start: int, end: int) -> Value | None:
        """Work on rows between two offsets, here or in a function that is called there."""
        for value in self._content.get(body, ()):
            if start <= value.at < end:
                return value
        for call in body.calls:
            used = any(label != "call" for label, _ in call.uses)
            if start <= call.at < end and used and self._calls_worker(call):
                return call
        return None

    def _calls_worker(self, call: Value) -> bool:
        keys: set[ScopeKey] = {t.key for t in self.flow.targets(call) if t.kind == "func" and not t.guessed}
        return not keys.isdisjoint(self._workers)


def _fields(comprehension: Value) -> int:
    """The number of fields that rows must have to be kept as they are; 0 where it is not asked."""
    kept = comprehension.every("element")
    waiting = comprehension.every("condition")
    while waiting and len(kept) == 1 and kept[0].kind == "element":
        test = waiting.pop()
        if test.kind == "operation" and test.data == "and":
            waiting += test.every("operand")
        operands = test.every("operand") if test.kind == "compare" and test.data == ("==",) else []
        number = next((each.data for each in operands if each.kind == "const"), None)
        counted = any(each.calls_external("len") and each.arguments == kept for each in operands)
        if counted and isinstance(number, int) and number >= FIELDS:
            return number
    return 0


def _goes_on(statement: r.Stmt) -> bool:
    return isinstance(statement, r.For | r.While)


def _where_missing(facts: r.FileFacts, branch: r.If, names: Collection[str]) -> Iterator[Sequence[r.Stmt]]:
    """The blocks that run where one of some variables holds nothing: `if not day:`, `if day is None:`, and the other
    way round `if day: … else:`."""
    asked = set(_asked(facts, branch.test))
    if any(missing and name in names for name, missing in asked):
        yield branch.body
    if any(not missing and name in names for name, missing in asked):
        yield branch.orelse


def _asked(facts: r.FileFacts, test: r.Ref, *, missing: bool = False) -> Iterator[tuple[str, bool]]:
    """The variables that a test asks for, each with whether it asks that they hold nothing."""
    node = facts.exprs[test]
    if isinstance(node, r.Operation) and node.operator in ("not", "and", "or"):
        for operand in node.operands:
            yield from _asked(facts, operand, missing=missing ^ (node.operator == "not"))
    elif isinstance(node, r.Comparison) and len(node.operators) == 1:
        other = facts.exprs[node.operands[1]]
        if isinstance(other, r.Constant) and other.value is None:
            yield variable_of(facts, node.operands[0]), missing ^ (node.operators[0] in _ASKS_FOR_NONE)
    elif isinstance(node, r.Call) and len(node.arguments) == 1:
        function = facts.exprs[node.function]
        if isinstance(function, r.Attribute) and function.name in _MISSING:
            yield variable_of(facts, node.arguments[0].value), not missing
    else:
        yield variable_of(facts, test), missing


def _lost(body: Body, attempt: r.Try, goes_on: bool, end: int) -> str:
    """What is lost where an attempt fails: a row; but only a part of it where the attempt adds to what is there, and
    goes on without."""
    if goes_on and (_only_sets(body, attempt, end) or _only_counts_up(body.facts, attempt.body)):
        return "A value keeps its default"
    adds = goes_on and bool(attempt.body) and _is_adding(body, attempt.body[-1])
    return (
        "Fields of rows are lost"
        if adds and all(_is_setting(body.facts, each) for each in attempt.body[:-1])
        else "Rows are lost"
    )


def _only_leaves_columns(body: Body, attempt: r.Try) -> bool:
    """Whether all that is tried is to leave columns out, which need not be there:
    `rows = rows.drop(columns=["index"])`, `rows = rows.remove_columns(["index"])`."""
    return bool(attempt.body) and all(_leaves_columns(body, each) for each in attempt.body)


def _leaves_columns(body: Body, statement: r.Stmt) -> bool:
    if not isinstance(statement, r.Assign | r.Evaluate) or not _is_method_of_name(body.facts, statement.value):
        return False
    call = body.values.get(statement.value)
    if call is None or call.kind != "call":
        return False
    by_column = bool(keyword(call, "columns")) or any(says(call, "axis", told=told) for told in _COLUMNS)
    return call.calls_method("remove_columns") or (call.calls_method("drop") and by_column)


def _is_method_of_name(facts: r.FileFacts, ref: r.Ref) -> bool:
    """Whether a call is of a method of a variable, so that nothing else is done in it."""
    node = facts.exprs[ref]
    function = facts.exprs[node.function] if isinstance(node, r.Call) else None
    return isinstance(function, r.Attribute) and bool(facts.name(function.value))


def _is_adding(body: Body, statement: r.Stmt) -> bool:
    """Whether a statement adds fields to what is there: `row.update(prices)`, `row["price"] = price`."""
    if isinstance(statement, r.Assign):
        return _is_noting(body.facts, statement) and any(_is_under_key(body.facts, each) for each in statement.targets)
    call = body.values.get(statement.value) if isinstance(statement, r.Evaluate) else None
    return call is not None and call.calls_method("update")


def _only_sets(body: Body, attempt: r.Try, end: int) -> bool:
    """Whether an attempt only gives another value to what was set before it: to a literal, or to whatever it needs that
    is read after it."""
    before = [each for each in statements(body.scope.body) if isinstance(each, r.Assign) and each.at < attempt.at]
    literals = {name for each in before if _is_literal(body.facts.exprs[each.value]) for name in _targets(body, each)}
    names = assigned_names(body.facts, attempt.body)
    if not names.isdisjoint(literals) and all(_is_setting(body.facts, each) for each in statements(attempt.body)):
        return True
    later = {node.id for node in body.facts.exprs if isinstance(node, r.Name) and end <= node.at < body.scope.end}
    needed = names & later
    set_ = [each for each in before if not _is_nothing(body, each.value)]
    return body.number > 0 and bool(needed) and needed <= {name for each in set_ for name in _targets(body, each)}


def _only_counts_up(facts: r.FileFacts, block: Sequence[r.Stmt]) -> bool:
    """Whether statements only add to what stands at places of something that is there: `table.loc[row, tag] += 1`."""
    return bool(block) and all(
        _only_counts_up(facts, each.body)
        if isinstance(each, r.For)
        else isinstance(each, r.Augment) and isinstance(facts.exprs[each.target], r.Subscript)
        for each in block
    )


def _targets(body: Body, assign: r.Assign) -> set[str]:
    return {variable_of(body.facts, target) for target in assign.targets}


def _is_setting(facts: r.FileFacts, statement: r.Stmt) -> bool:
    """Whether a statement sets variables, or only decides which are set."""
    if isinstance(statement, r.Assign):
        return all(isinstance(facts.exprs[target], r.Name) for target in statement.targets)
    return isinstance(statement, r.If | r.Import)


def _is_noting(facts: r.FileFacts, statement: r.Stmt) -> bool:
    """Whether a statement puts something under a literal key, on whatever condition, or gets it ready."""
    if isinstance(statement, r.If):
        return all(_is_noting(facts, each) for each in (*statement.body, *statement.orelse))
    targets = statement.targets if isinstance(statement, r.Assign) else ()
    return bool(targets) and all(facts.name(target) or _is_under_key(facts, target) for target in targets)


def _is_under_key(facts: r.FileFacts, target: r.Ref) -> bool:
    node = facts.exprs[target]
    return isinstance(node, r.Subscript) and isinstance(facts.exprs[node.index], r.Constant)


def _is_literal(node: r.Node) -> bool:
    return isinstance(node, r.Constant) and node.value is not None


def _is_one_of_several(body: Body, attempt: r.Try) -> bool:
    """Whether nothing more is done once an attempt succeeds, or where it finds what it looks for: what comes after it
    is another way to the same."""
    last = attempt.body[-1] if attempt.body else None
    if isinstance(last, r.Return) or (isinstance(last, r.Jump) and last.kind == "break"):
        return True
    return _gives(body, attempt.body) and not any(
        _goes_on(each) and each.at < attempt.at < end for each, end in _placed(body.scope)
    )


def _gives(body: Body, block: Sequence[r.Stmt]) -> bool:
    """Whether statements end the function with a result, in one of their branches at least."""
    for statement in block:
        if isinstance(statement, r.Return) and statement.value >= 0 and not _is_nothing(body, statement.value):
            return True
        if isinstance(statement, r.If) and (_gives(body, statement.body) or _gives(body, statement.orelse)):
            return True
        if isinstance(statement, r.With) and _gives(body, statement.body):
            return True
    return False


def _notes_how_it_went(body: Body, attempt: r.Try) -> bool:
    """Whether what is tried first stands in a report as failed, and says there in the end that it went well."""
    before = (each for each in statements(body.scope.body) if each.at < attempt.at)
    noted = {name for each in before for name in (*_noted(body, each), *_filled(body, each))}
    return any(name in noted for each in attempt.body for name in _noted(body, each))


def _noted(body: Body, statement: r.Stmt) -> Iterator[str]:
    """The variables under a key of which a statement puts a word: `report[name] = "failed"`."""
    exprs = body.facts.exprs
    if not isinstance(statement, r.Assign) or not isinstance(exprs[statement.value], r.Constant):
        return
    for ref in statement.targets:
        target = exprs[ref]
        holder = exprs[target.value] if isinstance(target, r.Subscript) else None
        if isinstance(holder, r.Name):
            yield holder.id


def _filled(body: Body, statement: r.Stmt) -> Iterator[str]:
    """The variables that a statement fills with one word for every key: `report = {name: "failed" for name in names}`,
    `dict([name, "failed"] for name in names)`, `dict.fromkeys(names, "failed")`."""
    made = body.values.get(statement.value) if isinstance(statement, r.Assign) else None
    if made is None or not isinstance(statement, r.Assign):
        return
    if made.calls_external("dict"):
        words = [pair.inputs[-1][1] for each in made.arguments for pair in each.every("element") if pair.inputs]
    else:
        words = made.arguments[1:] if made.calls_external("dict.fromkeys") else made.every("element")
    if words and all(word.kind == "const" and isinstance(word.data, str) for word in words):
        yield from (variable_of(body.facts, target) for target in statement.targets)


def is_caught(value: Value) -> bool:
    """Whether something else is taken where a key is not there: `try: rate = settings["rate"]`, `except KeyError: rate
    = 0.1`."""
    body = value.body
    return any(
        _catches(body, handler, _NO_KEY) and not _set(body, each.body).isdisjoint(_set(body, handler.body))
        for each in statements(body.scope.body)
        if isinstance(each, r.Try) and each.handlers and each.at <= value.at < each.handlers[0].at
        for handler in each.handlers
    )


def _set(body: Body, block: Sequence[r.Stmt]) -> set[str]:
    """The variables and attributes that the statements of a block set."""
    assigned = (each.targets for each in block if isinstance(each, r.Assign))
    return {variable_of(body.facts, target) for targets in assigned for target in targets} - {""}


def _catches(body: Body, handler: r.Handler, errors: Collection[str]) -> bool:
    if handler.type < 0:
        return True
    node = body.facts.exprs[handler.type]
    kinds = node.items if isinstance(node, r.Collection) else (handler.type,)
    return any(body.module.dotted(kind) in errors for kind in kinds)


def _silent(body: Body, handler: r.Handler) -> str:
    """What a handler does when it does nothing else: goes on, stops or hands back nothing."""
    if len(handler.body) != 1:
        return ""
    only = handler.body[0]
    if isinstance(only, r.Jump):
        return {"pass": _PASSED, "continue": "skips the row", "break": "ends the loop"}[only.kind]
    if isinstance(only, r.Return) and (only.value < 0 or _is_nothing(body, only.value)):
        return _NOTHING
    return ""


def _is_nothing(body: Body, ref: int) -> bool:
    node = body.facts.exprs[ref]
    if isinstance(node, r.Constant):
        return node.value is None
    return (isinstance(node, r.Collection) and not node.items) or (isinstance(node, r.Dictionary) and not node.values)


def _block_of(scope: r.Scope, statement: r.Stmt) -> Sequence[r.Stmt]:
    """The statements that a statement of a scope stands among."""
    inner = (part for each in statements(scope.body) for part, _ in blocks(each, scope.end))
    return next((part for part in inner if statement in part), scope.body)


def _placed(scope: r.Scope) -> Iterator[tuple[r.Stmt, int]]:
    """Every statement of a scope, nested ones too, each with the offset of what follows it."""
    return all_followed(scope.body, scope.end)

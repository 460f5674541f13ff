"""Errors that are swallowed where rows are worked on: an attempt fails, and the row is passed over without a word."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from mldebt.facts import record as r
from mldebt.flow.body import Body
from mldebt.flow.calls.words import keyword, last_name, says
from mldebt.flow.conditions.made_anew import is_made_anew
from mldebt.flow.rows.lost import Lost
from mldebt.flow.rows.surroundings import Surroundings, is_nothing, noted
from mldebt.flow.scopes.names import assigned_names, statements, variable_of
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

_BROAD = frozenset({"Exception", "BaseException"})
_NO_KEY = _BROAD | {"KeyError", "LookupError"}
_NOTHING = "returns nothing"
_PASSED = "is passed over"
_SKIPS, _MAY_SKIP = "skips the row", "may skip the row"
_SKIPPING = (_SKIPS, _MAY_SKIP)
_COLUMNS = (1, "columns")

Work = Callable[[int, int], Value | None]


class Swallowed:
    """Finds them in one body. `work` says what work on rows stands between two offsets of it, `gathering` what is
    fetched there row by row."""

    def __init__(self, flow: Flow, body: Body, around: Surroundings, work: Work, gathering: Work) -> None:
        self._flow = flow
        self._body = body
        self._facts = body.facts
        self._around = around
        self._work = work
        self._gathering = gathering

    def by(self, attempt: r.Try, end: int) -> Iterator[Lost]:
        """What the handlers of an attempt swallow; what follows it stands at `end`."""
        if (self._is_one_of_several(attempt) and end < self._body.scope.end) or self._notes_how_it_went(attempt):
            return
        raises = isinstance(self._around.block(attempt)[-1], r.Raise)
        for handler in attempt.handlers:
            what = self._silent(handler) if _catches(self._body, handler, _BROAD) else ""
            if what == _NOTHING and is_made_anew(self._flow, self._body):
                continue
            if what == _PASSED and raises:
                continue  # it was about the words of an error
            if what == _PASSED and (_only_leaves_columns(self._body, attempt) or self._is_told_after(attempt, end)):
                continue
            work = self._work(attempt.at, handler.at) if what else None
            if work is None and what in _SKIPPING:
                work = self._gathering(*self._around.round(attempt))
            if what == _PASSED and work is not None and self._notes_about(attempt, work, end):
                continue
            if work is not None:
                yield Lost(handler.at, work, f"any error {what}", True, self._lost(attempt, what == _PASSED, end))

    def _silent(self, handler: r.Handler) -> str:
        """What a handler does when it does nothing else but wait: goes on, stops or hands back nothing; or what one of
        its branches does."""
        *before, only = handler.body
        if not all(map(self._waits, before)):
            return _MAY_SKIP if self._skips(handler.body) else ""
        if isinstance(only, r.Jump):
            return {"pass": _PASSED, "continue": _SKIPS, "break": "ends the loop"}[only.kind]
        if isinstance(only, r.Return) and (only.value < 0 or is_nothing(self._facts, only.value)):
            return _NOTHING
        return _MAY_SKIP if self._skips(handler.body) else ""

    def _waits(self, statement: r.Stmt) -> bool:
        """Whether a statement only lets time go by before the next try: `time.sleep(3)`."""
        call = self._body.values.get(statement.value) if isinstance(statement, r.Evaluate) else None
        return call is not None and call.kind == "call" and last_name(call) == "sleep"

    def _skips(self, block: Sequence[r.Stmt]) -> bool:
        """Whether a branch of what handles an error does nothing but go on to the next row, and nothing told of the
        error before."""
        for place, statement in enumerate(block):
            inner: tuple[Sequence[r.Stmt], ...] = ()
            if isinstance(statement, r.If):
                inner = (statement.body, statement.orelse)
            elif isinstance(statement, r.Try):
                inner = (statement.body,)
            for branch in filter(None, inner):
                goes_on = isinstance(statement, r.If) and self._only_goes_on(branch)
                if (goes_on or self._skips(branch)) and not self._tells(block[:place]):
                    return True
        return False

    def _only_goes_on(self, branch: Sequence[r.Stmt]) -> bool:
        *before, last = branch
        return isinstance(last, r.Jump) and last.kind == "continue" and all(map(self._waits, before))

    def _is_one_of_several(self, attempt: r.Try) -> bool:
        """Whether nothing more is done once an attempt succeeds, or where it finds what it looks for: what comes after
        it is another way to the same."""
        last = attempt.body[-1] if attempt.body else None
        if isinstance(last, r.Return) or (isinstance(last, r.Jump) and last.kind == "break"):
            return True
        return _gives(self._facts, attempt.body) and not self._around.loops(attempt)

    def _notes_how_it_went(self, attempt: r.Try) -> bool:
        """Whether what is tried first stands in a report as failed, and says there in the end that it went well."""
        names = (name for each in attempt.body for name in noted(self._facts, each))
        return any(self._around.is_noted_before(attempt, name) for name in names)

    def _notes_about(self, attempt: r.Try, work: Value, end: int) -> bool:
        """Whether an attempt only puts something that it does not read anew under keys of one object: that lacks a note
        about itself, and no row."""
        facts = self._facts
        reads = "reads" in self._flow.roles(work)
        if work.loops or reads or not all(_is_noting(facts, each) for each in attempt.body):
            return False
        set_ = (ref for each in statements(attempt.body) if isinstance(each, r.Assign) for ref in each.targets)
        names = assigned_names(facts, attempt.body)
        return any(_is_under_key(facts, ref) for ref in set_) and not any(
            self._around.is_named_from(end, name) for name in names
        )

    def _is_told_after(self, attempt: r.Try, end: int) -> bool:
        """Whether a test that comes after an attempt asks whether what it sets is there, and counts or tells the rows
        where it is not."""
        names = assigned_names(self._facts, attempt.body)
        last = min(self._around.loops(attempt), default=self._body.scope.end)
        return any(map(self._tells, self._around.where_missing(names, end, last)))

    def _tells(self, block: Sequence[r.Stmt]) -> bool:
        """Whether statements count, log, raise, or note something down."""
        for statement in statements(tuple(block)):
            if isinstance(statement, r.Augment | r.Raise):
                return True
            call = self._body.values.get(statement.value) if isinstance(statement, r.Evaluate) else None
            if call is not None and call.kind == "call" and self._notes(call):
                return True
        return False

    def _notes(self, call: Value) -> bool:
        return call.calls_method("append", "add") or call.calls_external("print") or "logs" in self._flow.roles(call)

    def _lost(self, attempt: r.Try, goes_on: bool, end: int) -> str:
        """What is lost where an attempt fails: a row; but only a part of it where the attempt adds to what is there,
        and goes on without."""
        if goes_on and (self._only_sets(attempt, end) or _only_counts_up(self._facts, attempt.body)):
            return "A value keeps its default"
        adds = goes_on and bool(attempt.body) and _is_adding(self._body, attempt.body[-1])
        only_adds = adds and all(_is_setting(self._facts, each) for each in attempt.body[:-1])
        return "Fields of rows are lost" if only_adds else "Rows are lost"

    def _only_sets(self, attempt: r.Try, end: int) -> bool:
        """Whether an attempt only gives another value to what was set before it: to a literal, or to whatever it needs
        that is read after it."""
        around, facts = self._around, self._facts
        names = assigned_names(facts, attempt.body)
        has_literal = any(around.is_literal_before(attempt, name) for name in names)
        if has_literal and all(_is_setting(facts, each) for each in statements(attempt.body)):
            return True
        needed = [name for name in names if around.is_named_from(end, name)]
        is_set = bool(needed) and all(around.is_set_before(attempt, name) for name in needed)
        return self._body.number > 0 and is_set


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


def _only_counts_up(facts: r.FileFacts, block: Sequence[r.Stmt]) -> bool:
    """Whether statements only add to what stands at places of something that is there: `table.loc[row, tag] += 1`."""
    return bool(block) and all(
        _only_counts_up(facts, each.body)
        if isinstance(each, r.For)
        else isinstance(each, r.Augment) and isinstance(facts.exprs[each.target], r.Subscript)
        for each in block
    )


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


def _gives(facts: r.FileFacts, block: Sequence[r.Stmt]) -> bool:
    """Whether statements end the function with a result, in one of their branches at least."""
    for statement in block:
        if isinstance(statement, r.Return) and statement.value >= 0 and not is_nothing(facts, statement.value):
            return True
        if isinstance(statement, r.If) and (_gives(facts, statement.body) or _gives(facts, statement.orelse)):
            return True
        if isinstance(statement, r.With) and _gives(facts, statement.body):
            return True
    return False

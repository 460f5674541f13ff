"""What stands around the statements of a body, before and after them; each is gone through once for all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cached_property

from mldebt.facts import record as r
from mldebt.flow.body import Body
from mldebt.flow.scopes.names import Block, all_followed, blocks, statements, variable_of

_ASKS_FOR_NONE = frozenset({"is", "=="})
_MISSING = frozenset({"isna", "isnull", "isnan"})


class Surroundings:
    """Of one body. Offsets are those of its file; what follows a statement stands at an offset, too."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self._facts = body.facts
        self.placed = tuple(all_followed(body.scope.body, body.scope.end))
        """Every statement, nested ones too, the outer ones first, each with the offset of what follows it."""

    @cached_property
    def _every(self) -> list[r.Stmt]:
        return statements(self._body.scope.body)

    # ------------------------------------------------------------------ around

    def loops(self, statement: r.Stmt) -> list[int]:
        """The offsets of what follows the loops that a statement stands in."""
        return [after for loop, after in self._loops if loop.at < statement.at < after]

    def round(self, statement: r.Stmt) -> tuple[int, int]:
        """Where the innermost loop begins that a statement stands in, and what follows it; of none, nothing."""
        spans = ((loop.at, after) for loop, after in self._loops if loop.at < statement.at < after)
        return max(spans, default=(statement.at, statement.at))

    @cached_property
    def _loops(self) -> list[tuple[r.Stmt, int]]:
        return [each for each in self.placed if isinstance(each[0], r.For | r.While)]

    def block(self, statement: r.Stmt) -> Block:
        """The statements that a statement stands among."""
        return self._blocks.get(id(statement), self._body.scope.body)

    @cached_property
    def _blocks(self) -> dict[int, Block]:
        inner = (part for each in self._every for part, _ in blocks(each, self._body.scope.end))
        return {id(statement): part for part in inner for statement in part}

    # ------------------------------------------------------------------ before

    def is_set_before(self, statement: r.Stmt, name: str) -> bool:
        """Whether a variable is given something before a statement; nothing and what is empty do not count."""
        return self._set.get(name, statement.at) < statement.at

    def is_literal_before(self, statement: r.Stmt, name: str) -> bool:
        """Whether a variable is set to a literal before a statement."""
        return self._literal.get(name, statement.at) < statement.at

    def is_noted_before(self, statement: r.Stmt, name: str) -> bool:
        """Whether a word is put under keys of a variable before a statement."""
        return self._noted.get(name, statement.at) < statement.at

    @cached_property
    def _set(self) -> dict[str, int]:
        return _first((each, self._targets(each)) for each in self._assigns if not is_nothing(self._facts, each.value))

    @cached_property
    def _literal(self) -> dict[str, int]:
        exprs = self._facts.exprs
        return _first((each, self._targets(each)) for each in self._assigns if _is_literal(exprs[each.value]))

    @cached_property
    def _noted(self) -> dict[str, int]:
        return _first((each, (*noted(self._facts, each), *self._filled(each))) for each in self._assigns)

    @cached_property
    def _assigns(self) -> list[r.Assign]:
        return [each for each in self._every if isinstance(each, r.Assign)]

    def _targets(self, assign: r.Assign) -> list[str]:
        return [variable_of(self._facts, target) for target in assign.targets]

    def _filled(self, assign: r.Assign) -> list[str]:
        """The variables that a statement fills with one word for every key: `report = {name: "failed" for name in
        names}`, `dict([name, "failed"] for name in names)`, `dict.fromkeys(names, "failed")`."""
        made = self._body.values.get(assign.value)
        if made is None:
            return []
        if made.calls_external("dict"):
            words = [pair.inputs[-1][1] for each in made.arguments for pair in each.every("element") if pair.inputs]
        else:
            words = made.arguments[1:] if made.calls_external("dict.fromkeys") else made.every("element")
        is_filled = words and all(word.kind == "const" and isinstance(word.data, str) for word in words)
        return self._targets(assign) if is_filled else []

    # ------------------------------------------------------------------ after

    def is_named_from(self, offset: int, name: str) -> bool:
        """Whether the body names a variable there or later."""
        return self._last_named.get(name, -1) >= offset

    @cached_property
    def _last_named(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for node in self._facts.exprs:
            if isinstance(node, r.Name) and node.at < self._body.scope.end:
                found[node.id] = max(node.at, found.get(node.id, -1))
        return found

    def where_missing(self, names: Iterable[str], start: int, end: int) -> Iterator[Block]:
        """The blocks that run where one of some variables holds nothing, of the tests between two offsets:
        `if not day:`, `if day is None:`, and the other way round `if day: … else:`."""
        return (block for name in names for at, block in self._missing.get(name, ()) if start <= at < end)

    @cached_property
    def _missing(self) -> dict[str, list[tuple[int, Block]]]:
        found: dict[str, list[tuple[int, Block]]] = {}
        for branch in (each for each in self._every if isinstance(each, r.If)):
            for name, missing in _asked(self._facts, branch.test):
                found.setdefault(name, []).append((branch.at, branch.body if missing else branch.orelse))
        return found


def is_nothing(facts: r.FileFacts, ref: r.Ref) -> bool:
    """Whether an expression is None, or an empty list or dict that is written down."""
    node = facts.exprs[ref]
    if isinstance(node, r.Constant):
        return node.value is None
    return (isinstance(node, r.Collection) and not node.items) or (isinstance(node, r.Dictionary) and not node.values)


def noted(facts: r.FileFacts, statement: r.Stmt) -> Iterator[str]:
    """The variables under a key of which a statement puts a word: `report[name] = "failed"`."""
    exprs = facts.exprs
    if not isinstance(statement, r.Assign) or not isinstance(exprs[statement.value], r.Constant):
        return
    for ref in statement.targets:
        target = exprs[ref]
        holder = exprs[target.value] if isinstance(target, r.Subscript) else None
        if isinstance(holder, r.Name):
            yield holder.id


def _first(named: Iterable[tuple[r.Stmt, Collection[str]]]) -> dict[str, int]:
    """Where each name comes first."""
    found: dict[str, int] = {}
    for statement, names in named:
        for name in names:
            found[name] = min(statement.at, found.get(name, statement.at))
    return found


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


def _is_literal(node: r.Node) -> bool:
    return isinstance(node, r.Constant) and node.value is not None

"""Which variables statements bind or change, told by their text alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mldebt.facts import record as r

Block = tuple[r.Stmt, ...]

_RUN_AS = frozenset({"__main__", "__mp_main__"})
"""The names under which a module is run, by itself or by a worker."""

_BLOCKS: dict[type, Callable[[Any], tuple[Block, ...]]] = {
    r.If: lambda node: (node.body, node.orelse),
    r.For: lambda node: (node.body, node.orelse),
    r.While: lambda node: (node.body, node.orelse),
    r.With: lambda node: (node.body,),
    r.Try: lambda node: (node.body, *(handler.body for handler in node.handlers), node.orelse, node.final),
    r.Match: lambda node: tuple(case.body for case in node.cases),
}
_TARGETS: dict[type, Callable[[Any], tuple[r.Ref, ...]]] = {
    r.Assign: lambda node: node.targets,
    r.Annotate: lambda node: (node.target,),
    r.Augment: lambda node: (node.target,),
    r.Delete: lambda node: node.targets,
    r.For: lambda node: (node.target,),
}


def assigned_names(facts: r.FileFacts, block: Block) -> set[str]:
    """The variables that statements bind, nested ones included."""
    names: set[str] = set()
    for statement in statements(block):
        kind = statement.__class__
        if kind in _TARGETS:
            for ref in _TARGETS[kind](statement):
                _bind(facts, ref, names)
        elif isinstance(statement, r.With):
            for item in statement.items:
                _bind(facts, item.target, names)
        elif isinstance(statement, r.Match):
            names.update(name for case in statement.cases for name in case.captures)
    return names


def declared_global(block: Block) -> set[str]:
    """The names that statements declare global, nested ones included."""
    return _declared(block, "global")


def declared_nonlocal(block: Block) -> set[str]:
    """The names that statements declare to be those of a function around, nested ones included."""
    return _declared(block, "nonlocal")


def _declared(block: Block, kind: str) -> set[str]:
    declared = [each.names for each in statements(block) if each.__class__ is r.Declare and each.kind == kind]
    return {name for names in declared for name in names}


def changed_names(facts: r.FileFacts, block: Block) -> set[str]:
    """The variables that statements bind, store into or mutate; what a loop must join at its head."""
    names = assigned_names(facts, block)
    for statement in statements(block):
        names.update(_mutated(facts, getattr(statement, "value", getattr(statement, "test", -1))))
        for ref in _targets(statement):
            names.update(_stored_into(facts, ref))
    return names


def says_never(facts: r.FileFacts, test: r.Ref) -> bool:
    """Whether a test is written so that it never holds: `if False`, `if 0`, `if False and rows`, a misspelt guard."""
    node = facts.exprs[test]
    if isinstance(node, r.Operation) and node.operator == "and":
        return any(says_never(facts, each) for each in node.operands)
    if isinstance(node, r.Comparison):
        return _is_misspelt_guard(facts, node)
    return isinstance(node, r.Constant) and node.value is not None and not node.value and node.value != ""


def _is_misspelt_guard(facts: r.FileFacts, test: r.Comparison) -> bool:
    """Whether a test asks if a module runs under a name that none has: `if __name__ == "__main__off"`."""
    sides = [facts.exprs[ref] for ref in test.operands]
    names = [each.value for each in sides if isinstance(each, r.Constant) and isinstance(each.value, str)]
    is_guard = any(isinstance(each, r.Name) and each.id == "__name__" for each in sides)
    return (
        is_guard
        and test.operators == ("==",)
        and any(name[:1] == "_" and "main" in name for name in names if name not in _RUN_AS)
    )


def variable_of(facts: r.FileFacts, ref: r.Ref) -> str:
    """The variable that an expression reads: "rows", "self.rows"; "" for anything deeper."""
    node = facts.exprs[ref]
    if isinstance(node, r.Name):
        return node.id
    if isinstance(node, r.Attribute):
        base = facts.exprs[node.value]
        if isinstance(base, r.Name):
            return f"{base.id}.{node.name}"
    return ""


def outer_variable_of(facts: r.FileFacts, ref: r.Ref) -> str:
    """The variable at the root of `rows[key]`, `rows[key].parts` or `rows.setdefault(key, [])`."""
    found = outer_ref_of(facts, ref)
    return variable_of(facts, found) if found >= 0 else ""


def outer_ref_of(facts: r.FileFacts, ref: r.Ref) -> r.Ref:
    """Where that variable is read in such an expression; -1 where there is none."""
    while not variable_of(facts, ref):
        node = facts.exprs[ref]
        if isinstance(node, r.Call):
            node = facts.exprs[node.function]
            if not isinstance(node, r.Attribute):
                return -1
        elif not isinstance(node, r.Subscript | r.Attribute):
            return -1
        ref = node.value
    return ref


def owner_of(facts: r.FileFacts, ref: r.Ref) -> r.Ref:
    """The object whose attributes an expression gives as a dict: `self.__dict__`, `vars(self)`; -1 for any other."""
    node = facts.exprs[ref]
    if isinstance(node, r.Attribute) and node.name == "__dict__":
        return node.value
    function = facts.exprs[node.function] if isinstance(node, r.Call) and len(node.arguments) == 1 else None
    is_asked = isinstance(function, r.Name) and function.id == "vars"
    return node.arguments[0].value if is_asked and isinstance(node, r.Call) else -1


def statements(block: Block) -> list[r.Stmt]:
    """All statements of a block, those of the blocks in it too."""
    found: list[r.Stmt] = []
    for statement in block:
        found.append(statement)
        if statement.__class__ in _BLOCKS:
            for inner in _BLOCKS[statement.__class__](statement):
                found += statements(inner)
    return found


def blocks(statement: r.Stmt, end: int) -> list[tuple[Block, int]]:
    """The blocks in a statement, each with the offset of what follows it; after the last comes what is at `end`."""
    inner = _BLOCKS.get(statement.__class__)
    found = [part for part in inner(statement) if part] if inner is not None else []
    return list(zip(found, [*(part[0].at for part in found[1:]), end], strict=False))


def followed(block: Block, end: int) -> Iterator[tuple[r.Stmt, int]]:
    """The statements of a block, each with the offset of what follows it."""
    return zip(block, [*(statement.at for statement in block[1:]), end], strict=False)


def all_followed(block: Block, end: int) -> Iterator[tuple[r.Stmt, int]]:
    """The same with the statements of the blocks in it, the outer ones first."""
    waiting = [(block, end)]
    while waiting:
        for statement, after in followed(*waiting.pop()):
            yield statement, after
            waiting += blocks(statement, after)


def _targets(statement: r.Stmt) -> tuple[r.Ref, ...]:
    targets = _TARGETS.get(statement.__class__)
    return targets(statement) if targets is not None else ()


def _bind(facts: r.FileFacts, ref: r.Ref, names: set[str]) -> None:
    """Add the variables that a target binds."""
    node = facts.exprs[ref] if ref >= 0 else None
    if isinstance(node, r.Name):
        names.add(node.id)
    elif isinstance(node, r.Collection):
        for item in node.items:
            _bind(facts, item, names)
    elif isinstance(node, r.Starred):
        _bind(facts, node.value, names)


def _mutated(facts: r.FileFacts, ref: r.Ref) -> Iterator[str]:
    """The variables that a call may change, also where it is a test: its receiver and its arguments."""
    node = facts.exprs[ref] if ref >= 0 else None
    while isinstance(node, r.Await) or (isinstance(node, r.Operation) and node.operator == "not"):
        node = facts.exprs[node.value if isinstance(node, r.Await) else node.operands[0]]
    if isinstance(node, r.Comprehension):
        yield from _mutated(facts, node.element)
    if not isinstance(node, r.Call):
        return
    function = facts.exprs[node.function]
    if _is_map(facts, node):
        function = facts.exprs[node.arguments[0].value]
    found = [outer_variable_of(facts, function.value)] if isinstance(function, r.Attribute) else []
    found.extend(variable_of(facts, argument.value) for argument in node.arguments)
    found.extend(variable_of(facts, told) for _, told in told_together(facts, node))
    yield from filter(None, found)
    for argument in node.arguments:
        given = facts.exprs[argument.value]
        is_told = isinstance(given, r.Call) and (_is_map(facts, given) or bool(told_together(facts, given)))
        if isinstance(given, r.Comprehension) or is_told:  # `any(found.append(row) for row in rows)`
            yield from _mutated(facts, argument.value)


def told_together(facts: r.FileFacts, call: r.Call) -> list[tuple[int, r.Ref]]:
    """What a call tells the function that a thread is to run, each with the place of the argument in which it stands:
    `Thread(target=work, args=(row, found))`, `Thread(target=work, kwargs={"row": row, "found": found})`."""
    found: list[tuple[int, r.Ref]] = []
    for place, argument in enumerate(call.arguments):
        given = facts.exprs[argument.value] if argument.keyword in ("args", "kwargs") else None
        if isinstance(given, r.Collection):
            found += [(place, each) for each in given.items]
        elif isinstance(given, r.Dictionary):
            found += [(place, each) for each in given.values]
    return found


def _is_map(facts: r.FileFacts, call: r.Call) -> bool:
    """`map(found.append, rows)`: what it is given first is called."""
    function = facts.exprs[call.function]
    return isinstance(function, r.Name) and function.id == "map" and bool(call.arguments)


def _stored_into(facts: r.FileFacts, ref: r.Ref) -> Iterator[str]:
    """The variables whose object gets a new item or attribute."""
    node = facts.exprs[ref] if ref >= 0 else None
    if isinstance(node, r.Attribute):
        variable = variable_of(facts, ref)
        if variable:
            yield variable
            yield variable.partition(".")[0]
        else:
            yield from _stored_into(facts, node.value)
    elif isinstance(node, r.Subscript):
        variable = outer_variable_of(facts, node.value)
        if variable:
            yield variable
    elif isinstance(node, r.Collection):
        for item in node.items:
            yield from _stored_into(facts, item)

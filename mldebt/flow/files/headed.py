"""Looks at a file that only decide how it is begun: the first run writes a header, each run after it goes on below."""

from __future__ import annotations

from mldebt.facts import record as r
from mldebt.flow.body import Body
from mldebt.flow.calls.words import last_name
from mldebt.flow.sameness import arguments
from mldebt.flow.scopes.names import all_followed, blocks
from mldebt.flow.value import Value

_LOOKS = frozenset({"exists", "isfile", "is_file"})
_HANDED_ON = frozenset({"operation", "phi", "same"})
_WAY = 3

Span = tuple[int, int]


def heads(asked: Value) -> bool:
    """Whether a look at a file says no more than whether a header is written: `header=not os.path.exists(path)`."""
    return last_name(asked) in _LOOKS and bool(asked.uses) and _only_heads(asked, _WAY)


def other_way(asked: Value, write: Value) -> Span | None:
    """Where the file is begun that a write goes on with, where a look at it decides between the two alone:
    `if os.path.exists(path): rows.to_csv(path, mode="a")`, `else: rows.to_csv(path)`."""
    if last_name(asked) not in _LOOKS:
        return None
    for statement, end in all_followed(write.body.scope.body, write.body.scope.end):
        if isinstance(statement, r.If) and statement.orelse and _asks(write.body, statement.test, asked):
            (first, then), (last, after) = ((block[0].at, until) for block, until in blocks(statement, end))
            if first <= write.at < then:
                return last, after
            if last <= write.at < after:
                return first, then
    return None


def _only_heads(value: Value, way: int) -> bool:
    return all(
        (user.kind == "call" and any(given is value and name == "header" for name, given in arguments(user)))
        or (way > 0 and user.kind in _HANDED_ON and bool(user.uses) and _only_heads(user, way - 1))
        for _, user in value.uses
    )


def _asks(body: Body, test: r.Ref, asked: Value) -> bool:
    value = body.values.get(test)
    if value is not None and value.kind == "operation" and value.data == "not":
        value = value.every("operand")[0]
    return value is asked

"""Arrays and sparse matrices whose numbers the code writes down, at places that it chooses."""

from __future__ import annotations

from mldebt.flow.idioms import last_name, root
from mldebt.flow.orders.list_versions import filled, versions
from mldebt.flow.scores.bonuses import number
from mldebt.flow.value import Value

DEPTH = 6
_FORMS = frozenset("tocsr tocsc tocoo tolil toarray todense copy astype reshape ravel flatten squeeze to float".split())
"""Methods that give the same numbers in another form."""
_SPARSE = tuple(f"scipy.sparse.{kind}_{form}" for kind in ("csr", "csc", "coo") for form in ("matrix", "array"))
_EMPTY = (
    *(f"scipy.sparse.{kind}_{form}" for kind in ("lil", "dok") for form in ("matrix", "array")),
    *(f"{library}.{name}" for library in ("numpy", "torch") for name in ("zeros", "zeros_like", "ones", "ones_like")),
)
_ALIKE = ("numpy.ones", "numpy.full", "torch.ones", "torch.full")
_SCALARS = frozenset({"const", "param", "attr", "global", "free", "item"})


def is_written_array(value: Value) -> bool:
    """`csr_matrix(([1] * 3, (rows, columns)))`, with or without a factor; `bonus = zeros_like(scores)` with
    `bonus[fresh] = 0.3` after it."""
    for _ in range(DEPTH):
        parts = value.every("operand") if value.kind == "operation" and value.data == "*" else []
        arrays = [part for part in parts if part.kind not in _SCALARS]
        if len(parts) == 2 and len(arrays) == 1:
            value = arrays[0]
        elif value.kind == "call" and value.receiver is not None and last_name(value.function) in _FORMS:
            value = value.receiver
        else:
            break
    if value.calls_external(*_SPARSE):
        given = value.arguments[0] if value.arguments else value
        parts = given.every("item") if given.kind == "collection" and given.data == "tuple" else []
        return len(parts) == 2 and parts[1].kind == "collection" and _are_numbers(parts[0])
    value = filled(value)
    put = [each for each in versions(value) if each.kind == "store"] if value.kind in ("store", "phi") else []
    return bool(put) and root(value).calls_external(*_EMPTY) and all(map(_puts_number, put))


def _are_numbers(data: Value) -> bool:
    """Whether all that a matrix is filled with is written down."""
    data = filled(data)
    if data.kind == "mutate":
        added = [each for each in versions(data) if each.kind == "mutate"]
        return all(each.data == "append" and _is_number(each.every("arg")[:1]) for each in added)
    if data.kind == "operation" and data.data == "*":
        return any(map(_are_numbers, data.every("operand")))
    if data.kind == "collection":
        items = data.every("item")
        return bool(items) and len(items) == len(data.inputs) and all(_is_number([item]) for item in items)
    return data.calls_external(*_ALIKE)


def _puts_number(store: Value) -> bool:
    return isinstance(store.data, tuple) and _is_number(store.every("value")[:1])


def _is_number(values: list[Value]) -> bool:
    return bool(values) and number(values[0]) is not None

"""What a value is called in a text about the code."""

from __future__ import annotations

from mldebt.flow.idioms import last_name, read_name
from mldebt.flow.value import Value
from mldebt.regex import regex

COMPUTED = "a computed value"
WRITTEN_DEPTH = 4
WRITTEN_LENGTH = 50


_HUMP = regex(r"(?<=[a-z0-9])(?=[A-Z])")


def parted(name: str) -> str:
    """A name whose humps are parted as other names' words are: `get_Hit_Ratio` of `getHitRatio`."""
    return _HUMP.sub("_", name)


def in_words(value: Value) -> str:
    """The name under which a value is read, or else the expression as it is written."""
    if value.kind == "attr" or read_name(value):
        return repr(read_name(value) or value.data)
    if value.kind == "call":
        name = last_name(value.function)
        return f"{name}()" if name else COMPUTED
    if value.kind in ("item", "compare", "operation", "free", "global"):
        text = _written(value)
        return text if text and len(text) <= WRITTEN_LENGTH else COMPUTED
    names = sorted(value.body.names_of(value))
    return repr(names[0]) if names else COMPUTED


def _written(value: Value, depth: int = 0) -> str:
    """An expression of names, items, attributes and comparisons as Python text; "" for anything else."""
    if depth > WRITTEN_DEPTH:
        return ""
    if value.kind in ("passed", "same"):
        return _written(value.source, depth + 1)
    if value.kind in ("compare", "operation"):
        return _joined(value, [_written(part, depth + 1) for part in value.every("operand")])
    if value.kind in ("free", "global"):
        return value.variable[1]
    return repr(value.data) if value.kind == "const" else _read(value, depth)


def _joined(value: Value, parts: list[str]) -> str:
    """An operator between, or before, its operands."""
    if not parts or not all(parts):
        return ""
    if isinstance(value.data, tuple):
        rest = (f" {sign} {part}" for sign, part in zip(value.data, parts[1:], strict=False))
        return parts[0] + "".join(rest)
    if len(parts) == 1:
        return f"not {parts[0]}" if value.data == "not" else f"{value.data}{parts[0]}"
    return f" {value.data} ".join(parts)


def _read(value: Value, depth: int) -> str:
    if value.kind == "param":
        return value.name
    holder = _written(value.source, depth + 1) if value.kind in ("attr", "item") else ""
    if value.kind == "attr":
        return f"{holder}.{value.name}" if holder else ""
    key = value.one("key")
    place = repr(value.data) if value.data is not None else _written(key, depth + 1) if key is not None else ""
    return f"{holder}[{place}]" if holder and place else ""

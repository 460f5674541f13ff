"""Functions that clean a text for a model."""

from __future__ import annotations

from mldebt.flow.idioms import last_name, root
from mldebt.flow.module import ScopeKey
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

DEPTH = 12
_CHANGES = frozenset({"sub", "subn", "lower", "casefold", "upper", "replace", "translate", "unescape", "normalize"})
_KEEPS = _CHANGES | frozenset(
    "strip lstrip rstrip join split str get_text fix_text removeprefix removesuffix encode decode".split()
)
_ASKS = frozenset({"predicts", "fits", "reads", "loads", "embeds", "calls_llm", "serves"})


class Cleaning:
    """Answers per function, given once."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._known: dict[ScopeKey, bool] = {}

    def is_cleaning(self, unit: ScopeKey) -> bool:
        """Whether a function gives a text that it is given, changed by methods of texts and by patterns."""
        found = self._known.get(unit)
        if found is None:
            found = self._known[unit] = self._cleans(unit)
        return found

    def steps(self, unit: ScopeKey) -> frozenset[tuple[str, tuple[object, ...]]]:
        """What a function does to a text: the methods and patterns, with their literals."""
        calls = self._flow.body(*unit).calls
        told = (
            (last_name(call.function), [each.data for each in call.arguments if each.kind == "const"]) for call in calls
        )
        return frozenset((name, tuple(literals)) for name, literals in told if name in _KEEPS - {"str"})

    def _cleans(self, unit: ScopeKey) -> bool:
        scope = self._flow.scope(*unit)
        if scope.kind != "function" or not scope.parameters:
            return False
        body = self._flow.body(*unit)
        if any(self._flow.roles(call) & _ASKS for call in body.calls):
            return False
        given = [result for result in body.returns.every("value") if result.kind != "const"]
        changed = {last_name(call.function) for call in body.calls} & _CHANGES
        return len(changed) > 0 and bool(given) and all(_is_text(result, 0) for result in given)


def _is_text(value: Value, depth: int) -> bool:
    """Whether a value is what methods of texts, or patterns, made of a parameter."""
    value = root(value)
    if value.kind == "phi":
        return depth < DEPTH and any(_is_text(each, depth + 1) for each in value.every("value") if each is not value)
    if value.kind != "call" or last_name(value.function) not in _KEEPS or depth > DEPTH:
        return False
    given = [value.receiver, *value.arguments] if value.function.kind == "attr" else value.arguments
    return any(each is not None and (_is_given(each) or _is_text(each, depth + 1)) for each in given)


def _is_given(value: Value) -> bool:
    value = root(value)
    if value.kind == "comprehension":
        return any(map(_is_given, value.every("iterable")))
    return value.kind == "param" or (value.kind == "call" and value.calls_external("str") and bool(value.arguments))

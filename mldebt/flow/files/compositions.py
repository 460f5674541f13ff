"""Texts that a program puts together, with holes where it does not say what stands there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from mldebt.flow.idioms import last_name
from mldebt.flow.steps import Stack
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

Parts = tuple[str | Value, ...]
"""A text, piece by piece; a value stands for a piece that is not known."""
VISIT_LIMIT = 150
ALTERNATIVES = 8
_PERCENT = regex(r"%(?:\((?P<name>\w+)\))?[sdri]")
_BRACES = regex(r"\{(?P<name>\w*)(?:![rsa])?(?::[^{}]*)?\}")
_AS_IT_IS = frozenset("text SQL dedent cleandoc str Composed".split())
_TRIMMING = frozenset("strip lstrip rstrip lower upper format_map as_string encode params bindparams columns".split())


class Compositions:
    """Puts texts together, each question within its own bounds."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow

    def of(self, value: Value, stack: Stack = ()) -> list[Parts]:
        """The texts that a value may be; one hole when nothing is known."""
        return _Composing(self._flow).of(value, stack)


class _Composing:
    """One text under way."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._left = VISIT_LIMIT
        self._open: set[Value] = set()
        self._by_kind: dict[str, Callable[[Value, Stack], list[Parts]]] = {
            **dict.fromkeys(("phi", "choice", "return"), self._any),
            **dict.fromkeys(("same", "passed", "param", "global", "free", "attr", "item"), self._elsewhere),
            "const": lambda value, _stack: [(str(value.data),)] if isinstance(value.data, str | int) else [],
            "template": self._template,
            "operation": self._operation,
            "call": self._call,
        }

    def of(self, value: Value, stack: Stack) -> list[Parts]:
        """The texts that a value may be."""
        compose = self._by_kind.get(value.kind)
        self._left -= 1
        if compose is None or self._left < 0 or value in self._open:
            return [(value,)]
        self._open.add(value)
        found = compose(value, stack)
        self._open.discard(value)
        return found[:ALTERNATIVES] or [(value,)]

    def _one_after_the_other(self, pieces: list[list[Parts]]) -> list[Parts]:
        found: list[Parts] = [()]
        for alternatives in pieces:
            found = [(*before, *after) for before in found for after in alternatives][:ALTERNATIVES]
        return found

    # ------------------------------------------------------------------ by the kind of the value

    def _any(self, value: Value, stack: Stack) -> list[Parts]:
        sources = (source for source in value.every("value") if source not in self._open)
        return [parts for source in sources for parts in self.of(source, stack)]

    def _elsewhere(self, value: Value, stack: Stack) -> list[Parts]:
        steps = [step for step in self._flow.back(value, stack) if step.label != "object"]
        return [parts for step in steps[:ALTERNATIVES] for parts in self.of(step.value, step.stack)]

    def _template(self, value: Value, stack: Stack) -> list[Parts]:
        holes = iter(value.every("part"))
        pieces = (self._literal(text) if text is not None else self.of(next(holes), stack) for text in value.texts)
        return self._one_after_the_other(list(pieces))

    def _literal(self, text: str) -> list[Parts]:
        return [(text,)]

    def _operation(self, value: Value, stack: Stack) -> list[Parts]:
        operands = value.every("operand")
        if value.data == "+":
            return self._one_after_the_other([self.of(operand, stack) for operand in operands])
        if value.data != "%" or len(operands) != 2:
            return []
        given = operands[1].every("item") if operands[1].kind in ("collection", "dict") else [operands[1]]
        keys = operands[1].keys if operands[1].kind == "dict" else range(len(given))
        return self._filled(operands[0], _PERCENT, dict(zip(keys, given, strict=False)), stack)

    def _call(self, call: Value, stack: Stack) -> list[Parts]:
        name, receiver, arguments = last_name(call.function), call.receiver, call.arguments
        if name == "format" and receiver is not None:
            given = enumerate(call.named_arguments)
            return self._filled(receiver, _BRACES, {key or at: source for at, (key, source) in given}, stack)
        if name == "join" and receiver is not None and arguments:
            return self._joined(receiver, arguments[0], stack)
        if name in _TRIMMING and receiver is not None:
            return self.of(receiver, stack)
        if name in _AS_IT_IS and arguments:
            return self.of(arguments[0], stack)
        steps = [step for step in self._flow.back(call, stack) if step.label == "returned"]
        return [parts for step in steps for parts in self.of(step.value, step.stack)]

    # ------------------------------------------------------------------ fillings

    def _joined(self, separator: Value, pieces: Value, stack: Stack) -> list[Parts]:
        if pieces.kind != "collection" or pieces.data == "set" or pieces.every("spread"):
            return []
        between = self.of(separator, stack)
        found: list[list[Parts]] = []
        for piece in pieces.every("item"):
            found.extend([between, self.of(piece, stack)] if found else [self.of(piece, stack)])
        return self._one_after_the_other(found)

    def _filled(self, text: Value, marks: re.Pattern[str], given: dict[object, Value], stack: Stack) -> list[Parts]:
        """A text with marks for what is filled in."""
        found: list[Parts] = []
        for parts in self.of(text, stack):
            pieces: list[list[Parts]] = []
            for part in parts:
                pieces.extend(self._marked(part, marks, given, stack) if isinstance(part, str) else [[(part,)]])
            found.extend(self._one_after_the_other(pieces))
        return found

    def _marked(
        self, text: str, marks: re.Pattern[str], given: dict[object, Value], stack: Stack
    ) -> Iterator[list[Parts]]:
        end = 0
        for number, mark in enumerate(marks.finditer(text)):
            yield [(text[end : mark.start()],)]
            name = mark["name"]
            source = given.get(int(name) if name and name.isdigit() else name or number)
            yield self.of(source, stack) if source is not None else [(mark[0],)]
            end = mark.end()
        yield [(text[end:],)]

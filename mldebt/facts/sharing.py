"""Names and numbers of many files, each held once.

What is decoded brings every name and every place as an object of its own, though most names of a repository are written
again and again, and all files count from the same zero: half of what the facts take.
"""

from __future__ import annotations

from sys import intern
from typing import Final

import msgspec

from mldebt.facts.record import Attribute, Call, Constant, FileFacts, Name

_put: Final = msgspec.structs.force_setattr
"""What is put in place equals what was there: nobody can tell, but by what it takes."""


class Sharing:
    """What the files that were shared so far hold."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}

    def share(self, facts: FileFacts) -> FileFacts:
        """The same facts, with the names and places that earlier ones have. Those are shared that there are many of:
        each costs a moment."""
        number = self._numbers.setdefault
        for node in facts.exprs:
            _put(node, "at", number(node.at, node.at))
            if node.__class__ is Name:
                _put(node, "id", intern(node.id))
            elif node.__class__ is Attribute:
                _put(node, "name", intern(node.name))
                _put(node, "value", number(node.value, node.value))
            elif node.__class__ is Constant:
                if node.value.__class__ is str:
                    _put(node, "value", intern(node.value))
            elif node.__class__ is Call:
                self._share_call(node)
        self._share_names(facts)
        _put(facts, "lines", tuple([number(line, line) for line in facts.lines]))
        return facts

    def _share_call(self, call: Call) -> None:
        number = self._numbers.setdefault
        _put(call, "end", number(call.end, call.end))
        _put(call, "function", number(call.function, call.function))
        for argument in call.arguments:
            _put(argument, "value", number(argument.value, argument.value))
            if argument.keyword:
                _put(argument, "keyword", intern(argument.keyword))

    def _share_names(self, facts: FileFacts) -> None:
        """The names of what is called, imported and defined."""
        number = self._numbers.setdefault
        for callee in facts.callees:
            _put(callee, "call", number(callee.call, callee.call))
            _put(callee, "name", intern(callee.name))
        for binding in facts.imports:
            for field in ("name", "module", "attribute", "imported"):
                _put(binding, field, intern(getattr(binding, field)))
        for scope in facts.scopes:
            _put(scope, "name", intern(scope.name))
            for parameter in scope.parameters:
                _put(parameter, "name", intern(parameter.name))

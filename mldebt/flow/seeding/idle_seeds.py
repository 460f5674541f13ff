"""Seeds that code declares and nothing uses: a constant, a parameter, a command-line option."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt.facts import record as r
from mldebt.flow.body import Body
from mldebt.flow.calls.words import keyword, last_name
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

_SEED_VARIABLE = regex(
    r"^_?(random_|global_|manual_|rand_|np_|torch_|default_)?(seed|random_state)(_value|_num)?$", re.IGNORECASE
)


class IdleSeeds:
    """Finds them, one function or script at a time."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    def of(self, body: Body) -> Iterator[Value]:
        """Seeds that a function or script declares and nothing uses: a constant, a parameter, a command-line option."""
        for value, names in body.named.items():
            if value.uses or not any(_SEED_VARIABLE.match(name) for name in names):
                continue
            if value.kind == "const" and isinstance(value.data, int) and not isinstance(value.data, bool):
                if body.number or not any(self.flow.global_reads(body.module.index, name) for name in names):
                    yield value
            elif value.kind == "param" and not self._read_inside(body, str(value.data)):
                yield value
        for call in body.calls:
            if last_name(call) == "add_argument" and (option := self._option(call)) and not self._read_anywhere(option):
                yield call

    def _read_inside(self, body: Body, name: str) -> bool:
        return any(
            read.data[1] == name  # type: ignore[index]
            for child in self.flow.children(body.module.index, body.number)
            for read in self.flow.body(body.module.index, child).free_reads
        )

    def _option(self, call: Value) -> str:
        """The attribute that a command-line option for a seed is read by."""
        named = [source.data for source in keyword(call, "dest") if source.kind == "const"]
        named += [
            source.data for _, source in call.inputs[1:] if source.kind == "const" and str(source.data)[:2] == "--"
        ]
        name = str(named[0]).lstrip("-").replace("-", "_") if named else ""
        return name if _SEED_VARIABLE.match(name) else ""

    def _read_anywhere(self, option: str) -> bool:
        if self.flow.attribute_scopes(option):
            return True
        return any(_may_read(node, option) for module in self.flow.program.modules for node in module.facts.exprs)


def _may_read(node: r.Expr, option: str) -> bool:
    """Whether an expression may read an option by its name, or all options at once."""
    if isinstance(node, r.Constant):
        return node.value == option
    if isinstance(node, r.Name):
        return node.id == "vars"
    return isinstance(node, r.Attribute) and node.name == "__dict__"

"""Offsets of nodes from libcst's own code generator: the slow way, for a tree that the walk could not account for."""

from __future__ import annotations

import libcst as cst
from libcst._nodes.internal import CodegenState


def node_offsets(module: cst.Module, start: int = 0) -> dict[cst.CSTNode, int]:
    """Where each node starts, its parentheses and leading lines included."""
    state = _CountingState(default_indent=module.default_indent, default_newline=module.default_newline)
    state.offset = start
    module._codegen(state)  # noqa: SLF001  # what libcst's own position provider calls
    return state.offsets


class _CountingState(CodegenState):
    def __init__(self, default_indent: str, default_newline: str) -> None:
        super().__init__(default_indent, default_newline)
        self.offset = 0
        self.offsets: dict[cst.CSTNode, int] = {}

    def before_codegen(self, node: cst.CSTNode) -> None:
        self.offsets[node] = self.offset

    def add_token(self, value: str) -> None:
        self.tokens.append(value)
        self.offset += len(value)

    def add_indent_tokens(self) -> None:
        self.tokens.extend(self.indent_tokens)
        self.offset += sum(map(len, self.indent_tokens))

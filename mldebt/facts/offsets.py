"""Offsets of nodes from libcst's own code generator: the slow way, for a tree that the walk could not account for."""

from __future__ import annotations

from bisect import bisect_right

import libcst as cst
from libcst._nodes.internal import CodegenState


def node_offsets(module: cst.Module, text: str, start: int = 0) -> dict[cst.CSTNode, int]:
    """Where each node starts in the text, its parentheses and leading lines included. libcst loses some line
    continuations, so its code is laid beside the text."""
    state = _CountingState(default_indent=module.default_indent, default_newline=module.default_newline)
    module._codegen(state)  # noqa: SLF001  # what libcst's own position provider calls
    code_at, shifts = _shifts("".join(state.tokens), text, start)
    return {node: at + shifts[bisect_right(code_at, at) - 1] for node, at in state.offsets.items()}


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


def _shifts(code: str, text: str, start: int) -> tuple[list[int], list[int]]:
    """Offsets in the code from which on the text is so many characters ahead."""
    code_at, shifts = [0], [start]
    here, there = 0, start
    while here < len(code) and there < len(text):
        if code[here] == text[there]:
            here += 1
            there += 1
            continue
        if text[there] == "#":
            line_end = text.find("\n", there)
            there = len(text) if line_end < 0 else line_end
        elif text[there].isspace() or text[there] == "\\":
            there += 1
        elif code[here].isspace():
            here += 1
        else:
            break
        if code_at[-1] == here:
            shifts[-1] = there - here
        else:
            code_at.append(here)
            shifts.append(there - here)
    return code_at, shifts

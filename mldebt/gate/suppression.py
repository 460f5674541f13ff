"""Comments in the code that silence a finding: `# mldebt: ignore[MLD401] because …`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import msgspec

from mldebt.facts.record import FileFacts
from mldebt.finding import Hit, Location
from mldebt.outcome import Suppression, SuppressionState
from mldebt.regex import regex
from mldebt.rulebook import Rule

_COMMENT = regex(r"#\s*mldebt:\s*ignore\s*\[([^\]]*)\]([^#]*)")
TO_FILL = "TO FILL"
"""Stands for a reason that nobody has given yet, and is none."""

_NO_WORDS = " \t\r\n:;,.-–—"


Line = tuple[int, int | None, int | None]
"""A line of a file and, in a notebook, its cell and the line in that: some writers put a whole cell on one line."""


class IgnoreComment(msgspec.Struct, frozen=True, kw_only=True):
    """One comment: where it stands, the lines (as findings count them) of which it speaks, the rules as it names them,
    and the reason it gives."""

    location: Location
    lines: tuple[Line, ...]
    rules: tuple[str, ...]
    reason: str


def ignore_comments(path: str, facts: FileFacts) -> tuple[IgnoreComment, ...]:
    """The comments of a file. One that stands alone on its line speaks of the next line too."""
    found = []
    code_lines: set[int] = set()
    for comment in facts.comments:
        match = _COMMENT.search(comment.text)
        if not match:
            continue
        code_lines = code_lines or {facts.position(expr.at)[0] for expr in facts.exprs}
        line, column = facts.position(comment.at)
        lines = (line,) if line in code_lines else (line, line + 1)
        found.append(
            IgnoreComment(
                location=_location(path, facts, line, column, comment.text),
                lines=tuple(_file_line(facts, number) for number in lines),
                rules=tuple(word for part in match[1].split(",") if (word := part.strip())),
                reason=match[2].replace(TO_FILL, "").strip(_NO_WORDS),
            )
        )
    return tuple(found)


def silence(
    hits: Sequence[tuple[Rule, Hit]],
    comments: Mapping[str, Sequence[IgnoreComment]],
    *,
    known: Mapping[str, str],
    asked: Collection[str],
    require_reason: Callable[[str], bool] = lambda _: False,
) -> tuple[frozenset[int], tuple[Suppression, ...]]:
    """The positions of the hits that comments silence, and the account of every comment.

    `known` leads from ids and names of rules (in lower case) to ids, `asked` are the rules that have answered: only of
    those can be said that a comment silences nothing. `require_reason` says of a path whether a reason is needed."""
    places: dict[tuple[str, Line, str], list[int]] = {}
    for index, (rule, hit) in enumerate(hits):
        at = hit.location
        places.setdefault((at.path, (at.line, at.cell, at.cell_line), rule.id), []).append(index)
    silenced: set[int] = set()
    account: list[Suppression] = []
    for path, comment, word in _each_word(comments):
        rule_id = known.get(word.lower(), "")
        met = [index for line in comment.lines for index in places.get((path, line, rule_id), ())]
        lacks_reason = not comment.reason and require_reason(path)
        if not lacks_reason:
            silenced.update(met)
        account.append(
            Suppression(
                location=comment.location,
                rule_id=rule_id or word,
                reason=comment.reason,
                state=_state(rule_id, met, asked, lacks_reason=lacks_reason),
            )
        )
    return frozenset(silenced), tuple(account)


def _each_word(comments: Mapping[str, Sequence[IgnoreComment]]) -> Iterator[tuple[str, IgnoreComment, str]]:
    for path in sorted(comments):
        for comment in comments[path]:
            for word in comment.rules:
                yield path, comment, word


def _state(rule_id: str, met: list[int], asked: Collection[str], *, lacks_reason: bool) -> SuppressionState:
    if not rule_id:
        return SuppressionState.UNKNOWN_RULE
    if lacks_reason:
        return SuppressionState.NO_REASON
    if met:
        return SuppressionState.USED
    return SuppressionState.UNUSED if rule_id in asked else SuppressionState.UNJUDGED


def _location(path: str, facts: FileFacts, line: int, column: int, text: str) -> Location:
    if 0 < line <= len(facts.cells):
        cell = facts.cells[line - 1]
        return Location(path=path, line=cell.raw_line, column=column, snippet=text, cell=cell.cell, cell_line=cell.line)
    return Location(path=path, line=line, column=column, snippet=text)


def _file_line(facts: FileFacts, line: int) -> Line:
    if not 0 < line <= len(facts.cells):
        return line, None, None
    cell = facts.cells[line - 1]
    return cell.raw_line, cell.cell, cell.line

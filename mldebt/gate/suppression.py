"""Comments in the code that silence a finding: `# mldebt: ignore[MLD401] because …`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mldebt.facts.record import FileFacts

_COMMENT = re.compile(r"#\s*mldebt:\s*ignore\s*\[([^\]]*)\]")


def suppressions(facts: FileFacts) -> Mapping[int, frozenset[str]]:
    """Rule ids by the line (of the file, as findings count it) on which they are silenced. A comment that stands alone
    speaks of the next line."""
    found: dict[int, frozenset[str]] = {}
    code_lines: set[int] = set()
    for comment in facts.comments:
        match = _COMMENT.search(comment.text)
        if not match:
            continue
        code_lines = code_lines or {facts.position(expr.at)[0] for expr in facts.exprs}
        line = facts.position(comment.at)[0]
        ids = frozenset(word.strip().upper() for word in match[1].split(",") if word.strip())
        for silenced in (line,) if line in code_lines else (line, line + 1):
            raw = _file_line(facts, silenced)
            found[raw] = found.get(raw, frozenset()) | ids
    return found


def _file_line(facts: FileFacts, line: int) -> int:
    return facts.cells[line - 1].raw_line if 0 < line <= len(facts.cells) else line

"""People × stages of the pipeline, as text for a terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from mldebt.answers import Member, Team
from mldebt.reports.columns import count, escaped, lay_out, markdown_table, month, percent
from mldebt.reports.owners_page import heading, people_counted, wrapped
from mldebt.reports.style import Style

SHOWN = 12
SHORT = {
    "ingestion": "ingest",
    "features": "features",
    "modelling": "model",
    "evaluation": "evaluate",
    "serving": "serve",
    "operations": "operate",
}
LITTLE = 20  # lines; whoever wrote less is not shown unless everything is asked for


def render_team_text(answer: Team, *, width: int = 100, colour: bool = False, everything: bool = False) -> str:
    """A row a person with their lines in each stage, the stages' own row, and the gaps."""
    style = Style(colour)
    lines = [*heading(answer.basis, (), style, width), ""]
    if not any(stage.lines for stage in answer.stages):
        return "\n".join([*lines, "No code of any stage was found."]) + "\n"
    members = _shown(answer, everything=everything)
    head, *table = lay_out(_rows(answer, members), width=width, right=range(1, 8), cut_off=(0, 8))
    lines += [style.faint(head), *table[: len(members)], style.faint("─" * min(width, max(map(len, table))))]
    lines += table[len(members) :]
    left = len(answer.members) - len(members)
    if left:
        lines.append(style.faint(f"… {count(left, 'person', 'people')} not shown: gone, or a few lines only (--all)"))
    others = answer.basis.people - len(answer.members)
    if others > 0:
        more = count(others, "more person", "more people")
        lines.append(style.faint(f"… and {more} who wrote none of the code of these stages"))
    lines += ["", style.strong(f"{count(len(answer.gaps), 'gap')}" if answer.gaps else "No gap")]
    for gap in answer.gaps:
        lines += wrapped(gap.text, width, "  ", "    ")
    if answer.basis.notes:
        lines += ["", *(line for note in answer.basis.notes for line in wrapped(note, width))]
    return "\n".join(lines) + "\n"


def render_team_markdown(answer: Team, *, everything: bool = False) -> str:
    """The same as a page for a wiki."""
    basis = answer.basis
    lines = [f"# The team of {escaped(basis.repository)}", "", escaped(people_counted(basis)), ""]
    head, *rows = _rows(answer, _shown(answer, everything=everything))
    lines += [*markdown_table(head, [[escaped(cell) for cell in row] for row in rows], right=range(1, 8)), ""]
    lines += ["## Gaps", "", *([f"- {escaped(gap.text)}" for gap in answer.gaps] or ["None."]), ""]
    lines += [f"- {escaped(note)}" for note in basis.notes]
    return "\n".join(lines).rstrip("\n") + "\n"


def _shown(answer: Team, *, everything: bool) -> list[Member]:
    if everything:
        return list(answer.members)
    return [each for each in answer.members if each.active and sum(each.lines) >= LITTLE][:SHOWN]


def _rows(answer: Team, members: Sequence[Member]) -> list[list[str]]:
    """Head, a row a person, and at the foot what each stage has and how many active people know it."""
    teams = any(member.teams for member in answer.members)
    last = [""] if teams else []
    total = [sum(member.lines[number] for member in answer.members) for number in range(len(answer.stages))]
    rows = [
        [
            member.name if member.active else f"{member.name} (until {month(member.last_seen)})",
            *(percent(lines / total[number]) if lines else "·" for number, lines in enumerate(member.lines)),
            f"{sum(member.lines):,}",
            member.role,
            *([", ".join(member.teams)] if teams else []),
        ]
        for member in members
    ]
    lines = [
        "lines",
        *(f"{stage.lines:,}" for stage in answer.stages),
        f"{sum(s.lines for s in answer.stages):,}",
        "",
        *last,
    ]
    knowing = ["known by", *(str(len(stage.knowing)) if stage.lines else "" for stage in answer.stages), "", "", *last]
    head = [
        "who",
        *(SHORT[stage.name] for stage in answer.stages),
        "lines",
        "seems to be",
        *(["team"] if teams else []),
    ]
    return [head, *rows, lines, knowing]

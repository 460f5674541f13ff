"""What somebody leaves behind: a ranked table for a terminal, and a hand-over page in Markdown to be filled in."""

from __future__ import annotations

from collections.abc import Sequence

from mldebt.answers import Handover, Knower, LastChange, Offboarding, Place, Remark
from mldebt.listed import listed
from mldebt.reports.columns import (
    age,
    code,
    count,
    day,
    escaped,
    lay_out,
    markdown_table,
    percent,
)
from mldebt.reports.owners_page import SHORT, say_active, wrapped, wrote_it
from mldebt.reports.style import Style, visible

SHOWN = 10
REMARKS = 15
PLACES = 5
RISK = "left without anyone"


def render_offboard_text(
    answer: Offboarding, *, width: int = 100, colour: bool = False, everything: bool = False
) -> str:
    """What nobody else knows, the most urgent first, and then what others know too."""
    style = Style(colour)
    lines = [
        style.strong(f"{visible(_called(answer))} at {visible(answer.basis.repository)}, {day(answer.basis.until)}")
    ]
    lines += [*wrapped(_career(answer), width), ""]
    if not answer.left_alone and not answer.shared:
        lines += [
            *wrapped(
                "They know no component of this repository: no model, ingestion pipeline, serving boundary or "
                "evaluation.",
                width,
            ),
            "",
            *_elsewhere(answer, style, width),
        ]
        return "\n".join(lines).rstrip("\n") + "\n"
    groups = (
        (f"{count(len(answer.left_alone), 'component')} {RISK}", answer.left_alone),
        (f"{count(len(answer.shared), 'component')} that others know too", answer.shared),
    )
    shown = [pages if everything else pages[:SHOWN] for _, pages in groups]
    head, *table = _table([page for pages in shown for page in pages], width - 2)
    for (title, pages), listing in zip(groups, shown, strict=True):
        if not pages and pages is answer.shared:
            continue
        rows, table = table[: len(listing)], table[len(listing) :]
        lines.append(style.strong(title))
        lines += [style.faint(f"  {head}"), *(f"  {row}" for row in rows)] if rows else []
        left = len(pages) - len(listing)
        lines += [style.faint(f"  … {left} more (--all)"), ""] if left else [""]
    lines += _elsewhere(answer, style, width)
    lines += [line for note in answer.basis.notes for line in wrapped(note, width)]
    lines += wrapped("--format markdown writes the hand-over page.", width)
    return "\n".join(lines) + "\n"


def _outside(answer: Offboarding) -> str:
    """How much of what they wrote no component covers; "" where that is nothing."""
    if not answer.outside:
        return ""
    if answer.outside == answer.lines:
        verb = "belongs" if answer.lines == 1 else "belong"
        return f"The {count(answer.lines, 'line')} of the team's own code that they wrote {verb} to no component."
    verb = "belongs" if answer.outside == 1 else "belong"
    return (
        f"Of the {count(answer.lines, 'line')} of the team's own code that they wrote, {answer.outside:,} {verb} to no "
        "component."
    )


def _elsewhere(answer: Offboarding, style: Style, width: int) -> list[str]:
    if not answer.outside:
        return []
    lines = wrapped(_outside(answer), width)
    if answer.files:
        rows = [
            [each.path, f"{each.lines:,}", percent(each.share), ", ".join(each.known_by) or "nobody"]
            for each in answer.files
        ]
        head, *table = lay_out(
            [["file", "theirs", "share", "who else knows it"], *rows],
            width=width - 2,
            right=(1, 2),
            clipped=(0,),
            cut_off=(3,),
        )
        lines += [style.faint(f"  {head}"), *(f"  {row}" for row in table)]
    return [*lines, ""]


def render_handover_page(answer: Offboarding, *, everything: bool = False) -> str:
    """The hand-over page: a section for each component that is left without anyone (`everything`: for the others too),
    with what the repository says and gaps where only the person can say it."""
    pages = (*answer.left_alone, *(answer.shared if everything else ()))
    lines = [f"# Hand-over: {escaped(_called(answer))}", "", escaped(_career(answer)), ""]
    lines += ["| | |", "| --- | --- |", "| Last day | |", "| Hands over to | |", "| Walked through on | |", ""]
    if not pages:
        lines += ["No component is left without anyone who knows it.", "", *_other_files(answer)]
        return "\n".join(lines).rstrip("\n") + "\n"
    head = ["", "component", "code lines", "documented", "serving", "next to ask"]
    rows = [
        [
            str(number),
            f"{page.holding.kind} {code(page.holding.name)}",
            f"{page.holding.code_lines:,}",
            "yes" if page.documented else "**no**",
            "**yes**" if page.serving else "no",
            escaped(_next(page)),
        ]
        for number, page in enumerate(pages, start=1)
    ]
    lines += [f"## {count(len(answer.left_alone), 'component')} {RISK}", ""]
    lines += [*markdown_table(head, rows, right=(2,)), ""]
    everything = everything or all(page.holding.small for page in pages)
    for number, page in enumerate(pages, start=1):
        if everything or not page.holding.small:
            lines += _section(number, page, answer.basis.until)
    small = sum(page.holding.small for page in pages)
    if small and not everything:
        lines += [
            f"The {count(small, 'component')} of less than 50 code lines {'has' if small == 1 else 'have'} no section.",
            "",
        ]
    if answer.shared and pages == answer.left_alone:
        lines += ["## What others know too", ""]
        lines += [
            f"- {page.holding.kind} {code(page.holding.name)}: {escaped(_remaining(page.remaining))}"
            for page in answer.shared
        ]
        lines.append("")
    lines += _other_files(answer)
    lines += [f"- {escaped(note)}" for note in answer.basis.notes]
    return "\n".join(lines).rstrip("\n") + "\n"


def _other_files(answer: Offboarding) -> list[str]:
    """What no component covers, as a table to be walked through."""
    if not answer.outside:
        return []
    rows = [
        [code(each.path), f"{each.lines:,}", percent(each.share), escaped(", ".join(each.known_by)) or "**nobody**"]
        for each in answer.files
    ]
    table = markdown_table(["file", "lines", "share", "who else knows it"], rows, right=(1, 2)) if rows else []
    return ["## What belongs to no component", "", escaped(_outside(answer)), "", *table, ""]


def _called(answer: Offboarding) -> str:
    return f"{answer.name} <{answer.email}>" if answer.email else answer.name


def _career(answer: Offboarding) -> str:
    basis = answer.basis
    state = "active" if answer.active else "no longer active"
    return (
        f"{count(answer.commits, 'commit')} from {day(answer.since)} to {day(answer.last)}, {state} "
        f"({say_active(basis)}; knowledge is taken to halve every {basis.half_life_days} days)."
    )


def _table(pages: Sequence[Handover], width: int) -> list[str]:
    rows = [
        [
            SHORT.get(page.holding.kind, page.holding.kind),
            page.holding.name,
            f"{page.holding.code_lines:,}",
            percent(page.theirs.wrote) if wrote_it(page.theirs) else "review",
            "yes" if page.documented else "no",
            "yes" if page.serving else "no",
            _next(page, short=True),
        ]
        for page in pages
    ]
    head = ["what", "component", "lines", "theirs", "docs", "serves", "next to ask"]
    return lay_out([head, *rows], width=width, right=(2, 3), clipped=(1,), cut_off=(6,))


def _next(page: Handover, *, short: bool = False) -> str:
    """Who remains, or who is best to ask and why."""
    if page.remaining:
        return _remaining(page.remaining)
    reason = page.next_reason.partition(",")[0] if short and page.next_reason.startswith("none") else page.next_reason
    return f"{page.next_person} ({reason})" if page.next_person else "nobody"


def _remaining(remaining: Sequence[Knower]) -> str:
    return listed([f"{each.name} {percent(max(each.wrote, each.reviewed))}" for each in remaining], 3)


# ---------------------------------------------------------------------------- one section


def _section(number: int, page: Handover, until: int) -> list[str]:
    held = page.holding
    lines = [f"## {number}. {held.kind} {code(held.name)}", ""]
    facts = [
        f"{held.code_lines:,} code lines",
        f"last touched {day(held.last_touched)}",
        f"{percent(page.theirs.wrote)} theirs"
        if wrote_it(page.theirs)
        else f"reviewed by them: {percent(page.theirs.reviewed)}",
    ]
    if page.serving:
        facts.append("what users get runs through it")
    lines += [f"{code(f'{held.path}:{held.line}')}: {', '.join(facts)}. Next to ask: {escaped(_next(page))}.", ""]
    lines += [
        "### What it is",
        "",
        escaped(page.what) if page.what else "_To fill in: what it does, for whom, and how one sees that it works._",
        "",
    ]
    lines += [f"- {_place(place)}" for place in page.said_at[:PLACES]] + ([""] if page.said_at else [])
    lines += ["### Where it runs", ""]
    lines += [f"- {_place(place)}" for place in page.runs[:PLACES]]
    if len(page.runs) > PLACES:
        lines.append(f"- and {count(len(page.runs) - PLACES, 'place')} more")
    lines += ["- _To fill in: schedule, machine, accounts and secrets, alarms, who is called._", ""]
    lines += [f"### {'How to retrain it' if held.kind in ('model', 'training step') else 'How to run it'}", ""]
    lines += _steps(page)
    lines += ["### Unfinished", "", *_remarks(page.remarks, until), ""]
    lines += ["### Last changes", "", *_changes(page.changes), ""]
    lines += [
        "- [ ] Somebody else ran it once, from this page alone",
        "- [ ] Somebody else made a change and shipped it",
        "",
    ]
    return lines


def _steps(page: Handover) -> list[str]:
    lines = [f"- {code(place.text)} ({_where(place)})" for place in page.retrain[:PLACES]]
    if not page.retrain:
        lines.append("- _To fill in: nothing in the repository says how to start it._")
    if page.reads:
        lines.append(f"- reads {', '.join(code(name) for name in page.reads[:PLACES])}")
    if page.writes:
        lines.append(f"- writes {', '.join(code(name) for name in page.writes[:PLACES])}")
    return [
        *lines,
        "- _To fill in: where the data comes from, how long it takes, which number says that it is good._",
        "",
    ]


def _place(place: Place) -> str:
    if not place.text or not place.line:
        return f"{escaped(place.text)} {_where(place)}".strip()
    return f"{escaped(place.text)} ({_where(place)})"


def _where(place: Place) -> str:
    return code(f"{place.path}:{place.line}" if place.line else place.path)


def _remarks(remarks: Sequence[Remark], until: int) -> list[str]:
    if not remarks:
        return ["- _To fill in: what was planned, what is known to be wrong._"]
    lines = [
        f"- {escaped(each.text)} ({code(f'{each.path}:{each.line}')}"
        + (f", {escaped(each.author)}, {age(each.written, until)} old" if each.written else "")
        + ")"
        for each in remarks[:REMARKS]
    ]
    more = len(remarks) - REMARKS
    return lines + ([f"- and {more} more"] if more > 0 else [])


def _changes(changes: Sequence[LastChange]) -> list[str]:
    return [
        f"- {day(each.when)} {code(each.commit)} {escaped(each.subject)} ({escaped(each.author)})" for each in changes
    ] or ["- none"]

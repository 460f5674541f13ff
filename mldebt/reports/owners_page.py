"""Who knows what, as text for a terminal and as Markdown."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from mldebt.answers import Basis, Holding, Knower, Owners, TeamHolding, Truck
from mldebt.listed import listed
from mldebt.reports.columns import code, count, day, escaped, lay_out, markdown_table, month, percent
from mldebt.reports.style import Style, visible

SHOWN = 5
CARDS = 3
NAMES = 3
PARTS = 4
SHORT = {
    "training step": "training",
    "ingestion pipeline": "ingestion",
    "serving boundary": "serving",
    "feature code": "features",
    "part of models": "model part",
}


def render_owners_text(answer: Owners, *, width: int = 100, colour: bool = False, everything: bool = False) -> str:
    """A few components as cards, many as a table by how many people are left; `everything` leaves none out."""
    style = Style(colour)
    lines = [*heading(answer.basis, answer.trucks, style, width), ""]
    if answer.asked and len(answer.holdings) <= CARDS:
        lines[-1:] = [*wrapped(_fading(answer.basis), width), ""]
        for holding in answer.holdings:
            lines += [*_card(holding, style, width), ""]
    else:
        lines += _groups(answer.holdings, style, width, everything=everything or bool(answer.asked))
    if answer.teams:
        lines += [
            style.strong("Teams"),
            *(line for each in answer.teams for line in wrapped(_team(each), width, "  ")),
            "",
        ]
    lines += [line for note in answer.basis.notes for line in wrapped(note, width)]
    return "\n".join(lines).rstrip("\n") + "\n"


def render_owners_markdown(answer: Owners, *, everything: bool = False) -> str:
    """The same as a page for a wiki or a pull request."""
    basis = answer.basis
    lines = [f"# Who knows what: {escaped(basis.repository)}", "", escaped(people_counted(basis)), ""]
    lines += [f"{escaped(truck)}" for truck in _trucks(answer.trucks)] + ([""] if answer.trucks else [])
    for title, held, small in _sorted(answer.holdings, everything=everything or bool(answer.asked)):
        lines += [f"## {escaped(title)}", ""]
        rows = [
            [
                each.kind,
                code(each.name),
                f"{each.code_lines:,}",
                day(each.last_touched),
                escaped("; ".join(map(_long, each.knowers)) or each.why or "nobody"),
            ]
            for each in held
        ]
        lines += markdown_table(["what", "component", "code lines", "last touched", "who"], rows, right=(2,))
        lines += ["", *([f"{_smaller(small)}.", ""] if small else [])]
    if answer.teams:
        lines += ["## Teams", "", *(f"- {escaped(_team(each))}" for each in answer.teams), ""]
    lines += [f"- {escaped(note)}" for note in basis.notes]
    return "\n".join(lines).rstrip("\n") + "\n"


def _team(each: TeamHolding) -> str:
    """What a team knows, in a line."""
    people = f"{count(len(each.people), 'person', 'people')}, {each.active} of them active"
    knows = f"knows {count(each.components, 'component')}"
    alone = f", {each.alone} of them alone" if each.alone else ""
    return f"{each.name} ({people}) {knows}{alone}"


def heading(basis: Basis, trucks: Sequence[Truck], style: Style, width: int) -> list[str]:
    """What the page is about and what it rests on."""
    lines = [style.strong(f"{visible(basis.repository)} at {basis.head[:10]}, {day(basis.until)}")]
    lines += wrapped(people_counted(basis), width)
    for truck in _trucks(trucks):
        lines += wrapped(truck, width)
    return lines


def wrapped(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(
        visible(text),
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def say_active(basis: Basis) -> str:
    """What "active" means here."""
    return f"active: a commit in the {basis.window_days} days before {day(basis.until)}"


def _fading(basis: Basis) -> str:
    days = basis.half_life_days
    return f"Fresh: what is likely still known of it, halving every {days} days since they last touched it."


def people_counted(basis: Basis) -> str:
    """How many people there are, and how many names they go by."""
    second = f" (by {basis.names:,} names)" if basis.names > basis.people else ""
    return f"{count(basis.people, 'person', 'people')}{second}, {basis.active} of them {say_active(basis)}."


def _trucks(trucks: Sequence[Truck]) -> list[str]:
    """The truck factor over both windows, in one sentence."""
    if not trucks:
        return []
    said = []
    for truck in trucks:
        if truck.fades:
            said.append(f"{truck.count} by JetBrains' measure ({truck.window_days} days, recent changes weigh more)")
            continue
        over = "all of history" if truck.window_days is None else f"those {truck.window_days} days"
        more = f" and {truck.count - len(truck.names)} more" if truck.count > len(truck.names) else ""
        said.append(f"{truck.count} over {over} ({', '.join(truck.names)}{more}; {count(truck.files, 'file')})")
    return [f"Truck factor: {', '.join(said)}."]


# ---------------------------------------------------------------------------- many


def _sorted(holdings: Sequence[Holding], *, everything: bool) -> Iterator[tuple[str, list[Holding], int]]:
    """Groups by how many active people are left, and how many small components each leaves out."""
    groups: tuple[tuple[str, Callable[[Holding], bool]], ...] = (
        ("Nobody who is still active knows", lambda each: each.bus_factor == 0),
        ("One active person knows", lambda each: each.bus_factor == 1),
        ("Two or more active people know", lambda each: (each.bus_factor or 0) >= 2),
        ("The history does not tell who knows", lambda each: each.bus_factor is None),
    )
    for title, belongs in groups:
        found = [each for each in holdings if belongs(each)]
        large = [each for each in found if not each.small]
        shown = found if everything or not large else large
        if found:
            yield f"{title} {count(len(found), 'component')}{_alone(found)}", shown, len(found) - len(shown)


def _alone(holdings: Sequence[Holding]) -> str:
    """Who holds how many alone, where it is more than one."""
    held = Counter(each.active[0].name for each in holdings if each.bus_factor == 1)
    most = [f"{name} {number}" for name, number in held.most_common(NAMES) if number > 1]
    return f" ({', '.join(most)})" if most and len(holdings) > 1 else ""


def _groups(holdings: Sequence[Holding], style: Style, width: int, *, everything: bool) -> list[str]:
    if not holdings:
        return ["No component was found: no model, ingestion pipeline, serving boundary or evaluation.", ""]
    groups = [
        (title, held if everything else held[:SHOWN], len(held), small)
        for title, held, small in _sorted(holdings, everything=everything)
    ]
    table = iter(_table([each for _, shown, _, _ in groups for each in shown], width - 2))
    head = next(table, "")
    lines = []
    for title, shown, number, small in groups:
        lines.append(style.strong(visible(title)))
        lines += [style.faint(f"  {head}")] if shown else []
        lines += [f"  {next(table)}" for _ in shown]
        left = [f"{number - len(shown)} more"] if number > len(shown) else []
        left += [_smaller(small)] if small else []
        lines += [style.faint(f"  … {', '.join(left)} (--all)")] if left else []
        lines.append("")
    return lines


def _smaller(number: int) -> str:
    return f"{number} of less than 50 code lines"


def _table(holdings: Sequence[Holding], width: int) -> list[str]:
    if not holdings:
        return []
    rows = [
        [
            SHORT.get(each.kind, each.kind),
            each.name,
            f"{each.code_lines:,}",
            month(each.last_touched),
            _who(each),
        ]
        for each in holdings
    ]
    head = ["what", "component", "lines", "touched", "who knows it"]
    return lay_out([head, *rows], width=width, right=(2,), clipped=(1,), cut_off=(4,))


def _who(holding: Holding) -> str:
    """The active ones, and in brackets who wrote more than any of them and is gone; where there are none, those who
    knew it."""
    if not holding.knowers:
        return holding.why or "nobody"
    active = [_short(each) for each in holding.active]
    gone = max((each for each in holding.knowers if not each.active), key=lambda each: each.wrote, default=None)
    if active:
        more = gone is not None and gone.wrote > max(each.wrote for each in holding.active)
        told = [f"({_short(gone)}, gone)"] if gone is not None and more else []
        return ", ".join([*active[:NAMES], *told])
    return f"({', '.join(_short(each) for each in holding.knowers[:NAMES])})"


def _short(each: Knower) -> str:
    return f"{each.name} {percent(each.wrote)}" if wrote_it(each) else f"{each.name} reviewed {percent(each.reviewed)}"


def wrote_it(each: Knower) -> bool:
    """Whether what somebody wrote says more of them than what they reviewed: to write is to know twice as well."""
    return 2 * each.wrote >= each.reviewed


def _long(each: Knower) -> str:
    who = f"{each.name} ({', '.join(each.teams)})" if each.teams else each.name
    said = f"{who} {percent(each.wrote)}" + (f" (reviewed {percent(each.reviewed)})" if each.reviewed else "")
    return f"{said}, {month(each.since)} to {month(each.last)}{'' if each.active else ', no longer active'}"


# ---------------------------------------------------------------------------- few


def _card(holding: Holding, style: Style, width: int) -> list[str]:
    """One component in full."""
    size = f"{holding.kind}, {count(holding.code_lines, 'code line')}"
    touched = f", last touched {day(holding.last_touched)}" if holding.last_touched else ""
    lines = [f"{style.strong(visible(holding.name))}  {size}{touched}"]
    if holding.parts:
        lines += wrapped(f"with {listed(holding.parts, PARTS)}", width, "  ", "  ")
    lines += wrapped(_verdict(holding), width, "  ", "  ")
    if holding.knowers:
        rows = [
            [
                each.name,
                percent(each.wrote),
                percent(each.reviewed),
                day(each.since),
                day(each.last),
                percent(each.fresh),
                "yes" if each.active else f"no, last seen {month(each.last_seen)}",
            ]
            for each in holding.knowers
        ]
        head = ["who", "wrote", "reviewed", "since", "last", "fresh", "active"]
        lines += [f"  {line}" for line in lay_out([head, *rows], width=width - 2, right=(1, 2, 5), cut_off=(0,))]
    return lines


def _verdict(holding: Holding) -> str:
    if holding.bus_factor is None:
        return f"bus factor unknown: {holding.why}"
    left = [each.name for each in holding.active]
    if not left:
        gone = "; nobody wrote or reviewed enough of it to know it" if not holding.knowers else ""
        return f"bus factor 0: nobody who knows it is still active{gone}"
    return f"bus factor {len(left)}: {listed(left, 5)}"

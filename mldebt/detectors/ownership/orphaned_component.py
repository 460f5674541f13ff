"""MLD202: nobody who knows the component is still active."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import replace

from mldebt.finding import Hit, Severity
from mldebt.listed import listed
from mldebt.pipeline import Project
from mldebt.pipeline.people.people import SHOWN, Known
from mldebt.pipeline.programs.explorations import Explorations
from mldebt.rulebook import Rule

BAD = ()
GOOD = ()


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    left = [known for known in project.people.known(rule.parameters) if _is_orphaned(known)]
    enough = rule.integer("fold_from")
    for group in _groups(left, lambda known: known.names[0], enough):
        left = [known for known in left if known not in group]
        others = {name for known in group for name in known.names[1:]}
        more = f" ({len(others)} more knew some of them)" if others else ""
        knew = f"{group[0].names[0]} knew them best{more}"
        yield _together(project, group, f"Nobody who is still active knows {len(group)} components", knew)
    for place in (posixpath.dirname, _top):
        for group in _groups(left, _placed(place), enough):
            left = [known for known in left if known not in group]
            folder = place(group[0].component.path) or "the root"
            names = dict.fromkeys(name for known in group for name in known.names)
            text = f"Nobody who is still active knows {len(group)} components in {folder}"
            yield _together(project, group, text, f"{listed(list(names), SHOWN)} knew them")
    explorations = Explorations(project)
    for known in left:
        what = f"this {known.component.kind}, {known.component.name}"
        message = f"Nobody who knows {what}, is still active; {listed(known.names, SHOWN)} knew it; {known.window}."
        hit = project.people.hit(known, project.component_location(known.component), message)
        module = project.flow.program.modules[known.component.unit[0]]
        tried = explorations.only_tries(module, known.component.units)
        yield replace(hit, severity=Severity.LOW) if tried else hit


def _placed(place: Callable[[str], str]) -> Callable[[Known], str]:
    return lambda known: place(known.component.path)


def _top(path: str) -> str:
    """The outermost folder of a path."""
    return path.partition("/")[0] if "/" in path else ""


def _is_orphaned(known: Known) -> bool:
    return bool(known.factor.knowing) and not known.factor.active and not known.is_unknowable


def _groups(found: Sequence[Known], key: Callable[[Known], str], enough: int) -> list[list[Known]]:
    """Those with something in common, where they are so many that each alone would be noise."""
    groups: dict[str, list[Known]] = defaultdict(list)
    for known in found:
        groups[key(known)].append(known)
    return [group for group in groups.values() if len(group) >= enough]


def _together(project: Project, group: Sequence[Known], text: str, knew: str) -> Hit:
    held = [(known, project.component_location(known.component)) for known in group]
    return project.people.together(held, f"{text}; {knew}; {group[0].window}.")

"""What somebody leaves behind, and what is known of it: the answer to `mldebt offboard`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from mldebt.answers import Basis, Handover, Holding, Knower, LastChange, Offboarding, Place, Remark
from mldebt.documents import CommandPlace
from mldebt.facts.record import Comparison, Constant
from mldebt.flow.evaluation import gradients
from mldebt.flow.program import Module
from mldebt.ownership import Change, Knowledge, Ownership, Person, Span
from mldebt.ownership.knowledge import WROTE_ENOUGH
from mldebt.pipeline.components import Component
from mldebt.pipeline.people.elsewhere import Elsewhere
from mldebt.pipeline.people.owners import Holdings, co_written, knower
from mldebt.pipeline.programs.serving_path import ServingPath
from mldebt.pipeline.project import Project
from mldebt.pipeline.units import Unit
from mldebt.regex import regex
from mldebt.sources import DocumentKind

UNFINISHED = regex(
    r"(?<![\w@])(TODO|FIXME|XXX|HACK)\b[\s:(\[]|\b(do not|don't) touch\b|\btemporary (fix|hack|workaround)\b",
    re.IGNORECASE,
)
WORDS = 8
"""A docstring of fewer words does not tell what something is."""
TRAINS = ("model", "training step")
SERVERS = regex(
    r"\b(uvicorn|gunicorn|hypercorn|daphne|waitress-serve|flask run|fastapi (run|dev)|streamlit run|bentoml serve"
    r"|runserver)\b"
)
USERS = 3
"""So many files that use it are named, and as many folders with more of them."""
NEXT_TO_THEM = 0.05
"""Who wrote less than this of a component, or reviewed less than twice this, is no better to ask than a neighbour."""
NEIGHBOUR = WROTE_ENOUGH
"""And who wrote less than this of the code around it knows nothing of it; then nobody does."""

Scrub = Callable[[str], str]


class Leaving(msgspec.Struct, frozen=True, kw_only=True):
    """A component that somebody knows."""

    component: Component
    holding: Holding
    theirs: Knower


def leaving(project: Project, ownership: Ownership, person: Person) -> list[Leaving]:
    """The components that somebody knows."""
    holdings = Holdings(project, ownership)
    found = []
    for component in project.components:
        known = next(
            (each for each in ownership.bus_factor(component.spans).knowing if each.person == person),
            None,
        )
        if known is not None:
            found.append(Leaving(component=component, holding=holdings.of(component), theirs=knower(known, ownership)))
    return found


def ask_offboard(
    project: Project,
    ownership: Ownership,
    basis: Basis,
    person: Person,
    left: Sequence[Leaving],
    changes: Mapping[str, Sequence[Change]],
    scrub: Scrub,
) -> Offboarding:
    """What a person leaves behind. `changes` are the last ones of each file; `scrub` takes names out of the
    repository's texts where they must not be told."""
    desk = _Desk(project, ownership, person, changes, scrub)
    pages = sorted(map(desk.page, left), key=_urgency)
    elsewhere = Elsewhere.of(project, ownership, person)
    return Offboarding(
        basis=replace(basis, notes=(*basis.notes, *co_written(each.holding for each in left))),
        name=person.name,
        email=person.email,
        active=ownership.active(person),
        since=person.first_commit,
        last=person.last_commit,
        commits=person.commits,
        left_alone=tuple(page for page in pages if page.alone),
        shared=tuple(page for page in pages if not page.alone),
        lines=elsewhere.lines,
        outside=elsewhere.outside,
        files=elsewhere.files,
    )


def _urgency(page: Handover) -> tuple[float, int, str]:
    """Single owner × undocumented × serving, then size."""
    alone = 1.0 if page.alone else 0.5 / len(page.remaining)
    weight = alone * (1.0 if not page.documented else 0.5) * (1.0 if page.serving else 0.5)
    return -weight, -page.holding.code_lines, page.holding.name


class _Desk:
    """What the repository says of components."""

    def __init__(
        self,
        project: Project,
        ownership: Ownership,
        person: Person,
        changes: Mapping[str, Sequence[Change]],
        scrub: Scrub,
    ) -> None:
        self.project = project
        self.ownership = ownership
        self.person = person
        self.changes = changes
        self.scrub = scrub
        self.serving = project.flow.shared(ServingPath)

    def page(self, left: Leaving) -> Handover:
        component = left.component
        what = self._what(component)
        said_at = tuple(self._said_at(component))
        commands = list(self._commands(component))
        next_person, reason = self._next(component)
        return Handover(
            holding=left.holding,
            theirs=left.theirs,
            remaining=tuple(
                each for each in left.holding.active if each.name != self.person.name or each.email != self.person.email
            ),
            next_person=next_person,
            next_reason=reason,
            documented=self._is_documented(component, what, bool(said_at or commands)),
            serving=component.kind == "serving boundary" or self.serving.serves(component.units, component.path),
            what=self.scrub(what),
            said_at=said_at,
            runs=tuple(self._runs(component)),
            retrain=tuple(map(self._command, commands)) or tuple(self._script(component)),
            reads=tuple(self._reads(component)),
            writes=tuple(
                self.serving.written(component.units, "stores") + self.serving.written(component.units, "saves")
            ),
            remarks=tuple(self._remarks(component)),
            changes=tuple(map(self._change, self.changes.get(component.path, ()))),
        )

    # ------------------------------------------------------------------ people

    def _next(self, component: Component) -> tuple[str, str]:
        """Who is best to ask after them: of this code, of its folder, of what uses it, of the folders around, else
        whoever knew it and left."""
        here = [each for each in self.ownership.knows(component.spans) if each.person != self.person]
        here = [each for each in here if max(each.share, each.reviewed_share / 2) >= NEXT_TO_THEM]
        active = [each for each in here if each.active]
        if active:
            best = max(active, key=_standing)
            return best.person.name, f"{_did(best)}{self._together(best.person)}"
        folder = component.path.rpartition("/")[0]
        spans: list[Span] = [
            (module.path, 1, 0) for module in self.project.modules() if module.path.rpartition("/")[0] == folder
        ]
        beside = self._best(spans)
        if beside is not None:
            return beside.person.name, f"none of it, but {beside.share:.0%} of {folder or 'the top folder'}/"
        for path in self.serving.callers(component.units):
            user = self._best([(path, 1, 0)])
            if user is not None:
                return user.person.name, f"none of it, but {user.share:.0%} of {path}, which uses it"
        while "/" in folder:
            folder = folder.rpartition("/")[0]
            inside = (module.path for module in self.project.modules() if module.path.startswith(f"{folder}/"))
            around = self._best([(path, 1, 0) for path in inside])
            if around is not None:
                return around.person.name, f"none of it, but {around.share:.0%} of {folder}/"
        mate = next((each for each in self.ownership.contributors if self._together(each)), None)
        if mate is not None:
            return mate.name, f"none of it{self._together(mate)}"
        if here:
            return here[0].person.name, f"{_did(here[0])}, no longer active"
        return "", ""

    def _together(self, other: Person) -> str:
        """That somebody who is still active is in one team with them; "" where they are not."""
        teams = self.ownership.teams
        shared = [name for name in teams.get(other, ()) if name in teams.get(self.person, ())]
        return f", in {shared[0]} with them" if shared and other != self.person and self.ownership.active(other) else ""

    def _best(self, spans: Sequence[Span]) -> Knowledge | None:
        """Who else, still active, knows most of some lines."""
        known = (each for each in self.ownership.knows(spans) if each.person != self.person and each.active)
        return max((each for each in known if each.share >= NEIGHBOUR), key=_standing, default=None)

    # ------------------------------------------------------------------ what is said of it

    def _what(self, component: Component) -> str:
        """The first sentences of its docstring, or of its module's."""
        scopes = self.project.flow.program.modules[component.unit[0]].facts.scopes
        for number in dict.fromkeys((component.unit[1], 0)):
            text = (scopes[number].docstring or "").strip()
            if text:
                return " ".join(text.split("\n\n")[0].split())
        return ""

    def _is_documented(self, component: Component, what: str, mentioned: bool) -> bool:
        models = [
            model
            for model in self.project.trained_models
            if component.path in {value.body.module.path for value in (model.made, *model.trained)}
        ]
        if models:
            return all(self.project.descriptions.tells_of(model) for model in models)
        return mentioned or len(what.split()) >= WORDS

    def _said_at(self, component: Component) -> Iterator[Place]:
        seen = set()
        for document, location in self.project.prose.naming(component.path):
            if document.path not in seen and document.kind in (
                DocumentKind.README,
                DocumentKind.DOCS,
                DocumentKind.MODEL_CARD,
            ):
                seen.add(document.path)
                yield Place(path=document.path, line=location.line, text=self.scrub(document.title))
        for card in self.project.prose.model_cards():
            if card.path.rpartition("/")[0] == component.path.rpartition("/")[0] and card.path not in seen:
                seen.add(card.path)
                yield Place(path=card.path, line=1, text=self.scrub(card.title))

    # ------------------------------------------------------------------ how it runs

    def _runs(self, component: Component) -> Iterator[Place]:
        """Its endpoints and the servers that start them, and the files that use it."""
        for unit in component.units:
            for number in self.serving.inside(unit):
                what = (
                    "endpoint"
                    if number in self.serving.endpoints
                    else "batch scoring"
                    if self.serving.is_batch(number)
                    else ""
                )
                if what:
                    module = self.project.flow.program.modules[number[0]]
                    line = self.project.definition(module, number[1]).line
                    yield Place(
                        path=module.path, line=line, text=f"{what} {module.facts.scopes[number[1]].qualname}".strip()
                    )
        callers = [path for path in self.serving.callers(component.units) if path != component.path]
        for path in (component.path, *callers):
            for place in self.project.prose.commands_running(path):
                if SERVERS.search(place.command.text):
                    yield self._command(place)
        yield from self._used_by(component, callers)

    def _used_by(self, component: Component, callers: Sequence[str]) -> Iterator[Place]:
        """The files that use it: those that run something first, then those of other folders, since what lies beside it
        is seen with it. Of many, how many more there are, folder by folder."""
        folder = component.path.rpartition("/")[0]

        def distance(path: str) -> tuple[bool, bool, str]:
            return not any(self.project.prose.commands_running(path)), path.rpartition("/")[0] == folder, path

        for path in sorted(callers, key=distance)[:USERS]:
            yield Place(path=path, line=0, text="used by")
        rest = Counter(path.rpartition("/")[0] for path in sorted(callers, key=distance)[USERS:])
        for place, number in sorted(rest.items(), key=lambda item: (-item[1], item[0]))[:USERS]:
            yield Place(path=place or ".", line=0, text=f"used by {number} more in")

    def _commands(self, component: Component) -> Iterator[CommandPlace]:
        """Commands that start it, or else a file that calls it; of a model, what trains it."""
        starts = component.units
        if component.kind in TRAINS:
            starts = tuple(unit for unit in component.units if self._trains(unit)) or self._trained_in(component)
        for path in (component.path, *self.serving.callers(starts)):
            found = [
                place
                for place in self.project.prose.commands_running(path)
                if not SERVERS.search(place.command.text) or component.kind == "serving boundary"
            ]
            if found:
                yield from found
                return

    def _trained_in(self, component: Component) -> tuple[Unit, ...]:
        """Where a model is trained whose own code does not: in a class above it, in a trainer."""
        trained = [
            value.body.key
            for model in self.project.trained_models
            if model.cls in component.units
            for value in model.trained
        ]
        return tuple(dict.fromkeys(trained)) or (component.unit,)

    def _trains(self, unit: Unit) -> bool:
        return any(
            self.project.flow.roles(call) & gradients.TRAINS
            for number in self.serving.inside(unit)
            for call in self.project.flow.body(*number).calls
        )

    def _script(self, component: Component) -> Iterator[Place]:
        """A file that says itself that it is to be run."""
        module = self.project.flow.program.modules[component.unit[0]]
        for node in module.facts.exprs if not module.is_notebook else ():
            if isinstance(node, Comparison) and "__main__" in [_constant(module, each) for each in node.operands]:
                name = module.path.removesuffix(".py").replace("/", ".")
                inside = "/" in module.path and name.replace(".", "").isidentifier()
                command = f"python -m {name}" if inside else f"python {module.path}"
                yield Place(path=module.path, line=module.facts.position(node.at)[0], text=command)
                return

    def _command(self, place: CommandPlace) -> Place:
        name = place.command.name
        make = f"make {name}: " if name and place.document.kind is DocumentKind.MAKEFILE else ""
        return Place(path=place.location.path, line=place.location.line, text=self.scrub(make + place.command.text))

    def _reads(self, component: Component) -> Iterator[str]:
        seen = set()
        for each in self.project.ingestions:
            if set(each.units) & set(component.units):
                for read in each.sources:
                    path = self.serving.path_of(read)
                    said = path if path.strip("{}") else self.project.source_text(read)  # `{}` names nothing
                    if said not in seen:
                        seen.add(said)
                        yield self.scrub(said)

    # ------------------------------------------------------------------ its past

    def _remarks(self, component: Component) -> Iterator[Remark]:
        module = self.project.flow.program.modules[component.unit[0]]
        for comment in module.facts.comments:
            if not UNFINISHED.search(f"{comment.text} "):
                continue
            place = self.project.place(module, comment.at, comment.at, 0)
            if any(first <= place.line <= (last or place.line) for _, first, last in component.spans):
                credit = self.ownership.credit(module.path, place.line)
                yield Remark(
                    path=module.path,
                    line=place.line,
                    text=self.scrub(comment.text.lstrip("# ").strip()),
                    author=", ".join(person.name for person in credit.writers) if credit else "",
                    written=credit.time if credit else 0,
                )

    def _change(self, change: Change) -> LastChange:
        return LastChange(
            commit=change.commit,
            when=change.time,
            author=self.scrub(change.name),
            subject=self.scrub(change.subject),
        )


def _constant(module: Module, number: int) -> object:
    node = module.facts.exprs[number]
    return node.value if isinstance(node, Constant) else None


def _standing(each: Knowledge) -> float:
    """How much somebody knows today."""
    return max(each.share, each.reviewed_share / 2) * each.fresh


def _did(each: Knowledge) -> str:
    """What somebody did for some code, in words."""
    if 2 * each.share >= each.reviewed_share:
        return f"wrote {max(each.share, 0.01):.0%}"
    return f"reviewed {each.reviewed_share:.0%}"

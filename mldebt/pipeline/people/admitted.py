"""Debt that code admits in its comments, by component, with who wrote it and when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

import msgspec

from mldebt.facts.record import Comment, Define
from mldebt.finding import Location
from mldebt.flow.module import Module
from mldebt.ownership import Span
from mldebt.pipeline.components import Component
from mldebt.pipeline.project import Project
from mldebt.regex import regex
from mldebt.sources import is_exercise

_MARKED = regex(
    r"^[\s#*-]*(?:TODO|FIXME|HACK|XXX)\b|\b(?:TODO|FIXME|HACK)\s*[:(]|^[\s#*-]*(?:todo|fixme|hack)\s*[:(]"
    r"|^[\s#*-]*Todo\s*:"
)
"""What people put where they know that they owe something."""
_SAID = regex(
    r"^[\s#*-]*temporary\s*[:(–—-]"
    r"|\b(?:temporary|temp|quick|ugly|dirty|nasty|horrible)(?:\s+\w+)?\s+(?:fix|hack|workaround|solution|patch)\b"
    r"|\b(?:this|it) is (?:only |just )?temporary\b|\bdirty hack\b|\bquick and dirty\b|\bstop-?gap\b"
    r"|\b(?:don'?t|do not) touch (?:this|it|anything|the code)\b|\bremove (?:this|it|me) (?:once|when|after|as soon)\b"
    r"|\bno idea why\b|\b(?:don'?t|do not) know why\b",
    re.IGNORECASE,
)
"""The same in words."""
_EXPLAINS = regex(
    r"\b(?:TODO|FIXME)s?\b.*\b(?:list|app|items?|comments?|your (?:own )?(?:code|key|path|solution|answer|name))\b",
    re.IGNORECASE,
)
"""Speaks of such comments, or leaves an exercise to the reader."""
_TO_FILL_IN = regex(r"\b(?:TODO|FIXME)\b[\s:]*(?:\[[A-Z][A-Z _-]{2,}\]|<[A-Z][A-Z _-]{2,}>|\{\{)")
"""A gap of a template, for whoever copies it: `TODO: [SCHOOL] website`."""
_PAID = regex(
    r"\b(?:retire[sd]|removed|replace[sd]|got rid of)(?:\s+\w+){0,2}\s+"
    r"(?:stop-?gap|temporary|temp|quick|ugly|dirty|nasty|horrible)\b",
    re.IGNORECASE,
)
"""Tells of such debt as of something that was."""
_WRITTEN_BY_A_TOOL = regex(
    r"\binjected-parameters\b|\b(?:injected|generated|written|added) automatically\b", re.IGNORECASE
)
_COPIED = regex(r"\b(?:copy|copied|taken|borrowed|adapted)(?:[- ]past(?:e|ed))?\s+from\b", re.IGNORECASE)
"""Says that somebody else wrote it, and their admissions with it."""
_MARK = regex(r"^[\s#*-]+")
_BARE = regex(r"\W*(?:TODO|FIXME|HACK|XXX)S?(?:\s*\([^)]*\))?\W*", re.IGNORECASE)
"""Nothing but the mark, perhaps with whose it is."""
_ENDED = regex(r"[.!?:][\"')]*$|^\W*$")
TEXT_LIMIT = 160


class Admission(msgspec.Struct, frozen=True, kw_only=True):
    """A comment that admits debt. `author` and `time` (epoch seconds) are of whoever wrote the line last; "" and 0
    where the history cannot tell."""

    location: Location
    text: str
    author: str
    time: int


class Admissions:
    """Finds them in the components of a project."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def find(self) -> Iterator[tuple[Component, tuple[Admission, ...]]]:
        """Each component that admits debt, by path, with its comments in order of place."""
        for component in self.project.components:
            module = self._modules[component.path]
            comments = () if is_exercise(module.path) else module.facts.comments
            found = tuple(
                self._admission(module, comment)
                for comment in comments
                if admits(comment.text)
                and not _is_copied(module, comment)
                and (self._is_inside(module, comment, component.spans) or self._is_beside(module, comment, component))
                and self._says_something(self._sentence(module, comment))
            )
            if found:
                yield component, found

    def _says_something(self, text: str) -> bool:
        """Whether a comment has more to say than that there is something, and is a person's."""
        return not _BARE.fullmatch(text) and not _WRITTEN_BY_A_TOOL.search(text)

    @cached_property
    def _modules(self) -> dict[str, Module]:
        return {module.path: module for module in self.project.modules()}

    def _is_inside(self, module: Module, comment: Comment, spans: Sequence[Span]) -> bool:
        line = self._line(module, comment)
        return any(first <= line <= (last or line) for path, first, last in spans if path == module.path)

    def _is_beside(self, module: Module, comment: Comment, component: Component) -> bool:
        """Whether a comment stands above a definition of a component, or among the module's own statements."""
        scopes = module.facts.scopes
        if any(scope.parent == 0 and scope.at <= comment.at < scope.end for scope in scopes[1:]):
            return False
        below = min((each for each in scopes[0].body if each.at > comment.at), key=lambda each: each.at, default=None)
        return not isinstance(below, Define) or (module.index, below.scope) in component.units

    def _line(self, module: Module, comment: Comment) -> int:
        """The line as the history of the file counts it."""
        line, _ = module.facts.position(comment.at)
        return module.facts.cells[line - 1].raw_line if module.is_notebook and module.facts.cells else line

    def _admission(self, module: Module, comment: Comment) -> Admission:
        ownership = self.project.ownership
        credit = ownership.credit(module.path, self._line(module, comment)) if ownership.available else None
        text = self._sentence(module, comment)
        return Admission(
            location=self.project.place(module, comment.at, comment.at, 0),
            text=text if len(text) <= TEXT_LIMIT else text[: TEXT_LIMIT - 1] + "…",
            author=credit.writers[0].name if credit is not None and credit.writers else "",
            time=credit.time if credit is not None else 0,
        )

    def _sentence(self, module: Module, comment: Comment) -> str:
        """What a comment says, from the beginning of its sentence, which may stand on the lines above it, and with the
        rest of it on the lines below."""
        before, own, after = "", _MARK.sub("", comment.text).strip(), ""
        line, column = module.facts.position(comment.at)
        if not _MARKED.search(comment.text):
            while (above := self._aligned.get((module.index, line - 1, column))) and not _ENDED.search(above):
                before, line = f"{above} {before}", line - 1
        line, _ = module.facts.position(comment.at)
        while _goes_on(own + after) and (below := self._aligned.get((module.index, line + 1, column))):
            if _MARKED.search(below):
                break
            after, line = f"{after} {below}", line + 1
        return f"{before}{own}{after}"

    @cached_property
    def _aligned(self) -> dict[tuple[int, int, int], str]:
        """The words of each comment by module, line and column."""
        return {
            (module.index, *module.facts.position(comment.at)): _MARK.sub("", comment.text).strip()
            for module in self._modules.values()
            for comment in module.facts.comments
        }


def _goes_on(text: str) -> bool:
    """Whether a sentence may go on in the next line: it has not ended, or hardly begun."""
    return _BARE.fullmatch(text) is not None or not _ENDED.search(text)


def _is_copied(module: Module, comment: Comment) -> bool:
    """Whether a comment stands in a function or class that says of itself that it was copied from elsewhere."""
    around = (each for each in module.facts.scopes[1:] if each.at <= comment.at < each.end)
    return any(_COPIED.search(each.docstring or "") for each in around)


def admits(text: str) -> bool:
    """Whether a comment says that something is owed."""
    said = _MARKED.search(text) or (_SAID.search(text) and not _PAID.search(text))
    return bool(said) and not _EXPLAINS.search(text) and not _TO_FILL_IN.search(text)

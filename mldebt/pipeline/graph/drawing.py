"""The pipeline graph while it is drawn: nodes by what they are, whatever they are called."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from mldebt.finding import Location
from mldebt.flow.evaluation.gradients import TRAINS
from mldebt.flow.types.models import Models
from mldebt.flow.value import Value
from mldebt.pipeline.programs.serving_path import ServingPath
from mldebt.pipeline.units import Unit
from mldebt.regex import regex
from mldebt.sql import HOLE

if TYPE_CHECKING:
    import networkx as nx

    from mldebt.pipeline.project import Project

TEXT_LIMIT = 70
TABLES_DRAWN = 6
_ANYWHERE = regex(r"^(/|~|[A-Za-z]:\\|\w+://)|\b(from|into)\b", re.IGNORECASE)
"""Addresses, absolute paths and queries mean the same wherever they stand; a relative path does not."""
_SECRET = regex(r"(?<=://)[^/@\s]*@|(?<=\?)\S+=\S*")


class Drawing:
    """Adds nodes and edges."""

    def __init__(self, project: Project) -> None:
        import networkx as nx

        self.project = project
        self.flow = project.flow
        self.models = project.flow.shared(Models)
        self.serving = project.flow.shared(ServingPath)
        self.graph: nx.DiGraph[str] = nx.DiGraph()
        self.passed: dict[Unit, dict[Unit, None]] = {}
        """The endpoints whose answers pass a function on their way from a model."""
        self.reads: dict[Value, list[str]] = {}
        """The nodes of what each read reads."""
        self._names: dict[tuple[str, object], str] = {}

    # ------------------------------------------------------------------ nodes and edges

    def add(self, kind: str, key: str, label: str, place: Location, thing: object = None) -> str:
        """The node of a thing: `key` names it among those of its kind, without a line, so that the name lives through
        changes elsewhere; `thing` tells apart what one key names."""
        identity = (kind, key if thing is None else thing)
        name = self._names.get(identity)
        if name is None:
            name, number = f"{kind}:{key}", 1
            while name in self.graph:
                number += 1
                name = f"{kind}:{key} ({number})"
            self._names[identity] = name
            self.graph.add_node(name, kind=kind, label=label, place=f"{place.path}:{place.line}")
        return name

    def drawn(self, kind: str, unit: Unit) -> str:
        """The node of a function, a class or a script, "" where it has none."""
        return self._names.get((kind, unit), "")

    def join(self, start: str, end: str, value: Value | None = None) -> None:
        """Data goes from one to the other; `value` is where that is seen."""
        if start != end and not self.graph.has_edge(start, end):
            self.graph.add_edge(start, end, place=self.place(value) if value is not None else "")

    def place(self, value: Value) -> str:
        location = self.project.location(value)
        return f"{location.path}:{location.line}"

    # ------------------------------------------------------------------ code

    def step(self, kind: str, value: Value) -> str:
        """The node of the code that a value stands in: a function, a method, a script or a notebook."""
        unit = self.unit(value)
        name = self.project.unit_name(unit)
        return self.add(kind, name, name, self.project.location(value), unit)

    def code(self, kind: str, unit: Unit) -> str:
        """The node of a function, a class or a script."""
        module, name = self.flow.program.modules[unit[0]], self.project.unit_name(unit)
        return self.add(kind, name, name, self.project.definition(module, unit[1]), unit)

    def unit(self, value: Value) -> Unit:
        """The function or script around a value; what is nested in a function is part of it."""
        module, number = value.body.module, value.body.number
        scopes = module.facts.scopes
        while number and (scopes[number].kind == "lambda" or scopes[scopes[number].parent].kind == "function"):
            number = scopes[number].parent
        return module.index, number

    def users(self, value: Value) -> list[str]:
        """The nodes of code that takes up what a model said or was kept as: it serves, measures, trains, or only
        uses."""
        unit = self.unit(value)
        endpoints = self.passed.get(unit) or dict.fromkeys(self.serving.endpoints_of(unit))
        if endpoints:
            return [self.code("serving boundary", endpoint) for endpoint in endpoints]
        return [self._user(unit, value)]

    def _user(self, unit: Unit, value: Value) -> str:
        if self.serving.is_batch(unit):
            return self.code("serving boundary", unit)
        calls = [call for inner in self.serving.inside(unit) for call in self.flow.body(*inner).calls]
        if any("measures" in self.flow.roles(call) for call in calls):
            return self.step("evaluation", value)
        if any(self.learns(call) for call in calls):
            return self.step("training step", value)
        return self.step("consumer", value)

    def is_ours(self, value: Value) -> bool:
        """Whether a value stands in the team's own code, not in a test of it."""
        return value.body.module.category == "product"

    def learns(self, call: Value) -> bool:
        """Whether a call trains a model; fitting an encoder makes features."""
        roles = self.flow.roles(call)
        return bool(roles & TRAINS) and "features" not in roles

    # ------------------------------------------------------------------ things with a name

    def sources(self, text: str, read: Value) -> list[str]:
        """The nodes of what a read reads: the tables of a query, else what a text names, else the read itself."""
        tables = self._tables(read)
        if tables:
            place = self.project.location(read)
            found = [self.add("source", f"table {table}", f"table {table}", place) for table in tables]
        else:
            otherwise = f"{self.project.source_text(read)} in {read.body.module.path}"
            found = [self.thing("source", text, read, otherwise)]
        if read.kind != "call":  # what a node takes from a catalogue
            return found
        known = self.reads.setdefault(read, [])
        known += [name for name in found if name not in known]
        return found

    def _tables(self, read: Value) -> list[str]:
        queries = self.project.orders.queries(read) if read.kind == "call" else ()
        tables = {table for query in queries for table in query.statement.reads if not table.startswith(HOLE)}
        return sorted(tables)[:TABLES_DRAWN]

    def thing(self, kind: str, text: str, value: Value, otherwise: str) -> str:
        """The node of a source or an artifact that the code names by a text. What an open text names need not be what
        the same text names elsewhere, so each place has its own."""
        told = " ".join(_SECRET.sub("…", text).split())
        told = "" if told in ("None", "True", "False") else told
        is_open = not told or "{" in told or "…" in told or "*" in told
        label = told or otherwise
        if len(label) > TEXT_LIMIT:
            label = label[: TEXT_LIMIT - 1] + "…"
        place = self.project.location(value)
        if is_open:
            return self.add(kind, f"{place.path}:{place.symbol} {label}", label, place, self.place(value) + told)
        return self.add(kind, self._identity(told, value), label, place)

    def _identity(self, text: str, value: Value) -> str:
        if _ANYWHERE.search(text):
            return text
        return posixpath.normpath(posixpath.join(self.flow.program.roots.of(value.body.module), text))

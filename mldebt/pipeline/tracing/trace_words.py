"""How a trace speaks of values, calls and steps."""

from __future__ import annotations

from mldebt.flow.files.paths import Paths
from mldebt.flow.linking import Type
from mldebt.flow.steps import Visit
from mldebt.flow.value import Value
from mldebt.pipeline.project import Project
from mldebt.pipeline.spelling import NOTHING, Spelling, spoken
from mldebt.sql import HOLE

TEXT_LIMIT = 80
PATHS_TOLD = 3
_DECIDED = (
    ("option", "what the command line names"),
    ("setting", "what the configuration names"),
    ("environment", "what the environment names"),
)


class Words:
    """Names for what stands in the code."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.flow = project.flow
        self.paths = project.flow.shared(Paths)
        self.spelling = Spelling(self.paths)

    def types(self, value: Value) -> tuple[str, ...]:
        """The types that a value may have, as a person writes them."""
        return tuple(dict.fromkeys(self._type(each) for each in self.flow.types(value)))

    def _type(self, each: Type) -> str:
        name = each.name if isinstance(each.name, str) else self.flow.scope(*each.name).qualname
        inner = ", ".join(self._type(arg) for arg in each.args)
        return f"{name}[{inner}]" if inner else name

    def called(self, call: Value) -> str:
        """What a call calls: the library's function, the repository's own, else as the code writes it."""
        for target in self.flow.targets(call):
            if target.kind == "external" and target.api is not None and not target.guessed:
                return f"{target.api.name.removesuffix('.__call__').removesuffix('.__init__')}()"
            if target.kind in ("func", "class") and not target.guessed:
                return f"{self.flow.scope(target.module, target.scope).qualname}()"
        function = call.function
        if function.kind == "attr":
            owner = spoken(function.source).strip("{}")
            return f"{owner}.{function.name}()" if "…" not in owner else f"{function.name}()"
        return f"{function.name if function.kind == 'external' else spoken(function).strip('{}')}()"

    def named(self, call: Value) -> str:
        """The file, table or address that a read or write names; "" where the code leaves it open."""
        queries = self.project.orders.queries(call)
        tables = sorted({table for query in queries for table in query.statement.reads | query.statement.writes})
        known = [table for table in tables if not table.startswith(HOLE)]
        if known:
            return f"table {', '.join(known)}"
        path = self.paths.path(call)
        texts = self.spelling.texts(path, ()) if path is not None else []
        told = [text for text in texts if text.strip(NOTHING) not in ("", "None", "True", "False")][:PATHS_TOLD]
        if told or path is None:
            return " or ".join(shortened(text) for text in told)
        kinds = self.project.givens.kinds(path)
        return next((text for kind, text in _DECIDED if kind in kinds), "")

    def queried(self, call: Value) -> bool:
        """Whether a call gives the rows of a query."""
        return any(query.statement.verb == "select" for query in self.project.orders.queries(call))

    def where(self, value: Value) -> str:
        """The function or file that a value stands in."""
        return self.project.component_of(value.body)

    def step(self, visit: Visit) -> str:
        """What a step is, where the line that it leads to does not say so itself."""
        value, label = visit.value, visit.label
        if value.kind == "param":
            owner = value.body.scope.qualname or "lambda"
            return f"parameter {value.name} of {owner}()"
        if value.kind == "global":
            return f"module variable {value.variable[1]}"
        if label == "asked":
            return "over HTTP"
        if label == "file":
            return "through a file"
        if label == "default":
            return "default of the parameter"
        if label in ("field", "property") and value.kind == "attr":
            return f"read from .{value.name}"
        if value.kind == "call":
            return "" if any(target.kind == "external" for target in self.flow.targets(value)) else "returned here"
        return ""


def shortened(text: str) -> str:
    """A text on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= TEXT_LIMIT else line[: TEXT_LIMIT - 1] + "…"


def literal(value: Value) -> str:
    """A constant as code writes it."""
    return shortened(repr(value.data))

"""Stretches of code as lines that can be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from mldebt.facts import record
from mldebt.facts.record import Ref, Stmt
from mldebt.flow import Flow
from mldebt.flow.program import Module, Program
from mldebt.pipeline.clones.minhash import Hashes, numbered
from mldebt.pipeline.clones.shapes import Writer

Head = tuple[str, tuple[Ref, ...]]
_LOGS = frozenset({"debug", "info", "warning", "warn", "error", "critical", "exception"})
_LOGGERS = ("log", "logg")


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One statement, or the head of a compound one. `features` are hashes of its sub-expressions, the whole last;
    `bag` is the same as a set, `weight` how many they are; `atoms` what it says that its shape leaves out; `words` what
    it calls."""

    at: int
    shape: str
    features: tuple[int, ...]
    bag: frozenset[int]
    atoms: tuple[str, ...]
    words: tuple[str, ...]
    weight: int


class Region(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Some statements of a scope, the functions in them included."""

    module: Module
    scope: int
    at: int
    lines: tuple[Line, ...]

    @property
    def weight(self) -> int:
        return sum(line.weight for line in self.lines)

    @property
    def path(self) -> str:
        return self.module.path


class Shapes:
    """Makes regions. One for a whole program, so that every text is hashed and every expression written once."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._hashes = Hashes()
        self._writers: dict[int, Writer] = {}
        self._scopes: dict[int, dict[int, tuple[Line, ...]]] = {}

    @classmethod
    def of(cls, flow: Flow) -> Shapes:
        """Those of a program, for `flow.shared`."""
        return cls(flow.program)

    def unit(self, module: Module, scope: int) -> Region:
        """A definition; of a module itself, its own statements without definitions and imports."""
        if scope:
            return self.region(module, scope)
        own = [each for each in module.facts.scopes[0].body if not isinstance(each, record.Define | record.Import)]
        return self.region(module, 0, own)

    def region(self, module: Module, scope: int, statements: Iterable[Stmt] | None = None) -> Region:
        """A whole scope or some statements of it."""
        home = module.facts.scopes[scope]
        writer = self._writers.get(module.index)
        if writer is None or writer.module is not module:
            writer = self._writers[module.index] = Writer(self._program, module)
            self._scopes[module.index] = {}
        written = _Lines(writer, self._hashes)
        if statements is not None:
            body = tuple(statements)
            at = body[0].at if body else home.at
            return Region(module=module, scope=scope, at=at, lines=tuple(written.of(body)))
        whole = self._scopes[module.index]
        if scope not in whole:
            whole[scope] = tuple(written.of(home.body))
        return Region(module=module, scope=scope, at=home.at, lines=whole[scope])


class _Lines:
    """The lines of some statements of one module."""

    def __init__(self, writer: Writer, hashes: Hashes) -> None:
        self.writer = writer
        self.hashes = hashes

    def of(self, statements: Iterable[Stmt]) -> Iterator[Line]:
        for statement in statements:
            head = self._head(statement)
            if head is not None:
                yield self._line(statement.at, *head)
            yield from self._below(statement)

    def _head(self, statement: Stmt) -> Head | None:
        """What a statement is and the expressions in its first line; None for what is left out."""
        match statement:
            case record.Assign():
                return "=", (*statement.targets, statement.value)
            case record.Annotate():
                return ("=", (statement.target, statement.value)) if statement.value >= 0 else None
            case record.Augment():
                return f"{statement.operator}=", (statement.target, statement.value)
            case record.Evaluate():
                return ("do", (statement.value,)) if self._does(statement.value) else None
            case record.Jump():
                return (statement.kind, ()) if statement.kind != "pass" else None
            case _:
                refs = _refs(statement)
                return (type(statement).__name__.lower(), refs) if refs is not None else None

    def _below(self, statement: Stmt) -> Iterator[Line]:
        match statement:
            case record.If() | record.For() | record.While():
                yield from self.of(statement.body)
                yield from self.of(statement.orelse)
            case record.With():
                yield from self.of(statement.body)
            case record.Try():
                yield from self.of(statement.body)
                for handler in statement.handlers:
                    yield self._line(handler.at, "except", (handler.type,))
                    yield from self.of(handler.body)
                yield from self.of((*statement.orelse, *statement.final))
            case record.Match():
                for case in statement.cases:
                    yield self._line(case.at, "case", (*case.values, case.guard))
                    yield from self.of(case.body)
            case record.Define():
                yield from self.of(self.writer.module.facts.scopes[statement.scope].body)
            case _:
                pass

    def _line(self, at: int, head: str, refs: tuple[Ref, ...]) -> Line:
        writer = self.writer
        shape = f"{head} " + " ; ".join(writer.shape(ref) for ref in refs)
        inside = [part for ref in refs if ref >= 0 for part in writer.inside(ref)]
        features = [self.hashes.of(writer.shape(part)) for part in inside if writer.parts(part)[1]]
        features.append(self.hashes.of(shape))
        calls = (writer.exprs[part] for part in inside if isinstance(writer.exprs[part], record.Call))
        words = (_last(writer, call.function) for call in calls if isinstance(call, record.Call))
        return Line(
            at=at,
            shape=shape,
            features=tuple(features),
            bag=numbered(Counter(features)),
            atoms=tuple(atom for part in inside if (atom := writer.atom(part))),
            words=tuple(dict.fromkeys(word for word in words if word)),
            weight=len(features),
        )

    def _does(self, ref: Ref) -> bool:
        """Whether an expression statement does something: no docstring, and it neither prints nor logs."""
        node = self.writer.exprs[ref]
        if isinstance(node, record.Constant):
            return False
        dotted = self.writer.module.dotted(node.function) if isinstance(node, record.Call) else ""
        root, _, last = dotted.rpartition(".")
        return dotted != "print" and not (last in _LOGS and root.rpartition(".")[2].lower().startswith(_LOGGERS))


def _refs(statement: Stmt) -> tuple[Ref, ...] | None:
    """The expressions in the first line of a statement that is known by its keyword."""
    match statement:
        case record.Return() | record.Raise():
            return (statement.value,)
        case record.If() | record.While() | record.Assert():
            return (statement.test,)
        case record.For():
            return statement.target, statement.iterable
        case record.With():
            return tuple(ref for item in statement.items for ref in (item.value, item.target))
        case record.Match():
            return (statement.subject,)
        case record.Delete():
            return statement.targets
        case _:
            return None


def _last(writer: Writer, ref: Ref) -> str:
    node = writer.exprs[ref]
    if isinstance(node, record.Attribute):
        return node.name
    return node.id if isinstance(node, record.Name) else ""

"""Files as values: which path a call reads or writes, and which reads take what a write left there."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from mldebt.facts.record import Constant
from mldebt.flow.models import Models
from mldebt.flow.value import Value
from mldebt.flow.walk import FAN_OUT, STACK_LIMIT, Flow, Stack, Step

PATH_LIMIT = 250
TEXT_DEPTH = 9
TEXT_LIMIT = 12
TEXT_VALUES = 400
WRITE_MODE = re.compile(r"^[rbt+U]*[wax]")
NAMED_PATHS = (
    "filepath_or_buffer",
    "path_or_buf",
    "path",
    "path_or_buffer",
    "fname",
    "filename",
    "file",
    "io",
    "name",
    "f",
    "fp",
    "excel_writer",
)
_KEEPING = frozenset(
    "str pathlib.Path os.path.abspath os.path.realpath os.path.expanduser os.path.normpath os.fspath".split()
)
_KEEPING_METHODS = frozenset("resolve expanduser absolute as_posix strip lower".split())
_HOLE = re.compile(r"\{[^}]*\}")


class Reader(NamedTuple):
    """A call that takes a file up again: a read, or (with a text) a training call that is given the path."""

    call: Value
    text: str


class Files:
    """Questions about the paths of a program."""

    def __init__(self, flow: Flow, models: Models) -> None:
        self.flow = flow
        self.models = models
        self._texts: dict[Value, tuple[str, ...]] = {}
        self._busy: dict[Value, tuple[str, ...]] = {}
        self._by_name: dict[str, list[tuple[Value, str]]] | None = None
        self._read_back: dict[Value, list[Reader]] = {}
        self._training: dict[int, list[Reader]] = {}
        self._literals: dict[str, list[int]] | None = None

    # ------------------------------------------------------------------ calls

    def is_read(self, call: Value) -> bool:
        """Whether a call brings data in; `open` tells by its mode."""
        api = self.flow.api(call)
        if api is None or "reads" not in api.roles:
            return False
        if not api.roles & {"saves", "stores"}:
            return True
        mode = self._mode(call)
        return mode is None or not WRITE_MODE.match(mode)

    def is_write(self, call: Value) -> bool:
        api = self.flow.api(call)
        return api is not None and bool(api.roles & {"saves", "stores"}) and not self.is_read(call)

    def _mode(self, call: Value) -> str | None:
        method = call.inputs[0][1].kind == "attr" and self.flow.types(call.inputs[0][1].inputs[0][1]) != ()
        place = 0 if method else 1
        position = 0
        for keyword, (_, source) in zip(call.data, call.inputs[1:], strict=True):  # type: ignore[call-overload]
            if keyword == "mode" or (keyword == "" and position == place):
                for text in self.texts(source):
                    return text
                return None
            position += keyword == ""
        return None

    def path(self, call: Value) -> Value | None:
        """The path that a read or write names; a file handle leads back to where it was opened."""
        api = self.flow.api(call)
        if api is None:
            return None
        function = call.inputs[0][1]
        receiver = function.inputs[0][1] if function.kind == "attr" else None
        if api.source == "self" and receiver is not None:
            return self._opened(receiver) or receiver
        keywords = (api.source, *NAMED_PATHS) if api.source else NAMED_PATHS
        plain: list[Value] = []
        for keyword, (_, source) in zip(call.data, call.inputs[1:], strict=True):  # type: ignore[call-overload]
            if keyword in keywords:
                return self._opened(source) or source
            if keyword == "":
                plain.append(source)
        if "reads" in api.roles and plain:
            return self._opened(plain[0]) or plain[0]
        handles = [opened for source in plain if (opened := self._opened(source)) is not None]
        if receiver is not None and (opened := self._opened(receiver)) is not None:
            handles.append(opened)
        return handles[0] if handles else next((source for source in plain if self.is_path(source)), None)

    def is_path(self, value: Value) -> bool:
        """Whether a value looks like a path or a name of one."""
        if value.kind == "const":
            return isinstance(value.data, str)
        if value.kind == "template":
            return True
        names = {owner.name for owner in self.flow.types(value)}
        return bool(names & {"str", "pathlib.Path"}) or any("/" in text or "." in text for text in self.texts(value))

    def _opened(self, handle: Value) -> Value | None:
        """The path of the `open` that a file handle came from."""
        for visit in self.flow.walk(handle, self._same_back, limit=40):
            call = visit.value
            if call.kind == "call" and call is not handle or call.kind == "call" and visit.depth == 0:
                api = self.flow.api(call)
                if api is not None and api.roles & {"reads", "saves"} and api.returns:
                    record = self.flow.catalogue.type(api.returns)
                    if record is not None and record.kind == "file":
                        return self.path(call)
                if (
                    api is not None
                    and api.name in ("csv.writer", "csv.DictWriter", "csv.reader", "csv.DictReader")
                    and len(call.inputs) > 1
                ):
                    return self._opened(call.inputs[1][1])
        return None

    # ------------------------------------------------------------------ identity

    def _same_back(self, value: Value, stack: Stack) -> list[Step]:
        """The same value, further back."""
        kind = value.kind
        if kind == "call":
            steps = [
                self.flow.enter_return(value, target, stack)
                for target in self.flow.targets(value)
                if target.kind == "func"
            ]
            kept = self._kept(value)
            return [step for found in steps for step in found] + (
                [Step("same", kept, stack)] if kept is not None else []
            )
        if kind in ("phi", "same", "choice", "passed", "param", "attr", "item", "global", "free", "return"):
            return [
                s
                for s in self.flow.back(value, stack)
                if s.label not in ("changed", "object", "key", "call", "yield", "base")
                or kind == "passed"
                and s.label == "base"
            ]
        return []

    def _kept(self, call: Value) -> Value | None:
        """The argument of a call that hands the same path on."""
        function = call.inputs[0][1]
        if any(target.name in _KEEPING for target in self.flow.targets(call)) and len(call.inputs) == 2:
            return call.inputs[1][1]
        return (
            function.inputs[0][1]
            if function.kind == "attr" and function.data in _KEEPING_METHODS and len(call.inputs) == 1
            else None
        )

    def _by_keyword(self, call: Value) -> tuple[Value, str] | None:
        """`kwargs.get("name")` or `kwargs.pop("name")`: the parameter and the name."""
        function = call.inputs[0][1]
        if function.kind != "attr" or function.data not in ("get", "pop") or len(call.inputs) < 2:
            return None
        key, base = call.inputs[1][1], function.inputs[0][1]
        while base.kind in ("passed", "mutate", "same", "store"):
            base = base.inputs[0][1]
        if base.kind == "param" and key.kind == "const" and any(p.name == base.data and p.kind == "**" for p in base.body.scope.parameters):
            return base, str(key.data)
        return None

    def _keyword_given(self, param: Value, name: str, stack: Stack) -> list[Step]:
        calls = [(stack[-1], stack[:-1])] if stack else [(call, ()) for call in self.flow.callers(param.body.module.index, param.body.number)]
        return [
            Step("argument", source, after)
            for call, after in calls
            for keyword, (_, source) in zip(call.data, call.inputs[1:], strict=True)  # type: ignore[call-overload]
            if keyword == name
        ]

    def _taken_by_name(self, value: Value, steps: list[Step]) -> list[Step]:
        """From `**kwargs` on to where the argument that `value` is, is taken out of it."""
        found = []
        for step in steps:
            param, call = step.value, step.stack[-1]
            if not any(p.name == param.data and p.kind == "**" for p in param.body.scope.parameters):
                found.append(step)
                continue
            names = {keyword for keyword, (_, source) in zip(call.data, call.inputs[1:], strict=True) if source is value}  # type: ignore[call-overload]
            for taken in param.body.calls:
                if (named := self._by_keyword(taken)) is not None and named[0] is param and named[1] in names:
                    found.append(Step("keyword", taken, step.stack))
        return found

    def _same_forth(self, value: Value, stack: Stack) -> list[Step]:
        """The same value, further on."""
        steps: list[Step] = []
        for label, user in value.uses:
            kind = user.kind
            if kind == "call" and label == "arg":
                if self._kept(user) is value:
                    steps.append(Step("same", user, stack))
                    continue
                for target in self.flow.targets(user):
                    if target.kind == "func":
                        steps.extend(self._taken_by_name(value, self.flow._into_function(value, user, target.module, target.scope, stack)))
                    elif target.kind == "class":
                        init = self.flow.initializer((target.module, target.scope))
                        if init is not None and init.kind == "func":
                            steps.extend(self._taken_by_name(value, self.flow._into_function(value, user, init.module, init.scope, stack)))
            elif kind == "return":
                steps.extend(self.flow.leave(user.body, stack))
            elif kind == "store" and label == "value":
                steps.extend(self.flow._stored(user))
            elif kind in ("phi", "same", "choice") and label == "value" or kind == "passed" and label == "base":
                steps.append(Step(label, user, stack))
            elif kind == "collection" and label == "item":
                steps.extend(self._unpacked(user, value, stack))
        steps.extend(s for s in self.flow._outlive(value, stack) if s.label != "changed")
        return steps

    def _unpacked(self, collection: Value, value: Value, stack: Stack) -> list[Step]:
        """From a place in a returned tuple to where callers unpack it."""
        place = next(i for i, (_, source) in enumerate(collection.inputs) if source is value)
        steps: list[Step] = []
        for _, user in collection.uses:
            if user.kind == "call" and "*" in user.data:  # type: ignore[operator]
                for target in self.flow.targets(user):
                    if target.kind == "func" and len(stack) < STACK_LIMIT and user not in stack:
                        body = self.flow.body(target.module, target.scope)
                        steps.extend(
                            Step("argument", param, (*stack, user))
                            for name, param in body.params.items()
                            if any(v is value for v in self.flow.argument(user, body, name))
                        )
            elif user.kind == "return":
                for step in self.flow.leave(user.body, stack):
                    steps.extend(
                        Step("item", use, step.stack)
                        for _, use in step.value.uses
                        if use.kind == "item" and use.data == place
                    )
        return steps

    # ------------------------------------------------------------------ from a write to its readers

    def read_back(self, write: Value) -> list[Reader]:
        """Every call that takes up what a call wrote."""
        found = self._read_back.get(write)
        if found is None:
            path = self.path(write)
            readers: dict[Value, Reader] = {}
            if path is not None:
                for origin in self._origins(path):
                    self._follow(origin, readers)
                for reader in self._by_text(write, path):
                    readers.setdefault(reader.call, reader)
                if not readers:
                    for reader in (*self._handed(path), *self._named(write, path)):
                        readers.setdefault(reader.call, reader)
            readers.pop(write, None)
            found = self._read_back[write] = list(readers.values())[:FAN_OUT]
        return found

    def _origins(self, path: Value) -> list[Value]:
        found = [visit.value for visit in self.flow.walk(path, self._same_back, limit=60)]
        return [
            value for value in found if value.kind != "const" or (isinstance(value.data, str) and len(value.data) > 3)
        ]

    def _follow(self, origin: Value, readers: dict[Value, Reader]) -> None:
        for visit in self.flow.walk(origin, self._same_forth, limit=PATH_LIMIT):
            value = visit.value
            for label, user in value.uses:
                if user.kind != "call" or user in readers:
                    continue
                if label == "arg" or (label == "function" and value.kind == "attr"):
                    reader = self._reads(value, user)
                    if reader is not None:
                        readers[user] = reader
                elif label == "object":
                    continue
            for label, user in value.uses:
                if label == "object" and user.kind == "attr":
                    for inner, call in user.uses:
                        if (
                            inner == "function"
                            and call.kind == "call"
                            and self.is_read(call)
                            and self.path(call) is value
                        ):
                            readers.setdefault(call, Reader(call, ""))

    def _reads(self, value: Value, call: Value) -> Reader | None:
        if self.is_read(call):
            return Reader(call, "") if self.path(call) is value else None
        for target in self.flow.targets(call):
            if target.kind == "func" and (
                text := self.models.uses(target.module, target.scope, target.receiver is not None)
            ):
                return Reader(call, text)
            api = target.api
            if api is not None and (api.roles & {"fits", "tunes"} or self._loads(api.returns)):
                return Reader(call, f"read by {api.name.rsplit('.', 1)[-1]}")
        return None

    def _loads(self, name: str) -> bool:
        record = self.flow.catalogue.type(name) if name else None
        return record is not None and record.kind in ("dataset", "loader")

    def _by_text(self, write: Value, path: Value) -> list[Reader]:
        """Reads of a file of the same name, as far as the texts of both paths are known and agree."""
        index = self._reads_by_name()
        found = []
        for text in self.texts(path):
            for call, other in index.get(posixpath.basename(text), ()):
                if call is not write and _agree(text, other) and (_near(write, call) or _folder(text) == _folder(other) != ""):
                    found.append(Reader(call, ""))
        return found

    def _handed(self, path: Value) -> list[Reader]:
        """Models that are built with a path, directly or through their settings."""
        found: dict[Value, Reader] = {}
        for origin in self._origins(path):
            if origin.kind in ("const", "return"):
                continue
            for visit in self.flow.walk(origin, self.flow.forth, limit=PATH_LIMIT):
                call = visit.value
                if call.kind == "call" and visit.label == "constructs":
                    for target in self.flow.targets(call):
                        if target.kind == "class" and self.models.is_model((target.module, target.scope)):
                            found[call] = Reader(call, f"given by its path to the model {self.flow.scope(target.module, target.scope).name}")
        return list(found.values())

    def _named(self, write: Value, path: Value) -> list[Reader]:
        """Training in other modules that name the same file."""
        index = self._names()
        found = []
        for name in {posixpath.basename(text) for text in self.texts(path)}:
            if _telling(name) and "{" not in name:
                for module in index.get(name, ()):
                    if module != write.body.module.index and _same_top(write.body.module.path, self.flow.program.modules[module].path):
                        found.extend(self.training(module))
        return found

    def training(self, module: int) -> list[Reader]:
        """The first call in a module that trains a model, with what it does."""
        if module not in self._training:
            self._training[module] = [found for number in range(len(self.flow.program.modules[module].facts.scopes)) for found in self._trains(module, number)][:1]
        return self._training[module]

    def _trains(self, module: int, number: int) -> Iterator[Reader]:
        for call in self.flow.body(module, number).calls:
            for target in self.flow.targets(call):
                text = self.models.uses(target.module, target.scope, target.receiver is not None) if target.kind == "func" else ""
                if text.startswith("trained") or (target.api is not None and "fits" in target.api.roles):
                    yield Reader(call, f"named in {posixpath.basename(self.flow.program.modules[module].path)}, which trains a model here")

    def _names(self) -> dict[str, list[int]]:
        """Which modules hold a file's name in a literal."""
        if self._literals is None:
            table: dict[str, dict[int, None]] = defaultdict(dict)
            for module in self.flow.program.modules:
                if module.category == "product":
                    for node in module.facts.exprs:
                        if node.__class__ is Constant and isinstance(node.value, str) and 5 <= len(node.value) < 200 and "." in node.value:
                            table[posixpath.basename(node.value)][module.index] = None
            self._literals = {name: list(modules) for name, modules in table.items()}
        return self._literals

    def _reads_by_name(self) -> dict[str, list[tuple[Value, str]]]:
        if self._by_name is None:
            table: dict[str, list[tuple[Value, str]]] = defaultdict(list)
            for module in self.flow.program.modules:
                if module.category != "product":
                    continue
                for number in range(len(module.facts.scopes)):
                    for call in self.flow.body(module.index, number).calls:
                        if self.is_read(call) and (path := self.path(call)) is not None:
                            for text in self.texts(path):
                                if _telling(posixpath.basename(text)):
                                    table[posixpath.basename(text)].append((call, text))
            self._by_name = table
        return self._by_name

    # ------------------------------------------------------------------ texts of paths

    def texts(self, value: Value) -> tuple[str, ...]:
        """What a path may be, as text; an unknown part stands as `{name}`."""
        found = self._texts.get(value)
        if found is None:
            self._busy = {}
            found = self._texts[value] = self._parts(value, TEXT_DEPTH)
        return found

    def _parts(self, value: Value, depth: int) -> tuple[str, ...]:
        """As `texts`, within one question: no value is taken apart twice, and there is an end to it."""
        if value not in self._busy:
            if depth <= 0 or len(self._busy) > TEXT_VALUES:
                return ("{}",)
            self._busy[value] = ("{}",)
            self._busy[value] = tuple(dict.fromkeys(self._text(value, depth)))[:TEXT_LIMIT]
        return self._busy[value]

    def _text(self, value: Value, depth: int) -> list[str]:
        kind = value.kind
        if kind == "const":
            return [str(value.data)]
        if kind == "template":
            parts = iter(value.every("part"))
            texts = ["" if part is None else part for part in value.data]  # type: ignore[attr-defined]
            whole = ""
            for part, text in zip(value.data, texts, strict=True):  # type: ignore[call-overload]
                whole += text if part is not None else next(iter(self._parts(next(parts), depth - 1)), "{}")
            return [whole]
        if kind == "operation" and value.data in ("+", "/"):
            glue = "/" if value.data == "/" else ""
            return self._glued(value.every("operand"), glue, depth)
        if kind == "call":
            return self._called(value, depth)
        if kind in ("phi", "choice", "same", "passed", "global", "free", "param", "attr", "item", "return"):
            steps = [
                s
                for s in self.flow.back(value, ())
                if s.label not in ("changed", "object", "key", "yield") or kind == "passed"
            ]
            texts = [text for step in steps[:TEXT_LIMIT] for text in self._parts(step.value, depth - 1)]
            return texts or [f"{{{value.data if isinstance(value.data, str) else ''}}}"]
        return ["{}"]

    def _called(self, call: Value, depth: int) -> list[str]:
        if (named := self._by_keyword(call)) is not None:
            given = self._keyword_given(*named, ())
            return [text for step in given for text in self._parts(step.value, depth - 1)] or [f"{{{named[1]}}}"]
        function = call.inputs[0][1]
        arguments = [source for _, source in call.inputs[1:]]
        names = {target.name for target in self.flow.targets(call)}
        tail = str(function.data).rsplit(".", 1)[-1] if function.kind in ("attr", "external") else ""
        if names & {"os.path.join", "posixpath.join", "pathlib.Path"} and arguments:
            return self._glued(arguments, "/", depth)
        if function.kind == "attr":
            owner = function.inputs[0][1]
            if tail == "joinpath":
                return self._glued([owner, *arguments], "/", depth)
            if tail == "format":
                return [self._formatted(text, arguments, depth) for text in self._parts(owner, depth - 1)]
            if tail in _KEEPING_METHODS:
                return list(self._parts(owner, depth - 1))
        kept = self._kept(call)
        if kept is not None:
            return list(self._parts(kept, depth - 1))
        for target in self.flow.targets(call):
            if target.kind == "func":
                return list(self._parts(self.flow.body(target.module, target.scope).returns, depth - 1))
        return ["{}"]

    def _glued(self, parts: list[Value], glue: str, depth: int) -> list[str]:
        whole = [""]
        for number, part in enumerate(parts):
            texts = self._parts(part, depth - 1)[:2]
            whole = [left + (glue if number else "") + right for left in whole for right in texts][:TEXT_LIMIT]
        return whole

    def _formatted(self, text: str, arguments: list[Value], depth: int) -> str:
        for argument in arguments:
            text = re.sub(r"\{[^}]*\}", lambda _: next(iter(self._parts(argument, depth - 1)), "{}"), text, count=1)
        return text


def _telling(name: str) -> bool:
    """Whether a file's name is enough of a name to be known by."""
    literal = _HOLE.sub("", name)
    return len(literal) >= 5 and sum(c.isalpha() for c in literal.partition(".")[0]) >= 3


def _agree(one: str, other: str) -> bool:
    """Whether two paths may be the same: known folders must not contradict."""
    left, right = one.split("/")[::-1], other.split("/")[::-1]
    return all(
        "{" in a or "{" in b or a == b or a in (".", "..", "") or b in (".", "..", "")
        for a, b in list(zip(left, right, strict=False))[:3]
    )


def _folder(text: str) -> str:
    """The folder that a path names last, when it is written down."""
    folder = posixpath.basename(posixpath.dirname(text))
    return "" if "{" in folder or folder in (".", "..") else folder


def _same_top(one: str, other: str) -> bool:
    return one.split("/")[0] == other.split("/")[0] or "/" not in one or "/" not in other


def _near(write: Value, read: Value) -> bool:
    """Whether two modules belong together: one's folder holds the other's, or their folders are neighbours below the top."""
    one, other = posixpath.dirname(write.body.module.path), posixpath.dirname(read.body.module.path)
    if (
        one == other
        or (one + "/").startswith(other + "/")
        or (other + "/").startswith(one + "/")
        or not one
        or not other
    ):
        return True
    return one.split("/")[0] == other.split("/")[0] and len(posixpath.commonpath([one, other]).split("/")) >= min(
        one.count("/"), other.count("/")
    )

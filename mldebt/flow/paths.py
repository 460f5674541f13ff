"""Paths as values: where the same path goes, which one a call reads or writes, and what it may be as text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt.flow.linking import Target
from mldebt.flow.value import Value
from mldebt.flow.walk import STACK_LIMIT, Flow, Stack, Step

TEXT_DEPTH = 9
TEXT_LIMIT = 12
TEXT_VALUES = 400
HANDLE_LIMIT = 40
_WRITE_MODE = re.compile(r"^[rbt+U]*[wax]")
_NAMED = frozenset(
    """filepath_or_buffer path_or_buf path path_or_buffer fname filename file io name f fp excel_writer filepath
    file_path output_path""".split()
)
_KEEPING = frozenset(
    "str pathlib.Path os.path.abspath os.path.realpath os.path.expanduser os.path.normpath os.fspath".split()
)
_KEEPING_METHODS = frozenset("resolve expanduser absolute as_posix strip lower".split())
_JOINING = frozenset({"os.path.join", "posixpath.join", "pathlib.Path"})
_CSV = frozenset({"csv.writer", "csv.DictWriter", "csv.reader", "csv.DictReader"})
_SAME = frozenset({"phi", "same", "choice", "passed", "param", "attr", "item", "global", "free", "return"})
_OTHER_VALUE = frozenset({"changed", "object", "key", "call", "yield", "base"})


class Paths:
    """Questions about the paths of a program."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._texts: dict[Value, tuple[str, ...]] = {}
        self._busy: dict[Value, tuple[str, ...]] = {}
        self._named: dict[Value, Value | None] = {}

    # ------------------------------------------------------------------ reads and writes

    def is_read(self, call: Value) -> bool:
        """Whether a call brings data in; `open` tells by its mode."""
        api = self.flow.api(call)
        if api is None or "reads" not in api.roles:
            return False
        if not api.roles & {"saves", "stores"}:
            return True
        mode = self._mode(call)
        return not _WRITE_MODE.match(mode)

    def is_write(self, call: Value) -> bool:
        """Whether a call writes data or a model out."""
        api = self.flow.api(call)
        return api is not None and bool(api.roles & {"saves", "stores"}) and not self.is_read(call)

    def _mode(self, call: Value) -> str:
        bound = call.inputs[0][1].kind == "attr" and self.flow.types(call.inputs[0][1].inputs[0][1]) != ()
        position = 0
        for keyword, source in arguments(call):
            if keyword == "mode" or (keyword == "" and position == (0 if bound else 1)):
                return next(iter(self.texts(source)), "")
            position += keyword == ""
        return ""

    def path(self, call: Value) -> Value | None:
        """The path that a read or write names; a file handle leads back to where it was opened."""
        if call not in self._named:
            self._named[call] = None
            self._named[call] = self._path(call)
        return self._named[call]

    def _path(self, call: Value) -> Value | None:
        api = self.flow.api(call)
        if api is None:
            return None
        function = call.inputs[0][1]
        receiver = function.inputs[0][1] if function.kind == "attr" else None
        if api.source == "self" and receiver is not None:
            return self.opened(receiver) or receiver
        plain: list[Value] = []
        for keyword, source in arguments(call):
            if keyword == api.source != "" or keyword in _NAMED:
                return self.opened(source) or source
            if keyword == "":
                plain.append(source)
        if "reads" in api.roles and plain:
            return self.opened(plain[0]) or plain[0]
        for handle in (*plain, *([receiver] if receiver is not None else [])):
            if (opened := self.opened(handle)) is not None:
                return opened
        known = next((source for source in plain if self.is_path(source)), None)
        return known or (plain[0] if plain and receiver is not None else None)

    def is_path(self, value: Value) -> bool:
        """Whether a value looks like a path or a name of one."""
        if value.kind in ("const", "template"):
            return value.kind == "template" or isinstance(value.data, str)
        names = {owner.name for owner in self.flow.types(value)}
        return bool(names & {"str", "pathlib.Path"}) or any("/" in text or "." in text for text in self.texts(value))

    def opened(self, handle: Value) -> Value | None:
        """The path of the `open` that a file handle came from."""
        for visit in self.flow.walk(handle, self.same_back, limit=HANDLE_LIMIT):
            call = visit.value
            api = self.flow.api(call) if call.kind == "call" else None
            if api is None:
                continue
            record = self.flow.catalogue.type(api.returns) if api.returns else None
            if api.roles & {"reads", "saves"} and record is not None and record.kind == "file":
                return self.path(call)
            if api.name in _CSV and len(call.inputs) > 1:
                return self.opened(call.inputs[1][1])
        return None

    # ------------------------------------------------------------------ the same path, elsewhere

    def same_back(self, value: Value, stack: Stack) -> list[Step]:
        """The same value, further back."""
        if value.kind == "call":
            if (named := self._by_keyword(value)) is not None:
                return self._keyword_given(*named, stack)
            functions = [target for target in self.flow.targets(value) if target.kind == "func"]
            steps = [step for target in functions for step in self.flow.enter_return(value, target, stack)]
            kept = self._kept(value)
            return [*steps, Step("same", kept, stack)] if kept is not None else steps
        if value.kind not in _SAME:
            return []
        allowed = _OTHER_VALUE - {"base"} if value.kind == "passed" else _OTHER_VALUE
        return [step for step in self.flow.back(value, stack) if step.label not in allowed]

    def same_forth(self, value: Value, stack: Stack) -> list[Step]:
        """The same value, further on."""
        steps: list[Step] = []
        for label, user in value.uses:
            kind = user.kind
            if kind == "call" and label == "arg":
                if self._kept(user) is value:
                    steps.append(Step("same", user, stack))
                else:
                    steps.extend(self._given(value, user, stack))
            elif kind == "return":
                steps.extend(self.flow.leave(user.body, stack))
            elif kind == "store" and label == "value":
                steps.extend(self.flow.reads_of_store(user))
            elif (kind in ("phi", "same", "choice") and label == "value") or (kind == "passed" and label == "base"):
                steps.append(Step(label, user, stack))
            elif kind == "collection" and label == "item":
                steps.extend(self._unpacked(user, value, stack))
        steps.extend(step for step in self.flow.outlive(value, stack) if step.label != "changed")
        return steps

    def _given(self, value: Value, call: Value, stack: Stack) -> list[Step]:
        steps: list[Step] = []
        for target in self.flow.targets(call):
            place = (target.module, target.scope) if target.kind == "func" else None
            if target.kind == "class":
                init = self.flow.initializer((target.module, target.scope))
                place = (init.module, init.scope) if init is not None and init.kind == "func" else None
            if place is not None:
                steps.extend(self._taken(value, self.flow.into_function(value, call, *place, stack)))
        return steps

    def _unpacked(self, collection: Value, value: Value, stack: Stack) -> Iterator[Step]:
        """From a place in a tuple to the parameters it is spread over, or to where callers unpack it."""
        place = next(i for i, (_, source) in enumerate(collection.inputs) if source is value)
        for _, user in collection.uses:
            if user.kind == "call" and len(stack) < STACK_LIMIT and user not in stack:
                for target in self.flow.targets(user):
                    if target.kind == "func":
                        yield from self._spread(value, user, target, stack)
            elif user.kind == "return":
                for step in self.flow.leave(user.body, stack):
                    uses = (use for _, use in step.value.uses if use.kind == "item" and use.data == place)
                    yield from (Step("item", use, step.stack) for use in uses)

    def _spread(self, value: Value, call: Value, target: Target, stack: Stack) -> Iterator[Step]:
        body = self.flow.body(target.module, target.scope)
        for name, param in body.params.items():
            if any(given is value for given in self.flow.argument(call, body, name)):
                yield Step("argument", param, (*stack, call))

    def _kept(self, call: Value) -> Value | None:
        """The argument of a call that hands the same path on."""
        function = call.inputs[0][1]
        if len(call.inputs) == 2 and any(target.name in _KEEPING for target in self.flow.targets(call)):
            return call.inputs[1][1]
        if function.kind == "attr" and function.data in _KEEPING_METHODS and len(call.inputs) == 1:
            return function.inputs[0][1]
        return None

    # ------------------------------------------------------------------ arguments by name

    def _by_keyword(self, call: Value) -> tuple[Value, str] | None:
        """`kwargs.get("name")` or `kwargs.pop("name")`: the parameter and the name."""
        function = call.inputs[0][1]
        if function.kind != "attr" or function.data not in ("get", "pop") or len(call.inputs) < 2:
            return None
        key, base = call.inputs[1][1], function.inputs[0][1]
        while base.kind in ("passed", "mutate", "same", "store"):
            base = base.inputs[0][1]
        return (base, str(key.data)) if key.kind == "const" and _takes_names(base) else None

    def _keyword_given(self, param: Value, name: str, stack: Stack) -> list[Step]:
        if stack:
            calls = [(stack[-1], stack[:-1])]
        else:
            calls = [(call, ()) for call in self.flow.callers(param.body.module.index, param.body.number)]
        return [
            Step("argument", source, after)
            for call, after in calls
            for keyword, source in arguments(call)
            if keyword == name
        ]

    def _taken(self, value: Value, steps: list[Step]) -> Iterator[Step]:
        """From `**kwargs` on to where the argument that `value` is, is taken out of it."""
        for step in steps:
            param = step.value
            if not _takes_names(param):
                yield step
                continue
            names = {keyword for keyword, source in arguments(step.stack[-1]) if source is value}
            for call in param.body.calls:
                named = self._by_keyword(call)
                if named is not None and named[0] is param and named[1] in names:
                    yield Step("keyword", call, step.stack)

    # ------------------------------------------------------------------ texts

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
            self._busy[value] = tuple(dict.fromkeys(self._text(value, depth - 1)))[:TEXT_LIMIT]
        return self._busy[value]

    def _text(self, value: Value, depth: int) -> list[str]:
        kind = value.kind
        if kind == "const":
            return [str(value.data)]
        if kind == "template":
            parts = iter(value.every("part"))
            texts = [
                text if text is not None else next(iter(self._parts(next(parts), depth)), "{}")
                for text in value.data  # type: ignore[attr-defined]
            ]
            return ["".join(texts)]
        if kind == "operation" and value.data in ("+", "/"):
            return self._glued(value.every("operand"), "/" if value.data == "/" else "", depth)
        if kind == "call":
            return self._called(value, depth)
        if kind in _SAME:
            steps = [
                step
                for step in self.flow.back(value, ())
                if step.label not in ("changed", "object", "key", "yield") or kind == "passed"
            ]
            texts = [text for step in steps[:TEXT_LIMIT] for text in self._parts(step.value, depth)]
            return texts or [f"{{{value.data if isinstance(value.data, str) else ''}}}"]
        return ["{}"]

    def _called(self, call: Value, depth: int) -> list[str]:
        if (named := self._by_keyword(call)) is not None:
            given = [text for step in self._keyword_given(*named, ()) for text in self._parts(step.value, depth)]
            return given or [f"{{{named[1]}}}"]
        function = call.inputs[0][1]
        sources = [source for _, source in call.inputs[1:]]
        targets = self.flow.targets(call)
        if sources and any(target.name in _JOINING for target in targets):
            return self._glued(sources, "/", depth)
        if function.kind == "attr":
            owner = function.inputs[0][1]
            if function.data == "joinpath":
                return self._glued([owner, *sources], "/", depth)
            if function.data == "format":
                return [self._formatted(text, sources, depth) for text in self._parts(owner, depth)]
            if function.data in _KEEPING_METHODS:
                return list(self._parts(owner, depth))
        kept = self._kept(call)
        if kept is not None:
            return list(self._parts(kept, depth))
        made = next((target for target in targets if target.kind == "func"), None)
        return list(self._parts(self.flow.body(made.module, made.scope).returns, depth)) if made else ["{}"]

    def _glued(self, parts: list[Value], glue: str, depth: int) -> list[str]:
        whole = [""]
        for number, part in enumerate(parts):
            texts = self._parts(part, depth)[:2]
            whole = [left + (glue if number else "") + right for left in whole for right in texts][:TEXT_LIMIT]
        return whole

    def _formatted(self, text: str, sources: list[Value], depth: int) -> str:
        for source in sources:
            given = next(iter(self._parts(source, depth)), "{}")
            text = re.sub(r"\{[^}]*\}", given.replace("\\", "\\\\"), text, count=1)
        return text


def arguments(call: Value) -> list[tuple[str, Value]]:
    """The arguments of a call as (keyword, value); the keyword is "" for a positional one."""
    keywords: tuple[str, ...] = call.data  # type: ignore[assignment]
    return [(keyword, source) for keyword, (_, source) in zip(keywords, call.inputs[1:], strict=True)]


def _takes_names(param: Value) -> bool:
    """Whether a value is a function's `**kwargs`."""
    return param.kind == "param" and any(p.name == param.data and p.kind == "**" for p in param.body.scope.parameters)

"""What a path may be as text, as far as the code writes it down."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from mldebt.flow.idioms import bare
from mldebt.flow.linking import Target
from mldebt.flow.sameness import KEEPING_METHODS, SAME, Sameness
from mldebt.flow.steps import Stack, may_enter
from mldebt.flow.value import Value
from mldebt.regex import regex

TEXT_DEPTH = 9
TEXT_LIMIT = 12
TEXT_VALUES = 400
GLUED = 2
"""So many texts of each part of a path are put together."""
LIST_LIMIT = 60
_JOINING = frozenset({"os.path.join", "posixpath.join", "pathlib.Path"})
HOLES = regex(r"\{[^}]*\}")
DAY = regex(r"(?<!\d)(20)?\d\d(?P<between>[-_.]?)(0[1-9]|1[0-2])(?P=between)(0[1-9]|[12]\d|3[01])(?!\d)")
"""A day in a file's name: 240309, 2023-11-30, 2023_04_06."""
"""What stands in a text for the parts that the code leaves open: `{name}`, or `{}`."""
_PLACE = regex(r"%(?:\((\w+)\))?[-#0 +]*[\d.]*[a-zA-Z]|%%")
"""A field of a text that is filled by `%`, by its name if it has one."""
_EXTENSION = regex(r"\.[A-Za-z]\w*\Z")
_RENAMING = frozenset({"replace", "with_suffix", "with_name"})
"""Methods that make a path of another."""
_BY_PLACE = frozenset({"", "positional"})
_FIELD = regex(r"\{(\w*)[^{}]*\}")
"""A field of a text that is formatted, by its name or number."""


class Texts:
    """Texts of paths, each found once."""

    def __init__(self, sameness: Sameness) -> None:
        self.flow = sameness.flow
        self.sameness = sameness
        self._texts: dict[tuple[Value, Stack], tuple[str, ...]] = {}
        self._busy: dict[tuple[Value, Stack], tuple[str, ...]] = {}

    def of(self, value: Value, stack: Stack = ()) -> tuple[str, ...]:
        """What a path may be, as text, under some open calls; an unknown part stands as `{name}`."""
        key = (value, stack)
        found = self._texts.get(key)
        if found is None:
            self._busy = {}
            found = self._texts[key] = self._parts(value, stack, TEXT_DEPTH)
        return found

    def _parts(self, value: Value, stack: Stack, depth: int) -> tuple[str, ...]:
        """As `of`, within one question: no value is taken apart twice for the same open calls, and there is an end to
        it. What a function gives back is made of what this call of it was given."""
        key = (value, stack)
        if key not in self._busy:
            if depth <= 0 or len(self._busy) > TEXT_VALUES:
                return ("{}",)
            self._busy[key] = ("{}",)
            self._busy[key] = tuple(dict.fromkeys(self._text(value, stack, depth - 1)))[:TEXT_LIMIT]
        return self._busy[key]

    def _text(self, value: Value, stack: Stack, depth: int) -> list[str]:
        kind = value.kind
        if kind == "const":
            return ["{}" if value.data is None or isinstance(value.data, bool) else str(value.data)]
        if kind == "template":
            parts = iter(value.every("part"))
            texts = [
                text if text is not None else self._first(next(parts), stack, depth)
                for text in value.data  # type: ignore[attr-defined]
            ]
            return ["".join(texts)]
        if (counted := counted_on(value)) is not None:
            return [text if text.startswith("{") else "{}" for text in self._parts(counted, stack, depth)]
        if kind == "operation" and value.data in ("+", "/"):
            operands = [(each, stack) for each in value.every("operand")]
            return self._glued(operands, "/" if value.data == "/" else "", depth)
        if kind == "operation" and value.data == "%":
            text, filling = value.every("operand")
            spell = partial(self._first, stack=stack, depth=depth)
            return [interpolated(text, filling, spell) for text in self._parts(text, stack, depth)]
        if kind == "call":
            return self._called(value, stack, depth)
        if kind in SAME:
            steps = [
                step
                for step in self.flow.back(value, stack)
                if step.label not in ("changed", "object", "key", "yield") or kind == "passed"
            ]
            texts = [text for step in steps[:TEXT_LIMIT] for text in self._parts(step.value, step.stack, depth)]
            return texts or [f"{{{value.data if isinstance(value.data, str) else ''}}}"]
        return ["{}"]

    def _called(self, call: Value, stack: Stack, depth: int) -> list[str]:
        if (named := self.sameness.by_keyword(call)) is not None:
            given = [
                text
                for step in self.sameness.keyword_given(*named, stack)
                for text in self._parts(step.value, step.stack, depth)
            ]
            return given or [f"{{{named[1]}}}"]
        function = call.inputs[0][1]
        sources = [source for _, source in call.inputs[1:]]
        targets = self.flow.targets(call)
        if sources and any(target.name in _JOINING for target in targets):
            return self._glued(list(self._spread_out(call, stack)), "/", depth)
        if function.kind == "attr":
            owner = function.inputs[0][1]
            if function.data == "joinpath":
                return self._glued([(owner, stack), *self._spread_out(call, stack)], "/", depth)
            if rewrites(call, targets):
                spell = partial(self._first, stack=stack, depth=depth)
                return [rewritten(text, call, spell) or "{}" for text in self._parts(owner, stack, depth)]
            if function.data in KEEPING_METHODS:
                return list(self._parts(owner, stack, depth))
        kept = self.sameness.kept(call)
        if kept is not None:
            return list(self._parts(kept, stack, depth))
        made = next((target for target in targets if target.kind == "func"), None)
        if made is None:
            return ["{}"]
        inside = (*stack, call) if may_enter(call, stack) else ()
        return list(self._parts(self.flow.body(made.module, made.scope).returns, inside, depth))

    def _first(self, value: Value, stack: Stack, depth: int) -> str:
        return next(iter(self._parts(value, stack, depth)), "{}")

    def _spread_out(self, call: Value, stack: Stack, start: int = 0) -> Iterator[tuple[Value, Stack]]:
        """What a call is given by place from one place on, each with the calls that are open there; of what a function
        hands on as it was given, `join(root, *parts)`, what the open call gave it."""
        for keyword, source in call.named_arguments[start:]:
            given = bare(source)
            if keyword == "*" and stack and self._takes_all(given) and self.flow.calls(stack[-1], *given.body.key):
                yield from self._spread_out(stack[-1], stack[:-1], self._before(given))
            elif keyword in ("", "*"):
                yield source, stack

    def _takes_all(self, param: Value) -> bool:
        """Whether a parameter takes what is left of what is given by place: `*parts`."""
        if param.kind != "param":
            return False
        return any(each.kind == "*" and each.name == param.name for each in param.body.scope.parameters)

    def _before(self, param: Value) -> int:
        """How many arguments by place go to other parameters."""
        places = sum(each.kind in _BY_PLACE for each in param.body.scope.parameters)
        return places - (1 if param.body.module.takes_self(param.body.number) else 0)

    def _glued(self, parts: list[tuple[Value, Stack]], glue: str, depth: int) -> list[str]:
        whole = [""]
        for number, (part, stack) in enumerate(parts):
            last = number == len(parts) - 1
            listed = self._listed(part, stack, depth) if part.kind == "element" and not last else ()
            texts = listed or self._parts(part, stack, depth)[:GLUED]
            whole = [_joined(left, glue if number else "", right) for left in whole for right in texts][:TEXT_LIMIT]
        return whole

    def _listed(self, element: Value, stack: Stack, depth: int) -> tuple[str, ...]:
        """The texts of a written list whose members are gone through, where these are few; () where it is open."""
        origins = self.flow.walk(element.source, self.sameness.back, stack=stack, limit=LIST_LIMIT)
        lists = [each for each in origins if not any(True for _ in self.sameness.back(each.value, each.stack))]
        if any(each.value.kind != "collection" or each.value.every("spread") for each in lists):
            return ()
        members = [(item, each.stack) for each in lists for item in each.value.every("item")]
        texts = [text for item, around in members for text in self._parts(item, around, depth)]
        return tuple(dict.fromkeys(texts)) if len(texts) <= GLUED else ()


def _joined(left: str, glue: str, right: str) -> str:
    return left + right if glue and (not left or left.endswith(glue)) else left + glue + right


def counted_on(value: Value) -> Value | None:
    """The number that a sum with a literal number begins with: `epoch + 1` puts no texts together."""
    if value.kind != "operation" or value.data not in ("+", "-", "*", "//"):
        return None
    numbers = [each.kind == "const" and type(each.data) in (int, float) for each in value.every("operand")]
    return value.every("operand")[numbers.index(False)] if True in numbers and False in numbers else None


def formatted(text: str, call: Value, spell: Callable[[Value], str]) -> str:
    """A text with what a call of `format` puts into its fields; one that is given nothing stays as it is written."""
    named = dict(call.named_arguments)
    plain = [source for keyword, source in call.named_arguments if not keyword]
    places = iter(range(len(plain)))

    def fill(field: re.Match[str]) -> str:
        name = field[1]
        place = int(name) if name.isdecimal() and len(name) < 4 else next(places, -1) if not name else -1
        source = plain[place] if 0 <= place < len(plain) else named.get(name)
        return spell(source) if source is not None else field[0]

    return _FIELD.sub(fill, text)


def rewrites(call: Value, targets: Iterable[Target]) -> bool:
    """Whether a call fills the fields of a text in, or makes a path of another: with another ending, or another name in
    the same folder."""
    function = call.function
    if function.kind != "attr":
        return False
    return function.data == "format" or (function.data in _RENAMING and all(each.kind != "func" for each in targets))


def rewritten(text: str, call: Value, spell: Callable[[Value], str]) -> str:
    """A text as a call makes it, `path.replace(".csv", "_model.pkl")`, "" where it is open. A path whose end is open is
    taken to have the ending that is exchanged."""
    if call.function.data == "format":
        return formatted(text, call, spell)
    given = [spell(source) for source in call.arguments]
    if call.function.data == "replace":
        return _replaced(text, *given) if len(given) == 2 else ""
    folder, slash, name = text.rpartition("/")
    if len(given) != 1 or text in ("{}", "{…}"):
        return ""
    if call.function.data == "with_suffix":
        return f"{folder}{slash}{_stem(name)}{given[0]}"
    return f"{folder}{slash}{given[0]}" if slash or "{" not in text else ""


def _replaced(text: str, before: str, after: str) -> str:
    if before and "{" not in before and before in HOLES.sub("", text):
        return text.replace(before, after)
    if text.endswith("}"):
        return f"{text}{after}" if _EXTENSION.match(before) else ""
    return "" if "{" in text else text


def _stem(name: str) -> str:
    """A file's name without its ending, as far as that is written down."""
    return name if name.endswith("}") else _EXTENSION.sub("", name)


def interpolated(text: str, filling: Value, spell: Callable[[Value], str]) -> str:
    """A text with what `%` puts into its fields; one that is given nothing stays as it is written."""
    named = dict(zip(filling.keys, filling.every("item"), strict=False)) if filling.kind == "dict" else {}
    plain = iter(filling.every("item") if filling.kind == "collection" else [] if named else [filling])

    def fill(field: re.Match[str]) -> str:
        if field[0] == "%%":
            return "%"
        source = named.get(field[1]) if field[1] else next(plain, None)
        return spell(source) if source is not None else field[0]

    return _PLACE.sub(fill, text)

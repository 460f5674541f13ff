"""Paths, names and addresses as a reader of the code would spell them: with the open calls in mind, and a named hole
for what the code leaves open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import dropwhile

from mldebt.flow.files.paths import Paths
from mldebt.flow.files.pathtexts import counted_on, interpolated, rewrites, rewritten
from mldebt.flow.orders.listed import written_out
from mldebt.flow.steps import Stack, Step, Visit
from mldebt.flow.types.at_hand import AtHand
from mldebt.flow.value import Value
from mldebt.pipeline.configuration.configured import Configured
from mldebt.pipeline.configuration.options import Options
from mldebt.pipeline.objects import Objects

WALK_LIMIT = 60
NAMED_LIMIT = 6
DEPTH = 5
TEXTS = 8
_JOINS = frozenset({"os.path.join", "posixpath.join", "pathlib.Path", "pathlib.PurePath"})
_SAME_TEXT = frozenset({"str", "int", "hydra.utils.to_absolute_path"})
_HERE = frozenset({"os.getcwd", "pathlib.Path.cwd", "hydra.utils.get_original_cwd"})
_BY_PATTERN = frozenset({"glob.glob", "glob.iglob"})
_PATTERN_METHODS = ("glob", "rglob")
_IN_ORDER = frozenset({"sorted", "list", "reversed", "tqdm.tqdm", "tqdm.auto.tqdm"})
"""What gives the same files one after another."""
HOLE = "{…}"
NOTHING = "{}./… "
"""What a text is made of that says of no place where it is."""
_ABOVE = frozenset({"parent", "parents"})
"""What says nothing of a folder whose file has no name: `Path(__file__).resolve().parents[1]`."""
_LAST = frozenset({"name", "stem"})
"""What takes a file's name out of its path."""
_ADDRESSES = frozenset({"URLs"})
"""What libraries call the class that holds the addresses of data sets."""
_OPEN = frozenset({"param", "attr", "item", "element", "free", "global"})


class Spelling:
    """Spells values that are texts; for the objects of one class as these are made, where it is told which; with what
    options are when nobody gives them, or what configuration files say, where it is told these; with the names that a
    loop gives at one turn, where it is told which values hold them."""

    def __init__(
        self,
        paths: Paths,
        hand: AtHand | None = None,
        options: Options | None = None,
        configured: Configured | None = None,
        names: Mapping[Value, str] | None = None,
    ) -> None:
        self.paths = paths
        self.flow = paths.flow
        self.objects = paths.flow.shared(Objects)
        self.hand = hand
        self.options = options
        self.configured = configured
        self.names = names or {}
        self._back = self.flow.remembered(self._find_back)
        self._put_together = {
            "template": self._template,
            "operation": self._operation,
            "call": self._call,
            "element": self._element,
        }
        self._ones: dict[tuple[Value, Stack, int], str] = {}

    def texts(self, value: Value, stack: Stack) -> list[str]:
        """What a value may be, each once; white space as one blank."""
        return list(dict.fromkeys(text for text, _ in self.ends(value, stack)))[:TEXTS]

    def ends(self, value: Value, stack: Stack) -> Iterator[tuple[str, Visit]]:
        """What a value may be, with the way to what decides it."""
        return ((" ".join(text.split()), visit) for text, visit in self._spelled(value, stack, DEPTH))

    def _spelled(self, value: Value, stack: Stack, depth: int) -> Iterator[tuple[str, Visit]]:
        for visit in self.flow.walk(value, self._back, stack=stack, limit=WALK_LIMIT):
            if not self._back(visit.value, visit.stack):
                unset = visit.label == "default" and visit.value.kind == "const" and visit.value.data is None
                end = visit.parent if unset and visit.parent is not None else visit
                yield _cased(self._end(end.value, end.stack, depth), visit), visit

    def _find_back(self, value: Value, stack: Stack) -> list[Step]:
        """The same text, further back; not to what tests give, nor to what is never computed for the object at
        hand."""
        if self.hand is not None and value.kind == "attr" and self.hand.known(value, stack) is not None:
            return []
        if value in self.names:
            return []
        if self.configured is not None and (given := self._given(value)):
            return [Step("field", each, ()) for each in given]
        if turns := self._turns(value):
            return [Step("member", each, ()) for each in turns]
        stack = self.objects.opened(value, stack)
        return [
            step
            for step in self.objects.kept(value, stack, self.paths.same_back(value, stack))
            if step.value.body.module.category == "product"
            and (self.hand is None or not self.hand.never(step.value, step.stack))
        ]

    def _turns(self, value: Value) -> list[Value]:
        """What a loop meets turn by turn, where it goes over a list or a table that is written out: `for path in
        ["a.csv", "b.csv"]`, `for name, path in PATHS.items()`."""
        if value.kind not in ("element", "item"):
            return []
        of_pair = value.kind == "item" and value.data == 1 and value.source.kind == "element"
        walked = (value.source if of_pair else value).source
        if of_pair or walked.calls_method("values"):
            is_table = walked.calls_method("items" if of_pair else "values") and not walked.arguments
            table = written_out(self.flow, walked.function.source) if is_table else None
            return table.every("item")[:TEXTS] if table is not None and table.kind == "dict" else []
        held = written_out(self.flow, walked) if value.kind == "element" else None
        if held is None and value.kind == "element":
            return self._places_in(walked)[:TEXTS]
        return held.every("item")[:TEXTS] if held is not None and held.kind == "collection" else []

    def _places_in(self, listed: Value) -> list[Value]:
        """What a list holds that is written out as paths: `[Path("a.csv"), Path("b.csv")]`."""
        for _ in range(NAMED_LIMIT):
            if listed.kind == "collection":
                items = listed.every("item")
                named = (target.name for item in items if item.kind == "call" for target in self.flow.targets(item))
                return items if len(items) > 1 and sum(name in _JOINS for name in named) == len(items) else []
            steps = self.flow.back(listed, ()) if listed.kind != "call" else []
            if len(steps) != 1:
                break
            listed = steps[0].value
        return []

    def _told(self, value: Value) -> str | None:
        """What configurations say of a value, or the workflow that starts its script."""
        if self.configured is None:
            return None
        told = self.configured.text(value)
        return told if told is not None else self.configured.argument(value)

    def _given(self, value: Value) -> list[Value]:
        """What an object of settings was made with: `Settings(model_path=config.model_path)`, read as
        `settings.model_path`."""
        if value.kind != "attr" or self.configured is None or self.configured.text(value) is not None:
            return []
        owners = (each.name for each in self.flow.types(value.source))
        return [
            given
            for owner in owners
            if isinstance(owner, tuple) and value.name in self.flow.fields_of(owner)
            for given in self.flow.given_fields(owner, value.name)
        ]

    def _one(self, value: Value, stack: Stack, depth: int) -> str:
        """A part of a text: what it is when only one thing is possible, else its name."""
        known = self._ones.get((value, stack, depth))
        if known is None:
            found = list(dict.fromkeys(text for text, _ in self._spelled(value, stack, depth - 1))) if depth > 0 else []
            known = found[0] if len(found) == 1 and found[0] != HOLE else self._called(value, stack)
            self._ones[value, stack, depth] = known
        return known

    def _called(self, value: Value, stack: Stack) -> str:
        """How the code calls a value; one without a name, as what it was made from: `Path(folder)`, `slug(name)`."""
        first, around = value, stack
        for _ in range(NAMED_LIMIT):
            name, steps = spoken(value), self._back(value, stack)
            if name != HOLE:
                return name
            if len(steps) != 1:
                break
            value, stack = steps[0].value, steps[0].stack
        given = first.arguments if first.kind == "call" else []
        return self._called(given[0], around) if len(given) == 1 else HOLE

    def _end(self, value: Value, stack: Stack, depth: int) -> str:
        if value.kind == "const":
            return str(value.data)
        if value in self.names:
            return self.names[value]
        if self.configured is not None and (told := self._told(value)) is not None:
            return told
        if (put := self._put_together.get(value.kind)) is not None:
            return put(value, stack, depth)
        if (decided := self._decided(value, stack, depth)) is not None:
            return decided
        if value.kind == "external":
            return _constant(value.name)
        if value.kind == "attr" and value.name in _LAST and (last := self._last_part(value, stack, depth)):
            return last
        return spoken(value) if value.kind in _OPEN else HOLE

    def _is_never_told(self, call: Value, stack: Stack) -> bool:
        """Whether nobody gives a function what it takes out of its further keywords: `kwargs.get("path", PATH)`."""
        owner = call.function.source
        kinds = {each.name: each.kind for each in owner.body.scope.parameters} if owner.kind == "param" else {}
        return kinds.get(owner.name) == "**" and not self.paths.same_back(call, stack)

    def _element(self, value: Value, stack: Stack, depth: int) -> str:
        """What a loop is at: a file by the pattern that finds it, anything else by its name."""
        return (self._pattern(value.source, stack, depth) if value.inputs else "") or spoken(value)

    def _pattern(self, listed: Value, stack: Stack, depth: int) -> str:
        """The pattern by which the files are found that a loop goes over: `for path in sorted(glob("data/*.csv"))`."""
        for visit in self.flow.walk(listed, self.paths.same_back, stack=stack, limit=NAMED_LIMIT) if depth > 0 else ():
            call = visit.value
            if call.kind != "call" or not call.arguments:
                continue
            names = {target.name for target in self.flow.targets(call)}
            if names & _IN_ORDER:
                return self._pattern(call.arguments[0], visit.stack, depth - 1)
            if names & _BY_PATTERN:
                return self._one(call.arguments[0], visit.stack, depth)
            if call.calls_method(*_PATTERN_METHODS) and call.receiver is not None:
                return _pathed(self._one(part, visit.stack, depth) for part in (call.receiver, call.arguments[0]))
        return ""

    def _last_part(self, value: Value, stack: Stack, depth: int) -> str:
        """The name of the file to which a path that is written out leads: `MODEL_PATH.name`; "" where it is open."""
        last = self._one(value.source, stack, depth).rpartition("/")[2]
        if not last or "{" in last:
            return ""
        return last if value.name == "name" else last.rpartition(".")[0] or last

    def _decided(self, value: Value, stack: Stack, depth: int) -> str | None:
        """What the class at hand, or an option's default, makes of an attribute or a parameter."""
        if value.kind == "attr" and self.hand is not None and (known := self.hand.known(value, stack)) is not None:
            return str(known[0])
        default = self.options.default(value) if self.options is not None and value.kind in ("attr", "param") else None
        if default is not None and default.kind != "const" and depth > 0:
            named = self._one(default, (), depth)
            return None if named == HOLE or named == spoken(value) else named
        if default is not None and default.data is not None:
            return str(default.data)
        if value.kind == "attr" and value.source.kind == "class":
            held = self.flow.stored(value.source.scope_key, value.name) if depth > 0 else ()
            told = self._one(held[0], (), depth) if len(held) == 1 else ""
            if told.strip(NOTHING):
                return told
            return f"{{{self.flow.scope(*value.source.scope_key).name}.{value.name}}}"
        return None

    def _operation(self, value: Value, stack: Stack, depth: int) -> str:
        parts = value.every("operand")
        if (counted := counted_on(value)) is not None:
            named = self._one(counted, stack, depth)
            return named if named.startswith("{") else HOLE
        if value.data in ("+", "/"):
            texts = [self._one(part, stack, depth) for part in parts]
            return _pathed(texts) if value.data == "/" else "".join(texts)
        if value.data == "%":
            return interpolated(self._one(parts[0], stack, depth), parts[1], lambda each: self._one(each, stack, depth))
        return HOLE

    def _template(self, value: Value, stack: Stack, depth: int) -> str:
        parts = iter(value.every("part"))
        texts: tuple[str | None, ...] = value.data  # type: ignore[assignment]
        return "".join(text if text is not None else self._one(next(parts), stack, depth) for text in texts)

    def _call(self, call: Value, stack: Stack, depth: int) -> str:
        sources = [source for _, source in call.inputs[1:]]
        targets = self.flow.targets(call)
        if (plain := _plain(call, any(target.name in _HERE for target in targets))) is not None:
            return plain
        if sources and any(target.name in _JOINS for target in targets):
            return _pathed(self._one(source, stack, depth) for source in sources).replace("//", "/")
        if len(sources) == 1 and any(target.name in _SAME_TEXT for target in targets):
            return self._one(sources[0], stack, depth)
        if any(target.name in ("os.getenv", "os.environ.get") for target in targets) and sources:
            default = self._one(sources[1], stack, depth) if self.options is not None and len(sources) > 1 else HOLE
            return f"${sources[0].data}" if default in (HOLE, "None", "") else default
        function = call.inputs[0][1]
        if function.kind == "attr" and function.data == "joinpath":
            parts = [function.inputs[0][1], *sources]
            return _pathed(self._one(source, stack, depth) for source in parts)
        if rewrites(call, targets):
            owner = self._one(function.source, stack, depth)
            return rewritten(owner, call, lambda source: self._one(source, stack, depth)) or HOLE
        if function.kind == "attr" and function.data == "get" and sources and isinstance(sources[0].data, str):
            is_default = len(sources) > 1 and (self.options is not None or self._is_never_told(call, stack))
            open_yet = f"{spoken(function.source)[:-1]}.{sources[0].data}}}"
            return self._one(sources[1], stack, depth) if is_default else open_yet
        return next((text for text in self.paths.texts(call) if text != "{}"), HOLE)


def _pathed(parts: Iterable[str]) -> str:
    """A path of its parts; below the folder in which the program runs, which is written "", it is no rooted one."""
    return "/".join(dropwhile("".__eq__, parts))


def _cased(text: str, visit: Visit) -> str:
    """What lower() on the way makes of a text; a hole tells that it is lowered."""
    functions = [each.value.function for each in visit.path() if each.value.kind == "call"]
    if not any(function.kind == "attr" and function.data == "lower" for function in functions):
        return text
    return f"{text[:-1]}.lower()}}" if text.startswith("{") and text.endswith("}") else text.lower()


def _plain(call: Value, is_here: bool) -> str | None:
    """What a call gives that decides nothing: the folder in which a program runs, a time without any field."""
    if is_here and not call.arguments:
        return "."
    written = call.arguments[0].data if call.calls_method("strftime") and call.arguments else None
    return written if isinstance(written, str) and "%" not in written else None


def _constant(name: str) -> str:
    """What code calls a constant of another's module: `{settings.DATA_DIR}`; the address of a published data set by
    the name that its library has for it."""
    parts = name.split(".")[-2:]
    if not parts[-1].isupper():
        return HOLE
    return ".".join(parts) if parts[0] in _ADDRESSES else f"{{{'.'.join(parts)}}}"


def _held(value: Value) -> str | None:
    """The variable that holds what has no telling name of its own: a place of the command line, a class's name."""
    is_argument = value.kind == "item" and value.source.kind == "external" and value.source.data == "sys.argv"
    names = value.body.names_of(value) if is_argument or (value.kind == "attr" and value.name == "__name__") else ()
    return names[0] if names else "sys.argv" if is_argument else None


def spoken(value: Value) -> str:
    """How the code names a value that nothing in it decides: `{args.data}`, `{path}`."""
    if (held := _held(value)) is not None:
        return f"{{{held}}}"
    parts: list[str] = []
    counted = value.body.names_of(value)[:1] if value.kind == "element" else ()
    while value.kind in ("attr", "item") or (value.kind == "element" and not parts):
        if value.kind != "element":
            parts.append(str(value.data) if value.data is not None else "…")
        value = value.inputs[0][1]
    while value.kind in ("phi", "passed", "same", "store", "mutate"):
        value = value.inputs[0][1]
    names = value.body.names_of(value)
    named = str(value.data) if value.kind == "param" else names[0] if names else ""
    if not named and value.kind in ("global", "free"):
        named = str(value.data[1])  # type: ignore[index]
    if parts and not named and all(part in _ABOVE or part.isdigit() for part in parts):
        return HOLE
    if named or not parts:
        parts.append(named or (counted[0] if counted else "…"))
    if all(part.isdigit() for part in parts):
        return HOLE
    if counted and "…" in parts:
        return f"{{{counted[0]}}}"
    return "{" + ".".join(reversed(parts)) + "}"

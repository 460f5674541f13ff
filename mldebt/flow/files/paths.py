"""Paths as values: which one a call reads or writes."""

from __future__ import annotations

from mldebt.flow.files.pathtexts import Texts
from mldebt.flow.sameness import Sameness, arguments
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow, Stack
from mldebt.regex import regex
from mldebt.rulebook import Api

__all__ = ["Paths", "arguments"]

HANDLE_LIMIT = 40
_WRITE_MODE = regex(r"^[rbt+U]*[wax]")
_NAMED = frozenset(
    """filepath_or_buffer path_or_buf path path_or_buffer fname filename file io name f fp excel_writer filepath
    file_path output_path""".split()
)
_CSV = frozenset({"csv.writer", "csv.DictWriter", "csv.reader", "csv.DictReader"})
_AS_TEXT = ("to_csv", "to_json", "to_xml", "to_html", "to_latex", "to_markdown", "to_string")
_WHERE = frozenset({"", "*", "**", "path_or_buf", "path_or_buffer", "path", "buf", "file", "excel_writer"})


def gives_text(call: Value) -> bool:
    """Whether a table is told as text: its method to write is given no place."""
    return call.calls_method(*_AS_TEXT) and _WHERE.isdisjoint(call.keywords)


class Paths:
    """Questions about the paths of a program."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        sameness = flow.shared(Sameness)
        self.same_back = sameness.back
        self.same_forth = sameness.forth
        self.texts = Texts(sameness).of
        self._named: dict[Value, Value | None] = {}

    # ------------------------------------------------------------------ reads and writes

    def is_read(self, call: Value) -> bool:
        """Whether a call brings data in; `open` tells by its mode."""
        api = self.flow.api(call)
        if api is None or "reads" not in api.roles:
            return False
        if not api.roles & {"saves", "stores"}:
            return True
        return not _WRITE_MODE.match(self.mode(call))

    def is_write(self, call: Value) -> bool:
        """Whether a call writes data or a model out."""
        api = self.flow.api(call)
        if api is None or not api.roles & {"saves", "stores"} or gives_text(call):
            return False
        return not self.is_read(call)

    def mode(self, call: Value) -> str:
        """The mode that a file is opened with, "" where none is told."""
        is_method = call.receiver is not None and self.flow.types(call.receiver) != ()
        position = 0
        for keyword, source in arguments(call):
            if keyword == "mode" or (keyword == "" and position == (0 if is_method else 1)):
                return next(iter(self.texts(source)), "")
            position += keyword == ""
        return ""

    def path(self, call: Value) -> Value | None:
        """The path that a read or write names; a file handle leads back to where it was opened."""
        if call not in self._named:
            self._named[call] = None
            self._named[call] = self._path(call)
        return self._named[call]

    def texts_at(self, call: Value, stack: Stack) -> tuple[str, ...]:
        """What the path that a read or write names may be, as text, under the calls that are open there."""
        path = self.path(call)
        if path is None:
            return ()
        return self.texts(path, stack if path.body is call.body else ())

    def _path(self, call: Value) -> Value | None:
        api = self.flow.api(call)
        if api is None:
            return None
        receiver = call.receiver
        if api.source == "self" and receiver is not None:
            return self.opened(receiver) or receiver
        for keyword, source in arguments(call):
            if keyword == api.source != "" or keyword in _NAMED:
                return self.opened(source) or source
        plain = _positional(call, api)
        if "reads" in api.roles and plain:
            return self.opened(plain[0]) or plain[0]
        for handle in (*plain, *([receiver] if receiver is not None else [])):
            if (opened := self.opened(handle)) is not None:
                return opened
        known = next((source for source in self._written_first(plain, api) if self.is_path(source)), None)
        if known is None and receiver is None and "stores" in api.roles and len(plain) > 1:
            return plain[1]  # `torch.save(state, args.out)`: what is stored, then where
        return known or (plain[0] if plain and receiver is not None else None)

    def _written_first(self, plain: list[Value], api: Api) -> list[Value]:
        """Of what a function that stores anything is given, what is written as a text before what may be one: the model
        of `for name, model in pairs: joblib.dump(model, f"{name}.pkl")` is none."""
        if "stores" not in api.roles:
            return plain
        return sorted(plain, key=lambda source: source.kind not in ("const", "template"))

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
            if api.name in _CSV and call.arguments:
                return self.opened(call.arguments[0])
        return None


def _positional(call: Value, api: Api) -> list[Value]:
    """The arguments without a keyword; from its place on, where the catalogue gives that: a store that is asked comes
    before the name of what it has."""
    given = [source for keyword, source in arguments(call) if keyword == ""]
    if not api.source.isdigit():
        return given
    return [*given, *(source for keyword, source in arguments(call) if keyword)][int(api.source) :]

"""Configuration files that code takes key by key: which keys it reads, and which it never looks at."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from functools import cached_property

import msgspec

from mldebt.documents import DocumentFacts, DocumentKind, Setting
from mldebt.facts.record import Attribute
from mldebt.flow.files.paths import Paths
from mldebt.flow.linking import ClassKey
from mldebt.flow.rows.swallowed import is_caught
from mldebt.flow.sameness import Sameness
from mldebt.flow.steps import Stack
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex
from mldebt.sources import Document

_PLACES = regex(r"(\.\d+)+\Z")
LIMIT = 4000
KINDS = frozenset({DocumentKind.CONFIG})
LOADERS = frozenset(
    """yaml.safe_load yaml.load yaml.full_load toml.load tomllib.load tomli.load json.load
    omegaconf.OmegaConf.load""".split()
)
_GETS = frozenset({"get", "pop"})
_SAME = frozenset({"phi", "same", "choice"})
_ASKS = frozenset({"in", "not in"})


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A key that code takes out of a file, by subscript (`needed`) or with something to fall back on."""

    key: str
    value: Value
    needed: bool


class Reading(msgspec.Struct, kw_only=True):
    """What happens to one file: where it is loaded, the keys that are asked, those taken whole, those tested for."""

    document: DocumentFacts
    loads: list[Value] = msgspec.field(default_factory=list)
    asked: dict[str, Asked] = msgspec.field(default_factory=dict)
    whole: set[str] = msgspec.field(default_factory=set)
    tested: set[str] = msgspec.field(default_factory=set)
    written: set[str] = msgspec.field(default_factory=set)
    beside: set[str] = msgspec.field(default_factory=set)
    """Keys that code takes which has files of its own, or reads of an object that is not known to be this file."""
    values: dict[Value, str] = msgspec.field(default_factory=dict)
    """Every value that is taken out of it, by its key."""

    def unread(self) -> list[Setting]:
        """The settings with a value that nothing looks at: neither they nor anything around them is taken. Of a list
        the first."""
        unread = (each for each in self.document.settings if each.value and not self._is_read(each.key))
        named: dict[str, Setting] = {}
        for each in unread:
            key = _PLACES.sub("", each.key)
            named.setdefault(key, Setting(key, each.value, each.line))
        return list(named.values())

    def missing(self) -> list[Asked]:
        """What is asked for and not there, nor put there by code."""
        present = {prefix for each in self.document.settings for prefix in prefixes(each.key)}
        return [
            each
            for key, each in self.asked.items()
            if each.needed and key not in present and not self._may_be_filled(key, present)
        ]

    def _is_read(self, key: str) -> bool:
        return key in self.asked or key in self.beside or any(prefix in self.whole for prefix in ("", *prefixes(key)))

    def _may_be_filled(self, key: str, present: set[str]) -> bool:
        """Whether code tests for a key, writes it or replaces what it stands in, or the file leaves its section out."""
        parent = key.rpartition(".")[0]
        filled = self.tested | self.written
        return any(each in filled for each in prefixes(key)) or (parent != "" and parent not in present)


class SettingsRead:
    """Follows what is loaded from each configuration file through the program."""

    def __init__(self, flow: Flow, facts: Sequence[DocumentFacts], documents: Sequence[Document]) -> None:
        self.flow = flow
        self.paths = flow.shared(Paths)
        self.same = flow.shared(Sameness)
        self.facts = [each for each in facts if each.kind in KINDS and each.settings]
        self.documents = documents

    def find(self) -> Iterator[Reading]:
        """Every configuration file that the team's code loads by its name and nothing else is told of."""
        return (each for each in self.all() if not self._is_known_elsewhere(each))

    def all(self) -> list[Reading]:
        """Every configuration file that the team's code loads, with what it takes out of it."""
        found: dict[str, Reading] = {}
        for module in self.flow.program.modules:
            if module.category != "product" or not self.facts:
                continue
            for number in range(len(module.facts.scopes)):
                for call in self.flow.body(module.index, number).calls:
                    document = self._loaded(call)
                    if document is not None:
                        reading = found.setdefault(document.path, Reading(document=document))
                        reading.loads.append(call)
                        self._follow(call, reading)
        for reading in found.values():
            reading.beside.update(each.key for each in reading.document.settings if self._is_named(each.key))
        return list(found.values())

    def _loaded(self, call: Value) -> DocumentFacts | None:
        """The document that a call loads, when its path says which."""
        if not any(target.name in LOADERS for target in self.flow.targets(call)) or not call.arguments:
            return None
        return self.document(self.named(self.paths.opened(call.arguments[0]) or call.arguments[0]), call)

    def document(self, texts: Sequence[str], call: Value) -> DocumentFacts | None:
        """The document that a text names where a call loads it, when it can be one only."""
        if len(texts) != 1 or "{" in texts[0]:
            return None
        wanted = posixpath.normpath(texts[0]).lstrip("./")
        found = [each for each in self.facts if wanted and f"/{each.path}".endswith(f"/{wanted}")]
        if len(found) > 1:  # each of several projects has one of that name
            shared = [len(posixpath.commonpath([each.path, call.body.module.path])) for each in found]
            found = [each for each, depth in zip(found, shared, strict=True) if depth == max(shared)]
        return found[0] if len(found) == 1 else None

    def named(self, path: Value) -> Sequence[str]:
        """What a path may be."""
        return self.paths.texts(path)

    def _is_known_elsewhere(self, reading: Reading) -> bool:
        """Whether anything but those loads names the file: another program may read its other keys."""
        name = posixpath.basename(reading.document.path)
        homes = {call.body.module.index for call in reading.loads}
        if any(name in document.text for document in self.documents if document.path != reading.document.path):
            return True
        return any(name in texts for module, texts in self._texts.items() if module not in homes)

    @cached_property
    def _texts(self) -> dict[int, str]:
        """The text constants of each module, joined."""
        return {
            module.index: "\n".join(text for text in module.texts() if "." in text)
            for module in self.flow.program.modules
        }

    def _is_named(self, key: str) -> bool:
        """Whether code reads an attribute by a key and the section it stands in, of whatever: `root.model.rate`."""
        section, _, name = key.rpartition(".")
        return (section.rpartition(".")[2], name) in self._chains

    @cached_property
    def _chains(self) -> frozenset[tuple[str, str]]:
        """Each two names that an attribute of an attribute is read by."""
        found = set()
        for module in self.flow.program.modules:
            exprs = module.facts.exprs
            for node in module.of_kind(Attribute):
                if isinstance(around := exprs[node.value], Attribute):
                    found.add((around.name, node.name))
        return frozenset(found)

    # ------------------------------------------------------------------ along the flow

    def _follow(self, load: Value, reading: Reading, key: str = "") -> None:
        """Note what becomes of a value that is a file, or the section of a key in it."""
        start: tuple[Value, Stack, str] = (load, (), key)
        waiting, seen = [start], {start}
        while waiting:
            value, stack, key = waiting.pop()
            if len(seen) > LIMIT:
                reading.whole.add("")
                return
            for after in self._steps(value, stack, key, reading):
                if after not in seen:
                    seen.add(after)
                    waiting.append(after)

    def _steps(self, value: Value, stack: Stack, key: str, reading: Reading) -> Iterator[tuple[Value, Stack, str]]:
        same = self.same.forth(value, stack)
        yield from ((step.value, step.stack, key) for step in same)
        ahead = {step.value for step in same}
        for label, user in value.uses:
            yield from self._spread(value, user, key, reading)
            if user.kind == "item" and label == "object" and isinstance(user.data, str):
                yield user, stack, self._ask(reading, key, user.data, user, needed=not is_caught(user))
            elif user.kind == "attr" and label == "object":
                yield from self._attribute(user, stack, key, reading)
            elif user.kind == "store" and label == "base":
                written = user.data[1] if isinstance(user.data, tuple) else user.data
                reading.written.add(f"{key}.{written}".lstrip(".") if isinstance(written, str) else key)
                yield user, stack, key
            elif user.kind == "compare" and set(map(str, user.data)) <= _ASKS:  # type: ignore[call-overload]
                first = user.inputs[0][1]
                reading.tested.add(f"{key}.{first.data}".lstrip(".") if first.kind == "const" else key)
            elif user.kind not in _SAME and user not in ahead and not self._goes_in(value, user):
                reading.whole.add(key)

    def _spread(self, value: Value, user: Value, key: str, reading: Reading) -> Iterator[tuple[Value, Stack, str]]:
        """The attributes of an object that is made of a file, or a section of it: `Settings(**loaded).paths`."""
        spread = user.kind == "call" and any(word == "**" and given is value for word, given in user.named_arguments)
        cls = self._made(user) if spread else None
        if cls is not None:
            reads = ((name, read) for name in self.flow.fields_of(cls) for read in self.flow.field_reads(cls, name))
            yield from ((read, (), self._ask(reading, key, name, read, needed=False)) for name, read in reads)

    def _made(self, call: Value) -> ClassKey | None:
        """The class of the repository that a call makes an instance of; in its own method by `cls(…)`."""
        if call.function.kind == "param" and call.function.data == "cls":
            return self.flow.program.enclosing_class(call.body.key)
        return next((target.key for target in self.flow.targets(call) if target.kind == "class"), None)

    def _goes_in(self, value: Value, user: Value) -> bool:
        """Whether a use is a call of the repository's own, a result or a name, which the steps follow."""
        if user.kind in ("return", "passed"):
            return True
        if user.kind == "store":
            return bool(self.flow.reads_of_store(user))
        if user.kind == "call" and value in user.arguments:
            spread = any(keyword.startswith("*") for keyword, source in user.named_arguments if source is value)
            own = self.flow.targets(user)
            return not spread and bool(own) and all(self.flow.entered(target) is not None for target in own)
        return False

    def _attribute(self, user: Value, stack: Stack, key: str, reading: Reading) -> Iterator[tuple[Value, Stack, str]]:
        """`config.lr`, or `config.get("lr")`; another method takes what it is asked of whole."""
        calls = [call for label, call in user.uses if label == "function" and call.kind == "call"]
        if not calls:
            yield user, stack, self._ask(reading, key, user.name, user, needed=False)
            return
        for call in calls:
            first = call.arguments[0] if call.arguments else None
            if user.name in _GETS and first is not None and isinstance(first.data, str) and first.kind == "const":
                yield call, stack, self._ask(reading, key, first.data, call, needed=False)
            else:
                reading.whole.add(key)

    def _ask(self, reading: Reading, key: str, name: str, value: Value, *, needed: bool) -> str:
        full = f"{key}.{name}".lstrip(".")
        if self._is_beside(value, reading):
            reading.beside.add(full)
        else:
            reading.asked.setdefault(full, Asked(key=full, value=value, needed=needed))
        reading.values[value] = full
        return full

    def _is_beside(self, value: Value, reading: Reading) -> bool:
        """Whether a value stands in a class beside those that load the file: below the same base, where each class has
        a file of its own, and neither above nor below the other."""
        taker = self._family(value)
        homes = [self._family(load) for load in reading.loads]
        return bool(taker) and all(
            home and not taker.isdisjoint(home) and not (taker <= home or home <= taker) for home in homes
        )

    def _family(self, value: Value) -> frozenset[ClassKey]:
        """The class in which a value stands, and those of the repository above it."""
        cls = self.flow.program.enclosing_class(value.body.key)
        above = self.flow.program.ancestry(cls) if cls is not None else ()
        return frozenset(each for each in above if not isinstance(each, str))


def prefixes(key: str) -> list[str]:
    """A dotted key and everything around it: `a.b.c` gives `a`, `a.b`, `a.b.c`."""
    parts = key.split(".")
    return [".".join(parts[: place + 1]) for place in range(len(parts))]

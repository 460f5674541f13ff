"""Values that travel through files: which reads, and which training, take up what a call wrote."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

import msgspec

from mldebt.flow.files.paths import Paths
from mldebt.flow.files.pathtexts import DAY, HOLES
from mldebt.flow.files.query_texts import Query, QueryTexts
from mldebt.flow.files.settings_paths import names_a_setting
from mldebt.flow.files.stages import may_name
from mldebt.flow.program import Module
from mldebt.flow.types.models import DATA_KINDS, Models, Use
from mldebt.flow.value import Value
from mldebt.flow.walk import FAN_OUT, Flow, Stack, Visit

PATH_LIMIT = 250
ORIGIN_LIMIT = 60
_FETCHING = ("fetchall", "fetchmany", "fetchone")
_ASKING = frozenset({*_FETCHING, "read_sql", "read_sql_query", "read_sql_table", "read_gbq", "read_database", "sql"})
_IDLE = ("print", "os.path.exists", "os.path.isfile", "os.path.getsize", "os.path.getmtime", "os.remove", "os.unlink")


class Reader(msgspec.Struct, frozen=True):
    """A call that takes a file up again: a read, or (with a use) training that is given the path; `stack` are the calls
    that are open there when it is that file."""

    call: Value
    use: Use | None = None
    stack: Stack = ()


class Files:
    """From writes to readers."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.paths = flow.shared(Paths)
        self.models = flow.shared(Models)
        self._reads: dict[str, list[tuple[Reader, str]]] | None = None
        self._days: dict[str, list[tuple[Reader, str]]] | None = None
        self._names: dict[str, dict[int, list[str]]] | None = None
        self._written: set[tuple[int, str]] | None = None
        self._known: dict[tuple[Value, Stack], tuple[Reader, ...]] = {}
        self._given: dict[Value, bool] = {}
        self._made: dict[Value, bool] = {}
        self._followed: dict[Value, tuple[Reader, ...]] = {}
        self._training: dict[int, tuple[Reader, ...]] = {}
        self._scripts: dict[str, list[tuple[Value, Value]]] = {}

    def readers(self, write: Value, stack: Stack = ()) -> tuple[Reader, ...]:
        """Every call that takes up what a call wrote under some open calls: by the same path, by an equal one, by its
        name."""
        path = self.paths.path(write)
        key = (write, stack if path is not None and self._is_given(path) else ())
        found = self._known.get(key)
        if found is None:
            by_path = self._find(write, path, key[1]) if path is not None else []
            readers = {(each.call, each.stack): each for each in (*by_path, *self._by_table(write))}
            found = self._known[key] = tuple(each for each in readers.values() if each.call is not write)[:FAN_OUT]
        return found

    def _find(self, write: Value, path: Value, stack: Stack) -> list[Reader]:
        origins = self._origins(path, stack)
        found = [reader for origin in origins for reader in self._follow(origin)]
        found.extend(self._by_text(write, path, stack))
        found.extend(self._by_stage(write, path))
        if not found:
            found.extend(reader for origin in origins for reader in self._built_with(origin))
            found.extend(self._by_name(write, path, stack))
        return found

    def _is_given(self, path: Value) -> bool:
        """Whether a path is made of what its function is given."""
        found = self._given.get(path)
        if found is None:
            params = set(path.body.params.values())
            visits = self.flow.walk(path, self.paths.same_back, limit=ORIGIN_LIMIT) if params else ()
            found = self._given[path] = any(visit.value in params for visit in visits)
        return found

    def _is_made_for(self, visit: Visit) -> bool:
        """Whether a function makes a value for the call that leads to it, of what that gives."""
        value = visit.value
        if not visit.stack or value.kind == "param":
            return False
        found = self._made.get(value)
        if found is None:
            own = value.body.module.takes_self(value.body.number)
            given = set(list(value.body.params.values())[own:])
            steps = self.flow.walk(value, self.flow.back, limit=ORIGIN_LIMIT) if given else ()
            found = self._made[value] = any(each.value in given for each in steps)
        return found

    # ------------------------------------------------------------------ the same path

    def _origins(self, path: Value, stack: Stack) -> list[Value]:
        """The values that a path is. What a function makes of what each of its callers gives is no path by itself."""
        visits = self.flow.walk(path, self.paths.same_back, stack=stack, limit=ORIGIN_LIMIT)
        values = [each.value for each in visits if not (each.value.body is not path.body and self._is_made_for(each))]
        return [v for v in values if v.kind != "const" or (isinstance(v.data, str) and len(v.data) > 3)]

    def _follow(self, origin: Value) -> tuple[Reader, ...]:
        found = self._followed.get(origin)
        if found is None:
            found = self._followed[origin] = tuple(self._met_from(origin))
        return found

    def _met_from(self, origin: Value) -> Iterator[Reader]:
        for visit in self.flow.walk(origin, self.paths.same_forth, limit=PATH_LIMIT):
            value = visit.value
            for label, user in value.uses:
                if label == "arg" and user.kind == "call":
                    yield from self._taken(value, user, visit.stack)
                elif label == "object" and user.kind == "attr":
                    for inner, call in user.uses:
                        if inner == "function" and call.kind == "call":
                            yield from self._taken(value, call, visit.stack)

    def _taken(self, value: Value, call: Value, stack: Stack) -> Iterator[Reader]:
        if self.paths.is_read(call):
            if self.paths.path(call) is value:
                yield Reader(call, stack=stack)
            return
        for target in self.flow.targets(call):
            api = target.api
            if target.kind == "func" and (use := self.models.uses(target)) is not None:
                yield Reader(call, use)
            elif api is not None and api.roles & {"fits", "tunes"}:
                yield Reader(call, Use("training", f"used for training by {api.name.rsplit('.', 1)[-1]}"))
            elif api is not None and api.returns and self._is_data(api.returns):
                yield Reader(call, Use("dataset", f"read by {api.name.rsplit('.', 1)[-1]}"))

    def _is_data(self, name: str) -> bool:
        return self.models.kind(name) in DATA_KINDS

    def _built_with(self, origin: Value) -> Iterator[Reader]:
        """Models that are built with a path, directly or through their settings."""
        if origin.kind in ("const", "return"):
            return
        for visit in self.flow.walk(origin, self.flow.forth, limit=PATH_LIMIT):
            call = visit.value
            if call.kind == "call" and visit.label == "constructs":
                for target in self.flow.targets(call):
                    if target.kind == "class" and self.models.is_model((target.module, target.scope)):
                        name = self.flow.scope(target.module, target.scope).name
                        yield Reader(call, Use("training", f"given by its path to the model {name}"))

    # ------------------------------------------------------------------ an equal path

    def _by_text(self, write: Value, path: Value, stack: Stack) -> Iterator[Reader]:
        """Reads of a file of the same name, as far as the texts of both paths are known and agree; a part of the name
        that is open may be the day that another name has."""
        for text in self.paths.texts(path, stack):
            name = posixpath.basename(text)
            named = self._reads_by_name().get(_with_holes(name), [])
            if "{" in name:
                named = named + self._reads_of_days().get(HOLES.sub("{}", name), [])
            for reader, other in named:
                if reader.call is not write and self._is_same(write, text, reader.call, other):
                    yield reader

    def _is_same(self, write: Value, text: str, read: Value, other: str) -> bool:
        """Whether two paths mean one file. A short name (`X.npy`) tells nothing by itself: then both must be written
        down and equal, by scripts of one folder, or with a folder of their own by scripts near each other."""
        if self._is_in_store(read) and not self._is_in_store(write) and "://" not in text:
            return False  # what lies here is none of what a store is asked for
        if _telling(posixpath.basename(text)):
            return agree(text, other) and self.means(write, text, read, other)
        if text == other and self._are_settings(write, read, text):
            return self.flow.program.roots.together(write.body.module, read.body.module)
        if "{" in text or posixpath.normpath(text) != posixpath.normpath(other):
            return False
        if _home(write) == _home(read):
            return True
        return _folder(text) != "" and _near(write, read) and self.means(write, text, read, other)

    def _is_in_store(self, call: Value) -> bool:
        """Whether a call asks a store of objects, or puts one there."""
        api = self.flow.api(call)
        return api is not None and api.medium == "bucket"

    def _are_settings(self, write: Value, read: Value, text: str) -> bool:
        paths = [self.paths.path(write), self.paths.path(read)]
        return all(path is not None and names_a_setting(path, text) for path in paths)

    def _by_stage(self, write: Value, path: Value) -> Iterator[Reader]:
        """Reads in scripts that a workflow runs on what it says that the writing script makes."""
        for output in self.flow.program.stages.outputs(write.body.module):
            if not may_name(self.paths.texts(path), output):
                continue
            for script, declared in self.flow.program.stages.takers(output):
                for read, named in self._reads_in(script):
                    if may_name(self.paths.texts(named), declared):
                        yield Reader(read)

    def _reads_in(self, script: str) -> list[tuple[Value, Value]]:
        """The reads of a script, each with the path that it names."""
        if script not in self._scripts:
            self._scripts[script] = [
                (call, path)
                for module in self.flow.program.modules
                if module.path == script
                for number in range(len(module.facts.scopes))
                for call in self.flow.body(module.index, number).calls
                if self.paths.is_read(call) and (path := self.paths.path(call)) is not None
            ]
        return self._scripts[script]

    # ------------------------------------------------------------------ tables

    def _by_table(self, write: Value) -> Iterator[Reader]:
        """Reads of a table that a call writes: by a frame's method or by a statement."""
        for table in self._tables_written(write):
            for read in self._reads_by_table.get(table, ()):
                if read is not write and self.flow.program.roots.together(write.body.module, read.body.module):
                    yield Reader(read)

    def _tables_written(self, write: Value) -> list[str]:
        if write.calls_method("to_sql", "saveAsTable", "insertInto", "write_database"):
            texts = self.paths.texts(write.arguments[0]) if write.arguments else ()
            return [text.lower() for text in texts if "{" not in text]
        if not write.calls_method("execute", "executemany"):
            return []
        return [table for query in self.queries(write) for table in sorted(query.statement.writes)]

    @cached_property
    def _reads_by_table(self) -> dict[str, list[Value]]:
        """The calls that bring rows of a table in."""
        found: dict[str, list[Value]] = defaultdict(list)
        for call in self.flow.calls_named(_ASKING):
            if call.body.module.category == "product" and (self.paths.is_read(call) or call.calls_method(*_FETCHING)):
                for query in self.queries(call):
                    for table in sorted(query.statement.reads):
                        found[table.lower()].append(call)
                if call.calls_external("pandas.read_sql_table") and call.arguments:
                    for text in self.paths.texts(call.arguments[0]):
                        found[text.lower()].append(call)
        return found

    def queries(self, call: Value) -> tuple[Query, ...]:
        """The SQL statements that a call may run."""
        return self.flow.shared(QueryTexts).queries(call)

    # ------------------------------------------------------------------ what an equal name means

    def means(self, write: Value, text: str, read: Value, other: str) -> bool:
        """Whether an equal name means the same file: the same address, or one project and places near each other."""
        if "://" in text and text == other and "{" not in text.partition("://")[2].partition("/")[0]:
            return True
        home, there = write.body.module, read.body.module
        if not self.flow.program.roots.together(home, there):
            return self._place(home, text) == self._place(there, other) != ""
        return _near(write, read) or _folder(text) == _folder(other) != ""

    def _place(self, module: Module, text: str) -> str:
        """A relative path seen from the repository's root; "" for what is not written down."""
        if "{" in text or text.startswith(("/", "~", "\\")) or "://" in text:
            return ""
        return posixpath.normpath(posixpath.join(self.flow.program.roots.of(module), text))

    def _reads_by_name(self) -> dict[str, list[tuple[Reader, str]]]:
        """The reads of the team's code by the names of files; one that is given its path, once a call that gives it."""
        if self._reads is None:
            self._reads = defaultdict(list)
            for reader, text in self._spelled():
                self._reads[_with_holes(posixpath.basename(text))].append((reader, text))
        return self._reads

    def _reads_of_days(self) -> dict[str, list[tuple[Reader, str]]]:
        """The reads of files that have a day in their names, by the names without it."""
        if self._days is None:
            self._days = defaultdict(list)
            for name, reads in self._reads_by_name().items():
                if DAY.search(name):
                    self._days[DAY.sub("{}", name)] += reads
        return self._days

    def _spelled(self) -> Iterator[tuple[Reader, str]]:
        """The reads of the team's code, each with what its path may be."""
        for module in self._product():
            for number in range(len(module.facts.scopes)):
                for call in self.flow.body(module.index, number).calls:
                    path = self.paths.path(call) if self.paths.is_read(call) else None
                    if path is not None:
                        for stack in self._calls_for(path):
                            yield from ((Reader(call, stack=stack), text) for text in self.paths.texts(path, stack))

    def _calls_for(self, path: Value) -> list[Stack]:
        """The calls that decide what a path is; one empty stack where none does, or too many."""
        callers = self.flow.callers(path.body.module.index, path.body.number) if self._is_given(path) else ()
        return [(call,) for call in callers] if 0 < len(callers) <= FAN_OUT else [()]

    def _by_name(self, write: Value, path: Value, stack: Stack) -> Iterator[Reader]:
        """Training in other modules that name the same file; where one of these reads it in sight, what was read
        tells."""
        home = write.body.module
        texts = self.paths.texts(path, stack)
        for name in dict.fromkeys(posixpath.basename(text) for text in texts):
            if _telling(name) and "{" not in name:
                for number in self._modules_naming(name, texts):
                    module = self.flow.program.modules[number]
                    is_other = module is not home and self._is_beside(home, module) and not self._writes(module, name)
                    trains = self._trains(module) if is_other else ()
                    if trains and not self._only_speaks_of(module, name):
                        yield from self._reads_here(module, name) or trains

    def _reads_here(self, module: Module, name: str) -> list[Reader]:
        """The reads of a module that name a file."""
        reads = self._reads_by_name().get(_with_holes(name), ())
        return [reader for reader, _ in reads if reader.call.body.module is module]

    def _only_speaks_of(self, module: Module, name: str) -> bool:
        """Whether a module only says a file's name, looks whether it is there or takes it away."""
        nodes = (node for body in self.flow.bodies(module.index) for node in body.nodes if node.kind == "const")
        named = [each for each in nodes if isinstance(each.data, str) and posixpath.basename(each.data) == name]
        return bool(named) and all(map(self._is_spoken, named))

    def _is_spoken(self, text: Value) -> bool:
        calls = [user for label, user in text.uses if label == "arg" and user.kind == "call"]
        idle = all(call.calls_external(*_IDLE) or "logs" in self.flow.roles(call) for call in calls)
        return bool(calls) and len(calls) == len(text.uses) and idle

    def _is_beside(self, home: Module, module: Module) -> bool:
        return same_top(home.path, module.path) and self.flow.program.roots.together(home, module)

    def _trains(self, module: Module) -> tuple[Reader, ...]:
        """The first call of a module that trains a model."""
        if module.index not in self._training:
            calls = (
                call
                for number in range(len(module.facts.scopes))
                for call in self.flow.body(module.index, number).calls
            )
            training = [call for call in calls if self.models.trains(call)]
            scaled = (call for call in training if self.models.makes_features(call))
            first = next((call for call in training if not self.models.makes_features(call)), next(scaled, None))
            use = Use("training", f"named in {posixpath.basename(module.path)}, which trains a model here")
            self._training[module.index] = (Reader(first, use),) if first is not None else ()
        return self._training[module.index]

    def _writes(self, module: Module, name: str) -> bool:
        """Whether a module writes a file of this name itself, as the copy of a script does."""
        if self._written is None:
            self._written = set()
            for each in self._product():
                for number in range(len(each.facts.scopes)):
                    for call in self.flow.body(each.index, number).calls:
                        path = self.paths.path(call) if self.paths.is_write(call) else None
                        for text in self.paths.texts(path) if path is not None else ():
                            self._written.add((each.index, posixpath.basename(text)))
        return (module.index, name) in self._written

    def _modules_naming(self, name: str, texts: Sequence[str]) -> list[int]:
        """Which modules hold a file's name in a literal, which does not say that it lies elsewhere."""
        if self._names is None:
            self._names = defaultdict(lambda: defaultdict(list))
            for module in self._product():
                for text in module.texts():
                    if "." in (literal := text[-200:]):
                        self._names[posixpath.basename(literal)][module.index].append(literal)
        return [
            module
            for module, literals in self._names.get(name, {}).items()
            if any(agree(text, literal) for text in texts for literal in literals)
        ]

    def _product(self) -> list[Module]:
        return [module for module in self.flow.program.modules if module.category == "product"]


def _telling(name: str) -> bool:
    """Whether a file's name is enough of a name to be known by."""
    literal = HOLES.sub("", name)
    return len(literal) >= 5 and sum(c.isalpha() for c in literal.partition(".")[0]) >= 3


def _with_holes(name: str) -> str:
    """A name in which it does not matter what a hole in it is called."""
    return HOLES.sub("{}", name)


def agree(one: str, other: str) -> bool:
    """Whether two paths may be the same: folders that are known must not contradict."""
    pairs = list(zip(one.split("/")[::-1], other.split("/")[::-1], strict=False))[:3]
    return all(a == b or "{" in a + b or a in (".", "..", "") or b in (".", "..", "") for a, b in pairs)


def _folder(text: str) -> str:
    """The folder that a path names last, when it is written down."""
    folder = posixpath.basename(posixpath.dirname(text))
    return "" if "{" in folder or folder in (".", "..") else folder


def same_top(one: str, other: str) -> bool:
    """Whether a folder at the top holds both modules, or one stands at the top itself."""
    return one.partition("/")[0] == other.partition("/")[0] or "/" not in one or "/" not in other


def _home(call: Value) -> str:
    """The folder of the module in which a call stands."""
    return posixpath.dirname(call.body.module.path)


def _near(write: Value, read: Value) -> bool:
    """Whether two modules belong together: one's folder holds the other's, or their folders are neighbours."""
    one, other = _home(write), _home(read)
    if (
        not one
        or not other
        or one == other
        or (one + "/").startswith(other + "/")
        or (other + "/").startswith(one + "/")
    ):
        return True
    shared = posixpath.commonpath([one, other])
    return shared != "" and shared.count("/") + 1 >= min(one.count("/"), other.count("/"))

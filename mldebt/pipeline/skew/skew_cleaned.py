"""Words whose case only the training changes, before an encoder that is kept learns them, and that the service gives to
it as they come."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator
from functools import cached_property

import msgspec

from mldebt.facts import record as r
from mldebt.flow.calls.words import last_name
from mldebt.flow.files.paths import Paths
from mldebt.flow.idioms import root
from mldebt.flow.linking import ClassKey
from mldebt.flow.module import Module, ScopeKey
from mldebt.flow.rows.variables import is_same_read
from mldebt.flow.steps import Stack, Step
from mldebt.flow.types.models import short_name
from mldebt.flow.value import Value
from mldebt.pipeline.project import Project
from mldebt.pipeline.skew.skew_kept import KeptFits

WALK_LIMIT = 120
VERSIONS = 60
TYPE_DEPTH = 3
_CASES = frozenset({"lower", "upper", "title", "capitalize", "casefold", "swapcase"})
_LEARNS_WORDS = frozenset({"OneHotEncoder", "OrdinalEncoder", "LabelEncoder", "LabelBinarizer", "TargetEncoder"})
"""What takes each spelling for a word of its own."""
_FITS = ("fit", "fit_transform")
_SAVES = frozenset({"dump"})
_HANDS_ON = frozenset(
    """DataFrame from_dict from_records Series get get_json json loads dict model_dump list array asarray reshape
    to_frame str strip astype copy await_json""".split()
)
"""What the words that are asked come through unchanged."""
_OPEN = frozenset("str int float bool dict list Dict List Optional Union Any".split())
"""Types that allow any word."""
_RESPELL = frozenset({"str_to_lower", "str_to_upper", "anystr_lower", "anystr_upper"})
"""The settings by which a class of pydantic changes the case of what it is given."""
_FORMS = frozenset({"form", "values", "files"})
"""What a request holds that a page's own fields fill, which may offer nothing but what is known."""


class CleanedWords(msgspec.Struct, frozen=True):
    """Where a column's case is changed, where an encoder learns it, where that is loaded, and where it is asked."""

    column: str
    kind: str
    changed: Value
    fitted: Value
    loaded: Value
    asked: Value


class OneSided:
    """Looks at the encoders that endpoints load and ask."""

    def __init__(self, project: Project) -> None:
        self.flow = project.flow
        self.project = project
        self.paths = project.flow.shared(Paths)
        self.kept = KeptFits(project)

    def find(self) -> Iterator[CleanedWords]:
        """Each such use, an encoder once for a function."""
        told: set[tuple[ScopeKey, Value]] = set()
        for asked in self._asked():
            loaded = self.kept.loaded(asked)
            for kind, fitted in self._fits(loaded) if loaded is not None else ():
                column, changed = self._changed(fitted)
                if loaded is None or changed is None or (asked.body.key, fitted) in told:
                    continue
                told.add((asked.body.key, fitted))
                if self._is_as_it_comes(asked):
                    yield CleanedWords(column, kind, changed, fitted, loaded, asked)

    def _asked(self) -> Iterator[Value]:
        """What endpoints have transformed."""
        calls = self.flow.calls_named(frozenset({"transform"})) if self._learning else []
        for call in calls:
            is_product = call.body.module.category == "product" and bool(call.arguments)
            if is_product and self.project.behind.endpoint(*call.body.key) is not None:
                yield call

    @cached_property
    def _learning(self) -> dict[Value, list[tuple[str, Value]]]:
        """The fits of encoders to a column whose case is changed, by the encoder."""
        found: dict[Value, list[tuple[str, Value]]] = {}
        for call in self.flow.calls_named(frozenset(_FITS)):
            if call.body.module.category == "product" and call.receiver is not None and call.arguments:
                kind = next((short_name(t.name) for t in self.flow.types(call.receiver) if isinstance(t.name, str)), "")
                if kind in _LEARNS_WORDS and self._changed(call)[1] is not None:
                    found.setdefault(root(call.receiver), []).append((kind, call))
        return found

    def _fits(self, loaded: Value) -> Iterator[tuple[str, Value]]:
        """The fits of the encoder that a load takes up."""
        for name in self._files(loaded):
            for saved, encoder in self._saved.get(name, ()):
                if self.flow.program.roots.together(saved.body.module, loaded.body.module):
                    yield from self._learning[encoder]

    @cached_property
    def _saved(self) -> dict[str, list[tuple[Value, Value]]]:
        """The calls that keep one of these encoders by itself, each with it, by the name of the file."""
        found: dict[str, list[tuple[Value, Value]]] = {}
        for call in self.flow.calls_named(_SAVES):
            for encoder in {root(each) for each in call.arguments} & self._learning.keys():
                for name in self._files(call):
                    found.setdefault(name, []).append((call, encoder))
        return found

    def _files(self, call: Value) -> list[str]:
        """The names of the files that a call may mean, as far as they are written down."""
        path = self.paths.path(call)
        names = (posixpath.basename(text) for text in (self.paths.texts(path) if path is not None else ()))
        return [name for name in dict.fromkeys(names) if name and "{" not in name]

    # ------------------------------------------------------------------ the training

    def _changed(self, fitted: Value) -> tuple[str, Value | None]:
        """The column that an encoder learns, and the call that changes its case: of one column alone."""
        table, column = _column(fitted.arguments[0])
        if table is None:
            return "", None
        version: Value | None = table
        for _ in range(VERSIONS):
            if version is None or version.kind not in ("store", "mutate", "passed", "call", "item"):
                break
            if version.kind == "store" and isinstance(version.data, tuple) and version.key == column:
                made = version.one("value")
                return column, self._changing(made) if made is not None else None
            version = version.receiver if version.kind == "call" else version.source
        return column, None

    def _changing(self, made: Value) -> Value | None:
        """The call in an expression that changes the case of texts: `rows["city"].str.lower().str.strip()`."""
        value: Value | None = made
        while value is not None:
            if value.kind == "call" and last_name(value) in _CASES:
                return value
            if value.kind == "call" and last_name(value) in ("apply", "map") and value.arguments:
                return value if self._changes_case(value.arguments[0]) else None
            value = value.receiver if value.kind == "call" else value.source if value.kind == "attr" else None
        return None

    def _changes_case(self, function: Value) -> bool:
        if function.kind == "func":
            return any(last_name(call) in _CASES for call in self.flow.body(*function.scope_key).calls)
        return function.kind == "external" and function.name in {f"str.{name}" for name in _CASES}

    # ------------------------------------------------------------------ the service

    def _is_as_it_comes(self, asked: Value) -> bool:
        """Whether what an endpoint has transformed is what it was asked, in any spelling."""
        met = False
        words: dict[Value, None] = {}
        for visit in self.flow.walk(asked.arguments[0], self._back, limit=WALK_LIMIT):
            value = visit.value
            words[value] = None
            if value.kind == "call" and last_name(value) not in _HANDS_ON:
                return False
            if value.kind in ("choice", "comprehension", "compare", "unknown") or value.data in _FORMS:
                return False
            if value.kind == "param" and not visit.stack:
                if not self._takes_any_text(value):
                    return False
                met = True
            met = met or (value.kind == "call" and last_name(value) == "get_json")
        return met and not _are_looked_up(words)

    def _back(self, value: Value, stack: Stack) -> list[Step]:
        return [step for step in self.flow.back(value, stack) if step.label != "key"]

    def _takes_any_text(self, param: Value) -> bool:
        """Whether nothing says which words an endpoint may be asked with: no list of them, no validator."""
        module = param.body.module
        told = next((each.annotation for each in param.body.scope.parameters if each.name == param.data), -1)
        return self._is_open(module, told, TYPE_DEPTH)

    def _is_open(self, module: Module, annotation: r.Ref, depth: int) -> bool:
        """Whether an annotation allows any text: `str`, or a class of fields that do."""
        if annotation < 0 or depth == 0:
            return annotation < 0
        node = module.facts.exprs[annotation]
        if isinstance(node, r.Constant):
            return node.value is None
        if isinstance(node, r.Subscript):
            return self._is_open(module, node.value, depth) and self._is_open(module, node.index, depth)
        if isinstance(node, r.Collection | r.Operation):
            parts = node.items if isinstance(node, r.Collection) else node.operands
            return all(self._is_open(module, part, depth) for part in parts)
        name = module.dotted(annotation)
        if name.rpartition(".")[2] in _OPEN:
            return True
        entity = self.flow.program.resolve_dotted(module, name) if name else None
        return (
            entity is not None
            and entity.kind == "class"
            and self._has_open_fields((entity.module, entity.scope), depth)
        )

    def _has_open_fields(self, cls: ClassKey, depth: int) -> bool:
        """Whether all fields of a class allow any text, with what it inherits, and nothing in it checks or changes what
        they are given."""
        fields: list[tuple[Module, r.Annotate]] = []
        for number, scope_number in (each for each in self.flow.program.ancestry(cls) if isinstance(each, tuple)):
            module = self.flow.program.modules[number]
            scope = module.facts.scopes[scope_number]
            inside = module.members.get(scope_number, {}).values()
            if any(module.facts.scopes[each].decorators for each in inside) or _respells(module, scope):
                return False
            fields += [(module, each) for each in scope.body if isinstance(each, r.Annotate)]
        return bool(fields) and all(self._is_open(module, each.annotation, depth - 1) for module, each in fields)


def _are_looked_up(words: Collection[Value]) -> bool:
    """Whether code asks of some words, or of what is read there once more, if they are among others: `if asked.city not
    in CITIES: …`."""
    tests = (node for body in dict.fromkeys(word.body for word in words) for node in body.nodes)
    sought = [test.source for test in tests if test.kind == "compare" and test.data in (("in",), ("not in",))]
    return any(is_same_read(word, each) for each in sought for word in words)


def _respells(module: Module, scope: r.Scope) -> bool:
    """Whether a class says that all texts it is given are to be spelled in one way: `ConfigDict(str_to_lower=True)`."""
    inside = (node for node in module.facts.exprs if scope.at <= node.at < scope.end)
    told = {argument.keyword for argument in scope.bases}
    for node in inside:
        if isinstance(node, r.Call):
            told.update(argument.keyword for argument in node.arguments)
        elif isinstance(node, r.Name):
            told.add(node.id)
        elif isinstance(node, r.Constant):
            told.add(str(node.value))
    return not told.isdisjoint(_RESPELL)


def _column(given: Value) -> tuple[Value | None, str]:
    """The table and the name of the one column that is given: `rows["city"]`, `rows[["city"]]`, `rows.city.values`."""
    value = given
    while value.kind == "attr" and value.data in ("values", "array"):
        value = value.source
    key = value.one("key") if value.kind == "item" else None
    if key is not None and key.kind == "collection" and len(key.inputs) == 1:
        key = key.inputs[0][1]
    name = key.data if key is not None and key.kind == "const" else None
    return (value.source, name) if isinstance(name, str) else (None, "")

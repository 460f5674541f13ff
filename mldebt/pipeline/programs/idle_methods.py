"""Methods that nothing calls, of classes that something uses: no code, text or setting has a name that could mean them.

A name stands for every method that bears it, but where it is read from what cannot be an object of the class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from mldebt.facts import record as r
from mldebt.flow.idioms import root
from mldebt.flow.indexes import ScopeFinder
from mldebt.flow.linking import ClassKey, ScopeKey
from mldebt.flow.module import Module
from mldebt.flow.value import Value
from mldebt.pipeline.programs.naming import PROSE, TEXT_LIMIT, WORD
from mldebt.pipeline.programs.reachable import Reachable, Unit
from mldebt.regex import regex

ASKED_LIMIT = 24
TYPES_TRUSTED = 4
_PLAIN_BASES = frozenset(
    """object abc.ABC torch.nn.Module torch.utils.data.Dataset typing.Generic typing.Protocol
    sklearn.base.BaseEstimator sklearn.base.TransformerMixin""".split()
)
"""What calls none of the methods of those below it but by the names in `_HOOKS`."""
_PLAIN_DECORATORS = frozenset("staticmethod classmethod property cached_property abstractmethod no_grad".split())
"""Decorators that register nothing, by their last names."""
_HOOKS = regex(
    r"(__\w+__|on_\w+|handle\w*|set_?up|tear_?down|initialize|finalize|execute|call|forward|backward|step|update|reset"
    r"|compute|inference|(partial_)?fit\w*|(inverse_)?transform\w*|predict\w*|decision_function|score\w*|[gs]et_params"
    r"|[gs]et_extra_state|get_feature_names\w*|(pre|post)process\w*|emit|write|flush|read|close|send|train|eval|to|cuda|cpu"
    r"|apply|(named_)?parameters|(named_)?children|(named_)?modules|zero_grad|half|float|double|(load_)?state_dict|extra_repr"
    r"|reset_parameters|build|compute_output_shape|\w+_handler)\Z"
)
"""Names by which libraries call the objects that they are given."""
_INTERFACES = frozenset("fire jsonargparse clize plac defopt tyro Pyro4 Pyro5 rpyc xmlrpc".split())
"""Libraries that call any method by what stands on a command line or comes over a wire."""
_LOOKS_UP = frozenset({"getattr", "eval", "exec", "inspect.getmembers", "vars", "dir"})
"""What reads an attribute by its name, all that an object has, or runs a text."""
_CODE = regex(r"(?<=[.:`'\"])[A-Za-z_]\w*|[A-Za-z_]\w*(?=\s*\()|[A-Za-z]\w*_\w+|_\w+")
"""What in prose is the name of a piece of code."""
FEW_NAMES = 100
"""So many are looked for one by one, which costs less than to take all words out of a text."""
_NO_OBJECTS = frozenset({"external", "module", "const", "template", "collection", "dict", "comprehension"})

Read = tuple[int, int, int, int]
"""An attribute that is read: module, scope, expression, the expression that it is read from."""


class IdleMethods:
    """The answer is no wherever a method may be called in a way that cannot be seen: by a library, a decorator, whoever
    installs the package, a name that is put together. `asleep` are definitions that nothing starts."""

    def __init__(self, reachable: Reachable, asleep: frozenset[Unit]) -> None:
        self.reachable = reachable
        self.flow = reachable.flow
        self.program = reachable.flow.program
        self.asleep = asleep
        self._related: dict[ClassKey, frozenset[ClassKey]] = {}
        self._unknown: dict[ClassKey, bool] = {}

    @cached_property
    def scopes(self) -> frozenset[ScopeKey]:
        """The methods that nothing calls, or only what is itself not called."""
        idle: dict[ScopeKey, set[ScopeKey]] = {}
        for key in self._candidates:
            if (mentioned := self._mentioned_in(key)) is not None:
                idle[key] = mentioned
        names = {self.flow.scope(*key).name for key in idle}
        spoken = self._spoken(names) if names else set()
        alive = [key for key in idle if self.flow.scope(*key).name in spoken]
        alive += [key for key, places in idle.items() if not places <= idle.keys()]
        called: dict[ScopeKey, list[ScopeKey]] = defaultdict(list)
        for key, places in idle.items():
            for place in places:
                called[place].append(key)
        found: set[ScopeKey] = set()
        while alive:
            key = alive.pop()
            if key not in found:
                found.add(key)
                alive += called[key]
        return frozenset(idle.keys() - found)

    # ------------------------------------------------------------------ which methods

    @cached_property
    def _candidates(self) -> tuple[ScopeKey, ...]:
        """The methods that only their name leads to."""
        return tuple(
            (module.index, number)
            for module in self.program.modules
            if module.category == "product" and not module.is_notebook and not self._is_open_to_all(module)
            for cls, scope in enumerate(module.facts.scopes)
            if scope.kind == "class" and scope.parent == 0 and self.needs_names((module.index, cls))
            for number in module.members.get(cls, {}).values()
            if module.facts.scopes[number].kind == "function" and self._needs_a_name(module, number)
        )

    def needs_names(self, cls: ClassKey) -> bool:
        """Whether the methods of a class are called by their names alone, and something uses it."""
        module = self.program.modules[cls[0]]
        scope = module.facts.scopes[cls[1]]
        if any(module.dotted(each) not in ("dataclass", "dataclasses.dataclass") for each in scope.decorators):
            return False
        family = {each for kin in self.related(cls) for each in self.program.ancestry(kin)}
        if any(isinstance(each, str) and each not in _PLAIN_BASES for each in family):
            return False
        if any(self._has_unknown_bases(kin) for kin in self.related(cls)):
            return False
        return bool(self._users[scope.name] - {cls}) and not family & self._opened

    def _has_unknown_bases(self, cls: ClassKey) -> bool:
        """Whether something stands above a class that cannot be told by its name, or that makes it in its own way."""
        found = self._unknown.get(cls)
        if found is None:
            classes = [each for each in self.program.ancestry(cls) if isinstance(each, tuple)]
            found = self._unknown[cls] = any(map(self._has_unknown_base, classes))
        return found

    def _has_unknown_base(self, cls: ClassKey) -> bool:
        written, bases = self.flow.scope(*cls).bases, self.program.bases(cls)
        is_told = len(bases) == len(written) and all(base.kind in ("class", "external") for base in bases)
        return not is_told or any(each.keyword for each in written)

    def _needs_a_name(self, module: Module, number: int) -> bool:
        scope = module.facts.scopes[number]
        plain = all(module.dotted(each).rpartition(".")[2] in _PLAIN_DECORATORS for each in scope.decorators)
        private = scope.name.startswith("_") or not self.reachable.is_for_installers(module)
        return plain and private and not _HOOKS.match(scope.name) and not self._is_put_together(scope.name)

    def related(self, cls: ClassKey) -> frozenset[ClassKey]:
        """The classes whose methods may have an object of a class as `self`: those above, below and mixed in."""
        found = self._related.get(cls)
        if found is None:
            below = (cls, *self.program.subclasses(cls))
            above = (base for each in below for base in self.program.ancestry(each) if isinstance(base, tuple))
            asked = (protocol for each in below for protocol in self.program.classes.protocols(each))
            found = self._related[cls] = frozenset((*below, *above, *asked))
        return found

    @cached_property
    def _users(self) -> dict[str, set[ClassKey]]:
        """The outermost definitions that name a class, by its name."""
        names = {
            scope.name for module in self.program.modules for scope in module.facts.scopes if scope.kind == "class"
        }
        found: dict[str, set[ClassKey]] = defaultdict(set)
        for module in self.program.modules:
            finder = ScopeFinder(module)
            spelled = [(node.id, node.at) for node in module.of_kind(r.Name)]
            spelled += [(node.name, node.at) for node in module.of_kind(r.Attribute)]
            for name, at in spelled:
                if name in names:
                    found[name].add((module.index, module.outermost(finder.at(at))))
        return found

    # ------------------------------------------------------------------ names that are put together

    def _is_open_to_all(self, module: Module) -> bool:
        return any(each.imported.partition(".")[0] in _INTERFACES for each in module.facts.imports)

    @cached_property
    def _opened(self) -> frozenset[ClassKey]:
        """The classes whose methods something looks up by names that are not written down."""
        found: set[ClassKey] = set()
        wholly = {module.index for module in self.program.modules if self._is_open_to_all(module)}
        for module, call in self._lookups:
            looked_in = call.arguments[0] if call.arguments else None
            if call.calls_external("eval", "exec") or looked_in is None:
                wholly.add(module.index)
            elif len(call.arguments) == 1 or call.arguments[1].kind != "const":
                owners = () if looked_in.kind in _NO_OBJECTS else [each.name for each in self.flow.types(looked_in)]
                found.update(name for name in owners if isinstance(name, tuple))
                if not owners and looked_in.kind not in _NO_OBJECTS:
                    wholly.add(module.index)
        for index in wholly:
            found |= self._named_in(self.program.modules[index])
        return frozenset(each for cls in found for each in self.related(cls))

    def _named_in(self, module: Module) -> set[ClassKey]:
        """The classes that a module defines or names."""
        names = {node.id for node in module.of_kind(r.Name)}
        names |= {each.attribute for each in module.facts.imports}
        return {
            (other.index, number)
            for other in self.program.modules
            for number, scope in enumerate(other.facts.scopes)
            if scope.kind == "class" and (other is module or scope.name in names)
        }

    def _is_put_together(self, name: str) -> bool:
        longer = (pair for pair in self._halves if len(name) > sum(map(len, pair)))
        return any(name.startswith(first) and name.endswith(last) for first, last in longer)

    @cached_property
    def _halves(self) -> frozenset[tuple[str, str]]:
        """How the names begin and end that are given in pieces: `getattr(self, f"run_{step}")`."""
        named = (pair for _, call in self._lookups for value in call.arguments[1:2] for pair in _halves(value))
        return frozenset(pair for pair in named if pair != ("", ""))

    @cached_property
    def _lookups(self) -> tuple[tuple[Module, Value], ...]:
        """The calls that look something up in an object by a name, or look at all that it has."""
        return tuple(
            (module, call)
            for module in self.program.modules
            for callee in module.facts.callees
            if callee.name in _LOOKS_UP
            and (call := self.flow.body(module.index, callee.scope).values.get(callee.call)) is not None
        )

    # ------------------------------------------------------------------ who has the name

    def _mentioned_in(self, key: ScopeKey) -> set[ScopeKey] | None:
        """The candidates that have a method's name in them, where they alone have it."""
        reads = self._reads_by_class.get(self.flow.scope(*key).name, {})
        related = self.related((key[0], self.flow.scope(*key).parent))
        found = {place for cls in related & reads.keys() for place, _ in reads[cls] if place != key}
        unknown = [(place, read) for place, read in reads.get(None, ()) if place != key]
        if not found <= self._candidate_set or len(unknown) > ASKED_LIMIT:
            return None
        found.update(place for place, read in unknown if self._may_be_of(read, key))
        return found if found <= self._candidate_set else None

    @cached_property
    def _reads_by_class(self) -> dict[str, dict[ClassKey | None, list[tuple[ScopeKey, Read]]]]:
        """The reads that are not asleep, by name and by the class of whose `self` they are, with the method around."""
        found: dict[str, dict[ClassKey | None, list[tuple[ScopeKey, Read]]]] = {}
        for name, reads in self._reads.items():
            by_class = found[name] = defaultdict(list)
            for read in reads:
                place = self._around(read)
                if (place[0], self.program.modules[place[0]].outermost(place[1])) not in self.asleep:
                    by_class[self._is_through_self(read)].append((place, read))
        return found

    @cached_property
    def _candidate_set(self) -> frozenset[ScopeKey]:
        return frozenset(self._candidates)

    @cached_property
    def _reads(self) -> dict[str, list[Read]]:
        """Where attributes are read by the names of the candidates, tests and notebooks included."""
        names = {self.flow.scope(*key).name for key in self._candidates}
        found: dict[str, list[Read]] = defaultdict(list)
        for module in self.program.modules:
            finder = ScopeFinder(module)
            for ref, node in enumerate(module.facts.exprs):
                if node.__class__ is r.Attribute and node.name in names:
                    found[node.name].append((module.index, finder.at(node.at), ref, node.value))
                elif node.__class__ is r.Name and node.id in names:
                    scope = finder.at(node.at)
                    if module.facts.scopes[scope].kind == "class":  # `predict = score`
                        found[node.id].append((module.index, scope, ref, -1))
        return found

    def _around(self, read: Read) -> ScopeKey:
        """The method that a place stands in; the scope itself where it stands in none."""
        module, number = self.program.modules[read[0]], read[1]
        scopes = module.facts.scopes
        while number > 0:
            parent = scopes[number].parent
            if parent > 0 and scopes[parent].kind == "class" and scopes[parent].parent == 0:
                return module.index, number
            number = parent
        return module.index, read[1]

    def _is_through_self(self, read: Read) -> ClassKey | None:
        """The class in whose method something is read of `self`, of its class or of what stands above."""
        module = self.program.modules[read[0]]
        node = module.facts.exprs[read[3]] if read[3] >= 0 else None
        if node is None:
            return module.index, read[1]
        if isinstance(node, r.Call):
            node = module.facts.exprs[node.function]
            named = isinstance(node, r.Name) and node.id in ("super", "type")
        else:
            named = isinstance(node, r.Name) and node.id in ("self", "cls")
        cls = self.program.enclosing_class(read[:2]) if named else None
        return cls if cls is not None and not self._has_unknown_bases(cls) else None

    def _may_be_of(self, read: Read, key: ScopeKey) -> bool:
        """Whether what an attribute is read from may be an object of the class that a method stands in."""
        value = self.flow.body(read[0], read[1]).values.get(read[3])
        if value is None:
            return True
        value = root(value)
        if value.kind in _NO_OBJECTS:
            return False
        if value.kind == "class":
            return self._is_kin(value.scope_key, key)
        types = self.flow.types(value) if value.kind in ("call", "attr") else ()
        if not types or len(types) > TYPES_TRUSTED:
            return True
        return any(not isinstance(each.name, tuple) or self._is_kin(each.name, key) for each in types)

    def _is_kin(self, cls: ClassKey, key: ScopeKey) -> bool:
        return cls in self.related((key[0], self.flow.scope(*key).parent)) or self._has_unknown_bases(cls)

    def _spoken(self, names: set[str]) -> set[str]:
        """Which of some names documents and texts of the code have: prose where it writes them as code is written."""
        found: set[str] = set()
        for document, near in self.reachable.naming.documents_with(names):
            found.update(near.intersection((_CODE if document.kind in PROSE else WORD).findall(document.text)))
        texts = {text for module in self.reachable.naming.modules_with(names) for text in module.texts()}
        for text in texts:
            if text.isidentifier():
                found.update(names & {text})
            elif len(names) > FEW_NAMES or any(name in text for name in names):
                words = _CODE if " " in text[:TEXT_LIMIT] else WORD
                found.update(names.intersection(words.findall(text[:TEXT_LIMIT])))
        return found


def _halves(name: Value) -> Iterator[tuple[str, str]]:
    """What a name begins and ends with that is put together."""
    if name.kind == "template":
        yield name.texts[0] or "", name.texts[-1] or ""
    elif name.kind == "operation":
        first, *_, last = name.every("operand")
        yield _text(first), _text(last)


def _text(value: Value) -> str:
    return value.data if value.kind == "const" and isinstance(value.data, str) else ""

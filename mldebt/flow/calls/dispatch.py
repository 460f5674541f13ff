"""Which methods a call by name may reach: by the receiver's type, through inheritance, or by the name alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from mldebt.flow.calls.runners import SUBMITTING
from mldebt.flow.linking import ClassKey, Target
from mldebt.flow.module import ScopeKey
from mldebt.flow.tasks.handovers import MAKING, REMOTE, deployed, is_deployed, submitted
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

STORED_ASKED = 3
STORED_DEPTH = 3
TELLING_LENGTH = 5
PROXY_DEPTH = 3
"""Objects that stand for one another."""
_EVERYDAY_TYPES = ("str", "list", "dict", "set", "pandas.DataFrame", "pathlib.Path")
_DISTRIBUTIONS = "scipy.stats"
_BUILTIN_METHODS = frozenset(name for kind in (str, bytes, list, dict, set) for name in dir(kind))


class Dispatch:
    """Methods by name. `resolve` says what calling a value would call."""

    def __init__(self, flow: Flow, resolve: Callable[[Value, int], Sequence[Target]]) -> None:
        self._flow = flow
        self._resolve = resolve

    def method(self, function: Value) -> Sequence[Target]:
        """What calling an attribute of a value would call."""
        owner, name = function.source, function.name
        if owner.calls_external("super"):
            return self._inherited(function, name)
        if name in MAKING and (cls := deployed(self._flow, owner)) is not None:
            return (Target("class", *cls),)
        if name == REMOTE and owner.kind == "attr" and (elsewhere := self._elsewhere(owner)):
            return elsewhere
        if owner.kind == "class":
            return (self._of_class(owner.scope_key, name),)
        if name in SUBMITTING and (task := submitted(self._flow, owner)) is not None:
            return (Target("func", *task),)
        found = self._typed(owner, name)
        return found if found is not None else self._guess(function, owner, name)

    def _typed(self, owner: Value, name: str, depth: int = 0) -> list[Target] | None:
        """The methods of a name that the types of a value have; None where no type is known."""
        found: list[Target] = []
        known = False
        for candidate in self._flow.types(owner):
            if isinstance(candidate.name, tuple):
                known = True
                found.extend(self._own(candidate.name, name, owner, depth))
            elif (target := self._library(candidate.name, name, owner)) is not None:
                known = True
                found.append(target)
        return found if found or known else None

    def _forwarded(self, cls: ClassKey, name: str, depth: int) -> list[Target]:
        """The methods of what an object stands for, where its class has none by the name."""
        held = self._flow.proxies.held(cls) if depth < PROXY_DEPTH else ()
        return [target for each in held for target in self._typed(each, name, depth + 1) or ()]

    def _elsewhere(self, method: Value) -> list[Target]:
        """The method of an object on a cluster that is called there: `self.ranker.rank.remote(user)`."""
        owners = [each.name for each in self._flow.types(method.source) if isinstance(each.name, tuple)]
        deployed = [owner for owner in owners if is_deployed(self._flow, owner)]
        return [target for owner in deployed for target in self._own(owner, method.name, method.source)]

    def _library(self, owner: str, name: str, receiver: Value | None) -> Target | None:
        """A method of a library's type, when the catalogue knows the method or at least the type."""
        catalogue = self._flow.catalogue
        api = catalogue.method(owner, name)
        if owner == "NoneType" or (api is None and catalogue.type(owner) is None):
            return None
        return Target("external", name=f"{owner}.{name}", api=api, receiver=receiver)

    def _of_class(self, cls: ClassKey, name: str) -> Target:
        """`Class.method`, called without an instance."""
        program = self._flow.program
        method = program.method(cls, name)
        if method is not None:
            return Target("func", method.module, method.scope)
        outside = next((base for base in program.ancestry(cls) if isinstance(base, str)), "")
        return Target("external", name=f"{outside}.{name}", api=self._flow.catalogue.method(outside, name))

    def _own(self, cls: ClassKey, name: str, receiver: Value, depth: int = 0) -> Sequence[Target]:
        """A method of a class of the repository or of one below it; else a function stored under the name; else a
        library's, inherited, or what the object stands for has."""
        keys = self._defined(cls, name, receiver)
        if keys:
            return [Target("func", *key, receiver=receiver) for key in keys]
        flow = self._flow
        if flow.attribute_scopes(name):
            stored = (*flow.stored(cls, name), *flow.given_fields(cls, name))[:STORED_ASKED]
            found = [target for value in stored for target in self._resolve(value, STORED_DEPTH)]
            if found:
                return found
        outside = [base for base in flow.program.ancestry(cls) if isinstance(base, str)]
        inherited = [target for base in outside if (target := self._library(base, name, receiver)) is not None]
        is_known = any(target.api is not None for target in inherited)
        return inherited if is_known else self._forwarded(cls, name, depth) or inherited

    def _defined(self, cls: ClassKey, name: str, receiver: Value) -> list[ScopeKey]:
        program = self._flow.program
        method = program.method(cls, name)
        found = [(method.module, method.scope)] if method is not None and method.kind == "func" else []
        if not self._is_exact(receiver):
            for module, scope in (*program.subclasses(cls), *program.fulfilling(cls)):
                members = program.modules[module].members.get(scope, {})
                found.extend([(module, members[name])] if name in members else [])
        return found

    def _is_exact(self, receiver: Value) -> bool:
        """An object that was just made is of its class and of none below it."""
        return receiver.kind == "call" and any(target.kind == "class" for target in self._flow.targets(receiver))

    def _inherited(self, function: Value, name: str) -> Sequence[Target]:
        """`super().method`."""
        program, receiver = self._flow.program, function.source
        cls = program.enclosing_class(function.body.key)
        if cls is None:
            return ()
        method = program.method(cls, name, skip_own=True)
        if method is not None and method.kind == "func":
            return (Target("func", method.module, method.scope, receiver=receiver),)
        if beside := self._beside(cls, name):
            return [Target("func", *key, receiver=receiver) for key in beside]
        outside = next((base for base in program.ancestry(cls) if isinstance(base, str)), None)
        if outside is None:
            return ()
        api = self._flow.catalogue.method(outside, name)
        return (Target("external", name=f"{outside}.{name}", api=api, receiver=receiver),)

    def _beside(self, cls: ClassKey, name: str) -> list[ScopeKey]:
        """What `super()` of a mixin means in the classes that put it in front of others."""
        program = self._flow.program
        found = []
        for below in program.subclasses(cls):
            owners = [owner for owner in program.ancestry(below) if isinstance(owner, tuple)]
            after = owners[owners.index(cls) + 1 :]
            members = ((module, program.modules[module].members.get(scope, {})) for module, scope in after)
            found += [(module, names[name]) for module, names in members if name in names][:1]
        return list(dict.fromkeys(found))

    # ------------------------------------------------------------------ by the name alone

    def _guess(self, function: Value, owner: Value, name: str) -> Sequence[Target]:
        """A method of a value of unknown type: the repository's only method of that name, or the catalogue's
        convention."""
        api = None if self._is_distribution(owner) else self._flow.catalogue.method("*", name)
        convention = Target("external", name=f"?.{name}", api=api, receiver=owner, guessed=True)
        methods = self._flow.methods_named(name)
        if len(methods) != 1 or not self._is_telling(name) or not self._is_at_hand(methods[0], function):
            return (convention,)
        only = Target("func", *methods[0], receiver=owner, guessed=True)
        return (only, convention) if api is not None else (only,)

    def _is_distribution(self, owner: Value) -> bool:
        """Whether a value is a distribution, as far as the code says: to fit one to numbers trains no model."""
        if owner.kind == "param":
            origins = [step.value for step in self._flow.back_default(owner, ())]
        elif owner.kind == "element":
            origins = owner.source.every("item") if owner.source.kind == "collection" else []
        else:
            origins = owner.arguments[:1] if owner.calls_external("getattr") else []
        return any(each.kind == "external" and each.name.startswith(_DISTRIBUTIONS) for each in origins)

    def _is_telling(self, name: str) -> bool:
        """Whether a method's name is no short, special or everyday one."""
        methods = self._flow.catalogue.methods
        everyday = any((kind, name) in methods for kind in _EVERYDAY_TYPES)
        everyday = everyday or name in _BUILTIN_METHODS
        return len(name) >= TELLING_LENGTH and not name.startswith("__") and not everyday

    def _is_at_hand(self, method: ScopeKey, function: Value) -> bool:
        """Whether a call may mean a method at all: it stands in the same project, not in a notebook, which nothing can
        import, and takes what the call gives."""
        home, here = self._flow.program.modules[method[0]], function.body.module
        if home is not here and (home.is_notebook or not self._flow.program.roots.together(here, home)):
            return False
        return self._takes(method, function)

    def _takes(self, method: ScopeKey, function: Value) -> bool:
        """Whether a method has the parameters that the call of it names, and room for the others."""
        parameters = self._flow.scope(*method).parameters
        kinds = {parameter.kind for parameter in parameters}
        names = {parameter.name for parameter in parameters}
        room = sum(parameter.kind in ("", "positional") for parameter in parameters) - 1
        for label, call in function.uses:
            if label != "function" or call.kind != "call":
                continue
            named = set(call.keywords) - {"", "*", "**"}
            if "*" not in kinds and call.keywords.count("") > room:
                return False
            if "**" not in kinds and not named <= names:
                return False
        return True

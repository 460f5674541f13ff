"""What a call calls and what type a value has, across files; and who calls a function."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from mldebt.facts import record as r
from mldebt.flow.body import Body
from mldebt.flow.program import Entity, Module, Program
from mldebt.flow.value import Value
from mldebt.rulebook import Api, Catalogue

ClassKey = tuple[int, int]
TYPE_DEPTH = 100
CALLER_LIMIT = 200


class Type(NamedTuple):
    """A class of the repository (module, scope) or a library's type by name; `args` are the element types of a container."""

    name: str | ClassKey
    args: tuple[Type, ...] = ()


class Target(NamedTuple):
    """One thing that a call may call. `receiver` says that the first parameter is filled by the object, not by an argument."""

    kind: str  # func, class, external, unknown
    module: int = -1
    scope: int = -1
    name: str = ""
    api: Api | None = None
    receiver: Value | None = None
    guessed: bool = False


_CONTAINERS = frozenset(
    """list List tuple Tuple set Set frozenset FrozenSet Sequence Iterable Iterator Generator AsyncGenerator AsyncIterator AsyncIterable Collection
    deque Deque MutableSequence KeysView ValuesView""".split()
)
_MAPPINGS = frozenset("dict Dict Mapping MutableMapping DefaultDict defaultdict OrderedDict".split())
_PASSING = frozenset(
    "list sorted tuple reversed iter enumerate filter next max min random.choice copy.copy copy.deepcopy typing.cast".split()
)
_SERVICES = {
    "boto3.client": "boto3.client",
    "boto3.session.Session.client": "boto3.client",
    "boto3.resource": "boto3.resource",
    "boto3.session.Session.resource": "boto3.resource",
}
_TRANSPARENT = frozenset(
    "Optional Union Annotated Final ClassVar Awaitable Coroutine Depends Required NotRequired".split()
)


class Linker:
    """Bodies on demand, types, call targets and callers, each computed once."""

    def __init__(self, program: Program, catalogue: Catalogue) -> None:
        self.program = program
        self.catalogue = catalogue
        self._bodies: dict[tuple[int, int], Body] = {}
        self._types: dict[Value, tuple[Type, ...]] = {}
        self._busy: set[Value] = set()
        self._resolving: set[Value] = set()
        self._tries: dict[Value, int] = {}
        self._stored_values: dict[tuple[ClassKey, str], list[Value]] = {}
        self._targets: dict[Value, tuple[Target, ...]] = {}
        self._callers: dict[tuple[int, int], tuple[Value, ...]] = {}
        self._by_name: dict[str, list[tuple[int, int, int]]] | None = None
        self._attributes: dict[str, dict[tuple[int, int], None]] | None = None
        self._methods: dict[str, list[tuple[int, int]]] | None = None
        self._mentions: dict[str, list[tuple[int, int]]] | None = None

    # ------------------------------------------------------------------ bodies

    def body(self, module: int, scope: int) -> Body:
        found = self._bodies.get((module, scope))
        if found is None:
            found = self._bodies[module, scope] = Body(self.program, self.program.modules[module], scope)
        return found

    def scope(self, module: int, scope: int) -> r.Scope:
        return self.program.modules[module].facts.scopes[scope]

    # ------------------------------------------------------------------ types

    def types(self, value: Value) -> tuple[Type, ...]:
        """The types that a value may have; empty when unknown."""
        found = self._types.get(value)
        if found is not None:
            return found
        if value in self._busy or len(self._busy) > TYPE_DEPTH:
            return ()
        self._busy.add(value)
        try:
            found = _unique(self._infer(value))
        finally:
            self._busy.discard(value)
        tries = self._tries[value] = self._tries.get(value, 0) + 1
        if not self._busy or found or tries >= 3:
            self._types[value] = found
        return found

    def _infer(self, value: Value) -> Sequence[Type]:
        kind = value.kind
        if kind == "const":
            return (Type(type(value.data).__name__),)
        if kind == "template":
            return (Type("str"),)
        if kind in ("phi", "choice", "same", "mutate", "passed", "slice"):
            label = {"mutate": "base", "passed": "base", "slice": "object"}.get(kind, "value")
            if kind == "same" and value.data == "with":
                return self._entered(value.inputs[0][1])
            return [t for source in value.every(label) for t in self.types(source)]
        if kind == "store":
            base = value.one("base")
            return self.types(base) if base else ()
        if kind == "collection":
            items = [
                t
                for label, item in value.inputs[:4]
                for t in (self.types(item) if label == "item" else self._elements(item))
            ]
            return (Type(str(value.data), _unique(items)),)
        if kind == "dict":
            return (Type("dict", _unique([t for item in value.every("item")[:4] for t in self.types(item)])),)
        if kind == "comprehension":
            element = value.one("element")
            name = {"generator": "list"}.get(str(value.data), str(value.data))
            return (Type(name, self.types(element) if element else ()),)
        if kind == "call":
            return self._returned(value)
        if kind == "param":
            return self._parameter(value)
        if kind == "attr":
            return self._attribute(value)
        if kind == "element":
            return self._elements(value.inputs[0][1])
        if kind == "item":
            return self._item(value)
        if kind == "global":
            return self.types(source) if (source := self.global_value(value)) else ()
        if kind == "free":
            return self.types(source) if (source := self.free_value(value)) else ()
        if kind == "operation":
            return (
                [t for source in value.every("operand")[:2] for t in self.types(source)][:1]
                if value.data in "+-*/|&"
                else ()
            )
        return ()

    def _entered(self, source: Value) -> Sequence[Type]:
        found = self.types(source)
        for candidate in found:
            if isinstance(candidate.name, tuple):
                method = self.program.method(candidate.name, "__enter__") or self.program.method(
                    candidate.name, "__aenter__"
                )
                if method is not None:
                    return self._function_type(method.module, method.scope) or found
        return found

    def _elements(self, iterable: Value) -> Sequence[Type]:
        if iterable.kind == "call":
            function = iterable.inputs[0][1]
            if function.kind == "attr" and function.data in ("values", "items"):
                return [t for owner in self.types(function.inputs[0][1]) for t in owner.args]
            if function.kind == "external" and function.data in (
                "enumerate",
                "zip",
                "reversed",
                "sorted",
                "list",
                "set",
                "tuple",
                "iter",
            ):
                return [t for _, source in iterable.inputs[1:2] for t in self._elements(source)]
        return [t for owner in self.types(iterable) for t in (owner.args or self._iterated(owner))]

    def _iterated(self, owner: Type) -> tuple[Type, ...]:
        if _same_inside(owner):
            return (owner,)
        api = self.catalogue.method(owner.name, "__iter__") if isinstance(owner.name, str) else None
        return (Type(api.returns),) if api is not None and api.returns not in ("", "self") else ()

    def _item(self, value: Value) -> Sequence[Type]:
        source = value.inputs[0][1]
        if source.kind == "element" and isinstance(value.data, int):
            iterable = source.inputs[0][1]
            if (
                iterable.kind == "call"
                and iterable.inputs[0][1].kind == "external"
                and iterable.inputs[0][1].data == "enumerate"
            ):
                return (
                    self._elements(iterable.inputs[1][1])
                    if value.data == 1 and len(iterable.inputs) > 1
                    else (Type("int"),)
                )
            if (
                iterable.kind == "call"
                and iterable.inputs[0][1].kind == "external"
                and iterable.inputs[0][1].data == "zip"
            ):
                return (
                    self._elements(iterable.inputs[1 + value.data][1]) if len(iterable.inputs) > 1 + value.data else ()
                )
            if (
                iterable.kind == "call"
                and iterable.inputs[0][1].kind == "attr"
                and iterable.inputs[0][1].data == "items"
            ):
                return self._elements(iterable) if value.data == 1 else (Type("str"),)
        if source.kind == "collection" and isinstance(value.data, int) and 0 <= value.data < len(source.inputs):
            return self.types(source.inputs[value.data][1])
        owners = self.types(source)
        for owner in owners:
            if isinstance(owner.name, tuple) and (method := self.program.method(owner.name, "__getitem__")):
                return self._function_type(method.module, method.scope)
        return [t for owner in owners for t in (owner.args or self._at_key(owner))]

    def _at_key(self, owner: Type) -> tuple[Type, ...]:
        if _same_inside(owner):
            return (owner,)
        api = self.catalogue.method(owner.name, "__getitem__") if isinstance(owner.name, str) else None
        return (Type(api.returns),) if api is not None and api.returns not in ("", "self") else ()

    def _returned(self, call: Value) -> Sequence[Type]:
        found: list[Type] = []
        for target in self.targets(call):
            if target.kind == "class":
                found.append(Type((target.module, target.scope)))
            elif target.kind == "func":
                found.extend(self._function_type(target.module, target.scope))
            elif target.name in _PASSING:
                found.extend(self._passing(call, target))
            elif target.name in _SERVICES:
                found.extend(_service(call, target.name))
            elif target.api is not None and target.api.returns:
                if target.api.returns == "self":
                    found.extend(self.types(target.receiver) if target.receiver else ())
                else:
                    found.append(Type(target.api.returns))
            elif target.api is not None and self.catalogue.type(target.name):
                found.append(Type(target.name))
            elif target.kind == "external":
                found.extend(self._passing(call, target))
        return found

    def _passing(self, call: Value, target: Target) -> Sequence[Type]:
        name, arguments = target.name, [v for _, v in call.inputs[1:]]
        if name in ("list", "sorted", "tuple", "reversed", "iter", "enumerate", "filter") and arguments:
            return (Type("list", _unique(self._elements(arguments[-1] if name == "filter" else arguments[0]))),)
        if name in ("next", "max", "min", "random.choice") and arguments:
            return self._elements(arguments[0])
        if name in ("copy.copy", "copy.deepcopy", "typing.cast", "asyncio.wait_for") and arguments:
            return self.types(arguments[-1 if name == "typing.cast" else 0])
        if name in ("fastapi.Depends", "Depends") and arguments:
            return ()
        tail = name.rsplit(".", 1)[-1]
        return (Type(name),) if tail[:1].isupper() and tail.upper() != tail else ()

    def _function_type(self, module: int, number: int) -> tuple[Type, ...]:
        scope = self.scope(module, number)
        if scope.returns >= 0:
            found = self.annotation(self.program.modules[module], scope.returns, scope.parent)
            if found:
                return found
        if scope.kind not in ("function", "lambda"):
            return ()
        body = self.body(module, number)
        found = _unique([t for source in body.returns.every("value") for t in self.types(source)])
        if body.is_generator:
            return (Type("list", _unique([t for source in body.returns.every("yield") for t in self.types(source)])),)
        return found

    def _parameter(self, value: Value) -> Sequence[Type]:
        body = value.body
        scope, module = body.scope, body.module
        for position, parameter in enumerate(scope.parameters):
            if parameter.name != value.data:
                continue
            if position == 0 and self.is_method(module, body.number):
                return (Type((module.index, scope.parent)),)
            if parameter.annotation >= 0:
                found = self.annotation(module, parameter.annotation, scope.parent)
                if found:
                    if parameter.kind == "*":
                        return (Type("tuple", found),)
                    return found if parameter.kind != "**" else (Type("dict", found),)
            if parameter.default >= 0 and body.number:
                default = self.body(module.index, max(scope.parent, 0)).values.get(parameter.default)
                if default is not None and default.kind != "const":
                    return self.types(default)
        return [t for source in self.arguments(value)[:8] for t in self.types(source)]

    def is_method(self, module: Module, number: int) -> bool:
        """Whether a function's first parameter is its instance (or class)."""
        scope = module.facts.scopes[number]
        if scope.kind != "function" or scope.parent < 0 or module.facts.scopes[scope.parent].kind != "class":
            return False
        return not any(module.dotted(ref) == "staticmethod" for ref in scope.decorators)

    def _attribute(self, value: Value) -> Sequence[Type]:
        owner = value.inputs[0][1]
        name = str(value.data)
        found: list[Type] = []
        for candidate in self.types(owner):
            if isinstance(candidate.name, tuple):
                found.extend(self.field_types(candidate.name, name))
            elif (api := self.catalogue.method(candidate.name, name)) is not None and api.returns:
                found.append(candidate if api.returns == "self" else Type(api.returns))
            elif _same_inside(candidate) and name in ("loc", "iloc", "values", "T", "data", "str", "at", "ix", "array"):
                found.append(candidate)
        return found

    def field_types(self, cls: ClassKey, name: str) -> tuple[Type, ...]:
        """The types of an attribute: by its annotation, its property, or what is stored in it."""
        for current in self.program.ancestry(cls):
            if not isinstance(current, tuple):
                continue
            module = self.program.modules[current[0]]
            scope = module.facts.scopes[current[1]]
            for statement in scope.body:
                if isinstance(statement, r.Annotate):
                    target = module.facts.exprs[statement.target]
                    if isinstance(target, r.Name) and target.id == name:
                        return self.annotation(module, statement.annotation, current[1])
            number = module.members.get(current[1], {}).get(name)
            if number is not None and scope_is_property(module, number):
                return self._function_type(current[0], number)
        stored = [t for source in self.stored(cls, name) for t in self.types(source)]
        return _unique(stored)

    def annotation(self, module: Module, ref: int, scope: int) -> tuple[Type, ...]:
        """The types that an annotation names."""
        node = module.facts.exprs[ref]
        if isinstance(node, r.Constant) and isinstance(node.value, str):
            return self._named(module, node.value.strip(), scope, ())
        if isinstance(node, r.Operation) and node.operator == "|":
            return _unique([t for part in node.operands for t in self.annotation(module, part, scope)])
        if isinstance(node, r.Subscript):
            head = module.dotted(node.value).rsplit(".", 1)[-1]
            index = module.facts.exprs[node.index]
            refs = index.items if isinstance(index, r.Collection) else (node.index,)
            if head in _TRANSPARENT:
                refs = refs[:1] if head == "Annotated" else refs[-1:] if head == "Coroutine" else refs
                return _unique([t for part in refs for t in self.annotation(module, part, scope)])
            if head in _CONTAINERS:
                refs = refs if head.lower() == "tuple" else refs[:1]
                name = head.lower() if head.lower() in ("tuple", "set") else "list"
                return (Type(name, _unique([t for part in refs for t in self.annotation(module, part, scope)])),)
            if head in _MAPPINGS:
                return (Type("dict", self.annotation(module, refs[-1], scope)),)
            return self._named(module, module.dotted(node.value), scope, ())
        dotted = module.dotted(ref)
        return self._named(module, dotted, scope, ()) if dotted else ()

    def _named(self, module: Module, dotted: str, scope: int, args: tuple[Type, ...]) -> tuple[Type, ...]:
        tail = dotted.rsplit(".", 1)[-1]
        if tail in ("Any", "None", "object", "Self") or not tail:
            return ()
        if tail in _CONTAINERS:
            return (Type("list", args),)
        if tail in _MAPPINGS:
            return (Type("dict", args),)
        entity = self.program.resolve_dotted(module, dotted, scope)
        if entity is None:
            return ()
        if entity.kind == "class":
            return (Type((entity.module, entity.scope), args),)
        if entity.kind == "external":
            return (Type(self.catalogue.resolve(entity.name), args),)
        return ()

    # ------------------------------------------------------------------ indirect values

    def global_value(self, value: Value) -> Value | None:
        """What a module-level variable holds after its module ran."""
        module, name = value.data  # type: ignore[misc]
        return self.body(module, 0).env.get(name)

    def free_value(self, value: Value) -> Value | None:
        """What a closure variable holds in the function around it."""
        scope, name = value.data  # type: ignore[misc]
        body = self.body(value.body.module.index, scope)
        return body.env.get(name) or body.params.get(name)

    def stored(self, cls: ClassKey, name: str) -> list[Value]:
        """Every value stored in an attribute of a class of the repository, or of a class above or below it."""
        known = self._stored_values.get((cls, name))
        if known is None:
            self._stored_values[cls, name] = []
            known = self._stored_values[cls, name] = self._find_stored(cls, name)
        return known

    def _find_stored(self, cls: ClassKey, name: str) -> list[Value]:
        family = [c for c in self.program.ancestry(cls) if isinstance(c, tuple)]
        family += [c for c in self.program.subclasses(cls) if c not in family]
        found: list[Value] = []
        for key in family:
            module = self.program.modules[key[0]]
            own = self.body(*key).env.get(name)
            if own is not None and own.kind not in ("func", "class"):
                found.append(own)
            for number in module.members.get(key[1], {}).values():
                if not self.touches(key[0], number, name):
                    continue
                for store in self.body(key[0], number).stores:
                    base = store.one("base")
                    if store.data == name and base is not None and is_self(base):
                        stored = store.one("value")
                        if stored is not None:
                            found.append(stored)
        return found

    def touches(self, module: int, scope: int, name: str) -> bool:
        """Whether a scope mentions an attribute name at all."""
        return (module, scope) in self._attribute_index().get(name, ())

    def attribute_scopes(self, name: str) -> list[tuple[int, int]]:
        """All scopes that mention an attribute name."""
        return list(self._attribute_index().get(name, ()))

    def _attribute_index(self) -> dict[str, dict[tuple[int, int], None]]:
        if self._attributes is None:
            table: dict[str, dict[tuple[int, int], None]] = defaultdict(dict)
            for module in self.program.modules:
                finder = ScopeFinder(module)
                for node in module.facts.exprs:
                    if node.__class__ is r.Attribute:
                        table[node.name][module.index, finder.at(node.at)] = None
            self._attributes = table
        return self._attributes

    # ------------------------------------------------------------------ calls

    def targets(self, call: Value) -> tuple[Target, ...]:
        """What a call may call; an empty tuple when nothing is known."""
        found = self._targets.get(call)
        if found is None:
            self._targets[call] = ()
            found = self._targets[call] = tuple(dict.fromkeys(self._resolve(call.inputs[0][1], 0)))
        return found

    def api(self, call: Value) -> Api | None:
        """The catalogue's record of what a call calls, if it is a library's."""
        for target in self.targets(call):
            if target.api is not None:
                return target.api
        return None

    def roles(self, call: Value) -> frozenset[str]:
        """All roles that the catalogue gives to what a call calls."""
        return frozenset(role for target in self.targets(call) if target.api is not None for role in target.api.roles)

    def _resolve(self, function: Value, depth: int) -> list[Target]:
        if depth > 6 or function in self._resolving:
            return []
        self._resolving.add(function)
        try:
            return self._resolve_kind(function, depth)
        finally:
            self._resolving.discard(function)

    def _resolve_kind(self, function: Value, depth: int) -> list[Target]:
        kind = function.kind
        if kind == "func":
            return [Target("func", *function.data)]  # type: ignore[misc]
        if kind == "class":
            return [Target("class", *function.data)]  # type: ignore[misc]
        if kind == "external":
            return [self._external(str(function.data))]
        if kind == "attr":
            return self._method(function)
        if kind in ("phi", "choice", "same"):
            return [t for source in function.every("value")[:4] for t in self._resolve(source, depth + 1)]
        if kind == "global":
            source = self.global_value(function)
            return self._resolve(source, depth + 1) if source else []
        if kind == "free":
            source = self.free_value(function)
            return self._resolve(source, depth + 1) if source else []
        if kind == "param":
            return [t for source in self.arguments(function)[:8] for t in self._resolve(source, depth + 1)]
        if kind == "call":
            inner = self.targets(function)
            if (
                any(t.name in ("functools.partial", "functools.wraps", "torch.compile") for t in inner)
                and len(function.inputs) > 1
            ):
                return self._resolve(function.inputs[1][1], depth + 1)
        return self._called_instance(function, depth)

    def _called_instance(self, function: Value, depth: int) -> list[Target]:
        found = []
        for owner in self.types(function):
            if isinstance(owner.name, tuple):
                for name in ("__call__", "forward", "call"):
                    method = self.program.method(owner.name, name)
                    if method is not None and method.kind == "func":
                        found.append(Target("func", method.module, method.scope, receiver=function))
                        break
                else:
                    found.append(
                        Target(
                            "external",
                            name=f"{self._outside(owner.name)}.__call__",
                            api=self._called_api(owner.name),
                            receiver=function,
                        )
                    )
            else:
                api = self.catalogue.method(owner.name, "__call__")
                found.append(Target("external", name=f"{owner.name}.__call__", api=api, receiver=function))
        return found

    def _called_api(self, cls: ClassKey) -> Api | None:
        for base in self.program.ancestry(cls):
            if isinstance(base, str):
                return self.catalogue.method(base, "__call__")
        return None

    def _outside(self, cls: ClassKey) -> str:
        return next((base for base in self.program.ancestry(cls) if isinstance(base, str)), "")

    def _external(self, name: str) -> Target:
        return Target("external", name=self.catalogue.resolve(name), api=self.catalogue.function(name))

    def _method(self, function: Value) -> list[Target]:
        owner, name = function.inputs[0][1], str(function.data)
        if owner.kind == "call" and owner.inputs[0][1].kind == "external" and owner.inputs[0][1].data == "super":
            return self._inherited(function, name)
        if owner.kind == "class":
            method = self.program.method(owner.data, name)  # type: ignore[arg-type]
            if method is not None:
                return [Target("func", method.module, method.scope)]
            outside = self._outside(owner.data)  # type: ignore[arg-type]
            return [Target("external", name=f"{outside}.{name}", api=self.catalogue.method(outside, name))]
        found: list[Target] = []
        known = False
        for candidate in self.types(owner):
            if isinstance(candidate.name, tuple):
                known = True
                found.extend(self._dispatch(candidate.name, name, owner))
            elif candidate.name not in ("NoneType",):
                api = self.catalogue.method(candidate.name, name)
                known = known or api is not None or self.catalogue.type(candidate.name) is not None
                if api is not None or self.catalogue.type(candidate.name):
                    found.append(Target("external", name=f"{candidate.name}.{name}", api=api, receiver=owner))
        if found or known:
            return found
        return self._guess(function, owner, name)

    def _dispatch(self, cls: ClassKey, name: str, receiver: Value) -> list[Target]:
        found = []
        method = self.program.method(cls, name)
        exact = receiver.kind == "call" and any(t.kind == "class" for t in self.targets(receiver))
        if method is not None and method.kind == "func":
            found.append(Target("func", method.module, method.scope, receiver=receiver))
        if not exact:
            for below in self.program.subclasses(cls):
                number = self.program.modules[below[0]].members.get(below[1], {}).get(name)
                if number is not None:
                    found.append(Target("func", below[0], number, receiver=receiver))
        if not found:
            for stored in self.stored(cls, name)[:3] if self.attribute_scopes(name) else ():
                found.extend(self._resolve(stored, 3))
        if not found:
            for base in self.program.ancestry(cls):
                if isinstance(base, str):
                    api = self.catalogue.method(base, name)
                    if api is not None or self.catalogue.type(base):
                        found.append(Target("external", name=f"{base}.{name}", api=api, receiver=receiver))
        return found

    def _inherited(self, function: Value, name: str) -> list[Target]:
        cls = self.program.enclosing_class(function.body.module, function.body.number)
        if cls is None:
            return []
        method = self.program.method(cls, name, skip_own=True)
        if method is not None and method.kind == "func":
            return [Target("func", method.module, method.scope, receiver=function.inputs[0][1])]
        for base in self.program.ancestry(cls):
            if isinstance(base, str):
                return [
                    Target(
                        "external",
                        name=f"{base}.{name}",
                        api=self.catalogue.method(base, name),
                        receiver=function.inputs[0][1],
                    )
                ]
        return []

    def _guess(self, function: Value, owner: Value, name: str) -> list[Target]:
        """A method of a value of unknown type: the repository's only method of that name, or the catalogue's convention."""
        api = self.catalogue.method("*", name)
        found = [Target("external", name=f"?.{name}", api=api, receiver=owner, guessed=True)]
        if self._methods is None:
            table: dict[str, list[tuple[int, int]]] = defaultdict(list)
            for key in self.program.classes:
                for member, number in self.program.modules[key[0]].members.get(key[1], {}).items():
                    table[member].append((key[0], number))
            self._methods = table
        own = self._methods.get(name, ())
        if (
            len(own) == 1
            and len(name) > 4
            and not name.startswith("__")
            and not self._ordinary(name)
            and self._takes(own[0], function)
        ):
            return [Target("func", *own[0], receiver=owner, guessed=True), *(found if api is not None else ())]
        return found

    def _takes(self, method: tuple[int, int], function: Value) -> bool:
        """Whether a method has the parameters that the call of it names, and room for the others."""
        parameters = self.scope(*method).parameters
        kinds = {parameter.kind for parameter in parameters}
        names = {parameter.name for parameter in parameters}
        for label, call in function.uses:
            if label == "function" and call.kind == "call":
                keywords: tuple[str, ...] = call.data  # type: ignore[assignment]
                plain = sum(keyword == "" for keyword in keywords)
                if "*" not in kinds and plain > len([p for p in parameters if p.kind in ("", "positional")]) - 1:
                    return False
                if "**" not in kinds and any(
                    keyword not in names for keyword in keywords if keyword not in ("", "*", "**")
                ):
                    return False
        return True

    def _ordinary(self, name: str) -> bool:
        return any(
            self.catalogue.methods.get((kind, name))
            for kind in ("str", "list", "dict", "set", "pandas.DataFrame", "pathlib.Path")
        )

    # ------------------------------------------------------------------ callers

    def callers(self, module: int, scope: int) -> tuple[Value, ...]:
        """Every call in the repository that may call a function."""
        found = self._callers.get((module, scope))
        if found is None:
            self._callers[module, scope] = ()
            found = self._callers[module, scope] = tuple(self._find_callers(module, scope))
        return found

    def _find_callers(self, module: int, number: int) -> list[Value]:
        scope = self.scope(module, number)
        names = {scope.name}
        owner = self.scope(module, scope.parent) if scope.parent > 0 else None
        if scope.name in ("__init__", "__new__", "__post_init__") and owner is not None:
            names = {owner.name, "__init__", "cls"} | {
                self.scope(*c).name for c in self.program.subclasses((module, scope.parent))
            }
        found = []
        if scope.name in ("__call__", "forward", "call") and owner is not None:
            found.extend(self._instance_calls((module, scope.parent)))
        if scope.kind == "lambda":
            return found
        for name in sorted(names):
            for place in self._calls_by_name().get(name, ())[: CALLER_LIMIT * 5]:
                call = self.body(place[0], place[1]).values.get(place[2])
                if call is not None and call.kind == "call" and self.calls(call, module, number):
                    found.append(call)
                    if len(found) >= CALLER_LIMIT:
                        return found
        return found

    def calls(self, call: Value, module: int, number: int) -> bool:
        """Whether a call may call a function (a constructor calls its class's `__init__`)."""
        for target in self.targets(call):
            if target.kind == "func" and (target.module, target.scope) == (module, number):
                return True
            if target.kind == "class":
                init = self.initializer((target.module, target.scope))
                if init is not None and (init.module, init.scope) == (module, number):
                    return True
        return False

    def initializer(self, cls: ClassKey) -> Entity | None:
        return self.program.method(cls, "__init__")

    def _instance_calls(self, cls: ClassKey) -> list[Value]:
        found = []
        for key in (cls, *self.program.subclasses(cls)):
            for place in self._calls_by_name().get(self.scope(*key).name, ())[:50]:
                made = self.body(place[0], place[1]).values.get(place[2])
                if (
                    made is not None
                    and made.kind == "call"
                    and any((t.module, t.scope) == key for t in self.targets(made))
                ):
                    found.extend(self._called(made, 0))
        return list(dict.fromkeys(found))

    def _called(self, value: Value, depth: int) -> list[Value]:
        """Calls of an instance, followed through names and the attributes of its owner."""
        found: list[Value] = []
        if depth > 8:
            return found
        for label, user in value.uses:
            if label == "function" and user.kind == "call":
                found.append(user)
            elif label == "value" and user.kind in ("phi", "same", "choice"):
                found.extend(self._called(user, depth + 1))
            elif label == "base" and user.kind in ("passed", "mutate", "store"):
                found.extend(self._called(user, depth + 1))
            elif label == "value" and user.kind == "store":
                base = user.one("base")
                cls = self.program.enclosing_class(user.body.module, user.body.number)
                if base is not None and is_self(base) and cls is not None:
                    for read in self.field_reads(cls, str(user.data)):
                        found.extend(self._called(read, depth + 1))
            elif label == "object" and user.kind == "attr" and user.data in ("to", "cuda", "eval", "train", "module"):
                found.extend(c for lab, c2 in user.uses if lab == "function" for c in self._called(c2, depth + 1))
        return found

    def field_reads(self, cls: ClassKey, name: str) -> list[Value]:
        """Reads of an attribute through `self` in a class's family, and through typed values elsewhere."""
        family = {c for c in self.program.ancestry(cls) if isinstance(c, tuple)} | set(self.program.subclasses(cls))
        found = []
        for module, scope in self.attribute_scopes(name):
            body = self.body(module, scope)
            own = self.program.enclosing_class(body.module, scope) in family
            for value in list(body.values.values()):
                if value.kind == "attr" and value.data == name:
                    base = value.inputs[0][1]
                    if (own and is_self(base)) or (
                        not is_self(base) and any(t.name in family for t in self.types(base))
                    ):
                        found.append(value)
        return found

    def _calls_by_name(self) -> dict[str, list[tuple[int, int, int]]]:
        if self._by_name is None:
            table: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
            for module in self.program.modules:
                for callee in module.facts.callees:
                    name = callee.name.rsplit(".", 1)[-1].lstrip(":")
                    if name == "?":
                        name = module.dotted(module.facts.exprs[callee.call].function)  # type: ignore[union-attr]
                    table[name].append((module.index, callee.scope, callee.call))
            self._by_name = table
        return self._by_name

    def calls_named(self, names: frozenset[str]) -> list[Value]:
        """All calls whose last name is one of these, in order of place."""
        found = []
        for name in sorted(names):
            for module, scope, ref in self._calls_by_name().get(name, ()):
                call = self.body(module, scope).values.get(ref)
                if call is not None and call.kind == "call":
                    found.append(call)
        return sorted(found, key=lambda c: (c.body.module.index, c.at))

    def arguments(self, param: Value) -> list[Value]:
        """What callers hand in for a parameter, and its default."""
        return [source for _, source in self.bindings(param)]

    def bindings(self, param: Value) -> list[tuple[Value | None, Value]]:
        """(call, value) for each caller's argument of a parameter; a value used as a default comes with None."""
        body = param.body
        found: list[tuple[Value | None, Value]] = []
        for call in self.callers(body.module.index, body.number):
            for source in self.argument(call, body, str(param.data)):
                found.append((call, source))
        return found

    def argument(self, call: Value, body: Body, name: str) -> list[Value]:
        """The values that a call gives to one parameter of a function."""
        parameters = body.scope.parameters
        position = next((i for i, p in enumerate(parameters) if p.name == name), -1)
        if position < 0:
            return []
        shift = 0
        receiver: Value | None = None
        for target in self.targets(call):
            is_it = (target.module, target.scope) == (body.module.index, body.number)
            if target.kind == "class" or (
                is_it and target.receiver is not None and self.is_method(body.module, body.number)
            ):
                shift = 1
                receiver = call if target.kind == "class" else target.receiver
                break
        if shift and position == 0:
            return [receiver] if receiver is not None and receiver is not call else []
        found: list[Value] = []
        plain = position - shift
        seen = 0
        for keyword, (_, source) in zip(call.data, call.inputs[1:], strict=True):  # type: ignore[call-overload]
            if keyword == name:
                return [source]
            if keyword == "*":
                items = spread_items(source)
                for item in items or ():
                    if seen == plain or (parameters[position].kind == "*" and seen >= plain):
                        found.append(item)
                    seen += 1
                if items is None and plain >= seen:
                    found.append(source)
            elif keyword == "**":
                found.append(source)
            elif keyword == "":
                if (seen == plain and parameters[position].kind in ("", "positional")) or (
                    parameters[position].kind == "*" and seen >= plain
                ):
                    found.append(source)
                seen += 1
            elif parameters[position].kind == "**":
                found.append(source)
        return found

    def parameter_of(self, call: Value, position: int, body: Body) -> list[Value]:
        """The parameters of a function that a call's argument (by position among the written ones) may fill."""
        source = call.inputs[1 + position][1]
        return [
            param for name, param in body.params.items() if any(v is source for v in self.argument(call, body, name))
        ]


class ScopeFinder:
    """The innermost scope at an offset, asked for offsets in any order."""

    def __init__(self, module: Module) -> None:
        spans = sorted((s.at, -s.end, n) for n, s in enumerate(module.facts.scopes) if n)
        self.starts = [start for start, _, _ in spans]
        self.spans = spans
        self.scopes = module.facts.scopes

    def at(self, offset: int) -> int:
        from bisect import bisect_right

        place = bisect_right(self.starts, offset) - 1
        if place < 0:
            return 0
        number = self.spans[place][2]
        while number > 0 and self.scopes[number].end <= offset:
            number = self.scopes[number].parent
        return max(number, 0)


def spread_items(source: Value) -> list[Value] | None:
    """What `*source` gives to the parameters, in order; None when that is not written down."""
    while source.kind in ("same", "passed"):
        source = source.inputs[0][1]
    if source.kind != "collection" or source.data == "set" or any(label != "item" for label, _ in source.inputs):
        return None
    return [item for _, item in source.inputs]


def is_self(value: Value) -> bool:
    """Whether a value is the instance (or class) parameter of the method it stands in, in whatever version."""
    while value.kind in ("store", "passed", "phi", "mutate"):
        value = value.inputs[0][1]
    if value.kind == "free":
        return value.data[1] in ("self", "cls")  # type: ignore[index]
    return value.kind == "param" and value.data in ("self", "cls")


def scope_is_property(module: Module, number: int) -> bool:
    return any(
        module.dotted(ref).rsplit(".", 1)[-1] in ("property", "cached_property")
        for ref in module.facts.scopes[number].decorators
    )


def _same_inside(owner: Type) -> bool:
    """Types whose items are of the same kind as they are (frames, arrays, tensors)."""
    return isinstance(owner.name, str) and owner.name.rsplit(".", 1)[-1] in (
        "DataFrame",
        "Series",
        "ndarray",
        "Tensor",
        "QuerySet",
        "GroupBy",
        "LazyFrame",
    )


def _service(call: Value, family: str) -> tuple[Type, ...]:
    """The client type of a service that is named by a literal: `boto3.client("s3")`."""
    first = call.inputs[1][1] if len(call.inputs) > 1 else None
    return (Type(f"{_SERVICES[family]}.{first.data}"),) if first is not None and first.kind == "const" else ()


def _unique(types: Sequence[Type]) -> tuple[Type, ...]:
    return tuple(dict.fromkeys(types))[:8]

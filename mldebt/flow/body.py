"""The local value flow of one scope: every expression becomes a Value, every assignment and mutation a new version."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from mldebt.facts import record as r
from mldebt.flow.program import Entity, Module, Program, assigned_names
from mldebt.flow.value import Value


MUTATORS = frozenset(
    "append extend insert remove pop popleft appendleft sort reverse add update setdefault clear discard put rotate shuffle".split()
)
IN_PLACE = frozenset(
    {"random.shuffle", "numpy.random.shuffle", "heapq.heapify", "heapq.heappush", "bisect.insort", "bisect.insort_left"}
)
Env = dict[str, Value]


class Body:
    """The values of one scope. `env` after building is what each name holds at the end; `returns` collects what is returned."""

    def __init__(self, program: Program, module: Module, number: int) -> None:
        self.program = program
        self.module = module
        self.number = number
        self.scope = module.facts.scopes[number]
        self.facts = module.facts
        self.count = 0
        self.loops: tuple[Value, ...] = ()
        self.values: dict[int, Value] = {}
        self.params: dict[str, Value] = {}
        self.calls: list[Value] = []
        self.nodes: list[Value] = []
        self.stores: list[Value] = []
        self.env: Env = {}
        self.dead = False
        self.globals: set[str] = set()
        self.returns = Value("return", self, self.scope.at)
        self.is_generator = False
        self.tests: list[tuple[Value, str]] = []
        self.named: dict[Value, tuple[str, ...]] = {}
        self.global_reads: list[Value] = []
        self.free_reads: list[Value] = []
        self._bound = program.bound(module, number)
        self._build()

    # ------------------------------------------------------------------ building

    def _build(self) -> None:
        for parameter in self.scope.parameters:
            value = Value("param", self, self.scope.at, parameter.name)
            self.params[parameter.name] = value
            self.name(parameter.name, value)
        self.block(self.scope.body)

    def block(self, statements: Iterable[Any]) -> None:
        for statement in statements:
            if self.dead:
                return
            _STATEMENTS[statement.__class__](self, statement)

    def value(self, ref: int) -> Value:
        found = self.values.get(ref)
        if found is None:
            node = self.facts.exprs[ref]
            found = self.values[ref] = _EXPRESSIONS[node.__class__](self, node)
        return found

    def branches(self, at: int, parts: list[Callable[[], None]]) -> None:
        """Run alternatives from the same state and join what they leave."""
        start, dead = self.env, self.dead
        ends: list[Env] = []
        for part in parts:
            self.env, self.dead = dict(start), dead
            part()
            if not self.dead:
                ends.append(self.env)
        self.dead = not ends
        self.env = self.join(at, ends) if ends else start

    def join(self, at: int, ends: list[Env]) -> Env:
        joined = dict(ends[0])
        created: dict[str, None] = {}
        for other in ends[1:]:
            for name, value in other.items():
                mine = joined.get(name)
                if mine is None:
                    joined[name] = value
                elif mine is not value:
                    if mine.kind == "phi" and mine.data == (at, name):
                        mine.link("value", value)
                    else:
                        joined[name] = Value("phi", self, at, (at, name), (("value", mine), ("value", value)))
                        created[name] = None
        for name in created:
            self._also_named(joined[name], name)
        return joined

    def loop(self, at: int, names: set[str], run: Callable[[], None], orelse: tuple[Any, ...]) -> None:
        before = dict(self.env)
        heads: Env = {}
        for name in sorted(names):
            if name in before and before[name].kind not in ("module", "external", "func", "class"):
                heads[name] = Value("phi", self, at, (at, name), (("value", before[name]),))
                self.name(name, heads[name])
        run()
        if not self.dead:
            for name, head in heads.items():
                last = self.env.get(name)
                if last is not None and last is not head:
                    head.link("value", last)
        after = self.env
        self.dead = False
        self.env = dict(before)
        for name, value in after.items():
            self.env[name] = heads[name] if name in heads else value if name not in before else self.env[name]
        self.block(orelse)

    # ------------------------------------------------------------------ names and targets

    def load(self, name: str, at: int) -> Value:
        value = self.env.get(name)
        if value is not None and name not in self.globals:
            return value
        if name in self._bound and name not in self.globals:
            return Value("unknown", self, at, name)
        number = self.number
        while number > 0:
            binding = self.module.imports.get(number, {}).get(name)
            if binding is not None:
                return self.entity(self.program.imported(self.module, binding), at)
            member = self.module.members.get(number, {}).get(name)
            if member is not None and self.facts.scopes[number].kind != "class":
                kind = "class" if self.facts.scopes[member].kind == "class" else "func"
                return Value(kind, self, at, (self.module.index, member))
            number = self.facts.scopes[number].parent
            if number > 0 and self.facts.scopes[number].kind != "class" and self._binds(number, name):
                read = Value("free", self, at, (number, name))
                self.free_reads.append(read)
                return read
        found = self.program.lookup(self.module, name)
        if found is None:
            return Value("external", self, at, name)
        return self.entity(found, at)

    def _binds(self, number: int, name: str) -> bool:
        return name in self.program.bound(self.module, number)

    def entity(self, entity: Entity, at: int) -> Value:
        if entity.kind in ("func", "class"):
            return Value(entity.kind, self, at, (entity.module, entity.scope))
        if entity.kind == "module":
            return Value("module", self, at, entity.module)
        if entity.kind == "var":
            if self.number == 0 and entity.module == self.module.index:
                return Value("unknown", self, at, entity.name)
            read = Value("global", self, at, (entity.module, entity.name))
            self.global_reads.append(read)
            return read
        return Value("external", self, at, entity.name)

    def bind(self, ref: int, value: Value) -> None:
        node = self.facts.exprs[ref]
        if isinstance(node, r.Name):
            if node.id in self.globals:
                self.stores.append(Value("store", self, node.at, node.id, (("value", value),)))
            self.name(node.id, value)
        elif isinstance(node, r.Collection):
            for position, item in enumerate(node.items):
                child = self.facts.exprs[item]
                if isinstance(child, r.Starred):
                    self.bind(child.value, Value("slice", self, node.at, (position, None, None), (("object", value),)))
                else:
                    self.bind(item, Value("item", self, node.at, position, (("object", value),)))
        elif isinstance(node, r.Attribute):
            base = self.value(node.value)
            stored = Value("store", self, node.at, node.name, (("base", base), ("value", value)))
            self.stores.append(stored)
            path = self.path(node.value)
            if path:
                self.env[f"{path}.{node.name}"] = value
                self.rebind(path, stored)
        elif isinstance(node, r.Subscript):
            base = self.value(node.value)
            key = self.value(node.index)
            constant = ("[]", key.data if key.kind == "const" else None)
            stored = Value("store", self, node.at, constant, (("base", base), ("value", value), ("key", key)))
            path = self.path(node.value)
            if not path and (outer := self.outer(node.value)) in self.env:
                stored = Value("store", self, node.at, ("[]", None), (("base", self.env[outer]), ("value", stored)))
                path = outer
            self.rebind(path, stored)
        elif isinstance(node, r.Starred):
            self.bind(node.value, value)

    def path(self, ref: int) -> str:
        """The variable that an expression reads: "rows", "self.rows"; "" for anything deeper."""
        node = self.facts.exprs[ref]
        if isinstance(node, r.Name):
            return node.id
        if isinstance(node, r.Attribute):
            base = self.facts.exprs[node.value]
            if isinstance(base, r.Name):
                return f"{base.id}.{node.name}"
        return ""

    def outer(self, ref: int) -> str:
        """The variable at the root of `rows[key]`, `rows[key].parts` or `rows.setdefault(key, [])`."""
        node = self.facts.exprs[ref]
        while not isinstance(node, r.Name):
            if path := self.path(ref):
                return path
            if isinstance(node, r.Subscript | r.Attribute):
                ref = node.value
            elif isinstance(node, r.Call) and isinstance(self.facts.exprs[node.function], r.Attribute):
                ref = self.facts.exprs[node.function].value  # type: ignore[union-attr]
            else:
                return ""
            node = self.facts.exprs[ref]
        return node.id

    def rebind(self, path: str, value: Value) -> None:
        if not path:
            return
        if path in self.globals:
            self.stores.append(Value("store", self, value.at, path, (("value", value),)))
        self.name(path, value)
        owner, _, name = path.partition(".")
        if name:
            base = self.env.get(owner)
            if base is not None:
                self.stores.append(Value("store", self, value.at, name, (("base", base), ("value", value))))

    def name(self, name: str, value: Value) -> None:
        """Give a value to a variable."""
        self.env[name] = value
        self._also_named(value, name)

    def _also_named(self, value: Value, name: str) -> None:
        names = self.named.get(value, ())
        if name not in names:
            self.named[value] = (*names, name)

    def names_of(self, value: Value) -> tuple[str, ...]:
        """The variables that hold a value at some time."""
        return self.named.get(value, ())

    # ------------------------------------------------------------------ statements

    def _assign(self, node: r.Assign) -> None:
        value = self.value(node.value)
        for target in node.targets:
            self.bind(target, value)

    def _annotate(self, node: r.Annotate) -> None:
        if node.value >= 0:
            self.bind(node.target, self.value(node.value))

    def _augment(self, node: r.Augment) -> None:
        old = self.value(node.target)
        new = self.value(node.value)
        self.bind(node.target, Value("operation", self, node.at, node.operator, (("operand", old), ("operand", new))))

    def _return(self, node: r.Return) -> None:
        if node.value >= 0:
            self.returns.link("value", self.value(node.value))
        self.dead = True

    def _evaluate(self, node: r.Evaluate) -> None:
        self.value(node.value)

    def _delete(self, node: r.Delete) -> None:
        for ref in node.targets:
            target = self.facts.exprs[ref]
            if isinstance(target, r.Name):
                self.env.pop(target.id, None)
            elif isinstance(target, r.Subscript):
                base, key = self.value(target.value), self.value(target.index)
                changed = Value("mutate", self, node.at, "pop", (("base", base), ("arg", key)))
                self.rebind(self.path(target.value), changed)

    def _raise(self, node: r.Raise) -> None:
        for ref in (node.value, node.cause):
            if ref >= 0:
                self.value(ref)
        self.dead = True

    def _assert(self, node: r.Assert) -> None:
        self.tests.append((self.value(node.test), "assert"))
        if node.message >= 0:
            self.value(node.message)

    def _if(self, node: r.If) -> None:
        test = self.value(node.test)
        self.tests.append((test, "raise" if _ends_in_raise(node.body) else "if"))
        self.branches(node.at, [lambda: self.block(node.body), lambda: self.block(node.orelse)])

    def _for(self, node: r.For) -> None:
        iterable = self.value(node.iterable)

        def run() -> None:
            self.loops = (*self.loops, iterable)
            self.bind(node.target, Value("element", self, node.at, None, (("iterable", iterable),)))
            self.block(node.body)
            self.loops = self.loops[:-1]

        depth = self.loops
        self.loop(node.at, _changed(self.facts, node.body), run, node.orelse)
        self.loops = depth

    def _while(self, node: r.While) -> None:
        def run() -> None:
            self.value(node.test)
            self.loops = (*self.loops, Value("unknown", self, node.at, "while"))
            self.block(node.body)
            self.loops = self.loops[:-1]

        depth = self.loops
        self.loop(node.at, _changed(self.facts, node.body), run, node.orelse)
        self.loops = depth

    def _with(self, node: r.With) -> None:
        for item in node.items:
            value = self.value(item.value)
            if item.target >= 0:
                self.bind(item.target, Value("same", self, node.at, "with", (("value", value),)))
        self.block(node.body)

    def _try(self, node: r.Try) -> None:
        start = dict(self.env)
        self.block(node.body)
        ok_dead = self.dead
        if not ok_dead:
            self.block(node.orelse)
        ends = [] if self.dead else [self.env]
        middle = self.join(node.at, [start, self.env]) if node.handlers else self.env
        for handler in node.handlers:
            self.env, self.dead = dict(middle), False
            if handler.type >= 0:
                self.value(handler.type)
            if handler.name:
                self.env[handler.name] = Value("unknown", self, handler.at, handler.name)
            self.block(handler.body)
            if not self.dead:
                ends.append(self.env)
        self.dead = not ends
        self.env = self.join(node.at + 1, ends) if ends else start
        dead = self.dead
        self.dead = False
        self.block(node.final)
        self.dead = dead or self.dead

    def _define(self, node: r.Define) -> None:
        scope = self.facts.scopes[node.scope]
        kind = "class" if scope.kind == "class" else "func"
        value = Value(kind, self, node.at, (self.module.index, node.scope))
        for parameter in scope.parameters:
            if parameter.default >= 0:
                self.value(parameter.default)
        for ref in scope.decorators:
            decorator = self.value(ref)
            Value("call", self, node.at, ("",), (("function", decorator), ("arg", value)))
        self.env[scope.name] = value

    def _import(self, node: r.Import) -> None:
        for position in node.bindings:
            binding = self.facts.imports[position]
            if binding.attribute != "*":
                self.env[binding.name] = self.entity(self.program.imported(self.module, binding), node.at)

    def _declare(self, node: r.Declare) -> None:
        if node.kind == "global":
            self.globals.update(node.names)

    def _match(self, node: r.Match) -> None:
        subject = self.value(node.subject)

        def run(case: r.Case) -> None:
            for ref in case.values:
                self.value(ref)
            for name in case.captures:
                self.env[name] = Value("item", self, case.at, None, (("object", subject),))
            if case.guard >= 0:
                self.value(case.guard)
            self.block(case.body)

        def arm(case: r.Case) -> Callable[[], None]:
            return lambda: run(case)

        self.branches(node.at, [*(arm(case) for case in node.cases), lambda: None])

    def _jump(self, node: r.Jump) -> None:
        return None

    # ------------------------------------------------------------------ expressions

    def _name(self, node: r.Name) -> Value:
        return self.load(node.id, node.at)

    def _attribute(self, node: r.Attribute) -> Value:
        base = self.facts.exprs[node.value]
        if isinstance(base, r.Name):
            known = self.env.get(f"{base.id}.{node.name}")
            if known is not None:
                self.value(node.value)
                return known
        owner = self.value(node.value)
        if owner.kind in ("module", "external", "class"):
            found = self._member(owner, node.name)
            if found is not None:
                return self.entity(found, node.at)
        return Value("attr", self, node.at, node.name, (("object", owner),))

    def _member(self, owner: Value, name: str) -> Entity | None:
        if owner.kind == "external":
            return self.program.member(Entity("external", name=str(owner.data)), name, self.module)
        if owner.kind == "module":
            assert isinstance(owner.data, int)
            return self.program.member(Entity("module", owner.data), name)
        assert isinstance(owner.data, tuple)
        return self.program.member(Entity("class", *owner.data), name)

    def _call(self, node: r.Call) -> Value:
        function = self.value(node.function)
        inputs: list[tuple[str, Value]] = [("function", function)]
        for argument in node.arguments:
            inputs.append(("arg", self.value(argument.value)))
        keywords = tuple(argument.keyword for argument in node.arguments)
        call = Value("call", self, node.at, keywords, tuple(inputs))
        self.calls.append(call)
        self._effects(node, call, function)
        return call

    def _effects(self, node: r.Call, call: Value, function: Value) -> None:
        callee = self.facts.exprs[node.function]
        args = call.inputs[1:]
        if isinstance(callee, r.Attribute) and callee.name in MUTATORS and function.kind == "attr":
            path = self.path(callee.value)
            outer = "" if path else self.outer(callee.value)
            if (path and path in self.env) or (outer and outer in self.env):
                changed = Value(
                    "mutate",
                    self,
                    node.at,
                    callee.name,
                    (("base", function.inputs[0][1]), *(("arg", v) for _, v in args), ("call", call)),
                )
                if outer:
                    key = function.inputs[0][1].data if function.inputs[0][1].kind == "item" else None
                    changed = Value(
                        "store", self, node.at, ("[]", key), (("base", self.env[outer]), ("value", changed))
                    )
                self.rebind(path or outer, changed)
                return
        if function.kind == "external" and function.data in IN_PLACE and args:
            first = (
                node.arguments[1].value
                if str(function.data).startswith("bisect") and len(args) > 1
                else node.arguments[0].value
            )
            changed = Value(
                "mutate",
                self,
                node.at,
                str(function.data),
                (("base", args[0][1]), *(("arg", v) for _, v in args[1:]), ("call", call)),
            )
            self.rebind(self.path(first), changed)
            return
        if function.kind in ("external", "module", "class"):
            return
        for position, argument in enumerate(node.arguments):
            target = self.facts.exprs[argument.value]
            if isinstance(target, r.Name | r.Attribute):
                path = self.path(argument.value)
                if path and path in self.env:
                    old = self.env[path]
                    if old.kind in ("func", "class", "module", "external", "const"):
                        continue
                    self.name(path, Value("passed", self, node.at, position, (("base", old), ("call", call))))

    def _constant(self, node: r.Constant) -> Value:
        return Value("const", self, node.at, node.value)

    def _template(self, node: r.Template) -> Value:
        parts = tuple(("part", self.value(part)) for part in node.parts if isinstance(part, int))
        text = tuple(part if isinstance(part, str) else None for part in node.parts)
        return Value("template", self, node.at, text, parts)

    def _collection(self, node: r.Collection) -> Value:
        inputs = []
        for ref in node.items:
            child = self.facts.exprs[ref]
            starred = isinstance(child, r.Starred)
            inputs.append(
                ("spread" if starred else "item", self.value(child.value if isinstance(child, r.Starred) else ref))
            )
        return Value("collection", self, node.at, node.kind, tuple(inputs))

    def _dictionary(self, node: r.Dictionary) -> Value:
        inputs: list[tuple[str, Value]] = []
        keys: list[object] = []
        for key, value in zip(node.keys, node.values, strict=True):
            stored = self.value(value)
            if key < 0:
                inputs.append(("spread", stored))
                continue
            name = self.value(key)
            keys.append(name.data if name.kind == "const" else None)
            inputs.append(("item", stored))
            inputs.append(("key", name))
        return Value("dict", self, node.at, tuple(keys), tuple(inputs))

    def _subscript(self, node: r.Subscript) -> Value:
        index = self.facts.exprs[node.index]
        owner = self.value(node.value)
        if isinstance(index, r.Slice):
            bounds = tuple(self._bound_of(ref) for ref in (index.lower, index.upper, index.step))
            extra = tuple(("bound", self.value(ref)) for ref in (index.lower, index.upper, index.step) if ref >= 0)
            return Value("slice", self, node.at, bounds, (("object", owner), *extra))
        key = self.value(node.index)
        constant = key.data if key.kind == "const" else None
        return Value("item", self, node.at, constant, (("object", owner), ("key", key)))

    def _bound_of(self, ref: int) -> object:
        if ref < 0:
            return None
        value = self.value(ref)
        if value.kind == "const":
            return value.data
        if value.kind == "operation" and value.data == "-" and len(value.inputs) == 1:
            inner = value.inputs[0][1]
            if inner.kind == "const" and isinstance(inner.data, int | float):
                return -inner.data
        return "?"

    def _slice(self, node: r.Slice) -> Value:
        parts = tuple(("part", self.value(ref)) for ref in (node.lower, node.upper, node.step) if ref >= 0)
        return Value("template", self, node.at, ("slice",), parts)

    def _operation(self, node: r.Operation) -> Value:
        return Value(
            "operation", self, node.at, node.operator, tuple(("operand", self.value(ref)) for ref in node.operands)
        )

    def _comparison(self, node: r.Comparison) -> Value:
        return Value(
            "compare", self, node.at, node.operators, tuple(("operand", self.value(ref)) for ref in node.operands)
        )

    def _conditional(self, node: r.Conditional) -> Value:
        test = self.value(node.test)
        return Value(
            "choice",
            self,
            node.at,
            None,
            (("test", test), ("value", self.value(node.body)), ("value", self.value(node.orelse))),
        )

    def _comprehension(self, node: r.Comprehension) -> Value:
        saved, depth = self.env, self.loops
        self.env = dict(saved)
        inputs: list[tuple[str, Value]] = []
        for clause in node.clauses:
            iterable = self.value(clause.iterable)
            inputs.append(("iterable", iterable))
            self.loops = (*self.loops, iterable)
            self.bind(clause.target, Value("element", self, node.at, None, (("iterable", iterable),)))
            for condition in clause.conditions:
                inputs.append(("condition", self.value(condition)))
        if node.key >= 0:
            inputs.append(("key", self.value(node.key)))
        inputs.append(("element", self.value(node.element)))
        self.env, self.loops = saved, depth
        return Value("comprehension", self, node.at, node.kind, tuple(inputs))

    def _lambda(self, node: r.Lambda) -> Value:
        return Value("func", self, node.at, (self.module.index, node.scope))

    def _starred(self, node: r.Starred) -> Value:
        return self.value(node.value)

    def _await(self, node: r.Await) -> Value:
        return Value("same", self, node.at, "await", (("value", self.value(node.value)),))

    def _yield(self, node: r.Yield) -> Value:
        self.is_generator = True
        if node.value < 0:
            return Value("unknown", self, node.at, "yield")
        source = self.value(node.value)
        self.returns.link("value" if node.is_from else "yield", source)
        return (
            Value("same", self, node.at, "yield from", (("value", source),))
            if node.is_from
            else Value("unknown", self, node.at, "yield")
        )

    def _walrus(self, node: r.Walrus) -> Value:
        value = self.value(node.value)
        self.bind(node.target, value)
        return value


def _ends_in_raise(body: tuple[Any, ...]) -> bool:
    return bool(body) and isinstance(body[-1], r.Raise)


def _changed(facts: r.FileFacts, body: tuple[Any, ...]) -> set[str]:
    """Names and dotted paths that statements assign or mutate; what a loop must join at its head."""
    names = assigned_names(facts, body)
    stack: list[Any] = list(body)
    while stack:
        node = stack.pop()
        for name in getattr(node, "__struct_fields__", ()):
            part = getattr(node, name)
            if name in ("body", "orelse", "final"):
                stack.extend(part)
            elif name in ("handlers", "cases"):
                stack.extend(part)
            elif name == "value" and isinstance(part, int) and part >= 0:
                _mutated(facts, part, names)
            elif name == "targets" or name == "target":
                for ref in part if isinstance(part, tuple) else (part,):
                    _stored_into(facts, ref, names)
    return names


def _mutated(facts: r.FileFacts, ref: int, names: set[str]) -> None:
    node = facts.exprs[ref]
    while isinstance(node, r.Await):
        node = facts.exprs[node.value]
    if not isinstance(node, r.Call):
        return
    function = facts.exprs[node.function]
    if isinstance(function, r.Attribute):
        path = _path(facts, function.value) or _outer(facts, function.value)
        if path:
            names.add(path)
    for argument in node.arguments:
        path = _path(facts, argument.value)
        if path:
            names.add(path)


def _stored_into(facts: r.FileFacts, ref: int, names: set[str]) -> None:
    if ref < 0:
        return
    node = facts.exprs[ref]
    if isinstance(node, r.Attribute):
        path = _path(facts, ref)
        if path:
            names.add(path)
            names.add(path.partition(".")[0])
        else:
            _stored_into(facts, node.value, names)
    elif isinstance(node, r.Subscript):
        path = _path(facts, node.value) or _outer(facts, node.value)
        if path:
            names.add(path)
    elif isinstance(node, r.Collection):
        for item in node.items:
            _stored_into(facts, item, names)


def _outer(facts: r.FileFacts, ref: int) -> str:
    node = facts.exprs[ref]
    while True:
        if path := _path(facts, ref):
            return path
        if isinstance(node, r.Subscript | r.Attribute):
            ref = node.value
        elif isinstance(node, r.Call) and isinstance(facts.exprs[node.function], r.Attribute):
            ref = facts.exprs[node.function].value  # type: ignore[union-attr]
        else:
            return ""
        node = facts.exprs[ref]


def _path(facts: r.FileFacts, ref: int) -> str:
    node = facts.exprs[ref]
    if isinstance(node, r.Name):
        return node.id
    if isinstance(node, r.Attribute):
        base = facts.exprs[node.value]
        if isinstance(base, r.Name):
            return f"{base.id}.{node.name}"
    return ""


_STATEMENTS: dict[type, Callable[[Body, Any], None]] = {
    r.Assign: Body._assign,
    r.Annotate: Body._annotate,
    r.Augment: Body._augment,
    r.Return: Body._return,
    r.Evaluate: Body._evaluate,
    r.Delete: Body._delete,
    r.Raise: Body._raise,
    r.Assert: Body._assert,
    r.If: Body._if,
    r.For: Body._for,
    r.While: Body._while,
    r.With: Body._with,
    r.Try: Body._try,
    r.Define: Body._define,
    r.Import: Body._import,
    r.Declare: Body._declare,
    r.Match: Body._match,
    r.Jump: Body._jump,
}
_EXPRESSIONS: dict[type, Callable[[Body, Any], Value]] = {
    r.Name: Body._name,
    r.Attribute: Body._attribute,
    r.Call: Body._call,
    r.Constant: Body._constant,
    r.Template: Body._template,
    r.Collection: Body._collection,
    r.Dictionary: Body._dictionary,
    r.Subscript: Body._subscript,
    r.Slice: Body._slice,
    r.Operation: Body._operation,
    r.Comparison: Body._comparison,
    r.Conditional: Body._conditional,
    r.Comprehension: Body._comprehension,
    r.Lambda: Body._lambda,
    r.Starred: Body._starred,
    r.Await: Body._await,
    r.Yield: Body._yield,
    r.Walrus: Body._walrus,
}

"""Steps along the value flow across functions, objects and files, with matched calls and returns."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

from mldebt.facts import record as r
from mldebt.flow.body import Body
from mldebt.flow.linking import Linker, ScopeFinder, Target, is_self, spread_items
from mldebt.flow.program import Program
from mldebt.flow.value import Value
from mldebt.rulebook import Catalogue

Stack = tuple[Value, ...]
STACK_LIMIT = 8
STATE_LIMIT = 4000
FAN_OUT = 40


class Step(NamedTuple):
    """One move: why, where to, and the calls that are open there."""

    label: str
    value: Value
    stack: Stack


class Visit:
    """A value reached, and the visit before it."""

    __slots__ = ("value", "stack", "label", "parent", "depth")

    def __init__(self, value: Value, stack: Stack, label: str, parent: Visit | None) -> None:
        self.value, self.stack, self.label, self.parent = value, stack, label, parent
        self.depth: int = parent.depth + 1 if parent else 0

    def path(self) -> list[Visit]:
        """From the start of the walk to here."""
        found: list[Visit] = []
        visit: Visit | None = self
        while visit is not None:
            found.append(visit)
            visit = visit.parent
        return found[::-1]


class Flow(Linker):
    """The value flow of a program: steps, walks and the queries built on them."""

    def __init__(self, program: Program, catalogue: Catalogue) -> None:
        super().__init__(program, catalogue)
        self._names: dict[str, list[tuple[int, int]]] | None = None
        self._applied: dict[tuple[int, int], list[tuple[Value, int]]] = {}
        self._children: dict[tuple[int, int], list[int]] = {}
        self._global_reads: dict[tuple[int, str], list[Value]] = {}
        self._made_elements: dict[Value, Value] = {}
        self._field_reads: dict[tuple[tuple[int, int], str], list[Value]] = {}

    # ------------------------------------------------------------------ walking

    def walk(
        self,
        start: Value,
        step: Callable[[Value, Stack], list[Step]],
        *,
        stack: Stack = (),
        limit: int = STATE_LIMIT,
    ) -> Iterator[Visit]:
        """Everything that steps reach from a value, breadth first, each (value, open calls) once."""
        first = Visit(start, stack, "", None)
        queue = deque([first])
        seen = {(start, stack)}
        count = 0
        while queue and count < limit:
            visit = queue.popleft()
            count += 1
            yield visit
            for label, value, after in step(visit.value, visit.stack):
                key = (value, after)
                if key not in seen:
                    seen.add(key)
                    queue.append(Visit(value, after, label, visit))

    # ------------------------------------------------------------------ backward

    def back(self, value: Value, stack: Stack) -> list[Step]:
        """The values that a value was made from."""
        kind = value.kind
        if kind == "call":
            return self._back_call(value, stack)
        if kind == "param":
            return self.back_param(value, stack)
        if kind == "attr":
            return self._back_attr(value, stack)
        if kind == "item":
            return self._back_item(value, stack)
        if kind == "global":
            return [Step("global", v, ()) for v in self.global_versions(value)]
        if kind == "free":
            source = self.free_value(value)
            return [Step("closure", source, stack)] if source else []
        if kind == "passed":
            return [Step("base", value.inputs[0][1], stack), *self.back_passed(value, stack)]
        return [
            Step(label, source, stack)
            for label, source in value.inputs
            if label not in ("call", "condition", "test", "bound")
        ]

    def _back_call(self, call: Value, stack: Stack) -> list[Step]:
        steps: list[Step] = []
        for target in self.targets(call):
            if target.kind == "func":
                steps.extend(self.enter_return(call, target, stack))
            else:
                steps.extend(self._back_through(call, target, stack))
        return steps or [Step("arg", source, stack) for _, source in call.inputs[1:]] + self._receiver(call, stack)

    def enter_return(self, call: Value, target: Target, stack: Stack) -> list[Step]:
        """From a call to what the called function returns."""
        if len(stack) >= STACK_LIMIT or call in stack:
            return []
        body = self.body(target.module, target.scope)
        return [Step("returned", body.returns, (*stack, call))]

    def _back_through(self, call: Value, target: Target, stack: Stack) -> list[Step]:
        steps = [Step("arg", source, stack) for _, source in call.inputs[1:] if source.kind != "func"]
        steps.extend(self._receiver(call, stack))
        for _, source in call.inputs[1:]:
            if source.kind == "func" and len(stack) < STACK_LIMIT and call not in stack:
                steps.append(Step("applied", self.body(*source.data).returns, (*stack, call)))  # type: ignore[misc]
        return steps

    def _receiver(self, call: Value, stack: Stack) -> list[Step]:
        function = call.inputs[0][1]
        return [Step("receiver", function.inputs[0][1], stack)] if function.kind == "attr" else []

    def back_param(self, param: Value, stack: Stack) -> list[Step]:
        """From a parameter to the arguments: of the open call, or of every caller."""
        body, name = param.body, str(param.data)
        if stack:
            call = stack[-1]
            return [Step("argument", source, stack[:-1]) for source in self._filled(call, body, name)] or self._default(
                param, stack
            )
        steps = [Step("argument", source, ()) for source in self.arguments(param)[:FAN_OUT]]
        for call, position in self.applied(body.module.index, body.number):
            steps.extend(Step("argument", source, ()) for source in self._filled(call, body, name, position))
        return steps or self._default(param, stack)

    def _default(self, param: Value, stack: Stack) -> list[Step]:
        scope = param.body.scope
        for parameter in scope.parameters:
            if parameter.name == param.data and parameter.default >= 0 and scope.parent >= 0:
                value = self.body(param.body.module.index, scope.parent).values.get(parameter.default)
                return [Step("default", value, stack)] if value is not None else []
        return []

    def _filled(self, call: Value, body: Body, name: str, position: int = -1) -> list[Value]:
        if position < 0 and self.calls(call, body.module.index, body.number):
            return self.argument(call, body, name)
        order = [p.name for p in body.scope.parameters if p.kind in ("", "positional")]
        if self.is_method(body.module, body.number):
            order = order[1:]
        functions = [i for i, (_, v) in enumerate(call.inputs[1:]) if v.kind in ("func", "attr")]
        index = position if position >= 0 else (functions[0] if functions else 0)
        if name not in order:
            return []
        rest = [v for i, (_, v) in enumerate(call.inputs[1:]) if i != index]
        if not rest and call.inputs[0][1].kind == "attr":
            rest = [call.inputs[0][1].inputs[0][1]]
        place = order.index(name)
        return [rest[place]] if place < len(rest) else []

    def _back_attr(self, value: Value, stack: Stack) -> list[Step]:
        owner, name = value.inputs[0][1], str(value.data)
        source = owner
        while source.kind in ("store", "passed") and source.kind != "param":
            if source.kind == "store" and source.data == name:
                stored = source.one("value")
                return [Step("field", stored, stack)] if stored is not None else []
            source = source.inputs[0][1]
        fields: list[Step] = []
        for cls in self._classes_of(owner, value):
            number = self.program.method(cls, name)
            if number is not None and number.kind == "func":
                fields.append(Step("property", self.body(number.module, number.scope).returns, ()))
            fields.extend(Step("field", stored, ()) for stored in self.stored(cls, name)[:FAN_OUT])
            if fields:
                break
        return fields or [Step("object", owner, stack)]

    def _classes_of(self, owner: Value, value: Value) -> list[tuple[int, int]]:
        if is_self(owner):
            cls = self.program.enclosing_class(value.body.module, value.body.number)
            return [cls] if cls else []
        return [t.name for t in self.types(owner) if isinstance(t.name, tuple)]

    def _back_item(self, value: Value, stack: Stack) -> list[Step]:
        owner, key = value.inputs[0][1], value.data
        source = owner
        while source.kind in ("store", "passed", "same"):
            if source.kind == "store" and isinstance(source.data, tuple) and key is not None and source.data[1] == key:
                stored = source.one("value")
                return [Step("item", stored, stack)] if stored is not None else []
            source = source.inputs[0][1]
        if source.kind == "dict" and key is not None and None not in source.data and key in source.data:  # type: ignore[operator]
            items = source.every("item")
            return [Step("item", items[source.data.index(key)], stack)]  # type: ignore[attr-defined]
        if source.kind == "collection" and isinstance(key, int) and 0 <= key < len(source.inputs):
            if all(label == "item" for label, _ in source.inputs):
                return [Step("item", source.inputs[key][1], stack)]
        if isinstance(key, int) and source.kind in ("element", "param"):
            parts = self._components(source, key, stack)
            if parts:
                return parts
        return [Step("object", owner, stack)]

    def _components(self, source: Value, key: int, stack: Stack) -> list[Step]:
        """Item `key` of what a loop or a key function meets: a position of the tuples that the sequence holds."""
        if source.kind == "param":
            if stack or source.body.scope.kind != "lambda":
                return []
            found = []
            for call, position in self.applied(source.body.module.index, source.body.number):
                for iterable in self._filled(call, source.body, str(source.data), position):
                    found.extend(self._parts(iterable, key, ()))
            return found
        return self._parts(source.inputs[0][1], key, stack)

    def _parts(self, iterable: Value, key: int, stack: Stack) -> list[Step]:
        if iterable.kind == "call":
            function = iterable.inputs[0][1]
            name = str(function.data) if function.kind in ("external", "attr") else ""
            arguments = [v for _, v in iterable.inputs[1:]]
            if name == "enumerate" and arguments:
                return [Step("element", self.element_of(arguments[0]), stack)] if key == 1 else []
            if name in ("zip", "itertools.zip_longest") and key < len(arguments):
                return [Step("element", self.element_of(arguments[key]), stack)]
            if name == "items" and function.kind == "attr":
                return [Step("element", self.element_of(function.inputs[0][1]), stack)] if key == 1 else []
        found = []
        for member in self.members(iterable, stack):
            if (
                member.value.kind == "collection"
                and member.value.data == "tuple"
                and 0 <= key < len(member.value.inputs)
            ):
                found.append(Step("item", member.value.inputs[key][1], member.stack))
        return found

    def element_of(self, iterable: Value) -> Value:
        """The value that stands for one element of a sequence, made once."""
        found = self._made_elements.get(iterable)
        if found is None:
            found = next(
                (user for label, user in iterable.uses if label == "iterable" and user.kind == "element"), None
            )
            if found is None:
                found = Value("element", iterable.body, iterable.at, None, (("iterable", iterable),))
            self._made_elements[iterable] = found
        return found

    def members(self, sequence: Value, stack: Stack, limit: int = 60) -> list[Step]:
        """The values that a sequence holds, as far as literals, comprehensions and appends tell."""
        found: list[Step] = []
        for visit in self.walk(sequence, self._member_back, stack=stack, limit=limit):
            if visit.label in ("member",):
                found.append(Step("member", visit.value, visit.stack))
        return found

    def _member_back(self, value: Value, stack: Stack) -> list[Step]:
        kind = value.kind
        if kind == "comprehension":
            return [Step("member", source, stack) for source in value.every("element")]
        if kind == "collection":
            return [Step("member" if label == "item" else "spread", source, stack) for label, source in value.inputs]
        if kind == "mutate":
            label = "member" if value.data in ("append", "add", "insert", "appendleft") else "spread"
            return [
                Step("base", value.inputs[0][1], stack),
                *(Step(label, source, stack) for source in value.every("arg")[-1:]),
            ]
        if kind == "return":
            return [Step("member" if label == "yield" else "value", source, stack) for label, source in value.inputs]
        if kind == "store":
            return [Step(label, source, stack) for label, source in value.inputs if label == "base"]
        if kind in ("slice", "phi", "choice", "same", "param", "attr", "global", "free", "passed", "call", "operation"):
            return [s for s in self.back(value, stack) if s.label not in ("applied", "test")]
        return []

    def back_passed(self, value: Value, stack: Stack) -> list[Step]:
        """From a value that a call may have changed to what the called function left in it."""
        call, position = value.inputs[1][1], value.data
        assert isinstance(position, int)
        steps: list[Step] = []
        if len(stack) >= STACK_LIMIT or call in stack:
            return steps
        for target in self.targets(call):
            if target.kind != "func":
                continue
            body = self.body(target.module, target.scope)
            for param in self.parameter_of(call, position, body):
                left = body.env.get(str(param.data))
                if left is not None and left is not param and left.kind in ("mutate", "store", "phi", "passed"):
                    steps.append(Step("changed", left, (*stack, call)))
        return steps

    # ------------------------------------------------------------------ forward

    def forth(self, value: Value, stack: Stack) -> list[Step]:
        """The values that are made from a value."""
        steps: list[Step] = []
        for label, user in value.uses:
            kind = user.kind
            if kind == "call":
                if label == "arg":
                    steps.extend(self._into_call(value, user, stack))
                elif label == "function" and value.kind == "attr":
                    steps.extend(self._method_called(user, stack))
            elif kind == "return":
                steps.extend(self.leave(user.body, stack))
            elif kind == "store":
                steps.append(Step(label, user, stack))
                if label == "value":
                    steps.extend(self._stored(user))
            elif label not in ("call", "condition", "test", "bound", "iterable") or kind == "element":
                steps.append(Step(label, user, stack))
        steps.extend(self._outlive(value, stack))
        return steps

    def _into_call(self, value: Value, call: Value, stack: Stack) -> list[Step]:
        steps: list[Step] = []
        through = False
        for target in self.targets(call):
            if target.kind == "func":
                steps.extend(self._into_function(value, call, target.module, target.scope, stack))
            elif target.kind == "class":
                init = self.initializer((target.module, target.scope))
                if init is not None and init.kind == "func":
                    steps.extend(self._into_function(value, call, init.module, init.scope, stack))
                steps.append(Step("constructs", call, stack))
            else:
                through = True
        if through or not steps:
            steps.append(Step("through", call, stack))
            for source in self._callbacks(call):
                steps.extend(self._into_callback(value, call, source, stack))
        return steps

    def _into_function(self, value: Value, call: Value, module: int, scope: int, stack: Stack) -> list[Step]:
        if len(stack) >= STACK_LIMIT or call in stack:
            return []
        body = self.body(module, scope)
        given = {value, *(spread_items(value) or ())} if "*" in call.data else {value}  # type: ignore[operator]
        return [
            Step("argument", param, (*stack, call))
            for name, param in body.params.items()
            if any(v in given for v in self.argument(call, body, name))
        ]

    def _callbacks(self, call: Value) -> list[tuple[int, int]]:
        found = []
        for _, source in call.inputs[1:]:
            if source.kind == "func":
                found.append(source.data)
            elif (
                source.kind == "attr"
                and source.inputs[0][1].kind in ("param", "store", "passed")
                and is_self(source.inputs[0][1])
            ):
                cls = self.program.enclosing_class(source.body.module, source.body.number)
                method = self.program.method(cls, str(source.data)) if cls else None
                if method is not None and method.kind == "func":
                    found.append((method.module, method.scope))
        return found  # type: ignore[return-value]

    def _into_callback(self, value: Value, call: Value, key: tuple[int, int], stack: Stack) -> list[Step]:
        if len(stack) >= STACK_LIMIT or call in stack:
            return []
        body = self.body(*key)
        return [
            Step("argument", param, (*stack, call))
            for name, param in body.params.items()
            if value in self._filled(call, body, name)
        ]

    def _method_called(self, call: Value, stack: Stack) -> list[Step]:
        function = call.inputs[0][1]
        receiver = function.inputs[0][1]
        steps: list[Step] = []
        through = False
        for target in self.targets(call):
            if target.kind == "func":
                if target.receiver is not None and self.is_method(self.program.modules[target.module], target.scope):
                    if len(stack) < STACK_LIMIT and call not in stack:
                        body = self.body(target.module, target.scope)
                        own = next(iter(body.params.values()), None)
                        if own is not None:
                            steps.append(Step("argument", own, (*stack, call)))
            else:
                through = True
        if through or not steps:
            steps.append(Step("through", call, stack))
            for key in self._callbacks(call):
                steps.extend(self._into_callback(receiver, call, key, stack))
        return steps

    def leave(self, body: Body, stack: Stack) -> list[Step]:
        """From a function's result to the open call, or to every caller."""
        if stack:
            return [Step("returned", stack[-1], stack[:-1])]
        steps = [Step("returned", call, ()) for call in self.callers(body.module.index, body.number)[:FAN_OUT]]
        steps.extend(Step("returned", call, ()) for call, _ in self.applied(body.module.index, body.number))
        cls = self.program.enclosing_class(body.module, body.number)
        if (
            cls is not None
            and body.scope.decorators
            and any(
                body.module.dotted(ref).rsplit(".", 1)[-1] in ("property", "cached_property")
                for ref in body.scope.decorators
            )
        ):
            steps.extend(Step("property", read, ()) for read in self.reads_of(cls, body.scope.name)[:FAN_OUT])
        return steps

    def _stored(self, store: Value) -> list[Step]:
        base, name = store.one("base"), store.data
        if base is None:
            return [Step("global", read, ()) for read in self.global_reads(store.body.module.index, str(name))]
        if not isinstance(name, str):
            return []
        if is_self(base):
            cls = self.program.enclosing_class(store.body.module, store.body.number)
            return [Step("field", read, ()) for read in self.reads_of(cls, name)[:FAN_OUT]] if cls else []
        found: list[Step] = []
        for owner in self.types(base):
            if isinstance(owner.name, tuple):
                found.extend(Step("field", read, ()) for read in self.reads_of(owner.name, name)[:FAN_OUT])
        return found

    def reads_of(self, cls: tuple[int, int], name: str) -> list[Value]:
        """Reads of a class's attribute, computed once."""
        found = self._field_reads.get((cls, name))
        if found is None:
            self._field_reads[cls, name] = []
            found = self._field_reads[cls, name] = self.field_reads(cls, name)
        return found

    def _outlive(self, value: Value, stack: Stack) -> list[Step]:
        """Steps to readers outside the body: changed arguments, globals, closures."""
        body = value.body
        names = body.names_of(value)
        if not names:
            return []
        steps: list[Step] = []
        if body.number == 0:
            for name in names:
                steps.extend(Step("global", read, ()) for read in self.global_reads(body.module.index, name)[:FAN_OUT])
            return steps
        if body.scope.kind == "class":
            cls = (body.module.index, body.number)
            return [Step("field", read, ()) for name in names for read in self.reads_of(cls, name)[:FAN_OUT]]
        for child in self.children(body.module.index, body.number):
            inner = self.body(body.module.index, child)
            for read in inner.free_reads:
                if read.data[0] == body.number and read.data[1] in names:  # type: ignore[index]
                    steps.append(Step("closure", read, stack))
        if value.kind in ("mutate", "store", "phi", "passed"):
            for name in names:
                if name in body.params and body.env.get(name) is value:
                    steps.extend(self._left_in(body, name, stack))
        return steps

    def _left_in(self, body: Body, name: str, stack: Stack) -> list[Step]:
        calls = (stack[-1],) if stack else self.callers(body.module.index, body.number)[:FAN_OUT]
        after = stack[:-1] if stack else ()
        steps = []
        for call in calls:
            for label, user in call.uses:
                if label == "call" and user.kind == "passed":
                    assert isinstance(user.data, int)
                    if any(p.data == name for p in self.parameter_of(call, user.data, body)):
                        steps.append(Step("changed", user, after))
        return steps

    # ------------------------------------------------------------------ indexes

    def children(self, module: int, number: int) -> list[int]:
        """The functions and lambdas defined directly in a scope."""
        if not self._children:
            for each in self.program.modules:
                for position, scope in enumerate(each.facts.scopes):
                    if position:
                        self._children.setdefault((each.index, scope.parent), []).append(position)
        return self._children.get((module, number), [])

    def global_versions(self, value: Value) -> list[Value]:
        """Everything that a module-level variable ever holds."""
        module, name = value.data  # type: ignore[misc]
        body = self.body(module, 0)
        found = [v for v, names in body.named.items() if name in names]
        for place in self._name_index().get(name, ()):
            if place[0] == module and place[1]:
                for store in self.body(*place).stores:
                    if store.data == name and store.one("base") is None:
                        stored = store.one("value")
                        if stored is not None:
                            found.append(stored)
        return found[-8:]

    def global_reads(self, module: int, name: str) -> list[Value]:
        """Reads of a module-level variable from functions and other modules."""
        found = self._global_reads.get((module, name))
        if found is None:
            found = []
            places = dict.fromkeys([*self._name_index().get(name, ()), *self.attribute_scopes(name)])
            for place in places:
                for read in self.body(*place).global_reads:
                    if read.data == (module, name):
                        found.append(read)
            self._global_reads[module, name] = found
        return found

    def applied(self, module: int, scope: int) -> list[tuple[Value, int]]:
        """Calls that receive a function as an argument, with its position: map, submit, partial, …"""
        found = self._applied.get((module, scope))
        if found is None:
            found = []
            record = self.scope(module, scope)
            if record.kind == "lambda":
                places = [(module, max(record.parent, 0))]
            else:
                places = list(
                    dict.fromkeys([*self._name_index().get(record.name, ()), *self.attribute_scopes(record.name)])
                )
            for place in places[: FAN_OUT * 5]:
                for call in self.body(*place).calls:
                    for position, (_, source) in enumerate(call.inputs[1:]):
                        if (source.kind == "func" and source.data == (module, scope)) or (
                            source.kind == "attr"
                            and source.data == record.name
                            and (module, scope) in self._callbacks(call)
                        ):
                            found.append((call, position))
            self._applied[module, scope] = found
        return found

    def _name_index(self) -> dict[str, list[tuple[int, int]]]:
        if self._names is None:
            wanted: set[str] = set()
            for module in self.program.modules:
                wanted.update(self.program.variables(module))
                wanted.update(scope.name for scope in module.facts.scopes if scope.kind == "function")
            table: dict[str, dict[tuple[int, int], None]] = defaultdict(dict)
            for module in self.program.modules:
                finder = ScopeFinder(module)
                for node in module.facts.exprs:
                    if node.__class__ is r.Name and node.id in wanted:
                        table[node.id][module.index, finder.at(node.at)] = None
            self._names = {name: list(places) for name, places in table.items()}
        return self._names

"""What containers hold: their members, and the part that an index or an unpacking takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebt.flow.steps import Stack, Step, may_enter
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

HANDED_LIMIT = 8
_ADDING = frozenset({"append", "add", "insert", "appendleft"})
_SAME_ITEMS = ("sorted", "list", "tuple", "reversed")
_SAME_MEMBERS = frozenset(
    {"slice", "phi", "choice", "same", "param", "attr", "global", "free", "passed", "call", "operation"}
)
_MEMBER_LABELS = {
    "comprehension": {"element": "member"},
    "collection": {"item": "member", "spread": "spread"},
    "return": {"yield": "member", "value": "value"},
    "store": {"base": "base"},
}


class Sequences:
    """Questions about the inside of lists, tuples, dicts and generators."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._elements: dict[Value, Value] = {}

    def element_of(self, iterable: Value) -> Value:
        """The value that stands for one element of a sequence, made once."""
        found = self._elements.get(iterable)
        if found is None:
            met = (user for label, user in iterable.uses if label == "iterable" and user.kind == "element")
            found = next(met, None) or iterable.body.add("element", iterable.at, None, (("iterable", iterable),))
            self._elements[iterable] = found
        return found

    def members(self, sequence: Value, stack: Stack, limit: int) -> list[Step]:
        """The values that a sequence holds, as far as literals, comprehensions and appends tell."""
        visits = self._flow.walk(sequence, self._inward, stack=stack, limit=limit)
        return [Step("member", visit.value, visit.stack) for visit in visits if visit.label == "member"]

    def item(self, value: Value, stack: Stack) -> list[Step]:
        """From `object[key]` to what stands at the key, when that is written down; else to the object."""
        owner, key = value.source, value.data
        version = owner
        while version.kind in ("store", "passed", "same"):
            is_item_store = version.kind == "store" and isinstance(version.data, tuple)
            if is_item_store and key is not None and version.key == key:
                stored = version.one("value")
                return [Step("item", stored, stack)] if stored is not None else []
            version = version.source
        displayed = at_key(version, key)
        if displayed is not None:
            return [Step("item", displayed, stack)]
        if isinstance(key, str) and (held := self._flow.graph_states.held(version, key)):
            return [Step("handed over", source, ()) for source in held]
        if version.kind == "call" and (returned := self._returned(version, key, stack)):
            return returned
        if isinstance(key, str) and (named := self.named(version, key, stack)):
            return named
        parts = self._components(version, key, stack) if isinstance(key, int) else []
        return parts or [Step("object", owner, stack)]

    def taken_by_name(self, call: Value, stack: Stack) -> list[Step] | None:
        """`kwargs.get("name")` or `kwargs.pop("name")` of a function's own keywords; None for any other call."""
        if not call.calls_method("get", "pop") or not call.arguments:
            return None
        key, base = call.arguments[0], call.function.source
        while base.kind in ("passed", "mutate", "same", "store"):
            base = base.source
        if key.kind != "const" or not isinstance(key.data, str) or not _takes_names(base):
            return None
        given = self.named(base, key.data, stack)
        return given or [Step("arg", source, stack) for source in call.arguments[1:]]

    def at_place(self, param: Value, place: int, stack: Stack) -> list[Step]:
        """What callers give at a place to a function that takes any number (`*args`)."""
        if param.kind != "param" or place < 0:
            return []
        if not any(each.name == param.data and each.kind == "*" for each in param.body.scope.parameters):
            return []
        flow, body = self._flow, param.body
        calls = [(stack[-1], stack[:-1])] if stack else [(c, ()) for c in flow.callers(body.module.index, body.number)]
        return [
            Step("argument", source, after)
            for call, after in calls
            for source in flow.argument(call, body, param.name)[place : place + 1]
        ]

    def named(self, param: Value, name: str, stack: Stack) -> list[Step]:
        """What callers give by a name to a function that takes any (`**kwargs`)."""
        if not _takes_names(param):
            return []
        module, number = param.body.key
        calls = [(stack[-1], stack[:-1])] if stack else [(call, ()) for call in self._flow.callers(module, number)]
        return [
            Step("argument", source, after)
            for call, after in calls
            for keyword, source in call.named_arguments
            if keyword == name
        ]

    def _returned(self, call: Value, key: object, stack: Stack) -> list[Step]:
        """What stands at a key in what a function of the repository returns, when each of its returns writes it
        down."""
        targets = self._flow.targets(call)
        if key is None or not may_enter(call, stack) or any(t.kind != "func" or t.guessed for t in targets):
            return []
        found: list[Step] = []
        for target in targets:
            result = self._flow.body(*target.key).returns
            parts = [at_key(value, key) for value in result.every("value")]
            if not parts or None in parts or result.every("yield"):
                return []
            found.extend(Step("returned", part, (*stack, call)) for part in parts if part is not None)
        return found

    def _components(self, source: Value, key: int, stack: Stack) -> list[Step]:
        """Item `key` of what a loop or a key function meets: a position of the tuples that the sequence holds."""
        return [step for iterable, around in self._met(source, stack) for step in self._parts(iterable, key, around)]

    def _parts(self, iterable: Value, key: int, stack: Stack) -> list[Step]:
        while iterable.kind in ("call", "slice"):
            if iterable.kind == "call" and not (iterable.calls_external(*_SAME_ITEMS) and iterable.arguments):
                break
            iterable = iterable.arguments[0] if iterable.kind == "call" else iterable.source
        if iterable.kind == "call":
            zipped = self._zipped(iterable, key)
            if zipped is not None:
                return [Step("element", self.element_of(source), stack) for source in zipped]
        return [
            Step("item", member.value.inputs[key][1], member.stack)
            for member in self._flow.members(iterable, stack)
            if member.value.kind == "collection"
            and member.value.data == "tuple"
            and 0 <= key < len(member.value.inputs)
        ]

    def _zipped(self, call: Value, key: int) -> list[Value] | None:
        """The sequence whose elements stand at a place of what `enumerate`, `zip` or `items` gives; None for others."""
        arguments = call.arguments
        named = call.function.kind in ("external", "attr") and call.function.data
        if named == "enumerate" and arguments:
            return arguments[:1] if key == 1 else []
        if named in ("zip", "itertools.zip_longest") and key < len(arguments):
            return [arguments[key]]
        if call.calls_method("items"):
            return [call.function.source] if key == 1 else []
        return None

    def under_key(self, item: Value, stack: Stack) -> list[Step]:
        """What the dicts that a loop or a key function meets hold under a constant key, where they are written out."""
        holder = item.source
        while holder.kind in ("store", "passed", "same"):
            holder = holder.source
        return [
            Step("item", displayed, member.stack)
            for iterable, around in self._met(holder, stack)
            for member in self._flow.members(iterable, around)
            if member.value.kind == "dict" and (displayed := at_key(member.value, item.data)) is not None
        ]

    def _met(self, value: Value, stack: Stack) -> list[tuple[Value, Stack]]:
        """The sequences of which a value is an element: in a loop, or as the parameter of what is applied."""
        if value.kind == "element":
            return [(value.source, stack)]
        if value.kind != "param":
            return []
        body = value.body
        handed = self._handed(value, stack)
        if stack or handed:
            return [met for source, around in handed for met in self._met(source, around)]
        calls = self._flow.applied(body.module.index, body.number)
        return [(each, ()) for call, place in calls for each in self._applied_to(call, value, place)]

    def _applied_to(self, call: Value, param: Value, place: int) -> list[Value]:
        """What a call applies a function to; the key of a sort in place to the list."""
        if call.calls_method("sort") and call.receiver is not None:
            return [call.receiver]
        return self._flow.filled(call, param.body, param.name, place)

    def _handed(self, param: Value, stack: Stack) -> list[tuple[Value, Stack]]:
        """The elements of sequences that the open call, or every caller, hands in, also as the key of a sort that only
        calls on."""
        if param.body.scope.kind == "lambda":
            return []
        if stack:
            given = [(source, stack[:-1]) for source in self._flow.filled(stack[-1], param.body, param.name)]
        else:
            given = [(source, ()) for _, source in self._flow.bindings(param)[:HANDED_LIMIT]]
        keys = [(source, ()) for source, _ in given if source.kind == "param" and source.body.scope.kind == "lambda"]
        return [*((source, around) for source, around in given if source.kind == "element"), *keys]

    def _inward(self, value: Value, stack: Stack) -> list[Step]:
        kind = value.kind
        if kind in _SAME_MEMBERS:
            return [step for step in self._flow.back(value, stack) if step.label not in ("applied", "test")]
        if kind == "mutate":
            label = "member" if value.data in _ADDING else "spread"
            added = [Step(label, source, stack) for source in value.every("arg")[-1:]]
            return [Step("base", value.source, stack), *added]
        labels = _MEMBER_LABELS.get(kind, {})
        return [Step(labels[label], source, stack) for label, source in value.inputs if label in labels]


def _takes_names(value: Value) -> bool:
    """Whether a value is a function's `**kwargs`."""
    return value.kind == "param" and any(p.name == value.data and p.kind == "**" for p in value.body.scope.parameters)


def at_key(source: Value, key: object) -> Value | None:
    """What stands at a constant key in a dict, list or tuple display that is all written down."""
    if source.kind == "dict" and key is not None and None not in source.keys and key in source.keys:
        return source.every("item")[source.keys.index(key)]
    if source.kind == "collection" and isinstance(key, int) and not source.every("spread"):
        return source.inputs[key][1] if 0 <= key < len(source.inputs) else None
    return None

"""What a call may change besides giving a result: the object whose method it calls, and its arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebt.facts import record as r
from mldebt.flow.scopes.assignment import rebind
from mldebt.flow.scopes.by_name import set_by_name
from mldebt.flow.scopes.names import outer_ref_of, outer_variable_of, told_together, variable_of

if TYPE_CHECKING:
    from mldebt.flow.scopes.building import Builder
    from mldebt.flow.value import Inputs, Value

MUTATORS = frozenset(
    """append extend insert remove pop popleft appendleft sort reverse add update setdefault clear discard put rotate
    shuffle""".split()
)
_OF_LISTS = frozenset({"append", "extend", "insert", "appendleft", "sort", "reverse"})
IN_PLACE = frozenset(
    {"random.shuffle", "numpy.random.shuffle", "heapq.heapify", "heapq.heappush", "bisect.insort", "bisect.insort_left"}
)
_SORTING = ("sort_values", "sort_index")
_NOT_CHANGED = frozenset({"func", "class", "module", "external", "const"})


def change(build: Builder, node: r.Call, call: Value) -> None:
    """Give new versions to the variables that a call may change."""
    function = call.function
    if set_by_name(build, node, call):
        return
    if _shuffles(build, node, call):
        _mutate_argument(build, node, call)
        return
    if _mutates_receiver(build, node, call) or _sorts_in_place(build, node, call):
        return
    if function.kind == "external":
        if function.data in IN_PLACE and node.arguments:
            _mutate_argument(build, node, call)
        elif function.data == "map" and len(node.arguments) == 2:
            _put_each(build, node, call)
    elif function.kind not in ("module", "class"):
        _pass(build, call, [(position, each.value) for position, each in enumerate(node.arguments)])
    if "args" in call.keywords or "kwargs" in call.keywords:  # what a thread runs may change what it is told
        _pass(build, call, told_together(build.facts, node))


def _shuffles(build: Builder, node: r.Call, call: Value) -> bool:
    """`rng.shuffle(rows)`, of a generator's own: what changes is what it is given."""
    if not (call.function.kind == "attr" and call.function.name == "shuffle" and len(node.arguments) == 1):
        return False
    variable = variable_of(build.facts, node.arguments[0].value)
    return bool(variable) and variable in build.env and call.arguments[0].kind != "const"


def _mutates_receiver(build: Builder, node: r.Call, call: Value) -> bool:
    """`rows.append(x)`, `rows[key].append(x)`, `groups.setdefault(key, []).append(x)`."""
    callee = build.facts.exprs[node.function]
    if not (isinstance(callee, r.Attribute) and callee.name in MUTATORS and call.function.kind == "attr"):
        return False
    variable = outer_variable_of(build.facts, callee.value)
    if variable not in build.env and not _is_kept_list(build, variable, callee.name):
        return False
    changed = build.make("mutate", node.at, callee.name, _mutation(call.function.source, call.inputs[1:], call))
    _put_back(build, callee.value, changed)
    return True


def _sorts_in_place(build: Builder, node: r.Call, call: Value) -> bool:
    """`rows.sort_values("score", inplace=True)`: what the call gives elsewhere is what the table is from here on."""
    if not call.calls_method(*_SORTING) or not any(_is_told(*given) for given in call.named_arguments):
        return False
    callee = build.facts.exprs[node.function]
    variable = variable_of(build.facts, callee.value) if isinstance(callee, r.Attribute) else ""
    if not variable or variable not in build.env:
        return False
    rebind(build, variable, call)
    return True


def _is_told(keyword: str, value: Value) -> bool:
    return keyword == "inplace" and value.kind == "const" and value.data is True


def _put_each(build: Builder, node: r.Call, call: Value) -> None:
    """`map(rows.append, found)`: the method is called with one after the other."""
    method, iterable = call.arguments
    callee = build.facts.exprs[node.arguments[0].value]
    if not (isinstance(callee, r.Attribute) and callee.name in MUTATORS and method.kind == "attr"):
        return
    loops, build.body.loops = build.body.loops, (*build.body.loops, iterable)
    element = build.make("element", node.at, None, (("iterable", iterable),))
    each = build.make("call", node.at, ("",), (("function", method), ("arg", element)))
    build.body.calls.append(each)
    if outer_variable_of(build.facts, callee.value) in build.env:
        changed = build.make("mutate", node.at, callee.name, _mutation(method.source, each.inputs[1:], each))
        _put_back(build, callee.value, changed)
    build.body.loops = loops


def _is_kept_list(build: Builder, variable: str, method: str) -> bool:
    """Whether a method of lists changes what an object keeps, wherever it was put there: `self.rows.append(row)`."""
    owner, _, attribute = variable.partition(".")
    base = build.env.get(owner) if attribute and method in _OF_LISTS else None
    return base is not None and base.kind not in _NOT_CHANGED


def _mutate_argument(build: Builder, node: r.Call, call: Value) -> None:
    """`random.shuffle(rows)`, `random.shuffle(answer["rows"])`."""
    name = call.function.name
    place = 1 if name.startswith("bisect") and len(node.arguments) > 1 else 0
    inputs = _mutation(call.inputs[1][1], call.inputs[2:], call)
    _put_back(build, node.arguments[place].value, build.make("mutate", node.at, name, inputs))


def _put_back(build: Builder, ref: r.Ref, changed: Value) -> None:
    """Give a new version to the variable that an expression reads, or reads a part of."""
    variable, outer = variable_of(build.facts, ref), outer_ref_of(build.facts, ref)
    if not variable and outer >= 0:
        variable = variable_of(build.facts, outer)
        holder, part = build.env.get(variable, build.value(outer)), changed.source
        key = part.data if part.kind == "item" else None
        changed = build.make("store", changed.at, ("[]", key), (("base", holder), ("value", changed)))
    rebind(build, variable, changed)


def _mutation(base: Value, arguments: Inputs, call: Value) -> Inputs:
    return (("base", base), *(("arg", source) for _, source in arguments), ("call", call))


def _pass(build: Builder, call: Value, handed: list[tuple[int, r.Ref]]) -> None:
    """The called function may change what it is handed."""
    for position, ref in handed:
        variable = variable_of(build.facts, ref)
        old = build.env.get(variable) if variable else None
        if old is not None and old.kind not in _NOT_CHANGED:
            build.name(variable, build.make("passed", call.at, position, (("base", old), ("call", call))))

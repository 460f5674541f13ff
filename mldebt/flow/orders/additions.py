"""Functions that put one item into a list for whoever calls them: it gets the order in which they are called."""

from __future__ import annotations

from mldebt.flow.idioms import made_of, root
from mldebt.flow.linking import is_self
from mldebt.flow.module import ScopeKey
from mldebt.flow.orders.list_versions import beginnings
from mldebt.flow.steps import Stack
from mldebt.flow.tasks.at_once import PARTS, AtOnce, is_given_element
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

_ADDING = ("append", "appendleft", "put")
_AROUND = frozenset({"free", "global"})
_BROUGHT = _AROUND | {"param"}
CALLERS_ASKED = 6


class Additions:
    """Both ways: the loops in whose order such a function is called, and what the calls in a loop add to."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._at_once = AtOnce(flow)
        self._known: dict[ScopeKey, tuple[Value, ...]] = {}

    def loops(self, added: Value, stack: Stack) -> list[tuple[Value, Stack]]:
        """What is gone over where the function is called that adds a single item which it was handed, with the calls
        that are open there: the open call, or a few callers."""
        if added.body.number == 0 or not (_adds_one(added) and _is_handed_in(added)):
            return []
        calls = [(stack[-1], stack[:-1])] if stack else [(call, ()) for call in self._flow.callers(*added.body.key)]
        walked = ((call, call.loops[-1], after) for call, after in calls[:CALLERS_ASKED] if call.loops)
        found = [(loop, after) for call, loop, after in walked if is_given_element(call, loop)]
        started = dict(self._at_once.starts(added.body.key))
        if stack:
            return found or [(items, stack[:-1]) for call, items in started.items() if call is stack[-1]]
        found += [(items, ()) for items in started.values() if not any(items is loop for loop, _ in found)]
        return found[:CALLERS_ASKED]

    def at_once(self, added: Value) -> tuple[tuple[Value, Value], ...]:
        """The calls that let a function add an item each for a whole sequence, side by side, with the sequence: it is
        added to in the order in which they end."""
        is_one = added.body.number and _adds_one(added) and _is_handed_in(added)
        return self._at_once.starts(added.body.key)[:CALLERS_ASKED] if is_one else ()

    def by(self, call: Value) -> list[Value]:
        """Where the functions that a call calls put a single item into a list that was there before."""
        keys = [target.key for target in self._flow.targets(call) if target.kind == "func"]
        run = (key for key in self._flow.callbacks(call) if any(call is each for each, _ in self._at_once.starts(key)))
        return [added for key in (*keys, *run) for added in self._of(key)]

    def in_turn(self, iterable: Value) -> list[Value]:
        """The calls by which a loop hands its items to such functions."""
        calls = (call for call in iterable.body.calls if call.loops and call.loops[-1] is iterable)
        return [call for call in calls if is_given_element(call, iterable) and self.by(call)]

    def _of(self, key: ScopeKey) -> tuple[Value, ...]:
        found = self._known.get(key)
        if found is None:
            nodes = self._flow.body(*key).nodes
            found = self._known[key] = tuple(node for node in nodes if _adds_one(node) and _is_handed_in(node))
        return found


def _adds_one(node: Value) -> bool:
    """Whether a value puts an item into a list, in no loop: by a method, of a variable around the function too."""
    if node.loops:
        return False
    if node.kind == "mutate":
        return node.data in _ADDING and _was_there(node)
    return node.calls_method(*_ADDING) and root(node.function.source).kind in _AROUND


def _was_there(added: Value) -> bool:
    """Whether a list may be another one than a call of the function makes for itself."""
    for start in beginnings(added):
        owner = start
        while owner.kind in ("attr", "item"):
            owner = root(owner.source)
        if owner.kind in _BROUGHT:
            return True
    return False


def _is_handed_in(added: Value) -> bool:
    """Whether what is added is made of what the function is handed."""
    given = (added.every("arg") or added.arguments)[:1]
    parts = (part for each in given for part in made_of(each, PARTS))
    return any(part.kind == "param" and part.body is added.body and not is_self(part) for part in parts)

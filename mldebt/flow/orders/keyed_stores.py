"""Orders that a store keeps under a key: what is read back is what was put there under the same key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from mldebt.flow.files.paths import Paths
from mldebt.flow.files.pathtexts import HOLES
from mldebt.flow.idioms import bare, last_name, read_name
from mldebt.flow.orders.kept_orders import KEY_LENGTH, TELLING_LENGTH, asks_store
from mldebt.flow.steps import Stack
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

_KEYS = {"name", "key"}
_CACHE = "django.core.cache.cache."
_READS = {"get": 1, "getex": 1, "lrange": 1, "hget": 2}
_WRITES = {"set": 1, "add": 1, "setex": 1, "psetex": 1, "rpush": 1, "hset": 2}
"""What a store that is asked by a key gives and takes in the same order, and how many arguments say where."""
_WHERE_TO = {"get": "set", "getex": "set", "lrange": "rpush", "hget": "hset"}
_AS_SET = frozenset({"add", "setex", "psetex"})
_STORES = frozenset({"redis.Redis"})
"""Types of stores that hold values by key."""
_NO_NAMES = frozenset({"", "id", "ids", "key", "k", "x", "name", "str"})
"""What a key is called that says nothing of what it is the key of."""
STORE_LIMIT = 40
_GAP = "\n"
WRITES = 3
CALLERS = 20


class Kept(NamedTuple):
    """What a store was given, under the calls that are open there."""

    value: Value
    stack: Stack


class _Write(NamedTuple):
    call: Value
    stack: Stack


class KeyedStores:
    """From a read back to the few writes under the same key, where that says enough. A key that a helper is handed is
    that of each of its callers."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._paths = flow.shared(Paths)
        self._known: dict[tuple[Value, Stack], tuple[Kept, ...]] = {}

    def is_keyed(self, call: Value) -> bool:
        """Whether a call asks a store, or a cache that outlives the program, by a key."""
        api = self._flow.api(call)
        return asks_store(self._flow, call) or (api is not None and api.name.startswith(_CACHE))

    def written(self, read: Value, stack: Stack = ()) -> tuple[Kept, ...]:
        """What was put under the key that a call asks for, under the calls that are open."""
        if last_name(read.function) not in _READS or not self.is_keyed(read):
            return ()
        found = self._known.get((read, stack))
        if found is None:
            self._known[read, stack] = ()
            found = self._known[read, stack] = tuple(self._find(read, stack))
        return found

    def _find(self, read: Value, stack: Stack) -> Iterator[Kept]:
        method = last_name(read.function)
        key = self._key(read, _READS[method], stack)
        limit = WRITES
        if not _is_telling(key):
            key, limit = self._open_key(read, _READS[method], stack), 1
        together, module = self._flow.program.roots.together, read.body.module
        found = self._writes[_WHERE_TO[method], key] if key else []
        writes = [each for each in found if together(each.call.body.module, module)]
        for call, around in writes if len(writes) <= limit else ():
            given = _content(call)
            if given is not None and call is not read:
                yield Kept(given, around)

    @cached_property
    def _writes(self) -> dict[tuple[str, str], list[_Write]]:
        """The writes by what they are and the key."""
        found: dict[tuple[str, str], list[_Write]] = defaultdict(list)
        for call in self._flow.calls_named(frozenset(_WRITES)):
            if call.body.module.category != "product" or not self.is_keyed(call):
                continue
            method = last_name(call.function)
            for write in self._as_called(call, _WRITES[method]):
                key = self._key(call, _WRITES[method], write.stack)
                key = key if _is_telling(key) else self._open_key(call, _WRITES[method], write.stack)
                if key:
                    found["set" if method in _AS_SET else method, key].append(write)
        return found

    def _as_called(self, call: Value, keys: int) -> list[_Write]:
        """A write whose key is told where it stands; else one for each call of the function around it."""
        if _is_telling(self._key(call, keys, ())) or self._open_key(call, keys, ()):
            return [_Write(call, ())]
        body = call.body
        callers = self._flow.callers(body.module.index, body.number)
        return [_Write(call, (caller,)) for caller in callers[:CALLERS] if caller.body is not body]

    def _open_key(self, call: Value, count: int, stack: Stack) -> str:
        """A key that is nothing but what is known at run time (`store.get(user_id)`): the store, and what the key is
        called. "" where that is no more than an id, or the store may be several."""
        given = [source for keyword, source in call.named_arguments if keyword == "" or keyword in _KEYS][:1]
        texts = self._paths.texts(given[0], stack) if given and count == 1 else ()
        is_open = len(texts) == 1 and HOLES.fullmatch(texts[0]) is not None
        words = _words(given[0]) - _NO_NAMES if is_open else set()
        store = self._store(call, stack) if words else ""
        return f"{store}{_GAP}{' '.join(sorted(words))}" if store else ""

    def _store(self, call: Value, stack: Stack) -> str:
        """The one store that a call asks, by how it is made; "" where it may be several."""
        flow = self._flow
        visits = (
            flow.walk(call.receiver, flow.back, stack=stack, limit=STORE_LIMIT) if call.receiver is not None else ()
        )
        makers = {visit.value for visit in visits if self._makes_store(visit.value)}
        if len(makers) != 1:
            return ""
        made = makers.pop()
        told = [(keyword, self._paths.texts(source)) for keyword, source in made.named_arguments]
        if any(len(texts) != 1 or "{}" in texts[0] for _, texts in told):
            return f"{made.body.module.path} {made.at}"
        return " ".join([last_name(made.function), *(f"{keyword}={texts[0]}" for keyword, texts in sorted(told))])

    def _makes_store(self, value: Value) -> bool:
        api = self._flow.api(value) if value.kind == "call" else None
        return api is not None and "wraps" in api.roles and api.returns in _STORES

    def _key(self, call: Value, count: int, stack: Stack) -> str:
        """Where a call puts or asks for something, unknown parts as `{}`; "" where that may be several places."""
        named = call.named_arguments
        given = [source for keyword, source in named if keyword == "" or keyword in _KEYS][:count]
        texts = [self._paths.texts(source, stack) for source in given]
        if len(given) < count or any(len(each) != 1 for each in texts):
            return ""
        return _GAP.join(HOLES.sub("{}", each[0]) for each in texts)


def _content(write: Value) -> Value | None:
    """What a write puts under its key: the argument that is called the value, what is spread, or the last."""
    named = dict(write.named_arguments)
    if "value" in named:
        return named["value"]
    given = [source for keyword, source in write.named_arguments if keyword in ("", "*")]
    method = last_name(write.function)
    place = 2 if method in ("setex", "psetex", "hset") else 1
    return given[place] if len(given) > place else None


def _words(key: Value) -> set[str]:
    """The words of what a key is called: a variable, or the field that it is read from."""
    while key.calls_external("str", "int") and key.arguments:
        key = key.arguments[0]
    key = bare(key)
    name = read_name(key) or next(iter(key.body.names_of(key)), "")
    return set(name.lower().split("_"))


def _is_telling(key: str) -> bool:
    """Whether a key says enough to be known by; less is enough where all of it is told."""
    literal = key.replace("{}", "").replace(_GAP, "")
    return len(literal) >= (TELLING_LENGTH if "{}" in key else KEY_LENGTH)

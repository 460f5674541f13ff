"""Rankings that a store keeps member by member: in a set, which has no order, or put one before the other in a list."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.orders.kept_orders import KeptOrders
from mldebt.flow.orders.reordering import Breaks, Idiom, Reorder
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

IN_SET = Idiom("set", "kept in a set, which has no order", accidental=True)
PUSHED = Idiom("reversal", "pushed one before the other, so that the last comes first", accidental=True)
_READS = {"sadd": ("smembers", "sscan_iter"), "lpush": ("lrange",)}
_IDIOMS = {"sadd": IN_SET, "lpush": PUSHED}


class KeptMembers:
    """Finds them at the write, where the repository reads the members back as a whole."""

    def __init__(self, flow: Flow, breaks: Breaks) -> None:
        self._kept = flow.shared(KeptOrders)
        self._breaks = breaks

    def of(self, write: Value) -> Iterator[Reorder]:
        """`store.sadd(key, *ranked)`, `for item in ranked: store.lpush(key, item)`."""
        method = next((name for name in _READS if write.calls_method(name)), "")
        given = [source for keyword, source in write.named_arguments[1:] if keyword == "*"]
        given += write.loops[-1:] if not given and len(write.arguments) > 1 else []
        if not method or not given or any(map(_is_turned, given)):
            return
        reads = [read for read in self._kept.reads_of(write, _READS[method]) if not any(map(_is_turned, _users(read)))]
        for found in self._breaks.of(_IDIOMS[method], write, given) if reads else ():
            yield found._replace(results=tuple(reads))


def _users(value: Value) -> list[Value]:
    return [user for _, user in value.uses]


def _is_turned(value: Value) -> bool:
    """Whether a value is the reverse of a sequence."""
    step = value.data[2] if value.kind == "slice" and isinstance(value.data, tuple) else None
    return step == -1 or value.calls_external("reversed") or (value.kind == "mutate" and value.data == "reverse")

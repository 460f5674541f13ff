"""Scores in a table that code changes for the rows of one segment: `rows.loc[rows.country == "FR", "score"] = 0`."""

from __future__ import annotations

import re

from mldebt.flow.idioms import read_name, root
from mldebt.flow.linking import is_self
from mldebt.flow.scores.scores import Scores
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

_CHOOSING = frozenset({"numpy.where"})
_PLACES = frozenset({"loc", "at"})
_OWN_ID = regex(r"^(\w+_)?(id|pk|sku|asin|isbn|guid|uuid)$", re.IGNORECASE)
_MODE = regex(
    r"type|mode|metric|method|strateg|format|unit|scale|kind|model|version|backend|provider|stage|env|task|algorithm|loss"
    r"|distance|normali|engine|device|status|state|error|reason|label|sentiment|predict|outcome|scor|prob|confiden|role"
    r"|source|channel|retriev|index|search|match|fusion|query|intent",
    re.IGNORECASE,
)
"""What tells how a score is computed or read, or that there is none, and not whose it is."""
_NOBODY = regex(
    r"^\W*$|^(n/?a|none|null|nan|unknown|undefined|missing|invalid|other|default|all|any|auto)$", re.IGNORECASE
)
_SCALING = frozenset({"*", "/", "+", "-"})


class SegmentOverrides:
    """Finds changes by a literal, under a mask that compares a column with what the code writes down. A mask of rows
    that are invalid or known already compares with nothing of the kind, and a threshold compares a score."""

    def __init__(self, flow: Flow) -> None:
        self.scores = flow.shared(Scores)

    def of(self, node: Value) -> tuple[Value, str] | None:
        """The model's call whose scores a store or a call changes, and how."""
        if node.kind == "store":
            return self._stored(node)
        return self._chosen(node) if node.kind == "call" and node.calls_external(*_CHOOSING) else None

    def _stored(self, store: Value) -> tuple[Value, str] | None:
        key, base, value = store.one("key"), store.one("base"), store.one("value")
        if key is None or base is None or value is None:
            return None
        while base.kind == "store":  # what was stored there before
            base = base.source
        parts = key.every("item") if key.kind == "collection" and key.data == "tuple" else []
        if base.kind != "attr" or base.name not in _PLACES or len(parts) != 2:
            return None
        if not (_is_segment(parts[0]) or (value.kind == "operation" and _is_of_some(parts[0]))):
            return None
        text = _changed_by(value, store) if isinstance(parts[1].data, str) else ""
        origin = self._held(base.source, parts[1].data) if text else None
        return (origin, text) if origin is not None else None

    def _held(self, table: Value, column: object) -> Value | None:
        """The model's call whose scores a column of a table holds."""
        while table.kind == "store":
            value = table.one("value")
            if table.key == column and value is not None:
                return self._origin(value)
            table = table.source
        return None

    def _chosen(self, call: Value) -> tuple[Value, str] | None:
        """`numpy.where(rows.country == "FR", scores * 0.5, scores)`"""
        if len(call.arguments) != 3 or not _is_segment(call.arguments[0]):
            return None
        for changed, kept in (call.arguments[1:], call.arguments[:0:-1]):
            text = _changed_by(changed, kept)
            origin = self._origin(kept) if text else None
            if origin is not None:
                return origin, text
        return None

    def _origin(self, value: Value) -> Value | None:
        visit = self.scores.origin(value)
        return visit.value if visit is not None else None


def _is_segment(mask: Value) -> bool:
    """Whether a mask compares a column with a text, or asks whether it is one of some that are written down."""
    if mask.kind == "compare":
        column, named = (*mask.every("operand"), mask)[:2]
        is_told = _is_text(named) or (named.kind == "const" and _OWN_ID.match(read_name(column)) is not None)
        return mask.data == ("==",) and column.kind in ("item", "attr") and is_told
    if not mask.calls_method("isin") or mask.receiver is None or mask.receiver.kind not in ("item", "attr"):
        return False
    written = mask.arguments[0] if mask.arguments else mask
    return written.kind == "collection" and bool(written.inputs) and all(map(_is_text, written.every("item")))


def _is_of_some(mask: Value) -> bool:
    """Whether a mask says which rows are on a list, or have a flag that says nothing of how scores are computed: who
    takes nothing away from these, but changes it by so much, hides none of them."""
    if mask.calls_method("isin") and mask.receiver is not None:
        return bool(read_name(mask.receiver)) and _MODE.search(read_name(mask.receiver)) is None
    return read_name(mask).startswith(("is_", "has_", "was_")) and _MODE.search(read_name(mask)) is None


def names_segment(test: Value) -> bool:
    """Whether a test asks if what a thing has is one of some texts that the code writes down (`item.brand == "own"`),
    and not how the program is to run."""
    if test.kind != "compare" or test.data not in (("==",), ("in",)):
        return False
    asked, told = test.every("operand")
    owner = root(asked.source) if read_name(asked) and asked.kind in ("attr", "item") else asked
    texts = told.every("item") if told.kind == "collection" else [told]
    is_of_thing = owner is not asked and owner.kind in ("param", "element") and not is_self(owner)
    is_named = bool(texts) and all(_is_text(each) and not _NOBODY.search(str(each.data)) for each in texts)
    return is_of_thing and is_named and _MODE.search(read_name(asked)) is None


def _is_text(value: Value) -> bool:
    return value.kind == "const" and isinstance(value.data, str) and value.data != ""


def _changed_by(value: Value, before: Value) -> str:
    """How a literal changes scores for some: `before` are those of the others, or the store that changes them."""
    if _is_number(value):
        return f"the score is replaced by {value.data} for one segment"
    if value.kind != "operation" or value.data not in _SCALING:
        return ""
    operands = value.every("operand")
    amounts = [each for each in operands if _is_number(each)]
    others = [each for each in operands if each not in amounts]
    is_same = before.kind == "store" or others == [before]
    return f"the score is changed by {amounts[0].data} for one segment" if len(amounts) == 1 and is_same else ""


def _is_number(value: Value) -> bool:
    return value.kind == "const" and isinstance(value.data, int | float) and not isinstance(value.data, bool)

"""Hand-written steps on content: parsing, extracting, cleaning, joining, regrouping in the repository's own code."""

from __future__ import annotations

from mldebt.flow.value import Value
from mldebt.flow.walk import Flow, Visit

STEP_ROLES = {"parses": "parsed", "cleans": "cleaned", "joins": "joined", "groups": "regrouped"}
CONTENT_TYPES = (
    "str",
    "bytes",
    "pandas.DataFrame",
    "pandas.Series",
    "pandas.core.strings.StringMethods",
    "polars.DataFrame",
    "numpy.ndarray",
)
CASTS = frozenset("int float bool complex eval ast.literal_eval numpy.array numpy.asarray".split())
FORMATS = frozenset(
    """json.load json.loads simplejson.load ujson.load orjson.loads pickle.load pickle.loads csv.reader csv.DictReader
    requests.Response.json httpx.Response.json numpy.load""".split()
)
_NO_TAKING_APART = frozenset({"reads", "parses", "cleans", "joins", "groups", "wraps"})  # a read, or its own step
NO_STEPS = frozenset("copy values items keys tolist to_list read readline readlines close head tail".split())


class Handwork:
    """Says what a visit of a content walk does to the content, if somebody wrote it by hand."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._by_method: dict[str, str] = {}
        for (owner, method), api in flow.catalogue.methods.items():
            if owner in CONTENT_TYPES and method not in NO_STEPS:
                for role, text in STEP_ROLES.items():
                    if role in api.roles:
                        self._by_method.setdefault(method, text)

    def step(self, visit: Visit) -> str:
        """One of parsed, extracted, cleaned, joined and regrouped; "" for a visit that leaves the content as it is."""
        value = visit.value
        if visit.parent is None:
            return ""
        if value.kind == "call":
            return self._call(value)
        if value.kind == "element":
            return "parsed" if self._by_lines(value.inputs[0][1]) else ""
        if value.kind == "store" and isinstance(value.data, tuple) and visit.label == "value":
            return "regrouped" if value.loops else "cleaned"
        if value.kind == "comprehension":
            return "regrouped" if value.data == "dict" else "extracted" if self._takes_apart(visit) else ""
        if value.kind == "item":
            key = value.one("key")
            if key is not None and visit.label == "object" and key.kind in ("compare", "operation"):
                return "cleaned"
        return ""

    def _takes_apart(self, visit: Visit) -> bool:
        """Whether a comprehension makes something else of what it goes over."""
        element = visit.value.one("element")
        if visit.label != "element" or element is None or element.kind in ("element", "const"):
            return False
        return element.kind != "call" or not self.flow.roles(element) & _NO_TAKING_APART

    def _call(self, call: Value) -> str:
        targets = self.flow.targets(call)
        for target in targets:
            if target.kind in ("func", "class"):
                return ""
            if target.api is not None and not target.guessed:
                if target.api.name in FORMATS:
                    return ""
                for role, text in STEP_ROLES.items():
                    if role in target.api.roles:
                        return text
                return "cleaned" if target.name in CASTS else ""
        function = call.inputs[0][1]
        if function.kind == "attr":
            return self._by_method.get(str(function.data), "")
        return ""

    def _by_lines(self, iterable: Value) -> bool:
        """Whether a loop goes over the lines of a file."""
        names = {owner.name for owner in self.flow.types(iterable)}
        if any(
            isinstance(name, str) and (record := self.flow.catalogue.type(name)) is not None and record.kind == "file"
            for name in names
        ):
            return True
        if iterable.kind == "call":
            function = iterable.inputs[0][1]
            if function.kind == "attr":
                return function.data in ("readlines", "splitlines", "iter_lines", "iterrows", "itertuples")
            wrapped = iterable.inputs[1:2]
            return bool(wrapped) and function.kind == "external" and self._by_lines(wrapped[0][1])
        return False

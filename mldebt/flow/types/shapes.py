"""How much of a shape an annotation declares."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.facts import record as r
from mldebt.flow.module import Module
from mldebt.regex import regex

DECLARED, HOLLOW, NONE, NOTHING, PAGE = "declared", "hollow", "none", "nothing", "page"
RANK = {NOTHING: 0, PAGE: 0, DECLARED: 1, HOLLOW: 2, NONE: 3}
_HOLLOW = frozenset(
    """dict Dict list List Any object Mapping MutableMapping tuple Tuple Sequence Iterable DataFrame Series ndarray JSON
    Json OrderedDict defaultdict Payload""".split()
)
_ENVELOPES = frozenset(
    "Optional Union Annotated Awaitable Coroutine AsyncIterator Iterator Generator AsyncGenerator".split()
)
BARE = frozenset(
    "Response JSONResponse ORJSONResponse UJSONResponse HttpResponse JsonResponse PlainTextResponse".split()
)
PAGES = regex(
    r"Streaming|File|HTML|Redirect|Template|EventSource|render|redirect|send_file|send_from_directory|send_static_file"
    r"|url_for"
)


def grade(module: Module, ref: int) -> str:
    """How much an annotation says."""
    node = module.facts.exprs[ref] if ref >= 0 else None
    if node is None:
        return NONE
    if isinstance(node, r.Constant):
        if node.value is None:
            return NOTHING
        return _graded(str(node.value).partition("[")[0].rpartition(".")[2])
    if isinstance(node, r.Operation) and node.operator == "|":
        return _best(grade(module, part) for part in node.operands)
    if isinstance(node, r.Subscript):
        head = module.dotted(node.value).rpartition(".")[2]
        index = module.facts.exprs[node.index]
        parts = index.items if isinstance(index, r.Collection) else (node.index,)
        if head == "Annotated":
            return grade(module, parts[0])
        if head in _ENVELOPES:
            return _best(grade(module, part) for part in parts)
        return grade(module, parts[-1]) if head in _HOLLOW else DECLARED
    return _graded(module.dotted(ref).rpartition(".")[2])


def _graded(name: str) -> str:
    if name in _HOLLOW:
        return HOLLOW
    if name in BARE:
        return NONE
    return PAGE if PAGES.search(name) else DECLARED


def _best(grades: Iterable[str]) -> str:
    return min((each for each in grades if each != NOTHING), key=lambda each: RANK[each], default=NOTHING)


def tails(module: Module, ref: int) -> frozenset[str]:
    """The last parts of all names in an annotation."""
    found, waiting = set(), [ref]
    while waiting:
        current = waiting.pop()
        node = module.facts.exprs[current]
        if isinstance(node, r.Subscript):
            waiting += [node.value, node.index]
        elif isinstance(node, r.Collection):
            waiting += node.items
        elif isinstance(node, r.Operation):
            waiting += node.operands
        elif isinstance(node, r.Call):
            waiting.append(node.function)
        else:
            found.add(module.dotted(current).rpartition(".")[2])
    return frozenset(found)

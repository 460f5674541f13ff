"""Where a number comes from a model: the predictions and rankings that a value was computed from."""

from __future__ import annotations

import re
from itertools import pairwise

from mldebt.flow.conditions.conditions import opened_around
from mldebt.flow.files.named_places import column_names
from mldebt.flow.files.query_texts import QueryTexts
from mldebt.flow.idioms import EXTENT, is_tool_call, read_name
from mldebt.flow.orders.id_searches import compares_letters
from mldebt.flow.scores.map_searches import MapSearches
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow, Stack, Step, Visit
from mldebt.regex import regex

WALK_LIMIT = 500
RECORD_DEPTH = 3
VECTOR_LIMIT = 120
ASKS = frozenset({"predicts", "ranks"})
_ENDS = frozenset(
    {"measures", "reads", "loads", "calls_llm", "counts", "fits", "tunes", "configures", "logs", "saves", "lists"}
)
_CHANCES = ("torch.sigmoid", "torch.softmax", "torch.nn.functional.softmax", "torch.nn.functional.sigmoid")
_TAKING_ONE = frozenset({"max", "min", "amax", "amin", "nanmax", "nanmin", "item"})
"""What gives one of the numbers that it is given."""
_SCORED = regex(
    r"scor|prob|conf(idence|s)?$|(^|_)conf|similarit|distance|(^|_)dists?$|relevan|likelihood|logit|certain|weight|rating|(^|_)sim(_|$)",
    re.IGNORECASE,
)
_CALLED_SCORE = regex(
    r"(^|_)(scores?|scored|scoring|confidence|probabilit(y|ies)|likelihood|similarit(y|ies)|relevance|certainty)(?=_|$)",
    re.IGNORECASE,
)
_NEUTRAL = frozenset(
    """values data T iloc loc at flat ravel numpy detach cpu item tolist logits outputs output result results
    predictions prediction preds pred boxes max min mean sum""".split()
)
_KEEPING = regex(
    r"^(float|int|round|abs|max|min|sum|sorted|list|tuple|reversed|zip|enumerate|next|iter|dict|filter|map|heapq\.\w+"
    r"|itertools\.\w+|math\.\w+|numpy\.\w+|torch\.\w+|torch\.nn\.functional\.\w+|tensorflow(\.nn)?\.\w+|scipy\.special\.\w+"
    r"|jax\.\w+(\.\w+)?|json\.loads|re\.(search|match|fullmatch|findall|sub))$"
)
_LOSING = regex(
    r"(^|\.)(len|argmax|argmin|argsort|shape|size|count|count_nonzero|where|nonzero|unique|zeros|ones|full|arange|array_equal"
    r"|isnan|allclose|rand\w*)$"
)
_NO_SCORE = regex(r"^(fit_predict|fit_transform|transform|inverse_transform|labels_|generate)$")
_LIKENESS = regex(
    r"(^|\.)(cos(ine)?_sim(ilarity)?|pytorch_cos_sim|dot_score|dot|vdot|inner|matmul|mm|(cosine|euclidean)(_distances?)?"
    r"|sqeuclidean|pairwise_distances?|cdist)$"
)
"""Functions of two vectors."""
_NORMS = regex(r"(^|\.)(linalg\.)?norm$")
_SEARCHING = ("search", "kneighbors", "radius_neighbors", "knn_query", "query")
"""Methods of an index that give how near the nearest are, and which they are."""
_GEOMETRY = regex(r"(^|_)(iou|ious|nms|overlap|bbox_area)", re.IGNORECASE)
_BOX = regex(r"(^|_)(b?box|coords?|xyxyn?|xywhn?)$", re.IGNORECASE)
_BOXES = regex(r"(^|_)b?boxes$", re.IGNORECASE)
_CORNERS = frozenset(range(4))
"""Where a box says how far it goes; its score and its class come after."""
_KEEPING_METHODS = frozenset(
    """item tolist numpy cpu detach max min mean sum squeeze flatten ravel reshape astype copy softmax sigmoid get
    values items pop round clip to view float softmax topk sort sort_values head tail iloc
    toarray to_numpy apply map strip replace group groups json""".split()
)
_HANDING = frozenset("phi same choice passed global free return store slice param mutate item attr".split())
_SKIPPED = frozenset({"key", "call", "test", "bound", "condition"})
_NUMERIC = frozenset({"+", "-", "*", "/", "**", "//"})


class Scores:
    """Backward walks from numbers to the models that gave them."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._texts = flow.shared(QueryTexts)
        self._on_map = flow.shared(MapSearches)
        self._known: dict[Value, Visit | None] = {}
        self._back = flow.remembered(self._find_back)

    def origin(self, value: Value) -> Visit | None:
        """The nearest call of a model whose score a value is; None when none is known."""
        if value not in self._known:
            self._known[value] = None
            self._known[value] = self._nearest(value, (), 0)
        return self._known[value]

    def _nearest(self, value: Value, stack: Stack, depth: int) -> Visit | None:
        """The nearest call of a model, through the records that a score is put into under the name it is read by."""
        for visit in self.flow.walk(value, self._back, stack=stack, limit=WALK_LIMIT):
            if self._asks(visit):
                return visit
            name = _asked_for(visit) if visit.value.kind in ("dict", "call") and depth < RECORD_DEPTH else ""
            entry = self._entry(visit.value, name) if name else None
            if entry is None:
                continue
            found = self._nearest(entry, visit.stack, depth + 1)
            if found is not None and (_SCORED.search(name) or not self._is_any_prediction(found.value)):
                return found
        return None

    def _is_any_prediction(self, call: Value) -> bool:
        """Whether a model's answer may be a class or an amount as well as a score."""
        return self._asks_model(call) and not self._gives_scores(call)

    def _entry(self, record: Value, name: str) -> Value | None:
        """What a record that is made here holds under a name: an entry of a dict, a field of an object, a column."""
        if record.kind == "call" and record.calls_external("pandas.DataFrame", "dict"):
            held = dict(record.named_arguments).get(name)
            if held is not None or not record.arguments:
                return held
            if record.arguments[0].kind != "dict":
                return self._in_rows(record, name)
            record = record.arguments[0]
        return self.flow.given_field(record, name) if record.kind == "call" else _under(record, name)

    def _in_rows(self, table: Value, name: str) -> Value | None:
        """What the first row that is known of a table has in a column: in a dict, at the column's place in a tuple."""
        columns = column_names(table)
        for step in self.flow.members(table.arguments[0], ()):
            row = step.value
            if row.kind == "dict" and (held := _under(row, name)) is not None:
                return held
            if row.kind == "collection" and name in columns and len(row.inputs) == len(columns):
                return row.inputs[columns.index(name)][1]
        return None

    def _asks(self, visit: Visit) -> bool:
        value = visit.value
        if value.kind == "call" and self._texts.asks_for_predictions(value, visit.stack):
            asked = _asked_for(visit)
            return not asked.strip("0123456789") or _SCORED.search(asked) is not None
        if value.kind == "call" and "calls_llm" in self.flow.roles(value):
            return self._is_called_score(visit)
        if not (self._asks_model(value) or self.is_likeness(value) or _is_chance(value)):
            return False
        start = visit.path()[0].value
        if _GEOMETRY.search(start.body.scope.name) or any(
            _GEOMETRY.search(name) for name in start.body.names_of(start)
        ):
            return False
        if any(_GEOMETRY.search(call.body.scope.name) or self._is_geometry(call) for call in _calls(visit)):
            return False
        if _is_another_column(visit) or any(_is_corner(each.value) for each in visit.path()):
            return False
        names = [str(each.value.data) for each in visit.path() if _is_named(each.value)]
        told = [name for name in names if name not in _NEUTRAL]
        if value.calls_method(*_SEARCHING):
            told += _unpacked_as(visit)
        if told or (value.kind == "call" and "ranks" in self.flow.roles(value)):
            return any(_SCORED.search(name) for name in told) or self._gives_scores(value)
        return True

    def _is_called_score(self, visit: Visit) -> bool:
        """Whether a number that a language model wrote is called a score: the key or attribute that it is taken from,
        the function that reads it out of the text, or what it is kept as."""
        path = [each.value for each in visit.path()]
        names = [str(value.data) for value in path if _is_named(value)]
        names += [name for value in path for name in value.body.names_of(value)]
        entered = (target for call in _calls(visit) for target in self.flow.targets(call) if target.kind == "func")
        names += [self.flow.scope(target.module, target.scope).name for target in entered]
        return any(map(_CALLED_SCORE.search, names))

    def _asks_model(self, value: Value) -> bool:
        return (
            value.kind == "call"
            and bool(self.flow.roles(value) & ASKS)
            and not self._is_no_score(value)
            and not self.compares_letters(value)
            and not self._on_map.holds(value)
        )

    def compares_letters(self, call: Value) -> bool:
        """Whether a search goes by how words are spelled."""
        return compares_letters(self.flow, call)

    def is_likeness(self, value: Value) -> bool:
        """Whether a number says how like each other two things are, of which a model gave the vectors."""
        difference = self._difference(value)
        if difference is not None:
            parts = difference.every("operand")
        elif value.kind == "call" and any(_LIKENESS.search(target.name) for target in self.flow.targets(value)):
            parts = [*value.arguments, *([value.receiver] if value.receiver is not None else [])]
        elif value.kind == "operation" and value.data == "@":
            parts = value.every("operand")
        else:
            return False
        visits = (visit for part in parts for visit in self.flow.walk(part, self._vector_back, limit=VECTOR_LIMIT))
        return any(visit.value.kind == "call" and "embeds" in self.flow.roles(visit.value) for visit in visits)

    def _difference(self, call: Value) -> Value | None:
        """The difference of two vectors whose length a call gives: `np.linalg.norm(one - other)`."""
        if call.kind != "call" or not any(_NORMS.search(target.name) for target in self.flow.targets(call)):
            return None
        asked = call.receiver if call.receiver is not None else next(iter(call.arguments), None)
        return asked if asked is not None and asked.kind == "operation" and asked.data == "-" else None

    def _vector_back(self, value: Value, stack: Stack) -> list[Step]:
        """Steps to the model that gave a vector: not through what else a call was given."""
        if value.kind == "call" and self.flow.roles(value) & (ASKS | _ENDS | {"embeds"}):
            return []
        return self._back(value, stack)

    def _is_no_score(self, call: Value) -> bool:
        """Clusters and features are no scores."""
        return any(_NO_SCORE.search(target.name.rpartition(".")[2]) for target in self.flow.targets(call))

    def _is_geometry(self, call: Value) -> bool:
        return any(
            target.kind == "func" and _GEOMETRY.search(self.flow.scope(target.module, target.scope).name)
            for target in self.flow.targets(call)
        )

    def _gives_scores(self, call: Value) -> bool:
        """Whether the name of what is called says that it returns scores."""
        return any(_SCORED.search(target.name.rpartition(".")[2]) for target in self.flow.targets(call))

    # ------------------------------------------------------------------ steps

    def _find_back(self, value: Value, stack: Stack) -> list[Step]:
        kind = value.kind
        if kind == "call":
            return self._through(value, stack)
        if kind == "operation":
            return [Step("operand", v, stack) for v in value.every("operand")] if value.data in _NUMERIC else []
        if kind == "element":
            return [] if is_tool_call(value) else [Step("element", value.source, stack)]
        if kind == "comprehension":
            return [Step("element", v, stack) for v in value.every("element")]
        if kind == "collection":
            return [Step("item", v, stack) for _, v in value.inputs]
        if (kind == "attr" and value.data in EXTENT) or (kind == "item" and self._is_position(value)):
            return []
        if kind in _HANDING:
            return [step for step in self.flow.back(value, stack) if step.label not in _SKIPPED]
        return []

    def _is_position(self, item: Value) -> bool:
        """Item 0 of what `enumerate` gives is a position."""
        owner = item.inputs[0][1]
        if owner.kind != "element" or item.data != 0:
            return False
        iterable = owner.inputs[0][1]
        return iterable.kind == "call" and any(target.name == "enumerate" for target in self.flow.targets(iterable))

    def _through(self, call: Value, stack: Stack) -> list[Step]:
        if answers := self._texts.answers(call, stack):
            return [Step("answered", answer, ()) for answer in answers]
        roles = self.flow.roles(call)
        takes_one = any(target.name.rpartition(".")[2] in _TAKING_ONE for target in self.flow.targets(call))
        if roles & ASKS or (roles & _ENDS and not takes_one):
            return []
        function = call.inputs[0][1]
        steps: list[Step] = []
        for target in self.flow.targets(call):
            if target.kind == "func":
                steps.extend(self.flow.enter_return(call, target, stack))
            elif target.kind == "external" and _KEEPING.search(target.name) and not _LOSING.search(target.name):
                steps.extend(Step("arg", source, stack) for _, source in call.inputs[1:])
        if not steps and function.kind == "attr" and function.data in _KEEPING_METHODS:
            steps = [Step("receiver", function.inputs[0][1], stack)]
        return steps


def _asked_for(visit: Visit) -> str:
    """The name by which something is taken out of the record that a walk is at; "" for no record."""
    steps = pairwise(visit.path())
    asked = [_name(each.value) for each, after in steps if after.label == "object" or each.value.calls_method("get")]
    return next((name for name in reversed(asked) if name and name not in _NEUTRAL), "")


def _is_chance(value: Value) -> bool:
    """Whether what a network gives is made into chances where nothing learns from them: `torch.sigmoid(net(rows))` in
    `with torch.no_grad()`."""
    if not (value.calls_external(*_CHANCES) or value.calls_method("sigmoid", "softmax")):
        return False
    return any(
        held.calls_external("torch.no_grad", "torch.inference_mode") for held in opened_around(value.body, value.at)
    )


def _calls(visit: Visit) -> list[Value]:
    """The calls that a walk went through."""
    return [call for each in visit.path() for call in each.stack]


def _is_named(value: Value) -> bool:
    """Whether a value is taken out of another by a name."""
    return value.kind in ("attr", "item") and isinstance(value.data, str)


def _name(value: Value) -> str:
    return read_name(value) if value.kind == "call" else str(value.data)


def _under(record: Value, name: str) -> Value | None:
    """What a dict that is written out holds under a name."""
    entries = zip(record.keys, record.every("item"), strict=False)
    return next((held for key, held in entries if key == name), None)


def _is_corner(value: Value) -> bool:
    """Whether a number is one of the four that say where a box is: `x, y, width, height = boxes[i]`."""
    if value.kind != "item" or value.data not in _CORNERS:
        return False
    box = value.source
    return _is_called(box, _BOX) or (box.kind in ("item", "element") and _is_called(box.source, _BOXES))


def _is_called(value: Value, pattern: re.Pattern[str]) -> bool:
    return any(map(pattern.search, (read_name(value), *value.body.names_of(value))))


def _unpacked_as(visit: Visit) -> list[str]:
    """What a number is called that was taken out of one of several answers of a call, or else that answer:
    `for score, place in zip(scores[0], places[0])` after `scores, places = index.search(rows, 10)`."""
    taken = visit.parent.value if visit.parent is not None else visit.value
    if taken.kind != "item" or not isinstance(taken.data, int) or taken.source is not visit.value:
        return []
    asked = visit.path()[0].value
    return [*(asked.body.names_of(asked) or taken.body.names_of(taken))]


def _is_another_column(visit: Visit) -> bool:
    """Whether a score was put under one constant key, and what is asked of was taken out by others."""
    path = visit.path()
    for place, (store, given) in enumerate(pairwise(path)):
        key = store.value.key if store.value.kind == "store" and isinstance(store.value.data, tuple) else None
        if isinstance(key, str) and given.value is store.value.one("value"):
            taken = {each.value.key for each in path[:place] if each.value.kind == "item"}
            if taken and key not in taken:
                return True
    return False

"""Steps forward along what keeps an order: into calls, containers, fields, and out of the program."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from mldebt.flow.forward import PUTTING
from mldebt.flow.idioms import (
    WHICH,
    fills_slice,
    fills_whole,
    is_enumerate_index,
    is_mask,
    is_set,
    last_name,
    makes_from,
    read_name,
    root,
    selects,
    taken_by,
    told_attribute,
)
from mldebt.flow.linking import is_self
from mldebt.flow.orders.additions import Additions
from mldebt.flow.orders.list_versions import beginnings
from mldebt.flow.orders.order import KEEPING, Orders, put_under
from mldebt.flow.scores.copies import copied, given_anew
from mldebt.flow.services.endpoints import Endpoints
from mldebt.flow.steps import Stack, Step, may_enter
from mldebt.flow.value import Value
from mldebt.regex import regex

STOPPING = frozenset({"fits", "measures", "plots", "logs", "tracks", "samples", "splits", "calls_llm", "embeds"})
KEPT_IN = ("table", "file", "bucket", "stream", "api")
"""Where a write leaves the program's own hands."""
_MAPPINGS = ("dict", "collections.OrderedDict", "collections.defaultdict")
_IN_TURN = ("file", "stream")
_TAKING = ("get", "setdefault", "pop")
"""What takes out of a mapping what it holds under a key."""
PART_LIMIT = 40
CELL_LIMIT = 10
_OBJECTS = frozenset({"call", "param", "element", "item", "attr", "phi", "same", "passed"})
_UNPACKED = frozenset({"call", "param", "phi", "same"})
_ON = frozenset({"value", "base", "object"})
_CONTENT = frozenset({"media", "body", "text", "data", "content"})
"""What a response holds that goes to whoever asked."""
_RENDERING = frozenset(
    """join format dumps jsonify Response JSONResponse render render_template HttpResponse JsonResponse make_response
    get_serializer get_paginated_response paginate_queryset""".split()
)

_PROMPT = regex(r"prompt|llm|instruct|question|system|context|messages?$|query", re.IGNORECASE)
"""What texts are called that a language model is asked, and what is put into them."""
_NAMING = regex(
    rf"{WHICH.pattern}|(^|_)(labels?|class|category|genres?|tags?|topic|brand|code|symbol|ticker|word|token|term|value|email"
    r"|user|customer|city|country|state|type|kind|image|path|file\w*|query|question|answer|summary|description)$",
    re.IGNORECASE,
)
"""What names an item or a class; other fields are numbers about it."""
_MISSING = regex(r"missing|unknown|lost|absent|removed|invalid|stale|not_?found|unmatched|extra", re.IGNORECASE)


class Place(NamedTuple):
    """Where a forward walk is: the depth counts how far inside the value the sequence stands. A `text` says that it
    left the program there, and as what. A mapping `by_key` has its entries in the order; who gets it looks them up, and
    only what walks over it takes them in turn. The `part` is where the sequence stands in a tuple."""

    value: Value
    stack: Stack
    depth: int
    text: str = ""
    by_key: bool = False
    part: int | None = None

    def on(self, value: Value, depth: int | None = None, text: str = "") -> Place:
        """At another value of the same body."""
        return Place(value, self.stack, self.depth if depth is None else depth, text, self.by_key, self.part)

    def along(self, steps: list[Step]) -> list[Place]:
        """Wherever steps lead, just as deep."""
        return [Place(step.value, step.stack, self.depth, "", self.by_key, self.part) for step in steps]

    def in_turn(self) -> Place:
        """The same place, where entries are taken in their order."""
        return self._replace(by_key=False, part=None)


class OrderUses:
    """Steps by the kind of the user of a value; results that functions return are the walk's own business."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._flow = orders.flow
        self._endpoints = orders.flow.shared(Endpoints)
        self._additions = orders.flow.shared(Additions)
        self._built: dict[Value, list[Value]] = {}
        self._calling: dict[Value, list[Value]] = {}
        self._leaving: dict[Value, list[tuple[Value, str, bool]]] = {}
        self._by_kind: dict[str, Callable[[Place, str, Value], list[Place]]] = {
            **dict.fromkeys(("phi", "choice", "same", "passed", "slice"), self._same),
            "call": self._call,
            "attr": self._attr,
            "element": self._element,
            "comprehension": self._comprehension,
            "mutate": self._mutate,
            "store": self._store,
            "collection": self._contain,
            "dict": self._contain,
            "item": self._item,
            "operation": self._operation,
        }

    def forth(self, place: Place, label: str, user: Value) -> list[Place]:
        """Where the order of a sequence gets to by one use of it."""
        step = self._by_kind.get(user.kind)
        return step(place, label, user) if step is not None else []

    # ------------------------------------------------------------------ the same sequence elsewhere

    def _same(self, place: Place, label: str, user: Value) -> list[Place]:
        return [place.on(user)] if label in _ON else []

    def _operation(self, place: Place, _label: str, user: Value) -> list[Place]:
        is_of_sets = user.data in ("-", "&", "|") and is_set(place.value) and not _is_remainder(user)
        goes_on = user.data in ("+", "or", "and") or (is_of_sets and (user.data != "-" or user.source is place.value))
        return [place.on(user)] if goes_on else []

    def _attr(self, place: Place, label: str, user: Value) -> list[Place]:
        goes_on = label == "object" and (place.value.kind in _OBJECTS or user.data in KEEPING)
        return [place.on(user)] if goes_on else []

    def _item(self, place: Place, label: str, user: Value) -> list[Place]:
        if label == "key" and place.depth == 0 and _says_which(place, user):
            return [place.on(user)._replace(part=None)]
        if label != "object" or self._is_sorted_by(user):
            return []
        if _is_pair(place.value):
            return [place.on(user)] if user.data == 1 else []
        if place.part is not None and isinstance(user.data, int):
            if user.data != place.part:
                return []
            place = place._replace(part=None)
        if place.depth > 0 and user.data is None and not selects(user) and _is_mapping(place.value):
            return []  # what belongs to one of the items
        is_unpacked = isinstance(user.data, int) and place.value.kind in _UNPACKED
        if selects(user) or is_unpacked:
            return [place.on(user)]
        goes_in = isinstance(user.data, str) or place.depth > 0
        return [place.on(user, max(place.depth - 1, 0))] if goes_in else self._by_positions(place, user)

    def _by_positions(self, place: Place, taken: Value) -> list[Place]:
        """What a loop over positions builds of what stands there: `for n in range(9): found.append(rows[n])`."""
        key = taken.one("key")
        loop = key.source if key is not None and key.kind == "element" else None
        if loop is None or not loop.calls_external("range"):
            return []
        added = [
            node
            for node in self._built_by(loop)
            if any(each is taken or taken in _parts(each) for each in node.every("arg"))
        ]
        made = [
            user
            for label, user in loop.uses
            if label == "iterable" and user.kind == "comprehension" and taken in _parts(user)
        ]
        return [place.on(node)._replace(part=None) for node in (*added, *made)]

    def _is_sorted_by(self, taken: Value) -> bool:
        """Whether what is taken, row by row, is put in a sort's order: `best[rows, np.argsort(scores)[:, ::-1]]`."""
        key = taken.one("key")
        by_rows = key is not None and key.kind == "collection" and key.data == "tuple"
        places = (_whole(place) for place in key.every("item")) if key is not None and by_rows else ()
        return any(place.kind == "call" and self._orders.is_sort(place) for place in places)

    # ------------------------------------------------------------------ containers and loops

    def _contain(self, place: Place, label: str, user: Value) -> list[Place]:
        if user.data == "set" or label == "key":
            return []
        if user.kind == "collection" and user.data == "tuple":
            return [
                place.on(user)._replace(part=part)
                for part, (_, value) in enumerate(user.inputs)
                if value is place.value
            ]
        held = [place.on(user, place.depth + (label == "item"))._replace(part=None)]
        return [*held, *self._handed_over(place, user)]

    def _handed_over(self, place: Place, holder: Value) -> list[Place]:
        """Where other steps of a graph or a pipeline read what one gives by a key."""
        return [Place(read, (), place.depth) for read in self._flow.handed_over(place.value, holder)]

    def _comprehension(self, place: Place, label: str, user: Value) -> list[Place]:
        deeper = {"iterable": 0, "element": 1}.get(label)
        if deeper is None or user.data == "set":
            return []
        is_keyed = user.data == "dict" and label == "iterable"
        return [place.on(user, place.depth + deeper)._replace(by_key=is_keyed, part=None)]

    def _element(self, place: Place, _label: str, user: Value) -> list[Place]:
        place = place.in_turn()
        found = [place.on(user, place.depth - 1)] if place.depth > 0 else []
        found.extend(place.on(node)._replace(by_key=_is_entry(node)) for node in self._built_by(place.value))
        found.extend(Place(sort, (), place.depth) for sort in self._ranked_by(user))
        found.extend(self._added_by(place))
        if place.depth == 0:
            found.extend(self._given_in_turn(place, user))
        return found

    def _added_by(self, place: Place) -> list[Place]:
        """The lists into which functions put the items of a loop that calls them with one after the other."""
        found: list[Place] = []
        for call in self._adding(place.value):
            stack = (*place.stack, call)
            for added in self._additions.by(call) if may_enter(call, place.stack) else ():
                around = self._flow.put_around(added, stack) if added.kind == "call" else None
                steps = around if around is not None else [Step("added", added, stack)]
                found.extend(Place(step.value, step.stack, place.depth) for step in steps)
        return found

    def _adding(self, iterable: Value) -> list[Value]:
        found = self._calling.get(iterable)
        if found is None:
            found = self._calling[iterable] = self._additions.in_turn(iterable)
        return found

    def _given_in_turn(self, place: Place, element: Value) -> list[Place]:
        """What a loop over a sequence hands out one by one: shown or sent in its order, or kept with the position."""
        found: list[Place] = []
        for call, text, in_order in self._handed_out(place.value):
            made_of = _parts(call)
            if element in made_of and (in_order or any(map(is_enumerate_index, made_of))):
                found.append(place.on(call, text=text))
        return found

    def _handed_out(self, iterable: Value) -> list[tuple[Value, str, bool]]:
        """The calls directly in a loop by which something leaves the program, as what, and whether that keeps turns."""
        found = self._leaving.get(iterable)
        if found is None:
            found = self._leaving[iterable] = []
            for call in iterable.body.calls:
                text = self._leaves_as(call) if call.loops and call.loops[-1] is iterable else ""
                if text:
                    api = self._flow.api(call)
                    in_order = text == "response" or (api is not None and api.medium in _IN_TURN)
                    found.append((call, text, in_order))
        return found

    def _leaves_as(self, call: Value) -> str:
        """As what a library's call takes what it is given out of the program; "" when it does not, or keeps it as a set
        that has no order to lose, or asks to have it ranked."""
        api = self._flow.api(call)
        if api is None or api.order == "ignores":
            return ""
        if "serves" in api.roles:
            return "response"
        is_write = "saves" in api.roles and api.medium in KEPT_IN and self._writes(call)
        return "write" if is_write and not self._orders.makes_ranking(call) else ""

    def _built_by(self, iterable: Value) -> list[Value]:
        """What a loop over a sequence builds in its order: lists, dicts, a generator's results."""
        found = self._built.get(iterable)
        if found is None:
            found = self._built[iterable] = []
            for node in iterable.body.nodes:
                if iterable not in node.loops:
                    continue
                if _adds(node) and not _is_on_element(node, iterable) and not _only_measures(node):
                    found.extend([node] if not self._is_placed(node) else [])
                elif any(label == "yield" for label, _ in node.uses) and _may_be_of(node, iterable):
                    found.append(node.body.returns)
        return found

    def _is_placed(self, node: Value) -> bool:
        """Whether a store puts its value where a position says, so that the loop's order is of no matter."""
        key = node.one("key") if node.kind == "store" else None
        return key is not None and (self._orders.is_rank(key) or _has_all_places(node))

    def _ranked_by(self, element: Value) -> list[Value]:
        """Sorts by the attribute in which a loop over `enumerate(…)` writes the position."""
        places = [user for label, user in element.uses if label == "object" and is_enumerate_index(user)]
        stores = [store for place in places for _, store in place.uses if store.kind == "store"]
        names = list(filter(None, map(put_under, stores)))
        attributes = self._orders.rank_attributes() if names else {}
        return [sort for name in names if name in attributes for sort in attributes[name][1]]

    # ------------------------------------------------------------------ mutation

    def _mutate(self, place: Place, label: str, user: Value) -> list[Place]:
        if label == "base":
            return [] if user.data == "sort" or user.name.endswith("shuffle") else [place.on(user)]
        if label == "arg" and user.data in ("append", "insert"):
            return [place.on(user, place.depth + 1)]
        return [place.on(user)] if label == "arg" and user.data in ("extend", "update") else []

    def _store(self, place: Place, label: str, user: Value) -> list[Place]:
        if label == "base":
            return [] if fills_whole(user) else [place.on(user)]
        if label != "value":
            return []
        if self._answers(user):
            return [place.on(user, text="response")] if not place.by_key else []
        deeper = place.depth + (isinstance(user.data, tuple) and not fills_slice(user))
        along = place.along(self._flow.reads_of_store(user))
        return [place.on(user, deeper), *along, *self._handed_over(place, user)]

    def _answers(self, store: Value) -> bool:
        """Whether an endpoint writes into the response that it was handed: `response.media = recommended`."""
        base = root(store.source)
        key = base.body.key
        is_handed = base.kind == "param" and not is_self(base)
        return store.data in _CONTENT and is_handed and bool(self._endpoints.of(key))

    # ------------------------------------------------------------------ calls

    def _call(self, place: Place, label: str, user: Value) -> list[Place]:
        if (copy := _copied(place, user)) is not None and not self._flow.is_own(user):
            return copy
        if label == "arg":
            return self._read_from(place, user) if told_attribute(user) is not None else self._into_call(place, user)
        return self._on_call(place, user) if label == "function" and place.value.kind == "attr" else []

    def _read_from(self, place: Place, call: Value) -> list[Place]:
        """What `getattr(object, "name", default)` gives of an object, or in its place."""
        is_object = place.value is call.arguments[0]
        return [place.on(call)] if not is_object or place.value.kind in _OBJECTS else []

    def _into_call(self, place: Place, call: Value) -> list[Place]:
        found: list[Place] = []
        for target in self._flow.targets(call):
            entered = self._flow.entered(target)
            if entered is not None:
                found.extend(place.along(self._flow.into_function(place.value, call, *entered, place.stack)))
            if target.kind == "class":
                validated = self._flow.validators.entered(place.value, call, place.stack)
                found.extend(place.along(validated) or [place.on(call)])
            elif target.kind == "external":
                found.extend(self._into_library(place, call))
        return found

    def _into_library(self, place: Place, call: Value) -> list[Place]:
        api = self._flow.api(call)
        roles = api.roles if api is not None else frozenset()
        if call.calls_method(*PUTTING) and (around := self._flow.put_around(call, place.stack)):
            deeper = int(not call.calls_method("extend"))
            return [Place(each.value, each.stack, place.depth + deeper) for each in around]
        text = self._leaves_as(call)
        if text:
            return [place.on(call, text=text)] if not place.by_key else []
        if roles & STOPPING or (api is not None and "saves" in roles and api.medium in KEPT_IN and self._writes(call)):
            return []
        name = last_name(call.function)
        is_response = api is None and (name[:1].isupper() or "response" in name.lower() or makes_from(call))
        is_set = api is not None and api.name in ("set", "frozenset")
        if api is not None and not is_response and name not in _RENDERING:
            place = place.in_turn()
        is_rendered = name in _RENDERING and not _makes_prompt(call)
        if (written := self._written_in_cell(call)) is not None and not place.by_key:
            return [place.on(written, text="write")]
        goes_on = is_response or is_set or is_rendered or place.value in self._orders.kept_by(call)
        return [place.on(call)] if goes_on else []

    def _written_in_cell(self, call: Value) -> Value | None:
        """What writes the row into which a list goes as a text: `writer.writerow([user, str(best)])`."""
        texts = [call] if call.calls_external("str", "repr") else []
        for text in texts:
            for label, user in text.uses if len(texts) < CELL_LIMIT else ():
                if user.kind in ("slice", "collection", "attr") or (label == "function" and user.calls_method("strip")):
                    texts.append(user)  # a part of the text, the row
                elif label == "arg" and self._leaves_as(user) == "write":
                    return user
        return None

    def _on_call(self, place: Place, call: Value) -> list[Place]:
        """A method of a sequence is called."""
        receiver = call.function.source
        if call.calls_method("difference", "intersection", "union") and is_set(receiver):
            return [] if _is_remainder(call) else [place.on(call)]
        place = place if call.calls_method("get", "copy", "dict", "model_dump", "to_dict") else place.in_turn()
        found: list[Place] = []
        for target in self._flow.targets(call):
            api = target.api
            if target.kind == "func" or (api is not None and self._orders_anew(api.order, call)):
                continue
            if api is not None and "saves" in api.roles and self._writes(call):
                found.append(place.on(call, text="write"))
            elif api is not None and "serves" in api.roles and target.receiver is not None and not target.guessed:
                found.append(place.on(call, text="response"))
            elif receiver in self._orders.kept_by(call):
                found.append(place.on(call, max(place.depth - call.calls_method(*_TAKING), 0)))
        return found

    def _orders_anew(self, order: str, call: Value) -> bool:
        return order in ("sorts", "ranks") and self._orders.sort_key(call).kind in ("score", "rank")

    def _writes(self, call: Value) -> bool:
        """A statement sent to a database writes an order only when it may keep one."""
        if "execute" not in last_name(call.function):
            return True
        return any(query.statement.keeps_order for query in self._orders.queries(call))


def _whole(value: Value) -> Value:
    """What a part was taken from: `order[:, ::-1]`."""
    while value.kind in ("item", "slice", "same", "passed"):
        value = value.source
    return value


def _parts(call: Value) -> set[Value]:
    """Everything that a call's arguments are made of in the expression itself."""
    found: set[Value] = set()
    waiting = [source for label, source in call.inputs if label != "function"]
    if call.receiver is not None and call.receiver.kind == "call":
        waiting.append(call.receiver)  # `Message(item.name).send()`
    while waiting and len(found) < PART_LIMIT:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += [source for label, source in node.inputs if label != "function"] if node.kind != "phi" else []
            if node.kind == "call" and node.receiver is not None:
                waiting.append(node.receiver)
    return found


def _makes_prompt(call: Value) -> bool:
    """Whether a text is filled in for a language model to read: `PROMPT.format(context=passages)`."""
    template = call.receiver if call.calls_method("format") else None
    if template is None:
        return False
    held = str(template.data[1]) if template.kind == "global" and isinstance(template.data, tuple) else template.name
    names = [held, call.body.scope.name, *call.body.names_of(call), *template.body.names_of(template), *call.keywords]
    return any(map(_PROMPT.search, names))


def _has_all_places(store: Value) -> bool:
    """Whether a list had all its places before something was put at one of them: `[None] * len(items)`."""
    began = beginnings(store)
    return bool(began) and all(
        each.kind == "operation"
        and each.data == "*"
        and any(part.kind == "collection" and part.data == "list" for part in each.every("operand"))
        for each in began
    )


def _says_which(place: Place, item: Value) -> bool:
    """Whether an order is that of the places by which items are taken: `rows[best]`, `rows[numpy.arange(n)[:, None],
    best]`."""
    held = place.value
    if held.kind == "collection" and place.part is not None:
        held = held.inputs[place.part][1]
    return taken_by(item) is held and not is_mask(held)


def _is_pair(value: Value) -> bool:
    """Whether a value is a key of a mapping with what is kept under it, whose order the key has not."""
    return value.kind == "element" and value.source.calls_method("items")


def _copied(place: Place, call: Value) -> list[Place] | None:
    """Into a copy with something else in some fields: what is given anew, and what the object had unless that is made
    of it. None where a call makes no such copy."""
    base = copied(call)
    given = [source for _, source in given_anew(call)] if base is not None else []
    if base is None or not given:
        return None
    if place.value in given:
        return [place.on(call)]
    if place.value.kind == "dict":  # `update={"hits": …}`
        return [place.on(call, max(place.depth - 1, 0))]
    is_of_object = place.value in (base, call.function)
    is_made_of_own = any(part.kind == "attr" and part.source is base for part in _parts(call))
    return [place.on(call)] if is_of_object and not is_made_of_own else []


def _only_measures(node: Value) -> bool:
    """Whether what is appended are numbers about items, in a record that names none of them: no id, no title, not the
    item itself and nothing that was looked up by it."""
    record = node.every("arg")[0] if node.kind == "mutate" and node.data == "append" and node.every("arg") else None
    if record is None or record.kind != "dict" or not record.keys or record.every("spread"):
        return False
    names = [key for key in record.keys if isinstance(key, str)]
    names += [read_name(value) for value in record.every("item")]
    return all(map(_is_number, record.every("item"))) and not any(map(_NAMING.search, names))


def _is_number(value: Value) -> bool:
    """Whether a value is worked out, counted or read under a name that is written down."""
    counted = value.calls_external("len", "round", "float", "int", "abs", "sum", "min", "max")
    return (
        counted
        or value.kind in ("operation", "compare", "const")
        or is_enumerate_index(value)
        or bool(read_name(value))
    )


def _may_be_of(value: Value, iterable: Value) -> bool:
    """Whether a value may be made of what a loop meets."""
    parts = (value, *_parts(value))
    return any(part.kind == "phi" or (part.kind == "element" and part.source is iterable) for part in parts)


def _is_remainder(value: Value) -> bool:
    """Whether what is left of a set is called what nobody has: ids that were not found."""
    return any(map(_MISSING.search, value.body.names_of(value)))


def _is_entry(node: Value) -> bool:
    """Whether something is put in a mapping under a key that the loop decides."""
    if node.kind != "store" or node.key is not None:
        return False
    key = node.one("key")
    return _is_mapping(node) or (key is not None and root(key).kind == "element" and root(key).source is node.loops[-1])


def _is_mapping(value: Value) -> bool:
    return any(each.kind == "dict" or each.calls_external(*_MAPPINGS) for each in beginnings(value))


def _is_on_element(node: Value, iterable: Value) -> bool:
    """Whether something is put into what a loop meets, or makes anew each time: `for row in rows: row["x"] = …`."""
    base = root(node.source) if node.kind == "store" else None
    is_met = base is not None and base.kind == "element" and base.source is iterable
    return is_met or (base is not None and base.kind == "call" and iterable in base.loops)


def _adds(node: Value) -> bool:
    if node.kind == "mutate":
        return node.data in ("append", "extend")
    return node.kind == "store" and isinstance(node.data, tuple)

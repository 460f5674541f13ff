"""What runs behind the serving boundaries: the functions that an endpoint calls, and what they read."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from mldebt.flow.idioms import EXTENT, OWN_IDS, is_tool_call
from mldebt.flow.linking import Target
from mldebt.flow.orders.id_searches import asks_no_scores, compares_letters, ranks_nothing
from mldebt.flow.services.past import is_report
from mldebt.flow.services.serving import Boundaries
from mldebt.flow.steps import Stack, Step, Visit, may_enter
from mldebt.flow.value import Value

Unit = tuple[int, int]
UNIT_LIMIT = 5_000
WALK_LIMIT = 300
ANSWER_LIMIT = 2500
FIRST_ERROR = 400
HANDED_LIMIT = 20
CALLED = "called"
_STATEMENTS = ("execute", "query", "scalar", "scalars")
_METRICS = (
    "sklearn.metrics.",
    "sklearn.model_selection.",
    "tensorflow.keras.metrics.",
    "torchmetrics.",
    "darts.metrics.",
    "sktime.performance_metrics.",
    "seqeval.metrics.",
    "surprise.accuracy.",
)
MODEL_ROLES = frozenset({"predicts", "ranks", "embeds", "calls_llm"})


class Behind:
    """Questions about what serves, from one walk over the calls."""

    def __init__(self, boundaries: Boundaries) -> None:
        self.boundaries = boundaries
        self.flow = boundaries.flow
        self._callables: dict[Value, list[Unit]] = {}
        self._known: dict[Unit, tuple[Unit, ...]] = {}
        self._made_of = self.flow.remembered(self._find_made_of)

    def endpoint(self, module: int, number: int) -> Unit | None:
        """An endpoint behind which a function runs; None when none is known."""
        return self._units.get((module, number))

    def endpoints(self, module: int, number: int) -> tuple[Unit, ...]:
        """Every endpoint behind which a function runs, those whose calls lead there in the fewest steps first."""
        known = self._known.get((module, number))
        if known is None:
            found = dict.fromkeys([(module, number)])
            waiting = list(found)
            while waiting:
                before = [unit for unit in self._callers.get(waiting.pop(0), ()) if unit not in found]
                found.update(dict.fromkeys(before))
                waiting.extend(before)
            known = self._known[module, number] = tuple(unit for unit in found if self._units.get(unit) == unit)
        return known

    def serves(self, value: Value) -> Unit | None:
        """An endpoint that a value is made for: made behind it, or kept in a global or an attribute that it reads."""
        found = self.endpoint(value.body.module.index, value.body.number)
        if found is not None:
            return found
        for visit in self.flow.walk(value, self._kept, limit=WALK_LIMIT):
            body = visit.value.body
            found = self.endpoint(body.module.index, body.number)
            if found is not None:
                return found
        return None

    def _kept(self, value: Value, stack: Stack) -> list[Step]:
        """Where the same value is read; not into the functions that it is given to, which serve others too."""
        return [step for step in self.flow.forth(value, stack) if step.label not in ("argument", "constructs")]

    @cached_property
    def _units(self) -> dict[Unit, Unit]:
        """Every function that runs behind an endpoint, with the first endpoint found."""
        found: dict[Unit, Unit] = {}
        for unit in self._endpoints():
            found.setdefault(unit, unit)
            for made in self._making(unit):
                found.setdefault(made, unit)
        waiting = list(found)
        while waiting and len(found) < UNIT_LIMIT:
            unit = waiting.pop(0)
            for after in self._called(unit):
                if after not in found:
                    found[after] = found[unit]
                    waiting.append(after)
        return found

    @cached_property
    def _callers(self) -> dict[Unit, list[Unit]]:
        """Of every function that runs behind an endpoint, those that call it there."""
        found: dict[Unit, list[Unit]] = defaultdict(list)
        for unit in self._units:
            for after in dict.fromkeys(self._called(unit)):
                found[after].append(unit)
        for unit in self._endpoints():
            for made in self._making(unit):
                found[made].append(unit)
        return found

    def _endpoints(self) -> list[Unit]:
        return [
            (module.index, number)
            for module in self.flow.program.modules
            if module.category == "product"
            for number in range(len(module.facts.scopes))
            if self.boundaries.endpoint(module.index, number)
        ]

    def _making(self, unit: Unit) -> list[Unit]:
        """How the object is made whose method an endpoint is."""
        cls = self.flow.program.enclosing_class(unit)
        init = self.flow.initializer(cls) if cls is not None else None
        return [(init.module, init.scope)] if init is not None and init.kind == "func" else []

    def model_of(self, unit: Unit) -> Value | None:
        """The nearest call of a model whose result is part of what a function returns."""
        visit = self.way_to_model(unit)
        return visit.value if visit is not None else None

    def way_to_model(self, unit: Unit) -> Visit | None:
        """The nearest call of a model whose result is part of what a function returns, with the way to it."""
        for visit in self.flow.walk(self.flow.body(*unit).returns, self._made_of, limit=ANSWER_LIMIT):
            if self._asks(visit) and not is_report(visit, self._called, self._judges):
                return visit
        return None

    def _asks(self, visit: Visit) -> bool:
        """Whether a call asks a model; where it calls what it was handed, that does. What is learnt from all data when
        an engine is made, groups for instance, is no answer; what an endpoint itself puts into groups is."""
        value = visit.value
        if visit.label == CALLED and any(map(_is_asked, self.flow.callees(value))):
            return True
        if value.kind != "call" or not (roles := self.flow.roles(value)) & MODEL_ROLES:
            return False
        if "fits" in roles and visit.path()[0].value.body is not value.body:
            return False
        if "ranks" in roles and (ranks_nothing(value) or asks_no_scores(value) or compares_letters(self.flow, value)):
            return False
        return "saves" not in roles and not self._handed(value, visit.stack)

    def _handed(self, call: Value, stack: Stack) -> list[Value]:
        """The functions that the open call handed in for the parameter that a call calls: of all callers' functions,
        those that run here."""
        found: list[Value] = []
        waiting = [Step("", call.function, stack)]
        while waiting and len(found) < HANDED_LIMIT:
            step = waiting.pop()
            if step.value.kind == "free":
                waiting.extend(self.flow.back(step.value, step.stack))
            elif step.value.kind == "param" and step.stack:
                waiting.extend(self.flow.back_param(step.value, step.stack))
            elif step.value is not call.function and self.flow.callees(step.value):
                found.append(step.value)
        return found

    def _find_made_of(self, value: Value, stack: Stack) -> list[Step]:
        """What a value was made from, with what a library was handed to make it with; how much there is of a result
        says nothing of it, nor how good it was in training, nor does what a store answers that embeds what it keeps,
        nor what a model asks for; what stands in a file is not made of the file's name, nor what stands in a database
        of what else was handed to the session."""
        if _is_extent(value) or _acknowledges(value) or is_tool_call(value):
            return []
        if self._reads_file(value) or self._tells_of_training(value):
            return []
        handed = self._handed(value, stack) if value.kind == "call" else []
        if handed:
            return self._by_handed(value, stack, handed)
        if value.kind == "call" and "saves" in (roles := self.flow.roles(value)) and roles & MODEL_ROLES:
            return []
        steps = [
            step
            for step in self.flow.back(value, stack)
            if step.label not in ("key", "bound")
            and not (step.label == "receiver" and self._asks_database(value))
            and not (value.kind == "return" and _is_refusal(step.value))
            and not (step.label == "property" and not step.value.body.module.is_property(step.value.body.number))
        ]
        steps += (Step("chosen", source, stack) for source in _chosen_by(value))
        if value.kind == "param" and not stack:
            taken = self._taken_for_others(value)
            steps = [step for step in steps if step.value not in taken]
        if value.kind == "call" and may_enter(value, stack) and not self._is_own(value):
            applied = [unit for source in value.arguments if source.kind != "const" for unit in self._callable(source)]
            steps.extend(Step("applied", self.flow.body(*unit).returns, (*stack, value)) for unit in applied)
        return steps

    def _reads_file(self, value: Value) -> bool:
        api = self.flow.api(value) if value.kind == "call" else None
        return api is not None and api.medium == "file" and "reads" in api.roles

    def _asks_database(self, call: Value) -> bool:
        api = self.flow.api(call) if call.calls_method(*_STATEMENTS) else None
        return api is not None and api.medium == "table"

    def _judges(self, unit: Unit) -> bool:
        return any(map(self._tells_how_good, self.flow.body(*unit).calls))

    def _tells_of_training(self, value: Value) -> bool:
        """Whether a call tells how good a model is where that is trained: nobody is served by it."""
        return self._tells_how_good(value) and any("fits" in self.flow.roles(call) for call in value.body.calls)

    def _tells_how_good(self, value: Value) -> bool:
        """Whether a call compares what a model says with the truth."""
        api = self.flow.api(value) if value.kind == "call" else None
        return api is not None and "measures" in api.roles and api.name.startswith(_METRICS)

    def _taken_for_others(self, param: Value) -> set[Value]:
        """What only calls by the name of a method give it, on objects of unknown kinds: a way that comes to the method
        by what it keeps, and by none of its calls, may go on to the callers of any library's."""
        unit = param.body.key
        return self.flow.given_only_by(param, lambda call: self._is_guessed(call, unit))

    def _is_guessed(self, call: Value, unit: Unit) -> bool:
        targets = [target for target in self.flow.targets(call) if self.flow.entered(target) == unit]
        return bool(targets) and all(target.guessed for target in targets)

    def _by_handed(self, call: Value, stack: Stack, handed: list[Value]) -> list[Step]:
        """Into the functions that were handed in, and to what these are given."""
        steps = [Step("arg", source, stack) for source in call.arguments]
        for function in handed:
            steps.append(Step(CALLED, function, stack))
            own = [target for target in self.flow.callees(function) if target.kind == "func"]
            for target in own if may_enter(call, stack) else ():
                steps.extend(self.flow.enter_return(call, target, stack))
        return steps

    def _is_own(self, call: Value) -> bool:
        """Whether a call calls the repository's own code, whose calls of what it is handed are known."""
        return any(target.kind in ("func", "class") and not target.guessed for target in self.flow.targets(call))

    def _callable(self, value: Value) -> list[Unit]:
        """The repository's own functions that a library runs when it is handed a method or an object to call."""
        found = self._callables.get(value)
        if found is None:
            found = self._callables[value] = self._find_callable(value)
        return found

    def _find_callable(self, value: Value) -> list[Unit]:
        if value.kind == "attr":
            return [target.key for target in self.flow.callees(value) if target.kind == "func" and not target.guessed]
        classes = [each.name for each in self.flow.types(value) if isinstance(each.name, tuple)]
        methods = [self.flow.program.method(cls, "__call__") for cls in classes]
        return [(each.module, each.scope) for each in methods if each is not None and each.kind == "func"]

    def _called(self, unit: Unit) -> list[Unit]:
        """The functions that run when a function does: what it calls, and what it hands to others to call."""
        calls = self.flow.body(*unit).calls
        targets = [target for call in calls for target in self.flow.targets(call)]
        for call in calls:
            handed = [source for _, source in call.inputs[1:] if source.kind in ("func", "attr")]
            targets.extend(target for source in handed for target in self.flow.callees(source))
        return [after for target in targets if not target.guessed and (after := self._unit(target)) is not None]

    def _unit(self, target: Target) -> Unit | None:
        if target.kind == "func":
            return target.module, target.scope
        if target.kind == "class":
            init = self.flow.initializer((target.module, target.scope))
            return (init.module, init.scope) if init is not None and init.kind == "func" else None
        return None


def _chosen_by(value: Value) -> list[Value]:
    """What rows are taken by out of a table: `table.iloc[places]`, `table[table["id"].isin(ids)]`; which they are is
    what whoever gave those says."""
    owner = value.source if value.kind == "item" else None
    if owner is None or (key := value.one("key")) is None:
        return []
    at_place = owner.kind == "attr" and owner.data == "iloc"
    masks = key.every("operand") if key.kind == "operation" else [key]
    return [
        *([key] if at_place and key.kind not in ("const", "slice") else []),
        *(mask.arguments[0] for mask in masks if mask.calls_method("isin") and mask.arguments),
    ]


def _is_asked(target: Target) -> bool:
    return target.api is not None and bool(target.api.roles & MODEL_ROLES) and "saves" not in target.api.roles


def _acknowledges(value: Value) -> bool:
    """Whether a sentence only says what was done with something, by its id: `f"Rating {rating.id} was kept"`."""
    parts = value.every("part") if value.kind == "template" else []
    words = any(text is not None and " " in text.strip() for text in value.texts) if parts else False
    return words and all(part.kind == "attr" and part.name in OWN_IDS for part in parts)


def _is_extent(value: Value) -> bool:
    """How many there are, one by one or of each."""
    if value.kind == "comprehension":
        return all(map(_is_extent, value.every("element"))) and bool(value.every("element"))
    if value.calls_external("len", "collections.Counter") or value.calls_method("value_counts", "nunique"):
        return True
    return _is_tally(value) or (value.kind == "attr" and value.data in EXTENT)


def _is_tally(value: Value) -> bool:
    """One more of a kind: `counts[kind] = counts.get(kind, 0) + 1`, `counts[kind] += 1`."""
    stored = any(label == "value" and user.kind == "store" and user.key is None for label, user in value.uses)
    if not stored or value.kind != "operation" or value.data != "+" or len(value.inputs) != 2:
        return False
    before, more = (source for _, source in value.inputs)
    if more.kind != "const" or not isinstance(more.data, int):
        return False
    if before.kind == "call":
        default = before.arguments[1:] if before.calls_method("get") else []
        return bool(default) and isinstance(default[0].data, int)
    return before.kind == "item" and before.key is None


def _is_refusal(value: Value) -> bool:
    """An answer with the status of an error."""
    if value.kind == "collection":
        return any(_is_error(source) for _, source in value.inputs[1:])
    keywords: tuple[str, ...] = value.data if value.kind == "call" else ()  # type: ignore[assignment]
    return any(
        keyword in ("status_code", "status") and _is_error(source)
        for keyword, (_, source) in zip(keywords, value.inputs[1:], strict=False)
    )


def _is_error(value: Value) -> bool:
    return value.kind == "const" and isinstance(value.data, int) and value.data >= FIRST_ERROR

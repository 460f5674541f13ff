"""What a model sees of each row: columns that are chosen or computed, what makes features of them, and the target."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from itertools import takewhile

import msgspec

from mldebt.flow.calls.words import last_name
from mldebt.flow.evaluation.gradients import TRAINS
from mldebt.flow.idioms import number_written
from mldebt.flow.linking import ClassKey
from mldebt.flow.steps import Visit
from mldebt.flow.types.at_hand import AtHand
from mldebt.flow.types.models import Models, short_name
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.configuration.configured import Configured
from mldebt.pipeline.ingestion.columns import VIEWS, Columns
from mldebt.pipeline.models.lifecycle import same_object
from mldebt.pipeline.models.origins import Origins
from mldebt.pipeline.models.register import TrainedModel
from mldebt.pipeline.models.stages import first_columns
from mldebt.regex import regex

SHOWN = 60
INSIDE_LIMIT = 400
MENTIONED_LIMIT = 80
_TARGETS = frozenset(
    "y Y label labels target targets y_train Y_train target_column label_column labelCol ratingCol".split()
)
_TOLD = frozenset({"userCol", "itemCol"})
"""Arguments by which a model is told a column that it learns from."""
_FITTED = frozenset({"pyspark.ml.FeatureModel"})
"""What fitting gives: what was fitted is told."""
_SPLIT = "train_test_split"
_MAKERS = frozenset({"transformer", "vectorizer"})
_NO_MAKER = regex(r"^imblearn\.|(ColumnTransformer|FeatureUnion|Pipeline|LabelEncoder|LabelBinarizer|[a-z]I)$")
_OF_FEATURES = regex(r"feature|extract|column|input", re.IGNORECASE)
_PLAIN = frozenset("phi passed same store mutate attr item param free global choice slice return".split())
_PLAIN_CALLS = frozenset(
    """train_test_split astype ravel to_numpy map fillna reset_index array asarray squeeze reshape to_list tolist values
    flatten copy Series DataFrame log log1p get_dummies drop dropna sample sort_values""".split()
)
_NO_COLUMN = VIEWS | {"values", "T", "index", "columns"}
_SCORES = frozenset("cross_validate cross_val_score cross_val_predict".split())
_COMPUTED = frozenset({"operation", "compare", "call", "choice", "comprehension"})
CHOSEN, _MADE, _READ = "chosen by name", "computed here", "read of each row"
NAMED = (CHOSEN, _READ)
"""How a feature is told where the code says which there are, and no others."""
_KINDS = ("feature", "maker", "target", "left out")


class Feature(msgspec.Struct, frozen=True, kw_only=True):
    """One fact: `kind` is feature, maker, target or left out; `note` is how, or of what."""

    kind: str
    text: str
    note: str
    at: Value


class Features:
    """Questions about the inputs of models."""

    def __init__(self, flow: Flow, configured: Configured) -> None:
        self.flow = flow
        self.models = flow.shared(Models)
        self.origins = flow.shared(Origins)
        self.columns = Columns(flow, configured)

    def of(self, model: TrainedModel) -> list[Feature]:
        """Each once, by kind; what is left out, where nothing says what is left."""
        found: dict[tuple[str, str], Feature] = {}
        for each in self._all(model):
            found.setdefault((each.kind, each.text), each)
        targets = {each.text for each in found.values() if each.kind == "target"}
        chosen = {each.text for each in found.values() if each.note in NAMED}
        kept = [
            each
            for each in found.values()
            if each.kind in ("maker", "target") or (each.text not in targets and (each.kind == "feature" or not chosen))
        ]
        return sorted(kept, key=lambda each: _KINDS.index(each.kind))[:SHOWN]

    def behind(self, model: TrainedModel, column: str) -> frozenset[str]:
        """The columns from which a column is computed on the way to a model, and those behind these."""
        made: dict[str, set[str]] = defaultdict(set)
        for visit in self.origins.visits(model):
            stored = visit.value.one("value") if visit.value.kind == "store" else None
            if stored is not None and isinstance(visit.value.data, tuple) and isinstance(visit.value.key, str):
                made[visit.value.key] |= self._mentioned(stored)
        found: set[str] = set()
        waiting = [column]
        while waiting:
            further = made[waiting.pop()] - found
            found |= further
            waiting += further
        return frozenset(found)

    def _mentioned(self, value: Value) -> set[str]:
        """The columns from which a value is computed."""
        visits = self.flow.walk(value, self.flow.back, limit=MENTIONED_LIMIT)
        return {str(each.value.data) for each in visits if each.value.kind in ("item", "attr") and each.value.data}

    def _all(self, model: TrainedModel) -> Iterator[Feature]:
        hand = AtHand(self.flow, model.cls)
        roles: dict[int, str] = {}
        chosen: dict[int, frozenset[str]] = {}
        dropped: dict[str, Value] = {}
        for visit in self.origins.visits(model):
            role = roles[id(visit)] = self._role(visit, roles)
            before = chosen[id(visit)] = chosen[id(visit.parent)] if visit.parent is not None else frozenset()
            if role == "none":
                continue
            if role == "feature":
                for step in self._dropping(visit):
                    dropped = {**dict.fromkeys(self.columns.dropped(step), step), **dropped}
            found = list(self._target(visit) if role == "target" else self._inputs(visit, hand))
            if not before:  # what is chosen last is what the model sees
                chosen[id(visit)] = frozenset(each.text for each in found if each.note in NAMED)
            yield from (each for each in found if self._counts(each, before, dropped))
        yield from self._left_out(model, dropped)
        yield from self._told(model)
        for call in model.trained:
            receiver = call.receiver if call.kind == "call" else None
            if receiver is not None:
                yield from self._inside(receiver, model, hand)
        yield from self._inside(model.made, model, hand)

    def _dropping(self, visit: Visit) -> Iterator[Value]:
        """The steps that may leave columns out of what is visited: itself, and what is done to it in place before it
        goes on."""
        value, after = visit.value, visit.parent.value if visit.parent is not None else None
        if value.kind in ("call", "item"):
            yield value
        is_placed = after is not None and after.body is value.body and after.kind not in ("return", "phi")
        before = after.at if after is not None and is_placed else sys.maxsize
        yield from self.columns.in_place(value, before)

    def _left_out(self, model: TrainedModel, dropped: Mapping[str, Value]) -> Iterator[Feature]:
        """The columns that are dropped; not those that the code makes for itself and drops again."""
        stores = (visit.value for visit in self.origins.visits(model) if visit.value.kind == "store") if dropped else ()
        made = {store.key for store in stores if isinstance(store.data, tuple)}
        for name, call in dropped.items():
            if name not in made:
                yield Feature(kind="left out", text=name, note="", at=call)

    def _told(self, model: TrainedModel) -> Iterator[Feature]:
        """The target that a model is told by name when it is made: `RandomForestClassifier(labelCol="churned")`."""
        for keyword, source in model.made.named_arguments if model.made.kind == "call" else ():
            kind = "target" if keyword in _TARGETS else "feature" if keyword in _TOLD else ""
            if kind:
                note = CHOSEN if kind == "feature" else ""
                yield from (Feature(kind=kind, text=name, note=note, at=source) for name in self.columns.one(source))

    def _counts(self, each: Feature, chosen: frozenset[str], dropped: Collection[str]) -> bool:
        """Whether a column is one that the model sees: not dropped, and among those that are chosen after it."""
        if each.note not in (*NAMED, _MADE):
            return True
        return each.text not in dropped and each.text not in _TARGETS and (not chosen or each.text in chosen)

    # ------------------------------------------------------------------ which side of the training

    def _role(self, visit: Visit, roles: dict[int, str]) -> str:
        """Whether a visit is on the way to what is predicted, or to what it is predicted from; "none" for what a split
        keeps apart from it."""
        parent = visit.parent
        if parent is None:
            return "target" if any(self._fits(user, visit.value) for _, user in visit.value.uses) else "feature"
        role = roles[id(parent)]
        if role == "target" and visit.label != "returned" and not self._is_plain(parent.value):
            return "none"
        if parent.value.kind == "call":
            if visit.label == "arg" and self._named(parent.value, visit.value) in _TARGETS:
                return "target"
            place = self._split_place(parent)
            if place >= 0 and visit.label == "arg":
                return role if self._place(parent.value, visit.value) == place else "none"
        return role

    def _fits(self, call: Value, source: Value) -> bool:
        """Whether a call trains with a value as its target: the second argument, or one that is named so."""
        if call.kind != "call" or not self.flow.roles(call) & TRAINS:
            return False
        name = self._named(call, source)
        place = self._place(call, source)
        if name:
            return name in _TARGETS
        return place == 2 if last_name(call) in _SCORES else place == 1 and last_name(call) in ("fit", "fit_transform")

    def _is_plain(self, value: Value) -> bool:
        """Whether what stands behind a value is the same column yet; one that is picked by name is the end."""
        if value.kind == "call":
            return last_name(value) in _PLAIN_CALLS
        if value.kind == "item" and isinstance(value.key, str):
            return self._is_slot(value)
        return value.kind in _PLAIN

    def _is_slot(self, value: Value) -> bool:
        """Whether a key says that answers are kept there, in what is no table: `parts["y"]` names no column, and in
        `parts["train"]["y"]` neither key does."""
        if value.kind != "item" or not isinstance(value.key, str) or self._is_table(value.source):
            return False
        users = (user for label, user in value.uses if label == "object" and user.kind == "item")
        return value.key in _TARGETS or any(user.key in _TARGETS for user in users)

    def _split_place(self, parent: Visit) -> int:
        """Of which argument of a split a visit unpacks a part: `a, b, c, d = train_test_split(rows, labels)`, perhaps
        out of a function that returns all of them."""
        above = parent.parent
        while above is not None and (above.value.kind == "return" or self._is_left_by(above)):
            above = above.parent
        taken = above.value if above is not None else None
        if taken is None or taken.kind != "item" or not isinstance(taken.key, int) or last_name(parent.value) != _SPLIT:
            return -1
        return taken.key // 2

    def _is_left_by(self, visit: Visit) -> bool:
        """Whether a visit is a call of the repository's own function, out of which the walk came."""
        targets = self.flow.targets(visit.value) if visit.value.kind == "call" else ()
        return any(target.kind == "func" and not target.guessed for target in targets)

    def _named(self, call: Value, source: Value) -> str:
        return next((name for name, each in call.named_arguments if each is source), "")

    def _place(self, call: Value, source: Value) -> int:
        return next((place for place, each in enumerate(call.arguments) if each is source), -1)

    # ------------------------------------------------------------------ what is found there

    def _target(self, visit: Visit) -> Iterator[Feature]:
        value = visit.value
        if self._is_slot(value) or (self._is_handed_out(visit) and not self._is_table(value.source)):
            return
        if names := self.columns.target(value) or self._by_place(visit):
            yield from (Feature(kind="target", text=name, note="", at=value) for name in names)
        elif value.kind == "attr" and self._is_table(value.source) and not self._is_method(value):
            yield Feature(kind="target", text=value.name, note="", at=value)

    def _is_handed_out(self, visit: Visit) -> bool:
        """Whether a function of the team's own hands out what is taken by a key: of a table, it may be a column."""
        path = visit.path()[::-1]
        near = takewhile(lambda each: each.label != "arg", path)  # what a step is given is another thing
        calls = (each.parent.value for each in near if each.parent is not None and each.label == "returned")
        return visit.value.kind == "item" and not all(map(self._is_plain, calls))

    def _by_place(self, visit: Visit) -> list[str]:
        """The column that stands at a place among those that are chosen by name: `rows[COLUMNS].iloc[:, 0]`."""
        places = [place for each in visit.path() if (place := _place_in(each.value)) is not None]
        chosen = self.columns.taken(visit.value) if places else []
        steps = [step for each in visit.path() for step in self._dropping(each)] if chosen else []
        gone = {name for step in steps for name in self.columns.dropped(step)}
        names = [name for name in chosen if name not in gone]
        return [names[places[-1]]] if len(names) > 1 and -len(names) <= places[-1] < len(names) else []

    def _inputs(self, visit: Visit, hand: AtHand) -> Iterator[Feature]:
        value = visit.value
        if names := self.columns.taken(value):
            yield from (Feature(kind="feature", text=name, note=CHOSEN, at=value) for name in names)
        elif names := self.columns.of_row(value, _taker(visit)):
            yield from (Feature(kind="feature", text=name, note=_READ, at=value) for name in names)
        elif value.kind == "store" and isinstance(value.data, tuple) and isinstance(value.key, str):
            stored = value.one("value")
            cast = stored is not None and stored.kind == "call" and last_name(stored) == "astype"
            made = stored is not None and stored.kind in _COMPUTED and not cast
            if (made or _is_new(value.source)) and self._is_table(value.source):
                yield Feature(kind="feature", text=value.key, note=_MADE, at=value)
        if value.kind == "call":
            yield from self._made_by(value)
            yield from self._extractors(value, hand, visit)

    def _made_by(self, call: Value) -> Iterator[Feature]:
        """The library's transformer that a call fits or applies."""
        receiver = call.receiver
        names = {each.name for each in self.flow.types(receiver)} if receiver is not None else set()
        for name in sorted(name for name in names if isinstance(name, str)):
            if self.models.kind(name) in _MAKERS and not _NO_MAKER.search(name) and name not in _FITTED:
                yield Feature(kind="maker", text=self._written(receiver, name), note="", at=call)

    def _written(self, made: Value | None, name: str) -> str:
        """What a person calls a transformer: the class that is written down where it is made, not what it stands for
        in the catalogue."""
        for each in same_object(self.flow, made) if made is not None else ():
            for target in self.flow.targets(each) if each.kind == "call" else ():
                if target.api is not None and target.receiver is None and target.api.returns == name:
                    function = each.function
                    return short_name(str(function.data) if function.kind == "external" else target.name)
        return short_name(name)

    def _extractors(self, call: Value, hand: AtHand, visit: Visit) -> Iterator[Feature]:
        """The repository's own extractors that a transformer of its own is built of: `Extractor([HasUrl(), Age()])`."""
        cls = self._transformer(call)
        if cls is None:
            return
        init = self.flow.initializer(cls)
        body = self.flow.body(init.module, init.scope) if init is not None and init.kind == "func" else None
        for name in body.params if body is not None else ():
            for given in self.flow.argument(call, body, name) if body is not None else ():
                for member in self.flow.members(given, visit.stack):
                    made = member.value
                    if made.kind == "call" and not hand.never(made, member.stack) and (own := self._own(made)):
                        kind = "feature" if _OF_FEATURES.search(name) else "maker"
                        yield Feature(kind=kind, text=own, note=f"{name} of {self.flow.scope(*cls).name}", at=made)

    def _inside(self, start: Value, model: TrainedModel, hand: AtHand) -> Iterator[Feature]:
        """The transformers that a pipeline holds, with the columns that each is told to take."""
        stages: list[Value] = []
        for visit in self.flow.walk(start, self.origins.within(model.cls), limit=INSIDE_LIMIT):
            value, parent = visit.value, visit.parent
            if value.kind != "call" or parent is None or parent.value.kind != "collection":
                continue
            made = next((name for name in self._makes(value) if self.models.kind(name) in _MAKERS), "")
            if made and not _NO_MAKER.search(made) and not hand.never(value, visit.stack):
                beside = parent.value.every("item")[2:] if parent.value.data == "tuple" else []
                columns = [name for item in beside for name in self.columns.named(item)]
                called = self._written(value, made)
                text = f"{called} of {', '.join(columns)}" if columns else called
                yield Feature(kind="maker", text=text, note="", at=value)
                stages.append(value)
        for name, stage in first_columns(stages, self.columns):
            yield Feature(kind="feature", text=name, note=CHOSEN, at=stage)

    def _makes(self, call: Value) -> list[str]:
        """The library's types that a call may make an object of."""
        made = [t.api.returns or t.name for t in self.flow.targets(call) if t.api is not None and t.receiver is None]
        return [name for name in made if name] or [str(t.name) for t in self.flow.types(call)]

    # ------------------------------------------------------------------ small questions

    def _transformer(self, call: Value) -> ClassKey | None:
        """The repository's own class with a `transform` of which a call makes an object."""
        for target in self.flow.targets(call):
            if target.kind == "class" and not target.guessed:
                method = self.flow.program.method(target.key, "transform")
                if method is not None and method.kind == "func":
                    return target.key
        return None

    def _own(self, call: Value) -> str:
        """The name of the repository's own class that a call makes an object of."""
        classes = [target.key for target in self.flow.targets(call) if target.kind == "class" and not target.guessed]
        return self.flow.scope(*classes[0]).name if len(classes) == 1 else ""

    def _is_table(self, value: Value) -> bool:
        while value.kind in ("store", "phi", "passed", "mutate"):
            value = value.source
        return any("DataFrame" in str(each.name) for each in self.flow.types(value))

    def _is_method(self, value: Value) -> bool:
        return any(label == "function" for label, _ in value.uses) or value.name in _NO_COLUMN


def _place_in(item: Value) -> int | None:
    """The one column that is taken by its place: `rows.iloc[:, -1]`."""
    key = item.one("key") if item.kind == "item" and item.source.kind == "attr" and item.source.name == "iloc" else None
    parts = key.every("item") if key is not None and key.kind == "collection" else []
    if len(parts) != 2:
        return None
    number = number_written(parts[1])
    return number if isinstance(number, int) else None


def _taker(visit: Visit) -> Value:
    """The call that a row is handed to, the lists and functions around it left aside."""
    while visit.parent is not None and visit.label != "arg":
        visit = visit.parent
    return visit.parent.value if visit.parent is not None else visit.value


def _is_new(table: Value) -> bool:
    """Whether a table began without columns: all that it has was put in it here."""
    while table.kind in ("store", "passed", "same"):
        table = table.source
    return (
        table.kind == "call"
        and last_name(table) == "DataFrame"
        and all(keyword == "index" for keyword in table.keywords)
    )

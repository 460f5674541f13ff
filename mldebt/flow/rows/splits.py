"""Splits of data into parts, and whether a part is used to evaluate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mldebt.flow.calls.words import last_name
from mldebt.flow.files.content import NOT_CONTENT
from mldebt.flow.files.files import Files
from mldebt.flow.files.paths import Paths
from mldebt.flow.idioms import bare
from mldebt.flow.rows.dividing_masks import is_rest, other_masks
from mldebt.flow.rows.parts_taken import PART, bounds
from mldebt.flow.rows.unpacking import Unpacking
from mldebt.flow.steps import StepFunction
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow, Stack, Step, Visit

DATA_LIMIT = 500
BACK_LIMIT = 400
USE_LIMIT = 800
MAKERS = 8
SPLITTERS = frozenset("train_test_split random_split randomSplit".split())
FOLDS = frozenset("cross_val_score cross_validate cross_val_predict".split())
_DIVIDES = frozenset({"numpy.split", "numpy.array_split", "numpy.vsplit"})
_LEAVES_DATA = frozenset(
    {"fits", "tunes", "predicts", "measures", "plots", "logs", "saves", "stores", "tracks", "counts"}
)
_WRITES = frozenset({"saves", "stores"})
_CUTTING = frozenset("filter query sample head tail where isin drop_duplicates limit slice iloc between".split())
_PICKING = frozenset("compare operation call phi param item element".split())
"""What is no list of columns that is written down."""
_LEARNS = frozenset({"fits", "tunes"})
_PLACES = "iloc"
_STATISTICS = "scipy.stats."
_AGREEMENT = frozenset({"spearmanr", "pearsonr", "kendalltau", "weightedtau"})
"""Statistics by which predictions are compared with the truth."""
OF_COLUMNS = frozenset(
    "shap_values feature_importances feature_importance get_score get_fscore permutation_importance Explainer".split()
)
"""What tells how much columns weigh, not how good a model is."""
_LOSSES = ("torch.nn", "tensorflow.keras.losses", "keras.losses", "tensorflow.losses", "tensorflow.nn")


class Part(NamedTuple):
    """A split that data reaches: the call or slice, and the visit of it."""

    split: Value
    visit: Visit


class Splits:
    """Questions about splits."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.steps = Unpacking(flow)
        self.paths = flow.shared(Paths)
        self.files = flow.shared(Files)

    def reached(self, data: Value) -> Iterator[Part]:
        """The first splits on the ways of some data, while it is still data."""
        closed: set[Visit] = set()
        for visit in self.flow.walk(data, self._as_data, limit=DATA_LIMIT):
            if visit.parent in closed:
                closed.add(visit)
                continue
            if visit.value is not data and self.is_split(visit.value):
                closed.add(visit)
                yield Part(visit.value, visit)

    def is_split(self, value: Value) -> bool:
        """Whether a value is a split: a call that splits or folds, one of two slices that share a border, or the rows
        of a mask drawn at random or of a moment, or of what it leaves."""
        if value.kind == "slice":
            return bool(self._other_slices(value))
        if value.kind == "item":
            return bool(other_masks(value))
        if value.kind != "call":
            return False
        api = self.flow.api(value)
        if api is not None:
            divides = last_name(value) in SPLITTERS or api.name in _DIVIDES or self._folds(value)
            return ("splits" in api.roles and divides) or last_name(value) in FOLDS
        return last_name(value) in SPLITTERS and not self.flow.is_own(value)

    def is_last(self, value: Value) -> bool:
        """Whether rows are the last part of what a border or a mask divides: from there on, the later, the rest."""
        if value.kind == "slice":
            return bounds(value)[1] is None and self.is_split(value)
        return value.kind == "item" and self.is_split(value) and is_rest(value)

    def picks_rows(self, value: Value) -> bool:
        """Whether rows are picked here: by a split, a mask, a condition."""
        if value.kind == "slice" or (value.kind in ("call", "item") and self.is_split(value)):
            return True
        if value.kind == "item":
            key = value.one("key")
            is_placed = value.source.kind == "attr" and value.source.data == _PLACES
            return key is not None and (is_placed or key.kind in _PICKING)
        if value.kind == "comprehension":
            return bool(value.every("condition"))
        return last_name(value) in _CUTTING

    def comes_from_split(self, value: Value, by: Iterable[Value] = ()) -> Value | None:
        """The split that data is a part of already; `by` are calls of the functions that it was handed to, where only
        what these give counts."""
        calls = frozenset(by)

        def back(value: Value, stack: Stack) -> list[Step]:
            given = self.flow.bindings(value) if value.kind == "param" and calls else []
            known = [Step("argument", source, ()) for call, source in given if call in calls]
            return known or self.steps.back(value, stack)

        for visit in self.flow.walk(value, back, limit=BACK_LIMIT):
            if visit.value.kind in ("call", "slice", "item") and self.is_split(visit.value):
                return visit.value
            if visit.value.kind == "item" and (single := self._by_places(visit.value)) is not None:
                return single[0]
        return None

    def evaluated(self, part: Part) -> Value | None:
        """A call that evaluates with what comes out of a split."""
        if last_name(part.split) in FOLDS:
            return part.split
        if self._folds(part.split):
            return next((call for call in part.split.body.calls if self._is_in(call, part.split)), None)
        if part.split.kind == "slice":
            slices = [part.split, *self._other_slices(part.split)]
            found = (self._measured_slice(each, part.visit.stack) for each in slices)
        else:
            masks = other_masks(part.split) if part.split.kind == "item" else []
            found = (self._measured_apart(start, part.visit.stack) for start in (part.split, *masks))
        return next((measure for measure in found if measure is not None), None)

    def _measured_slice(self, rows: Value, stack: Stack) -> Value | None:
        """A call that evaluates with some of the rows that a border divides: the first ones, where a model learns from
        all of them, are only judged in folds, and what is learned from any says nothing of its rows."""
        measure = self.measured(rows, stack)
        if measure is None or not self.measures(measure) or last_name(measure) in FOLDS:
            return measure
        if bounds(rows)[0] is None and self._is_learned_whole(rows, stack):
            return None
        return self.judged_by(rows, stack)

    def _is_learned_whole(self, rows: Value, stack: Stack) -> bool:
        """Whether a model learns from some rows, and not from parts that are picked from them once more."""

        def whole(value: Value, stack: Stack) -> list[Step]:
            return [] if value is not rows and self.picks_rows(value) else self._not_learned(value, stack)

        visits = self.flow.walk(rows, whole, stack=stack, limit=USE_LIMIT)
        return any(
            visit.parent is not None and visit.value.kind == "call" and self.flow.roles(visit.value) & _LEARNS
            for visit in visits
        )

    def measured(self, data: Value, stack: Stack = ()) -> Value | None:
        """A call that evaluates with what becomes of some data, or keeps it to evaluate with; where it is written down,
        in what reads it again."""
        return self._measured(data, self.steps.forth, stack)

    def _measured_apart(self, parts: Value, stack: Stack) -> Value | None:
        """The same with the rows of a split's parts: where other rows are what the model learned from them is judged
        on, this says nothing of theirs."""
        return self._measured(parts, self._not_learned, stack)

    def _measured(self, data: Value, forth: StepFunction, stack: Stack) -> Value | None:
        written: list[Visit] = []
        for visit in self.flow.walk(data, forth, stack=stack, limit=USE_LIMIT):
            if visit.value.kind != "call":
                continue
            if self.measures(visit.value) or self._keeps_part(visit.value):
                return visit.value
            if self.flow.roles(visit.value) & _WRITES:
                written.append(visit)
        judged = (self._judged_elsewhere(visit) for visit in written if not _is_to_learn_from(visit, data))
        return next((measure for measure in judged if measure is not None), None)

    def _judged_elsewhere(self, written: Visit) -> Value | None:
        """A call that evaluates with rows that were written down, where they are read again: what is learned from them
        there tells nothing of the rows that the model is judged on."""
        readers = (each for each in self.files.readers(written.value, written.stack) if each.use is None)
        found = (self.judged_by(each.call, each.stack) for each in readers)
        return next((measure for measure in found if measure is not None), None)

    def judged_by(self, rows: Value, stack: Stack = ()) -> Value | None:
        """A call that evaluates with some rows themselves, not with what is learned from them."""
        for visit in self.flow.walk(rows, self._not_learned, stack=stack, limit=USE_LIMIT):
            if visit.value.kind == "call" and self.measures(visit.value):
                return visit.value
        return None

    def _not_learned(self, value: Value, stack: Stack) -> list[Step]:
        """Forward while rows stay rows: not through what learns from them, nor by how many they are."""
        roles = self.flow.roles(value) if value.kind == "call" else frozenset()
        is_learned = bool(roles & _LEARNS) and "features" not in roles
        is_extent = value.kind == "attr" and value.data in NOT_CONTENT
        return [] if is_learned or is_extent else self.steps.forth(value, stack)

    def held_out(self, value: Value) -> Value | None:
        """The split in two of which a variable is the second part: the rows that are there to judge by."""
        if value.kind == "item" and (single := self._by_places(value)) is not None and single[1] == 1:
            return single[0]
        if value.kind != "item" or not isinstance(value.data, int) or value.data % 2 == 0:
            return None
        split = value.source
        is_two = split.kind == "call" and last_name(split) == "train_test_split" and self.is_split(split)
        return split if is_two and not self._is_split_again(split, value.data) else None

    def _by_places(self, item: Value) -> tuple[Value, object] | None:
        """The split whose first or second places pick rows, and which of them: `train, test = next(folds.split(X, y))`,
        `X.iloc[test]`."""
        place = item.one("key")
        key = bare(place) if place is not None else None
        if key is None or key.kind != "item" or not key.source.calls_external("next"):
            return None
        folds = next(iter(key.source.arguments), None)
        return (folds, key.data) if folds is not None and self._folds(folds) else None

    def _is_split_again(self, split: Value, place: int) -> bool:
        """Whether the second part is divided once more, so that not all of it is there to judge by."""
        parts = (user for label, user in split.uses if label == "object" and user.data == place)
        users = (user for part in parts for _, user in part.uses)
        return any(user.kind == "call" and user is not split and self.is_split(user) for user in users)

    def _folds(self, value: Value) -> bool:
        """Whether a call gives the indices of folds, one after the other: `KFold(5).split(rows)`."""
        if value.kind != "call" or value.receiver is None or last_name(value) != "split":
            return False
        api = self.flow.api(value)
        return api is not None and "splits" in api.roles and api.library == "sklearn"

    def _is_in(self, call: Value, folds: Value) -> bool:
        """Whether a call measures in the loop over folds."""
        loops = (loop for loop in call.loops if loop is folds or (loop.kind == "call" and folds in loop.arguments))
        return any(True for _ in loops) and self.judges(call)

    def _keeps_part(self, call: Value) -> bool:
        """Whether a call writes a file that is named as data for evaluation."""
        if "saves" not in self.flow.roles(call):
            return False
        path = self.paths.path(call)
        found = [
            match for text in (self.paths.texts(path) if path is not None else ()) for match in PART.finditer(text)
        ]
        return any(not match.group(2).lower().startswith("train") for match in found)

    def measures(self, call: Value) -> bool:
        """Whether a call computes a metric; a loss is none, nor is a statistic of data or what its columns weigh."""
        api = self.flow.api(call)
        if api is None or "measures" not in api.roles or api.name.startswith(_LOSSES) or last_name(call) in OF_COLUMNS:
            return False
        return not api.name.startswith(_STATISTICS) or api.name.removeprefix(_STATISTICS) in _AGREEMENT

    def judges(self, call: Value) -> bool:
        """Whether a call computes a metric, or is one of a function of the repository that does."""
        if self.measures(call):
            return True
        own = [target.key for target in self.flow.targets(call) if target.kind == "func" and not target.guessed]
        return any(self.measures(each) for key in own for each in self.flow.body(*key).calls)

    def _other_slices(self, value: Value) -> list[Value]:
        """The slices of the same sequence that begin where a slice ends, or end where it begins."""
        lower, upper, step = bounds(value)
        if step is not None or (lower is None) == (upper is None) or not _is_rows(value):
            return []
        found = []
        for user in _sliced(value.source):
            if user is not value and _is_rows(user):
                other_lower, other_upper, _ = bounds(user)
                if (lower is None and other_lower == upper) or (upper is None and other_upper == lower):
                    found.append(user)
        return found

    def _as_data(self, value: Value, stack: Stack) -> list[Step]:
        """Forward while data stays data, through files too: not through models, metrics and plots."""
        is_data = last_name(value) in ("fit_transform", "fit_resample", "fit_sample", "transform")
        is_method = value.kind == "call" and value.receiver is not None
        roles = self.flow.roles(value) if is_method and not is_data else frozenset()
        if roles & _WRITES:
            return [
                Step("file", each.call, each.stack) for each in self.files.readers(value, stack) if each.use is None
            ]
        if roles & _LEAVES_DATA:
            return []
        return [*self.steps.forth(value, stack), *self._made_with(value)]

    def _made_with(self, store: Value) -> list[Step]:
        """To the data sets that are made with rows: what an initializer keeps, the object has."""
        base = store.one("base") if store.kind == "store" and isinstance(store.data, str) else None
        if base is None or store.body.scope.name != "__init__":
            return []
        cls = self.flow.program.class_of_self(base)
        makers = self.flow.makers(cls) if cls is not None else []
        return [Step("made", call, ()) for call in makers[:MAKERS]]


def _is_to_learn_from(visit: Visit, split: Value) -> bool:
    """Whether what is written is made of the first part of a split, or of what was fitted on it."""
    given = [*(each.value for each in visit.path()), *visit.value.arguments]
    places = [each.key for each in given if each.kind == "item" and each.source is split and isinstance(each.key, int)]
    return bool(places) and all(place % 2 == 0 for place in places)


def _sliced(sequence: Value) -> Iterator[Value]:
    """The slices of a sequence, or of a table by its rows' places: `rows.iloc[:n]`."""
    owners = [sequence]
    if sequence.kind == "attr" and sequence.data == _PLACES:
        owners = [user for label, user in sequence.source.uses if label == "object" and user.data == _PLACES]
    for owner in owners:
        yield from (user for label, user in owner.uses if label == "object" and user.kind == "slice")


def _is_rows(value: Value) -> bool:
    """Whether a slice is one of rows: its border is no small number, as that of columns or of a preview is."""
    return all(not isinstance(bound, int) or abs(bound) >= 50 for bound in bounds(value)[:2])

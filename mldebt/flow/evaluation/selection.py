"""Models that are stopped or chosen by a test set, and then judged on it."""

from __future__ import annotations

import re

import msgspec

from mldebt.flow.calls.words import keyword, last_name, says
from mldebt.flow.evaluation.whose_answers import judges_another
from mldebt.flow.files.paths import Paths
from mldebt.flow.files.pathtexts import HOLES
from mldebt.flow.linking import is_self
from mldebt.flow.rows.named_parts import named_part
from mldebt.flow.rows.parts_taken import PART
from mldebt.flow.rows.row_steps import RowSteps
from mldebt.flow.rows.splits import SPLITTERS, Splits
from mldebt.flow.rows.unpacking import Unpacking
from mldebt.flow.rows.variables import is_same_read, roots
from mldebt.flow.seeding.seeds import Seeds
from mldebt.flow.steps import Stack, Step, Visit
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

BACK_LIMIT = 200
MADE_LIMIT = 60
FOLD_LIMIT = 12
_SLOTS = ("validation_data", "eval_set", "evals", "valid_sets", "eval_dataset", "X_val", "valid_data")
_HELD = frozenset(_SLOTS)
_STOPPERS = frozenset("EarlyStopping EarlyStoppingCallback early_stopping".split())
"""The parts of data that are there to train, to choose and to judge by."""
HALF = "the other half of a split in two"
REST = "the rest of the rows"
_ALWAYS_CHOOSES = "CatBoost"
"""Models that keep their best state as soon as they are given rows to judge it by, unless they are told not to."""
_JUDGING = regex(r"(^|_)(eval|evaluation|test|holdout|held_out)(_|$)")
_TEST = frozenset({"test", "testing"})


class Selected(msgspec.Struct, frozen=True):
    """A training that is given a test set to choose by: the call, what chooses, why the data is test data, and where
    the result is judged on it (None where only the training itself reports)."""

    training: Value
    chooser: Value
    text: str
    judged: Value | None


class Selections:
    """Finds them, one call at a time."""

    def __init__(self, flow: Flow, seeds: Seeds, splits: Splits) -> None:
        self.flow = flow
        self.steps = Unpacking(flow)
        self.rows = RowSteps(flow)
        self.seeds = seeds
        self.splits = splits
        self.paths = flow.shared(Paths)

    def of(self, call: Value) -> Selected | None:
        """The choice by a test set that a training call makes."""
        if _HELD.isdisjoint(call.keywords):
            return None
        learned = {root for word, source in call.named_arguments if word not in _HELD for root in roots(source)}
        given = [root for slot in _SLOTS for source in keyword(call, slot) for root in roots(source)]
        held = [root for root in given if root not in learned]
        if not held:
            return None
        chooser = self._chooser(call)
        if chooser is None:
            return None
        text = next((found for root in held if (found := self.test_by(root) or self._rest(root))), "")
        judged = self._judged(call, set(held)) if text else None
        if not text and (judged := self._judged_elsewhere(call, {root for root in held if self._is_to_judge(root)})):
            text = "the rows that the model is then judged on"
        return (
            Selected(call, chooser, text, judged) if text and (judged is not None or text not in (HALF, REST)) else None
        )

    def _chooser(self, call: Value) -> Value | None:
        """What stops training, or keeps the best state, by the held-out data."""
        rounds = self._rounds(call)
        if rounds is not None:
            return rounds
        for source in [*keyword(call, "params"), *keyword(call, "")[:1]]:
            found = self._stops(source)
            if found is not None:
                return found
        given = [*keyword(call, "callbacks"), *keyword(call, "args")]
        for source in given:
            for visit in self.flow.walk(source, self.steps.back, limit=BACK_LIMIT):
                if visit.value.kind == "call" and self._chooses(visit.value):
                    return visit.value
        return self._keeps_best_itself(call)

    def _keeps_best_itself(self, call: Value) -> Value | None:
        """A model that chooses its best state by the rows it is given for that, with nothing said of it."""
        made = self.flow.walk(call.receiver, self.steps.back, limit=MADE_LIMIT) if call.receiver is not None else ()
        models = (visit.value for visit in made if last_name(visit.value).startswith(_ALWAYS_CHOOSES))
        model = next(models, None) if "eval_set" in call.keywords else None
        is_told_not_to = model is not None and any(says(each, "use_best_model", told=False) for each in (call, model))
        return None if is_told_not_to else model

    def _rounds(self, call: Value) -> Value | None:
        """The rounds after which a training stops, told to it or to the model that it trains, wherever that is made."""
        made = self.flow.walk(call.receiver, self.steps.back, limit=MADE_LIMIT) if call.receiver is not None else ()
        for told in (call, *(visit.value for visit in made)):
            rounds = keyword(told, "early_stopping_rounds") if told.kind == "call" else []
            for source in rounds:
                if not self.seeds.is_none(source):
                    return source
            spread = keyword(told, "**") if told.kind == "call" else []
            settings = next((found for source in spread if (found := self._stops(source)) is not None), None)
            if settings is not None:
                return settings
        return None

    def _stops(self, settings: Value) -> Value | None:
        """The setting of a booster that stops its training early."""
        for visit in self.flow.walk(settings, self.steps.back, limit=30):
            if visit.value.kind == "dict" and "early_stopping_rounds" in visit.value.keys:
                return visit.value
        return None

    def _chooses(self, made: Value) -> bool:
        name = last_name(made)
        if name in _STOPPERS:
            return True
        flag = {"ModelCheckpoint": "save_best_only"}.get(name, "load_best_model_at_end")
        return says(made, flag, told=True)

    def test_by(self, root: Value) -> str:
        """Why some data is a test set, in words; "" when it is not known to be one."""
        split: Value | None = None
        folds: set[Visit] = set()
        for visit in self.flow.walk(root, self._to_rows, limit=BACK_LIMIT):
            value = visit.value
            if is_beside_test(value):
                return ""
            if visit.parent in folds or self._is_fold(value) or self._is_first(value):
                folds.add(visit)  # rows of a fold or of the first part, whatever was read together with them
                continue
            if value.kind == "item" and value.key in _TEST and not self._divides(value.source):
                parts = [
                    each for each in visit.path() if each.value.kind == "call" and self.splits.is_split(each.value)
                ]
                return "" if parts else f'the part "{value.key}"'
            if (picked := _picked_as_test(value)) != "":
                return f'the rows marked "{picked}"'
            if value.kind != "call":
                continue
            if last_name(value) in SPLITTERS and self.splits.is_split(value):
                if split is not None and split is not value:
                    return ""  # three parts: this one may be there to choose by
                split = value
                continue
            text = self.named_test(value, visit.stack)
            if text:
                return text
        return HALF if split is not None else ""

    def _to_rows(self, value: Value, stack: Stack) -> list[Step]:
        """Back to what rows were made from, not to what is looked up for them in another table."""
        if value.kind == "call" and last_name(value) == "merge" and not self.flow.is_own(value):
            left = [each for each in (value.receiver, *value.arguments) if each is not None][:1]
            return [Step("rows", each, stack) for each in left]
        named = named_part(self.flow, value)
        return [Step("part", named, stack)] if named is not None else self.steps.back(value, stack)

    def _is_first(self, value: Value) -> bool:
        """Whether rows are the first part of what a border divides, as `both[:len(train)]` is: those to learn from,
        with which others were read."""
        return value.kind == "slice" and self.splits.is_split(value) and not self.splits.is_last(value)

    def _rest(self, root: Value) -> str:
        """Whether some data is the last of two parts that a border or a mask leaves, or that a single fold picks."""
        parts = []
        for visit in self.flow.walk(root, self.rows.back, limit=BACK_LIMIT):
            value = visit.value
            if value.kind in ("item", "slice") and (self.splits.is_split(value) or self.splits.held_out(value)):
                parts.append(value)
            elif value.kind == "item" and self._is_fold(value):
                return ""
        return REST if len(parts) == 1 and (self.splits.is_last(parts[0]) or self.splits.held_out(parts[0])) else ""

    def _divides(self, value: Value) -> bool:
        """Whether a value is a split in two whose parts have names: `rows.train_test_split(test_size=0.1)`."""
        return value.kind == "call" and last_name(value) in SPLITTERS and self.splits.is_split(value)

    def _is_fold(self, value: Value) -> bool:
        """Whether a value is picked by the indices of a fold: `rows.iloc[inside]` for (inside, outside) of a split."""
        return value.kind == "item" and any(
            visit.value.kind == "call" and last_name(visit.value) == "split" and visit.value.arguments
            for key in value.every("key")
            for visit in self.flow.walk(key, self.steps.back, limit=FOLD_LIMIT)
        )

    def named_test(self, call: Value, stack: Stack) -> str:
        """How a call that loads data says that it is test data, under the calls that are open there."""
        for word in ("split", "mode", "subset"):
            for source in keyword(call, word):
                if source.kind == "const" and str(source.data).partition("[")[0] in _TEST:
                    return f'read as {word}="{source.data}"'
        if says(call, "train", told=False):
            return "read with train=False"
        text = self._path_text(call, stack) if "reads" in self.flow.roles(call) else ""
        return f"read from {HOLES.sub(_hole, text)}" if text else ""

    def _path_text(self, read: Value, stack: Stack) -> str:
        for text in self.paths.texts_at(read, stack):
            found = PART.search(text.rpartition("/")[2])
            if found is not None and found.group(2).lower() in _TEST:
                return text
        return ""

    def _judged(self, training: Value, held: set[Value]) -> Value | None:
        """A metric that is computed on the same data afterwards, or by another method of the object that trains."""
        for call in training.body.calls:
            if call.at <= training.at or call is training or not self.splits.judges(call):
                continue
            given = [root for source in call.arguments for root in roots(source)]
            is_of_same = any(root in held or any(is_same_read(root, row) for row in held) for root in given)
            if is_of_same and not judges_another(self.flow, call, training):
                return call
        return self._judged_beside(training, held) or self._judged_elsewhere(training, held)

    def _judged_elsewhere(self, training: Value, held: set[Value]) -> Value | None:
        """A metric that another function computes on the same field of the object that both are handed."""
        fields = [(owner.name, root) for root in held if root.kind == "attr" for owner in self.flow.types(root.source)]
        reads = (
            read
            for owner, root in fields
            if isinstance(owner, tuple) and not is_self(root.source)
            for read in self.flow.field_reads(owner, root.name)
            if read.body is not training.body
        )
        metrics = (metric for read in reads if (metric := self.splits.judged_by(read)) is not None)
        return next((metric for metric in metrics if not judges_another(self.flow, metric, training)), None)

    def _is_to_judge(self, root: Value) -> bool:
        """Whether a field is called one of rows to judge by, in an object that holds no others for that."""
        if root.kind != "attr" or not _JUDGING.search(root.name):
            return False
        owners = [owner.name for owner in self.flow.types(root.source) if isinstance(owner.name, tuple)]
        fields = [name for owner in owners for name in self.flow.fields_of(owner)]
        kinds = {match.group(2) for name in fields if (match := _JUDGING.search(name))}
        return len(kinds) == 1

    def _judged_beside(self, training: Value, held: set[Value]) -> Value | None:
        """The metric of another method on rows that the object keeps."""
        kept = any(root.kind == "attr" for root in held)
        cls = self.flow.program.enclosing_class(training.body.key) if kept else None
        if cls is None:
            return None
        methods = (self.flow.body(cls[0], number) for number in self.flow.children(*cls))
        metrics = [call for body in methods for call in body.calls if self.splits.measures(call)]
        if not metrics:
            return None
        chosen = {origin for root in held for origin in self._kept_as(root)}
        return next((c for c in metrics if any(chosen & self._kept_as(source) for source in c.arguments)), None)

    def _kept_as(self, rows: Value) -> set[Value]:
        """What rows were before they were handed to an object, up to the split that they are a part of."""
        found: set[Value] = set()
        for visit in self.flow.walk(rows, self._rows_back, limit=MADE_LIMIT):
            if visit.value.kind == "item" or (visit.value.kind == "param" and not is_self(visit.value)):
                found.add(visit.value)
        return found

    def _rows_back(self, value: Value, stack: Stack) -> list[Step]:
        is_part = value.kind == "item" and value.source.kind == "call" and self.splits.is_split(value.source)
        return [] if is_part else self.rows.back(value, stack)


def is_beside_test(value: Value) -> bool:
    """Whether a value is one part of what a call gives, and another part is kept as the test set: what all of it was
    read from says nothing of this part."""
    if value.kind != "item" or not isinstance(value.key, int) or value.source.kind != "call":
        return False
    parts = {user for label, user in value.source.uses if label == "object" and isinstance(user.key, int)}
    tests = {each.key for each in parts if _is_called_test(each)}
    return bool(tests) and value.key not in tests


def _picked_as_test(value: Value) -> str:
    """The mark by which rows are picked that are test rows: `rows[rows["split"] == "test"]`; "" for any others."""
    mask = value.one("key") if value.kind == "item" else None
    sides = mask.every("operand") if mask is not None and mask.kind == "compare" and mask.data == ("==",) else []
    marks = [side.data for side in sides if side.kind == "const" and isinstance(side.data, str)]
    return marks[0] if len(sides) == 2 and marks and marks[0].lower() in _TEST else ""


def _is_called_test(part: Value) -> bool:
    return any("test" in name.lower().split("_") for name in part.body.names_of(part))


def _hole(found: re.Match[str]) -> str:
    """What a part of a path is called that the code leaves open."""
    return found.group()[1:-1] or "…"

"""The metrics that are computed for a model: by name, and under which condition where a base class computes others for
its other kinds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial

import msgspec

from mldebt.flow.linking import is_self
from mldebt.flow.rows.splits import OF_COLUMNS
from mldebt.flow.sameness import Sameness, arguments
from mldebt.flow.steps import Stack, Step
from mldebt.flow.types.models import short_name
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.flow.wording import in_words
from mldebt.pipeline.models.answers import onward
from mldebt.pipeline.models.counted import COUNTED, Counted
from mldebt.pipeline.models.keeping import Keeping
from mldebt.pipeline.models.lifecycle import Lives
from mldebt.pipeline.models.own_metrics import OwnMetrics
from mldebt.pipeline.models.register import TrainedModel
from mldebt.pipeline.models.verdicts import Verdicts, faced
from mldebt.pipeline.models.worded_metrics import WordedMetrics, called, is_metric_word
from mldebt.regex import regex

WALK_LIMIT = 400
SAME_LIMIT = 40
METRICS_SHOWN = 8
SCORING_DEPTH = 6
_COLLECTION = "MetricCollection"
EVALUATOR = "pyspark.ml.evaluation.Evaluator"
LEARNER = "fastai.learner.Learner"
_MAPPING = frozenset({"map", "map_batches", "map_partitions", "apply"})
_HOLDS_OUT = frozenset({"validation_data", "validation_split"})
_SAYS_NOTHING = frozenset(
    """evaluate test validate compute update reset run run_eval fit test_on_batch cross_val_predict
    MeanMetric MaxMetric MinMetric SumMetric CatMetric RunningMean RunningSum MetricCollection""".split()
)
"""What is called where something is measured, whatever it is."""
_NOT_A_METRIC = _SAYS_NOTHING | set("score cross_validate cross_val_score from_estimator from_predictions".split())
_NO_NAME = regex(r"^(_|print_|plot_|show_|log_|save_)|^forward$|^call$|loss(es)?$|entropy|logits", re.IGNORECASE)
"""What a loss is called, which is computed to train, not to tell how good a model is; and what only shows a metric."""

_TRAINING = regex(r"train", re.IGNORECASE)
"""What a number is called that tells how well the data is learnt."""


class Metric(msgspec.Struct, frozen=True):
    """One metric of a model, where it is computed, and the condition where another is computed otherwise."""

    name: str
    call: Value
    condition: str = ""


class _Measure(msgspec.Struct, frozen=True):
    """A call that measures, with the calls that are open there."""

    call: Value
    stack: Stack

    @property
    def places(self) -> tuple[Value, ...]:
        return (*self.stack, self.call)


class Metrics:
    """Questions about what measures models."""

    def __init__(self, flow: Flow, keeping: Keeping) -> None:
        self.flow = flow
        self.keeping = keeping
        self.lives = flow.shared(Lives)
        self.sameness = flow.shared(Sameness)
        self.verdicts = flow.shared(Verdicts)
        self.own = flow.shared(OwnMetrics)
        self.counted = flow.shared(Counted)
        self.worded = flow.shared(WordedMetrics)
        self._onward = partial(onward, flow)

    def of(self, model: TrainedModel) -> list[Metric]:
        """The metrics that are computed for a model, by name: on it, or on what it predicts. What its class, as it is
        built, never computes is none of its metrics; where nothing tells which of two ways its code goes, each says
        when it is computed."""
        measures = [each for each in self._measures(model) if not self._is_skipped(model, each)]
        found: dict[str, list[_Measure]] = {}
        for measure in measures:
            for name in self._names(measure.call):
                found.setdefault(name, []).append(measure)
        named = {name: each for name, each in found.items() if not _NO_NAME.search(name) and name not in OF_COLUMNS}
        plain = {name: each for name, each in named.items() if name not in _NOT_A_METRIC}
        more = [] if plain else [*self._logged(model), *self._tracked(model)]
        more = more or ([] if plain else [*self._worded(model)] or [*self._counted(model)])
        told = {name: each for name, each in named.items() if not more and name not in _SAYS_NOTHING}
        shown = plain or told
        metrics = [Metric(name, each[0].call, self._condition(model, name, shown)) for name, each in shown.items()]
        return [*metrics, *{each.name: each for each in more}.values()][:METRICS_SHOWN]

    def _worded(self, model: TrainedModel) -> Iterator[Metric]:
        """What is worked out of a model's answers by hand, and called as a metric is."""
        loaded = (self.lives.of(load) for load in self.keeping.loading.loads_of(model))
        for asked in dict.fromkeys((*model.asked, *(call for life in loaded for call in life.asked))):
            yield from (Metric(name, value) for name, value in self.worded.of(asked))

    def _logged(self, model: TrainedModel) -> Iterator[Metric]:
        """What a class logs by name where its framework has it evaluated: `self.log("val_acc", …)`."""
        family = self.flow.program.ancestry(model.cls) if model.cls is not None else ()
        above = [base for base in family if isinstance(base, str)]
        for key in (key for key in family if isinstance(key, tuple)):
            for name, number in self.flow.program.modules[key[0]].members.get(key[1], {}).items():
                if not any(self.flow.catalogue.hook(base, name) == "evaluate" for base in above):
                    continue
                for call in self.flow.body(key[0], number).calls:
                    if "tracks" in self.flow.roles(call) and call.receiver is not None and is_self(call.receiver):
                        yield from (Metric(told, call) for told in self._logs(call))

    def _tracked(self, model: TrainedModel) -> Iterator[Metric]:
        """What a tracker is told by the name of a metric, of what was computed from a model's answers; not of those to
        the data that it trains on."""
        for asked in model.asked:
            for visit in self.flow.walk(asked, self._onward, limit=WALK_LIMIT):
                for label, user in visit.value.uses:
                    if label == "arg" and "tracks" in self.flow.roles(user):
                        yield from (Metric(name, user) for name in self._logs(user) if not _TRAINING.search(name))

    def _counted(self, model: TrainedModel) -> Iterator[Metric]:
        """How many answers are right, where the code counts that by hand."""
        found = (self.counted.of(asked) for asked in model.asked)
        yield from (Metric(COUNTED, each) for each in found if each is not None)

    def _logs(self, call: Value) -> Iterator[str]:
        """The names of metrics under which a call logs numbers; a loss is none."""
        first = next(iter(call.arguments), None)
        keys = (
            first.data if first is not None and first.kind == "dict" else (first.data if first is not None else None,)
        )
        for key in keys if isinstance(keys, tuple) else ():
            if isinstance(key, str) and not _NO_NAME.search(key) and is_metric_word(key):
                yield key

    def _measures(self, model: TrainedModel) -> Iterator[_Measure]:
        loaded = [self.lives.of(load) for load in self.keeping.loading.loads_of(model)]
        measured = dict.fromkeys((*model.measured, *(call for life in loaded for call in life.measured)))
        yield from (_Measure(call, ()) for call in measured)
        yield from (_Measure(call, ()) for call in self._compiled(model))
        yield from (_Measure(call, ()) for call in (model.made, *(made for made, _ in model.inside)) if _is_told(call))
        asking = dict.fromkeys((*model.asked, *(call for life in loaded for call in life.asked)))
        for asked in (*asking, *self._mapped(asking)):
            for visit in self.flow.walk(asked, self._onward, limit=WALK_LIMIT):
                for label, user in visit.value.uses:
                    if user.kind != "call" or label not in ("arg", "function"):
                        continue
                    if self._is_measure(user) or (label == "arg" and self.own.judges(user, visit.value, asked)):
                        yield _Measure(user, visit.stack)

    def _mapped(self, asking: Iterable[Value]) -> Iterator[Value]:
        """The calls that go over data with an object which asks the model when it is called:
        `rows.map_batches(predictor)`."""
        bodies = {asked.body for asked in asking if asked.body.scope.name == "__call__"}
        classes = {self.flow.program.enclosing_class(body.key) for body in bodies} - {None}
        for call in self.flow.calls_named(_MAPPING) if classes else ():
            if any(each.name in classes for source in call.arguments for each in self.flow.types(source)):
                yield call

    def _compiled(self, model: TrainedModel) -> Iterator[Value]:
        """The calls that tell a model which metrics it is judged by (`model.compile(metrics=["auc"])`), where it is
        judged on data that it is not fitted on."""
        if not any(_HOLDS_OUT & set(call.keywords) for call in model.trained if call.kind == "call") and not any(
            call.calls_method("evaluate") for call in model.measured
        ):
            return
        for call in self.flow.calls_named(frozenset({"compile"})):
            if "metrics" in call.keywords and call.receiver is not None and self._is_of(model, call.receiver):
                yield call

    def _is_of(self, model: TrainedModel, receiver: Value) -> bool:
        """Whether an object is a model as it is built, or the instance of its class in one of its methods."""
        around = self.flow.program.enclosing_class(receiver.body.key)
        if is_self(receiver) and model.cls is not None and around is not None:
            return around in self.flow.program.ancestry(model.cls)
        built = {model.made, *(call for call, _ in model.inside)}
        return any(visit.value in built for visit in self.flow.walk(receiver, self.sameness.back, limit=SAME_LIMIT))

    def _is_measure(self, call: Value) -> bool:
        own = (target for target in self.flow.targets(call) if target.kind == "func" and not target.guessed)
        return "measures" in self.flow.roles(call) or any(
            is_metric_word(self.flow.scope(target.module, target.scope).name) for target in own
        )

    # ------------------------------------------------------------------ which of them are computed

    def _is_skipped(self, model: TrainedModel, measure: _Measure) -> bool:
        """Whether a test around a measure, or around a call that is open there, always goes the other way."""
        return any(self.verdicts.never(model.cls, place) for place in measure.places)

    def _condition(self, model: TrainedModel, name: str, found: dict[str, list[_Measure]]) -> str:
        """When a metric is computed, where another one is computed in its stead; one that both ways compute needs no
        words."""
        rivals = [measure for other, each in found.items() if other != name for measure in each]
        said = [self._apart(model, measure, rivals) for measure in found[name]]
        return said[0] if all(said) and len(set(said)) == 1 else ""

    def _apart(self, model: TrainedModel, measure: _Measure, rivals: list[_Measure]) -> str:
        """The test that keeps a measure from others, in words."""
        for place in measure.places:
            others = (other for rival in rivals for other in rival.places if other.body is place.body)
            met = {fact for other in others for fact in faced(other)}
            for test, way in faced(place):
                if (test, not way) in met and self.verdicts.of(model.cls, test) is None:
                    return f"{'if' if way else 'unless'} {_in_words(test)}"
        return ""

    # ------------------------------------------------------------------ what they are called

    def _names(self, call: Value) -> Iterator[str]:
        told = self._told(call)
        yield from told
        for target in self.flow.targets(call) if not told else ():
            if target.api is not None and "measures" in target.api.roles and ".losses." not in target.api.name:
                name = short_name(target.api.name).rpartition(".")[2]
                if target.api.name.startswith("torchmetrics."):
                    yield from self._metric_classes(target.receiver) or [name]
                    continue
                yield self._loaded_name(target.receiver) or name if name == "compute" else name
            elif target.kind == "func":
                own = self.flow.scope(target.module, target.scope).name
                yield own if own not in _SAYS_NOTHING else next(filter(is_metric_word, called(call)), own)

    def _told(self, call: Value) -> list[str]:
        """The metrics that a cross-validation or a compiled model is told by name, those that it is surely told."""
        evaluator = self._evaluator(call)
        if evaluator is not None:
            return list(self._said(evaluator, 0))
        wanted = ("metrics",) if call.calls_method("compile") or self._learns(call) else ("scoring",)
        given = next((source for keyword, source in arguments(call) if keyword in wanted), None)
        return list(self._said(given, 0)) if given is not None else []

    def _evaluator(self, call: Value) -> Value | None:
        """The metric with which an object that measures was made: `RegressionEvaluator(metricName="mae")`."""
        if not call.calls_method("evaluate") or call.receiver is None:
            return None
        if not any(each.name == EVALUATOR for each in self.flow.types(call.receiver)):
            return None
        made = self.flow.walk(call.receiver, self.sameness.back, limit=SAME_LIMIT)
        named = (dict(arguments(each.value)).get("metricName") for each in made if each.value.kind == "call")
        return next((each for each in named if each is not None), None)

    def _learns(self, call: Value) -> bool:
        """Whether a call makes what trains and judges a model itself, on data that it holds out."""
        return any(each.name == LEARNER for each in self.flow.types(call))

    def _said(self, value: Value, depth: int) -> dict[str, None]:
        if depth > SCORING_DEPTH:
            return {}
        if value.kind == "const":
            return {value.data: None} if isinstance(value.data, str) else {}
        if value.kind == "call":  # keras.metrics.AUC()
            return dict.fromkeys(short_name(each.name) for each in self.flow.targets(value) if ".metrics." in each.name)
        if value.kind == "external":
            return {short_name(value.name): None}
        if value.kind == "func":
            return {self.flow.scope(*value.scope_key).name: None}
        if value.kind in ("phi", "choice"):
            first, *rest = [self._said(source, depth + 1) for source in value.every("value")] or [{}]
            return {name: None for name in first if all(name in other for other in rest)}
        labels = {"collection": "item", "operation": "operand", "mutate": "base", "passed": "base", "same": "value"}
        sources = value.every(labels.get(value.kind, ""))
        return {name: None for source in sources for name in self._said(source, depth + 1)}

    def _metric_classes(self, receiver: Value | None) -> list[str]:
        """The class of an object that measures, where the call is one of every metric's; of a collection of them, the
        classes of its members."""
        types = self.flow.types(receiver) if receiver is not None else ()
        found = [each.name.rpartition(".")[2] for each in types[:1] if isinstance(each.name, str)]
        return (self._collected(receiver) if found == [_COLLECTION] else []) or found

    def _collected(self, receiver: Value | None) -> list[str]:
        """The metrics that are put together in a collection, where it was made."""
        found: dict[str, None] = {}
        for visit in self.flow.walk(receiver, self._to_maker, limit=SAME_LIMIT) if receiver is not None else ():
            call = visit.value
            held = call.arguments[0] if call.kind == "call" and call.arguments and call.receiver is None else None
            for each in held.every("item") if held is not None and held.kind in ("dict", "collection") else ():
                found.update((str(kind.name).rpartition(".")[2], None) for kind in self.flow.types(each))
        return list(found)

    def _to_maker(self, value: Value, stack: Stack) -> list[Step]:
        """The same object further back, and what it is a copy of."""
        if value.calls_method("clone", "to") and value.receiver is not None:
            return [Step("receiver", value.receiver, stack)]
        return self.sameness.back(value, stack)

    def _loaded_name(self, receiver: Value | None) -> str:
        """What a metric that was loaded by name is called: `evaluate.load("f1")`."""
        for visit in self.flow.walk(receiver, self.sameness.back, limit=20) if receiver is not None else ():
            call = visit.value
            if call.kind == "call" and len(call.inputs) > 1 and isinstance(call.inputs[1][1].data, str):
                return call.inputs[1][1].data if call.inputs[1][1].kind == "const" else ""
        return ""


def _is_told(call: Value) -> bool:
    """Whether a model is told its metrics when it is made: `vision_learner(rows, resnet34, metrics=error_rate)`."""
    return call.kind == "call" and "metrics" in call.keywords


def _in_words(test: Value) -> str:
    """A test by the variable that holds it, or as it is written."""
    names = sorted(test.body.names_of(test))
    return names[0] if names else in_words(test).strip("'")

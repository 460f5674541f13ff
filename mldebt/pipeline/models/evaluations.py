"""Whether anything computes a metric of a model on data that it was not fitted on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from mldebt.facts.record import Attribute, Name
from mldebt.flow.body import Body
from mldebt.flow.calls.words import says
from mldebt.flow.conditions.conditions import opened_around
from mldebt.flow.files.files import Files, same_top
from mldebt.flow.module import Module
from mldebt.flow.sameness import arguments
from mldebt.flow.steps import Stack, Step
from mldebt.flow.types.models import Models
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.ingestion.result_tables import ResultTables
from mldebt.pipeline.models.keeping import Keeping
from mldebt.pipeline.models.life import ASKS, Life
from mldebt.pipeline.models.peers import Peers
from mldebt.pipeline.models.register import TrainedModel, built_by
from mldebt.regex import regex

ASKED_LOOKED_AT = 40
FORWARD_LIMIT = 400
BACK_LIMIT = 60
WRITTEN_LIMIT = 120
TRAINER_LIMIT = 40
KINDS = 3
"""So many classes below one of the repository's own are told apart by no code that measures them."""
CALLERS_LOOKED_AT = 40
LOADERS_LOOKED_AT = 40
_HELD_OUT = regex(
    r"^(eval|evals|valid|val|validation|test|dev|holdout)(_|$)|(eval|valid|validation|test|dev|val)_?(set|sets|data|dataset"
    r"|datasets|dataloader|dataloaders|loader|split|iter|generator|df|ds)s?$|^(cv|X_val|y_val|datamodule|evaluator|compute_metrics)$"
)
_JUDGES = regex(
    r"^_*(eval|evaluate|evaluation|validate|validation|valid|val|test|score|scoring|metric|metrics|accuracy|benchmark|compute_metrics"
    r"|get_metrics|run_eval|cross_val|backtest|compare)(_|$|s$)|_(eval|evaluate|evaluation|validation|metrics|score|accuracy|loss)$",
    re.IGNORECASE,
)
_MEASURE_NAME = regex(
    r"accuracy|precision|recall|f1|auc|rmse|mse|mae|mape|ndcg|hit_?rate|bleu|rouge|perplexity|silhouette|inertia|davies|calinski"
    r"|correlation|r2|confusion|metric|evaluat",
    re.IGNORECASE,
)
_EVALUATES = regex(r"^_*(evaluat|eval_|run_eval|(compute|calculate|get)_metrics|backtest|benchmark)", re.IGNORECASE)
_OF_NO_MODEL = regex(r"_(expr|expression|formula|condition|rule|template|query|string|script|polynomial)s?$", re.I)
"""What is evaluated that is no model."""
_NO_GRADIENTS = ("torch.no_grad", "torch.inference_mode")
_VALIDATES = "ultralytics."
"""A library whose models are judged on the validation rows of their data set while they learn, unless they are told not
to be."""
_SAME = frozenset("phi same choice passed param attr global free return".split())
_LOSS = regex(r"loss|criterion|cross_entropy|nll|kl_div|logsumexp", re.IGNORECASE)


class Evaluations:
    """Questions about the trained models of a repository; towards "yes" when in doubt."""

    def __init__(self, flow: Flow, keeping: Keeping) -> None:
        self.flow = flow
        self.keeping = keeping
        self.files = flow.shared(Files)
        self.tables = ResultTables(flow)
        self.models = flow.shared(Models)
        self.peers = flow.shared(Peers)
        self._measuring: dict[int, tuple[Value, ...]] = {}

    def is_evaluated(self, model: TrainedModel) -> bool:
        """Whether a metric of the model is computed anywhere: by its training, by its class, on its predictions, or
        where another of its kind is built."""
        return (
            self._is_measured(model, model)
            or self._judges_itself(model)
            or any(self._is_judging(module, model) for module in self._modules(model))
            or any(self._is_judging(module, model) for module in self._through_tables(model))
            or any(self._is_measured(life, model) for life in self.peers.of(model))
            or self._may_be_asked(model)
            or self._is_one_of_a_kind(model)
        )

    def _is_measured(self, life: TrainedModel | Life, model: TrainedModel) -> bool:
        """Whether a metric is computed in the life of a model, or of another that is built as it is."""
        asked = list(life.asked)[:ASKED_LOOKED_AT]
        return (
            any(not self._is_training_loss(call) for call in life.measured)
            or any(self._holds_out(call) for call in life.trained)
            or any(self._judges_near(call, model) for call in asked)
            or any(self._measured_later(call) for call in asked)
        )

    # ------------------------------------------------------------------ by training

    def _holds_out(self, call: Value) -> bool:
        """Whether training is given data to validate on, or searches with cross-validation."""
        if call.kind != "call":
            return False
        if "tunes" in self.flow.roles(call) or self._validates_by_itself(call):
            return True
        made = [visit.value for visit in self.flow.walk(call, self._trainer, limit=TRAINER_LIMIT)]
        return any(self._is_given_held_out(each) for each in made if each.kind == "call")

    def _validates_by_itself(self, call: Value) -> bool:
        """Whether training validates on the part of its data set that is there for it, with nothing said of it."""
        apis = (target.api for target in self.flow.targets(call))
        return any(api is not None and api.name.startswith(_VALIDATES) for api in apis) and not says(
            call, "val", told=False
        )

    def _is_given_held_out(self, call: Value) -> bool:
        """Whether an argument holds data to validate on, by its name or by that of the parameter it fills."""
        if any(keyword and _HELD_OUT.search(keyword) and not _is_off(source) for keyword, source in arguments(call)):
            return True
        if any(_HELD_OUT.search(key) for _, source in arguments(call) for key in _keys(source)):
            return True
        own = (target for target in self.flow.targets(call) if target.kind == "func" and not target.guessed)
        return any(
            _HELD_OUT.search(name) and any(map(_is_something, self.flow.argument(call, body, name)))
            for body in (self.flow.body(target.module, target.scope) for target in own)
            for name in body.params
        )

    def _trainer(self, value: Value, stack: Stack) -> list[Step]:
        """From a call to the object that it is a method of, back to how that was made."""
        if value.kind == "call" and value.function.kind == "attr":
            return [Step("receiver", value.function.source, stack)]
        if value.kind in _SAME:
            return [step for step in self.flow.back(value, stack) if step.label not in ("object", "changed")]
        return []

    def _judges_itself(self, model: TrainedModel) -> bool:
        """Whether the class, or one that trains it, has a method for that."""
        classes = {model.cls} if model.cls is not None else set()
        for call in model.trained:
            around = self.flow.program.enclosing_class(call.body.key)
            if around is not None:
                classes.add(around)
        for cls in classes:
            family = [base for base in self.flow.program.ancestry(cls) if isinstance(base, tuple)]
            for base in family:
                if any(_JUDGES.search(name) for name in self.flow.program.modules[base[0]].members.get(base[1], {})):
                    return True
        return False

    # ------------------------------------------------------------------ by what becomes of predictions

    def _judges_near(self, call: Value, model: TrainedModel) -> bool:
        """Whether a prediction is asked for in code that judges, by its name or because it measures."""
        scopes = call.body.module.facts.scopes
        number = call.body.number
        while number > 0:
            if _JUDGES.search(scopes[number].name):
                return True
            number = scopes[number].parent
        if self._is_step_of_judging(call.body):
            return True
        return any(self._measures(each) and not self._is_of_another(each, model) for each in call.body.calls)

    def _is_step_of_judging(self, body: Body) -> bool:
        """Whether a method is what another of its class that judges is made of: `def validation_step(self, batch):
        return self._step(batch, "val")`."""
        cls = self.flow.program.enclosing_class(body.key)
        callers = self.flow.callers(body.module.index, body.number) if cls is not None else ()
        return any(
            _JUDGES.search(call.body.scope.name) and self.flow.program.enclosing_class(call.body.key) == cls
            for call in callers
        )

    def _measured_later(self, call: Value) -> bool:
        """Whether a prediction goes on into a metric, or is compared with what was true."""
        for visit in self.flow.walk(call, self.flow.forth, limit=FORWARD_LIMIT):
            value = visit.value
            if value.kind == "compare" and self._is_equality(value):
                return True
            if value.kind == "operation" and value.data == "-" and self._is_residual(value):
                return True
            if value.kind == "call" and self._measures(value):
                return True
            for label, user in value.uses:
                if label == "arg" and user.kind == "call" and self._measures(user):
                    return True
        return False

    def _is_equality(self, compare: Value) -> bool:
        """`prediction == truth`; a comparison with a literal tells nothing of how good it is."""
        operators: tuple[str, ...] = compare.data  # type: ignore[assignment]
        constant = any(source.kind == "const" for source in compare.every("operand"))
        return not constant and any(operator in ("==", "!=") for operator in operators)

    def _is_residual(self, difference: Value) -> bool:
        """`y - prediction` that is squared or made absolute."""
        for _, user in difference.uses:
            if user.kind == "operation" and user.data == "**":
                return True
            if user.kind == "call" and any(
                t.name.rpartition(".")[2] in ("abs", "square", "absolute", "norm") for t in self.flow.targets(user)
            ):
                return True
        return False

    # ------------------------------------------------------------------ by where it is spoken of

    def _modules(self, model: TrainedModel) -> Iterator[Module]:
        """The modules, tests among them, that use the model: by name, as it is built and asked, or from its file."""
        found = {
            value.body.module.index: value.body.module
            for value in (model.made, *model.trained[:4], *model.asked[:ASKED_LOOKED_AT])
        }
        found.update((module.index, module) for module in self._callers(model.made.body))
        for call, what in model.kept:
            found[call.body.module.index] = call.body.module
            if what == "stored":
                for reader in self.files.readers(call):
                    found[reader.call.body.module.index] = reader.call.body.module
        if model.cls is not None:
            name = self.flow.scope(*model.cls).name
            for index in (model.cls[0], *self._naming.get(name, ()), *self._listed_beside(name)):
                found[index] = self.flow.program.modules[index]
        yield from found.values()
        loaders = self.keeping.loading.of(model, self.keeping.artifacts(model), LOADERS_LOOKED_AT)
        yield from (load.body.module for load in loaders if load.body.module.index not in found)

    def _listed_beside(self, name: str) -> Iterator[int]:
        """The modules of the classes whose instances stand in a list with a class's: other steps of a pipeline."""
        for call in self.flow.calls_named(frozenset({name})):
            lists = [user for label, user in call.uses if label == "item" and user.kind == "collection"]
            for other in (other for each in lists for other in each.every("item") if other.kind == "call"):
                yield from (target.module for target in self.flow.targets(other) if target.kind == "class")

    def _through_tables(self, model: TrainedModel) -> Iterator[Module]:
        """The modules that use what the model's code writes into a table, and those that use them."""
        values = (model.made, *model.trained[:4], *(call for call, _ in model.kept[:4]))
        return self.tables.readers({value.body.module.index: value.body.module for value in values}.values())

    def _callers(self, body: Body) -> Iterator[Module]:
        """The modules that call the function which makes a model, directly or through others."""
        waiting, seen = [body], {body}
        while waiting:
            current = waiting.pop()
            yield current.module
            for call in self.flow.callers(current.module.index, current.number):
                if call.body not in seen and len(seen) < CALLERS_LOOKED_AT:
                    seen.add(call.body)
                    waiting.append(call.body)

    @cached_property
    def _naming(self) -> dict[str, tuple[int, ...]]:
        """Which modules name a class."""
        table: dict[str, dict[int, None]] = {}
        for module in self.flow.program.modules:
            names = [node.id for node in module.of_kind(Name)]
            names += [node.name for node in module.of_kind(Attribute)]
            for name in names:
                if name[:1].isupper():
                    table.setdefault(name, {})[module.index] = None
        return {name: tuple(modules) for name, modules in table.items()}

    def _is_judging(self, module: Module, model: TrainedModel) -> bool:
        """Whether a module computes a metric anywhere that may be the model's, or has a function that says it does."""
        return any(_evaluates(scope.name) for scope in module.facts.scopes) or any(
            not self._is_of_another(call, model) for call in self._measures_in(module)
        )

    def _measures_in(self, module: Module) -> tuple[Value, ...]:
        if module.index not in self._measuring:
            self._measuring[module.index] = tuple(
                call
                for number in range(len(module.facts.scopes))
                for call in self.flow.body(module.index, number).calls
                if self._measures(call)
            )
        return self._measuring[module.index]

    # ------------------------------------------------------------------ whose metric it is

    def _is_of_another(self, measure: Value, model: TrainedModel) -> bool:
        """Whether a metric surely is another model's: all predictions in it were asked of one that was built apart."""
        asked = self._asked_in(measure)
        return bool(asked) and all(self._asks_another(call, model) for call in asked)

    def _asked_in(self, measure: Value) -> list[Value]:
        """The calls whose predictions a metric is computed of."""
        return [
            visit.value
            for _, source in arguments(measure)
            for visit in self.flow.walk(source, self.flow.back, limit=BACK_LIMIT)
            if visit.value.kind == "call" and self.flow.roles(visit.value) & ASKS
        ]

    def _asks_another(self, call: Value, model: TrainedModel) -> bool:
        ends = self._askable(call)
        return bool(ends) and all(self._is_built_apart(end, model) for end in ends)

    def _askable(self, call: Value) -> list[Value]:
        """What may be the model that a call asks, as far back as it is known."""
        if call.receiver is None:
            return []
        visits = self.flow.walk(call.receiver, self._trainer, limit=TRAINER_LIMIT)
        return [visit.value for visit in visits if not self._trainer(visit.value, visit.stack)]

    def _may_be_asked(self, model: TrainedModel) -> bool:
        """Whether a metric is computed of a model that nobody knows, as a parameter or a loaded one, in code that
        belongs together with a library's model, or with a class that answers to the same method."""
        home = model.made.body.module.path
        return any(same_top(path, home) and self._may_answer(model, call) for path, call in self._measuring_any)

    def _is_one_of_a_kind(self, model: TrainedModel) -> bool:
        """Whether a model is one of many below a class of the repository's own, which measures in other modules: what
        stands for any of them there, by a factory, a name in a configuration or files, may be this one."""
        above = self.flow.program.ancestry(model.cls)[1:] if model.cls is not None else ()
        kinds = [base for base in above if isinstance(base, tuple)]
        if not any(len(self.flow.program.subclasses(base)) >= KINDS for base in kinds):
            return False
        own = {base[0] for base in kinds} | {model.made.body.module.index}
        return any(module.index not in own and not module.is_notebook for module in self._judges)

    @cached_property
    def _judges(self) -> tuple[Module, ...]:
        """The team's own modules in which a metric is computed."""
        own = (module for module in self.flow.program.modules if module.category == "product")
        return tuple(module for module in own if self._measures_in(module))

    def _may_answer(self, model: TrainedModel, call: Value) -> bool:
        """Whether a call may ask a model's class: what it asks is known as no other, and the class has that method."""
        if model.cls is None:
            return True
        family = [base for base in self.flow.program.ancestry(model.cls) if isinstance(base, tuple)]
        known = {each.name for each in self.flow.types(call.receiver)} if call.receiver is not None else set()
        if known and known.isdisjoint(family):
            return False
        method = call.function.name if call.function.kind == "attr" else "__call__"
        names = {name for base in family for name in self.flow.program.modules[base[0]].members.get(base[1], {})}
        return method in names or (method == "__call__" and "forward" in names)

    @cached_property
    def _measuring_any(self) -> tuple[tuple[str, Value], ...]:
        """The modules in which a metric is computed of whatever model is given or loaded, with the calls that ask it:
        there, or before its predictions are written to a file that is read there."""
        here = (
            (module, asked)
            for module in self._judges
            for call in self._measures_in(module)
            for asked in self._asked_in(call)
        )
        found = [(module.path, asked) for module, asked in here if any(map(self._is_any, self._askable(asked)))]
        indexes = {module.index for module in self._judges}
        again = ((read.body.module, asked) for asked in self._asked_of_any for read in self._read_again(asked))
        found += [(module.path, asked) for module, asked in again if module.index in indexes]
        return tuple(dict.fromkeys(found))

    @cached_property
    def _asked_of_any(self) -> tuple[Value, ...]:
        """The calls that ask whatever model is given or loaded for predictions."""
        return tuple(
            call
            for module in self.flow.program.modules
            if module.category == "product"
            for body in self.flow.bodies(module.index)
            for call in body.calls
            if self.flow.roles(call) & ASKS and any(map(self._is_any, self._askable(call)))
        )

    def _read_again(self, asked: Value) -> Iterator[Value]:
        """The reads of the files that predictions are written to."""
        for visit in self.flow.walk(asked, self.flow.forth, limit=WRITTEN_LIMIT):
            for label, user in visit.value.uses:
                if label == "object" and user.kind == "attr":
                    writes = [call for used_as, call in user.uses if used_as == "function"]
                else:
                    writes = [user] if label == "arg" and user.kind == "call" else []
                for write in writes:
                    if self.files.paths.is_write(write):
                        yield from (reader.call for reader in self.files.readers(write))

    def _is_any(self, end: Value) -> bool:
        """Whether nothing tells which class a model is of."""
        is_made = any(target.kind == "class" for target in self.flow.targets(end)) if end.kind == "call" else False
        return not is_made and (end.kind != "call" or built_by(self.flow, self.models, end) is None)

    def _is_built_apart(self, end: Value, model: TrainedModel) -> bool:
        """Whether a call builds a library's model of another name, from nothing but plain settings."""
        if end.kind != "call" or end is model.made or any(end is call for call, _ in model.inside):
            return False
        built = built_by(self.flow, self.models, end)
        plain = all(source.kind == "const" for _, source in arguments(end))
        return built is not None and plain and built[0] not in model.name.split(" or ")

    # ------------------------------------------------------------------ measures

    def _measures(self, call: Value) -> bool:
        """Whether a call computes a metric; the loss of a training step is none."""
        for target in self.flow.targets(call):
            if target.api is not None and "measures" in target.api.roles:
                return not self._is_training_loss(call)
            if target.kind == "func" and _MEASURE_NAME.search(self.flow.scope(target.module, target.scope).name):
                return True
        if call.calls_method("test", "validate") and self._is_trainer(call.receiver):
            return True
        name = call.function.name if call.function.kind in ("attr", "external") else ""
        return bool(_MEASURE_NAME.search(name.rpartition(".")[2])) or self._is_watched_loss(call)

    def _is_watched_loss(self, call: Value) -> bool:
        """Whether a loss is computed where nothing learns from it: in `with torch.no_grad()`, after an epoch."""
        names = (
            [call.function.name] if call.function.kind in ("attr", "external") else call.body.names_of(call.function)
        )
        return any(map(_LOSS.search, names)) and any(
            held.calls_external(*_NO_GRADIENTS) for held in opened_around(call.body, call.at)
        )

    def _is_trainer(self, value: Value | None) -> bool:
        """Whether an object is what trains networks, of whichever library."""
        types = self.flow.types(value) if value is not None else ()
        return any(isinstance(each.name, str) and each.name.endswith("Trainer") for each in types)

    def _is_training_loss(self, call: Value) -> bool:
        names = [target.name for target in self.flow.targets(call)]
        if not any(_LOSS.search(name) or ".nn." in name for name in names):
            return False
        return self._trains(call.body) and not self._is_watched_loss(call)

    def _trains(self, body: Body) -> bool:
        return any(self.flow.roles(call) & {"optimizes"} for call in body.calls) or any(
            call.function.kind == "attr" and call.function.name in ("backward", "minimize", "apply_gradients")
            for call in body.calls
        )


def _keys(mapping: Value) -> Iterator[str]:
    """The keys of a mapping that is written down: the channels of a job, `fit({"train": …, "validation": …})`."""
    while mapping.kind in ("store", "passed", "same", "mutate") and mapping.inputs:
        if mapping.kind == "store" and isinstance(mapping.key, str):
            yield mapping.key
        mapping = mapping.source
    if mapping.kind == "dict":
        yield from (key for key in mapping.keys if isinstance(key, str))


def _is_off(value: Value) -> bool:
    """Whether a flag is switched off: `val=False`."""
    return value.kind == "const" and value.data is False


def _is_something(value: Value) -> bool:
    return value.kind != "const" or value.data is not None


def _evaluates(name: str) -> bool:
    """Whether a function says by its name that it evaluates a model."""
    return bool(_EVALUATES.search(name)) and not _OF_NO_MODEL.search(name)

"""What is random about a training: estimators, layers, loaders and searches that draw, and the steps that fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mldebt.flow.body import Body
from mldebt.flow.calls.words import keyword
from mldebt.flow.evaluation.gradients import Gradients
from mldebt.flow.idioms import root as first_version
from mldebt.flow.linking import Target
from mldebt.flow.rows.invented import Invented
from mldebt.flow.seeding.outline import ALWAYS, KEEPS, TRAINS, Event, Outline, Outlines
from mldebt.flow.seeding.seeds import OWN, Seeds, family, seed_source, written
from mldebt.flow.seeding.set_later import SetLater
from mldebt.flow.seeding.taken_over import TakenOver
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

ANY = "any"
DATA = "data"
ESTIMATOR = "estimator"
WEIGHTS = "weights"
ORDER = "order"
TUNER = "tuner"
TRAINING = ("fits", "tunes", "optimizes")
TRAINED_LIMIT = 400
STORING = frozenset({"stores", "registers"})
_WEIGHTS = ("weights", "_weight")
_KEPT_AT = "output_path"
"""Where a training itself leaves the model behind."""
_SAME_EACH_TIME = frozenset({"zeros", "zero", "ones", "one", "constant", "identity"})
_DRAWN_LATER = "torch.utils.data."
"""Samplers draw when somebody goes over them."""
_LETTERS = "string."
_TREES = frozenset({"xgboost", "lightgbm", "catboost"})
_CONSTANT = frozenset({"constant"})
KEEPING = frozenset({"stores", "registers", "measures", "predicts", "tunes"})


class Randomness:
    """Tells which events of a training a call is. The names of what draws come from the rule's record."""

    def __init__(
        self, flow: Flow, seeds: Seeds, estimators: Iterable[str], tuners: Iterable[str], layers: Iterable[str]
    ) -> None:
        self.flow = flow
        self.seeds = seeds
        self.estimators = frozenset(estimators)
        self.tuners = frozenset(tuners)
        self.layers = frozenset(layers)
        self._set_later = SetLater(seeds)
        self._invented = flow.shared(Invented)
        self._gradients = flow.shared(Gradients)
        self._taken_over = flow.shared(TakenOver)

    def events(self, call: Value) -> Iterator[Event]:
        """What a call draws and what it trains."""
        if (drawn := self.seeds.drawn_from(call)) and self._chooses(call):
            yield Event(DATA, drawn, call, short(next(t.name for t in self.flow.targets(call) if t.api is not None)))
        for target in self.flow.targets(call):
            if target.kind != "external":
                continue
            yield from self._draws(call, target)
            api = target.api
            if api is not None and (self._keeps(target) or (api.roles & {"fits"} and keyword(call, _KEPT_AT))):
                yield Event(KEEPS, OWN, call, short(target.name))
            role = next((each for each in TRAINING if api is not None and each in api.roles), "")
            if role and not self._prepares(target) and not self._gradients.only_derived(call):
                name = short(target.name.removesuffix(".zero_grad"))  # the first word of a step, and the least of it
                yield Event(TRAINS, self._trained(target), call, f"{name} {role}")

    def undone(self, call: Value, event: Event) -> bool:
        """Whether what is drawn within a call is nothing once it ran: the weights of what it makes are replaced."""
        return event.kind == WEIGHTS and self._taken_over.is_made(call)

    def _draws(self, call: Value, target: Target) -> Iterator[Event]:
        name = written(call, target)
        if name in self.estimators:
            if not self.seeds.given(call) and not self._set_later.seeded(call):
                yield Event(ESTIMATOR, family(target), call, f"{short(name)} without a seed")
        elif name in self.tuners:
            if not self.seeds.given(call) and not self._sampled(call):
                yield Event("tuner", TUNER, call, f"{short(name)} without a seeded sampler")
        elif family(target) in ("torch", "tensorflow"):
            yield from self._of_network(call, name, family(target))

    def _of_network(self, call: Value, name: str, generator: str) -> Iterator[Event]:
        tail = name.rpartition(".")[2]
        placed = ".nn." in name or ".layers." in name or "_geometric" in name
        is_drawn = tail in self.layers and placed and self._starts_at_random(call)
        if is_drawn and not self._has_weights(call) and not self._taken_over.is_layer(call):
            yield Event(WEIGHTS, generator, call, f"{short(name)} weights", seeded_from=seed_source(name))
        shuffled = any(map(self._may_shuffle, keyword(call, "shuffle")))
        if tail == "DataLoader" and shuffled and not self.seeds.given(call):
            yield Event(ORDER, generator, call, f"{short(name)} in random order")

    def _starts_at_random(self, call: Value) -> bool:
        """Whether the initializer of a layer draws: that of every layer does, and one that is named as a text, which
        holds no seed."""
        return all(
            origin.kind == "const" and isinstance(origin.data, str) and origin.data.lower() not in _SAME_EACH_TIME
            for source in keyword(call, "kernel_initializer")
            for origin in self.seeds.origins(source)
        )

    def _may_shuffle(self, told: Value) -> bool:
        """Whether `shuffle=` says yes, or that it depends on a sampler which need not be there: `sampler is None`."""
        if told.kind == "compare" and told.data == ("is",):
            operands = told.every("operand")
            nothing = [each for each in operands if each.kind == "const" and each.data is None]
            others = [each for each in operands if each not in nothing]
            return bool(nothing) and any(
                origin.kind == "const" and origin.data is None for each in others for origin in self.seeds.origins(each)
            )
        return told.kind == "const" and told.data is True

    def _has_weights(self, call: Value) -> bool:
        """Whether a layer is given the weights that it has from the start: then it draws none."""
        given = [source for name in _WEIGHTS for source in keyword(call, name)]
        if any(not self.seeds.is_none(source) for source in given):
            return True
        return any(
            target.name.rpartition(".")[2].lower() in _CONSTANT
            for source in keyword(call, "embeddings_initializer")
            for made in self.seeds.origins(source)
            if made.kind == "call"
            for target in self.flow.targets(made)
        )

    def _sampled(self, call: Value) -> bool:
        """Whether a search is given a sampler that may be seeded."""
        for source in keyword(call, "sampler"):
            made = [origin for origin in self.seeds.origins(source) if origin.kind == "call"]
            if not made or any(self.seeds.given(each) for each in made):
                return True
        return False

    def _chooses(self, call: Value) -> bool:
        """Whether a draw chooses or orders data, rather than making up a number, or rows that are only looked at."""
        api = self.flow.api(call)
        if (
            api is None
            or api.name.startswith(_DRAWN_LATER)
            or (not call.uses and not api.roles & {"splits", "shuffles"})
        ):
            return False
        if call.arguments and self._is_text(call.arguments[0]):
            return False  # letters of a name
        return api.order == "shuffles" or bool(api.roles & {"splits", "shuffles"})

    def _is_text(self, drawn_from: Value) -> bool:
        """Whether what a draw takes from is a text that the code writes, or some joined: the letters."""
        origins = self.seeds.origins(drawn_from)
        return bool(origins) and all(map(self._is_written_text, origins))

    def _is_written_text(self, value: Value) -> bool:
        if value.kind == "operation" and value.data == "+":
            return all(map(self._is_text, value.every("operand")))
        return isinstance(value.data, str) and (
            value.kind == "const" or (value.kind == "external" and value.data.startswith(_LETTERS))
        )

    def _keeps(self, target: Target) -> bool:
        """Whether a call makes something of a model: stores it, measures it, asks it."""
        assert target.api is not None
        roles = target.api.roles
        if family(target) == "torch" or "losses" in target.name or target.name.endswith("__call__"):
            roles = roles - {"measures", "predicts"}  # a loss, a forward pass
        return bool(roles & KEEPING)

    def _prepares(self, target: Target) -> bool:
        """Whether fitting it only prepares data (a scaler, an encoder) or sorts vectors to search in."""
        record = self.flow.catalogue.type(target.name.rpartition(".")[0])
        return record is not None and record.kind in ("transformer", "index")

    def _trained(self, target: Target) -> str:
        found = family(target)
        if target.guessed:
            return "torch" if target.name.endswith("backward") else ANY
        return ANY if found == OWN else found

    def trains(self, outline: Outline) -> bool:
        return any(event.kind == TRAINS for event in outline.events)

    def keeps(self, outline: Outline) -> bool:
        """Whether something becomes of the models that a script trains: it stores them, measures them or asks them."""
        return any(event.kind == KEEPS for event in outline.events)

    def stores(self, outline: Outline) -> bool:
        """Whether a model is left behind: in a file, in a registry."""
        return any(event.kind == KEEPS and self.flow.roles(event.value) & STORING for event in outline.events)

    def late(self, outlines: Outlines, root: Body) -> Iterator[tuple[Value, Event, Event]]:
        """Seeds that are set after a draw of theirs in the functions that a root runs, with the draw and a training."""
        outline, before = outlines.of(root), outlines.before(root)
        training = next(event for event in outline.events if event.kind == TRAINS)
        for event in outline.events:
            if event.kind not in (DATA, WEIGHTS) or event.is_fixed(before):
                continue
            for body in (root, *(call for made in event.path for call in outlines.called(made))):
                for seed, draw in outlines.of(body).late:
                    if draw.value is event.value:
                        yield seed, event, training

    def unseeded(self, outline: Outline, before: frozenset[str]) -> tuple[Event, Event] | None:
        """The first draw of a training whose generator nothing has seeded by then, and that training."""
        trainings = [event for event in outline.events if event.kind == TRAINS]
        if not self.stores(outline):
            trainings = [event for event in trainings if not self._invented.learns_from(event.value)]
        for draw in outline.events:
            if draw.kind in (*ALWAYS, DATA) or draw.is_fixed(before):
                continue
            if draw.family == TUNER and before | outline.seeded:
                continue
            own = (
                training
                for training in trainings
                if draw.family not in training.seeded
                and not (draw.kind in (WEIGHTS, ORDER) and self._grows_trees(training.value))
                and (draw.family in (OWN, TUNER) or training.family in (ANY, draw.family))
            )
            if (training := self._trained_with(draw, list(own), outline)) is not None:
                return draw, training
        return None

    def _grows_trees(self, training: Value) -> bool:
        """Whether a training is one of boosted trees, into which no network goes, though its answers may."""
        return any(target.name.partition(".")[0] in _TREES for target in self.flow.targets(training))

    def _trained_with(self, draw: Event, trainings: list[Event], outline: Outline) -> Event | None:
        """Of some trainings, the one that an estimator goes into; else the first one after a draw, else the first, but
        for an estimator none of another, and none that is over by the time it is made."""
        if draw.kind == ESTIMATOR:
            waiting = {training.value: training for training in trainings}
            for visit in self.flow.walk(draw.value, self.flow.forth, limit=TRAINED_LIMIT):
                if visit.value in waiting:
                    return waiting[visit.value]
            trainings = [each for each in trainings if not _is_of_another(each.value, draw.value)]
        after = outline.events[outline.events.index(draw) :]
        later = next((training for training in trainings if training in after), None)
        return later or (trainings[0] if trainings and draw.kind != ESTIMATOR else None)


def _is_of_another(training: Value, made: Value) -> bool:
    """Whether what is fitted was made by another call of the same function, which can be told apart."""
    model = first_version(training.receiver) if training.receiver is not None else made
    return model.kind == "call" and model is not made and model.body is made.body


def short(name: str) -> str:
    """The last parts of a dotted name, as people say it."""
    parts = name.split(".")
    return ".".join(parts[-2:]) if len(parts) > 1 and parts[-1][:1].islower() and parts[-2][:1].isupper() else parts[-1]

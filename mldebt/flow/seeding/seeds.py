"""Random generators: which calls seed one, which draw from one, and whether a call carries a seed of its own."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from mldebt.flow.calls.words import keyword, last_name, says
from mldebt.flow.linking import Target
from mldebt.flow.value import Value
from mldebt.flow.walk import FAN_OUT, Flow, Stack, Step
from mldebt.regex import regex

OWN = "own"
"""The generator of an object that no global seed reaches (a Spark estimator, a Ray dataset)."""
GLOBAL = frozenset({"python", "numpy", "torch", "tensorflow", "jax", "polars"})
SEED_WORDS = frozenset(
    """seed random_state random_seed manual_seed rng generator rstate random_generator prng seed_value random_state_seed
    master_seed base_seed global_seed np_random random_number_generator seeds rngs""".split()
)
_SEED_PLACES = {"randomSplit": 1, "random_split": 2}
"""Where a seed or generator may stand without its keyword."""
_SPARK = "pyspark.sql.functions."
_SPARK_SEED_PLACES = {"rand": 0, "randn": 0, "shuffle": 1}
"""The same for Spark's functions, which other libraries have by the same names."""
SPLITTERS = {"train_test_split": "numpy", "randomSplit": OWN}
"""Methods whose names say on any type that rows are split at random."""
_CUTS = frozenset(
    """prediction_length horizon forecast_horizon fh forecast_length test_start split_date split_time cutoff cutoff_date
    end_date start_date date time_column timestamp_column""".split()
)
"""What tells a split where in time it cuts."""
DRAWING_ROLES = frozenset({"samples", "splits", "shuffles"})
ORIGIN_LIMIT = 80
NOTHING: frozenset[str] = frozenset()
_LIBRARIES = (
    ("python", ("random", "secrets", "os")),
    ("numpy", ("numpy", "pandas", "sklearn", "imblearn", "scipy", "datasets", "statsmodels")),
    ("numpy", ("surprise", "umap", "hdbscan", "nltk", "geopandas", "skimage", "cupy")),
    ("torch", ("torch", "torchvision", "torchaudio", "torchtext", "lightning", "pytorch_lightning", "torch_geometric")),
    ("tensorflow", ("tensorflow", "keras", "tensorflow_addons", "tf_keras")),
    ("jax", ("jax", "flax", "haiku", "numpyro")),
    ("polars", ("polars",)),
)
_FAMILY = {library: family for family, libraries in _LIBRARIES for library in libraries}
_SEED_SOURCES = {"keras": "numpy"}
_SEEDS_ONE = {
    "random.seed": "python",
    "random.setstate": "python",
    "numpy.random.seed": "numpy",
    "numpy.random.set_state": "numpy",
    "torch.manual_seed": "torch",
    "torch.random.manual_seed": "torch",
    "torch.cuda.manual_seed": "torch",
    "torch.cuda.manual_seed_all": "torch",
    "torch.mps.manual_seed": "torch",
    "torch.set_rng_state": "torch",
    "tensorflow.random.set_seed": "tensorflow",
    "tensorflow.set_random_seed": "tensorflow",
    "tensorflow.random.set_random_seed": "tensorflow",
    "polars.set_random_seed": "polars",
    "jax.random.PRNGKey": "jax",
    "jax.random.key": "jax",
}
_NO_SEED = regex(
    r"(^torch\.seed$|deterministic|determinism|default_rng$|RandomState$|SeedSequence$|\.Generator|random\.Random"
    r"|check_random_state$|fork_rng$|PCG64$|MT19937$|Philox$|\.spaces\.|\.Env\.|cuda\.set_rng_state)"
)
_SEEDS_ITSELF = frozenset(
    """transformers.Trainer transformers.Seq2SeqTrainer transformers.trainer.Trainer trl.SFTTrainer trl.DPOTrainer
    trl.PPOTrainer sentence_transformers.SentenceTransformerTrainer setfit.Trainer ultralytics.YOLO
    sentence_transformers.trainer.SentenceTransformerTrainer""".split()
)
"""What sets every seed to a constant of its own when it is made."""
_SEEDING_NAME = regex(
    r"^_?((set|fix|init|setup|make|apply|manual|global)_?(all_|the_|global_|manual_|random_|rng_|np_|torch_)*)?"
    r"(seed|seeds|seeding|random_state|determinism)(_everything|_all|_torch|_rng|_random|_python)?$",
    re.IGNORECASE,
)
_GENERATOR_TYPES = frozenset({"numpy.random.Generator", "random.Random", "torch.Generator"})


class Seeds:
    """Questions about seeds, one call at a time; `Outlines` puts them in order."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._seeded: dict[Value, frozenset[str]] = {}
        self._may_seed: dict[Value, frozenset[str]] = {}
        self._drawn: dict[Value, str] = {}

    # ------------------------------------------------------------------ seeding

    def seeded_by(self, call: Value) -> frozenset[str]:
        """The global generators that a call seeds, whatever happens inside the repository's own functions."""
        if call in self._seeded:
            return self._seeded[call]
        found = self.may_seed(call)
        if found and call.inputs[1:] and not self._first_given(call):
            found = NOTHING
        self._seeded[call] = found
        return found

    def may_seed(self, call: Value) -> frozenset[str]:
        """The global generators that a call seeds when it is given a seed; it may be given None."""
        found = self._may_seed.get(call)
        if found is None:
            found = self._may_seed[call] = self._find_seeded(call)
        return found

    def _find_seeded(self, call: Value) -> frozenset[str]:
        targets = self.flow.targets(call)
        if any(target.kind in ("func", "class") and not target.guessed for target in targets):
            made = [
                base for t in targets if t.kind == "class" for base in self.flow.program.ancestry((t.module, t.scope))
            ]
            return GLOBAL if any(base in _SEEDS_ITSELF for base in made) else NOTHING
        name = next((plain(target) for target in targets if target.name), "") or last_name(call)
        if name in _SEEDS_ONE:
            return frozenset({_SEEDS_ONE[name]}) if call.inputs[1:] else NOTHING
        roles = self.flow.roles(call)
        is_called_so, is_none = _told_by_name(name)
        if is_none:
            return NOTHING
        if "seeds" in roles or is_called_so:
            return GLOBAL if (call.inputs[1:] or "seeds" not in roles) else NOTHING
        if name in _SEEDS_ITSELF:
            return GLOBAL
        if not any(target.api is not None for target in targets) and self.named(call):
            return GLOBAL  # something unknown is given a seed: it may seed everything
        return NOTHING

    def is_seeding(self, call: Value) -> bool:
        """Whether seeding is all that a call is for."""
        return "seeds" in self.flow.roles(call) or bool(_SEEDING_NAME.match(last_name(call)))

    def _first_given(self, call: Value) -> bool:
        return any(not self.is_none(source) for _, source in call.inputs[1:])

    # ------------------------------------------------------------------ drawing

    def drawn_from(self, call: Value) -> str:
        """The generator that a call draws from without a seed of its own; "" when it draws nothing, or is seeded."""
        if call not in self._drawn:
            self._drawn[call] = self._find_drawn(call)
        return self._drawn[call]

    def _find_drawn(self, call: Value) -> str:
        for target in self.flow.targets(call):
            api = target.api
            if api is None or target.guessed or not api.roles & DRAWING_ROLES:
                continue
            if ("splits" in api.roles and api.order != "shuffles") or self.unshuffled(call):
                return ""
            owner = api.name.rpartition(".")[0]
            if owner in _GENERATOR_TYPES:
                return OWN if self._unseeded_generator(call.inputs[0][1]) else ""
            if self.given(call) or ("fits" in api.roles and not self._made_unseeded(call)):
                return ""
            return family(target)
        return self._split_from(call)

    def _split_from(self, call: Value) -> str:
        """The generator of a split whose receiver is of a type that nobody knows."""
        function = call.inputs[0][1]
        if function.kind != "attr" or function.data not in SPLITTERS:
            return ""
        drawn = SPLITTERS[function.name]
        if any(t.api is not None or t.kind != "external" for t in self.flow.targets(call)):
            return ""
        cuts = not _CUTS.isdisjoint(call.keywords)
        return "" if cuts or self.given(call) or self.unshuffled(call) else drawn

    def unshuffled(self, call: Value) -> bool:
        """Whether `shuffle=False` says that nothing is drawn."""
        return says(call, "shuffle", told=False)

    def _unseeded_generator(self, method: Value) -> bool:
        """Whether the generator whose method is called was made without a seed, as far as it is known."""
        if method.kind != "attr":
            return False
        made = [v for v in self.origins(method.inputs[0][1]) if v.kind == "call"]
        return bool(made) and all(
            len(call.inputs) == 1 and any(_NO_SEED.search(t.name) for t in self.flow.targets(call)) for call in made
        )

    def _made_unseeded(self, call: Value) -> bool:
        """Whether what draws by the seed that it was made with was made without one, wherever it is made."""
        made = [v for v in self.origins(call.receiver) if v.kind == "call"] if call.receiver is not None else []
        return bool(made) and not any(self.given(each) for each in made)

    # ------------------------------------------------------------------ seeds as arguments

    def given(self, call: Value) -> bool:
        """Whether a call is given a seed or a generator by keyword; an unknown `**spread` counts as one, and so does
        a configuration that tells what to call."""
        if self.flow.is_told(call):
            return True
        if self.named(call) or any(self.holds_seed(source) is not False for source in keyword(call, "**")):
            return True
        name = last_name(call)
        place = _SPARK_SEED_PLACES.get(name) if call.calls_external(_SPARK + name) else _SEED_PLACES.get(name)
        plain = keyword(call, "")
        return place is not None and len(plain) > place and not self.is_none(plain[place])

    def named(self, call: Value) -> bool:
        """Whether a call is given a seed or a generator by a keyword that says so."""
        return not SEED_WORDS.isdisjoint(call.keywords) and any(
            name in SEED_WORDS and not self.is_none(source)
            for name, (_, source) in zip(call.keywords, call.inputs[1:], strict=True)
        )

    def holds_seed(self, mapping: Value) -> bool | None:
        """Whether a mapping has a key that is a seed; None when its keys are not all written down."""
        known = True
        for visit in self.flow.walk(mapping, self.origin, limit=ORIGIN_LIMIT):
            value = visit.value
            if value.kind == "dict":
                if any(isinstance(key, str) and key in SEED_WORDS for key in value.data):  # type: ignore[attr-defined]
                    return True
                known = known and None not in value.data  # type: ignore[operator]
            elif value.kind == "store" and isinstance(value.data, tuple):
                if value.data[1] in SEED_WORDS:
                    return True
                known = known and value.data[1] is not None
            elif value.kind == "call" and last_name(value) == "dict":
                if any(name in SEED_WORDS for name in value.data):  # type: ignore[attr-defined]
                    return True
            elif value.kind not in _HANDING or not self.origin(value, visit.stack):
                known = False
        return False if known else None

    def keys(self, mapping: Value, stack: Stack) -> Iterator[str]:
        """The keys that a mapping is written with, or a list of mappings, under some open calls."""
        for visit in self.flow.walk(mapping, self._origin_or_item, stack=stack, limit=ORIGIN_LIMIT):
            value = visit.value
            if value.kind == "dict":
                yield from (key for key in value.keys if isinstance(key, str))
            elif value.kind == "store" and isinstance(value.key, str):
                yield value.key
            elif value.kind == "call" and last_name(value) == "dict":
                yield from value.keywords

    def _origin_or_item(self, value: Value, stack: Stack) -> list[Step]:
        if value.kind == "collection":
            return [Step("item", source, stack) for source in value.every("item")]
        return self.origin(value, stack)

    def is_none(self, value: Value) -> bool:
        """Whether a value can be nothing but None: then a seed parameter that gets it is no seed."""
        found = self.origins(value)
        return bool(found) and all(origin.kind == "const" and origin.data is None for origin in found)

    def origins(self, value: Value) -> list[Value]:
        """Where a value comes from, unchanged; a parameter that nobody fills stands for itself."""
        return [
            visit.value
            for visit in self.flow.walk(value, self.origin, limit=ORIGIN_LIMIT)
            if visit.value.kind not in _HANDING or not self.origin(visit.value, visit.stack)
        ]

    def origin(self, value: Value, stack: Stack) -> list[Step]:
        """Where a value comes from, unchanged, in one step."""
        kind = value.kind
        if kind == "param":
            called = self.flow.callers(value.body.module.index, value.body.number)
            return self.flow.back_param(value, stack)[:FAN_OUT] if called else []
        if kind == "call":
            steps = (self.flow.enter_return(value, t, stack) for t in self.flow.targets(value) if t.kind == "func")
            return [step for found in steps for step in found]
        label = _INPUTS.get(kind)
        if label is not None:
            return [Step(label, source, stack) for source in value.every(label)]
        if kind == "operation" and value.data in ("or", "|"):
            return [Step("operand", source, stack) for source in value.every("operand")]
        if kind not in _HANDING:
            return []
        steps_back = self.flow.back(value, stack)
        if kind == "attr" and any(step.value.body.scope.kind == "class" for step in steps_back):
            return []  # the default of a field, which whoever makes the object may replace
        return [step for step in steps_back if step.label not in ("object", "key", "call", "test", "changed")]


_INPUTS = {"dict": "spread", "store": "base", "mutate": "base"}
_HANDING = frozenset("phi same choice param passed global free attr item return store mutate dict".split())


def family(target: Target) -> str:
    """The generator that a library draws from unless it is told otherwise."""
    return _FAMILY.get(target.name.partition(".")[0], OWN)


def seed_source(name: str) -> str:
    """The generator from which a library that stands by itself draws a seed for each thing that another one draws: a
    layer of Keras, where it is no part of TensorFlow, takes the seed of its initializer from NumPy."""
    return _SEED_SOURCES.get(name.partition(".")[0], "")


@functools.cache
def _told_by_name(name: str) -> tuple[bool, bool]:
    """Whether a function's name says that it seeds, and that it does not."""
    return _SEEDING_NAME.match(name.rsplit(".", 1)[-1]) is not None, _NO_SEED.search(name) is not None


def plain(target: Target) -> str:
    """A library's name without its compatibility layer."""
    return _plain(target.name)


def written(call: Value, target: Target) -> str:
    """The name that the code calls a library's function or class by; types that share a record keep their own."""
    function = call.inputs[0][1]
    return _plain(str(function.data) if function.kind == "external" else target.name)


@functools.cache
def _plain(name: str) -> str:
    return name.replace(".compat.v1.", ".").replace(".compat.v2.", ".")

"""One model's life as a value, and the words of libraries that tell of it."""

from __future__ import annotations

import msgspec

from mldebt.flow.conditions.conditions import ways
from mldebt.flow.linking import Target, is_self
from mldebt.flow.types.models import Models
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow, Stack

KEEPS = {"stores": "stored", "registers": "registered", "serves": "served"}
ASKS = frozenset({"predicts", "ranks", "embeds"})
HOLDING_KINDS = frozenset({"model", "estimator", "module", "layer", "trainer", "pipeline"})
ESTIMATORS = frozenset({"estimator", "pipeline"})
MODEL_KINDS = frozenset({"model", "estimator", "module"})
WEIGHTS = frozenset("parameters named_parameters trainable_variables trainable_weights trainable_parameters".split())
STEPS = frozenset({"step", "apply_gradients", "minimize", "apply", "update"})
SAME = frozenset(
    """to cpu cuda half float double bfloat16 eval train requires_grad_ state_dict get_weights merge_and_unload unload
    coef_ intercept_ components_ cluster_centers_ means_ dual_coef_
    fuse clone copy module base_model model unwrap get_booster booster_ booster best_estimator_ best_model_ best_model
    set_params wv
    children modules share_memory xpu compile network net estimator result compute
    SerializeToString save_raw model_to_string convert""".split()
)
"""Methods that give the model back and attributes that are the model, or all there is of it."""
WRITTEN = frozenset("SerializeToString save_raw model_to_string convert".split())
"""Methods that give the model as bytes or text."""
VECTORS = frozenset(
    """item_factors user_factors item_embeddings user_embeddings get_item_representations get_user_representations
    wv vectors qi pu get_layer itemFactors userFactors""".split()
)
"""Attributes and methods that give what a model has learnt of each item or word, all that may ever be used of it."""
FORMS = frozenset(
    """vectors wv weight weights data detach cpu numpy tolist astype copy to_numpy T get_weights values reset_index
    to_pandas toPandas write mode format normalize""".split()
)
"""What changes only the form in which numbers are held."""
ARRAYS = frozenset(
    """numpy.array numpy.asarray numpy.ascontiguousarray numpy.stack numpy.vstack numpy.float32 pandas.DataFrame
    pandas.Series zip enumerate sklearn.preprocessing.normalize json.dumps pickle.dumps torch.tensor torch.from_numpy
    scipy.sparse.csr_matrix""".split()
)
SERIALIZERS = frozenset(
    """pickle.dumps cPickle.dumps cloudpickle.dumps dill.dumps prophet.serialize.model_to_json
    prophet.serialize.model_to_dict""".split()
)
CONTAINERS = frozenset(
    "list tuple dict set sorted reversed iter copy.copy copy.deepcopy tqdm.tqdm tqdm.auto.tqdm".split()
)
PAIRS = frozenset({"enumerate", "zip"})
OPAQUE = frozenset("print len str repr type isinstance id hasattr getattr setattr callable vars dir".split())
MESSAGES = frozenset({"onnx.ModelProto"})
"""What holds a model and is written down as text."""
CHECKPOINTS = frozenset(
    """transformers.Trainer.train trl.SFTTrainer.train trl.DPOTrainer.train lightning.pytorch.Trainer.fit
    ultralytics.YOLO.train recbole.trainer.Trainer.fit sagemaker.estimator.EstimatorBase.fit
    sagemaker.estimator.EstimatorBase.train
    google.cloud.aiplatform.TrainingJob.run ray.train.base_trainer.BaseTrainer.fit
    autogluon.tabular.TabularPredictor.fit detectron2.engine.DefaultTrainer.train flair.trainers.ModelTrainer.train
    flair.trainers.ModelTrainer.fine_tune simpletransformers.classification.ClassificationModel.train_model""".split()
)
"""Training that by itself leaves a checkpoint behind."""
WRITES_WHERE_TOLD = ("sentence_transformers.",)
"""Libraries whose training writes the model to a path, when it is told one."""
TOLD = "output_path"
ARTIFACT_STORES = frozenset({"zenml", "dagster", "kedro", "metaflow"})
"""Orchestrators that store what a step returns."""


class Life(msgspec.Struct):
    """What happens to one model. `kept` says how, and by which open calls the walk got there; `asked` are calls for its
    predictions; `built` are the values that hold it in another model (a wrapper, a pipeline, a search)."""

    made: Value
    trained: dict[Value, None] = msgspec.field(default_factory=dict)
    kept: dict[tuple[Value, str], dict[Stack, None]] = msgspec.field(default_factory=dict)
    checkpointed: dict[tuple[Value, str], None] = msgspec.field(default_factory=dict)
    asked: dict[Value, None] = msgspec.field(default_factory=dict)
    measured: dict[Value, None] = msgspec.field(default_factory=dict)
    built: dict[Value, None] = msgspec.field(default_factory=dict)
    tracked: dict[Value, None] = msgspec.field(default_factory=dict)

    def keep(self, call: Value, how: str, stack: Stack) -> None:
        """Note a call that keeps the model, and one way there."""
        self.kept.setdefault((call, how), {})[stack] = None


def may_hold(flow: Flow, loaded: Value) -> bool:
    """Whether what is loaded may hold a model beside other things: `vectorizer, model = pickle.load(f)`; what is taken
    out of it may be so anywhere it gets to."""
    return loaded.kind == "call" and "loads" in flow.roles(loaded) and not flow.types(loaded)


def writes(flow: Flow, model: Value, target: Target) -> bool:
    """Whether a function gives a model as bytes or text."""
    if target.name == "str":
        return any(each.name in MESSAGES for each in flow.types(model))
    return target.name in SERIALIZERS


def chosen(flow: Flow, call: Value) -> list[Target]:
    """What of libraries a call may call when a loop goes over it, or an entry of a dictionary is called: `for kind in
    (Ridge, Lasso): model = kind()`, `MODELS[name]()`, `SAVES[name](model)`."""
    function = call.inputs[0][1]
    if function.kind == "element":
        members = flow.members(function.inputs[0][1], ())
        return [target for member in members for target in flow.callees(member.value)]
    if function.kind == "item" or (function.kind == "call" and function.calls_method("get")):
        return [target for held in flow.hooks.held_of_libraries(function) for target in flow.callees(held)]
    return []


def is_inner_model(flow: Flow, models: Models, attribute: Value) -> bool:
    """Whether an attribute, read by others, is the library's model that an object of the repository's own class
    trains: what its own methods do with it is known of the class."""
    if is_self(attribute.source):
        return False
    owners = (each.name for each in flow.types(attribute.source))
    if not any(isinstance(name, tuple) and models.is_model(name) for name in owners):
        return False
    names = (each.name for each in flow.types(attribute))
    return any(isinstance(name, str) and models.kind(name) in ESTIMATORS for name in names)


def is_view(flow: Flow, attribute: Value) -> bool:
    """Whether an attribute of a library's object is the object in another form: `runner.predict.run(rows)`."""
    found = (
        flow.catalogue.method(each.name, attribute.name)
        for each in flow.types(attribute.source)
        if isinstance(each.name, str)
    )
    return any(api is not None and "wraps" in api.roles and api.returns == "self" for api in found)


def is_left_over(before: Value, join: Value) -> bool:
    """Whether a variable has what it had before a loop only where none of the names that are asked for at each turn is
    given: `if name == "ridge": model = Ridge()`, `elif name == "lasso": model = Lasso()`, and no else."""
    if before.kind != "phi" or not set(before.loops) < set(join.loops):
        return False
    for other in join.every("value"):
        asked = [(_asked_for(test), way) for test, way in ways(other.body, other.at)] if other.kind == "call" else []
        met = {subject for subject, way in asked if way} & {subject for subject, way in asked if not way}
        if met - {None}:
            return True
    return False


def _asked_for(test: Value) -> Value | None:
    """What a test compares with a name that is written down."""
    sides = test.every("operand") if test.kind == "compare" and test.data == ("==",) else []
    written = [each for each in sides if each.kind == "const" and isinstance(each.data, str)]
    return next((each for each in sides if each not in written), None) if len(written) == 1 else None

"""Objects read back from files: whether one is a model, as what is done with it tells."""

from __future__ import annotations

from mldebt.flow.files.paths import Paths, arguments
from mldebt.flow.types.models import NETWORK_KINDS, Models
from mldebt.flow.value import Value
from mldebt.flow.walk import Stack, Step
from mldebt.regex import regex

LIMIT = 120
_LOADERS = frozenset(
    """pickle.load pickle.loads pickle.Unpickler cPickle.load cPickle.loads dill.load dill.loads cloudpickle.load
    cloudpickle.loads joblib.load sklearn.externals.joblib.load torch.load""".split()
)
_ASKED = frozenset(
    """predict predict_proba predict_log_proba decision_function transform inverse_transform fit partial_fit recommend
    encode generate eval forward state_dict named_parameters parameters score_samples kneighbors""".split()
)
"""Methods of a model, an encoder or a scaler; a table has none of them but `transform`, which needs a function."""
_FITTED = regex(r"[a-z]\w*[a-z0-9]_\Z")
"""What scikit-learn's estimators have learnt: `coef_`, `classes_`, `calibrated_classifiers_`."""
_HELD = ("values", "items", "get")
_ARRAYS = frozenset("numpy.load numpy.loadtxt torch.load".split())
_CONVERTING = frozenset(
    """torch.from_numpy torch.tensor torch.as_tensor torch.Tensor torch.FloatTensor numpy.array numpy.asarray
    tensorflow.constant tensorflow.convert_to_tensor""".split()
)
_CONVERTED = frozenset("float half double to cuda cpu type astype".split())
_TAKES_VECTORS = frozenset({"from_pretrained", "copy_", "Parameter"})
"""What is built with vectors that were trained before, or takes them over."""
TAKES_WEIGHTS = frozenset({"load_state_dict", "load_weights", "set_weights", "load_params", "set_params"})
_WITHIN = frozenset({"item", "element"})
_ARCHIVES = frozenset({"ZipFile", "unpack_archive", "TarFile"})
_OPENED_ARCHIVE = "tarfile.open"
_PARTS_DEPTH = 6
_COMPOSED = frozenset({"operation", "template", "phi", "choice", "same"})


class Loaded:
    """Follows what a loader gives to what is done with it."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        self.flow = paths.flow

    def is_model(self, read: Value) -> bool:
        """Whether what a call reads is a model: an object from a pickle that is asked, fitted or called, or weights."""
        for start in self._objects(read):
            for visit in self.flow.walk(start, self._forth, limit=LIMIT):
                if any(self._tells(label, user) for label, user in visit.value.uses):
                    return True
        return self._is_vectors(read)

    def is_kept_for_model(self, download: Value) -> bool:
        """Whether a download is put where the same function then loads a model: as that file, or as an archive that is
        unpacked beside it. No data comes with it."""
        source = self.paths.path(download)
        kept = [each for _, each in arguments(download) if each is not source and each.kind != "const"]
        loads = [call for call in download.body.calls if "loads" in self.flow.roles(call) and call.at > download.at]
        froms = [given for call in loads for _, given in arguments(call)[:1]]
        for place in kept:
            parts = _parts(place) if any(self._unpacks(label, user) for label, user in place.uses) else {place}
            if any(parts & _parts(given) for given in froms):
                return True
        return False

    def _unpacks(self, label: str, user: Value) -> bool:
        if label != "arg" or user.kind != "call":
            return False
        names = {target.name for target in self.flow.targets(user)}
        return _OPENED_ARCHIVE in names or any(name.rpartition(".")[2] in _ARCHIVES for name in names)

    def _is_vectors(self, read: Value) -> bool:
        """Whether an array, whole and as it is, is what a network is built with: vectors that were trained before."""
        if not any(target.name in _ARRAYS for target in self.flow.targets(read)):
            return False
        visits = self.flow.walk(read, self._converted, limit=LIMIT)
        return any(label == "arg" and self._builds(user) for visit in visits for label, user in visit.value.uses)

    def _converted(self, value: Value, stack: Stack) -> list[Step]:
        """Where the same numbers go, as a tensor or in another type."""
        steps = [*self.paths.same_forth(value, stack)]
        for label, user in value.uses:
            if label == "arg" and user.calls_external(*_CONVERTING):
                steps.append(Step("same", user, stack))
            elif label == "object" and user.kind == "attr" and user.data in _CONVERTED:
                steps.extend(Step("same", call, stack) for role, call in user.uses if role == "function")
        return steps

    def _builds(self, call: Value) -> bool:
        if call.kind != "call":
            return False
        models = self.flow.shared(Models)
        own = [target.key for target in self.flow.targets(call) if target.kind == "class"]
        return call.function.name.rpartition(".")[2] in _TAKES_VECTORS or any(
            models.derives(cls, NETWORK_KINDS) for cls in own
        )

    def _objects(self, read: Value) -> list[Value]:
        """What comes out of the file: the call itself, or what takes the file that it opens."""
        if self._loads(read):
            return [read]
        found: list[Value] = []
        for visit in self.flow.walk(read, self.paths.same_forth, limit=LIMIT):
            for label, user in visit.value.uses:
                bytes_of = [call for _, call in user.uses if call.calls_method("read")] if label == "object" else []
                given = [user] if label == "arg" else [each for call in bytes_of for _, each in call.uses]
                found += filter(self._loads, given)
        return found

    def _loads(self, value: Value) -> bool:
        return value.kind == "call" and any(target.name in _LOADERS for target in self.flow.targets(value))

    def _forth(self, value: Value, stack: Stack) -> list[Step]:
        inside = [Step(label, user, stack) for label, user in value.uses if user.kind in _WITHIN and label != "key"]
        held = (user for label, user in value.uses if label == "object" and user.kind == "attr" and user.data in _HELD)
        inside += [Step("held", call, stack) for each in held for label, call in each.uses if label == "function"]
        return [*self.paths.same_forth(value, stack), *inside]

    def _tells(self, label: str, user: Value) -> bool:
        if label == "function":
            return True
        if label == "object" and user.kind == "attr" and user.data in _ASKED:
            return any(inner == "function" for inner, _ in user.uses)
        if label == "object" and user.kind == "attr" and _FITTED.match(user.name):
            return True
        return label == "arg" and user.kind == "call" and user.calls_method(*TAKES_WEIGHTS)


def _parts(path: Value, depth: int = _PARTS_DEPTH) -> set[Value]:
    """A path and what it is put together of, without the texts that stand in the code."""
    if path.kind == "const" or not depth:
        return set()
    if path.kind == "passed":
        return _parts(path.source, depth)  # handed to a function as well
    found = {path}
    if path.kind in _COMPOSED or path.calls_external("os.path.join"):
        found |= {part for _, source in path.inputs for part in _parts(source, depth - 1)}
    return found

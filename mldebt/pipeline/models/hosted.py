"""Models that others train for the team: fine-tuning jobs of a provider, training jobs that a client of a cloud
starts. What is known of them is what the call tells."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

import msgspec

from mldebt.flow.files.paths import Paths
from mldebt.flow.idioms import last_name
from mldebt.flow.sameness import arguments
from mldebt.flow.steps import Stack, Step
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

WALK_LIMIT = 40
DEPTH = 7
_EVALUATED = regex(r"(eval|valid|val|test|dev|holdout)", re.IGNORECASE)
_CHANNEL = frozenset({"ChannelName", "channelName"})
_UPLOADED = frozenset({"file", "path"})


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """How a job of one service is told: by which arguments, or keys within them, its data, where it leaves the model,
    under which name, and what it starts from."""

    library: str
    what: str
    data: frozenset[str]
    kept: frozenset[str]
    names: frozenset[str] = frozenset()
    base: frozenset[str] = frozenset()
    note: str = ""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SAGEMAKER = Service(
    library="boto3",
    what="SageMaker training job",
    data=_words("S3Uri FileSystemId"),
    kept=_words("S3OutputPath"),
    base=_words("TrainingImage AlgorithmName"),
)
_BEDROCK = Service(
    library="boto3",
    what="Bedrock customization job",
    data=_words("s3Uri"),
    kept=frozenset(),
    names=_words("customModelName"),
    base=_words("baseModelIdentifier"),
    note="kept by Bedrock",
)
_FINE_TUNING = Service(
    library="openai",
    what="fine-tuning job",
    data=_words("training_file training_files"),
    kept=frozenset(),
    names=_words("suffix"),
    base=_words("model"),
    note="kept by the provider",
)
_VERTEX = Service(
    library="google-cloud",
    what="Vertex tuning job",
    data=_words("train_dataset training_data training_dataset"),
    kept=frozenset(),
    names=_words("tuned_model_display_name model_display_name"),
    base=_words("source_model base_model"),
    note="kept by Vertex AI",
)
_METHODS = {
    "create_training_job": ("TrainingJobName", _SAGEMAKER),
    "create_hyper_parameter_tuning_job": ("HyperParameterTuningJobName", _SAGEMAKER),
    "create_auto_ml_job": ("AutoMLJobName", _SAGEMAKER),
    "create_auto_ml_job_v2": ("AutoMLJobName", _SAGEMAKER),
    "create_model_customization_job": ("customModelName", _BEDROCK),
    "tune_model": ("training_data", _VERTEX),
}
"""Methods that start a job, with the argument that tells them from others of the name."""
_CHAINS = (
    (regex(r"(^|\.)fine_tuning(\.jobs)?\.create$|(^|\.)(FineTuningJob|FineTune)\.create$"), _FINE_TUNING),
    (regex(r"(^|\.)tuning\.sft\.train$|(^|^vertexai\..*)sft\.train$|(^|\.)tunings\.tune$"), _VERTEX),
)


class HostedModel(msgspec.Struct, frozen=True, kw_only=True):
    """A job by the call that starts it, with the values that tell its data, where the model is kept, its name and what
    it starts from."""

    service: Service
    call: Value
    data: tuple[Value, ...]
    kept: tuple[Value, ...]
    names: tuple[Value, ...]
    base: tuple[Value, ...]


class Hosted:
    """Finds the jobs that the team's own code starts."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.paths = flow.shared(Paths)

    def find(self) -> Iterator[HostedModel]:
        """Every job, by place; a call that only hands one on is none."""
        for module in self.flow.program.modules:
            for body in self.flow.bodies(module.index) if module.category == "product" else ():
                for call in body.calls:
                    service = self._service(call)
                    if service is not None:
                        yield self._told(call, service)

    def _service(self, call: Value) -> Service | None:
        name = last_name(call.function)
        if name in _METHODS:
            wanted, service = _METHODS[name]
            return service if {wanted, "**"} & set(call.keywords) else None
        if name not in ("create", "train", "tune"):
            return None
        chain = _chain(call.function)
        found = next((service for pattern, service in _CHAINS if pattern.search(chain)), None)
        return found if found is not None and found.data & set(call.keywords) else None

    def _told(self, call: Value, service: Service) -> HostedModel:
        def under(wanted: Collection[str], skipped: Collection[str] = ()) -> tuple[Value, ...]:
            given = ((keyword, source) for keyword, source in arguments(call) if keyword not in skipped)
            found = (each for keyword, source in given for each in self._under(keyword, source, wanted, DEPTH))
            return tuple(dict.fromkeys(found))

        data = under(service.data, ("OutputDataConfig", "outputDataConfig", "validationDataConfig"))
        return HostedModel(
            service=service,
            call=call,
            data=tuple(self._uploaded(each) for each in data),
            kept=under(service.kept),
            names=under(service.names),
            base=under(service.base),
        )

    def _under(self, keyword: str, value: Value, wanted: Collection[str], depth: int) -> Iterator[Value]:
        """The values that stand under some keys within what an argument holds; not those of a channel that is there to
        measure by."""
        if keyword in wanted:
            yield value
            return
        for visit in self.flow.walk(value, self.paths.same_back, limit=WALK_LIMIT) if depth else ():
            held = visit.value
            if held.kind == "dict" and not _is_to_measure(held):
                for key, item in zip(held.keys, held.every("item"), strict=False):
                    yield from self._under(str(key), item, wanted, depth - 1)
            elif held.kind == "collection":
                for item in held.every("item"):
                    yield from self._under("", item, wanted, depth - 1)

    def _uploaded(self, value: Value) -> Value:
        """The file whose id is given instead: `client.files.create(file=open(path, "rb")).id`."""
        for visit in self.flow.walk(value, self._back_to_upload, limit=WALK_LIMIT):
            call = visit.value
            if call.kind != "call" or not ({"purpose"} & set(call.keywords) or "upload" in last_name(call.function)):
                continue
            given = next((source for keyword, source in arguments(call) if keyword in _UPLOADED), None)
            if given is not None:
                return self._opened(given)
        return value

    def _back_to_upload(self, value: Value, stack: Stack) -> list[Step]:
        """The same value further back, and what an id is the id of."""
        steps = self.paths.same_back(value, stack)
        return steps or [step for step in self.flow.back(value, stack) if step.label == "object"]

    def _opened(self, file: Value) -> Value:
        for visit in self.flow.walk(file, self.paths.same_back, limit=WALK_LIMIT):
            call = visit.value
            if call.kind == "call" and call.arguments and last_name(call.function) == "open":
                receiver = call.receiver
                return receiver if receiver is not None and receiver.kind != "external" else call.arguments[0]
        return file


def _is_to_measure(channel: Value) -> bool:
    named = zip(channel.keys, channel.every("item"), strict=False)
    return any(key in _CHANNEL and _EVALUATED.search(str(item.data)) is not None for key, item in named)


def _chain(function: Value) -> str:
    """The names by which a function is reached: `client.fine_tuning.jobs.create`."""
    parts: list[str] = []
    while function.kind == "attr":
        parts.append(function.name)
        function = function.source
    if function.kind == "external":
        parts.append(function.name)
    return ".".join(reversed(parts))

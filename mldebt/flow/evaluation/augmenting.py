"""Evaluation sets that are augmented: a random transform on the rows that a model is judged on."""

from __future__ import annotations

import msgspec

from mldebt.flow.calls.words import keyword, last_name
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

BACK_LIMIT = 200
_AUGMENTS = regex(
    r"^(Random\w+|ColorJitter|AutoAugment|RandAugment|TrivialAugmentWide|AugMix|GaussianNoise|GaussNoise|CoarseDropout|Cutout"
    r"|HorizontalFlip|VerticalFlip|ShiftScaleRotate|Affine|MixUp|CutMix|SpecAugment|TimeMasking|FrequencyMasking)$"
)
_LIBRARIES = (
    "torchvision.transforms",
    "torchaudio.transforms",
    "monai.transforms",
    "albumentations",
    "kornia",
    "imgaug",
    "keras.layers",
    "tensorflow.keras.layers",
)
_HELD_OUT = frozenset("test val valid validation dev holdout eval".split())
_NAMES = ("transform", "transforms", "augmentation", "augment")
_TRANSFORMS = frozenset(_NAMES)


class Augmented(msgspec.Struct, frozen=True):
    """A dataset for evaluation, the random transform that it is given, and why it is for evaluation."""

    dataset: Value
    transform: Value
    text: str


def augmented(flow: Flow, call: Value) -> Augmented | None:
    """Whether a call makes an evaluation set whose rows are changed at random."""
    if _TRANSFORMS.isdisjoint(call.keywords):
        return None
    given = [source for name in _NAMES for source in keyword(call, name)]
    text = _held_out(call) if given else ""
    if not text:
        return None
    for source in given:
        found = _random(flow, source)
        if found is not None:
            return Augmented(call, found, text)
    return None


def _held_out(call: Value) -> str:
    for source in keyword(call, "train"):
        if source.kind == "const" and source.data is False:
            return "train=False"
    for name in ("split", "mode", "subset", "image_set"):
        for source in keyword(call, name):
            if source.kind == "const" and str(source.data) in _HELD_OUT:
                return f'{name}="{source.data}"'
    return ""


def _random(flow: Flow, transform: Value) -> Value | None:
    """The transform among some that draws, when what decides between them is not known to leave it out."""
    if transform.kind in ("choice", "phi"):
        return None
    for visit in flow.walk(transform, flow.back, limit=BACK_LIMIT):
        value = visit.value
        if value.kind in ("choice", "phi"):
            return None
        if value.kind == "call" and _AUGMENTS.match(last_name(value)):
            names = [target.name for target in flow.targets(value)]
            if any(name.startswith(_LIBRARIES) for name in names):
                return value
    return None

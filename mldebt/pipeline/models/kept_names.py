"""What the names and paths of kept models tell: whether one is enough to be known by, and what it leaves open."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

from mldebt.flow.files.pathtexts import HOLES
from mldebt.pipeline.models.copies import address
from mldebt.regex import regex

NAME_LENGTH = 5
_ADDRESS = regex(r"models:/+([^/@]+)(?:[/@].*)?\Z|runs:/+[^/]+/(.+)\Z", re.DOTALL)
_TAGGED = regex(r"([A-Za-z][\w.-]+):(?:latest|\w{6,})\Z")
"""A name in a store of models with the version that is meant: `fraud:latest`."""
OPEN = "{}"
"""What stands in a name for what the code leaves open."""
_FILLED = r"[\w.-]*?"
"""What may stand there instead, beginning at the end of a word."""
_WORD_ENDS = r"(?:(?<![A-Za-z])|(?![A-Za-z]))"
_VERSION = regex(r"[-_]?v?\d+\Z")
GENERAL = frozenset(
    """model models weights checkpoint checkpoints ckpt best best_model final final_model last latest state snapshot
    pipeline classifier scaler encoder vectorizer tokenizer preprocessor artifacts output outputs data save saved
    saved_model saved_models trained tmp temp""".split()
)
"""What every other project calls its artifacts and the folders of these."""


def named_in(text: str) -> str:
    """The name that an address of MLflow gives (of a registered model, or of what one run logged); the address of an
    object in a bucket as others spell it."""
    if (tagged := _TAGGED.match(text)) is not None:
        return tagged[1]
    found = _ADDRESS.match(text)
    return found[1] or found[2] if found is not None else address(text)


def is_left_beside(keeping: str, text: str) -> bool:
    """Whether a path leads to the very folder in which the code that keeps something by that name lies:
    `../train/model.pkl` is what `train/train.py` leaves there."""
    folder, above = posixpath.dirname(text), posixpath.basename(posixpath.dirname(keeping))
    return bool(above) and above not in GENERAL and posixpath.basename(folder) == above


def is_own_name(name: str) -> bool:
    """Whether a file's name, whatever its version, is not what every other project calls its artifacts."""
    return _VERSION.sub("", name.partition(".")[0].lower()) not in GENERAL


def telling_name(text: str) -> str:
    """The last part of a path, or the last two, when that is enough of a name to be known by."""
    parts = text.rstrip("/").split("/")
    name = parts[-1]
    if _letters(name) < NAME_LENGTH <= _letters("/".join(parts[-2:])) and _letters(name) > 1 and "{" not in text:
        return "/".join(parts[-2:])  # a short name is enough of one below its folder
    return HOLES.sub("{}", name) if _letters(name) >= NAME_LENGTH and "…" not in name else ""


def filling(parts: Sequence[str]) -> re.Pattern[str]:
    """What matches a name whose written parts these are, with nothing filled in that makes another word of the one
    before. Each part is looked for once, from the left."""
    first, *between, last = map(re.escape, parts)
    inner = "".join(f"(?>{_FILLED}{part}{_WORD_ENDS})" for part in between)
    return re.compile(f"{first}{_WORD_ENDS}{inner}{_FILLED}{last}")


def _letters(name: str) -> int:
    """How many letters of a name are written down."""
    return sum(char.isalpha() for char in HOLES.sub("", name))

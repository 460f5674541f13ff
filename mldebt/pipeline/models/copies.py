"""What becomes of a kept model's file or registry entry: copies of it, and the stages and aliases it is moved to."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

import msgspec

from mldebt.flow.files.files import same_top
from mldebt.flow.files.paths import Paths
from mldebt.flow.sameness import arguments
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.models.lifecycle import same_object
from mldebt.pipeline.spelling import NOTHING, Spelling
from mldebt.regex import regex

_MOVES = frozenset("copy copy2 copyfile move rename replace upload_file upload_from_filename".split())
_BY_NAME = frozenset("shutil.copy shutil.copy2 shutil.copyfile shutil.move os.rename os.replace".split())
_BEST = frozenset({"best_model_path", "last_model_path"})
_CALLBACK = "checkpoint_callback"
_FROM = frozenset({"src", "Filename", "filename"})
_TO = frozenset({"dst", "Key"})
_STAGING = frozenset({"transition_model_version_stage", "set_registered_model_alias"})
_OF_S3 = regex(r"https?://([\w.-]+?)\.s3[\w.-]*\.amazonaws\.com/(.+)\Z")
_OF_GCS = regex(r"https?://storage\.(?:googleapis|cloud\.google)\.com/(.+)\Z")


class Copy(msgspec.Struct, frozen=True):
    """A call that copies a file, with both paths as the code spells them."""

    call: Value
    source: str
    target: str
    path: Value
    """What names the copy."""


class Copies:
    """Questions about files and registry entries by what they are called."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.spelling = Spelling(flow.shared(Paths))

    def of(self, text: str, keeping: Value) -> list[Copy]:
        """The copies of what a call keeps at a path: in the same module, or under a folder by code of the same part
        of the repository."""
        here = keeping.body.module
        return [
            copy
            for copy in self._by_source.get(_plain(text), ())
            if (there := copy.call.body.module) is here
            or ("/" in _plain(text).strip("/") and same_top(here.path, there.path))
        ]

    def of_best(self, keeping: Value) -> list[Copy]:
        """The copies of the best checkpoint that a callback, or a trainer, tells: `shutil.copy(saved.best_model_path,
        path)`; `keeping` makes the callback, or is the training."""
        receiver = keeping.receiver if keeping.kind == "call" else None
        holders = {keeping, *(same_object(self.flow, receiver) if receiver is not None else ())}
        return [copy for owner, copy in self._of_checkpoints if owner in holders]

    @cached_property
    def _of_checkpoints(self) -> list[tuple[Value, Copy]]:
        """With what made the object that is asked for its best checkpoint."""
        found = []
        for call in self.flow.calls_named(_MOVES):
            given = self._given(call)
            told = given[0] if given is not None and given[0].kind == "attr" and given[0].data in _BEST else None
            if given is None or told is None:
                continue
            owner = told.source
            if owner.kind == "attr" and owner.data == _CALLBACK:
                owner = owner.source
            ends = [text for text in self.spelling.texts(given[1], ()) if text.strip(NOTHING)]
            for end in ends if len(ends) == 1 else ():
                copy = Copy(call, "", given[2] + end, given[1])
                found += [(holder, copy) for holder in same_object(self.flow, owner)]
        return found

    def staged(self, name: str) -> list[str]:
        """The stages and aliases that code moves a registered model to, by its name."""
        return list(dict.fromkeys(self._staged.get(name, ())))

    @cached_property
    def _by_source(self) -> dict[str, list[Copy]]:
        found: dict[str, list[Copy]] = defaultdict(list)
        for call in self.flow.calls_named(_MOVES):
            for copy in self._copies(call):
                found[_plain(copy.source)].append(copy)
        return found

    def _copies(self, call: Value) -> Iterator[Copy]:
        """Each pair of texts that a call may copy from and to, where both are written down."""
        given = self._given(call)
        if given is None:
            return
        source, target, prefix = given
        ends = [text for text in self.spelling.texts(target, ()) if text.strip(NOTHING)]
        for text in self.spelling.texts(source, ()):
            if text.strip(NOTHING) and len(ends) == 1:
                yield Copy(call, text, prefix + _placed(ends[0], text), target)

    def _given(self, call: Value) -> tuple[Value, Value, str] | None:
        """What a call copies, to what, and what stands before that."""
        named = arguments(call)
        plain = [value for keyword, value in named if keyword == ""]
        source = next((value for keyword, value in named if keyword in _FROM), None) or next(iter(plain), None)
        target = next((value for keyword, value in named if keyword in _TO), None) or next(iter(plain[:0:-1]), None)
        if source is None:
            return None
        if any(each.name in _BY_NAME for each in self.flow.targets(call)):
            return (source, target, "") if target is not None else None
        if self._medium(call) != "bucket" or call.receiver is None:
            return None
        if call.calls_method("upload_from_filename"):  # bucket.blob(name).upload_from_filename(path)
            blob = self._made(call.receiver)
            return (source, blob, "") if blob is not None else None
        bucket = next((value for keyword, value in named if keyword == "Bucket"), plain[1] if len(plain) > 2 else None)
        names = self.spelling.texts(bucket, ()) if bucket is not None else []
        return (source, target, f"s3://{names[0]}/" if len(names) == 1 else "") if target is not None else None

    def _made(self, blob: Value) -> Value | None:
        """The name with which a blob was made."""
        for visit in self.flow.walk(blob, self.spelling.paths.same_back, limit=20):
            if visit.value.kind == "call" and visit.value.calls_method("blob"):
                return next(iter(visit.value.arguments), None)
        return None

    def _medium(self, call: Value) -> str:
        api = self.flow.api(call)
        return api.medium if api is not None and "saves" in api.roles else ""

    @cached_property
    def _staged(self) -> dict[str, list[str]]:
        """By the name of a registered model."""
        found: dict[str, list[str]] = defaultdict(list)
        for call in self.flow.calls_named(_STAGING):
            api = self.flow.api(call)
            if api is None or not api.name.startswith("mlflow."):
                continue
            is_alias = call.calls_method("set_registered_model_alias")
            named = dict(arguments(call))
            plain = [value for keyword, value in arguments(call) if keyword == ""]
            name = named.get("name") or next(iter(plain), None)
            stage = named.get("alias" if is_alias else "stage") or next(
                iter(plain[1:2] if is_alias else plain[2:3]), None
            )
            if name is None or stage is None:
                continue
            for text in self.spelling.texts(name, ()):
                words = [word for word in self.spelling.texts(stage, ()) if word.strip(NOTHING)]
                found[text] += [f"{'alias' if is_alias else 'stage'} {word}" for word in words]
        return found


def address(text: str) -> str:
    """The address of an object in a bucket, however it is spelled: `https://shop.s3.amazonaws.com/a` is `s3://shop/a`."""
    if (found := _OF_S3.match(text)) is not None:
        return f"s3://{found[1]}/{found[2]}"
    found = _OF_GCS.match(text)
    return f"gs://{found[1]}" if found is not None else text


def _placed(target: str, source: str) -> str:
    """Where a copy lies: into a folder it goes by its own name."""
    name = posixpath.basename(source)
    is_folder = target.endswith("/") or ("." in name and "." not in posixpath.basename(target) and "}" not in target)
    return posixpath.join(target, name) if is_folder else target


def _plain(text: str) -> str:
    return text.removeprefix("./")

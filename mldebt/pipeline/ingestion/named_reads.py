"""What a read of training data names: a file, an address, a table, the folder in which files are found, or else the
function that reads."""

from __future__ import annotations

import posixpath
import re

import msgspec

from mldebt.flow.files.content import SETTINGS
from mldebt.flow.files.filenames import holds_no_data
from mldebt.flow.files.paths import Paths
from mldebt.flow.sameness import arguments
from mldebt.flow.steps import Stack, StepFunction, Visit
from mldebt.flow.types.models import Models, short_name
from mldebt.flow.value import Value
from mldebt.pipeline.spelling import Spelling
from mldebt.regex import regex
from mldebt.rulebook import Api

TEXTS_SHOWN = 4
NAMED = 6
FOLDER_LIMIT = 150
_NO_SOURCE = frozenset({"configures", "loads", "tracks", "registers", "logs", "serves"})
_UNPICKLES = frozenset({"torch.load", "joblib.load", "pickle.load", "cPickle.load"})
EMPTY = regex(r"([{}./…\s]|\bNone\b|\bTrue\b|\bFalse\b)*")
_TELLING = regex(
    r"(^|/)\{(\w+\.)*[A-Za-z_]\w*\}$|[\w}*]\.\w{2,8}$|://|^/|\bfrom\b|^[\w.-]+/[\w.-]+$|\w/\w",
    re.IGNORECASE | re.DOTALL,
)
"""What tells a reader which data is meant: a setting by its name, a file, an address, a query, a name on a hub."""


class Named(msgspec.Struct, frozen=True):
    """What a read names, the ways to what decides that, and what names it where the read is not given it."""

    text: str
    ways: tuple[Visit, ...] = ()
    path: Value | None = None


_OF_FOLDERS = frozenset({"ImageFolder", "DatasetFolder", "FakeData", "VisionDataset"})
_FORMATS = frozenset("csv json text parquet arrow pandas imagefolder audiofolder webdataset sql xml".split())
"""What `load_dataset` is told where the data lies in files of the team's own."""
_KNOWN_BY_NAME = frozenset({"table", "registry"})
_FOLDERS = frozenset({"directory", "folder", "root"})
_NAMES = frozenset({"name", "1"})
"""By a word, or as what comes after the store that is asked."""


class NamedReads:
    """Questions about reads and what they name. `back` are steps to what data was made from."""

    def __init__(self, paths: Paths, back: StepFunction) -> None:
        self.paths = paths
        self.back = back
        self.flow = paths.flow
        self.models = paths.flow.shared(Models)

    def is_source(self, call: Value) -> bool:
        """Whether a call reads data; a data set that takes up what was pickled reads data, too."""
        api = self.flow.api(call)
        if api is None or api.roles & _NO_SOURCE:
            return api is not None and self._is_pickled(call)
        if not self.paths.is_read(call):
            return False
        given = call.inputs[1][1] if len(call.inputs) > 1 else None
        path = self.paths.path(call)
        return path is None or given is None or path is given or self.paths.opened(given) is not path

    def _is_pickled(self, call: Value) -> bool:
        """Whether a class that hands out data by items takes up tensors or objects from a file."""
        if not any(target.name in _UNPICKLES for target in self.flow.targets(call)):
            return False
        cls = self.flow.program.enclosing_class(call.body.key)
        return cls is not None and self.models.is_dataset(cls)

    def of(self, call: Value, stack: Stack, spelling: Spelling) -> list[Named]:
        """What a read names, as the open calls say it; nothing when all that it names is no data. A read that names
        nothing is named by the folder in which its files are found, or by its function: the repository's own that hands
        it out, or else the library's."""
        if published := _published(call, self.flow.api(call)):
            return [Named(published)]
        path = dict(arguments(call)).get("data_files") or self.paths.path(call)
        if (table := self._table(call, path)) is not None:
            return [Named(table)]
        ends = self._texts(path, stack, spelling) if path is not None else {}
        data = [text for text in ends if not self._names_no_data(text, call)]
        telling = [Named(text, (ends[text],)) for text in data if _is_telling(text) or self._is_name(text, call)]
        if telling or (ends and not data):
            return telling[:TEXTS_SHOWN]
        folders = self._folders(path, stack, spelling) if path is not None else {}
        return list(folders.values())[:TEXTS_SHOWN] or [Named(self._reader(call, stack))]

    def _is_name(self, text: str, call: Value) -> bool:
        """Whether a read is told the name of what it reads, as a feature store or a registry knows it, or a folder,
        wherever that stands: `{config.unzip_dir}/scans`."""
        api = self.flow.api(call)
        if api is None:
            return False
        if "{" in text:
            last = text.rpartition("/")[2]
            return api.source in _FOLDERS and last != text and "{" not in last and sum(map(str.isalpha, last)) >= NAMED
        return (api.medium in _KNOWN_BY_NAME and api.source in _NAMES) or api.source in _FOLDERS

    def _texts(self, path: Value, stack: Stack, spelling: Spelling) -> dict[str, Visit]:
        ends = {below(text): way for text, way in spelling.ends(path, stack)}
        return {text: way for text, way in ends.items() if not EMPTY.fullmatch(text) and text[:5] != "None/"}

    def _folders(self, path: Value, stack: Stack, spelling: Spelling) -> dict[str, Named]:
        """The folders that were listed to find a path: `for path in root.rglob("*")`."""
        found: dict[str, Named] = {}
        for visit in self.flow.walk(path, self.back, stack=stack, limit=FOLDER_LIMIT):
            call = visit.value
            if call.kind != "call" or "lists" not in self.flow.roles(call):
                continue
            folder = self.paths.path(call) or next(iter(call.arguments), None)
            for text, way in self._texts(folder, visit.stack, spelling).items() if folder is not None else ():
                if _is_telling(text) and not self._names_no_data(text, call):
                    found.setdefault(text, Named(text, (visit, way), folder))
        return found

    def _table(self, call: Value, path: Value | None) -> str | None:
        """The class of the table that a read asks through the class itself: `Rating.objects.all()`."""
        api = self.flow.api(call)
        if api is None or api.medium != "table" or path is None or path.kind != "attr" or path.source.kind != "class":
            return None
        return self.flow.scope(*path.source.scope_key).name

    def _reader(self, call: Value, stack: Stack) -> str:
        """The function by which a script or notebook reads: the outermost of the team's own that was gone into."""
        for outer in stack:
            own = [target for target in self.flow.targets(outer) if target.kind == "func"]
            if len(own) == 1 and own[0].module != outer.body.module.index:
                module = self.flow.program.modules[own[0].module]
                return f"{self.flow.scope(*own[0].key).qualname}() of {module.path}"
        first = call.inputs[1][1] if len(call.inputs) > 1 else None
        api = self.flow.api(call)
        name = short_name(api.name) if api is not None else ""
        plain = first is not None and first.kind == "const" and isinstance(first.data, str)
        return f"{name}({first.data!r})" if first is not None and plain else f"{name}()"

    def _names_no_data(self, text: str, call: Value) -> bool:
        """Whether a path, or the last part of a hole's name, is one of settings, weights or results: `{opt.hyp}`. What
        a data set takes up has the ending of weights."""
        last = text.rpartition("/")[2]
        name = last.strip("{}").rpartition(".")[2] if re.fullmatch(r"\{[^{}]*\}", last) else text
        if self._is_pickled(call):
            name = posixpath.splitext(name)[0]
        return name in SETTINGS or holds_no_data(name)


def _published(call: Value, api: Api | None) -> str:
    """The name of a data set that a library fetches itself: `datasets.MNIST(root)`, `load_dataset("glue", "cola")`."""
    name = api.name if api is not None else ""
    if name.startswith("torchvision.datasets.") and short_name(name) not in _OF_FOLDERS:
        return f"{short_name(name)} of torchvision"
    texts = [each.data for each in call.arguments[:2] if each.kind == "const" and isinstance(each.data, str)]
    if not name.endswith(".load_dataset") or not texts or call.keywords[:1] != ("",) or "data_files" in call.keywords:
        return ""
    plain = [text for keyword, text in zip(call.keywords, texts, strict=False) if keyword in ("", "name")]
    return " ".join(plain) if texts[0] not in _FORMATS and "data_dir" not in call.keywords else ""


def below(text: str) -> str:
    """A file in a place that the code finds out, by its path below that."""
    head, hole, rest = text.rpartition("{…}/")
    return rest.lstrip("/") if hole and not head.strip("{}…/") and _is_file(rest) else text


def _is_file(text: str) -> bool:
    """Whether enough of a file's name is written down to know it by."""
    name = re.sub(r"\{[^{}]*\}", "", text.rpartition("/")[2])
    return "." in name and sum(char.isalpha() for char in name) >= NAMED


def _is_telling(text: str) -> bool:
    return bool(_TELLING.search(text)) and ("…" not in text or _is_file(text))

"""Model code that somebody else wrote: copied files without a version, packages from a repository without a commit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property

import msgspec

from mldebt.documents import Dependency, DocumentFacts, DocumentKind
from mldebt.facts.record import Comment, Constant
from mldebt.finding import Location
from mldebt.flow.program import Module
from mldebt.flow.types.models import Models
from mldebt.flow.walk import Flow
from mldebt.regex import regex
from mldebt.sources import Document

_COPYRIGHT = regex(
    r"copyright\s*(?:\(c\)|©)?\s*(?:\d{4}(?:\s*[-,]\s*(?:\d{4}|present|now))*)?,?\s*(?:by\s+)?(?P<holder>[A-Z][^.,\n]*)",
    re.IGNORECASE,
)
_COPIED = regex(
    r"\b(?:copied|taken|borrowed|vendored|lifted|stolen|copy-pasted|copy pasted)\b[^.\n]{0,40}?\bfrom\b"
    r"|\b(?:adapted|modified|forked|ported|derived)\s+from\b(?=[^\n]*(?:github|gitlab|bitbucket)\.\w+/)",
    re.IGNORECASE,
)
_FILE_OF_OTHERS = regex(r"\b(?:github|gitlab|bitbucket)\.\w+/\S+/(?:blob|raw|tree|src)/")
"""The address of one file, which says that the file at hand is that one, however short."""
_VERSION = regex(
    r"\b[0-9a-f]{7,40}\b|\bcommit\b|\bv?\d+\.\d+\.\d+|\bv\d+(\.\d+)?\b|\b(release|tag|version|revision)\s+[v\d]",
    re.IGNORECASE,
)
_AUTHOR = regex(r"^\W*(?:original[ _-]?)?authors?\s*[:=]\s*(?P<names>[^<(\n]{3,80})", re.IGNORECASE)
_NAME_LENGTH = 4
_FILLING = regex(
    r"\b(the|inc|llc|ltd|gmbh|corporation|corp|authors?|team|all rights reserved|contributors|\d{4})\b.*", re.IGNORECASE
)
_LICENCE = regex(r"licen[sc]e,?\s+version\s+[\d.]+|licenses?/\S+|version\s+2\.0|www\.\S+", re.IGNORECASE)
_GIT = regex(r"git\+(?:https?|ssh|git)://[\w.@-]+[/:][^\s\"'#;]+")
_PINNED = regex(r"@(?:[0-9a-f]{7,40}|[\w-]*v?\d+(?:\.\d+)+[\w.+-]*)\Z")
_ANYBODYS = frozenset("app common core data datasets lib model models scripts src tests tools utils".split())
"""What packages are called in any repository."""
_BRANCH = regex(r"(?<=\.git)@.*|@[^/@]*\Z")
_ASKED = frozenset({"forward", "call", "__call__", "predict", "predict_proba"})
_OWN_SHARE = 0.1
_FORGE = regex(r"(?:github|gitlab)\.com/([\w.-]+/[\w.-]+)")
_ASIDE = regex(r"(^|/)(docs?|tests?|\.github|site|website)/|\{\{", re.IGNORECASE)
_READ = (
    DocumentKind.REQUIREMENTS,
    DocumentKind.PYPROJECT,
    DocumentKind.CONDA,
    DocumentKind.DOCKERFILE,
    DocumentKind.SHELL,
    DocumentKind.MLPROJECT,
)


class Copied(msgspec.Struct, frozen=True, kw_only=True):
    """A file with a model that somebody else wrote, and the words that say so."""

    module: Module
    number: int
    comment: Comment
    says: str


class Unpinned(msgspec.Struct, frozen=True, kw_only=True):
    """A package that is installed from a repository without a commit, and where."""

    address: str
    places: tuple[Location, ...]


class Vendored:
    """Looks at the heads of files and the comments above classes."""

    def __init__(self, flow: Flow, documents: Sequence[Document]) -> None:
        self.flow = flow
        self.documents = documents
        self.models = flow.shared(Models)

    def find(self, least: int) -> Iterator[Copied]:
        """Every such file once, by path: its models have `least` lines, or it says of which file it is a copy."""
        for module in self.flow.program.modules:
            if module.category == "product" and not module.is_notebook and _head(module):
                number, size = self._model_in(module)
                found = self._says(module) if number else None
                if found is not None and (size >= least or _is_copy(found[1])):
                    yield Copied(module=module, number=number, comment=found[0], says=found[1])

    def is_foreign(self, module: Module) -> bool:
        """Whether a file's head says that somebody else wrote it."""
        head = [] if module.is_notebook else _head(module)
        holders = [holder for comment in head if (holder := _holder(comment.text))]
        if holders:
            return all(map(self._is_foreign, holders))
        return any(_COPIED.search(comment.text) for comment in head)

    def is_by_strangers(self, module: Module, team: str) -> bool:
        """Whether the authors that a file's head names are none of those who ever committed; `team` are the names and
        addresses of these, in lower case."""
        if module.is_notebook:
            return False
        lines = [comment.text for comment in _head(module)] + (module.facts.scopes[0].docstring or "").splitlines()
        named = [found["names"].lower() for line in lines if (found := _AUTHOR.search(line))]
        words = [[word for word in re.findall(r"[^\W\d_]+", names) if len(word) >= _NAME_LENGTH] for names in named]
        return bool(words) and all(words) and not any(word in team for told in words for word in told)

    def _model_in(self, module: Module) -> tuple[int, int]:
        """The largest model of a file, 0 for none, and how many lines all of its models have."""
        sizes = {
            number: self._lines(module, number)
            for number, scope in enumerate(module.facts.scopes)
            if number and scope.kind == "class" and self._answers(module, number)
        }
        return max(sizes, key=lambda number: sizes[number], default=0), sum(sizes.values())

    def _answers(self, module: Module, number: int) -> bool:
        """Whether a class is a model that computes something, not only prepares data."""
        return self.models.is_model((module.index, number)) and any(
            name in _ASKED for name in module.members.get(number, {})
        )

    def _lines(self, module: Module, number: int) -> int:
        scope = module.facts.scopes[number]
        return module.facts.position(scope.end)[0] - module.facts.position(scope.at)[0]

    def _says(self, module: Module) -> tuple[Comment, str] | None:
        head = _head(module)
        text = "\n".join(comment.text for comment in head)
        if not head or self._has_version(module, text):
            return None
        holders = {comment: holder for comment in head if (holder := _holder(comment.text))}
        ours = any(not self._is_foreign(holder) for holder in holders.values())
        for comment in sorted(head, key=lambda comment: not _is_copy(comment.text)):
            if _COPIED.search(comment.text) or (comment in holders and not ours):
                return comment, comment.text.lstrip("#* ").strip()
        return None

    def _has_version(self, module: Module, text: str) -> bool:
        if _VERSION.search(_LICENCE.sub("", text)):
            return True
        folder = module.path.rpartition("/")[0]
        beside = (d for d in self.documents if d.kind in (DocumentKind.README, DocumentKind.DOCS))
        return any(
            folder and folder.startswith(place) and re.search(r"/(?:blob|tree|commit)/[0-9a-f]{7,40}", document.text)
            for document in beside
            if (place := document.path.rpartition("/")[0])
        )

    def _is_foreign(self, holder: str) -> bool:
        """Whether few files of the repository name this holder of rights, and most name another or none."""
        count = self._holders[holder]
        headed = sum(self._holders.values())
        own = max(self._holders.values())
        files = sum(1 for module in self.flow.program.modules if not module.is_notebook)
        if own > count:
            return count < _OWN_SHARE * headed
        return headed < _OWN_SHARE * files

    @cached_property
    def _holders(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for module in self.flow.program.modules:
            found.update({holder for comment in _head(module) if (holder := _holder(comment.text))})
        return found


def own_names(documents: Sequence[Document]) -> frozenset[str]:
    """How a repository calls itself: the one that its front page speaks of most."""
    pages = [d.text for d in documents if d.kind is DocumentKind.README and "/" not in d.path]
    names = Counter(found[1].lower().removesuffix(".git") for page in pages for found in _FORGE.finditer(page))
    return frozenset(name for name, _ in names.most_common(1))


def unpinned_packages(
    flow: Flow, documents: Sequence[DocumentFacts], own: frozenset[str] = frozenset()
) -> list[Unpinned]:
    """Every address of a git repository that something is installed from without a commit, by address. `own` are the
    names of the repository itself, which its documents may install as it is; a program that does so runs whatever is
    there on the day. What is copied whole installs for itself."""
    packages = _packages(flow)
    named = {name.rpartition("/")[2] for name in own}
    ours = {_package(name) for name in named if packages & _beginnings(name)} | packages
    theirs = _copied_folders(flow)
    found: dict[str, list[Location]] = {}
    spelled: dict[str, str] = {}
    locked = {document.path.rpartition("/")[0] for document in documents if document.kind is DocumentKind.LOCK}
    for document in documents:
        held = document.kind is DocumentKind.PYPROJECT and document.path.rpartition("/")[0] in locked
        copied = document.path.rpartition("/")[0] in theirs
        if document.kind in _READ and not held and not copied and not _ASIDE.search(document.path):
            for address, line in _in_document(document, packages):
                if _package(_repository(address)) not in ours:
                    found.setdefault(_once_spelled(address, spelled), []).append(document.place(line))
    for module in flow.program.modules:
        if module.category == "product" and not module.is_notebook and not _ASIDE.search(module.path):
            for address, at in _in_code(module):
                line, column = module.facts.position(at)
                place = Location(path=module.path, line=line, column=column)
                found.setdefault(_once_spelled(address, spelled), []).append(place)
    return [Unpinned(address=address, places=tuple(dict.fromkeys(places))) for address, places in sorted(found.items())]


def _packages(flow: Flow) -> frozenset[str]:
    """The packages that a repository has at its root, or in its `src`."""
    paths = (module.path.removeprefix("src/").split("/") for module in flow.program.modules)
    names = (parts[0].lower() for parts in paths if len(parts) == 2 and parts[1] == "__init__.py")
    return frozenset(name for name in names if name not in _ANYBODYS)


def _beginnings(name: str) -> frozenset[str]:
    """What a package of a repository of this name may be called: `label-studio-ml-backend`, `label_studio_ml`."""
    words = _package(name).split("_")
    return frozenset("_".join(words[:count]) for count in range(1, len(words) + 1))


def _package(name: str) -> str:
    """The name of a distribution or a repository as one would import it."""
    return re.sub(r"[-_.]+", "_", name).lower()


def _copied_folders(flow: Flow) -> frozenset[str]:
    """Folders in and below which all code is somebody else's."""
    theirs: set[str] = set()
    ours: set[str] = set()
    for module in flow.program.modules:
        folder = module.path.rpartition("/")[0]
        while folder:
            (theirs if module.category == "vendored" else ours).add(folder)
            folder = folder.rpartition("/")[0]
    return frozenset(theirs - ours)


def _in_document(document: DocumentFacts, own: frozenset[str]) -> Iterator[tuple[str, int]]:
    for dependency in document.dependencies:
        settled = dependency.pinned or _package(dependency.name) in own
        pinned = settled or _PINNED.search(dependency.url.partition("#")[0])
        if not pinned and (dependency.url.startswith("git+") or _is_git(dependency)):
            yield dependency.url, dependency.line
    for command in document.commands:
        if "pip" in command.text:
            for found in _GIT.finditer(command.text):
                if not _PINNED.search(found[0]) and "$" not in found[0]:
                    yield found[0], command.line


def _is_git(dependency: Dependency) -> bool:
    return dependency.url.partition("#")[0].rpartition("@")[0].endswith(".git") or dependency.url.endswith(".git")


def _in_code(module: Module) -> Iterator[tuple[str, int]]:
    for node in module.of_kind(Constant):
        if isinstance(node.value, str) and "git+" in node.value and len(node.value) < 400:
            found = _GIT.search(node.value)
            rest = node.value.replace(found[0], "") if found else ""
            if (
                found
                and not _PINNED.search(found[0])
                and (not re.search(r"\s", rest.partition("#")[0].strip()) or re.match(r"\S*(pip|python)", rest))
            ):
                yield found[0], node.at


def _once_spelled(address: str, spelled: dict[str, str]) -> str:
    """An address as it was spelled first, with `.git` and a branch at its end or without."""
    plain = address.partition("#")[0].rstrip("/")
    return spelled.setdefault(_BRANCH.sub("", plain).removesuffix(".git"), plain)


def _repository(address: str) -> str:
    """The name of the repository that an address leads to, without its owner's."""
    return _BRANCH.sub("", address).removesuffix(".git").rpartition("/")[2].lower()


def _head(module: Module) -> list[Comment]:
    """The comments before the first statement, and the docstring's lines that name a file or a holder of rights."""
    first = min((node.at for node in module.facts.exprs[:50]), default=1 << 30)
    imports = min((binding.at for binding in module.facts.imports), default=1 << 30)
    scopes = min((scope.at for scope in module.facts.scopes[1:]), default=1 << 30)
    told = (line.strip() for line in (module.facts.scopes[0].docstring or "").splitlines())
    said = [line for line in told if _is_copy(line) or _holder(line)]
    comments = [comment for comment in module.facts.comments if comment.at < min(first, imports, scopes)]
    return [*comments, *(Comment(at=0, text=line) for line in said)]


def _is_copy(text: str) -> bool:
    """Whether a line says of which file this one is a copy."""
    return bool(_COPIED.search(text) and _FILE_OF_OTHERS.search(text))


def _holder(text: str) -> str:
    found = _COPYRIGHT.search(text)
    if not found:
        return ""
    words = _FILLING.sub("", found["holder"].removeprefix("The "))
    return " ".join(words.lower().split())

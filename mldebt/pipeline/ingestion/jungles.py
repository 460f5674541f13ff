"""Chains of files from one program to the next: written here, read there, with nothing that says in which order."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise

import msgspec

from mldebt.documents import DocumentKind
from mldebt.facts.record import Constant
from mldebt.flow.files.content import WRITES, End
from mldebt.flow.files.filenames import holds_no_data
from mldebt.flow.files.paths import Paths
from mldebt.flow.module import Module
from mldebt.flow.value import Value
from mldebt.pipeline.project import Project
from mldebt.regex import regex
from mldebt.sources import Document

ORDERS = frozenset(
    {
        DocumentKind.DVC,
        DocumentKind.MAKEFILE,
        DocumentKind.WORKFLOW,
        DocumentKind.SHELL,
        DocumentKind.DOCKERFILE,
        DocumentKind.AIRFLOW,
        DocumentKind.MLPROJECT,
        DocumentKind.KEDRO,
        DocumentKind.CONFIG,
    }
)
"""Documents that say what runs, and in which order; a README only tells people."""
_RUNS = regex(
    r"python|papermill|(?<![a-z])(run|command|cmd|exec\w*|script|step|stage|task|job|pipeline|flow|workflow|entry\w*|depend\w*|after"
    r"|order|schedule|notebook|dag)s?(?![a-z])",
    re.IGNORECASE,
)
"""What a configuration that runs programs speaks of; one that only lists files, as who owns them, does not."""
_BY_FOLDER = (
    frozenset({"glob", "iglob", "rglob", "iterdir", "listdir"}),
    frozenset("execute_notebook run_path run_module check_call check_output Popen system run".split()),
)
"""What lists the files of a folder, and what starts a program."""
LONGEST = 12
_LOOKED_AT = 2_000
"""Programs that are passed in search of the longest way to one chain: where each of a dozen programs reads what each
other writes, the ways are more than anybody could follow, and the longest of the first ones says as much."""
_WORKS = frozenset({"reads", "saves", "stores", "fits"})
_TRAINED = frozenset({"training", "evaluation", "dataset", "features", "prediction"})


class Hop(msgspec.Struct, frozen=True, kw_only=True):
    """A file between two programs: where it is written, where it is read, and what it is called ("" if unknown).
    `text` is its path as far as it is written down."""

    write: Value
    read: Value
    name: str
    text: str

    @property
    def modules(self) -> tuple[int, int]:
        return self.write.body.module.index, self.read.body.module.index


class Chain(msgspec.Struct, frozen=True, kw_only=True):
    """The way of one source through programs and files to where it is used."""

    source: Value
    hops: tuple[Hop, ...]
    end: Value
    use: str

    @property
    def modules(self) -> tuple[int, ...]:
        return (self.hops[0].modules[0], *(hop.modules[1] for hop in self.hops))

    @property
    def rank(self) -> tuple[int, bool]:
        """The longer the better; of equally long ones, that whose first read is known."""
        return len(self.hops), self.source.body.module.index == self.modules[0]


class Jungles:
    """Finds such chains among the ingestion pipelines of a project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.flow = project.flow
        self.paths = project.flow.shared(Paths)

    def find(self, hops: int) -> list[Chain]:
        """The longest chain into each program that uses the data, where at least so many hops are tied by nothing.
        Chains that meet in a program are one: what it reads of one file goes into the next."""
        chains = _read_from_others(list(self._chains()))
        into: dict[int, dict[int, Hop]] = defaultdict(dict)
        for hop in (hop for chain in chains for hop in chain.hops):
            into[hop.modules[1]].setdefault(hop.modules[0], hop)
        longest: dict[int, Chain] = {}
        for chain in chains:
            whole = msgspec.structs.replace(chain, hops=(*_before(chain.modules, into), *chain.hops))
            home = whole.modules[-1]
            loose = _files([hop for hop in whole.hops if not self._is_tied(*hop.modules)])
            if loose >= hops and (home not in longest or whole.rank > longest[home].rank):
                longest[home] = whole
        found = list(longest.values())
        return [each for each in found if not any(_is_part(each, other) for other in found if other is not each)]

    def _chains(self) -> Iterator[Chain]:
        for ingestion in self.project.ingestions:
            for end in ingestion.ends:
                hops = tuple(self._hops(end)) if end.use.kind in _TRAINED else ()
                if hops and all(self._is_between_programs(hop) for hop in hops):
                    source = end.visit.path()[0].value
                    chain = Chain(source=source, hops=hops, end=end.value, use=end.use.text)
                    if len(set(chain.modules)) == len(chain.modules):
                        yield chain

    def _hops(self, end: End) -> Iterator[Hop]:
        """The files between programs on the way to an end."""
        path = end.visit.path()
        for before, after in pairwise(path):
            if after.label == "file" and after.value.body.module is not before.value.body.module:
                yield self._hop(before.value, after.value)
        if end.value.kind == "call" and end.value.body.module is not path[-1].value.body.module:
            yield self._hop(path[-1].value, end.value)

    def _is_between_programs(self, hop: Hop) -> bool:
        """Whether both sides are scripts or notebooks, not modules that others call, and the file holds data."""
        programs = all(self._is_program(value.body.module) for value in (hop.write, hop.read))
        return programs and not holds_no_data(hop.name, written=True)

    def _is_program(self, module: Module) -> bool:
        """Whether somebody starts a module, or it does its work when it is loaded."""
        if module.is_script:
            return True
        calls = self.flow.body(module.index, 0).calls
        return any(self.flow.roles(call) & _WORKS for call in calls)

    def _hop(self, content: Value, read: Value) -> Hop:
        writes = [user for _, user in content.uses if user.kind == "call" and self.flow.roles(user) & WRITES]
        write = writes[0] if writes else content
        path = self.paths.path(write) if write.kind == "call" else None
        texts = self.paths.texts(path) if path is not None else ()
        text = next(iter(texts), "")
        return Hop(write=write, read=read, name=posixpath.basename(text), text=text)

    # ------------------------------------------------------------------ what ties programs together

    def _is_tied(self, one: int, other: int) -> bool:
        """Whether something names both programs and says what runs when: a workflow, a script, code that runs both."""
        names = [self._names(self.flow.program.modules[each]) for each in (one, other)]
        texts = (text for text in self._orders)
        if any(all(any(name in text for name in mine) for mine in names) for text in texts):
            return True
        if any({one, other} <= used for used in self._uses.values()):
            return True
        folders = {posixpath.dirname(self.flow.program.modules[each].path) for each in (one, other)}
        return (self._is_orchestrated(one) and self._is_orchestrated(other)) or (
            len(folders) == 1 and folders <= self._launched
        )

    @cached_property
    def _launched(self) -> frozenset[str]:
        """The folders in which a program goes through the files beside it and starts them one after the other."""
        lists, starts = ({call.body.module.index for call in self.flow.calls_named(names)} for names in _BY_FOLDER)
        return frozenset(
            posixpath.dirname(module.path) for module in self.project.modules() if module.index in lists & starts
        )

    def _names(self, module: Module) -> tuple[str, ...]:
        """What a workflow calls a program."""
        stem = module.path.removesuffix(".py").removesuffix("/__main__")
        return posixpath.basename(module.path), stem.replace("/", ".")

    @cached_property
    def _orders(self) -> tuple[str, ...]:
        documents = (document for document in self.project.raw_documents if document.kind in ORDERS)
        return tuple(document.text for document in documents if _may_order(document))

    @cached_property
    def _uses(self) -> dict[int, set[int]]:
        """For each module, itself and the modules that it imports or names by their file."""
        by_name: dict[str, set[int]] = defaultdict(set)
        for module in self.project.modules():
            by_name[posixpath.basename(module.path)].add(module.index)
        found: dict[int, set[int]] = {}
        for module in self.flow.program.modules:
            used = {module.index}
            used |= {self.flow.program.imported(module, binding).module for binding in module.facts.imports}
            texts = [node.value for node in module.facts.exprs if isinstance(node, Constant)]
            texts += [comment.text for comment in module.facts.comments if "%run" in comment.text]
            for text in texts:
                if isinstance(text, str) and (".py" in text or ".ipynb" in text):
                    for word in text.replace("'", " ").split():
                        used |= by_name.get(posixpath.basename(word), set())
            found[module.index] = used
        return found

    def _is_orchestrated(self, number: int) -> bool:
        module = self.flow.program.modules[number]
        return any(
            "orchestrates" in self.flow.roles(call)
            for scope in range(len(module.facts.scopes))
            for call in self.flow.body(number, scope).calls
        )


def _before(met: tuple[int, ...], into: Mapping[int, Mapping[int, Hop]]) -> tuple[Hop, ...]:
    """The longest way to the first of some programs that passes none of them, among the first that are found."""
    best: tuple[Hop, ...] = ()
    left = [(met, best)]
    for _ in range(_LOOKED_AT):
        if not left:
            break
        passed, way = left.pop()
        best = way if len(way) > len(best) else best
        if len(passed) < LONGEST:
            further = [(home, hop) for home, hop in into.get(passed[0], {}).items() if home not in passed]
            left += [((home, *passed), (hop, *way)) for home, hop in reversed(further)]
    return best


def _read_from_others(chains: Sequence[Chain]) -> list[Chain]:
    """The chains in which each program reads what another has written: not what it has written itself above, as copies
    of one notebook do that all go by the same names."""
    written: dict[tuple[int, str], int] = {}
    for hop in (hop for chain in chains for hop in chain.hops if hop.text):
        place = hop.modules[0], hop.text
        written[place] = min(hop.write.line, written.get(place, hop.write.line))
    return [
        chain
        for chain in chains
        if all(written.get((hop.modules[1], hop.text), hop.read.line) >= hop.read.line for hop in chain.hops)
    ]


def _files(hops: Sequence[Hop]) -> int:
    """How many files lie between programs. Files of one name are one where the folder of any of them is not written
    down: each program may have its own."""
    paths: dict[str, list[str]] = defaultdict(list)
    for number, hop in enumerate(hops):
        paths[hop.name or str(number)].append(hop.text)
    return sum(1 if any("{" in text for text in texts) else len(set(texts)) for texts in paths.values())


def _may_order(document: Document) -> bool:
    """Whether a document may say what runs: any that is made for that, and a configuration that speaks of it."""
    return document.kind is not DocumentKind.CONFIG or any(
        _RUNS.search(text) for text in (document.path, document.text)
    )


def _is_part(chain: Chain, other: Chain) -> bool:
    """Whether a chain is the beginning or the end of a longer one."""
    mine, theirs = chain.modules, other.modules
    size = len(mine)
    return size < len(theirs) and (theirs[:size] == mine or theirs[-size:] == mine)

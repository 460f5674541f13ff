"""The programs of a repository that train, ingest or score, and what says how they are run."""

from __future__ import annotations

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import cached_property

import msgspec

from mldebt.facts import record as r
from mldebt.finding import Location
from mldebt.flow.body import Body
from mldebt.flow.calls.words import last_name
from mldebt.flow.evaluation.gradients import TRAINS, Gradients
from mldebt.flow.evaluation.learnt_numbers import LearntNumbers
from mldebt.flow.files.paths import Paths
from mldebt.flow.idioms import root
from mldebt.flow.importing import Importing
from mldebt.flow.program import Module
from mldebt.flow.rows.drawn import Drawn
from mldebt.flow.types.models import Models
from mldebt.flow.value import Value
from mldebt.pipeline.ingestion.ingestion import Ingestion
from mldebt.pipeline.programs.serving_path import ServingPath
from mldebt.pipeline.programs.snapshots import Snapshots
from mldebt.pipeline.project import Project
from mldebt.regex import regex
from mldebt.sources import DocumentKind, is_put_away

ENOUGH_WORDS = 4
PROSE_WORDS = 12
HEADER_LINES = 40
DEPTH = 4
STEM_LENGTH = 8
LITERAL_LIMIT = 400
LISTED_WORDS = 3
STARTED_LIMIT = 80
_FILE = regex(r"[\w./-]+\.py\b")
_TELLING_KINDS = frozenset(
    {
        DocumentKind.README,
        DocumentKind.DOCS,
        DocumentKind.MAKEFILE,
        DocumentKind.WORKFLOW,
        DocumentKind.CONFIG,
        DocumentKind.SHELL,
        DocumentKind.DOCKERFILE,
    }
)
_LICENSE = regex(
    r"copyright|licen[cs]e|all rights reserved|spdx|^[\W_]*$|coding[:=]|^!|pylint|noqa|flake8|type: ignore"
    r"|^\W*(?:@\w+|authors?|e-?mail|date|created(?: on| by)?|time|file(?:name)?)\s*[:=]",
    re.IGNORECASE,
)
_DRAWN = regex(r"[├└│┣┗┃]|^\s*(?:\|[-_` ]|[+`\\|]-{2})")
_WORDS = regex(r"[^\W_][\w.\-/']*")
_MODULE = regex(r"\.*[A-Za-z_]\w*(\.[A-Za-z_]\w*)*\Z")
_STARTED = regex(r"-m\s+([A-Za-z_][\w.]*)")
_PREPARES = regex(r"\.(preprocessing|impute)\.|(Encoder|Scaler|Imputer|Binarizer|Vectorizer|PCA|TSNE)\b")
_WATCHES = regex(r"Monitor|Drift|PSI|PopulationStability")
"""What is fitted to tell how rows have changed, and learns nothing from them."""
_LOADS = frozenset({"import_module", "__import__"})
_KEEPS = frozenset({"registers", "tracks"})
_ARGUMENTS = regex(
    r"^\s*(?:args?|arguments|param(?:eter)?s?|inputs?|returns?|raises|yields)\b\s*:?\s*$|^\s*:(?:param|return)",
    re.I | re.M,
)
"""Where a docstring goes over to what is given and returned."""
_HELP = frozenset({"description", "help", "usage", "epilog"})
_OPTIONS = frozenset({"add_argument", "add_option", "option", "argument", "Option", "Argument", "Field", "field"})
"""What declares one option, whose `help` says no more than what that one is."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A module that somebody starts, what it is for, the call that shows that, and its own that leads there."""

    module: Module
    what: str
    call: Value
    start: Value


class Runs:
    """Finds such programs; asks what tells of them."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.flow = project.flow
        self.models = project.flow.shared(Models)
        self.serving = project.flow.shared(ServingPath)
        self.gradients = project.flow.shared(Gradients)
        self.drawn = project.flow.shared(Drawn)
        self.snapshots = project.flow.shared(Snapshots)
        self.importing = project.flow.shared(Importing)

    def find(self) -> Iterator[Run]:
        """Every script, flow or notebook of the team that trains, ingests or scores, by path; what was put away or left
        behind by a run of the program that it is a copy of, is run no more."""
        for module in self.project.modules():
            if is_put_away(module.path) or self.snapshots.has(module):
                continue
            if module.is_script or self._acts_when_loaded(module):
                found = self._purpose(module)
                if found is not None:
                    yield Run(module=module, what=found[0], call=found[1], start=found[-1])

    def is_told(self, run: Run) -> bool:
        """Whether anything says how to run a program or what it does: its own words, or a document's."""
        return self._tells_itself(run) or self._is_in_documents(run.module)

    def named_elsewhere(self, run: Run) -> tuple[str, Location] | None:
        """The path by which a document names a program, where nothing of that name lies there any more, and the
        place."""
        name = posixpath.basename(run.module.path)
        own = [each.path for each in self.flow.program.modules if posixpath.basename(each.path) == name]
        if len(own) > 1:
            return None
        for document in self.project.prose.holding(name, DocumentKind.README, DocumentKind.DOCS):
            for mention in document.paths:
                told = posixpath.normpath(mention.path)
                if mention.where != "url" and posixpath.basename(told) == name and not _leads_to(own[0], told):
                    return mention.path, document.place(mention.line)
        return None

    # ------------------------------------------------------------------ programs

    def _acts_when_loaded(self, module: Module) -> bool:
        """Whether a module that nobody imports does its work in its own code."""
        if self.importing.is_imported(module):
            return False
        return any(self._trains(call) for body in self._started(module) for call in body.calls)

    def _purpose(self, module: Module) -> tuple[str, Value] | tuple[str, Value, Value] | None:
        """What a program is for: the first of training, scoring and ingestion that its own code starts."""
        bodies = list(self._started(module))
        if self.importing.is_imported(module) and not self._keeps_something(bodies):
            return None  # the program below a library tries it out
        fits = (call for body in bodies for call in body.calls if self._trains(call) and not self._is_only_drawn(call))
        if (fit := next(fits, None)) is not None:
            return "trains a model", fit
        for body in bodies:
            if self.serving.is_batch(body.key):
                asked = next((call for call in body.calls if "predicts" in self.flow.roles(call)), None)
                if asked is not None:
                    return "scores with a model", asked
        started = set(bodies)
        for ingestion in self.project.ingestions:
            if ingestion.owner[0] != module.index or self._only_draws(ingestion, bodies):
                continue
            if self.importing.is_imported(module) and not self._runs(ingestion, started):
                continue  # that is for those who import it
            return "prepares data", ingestion.sources[0]
        return self._handed_on(module, bodies)

    def _handed_on(self, module: Module, bodies: list[Body]) -> tuple[str, Value, Value] | None:
        """What the functions of other modules do that a program starts: the program is how they are run, where it is
        no more than that."""
        if module.is_notebook or self.importing.is_imported(module) or self._answers(module):
            return None
        beyond = list(self._beyond(bodies))
        for body, start in beyond:
            fit = next((call for call in body.calls if self._trains(call)), None)
            if fit is not None:
                return "trains a model", fit, start
        for body, start in beyond:
            asked = next((call for call in body.calls if "predicts" in self.flow.roles(call)), None)
            if asked is not None and self._keeps_something([body]):
                return "scores with a model", asked, start
        starts = {body.key: start for body, start in beyond}
        owned = (each for each in self.project.ingestions if each.owner in starts)
        return next((("prepares data", each.sources[0], starts[each.owner]) for each in owned), None)

    def _answers(self, module: Module) -> bool:
        """Whether a program starts a service: what is trained or asked there is no purpose of its own."""
        calls = (call for body in self._started(module) for call in body.calls)
        return any("serves" in self.flow.roles(call) for call in calls) or any(
            self.project.boundaries.endpoint(module.index, number) for number in range(len(module.facts.scopes))
        )

    def _beyond(self, bodies: list[Body]) -> Iterator[tuple[Body, Value]]:
        """The functions of other modules that some code starts, and what these start, each with the call of that code
        that leads there."""
        home = bodies[0].module.index
        waiting: list[tuple[Body, Value | None, int]] = [(body, None, 0) for body in bodies]
        seen = set(bodies)
        while waiting and len(seen) < STARTED_LIMIT:
            body, start, depth = waiting.pop(0)
            if start is not None and body.module.index != home:
                yield body, start
            for call in body.calls if depth < DEPTH else ():
                for target in self.flow.targets(call):
                    if target.kind == "func" and not target.guessed:
                        after = self.flow.body(*target.key)
                        if after not in seen and after.module.category == "product":
                            seen.add(after)
                            waiting.append((after, start or call, depth + 1))

    def _runs(self, ingestion: Ingestion, started: AbstractSet[Body]) -> bool:
        """Whether what a program starts reads or works for a pipeline."""
        values = (*ingestion.sources, *(step.value for step in ingestion.steps))
        return any(value.body in started for value in values)

    def _is_only_drawn(self, fit: Value) -> bool:
        """Whether what is fitted gives no more than numbers for a plot."""
        return self.drawn.draws(fit.body) and self.project.flow.shared(LearntNumbers).alone(fit) is not None

    def _only_draws(self, ingestion: Ingestion, bodies: list[Body]) -> bool:
        """Whether what is coded and scaled goes into pictures, and the program keeps nothing else of it."""
        if any(end.use.kind != "features" for end in ingestion.ends):
            return False
        paths = self.flow.shared(Paths)
        drawing = [(call, "plots" in self.flow.roles(call)) for body in bodies for call in body.calls]
        return any(draws for _, draws in drawing) and not any(
            paths.is_write(call) for call, draws in drawing if not draws
        )

    def _keeps_something(self, bodies: list[Body]) -> bool:
        """Whether anything that a program starts, in whichever module, writes or hands over what it makes."""
        paths = self.flow.shared(Paths)
        waiting, seen = list(bodies), set(bodies)
        while waiting:
            body = waiting.pop()
            for call in body.calls:
                if paths.is_write(call) or self.flow.roles(call) & _KEEPS:
                    return True
                own = (target.key for target in self.flow.targets(call) if target.kind == "func")
                after = {self.flow.body(*key) for key in own} - seen
                if len(seen) + len(after) > STARTED_LIMIT:
                    return True
                seen |= after
                waiting.extend(after)
        return False

    def _only_watches(self, call: Value) -> bool:
        """Whether what is fitted is made to tell how rows have changed: `ScorecardMonitoring(…).fit(…)`."""
        made = root(call.receiver) if call.receiver is not None else call
        return made is not call and bool(_WATCHES.search(last_name(made)))

    def _trains(self, call: Value) -> bool:
        if self.gradients.only_derived(call) or self._only_watches(call):
            return False
        if self.models.trains(call):
            return "features" not in self.flow.roles(call) and not self._only_prepares(call)
        function = call.inputs[0][1]
        if function.kind != "attr" or any(t.kind == "func" or t.api is not None for t in self.flow.targets(call)):
            return False
        usual = self.flow.catalogue.method(
            "*", str(function.data)
        )  # nothing known has such a method: the custom counts
        return usual is not None and bool(usual.roles & TRAINS) and len(call.inputs) > 1

    def _only_prepares(self, call: Value) -> bool:
        """Whether a call fits what writes data otherwise, as an encoder or a scaler does."""
        return self.models.makes_features(call) and any(
            _PREPARES.search(target.name) for target in self.flow.targets(call)
        )

    def _started(self, module: Module) -> Iterator[Body]:
        """A module's own code and the functions and methods of it that this starts."""
        waiting = [(0, 0)]
        seen = {0}
        while waiting:
            number, depth = waiting.pop(0)
            body = self.flow.body(module.index, number)
            yield body
            for call in body.calls if depth < DEPTH else ():
                for after in self._own(call, module):
                    if after not in seen:
                        seen.add(after)
                        waiting.append((after, depth + 1))

    def _own(self, call: Value, module: Module) -> Iterator[int]:
        """The functions of a module that a call starts, by itself or by handing them or their class over."""
        for target in self.flow.targets(call):
            if target.module == module.index and target.kind == "func":
                yield target.scope
        for _, source in call.inputs[1:]:
            if source.kind == "func" and source.scope_key[0] == module.index:
                yield source.scope_key[1]
            elif source.kind == "class" and source.scope_key[0] == module.index:
                yield from module.members.get(source.scope_key[1], {}).values()

    # ------------------------------------------------------------------ what tells of them

    def _tells_itself(self, run: Run) -> bool:
        """A docstring, a comment at the head, what its command line says of itself, a notebook's prose."""
        module = run.module
        if module.is_notebook:
            return any(
                document.kind is DocumentKind.NOTEBOOK_PROSE and len(document.text.split()) >= PROSE_WORDS
                for document in self.project.raw_documents
                if document.path == module.path
            )
        texts = (module.facts.scopes[0].docstring or _below_imports(module.facts), *self._docstrings(run))
        name = module.path.rpartition("/")[2]
        told = any(_says_enough(_ARGUMENTS.split(text)[0]) or name in text for text in texts)
        return told or self._has_header(module) or self._has_help(module)

    def _docstrings(self, run: Run) -> Iterator[str]:
        """The docstrings of what a program starts itself, and of what its work is done in: those of what that calls say
        what they do, and not what the program is for."""
        module = run.module
        started = {number for call in self.flow.body(module.index, 0).calls for number in self._own(call, module)}
        yield from (module.facts.scopes[number].docstring or "" for number in started)
        yield run.call.body.scope.docstring or ""
        around = self.flow.program.enclosing_class(run.call.body.key)
        if around is not None:
            yield self.flow.scope(*around).docstring or ""

    def _has_header(self, module: Module) -> bool:
        comments = (
            comment for comment in module.facts.comments if module.facts.position(comment.at)[0] <= HEADER_LINES
        )
        first = min((node.at for node in module.facts.exprs), default=0)
        words = [
            word
            for comment in comments
            if comment.at <= first and not _LICENSE.search(comment.text)
            for word in comment.text.strip("# ").split()
        ]
        return len(words) >= ENOUGH_WORDS

    def _has_help(self, module: Module) -> bool:
        """Whether its command line says what it is for; what its options are does not say that."""
        for node in module.facts.exprs:
            if isinstance(node, r.Call) and _last(module.facts, node.function) not in _OPTIONS:
                for argument in node.arguments:
                    value = module.facts.exprs[argument.value]
                    if argument.keyword in _HELP and isinstance(value, r.Constant) and _says_enough(str(value.value)):
                        return True
        return False

    def _is_in_documents(self, module: Module) -> bool:
        known = self._paths
        if next(self.project.prose.commands_running(module.path, known), None) is not None:
            return True
        named = self.project.prose.naming(module.path, known)
        if any(not self._only_lists(document.path, place.line) for document, place in named):
            return True
        return self._is_spoken_of(module) or self._is_run_by_code(module)

    def _only_lists(self, path: str, number: int) -> bool:
        """Whether a line of a document shows where a file lies, in a drawing of the folders, and says nothing of it."""
        lines = self._lines(path)
        return 0 < number <= len(lines) and _is_listing(lines[number - 1])

    def _lines(self, path: str) -> list[str]:
        return next((each.text.split("\n") for each in self.project.raw_documents if each.path == path), [])

    def _is_spoken_of(self, module: Module) -> bool:
        """Whether a document names a program without its ending, when its name is no word of every day, and no other
        program has it."""
        stem = module.path.rpartition("/")[2].rpartition(".")[0]
        if len(stem) < STEM_LENGTH or "_" not in stem or self._stems[stem] > 1:
            return False
        pattern = re.compile(rf"(?<![\w/]){re.escape(stem)}(?!\w)")
        return any(
            document.kind in _TELLING_KINDS
            and stem in document.text
            and any(not _is_listing(line) and pattern.search(line) for line in document.text.split("\n"))
            for document in self.project.raw_documents
        )

    @cached_property
    def _stems(self) -> Counter[str]:
        """How many files have a name."""
        modules = self.flow.program.modules
        return Counter(each.path.rpartition("/")[2].rpartition(".")[0] for each in modules)

    def _is_run_by_code(self, module: Module) -> bool:
        """Whether other code of the team starts a program, as a file or as a module: that code shows how."""
        name = module.path.rpartition("/")[2]
        named = self._files_in_literals.get(name, ())
        if any(index != module.index and self._may_be(folder, module) for index, folder in named):
            return True
        dotted = "." + module.path.removesuffix(".py").replace("/", ".")
        package = dotted.rpartition(".")[0] + "."  # `-m run.{name}` starts any module of a package
        return any(
            dotted.endswith(f".{started}") or (started.endswith(".") and package.endswith(f".{started}"))
            for started, places in self._modules_in_literals.items()
            if places - {module.index}
        ) or self._is_loaded_by_name(module, dotted)

    def _is_loaded_by_name(self, module: Module, dotted: str) -> bool:
        """Whether other code loads a module by its name out of a list, to start it: a whole name, or that of one beside
        or below the code."""
        name = dotted.rpartition(".")[2]
        return any(
            dotted.endswith(f".{told}") and ("." in told or module.path.startswith(folder))
            for index, folder, told in self._loaded_names.get(name, ())
            if index != module.index
        )

    @cached_property
    def _loaded_names(self) -> dict[str, list[tuple[int, str, str]]]:
        """The names that stand in code which loads modules by their names, by their last part: each with the module
        that it stands in and its folder."""
        found: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
        loading = {call.body.module.index: call.body.module for call in self.flow.calls_named(_LOADS)}
        for index, module in loading.items():
            folder = module.path[: module.path.rfind("/") + 1]
            for text in filter(_MODULE.match, module.texts()):
                found[text.rpartition(".")[2]].append((index, folder, text.lstrip(".")))
        return found

    def _may_be(self, folder: str, module: Module) -> bool:
        """Whether a file of a folder, as a text names it, may be a module: not where another folder has that name."""
        last = folder.rpartition("/")[2]
        return last in ("", ".", "..", module.path.rpartition("/")[0].rpartition("/")[2]) or last not in self._folders

    @cached_property
    def _folders(self) -> frozenset[str]:
        """The names of the folders that hold modules, or folders with modules."""
        return frozenset(part for each in self.flow.program.modules for part in each.path.split("/")[:-1])

    @cached_property
    def _files_in_literals(self) -> dict[str, set[tuple[int, str]]]:
        """Where texts of the code name a file, each with the folder that stands before it."""
        found: dict[str, set[tuple[int, str]]] = defaultdict(set)
        for index, text in self._commands:
            for word in _FILE.findall(text):
                folder, _, name = word.rpartition("/")
                found[name].add((index, folder))
        return found

    @cached_property
    def _modules_in_literals(self) -> dict[str, set[int]]:
        found: dict[str, set[int]] = defaultdict(set)
        for index, text in self._commands:
            for name in _STARTED.findall(text) if "python" in text else ():
                found[name].add(index)
        return found

    @cached_property
    def _commands(self) -> list[tuple[int, str]]:
        """The literal texts of the team's code that may name a program, each with the module's index."""
        found = []
        for module in self.project.modules():
            for node in module.facts.exprs:
                texts: tuple[object, ...] = ()
                if isinstance(node, r.Constant):
                    texts = (node.value,)
                elif isinstance(node, r.Template):
                    texts = node.parts
                found += [
                    (module.index, text[:LITERAL_LIMIT])
                    for text in texts
                    if isinstance(text, str) and (".py" in text or "-m" in text)
                ]
        return found

    @cached_property
    def _paths(self) -> frozenset[str]:
        return frozenset(module.path for module in self.flow.program.modules)


def _says_enough(text: str) -> bool:
    words = [line for line in text.splitlines() if not _LICENSE.search(line)]
    return len(" ".join(words).split()) >= ENOUGH_WORDS


def _is_listing(line: str) -> bool:
    """Whether a line is one of a drawing of folders, and has no more than a name in it: `│   ├── train.py`."""
    return _DRAWN.search(line) is not None and len(_WORDS.findall(line)) < LISTED_WORDS


def _last(facts: r.FileFacts, at: int) -> str:
    """The last part of what is called."""
    node = facts.exprs[at]
    return node.name if isinstance(node, r.Attribute) else node.id if isinstance(node, r.Name) else ""


def _below_imports(facts: r.FileFacts) -> str:
    """The text that stands below a program's imports, where others put it above them."""
    first = next((each for each in facts.scopes[0].body if not isinstance(each, r.Import)), None)
    node = facts.exprs[first.value] if isinstance(first, r.Evaluate) else None
    return node.value if isinstance(node, r.Constant) and isinstance(node.value, str) else ""


def _leads_to(path: str, told: str) -> bool:
    """Whether a path, or its end, is what a document tells, or that is but the file's name."""
    return "/" not in told or f"/{path}".endswith(f"/{told}")

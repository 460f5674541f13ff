"""What the data that a pipeline brings is for: a data set of a model, or something else."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from mldebt.flow.files.content import End
from mldebt.flow.importing import Importing
from mldebt.flow.program import Module
from mldebt.flow.sameness import arguments
from mldebt.flow.steps import Stack
from mldebt.flow.tasks.handovers import is_task
from mldebt.flow.types.models import NETWORK_KINDS
from mldebt.flow.value import Value
from mldebt.flow.wording import parted
from mldebt.pipeline.ingestion.answers import works_on_answers
from mldebt.pipeline.ingestion.summaries import Summaries
from mldebt.regex import regex
from mldebt.sources import is_put_away

if TYPE_CHECKING:
    from mldebt.pipeline.ingestion.ingestion import Ingestion, Ingestions

_OF_ANSWERS = frozenset({"evaluation", "written"})
"""What a simulator or a probe does beside asking: it judges the answers, or writes down what it asked."""
CALLERS_ABOVE = 2
CALLERS_ABOVE_A_PROGRAM = 4
"""So many calls may lie between a program and what prepares data for it."""
_OF_QUESTIONS = frozenset({"prediction", "features"})
_BOUND = frozenset({"params", "parameters", "args"})
_KEEPS = frozenset({"saves", "stores", "registers", "serves"})
_SHOWN = regex(r"(^|[/_-])(examples?|demos?|quick_?starts?|tutorials?|hello_?world)([/_.-]|$)", re.IGNORECASE)
"""Where a package shows how it is used."""
_EXPLORES = regex(
    r"(^|/|_)(analys[ie]s|(generate_|usage_)?reports?|visuali[sz](e|ations?)|plots?|figures?|eda|explor(e|ation|atory)"
    r"|audits?|verif(y|ication)|diagnos(e|is|tics?)|inspect(ion|or)?|sanity_?checks?)(/|_|\.)",
    re.IGNORECASE,
)
"""Code that looks at data, as its name says: what it leaves behind is read by people."""
_KEPT_AS_IT_WAS = regex(r"(^|/)(migrations?|legacy\w*|old)/", re.IGNORECASE)
"""Folders of code that nobody is to change, beside those of what is put away."""
_SMOKES = regex(r"(^|[/_])smoke(_?tests?)?(_\w+)?(/|\.py\Z)", re.IGNORECASE)
"""Programs that only see whether all runs, on a few rows that are made up for it."""
_OF_RESULTS = regex(r"(^|/|_)(post_?process(ing|or|ed)?|submi(t|ssions?)|rerank(ing|er)?)(/|_|\.)", re.IGNORECASE)
"""Code that works on what models gave, as its name says."""
_OF_MODELS = regex(r"(^|[/_-])(model_?select(ion|or)s?|select_(best_)?models?|leaderboards?)([/_.-])", re.IGNORECASE)
"""Code that chooses among models, as its name says."""
_SHOWS = regex(
    r"(^|[/_])(visuali[sz](e|er|ing|ations?)|plot(s|ting)?|draw|figures?|inspect)(_\w*)?\.\w+\Z", re.IGNORECASE
)
"""Programs that show what a model does: it is asked for a picture, or for what is printed."""
_PICTURES = regex(r"(^|[/_])(plots?|plotting|figures?|visuali[sz]\w*)(/|(_\w*)?\.\w+\Z)", re.IGNORECASE)
"""Programs that draw, or that lie with those that do."""
_HOLES = regex(r"[{*?…]")
"""Where a path may name many files."""
_NAMES = frozenset({"element", "param", "global", "free"})
"""What a key is that names one thing, and takes no part of a table by a test."""
_ARRAYS = regex(r"(numpy|torch|pandas|scipy|tensorflow|math)\.")
_PAGES = frozenset({"streamlit", "gradio", "dash", "chainlit", "nicegui", "taipy"})
"""What pages are made with that answer whoever looks at them."""
MEDIA = frozenset({"images", "audio", "torchaudio"})


class Purposes:
    """Tells pipelines that make data sets from reads for other ends."""

    def __init__(self, ingesting: Ingestions) -> None:
        self.ingesting = ingesting
        self.flow = ingesting.flow
        self.models = ingesting.models
        self.packages = ingesting.packages
        self.summaries = Summaries(ingesting.flow)

    def makes_data(self, ingestion: Ingestion, sent: AbstractSet[Value]) -> bool:
        """What nobody in sight reads back counts when a script of a repository that trains models prepares it; what is
        sent to a service, to see what it answers, does not. `sent`: the reads of such content."""
        if self._is_for_else(ingestion, sent):
            return False
        if ingestion.ends[0].use.kind != "written":
            return True
        module = self.flow.program.modules[ingestion.owner[0]]
        if not self.ingesting.trains_models or self._is_left_over(ingestion) or not self._is_run(module, ingestion):
            return False
        return not self._is_for_people(module, ingestion)

    def _is_left_over(self, ingestion: Ingestion) -> bool:
        """Whether a class works and writes only in methods that nobody calls, whoever else makes an object of it."""
        if self.flow.scope(*ingestion.owner).kind != "class":
            return False
        units = self.ingesting.units
        own = {end.value.body for end in ingestion.ends if units.of(end.value) == ingestion.owner}
        return bool(own) and all(
            body.scope.kind == "function"
            and not body.scope.name.startswith("__")
            and not body.scope.decorators
            and not self.flow.callers(*body.key)
            for body in own
        )

    def _is_run(self, module: Module, ingestion: Ingestion) -> bool:
        """Whether a program prepares data: one of its own, a task, or what a program calls to do it."""
        if module.is_script or is_task(module, ingestion.owner[1]) or self._runs_by_itself(module, ingestion):
            return True
        units = self.ingesting.units
        bodies = [
            self.flow.body(unit[0], number)
            for unit in {ingestion.owner, *ingestion.units}
            for number in units.inside(unit)
        ]
        seen, waiting = set(bodies), bodies
        for _ in range(CALLERS_ABOVE_A_PROGRAM):
            calls = (call for body in waiting for call in self.flow.callers(*body.key))
            waiting = list(dict.fromkeys(call.body for call in calls if call.body not in seen))
            seen.update(waiting)
            if any(body.module.is_script and body.module.category == "product" for body in waiting):
                return True
        return False

    def _runs_by_itself(self, module: Module, ingestion: Ingestion) -> bool:
        """Whether a file that nobody imports does the work as soon as it is started, without asking whether it is."""
        reads = self.ingesting.reads
        if not any(reads.is_fetched(each) or reads.is_of_table(each) for each in ingestion.sources):
            return False  # one that turns a file into another may be for anything
        if self.flow.shared(Importing).is_imported(module):
            return False
        if not ingestion.owner[1]:
            return True
        units = self.ingesting.units
        return not {ingestion.owner, *ingestion.units}.isdisjoint(units.runs((module.index, 0)))

    def _is_for_else(self, ingestion: Ingestion, sent: AbstractSet[Value]) -> bool:
        """Whether what is read is no data set, whatever becomes of it."""
        module = self.flow.program.modules[ingestion.owner[0]]
        if self._asks_only(ingestion, sent) or self._is_shown(module, ingestion) or self._is_seen(module, ingestion):
            return True
        if self.flow.scope(*ingestion.owner).kind == "class" and self.models.derives(ingestion.owner, NETWORK_KINDS):
            return True
        if self._is_packaged(module) and all(map(self.ingesting.reads.is_its_users, ingestion.sources)):
            return True
        if all(end.use.kind == "evaluation" and self._measures_only(end, ingestion) for end in ingestion.ends):
            return True  # what a model said is read together with the truth: no model is asked
        return all(map(self._is_one_picture, ingestion.sources))  # what lies behind others, a mask or a frame

    def _is_for_people(self, module: Module, ingestion: Ingestion) -> bool:
        """Whether what is written and read by nobody in sight is there to be looked at."""
        return (
            explores(module.path)
            or all(explores(end.value.body.module.path) for end in ingestion.ends)
            or bool(_OF_RESULTS.search(module.path))
            or all(self.summaries.writes_one(end.value) for end in ingestion.ends)
            or all(_is_of_a_notebook(end, module) for end in ingestion.ends)
            or self._is_of_answers(ingestion)
        )

    def _is_of_answers(self, ingestion: Ingestion) -> bool:
        """Whether what a model said is worked up, for people."""
        paths = self.ingesting.reads.paths
        asked = (path for read in ingestion.sources if (path := self.ingesting.reads.path(read)) is not None)
        texts = (text for path in asked for text in paths.texts(path))
        return works_on_answers(ingestion.content, self.flow.bodies(ingestion.owner[0]), texts)

    def _asks_only(self, ingestion: Ingestion, sent: AbstractSet[Value]) -> bool:
        """Whether a service is asked to see its answers, or a model about one thing: a picture, the records of one user
        or session that it is told with a question."""
        kinds = {end.use.kind for end in ingestion.ends}
        if kinds <= _OF_ANSWERS and not sent.isdisjoint(ingestion.sources):
            return not any(step.text == "joined" for step in ingestion.steps)  # no question is put together so
        if kinds == {"prediction"} and all(map(self._is_picture, ingestion.sources)):
            return True
        if kinds <= _OF_QUESTIONS and all(map(self._is_row_of_one, ingestion.sources)):
            return True
        return all(map(_is_in_prompt, ingestion.ends)) and all(map(self._is_of_one, ingestion.sources))

    def _measures_only(self, end: End, ingestion: Ingestion) -> bool:
        """Whether a metric compares values that the pipeline itself brought, with no other ones."""
        if end.value.kind != "call" or "measures" not in self.flow.roles(end.value):
            return False
        given = [source for source in end.value.arguments if source.kind != "const"]
        return len(given) > 1 and all(self._is_of(source, ingestion.content, end.visit.stack) for source in given)

    def _is_of(self, value: Value, content: frozenset[Value], stack: Stack, above: int = CALLERS_ABOVE) -> bool:
        """Whether a value is content or a part of it: a column, say, or where a column is larger than a number; in a
        function that the open call, or every caller, gives it to, too."""
        if value.kind == "param" and stack and above > 0:
            return self._is_given(value, content, stack, above)
        if value.kind == "item" and above >= 0 and self._is_put_in(value, content, stack, above - 1):
            return False
        whole: Value | None = value
        while whole is not None and whole not in content:
            if whole.kind in ("compare", "operation"):
                return any(self._is_of(part, content, stack, above) for part in whole.every("operand"))
            if whole.kind == "param":
                return above > 0 and self._is_given(whole, content, stack, above)
            if whole.kind == "call" and whole.receiver is None and self._only_computes(whole):
                return any(self._is_of(part, content, stack, above) for part in whole.arguments)
            called = whole.receiver if whole.kind == "call" else None
            whole = whole.source if whole.kind in ("item", "attr") else called
        return whole is not None

    def _is_put_in(self, column: Value, content: frozenset[Value], stack: Stack, above: int) -> bool:
        """Whether the code itself puts a column into a table, from elsewhere than the content; or whether only a run
        tells which column it is."""
        key = column.one("key")
        if column.key is None:
            return key is not None and key.kind in _NAMES
        stores = (each for each in column.body.nodes if each.kind == "store" and _stores_in(each, column.key))
        given = (each.one("value") for each in stores)
        return any(each is not None and not self._is_worked_out(each, content, stack, above) for each in given)

    def _is_worked_out(self, value: Value, content: frozenset[Value], stack: Stack, above: int) -> bool:
        """Whether a value is computed from content, and is not what something else says of it."""
        asked = value.receiver if value.kind == "call" and not self._only_computes(value) else value
        return asked is not None and self._is_of(asked, content, stack, above)

    def _is_given(self, param: Value, content: frozenset[Value], stack: Stack, above: int) -> bool:
        """Whether the open call, or else every caller, fills a parameter with content."""
        given = self.flow.filled(stack[-1], param.body, param.name) if stack else self.flow.arguments(param)
        return bool(given) and all(self._is_of(each, content, stack[:-1], above - 1) for each in given)

    def _only_computes(self, call: Value) -> bool:
        """Whether a call is of a function that works on arrays, and asks no model."""
        names = [target.name for target in self.flow.targets(call)]
        return bool(names) and all(map(_ARRAYS.match, names))

    def _is_row_of_one(self, source: Value) -> bool:
        """Whether a table's class is asked for what belongs to somebody: `objects.filter(user=user)`."""
        if not source.calls_method("filter") or source.receiver is None or source.receiver.data != "objects":
            return False
        named = source.named_arguments
        return bool(named) and all("__" not in keyword and given.kind != "const" for keyword, given in named)

    def _is_of_one(self, source: Value) -> bool:
        """Whether a statement asks for the records of somebody whom it is given: `execute("… WHERE id = ?", (id,))`."""
        api = self.flow.api(source) if source.kind == "call" else None
        bound = [
            given
            for place, (keyword, given) in enumerate(arguments(source) if api is not None else ())
            if keyword in _BOUND or (keyword == "" and place == 1)
        ]
        return api is not None and api.medium == "table" and any(given.kind != "const" for given in bound)

    def _is_shown(self, module: Module, ingestion: Ingestion) -> bool:
        """Whether a program only shows that all runs, or how a package is called: an example that keeps nothing."""
        if _SMOKES.search(module.path):
            return True
        if not self.packages or module.is_notebook or not _SHOWN.search(module.path):
            return False
        if self._is_packaged(module) or ingestion.users:
            return False
        return not any(
            self.flow.roles(call) & _KEEPS
            for body in self.flow.bodies(module.index)
            for call in body.calls
            if not call.calls_external("open", "io.open")
        )

    def _is_seen(self, module: Module, ingestion: Ingestion) -> bool:
        """Whether features are made to look at the data alone: for a picture, or by a program that explores it."""
        if _is_looked_at(module, ingestion):
            return True
        drawn = self.ingesting.drawn
        used = [end for end in ingestion.ends if end.use.kind != "written"]
        return all(end.use.kind == "features" for end in used) and (
            (explores(module.path) and used != [])
            or (used != [] and all(drawn.keeps_nothing(end.value.body) for end in used))
        )

    def _is_packaged(self, module: Module) -> bool:
        return any(module.path.startswith(f"{folder}/") for folder in self.packages)

    def _is_one_picture(self, source: Value) -> bool:
        """Whether a read is of a single picture, which the code names."""
        if not self._is_picture(source):
            return False
        path = self.ingesting.reads.path(source)
        texts = self.ingesting.reads.paths.texts(path) if path is not None else ()
        return len(texts) == 1 and not _HOLES.search(texts[0])

    def _is_picture(self, source: Value) -> bool:
        api = self.flow.api(source) if source.kind == "call" else None
        return api is not None and (api.library in MEDIA or api.name.rpartition(".")[2] in ("load_img", "read_image"))


def is_kept_as_it_was(path: str) -> bool:
    """Whether code lies in a folder of what is kept, and that nobody is to change."""
    return is_put_away(path) or _KEPT_AS_IT_WAS.search(path) is not None


def is_for_pictures(ingestion: Ingestion) -> bool:
    """Whether programs that draw measure what is read, and nothing else becomes of it."""
    return all(
        end.use.kind == "evaluation" and _PICTURES.search(end.value.body.module.path) is not None
        for end in ingestion.ends
    )


def explores(path: str) -> bool:
    """Whether a program looks at data, as its name says: `DataExploration.ipynb`, `plots and figures.ipynb`."""
    return _EXPLORES.search(parted(path).replace(" ", "_").replace("-", "_")) is not None


def is_of_results(path: str) -> bool:
    """Whether a program works on what models scored, to choose among them, as its name says."""
    return _OF_MODELS.search(path) is not None


def _is_looked_at(module: Module, ingestion: Ingestion) -> bool:
    """Whether a page asks a model about what somebody chose on it, so that one request is served, or a program draws
    what a model says."""
    kinds = {end.use.kind for end in ingestion.ends}
    if kinds == {"prediction"} and any(
        binding.imported.partition(".")[0] in _PAGES for binding in module.facts.imports
    ):
        return True
    return "training" not in kinds and bool(_SHOWS.search(module.path))


def _stores_in(store: Value, column: object) -> bool:
    """Whether a store is into a column: `rows[column] = …`, `rows.loc[row, column] = …`."""
    key = store.one("key")
    parts = [part for _, part in key.inputs] if key is not None and key.kind == "collection" else []
    return store.key == column or any(part.kind == "const" and part.data == column for part in parts)


def _is_of_a_notebook(end: End, home: Module) -> bool:
    """Whether somebody writes down in a notebook what a module gave."""
    return end.value.body.module.is_notebook and not home.is_notebook


def _is_in_prompt(end: End) -> bool:
    """Whether content is asked about as a part of a text that is put together for a model."""
    if end.use.kind != "prediction":
        return False
    way = (visit.value for visit in end.visit.path())
    return any(value.kind == "template" or value.calls_method("join") for value in way)

"""Whether a repository says anywhere what a model is."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import cached_property

import msgspec

from mldebt.documents import Block, DocumentFacts, DocumentSet, words_of
from mldebt.finding import Location
from mldebt.flow.program import Module
from mldebt.flow.walk import Flow
from mldebt.pipeline.description.addressees import Addressees
from mldebt.pipeline.description.essentials import DATA_SET, Said, said, spoken, summary
from mldebt.pipeline.description.passages import below, block_at, chapter, lead, prose
from mldebt.pipeline.models.known_names import KnownNames
from mldebt.pipeline.models.register import TrainedModel, is_only_handed_out
from mldebt.regex import regex
from mldebt.sources import Document, DocumentKind

ENOUGH_WORDS = 8
FEW_MODELS = 3
NEAR = 240
TITLE_WORDS = 6
_TOLD_IN = ("__init__", "fit", "train", "forward")
DOCS = frozenset({"doc", "docs", "documentation", "model_card", "model_cards", "model-cards", "modelcards"})
_CHRONICLE = regex(
    r"(?i:(^|/)(authors?|contributors?|contributing|code_of_conduct|credits|news|change_?logs?|changes|history"
    r"|releases?([-_]?notes)?)\.\w+$)|(?i:^(\.github/)?(security|agents|claude|gemini)\.\w+$)"
    r"|(^|/)(AGENTS|CLAUDE|GEMINI)\.md$"
)
"""Pages that tell who did what when, and how work is done, not what a model is. Those on agents and security may be
about models too: they count where tools look for them."""
_LICENCE = regex(r"\W*(copyright|licen[sc]ed under|\(c\) )", re.IGNORECASE)
_WORD = regex(r"[A-Za-z0-9]+")
_BOLD = regex(r"\*\*\[?([^*\]\n]{3,60})\]?[^*\n]*\*\*")
_HEADED = regex(r"(?:[-+*]\s+|\d+\.\s+)?\[?\*\*\[?([^*\]\n]{3,60})\]?\*\*")
_GENERAL_WORDS = frozenset("model net network classifier regressor recommender ranker vs and or of the a non".split())
_MAKING_WORDS = frozenset("create make build get define load new my own base baseline with for in to by".split())
_COMPONENT_WORDS = (
    _GENERAL_WORDS
    | _MAKING_WORDS
    | frozenset(
        """ai analysis api app apps code core data deep engineering engine experiment experiments feature features
        inference learning machine ml models modeling notebook notebooks pipeline pipelines prediction predictions
        preprocessing processing project script scripts service services src step system train training util utils
        """.split()
    )
)
"""What a folder is called for the kind of work in it."""
TELLING = regex(
    r"\b(train\w*|fit(s|ted)?|data(sets?)?|corpus|samples?|accuracy|auc|f1|precision|recall|rmse|mae|loss|metrics?|benchmark\w*"
    r"|evaluat\w*|paper|arxiv|predicts?|classif\w+|regress\w+|cluster\w*|recommend\w*|rank\w*|forecast\w*|detect\w*|model)\b",
    re.IGNORECASE,
)
_EDGE = r"(?a:\b)"
"""Where a word of Latin letters begins or ends, also beside another script's letters: "LSTM을"."""
_TOPIC_ABROAD = (
    r"|모델|학습|훈련|모형|模型|训练|訓練|モデル|学習"
    r"|\b(modell?|modèle|modelo|модел|обуч|trainier|entra[iî]n|entren)\w*"
)
TOPIC = regex(r"\b(model|train\w*|classifier|network|estimator)\b" + _TOPIC_ABROAD, re.IGNORECASE)
SOURCE = regex(
    r"\b(data(sets?)?|corpus|trained on|accuracy|auc|f1|precision|recall|rmse|benchmark\w*|results?)\b"
    r"|데이터|성능|결과|数据|数據|结果|性能|データ|精度|結果|\b(daten\w*|données|datos|dados|данн\w*|résultats?|ergebnis\w*)\b",
    re.IGNORECASE,
)


_CALLED_ONE = regex(
    r"[\s`*_\"'\])-]{0,4}(\w+[- ])?(models?|classifiers?|networks?|estimators?|regressors?|recommenders?|rankers?)\b",
    re.IGNORECASE,
)
_ONE_CALLED = regex(
    r"\b(models?|classifiers?|networks?|estimators?|algorithms?)((:|,? (called|named)) |:? [`*_\"'\[(]{1,4})$",
    re.IGNORECASE,
)
_MARKUP = ("<", "![", "[![")
"""How lines begin that hold badges and pictures."""
_AMID = regex(r"[a-z,;] [`*_\"'\[(]{0,4}$|[(/]$")
_IN_CAPITALS = regex(r"[ -][A-Z]")
_TITLES = tuple(map(re.compile, (r"^#+ (.+)", r"\*\*([^*]+)\*\*", r"^[\W\d]*\[([^\]]+)\]", r"\|([^|]+)(?=\|)")))


class Told(msgspec.Struct, frozen=True):
    """One place that speaks of a model: a location in a document, or the definition whose docstring it is."""

    location: Location | None
    definition: tuple[Module, int] | None
    kind: str
    text: str


class Descriptions:
    """Looks at docstrings, model cards, READMEs, docs pages and the prose of notebooks."""

    def __init__(
        self, flow: Flow, prose: DocumentSet, documents: tuple[Document, ...], models: tuple[TrainedModel, ...]
    ) -> None:
        self.flow = flow
        self.models = len(models)
        self.addressees = Addressees(models)
        self.prose = prose
        self._telling: dict[str, tuple[tuple[int, frozenset[str]], ...]] = {}
        self.documents = documents
        self.names = KnownNames(flow, documents)
        self._said: dict[TrainedModel, Said] = {}
        self._told: dict[TrainedModel, list[Told]] = {}
        self._topics: dict[str, bool] = {}
        self._naming_kind: dict[str, list[tuple[str, Document]]] = {}
        self._passages: dict[tuple[str, str], tuple[str, ...]] = {}
        self._links: dict[str, tuple[str, ...]] = {}
        self._known: dict[frozenset[str], tuple[tuple[Document, int], ...]] = {}

    def tells_of(self, model: TrainedModel) -> bool:
        """Whether it is said what a model is and what it was trained on or how well it does; of an algorithm that
        others train for themselves, what it is."""
        found = self.said(model)
        return found.what if is_only_handed_out(model) else found.enough

    def said(self, model: TrainedModel) -> Said:
        """What everything that speaks of a model says together; a file may be named for a data set."""
        known = self._said.get(model)
        if known is None:
            known = said(self._texts(model))
            if any(DATA_SET.search(module.path) for module in self._modules(model)):
                known = known._replace(grounds=True)
            self._said[model] = known
        return known

    def _texts(self, model: TrainedModel) -> Iterator[str]:
        """The docstrings around a model, then what documents say where they name it, or speak for its folder."""
        for _, docstring in self._docstring_places(model):
            yield summary(docstring)
        modules = self._modules(model)
        if model.cls is not None:
            for mention in self.prose.mentions(model.name):
                yield chapter(mention.document, mention.location)
        for document, line in self._named_as_known(model):
            facts = self.prose.facts(document.path)
            yield chapter(facts, facts.place(line))
        if model.cls is not None:
            yield from (block.text for _, block in self._titled(model))
        yield from self._in_words(model)
        yield from self._under_its_component(model)
        yield from (card.text for card in self._cards if re.search(rf"\b{re.escape(model.name)}\b", card.text))
        for module in modules:
            yield from self._texts_around(model, module)
        if model.cls is None:
            yield from self._spoken_of(model)

    @property
    def _cards(self) -> Iterator[Document]:
        """The documents that are whole about one model."""
        return (document for document in self.documents if document.kind is DocumentKind.MODEL_CARD)

    def _titled(self, model: TrainedModel) -> Iterator[tuple[Document, Block]]:
        """What is said under a title that names a model in words: **defect vs enhancement** for `DefectEnhancement`."""
        parts = {part.lower() for part in words_of(model.name)} - _GENERAL_WORDS
        for document, lowered in self._lowered_pages if parts else ():
            if "**" not in lowered or not any(part in lowered for part in parts):
                continue
            for block in self.prose.facts(document.path).blocks:
                for title in _BOLD.findall(block.text) if "**" in block.text else ():
                    words = {word.lower() for word in _WORD.findall(title)} - _GENERAL_WORDS
                    if words and words <= parts and 2 * len(words) >= len(parts):
                        yield document, block

    def _under_its_component(self, model: TrainedModel) -> Iterator[str]:
        """What is said under a heading that names the folder or the file of a model in words: *Trust Model* for what
        lies in `trust_model`. What a whole front page is called says which repository it is."""
        own = model.made.body.module.path.removesuffix(".py").removesuffix(".ipynb").split("/")
        ways = [{part.lower() for part in words_of(name)} for name in own]
        ways = [parts for parts in ways if len(parts) > 1 and parts - _COMPONENT_WORDS]
        for document, lowered in self._lowered_pages if ways else ():
            if not any(all(part in lowered for part in parts) for parts in ways):
                continue
            facts = self.prose.facts(document.path)
            for number, heading in enumerate(facts.headings):
                words = {word.lower() for word in _WORD.findall(heading.title)}
                telling = {word for word in words if not word.isdigit()} - _COMPONENT_WORDS
                named = any(parts <= words and telling <= parts for parts in ways)
                if named and (heading.level > 1 or "/" in document.path):
                    yield below(facts, number)
                    yield chapter(facts, facts.place(heading.line))

    def _in_words(self, model: TrainedModel) -> Iterator[str]:
        """What is said around a line on models that has all the words of a name, of two at least: "deep & cross" for
        `DeepCrossNetwork`, "LSTM models of AQI" for `AQI_LSTM`."""
        name = model.name if model.cls is not None else model.name.partition(" of ")[2]
        general = _GENERAL_WORDS | _MAKING_WORDS
        ways = [{part.lower() for part in parts} - general for parts in (words_of(name), name.split("_"))]
        ways = [parts for parts in ways if len(parts) > 1]
        for document, lowered in self._lowered_pages if ways else ():
            joined = lowered.replace("-", "")
            if not any(all(part in joined for part in parts) for parts in ways):
                continue
            facts = self.prose.facts(document.path)
            for number, words in self._telling_lines(document):
                if any(parts <= words for parts in ways):
                    yield chapter(facts, facts.place(number))

    def _telling_lines(self, document: Document) -> tuple[tuple[int, frozenset[str]], ...]:
        """The numbers of a page's lines on models, each with its words; many models are looked for in one."""
        found = self._telling.get(document.path)
        if found is None:
            lines = enumerate(document.text.split("\n"), start=1)
            told = ((number, _words_of_line(line)) for number, line in lines if TELLING.search(line) is not None)
            found = self._telling[document.path] = tuple(told)
        return found

    def _spoken_of(self, model: TrainedModel) -> Iterator[str]:
        """What is said of a library's model by the name that people have for its kind, on pages that stand above it."""
        for document, pattern in self._naming_its_kind(model):
            key = pattern.pattern, document.path
            if key not in self._passages:
                self._passages[key] = tuple(self._sections(document, pattern))
            yield from self._passages[key]

    def _kind_places(self, model: TrainedModel) -> Iterator[tuple[str, Location, str]]:
        """Where such pages name the kind of a library's model first, amid words on models; of many of one kind they
        speak of none."""
        alike = sum(each.cls is None and each.name == model.name for each in self.addressees.models)
        for document, pattern in self._naming_its_kind(model) if model.cls is None and alike <= FEW_MODELS else ():
            lines = (document.text.count("\n", 0, found.start()) + 1 for found in pattern.finditer(document.text))
            line = next((line for line in lines if not _line_of(document.text, line).startswith(_MARKUP)), None)
            if line is not None and self._has_topic(document) and not _CHRONICLE.search(document.path):
                yield document.path, self.prose.facts(document.path).place(line), _line_of(document.text, line)

    def _naming_its_kind(self, model: TrainedModel) -> Iterator[tuple[Document, re.Pattern[str]]]:
        words = spoken(" or ".join([model.name, *(name for _, name in model.inside)]))
        if not words:
            return
        pattern = re.compile(rf"{_EDGE}({words}){_EDGE}", re.IGNORECASE)
        folder = model.made.body.module.path.rpartition("/")[0]
        if words not in self._naming_kind:  # many models are of few kinds, and pages may be many
            naming = [document for document in self._pages if pattern.search(document.text)]
            self._naming_kind[words] = [(speaks_from(document.path), document) for document in naming]
        for place, document in self._naming_kind[words]:
            if not place or f"{folder}/".startswith(f"{place}/"):
                yield document, pattern

    def _sections(self, document: Document, pattern: re.Pattern[str]) -> Iterator[str]:
        facts = self.prose.facts(document.path)
        for found in pattern.finditer(document.text):
            yield chapter(facts, facts.place(document.text.count("\n", 0, found.start()) + 1))

    def _texts_around(self, model: TrainedModel, module: Module) -> Iterator[str]:
        """What cards and READMEs say for a module's folder, and pages where they name its file."""
        folder = module.path.rpartition("/")[0]
        if folder not in self._links:
            self._links[folder] = tuple(self._links_to(folder))
        yield from self._links[folder]
        for card in self.prose.model_cards():
            if self._covers(self._stands_for(card.path), folder) and not self.addressees.is_for_others(card, model):
                yield prose(card)
        leading = {}
        for naming, location in self.prose.naming(module.path, self._paths):
            yield chapter(naming, location)
            leading[naming.path] = naming
        for place in self.prose.commands_running(module.path, self._paths):
            leading[place.document.path] = place.document
        yield from (first for page in leading.values() if said([first := lead(page)]).enough)
        for beside in self._near(module.path):
            if self._is_beside(beside, module) and not self._is_for_others(beside, model):
                yield prose(self.prose.facts(beside.path))

    def _near(self, path: str) -> list[Document]:
        """The documents that could speak for a file by where they lie: beside it, in a folder above, in it itself. A
        repository may have tens of thousands of others, and many models."""
        folders = path.split("/")[:-1]
        numbers = [*self._notebooks.get(path, ())]
        for depth in range(len(folders) + 1):
            numbers += self._placed.get("/".join(folders[:depth]), ())
        return [self.documents[number] for number in sorted(numbers)]

    @cached_property
    def _placed(self) -> dict[str, list[int]]:
        """The numbers of the pages in each folder."""
        found: dict[str, list[int]] = {}
        for number, document in enumerate(self.documents):
            if document.kind in (DocumentKind.README, DocumentKind.DOCS):
                found.setdefault(document.path.rpartition("/")[0], []).append(number)
        return found

    @cached_property
    def _notebooks(self) -> dict[str, list[int]]:
        """The numbers of what each notebook says."""
        found: dict[str, list[int]] = {}
        for number, document in enumerate(self.documents):
            if document.kind is DocumentKind.NOTEBOOK_PROSE:
                found.setdefault(document.path, []).append(number)
        return found

    def _is_beside(self, document: Document, module: Module) -> bool:
        """A README beside the code or above it, another page beside it; a notebook's own prose."""
        if document.kind is DocumentKind.NOTEBOOK_PROSE:
            return document.path == module.path
        if document.kind not in (DocumentKind.README, DocumentKind.DOCS) or _CHRONICLE.search(document.path):
            return False
        return self._speaks_for(document, module.path.rpartition("/")[0]) and TOPIC.search(document.text) is not None

    def _links_to(self, folder: str) -> Iterator[str]:
        """The lines of other documents that lead to a folder or its README."""
        name = folder.rpartition("/")[2]
        for document in self._pages if folder else ():
            home = document.path.rpartition("/")[0]
            is_inside = f"{home}/".startswith(f"{folder}/")  # from there, a link need not name the folder
            if not is_inside and name not in document.text:
                continue
            facts = self.prose.facts(document.path)
            for link in facts.links:
                target = link.target.partition("#")[0].removesuffix("README.md").rstrip("/")
                if target and "://" not in target and posixpath.normpath(posixpath.join(home, target)) == folder:
                    yield block_at(facts, link.line)

    @cached_property
    def _pages(self) -> tuple[Document, ...]:
        return tuple(each for each in self.documents if each.kind in (DocumentKind.README, DocumentKind.DOCS))

    @cached_property
    def _lowered_pages(self) -> tuple[tuple[Document, str], ...]:
        return tuple((each, self.prose.lowered(each.path)) for each in self._pages)

    def told(self, model: TrainedModel) -> list[Told]:
        """Where something is said of a model: its docstrings first, then a place a document."""
        known = self._told.get(model)
        if known is not None:
            return known
        found: dict[tuple[str, str], Told] = {}
        for place, text in self._docstring_places(model):
            if _is_telling(text):
                found.setdefault((place[0].path, "docstring"), Told(None, place, "docstring", text))
        places = [place for place in self._prose_places(model) if not _CHRONICLE.search(place[0])]
        for document, location, text in places or self._kind_places(model):
            found.setdefault((document, "prose"), Told(location, None, "document", text))
        self._told[model] = list(found.values())
        return self._told[model]

    def _docstring_places(self, model: TrainedModel) -> Iterator[tuple[tuple[Module, int], str]]:
        units = [(value.body.module, value.body.number) for value in (model.made, *model.trained)]
        if model.cls is not None:
            module = self.flow.program.modules[model.cls[0]]
            methods = module.members.get(model.cls[1], {})
            units = [(module, model.cls[1]), *((module, methods[name]) for name in _TOLD_IN if name in methods), *units]
        for module, start in units:
            number = start
            while number >= 0:
                text = module.facts.scopes[number].docstring or ""
                yield (module, number), "" if _LICENCE.match(text) else text
                number = module.facts.scopes[number].parent

    def _prose_places(self, model: TrainedModel) -> Iterator[tuple[str, Location, str]]:
        """Document, place and line of what documents say: cards, then those that name the class or the file, then the
        READMEs around and the notebook's own words."""
        modules = self._modules(model)
        folders = [module.path.rpartition("/")[0] for module in modules]
        for card in self.prose.model_cards():
            covers = any(self._covers(self._stands_for(card.path), folder) for folder in folders)
            if covers and not self.addressees.is_for_others(card, model):
                yield card.path, card.place(1), card.title
        yield from self._naming_places(model)
        for module in modules:
            if self._is_above(model, module):
                continue  # what is said of the module that all of a family inherit from is said of none of them
            for naming, location in self.prose.naming(module.path, self._paths):
                yield naming.path, location, f"names {module.path}"
            for beside in self._near(module.path):
                about = self._is_about(beside, module.path, module.path.rpartition("/")[0])
                if about and not self._is_for_others(beside, model):
                    facts = self.prose.facts(beside.path)
                    yield (beside.path, *self._topic(beside, facts, model))

    def _naming_places(self, model: TrainedModel) -> Iterator[tuple[str, Location, str]]:
        """Where documents name a class: as it is written, as a title in words, as people do."""
        if model.cls is not None:
            plain = not {part.lower() for part in words_of(model.name)} - _GENERAL_WORDS
            own = {module.path for module in self._modules(model)}
            for mention in self.prose.mentions(model.name):
                is_anothers = mention.document.kind is DocumentKind.NOTEBOOK_PROSE and mention.document.path not in own
                if not plain or not is_anothers:  # `Model` is a word in every notebook
                    yield mention.document.path, mention.location, mention.text
            for document, block in self._titled(model):
                if _is_headed(block.text, model.name):
                    yield document.path, self.prose.facts(document.path).place(block.line), block.text.split("\n")[0]
        for document, line in self._named_as_known(model):
            yield document.path, self.prose.facts(document.path).place(line), _line_of(document.text, line)

    def _modules(self, model: TrainedModel) -> list[Module]:
        found = [value.body.module for value in (model.made, *model.trained)]
        if model.cls is not None:
            found.append(self.flow.program.modules[model.cls[0]])
        return list({module.index: module for module in found}.values())

    def _is_above(self, model: TrainedModel, module: Module) -> bool:
        """Whether a module holds a class above a model's own, and neither this nor what builds it."""
        if model.cls is None or module.index in (model.cls[0], model.made.body.module.index):
            return False
        return any(key[0] == module.index for key in self.flow.program.ancestry(model.cls) if isinstance(key, tuple))

    @cached_property
    def _paths(self) -> frozenset[str]:
        return frozenset(module.path for module in self.flow.program.modules)

    def _named_as_known(self, model: TrainedModel) -> tuple[tuple[Document, int], ...]:
        """The documents that name a model as people do, with the line."""
        words = frozenset(self.names.of(model))
        if words not in self._known:
            self._known[words] = tuple(self._naming_one_of(words)) if words else ()
        return self._known[words]

    def _naming_one_of(self, words: frozenset[str]) -> Iterator[tuple[Document, int]]:
        names = sorted(re.escape(word).replace("_", "[-_ ]?") for word in words)
        pattern = re.compile(rf"{_EDGE}({'|'.join(names)}){_EDGE}", re.IGNORECASE)
        beginnings = {word.lower().partition("_")[0] for word in words}
        for document, lowered in self._lowered_pages:
            meant = pattern.finditer(document.text) if any(word in lowered for word in beginnings) else ()
            found = next((each for each in meant if _speaks_of_models(document.text, each)), None)
            if found is not None:
                yield document, document.text.count("\n", 0, found.start()) + 1

    def _stands_for(self, card: str) -> str:
        """The folder that a model card stands for; all of the repository where it lies with what is kept, and no code
        does."""
        place = speaks_from(card)
        return place if any(path.startswith(f"{place}/") for path in self._paths) else ""

    def _covers(self, place: str, folder: str) -> bool:
        """Whether a README in `place` speaks for code in `folder`: its own, or one below it; the repository where there
        are few models to speak of."""
        if not place:
            return not folder or self.models <= FEW_MODELS
        return folder == place or folder.startswith(f"{place}/")

    def _is_for_others(self, document: Document, model: TrainedModel) -> bool:
        """Whether a page beside several models, that is no README, speaks of others than this."""
        return document.kind is DocumentKind.DOCS and self.addressees.is_for_others(
            self.prose.facts(document.path), model
        )

    def _topic(self, document: Document, facts: DocumentFacts, model: TrainedModel) -> tuple[Location, str]:
        """Where a page speaks of a model: a notebook, under the last title above the cell that builds it."""
        module = model.made.body.module
        if document.path == module.path and module.facts.cells:
            line = module.facts.position(model.made.at)[0]
            cell = module.facts.cells[min(line, len(module.facts.cells)) - 1].cell
            for heading in reversed(facts.headings):
                place = facts.place(heading.line)
                if place.cell is not None and place.cell <= cell:
                    return place, heading.title
        return facts.place(_topic_line(document.text)), facts.title

    def _is_about(self, document: Document, path: str, folder: str) -> bool:
        if document.kind is DocumentKind.NOTEBOOK_PROSE:
            return document.path == path and len(document.text.split()) >= ENOUGH_WORDS
        if document.kind not in (DocumentKind.README, DocumentKind.DOCS):
            return False
        return self._speaks_for(document, folder) and self._has_topic(document)

    def _speaks_for(self, document: Document, folder: str) -> bool:
        """Whether a page speaks for code in `folder`: a README for what is below it, too, any other only beside it."""
        place = document.path.rpartition("/")[0]
        if document.kind is DocumentKind.README or not place:
            return self._covers(place, folder)
        return place == folder

    def _has_topic(self, document: Document) -> bool:
        """Whether a text speaks of models and of their data."""
        known = self._topics.get(document.path)
        if known is None:
            text = document.text
            known = TOPIC.search(text) is not None and SOURCE.search(text) is not None
            self._topics[document.path] = known
        return known


def _is_headed(text: str, name: str) -> bool:
    """Whether a text on models begins with a model's whole name in words, in bold."""
    title = _HEADED.match(text)
    parts = {part.lower() for part in words_of(name)} - _GENERAL_WORDS
    words = {word.lower() for word in _WORD.findall(title[1])} - _GENERAL_WORDS if title is not None else set()
    return words == parts and TOPIC.search(text) is not None


def speaks_from(path: str) -> str:
    """The folder that a model card stands for: its own; one among the repository's documents stands for all of it."""
    folders = path.split("/")[:-1]
    general = next((place for place, name in enumerate(folders) if name.lower() in DOCS), len(folders))
    return "/".join(folders[:general])


def _topic_line(text: str) -> int:
    """The line on which a text first speaks of a model."""
    found = TOPIC.search(text)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _speaks_of_models(text: str, name: re.Match[str]) -> bool:
    """Whether a name that may as well be a word of English is meant as one: models are spoken of near it, and it is
    said to be one, stands in a title of few words, or is written as a name amid a sentence."""
    if len(words_of(name[0])) > 1 or not name[0].isalpha():
        return True
    before, after = text[max(name.start() - NEAR, 0) : name.start()], text[name.end() : name.end() + NEAR]
    if TOPIC.search(before + name[0] + after) is None:
        return False
    if _CALLED_ONE.match(after) or _ONE_CALLED.search(before):
        return True
    if name[0][0].isupper() and _AMID.search(before) and not _IN_CAPITALS.match(after):
        return True
    return _is_title(before.rpartition("\n")[2], name[0], after.partition("\n")[0])


def _is_title(before: str, name: str, after: str) -> bool:
    """Whether a name stands in few words that are a line's title: its heading, cell, link or what is bold in it."""
    start = len(before)
    spans = [span for pattern in _TITLES for span in pattern.finditer(before + name + after)]
    return any(span.start() <= start < span.end() and len(_WORD.findall(span[1])) <= TITLE_WORDS for span in spans)


def _words_of_line(line: str) -> frozenset[str]:
    """The words of a line, those with a hyphen also as one: "TF-IDF" is "tfidf"."""
    lowered = line.lower()
    return frozenset((*_WORD.findall(lowered), *_WORD.findall(lowered.replace("-", ""))))


def _line_of(text: str, line: int) -> str:
    return text.split("\n")[line - 1].strip()


def _is_telling(text: str) -> bool:
    return len(text.split()) >= ENOUGH_WORDS and TELLING.search(text) is not None

"""How well documents tell of a model: what they leave out, since when they are out of date, what they state wrongly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

import msgspec

from mldebt.documents import DocumentFacts
from mldebt.finding import Location
from mldebt.flow.program import Module
from mldebt.flow.value import Value
from mldebt.ownership import Span
from mldebt.pipeline.components import Components
from mldebt.pipeline.description.claims import Claim, Setting, claims_of, contradicted, settings_of
from mldebt.pipeline.description.essentials import DATA, RESULT, said
from mldebt.pipeline.description.gaps import gaps
from mldebt.pipeline.description.passages import section
from mldebt.pipeline.models.register import TrainedModel
from mldebt.pipeline.project import Project
from mldebt.regex import regex
from mldebt.sources import DocumentKind

METRIC, RETRAINING = "a metric with its value, or where to find it", "how to train it again"
_RESULTS = regex(r"\b(results?|metrics|evaluation|performance|benchmarks?)\b", re.IGNORECASE)
_WHERE = regex(r"\]\(|https?://|\{\{|\d[.,]\d|\d ?%")
_LEADS = regex(r"\]\([^)]*\)|https?://")
_TRAINING = regex(r"\b(re-?)?train(s|ing)?\b", re.IGNORECASE)
ESSENTIALS = (
    (
        "what it is meant for",
        re.compile(
            r"\b(intended (use|for|users?)|use cases?|used (for|to|by|in)|purpose|meant (for|to)|aims? (to|of)|goal"
            r"|predicts?|recommends?|classif(y|ies)|detects?|estimates?|ranks?|forecasts?|suggests?)\b",
            re.IGNORECASE,
        ),
    ),
    ("the data it was trained on", DATA),
    (METRIC, RESULT),
    ("an owner", re.compile(r"\b(owner|owned by|maintain(er|ed)s?|contact|author|team|developed by)\b", re.IGNORECASE)),
    (
        RETRAINING,
        re.compile(r"\b(python|make|dvc|kedro|zenml|papermill|torchrun|accelerate|bash) \S|\bre-?train", re.IGNORECASE),
    ),
)
"""What a reader must learn of a model, and the words that tell it."""
LINES_THAT_COUNT = 30
STUB_LENGTH = 400
_DECISIONS = regex(
    r"(^|/)(adrs?|rfcs?|decisions?|decision[-_]records?|proposals?|plans?|specs?|meetings?|minutes)/", re.IGNORECASE
)
_DECISION = regex(r"(adr|rfc)[-_ ]?\d+\b", re.IGNORECASE)
_OF_A_DAY = regex(r"(^|/)\d{4}-\d\d-\d\d[^/]*\Z")
CONFIGURATIONS = (DocumentKind.CONFIG, DocumentKind.DVC, DocumentKind.MLPROJECT, DocumentKind.SHELL)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A document that speaks of one model in particular, and the first line that does."""

    document: DocumentFacts
    location: Location
    is_card: bool


class Stale(msgspec.Struct, frozen=True, kw_only=True):
    """Documents that the code has left behind: the newest of them, and how many of the code's lines are newer."""

    told: Told
    since: int
    changed: int
    lines: int


class Telling:
    """Questions about what is told of models."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.flow = project.flow
        self.parameters = project.parameters
        self.components = Components(project.flow, project.boundaries)
        self._told: dict[TrainedModel, list[Told]] = {}
        self._named: dict[str, set[int]] = {}
        self._texts = {document.path: document for document in project.raw_documents}

    def told(self, model: TrainedModel) -> list[Told]:
        """The documents that speak of a model in particular: its cards, pages that have its class in a heading, a
        README whose folder holds no other model's code."""
        known = self._told.get(model)
        if known is None:
            known = self._told[model] = list(self._find_told(model))
        return known

    def _find_told(self, model: TrainedModel) -> Iterable[Told]:
        found: dict[str, Told] = {}
        cards = {card.path: card for card in self.project.prose.model_cards()}
        for place in self.project.descriptions.told(model):
            path = place.location.path if place.location is not None else ""
            if path in cards and not self._is_of_others(cards[path], model):
                found.setdefault(path, Told(document=cards[path], location=cards[path].place(1), is_card=True))
        if model.cls is not None:
            for mention in self.project.prose.mentions(model.name):
                notebook = mention.document.kind is DocumentKind.NOTEBOOK_PROSE
                if mention.exact and mention.in_heading and not notebook:
                    told = Told(document=mention.document, location=mention.location, is_card=False)
                    found.setdefault(mention.document.path, told)
        for document in self._own_readmes(model):
            found.setdefault(document.path, Told(document=document, location=document.place(1), is_card=False))
        return found.values()

    def _own_readmes(self, model: TrainedModel) -> Iterator[DocumentFacts]:
        """READMEs that speak of a model, in a folder below which no other model is built or trained."""
        for place in self.project.descriptions.told(model):
            path = place.location.path if place.location is not None else ""
            document = self._texts.get(path)
            if document is None or document.kind is not DocumentKind.README:
                continue
            folder = path.rpartition("/")[0]
            if self._models_below(folder) == {id(model)} and self._describes(self.project.prose.facts(path)):
                yield self.project.prose.facts(path)

    def _is_of_others(self, card: DocumentFacts, model: TrainedModel) -> bool:
        """Whether a card names models, and not this one."""
        named = self._named.get(card.path)
        if named is None:
            text = self.project.prose.lowered(card.path)
            models = self.project.trained_models
            named = self._named[card.path] = {id(each) for each in models if any(map(text.count, self._known_by(each)))}
        return bool(named) and id(model) not in named

    def _known_by(self, model: TrainedModel) -> list[str]:
        return [name.lower() for name in self.project.descriptions.names.of(model)]

    def _describes(self, document: DocumentFacts) -> bool:
        """Whether a README says what a model is: not where to find it, nor how the training is started."""
        starting = {
            number for number, heading in enumerate(document.headings) if number and _TRAINING.search(heading.title)
        }
        lines = [
            line
            for block in document.blocks
            if block.kind != "code" and block.heading not in starting
            for line in block.text.split("\n")
            if not _LEADS.search(line)
        ]
        return said(["\n".join(lines)]).what

    def _models_below(self, folder: str) -> set[int]:
        """The models with code in a folder or below it."""
        return {
            key
            for key, paths in self._places.items()
            if any(not folder or path.startswith(f"{folder}/") for path in paths)
        }

    @cached_property
    def _places(self) -> dict[int, set[str]]:
        return {id(model): {module.path for module in self._modules(model)} for model in self.project.trained_models}

    # ------------------------------------------------------------------ left out

    def missing(self, model: TrainedModel) -> list[str]:
        """The essentials that neither docstrings nor documents tell; what a template left open counts as missing."""
        texts = [told.text for told in self.project.descriptions.told(model) if told.kind == "docstring"]
        texts += [self._without_gaps(told.document) for told in self.told(model)]
        texts += [
            document.text for document in self.project.raw_documents if document.path in self._own_notebooks(model)
        ]
        whole = "\n".join(texts)
        found = [name for name, pattern in ESSENTIALS if not pattern.search(whole)]
        if METRIC in found and self._leads_to_results(model):
            found.remove(METRIC)
        if RETRAINING in found and self._tells_how_to_train(model):
            found.remove(RETRAINING)
        if "an owner" in found and self.project.prose.codeowners() is not None:
            found.remove("an owner")
        return found

    def gaps(self, document: DocumentFacts) -> frozenset[int]:
        """The lines of a document on which a template was left open."""
        return gaps(document, self._texts[document.path].text, rendered=self._renders)

    @cached_property
    def _renders(self) -> bool:
        """Whether code of the repository makes cards of templates."""
        return any(
            call.calls_method("from_template") or call.calls_external("huggingface_hub.ModelCard.from_template")
            for call in self.flow.calls_named(frozenset({"from_template"}))
        )

    def _without_gaps(self, document: DocumentFacts) -> str:
        """A text without the lines on which a template's gaps stand."""
        open_lines = self.gaps(document)
        lines = enumerate(self._texts[document.path].text.split("\n"), start=1)
        return "\n".join(line for number, line in lines if number not in open_lines)

    def _leads_to_results(self, model: TrainedModel) -> bool:
        """Whether a document has a section on results that says where they are."""
        return any(
            _RESULTS.search(heading.title) and _WHERE.search(section(told.document, told.document.place(heading.line)))
            for told in self.told(model)
            for heading in told.document.headings
        )

    def _tells_how_to_train(self, model: TrainedModel) -> bool:
        """Whether a README above a model's code has a section on training with a command in it."""
        places = [module.path.rpartition("/")[0] for module in self._modules(model)]
        for document in self.project.prose.of_kind(DocumentKind.README):
            folder = document.path.rpartition("/")[0]
            if not any(not folder or f"{place}/".startswith(f"{folder}/") for place in places):
                continue
            for number, heading in enumerate(document.headings):
                until = document.headings[number + 1].line if number + 1 < len(document.headings) else 1 << 30
                if _TRAINING.search(heading.title) and any(
                    heading.line < command.line < until for command in document.commands
                ):
                    return True
        return False

    def _own_notebooks(self, model: TrainedModel) -> set[str]:
        return {value.body.module.path for value in (model.made, *model.trained) if value.body.module.is_notebook}

    # ------------------------------------------------------------------ out of date

    def stale(self, model: TrainedModel, share: float) -> Stale | None:
        """Documents that last changed before so large a share of the training code did; None where git cannot tell. The
        record of a decision stays as it was made, and what hardly says anything is no older for it. What was written
        before there was anything of the model's modules tells of another one."""
        ownership = self.project.ownership
        told = [
            each for each in self.told(model) if not _is_decision(each.document) and not self._is_stub(each.document)
        ]
        if not ownership.available or not told:
            return None
        dates = [(ownership.bus_factor([(each.document.path, 1, 0)]).last_touched, each) for each in told]
        moment, newest = max(dates, key=lambda pair: pair[0])
        changed, lines = ownership.changed_since(self._spans(model), moment)
        if not moment or lines < LINES_THAT_COUNT or changed < share * lines:
            return None
        modules = [(module.path, 1, 0) for module in self._modules(model)]
        newer, all_lines = ownership.changed_since(modules, moment)
        if newer == all_lines:
            return None
        return Stale(told=newest, since=moment, changed=changed, lines=lines)

    def _is_stub(self, document: DocumentFacts) -> bool:
        """Whether a document is short, and tells nothing of what a reader must learn beside what a model is for."""
        text = self.project.prose.lowered(document.path)
        return len(text) < STUB_LENGTH and not any(pattern.search(text) for _, pattern in ESSENTIALS[1:])

    def _spans(self, model: TrainedModel) -> list[Span]:
        """The definitions in which a model is built and trained; no notebook that shows a class of the repository."""
        found: dict[Span, None] = {}
        for value in (model.made, *(call for call in model.trained if call.kind == "call")):
            module = value.body.module
            if module.is_notebook and model.cls is not None and model.cls[0] != module.index:
                continue
            for span in self.components.spans((module.index, module.outermost(value.body.number))):
                found[span] = None
        if model.cls is not None:
            found.update(dict.fromkeys(self.components.spans(model.cls)))
        return list(found)

    # ------------------------------------------------------------------ stated wrongly

    def contradictions(self, model: TrainedModel) -> Iterator[tuple[Told, Claim, Setting]]:
        """Values of a model's parameters that documents state and the code contradicts; in a card, any setting of the
        model's modules. What a configuration says as well is a matter of choice, not of the code."""
        known = {name.lower() for name in self.parameters.written(model)}
        settings = settings_of(self._modules(model))
        for told in self.told(model):
            for claim in claims_of(told.document):
                if claim.name in self._configured or (not told.is_card and claim.name not in known):
                    continue
                other = contradicted(claim, settings)
                if other is not None:
                    yield told, claim, other

    def _modules(self, model: TrainedModel) -> list[Module]:
        values: list[Value] = [model.made, *model.trained]
        found = {value.body.module.index: value.body.module for value in values}
        if model.cls is not None:
            found[model.cls[0]] = self.flow.program.modules[model.cls[0]]
        return list(found.values())

    @cached_property
    def _configured(self) -> frozenset[str]:
        """The last parts of the keys that configurations set."""
        return frozenset(
            setting.key.rpartition(".")[2].lower().replace("-", "_")
            for document in self.project.prose.of_kind(*CONFIGURATIONS)
            for setting in document.settings
        )


def _is_decision(document: DocumentFacts) -> bool:
    """Whether a document records what was planned or decided on a day, which it keeps on saying."""
    recorded = any(pattern.search(document.path) for pattern in (_DECISIONS, _OF_A_DAY))
    return recorded or _DECISION.match(document.title) is not None

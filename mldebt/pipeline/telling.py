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
from mldebt.pipeline.claims import Claim, Setting, claims_of, contradicted, settings_of
from mldebt.pipeline.components import Components
from mldebt.pipeline.essentials import DATA, RESULT
from mldebt.pipeline.project import Project
from mldebt.pipeline.register import TrainedModel
from mldebt.sources import DocumentKind

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
    ("a metric with its value, or where to find it", RESULT),
    ("an owner", re.compile(r"\b(owner|owned by|maintain(er|ed)s?|contact|author|team|developed by)\b", re.IGNORECASE)),
    (
        "how to train it again",
        re.compile(r"\b(python|make|dvc|kedro|zenml|papermill|torchrun|accelerate|bash) \S|\bre-?train", re.IGNORECASE),
    ),
)
"""What a reader must learn of a model, and the words that tell it."""
LINES_THAT_COUNT = 30
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
            if path in cards:
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
            if self._models_below(folder) == {id(model)}:
                yield self.project.prose.facts(path)

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
        texts += [_without_gaps(self._texts[told.document.path].text, told.document) for told in self.told(model)]
        texts += [
            document.text for document in self.project.raw_documents if document.path in self._own_notebooks(model)
        ]
        whole = "\n".join(texts)
        found = [name for name, pattern in ESSENTIALS if not pattern.search(whole)]
        if "an owner" in found and self.project.prose.codeowners() is not None:
            found.remove("an owner")
        return found

    def _own_notebooks(self, model: TrainedModel) -> set[str]:
        return {value.body.module.path for value in (model.made, *model.trained) if value.body.module.is_notebook}

    # ------------------------------------------------------------------ out of date

    def stale(self, model: TrainedModel, share: float) -> Stale | None:
        """Documents that last changed before so large a share of the training code did; None where git cannot tell."""
        ownership = self.project.ownership
        told = self.told(model)
        if not ownership.available or not told:
            return None
        dates = [(ownership.bus_factor([(each.document.path, 1, 0)]).last_touched, each) for each in told]
        moment, newest = max(dates, key=lambda pair: pair[0])
        changed, lines = ownership.changed_since(self._spans(model), moment)
        if not moment or lines < LINES_THAT_COUNT or changed < share * lines:
            return None
        return Stale(told=newest, since=moment, changed=changed, lines=lines)

    def _spans(self, model: TrainedModel) -> list[Span]:
        """The definitions in which a model is built and trained."""
        found: dict[Span, None] = {}
        for value in (model.made, *(call for call in model.trained if call.kind == "call")):
            body = value.body
            number = body.number
            while number > 0 and body.module.facts.scopes[number].parent > 0:
                number = body.module.facts.scopes[number].parent
            for span in self.components.spans((body.module.index, number)):
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


def _without_gaps(text: str, document: DocumentFacts) -> str:
    """A text without the lines on which a template's gaps stand."""
    gaps = {placeholder.line for placeholder in document.placeholders}
    return "\n".join(line for number, line in enumerate(text.split("\n"), start=1) if number not in gaps)

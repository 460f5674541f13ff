"""Of which of several models a page speaks: those that its name, titles and metadata name, else its text."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

from mldebt.documents import DocumentFacts, words_of
from mldebt.flow.types.models import short_name
from mldebt.pipeline.models.register import TrainedModel

_GENERAL = frozenset(
    """model models card train training trainer fit main run script pipeline cli app classifier regressor network net
    estimator predictor the a an of for and ml readme docs doc notebook build make core src""".split()
)
_NAMED = frozenset({"model_name", "model-index.0.name", "title"})


class Addressees:
    """Answers for the models of one repository."""

    def __init__(self, models: Sequence[TrainedModel]) -> None:
        self.models = models
        self._known: dict[str, frozenset[int]] = {}

    def is_for_others(self, page: DocumentFacts, model: TrainedModel) -> bool:
        """Whether a page names some of the models, and this one is not among them."""
        if len(self.models) < 2:
            return False
        named = self._known.get(page.path)
        if named is None:
            named = self._known[page.path] = self._named(page)
        place = next((number for number, each in enumerate(self.models) if each is model), -1)
        return bool(named) and place >= 0 and place not in named

    def _named(self, page: DocumentFacts) -> frozenset[int]:
        """The models that a page names in its titles, else in its text; none where it may be all of them."""
        titles = [page.title, *(heading.title for heading in page.headings), posixpath.basename(page.path)]
        titles += [setting.value for setting in page.metadata if setting.key in _NAMED]
        text = "\n".join(block.text for block in page.blocks)
        for words, spelled in ((titles, "\n".join(titles)), ([], text)):
            found = frozenset(
                number for number, model in enumerate(self.models) if self._is_named(model, _words(words), spelled)
            )
            if found:
                return found
        return frozenset()

    def _is_named(self, model: TrainedModel, words: frozenset[str], text: str) -> bool:
        if re.search(rf"\b{re.escape(short_name(model.name))}\b", text):
            return True
        paths = {value.body.module.path for value in (model.made, *model.trained)}
        if any(re.search(rf"(?<![\w/]){re.escape(path)}\b", text) for path in paths):
            return True
        stems = (_words([posixpath.basename(path).partition(".")[0]]) for path in paths)
        return any(stem <= words for stem in stems if stem)


def _words(texts: Sequence[str]) -> frozenset[str]:
    """The words of names that tell one model from another."""
    return frozenset(word.lower() for text in texts for word in words_of(text)) - _GENERAL

"""Models that are one model, carried from folder to folder: the same class or the same assembly, copied."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from mldebt.flow.walk import Flow
from mldebt.pipeline.clones import Alignment, Region, Shapes, find_families, in_two_modules
from mldebt.pipeline.models.register import TrainedModel

LEAST_WEIGHT = 12
"""What says less than this is alike in any two programs."""
LEAST_KEPT = 0.6
"""The share of the texts and numbers of a copy that are the original's: what was filled in anew is another model, from
the same template."""


class ModelCopies:
    """Sorts models into copies of each other."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._shapes = flow.shared(Shapes.of)

    def groups(self, models: Iterable[TrainedModel]) -> list[list[TrainedModel]]:
        """The models, each first of a group with its copies in other modules after it, in the order given."""
        named: dict[tuple[str, bool], list[TrainedModel]] = defaultdict(list)
        found = list(models)
        for model in found:
            named[model.name, model.cls is None].append(model)
        first = {id(copy): original for group in named.values() for original, copy in self._copies(group)}
        groups = {id(model): [model] for model in found if id(model) not in first}
        for model in found:
            if id(model) in first:
                groups[id(first[id(model)])].append(model)
        return list(groups.values())

    def _copies(self, models: Sequence[TrainedModel]) -> Iterator[tuple[TrainedModel, TrainedModel]]:
        """Pairs of an original and one of its copies, among models of one name."""
        if len(models) == 1:
            return
        regions = [self._region(model) for model in models]
        of = {id(region): model for region, model in zip(regions, models, strict=True)}
        heavy = [region for region in regions if region.weight >= LEAST_WEIGHT]
        for family in find_families(heavy, least=1, compare=in_two_modules):
            originals = {id(family.members[0]): family.members[0]}
            for twin in family.twins:
                before = originals.get(id(twin.model), twin.model)
                if _says_the_same(twin.alignment) and before.module is not twin.region.module:
                    originals[id(twin.region)] = before
                    yield of[id(before)], of[id(twin.region)]

    def _region(self, model: TrainedModel) -> Region:
        """The class of a model, or the function or script that puts it together."""
        if model.cls is not None:
            return self._shapes.region(self.flow.program.modules[model.cls[0]], model.cls[1])
        return self._shapes.unit(model.made.body.module, model.made.body.number)


def _says_the_same(alignment: Alignment) -> bool:
    """Whether most of what the lines of both sides have in their common shape is the same, too."""
    pairs = (*alignment.pairs, *alignment.moved)
    one, other = (Counter(atom for pair in pairs for atom in pair[side].atoms if _is_literal(atom)) for side in (0, 1))
    return 2 * (one & other).total() >= LEAST_KEPT * (one.total() + other.total())


def _is_literal(atom: str) -> bool:
    return atom[:1] in "'\"-0123456789" or atom[:2] in ("f'", 'f"', "b'", 'b"')

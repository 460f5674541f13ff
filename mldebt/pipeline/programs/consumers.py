"""How many rely on a file: the modules of the team that import from it, and the endpoints that it answers for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from mldebt.pipeline.project import Project


def count_consumers(project: Project) -> Mapping[str, int]:
    """By path; what nobody relies on is left out."""
    program = project.flow.program
    users: dict[int, set[int]] = defaultdict(set)
    endpoints: Counter[int] = Counter()
    for module in project.modules():
        for binding in module.facts.imports:
            found = program.imported(module, binding) if binding.attribute != "*" else None
            home = program.find_module(module, binding.module) if found is None else None
            number = found.module if found is not None else home.index if home is not None else -1
            if number not in (-1, module.index):
                users[number].add(module.index)
        endpoints[module.index] = sum(
            bool(project.boundaries.endpoint(module.index, number)) for number in range(len(module.facts.scopes))
        )
    counts = {index: len(users[index]) + endpoints[index] for index in users.keys() | endpoints.keys()}
    return {program.modules[index].path: number for index, number in counts.items() if number}

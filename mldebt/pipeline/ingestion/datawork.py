"""Which functions work on data by hand: read it raw, parse, clean, join or reshape it."""

from __future__ import annotations

from functools import cached_property

from mldebt.flow.body import Body
from mldebt.flow.files.content import TABLES
from mldebt.flow.rows.handwork import CASTS, CONTENT_TYPES, FORMATS, NO_STEPS, STEP_ROLES
from mldebt.flow.value import Value
from mldebt.pipeline.ingestion.ingestion import Ingestions
from mldebt.regex import regex

_WORK = frozenset(STEP_ROLES)
_RESHAPES = regex(
    r"\.(?!(read|to|from|tolist|head|tail|copy|items|keys|values|iterrows|itertuples|describe|info)(_|$))[a-z]\w*$"
)
"""What the members of a table's library do that is neither a read, a write nor a look; classes are made, not done."""


class DataWork:
    """Counts the work of bodies, by what they call and store, wherever the data goes."""

    def __init__(self, ingesting: Ingestions) -> None:
        self.ingesting = ingesting
        self.flow = ingesting.flow
        self._steps: dict[tuple[Body, bool], int] = {}
        self._methods = {
            method
            for (owner, method), api in self.flow.catalogue.methods.items()
            if owner in CONTENT_TYPES and api.roles & _WORK
        }

    @cached_property
    def reads(self) -> dict[Body, list[Value]]:
        """The raw reads of the team's own code, by body."""
        found: dict[Body, list[Value]] = {}
        for read in self.ingesting.raw:
            found.setdefault(read.body, []).append(read)
        return found

    @cached_property
    def scripts(self) -> frozenset[int]:
        """The scripts and notebooks that read data at all, through a platform or by hand."""
        found = {body.module.index for body in self.reads if body.module.is_script}
        for module in self.flow.program.modules:
            if module.category == "product" and module.index not in found and module.is_script:
                bodies = (self.flow.body(module.index, number) for number in range(len(module.facts.scopes)))
                if any(self._loads(call) for body in bodies for call in body.calls):
                    found.add(module.index)
        return frozenset(found)

    def steps(self, body: Body, *, casts: bool = True) -> int:
        """How many hand-written steps on data a body takes; casts are some where data is known to pass."""
        found = self._steps.get((body, casts))
        if found is None:
            found = sum(self._works(call, casts) for call in body.calls) + sum(map(self._changes, body.nodes))
            self._steps[body, casts] = found
        return found

    def _loads(self, call: Value) -> bool:
        api = self.flow.api(call)
        return api is not None and api.platform and "reads" in api.roles and api.medium != "hub"

    def _works(self, call: Value, casts: bool) -> bool:
        targets = self.flow.targets(call)
        for target in targets:
            if target.name in FORMATS or target.name in CASTS:
                return casts and target.name in CASTS
            if target.api is not None and target.api.roles & _WORK:
                return casts or target.name.rpartition(".")[2] not in NO_STEPS
            if target.kind == "external" and target.name.startswith(TABLES):
                return _RESHAPES.search(target.name) is not None
        return not targets and call.function.kind == "attr" and call.function.name in self._methods

    def _changes(self, value: Value) -> bool:
        """Whether a column is set or rows are chosen."""
        if value.kind == "store":
            return isinstance(value.data, tuple) and isinstance(value.key, str) and self._may_be_table(value.source)
        if value.kind != "item":
            return False
        key = value.one("key")
        return key is not None and key.kind in ("compare", "operation") and self._may_be_table(value.source)

    def _may_be_table(self, value: Value) -> bool:
        """Whether a value is a table, or was handed in and may be one."""
        while value.kind in ("store", "phi", "passed", "mutate"):
            value = value.source
        types = self.flow.types(value)
        if types:
            return any(isinstance(each.name, str) and each.name.startswith(TABLES) for each in types)
        return value.kind in ("param", "call")

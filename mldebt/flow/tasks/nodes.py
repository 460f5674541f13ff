"""What Kedro's nodes hand to each other: each names the data sets that its function takes, and those that it gives."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from mldebt.flow.idioms import last_name
from mldebt.flow.module import ScopeKey
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

_LIBRARY = "kedro"
_MAKING = frozenset({"node", "Node"})
_ORDER = ("func", "inputs", "outputs")
_PARAMETERS = ("params:", "parameters")


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A function, the data set that each of its parameters takes, and those that it gives: `is_one` says that a single
    one is the whole result."""

    unit: ScopeKey
    project: str
    inputs: dict[str, str]
    outputs: tuple[str, ...]
    is_one: bool


class Nodes:
    """Both ways: what fills a parameter, and which parameters a result fills."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow

    def datasets(self, param: Value) -> list[str]:
        """The data sets that a parameter takes: one of each node that runs its function, none where no node does."""
        nodes = self.of(param.body.key)
        return list(dict.fromkeys(node.inputs[param.name] for node in nodes if param.name in node.inputs))

    def entering(self, param: Value) -> list[str]:
        """The data sets that a parameter takes and no node gives; what are parameters of the project is none."""
        project = project_of(param.body.module.path)
        names = self.datasets(param) if self._by_unit else []
        return [name for name in names if not is_parameter(name) and not self._given_by(project, name)]

    @property
    def parameters(self) -> list[tuple[Value, str]]:
        """The parameters of functions that take a part of the project's parameters, with its key, "" for all."""
        return [
            (param, name.partition(":")[2])
            for unit, nodes in self._by_unit.items()
            for word, param in self._flow.body(*unit).params.items()
            for name in dict.fromkeys(node.inputs.get(word, "") for node in nodes)
            if is_parameter(name)
        ]

    def of(self, unit: ScopeKey) -> list[Node]:
        """The nodes that run a function."""
        return self._by_unit.get(unit, []) if self._by_unit else []

    def into(self, param: Value) -> list[Value]:
        """What fills a parameter: what other nodes give by the names that it takes."""
        project = project_of(param.body.module.path)
        names = self.datasets(param) if self._by_unit else []
        return [value for name in names for value in self._given_by(project, name)]

    def _given_by(self, project: str, name: str) -> list[Value]:
        return [value for node in self._giving.get((project, name), ()) for value in self._given(node, name)]

    def is_made(self, call: Value, unit: ScopeKey) -> bool:
        """Whether a call makes a node of a function: what it is given beside names data sets, and fills nothing."""
        return last_name(call.function) in _MAKING and bool(self.of(unit))

    def takers(self, unit: ScopeKey) -> list[Value]:
        """The parameters that take the whole result of a function."""
        return [param for node in self.of(unit) if node.is_one for param in self._taking(node, 0)]

    def part_takers(self, part: Value, result: Value) -> list[Value]:
        """The parameters that take one part of a list or tuple that a function returns."""
        if not self._by_unit or not any(user.kind == "return" for _, user in result.uses):
            return []
        place = next((at for at, item in enumerate(result.every("item")) if item is part), -1)
        nodes = self.of(result.body.key)
        parted = [node for node in nodes if not node.is_one and 0 <= place < len(node.outputs)]
        return [param for node in parted for param in self._taking(node, place)]

    def _given(self, node: Node, name: str) -> list[Value]:
        """What a node gives by a name: the part of its result at that place, where the parts are written down."""
        returns = self._flow.body(*node.unit).returns
        if node.is_one:
            return [returns]
        place = node.outputs.index(name)
        parts = [each.every("item") if each.kind == "collection" else [] for each in returns.every("value")]
        return [items[place] for items in parts if len(items) > place] if all(parts) and parts else [returns]

    def _taking(self, giver: Node, place: int) -> list[Value]:
        name = giver.outputs[place]
        return [
            param
            for nodes in self._by_unit.values()
            for node in nodes
            if name and node.project == giver.project
            for word, param in self._flow.body(*node.unit).params.items()
            if node.inputs.get(word) == name
        ]

    # ------------------------------------------------------------------ tables

    @cached_property
    def _giving(self) -> dict[tuple[str, str], list[Node]]:
        found: dict[tuple[str, str], list[Node]] = defaultdict(list)
        for nodes in self._by_unit.values():
            for node in nodes:
                for name in node.outputs:
                    found[node.project, name].append(node)
        return found

    @cached_property
    def _by_unit(self) -> dict[ScopeKey, list[Node]]:
        found: dict[ScopeKey, list[Node]] = defaultdict(list)
        modules = self._flow.program.modules
        using = {
            module.index
            for module in modules
            if any(each.imported.partition(".")[0] == _LIBRARY for each in module.facts.imports)
        }
        for call in self._flow.calls_named(_MAKING) if using else ():
            node = self._read(call) if call.body.module.index in using else None
            if node is not None:
                found[node.unit].append(node)
        return dict(found)

    def _read(self, call: Value) -> Node | None:
        """The node that a call makes, when it says in full which function it runs."""
        given: dict[str, Value] = {}
        for place, (keyword, source) in enumerate(call.named_arguments):
            given.setdefault(keyword or (_ORDER[place] if place < len(_ORDER) else ""), source)
        function, outputs = given.get("func"), given.get("outputs")
        if function is None or function.kind != "func":
            return None
        params = list(self._flow.body(*function.scope_key).params)
        return Node(
            unit=function.scope_key,
            project=project_of(call.body.module.path),
            inputs=_inputs(given.get("inputs"), params),
            outputs=tuple(_texts(outputs)),
            is_one=outputs is not None and outputs.kind == "const" and isinstance(outputs.data, str),
        )


def project_of(path: str) -> str:
    """The folder of the project that a module is part of: the one above its `src`."""
    before, found, _ = f"/{path}".partition("/src/")
    return f"{before}/".lstrip("/") if found else ""


def is_parameter(name: str) -> bool:
    """Whether a data set is a part of the project's parameters."""
    return name.startswith(_PARAMETERS[0]) or name == _PARAMETERS[1]


def _inputs(value: Value | None, params: list[str]) -> dict[str, str]:
    """The data set of each parameter: by place, or by name."""
    if value is None:
        return {}
    if value.kind == "dict":
        keys: tuple[object, ...] = value.data  # type: ignore[assignment]
        named = zip(keys, value.every("item"), strict=False)
        return {str(key): str(each.data) for key, each in named if each.kind == "const"}
    return {word: name for word, name in zip(params, _texts(value), strict=False) if name}


def _texts(value: Value | None) -> list[str]:
    """The names that a text or a list of texts is; "" for one that is not written down."""
    if value is None:
        return []
    values = value.every("item") if value.kind in ("collection", "dict") else [value]
    return [each.data if each.kind == "const" and isinstance(each.data, str) else "" for each in values]

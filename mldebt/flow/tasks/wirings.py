"""What the components of a pipeline that a builder joins hand to each other: LensKit's and Haystack's. Nothing is
looked at where neither is imported."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from mldebt.flow.idioms import root
from mldebt.flow.module import ScopeKey
from mldebt.flow.steps import FAN_OUT
from mldebt.flow.tasks.graph_states import entries
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

_LIBRARIES = frozenset({"lenskit", "haystack"})
_ADDING = frozenset({"add_component", "replace_component"})
_JOINING = frozenset({"connect"})
_RUNNING = frozenset({"run", "run_all", "run_async"})
_RECOMMENDING = ("lenskit.recommend", "lenskit.operations.recommend")
"""What runs the pipeline that it is given first, and gives its list."""
_METHODS = ("__call__", "run")
"""What runs when a component is run."""
RUN_LIMIT = 40
_Given = tuple[str, str]
"""A component by name, and the key of what is taken of its result, "" for all of it."""


class Component(msgspec.Struct, eq=False):
    """A component that is added to a pipeline by a call; `unit` is its own function, None where it is a library's."""

    name: str
    unit: ScopeKey | None
    added: Value
    inputs: dict[str, _Given]


Board = dict[str, Component]
"""The components of one pipeline by name."""


class Wirings:
    """Both ways: what fills a component's parameter, and where its result is taken up."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._run_boards: dict[Value, list[Board]] = {}

    # ------------------------------------------------------------------ back

    def into(self, param: Value) -> list[Value]:
        """What other components give for a parameter."""
        taking = self._by_unit.get(param.body.key, ())
        given = ((board, component.inputs.get(param.name)) for board, component in taking)
        return [value for board, each in given if each is not None for value in self._given(board, *each)][:FAN_OUT]

    def results(self, run: Value, path: tuple[str | int, ...]) -> list[Value]:
        """What a run gives, of which what stands under some keys is asked for: `run(…)["ranker"]["documents"]`."""
        if not run.calls_method(*_RUNNING) and not run.calls_external(*_RECOMMENDING):
            return []
        names = [str(key) for key in path[:2]]
        found: list[Value] = []
        for board in self._boards_of(run):
            if names and names[0] in board:
                found += self._given(board, names[0], names[1] if len(names) > 1 else "")
            else:
                whole = (name for name in self._asked(board, run) if not self._by_key(board[name]))
                found += [value for name in whole for value in self._given(board, name, "")]
        return found[:FAN_OUT]

    def _by_key(self, component: Component) -> bool:
        """Whether a run gives what a component gives under its name and by keys, as Haystack's does."""
        return component.unit is None or self._flow.scope(*component.unit).name == "run"

    def _given(self, board: Board, name: str, key: str) -> list[Value]:
        component = board.get(name)
        if component is None:
            return []
        if component.unit is None:
            return [component.added]
        returns = self._flow.body(*component.unit).returns
        if not key:
            return [returns]
        return [value for result in returns.every("value") for each, value in entries(result) if each == key]

    def of_library(self, call: Value) -> Value | None:
        """The library's component that a call adds to a pipeline; None for any other call."""
        component = self._added.get(call) if self._boards else None
        return call.arguments[1] if component is not None and component.unit is None else None

    # ------------------------------------------------------------------ forth

    def takers(self, unit: ScopeKey) -> list[Value]:
        """Where all that a component gives is taken up: by the parameters of others, by runs that end with it."""
        found: list[Value] = []
        for board, component in self._by_unit.get(unit, ()):
            found += self._params(board, (component.name, ""))
            if not self._by_key(component):
                found += [run for run in self._runs_of(board) if component.name in self._asked(board, run)]
        return found[:FAN_OUT]

    def readers(self, value: Value, holder: Value) -> list[Value]:
        """Where what a component gives under a key is taken up: by parameters, and from what a run gives."""
        unit = value.body.key
        found: list[Value] = []
        for board, component in self._by_unit.get(unit, ()):
            for result in self._flow.body(*unit).returns.every("value"):
                keys = [key for key, each in entries(result) if each in (value, holder)]
                found += [param for key in keys for param in self._params(board, (component.name, key))]
                found += [
                    read
                    for run in self._runs_of(board)
                    for part in _read_under(run, component.name)
                    for key in keys
                    for read in _read_under(part, key)
                ]
        return found[:FAN_OUT]

    def _params(self, board: Board, given: _Given) -> list[Value]:
        units = ((component.unit, component.inputs) for component in board.values() if component.unit is not None)
        return [
            param
            for unit, inputs in units
            for name, param in self._flow.body(*unit).params.items()
            if inputs.get(name) == given
        ]

    # ------------------------------------------------------------------ runs

    @cached_property
    def _runs(self) -> list[Value]:
        if not self._boards:
            return []
        given = (run for run in self._flow.calls_named(frozenset({"recommend"})) if run.calls_external(*_RECOMMENDING))
        return [*self._flow.calls_named(_RUNNING), *given]

    def _runs_of(self, board: Board) -> list[Value]:
        return [run for run in self._runs if any(each is board for each in self._boards_of(run))]

    def _boards_of(self, run: Value) -> list[Board]:
        """The pipelines that a call may run: what it is called on was put together there; where that is not seen, as
        with a module that is chosen by name, any of the project's."""
        found = self._run_boards.get(run)
        if found is None:
            found = self._run_boards[run] = []
            found += self._find_boards(run) if self._boards else []
        return found

    def _find_boards(self, run: Value) -> list[Board]:
        receiver, flow = run.receiver, self._flow
        if run.calls_external(*_RECOMMENDING):
            receiver = next(iter(run.arguments), None)
        if receiver is None:
            return []
        bodies = {visit.value.body.key for visit in flow.walk(receiver, flow.back, limit=RUN_LIMIT)}
        near = [board for unit, board in self._boards.items() if unit in bodies]
        if near or not any("ipeline" in str(each.name) for each in flow.types(receiver)):
            return near
        together, modules = flow.program.roots.together, flow.program.modules
        return [board for unit, board in self._boards.items() if together(modules[unit[0]], run.body.module)]

    def _asked(self, board: Board, run: Value) -> list[str]:
        """The components whose results a run gives: those that it names, else those that no other takes up."""
        named = [name for source in run.arguments if (name := _name_of(source)) in board]
        taken = {name for component in board.values() for name, _ in component.inputs.values()}
        return named or [name for name in board if name not in taken]

    # ------------------------------------------------------------------ the pipelines

    @cached_property
    def _by_unit(self) -> dict[ScopeKey, list[tuple[Board, Component]]]:
        found: dict[ScopeKey, list[tuple[Board, Component]]] = defaultdict(list)
        for board in self._boards.values():
            for component in board.values():
                if component.unit is not None:
                    found[component.unit].append((board, component))
        return dict(found)

    @cached_property
    def _added(self) -> dict[Value, Component]:
        return {component.added: component for board in self._boards.values() for component in board.values()}

    @cached_property
    def _boards(self) -> dict[ScopeKey, Board]:
        modules = self._flow.program.modules
        using = {
            module.index
            for module in modules
            if any(each.imported.partition(".")[0] in _LIBRARIES for each in module.facts.imports)
        }
        found: dict[ScopeKey, Board] = defaultdict(dict)
        for call in self._flow.calls_named(_ADDING) if using else ():
            component = self._component(call) if call.body.module.index in using else None
            if component is not None:
                found[call.body.key][component.name] = component
        for call in self._flow.calls_named(_JOINING) if found else ():
            self._join(found.get(call.body.key, {}), call)
        return dict(found)

    def _component(self, call: Value) -> Component | None:
        arguments = call.arguments
        if len(arguments) < 2 or not isinstance(arguments[0].data, str):
            return None
        inputs = {word: (name, "") for word, source in call.named_arguments if word and (name := _name_of(source))}
        return Component(name=str(arguments[0].data), unit=self._unit(arguments[1]), added=call, inputs=inputs)

    def _unit(self, component: Value) -> ScopeKey | None:
        """The function that runs for a component: itself, or a method of its class."""
        if component.kind == "func":
            return component.scope_key
        own = [each.name for each in self._flow.types(component) if isinstance(each.name, tuple)]
        classes = [component.scope_key] if component.kind == "class" else own
        methods = (self._flow.program.method(cls, name) for cls in classes for name in _METHODS)
        return next(((each.module, each.scope) for each in methods if each is not None and each.kind == "func"), None)

    def _join(self, board: Board, call: Value) -> None:
        """`connect("ranker.documents", "cutter.documents")`, `connect(cutter, items=ranker)`."""
        ends = [source for keyword, source in call.named_arguments if keyword in ("", "sender", "receiver")]
        words = {word: name for word, source in call.named_arguments if word and (name := _name_of(source)) in board}
        first = board.get(_name_of(ends[0])) if ends else None
        if first is not None and words and len(ends) == 1:
            first.inputs.update((word, (name, "")) for word, name in words.items())
        texts = [str(end.data) for end in ends if end.kind == "const"]
        if len(texts) == 2:
            (giver, _, key), (taker, _, word) = texts[0].partition("."), texts[1].partition(".")
            component = board.get(taker)
            if component is not None:
                component.inputs[word or key] = (giver, key or word)


def _name_of(source: Value) -> str:
    """The component that an argument is: what adding it gave, `builder.node("ranker")`, its name; "" for others."""
    source = root(source)
    if source.kind == "const":
        return source.data if isinstance(source.data, str) else ""
    is_told = source.calls_method("node", *_ADDING) and source.arguments and source.arguments[0].kind == "const"
    return str(source.arguments[0].data) if is_told else ""


def _read_under(value: Value, key: str) -> list[Value]:
    """Where a key of what a value holds is read."""
    found: list[Value] = []
    for label, user in value.uses:
        if label == "object" and user.kind == "item" and user.data == key:
            found.append(user)
        elif label in ("base", "value") and user.kind in ("passed", "same", "phi"):
            found += [each for name, each in user.uses if name == "object" and each.kind == "item" and each.data == key]
    return found

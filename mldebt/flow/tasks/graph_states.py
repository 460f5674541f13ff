"""What the steps of an agent's graph hand to each other: each is given the state, and what it returns is put into it by
key. Nothing is looked at where no graph is made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from mldebt.flow.idioms import bare, last_name, read_name
from mldebt.flow.module import ScopeKey
from mldebt.flow.scores.copies import copied, given_anew
from mldebt.flow.steps import FAN_OUT
from mldebt.flow.tasks.rounds import Rounds
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

_LIBRARY = "langgraph"
_RUNNING = ("invoke", "ainvoke")
_SENDING = frozenset({"Send"})
_COMMAND = "Command"
_END = frozenset({"END", "__end__"})
_BUILDING = frozenset(
    {"add_node", "add_edge", "add_sequence", "add_conditional_edges", "set_entry_point", "set_finish_point"}
)
RUN_LIMIT = 40
VERSIONS = 40
HELPERS = 2
"""Functions between a step and what reads or fills the state for it."""
CALLERS_ASKED = 6


class Graph(msgspec.Struct, eq=False):
    """The functions of one graph's steps by name, and which step comes after which; a step that nothing comes after is
    a last one. After some steps a function chooses what comes next."""

    steps: dict[str, ScopeKey]
    after: dict[str, set[str]]
    choosing: dict[str, ScopeKey]

    def before(self, name: str) -> list[str]:
        """The steps right before one."""
        return [step for step, following in self.after.items() if name in following and step in self.steps]

    def last(self) -> list[str]:
        """The steps that a run may end with."""
        return [name for name in self.steps if not self.after.get(name) or self.after[name] & _END]


class GraphStates:
    """Both ways: what a key of the state holds where it is read, and where a key is read that a step fills."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._rounds = Rounds(flow)
        self._written: dict[ScopeKey, dict[str, list[Value]]] = {}
        self._known: dict[Value, list[Graph]] = {}

    # ------------------------------------------------------------------ back

    def held(self, read: Value, key: str, depth: int = 0) -> list[Value]:
        """What the steps before last put under a key of the state that a step reads, or of what a run gives; also where
        a step hands its state on."""
        if not self._graphs:
            return []
        owner = bare(read)
        if owner.kind == "param":
            unit = owner.body.key
            taking = self._taking(owner, unit)
            if sent := [each for _, name in taking for each in self._sent(name, key)]:
                return sent[:FAN_OUT]
            places = [(graph, graph.before(name)) for graph, name in taking] or self._chosen_after(owner, unit)
            if not places and depth < HELPERS:
                given = self._flow.arguments(owner)[:CALLERS_ASKED]
                return [each for source in given for each in self.held(source, key, depth + 1)][:FAN_OUT]
        elif owner.calls_method(*_RUNNING):
            places = [(graph, graph.last()) for graph in self._run_by(owner)]
        else:
            return []
        return [value for graph, names in places for value in self._nearest(graph, names, key)][:FAN_OUT]

    def _chosen_after(self, param: Value, unit: ScopeKey) -> list[tuple[Graph, list[str]]]:
        """The steps after which a function is given the state to choose the next."""
        found = (
            (graph, [name for name, each in graph.choosing.items() if each == unit]) for graph in self._graphs.values()
        )
        return [(graph, names) for graph, names in found if names and _is_first(param)]

    def _taking(self, param: Value, unit: ScopeKey) -> list[tuple[Graph, str]]:
        """The steps whose state a parameter is."""
        return self._by_unit.get(unit, []) if _is_first(param) else []

    def _sent(self, name: str, key: str) -> list[Value]:
        """What a step gets under a key that is sent a state of its own: `Send("read", {"document": each})`."""
        return [value for state in self._sends.get(name, ()) for each, value in entries(state) if each == key]

    def _nearest(self, graph: Graph, names: list[str], key: str) -> list[Value]:
        """What was last put under a key, on every way back from some steps."""
        found: list[Value] = []
        waiting, seen = list(names), set(names)
        while waiting:
            name = waiting.pop(0)
            written = self._puts(graph.steps[name]).get(key, [])
            found += written
            more = [each for each in graph.before(name) if each not in seen] if not written else []
            seen.update(more)
            waiting += more
        return found

    def _puts(self, unit: ScopeKey) -> dict[str, list[Value]]:
        """What a step's function puts under the keys of the state."""
        found = self._written.get(unit)
        if found is None:
            found = self._written[unit] = defaultdict(list)
            for result in self._results(unit):
                for key, value in entries(result):
                    found[key].append(value)
        return found

    def _results(self, unit: ScopeKey, depth: int = 0) -> Iterator[Value]:
        """What a step gives, where it calls another function to give it too."""
        for result in self._flow.body(*unit).returns.every("value"):
            yield result
            called = self._flow.targets(bare(_update(result))) if depth < HELPERS else ()
            for key in (target.key for target in called if target.kind == "func"):
                yield from self._results(key, depth + 1)

    def given(self, run: Value, path: tuple[str | int, ...]) -> list[Value]:
        """What a run gives under the first key of a path."""
        is_asked = run.calls_method(*_RUNNING) and bool(path) and isinstance(path[0], str)
        return self.held(run, str(path[0])) if is_asked else []

    def taken(self, call: Value) -> list[Value]:
        """The same for `state.get("documents")`."""
        if not call.calls_method("get") or not self._graphs or not (key := read_name(call)):
            return []
        return self.held(call.function.source, key)

    # ------------------------------------------------------------------ forth

    def readers(self, value: Value, holder: Value) -> list[Value]:
        """Where the key is read under which a step puts a value into the state, by the steps after it and where the
        graph is run."""
        if not self._graphs:
            return []
        units = self._giving.get(value.body.key)
        if units is None:
            return self._read_where_sent(value, holder) if self._sends else []
        found: list[Value] = []
        for unit in units:
            keys = [key for key, values in self._puts(unit).items() if value in values or holder in values]
            for graph, name in self._by_unit[unit] if keys else ():
                found += [read for key in keys for read in self._onward(graph, name, key)]
        return found

    def _read_where_sent(self, value: Value, holder: Value) -> list[Value]:
        """Where a step reads what is sent to it."""
        sent = [
            (name, key)
            for name, states in self._sends.items()
            if holder in states
            for key, each in entries(holder)
            if each is value
        ]
        return [
            read
            for name, key in sent
            for unit, taking in self._by_unit.items()
            if any(name == step for _, step in taking)
            for state in self._params(unit)
            for read in self._reads(state, key)
        ][:FAN_OUT]

    def _params(self, unit: ScopeKey) -> list[Value]:
        """The parameter by which a function takes the state."""
        return [param for param in self._flow.body(*unit).params.values() if _is_first(param)]

    def _onward(self, graph: Graph, name: str, key: str) -> list[Value]:
        found: list[Value] = []
        waiting, seen = [name], {name}
        while waiting:
            step = waiting.pop(0)
            following = graph.after.get(step) or _END
            if step in graph.choosing:
                found += [read for state in self._params(graph.choosing[step]) for read in self._reads(state, key)]
            if following & _END:
                runs = (run for run in self._runs if graph in self._run_by(run))
                found += [read for run in runs for read in self._reads(run, key)]
            for each in sorted(following & graph.steps.keys() - seen):
                seen.add(each)
                found += [read for state in self._params(graph.steps[each]) for read in self._reads(state, key)]
                if not self._puts(graph.steps[each]).get(key):
                    waiting.append(each)
        return found[:FAN_OUT]

    def _reads(self, state: Value, key: str) -> list[Value]:
        """The reads of a key of a state, of whatever version that another value was not put in before, also in
        functions that it is handed on to or given back from."""
        found: list[Value] = []
        waiting, seen = [state], {state}
        while waiting and len(seen) < RUN_LIMIT:
            value = waiting.pop(0)
            for label, user in value.uses:
                if label == "object" and user.kind in ("item", "attr"):
                    if user.data == key:
                        found.append(user)
                    elif user.data == "get":
                        found += [call for name, call in user.uses if name == "function" and read_name(call) == key]
                for after in self._elsewhere(value, label, user, key):
                    if after not in seen:
                        seen.add(after)
                        waiting.append(after)
        return found

    def _elsewhere(self, value: Value, label: str, user: Value, key: str) -> list[Value]:
        """Where a use of a state has it at hand once more."""
        flow = self._flow
        if label == "value" and user.kind == "return":
            return list(flow.callers(*user.body.key)[:CALLERS_ASKED])
        if label == "arg" and user.kind == "call":
            bodies = [flow.body(*target.key) for target in flow.targets(user) if target.kind == "func"]
            filled = (
                (body, name) for body in bodies for name in body.params if value in flow.argument(user, body, name)
            )
            return [body.params[name] for body, name in filled]
        return [user] if label in ("base", "value") and _keeps(user, key) else []

    # ------------------------------------------------------------------ the graphs

    @cached_property
    def _giving(self) -> dict[ScopeKey, list[ScopeKey]]:
        """The steps that give what a function gives: itself, or one that calls it."""
        found: dict[ScopeKey, dict[ScopeKey, None]] = defaultdict(dict)
        for unit in self._by_unit:
            found[unit][unit] = None
            for result in self._results(unit):
                found[result.body.key][unit] = None
        return {key: list(units) for key, units in found.items()}

    @cached_property
    def _by_unit(self) -> dict[ScopeKey, list[tuple[Graph, str]]]:
        found: dict[ScopeKey, list[tuple[Graph, str]]] = defaultdict(list)
        for graph in self._graphs.values():
            for name, unit in graph.steps.items():
                found[unit].append((graph, name))
        return found

    @cached_property
    def _graphs(self) -> dict[ScopeKey, Graph]:
        """The graphs by the function or module that puts their steps together."""
        modules = self._flow.program.modules
        if not any(each.imported.partition(".")[0] == _LIBRARY for module in modules for each in module.facts.imports):
            return {}
        calls: dict[ScopeKey, list[Value]] = defaultdict(list)
        for call in self._flow.calls_named(_BUILDING):
            calls[call.body.key].append(call)
        made = {unit: self._graph(building) for unit, building in calls.items()}
        return {unit: graph for unit, graph in made.items() if graph.steps}

    def _graph(self, calls: list[Value]) -> Graph:
        graph = Graph(steps={}, after=defaultdict(set), choosing={})
        rounds = [(call, given) for call in calls for given in self._rounds.of(call)]
        for call, given in rounds:
            if call.calls_method("add_node"):
                self._add_step(graph, given)
            elif call.calls_method("add_sequence"):
                self._add_sequence(graph, given)
        for call, given in rounds:
            self._add_edges(graph, call, given)
            if call.calls_method("add_conditional_edges"):
                units = self._units(given)
                names = (name for source in given[:1] for name in self._names(source))
                graph.choosing.update((name, units[0]) for name in names if units)
        self._add_jumps(graph)
        return graph

    def _add_step(self, graph: Graph, given: list[Value]) -> str:
        """A step under the name that is given with it, or its function's own; "" where it is not known."""
        units = self._units(given)
        if len(units) != 1:
            return ""
        names = [name for source in given for name in self._names(source) if source.kind != "external"]
        name = names[0] if names else self._flow.scope(*units[0]).name
        graph.steps[name] = units[0]
        return name

    def _add_sequence(self, graph: Graph, told: list[Value]) -> None:
        """`add_sequence([retrieve, ("order", by_date)])`: one step after the other."""
        listed = told[0].every("item") if told else []
        given = [each.every("item") if each.kind == "collection" else [each] for each in listed]
        for first, second in pairwise(self._add_step(graph, each) for each in given):
            graph.after[first].add(second)

    def _add_edges(self, graph: Graph, call: Value, given: list[Value]) -> None:
        """What a call says of which step comes after which; a choice among steps without names may lead to any."""
        names = [self._names(source) for source in given]
        if call.calls_method("add_edge") and len(names) == 2:
            for first in names[0]:
                graph.after[first].update(names[1])
        elif call.calls_method("add_conditional_edges") and names:
            told = {name for each in names[2:] for name in each}
            for first in names[0]:
                graph.after[first].update(told or {*graph.steps, "END"})
        elif call.calls_method("set_finish_point"):
            for name in names[0] if names else ():
                graph.after[name].add("END")

    def _add_jumps(self, graph: Graph) -> None:
        """A step that says itself which one comes next: `Command(update=…, goto="order")`."""
        for name, unit in graph.steps.items():
            for result in self._flow.body(*unit).returns.every("value"):
                goto = dict(result.named_arguments).get("goto") if _is_command(result) else None
                if goto is not None:
                    graph.after[name].update(self._names(goto))

    def _names(self, value: Value) -> list[str]:
        """The steps that an argument names: a text, START or END, a list or dict of them."""
        if value.kind == "global":
            held = self._flow.global_value(value)
            return self._names(held) if held is not None and held.kind == "const" else []
        if value.kind == "const":
            return [value.data] if isinstance(value.data, str) else []
        if value.kind == "external":
            return [value.name.rpartition(".")[2]]
        if value.kind in ("collection", "dict"):
            return [name for item in value.every("item") for name in self._names(item)]
        return []

    def _units(self, given: list[Value]) -> list[ScopeKey]:
        """What is given to be called: functions, methods, objects that can be."""
        found = (target for source in given for target in self._flow.callees(source))
        return list(dict.fromkeys(target.key for target in found if target.kind == "func"))

    @cached_property
    def _sends(self) -> dict[str, list[Value]]:
        """The states that are sent to single steps, by the step's name."""
        found: dict[str, list[Value]] = defaultdict(list)
        for call in self._flow.calls_named(_SENDING) if self._graphs else ():
            name, state = (*call.arguments[:2], None, None)[:2]  # or a mail that is sent
            if name is not None and state is not None and name.kind == "const":
                is_step = any(name.data in graph.steps for graph in self._graphs.values())
                found[str(name.data)] += [state] if is_step else []
        return dict(found)

    @cached_property
    def _runs(self) -> list[Value]:
        return self._flow.calls_named(frozenset(_RUNNING)) if self._graphs else []

    def _run_by(self, run: Value) -> list[Graph]:
        """The graphs that a call runs: those of the functions in which what it is called on was put together."""
        found = self._known.get(run)
        if found is None:
            found = self._known[run] = []
            found += self._find_run(run.receiver) if run.receiver is not None else []
        return found

    def _find_run(self, receiver: Value) -> list[Graph]:
        visits = list(self._flow.walk(receiver, self._flow.back, limit=RUN_LIMIT))
        units = {call.body.key for visit in visits if (call := visit.value).calls_method("compile")}
        if units and units.isdisjoint(self._graphs):  # compiled elsewhere than where its steps were added
            units = {visit.value.body.key for visit in visits}
        return [graph for unit, graph in self._graphs.items() if unit in units]


def _is_first(param: Value) -> bool:
    """Whether a parameter is the first that a function takes, beside its object."""
    place = int(param.body.module.takes_self(param.body.number))
    parameters = param.body.scope.parameters
    return len(parameters) > place and parameters[place].name == param.data


def entries(result: Value) -> list[tuple[str, Value]]:
    """What a step's result puts under keys: a dict that is written out, the state with entries, a command's update.
    What was put under a key before, on the same way, is no longer there."""
    found: dict[tuple[str, Value], None] = {}
    waiting: list[tuple[Value, frozenset[str]]] = [(result, frozenset())]
    seen = set(waiting)
    while waiting and len(seen) < VERSIONS:
        value, later = waiting.pop(0)
        put = _put(value)
        found.update(dict.fromkeys(each for each in put if each[0] not in later))
        later = later.union(key for key, _ in put)
        before = value.every("value") if value.kind in ("phi", "choice") else []
        if value.kind in ("store", "passed", "same", "mutate") and value.inputs:
            before = [value.source]
        elif (base := copied(value) if value.kind == "call" else None) is not None:
            before = [base]
        for each in before:
            if (each, later) not in seen:
                seen.add((each, later))
                waiting.append((each, later))
    return list(found)


def _put(value: Value) -> list[tuple[str, Value]]:
    """What a value itself has under keys that the one before it had not."""
    if value.kind == "store" and isinstance(value.key, str):
        stored = value.one("value")
        return [(value.key, stored)] if stored is not None else []
    if value.kind == "call" and copied(value) is not None:
        return list(given_anew(value))
    value = _update(value)
    if value.kind == "dict":
        pairs = zip(value.keys, value.every("item"), strict=True)
        return [(key, item) for key, item in pairs if isinstance(key, str)]
    return []


def _is_command(value: Value) -> bool:
    """Whether a step gives what is to be put into the state together with what comes next."""
    return value.kind == "call" and last_name(value.function) == _COMMAND


def _update(value: Value) -> Value:
    """What a command puts into the state; any other value as it is."""
    update = dict(value.named_arguments).get("update") if _is_command(value) else None
    return update if update is not None else value


def _keeps(version: Value, key: str) -> bool:
    """Whether a state still has what was under a key: nothing, or something under another one, was put in it."""
    is_other = version.kind == "store" and isinstance(version.key, str) and version.key != key
    return is_other or version.kind in ("passed", "same", "phi")

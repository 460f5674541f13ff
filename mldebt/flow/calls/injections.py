"""Parameters that a framework fills with what a function of the repository returns: `items=Depends(ranked)`, the model
that `model_fn` of an inference script gives to its `predict_fn`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from mldebt.facts import record as r
from mldebt.flow.body import Body
from mldebt.flow.module import Module, ScopeKey
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

_INJECTING = frozenset({"Depends", "Security"})
_LIBRARY = "fastapi"
_LOADER = "model_fn"
_MODEL_AT = {"predict_fn": 1, "transform_fn": 0}
"""At which place an inference platform gives the model to a function of the script."""


class Injections:
    """Both ways: what fills a parameter, and which parameters a function's result fills."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow

    def into(self, param: Value) -> Body | None:
        """The function whose result fills a parameter."""
        body = param.body
        key = self._by_parameter.get((body.module.index, body.number, param.name)) if self._by_parameter else None
        return self._flow.body(*key) if key is not None else None

    def filled_by(self, body: Body) -> list[Value]:
        """The parameters that a function's result fills."""
        key = body.key
        places = self._by_function.get(key, ())
        return [self._flow.body(module, number).params[name] for module, number, name in places]

    @cached_property
    def _by_parameter(self) -> dict[tuple[int, int, str], ScopeKey]:
        found = dict(self._of_inference())
        modules = self._flow.program.modules
        if not any(each.imported.partition(".")[0] == _LIBRARY for module in modules for each in module.facts.imports):
            return found
        for module in modules:
            for number, scope in enumerate(module.facts.scopes):
                for parameter in scope.parameters:
                    key = self._given(module, parameter, scope.parent)
                    if key is not None:
                        found[module.index, number, parameter.name] = key
        return found

    def _of_inference(self) -> Iterator[tuple[tuple[int, int, str], ScopeKey]]:
        """The models of inference scripts."""
        for module in self._flow.program.modules:
            top = {scope.name: number for number, scope in enumerate(module.facts.scopes) if scope.parent == 0}
            loader = top.get(_LOADER)
            for name, place in _MODEL_AT.items() if loader is not None else ():
                parameters = module.facts.scopes[top[name]].parameters if name in top else ()
                if loader is not None and len(parameters) > place:
                    yield (module.index, top[name], parameters[place].name), (module.index, loader)

    @cached_property
    def _by_function(self) -> dict[ScopeKey, list[tuple[int, int, str]]]:
        found: dict[ScopeKey, list[tuple[int, int, str]]] = {}
        for place, key in self._by_parameter.items():
            found.setdefault(key, []).append(place)
        return found

    def _given(self, module: Module, parameter: r.Parameter, scope: int) -> ScopeKey | None:
        """The function that a parameter's default or annotation names."""
        if parameter.default >= 0 and (key := self._named(module, parameter.default, scope)) is not None:
            return key
        return self._annotated(module, parameter.annotation, scope) if parameter.annotation >= 0 else None

    def _annotated(self, module: Module, ref: r.Ref, scope: int) -> ScopeKey | None:
        """The function in `Annotated[list, Depends(ranked)]`, written here or under a name of a module."""
        node = module.facts.exprs[ref]
        if isinstance(node, r.Subscript):
            index = module.facts.exprs[node.index]
            parts = index.items[1:] if isinstance(index, r.Collection) else ()
            parts = parts if module.dotted(node.value).rpartition(".")[2] == "Annotated" else ()
            return next((key for part in parts if (key := self._named(module, part, scope))), None)
        name = module.dotted(ref)
        entity = self._flow.program.resolve_dotted(module, name, scope) if name else None
        if entity is None or entity.kind != "var":
            return None
        home = self._flow.program.modules[entity.module]
        told = _assigned(home, entity.name)
        return self._annotated(home, told, 0) if told >= 0 and not home.dotted(told) else None

    def _named(self, module: Module, ref: r.Ref, scope: int) -> ScopeKey | None:
        """The function in `Depends(ranked)`."""
        node = module.facts.exprs[ref]
        if not isinstance(node, r.Call) or not self._injects(module, module.dotted(node.function), scope):
            return None
        name = module.dotted(node.arguments[0].value) if node.arguments else ""
        entity = self._flow.program.resolve_dotted(module, name, scope) if name else None
        return (entity.module, entity.scope) if entity is not None and entity.kind == "func" else None

    def _injects(self, module: Module, called: str, scope: int) -> bool:
        """Whether a name is the library's, however it is imported."""
        entity = self._flow.program.resolve_dotted(module, called, scope) if called else None
        if entity is None or entity.kind != "external":
            return False
        return entity.name.startswith(f"{_LIBRARY}.") and entity.name.rpartition(".")[2] in _INJECTING


def _assigned(module: Module, name: str) -> r.Ref:
    """What a module gives to a variable; -1 where it gives nothing."""
    for statement in module.facts.scopes[0].body:
        if isinstance(statement, r.Assign):
            targets = (module.facts.exprs[target] for target in statement.targets)
            if any(isinstance(target, r.Name) and target.id == name for target in targets):
                return statement.value
    return -1

"""MLD403: a boundary that answers with a model's results and declares no shape."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt.detectors.contract import _declared_shapes, _no_results, _undeclared_shapes
from mldebt.finding import Audience, Hit, Severity, Step
from mldebt.flow.module import Module
from mldebt.flow.services.contracts import Contract, Contracts, long_texts
from mldebt.flow.services.left_out import LeftOut
from mldebt.flow.services.read_answers import ReadAnswers
from mldebt.flow.types.shapes import DECLARED, HOLLOW, NONE
from mldebt.flow.value import Value
from mldebt.pipeline import Project
from mldebt.pipeline.clones.told_once import ToldOnce
from mldebt.pipeline.description.signatures import Signatures
from mldebt.pipeline.description.specifications import Specifications
from mldebt.regex import regex
from mldebt.rulebook import Rule

__all__ = ["BAD", "GOOD", "detect"]

BAD = (*_undeclared_shapes.BAD, *_no_results.BAD)
GOOD = (*_declared_shapes.GOOD, *_no_results.GOOD)

_SCRIPT = regex(r"^def run\((\w+)\)\s*:", re.MULTILINE)
_SETUP = regex(r"^def init\(", re.MULTILINE)
_SCHEMA = regex(r"schema", re.IGNORECASE)
_ABOUT = regex(
    r"(^|[/_-])(health(z|[-_]?check)?|heartbeat|livez?|liveness|readyz?|readiness|ping|status|versions?|info|metadata"
    r"|metrics|stats|statistics|about|docs|warm[-_]?up|startup|shutdown|reload|configs?|settings)/?$"
    r"|(^|/)(health(z|[-_]?check)?|metrics|status|diagnostics?|debug)/[\w-]+/?$"
    r"|(^|/)(re-?)?train(ing)?(/[\w-]+)?/?$",
    re.IGNORECASE,
)
_PREDICTS = regex(r"predict|recommend|score|classif|infer|generate", re.IGNORECASE)
"""What the paths and functions are called that tell of the service itself, and those that do not."""
_NAMED = r"(\{|['\"`]\w+['\"`]|\bfields?\b)"
_TELLS = {
    "takes": regex(rf"\b(body|payload|inputs?|requests?|expects?|takes?|json)\b[^\n]{{0,80}}?{_NAMED}", re.IGNORECASE),
    "answers": regex(rf"\b(returns?|responses?|answers?|outputs?)\b[^.]{{0,160}}?{_NAMED}", re.IGNORECASE),
}
"""Words by which a docstring names what is in a request, or in an answer."""


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    yield from ToldOnce(project.flow.program).fold(_found(project))


def _found(project: Project) -> Iterator[Hit]:
    contracts = Contracts(project.flow)
    clients = ReadAnswers(project.orders, contracts)
    specified, signatures = Specifications(project.raw_documents), Signatures(project.flow)
    left_out = LeftOut(project.flow)
    for module in project.modules():
        for number in range(len(module.facts.scopes)):
            if project.boundaries.endpoint(module.index, number):
                contract = contracts.of(module.index, number)
                if contract.worst not in (NONE, HOLLOW) or not contract.is_read:
                    continue
                routes = contracts.routes(project.flow.body(module.index, number))
                if _is_about(module.facts.scopes[number].name, routes):
                    continue
                model = project.behind.model_of((module.index, number))
                if model is None or any(specified.cover(route) for route in routes):
                    continue
                if signatures.declare(model) or left_out.holds((module.index, number)):
                    continue
                if clients.are_declared((module.index, number)):
                    contract = contract._replace(answers=DECLARED)
                if contract.worst in (NONE, HOLLOW):
                    yield _hit(project, module, number, contract, model)
        yield from _scripts(project, module)


def _is_about(name: str, routes: list[str]) -> bool:
    """Whether an endpoint tells of the service itself, whatever it asks the model on the way."""
    paths = [route for route in routes if route.startswith("/")]
    return any(_ABOUT.search(each) and not _PREDICTS.search(each) for each in paths or [name])


def _hit(project: Project, module: Module, number: int, contract: Contract, model: Value) -> Hit:
    place = project.definition(module, number)
    words = _in_words(module, number)
    bare = [(verb, side) for verb, side in _sides(contract) if side in (HOLLOW, NONE)]
    told = [verb for verb, side in bare if side == NONE and _TELLS[verb].search(words)]
    sides = [f"what it {verb} is {_how(side, in_words=verb in told)}" for verb, side in bare]
    grave = any(side == NONE and verb not in told for verb, side in bare)
    trail = [Step(location=place, message="served here")]
    if contract.reads is not None:
        trail.append(project.step(contract.reads, "the request is taken apart here"))
    trail.append(project.step(model, "the model is asked here"))
    return Hit(
        location=place,
        message=f"{place.symbol} hands out a model's results: {' and '.join(sides)}.",
        trail=tuple(trail),
        component=project.component_of(project.flow.body(module.index, number)),
        severity=Severity.MEDIUM if grave else Severity.LOW,
        audience=Audience.PEDANTIC if module.is_notebook else None,
    )


def _sides(contract: Contract) -> tuple[tuple[str, str], ...]:
    return ("takes", contract.takes), ("answers", contract.answers)


def _how(side: str, *, in_words: bool) -> str:
    if side == HOLLOW:
        return "a bare container"
    return "told in words alone" if in_words else "declared nowhere"


def _in_words(module: Module, number: int) -> str:
    """What is said in words of an endpoint: in its docstring, or, of the `run` of a scoring script, in the module's."""
    scopes = module.facts.scopes
    around = scopes[0].docstring if scopes[number].name == "run" else None
    return f"{scopes[number].docstring or ''}\n{around or ''}"


def _scripts(project: Project, module: Module) -> Iterator[Hit]:
    """Scoring scripts that a notebook or script writes out as text, for a service that calls `init` and `run`."""
    for at, text in long_texts(module):
        if _is_script(text):
            place = project.place(module, at, at, 0)
            yield Hit(
                location=place,
                message="A scoring script is deployed from this text: nothing says what its run() takes or answers.",
                trail=(Step(location=place, message="written here"),),
                component=module.path,
            )


def _is_script(text: str) -> bool:
    return bool(_SETUP.search(text) and _SCRIPT.search(text)) and not _SCHEMA.search(text)

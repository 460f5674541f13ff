"""Programs made of texts."""

from collections.abc import Callable, Mapping
from textwrap import dedent

import pytest

from mldebt.facts.extract import extract_facts
from mldebt.flow import Flow, ModuleInput, link_project
from mldebt.flow.body import Body
from mldebt.flow.linking import Target, Type
from mldebt.flow.module import Module, ScopeKey
from mldebt.flow.value import Value
from mldebt.rulebook import Catalogue, load_apis
from mldebt.sources import Category

Link = Callable[..., Flow]
CallAt = Callable[[Flow, str, str], Value]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_apis()


@pytest.fixture
def link(catalogue: Catalogue) -> Link:
    """The flow of a module's text, or of texts by path."""

    def build(texts: str | Mapping[str, str]) -> Flow:
        files = {"example.py": texts} if isinstance(texts, str) else texts
        return link_project(
            [
                ModuleInput(
                    path=path,
                    category=Category.TEST if path.startswith("tests/") else Category.PRODUCT,
                    is_notebook=False,
                    facts=extract_facts(dedent(text).lstrip("\n")),
                )
                for path, text in files.items()
            ],
            catalogue,
        )

    return build


@pytest.fixture
def call_of() -> CallAt:
    """The first call of a function or method of that name in a module."""

    def find(flow: Flow, path: str, name: str) -> Value:
        module = next(module for module in flow.program.modules if module.path == path)
        calls = [call for number in range(len(module.facts.scopes)) for call in flow.body(module.index, number).calls]
        return next(c for c in calls if str(c.inputs[0][1].data).rsplit(".", 1)[-1] == name or _named(flow, c, name))

    return find


def _named(flow: Flow, call: Value, name: str) -> bool:
    function = call.inputs[0][1]
    return function.kind in ("func", "class") and flow.scope(*function.data).name == name


# ---------------------------------------------------------------------------- programs with places to point at

MAIN = "main.py"


class Linked:
    """A linked program, with ways to point at places in its text."""

    def __init__(self, texts: Mapping[str, str], catalogue: Catalogue) -> None:
        self.texts = {path: dedent(text).lstrip("\n") for path, text in texts.items()}
        modules = [
            ModuleInput(
                path=path,
                category=Category.TEST if path.startswith("tests/") else Category.PRODUCT,
                is_notebook=path.endswith(".ipynb"),
                facts=extract_facts(text),
            )
            for path, text in self.texts.items()
        ]
        self.flow: Flow = link_project(modules, catalogue)

    def module(self, path: str = MAIN) -> Module:
        return next(module for module in self.flow.program.modules if module.path == path)

    def key(self, place: str) -> ScopeKey:
        """A scope: "fit" or "Trainer.fit" in the main module, "data.py:load" elsewhere, "data.py:" for a module."""
        path, _, qualname = place.rpartition(":")
        module = self.module(path or MAIN)
        return module.index, next(n for n, s in enumerate(module.facts.scopes) if s.qualname == qualname)

    def body(self, place: str = "") -> Body:
        return self.flow.body(*self.key(place))

    def held(self, name: str, place: str = "") -> Value:
        """What a name holds at the end of a scope."""
        return self.body(place).env[name]

    def value(self, fragment: str, kind: str, path: str = MAIN) -> Value:
        """The outermost value of a kind that starts where a fragment of the text stands last."""
        module = self.module(path)
        at = self.texts[path].rindex(fragment)
        bodies = (self.flow.body(module.index, number) for number in range(len(module.facts.scopes)))
        return [node for body in bodies for node in body.nodes if node.at == at and node.kind == kind][-1]

    def call(self, fragment: str, path: str = MAIN) -> Value:
        return self.value(fragment, "call", path)

    # ------------------------------------------------------------------ answers in words

    def name(self, key: ScopeKey) -> str:
        """A scope as its path and qualified name."""
        module = self.flow.program.modules[key[0]]
        return f"{module.path}:{module.facts.scopes[key[1]].qualname}"

    def targets(self, call: Value) -> list[str]:
        return [self._target(target) for target in self.flow.targets(call)]

    def types(self, value: Value) -> list[str]:
        return [self.type(found) for found in self.flow.types(value)]

    def type(self, found: Type) -> str:
        name = found.name if isinstance(found.name, str) else self.name(found.name)
        return f"{name}[{', '.join(map(self.type, found.args))}]" if found.args else name

    def callers(self, place: str) -> list[str]:
        return [self.text(call) for call in self.flow.callers(*self.key(place))]

    def text(self, value: Value) -> str:
        """The line that a value stands on."""
        path = value.body.module.path
        return self.texts[path].splitlines()[value.line - 1].strip()

    def shape(self, value: Value) -> str:
        """What a value was made of, within its body; "…" where it comes back to itself."""
        return _shape(value, ())

    def constants(self, value: Value) -> set[object]:
        """Every literal that a value is made of, across the whole program."""
        visits = self.flow.walk(value, self.flow.back)
        return {visit.value.data for visit in visits if visit.value.kind == "const"}

    def reached(self, value: Value, kind: str = "call") -> list[str]:
        """The lines of all values of a kind that are made from a value."""
        visits = self.flow.walk(value, self.flow.forth)
        return [self.text(visit.value) for visit in visits if visit.value.kind == kind and visit.value is not value]

    def nodes(self, path: str = MAIN) -> list[Value]:
        """Every value of a module."""
        module = self.module(path)
        bodies = (self.flow.body(module.index, number) for number in range(len(module.facts.scopes)))
        return [node for body in bodies for node in body.nodes]

    def lines(self, value: Value) -> list[str]:
        """The lines of everything that is made from a value."""
        return [self.text(visit.value) for visit in self.flow.walk(value, self.flow.forth)]

    def _target(self, target: Target) -> str:
        return target.name if target.kind == "external" else self.name(target.key)


def _shape(value: Value, around: tuple[Value, ...]) -> str:
    if value in around:
        return "…"
    inside = [_shape(source, (*around, value)) for _, source in value.inputs]
    data = "" if value.data is None or value.kind in ("phi", "passed", "func", "class") else value.data
    known = {
        "const": lambda: repr(value.data),
        "param": lambda: str(data),
        "external": lambda: str(data),
        "unknown": lambda: f"?{data}",
        "call": lambda: f"{inside[0]}({', '.join(inside[1:])})",
        "attr": lambda: f"{inside[0]}.{data}",
        "item": lambda: f"{inside[0]}[{value.data!r}]",
        "element": lambda: f"each {inside[0]}",
        "phi": lambda: f"({' | '.join(inside)})",
    }
    if value.kind in known:
        return known[value.kind]()
    labels = [label for label, _ in value.inputs]
    parts = [f"{label}={part}" for label, part in zip(labels, inside, strict=True) if label != "call"]
    return f"{value.kind} {data}".rstrip() + f"({', '.join(parts)})"


@pytest.fixture
def linked(catalogue: Catalogue) -> Callable[..., Linked]:
    """Links a program: the text of its main module, and others by path."""

    def build(main: str = "", texts: Mapping[str, str] | None = None) -> Linked:
        return Linked({**({MAIN: main} if main else {}), **(texts or {})}, catalogue)

    return build

"""Programs made of texts."""

from collections.abc import Callable, Mapping
from textwrap import dedent

import pytest

from mldebt.facts.extract import extract_facts
from mldebt.flow import Flow, ModuleInput, link_project
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

"""Modules that are called like tests and are none: they test nothing, and the product imports them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mldebt.flow.module import Module

_TEST_FOLDER = re.compile(r"(^|/)(tests?|testing|unit_?tests?|integration_?tests?|e2e_?tests?|__tests__)/")
_TESTS = re.compile(r"test(_|\Z)|setUp\Z")


def take_over(modules: Sequence[Module]) -> None:
    """Make such modules product code: `test_scheduling.py` of a scheduler of tests."""
    imported = {
        name
        for module in modules
        if module.category == "product"
        for binding in module.facts.imports
        for name in (binding.module.rpartition(".")[2], binding.attribute)
    }
    for module in modules:
        stem = module.path.rpartition("/")[2].removesuffix(".py")
        if module.category == "test" and stem in imported and not _is_test(module):
            module.category = "product"


def _is_test(module: Module) -> bool:
    """Whether a module stands among tests, or has a test or what tests are run with."""
    if _TEST_FOLDER.search(module.path) or module.path.endswith("conftest.py"):
        return True
    names = (scope.name for scope in module.facts.scopes[1:] if scope.kind == "function")
    return any(_TESTS.match(name) for name in names) or any(
        binding.module.partition(".")[0] in ("pytest", "unittest") for binding in module.facts.imports
    )

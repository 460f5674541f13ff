"""Expressions that are compiled when they are asked: all of the package's are valid, and answer as compiled ones do."""

import importlib
import pkgutil
import re

import mldebt
from mldebt.regex import regex


def test_it_answers_as_a_compiled_pattern_does():
    words = regex(r"(?P<word>\w+)", re.IGNORECASE)
    assert words.sub("x", "a b") == "x x"
    assert [found["word"] for found in words.finditer("a b")] == ["a", "b"]
    assert (words.pattern, words.groups) == (r"(?P<word>\w+)", 1)


def test_every_expression_of_the_package_compiles():
    found = 0
    for each in pkgutil.walk_packages(mldebt.__path__, "mldebt."):
        if each.name.endswith("__main__"):
            continue
        for value in vars(importlib.import_module(each.name)).values():
            if type(value) is regex:
                re.compile(*value._given)
                found += 1
    assert found > 300

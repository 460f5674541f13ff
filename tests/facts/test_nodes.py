"""Cheaper constructors, and classes with less in them, build the same trees."""

from __future__ import annotations

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from mldebt.facts.extract import ExtractionError, extract_facts

HASTENED = """
import mldebt.facts.extract
from mldebt.facts.nodes import hasten_nodes
print(hasten_nodes())
"""
LEAN = """
from mldebt.facts.lean import load_libcst
load_libcst()
import libcst
print("__setattr__" not in vars(libcst.Name))
"""
EXTRACT = """
import sys
from hashlib import sha256
import libcst, msgspec
from mldebt.facts.extract import ExtractionError, extract_facts
sys.setrecursionlimit(20_000)
for path in sys.stdin.read().split("\\n"):
    text = open(path, "rb").read().decode()
    try:
        facts = msgspec.msgpack.encode(extract_facts(text))
        print(sha256(facts).hexdigest(), libcst.parse_module(text).code == text)
    except ExtractionError as error:
        print(error)
"""


@pytest.mark.parametrize("prepared", [HASTENED, LEAN], ids=["hastened", "lean"])
@pytest.mark.usefixtures("deep_stack")
def test_facts_and_code_are_the_same(prepared: str, real_texts: list[tuple[Path, str]]) -> None:
    paths = "\n".join(str(path) for path, _ in real_texts)
    done = subprocess.run(
        [sys.executable, "-c", prepared + EXTRACT], input=paths, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    expected = ["True"]
    for _, text in real_texts:
        try:
            expected.append(sha256(msgspec.msgpack.encode(extract_facts(text))).hexdigest() + " True")
        except ExtractionError as error:
            expected.append(str(error))
    assert done == expected


def test_a_version_that_needs_what_is_left_out_is_loaded_whole() -> None:
    program = """
import sys
from mldebt.facts import lean
whole = lean.dataclasses.dataclass

def demanding(kind=None, /, **options):
    if not options.get("frozen", True):
        raise TypeError("a node has to stay as it is")
    return whole(kind, **options)

lean.dataclasses.dataclass = demanding
lean.load_libcst()
lean.dataclasses.dataclass = whole
print("libcst" in sys.modules)
import libcst
print("__setattr__" in vars(libcst.Name), libcst.parse_module("a = 1").code)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["False", "True a = 1"]

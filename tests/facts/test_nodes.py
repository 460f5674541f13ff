"""Cheaper constructors build the same trees."""

from __future__ import annotations

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from mldebt.facts.extract import ExtractionError, extract_facts

HASTENED = """
import sys
from hashlib import sha256
import libcst, msgspec
from mldebt.facts.extract import ExtractionError, extract_facts
from mldebt.facts.nodes import hasten_nodes
sys.setrecursionlimit(20_000)
print(hasten_nodes())
for path in sys.stdin.read().split("\\n"):
    text = open(path, "rb").read().decode()
    try:
        facts = msgspec.msgpack.encode(extract_facts(text))
        print(sha256(facts).hexdigest(), libcst.parse_module(text).code == text)
    except ExtractionError as error:
        print(error)
"""


@pytest.mark.usefixtures("deep_stack")
def test_facts_and_code_are_the_same(real_texts: list[tuple[Path, str]]) -> None:
    paths = "\n".join(str(path) for path, _ in real_texts)
    done = subprocess.run(
        [sys.executable, "-c", HASTENED], input=paths, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    expected = ["True"]
    for _, text in real_texts:
        try:
            expected.append(sha256(msgspec.msgpack.encode(extract_facts(text))).hexdigest() + " True")
        except ExtractionError as error:
            expected.append(str(error))
    assert done == expected

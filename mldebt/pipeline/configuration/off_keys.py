"""Settings that every configuration of a repository switches off, and the code that waits for them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from mldebt.flow.conditions.conditions import ways
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.sources import Document, DocumentKind

_CONFIGURATIONS = (DocumentKind.CONFIG, DocumentKind.SHELL, DocumentKind.DVC, DocumentKind.MLPROJECT)


class OffKeys:
    """Questions about tests of a setting by its key: `if params["tune"]:`."""

    def __init__(self, flow: Flow, documents: Sequence[Document]) -> None:
        self.flow = flow
        self.documents = [each for each in documents if each.kind in _CONFIGURATIONS]

    def never_runs(self, place: Value) -> bool:
        """Whether a place waits for a setting that is given everywhere, and nowhere on."""
        keys = (_asked(test) for test, way in ways(place.body, place.at) if way)
        return any(key != "" and self._is_off(key) for key in keys)

    def _is_off(self, key: str) -> bool:
        given = self._given.get(key, [])
        if not given or not all(each.kind == "const" and not each.data for each in given):
            return False
        spoken = re.compile(rf"\b{re.escape(key)}\b", re.IGNORECASE)
        return f"--{key.replace('_', '-')}" not in self._options and not any(
            spoken.search(each.text) for each in self.documents
        )

    @cached_property
    def _given(self) -> dict[str, list[Value]]:
        """What the team's code gives to each key of a mapping."""
        found: dict[str, list[Value]] = defaultdict(list)
        for module in self.flow.program.modules:
            for body in self.flow.bodies(module.index) if module.category == "product" else ():
                for node in body.nodes:
                    for key, given in _gives(node):
                        found[key].append(given)
        return found

    @cached_property
    def _options(self) -> set[str]:
        """The options of command lines, as the code spells them."""
        texts = (text for module in self.flow.program.modules for text in module.texts())
        return {text.replace("_", "-") for text in texts if text.startswith("--")}


def _asked(test: Value) -> str:
    """The key of the setting that a test asks for; "" for any other test."""
    if test.kind == "item":
        return test.key if isinstance(test.key, str) else ""
    if test.calls_method("get") and test.arguments and not any(each.data for each in test.arguments[1:]):
        key = test.arguments[0].data
        return key if isinstance(key, str) else ""
    return ""


def _gives(node: Value) -> Iterator[tuple[str, Value]]:
    """The keys that a dict or a store into one gives values to; keyword arguments may become keys."""
    if node.kind == "dict":
        items = [source for label, source in node.inputs if label == "item"]
        yield from ((key, item) for key, item in zip(node.keys, items, strict=True) if isinstance(key, str))
    elif node.kind == "store" and isinstance(node.key, str) and (given := node.one("value")) is not None:
        yield node.key, given
    elif node.kind == "call":
        yield from ((keyword, source) for keyword, source in node.named_arguments if keyword)

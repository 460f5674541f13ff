"""YAML as a tree in which every node knows its line. Nothing is constructed: tags, dates and numbers stay text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import yaml

_MAX_DEPTH = 200
_MAX_LEAVES = 50_000


class YamlError(Exception):
    """Why a text is no YAML; `str()` of it is the reason."""


class Node(msgspec.Struct, frozen=True):
    """A scalar (`text`), a sequence (`items`) or a mapping (`fields`); the other two are empty. An absent node is all
    three. `line` is where the value starts; of a block scalar, its first line of content."""

    line: int = 0
    text: str = ""
    items: Sequence[Node] = ()
    fields: Mapping[str, Node] = msgspec.field(default_factory=dict)
    key_line: int = 0

    def get(self, *keys: str) -> Node:
        """What lies under these keys, or an absent node."""
        node = self
        for key in keys:
            node = node.fields.get(key, ABSENT)
        return node

    @property
    def present(self) -> bool:
        """Whether there is a node."""
        return self.line > 0

    def scalars(self) -> Iterator[Node]:
        """The scalar that this is, or the scalars of the sequence that this is."""
        if self.text:
            yield self
        for item in self.items:
            if item.text:
                yield item

    def texts(self) -> tuple[str, ...]:
        """The texts of `scalars`."""
        return tuple(node.text for node in self.scalars())

    def leaves(self, prefix: str = "") -> Iterator[tuple[str, Node]]:
        """Every scalar and empty node below, with its dotted key. Aliases are followed, but not without end."""
        pending: list[tuple[str, Node]] = [(prefix, self)]
        left = _MAX_LEAVES
        while pending and left > 0:
            left -= 1
            key, node = pending.pop()
            dot = f"{key}." if key else ""
            inner = [(f"{dot}{number}", item) for number, item in enumerate(node.items)]
            inner += [(f"{dot}{name}", item) for name, item in node.fields.items()]
            pending += reversed(inner)
            if not inner and node.present and key:
                yield key, node


ABSENT = Node()


def parse_yaml(text: str) -> Node:
    """The first document of a text."""
    return next(iter(parse_all_yaml(text)), ABSENT)


def parse_all_yaml(text: str) -> list[Node]:
    """Every document of a text; of two equal keys the last counts, and `<<` brings in what it names."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return [_Tree().node(root) for root in yaml.compose_all(text, Loader=loader)]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f" (line {mark.line + 1})" if mark is not None else ""
        raise YamlError(f"not valid YAML: {error.problem or error.context}{where}") from error
    except yaml.YAMLError as error:
        raise YamlError(f"not valid YAML: {' '.join(str(error).split())}") from error
    except RecursionError as error:
        raise YamlError("not valid YAML: nested too deeply") from error


class _Tree:
    """Turns composed nodes into ours, each once: an alias shares what it names, and one that names its own parent is
    absent."""

    def __init__(self) -> None:
        self._done: dict[int, Node] = {}
        self._depth = 0

    def node(self, node: yaml.Node) -> Node:
        known = self._done.get(id(node))
        if known is not None:
            return known
        if self._depth > _MAX_DEPTH:
            raise YamlError("not valid YAML: nested too deeply")
        self._done[id(node)] = ABSENT
        self._depth += 1
        made = self._make(node)
        self._depth -= 1
        self._done[id(node)] = made
        return made

    def _make(self, node: yaml.Node) -> Node:
        line = node.start_mark.line + 1
        value: object = node.value
        if isinstance(value, str):
            is_block = getattr(node, "style", None) in ("|", ">")
            return Node(line=line + is_block, text="" if node.tag.endswith(":null") else value)
        assert isinstance(value, list)
        if not value or not isinstance(value[0], tuple):
            return Node(line=line, items=tuple(self.node(item) for item in value))
        merged: dict[str, Node] = {}
        own: dict[str, Node] = {}
        for key, item in value:
            made = self.node(item)
            if key.value == "<<":
                for source in made.items or (made,):
                    merged = {**source.fields, **merged}
            elif isinstance(key.value, str):
                own[key.value] = _with_key_line(made, key.start_mark.line + 1)
        return Node(line=line, fields={**merged, **own})


def _with_key_line(node: Node, line: int) -> Node:
    return Node(line=node.line or line, text=node.text, items=node.items, fields=node.fields, key_line=line)

"""Front matter, and whether a document is a model card."""

from __future__ import annotations

import re

from mldebt.documents.prose import Prose
from mldebt.documents.record import Setting
from mldebt.documents.yaml_tree import Node, YamlError, parse_yaml
from mldebt.regex import regex
from mldebt.sources import DocumentKind

_FENCE = regex(r"\A\s*---[ \t]*\n(.*?\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_MAX_FRONT = 200_000
_MODEL_KEYS = frozenset(("model-index", "library_name", "pipeline_tag", "base_model"))
_OTHER_CARDS = frozenset(
    ("sdk", "app_file", "dataset_info", "task_categories", "size_categories", "annotations_creators")
)
_CARD_HEADING = regex(r"\bmodel card\b(?!s)", re.IGNORECASE)


def split_front_matter(text: str) -> tuple[Node, str, str]:
    """The front matter as a tree, the text with blank lines in its place, and what is wrong with the front matter."""
    found = _FENCE.match(text)
    if not found or not found[1] or found.end() > _MAX_FRONT or not re.search(r"^[\w-]+\s*:", found[1], re.MULTILINE):
        return Node(), text, ""
    before = text[: found.start(1)].count("\n")
    rest = "\n" * found[0].count("\n") + text[found.end() :]
    try:
        return parse_yaml("\n" * before + found[1]), rest, ""
    except YamlError as error:
        return Node(), rest, f"front matter: {error}"


def metadata_of(front: Node) -> tuple[Setting, ...]:
    """The front matter's leaves."""
    return tuple(Setting(key, node.text, node.line) for key, node in front.leaves() if node.text)


def may_be_model_card(kind: DocumentKind, lowered: str) -> bool:
    """Whether a text, in lower case, is worth parsing to find out."""
    return kind is DocumentKind.MODEL_CARD or "model card" in lowered or lowered.lstrip().startswith("---")


def is_model_card(kind: DocumentKind, front: Node, prose: Prose) -> bool:
    """Whether it describes a model: by its file's name, the metadata that model hubs read, or a heading that says so.
    The same metadata stands in cards of datasets and demos; those have keys of their own."""
    if kind is DocumentKind.MODEL_CARD:
        return True
    keys = front.fields.keys()
    if not keys & _OTHER_CARDS:
        if keys & _MODEL_KEYS:
            return True
        if kind is DocumentKind.README and keys & {"license", "tags"}:
            return True
    return any(heading.level <= 2 and _CARD_HEADING.search(heading.title) for heading in prose.headings)

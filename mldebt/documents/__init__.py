"""What a repository says of itself: README, docs, model cards, owners, workflows and requirements as facts. Only
`known` touches a file: it keeps facts between scans."""

from mldebt.documents.codeowners import choose_codeowners, owner_rules_of, owners_of
from mldebt.documents.known import KnownDocuments
from mldebt.documents.parse import parse_document
from mldebt.documents.paths import resolve
from mldebt.documents.programs import Program, programs
from mldebt.documents.record import (
    Block,
    Command,
    DeclaredData,
    Dependency,
    DocumentFacts,
    Heading,
    Link,
    OwnerRule,
    PathMention,
    Placeholder,
    Setting,
    Stage,
)
from mldebt.documents.search import CommandPlace, DocumentReader, DocumentSet, Mention, words_of
from mldebt.sources import DocumentKind

__all__ = [
    "Block",
    "Command",
    "CommandPlace",
    "DeclaredData",
    "Dependency",
    "DocumentFacts",
    "DocumentKind",
    "DocumentReader",
    "DocumentSet",
    "Heading",
    "KnownDocuments",
    "Link",
    "Mention",
    "OwnerRule",
    "PathMention",
    "Placeholder",
    "Program",
    "Setting",
    "Stage",
    "choose_codeowners",
    "owner_rules_of",
    "owners_of",
    "parse_document",
    "programs",
    "resolve",
    "words_of",
]

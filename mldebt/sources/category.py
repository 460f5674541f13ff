"""Whether a file is product code, a test, somebody else's code, a machine's or data: by its path, its head, or the
configuration."""

from __future__ import annotations

import re

from mldebt.regex import regex
from mldebt.sources.globs import matches
from mldebt.sources.source import Category, CategoryGlobs

_HEAD_BYTES = 2048

_VENDORED_PATH = regex(
    r"(?:^|/)(?:_?vendor|_?vendored|third[-_]?party|3rd[-_]?party|external[-_]libs?|site-packages|dist-packages"
    r"|node_modules|bower_components|\.eggs)/",
    re.IGNORECASE,
)
_GENERATED_PATH = regex(
    r"_pb2(?:_grpc)?\.py$|(?:^|/)\.ipynb_checkpoints/|(?:^|/)build/(?:lib|bdist)(?:\.[^/]*)?/|\.egg-info/|(?:^|/)versioneer\.py$"
    r"|(?:^|/)(?:alembic|migrations?|migrate)(?:/[^/]+)*/versions/[^/]+\.py$"
    r"|(?:^|/)migrations/(?:\d{4}_\w+|__init__)\.py$"
)
_TEST_FOLDER = regex(r"(?:^|/)(?:tests?|testing|unit_?tests?|integration_?tests?|e2e_?tests?|__tests__)/")
_TEST_NAME = regex(r"(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.(?:py|ipynb)$")

_PUT_AWAY = regex(r"(?:^|/)_?(?:deprecated|archived?|attic|obsolete)/", re.IGNORECASE)
_OLD = regex(
    r"(?:^|/)(?i:[^/]*\[(?:depr[ae]cated|archived?|obsolete|old)\]/"
    r"|(?:[^/]*[ _-])?old[ _-](?:\w+[ _-])*(?:folders?|files?|scripts?|notebooks?|code|versions?|stuff)(?:[ _-][^/]*)?/"
    r"|[^/]*_(?:backup|bak)\.(?:py|ipynb)$)"
    r"|(?:^|/)(?:_old|OLD)[ _-][^/]*\.(?:py|ipynb)$"
)
"""Folders and files that are called old: most likely nobody uses them, though somebody may."""
_EXERCISE = regex(
    r"(?:^|/)(?:exercises?|assignments?|homeworks?)(?:/|\.(?:py|ipynb)$)"
    r"|(?:^|[/_ -])(?:(?:exercises?|assignments?|hw)[_ -]?\d+|homeworks?[_ -]?\d*)(?:[/_ -]|\.(?:py|ipynb)$)"
    r"|[_ -]hw\.(?:py|ipynb)$",
    re.IGNORECASE,
)
"""Folders and files of code with blanks for those who learn from it; a word that has other meanings, too (`hw`), with a
number or at the end."""

_GENERATED_HEAD = regex(
    rb"do not edit|@generated\b|^\W*auto-?(?:matically)?[- ]?generated (?:by|from)\b"
    rb"|\bthis (?:file|code|module|script) (?:was|is|has been) (?:\w+[- ])?generated\b"
    rb"|^\W*(?-i:(?:Code|File) generated|Generated|GENERATED) by "
    rb"(?!'?django-admin|(?:an? )?(?:llm|chatgpt|claude|copilot)\b)",  # people go on by hand from these
    re.IGNORECASE | re.MULTILINE,
)
_VENDORED_HEAD = regex(
    rb"^\W*(?:this (?:file|code|module) (?:was|is|has been) )?vendored\b", re.IGNORECASE | re.MULTILINE
)
_HEAD = regex(
    rb"""(?:\xef\xbb\xbf)?(?:[ \t\f]*(?:\#[^\r\n]*)?(?:\r\n|\r|\n))*"""  # comments and empty lines
    rb"""(?:[rRuU]?(?:\"{3}.*?(?:\"{3}|\Z)|'{3}.*?(?:'{3}|\Z)))?(?:[ \t]*(?:\#[^\r\n]*)?(?:\r\n|\r|\n|\Z))*""",
    re.DOTALL,
)


def category_of_head(data: bytes) -> Category:
    """What the comments and the docstring before the first code say; product when they say nothing."""
    found = _HEAD.match(data[:_HEAD_BYTES])
    head = found.group() if found else b""
    if _GENERATED_HEAD.search(head):
        return Category.GENERATED
    if _VENDORED_HEAD.search(head):
        return Category.VENDORED
    return Category.PRODUCT


def category_of(path: str, head: Category, globs: CategoryGlobs) -> Category:
    """The category of a file whose head says `head`."""
    for category, patterns in (
        (Category.PRODUCT, globs.product),
        (Category.VENDORED, globs.vendored),
        (Category.GENERATED, globs.generated),
        (Category.DATA, globs.data),
        (Category.TEST, globs.test),
    ):
        if patterns and matches(path, patterns):
            return category
    if _VENDORED_PATH.search(path):
        return Category.VENDORED
    if _GENERATED_PATH.search(path):
        return Category.GENERATED
    if head is not Category.PRODUCT:
        return head
    return Category.TEST if _TEST_FOLDER.search(path) or _TEST_NAME.search(path) else Category.PRODUCT


def is_test_by_name_alone(path: str, globs: CategoryGlobs) -> bool:
    """Whether nothing but its name makes a file a test: `batch_test.py` beside the training code."""
    named = _TEST_NAME.search(path) is not None and _TEST_FOLDER.search(path) is None
    return named and not (globs.test and matches(path, globs.test))


def is_old(path: str) -> bool:
    """Whether a file lies where a team keeps what it does not use any more, or is called so."""
    return is_put_away(path) or _OLD.search(path) is not None


def is_exercise(path: str) -> bool:
    """Whether a file is somebody's homework, by its name or its folder's."""
    return _EXERCISE.search(path) is not None


def is_put_away(path: str) -> bool:
    """Whether a file lies where a team keeps what it does not use any more."""
    return _PUT_AWAY.search(path) is not None

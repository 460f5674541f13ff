import json
import os
from pathlib import Path

import pytest

from mldebt.finding import Skipped
from mldebt.sources import (
    CellLine,
    Document,
    Source,
    SourceFile,
    SourceLimits,
    list_sources,
    read_document,
    read_source,
)

from .conftest import write

NOTEBOOK = json.dumps(
    {
        "cells": [
            {"cell_type": "markdown", "source": ["# Why\n", "because"]},
            {"cell_type": "code", "source": ["x = 1\n", "y = ("]},
        ]
    },
    indent=1,
)


def only(tree: Path) -> SourceFile:
    (file,) = list_sources(tree).files
    return file


def test_python_is_read_as_it_stands(tree: Path) -> None:
    write(tree, "a.py", b"\xef\xbb\xbfx = 1\r\n\x0cy = '\xc3\xa9'\r")
    file = only(tree)
    assert read_source(tree, file) == Source(file=file, text="x = 1\r\n\x0cy = 'é'\r")


def test_a_notebook_is_read_twice(tree: Path) -> None:
    write(tree, "a.ipynb", NOTEBOOK)
    listing = list_sources(tree)
    source = read_source(tree, listing.files[0])
    assert isinstance(source, Source)
    assert source.text == "x = 1\n\n"
    assert source.cells == (CellLine(1, 1, 13), CellLine(1, 2, 14))
    assert source.skipped_cells == ("cell 1: '(' was never closed (line 2)",)
    document = read_document(tree, listing.documents[0])
    assert isinstance(document, Document)
    assert (document.kind, document.text) == ("notebook-prose", "# Why\nbecause\n")
    assert document.cells == (CellLine(0, 1, 6), CellLine(0, 2, 7))


def test_the_second_opinion_reaches_the_cells(tree: Path) -> None:
    write(tree, "a.ipynb", NOTEBOOK)
    source = read_source(tree, only(tree), parses=lambda _: True)
    assert isinstance(source, Source)
    assert (source.text, source.skipped_cells) == ("x = 1\ny = (\n", ())


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.py", b"x = '\xe9'\n", "not UTF-8 text, and declares no encoding (byte 0xe9 at line 1)"),
        ("a.py", b"\0", "NUL byte at line 1"),
        ("a.ipynb", b"", "empty"),
        ("a.ipynb", b'{"cells": "\xe9"}', "not UTF-8 text (byte 11)"),
        ("a.ipynb", b'{"cells"', "not valid JSON: it ends too early"),
        (
            "a.ipynb",
            b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n",
            "a Git LFS pointer; `git lfs pull` brings the file",
        ),
    ],
)
def test_bad_input_is_skipped(tree: Path, name: str, content: bytes, reason: str) -> None:
    write(tree, name, content)
    assert read_source(tree, only(tree)) == Skipped(path=name, reason=reason)


def test_what_changed_since_the_listing_is_skipped(tree: Path) -> None:
    path = write(tree, "a.py", "x = 1\n")
    file = only(tree)
    write(tree, "a.py", "x = 2\n")
    assert read_source(tree, file) == Skipped(path="a.py", reason="changed while it was being scanned")
    path.unlink()
    assert read_source(tree, file) == Skipped(path="a.py", reason="cannot be read: No such file or directory")
    path.symlink_to("b.py")
    assert isinstance(read_source(tree, file), Skipped)
    path.unlink()
    os.mkfifo(path)
    assert read_source(tree, file) == Skipped(path="a.py", reason="not a regular file: a named pipe")
    path.unlink()
    write(tree, "a.py", "x = 1\n" * 9)
    small = SourceLimits(max_python_bytes=10)
    assert read_source(tree, file, limits=small) == Skipped(path="a.py", reason="54 bytes, over the limit of 10")


def test_a_document_has_plain_newlines(tree: Path) -> None:
    write(tree, "README.md", b"\xef\xbb\xbf# Caf\xc3\xa9\r\n\r\nText\r")
    (file,) = list_sources(tree).documents
    document = read_document(tree, file)
    assert document == Document(path="README.md", kind=file.kind, text="# Café\n\nText\n")


def test_a_document_that_is_no_text_is_skipped(tree: Path) -> None:
    write(tree, "README.md", b"\0\1\2")
    (file,) = list_sources(tree).documents
    assert read_document(tree, file) == Skipped(path="README.md", reason="binary, not text")

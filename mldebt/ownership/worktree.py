"""Files that differ from HEAD in the work tree: their lines are found again, what is not committed is nobody's."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from mldebt.git import BlobReader, IsolatedRepository, write_blob
from mldebt.ownership.diffs import Differ
from mldebt.ownership.hunks import Hunk
from mldebt.ownership.lines import UNKNOWN, LineAuthors, line_authors
from mldebt.ownership.replay import count_lines


def changed_files(
    root: Path, keys: Mapping[bytes, str], blobs: Mapping[bytes, bytes], object_format: str
) -> dict[bytes, bytes]:
    """Path → content in the work tree of the files that are not what HEAD has; `keys` are blob ids of the contents."""
    changed = {}
    for path, key in keys.items():
        file = root / path.decode(errors="surrogateescape")
        if key and key.encode() != blobs.get(path) and file.is_file() and not file.is_symlink():
            try:
                content = file.read_bytes()
            except OSError:
                continue
            # A key may be of another kind, and a checkout may have changed the ends of lines.
            if blobs.get(path) not in {_blob_id(form, object_format) for form in (content, _unix(content))}:
                changed[path] = content
    return changed


def overlay(
    isolation: IsolatedRepository, lines: LineAuthors, blobs: Mapping[bytes, bytes], changed: Mapping[bytes, bytes]
) -> LineAuthors:
    """The lines with the changed files as they are in the work tree."""
    files: dict[bytes, Sequence[bytes | None]] = {}
    numbers = {}
    with BlobReader(isolation) as reader:
        committed = [path for path in changed if path in lines.files]
        heads = dict(zip(committed, reader.contents([blobs[path] for path in committed]), strict=True))
    differ = Differ(isolation)
    try:
        for path, content in changed.items():
            head = heads.get(path)
            form = _unix(content) if head is not None and b"\r\n" not in head else content
            files[path] = [UNKNOWN] * count_lines(form)
            if head is not None:
                numbers[path] = differ.add(blobs[path], write_blob(isolation, form))
        hunks = differ.finish()
    finally:
        differ.end()
    for path, number in numbers.items():
        found = hunks[number]
        if found is not None:
            files[path] = _carry(lines.lines(path), found)
    return line_authors(lines.head, files, lines.only(lines.files.keys() - files.keys()))


def _carry(owners: list[bytes], hunks: Sequence[Hunk]) -> list[bytes]:
    carried: list[bytes] = []
    position = 0
    for old, removed, _, added in hunks:
        carried += owners[position:old]
        carried += [UNKNOWN] * added
        position = old + removed
    return carried + owners[position:]


def _unix(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n")


def _blob_id(content: bytes, object_format: str) -> bytes:
    raw = b"blob %d\0%b" % (len(content), content)
    return hashlib.new(object_format, raw, usedforsecurity=False).hexdigest().encode()

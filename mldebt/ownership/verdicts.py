"""Verdicts on many commits, told from the contents of blobs: what each has to read is read in one go for all."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Mapping, Sequence

from mldebt.git import BlobReader

Judge = Generator[Sequence[bytes], Sequence[bytes | None], bool]
"""Asks for some blobs, is sent their contents, asks for more, and so on; in the end it returns its verdict."""


def judge_all(reader: BlobReader, judges: Mapping[bytes, Judge]) -> dict[bytes, bool]:
    """The verdict of each judge, which have all been made but have not begun."""
    verdicts = dict.fromkeys(judges, False)
    asked: dict[bytes, Sequence[bytes]] = dict.fromkeys(judges, ())
    while asked:
        contents = reader.contents([blob for blobs in asked.values() for blob in blobs])
        waiting, asked = asked, {}
        for name, blobs in waiting.items():
            read = list(itertools.islice(contents, len(blobs)))
            try:
                asked[name] = judges[name].send(read) if blobs else next(judges[name])
            except StopIteration as end:
                verdicts[name] = end.value
    return verdicts

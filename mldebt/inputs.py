"""What findings depend on, as one key; and the outcomes kept under such keys."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec

from mldebt import __version__
from mldebt.facts.version import facts_version
from mldebt.git import Repository
from mldebt.outcome import Outcome, decode_outcome, encode_outcome
from mldebt.rulebook import Rule, catalogue_key
from mldebt.settings import Settings
from mldebt.sources import KeyMemo, Listing, MemoEntry
from mldebt.store import code_key, read_entry, unpack, write_entry

_SHELF = "outcomes"
_MEMOS = "keys"


def input_key(
    listing: Listing,
    repository: Repository | None,
    rules: tuple[Rule, ...],
    settings: Settings,
    folder: Path,
    judged_on: int = 0,
) -> str:
    """Names everything that findings depend on. Equal keys, equal outcomes: nothing here is a time or a machine."""
    return _digest(
        *_terms(rules, settings, folder),
        repr((repository.head, repository.prefix, _shallow(repository)) if repository else None),
        f"{judged_on}" if judged_on else "",
        *(f"{file.path}\0{file.key}\0{file.category}" for file in listing.files),
        *(f"{document.path}\0{document.key}" for document in listing.documents),
        *(f"{item.path}\0{item.reason}" for item in listing.skipped),
    )


def terms_key(rules: tuple[Rule, ...], settings: Settings, folder: Path) -> str:
    """Names how any state is judged: by which code, rules, settings and catalogue."""
    return _digest(*_terms(rules, settings, folder))


def _terms(rules: tuple[Rule, ...], settings: Settings, folder: Path) -> tuple[str, ...]:
    code = code_key(Path(__file__).parent)
    return __version__, facts_version(), code, settings.key(), catalogue_key(folder), repr(rules)


def _digest(*parts: str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode("utf-8", "surrogateescape") + b"\1")
    return digest.hexdigest()


def _shallow(repository: Repository) -> bytes:
    """Where the history is cut off: deepening it leaves HEAD where it is and tells more about people."""
    try:
        return (repository.common_dir / "shallow").read_bytes() if repository.shallow else b""
    except OSError:
        return b"?"


def read_memo(cache: Path | None, root: Path) -> KeyMemo:
    """The content keys that an earlier scan of this folder computed, for files that `stat` says are the same."""
    content = read_entry(cache, _MEMOS, _memo_name(root)) if cache else None
    return KeyMemo(unpack(content, dict[str, MemoEntry]))


def keep_memo(cache: Path | None, root: Path, memo: KeyMemo) -> None:
    """Best effort: without it the next scan reads the files again."""
    if cache and memo.changed:
        write_entry(cache, _MEMOS, _memo_name(root), msgspec.msgpack.encode(memo.entries))


def _memo_name(root: Path) -> str:
    return hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:32]


def read_kept(cache: Path | None, key: str) -> Outcome | None:
    """The outcome of an earlier scan of the very same input."""
    content = read_entry(cache, _SHELF, key) if cache else None
    return decode_outcome(content) if content else None


def keep(cache: Path | None, key: str, outcome: Outcome) -> str:
    """Keep a complete outcome; returns "" or a warning."""
    if cache is None or outcome.failures:
        return ""
    return write_entry(cache, _SHELF, key, encode_outcome(outcome))

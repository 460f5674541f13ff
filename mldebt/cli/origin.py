"""Where this mldebt was installed from, as pip notes it (PEP 610), and what others are to install to have the same."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import msgspec

from mldebt import __version__
from mldebt.errors import GitError
from mldebt.git import open_repository, remote_address
from mldebt.regex import regex

PINNED = f"mldebt=={__version__}"
_SCP = regex(r"(?:[\w.-]+@)?[\w.-]{2,}:(?!/)[^\s:]+")


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """`requirement` is for pip; `folder` is what it was installed from where nobody else can reach that, on this disk.
    Then, as where it came from an index, the requirement is but the version."""

    requirement: str = PINNED
    folder: str = ""


def own_origin() -> Origin:
    """That of the mldebt that runs."""
    try:
        noted = distribution("mldebt").read_text("direct_url.json")
    except PackageNotFoundError:
        noted = None
    return origin_of(noted or "")


def origin_of(noted: str) -> Origin:
    """What a direct_url.json says; "" is that of a package from an index."""
    try:
        found: Any = json.loads(noted or "{}")
    except ValueError:
        return Origin()
    address = found.get("url") if isinstance(found, dict) else None
    if not isinstance(address, str):
        return Origin()
    if urlsplit(address).scheme == "file":
        return _of_folder(Path(unquote(urlsplit(address).path)))
    named = found.get("vcs_info")
    if isinstance(named, dict) and named.get("vcs") == "git":
        return _of_git(address, str(named.get("commit_id", "")), str(found.get("subdirectory", "")))
    return Origin(requirement=f"mldebt @ {_without_user(address)}") if named is None else Origin()


def _of_git(address: str, commit: str, below: str = "") -> Origin:
    suffix = f"#subdirectory={below}" if below else ""
    return Origin(requirement=f"mldebt @ git+{_without_user(address)}@{commit}{suffix}")


def _of_folder(folder: Path) -> Origin:
    """A clone came from somewhere; that others can reach, if it is no folder, too."""
    try:
        repository = open_repository(folder) if folder.is_dir() else None
    except GitError:
        repository = None
    if repository is not None and repository.head and not repository.prefix:
        address = remote_address(repository)
        if _SCP.fullmatch(address):
            address = "ssh://" + address.replace(":", "/", 1)
        if urlsplit(address).scheme in ("http", "https", "ssh", "git"):
            return _of_git(address, repository.head)
    return Origin(folder=str(folder))


def _without_user(address: str) -> str:
    """A name and a password in an address of the web are nobody else's; that of ssh is part of the address."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https"):
        return address
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))

"""The only room that starts git or opens a repository: safely, and never through the repository's own configuration."""

from typing import TYPE_CHECKING

from mldebt.git.command import GitProcess
from mldebt.git.isolation import IsolatedRepository, isolated
from mldebt.git.listing import HeadListing, Tracked, head_files, read_tracked, tracked_files
from mldebt.git.objects import AwaitedBlobs, BlobReader, BlobStream, tree_entry, write_blob, write_tree
from mldebt.git.repository import DEEPER_IN_CI, Repository, is_partial, open_repository

if TYPE_CHECKING:
    from mldebt.git.bases import Span, find_span
    from mldebt.git.commits import Commit, read_commits
    from mldebt.git.remote import DEFAULT_BASE, default_branch, remote_address
    from mldebt.git.states import TreeFile, laid_out, tree_blobs, tree_files
    from mldebt.git.touches import Touch, main_line, read_touches

__all__ = [
    "DEEPER_IN_CI",
    "DEFAULT_BASE",
    "AwaitedBlobs",
    "BlobReader",
    "BlobStream",
    "Commit",
    "GitProcess",
    "HeadListing",
    "IsolatedRepository",
    "Repository",
    "Span",
    "Touch",
    "Tracked",
    "TreeFile",
    "default_branch",
    "find_span",
    "head_files",
    "is_partial",
    "isolated",
    "laid_out",
    "main_line",
    "open_repository",
    "read_commits",
    "read_touches",
    "read_tracked",
    "remote_address",
    "tracked_files",
    "tree_blobs",
    "tree_entry",
    "tree_files",
    "write_blob",
    "write_tree",
]

_SELDOM_ASKED = {
    **dict.fromkeys(("Span", "find_span"), "bases"),
    **dict.fromkeys(("Commit", "read_commits"), "commits"),
    **dict.fromkeys(("DEFAULT_BASE", "default_branch", "remote_address"), "remote"),
    **dict.fromkeys(("TreeFile", "laid_out", "tree_blobs", "tree_files"), "states"),
    **dict.fromkeys(("Touch", "main_line", "read_touches"), "touches"),
}


def __getattr__(name: str) -> object:
    """What only some commands ask for is loaded when they do: on a small repository, loading is most of the time."""
    if name in _SELDOM_ASKED:
        import importlib

        return getattr(importlib.import_module(f"{__name__}.{_SELDOM_ASKED[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
